#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "sample.h"

#include "vec.h"

#define OPTIONS 5 /* of the sample form: 100, 200.5, 300, 400, 500000 */

static struct form *
form(const char *ballot)
{
	json_t *doc = sample_form(NULL, ballot);
	struct form *f = NULL;
	struct buf b = { 0 };
	struct why why = { "" };

	sample_text(doc, &b);
	if (form_parse(buf_slice(&b), NULL, &f, &why) != OK)
		fail_msg("%s: %s", ballot, why.text);
	buf_free(&b);
	json_decref(doc);
	return f;
}

/* Decode ${s}; what is taken must encode to the same bytes again. */
static enum err
decode(const struct form *f, struct slice s, uint32_t v[static OPTIONS],
    struct why *why)
{
	struct choices c = { 0, v, 0 };
	struct buf b = { 0 };
	enum err r;

	memset(why, 0, sizeof(*why));
	memset(v, 0xff, OPTIONS * sizeof(*v));
	r = choices_decode(f, slice_of(vec_copy(s), s.n), &c, why);
	assert_true(r == OK || r == ERR_FORMAT || r == ERR_LIMIT);
	assert_int_equal(r == OK, why->text[0] == 0);
	if (r == OK) {
		assert_int_equal(c.n, OPTIONS);
		assert_int_equal(choices_put(f, &c, &b, why), OK);
		assert_bytes(buf_slice(&b), s);
		buf_free(&b);
	}
	return r;
}

struct row {
	const char *hex;
	uint32_t v[OPTIONS];
	const char *why; /* NULL: good */
};

static void
try_rows(const char *ballot, const struct row *rows, size_t n)
{
	struct form *f = form(ballot);
	uint32_t v[OPTIONS];
	struct why why;
	size_t i;

	for (i = 0; i < n; i++) {
		enum err r = decode(f, vec_unhex(rows[i].hex), v, &why);

		if ((r == OK) != (rows[i].why == NULL))
			fail_msg("%s %s: %s", ballot, rows[i].hex,
			    r == OK ? "taken" : why.text);
		if (r == OK)
			assert_memory_equal(v, rows[i].v, sizeof(v));
		else if (strstr(why.text, rows[i].why) == NULL)
			fail_msg("%s %s: \"%s\" without \"%s\"", ballot,
			    rows[i].hex, why.text, rows[i].why);
	}
	form_free(f);
}
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TRY(ballot, rows) try_rows(ballot, (rows), COUNT(rows))

static void
a_choice_is_one_number(void **state)
{
	static const struct row rows[] = {
		{ "0000", { 0 }, NULL },
		{ "0001", { 1 }, NULL },
		{ "0005", { 0, 0, 0, 0, 1 }, NULL },
		{ "0006", { 0 }, "names option 6, but there are only 5" },
		{ "0100", { 0 }, "names option 256" },
		{ "ffff", { 0 }, "names option 65535" },
		{ "", { 0 }, "has 0 bytes, a ballot of this form has 2" },
		{ "00", { 0 }, "has 1 bytes" },
		{ "000100", { 0 }, "has 3 bytes" },
	};

	(void)state;
	TRY("{\"type\":\"choice\"}", rows);
}

static void
all_choices_are_counted(void **state)
{
	struct form *f = form("{\"type\":\"choice\"}");
	uint32_t v[OPTIONS];
	unsigned i, good = 0;
	uint8_t b[2];
	struct why why;

	(void)state;
	for (i = 0; i < 65536; i += i < 600 ? 1 : 257) {
		store16(b, (uint16_t)i);
		good += decode(f, slice_of(b, 2), v, &why) == OK;
	}
	assert_int_equal(good, OPTIONS + 1);
	form_free(f);
}

static void
a_bitmap_keeps_its_limits(void **state)
{
	static const struct row rows[] = {
		{ "00", { 0 }, NULL },
		{ "c0", { 1, 1 }, NULL },
		{ "28", { 0, 0, 1, 0, 1 }, NULL },
		{ "80", { 0 }, "names 1 options, at least 2 are asked for" },
		{ "f0", { 0 }, "names 4 options, at most 3 are allowed" },
		{ "c4", { 0 }, "an unused bit is set, after option 5" },
		{ "04", { 0 }, "an unused bit is set" },
		{ "01", { 0 }, "an unused bit is set" },
		{ "c000", { 0 }, "has 2 bytes, a ballot of this form has 1" },
		{ "", { 0 }, "has 0 bytes" },
	};

	(void)state;
	TRY("{\"max\":3,\"max_cost\":\"\",\"min\":2,\"min_cost\":\"\","
	    "\"type\":\"bitmap\"}",
	    rows);
}

static void
a_knapsack_is_exact_to_the_millionth(void **state)
{
	static const struct row most[] = {
		{ "00", { 0 }, NULL },
		{ "c0", { 1, 1 }, NULL }, /* 300.5 */
		{ "20", { 0, 0, 1 }, NULL },
		{ "10", { 0 }, "the options cost more than 300.5 altogether" },
		{ "a0", { 0 }, "the options cost more" },
		{ "08", { 0 }, "the options cost more" },
	};
	static const struct row just_below[] = {
		{ "c0", { 0 }, "the options cost more than 300.499999" },
		{ "20", { 0, 0, 1 }, NULL },
	};
	static const struct row least[] = {
		{ "00", { 0 }, NULL }, /* blank is always allowed */
		{ "c0", { 1, 1 }, NULL },
		{ "20", { 0 }, "the options cost less than 300.5 altogether" },
		{ "f8", { 1, 1, 1, 1, 1 }, NULL },
	};
	static const struct row just_above[] = {
		{ "c0", { 0 }, "the options cost less than 300.500001" },
		{ "a0", { 1, 0, 1 }, NULL },
	};

	(void)state;
	TRY("{\"max\":5,\"max_cost\":\"300.5\",\"min\":1,\"min_cost\":\"\","
	    "\"type\":\"bitmap\"}",
	    most);
	TRY("{\"max\":5,\"max_cost\":\"300.499999\",\"min\":1,"
	    "\"min_cost\":\"\",\"type\":\"bitmap\"}",
	    just_below);
	TRY("{\"max\":5,\"max_cost\":\"\",\"min\":1,\"min_cost\":\"300.5\","
	    "\"type\":\"bitmap\"}",
	    least);
	TRY("{\"max\":5,\"max_cost\":\"\",\"min\":1,"
	    "\"min_cost\":\"300.500001\",\"type\":\"bitmap\"}",
	    just_above);
}

static void
costs_do_not_overflow(void **state)
{
	json_t *doc = sample_form(NULL,
	    "{\"max\":5,\"max_cost\":\"999999999999999.999999\",\"min\":1,"
	    "\"min_cost\":\"\",\"type\":\"bitmap\"}");
	struct form *f = NULL;
	struct buf b = { 0 };
	uint32_t v[OPTIONS];
	struct why why;
	uint8_t byte;
	unsigned i;

	(void)state;
	for (i = 0; i < OPTIONS; i++) {
		char path[20];

		(void)snprintf(path, sizeof(path), "options.%u.cost", i);
		sample_edit(doc, path, "\"999999999999999.999999\"");
	}
	sample_edit(doc, "budget", "\"999999999999999.999999\"");
	sample_text(doc, &b);
	assert_int_equal(form_parse(buf_slice(&b), NULL, &f, &why), OK);
	/* One can be paid, two and more cannot. */
	for (i = 1; i < 32; i++) {
		byte = (uint8_t)(i << 3);
		assert_int_equal(decode(f, slice_of(&byte, 1), v, &why),
		    (i & (i - 1)) == 0 ? OK : ERR_LIMIT);
	}
	form_free(f);
	buf_free(&b);
	json_decref(doc);
}

static void
points_keep_their_limits(void **state)
{
	static const struct row rows[] = {
		{ "00000000000000000000", { 0 }, NULL },
		{ "00030002000000000000", { 3, 2 }, NULL },
		{ "00040000000000000004", { 4, 0, 0, 0, 4 }, NULL },
		{ "00020002000000000002", { 2, 2, 0, 0, 2 }, NULL },
		{ "00050002000000000000", { 0 },
		    "gives option 1 5 points, at most 4 are allowed" },
		{ "0001000000000000ffff", { 0 },
		    "gives option 5 65535 points" },
		{ "00040000000000000000", { 0 },
		    "names 1 options, at least 2 are asked for" },
		{ "00020002000100010000", { 0 },
		    "names 4 options, at most 3 are allowed" },
		{ "00020002000000000000", { 0 },
		    "gives 4 points, at least 5 are asked for" },
		{ "00040004000100000000", { 0 },
		    "gives 9 points, at most 8 are allowed" },
		{ "000300020000000000", { 0 }, "has 9 bytes" },
		{ "0003000200000000000000", { 0 }, "has 11 bytes" },
		{ "", { 0 }, "has 0 bytes, a ballot of this form has 10" },
	};

	(void)state;
	TRY("{\"max\":3,\"min\":2,\"option_max\":4,\"total_max\":8,"
	    "\"total_min\":5,\"type\":\"points\"}",
	    rows);
}

static void
a_ranking_has_no_holes_and_no_number_twice(void **state)
{
	static const struct row rows[] = {
		{ "000000000000", { 0 }, NULL },
		{ "000300010000", { 2, 0, 1 }, NULL },
		{ "000500040001", { 3, 0, 0, 2, 1 }, NULL },
		{ "000300000000", { 0 }, "names 1 options, at least 2" },
		{ "000300000001", { 0 },
		    "place 3 is taken, but one before it is empty" },
		{ "000000030001", { 0 }, "place 2 is taken" },
		{ "000000000001", { 0 }, "place 3 is taken" },
		{ "000300030000", { 0 },
		    "ranks option 3 at place 1 and again at 2" },
		{ "000300010003", { 0 }, "ranks option 3 at place 1 and" },
		{ "000600010000", { 0 }, "names option 6, but there are" },
		{ "000100060000", { 0 }, "names option 6" },
		{ "010000020000", { 0 }, "names option 256" },
		{ "00030001", { 0 },
		    "has 4 bytes, a ballot of this form has 6" },
		{ "0003000100000000", { 0 }, "has 8 bytes" },
		{ "0003000100", { 0 }, "has 5 bytes" },
	};

	(void)state;
	TRY("{\"max\":3,\"min\":2,\"type\":\"ranking\"}", rows);
}

static void
as_many_ballots_are_taken_as_there_are(void **state)
{
	struct form *f;
	uint32_t v[OPTIONS];
	struct why why;
	uint8_t b[10];
	unsigned i, k, n;

	(void)state;
	/* Sets of 2 or 3 of five, and the blank one. */
	f = form("{\"max\":3,\"max_cost\":\"\",\"min\":2,\"min_cost\":\"\","
		 "\"type\":\"bitmap\"}");
	for (i = 0, n = 0; i < 256; i++) {
		b[0] = (uint8_t)i;
		n += decode(f, slice_of(b, 1), v, &why) == OK;
	}
	assert_int_equal(n, 10 + 10 + 1);
	form_free(f);
	/* Orders of 2 or 3 of five, and the blank one. */
	f = form("{\"max\":3,\"min\":2,\"type\":\"ranking\"}");
	for (i = 0, n = 0; i < 8 * 8 * 8; i++) {
		for (k = 0; k < 3; k++)
			store16(
			    b + 2 * (size_t)k, (uint16_t)(i >> (3 * k) & 7));
		n += decode(f, slice_of(b, 6), v, &why) == OK;
	}
	assert_int_equal(n, 5 * 4 + 5 * 4 * 3 + 1);
	form_free(f);
	/* Exactly four points on up to five options: 70 ways, and blank. */
	f = form("{\"max\":5,\"min\":1,\"option_max\":4,\"total_max\":4,"
		 "\"total_min\":4,\"type\":\"points\"}");
	for (i = 0, n = 0; i < 6 * 6 * 6 * 6 * 6; i++) {
		unsigned rest = i;

		for (k = 0; k < OPTIONS; k++) {
			store16(b + 2 * (size_t)k, (uint16_t)(rest % 6));
			rest /= 6;
		}
		n += decode(f, slice_of(b, 10), v, &why) == OK;
	}
	assert_int_equal(n, 70 + 1);
	form_free(f);
}

/* Encoding refuses what decoding would. */
static void
choices_out_of_range_are_not_encoded(void **state)
{
	static const struct {
		const char *ballot;
		uint32_t v[OPTIONS];
		int blank;
		const char *why;
	} rows[] = {
		{ "{\"type\":\"choice\"}", { 1, 1 }, 0,
		    "names 2 options, at most 1 are allowed" },
		{ "{\"type\":\"choice\"}", { 2 }, 0,
		    "option 1 has the number 2 instead of 0 or 1" },
		{ "{\"type\":\"choice\"}", { 1 }, 1, "said to be blank" },
		{ "{\"max\":3,\"max_cost\":\"\",\"min\":1,\"min_cost\":\"\","
		  "\"type\":\"bitmap\"}",
		    { 0, 7 }, 0, "option 2 has the number 7" },
		{ "{\"max\":3,\"max_cost\":\"250\",\"min\":1,"
		  "\"min_cost\":\"\",\"type\":\"bitmap\"}",
		    { 1, 1 }, 0, "cost more than 250" },
		{ "{\"max\":5,\"min\":1,\"option_max\":65535,"
		  "\"total_max\":4294967295,\"total_min\":0,"
		  "\"type\":\"points\"}",
		    { 65536 }, 0, "option 1 65536 points" },
		{ "{\"max\":5,\"min\":1,\"option_max\":65535,"
		  "\"total_max\":9,\"total_min\":0,\"type\":\"points\"}",
		    { 5, 5 }, 0, "gives 10 points" },
		{ "{\"max\":3,\"min\":1,\"type\":\"ranking\"}", { 1, 1 }, 0,
		    "options 1 and 2 share place 1" },
		{ "{\"max\":3,\"min\":1,\"type\":\"ranking\"}", { 1, 3 }, 0,
		    "option 2 has place 3 of 2" },
		{ "{\"max\":3,\"min\":1,\"type\":\"ranking\"}", { 2 }, 0,
		    "option 1 has place 2 of 1" },
		{ "{\"max\":3,\"min\":1,\"type\":\"ranking\"}",
		    { 0xffffffff, 1 }, 0, "option 1 has place 4294967295" },
		{ "{\"max\":3,\"min\":1,\"type\":\"ranking\"}", { 1, 2, 3, 4 },
		    0, "names 4 options, at most 3" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct form *f = form(rows[i].ballot);
		uint32_t v[OPTIONS];
		struct choices c = { OPTIONS, v, rows[i].blank };
		struct buf b = { 0 };
		struct why why;

		memcpy(v, rows[i].v, sizeof(v));
		assert_int_not_equal(choices_put(f, &c, &b, &why), OK);
		assert_int_equal(b.n, 0);
		if (strstr(why.text, rows[i].why) == NULL)
			fail_msg("%s: %s", rows[i].ballot, why.text);
		c.n = OPTIONS - 1;
		assert_int_equal(choices_put(f, &c, &b, &why), ERR_FORMAT);
		form_free(f);
	}
}

static void
blank_is_all_zeros_in_every_form(void **state)
{
	static const char *const ballots[] = { "{\"type\":\"choice\"}",
		"{\"max\":5,\"max_cost\":\"\",\"min\":5,"
		"\"min_cost\":\"500000\",\"type\":\"bitmap\"}",
		"{\"max\":5,\"min\":5,\"option_max\":4,\"total_max\":20,"
		"\"total_min\":20,\"type\":\"points\"}",
		"{\"max\":5,\"min\":5,\"type\":\"ranking\"}" };
	static const uint8_t zeros[10];
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct form *f = form(ballots[i]);
		uint32_t v[OPTIONS];
		struct choices c = { 0, v, 0 };
		struct buf b = { 0 };
		struct why why;

		assert_int_equal(
		    choices_decode(
			f, slice_of(zeros, choices_bytes(f)), &c, &why),
		    OK);
		assert_true(c.blank);
		assert_int_equal(choices_put(f, &c, &b, &why), OK);
		c.blank = 0; /* what counts are the numbers */
		assert_int_equal(choices_put(f, &c, &b, &why), OK);
		assert_int_equal(b.n, 2 * choices_bytes(f));
		assert_memory_equal(b.p, zeros, choices_bytes(f));
		buf_free(&b);
		form_free(f);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_choice_is_one_number),
		cmocka_unit_test(all_choices_are_counted),
		cmocka_unit_test(a_bitmap_keeps_its_limits),
		cmocka_unit_test(a_knapsack_is_exact_to_the_millionth),
		cmocka_unit_test(costs_do_not_overflow),
		cmocka_unit_test(points_keep_their_limits),
		cmocka_unit_test(a_ranking_has_no_holes_and_no_number_twice),
		cmocka_unit_test(as_many_ballots_are_taken_as_there_are),
		cmocka_unit_test(choices_out_of_range_are_not_encoded),
		cmocka_unit_test(blank_is_all_zeros_in_every_form),
	};

	return cmocka_run_group_tests(tests, NULL, vec_free);
}
