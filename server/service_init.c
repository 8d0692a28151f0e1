/* The beginning of a log: its folder, keys and genesis entry. */
#include <stdlib.h>
#include <string.h>

#include "hex.h"
#include "json.h"
#include "policy.h"
#include "wipe.h"

#include "durable.h"
#include "service_impl.h"

#define NAME_BYTES (NOTE_NAME_MAX + 1)

/* The keys whose names are origin and origin/receipt. */
struct names {
	struct note_key log;
	struct note_key receipt;
};

static enum err
names_make(const char *origin, const struct public_key *log,
    const struct public_key *receipt, struct names *out, struct why *why)
{
	struct buf b = { 0 };
	enum err r;

	buf_printf(&b, "%s/receipt", origin);
	if (buf_text(&b) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	if ((r = note_key_make(origin, NOTE_ED25519, log, &out->log)) != OK ||
	    (r = note_key_make((const char *)b.p, NOTE_ED25519, receipt,
		 &out->receipt)) != OK)
		r = why_say(why, r,
		    "the origin \"%s\" is empty, too long, or has a blank or a "
		    "plus sign",
		    origin);

out:
	buf_free(&b);
	return r;
}

static json_t *
key_text(const struct note_key *k)
{
	struct buf b = { 0 };
	json_t *j = NULL;

	note_key_print(k, &b);
	if (buf_end(&b) == OK)
		j = json_stringn((const char *)b.p, b.n);
	buf_free(&b);
	return j;
}

static json_t *
staff_list(const struct service_genesis *g)
{
	json_t *list = json_array(), *o;
	char key[65];
	size_t i;

	for (i = 0; list != NULL && i < g->n_staff; i++) {
		hex_encode(public_key_slice(&g->staff[i].pk), key);
		o = json_pack("{s:s, s:s, s:s}", "key", key, "name",
		    g->staff[i].name, "role",
		    role_name((unsigned)g->staff[i].role));
		if (o == NULL || json_array_append_new(list, o) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static enum err
document(const struct service_genesis *g, const struct names *n,
    struct buf *out, struct why *why)
{
	json_t *doc;
	enum err r;

	doc = json_pack("{s:o, s:s, s:s, s:o, s:i, s:o, s:i}", "log_key",
	    key_text(&n->log), "name", g->name, "origin", g->origin,
	    "receipt_key", key_text(&n->receipt), "rehearsal",
	    g->rehearsal != 0, "staff", staff_list(g), "version", 1);
	if (doc == NULL)
		return why_say(why, ERR_FORMAT,
		    "the name of the municipality or of its staff is no UTF-8 "
		    "text");
	r = json_canonical_put(out, doc);
	json_decref(doc);
	return r == OK ? buf_end(out) : r;
}

/*
 * The genesis entry is judged like any other, and with keys that are thrown
 * away: a folder is begun only when nothing but the disk can stop it.
 */
static enum err
judge(const struct service_genesis *g, struct why *why)
{
	struct entry e = { .kind = ENTRY_GENESIS };
	struct verdict v = { 0 };
	struct world *w = NULL;
	struct buf doc = { 0 };
	struct sign_key k;
	struct names n;
	enum err r;

	sign_key_random(&k);
	if ((r = names_make(g->origin, &k.pk, &k.pk, &n, why)) != OK ||
	    (r = document(g, &n, &doc, why)) != OK ||
	    (r = world_new(&n.log, NULL, NULL, &w)) != OK)
		goto out;
	e.text = buf_slice(&doc);
	if ((r = world_apply(w, 0, &e, NULL, &v)) == ERR_SIGNATURE)
		r = why_say(why, ERR_FORMAT, "%s", v.why.text);

out:
	wipe(&k, sizeof(k));
	world_free(w);
	buf_free(&doc);
	return r;
}

static enum err
append(struct store *store, const char *dir, const struct entry *e,
    struct why *why)
{
	struct store_item it = { 0 };
	struct buf b = { 0 }, path = { 0 };
	struct merkle tree;
	struct hash root;
	enum err r;

	if ((r = entry_put(&b, e)) != OK || (r = buf_end(&b)) != OK)
		goto out;
	it.entry = buf_slice(&b);
	hash_leaf(it.entry, &it.leaf);
	buf_printf(&path, "%s/state", dir);
	if (buf_text(&path) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	if ((r = store_append(store, &it, 1)) != OK)
		goto out;
	store_tree(store, &tree);
	merkle_root(&tree, &root);
	if ((r = store_state_put((const char *)path.p, tree.size, &root)) != OK)
		r = why_say(why, r, "%s: cannot be written", path.p);

out:
	buf_free(&b);
	buf_free(&path);
	return r;
}

/* Witnesses may be named now; the file may be changed, or put there, later. */
static enum err
read_policy(const char *path, struct buf *out, struct why *why)
{
	struct policy *p = NULL;
	enum err r;

	if ((r = policy_open(path, &p, why)) != OK)
		return r;
	if (p->n_logs > 0)
		r = why_say(why, ERR_FORMAT,
		    "%s: the log is not there yet, so no line of the policy "
		    "can name it; leave the log lines out",
		    path);
	else
		policy_print(p, out);
	free(p);
	return r == OK ? buf_end(out) : r;
}

enum err
service_init(const struct service_genesis *g, struct why *why)
{
	struct entry e = { .kind = ENTRY_GENESIS };
	struct buf path = { 0 }, doc = { 0 }, policy = { 0 };
	struct store *store = NULL;
	struct keys *keys = NULL;
	struct names names;
	enum err r;

	buf_printf(&path, "%s/keys", g->dir);
	if (buf_text(&path) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	if ((g->policy != NULL &&
		(r = read_policy(g->policy, &policy, why)) != OK) ||
	    (r = judge(g, why)) != OK ||
	    (r = store_open(g->dir, 1, &store, why)) != OK ||
	    (r = keys_create((const char *)path.p, why)) != OK ||
	    (r = keys_open((const char *)path.p, &keys, why)) != OK ||
	    (r = names_make(g->origin, &keys_log(keys)->pk,
		 &keys_receipt(keys)->pk, &names, why)) != OK ||
	    (r = document(g, &names, &doc, why)) != OK)
		goto out;
	e.text = buf_slice(&doc);
	if ((r = store_value_put(store, "host", slice_str(g->host))) != OK ||
	    (r = store_value_put(store, "origin", slice_str(g->origin))) != OK)
		goto out;
	if (policy.n > 0 && (r = durable_put(g->dir, "policy", 0644,
				 buf_slice(&policy), why)) != OK)
		goto out;
	r = append(store, g->dir, &e, why);

out:
	if (r != OK && why != NULL && why->text[0] == '\0')
		(void)why_say(why, r, "%s: %s", g->dir, err_str(r));
	keys_free(keys);
	store_close(store);
	buf_free(&doc);
	buf_free(&policy);
	buf_free(&path);
	return r;
}
