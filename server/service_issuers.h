#ifndef SERVICE_ISSUERS_H
#define SERVICE_ISSUERS_H

#include "service_impl.h"

/*
 * What the log's server has to do with the other issuers of its spaces
 * (PROTOCOL 5, Several issuers, and 10.2): hand on changes of the roll, fetch
 * ledgers, see that keys were destroyed.
 */

/**
 * service_issuers_change(s, authorization, change, why):
 * service_change, after every other issuer of an open space was asked to check
 * and then to take the change, with the Authorization that came with it.
 * PROBLEM_UNAVAILABLE: one is out of reach, send it again.
 */
enum problem service_issuers_change(struct service *s,
    const char *authorization, struct slice change, struct why *why);

/**
 * service_issuers_header(s, header, why), service_issuers_entered(s):
 * Before a header is judged: did each of its other issuers make the keys that
 * it names?  After PROBLEM_NONE no change of the roll is handed on until
 * service_issuers_entered.
 */
enum problem service_issuers_header(
    struct service *s, struct slice header, struct why *why);
void service_issuers_entered(struct service *s);

/**
 * service_issuers_has(h):
 * Nonzero iff a header has issuers that are other servers.
 */
int service_issuers_has(const struct header *h);

/**
 * service_issuers_missing(s, sp, t, why):
 * OK iff all ledgers of other issuers are in the log; else ERR_FORBIDDEN, and
 * ${why} says which is not, and what its issuer said.  log_lock is held.
 */
enum err service_issuers_missing(struct service *s, const struct space *sp,
    struct track *t, struct why *why) MUST_USE;

/**
 * service_issuers_fetch(s, slug):
 * Ask the other issuers of a space now for what is due.  No lock is held.
 */
void service_issuers_fetch(struct service *s, const char *slug);

/**
 * service_issuers_run(service):
 * The thread that asks for ledgers when they are due.
 */
void *service_issuers_run(void *service);

#endif /* SERVICE_ISSUERS_H */
