#include "api.h"
#include "vec.h"
#include "when.h"

#include <string.h>

#define HEX32 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define ROW                                                                   \
	"{\"slug\":\"a\",\"kind\":\"ballot\",\"phase\":\"open\","             \
	"\"space_id\":\"" HEX32 "\",\"form_id\":\"\",\"first\":3,\"last\":9," \
	"\"titles\":{\"it\":\"A\"}}"

static void
addresses_are_those_of_servers(void **state)
{
	static const char *const good[] = { "https://vota.comune.example",
		"http://127.0.0.1:8080", "https://a/b", "https://a/" };
	static const char *const bad[] = { "", "vota.comune.example", "ftp://a",
		"https://", "https:///x", "http://:80", "https://a?b",
		"https://a#b", "https://a b", "https://a\n", "https://u@a",
		"https://a\"" };
	struct why why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(api_base_check(good[i], NULL), OK);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why.text[0] = '\0';
		assert_int_equal(api_base_check(bad[i], &why), ERR_FORMAT);
		assert_int_not_equal(strlen(why.text), 0);
	}
}

static void
reads_the_list_of_spaces(void **state)
{
	struct api_spaces list = { 0 };
	const struct api_space *s;

	(void)state;
	assert_int_equal(
	    api_spaces_parse(slice_str("[" ROW "]"), &list, NULL), OK);
	assert_int_equal(list.n, 1);
	assert_non_null(s = api_spaces_find(&list, "a"));
	assert_null(api_spaces_find(&list, "b"));
	assert_int_equal(s->first, 3);
	assert_int_equal(s->last, 9);
	assert_int_equal(s->has_form, 0);
	assert_int_equal(s->space_id.b[1], 0x11);
	api_spaces_free(&list);
	assert_int_equal(api_spaces_parse(slice_str("[]"), &list, NULL), OK);
	assert_int_equal(list.n, 0);
	api_spaces_free(&list);
}

static void
refuses_a_list_that_is_none(void **state)
{
	static const char *const bad[] = { "", "{}", "[1]", "[{}]",
		"[" ROW "]x", "[" ROW ",]" };
	struct api_spaces list = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_not_equal(
		    api_spaces_parse(slice_str(bad[i]), &list, NULL), OK);
}

static void
nobody_at_the_address_is_a_sentence(void **state)
{
	struct api_spaces list = { 0 };
	struct why why = { { 0 } };
	struct api *a = NULL;

	(void)state;
	/* Port 1 of loopback: nothing listens there. */
	assert_int_equal(api_open("http://127.0.0.1:1/", &a, NULL), OK);
	assert_int_equal(api_spaces(a, &list, &why), ERR_IO);
	assert_int_not_equal(strlen(why.text), 0);
	assert_int_equal(a->status, 0);
	api_free(a);
}

/* ---- Times ----------------------------------------------------------------
 */

static void
reads_the_clock_of_italy(void **state)
{
	static const struct {
		const char *text;
		uint64_t t;
	} cases[] = {
		{ "2026-12-01T08:00", 1796108400 },
		{ "2026-07-01T08:00", 1782885600 },
		{ "2026-03-29T01:59", 1774745940 },
		{ "2026-03-29T03:00", 1774746000 },
		{ "2026-10-25T01:59", 1792886340 },
		{ "2026-10-25T03:00", 1792893600 },
		{ "2024-02-29 23:59", 1709247540 },
		{ "2027-01-01T00:00:00", 1798758000 },
	};
	char shown[WHEN_CHARS];
	uint64_t t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(when_parse(cases[i].text, &t, NULL), OK);
		assert_int_equal(t, cases[i].t);
		when_print(t, shown);
		assert_memory_equal(shown, cases[i].text, 10);
		assert_memory_equal(shown + 11, cases[i].text + 11, 5);
	}
}

static void
refuses_hours_that_are_not_one(void **state)
{
	static const char *const bad[] = { "2026-03-29T02:30",
		"2026-10-25T02:30", "2026-02-29T08:00", "2026-13-01T08:00",
		"2026-00-01T08:00", "2026-01-32T08:00", "2026-01-01T24:00",
		"2026-01-01T08:60", "2026-01-01", "2026-1-1T08:00",
		"2026-01-01T08:00Z", "2026-01-01T08:00:01", "1969-01-01T08:00",
		"", "x" };
	struct why why;
	uint64_t t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why.text[0] = '\0';
		assert_int_equal(when_parse(bad[i], &t, &why), ERR_FORMAT);
		assert_int_not_equal(strlen(why.text), 0);
	}
}

static void
prints_what_it_reads_all_through_the_years(void **state)
{
	char shown[WHEN_CHARS];
	uint64_t t, back;
	struct why why;

	(void)state;
	/* 100 days and some minutes a step, to the year 2370. */
	for (t = UINT64_C(86400) * 366; t < UINT64_C(12622780800);
	     t += UINT64_C(86400) * 100 + 3660) {
		when_print(t, shown);
		if (when_parse(shown, &back, &why) == OK)
			assert_int_equal(back, t / 60 * 60);
		else if (strstr(why.text, "twice") == NULL)
			fail_msg("%s: %s", shown, why.text);
	}
}

static void
reads_durations(void **state)
{
	static const char *const bad[] = { "", "1", "h", "1 h", "-1h", "01h",
		"1y", "1.5h", "99999999999d" };
	uint64_t t;
	size_t i;

	(void)state;
	assert_int_equal(when_duration("90s", &t, NULL), OK);
	assert_int_equal(t, 90);
	assert_int_equal(when_duration("15m", &t, NULL), OK);
	assert_int_equal(t, 900);
	assert_int_equal(when_duration("1h", &t, NULL), OK);
	assert_int_equal(t, 3600);
	assert_int_equal(when_duration("7d", &t, NULL), OK);
	assert_int_equal(t, 604800);
	assert_int_equal(when_duration("2w", &t, NULL), OK);
	assert_int_equal(t, 1209600);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(when_duration(bad[i], &t, NULL), ERR_FORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_those_of_servers),
		cmocka_unit_test(reads_the_list_of_spaces),
		cmocka_unit_test(refuses_a_list_that_is_none),
		cmocka_unit_test(nobody_at_the_address_is_a_sentence),
		cmocka_unit_test(reads_the_clock_of_italy),
		cmocka_unit_test(refuses_hours_that_are_not_one),
		cmocka_unit_test(prints_what_it_reads_all_through_the_years),
		cmocka_unit_test(reads_durations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
