#ifndef UNSEAL_H
#define UNSEAL_H

#include "ceremony.h"
#include "form.h"
#include "pool.h"
#include "seal.h"

/*
 * The counted ballots of a closed, sealed space, and what the trustees'
 * openings make of them (PROTOCOL 7.3).  The same code in trustee, server and
 * auditor.  Per ballot it holds its key, number and body, no more.
 */
struct unseal_ballot {
	struct public_key pk;
	uint32_t seq;
	uint64_t index; /* entry number */
};

struct unseal {
	const struct form *form;
	const struct hash *space_id;
	uint64_t size; /* the tree of the close */
	struct hash root;
	size_t m, cap;
	size_t ct_bytes;	       /* of each */
	struct unseal_ballot *ballots; /* m, in order of pk */
	struct point *r;	       /* m */
	uint8_t *ct;		       /* m * ct_bytes */
};

/**
 * unseal_new(f, space_id, size, root, out), unseal_add(u, r, index):
 * Begin; ${f} and ${space_id} are borrowed.  Take in a counted record of that
 * form (its signatures and proof were judged), in order of pk (ERR_FORMAT
 * otherwise; ERR_SIGNATURE: its R is no point; ERR_LIMIT: too many).
 */
enum err unseal_new(const struct form *f, const struct hash *space_id,
    uint64_t size, const struct hash *root, struct unseal **out) MUST_USE;
enum err unseal_add(
    struct unseal *u, const struct record *r, uint64_t index) MUST_USE;
void unseal_free(struct unseal *u);

/**
 * unseal_share(u, k, t, pool, out, why):
 * Append the opening file of the trustee ${t}, whose share ${t}->x fits the
 * ceremony's V.  ${pool} may be NULL, here and below.  ERR_LIMIT: there is no
 * ballot; ERR_SIGNATURE: the share is another.
 */
struct unseal_trustee {
	uint8_t trustee;
	const struct scalar *x;
	const struct sign_key *identity;
};
enum err unseal_share(const struct unseal *u, const struct ceremony_keys *k,
    const struct unseal_trustee *t, struct pool *pool, struct buf *out,
    struct why *why) MUST_USE;

/**
 * unseal_judge(u, k, h, file, trustee, pool, out, why):
 * Is ${file} a valid opening of ${u} by ${trustee}?  OK; ERR_FORMAT: not such a
 * file; ERR_CONFLICT: of another space, form, close or trustee, or of another
 * number of ballots; ERR_SIGNATURE: a point, the proof or the signature is
 * wrong; each with a sentence in ${why}.  ${out} borrows from ${file}.
 */
enum err unseal_judge(const struct unseal *u, const struct ceremony_keys *k,
    const struct header *h, struct slice file, uint8_t trustee,
    struct pool *pool, struct opening_file *out, struct why *why) MUST_USE;

/**
 * unseal_open(u, files, t, pool, each, cookie):
 * Open every ballot with ${t} valid openings of different trustees.  ${each} is
 * called in order of pk, with its encoded choices within the form's limits, or
 * with n = 0 for a null ballot.
 */
typedef enum err unseal_each(
    void *cookie, const struct unseal_ballot *b, struct slice choices);
enum err unseal_open(const struct unseal *u, const struct opening_file *files,
    size_t t, struct pool *pool, unseal_each *each, void *cookie) MUST_USE;

#endif /* UNSEAL_H */
