#ifndef CLOCK_H
#define CLOCK_H

#include <pthread.h>
#include <stdint.h>

#include "why.h"

/*
 * The only source of time in the server.  A rehearsal plays weeks in a minute:
 * its clock is a file with one decimal number, read anew at each call; that is
 * allowed only for a log whose genesis says "rehearsal".
 */
struct clock;

/**
 * clock_new(path, out, why):
 * The system's clock, or with a ${path} that file's.
 */
enum err clock_new(
    const char *path, struct clock **out, struct why *why) MUST_USE;
void clock_free(struct clock *c);
int clock_is_simulated(const struct clock *c);

/**
 * clock_now(c):
 * UNIX seconds.
 */
uint64_t clock_now(const struct clock *c);

/**
 * clock_steady(), clock_steady_ms():
 * Seconds, milliseconds since some moment, for waiting: nobody sets this one.
 */
uint64_t clock_steady(void);
uint64_t clock_steady_ms(void);

/**
 * clock_steady_cond(c), clock_steady_wait(c, lock, at):
 * pthread_cond_init and pthread_cond_timedwait by that clock, until ${at}
 * milliseconds: by the system's clock a wait would last longer where somebody
 * sets it back.  Nonzero: the time is over.
 */
void clock_steady_cond(pthread_cond_t *c);
int clock_steady_wait(pthread_cond_t *c, pthread_mutex_t *lock, uint64_t at);

#endif /* CLOCK_H */
