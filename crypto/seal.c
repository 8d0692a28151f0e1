#include <string.h>

#include "derive.h"
#include "ossl.h"
#include "pok.h"
#include "wipe.h"

#include "seal.h"

#define KEY_BYTES 32
#define AD_BYTES (32 + 32 + 4 + 32 + 32)

/*
 * A nonce of zeros is right where a key encrypts one message: K is derived from
 * everything the message depends on.
 */
static const uint8_t nonce[12];

/* EVP's lengths are ints. */
static int
too_long(struct slice s)
{
	return s.n > 1 << 30;
}

static enum err
done(EVP_CIPHER_CTX *c, enum err r)
{
	EVP_CIPHER_CTX_free(c); /* wipes the key schedule */
	if (r != OK)
		ERR_clear_error();
	return r;
}

enum err
seal_encrypt(const uint8_t key[static 32], struct slice plain, struct slice ad,
    uint8_t *out)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int n = 0, last = 0;

	if (too_long(plain) || too_long(ad))
		return done(c, ERR_LIMIT);
	if (c == NULL ||
	    EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), NULL, key, nonce) != 1 ||
	    EVP_EncryptUpdate(c, NULL, &n, ad.p, (int)ad.n) != 1 ||
	    EVP_EncryptUpdate(c, out, &n, plain.p, (int)plain.n) != 1 ||
	    EVP_EncryptFinal_ex(c, out + n, &last) != 1 ||
	    EVP_CIPHER_CTX_ctrl(
		c, EVP_CTRL_AEAD_GET_TAG, SEAL_TAG, out + plain.n) != 1)
		return done(c, ERR_INTERNAL);
	return done(c, OK);
}

enum err
seal_decrypt(const uint8_t key[static 32], struct slice ct, struct slice ad,
    uint8_t *out)
{
	EVP_CIPHER_CTX *c;
	uint8_t tag[SEAL_TAG];
	int n = 0, last = 0;

	if (ct.n < SEAL_TAG)
		return ERR_SIGNATURE;
	if (too_long(ct) || too_long(ad))
		return ERR_LIMIT;
	ct.n -= SEAL_TAG;
	memcpy(tag, ct.p + ct.n, SEAL_TAG);
	c = EVP_CIPHER_CTX_new();
	if (c == NULL ||
	    EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), NULL, key, nonce) != 1 ||
	    EVP_DecryptUpdate(c, NULL, &n, ad.p, (int)ad.n) != 1 ||
	    EVP_DecryptUpdate(c, out, &n, ct.p, (int)ct.n) != 1 ||
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, SEAL_TAG, tag) != 1)
		return done(c, ERR_INTERNAL);
	if (EVP_DecryptFinal_ex(c, out + n, &last) != 1) {
		wipe(out, ct.n);
		return done(c, ERR_SIGNATURE);
	}
	return done(c, OK);
}

/* K, and the data that is authenticated. */
static void
derive_key(const struct seal *s, const struct point *r,
    const struct point *shared, uint8_t k[static KEY_BYTES],
    uint8_t ad[static AD_BYTES])
{
	uint8_t seq[4], wide[64];
	struct slice parts[7] = { hash_slice(s->space_id),
		hash_slice(s->form_id), point_slice(s->y), point_slice(r),
		point_slice(shared), public_key_slice(s->pk),
		slice_of(seq, sizeof(seq)) };

	store32(seq, s->seq);
	hash_dst512("seal", parts, 7, wide);
	memcpy(k, wide, KEY_BYTES);
	wipe(wide, sizeof(wide));
	memcpy(ad, s->form_id->b, 32);
	memcpy(ad + 32, s->pk->b, 32);
	memcpy(ad + 64, seq, 4);
	memcpy(ad + 68, r->b, 32);
	memcpy(ad + 100, s->y->b, 32);
}

/* r, R, S and K. */
static enum err
make_key(const struct seal *s, const struct secret *ss, struct slice choices,
    struct seal_trace *t, uint8_t ad[static AD_BYTES])
{
	uint8_t wide[64];
	struct hash h;
	enum err r;

	hash_bytes(choices, &h);
	if ((r = derive_seal(ss, s->form_id, s->seq, s->y->b, &h, wide)) != OK)
		return r;
	scalar_reduce(wide, &t->scalar);
	wipe(wide, sizeof(wide));
	wipe(&h, sizeof(h));
	if ((r = point_base(&t->scalar, &t->r)) != OK ||
	    (r = point_mul(&t->scalar, s->y, &t->s)) != OK)
		return r;
	derive_key(s, &t->r, &t->s, t->k, ad);
	return OK;
}

static enum err
prove(const struct seal *s, const struct secret *ss, struct slice ct,
    struct seal_trace *t)
{
	struct pok p = { s->space_id, s->form_id, s->pk, s->seq, s->y, &t->r,
		ct };
	uint8_t context[64], wide[64];
	struct scalar k;
	enum err r;

	pok_context(&p, context);
	if ((r = derive_pok(ss, context, wide)) != OK)
		return r;
	scalar_reduce(wide, &k);
	r = pok_prove(&p, &t->scalar, &k, &t->pok_c, &t->pok_z);
	wipe(wide, sizeof(wide));
	wipe(&k, sizeof(k));
	return r;
}

enum err
seal_make(const struct seal *s, const struct secret *ss, struct slice choices,
    struct buf *out, struct seal_trace *trace)
{
	uint8_t ct[RECORD_BODY_MAX], ad[AD_BYTES];
	struct seal_trace t;
	enum err r;

	if (choices.n > RECORD_BODY_MAX - SEAL_OVERHEAD)
		return ERR_LIMIT;
	if ((r = make_key(s, ss, choices, &t, ad)) != OK ||
	    (r = seal_encrypt(t.k, choices, slice_of(ad, sizeof(ad)), ct)) !=
		OK ||
	    (r = prove(s, ss, slice_of(ct, choices.n + SEAL_TAG), &t)) != OK)
		goto out;
	buf_put(out, t.r.b, POINT_BYTES);
	buf_put(out, t.pok_c.b, SCALAR_BYTES);
	buf_put(out, t.pok_z.b, SCALAR_BYTES);
	buf_put(out, ct, choices.n + SEAL_TAG);
	if ((r = buf_end(out)) == OK && trace != NULL)
		*trace = t;

out:
	wipe(&t, sizeof(t));
	return r;
}

enum err
seal_open(const struct seal *s, const struct sealed_body *body,
    const struct point *shared, uint8_t *out)
{
	uint8_t k[KEY_BYTES], ad[AD_BYTES];
	struct point r;
	enum err e;

	memcpy(r.b, body->r, POINT_BYTES);
	derive_key(s, &r, shared, k, ad);
	e = seal_decrypt(k, body->ct, slice_of(ad, sizeof(ad)), out);
	wipe(k, sizeof(k));
	return e;
}
