/*
 * SHA-2 by OpenSSL's SHA256_* calls, although they are marked deprecated: their
 * state lives on the stack, so hashing allocates nothing and cannot fail, and
 * they use the processor's SHA instructions (libsodium's take four times as
 * long).  HMAC is libsodium's for the same first reason.
 */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "ossl.h"
#include "wipe.h"

#include "hash.h"

#define DST_PREFIX "partecipa/v1/"

struct hasher {
	SHA256_CTX c;
};

/* SHA256_Update of nothing may come with a NULL pointer. */
static void
update(SHA256_CTX *c, struct slice s)
{
	if (s.n > 0)
		SHA256_Update(c, s.p, s.n);
}

void
hash_parts(const struct slice *parts, size_t n, struct hash *out)
{
	SHA256_CTX c;
	size_t i;

	SHA256_Init(&c);
	for (i = 0; i < n; i++)
		update(&c, parts[i]);
	SHA256_Final(out->b, &c);
	wipe(&c, sizeof(c)); /* recovery codes are hashed too */
}

void
hash_bytes(struct slice s, struct hash *out)
{
	hash_parts(&s, 1, out);
}

void
hash_leaf(struct slice entry, struct hash *out)
{
	SHA256_CTX c;

	SHA256_Init(&c);
	SHA256_Update(&c, "\x00", 1);
	update(&c, entry);
	SHA256_Final(out->b, &c);
}

void
hash_node(const struct hash *l, const struct hash *r, struct hash *out)
{
	uint8_t in[1 + 2 * HASH_BYTES];
	SHA256_CTX c;

	in[0] = 1;
	memcpy(in + 1, l->b, HASH_BYTES);
	memcpy(in + 1 + HASH_BYTES, r->b, HASH_BYTES);
	SHA256_Init(&c);
	SHA256_Update(&c, in, sizeof(in));
	SHA256_Final(out->b, &c);
}

void
hash_empty(struct hash *out)
{
	hash_parts(NULL, 0, out);
}

void
hash_dst(const char *dst, const struct slice *parts, size_t n, struct hash *out)
{
	SHA256_CTX c;
	size_t i;

	SHA256_Init(&c);
	SHA256_Update(&c, DST_PREFIX, strlen(DST_PREFIX));
	SHA256_Update(&c, dst, strlen(dst) + 1);
	for (i = 0; i < n; i++)
		update(&c, parts[i]);
	SHA256_Final(out->b, &c);
	wipe(&c, sizeof(c));
}

int
hash_cmp(const struct hash *a, const struct hash *b)
{
	return memcmp(a->b, b->b, HASH_BYTES);
}

int
hash_equal(const struct hash *a, const struct hash *b)
{
	return hash_cmp(a, b) == 0;
}

int
hash_is_zero(const struct hash *a)
{
	static const struct hash zero;

	return hash_equal(a, &zero);
}

void
hash_sha384(const struct slice *parts, size_t n, uint8_t out[static 48])
{
	SHA512_CTX c;
	size_t i;

	SHA384_Init(&c);
	for (i = 0; i < n; i++) {
		if (parts[i].n > 0)
			SHA384_Update(&c, parts[i].p, parts[i].n);
	}
	SHA384_Final(out, &c);
	wipe(&c, sizeof(c));
}

static void
update512(SHA512_CTX *c, const struct slice *parts, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (parts[i].n > 0)
			SHA512_Update(c, parts[i].p, parts[i].n);
	}
}

void
hash_sha512(const struct slice *parts, size_t n, uint8_t out[static 64])
{
	SHA512_CTX c;

	SHA512_Init(&c);
	update512(&c, parts, n);
	SHA512_Final(out, &c);
	wipe(&c, sizeof(c));
}

void
hash_dst512(const char *dst, const struct slice *parts, size_t n,
    uint8_t out[static 64])
{
	SHA512_CTX c;

	SHA512_Init(&c);
	SHA512_Update(&c, DST_PREFIX, strlen(DST_PREFIX));
	SHA512_Update(&c, dst, strlen(dst) + 1);
	update512(&c, parts, n);
	SHA512_Final(out, &c);
	wipe(&c, sizeof(c));
}

void
hash_hmac(struct slice key, struct slice data, struct hash *out)
{
	crypto_auth_hmacsha256_state st;

	crypto_auth_hmacsha256_init(&st, key.p, key.n);
	crypto_auth_hmacsha256_update(&st, data.p, data.n);
	crypto_auth_hmacsha256_final(&st, out->b);
	wipe(&st, sizeof(st));
}

static OSSL_PARAM
octets(const char *name, struct slice s)
{
	static uint8_t nothing[1];

	/* OpenSSL takes a NULL pointer for "not given"; it never writes. */
	return OSSL_PARAM_construct_octet_string(
	    name, s.n > 0 ? (void *)(uintptr_t)s.p : nothing, s.n);
}

static enum err
hkdf(const char *digest, struct slice ikm, struct slice salt, struct slice info,
    uint8_t *out, size_t n)
{
	char name[8];
	OSSL_PARAM params[5];
	EVP_KDF *kdf = NULL;
	EVP_KDF_CTX *ctx = NULL;
	enum err r = ERR_INTERNAL;

	if (n == 0)
		return OK;
	(void)strncpy(name, digest, sizeof(name) - 1);
	name[sizeof(name) - 1] = 0;
	params[0] =
	    OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, name, 0);
	params[1] = octets(OSSL_KDF_PARAM_KEY, ikm);
	params[2] = octets(OSSL_KDF_PARAM_SALT, salt);
	params[3] = octets(OSSL_KDF_PARAM_INFO, info);
	params[4] = OSSL_PARAM_construct_end();
	if ((kdf = EVP_KDF_fetch(NULL, "HKDF", NULL)) == NULL ||
	    (ctx = EVP_KDF_CTX_new(kdf)) == NULL ||
	    EVP_KDF_derive(ctx, out, n, params) != 1)
		goto out;
	r = OK;

out:
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	if (r != OK)
		ERR_clear_error();
	return r;
}

enum err
hash_hkdf(struct slice ikm, struct slice salt, struct slice info, uint8_t *out,
    size_t n)
{
	return n > (size_t)255 * 32 ? ERR_LIMIT
				    : hkdf("SHA256", ikm, salt, info, out, n);
}

enum err
hash_hkdf512(struct slice ikm, struct slice salt, struct slice info,
    uint8_t *out, size_t n)
{
	return n > (size_t)255 * 64 ? ERR_LIMIT
				    : hkdf("SHA512", ikm, salt, info, out, n);
}

struct hasher *
hasher_new(void)
{
	struct hasher *h = malloc(sizeof(*h));

	if (h != NULL)
		SHA256_Init(&h->c);
	return h;
}

void
hasher_put(struct hasher *h, const void *p, size_t n)
{
	update(&h->c, slice_of(p, n));
}

void
hasher_end(struct hasher *h, struct hash *out)
{
	SHA256_Final(out->b, &h->c);
	SHA256_Init(&h->c);
}

void
hasher_free(struct hasher *h)
{
	if (h != NULL)
		wipe(h, sizeof(*h));
	free(h);
}

void
dst_put(struct buf *b, const char *name)
{
	buf_str(b, DST_PREFIX);
	buf_put(b, name, strlen(name) + 1);
}
