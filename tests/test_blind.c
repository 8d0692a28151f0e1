#include <stdlib.h>
#include <string.h>

#include <gmp.h>

#include "blind.h"
#include "hash.h"
#include "token.h"

#include "vec.h"

/* inv^-1 mod n: the vectors of RFC 9474 give the inverse only. */
static struct slice
inverse(struct slice inv, struct slice n)
{
	uint8_t *out = vec_copy(n);
	size_t have;
	mpz_t a, m;

	mpz_inits(a, m, NULL);
	mpz_import(a, inv.n, 1, 1, 1, 0, inv.p);
	mpz_import(m, n.n, 1, 1, 1, 0, n.p);
	assert_true(mpz_invert(a, a, m));
	have = (mpz_sizeinbase(a, 2) + 7) / 8;
	memset(out, 0, n.n);
	mpz_export(out + n.n - have, NULL, 1, 1, 1, 0, a);
	mpz_clears(a, m, NULL);
	return slice_of(out, n.n);
}

static void
reproduce_rfc_9474(const json_t *t)
{
	struct slice n = vec_hex(t, "n"), e = vec_hex(t, "e");
	struct slice msg = vec_hex(t, "input_msg"), salt = vec_hex(t, "salt");
	struct slice r = inverse(vec_hex(t, "inv"), n);
	struct blind_public *pub = NULL;
	struct blind_key *k = NULL;
	uint8_t out[BLIND_MAX];

	assert_int_equal(salt.n, vec_u64(t, "salt_len"));
	assert_int_equal(blind_public_from(n, e, &pub), OK);
	assert_int_equal(blind_public_size(pub), n.n);
	assert_int_equal(blind_key_from(n, e, vec_hex(t, "d"), vec_hex(t, "p"),
			     vec_hex(t, "q"), &k),
	    OK);
	assert_int_equal(blind_pss_encode(msg, salt, n.n * 8, out), OK);
	if (vec_has(t, "encoded_msg"))
		assert_bytes(slice_of(out, n.n), vec_hex(t, "encoded_msg"));
	assert_int_equal(blind_blind(pub, msg, salt, r, out), OK);
	assert_bytes(slice_of(out, n.n), vec_hex(t, "blinded_msg"));
	assert_int_equal(blind_sign(k, vec_hex(t, "blinded_msg"), out), OK);
	assert_bytes(slice_of(out, n.n), vec_hex(t, "blind_sig"));
	assert_int_equal(
	    blind_finalize(pub, msg, r, vec_hex(t, "blind_sig"), salt.n, out),
	    OK);
	assert_bytes(slice_of(out, n.n), vec_hex(t, "sig"));
	/* The exact salt length is part of the rule. */
	assert_int_equal(
	    blind_verify_salt(pub, msg, vec_hex(t, "sig"), salt.n), OK);
	assert_int_equal(
	    blind_verify_salt(pub, msg, vec_hex(t, "sig"), 48 - salt.n),
	    ERR_SIGNATURE);
	assert_int_equal(blind_verify(pub, msg, vec_hex(t, "sig")),
	    salt.n == 48 ? OK : ERR_SIGNATURE);
	blind_public_free(pub);
	blind_key_free(k);
}

static void
reproduces_every_step_of_rfc_9474(void **state)
{
	const json_t *t;
	size_t i;

	(void)state;
	json_array_foreach(vec_tests(vec_shared("rfc9474/rsabssa.json")), i, t)
	    reproduce_rfc_9474(t);
}

/* All cases with SHA-384 for both hashes; tells how many there were. */
static size_t
run_wycheproof(const char *file)
{
	struct blind_public *pub = NULL;
	const json_t *t, *key;
	size_t i, n = 0;
	enum err r;

	json_array_foreach(vec_tests(vec_shared(file)), i, t)
	{
		if (strcmp(vec_str(t, "sha"), "SHA-384") != 0 ||
		    strcmp(vec_str(t, "mgfSha"), "SHA-384") != 0)
			continue;
		key = json_object_get(t, "publicKey");
		assert_int_equal(blind_public_from(vec_hex(key, "modulus"),
				     vec_hex(key, "publicExponent"), &pub),
		    OK);
		r = blind_verify_salt(pub, vec_hex(t, "msg"), vec_hex(t, "sig"),
		    vec_u64(t, "sLen"));
		if (r != (strcmp(vec_str(t, "result"), "valid") == 0
				 ? OK
				 : ERR_SIGNATURE))
			fail_msg(
			    "case %d: %s", (int)vec_u64(t, "tcId"), err_str(r));
		blind_public_free(pub);
		pub = NULL;
		n++;
	}
	return n;
}

static void
agrees_with_wycheproof_on_pss(void **state)
{
	(void)state;
	assert_int_equal(
	    run_wycheproof("rsa-pss/"
			   "wycheproof_rsa_pss_2048_sha384_mgf1_48.json"),
	    141);
	assert_int_equal(
	    run_wycheproof("rsa-pss/wycheproof_rsa_pss_misc_params.json"), 6);
}

/* A key, a message signed by it, and what was needed for that. */
struct scene {
	struct blind_key *k;
	struct blind_public *pub;
	uint8_t spki[BLIND_SPKI];
	uint8_t n[BLIND_BYTES];
	uint8_t salt[BLIND_SALT];
	uint8_t r[BLIND_BYTES];
	uint8_t blinded[BLIND_BYTES];
	uint8_t blind_sig[BLIND_BYTES];
	uint8_t sig[BLIND_BYTES];
};
static struct scene scene;
static const char text[] = "the message";

static struct slice
message(void)
{
	return slice_str(text);
}

#define ALL(a) slice_of((a), sizeof(a))

static int
setup(void **state)
{
	struct scene *s = &scene;

	(void)state;
	assert_int_equal(blind_key_new(&s->k), OK);
	assert_int_equal(blind_key_spki(s->k, s->spki), OK);
	assert_int_equal(blind_public_parse(ALL(s->spki), &s->pub), OK);
	memcpy(s->n, s->spki + 81, BLIND_BYTES);
	memset(s->salt, 7, sizeof(s->salt));
	memset(s->r, 0x5a, sizeof(s->r));
	assert_int_equal(
	    blind_blind(s->pub, message(), ALL(s->salt), ALL(s->r), s->blinded),
	    OK);
	assert_int_equal(blind_sign(s->k, ALL(s->blinded), s->blind_sig), OK);
	assert_int_equal(blind_finalize(s->pub, message(), ALL(s->r),
			     ALL(s->blind_sig), BLIND_SALT, s->sig),
	    OK);
	return 0;
}

static int
teardown(void **state)
{
	blind_key_free(scene.k);
	blind_public_free(scene.pub);
	blind_key_free(NULL);
	blind_public_free(NULL);
	return vec_free(state);
}

static void
a_new_key_signs_what_it_cannot_read(void **state)
{
	uint8_t again[BLIND_BYTES];

	(void)state;
	assert_int_equal(
	    blind_verify(scene.pub, message(), ALL(scene.sig)), OK);
	/* The same request has the same answer. */
	assert_int_equal(blind_sign(scene.k, ALL(scene.blinded), again), OK);
	assert_memory_equal(again, scene.blind_sig, sizeof(again));
	assert_memory_not_equal(scene.blind_sig, scene.sig, sizeof(scene.sig));
}

static void
every_flipped_bit_breaks_a_signature(void **state)
{
	uint8_t sig[BLIND_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < (size_t)BLIND_BYTES * 8; i++) {
		memcpy(sig, scene.sig, sizeof(sig));
		sig[i / 8] ^= (uint8_t)(1U << i % 8);
		assert_int_equal(blind_verify(scene.pub, message(), ALL(sig)),
		    ERR_SIGNATURE);
	}
	assert_int_equal(blind_verify(scene.pub,
			     slice_of(text, sizeof(text) - 2), ALL(scene.sig)),
	    ERR_SIGNATURE);
}

static void
a_signature_has_one_length_and_one_value(void **state)
{
	uint8_t longer[BLIND_BYTES + 1] = { 0 };
	uint8_t sum[BLIND_BYTES];
	unsigned carry = 0;
	size_t i;

	(void)state;
	for (i = 0; i < BLIND_BYTES; i++)
		assert_int_equal(
		    blind_verify(scene.pub, message(), slice_of(scene.sig, i)),
		    ERR_SIGNATURE);
	memcpy(longer + 1, scene.sig, BLIND_BYTES);
	assert_int_equal(
	    blind_verify(scene.pub, message(), ALL(longer)), ERR_SIGNATURE);
	/* sig + n, where it fits, and n itself. */
	for (i = BLIND_BYTES; i-- > 0;) {
		carry += scene.sig[i] + (unsigned)scene.n[i];
		sum[i] = (uint8_t)carry;
		carry >>= 8;
	}
	if (carry == 0)
		assert_int_equal(blind_verify(scene.pub, message(), ALL(sum)),
		    ERR_SIGNATURE);
	assert_int_equal(
	    blind_verify(scene.pub, message(), ALL(scene.n)), ERR_SIGNATURE);
}

static void
the_issuer_refuses_what_is_not_below_n(void **state)
{
	uint8_t out[BLIND_BYTES], in[BLIND_BYTES + 1];

	(void)state;
	memset(out, 0x11, sizeof(out));
	assert_int_equal(blind_sign(scene.k, ALL(scene.n), out), ERR_FORMAT);
	memset(in, 0xff, sizeof(in));
	assert_int_equal(
	    blind_sign(scene.k, slice_of(in, BLIND_BYTES), out), ERR_FORMAT);
	memset(in, 0, sizeof(in));
	assert_int_equal(
	    blind_sign(scene.k, slice_of(in, BLIND_BYTES - 1), out),
	    ERR_FORMAT);
	assert_int_equal(blind_sign(scene.k, ALL(in), out), ERR_FORMAT);
	assert_int_equal(blind_sign(scene.k, slice_of(in, 0), out), ERR_FORMAT);
	assert_int_equal(out[0], 0x11);
	/* n - 1 and zero are numbers like others. */
	memcpy(in, scene.n, BLIND_BYTES);
	in[BLIND_BYTES - 1] -= 1;
	assert_int_equal(
	    blind_sign(scene.k, slice_of(in, BLIND_BYTES), out), OK);
	assert_memory_equal(out, in, BLIND_BYTES);
}

static void
an_impossible_blinding_factor_asks_for_the_next(void **state)
{
	uint8_t r[BLIND_BYTES] = { 0 }, out[BLIND_BYTES];

	(void)state;
	assert_int_equal(
	    blind_blind(scene.pub, message(), ALL(scene.salt), ALL(r), out),
	    ERR_LIMIT);
	assert_int_equal(blind_blind(scene.pub, message(), ALL(scene.salt),
			     ALL(scene.n), out),
	    ERR_LIMIT);
	memset(r, 0xff, sizeof(r));
	assert_int_equal(
	    blind_blind(scene.pub, message(), ALL(scene.salt), ALL(r), out),
	    ERR_LIMIT);
	assert_int_equal(blind_blind(scene.pub, message(), ALL(scene.salt),
			     slice_of(scene.r, BLIND_BYTES - 1), out),
	    ERR_LIMIT);
	assert_int_equal(
	    blind_finalize(scene.pub, message(), slice_of(r, BLIND_BYTES),
		ALL(scene.blind_sig), BLIND_SALT, out),
	    ERR_LIMIT);
}

/* n = 3 m: a third of all r, and of all messages, share a factor with it. */
static void
a_factor_shared_with_the_modulus_is_noticed(void **state)
{
	uint8_t n[BLIND_BYTES], r[BLIND_BYTES], out[BLIND_BYTES];
	struct blind_public *pub = NULL;
	unsigned of_r = 0, of_key = 0, good = 0, i;
	enum err e;

	(void)state;
	memset(n, 0xff, sizeof(n)); /* 2^2048 - 1 is divisible by 3, 5, 17 */
	assert_int_equal(
	    blind_public_from(ALL(n), slice_of("\x01\x00\x01", 3), &pub), OK);
	memset(r, 0, sizeof(r));
	for (i = 1; i < 200; i++) {
		r[BLIND_BYTES - 1] = (uint8_t)i;
		e = blind_blind(
		    pub, slice_of(&i, sizeof(i)), ALL(scene.salt), ALL(r), out);
		if (i % 3 == 0 || i % 5 == 0 || i % 17 == 0)
			assert_int_equal(e, ERR_LIMIT);
		of_r += e == ERR_LIMIT;
		of_key += e == ERR_FORMAT;
		good += e == OK;
	}
	assert_int_equal(of_r + of_key + good, 199);
	assert_true(of_r > 0 && of_key > 0 && good > 0);
	blind_public_free(pub);
}

static void
a_wrong_answer_of_the_issuer_is_noticed(void **state)
{
	uint8_t bad[BLIND_BYTES], out[BLIND_BYTES];

	(void)state;
	memcpy(bad, scene.blind_sig, sizeof(bad));
	bad[200] ^= 1;
	assert_int_equal(blind_finalize(scene.pub, message(), ALL(scene.r),
			     ALL(bad), BLIND_SALT, out),
	    ERR_SIGNATURE);
	assert_int_equal(
	    blind_finalize(scene.pub, message(), ALL(scene.r),
		slice_of(scene.blind_sig, BLIND_BYTES - 1), BLIND_SALT, out),
	    ERR_SIGNATURE);
	assert_int_equal(blind_finalize(scene.pub, message(), ALL(scene.r),
			     ALL(scene.n), BLIND_SALT, out),
	    ERR_SIGNATURE);
}

static void
a_public_key_has_one_encoding(void **state)
{
	struct blind_public *pub = NULL;
	uint8_t spki[BLIND_SPKI + 1];
	size_t i;

	(void)state;
	for (i = 0; i < BLIND_SPKI; i++)
		assert_int_equal(
		    blind_public_parse(slice_of(scene.spki, i), &pub),
		    ERR_FORMAT);
	memcpy(spki, scene.spki, BLIND_SPKI);
	spki[BLIND_SPKI] = 0;
	assert_int_equal(blind_public_parse(ALL(spki), &pub), ERR_FORMAT);
	/* Every bit around the modulus, its highest and its lowest. */
	for (i = 0; i < (size_t)BLIND_SPKI * 8; i++) {
		if (i / 8 >= 81 && i / 8 < 81 + BLIND_BYTES &&
		    i != 81 * 8 + 7 && i != (size_t)(81 + BLIND_BYTES - 1) * 8)
			continue;
		memcpy(spki, scene.spki, BLIND_SPKI);
		spki[i / 8] ^= (uint8_t)(1U << i % 8);
		assert_int_equal(
		    blind_public_parse(slice_of(spki, BLIND_SPKI), &pub),
		    ERR_FORMAT);
	}
	assert_null(pub);
}

static void
a_private_key_comes_back(void **state)
{
	struct buf der = { 0 };
	struct blind_key *k = NULL;
	uint8_t out[BLIND_BYTES], *longer;
	size_t i;

	(void)state;
	assert_int_equal(blind_key_encode(scene.k, &der), OK);
	assert_int_equal(blind_key_parse(buf_slice(&der), &k), OK);
	assert_int_equal(blind_sign(k, ALL(scene.blinded), out), OK);
	assert_memory_equal(out, scene.blind_sig, sizeof(out));
	blind_key_free(k);
	k = NULL;
	for (i = 0; i < der.n; i++)
		assert_int_equal(
		    blind_key_parse(slice_of(der.p, i), &k), ERR_FORMAT);
	buf_u8(&der, 0);
	longer = vec_copy(buf_slice(&der));
	assert_int_equal(
	    blind_key_parse(slice_of(longer, der.n), &k), ERR_FORMAT);
	assert_null(k);
	buf_free(&der);
}

static void
a_damaged_private_key_gives_no_signature(void **state)
{
	struct buf der = { 0 };
	struct blind_key *k = NULL;
	uint8_t out[BLIND_BYTES];
	size_t i;

	(void)state;
	assert_int_equal(blind_key_encode(scene.k, &der), OK);
	/* From d on to the end, where factors and exponents lie. */
	for (i = 330; i < der.n; i += 61) {
		der.p[i] ^= 4;
		if (blind_key_parse(buf_slice(&der), &k) == OK) {
			memset(out, 0, sizeof(out));
			if (blind_sign(k, ALL(scene.blinded), out) == OK)
				assert_memory_equal(
				    out, scene.blind_sig, sizeof(out));
		}
		blind_key_free(k);
		k = NULL;
		der.p[i] ^= 4;
	}
	buf_free(&der);
}

static void
an_encoding_that_does_not_fit_is_refused(void **state)
{
	uint8_t out[BLIND_MAX];
	struct slice salt = ALL(scene.salt);

	(void)state;
	assert_int_equal(
	    blind_pss_encode(message(), salt, 48 * 8 + 48 * 8, out), ERR_LIMIT);
	assert_int_equal(
	    blind_pss_encode(message(), salt, (size_t)BLIND_MAX * 8 + 1, out),
	    ERR_LIMIT);
	assert_int_equal(blind_pss_encode(message(), salt, 2048, out), OK);
	assert_int_equal(out[0] & 0x80, 0);
	assert_int_equal(out[255], 0xbc);
	/* 8j + 1 bits: a byte less. */
	memset(out, 0, sizeof(out));
	assert_int_equal(blind_pss_encode(message(), salt, 2041, out), OK);
	assert_int_equal(out[254], 0xbc);
	assert_int_equal(out[255], 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reproduces_every_step_of_rfc_9474),
		cmocka_unit_test(agrees_with_wycheproof_on_pss),
		cmocka_unit_test(a_new_key_signs_what_it_cannot_read),
		cmocka_unit_test(every_flipped_bit_breaks_a_signature),
		cmocka_unit_test(a_signature_has_one_length_and_one_value),
		cmocka_unit_test(the_issuer_refuses_what_is_not_below_n),
		cmocka_unit_test(
		    an_impossible_blinding_factor_asks_for_the_next),
		cmocka_unit_test(a_factor_shared_with_the_modulus_is_noticed),
		cmocka_unit_test(a_wrong_answer_of_the_issuer_is_noticed),
		cmocka_unit_test(a_public_key_has_one_encoding),
		cmocka_unit_test(a_private_key_comes_back),
		cmocka_unit_test(a_damaged_private_key_gives_no_signature),
		cmocka_unit_test(an_encoding_that_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests_name("blind", tests, setup, teardown);
}
