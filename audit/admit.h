#ifndef ADMIT_H
#define ADMIT_H

#include "rules.h"
#include "seen.h"
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
 * admit_check(s, raw, rec, v):
 * The same without the leaf hash.  ${rec} is set as soon as the bytes are one
 * record, that is also where a later rule is broken; ${rec}->raw.p is NULL
 * until then if the caller made it so.
 */
enum err admit_check(const struct space *s, struct slice raw,
    struct record *rec, struct verdict *v) MUST_USE;

/**
 * admit_leaf(raw, out):
 * The leaf hash of the record entry that would hold ${raw}.
 */
void admit_leaf(struct slice raw, struct hash *out);

#endif /* ADMIT_H */
