#ifndef TALLY_WALK_H
#define TALLY_WALK_H

#include <stddef.h>
#include <stdint.h>

#include "election.h"
#include "err.h"
#include "rule.h"

/* The rules that need no endowment; used by tally.c (docs/RULES.md, 4 and 6).
 */

/**
 * tally_walk_greedy(e, rule, rank, order, n):
 * Walk all projects by ${rule}->key and ${rank} and append to the ${n} winners
 * in ${order}, which has room for all projects, those that fit.
 */
enum err tally_walk_greedy(const struct election *e, const struct rule *rule,
    const uint32_t *rank, uint32_t *order, size_t *n) MUST_USE;

/**
 * tally_walk_phragmen(e, rank, order, n):
 * Sequential Phragmen: write the winners to ${order}, their number to ${n}.
 */
enum err tally_walk_phragmen(const struct election *e, const uint32_t *rank,
    uint32_t *order, size_t *n) MUST_USE;

#endif /* TALLY_WALK_H */
