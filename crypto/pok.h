#ifndef POK_H
#define POK_H

#include "hash.h"
#include "point.h"
#include "sign.h"

/*
 * The proof that the author of a sealed ballot knows what seals it (PROTOCOL
 * 7.2): a Schnorr proof over ristretto255 that she knows r with R = rG.
 */

/* What is proven; borrowed. */
struct pok {
	const struct hash *space_id;
	const struct hash *form_id;
	const struct public_key *pk; /* the credential */
	uint32_t seq;
	const struct point *y; /* the trustees' joint key */
	const struct point *r; /* R */
	struct slice ct;
};

/**
 * pok_context(p, out):
 * SHA-512(ctx), which the nonce is derived from.
 */
void pok_context(const struct pok *p, uint8_t out[static 64]);

/**
 * pok_verify(p, c, z):
 * OK or ERR_SIGNATURE, also where ${p}->r is no point or the identity, or ${c}
 * or ${z} are no scalars.
 */
enum err pok_verify(const struct pok *p, const struct scalar *c,
    const struct scalar *z) MUST_USE;

/**
 * pok_prove(p, r, k, c, z):
 * The proof for R = ${r}G with the secret nonce ${k}, not 0.
 */
enum err pok_prove(const struct pok *p, const struct scalar *r,
    const struct scalar *k, struct scalar *c, struct scalar *z) MUST_USE;

#endif /* POK_H */
