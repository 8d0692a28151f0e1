#ifndef TALLY_WALK_H
#define TALLY_WALK_H

#include <gmp.h>
#include <stddef.h>
#include <stdint.h>

#include "election.h"
#include "err.h"
#include "rule.h"

/* The rules that need no endowment (docs/RULES.md, 4 and 6). */

/* What became of a project in a greedy walk. */
enum walk_fate {
	WALK_TAKEN,
	WALK_TOO_DEAR, /* did not fit */
	WALK_ENDED,    /* did not fit, and that was the end */
	WALK_LOW,      /* below min_score */
	WALK_BARRED,   /* by a winner of its exclusive group */
	WALK_WITHDRAWN,
};

/**
 * walk_step: told to whoever watches a walk, project by project; ${left} is the
 * money before.
 */
typedef void walk_step(
    void *cookie, uint32_t project, enum walk_fate fate, mpq_srcptr left);

/**
 * tally_walk_greedy(e, rule, rank, order, n, step, cookie):
 * Walk all projects by ${rule}->key and ${rank} and append to the ${n} winners
 * in ${order}, which has room for all projects, those that fit.  ${step} may be
 * NULL.
 */
enum err tally_walk_greedy(const struct election *e, const struct rule *rule,
    const uint32_t *rank, uint32_t *order, size_t *n, walk_step *step,
    void *cookie) MUST_USE;

/* A round of Phragmen's rule. */
struct walk_round {
	size_t winner; /* number of projects: the end */
	size_t
	    misfit; /* at the end: a due one that does not fit, or as above */
	const mpq_t *time;   /* per project, if live */
	const uint8_t *live; /* per project */
	mpq_srcptr left;     /* money before */
};

typedef void walk_look(void *cookie, const struct walk_round *round);

/**
 * tally_walk_phragmen(e, rank, order, n, look, cookie):
 * Sequential Phragmen: write the winners to ${order}, their number to ${n}.
 * ${look} may be NULL.
 */
enum err tally_walk_phragmen(const struct election *e, const uint32_t *rank,
    uint32_t *order, size_t *n, walk_look *look, void *cookie) MUST_USE;

#endif /* TALLY_WALK_H */
