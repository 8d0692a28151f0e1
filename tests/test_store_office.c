/* Issuing, objects, contents, what the office keeps, and the doctor. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "roll.h"

#include "datadir.h"

#define THREADS 64

static struct store_issue
ask(uint32_t space_no, uint8_t line, uint8_t roll, uint8_t blinded)
{
	struct store_issue job;

	memset(&job, 0, sizeof(job));
	job.space_no = space_no;
	job.issuer = 0;
	job.purpose = PURPOSE_VOTE;
	job.line.b[0] = line;
	job.roll_pk.b[0] = roll;
	job.c.b[0] = line;
	job.sig.b[0] = roll;
	job.blinded.b[0] = blinded;
	job.answer[0] = (uint8_t)(blinded + 100);
	return job;
}

static enum store_issue_outcome
issue(struct store *s, struct store_issue job, uint8_t *answer)
{
	assert_int_equal(store_issue(s, &job, 1), OK);
	*answer = job.answer[0];
	return job.outcome;
}

static void
a_line_gets_one_answer_and_the_same_again(void **state)
{
	char dir[DATADIR_PATH];
	struct store_issue job;
	struct store *s;
	uint8_t a;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	job = ask(0, 1, 1, 10);
	assert_int_equal(store_issue_find(s, &job), ERR_NOT_FOUND);
	assert_int_equal(issue(s, job, &a), STORE_ISSUE_NEW);
	job.answer[0] = 0;
	assert_int_equal(issue(s, job, &a), STORE_ISSUE_REPEAT);
	assert_int_equal(a, 110);
	assert_int_equal(store_issue_find(s, &job), OK);
	assert_int_equal(job.outcome, STORE_ISSUE_REPEAT);
	assert_int_equal(job.answer[0], 110);
	/* Another message of the line, the line under a new key, the message
	   of another line. */
	assert_int_equal(issue(s, ask(0, 1, 1, 11), &a), STORE_ISSUE_CONFLICT);
	assert_int_equal(issue(s, ask(0, 1, 9, 12), &a), STORE_ISSUE_CONFLICT);
	assert_int_equal(issue(s, ask(0, 2, 2, 10), &a), STORE_ISSUE_CONFLICT);
	job = ask(0, 2, 2, 10);
	assert_int_equal(store_issue_find(s, &job), OK);
	assert_int_equal(job.outcome, STORE_ISSUE_CONFLICT);
	/* Another space, another issuer, another purpose are other rights. */
	assert_int_equal(issue(s, ask(1, 1, 1, 10), &a), STORE_ISSUE_NEW);
	job = ask(0, 1, 1, 10);
	job.issuer = 1;
	assert_int_equal(issue(s, job, &a), STORE_ISSUE_NEW);
	job.purpose = PURPOSE_VOICE;
	assert_int_equal(issue(s, job, &a), STORE_ISSUE_NEW);
	assert_true(datadir_sound(s));
	store_close(s);
	datadir_remove(dir);
}

struct asker {
	struct store *s;
	struct store_issue job;
	pthread_t thread;
};

static void *
ask_one(void *cookie)
{
	struct asker *a = cookie;

	return store_issue(a->s, &a->job, 1) == OK ? NULL : a;
}

static void
of_64_threads_one_uses_the_right(void **state)
{
	static struct asker a[THREADS];
	char dir[DATADIR_PATH];
	unsigned count[3] = { 0 };
	struct store *s;
	void *bad;
	size_t i;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	for (i = 0; i < THREADS; i++) {
		a[i].s = s;
		a[i].job = ask(0, 1, 1, (uint8_t)i);
		assert_int_equal(
		    pthread_create(&a[i].thread, NULL, ask_one, &a[i]), 0);
	}
	for (i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(a[i].thread, &bad), 0);
		assert_null(bad);
		count[a[i].job.outcome]++;
	}
	assert_int_equal(count[STORE_ISSUE_NEW], 1);
	assert_int_equal(count[STORE_ISSUE_CONFLICT], THREADS - 1);
	store_close(s);
	datadir_remove(dir);
}

static void
the_ledger_is_sorted_by_roll_key(void **state)
{
	char dir[DATADIR_PATH];
	struct buf b = { 0 };
	struct store *s;
	const uint8_t *row;
	uint32_t n = 99;
	uint8_t i, a;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	assert_int_equal(store_ledger(s, 0, 0, PURPOSE_VOTE, &b, &n), OK);
	assert_int_equal(n, 0);
	assert_int_equal(b.n, 0);
	for (i = 0; i < 100; i++)
		assert_int_equal(
		    issue(s, ask(0, i, (uint8_t)(i * 77 % 101), i), &a),
		    STORE_ISSUE_NEW);
	assert_int_equal(issue(s, ask(1, 1, 1, 1), &a), STORE_ISSUE_NEW);
	assert_int_equal(store_ledger(s, 0, 0, PURPOSE_VOTE, &b, &n), OK);
	assert_int_equal(n, 100);
	assert_int_equal(b.n, 12800);
	for (i = 0; i < 100; i++) {
		row = b.p + (size_t)128 * i;
		if (i > 0)
			assert_true(memcmp(row - 128, row, 32) < 0);
		/* roll_pk, then the line's c, then sig. */
		assert_int_equal(row[0], row[32] * 77 % 101);
		assert_int_equal(row[64], row[0]);
	}
	buf_free(&b);
	store_close(s);
	datadir_remove(dir);
}

static void
forgets_a_space_and_keeps_the_others(void **state)
{
	char dir[DATADIR_PATH];
	struct public_key line = { { 0 } };
	struct store *s;
	struct store_issue job;
	uint8_t i, a;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	for (i = 1; i <= 20; i++)
		assert_int_equal(
		    issue(s, ask(3, i, i, i), &a), STORE_ISSUE_NEW);
	assert_int_equal(issue(s, ask(9, 5, 5, 5), &a), STORE_ISSUE_NEW);
	line.b[0] = 5;
	assert_int_equal(store_line_issued(s, &line), OK);
	line.b[0] = 6;
	assert_int_equal(store_line_issued(s, &line), OK);
	line.b[0] = 21;
	assert_int_equal(store_line_issued(s, &line), ERR_NOT_FOUND);
	assert_int_equal(store_issue_forget(s, 3), OK);
	line.b[0] = 5;
	assert_int_equal(store_line_issued(s, &line), OK);
	line.b[0] = 6;
	assert_int_equal(store_line_issued(s, &line), ERR_NOT_FOUND);
	job = ask(3, 1, 1, 1);
	assert_int_equal(store_issue_find(s, &job), ERR_NOT_FOUND);
	assert_true(datadir_sound(s));
	assert_int_equal(store_issue_forget(s, 9), OK);
	assert_int_equal(store_line_issued(s, &line), ERR_NOT_FOUND);
	assert_int_equal(store_issue_tidy(s), OK);
	store_close(s);
	/* The answers are in no file any more. */
	job = ask(3, 7, 7, 7);
	assert_false(
	    datadir_contains(dir, slice_of(job.answer, sizeof(job.answer))));
	datadir_remove(dir);
}

static void
keeps_objects_and_values(void **state)
{
	static uint8_t large[2000000];
	char dir[DATADIR_PATH], name[300];
	struct buf b = { 0 };
	struct hash h, big;
	struct store *s;
	size_t i;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	for (i = 0; i < sizeof(large); i++)
		large[i] = (uint8_t)(i * i >> 3);
	hash_bytes(slice_str("abc"), &h);
	hash_bytes(slice_of(large, sizeof(large)), &big);
	assert_int_equal(store_object_get(s, &h, &b), ERR_NOT_FOUND);
	assert_int_equal(store_object_put(s, &h, slice_str("abc")), OK);
	assert_int_equal(store_object_put(s, &h, slice_str("abc")), OK);
	assert_int_equal(
	    store_object_put(s, &big, slice_of(large, sizeof(large))), OK);
	assert_int_equal(store_value_get(s, "host", &b), ERR_NOT_FOUND);
	assert_int_equal(store_value_put(s, "host", slice_str("a")), OK);
	assert_int_equal(store_value_put(s, "host", slice_str("bb")), OK);
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(store_value_put(s, name, slice_str("a")), ERR_LIMIT);
	store_close(s);
	s = datadir_open(dir);
	assert_int_equal(store_object_get(s, &h, &b), OK);
	assert_true(slice_equal(buf_slice(&b), slice_str("abc")));
	b.n = 0;
	assert_int_equal(store_object_get(s, &big, &b), OK);
	assert_true(slice_equal(buf_slice(&b), slice_of(large, sizeof(large))));
	b.n = 0;
	assert_int_equal(store_value_get(s, "host", &b), OK);
	assert_true(slice_equal(buf_slice(&b), slice_str("bb")));
	buf_free(&b);
	assert_true(datadir_sound(s));
	store_close(s);
	datadir_remove(dir);
}

static void
an_erased_content_is_in_no_file(void **state)
{
	static const char text[] = "a sentence that nobody should have written";
	uint8_t large[20000];
	char dir[DATADIR_PATH];
	struct buf b = { 0 };
	struct hash one = { { 1 } }, two = { { 2 } }, three = { { 3 } };
	struct store *s;
	size_t i;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	for (i = 0; i < sizeof(large); i++)
		large[i] = (uint8_t)(i * 31 >> 4);
	assert_int_equal(store_content_put(s, &one, slice_str(text)), OK);
	assert_int_equal(store_content_put(s, &two, slice_str("stays")), OK);
	assert_int_equal(
	    store_content_put(s, &three, slice_of(large, sizeof(large))), OK);
	assert_true(datadir_contains(dir, slice_str(text)));
	assert_int_equal(store_content_erase(s, &one), OK);
	assert_int_equal(store_content_erase(s, &three), OK);
	assert_int_equal(store_content_get(s, &one, &b), ERR_NOT_FOUND);
	assert_int_equal(store_content_get(s, &three, &b), ERR_NOT_FOUND);
	assert_int_equal(store_content_get(s, &two, &b), OK);
	assert_true(slice_equal(buf_slice(&b), slice_str("stays")));
	assert_false(datadir_contains(dir, slice_str(text)));
	assert_false(datadir_contains(dir, slice_of(large + 8192, 64)));
	assert_int_equal(store_content_erase(s, &one), OK);
	store_close(s);
	assert_false(datadir_contains(dir, slice_str(text)));
	buf_free(&b);
	datadir_remove(dir);
}

static void
put_change(struct store *s, uint8_t pk)
{
	struct roll_change c;
	struct buf b = { 0 };

	memset(&c, 0, sizeof(c));
	c.action = ROLL_ADD;
	c.method = ROLL_DESK;
	c.new_pk.b[0] = pk;
	roll_change_put(&b, &c);
	assert_int_equal(store_change_put(s, buf_slice(&b)), OK);
	buf_free(&b);
}

static void
changes_are_a_sorted_set_until_they_are_published(void **state)
{
	char dir[DATADIR_PATH];
	struct buf b = { 0 };
	struct store *s;
	size_t i;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	assert_int_equal(store_changes(s, &b), OK);
	assert_int_equal(b.n, 0);
	assert_int_equal(store_change_put(s, slice_str("short")), ERR_FORMAT);
	for (i = 0; i < 50; i++)
		put_change(s, (uint8_t)(i * 37 % 50 + 1));
	put_change(s, 7);
	assert_int_equal(store_changes(s, &b), OK);
	assert_int_equal(b.n, 50 * ROLL_CHANGE_BYTES);
	for (i = 1; i < 50; i++)
		assert_true(
		    memcmp(b.p + (i - 1) * ROLL_CHANGE_BYTES,
			b.p + i * ROLL_CHANGE_BYTES, ROLL_CHANGE_BYTES) < 0);
	/* One that came after the list was made stays. */
	put_change(s, 200);
	assert_true(datadir_sound(s));
	assert_int_equal(store_changes_drop(s, buf_slice(&b)), OK);
	assert_int_equal(store_changes_drop(s, buf_slice(&b)), OK);
	assert_int_equal(store_changes_drop(s, slice_of(b.p, 97)), ERR_FORMAT);
	b.n = 0;
	assert_int_equal(store_changes(s, &b), OK);
	assert_int_equal(b.n, ROLL_CHANGE_BYTES);
	assert_int_equal(b.p[33], 200);
	buf_free(&b);
	store_close(s);
	datadir_remove(dir);
}

static void
counts_wrong_tries_of_a_factor(void **state)
{
	char dir[DATADIR_PATH];
	struct public_key pk[2] = { { { 1 } }, { { 2 } } };
	struct hash mac[2] = { { { 3 } }, { { 4 } } }, got;
	struct store *s;
	uint32_t tries = 9;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	assert_int_equal(
	    store_factor_get(s, &pk[0], &got, &tries), ERR_NOT_FOUND);
	assert_int_equal(store_factor_tried(s, &pk[0]), ERR_NOT_FOUND);
	assert_int_equal(store_factors_put(s, pk, mac, 2), OK);
	assert_int_equal(store_factor_tried(s, &pk[0]), OK);
	assert_int_equal(store_factor_tried(s, &pk[0]), OK);
	assert_int_equal(store_factor_get(s, &pk[0], &got, &tries), OK);
	assert_int_equal(tries, 2);
	assert_true(hash_equal(&got, &mac[0]));
	assert_int_equal(store_factor_get(s, &pk[1], &got, &tries), OK);
	assert_int_equal(tries, 0);
	/* The same again keeps the count, another one begins anew. */
	assert_int_equal(store_factors_put(s, pk, mac, 2), OK);
	assert_int_equal(store_factor_get(s, &pk[0], &got, &tries), OK);
	assert_int_equal(tries, 2);
	assert_int_equal(store_factors_put(s, pk, mac + 1, 1), OK);
	assert_int_equal(store_factor_get(s, &pk[0], &got, &tries), OK);
	assert_int_equal(tries, 0);
	assert_true(hash_equal(&got, &mac[1]));
	store_close(s);
	datadir_remove(dir);
}

static void
staff_numbers_rise(void **state)
{
	char dir[DATADIR_PATH];
	struct public_key a = { { 1 } }, b = { { 2 } };
	struct store *s;
	uint64_t last = 0;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	assert_int_equal(store_staff_number(s, &a, 0, &last), ERR_CONFLICT);
	assert_int_equal(last, 0);
	assert_int_equal(store_staff_number(s, &a, 5, &last), OK);
	assert_int_equal(store_staff_number(s, &a, 5, &last), ERR_CONFLICT);
	assert_int_equal(last, 5);
	assert_int_equal(store_staff_number(s, &a, 4, &last), ERR_CONFLICT);
	assert_int_equal(store_staff_number(s, &b, 1, &last), OK);
	assert_int_equal(store_staff_number(s, &a, UINT64_MAX, &last), OK);
	store_close(s);
	s = datadir_open(dir);
	assert_int_equal(store_staff_number(s, &a, 6, &last), ERR_CONFLICT);
	assert_true(last == UINT64_MAX);
	store_close(s);
	datadir_remove(dir);
}

/* --- The doctor ----------------------------------------------------------- */

static void
first_fault(void *cookie, int fault, const char *text)
{
	char *out = cookie;

	if (fault && out[0] == '\0')
		(void)snprintf(out, WHY_CHARS, "%s", text);
}

/* Expect a fault with this word in it, in a folder where one byte changed. */
static void
check_diagnosis(const char *dir, const char *file, long at, const char *word)
{
	char copy[DATADIR_PATH], text[WHY_CHARS] = "";
	struct store *s;
	unsigned faults = 0;

	datadir_copy(dir, copy);
	datadir_flip(copy, file, at);
	s = datadir_open(copy);
	assert_int_equal(store_doctor(s, first_fault, text, &faults), OK);
	assert_true(faults > 0);
	if (strstr(text, word) == NULL)
		fail_msg("%s: no \"%s\" in: %s", file, word, text);
	store_close(s);
	datadir_remove(copy);
}

static void
make_a_log(struct store *s)
{
	struct synth y;
	uint64_t i, w = 10;

	synth_header(s, 0);
	for (i = 0; i < 600; i++) {
		synth_make(&y, 0, i, 0, 1);
		assert_int_equal(synth_cast(s, &y, &w), STORE_CAST_NEW);
	}
	assert_int_equal(synth_batch(s, 0, 10), 600);
	assert_int_equal(store_settle(s), OK);
}

static void
the_doctor_finds_what_changed_in_the_log(void **state)
{
	char dir[DATADIR_PATH];
	struct store *s;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	make_a_log(s);
	assert_true(datadir_sound(s));
	store_close(s);
	check_diagnosis(dir, "log/entries", 5000, "level-0");
	check_diagnosis(dir, "log/entries", 100000, "level-0");
	check_diagnosis(dir, "log/level-0", 32, "entry 1: level-0");
	check_diagnosis(dir, "log/offsets", 15, "log");
	datadir_remove(dir);
}

static void
the_doctor_finds_rows_that_do_not_fit(void **state)
{
	char dir[DATADIR_PATH], text[WHY_CHARS] = "";
	struct store_item item = { 0 };
	struct synth y;
	struct hash h = { { 1 } };
	struct store *s;
	unsigned faults = 0;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	make_a_log(s);
	/* An object under another name. */
	assert_int_equal(store_object_put(s, &h, slice_str("abc")), OK);
	assert_int_equal(store_doctor(s, first_fault, text, &faults), OK);
	assert_int_equal(faults, 1);
	assert_non_null(strstr(text, "main.mdb: row O 0100"));
	hash_bytes(slice_str("abc"), &h);
	/* A record whose credential was not told. */
	synth_make(&y, 0, 1000, 0, 1);
	item.entry = slice_of(y.entry, y.n);
	item.leaf = y.leaf;
	assert_int_equal(store_append(s, &item, 1), OK);
	text[0] = '\0';
	assert_int_equal(store_doctor(s, first_fault, text, &faults), OK);
	assert_true(faults > 1);
	assert_non_null(strstr(text, "entry 602: its credential"));
	store_close(s);
	datadir_remove(dir);
}

static void
the_doctor_finds_a_seq_used_twice_or_too_early(void **state)
{
	char dir[DATADIR_PATH], text[WHY_CHARS] = "";
	struct store_item item = { 0 };
	struct synth y;
	struct store *s;
	unsigned faults = 0;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	make_a_log(s);
	synth_make(&y, 0, 5, 0, 2);
	item.entry = slice_of(y.entry, y.n);
	item.leaf = y.leaf;
	item.record = &y.record;
	assert_int_equal(store_append(s, &item, 1), OK);
	assert_int_equal(store_doctor(s, first_fault, text, &faults), OK);
	assert_int_equal(faults, 1);
	assert_non_null(strstr(text, "entry 602: its credential used seq 0"));
	synth_make(&y, 0, 6, 2, 2);
	item.entry = slice_of(y.entry, y.n);
	item.leaf = y.leaf;
	assert_int_equal(store_append(s, &item, 1), OK);
	assert_int_equal(store_doctor(s, first_fault, text, &faults), OK);
	assert_int_equal(faults, 2);
	store_close(s);
	datadir_remove(dir);
}

static void
the_doctor_knows_roll_files_by_their_root(void **state)
{
	char dir[DATADIR_PATH];
	uint8_t row[ROLL_ROW] = { 0 };
	struct sign_key key;
	struct hash root;
	uint32_t n = 0;
	struct store *s;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	sign_key_random(&key);
	memcpy(row, key.pk.b, sizeof(key.pk.b));
	row[32] = ROLL_REGULAR;
	assert_int_equal(
	    roll_file_check(slice_of(row, sizeof(row)), &root, &n, NULL), OK);
	assert_int_equal(
	    store_object_put(s, &root, slice_of(row, sizeof(row))), OK);
	assert_true(datadir_sound(s));
	store_close(s);
	datadir_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_gets_one_answer_and_the_same_again),
		cmocka_unit_test(of_64_threads_one_uses_the_right),
		cmocka_unit_test(the_ledger_is_sorted_by_roll_key),
		cmocka_unit_test(forgets_a_space_and_keeps_the_others),
		cmocka_unit_test(keeps_objects_and_values),
		cmocka_unit_test(an_erased_content_is_in_no_file),
		cmocka_unit_test(
		    changes_are_a_sorted_set_until_they_are_published),
		cmocka_unit_test(counts_wrong_tries_of_a_factor),
		cmocka_unit_test(staff_numbers_rise),
		cmocka_unit_test(the_doctor_finds_what_changed_in_the_log),
		cmocka_unit_test(the_doctor_finds_rows_that_do_not_fit),
		cmocka_unit_test(
		    the_doctor_finds_a_seq_used_twice_or_too_early),
		cmocka_unit_test(the_doctor_knows_roll_files_by_their_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
