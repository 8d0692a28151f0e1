#include <string.h>

#include "dkg.h"
#include "wipe.h"

#include "opening.h"

enum err
opening_share(const struct scalar *x, const struct point *r, struct point *d,
    size_t from, size_t to)
{
	enum err e = OK;
	size_t i;

	for (i = from; i < to && e == OK; i++)
		e = point_mul(x, &r[i], &d[i]);
	return e;
}

enum err
opening_seed(const struct opening *o, struct opening_seed *out)
{
	uint8_t size[8], m[4];
	struct slice parts[9] = { hash_slice(&o->space_id),
		hash_slice(&o->form_id), slice_of(size, sizeof(size)),
		hash_slice(&o->root), slice_of(&o->trustee, 1),
		point_slice(o->v), slice_of(m, sizeof(m)),
		point_list_slice(o->r, o->m), point_list_slice(o->d, o->m) };

	if (o->m == 0 || o->m > OPENING_COUNT_MAX)
		return ERR_LIMIT;
	store64(size, o->size);
	store32(m, o->m);
	hash_dst512("open", parts, 9, out->b);
	return OK;
}

/* w of ballot number ${i}, counted from 1. */
static void
weight(const struct opening_seed *seed, uint32_t i, struct scalar *w)
{
	uint8_t n[4], wide[64];
	struct slice parts[2] = { slice_of(seed->b, sizeof(seed->b)),
		slice_of(n, sizeof(n)) };

	store32(n, i);
	hash_sha512(parts, 2, wide);
	scalar_reduce(wide, w);
}

/* sum += ${w}${p} */
static enum err
accumulate(const struct scalar *w, const struct point *p, struct point *sum)
{
	struct point product;
	enum err r;

	if (point_is_identity(p))
		return ERR_SIGNATURE;
	if ((r = point_scale(w, p, &product)) != OK)
		return r;
	if (!point_is_identity(sum))
		return point_add(sum, &product, sum);
	*sum = product;
	return OK;
}

enum err
opening_sum(const struct opening *o, const struct opening_seed *seed,
    size_t from, size_t to, struct opening_sums *out)
{
	struct opening_sums sums = { 0 };
	struct scalar w;
	enum err r;
	size_t i;

	if (from > to || to > o->m)
		return ERR_LIMIT;
	for (i = from; i < to; i++) {
		weight(seed, (uint32_t)i + 1, &w);
		if ((r = accumulate(&w, &o->r[i], &sums.m)) != OK ||
		    (r = accumulate(&w, &o->d[i], &sums.z)) != OK)
			return r;
	}
	*out = sums;
	return OK;
}

enum err
opening_join(struct opening_sums *to, const struct opening_sums *part)
{
	struct opening_sums sums;
	enum err r;

	if ((r = point_add(&to->m, &part->m, &sums.m)) != OK ||
	    (r = point_add(&to->z, &part->z, &sums.z)) != OK)
		return r;
	*to = sums;
	return OK;
}

static void
challenge(const struct opening_seed *seed, const struct opening_sums *sums,
    const struct point *kg, const struct point *km, struct scalar *c)
{
	uint8_t wide[64];
	struct slice parts[5] = { slice_of(seed->b, sizeof(seed->b)),
		point_slice(&sums->m), point_slice(&sums->z), point_slice(kg),
		point_slice(km) };

	hash_dst512("dleq", parts, 5, wide);
	scalar_reduce(wide, c);
}

enum err
opening_prove(const struct opening_seed *seed, const struct opening_sums *sums,
    const struct scalar *x, const uint8_t random[static 32],
    struct opening_proof *out)
{
	uint8_t wide[64];
	struct slice parts[3] = { scalar_slice(x), slice_of(random, 32),
		slice_of(seed->b, sizeof(seed->b)) };
	struct scalar k, product = { { 0 } };
	struct point kg, km;
	enum err r;

	hash_dst512("nonce", parts, 3, wide);
	scalar_reduce(wide, &k);
	if ((r = point_base(&k, &kg)) == OK &&
	    (r = point_scale(&k, &sums->m, &km)) == OK) {
		challenge(seed, sums, &kg, &km, &out->c);
		scalar_mul(&out->c, x, &product);
		scalar_add(&k, &product, &out->z);
	}
	wipe(wide, sizeof(wide));
	wipe(&k, sizeof(k));
	wipe(&product, sizeof(product));
	return r;
}

/* z b - c p, where b NULL is G. */
static enum err
announced(const struct opening_proof *proof, const struct point *b,
    const struct point *p, struct point *out)
{
	struct point zb, cp;
	enum err r;

	if ((r = point_scale(&proof->z, b, &zb)) != OK ||
	    (r = point_scale(&proof->c, p, &cp)) != OK)
		return r;
	return point_sub(&zb, &cp, out);
}

enum err
opening_check(const struct opening_seed *seed, const struct opening_sums *sums,
    const struct point *v, const struct opening_proof *proof)
{
	struct point kg, km;
	struct scalar want;
	enum err r;

	if ((r = point_check(v)) != OK || (r = scalar_check(&proof->c)) != OK ||
	    (r = scalar_check(&proof->z)) != OK ||
	    (r = announced(proof, NULL, v, &kg)) != OK ||
	    (r = announced(proof, &sums->m, &sums->z, &km)) != OK)
		return r;
	challenge(seed, sums, &kg, &km, &want);
	return equal_ct(want.b, proof->c.b, SCALAR_BYTES) ? OK : ERR_SIGNATURE;
}

enum err
opening_verify(const struct opening *o, const struct opening_proof *proof)
{
	struct opening_seed seed;
	struct opening_sums sums;
	enum err r;

	if ((r = opening_seed(o, &seed)) != OK ||
	    (r = opening_sum(o, &seed, 0, o->m, &sums)) != OK)
		return r;
	return opening_check(&seed, &sums, o->v, proof);
}

enum err
opening_parse(struct slice s, struct opening_file *out)
{
	struct cursor c = cursor_of(s);
	struct opening_file f = { 0 };
	struct opening *o = &f.opening;
	uint8_t version = cursor_u8(&c);

	cursor_copy(&c, o->space_id.b, HASH_BYTES);
	cursor_copy(&c, o->form_id.b, HASH_BYTES);
	o->size = cursor_u64(&c);
	cursor_copy(&c, o->root.b, HASH_BYTES);
	o->trustee = cursor_u8(&c);
	o->m = cursor_u32(&c);
	if (c.bad || version != 1 || o->trustee == 0 ||
	    o->trustee > DKG_TRUSTEES_MAX || o->m == 0)
		return ERR_FORMAT;
	if (o->m > OPENING_COUNT_MAX)
		return ERR_LIMIT;
	/* A point is an array of bytes: there is no alignment to keep. */
	o->d =
	    (const struct point *)cursor_take(&c, (size_t)o->m * POINT_BYTES).p;
	cursor_copy(&c, f.proof.c.b, SCALAR_BYTES);
	cursor_copy(&c, f.proof.z.b, SCALAR_BYTES);
	f.signed_part = slice_of(s.p, s.n - c.n);
	cursor_copy(&c, f.sig.b, sizeof(f.sig.b));
	if (cursor_end(&c) != OK)
		return ERR_FORMAT;
	*out = f;
	return OK;
}

/*
 * DST("opening") || the file without its signature; longer than what sign_dst
 * takes.
 */
#define DST "opening"

enum err
opening_put(const struct opening *o, const struct opening_proof *proof,
    const struct sign_key *k, struct buf *b)
{
	struct buf text = { 0 };
	struct signature sig;
	size_t start;
	enum err r;

	if (o->m == 0 || o->m > OPENING_COUNT_MAX)
		return ERR_LIMIT;
	dst_put(&text, DST);
	start = text.n;
	buf_u8(&text, 1);
	buf_put(&text, o->space_id.b, HASH_BYTES);
	buf_put(&text, o->form_id.b, HASH_BYTES);
	buf_u64(&text, o->size);
	buf_put(&text, o->root.b, HASH_BYTES);
	buf_u8(&text, o->trustee);
	buf_u32(&text, o->m);
	buf_put(&text, o->d, (size_t)o->m * POINT_BYTES);
	buf_put(&text, proof->c.b, SCALAR_BYTES);
	buf_put(&text, proof->z.b, SCALAR_BYTES);
	if ((r = buf_end(&text)) == OK) {
		sign_message(k, buf_slice(&text), &sig);
		buf_put(b, text.p + start, text.n - start);
		buf_put(b, sig.b, sizeof(sig.b));
		r = buf_end(b);
	}
	buf_free(&text);
	return r;
}

enum err
opening_signed(const struct opening_file *f, const struct public_key *identity)
{
	struct buf text = { 0 };
	enum err r;

	dst_put(&text, DST);
	buf_put(&text, f->signed_part.p, f->signed_part.n);
	if ((r = buf_end(&text)) == OK)
		r = sign_verify(identity, buf_slice(&text), &f->sig);
	buf_free(&text);
	return r;
}

/*
 * Nonzero iff ${s} is one of 1, 2, 3, 4, or (then ${negative} is set) of the
 * same with a minus: lambda often is, and adding is cheaper than multiplying.
 */
#define SMALL_MAX 4

static unsigned
small(const struct scalar *s, int *negative)
{
	static const struct scalar zero;
	struct scalar v, minus;
	unsigned i;

	for (i = 1; i <= SMALL_MAX; i++) {
		scalar_of(i, &v);
		scalar_sub(&zero, &v, &minus);
		*negative = equal_ct(minus.b, s->b, SCALAR_BYTES);
		if (*negative || equal_ct(v.b, s->b, SCALAR_BYTES))
			return i;
	}
	return 0;
}

/* sum += or -= ${v} p */
static enum err
add_small(unsigned v, int negative, const struct point *p, struct point *sum)
{
	struct point multiple = *p;
	enum err r = OK;

	if (point_is_identity(p))
		return ERR_SIGNATURE;
	if (v > 1)
		r = point_add(p, p, &multiple);
	if (r == OK && v > 2)
		r = point_add(&multiple, v == 3 ? p : &multiple, &multiple);
	if (r != OK)
		return r;
	return (negative ? point_sub : point_add)(sum, &multiple, sum);
}

enum err
opening_combine(const struct scalar *lambda, const struct point *const *d,
    size_t t, struct point *out)
{
	struct point sum = { { 0 } };
	int negative = 0;
	unsigned v;
	enum err r;
	size_t k;

	for (k = 0; k < t; k++) {
		v = small(&lambda[k], &negative);
		r = v > 0 ? add_small(v, negative, d[k], &sum)
			  : accumulate(&lambda[k], d[k], &sum);
		if (r != OK)
			return r;
	}
	if (point_is_identity(&sum))
		return ERR_SIGNATURE;
	*out = sum;
	return OK;
}
