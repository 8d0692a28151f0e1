/*
 * Records and ledgers go through the pool bundle by bundle; what depends on
 * their order is done here, by one thread, the oldest bundle first.
 */
#include <stdlib.h>
#include <string.h>

#include "ledger.h"

#include "replay_run.h"

/* Bundles under way per thread: one at work, one waiting. */
#define AHEAD 2

static void
items_run(struct job *j, size_t from, size_t to)
{
	struct replay_chunk *c = (struct replay_chunk *)(void *)j;
	size_t i;

	for (i = from; i < to; i++) {
		struct replay_item *it = &c->items[i];

		it->rec.raw.p = NULL;
		it->e = admit_check(it->s, it->raw, &it->rec, &it->v);
	}
}

enum err
replay_chunk_setup(struct replay_run *run)
{
	size_t i, n;
	enum err r;

	if ((r = pool_new(run->opt->threads, &run->pool)) != OK)
		return r;
	n = AHEAD * (size_t)pool_threads(run->pool) + 1;
	run->ring = calloc(n, sizeof(struct replay_chunk *));
	if (run->ring == NULL)
		return ERR_NOMEM;
	run->n_ring = n;
	for (i = 0; i < n; i++) {
		if ((run->ring[i] = calloc(1, sizeof(*run->ring[i]))) == NULL)
			return ERR_NOMEM;
		run->ring[i]->job.run = items_run;
	}
	return OK;
}

static void
ledger_free(struct replay_ledger *l)
{
	buf_free(&l->rows);
	free(l->bad);
	free(l);
}

void
replay_chunk_free(struct replay_run *run)
{
	struct replay_ledger *l;
	size_t i;

	for (i = 0; i < run->n_ring; i++) {
		if (run->ring[i] == NULL)
			continue;
		pool_wait(run->pool, &run->ring[i]->job);
		buf_free(&run->ring[i]->bytes);
		free(run->ring[i]);
	}
	free(run->ring);
	while ((l = run->ledgers) != NULL) {
		run->ledgers = l->next;
		pool_wait(run->pool, &l->job);
		ledger_free(l);
	}
	pool_free(run->pool);
}

/* --- Records -----------------------------------------------------------------
 */

/* How far admission came: each rule up to the one that is broken. */
static void
count(struct replay_run *run, const struct replay_item *it)
{
	enum rule_no last = it->e == OK ? RULE_RECORD_SEQUENCE : it->v.rule;
	enum rule_no rule;

	for (rule = RULE_RECORD_FORMAT; rule <= last; rule++) {
		if (rule == RULE_RECORD_TOKEN && it->rec.n_auth == 0)
			continue;
		if (rule == RULE_RECORD_PROOF &&
		    (it->s->header->n_trustees == 0 ||
			it->rec.kind != RECORD_BALLOT))
			continue;
		run->r->judged[rule]++;
	}
}

/* The sequence of a credential, and what the end needs of a record. */
static enum err
take_in(struct replay_run *run, struct replay_item *it)
{
	struct verdict v;
	enum err r;

	r = seen_add(run->r->seen, it->s->no, &it->rec, it->index, &v);
	if (r == ERR_CONFLICT) {
		if (it->v.rule != RULE_RECORD_SEQUENCE)
			replay_report(run, &v);
		r = seen_force(run->r->seen, it->s->no, &it->rec, it->index);
	}
	if (r == OK && it->rec.kind == RECORD_CONTRIBUTION)
		r = contents_record(
		    run->contents, it->s->no, it->index, &it->leaf, &it->rec);
	return r;
}

static enum err
retire(struct replay_run *run, struct replay_chunk *c)
{
	size_t i;
	enum err r = OK;

	pool_wait(run->pool, &c->job);
	for (i = 0; i < c->n && r == OK; i++) {
		struct replay_item *it = &c->items[i];

		if (it->e == ERR_NOMEM || it->e == ERR_INTERNAL)
			return why_say(run->why, it->e, "%s", err_str(it->e));
		count(run, it);
		if (it->e != OK) {
			it->v.index = it->index;
			replay_report(run, &it->v);
		}
		if (it->e != OK && it->v.rule == RULE_RECORD_FORMAT)
			it->s->lost_records = 1;
		else
			r = take_in(run, it);
	}
	c->n = 0;
	c->busy = 0;
	return r;
}

enum err
replay_chunk_next(struct replay_run *run, struct replay_chunk **out)
{
	struct replay_chunk *c = run->ring[run->head];
	enum err r;

	run->head = (run->head + 1) % run->n_ring;
	if (c->busy && (r = retire(run, c)) != OK)
		return r;
	c->bytes.n = 0;
	*out = c;
	return OK;
}

void
replay_chunk_add(struct replay_chunk *c, uint64_t index, struct slice raw,
    const struct hash *leaf, struct space *s)
{
	struct replay_item *it = &c->items[c->n++];

	it->raw = raw;
	it->index = index;
	it->leaf = *leaf;
	it->s = s;
	it->v.rule = RULE_NONE;
}

void
replay_chunk_send(struct replay_run *run, struct replay_chunk *c)
{
	c->busy = 1;
	c->job.n = c->n;
	pool_add(run->pool, &c->job);
}

/* --- Ledgers -----------------------------------------------------------------
 */

static void
rows_run(struct job *j, size_t from, size_t to)
{
	struct replay_ledger *l = (struct replay_ledger *)(void *)j;
	struct ledger_row row;
	size_t i;
	enum err r;

	for (i = from; i < to; i++) {
		ledger_row_at(buf_slice(&l->rows), (uint32_t)i, &row);
		r = ledger_ask_verify(&row, &l->space_id, &l->key_id);
		l->bad[i] = (uint8_t)r;
	}
}

enum err
replay_chunk_ledger(void *cookie, const struct space *s, uint8_t issuer,
    uint8_t purpose, struct slice rows, uint64_t index)
{
	struct replay_run *run = cookie;
	struct replay_ledger *l;

	if ((l = calloc(1, sizeof(*l))) == NULL)
		return ERR_NOMEM;
	buf_put(&l->rows, rows.p, rows.n);
	l->job.n = rows.n / LEDGER_ROW;
	l->job.run = rows_run;
	l->s = s;
	l->space_id = s->header->id;
	l->key_id = s->header->issuers[issuer].keys[purpose].key_id;
	l->index = index;
	if (buf_end(&l->rows) != OK ||
	    (l->bad = calloc(l->job.n + 1, 1)) == NULL) {
		ledger_free(l);
		return ERR_NOMEM;
	}
	l->next = run->ledgers;
	run->ledgers = l;
	pool_add(run->pool, &l->job);
	return OK;
}

static enum err
ledgers_retire(struct replay_run *run)
{
	struct verdict v = { .rule = RULE_LEDGER_SIGNATURE };
	struct replay_ledger *l;
	size_t i, n, first;

	while ((l = run->ledgers) != NULL) {
		pool_wait(run->pool, &l->job);
		for (i = 0, n = 0, first = 0; i < l->job.n; i++) {
			if (l->bad[i] == ERR_SIGNATURE && n++ == 0)
				first = i;
			else if (l->bad[i] != OK && l->bad[i] != ERR_SIGNATURE)
				return ERR_NOMEM;
		}
		if (n > 0) {
			v.index = l->index;
			(void)why_say(&v.why, OK,
			    "row %zu is not signed by its roll key (%zu rows "
			    "are not)",
			    first + 1, n);
			replay_report(run, &v);
		}
		run->ledgers = l->next;
		ledger_free(l);
	}
	return OK;
}

enum err
replay_chunk_flush(struct replay_run *run, struct replay_chunk *c)
{
	size_t i;
	enum err r;

	if (c != NULL && c->n > 0)
		replay_chunk_send(run, c);
	for (i = 0; i < run->n_ring; i++) {
		struct replay_chunk *o =
		    run->ring[(run->head + i) % run->n_ring];

		if (o->busy && (r = retire(run, o)) != OK)
			return r;
	}
	return ledgers_retire(run);
}
