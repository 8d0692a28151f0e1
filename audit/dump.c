#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "entry.h"
#include "form.h"
#include "hex.h"

#include "dump.h"

/* What records need to be read: a header and a form. */
struct known {
	struct header *header;
	struct form *form;
	struct known *next;
};

struct dump {
	struct source *src;
	FILE *out;
	struct known *spaces;
};

static void
put(json_t *o, const char *name, json_t *v)
{
	(void)json_object_set_new(o, name, v);
}

static void
put_hex(json_t *o, const char *name, const void *p, size_t n)
{
	char text[2 * 64 + 1];

	hex_encode(slice_of(p, n), text);
	put(o, name, json_string(text));
}

static void
put_hash(json_t *o, const char *name, const struct hash *h)
{
	put_hex(o, name, h->b, HASH_BYTES);
}

static void
put_number(json_t *o, const char *name, uint64_t v)
{
	put(o, name, json_integer((json_int_t)v));
}

static void
put_base64(json_t *o, const char *name, struct slice s)
{
	struct buf b = { 0 };

	base64_put(&b, BASE64_STD, s);
	put(o, name, json_string(buf_text(&b)));
	buf_free(&b);
}

/* A text as it is, or base64 where it is not UTF-8. */
static void
put_text(json_t *o, const char *name, struct slice s)
{
	json_t *j = json_stringn((const char *)s.p, s.n);

	if (j != NULL)
		put(o, name, j);
	else
		put_base64(o, name, s);
}

/* --- Spaces ------------------------------------------------------------------
 */

static struct known *
find(struct dump *d, const struct hash *id)
{
	struct known *k;

	for (k = d->spaces; k != NULL; k = k->next) {
		if (hash_equal(&k->header->id, id))
			return k;
	}
	return NULL;
}

/* Objects that cannot be had or read leave records undecoded, no more. */
static enum err
learn(struct dump *d, const struct entry *e, struct why *why)
{
	struct known *k = find(d, &e->space_id);
	struct buf b = { 0 };
	enum err r;

	if ((e->kind == ENTRY_HEADER) == (k != NULL) ||
	    (k != NULL && k->form != NULL))
		return OK;
	r = source_object(d->src, &e->object, &b, why);
	if (r != OK) {
		r = r == ERR_NOT_FOUND ? OK : r;
		goto out;
	}
	if (k != NULL) {
		(void)!form_parse(buf_slice(&b), k->header, &k->form, NULL);
		goto out;
	}
	if ((k = calloc(1, sizeof(*k))) == NULL) {
		r = why_say(why, ERR_NOMEM, "out of memory");
		goto out;
	}
	if (header_parse(buf_slice(&b), &k->header, NULL) != OK) {
		free(k);
		goto out;
	}
	k->next = d->spaces;
	d->spaces = k;

out:
	buf_free(&b);
	return r;
}

/* --- Records -----------------------------------------------------------------
 */

static void
put_choices(json_t *o, const struct form *f, struct slice body)
{
	uint32_t v[OPTIONS_MAX];
	struct choices c = { 0, v, 0 };
	json_t *named;
	size_t i;

	if (f->sealed || choices_decode(f, body, &c, NULL) != OK)
		return;
	named = json_object();
	for (i = 0; i < f->n_options; i++) {
		if (v[i] != 0)
			put_number(named, f->options[i].id, v[i]);
	}
	put(o, "choices", named);
	put_number(o, "blank", c.blank != 0);
}

static void
put_contribution(json_t *o, struct slice body)
{
	struct contribution c;

	if (contribution_parse(body, &c) != OK)
		return;
	put_number(o, "action", c.action);
	put_hash(o, "target", &c.target);
	put_hash(o, "commit", &c.commit);
}

static void
put_record(struct dump *d, json_t *o, struct slice raw)
{
	struct record rec;
	struct hash id;
	struct known *k = NULL;

	if (record_space(raw, &id) == OK)
		k = find(d, &id);
	if (k == NULL || record_parse(raw, k->header->n_issuers, &rec) != OK) {
		put_base64(o, "record", raw);
		return;
	}
	put_hash(o, "space_id", &rec.space_id);
	put_hash(o, "form_id", &rec.form_id);
	put(o, "record_kind",
	    json_string(rec.kind == RECORD_BALLOT ? "ballot" : "contribution"));
	put(o, "purpose", json_string(purpose_name(rec.purpose)));
	put_hex(o, "pk", rec.pk.b, sizeof(rec.pk.b));
	put_number(o, "seq", rec.seq);
	put_base64(o, "body", rec.body);
	put_base64(o, "authenticators",
	    slice_of(rec.authenticators, rec.n_auth * BLIND_BYTES));
	put_hex(o, "sig", rec.sig.b, sizeof(rec.sig.b));
	if (rec.kind == RECORD_CONTRIBUTION)
		put_contribution(o, rec.body);
	else if (k->form != NULL)
		put_choices(o, k->form, rec.body);
}

/* --- Other entries -----------------------------------------------------------
 */

static void
put_issuer(json_t *o, const struct entry *e)
{
	put_number(o, "issuer", e->issuer);
	put(o, "purpose", json_string(purpose_name(e->purpose)));
}

static void
put_signers(json_t *o, const struct entry *e)
{
	json_t *list, *one;
	size_t i;

	if (e->n_signers == 0)
		return;
	list = json_array();
	for (i = 0; i < e->n_signers; i++) {
		one = json_object();
		put_hex(one, "key", e->signers[i].pk.b, 32);
		put_number(one, "n", e->signers[i].n);
		put_hex(one, "sig", e->signers[i].sig.b, 64);
		(void)json_array_append_new(list, one);
	}
	put(o, "signers", list);
}

static void
put_fields(struct dump *d, json_t *o, const struct entry *e)
{
	if (!hash_is_zero(&e->space_id))
		put_hash(o, "space_id", &e->space_id);
	if (!hash_is_zero(&e->object) && e->kind != ENTRY_HEADER)
		put_hash(o, e->kind == ENTRY_FORM ? "form_id" : "object",
		    &e->object);
	switch (e->kind) {
	case ENTRY_GENESIS:
	case ENTRY_STAFF:
		put_text(o, "document", e->text);
		break;
	case ENTRY_RECORD:
		put_record(d, o, e->record);
		break;
	case ENTRY_LEDGER:
		put_issuer(o, e);
		put_number(o, "count", e->count);
		break;
	case ENTRY_BATCH:
		put_number(o, "window_end", e->window_end);
		put_number(o, "count", e->count);
		break;
	case ENTRY_ROLL_CHANGE:
		put_number(o, "count", e->count);
		break;
	case ENTRY_CLOSE:
		put_number(o, "records", e->count);
		put_number(o, "credentials", e->credentials);
		break;
	case ENTRY_OPENING:
		put_number(o, "trustee", e->issuer);
		break;
	case ENTRY_MODERATION:
		put_number(o, "action", e->sort);
		put_hash(o, "target", &e->target);
		put_text(o, "reason", e->text);
		break;
	case ENTRY_PAPER:
		put_number(o, "sort", e->sort);
		put_number(o, "count", e->count);
		put_hash(o, "scan", &e->scan);
		break;
	case ENTRY_KEY_DESTROYED:
		put_issuer(o, e);
		put_hash(o, "key_id", &e->target);
		break;
	case ENTRY_DISPUTE:
		put_issuer(o, e);
		put_hex(o, "roll_pk", e->roll_pk.b, 32);
		put_hex(o, "sig", e->roll_sig.b, 64);
		break;
	case ENTRY_CANCEL:
		put_text(o, "reason", e->text);
		break;
	case ENTRY_FORM:
		put_number(o, "trustees", e->n_trustees);
		break;
	case ENTRY_HEADER:
	case ENTRY_RESULT:
	case ENTRY_BUNDLE:
	case ENTRY_PROGRESS:
		break;
	}
	put_signers(o, e);
}

static enum err
dump_entry(struct dump *d, uint64_t index, struct slice bytes, struct why *why)
{
	json_t *o = json_object();
	struct entry e;
	struct hash leaf;
	enum err r = OK;

	hash_leaf(bytes, &leaf);
	put_number(o, "index", index);
	put_hash(o, "leaf", &leaf);
	if (entry_parse(bytes, &e) == OK) {
		put(o, "kind", json_string(entry_rule_of(e.kind)->name));
		put_fields(d, o, &e);
		if (e.kind == ENTRY_HEADER || e.kind == ENTRY_FORM)
			r = learn(d, &e, why);
	} else {
		put(o, "kind", json_string("unknown"));
		put_base64(o, "entry", bytes);
	}
	if (r == OK && (json_dumpf(o, d->out, JSON_COMPACT) != 0 ||
			   fputc('\n', d->out) == EOF))
		r = why_say(why, ERR_IO, "the output cannot be written");
	json_decref(o);
	return r;
}

static enum err
log_size(struct source *src, uint64_t *size, struct why *why)
{
	struct buf b = { 0 };
	struct checkpoint c;
	struct note *note = NULL;
	enum err r;

	if ((r = source_get(src, "log/checkpoint", NOTE_MAX, &b, why)) != OK)
		goto out;
	if ((note = calloc(1, sizeof(*note))) == NULL) {
		r = why_say(why, ERR_NOMEM, "out of memory");
		goto out;
	}
	if (note_parse(buf_slice(&b), note) != OK ||
	    checkpoint_text_parse(note->text, &c) != OK) {
		r = why_say(why, ERR_FORMAT, "the checkpoint is malformed");
		goto out;
	}
	*size = c.size;

out:
	free(note);
	buf_free(&b);
	return r;
}

enum err
dump_log(struct source *src, FILE *out, struct why *why)
{
	struct dump d = { src, out, NULL };
	struct slice entries[TILE_WIDTH];
	struct buf b = { 0 };
	struct known *k;
	uint64_t i, size = 0;
	size_t j, n = 0;
	enum err r;

	r = log_size(src, &size, why);
	for (i = 0; r == OK && i < tile_count(TILE_LEVEL_ENTRIES, size); i++) {
		b.n = 0;
		r = source_entries(src, i, size, &b, entries, &n, why);
		for (j = 0; r == OK && j < n; j++)
			r = dump_entry(&d, i * TILE_WIDTH + j, entries[j], why);
	}
	while ((k = d.spaces) != NULL) {
		d.spaces = k->next;
		form_free(k->form);
		header_free(k->header);
		free(k);
	}
	buf_free(&b);
	return r;
}
