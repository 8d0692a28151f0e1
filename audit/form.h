#ifndef FORM_H
#define FORM_H

#include "header.h"
#include "point.h"

/* A space's form (PROTOCOL 3) and the encoding of choices. */
#define OPTIONS_MAX 4096

enum ballot_type {
	BALLOT_CHOICE = 1,
	BALLOT_BITMAP = 2,
	BALLOT_POINTS = 3,
	BALLOT_RANKING = 4,
};

struct option {
	const char *id;
	const char *cost; /* decimal */
	const char *category;
	const char *place;
	json_t *titles;
	json_t *description;
	json_t *alt;	     /* what its picture shows; NULL: it has none */
	struct hash picture; /* the object */
};

struct ballot_form {
	enum ballot_type type;
	unsigned min;
	unsigned max;
	const char *min_cost; /* decimal, or "" */
	const char *max_cost;
	unsigned option_max;
	uint32_t total_min;
	uint32_t total_max;
};

struct form {
	json_t *doc; /* owns all strings */
	struct hash id;
	struct hash space_id;
	json_t *titles;
	json_t *texts;
	size_t n_options;
	struct option *options;
	struct ballot_form ballot;
	const char *budget; /* decimal */
	const char *rule_id;
	const char *increment; /* decimal */
	const char *min_score; /* decimal */
	int compare;	       /* with the plain method */
	/* Per option the number of its exclusive group, from 1, or 0. */
	uint32_t *exclusive;
	uint32_t n_exclusive; /* groups */
	size_t n_ties;	      /* 0, or n_options */
	const char **ties;
	int shuffle;
	int sealed;	       /* what follows is of a sealed form */
	struct point seal_key; /* Y, checked */
	size_t n_shares;
	struct point shares[HEADER_TRUSTEES_MAX]; /* V_j, checked */
	struct hash transcript;			  /* of the ceremony */
	size_t body_bytes; /* of every ballot record of this form */
	/* Option costs in millionths, for the knapsack limits. */
	struct form_costs *costs;
};

/**
 * form_parse(s, h, out, why):
 * ${s} are the exact bytes that are hashed; the form must belong to ${h} (may
 * be NULL: then space_id and seal are not compared).  Free with form_free.
 */
enum err form_parse(struct slice s, const struct header *h, struct form **out,
    struct why *why) MUST_USE;
void form_free(struct form *f);

/**
 * The choices of one ballot: one number per option, in the form's order.
 * choice, bitmap: 0 or 1; points: points; ranking: place from 1, 0 = none.
 */
struct choices {
	size_t n;
	uint32_t *v; /* n_options numbers, the caller's memory */
	int blank;
};

/**
 * choices_bytes(f):
 * The size of the encoding.
 */
size_t choices_bytes(const struct form *f);

/**
 * choices_decode(f, s, out, why):
 * Decode and check the form's limits.  ${out}->v holds n_options numbers.
 * ERR_FORMAT: not the encoding of a ballot; ERR_LIMIT: over the limits, with
 * the limit named.
 */
enum err choices_decode(const struct form *f, struct slice s,
    struct choices *out, struct why *why) MUST_USE;

/**
 * choices_put(f, c, b, why):
 * Check the limits and append the encoding.
 */
enum err choices_put(const struct form *f, const struct choices *c,
    struct buf *b, struct why *why) MUST_USE;

#endif /* FORM_H */
