#ifndef SERVICE_COUNTED_H
#define SERVICE_COUNTED_H

#include "service_impl.h"

/* A ballot that counts; ${body} is borrowed until the call is over. */
struct service_ballot {
	struct public_key pk;
	uint32_t seq;
	uint64_t index; /* entry number */
	struct slice body;
};

/**
 * service_counted(s, sp, each, cookie):
 * Call ${each} with every counted ballot of the closed space ${sp}, in order of
 * pk.  Reads the store only: whoever casts elsewhere does not wait.
 */
typedef enum err service_counted_each(
    void *cookie, const struct service_ballot *b);
enum err service_counted(struct service *s, const struct space *sp,
    service_counted_each *each, void *cookie) MUST_USE;

#endif /* SERVICE_COUNTED_H */
