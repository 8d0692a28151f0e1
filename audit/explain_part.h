#ifndef EXPLAIN_PART_H
#define EXPLAIN_PART_H

#include <gmp.h>
#include <stdint.h>

#include "explain.h"

/* What the files explain*.c share: a document while it is written. */
struct explain {
	const struct explain_question *q;
	const struct election *e;
	const struct rule *rule; /* that of the outcome, after comparison */
	const uint32_t *rank;
	json_t *doc;
	json_t **projects; /* per project its object, borrowed */
	uint8_t *filled;   /* per project: won by completion */
	uint8_t *fated;	   /* per project: its fate is written */
	size_t rows;	   /* so many are in tables */
	int over;	   /* more would be than max_rows: they go nowhere */
	json_t *nowhere;   /* an object that is not in the document */
	/* Per group, what a voter paid in the run, times ${paid_q}; or NULL. */
	mpz_t *paid;
	mpz_t paid_q;
	enum err err; /* the first failure; nothing is written after it */
};

/**
 * explain_put(x, o, name, value):
 * Set a member of ${o}, which takes the reference.
 */
void explain_put(struct explain *x, json_t *o, const char *name, json_t *value);

/**
 * explain_add(x, a, value):
 * Append to an array, which takes the reference; return ${value}, borrowed.
 */
json_t *explain_add(struct explain *x, json_t *a, json_t *value);

/**
 * explain_row(x, a):
 * Append an object to the table ${a}; it counts towards max_rows, beyond which
 * it is not part of the document.
 */
json_t *explain_row(struct explain *x, json_t *a);

/**
 * explain_table(x, name):
 * Add an empty array to the document.
 */
json_t *explain_table(struct explain *x, const char *name);

/**
 * explain_id(x, o, name, project):
 * Set a member to the id of ${project}.
 */
void explain_id(
    struct explain *x, json_t *o, const char *name, uint32_t project);

/**
 * explain_number(x, o, name, q), explain_integer(x, o, name, z),
 * explain_count(x, o, name, n):
 * Set a member to an exact number as text; a count of voters is an integer.
 */
void explain_number(
    struct explain *x, json_t *o, const char *name, mpq_srcptr q);
void explain_integer(
    struct explain *x, json_t *o, const char *name, mpz_srcptr z);
void explain_count(struct explain *x, json_t *o, const char *name, uint64_t n);

/**
 * explain_fate(x, project, fate):
 * Say what became of ${project}, unless that is said; return its object if
 * there is more to say, or NULL.  One that won by completion is "filled",
 * whatever the run said.
 */
json_t *explain_fate(struct explain *x, uint32_t project, const char *fate);

/**
 * explain_barred(x, project, winner):
 * Its fate was to be in an exclusive group with ${winner}.
 */
void explain_barred(struct explain *x, uint32_t project, uint32_t winner);

/**
 * explain_shares(x), explain_greedy(x), explain_phragmen(x):
 * Each method's own part; explain_fill: the walk that completes.
 */
void explain_shares(struct explain *x);
void explain_greedy(struct explain *x);
void explain_fill(struct explain *x);
void explain_phragmen(struct explain *x);

/**
 * explain_fairness(x):
 * The figures of the outcome beside those of the plain method.
 */
void explain_fairness(struct explain *x);

#endif /* EXPLAIN_PART_H */
