/* The web client's files in the log (PROTOCOL 8). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bundle.h"
#include "hex.h"
#include "http.h"
#include "static.h"
#include "texts.h"
#include "town.h"
#include "wire.h"

static struct town town;
static struct http *server;
static struct buf answer;

static int
setup(void **state)
{
	struct http_options o = { .threads = 4 };
	struct why why = { "" };

	(void)state;
	town_new(&town);
	if (http_start(town.service, &o, &server, &why) != OK)
		fail_msg("%s", why.text);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	http_stop(server);
	buf_free(&answer);
	town_free(&town);
	return 0;
}

static const char *
get(const char *path)
{
	char request[300];
	int n = snprintf(request, sizeof(request),
	    "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path);

	answer.n = 0;
	wire_talk(0, http_port(server), slice_of(request, (size_t)n), &answer);
	assert_int_equal(wire_status(buf_slice(&answer)), 200);
	return buf_text(&answer);
}

static void
enter(struct slice manifest)
{
	struct entry e = { .kind = ENTRY_BUNDLE };
	struct why why = { "" };

	hash_bytes(manifest, &e.object);
	if (town_post(&town, &e, manifest, &why) != PROBLEM_NONE)
		fail_msg("%s", why.text);
}

static void
the_page_tells_whether_the_log_names_what_is_served(void **state)
{
	static const char other[] =
	    "{\"files\":{\"sw.js\":\"000000000000000000000000000000000000000000"
	    "0000000000000000000000\"},\"version\":1}";
	const char *same = text_of(TEXT_VERIFY_BUNDLE_SAME, LANG_EN);
	const char *careful = text_of(TEXT_VERIFY_BUNDLE_OTHER, LANG_EN);
	char hex[2 * HASH_BYTES + 1], path[100];
	char prefix[100] = "";
	struct hash h;
	const char *page;

	(void)state;
	/* Up to what it fills in. */
	memcpy(prefix, careful, strcspn(careful, "{"));
	hash_bytes(static_manifest, &h);
	hex_encode(hash_slice(&h), hex);
	page = get("/verifica?lang=en");
	assert_null(strstr(page, same));
	enter(static_manifest);
	page = get("/verifica?lang=en");
	assert_non_null(strstr(page, same));
	assert_non_null(strstr(page, hex));
	enter(slice_str(other));
	page = get("/verifica?lang=en");
	assert_null(strstr(page, same));
	assert_non_null(strstr(page, prefix));
	assert_non_null(strstr(page, hex));
	enter(static_manifest);
	assert_non_null(strstr(get("/verifica?lang=en"), same));
	/* Whoever wants to compare is given the manifest, byte for byte. */
	(void)snprintf(path, sizeof(path), "/api/v1/objects/%s", hex);
	(void)get(path);
	assert_true(
	    slice_equal(wire_body(buf_slice(&answer)), static_manifest));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    the_page_tells_whether_the_log_names_what_is_served, setup,
		    teardown),
	};

	return cmocka_run_group_tests_name("client_files", tests, NULL, NULL);
}
