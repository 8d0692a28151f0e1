#ifndef EXPLAIN_H
#define EXPLAIN_H

#include <jansson.h>

#include "tally.h"

/*
 * Why an outcome is as it is, as a JSON document that holds no rounded number
 * (docs/RULES.md, 10).
 */

enum explain_detail {
	EXPLAIN_BRIEF, /* no tables of rounds and steps, lists cut */
	EXPLAIN_FULL,
};

struct explain_question {
	const struct election *e;
	const struct rule *rule;
	const char *const *lot; /* as for tally_run */
	size_t n_lot;
	const struct outcome *outcome; /* what tally_run made of these */
	/* Per project, "" for none; may be NULL. */
	const char *const *categories;
	enum explain_detail detail;
	size_t max_rows; /* of all tables together; 0: as many as there are */
};

/**
 * explain_outcome(q, out):
 * Explain the outcome.  ERR_LIMIT if the tables would have more than max_rows
 * rows.  The caller json_decref's ${*out}.
 */
enum err explain_outcome(
    const struct explain_question *q, json_t **out) MUST_USE;

#endif /* EXPLAIN_H */
