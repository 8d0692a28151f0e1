#ifndef TRUSTEE_KEY_H
#define TRUSTEE_KEY_H

#include "sign.h"
#include "staff.h"
#include "why.h"

/*
 * A trustee's identity.  NAME.key is secret and locked by her passphrase,
 * NAME.trustee is one line for whoever announces the space.
 */
#define TRUSTEE_KEY_FILE_MAX 100000
#define TRUSTEE_STORE_BYTES 32

/* Wipe it. */
struct trustee_key {
	char name[STAFF_NAME_MAX + 1];
	struct sign_key key;
	uint8_t store[TRUSTEE_STORE_BYTES]; /* locks her ceremonies */
};

struct trustee_public {
	char name[STAFF_NAME_MAX + 1];
	struct public_key pk;
};

/**
 * trustee_key_new(name, out), trustee_key_wipe(k):
 * Draw an identity.  ERR_FORMAT: ${name} is no name (staff_name_check).
 */
enum err trustee_key_new(const char *name, struct trustee_key *out) MUST_USE;
void trustee_key_wipe(struct trustee_key *k);

/**
 * trustee_key_lock(k, passphrase, out), trustee_key_unlock(text, passphrase,
 * out, why):
 * Append the text of NAME.key; read it.  ERR_LIMIT: passphrase too short or too
 * long; ERR_SIGNATURE: wrong passphrase; ERR_FORMAT.
 */
enum err trustee_key_lock(const struct trustee_key *k, struct slice passphrase,
    struct buf *out) MUST_USE;
enum err trustee_key_unlock(struct slice text, struct slice passphrase,
    struct trustee_key *out, struct why *why) MUST_USE;

/**
 * trustee_key_plain_parse(s, out, why), trustee_key_plain_put(k, b):
 * What is locked in NAME.key: three lines, name, seed, store.
 */
enum err trustee_key_plain_parse(
    struct slice s, struct trustee_key *out, struct why *why) MUST_USE;
void trustee_key_plain_put(const struct trustee_key *k, struct buf *b);

/**
 * trustee_key_public_parse(s, out, why), trustee_key_public_put(k, b):
 * The line "partecipa-trustee NAME HEX" and its newline.
 */
enum err trustee_key_public_parse(
    struct slice s, struct trustee_public *out, struct why *why) MUST_USE;
void trustee_key_public_put(const struct trustee_key *k, struct buf *b);

/**
 * trustee_key_path(dir, name, out, why):
 * Append the path of the one NAME.key in the folder ${dir}; ${name} says which
 * where there are several, or is NULL.  ERR_NOT_FOUND; ERR_CONFLICT: several.
 */
enum err trustee_key_path(const char *dir, const char *name, struct buf *out,
    struct why *why) MUST_USE;

/**
 * trustee_key_name_of(dir, pk, out):
 * The name in the .trustee file of ${pk} in the folder ${dir}; ERR_NOT_FOUND.
 */
enum err trustee_key_name_of(const char *dir, const struct public_key *pk,
    char out[static STAFF_NAME_MAX + 1]) MUST_USE;

#endif /* TRUSTEE_KEY_H */
