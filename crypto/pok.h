#ifndef POK_H
#define POK_H

#include "hash.h"
#include "sign.h"

/*
 * The proof that the author of a sealed ballot knows what seals it (PROTOCOL
 * 7): a Schnorr proof over ristretto255 that she knows r with R = rG.
 */
#define POK_POINT 32
#define POK_SCALAR 32

/* What is proven; borrowed. */
struct pok {
	const struct hash *space_id;
	const struct hash *form_id;
	const struct public_key *pk; /* the credential */
	uint32_t seq;
	const uint8_t *y; /* the trustees' joint key */
	const uint8_t *r; /* R */
	struct slice ct;
};

/**
 * pok_point_check(p):
 * OK iff ${p} is canonical and not the identity; else ERR_SIGNATURE.
 */
enum err pok_point_check(const uint8_t p[static POK_POINT]) MUST_USE;

/**
 * pok_verify(p, c, z):
 * OK or ERR_SIGNATURE; ${p}->r was checked.
 */
enum err pok_verify(const struct pok *p, const uint8_t c[static POK_SCALAR],
    const uint8_t z[static POK_SCALAR]) MUST_USE;

/**
 * pok_prove(p, r, k, c, z):
 * The proof for R = ${r}G with the secret nonce ${k}, both reduced from 64
 * bytes; ${p}->r is what pok_base makes of ${r}.
 */
enum err pok_prove(const struct pok *p, const uint8_t r[static 64],
    const uint8_t k[static 64], uint8_t c[static POK_SCALAR],
    uint8_t z[static POK_SCALAR]) MUST_USE;

/**
 * pok_base(r, out):
 * The point ${r}G, ${r} reduced from 64 bytes.
 */
enum err pok_base(
    const uint8_t r[static 64], uint8_t out[static POK_POINT]) MUST_USE;

#endif /* POK_H */
