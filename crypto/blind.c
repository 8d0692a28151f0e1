/*
 * RSA blind signatures.  The private-key operation is OpenSSL's, which blinds
 * it against timing and repeats it when the Chinese remainders went wrong.  The
 * public-key operation is one BN_mod_exp_mont with the key's Montgomery context
 * kept, and the PSS encoding is made and checked here: OpenSSL's own verify
 * spends half as long again on contexts, and it encodes with no given salt.
 * Wycheproof's and the RFC's vectors judge both.
 */
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "ossl.h"
#include "wipe.h"

#include "blind.h"

#define SHA384_BYTES 48
#define BITS 2048
#define MIN_BYTES 128

/* All of the 342 bytes before the modulus (RFC 9578 6.5), and after it. */
static const uint8_t spki_head[] = { 0x30, 0x82, 0x01, 0x52, 0x30, 0x3d, 0x06,
	0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a, 0x30, 0x30,
	0xa0, 0x0d, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
	0x04, 0x02, 0x02, 0xa1, 0x1a, 0x30, 0x18, 0x06, 0x09, 0x2a, 0x86, 0x48,
	0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86,
	0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0xa2, 0x03, 0x02, 0x01, 0x30,
	0x03, 0x82, 0x01, 0x0f, 0x00, 0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01,
	0x01, 0x00 };
static const uint8_t spki_tail[] = { 0x02, 0x03, 0x01, 0x00, 0x01 };

_Static_assert(
    sizeof(spki_head) + BLIND_BYTES + sizeof(spki_tail) == BLIND_SPKI,
    "the parts of the key's encoding add up");

struct blind_public {
	size_t size; /* bytes of n */
	size_t bits; /* bits of n */
	BIGNUM *n;
	BIGNUM *e;
	BN_MONT_CTX *mont; /* only read once made */
	EVP_PKEY *pkey;
	EVP_PKEY_CTX *verify; /* RSASSA-PSS, salt of 48; only copied */
};

struct blind_key {
	EVP_PKEY *pkey; /* type RSA: another type refuses the raw operation */
	struct blind_public *pub;
};

void
blind_public_free(struct blind_public *pub)
{
	if (pub == NULL)
		return;
	BN_free(pub->n);
	BN_free(pub->e);
	BN_MONT_CTX_free(pub->mont);
	EVP_PKEY_CTX_free(pub->verify);
	EVP_PKEY_free(pub->pkey);
	free(pub);
}

void
blind_key_free(struct blind_key *k)
{
	if (k == NULL)
		return;
	EVP_PKEY_free(k->pkey);
	blind_public_free(k->pub);
	free(k);
}

size_t
blind_public_size(const struct blind_public *pub)
{
	return pub->size;
}

/* The key of ${pub} as OpenSSL has it, and how it verifies. */
static enum err
prepare_verify(struct blind_public *pub)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY_CTX *ctx = NULL;
	enum err r = ERR_INTERNAL;

	if (bld == NULL ||
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, pub->n) != 1 ||
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, pub->e) != 1 ||
	    (params = OSSL_PARAM_BLD_to_param(bld)) == NULL ||
	    (ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL)) == NULL ||
	    EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &pub->pkey, EVP_PKEY_PUBLIC_KEY, params) !=
		1)
		goto out;
	pub->verify = EVP_PKEY_CTX_new_from_pkey(NULL, pub->pkey, NULL);
	if (pub->verify != NULL && EVP_PKEY_verify_init(pub->verify) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(pub->verify, RSA_PKCS1_PSS_PADDING) ==
		1 &&
	    EVP_PKEY_CTX_set_signature_md(pub->verify, EVP_sha384()) == 1 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md(pub->verify, EVP_sha384()) == 1 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(pub->verify, BLIND_SALT) == 1)
		r = OK;

out:
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	return r;
}

enum err
blind_public_from(struct slice n, struct slice e, struct blind_public **out)
{
	struct blind_public *pub = NULL;
	BN_CTX *ctx = NULL;
	enum err r = ERR_NOMEM;

	if (n.n > BLIND_MAX || e.n > BLIND_MAX)
		return ERR_FORMAT;
	if ((pub = calloc(1, sizeof(*pub))) == NULL ||
	    (ctx = BN_CTX_new()) == NULL ||
	    (pub->mont = BN_MONT_CTX_new()) == NULL ||
	    (pub->n = BN_bin2bn(n.p, (int)n.n, NULL)) == NULL ||
	    (pub->e = BN_bin2bn(e.p, (int)e.n, NULL)) == NULL)
		goto out;
	pub->size = (size_t)BN_num_bytes(pub->n);
	pub->bits = (size_t)BN_num_bits(pub->n);
	if (pub->size < MIN_BYTES || !BN_is_odd(pub->n) || !BN_is_odd(pub->e) ||
	    BN_is_one(pub->e)) {
		r = ERR_FORMAT;
		goto out;
	}
	if (BN_MONT_CTX_set(pub->mont, pub->n, ctx) != 1 ||
	    (r = prepare_verify(pub)) != OK)
		goto out;
	*out = pub;
	pub = NULL; /* handed over */

out:
	BN_CTX_free(ctx);
	blind_public_free(pub);
	ERR_clear_error();
	return r;
}

enum err
blind_public_parse(struct slice spki, struct blind_public **out)
{
	const uint8_t *n, *tail;

	if (spki.n != BLIND_SPKI)
		return ERR_FORMAT;
	n = spki.p + sizeof(spki_head);
	tail = n + BLIND_BYTES;
	if (memcmp(spki.p, spki_head, sizeof(spki_head)) != 0 ||
	    memcmp(tail, spki_tail, sizeof(spki_tail)) != 0 ||
	    (n[0] & 0x80) == 0)
		return ERR_FORMAT;
	return blind_public_from(slice_of(n, BLIND_BYTES),
	    slice_of(spki_tail + 2, sizeof(spki_tail) - 2), out);
}

/* The public half of ${pkey}. */
static enum err
public_of(const EVP_PKEY *pkey, struct blind_public **out)
{
	uint8_t nb[BLIND_MAX], eb[BLIND_MAX];
	BIGNUM *n = NULL, *e = NULL;
	enum err r = ERR_INTERNAL;

	if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &n) != 1 ||
	    EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &e) != 1)
		goto out;
	if (BN_num_bytes(n) > BLIND_MAX || BN_num_bytes(e) > BLIND_MAX) {
		r = ERR_FORMAT;
		goto out;
	}
	r = blind_public_from(slice_of(nb, (size_t)BN_bn2bin(n, nb)),
	    slice_of(eb, (size_t)BN_bn2bin(e, eb)), out);

out:
	BN_free(n);
	BN_free(e);
	ERR_clear_error();
	return r;
}

/* Wrap ${pkey}, which is freed when that fails. */
static enum err
key_wrap(EVP_PKEY *pkey, struct blind_key **out)
{
	struct blind_key *k = calloc(1, sizeof(*k));
	enum err r = ERR_NOMEM;

	if (k == NULL) {
		EVP_PKEY_free(pkey);
		return r;
	}
	k->pkey = pkey;
	if ((r = public_of(pkey, &k->pub)) != OK)
		goto out;
	*out = k;
	k = NULL; /* handed over */

out:
	blind_key_free(k);
	return r;
}

enum err
blind_key_new(struct blind_key **out)
{
	EVP_PKEY *pkey = EVP_RSA_gen(BITS);

	if (pkey == NULL) {
		ERR_clear_error();
		return ERR_INTERNAL;
	}
	return key_wrap(pkey, out);
}

enum err
blind_key_encode(const struct blind_key *k, struct buf *out)
{
	PKCS8_PRIV_KEY_INFO *info = NULL;
	unsigned char *der = NULL;
	int n = 0;
	enum err r = ERR_INTERNAL;

	if ((info = EVP_PKEY2PKCS8(k->pkey)) == NULL ||
	    (n = i2d_PKCS8_PRIV_KEY_INFO(info, &der)) <= 0)
		goto out;
	buf_put(out, der, (size_t)n);
	r = buf_end(out);

out:
	PKCS8_PRIV_KEY_INFO_free(info);
	if (der != NULL)
		OPENSSL_clear_free(der, (size_t)n);
	ERR_clear_error();
	return r;
}

enum err
blind_key_parse(struct slice der, struct blind_key **out)
{
	const unsigned char *p = der.p;
	PKCS8_PRIV_KEY_INFO *info = NULL;
	struct blind_key *k = NULL;
	EVP_PKEY *pkey = NULL;
	struct buf again = { 0 };
	enum err r = ERR_FORMAT;

	if (der.n == 0 || der.n > 4096 ||
	    (info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)der.n)) == NULL ||
	    (pkey = EVP_PKCS82PKEY(info)) == NULL ||
	    !EVP_PKEY_is_a(pkey, "RSA"))
		goto out;
	r = key_wrap(pkey, &k);
	pkey = NULL; /* handed over */
	if (r != OK || (r = blind_key_encode(k, &again)) != OK)
		goto out;
	if (k->pub->bits != BITS || !BN_is_word(k->pub->e, RSA_F4) ||
	    !slice_equal(der, buf_slice(&again))) {
		r = ERR_FORMAT;
		goto out;
	}
	*out = k;
	k = NULL; /* handed over */

out:
	buf_free(&again);
	EVP_PKEY_free(pkey);
	PKCS8_PRIV_KEY_INFO_free(info);
	blind_key_free(k);
	ERR_clear_error();
	return r;
}

enum err
blind_key_spki(const struct blind_key *k, uint8_t out[static BLIND_SPKI])
{
	if (k->pub->bits != BITS || !BN_is_word(k->pub->e, RSA_F4))
		return ERR_INTERNAL;
	memcpy(out, spki_head, sizeof(spki_head));
	if (BN_bn2binpad(k->pub->n, out + sizeof(spki_head), BLIND_BYTES) !=
	    BLIND_BYTES)
		return ERR_INTERNAL;
	memcpy(out + sizeof(spki_head) + BLIND_BYTES, spki_tail,
	    sizeof(spki_tail));
	return OK;
}

/* The numbers of a private key, for blind_key_from. */
struct numbers {
	BIGNUM *n, *e, *d, *p, *q, *dp, *dq, *qinv;
};

static void
numbers_free(struct numbers *v)
{
	BN_free(v->n);
	BN_free(v->e);
	BN_clear_free(v->d);
	BN_clear_free(v->p);
	BN_clear_free(v->q);
	BN_clear_free(v->dp);
	BN_clear_free(v->dq);
	BN_clear_free(v->qinv);
}

static BIGNUM *
secret_number(struct slice s)
{
	BIGNUM *v = BN_new();

	if (v != NULL) {
		BN_set_flags(v, BN_FLG_CONSTTIME);
		if (s.n <= BLIND_MAX && BN_bin2bn(s.p, (int)s.n, v) != NULL)
			return v;
	}
	BN_clear_free(v);
	return NULL;
}

/* d mod (p - 1), to ${out}. */
static int
reduce_exponent(const BIGNUM *d, const BIGNUM *p, BIGNUM *out, BN_CTX *ctx)
{
	BIGNUM *m = BN_dup(p);
	int ok;

	ok = m != NULL && BN_sub_word(m, 1) == 1 && BN_mod(out, d, m, ctx) == 1;
	BN_clear_free(m);
	return ok;
}

static enum err
pkey_from(const struct numbers *v, EVP_PKEY **out)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY_CTX *ctx = NULL;
	enum err r = ERR_INTERNAL;
	const struct {
		const char *name;
		const BIGNUM *value;
	} list[] = {
		{ OSSL_PKEY_PARAM_RSA_N, v->n },
		{ OSSL_PKEY_PARAM_RSA_E, v->e },
		{ OSSL_PKEY_PARAM_RSA_D, v->d },
		{ OSSL_PKEY_PARAM_RSA_FACTOR1, v->p },
		{ OSSL_PKEY_PARAM_RSA_FACTOR2, v->q },
		{ OSSL_PKEY_PARAM_RSA_EXPONENT1, v->dp },
		{ OSSL_PKEY_PARAM_RSA_EXPONENT2, v->dq },
		{ OSSL_PKEY_PARAM_RSA_COEFFICIENT1, v->qinv },
	};
	size_t i;

	for (i = 0; bld != NULL && i < sizeof(list) / sizeof(list[0]); i++) {
		if (OSSL_PARAM_BLD_push_BN(bld, list[i].name, list[i].value) !=
		    1)
			goto out;
	}
	if (bld == NULL || (params = OSSL_PARAM_BLD_to_param(bld)) == NULL ||
	    (ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL)) == NULL ||
	    EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, out, EVP_PKEY_KEYPAIR, params) != 1)
		goto out;
	r = OK;

out:
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	return r;
}

enum err
blind_key_from(struct slice n, struct slice e, struct slice d, struct slice p,
    struct slice q, struct blind_key **out)
{
	struct numbers v = { 0 };
	EVP_PKEY *pkey = NULL;
	BN_CTX *ctx = NULL;
	enum err r = ERR_INTERNAL;

	if ((ctx = BN_CTX_new()) == NULL || (v.n = secret_number(n)) == NULL ||
	    (v.e = secret_number(e)) == NULL ||
	    (v.d = secret_number(d)) == NULL ||
	    (v.p = secret_number(p)) == NULL ||
	    (v.q = secret_number(q)) == NULL || (v.dp = BN_new()) == NULL ||
	    (v.dq = BN_new()) == NULL || (v.qinv = BN_new()) == NULL ||
	    !reduce_exponent(v.d, v.p, v.dp, ctx) ||
	    !reduce_exponent(v.d, v.q, v.dq, ctx) ||
	    BN_mod_inverse(v.qinv, v.q, v.p, ctx) == NULL)
		goto out;
	if ((r = pkey_from(&v, &pkey)) == OK)
		r = key_wrap(pkey, out);

out:
	numbers_free(&v);
	BN_CTX_free(ctx);
	ERR_clear_error();
	return r;
}

/*
 * in^e mod n to ${out}, as many bytes as n has.  ERR_FORMAT when ${in} has not
 * that length or is not below n.
 */
static enum err
public_op(const struct blind_public *pub, struct slice in, uint8_t *out)
{
	BN_CTX *ctx = NULL;
	BIGNUM *x;
	enum err r = ERR_INTERNAL;

	if (in.n != pub->size)
		return ERR_FORMAT;
	if ((ctx = BN_CTX_new()) == NULL)
		return ERR_INTERNAL;
	BN_CTX_start(ctx);
	if ((x = BN_CTX_get(ctx)) == NULL ||
	    BN_bin2bn(in.p, (int)in.n, x) == NULL)
		goto out;
	if (BN_cmp(x, pub->n) >= 0) {
		r = ERR_FORMAT;
		goto out;
	}
	if (BN_mod_exp_mont(x, x, pub->e, pub->n, ctx, pub->mont) != 1 ||
	    BN_bn2binpad(x, out, (int)pub->size) != (int)pub->size)
		goto out;
	r = OK;

out:
	BN_CTX_end(ctx);
	BN_CTX_free(ctx);
	if (r != OK)
		ERR_clear_error();
	return r;
}

/* EVP_PKEY_decrypt without padding: in^d mod n. */
static enum err
private_op(const struct blind_key *k, struct slice in, uint8_t *out)
{
	EVP_PKEY_CTX *ctx = NULL;
	size_t n = k->pub->size;
	enum err r = ERR_INTERNAL;

	if ((ctx = EVP_PKEY_CTX_new_from_pkey(NULL, k->pkey, NULL)) != NULL &&
	    EVP_PKEY_decrypt_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1 &&
	    EVP_PKEY_decrypt(ctx, out, &n, in.p, in.n) == 1 &&
	    n == k->pub->size)
		r = OK;
	EVP_PKEY_CTX_free(ctx);
	if (r != OK)
		ERR_clear_error();
	return r;
}

enum err
blind_sign(const struct blind_key *k, struct slice in, uint8_t *out)
{
	uint8_t s[BLIND_MAX], m[BLIND_MAX];
	BIGNUM *x = NULL;
	enum err r;

	if (in.n != k->pub->size)
		return ERR_FORMAT;
	if ((x = BN_bin2bn(in.p, (int)in.n, NULL)) == NULL)
		return ERR_INTERNAL;
	if (BN_cmp(x, k->pub->n) >= 0) {
		r = ERR_FORMAT;
		goto out;
	}
	/* RFC 9474 4.3: nothing leaves that the public key does not confirm;
	   a fault in the private operation could give the key away. */
	r = ERR_INTERNAL;
	if (private_op(k, in, s) != OK ||
	    public_op(k->pub, slice_of(s, in.n), m) != OK ||
	    !equal_ct(m, in.p, in.n))
		goto out;
	memcpy(out, s, in.n);
	r = OK;

out:
	BN_free(x);
	wipe(s, sizeof(s));
	return r;
}

/* MGF1 with SHA-384 (RFC 8017 B.2.1): xor the mask of ${seed} onto ${p}. */
static void
mask(const uint8_t seed[static SHA384_BYTES], uint8_t *p, size_t n)
{
	uint8_t in[SHA384_BYTES + 4], block[SHA384_BYTES];
	struct slice s = slice_of(in, sizeof(in));
	uint32_t counter;
	size_t i, j;

	memcpy(in, seed, SHA384_BYTES);
	for (i = 0, counter = 0; i < n; counter++) {
		store32(in + SHA384_BYTES, counter);
		hash_sha384(&s, 1, block);
		for (j = 0; j < sizeof(block) && i < n; j++)
			p[i++] ^= block[j];
	}
}

/* H = SHA-384(8 zeros || SHA-384(msg) || salt), RFC 8017 9.1. */
static void
pss_hash(struct slice msg, struct slice salt, uint8_t out[static SHA384_BYTES])
{
	uint8_t head[8 + SHA384_BYTES] = { 0 };
	struct slice parts[2] = { slice_of(head, sizeof(head)), salt };

	hash_sha384(&msg, 1, head + 8);
	hash_sha384(parts, 2, out);
}

enum err
blind_pss_encode(struct slice msg, struct slice salt, size_t bits, uint8_t *out)
{
	size_t em = (bits + 6) / 8; /* ceil((bits - 1) / 8) */
	size_t db;

	if (bits > (size_t)BLIND_MAX * 8 || salt.n > BLIND_MAX ||
	    em < SHA384_BYTES + salt.n + 2)
		return ERR_LIMIT;
	db = em - SHA384_BYTES - 1;
	memset(out, 0, db);
	out[db - salt.n - 1] = 1;
	if (salt.n > 0)
		memcpy(out + db - salt.n, salt.p, salt.n);
	pss_hash(msg, salt, out + db);
	mask(out + db, out, db);
	out[0] &= (uint8_t)(0xff >> (8 * em - (bits - 1)));
	out[em - 1] = 0xbc;
	return OK;
}

enum err
blind_verify_salt(const struct blind_public *pub, struct slice msg,
    struct slice sig, size_t salt_len)
{
	uint8_t digest[SHA384_BYTES];
	EVP_PKEY_CTX *ctx;
	enum err r = ERR_INTERNAL;

	if (sig.n != pub->size || salt_len > BLIND_MAX)
		return ERR_SIGNATURE;
	hash_sha384(&msg, 1, digest);
	if ((ctx = EVP_PKEY_CTX_dup(pub->verify)) == NULL ||
	    (salt_len != BLIND_SALT &&
		EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, (int)salt_len) != 1))
		goto out;
	r = EVP_PKEY_verify(ctx, sig.p, sig.n, digest, sizeof(digest)) == 1
		? OK
		: ERR_SIGNATURE;

out:
	EVP_PKEY_CTX_free(ctx);
	if (r != OK)
		ERR_clear_error();
	return r;
}

enum err
blind_verify(const struct blind_public *pub, struct slice msg, struct slice sig)
{
	return blind_verify_salt(pub, msg, sig, BLIND_SALT);
}

enum err
blind_verify_with(const struct blind_public *pub, struct slice msg,
    struct slice salt, struct slice sig)
{
	uint8_t want[BLIND_MAX], got[BLIND_MAX];
	size_t bits = (size_t)BN_num_bits(pub->n);
	enum err r;

	/* A modulus of whole bytes: the encoding is as long as it. */
	if (bits != 8 * pub->size)
		return ERR_LIMIT;
	if ((r = blind_pss_encode(msg, salt, bits, want)) != OK)
		return r;
	r = public_op(pub, sig, got);
	if (r == ERR_FORMAT || (r == OK && !equal_ct(want, got, pub->size)))
		r = ERR_SIGNATURE;
	return r;
}

/*
 * Read the blinding factor into ${r}.  ERR_LIMIT unless 0 < r < n and it has
 * as many bytes as n.
 */
static enum err
read_factor(const struct blind_public *pub, struct slice in, BIGNUM *r)
{
	if (in.n != pub->size)
		return ERR_LIMIT;
	BN_set_flags(r, BN_FLG_CONSTTIME);
	if (BN_bin2bn(in.p, (int)in.n, r) == NULL)
		return ERR_INTERNAL;
	return BN_is_zero(r) || BN_cmp(r, pub->n) >= 0 ? ERR_LIMIT : OK;
}

/* ERR_LIMIT when ${x} has no inverse mod n, which goes to ${out}. */
static enum err
invert(
    const struct blind_public *pub, const BIGNUM *x, BIGNUM *out, BN_CTX *ctx)
{
	unsigned long e;

	if (BN_mod_inverse(out, x, pub->n, ctx) != NULL)
		return OK;
	e = ERR_peek_last_error();
	ERR_clear_error();
	return ERR_GET_REASON(e) == BN_R_NO_INVERSE ? ERR_LIMIT : ERR_INTERNAL;
}

enum err
blind_blind(const struct blind_public *pub, struct slice msg, struct slice salt,
    struct slice r, uint8_t *out)
{
	uint8_t em[BLIND_MAX];
	BIGNUM *m, *f, *z, *t;
	BN_CTX *ctx = NULL;
	enum err e;

	if ((e = blind_pss_encode(msg, salt, pub->bits, em)) != OK)
		return e;
	e = ERR_INTERNAL;
	if ((ctx = BN_CTX_new()) == NULL)
		goto out;
	BN_CTX_start(ctx);
	m = BN_CTX_get(ctx);
	f = BN_CTX_get(ctx);
	z = BN_CTX_get(ctx);
	if ((t = BN_CTX_get(ctx)) == NULL)
		goto end;
	BN_set_flags(m, BN_FLG_CONSTTIME);
	if (BN_bin2bn(em, (int)((pub->bits + 6) / 8), m) == NULL)
		goto end;
	if ((e = read_factor(pub, r, f)) != OK)
		goto end;
	e = ERR_INTERNAL;
	if (BN_mod_exp_mont_consttime(z, f, pub->e, pub->n, ctx, pub->mont) !=
		1 ||
	    BN_mod_mul(z, z, m, pub->n, ctx) != 1)
		goto end;
	/*
	 * RFC 9474 4.2 wants gcd(m, n) = gcd(r, n) = 1: with a key made to
	 * leak, a common factor would show through.  Both hold iff z is
	 * invertible, and z is public.  Without an inverse it is r's fault or
	 * the key's.
	 */
	if ((e = invert(pub, z, t, ctx)) == ERR_LIMIT) {
		e = invert(pub, f, t, ctx);
		if (e == OK)
			e = ERR_FORMAT;
	}
	if (e != OK)
		goto end;
	if (BN_bn2binpad(z, out, (int)pub->size) != (int)pub->size)
		e = ERR_INTERNAL;

end:
	BN_CTX_end(ctx);
out:
	BN_CTX_free(ctx); /* clears its numbers */
	wipe(em, sizeof(em));
	if (e != OK)
		ERR_clear_error();
	return e;
}

/* blind_sig * r^-1 mod n, to ${out}. */
static enum err
unblind(const struct blind_public *pub, struct slice r, struct slice blind_sig,
    uint8_t *out)
{
	BN_CTX *ctx = NULL;
	BIGNUM *f, *inv, *s;
	enum err e = ERR_INTERNAL;

	if (blind_sig.n != pub->size)
		return ERR_SIGNATURE;
	if ((ctx = BN_CTX_new()) == NULL)
		return e;
	BN_CTX_start(ctx);
	f = BN_CTX_get(ctx);
	inv = BN_CTX_get(ctx);
	if ((s = BN_CTX_get(ctx)) == NULL ||
	    BN_bin2bn(blind_sig.p, (int)blind_sig.n, s) == NULL)
		goto out;
	if ((e = read_factor(pub, r, f)) != OK)
		goto out;
	if (BN_cmp(s, pub->n) >= 0) {
		e = ERR_SIGNATURE;
		goto out;
	}
	if ((e = invert(pub, f, inv, ctx)) != OK)
		goto out;
	e = ERR_INTERNAL;
	if (BN_mod_mul(s, s, inv, pub->n, ctx) == 1 &&
	    BN_bn2binpad(s, out, (int)pub->size) == (int)pub->size)
		e = OK;

out:
	BN_CTX_end(ctx);
	BN_CTX_free(ctx); /* clears its numbers */
	if (e != OK)
		ERR_clear_error();
	return e;
}

enum err
blind_finalize(const struct blind_public *pub, struct slice msg, struct slice r,
    struct slice blind_sig, size_t salt_len, uint8_t *out)
{
	uint8_t sig[BLIND_MAX];
	enum err e;

	if ((e = unblind(pub, r, blind_sig, sig)) != OK ||
	    (e = blind_verify_salt(
		 pub, msg, slice_of(sig, pub->size), salt_len)) != OK)
		goto out;
	memcpy(out, sig, pub->size);

out:
	wipe(sig, sizeof(sig));
	return e;
}
