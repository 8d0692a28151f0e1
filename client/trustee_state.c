#include <string.h>

#include "base64.h"
#include "seal.h"
#include "text.h"
#include "wipe.h"

#include "file.h"
#include "trustee_state.h"

#define TITLE "partecipa/trustee-ceremony/v1"
#define SALT_BYTES 32

/* What there is, as bits of the file. */
enum flag {
	FLAG_SECRET = 1,
	FLAG_ACCEPTED = 2,
	FLAG_FORM = 4,
	FLAG_OPENED = 8,
	FLAG_DESTROYED = 16,
	FLAG_RESTORED = 32,
	FLAG_ALL = 63,
};

enum err
trustee_state_new(
    const struct header *h, uint8_t index, struct trustee_state *out)
{
	memset(out, 0, sizeof(*out));
	if (strlen(h->slug) > SLUG_MAX)
		return ERR_FORMAT;
	memcpy(out->slug, h->slug, strlen(h->slug) + 1);
	out->space_id = h->id;
	out->index = index;
	out->n = (uint8_t)h->n_trustees;
	out->t = (uint8_t)h->threshold;
	return OK;
}

void
trustee_state_free(struct trustee_state *s)
{
	size_t i;

	buf_free(&s->log_key);
	buf_free(&s->checkpoint);
	for (i = 0; i <= CEREMONY_COMPLAINT; i++)
		buf_free(&s->own[i]);
	wipe(s, sizeof(*s));
}

void
trustee_state_forget(struct trustee_state *s)
{
	s->has_secret = 0;
	s->accepted = 0;
	wipe(&s->secret, sizeof(s->secret));
	wipe(&s->x, sizeof(s->x));
}

void
trustee_state_next(struct trustee_state *s, uint32_t attempt)
{
	size_t i;

	trustee_state_forget(s);
	for (i = 0; i <= CEREMONY_COMPLAINT; i++)
		buf_free(&s->own[i]);
	memset(s->seen, 0, sizeof(s->seen));
	memset(&s->y, 0, sizeof(s->y));
	memset(s->v, 0, sizeof(s->v));
	s->attempt = attempt;
}

static unsigned
flags_of(const struct trustee_state *s)
{
	return (s->has_secret ? FLAG_SECRET : 0U) |
	       (s->accepted ? FLAG_ACCEPTED : 0U) |
	       (s->has_form ? FLAG_FORM : 0U) |
	       (s->has_opened ? FLAG_OPENED : 0U) |
	       (s->destroyed ? FLAG_DESTROYED : 0U) |
	       (s->restored ? FLAG_RESTORED : 0U);
}

enum err
trustee_state_put(const struct trustee_state *s, struct buf *b)
{
	size_t i, j;

	buf_u8(b, 1);
	buf_lp(b, slice_str(s->slug));
	buf_put(b, s->space_id.b, HASH_BYTES);
	buf_u8(b, s->index);
	buf_u8(b, s->n);
	buf_u8(b, s->t);
	buf_lp(b, buf_slice(&s->log_key));
	buf_lp(b, buf_slice(&s->checkpoint));
	buf_u32(b, s->attempt);
	buf_u8(b, (uint8_t)flags_of(s));
	for (i = 0; i < s->t; i++)
		buf_put(b, s->secret.a[i].b, SCALAR_BYTES);
	buf_put(b, s->secret.e.b, SCALAR_BYTES);
	for (i = CEREMONY_COMMIT; i <= CEREMONY_COMPLAINT; i++) {
		buf_lp(b, buf_slice(&s->own[i]));
		for (j = 0; j < s->n; j++)
			buf_put(b, s->seen[i][j].b, HASH_BYTES);
	}
	buf_put(b, s->x.b, SCALAR_BYTES);
	buf_put(b, s->y.b, POINT_BYTES);
	for (i = 0; i < s->n; i++)
		buf_put(b, s->v[i].b, POINT_BYTES);
	buf_put(b, s->form_id.b, HASH_BYTES);
	buf_put(b, s->form_sig.b, sizeof(s->form_sig.b));
	buf_u64(b, s->size);
	buf_put(b, s->root.b, HASH_BYTES);
	return buf_end(b);
}

static void
lp_take(struct cursor *c, struct buf *out)
{
	struct slice s = cursor_lp(c);

	buf_put(out, s.p, s.n);
}

/* What stands before the first secret. */
static enum err
head_take(struct cursor *c, struct trustee_state *s)
{
	struct slice slug;
	unsigned flags;

	if (cursor_u8(c) != 1)
		return ERR_FORMAT;
	slug = cursor_lp(c);
	if (slug.n == 0 || slug.n > SLUG_MAX)
		return ERR_FORMAT;
	memcpy(s->slug, slug.p, slug.n);
	cursor_copy(c, s->space_id.b, HASH_BYTES);
	s->index = cursor_u8(c);
	s->n = cursor_u8(c);
	s->t = cursor_u8(c);
	if (strlen(s->slug) != slug.n || slug_check(s->slug) != OK ||
	    s->n > DKG_TRUSTEES_MAX || s->t == 0 || s->t > s->n ||
	    s->index == 0 || s->index > s->n)
		return ERR_FORMAT;
	lp_take(c, &s->log_key);
	lp_take(c, &s->checkpoint);
	s->attempt = cursor_u32(c);
	flags = cursor_u8(c);
	if (flags > FLAG_ALL || s->attempt > CEREMONY_ATTEMPT_MAX)
		return ERR_FORMAT;
	s->has_secret = (flags & FLAG_SECRET) != 0;
	s->accepted = (flags & FLAG_ACCEPTED) != 0;
	s->has_form = (flags & FLAG_FORM) != 0;
	s->has_opened = (flags & FLAG_OPENED) != 0;
	s->destroyed = (flags & FLAG_DESTROYED) != 0;
	s->restored = (flags & FLAG_RESTORED) != 0;
	return OK;
}

static void
rest_take(struct cursor *c, struct trustee_state *s)
{
	size_t i, j;

	for (i = 0; i < s->t; i++)
		cursor_copy(c, s->secret.a[i].b, SCALAR_BYTES);
	cursor_copy(c, s->secret.e.b, SCALAR_BYTES);
	for (i = CEREMONY_COMMIT; i <= CEREMONY_COMPLAINT; i++) {
		lp_take(c, &s->own[i]);
		for (j = 0; j < s->n; j++)
			cursor_copy(c, s->seen[i][j].b, HASH_BYTES);
	}
	cursor_copy(c, s->x.b, SCALAR_BYTES);
	cursor_copy(c, s->y.b, POINT_BYTES);
	for (i = 0; i < s->n; i++)
		cursor_copy(c, s->v[i].b, POINT_BYTES);
	cursor_copy(c, s->form_id.b, HASH_BYTES);
	cursor_copy(c, s->form_sig.b, sizeof(s->form_sig.b));
	s->size = cursor_u64(c);
	cursor_copy(c, s->root.b, HASH_BYTES);
}

/* A message that memory did not hold must not pass for one never made. */
static enum err
whole(const struct trustee_state *s)
{
	size_t i;
	enum err r = buf_end(&s->log_key);

	if (r == OK)
		r = buf_end(&s->checkpoint);
	for (i = CEREMONY_COMMIT; r == OK && i <= CEREMONY_COMPLAINT; i++)
		r = buf_end(&s->own[i]);
	return r;
}

enum err
trustee_state_parse(struct slice s, struct trustee_state *out, struct why *why)
{
	struct cursor c = cursor_of(s);
	struct trustee_state st;
	enum err r;

	memset(&st, 0, sizeof(st));
	if ((r = head_take(&c, &st)) == OK) {
		rest_take(&c, &st);
		r = cursor_end(&c);
	}
	if (r == OK)
		r = whole(&st);
	if (r != OK) {
		r = why_say(
		    why, r, "what is locked in it is no trustee's ceremony");
		goto out;
	}
	*out = st;
	memset(&st, 0, sizeof(st)); /* handed over */

out:
	trustee_state_free(&st);
	return r;
}

enum err
trustee_state_lock(
    const struct trustee_state *s, const struct trustee_key *k, struct buf *out)
{
	struct buf plain = { 0 }, ct = { 0 };
	uint8_t salt[SALT_BYTES], key[32], tag[SEAL_TAG] = { 0 };
	enum err r;

	random_bytes(salt, sizeof(salt));
	if ((r = trustee_state_put(s, &plain)) != OK ||
	    (r = derive_trustee_file(k->store, salt, key)) != OK)
		goto out;
	buf_put(&ct, plain.p, plain.n); /* room */
	buf_put(&ct, tag, sizeof(tag));
	if ((r = buf_end(&ct)) != OK ||
	    (r = seal_encrypt(
		 key, buf_slice(&plain), slice_str(s->slug), ct.p)) != OK)
		goto out;
	buf_str(out, TITLE "\n");
	buf_str(out, s->slug);
	buf_str(out, "\n");
	base64_put(out, BASE64_STD, slice_of(salt, sizeof(salt)));
	buf_str(out, "\n");
	base64_put(out, BASE64_STD, buf_slice(&ct));
	buf_str(out, "\n");
	r = buf_end(out);

out:
	wipe(key, sizeof(key));
	buf_free(&plain);
	buf_free(&ct);
	return r;
}

/* Decrypt ${ct} and read what is in it. */
static enum err
unlock(struct slice slug, const uint8_t key[static 32], struct slice ct,
    struct trustee_state *out, struct why *why)
{
	struct buf plain = { 0 };
	enum err r;

	buf_put(&plain, ct.p, ct.n - SEAL_TAG); /* room */
	if ((r = buf_end(&plain)) != OK)
		goto out;
	if ((r = seal_decrypt(key, ct, slug, plain.p)) != OK) {
		(void)why_say(why, r,
		    "it is locked for another trustee's key, or was altered");
		goto out;
	}
	if ((r = trustee_state_parse(buf_slice(&plain), out, why)) != OK)
		goto out;
	if (!slice_equal(slug, slice_str(out->slug))) {
		trustee_state_free(out);
		r = why_say(why, ERR_FORMAT, "it is of another space");
	}

out:
	buf_free(&plain);
	return r;
}

enum err
trustee_state_unlock(struct slice text, const struct trustee_key *k,
    struct trustee_state *out, struct why *why)
{
	struct cursor c = cursor_of(text);
	struct slice title = text_line(&c), slug = text_line(&c);
	struct slice salt_text = text_line(&c), body = text_line(&c);
	uint8_t salt[SALT_BYTES], key[32];
	struct buf ct = { 0 };
	enum err r;

	if (cursor_end(&c) != OK || !slice_equal(title, slice_str(TITLE)) ||
	    base64_decode_exact(BASE64_STD, salt_text, salt, sizeof(salt)) !=
		OK ||
	    base64_decode(BASE64_STD, body, &ct) != OK || ct.n < SEAL_TAG + 1) {
		r = why_say(
		    why, ERR_FORMAT, "this is no trustee's ceremony file");
		goto out;
	}
	if ((r = derive_trustee_file(k->store, salt, key)) == OK)
		r = unlock(slug, key, buf_slice(&ct), out, why);

out:
	wipe(key, sizeof(key));
	buf_free(&ct);
	return r;
}

static const char *
path_of(struct buf *b, const char *dir, const char *slug)
{
	b->n = 0;
	buf_printf(b, "%s/%s.ceremony", dir, slug);
	return buf_text(b);
}

enum err
trustee_state_load(const char *dir, const char *slug,
    const struct trustee_key *k, struct trustee_state *out, struct why *why)
{
	struct buf path = { 0 }, text = { 0 };
	enum err r;

	if (slug_check(slug) != OK)
		return why_say(why, ERR_FORMAT,
		    "\"%.80s\" cannot be the name of a space", slug);
	if (path_of(&path, dir, slug) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	if ((r = file_read(buf_text(&path), TRUSTEE_STATE_MAX, &text, why)) !=
	    OK)
		goto out;
	r = trustee_state_unlock(buf_slice(&text), k, out, why);
	if (r == OK && strcmp(out->slug, slug) != 0) {
		trustee_state_free(out);
		r = why_say(why, ERR_FORMAT, "it is of another space");
	}
	if (r != OK)
		why_prefix(why, "%s: ", buf_text(&path));

out:
	buf_free(&path);
	buf_free(&text);
	return r;
}

enum err
trustee_state_save(const char *dir, const struct trustee_state *s,
    const struct trustee_key *k, struct why *why)
{
	struct buf path = { 0 }, text = { 0 };
	enum err r;

	if (path_of(&path, dir, s->slug) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	if ((r = trustee_state_lock(s, k, &text)) == OK)
		r = file_write(buf_text(&path), 0600, buf_slice(&text), why);

out:
	buf_free(&path);
	buf_free(&text);
	return r;
}
