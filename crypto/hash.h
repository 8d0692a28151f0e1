#ifndef HASH_H
#define HASH_H

#include <stddef.h>
#include <stdint.h>

#include "bytes.h"

#define HASH_BYTES 32

/* A SHA-256 value. */
struct hash {
	uint8_t b[HASH_BYTES];
};

/**
 * hash_bytes(s, out), hash_parts(parts, n, out):
 * SHA-256 of ${s}, or of the ${n} ${parts} one after the other.
 */
void hash_bytes(struct slice s, struct hash *out);
void hash_parts(const struct slice *parts, size_t n, struct hash *out);

/**
 * hash_leaf(entry, out), hash_node(l, r, out), hash_empty(out):
 * RFC 6962 2.1: SHA-256(00 || ${entry}), SHA-256(01 || ${l} || ${r}), and the
 * root of the empty tree.
 */
void hash_leaf(struct slice entry, struct hash *out);
void hash_node(const struct hash *l, const struct hash *r, struct hash *out);
void hash_empty(struct hash *out);

/**
 * hash_dst(dst, parts, n, out):
 * SHA-256(DST(${dst}) || parts), PROTOCOL notation.
 */
void hash_dst(
    const char *dst, const struct slice *parts, size_t n, struct hash *out);

/**
 * hash_cmp(a, b), hash_equal(a, b), hash_is_zero(a):
 * Bytewise comparison of public values.
 */
int hash_cmp(const struct hash *a, const struct hash *b);
int hash_equal(const struct hash *a, const struct hash *b);
int hash_is_zero(const struct hash *a);

static inline struct slice
hash_slice(const struct hash *h)
{
	return (struct slice){ h->b, HASH_BYTES };
}

/**
 * hash_sha384, hash_sha512(parts, n, out):
 * The longer members of SHA-2, over ${n} ${parts}; hash_dst512 over
 * DST(${dst}) || parts.
 */
void hash_sha384(const struct slice *parts, size_t n, uint8_t out[static 48]);
void hash_sha512(const struct slice *parts, size_t n, uint8_t out[static 64]);
void hash_dst512(const char *dst, const struct slice *parts, size_t n,
    uint8_t out[static 64]);

/**
 * hash_hmac(key, data, out):
 * HMAC-SHA256.
 */
void hash_hmac(struct slice key, struct slice data, struct hash *out);

/**
 * hash_hkdf(ikm, salt, info, out, n):
 * HKDF-SHA256 (RFC 5869); ${n} bytes to ${out}.  ERR_LIMIT above 255 * 32.
 * hash_hkdf512 is the same with SHA-512.
 */
enum err hash_hkdf(struct slice ikm, struct slice salt, struct slice info,
    uint8_t *out, size_t n) MUST_USE;
enum err hash_hkdf512(struct slice ikm, struct slice salt, struct slice info,
    uint8_t *out, size_t n) MUST_USE;

/**
 * A SHA-256 in progress, for what does not fit in memory at once.
 */
struct hasher;
struct hasher *hasher_new(void);
void hasher_put(struct hasher *h, const void *p, size_t n);
void hasher_end(struct hasher *h, struct hash *out); /* and starts anew */
void hasher_free(struct hasher *h);

/**
 * dst_put(b, name):
 * Append DST(${name}): the ASCII bytes "partecipa/v1/" ${name} and one zero.
 */
void dst_put(struct buf *b, const char *name);

#endif /* HASH_H */
