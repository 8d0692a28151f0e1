#include <stdlib.h>
#include <string.h>

#include "dkg.h"
#include "opening.h"
#include "wipe.h"

#include "badpoint.h"
#include "vec.h"

#define M 7

/* One trustee's opening of M ballots, and its file. */
struct fixture {
	struct scalar x;
	struct point v, r[M], d[M];
	struct opening o;
	struct opening_seed seed;
	struct opening_sums sums;
	struct opening_proof proof;
	struct sign_key identity;
	struct buf file;
};

static void
prove(struct fixture *f)
{
	uint8_t random[32];

	random_bytes(random, sizeof(random));
	assert_int_equal(opening_seed(&f->o, &f->seed), OK);
	assert_int_equal(opening_sum(&f->o, &f->seed, 0, M, &f->sums), OK);
	assert_int_equal(
	    opening_prove(&f->seed, &f->sums, &f->x, random, &f->proof), OK);
}

static void
make(struct fixture *f)
{
	struct scalar s;
	size_t i;

	memset(f, 0, sizeof(*f));
	random_bytes(&f->o.space_id, 32);
	random_bytes(&f->o.form_id, 32);
	random_bytes(&f->o.root, 32);
	f->o.size = 0x0102030405060708;
	f->o.trustee = 2;
	f->o.m = M;
	f->o.v = &f->v;
	f->o.r = f->r;
	f->o.d = f->d;
	scalar_random(&f->x);
	assert_int_equal(point_base(&f->x, &f->v), OK);
	for (i = 0; i < M; i++) {
		scalar_random(&s);
		assert_int_equal(point_base(&s, &f->r[i]), OK);
	}
	assert_int_equal(opening_share(&f->x, f->r, f->d, 0, 3), OK);
	assert_int_equal(opening_share(&f->x, f->r, f->d, 3, M), OK);
	prove(f);
	sign_key_random(&f->identity);
	assert_int_equal(
	    opening_put(&f->o, &f->proof, &f->identity, &f->file), OK);
}

static void
refused(struct fixture *f)
{
	assert_int_equal(opening_verify(&f->o, &f->proof), ERR_SIGNATURE);
}

static void
an_opening_verifies_as_a_whole_and_in_parts(void **state)
{
	struct opening_sums sums = { 0 }, part;
	struct fixture f;
	size_t i;

	(void)state;
	make(&f);
	assert_int_equal(opening_verify(&f.o, &f.proof), OK);
	for (i = M; i > 0; i--) {
		assert_int_equal(
		    opening_sum(&f.o, &f.seed, i - 1, i, &part), OK);
		assert_int_equal(opening_join(&sums, &part), OK);
	}
	assert_true(point_equal(&sums.m, &f.sums.m));
	assert_true(point_equal(&sums.z, &f.sums.z));
	assert_int_equal(opening_check(&f.seed, &sums, &f.v, &f.proof), OK);
	assert_int_equal(opening_sum(&f.o, &f.seed, 2, 2, &part), OK);
	assert_true(point_is_identity(&part.m));
	assert_int_equal(
	    opening_sum(&f.o, &f.seed, 0, M + 1, &part), ERR_LIMIT);
	assert_int_equal(opening_sum(&f.o, &f.seed, 3, 2, &part), ERR_LIMIT);
	buf_free(&f.file);
}

static void
A4_an_opening_proves_its_whole_statement(void **state)
{
	struct point was, other;
	struct fixture f;
	size_t i;

	(void)state;
	make(&f);
	for (i = 0; i < 32; i++) {
		f.o.space_id.b[i] ^= 1;
		refused(&f);
		f.o.space_id.b[i] ^= 1;
		f.o.form_id.b[i] ^= 1;
		refused(&f);
		f.o.form_id.b[i] ^= 1;
		f.o.root.b[i] ^= 1;
		refused(&f);
		f.o.root.b[i] ^= 1;
		f.proof.c.b[i] ^= 1;
		refused(&f);
		f.proof.c.b[i] ^= 1;
		f.proof.z.b[i] ^= 1;
		refused(&f);
		f.proof.z.b[i] ^= 1;
	}
	for (i = 0; i < 64; i++) {
		f.o.size ^= (uint64_t)1 << i;
		refused(&f);
		f.o.size ^= (uint64_t)1 << i;
	}
	f.o.trustee = 1;
	refused(&f);
	f.o.trustee = 2;
	f.o.m--;
	refused(&f);
	f.o.m++;
	scalar_random(&f.x);
	assert_int_equal(point_base(&f.x, &other), OK);
	for (i = 0; i < M; i++) {
		was = f.r[i];
		f.r[i] = other;
		refused(&f);
		f.r[i] = was;
		was = f.d[i];
		f.d[i] = other;
		refused(&f);
		f.d[i] = was;
	}
	was = f.v;
	f.v = other;
	refused(&f);
	f.v = was;
	/* Two ballots of the same trustee, exchanged. */
	was = f.d[0];
	f.d[0] = f.d[1];
	f.d[1] = was;
	refused(&f);
	f.d[1] = f.d[0];
	f.d[0] = was;
	assert_int_equal(opening_verify(&f.o, &f.proof), OK);
	buf_free(&f.file);
}

/* w of PROTOCOL 7.3, made here once more. */
static void
weight(const struct opening_seed *seed, uint32_t i, struct scalar *w)
{
	uint8_t n[4], wide[64];
	struct slice parts[2] = { slice_of(seed->b, 64), slice_of(n, 4) };

	store32(n, i + 1);
	hash_sha512(parts, 2, wide);
	scalar_reduce(wide, w);
}

static void
the_seed_is_that_of_the_protocol(void **state)
{
	struct buf b = { 0 };
	struct fixture f;
	uint8_t want[64];
	struct slice s;

	(void)state;
	make(&f);
	buf_put(&b, "partecipa/v1/open", 18);
	buf_put(&b, f.o.space_id.b, 32);
	buf_put(&b, f.o.form_id.b, 32);
	buf_u64(&b, f.o.size);
	buf_put(&b, f.o.root.b, 32);
	buf_u8(&b, 2);
	buf_put(&b, f.v.b, 32);
	buf_u32(&b, M);
	buf_put(&b, f.r, sizeof(f.r));
	buf_put(&b, f.d, sizeof(f.d));
	s = buf_slice(&b);
	hash_sha512(&s, 1, want);
	assert_memory_equal(f.seed.b, want, 64);
	buf_free(&b);
	buf_free(&f.file);
}

static void
A40_every_weight_depends_on_every_D(void **state)
{
	struct opening_sums part;
	struct opening_seed seed;
	struct scalar w[M], other;
	struct point want;
	struct fixture f;
	uint32_t i, k;

	(void)state;
	make(&f);
	for (i = 0; i < M; i++) {
		weight(&f.seed, i, &w[i]);
		assert_int_equal(
		    opening_sum(&f.o, &f.seed, i, i + 1, &part), OK);
		assert_int_equal(point_mul(&w[i], &f.r[i], &want), OK);
		assert_true(point_equal(&part.m, &want));
		assert_int_equal(point_mul(&w[i], &f.d[i], &want), OK);
		assert_true(point_equal(&part.z, &want));
	}
	for (k = 0; k < M; k++) {
		want = f.d[k];
		assert_int_equal(point_add(&want, &f.v, &f.d[k]), OK);
		assert_int_equal(opening_seed(&f.o, &seed), OK);
		for (i = 0; i < M; i++) {
			weight(&seed, i, &other);
			assert_memory_not_equal(&other, &w[i], 32);
		}
		f.d[k] = want;
	}
	buf_free(&f.file);
}

/*
 * The trustee alters two D so that, under the weights of the honest ones, the
 * alterations cancel: with weights that do not hash the D the proof holds.
 */
static void
A40_alterations_that_cancel_are_refused(void **state)
{
	uint8_t random[32] = { 3 };
	struct opening_sums fixed;
	struct scalar w0, w1;
	struct point shift;
	struct fixture f;

	(void)state;
	make(&f);
	weight(&f.seed, 0, &w0);
	weight(&f.seed, 1, &w1);
	assert_int_equal(point_mul(&w1, &f.v, &shift), OK);
	assert_int_equal(point_add(&f.d[0], &shift, &f.d[0]), OK);
	assert_int_equal(point_mul(&w0, &f.v, &shift), OK);
	assert_int_equal(point_sub(&f.d[1], &shift, &f.d[1]), OK);
	/* The attack would work if the seed stayed. */
	assert_int_equal(opening_sum(&f.o, &f.seed, 0, M, &fixed), OK);
	assert_true(point_equal(&fixed.z, &f.sums.z));
	assert_int_equal(opening_check(&f.seed, &fixed, &f.v, &f.proof), OK);
	refused(&f);
	assert_int_equal(
	    opening_prove(&f.seed, &fixed, &f.x, random, &f.proof), OK);
	refused(&f);
	prove(&f);
	refused(&f);
	buf_free(&f.file);
}

/* A11: one wrong D, with an honest proof of the rest. */
static void
A11_one_wrong_share_among_good_ones_is_noticed(void **state)
{
	struct fixture f;
	size_t i;

	(void)state;
	make(&f);
	for (i = 0; i < M; i++) {
		assert_int_equal(point_add(&f.d[i], &f.v, &f.d[i]), OK);
		prove(&f);
		refused(&f);
		assert_int_equal(point_sub(&f.d[i], &f.v, &f.d[i]), OK);
	}
	prove(&f);
	assert_int_equal(opening_verify(&f.o, &f.proof), OK);
	buf_free(&f.file);
}

static void
A6_points_and_scalars_of_an_opening_are_checked(void **state)
{
	struct opening_sums sums;
	struct opening_proof proof;
	struct point bad, was;
	struct scalar scalar;
	struct fixture f;
	size_t i, k;

	(void)state;
	make(&f);
	for (i = 0; badpoint(i, &bad); i++) {
		for (k = 0; k < M; k++) {
			was = f.d[k];
			f.d[k] = bad;
			assert_int_equal(
			    opening_sum(&f.o, &f.seed, 0, M, &sums),
			    ERR_SIGNATURE);
			refused(&f);
			f.d[k] = was;
		}
		was = f.r[1];
		f.r[1] = bad;
		refused(&f);
		assert_int_equal(
		    opening_share(&f.x, f.r, f.d, 0, M), ERR_SIGNATURE);
		f.r[1] = was;
		was = f.v;
		f.v = bad;
		assert_int_equal(
		    opening_check(&f.seed, &f.sums, &f.v, &f.proof),
		    ERR_SIGNATURE);
		f.v = was;
		sums = f.sums;
		sums.m = bad;
		assert_int_equal(opening_check(&f.seed, &sums, &f.v, &f.proof),
		    ERR_SIGNATURE);
		sums = f.sums;
		sums.z = bad;
		assert_int_equal(opening_check(&f.seed, &sums, &f.v, &f.proof),
		    ERR_SIGNATURE);
		for (k = 0; k < 3; k++) {
			/* By multiplying and by adding, see opening.c. */
			scalar_of(k == 0 ? 5 : (uint32_t)k, &scalar);
			assert_int_equal(
			    opening_combine(&scalar,
				(const struct point *const[]){ &bad }, 1, &was),
			    ERR_SIGNATURE);
		}
	}
	for (i = 0; badscalar(i, &scalar); i++) {
		proof = f.proof;
		f.proof.c = scalar;
		refused(&f);
		f.proof = proof;
		f.proof.z = scalar;
		refused(&f);
		f.proof = proof;
	}
	buf_free(&f.file);
}

/* A file with z + q in place of z would be another file that says the same. */
static void
A6_a_scalar_of_an_opening_has_one_encoding(void **state)
{
	struct opening_proof proof;
	struct fixture f;

	(void)state;
	make(&f);
	proof = f.proof;
	badscalar_plus_q(&f.proof.z);
	refused(&f);
	f.proof = proof;
	badscalar_plus_q(&f.proof.c);
	refused(&f);
	f.proof = proof;
	f.proof.z.b[31] |= 0x80;
	refused(&f);
	f.proof = proof;
	assert_int_equal(opening_verify(&f.o, &f.proof), OK);
	buf_free(&f.file);
}

/* With x = 0 everything agrees: V and Z are the identity. */
static void
A6_a_share_of_zero_proves_nothing(void **state)
{
	uint8_t random[32] = { 1 };
	struct fixture f;

	(void)state;
	make(&f);
	memset(&f.x, 0, sizeof(f.x));
	memset(&f.v, 0, sizeof(f.v));
	memset(&f.sums.z, 0, sizeof(f.sums.z));
	assert_int_equal(
	    opening_prove(&f.seed, &f.sums, &f.x, random, &f.proof), OK);
	assert_int_equal(
	    opening_check(&f.seed, &f.sums, &f.v, &f.proof), ERR_SIGNATURE);
	buf_free(&f.file);
}

/* Beside a good point, where the sum is none. */
static void
A6_no_D_that_is_combined_is_the_identity(void **state)
{
	struct point zero = { { 0 } }, got;
	struct scalar lambda[2];
	struct fixture f;
	uint32_t i;

	(void)state;
	make(&f);
	scalar_of(1, &lambda[1]);
	for (i = 1; i <= 5; i++) {
		scalar_of(i, &lambda[0]);
		assert_int_equal(
		    opening_combine(lambda,
			(const struct point *const[]){ &zero, &f.d[0] }, 2,
			&got),
		    ERR_SIGNATURE);
	}
	buf_free(&f.file);
}

static void
a_nonce_differs_with_secret_statement_and_randomness(void **state)
{
	uint8_t random[32] = { 0 };
	struct opening_proof a, b;
	struct scalar product, k[2];
	struct fixture f;

	(void)state;
	make(&f);
	assert_int_equal(opening_prove(&f.seed, &f.sums, &f.x, random, &a), OK);
	assert_int_equal(opening_prove(&f.seed, &f.sums, &f.x, random, &b), OK);
	assert_memory_equal(&a, &b, sizeof(a));
	random[31] = 1;
	assert_int_equal(opening_prove(&f.seed, &f.sums, &f.x, random, &b), OK);
	assert_memory_not_equal(&a, &b, sizeof(a));
	random[31] = 0;
	scalar_mul(&a.c, &f.x, &product);
	scalar_sub(&a.z, &product, &k[0]);
	/* A broken random source: another statement has another nonce. */
	f.o.size++;
	assert_int_equal(opening_seed(&f.o, &f.seed), OK);
	assert_int_equal(opening_prove(&f.seed, &f.sums, &f.x, random, &b), OK);
	scalar_mul(&b.c, &f.x, &product);
	scalar_sub(&b.z, &product, &k[1]);
	assert_memory_not_equal(&k[0], &k[1], 32);
	buf_free(&f.file);
}

static void
a_file_is_read_as_it_was_written(void **state)
{
	struct opening_file got;
	struct fixture f;

	(void)state;
	make(&f);
	assert_int_equal(f.file.n, OPENING_FIXED + 32 * M);
	assert_int_equal(opening_parse(buf_slice(&f.file), &got), OK);
	assert_true(hash_equal(&got.opening.space_id, &f.o.space_id));
	assert_true(hash_equal(&got.opening.form_id, &f.o.form_id));
	assert_true(hash_equal(&got.opening.root, &f.o.root));
	assert_true(got.opening.size == f.o.size);
	assert_int_equal(got.opening.trustee, 2);
	assert_int_equal(got.opening.m, M);
	assert_null(got.opening.v);
	assert_null(got.opening.r);
	assert_memory_equal(got.opening.d, f.d, sizeof(f.d));
	assert_memory_equal(&got.proof, &f.proof, sizeof(f.proof));
	assert_int_equal(opening_signed(&got, &f.identity.pk), OK);
	got.opening.v = &f.v;
	got.opening.r = f.r;
	assert_int_equal(opening_verify(&got.opening, &got.proof), OK);
	buf_free(&f.file);
}

static void
no_byte_of_a_file_can_be_changed(void **state)
{
	struct opening_file got;
	struct sign_key other;
	struct fixture f;
	size_t i;

	(void)state;
	make(&f);
	for (i = 0; i < f.file.n; i++) {
		f.file.p[i] ^= (uint8_t)(1U << i % 8);
		assert_true(
		    opening_parse(buf_slice(&f.file), &got) != OK ||
		    opening_signed(&got, &f.identity.pk) == ERR_SIGNATURE);
		f.file.p[i] ^= (uint8_t)(1U << i % 8);
	}
	sign_key_random(&other);
	assert_int_equal(opening_parse(buf_slice(&f.file), &got), OK);
	assert_int_equal(opening_signed(&got, &other.pk), ERR_SIGNATURE);
	buf_free(&f.file);
}

static void
a_file_has_one_length_version_and_count(void **state)
{
	struct slice whole, part;
	struct opening_file got;
	struct fixture f;
	struct buf b = { 0 };
	size_t i;

	(void)state;
	make(&f);
	whole = buf_slice(&f.file);
	for (i = 0; i < whole.n; i++) {
		part = slice_of(vec_copy(slice_of(whole.p, i)), i);
		assert_int_equal(opening_parse(part, &got), ERR_FORMAT);
	}
	buf_put(&f.file, "", 1);
	assert_int_equal(opening_parse(buf_slice(&f.file), &got), ERR_FORMAT);
	f.file.n--;
	f.file.p[0] = 2;
	assert_int_equal(opening_parse(buf_slice(&f.file), &got), ERR_FORMAT);
	f.file.p[0] = 1;
	for (i = 0; i <= 10; i += 10) {
		f.file.p[105] = (uint8_t)i; /* trustee */
		assert_int_equal(
		    opening_parse(buf_slice(&f.file), &got), ERR_FORMAT);
	}
	f.file.p[105] = 2;
	f.file.p[106] = 1; /* 2^24 ballots and more */
	assert_int_equal(opening_parse(buf_slice(&f.file), &got), ERR_LIMIT);
	/* No ballot at all: the length would fit. */
	memset(f.file.p + 106, 0, 4);
	buf_put(&b, f.file.p, 110);
	buf_put(&b, f.file.p + 110 + (size_t)32 * M, 128);
	assert_int_equal(opening_parse(buf_slice(&b), &got), ERR_FORMAT);
	f.o.m = 0;
	assert_int_equal(
	    opening_put(&f.o, &f.proof, &f.identity, &b), ERR_LIMIT);
	assert_int_equal(opening_seed(&f.o, &f.seed), ERR_LIMIT);
	f.o.m = OPENING_COUNT_MAX + 1;
	assert_int_equal(opening_seed(&f.o, &f.seed), ERR_LIMIT);
	buf_free(&b);
	buf_free(&f.file);
}

/* A file of more bytes than other signed things may have. */
static void
thousands_of_ballots_are_signed_and_verified(void **state)
{
	enum { MANY = 3000 };
	struct point *r = calloc(MANY, sizeof(*r));
	struct point *d = calloc(MANY, sizeof(*d));
	struct opening_file got;
	struct fixture f;
	uint32_t i;

	(void)state;
	assert_non_null(r);
	assert_non_null(d);
	make(&f);
	for (i = 0; i < MANY; i++) {
		r[i] = f.r[i % M];
		d[i] = f.d[i % M];
	}
	f.o.m = MANY;
	f.o.r = r;
	f.o.d = d;
	f.file.n = 0;
	assert_int_equal(opening_put(&f.o, &f.proof, &f.identity, &f.file), OK);
	assert_int_equal(opening_parse(buf_slice(&f.file), &got), OK);
	assert_int_equal(opening_signed(&got, &f.identity.pk), OK);
	f.file.p[50000] ^= 1;
	assert_int_equal(opening_signed(&got, &f.identity.pk), ERR_SIGNATURE);
	buf_free(&f.file);
	free(r);
	free(d);
}

/* f(1), f(2), ... of a random polynomial of ${t} coefficients; f(0) G. */
static void
deal(size_t t, size_t n, struct scalar *x, struct scalar *zero)
{
	struct scalar a[DKG_TRUSTEES_MAX], at;
	size_t j, k;

	for (k = 0; k < t; k++)
		scalar_random(&a[k]);
	*zero = a[0];
	for (j = 1; j <= n; j++) {
		scalar_of((uint32_t)j, &at);
		x[j - 1] = a[t - 1];
		for (k = t - 1; k-- > 0;) {
			scalar_mul(&x[j - 1], &at, &x[j - 1]);
			scalar_add(&x[j - 1], &a[k], &x[j - 1]);
		}
	}
}

/* Nonzero iff the trustees in ${bits} make S of their D. */
static int
combine(unsigned bits, const struct point *d, const struct point *s)
{
	const struct point *of[DKG_TRUSTEES_MAX];
	struct scalar lambda[DKG_TRUSTEES_MAX];
	uint8_t set[DKG_TRUSTEES_MAX], i;
	struct point got;
	size_t t = 0, k;

	for (i = 0; i < DKG_TRUSTEES_MAX; i++) {
		if ((bits >> i & 1) == 0)
			continue;
		set[t] = (uint8_t)(i + 1);
		of[t++] = &d[i];
	}
	for (k = 0; k < t; k++)
		assert_int_equal(dkg_lagrange(set, t, k, &lambda[k]), OK);
	assert_int_equal(opening_combine(lambda, of, t, &got), OK);
	return point_equal(&got, s);
}

static void
every_t_openings_make_the_same_S_and_no_fewer_do(void **state)
{
	static const size_t sizes[][2] = { { 2, 3 }, { 3, 5 }, { 1, 1 },
		{ 5, 9 } };
	struct scalar x[DKG_TRUSTEES_MAX], zero, r;
	struct point d[DKG_TRUSTEES_MAX], ballot, s;
	size_t i, j, t, n;
	unsigned bits, count;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		t = sizes[i][0];
		n = sizes[i][1];
		deal(t, n, x, &zero);
		scalar_random(&r);
		assert_int_equal(point_base(&r, &ballot), OK);
		assert_int_equal(point_mul(&zero, &ballot, &s), OK);
		for (j = 0; j < n; j++)
			assert_int_equal(
			    opening_share(&x[j], &ballot, &d[j], 0, 1), OK);
		for (bits = 1; bits < 1U << n; bits++) {
			count = (unsigned)__builtin_popcount(bits);
			if (count == t)
				assert_true(combine(bits, d, &s));
			else if (count + 1 == t)
				assert_false(combine(bits, d, &s));
		}
	}
}

/* lambda that is a small number or its negative takes a way of its own. */
static void
combine_two(const struct point *const *d, int i, int k)
{
	struct scalar lambda[2], zero = { { 0 } };
	struct point want, part, got;

	scalar_of((uint32_t)(i < 0 ? -i : i), &lambda[0]);
	scalar_of((uint32_t)(k < 0 ? -k : k), &lambda[1]);
	if (i < 0)
		scalar_sub(&zero, &lambda[0], &lambda[0]);
	if (k < 0)
		scalar_sub(&zero, &lambda[1], &lambda[1]);
	assert_int_equal(point_scale(&lambda[0], d[0], &want), OK);
	assert_int_equal(point_scale(&lambda[1], d[1], &part), OK);
	assert_int_equal(point_add(&want, &part, &want), OK);
	if (i == 0 && k == 0) {
		assert_int_equal(
		    opening_combine(lambda, d, 2, &got), ERR_SIGNATURE);
		return;
	}
	assert_int_equal(opening_combine(lambda, d, 2, &got), OK);
	assert_true(point_equal(&got, &want));
}

static void
small_factors_give_the_same_as_multiplying(void **state)
{
	const struct point *d[2];
	struct fixture f;
	int i, k;

	(void)state;
	make(&f);
	d[0] = &f.d[0];
	d[1] = &f.d[1];
	for (i = -6; i <= 6; i++) {
		for (k = -6; k <= 6; k++)
			combine_two(d, i, k);
	}
	buf_free(&f.file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_opening_verifies_as_a_whole_and_in_parts),
		cmocka_unit_test(A4_an_opening_proves_its_whole_statement),
		cmocka_unit_test(the_seed_is_that_of_the_protocol),
		cmocka_unit_test(A40_every_weight_depends_on_every_D),
		cmocka_unit_test(A40_alterations_that_cancel_are_refused),
		cmocka_unit_test(
		    A11_one_wrong_share_among_good_ones_is_noticed),
		cmocka_unit_test(
		    A6_points_and_scalars_of_an_opening_are_checked),
		cmocka_unit_test(A6_a_scalar_of_an_opening_has_one_encoding),
		cmocka_unit_test(A6_a_share_of_zero_proves_nothing),
		cmocka_unit_test(A6_no_D_that_is_combined_is_the_identity),
		cmocka_unit_test(
		    a_nonce_differs_with_secret_statement_and_randomness),
		cmocka_unit_test(a_file_is_read_as_it_was_written),
		cmocka_unit_test(no_byte_of_a_file_can_be_changed),
		cmocka_unit_test(a_file_has_one_length_version_and_count),
		cmocka_unit_test(thousands_of_ballots_are_signed_and_verified),
		cmocka_unit_test(small_factors_give_the_same_as_multiplying),
		cmocka_unit_test(
		    every_t_openings_make_the_same_S_and_no_fewer_do),
	};

	return cmocka_run_group_tests_name("opening", tests, NULL, vec_free);
}
