#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pbset.h"
#include "rational.h"

/* How many results were compared, and how many differ. */
struct seen {
	int results;
	int wrong;
	int official;
	int official_same;
};

static void
skip_without_files(int n)
{
	if (n == 0) {
		print_message("skipped: no real elections in $SHARED/pb\n");
		skip();
	}
	assert_true(n > 0);
}

static void
differ(const struct pbset_case *c, struct seen *s, const char *what)
{
	s->wrong++;
	print_error("%s, rule %s: %s differs\n", c->path,
	    c->rule != NULL ? c->rule : "-", what);
}

static int
same_list(const struct pbset_case *c, const json_t *list,
    const uint32_t *projects, size_t n)
{
	const struct project *all = c->election->projects;
	size_t i;

	if (json_array_size(list) != n)
		return 0;
	for (i = 0; i < n; i++)
		if (strcmp(json_string_value(json_array_get(list, i)),
			all[projects[i]].id) != 0)
			return 0;
	return 1;
}

static void
compare_scores(const struct pbset_case *c, struct seen *s)
{
	const json_t *scores = json_object_get(c->file, "scores");
	char text[32];
	size_t i;

	if (c->election->voters !=
	    (uint64_t)json_integer_value(json_object_get(c->file, "num_votes")))
		differ(c, s, "num_votes");
	if (json_object_size(scores) != c->election->n_projects)
		differ(c, s, "the number of scores");
	for (i = 0; i < c->election->n_projects; i++) {
		(void)snprintf(text, sizeof(text), "%llu",
		    (unsigned long long)c->election->projects[i].score);
		if (strcmp(text, json_string_value(json_object_get(scores,
				     c->election->projects[i].id))) != 0)
			differ(c, s, "a score");
	}
}

static void
compare(const struct pbset_case *c, void *cookie)
{
	struct seen *s = cookie;
	struct outcome *o = NULL;
	const json_t *x;
	char *text;

	if (c->rule == NULL) {
		compare_scores(c, s);
		return;
	}
	s->results++;
	if (pbset_run(c, &o) != OK) {
		differ(c, s, "everything");
		return;
	}
	x = json_object_get(c->expected, "selected");
	if (!same_list(c, x, o->sorted, o->n))
		differ(c, s, "selected");
	x = json_object_get(c->expected, "order");
	if (x != NULL && !same_list(c, x, o->order, o->n))
		differ(c, s, "order");
	text = rational_text(o->cost);
	x = json_object_get(c->expected, "cost");
	if (strcmp(text, json_string_value(x)) != 0)
		differ(c, s, "cost");
	free(text);
	x = json_object_get(c->expected, "final_endowment");
	if (x != NULL &&
	    (!o->has_endowment ||
		mpq_cmp_si(o->endowment, (long)json_integer_value(x), 1) != 0))
		differ(c, s, "final_endowment");
	x = json_object_get(c->expected, "mes_runs");
	if (x != NULL && o->runs != (uint64_t)json_integer_value(x))
		differ(c, s, "mes_runs");
	tally_free(o);
}

static void
every_recorded_outcome_comes_out_equal(void **state)
{
	struct seen s = { 0 };

	(void)state;
	skip_without_files(pbset_each(compare, &s));
	print_message("%d results, %d differences\n", s.results, s.wrong);
	assert_int_equal(s.wrong, 0);
	assert_true(s.results > 0);
}

static void
compare_official(const struct pbset_case *c, void *cookie)
{
	struct seen *s = cookie;
	const json_t *official = json_object_get(c->file, "official_selected");
	const char *name =
	    json_string_value(json_object_get(c->file, "official_rule"));
	struct rule rule;
	struct outcome *o = NULL;

	if (c->rule != NULL || official == NULL || name == NULL ||
	    (strcmp(name, "greedy-no-skip") != 0 &&
		strcmp(name, "greedy-threshold") != 0))
		return;
	assert_int_equal(rule_parse(name, &rule), OK);
	if (pb_meta_number(
		c->pb, "min_project_score_threshold", &rule.min_score) != OK)
		rule.min_score = 0;
	assert_int_equal(tally_run(c->election, &rule, NULL, 0, &o), OK);
	s->official++;
	if (same_list(c, official, o->sorted, o->n))
		s->official_same++;
	else
		print_message("%s: %s differs from the official winners\n",
		    c->path, name);
	tally_free(o);
}

static void
the_greedy_variants_give_the_official_winners(void **state)
{
	struct seen s = { 0 };

	(void)state;
	skip_without_files(pbset_each(compare_official, &s));
	assert_true(s.official > 0);
	assert_int_equal(s.official_same, s.official);
}

static void
rising_endowments_take_a_twentieth_of_the_recorded_time(void **state)
{
	double own = 0;
	double recorded = 0;
	int n = pbset_add1(&own, &recorded);

	(void)state;
	skip_without_files(n);
	print_message("mes_add1: %d results, %.3f s, recorded %.3f s, "
		      "ratio %.4f\n",
	    n, own, recorded, own / recorded);
#ifdef __OPTIMIZE__
#ifndef __SANITIZE_ADDRESS__
	assert_true(own <= 0.05 * recorded);
#endif
#endif
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_recorded_outcome_comes_out_equal),
		cmocka_unit_test(the_greedy_variants_give_the_official_winners),
		cmocka_unit_test(
		    rising_endowments_take_a_twentieth_of_the_recorded_time),
	};

	return cmocka_run_group_tests_name("tally_pb", tests, NULL, NULL);
}
