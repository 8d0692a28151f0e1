#ifndef TOWN_H
#define TOWN_H

#include "datadir.h"
#include "service.h"

/*
 * A small municipality for tests of the service, whole with staff, voters and a
 * clock that a test sets.  What must work and does not ends the program with
 * the place; what may be refused is returned.
 */
#define TOWN_VOTERS 12
#define TOWN_FROM 2000 /* participation of town_space's spaces */
#define TOWN_TO 3000
#define TOWN_INTERVAL 100

struct voter {
	struct sign_key roll;
	/* One paper: credential, what was asked, what came of it. */
	struct sign_key credential;
	uint8_t salt[48];
	uint8_t r[BLIND_BYTES];
	uint8_t blinded[BLIND_BYTES];
	uint8_t ask_salt[64];
	uint8_t token[BLIND_BYTES];
	int has_factor;
	struct hash factor;
};

struct town {
	char dir[DATADIR_PATH];
	char clock[DATADIR_PATH + 16];
	struct service *service;
	struct sign_key admin[2];
	struct sign_key registrar;
	struct sign_key desk;
	uint64_t n; /* number of the last staff signature */
	struct voter voters[TOWN_VOTERS];
	struct hash roll_root;
};

/**
 * town_new(t), town_free(t):
 * Found a log at ${t}->dir, open it at time 0, import the roll of all voters.
 */
void town_new(struct town *t);
void town_free(struct town *t);

/**
 * town_open(t, why), town_shut(t), town_clock(t, now):
 * Start and stop the service; set its clock.
 */
enum err town_open(struct town *t, struct why *why);
void town_shut(struct town *t);
void town_clock(struct town *t, uint64_t now);

/**
 * town_space(t, slug, edits), town_header(t, slug, edits, out):
 * Announce a ballot space with its form: issuance from 1000 to 2000, then
 * participation.  ${edits}: path and JSON text in turn, NULL at the end.
 * town_header gives only the header's bytes (with token keys of its own).
 */
struct space *town_space(
    struct town *t, const char *slug, const char *const *edits);
void town_header(struct town *t, const char *slug, const char *const *edits,
    struct buf *out);

/**
 * town_form(t, sp):
 * Log the form of ${sp}: one of five options.
 */
enum problem town_form(struct town *t, struct space *sp, struct why *why);

/**
 * town_post(t, e, object, why):
 * Sign the entry by as many admins as its kind needs, and post it.
 */
enum problem town_post(
    struct town *t, struct entry *e, struct slice object, struct why *why);

/**
 * town_change(t, action, old, new, sp, why), town_publish(t, why):
 * Change the roll (NULL: zeros); log the list of changes that wait.
 */
enum problem town_change(struct town *t, enum roll_action action,
    const struct sign_key *old_key, const struct sign_key *new_key,
    const struct space *sp, struct why *why);
enum problem town_publish(struct town *t, struct why *why);

/**
 * town_ask(t, sp, v), town_again(t, sp, v):
 * Make a new ask and send it; send the same ask again.  The token is checked.
 */
enum problem town_ask(struct town *t, struct space *sp, struct voter *v);
enum problem town_again(struct town *t, struct space *sp, struct voter *v);

/**
 * town_ask_make(t, sp, v, ask):
 * The signed ask that town_again would send.
 */
void town_ask_make(struct town *t, struct space *sp, const struct voter *v,
    struct service_ask *ask);

/**
 * town_record(sp, v, seq, option, out), town_cast(t, raw, leaf, window,
 * repeat): A record; cast it and verify its receipt (${window} of it).
 */
void town_record(const struct space *sp, const struct voter *v, uint32_t seq,
    unsigned option, struct buf *out);
enum problem town_cast(struct town *t, struct slice raw, uint64_t *window,
    int *repeat, struct why *why);

/**
 * town_vote(t, sp, v, seq, option):
 * town_record and town_cast.
 */
enum problem town_vote(struct town *t, const struct space *sp,
    const struct voter *v, uint32_t seq, unsigned option);

/**
 * town_close(t, sp, why):
 * Drain, and post a close with the numbers that drain gave.
 */
enum problem town_close(struct town *t, struct space *sp, struct why *why);

/**
 * town_wait(t, done, cookie):
 * Wait (some seconds at most) until the sequencer has done something; nonzero
 * iff it did.  ${done} is called with the right to read.
 */
int town_wait(struct town *t, int (*done)(const struct space *sp),
    const struct space *sp);

/**
 * town_sound(t):
 * Replay the log from its entries, as an auditor would, with every record
 * admitted and every credential counted; nonzero iff nothing is broken.
 */
int town_sound(struct town *t);

#endif /* TOWN_H */
