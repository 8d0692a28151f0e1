#include <string.h>

#include <sodium.h>

#include "ct.h"
#include "wipe.h"

#include "point.h"

/*
 * libsodium before 1.0.19 does not look at the highest bit of an encoding, and
 * every version takes the identity for a valid point.
 */
static int
high_bit(const struct point *p)
{
	return p->b[POINT_BYTES - 1] >> 7;
}

/*
 * What libsodium says of an outcome: that it is the identity, or what went in
 * no point.  Neither is a secret; of a secret scalar other than 0 neither is
 * true.
 */
static int
failed(int result)
{
	ct_disclose(&result, sizeof(result));
	return result != 0;
}

int
point_is_identity(const struct point *p)
{
	return sodium_is_zero(p->b, POINT_BYTES);
}

int
point_equal(const struct point *a, const struct point *b)
{
	return equal_ct(a->b, b->b, POINT_BYTES);
}

enum err
point_check(const struct point *p)
{
	return high_bit(p) == 0 && !point_is_identity(p) &&
		       crypto_core_ristretto255_is_valid_point(p->b) == 1
		   ? OK
		   : ERR_SIGNATURE;
}

enum err
scalar_check(const struct scalar *s)
{
	uint8_t wide[64] = { 0 };
	struct scalar same;
	int bad;

	memcpy(wide, s->b, SCALAR_BYTES);
	scalar_reduce(wide, &same);
	bad = !equal_ct(same.b, s->b, SCALAR_BYTES);
	wipe(wide, sizeof(wide));
	wipe(&same, sizeof(same));
	/* Also asked of a decrypted share: the answer is no secret. */
	ct_disclose(&bad, sizeof(bad));
	return bad ? ERR_SIGNATURE : OK;
}

void
scalar_reduce(const uint8_t wide[static 64], struct scalar *out)
{
	crypto_core_ristretto255_scalar_reduce(out->b, wide);
}

void
scalar_random(struct scalar *out)
{
	uint8_t wide[64];

	do {
		random_bytes(wide, sizeof(wide));
		scalar_reduce(wide, out);
	} while (scalar_is_zero(out));
	wipe(wide, sizeof(wide));
}

void
scalar_of(uint32_t v, struct scalar *out)
{
	memset(out, 0, sizeof(*out));
	out->b[0] = (uint8_t)v;
	out->b[1] = (uint8_t)(v >> 8);
	out->b[2] = (uint8_t)(v >> 16);
	out->b[3] = (uint8_t)(v >> 24);
}

int
scalar_is_zero(const struct scalar *s)
{
	int zero = sodium_is_zero(s->b, SCALAR_BYTES);

	ct_disclose(&zero, sizeof(zero));
	return zero;
}

void
scalar_add(const struct scalar *a, const struct scalar *b, struct scalar *out)
{
	crypto_core_ristretto255_scalar_add(out->b, a->b, b->b);
}

void
scalar_sub(const struct scalar *a, const struct scalar *b, struct scalar *out)
{
	crypto_core_ristretto255_scalar_sub(out->b, a->b, b->b);
}

void
scalar_mul(const struct scalar *a, const struct scalar *b, struct scalar *out)
{
	crypto_core_ristretto255_scalar_mul(out->b, a->b, b->b);
}

enum err
scalar_invert(const struct scalar *a, struct scalar *out)
{
	struct scalar inverse;

	if (failed(crypto_core_ristretto255_scalar_invert(inverse.b, a->b)))
		return ERR_LIMIT;
	*out = inverse;
	wipe(&inverse, sizeof(inverse));
	return OK;
}

enum err
point_base(const struct scalar *s, struct point *out)
{
	struct point product;

	if (failed(crypto_scalarmult_ristretto255_base(product.b, s->b)))
		return ERR_LIMIT;
	*out = product;
	return OK;
}

enum err
point_mul(const struct scalar *s, const struct point *p, struct point *out)
{
	struct point product;

	if (high_bit(p) || point_is_identity(p))
		return ERR_SIGNATURE;
	/* -1 is both: no point (nothing is written), a product of zero. */
	memset(product.b, 0xff, POINT_BYTES);
	if (failed(crypto_scalarmult_ristretto255(product.b, s->b, p->b)))
		return point_is_identity(&product) ? ERR_LIMIT : ERR_SIGNATURE;
	*out = product;
	return OK;
}

enum err
point_scale(const struct scalar *s, const struct point *p, struct point *out)
{
	struct point product = { { 0 } };
	enum err r = OK;

	if (p == NULL)
		r = point_base(s, &product);
	else if (!point_is_identity(p))
		r = point_mul(s, p, &product);
	if (r == OK || r == ERR_LIMIT) {
		*out = product;
		r = OK;
	}
	return r;
}

enum err
point_add(const struct point *a, const struct point *b, struct point *out)
{
	struct point sum;

	if (high_bit(a) || high_bit(b) ||
	    crypto_core_ristretto255_add(sum.b, a->b, b->b) != 0)
		return ERR_SIGNATURE;
	*out = sum;
	return OK;
}

enum err
point_sub(const struct point *a, const struct point *b, struct point *out)
{
	struct point difference;

	if (high_bit(a) || high_bit(b) ||
	    crypto_core_ristretto255_sub(difference.b, a->b, b->b) != 0)
		return ERR_SIGNATURE;
	*out = difference;
	return OK;
}
