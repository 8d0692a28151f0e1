#include <stdlib.h>
#include <string.h>

#include "locked.h"

#include "vec.h"

#define PASS slice_str("correct horse battery")

/* Made once: what is locked today must open in years. */
static const char old[] =
    "partecipa/locked/v1\n"
    "a test\n"
    "argon2id 2 65536 GfsPyz6CNoZ5Epnx8XVt4A==\n"
    "qLJjDk3o6pYYV0wVxLnM2ZVVxBMJV5aom9VLMYDCnpx7czAt7U00dETWblqYZIiNeMjf\n";

static enum err
open_text(const char *text, const char *what)
{
	struct buf plain = { 0 };
	enum err r = locked_open(slice_str(text), what, PASS, &plain);

	if (r != OK)
		assert_int_equal(plain.n, 0);
	else
		assert_bytes(buf_slice(&plain), slice_str("the secret\n"));
	buf_free(&plain);
	return r;
}

/* ${old} with the first ${from} replaced by ${to}. */
static enum err
open_with(const char *from, const char *to)
{
	const char *at = strstr(old, from);
	struct buf text = { 0 };
	enum err r;

	assert_non_null(at);
	buf_put(&text, old, (size_t)(at - old));
	buf_str(&text, to);
	buf_str(&text, at + strlen(from));
	r = open_text(buf_text(&text), "a test");
	buf_free(&text);
	return r;
}

static void
what_was_locked_before_opens(void **state)
{
	(void)state;
	assert_int_equal(open_text(old, "a test"), OK);
	assert_int_equal(open_text(old, "a tesT"), ERR_FORMAT);
}

static void
what_is_locked_opens_with_its_passphrase_only(void **state)
{
	struct buf text = { 0 }, again = { 0 }, plain = { 0 };
	char what[LOCKED_WHAT_MAX + 1];

	(void)state;
	assert_int_equal(
	    locked_seal("a test", PASS, slice_str("the secret\n"), &text), OK);
	assert_int_equal(open_text(buf_text(&text), "a test"), OK);
	assert_int_equal(locked_open(buf_slice(&text), "a test",
			     slice_str("correct horse batterY"), &plain),
	    ERR_SIGNATURE);
	assert_int_equal(
	    locked_open(buf_slice(&text), "a test", slice_str("short"), &plain),
	    ERR_SIGNATURE);
	assert_int_equal(plain.n, 0);
	assert_int_equal(locked_what(buf_slice(&text), what), OK);
	assert_string_equal(what, "a test");
	/* Salt and nonce are new each time. */
	assert_int_equal(
	    locked_seal("a test", PASS, slice_str("the secret\n"), &again), OK);
	assert_int_equal(again.n, text.n);
	assert_memory_not_equal(again.p, text.p, text.n);
	buf_free(&text);
	buf_free(&again);
	buf_free(&plain);
}

static void
an_altered_text_does_not_open(void **state)
{
	(void)state;
	/* What it is, the parameters and the salt are authenticated. */
	assert_int_equal(open_with("a test", "a tess"), ERR_FORMAT);
	assert_int_equal(open_with("argon2id 2", "argon2id 3"), ERR_SIGNATURE);
	assert_int_equal(open_with("65536", "65537"), ERR_SIGNATURE);
	assert_int_equal(open_with("GfsP", "GfsQ"), ERR_SIGNATURE);
	assert_int_equal(open_with("qLJj", "qLJk"), ERR_SIGNATURE); /* nonce */
	assert_int_equal(open_with("czAt", "czAu"), ERR_SIGNATURE);
	assert_int_equal(open_with("eMjf", "eMjg"), ERR_SIGNATURE); /* tag */
}

static void
parameters_are_neither_cheap_nor_ruinous(void **state)
{
	(void)state;
	assert_int_equal(open_with("d 2 ", "d 1 "), ERR_LIMIT);
	assert_int_equal(open_with("d 2 ", "d 5 "), ERR_LIMIT);
	assert_int_equal(open_with("65536", "65535"), ERR_LIMIT);
	assert_int_equal(open_with("65536", "1048577"), ERR_LIMIT);
	assert_int_equal(open_with("65536", "18446744073709551615"), ERR_LIMIT);
	assert_int_equal(
	    open_with("65536", "18446744073709551616"), ERR_FORMAT);
}

static void
there_is_one_text_for_it(void **state)
{
	static const char *const changes[][2] = {
		{ "v1", "v2" },
		{ "a test\n", "\n" },
		{ "a test\n", "a t\x01st\n" },
		{ "a test\n", "a t\xc3\xa8st\n" },
		{ "argon2id", "argon2i" },
		{ "d 2 ", "d 02 " },
		{ "d 2 ", "d  2 " },
		{ "65536 ", "65536" },
		{ "65536 ", "65536  " },
		{ "4A==", "4A=" },
		{ "4A==", "4B==" },
		{ "4A==\n", "4A==\r\n" },
		{ "NeMjf\n", "NeMjf" },
		{ "NeMjf\n", "NeMjf\n\n" },
		{ "NeMjf\n", "NeMj\n" },
		{ "qLJj", "qL j" },
	};
	size_t i, n = sizeof(old) - 1;
	struct buf plain = { 0 };
	uint8_t *cut;

	(void)state;
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		assert_int_equal(
		    open_with(changes[i][0], changes[i][1]), ERR_FORMAT);
	for (i = 0; i < n; i++) {
		cut = vec_copy(slice_of(old, i));
		assert_int_equal(
		    locked_open(slice_of(cut, i), "a test", PASS, &plain),
		    ERR_FORMAT);
	}
	/* A box that is too short for a nonce and a tag. */
	assert_int_equal(
	    open_with("qLJjDk3o6pYYV0wVxLnM2ZVVxBMJV5aom9VLMYDCnpx7czAt7U00dETW"
		      "blqYZIiNeMjf",
		"qLJj"),
	    ERR_FORMAT);
}

static void
limits_are_kept(void **state)
{
	char what[LOCKED_WHAT_MAX + 2];
	uint8_t *big = calloc(1, LOCKED_PLAIN_MAX + 1);
	struct buf text = { 0 }, plain = { 0 };

	(void)state;
	assert_non_null(big);
	memset(what, 'w', sizeof(what) - 1);
	what[sizeof(what) - 1] = 0;
	assert_int_equal(
	    locked_seal(what, PASS, slice_of(big, 1), &text), ERR_FORMAT);
	assert_int_equal(
	    locked_seal("", PASS, slice_of(big, 1), &text), ERR_FORMAT);
	assert_int_equal(
	    locked_seal("two\nlines", PASS, slice_of(big, 1), &text),
	    ERR_FORMAT);
	assert_int_equal(
	    locked_seal("w", slice_of(big, 11), slice_of(big, 1), &text),
	    ERR_LIMIT);
	assert_int_equal(
	    locked_seal("w", slice_of(big, LOCKED_PASSPHRASE_MAX + 1),
		slice_of(big, 1), &text),
	    ERR_LIMIT);
	assert_int_equal(
	    locked_seal("w", PASS, slice_of(big, LOCKED_PLAIN_MAX + 1), &text),
	    ERR_LIMIT);
	assert_int_equal(text.n, 0);
	/* The largest, and nothing at all. */
	what[LOCKED_WHAT_MAX] = 0;
	assert_int_equal(
	    locked_seal(what, PASS, slice_of(big, LOCKED_PLAIN_MAX), &text),
	    OK);
	assert_true(text.n <= LOCKED_MAX);
	assert_int_equal(locked_open(buf_slice(&text), what, PASS, &plain), OK);
	assert_bytes(buf_slice(&plain), slice_of(big, LOCKED_PLAIN_MAX));
	text.n = plain.n = 0;
	assert_int_equal(locked_seal("w", PASS, slice_of(NULL, 0), &text), OK);
	assert_int_equal(locked_open(buf_slice(&text), "w", PASS, &plain), OK);
	assert_int_equal(plain.n, 0);
	buf_free(&text);
	buf_free(&plain);
	free(big);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_locked_before_opens),
		cmocka_unit_test(what_is_locked_opens_with_its_passphrase_only),
		cmocka_unit_test(an_altered_text_does_not_open),
		cmocka_unit_test(parameters_are_neither_cheap_nor_ruinous),
		cmocka_unit_test(there_is_one_text_for_it),
		cmocka_unit_test(limits_are_kept),
	};

	return cmocka_run_group_tests_name("locked", tests, NULL, vec_free);
}
