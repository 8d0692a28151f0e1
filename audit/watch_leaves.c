/*
 * What is looked for among the entries of the mirror: that every checkpoint
 * that was signed is one of this tree, and the records that receipts promise.
 * The log is never asked for one of them: that would tell whose it is.
 */
#include <string.h>

#include "watch_int.h"

/* What is assumed of a space that is not in the log. */
#define GRACE_MAX 604800

/* The tree of the walk's size against the checkpoints of that size. */
static void
prove(struct watch *w)
{
	char own[120], other[120];
	struct hash root;
	size_t i, low = 0, high = w->n_seen;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (w->seen[mid].size < w->walk.size)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == w->n_seen || w->seen[low].size != w->walk.size)
		return;
	merkle_root(&w->walk, &root);
	for (i = low; i < w->n_seen && w->seen[i].size == w->walk.size; i++) {
		w->seen[i].proven = hash_equal(&w->seen[i].root, &root);
		if (w->seen[i].proven)
			continue;
		watch_keep_name(w->seen[i].size, &w->seen[i].root, other);
		watch_keep_name(w->taken.size, &w->taken.root, own);
		watch_keep_cry(w,
		    &(struct watch_cry){ .rule = RULE_CONSISTENCY,
			.key = "fork",
			.lasting = 1,
			.files = { other, own } },
		    "the log does not continue the checkpoint of %llu entries "
		    "that it signed (a fork)",
		    (unsigned long long)w->seen[i].size);
	}
}

static void
compare(struct watch *w, const struct hash *leaf)
{
	size_t i;

	for (i = 0; i < w->o.n_receipts; i++) {
		struct watch_receipt *p = &w->receipts[i];

		if (p->opened && !p->found)
			p->found = receipt_promise_is_of(&p->promise, leaf);
	}
}

enum err
watch_leaves(struct watch *w, struct why *why)
{
	struct slice entries[TILE_WIDTH];
	struct buf b = { 0 };
	struct hash leaf;
	size_t i, n = 0;
	enum err r = OK;

	/* Entries that are not those of the checkpoint prove nothing. */
	for (i = 0; i < w->replay->n_broken; i++) {
		if (w->replay->broken[i].rule == RULE_TREE)
			return OK;
	}
	while (w->walk.size < w->taken.size) {
		b.n = 0;
		r = source_entries(w->here, w->walk.size / TILE_WIDTH,
		    w->taken.size, &b, entries, &n, why);
		if (r != OK)
			break;
		for (i = w->walk.size % TILE_WIDTH; i < n; i++) {
			hash_leaf(entries[i], &leaf);
			merkle_append(&w->walk, &leaf);
			compare(w, &leaf);
			prove(w);
		}
	}
	buf_free(&b);
	return r;
}

/* The receipts' key comes with the first entry. */
void
watch_leaves_open(struct watch *w, struct watch_receipt *p)
{
	if (p->opened || p->bad)
		return;
	p->opened = receipt_promise_open(buf_slice(&p->text),
			world_receipt_key(w->replay->world), &p->promise) == OK;
	p->bad = !p->opened;
}

void
watch_leaves_receipts(struct watch *w)
{
	char path[120], now[120];
	const struct space *s;
	uint64_t due;
	size_t i;

	if (w->walk.size < w->taken.size)
		return;
	for (i = 0; i < w->o.n_receipts; i++) {
		struct watch_receipt *p = &w->receipts[i];

		if (!p->opened || p->found)
			continue;
		s = world_space_by_id(w->replay->world, &p->promise.space_id);
		due = p->promise.window_end;
		due += s != NULL ? (uint64_t)s->header->grace : GRACE_MAX;
		if (w->now <= due)
			continue;
		watch_keep_evidence(w, "receipt", buf_slice(&p->text), path);
		watch_keep_name(w->taken.size, &w->taken.root, now);
		watch_keep_cry(w,
		    &(struct watch_cry){
			.key = path, .lasting = 1, .files = { path, now } },
		    "%s: the record of this receipt was promised by %llu and "
		    "is not in the log",
		    p->file, (unsigned long long)due);
	}
}
