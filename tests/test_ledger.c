#include <stdlib.h>
#include <string.h>

#include "ledger.h"

#include "vec.h"

#define ROWS 5

static struct hash space, key_id;

/* A ledger of ROWS asks, each signed by its roll key, sorted. */
static struct buf
make(void)
{
	struct sign_key k[ROWS], swap;
	uint8_t seed[SEED_BYTES] = { 0 }, salt[64] = { 0 }, blinded[256];
	struct signature sig;
	struct buf b = { 0 };
	struct hash c;
	size_t i, j;

	memset(space.b, 1, sizeof(space.b));
	memset(key_id.b, 2, sizeof(key_id.b));
	memset(blinded, 3, sizeof(blinded));
	for (i = 0; i < ROWS; i++) {
		seed[0] = (uint8_t)i;
		sign_key_from_seed(seed, &k[i]);
		for (j = i; j > 0; j--) {
			if (public_key_cmp(&k[j - 1].pk, &k[j].pk) < 0)
				break;
			swap = k[j];
			k[j] = k[j - 1];
			k[j - 1] = swap;
		}
	}
	for (i = 0; i < ROWS; i++) {
		salt[0] = (uint8_t)i;
		ledger_ask_commit(salt, blinded, &c);
		assert_int_equal(
		    ledger_ask_sign(&k[i], &space, &key_id, &c, &sig), OK);
		buf_put(&b, k[i].pk.b, 32);
		buf_put(&b, c.b, 32);
		buf_put(&b, sig.b, 64);
	}
	assert_int_equal(b.n, ROWS * LEDGER_ROW);
	return b;
}

static void
rows_are_read_and_verify(void **state)
{
	struct buf b = make();
	struct ledger_row row;
	uint32_t n = 0;
	const uint8_t *p;
	uint32_t i;

	(void)state;
	assert_int_equal(ledger_check(buf_slice(&b), &n, NULL), OK);
	assert_int_equal(n, ROWS);
	for (i = 0; i < n; i++) {
		ledger_row_at(buf_slice(&b), i, &row);
		p = b.p + (size_t)i * LEDGER_ROW;
		assert_memory_equal(row.roll_pk.b, p, 32);
		assert_memory_equal(row.c.b, p + 32, 32);
		assert_memory_equal(row.sig.b, p + 64, 64);
		assert_int_equal(ledger_ask_verify(&row, &space, &key_id), OK);
	}
	buf_free(&b);
}

static void
an_empty_ledger_is_one(void **state)
{
	uint32_t n = 9;

	(void)state;
	assert_int_equal(ledger_check(slice_of(NULL, 0), &n, NULL), OK);
	assert_int_equal(n, 0);
}

static void
broken_rows_are_refused_at_every_length(void **state)
{
	struct buf b = make();
	struct why why;
	uint32_t n = 9;
	size_t i;

	(void)state;
	buf_u8(&b, 0);
	for (i = 0; i <= b.n; i++) {
		if (i % LEDGER_ROW != 0)
			assert_int_equal(
			    ledger_check(
				slice_of(vec_copy(slice_of(b.p, i)), i), &n,
				&why),
			    ERR_FORMAT);
	}
	assert_int_equal(n, 9);
	buf_free(&b);
}

static void
unsorted_and_double_rows_are_refused_and_named(void **state)
{
	struct buf b = make();
	uint8_t row[LEDGER_ROW];
	struct why why;
	uint32_t n = 9;
	size_t i;

	(void)state;
	for (i = 1; i < ROWS; i++) {
		struct buf d = { 0 };
		char want[100];

		/* Row i twice. */
		buf_put(&d, b.p, (i + 1) * LEDGER_ROW);
		buf_put(&d, b.p + i * LEDGER_ROW, (ROWS - i) * LEDGER_ROW);
		assert_int_equal(
		    ledger_check(buf_slice(&d), &n, &why), ERR_FORMAT);
		(void)snprintf(want, sizeof(want),
		    "rows %zu and %zu of the ledger have the same", i + 1,
		    i + 2);
		assert_non_null(strstr(why.text, want));
		/* The same key with another commitment. */
		d.p[(i + 1) * LEDGER_ROW + 32] ^= 1;
		assert_int_equal(
		    ledger_check(buf_slice(&d), &n, NULL), ERR_FORMAT);
		buf_free(&d);
		/* Rows i - 1 and i changed places. */
		memcpy(row, b.p + i * LEDGER_ROW, LEDGER_ROW);
		memmove(b.p + i * LEDGER_ROW, b.p + (i - 1) * LEDGER_ROW,
		    LEDGER_ROW);
		memcpy(b.p + (i - 1) * LEDGER_ROW, row, LEDGER_ROW);
		assert_int_equal(
		    ledger_check(buf_slice(&b), &n, &why), ERR_FORMAT);
		assert_non_null(strstr(why.text, "is not sorted"));
		buf_free(&b);
		b = make();
	}
	assert_int_equal(n, 9);
	buf_free(&b);
}

static void
every_bit_of_a_row_is_signed(void **state)
{
	struct buf b = make();
	struct ledger_row row;
	size_t i;

	(void)state;
	for (i = 0; i < (size_t)8 * LEDGER_ROW; i++) {
		b.p[i / 8] ^= (uint8_t)(1U << i % 8);
		ledger_row_at(buf_slice(&b), 0, &row);
		assert_int_equal(
		    ledger_ask_verify(&row, &space, &key_id), ERR_SIGNATURE);
		b.p[i / 8] ^= (uint8_t)(1U << i % 8);
	}
	ledger_row_at(buf_slice(&b), 0, &row);
	assert_int_equal(ledger_ask_verify(&row, &space, &key_id), OK);
	buf_free(&b);
}

static void
an_ask_is_for_one_space_and_one_key(void **state)
{
	struct buf b = make();
	struct ledger_row row;
	struct hash other = { { 0 } };

	(void)state;
	ledger_row_at(buf_slice(&b), 0, &row);
	assert_int_equal(
	    ledger_ask_verify(&row, &other, &key_id), ERR_SIGNATURE);
	assert_int_equal(
	    ledger_ask_verify(&row, &space, &other), ERR_SIGNATURE);
	assert_int_equal(
	    ledger_ask_verify(&row, &key_id, &space), ERR_SIGNATURE);
	buf_free(&b);
}

static void
the_commitment_binds_salt_and_message(void **state)
{
	uint8_t in[64 + 256] = { 0 };
	struct hash first, other;
	size_t i;

	(void)state;
	ledger_ask_commit(in, in + 64, &first);
	for (i = 0; i < 8 * sizeof(in); i++) {
		in[i / 8] ^= (uint8_t)(1U << i % 8);
		ledger_ask_commit(in, in + 64, &other);
		assert_false(hash_equal(&first, &other));
		in[i / 8] ^= (uint8_t)(1U << i % 8);
	}
}

static void
a_row_past_the_end_reads_as_zeros(void **state)
{
	struct buf b = make();
	struct ledger_row row;

	(void)state;
	ledger_row_at(buf_slice(&b), ROWS, &row);
	assert_true(public_key_is_zero(&row.roll_pk));
	ledger_row_at(buf_slice(&b), UINT32_MAX, &row);
	assert_true(hash_is_zero(&row.c));
	buf_free(&b);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_read_and_verify),
		cmocka_unit_test(an_empty_ledger_is_one),
		cmocka_unit_test(broken_rows_are_refused_at_every_length),
		cmocka_unit_test(
		    unsorted_and_double_rows_are_refused_and_named),
		cmocka_unit_test(every_bit_of_a_row_is_signed),
		cmocka_unit_test(an_ask_is_for_one_space_and_one_key),
		cmocka_unit_test(the_commitment_binds_salt_and_message),
		cmocka_unit_test(a_row_past_the_end_reads_as_zeros),
	};

	return cmocka_run_group_tests(tests, NULL, vec_free);
}
