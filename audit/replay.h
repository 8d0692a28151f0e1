#ifndef REPLAY_H
#define REPLAY_H

#include "admit.h"
#include "source.h"
#include "world.h"

/* Reading a whole log and judging it (PROTOCOL 9). */
struct replay_options {
	/* A slug: judge this space's rules only; NULL: all.  It must live as
	   long as the replay. */
	const char *space;
	const char *key;     /* vkey; NULL: log/key of the source */
	const char *earlier; /* file with an earlier checkpoint; NULL: none */
	unsigned threads;    /* 0: as many as there are processors */
	int keep_going;	     /* collect more than the first broken rule */
	uint64_t at; /* judge the log up to this size; 0: checkpoint's */
};

#define REPLAY_BROKEN_MAX 100

struct replay {
	struct world *world;
	struct seen *seen;
	struct source *source; /* borrowed */
	struct why unread; /* why an object could not be read, the last time */
	struct checkpoint checkpoint;
	struct merkle tree;
	/* How often each rule was judged, what was broken, what is not due. */
	uint64_t judged[RULE_MAX + 1];
	int not_due[RULE_MAX + 1];
	/* The recounted result documents, by number of their space. */
	struct buf *results;
	size_t n_results;
	size_t n_broken;
	struct verdict broken[REPLAY_BROKEN_MAX];
};

/**
 * replay_log(src, opt, out, why):
 * Read and judge.  OK whether or not rules are broken (look at n_broken);
 * ERR_IO, ERR_NOT_FOUND: could not read, in ${why}.
 */
enum err replay_log(struct source *src, const struct replay_options *opt,
    struct replay **out, struct why *why) MUST_USE;
void replay_free(struct replay *r);

/**
 * replay_recounted(r, s):
 * The result of ${s} as replay_log recounted it when it met the result entry,
 * borrowed; empty when there was none, or it could not.
 */
struct slice replay_recounted(const struct replay *r, const struct space *s);

/**
 * replay_result(r, s, out, why):
 * The result document of the closed space ${s}, computed from the log, appended
 * to ${out} (PROTOCOL 9).  ERR_FORBIDDEN: not closed.
 */
enum err replay_result(struct replay *r, const struct space *s, struct buf *out,
    struct why *why) MUST_USE;

#endif /* REPLAY_H */
