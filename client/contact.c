#include <stdlib.h>
#include <string.h>

#include "contact.h"

void
contact_close(struct contact *c)
{
	size_t i;

	for (i = 0; c->listed != NULL && i < c->spaces.n; i++)
		header_free(c->listed[i]);
	free(c->listed);
	papers_free(c->papers);
	api_spaces_free(&c->spaces);
	trust_free(c->trust);
	api_free(c->api);
	memset(c, 0, sizeof(*c));
}

enum err
contact_open(struct contact *c, const char *server, struct why *why)
{
	struct buf vkey = { 0 };
	struct slice earlier = { NULL, 0 };
	enum err r;

	if (c->papers != NULL)
		earlier = buf_slice(&c->papers->checkpoint);
	if ((r = api_open(server, &c->api, why)) != OK ||
	    (r = trust_open(server,
		 c->papers == NULL ? NULL : c->papers->log_key, earlier,
		 &c->trust, why)) != OK ||
	    (c->policy != NULL &&
		(r = trust_demand(c->trust, c->policy, why)) != OK) ||
	    (r = trust_receipt_key(c->trust, &c->receipt_key, why)) != OK ||
	    (r = api_spaces(c->api, &c->spaces, why)) != OK)
		goto out;
	if (c->papers == NULL)
		goto out;
	c->papers->checkpoint.n = 0;
	buf_put(&c->papers->checkpoint, trust_note(c->trust).p,
	    trust_note(c->trust).n);
	if (c->papers->log_key == NULL) {
		note_key_print(trust_key(c->trust), &vkey);
		if (buf_text(&vkey) == NULL ||
		    (c->papers->log_key = strdup(buf_text(&vkey))) == NULL)
			r = ERR_NOMEM;
	}

out:
	buf_free(&vkey);
	return r;
}

enum err
contact_header(struct contact *c, const struct api_space *s,
    struct header **out, struct why *why)
{
	struct buf b = { 0 };
	enum err r;

	if ((r = api_header(c->api, s->slug, &b, why)) == OK)
		r = trust_header(c->trust, s->first, buf_slice(&b), out, why);
	buf_free(&b);
	if (r == OK && strcmp((*out)->slug, s->slug) != 0) {
		header_free(*out);
		*out = NULL;
		r = ERR_SIGNATURE;
		(void)why_say(why, r,
		    "the server gave the header of another space than \"%s\"",
		    s->slug);
	}
	return r;
}

enum err
contact_space(struct contact *c, const char *slug, const struct api_space **out,
    struct why *why)
{
	*out = api_spaces_find(&c->spaces, slug);
	if (*out == NULL)
		return why_say(why, ERR_NOT_FOUND,
		    "%s has no space \"%.80s\"; partecipa space list shows "
		    "them",
		    c->api->base, slug);
	return OK;
}

enum err
contact_form(struct contact *c, const struct api_space *s,
    const struct header *h, struct form **out, struct why *why)
{
	struct buf b = { 0 };
	enum err r;

	if ((r = api_form(c->api, s->slug, &b, why)) == OK)
		r = trust_form(c->trust, s->first, h, buf_slice(&b), out, why);
	buf_free(&b);
	return r;
}

/* The headers of all spaces; NULL for one that is none. */
static enum err
listed_get(struct contact *c, struct why *why)
{
	struct why ignored = { { 0 } };
	struct buf b = { 0 };
	enum err r = OK;
	size_t i;

	if (c->listed != NULL)
		return OK;
	c->listed = calloc(c->spaces.n + 1, sizeof(struct header *));
	if (c->listed == NULL)
		return ERR_NOMEM;
	for (i = 0; i < c->spaces.n && r == OK; i++) {
		b.n = 0;
		r = api_header(c->api, c->spaces.space[i].slug, &b, why);
		if (r == OK &&
		    header_parse(buf_slice(&b), &c->listed[i], &ignored) != OK)
			c->listed[i] = NULL;
	}
	buf_free(&b);
	return r;
}

enum err
contact_keys_alone(struct contact *c, const struct header *h, struct why *why)
{
	const struct header *o;
	enum err r;
	size_t i;

	if ((r = listed_get(c, why)) != OK)
		return r;
	for (i = 0; i < c->spaces.n; i++) {
		o = c->listed[i];
		if (o != NULL && !hash_equal(&o->id, &h->id) &&
		    header_shares_key(h, o))
			return why_say(why, ERR_SIGNATURE,
			    "the spaces \"%s\" and \"%s\" have a token key in "
			    "common, which lets people vote twice: do not "
			    "collect, and tell an auditor",
			    h->slug, o->slug);
	}
	return OK;
}
