#ifndef RATIONAL_H
#define RATIONAL_H

#include <gmp.h>

#include "err.h"

/* The most digits before and after the decimal point of an amount of money. */
enum { RATIONAL_DIGITS = 15, RATIONAL_DECIMALS = 6 };

/**
 * rational_parse(out, text):
 * Set ${out}, which the caller has initialised, to the decimal number in
 * ${text}: digits, then optionally a point and more digits; no sign, no
 * exponent, no blanks.  Return ERR_FORMAT if it is none, ERR_LIMIT if it has
 * more digits than RATIONAL_DIGITS before or RATIONAL_DECIMALS after the point;
 * ${out} is then unchanged.
 */
enum err rational_parse(mpq_t out, const char *text) MUST_USE;

/**
 * rational_text(q):
 * Return ${q} as "p/q" in lowest terms, or as "p" if it is whole; the caller
 * frees it.
 */
char *rational_text(mpq_srcptr q) MUST_USE;

/**
 * rational_rounded(text, places):
 * Return the number that rational_text wrote, rounded to the nearest (a half
 * upwards) with at most 9 ${places} after the point, for people only; NULL if
 * ${text} is none or negative.  The caller frees it.
 */
char *rational_rounded(const char *text, unsigned places) MUST_USE;

#endif /* RATIONAL_H */
