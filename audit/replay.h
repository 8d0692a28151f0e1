#ifndef REPLAY_H
#define REPLAY_H

#include "admit.h"
#include "policy.h"
#include "source.h"
#include "world.h"

/* Reading a whole log and judging it (PROTOCOL 9). */
struct replay_options {
	/* A slug: judge this space's rules only; NULL: all.  Like the other
	   strings it must live as long as the replay. */
	const char *space;
	const char *key;     /* vkey; NULL: log/key of the source */
	const char *earlier; /* file with an earlier checkpoint; NULL: none */
	unsigned threads;    /* 0: as many as there are processors */
	int keep_going;	     /* collect more than the first broken rule */
	uint64_t at; /* judge the log up to this size; 0: checkpoint's */
	const struct policy *policy; /* the auditor's, for rule 2; or NULL */
};

#define REPLAY_BROKEN_MAX 100

struct replay_run; /* what a replay needs to go on */
struct replay_sealed;

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
	/* What was found of openings, the same; see replay_sealed.h. */
	struct replay_sealed **sealed;
	size_t n_sealed;
	unsigned threads; /* as the options say */
	size_t n_broken;
	struct verdict broken[REPLAY_BROKEN_MAX];
	struct replay_run *run; /* NULL: it does not go on */
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
 * replay_open(src, opt, out, why):
 * Read the log's key, and nothing else: an empty world, to be filled by
 * replay_advance.  ${src} and the strings of ${opt} are borrowed.
 */
enum err replay_open(struct source *src, const struct replay_options *opt,
    struct replay **out, struct why *why) MUST_USE;

/**
 * replay_advance(r, why):
 * Read the newest checkpoint and judge the log from where the last call came
 * to; may be called again and again.  ${r} then says of this state what
 * replay_log would say, with two differences: the checkpoint must continue the
 * one before (rule 3), and entries that were judged are not judged again, but
 * those of the last bundle must still be the same (rule 4).  A checkpoint that
 * is not signed (rule 1) or does not continue the log is a broken rule, and
 * changes neither r->checkpoint nor the world.
 *
 * OK whether or not rules are broken.  After ERR_IO or ERR_NOT_FOUND (in
 * ${why}) the next call goes on where this one had to stop; until then
 * r->broken and r->judged are those of a log of r->tree.size entries without
 * what only the end of a log shows.
 */
enum err replay_advance(struct replay *r, struct why *why) MUST_USE;

/**
 * replay_erased(r, content):
 * Nonzero iff moderation erased the content of that hash; of a replay that goes
 * on only.
 */
int replay_erased(const struct replay *r, const struct hash *content);

/**
 * replay_recounted(r, s):
 * The result of ${s} as it was recounted when the result entry was met,
 * borrowed; empty when there was none, or it could not.
 */
struct slice replay_recounted(const struct replay *r, const struct space *s);

/**
 * replay_result(r, s, out, why):
 * The result document of the closed space ${s}, computed from the log, appended
 * to ${out} (PROTOCOL 9).  ERR_FORBIDDEN: not closed, or too few valid openings
 * (${why} says whose are missing).
 */
enum err replay_result(struct replay *r, const struct space *s, struct buf *out,
    struct why *why) MUST_USE;

#endif /* REPLAY_H */
