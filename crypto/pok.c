#include <string.h>

#include <sodium.h>

#include "wipe.h"

#include "pok.h"

/* SHA-512(ctx || point), reduced: the challenge. */
static enum err
challenge(const struct pok *p, const uint8_t point[static POK_POINT],
    uint8_t c[static POK_SCALAR])
{
	uint8_t seq[4], wide[64];
	struct buf dst = { 0 };
	struct slice parts[9];
	enum err r;

	dst_put(&dst, "pok");
	if ((r = buf_end(&dst)) != OK)
		return r;
	store32(seq, p->seq);
	parts[0] = buf_slice(&dst);
	parts[1] = hash_slice(p->space_id);
	parts[2] = hash_slice(p->form_id);
	parts[3] = public_key_slice(p->pk);
	parts[4] = slice_of(seq, sizeof(seq));
	parts[5] = slice_of(p->y, POK_POINT);
	parts[6] = slice_of(p->r, POK_POINT);
	parts[7] = p->ct;
	parts[8] = slice_of(point, POK_POINT);
	hash_sha512(parts, 9, wide);
	crypto_core_ristretto255_scalar_reduce(c, wide);
	buf_free(&dst);
	return OK;
}

static int
is_scalar(const uint8_t s[static POK_SCALAR])
{
	uint8_t wide[64] = { 0 }, same[POK_SCALAR];

	memcpy(wide, s, POK_SCALAR);
	crypto_core_ristretto255_scalar_reduce(same, wide);
	return memcmp(same, s, POK_SCALAR) == 0;
}

enum err
pok_point_check(const uint8_t p[static POK_POINT])
{
	/* libsodium before 1.0.19 does not look at the highest bit. */
	return crypto_core_ristretto255_is_valid_point(p) == 1 &&
		       (p[POK_POINT - 1] & 0x80) == 0 &&
		       !sodium_is_zero(p, POK_POINT)
		   ? OK
		   : ERR_SIGNATURE;
}

enum err
pok_verify(const struct pok *p, const uint8_t c[static POK_SCALAR],
    const uint8_t z[static POK_SCALAR])
{
	uint8_t zg[POK_POINT] = { 0 }, cr[POK_POINT] = { 0 };
	uint8_t point[POK_POINT], want[POK_SCALAR];
	enum err r;

	if (!is_scalar(c) || !is_scalar(z))
		return ERR_SIGNATURE;
	/* libsodium fails where a product is the identity: that is all zeros.
	 */
	if ((!sodium_is_zero(z, POK_SCALAR) &&
		crypto_scalarmult_ristretto255_base(zg, z) != 0) ||
	    (!sodium_is_zero(c, POK_SCALAR) &&
		crypto_scalarmult_ristretto255(cr, c, p->r) != 0) ||
	    crypto_core_ristretto255_sub(point, zg, cr) != 0)
		return ERR_SIGNATURE;
	if ((r = challenge(p, point, want)) != OK)
		return r;
	return memcmp(want, c, POK_SCALAR) == 0 ? OK : ERR_SIGNATURE;
}

enum err
pok_base(const uint8_t r[static 64], uint8_t out[static POK_POINT])
{
	uint8_t s[POK_SCALAR];
	int bad;

	crypto_core_ristretto255_scalar_reduce(s, r);
	bad = crypto_scalarmult_ristretto255_base(out, s);
	wipe(s, sizeof(s));
	return bad == 0 ? OK : ERR_LIMIT;
}

enum err
pok_prove(const struct pok *p, const uint8_t r[static 64],
    const uint8_t k[static 64], uint8_t c[static POK_SCALAR],
    uint8_t z[static POK_SCALAR])
{
	uint8_t rs[POK_SCALAR], ks[POK_SCALAR], point[POK_POINT];
	uint8_t product[POK_SCALAR];
	enum err e;

	if ((e = pok_base(k, point)) != OK ||
	    (e = challenge(p, point, c)) != OK)
		return e;
	crypto_core_ristretto255_scalar_reduce(rs, r);
	crypto_core_ristretto255_scalar_reduce(ks, k);
	crypto_core_ristretto255_scalar_mul(product, c, rs);
	crypto_core_ristretto255_scalar_add(z, ks, product);
	wipe(rs, sizeof(rs));
	wipe(ks, sizeof(ks));
	wipe(product, sizeof(product));
	return OK;
}
