#include <string.h>

#include "pok.h"

#include "badpoint.h"
#include "vec.h"

struct fixture {
	struct hash space_id, form_id;
	struct public_key pk;
	struct scalar r, k, c, z;
	struct point y, point;
	uint8_t ct[40];
	struct pok p;
};

static void
make(struct fixture *f)
{
	struct scalar y;

	memset(f, 3, sizeof(*f));
	scalar_random(&y);
	scalar_random(&f->r);
	scalar_random(&f->k);
	assert_int_equal(point_base(&y, &f->y), OK);
	assert_int_equal(point_base(&f->r, &f->point), OK);
	f->p = (struct pok){ &f->space_id, &f->form_id, &f->pk, 4, &f->y,
		&f->point, slice_of(f->ct, sizeof(f->ct)) };
	assert_int_equal(pok_prove(&f->p, &f->r, &f->k, &f->c, &f->z), OK);
	assert_int_equal(pok_verify(&f->p, &f->c, &f->z), OK);
}

static void
refused(struct fixture *f)
{
	assert_int_equal(pok_verify(&f->p, &f->c, &f->z), ERR_SIGNATURE);
}

static void
A4_each_element_of_the_statement_is_hashed(void **state)
{
	struct fixture f = { 0 };
	struct {
		uint8_t *p;
		size_t n;
	} parts[] = { { f.space_id.b, 32 }, { f.form_id.b, 32 }, { f.pk.b, 32 },
		{ f.y.b, 32 }, { f.ct, 40 }, { f.c.b, 32 }, { f.z.b, 32 } };
	struct scalar other;
	struct point was;
	size_t i, k, bit;

	(void)state;
	make(&f);
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		for (k = 0; k < parts[i].n; k++) {
			bit = (i + k) % 8;
			parts[i].p[k] ^= (uint8_t)(1U << bit);
			refused(&f);
			parts[i].p[k] ^= (uint8_t)(1U << bit);
		}
	}
	for (i = 0; i < 32; i++) {
		f.p.seq ^= 1U << i;
		refused(&f);
		f.p.seq ^= 1U << i;
	}
	f.p.ct.n--;
	refused(&f);
	f.p.ct.n++;
	was = f.point;
	scalar_random(&other);
	assert_int_equal(point_base(&other, &f.point), OK);
	refused(&f);
	f.point = was;
	assert_int_equal(pok_verify(&f.p, &f.c, &f.z), OK);
}

/*
 * The attacker's R is the victim's plus kG, of which she knows the difference
 * only; and a copy of the victim's R and proof under her own key.
 */
static void
A38_a_related_R_has_no_proof(void **state)
{
	struct fixture victim, f;
	struct scalar k, zero = { { 0 } };
	struct point kg;

	(void)state;
	make(&victim);
	make(&f);
	scalar_random(&k);
	assert_int_equal(point_base(&k, &kg), OK);
	assert_int_equal(point_add(&victim.point, &kg, &f.point), OK);
	refused(&f); /* the proof of what she knew before */
	f.c = victim.c;
	f.z = victim.z;
	refused(&f); /* the victim's */
	scalar_mul(&victim.c, &k, &f.z);
	scalar_add(&f.z, &victim.z, &f.z);
	refused(&f); /* the victim's, shifted as R was */
	assert_int_equal(pok_prove(&f.p, &k, &f.k, &f.c, &f.z), OK);
	refused(&f); /* a proof of k alone */
	f.c = f.z = zero;
	refused(&f); /* none */
	f.point = victim.point;
	f.c = victim.c;
	f.z = victim.z;
	f.pk.b[0] ^= 1;
	refused(&f); /* replayed under another credential */
}

static void
A6_scalars_have_one_encoding(void **state)
{
	struct fixture f;

	(void)state;
	make(&f);
	badscalar_plus_q(&f.z);
	refused(&f);
	make(&f);
	badscalar_plus_q(&f.c);
	refused(&f);
	make(&f);
	f.z.b[31] |= 0x80;
	refused(&f);
}

static void
A6_R_is_a_point_and_not_the_identity(void **state)
{
	struct fixture f;

	(void)state;
	make(&f);
	f.point.b[31] |= 0x80;
	refused(&f);
	make(&f);
	memset(f.point.b, 0xff, 32);
	refused(&f);
	/* A proof for the identity, which r = 0 would make. */
	make(&f);
	memset(&f.point, 0, 32);
	memset(&f.r, 0, 32);
	assert_int_equal(pok_prove(&f.p, &f.r, &f.k, &f.c, &f.z), OK);
	refused(&f);
	memset(&f.c, 0, 32);
	memset(&f.z, 0, 32);
	refused(&f);
}

static void
a_nonce_of_zero_proves_nothing(void **state)
{
	struct fixture f;

	(void)state;
	make(&f);
	memset(&f.k, 0, 32);
	assert_int_equal(pok_prove(&f.p, &f.r, &f.k, &f.c, &f.z), ERR_LIMIT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(A4_each_element_of_the_statement_is_hashed),
		cmocka_unit_test(A38_a_related_R_has_no_proof),
		cmocka_unit_test(A6_scalars_have_one_encoding),
		cmocka_unit_test(A6_R_is_a_point_and_not_the_identity),
		cmocka_unit_test(a_nonce_of_zero_proves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
