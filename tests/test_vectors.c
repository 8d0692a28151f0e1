/*
 * The project's own vectors: one file per format in tests/vectors, read by
 * every implementation.  Without arguments each file is compared, byte for
 * byte, with what the code computes from fixed secrets; a change of a format
 * fails here.  With --write the files are written anew.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "checkpoint.h"
#include "hex.h"
#include "receipt.h"
#include "record.h"
#include "token.h"

#include "vec.h"

#define ALL(a) slice_of((a), sizeof(a))
#define ORIGIN "voto.example.org"

static int writing;

/* ---- Making JSON ------------------------------------------------------- */

static void
put_hex(json_t *o, const char *key, struct slice s)
{
	char *text = malloc(2 * s.n + 1);

	assert_non_null(text);
	hex_encode(s, text);
	assert_int_equal(json_object_set_new(o, key, json_string(text)), 0);
	free(text);
}

static void
put_str(json_t *o, const char *key, const char *s)
{
	assert_int_equal(json_object_set_new(o, key, json_string(s)), 0);
}

static void
put_text(json_t *o, const char *key, struct buf *b)
{
	put_str(o, key, buf_text(b));
}

static void
put_int(json_t *o, const char *key, uint64_t v)
{
	assert_true(v < (uint64_t)1 << 53);
	assert_int_equal(
	    json_object_set_new(o, key, json_integer((json_int_t)v)), 0);
}

static void
put_hash(json_t *o, const char *key, const struct hash *h)
{
	put_hex(o, key, hash_slice(h));
}

/* The name of what a parser or verifier has to answer. */
static const char *
outcome(enum err r)
{
	assert_true(r == ERR_FORMAT || r == ERR_LIMIT || r == ERR_SIGNATURE ||
		    r == ERR_CONFLICT);
	return r == ERR_FORMAT	    ? "format"
	       : r == ERR_LIMIT	    ? "limit"
	       : r == ERR_SIGNATURE ? "signature"
				    : "conflict";
}

/* A new object at the end of the array ${key} of ${root}. */
static json_t *
append(json_t *root, const char *key)
{
	json_t *list = json_object_get(root, key), *o = json_object();

	if (list == NULL) {
		list = json_array();
		assert_int_equal(json_object_set_new(root, key, list), 0);
	}
	assert_int_equal(json_array_append_new(list, o), 0);
	return o;
}

static json_t *
append_refused(json_t *root, const char *why, enum err r)
{
	json_t *o = append(root, "refused");

	put_str(o, "why", why);
	put_str(o, "error", outcome(r));
	return o;
}

static json_t *
file(const char *format)
{
	json_t *root = json_object();

	put_str(root, "format", format);
	return root;
}

/* Compare ${root} with tests/vectors/${name}, or write it; frees it. */
static void
finish(json_t *root, const char *name)
{
	char path[256];
	char *text = json_dumps(root, JSON_INDENT(1));
	struct buf want = { 0 }, have = { 0 };
	FILE *f;
	int c;

	assert_non_null(text);
	buf_str(&want, text);
	buf_str(&want, "\n");
	free(text);
	json_decref(root);
	(void)snprintf(path, sizeof(path), "tests/vectors/%s", name);
	if (writing) {
		f = fopen(path, "wb");
		assert_non_null(f);
		assert_int_equal(fwrite(want.p, 1, want.n, f), want.n);
		assert_int_equal(fclose(f), 0);
	} else {
		f = fopen(path, "rb");
		if (f == NULL)
			fail_msg("no %s: run from the top folder", path);
		while ((c = getc(f)) != EOF)
			buf_u8(&have, (uint8_t)c);
		fclose(f);
		assert_bytes(buf_slice(&have), buf_slice(&want));
	}
	buf_free(&want);
	buf_free(&have);
}

/* ---- Fixed secrets ------------------------------------------------------ */

static void
fixed(const char *label, uint8_t *out, size_t n)
{
	assert_int_equal(hash_hkdf(slice_str(label), slice_str("vectors"),
			     slice_of(NULL, 0), out, n),
	    OK);
}

static struct hash
fixed_hash(const char *label)
{
	struct hash h;

	fixed(label, h.b, sizeof(h.b));
	return h;
}

static struct sign_key
fixed_key(const char *label)
{
	uint8_t seed[SEED_BYTES];
	struct sign_key k;

	fixed(label, seed, sizeof(seed));
	sign_key_from_seed(seed, &k);
	return k;
}

static struct secret
fixed_secret(const char *label)
{
	struct secret s;

	fixed(label, s.b, sizeof(s.b));
	return s;
}

static struct roll_code
fixed_code(const char *label)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	uint8_t random[19];
	struct roll_code code, out;
	struct hash h;
	size_t i;

	fixed(label, random, sizeof(random));
	for (i = 0; i < sizeof(random); i++)
		code.c[i] = alphabet[random[i] & 31];
	hash_bytes(slice_of(code.c, 19), &h);
	code.c[19] = alphabet[h.b[0] >> 3];
	assert_int_equal(roll_code_parse(slice_of(code.c, 20), &out), OK);
	return out;
}

static void
put_seed(json_t *o, const char *key, const struct sign_key *k)
{
	uint8_t seed[SEED_BYTES];

	sign_key_seed(k, seed);
	put_hex(o, key, ALL(seed));
}

/* ---- What people type --------------------------------------------------- */

static void
refuse_code(json_t *root, const char *typed, const char *why, enum err r)
{
	struct roll_code out;

	assert_int_equal(roll_code_parse(slice_str(typed), &out), r);
	put_str(append_refused(root, why, r), "typed", typed);
}

static void
roll_codes(void **state)
{
	json_t *root = file("letter code, PROTOCOL 4"), *t;
	struct roll_code code = fixed_code("roll code"), back;
	char label[32], typed[64], printed[25];
	size_t i, j, n;

	(void)state;
	for (i = 0; i < 6; i++) {
		(void)snprintf(label, sizeof(label), "roll code %zu", i);
		code = fixed_code(label);
		roll_code_print(&code, printed);
		/* Three ways of typing it. */
		for (j = n = 0; printed[j] != 0; j++) {
			char c = printed[j];

			if (i % 3 == 1 && c >= 'A')
				c = (char)(c + 'a' - 'A');
			if (i % 3 == 2 && c == '-')
				c = ' ';
			if (i % 3 != 0 && c == '0')
				c = 'o';
			if (i % 3 != 0 && c == '1')
				c = j % 2 == 0 ? 'I' : 'l';
			typed[n++] = c;
		}
		typed[n] = 0;
		assert_int_equal(
		    roll_code_parse(slice_of(typed, n), &back), OK);
		assert_string_equal(back.c, code.c);
		t = append(root, "tests");
		put_str(t, "typed", typed);
		put_str(t, "code", code.c);
		put_str(t, "printed", printed);
	}
	roll_code_print(&code, printed);
	memcpy(typed, code.c, sizeof(code.c));
	typed[19] = typed[19] == '0' ? '2' : '0';
	refuse_code(root, typed, "check character", ERR_SIGNATURE);
	memcpy(typed, code.c, sizeof(code.c));
	typed[19] = 0;
	refuse_code(root, typed, "19 characters", ERR_FORMAT);
	memcpy(typed, code.c, sizeof(code.c));
	typed[20] = '0';
	typed[21] = 0;
	refuse_code(root, typed, "21 characters", ERR_FORMAT);
	memcpy(typed, code.c, sizeof(code.c));
	typed[3] = 'U';
	refuse_code(root, typed, "a character of no code", ERR_FORMAT);
	refuse_code(root, "", "nothing", ERR_FORMAT);
	finish(root, "roll-code.json");
}

static const char *const kind_names[] = { "master", "space" };

static void
refuse_recovery(json_t *root, enum code_kind kind, const char *typed,
    const char *why, enum err r)
{
	struct secret out;
	json_t *o;

	assert_int_equal(recovery_parse(kind, slice_str(typed), &out), r);
	o = append_refused(root, why, r);
	put_str(o, "kind", kind_names[kind]);
	put_str(o, "typed", typed);
}

static void
recovery_codes(void **state)
{
	json_t *root = file("recovery code, PROTOCOL 5"), *t;
	struct secret s[4];
	char text[36];
	size_t i, kind;

	(void)state;
	s[0] = fixed_secret("recovery 0");
	s[1] = fixed_secret("recovery 1");
	memset(s[2].b, 0, sizeof(s[2].b));
	memset(s[3].b, 0xff, sizeof(s[3].b));
	for (i = 0; i < 8; i++) {
		kind = i % 2;
		recovery_print((enum code_kind)kind, &s[i / 2], text);
		t = append(root, "tests");
		put_str(t, "kind", kind_names[kind]);
		put_hex(t, "secret", ALL(s[i / 2].b));
		put_str(t, "printed", text);
	}
	recovery_print(CODE_MASTER, &s[0], text);
	refuse_recovery(
	    root, CODE_SPACE, text, "a code of the other kind", ERR_SIGNATURE);
	text[33] = text[33] == '0' ? '2' : '0';
	refuse_recovery(
	    root, CODE_MASTER, text, "check characters", ERR_SIGNATURE);
	recovery_print(CODE_MASTER, &s[2], text);
	assert_int_equal(text[31], '0');
	text[31] = '1';
	refuse_recovery(root, CODE_MASTER, text, "an unused bit", ERR_FORMAT);
	recovery_print(CODE_MASTER, &s[0], text);
	text[33] = 0;
	refuse_recovery(root, CODE_MASTER, text, "27 characters", ERR_FORMAT);
	recovery_print(CODE_MASTER, &s[0], text);
	text[34] = '0';
	text[35] = 0;
	refuse_recovery(root, CODE_MASTER, text, "29 characters", ERR_FORMAT);
	recovery_print(CODE_MASTER, &s[0], text);
	text[0] = '!';
	refuse_recovery(
	    root, CODE_MASTER, text, "a character of no code", ERR_FORMAT);
	finish(root, "recovery-code.json");
}

/* ---- Derivations -------------------------------------------------------- */

static json_t *
derivation(json_t *root, const char *label, struct slice ikm)
{
	json_t *t = append(root, "tests");

	put_str(t, "label", label);
	put_hex(t, "ikm", ikm);
	return t;
}

static void
put_derived_key(json_t *t, const struct sign_key *k)
{
	put_seed(t, "out", k);
	put_hex(t, "pk", public_key_slice(&k->pk));
}

static void
derive_blinds(json_t *root, const struct secret *ss, const struct hash *key_id)
{
	static const uint32_t counters[] = { 0, 1, 0x01020304 };
	uint8_t r[BLIND_BYTES];
	json_t *t;
	size_t i;

	for (i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		assert_int_equal(derive_blind(ss, key_id, counters[i], r), OK);
		t = derivation(root, "blind", ALL(ss->b));
		put_hash(t, "token_key_id", key_id);
		put_int(t, "counter", counters[i]);
		put_hex(t, "out", ALL(r));
	}
}

static void
derive_sealing(json_t *root, const struct secret *ss)
{
	struct hash form_id = fixed_hash("form_id");
	struct hash y = fixed_hash("Y"), choices = fixed_hash("choices");
	uint8_t context[64], out[64];
	json_t *t;

	assert_int_equal(derive_seal(ss, &form_id, 7, y.b, &choices, out), OK);
	t = derivation(root, "seal", ALL(ss->b));
	put_hash(t, "form_id", &form_id);
	put_int(t, "seq", 7);
	put_hash(t, "Y", &y);
	put_hash(t, "choices_hash", &choices);
	put_hex(t, "out", ALL(out));
	fixed("context", context, sizeof(context));
	assert_int_equal(derive_pok(ss, context, out), OK);
	t = derivation(root, "pok", ALL(ss->b));
	put_hex(t, "context_hash", ALL(context));
	put_hex(t, "out", ALL(out));
}

static void
derivations(void **state)
{
	json_t *root = file("derivations, PROTOCOL 4, 5 and 7"), *t;
	struct roll_code code = fixed_code("roll code 0");
	struct secret master = fixed_secret("master"), ss;
	struct hash space_id = fixed_hash("space_id");
	struct hash key_id = fixed_hash("token_key_id");
	struct hash form_id = fixed_hash("form_id"), content;
	uint8_t salt[BLIND_SALT], content_salt[16];
	struct sign_key k;
	unsigned p;
	size_t i;

	(void)state;
	put_str(root, "salt", "partecipa/v1");
	for (i = 0; i < derive_count; i++) {
		t = append(root, "table");
		put_str(t, "label", derive_table[i].label);
		put_str(t, "fields", derive_table[i].fields);
		put_int(t, "bytes", derive_table[i].bytes);
		put_int(t, "sha", derive_table[i].sha);
	}
	assert_int_equal(derive_roll_key(&code, &k), OK);
	t = derivation(root, "roll", slice_of(code.c, 20));
	put_str(t, "code", code.c);
	put_derived_key(t, &k);
	assert_int_equal(derive_space_secret(&master, &space_id, &ss), OK);
	t = derivation(root, "space", ALL(master.b));
	put_hash(t, "space_id", &space_id);
	put_hex(t, "out", ALL(ss.b));
	for (p = 1; p <= PURPOSE_MAX; p++) {
		assert_int_equal(
		    derive_credential(&ss, (enum purpose)p, &k), OK);
		t = derivation(root, "sign", ALL(ss.b));
		put_int(t, "purpose", p);
		put_str(t, "purpose_name", purpose_name(p));
		put_derived_key(t, &k);
	}
	assert_int_equal(derive_pss_salt(&ss, &key_id, salt), OK);
	t = derivation(root, "pss-salt", ALL(ss.b));
	put_hash(t, "token_key_id", &key_id);
	put_hex(t, "out", ALL(salt));
	derive_blinds(root, &ss, &key_id);
	hash_bytes(slice_str("{}"), &content);
	assert_int_equal(derive_content_salt(&ss, PURPOSE_AUTHOR, &form_id, 7,
			     &content, content_salt),
	    OK);
	t = derivation(root, "content", ALL(ss.b));
	put_int(t, "purpose", PURPOSE_AUTHOR);
	put_hash(t, "form_id", &form_id);
	put_int(t, "seq", 7);
	put_hash(t, "content_hash", &content);
	put_hex(t, "out", ALL(content_salt));
	derive_sealing(root, &ss);
	finish(root, "derive.json");
}

/* ---- Ed25519 ------------------------------------------------------------- */

static void
judge_key(json_t *root, const char *hex, const char *why)
{
	struct public_key pk;
	json_t *o;

	memcpy(pk.b, vec_unhex(hex).p, sizeof(pk.b));
	assert_int_equal(sign_point_check(&pk), ERR_SIGNATURE);
	o = append(root, "refused_keys");
	put_str(o, "why", why);
	put_str(o, "pk", hex);
}

#define KEY "c9554872e9c015e62fb95782072867647d9bfc5bfad0032aafdd9ea930c99b17"

static void
judge_signature(json_t *root, const char *pk, const char *msg, const char *sig,
    const char *why, enum err r)
{
	struct public_key k;
	struct signature s;
	json_t *o;

	memcpy(k.b, vec_unhex(pk).p, sizeof(k.b));
	memcpy(s.b, vec_unhex(sig).p, sizeof(s.b));
	assert_int_equal(sign_verify(&k, vec_unhex(msg), &s), r);
	if (r == OK) {
		o = append(root, "tests");
		put_str(o, "why", why);
	} else {
		o = append_refused(root, why, r);
	}
	put_str(o, "pk", pk);
	put_str(o, "msg", msg);
	put_str(o, "sig", sig);
}

/* The signatures of KEY and its like: the equation holds up to a point of
   small order, which some verifiers multiply away. */
static void
odd_signatures(json_t *root)
{
	judge_signature(root, KEY, "706172746563697061",
	    "186ed2bdbd1a36f6437c5168b0221914018ea4f32a1c3fcd1c1794d64fbd596e"
	    "d68311046b195d98466238cc076c0a41c0b87022dd8a34465c0c19db2996cf0a",
	    "R with a point of order 8 added", ERR_SIGNATURE);
	judge_signature(root, KEY, "706172746563697061",
	    "0100000000000000000000000000000000000000000000000000000000000000"
	    "a8b817b2d20fd6d94ac1c2875530a312b86f814aeff84383ecd7ba0396f90802",
	    "R is the identity", ERR_SIGNATURE);
	judge_signature(root, KEY, "706172746563697061",
	    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
	    "36f6a21208d98c42d82caf668f03b780794334fc4bb8b37eecb3f5d01f34f404",
	    "R is the identity, not canonical", ERR_SIGNATURE);
	judge_signature(root,
	    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	    "7061727465636970612034",
	    "b31b20f50426242514d81b383548bd90de72fd0b8cf2382a88f9f52ce5076b23"
	    "e878dca548664051e5e695d8c157b538a506f9a3dd9f0e9cfed7f4de62238207",
	    "a key of order 8", ERR_SIGNATURE);
	judge_signature(root,
	    "0100000000000000000000000000000000000000000000000000000000000000",
	    "706172746563697061",
	    "0100000000000000000000000000000000000000000000000000000000000000"
	    "0000000000000000000000000000000000000000000000000000000000000000",
	    "the identity as key", ERR_SIGNATURE);
	judge_signature(root,
	    "da698e2c83f849f9445acf58efdcc450977b2f4dc01a813f57ae84ae7d349af2",
	    "706172746563697061203131",
	    "b31b20f50426242514d81b383548bd90de72fd0b8cf2382a88f9f52ce5076b23"
	    "52fd97c01a49c60b89751f1f6a1ba7ccecc0e7e4412eb2849c31528b9a3be70b",
	    "a key of mixed order: the signature holds, the key is refused",
	    OK);
}

/* The order of the group, little-endian, is added to S. */
static void
add_order(uint8_t s[static 32])
{
	struct slice l = vec_unhex("edd3f55c1a631258d69cf7a2def9de14"
				   "00000000000000000000000000000010");
	unsigned carry = 0;
	size_t i;

	for (i = 0; i < 32; i++) {
		carry += s[i] + (unsigned)l.p[i];
		s[i] = (uint8_t)carry;
		carry >>= 8;
	}
}

static void
signatures(void **state)
{
	json_t *root = file("Ed25519 by the rule of PROTOCOL 0"), *t;
	struct sign_key k = fixed_key("signer");
	struct slice part = slice_str("partecipa");
	struct signature sig;

	(void)state;
	assert_int_equal(sign_dst(&k, "record", &part, 1, &sig), OK);
	t = append(root, "tests");
	put_str(t, "why", "signed over DST(\"record\") || \"partecipa\"");
	put_hex(t, "pk", public_key_slice(&k.pk));
	put_hex(t, "msg", slice_of("partecipa/v1/record\0partecipa", 29));
	put_hex(t, "sig", ALL(sig.b));
	put_seed(t, "seed", &k);
	odd_signatures(root);
	add_order(sig.b + 32);
	assert_int_equal(
	    sign_verify_dst(&k.pk, "record", &part, 1, &sig), ERR_SIGNATURE);
	t = append_refused(root, "S + L", ERR_SIGNATURE);
	put_hex(t, "pk", public_key_slice(&k.pk));
	put_hex(t, "msg", slice_of("partecipa/v1/record\0partecipa", 29));
	put_hex(t, "sig", ALL(sig.b));
	judge_key(root,
	    "0000000000000000000000000000000000000000000000000000000000000000",
	    "order 4");
	judge_key(root,
	    "0100000000000000000000000000000000000000000000000000000000000000",
	    "the identity");
	judge_key(root,
	    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	    "order 2");
	judge_key(root,
	    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	    "order 8");
	judge_key(root,
	    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	    "the identity, not canonical");
	judge_key(root,
	    "da698e2c83f849f9445acf58efdcc450977b2f4dc01a813f57ae84ae7d349af2",
	    "mixed order");
	judge_key(root,
	    "0200000000000000000000000000000000000000000000000000000000000000",
	    "no point");
	finish(root, "sign.json");
}

/* ---- Issuance ------------------------------------------------------------ */

/* The issuer's key cannot be derived: it is kept in token-key.json. */
static struct blind_key *
issuer_key(uint8_t spki[static BLIND_SPKI])
{
	const json_t *root = vec_own("token-key.json");
	struct blind_key *k = NULL;

	assert_int_equal(blind_key_parse(vec_hex(root, "pkcs8"), &k), OK);
	assert_int_equal(blind_key_spki(k, spki), OK);
	assert_bytes(slice_of(spki, BLIND_SPKI), vec_hex(root, "spki"));
	return k;
}

/* One credential's way through issuance. */
struct issued {
	struct public_key pk;
	struct hash space_id;
	struct hash digest;
	struct hash key_id;
	uint8_t salt[BLIND_SALT];
	uint8_t r[BLIND_BYTES];
	uint8_t blinded[BLIND_BYTES];
	uint8_t blind_sig[BLIND_BYTES];
	uint8_t sig[BLIND_BYTES];
};

static void
issue(const struct secret *master, enum purpose purpose, json_t *t,
    struct issued *v)
{
	struct slice issuer = slice_str("issuer.example.org");
	uint8_t spki[BLIND_SPKI], input[TOKEN_INPUT_BYTES];
	struct blind_key *k = issuer_key(spki);
	struct blind_public *pub = NULL;
	struct secret ss;
	struct sign_key cred;
	uint32_t counter = 0;

	v->space_id = fixed_hash("space_id");
	assert_int_equal(derive_space_secret(master, &v->space_id, &ss), OK);
	assert_int_equal(derive_credential(&ss, purpose, &cred), OK);
	v->pk = cred.pk;
	token_key_id(spki, &v->key_id);
	assert_int_equal(token_space_digest(issuer, &v->space_id,
			     slice_str(ORIGIN), &v->digest),
	    OK);
	token_input(&v->pk, &v->digest, &v->key_id, input);
	assert_int_equal(derive_pss_salt(&ss, &v->key_id, v->salt), OK);
	assert_int_equal(blind_public_parse(ALL(spki), &pub), OK);
	for (;; counter++) {
		assert_int_equal(
		    derive_blind(&ss, &v->key_id, counter, v->r), OK);
		if (blind_blind(pub, ALL(input), ALL(v->salt), ALL(v->r),
			v->blinded) == OK)
			break;
		assert_true(counter < 20);
	}
	assert_int_equal(blind_sign(k, ALL(v->blinded), v->blind_sig), OK);
	assert_int_equal(blind_finalize(pub, ALL(input), ALL(v->r),
			     ALL(v->blind_sig), BLIND_SALT, v->sig),
	    OK);
	put_hex(t, "secret", ALL(master->b));
	put_str(t, "issuer_name", "issuer.example.org");
	put_hash(t, "space_id", &v->space_id);
	put_str(t, "origin_info", ORIGIN);
	put_hex(t, "spki", ALL(spki));
	put_int(t, "purpose", purpose);
	put_int(t, "counter", counter);
	put_hex(t, "token_input", ALL(input));
	blind_public_free(pub);
	blind_key_free(k);
}

static void
put_issued(json_t *t, const struct issued *v)
{
	struct token_challenge c = { TOKEN_TYPE,
		slice_str("issuer.example.org"), hash_slice(&v->space_id),
		slice_str(ORIGIN) };
	struct buf b = { 0 };

	token_challenge_put(&b, &c);
	put_hex(t, "token_challenge", buf_slice(&b));
	put_hash(t, "challenge_digest", &v->digest);
	put_hash(t, "token_key_id", &v->key_id);
	put_hex(t, "pk", public_key_slice(&v->pk));
	put_hex(t, "pss_salt", ALL(v->salt));
	put_hex(t, "blind", ALL(v->r));
	b.n = 0;
	token_request_put(&b, &v->key_id, v->blinded);
	put_hex(t, "token_request", buf_slice(&b));
	put_hex(t, "token_response", ALL(v->blind_sig));
	b.n = 0;
	token_put(&b, &v->pk, &v->digest, &v->key_id, v->sig);
	put_hex(t, "token", buf_slice(&b));
	buf_free(&b);
}

static void
refuse_token(json_t *root, const char *why, enum err r, const struct issued *v,
    const uint8_t sig[static BLIND_BYTES])
{
	uint8_t spki[BLIND_SPKI], input[TOKEN_INPUT_BYTES];
	struct blind_key *k = issuer_key(spki);
	struct blind_public *pub = NULL;
	struct buf b = { 0 };
	json_t *o;

	assert_int_equal(blind_public_parse(ALL(spki), &pub), OK);
	token_input(&v->pk, &v->digest, &v->key_id, input);
	assert_int_equal(
	    blind_verify(pub, ALL(input), slice_of(sig, BLIND_BYTES)), r);
	token_put(&b, &v->pk, &v->digest, &v->key_id, sig);
	o = append_refused(root, why, r);
	put_hex(o, "spki", ALL(spki));
	put_hex(o, "token", buf_slice(&b));
	buf_free(&b);
	blind_public_free(pub);
	blind_key_free(k);
}

static void
refuse_challenge(json_t *root, const char *why, const char *hex)
{
	struct token_challenge c;
	json_t *o;

	assert_int_equal(token_challenge_parse(vec_unhex(hex), &c), ERR_FORMAT);
	o = append_refused(root, why, ERR_FORMAT);
	put_str(o, "token_challenge", hex);
}

/* A signature of the right key whose PSS salt has no byte. */
static void
refuse_saltless(json_t *root, const struct issued *v)
{
	uint8_t spki[BLIND_SPKI], input[TOKEN_INPUT_BYTES];
	uint8_t em[BLIND_BYTES], sig[BLIND_BYTES];
	struct blind_key *k = issuer_key(spki);

	token_input(&v->pk, &v->digest, &v->key_id, input);
	assert_int_equal(
	    blind_pss_encode(ALL(input), slice_of(NULL, 0), 2048, em), OK);
	assert_int_equal(blind_sign(k, ALL(em), sig), OK);
	refuse_token(root, "PSS salt of 0 bytes", ERR_SIGNATURE, v, sig);
	blind_key_free(k);
}

static void
tokens(void **state)
{
	json_t *root = file("issuance, PROTOCOL 5"), *t;
	struct secret master = fixed_secret("master");
	struct issued v;
	uint8_t sig[BLIND_BYTES];
	unsigned p;

	(void)state;
	for (p = 1; p <= PURPOSE_MAX; p++) {
		t = append(root, "tests");
		issue(&master, (enum purpose)p, t, &v);
		put_issued(t, &v);
	}
	memcpy(sig, v.sig, sizeof(sig));
	sig[255] ^= 1;
	refuse_token(
	    root, "last bit of the authenticator", ERR_SIGNATURE, &v, sig);
	refuse_token(root, "the blinded answer in its place", ERR_SIGNATURE, &v,
	    v.blind_sig);
	refuse_saltless(root, &v);
	v.pk.b[0] ^= 1;
	refuse_token(root, "another key", ERR_SIGNATURE, &v, v.sig);
	refuse_challenge(root, "no issuer name", "00020000000000");
	refuse_challenge(root, "context of one byte", "000200016901ff0000");
	refuse_challenge(root, "a byte too many", "000200016900000000");
	refuse_challenge(root, "a byte too few", "00020001690000");
	finish(root, "token.json");
}

/* POST /token-request: what the line's owner signs. */
static void
asks(void **state)
{
	json_t *root = file("asking for a token, PROTOCOL 5"), *t;
	struct roll_code code = fixed_code("roll code 0");
	struct secret master = fixed_secret("master");
	struct slice parts[3], factor[2];
	uint8_t salt[64];
	struct sign_key roll;
	struct signature sig;
	struct issued v;
	struct hash c, f;
	struct buf b = { 0 };

	(void)state;
	t = append(root, "tests");
	issue(&master, PURPOSE_VOTE, t, &v);
	assert_int_equal(derive_roll_key(&code, &roll), OK);
	fixed("ask salt", salt, sizeof(salt));
	parts[0] = ALL(salt);
	parts[1] = ALL(v.blinded);
	hash_dst("ask", parts, 2, &c);
	parts[0] = hash_slice(&v.space_id);
	parts[1] = hash_slice(&v.key_id);
	parts[2] = hash_slice(&c);
	assert_int_equal(sign_dst(&roll, "issue", parts, 3, &sig), OK);
	factor[0] = public_key_slice(&roll.pk);
	factor[1] = slice_str("1980-02-29");
	hash_dst("factor", factor, 2, &f);
	put_str(t, "code", code.c);
	put_hex(t, "roll_pk", public_key_slice(&roll.pk));
	put_hash(t, "token_key_id", &v.key_id);
	put_hex(t, "blinded_msg", ALL(v.blinded));
	put_hex(t, "salt", ALL(salt));
	put_hash(t, "c", &c);
	put_hex(t, "sig", ALL(sig.b));
	put_str(t, "factor_text", "1980-02-29");
	put_hash(t, "factor", &f);
	buf_str(&b, "Roll key=\"");
	base64_put(&b, BASE64_URL, public_key_slice(&roll.pk));
	buf_str(&b, "\", salt=\"");
	base64_put(&b, BASE64_URL, ALL(salt));
	buf_str(&b, "\", sig=\"");
	base64_put(&b, BASE64_URL, ALL(sig.b));
	buf_str(&b, "\", factor=\"");
	base64_put(&b, BASE64_URL, hash_slice(&f));
	buf_str(&b, "\"");
	put_text(t, "authorization", &b);
	buf_free(&b);
	finish(root, "ask.json");
}

/* ---- Records ------------------------------------------------------------- */

/* The leaf hash of the log's entry: kind 7, version 1, the record. */
static struct hash
record_leaf(struct slice record)
{
	struct buf b = { 0 };
	struct hash h;

	buf_u8(&b, 7);
	buf_u8(&b, 1);
	buf_put(&b, record.p, record.n);
	hash_leaf(buf_slice(&b), &h);
	buf_free(&b);
	return h;
}

static void
put_record(json_t *root, const struct record *r, const struct sign_key *k,
    struct buf *out)
{
	json_t *t = append(root, "tests");
	struct record back;
	struct hash leaf;

	out->n = 0;
	assert_int_equal(record_sign(r, k, out), OK);
	assert_int_equal(record_parse(buf_slice(out), r->n_auth, &back), OK);
	assert_int_equal(record_verify(&back), OK);
	leaf = record_leaf(buf_slice(out));
	put_seed(t, "seed", k);
	put_int(t, "kind", r->kind);
	put_hash(t, "space_id", &r->space_id);
	put_hash(t, "form_id", &r->form_id);
	put_int(t, "purpose", r->purpose);
	put_hex(t, "pk", public_key_slice(&k->pk));
	put_int(t, "seq", r->seq);
	put_hex(t, "body", r->body);
	put_int(t, "issuers", r->n_auth);
	put_hex(t, "authenticators",
	    slice_of(r->authenticators, r->n_auth * BLIND_BYTES));
	put_hex(t, "record", buf_slice(out));
	put_hash(t, "leaf", &leaf);
}

static void
refuse_record(
    json_t *root, const char *why, struct slice s, size_t issuers, enum err r)
{
	struct record out;
	json_t *o;
	enum err got = record_parse(s, issuers, &out);

	if (got == OK)
		got = record_verify(&out);
	assert_int_equal(got, r);
	o = append_refused(root, why, r);
	put_int(o, "issuers", issuers);
	put_hex(o, "record", s);
}

/* ${b}: a good record without authenticators. */
static void
refuse_records(json_t *root, struct buf *b)
{
	static const struct {
		const char *why;
		enum err r;
		uint8_t at, value;
	} list[] = {
		{ "version 2", ERR_FORMAT, 0, 2 },
		{ "kind 0", ERR_FORMAT, 1, 0 },
		{ "kind 3", ERR_FORMAT, 1, 3 },
		{ "purpose 0", ERR_FORMAT, 66, 0 },
		{ "purpose 5", ERR_FORMAT, 66, 5 },
		{ "length of the body", ERR_FORMAT, 104, 9 },
		{ "key", ERR_SIGNATURE, 70, 0xaa },
		{ "space_id", ERR_SIGNATURE, 2, 0xaa },
		{ "body", ERR_SIGNATURE, 105, 0xaa },
	};
	uint8_t saved;
	size_t i;

	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		saved = b->p[list[i].at];
		assert_int_not_equal(saved, list[i].value);
		b->p[list[i].at] = list[i].value;
		refuse_record(root, list[i].why, buf_slice(b), 0, list[i].r);
		b->p[list[i].at] = saved;
	}
	refuse_record(
	    root, "an authenticator is missing", buf_slice(b), 1, ERR_FORMAT);
	refuse_record(
	    root, "a byte too few", slice_of(b->p, b->n - 1), 0, ERR_FORMAT);
	refuse_record(
	    root, "too short for any", slice_of(b->p, 168), 0, ERR_FORMAT);
	b->p[b->n - 1] ^= 0x10;
	refuse_record(root, "signature", buf_slice(b), 0, ERR_SIGNATURE);
	b->p[b->n - 1] ^= 0x10;
	buf_u8(b, 0);
	refuse_record(root, "a byte too many", buf_slice(b), 0, ERR_FORMAT);
}

static void
records(void **state)
{
	json_t *root = file("records, PROTOCOL 6"), *scratch = json_object();
	struct secret master = fixed_secret("master"), ss;
	struct contribution c = { ACTION_IDEA, { { 0 } }, { { 0 } } };
	struct buf body = { 0 }, b = { 0 };
	struct record r = { 0 };
	struct sign_key k;
	struct issued v;

	(void)state;
	issue(&master, PURPOSE_VOTE, scratch, &v);
	json_decref(scratch);
	assert_int_equal(derive_space_secret(&master, &v.space_id, &ss), OK);
	assert_int_equal(derive_credential(&ss, PURPOSE_VOTE, &k), OK);
	r.kind = RECORD_BALLOT;
	r.purpose = PURPOSE_VOTE;
	r.space_id = v.space_id;
	r.form_id = fixed_hash("form_id");
	r.body = slice_of("\xa0\x40", 2);
	r.authenticators = v.sig;
	r.n_auth = 1;
	put_record(root, &r, &k, &b);
	r.n_auth = 0;
	r.seq = 1;
	r.body = slice_of("\x00\x00", 2);
	put_record(root, &r, &k, &b);
	r.seq = 0xffffffff;
	r.body = slice_of(NULL, 0);
	put_record(root, &r, &k, &b);
	assert_int_equal(derive_credential(&ss, PURPOSE_AUTHOR, &k), OK);
	c.commit = fixed_hash("commit");
	contribution_put(&body, &c);
	r.kind = RECORD_CONTRIBUTION;
	r.purpose = PURPOSE_AUTHOR;
	r.seq = 0;
	r.body = buf_slice(&body);
	put_record(root, &r, &k, &b);
	refuse_records(root, &b);
	buf_free(&body);
	buf_free(&b);
	finish(root, "record.json");
}

static void
refuse_body(json_t *root, const char *why, struct slice body)
{
	struct contribution out;

	assert_int_equal(contribution_parse(body, &out), ERR_FORMAT);
	put_hex(append_refused(root, why, ERR_FORMAT), "body", body);
}

static void
contents(void **state)
{
	static const char *const list[] = { "{}", "{\"text\":\"citt\xc3\xa0\"}",
		"" };
	json_t *root = file("contents of contributions, PROTOCOL 6"), *t;
	struct secret ss = fixed_secret("space secret");
	struct hash form_id = fixed_hash("form_id"), h;
	struct contribution c = { ACTION_COMMENT, { { 0 } }, { { 0 } } };
	struct buf b = { 0 };
	uint8_t salt[16];
	uint32_t i;

	(void)state;
	c.target = fixed_hash("target");
	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		struct slice content = slice_str(list[i]);

		hash_bytes(content, &h);
		assert_int_equal(derive_content_salt(&ss, PURPOSE_AUTHOR,
				     &form_id, i, &h, salt),
		    OK);
		content_commit(salt, content, &c.commit);
		t = append(root, "tests");
		put_hex(t, "ss", ALL(ss.b));
		put_int(t, "purpose", PURPOSE_AUTHOR);
		put_hash(t, "form_id", &form_id);
		put_int(t, "seq", i);
		put_hex(t, "content", content);
		put_hex(t, "salt", ALL(salt));
		put_int(t, "action", c.action);
		put_hash(t, "target", &c.target);
		put_hash(t, "commit", &c.commit);
		b.n = 0;
		contribution_put(&b, &c);
		put_hex(t, "body", buf_slice(&b));
	}
	b.p[0] = 12;
	refuse_body(root, "action 12", buf_slice(&b));
	b.p[0] = 0;
	refuse_body(root, "action 0", buf_slice(&b));
	b.p[0] = 2;
	refuse_body(root, "a byte too few", slice_of(b.p, b.n - 1));
	buf_u8(&b, 0);
	refuse_body(root, "a byte too many", buf_slice(&b));
	buf_free(&b);
	finish(root, "content.json");
}

/* ---- Receipts ------------------------------------------------------------ */

#define RECEIPT_NAME ORIGIN "/receipt"

static void
put_vkey(json_t *o, const char *key, const struct note_key *nk)
{
	struct buf b = { 0 };

	note_key_print(nk, &b);
	put_text(o, key, &b);
	buf_free(&b);
}

static void
refuse_receipt(json_t *root, const char *why, struct buf *text,
    const struct note_key *nk, const struct hash *leaf, enum err r)
{
	struct receipt out;
	json_t *o;

	assert_int_equal(receipt_open(buf_slice(text), nk, leaf, &out), r);
	o = append_refused(root, why, r);
	put_vkey(o, "vkey", nk);
	put_hash(o, "leaf", leaf);
	put_text(o, "receipt", text);
}

static json_t *
put_receipt(json_t *root, struct buf *text, const struct note_key *nk,
    const struct hash *leaf)
{
	struct receipt out;
	json_t *t = append(root, "tests");

	assert_int_equal(receipt_open(buf_slice(text), nk, leaf, &out), OK);
	put_vkey(t, "vkey", nk);
	put_hash(t, "space_id", &out.space_id);
	put_hash(t, "leaf", leaf);
	put_int(t, "window_end", out.window_end);
	put_text(t, "receipt", text);
	return t;
}

/* The receipt of the second of two records that share a signature. */
static void
group_receipt(json_t *root, const struct sign_key *k, const struct note_key *nk,
    const struct hash *leaf)
{
	struct hash space_id = fixed_hash("space_id"), other, mine, h[2];
	struct hash strange = fixed_hash("strange");
	struct merkle_proof path = { 0 };
	struct buf note = { 0 }, b = { 0 };
	uint8_t salt[16];
	struct hash root_hash;
	uint64_t index;
	json_t *t;

	fixed("group salt", salt, sizeof(salt));
	receipt_group_leaf(salt, leaf, &mine);
	other = fixed_hash("group leaf");
	index = hash_cmp(&mine, &other) > 0;
	hash_leaf(hash_slice(&mine), &h[index]);
	hash_leaf(hash_slice(&other), &h[1 - index]);
	hash_node(&h[0], &h[1], &root_hash);
	path.n = 1;
	path.h[0] = h[1 - index];
	assert_int_equal(receipt_group_sign(&space_id, 1800003600, &root_hash,
			     2, RECEIPT_NAME, k, &note),
	    OK);
	receipt_group_put(&b, salt, index, &path, buf_slice(&note));
	t = put_receipt(root, &b, nk, leaf);
	put_hex(t, "salt", ALL(salt));
	put_int(t, "index", index);
	put_hash(t, "group_leaf", &mine);
	put_hash(t, "group_root", &root_hash);
	refuse_receipt(
	    root, "no member of the group", &b, nk, &strange, ERR_SIGNATURE);
	b.n = 0;
	salt[0] ^= 1;
	receipt_group_put(&b, salt, index, &path, buf_slice(&note));
	refuse_receipt(root, "another salt", &b, nk, leaf, ERR_SIGNATURE);
	b.n = 0;
	salt[0] ^= 1;
	path.n = 0;
	receipt_group_put(&b, salt, index, &path, buf_slice(&note));
	refuse_receipt(root, "no path", &b, nk, leaf, ERR_SIGNATURE);
	buf_free(&b);
	buf_free(&note);
}

static void
receipts(void **state)
{
	json_t *root = file("receipts, PROTOCOL 6"), *t;
	struct receipt r = { fixed_hash("space_id"), fixed_hash("leaf"),
		1800000000 };
	struct hash strange = fixed_hash("strange");
	struct sign_key k = fixed_key("receipt key");
	struct note_key nk, wrong;
	struct buf b = { 0 };

	(void)state;
	assert_int_equal(
	    note_key_make(RECEIPT_NAME, NOTE_ED25519, &k.pk, &nk), OK);
	assert_int_equal(
	    note_key_make(ORIGIN, NOTE_ED25519, &k.pk, &wrong), OK);
	assert_int_equal(receipt_sign(&r, RECEIPT_NAME, &k, &b), OK);
	t = put_receipt(root, &b, &nk, &r.leaf);
	put_seed(t, "seed", &k);
	refuse_receipt(
	    root, "for another leaf", &b, &nk, &strange, ERR_CONFLICT);
	refuse_receipt(root, "by a key of another name", &b, &wrong, &r.leaf,
	    ERR_SIGNATURE);
	b.p[30] ^= 1;
	refuse_receipt(root, "another space", &b, &nk, &r.leaf, ERR_SIGNATURE);
	b.p[30] ^= 1;
	buf_str(&b, "\n");
	refuse_receipt(
	    root, "a newline too many", &b, &nk, &r.leaf, ERR_FORMAT);
	b.n -= 2;
	refuse_receipt(root, "no final newline", &b, &nk, &r.leaf, ERR_FORMAT);
	b.n = 0;
	assert_int_equal(note_sign(slice_str("partecipa/receipt/v2\n"),
			     RECEIPT_NAME, &k, &b),
	    OK);
	refuse_receipt(root, "of version 2", &b, &nk, &r.leaf, ERR_FORMAT);
	group_receipt(root, &k, &nk, &r.leaf);
	buf_free(&b);
	finish(root, "receipt.json");
}

/* ---- The log ------------------------------------------------------------- */

#define WITNESS "witness.example.org/w1"

/* A cosigned checkpoint of the tree of ${n} leaves "0", "1", ... */
static void
make_checkpoint(const struct merkle *m, struct buf *out, struct note_key *log,
    struct note_key *witness)
{
	struct sign_key k = fixed_key("log key"), w = fixed_key("witness");
	struct checkpoint c = { ORIGIN, m->size, { { 0 } } };
	struct note n;

	merkle_root(m, &c.root);
	assert_int_equal(note_key_make(ORIGIN, NOTE_ED25519, &k.pk, log), OK);
	assert_int_equal(
	    note_key_make(WITNESS, NOTE_COSIGNATURE, &w.pk, witness), OK);
	assert_int_equal(checkpoint_sign(&c, &k, out), OK);
	assert_int_equal(note_parse(buf_slice(out), &n), OK);
	assert_int_equal(
	    note_cosign_line(n.text, WITNESS, &w, 1800000001, out), OK);
}

static void
refuse_checkpoint(json_t *root, const char *why, struct buf *text,
    const struct note_key *nk, enum err r)
{
	struct checkpoint out;
	struct note n;
	json_t *o;

	assert_int_equal(checkpoint_open(buf_slice(text), nk, &n, &out), r);
	o = append_refused(root, why, r);
	put_vkey(o, "vkey", nk);
	put_text(o, "checkpoint", text);
}

static void
refuse_checkpoint_text(json_t *root, const char *why, const char *text)
{
	struct sign_key k = fixed_key("log key");
	struct note_key nk;
	struct buf b = { 0 };

	assert_int_equal(note_key_make(ORIGIN, NOTE_ED25519, &k.pk, &nk), OK);
	assert_int_equal(note_sign(slice_str(text), ORIGIN, &k, &b), OK);
	refuse_checkpoint(root, why, &b, &nk, ERR_FORMAT);
	buf_free(&b);
}

#define ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"

static void
checkpoints(void **state)
{
	json_t *root = file("checkpoints, PROTOCOL 8"), *t;
	struct sign_key k = fixed_key("log key"), w = fixed_key("witness");
	struct note_key log, witness, wrong;
	struct checkpoint c;
	struct merkle m = { 0 };
	struct buf b = { 0 };
	struct note n;
	struct hash leaf;
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		b.n = 0;
		make_checkpoint(&m, &b, &log, &witness);
		assert_int_equal(
		    checkpoint_open(buf_slice(&b), &log, &n, &c), OK);
		assert_int_equal(checkpoint_quorum(&n, &witness, 1, 1), OK);
		t = append(root, "tests");
		put_seed(t, "seed", &k);
		put_vkey(t, "vkey", &log);
		put_str(t, "origin", c.origin);
		put_int(t, "size", c.size);
		put_hash(t, "root", &c.root);
		put_seed(t, "witness_seed", &w);
		put_vkey(t, "witness_vkey", &witness);
		put_int(t, "witness_time", 1800000001);
		put_text(t, "checkpoint", &b);
		hash_leaf(slice_str("leaf"), &leaf);
		merkle_append(&m, &leaf);
	}
	assert_int_equal(
	    note_key_make("other.example.org", NOTE_ED25519, &k.pk, &wrong),
	    OK);
	refuse_checkpoint(root, "of another log", &b, &wrong, ERR_SIGNATURE);
	assert_int_equal(
	    note_key_make(ORIGIN, NOTE_ED25519, &w.pk, &wrong), OK);
	refuse_checkpoint(root, "by another key", &b, &wrong, ERR_SIGNATURE);
	b.n--;
	refuse_checkpoint(root, "no final newline", &b, &log, ERR_FORMAT);
	refuse_checkpoint_text(root, "leading zero", ORIGIN "\n02\n" ROOT);
	refuse_checkpoint_text(root, "two lines", ORIGIN "\n2\n");
	refuse_checkpoint_text(
	    root, "size above 64 bits", ORIGIN "\n18446744073709551616\n" ROOT);
	refuse_checkpoint_text(
	    root, "empty extension line", ORIGIN "\n2\n" ROOT "\nx\n");
	refuse_checkpoint_text(root, "hash of 31 bytes",
	    ORIGIN "\n2\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\n");
	refuse_checkpoint_text(root, "unused bits of base64 set",
	    ORIGIN "\n2\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n");
	buf_free(&b);
	finish(root, "checkpoint.json");
}

/* All leaf hashes of the tree that the proofs are about. */
#define LEAVES 7

static enum err
subtree(void *cookie, unsigned level, uint64_t index, struct hash *out)
{
	const struct hash *leaves = cookie;
	struct merkle m = { 0 };
	uint64_t i;

	for (i = index << level; i < (index + 1) << level; i++)
		merkle_append(&m, &leaves[i]);
	merkle_root(&m, out);
	return OK;
}

static void
put_proof(json_t *o, const struct note_key *log, const struct hash *leaf,
    struct buf *b)
{
	put_vkey(o, "vkey", log);
	put_hash(o, "leaf", leaf);
	put_text(o, "proof", b);
}

static void
proofs(void **state)
{
	json_t *root = file("tlog-proof, PROTOCOL 6 and 8"), *t;
	struct hash leaves[LEAVES];
	struct note_key log, witness;
	struct buf note = { 0 }, b = { 0 };
	struct merkle m = { 0 };
	struct merkle_proof path;
	struct tlog_proof p;
	struct checkpoint c;
	struct note n;
	uint8_t i;

	(void)state;
	for (i = 0; i < LEAVES; i++) {
		hash_leaf(slice_of(&i, 1), &leaves[i]);
		merkle_append(&m, &leaves[i]);
	}
	make_checkpoint(&m, &note, &log, &witness);
	for (i = 0; i < LEAVES; i++) {
		assert_int_equal(
		    merkle_prove_inclusion(i, LEAVES, subtree, leaves, &path),
		    OK);
		b.n = 0;
		tlog_proof_put(&b, i, &path, buf_slice(&note));
		assert_int_equal(tlog_proof_parse(buf_slice(&b), &p), OK);
		assert_int_equal(
		    tlog_proof_verify(&p, &leaves[i], &log, &n, &c), OK);
		t = append(root, "tests");
		put_hex(t, "entry", slice_of(&i, 1));
		put_int(t, "index", i);
		put_proof(t, &log, &leaves[i], &b);
	}
	assert_int_equal(
	    tlog_proof_verify(&p, &leaves[0], &log, &n, &c), ERR_SIGNATURE);
	t = append_refused(root, "of another leaf", ERR_SIGNATURE);
	put_proof(t, &log, &leaves[0], &b);
	b.n = 0;
	tlog_proof_put(&b, LEAVES, &path, buf_slice(&note));
	assert_int_equal(tlog_proof_parse(buf_slice(&b), &p), OK);
	assert_int_equal(
	    tlog_proof_verify(&p, &leaves[6], &log, &n, &c), ERR_SIGNATURE);
	t = append_refused(root, "index outside the tree", ERR_SIGNATURE);
	put_proof(t, &log, &leaves[6], &b);
	b.p[6] = '0';
	assert_int_equal(tlog_proof_parse(buf_slice(&b), &p), ERR_FORMAT);
	t = append_refused(root, "another first line", ERR_FORMAT);
	put_proof(t, &log, &leaves[6], &b);
	buf_free(&b);
	buf_free(&note);
	finish(root, "proof.json");
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roll_codes),
		cmocka_unit_test(recovery_codes),
		cmocka_unit_test(derivations),
		cmocka_unit_test(signatures),
		cmocka_unit_test(tokens),
		cmocka_unit_test(asks),
		cmocka_unit_test(records),
		cmocka_unit_test(contents),
		cmocka_unit_test(receipts),
		cmocka_unit_test(checkpoints),
		cmocka_unit_test(proofs),
	};

	if (argc > 2 || (argc == 2 && strcmp(argv[1], "--write") != 0)) {
		(void)fprintf(stderr, "usage: %s [--write]\n", argv[0]);
		return 2;
	}
	writing = argc == 2;
	return cmocka_run_group_tests_name("vectors", tests, NULL, vec_free);
}
