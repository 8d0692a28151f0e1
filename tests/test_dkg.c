#include <string.h>

#include "dkg.h"
#include "wipe.h"

#include "badpoint.h"
#include "vec.h"

/* A whole ceremony, without its messages. */
struct fixture {
	uint8_t n, t;
	struct hash space_id, t1, t2;
	struct dkg d[DKG_TRUSTEES_MAX];
	struct dkg_secret secret[DKG_TRUSTEES_MAX];
	struct dkg_public public[DKG_TRUSTEES_MAX];
	struct dkg_proof proof[DKG_TRUSTEES_MAX];
	uint8_t ct[DKG_TRUSTEES_MAX][DKG_TRUSTEES_MAX][DKG_SHARE_BYTES];
	struct scalar x[DKG_TRUSTEES_MAX];
	struct point y, v[DKG_TRUSTEES_MAX];
};

static void
rounds_1_and_2(struct fixture *f, uint8_t n, uint8_t t)
{
	uint8_t i;

	memset(f, 0, sizeof(*f));
	f->n = n;
	f->t = t;
	random_bytes(&f->space_id, 32);
	random_bytes(&f->t1, 32);
	random_bytes(&f->t2, 32);
	for (i = 0; i < n; i++) {
		f->d[i] =
		    (struct dkg){ &f->space_id, 1, (uint8_t)(i + 1), n, t };
		assert_int_equal(
		    dkg_draw(&f->d[i], &f->secret[i], &f->public[i]), OK);
		assert_int_equal(dkg_prove(&f->d[i], &f->t1, &f->secret[i],
				     &f->public[i], &f -> proof[i]),
		    OK);
		assert_int_equal(
		    dkg_verify(&f->d[i], &f->t1, &f->public[i], &f -> proof[i]),
		    OK);
	}
}

/* What trustee ${j} gets of trustee ${i}, both counted from 0. */
static enum err
receive(struct fixture *f, uint8_t i, uint8_t j, struct scalar *out)
{
	return dkg_share_open(&f->d[j], &f->secret[j], &f->public[j],
	    (uint8_t)(i + 1), &f -> public[i], &f -> t2, f -> ct[i][j], out);
}

static void
shares(struct fixture *f)
{
	struct scalar s;
	uint8_t i, j;

	for (i = 0; i < f->n; i++) {
		for (j = 0; j < f->n; j++) {
			assert_int_equal(
			    dkg_share_seal(&f->d[i], &f->secret[i],
				&f->public[i], (uint8_t)(j + 1),
				&f -> public[j].e, &f->t2, f->ct[i][j]),
			    OK);
			assert_int_equal(receive(f, i, j, &s), OK);
			scalar_add(&f->x[j], &s, &f->x[j]);
		}
	}
	assert_int_equal(dkg_joint(f->public, f->n, f->t, &f->y, f->v), OK);
}

static void
ceremony(struct fixture *f, uint8_t n, uint8_t t)
{
	rounds_1_and_2(f, n, t);
	shares(f);
}

/* What the trustees of ${set} make of their shares. */
static void
combine(
    const struct fixture *f, const uint8_t *set, size_t t, struct scalar *out)
{
	struct scalar lambda, product;
	size_t i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < t; i++) {
		assert_int_equal(dkg_lagrange(set, t, i, &lambda), OK);
		scalar_mul(&lambda, &f->x[set[i] - 1], &product);
		scalar_add(out, &product, out);
	}
}

/* Is the secret of Y what every set of ${t} of them makes, or what none? */
static void
every_set_makes_it(const struct fixture *f, size_t t, int does)
{
	uint8_t set[DKG_TRUSTEES_MAX];
	struct scalar x;
	struct point y;
	unsigned bits, sets = 0;
	size_t i, k;

	for (bits = 1; bits < 1U << f->n; bits++) {
		for (i = k = 0; i < f->n; i++) {
			if (bits >> i & 1)
				set[k++] = (uint8_t)(i + 1);
		}
		if (k != t)
			continue;
		combine(f, set, t, &x);
		assert_int_equal(point_scale(&x, NULL, &y), OK);
		assert_int_equal(point_equal(&y, &f->y) != 0, does);
		sets++;
	}
	assert_true(sets > 0);
}

static void
any_t_of_n_hold_the_joint_key_and_no_fewer(void **state)
{
	static const uint8_t sizes[][2] = { { 1, 1 }, { 2, 2 }, { 3, 2 },
		{ 3, 3 }, { 5, 3 }, { 9, 5 } };
	struct fixture f;
	struct point p;
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		ceremony(&f, sizes[i][0], sizes[i][1]);
		for (j = 0; j < f.n; j++) {
			assert_int_equal(point_base(&f.x[j], &p), OK);
			assert_true(point_equal(&p, &f.v[j]));
		}
		every_set_makes_it(&f, f.t, 1);
		if (f.t > 1)
			every_set_makes_it(&f, f.t - 1U, 0);
	}
}

static void
a_commitment_holds_every_coefficient_and_whose_they_are(void **state)
{
	struct hash h, other;
	struct fixture f;
	struct dkg d;
	size_t k;

	(void)state;
	rounds_1_and_2(&f, 5, 3);
	dkg_commitment(&f.d[0], &f.public[0], &h);
	for (k = 0; k < 3; k++) {
		f.public[0].a[k].b[k] ^= 1;
		dkg_commitment(&f.d[0], &f.public[0], &other);
		assert_false(hash_equal(&h, &other));
		f.public[0].a[k].b[k] ^= 1;
	}
	f.public[0].e.b[0] ^= 1;
	dkg_commitment(&f.d[0], &f.public[0], &other);
	assert_false(hash_equal(&h, &other));
	f.public[0].e.b[0] ^= 1;
	f.public[0].a[3].b[0] ^= 1; /* beyond t: not looked at */
	dkg_commitment(&f.d[0], &f.public[0], &other);
	assert_true(hash_equal(&h, &other));
	for (k = 0; k < 4; k++) {
		d = f.d[0];
		d.index = (uint8_t)(d.index + (k == 0));
		d.attempt += k == 1;
		d.n = (uint8_t)(d.n + (k == 2));
		d.t = (uint8_t)(d.t - (k == 3));
		dkg_commitment(&d, &f.public[0], &other);
		assert_false(hash_equal(&h, &other));
	}
	d = f.d[0];
	d.space_id = &f.t1;
	dkg_commitment(&d, &f.public[0], &other);
	assert_false(hash_equal(&h, &other));
}

/*
 * The last to reveal has seen all the others: other coefficients than those she
 * committed to would let her choose Y.
 */
static void
A9_coefficients_of_a_late_trustee_do_not_fit_her_commitment(void **state)
{
	struct dkg_secret secret;
	struct dkg_public late;
	struct hash committed, h;
	struct fixture f;

	(void)state;
	rounds_1_and_2(&f, 3, 2);
	dkg_commitment(&f.d[2], &f.public[2], &committed);
	assert_int_equal(dkg_draw(&f.d[2], &secret, &late), OK);
	dkg_commitment(&f.d[2], &late, &h);
	assert_false(hash_equal(&h, &committed));
	late = f.public[2];
	late.a[0] = f.public[0].a[0];
	dkg_commitment(&f.d[2], &late, &h);
	assert_false(hash_equal(&h, &committed));
}

/*
 * A_0 = aG - (the others' A_0) would make Y = aG, whose secret the trustee
 * holds alone; she knows no a_0 for it.
 */
static void
A10_a_key_made_from_the_others_has_no_proof_of_possession(void **state)
{
	struct dkg_proof zero = { { { 0 } }, { { 0 } } }, sum;
	struct dkg_secret secret;
	struct fixture f;
	struct point own, y, v[3];

	(void)state;
	rounds_1_and_2(&f, 3, 2);
	own = f.public[2].a[0];
	assert_int_equal(
	    point_sub(&own, &f.public[0].a[0], &f.public[2].a[0]), OK);
	assert_int_equal(
	    point_sub(&f.public[2].a[0], &f.public[1].a[0], &f.public[2].a[0]),
	    OK);
	assert_int_equal(dkg_joint(f.public, 3, 2, &y, v), OK);
	assert_true(point_equal(&y, &own)); /* it would work */
	secret = f.secret[2];
	assert_int_equal(
	    dkg_prove(&f.d[2], &f.t1, &secret, &f.public[2], &f.proof[2]), OK);
	assert_int_equal(dkg_verify(&f.d[2], &f.t1, &f.public[2], &f.proof[2]),
	    ERR_SIGNATURE);
	assert_int_equal(dkg_verify(&f.d[2], &f.t1, &f.public[2], &f.proof[0]),
	    ERR_SIGNATURE);
	assert_int_equal(
	    dkg_verify(&f.d[2], &f.t1, &f.public[2], &zero), ERR_SIGNATURE);
	/* Proofs of the parts, combined as the parts are. */
	sum = f.proof[2];
	scalar_sub(&sum.z, &f.proof[0].z, &sum.z);
	scalar_sub(&sum.z, &f.proof[1].z, &sum.z);
	assert_int_equal(
	    dkg_verify(&f.d[2], &f.t1, &f.public[2], &sum), ERR_SIGNATURE);
}

/* Taken whole from another trustee, a key comes with a proof of another i. */
static void
A10_a_copied_key_has_no_proof_either(void **state)
{
	struct fixture f;

	(void)state;
	rounds_1_and_2(&f, 3, 2);
	f.public[1] = f.public[0];
	assert_int_equal(dkg_verify(&f.d[1], &f.t1, &f.public[1], &f.proof[0]),
	    ERR_SIGNATURE);
}

static void
possession_refused(struct fixture *f)
{
	assert_int_equal(
	    dkg_verify(&f->d[1], &f->t1, &f->public[1], &f -> proof[1]),
	    ERR_SIGNATURE);
}

static void
A4_possession_is_proven_of_the_whole_statement(void **state)
{
	struct fixture f;
	struct point was;
	size_t i, k;

	(void)state;
	rounds_1_and_2(&f, 5, 3);
	for (i = 0; i < 32; i++) {
		f.space_id.b[i] ^= 1;
		possession_refused(&f);
		f.space_id.b[i] ^= 1;
		f.t1.b[i] ^= 1;
		possession_refused(&f);
		f.t1.b[i] ^= 1;
		f.proof[1].c.b[i] ^= 1;
		possession_refused(&f);
		f.proof[1].c.b[i] ^= 1;
		f.proof[1].z.b[i] ^= 1;
		possession_refused(&f);
		f.proof[1].z.b[i] ^= 1;
		f.d[1].attempt ^= 1U << i;
		possession_refused(&f);
		f.d[1].attempt ^= 1U << i;
	}
	for (k = 0; k < 3; k++) {
		was = f.public[1].a[k];
		f.public[1].a[k] = f.public[0].a[k]; /* a point, another's */
		possession_refused(&f);
		f.public[1].a[k] = was;
	}
	f.d[1].index = 3;
	possession_refused(&f);
	f.d[1].index = 2;
	f.d[1].n = 6;
	possession_refused(&f);
	f.d[1].n = 5;
	f.d[1].t = 2; /* A_2 would be left out */
	possession_refused(&f);
	f.d[1].t = 4;
	f.public[1].a[3] = f.public[1].a[2];
	possession_refused(&f);
	f.d[1].t = 3;
	assert_int_equal(
	    dkg_verify(&f.d[1], &f.t1, &f.public[1], &f.proof[1]), OK);
}

static void
A6_points_and_scalars_of_a_ceremony_are_checked(void **state)
{
	uint8_t ct[DKG_SHARE_BYTES];
	struct fixture f;
	struct dkg_public was;
	struct dkg_proof proof;
	struct point bad, y, v[3];
	struct scalar scalar, out;
	size_t i, k;

	(void)state;
	ceremony(&f, 3, 2);
	was = f.public[1];
	for (i = 0; badpoint(i, &bad); i++) {
		for (k = 0; k < 2; k++) {
			f.public[1].a[k] = bad;
			possession_refused(&f);
			assert_int_equal(
			    dkg_joint(f.public, 3, 2, &y, v), ERR_SIGNATURE);
			assert_int_equal(
			    receive(&f, 1, 0, &out), ERR_SIGNATURE);
			f.public[1] = was;
		}
		f.public[1].e = bad;
		assert_int_equal(receive(&f, 1, 0, &out), ERR_SIGNATURE);
		f.public[1] = was;
		assert_int_equal(dkg_share_seal(&f.d[0], &f.secret[0],
				     &f.public[0], 2, &bad, &f.t2, ct),
		    ERR_SIGNATURE);
	}
	for (i = 0; badscalar(i, &scalar); i++) {
		proof = f.proof[1];
		f.proof[1].c = scalar;
		possession_refused(&f);
		f.proof[1] = proof;
		f.proof[1].z = scalar;
		possession_refused(&f);
		f.proof[1] = proof;
	}
	assert_int_equal(receive(&f, 1, 0, &out), OK);
}

static void
A6_a_scalar_of_a_ceremony_has_one_encoding(void **state)
{
	struct dkg_proof proof;
	struct fixture f;
	struct scalar out;

	(void)state;
	ceremony(&f, 3, 1);
	proof = f.proof[1];
	badscalar_plus_q(&f.proof[1].z);
	possession_refused(&f);
	f.proof[1] = proof;
	badscalar_plus_q(&f.proof[1].c);
	possession_refused(&f);
	/* One coefficient is every trustee's share, as it stands. */
	badscalar_plus_q(&f.secret[1].a[0]);
	assert_int_equal(dkg_share_seal(&f.d[1], &f.secret[1], &f.public[1], 1,
			     &f.public[0].e, &f.t2, f.ct[1][0]),
	    OK);
	assert_int_equal(receive(&f, 1, 0, &out), ERR_SIGNATURE);
}

/* The proof is made anew, and hashes what is no point as if it were one. */
static void
A6_a_proof_does_not_make_a_point_of_what_is_none(void **state)
{
	struct fixture f;
	struct dkg_public was;
	struct point bad;
	size_t i, k;

	(void)state;
	ceremony(&f, 3, 3);
	was = f.public[1];
	for (i = 0; badpoint(i, &bad); i++) {
		for (k = 0; k < 3; k++) {
			f.public[1].a[k] = bad;
			assert_int_equal(dkg_prove(&f.d[1], &f.t1, &f.secret[1],
					     &f.public[1], &f.proof[1]),
			    OK);
			possession_refused(&f);
			f.public[1] = was;
		}
	}
	memset(&f.public[1].a[0], 0, sizeof(f.public[1].a[0]));
	memset(&f.secret[1].a[0], 0, sizeof(f.secret[1].a[0]));
	assert_int_equal(
	    dkg_prove(&f.d[1], &f.t1, &f.secret[1], &f.public[1], &f.proof[1]),
	    OK);
	possession_refused(&f);
}

static void
a_share_opens_for_its_trustee_attempt_and_transcript(void **state)
{
	struct fixture f;
	struct scalar out = { { 9 } }, was = out;
	size_t i;

	(void)state;
	ceremony(&f, 3, 2);
	for (i = 0; i < DKG_SHARE_BYTES; i++) {
		f.ct[0][1][i] ^= 1;
		assert_int_equal(receive(&f, 0, 1, &out), ERR_SIGNATURE);
		f.ct[0][1][i] ^= 1;
	}
	f.t2.b[5] ^= 1;
	assert_int_equal(receive(&f, 0, 1, &out), ERR_SIGNATURE);
	f.t2.b[5] ^= 1;
	f.space_id.b[5] ^= 1;
	assert_int_equal(receive(&f, 0, 1, &out), ERR_SIGNATURE);
	f.space_id.b[5] ^= 1;
	f.d[1].attempt = 2;
	assert_int_equal(receive(&f, 0, 1, &out), ERR_SIGNATURE);
	f.d[1].attempt = 1;
	/* Another's share, and of another. */
	memcpy(f.ct[0][1], f.ct[0][2], DKG_SHARE_BYTES);
	assert_int_equal(receive(&f, 0, 1, &out), ERR_SIGNATURE);
	memcpy(f.ct[0][1], f.ct[2][1], DKG_SHARE_BYTES);
	assert_int_equal(receive(&f, 0, 1, &out), ERR_SIGNATURE);
	assert_memory_equal(&out, &was, sizeof(out));
	assert_int_equal(receive(&f, 2, 1, &out), OK);
}

/* A trustee who gives one of the others a number that is not f(j). */
static void
A11_a_share_off_the_polynomial_is_a_reason_to_complain(void **state)
{
	struct dkg_secret other;
	struct fixture f;
	struct scalar out;

	(void)state;
	ceremony(&f, 3, 2);
	other = f.secret[0];
	scalar_random(&other.a[1]);
	assert_int_equal(dkg_share_seal(&f.d[0], &other, &f.public[0], 2,
			     &f.public[1].e, &f.t2, f.ct[0][1]),
	    OK);
	assert_int_equal(receive(&f, 0, 1, &out), ERR_SIGNATURE);
	assert_int_equal(receive(&f, 0, 2, &out), OK);
}

static void
a_joint_key_that_is_the_identity_is_refused(void **state)
{
	struct fixture f;
	struct point y, v[2], zero = { { 0 } };

	(void)state;
	rounds_1_and_2(&f, 2, 2);
	assert_int_equal(
	    point_sub(&zero, &f.public[0].a[0], &f.public[1].a[0]), OK);
	assert_int_equal(dkg_joint(f.public, 2, 2, &y, v), ERR_SIGNATURE);
	/* V_1 = A_0 + A_1 = 0. */
	rounds_1_and_2(&f, 2, 2);
	assert_int_equal(
	    point_add(&f.public[0].a[0], &f.public[1].a[0], &y), OK);
	assert_int_equal(point_add(&y, &f.public[0].a[1], &y), OK);
	assert_int_equal(point_sub(&zero, &y, &f.public[1].a[1]), OK);
	assert_int_equal(dkg_joint(f.public, 2, 2, &y, v), ERR_SIGNATURE);
}

static void
lagrange_needs_different_indices(void **state)
{
	static const uint8_t twice[] = { 1, 2, 2 }, zero[] = { 0, 1 },
			     good[] = { 1, 3 };
	struct scalar s, two, want;

	(void)state;
	assert_int_equal(dkg_lagrange(twice, 3, 1, &s), ERR_LIMIT);
	assert_int_equal(dkg_lagrange(zero, 2, 0, &s), ERR_LIMIT);
	assert_int_equal(dkg_lagrange(zero, 2, 1, &s), ERR_LIMIT);
	assert_int_equal(dkg_lagrange(good, 2, 2, &s), ERR_LIMIT);
	/* 3 / (3 - 1) */
	assert_int_equal(dkg_lagrange(good, 2, 0, &s), OK);
	scalar_of(2, &two);
	scalar_of(3, &want);
	scalar_mul(&s, &two, &s);
	assert_memory_equal(&s, &want, sizeof(s));
}

static void
sizes_beyond_the_protocol_are_refused(void **state)
{
	static const uint8_t bad[][3] = { { 1, 0, 0 }, { 1, 3, 0 },
		{ 1, 10, 6 }, { 0, 3, 2 }, { 4, 3, 2 }, { 1, 3, 4 } };
	struct dkg_public public;
	struct dkg_secret secret;
	struct hash id = { { 1 } };
	struct dkg d = { &id, 1, 1, 3, 2 };
	uint8_t ct[DKG_SHARE_BYTES];
	struct point y, v[9];
	struct scalar s;
	size_t i;

	(void)state;
	assert_int_equal(dkg_draw(&d, &secret, &public), OK);
	assert_int_equal(
	    dkg_share_seal(&d, &secret, &public, 0, &public.e, &id, ct),
	    ERR_LIMIT);
	assert_int_equal(
	    dkg_share_seal(&d, &secret, &public, 4, &public.e, &id, ct),
	    ERR_LIMIT);
	memset(ct, 0, sizeof(ct));
	assert_int_equal(
	    dkg_share_open(&d, &secret, &public, 4, &public, &id, ct, &s),
	    ERR_LIMIT);
	assert_int_equal(
	    dkg_share_open(&d, &secret, &public, 0, &public, &id, ct, &s),
	    ERR_LIMIT);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		d.index = bad[i][0];
		d.n = bad[i][1];
		d.t = bad[i][2];
		assert_int_equal(dkg_draw(&d, &secret, &public), ERR_LIMIT);
	}
	assert_int_equal(dkg_joint(&public, 0, 0, &y, v), ERR_LIMIT);
	assert_int_equal(dkg_joint(&public, 1, 2, &y, v), ERR_LIMIT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_t_of_n_hold_the_joint_key_and_no_fewer),
		cmocka_unit_test(
		    a_commitment_holds_every_coefficient_and_whose_they_are),
		cmocka_unit_test(
		    A9_coefficients_of_a_late_trustee_do_not_fit_her_commitment),
		cmocka_unit_test(
		    A10_a_key_made_from_the_others_has_no_proof_of_possession),
		cmocka_unit_test(A10_a_copied_key_has_no_proof_either),
		cmocka_unit_test(
		    A4_possession_is_proven_of_the_whole_statement),
		cmocka_unit_test(
		    A6_points_and_scalars_of_a_ceremony_are_checked),
		cmocka_unit_test(A6_a_scalar_of_a_ceremony_has_one_encoding),
		cmocka_unit_test(
		    A6_a_proof_does_not_make_a_point_of_what_is_none),
		cmocka_unit_test(
		    a_share_opens_for_its_trustee_attempt_and_transcript),
		cmocka_unit_test(
		    A11_a_share_off_the_polynomial_is_a_reason_to_complain),
		cmocka_unit_test(a_joint_key_that_is_the_identity_is_refused),
		cmocka_unit_test(lagrange_needs_different_indices),
		cmocka_unit_test(sizes_beyond_the_protocol_are_refused),
	};

	return cmocka_run_group_tests_name("dkg", tests, NULL, vec_free);
}
