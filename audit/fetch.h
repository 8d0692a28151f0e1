#ifndef FETCH_H
#define FETCH_H

#include <stdatomic.h>

#include "bytes.h"
#include "why.h"

/* HTTP by libcurl; the only file that knows it.  No cookies, no redirects. */
struct fetch_header {
	const char *name;
	const char *value;
};

struct fetch_request {
	const char *method; /* "GET", "POST" */
	const char *url;
	const struct fetch_header *headers;
	size_t n_headers;
	struct slice body;
	size_t max;    /* largest answer, bytes */
	long seconds;  /* for the whole exchange; 0: as long as bytes come */
	long patience; /* seconds without a byte; 0: 30 */
	const atomic_int *stop; /* nonzero ends it, in a second; NULL: never */
};

struct fetch_answer {
	long status;
	char content_type[100];
	struct buf body; /* the caller's buf_free */
};

/* A connection that is kept open; one per thread. */
struct fetch;
struct fetch *fetch_new(void);
void fetch_free(struct fetch *f);

/**
 * fetch_do(f, q, a, why):
 * Send ${q} and read the whole answer.  OK whatever the status; ERR_IO: no
 * connection, or it broke; ERR_LIMIT: the answer is larger than asked for.
 */
enum err fetch_do(struct fetch *f, const struct fetch_request *q,
    struct fetch_answer *a, struct why *why) MUST_USE;

#endif /* FETCH_H */
