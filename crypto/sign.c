#include <string.h>

#include <sodium.h>

#include "hash.h"
#include "wipe.h"

#include "sign.h"

#define SIGN_MAX 70000

/*
 * libsodium chooses its code for the processor at hand, and opens the system's
 * random source, before anything here can run.
 */
__attribute__((constructor)) static void
start(void)
{
	if (sodium_init() < 0)
		sodium_misuse();
}

void
sign_key_from_seed(const uint8_t seed[static SEED_BYTES], struct sign_key *k)
{
	crypto_sign_seed_keypair(k->pk.b, k->secret, seed);
}

void
sign_key_random(struct sign_key *k)
{
	crypto_sign_keypair(k->pk.b, k->secret);
}

void
sign_key_seed(const struct sign_key *k, uint8_t seed[static SEED_BYTES])
{
	crypto_sign_ed25519_sk_to_seed(seed, k->secret);
}

void
sign_message(const struct sign_key *k, struct slice msg, struct signature *sig)
{
	crypto_sign_detached(sig->b, NULL, msg.p, msg.n, k->secret);
}

enum err
sign_verify(
    const struct public_key *pk, struct slice msg, const struct signature *sig)
{
	return crypto_sign_verify_detached(sig->b, msg.p, msg.n, pk->b) == 0
		   ? OK
		   : ERR_SIGNATURE;
}

/* DST(${dst}) || ${parts} in one piece, which ${b} holds. */
static enum err
message(struct buf *b, const char *dst, const struct slice *parts, size_t n)
{
	size_t i;

	dst_put(b, dst);
	for (i = 0; i < n; i++) {
		if (parts[i].n > SIGN_MAX || b->n > SIGN_MAX - parts[i].n)
			return ERR_LIMIT;
		buf_put(b, parts[i].p, parts[i].n);
	}
	return buf_end(b);
}

enum err
sign_dst(const struct sign_key *k, const char *dst, const struct slice *parts,
    size_t n, struct signature *sig)
{
	struct buf b = { 0 };
	enum err r;

	if ((r = message(&b, dst, parts, n)) == OK)
		sign_message(k, buf_slice(&b), sig);
	buf_free(&b);
	return r;
}

enum err
sign_verify_dst(const struct public_key *pk, const char *dst,
    const struct slice *parts, size_t n, const struct signature *sig)
{
	struct buf b = { 0 };
	enum err r;

	if ((r = message(&b, dst, parts, n)) == OK)
		r = sign_verify(pk, buf_slice(&b), sig);
	buf_free(&b);
	return r;
}

enum err
sign_point_check(const struct public_key *pk)
{
	return crypto_core_ed25519_is_valid_point(pk->b) == 1 ? OK
							      : ERR_SIGNATURE;
}

int
public_key_cmp(const struct public_key *a, const struct public_key *b)
{
	return memcmp(a->b, b->b, sizeof(a->b));
}

int
public_key_is_zero(const struct public_key *a)
{
	static const struct public_key zero;

	return public_key_cmp(a, &zero) == 0;
}
