#ifndef LOCKED_H
#define LOCKED_H

#include "bytes.h"

/*
 * Secrets at rest: a text that only a passphrase opens (Argon2id,
 * XChaCha20-Poly1305):
 *   partecipa/locked/v1
 *   <what it is>
 *   argon2id <passes> <KiB> <b64 salt[16]>
 *   <b64 nonce[24] | ciphertext and tag>
 */
#define LOCKED_PASSPHRASE_MIN 12 /* bytes */
#define LOCKED_PASSPHRASE_MAX 1024
#define LOCKED_PLAIN_MAX 65536
#define LOCKED_MAX 100000
#define LOCKED_WHAT_MAX 100

/**
 * locked_seal(what, passphrase, plain, out):
 * Append the text to ${out}.  ${what} is one line of printable ASCII, bound to
 * the secret.  ERR_LIMIT: passphrase too short or long, ${plain} too long.
 */
enum err locked_seal(const char *what, struct slice passphrase,
    struct slice plain, struct buf *out) MUST_USE;

/**
 * locked_open(text, what, passphrase, out):
 * Append the plain bytes to ${out}.  ERR_FORMAT: not such a text, or of
 * something else than ${what}; ERR_LIMIT: parameters beyond what this program
 * ever writes; ERR_SIGNATURE: wrong passphrase, or the text was altered.
 */
enum err locked_open(struct slice text, const char *what,
    struct slice passphrase, struct buf *out) MUST_USE;

/**
 * locked_what(text, out):
 * What it is, without the passphrase.
 */
enum err locked_what(
    struct slice text, char out[static LOCKED_WHAT_MAX + 1]) MUST_USE;

#endif /* LOCKED_H */
