#ifndef RECORD_H
#define RECORD_H

#include "blind.h"
#include "derive.h"
#include "hash.h"
#include "sign.h"

/* Records (PROTOCOL 6). */
#define RECORD_BODY_MAX 16384
#define RECORD_ISSUERS_MAX 8
#define RECORD_FIXED 169 /* all but body and authenticators */
#define RECORD_MAX \
	(RECORD_FIXED + RECORD_BODY_MAX + RECORD_ISSUERS_MAX * BLIND_BYTES)

enum record_kind {
	RECORD_BALLOT = 1,
	RECORD_CONTRIBUTION = 2,
};

/* Actions of a contribution. */
enum action {
	ACTION_IDEA = 1,
	ACTION_COMMENT = 2,
	ACTION_EDIT = 3,
	ACTION_WITHDRAW = 4,
	ACTION_SUPPORT = 5,
	ACTION_UNSUPPORT = 6,
	ACTION_AGREE = 7,
	ACTION_DISAGREE = 8,
	ACTION_PASS = 9,
	ACTION_REPORT = 10,
	ACTION_ANSWER = 11,
};
#define ACTION_MAX 11

/* A parsed record; the slices are borrowed from what was parsed. */
struct record {
	enum record_kind kind;
	enum purpose purpose;
	struct hash space_id;
	struct hash form_id;
	struct public_key pk;
	uint32_t seq;
	struct slice body;
	const uint8_t *authenticators; /* n_auth times BLIND_BYTES */
	size_t n_auth;
	struct signature sig;
	struct slice signed_part; /* all before the signature */
	struct slice raw;
};

/**
 * record_space(raw, space_id):
 * Read only which space the bytes speak of.  ERR_FORMAT when too short or of
 * another version.
 */
enum err record_space(struct slice raw, struct hash *space_id) MUST_USE;

/**
 * record_parse(raw, issuers, out):
 * Exactly one record with ${issuers} authenticators at seq 0 and none later.
 * ERR_FORMAT: version, kind or purpose unknown, lengths that do not add up;
 * ERR_LIMIT: body above 16,384 bytes.  No signature is looked at.
 */
enum err record_parse(
    struct slice raw, size_t issuers, struct record *out) MUST_USE;

/**
 * record_sign(r, k, out):
 * Append the encoding of ${r} to ${out}, signed by ${k}, whose public key
 * becomes the record's (r->pk, r->sig, r->raw are not read).
 */
enum err record_sign(
    const struct record *r, const struct sign_key *k, struct buf *out) MUST_USE;

/**
 * record_verify(r):
 * The record's own signature: OK or ERR_SIGNATURE.
 */
enum err record_verify(const struct record *r) MUST_USE;

/* The body of a sealed ballot (PROTOCOL 7): R | pok_c | pok_z | ct. */
struct sealed_body {
	uint8_t r[32];
	uint8_t pok_c[32];
	uint8_t pok_z[32];
	struct slice ct; /* ciphertext and 16-byte tag */
};
enum err sealed_body_parse(struct slice body, struct sealed_body *out) MUST_USE;

/* The body of a contribution: u8 action | target[32] | commit[32]. */
#define CONTRIBUTION_BODY 65
struct contribution {
	enum action action;
	struct hash target;
	struct hash commit;
};
enum err contribution_parse(
    struct slice body, struct contribution *out) MUST_USE;
void contribution_put(struct buf *b, const struct contribution *c);

/**
 * content_commit(salt, content, out):
 * H(DST("content") || salt || content).
 */
void content_commit(
    const uint8_t salt[static 16], struct slice content, struct hash *out);

#endif /* RECORD_H */
