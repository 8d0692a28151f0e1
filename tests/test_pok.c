#include <string.h>

#include "pok.h"
#include "vec.h"

struct fixture {
	struct hash space_id, form_id;
	struct public_key pk;
	uint8_t y[32], r[64], k[64], point[32], ct[40], c[32], z[32];
	struct pok p;
};

static void
make(struct fixture *f)
{
	memset(f, 3, sizeof(*f));
	f->k[0] = 9;
	assert_int_equal(pok_base(f->r, f->point), OK);
	f->p = (struct pok){ &f->space_id, &f->form_id, &f->pk, 4, f->y,
		f->point, slice_of(f->ct, sizeof(f->ct)) };
	assert_int_equal(pok_prove(&f->p, f->r, f->k, f->c, f->z), OK);
}

static void
a_proof_verifies_for_its_statement_only(void **state)
{
	struct fixture f = { 0 };
	uint8_t *parts[] = { f.space_id.b, f.form_id.b, f.pk.b, f.y, f.ct, f.c,
		f.z };
	size_t i;

	(void)state;
	make(&f);
	assert_int_equal(pok_verify(&f.p, f.c, f.z), OK);
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		parts[i][1] ^= 1;
		assert_int_equal(pok_verify(&f.p, f.c, f.z), ERR_SIGNATURE);
		parts[i][1] ^= 1;
	}
	f.p.seq = 5;
	assert_int_equal(pok_verify(&f.p, f.c, f.z), ERR_SIGNATURE);
	f.p.seq = 4;
	f.p.ct.n--;
	assert_int_equal(pok_verify(&f.p, f.c, f.z), ERR_SIGNATURE);
}

static void
another_point_needs_another_proof(void **state)
{
	struct fixture f;
	uint8_t other[64] = { 8 };

	(void)state;
	make(&f);
	assert_int_equal(pok_base(other, f.point), OK);
	assert_int_equal(pok_verify(&f.p, f.c, f.z), ERR_SIGNATURE);
}

static void
scalars_have_one_encoding(void **state)
{
	/* The order of the group, little-endian. */
	static const uint8_t q[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12,
		0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10 };
	struct fixture f;
	unsigned carry = 0;
	size_t i;

	(void)state;
	make(&f);
	for (i = 0; i < 32; i++) {
		carry += (unsigned)f.z[i] + q[i];
		f.z[i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_int_equal(pok_verify(&f.p, f.c, f.z), ERR_SIGNATURE);
}

static void
identity_and_other_bytes_are_no_points(void **state)
{
	uint8_t p[32] = { 0 };
	struct fixture f;

	(void)state;
	make(&f);
	assert_int_equal(pok_point_check(f.point), OK);
	f.point[31] |= 0x80;
	assert_int_equal(pok_point_check(f.point), ERR_SIGNATURE);
	assert_int_equal(pok_point_check(p), ERR_SIGNATURE);
	memset(p, 0xff, sizeof(p));
	assert_int_equal(pok_point_check(p), ERR_SIGNATURE);
	memset(&f.c, 0, sizeof(f.c));
	memset(&f.z, 0, sizeof(f.z));
	assert_int_equal(pok_verify(&f.p, f.c, f.z), ERR_SIGNATURE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_proof_verifies_for_its_statement_only),
		cmocka_unit_test(another_point_needs_another_proof),
		cmocka_unit_test(scalars_have_one_encoding),
		cmocka_unit_test(identity_and_other_bytes_are_no_points),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
