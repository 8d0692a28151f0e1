#include <stdlib.h>
#include <string.h>

#include "mes.h"
#include "rational.h"
#include "tally_walk.h"

#include "tally.h"

/* ---- The order of ties ---- */

/* A project while they are ranked. */
struct tied {
	const struct project *p;
	size_t lot; /* place in the lot */
	uint32_t project;
};

static int
by_tie(const void *va, const void *vb)
{
	const struct tied *a = va;
	const struct tied *b = vb;
	int r = mpq_cmp(a->p->cost, b->p->cost);

	if (r != 0)
		return r;
	if (a->p->score != b->p->score)
		return a->p->score > b->p->score ? -1 : 1;
	if (a->lot != b->lot)
		return a->lot < b->lot ? -1 : 1;
	return strcmp(a->p->id, b->p->id);
}

enum err
tally_rank(
    const struct election *e, const char *const *lot, size_t n, uint32_t *rank)
{
	struct tied *tied = calloc(e->n_projects + 1, sizeof(*tied));
	uint32_t i;
	size_t at;
	enum err r = OK;

	if (tied == NULL)
		return ERR_NOMEM;
	for (i = 0; i < e->n_projects; i++)
		tied[i] = (struct tied){ &e->projects[i], n, i };
	for (i = 0; i < n && r == OK; i++) {
		at = election_find(e, lot[i]);
		if (at == e->n_projects)
			r = ERR_NOT_FOUND;
		else if (tied[at].lot != n)
			r = ERR_CONFLICT;
		else
			tied[at].lot = i;
	}
	if (r == OK) {
		qsort(tied, e->n_projects, sizeof(*tied), by_tie);
		for (i = 0; i < e->n_projects; i++)
			rank[tied[i].project] = i;
	}
	free(tied);
	return r;
}

/* ---- Equal shares with its endowments ---- */

/**
 * cost_of(e, order, n, cost):
 * Set ${cost} to that of the ${n} projects in ${order}.
 */
static void
cost_of(const struct election *e, const uint32_t *order, size_t n, mpq_t cost)
{
	mpq_set_ui(cost, 0, 1);
	while (n-- > 0)
		mpq_add(cost, cost, e->projects[order[n]].cost);
}

/**
 * finished(e, rule, order, n, cost):
 * Must the endowment rise no further above the outcome ${order}, ${cost}?
 */
static int
finished(const struct election *e, const struct rule *rule,
    const uint32_t *order, size_t n, const mpq_t cost)
{
	const struct project *p;
	size_t i;
	size_t j;
	int all = 1;  /* whatever somebody supports has won */
	int full = 1; /* nothing more fits */
	mpq_t sum;

	mpq_init(sum);
	for (i = 0; i < e->n_projects; i++) {
		p = &e->projects[i];
		if (p->withdrawn)
			continue;
		for (j = 0; j < n && order[j] != i &&
			    !election_bars(e, (uint32_t)i, order[j]);
		     j++)
			;
		if (j < n)
			continue; /* has won, or cannot any more */
		all = all && p->score == 0;
		if (p->score == 0 && rule->stop == RULE_STOP_SUPPORTED)
			continue;
		mpq_add(sum, cost, p->cost);
		full = full && mpq_cmp(sum, e->budget) > 0;
	}
	mpq_clear(sum);
	return all || (full && rule->stop != RULE_NO_STOP);
}

/**
 * raise_shares(e, rule, m, o):
 * From the outcome ${o} of the first endowment go on to the last that the
 * budget can pay.
 */
static enum err
raise_shares(const struct election *e, const struct rule *rule, struct mes *m,
    struct outcome *o)
{
	uint32_t *order = calloc(e->n_projects + 1, sizeof(*order));
	size_t n;
	mpq_t step;
	mpq_t next;
	mpq_t cost;
	enum err r = ERR_NOMEM;

	mpq_inits(step, next, cost, NULL);
	if (order == NULL)
		goto out;
	r = rational_parse(step, rule->increment);
	if (r == OK && mpq_sgn(step) == 0)
		r = ERR_FORMAT;
	while (r == OK && !finished(e, rule, o->order, o->n, o->cost)) {
		if (o->runs >= TALLY_MAX_RUNS) {
			r = ERR_LIMIT;
			break;
		}
		mpq_add(next, o->endowment, step);
		r = mes_run(m, next, order, &n);
		o->runs++;
		cost_of(e, order, n, cost);
		if (r != OK || mpq_cmp(cost, e->budget) > 0)
			break;
		memcpy(o->order, order, n * sizeof(*order));
		o->n = n;
		mpq_swap(o->cost, cost);
		mpq_swap(o->endowment, next);
	}
out:
	mpq_clears(step, next, cost, NULL);
	free(order);
	return r;
}

/**
 * first_endowment(e, rule, out):
 * The equal share of each voter; there is at least one.
 */
static void
first_endowment(const struct election *e, const struct rule *rule, mpq_t out)
{
	mpq_t n;

	mpq_init(n);
	mpq_set_ui(n, e->voters, 1);
	mpq_div(out, e->budget, n);
	mpq_clear(n);
	if (rule->whole) {
		mpz_fdiv_q(mpq_numref(out), mpq_numref(out), mpq_denref(out));
		mpz_set_ui(mpq_denref(out), 1);
	}
}

static enum err
share(const struct election *e, const struct rule *rule, const uint32_t *rank,
    struct outcome *o)
{
	struct mes *m = NULL;
	enum err r;

	if (e->voters > 0) {
		o->has_endowment = 1;
		first_endowment(e, rule, o->endowment);
		r = mes_new(&m, e, rank, rule->key == RULE_BY_EFFECTIVE);
		if (r != OK)
			return r;
		r = mes_run(m, o->endowment, o->order, &o->n);
		o->runs = 1;
		cost_of(e, o->order, o->n, o->cost);
		if (r == OK && rule->raise)
			r = raise_shares(e, rule, m, o);
		mes_free(m);
		if (r != OK)
			return r;
	}
	o->n_run = o->n;
	if (rule->complete)
		return tally_walk_greedy(
		    e, rule, rank, o->order, &o->n, NULL, NULL);
	return OK;
}

/* ---- All rules ---- */

/* A winner while they are sorted. */
struct named {
	const char *id;
	uint32_t project;
};

static int
by_id(const void *va, const void *vb)
{
	const struct named *a = va;
	const struct named *b = vb;

	return strcmp(a->id, b->id);
}

static enum err
sort_winners(const struct election *e, struct outcome *o)
{
	struct named *named = calloc(o->n + 1, sizeof(*named));
	size_t i;

	if (named == NULL)
		return ERR_NOMEM;
	for (i = 0; i < o->n; i++)
		named[i] =
		    (struct named){ e->projects[o->order[i]].id, o->order[i] };
	qsort(named, o->n, sizeof(*named), by_id);
	for (i = 0; i < o->n; i++)
		o->sorted[i] = named[i].project;
	free(named);
	return OK;
}

static enum err
apply(const struct election *e, const struct rule *rule, const uint32_t *rank,
    struct outcome *o)
{
	switch (rule->method) {
	case RULE_GREEDY:
		return tally_walk_greedy(
		    e, rule, rank, o->order, &o->n, NULL, NULL);
	case RULE_PHRAGMEN:
		return tally_walk_phragmen(
		    e, rank, o->order, &o->n, NULL, NULL);
	case RULE_SHARES:
		return share(e, rule, rank, o);
	}
	return ERR_INTERNAL;
}

/**
 * apply_new(e, rule, rank, out):
 * The outcome of ${rule} alone.
 */
static enum err
apply_new(const struct election *e, const struct rule *rule,
    const uint32_t *rank, struct outcome **out)
{
	struct outcome *o = calloc(1, sizeof(*o));
	enum err r = ERR_NOMEM;

	if (o == NULL)
		return ERR_NOMEM;
	mpq_inits(o->cost, o->endowment, NULL);
	o->order = calloc(e->n_projects + 1, sizeof(*o->order));
	o->sorted = calloc(e->n_projects + 1, sizeof(*o->sorted));
	if (o->order == NULL || o->sorted == NULL)
		goto out;
	if ((r = apply(e, rule, rank, o)) != OK ||
	    (r = sort_winners(e, o)) != OK)
		goto out;
	cost_of(e, o->order, o->n, o->cost);
	*out = o;
	o = NULL; /* passed over */
out:
	tally_free(o);
	return r;
}

/* ---- Comparison with the plain method ---- */

/**
 * count_preferences(e, mine, other, c):
 * Count who supports more winners of which; the two say, per project, whether
 * it has won.
 */
static void
count_preferences(const struct election *e, const uint8_t *mine,
    const uint8_t *other, struct comparison *c)
{
	const struct group *g;
	const struct support *s;
	int64_t more;
	uint32_t i;

	for (g = e->groups; g < e->groups + e->n_groups; g++) {
		s = e->supports + g->first;
		for (more = 0, i = 0; i < g->n; i++)
			more += mine[s[i].project] - other[s[i].project];
		if (more == 0)
			c->equal += g->weight;
		else if (more > 0)
			c->rule += g->weight;
		else
			c->plain += g->weight;
	}
}

/**
 * compare(e, rank, o):
 * Replace ${*o} by the outcome of the plain method if more voters prefer that,
 * and keep the other in it.
 */
static enum err
compare(const struct election *e, const uint32_t *rank, struct outcome **o)
{
	struct comparison *c = calloc(1, sizeof(*c));
	uint8_t *won = calloc(e->n_projects + 1, 2);
	struct outcome *plain = NULL;
	struct rule rule;
	size_t i;
	enum err r = ERR_NOMEM;

	if (c == NULL || won == NULL ||
	    (r = rule_parse(RULE_PLAIN, &rule)) != OK ||
	    (r = apply_new(e, &rule, rank, &plain)) != OK)
		goto out;
	for (i = 0; i < (*o)->n; i++)
		won[(*o)->order[i]] = 1;
	for (i = 0; i < plain->n; i++)
		won[e->n_projects + plain->order[i]] = 1;
	count_preferences(e, won, won + e->n_projects, c);
	c->plain_won = c->plain > c->rule;
	c->lost = c->plain_won ? *o : plain;
	*o = c->plain_won ? plain : *o;
	(*o)->comparison = c;
	c = NULL; /* passed over */
out:
	free(c);
	free(won);
	return r;
}

enum err
tally_run(const struct election *e, const struct rule *rule,
    const char *const *lot, size_t n, struct outcome **out)
{
	struct outcome *o = NULL;
	uint32_t *rank = NULL;
	enum err r;

	if (!e->sealed)
		return ERR_STATE;
	if (!rule_fits(rule, e->kind))
		return ERR_FORBIDDEN;
	rank = calloc(e->n_projects + 1, sizeof(*rank));
	if (rank == NULL)
		return ERR_NOMEM;
	if ((r = tally_rank(e, lot, n, rank)) != OK ||
	    (r = apply_new(e, rule, rank, &o)) != OK)
		goto out;
	if (rule->compare && (r = compare(e, rank, &o)) != OK)
		goto out;
	*out = o;
	o = NULL; /* passed over */
out:
	free(rank);
	tally_free(o);
	return r;
}

void
tally_free(struct outcome *o)
{
	if (o == NULL)
		return;
	if (o->comparison != NULL) {
		tally_free(o->comparison->lost);
		free(o->comparison);
	}
	mpq_clears(o->cost, o->endowment, NULL);
	free(o->order);
	free(o->sorted);
	free(o);
}
