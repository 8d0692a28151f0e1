#ifndef POOL_H
#define POOL_H

#include <stddef.h>

#include "err.h"

/*
 * Threads for work that falls apart into equal, independent items.  The caller
 * owns the jobs; it and the threads work on them together.
 */
struct job {
	/* Do the items [from, to); called by several threads at once. */
	void (*run)(struct job *j, size_t from, size_t to);
	size_t n; /* items */
	/* The pool's own. */
	size_t next;
	size_t done;
	struct job *link;
};

struct pool;

/**
 * pool_new(threads, out):
 * ${threads} counts the caller too; 0: as many as there are processors.
 */
enum err pool_new(unsigned threads, struct pool **out) MUST_USE;
unsigned pool_threads(const struct pool *p);

/**
 * pool_add(p, j):
 * Begin with ${j}; it must stay where it is until pool_wait has returned.
 */
void pool_add(struct pool *p, struct job *j);

/**
 * pool_wait(p, j):
 * Help until every item of ${j} is done.
 */
void pool_wait(struct pool *p, struct job *j);

/**
 * pool_free(p):
 * End the threads; no job may be under way.
 */
void pool_free(struct pool *p);

#endif /* POOL_H */
