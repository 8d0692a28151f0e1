#include <string.h>

#include "sign.h"

#include "vec.h"

static enum err
verify(struct slice pk, struct slice msg, struct slice sig)
{
	struct public_key k;
	struct signature s;

	if (pk.n != sizeof(k.b) || sig.n != sizeof(s.b))
		return ERR_FORMAT;
	memcpy(k.b, pk.p, sizeof(k.b));
	memcpy(s.b, sig.p, sizeof(s.b));
	return sign_verify(&k, msg, &s);
}

static void
agrees_with_wycheproof(void **state)
{
	const json_t *t;
	size_t i;

	(void)state;
	json_array_foreach(
	    vec_tests(vec_shared("ed25519/wycheproof_ed25519.json")), i, t)
	    assert_int_equal(verify(vec_hex(t, "pk"), vec_hex(t, "msg"),
				 vec_hex(t, "sig")) == OK,
		strcmp(vec_str(t, "result"), "valid") == 0);
}

static void
speccheck_cases_are_judged_by_the_strict_rule(void **state)
{
	const json_t *t;
	size_t i;

	(void)state;
	json_array_foreach(vec_tests(vec_shared("ed25519/speccheck.json")), i,
	    t) assert_int_equal(verify(vec_hex(t, "pub_key"),
				    vec_hex(t, "message"),
				    vec_hex(t, "signature")) == OK,
	    json_is_true(json_object_get(t, "accepted_by_libsodium")));
}

/* RFC 8032 7.1, test 2. */
static void
signs_as_rfc_8032(void **state)
{
	struct slice seed = vec_unhex("4ccd089b28ff96da9db6c346ec114e0f"
				      "5b8a319f35aba624da8cf6ed4fb8a6fb");
	uint8_t back[SEED_BYTES];
	struct signature sig;
	struct sign_key k;

	(void)state;
	sign_key_from_seed(seed.p, &k);
	assert_bytes(public_key_slice(&k.pk),
	    vec_unhex("3d4017c3e843895a92b70aa74d1b7ebc"
		      "9c982ccf2ec4968cc0cd55f12af4660c"));
	sign_message(&k, slice_of("\x72", 1), &sig);
	assert_bytes(slice_of(sig.b, sizeof(sig.b)),
	    vec_unhex("92a009a9f0d4cab8720e820b5f642540"
		      "a2b27b5416503f8fb3762223ebdb69da"
		      "085ac1e43e15996e458f3613d0f11d8c"
		      "387b2eaeb4302aeeb00d291612bb0c00"));
	sign_key_seed(&k, back);
	assert_bytes(slice_of(back, sizeof(back)), seed);
}

static void
a_signature_holds_for_its_domain_only(void **state)
{
	struct slice ab[2] = { slice_str("a"), slice_str("b") };
	struct slice whole = slice_of("partecipa/v1/x\0ab", 17);
	struct signature sig;
	struct sign_key k;

	(void)state;
	sign_key_random(&k);
	assert_int_equal(sign_dst(&k, "x", ab, 2, &sig), OK);
	assert_int_equal(sign_verify_dst(&k.pk, "x", ab, 2, &sig), OK);
	assert_int_equal(sign_verify(&k.pk, whole, &sig), OK);
	assert_int_equal(
	    sign_verify_dst(&k.pk, "y", ab, 2, &sig), ERR_SIGNATURE);
	assert_int_equal(
	    sign_verify_dst(&k.pk, "x", ab, 1, &sig), ERR_SIGNATURE);
}

static void
too_long_a_message_is_refused(void **state)
{
	static const uint8_t big[70000];
	struct slice part = slice_of(big, sizeof(big));
	struct signature sig = { { 0 } };
	struct sign_key k;

	(void)state;
	sign_key_random(&k);
	assert_int_equal(sign_dst(&k, "x", &part, 1, &sig), ERR_LIMIT);
	assert_int_equal(
	    sign_verify_dst(&k.pk, "x", &part, 1, &sig), ERR_LIMIT);
}

/* The encodings of the eight points of small order, and what is no point. */
static void
point_check_refuses_what_is_no_key(void **state)
{
	static const char *const bad[] = {
		"00000000000000000000000000000000"
		"00000000000000000000000000000000",
		"01000000000000000000000000000000"
		"00000000000000000000000000000000",
		"00000000000000000000000000000000"
		"00000000000000000000000000000080",
		"ecffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffff7f",
		"c7176a703d4dd84fba3c0b760d10670f"
		"2a2053fa2c39ccc64ec7fd7792ac037a",
		"c7176a703d4dd84fba3c0b760d10670f"
		"2a2053fa2c39ccc64ec7fd7792ac03fa",
		"26e8958fc2b227b045c3f489f2ef98f0"
		"d5dfac05d3c63339b13802886d53fc05",
		"26e8958fc2b227b045c3f489f2ef98f0"
		"d5dfac05d3c63339b13802886d53fc85",
		/* not canonical: p, p + 1, 2^255 - 1 */
		"edffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffff7f",
		"ffffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffffff",
		/* not on the curve */
		"02000000000000000000000000000000"
		"00000000000000000000000000000000",
		/* of mixed order: speccheck case 4 */
		"cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d"
		"4d",
	};
	struct public_key pk;
	struct sign_key k;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memcpy(pk.b, vec_unhex(bad[i]).p, sizeof(pk.b));
		assert_int_equal(sign_point_check(&pk), ERR_SIGNATURE);
	}
	for (i = 0; i < 20; i++) {
		sign_key_random(&k);
		assert_int_equal(sign_point_check(&k.pk), OK);
	}
}

static void
keys_compare(void **state)
{
	struct public_key a = { { 0 } }, b = { { 0 } };

	(void)state;
	assert_true(public_key_is_zero(&a));
	b.b[0] = 1;
	assert_false(public_key_is_zero(&b));
	assert_true(public_key_cmp(&a, &b) < 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_wycheproof),
		cmocka_unit_test(speccheck_cases_are_judged_by_the_strict_rule),
		cmocka_unit_test(signs_as_rfc_8032),
		cmocka_unit_test(a_signature_holds_for_its_domain_only),
		cmocka_unit_test(too_long_a_message_is_refused),
		cmocka_unit_test(point_check_refuses_what_is_no_key),
		cmocka_unit_test(keys_compare),
	};

	return cmocka_run_group_tests_name("sign", tests, NULL, vec_free);
}
