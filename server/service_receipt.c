/*
 * Receipts of a commit group (PROTOCOL 6): one signature for all records of a
 * space and window that became durable together.  The salts keep the holder of
 * one receipt from trying whether a record that she knows was in her group.
 */
#include <stdlib.h>
#include <string.h>

#include "receipt.h"
#include "wipe.h"

#include "service_impl.h"

/* Heights of a tree over at most SERVICE_GROUP_MAX leaves. */
#define LEVELS 9

/* All perfect subtrees of a group's tree. */
struct forest {
	size_t n;
	struct hash *level[LEVELS];
};

static enum err
node(void *cookie, unsigned level, uint64_t index, struct hash *out)
{
	const struct forest *f = cookie;

	if (level >= LEVELS || index >= f->n >> level)
		return ERR_INTERNAL;
	*out = f->level[level][index];
	return OK;
}

static enum err
forest_grow(struct forest *f, struct receipt_job **jobs, size_t n)
{
	size_t i, l;

	f->n = n;
	for (l = 0; l < LEVELS && n >> l > 0; l++) {
		f->level[l] = calloc(n >> l, sizeof(struct hash));
		if (f->level[l] == NULL)
			return ERR_NOMEM;
		for (i = 0; i < n >> l; i++) {
			if (l == 0)
				hash_leaf(hash_slice(&jobs[i]->entry),
				    &f->level[0][i]);
			else
				hash_node(&f->level[l - 1][2 * i],
				    &f->level[l - 1][2 * i + 1],
				    &f->level[l][i]);
		}
	}
	return OK;
}

static enum err
sign_one(const struct service *s, const struct receipt_job *j)
{
	struct receipt rc = { .window_end = j->window_end };

	rc.space_id = *j->space_id;
	rc.leaf = j->leaf;
	return receipt_sign(
	    &rc, s->receipt_name, keys_receipt(s->keys), j->out);
}

static enum err
sign_many(const struct service *s, struct receipt_job **jobs, size_t n)
{
	struct forest f = { 0 };
	struct merkle_proof path;
	struct merkle tree;
	struct buf note = { 0 };
	struct hash root;
	size_t i;
	enum err r;

	if ((r = forest_grow(&f, jobs, n)) != OK ||
	    (r = merkle_load(&tree, n, node, &f)) != OK)
		goto out;
	merkle_root(&tree, &root);
	if ((r = receipt_group_sign(jobs[0]->space_id, jobs[0]->window_end,
		 &root, n, s->receipt_name, keys_receipt(s->keys), &note)) !=
	    OK)
		goto out;
	for (i = 0; i < n && r == OK; i++) {
		r = merkle_prove_inclusion(i, n, node, &f, &path);
		if (r != OK)
			break;
		receipt_group_put(
		    jobs[i]->out, jobs[i]->salt, i, &path, buf_slice(&note));
		jobs[i]->result = buf_end(jobs[i]->out);
	}

out:
	for (i = 0; i < LEVELS; i++)
		free(f.level[i]);
	buf_free(&note);
	return r;
}

static int
job_cmp(const void *a, const void *b)
{
	const struct receipt_job *x = *(struct receipt_job *const *)a;
	const struct receipt_job *y = *(struct receipt_job *const *)b;
	int d = hash_cmp(x->space_id, y->space_id);

	if (d != 0)
		return d;
	if (x->window_end != y->window_end)
		return x->window_end < y->window_end ? -1 : 1;
	return hash_cmp(&x->entry, &y->entry);
}

void
service_receipt_sign(
    const struct service *s, struct receipt_job **jobs, size_t n)
{
	size_t i, k, m;
	enum err r;

	for (i = 0; i < n; i++) {
		random_bytes(jobs[i]->salt, sizeof(jobs[i]->salt));
		receipt_group_leaf(
		    jobs[i]->salt, &jobs[i]->leaf, &jobs[i]->entry);
	}
	qsort(jobs, n, sizeof(struct receipt_job *), job_cmp);
	for (i = 0; i < n; i += m) {
		for (m = 1;
		     i + m < n &&
		     jobs[i + m]->window_end == jobs[i]->window_end &&
		     hash_equal(jobs[i + m]->space_id, jobs[i]->space_id);
		     m++)
			continue;
		if (m == 1) {
			jobs[i]->result = sign_one(s, jobs[i]);
			continue;
		}
		r = sign_many(s, jobs + i, m);
		for (k = i; r != OK && k < i + m; k++)
			jobs[k]->result = r;
	}
}
