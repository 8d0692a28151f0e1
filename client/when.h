#ifndef WHEN_H
#define WHEN_H

#include <stdint.h>

#include "bytes.h"
#include "why.h"

/*
 * Times as staff write and read them: the clock of Italy (Europe/Rome), whose
 * rule is computed here because servers often lack the zone's data.
 */
#define WHEN_CHARS 32

/**
 * when_parse(text, out, why):
 * "2026-12-01T08:00" (with or without ":00" seconds, a blank for the T), to
 * UNIX seconds.  ERR_FORMAT: no such day or hour, or the hour that the clock
 * shows twice in October, which has to be given in UNIX seconds.
 */
enum err when_parse(const char *text, uint64_t *out, struct why *why) MUST_USE;

/**
 * when_print(t, out):
 * "2026-12-01 08:00".
 */
void when_print(uint64_t t, char out[static WHEN_CHARS]);

/**
 * when_duration(text, out, why):
 * "90s", "15m", "1h", "7d" or "2w", to seconds.
 */
enum err when_duration(
    const char *text, uint64_t *out, struct why *why) MUST_USE;

#endif /* WHEN_H */
