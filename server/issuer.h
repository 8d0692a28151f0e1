#ifndef ISSUER_H
#define ISSUER_H

#include "service_impl.h"

/*
 * An issuer that is not the log's server (PROTOCOL 5, Several issuers, and
 * 10.2): a service whose world comes from the log that it follows, with token
 * keys, second factors and ledger of its own, and no log.
 */

/* What `partecipa init --issuer-only` needs. */
struct issuer_genesis {
	const char *dir;
	const char *log;  /* base URL of the log's server */
	const char *key;  /* the log's verifier key */
	const char *host; /* of this issuer */
};

/**
 * issuer_init(g, why):
 * Make a data folder.
 */
enum err issuer_init(const struct issuer_genesis *g, struct why *why) MUST_USE;

/**
 * issuer_open(s, dir, clock, why):
 * The second half of service_open, after store and keys.
 */
enum err issuer_open(struct service *s, const char *dir, const char *clock,
    struct why *why) MUST_USE;

/**
 * issuer_run(service):
 * The thread that follows the log and does what time brings about.
 */
void *issuer_run(void *service);

/**
 * issuer_arrive(s, sp, t):
 * A header came with the log: is this server one of its issuers?  log_lock and
 * issue_lock are held.
 */
enum err issuer_arrive(
    struct service *s, struct space *sp, struct track *t) MUST_USE;

/**
 * issuer_ready(s, why):
 * May tokens be issued here now?  Always on the log's own server.
 */
enum problem issuer_ready(struct service *s, struct why *why);

/**
 * issuer_issued(s, line):
 * OK iff a ledger that was made here, of a space that is not closed, names the
 * line; ERR_NOT_FOUND.  log_lock and issue_lock are held.
 */
enum err issuer_issued(struct service *s, uint32_t line) MUST_USE;

/**
 * issuer_change(s, authorization, row, take, repeat, why):
 * One change of the roll, with the Authorization that staff gave the log's
 * server: could it take effect here (${take} 0), let it; ${repeat}: it had.
 */
enum problem issuer_change(struct service *s, const char *authorization,
    struct slice row, int take, int *repeat, struct why *why);

/**
 * issuer_ledger(s, slug, issuer, purpose, out):
 * What was asked here, once issuance is over.
 */
enum problem issuer_ledger(struct service *s, const char *slug, uint64_t issuer,
    enum purpose purpose, struct buf *out);

/**
 * issuer_space(s, slug, json):
 * The token keys made for that slug, and how far its issuance is.
 */
enum problem issuer_space(
    struct service *s, const char *slug, struct buf *json);

#endif /* ISSUER_H */
