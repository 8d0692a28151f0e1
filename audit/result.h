#ifndef RESULT_H
#define RESULT_H

#include "form.h"
#include "tally.h"
#include "seen.h"
#include "world.h"

/**
 * result_rule_check(f, why):
 * OK iff the tally engine knows the form's rule, and the rule is defined for
 * the form's ballots; ERR_FORMAT.
 */
enum err result_rule_check(const struct form *f, struct why *why) MUST_USE;

/**
 * result_document(w, s, seen, paper, out, why):
 * Append the result document of the closed space ${s} (PROTOCOL 9), ${seen}
 * holding its records up to the close and ${paper} the list of its paper
 * ballots (empty when there is none).  ERR_FORBIDDEN: not closed, or sealed.
 */
enum err result_document(struct world *w, const struct space *s,
    const struct seen *seen, struct slice paper, struct buf *out,
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
