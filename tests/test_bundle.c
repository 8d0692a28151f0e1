/* Manifests of a web client. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bundle.h"

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define FILES(list) "{\"files\":{" list "},\"version\":1}"

static enum err
parse(const char *text)
{
	struct bundle *b = NULL;
	struct why why = { { 0 } };
	enum err r = bundle_parse(slice_str(text), &b, &why);

	assert_int_equal(r == OK, b != NULL);
	assert_int_equal(r == OK, why.text[0] == '\0');
	bundle_free(b);
	return r;
}

static void
a_manifest_names_files_and_their_hashes(void **state)
{
	static const char text[] =
	    FILES("\"a/b.js\":\"" ZEROS "\",\"index.html\":\"ff"
		  "11111111111111111111111111111111111111111111111111111111111"
		  "111\"");
	struct bundle *b = NULL;

	(void)state;
	assert_int_equal(bundle_parse(slice_str(text), &b, NULL), OK);
	assert_int_equal(b->n, 2);
	assert_string_equal(b->files[0].path, "a/b.js");
	assert_true(hash_is_zero(&b->files[0].hash));
	assert_string_equal(b->files[1].path, "index.html");
	assert_int_equal(b->files[1].hash.b[0], 0xff);
	bundle_free(b);
	bundle_free(NULL);
}

static void
what_is_no_manifest_is_refused(void **state)
{
	static const char *const wrong[] = { "", "{}", "[]", FILES(""),
		"{\"files\":{\"a\":\"" ZEROS "\"}}",
		"{\"files\":{\"a\":\"" ZEROS "\"},\"version\":2}",
		"{\"files\":{\"a\":\"" ZEROS "\"},\"name\":1,\"version\":1}",
		"{\"files\":[],\"version\":1}",
		" " FILES("\"a\":\"" ZEROS "\""),
		FILES("\"b\":\"" ZEROS "\",\"a\":\"" ZEROS "\""),
		FILES("\"a\":\"" ZEROS "\",\"a\":\"" ZEROS "\""),
		FILES("\"a\":\"00\""), FILES("\"a\":0"),
		FILES("\"a\":\"F00000000000000000000000000000000000000000000000"
		      "000000000000000000\""),
		FILES("\"/a\":\"" ZEROS "\""), FILES("\"a/\":\"" ZEROS "\""),
		FILES("\"a//b\":\"" ZEROS "\""), FILES("\"\":\"" ZEROS "\""),
		FILES("\"../a\":\"" ZEROS "\""), FILES("\".\":\"" ZEROS "\""),
		FILES("\"a b\":\"" ZEROS "\""),
		FILES("\"a%20\":\"" ZEROS "\"") };
	size_t i;

	(void)state;
	assert_int_equal(parse(FILES("\"a\":\"" ZEROS "\"")), OK);
	assert_int_equal(parse(FILES("\".a/..b/c...\":\"" ZEROS "\"")), OK);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (parse(wrong[i]) == OK)
			fail_msg("taken: %s", wrong[i]);
}

static void
paths_have_an_end(void **state)
{
	char path[BUNDLE_PATH_MAX + 2];

	(void)state;
	memset(path, 'a', sizeof(path));
	path[BUNDLE_PATH_MAX] = '\0';
	assert_int_equal(bundle_path_check(path), OK);
	path[BUNDLE_PATH_MAX] = 'a';
	path[BUNDLE_PATH_MAX + 1] = '\0';
	assert_int_equal(bundle_path_check(path), ERR_LIMIT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_manifest_names_files_and_their_hashes),
		cmocka_unit_test(what_is_no_manifest_is_refused),
		cmocka_unit_test(paths_have_an_end),
	};

	return cmocka_run_group_tests_name("bundle", tests, NULL, NULL);
}
