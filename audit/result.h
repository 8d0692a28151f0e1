#ifndef RESULT_H
#define RESULT_H

#include "form.h"
#include "tally.h"
#include "pool.h"
#include "seen.h"
#include "unseal.h"
#include "world.h"

/**
 * result_rule_check(f, why):
 * OK iff the tally engine knows the form's rule, and the rule is defined for
 * the form's ballots; ERR_FORMAT.
 */
enum err result_rule_check(const struct form *f, struct why *why) MUST_USE;

/* How the ballots of a sealed space are opened; borrowed. */
struct result_sealed {
	const struct unseal *ballots;
	const struct opening_file *files; /* valid, by number of the trustee */
	size_t n; /* as many as are needed; 0 where there is no ballot */
	struct pool *pool;
};

/* At most so many null and so many blank ballots are listed. */
#define RESULT_LISTED_MAX 1000

/**
 * result_document(w, s, seen, paper, sealed, out, why):
 * Append the result document of the closed space ${s} (PROTOCOL 9), ${seen}
 * holding its records up to the close and ${paper} the list of its paper
 * ballots (empty when there is none).  ${sealed} opens
 * sealed ones; NULL: the space is not sealed, or has too few ballots.
 * ERR_FORBIDDEN: not closed, or sealed and not opened.
 */
enum err result_document(struct world *w, const struct space *s,
    const struct seen *seen, struct slice paper,
    const struct result_sealed *sealed, struct buf *out,
    struct why *why) MUST_USE;

/**
 * result_put(f, e, o, doc, out):
 * Append the result ${doc}, to which the longest explanation is added that it
 * has room for (PROTOCOL 9): of what the form ${f} made of the election ${e},
 * the outcome ${o}; NULL: there is nothing to explain.
 */
enum err result_put(const struct form *f, const struct election *e,
    const struct outcome *o, json_t *doc, struct buf *out) MUST_USE;

#endif /* RESULT_H */
