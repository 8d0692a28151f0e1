/* The file of a counted vote's ballots. */
#include <pthread.h>
#include <string.h>

#include "pb_read.h"
#include "service_ballots.h"

#include "town.h"
#include "vec.h"

static struct town *town;

static int
found_town(void **state)
{
	(void)state;
	town = calloc(1, sizeof(*town));
	assert_non_null(town);
	town_new(town);
	return 0;
}

static int
lose_town(void **state)
{
	(void)state;
	town_free(town);
	free(town);
	return 0;
}

/* A result that says how it was counted, and no more: the log's server does not
   count, auditors do. */
static void
result(struct space *sp, const char *status, const char *selected)
{
	struct entry e = { .kind = ENTRY_RESULT };
	struct buf doc = { 0 };
	struct why why = { { 0 } };
	json_t *o;

	o = json_pack("{s:s, s:{s:[s]}, s:{s:i}, s:i}", "status", status,
	    "outcome", "selected", selected, "ballots", "paper", 0, "disputes",
	    0);
	assert_int_equal(json_canonical_put(&doc, o), OK);
	hash_bytes(buf_slice(&doc), &e.object);
	e.space_id = sp->header->id;
	if (town_post(town, &e, buf_slice(&doc), &why) != PROBLEM_NONE)
		fail_msg("%s", why.text);
	buf_free(&doc);
	json_decref(o);
}

static int
has_ledger(const struct space *sp)
{
	return sp->ledgers[0][PURPOSE_VOTE].present;
}

static struct space *
closed(const char *slug)
{
	struct space *sp = town_space(town, slug, NULL);
	size_t i;

	town_clock(town, 1000);
	for (i = 0; i < 6; i++)
		assert_int_equal(
		    town_ask(town, sp, &town->voters[i]), PROBLEM_NONE);
	town_clock(town, TOWN_FROM);
	assert_true(town_wait(town, has_ledger, sp));
	for (i = 0; i < 5; i++)
		assert_int_equal(
		    town_vote(town, sp, &town->voters[i], 0, 1 + i % 2),
		    PROBLEM_NONE);
	/* Changed: the second takes the third option instead. */
	assert_int_equal(
	    town_vote(town, sp, &town->voters[1], 1, 3), PROBLEM_NONE);
	town_clock(town, TOWN_TO);
	return sp;
}

static enum problem
ask(const char *slug, struct slice *out)
{
	struct why why = { { 0 } };

	return service_ballots(town->service, slug, out, &why);
}

static void *
ask_again(void *arg)
{
	struct slice *out = arg;
	enum problem no;

	do
		no = ask("conta", out);
	while (no == PROBLEM_UNAVAILABLE);
	assert_int_equal(no, PROBLEM_NONE);
	return NULL;
}

static void
the_file_holds_what_counts_and_nothing_before_the_result(void **state)
{
	struct pb_report *report = calloc(1, sizeof(*report));
	struct slice text = { NULL, 0 }, other[4];
	struct space *sp = closed("conta");
	pthread_t threads[4];
	struct pb *pb = NULL;
	size_t i;

	(void)state;
	assert_non_null(report);
	assert_int_equal(ask("altro", &text), PROBLEM_NOT_FOUND);
	assert_int_equal(ask("conta", &text), PROBLEM_NOT_COUNTED);
	assert_int_equal(town_close(town, sp, NULL), PROBLEM_NONE);
	assert_int_equal(ask("conta", &text), PROBLEM_NOT_COUNTED);
	result(sp, "counted", "a");
	/* Several at once: it is made once, and is the same for all. */
	for (i = 0; i < 4; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, ask_again, &other[i]), 0);
	for (i = 0; i < 4; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(ask("conta", &text), PROBLEM_NONE);
	for (i = 0; i < 4; i++)
		assert_ptr_equal(other[i].p, text.p);
	assert_int_equal(pb_read_text(text, &pb, report), OK);
	assert_int_equal(pb->n_votes, 5);
	assert_int_equal(pb->n_projects, 5);
	assert_int_equal(pb->projects[0].votes, 3);
	assert_int_equal(pb->projects[1].votes, 1);
	assert_int_equal(pb->projects[2].votes, 1);
	assert_int_equal(pb->projects[0].selected, 1);
	assert_int_equal(pb->projects[1].selected, 0);
	pb_free(pb);
	free(report);
}

static void
what_was_not_tallied_has_no_file(void **state)
{
	struct slice text = { NULL, 0 };
	struct space *sp = closed("poche");

	(void)state;
	assert_int_equal(town_close(town, sp, NULL), PROBLEM_NONE);
	result(sp, "too_few", "a");
	assert_int_equal(ask("poche", &text), PROBLEM_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    the_file_holds_what_counts_and_nothing_before_the_result,
		    found_town, lose_town),
		cmocka_unit_test_setup_teardown(
		    what_was_not_tallied_has_no_file, found_town, lose_town),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
