/* Documents that are lent from memory. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "kept.h"

static struct hash
hash_no(unsigned i)
{
	uint8_t b[2];
	struct hash h;

	store16(b, (uint16_t)i);
	hash_bytes(slice_of(b, 2), &h);
	return h;
}

static void
what_was_kept_is_lent(void **state)
{
	struct kept *k = kept_new();
	struct hash h = hash_no(1), other = h;
	struct slice s, again;

	(void)state;
	assert_non_null(k);
	assert_int_equal(kept_find(k, &h, &s), ERR_NOT_FOUND);
	kept_add(k, &h, slice_str("uno"));
	assert_int_equal(kept_find(k, &h, &s), OK);
	assert_true(slice_equal(s, slice_str("uno")));
	kept_add(k, &h, slice_str("uno"));
	assert_int_equal(kept_find(k, &h, &again), OK);
	assert_ptr_equal(s.p, again.p);
	/* Of another hash with the same first slot there is nothing. */
	other.b[31] ^= 1;
	assert_int_equal(kept_find(k, &other, &s), ERR_NOT_FOUND);
	kept_add(k, &other, slice_str(""));
	assert_int_equal(kept_find(k, &other, &s), OK);
	assert_int_equal(s.n, 0);
	kept_free(k);
	kept_free(NULL);
}

static void
large_ones_and_too_many_are_not_kept(void **state)
{
	static uint8_t large[KEPT_BYTES + 1];
	struct kept *k = kept_new();
	struct hash h = hash_no(9999);
	struct slice s;
	unsigned i;

	(void)state;
	assert_non_null(k);
	kept_add(k, &h, slice_of(large, sizeof(large)));
	assert_int_equal(kept_find(k, &h, &s), ERR_NOT_FOUND);
	kept_add(k, &h, slice_of(large, KEPT_BYTES));
	assert_int_equal(kept_find(k, &h, &s), OK);
	for (i = 0; i < 2 * KEPT_MAX; i++) {
		h = hash_no(i);
		kept_add(k, &h, slice_of(large, i));
		assert_int_equal(kept_find(k, &h, &s),
		    i < KEPT_MAX - 1 ? OK : ERR_NOT_FOUND);
	}
	for (i = 0; i < KEPT_MAX - 1; i++) {
		h = hash_no(i);
		assert_int_equal(kept_find(k, &h, &s), OK);
		assert_int_equal(s.n, i);
	}
	kept_free(k);
}

static void *
add_many(void *cookie)
{
	struct kept *k = cookie;
	struct hash h;
	struct slice s;
	unsigned i;

	for (i = 0; i < 200; i++) {
		h = hash_no(i);
		if (kept_find(k, &h, &s) != OK)
			kept_add(k, &h, hash_slice(&h));
		if (kept_find(k, &h, &s) != OK ||
		    !slice_equal(s, hash_slice(&h)))
			return cookie;
	}
	return NULL;
}

static void
many_threads_find_what_any_of_them_kept(void **state)
{
	struct kept *k = kept_new();
	pthread_t threads[4];
	void *wrong;
	size_t i;

	(void)state;
	assert_non_null(k);
	for (i = 0; i < 4; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, add_many, k), 0);
	for (i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(threads[i], &wrong), 0);
		assert_null(wrong);
	}
	kept_free(k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_kept_is_lent),
		cmocka_unit_test(large_ones_and_too_many_are_not_kept),
		cmocka_unit_test(many_threads_find_what_any_of_them_kept),
	};

	return cmocka_run_group_tests_name("kept", tests, NULL, NULL);
}
