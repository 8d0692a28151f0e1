#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "hex.h"
#include "roll.h"
#include "text.h"

#include "proposal.h"
#include "when.h"

void
proposal_free(struct proposal *p)
{
	if (p == NULL)
		return;
	buf_free(&p->payload);
	buf_free(&p->object);
	free(p);
}

/*
 * Read the payload by the one parser of entries: complete it with signatures
 * that mean nothing, and forget those.
 */
static enum err
payload_read(struct proposal *p, enum entry_kind kind, struct slice payload)
{
	const struct entry_rule *rule = entry_rule_of(kind);
	struct entry e;
	unsigned i, j;
	enum err r;

	if (rule == NULL || rule->signers == 0)
		return ERR_FORMAT;
	buf_u8(&p->payload, (uint8_t)kind);
	buf_u8(&p->payload, 1);
	buf_put(&p->payload, payload.p, payload.n);
	buf_u8(&p->payload, (uint8_t)rule->signers);
	for (i = 0; i < rule->signers; i++) {
		for (j = 0; j < 32; j++)
			buf_u8(&p->payload, (uint8_t)(i + 1));
		buf_u64(&p->payload, 1);
		for (j = 0; j < 64; j++)
			buf_u8(&p->payload, 0);
	}
	if ((r = buf_end(&p->payload)) != OK ||
	    (r = entry_parse(buf_slice(&p->payload), &e)) != OK)
		return r;
	memset(e.signers, 0, sizeof(e.signers));
	e.n_signers = 0;
	p->entry = e;
	return OK;
}

enum err
proposal_make(const char *origin, const struct entry *e, struct slice object,
    struct proposal **out)
{
	struct buf payload = { 0 };
	struct proposal *p;
	enum err r;

	if ((p = calloc(1, sizeof(*p))) == NULL)
		return ERR_NOMEM;
	(void)snprintf(p->origin, sizeof(p->origin), "%s", origin);
	if ((r = entry_payload_put(&payload, e)) != OK ||
	    (r = payload_read(p, e->kind, buf_slice(&payload))) != OK)
		goto out;
	memcpy(p->entry.signers, e->signers, sizeof(p->entry.signers));
	p->entry.n_signers = e->n_signers;
	buf_put(&p->object, object.p, object.n);
	if ((r = buf_end(&p->object)) != OK)
		goto out;
	*out = p;
	p = NULL; /* handed over */

out:
	buf_free(&payload);
	proposal_free(p);
	return r;
}

/* A document is shown as it is; any other object as base64. */
static int
is_document(const struct proposal *p)
{
	return p->entry.kind != ENTRY_ROLL_CHANGE &&
	       p->entry.kind != ENTRY_PAPER;
}

static enum err
object_get(const json_t *o, struct proposal *p, struct why *why)
{
	const json_t *doc = json_object_get(o, "document");
	const char *text;
	struct hash h;
	enum err r;

	if (doc != NULL && json_object_get(o, "object") != NULL)
		return why_say(why, ERR_FORMAT,
		    "\"document\" and \"object\" exclude each other");
	if (doc != NULL) {
		if ((r = json_canonical_put(&p->object, doc)) != OK)
			return why_say(
			    why, r, "\"document\" cannot be a document");
	} else if (json_object_get(o, "object") != NULL) {
		if ((r = json_get_string(
			 o, "object", 1, PROPOSAL_MAX, &text, why)) != OK)
			return r;
		if (base64_decode(BASE64_STD, slice_str(text), &p->object) !=
		    OK)
			return why_say(
			    why, ERR_FORMAT, "\"object\" must be base64");
	}
	if (hash_is_zero(&p->entry.object) != (p->object.n == 0))
		return why_say(why, ERR_FORMAT,
		    "this kind of entry %s an object",
		    p->object.n == 0 ? "needs" : "has not");
	hash_bytes(buf_slice(&p->object), &h);
	if (p->object.n > 0 && !hash_equal(&h, &p->entry.object))
		return why_say(why, ERR_SIGNATURE,
		    "the document is not the one that the payload names: it "
		    "was changed");
	return OK;
}

static enum err
signature_get(const json_t *o, struct entry_signer *s, struct why *why)
{
	static const char *const names[] = { "key", "n", "sig", NULL };
	const char *n;
	enum err r;

	if ((r = json_only(o, names, why)) != OK ||
	    (r = json_get_hex(o, "key", s->pk.b, sizeof(s->pk.b), why)) != OK ||
	    (r = json_get_hex(o, "sig", s->sig.b, sizeof(s->sig.b), why)) !=
		OK ||
	    (r = json_get_string(o, "n", 1, 20, &n, why)) != OK)
		return r;
	if (text_u64(slice_str(n), &s->n) != OK || s->n == 0)
		return why_say(
		    why, ERR_FORMAT, "\"n\" must be a number from 1");
	return OK;
}

static enum err
signatures_get(const json_t *o, struct proposal *p, struct why *why)
{
	struct entry *e = &p->entry;
	json_t *list;
	enum err r;
	size_t i;

	if ((r = json_get_array(o, "signatures", 0,
		 entry_rule_of(e->kind)->signers, &list, why)) != OK)
		return r;
	for (i = 0; i < json_array_size(list); i++) {
		if ((r = signature_get(
			 json_array_get(list, i), &e->signers[i], why)) != OK) {
			why_prefix(why, "signatures[%zu]: ", i);
			return r;
		}
		e->n_signers = i + 1;
		if (i > 0 && public_key_cmp(
				 &e->signers[i - 1].pk, &e->signers[i].pk) >= 0)
			return why_say(why, ERR_FORMAT,
			    "the signatures are not sorted by key");
		if (entry_verify(e, p->origin, i) != OK)
			return why_say(why, ERR_SIGNATURE,
			    "signature %zu does not verify: the proposal was "
			    "changed after it was signed",
			    i + 1);
	}
	return OK;
}

static enum err
kind_get(const char *name, enum entry_kind *out)
{
	const struct entry_rule *rule;
	unsigned i;

	for (i = 1; i <= ENTRY_KIND_MAX; i++) {
		rule = entry_rule_of(i);
		if (rule != NULL && strcmp(rule->name, name) == 0) {
			*out = rule->kind;
			return OK;
		}
	}
	return ERR_NOT_FOUND;
}

enum err
proposal_parse(struct slice s, struct proposal **out, struct why *why)
{
	static const char *const names[] = { "document", "kind", "object",
		"origin", "payload", "signatures", "version", NULL };
	const char *kind_name, *origin, *hex;
	uint8_t bytes[ENTRY_MAX];
	struct proposal *p = NULL;
	enum entry_kind kind;
	json_t *o = NULL;
	int64_t version;
	enum err r;

	if ((r = json_read(s, &o, why)) != OK ||
	    (r = json_only(o, names, why)) != OK ||
	    (r = json_get_int(o, "version", 1, 1, &version, why)) != OK ||
	    (r = json_get_string(o, "kind", 1, 40, &kind_name, why)) != OK ||
	    (r = json_get_string(
		 o, "origin", 1, NOTE_NAME_MAX, &origin, why)) != OK ||
	    (r = json_get_string(
		 o, "payload", 2, (size_t)2 * ENTRY_MAX, &hex, why)) != OK)
		goto out;
	if ((p = calloc(1, sizeof(*p))) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	memcpy(p->origin, origin, strlen(origin) + 1);
	if (kind_get(kind_name, &kind) != OK || strlen(hex) % 2 != 0 ||
	    hex_decode(slice_str(hex), bytes, strlen(hex) / 2) != OK ||
	    payload_read(p, kind, slice_of(bytes, strlen(hex) / 2)) != OK) {
		r = why_say(why, ERR_FORMAT,
		    "\"kind\" and \"payload\" are not those of an entry that "
		    "staff signs");
		goto out;
	}
	if ((r = object_get(o, p, why)) != OK ||
	    (r = signatures_get(o, p, why)) != OK)
		goto out;
	*out = p;
	p = NULL; /* handed over */

out:
	proposal_free(p);
	json_decref(o);
	return r;
}

static json_t *
signatures_json(const struct entry *e)
{
	json_t *list = json_array();
	char pk[65], sig[129], n[21];
	size_t i;

	for (i = 0; list != NULL && i < e->n_signers; i++) {
		hex_encode(public_key_slice(&e->signers[i].pk), pk);
		hex_encode(slice_of(e->signers[i].sig.b, 64), sig);
		(void)snprintf(n, sizeof(n), "%" PRIu64, e->signers[i].n);
		if (json_array_append_new(
			list, json_pack("{s:s,s:s,s:s}", "key", pk, "n", n,
				  "sig", sig)) != 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}

static enum err
object_set(const struct proposal *p, json_t *o)
{
	struct buf text = { 0 };
	json_t *doc = NULL;
	enum err r = OK;

	if (p->object.n == 0)
		return OK;
	if (is_document(p)) {
		if ((r = json_read_document(
			 buf_slice(&p->object), &doc, NULL)) == OK &&
		    json_object_set_new(o, "document", doc) != 0)
			r = ERR_NOMEM;
		return r;
	}
	base64_put(&text, BASE64_STD, buf_slice(&p->object));
	if (buf_text(&text) == NULL ||
	    json_object_set_new(o, "object", json_string(buf_text(&text))) != 0)
		r = ERR_NOMEM;
	buf_free(&text);
	return r;
}

enum err
proposal_put(const struct proposal *p, struct buf *b)
{
	const struct entry *e = &p->entry;
	char *hex = NULL, *text = NULL;
	enum err r = ERR_NOMEM;
	json_t *o = NULL;

	if ((hex = malloc(2 * e->payload.n + 1)) == NULL)
		goto out;
	hex_encode(e->payload, hex);
	o = json_pack("{s:i,s:s,s:s,s:s,s:o}", "version", 1, "kind",
	    entry_rule_of(e->kind)->name, "origin", p->origin, "payload", hex,
	    "signatures", signatures_json(e));
	if (o == NULL || (r = object_set(p, o)) != OK)
		goto out;
	r = ERR_NOMEM;
	if ((text = json_dumps(o, JSON_INDENT(2) | JSON_SORT_KEYS)) == NULL)
		goto out;
	buf_str(b, text);
	buf_str(b, "\n");
	r = buf_end(b);

out:
	json_decref(o);
	free(text);
	free(hex);
	return r;
}

size_t
proposal_missing(const struct proposal *p)
{
	return entry_rule_of(p->entry.kind)->signers - p->entry.n_signers;
}

enum err
proposal_sign(struct proposal *p, struct staff_key *k, struct why *why)
{
	const struct entry_rule *rule = entry_rule_of(p->entry.kind);
	uint64_t n;
	enum err r;
	size_t i;

	if ((rule->roles & (unsigned)k->role) == 0)
		return why_say(why, ERR_FORBIDDEN,
		    "%s is %s, and a %s entry is not signed by that role",
		    k->name, role_name(k->role), rule->name);
	for (i = 0; i < p->entry.n_signers; i++)
		if (public_key_cmp(&p->entry.signers[i].pk, &k->key.pk) == 0)
			return why_say(why, ERR_CONFLICT,
			    "%s has signed this already; another person has "
			    "to sign too",
			    k->name);
	if (proposal_missing(p) == 0)
		return why_say(why, ERR_CONFLICT,
		    "this has all its signatures; hand it in with partecipa "
		    "staff submit");
	if ((r = staff_next_entry(k, &n, why)) != OK)
		return r;
	return entry_sign(&p->entry, p->origin, n, &k->key);
}

/* ---- In plain words ------------------------------------------------------ */

static void
hex_line(FILE *f, const char *what, const struct hash *h)
{
	char hex[65];

	hex_encode(hash_slice(h), hex);
	(void)fprintf(f, "  %s %s\n", what, hex);
}

static const char *
text_of(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s == NULL ? "?" : s;
}

static void
window_line(FILE *f, const json_t *o, const char *name)
{
	const json_t *w = json_object_get(o, name);
	char from[WHEN_CHARS], to[WHEN_CHARS];

	when_print(
	    (uint64_t)json_integer_value(json_object_get(w, "from")), from);
	when_print((uint64_t)json_integer_value(json_object_get(w, "to")), to);
	(void)fprintf(f, "  %s: from %s to %s\n", name, from, to);
}

static const char *
title_of(const json_t *o)
{
	return text_of(json_object_get(o, "titles"), "it");
}

static void
changes_describe(const struct proposal *p, FILE *f)
{
	static const char *const names[] = { "", "replaced", "struck", "added",
		"removed" };
	unsigned count[5] = { 0 };
	size_t i;
	unsigned a;

	for (i = 0; i + ROLL_CHANGE_BYTES <= p->object.n;
	     i += ROLL_CHANGE_BYTES)
		if (p->object.p[i] < 5)
			count[p->object.p[i]]++;
	(void)fprintf(
	    f, "Publish %u changes of the roll:", (unsigned)p->entry.count);
	for (a = 1; a < 5; a++)
		(void)fprintf(f, " %u %s", count[a], names[a]);
	(void)fprintf(f, ".\n");
}

static void
result_describe(const json_t *o, FILE *f)
{
	const json_t *selected =
	    json_object_get(json_object_get(o, "outcome"), "selected");
	const json_t *ballots = json_object_get(o, "ballots");
	size_t i;

	(void)fprintf(f,
	    "Publish the result: %" JSON_INTEGER_FORMAT
	    " ballots counted, rule %s.\n  Selected:",
	    json_integer_value(json_object_get(ballots, "counted")),
	    text_of(o, "rule"));
	for (i = 0; i < json_array_size(selected); i++)
		(void)fprintf(
		    f, " %s", json_string_value(json_array_get(selected, i)));
	(void)fprintf(f, "%s\n", json_array_size(selected) == 0 ? " none" : "");
}

/* The document that the entry carries or logs. */
static void
document_describe(const struct proposal *p, const json_t *o, FILE *f)
{
	enum entry_kind kind = p->entry.kind;

	if (kind == ENTRY_HEADER) {
		(void)fprintf(f, "Announce the space \"%s\": %s\n",
		    text_of(o, "slug"), title_of(o));
		window_line(f, o, "issuance");
		window_line(f, o, "participation");
		hex_line(f, "space_id", &p->entry.space_id);
	} else if (kind == ENTRY_FORM) {
		(void)fprintf(f,
		    "Publish the form \"%s\": %zu options, budget %s, rule "
		    "%s.\n",
		    title_of(o), json_array_size(json_object_get(o, "options")),
		    text_of(o, "budget"),
		    text_of(json_object_get(o, "rule"), "id"));
		hex_line(f, "form_id", &p->entry.object);
	} else if (kind == ENTRY_RESULT) {
		result_describe(o, f);
	} else if (kind == ENTRY_STAFF) {
		(void)fprintf(f, "%s the staff key of %s (%s):\n  %s\n",
		    strcmp(text_of(o, "action"), "add") == 0 ? "Add" : "Revoke",
		    text_of(o, "name"), text_of(o, "role"), text_of(o, "key"));
	} else {
		(void)fprintf(f, "Enter a document of kind \"%s\".\n",
		    entry_rule_of(kind)->name);
		hex_line(f, "object", &p->entry.object);
	}
}

enum err
proposal_describe(const struct proposal *p, FILE *f)
{
	const struct entry *e = &p->entry;
	json_t *o = NULL;
	enum err r = OK;

	(void)fprintf(f, "For the log %s, signed by %zu of %u:\n", p->origin,
	    e->n_signers, entry_rule_of(e->kind)->signers);
	if (e->kind == ENTRY_ROLL_CHANGE) {
		changes_describe(p, f);
	} else if (e->kind == ENTRY_CLOSE) {
		(void)fprintf(f,
		    "Close a space for good: %u records, %u who voted.\n",
		    (unsigned)e->count, (unsigned)e->credentials);
		hex_line(f, "space_id", &e->space_id);
	} else if (e->kind == ENTRY_CANCEL) {
		(void)fprintf(f,
		    "Cancel a space: nothing of it is counted. "
		    "Reason: %.*s\n",
		    (int)e->text.n, (const char *)e->text.p);
		hex_line(f, "space_id", &e->space_id);
	} else {
		r = json_read_document(
		    e->kind == ENTRY_STAFF ? e->text : buf_slice(&p->object),
		    &o, NULL);
		if (r == OK)
			document_describe(p, o, f);
	}
	json_decref(o);
	return r;
}
