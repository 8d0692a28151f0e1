#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "explain.h"
#include "explain_text.h"
#include "json.h"
#include "pb_read.h"
#include "pbset.h"
#include "rational.h"
#include "result.h"
#include "sample.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- A file, tallied and explained ---- */

struct told {
	struct pb *pb;
	struct election *e;
	struct rule rule;
	struct outcome *o;
	json_t *why;
};

/* ${exclusive}: pairs of indexes, may be NULL. */
static struct told
tell(const char *path, const char *rule, int compare,
    const uint32_t exclusive[2])
{
	static struct pb_report report;
	struct told t = { 0 };
	struct explain_question q = { 0 };

	memset(&report, 0, sizeof(report));
	if (pb_read_file(path, &t.pb, &report) != OK)
		fail_msg("%s cannot be read", path);
	assert_int_equal(pb_election(t.pb, &t.e), OK);
	assert_int_equal(rule_parse(rule, &t.rule), OK);
	if (exclusive != NULL)
		assert_int_equal(election_add_exclusive(t.e, exclusive, 2), OK);
	t.rule.compare = compare;
	assert_int_equal(tally_run(t.e, &t.rule, NULL, 0, &t.o), OK);
	q.e = t.e;
	q.rule = &t.rule;
	q.outcome = t.o;
	assert_int_equal(explain_outcome(&q, &t.why), OK);
	return t;
}

static void
forget(struct told *t)
{
	json_decref(t->why);
	tally_free(t->o);
	election_free(t->e);
	pb_free(t->pb);
}

static const char *
text(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s != NULL ? s : "";
}

static const json_t *
by_id(const json_t *list, const char *id)
{
	const json_t *o;
	size_t i;

	json_array_foreach(list, i, o)
	{
		if (strcmp(text(o, "id"), id) == 0)
			return o;
	}
	return NULL;
}

/* What ${o} says, as compact text. */
static void
says(const json_t *o, const char *want)
{
	char *got = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);

	assert_non_null(got);
	assert_string_equal(got, want);
	free(got);
}

/* ---- The two worked examples ---- */

static void
the_bike_path_example_comes_out(void **state)
{
	struct told t = tell("tests/pb/eleven.pb", "mes-cost", 0, NULL);
	const json_t *projects = json_object_get(t.why, "projects");

	(void)state;
	/* bike at 100 each; playground 50 each; library 100/3 each */
	says(json_object_get(t.why, "payments"),
	    "[{\"average\":\"100\",\"effective\":\"7\",\"id\":\"bike\","
	    "\"max\":\"100\",\"min\":\"100\",\"part\":0,\"payers\":7,"
	    "\"round\":1},"
	    "{\"average\":\"50\",\"effective\":\"4\",\"id\":\"playground\","
	    "\"max\":\"50\",\"min\":\"50\",\"part\":0,\"payers\":4,"
	    "\"round\":2},"
	    "{\"average\":\"100/3\",\"effective\":\"3\",\"id\":\"library\","
	    "\"max\":\"100/3\",\"min\":\"100/3\",\"part\":0,\"payers\":3,"
	    "\"round\":3}]");
	/* 50/3, 50, 50/3, 50/3 */
	assert_string_equal(text(t.why, "unspent"), "100");
	/* bike took all from the gym's six and from three of the park's */
	says(by_id(projects, "gym"),
	    "{\"fate\":\"money\",\"id\":\"gym\",\"left\":\"0\",\"round\":2,"
	    "\"support\":\"85\",\"taken\":[{\"id\":\"bike\",\"money\":\"600\","
	    "\"voters\":6}]}");
	/* at the bike's 7 votes its 5 would pay 5/7; later only two have money
	 */
	says(by_id(projects, "park"),
	    "{\"fate\":\"money\",\"id\":\"park\",\"left\":\"200\",\"round\":2,"
	    "\"support\":\"71\",\"taken\":[{\"id\":\"bike\",\"money\":\"300\","
	    "\"voters\":3}]}");
	forget(&t);
}

static void
the_gym_example_comes_out(void **state)
{
	struct told t = tell("tests/pb/eleven_gym.pb", "mes-cost", 0, NULL);
	const json_t *projects = json_object_get(t.why, "projects");
	const json_t *rounds = json_object_get(t.why, "rounds");

	(void)state;
	says(json_object_get(t.why, "payments"),
	    "[{\"average\":\"400/7\",\"effective\":\"7\",\"id\":\"gym\","
	    "\"max\":\"400/7\",\"min\":\"400/7\",\"part\":0,\"payers\":7,"
	    "\"round\":1},"
	    "{\"average\":\"50\",\"effective\":\"70/17\",\"id\":\"park\","
	    "\"max\":\"425/7\",\"min\":\"300/7\",\"part\":3,\"payers\":5,"
	    "\"round\":2},"
	    "{\"average\":\"50\",\"effective\":\"56/17\","
	    "\"id\":\"playground\",\"max\":\"425/7\",\"min\":\"275/7\","
	    "\"part\":2,\"payers\":4,\"round\":3}]");
	/* six hold 600 at the start, 700 / 100 would have been enough */
	says(by_id(projects, "bike"),
	    "{\"fate\":\"votes\",\"id\":\"bike\",\"needed\":\"7\","
	    "\"support\":\"85\"}");
	/* three voters at the playground's 100 / (56/17) each: 91 % */
	says(by_id(projects, "library"),
	    "{\"fate\":\"money\",\"id\":\"library\",\"left\":\"275/7\","
	    "\"round\":4,\"support\":\"91\",\"taken\":["
	    "{\"id\":\"playground\",\"money\":\"975/7\",\"voters\":3},"
	    "{\"id\":\"park\",\"money\":\"850/7\",\"voters\":2}]}");
	assert_int_equal(json_array_size(rounds), 4);
	says(json_array_get(rounds, 1),
	    "{\"projects\":["
	    "{\"effective\":\"70/17\",\"id\":\"park\",\"money\":\"2300/7\"},"
	    "{\"effective\":\"4\",\"id\":\"playground\",\"money\":\"400\"},"
	    "{\"effective\":\"3\",\"id\":\"library\",\"money\":\"300\"}],"
	    "\"winner\":\"park\"}");
	says(json_array_get(rounds, 3),
	    "{\"projects\":[{\"effective\":\"0\",\"id\":\"library\","
	    "\"money\":\"275/7\"}]}");
	/* 1-6 have one or two, 7 and 10 two; nobody has none */
	says(json_object_get(json_object_get(t.why, "fairness"), "outcome"),
	    "{\"average_money\":\"4850/11\",\"average_winners\":\"16/11\","
	    "\"cost\":\"850\",\"excluded\":0,\"gini_money\":\"18/97\","
	    "\"gini_winners\":\"15/88\",\"histogram\":[0,6,5],"
	    "\"leftover\":\"250\",\"more\":0,\"score\":\"16\","
	    "\"spread\":\"2561250/5929\"}");
	forget(&t);
}

/* ---- Other methods, other fates ---- */

static void
a_greedy_walk_is_told_step_by_step(void **state)
{
	const uint32_t both[] = { 0, 1 }; /* bike and gym */
	struct told t = tell("tests/pb/eleven.pb", "greedy-no-skip", 0, both);

	(void)state;
	says(json_object_get(t.why, "walk"),
	    "[{\"fate\":\"selected\",\"id\":\"bike\",\"left\":\"1100\"},"
	    "{\"fate\":\"barred\",\"id\":\"gym\",\"left\":\"400\"},"
	    "{\"fate\":\"selected\",\"id\":\"park\",\"left\":\"400\"},"
	    "{\"fate\":\"too_dear\",\"id\":\"playground\",\"left\":\"150\"}]");
	says(json_object_get(t.why, "projects"),
	    "[{\"fate\":\"selected\",\"id\":\"bike\"},"
	    "{\"by\":\"bike\",\"fate\":\"barred\",\"id\":\"gym\"},"
	    "{\"fate\":\"selected\",\"id\":\"park\"},"
	    "{\"fate\":\"too_dear\",\"id\":\"playground\",\"left\":\"150\"},"
	    "{\"by\":\"playground\",\"fate\":\"after_end\","
	    "\"id\":\"library\"}]");
	forget(&t);
}

static void
phragmen_tells_times_and_why_it_ended(void **state)
{
	struct told t = tell("tests/pb/eleven.pb", "phragmen", 0, NULL);
	const json_t *rounds = json_object_get(t.why, "rounds");

	(void)state;
	/* at 100/3, 190/3, 90, 295/3; then the bike path's 700 do not fit:
	 * (700 + 6 * 295/3) / 7 */
	says(json_array_get(rounds, 0),
	    "{\"left\":\"1100\",\"projects\":["
	    "{\"id\":\"bike\",\"time\":\"100\"},"
	    "{\"id\":\"gym\",\"time\":\"200/3\"},"
	    "{\"id\":\"park\",\"time\":\"50\"},"
	    "{\"id\":\"playground\",\"time\":\"50\"},"
	    "{\"id\":\"library\",\"time\":\"100/3\"}],"
	    "\"winner\":\"library\"}");
	says(json_array_get(json_object_get(t.why, "projects"), 0),
	    "{\"by\":\"bike\",\"fate\":\"stopped\",\"id\":\"bike\","
	    "\"left\":\"150\",\"time\":\"1290/7\"}");
	assert_string_equal(text(json_array_get(rounds, 4), "misfit"), "bike");
	/* voter 11 has no winner */
	says(json_array_get(json_object_get(t.why, "loads"), 0),
	    "{\"load\":\"0\",\"voters\":1}");
	forget(&t);
}

static void
phragmen_stops_at_a_tie_that_does_not_fit(void **state)
{
	/* All are due at 10; the dear one does not fit after the first, though
	 * the third would. */
	const char *const costs[] = { "10", "20" };
	const struct support first = { 0, 0 }, second = { 1, 0 },
			     third = { 2, 0 };
	struct election *e = NULL;
	struct outcome *o = NULL;
	struct rule rule;
	struct explain_question q = { 0 };
	json_t *why = NULL;
	size_t i;

	(void)state;
	assert_int_equal(election_new(&e, VOTES_APPROVAL, "20"), OK);
	for (i = 0; i < COUNT(costs); i++)
		assert_int_equal(election_add_project(
				     e, i == 0 ? "cheap" : "dear", costs[i]),
		    OK);
	assert_int_equal(election_add_project(e, "third", "10"), OK);
	assert_int_equal(election_add_ballot(e, &first, 1, 1), OK);
	assert_int_equal(election_add_ballot(e, &second, 1, 2), OK);
	assert_int_equal(election_add_ballot(e, &third, 1, 1), OK);
	assert_int_equal(election_seal(e), OK);
	assert_int_equal(rule_parse("phragmen", &rule), OK);
	assert_int_equal(tally_run(e, &rule, NULL, 0, &o), OK);
	/* each fits alone, so the cheapest goes first; then it ends */
	assert_int_equal(o->n, 1);
	assert_int_equal(o->order[0], 0);
	q.e = e;
	q.rule = &rule;
	q.outcome = o;
	assert_int_equal(explain_outcome(&q, &why), OK);
	says(json_object_get(why, "projects"),
	    "[{\"fate\":\"selected\",\"id\":\"cheap\",\"time\":\"10\"},"
	    "{\"by\":\"dear\",\"fate\":\"stopped\",\"id\":\"dear\","
	    "\"left\":\"10\",\"time\":\"10\"},"
	    "{\"by\":\"dear\",\"fate\":\"stopped\",\"id\":\"third\","
	    "\"left\":\"10\",\"time\":\"10\"}]");
	json_decref(why);
	tally_free(o);
	election_free(e);
}

static void
odd_projects_have_odd_fates(void **state)
{
	struct told t = tell("tests/pb/odd.pb", "mes-cost-u", 0, NULL);

	(void)state;
	says(json_object_get(t.why, "projects"),
	    "[{\"fate\":\"free\",\"id\":\"free\"},"
	    "{\"fate\":\"withdrawn\",\"id\":\"gone\"},"
	    "{\"fate\":\"filled\",\"id\":\"one\",\"support\":\"98\"},"
	    "{\"fate\":\"filled\",\"id\":\"two\",\"support\":\"67\"},"
	    "{\"fate\":\"unsupported\",\"id\":\"none\",\"support\":\"0\"}]");
	says(json_object_get(t.why, "fill"),
	    "[{\"fate\":\"withdrawn\",\"id\":\"gone\",\"left\":\"21/2\"},"
	    "{\"fate\":\"selected\",\"id\":\"one\",\"left\":\"21/2\"},"
	    "{\"fate\":\"selected\",\"id\":\"two\",\"left\":\"25/4\"},"
	    "{\"fate\":\"too_dear\",\"id\":\"none\",\"left\":\"0\"}]");
	forget(&t);
}

static void
after_a_lost_comparison_the_plain_walk_is_explained(void **state)
{
	struct told t = tell("tests/pb/eleven.pb", "mes-cost", 1, NULL);

	(void)state;
	assert_string_equal(text(t.why, "method"), "greedy");
	assert_true(json_equal(
	    json_object_get(json_object_get(t.why, "fairness"), "outcome"),
	    json_object_get(json_object_get(t.why, "fairness"), "plain")));
	forget(&t);
}

static void
a_brief_one_has_no_tables_and_lists_of_three(void **state)
{
	struct told t = tell("tests/pb/eleven_gym.pb", "mes-cost", 0, NULL);
	struct explain_question q = {
		.e = t.e, .rule = &t.rule, .outcome = t.o, .max_rows = 13
	};
	const char taken[] =
	    "{\"id\":\"x\",\"taken\":[{\"money\":\"4\"},"
	    "{\"money\":\"3\"},{\"money\":\"2\"},{\"money\":\"1/2\"},"
	    "{\"money\":\"1/3\"}]}";
	json_t *p = json_loads(taken, 0, NULL);
	json_t *why = NULL;
	struct buf b = { 0 };

	(void)state;
	/* 4 rounds, 4 + 3 + 2 + 1 projects */
	assert_int_equal(explain_outcome(&q, &why), OK);
	assert_null(json_object_get(why, "rounds"));
	assert_int_equal(json_object_size(why), 5);
	assert_int_equal(explain_shorten(t.why), OK);
	assert_true(json_equal(why, t.why));
	assert_int_equal(json_canonical_put(&b, t.why), OK);
	json_decref(why);
	q.max_rows = 14;
	assert_int_equal(explain_outcome(&q, &why), OK);
	assert_non_null(json_object_get(why, "rounds"));
	json_array_append(json_object_get(why, "projects"), p);
	assert_int_equal(explain_shorten(why), OK);
	says(p, "{\"id\":\"x\",\"rest\":\"5/6\",\"taken\":["
		"{\"money\":\"4\"},{\"money\":\"3\"},{\"money\":\"2\"}]}");
	json_decref(p);
	json_decref(why);
	buf_free(&b);
	forget(&t);
}

/**
 * put_with(f, t, bytes):
 * Put a document that has ${bytes} already; return what explanation it got: 2
 * the full one, 1 the brief one, 0 none.
 */
static int
put_with(const struct form *f, const struct told *t, size_t bytes)
{
	struct buf b = { 0 };
	json_t *doc = NULL;
	char *pad = malloc(bytes + 1);
	json_t *why;
	int got;

	assert_non_null(pad);
	memset(pad, 'x', bytes);
	pad[bytes] = '\0';
	doc = json_pack("{s:s}", "pad", pad);
	assert_non_null(doc);
	assert_int_equal(result_put(f, t->e, t->o, doc, &b), OK);
	json_decref(doc);
	assert_int_equal(json_read_document(buf_slice(&b), &doc, NULL), OK);
	why = json_object_get(doc, "explain");
	got = why == NULL ? 0 : json_object_get(why, "rounds") == NULL ? 1 : 2;
	json_decref(doc);
	buf_free(&b);
	free(pad);
	return got;
}

static void
a_result_has_the_longest_explanation_it_has_room_for(void **state)
{
	struct told t = tell("tests/pb/eleven_gym.pb", "mes-cost", 0, NULL);
	json_t *doc =
	    sample_form(NULL, "{\"max\":3,\"max_cost\":\"\",\"min\":1,"
			      "\"min_cost\":\"\",\"type\":\"bitmap\"}");
	struct form *f = NULL;
	struct buf full = { 0 }, brief = { 0 }, b = { 0 };
	/* {"explain":...,"pad":""} */
	const size_t frame = strlen("{\"explain\":,\"pad\":\"\"}");

	(void)state;
	sample_edit(doc, "rule.id", "\"mes-cost\"");
	sample_text(doc, &b);
	assert_int_equal(form_parse(buf_slice(&b), NULL, &f, NULL), OK);
	/* The form has other ids than the election, and five options, too. */
	assert_int_equal(f->n_options, t.e->n_projects);
	assert_int_equal(json_canonical_put(&full, t.why), OK);
	json_object_del(t.why, "rounds");
	assert_int_equal(json_canonical_put(&brief, t.why), OK);
	assert_int_equal(put_with(f, &t, DOCUMENT_MAX - full.n - frame), 2);
	assert_int_equal(put_with(f, &t, DOCUMENT_MAX - full.n - frame + 1), 1);
	assert_int_equal(put_with(f, &t, DOCUMENT_MAX - brief.n - frame), 1);
	assert_int_equal(
	    put_with(f, &t, DOCUMENT_MAX - brief.n - frame + 1), 0);
	form_free(f);
	json_decref(doc);
	buf_free(&full);
	buf_free(&brief);
	buf_free(&b);
	forget(&t);
}

/* ---- What must hold everywhere ---- */

static void
add_text(mpq_t sum, const char *number)
{
	mpq_t t;

	mpq_init(t);
	assert_int_equal(mpq_set_str(t, number, 10), 0);
	mpq_add(sum, sum, t);
	mpq_clear(t);
}

/**
 * money_adds_up(t):
 * Of each project that fell short, what was taken and what was left is what its
 * supporters had; all that was paid and what is unspent is all there was.
 */
static void
money_adds_up(const struct told *t)
{
	const json_t *p;
	const json_t *row;
	size_t i;
	size_t k;
	mpq_t sum;
	mpq_t want;

	mpq_inits(sum, want, NULL);
	json_array_foreach(json_object_get(t->why, "projects"), i, p)
	{
		if (strcmp(text(p, "fate"), "money") != 0)
			continue;
		mpq_set_ui(sum, 0, 1);
		add_text(sum, text(p, "left"));
		if (text(p, "rest")[0] != '\0')
			add_text(sum, text(p, "rest"));
		json_array_foreach(json_object_get(p, "taken"), k, row)
		{
			add_text(sum, text(row, "money"));
		}
		mpq_set_ui(want, t->e->projects[i].votes, 1);
		mpq_mul(want, want, t->o->endowment);
		assert_true(mpq_equal(sum, want));
	}
	mpq_set_ui(sum, 0, 1);
	add_text(sum, text(t->why, "unspent"));
	for (i = 0; i < t->o->n_run; i++)
		mpq_add(sum, sum, t->e->projects[t->o->order[i]].cost);
	mpq_set_ui(want, t->e->voters, 1);
	mpq_mul(want, want, t->o->endowment);
	assert_true(mpq_equal(sum, want));
	mpq_clears(sum, want, NULL);
}

/**
 * best_goes_first(t):
 * In each round the winner has the most effective votes.
 */
static void
best_goes_first(const struct told *t)
{
	const json_t *round;
	const json_t *p;
	const json_t *w;
	size_t i;
	size_t k;
	mpq_t best;
	mpq_t evc;

	mpq_inits(best, evc, NULL);
	json_array_foreach(json_object_get(t->why, "rounds"), i, round)
	{
		w = by_id(
		    json_object_get(round, "projects"), text(round, "winner"));
		if (w == NULL)
			continue;
		assert_int_equal(
		    mpq_set_str(best, text(w, "effective"), 10), 0);
		json_array_foreach(json_object_get(round, "projects"), k, p)
		{
			mpq_set_str(evc, text(p, "effective"), 10);
			assert_true(mpq_cmp(evc, best) <= 0);
		}
	}
	mpq_clears(best, evc, NULL);
}

static void
every_small_election_is_explained_by_every_rule_that_fits(void **state)
{
	static const struct {
		const char *file;
		const char *rules[5];
	} rows[] = {
		{ "eleven", { "mes-cost-add1", "mes-card-u",
				"greedy-votes-per-cost", "phragmen" } },
		{ "eleven_gym", { "mes-cost-add1", "mes-card-add1-nostop",
				    "greedy-no-skip" } },
		{ "all_of_it", { "mes-cost", "mes-card-int-add1u" } },
		{ "equal", { "mes-cost", "phragmen", "greedy-votes" } },
		{ "odd", { "mes-cost-add1", "mes-card-int-add1-nostop-u" } },
		{ "points", { "mes-points-add1", "mes-costpoints" } },
		{ "ranking", { "mes-rank-add1", "mes-costrank-u" } },
	};
	FILE *f = tmpfile();
	struct told t;
	char path[64];
	size_t i;
	size_t k;

	(void)state;
	assert_non_null(f);
	for (i = 0; i < COUNT(rows); i++) {
		for (k = 0; rows[i].rules[k] != NULL; k++) {
			(void)snprintf(
			    path, sizeof(path), "tests/pb/%s.pb", rows[i].file);
			t = tell(path, rows[i].rules[k], 0, NULL);
			if (t.rule.method == RULE_SHARES)
				money_adds_up(&t);
			if (t.rule.key == RULE_BY_EFFECTIVE)
				best_goes_first(&t);
			explain_text_print(t.why, f);
			forget(&t);
		}
	}
	assert_true(ftell(f) > 1000);
	fclose(f);
}

/* ---- The official report of Wieliczka ---- */

static json_t *
golden(void)
{
	json_t *j = json_load_file(
	    pbset_path("golden/wieliczka_2023_official.json"), 0, NULL);

	if (j == NULL) {
		print_message(
		    "%s is not there: skipped\n", "$SHARED/pb/golden");
		skip();
	}
	return j;
}

/* The printed number, rounded to the nearest with two decimals. */
static void
same_rounded(const char *exact, const char *printed)
{
	char *s = rational_rounded(exact, 2);

	assert_non_null(s);
	assert_string_equal(s, printed);
	free(s);
}

/* The printed whole number, truncated. */
static void
same_truncated(const char *exact, json_int_t printed)
{
	mpz_t z;
	mpq_t q;

	mpq_init(q);
	mpz_init(z);
	assert_int_equal(mpq_set_str(q, exact, 10), 0);
	mpz_fdiv_q(z, mpq_numref(q), mpq_denref(q));
	assert_int_equal(mpz_get_si(z), printed);
	mpz_clear(z);
	mpq_clear(q);
}

/**
 * same_round(t, no, official):
 * Hold our round ${no} against the report's, cell by cell: return how many.
 */
static int
same_round(const struct told *t, size_t no, const json_t *official)
{
	const json_t *round =
	    json_array_get(json_object_get(t->why, "rounds"), no);
	const json_t *live = json_object_get(round, "projects");
	const json_t *paid = json_object_get(t->why, "payments");
	const char *id;
	const json_t *row;
	const json_t *p;
	json_int_t printed;
	size_t past = 0;
	int cells = 0;

	assert_string_equal(text(round, "winner"), text(official, "select"));
	json_object_foreach(json_object_get(official, "rows"), id, row)
	{
		printed = json_integer_value(
		    json_object_get(row, "supporters_budget"));
		p = by_id(live, id);
		cells++;
		if (p != NULL) {
			same_rounded(
			    text(p, "effective"), text(row, "eff_vote_count"));
			same_truncated(text(p, "money"), printed);
			assert_int_equal(strcmp(text(p, "effective"), "0") == 0,
			    strcmp(text(row, "mark"), "unaffordable") == 0);
			continue;
		}
		/* a past winner keeps its count and shows its cost */
		p = by_id(paid, id);
		assert_non_null(p);
		past++;
		same_rounded(text(p, "effective"), text(row, "eff_vote_count"));
		assert_int_equal(
		    printed, json_integer_value(json_object_get(row, "cost")));
	}
	assert_int_equal(past, no);
	assert_int_equal(
	    json_object_size(json_object_get(official, "rows")) - past,
	    json_array_size(live));
	return cells;
}

static void
check_phase_one(const struct told *t, const json_t *report)
{
	const json_t *phase = json_object_get(report, "phase1");
	const json_t *row;
	const json_t *p;
	size_t removed = 0;
	size_t i;

	assert_int_equal(json_object_size(phase), t->e->n_projects);
	json_array_foreach(json_object_get(t->why, "projects"), i, p)
	{
		row = json_object_get(phase, text(p, "id"));
		assert_int_equal(t->e->projects[i].votes,
		    json_integer_value(json_object_get(row, "votes")));
		assert_int_equal(strcmp(text(p, "fate"), "votes") == 0,
		    json_is_true(json_object_get(row, "removed")));
		removed += json_is_true(json_object_get(row, "removed"));
	}
	assert_int_equal(removed, 21);
}

static void
check_order(const struct told *t, const json_t *list, const struct outcome *o)
{
	size_t i;

	assert_int_equal(json_array_size(list), o->n);
	for (i = 0; i < o->n; i++)
		assert_string_equal(json_string_value(json_array_get(list, i)),
		    t->e->projects[o->order[i]].id);
}

static void
check_comparison(const struct told *t, const json_t *report)
{
	const json_t *c = json_object_get(report, "comparison");

	check_order(t, json_object_get(c, "outcome_A_mes"), t->o);
	check_order(t, json_object_get(c, "outcome_B_majoritarian"),
	    t->o->comparison->lost);
	assert_int_equal(t->o->comparison->rule,
	    json_integer_value(json_object_get(c, "prefer_A")));
	assert_int_equal(t->o->comparison->plain,
	    json_integer_value(json_object_get(c, "prefer_B")));
	assert_int_equal(t->o->comparison->equal,
	    json_integer_value(json_object_get(c, "equal")));
	assert_false(t->o->comparison->plain_won);
}

static void
the_official_report_of_wieliczka_comes_out_number_for_number(void **state)
{
	json_t *report = golden();
	const json_t *rounds = json_object_get(report, "rounds");
	const json_t *supports =
	    json_object_get(report, "effective_support_percent_published");
	struct timespec from, to;
	struct told t;
	const json_t *percent;
	const char *id;
	char *endowment;
	char want[32];
	double seconds;
	size_t i;
	int cells = 0;

	(void)state;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	t = tell(pbset_path("Poland_Wieliczka_2023_Green_Budget.pb"),
	    "mes-cost-add1-nostop", 1, NULL);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	seconds = (double)(to.tv_sec - from.tv_sec) +
		  (double)(to.tv_nsec - from.tv_nsec) / 1e9;
	/* Phase 1 prints 312.84; all numbers of phase 2 are those of 315.84 */
	endowment = rational_text(t.o->endowment);
	assert_string_equal(endowment, "1040052/3293");
	free(endowment);
	check_phase_one(&t, report);
	assert_int_equal(json_array_size(rounds), 30);
	assert_int_equal(json_array_size(json_object_get(t.why, "rounds")), 30);
	for (i = 0; i < 30; i++)
		cells += same_round(&t, i, json_array_get(rounds, i));
	check_comparison(&t, report);
	json_object_foreach((json_t *)(uintptr_t)supports, id, percent)
	{
		(void)snprintf(want, sizeof(want), "%" JSON_INTEGER_FORMAT,
		    json_integer_value(percent));
		assert_string_equal(
		    text(by_id(json_object_get(t.why, "projects"), id),
			"support"),
		    want);
	}
	assert_int_equal(json_object_size(supports), 54);
	money_adds_up(&t);
	best_goes_first(&t);
	print_message("%d cells of 30 rounds, %zu supports, in %.2f s\n", cells,
	    json_object_size(supports), seconds);
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
	assert_true(seconds < 2);
#endif
	forget(&t);
	json_decref(report);
}

/* ---- Figures recorded by another program ---- */

struct figures {
	int n;
	int wrong;
};

static int
same_figure(const char *exact, const json_t *recorded)
{
	mpq_t a;
	mpq_t b;
	int same;

	mpq_inits(a, b, NULL);
	assert_int_equal(mpq_set_str(a, exact, 10), 0);
	if (json_is_string(recorded)) {
		assert_int_equal(
		    mpq_set_str(b, json_string_value(recorded), 10), 0);
		mpq_canonicalize(b);
		same = mpq_equal(a, b);
	} else {
		mpq_set_d(b, json_number_value(recorded));
		mpq_sub(a, a, b);
		same = mpq_get_d(a) < 1e-9 && mpq_get_d(a) > -1e-9;
	}
	mpq_clears(a, b, NULL);
	return same;
}

static void
compare_figures(const struct pbset_case *c, void *cookie)
{
	static const char *const names[][2] = {
		{ "average_winners", "avg_cardinality" },
		{ "average_money", "avg_cost" },
		{ "gini_winners", "gini_cardinality" },
		{ "gini_money", "gini_cost" },
	};
	struct figures *f = cookie;
	struct explain_question q = { 0 };
	const json_t *stats = json_object_get(c->file, "stats_pabutools");
	const json_t *ours;
	json_t *why = NULL;
	struct outcome *o = NULL;
	struct rule rule;
	char key[64];
	char *at;
	size_t i;

	if (c->rule == NULL)
		return;
	(void)snprintf(key, sizeof(key), "%s", c->rule);
	for (at = key; *at != '\0'; at++)
		if (*at == '-')
			*at = '_';
	stats = json_object_get(stats, key);
	if (stats == NULL || rule_parse(c->rule, &rule) != OK ||
	    pbset_run(c, &o) != OK)
		return;
	q.e = c->election;
	q.rule = &rule;
	q.outcome = o;
	assert_int_equal(explain_outcome(&q, &why), OK);
	ours = json_object_get(json_object_get(why, "fairness"), "outcome");
	for (i = 0; i < COUNT(names); i++) {
		f->n++;
		if (same_figure(text(ours, names[i][0]),
			json_object_get(stats, names[i][1])))
			continue;
		f->wrong++;
		print_error("%s, %s: %s is %s\n", c->path, c->rule, names[i][0],
		    text(ours, names[i][0]));
	}
	json_decref(why);
	tally_free(o);
}

static void
fairness_figures_equal_the_recorded_ones(void **state)
{
	struct figures f = { 0 };
	int n = pbset_each(compare_figures, &f);

	(void)state;
	if (n == 0) {
		print_message("skipped: no real elections in $SHARED/pb\n");
		skip();
	}
	assert_true(n > 0);
	print_message("%d figures, %d differences\n", f.n, f.wrong);
	assert_int_equal(f.wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bike_path_example_comes_out),
		cmocka_unit_test(the_gym_example_comes_out),
		cmocka_unit_test(a_greedy_walk_is_told_step_by_step),
		cmocka_unit_test(phragmen_tells_times_and_why_it_ended),
		cmocka_unit_test(phragmen_stops_at_a_tie_that_does_not_fit),
		cmocka_unit_test(odd_projects_have_odd_fates),
		cmocka_unit_test(
		    after_a_lost_comparison_the_plain_walk_is_explained),
		cmocka_unit_test(a_brief_one_has_no_tables_and_lists_of_three),
		cmocka_unit_test(
		    a_result_has_the_longest_explanation_it_has_room_for),
		cmocka_unit_test(
		    every_small_election_is_explained_by_every_rule_that_fits),
		cmocka_unit_test(
		    the_official_report_of_wieliczka_comes_out_number_for_number),
		cmocka_unit_test(fairness_figures_equal_the_recorded_ones),
	};

	return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
