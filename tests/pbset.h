#ifndef PBSET_H
#define PBSET_H

#include <jansson.h>

#include "election.h"
#include "err.h"
#include "pb.h"
#include "tally.h"

/*
 * The real elections in $SHARED/pb (default ../shared/pb) with the outcomes
 * that another program computed.
 */

/* One rule of one file. */
struct pbset_case {
	const char *path; /* of the .pb file */
	const struct pb *pb;
	const struct election *election;
	const json_t *file;	/* the whole .expected.json */
	const char *rule;	/* NULL: once per file, before its rules */
	const json_t *expected; /* of that rule */
};

/**
 * pbset_path(name):
 * "$SHARED/pb/${name}", static storage; NULL if there is no $SHARED/pb.
 */
const char *pbset_path(const char *name);

/**
 * pbset_each(f, cookie):
 * Call ${f} for every file and every rule of it.  Return how many files there
 * were, or -1 if one cannot be read (said on stderr).
 */
int pbset_each(
    void (*f)(const struct pbset_case *c, void *cookie), void *cookie);

/**
 * pbset_run(c, out):
 * Apply the rule of ${c} as its file says.
 */
enum err pbset_run(const struct pbset_case *c, struct outcome **out) MUST_USE;

/**
 * pbset_add1(own, recorded):
 * The bench value mes_add1: CPU seconds over all add1 results recorded with at
 * least a second; ours, and the recorded ones.  Return how many, or -1.
 */
int pbset_add1(double *own, double *recorded);

#endif /* PBSET_H */
