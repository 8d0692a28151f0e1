/* The post box of key ceremonies, and the records that count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "datadir.h"

static char dir[DATADIR_PATH];
static struct store *store;

static int
setup(void **state)
{
	(void)state;
	datadir_new(dir);
	store = datadir_make(dir);
	synth_header(store, 0);
	synth_header(store, 1);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	store_close(store);
	datadir_remove(dir);
	return 0;
}

static enum err
put(uint32_t space, struct store_slot slot, const char *text, int *repeat)
{
	*repeat = -1;
	return store_message_put(
	    store, space, &slot, slice_str(text), 3, repeat);
}

static enum err
join(void *cookie, struct slice text)
{
	struct buf *b = cookie;

	buf_put(b, text.p, text.n);
	buf_str(b, " ");
	return OK;
}

static void
check_messages(uint32_t space, const char *want)
{
	struct buf b = { 0 };

	assert_int_equal(store_messages(store, space, join, &b), OK);
	buf_str(&b, "");
	assert_non_null(buf_text(&b));
	assert_string_equal(buf_text(&b), want);
	buf_free(&b);
}

static void
the_first_message_of_a_slot_stays(void **state)
{
	int repeat;

	(void)state;
	assert_int_equal(
	    put(0, (struct store_slot){ 1, 4, 2, 1 }, "lite", &repeat), OK);
	assert_int_equal(repeat, 0);
	assert_int_equal(
	    put(0, (struct store_slot){ 1, 1, 2, 0 }, "due", &repeat), OK);
	assert_int_equal(
	    put(0, (struct store_slot){ 1, 1, 1, 0 }, "uno", &repeat), OK);
	assert_int_equal(
	    put(0, (struct store_slot){ 1, 4, 2, 0 }, "pace", &repeat), OK);
	assert_int_equal(
	    put(0, (struct store_slot){ 2, 1, 1, 0 }, "ancora", &repeat), OK);
	assert_int_equal(
	    put(0, (struct store_slot){ 1, 1, 1, 0 }, "uno", &repeat), OK);
	assert_int_equal(repeat, 1);
	assert_int_equal(
	    put(0, (struct store_slot){ 1, 1, 1, 0 }, "altro", &repeat),
	    ERR_CONFLICT);
	assert_int_equal(
	    put(1, (struct store_slot){ 1, 1, 1, 0 }, "altrove", &repeat), OK);
	/* By attempt, round, index, sort; each space has its own. */
	check_messages(0, "uno due pace lite ancora ");
	check_messages(1, "altrove ");
	check_messages(2, "");
	assert_true(datadir_sound(store));
}

static void
a_trustee_speaks_in_so_many_attempts_and_no_more(void **state)
{
	int repeat;

	(void)state;
	assert_int_equal(
	    put(0, (struct store_slot){ 9, 1, 1, 0 }, "a", &repeat), OK);
	assert_int_equal(
	    put(0, (struct store_slot){ 8, 1, 1, 0 }, "b", &repeat), OK);
	assert_int_equal(
	    put(0, (struct store_slot){ 1000000, 1, 1, 0 }, "c", &repeat), OK);
	assert_int_equal(
	    put(0, (struct store_slot){ 7, 1, 1, 0 }, "d", &repeat), ERR_LIMIT);
	check_messages(0, "b a c ");
	/* Where she spoke she may go on, and others may speak. */
	assert_int_equal(
	    put(0, (struct store_slot){ 9, 2, 1, 0 }, "e", &repeat), OK);
	assert_int_equal(
	    put(0, (struct store_slot){ 7, 1, 2, 0 }, "f", &repeat), OK);
	assert_int_equal(
	    put(1, (struct store_slot){ 7, 1, 1, 0 }, "g", &repeat), OK);
	check_messages(0, "f b a e c ");
}

static enum err
sign(const char *form, uint8_t index, const char *text, int *repeat)
{
	struct hash h;

	*repeat = -1;
	hash_bytes(slice_str(form), &h);
	return store_signature_put(
	    store, 0, &h, index, slice_str(text), repeat);
}

static void
check_signatures(const char *want)
{
	struct buf b = { 0 };

	assert_int_equal(store_signatures(store, 0, join, &b), OK);
	assert_non_null(buf_text(&b));
	assert_string_equal(buf_text(&b), want);
	buf_free(&b);
}

static void
another_draft_drops_the_signatures_of_the_one_before(void **state)
{
	struct buf form = { 0 }, transcript = { 0 };
	int repeat;

	(void)state;
	assert_int_equal(
	    store_draft_get(store, 0, &form, &transcript), ERR_NOT_FOUND);
	assert_int_equal(sign("scheda", 1, "x", &repeat), ERR_NOT_FOUND);
	assert_int_equal(store_draft_put(store, 0, slice_str("scheda"),
			     slice_str("verbale")),
	    OK);
	assert_int_equal(sign("scheda", 2, "due", &repeat), OK);
	assert_int_equal(repeat, 0);
	assert_int_equal(sign("scheda", 1, "uno", &repeat), OK);
	assert_int_equal(sign("scheda", 1, "uno", &repeat), OK);
	assert_int_equal(repeat, 1);
	assert_int_equal(sign("scheda", 1, "un altro", &repeat), ERR_CONFLICT);
	assert_int_equal(sign("altra", 1, "uno", &repeat), ERR_NOT_FOUND);
	assert_int_equal(store_draft_put(store, 0, slice_str("scheda"),
			     slice_str("verbale")),
	    OK);
	check_signatures("uno due ");
	assert_int_equal(store_draft_get(store, 0, &form, &transcript), OK);
	assert_true(slice_equal(buf_slice(&form), slice_str("scheda")));
	assert_true(slice_equal(buf_slice(&transcript), slice_str("verbale")));
	assert_true(datadir_sound(store));
	assert_int_equal(
	    store_draft_put(store, 0, slice_str("altra"), slice_str("v")), OK);
	check_signatures("");
	assert_int_equal(sign("scheda", 1, "uno", &repeat), ERR_NOT_FOUND);
	assert_int_equal(sign("altra", 1, "uno", &repeat), OK);
	assert_int_equal(store_draft_drop(store, 0), OK);
	assert_int_equal(store_draft_drop(store, 0), OK);
	check_signatures("");
	buf_free(&form);
	buf_free(&transcript);
	assert_int_equal(
	    store_draft_get(store, 0, &form, &transcript), ERR_NOT_FOUND);
}

/* --- The records that count ----------------------------------------------- */

struct seen {
	uint32_t seq[8];
	uint64_t last;
	size_t n;
};

static enum err
see(void *cookie, uint64_t index, struct slice record)
{
	struct seen *s = cookie;

	assert_true(s->n < 8 && (s->n == 0 || index > s->last));
	s->last = index;
	s->seq[s->n++] = load32(record.p + 99);
	return OK;
}

static void
cast(uint64_t who, uint32_t seq, uint32_t vote, uint64_t window)
{
	struct synth y;

	synth_make(&y, 0, who, seq, vote);
	assert_int_equal(synth_cast(store, &y, &window), STORE_CAST_NEW);
}

static void
of_each_credential_the_last_record_counts(void **state)
{
	struct seen s = { { 0 }, 0, 0 };

	(void)state;
	cast(1, 0, 1, 100);
	cast(2, 0, 1, 100);
	cast(3, 0, 1, 100);
	cast(1, 1, 1, 100);
	cast(2, 1, 1, 200);
	cast(2, 2, 1, 200);
	assert_int_equal(synth_batch(store, 0, 100), 4);
	assert_int_equal(store_settle(store), OK);
	assert_int_equal(synth_batch(store, 0, 200), 2);
	assert_int_equal(store_settle(store), OK);
	assert_int_equal(store_counted(store, 0, PURPOSE_VOTE, see, &s), OK);
	/* In order of entries: credential 3, then the last of 1 and of 2. */
	assert_int_equal(s.n, 3);
	assert_int_equal(s.seq[0], 0);
	assert_int_equal(s.seq[1], 1);
	assert_int_equal(s.seq[2], 2);
	s.n = 0;
	assert_int_equal(store_counted(store, 1, PURPOSE_VOTE, see, &s), OK);
	assert_int_equal(s.n, 0);
}

/* Whose key begins like another's: then all records of both come. */
static void
keys_with_equal_beginnings_are_left_to_the_caller(void **state)
{
	struct seen s = { { 0 }, 0, 0 };
	struct synth y, twin;
	uint64_t w = 100;

	(void)state;
	cast(1, 0, 1, 100);
	cast(1, 1, 1, 100);
	cast(2, 0, 1, 100);
	cast(2, 1, 1, 100);
	synth_make(&y, 0, 1, 0, 1);
	synth_make(&twin, 0, 77, 0, 1);
	memcpy(twin.entry + 69, y.record.pk.b, 8);
	assert_int_equal(
	    record_parse(slice_of(twin.entry + 2, twin.n - 2), 1, &twin.record),
	    OK);
	hash_leaf(slice_of(twin.entry, twin.n), &twin.leaf);
	assert_int_equal(synth_cast(store, &twin, &w), STORE_CAST_NEW);
	assert_int_equal(synth_batch(store, 0, 100), 5);
	assert_int_equal(store_settle(store), OK);
	assert_int_equal(store_counted(store, 0, PURPOSE_VOTE, see, &s), OK);
	assert_int_equal(s.n, 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    the_first_message_of_a_slot_stays, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_trustee_speaks_in_so_many_attempts_and_no_more, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(
		    another_draft_drops_the_signatures_of_the_one_before, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(
		    of_each_credential_the_last_record_counts, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    keys_with_equal_beginnings_are_left_to_the_caller, setup,
		    teardown),
	};

	return cmocka_run_group_tests_name("post box", tests, NULL, NULL);
}
