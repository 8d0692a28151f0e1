#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "format.h"
#include "lang.h"

#include "vec.h"

static char out[FORMAT_CHARS];

static const char *
money(enum lang l, const char *s)
{
	format_money(l, s, out);
	return out;
}

static void
numbers_have_the_separators_of_the_language(void **state)
{
	(void)state;
	format_count(LANG_IT, 0, out);
	assert_string_equal(out, "0");
	format_count(LANG_IT, 999, out);
	assert_string_equal(out, "999");
	format_count(LANG_IT, 1234567, out);
	assert_string_equal(out, "1.234.567");
	format_count(LANG_EN, UINT64_MAX, out);
	assert_string_equal(out, "18,446,744,073,709,551,615");
	format_number(LANG_IT, "1234.5", out);
	assert_string_equal(out, "1.234,50");
	format_number(LANG_EN, "0.123456", out);
	assert_string_equal(out, "0.123456");
	format_number(LANG_IT, "10/3", out);
	assert_string_equal(out, "3,33");
	format_number(LANG_IT, "1/0", out);
	assert_string_equal(out, "0,00");
}

static void
money_has_its_sign(void **state)
{
	(void)state;
	assert_string_equal(
	    money(LANG_IT, "1000000"), "1.000.000\xc2\xa0\xe2\x82\xac");
	assert_string_equal(money(LANG_EN, "1000000"), "\xe2\x82\xac"
						       "1,000,000");
	assert_string_equal(
	    money(LANG_IT, "12.5"), "12,50\xc2\xa0\xe2\x82\xac");
}

static void
percentages_are_rounded_to_one_place(void **state)
{
	(void)state;
	format_percent(LANG_IT, 1, 3, out);
	assert_string_equal(out, "33,3\xc2\xa0%");
	format_percent(LANG_EN, 2, 3, out);
	assert_string_equal(out, "66.7%");
	format_percent(LANG_IT, 0, 0, out);
	assert_string_equal(out, "-");
}

static void
dates_are_those_of_italy_in_summer_and_winter(void **state)
{
	(void)state;
	setenv("TZ", "Europe/Rome", 1);
	tzset();
	format_date(LANG_IT, 1772532000, out);
	assert_string_equal(out, "marted\xc3\xac 3 marzo 2026, ore 11:00");
	format_date(LANG_EN, 1783060200, out);
	assert_string_equal(out, "Friday 3 July 2026, 08:30");
	format_date(LANG_IT, UINT64_MAX, out);
	assert_true(strlen(out) > 0);
}

static void
deadlines_hold_across_the_change_of_summer_time(void **state)
{
	static const struct {
		uint64_t t;
		const char *it;
		const char *en;
	} cases[] = {
		/* 29 March 2026: two o'clock is three o'clock. */
		{ 1774745999, "domenica 29 marzo 2026, ore 01:59",
		    "Sunday 29 March 2026, 01:59" },
		{ 1774746000, "domenica 29 marzo 2026, ore 03:00",
		    "Sunday 29 March 2026, 03:00" },
		{ 1774749600, "domenica 29 marzo 2026, ore 04:00",
		    "Sunday 29 March 2026, 04:00" },
		/* 25 October 2026: the hour from two to three comes twice. */
		{ 1792886399, "domenica 25 ottobre 2026, ore 01:59",
		    "Sunday 25 October 2026, 01:59" },
		{ 1792886400,
		    "domenica 25 ottobre 2026, ore 02:00 (ora legale)",
		    "Sunday 25 October 2026, 02:00 (summer time)" },
		{ 1792889999,
		    "domenica 25 ottobre 2026, ore 02:59 (ora legale)",
		    "Sunday 25 October 2026, 02:59 (summer time)" },
		{ 1792890000,
		    "domenica 25 ottobre 2026, ore 02:00 (ora solare)",
		    "Sunday 25 October 2026, 02:00 (winter time)" },
		{ 1792893599,
		    "domenica 25 ottobre 2026, ore 02:59 (ora solare)",
		    "Sunday 25 October 2026, 02:59 (winter time)" },
		{ 1792893600, "domenica 25 ottobre 2026, ore 03:00",
		    "Sunday 25 October 2026, 03:00" },
	};
	size_t i;

	(void)state;
	setenv("TZ", "Europe/Rome", 1);
	tzset();
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		format_date(LANG_IT, cases[i].t, out);
		assert_string_equal(out, cases[i].it);
		format_date(LANG_EN, cases[i].t, out);
		assert_string_equal(out, cases[i].en);
	}
}

static void
the_language_asked_for_is_found(void **state)
{
	static const struct {
		const char *header;
		enum lang want;
	} cases[] = {
		{ NULL, LANG_IT },
		{ "", LANG_IT },
		{ "it", LANG_IT },
		{ "en", LANG_EN },
		{ "EN-gb", LANG_EN },
		{ "de", LANG_IT },
		{ "de, en;q=0.5", LANG_EN },
		{ "en;q=0.5, it;q=0.4", LANG_EN },
		{ "en;q=0.4, it;q=0.5", LANG_IT },
		{ "en, it", LANG_IT },
		{ "en;q=0", LANG_IT },
		{ "en;q=0.001", LANG_EN },
		{ "en;q=banana", LANG_IT },
		{ "eng", LANG_IT },
		{ "it-IT,it;q=0.9,en-US;q=0.8,en;q=0.7", LANG_IT },
		{ ";;;,,,q=", LANG_IT },
	};
	enum lang l;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (lang_of_header(cases[i].header) != cases[i].want)
			fail_msg("%s", cases[i].header);
	assert_true(lang_of_query("lang=en", &l));
	assert_int_equal(l, LANG_EN);
	assert_true(lang_of_query("a=b&lang=it&c", &l));
	assert_int_equal(l, LANG_IT);
	assert_false(lang_of_query(NULL, &l));
	assert_false(lang_of_query("", &l));
	assert_false(lang_of_query("lang=", &l));
	assert_false(lang_of_query("lang=de", &l));
	assert_false(lang_of_query("xlang=en", &l));
	assert_false(lang_of_query("&&&", &l));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_have_the_separators_of_the_language),
		cmocka_unit_test(money_has_its_sign),
		cmocka_unit_test(percentages_are_rounded_to_one_place),
		cmocka_unit_test(dates_are_those_of_italy_in_summer_and_winter),
		cmocka_unit_test(
		    deadlines_hold_across_the_change_of_summer_time),
		cmocka_unit_test(the_language_asked_for_is_found),
	};

	return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
