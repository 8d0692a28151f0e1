#ifndef EXPLAIN_H
#define EXPLAIN_H

#include <jansson.h>

#include "tally.h"

/*
 * Why an outcome is as it is, as a JSON document that holds no rounded number
 * (docs/RULES.md, 10).
 */

struct explain_question {
	const struct election *e;
	const struct rule *rule;
	const char *const *lot; /* as for tally_run */
	size_t n_lot;
	const struct outcome *outcome; /* what tally_run made of these */
	/* Per project, "" for none; may be NULL. */
	const char *const *categories;
	size_t max_rows; /* of rounds and steps together; 0: any number */
};

/**
 * explain_outcome(q, out):
 * Explain the outcome in full; briefly, if the tables of rounds and steps would
 * have more than max_rows rows.  The caller json_decref's ${*out}.
 */
enum err explain_outcome(
    const struct explain_question *q, json_t **out) MUST_USE;

/**
 * explain_shorten(why):
 * Make a full explanation a brief one: take away the tables, and cut lists.
 */
enum err explain_shorten(json_t *why) MUST_USE;

#endif /* EXPLAIN_H */
