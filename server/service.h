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
	int issuer;	   /* an issuer of another server's log */
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
	const char *policy; /* file (C2SP tlog-policy) to copy; NULL: none */
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

/* A bundle entry of the log: the web client's files, by their manifest. */
struct service_bundle {
	uint64_t index;
	struct hash manifest;
};

/**
 * service_bundles(s, n):
 * All of them, in the order of the log; between service_read and service_done.
 */
const struct service_bundle *service_bundles(
    const struct service *s, size_t *n);

/**
 * service_page_keep(s, space, variant, page), service_page_kept(s, space,
 * variant, out):
 * Pages of spaces that change no more are made once; the last few are kept.
 * ERR_NOT_FOUND.
 */
void service_page_keep(struct service *s, const struct space *space,
    unsigned variant, struct slice page);
enum err service_page_kept(struct service *s, const struct space *space,
    unsigned variant, struct buf *out) MUST_USE;

/* --- Trustees of sealed spaces ---------------------------------------------*/

/**
 * service_ceremony(s, slug, out):
 * The post box as a document (PROTOCOL 10).
 */
enum problem service_ceremony(
    struct service *s, const char *slug, struct buf *out);

/**
 * service_ceremony_post(s, slug, round, text, repeat, why):
 * Verify and keep one message, or, where ${round} is "sign", a signature of the
 * draft.
 */
enum problem service_ceremony_post(struct service *s, const char *slug,
    const char *round, struct slice text, int *repeat, struct why *why);

/**
 * service_draft(s, slug, form, transcript, out, why):
 * Verify and keep the form that is to be signed; staff's.
 */
enum problem service_draft(struct service *s, const char *slug,
    struct slice form, struct slice transcript, struct buf *out,
    struct why *why);

/**
 * service_transcript(s, slug, out):
 * That of the form, before there is one of the draft.
 */
enum problem service_transcript(
    struct service *s, const char *slug, struct buf *out);

/**
 * service_opening_post(s, slug, trustee, file, index, repeat, why):
 * Judge and log an opening; ${index} is its entry.
 */
enum problem service_opening_post(struct service *s, const char *slug,
    uint64_t trustee, struct slice file, uint64_t *index, int *repeat,
    struct why *why);
enum problem service_opening(
    struct service *s, const char *slug, uint64_t trustee, struct buf *out);

/**
 * service_opening_room(s, slug):
 * The most bytes that an opening of that space can have; 0: none is awaited.
 */
uint64_t service_opening_room(struct service *s, const char *slug);

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
