#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base64.h"
#include "text.h"
#include "wipe.h"

#include "locked.h"

#define MAGIC "partecipa/locked/v1"
#define KDF "argon2id "

#define SALT_BYTES crypto_pwhash_argon2id_SALTBYTES
#define KEY_BYTES crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES

/*
 * What is written costs a tenth of a second and 64 MiB: a trustee unlocks her
 * file at each of a ceremony's steps, and all of a ceremony is to take less
 * than two seconds of computing.  The passphrase has to be long instead.  What
 * is read may be dearer, up to a second or four and 1 GiB, but not cheaper.
 */
#define PASSES_MIN crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE
#define PASSES_MAX crypto_pwhash_argon2id_OPSLIMIT_SENSITIVE
#define KIB_MIN (crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE / 1024)
#define KIB_MAX (crypto_pwhash_argon2id_MEMLIMIT_SENSITIVE / 1024)

struct parameters {
	uint64_t passes;
	uint64_t kib;
	uint8_t salt[SALT_BYTES];
};

/* A text taken apart. */
struct parsed {
	struct slice what;
	struct parameters parameters;
	struct slice head; /* the first three lines: authenticated */
	struct slice box;  /* base64 */
};

static enum err
check_what(struct slice what)
{
	size_t i;

	if (what.n == 0 || what.n > LOCKED_WHAT_MAX)
		return ERR_FORMAT;
	for (i = 0; i < what.n; i++) {
		if (what.p[i] < 0x20 || what.p[i] > 0x7e)
			return ERR_FORMAT;
	}
	return OK;
}

/* Up to the next blank of ${s}, which loses it. */
static struct slice
word(struct slice *s)
{
	const uint8_t *blank = s->n == 0 ? NULL : memchr(s->p, ' ', s->n);
	struct slice w = { s->p,
		blank == NULL ? s->n : (size_t)(blank - s->p) };
	size_t used = blank == NULL ? s->n : w.n + 1;

	s->p += used;
	s->n -= used;
	return w;
}

static enum err
parse_parameters(struct slice line, struct parameters *out)
{
	struct slice rest;
	enum err r;

	if ((r = text_after(line, KDF, &rest)) != OK ||
	    (r = text_u64(word(&rest), &out->passes)) != OK ||
	    (r = text_u64(word(&rest), &out->kib)) != OK)
		return r;
	return base64_decode_exact(BASE64_STD, rest, out->salt, SALT_BYTES);
}

static enum err
parse(struct slice text, struct parsed *out)
{
	struct cursor c = cursor_of(text);
	enum err r;

	if (text.n > LOCKED_MAX)
		return ERR_FORMAT;
	if (!slice_equal(text_line(&c), slice_str(MAGIC)))
		return ERR_FORMAT;
	out->what = text_line(&c);
	if ((r = check_what(out->what)) != OK ||
	    (r = parse_parameters(text_line(&c), &out->parameters)) != OK)
		return r;
	out->head = slice_of(text.p, text.n - c.n);
	out->box = text_line(&c);
	return cursor_end(&c);
}

static enum err
check_passphrase(struct slice p)
{
	return p.n < LOCKED_PASSPHRASE_MIN || p.n > LOCKED_PASSPHRASE_MAX
		   ? ERR_LIMIT
		   : OK;
}

static enum err
stretch(struct slice passphrase, const struct parameters *p,
    uint8_t key[static KEY_BYTES])
{
	/* Fails for want of memory only: the parameters are allowed. */
	return crypto_pwhash(key, KEY_BYTES, (const char *)passphrase.p,
		   passphrase.n, p->salt, p->passes, (size_t)p->kib * 1024,
		   crypto_pwhash_ALG_ARGON2ID13) == 0
		   ? OK
		   : ERR_NOMEM;
}

static void
put_head(const char *what, const struct parameters *p, struct buf *out)
{
	buf_printf(out, "%s\n%s\n%s%llu %llu ", MAGIC, what, KDF,
	    (unsigned long long)p->passes, (unsigned long long)p->kib);
	base64_put(out, BASE64_STD, slice_of(p->salt, SALT_BYTES));
	buf_str(out, "\n");
}

enum err
locked_seal(const char *what, struct slice passphrase, struct slice plain,
    struct buf *out)
{
	struct parameters p = { PASSES_MIN, KIB_MIN, { 0 } };
	struct buf head = { 0 };
	uint8_t key[KEY_BYTES], *box = NULL;
	size_t n = NONCE_BYTES + plain.n + TAG_BYTES;
	enum err r;

	if ((r = check_what(slice_str(what))) != OK ||
	    (r = check_passphrase(passphrase)) != OK)
		return r;
	if (plain.n > LOCKED_PLAIN_MAX)
		return ERR_LIMIT;
	random_bytes(p.salt, SALT_BYTES);
	put_head(what, &p, &head);
	if ((r = buf_end(&head)) != OK ||
	    (r = stretch(passphrase, &p, key)) != OK)
		goto out;
	if ((box = malloc(n)) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	random_bytes(box, NONCE_BYTES);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(box + NONCE_BYTES,
	    NULL, plain.p, plain.n, head.p, head.n, NULL, box, key);
	buf_put(out, head.p, head.n);
	base64_put(out, BASE64_STD, slice_of(box, n));
	buf_str(out, "\n");
	r = buf_end(out);

out:
	free(box);
	wipe(key, sizeof(key));
	buf_free(&head);
	return r;
}

/* The nonce and the ciphertext ${box}, which becomes the plain bytes. */
static enum err
decrypt(const struct parsed *p, const uint8_t key[static KEY_BYTES],
    struct slice box, struct buf *out)
{
	size_t n = box.n - NONCE_BYTES - TAG_BYTES;
	uint8_t *plain = malloc(n + 1);
	enum err r = ERR_SIGNATURE;

	if (plain == NULL)
		return ERR_NOMEM;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL,
		box.p + NONCE_BYTES, box.n - NONCE_BYTES, p->head.p, p->head.n,
		box.p, key) == 0) {
		buf_put(out, plain, n);
		r = buf_end(out);
	}
	wipe(plain, n);
	free(plain);
	return r;
}

enum err
locked_open(struct slice text, const char *what, struct slice passphrase,
    struct buf *out)
{
	struct parsed p = { 0 };
	struct buf box = { 0 };
	uint8_t key[KEY_BYTES];
	enum err r;

	if ((r = parse(text, &p)) != OK)
		return r;
	if (!slice_equal(p.what, slice_str(what)))
		return ERR_FORMAT;
	if (p.parameters.passes < PASSES_MIN ||
	    p.parameters.passes > PASSES_MAX || p.parameters.kib < KIB_MIN ||
	    p.parameters.kib > KIB_MAX)
		return ERR_LIMIT;
	if ((r = base64_decode(BASE64_STD, p.box, &box)) != OK)
		goto out;
	if (box.n < NONCE_BYTES + TAG_BYTES ||
	    box.n - NONCE_BYTES - TAG_BYTES > LOCKED_PLAIN_MAX) {
		r = ERR_FORMAT;
		goto out;
	}
	/* A passphrase that none may have opens nothing. */
	if (check_passphrase(passphrase) != OK) {
		r = ERR_SIGNATURE;
		goto out;
	}
	if ((r = stretch(passphrase, &p.parameters, key)) == OK)
		r = decrypt(&p, key, buf_slice(&box), out);
	wipe(key, sizeof(key));

out:
	buf_free(&box);
	return r;
}

enum err
locked_what(struct slice text, char out[static LOCKED_WHAT_MAX + 1])
{
	struct parsed p = { 0 };
	enum err r;

	if ((r = parse(text, &p)) != OK)
		return r;
	memcpy(out, p.what.p, p.what.n);
	out[p.what.n] = 0;
	return OK;
}
