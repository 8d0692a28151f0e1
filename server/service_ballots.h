#ifndef SERVICE_BALLOTS_H
#define SERVICE_BALLOTS_H

#include <jansson.h>

#include "service_impl.h"

/* What can be downloaded once there is a result. */

/**
 * service_result(s, space, out):
 * The parsed result document of ${space}; the caller json_decref's.
 * ERR_NOT_FOUND: there is none.
 */
enum err service_result(
    struct service *s, const struct space *space, json_t **out) MUST_USE;

/**
 * service_ballots(s, slug, out, why):
 * The ballots that were tallied, in the .pb format (PROTOCOL 10).  It is made
 * at the first call, by one thread, and kept; ${out} is borrowed and stays.
 * PROBLEM_NOT_COUNTED; PROBLEM_UNAVAILABLE: another call is making it.
 */
enum problem service_ballots(
    struct service *s, const char *slug, struct slice *out, struct why *why);

#endif /* SERVICE_BALLOTS_H */
