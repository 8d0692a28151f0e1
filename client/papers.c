#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "hex.h"
#include "wipe.h"

#include "file.h"
#include "papers.h"

#define PAPERS_NOTE                                                            \
	"Secret: whoever has this file can vote in your place. Keep it until " \
	"the result is published."

enum err
papers_new(const struct secret *secret, struct papers **out)
{
	struct papers *p;

	if ((p = calloc(1, sizeof(*p))) == NULL)
		return ERR_NOMEM;
	p->secret = *secret;
	*out = p;
	return OK;
}

void
papers_free(struct papers *p)
{
	size_t i, j;

	if (p == NULL)
		return;
	for (i = 0; i < p->n; i++) {
		for (j = 0; j <= PURPOSE_MAX; j++)
			buf_free(&p->space[i].tokens[j]);
		buf_free(&p->space[i].record);
		buf_free(&p->space[i].receipt);
	}
	free(p->space);
	free(p->log_key);
	buf_free(&p->checkpoint);
	wipe(p, sizeof(*p));
	free(p);
}

struct papers_space *
papers_find(struct papers *p, const char *slug)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (strcmp(p->space[i].slug, slug) == 0)
			return &p->space[i];
	return NULL;
}

static struct papers_space *
space_add(struct papers *p)
{
	struct papers_space *grown;

	grown = realloc(p->space, (p->n + 1) * sizeof(*grown));
	if (grown == NULL)
		return NULL;
	p->space = grown;
	memset(&grown[p->n], 0, sizeof(*grown));
	return &grown[p->n++];
}

struct papers_space *
papers_space(struct papers *p, const struct header *h)
{
	struct papers_space *s;

	if ((s = papers_find(p, h->slug)) != NULL || (s = space_add(p)) == NULL)
		return s;
	memcpy(s->slug, h->slug, strlen(h->slug) + 1);
	s->space_id = h->id;
	return s;
}

/* An optional member of base64; absent gives no bytes. */
static enum err
bytes_get(const json_t *o, const char *name, size_t max, struct buf *out,
    struct why *why)
{
	const char *text;
	enum err r;

	if (json_object_get(o, name) == NULL)
		return OK;
	if ((r = json_get_string(o, name, 0, BASE64_CHARS(max), &text, why)) !=
	    OK)
		return r;
	if (base64_decode(BASE64_STD, slice_str(text), out) != OK ||
	    out->n > max)
		return why_say(why, ERR_FORMAT, "\"%s\" must be base64", name);
	return OK;
}

static enum err
tokens_get(const json_t *o, struct papers_space *s, struct why *why)
{
	enum purpose purpose;
	const char *name;
	json_t *tokens, *v;
	enum err r;

	if ((r = json_get_object(o, "tokens", &tokens, why)) != OK)
		return r;
	json_object_foreach(tokens, name, v)
	{
		if (purpose_parse(slice_str(name), &purpose) != OK)
			return why_say(why, ERR_FORMAT,
			    "there is no purpose \"%.40s\"", name);
		if ((r = bytes_get(tokens, name,
			 (size_t)RECORD_ISSUERS_MAX * BLIND_BYTES,
			 &s->tokens[purpose], why)) != OK)
			return r;
		if (s->tokens[purpose].n == 0 ||
		    s->tokens[purpose].n % BLIND_BYTES != 0)
			return why_say(why, ERR_FORMAT,
			    "the token for \"%s\" is not whole", name);
	}
	return OK;
}

static enum err
space_get(const json_t *o, struct papers_space *s, struct why *why)
{
	static const char *const names[] = { "receipt", "record", "seq", "slug",
		"space_id", "tokens", NULL };
	const char *slug;
	int64_t seq;
	enum err r;

	if ((r = json_only(o, names, why)) != OK ||
	    (r = json_get_string(o, "slug", 1, SLUG_MAX, &slug, why)) != OK ||
	    (r = json_get_hex(o, "space_id", s->space_id.b, HASH_BYTES, why)) !=
		OK ||
	    (r = json_get_int(o, "seq", 0, UINT32_MAX, &seq, why)) != OK ||
	    (r = tokens_get(o, s, why)) != OK ||
	    (r = bytes_get(o, "record", RECORD_MAX, &s->record, why)) != OK ||
	    (r = bytes_get(o, "receipt", NOTE_MAX, &s->receipt, why)) != OK)
		return r;
	if (slug_check(slug) != OK)
		return why_say(why, ERR_FORMAT, "\"%s\" is no slug", slug);
	memcpy(s->slug, slug, strlen(slug) + 1);
	s->seq = (uint32_t)seq;
	return OK;
}

static enum err
spaces_get(const json_t *o, struct papers *p, struct why *why)
{
	struct papers_space *s;
	json_t *list;
	size_t i;
	enum err r;

	if ((r = json_get_array(o, "spaces", 0, 10000, &list, why)) != OK)
		return r;
	for (i = 0; i < json_array_size(list); i++) {
		if ((s = space_add(p)) == NULL)
			return ERR_NOMEM;
		r = space_get(json_array_get(list, i), s, why);
		if (r == OK && papers_find(p, s->slug) != s)
			r = why_say(why, ERR_FORMAT,
			    "the space \"%s\" is there twice", s->slug);
		if (r != OK) {
			why_prefix(why, "spaces[%zu]: ", i);
			return r;
		}
	}
	return OK;
}

enum err
papers_parse(struct slice s, struct papers **out, struct why *why)
{
	static const char *const names[] = { "checkpoint", "log_key", "note",
		"secret", "spaces", "version", NULL };
	const char *code, *key;
	struct papers *p = NULL;
	struct secret secret;
	json_t *o = NULL;
	int64_t version;
	enum err r;

	if ((r = json_read(s, &o, why)) != OK ||
	    (r = json_only(o, names, why)) != OK ||
	    (r = json_get_int(o, "version", 1, 1, &version, why)) != OK ||
	    (r = json_get_string(o, "secret", 1, 100, &code, why)) != OK)
		goto out;
	if (recovery_parse(CODE_MASTER, slice_str(code), &secret) != OK) {
		r = why_say(why, ERR_FORMAT,
		    "\"secret\" must be a recovery code of 7 groups of 4");
		goto out;
	}
	if ((r = papers_new(&secret, &p)) != OK ||
	    (r = bytes_get(o, "checkpoint", NOTE_MAX, &p->checkpoint, why)) !=
		OK ||
	    (r = spaces_get(o, p, why)) != OK)
		goto out;
	if (json_object_get(o, "log_key") != NULL) {
		if ((r = json_get_string(o, "log_key", 1, 1000, &key, why)) !=
		    OK)
			goto out;
		if ((p->log_key = strdup(key)) == NULL) {
			r = ERR_NOMEM;
			goto out;
		}
	}
	*out = p;
	p = NULL; /* handed over */

out:
	wipe(&secret, sizeof(secret));
	papers_free(p);
	json_decref(o);
	return r;
}

/* 0 or -1, as jansson has it. */
static int
bytes_set(json_t *o, const char *name, const struct buf *b)
{
	struct buf text = { 0 };
	int r = 0;

	if (b->n > 0) {
		base64_put(&text, BASE64_STD, buf_slice(b));
		r = buf_text(&text) == NULL ? -1
					    : json_object_set_new(o, name,
						  json_string(buf_text(&text)));
	}
	buf_free(&text);
	return r;
}

static json_t *
space_json(const struct papers_space *s)
{
	json_t *o, *tokens = json_object();
	char hex[65];
	unsigned p;
	int bad = 0;

	hex_encode(hash_slice(&s->space_id), hex);
	o = json_pack("{s:s,s:s,s:I}", "slug", s->slug, "space_id", hex, "seq",
	    (json_int_t)s->seq);
	if (o == NULL || tokens == NULL) {
		json_decref(tokens);
		json_decref(o);
		return NULL;
	}
	for (p = 1; p <= PURPOSE_MAX; p++)
		bad |= bytes_set(tokens, purpose_name(p), &s->tokens[p]);
	bad |= json_object_set_new(o, "tokens", tokens);
	bad |= bytes_set(o, "record", &s->record);
	bad |= bytes_set(o, "receipt", &s->receipt);
	if (bad) {
		json_decref(o);
		return NULL;
	}
	return o;
}

enum err
papers_put(const struct papers *p, struct buf *b)
{
	json_t *o, *list = json_array();
	char code[35], *text = NULL;
	size_t i;
	int bad = 0;

	recovery_print(CODE_MASTER, &p->secret, code);
	o = json_pack(
	    "{s:s,s:s,s:i}", "note", PAPERS_NOTE, "secret", code, "version", 1);
	wipe(code, sizeof(code));
	if (o == NULL || list == NULL) {
		json_decref(list);
		json_decref(o);
		return ERR_NOMEM;
	}
	for (i = 0; i < p->n; i++)
		bad |= json_array_append_new(list, space_json(&p->space[i]));
	bad |= json_object_set_new(o, "spaces", list);
	bad |= bytes_set(o, "checkpoint", &p->checkpoint);
	if (p->log_key != NULL)
		bad |=
		    json_object_set_new(o, "log_key", json_string(p->log_key));
	if (!bad)
		text = json_dumps(o, JSON_INDENT(2) | JSON_SORT_KEYS);
	json_decref(o);
	if (text == NULL)
		return ERR_NOMEM;
	buf_str(b, text);
	buf_str(b, "\n");
	wipe(text, strlen(text));
	free(text);
	return buf_end(b);
}

enum err
papers_load(const char *path, struct papers **out, struct why *why)
{
	struct buf b = { 0 };
	enum err r;

	if ((r = file_read(path, PAPERS_MAX, &b, why)) != OK)
		goto out;
	if ((r = papers_parse(buf_slice(&b), out, why)) != OK)
		why_prefix(why, "%s: ", path);

out:
	buf_free(&b);
	return r;
}

enum err
papers_save(const struct papers *p, const char *path, struct why *why)
{
	struct buf b = { 0 };
	enum err r;

	if ((r = papers_put(p, &b)) == OK)
		r = file_write(path, 0600, buf_slice(&b), why);
	buf_free(&b);
	return r;
}
