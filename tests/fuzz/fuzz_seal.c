/*
 * Points, scalars and sealed bodies from outside: what is a point stays the
 * same point under the group's operations, and no bytes are a proof, or open,
 * that were not made for what they are read with.
 */
#include <string.h>

#include "pok.h"
#include "seal.h"

#include "fuzz.h"

static void
check_point(const struct point *p)
{
	static const struct point identity;
	struct point out, twice;
	struct scalar one, two;
	int good = point_check(p) == OK;

	scalar_of(1, &one);
	scalar_of(2, &two);
	MUST((point_mul(&one, p, &out) == OK) == good);
	MUST(!good || point_equal(&out, p));
	MUST((point_add(p, &identity, &out) == OK) ==
	     (good || point_is_identity(p)));
	if (!good)
		return;
	MUST(point_equal(&out, p));
	MUST(point_add(p, p, &out) == OK);
	MUST(point_mul(&two, p, &twice) == OK && point_equal(&out, &twice));
	MUST(point_sub(&out, p, &out) == OK && point_equal(&out, p));
}

static void
check_scalar(const struct scalar *s)
{
	static const struct scalar zero;
	struct scalar out;

	scalar_add(s, &zero, &out); /* reduces */
	MUST((scalar_check(s) == OK) == (memcmp(&out, s, sizeof(out)) == 0));
	MUST(scalar_check(&out) == OK);
	if (!scalar_is_zero(&out)) {
		MUST(scalar_invert(&out, &out) == OK);
		MUST(scalar_check(&out) == OK);
	}
}

static void
check_body(struct slice s)
{
	static const struct hash space = { { 1 } }, form = { { 2 } };
	static const struct public_key pk = { { 3 } };
	struct sealed_body body;
	struct scalar one, c, z;
	struct point y, r;
	struct seal seal = { &space, &form, &pk, 0, &y };
	struct pok p = { &space, &form, &pk, 0, &y, &r, { 0 } };
	uint8_t *out;

	if (s.n > RECORD_BODY_MAX || sealed_body_parse(s, &body) != OK)
		return;
	scalar_of(1, &one);
	MUST(point_base(&one, &y) == OK);
	memcpy(r.b, body.r, sizeof(r.b));
	memcpy(c.b, body.pok_c, sizeof(c.b));
	memcpy(z.b, body.pok_z, sizeof(z.b));
	p.ct = body.ct;
	MUST(pok_verify(&p, &c, &z) == ERR_SIGNATURE);
	MUST((out = malloc(body.ct.n)) != NULL);
	MUST(seal_open(&seal, &body, &r, out) == ERR_SIGNATURE);
	free(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct scalar s;
	struct point p;

	if (size < POINT_BYTES)
		return 0;
	memcpy(p.b, data, POINT_BYTES);
	memcpy(s.b, data, SCALAR_BYTES);
	check_point(&p);
	check_scalar(&s);
	check_body(slice_of(data, size));
	return 0;
}
