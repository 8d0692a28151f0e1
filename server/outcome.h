#ifndef OUTCOME_H
#define OUTCOME_H

#include <jansson.h>

#include "form.h"

/* Looking into a result document (PROTOCOL 9), which was judged before. */

/**
 * outcome_string(o, name), outcome_number(o, name):
 * A member; "" or 0 where there is none (or one below 0).
 */
const char *outcome_string(const json_t *o, const char *name);
uint64_t outcome_number(const json_t *o, const char *name);

/**
 * outcome_project(result, i):
 * What the explanation says of option ${i}; NULL where it says nothing.
 */
const json_t *outcome_project(const json_t *result, size_t i);

/**
 * outcome_find(f, id):
 * The option of that id, or n_options.
 */
size_t outcome_find(const struct form *f, const char *id);

/**
 * outcome_voters(result):
 * The ballots that were tallied.
 */
uint64_t outcome_voters(const json_t *result);

/**
 * outcome_part(part, whole, scale):
 * How much of ${scale} the amount ${part} is of ${whole}, 0 to ${scale}; both
 * are decimals or exact fractions.  For pictures: rounded down.
 */
unsigned outcome_part(const char *part, const char *whole, unsigned scale);

/**
 * outcome_less(a, b):
 * Nonzero iff the amount ${a} is less than ${b}.
 */
int outcome_less(const char *a, const char *b);

/**
 * outcome_minus(a, b, out):
 * Append ${a} - ${b} as an exact number; "0" where it would be below.
 */
void outcome_minus(const char *a, const char *b, struct buf *out);

#endif /* OUTCOME_H */
