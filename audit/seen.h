#ifndef SEEN_H
#define SEEN_H

#include "record.h"
#include "rules.h"
#include "unseal.h"

/*
 * The set of credentials of an auditor: grows as needed, in memory.  Per
 * credential it keeps the key, the last number, where that record stands, and
 * which of the different ballots it holds; equal ballots are kept once.
 */
struct seen;
struct seen *seen_new(void);
void seen_free(struct seen *s);

/**
 * seen_add(s, space_no, r, index, v):
 * OK when r->seq is 0 for a new credential, or the last + 1; else ERR_CONFLICT
 * (rule 35) and nothing changes.  ERR_NOMEM.
 */
enum err seen_add(struct seen *s, size_t space_no, const struct record *r,
    uint64_t index, struct verdict *v) MUST_USE;

/**
 * seen_force(s, space_no, r, index):
 * Take in what seen_add refused: the record counts if its number is the
 * highest of its credential.
 */
enum err seen_force(struct seen *s, size_t space_no, const struct record *r,
    uint64_t index) MUST_USE;

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

/**
 * seen_seal(s, space_no, body_bytes), seen_unseal(s, space_no, u):
 * Keep the bodies of that space's ballots, each of ${body_bytes}, per
 * credential, as no two are equal: that of the last record only; before its
 * first record.  Hand them to ${u} in order of their keys.  ERR_FORMAT,
 * ERR_SIGNATURE: one is not a sealed ballot; ERR_LIMIT.
 */
enum err seen_seal(struct seen *s, size_t space_no, size_t body_bytes) MUST_USE;
enum err seen_unseal(
    const struct seen *s, size_t space_no, struct unseal *u) MUST_USE;

/**
 * seen_ballots(s, space_no, f, cookie):
 * Call ${f} with each different body among the counted ballots, in order of
 * their bytes, and how many credentials hold it, until it fails.
 */
typedef enum err seen_ballot(void *cookie, struct slice body, uint64_t n);
enum err seen_ballots(const struct seen *s, size_t space_no, seen_ballot *f,
    void *cookie) MUST_USE;

#endif /* SEEN_H */
