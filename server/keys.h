#ifndef KEYS_H
#define KEYS_H

#include "blind.h"
#include "hash.h"
#include "record.h"
#include "sign.h"
#include "why.h"

/*
 * The server's secret keys, files of DIR/keys that nobody but their owner may
 * read:
 *   log.key, receipt.key   Ed25519 seeds, factor.key  HMAC key: 32 bytes, hex
 *   token-<slug>-<purpose>.pk8  PKCS#8: a space's token key, made before its
 *                               header and destroyed after its ledger
 * Safe for many threads.
 */
struct keys;

/**
 * keys_create(dir, why):
 * Make ${dir} and in it log.key, receipt.key and factor.key.  ERR_CONFLICT:
 * there are keys already.
 */
enum err keys_create(const char *dir, struct why *why) MUST_USE;

/**
 * keys_create_issuer(dir, why), keys_open_issuer(dir, out, why):
 * The same for an issuer of another's log, which signs neither log nor
 * receipts: factor.key and token keys only.
 */
enum err keys_create_issuer(const char *dir, struct why *why) MUST_USE;
enum err keys_open_issuer(
    const char *dir, struct keys **out, struct why *why) MUST_USE;

/**
 * keys_open(dir, out, why):
 * Read them all.  ERR_FORBIDDEN: a file that others may read; ERR_FORMAT: one
 * that is not a key; ERR_NOT_FOUND: one is missing.
 */
enum err keys_open(
    const char *dir, struct keys **out, struct why *why) MUST_USE;
void keys_free(struct keys *k);

const struct sign_key *keys_log(const struct keys *k);
const struct sign_key *keys_receipt(const struct keys *k);

/**
 * keys_factor(k, f, out):
 * What is kept of a second factor ${f}: HMAC-SHA256(factor key, f).
 */
void keys_factor(const struct keys *k, const struct hash *f, struct hash *out);

/* A set of truncated key ids (the last byte of a token key's id). */
struct key_ids {
	uint8_t taken[32];
};
void key_ids_add(struct key_ids *ids, uint8_t id);
int key_ids_has(const struct key_ids *ids, uint8_t id);

/**
 * keys_token_make(k, slug, purpose, reserved, spki, why):
 * Make the token key of a space to come, or give the one made before.  Its
 * truncated id is neither in ${reserved} nor that of another key here;
 * ERR_LIMIT when none of the 256 is free.
 */
enum err keys_token_make(struct keys *k, const char *slug, enum purpose purpose,
    const struct key_ids *reserved, uint8_t spki[static BLIND_SPKI],
    struct why *why) MUST_USE;

/**
 * keys_token_is(k, slug, purpose, spki):
 * OK iff the key made for that slug and purpose is here and has the public half
 * ${spki}; ERR_NOT_FOUND.
 */
enum err keys_token_is(struct keys *k, const char *slug, enum purpose purpose,
    const uint8_t spki[static BLIND_SPKI]) MUST_USE;

/**
 * keys_token_get(k, slug, purpose, spki):
 * The public half of the key made for that slug and purpose; ERR_NOT_FOUND.
 */
enum err keys_token_get(struct keys *k, const char *slug, enum purpose purpose,
    uint8_t spki[static BLIND_SPKI]) MUST_USE;

/**
 * keys_token_sign(k, key_id, blinded, out):
 * BlindSign with the token key of that id, if it has not been destroyed
 * (ERR_NOT_FOUND).  ERR_FORMAT: not below the modulus.
 */
enum err keys_token_sign(struct keys *k, const struct hash *key_id,
    const uint8_t blinded[static BLIND_BYTES],
    uint8_t out[static BLIND_BYTES]) MUST_USE;

/**
 * keys_token_destroy(k, key_id):
 * Overwrite the key's file with zeros, on the disk too, remove it and forget
 * the key.  OK when there is none any more.
 */
enum err keys_token_destroy(struct keys *k, const struct hash *key_id) MUST_USE;

#endif /* KEYS_H */
