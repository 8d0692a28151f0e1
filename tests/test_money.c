#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "money.h"

#include "vec.h"

/*
 * The exact money, and the effective support made with it, against the
 * definitions of docs/RULES.md, 5.1 and 10.4, followed slowly with fractions.
 */

enum { PROJECTS = 6, GROUPS = 24 };

/* ---- The slow way ---- */

struct slow {
	const struct election *e;
	mpq_t money[GROUPS];
};

static uint32_t
points_of(const struct election *e, size_t g, size_t c)
{
	const struct support *s = e->supports + e->groups[g].first;
	uint32_t i;

	for (i = 0; i < e->groups[g].n; i++)
		if (s[i].project == c)
			return s[i].points;
	return 0;
}

/* What the supporters of ${c} give at the price ${rho}. */
static void
given_at(const struct slow *s, size_t c, mpq_srcptr rho, mpq_ptr out)
{
	size_t g;
	mpq_t t;
	mpq_t w;

	mpq_inits(t, w, NULL);
	mpq_set_ui(out, 0, 1);
	for (g = 0; g < s->e->n_groups; g++) {
		mpq_set_ui(t, points_of(s->e, g, c), 1);
		if (mpq_sgn(t) == 0)
			continue;
		mpq_mul(t, t, rho);
		if (mpq_cmp(t, s->money[g]) > 0)
			mpq_set(t, s->money[g]);
		mpq_set_ui(w, s->e->groups[g].weight, 1);
		mpq_mul(t, t, w);
		mpq_add(out, out, t);
	}
	mpq_clears(t, w, NULL);
}

/*
 * The price: what is given rises in straight lines between the points where a
 * group has given all, so try each of these lines.
 */
static int
slow_price(const struct slow *s, size_t c, mpq_ptr rho)
{
	const struct election *e = s->e;
	size_t g, h;
	uint64_t d;
	int found = 0;
	mpq_t limit, t, given;

	mpq_inits(limit, t, given, NULL);
	for (g = 0; g < e->n_groups && !found; g++) {
		if (points_of(e, g, c) == 0)
			continue;
		/* those who run dry no earlier than g pay in full */
		mpq_set_ui(t, points_of(e, g, c), 1);
		mpq_div(limit, s->money[g], t);
		mpq_set(rho, e->projects[c].cost);
		for (d = 0, h = 0; h < e->n_groups; h++) {
			if (points_of(e, h, c) == 0)
				continue;
			mpq_set_ui(t, points_of(e, h, c), 1);
			mpq_mul(t, t, limit);
			if (mpq_cmp(s->money[h], t) >= 0) {
				d += e->groups[h].weight * points_of(e, h, c);
				continue;
			}
			mpq_set_ui(t, e->groups[h].weight, 1);
			mpq_mul(t, t, s->money[h]);
			mpq_sub(rho, rho, t);
		}
		mpq_set_ui(t, d, 1);
		mpq_div(rho, rho, t);
		if (mpq_sgn(rho) < 0)
			continue;
		given_at(s, c, rho, given);
		found = mpq_equal(given, e->projects[c].cost);
	}
	mpq_clears(limit, t, given, NULL);
	return found;
}

static void
slow_pay(struct slow *s, size_t c, mpq_srcptr rho)
{
	size_t g;
	mpq_t t;

	mpq_init(t);
	for (g = 0; g < s->e->n_groups; g++) {
		mpq_set_ui(t, points_of(s->e, g, c), 1);
		mpq_mul(t, t, rho);
		if (mpq_cmp(t, s->money[g]) > 0)
			mpq_set(t, s->money[g]);
		mpq_sub(s->money[g], s->money[g], t);
	}
	mpq_clear(t);
}

/* ---- Random elections ---- */

static uint64_t seed = 0x9e3779b97f4a7c15ULL;

static uint32_t
below(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)((seed >> 11) % n);
}

/* What a random election is made from, so that it can be made again. */
struct plan {
	int points;
	char cost[PROJECTS][16];
	struct support ballots[GROUPS][PROJECTS];
	size_t n[GROUPS];
	uint64_t weight[GROUPS];
	uint32_t exclusive[2];
};

static struct plan
plan_new(int i)
{
	static const char *const costs[] = { "10", "12", "15", "7.5", "30" };
	struct plan p;
	uint32_t c;
	size_t b;

	memset(&p, 0, sizeof(p));
	p.points = i % 2;
	for (c = 0; c < PROJECTS; c++)
		(void)snprintf(
		    p.cost[c], sizeof(p.cost[c]), "%s", costs[below(5)]);
	for (b = 0; b < GROUPS; b++) {
		p.weight[b] = 1 + below(3);
		for (c = 0; c < PROJECTS; c++)
			if (below(3) == 0)
				p.ballots[b][p.n[b]++] =
				    (struct support){ c, 1 + below(4) };
	}
	p.exclusive[0] = below(PROJECTS);
	p.exclusive[1] = (p.exclusive[0] + 1 + below(2)) % PROJECTS;
	return p;
}

/* ${without}: withdrawn; PROJECTS: none. */
static struct election *
build(const struct plan *p, uint32_t without)
{
	struct election *e = NULL;
	char id[8];
	uint32_t c;
	size_t b;

	assert_int_equal(
	    election_new(&e, p->points ? VOTES_POINTS : VOTES_APPROVAL, "60"),
	    OK);
	for (c = 0; c < PROJECTS; c++) {
		(void)snprintf(id, sizeof(id), "p%u", c);
		assert_int_equal(election_add_project(e, id,
				     c == without ? "999999999" : p->cost[c]),
		    OK);
	}
	for (b = 0; b < GROUPS; b++)
		assert_int_equal(election_add_ballot(
				     e, p->ballots[b], p->n[b], p->weight[b]),
		    OK);
	assert_int_equal(election_add_exclusive(e, p->exclusive, 2), OK);
	assert_int_equal(election_seal(e), OK);
	return e;
}

/**
 * slow_support(p, rule, c, won, out):
 * The effective support of ${c} by the definition.
 */
static void
slow_support(const struct plan *p, const struct rule *rule, uint32_t c, int won,
    mpz_ptr out)
{
	struct election *e = build(p, c);
	struct slow s = { .e = e };
	struct outcome *o = NULL;
	size_t i, g;
	mpq_t cost, rho, x, given, best;

	mpq_inits(cost, rho, x, given, best, NULL);
	assert_int_equal(tally_run(e, rule, NULL, 0, &o), OK);
	for (g = 0; g < e->n_groups; g++) {
		mpq_init(s.money[g]);
		mpq_set(s.money[g], o->endowment);
	}
	/* costs are decimals of one place */
	mpq_set_ui(cost, (unsigned long)(strtod(p->cost[c], NULL) * 10), 10);
	mpq_canonicalize(cost);
	for (i = 0; i < o->n_run; i++) {
		assert_true(slow_price(&s, o->order[i], rho));
		mpq_set(x, rho);
		if (rule->key == RULE_BY_EFFECTIVE) {
			mpq_div(x, x, e->projects[o->order[i]].cost);
			mpq_mul(x, x, cost);
		}
		given_at(&s, c, x, given);
		mpq_set(x, given);
		if (mpq_cmp(x, best) > 0)
			mpq_set(best, x);
		if (election_bars(e, c, o->order[i]))
			break;
		slow_pay(&s, o->order[i], rho);
	}
	if (i == o->n_run) {
		mpq_set_ui(rho, 1000000, 1); /* everything */
		given_at(&s, c, rho, x);
		if (mpq_cmp(x, best) > 0)
			mpq_set(best, x);
	}
	mpq_div(best, best, cost);
	mpz_mul_ui(out, mpq_numref(best), 100);
	mpz_fdiv_q(out, out, mpq_denref(best));
	if (won && mpz_cmp_ui(out, 100) < 0)
		mpz_set_ui(out, 100);
	for (g = 0; g < e->n_groups; g++)
		mpq_clear(s.money[g]);
	mpq_clears(cost, rho, x, given, best, NULL);
	tally_free(o);
	election_free(e);
}

static void
effective_support_keeps_its_definition(void **state)
{
	static const char *const rules[] = { "mes-cost", "mes-points",
		"mes-card", "mes-costpoints" };
	struct explain_question q = { 0 };
	struct election *e;
	struct outcome *o;
	struct rule rule;
	struct plan p;
	const json_t *row;
	json_t *why;
	char *want;
	size_t i, c, k;
	int won;
	mpz_t z;

	(void)state;
	mpz_init(z);
	for (i = 0; i < 400; i++) {
		p = plan_new((int)i);
		e = build(&p, PROJECTS);
		assert_int_equal(rule_parse(rules[i % 4], &rule), OK);
		assert_int_equal(tally_run(e, &rule, NULL, 0, &o), OK);
		q.e = e;
		q.rule = &rule;
		q.outcome = o;
		assert_int_equal(explain_outcome(&q, &why), OK);
		for (c = 0; c < PROJECTS; c++) {
			for (won = 0, k = 0; k < o->n; k++)
				won |= o->order[k] == c;
			slow_support(&p, &rule, (uint32_t)c, won, z);
			want = mpz_get_str(NULL, 10, z);
			row =
			    json_array_get(json_object_get(why, "projects"), c);
			assert_string_equal(
			    json_string_value(json_object_get(row, "support")),
			    want);
			free(want);
		}
		json_decref(why);
		tally_free(o);
		election_free(e);
	}
	mpz_clear(z);
}

/* ---- Prices and payments ---- */

/**
 * same_run(e, endowment):
 * Pay for whatever can be paid, in the order of the list, both ways.
 */
static int
same_run(const struct election *e, mpq_srcptr endowment)
{
	struct slow s = { .e = e };
	struct money *m = NULL;
	struct price price;
	struct payment payment;
	uint32_t c, g;
	int paid = 0;
	mpq_t rho, t;

	mpq_inits(rho, t, NULL);
	mpz_inits(price.num, payment.min, payment.max, NULL);
	assert_int_equal(money_new(&m, e, 1), OK);
	money_start(m, endowment);
	for (g = 0; g < e->n_groups; g++) {
		mpq_init(s.money[g]);
		mpq_set(s.money[g], endowment);
	}
	for (c = 0; c < PROJECTS; c++) {
		if (e->projects[c].score == 0)
			continue;
		assert_int_equal(
		    money_price(m, c, &price), slow_price(&s, c, rho));
		/* the same is known from the sum alone */
		assert_int_equal(mpz_cmp(m->sum[c], m->cost[c]) >= 0,
		    slow_price(&s, c, rho));
		if (!money_price(m, c, &price))
			continue;
		money_effective(m, c, &price, t);
		mpq_mul(t, t, rho);
		assert_true(mpq_equal(t, e->projects[c].cost));
		money_pay(m, c, &price, &payment);
		slow_pay(&s, c, rho);
		money_amount(m, m->given[c], t);
		assert_true(mpq_equal(t, e->projects[c].cost));
		paid++;
		for (g = 0; g < e->n_groups; g++) {
			money_amount(m, money_held(m, g), t);
			assert_true(mpq_equal(t, s.money[g]));
		}
	}
	for (g = 0; g < e->n_groups; g++)
		mpq_clear(s.money[g]);
	mpz_clears(price.num, payment.min, payment.max, NULL);
	mpq_clears(rho, t, NULL);
	money_free(m);
	return paid;
}

static void
prices_and_payments_equal_those_made_with_fractions(void **state)
{
	struct election *e;
	struct plan p;
	int paid = 0;
	int i;
	mpq_t endowment;

	(void)state;
	mpq_init(endowment);
	for (i = 0; i < 400; i++) {
		p = plan_new(i);
		e = build(&p, PROJECTS);
		mpq_set_ui(endowment, 10 + below(60), 7);
		mpq_canonicalize(endowment);
		paid += same_run(e, endowment);
		election_free(e);
	}
	assert_true(paid > 400);
	mpq_clear(endowment);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    prices_and_payments_equal_those_made_with_fractions),
		cmocka_unit_test(effective_support_keeps_its_definition),
	};

	return cmocka_run_group_tests_name("money", tests, NULL, NULL);
}
