#ifndef SERVICE_H
#define SERVICE_H

#include <stdio.h>

#include "clock.h"
#include "entry.h"
#include "problem.h"
#include "store.h"
#include "world.h"

/*
 * What the server does, without HTTP: issuing, casting, sequencing, closing.
 * Handlers call it; it calls store and audit.  Threads of its own: one that
 * commits groups of casts, one that commits groups of asks, and the sequencer.
 */
struct service;

struct service_options {
	const char *dir;   /* data folder */
	const char *state; /* file of the last signed tree; NULL: DIR/state */
	const char *clock; /* file of a rehearsal's clock; NULL: the system's */
};

/* What `partecipa init` needs. */
struct service_founder {
	const char *name;
	enum role role;
	struct public_key pk;
};
struct service_genesis {
	const char *dir;
	const char *origin;
	const char *name; /* of the municipality */
	const char *host; /* issuer name and origin_info of spaces to come */
	int rehearsal;
	const struct service_founder *staff;
	size_t n_staff;
};

/**
 * service_init(g, why):
 * Make a data folder: keys, genesis entry, first checkpoint.
 */
enum err service_init(
    const struct service_genesis *g, struct why *why) MUST_USE;

/**
 * service_open(o, out, why):
 * Open a data folder, replay its entries, refuse an older store (ERR_STATE),
 * start the threads.  service_close stops them after what is under way.
 */
enum err service_open(const struct service_options *o, struct service **out,
    struct why *why) MUST_USE;
void service_close(struct service *s);

/**
 * service_host(s):
 * The host name given to init.
 */
const char *service_host(const struct service *s);

/* --- Residents ------------------------------------------------------------*/

/* The Authorization: Roll header and the body, parsed. */
struct service_ask {
	uint8_t truncated_key_id;
	const uint8_t *blinded; /* BLIND_BYTES */
	struct public_key roll_pk;
	uint8_t salt[64];
	struct signature sig;
	int has_factor;
	struct hash factor;
};

/**
 * service_issue(s, ask, out):
 * PROTOCOL 5, in its order.
 */
enum problem service_issue(struct service *s, const struct service_ask *ask,
    uint8_t out[static BLIND_BYTES]);

/**
 * service_cast(s, raw, receipt, repeat, why):
 * Judge and store one record and append its receipt to ${receipt}, when it is
 * durable.  ${why}: detail of a refusal, in English.
 */
enum problem service_cast(struct service *s, struct slice raw,
    struct buf *receipt, int *repeat, struct why *why);

/**
 * service_dispute(s, body, why):
 * Append a dispute entry.
 */
enum problem service_dispute(
    struct service *s, struct slice body, struct why *why);

/* --- Reading --------------------------------------------------------------*/

/**
 * service_checkpoint(s, out), service_vkey(s, out), service_policy(s, out):
 * The published files of the log.  service_size: the published tree's size.
 */
enum err service_checkpoint(struct service *s, struct buf *out) MUST_USE;
enum err service_vkey(struct service *s, struct buf *out) MUST_USE;
enum err service_policy(struct service *s, struct buf *out) MUST_USE;
uint64_t service_size(struct service *s);

/**
 * service_store(s):
 * For reading tiles and objects.
 */
struct store *service_store(struct service *s);

/**
 * service_directory(s, out), service_spaces(s, out):
 * The RFC 9578 directory and the JSON array of spaces.
 */
enum err service_directory(struct service *s, struct buf *out) MUST_USE;
enum err service_spaces(struct service *s, struct buf *out) MUST_USE;

/**
 * service_read(s), service_done(s):
 * Take and give back the right to read the world; between them the returned
 * pointer and all spaces in it do not change.
 */
struct world *service_read(struct service *s);
void service_done(struct service *s);
uint64_t service_now(struct service *s);

/**
 * service_turnout(s, space, issued, waiting):
 * Numbers only: what a space's page may show.  Issued is 0 before the ledger.
 */
void service_turnout(struct service *s, const struct space *space,
    uint32_t *issued, uint32_t *cast);

/* --- Staff ----------------------------------------------------------------*/

struct service_staff_call {
	struct public_key pk;
	uint64_t n;
	struct signature sig;
	const char *method;
	const char *path;
	struct slice body;
};

/**
 * service_staff(s, call, roles, last, why):
 * Check signature, role (bit set ${roles}) and number of a staff request;
 * PROBLEM_STAFF_NUMBER sets ${last}.
 */
enum problem service_staff(struct service *s,
    const struct service_staff_call *call, unsigned roles, uint64_t *last,
    struct why *why);

/* Each after service_staff said PROBLEM_NONE. */
enum problem service_roll_put(
    struct service *s, struct slice file, struct buf *json, struct why *why);
enum problem service_factors_put(
    struct service *s, struct slice rows, struct why *why);
enum problem service_keys_make(
    struct service *s, struct slice json, struct buf *out, struct why *why);
enum problem service_change(
    struct service *s, struct slice change, struct why *why);
enum problem service_changes(struct service *s, struct buf *out);
enum problem service_entry(struct service *s, struct slice entry,
    struct slice object, uint64_t *index, struct why *why);
enum problem service_drain(
    struct service *s, const char *slug, struct buf *json, struct why *why);

#endif /* SERVICE_H */
