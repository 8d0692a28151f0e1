#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"

static char path[64];

static void
set(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* Not time(): its clock may lag this one. */
static uint64_t
seconds(void)
{
	struct timespec t;

	assert_int_equal(clock_gettime(CLOCK_REALTIME, &t), 0);
	return (uint64_t)t.tv_sec;
}

static void
without_a_file_it_is_the_clock_of_the_system(void **state)
{
	struct clock *c = NULL;
	uint64_t before = seconds(), now;

	(void)state;
	assert_int_equal(clock_new(NULL, &c, NULL), OK);
	assert_false(clock_is_simulated(c));
	now = clock_now(c);
	assert_true(now >= before && now <= seconds());
	clock_free(c);
	clock_free(NULL);
}

static void
follows_its_file_forwards_and_backwards(void **state)
{
	struct clock *c = NULL;

	(void)state;
	set("1000\n");
	assert_int_equal(clock_new(path, &c, NULL), OK);
	assert_true(clock_is_simulated(c));
	assert_int_equal(clock_now(c), 1000);
	set("2000");
	assert_int_equal(clock_now(c), 2000);
	set("500\n");
	assert_int_equal(clock_now(c), 500);
	set("0\n");
	assert_int_equal(clock_now(c), 0);
	set("9007199254740991\n");
	assert_true(clock_now(c) == 9007199254740991);
	clock_free(c);
}

static void
time_stands_while_the_file_says_nothing(void **state)
{
	struct clock *c = NULL;

	(void)state;
	set("1000\n");
	assert_int_equal(clock_new(path, &c, NULL), OK);
	set("1234\n");
	assert_int_equal(clock_now(c), 1234);
	set("");
	assert_int_equal(clock_now(c), 1234);
	set("12x");
	assert_int_equal(clock_now(c), 1234);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(clock_now(c), 1234);
	set("1235\n");
	assert_int_equal(clock_now(c), 1235);
	clock_free(c);
}

static void
refuses_a_file_without_a_number(void **state)
{
	static const char *const bad[] = { "", "\n", " 1", "1 ", "1\n\n", "-1",
		"+1", "0x10", "1.5", "9007199254740992", "99999999999999999",
		"now" };
	struct clock *c = NULL;
	struct why why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		set(bad[i]);
		why.text[0] = '\0';
		assert_int_equal(clock_new(path, &c, &why), ERR_FORMAT);
		assert_non_null(strstr(why.text, path));
	}
	assert_int_equal(unlink(path), 0);
	assert_int_equal(clock_new(path, &c, &why), ERR_IO);
	assert_non_null(strstr(why.text, "cannot be read"));
	assert_null(c);
}

static int
make_path(void **state)
{
	int fd;

	(void)state;
	(void)snprintf(path, sizeof(path), "/tmp/partecipa-clock-XXXXXX");
	if ((fd = mkstemp(path)) < 0)
		return -1;
	return close(fd);
}

static int
remove_path(void **state)
{
	(void)state;
	(void)unlink(path);
	return 0;
}

static void
a_steady_wait_ends_at_its_time_and_no_earlier(void **state)
{
	uint64_t at = clock_steady_ms() + 50;
	pthread_mutex_t lock;
	pthread_cond_t c;

	(void)state;
	pthread_mutex_init(&lock, NULL);
	clock_steady_cond(&c);
	pthread_mutex_lock(&lock);
	while (clock_steady_wait(&c, &lock, at) == 0)
		continue; /* woken by nobody, which may be */
	assert_true(clock_steady_ms() >= at);
	/* A time that is over is not waited for. */
	assert_int_not_equal(clock_steady_wait(&c, &lock, at), 0);
	pthread_mutex_unlock(&lock);
	pthread_cond_destroy(&c);
	pthread_mutex_destroy(&lock);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_steady_wait_ends_at_its_time_and_no_earlier),
		cmocka_unit_test(without_a_file_it_is_the_clock_of_the_system),
		cmocka_unit_test(follows_its_file_forwards_and_backwards),
		cmocka_unit_test(time_stands_while_the_file_says_nothing),
		cmocka_unit_test(refuses_a_file_without_a_number),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
