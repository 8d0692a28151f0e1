#ifndef GROUP_H
#define GROUP_H

#include <stddef.h>

#include "err.h"

/*
 * Group commit.  Many threads hand in a job each and sleep; one thread takes
 * all that wait, applies them together (one durable transaction) and wakes
 * their owners.  While a group is applied the next one gathers, so that nobody
 * waits for others to come.
 */
struct group;

/**
 * Apply ${n} jobs, in the order in which they came.  What became of each is
 * written into the job itself.
 */
typedef void group_apply(void *cookie, void **jobs, size_t n);

/**
 * group_new(apply, cookie, max, out):
 * Start the thread; it takes at most ${max} jobs at once.  ERR_NOMEM; ERR_IO
 * when no thread can be had.
 */
enum err group_new(
    group_apply *apply, void *cookie, size_t max, struct group **out) MUST_USE;

/**
 * group_do(g, job):
 * Return when ${job} has been applied.
 */
void group_do(struct group *g, void *job);

/**
 * group_free(g):
 * Apply what waits and stop.  Nobody may call group_do any more.
 */
void group_free(struct group *g);

#endif /* GROUP_H */
