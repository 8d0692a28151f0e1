#include <string.h>

#include "ct.h"
#include "seal.h"
#include "wipe.h"

#include "dkg.h"

#define KEY_BYTES 32

/* space_id || u32 attempt || u8 i || u8 n || u8 t, in ${b}. */
#define WHICH_BYTES (HASH_BYTES + 7)

static struct slice
which(const struct dkg *d, uint8_t b[static WHICH_BYTES])
{
	memcpy(b, d->space_id->b, HASH_BYTES);
	store32(b + HASH_BYTES, d->attempt);
	b[HASH_BYTES + 4] = d->index;
	b[HASH_BYTES + 5] = d->n;
	b[HASH_BYTES + 6] = d->t;
	return slice_of(b, WHICH_BYTES);
}

static int
bad_size(uint8_t n, uint8_t t)
{
	return n == 0 || n > DKG_TRUSTEES_MAX || t == 0 || t > n;
}

static enum err
check(const struct dkg *d)
{
	return bad_size(d->n, d->t) || d->index == 0 || d->index > d->n
		   ? ERR_LIMIT
		   : OK;
}

enum err
dkg_draw(
    const struct dkg *d, struct dkg_secret *secret, struct dkg_public *public)
{
	enum err r;
	size_t k;

	if ((r = check(d)) != OK)
		return r;
	memset(secret, 0, sizeof(*secret));
	memset(public, 0, sizeof(*public));
	for (k = 0; k < d->t && r == OK; k++) {
		scalar_random(&secret->a[k]);
		r = point_base(&secret->a[k], &public->a[k]);
	}
	scalar_random(&secret->e);
	if (r == OK)
		r = point_base(&secret->e, &public->e);
	return r;
}

void
dkg_commitment(
    const struct dkg *d, const struct dkg_public *public, struct hash *out)
{
	uint8_t w[WHICH_BYTES];
	struct slice parts[3] = { which(d, w), point_slice(&public->e),
		point_list_slice(public->a, d->t) };

	hash_dst("coefficients", parts, 3, out);
}

static void
challenge(const struct dkg *d, const struct hash *t1,
    const struct dkg_public *public, const struct point *kg, struct scalar *c)
{
	uint8_t w[WHICH_BYTES], wide[64];
	struct slice parts[4] = { which(d, w), hash_slice(t1),
		point_list_slice(public->a, d->t), point_slice(kg) };

	hash_dst512("possession", parts, 4, wide);
	scalar_reduce(wide, c);
}

enum err
dkg_prove(const struct dkg *d, const struct hash *t1,
    const struct dkg_secret *secret, const struct dkg_public *public,
    struct dkg_proof *out)
{
	struct scalar k, product;
	struct point kg;
	enum err r;

	if ((r = check(d)) != OK)
		return r;
	scalar_random(&k);
	if ((r = point_base(&k, &kg)) == OK) {
		challenge(d, t1, public, &kg, &out->c);
		scalar_mul(&out->c, &secret->a[0], &product);
		scalar_add(&k, &product, &out->z);
	}
	wipe(&k, sizeof(k));
	wipe(&product, sizeof(product));
	return r;
}

enum err
dkg_verify(const struct dkg *d, const struct hash *t1,
    const struct dkg_public *public, const struct dkg_proof *proof)
{
	struct point zg, ca, kg;
	struct scalar want;
	enum err r;
	size_t k;

	if ((r = check(d)) != OK)
		return r;
	for (k = 0; k < d->t; k++) {
		if ((r = point_check(&public->a[k])) != OK)
			return r;
	}
	if ((r = scalar_check(&proof->c)) != OK ||
	    (r = scalar_check(&proof->z)) != OK ||
	    (r = point_scale(&proof->z, NULL, &zg)) != OK ||
	    (r = point_scale(&proof->c, &public->a[0], &ca)) != OK ||
	    (r = point_sub(&zg, &ca, &kg)) != OK)
		return r;
	challenge(d, t1, public, &kg, &want);
	return equal_ct(want.b, proof->c.b, SCALAR_BYTES) ? OK : ERR_SIGNATURE;
}

/* f(j) of a polynomial with ${t} coefficients. */
static void
evaluate(const struct scalar *a, size_t t, uint8_t j, struct scalar *out)
{
	struct scalar at, sum = a[t - 1];

	scalar_of(j, &at);
	while (--t > 0) {
		scalar_mul(&sum, &at, &sum);
		scalar_add(&sum, &a[t - 1], &sum);
	}
	*out = sum;
	wipe(&sum, sizeof(sum));
}

/* The same in the exponent: f(j)G. */
static enum err
evaluate_points(const struct point *a, size_t t, uint8_t j, struct point *out)
{
	struct point sum = a[t - 1];
	struct scalar at;
	enum err r;

	scalar_of(j, &at);
	while (--t > 0) {
		if ((r = point_scale(&at, &sum, &sum)) != OK ||
		    (r = point_add(&sum, &a[t - 1], &sum)) != OK)
			return r;
	}
	*out = sum;
	return OK;
}

/* A share goes from trustee i to trustee j, whose keys of the attempt are: */
struct route {
	uint8_t i;
	uint8_t j;
	const struct point *e_i;
	const struct point *e_j;
};

/* ${secret} is e of either of them, ${peer} the other's E. */
static enum err
share_key(const struct dkg *d, const struct route *way,
    const struct scalar *secret, const struct point *peer,
    uint8_t key[static KEY_BYTES])
{
	uint8_t fields[6], wide[64];
	struct point shared;
	struct slice parts[5] = { hash_slice(d->space_id),
		slice_of(fields, sizeof(fields)), point_slice(way->e_i),
		point_slice(way->e_j), point_slice(&shared) };
	enum err r;

	if ((r = point_check(peer)) != OK ||
	    (r = point_mul(secret, peer, &shared)) != OK)
		return r;
	store32(fields, d->attempt);
	fields[4] = way->i;
	fields[5] = way->j;
	hash_dst512("share", parts, 5, wide);
	memcpy(key, wide, KEY_BYTES);
	wipe(wide, sizeof(wide));
	wipe(&shared, sizeof(shared));
	return OK;
}

enum err
dkg_share_seal(const struct dkg *d, const struct dkg_secret *secret,
    const struct dkg_public *public, uint8_t to, const struct point *to_e,
    const struct hash *t2, uint8_t out[static DKG_SHARE_BYTES])
{
	struct route way = { d->index, to, &public->e, to_e };
	uint8_t key[KEY_BYTES];
	struct scalar share;
	enum err r;

	if ((r = check(d)) != OK)
		return r;
	if (to == 0 || to > d->n)
		return ERR_LIMIT;
	if ((r = share_key(d, &way, &secret->e, to_e, key)) != OK)
		return r;
	evaluate(secret->a, d->t, to, &share);
	r = seal_encrypt(key, scalar_slice(&share), hash_slice(t2), out);
	wipe(key, sizeof(key));
	wipe(&share, sizeof(share));
	return r;
}

/* Is it what the commitments promise trustee number ${j}? */
static enum err
share_check(const struct dkg *d, const struct dkg_public *from, uint8_t j,
    const struct scalar *share)
{
	struct point have, want;
	int same;
	enum err r;
	size_t k;

	for (k = 0; k < d->t; k++) {
		if ((r = point_check(&from->a[k])) != OK)
			return r;
	}
	if ((r = scalar_check(share)) != OK ||
	    (r = point_scale(share, NULL, &have)) != OK ||
	    (r = evaluate_points(from->a, d->t, j, &want)) != OK)
		return r;
	same = point_equal(&have, &want);
	ct_disclose(&same, sizeof(same)); /* a complaint says so, too */
	return same ? OK : ERR_SIGNATURE;
}

enum err
dkg_share_open(const struct dkg *d, const struct dkg_secret *secret,
    const struct dkg_public *own, uint8_t from,
    const struct dkg_public *from_public, const struct hash *t2,
    const uint8_t ct[static DKG_SHARE_BYTES], struct scalar *out)
{
	struct route way = { from, d->index, &from_public->e, &own->e };
	uint8_t key[KEY_BYTES];
	struct scalar share = { { 0 } };
	enum err r;

	if ((r = check(d)) != OK)
		return r;
	if (from == 0 || from > d->n)
		return ERR_LIMIT;
	if ((r = share_key(d, &way, &secret->e, &from_public->e, key)) != OK)
		return r;
	r = seal_decrypt(
	    key, slice_of(ct, DKG_SHARE_BYTES), hash_slice(t2), share.b);
	if (r == OK)
		r = share_check(d, from_public, d->index, &share);
	if (r == OK)
		*out = share;
	wipe(key, sizeof(key));
	wipe(&share, sizeof(share));
	return r;
}

/* The sums over all trustees of the commitments to each power. */
static enum err
add_up(const struct dkg_public *publics, uint8_t n, uint8_t t,
    struct point sums[static DKG_TRUSTEES_MAX])
{
	enum err r;
	size_t i, k;

	for (k = 0; k < t; k++) {
		for (i = 0; i < n; i++) {
			if ((r = point_check(&publics[i].a[k])) != OK)
				return r;
			if (i == 0)
				sums[k] = publics[0].a[k];
			else if ((r = point_add(&sums[k], &publics[i].a[k],
				      &sums[k])) != OK)
				return r;
		}
	}
	return OK;
}

enum err
dkg_joint(const struct dkg_public *publics, uint8_t n, uint8_t t,
    struct point *y, struct point *v)
{
	struct point sums[DKG_TRUSTEES_MAX], shares[DKG_TRUSTEES_MAX];
	enum err r;
	uint8_t j;

	if (bad_size(n, t))
		return ERR_LIMIT;
	if ((r = add_up(publics, n, t, sums)) != OK)
		return r;
	if (point_is_identity(&sums[0]))
		return ERR_SIGNATURE;
	for (j = 1; j <= n; j++) {
		if ((r = evaluate_points(sums, t, j, &shares[j - 1])) != OK)
			return r;
		if (point_is_identity(&shares[j - 1]))
			return ERR_SIGNATURE;
	}
	*y = sums[0];
	memcpy(v, shares, n * sizeof(*v));
	return OK;
}

enum err
dkg_lagrange(const uint8_t *set, size_t t, size_t i, struct scalar *out)
{
	struct scalar own, other, difference, above, below;
	enum err r;
	size_t h;

	if (i >= t || set[i] == 0)
		return ERR_LIMIT;
	scalar_of(set[i], &own);
	scalar_of(1, &above);
	scalar_of(1, &below);
	for (h = 0; h < t; h++) {
		if (h == i)
			continue;
		scalar_of(set[h], &other);
		scalar_sub(&other, &own, &difference);
		scalar_mul(&above, &other, &above);
		scalar_mul(&below, &difference, &below);
	}
	/* Zero where an index stands twice, or is 0. */
	if (scalar_is_zero(&above))
		return ERR_LIMIT;
	if ((r = scalar_invert(&below, &below)) != OK)
		return r;
	scalar_mul(&above, &below, out);
	return OK;
}
