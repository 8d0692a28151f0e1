#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "token.h"

#include "vec.h"

#define ALL(a) slice_of((a), sizeof(a))

/* Client and issuer, byte for byte (RFC 9578 6). */
static void
reproduce_issuance(const json_t *t)
{
	struct slice spki = vec_hex(t, "pkS"), msg;
	struct blind_public *pub = NULL;
	struct blind_key *k = NULL;
	struct token_request req;
	struct hash digest, key_id;
	struct public_key nonce;
	struct buf b = { 0 };
	uint8_t input[TOKEN_INPUT_BYTES], out[BLIND_BYTES];
	uint8_t own[BLIND_SPKI];
	struct token token;

	assert_int_equal(blind_key_parse(vec_hex(t, "skS_pkcs8_der"), &k), OK);
	assert_int_equal(blind_key_spki(k, own), OK);
	assert_bytes(ALL(own), spki);
	assert_int_equal(blind_public_parse(spki, &pub), OK);
	token_key_id(spki.p, &key_id);
	assert_bytes(hash_slice(&key_id), vec_hex(t, "token_key_id"));
	hash_bytes(vec_hex(t, "token_challenge"), &digest);
	assert_bytes(hash_slice(&digest), vec_hex(t, "challenge_digest"));
	memcpy(nonce.b, vec_hex(t, "nonce").p, sizeof(nonce.b));
	token_input(&nonce, &digest, &key_id, input);
	msg = ALL(input);

	assert_int_equal(
	    blind_blind(pub, msg, vec_hex(t, "salt"), vec_hex(t, "blind"), out),
	    OK);
	token_request_put(&b, &key_id, out);
	assert_bytes(buf_slice(&b), vec_hex(t, "token_request"));
	assert_int_equal(token_request_parse(buf_slice(&b), &req), OK);
	assert_int_equal(req.truncated_key_id, key_id.b[31]);
	assert_int_equal(
	    blind_sign(k, slice_of(req.blinded, BLIND_BYTES), out), OK);
	assert_bytes(ALL(out), vec_hex(t, "token_response"));
	assert_int_equal(blind_finalize(pub, msg, vec_hex(t, "blind"),
			     vec_hex(t, "token_response"), BLIND_SALT, out),
	    OK);
	b.n = 0;
	token_put(&b, &nonce, &digest, &key_id, out);
	assert_bytes(buf_slice(&b), vec_hex(t, "token"));
	assert_int_equal(token_parse(buf_slice(&b), &token), OK);
	assert_int_equal(public_key_cmp(&token.nonce, &nonce), 0);
	assert_true(hash_equal(&token.challenge_digest, &digest));
	assert_true(hash_equal(&token.key_id, &key_id));
	assert_int_equal(
	    blind_verify(pub, msg, slice_of(token.authenticator, BLIND_BYTES)),
	    OK);
	buf_free(&b);
	blind_public_free(pub);
	blind_key_free(k);
}

static void
reproduces_rfc_9578_as_client_and_as_issuer(void **state)
{
	const json_t *t;
	size_t i;

	(void)state;
	json_array_foreach(
	    vec_tests(vec_shared("rfc9578/type2_blind_rsa.json")), i, t)
	    reproduce_issuance(t);
}

static void
reproduces_the_structures_of_rfc_9577(void **state)
{
	const json_t *t;
	struct token_challenge c, back;
	struct hash digest, key_id, h;
	struct public_key nonce;
	uint8_t input[TOKEN_INPUT_BYTES];
	struct buf b = { 0 };
	size_t i;

	(void)state;
	json_array_foreach(
	    vec_tests(vec_shared("rfc9577/token_challenge_and_token.json")), i,
	    t)
	{
		if (!vec_has(t, "token_challenge"))
			continue; /* a token of a type that has no meaning */
		c.type = load16(vec_hex(t, "token_type").p);
		c.issuer_name = vec_hex(t, "issuer_name");
		c.redemption_context = vec_hex(t, "redemption_context");
		c.origin_info = vec_hex(t, "origin_info");
		b.n = 0;
		token_challenge_put(&b, &c);
		assert_bytes(buf_slice(&b), vec_hex(t, "token_challenge"));
		assert_int_equal(
		    token_challenge_parse(buf_slice(&b), &back), OK);
		assert_int_equal(back.type, c.type);
		assert_bytes(back.issuer_name, c.issuer_name);
		assert_bytes(back.redemption_context, c.redemption_context);
		assert_bytes(back.origin_info, c.origin_info);
		hash_bytes(buf_slice(&b), &digest);
		assert_bytes(
		    hash_slice(&digest), vec_hex(t, "challenge_digest"));
		if (c.redemption_context.n == 32) {
			memcpy(h.b, c.redemption_context.p, 32);
			assert_int_equal(token_space_digest(c.issuer_name, &h,
					     c.origin_info, &h),
			    OK);
			assert_true(hash_equal(&h, &digest));
		}
		memcpy(nonce.b, vec_hex(t, "nonce").p, sizeof(nonce.b));
		memcpy(key_id.b, vec_hex(t, "token_key_id").p, HASH_BYTES);
		token_input(&nonce, &digest, &key_id, input);
		assert_bytes(
		    ALL(input), vec_hex(t, "token_authenticator_input"));
	}
	buf_free(&b);
}

static void
reads_the_challenges_in_the_headers_of_rfc_9577(void **state)
{
	const json_t *t, *c;
	struct blind_public *pub = NULL;
	struct token_challenge out;
	struct buf b = { 0 };
	size_t i, j, seen = 0;

	(void)state;
	json_array_foreach(
	    vec_tests(vec_shared("rfc9577/www_authenticate_headers.json")), i,
	    t)
	{
		json_array_foreach(json_object_get(t, "challenges"), j, c)
		{
			if (json_is_true(json_object_get(c, "grease")))
				continue;
			b.n = 0;
			assert_int_equal(
			    base64_decode(BASE64_URL_PADDED,
				slice_str(vec_str(c, "challenge_b64url")), &b),
			    OK);
			assert_bytes(
			    buf_slice(&b), vec_hex(c, "token-challenge"));
			assert_int_equal(
			    token_challenge_parse(buf_slice(&b), &out), OK);
			if (out.type != TOKEN_TYPE)
				continue;
			assert_bytes(
			    out.issuer_name, slice_str("issuer.example"));
			b.n = 0;
			assert_int_equal(
			    base64_decode(BASE64_URL_PADDED,
				slice_str(vec_str(c, "token_key_b64url")), &b),
			    OK);
			assert_bytes(buf_slice(&b), vec_hex(c, "token-key"));
			assert_int_equal(
			    blind_public_parse(buf_slice(&b), &pub), OK);
			blind_public_free(pub);
			pub = NULL;
			seen++;
		}
	}
	assert_int_equal(seen, 2);
	buf_free(&b);
}

static void
reads_the_challenges_of_a_harder_header(void **state)
{
	const json_t *t = json_array_get(
	    vec_tests(vec_shared(
		"rfc9577/www_authenticate_headers_complicated.json")),
	    0);
	const char *header = vec_str(t, "WWW-Authenticate");
	struct token_challenge out;
	char key[32];
	struct buf b = { 0 };
	int i;

	(void)state;
	for (i = 0;; i++) {
		(void)snprintf(key, sizeof(key), "token-challenge-%d", i);
		if (!vec_has(t, key))
			break;
		assert_int_equal(
		    token_challenge_parse(vec_hex(t, key), &out), OK);
		b.n = 0;
		base64_put(&b, BASE64_URL_PADDED, vec_hex(t, key));
		assert_non_null(strstr(header, buf_text(&b)));
	}
	assert_true(i > 0);
	buf_free(&b);
}

static void
refuses_challenges_that_are_not_exact(void **state)
{
	struct token_challenge c = { TOKEN_TYPE, slice_str("issuer"),
		{ NULL, 0 }, slice_str("origin") },
			       out;
	struct hash space = { { 1 } }, h;
	struct buf b = { 0 };
	size_t i;

	(void)state;
	c.redemption_context = hash_slice(&space);
	token_challenge_put(&b, &c);
	assert_int_equal(buf_end(&b), OK);
	for (i = 0; i < b.n; i++)
		assert_int_equal(
		    token_challenge_parse(
			slice_of(vec_copy(slice_of(b.p, i)), i), &out),
		    ERR_FORMAT);
	buf_u8(&b, 0);
	assert_int_equal(
	    token_challenge_parse(buf_slice(&b), &out), ERR_FORMAT);
	buf_free(&b);
	/* An issuer without name; a context of 31 bytes. */
	assert_int_equal(
	    token_challenge_parse(slice_of("\0\2\0\0\0\0\0", 7), &out),
	    ERR_FORMAT);
	assert_int_equal(
	    token_challenge_parse(slice_of("\0\2\0\1i\0\0\0", 8), &out), OK);
	c.redemption_context.n = 31;
	token_challenge_put(&b, &c);
	assert_int_equal(buf_end(&b), ERR_NOMEM);
	buf_free(&b);
	assert_int_equal(
	    token_space_digest(slice_of(NULL, 0), &space, slice_str("o"), &h),
	    ERR_LIMIT);
}

static void
requests_and_tokens_have_one_length_and_type(void **state)
{
	uint8_t bytes[TOKEN_BYTES + 1] = { 0, 2 };
	struct token_request req;
	struct token token;
	size_t i;

	(void)state;
	for (i = 0; i <= sizeof(bytes); i++) {
		uint8_t *copy = vec_copy(slice_of(bytes, i));

		assert_int_equal(token_request_parse(slice_of(copy, i), &req),
		    i == TOKEN_REQUEST_BYTES ? OK : ERR_FORMAT);
		assert_int_equal(token_parse(slice_of(copy, i), &token),
		    i == TOKEN_BYTES ? OK : ERR_FORMAT);
	}
	for (i = 0; i < 16; i++) {
		bytes[0] = 0;
		bytes[1] = 2;
		bytes[i / 8] ^= (uint8_t)(1U << i % 8);
		assert_int_equal(
		    token_request_parse(
			slice_of(bytes, TOKEN_REQUEST_BYTES), &req),
		    ERR_FORMAT);
		assert_int_equal(
		    token_parse(slice_of(bytes, TOKEN_BYTES), &token),
		    ERR_FORMAT);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reproduces_rfc_9578_as_client_and_as_issuer),
		cmocka_unit_test(reproduces_the_structures_of_rfc_9577),
		cmocka_unit_test(
		    reads_the_challenges_in_the_headers_of_rfc_9577),
		cmocka_unit_test(reads_the_challenges_of_a_harder_header),
		cmocka_unit_test(refuses_challenges_that_are_not_exact),
		cmocka_unit_test(requests_and_tokens_have_one_length_and_type),
	};

	return cmocka_run_group_tests_name("token", tests, NULL, vec_free);
}
