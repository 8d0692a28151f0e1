#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmd_tally.h"
#include "election.h"
#include "mes.h"
#include "rational.h"
#include "tally.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- Elections in files, counted by hand ---- */

/* What "partecipa-audit tally FILE --rule RULE --json" must print. */
static const struct counted {
	const char *file;
	const char *rule;
	const char *order;
	const char *cost;
	const char *endowment;
} by_hand[] = {
	/* the bike path has 7 votes and takes 100 of each voter; then 50 each
	 * for the playground, 100/3 each for the library */
	{ "eleven", "mes-cost", "bike,playground,library", "1000", "100" },
	/* 400/7 each; then three give their last 300/7 and two 425/7 */
	{ "eleven_gym", "mes-cost", "gym,park,playground", "850", "100" },
	{ "eleven_gym", "mes-cost-u", "gym,park,playground,library", "950",
	    "100" },
	/* at 117 the library's three hold 17 + 67 + 17; at 116 only 98 */
	{ "eleven_gym", "mes-cost-add1", "gym,park,playground,library", "950",
	    "117" },
	{ "eleven", "greedy-votes", "bike,gym", "1100", NULL },
	{ "eleven", "greedy-votes-per-cost", "library,playground,park,gym",
	    "950", NULL },
	/* times 100/3, 50, 50, 66.7, 100: after the library, park at
	 * (250 + 2 * 100/3) / 5 = 63.3 goes before the playground at 75 */
	{ "eleven", "phragmen", "library,park,playground,gym", "950", NULL },
	/* 61 * (150000/61) is all of the budget, to the last cent */
	{ "all_of_it", "mes-cost", "only", "150000", "\"150000/61\"" },
	{ "all_of_it", "mes-card", "only", "150000", "\"150000/61\"" },
	{ "all_of_it", "mes-cost-int-add1", "only", "150000", "2460" },
	/* the same votes: lower cost, then smaller id */
	{ "equal", "greedy-votes", "a,b", "20", NULL },
	{ "equal", "mes-cost", "a,b", "20", "5" },
	{ "equal", "phragmen", "a,b", "20", NULL },
	/* free costs nothing, gone was withdrawn, two ballots are empty */
	{ "odd", "greedy-votes", "one,two,free", "21/2", NULL },
	{ "odd", "greedy-no-skip", "one,two,free", "21/2", NULL },
	{ "odd", "greedy-votes-per-cost", "free,one,two", "21/2", NULL },
	{ "odd", "phragmen", "free,one,two", "21/2", NULL },
	/* two voters have 21/5 for what costs 17/4 */
	{ "odd", "mes-cost", "free", "0", "\"21/10\"" },
	{ "odd", "mes-cost-u", "free,one,two", "21/2", "\"21/10\"" },
	{ "odd", "mes-cost-add1", "free,one,two", "21/2", "\"51/10\"" },
	{ "odd", "mes-cost-int-add1", "free,one,two", "21/2", "5" },
	/* x has 50 for 60; z takes 30/13 a point; y takes all of one voter */
	{ "points", "mes-points", "z,y", "70", "25" },
	{ "points", "mes-costpoints", "z,y", "70", "25" },
	{ "points", "greedy-votes", "x,z", "90", NULL },
	/* z: one voter pays exactly all its 20; y is left with 100/3 of 40 */
	{ "ranking", "mes-costrank", "z", "40", "20" },
	{ "ranking", "mes-rank", "z", "40", "20" },
	{ "ranking", "greedy-votes", "z,x", "100", NULL },
};

/**
 * run_command(out, file, ...):
 * Run the subcommand, keep what it prints in ${out}, return its exit status.
 */
static int
run_command(char *out, size_t size, const char *const *args)
{
	char *argv[12] = { 0 };
	FILE *f = tmpfile();
	FILE *err = tmpfile();
	size_t n;
	int argc = 0;
	int status;

	assert_non_null(f);
	assert_non_null(err);
	argv[argc++] = strdup("tally");
	for (; args[argc - 1] != NULL; argc++)
		argv[argc] = strdup(args[argc - 1]);
	status = cmd_tally_to(argc, argv, f, err);
	rewind(status == 0 ? f : err);
	n = fread(out, 1, size - 1, status == 0 ? f : err);
	out[n] = '\0';
	fclose(f);
	fclose(err);
	while (argc > 0)
		free(argv[--argc]);
	return status;
}

static int
by_text(const void *va, const void *vb)
{
	const char *const *a = va;
	const char *const *b = vb;

	return strcmp(*a, *b);
}

/**
 * quoted(list, sorted, out):
 * Write the comma-separated ${list} as the inside of a JSON array.
 */
static void
quoted(const char *list, int sorted, char *out, size_t size)
{
	char copy[256];
	char *items[16];
	size_t n = 0;
	size_t i;
	size_t used = 0;
	char *at = copy;

	(void)snprintf(copy, sizeof(copy), "%s", list);
	while (at != NULL) {
		items[n++] = at;
		at = strchr(at, ',');
		if (at != NULL)
			*at++ = '\0';
	}
	if (sorted)
		qsort(items, n, sizeof(char *), by_text);
	for (i = 0; i < n; i++)
		used += (size_t)snprintf(out + used, size - used, "%s\"%s\"",
		    i > 0 ? "," : "", items[i]);
}

static void
small_elections_come_out_as_counted_by_hand(void **state)
{
	const struct counted *c;
	char path[128];
	char got[1024];
	char want[1024];
	char order[256];
	char sorted[256];

	(void)state;
	for (c = by_hand; c < by_hand + COUNT(by_hand); c++) {
		const char *args[] = { path, "--rule", c->rule, "--json",
			NULL };

		(void)snprintf(path, sizeof(path), "tests/pb/%s.pb", c->file);
		quoted(c->order, 0, order, sizeof(order));
		quoted(c->order, 1, sorted, sizeof(sorted));
		(void)snprintf(want, sizeof(want),
		    "{\"rule\":\"%s\",\"selected\":[%s],\"order\":[%s],"
		    "\"cost\":\"%s\",\"final_endowment\":%s}\n",
		    c->rule, sorted, order, c->cost,
		    c->endowment != NULL ? c->endowment : "null");
		assert_int_equal(run_command(got, sizeof(got), args), 0);
		assert_string_equal(got, want);
	}
}

static void
a_lot_decides_between_equals(void **state)
{
	const char *args[] = { "tests/pb/equal.pb", "--rule", "mes-cost",
		"--tie", "b,a", "--json", NULL };
	char got[1024];

	(void)state;
	assert_int_equal(run_command(got, sizeof(got), args), 0);
	assert_non_null(strstr(got, "\"order\":[\"b\",\"a\"]"));
	/* but not before the cost: c is dearer */
	args[4] = "c,b";
	assert_int_equal(run_command(got, sizeof(got), args), 0);
	assert_non_null(strstr(got, "\"order\":[\"b\",\"a\"]"));
}

static void
a_threshold_bars_low_scores(void **state)
{
	const char *args[] = { "tests/pb/eleven.pb", "--rule",
		"greedy-threshold", "--min-score", "7", "--json", NULL };
	char got[1024];

	(void)state;
	assert_int_equal(run_command(got, sizeof(got), args), 0);
	assert_non_null(strstr(got, "\"selected\":[\"bike\"]"));
	args[4] = "8";
	assert_int_equal(run_command(got, sizeof(got), args), 0);
	assert_non_null(strstr(got, "\"selected\":[]"));
}

static void
a_rule_yields_where_more_voters_prefer_the_plain_method(void **state)
{
	const char *args[] = { "tests/pb/eleven_gym.pb", "--rule", "phragmen",
		"--compare", "greedy-votes", "--json", NULL };
	char got[1024];

	(void)state;
	/* library, playground, park against gym, park, playground, library */
	assert_int_equal(run_command(got, sizeof(got), args), 0);
	if (strstr(got, "\"comparison\":{\"equal\":") == NULL)
		fail_msg("%s", got);
	/* bike, gym (1-6 have two, 11 one) against bike, playground, library
	 * (1-6 and 11 one; 7, 9, 10 two, 8 one): 6 to 4, 11 as well off */
	args[0] = "tests/pb/eleven.pb";
	args[2] = "mes-cost";
	assert_int_equal(run_command(got, sizeof(got), args), 0);
	assert_string_equal(got,
	    "{\"rule\":\"mes-cost\",\"selected\":[\"bike\",\"gym\"],"
	    "\"order\":[\"bike\",\"gym\"],\"cost\":\"1100\","
	    "\"final_endowment\":null,\"comparison\":{\"equal\":1,"
	    "\"greedy\":6,\"rule\":4,\"winner\":\"greedy-votes\"}}\n");
}

/* What --exclusive makes of the election "eleven". */
static void
of_exclusive_projects_one_wins(void **state)
{
	static const struct {
		const char *rule;
		const char *groups;
		const char *order;
	} rows[] = {
		/* after the park 150 are left: not enough for 200 */ {
		    "greedy-votes", "bike,gym",
		    "\"bike\",\"park\",\"library\"" },
		{ "greedy-no-skip", "bike,gym", "\"bike\",\"park\"" },
		{ "mes-cost", "bike,playground;gym,park",
		    "\"bike\",\"library\"" },
		{ "mes-cost-u", "bike,playground;gym,library",
		    "\"bike\",\"library\",\"park\"" },
		{ "phragmen", "library,park",
		    "\"library\",\"gym\",\"playground\"" },
	};
	const char *args[] = { "tests/pb/eleven.pb", "--rule", NULL,
		"--exclusive", NULL, "--json", NULL };
	char want[256];
	char got[1024];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		args[2] = rows[i].rule;
		args[4] = rows[i].groups;
		(void)snprintf(
		    want, sizeof(want), "\"order\":[%s],", rows[i].order);
		assert_int_equal(run_command(got, sizeof(got), args), 0);
		if (strstr(got, want) == NULL)
			fail_msg("%s %s: %s", args[2], args[4], got);
	}
}

static void
a_free_winner_bars_its_group_before_anybody_pays(void **state)
{
	/* one and free are equally liked; free costs nothing */
	const char *args[] = { "tests/pb/odd.pb", "--rule", "mes-cost-add1",
		"--exclusive", "free,one", "--json", NULL };
	char got[1024];

	(void)state;
	assert_int_equal(run_command(got, sizeof(got), args), 0);
	assert_non_null(strstr(got, "\"order\":[\"free\",\"two\"]"));
}

static void
bad_arguments_get_a_sentence_and_status_2(void **state)
{
	static const struct {
		const char *args[8];
		const char *says;
	} bad[] = {
		{ { NULL }, "exactly one FILE" },
		{ { "tests/pb/odd.pb", NULL }, "--rule is missing" },
		{ { "tests/pb/odd.pb", "--rule", NULL }, "needs a value" },
		{ { "tests/pb/odd.pb", "--rule", "mes", NULL }, "no rule" },
		{ { "tests/pb/odd.pb", "--rule", "phragmen-u", NULL },
		    "no rule" },
		{ { "tests/pb/odd.pb", "--what", NULL }, "no option --what" },
		{ { "a", "b", "--rule", "phragmen", NULL }, "exactly one" },
		{ { "tests/pb/none.pb", "--rule", "phragmen", NULL },
		    "No such file" },
		{ { "tests/pb/odd.pb", "--rule", "mes-rank", NULL },
		    "not defined for approval" },
		{ { "tests/pb/odd.pb", "--rule", "mes-cost", "--tie", "x",
		      NULL },
		    "--tie names a project" },
		{ { "tests/pb/odd.pb", "--rule", "mes-cost", "--tie", "one,one",
		      NULL },
		    "twice" },
		{ { "tests/pb/odd.pb", "--rule", "mes-cost", "--min-score", "1",
		      NULL },
		    "for greedy rules" },
		{ { "tests/pb/odd.pb", "--rule", "greedy-votes", "--min-score",
		      "-1", NULL },
		    "whole number" },
		{ { "tests/pb/odd.pb", "--rule", "greedy-threshold", NULL },
		    "needs --min-score" },
		{ { "tests/pb/odd.pb", "--rule", "mes-cost", "--increment", "1",
		      NULL },
		    "for add1 rules" },
		{ { "tests/pb/odd.pb", "--rule", "mes-cost", "--compare",
		      "phragmen", NULL },
		    "can only be greedy-votes" },
		{ { "tests/pb/odd.pb", "--rule", "greedy-votes", "--compare",
		      "greedy-votes", NULL },
		    "with itself" },
		{ { "tests/pb/odd.pb", "--rule", "mes-cost", "--exclusive",
		      "one;two", NULL },
		    "fewer than two" },
		{ { "tests/pb/odd.pb", "--rule", "mes-cost", "--exclusive",
		      "one,two;two,free", NULL },
		    "names a project twice" },
		{ { "tests/pb/odd.pb", "--rule", "mes-cost", "--exclusive",
		      "one,two,no", NULL },
		    "names 'no'" },
		{ { "tests/pb/odd.pb", "--rule", "mes-cost-add1", "--increment",
		      "0", NULL },
		    "above 0" },
		{ { "tests/pb/odd.pb", "--rule", "mes-cost-add1", "--increment",
		      "1e3", NULL },
		    "above 0" },
	};
	char got[2048];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++) {
		assert_int_equal(run_command(got, sizeof(got), bad[i].args), 2);
		if (strstr(got, bad[i].says) == NULL)
			fail_msg("'%s' does not say '%s'", got, bad[i].says);
	}
}

/* ---- The library ---- */

static void
count_rule(const char *id, void *cookie)
{
	struct rule r;
	int *n = cookie;

	assert_int_equal(rule_parse(id, &r), OK);
	assert_string_equal(r.id, id);
	(*n)++;
}

static void
every_listed_rule_parses_to_itself(void **state)
{
	struct rule r;
	int n = 0;

	(void)state;
	rule_each(count_rule, &n);
	assert_int_equal(n, 5 + 6 * 10);
	assert_int_equal(rule_parse("", &r), ERR_NOT_FOUND);
	assert_int_equal(rule_parse("mes-cost-", &r), ERR_NOT_FOUND);
	assert_int_equal(rule_parse("mes-cost-add1u-u", &r), ERR_NOT_FOUND);
}

static void
an_election_refuses_what_is_not_a_ballot(void **state)
{
	const struct support twice[] = { { 0, 0 }, { 0, 0 } };
	const struct support unknown[] = { { 2, 0 } };
	const struct support good[] = { { 1, 0 }, { 0, 0 } };
	struct election *e = NULL;

	(void)state;
	assert_int_equal(election_new(&e, VOTES_APPROVAL, "1,5"), ERR_FORMAT);
	assert_int_equal(election_new(&e, VOTES_APPROVAL, "-1"), ERR_FORMAT);
	assert_int_equal(
	    election_new(&e, VOTES_APPROVAL, "1234567890123456"), ERR_LIMIT);
	assert_int_equal(election_new(&e, VOTES_APPROVAL, "10"), OK);
	assert_int_equal(election_add_project(e, "a", "5"), OK);
	assert_int_equal(election_add_project(e, "a", "6"), ERR_CONFLICT);
	assert_int_equal(election_add_project(e, "", "6"), ERR_FORMAT);
	assert_int_equal(election_add_project(e, "b", "6."), ERR_FORMAT);
	assert_int_equal(election_add_project(e, "b", "6.5"), OK);
	assert_int_equal(election_add_ballot(e, twice, 2, 1), ERR_CONFLICT);
	assert_int_equal(election_add_ballot(e, unknown, 1, 1), ERR_NOT_FOUND);
	assert_int_equal(election_add_ballot(e, good, 2, 0), ERR_LIMIT);
	assert_int_equal(
	    election_add_ballot(e, good, 2, ELECTION_MAX_VOTERS + 1ULL),
	    ERR_LIMIT);
	assert_int_equal(e->voters, 0);
	assert_int_equal(election_add_ballot(e, good, 2, 3), OK);
	assert_int_equal(election_add_ballot(e, good, 1, 2), OK);
	assert_int_equal(election_add_ballot(e, NULL, 0, 1), OK);
	assert_int_equal(election_add_ballot(e, good, 2, 4), OK);
	assert_int_equal(election_seal(e), OK);
	assert_int_equal(election_add_ballot(e, good, 2, 1), ERR_STATE);
	assert_int_equal(e->voters, 10);
	assert_int_equal(e->n_groups, 3);
	assert_int_equal(e->projects[0].score, 7);
	assert_int_equal(e->projects[1].votes, 9);
	election_free(e);
}

static void
nobody_voting_is_no_error(void **state)
{
	struct election *e = NULL;
	struct outcome *o = NULL;
	struct rule r;

	(void)state;
	assert_int_equal(election_new(&e, VOTES_APPROVAL, "10"), OK);
	assert_int_equal(election_add_project(e, "a", "5"), OK);
	assert_int_equal(rule_parse("mes-cost-add1", &r), OK);
	assert_int_equal(tally_run(e, &r, NULL, 0, &o), ERR_STATE);
	assert_int_equal(election_seal(e), OK);
	assert_int_equal(tally_run(e, &r, NULL, 0, &o), OK);
	assert_int_equal(o->n, 0);
	assert_int_equal(o->has_endowment, 0);
	tally_free(o);
	election_free(e);
}

/* ---- Against a second, slow and simple program ---- */

static uint64_t seed = 88172645463325252ULL;

/* xorshift64: the same elections in every run. */
static uint32_t
below(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)((seed >> 11) % n);
}

/**
 * points_of(e, g, p):
 * The utility of project ${p} for a voter of group ${g}.
 */
static uint32_t
points_of(const struct election *e, size_t g, size_t p)
{
	const struct support *s = e->supports + e->groups[g].first;
	uint32_t i;

	for (i = 0; i < e->groups[g].n; i++)
		if (s[i].project == p)
			return s[i].points;
	return 0;
}

/**
 * slow_price(e, money, p, rho):
 * The definition: the smallest rho at which all together pay the cost.
 */
static int
slow_price(const struct election *e, mpq_t *money, size_t p, mpq_t rho)
{
	uint8_t poor[64] = { 0 };
	mpq_t cost;
	mpq_t t;
	size_t g;
	int again = 1;
	unsigned long d;

	mpq_inits(cost, t, NULL);
	while (again) {
		again = 0;
		d = 0;
		mpq_set(cost, e->projects[p].cost);
		for (g = 0; g < e->n_groups; g++) {
			mpq_set_ui(t, e->groups[g].weight, 1);
			mpq_mul(t, t, money[g]);
			if (points_of(e, g, p) > 0 && poor[g])
				mpq_sub(cost, cost, t);
			else
				d += e->groups[g].weight * points_of(e, g, p);
		}
		if (d == 0)
			break;
		mpq_set_ui(t, d, 1);
		mpq_div(rho, cost, t);
		for (g = 0; g < e->n_groups; g++) {
			mpq_set_ui(t, points_of(e, g, p), 1);
			mpq_mul(t, t, rho);
			if (points_of(e, g, p) > 0 && !poor[g] &&
			    mpq_cmp(money[g], t) < 0)
				again = poor[g] = 1;
		}
	}
	mpq_clears(cost, t, NULL);
	return d > 0;
}

static size_t
slow_shares(const struct election *e, const uint32_t *rank, int effective,
    const mpq_t endowment, uint32_t *order)
{
	mpq_t money[64];
	uint8_t won[16] = { 0 };
	mpq_t rho;
	mpq_t key;
	mpq_t best_key;
	mpq_t best_rho;
	mpq_t t;
	size_t n = 0;
	size_t p;
	size_t g;
	size_t best;

	mpq_inits(rho, key, best_key, best_rho, t, NULL);
	for (g = 0; g < e->n_groups; g++) {
		mpq_init(money[g]);
		mpq_set(money[g], endowment);
	}
	for (;;) {
		best = e->n_projects;
		for (p = 0; p < e->n_projects; p++) {
			if (won[p] || !slow_price(e, money, p, rho))
				continue;
			mpq_set(key, rho);
			if (effective)
				mpq_div(key, key, e->projects[p].cost);
			if (best < e->n_projects &&
			    (mpq_cmp(key, best_key) > 0 ||
				(mpq_equal(key, best_key) &&
				    rank[p] > rank[best])))
				continue;
			best = p;
			mpq_set(best_key, key);
			mpq_set(best_rho, rho);
		}
		if (best == e->n_projects)
			break;
		won[best] = 1;
		order[n++] = (uint32_t)best;
		for (g = 0; g < e->n_groups; g++) {
			mpq_set_ui(t, points_of(e, g, best), 1);
			mpq_mul(t, t, best_rho);
			if (mpq_cmp(t, money[g]) > 0)
				mpq_set(t, money[g]);
			mpq_sub(money[g], money[g], t);
		}
	}
	for (g = 0; g < e->n_groups; g++)
		mpq_clear(money[g]);
	mpq_clears(rho, key, best_key, best_rho, t, NULL);
	return n;
}

/**
 * random_election(i):
 * Few and round numbers, so that equality is common; or huge ones, or tiny
 * differences, so that floating point cannot see them.
 */
static struct election *
random_election(int i)
{
	static const char *const costs[][4] = { { "1", "2", "3", "6" },
		{ "10", "12", "15", "20" },
		{ "999999999999999", "999999999999998", "333333333333333",
		    "0.000001" },
		{ "100", "100.000001", "100.000002", "33.333333" } };
	static const char *const budgets[] = { "12", "40", "999999999999999",
		"300" };
	struct election *e = NULL;
	struct support s[8];
	char id[8];
	size_t n;
	uint32_t projects = 1 + below(8);
	uint32_t ballots = 1 + below(20);
	uint32_t p;

	assert_int_equal(
	    election_new(&e, i % 2 == 0 ? VOTES_APPROVAL : VOTES_POINTS,
		budgets[i / 2 % 4]),
	    OK);
	for (p = 0; p < projects; p++) {
		(void)snprintf(id, sizeof(id), "p%u", p);
		assert_int_equal(
		    election_add_project(e, id, costs[i / 2 % 4][below(4)]),
		    OK);
	}
	while (ballots-- > 0) {
		n = 0;
		for (p = 0; p < projects; p++)
			if (below(2) == 0)
				s[n++] = (struct support){ p, below(4) };
		assert_int_equal(election_add_ballot(e, s, n,
				     1 + below(i % 3 == 0 ? 900000 : 3)),
		    OK);
	}
	assert_int_equal(election_seal(e), OK);
	return e;
}

static void
compare_runs(const struct election *e, int effective)
{
	struct mes *m = NULL;
	uint32_t rank[8];
	uint32_t fast[8];
	uint32_t slow[8];
	mpq_t endowment;
	mpq_t t;
	size_t n;
	size_t n_slow;
	uint32_t i;

	mpq_inits(endowment, t, NULL);
	for (i = 0; i < e->n_projects; i++)
		rank[i] = (i * 5 + 3) % 8; /* all different */
	assert_int_equal(mes_new(&m, e, rank, effective), OK);
	mpq_set_ui(t, e->voters, 1);
	mpq_div(endowment, e->budget, t);
	for (i = 0; i < 6; i++) {
		assert_int_equal(mes_run(m, endowment, fast, &n), OK);
		n_slow = slow_shares(e, rank, effective, endowment, slow);
		assert_int_equal(n, n_slow);
		assert_memory_equal(fast, slow, n * sizeof(*slow));
		mpq_set_ui(t, 2 + below(3), 1 + below(2));
		mpq_mul(endowment, endowment, t);
	}
	mes_free(m);
	mpq_clears(endowment, t, NULL);
}

static void
fast_and_slow_equal_shares_agree_on_random_elections(void **state)
{
	struct election *e;
	int i;

	(void)state;
	for (i = 0; i < 2000; i++) {
		e = random_election(i);
		compare_runs(e, i % 5 < 3);
		election_free(e);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_elections_come_out_as_counted_by_hand),
		cmocka_unit_test(a_lot_decides_between_equals),
		cmocka_unit_test(a_threshold_bars_low_scores),
		cmocka_unit_test(
		    a_rule_yields_where_more_voters_prefer_the_plain_method),
		cmocka_unit_test(of_exclusive_projects_one_wins),
		cmocka_unit_test(
		    a_free_winner_bars_its_group_before_anybody_pays),
		cmocka_unit_test(bad_arguments_get_a_sentence_and_status_2),
		cmocka_unit_test(every_listed_rule_parses_to_itself),
		cmocka_unit_test(an_election_refuses_what_is_not_a_ballot),
		cmocka_unit_test(nobody_voting_is_no_error),
		cmocka_unit_test(
		    fast_and_slow_equal_shares_agree_on_random_elections),
	};

	return cmocka_run_group_tests_name("tally", tests, NULL, NULL);
}
