#ifndef TALLY_H
#define TALLY_H

#include <gmp.h>
#include <stddef.h>
#include <stdint.h>

#include "election.h"
#include "err.h"
#include "rule.h"

/* More endowments than this are not tried. */
#define TALLY_MAX_RUNS 1000000U

struct outcome;

/* With the plain method, RULE_PLAIN (docs/RULES.md, 7.1); voters. */
struct comparison {
	uint64_t rule;	/* support more winners of the rule */
	uint64_t plain; /* ... of the plain method */
	uint64_t equal;
	int plain_won;
	struct outcome *lost; /* the outcome that was not taken */
};

/* What a rule makes of an election.  Projects are indexes into it. */
struct outcome {
	uint32_t *order;  /* winners in order of selection */
	uint32_t *sorted; /* winners by id, bytewise */
	size_t n;
	size_t n_run;	   /* equal shares: winners before completion */
	mpq_t cost;	   /* of all winners */
	int has_endowment; /* an equal shares rule, and somebody voted */
	mpq_t endowment;   /* money per voter of the outcome */
	uint64_t runs;	   /* endowments tried; 0 if has_endowment is 0 */
	struct comparison *comparison; /* NULL if the rule has none */
};

/**
 * tally_run(e, rule, lot, n, out):
 * Apply ${rule} to the sealed election ${e}.  Ties go to the lower cost, then
 * to the higher score, then to the earlier in the ${n} project ids of ${lot}
 * (those not in it come last), then to the bytewise smaller id.  ERR_FORBIDDEN
 * if ${rule} is not defined for such ballots, ERR_NOT_FOUND if ${lot} has an
 * unknown id, ERR_CONFLICT if it has one twice, ERR_FORMAT if the increment is
 * no number above 0, ERR_LIMIT after TALLY_MAX_RUNS, ERR_STATE if not sealed.
 * The caller frees ${*out} with tally_free.
 */
enum err tally_run(const struct election *e, const struct rule *rule,
    const char *const *lot, size_t n, struct outcome **out) MUST_USE;

/**
 * tally_rank(e, lot, n, rank):
 * Set ${rank} of each project to its place in the order of ties that tally_run
 * has for the ${n} ids of ${lot}; ERR_NOT_FOUND and ERR_CONFLICT as there.
 */
enum err tally_rank(const struct election *e, const char *const *lot, size_t n,
    uint32_t *rank) MUST_USE;

/**
 * tally_free(o):
 * Free; NULL is allowed.
 */
void tally_free(struct outcome *o);

#endif /* TALLY_H */
