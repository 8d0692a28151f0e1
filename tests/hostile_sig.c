#include <gmp.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"

#include "hostile_sig.h"

/* --- Ed25519 by the book (RFC 8032, 5.1), affine --------------------------*/

struct point {
	mpz_t x, y;
};

static struct {
	int ready;
	mpz_t p, l, d;
	struct point base, order8;
} c;

static void
point_init(struct point *a)
{
	mpz_init_set_ui(a->x, 0);
	mpz_init_set_ui(a->y, 1);
}

static void
point_clear(struct point *a)
{
	mpz_clear(a->x);
	mpz_clear(a->y);
}

static void
point_set(struct point *a, const struct point *b)
{
	mpz_set(a->x, b->x);
	mpz_set(a->y, b->y);
}

static void
divide(mpz_t out, const mpz_t num, const mpz_t den)
{
	mpz_t i;

	mpz_init(i);
	if (mpz_invert(i, den, c.p) == 0)
		abort();
	mpz_mul(i, i, num);
	mpz_mod(out, i, c.p);
	mpz_clear(i);
}

/* r = a + b; r may be one of them. */
static void
point_add(struct point *r, const struct point *a, const struct point *b)
{
	mpz_t xy, yx, xx, yy, t, n;

	mpz_inits(xy, yx, xx, yy, t, n, NULL);
	mpz_mul(xy, a->x, b->y);
	mpz_mul(yx, a->y, b->x);
	mpz_mul(xx, a->x, b->x);
	mpz_mul(yy, a->y, b->y);
	mpz_mul(t, xx, yy);
	mpz_mul(t, t, c.d);
	mpz_mod(t, t, c.p);
	mpz_add(xy, xy, yx);
	mpz_add_ui(n, t, 1);
	divide(r->x, xy, n);
	mpz_add(yy, yy, xx);
	mpz_ui_sub(n, 1, t);
	mpz_mod(n, n, c.p);
	divide(r->y, yy, n);
	mpz_clears(xy, yx, xx, yy, t, n, NULL);
}

static void
point_mul(struct point *r, const mpz_t n, const struct point *a)
{
	struct point sum, twice;
	size_t i;

	point_init(&sum);
	point_init(&twice);
	point_set(&twice, a);
	for (i = 0; i < mpz_sizeinbase(n, 2); i++) {
		if (mpz_tstbit(n, i))
			point_add(&sum, &sum, &twice);
		point_add(&twice, &twice, &twice);
	}
	point_set(r, &sum);
	point_clear(&sum);
	point_clear(&twice);
}

static void
number_put(const mpz_t v, uint8_t out[static 32])
{
	size_t n = 0;

	memset(out, 0, 32);
	if (mpz_sizeinbase(v, 2) > 256)
		abort();
	mpz_export(out, &n, -1, 1, -1, 0, v);
}

static void
number_get(mpz_t v, const uint8_t *in, size_t n)
{
	mpz_import(v, n, -1, 1, -1, 0, in);
}

static void
point_put(const struct point *a, uint8_t out[static 32])
{
	number_put(a->y, out);
	out[31] |= (uint8_t)(mpz_odd_p(a->x) ? 0x80 : 0);
}

/* The point of that y whose x is even. */
static void
point_of(struct point *a, const mpz_t y)
{
	mpz_t u, v, e, x;

	mpz_inits(u, v, e, x, NULL);
	mpz_mul(u, y, y);
	mpz_mul(v, u, c.d);
	mpz_add_ui(v, v, 1);
	mpz_sub_ui(u, u, 1);
	mpz_mod(v, v, c.p);
	divide(u, u, v);
	mpz_add_ui(e, c.p, 3);
	mpz_tdiv_q_2exp(e, e, 3);
	mpz_powm(x, u, e, c.p);
	mpz_mul(v, x, x);
	mpz_mod(v, v, c.p);
	if (mpz_cmp(v, u) != 0) {
		mpz_sub_ui(e, c.p, 1);
		mpz_tdiv_q_2exp(e, e, 2);
		mpz_set_ui(v, 2);
		mpz_powm(v, v, e, c.p);
		mpz_mul(x, x, v);
		mpz_mod(x, x, c.p);
	}
	if (mpz_odd_p(x))
		mpz_sub(x, c.p, x);
	mpz_set(a->x, x);
	mpz_mod(a->y, y, c.p);
	mpz_clears(u, v, e, x, NULL);
}

static void
begin(void)
{
	mpz_t n, y;

	if (c.ready)
		return;
	mpz_inits(c.p, c.l, c.d, n, y, NULL);
	mpz_ui_pow_ui(c.p, 2, 255);
	mpz_sub_ui(c.p, c.p, 19);
	mpz_set_str(c.l, "27742317777372353535851937790883648493", 10);
	mpz_ui_pow_ui(n, 2, 252);
	mpz_add(c.l, c.l, n);
	mpz_set_si(n, -121665);
	mpz_set_ui(y, 121666);
	divide(c.d, n, y);
	mpz_set_ui(n, 4);
	mpz_set_ui(y, 5);
	divide(y, n, y);
	point_init(&c.base);
	point_of(&c.base, y);
	/* One of the points of order 8. */
	mpz_set_str(y,
	    "7a03ac9277fdc74ec6cc392cfa53202a"
	    "0f67100d760b3cba4fd83d3d706a17c7",
	    16);
	point_init(&c.order8);
	point_of(&c.order8, y);
	c.ready = 1;
	mpz_clears(n, y, NULL);
}

/* --- Signing --------------------------------------------------------------*/

int
hostile_has_key(enum hostile how)
{
	return how == HOSTILE_KEY_IDENTITY || how == HOSTILE_KEY_ORDER_8 ||
	       how == HOSTILE_KEY_ENCODED;
}

/* h = SHA-512(R || A || M) mod L */
static void
challenge(
    mpz_t h, const uint8_t *r, const struct public_key *pk, struct slice msg)
{
	struct slice parts[3] = { slice_of(r, 32), slice_of(pk->b, 32), msg };
	uint8_t out[64];

	hash_sha512(parts, 3, out);
	number_get(h, out, sizeof(out));
	mpz_mod(h, h, c.l);
}

/* For a key of one's own. */
static void
sign_as(enum hostile how, const struct sign_key *k, struct slice msg,
    struct signature *sig)
{
	uint8_t seed[SEED_BYTES], az[64], nonce[64];
	struct slice part = slice_of(seed, sizeof(seed));
	struct point r;
	mpz_t a, n, h;

	mpz_inits(a, n, h, NULL);
	point_init(&r);
	sign_key_seed(k, seed);
	hash_sha512(&part, 1, az);
	az[0] &= 0xf8;
	az[31] = (uint8_t)((az[31] & 0x3f) | 0x40);
	number_get(a, az, 32);
	hash_sha512(&msg, 1, nonce);
	number_get(n, nonce, sizeof(nonce));
	mpz_mod(n, n, c.l);
	if (how == HOSTILE_R_IDENTITY)
		mpz_set_ui(n, 0);
	point_mul(&r, n, &c.base);
	if (how == HOSTILE_TORSION_R)
		point_add(&r, &r, &c.order8);
	point_put(&r, sig->b);
	challenge(h, sig->b, &k->pk, msg);
	mpz_mul(h, h, a);
	mpz_add(h, h, n);
	mpz_mod(h, h, c.l);
	if (how == HOSTILE_S_PLUS_L)
		mpz_add(h, h, c.l);
	number_put(h, sig->b + 32);
	point_clear(&r);
	mpz_clears(a, n, h, NULL);
}

/* R = -hA for a key of order 8: eight tries, for R goes into h. */
static void
sign_of_order_8(
    struct slice msg, const struct public_key *pk, struct signature *sig)
{
	struct point r;
	unsigned i;
	mpz_t h, n;

	mpz_inits(h, n, NULL);
	point_init(&r);
	for (i = 0; i < 8; i++) {
		mpz_set_ui(n, i);
		point_mul(&r, n, &c.order8);
		point_put(&r, sig->b);
		challenge(h, sig->b, pk, msg);
		mpz_add_ui(h, h, i);
		if (mpz_divisible_ui_p(h, 8))
			break;
	}
	point_clear(&r);
	mpz_clears(h, n, NULL);
}

void
hostile_sign(enum hostile how, const struct sign_key *k, struct slice msg,
    struct public_key *pk, struct signature *sig)
{
	begin();
	memset(sig, 0, sizeof(*sig));
	*pk = k->pk;
	if (!hostile_has_key(how)) {
		sign_as(how, k, msg, sig);
		return;
	}
	memset(pk, 0, sizeof(*pk));
	pk->b[0] = 1;
	sig->b[0] = 1;
	if (how == HOSTILE_KEY_ENCODED) {
		/* y = p + 1 */
		memset(pk->b, 0xff, sizeof(pk->b));
		pk->b[0] = 0xee;
		pk->b[31] = 0x7f;
	}
	if (how == HOSTILE_KEY_ORDER_8) {
		point_put(&c.order8, pk->b);
		sign_of_order_8(msg, pk, sig);
	}
}
