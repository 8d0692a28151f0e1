#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "group.h"

#define THREADS 64
#define ROUNDS 200
#define MAX 16

struct job {
	int done;
};

struct tally {
	size_t groups;
	size_t jobs;
	size_t largest;
};

static void
slow_apply(void *cookie, void **jobs, size_t n)
{
	struct timespec ms = { 0, 200000 };
	struct tally *t = cookie;
	size_t i;

	/* As a transaction on disk would. */
	nanosleep(&ms, NULL);
	for (i = 0; i < n; i++)
		((struct job *)jobs[i])->done++;
	t->groups++;
	t->jobs += n;
	if (n > t->largest)
		t->largest = n;
}

struct worker {
	struct group *g;
	pthread_t thread;
	size_t bad;
};

static void *
work(void *cookie)
{
	struct worker *w = cookie;
	struct job j;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		j.done = 0;
		group_do(w->g, &j);
		w->bad += j.done != 1;
	}
	return NULL;
}

static double
cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
run_with(size_t max, struct tally *t)
{
	struct worker w[THREADS] = { 0 };
	struct group *g;
	double before = cpu();
	size_t i;

	assert_int_equal(group_new(slow_apply, t, max, &g), OK);
	for (i = 0; i < THREADS; i++) {
		w[i].g = g;
		assert_int_equal(
		    pthread_create(&w[i].thread, NULL, work, &w[i]), 0);
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(w[i].thread, NULL);
		assert_int_equal(w[i].bad, 0);
	}
	group_free(g);
	print_message("%zu jobs in %zu groups, %.1f us of CPU a job\n", t->jobs,
	    t->groups, (cpu() - before) / (double)t->jobs);
}

static void
every_job_is_applied_exactly_once_before_its_owner_returns(void **state)
{
	struct tally t = { 0 };

	(void)state;
	run_with(1024, &t);
	assert_int_equal(t.jobs, THREADS * ROUNDS);
	/* They did gather. */
	assert_true(t.groups < t.jobs / 2);
}

static void
a_group_is_never_larger_than_it_may_be(void **state)
{
	struct tally t = { 0 };

	(void)state;
	run_with(MAX, &t);
	assert_int_equal(t.jobs, THREADS * ROUNDS);
	assert_true(t.largest <= MAX);
}

static void
note_order(void *cookie, void **jobs, size_t n)
{
	int *next = cookie;
	size_t i;

	for (i = 0; i < n; i++)
		((struct job *)jobs[i])->done = ++*next;
}

static void
one_thread_alone_is_served_in_order(void **state)
{
	struct job j = { 0 };
	struct group *g;
	int next = 0, i;

	(void)state;
	assert_int_equal(group_new(note_order, &next, 4, &g), OK);
	for (i = 1; i <= 1000; i++) {
		group_do(g, &j);
		assert_int_equal(j.done, i);
	}
	group_free(g);
}

static void
it_stops_when_nothing_was_ever_asked(void **state)
{
	struct group *g;
	int next = 0;

	(void)state;
	assert_int_equal(group_new(note_order, &next, 1, &g), OK);
	group_free(g);
	group_free(NULL);
	assert_int_equal(next, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    every_job_is_applied_exactly_once_before_its_owner_returns),
		cmocka_unit_test(a_group_is_never_larger_than_it_may_be),
		cmocka_unit_test(one_thread_alone_is_served_in_order),
		cmocka_unit_test(it_stops_when_nothing_was_ever_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
