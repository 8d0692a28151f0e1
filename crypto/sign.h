#ifndef SIGN_H
#define SIGN_H

#include "bytes.h"

/* Ed25519 by libsodium's strict rules, which are the definition (PROTOCOL 6).*/
#define SEED_BYTES 32

struct public_key {
	uint8_t b[32];
};

struct signature {
	uint8_t b[64];
};

/* A key that signs; wipe it. */
struct sign_key {
	uint8_t secret[64];
	struct public_key pk;
};

/**
 * sign_key_from_seed(seed, k), sign_key_random(k), sign_key_seed(k, seed):
 * Make ${k} from its 32-byte ${seed} or from the system's random source; give
 * the seed back.
 */
void sign_key_from_seed(
    const uint8_t seed[static SEED_BYTES], struct sign_key *k);
void sign_key_random(struct sign_key *k);
void sign_key_seed(const struct sign_key *k, uint8_t seed[static SEED_BYTES]);

/**
 * sign_message(k, msg, sig):
 * Sign; deterministic (RFC 8032).
 */
void sign_message(
    const struct sign_key *k, struct slice msg, struct signature *sig);

/**
 * sign_verify(pk, msg, sig):
 * OK or ERR_SIGNATURE.  Refuses small-order keys, S >= L, other encodings.
 */
enum err sign_verify(const struct public_key *pk, struct slice msg,
    const struct signature *sig) MUST_USE;

/**
 * sign_dst(k, dst, parts, n, sig), sign_verify_dst(pk, dst, parts, n, sig):
 * The same over DST(${dst}) || parts.  At most 70,000 bytes altogether
 * (ERR_LIMIT; ERR_NOMEM).
 */
enum err sign_dst(const struct sign_key *k, const char *dst,
    const struct slice *parts, size_t n, struct signature *sig) MUST_USE;
enum err sign_verify_dst(const struct public_key *pk, const char *dst,
    const struct slice *parts, size_t n, const struct signature *sig) MUST_USE;

/**
 * sign_point_check(pk):
 * OK iff ${pk} is canonical, on the curve, in the prime-order subgroup and not
 * of small order (crypto_core_ed25519_is_valid_point); else ERR_SIGNATURE.
 */
enum err sign_point_check(const struct public_key *pk) MUST_USE;

static inline struct slice
public_key_slice(const struct public_key *pk)
{
	return (struct slice){ pk->b, sizeof(pk->b) };
}

int public_key_cmp(const struct public_key *a, const struct public_key *b);
int public_key_is_zero(const struct public_key *a);

#endif /* SIGN_H */
