#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "money.h"

static mpz_t *
numbers(size_t n)
{
	mpz_t *a = calloc(n + 1, sizeof(*a));
	size_t i;

	for (i = 0; a != NULL && i < n; i++)
		mpz_init(a[i]);
	return a;
}

static void
numbers_free(mpz_t *a, size_t n)
{
	size_t i;

	for (i = 0; a != NULL && i < n; i++)
		mpz_clear(a[i]);
	free(a);
}

/**
 * list_backers(m):
 * Fill in who supports what.
 */
static void
list_backers(struct money *m)
{
	const struct election *e = m->e;
	const struct support *s;
	uint32_t g;
	size_t i;

	for (i = 0; i < e->n_supports; i++)
		m->first[e->supports[i].project + 2]++;
	for (i = 2; i < e->n_projects + 2; i++)
		m->first[i] += m->first[i - 1];
	/* first[c + 1] is where the next backer of c goes */
	for (g = 0; g < e->n_groups; g++) {
		s = e->supports + e->groups[g].first;
		for (i = 0; i < e->groups[g].n; i++)
			m->backers[m->first[s[i].project + 1]++] =
			    (struct backer){ g, s[i].points };
	}
}

enum err
money_new(struct money **out, const struct election *e, int track)
{
	struct money *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return ERR_NOMEM;
	m->e = e;
	m->track = track;
	mpz_inits(m->q, m->t, m->t2, m->den, NULL);
	m->backers = calloc(e->n_supports + 1, sizeof(*m->backers));
	m->first = calloc(e->n_projects + 2, sizeof(*m->first));
	m->cost = numbers(e->n_projects);
	m->held = numbers(e->n_groups);
	m->about = calloc(e->n_groups + 1, sizeof(*m->about));
	m->age = calloc(e->n_groups + 1, sizeof(*m->age));
	m->grown = numbers(e->n_projects + 1);
	m->poor = calloc(e->n_groups + 1, sizeof(*m->poor));
	m->sum = numbers(e->n_projects);
	m->given = numbers(e->n_projects);
	m->givers = calloc(e->n_projects + 1, sizeof(*m->givers));
	if (m->backers == NULL || m->first == NULL || m->cost == NULL ||
	    m->held == NULL || m->about == NULL || m->age == NULL ||
	    m->grown == NULL || m->poor == NULL || m->sum == NULL ||
	    m->given == NULL || m->givers == NULL) {
		money_free(m);
		return ERR_NOMEM;
	}
	list_backers(m);
	*out = m;
	return OK;
}

void
money_start(struct money *m, mpq_srcptr endowment)
{
	const struct election *e = m->e;
	size_t i;

	mpz_set(m->q, mpq_denref(endowment));
	for (i = 0; i < e->n_projects; i++)
		mpz_lcm(m->q, m->q, mpq_denref(e->projects[i].cost));
	for (i = 0; i < e->n_projects; i++) {
		mpz_divexact(m->t, m->q, mpq_denref(e->projects[i].cost));
		mpz_mul(m->cost[i], m->t, mpq_numref(e->projects[i].cost));
	}
	mpz_divexact(m->t, m->q, mpq_denref(endowment));
	mpz_mul(m->t, m->t, mpq_numref(endowment));
	for (i = 0; i < e->n_groups; i++) {
		mpz_set(m->held[i], m->t);
		m->about[i] = mpq_get_d(endowment);
		m->age[i] = 0;
	}
	for (i = 0; i < e->n_projects; i++)
		mpz_mul_ui(m->sum[i], m->t, e->projects[i].votes);
	m->n_ages = 0;
	mpz_set_ui(m->grown[0], 1);
}

mpz_srcptr
money_held(struct money *m, uint32_t group)
{
	if (m->age[group] < m->n_ages) {
		mpz_mul(
		    m->held[group], m->held[group], m->grown[m->age[group]]);
		m->age[group] = m->n_ages;
	}
	return m->held[group];
}

/**
 * ratio(a, b):
 * a / b, off by less than 2^-50 of itself; ${b} positive.
 */
static double
ratio(mpz_srcptr a, mpz_srcptr b)
{
	long ea;
	long eb;
	double fa = mpz_get_d_2exp(&ea, a);
	double fb = mpz_get_d_2exp(&eb, b);

	return ldexp(fa / fb, (int)(ea - eb));
}

/* A price, num / (den * q), and nearly the same as a number. */
struct level {
	mpz_srcptr num, den;
	double about;
};

static struct level
level_of(struct money *m, mpz_srcptr num, mpz_srcptr den)
{
	mpz_mul(m->t, den, m->q);
	return (struct level){ num, den, ratio(num, m->t) };
}

/* Far more than all errors; and what could be so small that they are larger. */
#define MARGIN 1e-12
#define TINY 1e-200

/**
 * less(m, b, level):
 * Does a voter of the group hold less than its share for ${b}->points?
 */
static int
less(struct money *m, const struct backer *b, const struct level *level)
{
	double share = level->about * b->points;
	double held = m->about[b->group];

	if (share > TINY && held > share * (1 + MARGIN))
		return 0;
	if (share > TINY && held < share * (1 - MARGIN))
		return 1;
	mpz_mul(m->t, money_held(m, b->group), level->den);
	mpz_mul_ui(m->t2, level->num, b->points);
	return mpz_cmp(m->t, m->t2) < 0;
}

int
money_price(struct money *m, uint32_t project, struct price *price)
{
	const struct group *groups = m->e->groups;
	const struct backer *b = m->backers + m->first[project];
	size_t n = m->first[project + 1] - m->first[project];
	struct level level;
	size_t i;
	int again = 1;

	mpz_set(price->num, m->cost[project]);
	price->d = m->e->projects[project].score;
	memset(m->poor, 0, n);
	while (again && price->d > 0) {
		again = 0;
		mpz_set_ui(m->den, price->d);
		level = level_of(m, price->num, m->den);
		/* One pass is held against one price: poor is 2 until then. */
		for (i = 0; i < n; i++)
			if (m->poor[i] == 0 && less(m, &b[i], &level))
				m->poor[i] = 2;
		for (i = 0; i < n; i++) {
			if (m->poor[i] != 2)
				continue;
			m->poor[i] = 1;
			again = 1;
			mpz_submul_ui(price->num, money_held(m, b[i].group),
			    groups[b[i].group].weight);
			price->d -= groups[b[i].group].weight * b[i].points;
		}
	}
	return price->d > 0;
}

void
money_effective(const struct money *m, uint32_t project,
    const struct price *price, mpq_ptr out)
{
	mpz_mul_ui(mpq_numref(out), m->cost[project], price->d);
	mpz_set(mpq_denref(out), price->num);
	mpq_canonicalize(out);
}

void
money_offer(struct money *m, uint32_t project, mpz_srcptr num, mpz_srcptr den,
    mpz_ptr out)
{
	const struct backer *b = m->backers + m->first[project];
	const struct backer *end = m->backers + m->first[project + 1];
	struct level level = level_of(m, num, den);
	uint64_t rich = 0; /* points that are paid in full */
	uint64_t weight;
	mpz_t poor;

	mpz_init(poor);
	for (; b < end; b++) {
		weight = m->e->groups[b->group].weight;
		if (less(m, b, &level))
			mpz_addmul_ui(poor, money_held(m, b->group), weight);
		else
			rich += weight * b->points;
	}
	mpz_mul(out, poor, den);
	mpz_addmul_ui(out, num, rich);
	mpz_clear(poor);
}

/**
 * refine(m, f):
 * Multiply q by ${f}.
 */
static void
refine(struct money *m, uint64_t f)
{
	size_t i;

	if (f == 1)
		return;
	mpz_mul_ui(m->q, m->q, f);
	for (i = 0; i < m->e->n_projects; i++)
		mpz_mul_ui(m->cost[i], m->cost[i], f);
	for (i = 0; i < m->e->n_projects && m->track; i++)
		mpz_mul_ui(m->sum[i], m->sum[i], f);
	for (i = 0; i <= m->n_ages; i++)
		mpz_mul_ui(m->grown[i], m->grown[i], f);
	m->n_ages++;
	mpz_set_ui(m->grown[m->n_ages], 1);
}

/**
 * hand_over(m, group, amount):
 * A voter of the ${group}, and all like it, pays ${amount}.
 */
static void
hand_over(struct money *m, uint32_t group, mpz_srcptr amount)
{
	const struct group *g = &m->e->groups[group];
	const struct support *s = m->e->supports + g->first;
	uint32_t i;

	mpz_sub(m->held[group], m->held[group], amount);
	m->about[group] = ratio(m->held[group], m->q);
	for (i = 0; i < g->n && m->track; i++) {
		mpz_addmul_ui(m->given[s[i].project], amount, g->weight);
		mpz_submul_ui(m->sum[s[i].project], amount, g->weight);
		m->givers[s[i].project] += g->weight;
	}
}

void
money_pay(struct money *m, uint32_t project, const struct price *price,
    struct payment *payment)
{
	const struct backer *b = m->backers + m->first[project];
	const struct backer *end = m->backers + m->first[project + 1];
	uint64_t weight;
	uint64_t gcd = mpz_gcd_ui(NULL, price->num, price->d);
	mpz_t share;
	mpz_t one;
	size_t i;

	mpz_inits(share, one, NULL);
	for (i = 0; i < m->e->n_projects && m->track; i++) {
		mpz_set_ui(m->given[i], 0);
		m->givers[i] = 0;
	}
	refine(m, price->d / gcd);
	mpz_divexact_ui(one, price->num, gcd);
	payment->payers = 0;
	payment->part = 0;
	for (; b < end; b++) {
		weight = m->e->groups[b->group].weight;
		mpz_mul_ui(share, one, b->points);
		if (mpz_sgn(money_held(m, b->group)) == 0)
			continue;
		if (mpz_cmp(m->held[b->group], share) < 0) {
			mpz_set(share, m->held[b->group]);
			payment->part += weight;
		}
		if (payment->payers == 0 || mpz_cmp(share, payment->min) < 0)
			mpz_set(payment->min, share);
		if (payment->payers == 0 || mpz_cmp(share, payment->max) > 0)
			mpz_set(payment->max, share);
		payment->payers += weight;
		hand_over(m, b->group, share);
	}
	mpz_clears(share, one, NULL);
}

void
money_amount(const struct money *m, mpz_srcptr z, mpq_ptr out)
{
	mpz_set(mpq_numref(out), z);
	mpz_set(mpq_denref(out), m->q);
	mpq_canonicalize(out);
}

void
money_free(struct money *m)
{
	if (m == NULL)
		return;
	numbers_free(m->cost, m->e->n_projects);
	numbers_free(m->held, m->e->n_groups);
	numbers_free(m->grown, m->e->n_projects + 1);
	numbers_free(m->sum, m->e->n_projects);
	numbers_free(m->given, m->e->n_projects);
	mpz_clears(m->q, m->t, m->t2, m->den, NULL);
	free(m->backers);
	free(m->first);
	free(m->about);
	free(m->age);
	free(m->poor);
	free(m->givers);
	free(m);
}
