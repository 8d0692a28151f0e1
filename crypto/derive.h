#ifndef DERIVE_H
#define DERIVE_H

#include "blind.h"
#include "code.h"
#include "hash.h"
#include "sign.h"

/*
 * Every derivation of the protocol (PROTOCOL 4, 5, 7), and of a trustee's own
 * files: HKDF with salt "partecipa/v1" and info = label || fields.  One label,
 * one length, one purpose; derive_table lists them all and a test reads it.
 */
struct derivation {
	const char *label;
	const char *fields; /* in words, for the documents */
	size_t bytes;
	unsigned sha; /* 256 or 512 */
};
extern const struct derivation derive_table[];
extern const size_t derive_count;

/* What a credential is for (PROTOCOL 2). */
enum purpose {
	PURPOSE_VOTE = 1,
	PURPOSE_AUTHOR = 2,
	PURPOSE_VOICE = 3,
	PURPOSE_ANSWER = 4,
};
#define PURPOSE_MAX 4

/**
 * purpose_name(p), purpose_parse(name, out):
 * "vote", "author", "voice", "answer".  purpose_name gives NULL for another
 * number; purpose_parse ERR_NOT_FOUND.
 */
const char *purpose_name(unsigned p);
enum err purpose_parse(struct slice name, enum purpose *out) MUST_USE;

/* The roll key of a letter's code. */
enum err derive_roll_key(
    const struct roll_code *code, struct sign_key *out) MUST_USE;

/* ss: what everything of one space is derived from. */
enum err derive_space_secret(const struct secret *master,
    const struct hash *space_id, struct secret *out) MUST_USE;

/* The credential of one purpose. */
enum err derive_credential(const struct secret *ss, enum purpose purpose,
    struct sign_key *out) MUST_USE;

/* The PSS salt for one issuer key. */
enum err derive_pss_salt(const struct secret *ss, const struct hash *key_id,
    uint8_t out[static BLIND_SALT]) MUST_USE;

/* Candidate number ${counter} for the blinding factor for one issuer key. */
enum err derive_blind(const struct secret *ss, const struct hash *key_id,
    uint32_t counter, uint8_t out[static BLIND_BYTES]) MUST_USE;

/* The salt of a content's commitment. */
enum err derive_content_salt(const struct secret *ss, enum purpose purpose,
    const struct hash *form_id, uint32_t seq, const struct hash *content,
    uint8_t out[static 16]) MUST_USE;

/* 64 bytes that become the sealing scalar, of the trustees' key ${y}. */
enum err derive_seal(const struct secret *ss, const struct hash *form_id,
    uint32_t seq, const uint8_t y[static 32], const struct hash *choices,
    uint8_t out[static 64]) MUST_USE;

/* 64 bytes that become the nonce of the proof with this SHA-512(ctx). */
enum err derive_pok(const struct secret *ss, const uint8_t context[static 64],
    uint8_t out[static 64]) MUST_USE;

/* The key of one writing of a trustee's file; the salt is never used again. */
enum err derive_trustee_file(const uint8_t store[static 32],
    const uint8_t salt[static 32], uint8_t out[static 32]) MUST_USE;

#endif /* DERIVE_H */
