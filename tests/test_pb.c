#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pb_read.h"
#include "pb_write.h"
#include "pbset.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define META_FOR(type, projects, votes)                                      \
	"META\nkey;value\ndescription;d\ncountry;c\nunit;u\ninstance;2025\n" \
	"num_projects;" projects "\nnum_votes;" votes "\nbudget;100\n"       \
	"vote_type;" type "\nrule;greedy\ndate_begin;2025\ndate_end;2025\n"
/* the first line after META_FOR is 14 */
#define TWO "PROJECTS\nproject_id;cost\na;10\nb;20\n"

static struct pb_report report;

static struct pb *
read_good(const char *text)
{
	struct pb *pb = NULL;
	enum err r = pb_read_text(slice_str(text), &pb, &report);

	if (r != OK)
		pb_report_print(&report, "text", stderr);
	assert_int_equal(r, OK);
	return pb;
}

static void
every_written_form_is_read(void **state)
{
	struct pb *pb;
	uint64_t n;

	(void)state;
	pb = read_good(
	    "\xef\xbb\xbfmeta\r\nKey;Value\r\n\r\ndescription;\"a; "
	    "\"\"b\"\"\"\r\n"
	    "country;c\r\nunit;u\r\ninstance;2025\r\nNum_Projects;2\r\n"
	    "num_votes;3\r\nbudget;100,50\r\nvote_type;approval\r\n"
	    "rule;greedy\r\ndate_begin;2025\r\ndate_end;2025\r\n"
	    "comment;None\r\nfancy;1\r\nProjects\r\n"
	    "name;cost;project_id;selected;category\r\n"
	    "Łąka;10,5;\" BO.1/23 \";1;none\r\n"
	    "\"a\r\nb\";20.50;2;0;x\r\n"
	    "VOTES\r\nsex;vote;voter_id\r\nF;2, BO.1/23;v1\r\nM;;v2\r\n"
	    "O;\"2\";v3");
	assert_int_equal(report.warnings, 0);
	assert_string_equal(pb_meta(pb, "description"), "a; \"b\"");
	assert_string_equal(pb_meta(pb, "budget"), "100.50");
	assert_string_equal(pb_meta(pb, "fancy"), "1");
	assert_null(pb_meta(pb, "comment"));
	assert_int_equal(pb_meta_number(pb, "num_votes", &n), OK);
	assert_int_equal(n, 3);
	assert_int_equal(pb->n_projects, 2);
	assert_string_equal(pb->projects[0].id, "BO.1/23");
	assert_string_equal(pb->projects[0].cost, "10.5");
	assert_string_equal(pb->projects[0].name, "Łąka");
	assert_null(pb->projects[0].category);
	assert_int_equal(pb->projects[0].selected, 1);
	assert_int_equal(pb->projects[0].votes, -1);
	assert_string_equal(pb->projects[1].name, "a\r\nb");
	assert_int_equal(pb->projects[1].line, 20);
	assert_int_equal(pb->n_votes, 3);
	assert_int_equal(pb->votes[0].n, 2);
	assert_int_equal(pb->choices[0].project, 1);
	assert_int_equal(pb->choices[1].project, 0);
	assert_int_equal(pb->votes[1].n, 0);
	pb_free(pb);
}

static const struct broken {
	const char *text;
	size_t line;
	const char *says;
} broken[] = {
	{ "", 1, "ends before the ballots" },
	{ "PROJECTS\n", 1, "each once" },
	{ "x\n", 1, "begin with a line META" },
	{ "META\na;b\n", 2, "key;value" },
	{ "META\nkey;value\nbudget;1;2\n", 3, "two cells" },
	{ "META\nkey;value\nbudget;1\nBudget;1\n", 4, "twice" },
	{ "META\nkey;value\nbudget;1.2.3\n", 3, "budget must be an amount" },
	{ "META\nkey;value\nbudget;1e6\n", 3, "budget must be an amount" },
	{ "META\nkey;value\nx;\xff\n", 3, "not UTF-8" },
	{ "META\nkey;value\nx;a\"b\n", 3, "quote" },
	{ "META\nkey;value\nx;\"a\n\nb", 3, "never closed" },
	{ META_FOR("novel", "2", "1") TWO, 14, "none of approval" },
	{ META_FOR("scoring", "2", "1") "min_points;x\n" TWO, 15,
	    "min_points must be a whole number" },
	{ META_FOR("approval", "3", "1") TWO "VOTES\nvoter_id;vote\n1;a\n", 18,
	    "num_projects is 3, but 2" },
	{ META_FOR("approval", "2", "2") TWO "VOTES\nvoter_id;vote\n1;a\n", 0,
	    "num_votes is 2, but there are 1" },
	{ META_FOR("approval", "2", "1") "PROJECTS\nproject_id;name\n", 15,
	    "no column cost" },
	{ META_FOR("approval", "2", "1") "PROJECTS\nproject_id;cost;Cost\n", 15,
	    "comes twice" },
	{ META_FOR("approval", "2", "1") "PROJECTS\nproject_id;cost\na;-1\n",
	    16, "cost of project a" },
	{ META_FOR("approval", "2", "1") "PROJECTS\nproject_id;cost\na;1;2\n",
	    16, "3 cells, its header has 2" },
	{ META_FOR("approval", "2", "1") "PROJECTS\nproject_id;cost\n;1\n", 16,
	    "needs a project_id" },
	{ META_FOR("approval", "2", "1") "PROJECTS\nproject_id;cost\nx,y;1\n",
	    16, "has a comma" },
	{ META_FOR("approval", "2", "1") "PROJECTS\nproject_id;cost\n\" \";1\n",
	    16, "is blank" },
	{ META_FOR(
	      "approval", "2", "1") "PROJECTS\nproject_id;cost\na;1\na;2\n",
	    17, "listed twice" },
	{ META_FOR("approval", "2", "1") TWO "VOTES\nvoter_id;vote\n1;a,c\n",
	    20, "no project 'c'" },
	{ META_FOR("approval", "2", "1") TWO "VOTES\nvoter_id;vote\n1;a,\n", 20,
	    "no project ''" },
	{ META_FOR("approval", "2", "2") TWO "VOTES\nvoter_id;vote\n1;a\n1;b\n",
	    21, "voted on line 20 already" },
	{ META_FOR("choose-1", "2", "1") TWO "VOTES\nvoter_id;vote\n1;a,b\n",
	    20, "names one project, not 2" },
	{ META_FOR("cumulative", "2", "1") TWO "VOTES\nvoter_id;vote\n1;a\n",
	    19, "no column points" },
	{ META_FOR("cumulative", "2", "1") TWO
	    "VOTES\nvoter_id;vote;points\n1;a;1,2\n",
	    20, "more points than projects" },
	{ META_FOR("cumulative", "2", "1") TWO
	    "VOTES\nvoter_id;vote;points\n1;a;1.5\n",
	    20, "whole numbers" },
	{ META_FOR("cumulative", "2", "1") TWO
	    "VOTES\nvoter_id;vote;points\n1;a;-1\n",
	    20, "whole numbers" },
	{ META_FOR("approval", "2", "1") TWO "META\n", 18, "each once" },
	{ META_FOR("approval", "2", "1") TWO "VOTES\n", 18,
	    "ends before the ballots" },
};

static void
every_error_names_its_line(void **state)
{
	const struct broken *b;
	struct pb *pb = NULL;
	size_t i;

	(void)state;
	for (b = broken; b < broken + COUNT(broken); b++) {
		assert_int_equal(
		    pb_read_text(slice_str(b->text), &pb, &report), ERR_FORMAT);
		assert_null(pb);
		for (i = 0; i < report.n; i++)
			if (report.notes[i].line == b->line &&
			    !report.notes[i].warning &&
			    strstr(report.notes[i].text, b->says) != NULL)
				break;
		if (i == report.n) {
			pb_report_print(&report, "text", stderr);
			fail_msg(
			    "line %zu does not say '%s'", b->line, b->says);
		}
	}
}

static void
all_bad_lines_are_reported_up_to_a_bound(void **state)
{
	struct buf text = { 0 };
	struct pb *pb = NULL;
	int i;

	(void)state;
	buf_str(&text,
	    META_FOR("approval", "2", "300") TWO "VOTES\nvoter_id;vote\n");
	for (i = 0; i < 300; i++)
		buf_printf(&text, "%d;%s\n", i, i % 2 == 0 ? "a" : "nobody");
	assert_int_equal(
	    pb_read_text(buf_slice(&text), &pb, &report), ERR_FORMAT);
	assert_int_equal(report.errors, 150);
	assert_int_equal(report.n, PB_MAX_NOTES);
	assert_int_equal(report.notes[0].line, 21);
	assert_int_equal(report.notes[1].line, 23);
	buf_free(&text);
}

static void
a_project_named_twice_counts_once(void **state)
{
	struct pb *pb;
	struct election *e = NULL;

	(void)state;
	pb = read_good(META_FOR("approval", "2", "1") TWO
	    "VOTES\nvoter_id;vote\n1;a,b,a\n");
	assert_int_equal(report.warnings, 1);
	assert_int_equal(report.notes[0].line, 20);
	assert_int_equal(pb->votes[0].n, 2);
	pb_free(pb);
	/* of points the last, of places the first */
	pb = read_good(META_FOR("cumulative", "2", "1") TWO
	    "VOTES\nvoter_id;vote;points\n1;a,b,a;3,2,1\n");
	assert_int_equal(pb->choices[0].points, 1);
	assert_int_equal(pb->choices[1].points, 2);
	pb_free(pb);
	pb = read_good(META_FOR("ordinal", "2", "1") TWO
	    "VOTES\nvoter_id;vote\n1;b,a,b\n");
	assert_int_equal(pb_election(pb, &e), OK);
	assert_int_equal(e->projects[0].score, 1);
	assert_int_equal(e->projects[1].score, 2);
	election_free(e);
	pb_free(pb);
}

static void
points_left_out_are_zero_or_the_default(void **state)
{
	struct pb *pb;
	struct election *e = NULL;

	(void)state;
	pb = read_good(META_FOR("cumulative", "2", "2") TWO
	    "VOTES\nvoter_id;vote;points\n1;a,b;3\n2;b;0\n");
	assert_int_equal(pb_election(pb, &e), OK);
	assert_int_equal(e->projects[0].score, 3);
	assert_int_equal(e->projects[1].votes, 0);
	assert_int_equal(e->voters, 2);
	election_free(e);
	pb_free(pb);
	pb = read_good(META_FOR(
	    "scoring", "2", "2") "default_score;2\n" TWO
				 "VOTES\nvoter_id;vote;points\n1;a;5\n2;b;0\n");
	assert_int_equal(pb_election(pb, &e), OK);
	assert_int_equal(e->projects[0].score, 7);
	assert_int_equal(e->projects[1].score, 2);
	election_free(e);
	pb_free(pb);
}

static void
odd_ballots_are_warned_about(void **state)
{
	struct pb *pb = read_good(META_FOR("cumulative", "2",
	    "3") "max_length;1\nmax_sum_points;4\nmax_points;3\n"
		 "min_sum_cost;20\n"
		 "PROJECTS\nproject_id;cost;votes;score\na;10;3;9\nb;20;1;1\n"
		 "VOTES\nvoter_id;vote;points\n1;a,b;3,2\n2;a;4\n3;b;1\n");

	(void)state;
	assert_int_equal(report.errors, 0);
	assert_int_equal(report.warnings, 5);
	pb_free(pb);
}

static void
an_export_does_not_tell_who_voted_when(void **state)
{
	static const char *const two[] = {
		META_FOR("approval", "2", "3") TWO
		"VOTES\nvoter_id;vote;age\nanna;b,a;31\nberta;a;32\ncarla;;"
		"33\n",
		META_FOR("approval", "2", "3") TWO
		"VOTES\nvote;voter_id\n;x\na,b;y\na;z\n",
	};
	struct buf out[2] = { 0 };
	struct pb *pb;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		pb = read_good(two[i]);
		assert_int_equal(pb_write(pb, &out[i]), OK);
		assert_non_null(buf_text(&out[i]));
		pb_free(pb);
	}
	assert_string_equal(buf_text(&out[0]), buf_text(&out[1]));
	assert_null(strstr(buf_text(&out[0]), "anna"));
	assert_non_null(strstr(
	    buf_text(&out[0]), "VOTES\nvoter_id;vote\n1;\n2;a\n3;a,b\n"));
	buf_free(&out[0]);
	buf_free(&out[1]);
}

static void
what_is_built_can_be_written_and_read(void **state)
{
	struct pb_project p = { .id = (char[]){ "x;\"1\"" },
		.cost = (char[]){ "12.5" },
		.name = (char[]){ " a \n b" },
		.selected = -1,
		.votes = -1,
		.score = -1 };
	const struct support s[] = { { 0, 3 }, { 0, 4 } };
	struct buf out = { 0 };
	struct pb *pb = NULL;
	struct pb *again = NULL;

	(void)state;
	assert_int_equal(pb_new(&pb, PB_CUMULATIVE), OK);
	assert_int_equal(pb_set_meta(pb, "budget", "50"), OK);
	assert_int_equal(pb_set_meta(pb, "budget", "60"), OK);
	assert_int_equal(pb_add_project(pb, &p), OK);
	assert_int_equal(pb_add_project(pb, &p), ERR_CONFLICT);
	p.id[0] = ' ';
	assert_int_equal(pb_add_project(pb, &p), ERR_FORMAT);
	assert_int_equal(pb_add_vote(pb, s, 2), ERR_CONFLICT);
	assert_int_equal(pb_add_vote(pb, s, 1), OK);
	assert_int_equal(pb_add_vote(pb, NULL, 0), OK);
	assert_int_equal(pb_write(pb, &out), OK);
	again = read_good(buf_text(&out));
	assert_string_equal(pb_meta(again, "budget"), "60");
	assert_string_equal(again->projects[0].id, "x;\"1\"");
	assert_string_equal(again->projects[0].name, " a \n b");
	assert_int_equal(again->projects[0].score, 3);
	assert_int_equal(again->n_votes, 2);
	pb_free(pb);
	pb_free(again);
	buf_free(&out);
}

static void
write_and_read(const struct pbset_case *c, void *cookie)
{
	struct buf out = { 0 };
	struct buf twice = { 0 };
	struct pb *again = NULL;
	struct election *e = NULL;
	size_t i;

	(void)cookie;
	if (c->rule != NULL)
		return;
	assert_int_equal(pb_write(c->pb, &out), OK);
	assert_int_equal(pb_read_text(buf_slice(&out), &again, &report), OK);
	assert_int_equal(pb_election(again, &e), OK);
	assert_int_equal(e->n_groups, c->election->n_groups);
	for (i = 0; i < e->n_projects; i++) {
		assert_string_equal(
		    e->projects[i].id, c->election->projects[i].id);
		assert_true(mpq_equal(
		    e->projects[i].cost, c->election->projects[i].cost));
	}
	for (i = 0; i < e->n_groups; i++)
		assert_int_equal(
		    e->groups[i].weight, c->election->groups[i].weight);
	assert_memory_equal(e->supports, c->election->supports,
	    e->n_supports * sizeof(*e->supports));
	assert_int_equal(pb_write(again, &twice), OK);
	assert_true(slice_equal(buf_slice(&out), buf_slice(&twice)));
	election_free(e);
	pb_free(again);
	buf_free(&out);
	buf_free(&twice);
}

static void
real_files_survive_writing_and_reading(void **state)
{
	int n = pbset_each(write_and_read, NULL);

	(void)state;
	if (n == 0) {
		print_message("skipped: no real elections in $SHARED/pb\n");
		skip();
	}
	assert_true(n > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_written_form_is_read),
		cmocka_unit_test(every_error_names_its_line),
		cmocka_unit_test(all_bad_lines_are_reported_up_to_a_bound),
		cmocka_unit_test(a_project_named_twice_counts_once),
		cmocka_unit_test(points_left_out_are_zero_or_the_default),
		cmocka_unit_test(odd_ballots_are_warned_about),
		cmocka_unit_test(an_export_does_not_tell_who_voted_when),
		cmocka_unit_test(what_is_built_can_be_written_and_read),
		cmocka_unit_test(real_files_survive_writing_and_reading),
	};

	return cmocka_run_group_tests_name("pb", tests, NULL, NULL);
}
