#ifndef CONTENTS_H
#define CONTENTS_H

#include "entry.h"
#include "record.h"
#include "rules.h"
#include "source.h"

/*
 * Contributions and what was moderated, for rules 43 and 45: both are judged at
 * the end, as an erasure may come at any time.
 */
struct contents;
struct contents *contents_new(void);
void contents_free(struct contents *c);

/**
 * contents_record(c, space_no, index, leaf, r):
 * A contribution whose body parses.  ERR_NOMEM.
 */
enum err contents_record(struct contents *c, size_t space_no, uint64_t index,
    const struct hash *leaf, const struct record *r) MUST_USE;

/**
 * contents_moderate(c, space_no, index, e):
 * A moderation entry.  ERR_NOMEM.
 */
enum err contents_moderate(struct contents *c, size_t space_no, uint64_t index,
    const struct entry *e) MUST_USE;

/**
 * contents_judge(c, src, report, cookie, judged, why):
 * Judge everything; ${judged} is how many contents were looked for.  ERR_IO.
 */
enum err contents_judge(struct contents *c, struct source *src,
    void (*report)(void *cookie, const struct verdict *v), void *cookie,
    uint64_t *judged, struct why *why) MUST_USE;

/**
 * contents_erased(c, commit):
 * Nonzero iff moderation erased a contribution of that content, as of the last
 * contents_judge.
 */
int contents_erased(const struct contents *c, const struct hash *commit);

#endif /* CONTENTS_H */
