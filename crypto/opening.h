#ifndef OPENING_H
#define OPENING_H

#include "hash.h"
#include "point.h"
#include "sign.h"

/*
 * A trustee's opening of all counted ballots of a space, with one proof for all
 * of them (PROTOCOL 7.3).
 */
#define OPENING_FIXED 238 /* bytes of a file beside its D */
#define OPENING_COUNT_MAX 16777216

/* What is opened, and by whom; borrowed. */
struct opening {
	struct hash space_id;
	struct hash form_id;
	uint64_t size; /* of the tree of the close */
	struct hash root;
	uint8_t trustee;       /* from 1 */
	const struct point *v; /* V of that trustee */
	uint32_t m;	       /* counted ballots, not 0 */
	const struct point *r; /* m of them, in order of pk, checked */
	const struct point *d; /* m of them */
};

struct opening_proof {
	struct scalar c;
	struct scalar z;
};

/**
 * opening_share(x, r, d, from, to):
 * d[i] = ${x} r[i] for i in [${from}, ${to}).
 */
enum err opening_share(const struct scalar *x, const struct point *r,
    struct point *d, size_t from, size_t to) MUST_USE;

/* seed; and the sums M and Z over a part of the ballots. */
struct opening_seed {
	uint8_t b[64];
};
struct opening_sums {
	struct point m;
	struct point z;
};

/**
 * opening_seed(o, out):
 * The hash of the whole statement.
 */
enum err opening_seed(
    const struct opening *o, struct opening_seed *out) MUST_USE;

/**
 * opening_sum(o, seed, from, to, out):
 * The part of M and Z that comes from ballots [${from}, ${to}), counted from 0;
 * parts may be computed by several threads and added by opening_join.
 * ERR_SIGNATURE: a D is no point or the identity.
 */
enum err opening_sum(const struct opening *o, const struct opening_seed *seed,
    size_t from, size_t to, struct opening_sums *out) MUST_USE;
enum err opening_join(
    struct opening_sums *to, const struct opening_sums *part) MUST_USE;

/**
 * opening_prove(seed, sums, v, x, random, out), opening_check(seed, sums, v,
 * proof):
 * The proof that every D is ${x} R, ${v} = ${x}G; OK or ERR_SIGNATURE.
 */
enum err opening_prove(const struct opening_seed *seed,
    const struct opening_sums *sums, const struct scalar *x,
    const uint8_t random[static 32], struct opening_proof *out) MUST_USE;
enum err opening_check(const struct opening_seed *seed,
    const struct opening_sums *sums, const struct point *v,
    const struct opening_proof *proof) MUST_USE;

/**
 * opening_verify(o, proof):
 * All of it in this thread.
 */
enum err opening_verify(
    const struct opening *o, const struct opening_proof *proof) MUST_USE;

/* A parsed opening file. */
struct opening_file {
	struct opening opening; /* d borrowed from the file; v, r NULL */
	struct opening_proof proof;
	struct signature sig;
	struct slice signed_part;
};

/**
 * opening_parse(s, out):
 * Exactly one opening file; no point, proof or signature is looked at.
 * ERR_FORMAT; ERR_LIMIT above OPENING_COUNT_MAX ballots.
 */
enum err opening_parse(struct slice s, struct opening_file *out) MUST_USE;

/**
 * opening_put(o, proof, k, b):
 * Append the file, signed by the trustee's identity key ${k}.
 */
enum err opening_put(const struct opening *o, const struct opening_proof *proof,
    const struct sign_key *k, struct buf *b) MUST_USE;

/**
 * opening_signed(f, identity):
 * OK iff the identity key signed the file; ERR_SIGNATURE.
 */
enum err opening_signed(
    const struct opening_file *f, const struct public_key *identity) MUST_USE;

/**
 * opening_combine(lambda, d, t, out):
 * S = sum lambda[k] d[k] for one ballot: ${d} are its D of the ${t} trustees.
 */
enum err opening_combine(const struct scalar *lambda,
    const struct point *const *d, size_t t, struct point *out) MUST_USE;

#endif /* OPENING_H */
