#include <stdlib.h>
#include <string.h>

#include "json.h"

#include "vec.h"

static enum err
read_text(const char *text)
{
	json_t *j = NULL;
	struct why why = { "" };
	enum err r = json_read_document(slice_str(text), &j, &why);

	/* Every refusal says why; nothing is left behind by one. */
	assert_int_equal(r == OK, j != NULL);
	assert_int_equal(r == OK, why.text[0] == 0);
	json_decref(j);
	return r;
}

static json_t *
load(const char *text)
{
	struct why why;
	json_t *j = NULL;

	if (json_read(slice_str(text), &j, &why) != OK)
		fail_msg("%s: %s", text, why.text);
	return j;
}

static void
published_documents_without_floats_or_literals_come_out_equal(void **state)
{
	const json_t *docs =
	    json_object_get(vec_shared("jcs/rfc8785.json"), "documents");
	/*
	 * "arrays" and "values" hold true and null, "structures" and "values"
	 * numbers with a point: our subset has neither, so these are refused.
	 * What "structures" comes out as holds 56 for 56.0, and is a document.
	 */
	static const char *const outside[] = { "arrays", "structures",
		"values" };
	unsigned equal = 0, refused = 0;
	size_t i, k;

	(void)state;
	for (i = 0; i < json_array_size(docs); i++) {
		const json_t *t = json_array_get(docs, i);
		struct slice in = vec_hex(t, "input_hex");
		struct slice want = vec_hex(t, "output_hex");
		struct buf b = { 0 };
		json_t *j = NULL;
		int bad = 0;

		for (k = 0; k < 3; k++)
			bad |= strcmp(outside[k], vec_str(t, "name")) == 0;
		assert_int_equal(json_read(in, &j, NULL), OK);
		if (bad) {
			assert_int_equal(json_canonical_put(&b, j), ERR_FORMAT);
			assert_int_equal(b.n, 0);
			refused++;
		} else {
			assert_int_equal(json_canonical_put(&b, j), OK);
			assert_bytes(buf_slice(&b), want);
			equal++;
		}
		json_decref(j);
		j = NULL;
		/* Only the canonical form is a document. */
		assert_int_equal(json_read_document(in, &j, NULL), ERR_FORMAT);
		assert_int_equal(json_read_document(want, &j, NULL),
		    bad && strcmp(vec_str(t, "name"), "structures") != 0
			? ERR_FORMAT
			: OK);
		json_decref(j);
		buf_free(&b);
	}
	assert_int_equal(equal, 3);
	assert_int_equal(refused, 3);
}

static void
the_canonical_form_is_the_only_document(void **state)
{
	static const char *const good[] = {
		"{}", "[]", "{\"a\":1}",
		"[0,-1,9007199254740991,-9007199254740991]",
		"{\"\":\"\",\"A\":{},\"a\":[]}",
		"[\"\\b\\t\\n\\f\\r\\u0001\\u001f\\\"\\\\/\x7f\"]",
		/* U+1F602 is a surrogate pair: before U+FB33, after U+20AC. */
		"{\"\xe2\x82\xac\":1,\"\xf0\x9f\x98\x82\":2,\"\xef\xac\xb3\":3}"
	};
	static const char *const bad[] = { "", " ", "{} ", " {}", "{}\n",
		"{}{}", "{", "}", "[", "[1,]", "{\"a\":1,}", "1", "\"a\"",
		"null", "[null]", "[true]", "[false]", "[1.0]", "[1e2]", "[-0]",
		"[01]", "[+1]", "[9007199254740992]", "[-9007199254740992]",
		"[9223372036854775807]", "[9223372036854775808]",
		"[99999999999999999999999]", "[ 1]", "[1, 2]",
		"{\"b\":1,\"a\":2}", "{\"a\":1,\"a\":1}", "{\"a\" :1}",
		"{'a':1}", "{a:1}", "[\"\\u0041\"]", "[\"\\/\"]",
		"[\"\\u000a\"]", "[\"\\u001F\"]", "[\"\n\"]", "[\"\\u0000\"]",
		"{\"\\u0000\":1}", "[\"\\ud800\"]", "[\"\\udc00\\ud800\"]",
		"[\"\xc0\x80\"]", "[\"\xed\xa0\x80\"]",
		"[\"\xf4\x90\x80\x80\"]", "[\"\xff\"]", "[\"\xe2\x82\"]",
		"\xef\xbb\xbf{}", "[NaN]", "[Infinity]", "// x\n[]",
		"[\"\\ud83d\\ude02\"]",
		"{\"\xef\xac\xb3\":3,\"\xf0\x9f\x98\x82\":2}" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (read_text(good[i]) != OK)
			fail_msg("refused: %s", good[i]);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (read_text(bad[i]) == OK)
			fail_msg("taken: %s", bad[i]);
	}
}

static void
every_truncation_and_every_byte_more_is_refused(void **state)
{
	static const char text[] =
	    "{\"a\":[1,-2,\"\xc3\xa8\"],\"b\":{\"c\":\"\\n\"}}";
	char more[sizeof(text) + 1];
	json_t *j = NULL;
	size_t n;
	unsigned c;

	(void)state;
	assert_int_equal(read_text(text), OK);
	for (n = 0; n < strlen(text); n++)
		assert_int_not_equal(
		    json_read_document(
			slice_of(vec_copy(slice_of(text, n)), n), &j, NULL),
		    OK);
	memcpy(more, text, sizeof(text));
	for (c = 0; c < 256; c++) {
		more[sizeof(text) - 1] = (char)c;
		assert_int_not_equal(
		    json_read_document(slice_of(more, sizeof(text)), &j, NULL),
		    OK);
	}
}

static void
a_nul_anywhere_is_refused(void **state)
{
	static const char text[] = "{\"ab\":[1,\"cd\"]}";
	char copy[sizeof(text)];
	json_t *j = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < strlen(text); i++) {
		memcpy(copy, text, sizeof(text));
		copy[i] = 0;
		assert_int_not_equal(
		    json_read(slice_of(copy, strlen(text)), &j, NULL), OK);
	}
}

static void
deep_and_large_documents_are_refused(void **state)
{
	char *deep = malloc(8001);
	struct why why;
	json_t *j = NULL;
	size_t n;

	(void)state;
	assert_non_null(deep);
	for (n = 1; n <= 4000; n = n < 40 ? n + 1 : n * 10) {
		memset(deep, '[', n);
		memset(deep + n, ']', n);
		assert_int_equal(
		    json_read(slice_of(deep, 2 * n), &j, &why) == OK, n <= 32);
		if (n <= 32)
			json_decref(j);
	}
	free(deep);
	deep = malloc(DOCUMENT_MAX + 1);
	assert_non_null(deep);
	memset(deep, 'x', DOCUMENT_MAX + 1);
	deep[0] = '[';
	deep[1] = '"';
	deep[DOCUMENT_MAX - 2] = '"';
	deep[DOCUMENT_MAX - 1] = ']';
	assert_int_equal(
	    json_read_document(slice_of(deep, DOCUMENT_MAX), &j, &why), OK);
	json_decref(j);
	deep[DOCUMENT_MAX - 2] = 'x';
	deep[DOCUMENT_MAX - 1] = '"';
	deep[DOCUMENT_MAX] = ']';
	assert_int_equal(
	    json_read_document(slice_of(deep, DOCUMENT_MAX + 1), &j, &why),
	    ERR_LIMIT);
	assert_non_null(strstr(why.text, "1048576"));
	free(deep);
}

static void
reasons_are_plain_ascii_whatever_the_text(void **state)
{
	static const char *const bad[] = { "[\xc3\xa8]", "{\"a\":\xf0\x9f}",
		"[\"a\" \xe2\x82\xac]", "[\x01]", "[\x1b[2J]" };
	struct why why;
	json_t *j = NULL;
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_not_equal(
		    json_read(slice_str(bad[i]), &j, &why), OK);
		for (k = 0; why.text[k] != 0; k++)
			assert_in_range(why.text[k], ' ', '~');
	}
}

static void
integers_keep_their_range(void **state)
{
	json_t *o = load("{\"a\":5,\"s\":\"5\",\"r\":5.0}");
	struct why why;
	int64_t v = 77;

	(void)state;
	assert_int_equal(json_get_int(o, "a", 0, 5, &v, &why), OK);
	assert_int_equal(v, 5);
	v = 77;
	assert_int_equal(json_get_int(o, "a", 6, 9, &v, &why), ERR_LIMIT);
	assert_string_equal(why.text, "a is 5, and must be from 6 to 9");
	assert_int_equal(json_get_int(o, "a", -9, 4, &v, &why), ERR_LIMIT);
	assert_int_equal(json_get_int(o, "s", 0, 9, &v, &why), ERR_FORMAT);
	assert_string_equal(why.text, "s is not an integer");
	assert_int_equal(json_get_int(o, "r", 0, 9, &v, &why), ERR_FORMAT);
	assert_int_equal(json_get_int(o, "x", 0, 9, &v, &why), ERR_FORMAT);
	assert_string_equal(why.text, "x is missing");
	assert_int_equal(json_get_int(NULL, "x", 0, 9, &v, NULL), ERR_FORMAT);
	assert_int_equal(v, 77);
	json_decref(o);
}

static void
strings_are_counted_in_characters(void **state)
{
	/* Four characters of 1, 2, 3 and 4 bytes. */
	json_t *o = load("{\"a\":\"x\xc3\xa8\xe2\x82\xac\xf0\x9f\x98\x82\","
			 "\"e\":\"\",\"i\":1}");
	struct why why;
	const char *s = NULL;

	(void)state;
	assert_int_equal(json_get_string(o, "a", 4, 4, &s, &why), OK);
	assert_int_equal(strlen(s), 10);
	s = NULL;
	assert_int_equal(json_get_string(o, "a", 0, 3, &s, &why), ERR_LIMIT);
	assert_string_equal(why.text, "a is longer than 3 characters");
	assert_int_equal(json_get_string(o, "a", 5, 9, &s, &why), ERR_LIMIT);
	assert_string_equal(why.text, "a is shorter than 5 characters");
	assert_int_equal(json_get_string(o, "e", 1, 9, &s, &why), ERR_LIMIT);
	assert_string_equal(why.text, "e is empty");
	assert_int_equal(json_get_string(o, "i", 0, 9, &s, &why), ERR_FORMAT);
	assert_int_equal(json_get_string(o, "x", 0, 9, &s, &why), ERR_FORMAT);
	assert_null(s);
	assert_int_equal(json_get_string(o, "e", 0, 9, &s, &why), OK);
	assert_string_equal(s, "");
	json_decref(o);
}

static void
control_characters_stand_in_long_texts_only(void **state)
{
	static const struct {
		const char *text;
		int in_short, in_long;
	} rows[] = {
		{ "a b", 1, 1 },
		{ "a\\nb", 0, 1 },
		{ "a\\tb", 0, 1 },
		{ "a\\rb", 0, 0 },
		{ "a\\u0001b", 0, 0 },
		{ "a\\u001fb", 0, 0 },
		{ "a\x7f", 0, 0 },
		{ "a\\u0080", 0, 0 },
		{ "a\\u009f", 0, 0 },
		{ "a\\u00a0", 1, 1 },
	};
	char text[40];
	const char *s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *o;

		(void)snprintf(
		    text, sizeof(text), "{\"s\":\"%s\"}", rows[i].text);
		o = load(text);
		assert_int_equal(
		    json_get_string(o, "s", 0, 200, &s, NULL) == OK,
		    rows[i].in_short);
		assert_int_equal(
		    json_get_string(o, "s", 0, 20000, &s, NULL) == OK,
		    rows[i].in_long);
		json_decref(o);
	}
}

static void
a_string_built_with_a_nul_is_refused(void **state)
{
	json_t *o = json_object();
	const char *s = NULL;
	struct why why;

	(void)state;
	assert_int_equal(
	    json_object_set_new(o, "s", json_stringn("a\0b", 3)), 0);
	assert_int_equal(json_get_string(o, "s", 0, 9, &s, &why), ERR_FORMAT);
	assert_string_equal(why.text, "s holds a NUL");
	json_decref(o);
}

static void
hex_is_exact_and_lower_case(void **state)
{
	static const char *const bad[] = { "\"\"", "\"0\"", "\"010\"",
		"\"010\"", "\"01020\"", "\"010203\"", "\"01 2\"", "\"01AB\"",
		"\"0x12\"", "258", "[]" };
	uint8_t out[2] = { 9, 9 };
	char text[40];
	struct why why;
	json_t *o;
	size_t i;

	(void)state;
	o = load("{\"h\":\"01ab\"}");
	assert_int_equal(json_get_hex(o, "h", out, 2, &why), OK);
	assert_int_equal(out[1], 0xab);
	assert_int_equal(json_get_hex(o, "g", out, 2, &why), ERR_FORMAT);
	json_decref(o);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		(void)snprintf(text, sizeof(text), "{\"h\":%s}", bad[i]);
		o = load(text);
		assert_int_equal(
		    json_get_hex(o, "h", out, 2, &why), ERR_FORMAT);
		assert_string_equal(
		    why.text, "h is not 2 bytes as lower-case hex");
		json_decref(o);
	}
}

static void
objects_and_arrays_are_what_they_say(void **state)
{
	json_t *o = load("{\"o\":{},\"a\":[1,2]}");
	json_t *out = NULL;
	struct why why;

	(void)state;
	assert_int_equal(json_get_object(o, "o", &out, &why), OK);
	assert_int_equal(json_get_array(o, "a", 2, 2, &out, &why), OK);
	out = NULL;
	assert_int_equal(json_get_object(o, "a", &out, &why), ERR_FORMAT);
	assert_int_equal(json_get_object(o, "x", &out, &why), ERR_FORMAT);
	assert_int_equal(json_get_array(o, "o", 0, 9, &out, &why), ERR_FORMAT);
	assert_int_equal(json_get_array(o, "x", 0, 9, &out, &why), ERR_FORMAT);
	assert_int_equal(json_get_array(o, "a", 0, 1, &out, &why), ERR_LIMIT);
	assert_int_equal(json_get_array(o, "a", 3, 9, &out, &why), ERR_LIMIT);
	assert_string_equal(why.text, "a has 2 elements, and must have 3 to 9");
	assert_null(out);
	json_decref(o);
}

static void
text_maps_have_italian_and_languages_only(void **state)
{
	static const struct {
		const char *map;
		const char *why; /* NULL: good */
	} rows[] = {
		{ "{\"it\":\"x\"}", NULL },
		{ "{\"it\":\"\"}", NULL },
		{ "{\"de\":\"a\",\"fur\":\"b\",\"it\":\"c\"}", NULL },
		{ "{}", "t.it is missing" },
		{ "{\"en\":\"x\"}", "t.it is missing" },
		{ "{\"it\":1}", "t.it is not a string" },
		{ "{\"it\":\"abcd\"}", "t.it is longer than 3 characters" },
		{ "{\"en\":\"abcd\",\"it\":\"x\"}",
		    "t.en is longer than 3 characters" },
		{ "{\"it\":\"x\\n\"}", "control character U+000A" },
		{ "{\"IT\":\"x\",\"it\":\"x\"}", "t.IT: a language" },
		{ "{\"i\":\"x\",\"it\":\"x\"}", "t.i: a language" },
		{ "{\"ital\":\"x\",\"it\":\"x\"}", "t.ital: a language" },
		{ "{\"\xc3\xa8\":\"x\",\"it\":\"x\"}", "t.??: a language" },
		{ "{\"\":\"x\",\"it\":\"x\"}", "t.: a language" },
		{ "[\"it\"]", "t is not an object" },
		{ "\"x\"", "t is not an object" },
	};
	char text[100];
	struct why why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *o, *map = NULL;
		enum err r;

		(void)snprintf(text, sizeof(text), "{\"t\":%s}", rows[i].map);
		o = load(text);
		r = json_get_texts(o, "t", 3, &map, &why);
		assert_int_equal(r == OK, rows[i].why == NULL);
		assert_int_equal(map != NULL, r == OK);
		if (rows[i].why != NULL &&
		    strstr(why.text, rows[i].why) == NULL)
			fail_msg("%s: %s", rows[i].map, why.text);
		json_decref(o);
	}
}

static void
a_text_falls_back_to_italian(void **state)
{
	json_t *o = load("{\"en\":\"yes\",\"it\":\"s\xc3\xac\"}");

	(void)state;
	assert_string_equal(json_text(o, "en"), "yes");
	assert_string_equal(json_text(o, "de"), "s\xc3\xac");
	assert_string_equal(json_text(o, NULL), "s\xc3\xac");
	assert_string_equal(json_text(NULL, "it"), "");
	json_decref(o);
}

static void
unknown_members_are_named(void **state)
{
	static const char *const names[] = { "a", "b", NULL };
	json_t *o = load("{\"a\":1}");
	struct why why;

	(void)state;
	assert_int_equal(json_only(o, names, &why), OK);
	json_decref(o);
	o = load("{\"a\":1,\"c\":2}");
	assert_int_equal(json_only(o, names, &why), ERR_FORMAT);
	assert_string_equal(why.text, "c is not a member here");
	json_decref(o);
}

static void
decimals_have_one_spelling(void **state)
{
	static const char *const good[] = { "0", "1", "10", "999999999999999",
		"0.1", "0.000001", "1.5", "12.345678",
		"999999999999999.999999" };
	static const char *const bad[] = { "", " ", "00", "01", "0.0", "1.0",
		"1.10", "1.", ".5", ".", "-1", "+1", "1e3", "1,5", "1.2.3",
		"1.1234567", "0.0000001", "1000000000000000", "1 ", " 1",
		"1.5 ", "0x1", "1.a", "a", "1a", "00.5", "\xd9\xa1" };
	struct why why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(json_decimal_check(good[i], &why), OK);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (json_decimal_check(bad[i], &why) != ERR_FORMAT)
			fail_msg("taken: %s", bad[i]);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    published_documents_without_floats_or_literals_come_out_equal),
		cmocka_unit_test(the_canonical_form_is_the_only_document),
		cmocka_unit_test(
		    every_truncation_and_every_byte_more_is_refused),
		cmocka_unit_test(a_nul_anywhere_is_refused),
		cmocka_unit_test(deep_and_large_documents_are_refused),
		cmocka_unit_test(reasons_are_plain_ascii_whatever_the_text),
		cmocka_unit_test(integers_keep_their_range),
		cmocka_unit_test(strings_are_counted_in_characters),
		cmocka_unit_test(control_characters_stand_in_long_texts_only),
		cmocka_unit_test(a_string_built_with_a_nul_is_refused),
		cmocka_unit_test(hex_is_exact_and_lower_case),
		cmocka_unit_test(objects_and_arrays_are_what_they_say),
		cmocka_unit_test(text_maps_have_italian_and_languages_only),
		cmocka_unit_test(a_text_falls_back_to_italian),
		cmocka_unit_test(unknown_members_are_named),
		cmocka_unit_test(decimals_have_one_spelling),
	};

	return cmocka_run_group_tests(tests, NULL, vec_free);
}
