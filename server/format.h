#ifndef FORMAT_H
#define FORMAT_H

#include <stdint.h>

#include "lang.h"

/* Numbers and dates as people write them. */
#define FORMAT_CHARS 80

/**
 * format_count(l, n, out):
 * "12.345" or "12,345".
 */
void format_count(enum lang l, uint64_t n, char out[static FORMAT_CHARS]);

/**
 * format_number(l, decimal, out), format_money(l, decimal, out):
 * A decimal of PROTOCOL 0, or an exact fraction "p/q", of which two places are
 * shown; with the sign of the euro.
 */
void format_number(
    enum lang l, const char *decimal, char out[static FORMAT_CHARS]);
void format_money(
    enum lang l, const char *decimal, char out[static FORMAT_CHARS]);

/**
 * format_percent(l, part, whole, out):
 * "12,3 %"; "-" of nothing.
 */
void format_percent(
    enum lang l, uint64_t part, uint64_t whole, char out[static FORMAT_CHARS]);

/**
 * format_date(l, t, out):
 * UNIX seconds in the process's time zone, which main sets to Italy's:
 * "lunedì 3 marzo 2026, ore 14:00".
 */
void format_date(enum lang l, uint64_t t, char out[static FORMAT_CHARS]);

#endif /* FORMAT_H */
