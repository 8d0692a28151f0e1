/*
 * Sealing: the secret of the space and the choices are secret; the body is
 * sent.  And the arithmetic of scalars that all else is made of.
 */
#include "derive.h"
#include "pok.h"
#include "seal.h"
#include "wipe.h"

#include "secret.h"

static void
scalars(void)
{
	struct scalar a, b, c, d;
	uint8_t wide[64];
	enum err r;

	random_bytes(wide, sizeof(wide));
	SECRET(wide);
	scalar_reduce(wide, &a);
	scalar_random(&b);
	SECRET(b);
	scalar_add(&a, &b, &c);
	scalar_sub(&c, &b, &c);
	scalar_mul(&c, &b, &c);
	MUST(scalar_invert(&b, &d) == OK);
	scalar_mul(&c, &d, &c);
	MUST(!scalar_is_zero(&c));
	MUST(scalar_check(&c) == OK);
	r = equal_ct(a.b, c.b, sizeof(a.b)) ? OK : ERR_INTERNAL;
	PUBLIC(r);
	MUST(r == OK);
}

static void
seal(void)
{
	struct hash space = { { 1 } }, form = { { 2 } };
	uint8_t choices[40], back[40];
	struct seal_trace trace;
	struct sealed_body body;
	struct buf out = { 0 };
	struct sign_key k;
	struct scalar x;
	struct secret ss;
	struct point y;
	struct seal s = { &space, &form, &k.pk, 3, &y };

	random_bytes(&ss, sizeof(ss));
	random_bytes(choices, sizeof(choices));
	sign_key_random(&k);
	scalar_random(&x);
	MUST(point_base(&x, &y) == OK);
	SECRET(ss);
	SECRET(choices);
	MUST(seal_make(&s, &ss, slice_of(choices, sizeof(choices)), &out,
		 &trace) == OK);
	PUBLIC_BYTES(out.p, out.n);
	MUST(sealed_body_parse(buf_slice(&out), &body) == OK);
	MUST(point_check((const struct point *)body.r) == OK);
	/* What is opened is public, S that opens it for the others is not. */
	SECRET(trace.s);
	MUST(seal_open(&s, &body, &trace.s, back) == OK);
	PUBLIC(choices);
	PUBLIC(back);
	MUST(memcmp(choices, back, sizeof(back)) == 0);
	wipe(&trace, sizeof(trace));
	buf_free(&out);
}

int
main(void)
{
	scalars();
	seal();
	return 0;
}
