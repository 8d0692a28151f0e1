#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "rational.h"

#include "election.h"

enum err
election_new(struct election **out, enum votes_kind kind, const char *budget)
{
	struct election *e = calloc(1, sizeof(*e));
	enum err r;

	if (e == NULL)
		return ERR_NOMEM;
	e->kind = kind;
	mpq_init(e->budget);
	r = rational_parse(e->budget, budget);
	if (r != OK) {
		election_free(e);
		return r;
	}
	*out = e;
	return OK;
}

size_t
election_find(const struct election *e, const char *id)
{
	size_t i;

	for (i = 0; i < e->n_projects; i++)
		if (strcmp(e->projects[i].id, id) == 0)
			break;
	return i;
}

enum err
election_add_project(struct election *e, const char *id, const char *cost)
{
	struct project p = { 0 };
	struct project *projects;
	uint32_t *seen;
	enum err r;

	if (e->sealed || e->n_groups > 0)
		return ERR_STATE;
	if (id[0] == '\0')
		return ERR_FORMAT;
	if (e->n_projects >= ELECTION_MAX_PROJECTS ||
	    strlen(id) > ELECTION_MAX_ID)
		return ERR_LIMIT;
	if (election_find(e, id) < e->n_projects)
		return ERR_CONFLICT;
	mpq_init(p.cost);
	r = rational_parse(p.cost, cost);
	if (r != OK)
		goto out;
	p.withdrawn = mpq_cmp_ui(p.cost, ELECTION_WITHDRAWN, 1) == 0;
	r = ERR_NOMEM;
	projects =
	    grow(e->projects, e->n_projects, &e->cap_projects, sizeof(p));
	if (projects == NULL)
		goto out;
	e->projects = projects;
	seen = realloc(e->seen, (e->n_projects + 1) * sizeof(*seen));
	if (seen == NULL)
		goto out;
	e->seen = seen;
	p.id = strdup(id);
	if (p.id == NULL)
		goto out;
	seen[e->n_projects] = 0;
	e->projects[e->n_projects++] = p; /* cost and id pass over */
	return OK;
out:
	mpq_clear(p.cost);
	return r;
}

enum err
election_add_exclusive(struct election *e, const uint32_t *projects, size_t n)
{
	size_t i;
	enum err r = OK;

	if (n < 2)
		return ERR_LIMIT;
	for (i = 0; i < n && r == OK; i++) {
		if (projects[i] >= e->n_projects)
			r = ERR_NOT_FOUND;
		else if (e->projects[projects[i]].exclusive != 0)
			r = ERR_CONFLICT;
		else
			e->projects[projects[i]].exclusive = e->n_exclusive + 1;
	}
	if (r == OK) {
		e->n_exclusive++;
		return OK;
	}
	while (--i > 0) /* the last one met was not marked */
		e->projects[projects[i - 1]].exclusive = 0;
	return r;
}

int
election_bars(const struct election *e, uint32_t a, uint32_t b)
{
	return a != b && e->projects[a].exclusive != 0 &&
	       e->projects[a].exclusive == e->projects[b].exclusive;
}

/**
 * check_ballot(e, choices, n, weight):
 * Say whether the ballot may be added.
 */
static enum err
check_ballot(struct election *e, const struct support *choices, size_t n,
    uint64_t weight)
{
	size_t i;

	if (e->sealed)
		return ERR_STATE;
	if (weight == 0 || weight > ELECTION_MAX_VOTERS - e->voters ||
	    n > ELECTION_MAX_SUPPORTS - e->n_supports ||
	    e->ballot == UINT32_MAX)
		return ERR_LIMIT;
	e->ballot++;
	for (i = 0; i < n; i++) {
		if (choices[i].project >= e->n_projects)
			return ERR_NOT_FOUND;
		if (e->seen[choices[i].project] == e->ballot)
			return ERR_CONFLICT;
		e->seen[choices[i].project] = e->ballot;
		if (e->kind == VOTES_POINTS &&
		    choices[i].points > ELECTION_MAX_POINTS)
			return ERR_LIMIT;
	}
	return OK;
}

static int
by_project(const void *va, const void *vb)
{
	const struct support *a = va;
	const struct support *b = vb;

	return (a->project > b->project) - (a->project < b->project);
}

enum err
election_add_ballot(struct election *e, const struct support *choices, size_t n,
    uint64_t weight)
{
	struct group g = { .first = e->n_supports, .weight = weight };
	struct group *groups;
	struct support *supports;
	struct support s;
	size_t i;
	enum err r = check_ballot(e, choices, n, weight);

	if (r != OK)
		return r;
	for (i = 0; i < n; i++) {
		s = choices[i];
		if (e->kind == VOTES_APPROVAL)
			s.points = 1;
		else if (e->kind == VOTES_RANKING)
			s.points = (uint32_t)(n - i);
		if (s.points == 0)
			continue;
		supports = grow(
		    e->supports, g.first + g.n, &e->cap_supports, sizeof(s));
		if (supports == NULL)
			return ERR_NOMEM;
		e->supports = supports;
		e->supports[g.first + g.n++] = s;
	}
	groups = grow(e->groups, e->n_groups, &e->cap_groups, sizeof(g));
	if (groups == NULL)
		return ERR_NOMEM;
	e->groups = groups;
	if (g.n > 1)
		qsort(e->supports + g.first, g.n, sizeof(s), by_project);
	e->n_supports += g.n;
	e->groups[e->n_groups++] = g;
	e->voters += weight;
	return OK;
}

/* A ballot while they are sorted. */
struct ref {
	const struct support *p;
	uint32_t n;
	uint64_t weight;
};

/* By content alone: equal refs are equal ballots. */
static int
by_content(const void *va, const void *vb)
{
	const struct ref *a = va;
	const struct ref *b = vb;
	uint32_t i;

	for (i = 0; i < a->n && i < b->n; i++) {
		if (a->p[i].project != b->p[i].project)
			return a->p[i].project < b->p[i].project ? -1 : 1;
		if (a->p[i].points != b->p[i].points)
			return a->p[i].points < b->p[i].points ? -1 : 1;
	}
	return (a->n > b->n) - (a->n < b->n);
}

/**
 * regroup(e, refs, supports):
 * Write the sorted ${refs}, merged, to ${supports} and the groups of ${e}.
 */
static void
regroup(struct election *e, const struct ref *refs, struct support *supports)
{
	size_t n_groups = 0;
	size_t used = 0;
	size_t i;

	for (i = 0; i < e->n_groups; i++) {
		if (i > 0 && by_content(&refs[i - 1], &refs[i]) == 0) {
			e->groups[n_groups - 1].weight += refs[i].weight;
			continue;
		}
		if (refs[i].n > 0)
			memcpy(supports + used, refs[i].p,
			    refs[i].n * sizeof(*supports));
		e->groups[n_groups++] = (struct group){
			.first = used, .n = refs[i].n, .weight = refs[i].weight
		};
		used += refs[i].n;
	}
	e->n_groups = n_groups;
	e->n_supports = used;
}

static void
count_scores(struct election *e)
{
	const struct group *g;
	const struct support *s;
	struct project *p;

	for (g = e->groups; g < e->groups + e->n_groups; g++) {
		s = e->supports + g->first;
		for (; s < e->supports + g->first + g->n; s++) {
			p = &e->projects[s->project];
			p->score += g->weight * s->points;
			p->votes += g->weight;
		}
	}
}

enum err
election_seal(struct election *e)
{
	struct ref *refs = NULL;
	struct support *supports = NULL;
	const struct group *g;
	size_t i;
	enum err r = ERR_NOMEM;

	if (e->sealed)
		return ERR_STATE;
	if (e->n_groups > 0) {
		refs = calloc(e->n_groups, sizeof(*refs));
		supports = calloc(e->n_supports + 1, sizeof(*supports));
		if (refs == NULL || supports == NULL)
			goto out;
		for (i = 0; i < e->n_groups; i++) {
			g = &e->groups[i];
			refs[i] = (struct ref){ e->supports + g->first, g->n,
				g->weight };
			if (e->n_supports == 0)
				refs[i].p = supports;
		}
		qsort(refs, e->n_groups, sizeof(*refs), by_content);
		regroup(e, refs, supports);
		free(e->supports);
		e->supports = supports;
		e->cap_supports = e->n_supports;
		supports = NULL; /* passed over */
		count_scores(e);
	}
	e->sealed = 1;
	r = OK;
out:
	free(refs);
	free(supports);
	return r;
}

void
election_free(struct election *e)
{
	size_t i;

	if (e == NULL)
		return;
	for (i = 0; i < e->n_projects; i++) {
		free(e->projects[i].id);
		mpq_clear(e->projects[i].cost);
	}
	mpq_clear(e->budget);
	free(e->projects);
	free(e->supports);
	free(e->groups);
	free(e->seen);
	free(e);
}
