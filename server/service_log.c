/*
 * The one way into the log: judged, durable, remembered, signed, served, in
 * this order (PROTOCOL 8).
 */
#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"
#include "log.h"

#include "issuer_follow.h"
#include "service_impl.h"
#include "service_witness.h"

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
	const struct staged *o;

	for (o = s->staged; o < s->staged + SERVICE_STAGED; o++) {
		if (o->bytes.n == 0 || !hash_equal(hash, &o->hash))
			continue;
		buf_put(out, o->bytes.p, o->bytes.n);
		return buf_end(out);
	}
	return s->follow != NULL ? issuer_follow_object(s, hash, out)
				 : store_object_get(s->store, hash, out);
}

/* All of them, before the entry that names them. */
static enum err
staged_put(struct service *s)
{
	const struct staged *o;
	enum err r = OK;

	for (o = s->staged; o < s->staged + SERVICE_STAGED && r == OK; o++) {
		if (o->bytes.n > 0)
			r = store_object_put(s->store, &o->hash, o->bytes);
	}
	return r;
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
		t->here = s->follow != NULL ? RECORD_ISSUERS_MAX
					    : service_issue_here(sp->header);
		t->until = sp->last_window;
		t->shut = sp->closed || sp->cancelled;
		t->taken = sp->cancelled;
		p[s->n_tracks++] = t;
	}
	return OK;
}

enum err
service_log_taken(struct service *s, uint64_t index, const struct entry *e)
{
	struct service_bundle *p;

	if (e->kind == ENTRY_HEADER)
		return service_log_tracks(s);
	if (e->kind != ENTRY_BUNDLE)
		return OK;
	p = realloc(s->bundles, (s->n_bundles + 1) * sizeof(*p));
	if (p == NULL)
		return ERR_NOMEM;
	s->bundles = p;
	p[s->n_bundles].index = index;
	p[s->n_bundles++].manifest = e->object;
	return OK;
}

enum err
service_log_publish(struct service *s, const struct merkle *tree)
{
	struct checkpoint c = { .size = tree->size };
	struct buf note = { 0 };
	enum err r;

	memcpy(c.origin, s->log_key.name, sizeof(c.origin));
	merkle_root(tree, &c.root);
	if ((r = store_state_put(s->state_path, c.size, &c.root)) != OK ||
	    (r = checkpoint_sign(&c, keys_log(s->keys), &note)) != OK)
		goto out;
	service_witness_publish(s, c.size, &note);

out:
	buf_free(&note);
	return r;
}

uint64_t
service_log_size(struct service *s)
{
	struct merkle tree;

	store_tree(s->store, &tree);
	return tree.size;
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
	world_trust(s->world, s->verified);
	r = world_apply(s->world, tree->size - 1, &e, &root, v);
	world_trust(s->world, 0);
	if (r != OK)
		return r;
	return service_log_taken(s, tree->size - 1, &e);
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
	if ((r = staged_put(s)) != OK)
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

	if ((r = entry_put(&b, e)) != OK || (r = buf_end(&b)) != OK ||
	    (e->kind == ENTRY_LEDGER && (r = service_ledger_verify(s, e, object,
					     &s->verified, v)) != OK))
		goto out;
	it.entry = buf_slice(&b);
	s->staged[0].bytes = object;
	s->staged[0].hash = e->object;
	r = service_log_append(s, &it, 1, v);

out:
	memset(s->staged, 0, sizeof(s->staged));
	s->verified = 0;
	buf_free(&b);
	return r;
}

void
service_log_stage(struct service *s, struct slice object)
{
	hash_bytes(object, &s->staged[1].hash);
	s->staged[1].bytes = object;
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
