#ifndef TRUSTEES_H
#define TRUSTEES_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "ceremony.h"

/*
 * Trustees and their ceremony, round by round, for tests: each message can be
 * made again, altered.  What cannot be made fails the test that called.
 */
struct trustees {
	const struct header *h;
	uint32_t attempt;
	struct sign_key id[DKG_TRUSTEES_MAX];
	struct dkg_secret secret[DKG_TRUSTEES_MAX];
	struct dkg_public public[DKG_TRUSTEES_MAX];
	struct buf notes[CEREMONY_ROUNDS][DKG_TRUSTEES_MAX];
	struct scalar x[DKG_TRUSTEES_MAX]; /* the shares of the joint key */
	struct buf transcript;
	struct ceremony_keys keys;
};

/**
 * trustees_identity(i, k):
 * The identity key of trustee number ${i} + 1; the same every time.
 */
void trustees_identity(size_t i, struct sign_key *k);

/**
 * trustees_set(doc, n, t):
 * Write the first ${n} of them into the header ${doc}.
 */
void trustees_set(json_t *doc, size_t n, unsigned t);

/**
 * trustees_begin(t, h, attempt), trustees_free(t):
 * Draw everything for an attempt at the ceremony of ${h}.
 */
void trustees_begin(
    struct trustees *t, const struct header *h, uint32_t attempt);
void trustees_free(struct trustees *t);

/**
 * trustees_message(t, round, i, m), trustees_put(t, i, m):
 * What trustee number ${i} + 1 has to say in that round, the messages before
 * being those at hand; sign it and keep it in the place of its round.
 */
void trustees_message(const struct trustees *t, enum ceremony_round round,
    size_t i, struct ceremony_message *m);
void trustees_put(
    struct trustees *t, size_t i, const struct ceremony_message *m);

/**
 * trustees_round(t, round), trustees_all(t, c):
 * A round of all; the messages so far.
 */
void trustees_round(struct trustees *t, enum ceremony_round round);
void trustees_all(const struct trustees *t, struct ceremony *c);

/**
 * trustees_ceremony(t, h):
 * A whole ceremony at the first attempt: shares, transcript, keys.
 */
void trustees_ceremony(struct trustees *t, const struct header *h);

/**
 * trustees_seal(t, doc):
 * Write what the ceremony made into the form ${doc}.
 */
void trustees_seal(const struct trustees *t, json_t *doc);

#endif /* TRUSTEES_H */
