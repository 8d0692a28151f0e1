#include <stdlib.h>
#include <string.h>

#include "receipt.h"

#include "vec.h"

#define NAME "origin.test/receipt"
#define MEMBERS 5

static const struct hash space = { { 9 } };
static const uint64_t window_end = 1800000000;

static struct sign_key
key(struct note_key *nk)
{
	uint8_t seed[SEED_BYTES] = { 3 };
	struct sign_key k;

	sign_key_from_seed(seed, &k);
	assert_int_equal(note_key_make(NAME, NOTE_ED25519, &k.pk, nk), OK);
	return k;
}

static struct hash
leaf(uint8_t n)
{
	struct hash h;

	hash_leaf(slice_of(&n, 1), &h);
	return h;
}

static struct buf
plain(struct note_key *nk)
{
	struct receipt r = { space, leaf(0), window_end };
	struct sign_key k = key(nk);
	struct buf b = { 0 };

	assert_int_equal(receipt_sign(&r, NAME, &k, &b), OK);
	return b;
}

static void
a_plain_receipt_holds_for_its_leaf(void **state)
{
	struct hash mine = leaf(0), other = leaf(1);
	struct receipt out;
	struct note_key nk;
	struct buf b = plain(&nk);

	(void)state;
	assert_int_equal(receipt_open(buf_slice(&b), &nk, &mine, &out), OK);
	assert_true(hash_equal(&out.space_id, &space));
	assert_true(hash_equal(&out.leaf, &mine));
	assert_int_equal(out.window_end, window_end);
	assert_int_equal(
	    receipt_open(buf_slice(&b), &nk, &other, &out), ERR_CONFLICT);
	nk.id ^= 1;
	assert_int_equal(
	    receipt_open(buf_slice(&b), &nk, &mine, &out), ERR_SIGNATURE);
	buf_free(&b);
}

/* Builds a subtree's root from the leaf hashes. */
struct tree {
	struct hash h[MEMBERS];
};

static enum err
subtree(void *cookie, unsigned level, uint64_t index, struct hash *out)
{
	const struct tree *t = cookie;
	struct merkle m = { 0 };
	uint64_t i;

	for (i = index << level; i < (index + 1) << level; i++)
		merkle_append(&m, &t->h[i]);
	merkle_root(&m, out);
	return OK;
}

static int
compare(const void *a, const void *b)
{
	return hash_cmp(a, b);
}

/* A group of MEMBERS records; the receipt of record ${n}. */
static struct buf
member(uint8_t n, struct note_key *nk)
{
	struct sign_key k = key(nk);
	struct hash sorted[MEMBERS], mine, l, root;
	struct buf note = { 0 }, b = { 0 };
	struct merkle_proof path;
	struct merkle m = { 0 };
	struct tree t;
	uint8_t salt[16];
	size_t i, index = 0;

	for (i = 0; i < MEMBERS; i++) {
		memset(salt, (int)i, sizeof(salt));
		l = leaf((uint8_t)i);
		receipt_group_leaf(salt, &l, &sorted[i]);
		if (i == n)
			mine = sorted[i];
	}
	qsort(sorted, MEMBERS, sizeof(sorted[0]), compare);
	for (i = 0; i < MEMBERS; i++) {
		hash_leaf(hash_slice(&sorted[i]), &t.h[i]);
		merkle_append(&m, &t.h[i]);
		if (hash_equal(&sorted[i], &mine))
			index = i;
	}
	merkle_root(&m, &root);
	assert_int_equal(receipt_group_sign(&space, window_end, &root, MEMBERS,
			     NAME, &k, &note),
	    OK);
	assert_int_equal(
	    merkle_prove_inclusion(index, MEMBERS, subtree, &t, &path), OK);
	memset(salt, n, sizeof(salt));
	receipt_group_put(&b, salt, index, &path, buf_slice(&note));
	assert_int_equal(buf_end(&b), OK);
	buf_free(&note);
	return b;
}

static void
a_grouped_receipt_holds_for_its_member(void **state)
{
	struct receipt out;
	struct note_key nk;
	struct hash mine, other;
	uint8_t i;

	(void)state;
	for (i = 0; i < MEMBERS; i++) {
		struct buf b = member(i, &nk);

		mine = leaf(i);
		other = leaf((uint8_t)(i + 1));
		assert_int_equal(
		    receipt_open(buf_slice(&b), &nk, &mine, &out), OK);
		assert_true(hash_equal(&out.space_id, &space));
		assert_true(hash_equal(&out.leaf, &mine));
		assert_int_equal(out.window_end, window_end);
		assert_int_equal(receipt_open(buf_slice(&b), &nk, &other, &out),
		    ERR_SIGNATURE);
		buf_free(&b);
	}
}

/* ${b} is a good receipt of record 0: no change and no cut of it is. */
static void
assert_brittle(struct buf *b, const struct note_key *nk)
{
	uint8_t *copy = vec_copy(buf_slice(b));
	struct hash mine = leaf(0);
	struct receipt out;
	size_t i;

	for (i = 0; i < b->n * 8; i++) {
		copy[i / 8] ^= (uint8_t)(1U << i % 8);
		assert_int_not_equal(
		    receipt_open(slice_of(copy, b->n), nk, &mine, &out), OK);
		copy[i / 8] ^= (uint8_t)(1U << i % 8);
	}
	for (i = 0; i < b->n; i++)
		assert_int_not_equal(
		    receipt_open(slice_of(vec_copy(slice_of(b->p, i)), i), nk,
			&mine, &out),
		    OK);
	buf_u8(b, '\n');
	assert_int_not_equal(receipt_open(buf_slice(b), nk, &mine, &out), OK);
}

static void
no_other_bytes_are_a_receipt(void **state)
{
	struct note_key nk;
	struct buf a = plain(&nk), b = member(0, &nk);

	(void)state;
	assert_brittle(&a, &nk);
	assert_brittle(&b, &nk);
	buf_free(&a);
	buf_free(&b);
}

/* Signed by the right key, and still no receipt. */
static void
texts_of_another_form_are_refused(void **state)
{
#define HASH "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
#define PLAIN "partecipa/receipt/v1\n"
	static const char *const bad[] = { PLAIN HASH HASH "5\nmore\n",
		PLAIN HASH HASH "05\n", PLAIN HASH HASH "\n",
		PLAIN HASH HASH "-5\n", PLAIN HASH HASH, PLAIN HASH "5\n",
		PLAIN HASH "AAAA\n5\n", PLAIN "\n" HASH HASH "5\n",
		PLAIN HASH HASH "18446744073709551616\n",
		"partecipa/receipt/v2\n" HASH HASH "5\n",
		"partecipa/receipt-group/v1\n" HASH "5\n1\n" HASH };
	struct note_key nk;
	struct sign_key k = key(&nk);
	struct hash zero = { { 0 } };
	struct receipt out;
	struct buf b = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		b.n = 0;
		assert_int_equal(
		    note_sign(slice_str(bad[i]), NAME, &k, &b), OK);
		assert_int_equal(
		    receipt_open(buf_slice(&b), &nk, &zero, &out), ERR_FORMAT);
	}
	b.n = 0;
	assert_int_equal(
	    note_sign(slice_str(PLAIN HASH HASH "5\n"), NAME, &k, &b), OK);
	assert_int_equal(receipt_open(buf_slice(&b), &nk, &zero, &out), OK);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_receipt_holds_for_its_leaf),
		cmocka_unit_test(a_grouped_receipt_holds_for_its_member),
		cmocka_unit_test(no_other_bytes_are_a_receipt),
		cmocka_unit_test(texts_of_another_form_are_refused),
	};

	return cmocka_run_group_tests_name("receipt", tests, NULL, vec_free);
}
