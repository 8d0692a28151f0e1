#ifndef PROPOSAL_H
#define PROPOSAL_H

#include "entry.h"
#include "json.h"
#include "note.h"
#include "staff.h"

/*
 * A log entry that waits for signatures, as a file that people can read and
 * pass on (docs/MANUAL-CLI.md).  The parser believes nothing that it can
 * compute: the object's hash, and which fields the payload has.
 */
#define PROPOSAL_MAX ((size_t)4 << 20)

struct proposal {
	char origin[NOTE_NAME_MAX + 1];
	struct entry entry; /* borrows from ${payload} */
	struct buf payload;
	struct buf object; /* exact bytes; n = 0: none */
};

/**
 * proposal_make(origin, e, object, out):
 * Of the entry ${e} with the signatures it has.
 */
enum err proposal_make(const char *origin, const struct entry *e,
    struct slice object, struct proposal **out) MUST_USE;
void proposal_free(struct proposal *p);

/**
 * proposal_parse(s, out, why), proposal_put(p, b):
 * Strict.  ERR_SIGNATURE: a signature in it does not verify, or the object is
 * not the one that the payload names.
 */
enum err proposal_parse(
    struct slice s, struct proposal **out, struct why *why) MUST_USE;
enum err proposal_put(const struct proposal *p, struct buf *b) MUST_USE;

/**
 * proposal_sign(p, k, why):
 * Add the signature of ${k} with its next number.  ERR_CONFLICT: it has signed;
 * ERR_FORBIDDEN: its role may not.
 */
enum err proposal_sign(
    struct proposal *p, struct staff_key *k, struct why *why) MUST_USE;

/**
 * proposal_missing(p):
 * How many signatures it still needs.
 */
size_t proposal_missing(const struct proposal *p);

/**
 * proposal_describe(p, f):
 * Say in plain words what whoever signs agrees to.
 */
enum err proposal_describe(const struct proposal *p, FILE *f) MUST_USE;

#endif /* PROPOSAL_H */
