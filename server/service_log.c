/*
 * The one way into the log: judged, durable, remembered, signed, served, in
 * this order (PROTOCOL 8).
 */
#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"
#include "log.h"

#include "service_impl.h"

void
service_log_halt(struct service *s, const char *what)
{
	struct why fault = { { 0 } };

	if (atomic_exchange(&s->halted, 1) != 0)
		return;
	store_fault(s->store, &fault);
	log_event(LOG_ERROR,
	    "nothing is accepted until a restart: mend the cause, then start "
	    "again cause=\"%s\" system=\"%s\"",
	    what, fault.text);
}

enum err
service_log_object(void *service, const struct hash *hash, struct buf *out)
{
	struct service *s = service;

	if (s->staged.n > 0 && hash_equal(hash, &s->staged_hash)) {
		buf_put(out, s->staged.p, s->staged.n);
		return buf_end(out);
	}
	return store_object_get(s->store, hash, out);
}

enum err
service_log_tracks(struct service *s)
{
	size_t n = world_spaces(s->world);
	struct track **p, *t;
	struct space *sp;

	while (s->n_tracks < n) {
		p = realloc(
		    s->tracks, (s->n_tracks + 1) * sizeof(struct track *));
		if (p == NULL)
			return ERR_NOMEM;
		s->tracks = p;
		if ((t = calloc(1, sizeof(*t))) == NULL)
			return ERR_NOMEM;
		sp = world_space(s->world, s->n_tracks);
		t->until = sp->last_window;
		t->shut = sp->closed || sp->cancelled;
		t->taken = sp->cancelled;
		p[s->n_tracks++] = t;
	}
	return OK;
}

enum err
service_log_publish(struct service *s, const struct merkle *tree)
{
	struct checkpoint c = { .size = tree->size };
	struct buf note = { 0 }, old;
	enum err r;

	memcpy(c.origin, s->log_key.name, sizeof(c.origin));
	merkle_root(tree, &c.root);
	if ((r = store_state_put(s->state_path, c.size, &c.root)) != OK ||
	    (r = checkpoint_sign(&c, keys_log(s->keys), &note)) != OK)
		goto out;
	pthread_mutex_lock(&s->small_lock);
	old = s->checkpoint;
	s->checkpoint = note;
	s->size = c.size;
	pthread_mutex_unlock(&s->small_lock);
	note = old;

out:
	buf_free(&note);
	return r;
}

/* Judge one entry, with which ${tree} ends. */
static enum err
judge(struct service *s, const struct store_item *it, const struct merkle *tree,
    struct verdict *v)
{
	struct hash root;
	struct space *in;
	struct entry e;
	enum err r;

	if (it->record != NULL)
		return world_record(s->world, tree->size - 1, it->record->raw,
		    &it->leaf, &in, v);
	if ((r = entry_parse(it->entry, &e)) != OK)
		return r;
	merkle_root(tree, &root);
	if ((r = world_apply(s->world, tree->size - 1, &e, &root, v)) != OK)
		return r;
	return e.kind == ENTRY_HEADER ? service_log_tracks(s) : OK;
}

enum err
service_log_append(
    struct service *s, struct store_item *items, size_t n, struct verdict *v)
{
	struct merkle tree;
	size_t i;
	enum err r = OK;

	if (atomic_load(&s->halted))
		return ERR_STATE;
	store_tree(s->store, &tree);
	pthread_rwlock_wrlock(&s->world_lock);
	for (i = 0; i < n && r == OK; i++) {
		if (items[i].record == NULL)
			hash_leaf(items[i].entry, &items[i].leaf);
		merkle_append(&tree, &items[i].leaf);
		r = judge(s, &items[i], &tree, v);
	}
	if (r != OK) {
		/* The first was taken in, and will not be in the log. */
		if (i > 1 || r != ERR_SIGNATURE)
			service_log_halt(s, "an entry of our own was refused");
		goto out;
	}
	if (s->staged.n > 0 &&
	    (r = store_object_put(s->store, &s->staged_hash, s->staged)) != OK)
		service_log_halt(s, "an object could not be stored");
	else if ((r = store_append(s->store, items, n)) != OK)
		service_log_halt(s, "entries could not be stored");
	else if ((r = service_log_publish(s, &tree)) != OK)
		service_log_halt(s, "the signed tree could not be remembered");

out:
	pthread_rwlock_unlock(&s->world_lock);
	return r;
}

enum err
service_log_put(struct service *s, const struct entry *e, struct slice object,
    struct verdict *v)
{
	struct store_item it = { 0 };
	struct buf b = { 0 };
	enum err r;

	if ((r = entry_put(&b, e)) != OK || (r = buf_end(&b)) != OK)
		goto out;
	it.entry = buf_slice(&b);
	s->staged = object;
	s->staged_hash = e->object;
	r = service_log_append(s, &it, 1, v);
	s->staged = slice_of(NULL, 0);

out:
	buf_free(&b);
	return r;
}

enum problem
service_log_problem(enum err r, const struct verdict *v, struct why *why)
{
	switch (r) {
	case OK:
		return PROBLEM_NONE;
	case ERR_SIGNATURE:
		if (v->rule == RULE_NONE)
			break;
		(void)why_say(why, r, "rule %d, %s: %s", (int)v->rule,
		    rule_of(v->rule)->name, v->why.text);
		return PROBLEM_RULE;
	case ERR_NOMEM:
	case ERR_IO:
	case ERR_STATE:
	case ERR_INTERNAL:
		(void)why_say(why, r,
		    "the entry could not be stored; the server's messages say "
		    "more");
		return PROBLEM_UNAVAILABLE;
	case ERR_FORMAT:
	case ERR_LIMIT:
	case ERR_NOT_FOUND:
	case ERR_CONFLICT:
	case ERR_FORBIDDEN:
		break;
	}
	(void)why_say(why, r, "the entry was refused: %s", err_str(r));
	return PROBLEM_RULE;
}
