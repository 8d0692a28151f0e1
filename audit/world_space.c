/* The documents of a space: header, form, cancel. */
#include <stdlib.h>
#include <string.h>

#include "hex.h"

#include "picture.h"
#include "result.h"
#include "world_step.h"

/* --- Header ------------------------------------------------------------------
 */

static enum err
header_judge(struct world_step *t, const struct header *h)
{
	const struct space *same = world_space_by_slug(t->w, h->slug);
	size_t i;
	enum err r;

	if ((r = world_check(t, RULE_HEADER,
		 strcmp(h->origin, t->w->origin) == 0,
		 "the header was made for the log %s", h->origin)) != OK ||
	    (r = world_check(t, RULE_HEADER_ONCE, same == NULL,
		 "there was a space %s before", h->slug)) != OK ||
	    (r = world_check(t, RULE_ISSUER_KEY, !header_shares_key(h, h),
		 "%s: two purposes or issuers share a token key", h->slug)) !=
		OK)
		return r;
	for (i = 0; i < t->w->n_spaces; i++) {
		const struct header *o = t->w->spaces[i]->header;

		if ((r = world_check(t, RULE_ISSUER_KEY,
			 !header_shares_key(h, o), "%s uses a token key of %s",
			 h->slug, o->slug)) != OK)
			return r;
	}
	return OK;
}

/* Judge the roll and begin the space's lines with it. */
static enum err
roll_begin(struct world_step *t, const struct header *h)
{
	char name[2 * HASH_BYTES + 1];
	struct why why = { { 0 } };
	struct buf file = { 0 };
	struct hash root;
	uint32_t n = 0;
	enum err r;

	hex_encode(hash_slice(&h->roll_root), name);
	r = t->w->object(t->w->object_cookie, &h->roll_root, &file);
	if (r != OK && r != ERR_NOT_FOUND)
		goto out;
	if ((r = world_must(t, RULE_OBJECT, r == OK,
		 "%s: the roll %s is not published", h->slug, name)) != OK)
		goto out;
	r = roll_file_check(buf_slice(&file), &root, &n, &why);
	if (r == ERR_NOMEM)
		goto out;
	if ((r = world_must(
		 t, RULE_ROLL, r == OK, "%s: %s", h->slug, why.text)) != OK ||
	    (r = world_must(t, RULE_ROLL, hash_equal(&root, &h->roll_root),
		 "%s: the published roll has another root", h->slug)) != OK ||
	    (r = world_check(t, RULE_ROLL, n == h->roll_size,
		 "%s: the roll has %u rows, the header says %u", h->slug,
		 (unsigned)n, (unsigned)h->roll_size)) != OK)
		goto out;
	r = roll_open(t->w->roll, &h->id, buf_slice(&file), &why);
	if (r != OK && r != ERR_NOMEM)
		r = world_must(t, RULE_ROLL, 0, "%s: %s", h->slug, why.text);

out:
	buf_free(&file);
	return r;
}

enum err
world_space_header(struct world_step *t)
{
	struct why why = { { 0 } };
	struct buf b = { 0 };
	struct header *h = NULL;
	struct space *s = NULL;
	enum err r;

	if (world_space_by_id(t->w, &t->e->space_id) != NULL)
		return world_must(t, RULE_HEADER_ONCE, 0,
		    "the header of %s was there before",
		    world_space_by_id(t->w, &t->e->space_id)->header->slug);
	if ((r = world_fetch(t, &t->e->space_id, &b)) != OK)
		goto out;
	r = header_parse(buf_slice(&b), &h, &why);
	if (r == ERR_NOMEM || r == ERR_INTERNAL)
		goto out;
	t->quiet = r == OK && t->w->audit.slug != NULL &&
		   strcmp(t->w->audit.slug, h->slug) != 0;
	if ((r = world_must(t, RULE_HEADER, r == OK, "%s", why.text)) != OK ||
	    (r = header_judge(t, h)) != OK)
		goto out;
	if ((s = calloc(1, sizeof(*s))) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	r = roll_begin(t, h);
	s->lost_roll = r != OK;
	if (r != OK && (r != ERR_SIGNATURE || t->w->audit.report == NULL))
		goto out;
	t->w->lost_roll |= s->lost_roll;
	s->header = h;
	h = NULL; /* handed over */
	s->header_index = t->index;
	s->end = t->index + 1;
	if ((r = world_space_add(t->w, s)) == OK)
		s = NULL; /* handed over */

out:
	if (r == ERR_SIGNATURE && t->w->audit.report != NULL) {
		t->w->lost_roll = 1;
		if (world_shun(t->w, &t->e->space_id) != OK)
			r = ERR_NOMEM;
	}
	world_space_free(s);
	header_free(h);
	buf_free(&b);
	return r;
}

/* --- Form --------------------------------------------------------------------
 */

static enum err
trustees_judge(struct world_step *t, const struct header *h)
{
	struct slice id = hash_slice(&t->e->object);
	size_t i;
	enum err r;

	if ((r = world_check(t, RULE_FORM_TRUSTEES,
		 t->e->n_trustees == h->n_trustees,
		 "%zu trustees signed the form, the header has %zu",
		 t->e->n_trustees, h->n_trustees)) != OK)
		return r;
	for (i = 0; i < t->e->n_trustees && i < h->n_trustees; i++) {
		r = sign_verify_dst(
		    &h->trustees[i], "form", &id, 1, &t->e->trustee_sigs[i]);
		if (r != OK && r != ERR_SIGNATURE)
			return r;
		if ((r = world_check(t, RULE_FORM_TRUSTEES, r == OK,
			 "the signature of trustee %zu does not verify",
			 i + 1)) != OK)
			return r;
	}
	return OK;
}

/* Rule 46: what the ballots are sealed with comes from the ceremony. */
static enum err
ceremony_judge(
    struct world_step *t, const struct form *f, struct ceremony_keys *out)
{
	const struct header *h = t->s->header;
	struct ceremony_keys keys = { 0 };
	struct why why = { { 0 } };
	struct buf b = { 0 };
	enum err r;

	if ((r = world_fetch(t, &f->transcript, &b)) != OK)
		goto out;
	r = ceremony_transcript_parse(buf_slice(&b), h, &keys, &why);
	if (r == OK)
		r = ceremony_form_check(f, &keys, &why);
	if (r == ERR_NOMEM || r == ERR_INTERNAL)
		goto out;
	if ((r = world_must(
		 t, RULE_CEREMONY, r == OK, "%s: %s", h->slug, why.text)) == OK)
		*out = keys;

out:
	buf_free(&b);
	return r;
}

/*
 * Rules 11 and 16: who read the ballot paper saw these.  A server that starts
 * from its own store has judged them before.
 */
static enum err
pictures_judge(struct world_step *t, const struct form *f)
{
	const struct option *o;
	struct picture picture;
	struct why why = { { 0 } };
	struct buf b = { 0 };
	size_t i;
	enum err r = OK;

	for (i = 0; i < f->n_options && r == OK && !t->w->trust; i++) {
		o = &f->options[i];
		if (o->alt == NULL)
			continue;
		b.n = 0;
		if ((r = world_fetch(t, &o->picture, &b)) != OK)
			break;
		r = picture_parse(buf_slice(&b), &picture, &why);
		r = world_must(t, RULE_FORM, r == OK,
		    "%s: options[%zu].picture: %s", t->s->header->slug, i,
		    why.text);
	}
	buf_free(&b);
	return r;
}

enum err
world_space_form(struct world_step *t)
{
	struct space *s = t->s;
	struct ceremony_keys keys = { 0 };
	struct why why = { { 0 } };
	struct buf b = { 0 };
	struct form *f = NULL;
	enum err r;

	if ((r = world_must(t, RULE_FORM_ONCE, s->form == NULL && !s->lost_form,
		 "a second form of %s", s->header->slug)) != OK ||
	    (r = world_check(t, RULE_FORM_ONCE, s->batches == 0 && !s->closed,
		 "the form of %s comes after its first batch",
		 s->header->slug)) != OK)
		return r;
	if ((r = world_fetch(t, &t->e->object, &b)) != OK)
		goto out;
	r = form_parse(buf_slice(&b), s->header, &f, &why);
	if (r == ERR_NOMEM || r == ERR_INTERNAL)
		goto out;
	if (r == OK)
		r = result_rule_check(f, &why);
	if ((r = world_must(t, RULE_FORM, r == OK, "%s: %s", s->header->slug,
		 why.text)) != OK ||
	    (r = trustees_judge(t, s->header)) != OK ||
	    (f->sealed && (r = ceremony_judge(t, f, &keys)) != OK) ||
	    (r = pictures_judge(t, f)) != OK)
		goto out;
	s->seal = keys;
	s->form = f;
	f = NULL; /* handed over */
	s->form_index = t->index;

out:
	if (r == ERR_SIGNATURE)
		s->lost_form = t->w->audit.report != NULL;
	form_free(f);
	buf_free(&b);
	return r;
}

/* --- Cancel ------------------------------------------------------------------
 */

enum err
world_space_cancel(struct world_step *t)
{
	t->s->cancelled = 1;
	roll_close(t->w->roll, &t->s->header->id);
	return OK;
}
