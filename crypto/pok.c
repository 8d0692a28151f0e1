#include "wipe.h"

#include "pok.h"

/* SHA-512(ctx || last), where ${last} may be empty. */
static void
hash_context(const struct pok *p, struct slice last, uint8_t out[static 64])
{
	uint8_t seq[4];
	struct slice parts[8] = { hash_slice(p->space_id),
		hash_slice(p->form_id), public_key_slice(p->pk),
		slice_of(seq, sizeof(seq)), point_slice(p->y),
		point_slice(p->r), p->ct, last };

	store32(seq, p->seq);
	hash_dst512("pok", parts, 8, out);
}

void
pok_context(const struct pok *p, uint8_t out[static 64])
{
	hash_context(p, slice_of(NULL, 0), out);
}

/* The challenge. */
static void
challenge(const struct pok *p, const struct point *kg, struct scalar *c)
{
	uint8_t wide[64];

	hash_context(p, point_slice(kg), wide);
	scalar_reduce(wide, c);
}

enum err
pok_verify(const struct pok *p, const struct scalar *c, const struct scalar *z)
{
	struct point zg, cr, kg;
	struct scalar want;
	enum err r;

	if (point_is_identity(p->r) || scalar_check(c) != OK ||
	    scalar_check(z) != OK)
		return ERR_SIGNATURE;
	if ((r = point_scale(z, NULL, &zg)) != OK ||
	    (r = point_scale(c, p->r, &cr)) != OK ||
	    (r = point_sub(&zg, &cr, &kg)) != OK)
		return r;
	challenge(p, &kg, &want);
	return equal_ct(want.b, c->b, SCALAR_BYTES) ? OK : ERR_SIGNATURE;
}

enum err
pok_prove(const struct pok *p, const struct scalar *r, const struct scalar *k,
    struct scalar *c, struct scalar *z)
{
	struct scalar product;
	struct point kg;
	enum err e;

	if ((e = point_base(k, &kg)) != OK)
		return e;
	challenge(p, &kg, c);
	scalar_mul(c, r, &product);
	scalar_add(k, &product, z);
	wipe(&product, sizeof(product));
	return OK;
}
