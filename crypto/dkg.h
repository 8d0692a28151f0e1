#ifndef DKG_H
#define DKG_H

#include "hash.h"
#include "point.h"

/*
 * The mathematics of the key ceremony: joint Feldman key generation over
 * ristretto255 (PROTOCOL 7.1).  Messages and transcript are audit/ceremony.h's.
 */
#define DKG_TRUSTEES_MAX 9
#define DKG_SHARE_BYTES 48 /* an encrypted share */

/* Which ceremony, and whose part of it; index from 1. */
struct dkg {
	const struct hash *space_id;
	uint32_t attempt;
	uint8_t index;
	uint8_t n;
	uint8_t t;
};

/* What one trustee draws for one attempt; wipe it. */
struct dkg_secret {
	struct scalar a[DKG_TRUSTEES_MAX]; /* t coefficients */
	struct scalar e;
};

/* Its public side. */
struct dkg_public {
	struct point a[DKG_TRUSTEES_MAX]; /* A_0 .. A_(t-1) */
	struct point e;
};

struct dkg_proof {
	struct scalar c;
	struct scalar z;
};

/**
 * dkg_draw(d, secret, public):
 * Draw ${d}->t coefficients and the key of this attempt.
 */
enum err dkg_draw(const struct dkg *d, struct dkg_secret *secret,
    struct dkg_public *public) MUST_USE;

/**
 * dkg_commitment(d, public, out):
 * The commitment of round 1.
 */
void dkg_commitment(
    const struct dkg *d, const struct dkg_public *public, struct hash *out);

/**
 * dkg_prove(d, t1, secret, public, out), dkg_verify(d, t1, public, proof):
 * Proof of possession of a_0, bound to the commits by ${t1} = T_1.
 * ERR_SIGNATURE: does not verify, or a point or scalar is none.
 */
enum err dkg_prove(const struct dkg *d, const struct hash *t1,
    const struct dkg_secret *secret, const struct dkg_public *public,
    struct dkg_proof *out) MUST_USE;
enum err dkg_verify(const struct dkg *d, const struct hash *t1,
    const struct dkg_public *public, const struct dkg_proof *proof) MUST_USE;

/**
 * dkg_share_seal(d, secret, public, to, to_e, t2, out):
 * The share of trustee number ${to}, encrypted for the key ${to_e} and bound
 * to ${t2} = T_2.
 */
enum err dkg_share_seal(const struct dkg *d, const struct dkg_secret *secret,
    const struct dkg_public *public, uint8_t to, const struct point *to_e,
    const struct hash *t2, uint8_t out[static DKG_SHARE_BYTES]) MUST_USE;

/**
 * dkg_share_open(d, secret, own, from, from_public, t2, ct, out):
 * Decrypt and check the share that trustee number ${from}, whose commitments
 * are ${from_public}, gave to ${d}->index, whose own key of this attempt is
 * ${secret}->e and ${own}->e.  ERR_SIGNATURE: a reason to complain.
 */
enum err dkg_share_open(const struct dkg *d, const struct dkg_secret *secret,
    const struct dkg_public *own, uint8_t from,
    const struct dkg_public *from_public, const struct hash *t2,
    const uint8_t ct[static DKG_SHARE_BYTES], struct scalar *out) MUST_USE;

/**
 * dkg_joint(publics, n, t, y, v):
 * Y and V_1..V_n (${v} has room for ${n}) of all commitments.  ERR_SIGNATURE:
 * one of them is the identity, or a commitment no point.
 */
enum err dkg_joint(const struct dkg_public *publics, uint8_t n, uint8_t t,
    struct point *y, struct point *v) MUST_USE;

/**
 * dkg_lagrange(set, t, i, out):
 * lambda for set[${i}] at 0, of the ${t} different indices of ${set}.
 */
enum err dkg_lagrange(
    const uint8_t *set, size_t t, size_t i, struct scalar *out) MUST_USE;

#endif /* DKG_H */
