#ifndef ADMIT_H
#define ADMIT_H

#include "rules.h"
#include "world.h"

/*
 * The rules of admission of one record (PROTOCOL 6), all but those that need
 * the set of credentials.  Pure and safe for many threads.
 */
struct admitted {
	struct record record; /* borrows from the bytes */
	struct hash leaf;     /* leaf hash of its entry */
};

/**
 * admit_record(s, raw, out, v):
 * Judge the bytes ${raw} as a record of the space ${s}, which has a form.
 * OK, or ERR_FORMAT, ERR_LIMIT, ERR_SIGNATURE, ERR_NOT_FOUND (another form)
 * with the rule in ${v}.
 */
enum err admit_record(const struct space *s, struct slice raw,
    struct admitted *out, struct verdict *v) MUST_USE;

/**
 * admit_leaf(raw, out):
 * The leaf hash of the record entry that would hold ${raw}.
 */
void admit_leaf(struct slice raw, struct hash *out);

/**
 * The set of credentials of an auditor: grows as needed, in memory.
 */
struct seen;
struct seen *seen_new(void);
void seen_free(struct seen *s);

/**
 * seen_add(s, space_no, r, v):
 * OK when r->seq is 0 for a new credential, or the last + 1; else
 * ERR_CONFLICT (rule 35) and nothing changes.
 */
enum err seen_add(struct seen *s, size_t space_no, const struct record *r,
    uint64_t index, struct verdict *v) MUST_USE;

/**
 * seen_credentials(s, space_no, purpose):
 * Distinct credentials.
 */
uint32_t seen_credentials(
    const struct seen *s, size_t space_no, unsigned purpose);

/**
 * seen_counted(s, space_no, purpose, indexes, n):
 * The entry numbers of the records with the highest seq per credential, sorted
 * ascending; malloc'ed, the caller frees.
 */
enum err seen_counted(const struct seen *s, size_t space_no, unsigned purpose,
    uint64_t **indexes, size_t *n) MUST_USE;

#endif /* ADMIT_H */
