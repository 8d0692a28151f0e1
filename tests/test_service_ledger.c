/*
 * A ledger is verified before the world is locked: who reads stands in the way
 * of every writer here, and the verification comes to its end all the same.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "vec.h"

#include "service_impl.h"

#include "town.h"

#define ASKED 6
#define TRIES 6000 /* of 10 ms: longer than any machine takes */

/* Issuance goes on while the other space is open. */
static const char *const later[] = { "issuance", "{\"from\":1000,\"to\":2500}",
	"participation", "{\"from\":2500,\"to\":3500}", NULL };

struct scene {
	struct town town;
	struct space *open, *issuing;
	struct buf rows;
};

/* One append, in a thread of its own. */
struct append {
	struct service *s;
	struct space *sp;
	struct slice rows;
	pthread_t thread;
	atomic_int done;
	enum err r;
	struct why why;
};

static void *
append_run(void *cookie)
{
	struct append *a = cookie;

	pthread_mutex_lock(&a->s->log_lock);
	pthread_mutex_lock(&a->s->issue_lock);
	a->r = service_sequence_ledger(
	    a->s, a->sp, 0, PURPOSE_VOTE, a->rows, &a->why);
	pthread_mutex_unlock(&a->s->issue_lock);
	pthread_mutex_unlock(&a->s->log_lock);
	atomic_store(&a->done, 1);
	return NULL;
}

static void
append_begin(struct append *a, struct scene *c, struct slice rows)
{
	memset(a, 0, sizeof(*a));
	a->s = c->town.service;
	a->sp = c->issuing;
	a->rows = rows;
	assert_int_equal(pthread_create(&a->thread, NULL, append_run, a), 0);
}

/* Nonzero iff it came to its end. */
static int
append_wait(struct append *a)
{
	const struct timespec nap = { 0, 10000000 };
	int i;

	for (i = 0; i < TRIES && atomic_load(&a->done) == 0; i++)
		(void)nanosleep(&nap, NULL);
	return atomic_load(&a->done);
}

static int
has_ledger(const struct space *sp)
{
	return sp->ledgers[0][PURPOSE_VOTE].present;
}

static int
setup(void **state)
{
	struct scene *c = calloc(1, sizeof(*c));
	struct town *t;
	uint32_t n = 0;
	size_t i;

	assert_non_null(c);
	t = &c->town;
	town_new(t);
	c->open = town_space(t, "bilancio", NULL);
	town_clock(t, 1000);
	for (i = 0; i < 3; i++)
		assert_int_equal(
		    town_ask(t, c->open, &t->voters[i]), PROBLEM_NONE);
	town_clock(t, TOWN_FROM);
	assert_true(town_wait(t, has_ledger, c->open));
	*state = c;
	c->issuing = town_space(t, "seconda", later);
	for (i = 3; i < 3 + ASKED; i++)
		assert_int_equal(
		    town_ask(t, c->issuing, &t->voters[i]), PROBLEM_NONE);
	assert_int_equal(
	    store_ledger(t->service->store, (uint32_t)c->issuing->no, 0,
		PURPOSE_VOTE, &c->rows, &n),
	    OK);
	assert_int_equal(n, ASKED);
	return 0;
}

static int
teardown(void **state)
{
	struct scene *c = *state;

	buf_free(&c->rows);
	town_free(&c->town);
	free(c);
	return 0;
}

static void
a_wrong_row_is_refused_while_others_read(void **state)
{
	struct scene *c = *state;
	struct append a;
	size_t i;
	int done;

	/* The signature of each row, the first and the last too. */
	for (i = 0; i < ASKED; i++) {
		c->rows.p[i * LEDGER_ROW + LEDGER_ROW - 1] ^= 1;
		pthread_rwlock_rdlock(&c->town.service->world_lock);
		append_begin(&a, c, buf_slice(&c->rows));
		done = append_wait(&a);
		pthread_rwlock_unlock(&c->town.service->world_lock);
		(void)pthread_join(a.thread, NULL);
		if (!done)
			fail_msg("the rows wait for those who read");
		assert_int_equal(a.r, ERR_FORBIDDEN);
		if (strstr(a.why.text, "rule 22") == NULL)
			fail_msg("%s", a.why.text);
		c->rows.p[i * LEDGER_ROW + LEDGER_ROW - 1] ^= 1;
	}
	/* Nothing of it is in the log, and the right one may come. */
	assert_false(has_ledger(c->issuing));
	append_begin(&a, c, buf_slice(&c->rows));
	(void)pthread_join(a.thread, NULL);
	assert_int_equal(a.r, OK);
	assert_true(has_ledger(c->issuing));
	assert_true(town_sound(&c->town));
}

static void
what_else_is_wrong_is_still_said_by_its_own_rule(void **state)
{
	struct scene *c = *state;
	struct buf rows = { 0 };
	struct append a;

	/* Half a row; the first row twice; a row of somebody else. */
	append_begin(&a, c, slice_of(c->rows.p, c->rows.n - 1));
	(void)pthread_join(a.thread, NULL);
	assert_int_equal(a.r, ERR_FORBIDDEN);
	buf_put(&rows, c->rows.p, LEDGER_ROW);
	buf_put(&rows, c->rows.p, c->rows.n);
	append_begin(&a, c, buf_slice(&rows));
	(void)pthread_join(a.thread, NULL);
	assert_int_equal(a.r, ERR_FORBIDDEN);
	assert_non_null(strstr(a.why.text, "rule 21"));
	assert_false(has_ledger(c->issuing));
	append_begin(&a, c, buf_slice(&c->rows));
	(void)pthread_join(a.thread, NULL);
	assert_int_equal(a.r, OK);
	append_begin(&a, c, buf_slice(&c->rows));
	(void)pthread_join(a.thread, NULL);
	assert_int_equal(a.r, ERR_FORBIDDEN);
	assert_non_null(strstr(a.why.text, "rule 21"));
	buf_free(&rows);
}

static void
casts_of_another_space_go_on_meanwhile(void **state)
{
	struct scene *c = *state;
	struct append a;

	pthread_rwlock_rdlock(&c->town.service->world_lock);
	append_begin(&a, c, buf_slice(&c->rows));
	/* It cannot end before those who read have gone; casting can. */
	assert_int_equal(town_vote(&c->town, c->open, &c->town.voters[0], 0, 1),
	    PROBLEM_NONE);
	assert_int_equal(town_vote(&c->town, c->open, &c->town.voters[1], 0, 2),
	    PROBLEM_NONE);
	assert_false(atomic_load(&a.done));
	pthread_rwlock_unlock(&c->town.service->world_lock);
	(void)pthread_join(a.thread, NULL);
	assert_int_equal(a.r, OK);
	assert_true(has_ledger(c->issuing));
	assert_true(town_sound(&c->town));
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_wrong_row_is_refused_while_others_read),
		TEST(what_else_is_wrong_is_still_said_by_its_own_rule),
		TEST(casts_of_another_space_go_on_meanwhile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
