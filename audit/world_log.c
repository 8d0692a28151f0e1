/*
 * Entries that concern the log as a whole: genesis, staff, web bundles; and the
 * staff signatures of every entry that carries them.
 */
#include <stdio.h>
#include <string.h>

#include "hex.h"
#include "json.h"

#include "bundle.h"
#include "world_step.h"

#define STAFF_NAME_MAX 100

/* --- The genesis document --------------------------------------------------*/

/* A role's name, a key and a name, as genesis and staff documents have them. */
static enum err
staff_read(const json_t *o, struct staff *out, struct why *why)
{
	struct staff s = { 0 };
	const char *name, *role;
	enum role which;
	enum err r;

	if ((r = json_get_hex(o, "key", s.pk.b, sizeof(s.pk.b), why)) != OK ||
	    (r = json_get_string(o, "name", 1, STAFF_NAME_MAX, &name, why)) !=
		OK ||
	    (r = json_get_string(o, "role", 1, STAFF_NAME_MAX, &role, why)) !=
		OK)
		return r;
	if (role_parse(slice_str(role), &which) != OK)
		return why_say(why, ERR_FORMAT, "there is no role %s", role);
	s.role = which;
	if (strlen(name) >= sizeof(s.name))
		return why_say(why, ERR_LIMIT, "a staff name is too long");
	memcpy(s.name, name, strlen(name) + 1);
	*out = s;
	return OK;
}

static int
admins(const struct world *w)
{
	size_t i;
	int n = 0;

	for (i = 0; i < w->n_staff; i++)
		n += w->staff[i].role == ROLE_ADMIN && !w->staff[i].revoked;
	return n;
}

static enum err
founders_read(struct world *w, const json_t *doc, struct why *why)
{
	static const char *const names[] = { "key", "name", "role", NULL };
	json_t *list, *o;
	struct staff s;
	size_t i;
	enum err r;

	if ((r = json_get_array(doc, "staff", 2, 1000, &list, why)) != OK)
		return r;
	json_array_foreach(list, i, o)
	{
		if ((r = json_only(o, names, why)) != OK ||
		    (r = staff_read(o, &s, why)) != OK) {
			why_prefix(why, "staff[%zu]: ", i);
			return r;
		}
		if (world_staff_find(w, &s.pk) != NULL)
			return why_say(why, ERR_CONFLICT,
			    "staff[%zu]: the key is there twice", i);
		if ((r = world_staff_add(w, &s)) != OK)
			return r;
	}
	if (admins(w) < 2)
		return why_say(why, ERR_LIMIT, "there are no two admins");
	return OK;
}

static enum err
predecessor_read(const json_t *doc, struct why *why)
{
	static const char *const names[] = { "origin", "root", "size", NULL };
	const char *origin;
	struct hash root;
	int64_t size;
	json_t *o;
	enum err r;

	if (json_object_get(doc, "predecessor") == NULL)
		return OK;
	if ((r = json_get_object(doc, "predecessor", &o, why)) != OK ||
	    (r = json_only(o, names, why)) != OK ||
	    (r = json_get_string(
		 o, "origin", 1, NOTE_NAME_MAX, &origin, why)) != OK ||
	    (r = json_get_hex(o, "root", root.b, HASH_BYTES, why)) != OK)
		return r;
	return json_get_int(o, "size", 0, INT64_C(1) << 52, &size, why);
}

static enum err
keys_read(struct world *w, const json_t *doc, struct why *why)
{
	const char *log_key, *receipt_key, *origin;
	char name[NOTE_NAME_MAX + 1];
	struct note_key k;
	enum err r;

	if ((r = json_get_string(doc, "log_key", 1, 1000, &log_key, why)) !=
		OK ||
	    (r = json_get_string(
		 doc, "origin", 1, NOTE_NAME_MAX, &origin, why)) != OK ||
	    (r = json_get_string(
		 doc, "receipt_key", 1, 1000, &receipt_key, why)) != OK)
		return r;
	if (note_key_parse(slice_str(log_key), &k) != OK ||
	    k.type != NOTE_ED25519 || strcmp(k.name, w->key.name) != 0 ||
	    public_key_cmp(&k.pk, &w->key.pk) != 0)
		return why_say(why, ERR_CONFLICT,
		    "log_key is not the key of this log, %s", w->key.name);
	if (strcmp(origin, w->key.name) != 0)
		return why_say(why, ERR_CONFLICT,
		    "origin is not the name of the log's key, %s", w->key.name);
	if (note_key_parse(slice_str(receipt_key), &w->receipt_key) != OK ||
	    w->receipt_key.type != NOTE_ED25519)
		return why_say(
		    why, ERR_FORMAT, "receipt_key is no verifier key");
	(void)snprintf(name, sizeof(name), "%.240s/receipt", origin);
	if (strcmp(w->receipt_key.name, name) != 0)
		return why_say(
		    why, ERR_CONFLICT, "receipt_key is not named %s", name);
	return OK;
}

static enum err
genesis_read(struct world *w, struct slice text, struct why *why)
{
	static const char *const names[] = { "log_key", "name", "origin",
		"predecessor", "receipt_key", "rehearsal", "staff", "version",
		NULL };
	json_t *doc = NULL;
	const char *name;
	int64_t version, rehearsal;
	enum err r;

	if ((r = json_read_document(text, &doc, why)) != OK ||
	    (r = json_only(doc, names, why)) != OK ||
	    (r = json_get_int(doc, "version", 1, 1, &version, why)) != OK ||
	    (r = json_get_int(doc, "rehearsal", 0, 1, &rehearsal, why)) != OK ||
	    (r = json_get_string(doc, "name", 1, 200, &name, why)) != OK ||
	    (r = keys_read(w, doc, why)) != OK ||
	    (r = predecessor_read(doc, why)) != OK ||
	    (r = founders_read(w, doc, why)) != OK)
		goto out;
	w->rehearsal = (int)rehearsal;
	w->origin = w->key.name;
	w->genesis = doc;
	doc = NULL; /* handed over */

out:
	if (r != OK)
		w->n_staff = 0;
	json_decref(doc);
	return r;
}

enum err
world_log_genesis(struct world_step *t)
{
	struct why why = { { 0 } };
	enum err r;

	if ((r = world_must(t, RULE_GENESIS, t->index == 0,
		 "a genesis that is not the first entry")) != OK)
		return r;
	r = genesis_read(t->w, t->e->text, &why);
	if (r == ERR_NOMEM || r == ERR_INTERNAL)
		return r;
	return world_must(t, RULE_GENESIS, r == OK, "%s", why.text);
}

/* --- Staff -----------------------------------------------------------------
 */

enum err
world_log_signers(struct world_step *t)
{
	const struct entry_rule *rule = entry_rule_of(t->e->kind);
	const struct entry_signer *g;
	const struct staff *s;
	char key[2 * sizeof(g->pk.b) + 1];
	size_t i;
	enum err r;

	for (i = 0; i < t->e->n_signers; i++) {
		g = &t->e->signers[i];
		hex_encode(public_key_slice(&g->pk), key);
		s = world_staff_find(t->w, &g->pk);
		if (s == NULL && t->w->gap)
			continue;
		if (s == NULL || s->revoked) {
			r = world_check(t, RULE_STAFF_SIGNATURE, 0,
			    "the key %s is of nobody on the staff", key);
		} else if (((unsigned)s->role & rule->roles) == 0) {
			r = world_check(t, RULE_STAFF_SIGNATURE, 0,
			    "%s (%s) may not sign a %s", s->name,
			    role_name(s->role), rule->name);
		} else {
			r = entry_verify(t->e, t->w->origin, i);
			if (r != OK && r != ERR_SIGNATURE)
				return r;
			r = world_check(t, RULE_STAFF_SIGNATURE, r == OK,
			    "the signature of %s does not verify", s->name);
		}
		if (r != OK)
			return r;
		if (s != NULL &&
		    (r = world_check(t, RULE_STAFF_NUMBER, g->n > s->n,
			 "%s signed with number %llu after %llu", s->name,
			 (unsigned long long)g->n, (unsigned long long)s->n)) !=
			OK)
			return r;
	}
	return OK;
}

static enum err
staff_document(struct slice text, struct staff *s, int *adds, struct why *why)
{
	static const char *const names[] = { "action", "key", "name", "role",
		NULL };
	json_t *doc = NULL;
	const char *action;
	enum err r;

	if ((r = json_read_document(text, &doc, why)) != OK ||
	    (r = json_only(doc, names, why)) != OK ||
	    (r = json_get_string(doc, "action", 1, 20, &action, why)) != OK ||
	    (r = staff_read(doc, s, why)) != OK)
		goto out;
	*adds = strcmp(action, "add") == 0;
	if (!*adds && strcmp(action, "revoke") != 0)
		r = why_say(why, ERR_FORMAT,
		    "the action is neither add nor "
		    "revoke");

out:
	json_decref(doc);
	return r;
}

enum err
world_log_staff(struct world_step *t)
{
	struct why why = { { 0 } };
	struct staff s = { 0 }, *old;
	int adds = 0, left;
	enum err r;

	r = staff_document(t->e->text, &s, &adds, &why);
	if (r == ERR_NOMEM || r == ERR_INTERNAL)
		return r;
	if ((r = world_must(t, RULE_STAFF_CHANGE, r == OK, "%s", why.text)) !=
	    OK)
		return r;
	old = world_staff_find(t->w, &s.pk);
	if (adds) {
		if ((r = world_must(t, RULE_STAFF_CHANGE, old == NULL,
			 "the key of %s was added before", s.name)) != OK)
			return r;
		return world_staff_add(t->w, &s);
	}
	if ((r = world_must(t, RULE_STAFF_CHANGE,
		 old != NULL && !old->revoked && old->role == s.role,
		 "%s is not on the staff with this key and role", s.name)) !=
	    OK)
		return r;
	left = admins(t->w) - (old->role == ROLE_ADMIN);
	if ((r = world_check(t, RULE_STAFF_CHANGE, left >= 2,
		 "without %s fewer than two admins remain", s.name)) != OK)
		return r;
	old->revoked = 1;
	return OK;
}

/* --- Objects that are only logged ------------------------------------------
 */

static enum err
object_only(struct world_step *t)
{
	struct buf b = { 0 };
	enum err r;

	r = world_fetch(t, &t->e->object, &b);
	buf_free(&b);
	return r;
}

enum err
world_log_bundle(struct world_step *t)
{
	struct bundle *bundle = NULL;
	struct why why = { { 0 } };
	struct buf b = { 0 };
	enum err r;

	if ((r = world_fetch(t, &t->e->object, &b)) != OK)
		goto out;
	r = bundle_parse(buf_slice(&b), &bundle, &why);
	if (r != ERR_NOMEM && r != ERR_INTERNAL)
		r = world_check(
		    t, RULE_BUNDLE, r == OK, "the manifest: %s", why.text);

out:
	bundle_free(bundle);
	buf_free(&b);
	return r;
}

enum err
world_log_progress(struct world_step *t)
{
	return object_only(t);
}
