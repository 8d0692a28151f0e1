#ifndef STORE_FAULT_H
#define STORE_FAULT_H

#include <pthread.h>

#include "why.h"

/*
 * The last failure of the system below the store, as a sentence.  The
 * operations of store.h return only enum err; who wants to tell an
 * administrator what to do asks for the sentence.
 */
struct fault {
	pthread_mutex_t lock;
	struct why why;
};

void fault_init(struct fault *f);
void fault_destroy(struct fault *f);

/**
 * fault_errno(f, number, doing, path):
 * Keep "cannot ${doing} ${path}: ..." for the errno ${number}, with what to do
 * about it; return ERR_NOMEM or ERR_IO.
 */
enum err fault_errno(
    struct fault *f, int number, const char *doing, const char *path);

/**
 * fault_say(f, e, fmt, ...):
 * Keep a sentence and return ${e}.
 */
enum err fault_say(struct fault *f, enum err e, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/**
 * fault_get(f, why):
 * Copy the sentence; an empty one when nothing failed yet.
 */
void fault_get(struct fault *f, struct why *why);

#endif /* STORE_FAULT_H */
