#ifndef RULE_H
#define RULE_H

#include <stddef.h>
#include <stdint.h>

#include "election.h"
#include "err.h"

/*
 * A rule is a set of switches (docs/RULES.md, 2).  Its id names them:
 * a base ("mes-cost") and, for equal shares, a suffix ("-int-add1u").
 */

enum rule_method {
	RULE_GREEDY,   /* by the key, down the list once */
	RULE_PHRAGMEN, /* sequential Phragmen */
	RULE_SHARES,   /* the method of equal shares */
};

/* What the method compares. */
enum rule_key {
	RULE_BY_SCORE,	   /* greedy: score */
	RULE_BY_RATIO,	   /* greedy: score / cost */
	RULE_BY_EFFECTIVE, /* shares: cost / rho, "cost utilities" */
	RULE_BY_PRICE,	   /* shares: rho, "cardinality utilities" */
	RULE_BY_LOAD,	   /* Phragmen */
};

/* Which ballots the rule is defined for. */
enum rule_ballots {
	RULE_ANY_BALLOTS,
	RULE_APPROVALS,
	RULE_POINTS,
	RULE_RANKINGS,
};

/* When shares with rising endowments stop before they overspend. */
enum rule_stop {
	RULE_NO_STOP,	     /* never */
	RULE_STOP_SUPPORTED, /* no further project with a score fits */
	RULE_STOP_ALL,	     /* no further project fits */
};

/* What greedy does with a project that does not fit. */
enum rule_misfit {
	RULE_SKIP, /* go on with the next */
	RULE_END,  /* stop there */
};

enum { RULE_ID_MAX = 48, RULE_INCREMENT_MAX = 24 };

struct rule {
	char id[RULE_ID_MAX];
	enum rule_method method;
	enum rule_key key;
	enum rule_ballots ballots;
	/* greedy */
	enum rule_misfit misfit;
	int threshold;	    /* the rule is nothing without a min_score */
	uint64_t min_score; /* a lower score never wins; 0: all may */
	/* equal shares */
	int whole;	     /* start at floor(budget / voters) */
	int raise;	     /* raise the endowment step by step */
	enum rule_stop stop; /* only with raise */
	int complete;	     /* then fill up by score */
	char increment[RULE_INCREMENT_MAX]; /* the step, a decimal number */
	/* any rule but greedy-votes: yield to it where more voters prefer it */
	int compare;
};

/* The plain method, with which others are compared. */
#define RULE_PLAIN "greedy-votes"

/**
 * rule_parse(id, out):
 * Fill ${out} with the switches of the rule called ${id}; the increment is
 * 1, min_score 0, and nothing is compared.  ERR_NOT_FOUND if there is no such
 * rule.
 */
enum err rule_parse(const char *id, struct rule *out) MUST_USE;

/**
 * rule_fits(rule, kind):
 * Return nonzero iff ${rule} is defined for ballots of ${kind}.
 */
int rule_fits(const struct rule *rule, enum votes_kind kind);

/**
 * rule_each(f, cookie):
 * Call ${f} with the id of every rule, in a fixed order.
 */
void rule_each(void (*f)(const char *id, void *cookie), void *cookie);

#endif /* RULE_H */
