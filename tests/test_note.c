#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "note.h"

#include "vec.h"

static const char text[] = "origin.test\n1\nsome text\n";

static struct sign_key
key(uint8_t n)
{
	uint8_t seed[SEED_BYTES] = { n };
	struct sign_key k;

	sign_key_from_seed(seed, &k);
	return k;
}

static struct slice
note_of(const json_t *t)
{
	return vec_has(t, "note") ? slice_str(vec_str(t, "note"))
				  : vec_hex(t, "note_hex");
}

/* What the vectors call ok, unverified, invalid_signature, malformed. */
static const char *
judge(struct slice s, const json_t *vkeys, struct note *n)
{
	struct note_key k;
	const json_t *v;
	size_t i;
	int verified = 0;
	enum err r;

	if (note_parse(s, n) != OK)
		return "malformed";
	json_array_foreach(vkeys, i, v)
	{
		assert_int_equal(
		    note_key_parse(slice_str(json_string_value(v)), &k), OK);
		r = note_verify(n, &k);
		if (r == ERR_SIGNATURE)
			return "invalid_signature";
		if (r == OK)
			verified++;
		else
			assert_int_equal(r, ERR_NOT_FOUND);
	}
	return verified > 0 ? "ok" : "unverified";
}

static void
judges_notes_as_c2sp(void **state)
{
	const json_t *t;
	struct note n;
	const char *got;
	size_t i;

	(void)state;
	json_array_foreach(vec_tests(vec_shared("c2sp/signed_note.json")), i, t)
	{
		got = judge(note_of(t), json_object_get(t, "vkeys"), &n);
		if (strcmp(got, vec_str(t, "result")) != 0)
			fail_msg("%s: %s", vec_str(t, "name"), got);
		if (vec_has(t, "text"))
			assert_bytes(n.text, slice_str(vec_str(t, "text")));
	}
}

static void
reads_verifier_keys_as_c2sp(void **state)
{
	const json_t *root = vec_shared("c2sp/signed_note.json"), *t;
	struct buf b = { 0 };
	struct note_key k;
	size_t i;
	enum err r;

	(void)state;
	json_array_foreach(json_object_get(root, "vkeys"), i, t)
	{
		r = note_key_parse(slice_str(vec_str(t, "vkey")), &k);
		assert_int_equal(
		    r == OK, json_is_true(json_object_get(t, "ok")));
		if (r != OK)
			continue;
		b.n = 0;
		note_key_print(&k, &b);
		assert_bytes(buf_slice(&b), slice_str(vec_str(t, "vkey")));
	}
	buf_free(&b);
}

static void
computes_key_ids_as_c2sp(void **state)
{
	const json_t *root = vec_shared("c2sp/signed_note.json"), *t;
	struct public_key pk;
	struct buf b = { 0 };
	struct note_key k;
	size_t i;

	(void)state;
	json_array_foreach(json_object_get(root, "key_ids"), i, t)
	{
		memcpy(pk.b, vec_hex(t, "public_key").p, sizeof(pk.b));
		assert_int_equal(
		    note_key_make(vec_str(t, "name"),
			(enum note_type)vec_u64(t, "signature_type"), &pk, &k),
		    OK);
		assert_int_equal(k.id, load32(vec_hex(t, "key_id").p));
		b.n = 0;
		note_key_print(&k, &b);
		assert_bytes(buf_slice(&b), slice_str(vec_str(t, "vkey")));
	}
	buf_free(&b);
}

static void
a_key_of_an_unknown_type_is_told_apart(void **state)
{
	static const uint8_t data[] = { 0x06, 1, 2, 3 };
	struct slice parts[2] = { slice_str("w.test\n"),
		slice_of(data, sizeof(data)) };
	struct buf b = { 0 };
	struct note_key k;
	struct hash h;

	(void)state;
	hash_parts(parts, 2, &h);
	buf_printf(&b, "w.test+%08x+", (unsigned)load32(h.b));
	base64_put(&b, BASE64_STD, parts[1]);
	assert_int_equal(note_key_parse(buf_slice(&b), &k), ERR_NOT_FOUND);
	b.p[8] = b.p[8] == '0' ? '1' : '0';
	assert_int_equal(note_key_parse(buf_slice(&b), &k), ERR_FORMAT);
	buf_free(&b);
}

static void
a_name_has_no_blank_and_no_plus(void **state)
{
	static const char *const bad[] = { "", "a b", "a+b", "a\tb", "a\n",
		"a\x01", "a\xc2\x85z", "\xc2\xa0", "a\xe2\x80\x83",
		"\xe3\x80\x80", "\xe2\x80\xa8", "\xe1\x9a\x80", "\xe2\x81\x9f",
		"\xff", "a\xc0\xaf", "\xed\xa0\x80" };
	struct sign_key k = key(1);
	struct note_key out;
	char longest[NOTE_NAME_MAX + 2];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
		    note_key_make(bad[i], NOTE_ED25519, &k.pk, &out),
		    ERR_FORMAT);
	assert_int_equal(note_key_make("citt\xc3\xa0.test/\xe2\x82\xac",
			     NOTE_ED25519, &k.pk, &out),
	    OK);
	memset(longest, 'a', sizeof(longest));
	longest[NOTE_NAME_MAX + 1] = 0;
	assert_int_equal(
	    note_key_make(longest, NOTE_ED25519, &k.pk, &out), ERR_FORMAT);
	longest[NOTE_NAME_MAX] = 0;
	assert_int_equal(note_key_make(longest, NOTE_ED25519, &k.pk, &out), OK);
	assert_string_equal(out.name, longest);
}

/* A signed and cosigned note; what it takes to verify it. */
static void
make(struct buf *b, struct note_key *log, struct note_key *witness)
{
	struct sign_key k = key(1), w = key(2);

	assert_int_equal(
	    note_key_make("origin.test", NOTE_ED25519, &k.pk, log), OK);
	assert_int_equal(
	    note_key_make("w.test", NOTE_COSIGNATURE, &w.pk, witness), OK);
	assert_int_equal(note_sign(slice_str(text), "origin.test", &k, b), OK);
	assert_int_equal(
	    note_cosign_line(slice_str(text), "w.test", &w, 1700000000, b), OK);
}

static void
signs_and_verifies(void **state)
{
	struct note_key log, witness;
	struct buf b = { 0 };
	struct note n;
	uint64_t time = 0;

	(void)state;
	make(&b, &log, &witness);
	assert_int_equal(note_parse(buf_slice(&b), &n), OK);
	assert_bytes(n.text, slice_str(text));
	assert_int_equal(n.n_sigs, 2);
	assert_int_equal(note_verify(&n, &log), OK);
	assert_int_equal(note_cosigned(&n, &witness, &time), OK);
	assert_int_equal(time, 1700000000);
	assert_int_equal(note_cosigned(&n, &witness, NULL), OK);
	/* A key of the other type is another key. */
	assert_int_equal(note_verify(&n, &witness), ERR_NOT_FOUND);
	assert_int_equal(note_cosigned(&n, &log, NULL), ERR_NOT_FOUND);
	log.id ^= 1;
	assert_int_equal(note_verify(&n, &log), ERR_NOT_FOUND);
	buf_free(&b);
}

/* Neither a flipped bit nor a missing end leaves both signatures good. */
static void
no_other_bytes_verify(void **state)
{
	struct note_key log, witness;
	struct buf b = { 0 };
	struct note n;
	uint8_t *copy;
	size_t i;

	(void)state;
	make(&b, &log, &witness);
	copy = vec_copy(buf_slice(&b));
	for (i = 0; i < b.n * 8; i++) {
		copy[i / 8] ^= (uint8_t)(1U << i % 8);
		assert_false(note_parse(slice_of(copy, b.n), &n) == OK &&
			     note_verify(&n, &log) == OK &&
			     note_cosigned(&n, &witness, NULL) == OK);
		copy[i / 8] ^= (uint8_t)(1U << i % 8);
	}
	for (i = 0; i < b.n; i++)
		assert_false(note_parse(slice_of(vec_copy(slice_of(b.p, i)), i),
				 &n) == OK &&
			     note_verify(&n, &log) == OK &&
			     note_cosigned(&n, &witness, NULL) == OK);
	buf_u8(&b, '\n');
	assert_int_equal(note_parse(buf_slice(&b), &n), ERR_FORMAT);
	buf_free(&b);
}

static void
refuses_texts_that_no_note_can_hold(void **state)
{
	struct sign_key k = key(1);
	struct buf b = { 0 };
	uint8_t *big = calloc(1, NOTE_MAX + 1);

	(void)state;
	assert_non_null(big);
	assert_int_equal(
	    note_sign(slice_str("no newline"), "n", &k, &b), ERR_FORMAT);
	assert_int_equal(note_sign(slice_str(""), "n", &k, &b), ERR_FORMAT);
	assert_int_equal(
	    note_sign(slice_str("a\tb\n"), "n", &k, &b), ERR_FORMAT);
	assert_int_equal(
	    note_sign(slice_str("\xff\n"), "n", &k, &b), ERR_FORMAT);
	assert_int_equal(
	    note_sign(slice_str("a\n"), "n n", &k, &b), ERR_FORMAT);
	assert_int_equal(
	    note_sign(slice_of(big, NOTE_MAX + 1), "n", &k, &b), ERR_LIMIT);
	assert_int_equal(note_cosign_line(slice_str("a\n"), "n", &k,
			     (uint64_t)INT64_MAX + 1, &b),
	    ERR_LIMIT);
	assert_int_equal(b.n, 0);
	free(big);
}

static void
bounds_size_and_number_of_lines(void **state)
{
	struct sign_key k = key(1);
	struct buf b = { 0 };
	struct note n;
	uint8_t *big;
	size_t i;

	(void)state;
	assert_int_equal(note_sign(slice_str(text), "n", &k, &b), OK);
	for (i = 1; i < NOTE_SIGS_MAX; i++)
		assert_int_equal(
		    note_cosign_line(slice_str(text), "w", &k, i, &b), OK);
	assert_int_equal(note_parse(buf_slice(&b), &n), OK);
	assert_int_equal(n.n_sigs, NOTE_SIGS_MAX);
	assert_int_equal(note_cosign_line(slice_str(text), "w", &k, i, &b), OK);
	assert_int_equal(note_parse(buf_slice(&b), &n), ERR_LIMIT);
	buf_free(&b);
	big = malloc(NOTE_MAX + 1);
	assert_non_null(big);
	memset(big, 'a', NOTE_MAX + 1);
	assert_int_equal(
	    note_parse(slice_of(big, NOTE_MAX + 1), &n), ERR_LIMIT);
	assert_int_equal(note_parse(slice_of(big, NOTE_MAX), &n), ERR_FORMAT);
	free(big);
}

static void
verifies_the_cosignatures_of_others(void **state)
{
	const json_t *root = vec_shared("c2sp/cosignatures.json"), *t;
	struct note_key k;
	struct note n;
	uint64_t time;
	size_t i;

	(void)state;
	json_array_foreach(vec_tests(root), i, t)
	{
		assert_string_equal(vec_str(t, "result"), "ok");
		assert_int_equal(
		    note_parse(slice_str(vec_str(t, "checkpoint")), &n), OK);
		assert_int_equal(
		    note_key_parse(slice_str(vec_str(t, "cosigner_vkey")), &k),
		    OK);
		assert_int_equal(note_cosigned(&n, &k, &time), OK);
		assert_true(time > 1600000000 && time < 4000000000);
	}
}

static void
a_cosignature_signs_the_message_of_c2sp(void **state)
{
	const json_t *t = json_object_get(
	    vec_shared("c2sp/cosignatures.json"), "signed_message_example");
	struct slice body = slice_str(vec_str(t, "checkpoint_text"));
	struct sign_key w = key(2);
	struct signature sig;
	struct buf b = { 0 };
	struct note n;

	(void)state;
	buf_put(&b, body.p, body.n);
	buf_str(&b, "\n");
	assert_int_equal(
	    note_cosign_line(body, "w", &w, vec_u64(t, "timestamp"), &b), OK);
	assert_int_equal(note_parse(buf_slice(&b), &n), OK);
	memcpy(sig.b, n.sigs[0].blob + 8, sizeof(sig.b));
	assert_int_equal(
	    sign_verify(&w.pk, slice_str(vec_str(t, "message")), &sig), OK);
	buf_free(&b);
}

/* A line of 2,424 bytes, as ML-DSA makes them, is read over. */
static void
reads_over_signatures_of_other_kinds(void **state)
{
	static uint8_t blob[2432] = { 1, 2, 3, 4 };
	struct note_key log, witness;
	struct buf b = { 0 };
	struct note n;

	(void)state;
	make(&b, &log, &witness);
	buf_str(&b, "\xe2\x80\x94 other.test ");
	base64_put(&b, BASE64_STD, slice_of(blob, sizeof(blob)));
	buf_str(&b, "\n");
	assert_int_equal(note_parse(buf_slice(&b), &n), OK);
	assert_int_equal(n.n_sigs, 3);
	assert_int_equal(n.sigs[2].n, sizeof(blob) - 4);
	assert_int_equal(note_verify(&n, &log), OK);
	assert_int_equal(note_cosigned(&n, &witness, NULL), OK);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_notes_as_c2sp),
		cmocka_unit_test(reads_verifier_keys_as_c2sp),
		cmocka_unit_test(computes_key_ids_as_c2sp),
		cmocka_unit_test(a_key_of_an_unknown_type_is_told_apart),
		cmocka_unit_test(a_name_has_no_blank_and_no_plus),
		cmocka_unit_test(signs_and_verifies),
		cmocka_unit_test(no_other_bytes_verify),
		cmocka_unit_test(refuses_texts_that_no_note_can_hold),
		cmocka_unit_test(bounds_size_and_number_of_lines),
		cmocka_unit_test(verifies_the_cosignatures_of_others),
		cmocka_unit_test(a_cosignature_signs_the_message_of_c2sp),
		cmocka_unit_test(reads_over_signatures_of_other_kinds),
	};

	return cmocka_run_group_tests_name("note", tests, NULL, vec_free);
}
