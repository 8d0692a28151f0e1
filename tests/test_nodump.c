/* A command that holds secrets leaves none of them in a core file. */
#define _GNU_SOURCE

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "nodump.h"

static void
no_core_is_written(void **state)
{
	struct rlimit have;

	(void)state;
	nodump_process();
	assert_int_equal(getrlimit(RLIMIT_CORE, &have), 0);
	assert_int_equal(have.rlim_cur, 0);
	assert_int_equal(have.rlim_max, 0);
	assert_int_equal(prctl(PR_GET_DUMPABLE), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_core_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
