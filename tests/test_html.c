#include <string.h>

#include "html.h"

#include "vec.h"

static void
assert_text(
    void (*f)(struct buf *, const char *), const char *in, const char *want)
{
	struct buf b = { 0 };

	f(&b, in);
	buf_str(&b, "");
	assert_string_equal(b.n > 0 ? buf_text(&b) : "", want);
	buf_free(&b);
}

static void
text_cannot_begin_a_tag_or_an_entity(void **state)
{
	(void)state;
	assert_text(html_text, "", "");
	assert_text(html_text, "Scuola & parco", "Scuola &amp; parco");
	assert_text(html_text, "<script>alert(1)</script>",
	    "&lt;script&gt;alert(1)&lt;/script&gt;");
	assert_text(html_text, "&lt;", "&amp;lt;");
	assert_text(html_text, "caff\xc3\xa8 \xe2\x82\xac \xf0\x9f\x8c\xb3",
	    "caff\xc3\xa8 \xe2\x82\xac \xf0\x9f\x8c\xb3");
}

static void
an_attribute_cannot_be_left(void **state)
{
	(void)state;
	assert_text(html_attr, "\" onload=\"x", "&#34; onload=&#34;x");
	assert_text(html_attr, "' x='`", "&#39; x=&#39;&#96;");
}

static void
broken_and_unwanted_characters_are_replaced(void **state)
{
#define R "\xef\xbf\xbd"
	(void)state;
	assert_text(html_text,
	    "a\x01"
	    "b\x1b[31m\x7f",
	    "a" R "b" R "[31m" R);
	assert_text(html_text, "\x80\xff", R R);
	assert_text(html_text, "\xc3", R);
	assert_text(html_text, "\xc3(", R "(");
	assert_text(html_text, "\xc0\xbc", R R);	     /* overlong < */
	assert_text(html_text, "\xed\xa0\x80", R R R);	     /* surrogate */
	assert_text(html_text, "\xf4\x90\x80\x80", R R R R); /* too large */
	assert_text(html_text, "\xe2\x80", R R);
	assert_text(html_text, "\xc2\x85", R);
	/* Writing direction: RLO, LRI. */
	assert_text(html_text, "x\xe2\x80\xaey", "x" R "y");
	assert_text(html_text, "x\xe2\x81\xa6y", "x" R "y");
	assert_text(html_text, "a\tb\nc", "a\tb\nc");
}

static void
a_segment_of_a_path_stays_one(void **state)
{
	(void)state;
	assert_text(html_url, "bilancio-2026", "bilancio-2026");
	assert_text(html_url, "a/../b?c#d%\"", "a%2F..%2Fb%3Fc%23d%25%22");
	assert_text(html_url, "\xc3\xa8 ", "%C3%A8%20");
}

static void
empty_lines_make_paragraphs(void **state)
{
	(void)state;
	assert_text(html_paragraphs, "", "");
	assert_text(html_paragraphs, "\n\n \n", "");
	assert_text(html_paragraphs, "uno", "<p>uno</p>\n");
	assert_text(html_paragraphs, "uno\ndue\n\n\ntre <b>\n",
	    "<p>uno<br>\ndue</p>\n<p>tre &lt;b&gt;</p>\n");
}

static void
long_lines_are_cut_between_characters_only(void **state)
{
	struct buf in = { 0 }, want = { 0 };
	int pad, i;

	(void)state;
	for (pad = 0; pad < 4; pad++) {
		buf_str(&want, "<p>");
		for (i = 0; i < pad; i++) {
			buf_str(&in, "x");
			buf_str(&want, "x");
		}
		for (i = 0; i < 1000; i++) {
			buf_str(&in, "\xe2\x82\xac");
			buf_str(&want, "\xe2\x82\xac");
		}
		buf_str(&want, "</p>\n");
		assert_text(html_paragraphs, buf_text(&in), buf_text(&want));
		buf_free(&in);
		buf_free(&want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_cannot_begin_a_tag_or_an_entity),
		cmocka_unit_test(an_attribute_cannot_be_left),
		cmocka_unit_test(broken_and_unwanted_characters_are_replaced),
		cmocka_unit_test(a_segment_of_a_path_stays_one),
		cmocka_unit_test(empty_lines_make_paragraphs),
		cmocka_unit_test(long_lines_are_cut_between_characters_only),
	};

	return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
