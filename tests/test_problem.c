#include <string.h>

#include "problem.h"

#include "vec.h"

static void
every_problem_has_a_row_of_its_own(void **state)
{
	const struct problem_row *a, *b;
	int p, q;

	(void)state;
	for (p = 0; p < PROBLEM_MAX; p++) {
		a = problem_row_of((enum problem)p);
		assert_int_equal(a->no, p);
		if (p != PROBLEM_NONE)
			assert_in_range(a->status, 400, 503);
		assert_int_equal(strspn(a->name, "abcdefghijklmnopqrstuvwxyz-"),
		    strlen(a->name));
		for (q = 0; q < p; q++) {
			b = problem_row_of((enum problem)q);
			assert_string_not_equal(a->name, b->name);
		}
	}
}

static void
every_problem_is_told_in_both_languages(void **state)
{
	const struct problem_row *a;
	int p, l;

	(void)state;
	for (p = 1; p < PROBLEM_MAX; p++) {
		a = problem_row_of((enum problem)p);
		for (l = 0; l < 2; l++) {
			assert_non_null(a->title[l]);
			assert_non_null(a->detail[l]);
			assert_in_range(strlen(a->title[l]), 5, 60);
			assert_in_range(strlen(a->detail[l]), 20, 260);
			/* Whole sentences. */
			assert_int_equal(
			    a->detail[l][strlen(a->detail[l]) - 1], '.');
		}
		assert_string_not_equal(a->title[0], a->title[1]);
		assert_string_not_equal(a->detail[0], a->detail[1]);
	}
}

/* Words that a resident has no use for. */
static void
residents_are_spared_jargon(void **state)
{
	static const char *const words[] = { "token", "Ed25519", "RSA", "HTTP",
		"parse", "timestamp", "hash", "blind" };
	const struct problem_row *a;
	size_t i;
	int p, l;

	(void)state;
	for (p = PROBLEM_TOKEN_REQUEST; p <= PROBLEM_DISPUTE; p++) {
		a = problem_row_of((enum problem)p);
		for (l = 0; l < 2; l++) {
			for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
				assert_null(strstr(a->title[l], words[i]));
				assert_null(strstr(a->detail[l], words[i]));
			}
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_problem_has_a_row_of_its_own),
		cmocka_unit_test(every_problem_is_told_in_both_languages),
		cmocka_unit_test(residents_are_spared_jargon),
	};

	return cmocka_run_group_tests_name("problem", tests, NULL, NULL);
}
