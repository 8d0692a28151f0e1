#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"
#include "rules.h"

#include "trust.h"

#define BUNDLE_NONE UINT64_MAX

struct trust {
	struct source *source;
	struct note_key key;
	struct buf bytes; /* of the checkpoint */
	struct note note;
	struct checkpoint checkpoint;
	struct source_tree tree;
	/* The bundle read last. */
	uint64_t bundle;
	struct buf entries_bytes;
	struct slice entries[TILE_WIDTH];
	struct hash leaves[TILE_WIDTH];
	size_t n;
};

/* The checkpoint kept from before must be a beginning of this log. */
static enum err
continues(struct trust *t, struct slice earlier, struct why *why)
{
	struct merkle_proof proof;
	struct checkpoint old;
	struct note note;
	enum err r;

	if (checkpoint_open(earlier, &t->key, &note, &old) != OK)
		return why_say(why, ERR_SIGNATURE,
		    "the checkpoint kept from before is not of this log");
	if (old.size == 0)
		return OK;
	if (old.size > t->checkpoint.size)
		return why_say(why, ERR_SIGNATURE,
		    "the log has become shorter (%" PRIu64 " entries, there "
		    "were %" PRIu64 "): keep your files and tell an auditor",
		    t->checkpoint.size, old.size);
	if ((r = merkle_prove_consistency(old.size, t->checkpoint.size,
		 source_node, &t->tree, &proof)) != OK)
		return why_say(
		    why, r, "cannot read the log's tiles (%s)", err_str(r));
	if (merkle_verify_consistency(old.size, t->checkpoint.size, &proof,
		&old.root, &t->checkpoint.root) != OK)
		return why_say(why, ERR_SIGNATURE,
		    "the log is not the one seen before: its past was "
		    "changed; keep your files and tell an auditor");
	return OK;
}

static enum err
key_read(struct trust *t, const char *vkey, struct why *why)
{
	struct slice text = slice_str(vkey == NULL ? "" : vkey);
	struct buf b = { 0 };
	enum err r = OK;

	if (vkey == NULL) {
		if ((r = source_get(t->source, "log/key", 1024, &b, why)) != OK)
			goto out;
		text = buf_slice(&b);
		if (text.n > 0 && text.p[text.n - 1] == '\n')
			text.n--;
	}
	if (note_key_parse(text, &t->key) != OK)
		r = why_say(
		    why, ERR_FORMAT, "the log's verifier key is malformed");

out:
	buf_free(&b);
	return r;
}

enum err
trust_open(const char *where, const char *vkey, struct slice earlier,
    struct trust **out, struct why *why)
{
	struct trust *t;
	enum err r;

	if ((t = calloc(1, sizeof(*t))) == NULL)
		return ERR_NOMEM;
	t->bundle = BUNDLE_NONE;
	if ((r = source_open(where, &t->source, why)) != OK ||
	    (r = key_read(t, vkey, why)) != OK ||
	    (r = source_get(
		 t->source, "log/checkpoint", NOTE_MAX, &t->bytes, why)) != OK)
		goto out;
	if (checkpoint_open(buf_slice(&t->bytes), &t->key, &t->note,
		&t->checkpoint) != OK) {
		r = why_say(why, ERR_SIGNATURE,
		    "the log's checkpoint is not signed by the key %s",
		    t->key.name);
		goto out;
	}
	t->tree.s = t->source;
	t->tree.size = t->checkpoint.size;
	if (earlier.n > 0 && (r = continues(t, earlier, why)) != OK)
		goto out;
	*out = t;
	return OK;

out:
	trust_free(t);
	return r;
}

enum err
trust_demand(const struct trust *t, const char *path, struct why *why)
{
	struct policy *p = NULL;
	enum err r;

	if ((r = policy_open(path, &p, why)) == OK &&
	    (r = policy_demand(p, &t->key, &t->note, why)) != OK)
		why_prefix(why, "rule %d, %s: ", (int)RULE_QUORUM,
		    rule_of(RULE_QUORUM)->name);
	free(p);
	return r;
}

void
trust_free(struct trust *t)
{
	if (t == NULL)
		return;
	source_free(t->source);
	buf_free(&t->bytes);
	buf_free(&t->entries_bytes);
	free(t);
}

const struct note_key *
trust_key(const struct trust *t)
{
	return &t->key;
}

const struct checkpoint *
trust_checkpoint(const struct trust *t)
{
	return &t->checkpoint;
}

struct slice
trust_note(const struct trust *t)
{
	return buf_slice(&t->bytes);
}

/*
 * Nodes inside the bundle come from its own entries, so that a proof of any one
 * of them proves them all; the others come from the log's tiles.
 */
static enum err
node(void *cookie, unsigned level, uint64_t index, struct hash *out)
{
	struct trust *t = cookie;
	uint64_t base = t->bundle * TILE_WIDTH, first;
	struct merkle m = { 0 };
	uint64_t i;

	if (level <= 8 && index <= UINT64_MAX >> level) {
		first = index << level;
		if (first >= base &&
		    first + ((uint64_t)1 << level) <= base + t->n) {
			for (i = 0; i < (uint64_t)1 << level; i++)
				merkle_append(&m, &t->leaves[first - base + i]);
			merkle_root(&m, out);
			return OK;
		}
	}
	return source_node(&t->tree, level, index, out);
}

enum err
trust_prove(
    struct trust *t, uint64_t index, struct merkle_proof *out, struct why *why)
{
	enum err r;

	if (t->bundle == BUNDLE_NONE || index / TILE_WIDTH != t->bundle)
		return ERR_INTERNAL;
	r = merkle_prove_inclusion(index, t->checkpoint.size, node, t, out);
	if (r != OK)
		return why_say(
		    why, r, "cannot read the log's tiles (%s)", err_str(r));
	if (merkle_verify_inclusion(&t->leaves[index % TILE_WIDTH], index,
		t->checkpoint.size, out, &t->checkpoint.root) != OK)
		return why_say(why, ERR_SIGNATURE,
		    "entry %" PRIu64 " is not in the log that the checkpoint "
		    "signs",
		    index);
	return OK;
}

static enum err
bundle_read(struct trust *t, uint64_t bundle, struct why *why)
{
	struct merkle_proof proof;
	size_t i;
	enum err r;

	t->bundle = BUNDLE_NONE;
	t->entries_bytes.n = 0;
	t->n = 0;
	if ((r = source_entries(t->source, bundle, t->checkpoint.size,
		 &t->entries_bytes, t->entries, &t->n, why)) != OK)
		return r;
	for (i = 0; i < t->n; i++)
		hash_leaf(t->entries[i], &t->leaves[i]);
	t->bundle = bundle;
	if ((r = trust_prove(t, bundle * TILE_WIDTH, &proof, why)) != OK)
		t->bundle = BUNDLE_NONE;
	return r;
}

enum err
trust_entry(
    struct trust *t, uint64_t index, struct slice *entry, struct why *why)
{
	enum err r;

	if (index >= t->checkpoint.size)
		return why_say(why, ERR_NOT_FOUND,
		    "the log has no entry %" PRIu64 " yet: it has %" PRIu64,
		    index, t->checkpoint.size);
	if (t->bundle != index / TILE_WIDTH &&
	    (r = bundle_read(t, index / TILE_WIDTH, why)) != OK)
		return r;
	if (index % TILE_WIDTH >= t->n)
		return why_say(why, ERR_FORMAT,
		    "the bundle of entry %" PRIu64 " is too short", index);
	*entry = t->entries[index % TILE_WIDTH];
	return OK;
}

enum err
trust_object(
    struct trust *t, const struct hash *name, struct buf *out, struct why *why)
{
	struct hash got;
	enum err r;

	if ((r = source_object(t->source, name, out, why)) != OK)
		return r;
	hash_bytes(buf_slice(out), &got);
	if (!hash_equal(&got, name))
		return why_say(why, ERR_SIGNATURE,
		    "an object of the log is not the one that the log names");
	return OK;
}

static enum err
parsed(struct trust *t, uint64_t index, struct entry *e, struct why *why)
{
	struct slice s = { NULL, 0 };
	enum err r;

	if ((r = trust_entry(t, index, &s, why)) != OK)
		return r;
	if (entry_parse(s, e) != OK)
		return why_say(why, ERR_FORMAT,
		    "entry %" PRIu64 " of the log is malformed", index);
	return OK;
}

enum err
trust_receipt_key(struct trust *t, struct note_key *out, struct why *why)
{
	json_t *doc = NULL;
	const char *vkey;
	struct entry e;
	enum err r;

	memset(&e, 0, sizeof(e));
	if ((r = parsed(t, 0, &e, why)) != OK)
		return r;
	if (e.kind != ENTRY_GENESIS)
		return why_say(why, ERR_FORMAT,
		    "the log does not begin with a genesis entry");
	if ((r = json_read_document(e.text, &doc, why)) != OK ||
	    (r = json_get_string(doc, "receipt_key", 1, 1000, &vkey, why)) !=
		OK)
		goto out;
	if (note_key_parse(slice_str(vkey), out) != OK)
		r = why_say(why, ERR_FORMAT,
		    "the genesis entry's receipt_key is malformed");

out:
	json_decref(doc);
	return r;
}

enum err
trust_header(struct trust *t, uint64_t index, struct slice bytes,
    struct header **out, struct why *why)
{
	struct header *h = NULL;
	struct entry e;
	enum err r;

	if ((r = parsed(t, index, &e, why)) != OK ||
	    (r = header_parse(bytes, &h, why)) != OK)
		goto out;
	if (e.kind != ENTRY_HEADER || !hash_equal(&e.space_id, &h->id)) {
		r = why_say(why, ERR_SIGNATURE,
		    "the space \"%s\" is not announced by entry %" PRIu64
		    " of the log, as the server says",
		    h->slug, index);
		goto out;
	}
	if (strcmp(h->origin, t->checkpoint.origin) != 0) {
		r = why_say(why, ERR_SIGNATURE,
		    "the space \"%s\" belongs to another log, %s", h->slug,
		    h->origin);
		goto out;
	}
	if (checkpoint_quorum(
		&t->note, h->witnesses, h->n_witnesses, h->quorum) != OK) {
		r = why_say(why, ERR_SIGNATURE,
		    "rule %d, %s: the log's checkpoint lacks the %zu "
		    "witnesses that the space \"%s\" asks for; try again "
		    "later",
		    (int)RULE_QUORUM, rule_of(RULE_QUORUM)->name, h->quorum,
		    h->slug);
		goto out;
	}
	*out = h;
	h = NULL; /* handed over */

out:
	header_free(h);
	return r;
}

/* The first entry of ${kind} of the space from ${first} on. */
static enum err
entry_find(struct trust *t, uint64_t first, const struct hash *space_id,
    enum entry_kind kind, struct entry *e, uint64_t *index, struct why *why)
{
	uint64_t i;
	enum err r;

	for (i = first; i < t->checkpoint.size; i++) {
		if ((r = parsed(t, i, e, why)) != OK)
			return r;
		if (e->kind == kind && hash_equal(&e->space_id, space_id)) {
			*index = i;
			return OK;
		}
	}
	return ERR_NOT_FOUND;
}

enum err
trust_ledger_count(struct trust *t, uint64_t first, const struct header *h,
    size_t issuer, enum purpose purpose, uint32_t *out, struct why *why)
{
	struct entry e;
	uint64_t i = first;
	enum err r;

	for (;;) {
		r = entry_find(t, i, &h->id, ENTRY_LEDGER, &e, &i, why);
		if (r == ERR_NOT_FOUND)
			return why_say(why, r,
			    "the ledger of \"%s\" is not in the log yet",
			    h->slug);
		if (r != OK)
			return r;
		if (e.issuer == issuer && e.purpose == (uint8_t)purpose)
			break;
		i++;
	}
	*out = e.count;
	return OK;
}
