#include <ctype.h>
#include <string.h>

#include "code.h"
#include "hash.h"

#include "vec.h"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static enum err
parse(const char *typed, struct roll_code *out)
{
	return roll_code_parse(slice_str(typed), out);
}

static void
prints_and_reads_back_what_it_draws(void **state)
{
	struct roll_code a, b;
	char text[25];
	int i;

	(void)state;
	for (i = 0; i < 100; i++) {
		roll_code_random(&a);
		assert_int_equal(strlen(a.c), ROLL_CODE_CHARS);
		assert_int_equal(strspn(a.c, alphabet), ROLL_CODE_CHARS);
		roll_code_print(&a, text);
		assert_int_equal(strlen(text), 24);
		assert_int_equal(parse(text, &b), OK);
		assert_string_equal(a.c, b.c);
	}
}

static void
check_character_is_the_hash_of_the_others(void **state)
{
	struct roll_code code;
	struct hash h;

	(void)state;
	roll_code_random(&code);
	hash_bytes(slice_of(code.c, 19), &h);
	assert_int_equal(code.c[19], alphabet[h.b[0] >> 3]);
}

static void
folds_what_people_type(void **state)
{
	struct roll_code code, back;
	char text[25], typed[80];
	size_t i, n;

	(void)state;
	/* Draw until both look-alikes occur. */
	do
		roll_code_random(&code);
	while (strchr(code.c, '0') == NULL || strchr(code.c, '1') == NULL);
	roll_code_print(&code, text);
	for (i = n = 0; text[i] != 0; i++) {
		typed[n++] = (char)tolower((unsigned char)text[i]);
		if (text[i] == '0')
			typed[n - 1] = i % 2 == 0 ? 'o' : 'O';
		if (text[i] == '1')
			typed[n - 1] = i % 2 == 0 ? 'l' : 'I';
		if (text[i] == '-')
			typed[n++] = ' ';
	}
	typed[n++] = '\n';
	typed[n] = 0;
	assert_int_equal(parse(typed, &back), OK);
	assert_string_equal(code.c, back.c);
}

/* A check of five bits misses one change in 32. */
static void
finds_most_slips(void **state)
{
	struct roll_code code, back;
	char typed[ROLL_CODE_CHARS + 1];
	unsigned missed = 0, tried = 0, round, i, j;

	(void)state;
	for (round = 0; round < 20; round++) {
		roll_code_random(&code);
		for (i = 0; i < ROLL_CODE_CHARS; i++) {
			for (j = 0; j < 32; j++) {
				memcpy(typed, code.c, sizeof(typed));
				if (typed[i] == alphabet[j])
					continue;
				typed[i] = alphabet[j];
				tried++;
				missed += parse(typed, &back) == OK;
			}
		}
	}
	assert_true(missed < tried / 20);
}

static void
refuses_other_lengths_and_characters(void **state)
{
	struct roll_code code, out;
	char text[40];
	size_t i;

	(void)state;
	roll_code_random(&code);
	for (i = 0; i < ROLL_CODE_CHARS; i++)
		assert_int_equal(
		    roll_code_parse(slice_of(code.c, i), &out), ERR_FORMAT);
	memcpy(text, code.c, ROLL_CODE_CHARS);
	text[ROLL_CODE_CHARS] = '0';
	assert_int_equal(
	    roll_code_parse(slice_of(text, ROLL_CODE_CHARS + 1), &out),
	    ERR_FORMAT);
	for (i = 0; i < ROLL_CODE_CHARS; i++) {
		memcpy(text, code.c, ROLL_CODE_CHARS);
		text[i] = "U_\0"[i % 3];
		assert_int_equal(
		    roll_code_parse(slice_of(text, ROLL_CODE_CHARS), &out),
		    ERR_FORMAT);
	}
}

static void
recovery_codes_come_back(void **state)
{
	struct secret s, back;
	char text[35];
	unsigned i;

	(void)state;
	for (i = 0; i < 256; i++) {
		memset(s.b, (int)(i * 31 & 255), sizeof(s.b));
		s.b[i % 16] = (uint8_t)i;
		recovery_print(CODE_MASTER, &s, text);
		assert_int_equal(strlen(text), 34);
		assert_int_equal(
		    recovery_parse(CODE_MASTER, slice_str(text), &back), OK);
		assert_memory_equal(&s, &back, sizeof(s));
		recovery_print(CODE_SPACE, &s, text);
		assert_int_equal(
		    recovery_parse(CODE_SPACE, slice_str(text), &back), OK);
		assert_memory_equal(&s, &back, sizeof(s));
	}
}

static void
a_code_of_one_space_is_not_the_masters(void **state)
{
	struct secret s = { "0123456789abcde" }, back;
	char text[35];

	(void)state;
	recovery_print(CODE_SPACE, &s, text);
	assert_int_equal(
	    recovery_parse(CODE_MASTER, slice_str(text), &back), ERR_SIGNATURE);
	recovery_print(CODE_MASTER, &s, text);
	assert_int_equal(
	    recovery_parse(CODE_SPACE, slice_str(text), &back), ERR_SIGNATURE);
}

static void
unused_bits_and_other_lengths_are_refused(void **state)
{
	struct secret s = { "0123456789abcde" }, back;
	char text[35], bad[36];
	size_t i;

	(void)state;
	recovery_print(CODE_MASTER, &s, text);
	for (i = 0; i < 34; i++)
		assert_int_equal(
		    recovery_parse(CODE_MASTER, slice_of(text, i), &back),
		    ERR_FORMAT);
	memcpy(bad, text, 34);
	bad[34] = '0';
	assert_int_equal(
	    recovery_parse(CODE_MASTER, slice_of(bad, 35), &back), ERR_FORMAT);
	/* The 26th character carries two zero bits: every fourth is good. */
	for (i = 0; i < 32; i++) {
		memcpy(bad, text, 35);
		assert_int_equal(bad[31], text[31]);
		bad[31] = alphabet[i];
		if (i % 4 != 0)
			assert_int_equal(recovery_parse(CODE_MASTER,
					     slice_of(bad, 34), &back),
			    ERR_FORMAT);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_and_reads_back_what_it_draws),
		cmocka_unit_test(check_character_is_the_hash_of_the_others),
		cmocka_unit_test(folds_what_people_type),
		cmocka_unit_test(finds_most_slips),
		cmocka_unit_test(refuses_other_lengths_and_characters),
		cmocka_unit_test(recovery_codes_come_back),
		cmocka_unit_test(a_code_of_one_space_is_not_the_masters),
		cmocka_unit_test(unused_bits_and_other_lengths_are_refused),
	};

	return cmocka_run_group_tests_name("code", tests, NULL, vec_free);
}
