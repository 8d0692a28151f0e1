#include <stdlib.h>
#include <string.h>

#include "entry.h"

#include "vec.h"

#define ORIGIN "example.org/log"

/* Bytes of each kind between version and signers, as in PROTOCOL 8; texts have
   5 bytes, records 200, forms two trustees. */
static const size_t payload_bytes[ENTRY_KIND_MAX + 1] = { 0, 5, 32,
	32 + 32 + 1 + 2 * 64, 4 + 32, 32 + 1 + 1 + 4 + 32, 32 + 8 + 4, 200,
	32 + 4 + 4, 32 + 1 + 32, 32 + 32, 32 + 32 + 1 + 2 + 5,
	32 + 1 + 4 + 32 + 32, 32 + 1 + 1 + 32, 32, 32 + 1 + 1 + 32 + 64,
	32 + 2 + 5, 2 + 5, 32 + 32 };

static const uint8_t record_bytes[200] = { 1 };

static struct sign_key
key(uint8_t n)
{
	uint8_t seed[SEED_BYTES] = { n };
	struct sign_key k;

	sign_key_from_seed(seed, &k);
	return k;
}

/* Every field that the kind has gets a value of its own. */
static struct entry
sample(unsigned kind)
{
	struct entry e = { 0 };

	e.kind = (enum entry_kind)kind;
	memset(e.space_id.b, 0x11, HASH_BYTES);
	memset(e.object.b, 0x22, HASH_BYTES);
	memset(e.scan.b, 0x33, HASH_BYTES);
	memset(e.target.b, 0x44, HASH_BYTES);
	memset(e.roll_pk.b, 0x55, sizeof(e.roll_pk.b));
	memset(e.roll_sig.b, 0x66, sizeof(e.roll_sig.b));
	memset(e.trustee_sigs[0].b, 0x77, sizeof(e.trustee_sigs[0].b));
	memset(e.trustee_sigs[1].b, 0x88, sizeof(e.trustee_sigs[1].b));
	e.n_trustees = 2;
	e.text = slice_str("testo");
	e.record = slice_of(record_bytes, sizeof(record_bytes));
	e.window_end = 0x0102030405060708;
	e.count = 0x0a0b0c0d;
	e.credentials = 0x01020304;
	e.issuer = 1;
	e.purpose = PURPOSE_VOTE;
	e.sort = 2;
	return e;
}

static void
sign(struct entry *e)
{
	const struct entry_rule *rule = entry_rule_of((unsigned)e->kind);
	struct sign_key k;
	unsigned i;

	for (i = 0; i < rule->signers; i++) {
		k = key((uint8_t)(i + 1));
		assert_int_equal(entry_sign(e, ORIGIN, 7 + i, &k), OK);
	}
}

static struct buf
make(unsigned kind)
{
	struct entry e = sample(kind);
	struct buf b = { 0 };

	sign(&e);
	assert_int_equal(entry_put(&b, &e), OK);
	return b;
}

static void
the_table_is_that_of_the_protocol(void **state)
{
	static const struct {
		const char *name;
		unsigned signers, roles;
	} want[ENTRY_KIND_MAX] = {
		{ "genesis", 0, 0 },
		{ "header", 2, ROLE_ADMIN },
		{ "form", 2, ROLE_ADMIN },
		{ "roll_change", 2, ROLE_ADMIN | ROLE_REGISTRAR },
		{ "ledger", 0, 0 },
		{ "batch", 0, 0 },
		{ "record", 0, 0 },
		{ "close", 2, ROLE_ADMIN },
		{ "opening", 0, 0 },
		{ "result", 2, ROLE_ADMIN },
		{ "moderation", 1, ROLE_MODERATOR | ROLE_ADMIN },
		{ "paper", 2, ROLE_DESK | ROLE_REGISTRAR | ROLE_ADMIN },
		{ "key_destroyed", 0, 0 },
		{ "bundle", 1, ROLE_ADMIN },
		{ "dispute", 0, 0 },
		{ "cancel", 2, ROLE_ADMIN },
		{ "staff", 2, ROLE_ADMIN },
		{ "progress", 1, ROLE_EDITOR | ROLE_ADMIN },
	};
	unsigned k;

	(void)state;
	for (k = 1; k <= ENTRY_KIND_MAX; k++) {
		const struct entry_rule *rule = entry_rule_of(k);

		assert_int_equal(rule->kind, k);
		assert_string_equal(rule->name, want[k - 1].name);
		assert_int_equal(rule->signers, want[k - 1].signers);
		assert_int_equal(rule->roles, want[k - 1].roles);
	}
	assert_null(entry_rule_of(0));
	assert_null(entry_rule_of(ENTRY_KIND_MAX + 1));
	assert_null(entry_rule_of(256 + 1));
}

static void
every_kind_goes_both_ways(void **state)
{
	unsigned kind;
	size_t i;

	(void)state;
	for (kind = 1; kind <= ENTRY_KIND_MAX; kind++) {
		struct buf b = make(kind), again = { 0 }, payload = { 0 };
		unsigned signers = entry_rule_of(kind)->signers;
		struct entry e;

		assert_int_equal(entry_parse(buf_slice(&b), &e), OK);
		assert_int_equal(e.kind, kind);
		assert_int_equal(e.n_signers, signers);
		/* The payload stands where it was, to the byte. */
		assert_ptr_equal(e.payload.p, b.p + 2);
		assert_int_equal(e.payload.n, payload_bytes[kind]);
		assert_int_equal(
		    b.n, 2 + payload_bytes[kind] +
			     (signers > 0 ? 1 + signers * 104 : 0));
		for (i = 0; i < signers; i++)
			assert_int_equal(entry_verify(&e, ORIGIN, i), OK);
		assert_int_equal(entry_verify(&e, ORIGIN, i), ERR_NOT_FOUND);
		assert_int_equal(entry_payload_put(&payload, &e), OK);
		assert_bytes(buf_slice(&payload), e.payload);
		assert_int_equal(entry_put(&again, &e), OK);
		assert_bytes(buf_slice(&again), buf_slice(&b));
		buf_free(&b);
		buf_free(&again);
		buf_free(&payload);
	}
}

static void
fields_are_read_from_their_places(void **state)
{
	struct buf b = make(ENTRY_PAPER);
	struct entry e;

	(void)state;
	assert_int_equal(entry_parse(buf_slice(&b), &e), OK);
	assert_int_equal(e.space_id.b[31], 0x11);
	assert_int_equal(e.object.b[0], 0x22);
	assert_int_equal(e.scan.b[31], 0x33);
	assert_int_equal(e.sort, 2);
	assert_int_equal(e.count, 0x0a0b0c0d);
	assert_int_equal(e.window_end, 0);
	assert_int_equal(e.issuer, 0);
	assert_true(hash_is_zero(&e.target));
	buf_free(&b);
	b = make(ENTRY_HEADER);
	assert_int_equal(entry_parse(buf_slice(&b), &e), OK);
	assert_true(hash_equal(&e.object, &e.space_id));
	buf_free(&b);
	b = make(ENTRY_FORM);
	assert_int_equal(entry_parse(buf_slice(&b), &e), OK);
	assert_int_equal(e.n_trustees, 2);
	assert_int_equal(e.trustee_sigs[1].b[63], 0x88);
	assert_int_equal(e.object.b[5], 0x22);
	buf_free(&b);
	b = make(ENTRY_DISPUTE);
	assert_int_equal(entry_parse(buf_slice(&b), &e), OK);
	assert_int_equal(e.issuer, 1);
	assert_int_equal(e.purpose, PURPOSE_VOTE);
	assert_int_equal(e.roll_pk.b[0], 0x55);
	assert_int_equal(e.roll_sig.b[63], 0x66);
	buf_free(&b);
	b = make(ENTRY_BATCH);
	assert_int_equal(entry_parse(buf_slice(&b), &e), OK);
	assert_int_equal(e.window_end, 0x0102030405060708);
	buf_free(&b);
	b = make(ENTRY_CANCEL);
	assert_int_equal(entry_parse(buf_slice(&b), &e), OK);
	assert_bytes(e.text, slice_str("testo"));
	buf_free(&b);
}

static void
other_lengths_are_refused(void **state)
{
	unsigned kind;
	size_t n;

	(void)state;
	for (kind = 1; kind <= ENTRY_KIND_MAX; kind++) {
		struct buf b = make(kind);
		struct entry e = { 0 };
		/* A document or a record is whatever is left. */
		int open = kind == ENTRY_GENESIS || kind == ENTRY_RECORD;

		for (n = 0; n < b.n; n++) {
			if (open && n > 2)
				break;
			assert_int_not_equal(
			    entry_parse(
				slice_of(vec_copy(slice_of(b.p, n)), n), &e),
			    OK);
		}
		buf_u8(&b, 0);
		assert_int_equal(entry_parse(buf_slice(&b), &e) == OK, open);
		assert_int_equal(e.kind == 0, !open);
		buf_free(&b);
	}
}

static void
unknown_kinds_and_versions_are_refused(void **state)
{
	struct buf b = make(ENTRY_BATCH);
	struct entry e;
	unsigned v;

	(void)state;
	for (v = 0; v < 256; v++) {
		b.p[1] = (uint8_t)v;
		assert_int_equal(entry_parse(buf_slice(&b), &e) == OK, v == 1);
	}
	b.p[1] = 1;
	for (v = 0; v < 256; v++) {
		if (v >= 1 && v <= ENTRY_KIND_MAX)
			continue;
		b.p[0] = (uint8_t)v;
		assert_int_equal(entry_parse(buf_slice(&b), &e), ERR_FORMAT);
	}
	buf_free(&b);
}

static void
every_flipped_bit_is_another_entry_or_refused(void **state)
{
	unsigned kind;
	size_t i;

	(void)state;
	for (kind = 1; kind <= ENTRY_KIND_MAX; kind++) {
		struct buf b = make(kind);
		struct entry e;

		for (i = 0; i < 8 * b.n; i++) {
			struct buf again = { 0 };

			b.p[i / 8] ^= (uint8_t)(1U << i % 8);
			if (entry_parse(buf_slice(&b), &e) == OK) {
				assert_int_equal(entry_put(&again, &e), OK);
				assert_bytes(buf_slice(&again), buf_slice(&b));
			}
			buf_free(&again);
			b.p[i / 8] ^= (uint8_t)(1U << i % 8);
		}
		buf_free(&b);
	}
}

static void
every_bit_of_a_signed_entry_is_signed(void **state)
{
	struct buf b = make(ENTRY_CLOSE);
	struct entry e;
	size_t i, k;
	int all;

	(void)state;
	for (i = 0; i < 8 * b.n; i++) {
		b.p[i / 8] ^= (uint8_t)(1U << i % 8);
		all = entry_parse(buf_slice(&b), &e) == OK;
		for (k = 0; all && k < e.n_signers; k++)
			all = entry_verify(&e, ORIGIN, k) == OK;
		assert_false(all);
		b.p[i / 8] ^= (uint8_t)(1U << i % 8);
	}
	buf_free(&b);
}

static void
a_signature_is_for_one_log_one_number_and_one_kind(void **state)
{
	struct entry e = sample(ENTRY_RESULT);

	(void)state;
	sign(&e);
	assert_int_equal(entry_verify(&e, ORIGIN, 0), OK);
	assert_int_equal(
	    entry_verify(&e, "example.org/log2", 0), ERR_SIGNATURE);
	assert_int_equal(entry_verify(&e, "", 0), ERR_SIGNATURE);
	e.signers[0].n++;
	assert_int_equal(entry_verify(&e, ORIGIN, 0), ERR_SIGNATURE);
	e.signers[0].n--;
	e.kind = ENTRY_PROGRESS; /* the same payload */
	assert_int_equal(entry_verify(&e, ORIGIN, 0), ERR_SIGNATURE);
}

static void
signers_are_kept_sorted_and_once(void **state)
{
	struct entry e = sample(ENTRY_CLOSE);
	struct sign_key k;
	size_t i, j;

	(void)state;
	for (i = 0; i < ENTRY_SIGNERS_MAX; i++) {
		k = key((uint8_t)i);
		assert_int_equal(entry_sign(&e, ORIGIN, 0, &k), ERR_FORMAT);
		assert_int_equal(entry_sign(&e, ORIGIN, i + 1, &k), OK);
		if (i + 1 < ENTRY_SIGNERS_MAX)
			assert_int_equal(
			    entry_sign(&e, ORIGIN, i + 9, &k), ERR_CONFLICT);
		assert_int_equal(e.n_signers, i + 1);
		for (j = 0; j <= i; j++)
			assert_int_equal(entry_verify(&e, ORIGIN, j), OK);
		for (j = 1; j <= i; j++)
			assert_true(public_key_cmp(&e.signers[j - 1].pk,
					&e.signers[j].pk) < 0);
	}
	k = key(99);
	assert_int_equal(entry_sign(&e, ORIGIN, 1, &k), ERR_LIMIT);
}

static void
unsorted_double_or_missing_signers_are_refused(void **state)
{
	struct entry good = sample(ENTRY_CLOSE), e;
	struct entry_signer swap;
	struct buf b = { 0 }, want = { 0 };
	struct entry out;

	(void)state;
	sign(&good);
	assert_int_equal(entry_put(&want, &good), OK);
	/* Written sorted, whatever the order in memory. */
	e = good;
	swap = e.signers[0];
	e.signers[0] = e.signers[1];
	e.signers[1] = swap;
	assert_int_equal(entry_put(&b, &e), OK);
	assert_bytes(buf_slice(&b), buf_slice(&want));
	/* Signers that change places in the bytes. */
	memcpy(b.p + b.n - 208, want.p + want.n - 104, 104);
	memcpy(b.p + b.n - 104, want.p + want.n - 208, 104);
	assert_int_equal(entry_parse(buf_slice(&b), &out), ERR_FORMAT);
	memcpy(b.p + b.n - 104, b.p + b.n - 208, 104);
	assert_int_equal(entry_parse(buf_slice(&b), &out), ERR_FORMAT);
	b.n = 0;
	e = good;
	e.signers[1] = e.signers[0];
	assert_int_equal(entry_put(&b, &e), ERR_FORMAT);
	e = good;
	e.n_signers = 1;
	assert_int_equal(entry_put(&b, &e), ERR_FORMAT);
	e.n_signers = 3;
	assert_int_equal(entry_put(&b, &e), ERR_FORMAT);
	e = good;
	e.signers[0].n = 0;
	assert_int_equal(entry_put(&b, &e), ERR_FORMAT);
	assert_int_equal(b.n, 0);
	/* n = 0 in the bytes. */
	memset(want.p + want.n - 72, 0, 8);
	assert_int_equal(entry_parse(buf_slice(&want), &out), ERR_FORMAT);
	buf_free(&b);
	buf_free(&want);
}

/* Change one field of a good entry; neither writing nor reading takes it. */
static void
refused(const struct entry *good, size_t at, uint8_t byte, struct entry *bad)
{
	struct buf b = { 0 };
	struct entry out;

	assert_int_equal(entry_put(&b, good), OK);
	b.p[at] = byte;
	assert_int_equal(entry_parse(buf_slice(&b), &out), ERR_FORMAT);
	b.n = 0;
	assert_int_equal(entry_put(&b, bad), ERR_FORMAT);
	assert_int_equal(b.n, 0);
	buf_free(&b);
}

static void
numbers_out_of_range_are_refused(void **state)
{
	static const unsigned issuers[] = { ENTRY_LEDGER, ENTRY_KEY_DESTROYED,
		ENTRY_DISPUTE };
	struct entry e, bad;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		e = sample(issuers[i]);
		bad = e;
		bad.issuer = 8;
		refused(&e, 2 + 32, 8, &bad);
		bad = e;
		bad.purpose = 0;
		refused(&e, 2 + 33, 0, &bad);
		bad.purpose = 5;
		refused(&e, 2 + 33, 5, &bad);
	}
	e = sample(ENTRY_OPENING);
	bad = e;
	bad.issuer = 0;
	refused(&e, 2 + 32, 0, &bad);
	bad.issuer = 10;
	refused(&e, 2 + 32, 10, &bad);
	e = sample(ENTRY_PAPER);
	sign(&e);
	bad = e;
	bad.sort = 0;
	refused(&e, 2 + 32, 0, &bad);
	bad.sort = 4;
	refused(&e, 2 + 32, 4, &bad);
	e = sample(ENTRY_MODERATION);
	sign(&e);
	bad = e;
	bad.sort = 0;
	refused(&e, 2 + 64, 0, &bad);
	bad.sort = 5;
	refused(&e, 2 + 64, 5, &bad);
	e = sample(ENTRY_FORM);
	sign(&e);
	bad = e;
	bad.n_trustees = 10;
	refused(&e, 2 + 64, 10, &bad);
	bad.kind = (enum entry_kind)19;
	refused(&e, 0, 19, &bad);
}

static void
reasons_are_text(void **state)
{
	static const char *const bad[] = { "", "\xff", "a\x01", "\xc0\x80",
		"\xed\xa0\x80" };
	struct entry e;
	struct buf b = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		e = sample(ENTRY_CANCEL);
		sign(&e);
		e.text = slice_str(bad[i]);
		assert_int_equal(entry_put(&b, &e), ERR_FORMAT);
		e.kind = ENTRY_MODERATION;
		e.n_signers = 1;
		assert_int_equal(entry_put(&b, &e), ERR_FORMAT);
	}
	e = sample(ENTRY_CANCEL);
	sign(&e);
	assert_int_equal(entry_put(&b, &e), OK);
	b.p[2 + 32 + 2] = 0xff;
	assert_int_equal(entry_parse(buf_slice(&b), &e), ERR_FORMAT);
	buf_free(&b);
}

static void
entries_end_at_65535_bytes(void **state)
{
	static uint8_t big[70000];
	struct entry e = sample(ENTRY_RECORD);
	struct buf b = { 0 };

	(void)state;
	e.record = slice_of(big, ENTRY_MAX - 2);
	assert_int_equal(entry_put(&b, &e), OK);
	assert_int_equal(b.n, ENTRY_MAX);
	assert_int_equal(entry_parse(buf_slice(&b), &e), OK);
	buf_u8(&b, 0);
	assert_int_equal(entry_parse(buf_slice(&b), &e), ERR_LIMIT);
	b.n = 3;
	e.record = slice_of(big, ENTRY_MAX - 1);
	assert_int_equal(entry_put(&b, &e), ERR_LIMIT);
	assert_int_equal(b.n, 3);
	e = sample(ENTRY_STAFF);
	e.text = slice_of(big, 65536);
	e.n_signers = 2;
	assert_int_equal(entry_put(&b, &e), ERR_LIMIT);
	assert_int_equal(b.n, 3);
	e.record = slice_of(NULL, 0);
	e.kind = ENTRY_RECORD;
	e.text = slice_of(NULL, 0);
	e.n_signers = 0;
	assert_int_equal(entry_put(&b, &e), ERR_FORMAT);
	buf_free(&b);
}

static void
roles_have_names(void **state)
{
	static const char *const bad[] = { "", "Admin", "admin ", "adm",
		"root" };
	unsigned bit, n = 0;
	enum role role;
	size_t i;

	(void)state;
	for (bit = 0; bit < 32; bit++) {
		const char *name = role_name(1U << bit);

		if (name == NULL)
			continue;
		n++;
		assert_int_equal(role_parse(slice_str(name), &role), OK);
		assert_int_equal(role, 1U << bit);
	}
	assert_int_equal(n, 6);
	assert_null(role_name(0));
	assert_null(role_name(ROLE_ADMIN | ROLE_DESK));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
		    role_parse(slice_str(bad[i]), &role), ERR_NOT_FOUND);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_that_of_the_protocol),
		cmocka_unit_test(every_kind_goes_both_ways),
		cmocka_unit_test(fields_are_read_from_their_places),
		cmocka_unit_test(other_lengths_are_refused),
		cmocka_unit_test(unknown_kinds_and_versions_are_refused),
		cmocka_unit_test(every_flipped_bit_is_another_entry_or_refused),
		cmocka_unit_test(every_bit_of_a_signed_entry_is_signed),
		cmocka_unit_test(
		    a_signature_is_for_one_log_one_number_and_one_kind),
		cmocka_unit_test(signers_are_kept_sorted_and_once),
		cmocka_unit_test(
		    unsorted_double_or_missing_signers_are_refused),
		cmocka_unit_test(numbers_out_of_range_are_refused),
		cmocka_unit_test(reasons_are_text),
		cmocka_unit_test(entries_end_at_65535_bytes),
		cmocka_unit_test(roles_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, vec_free);
}
