#ifndef FORM_COSTS_H
#define FORM_COSTS_H

#include "form.h"

/*
 * Costs of options in whole millionths, for the knapsack limits: exact, and
 * 4,096 of them add up far below 2^128.
 */
__extension__ typedef unsigned __int128 millionths;

struct form_costs {
	int has_min; /* the ballot has min_cost, max_cost */
	int has_max;
	millionths min;
	millionths max;
	millionths option[]; /* in the form's order */
};

/**
 * form_costs_new(f, out, why):
 * The costs of ${f}, whose options, ballot and budget are read.  ERR_FORMAT
 * where they contradict each other.  The caller frees.
 */
enum err form_costs_new(
    const struct form *f, struct form_costs **out, struct why *why) MUST_USE;

/**
 * form_costs_check(f, v, why):
 * Whether the options with ${v}[i] > 0 keep min_cost and max_cost; ERR_LIMIT.
 */
enum err form_costs_check(
    const struct form *f, const uint32_t *v, struct why *why) MUST_USE;

#endif /* FORM_COSTS_H */
