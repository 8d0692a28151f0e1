#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "entry.h"
#include "folder.h"
#include "form.h"
#include "hex.h"
#include "json.h"

#include "mirror.h"

#define POLICY_MAX ((size_t)1 << 20)
#define TILE_LEVELS 8
#define SPACES_MAX 65536

/* A space whose contents are objects too. */
struct content_space {
	struct hash id;
	size_t issuers;
};

struct mirror {
	struct source *src;
	const char *dir;
	struct why *why;
	struct buf key;
	struct note_key log_key;
	struct checkpoint now, before; /* before: size 0 if there was none */
	struct content_space *spaces;
	size_t n_spaces;
	struct mirror_count count;
};

/* --- Is it the same log? -----------------------------------------------------
 */

static enum err
open_key(struct mirror *m)
{
	struct slice text;
	enum err r;

	if ((r = source_get(m->src, "log/key", NOTE_MAX, &m->key, m->why)) !=
	    OK)
		return r;
	text = buf_slice(&m->key);
	if (text.n > 0 && text.p[text.n - 1] == '\n')
		text.n--;
	return note_key_parse(text, &m->log_key) == OK
		   ? OK
		   : why_say(m->why, ERR_FORMAT, "log/key is no verifier key");
}

/* What the folder holds already must be of this log. */
static enum err
open_before(struct mirror *m)
{
	struct source *own = NULL;
	struct buf key = { 0 }, note = { 0 };
	struct note parsed;
	enum err r;

	if (!folder_has(m->dir, "log/key"))
		return OK;
	if ((r = source_open(m->dir, &own, m->why)) != OK ||
	    (r = source_get(own, "log/key", NOTE_MAX, &key, m->why)) != OK)
		goto out;
	if (!slice_equal(buf_slice(&key), buf_slice(&m->key))) {
		r = why_say(m->why, ERR_CONFLICT,
		    "%s holds the log of another key; take another folder",
		    m->dir);
		goto out;
	}
	r = source_get(own, "log/checkpoint", NOTE_MAX, &note, m->why);
	if (r == ERR_NOT_FOUND) {
		r = OK;
		goto out;
	}
	if (r == OK && checkpoint_open(buf_slice(&note), &m->log_key, &parsed,
			   &m->before) != OK)
		r = why_say(m->why, ERR_CONFLICT,
		    "%s/log/checkpoint is not signed by the log's key", m->dir);

out:
	buf_free(&note);
	buf_free(&key);
	source_free(own);
	return r;
}

static enum err
check_consistency(struct mirror *m)
{
	struct source_tree *tree;
	struct merkle_proof proof;
	enum err r;

	if (m->before.size == 0)
		return OK;
	if (m->before.size > m->now.size)
		return why_say(m->why, ERR_CONFLICT,
		    "the log has %llu entries now, %s holds %llu: entries were "
		    "removed",
		    (unsigned long long)m->now.size, m->dir,
		    (unsigned long long)m->before.size);
	if ((tree = calloc(1, sizeof(*tree))) == NULL)
		return why_say(m->why, ERR_NOMEM, "out of memory");
	tree->s = m->src;
	tree->size = m->now.size;
	r = merkle_prove_consistency(
	    m->before.size, m->now.size, source_node, tree, &proof);
	free(tree);
	if (r != OK)
		return why_say(m->why, r,
		    "the tiles that prove consistency cannot be read: %s",
		    err_str(r));
	if (merkle_verify_consistency(m->before.size, m->now.size, &proof,
		&m->before.root, &m->now.root) != OK)
		return why_say(m->why, ERR_CONFLICT,
		    "the log does not continue what %s holds: it was forked "
		    "or rewritten; keep both checkpoints as evidence",
		    m->dir);
	return OK;
}

/* --- Tiles and bundles -------------------------------------------------------
 */

static void
tile_path(const struct tile *t, char path[static TILE_PATH_MAX + 4])
{
	char name[TILE_PATH_MAX];

	tile_print(t, name);
	(void)snprintf(path, TILE_PATH_MAX + 4, "log/%s", name);
}

/* A partial tile of the earlier log that a wider one takes the place of. */
static void
drop_before(struct mirror *m, const struct tile *t)
{
	struct tile old = *t;
	char path[TILE_PATH_MAX + 4];

	old.width = tile_width(t->level, t->index, m->before.size);
	if (old.width == 0 || old.width == t->width)
		return;
	tile_path(&old, path);
	folder_drop(m->dir, path);
}

static enum err
copy_hashes(struct mirror *m, unsigned level)
{
	uint64_t i, n = tile_count(level, m->now.size);
	struct hash h[TILE_WIDTH];
	char path[TILE_PATH_MAX + 4];
	size_t k = 0;
	enum err r;

	for (i = 0; i < n; i++) {
		struct tile t = { level, i, 0 };

		t.width = tile_width(level, i, m->now.size);
		tile_path(&t, path);
		if (folder_has(m->dir, path))
			continue;
		if ((r = source_hashes(
			 m->src, level, i, m->now.size, h, &k, m->why)) != OK ||
		    (r = folder_put(m->dir, path, slice_of(h, k * HASH_BYTES),
			 m->why)) != OK)
			return r;
		drop_before(m, &t);
		m->count.files++;
	}
	return OK;
}

static enum err objects_of(
    struct mirror *m, const struct slice *entries, size_t n);

static enum err
copy_bundle(struct mirror *m, struct source *own, uint64_t i)
{
	struct tile t = { TILE_LEVEL_ENTRIES, i, 0 };
	struct slice entries[TILE_WIDTH];
	char path[TILE_PATH_MAX + 4];
	struct buf bytes = { 0 }, out = { 0 };
	size_t k, n = 0;
	int had;
	enum err r;

	t.width = tile_width(t.level, i, m->now.size);
	tile_path(&t, path);
	had = folder_has(m->dir, path);
	r = source_entries(
	    had ? own : m->src, i, m->now.size, &bytes, entries, &n, m->why);
	if (r != OK)
		goto out;
	for (k = 0; k < n && !had; k++)
		buf_lp(&out, entries[k]);
	if ((r = buf_end(&out)) != OK ||
	    (!had &&
		(r = folder_put(m->dir, path, buf_slice(&out), m->why)) != OK))
		goto out;
	if (!had) {
		drop_before(m, &t);
		m->count.files++;
	}
	r = objects_of(m, entries, n);

out:
	buf_free(&out);
	buf_free(&bytes);
	return r;
}

static enum err
copy_log(struct mirror *m)
{
	uint64_t i, n = tile_count(TILE_LEVEL_ENTRIES, m->now.size);
	struct source *own = NULL;
	unsigned level;
	enum err r;

	for (level = 0; level < TILE_LEVELS; level++) {
		if ((r = copy_hashes(m, level)) != OK)
			return r;
	}
	if ((r = source_open(m->dir, &own, m->why)) != OK)
		return r;
	for (i = 0; i < n && r == OK; i++)
		r = copy_bundle(m, own, i);
	source_free(own);
	return r;
}

/* --- Objects -----------------------------------------------------------------
 */

/* Fetch an object, unless the folder has it; its bytes to ${out} if wanted. */
static enum err
copy_object(struct mirror *m, const struct hash *h, struct buf *out)
{
	char path[9 + 2 * HASH_BYTES] = "objects/";
	struct source *own = NULL;
	struct buf b = { 0 };
	enum err r;

	hex_encode(hash_slice(h), path + 8);
	if (folder_has(m->dir, path)) {
		if (out == NULL)
			return OK;
		if ((r = source_open(m->dir, &own, m->why)) == OK)
			r = source_object(own, h, out, m->why);
		source_free(own);
		return r;
	}
	r = source_object(m->src, h, &b, m->why);
	if (r == ERR_NOT_FOUND) {
		m->count.missing++;
		r = OK;
		goto out;
	}
	if (r != OK ||
	    (r = folder_put(m->dir, path, buf_slice(&b), m->why)) != OK)
		goto out;
	m->count.objects++;
	if (out != NULL) {
		buf_put(out, b.p, b.n);
		r = buf_end(out);
	}

out:
	buf_free(&b);
	return r;
}

/* A header names the roll, and says whether its records have contents. */
static enum err
header_object(struct mirror *m, const struct hash *id)
{
	struct content_space *p;
	struct header *h = NULL;
	struct buf b = { 0 };
	enum err r;

	if ((r = copy_object(m, id, &b)) != OK)
		goto out;
	/* What is wrong with it, the audit says. */
	if (b.n == 0 || header_parse(buf_slice(&b), &h, NULL) != OK)
		goto out;
	if ((r = copy_object(m, &h->roll_root, NULL)) != OK ||
	    h->kind == SPACE_BALLOT || m->n_spaces == SPACES_MAX)
		goto out;
	p = realloc(m->spaces, (m->n_spaces + 1) * sizeof(*p));
	if (p == NULL) {
		r = why_say(m->why, ERR_NOMEM, "out of memory");
		goto out;
	}
	m->spaces = p;
	p[m->n_spaces].id = h->id;
	p[m->n_spaces++].issuers = h->n_issuers;

out:
	header_free(h);
	buf_free(&b);
	return r;
}

/* A form names the transcript of the ceremony that made its key, and pictures.
 */
static enum err
form_object(struct mirror *m, const struct hash *id)
{
	struct form *f = NULL;
	struct buf b = { 0 };
	size_t i;
	enum err r;

	if ((r = copy_object(m, id, &b)) != OK)
		goto out;
	/* What is wrong with it, the audit says. */
	if (b.n == 0 || form_parse(buf_slice(&b), NULL, &f, NULL) != OK)
		goto out;
	if (f->sealed)
		r = copy_object(m, &f->transcript, NULL);
	for (i = 0; i < f->n_options && r == OK; i++)
		if (f->options[i].alt != NULL)
			r = copy_object(m, &f->options[i].picture, NULL);

out:
	form_free(f);
	buf_free(&b);
	return r;
}

static enum err
record_object(struct mirror *m, struct slice raw)
{
	struct contribution c;
	struct record rec;
	struct hash id;
	size_t i;

	if (m->n_spaces == 0 || record_space(raw, &id) != OK)
		return OK;
	for (i = 0; i < m->n_spaces; i++) {
		if (hash_equal(&m->spaces[i].id, &id) &&
		    record_parse(raw, m->spaces[i].issuers, &rec) == OK &&
		    contribution_parse(rec.body, &c) == OK &&
		    c.action != ACTION_ANSWER && !hash_is_zero(&c.commit))
			return copy_object(m, &c.commit, NULL);
	}
	return OK;
}

static enum err
objects_of(struct mirror *m, const struct slice *entries, size_t n)
{
	struct entry e;
	size_t i;
	enum err r = OK;

	for (i = 0; i < n && r == OK; i++) {
		if (entry_parse(entries[i], &e) != OK)
			continue;
		if (e.kind == ENTRY_HEADER)
			r = header_object(m, &e.space_id);
		else if (e.kind == ENTRY_FORM)
			r = form_object(m, &e.object);
		else if (e.kind == ENTRY_RECORD)
			r = record_object(m, e.record);
		else if (!hash_is_zero(&e.object))
			r = copy_object(m, &e.object, NULL);
	}
	return r;
}

/* --- The whole ---------------------------------------------------------------
 */

static enum err
copy_policy(struct mirror *m)
{
	struct buf b = { 0 };
	enum err r;

	r = source_get(m->src, "log/policy", POLICY_MAX, &b, m->why);
	if (r == OK)
		r = folder_put(m->dir, "log/policy", buf_slice(&b), m->why);
	else if (r == ERR_NOT_FOUND)
		r = OK;
	buf_free(&b);
	return r;
}

enum err
mirror_note(struct source *src, const char *dir, struct slice note,
    struct mirror_count *out, struct why *why)
{
	struct mirror m = { .src = src, .dir = dir, .why = why };
	struct note *parsed = NULL;
	enum err r;

	if ((r = open_key(&m)) != OK)
		goto out;
	if ((parsed = calloc(1, sizeof(*parsed))) == NULL) {
		r = why_say(why, ERR_NOMEM, "out of memory");
		goto out;
	}
	r = checkpoint_open(note, &m.log_key, parsed, &m.now);
	if (r != OK) {
		r = why_say(why, r,
		    "the checkpoint is malformed or not signed by the log's "
		    "key");
		goto out;
	}
	if ((r = open_before(&m)) != OK || (r = check_consistency(&m)) != OK)
		goto out;
	/* The checkpoint last: it stands for all that is there. */
	if ((r = folder_put(dir, "log/key", buf_slice(&m.key), why)) != OK ||
	    (r = copy_policy(&m)) != OK || (r = copy_log(&m)) != OK ||
	    (r = folder_put(dir, "log/checkpoint", note, why)) != OK)
		goto out;
	m.count.size = m.now.size;
	*out = m.count;

out:
	free(parsed);
	free(m.spaces);
	buf_free(&m.key);
	return r;
}

enum err
mirror_log(struct source *src, const char *dir, struct mirror_count *out,
    struct why *why)
{
	struct buf note = { 0 };
	enum err r;

	r = source_get(src, "log/checkpoint", NOTE_MAX, &note, why);
	if (r == OK)
		r = mirror_note(src, dir, buf_slice(&note), out, why);
	buf_free(&note);
	return r;
}
