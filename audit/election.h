#ifndef ELECTION_H
#define ELECTION_H

#include <gmp.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

/*
 * An election as the rules see it: projects with exact costs, and what the
 * ballots say about them (docs/RULES.md, 1).  It is built project by project
 * and ballot by ballot, then sealed; the tally reads a sealed one only.
 * Nothing here knows where the ballots come from.
 */

/* What a ballot is. */
enum votes_kind {
	VOTES_APPROVAL, /* a set of projects */
	VOTES_POINTS,	/* projects with whole points */
	VOTES_RANKING,	/* projects, the best first */
};

/* Limits.  They keep every sum of points below 2^63. */
#define ELECTION_MAX_PROJECTS 4096U
#define ELECTION_MAX_POINTS 1000000000U
#define ELECTION_MAX_VOTERS 1000000000U
#define ELECTION_MAX_SUPPORTS ((size_t)1 << 27)
#define ELECTION_MAX_ID 256U

/* The cost that means "withdrawn after the vote" in Pabulib's files. */
#define ELECTION_WITHDRAWN 999999999U

struct project {
	char *id;	/* unique, not empty */
	mpq_t cost;	/* >= 0 */
	uint64_t score; /* sum of utilities; known once sealed */
	uint64_t votes; /* supporters; known once sealed */
	int withdrawn;	/* can never win */
	/* Number of its group, from 1, of which at most one wins; 0: none. */
	uint32_t exclusive;
};

/* One project on a ballot.  Once in an election, ${points} is the utility. */
struct support {
	uint32_t project; /* index */
	uint32_t points;
};

/* Ballots of identical content. */
struct group {
	size_t first;	 /* into supports, by ascending project */
	uint32_t n;	 /* how many supports; 0: an empty ballot */
	uint64_t weight; /* how many voters */
};

struct election {
	enum votes_kind kind;
	mpq_t budget;
	struct project *projects;
	size_t n_projects, cap_projects;
	uint32_t n_exclusive; /* groups */
	struct support *supports;
	size_t n_supports, cap_supports;
	struct group *groups; /* before sealing: the ballots as they came */
	size_t n_groups, cap_groups;
	uint64_t voters; /* ballots counted, empty ones too */
	uint32_t *seen;	 /* per project: the last ballot that named it */
	uint32_t ballot; /* number of the ballot being added */
	int sealed;
};

/**
 * election_new(out, kind, budget):
 * Start an election with ballots of ${kind} and the ${budget} in money, a
 * decimal number as rational_parse takes it.  The caller frees ${*out} with
 * election_free.
 */
enum err election_new(
    struct election **out, enum votes_kind kind, const char *budget) MUST_USE;

/**
 * election_add_project(e, id, cost):
 * Add a project with the text ${id}, copied, and the decimal ${cost}.  Its
 * index is the number of projects added before.  ERR_CONFLICT if the ${id} is
 * taken, ERR_FORMAT if it is empty or ${cost} no number, ERR_LIMIT if there are
 * too many projects or too many digits, ERR_STATE once sealed.
 */
enum err election_add_project(
    struct election *e, const char *id, const char *cost) MUST_USE;

/**
 * election_add_exclusive(e, projects, n):
 * Say that at most one of the ${n} ${projects}, indexes, can win.  ERR_LIMIT
 * for fewer than two, ERR_NOT_FOUND if there is none of that index,
 * ERR_CONFLICT if one is in a group already, also in this one; nothing is added
 * then.  A sealed election takes groups, too, until it is tallied.
 */
enum err election_add_exclusive(
    struct election *e, const uint32_t *projects, size_t n) MUST_USE;

/**
 * election_bars(e, a, b):
 * Return nonzero iff project ${b}, having won, keeps ${a} from winning.
 */
int election_bars(const struct election *e, uint32_t a, uint32_t b);

/**
 * election_add_ballot(e, choices, n, weight):
 * Add ${weight} equal ballots that name the ${n} ${choices}.  The points of the
 * choices count for VOTES_POINTS only, where 0 is no support; for
 * VOTES_RANKING the order is the ranking, and the first of k gets k points,
 * the last 1.  An empty ballot counts as a voter.  ERR_CONFLICT if a project is
 * named twice, ERR_NOT_FOUND if there is none of that index, ERR_LIMIT above
 * the limits or for a ${weight} of 0, ERR_STATE once sealed; nothing is added
 * then.
 */
enum err election_add_ballot(struct election *e, const struct support *choices,
    size_t n, uint64_t weight) MUST_USE;

/**
 * election_seal(e):
 * Group identical ballots and count scores and votes; nothing can be added
 * afterwards.  The order in which ballots came leaves no trace.
 */
enum err election_seal(struct election *e) MUST_USE;

/**
 * election_find(e, id):
 * Return the index of the project ${id}, or the number of projects if there is
 * none.
 */
size_t election_find(const struct election *e, const char *id);

/**
 * election_free(e):
 * Free; NULL is allowed.
 */
void election_free(struct election *e);

#endif /* ELECTION_H */
