#include <string.h>

#include "path.h"

#include "vec.h"

static void
addresses_have_one_spelling(void **state)
{
	static const char *const good[] = { "/", "/spazi/bilancio-2026",
		"/log/tile/0/x001/234.p/5",
		"/.well-known/private-token-issuer-directory", "/a..b/.c/~d" };
	static const char *const bad[] = { "", "a", "//", "/a//b", "/a/",
		"/a/.", "/./a", "/../a", "/a/..", "/a/../b", "/%61", "/a%2fb",
		"/a b", "/a\x01", "/a?b", "/a#b", "/a\\b", "/a;b", "/a\x80",
		"/caff\xc3\xa8", "/a\"b", "/<a>", "/a:b", "http://x/a" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (path_check(good[i]) != OK)
			fail_msg("refused: %s", good[i]);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (path_check(bad[i]) != ERR_FORMAT)
			fail_msg("accepted: %s", bad[i]);
}

static void
refuses_long_addresses(void **state)
{
	char path[PATH_BYTES_MAX + 2];

	(void)state;
	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[PATH_BYTES_MAX] = '\0';
	assert_int_equal(path_check(path), OK);
	path[PATH_BYTES_MAX] = 'a';
	path[PATH_BYTES_MAX + 1] = '\0';
	assert_int_equal(path_check(path), ERR_LIMIT);
}

static void
placeholders_take_one_segment(void **state)
{
	static const char pattern[] = "/s/{slug}/ledger/{issuer}/{purpose}";
	struct path_params p;

	(void)state;
	assert_int_equal(path_match("/", "/", &p), OK);
	assert_int_equal(path_match(pattern, "/s/x/ledger/0/vote", &p), OK);
	assert_string_equal(p.v[0], "x");
	assert_string_equal(p.v[1], "0");
	assert_string_equal(p.v[2], "vote");
	assert_int_equal(
	    path_match(pattern, "/s/x/ledger/0", &p), ERR_NOT_FOUND);
	assert_int_equal(
	    path_match(pattern, "/s/x/ledger/0/vote/y", &p), ERR_NOT_FOUND);
	assert_int_equal(
	    path_match(pattern, "/s/x/ledgers/0/vote", &p), ERR_NOT_FOUND);
	assert_int_equal(path_match("/s/{slug}", "/s", &p), ERR_NOT_FOUND);
	assert_int_equal(path_match("/s/{slug}", "/", &p), ERR_NOT_FOUND);
	assert_int_equal(path_match("/s", "/s/x", &p), ERR_NOT_FOUND);
}

static void
the_last_placeholder_may_take_the_rest(void **state)
{
	struct path_params p;

	(void)state;
	assert_int_equal(path_match("/log/tile/{path...}",
			     "/log/tile/entries/x001/234.p/5", &p),
	    OK);
	assert_string_equal(p.v[0], "entries/x001/234.p/5");
	assert_int_equal(
	    path_match("/log/tile/{path...}", "/log/tile", &p), ERR_NOT_FOUND);
}

static void
refuses_what_a_placeholder_cannot_hold(void **state)
{
	char path[PATH_PARAM_MAX + 10];
	struct path_params p;

	(void)state;
	memset(path, 'a', sizeof(path));
	memcpy(path, "/s/", 3);
	path[3 + PATH_PARAM_MAX - 1] = '\0';
	assert_int_equal(path_match("/s/{slug}", path, &p), OK);
	path[3 + PATH_PARAM_MAX - 1] = 'a';
	path[3 + PATH_PARAM_MAX] = '\0';
	assert_int_equal(path_match("/s/{slug}", path, &p), ERR_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_have_one_spelling),
		cmocka_unit_test(refuses_long_addresses),
		cmocka_unit_test(placeholders_take_one_segment),
		cmocka_unit_test(the_last_placeholder_may_take_the_rest),
		cmocka_unit_test(refuses_what_a_placeholder_cannot_hold),
	};

	return cmocka_run_group_tests_name("path", tests, NULL, NULL);
}
