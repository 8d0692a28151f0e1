#ifndef BLIND_H
#define BLIND_H

#include "bytes.h"

/*
 * RSA blind signatures, RFC 9474, RSABSSA-SHA384-PSS-Deterministic with a
 * 48-byte salt.  The protocol uses 2048-bit keys with e = 65537; the functions
 * that take slices work for any key, as the RFC's vectors (4096 bits) need.
 */
#define BLIND_BYTES 256
#define BLIND_SALT 48
#define BLIND_SPKI 342
#define BLIND_MAX 512

/* Opaque types.  Both may be shared by threads. */
struct blind_key;    /* issuer's private key */
struct blind_public; /* issuer's public key */

/**
 * blind_key_new(out):
 * Make a 2048-bit key.  ERR_INTERNAL when OpenSSL fails.
 */
enum err blind_key_new(struct blind_key **out) MUST_USE;

/**
 * blind_key_parse(der, out), blind_key_encode(k, out):
 * PKCS#8 private key, in clear: the caller protects and wipes it.
 */
enum err blind_key_parse(struct slice der, struct blind_key **out) MUST_USE;
enum err blind_key_encode(const struct blind_key *k, struct buf *out) MUST_USE;

/**
 * blind_key_spki(k, out):
 * The 342-byte id-RSASSA-PSS SubjectPublicKeyInfo of RFC 9578 6.5.
 */
enum err blind_key_spki(
    const struct blind_key *k, uint8_t out[static BLIND_SPKI]) MUST_USE;
void blind_key_free(struct blind_key *k);

/**
 * blind_public_parse(spki, out):
 * Exactly the 342 bytes of RFC 9578 for a 2048-bit odd modulus, e = 65537.
 */
enum err blind_public_parse(
    struct slice spki, struct blind_public **out) MUST_USE;

/**
 * blind_public_from(n, e, out):
 * A key of another size, from big-endian numbers; for the RFC's vectors.
 */
enum err blind_public_from(
    struct slice n, struct slice e, struct blind_public **out) MUST_USE;
enum err blind_key_from(struct slice n, struct slice e, struct slice d,
    struct slice p, struct slice q, struct blind_key **out) MUST_USE;
size_t blind_public_size(const struct blind_public *pub); /* bytes of n */
void blind_public_free(struct blind_public *pub);

/**
 * blind_sign(k, in, out):
 * BlindSign (RFC 9474 4.3) of as many bytes as the modulus has, checked with
 * the public exponent before anything is output.  ERR_FORMAT: wrong length, or
 * not below the modulus.  ERR_INTERNAL: the check failed.
 */
enum err blind_sign(
    const struct blind_key *k, struct slice in, uint8_t *out) MUST_USE;

/**
 * blind_verify(pub, msg, sig):
 * RSASSA-PSS-VERIFY, SHA-384, MGF1-SHA-384, salt exactly 48 bytes.  OK or
 * ERR_SIGNATURE (ERR_INTERNAL when OpenSSL fails otherwise).
 */
enum err blind_verify(const struct blind_public *pub, struct slice msg,
    struct slice sig) MUST_USE;

/**
 * blind_verify_salt(pub, msg, sig, salt_len):
 * The same with another exact salt length; for the RFC's PSSZERO vectors.
 */
enum err blind_verify_salt(const struct blind_public *pub, struct slice msg,
    struct slice sig, size_t salt_len) MUST_USE;

/**
 * blind_verify_with(pub, msg, salt, sig):
 * The same with this very ${salt}: OK iff ${sig} is the one signature of
 * ${msg} that has it.  For a modulus of whole bytes.
 */
enum err blind_verify_with(const struct blind_public *pub, struct slice msg,
    struct slice salt, struct slice sig) MUST_USE;

/**
 * blind_pss_encode(msg, salt, bits, out):
 * EMSA-PSS-ENCODE (RFC 8017 9.1.1) for a modulus of ${bits} bits, emBits =
 * ${bits} - 1; writes ceil((bits - 1) / 8) bytes.
 */
enum err blind_pss_encode(
    struct slice msg, struct slice salt, size_t bits, uint8_t *out) MUST_USE;

/**
 * blind_blind(pub, msg, salt, r, out):
 * Blind (RFC 9474 4.2) with the given ${salt} and blinding factor ${r} (as many
 * big-endian bytes as the modulus has).  ERR_LIMIT: this r is zero, not below
 * n or not invertible: take the next one.  ERR_FORMAT: the encoded message has
 * a factor in common with n: such a key is made to leak, give up.
 */
enum err blind_blind(const struct blind_public *pub, struct slice msg,
    struct slice salt, struct slice r, uint8_t *out) MUST_USE;

/**
 * blind_finalize(pub, msg, r, blind_sig, salt_len, out):
 * Finalize (RFC 9474 4.4): unblind and verify.  ERR_SIGNATURE when the issuer
 * answered wrongly.
 */
enum err blind_finalize(const struct blind_public *pub, struct slice msg,
    struct slice r, struct slice blind_sig, size_t salt_len,
    uint8_t *out) MUST_USE;

#endif /* BLIND_H */
