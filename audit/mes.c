#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mes.h"

/*
 * How it works.
 *
 * Exactly.  The money of a group after some rounds is either nothing (it once
 * paid all it had) or  e - sum of rho_j * u_j  over the winners j it supports.
 * So no money is stored exactly: only the prices rho_j = r_j / q, whole numbers
 * over one denominator q, and the endowment as eq / q.  The price of a project
 * c with a known set of supporters who must give all they have ("poor") is
 *
 *	rho = (cost - sum of their money) / (points of the other supporters)
 *	    = (cost*q - W*eq + sum of A_j * r_j) / (q * D)
 *
 * where W, A_j and D are whole numbers that fit 64 bits.
 *
 * Fast.  ${money} holds each group's money as a double with an error of at most
 * ${err}: the prices come from the exact ones each round, so that errors add up
 * but do not multiply.  From it follow bounds low <= rho <= high.  A supporter
 * is called poor only if it is so for certain; adding a truly poor one to the
 * poor moves the price of the formula up, never beyond the true price, hence
 * the lower bounds hold at every step and in all later rounds (money only
 * falls, prices only rise).  Whoever is neither certainly poor nor certainly
 * not makes evaluate() go on with the exact form.  Likewise two projects whose
 * bounds overlap are compared exactly.
 *
 * ROUND is twice the unit roundoff; the factors before it are about twice what
 * an analysis needs.
 */
#define ROUND DBL_EPSILON

/* One supporting group of a project. */
struct supporter {
	uint32_t group;
	uint32_t points;
	double weight;
};

/* A project that can win.  Supporters are kept as rich | poor | gone. */
struct contender {
	uint32_t project;
	uint32_t rank;
	struct supporter *s;
	uint32_t n;
	uint32_t rich;	/* s[0 .. rich): may be able to pay their share */
	uint32_t poor;	/* then so many that must pay all they have */
	uint64_t score; /* weighted points of all */
	uint64_t d;	/* weighted points of the rich */
	mpz_t cost;	/* scaled to whole numbers */
	double cost_d;
	double start;	      /* lower bound of rho before the first round */
	double low, high;     /* bounds of rho; low holds for ever in a run */
	double key, key_high; /* the same of what is compared */
	mpz_t num;	      /* if exact: rho = num / (q * d) */
	int exact;	      /* ... in this round */
};

struct mes {
	const struct election *e;
	int effective;
	mpz_t scale; /* costs are multiplied by this */
	size_t n_free;
	uint32_t *free; /* projects that cost nothing, in order of rank */
	size_t n;
	struct contender *all;
	struct contender **start; /* by key, then rank; live at first */
	size_t n_start;
	struct contender **live; /* the same in this run */
	size_t n_live;
	struct supporter *supporters;
	uint32_t *won; /* per project: number of its price + 1, or 0 */
	double *money; /* per group */
	uint8_t *gone; /* per group: has nothing, exactly */
	double err;
	double endowment;
	mpz_t q, eq;
	mpz_t *price; /* r_j */
	uint64_t *coef;
	size_t k; /* prices so far */
	mpz_t t, t2;
};

enum fate { UNAFFORDABLE, AFFORDABLE };

/**
 * quotient(a, b, d):
 * a / (b * d), off by less than 8 * ROUND of itself; ${b} and ${d} positive.
 */
static double
quotient(const mpz_t a, const mpz_t b, uint64_t d)
{
	long ea;
	long eb;
	double fa = mpz_get_d_2exp(&ea, a);
	double fb = mpz_get_d_2exp(&eb, b);

	return ldexp(fa / (fb * (double)d), (int)(ea - eb));
}

/**
 * set_keys(m, c):
 * Bounds of the key that is compared, from those of rho.
 */
static void
set_keys(const struct mes *m, struct contender *c)
{
	c->key = c->low;
	c->key_high = c->high;
	if (m->effective) {
		c->key = c->low / c->cost_d * (1 - 8 * ROUND);
		c->key_high = c->high / c->cost_d * (1 + 8 * ROUND);
	}
}

static void
swap(struct supporter *a, struct supporter *b)
{
	struct supporter t = *a;

	*a = *b;
	*b = t;
}

/**
 * make_poor(c, i):
 * Move the rich supporter ${i} to the poor.
 */
static void
make_poor(struct contender *c, uint32_t i)
{
	const struct supporter *s = &c->s[i];

	c->d -= (uint64_t)s->weight * s->points;
	c->rich--;
	c->poor++;
	swap(&c->s[i], &c->s[c->rich]);
}

/**
 * drop_gone(m, c):
 * Forget the poor who have nothing at all.
 */
static void
drop_gone(const struct mes *m, struct contender *c)
{
	uint32_t i = c->rich;

	while (i < c->rich + c->poor) {
		if (!m->gone[c->s[i].group]) {
			i++;
			continue;
		}
		c->poor--;
		swap(&c->s[i], &c->s[c->rich + c->poor]);
	}
}

/**
 * add_coefs(m, s):
 * Count supporter ${s} among the poor in ${m}->coef; return its weight.
 */
static uint64_t
add_coefs(struct mes *m, const struct supporter *s)
{
	const struct group *g = &m->e->groups[s->group];
	const struct support *p = m->e->supports + g->first;
	const struct support *end = p + g->n;

	if (m->gone[s->group])
		return 0;
	for (; p < end; p++)
		if (m->won[p->project] > 0)
			m->coef[m->won[p->project] - 1] +=
			    g->weight * p->points;
	return g->weight;
}

/**
 * can_pay(m, s, c):
 * Exactly: has supporter ${s} at least its share at the price in ${c}->num?
 */
static int
can_pay(struct mes *m, const struct supporter *s, const struct contender *c)
{
	const struct group *g = &m->e->groups[s->group];
	const struct support *p = m->e->supports + g->first;
	const struct support *end = p + g->n;

	if (m->gone[s->group])
		return 0;
	mpz_set(m->t, m->eq);
	for (; p < end; p++)
		if (m->won[p->project] > 0)
			mpz_submul_ui(
			    m->t, m->price[m->won[p->project] - 1], p->points);
	mpz_mul_ui(m->t, m->t, c->d);
	mpz_mul_ui(m->t2, c->num, s->points);
	return mpz_cmp(m->t, m->t2) >= 0;
}

/**
 * exact_price(m, c):
 * Find the price exactly, starting from supporters already known to be poor;
 * set ${c}->num, rich, poor and the bounds.
 */
static enum fate
exact_price(struct mes *m, struct contender *c)
{
	uint64_t weight = 0;
	uint32_t from = c->rich;
	uint32_t end = c->rich + c->poor;
	uint32_t before;
	uint32_t i;
	double rho;
	double b;
	double u;
	size_t j;

	if (c->exact)
		return AFFORDABLE;
	if (m->k > 0)
		memset(m->coef, 0, m->k * sizeof(*m->coef));
	while (c->rich > 0) {
		for (i = from; i < end; i++)
			weight += add_coefs(m, &c->s[i]);
		mpz_mul(c->num, c->cost, m->q);
		mpz_submul_ui(c->num, m->eq, weight);
		for (j = 0; j < m->k; j++)
			mpz_addmul_ui(c->num, m->price[j], m->coef[j]);
		rho = quotient(c->num, m->q, c->d);
		before = c->rich;
		for (i = 0; i < c->rich;) {
			b = m->money[c->s[i].group];
			u = c->s[i].points;
			if (b - m->err >= rho * u * (1 + 16 * ROUND) ||
			    (b + m->err >= rho * u * (1 - 16 * ROUND) &&
				can_pay(m, &c->s[i], c))) {
				i++;
				continue;
			}
			/* num / d must stay the price of this pass */
			swap(&c->s[i], &c->s[--c->rich]);
		}
		for (i = c->rich; i < before; i++)
			c->d -= (uint64_t)c->s[i].weight * c->s[i].points;
		c->poor += before - c->rich;
		if (c->rich == before) {
			c->exact = 1;
			/* never lower: the order of live relies on it */
			if (rho * (1 - 16 * ROUND) > c->low)
				c->low = rho * (1 - 16 * ROUND);
			c->high = rho * (1 + 16 * ROUND);
			set_keys(m, c);
			return AFFORDABLE;
		}
		from = c->rich;
		end = before;
	}
	return UNAFFORDABLE;
}

/* What evaluate() knows of the poor. */
struct sums {
	double money;
	double weight;
	int unclear; /* somebody else may be poor, too */
};

/**
 * pass(m, c, high, t):
 * Move to the poor whoever cannot pay the price ${c}->low, and add their money
 * to ${t}; ${t}->unclear becomes nonzero iff somebody left may be unable to pay
 * ${high}.  Return how many were moved.
 */
static uint32_t
pass(const struct mes *m, struct contender *c, double high, struct sums *t)
{
	uint32_t before = c->rich;
	uint32_t i;
	double b;
	double u;

	t->unclear = 0;
	for (i = 0; i < c->rich;) {
		b = m->money[c->s[i].group];
		u = c->s[i].points;
		if (b + m->err < c->low * u) {
			t->money += c->s[i].weight * b;
			t->weight += c->s[i].weight;
			make_poor(c, i);
		} else {
			t->unclear |= b - m->err < high * u;
			i++;
		}
	}
	return before - c->rich;
}

/**
 * evaluate(m, c):
 * Bound the price of ${c} in this round, or find that its supporters have too
 * little.
 */
static enum fate
evaluate(struct mes *m, struct contender *c)
{
	struct sums t = { 0 };
	uint32_t i;
	double d;
	double rho;
	double eta;

	c->exact = 0;
	drop_gone(m, c);
	for (i = c->rich; i < c->rich + c->poor; i++) {
		t.money += c->s[i].weight * m->money[c->s[i].group];
		t.weight += c->s[i].weight;
	}
	for (;;) {
		if (c->rich == 0)
			return UNAFFORDABLE;
		d = (double)c->d;
		rho = (c->cost_d - t.money) / d;
		eta = (t.weight * m->err +
			  (c->poor + 8) * ROUND * (c->cost_d + fabs(t.money))) /
			  d * 1.125 +
		      fabs(rho) * 16 * ROUND;
		if (rho - eta > c->low)
			c->low = rho - eta;
		if (pass(m, c, rho + eta, &t) == 0)
			break;
	}
	if (t.unclear)
		return exact_price(m, c);
	c->high = rho + eta;
	set_keys(m, c);
	return AFFORDABLE;
}

/**
 * better(m, a, b):
 * Exactly, for two with exact prices: does ${a} go before ${b}?
 */
static int
better(struct mes *m, const struct contender *a, const struct contender *b)
{
	int r;

	mpz_mul_ui(m->t, a->num, b->d);
	mpz_mul_ui(m->t2, b->num, a->d);
	if (m->effective) {
		mpz_mul(m->t, m->t, b->cost);
		mpz_mul(m->t2, m->t2, a->cost);
	}
	r = mpz_cmp(m->t, m->t2);
	return r != 0 ? r < 0 : a->rank < b->rank;
}

/**
 * sort_live(m, n):
 * Put the first ${n} live ones, whose keys have risen, back in their place.
 */
static void
sort_live(struct mes *m, size_t n)
{
	struct contender *c;
	size_t i;
	size_t j;

	for (i = n; i-- > 0;) {
		c = m->live[i];
		for (j = i; j + 1 < m->n_live && m->live[j + 1]->key < c->key;
		     j++)
			m->live[j] = m->live[j + 1];
		m->live[j] = c;
	}
}

/**
 * choose(m):
 * Return the winner of this round, its price exact, taken out of the live ones;
 * NULL if no project is affordable.
 */
static struct contender *
choose(struct mes *m)
{
	struct contender *best = NULL;
	struct contender *c;
	double limit = INFINITY;
	size_t kept = 0;
	size_t at = 0;
	size_t i;

	for (i = 0; i < m->n_live && m->live[i]->key <= limit; i++) {
		c = m->live[i];
		if (evaluate(m, c) == UNAFFORDABLE)
			continue;
		if (c->key_high < limit)
			limit = c->key_high;
		m->live[kept++] = c;
	}
	memmove(m->live + kept, m->live + i,
	    (m->n_live - i) * sizeof(struct contender *));
	m->n_live -= i - kept;
	sort_live(m, kept);
	for (i = 0; i < m->n_live && m->live[i]->key <= limit; i++) {
		c = m->live[i];
		if (exact_price(m, c) == UNAFFORDABLE)
			continue; /* cannot be: evaluate() found it so */
		if (best == NULL || better(m, c, best)) {
			best = c;
			at = i;
		}
	}
	if (best == NULL)
		return NULL;
	memmove(m->live + at, m->live + at + 1,
	    (m->n_live - at - 1) * sizeof(struct contender *));
	m->n_live--;
	sort_live(m, i - 1);
	return best;
}

/**
 * pay(m, c):
 * Let the supporters of the winner ${c} pay.
 */
static void
pay(struct mes *m, struct contender *c)
{
	double rho = quotient(c->num, m->q, c->d);
	uint64_t d;
	uint32_t i;
	size_t j;

	d = c->d / mpz_gcd_ui(NULL, c->num, c->d);
	mpz_divexact_ui(c->num, c->num, c->d / d);
	if (d > 1) {
		mpz_mul_ui(m->q, m->q, d);
		mpz_mul_ui(m->eq, m->eq, d);
		for (j = 0; j < m->k; j++)
			mpz_mul_ui(m->price[j], m->price[j], d);
	}
	mpz_set(m->price[m->k++], c->num);
	m->won[c->project] = (uint32_t)m->k;
	for (i = 0; i < c->rich; i++)
		m->money[c->s[i].group] -= rho * c->s[i].points;
	for (; i < c->rich + c->poor; i++) {
		m->money[c->s[i].group] = 0;
		m->gone[c->s[i].group] = 1;
	}
	m->err += 16 * ROUND * m->endowment;
}

/**
 * reset(m, endowment):
 * Make everything as before the first round.
 */
static void
reset(struct mes *m, const mpq_t endowment)
{
	struct contender *c;
	size_t i;

	mpz_mul(m->eq, mpq_numref(endowment), m->scale);
	mpz_set(m->q, mpq_denref(endowment));
	m->endowment = quotient(m->eq, m->q, 1);
	m->err = 16 * ROUND * m->endowment;
	m->k = 0;
	for (i = 0; i < m->e->n_groups; i++)
		m->money[i] = m->endowment;
	memset(m->gone, 0, m->e->n_groups);
	memset(m->won, 0, m->e->n_projects * sizeof(*m->won));
	for (c = m->all; c < m->all + m->n; c++) {
		c->rich = c->n;
		c->poor = 0;
		c->d = c->score;
		c->low = c->start;
		c->high = INFINITY;
		set_keys(m, c);
	}
	if (m->n_start > 0)
		memcpy(
		    m->live, m->start, m->n_start * sizeof(struct contender *));
	m->n_live = m->n_start;
}

/* Nothing is left out. */
#define NONE UINT32_MAX

/**
 * drop(m, project, winner):
 * Take out of the live ones ${project}, and those that ${winner} bars.
 */
static void
drop(struct mes *m, uint32_t project, uint32_t winner)
{
	size_t kept = 0;
	size_t i;

	for (i = 0; i < m->n_live; i++)
		if (m->live[i]->project != project &&
		    (winner == NONE ||
			!election_bars(m->e, m->live[i]->project, winner)))
			m->live[kept++] = m->live[i];
	m->n_live = kept;
}

enum err
mes_run_without(struct mes *m, const mpq_t endowment, uint32_t project,
    uint32_t *order, size_t *n)
{
	struct contender *c;
	size_t won = 0;
	size_t i;

	for (i = 0; i < m->n_free; i++)
		order[won++] = m->free[i];
	if (mpq_sgn(endowment) > 0) {
		reset(m, endowment);
		if (project != NONE)
			drop(m, project, NONE);
		while ((c = choose(m)) != NULL) {
			order[won++] = c->project;
			pay(m, c);
			if (m->e->projects[c->project].exclusive != 0)
				drop(m, NONE, c->project);
		}
	}
	*n = won;
	return OK;
}

enum err
mes_run(struct mes *m, const mpq_t endowment, uint32_t *order, size_t *n)
{
	return mes_run_without(m, endowment, NONE, order, n);
}

/* ---- Preparing ---- */

static int
by_key(const void *va, const void *vb)
{
	const struct contender *const *a = va;
	const struct contender *const *b = vb;

	if ((*a)->key != (*b)->key)
		return (*a)->key < (*b)->key ? -1 : 1;
	return ((*a)->rank > (*b)->rank) - ((*a)->rank < (*b)->rank);
}

/**
 * add_free(m, project, rank):
 * Insert a ${project} that costs nothing at its place.
 */
static void
add_free(struct mes *m, uint32_t project, const uint32_t *rank)
{
	size_t i = m->n_free++;

	for (; i > 0 && rank[m->free[i - 1]] > rank[project]; i--)
		m->free[i] = m->free[i - 1];
	m->free[i] = project;
}

/**
 * barred_by_free(m, project, n):
 * Does one of the first ${n} free winners bar ${project}?
 */
static int
barred_by_free(const struct mes *m, uint32_t project, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (election_bars(m->e, project, m->free[i]))
			return 1;
	return 0;
}

/**
 * bar_free(m):
 * Of the free ones keep those that no earlier one bars.
 */
static void
bar_free(struct mes *m)
{
	size_t kept = 0;
	size_t i;

	for (i = 0; i < m->n_free; i++)
		if (!barred_by_free(m, m->free[i], kept))
			m->free[kept++] = m->free[i];
	m->n_free = kept;
}

/**
 * add_contenders(m, rank):
 * Take up the projects that can win.
 */
static void
add_contenders(struct mes *m, const uint32_t *rank)
{
	const struct project *p;
	struct contender *c;
	uint32_t i;

	for (i = 0; i < m->e->n_projects; i++) {
		p = &m->e->projects[i];
		if (p->withdrawn || p->score == 0)
			continue;
		if (mpq_sgn(p->cost) == 0) {
			add_free(m, i, rank);
			continue;
		}
		c = &m->all[m->n++];
		c->project = i;
		c->rank = rank[i];
		c->score = p->score;
		mpz_inits(c->cost, c->num, NULL);
		mpz_divexact(c->cost, m->scale, mpq_denref(p->cost));
		mpz_mul(c->cost, c->cost, mpq_numref(p->cost));
		c->cost_d = mpz_get_d(c->cost);
		c->start = c->cost_d / (double)c->score * (1 - 16 * ROUND);
		m->won[i] = (uint32_t)m->n; /* a map, until the first run */
	}
}

/**
 * fill_supporters(m, groups_of):
 * List the supporters of each contender; ${groups_of} each project are so many.
 */
static void
fill_supporters(struct mes *m, const uint32_t *groups_of)
{
	const struct election *e = m->e;
	const struct support *s;
	struct contender *c;
	size_t used = 0;
	size_t i;

	for (c = m->all; c < m->all + m->n; c++) {
		c->s = m->supporters + used;
		used += groups_of[c->project];
	}
	for (i = 0; i < e->n_groups; i++) {
		s = e->supports + e->groups[i].first;
		for (; s < e->supports + e->groups[i].first + e->groups[i].n;
		     s++) {
			if (m->won[s->project] == 0)
				continue;
			c = &m->all[m->won[s->project] - 1];
			c->s[c->n++] = (struct supporter){ (uint32_t)i,
				s->points, (double)e->groups[i].weight };
		}
	}
}

static enum err
allocate(struct mes *m)
{
	size_t projects = m->e->n_projects + 1;
	size_t groups = m->e->n_groups + 1;

	m->free = calloc(projects, sizeof(*m->free));
	m->all = calloc(projects, sizeof(*m->all));
	m->start = calloc(projects, sizeof(struct contender *));
	m->live = calloc(projects, sizeof(struct contender *));
	m->won = calloc(projects, sizeof(*m->won));
	m->coef = calloc(projects, sizeof(*m->coef));
	m->price = calloc(projects, sizeof(*m->price));
	m->supporters = calloc(m->e->n_supports + 1, sizeof(*m->supporters));
	m->money = calloc(groups, sizeof(*m->money));
	m->gone = calloc(groups, sizeof(*m->gone));
	if (m->free == NULL || m->all == NULL || m->start == NULL ||
	    m->live == NULL || m->won == NULL || m->coef == NULL ||
	    m->price == NULL || m->supporters == NULL || m->money == NULL ||
	    m->gone == NULL)
		return ERR_NOMEM;
	return OK;
}

enum err
mes_new(struct mes **out, const struct election *e, const uint32_t *rank,
    int effective)
{
	struct mes *m = calloc(1, sizeof(*m));
	uint32_t *groups_of = NULL;
	size_t i;
	enum err r = ERR_NOMEM;

	if (m == NULL)
		return ERR_NOMEM;
	m->e = e;
	m->effective = effective;
	mpz_inits(m->q, m->eq, m->t, m->t2, NULL);
	mpz_init_set_ui(m->scale, 1);
	groups_of = calloc(e->n_projects + 1, sizeof(*groups_of));
	if (groups_of == NULL || allocate(m) != OK)
		goto out;
	for (i = 0; i < e->n_supports; i++)
		groups_of[e->supports[i].project]++;
	for (i = 0; i < e->n_projects; i++)
		mpz_lcm(m->scale, m->scale, mpq_denref(e->projects[i].cost));
	add_contenders(m, rank);
	bar_free(m);
	fill_supporters(m, groups_of);
	for (i = 0; i < m->n; i++) {
		mpz_init(m->price[i]);
		m->all[i].low = m->all[i].start;
		set_keys(m, &m->all[i]);
		if (!barred_by_free(m, m->all[i].project, m->n_free))
			m->start[m->n_start++] = &m->all[i];
	}
	if (m->n_start > 0)
		qsort(m->start, m->n_start, sizeof(struct contender *), by_key);
	*out = m;
	m = NULL; /* passed over */
	r = OK;
out:
	free(groups_of);
	mes_free(m);
	return r;
}

void
mes_free(struct mes *m)
{
	size_t i;

	if (m == NULL)
		return;
	for (i = 0; i < m->n; i++) {
		mpz_clears(m->all[i].cost, m->all[i].num, m->price[i], NULL);
	}
	mpz_clears(m->q, m->eq, m->t, m->t2, m->scale, NULL);
	free(m->free);
	free(m->all);
	free(m->start);
	free(m->live);
	free(m->won);
	free(m->coef);
	free(m->price);
	free(m->supporters);
	free(m->money);
	free(m->gone);
	free(m);
}
