#include <stdlib.h>
#include <string.h>

#include "record.h"

#include "vec.h"

static uint8_t authenticators[RECORD_ISSUERS_MAX * BLIND_BYTES];

static struct sign_key
key(void)
{
	uint8_t seed[SEED_BYTES] = { 1 };
	struct sign_key k;

	sign_key_from_seed(seed, &k);
	return k;
}

/* A signed record of ${issuers} authenticators. */
static struct buf
make(uint32_t seq, size_t issuers, size_t body)
{
	static const uint8_t zeros[RECORD_BODY_MAX];
	struct sign_key k = key();
	struct record r = { 0 };
	struct buf b = { 0 };

	memset(authenticators, 0xa5, sizeof(authenticators));
	r.kind = RECORD_BALLOT;
	r.purpose = PURPOSE_VOTE;
	memset(r.space_id.b, 2, sizeof(r.space_id.b));
	memset(r.form_id.b, 3, sizeof(r.form_id.b));
	r.seq = seq;
	r.body = slice_of(zeros, body);
	r.authenticators = authenticators;
	r.n_auth = issuers;
	assert_int_equal(record_sign(&r, &k, &b), OK);
	assert_int_equal(b.n, RECORD_FIXED + body + issuers * BLIND_BYTES);
	return b;
}

static void
what_is_signed_is_read_and_verifies(void **state)
{
	struct sign_key k = key();
	struct record r;
	struct hash space;
	size_t issuers;

	(void)state;
	for (issuers = 0; issuers <= RECORD_ISSUERS_MAX; issuers++) {
		struct buf b = make(0, issuers, 5);

		assert_int_equal(record_parse(buf_slice(&b), issuers, &r), OK);
		assert_int_equal(r.kind, RECORD_BALLOT);
		assert_int_equal(r.purpose, PURPOSE_VOTE);
		assert_int_equal(r.space_id.b[0], 2);
		assert_int_equal(r.form_id.b[31], 3);
		assert_int_equal(public_key_cmp(&r.pk, &k.pk), 0);
		assert_int_equal(r.seq, 0);
		assert_int_equal(r.body.n, 5);
		assert_int_equal(r.n_auth, issuers);
		assert_memory_equal(
		    r.authenticators, authenticators, issuers * BLIND_BYTES);
		assert_bytes(r.raw, buf_slice(&b));
		assert_int_equal(r.signed_part.n, b.n - 64);
		assert_int_equal(record_verify(&r), OK);
		assert_int_equal(record_space(buf_slice(&b), &space), OK);
		assert_int_equal(space.b[31], 2);
		buf_free(&b);
	}
}

static void
authenticators_stand_at_seq_0_only(void **state)
{
	struct buf first = make(0, 2, 5), later = make(1, 0, 5);
	struct sign_key k = key();
	struct record r;
	struct buf b = { 0 };

	(void)state;
	assert_int_equal(record_parse(buf_slice(&first), 1, &r), ERR_FORMAT);
	assert_int_equal(record_parse(buf_slice(&first), 3, &r), ERR_FORMAT);
	assert_int_equal(record_parse(buf_slice(&later), 2, &r), OK);
	assert_int_equal(r.n_auth, 0);
	assert_int_equal(r.seq, 1);
	assert_int_equal(
	    record_parse(buf_slice(&first), RECORD_ISSUERS_MAX + 1, &r),
	    ERR_LIMIT);
	r.n_auth = 1;
	r.authenticators = authenticators;
	assert_int_equal(record_sign(&r, &k, &b), ERR_LIMIT);
	buf_free(&first);
	buf_free(&later);
}

/* Every bit counts: each flip is refused or breaks the signature. */
static void
no_other_bytes_verify(void **state)
{
	struct buf b = make(0, 1, 5);
	uint8_t *copy = vec_copy(buf_slice(&b));
	struct record r;
	size_t i;

	(void)state;
	for (i = 0; i < b.n * 8; i++) {
		copy[i / 8] ^= (uint8_t)(1U << i % 8);
		if (record_parse(slice_of(copy, b.n), 1, &r) == OK)
			assert_int_equal(record_verify(&r), ERR_SIGNATURE);
		copy[i / 8] ^= (uint8_t)(1U << i % 8);
	}
	buf_free(&b);
}

static void
a_record_has_one_length(void **state)
{
	struct buf b = make(0, 1, 5);
	struct record r;
	struct hash space;
	size_t i;

	(void)state;
	for (i = 0; i < b.n; i++) {
		struct slice s = slice_of(vec_copy(slice_of(b.p, i)), i);

		assert_int_equal(record_parse(s, 1, &r), ERR_FORMAT);
		assert_int_equal(record_space(s, &space),
		    i < RECORD_FIXED ? ERR_FORMAT : OK);
	}
	buf_u8(&b, 0);
	assert_int_equal(record_parse(buf_slice(&b), 1, &r), ERR_FORMAT);
	buf_free(&b);
}

static void
unknown_numbers_are_refused(void **state)
{
	struct buf b = make(0, 0, 5);
	struct record r;
	struct hash space;
	unsigned v;

	(void)state;
	for (v = 0; v < 256; v++) {
		b.p[0] = (uint8_t)v;
		assert_int_equal(record_parse(buf_slice(&b), 0, &r),
		    v == 1 ? OK : ERR_FORMAT);
		assert_int_equal(record_space(buf_slice(&b), &space),
		    v == 1 ? OK : ERR_FORMAT);
	}
	b.p[0] = 1;
	for (v = 0; v < 256; v++) {
		b.p[1] = (uint8_t)v;
		assert_int_equal(record_parse(buf_slice(&b), 0, &r),
		    v == 1 || v == 2 ? OK : ERR_FORMAT);
	}
	b.p[1] = 1;
	for (v = 0; v < 256; v++) {
		b.p[66] = (uint8_t)v;
		assert_int_equal(record_parse(buf_slice(&b), 0, &r),
		    v >= 1 && v <= 4 ? OK : ERR_FORMAT);
	}
	buf_free(&b);
}

static void
bounds_the_body(void **state)
{
	static const uint8_t zeros[RECORD_BODY_MAX + 1];
	struct buf b = make(0, RECORD_ISSUERS_MAX, RECORD_BODY_MAX);
	uint8_t *big = calloc(1, RECORD_FIXED + RECORD_BODY_MAX + 1);
	struct sign_key k = key();
	struct record r;

	(void)state;
	assert_non_null(big);
	assert_int_equal(b.n, RECORD_MAX);
	assert_int_equal(
	    record_parse(buf_slice(&b), RECORD_ISSUERS_MAX, &r), OK);
	assert_int_equal(record_verify(&r), OK);
	r.body = slice_of(zeros, sizeof(zeros));
	assert_int_equal(record_sign(&r, &k, &b), ERR_LIMIT);
	memcpy(big, b.p, 103);
	store16(big + 103, RECORD_BODY_MAX + 1);
	assert_int_equal(
	    record_parse(
		slice_of(big, RECORD_FIXED + RECORD_BODY_MAX + 1), 0, &r),
	    ERR_LIMIT);
	free(big);
	buf_free(&b);
}

static void
contributions_have_one_encoding(void **state)
{
	struct contribution c = { ACTION_EDIT, { { 4 } }, { { 5 } } }, back;
	struct buf b = { 0 };
	size_t i;
	unsigned v;

	(void)state;
	contribution_put(&b, &c);
	assert_int_equal(b.n, CONTRIBUTION_BODY);
	assert_int_equal(contribution_parse(buf_slice(&b), &back), OK);
	assert_int_equal(back.action, ACTION_EDIT);
	assert_true(hash_equal(&back.target, &c.target));
	assert_true(hash_equal(&back.commit, &c.commit));
	for (v = 0; v < 256; v++) {
		b.p[0] = (uint8_t)v;
		assert_int_equal(contribution_parse(buf_slice(&b), &back),
		    v >= 1 && v <= 11 ? OK : ERR_FORMAT);
	}
	b.p[0] = 1;
	for (i = 0; i < b.n; i++)
		assert_int_equal(
		    contribution_parse(
			slice_of(vec_copy(slice_of(b.p, i)), i), &back),
		    ERR_FORMAT);
	buf_u8(&b, 0);
	assert_int_equal(contribution_parse(buf_slice(&b), &back), ERR_FORMAT);
	buf_free(&b);
}

static void
sealed_bodies_hold_at_least_a_tag(void **state)
{
	uint8_t body[130];
	struct sealed_body s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(body); i++)
		body[i] = (uint8_t)i;
	for (i = 0; i < sizeof(body); i++)
		assert_int_equal(
		    sealed_body_parse(
			slice_of(vec_copy(slice_of(body, i)), i), &s),
		    i < 112 ? ERR_FORMAT : OK);
	assert_int_equal(sealed_body_parse(slice_of(body, 130), &s), OK);
	assert_int_equal(s.r[0], 0);
	assert_int_equal(s.pok_c[0], 32);
	assert_int_equal(s.pok_z[0], 64);
	assert_int_equal(s.ct.p[0], 96);
	assert_int_equal(s.ct.n, 34);
}

static void
a_commitment_binds_salt_and_content(void **state)
{
	struct slice whole;
	struct buf b = { 0 };
	struct hash a, h;

	(void)state;
	content_commit(
	    (const uint8_t *)"0123456789abcdef", slice_str("text"), &a);
	buf_put(&b, "partecipa/v1/content", 21);
	buf_str(&b, "0123456789abcdeftext");
	whole = buf_slice(&b);
	hash_bytes(whole, &h);
	assert_true(hash_equal(&a, &h));
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_signed_is_read_and_verifies),
		cmocka_unit_test(authenticators_stand_at_seq_0_only),
		cmocka_unit_test(no_other_bytes_verify),
		cmocka_unit_test(a_record_has_one_length),
		cmocka_unit_test(unknown_numbers_are_refused),
		cmocka_unit_test(bounds_the_body),
		cmocka_unit_test(contributions_have_one_encoding),
		cmocka_unit_test(sealed_bodies_hold_at_least_a_tag),
		cmocka_unit_test(a_commitment_binds_salt_and_content),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, vec_free);
}
