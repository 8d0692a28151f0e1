#include <string.h>

#include "hex.h"
#include "point.h"
#include "wipe.h"

#include "badpoint.h"
#include "vec.h"

/* RFC 9496, A.1: the first multiples of G. */
static const char *const multiples[] = {
	"0000000000000000000000000000000000000000000000000000000000000000",
	"e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76",
	"6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919",
};

static struct point
point_of(const char *hex)
{
	struct point p;

	assert_int_equal(hex_decode(slice_str(hex), p.b, POINT_BYTES), OK);
	return p;
}

static struct scalar
scalar_from(const char *hex)
{
	struct scalar s;

	assert_int_equal(hex_decode(slice_str(hex), s.b, SCALAR_BYTES), OK);
	return s;
}

static struct point
random_point(void)
{
	struct scalar s;
	struct point p;

	scalar_random(&s);
	assert_int_equal(point_base(&s, &p), OK);
	return p;
}

static void
A7_the_base_is_the_generator_of_the_standard(void **state)
{
	struct scalar one, two;
	struct point p, g = point_of(multiples[1]);

	(void)state;
	scalar_of(1, &one);
	scalar_of(2, &two);
	assert_int_equal(point_base(&one, &p), OK);
	assert_true(point_equal(&p, &g));
	assert_int_equal(point_scale(&two, NULL, &p), OK);
	assert_bytes(point_slice(&p), vec_unhex(multiples[2]));
	assert_int_equal(point_mul(&two, &g, &p), OK);
	assert_bytes(point_slice(&p), vec_unhex(multiples[2]));
}

static void
multiples_of_the_generator_are_those_of_rfc_9496(void **state)
{
	const json_t *list = json_object_get(
	    vec_shared("ristretto255/rfc9496.json"), "multiples_of_generator");
	struct point sum = { { 0 } }, p, g = point_of(multiples[1]);
	struct scalar s;
	const json_t *t;
	size_t i;

	(void)state;
	assert_int_equal(json_array_size(list), 16);
	json_array_foreach(list, i, t)
	{
		scalar_of((uint32_t)i, &s);
		assert_int_equal(point_scale(&s, NULL, &p), OK);
		assert_bytes(point_slice(&p), vec_unhex(json_string_value(t)));
		assert_true(point_equal(&sum, &p));
		assert_int_equal(point_check(&p), i == 0 ? ERR_SIGNATURE : OK);
		assert_int_equal(point_add(&sum, &g, &sum), OK);
	}
	while (i-- > 0) {
		assert_int_equal(point_sub(&sum, &g, &sum), OK);
		assert_bytes(point_slice(&sum),
		    vec_unhex(json_string_value(json_array_get(list, i))));
	}
	assert_true(point_is_identity(&sum));
}

static void
A6_bad_encodings_of_rfc_9496_are_no_points(void **state)
{
	const json_t *t;
	struct point p;
	size_t i;

	(void)state;
	json_array_foreach(
	    json_object_get(
		vec_shared("ristretto255/rfc9496.json"), "bad_encodings"),
	    i, t)
	{
		p = point_of(json_string_value(t));
		assert_int_equal(point_check(&p), ERR_SIGNATURE);
	}
	assert_int_equal(i, 29);
}

static void
A6_no_function_takes_what_is_no_point(void **state)
{
	struct point bad, good = random_point(), out = { { 7 } }, was = out;
	struct scalar s;
	size_t i;

	(void)state;
	scalar_random(&s);
	for (i = 0; badpoint(i, &bad); i++) {
		assert_int_equal(point_check(&bad), ERR_SIGNATURE);
		assert_int_equal(point_mul(&s, &bad, &out), ERR_SIGNATURE);
		assert_memory_equal(&out, &was, sizeof(out));
		if (i == 0)
			continue; /* the identity may be added and scaled */
		assert_int_equal(point_scale(&s, &bad, &out), ERR_SIGNATURE);
		assert_int_equal(point_add(&bad, &good, &out), ERR_SIGNATURE);
		assert_int_equal(point_add(&good, &bad, &out), ERR_SIGNATURE);
		assert_int_equal(point_sub(&bad, &good, &out), ERR_SIGNATURE);
		assert_int_equal(point_sub(&good, &bad, &out), ERR_SIGNATURE);
		assert_memory_equal(&out, &was, sizeof(out));
	}
	assert_true(i > 15);
	assert_int_equal(point_check(&good), OK);
}

static void
A6_a_scalar_has_one_encoding(void **state)
{
	struct scalar s;
	size_t i;

	(void)state;
	for (i = 0; badscalar(i, &s); i++)
		assert_int_equal(scalar_check(&s), ERR_SIGNATURE);
	assert_int_equal(i, 4);
	s = scalar_from("ecd3f55c1a631258d69cf7a2def9de14"
			"00000000000000000000000000000010"); /* q - 1 */
	assert_int_equal(scalar_check(&s), OK);
	memset(&s, 0, sizeof(s));
	assert_int_equal(scalar_check(&s), OK);
	assert_true(scalar_is_zero(&s));
}

static void
the_identity_comes_out_where_it_is_allowed_only(void **state)
{
	struct point zero = { { 0 } }, p = random_point(), out;
	struct scalar none = { { 0 } }, s;

	(void)state;
	scalar_random(&s);
	assert_int_equal(point_base(&none, &out), ERR_LIMIT);
	assert_int_equal(point_mul(&none, &p, &out), ERR_LIMIT);
	assert_int_equal(point_scale(&none, &p, &out), OK);
	assert_true(point_is_identity(&out));
	assert_int_equal(point_scale(&s, &zero, &out), OK);
	assert_true(point_is_identity(&out));
	assert_int_equal(point_scale(&none, NULL, &out), OK);
	assert_true(point_is_identity(&out));
	assert_int_equal(point_add(&p, &zero, &out), OK);
	assert_true(point_equal(&out, &p));
	assert_int_equal(point_sub(&p, &p, &out), OK);
	assert_true(point_is_identity(&out));
}

/* Computed by another program. */
static void
A13_reduction_of_64_bytes_has_known_answers(void **state)
{
	static const struct {
		int fill; /* -1: 0, 1, 2, ... */
		const char *want;
	} cases[] = {
		{ 0, "00000000000000000000000000000000"
		     "00000000000000000000000000000000" },
		{ 0xff, "000f9c44e31106a447938568a71b0ed0"
			"65bef517d273ecce3d9a307c1b419903" },
		{ -1, "7a3c6282f02d37a05023b60d5428e6cc"
		      "5961d4c31221937adae0b574e4d07205" },
	};
	uint8_t wide[64];
	struct scalar s;
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (k = 0; k < 64; k++)
			wide[k] = cases[i].fill < 0 ? (uint8_t)k
						    : (uint8_t)cases[i].fill;
		scalar_reduce(wide, &s);
		assert_bytes(scalar_slice(&s), vec_unhex(cases[i].want));
		assert_int_equal(scalar_check(&s), OK);
	}
	/* 2^256, and q. */
	memset(wide, 0, sizeof(wide));
	wide[32] = 1;
	scalar_reduce(wide, &s);
	assert_bytes(
	    scalar_slice(&s), vec_unhex("1d95988d7431ecd670cf7d73f45befc6"
					"feffffffffffffffffffffffffffff0f"));
	memset(wide, 0, sizeof(wide));
	(void)badscalar(0, &s);
	memcpy(wide, s.b, 32);
	scalar_reduce(wide, &s);
	assert_true(scalar_is_zero(&s));
}

/*
 * q is a little more than 2^252: each half-byte of a uniform scalar, the
 * highest of 252 bits too, is uniform.  Chi-square of 16 classes stays below 80
 * but once in 10^10 times; 32 bytes with their highest bits cut or set do not.
 */
#define DRAWS 20000

static double
chi_square(const unsigned count[static 16])
{
	double expected = DRAWS / 16.0, sum = 0;
	size_t i;

	for (i = 0; i < 16; i++)
		sum += (count[i] - expected) * (count[i] - expected) / expected;
	return sum;
}

static void
A13_random_scalars_are_uniform(void **state)
{
	unsigned count[64][16] = { { 0 } }, clamped[16] = { 0 };
	struct scalar s;
	size_t i, k;

	(void)state;
	for (i = 0; i < DRAWS; i++) {
		scalar_random(&s);
		assert_int_equal(scalar_check(&s), OK);
		assert_false(scalar_is_zero(&s));
		for (k = 0; k < 63; k++)
			count[k][s.b[k / 2] >> (k % 2 * 4) & 15]++;
		/* What Ed25519 does to a secret: the lowest bits cleared. */
		clamped[s.b[0] & 8]++;
	}
	for (k = 0; k < 63; k++)
		assert_true(chi_square(count[k]) < 80);
	assert_true(chi_square(clamped) > 80);
}

static void
arithmetic_of_scalars_is_that_of_the_field(void **state)
{
	struct scalar a, b, c, d, one, zero = { { 0 } };

	(void)state;
	scalar_of(1, &one);
	scalar_random(&a);
	scalar_random(&b);
	scalar_add(&a, &b, &c);
	scalar_sub(&c, &b, &d);
	assert_memory_equal(&d, &a, sizeof(d));
	scalar_sub(&a, &a, &d);
	assert_true(scalar_is_zero(&d));
	scalar_mul(&a, &b, &c);
	assert_int_equal(scalar_invert(&b, &d), OK);
	scalar_mul(&c, &d, &d);
	assert_memory_equal(&d, &a, sizeof(d));
	assert_int_equal(scalar_invert(&a, &d), OK);
	scalar_mul(&a, &d, &d);
	assert_memory_equal(&d, &one, sizeof(d));
	assert_int_equal(scalar_invert(&zero, &d), ERR_LIMIT);
	scalar_of(0x01020304, &c);
	assert_bytes(
	    scalar_slice(&c), vec_unhex("04030201000000000000000000000000"
					"00000000000000000000000000000000"));
	scalar_of(7, &c);
	assert_int_equal(scalar_invert(&c, &d), OK);
	assert_bytes(
	    scalar_slice(&d), vec_unhex("22d5909fba32273143cdfe848dda1f4c"
					"92244992244992244992244992244902"));
}

static void
points_and_scalars_distribute(void **state)
{
	struct point p = random_point(), pa, pb, sum, want;
	struct scalar a, b, c;

	(void)state;
	scalar_random(&a);
	scalar_random(&b);
	scalar_add(&a, &b, &c);
	assert_int_equal(point_mul(&a, &p, &pa), OK);
	assert_int_equal(point_mul(&b, &p, &pb), OK);
	assert_int_equal(point_mul(&c, &p, &want), OK);
	assert_int_equal(point_add(&pa, &pb, &sum), OK);
	assert_true(point_equal(&sum, &want));
	assert_int_equal(point_sub(&want, &pb, &sum), OK);
	assert_true(point_equal(&sum, &pa));
	scalar_mul(&a, &b, &c);
	assert_int_equal(point_mul(&b, &pa, &sum), OK);
	assert_int_equal(point_mul(&c, &p, &want), OK);
	assert_true(point_equal(&sum, &want));
	/* The output may be an input. */
	assert_int_equal(point_mul(&c, &p, &p), OK);
	assert_true(point_equal(&p, &want));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(A7_the_base_is_the_generator_of_the_standard),
		cmocka_unit_test(
		    multiples_of_the_generator_are_those_of_rfc_9496),
		cmocka_unit_test(A6_bad_encodings_of_rfc_9496_are_no_points),
		cmocka_unit_test(A6_no_function_takes_what_is_no_point),
		cmocka_unit_test(A6_a_scalar_has_one_encoding),
		cmocka_unit_test(
		    the_identity_comes_out_where_it_is_allowed_only),
		cmocka_unit_test(A13_reduction_of_64_bytes_has_known_answers),
		cmocka_unit_test(A13_random_scalars_are_uniform),
		cmocka_unit_test(arithmetic_of_scalars_is_that_of_the_field),
		cmocka_unit_test(points_and_scalars_distribute),
	};

	return cmocka_run_group_tests_name("point", tests, NULL, vec_free);
}
