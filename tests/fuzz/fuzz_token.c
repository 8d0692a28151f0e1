/*
 * Challenges, requests, tokens and public keys that parse, put together again,
 * are the same bytes.
 */
#include <string.h>

#include "token.h"

#include "fuzz.h"

static void
check_challenge(struct slice s)
{
	struct token_challenge c;
	struct buf b = { 0 };

	if (token_challenge_parse(s, &c) != OK)
		return;
	token_challenge_put(&b, &c);
	MUST(buf_end(&b) == OK && slice_equal(buf_slice(&b), s));
	buf_free(&b);
}

static void
check_token(struct slice s)
{
	struct buf b = { 0 };
	struct token t;

	if (token_parse(s, &t) != OK)
		return;
	token_put(
	    &b, &t.nonce, &t.challenge_digest, &t.key_id, t.authenticator);
	MUST(slice_equal(buf_slice(&b), s));
	buf_free(&b);
}

static void
check_request(struct slice s)
{
	struct hash key_id = { { 0 } };
	struct token_request r;
	struct buf b = { 0 };

	if (token_request_parse(s, &r) != OK)
		return;
	key_id.b[HASH_BYTES - 1] = r.truncated_key_id;
	token_request_put(&b, &key_id, r.blinded);
	MUST(slice_equal(buf_slice(&b), s));
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = slice_of(data, size);
	struct blind_public *pub = NULL;

	check_challenge(s);
	check_token(s);
	check_request(s);
	if (blind_public_parse(s, &pub) == OK) {
		MUST(blind_public_size(pub) == BLIND_BYTES);
		/* Anything may be asked of a key that anybody made. */
		(void)!blind_verify(pub, s, slice_of(data, BLIND_BYTES));
		blind_public_free(pub);
	}
	return 0;
}
