#ifndef POINT_H
#define POINT_H

#include "bytes.h"

/*
 * The group of sealing: ristretto255 (RFC 9496), order q, base G (PROTOCOL 7).
 * What is read from outside is a point or scalar only after its check; nothing
 * else in the program decodes one.  All functions are constant-time in scalars.
 */
#define POINT_BYTES 32
#define SCALAR_BYTES 32

struct point {
	uint8_t b[POINT_BYTES];
};

/* Little-endian, below q; wipe it where it is secret. */
struct scalar {
	uint8_t b[SCALAR_BYTES];
};

/**
 * point_check(p):
 * OK iff ${p} is canonical and not the identity; else ERR_SIGNATURE.
 */
enum err point_check(const struct point *p) MUST_USE;

/**
 * scalar_check(s):
 * OK iff ${s} is below q; 0 is.  Else ERR_SIGNATURE.
 */
enum err scalar_check(const struct scalar *s) MUST_USE;

/**
 * scalar_reduce(wide, out), scalar_random(out):
 * reduce64, PROTOCOL 7; a random scalar other than 0.
 */
void scalar_reduce(const uint8_t wide[static 64], struct scalar *out);
void scalar_random(struct scalar *out);
void scalar_of(uint32_t v, struct scalar *out);
int scalar_is_zero(const struct scalar *s);

/* out = a + b, a - b, a * b; 1 / a (ERR_LIMIT: of 0). */
void scalar_add(
    const struct scalar *a, const struct scalar *b, struct scalar *out);
void scalar_sub(
    const struct scalar *a, const struct scalar *b, struct scalar *out);
void scalar_mul(
    const struct scalar *a, const struct scalar *b, struct scalar *out);
enum err scalar_invert(const struct scalar *a, struct scalar *out) MUST_USE;

/**
 * point_base(s, out), point_mul(s, p, out):
 * ${s}G and ${s}${p}.  ERR_LIMIT: the product is the identity; ERR_SIGNATURE:
 * ${p} is no point.
 */
enum err point_base(const struct scalar *s, struct point *out) MUST_USE;
enum err point_mul(
    const struct scalar *s, const struct point *p, struct point *out) MUST_USE;

/**
 * point_scale(s, p, out):
 * ${s}${p} where the identity (all zeros) is allowed: as ${p}, and as the
 * product.  ${p} NULL is G.  ERR_SIGNATURE: ${p} is no point.
 */
enum err point_scale(
    const struct scalar *s, const struct point *p, struct point *out) MUST_USE;

/**
 * point_add(a, b, out), point_sub(a, b, out):
 * The sum and the difference, the identity (all zeros) allowed on either side
 * and as the outcome.  ERR_SIGNATURE: not points.
 */
enum err point_add(
    const struct point *a, const struct point *b, struct point *out) MUST_USE;
enum err point_sub(
    const struct point *a, const struct point *b, struct point *out) MUST_USE;
int point_is_identity(const struct point *p);
int point_equal(const struct point *a, const struct point *b);

static inline struct slice
point_slice(const struct point *p)
{
	return (struct slice){ p->b, POINT_BYTES };
}

/* A list of ${n} points is one string: they lie one after the other. */
static inline struct slice
point_list_slice(const struct point *p, size_t n)
{
	return (struct slice){ p->b, n * POINT_BYTES };
}

static inline struct slice
scalar_slice(const struct scalar *s)
{
	return (struct slice){ s->b, SCALAR_BYTES };
}

#endif /* POINT_H */
