#include <string.h>

#include "text.h"

#include "vec.h"

static void
lines_end_with_a_newline(void **state)
{
	struct cursor c = cursor_of(slice_str("one\n\nthree\nrest"));

	(void)state;
	assert_bytes(text_line(&c), slice_str("one"));
	assert_bytes(text_line(&c), slice_str(""));
	assert_bytes(text_line(&c), slice_str("three"));
	assert_false(c.bad);
	assert_bytes(slice_of(c.p, c.n), slice_str("rest"));
	assert_int_equal(text_line(&c).n, 0);
	assert_true(c.bad);
	c = cursor_of(slice_of(NULL, 0));
	assert_int_equal(text_line(&c).n, 0);
	assert_true(c.bad);
}

static void
numbers_have_one_spelling(void **state)
{
	static const char *const bad[] = { "", "00", "01", "+1", "-1", " 1",
		"1 ", "1\n", "1a", "0x1", "18446744073709551616",
		"99999999999999999999", "\xd9\xa1" };
	uint64_t v = 7;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(text_u64(slice_str(bad[i]), &v), ERR_FORMAT);
	assert_int_equal(v, 7);
	assert_int_equal(text_u64(slice_str("0"), &v), OK);
	assert_int_equal(v, 0);
	assert_int_equal(text_u64(slice_str("18446744073709551615"), &v), OK);
	assert_true(v == UINT64_MAX);
}

static void
prefixes_are_exact(void **state)
{
	struct slice s;

	(void)state;
	assert_int_equal(text_after(slice_str("index 5"), "index ", &s), OK);
	assert_bytes(s, slice_str("5"));
	assert_int_equal(
	    text_after(slice_str("index"), "index ", &s), ERR_FORMAT);
	assert_int_equal(
	    text_after(slice_str("Index 5"), "index ", &s), ERR_FORMAT);
	assert_int_equal(text_after(slice_of(NULL, 0), "x", &s), ERR_FORMAT);
}

/* Against the definition: what is encoded from a number, shortest. */
static size_t
encode(uint32_t v, uint8_t *out)
{
	if (v < 0x80) {
		out[0] = (uint8_t)v;
		return 1;
	}
	if (v < 0x800) {
		out[0] = (uint8_t)(0xc0 | v >> 6);
		out[1] = (uint8_t)(0x80 | (v & 63));
		return 2;
	}
	if (v < 0x10000) {
		out[0] = (uint8_t)(0xe0 | v >> 12);
		out[1] = (uint8_t)(0x80 | (v >> 6 & 63));
		out[2] = (uint8_t)(0x80 | (v & 63));
		return 3;
	}
	out[0] = (uint8_t)(0xf0 | v >> 18);
	out[1] = (uint8_t)(0x80 | (v >> 12 & 63));
	out[2] = (uint8_t)(0x80 | (v >> 6 & 63));
	out[3] = (uint8_t)(0x80 | (v & 63));
	return 4;
}

static void
accepts_every_character_and_no_surrogate(void **state)
{
	uint8_t b[4];
	uint32_t v;
	size_t n, i;
	int good;

	(void)state;
	for (v = 0; v < 0x120000; v++) {
		n = encode(v, b);
		good = (v >= 0x20 || v == '\n') && v <= 0x10ffff &&
		       (v < 0xd800 || v > 0xdfff);
		if ((text_utf8(slice_of(b, n)) == OK) != good)
			fail_msg("U+%04X", (unsigned)v);
		for (i = 1; i < n; i++)
			assert_int_equal(text_utf8(slice_of(b, i)), ERR_FORMAT);
	}
}

static void
refuses_longer_forms_and_stray_bytes(void **state)
{
	static const char *const bad[] = { "\xc0\xaf", "\xc1\xbf",
		"\xe0\x80\xaf", "\xe0\x9f\xbf", "\xf0\x80\x80\xaf",
		"\xf0\x8f\xbf\xbf", "\x80", "\xbf", "\xfe", "\xff",
		"\xf5\x80\x80\x80", "a\xc3", "\xc3(", "\xe2\x82(", "\t",
		"\r\n" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(text_utf8(slice_str(bad[i])), ERR_FORMAT);
	assert_int_equal(text_utf8(slice_of("a\0b", 3)), ERR_FORMAT);
	assert_int_equal(text_utf8(slice_of(NULL, 0)), OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_end_with_a_newline),
		cmocka_unit_test(numbers_have_one_spelling),
		cmocka_unit_test(prefixes_are_exact),
		cmocka_unit_test(accepts_every_character_and_no_surrogate),
		cmocka_unit_test(refuses_longer_forms_and_stray_bytes),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, vec_free);
}
