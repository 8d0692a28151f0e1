#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "checkpoint.h"

#include "vec.h"

/* The key of "PRIVATE+KEY+name+id+base64(type || seed)", as Go writes it. */
static struct sign_key
signer(const char *s)
{
	uint8_t data[1 + SEED_BYTES];
	struct sign_key k;
	int i;

	for (i = 0; i < 4; i++) {
		s = strchr(s, '+');
		assert_non_null(s);
		s++;
	}
	assert_int_equal(
	    base64_decode_exact(BASE64_STD, slice_str(s), data, sizeof(data)),
	    OK);
	assert_int_equal(data[0], NOTE_ED25519);
	sign_key_from_seed(data + 1, &k);
	return k;
}

static void
opens_and_reproduces_the_checkpoints_of_another_log(void **state)
{
	const json_t *root = vec_shared("c2sp/checkpoints.json"), *t;
	struct sign_key sk = signer(vec_str(root, "signer_key"));
	struct checkpoint c;
	struct note_key k;
	struct buf b = { 0 };
	struct note n;
	size_t i;

	(void)state;
	assert_int_equal(
	    note_key_parse(slice_str(vec_str(root, "vkey")), &k), OK);
	json_array_foreach(vec_tests(root), i, t)
	{
		assert_int_equal(
		    checkpoint_open(slice_str(vec_str(t, "note")), &k, &n, &c),
		    OK);
		assert_string_equal(c.origin, k.name);
		b.n = 0;
		assert_int_equal(checkpoint_sign(&c, &sk, &b), OK);
		assert_bytes(buf_slice(&b), slice_str(vec_str(t, "note")));
	}
	buf_free(&b);
}

static void
a_wrong_key_id_is_no_signature(void **state)
{
	const json_t *t =
	    json_object_get(vec_shared("c2sp/checkpoints.json"), "sigsum");
	struct checkpoint c;
	struct note_key k;
	struct note n;

	(void)state;
	assert_int_equal(note_key_parse(slice_str(vec_str(t, "vkey")), &k), OK);
	assert_int_equal(
	    checkpoint_open(slice_str(vec_str(t, "note_good")), &k, &n, &c),
	    OK);
	assert_int_equal(
	    checkpoint_open(
		slice_str(vec_str(t, "note_wrong_key_id")), &k, &n, &c),
	    ERR_SIGNATURE);
}

static void
judges_checkpoint_texts_as_c2sp(void **state)
{
	const json_t *root = vec_shared("c2sp/checkpoints.json"), *t;
	struct checkpoint c;
	size_t i;
	enum err r;

	(void)state;
	json_array_foreach(json_object_get(root, "text_cases"), i, t)
	{
		r = checkpoint_text_parse(slice_str(vec_str(t, "text")), &c);
		if ((r == OK) != json_is_true(json_object_get(t, "ok")))
			fail_msg("%s: %s", vec_str(t, "why"), err_str(r));
		if (r != OK)
			continue;
		assert_string_equal(c.origin, vec_str(t, "origin"));
		assert_int_equal(c.size, vec_u64(t, "size"));
	}
}

static struct sign_key
key(uint8_t n)
{
	uint8_t seed[SEED_BYTES] = { n };
	struct sign_key k;

	sign_key_from_seed(seed, &k);
	return k;
}

static void
another_origin_is_another_log(void **state)
{
	struct checkpoint c = { "a.test", 7, { { 1 } } }, out;
	struct sign_key sk = key(1);
	struct note_key a, b;
	struct buf text = { 0 }, note = { 0 };
	struct note n;

	(void)state;
	assert_int_equal(note_key_make("a.test", NOTE_ED25519, &sk.pk, &a), OK);
	assert_int_equal(note_key_make("b.test", NOTE_ED25519, &sk.pk, &b), OK);
	assert_int_equal(checkpoint_sign(&c, &sk, &note), OK);
	assert_int_equal(checkpoint_open(buf_slice(&note), &a, &n, &out), OK);
	assert_int_equal(out.size, 7);
	assert_true(hash_equal(&out.root, &c.root));
	assert_int_equal(
	    checkpoint_open(buf_slice(&note), &b, &n, &out), ERR_SIGNATURE);
	/* A good signature by b.test under a text of a.test. */
	assert_int_equal(note_parse(buf_slice(&note), &n), OK);
	assert_int_equal(note_sign(n.text, "b.test", &sk, &text), OK);
	assert_int_equal(
	    checkpoint_open(buf_slice(&text), &b, &n, &out), ERR_SIGNATURE);
	buf_free(&text);
	buf_free(&note);
}

static void
a_quorum_counts_different_valid_witnesses(void **state)
{
	static const char text[] = "a.test\n1\n"
				   "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hS"
				   "uFU=\n";
	struct sign_key log = key(1), w[4];
	struct note_key keys[5];
	struct buf b = { 0 };
	struct note n;
	uint8_t i;

	(void)state;
	assert_int_equal(note_sign(slice_str(text), "a.test", &log, &b), OK);
	for (i = 0; i < 4; i++) {
		char name[] = "w0.test";

		name[1] = (char)('0' + i);
		w[i] = key((uint8_t)(10 + i));
		assert_int_equal(
		    note_key_make(name, NOTE_COSIGNATURE, &w[i].pk, &keys[i]),
		    OK);
		/* 0 and 1 sign, 2 signs something else, 3 does not. */
		if (i < 2)
			assert_int_equal(note_cosign_line(slice_str(text), name,
					     &w[i], 5, &b),
			    OK);
		if (i == 2)
			assert_int_equal(note_cosign_line(slice_str("x\n"),
					     name, &w[i], 5, &b),
			    OK);
	}
	/* 0 signs again, and has a second name. */
	assert_int_equal(
	    note_cosign_line(slice_str(text), "w0.test", &w[0], 6, &b), OK);
	assert_int_equal(
	    note_cosign_line(slice_str(text), "again.test", &w[0], 6, &b), OK);
	assert_int_equal(
	    note_key_make("again.test", NOTE_COSIGNATURE, &w[0].pk, &keys[4]),
	    OK);
	assert_int_equal(note_parse(buf_slice(&b), &n), OK);
	assert_int_equal(checkpoint_quorum(&n, keys, 5, 0), OK);
	assert_int_equal(checkpoint_quorum(&n, keys, 5, 2), OK);
	assert_int_equal(checkpoint_quorum(&n, keys, 5, 3), ERR_SIGNATURE);
	assert_int_equal(checkpoint_quorum(&n, keys, 1, 2), ERR_SIGNATURE);
	assert_int_equal(checkpoint_quorum(&n, NULL, 0, 1), ERR_SIGNATURE);
	assert_int_equal(checkpoint_quorum(&n, NULL, 0, 0), OK);
	buf_free(&b);
}

/* The value of NAME=... in the .keys file. */
static struct slice
named(const char *name)
{
	struct slice s = vec_shared_bytes("tlog-tiles/generated-300.keys");
	const char *p;
	struct buf b = { 0 };
	size_t n;

	buf_put(&b, s.p, s.n);
	p = strstr(buf_text(&b), name);
	assert_non_null(p);
	p += strlen(name);
	n = strcspn(p, "\n");
	s = slice_of(vec_copy(slice_of(p, n)), n);
	buf_free(&b);
	return s;
}

static void
verifies_and_reproduces_a_proof_file(void **state)
{
	struct slice s =
	    vec_shared_bytes("tlog-tiles/generated-300/proof.tlog-proof");
	struct note_key log, witness;
	struct tlog_proof p;
	struct checkpoint c;
	struct buf b = { 0 };
	struct hash leaf;
	struct note n;

	(void)state;
	hash_leaf(vec_shared_bytes("tlog-tiles/generated-300/leaf.bin"), &leaf);
	assert_int_equal(note_key_parse(named("VKEY="), &log), OK);
	assert_int_equal(note_key_parse(named("WKEY="), &witness), OK);
	assert_int_equal(tlog_proof_parse(s, &p), OK);
	assert_int_equal(p.index, 257);
	assert_int_equal(tlog_proof_verify(&p, &leaf, &log, &n, &c), OK);
	assert_int_equal(c.size, 300);
	assert_int_equal(checkpoint_quorum(&n, &witness, 1, 1), OK);
	tlog_proof_put(&b, p.index, &p.path, p.checkpoint);
	assert_bytes(buf_slice(&b), s);
	leaf.b[0] ^= 1;
	assert_int_equal(
	    tlog_proof_verify(&p, &leaf, &log, &n, &c), ERR_SIGNATURE);
	leaf.b[0] ^= 1;
	p.index = 256;
	assert_int_equal(
	    tlog_proof_verify(&p, &leaf, &log, &n, &c), ERR_SIGNATURE);
	buf_free(&b);
}

static void
no_other_proof_verifies(void **state)
{
	struct slice s =
	    vec_shared_bytes("tlog-tiles/generated-300/proof.tlog-proof");
	struct note_key log;
	struct tlog_proof p;
	struct checkpoint c;
	struct hash leaf;
	struct note n;
	uint8_t *copy;
	size_t i, first_line, end;

	(void)state;
	hash_leaf(vec_shared_bytes("tlog-tiles/generated-300/leaf.bin"), &leaf);
	assert_int_equal(note_key_parse(named("VKEY="), &log), OK);
	assert_int_equal(tlog_proof_parse(s, &p), OK);
	/* The witness's line is nobody's business here. */
	assert_int_equal(note_parse(p.checkpoint, &n), OK);
	first_line = (size_t)(n.sigs[1].name.p - s.p) - 4;
	copy = vec_copy(s);
	for (i = 0; i < first_line * 8; i++) {
		copy[i / 8] ^= (uint8_t)(1U << i % 8);
		assert_false(tlog_proof_parse(slice_of(copy, s.n), &p) == OK &&
			     tlog_proof_verify(&p, &leaf, &log, &n, &c) == OK);
		copy[i / 8] ^= (uint8_t)(1U << i % 8);
	}
	for (end = 0; end < s.n; end++)
		assert_false(end != first_line &&
			     tlog_proof_parse(
				 slice_of(vec_copy(slice_of(s.p, end)), end),
				 &p) == OK &&
			     tlog_proof_verify(&p, &leaf, &log, &n, &c) == OK);
}

static void
proof_lines_are_strict(void **state)
{
#define HEAD "c2sp.org/tlog-proof@v1\n"
#define HASH "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
	static const struct {
		const char *text;
		enum err r;
	} list[] = {
		{ HEAD "index 0\n\nnote", OK },
		{ HEAD "index 3\n" HASH HASH "\nnote", OK },
		{ HEAD "extra AAAA\nindex 3\n" HASH "\nnote", OK },
		{ HEAD "extra \nindex 3\n" HASH "\nnote", ERR_FORMAT },
		{ HEAD "extra A\nindex 3\n" HASH "\nnote", ERR_FORMAT },
		{ HEAD "index 3\nextra AAAA\n" HASH "\nnote", ERR_FORMAT },
		{ HEAD "index 03\n" HASH "\nnote", ERR_FORMAT },
		{ HEAD "index\n" HASH "\nnote", ERR_FORMAT },
		{ HEAD "index -1\n" HASH "\nnote", ERR_FORMAT },
		{ HEAD "index 18446744073709551616\n\nnote", ERR_FORMAT },
		{ HEAD "index 18446744073709551615\n\nnote", OK },
		{ HEAD "index 3\n" HASH, ERR_FORMAT },
		{ HEAD "index 3\n" HASH "\n", ERR_FORMAT },
		{ HEAD "\nindex 3\n" HASH "\nnote", ERR_FORMAT },
		{ HEAD "index 3\nAAAA\n\nnote", ERR_FORMAT },
		{ "c2sp.org/tlog-proof@v2\nindex 0\n\nnote", ERR_FORMAT },
		{ "", ERR_FORMAT },
	};
	struct tlog_proof p;
	struct buf b = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		assert_int_equal(
		    tlog_proof_parse(slice_str(list[i].text), &p), list[i].r);
	buf_str(&b, HEAD "index 0\n");
	for (i = 0; i <= MERKLE_PROOF_MAX; i++)
		buf_str(&b, HASH);
	buf_str(&b, "\nnote");
	assert_int_equal(tlog_proof_parse(buf_slice(&b), &p), ERR_LIMIT);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    opens_and_reproduces_the_checkpoints_of_another_log),
		cmocka_unit_test(a_wrong_key_id_is_no_signature),
		cmocka_unit_test(judges_checkpoint_texts_as_c2sp),
		cmocka_unit_test(another_origin_is_another_log),
		cmocka_unit_test(a_quorum_counts_different_valid_witnesses),
		cmocka_unit_test(verifies_and_reproduces_a_proof_file),
		cmocka_unit_test(no_other_proof_verifies),
		cmocka_unit_test(proof_lines_are_strict),
	};

	return cmocka_run_group_tests_name("checkpoint", tests, NULL, vec_free);
}
