#include <string.h>

#include "pok.h"
#include "seal.h"
#include "wipe.h"

#include "badpoint.h"
#include "vec.h"

#define CHOICES 9

/* A ballot, sealed, and the trustees' secret. */
struct fixture {
	struct hash space_id, form_id;
	struct public_key pk;
	struct scalar x;
	struct point y;
	struct secret ss;
	uint8_t choices[CHOICES];
	struct seal seal;
	struct seal_trace trace;
	struct buf body;
	struct sealed_body parsed;
	struct point shared; /* x R: what the trustees make together */
};

static void
make(struct fixture *f)
{
	struct point r;

	memset(f, 0, sizeof(*f));
	random_bytes(f->space_id.b, 32);
	random_bytes(f->form_id.b, 32);
	random_bytes(f->pk.b, 32);
	random_bytes(f->ss.b, sizeof(f->ss.b));
	random_bytes(f->choices, CHOICES);
	scalar_random(&f->x);
	assert_int_equal(point_base(&f->x, &f->y), OK);
	f->seal = (struct seal){ &f->space_id, &f->form_id, &f->pk, 3, &f->y };
	assert_int_equal(
	    seal_make(&f->seal, &f->ss, slice_of(f->choices, CHOICES), &f->body,
		&f->trace),
	    OK);
	assert_int_equal(
	    sealed_body_parse(buf_slice(&f->body), &f->parsed), OK);
	memcpy(r.b, f->parsed.r, 32);
	assert_int_equal(point_mul(&f->x, &r, &f->shared), OK);
}

static enum err
unseal(const struct fixture *f)
{
	uint8_t out[CHOICES];

	return seal_open(&f->seal, &f->parsed, &f->shared, out);
}

static void
what_is_sealed_opens_with_the_trustees_share(void **state)
{
	uint8_t out[CHOICES];
	struct fixture f;

	(void)state;
	make(&f);
	assert_int_equal(f.body.n, CHOICES + SEAL_OVERHEAD);
	assert_true(point_equal(&f.shared, &f.trace.s));
	assert_int_equal(seal_open(&f.seal, &f.parsed, &f.shared, out), OK);
	assert_memory_equal(out, f.choices, CHOICES);
	buf_free(&f.body);
}

/* PROTOCOL 7.2 once more, step by step. */
static void
A13_every_step_is_that_of_the_protocol(void **state)
{
	uint8_t wide[64], ad[132], ct[CHOICES + SEAL_TAG], seq[4];
	struct buf info = { 0 }, text = { 0 };
	struct scalar r, k, c, z;
	struct point point;
	struct fixture f;
	struct hash h;

	(void)state;
	make(&f);
	store32(seq, 3);
	hash_bytes(slice_of(f.choices, CHOICES), &h);
	buf_str(&info, "seal");
	buf_put(&info, f.form_id.b, 32);
	buf_put(&info, seq, 4);
	buf_put(&info, f.y.b, 32);
	buf_put(&info, h.b, 32);
	assert_int_equal(
	    hash_hkdf512(slice_of(f.ss.b, 16), slice_str("partecipa/v1"),
		buf_slice(&info), wide, 64),
	    OK);
	scalar_reduce(wide, &r);
	assert_memory_equal(&r, &f.trace.scalar, 32);
	assert_int_equal(point_base(&r, &point), OK);
	assert_memory_equal(&point, f.body.p, 32);
	assert_memory_equal(&point, &f.trace.r, 32);

	buf_put(&text, "partecipa/v1/seal", 18);
	buf_put(&text, f.space_id.b, 32);
	buf_put(&text, f.form_id.b, 32);
	buf_put(&text, f.y.b, 32);
	buf_put(&text, f.trace.r.b, 32);
	buf_put(&text, f.shared.b, 32);
	buf_put(&text, f.pk.b, 32);
	buf_put(&text, seq, 4);
	hash_sha512(&(struct slice){ text.p, text.n }, 1, wide);
	assert_memory_equal(wide, f.trace.k, 32);

	memcpy(ad, f.form_id.b, 32);
	memcpy(ad + 32, f.pk.b, 32);
	memcpy(ad + 64, seq, 4);
	memcpy(ad + 68, f.trace.r.b, 32);
	memcpy(ad + 100, f.y.b, 32);
	assert_int_equal(seal_encrypt(wide, slice_of(f.choices, CHOICES),
			     slice_of(ad, sizeof(ad)), ct),
	    OK);
	assert_memory_equal(ct, f.body.p + 96, sizeof(ct));

	text.n = 0;
	buf_put(&text, "partecipa/v1/pok", 17);
	buf_put(&text, f.space_id.b, 32);
	buf_put(&text, f.form_id.b, 32);
	buf_put(&text, f.pk.b, 32);
	buf_put(&text, seq, 4);
	buf_put(&text, f.y.b, 32);
	buf_put(&text, f.trace.r.b, 32);
	buf_put(&text, ct, sizeof(ct));
	hash_sha512(&(struct slice){ text.p, text.n }, 1, wide);
	info.n = 0;
	buf_str(&info, "pok");
	buf_put(&info, wide, 64);
	assert_int_equal(
	    hash_hkdf512(slice_of(f.ss.b, 16), slice_str("partecipa/v1"),
		buf_slice(&info), wide, 64),
	    OK);
	scalar_reduce(wide, &k);
	assert_int_equal(point_base(&k, &point), OK);
	buf_put(&text, point.b, 32);
	hash_sha512(&(struct slice){ text.p, text.n }, 1, wide);
	scalar_reduce(wide, &c);
	assert_memory_equal(c.b, f.body.p + 32, 32);
	scalar_mul(&c, &r, &z);
	scalar_add(&z, &k, &z);
	assert_memory_equal(z.b, f.body.p + 64, 32);
	buf_free(&info);
	buf_free(&text);
	buf_free(&f.body);
}

/* Seal the ballot of ${f}, as altered by the caller, again. */
static void
again(const struct fixture *f, struct buf *out)
{
	out->n = 0;
	assert_int_equal(seal_make(&f->seal, &f->ss,
			     slice_of(f->choices, CHOICES), out, NULL),
	    OK);
}

/*
 * The same secret and choices give the same bytes; a scalar used for two
 * different ballots would show their difference.
 */
static void
A32_the_same_ballot_is_the_same_bytes_and_another_has_another_R(void **state)
{
	struct buf other = { 0 };
	struct fixture f;
	struct point y;
	struct scalar x;
	size_t i;

	(void)state;
	make(&f);
	again(&f, &other);
	assert_bytes(buf_slice(&other), buf_slice(&f.body));
	for (i = 0; i < CHOICES; i++) {
		f.choices[i] ^= 1;
		again(&f, &other);
		assert_memory_not_equal(other.p, f.body.p, 32);
		f.choices[i] ^= 1;
	}
	f.seal.seq++;
	again(&f, &other);
	assert_memory_not_equal(other.p, f.body.p, 32);
	f.seal.seq--;
	f.form_id.b[31] ^= 1;
	again(&f, &other);
	assert_memory_not_equal(other.p, f.body.p, 32);
	f.form_id.b[31] ^= 1;
	f.ss.b[15] ^= 1;
	again(&f, &other);
	assert_memory_not_equal(other.p, f.body.p, 32);
	f.ss.b[15] ^= 1;
	scalar_random(&x);
	assert_int_equal(point_base(&x, &y), OK);
	f.seal.y = &y;
	again(&f, &other);
	assert_memory_not_equal(other.p, f.body.p, 32);
	buf_free(&other);
	buf_free(&f.body);
}

static void
A1_a_ciphertext_opens_under_its_own_name_only(void **state)
{
	struct point y, other;
	struct fixture f;
	struct scalar s;
	uint8_t *parts[] = { f.space_id.b, f.form_id.b, f.pk.b };
	size_t i, k;

	(void)state;
	make(&f);
	assert_int_equal(unseal(&f), OK);
	for (i = 0; i < 3; i++) {
		for (k = 0; k < 32; k++) {
			parts[i][k] ^= (uint8_t)(1U << k % 8);
			assert_int_equal(unseal(&f), ERR_SIGNATURE);
			parts[i][k] ^= (uint8_t)(1U << k % 8);
		}
	}
	for (i = 0; i < 32; i++) {
		f.seal.seq ^= 1U << i;
		assert_int_equal(unseal(&f), ERR_SIGNATURE);
		f.seal.seq ^= 1U << i;
	}
	scalar_random(&s);
	assert_int_equal(point_base(&s, &y), OK);
	f.seal.y = &y;
	assert_int_equal(unseal(&f), ERR_SIGNATURE);
	f.seal.y = &f.y;
	assert_int_equal(point_base(&s, &other), OK);
	memcpy(f.body.p, other.b, 32); /* R: parsed is a copy */
	assert_int_equal(sealed_body_parse(buf_slice(&f.body), &f.parsed), OK);
	assert_int_equal(unseal(&f), ERR_SIGNATURE);
	memcpy(f.body.p, f.trace.r.b, 32);
	assert_int_equal(sealed_body_parse(buf_slice(&f.body), &f.parsed), OK);
	assert_int_equal(unseal(&f), OK);
	f.shared = other;
	assert_int_equal(unseal(&f), ERR_SIGNATURE);
	buf_free(&f.body);
}

/* The whole body of a victim's ballot cast by somebody else. */
static void
A1_a_lifted_body_is_refused_and_would_not_open(void **state)
{
	struct fixture victim, f;
	struct scalar c, z;
	struct pok p;

	(void)state;
	make(&victim);
	f = victim;
	f.seal.pk = &f.pk;
	random_bytes(f.pk.b, 32);
	p = (struct pok){ &f.space_id, &f.form_id, &f.pk, 3, &f.y, &f.trace.r,
		f.parsed.ct };
	memcpy(c.b, f.parsed.pok_c, 32);
	memcpy(z.b, f.parsed.pok_z, 32);
	assert_int_equal(pok_verify(&p, &c, &z), ERR_SIGNATURE);
	assert_int_equal(unseal(&f), ERR_SIGNATURE);
	p.pk = &victim.pk;
	assert_int_equal(pok_verify(&p, &c, &z), OK);
	assert_int_equal(unseal(&victim), OK);
	buf_free(&victim.body);
}

static void
A1_no_byte_of_a_ciphertext_can_be_changed(void **state)
{
	uint8_t out[CHOICES], zero[CHOICES] = { 0 };
	struct fixture f;
	size_t i;

	(void)state;
	make(&f);
	for (i = 96; i < f.body.n; i++) {
		f.body.p[i] ^= (uint8_t)(1U << i % 8);
		memset(out, 1, sizeof(out));
		assert_int_equal(seal_open(&f.seal, &f.parsed, &f.shared, out),
		    ERR_SIGNATURE);
		/* What did not verify is not given out. */
		assert_memory_equal(out, zero, CHOICES);
		f.body.p[i] ^= (uint8_t)(1U << i % 8);
	}
	f.parsed.ct.n--;
	assert_int_equal(unseal(&f), ERR_SIGNATURE);
	f.parsed.ct.n = SEAL_TAG - 1;
	assert_int_equal(unseal(&f), ERR_SIGNATURE);
	buf_free(&f.body);
}

/*
 * A superseded ballot of the victim has R; the attacker may cast R + kG, see
 * its S at the opening, and take off kY: then she holds the victim's S.
 */
static void
A38_the_opening_of_a_related_R_would_read_the_victims_ballot(void **state)
{
	struct point kg, ky, related, s;
	struct fixture f;
	struct scalar k;

	(void)state;
	make(&f);
	scalar_random(&k);
	assert_int_equal(point_base(&k, &kg), OK);
	assert_int_equal(point_mul(&k, &f.y, &ky), OK);
	assert_int_equal(point_add(&f.trace.r, &kg, &related), OK);
	assert_int_equal(point_mul(&f.x, &related, &s), OK);
	assert_int_equal(point_sub(&s, &ky, &f.shared), OK);
	assert_int_equal(unseal(&f), OK);
	buf_free(&f.body);
}

static void
A38_the_proof_of_a_ballot_proves_no_related_one(void **state)
{
	struct fixture f, own;
	struct point kg, related;
	struct scalar k, c, z;
	struct pok p;

	(void)state;
	make(&f);
	make(&own);
	scalar_random(&k);
	assert_int_equal(point_base(&k, &kg), OK);
	assert_int_equal(point_add(&f.trace.r, &kg, &related), OK);
	p = (struct pok){ &f.space_id, &f.form_id, &own.pk, 0, &f.y, &related,
		own.parsed.ct };
	/* The victim's, her own of an honest ballot, none. */
	c = f.trace.pok_c;
	z = f.trace.pok_z;
	assert_int_equal(pok_verify(&p, &c, &z), ERR_SIGNATURE);
	c = own.trace.pok_c;
	z = own.trace.pok_z;
	assert_int_equal(pok_verify(&p, &c, &z), ERR_SIGNATURE);
	memset(&c, 0, sizeof(c));
	memset(&z, 0, sizeof(z));
	assert_int_equal(pok_verify(&p, &c, &z), ERR_SIGNATURE);
	buf_free(&f.body);
	buf_free(&own.body);
}

static void
A6_nothing_is_sealed_for_what_is_no_point(void **state)
{
	struct fixture f;
	struct point bad;
	size_t i;

	(void)state;
	make(&f);
	for (i = 0; badpoint(i, &bad); i++) {
		f.seal.y = &bad;
		f.body.n = 0;
		assert_int_equal(
		    seal_make(&f.seal, &f.ss, slice_of(f.choices, CHOICES),
			&f.body, NULL),
		    ERR_SIGNATURE);
		assert_int_equal(f.body.n, 0);
	}
	buf_free(&f.body);
}

/* r of many ballots, as in A13_random_scalars_are_uniform. */
static void
A13_sealing_scalars_are_uniform(void **state)
{
	unsigned r[16] = { 0 }, z[16] = { 0 };
	double sum = 0, want = 1000 / 16.0;
	struct buf b = { 0 };
	struct fixture f;
	size_t i;

	(void)state;
	make(&f);
	memset(&f.ss, 0x5a, sizeof(f.ss)); /* the same at every run */
	memset(&f.form_id, 1, sizeof(f.form_id));
	scalar_of(77, &f.x);
	assert_int_equal(point_base(&f.x, &f.y), OK);
	memset(f.choices, 2, sizeof(f.choices));
	memset(&f.space_id, 3, sizeof(f.space_id));
	memset(&f.pk, 4, sizeof(f.pk));
	for (i = 0; i < 1000; i++) {
		f.seal.seq = (uint32_t)i;
		b.n = 0;
		assert_int_equal(
		    seal_make(&f.seal, &f.ss, slice_of(f.choices, CHOICES), &b,
			&f.trace),
		    OK);
		r[f.trace.scalar.b[31]]++;
		z[f.trace.pok_z.b[31]]++;
	}
	for (i = 0; i < 16; i++)
		sum += (r[i] - want) * (r[i] - want) / want;
	assert_true(sum < 80);
	for (sum = 0, i = 0; i < 16; i++)
		sum += (z[i] - want) * (z[i] - want) / want;
	assert_true(sum < 80);
	buf_free(&b);
	buf_free(&f.body);
}

/* The GCM specification's test cases 13 and 14. */
static void
encrypts_as_the_specification_of_gcm(void **state)
{
	static const uint8_t key[32], plain[16];
	uint8_t out[32], back[16];

	(void)state;
	assert_int_equal(
	    seal_encrypt(key, slice_of(NULL, 0), slice_of(NULL, 0), out), OK);
	assert_bytes(
	    slice_of(out, 16), vec_unhex("530f8afbc74536b9a963b4f1c4cb738b"));
	assert_int_equal(
	    seal_decrypt(key, slice_of(out, 16), slice_of(NULL, 0), back), OK);
	assert_int_equal(
	    seal_encrypt(key, slice_of(plain, 16), slice_of(NULL, 0), out), OK);
	assert_bytes(
	    slice_of(out, 32), vec_unhex("cea7403d4d606b6e074ec5d3baf39d18"
					 "d0d1c8a799996bf0265b98b5d48ab919"));
	assert_int_equal(
	    seal_decrypt(key, slice_of(out, 32), slice_of(NULL, 0), back), OK);
	assert_memory_equal(back, plain, 16);
	assert_int_equal(
	    seal_decrypt(key, slice_of(out, 32), slice_of("x", 1), back),
	    ERR_SIGNATURE);
}

static void
a_body_has_the_length_of_its_form_and_no_more(void **state)
{
	static const uint8_t long_choices[RECORD_BODY_MAX];
	struct fixture f;
	struct buf b = { 0 };

	(void)state;
	make(&f);
	assert_int_equal(
	    seal_make(&f.seal, &f.ss,
		slice_of(long_choices, RECORD_BODY_MAX - SEAL_OVERHEAD + 1), &b,
		NULL),
	    ERR_LIMIT);
	assert_int_equal(b.n, 0);
	assert_int_equal(
	    seal_make(&f.seal, &f.ss,
		slice_of(long_choices, RECORD_BODY_MAX - SEAL_OVERHEAD), &b,
		NULL),
	    OK);
	assert_int_equal(b.n, RECORD_BODY_MAX);
	buf_free(&b);
	buf_free(&f.body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_sealed_opens_with_the_trustees_share),
		cmocka_unit_test(A13_every_step_is_that_of_the_protocol),
		cmocka_unit_test(
		    A32_the_same_ballot_is_the_same_bytes_and_another_has_another_R),
		cmocka_unit_test(A1_a_ciphertext_opens_under_its_own_name_only),
		cmocka_unit_test(
		    A1_a_lifted_body_is_refused_and_would_not_open),
		cmocka_unit_test(A1_no_byte_of_a_ciphertext_can_be_changed),
		cmocka_unit_test(
		    A38_the_opening_of_a_related_R_would_read_the_victims_ballot),
		cmocka_unit_test(
		    A38_the_proof_of_a_ballot_proves_no_related_one),
		cmocka_unit_test(A6_nothing_is_sealed_for_what_is_no_point),
		cmocka_unit_test(A13_sealing_scalars_are_uniform),
		cmocka_unit_test(encrypts_as_the_specification_of_gcm),
		cmocka_unit_test(a_body_has_the_length_of_its_form_and_no_more),
	};

	return cmocka_run_group_tests_name("seal", tests, NULL, vec_free);
}
