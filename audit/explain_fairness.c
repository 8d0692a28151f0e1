/* How the outcome treats voters, beside what the plain method would have. */
#include <stdlib.h>
#include <string.h>

#include "explain_part.h"

/* One outcome, as voters have it. */
struct fair {
	struct explain *x;
	const struct election *e;
	const struct outcome *o;
	mpz_t *paid; /* per group, times ${paid_q}: in the run; may be NULL */
	mpz_srcptr paid_q;
	size_t n_paid; /* so many winners were paid for in the run */
	uint8_t *won;  /* per project */
	mpz_t voters;
	json_t *doc;
};

/* Voters of a group, by what they have. */
struct value {
	mpz_t v;
	uint64_t weight;
};

static int
by_value(const void *va, const void *vb)
{
	const struct value *a = va;
	const struct value *b = vb;

	return mpz_cmp(a->v, b->v);
}

/**
 * gini(f, values, out):
 * (n + 1 - 2 * sum of v_i * (n - i) / sum of v) / n over the sorted v.
 */
static void
gini(const struct fair *f, struct value *values, mpq_ptr out)
{
	size_t groups = f->e->n_groups;
	uint64_t n = f->e->voters;
	uint64_t before = 0;
	uint64_t w;
	size_t i;
	mpz_t sum;
	mpz_t ranked;
	mpz_t t;

	mpz_inits(sum, ranked, t, NULL);
	qsort(values, groups, sizeof(*values), by_value);
	for (i = 0; i < groups; i++) {
		/* the sum of n - i over the places of this group, twice */
		w = values[i].weight;
		mpz_set_ui(t, 2 * n - 2 * before - w + 1);
		mpz_mul_ui(t, t, w);
		mpz_addmul(ranked, t, values[i].v);
		mpz_addmul_ui(sum, values[i].v, w);
		before += w;
	}
	mpq_set_ui(out, 0, 1);
	if (mpz_sgn(sum) > 0) {
		mpz_mul_ui(mpq_numref(out), sum, n + 1);
		mpz_sub(mpq_numref(out), mpq_numref(out), ranked);
		mpz_mul_ui(mpq_denref(out), sum, n);
		mpq_canonicalize(out);
	}
	mpz_clears(sum, ranked, t, NULL);
}

/**
 * mean(f, values, unit, out):
 * The mean of the values, whole numbers of 1/${unit}.
 */
static void
mean(const struct fair *f, const struct value *values, mpz_srcptr unit,
    mpq_ptr out)
{
	size_t i;

	mpq_set_ui(out, 0, 1);
	for (i = 0; i < f->e->n_groups; i++)
		mpz_addmul_ui(mpq_numref(out), values[i].v, values[i].weight);
	mpz_mul(mpq_denref(out), unit, f->voters);
	mpq_canonicalize(out);
}

/**
 * variance(f, values, unit, out):
 * The mean of the squares less the square of the mean.
 */
static void
variance(const struct fair *f, const struct value *values, mpz_srcptr unit,
    mpq_ptr out)
{
	size_t i;
	mpq_t square;
	mpz_t t;

	mpq_init(square);
	mpz_init(t);
	mpq_set_ui(out, 0, 1);
	for (i = 0; i < f->e->n_groups; i++) {
		mpz_mul(t, values[i].v, values[i].v);
		mpz_addmul_ui(mpq_numref(out), t, values[i].weight);
	}
	mpz_mul(mpq_denref(out), unit, unit);
	mpz_mul(mpq_denref(out), mpq_denref(out), f->voters);
	mpq_canonicalize(out);
	mean(f, values, unit, square);
	mpq_mul(square, square, square);
	mpq_sub(out, out, square);
	mpz_clear(t);
	mpq_clear(square);
}

/**
 * sum_up(f, unit, each, values):
 * Per group the sum of ${each} (times points, if ${by_points}) over the winners
 * that it supports.
 */
static void
sum_up(const struct fair *f, mpz_t *each, int by_points, struct value *values)
{
	const struct support *s;
	const struct group *g;
	uint32_t k;
	size_t i;

	for (i = 0; i < f->e->n_groups; i++) {
		g = &f->e->groups[i];
		s = f->e->supports + g->first;
		mpz_set_ui(values[i].v, 0);
		values[i].weight = g->weight;
		for (k = 0; k < g->n; k++)
			if (f->won[s[k].project])
				mpz_addmul_ui(values[i].v, each[s[k].project],
				    by_points ? s[k].points : 1);
	}
}

/**
 * count_winners(f, values):
 * The histogram of winners per voter, and who has none.
 */
static void
count_winners(const struct fair *f, const struct value *values)
{
	json_t *a = json_array();
	uint64_t *voters = calloc(f->o->n + 1, sizeof(*voters));
	uint64_t sum = 0;
	size_t i;

	explain_put(f->x, f->doc, "histogram", a);
	if (voters == NULL) {
		f->x->err = ERR_NOMEM;
		return;
	}
	for (i = 0; i < f->e->n_groups; i++)
		voters[mpz_get_ui(values[i].v)] += values[i].weight;
	for (i = 0; i <= f->o->n && 20 * sum < 19 * f->e->voters; i++) {
		sum += voters[i];
		(void)explain_add(f->x, a, json_integer((json_int_t)voters[i]));
	}
	explain_count(f->x, f->doc, "more", f->e->voters - sum);
	explain_count(f->x, f->doc, "excluded", voters[0]);
	free(voters);
}

/**
 * direct(f, each, values):
 * The money that each voter directed: what it paid in the run, and of the
 * winners nobody paid for a part that is proportional to its utility.  Whole
 * numbers of 1/${unit}.
 */
static void
direct(const struct fair *f, mpz_t *each, struct value *values, mpz_ptr unit)
{
	const struct project *p;
	size_t i;
	uint32_t w;
	mpq_t share;

	mpq_init(share);
	mpz_set_ui(unit, 1);
	if (f->paid != NULL)
		mpz_set(unit, f->paid_q);
	for (i = f->n_paid; i < f->o->n; i++) {
		p = &f->e->projects[f->o->order[i]];
		if (p->score == 0)
			continue;
		mpq_set_ui(share, 1, p->score);
		mpq_mul(share, share, p->cost);
		mpz_lcm(unit, unit, mpq_denref(share));
	}
	for (i = 0; i < f->o->n; i++) {
		w = f->o->order[i];
		p = &f->e->projects[w];
		mpz_set_ui(each[w], 0);
		if (i < f->n_paid || p->score == 0)
			continue;
		mpq_set_ui(share, 1, p->score);
		mpq_mul(share, share, p->cost);
		mpz_divexact(each[w], unit, mpq_denref(share));
		mpz_mul(each[w], each[w], mpq_numref(share));
	}
	sum_up(f, each, 1, values);
	if (f->paid != NULL) {
		mpz_divexact(mpq_numref(share), unit, f->paid_q);
		for (i = 0; i < f->e->n_groups; i++)
			mpz_addmul(values[i].v, f->paid[i], mpq_numref(share));
	}
	mpq_clear(share);
}

/**
 * figures(f, each, values):
 * Write all figures of one outcome.
 */
static void
figures(const struct fair *f, mpz_t *each, struct value *values)
{
	const struct election *e = f->e;
	mpq_t t;
	mpz_t unit;
	mpz_t score;
	size_t i;

	mpq_init(t);
	mpz_inits(unit, score, NULL);
	explain_number(f->x, f->doc, "cost", f->o->cost);
	mpq_sub(t, e->budget, f->o->cost);
	explain_number(f->x, f->doc, "leftover", t);
	for (i = 0; i < f->o->n; i++) {
		mpz_add_ui(score, score, e->projects[f->o->order[i]].score);
		mpz_set_ui(each[f->o->order[i]], 1);
	}
	explain_integer(f->x, f->doc, "score", score);
	mpz_set_ui(unit, 1);
	sum_up(f, each, 0, values);
	count_winners(f, values);
	mean(f, values, unit, t);
	explain_number(f->x, f->doc, "average_winners", t);
	gini(f, values, t);
	explain_number(f->x, f->doc, "gini_winners", t);
	for (i = 0; i < f->o->n; i++)
		mpz_lcm(
		    unit, unit, mpq_denref(e->projects[f->o->order[i]].cost));
	for (i = 0; i < f->o->n; i++) {
		mpz_divexact(each[f->o->order[i]], unit,
		    mpq_denref(e->projects[f->o->order[i]].cost));
		mpz_mul(each[f->o->order[i]], each[f->o->order[i]],
		    mpq_numref(e->projects[f->o->order[i]].cost));
	}
	sum_up(f, each, 0, values);
	mean(f, values, unit, t);
	explain_number(f->x, f->doc, "average_money", t);
	gini(f, values, t);
	explain_number(f->x, f->doc, "gini_money", t);
	direct(f, each, values, unit);
	variance(f, values, unit, t);
	explain_number(f->x, f->doc, "spread", t);
	mpq_clear(t);
	mpz_clears(unit, score, NULL);
}

/**
 * look_at(f):
 * The figures of the outcome ${f}->o; ${f}->won stays for the caller to free.
 */
static void
look_at(struct fair *f)
{
	size_t n = f->e->n_projects;
	size_t groups = f->e->n_groups;
	struct value *values = calloc(groups + 1, sizeof(*values));
	mpz_t *each = calloc(n + 1, sizeof(*each));
	size_t i;

	f->won = calloc(n + 1, 1);
	if (values == NULL || each == NULL || f->won == NULL) {
		f->x->err = ERR_NOMEM;
		goto out;
	}
	for (i = 0; i < groups; i++)
		mpz_init(values[i].v);
	for (i = 0; i < n; i++)
		mpz_init(each[i]);
	for (i = 0; i < f->o->n; i++)
		f->won[f->o->order[i]] = 1;
	figures(f, each, values);
	for (i = 0; i < groups; i++)
		mpz_clear(values[i].v);
	for (i = 0; i < n; i++)
		mpz_clear(each[i]);
out:
	free(values);
	free(each);
}

/* ---- Categories ---- */

struct category {
	const char *name;
	uint32_t project;
};

static int
any_category(const struct explain *x)
{
	size_t i;

	for (i = 0; x->q->categories != NULL && i < x->e->n_projects; i++)
		if (x->q->categories[i][0] != '\0')
			return 1;
	return 0;
}

static int
by_name(const void *va, const void *vb)
{
	const struct category *a = va;
	const struct category *b = vb;
	int r = strcmp(a->name, b->name);

	return r != 0 ? r
		      : (a->project > b->project) - (a->project < b->project);
}

/**
 * write_categories(x, o, mine, plain):
 * Per category what its winners cost, and the score of all its projects.
 */
static void
write_categories(
    struct explain *x, json_t *o, const uint8_t *mine, const uint8_t *plain)
{
	size_t n = x->e->n_projects;
	struct category *c = calloc(n + 1, sizeof(*c));
	const struct project *p;
	json_t *a = json_array();
	json_t *row;
	mpq_t cost[2];
	mpz_t score;
	size_t i;

	mpq_inits(cost[0], cost[1], NULL);
	mpz_init(score);
	explain_put(x, o, "categories", a);
	if (c == NULL)
		x->err = ERR_NOMEM;
	for (i = 0; c != NULL && i < n; i++)
		c[i] = (struct category){ x->q->categories[i], (uint32_t)i };
	if (c != NULL)
		qsort(c, n, sizeof(*c), by_name);
	for (i = 0; c != NULL && i < n; i++) {
		p = &x->e->projects[c[i].project];
		if (mine[c[i].project])
			mpq_add(cost[0], cost[0], p->cost);
		if (plain[c[i].project])
			mpq_add(cost[1], cost[1], p->cost);
		mpz_add_ui(score, score, p->score);
		if (i + 1 < n && strcmp(c[i].name, c[i + 1].name) == 0)
			continue;
		row = explain_add(x, a, json_object());
		explain_put(x, row, "category", json_string(c[i].name));
		explain_number(x, row, "outcome", cost[0]);
		explain_number(x, row, "plain", cost[1]);
		explain_integer(x, row, "score", score);
		mpq_set_ui(cost[0], 0, 1);
		mpq_set_ui(cost[1], 0, 1);
		mpz_set_ui(score, 0);
	}
	free(c);
	mpz_clear(score);
	mpq_clears(cost[0], cost[1], NULL);
}

void
explain_fairness(struct explain *x)
{
	struct fair mine = { .x = x, .e = x->e, .o = x->q->outcome };
	struct fair other = { .x = x, .e = x->e };
	struct outcome *plain = NULL;
	struct rule rule;
	json_t *o = json_object();
	enum err r;

	mpz_init_set_ui(mine.voters, x->e->voters);
	mpz_init_set_ui(other.voters, x->e->voters);
	explain_put(x, x->doc, "fairness", o);
	if ((r = rule_parse(RULE_PLAIN, &rule)) != OK ||
	    (r = tally_run(x->e, &rule, x->q->lot, x->q->n_lot, &plain)) !=
		OK) {
		x->err = r;
		goto out;
	}
	mine.doc = json_object();
	explain_put(x, o, "outcome", mine.doc);
	other.doc = json_object();
	explain_put(x, o, "plain", other.doc);
	if (x->paid != NULL) {
		mine.paid = x->paid;
		mine.paid_q = x->paid_q;
		mine.n_paid = x->q->outcome->n_run;
	}
	other.o = plain;
	look_at(&mine);
	look_at(&other);
	if (any_category(x) && mine.won != NULL && other.won != NULL)
		write_categories(x, o, mine.won, other.won);
out:
	free(mine.won);
	free(other.won);
	mpz_clear(mine.voters);
	mpz_clear(other.voters);
	tally_free(plain);
}
