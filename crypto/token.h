#ifndef TOKEN_H
#define TOKEN_H

#include "blind.h"
#include "hash.h"
#include "sign.h"

/* RFC 9577 challenges and RFC 9578 tokens of type 0x0002. */
#define TOKEN_TYPE 0x0002
#define TOKEN_INPUT_BYTES 98
#define TOKEN_REQUEST_BYTES 259
#define TOKEN_BYTES 354

/* RFC 9577 2.1; borrowed.  redemption_context has 0 or 32 bytes. */
struct token_challenge {
	uint16_t type;
	struct slice issuer_name;
	struct slice redemption_context;
	struct slice origin_info;
};

/* RFC 9578 6.1, borrowed. */
struct token_request {
	uint8_t truncated_key_id;
	const uint8_t *blinded; /* BLIND_BYTES */
};

/* RFC 9577 2.2, borrowed. */
struct token {
	struct public_key nonce;
	struct hash challenge_digest;
	struct hash key_id;
	const uint8_t *authenticator; /* BLIND_BYTES */
};

/**
 * token_challenge_put(b, c), token_challenge_parse(s, c):
 * Encode, and strictly decode.  The type is not looked at.
 */
void token_challenge_put(struct buf *b, const struct token_challenge *c);
enum err token_challenge_parse(
    struct slice s, struct token_challenge *c) MUST_USE;

/**
 * token_space_digest(issuer_name, space_id, origin_info, out):
 * H(TokenChallenge) of a space (PROTOCOL 5).
 */
enum err token_space_digest(struct slice issuer_name,
    const struct hash *space_id, struct slice origin_info,
    struct hash *out) MUST_USE;

/**
 * token_key_id(spki, out):
 * SHA-256 of the 342 bytes (RFC 9578 6.1); the truncated id is its last byte.
 */
void token_key_id(const uint8_t spki[static BLIND_SPKI], struct hash *out);

/**
 * token_input(pk, digest, key_id, out):
 * What the issuer signs: 0002 || nonce || challenge_digest || token_key_id.
 */
void token_input(const struct public_key *pk, const struct hash *digest,
    const struct hash *key_id, uint8_t out[static TOKEN_INPUT_BYTES]);

/**
 * token_request_put(b, key_id, blinded), token_request_parse(s, out):
 * ERR_FORMAT: not 259 bytes, or another token type.
 */
void token_request_put(struct buf *b, const struct hash *key_id,
    const uint8_t blinded[static BLIND_BYTES]);
enum err token_request_parse(
    struct slice s, struct token_request *out) MUST_USE;

/**
 * token_put(b, pk, digest, key_id, authenticator), token_parse(s, out):
 * The 354-byte token.  ERR_FORMAT on another length or type.
 */
void token_put(struct buf *b, const struct public_key *pk,
    const struct hash *digest, const struct hash *key_id,
    const uint8_t authenticator[static BLIND_BYTES]);
enum err token_parse(struct slice s, struct token *out) MUST_USE;

#endif /* TOKEN_H */
