#include <gmp.h>
#include <stdlib.h>
#include <string.h>

#include "tally_walk.h"

/* ---- Greedy ---- */

/* A project while they are sorted. */
struct place {
	const struct project *p;
	uint32_t project;
	uint32_t rank;
	int by_ratio;
};

/* Score per cost: 2 without limit, 1 a number above 0, 0 nothing. */
static int
class_of(const struct project *p)
{
	if (p->score == 0)
		return 0;
	return mpq_sgn(p->cost) == 0 ? 2 : 1;
}

/* Negative if ${a} has more score per cost. */
static int
by_ratio(const struct project *a, const struct project *b)
{
	mpq_t x;
	mpq_t y;
	int r;

	if (class_of(a) != class_of(b))
		return class_of(b) - class_of(a);
	if (class_of(a) != 1)
		return 0;
	mpq_inits(x, y, NULL);
	mpq_set_ui(x, a->score, 1);
	mpq_set_ui(y, b->score, 1);
	mpq_mul(x, x, b->cost);
	mpq_mul(y, y, a->cost);
	r = mpq_cmp(y, x);
	mpq_clears(x, y, NULL);
	return r;
}

static int
by_place(const void *va, const void *vb)
{
	const struct place *a = va;
	const struct place *b = vb;
	int r = 0;

	if (a->by_ratio)
		r = by_ratio(a->p, b->p);
	else if (a->p->score != b->p->score)
		r = a->p->score > b->p->score ? -1 : 1;
	if (r != 0)
		return r;
	return (a->rank > b->rank) - (a->rank < b->rank);
}

/* A walk under way. */
struct walk {
	const struct election *e;
	const struct rule *rule;
	uint32_t *order;
	size_t n;
	size_t had; /* winners before the walk */
	mpq_t left;
};

/**
 * fate_of(w, i, p):
 * What becomes of project ${p}, number ${i}, which has not won?
 */
static enum walk_fate
fate_of(const struct walk *w, uint32_t i, const struct project *p)
{
	size_t j;

	/* the withdrawn and the barred do not end a no-skip walk */
	if (p->withdrawn)
		return WALK_WITHDRAWN;
	if (p->score < w->rule->min_score)
		return WALK_LOW;
	for (j = 0; j < w->n && p->exclusive != 0; j++)
		if (election_bars(w->e, i, w->order[j]))
			return WALK_BARRED;
	if (mpq_cmp(p->cost, w->left) <= 0)
		return WALK_TAKEN;
	return w->rule->misfit == RULE_END ? WALK_ENDED : WALK_TOO_DEAR;
}

/**
 * walk(w, places, step, cookie):
 * Go down the sorted ${places} once.
 */
static void
walk(struct walk *w, const struct place *places, walk_step *step, void *cookie)
{
	const struct place *at;
	enum walk_fate fate = WALK_TAKEN;
	size_t i;

	for (at = places; at < places + w->e->n_projects && fate != WALK_ENDED;
	     at++) {
		for (i = 0; i < w->had && w->order[i] != at->project; i++)
			;
		if (i < w->had)
			continue;
		fate = fate_of(w, at->project, at->p);
		if (step != NULL)
			step(cookie, at->project, fate, w->left);
		if (fate != WALK_TAKEN)
			continue;
		mpq_sub(w->left, w->left, at->p->cost);
		w->order[w->n++] = at->project;
	}
}

enum err
tally_walk_greedy(const struct election *e, const struct rule *rule,
    const uint32_t *rank, uint32_t *order, size_t *n, walk_step *step,
    void *cookie)
{
	struct walk w = { .e = e, .rule = rule, .order = order };
	struct place *places = calloc(e->n_projects + 1, sizeof(*places));
	uint32_t i;

	if (places == NULL)
		return ERR_NOMEM;
	for (i = 0; i < e->n_projects; i++)
		places[i] = (struct place){ &e->projects[i], i, rank[i],
			rule->key == RULE_BY_RATIO };
	qsort(places, e->n_projects, sizeof(*places), by_place);
	mpq_init(w.left);
	mpq_set(w.left, e->budget);
	w.n = w.had = *n;
	for (i = 0; i < w.had; i++)
		mpq_sub(w.left, w.left, e->projects[order[i]].cost);
	walk(&w, places, step, cookie);
	*n = w.n;
	mpq_clear(w.left);
	free(places);
	return OK;
}

/* ---- Phragmen ---- */

/*
 * The load of a voter is the time at which the last winner it supports was
 * bought.  So a purchase moves its supporters, by their last winners, from one
 * of few loads to the new one, and with them the times of what else they
 * support.
 */
struct phragmen {
	const struct election *e;
	const uint32_t *rank;
	mpq_t *time;	  /* per project: when its supporters can pay it */
	uint8_t *live;	  /* per project */
	uint32_t *last;	  /* per group: the last winner + 1, or 0 */
	uint32_t *next;	  /* per group: the next of equal load + 1 */
	uint32_t *head;	  /* per last winner + 1: a group + 1 that pays now */
	uint64_t *moved;  /* per project: voters among those who pay now */
	uint32_t *others; /* projects with such voters */
	mpq_t *bought;	  /* per winner, in order: its time */
	size_t n;	  /* winners */
	mpq_t left;	  /* money */
	mpq_t t, t2;
	walk_look *look;
	void *cookie;
};

/**
 * next(p, misfit):
 * Return the project to buy, or the number of projects when it is over: none is
 * left, or one of those due at this time, then the ${misfit}, does not fit.
 */
static size_t
next(const struct phragmen *p, size_t *misfit)
{
	const struct election *e = p->e;
	size_t best = e->n_projects;
	size_t i;
	int r;

	for (i = 0; i < e->n_projects; i++) {
		if (!p->live[i])
			continue;
		r = best == e->n_projects ? -1
					  : mpq_cmp(p->time[i], p->time[best]);
		if (r < 0 || (r == 0 && p->rank[i] < p->rank[best]))
			best = i;
	}
	for (i = 0; i < e->n_projects && best < e->n_projects; i++)
		if (p->live[i] && mpq_equal(p->time[i], p->time[best]) &&
		    mpq_cmp(e->projects[i].cost, p->left) > 0 &&
		    (*misfit == e->n_projects || p->rank[i] < p->rank[*misfit]))
			*misfit = i;
	if (*misfit != e->n_projects)
		return e->n_projects;
	return best;
}

/**
 * gather(p, project):
 * List the supporters of ${project} by their loads.
 */
static void
gather(struct phragmen *p, size_t project)
{
	const struct election *e = p->e;
	const struct support *s;
	uint32_t *head;
	uint32_t g;
	uint32_t i;

	for (g = 0; g < e->n_groups; g++) {
		s = e->supports + e->groups[g].first;
		for (i = 0; i < e->groups[g].n; i++)
			if (s[i].project == project)
				break;
		if (i == e->groups[g].n)
			continue;
		head = &p->head[p->last[g]];
		p->next[g] = *head;
		*head = g + 1;
	}
}

/**
 * move(p, load):
 * Give the gathered supporters whose last winner is ${load} - 1 the load of the
 * winner just bought, and delay what they support.
 */
static void
move(struct phragmen *p, size_t load)
{
	const struct election *e = p->e;
	const struct support *s;
	const struct group *g;
	size_t others = 0;
	uint32_t at;
	uint32_t i;

	for (at = p->head[load]; at != 0; at = p->next[at - 1]) {
		g = &e->groups[at - 1];
		p->last[at - 1] = (uint32_t)p->n;
		for (i = 0; i < g->n; i++) {
			s = &e->supports[g->first + i];
			if (!p->live[s->project])
				continue;
			if (p->moved[s->project] == 0)
				p->others[others++] = s->project;
			p->moved[s->project] += g->weight;
		}
	}
	p->head[load] = 0;
	mpq_set(p->t, p->bought[p->n - 1]);
	if (load > 0)
		mpq_sub(p->t, p->t, p->bought[load - 1]);
	while (others-- > 0) {
		i = p->others[others];
		mpq_set_ui(p->t2, p->moved[i], e->projects[i].votes);
		mpq_canonicalize(p->t2);
		mpq_mul(p->t2, p->t2, p->t);
		mpq_add(p->time[i], p->time[i], p->t2);
		p->moved[i] = 0;
	}
}

static void
buy(struct phragmen *p, size_t project)
{
	size_t load;
	uint32_t i;

	mpq_set(p->bought[p->n++], p->time[project]);
	mpq_sub(p->left, p->left, p->e->projects[project].cost);
	p->live[project] = 0;
	for (i = 0; i < p->e->n_projects; i++)
		if (election_bars(p->e, i, (uint32_t)project))
			p->live[i] = 0;
	gather(p, project);
	for (load = 0; load < p->n; load++)
		if (p->head[load] != 0)
			move(p, load);
}

static void
phragmen(struct phragmen *p, uint32_t *order, size_t *n)
{
	const struct election *e = p->e;
	size_t misfit;
	size_t best;
	size_t i;

	for (i = 0; i < e->n_projects; i++) {
		mpq_inits(p->time[i], p->bought[i], NULL);
		p->live[i] = e->projects[i].votes > 0 &&
			     !e->projects[i].withdrawn &&
			     mpq_cmp(e->projects[i].cost, e->budget) <= 0;
		if (!p->live[i])
			continue;
		mpq_set_ui(p->time[i], e->projects[i].votes, 1);
		mpq_div(p->time[i], e->projects[i].cost, p->time[i]);
	}
	mpq_inits(p->left, p->t, p->t2, NULL);
	mpq_set(p->left, e->budget);
	for (;;) {
		misfit = e->n_projects;
		best = next(p, &misfit);
		if (p->look != NULL)
			p->look(p->cookie,
			    &(struct walk_round){ best, misfit,
				(const mpq_t *)p->time, p->live, p->left });
		if (best == e->n_projects)
			break;
		order[p->n] = (uint32_t)best;
		buy(p, best);
	}
	*n = p->n;
	for (i = 0; i < e->n_projects; i++)
		mpq_clears(p->time[i], p->bought[i], NULL);
	mpq_clears(p->left, p->t, p->t2, NULL);
}

enum err
tally_walk_phragmen(const struct election *e, const uint32_t *rank,
    uint32_t *order, size_t *n, walk_look *look, void *cookie)
{
	struct phragmen p = {
		.e = e, .rank = rank, .look = look, .cookie = cookie
	};
	enum err r = ERR_NOMEM;

	p.time = calloc(e->n_projects + 1, sizeof(*p.time));
	p.bought = calloc(e->n_projects + 1, sizeof(*p.bought));
	p.live = calloc(e->n_projects + 1, sizeof(*p.live));
	p.head = calloc(e->n_projects + 1, sizeof(*p.head));
	p.moved = calloc(e->n_projects + 1, sizeof(*p.moved));
	p.others = calloc(e->n_projects + 1, sizeof(*p.others));
	p.last = calloc(e->n_groups + 1, sizeof(*p.last));
	p.next = calloc(e->n_groups + 1, sizeof(*p.next));
	if (p.time == NULL || p.bought == NULL || p.live == NULL ||
	    p.head == NULL || p.moved == NULL || p.others == NULL ||
	    p.last == NULL || p.next == NULL)
		goto out;
	phragmen(&p, order, n);
	r = OK;
out:
	free(p.time);
	free(p.bought);
	free(p.live);
	free(p.head);
	free(p.moved);
	free(p.others);
	free(p.last);
	free(p.next);
	return r;
}
