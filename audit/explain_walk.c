/* The walks: greedy, the completion of equal shares, and Phragmen's. */
#include <stdlib.h>
#include <string.h>

#include "tally_walk.h"

#include "explain_part.h"

static const char *const fates[] = {
	[WALK_TAKEN] = "selected",
	[WALK_TOO_DEAR] = "too_dear",
	[WALK_ENDED] = "too_dear",
	[WALK_LOW] = "low",
	[WALK_BARRED] = "barred",
	[WALK_WITHDRAWN] = "withdrawn",
};

/* A greedy walk that is watched. */
struct watch {
	struct explain *x;
	json_t *table;
	uint32_t ended; /* at this project; number of projects: nowhere */
};

static uint32_t
winner_barring(const struct explain *x, uint32_t project)
{
	const struct outcome *o = x->q->outcome;
	size_t i = 0;

	while (i < o->n && !election_bars(x->e, project, o->order[i]))
		i++;
	return i < o->n ? o->order[i] : project;
}

static void
see_step(void *cookie, uint32_t project, enum walk_fate fate, mpq_srcptr left)
{
	struct watch *w = cookie;
	struct explain *x = w->x;
	json_t *o;

	o = explain_row(x, w->table);
	explain_put(x, o, "fate", json_string(fates[fate]));
	explain_id(x, o, "id", project);
	explain_number(x, o, "left", left);
	if (fate == WALK_ENDED)
		w->ended = project;
	if (x->rule->method == RULE_SHARES)
		return; /* its fate is that of the run */
	if (fate == WALK_BARRED) {
		explain_barred(x, project, winner_barring(x, project));
		return;
	}
	o = explain_fate(x, project, fates[fate]);
	if (o != NULL && strcmp(fates[fate], "too_dear") == 0)
		explain_number(x, o, "left", left);
}

/**
 * watch(x, name, had):
 * Repeat the walk that followed the first ${had} winners.
 */
static void
watch(struct explain *x, const char *name, size_t had)
{
	const struct outcome *o = x->q->outcome;
	struct watch w = { x, explain_table(x, name),
		(uint32_t)x->e->n_projects };
	uint32_t *order = calloc(x->e->n_projects + 1, sizeof(*order));
	size_t n = had;
	json_t *p;
	uint32_t i;
	enum err r = ERR_NOMEM;

	if (order != NULL) {
		memcpy(order, o->order, had * sizeof(*order));
		r = tally_walk_greedy(
		    x->e, x->rule, x->rank, order, &n, see_step, &w);
	}
	if (r == OK &&
	    (n != o->n || memcmp(order, o->order, n * sizeof(*order)) != 0))
		r = ERR_INTERNAL;
	free(order);
	if (r != OK && x->err == OK)
		x->err = r;
	if (w.ended == x->e->n_projects)
		return;
	for (i = 0; i < x->e->n_projects; i++)
		if ((p = explain_fate(x, i, "after_end")) != NULL)
			explain_id(x, p, "by", w.ended);
}

void
explain_greedy(struct explain *x)
{
	watch(x, "walk", 0);
}

void
explain_fill(struct explain *x)
{
	watch(x, "fill", x->q->outcome->n_run);
}

/* ---- Phragmen ---- */

struct purchases {
	struct explain *x;
	json_t *rounds;
	mpq_t *load; /* per winner, in order */
	size_t n;
};

static void
see_end(struct explain *x, const struct walk_round *round)
{
	uint32_t i;
	json_t *o;

	for (i = 0; i < x->e->n_projects; i++) {
		if (!round->live[i] || round->misfit == x->e->n_projects ||
		    (o = explain_fate(x, i, "stopped")) == NULL)
			continue;
		explain_id(x, o, "by", (uint32_t)round->misfit);
		explain_number(x, o, "left", round->left);
		explain_number(x, o, "time", round->time[i]);
	}
}

static void
see_round(void *cookie, const struct walk_round *round)
{
	struct purchases *p = cookie;
	struct explain *x = p->x;
	json_t *table = json_array();
	json_t *o = explain_row(x, p->rounds);
	json_t *row;
	uint32_t winner = (uint32_t)round->winner;
	uint32_t i;

	explain_number(x, o, "left", round->left);
	explain_put(x, o, "projects", table);
	if (winner < x->e->n_projects)
		explain_id(x, o, "winner", winner);
	else if (round->misfit < x->e->n_projects)
		explain_id(x, o, "misfit", (uint32_t)round->misfit);
	for (i = 0; i < x->e->n_projects && !x->over; i++) {
		if (!round->live[i])
			continue;
		row = explain_row(x, table);
		explain_id(x, row, "id", i);
		explain_number(x, row, "time", round->time[i]);
	}
	if (winner == x->e->n_projects) {
		see_end(x, round);
		return;
	}
	mpq_set(p->load[p->n++], round->time[winner]);
	o = explain_fate(x, winner, "selected");
	if (o != NULL)
		explain_number(x, o, "time", round->time[winner]);
	for (i = 0; i < x->e->n_projects; i++)
		if (round->live[i] && election_bars(x->e, i, winner))
			explain_barred(x, i, winner);
}

/**
 * write_loads(x, p):
 * Say how many voters end with which load: that of the last winner they
 * support.
 */
static void
write_loads(struct explain *x, const struct purchases *p)
{
	const struct outcome *out = x->q->outcome;
	const struct support *s;
	const struct group *g;
	uint64_t *voters = calloc(p->n + 1, sizeof(*voters));
	size_t *place = calloc(x->e->n_projects + 1, sizeof(*place));
	json_t *a = json_array();
	json_t *o;
	size_t last;
	size_t i;
	mpq_t load;

	mpq_init(load);
	explain_put(x, x->doc, "loads", a);
	if (voters == NULL || place == NULL)
		x->err = ERR_NOMEM;
	for (i = 0; i < out->n && x->err == OK; i++)
		place[out->order[i]] = i + 1;
	for (g = x->e->groups;
	     g < x->e->groups + x->e->n_groups && x->err == OK; g++) {
		last = 0;
		s = x->e->supports + g->first;
		for (i = 0; i < g->n; i++)
			if (place[s[i].project] > last)
				last = place[s[i].project];
		voters[last] += g->weight;
	}
	/* times never fall, so equal loads are neighbours */
	for (i = 0; i <= p->n && x->err == OK; i++) {
		if (i > 0)
			mpq_set(load, p->load[i - 1]);
		if (i < p->n && mpq_equal(load, p->load[i])) {
			voters[i + 1] += voters[i];
			continue;
		}
		if (voters[i] == 0)
			continue;
		o = explain_add(x, a, json_object());
		explain_number(x, o, "load", load);
		explain_count(x, o, "voters", voters[i]);
	}
	mpq_clear(load);
	free(voters);
	free(place);
}

/**
 * sort_out(x):
 * The fates of those that took no part.
 */
static void
sort_out(struct explain *x)
{
	const struct project *p;
	uint32_t i;

	for (i = 0; i < x->e->n_projects; i++) {
		p = &x->e->projects[i];
		if (p->votes == 0)
			(void)explain_fate(x, i, "unsupported");
		else if (mpq_cmp(p->cost, x->e->budget) > 0)
			(void)explain_fate(x, i, "above_budget");
	}
}

void
explain_phragmen(struct explain *x)
{
	const struct outcome *o = x->q->outcome;
	struct purchases p = { .x = x, .rounds = explain_table(x, "rounds") };
	uint32_t *order = calloc(x->e->n_projects + 1, sizeof(*order));
	size_t n = 0;
	size_t i;
	enum err r = ERR_NOMEM;

	sort_out(x);
	p.load = calloc(x->e->n_projects + 1, sizeof(*p.load));
	for (i = 0; p.load != NULL && i < x->e->n_projects; i++)
		mpq_init(p.load[i]);
	if (order != NULL && p.load != NULL)
		r = tally_walk_phragmen(
		    x->e, x->rank, order, &n, see_round, &p);
	if (r == OK &&
	    (n != o->n || memcmp(order, o->order, n * sizeof(*order)) != 0))
		r = ERR_INTERNAL;
	if (r != OK && x->err == OK)
		x->err = r;
	if (x->err == OK)
		write_loads(x, &p);
	for (i = 0; p.load != NULL && i < x->e->n_projects; i++)
		mpq_clear(p.load[i]);
	free(p.load);
	free(order);
}
