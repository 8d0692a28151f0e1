#ifndef SEAL_H
#define SEAL_H

#include "code.h"
#include "hash.h"
#include "point.h"
#include "record.h"
#include "sign.h"

/* Sealed ballots (PROTOCOL 7.2). */
#define SEAL_TAG 16
#define SEAL_OVERHEAD (3 * 32 + SEAL_TAG) /* R, pok_c, pok_z, tag */

/* What a sealed ballot is bound to; borrowed. */
struct seal {
	const struct hash *space_id;
	const struct hash *form_id;
	const struct public_key *pk; /* the credential */
	uint32_t seq;
	const struct point *y; /* the trustees' joint key, checked */
};

/* Everything on the way, for vectors and for the second-device check. */
struct seal_trace {
	struct point r;	      /* R */
	struct point s;	      /* S */
	uint8_t k[32];	      /* K */
	struct scalar scalar; /* r */
	struct scalar pok_c;
	struct scalar pok_z;
};

/**
 * seal_make(s, ss, choices, out, trace):
 * Append the sealed body of the encoded ${choices} to ${out}: R | pok_c | pok_z
 * | ct, SEAL_OVERHEAD more bytes than ${choices}.  The same ${ss} and choices
 * give the same bytes.  ${trace} may be NULL; wipe it.
 */
enum err seal_make(const struct seal *s, const struct secret *ss,
    struct slice choices, struct buf *out, struct seal_trace *trace) MUST_USE;

/**
 * seal_open(s, body, shared, out):
 * With S = ${shared} decrypt ${body}, whose R was checked, to ${out}
 * (body->ct.n - SEAL_TAG bytes).  ERR_SIGNATURE: the tag does not verify (a
 * null ballot).
 */
enum err seal_open(const struct seal *s, const struct sealed_body *body,
    const struct point *shared, uint8_t *out) MUST_USE;

/**
 * seal_encrypt(key, plain, ad, out), seal_decrypt(key, ct, ad, out):
 * AEAD of PROTOCOL 7: AES-256-GCM, a nonce of zeros, the tag at the end.
 * ${out} has plain.n + SEAL_TAG, ct.n - SEAL_TAG bytes.  ERR_SIGNATURE.
 */
enum err seal_encrypt(const uint8_t key[static 32], struct slice plain,
    struct slice ad, uint8_t *out) MUST_USE;
enum err seal_decrypt(const uint8_t key[static 32], struct slice ct,
    struct slice ad, uint8_t *out) MUST_USE;

#endif /* SEAL_H */
