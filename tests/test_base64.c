#include <string.h>

#include "base64.h"

#include "vec.h"

static const enum base64_kind kinds[] = { BASE64_STD, BASE64_URL_PADDED,
	BASE64_URL };

/* RFC 4648 10. */
static void
encodes_the_examples_of_rfc_4648(void **state)
{
	static const struct {
		const char *bytes, *text;
	} list[] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" },
		{ "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" } };
	char text[BASE64_CHARS(6)];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		base64_encode(BASE64_STD, slice_str(list[i].bytes), text);
		assert_string_equal(text, list[i].text);
		base64_encode(BASE64_URL, slice_str(list[i].bytes), text);
		assert_int_equal(strlen(text), strcspn(list[i].text, "="));
	}
}

static void
uses_the_two_alphabets(void **state)
{
	char text[BASE64_CHARS(3)];

	(void)state;
	base64_encode(BASE64_STD, slice_of("\xfb\xff\xbf", 3), text);
	assert_string_equal(text, "+/+/");
	base64_encode(BASE64_URL_PADDED, slice_of("\xfb\xff\xbf", 3), text);
	assert_string_equal(text, "-_-_");
	base64_encode(BASE64_URL, slice_of("\xfb\xff", 2), text);
	assert_string_equal(text, "-_8");
}

static void
decoding_turns_encoding_round_at_every_length(void **state)
{
	uint8_t bytes[300], back[300];
	struct buf text = { 0 }, out = { 0 };
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 167 + 13);
	for (k = 0; k < 3; k++) {
		for (i = 0; i <= sizeof(bytes); i++) {
			text.n = out.n = 0;
			base64_put(&text, kinds[k], slice_of(bytes, i));
			assert_int_equal(
			    base64_decode(kinds[k], buf_slice(&text), &out),
			    OK);
			assert_bytes(buf_slice(&out), slice_of(bytes, i));
			assert_int_equal(base64_decode_exact(kinds[k],
					     buf_slice(&text), back, i),
			    OK);
			assert_memory_equal(back, bytes, i);
			assert_int_equal(base64_decode_exact(kinds[k],
					     buf_slice(&text), back, i + 1),
			    ERR_FORMAT);
		}
	}
	buf_free(&text);
	buf_free(&out);
}

static void
refuses_every_other_spelling(void **state)
{
	static const struct {
		enum base64_kind kind;
		const char *text;
	} list[] = { { BASE64_STD, "Zg" }, { BASE64_STD, "Zg=" },
		{ BASE64_STD, "Zh==" }, { BASE64_STD, "Zm9=" },
		{ BASE64_STD, "Zg==\n" }, { BASE64_STD, " Zg==" },
		{ BASE64_STD, "Zg== " }, { BASE64_STD, "Z g=" },
		{ BASE64_STD, "====" }, { BASE64_STD, "Z===" },
		{ BASE64_STD, "Zg==Zg==" }, { BASE64_STD, "Zm9v====" },
		{ BASE64_STD, "-_-_" }, { BASE64_URL, "+/+/" },
		{ BASE64_URL_PADDED, "+/+/" }, { BASE64_URL, "Zg==" },
		{ BASE64_URL, "Zh" }, { BASE64_URL, "Z" },
		{ BASE64_URL, "Zm9vY" }, { BASE64_URL_PADDED, "Zg" },
		{ BASE64_STD, "=" }, { BASE64_STD, "Zm=v" } };
	struct buf out = { 0 };
	uint8_t b[16];
	size_t i, n;

	(void)state;
	buf_str(&out, "kept");
	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		assert_int_equal(
		    base64_decode(list[i].kind, slice_str(list[i].text), &out),
		    ERR_FORMAT);
		for (n = 0; n < sizeof(b); n++)
			assert_int_equal(base64_decode_exact(list[i].kind,
					     slice_str(list[i].text), b, n),
			    ERR_FORMAT);
	}
	assert_bytes(buf_slice(&out), slice_str("kept"));
	buf_free(&out);
}

/* Of all one-byte changes only another value decodes, and to another value. */
static void
one_text_has_one_value(void **state)
{
	static const uint8_t good[4] = { 'Z', 'm', '8', '=' };
	char back[BASE64_CHARS(2)];
	uint8_t text[4];
	uint8_t b[2];
	size_t i;
	int c;

	(void)state;
	for (i = 0; i < 4; i++) {
		for (c = 0; c < 256; c++) {
			memcpy(text, good, sizeof(text));
			text[i] = (uint8_t)c;
			if (base64_decode_exact(
				BASE64_STD, slice_of(text, 4), b, 2) != OK)
				continue;
			base64_encode(BASE64_STD, slice_of(b, 2), back);
			assert_memory_equal(back, text, 4);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encodes_the_examples_of_rfc_4648),
		cmocka_unit_test(uses_the_two_alphabets),
		cmocka_unit_test(decoding_turns_encoding_round_at_every_length),
		cmocka_unit_test(refuses_every_other_spelling),
		cmocka_unit_test(one_text_has_one_value),
	};

	return cmocka_run_group_tests_name("base64", tests, NULL, vec_free);
}
