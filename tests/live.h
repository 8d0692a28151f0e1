#ifndef LIVE_H
#define LIVE_H

#include "code.h"
#include "datadir.h"
#include "resident.h"
#include "spawn.h"
#include "staff.h"
#include "trust.h"

/*
 * A municipality with a real server process on loopback, $B/partecipa (default
 * build), played through the client library over HTTP.  The server's clock is a
 * file.  What must work and does not ends the program with the place and the
 * reason, once the server is stopped.
 */
#define LIVE_FROM 1800000000ULL /* issuance and participation of all spaces */
#define LIVE_INTERVAL 1000	/* seconds of a window */
#define LIVE_OPTIONS 8

struct live_resident {
	struct sign_key roll;
	struct secret secret;
};

struct live {
	char data[DATADIR_PATH]; /* the data folder; its parent is ours too */
	char root[DATADIR_PATH];
	char url[64];
	unsigned port;
	struct spawn server;
	char said[DATADIR_PATH]; /* file for its stderr; "": ours is its own */
	size_t n;
	struct live_resident *residents;
	struct hash roll_root;
	struct note_key receipt_key;
};

/* One space: overlapping, bitmap of LIVE_OPTIONS options. */
struct live_space {
	char slug[SLUG_MAX + 1];
	uint64_t first; /* its header's entry */
	struct header *header;
	struct form *form;
};

/**
 * live_new(n), live_free(l):
 * Found a log with two admins and start its server at the time LIVE_FROM - 100,
 * with a roll of ${n} residents.  live_free stops it and removes all files.
 */
struct live *live_new(size_t n);
void live_free(struct live *l);

/**
 * live_start(l), live_kill(l), live_stop(l):
 * Start the server on the port that it had; kill -9; stop it as an
 * administrator does, returns its exit status.
 */
void live_start(struct live *l);
void live_kill(struct live *l);
int live_stop(struct live *l);

/**
 * live_clock(l, t):
 * Set the server's clock.
 */
void live_clock(struct live *l, uint64_t t);

/**
 * live_space(l, slug, to, sp), live_space_with(l, slug, to, more, sp),
 * live_space_free(sp):
 * Announce a space that ends at ${to}, with its form; header and form as a
 * client accepts them.  ${more} begins the members of the space's file.
 */
void live_space(
    struct live *l, const char *slug, uint64_t to, struct live_space *sp);
void live_space_with(struct live *l, const char *slug, uint64_t to,
    const char *more, struct live_space *sp);
void live_space_free(struct live_space *sp);

/**
 * live_space_announce(l, slug, to, more, sp), live_space_read(l, sp):
 * The first half, without a form; the form that the log has by now.
 */
void live_space_announce(struct live *l, const char *slug, uint64_t to,
    const char *more, struct live_space *sp);
void live_space_read(struct live *l, struct live_space *sp);

/**
 * live_close(l, sp):
 * `partecipa space close`; returns its exit status.
 */
int live_close(struct live *l, const struct live_space *sp);

/**
 * live_audit(l), live_doctor(l):
 * Nonzero iff `partecipa-audit verify` finds nothing broken, iff `partecipa
 * doctor` finds no fault; what they say is printed otherwise.
 */
int live_audit(struct live *l);
int live_doctor(struct live *l);

/**
 * live_run(program, args):
 * Run $B/${program} with its arguments, NULL at the end; its exit status.  What
 * it prints is shown when that is not 0.
 */
int live_run(const char *program, const char *const *args);

/**
 * live_key(l, name, out):
 * The staff key "uno" or "due", both admins; staff_key_wipe it.
 */
void live_key(const struct live *l, const char *name, struct staff_key *out);

/**
 * live_api(l):
 * A connection for one thread; api_free it.
 */
struct api *live_api(const struct live *l);

/**
 * live_secret(l, sp, who, out):
 * Resident number ${who}'s secret of that space.
 */
void live_secret(const struct live *l, const struct live_space *sp, size_t who,
    struct secret *out);

/**
 * live_collect(l, sp, a, who, token, why):
 * Resident number ${who} collects.
 */
enum err live_collect(const struct live *l, const struct live_space *sp,
    struct api *a, size_t who, struct buf *token, struct why *why) MUST_USE;

/**
 * live_record(l, sp, who, seq, token, mask, out):
 * Her record number ${seq}, for the options whose bits are in ${mask}, which
 * is not 0.
 */
void live_record(const struct live *l, const struct live_space *sp, size_t who,
    uint32_t seq, const struct buf *token, unsigned mask, struct buf *out);

/**
 * live_log(l, n):
 * The leaf hashes of the whole public log, proven; malloc'ed.
 */
struct hash *live_log(const struct live *l, uint64_t *n);

/**
 * live_last(l, kind):
 * The number of the last entry of that kind.
 */
uint64_t live_last(const struct live *l, enum entry_kind kind);

/**
 * live_find(log, n, leaf, times):
 * The first place of ${leaf}, and how often it is there.
 */
uint64_t live_find(
    const struct hash *log, uint64_t n, const struct hash *leaf, size_t *times);

/**
 * live_nap(ms):
 * Sleep.
 */
void live_nap(long ms);

#endif /* LIVE_H */
