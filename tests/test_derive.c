#include <stdio.h>
#include <string.h>

#include "derive.h"

#include "vec.h"

static const struct secret ss = { "fifteen bytes.." };
static const struct hash id = { "thirty-one bytes of an identifi" };

typedef enum err hkdf_function(struct slice ikm, struct slice salt,
    struct slice info, uint8_t *out, size_t n);

/* What HKDF gives for ${label} || ${fields}: the rule, without the table. */
static void
expect_of(hkdf_function *hkdf, struct slice ikm, const char *label,
    struct slice fields, uint8_t *out, size_t n)
{
	struct buf info = { 0 };

	buf_str(&info, label);
	buf_put(&info, fields.p, fields.n);
	assert_int_equal(
	    hkdf(ikm, slice_str("partecipa/v1"), buf_slice(&info), out, n), OK);
	buf_free(&info);
}

static void
expect(struct slice ikm, const char *label, struct slice fields, uint8_t *out,
    size_t n)
{
	expect_of(hash_hkdf, ikm, label, fields, out, n);
}

#define SS slice_of(ss.b, sizeof(ss.b))

static void
follows_the_rule_of_label_and_fields(void **state)
{
	uint8_t want[256], got[256], seed[SEED_BYTES];
	struct buf fields = { 0 };
	struct roll_code code;
	struct sign_key k;
	struct secret s;
	struct hash content;

	(void)state;
	roll_code_random(&code);
	expect(slice_of(code.c, 20), "roll", slice_of(NULL, 0), want, 32);
	assert_int_equal(derive_roll_key(&code, &k), OK);
	sign_key_seed(&k, seed);
	assert_memory_equal(seed, want, 32);

	expect(SS, "space", hash_slice(&id), want, 16);
	assert_int_equal(derive_space_secret(&ss, &id, &s), OK);
	assert_memory_equal(s.b, want, 16);

	expect(SS, "sign", slice_of("\x03", 1), want, 32);
	assert_int_equal(derive_credential(&ss, PURPOSE_VOICE, &k), OK);
	sign_key_seed(&k, seed);
	assert_memory_equal(seed, want, 32);

	expect(SS, "pss-salt", hash_slice(&id), want, 48);
	assert_int_equal(derive_pss_salt(&ss, &id, got), OK);
	assert_memory_equal(got, want, 48);

	buf_put(&fields, id.b, 32);
	buf_u32(&fields, 0x01020304);
	expect(SS, "blind", buf_slice(&fields), want, 256);
	assert_int_equal(derive_blind(&ss, &id, 0x01020304, got), OK);
	assert_memory_equal(got, want, 256);

	hash_bytes(slice_str("content"), &content);
	fields.n = 0;
	buf_u8(&fields, PURPOSE_AUTHOR);
	buf_put(&fields, id.b, 32);
	buf_u32(&fields, 7);
	buf_put(&fields, content.b, 32);
	expect(SS, "content", buf_slice(&fields), want, 16);
	assert_int_equal(
	    derive_content_salt(&ss, PURPOSE_AUTHOR, &id, 7, &content, got),
	    OK);
	assert_memory_equal(got, want, 16);
	buf_free(&fields);
}

static void
sealing_follows_the_rule_with_sha_512(void **state)
{
	uint8_t want[64], got[64], y[32] = { 4 }, context[64] = { 5 };
	struct buf fields = { 0 };
	struct hash choices = { { 6 } };

	(void)state;
	buf_put(&fields, id.b, 32);
	buf_u32(&fields, 0x01020304);
	buf_put(&fields, y, 32);
	buf_put(&fields, choices.b, 32);
	expect_of(hash_hkdf512, SS, "seal", buf_slice(&fields), want, 64);
	assert_int_equal(
	    derive_seal(&ss, &id, 0x01020304, y, &choices, got), OK);
	assert_memory_equal(got, want, 64);
	buf_free(&fields);

	expect_of(hash_hkdf512, SS, "pok", slice_of(context, 64), want, 64);
	assert_int_equal(derive_pok(&ss, context, got), OK);
	assert_memory_equal(got, want, 64);
}

static void
a_trustees_file_has_a_key_of_its_own(void **state)
{
	uint8_t store[32] = { 7 }, salt[32] = { 8 }, want[32], got[32];

	(void)state;
	expect(slice_of(store, 32), "trustee-ceremony", slice_of(salt, 32),
	    want, 32);
	assert_int_equal(derive_trustee_file(store, salt, got), OK);
	assert_memory_equal(got, want, 32);
}

/* All that is derived of one secret: the longer begins with no shorter one. */
static void
A39_no_output_is_the_beginning_of_another(void **state)
{
	uint8_t out[16][256], context[64] = { 0 }, y[32] = { 0 };
	struct hash zero = { { 0 } };
	struct sign_key k;
	struct secret s;
	size_t n = 0, i, j;
	unsigned p;

	(void)state;
	assert_int_equal(derive_space_secret(&ss, &zero, &s), OK);
	memcpy(out[n++], s.b, 16);
	for (p = 1; p <= PURPOSE_MAX; p++) {
		assert_int_equal(
		    derive_credential(&ss, (enum purpose)p, &k), OK);
		sign_key_seed(&k, out[n++]);
		assert_int_equal(derive_content_salt(&ss, (enum purpose)p,
				     &zero, 0, &zero, out[n++]),
		    OK);
	}
	assert_int_equal(derive_pss_salt(&ss, &zero, out[n++]), OK);
	assert_int_equal(derive_blind(&ss, &zero, 0, out[n++]), OK);
	assert_int_equal(derive_blind(&ss, &zero, 1, out[n++]), OK);
	assert_int_equal(derive_seal(&ss, &zero, 0, y, &zero, out[n++]), OK);
	assert_int_equal(derive_pok(&ss, context, out[n++]), OK);
	for (i = 0; i < n; i++) {
		for (j = 0; j < i; j++)
			assert_memory_not_equal(out[i], out[j], 16);
	}
}

/*
 * HKDF outputs of different length are prefixes of each other, and label and
 * fields run together: no label may begin another.
 */
static void
A39_one_label_has_one_purpose_and_one_length(void **state)
{
	size_t i, j;

	(void)state;
	assert_int_equal(derive_count, 9);
	for (i = 0; i < derive_count; i++) {
		assert_true(derive_table[i].bytes > 0);
		assert_true(
		    derive_table[i].sha == 256 || derive_table[i].sha == 512);
		assert_non_null(derive_table[i].fields);
		for (j = 0; j < derive_count; j++)
			assert_false(
			    i != j && strncmp(derive_table[i].label,
					  derive_table[j].label,
					  strlen(derive_table[i].label)) == 0);
	}
}

static void
different_inputs_give_different_secrets(void **state)
{
	struct hash other = id;
	uint8_t a[256], b[256];
	struct sign_key k[PURPOSE_MAX + 1];
	unsigned p, q;

	(void)state;
	other.b[31] ^= 1;
	for (p = 1; p <= PURPOSE_MAX; p++) {
		assert_int_equal(
		    derive_credential(&ss, (enum purpose)p, &k[p]), OK);
		for (q = 1; q < p; q++)
			assert_true(public_key_cmp(&k[p].pk, &k[q].pk) != 0);
	}
	assert_int_equal(derive_blind(&ss, &id, 0, a), OK);
	assert_int_equal(derive_blind(&ss, &id, 1, b), OK);
	assert_memory_not_equal(a, b, 32);
	assert_int_equal(derive_blind(&ss, &other, 0, b), OK);
	assert_memory_not_equal(a, b, 32);
	assert_int_equal(derive_pss_salt(&ss, &id, a), OK);
	assert_int_equal(derive_pss_salt(&ss, &other, b), OK);
	assert_memory_not_equal(a, b, 32);
}

static void
purposes_have_names(void **state)
{
	enum purpose out;
	unsigned p;

	(void)state;
	for (p = 1; p <= PURPOSE_MAX; p++) {
		assert_int_equal(
		    purpose_parse(slice_str(purpose_name(p)), &out), OK);
		assert_int_equal(out, p);
	}
	assert_null(purpose_name(0));
	assert_null(purpose_name(PURPOSE_MAX + 1));
	assert_null(purpose_name(255));
	assert_int_equal(purpose_parse(slice_str("Vote"), &out), ERR_NOT_FOUND);
	assert_int_equal(purpose_parse(slice_str("vot"), &out), ERR_NOT_FOUND);
	assert_int_equal(purpose_parse(slice_str(""), &out), ERR_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_the_rule_of_label_and_fields),
		cmocka_unit_test(sealing_follows_the_rule_with_sha_512),
		cmocka_unit_test(a_trustees_file_has_a_key_of_its_own),
		cmocka_unit_test(A39_one_label_has_one_purpose_and_one_length),
		cmocka_unit_test(A39_no_output_is_the_beginning_of_another),
		cmocka_unit_test(different_inputs_give_different_secrets),
		cmocka_unit_test(purposes_have_names),
	};

	return cmocka_run_group_tests_name("derive", tests, NULL, vec_free);
}
