/*
 * The signatures of a ledger's rows: seconds of work for a large town.  They
 * are verified before the world is locked, so that other spaces go on.
 */
#include <stdlib.h>

#include "pool.h"

#include "service_impl.h"

struct rows {
	struct job job; /* first: the pool gives it back */
	struct slice bytes;
	struct hash space_id;
	struct hash key_id;
	uint8_t *is; /* per row: an enum err */
};

static void
rows_run(struct job *j, size_t from, size_t to)
{
	struct rows *l = (struct rows *)(void *)j;
	struct ledger_row row;
	size_t i;

	for (i = from; i < to; i++) {
		ledger_row_at(l->bytes, (uint32_t)i, &row);
		l->is[i] =
		    (uint8_t)ledger_ask_verify(&row, &l->space_id, &l->key_id);
	}
}

/* What the rows are signed for; 0 where the entry itself is wrong. */
static int
is_known(struct service *s, const struct entry *e, struct rows *l)
{
	const struct space *sp;
	int known;

	pthread_rwlock_rdlock(&s->world_lock);
	sp = world_space_by_id(s->world, &e->space_id);
	known = sp != NULL && e->issuer < sp->header->n_issuers &&
		e->purpose <= PURPOSE_MAX &&
		header_has_purpose(sp->header->kind, e->purpose);
	if (known) {
		l->space_id = e->space_id;
		l->key_id =
		    sp->header->issuers[e->issuer].keys[e->purpose].key_id;
	}
	pthread_rwlock_unlock(&s->world_lock);
	return known;
}

static enum err
rows_judge(struct service *s, const struct rows *l, struct verdict *v)
{
	size_t i;

	for (i = 0; i < l->job.n; i++) {
		if (l->is[i] == OK)
			continue;
		if (l->is[i] != ERR_SIGNATURE)
			return ERR_NOMEM;
		v->rule = RULE_LEDGER_SIGNATURE;
		v->index = service_log_size(s);
		return why_say(&v->why, ERR_SIGNATURE,
		    "row %zu is not signed by its roll key", i + 1);
	}
	return OK;
}

enum err
service_ledger_verify(struct service *s, const struct entry *e,
    struct slice rows, int *verified, struct verdict *v)
{
	struct rows l = { .bytes = rows };
	struct pool *pool = NULL;
	uint32_t n = 0;
	enum err r;

	*verified = 0;
	/* What else may be wrong, the world says. */
	if (ledger_check(rows, &n, NULL) != OK || !is_known(s, e, &l))
		return OK;
	if ((l.is = calloc((size_t)n + 1, 1)) == NULL)
		return ERR_NOMEM;
	if ((r = pool_new(0, &pool)) != OK)
		goto out;
	l.job.run = rows_run;
	l.job.n = n;
	pool_add(pool, &l.job);
	pool_wait(pool, &l.job);
	r = rows_judge(s, &l, v);
	*verified = r == OK;

out:
	if (pool != NULL)
		pool_free(pool);
	free(l.is);
	return r;
}
