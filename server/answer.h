#ifndef ANSWER_H
#define ANSWER_H

#include "http.h"

/* From what a handler said to the bytes that are sent; no CivetWeb here. */

struct answer_want {
	const struct route *route; /* NULL: none matched */
	const char *allow;	   /* for 405 and OPTIONS; NULL */
	const char *if_none_match; /* NULL */
	int head;		   /* headers only */
	int close;		   /* the connection ends here */
};

/**
 * answer_problem(q, no, as_page, p):
 * Make ${p} the answer to problem ${no}: problem+json, or a page for people
 * when ${as_page}; from ${p} it takes the cause and the last number.
 */
void answer_problem(
    const struct req *q, enum problem no, int as_page, struct resp *p);

/**
 * answer_head(p, w, b):
 * Append status line and headers of ${p} to ${b}, with its body if it is small,
 * so that most answers are one write.  Returns what of the body is still to be
 * sent, borrowed from ${p}.  Sets ${p}->status to what was answered (304
 * perhaps).
 */
struct slice answer_head(
    struct resp *p, const struct answer_want *w, struct buf *b);

#endif /* ANSWER_H */
