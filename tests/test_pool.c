#include <stdlib.h>
#include <string.h>

#include "pool.h"
#include "vec.h"

struct sums {
	struct job job;
	unsigned done[1000];
};

static void
touch(struct job *j, size_t from, size_t to)
{
	struct sums *s = (struct sums *)(void *)j;
	size_t i;

	for (i = from; i < to; i++)
		s->done[i]++;
}

static void
every_item_is_done_once(void **state)
{
	static const unsigned threads[] = { 0, 1, 2, 7 };
	struct sums *s = calloc(50, sizeof(*s));
	struct pool *p = NULL;
	size_t i, k, t;

	(void)state;
	assert_non_null(s);
	for (t = 0; t < 4; t++) {
		memset(s, 0, 50 * sizeof(*s));
		assert_int_equal(pool_new(threads[t], &p), OK);
		assert_true(pool_threads(p) >= 1);
		for (i = 0; i < 50; i++) {
			s[i].job.run = touch;
			s[i].job.n = i * 20;
			pool_add(p, &s[i].job);
		}
		for (i = 50; i > 0; i--)
			pool_wait(p, &s[i - 1].job);
		for (i = 0; i < 50; i++) {
			for (k = 0; k < 1000; k++)
				assert_int_equal(
				    s[i].done[k], k < i * 20 ? 1 : 0);
		}
		pool_free(p);
	}
	pool_free(NULL);
	free(s);
}

static void
a_job_can_be_given_again(void **state)
{
	struct sums *s = calloc(1, sizeof(*s));
	struct pool *p = NULL;
	size_t i;

	(void)state;
	assert_non_null(s);
	assert_int_equal(pool_new(3, &p), OK);
	s->job.run = touch;
	s->job.n = 1000;
	for (i = 0; i < 100; i++) {
		pool_add(p, &s->job);
		pool_wait(p, &s->job);
	}
	for (i = 0; i < 1000; i++)
		assert_int_equal(s->done[i], 100);
	pool_free(p);
	free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_item_is_done_once),
		cmocka_unit_test(a_job_can_be_given_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
