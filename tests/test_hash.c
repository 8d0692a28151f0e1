#include <string.h>

#include "hash.h"
#include "hex.h"

#include "vec.h"

static void
assert_hash(const struct hash *h, const char *hex)
{
	assert_bytes(hash_slice(h), vec_unhex(hex));
}

static void
hashes_the_examples_of_fips_180(void **state)
{
	struct slice abc[2] = { slice_str("a"), slice_str("bc") };
	uint8_t out[64];
	struct hash h;

	(void)state;
	hash_bytes(slice_str("abc"), &h);
	assert_hash(&h, "ba7816bf8f01cfea414140de5dae2223"
			"b00361a396177a9cb410ff61f20015ad");
	hash_parts(abc, 2, &h);
	assert_hash(&h, "ba7816bf8f01cfea414140de5dae2223"
			"b00361a396177a9cb410ff61f20015ad");
	hash_empty(&h);
	assert_hash(&h, "e3b0c44298fc1c149afbf4c8996fb924"
			"27ae41e4649b934ca495991b7852b855");
	hash_sha384(abc, 2, out);
	assert_bytes(slice_of(out, 48),
	    vec_unhex("cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"
		      "1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"));
	hash_sha512(abc, 2, out);
	assert_bytes(slice_of(out, 64),
	    vec_unhex("ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee6"
		      "4b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e"
		      "2a9ac94fa54ca49f"));
}

static void
hashes_leaves_and_nodes_with_their_prefixes(void **state)
{
	const json_t *root = vec_shared("merkle/roots.json"), *t;
	struct slice parts[3];
	struct hash h;
	size_t i;

	(void)state;
	json_array_foreach(json_object_get(root, "hash_tests"), i, t)
	{
		if (strcmp(vec_str(t, "op"), "leaf") == 0) {
			hash_leaf(vec_hex(t, "data"), &h);
		} else {
			/* Their halves are shorter than hashes. */
			parts[0] = slice_of("\x01", 1);
			parts[1] = vec_hex(t, "left");
			parts[2] = vec_hex(t, "right");
			hash_parts(parts, 3, &h);
		}
		assert_bytes(hash_slice(&h), vec_hex(t, "hash"));
	}
}

static void
node_is_the_hash_of_one_and_both_children(void **state)
{
	struct hash a, b, h, expect;
	struct slice parts[3] = { slice_of("\x01", 1), hash_slice(&a),
		hash_slice(&b) };

	(void)state;
	hash_bytes(slice_str("a"), &a);
	hash_bytes(slice_str("b"), &b);
	hash_parts(parts, 3, &expect);
	hash_node(&a, &b, &h);
	assert_true(hash_equal(&h, &expect));
	hash_node(&a, &b, &a); /* may write onto its argument */
	assert_true(hash_equal(&a, &expect));
}

static void
separates_domains_with_a_zero_byte(void **state)
{
	struct slice part = slice_str("x"), whole;
	struct buf b = { 0 };
	struct hash h, expect;
	uint8_t got[64], want[64];

	(void)state;
	dst_put(&b, "record");
	assert_bytes(buf_slice(&b), slice_of("partecipa/v1/record", 20));
	buf_str(&b, "x");
	hash_bytes(buf_slice(&b), &expect);
	hash_dst("record", &part, 1, &h);
	assert_true(hash_equal(&h, &expect));
	whole = buf_slice(&b);
	hash_sha512(&whole, 1, want);
	hash_dst512("record", &part, 1, got);
	assert_memory_equal(got, want, 64);
	buf_free(&b);
}

static void
compares_and_knows_zero(void **state)
{
	struct hash a = { { 0 } }, b = { { 0 } };

	(void)state;
	assert_true(hash_is_zero(&a));
	b.b[31] = 1;
	assert_false(hash_is_zero(&b));
	assert_false(hash_equal(&a, &b));
	assert_true(hash_cmp(&a, &b) < 0);
	assert_true(hash_cmp(&b, &a) > 0);
}

/* RFC 4231, cases 1, 2 and 6. */
static void
hmac_matches_rfc_4231(void **state)
{
	uint8_t key[131];
	struct hash h;

	(void)state;
	memset(key, 0x0b, 20);
	hash_hmac(slice_of(key, 20), slice_str("Hi There"), &h);
	assert_hash(&h, "b0344c61d8db38535ca8afceaf0bf12b"
			"881dc200c9833da726e9376c2e32cff7");
	hash_hmac(
	    slice_str("Jefe"), slice_str("what do ya want for nothing?"), &h);
	assert_hash(&h, "5bdcc146bf60754e6a042426089575c7"
			"5a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, 131);
	hash_hmac(slice_of(key, 131),
	    slice_str("Test Using Larger Than Block-Size Key - "
		      "Hash Key First"),
	    &h);
	assert_hash(&h, "60e431591ee0b67f0d8a26aacbf5b77f"
			"8e0bc6213728c5140546040f0ee37f54");
}

static void
hkdf_matches_wycheproof(void **state)
{
	const json_t *t;
	uint8_t out[255 * 32];
	size_t i, n;
	enum err r;

	(void)state;
	json_array_foreach(
	    vec_tests(vec_shared("hkdf/wycheproof_hkdf_sha256.json")), i, t)
	{
		n = (size_t)vec_u64(t, "size");
		if (strcmp(vec_str(t, "result"), "valid") != 0) {
			assert_true(n > sizeof(out));
			r = hash_hkdf(vec_hex(t, "ikm"), vec_hex(t, "salt"),
			    vec_hex(t, "info"), out, n);
			assert_int_equal(r, ERR_LIMIT);
			continue;
		}
		r = hash_hkdf(vec_hex(t, "ikm"), vec_hex(t, "salt"),
		    vec_hex(t, "info"), out, n);
		assert_int_equal(r, OK);
		assert_bytes(slice_of(out, n), vec_hex(t, "okm"));
	}
}

/* Expected: HKDF written out with an independent HMAC, for one block. */
static void
hkdf512_differs_and_obeys_its_limit(void **state)
{
	static uint8_t out[255 * 64 + 1];
	struct slice x = slice_str("x");

	(void)state;
	assert_int_equal(hash_hkdf512(x, x, x, out, 64), OK);
	assert_bytes(slice_of(out, 64),
	    vec_unhex("ceece19d9a187a556ad9693a181042496411535e45b6ec88"
		      "eb8f38d757c828bef1734ac149ae08008c593c62bad52bc2"
		      "b49ae5baf3b21e48a805fba8ae6facf6"));
	assert_int_equal(hash_hkdf512(x, x, x, out, sizeof(out) - 1), OK);
	assert_int_equal(hash_hkdf512(x, x, x, out, sizeof(out)), ERR_LIMIT);
}

static void
hashes_in_pieces_and_starts_anew(void **state)
{
	struct hasher *h = hasher_new();
	struct hash a, expect;
	int i;

	(void)state;
	assert_non_null(h);
	hash_bytes(slice_str("abc"), &expect);
	for (i = 0; i < 2; i++) {
		hasher_put(h, "a", 1);
		hasher_put(h, NULL, 0);
		hasher_put(h, "bc", 2);
		hasher_end(h, &a);
		assert_true(hash_equal(&a, &expect));
	}
	hasher_free(h);
	hasher_free(NULL);
}

static void
hex_has_one_spelling(void **state)
{
	uint8_t b[2] = { 1, 2 };
	char text[5];

	(void)state;
	hex_encode(slice_of("\x00\xaf", 2), text);
	assert_string_equal(text, "00af");
	assert_int_equal(hex_decode(slice_str("00af"), b, 2), OK);
	assert_memory_equal(b, "\x00\xaf", 2);
	assert_int_equal(hex_decode(slice_str("00AF"), b, 2), ERR_FORMAT);
	assert_int_equal(hex_decode(slice_str("00a"), b, 2), ERR_FORMAT);
	assert_int_equal(hex_decode(slice_str("00a"), b, 1), ERR_FORMAT);
	assert_int_equal(hex_decode(slice_str("00afa"), b, 2), ERR_FORMAT);
	assert_int_equal(hex_decode(slice_str("00ag"), b, 2), ERR_FORMAT);
	assert_int_equal(hex_decode(slice_str("0x00"), b, 2), ERR_FORMAT);
	assert_int_equal(hex_decode(slice_str(" 0af"), b, 2), ERR_FORMAT);
	assert_int_equal(hex_decode(slice_str(""), b, 0), OK);
	assert_memory_equal(b, "\x00\xaf", 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_the_examples_of_fips_180),
		cmocka_unit_test(hashes_leaves_and_nodes_with_their_prefixes),
		cmocka_unit_test(node_is_the_hash_of_one_and_both_children),
		cmocka_unit_test(separates_domains_with_a_zero_byte),
		cmocka_unit_test(compares_and_knows_zero),
		cmocka_unit_test(hmac_matches_rfc_4231),
		cmocka_unit_test(hkdf_matches_wycheproof),
		cmocka_unit_test(hkdf512_differs_and_obeys_its_limit),
		cmocka_unit_test(hashes_in_pieces_and_starts_anew),
		cmocka_unit_test(hex_has_one_spelling),
	};

	return cmocka_run_group_tests_name("hash", tests, NULL, vec_free);
}
