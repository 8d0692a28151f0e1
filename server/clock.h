#ifndef CLOCK_H
#define CLOCK_H

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

#endif /* CLOCK_H */
