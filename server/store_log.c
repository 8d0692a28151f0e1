/*
 * The log: flat files for what is published, log.mdb for what is committed.
 */
#include <stdio.h>

#include "store_int.h"

enum err
log_start(struct store *s)
{
	struct merkle tree;
	struct view v;
	struct hash root;
	char dir[4096];
	enum err r;

	if ((r = view_begin(s, &v)) != OK)
		return r;
	view_end(&v);
	(void)snprintf(dir, sizeof(dir), "%s/log", s->dir);
	if ((r = flat_open(dir, v.size, v.bytes, &s->fault, &s->flat)) != OK)
		return r;
	flat_tree(s->flat, &tree, NULL);
	merkle_root(&tree, &root);
	if (hash_equal(&root, &v.root))
		return OK;
	return fault_say(&s->fault, ERR_STATE,
	    "the hashes in %s are not those of the log that was committed; "
	    "restore the data folder from a backup",
	    dir);
}

enum err
store_append(struct store *s, const struct store_item *items, size_t n)
{
	struct flat_head head;
	enum err r;

	if (n == 0)
		return OK;
	(void)pthread_mutex_lock(&s->append_lock);
	if ((r = flat_append(s->flat, items, n, &head)) == OK &&
	    (r = index_commit(s, items, n, &head)) == OK)
		flat_publish(s->flat, &head);
	(void)pthread_mutex_unlock(&s->append_lock);
	return r;
}

/* --- Reading -------------------------------------------------------------- */

void
store_tree(struct store *s, struct merkle *out)
{
	flat_tree(s->flat, out, NULL);
}

enum err
store_entry(struct store *s, uint64_t index, struct buf *out)
{
	struct buf block = { 0 };
	struct merkle tree;
	struct slice e;
	uint64_t bytes;
	enum err r;

	flat_tree(s->flat, &tree, &bytes);
	r = flat_entry(s->flat, index, tree.size, bytes, &block, &e);
	if (r == OK) {
		buf_put(out, e.p, e.n);
		r = buf_end(out);
	}
	buf_free(&block);
	return r;
}

enum err
store_tile(
    struct store *s, const struct tile *t, uint64_t size, struct buf *out)
{
	struct merkle tree;
	uint64_t bytes;
	unsigned level;

	flat_tree(s->flat, &tree, &bytes);
	level = t->level == TILE_LEVEL_ENTRIES ? 0 : t->level;
	if (size > tree.size || t->width == 0 ||
	    t->width > tile_width(level, t->index, size))
		return ERR_NOT_FOUND;
	if (t->level == TILE_LEVEL_ENTRIES)
		return flat_bundle(
		    s->flat, t->index, t->width, tree.size, bytes, out);
	return flat_hashes(
	    s->flat, level, t->index * TILE_WIDTH, t->width, out);
}

enum err
store_leaf(struct store *s, uint64_t index, struct hash *out)
{
	return flat_node(s->flat, 0, index, out);
}

enum err
store_node(void *store, unsigned level, uint64_t index, struct hash *out)
{
	struct store *s = store;

	return flat_node(s->flat, level, index, out);
}
