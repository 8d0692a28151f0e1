#include "base64.h"
#include "hex.h"
#include "papers.h"
#include "resident.h"
#include "sample.h"
#include "seal.h"
#include "vec.h"
#include "wallet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * tests/vectors/client.json is what a client sends, from its secret alone: any
 * other implementation must give the same bytes.  VECTORS_WRITE=1 writes it
 * anew, after a change of the protocol.
 */
#define VECTOR_FILE "tests/vectors/client.json"

static const uint8_t master_bytes[16] = { 0x94, 0xb3, 0xfe, 0x80, 0xbd, 0x3f,
	0x32, 0x67, 0x44, 0xb7, 0x16, 0xb6, 0x17, 0xca, 0xdb, 0xe6 };

struct scene {
	struct blind_key *key;
	struct header *header;
	struct buf header_text;
	struct secret master, ss;
	/* The same space with trustees. */
	struct header *sealed;
	struct buf sealed_text;
	struct secret sealed_ss;
};

/* Three identity keys and the joint secret, of seeds that everybody knows. */
#define TRUSTEES 3
static void
trustees_put(json_t *doc)
{
	uint8_t seed[SEED_BYTES] = { 0 };
	char path[32], hex[2 * 32 + 3] = "\"";
	struct sign_key k;
	unsigned i;

	for (i = 0; i < TRUSTEES; i++) {
		seed[0] = (uint8_t)(i + 1);
		sign_key_from_seed(seed, &k);
		hex_encode(public_key_slice(&k.pk), hex + 1);
		memcpy(hex + 65, "\"", 2);
		(void)snprintf(path, sizeof(path), "trustees.keys.%u", i);
		sample_edit(doc, path, hex);
	}
	sample_edit(doc, "trustees.threshold", "2");
}

/* Any points will do for a wallet: who made them is judged by trust.h. */
static void
seal_put(json_t *doc)
{
	char hex[TRUSTEES + 1][2 * POINT_BYTES + 1];
	struct scalar x;
	struct point p;
	uint32_t i;

	for (i = 0; i <= TRUSTEES; i++) {
		scalar_of(1000 + i, &x);
		assert_int_equal(point_base(&x, &p), OK);
		hex_encode(point_slice(&p), hex[i]);
	}
	assert_int_equal(json_object_set_new(doc, "seal",
			     json_pack("{s:s, s:[s, s, s], s:s}", "key", hex[0],
				 "shares", hex[1], hex[2], hex[3], "transcript",
				 "000102030405060708090a0b0c0d0e0f"
				 "101112131415161718191a1b1c1d1e1f")),
	    0);
}

static struct header *
header_with(const char *spki, int sealed, struct buf *text)
{
	json_t *doc = sample_header(SPACE_BALLOT);
	struct header *h = NULL;
	struct why why = { { 0 } };
	struct buf quoted = { 0 };

	buf_printf(&quoted, "\"%s\"", spki);
	sample_edit(doc, "issuers.0.keys.vote", buf_text(&quoted));
	if (sealed)
		trustees_put(doc);
	sample_text(doc, text);
	if (header_parse(buf_slice(text), &h, &why) != OK)
		fail_msg("%s", why.text);
	json_decref(doc);
	buf_free(&quoted);
	return h;
}

static int
scene_new(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));
	const json_t *key = vec_own("token-key.json");
	struct buf spki = { 0 };

	assert_non_null(s);
	assert_int_equal(blind_key_parse(vec_hex(key, "pkcs8"), &s->key), OK);
	base64_put(&spki, BASE64_URL, vec_hex(key, "spki"));
	s->header = header_with(buf_text(&spki), 0, &s->header_text);
	s->sealed = header_with(buf_text(&spki), 1, &s->sealed_text);
	memcpy(s->master.b, master_bytes, sizeof(master_bytes));
	assert_int_equal(
	    derive_space_secret(&s->master, &s->header->id, &s->ss), OK);
	assert_int_equal(
	    derive_space_secret(&s->master, &s->sealed->id, &s->sealed_ss), OK);
	buf_free(&spki);
	*state = s;
	return 0;
}

static int
scene_free(void **state)
{
	struct scene *s = *state;

	blind_key_free(s->key);
	header_free(s->header);
	header_free(s->sealed);
	buf_free(&s->header_text);
	buf_free(&s->sealed_text);
	free(s);
	return vec_free(NULL);
}

static struct form *
form_of(const struct header *h, const char *ballot, struct buf *text)
{
	json_t *doc = sample_form(h, ballot);
	struct form *f = NULL;
	struct why why = { { 0 } };

	if (h->n_trustees > 0)
		seal_put(doc);
	sample_text(doc, text);
	if (form_parse(buf_slice(text), h, &f, &why) != OK)
		fail_msg("%s: %s", ballot, why.text);
	json_decref(doc);
	return f;
}

static void
put_hex(json_t *o, const char *name, struct slice s)
{
	char *hex = malloc(2 * s.n + 1);

	assert_non_null(hex);
	hex_encode(s, hex);
	assert_int_equal(json_object_set_new(o, name, json_string(hex)), 0);
	free(hex);
}

static void
token_make(const struct scene *s, const struct secret *ss,
    const struct header *h, struct wallet_ask *ask,
    uint8_t blind_sig[static BLIND_BYTES], uint8_t token[static BLIND_BYTES])
{
	assert_int_equal(wallet_ask(ss, h, 0, PURPOSE_VOTE, ask), OK);
	assert_int_equal(
	    blind_sign(s->key,
		slice_of(
		    ask->body + TOKEN_REQUEST_BYTES - BLIND_BYTES, BLIND_BYTES),
		blind_sig),
	    OK);
	assert_int_equal(
	    wallet_finalize(ss, h, 0, PURPOSE_VOTE, ask, blind_sig, token), OK);
}

/* Whose records, where. */
struct author {
	const struct secret *ss;
	const struct header *h;
	const uint8_t *token;
};

static void
record_make(const struct author *a, const struct form *f, const char *choice,
    uint32_t seq, struct buf *raw)
{
	struct choices c;
	uint32_t v[5];

	if (choice == NULL)
		wallet_blank(f, v, &c);
	else
		assert_int_equal(wallet_choose(f, choice, v, &c, NULL), OK);
	assert_int_equal(
	    wallet_ballot(a->ss, a->h, f, seq, a->token, &c, raw, NULL), OK);
}

static json_t *
record_vector(const struct author *a, const char *ballot, const char *choice,
    uint32_t seq)
{
	struct buf text = { 0 }, raw = { 0 };
	struct form *f = form_of(a->h, ballot, &text);
	json_t *o;

	record_make(a, f, choice, seq, &raw);
	o = json_pack("{s:s,s:s,s:I}", "form", buf_text(&text), "choice",
	    choice == NULL ? "" : choice, "seq", (json_int_t)seq);
	assert_non_null(o);
	put_hex(o, "record", buf_slice(&raw));
	form_free(f);
	buf_free(&text);
	buf_free(&raw);
	return o;
}

static const char choice_ballot[] = "{\"type\":\"choice\"}";
static const char points_ballot[] =
    "{\"max\":5,\"min\":1,\"option_max\":10,\"total_max\":20,"
    "\"total_min\":0,\"type\":\"points\"}";
static const char ranking_ballot[] =
    "{\"max\":3,\"min\":1,\"type\":\"ranking\"}";
static const char bitmap_ballot[] = "{\"max\":3,\"max_cost\":\"\",\"min\":1,"
				    "\"min_cost\":\"\",\"type\":\"bitmap\"}";

static json_t *
vector_make(struct scene *s, const struct secret *ss, const struct header *h,
    struct buf *header_text)
{
	uint8_t blind_sig[BLIND_BYTES], token[BLIND_BYTES];
	const struct author a = { ss, h, token };
	json_t *o = json_object(), *list = json_array();
	struct wallet_ask ask;

	token_make(s, ss, h, &ask, blind_sig, token);
	put_hex(o, "secret", slice_of(s->master.b, 16));
	json_object_set_new(o, "header", json_string(buf_text(header_text)));
	put_hex(o, "space_secret", slice_of(ss->b, 16));
	put_hex(o, "credential", public_key_slice(&ask.pk));
	json_object_set_new(o, "counter", json_integer(ask.counter));
	put_hex(o, "request", slice_of(ask.body, sizeof(ask.body)));
	put_hex(o, "answer", slice_of(blind_sig, sizeof(blind_sig)));
	put_hex(o, "authenticator", slice_of(token, sizeof(token)));
	json_array_append_new(list, record_vector(&a, choice_ballot, "2", 0));
	json_array_append_new(list, record_vector(&a, choice_ballot, NULL, 1));
	json_array_append_new(
	    list, record_vector(&a, bitmap_ballot, "1,3,5", 0));
	json_array_append_new(
	    list, record_vector(&a, points_ballot, "1=3,2=10", 1));
	json_array_append_new(
	    list, record_vector(&a, ranking_ballot, "3,1,2", 2));
	json_object_set_new(o, "records", list);
	return o;
}

static json_t *
vectors_make(struct scene *s)
{
	return json_pack("{s:s,s:[o,o]}", "format",
	    "what a client sends, PROTOCOL 5 to 7; the issuer is "
	    "token-key.json; in the second space ballots are sealed",
	    "tests", vector_make(s, &s->ss, s->header, &s->header_text),
	    vector_make(s, &s->sealed_ss, s->sealed, &s->sealed_text));
}

static void
the_same_secret_gives_the_same_bytes_for_ever(void **state)
{
	json_t *made = vectors_make(*state), *kept;
	char *a, *b;

	assert_non_null(made);
	if (getenv("VECTORS_WRITE") != NULL)
		assert_int_equal(
		    json_dump_file(made, VECTOR_FILE, JSON_INDENT(1)), 0);
	kept = json_load_file(VECTOR_FILE, JSON_REJECT_DUPLICATES, NULL);
	a = json_dumps(made, JSON_INDENT(1) | JSON_SORT_KEYS);
	b = json_dumps(kept, JSON_INDENT(1) | JSON_SORT_KEYS);
	assert_non_null(b);
	assert_string_equal(a, b);
	free(a);
	free(b);
	json_decref(made);
	json_decref(kept);
}

static void
asks_with_the_authorization_of_the_protocol(void **state)
{
	const struct scene *s = *state;
	uint8_t salt[64] = { 1, 2, 3 };
	struct hash factor = { { 9 } };
	struct buf a = { 0 }, plain = { 0 };
	struct ledger_row row = { { { 0 } }, { { 0 } }, { { 0 } } };
	struct wallet_ask ask;
	struct sign_key roll;
	const char *sig;

	sign_key_random(&roll);
	assert_int_equal(
	    wallet_ask(&s->ss, s->header, 0, PURPOSE_VOTE, &ask), OK);
	assert_int_equal(wallet_authorization(&roll, s->header, 0, PURPOSE_VOTE,
			     &ask, salt, &factor, &a),
	    OK);
	assert_int_equal(wallet_authorization(&roll, s->header, 0, PURPOSE_VOTE,
			     &ask, salt, NULL, &plain),
	    OK);
	assert_memory_equal(buf_text(&a), "Roll key=\"", 10);
	assert_non_null(strstr((char *)a.p, ", factor=\""));
	assert_null(strstr(buf_text(&plain), "factor"));
	sig = strstr(buf_text(&plain), "sig=\"") + 5;
	row.roll_pk = roll.pk;
	ledger_ask_commit(salt, ask.body + 3, &row.c);
	assert_int_equal(
	    base64_decode_exact(BASE64_URL, slice_of(sig, 86), row.sig.b, 64),
	    OK);
	assert_int_equal(ledger_ask_verify(&row, &s->header->id,
			     &s->header->issuers[0].keys[1].key_id),
	    OK);
	buf_free(&a);
	buf_free(&plain);
}

static void
refuses_a_wrong_answer_and_other_purposes(void **state)
{
	const struct scene *s = *state;
	uint8_t blind_sig[BLIND_BYTES], token[BLIND_BYTES];
	struct wallet_ask ask;

	token_make(s, &s->ss, s->header, &ask, blind_sig, token);
	blind_sig[100] ^= 1;
	assert_int_equal(wallet_finalize(&s->ss, s->header, 0, PURPOSE_VOTE,
			     &ask, blind_sig, token),
	    ERR_SIGNATURE);
	assert_int_equal(wallet_ask(&s->ss, s->header, 1, PURPOSE_VOTE, &ask),
	    ERR_NOT_FOUND);
	assert_int_equal(wallet_ask(&s->ss, s->header, 0, PURPOSE_VOICE, &ask),
	    ERR_NOT_FOUND);
}

static void
refuses_choices_that_nobody_can_mean(void **state)
{
	static const char *const bad[] = { "", ",", "1,", ",1", "0", "6", "1,1",
		"01", "+1", "1 ", "a", "1=2", "4294967297", "1;2" };
	struct buf text = { 0 };
	const struct scene *s = *state;
	struct form *f = form_of(s->header,
	    "{\"max\":5,\"max_cost\":\"\",\"min\":1,\"min_cost\":\"\","
	    "\"type\":\"bitmap\"}",
	    &text);
	struct why why;
	struct choices c;
	uint32_t v[5];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why.text[0] = '\0';
		assert_int_equal(
		    wallet_choose(f, bad[i], v, &c, &why), ERR_FORMAT);
		assert_int_not_equal(strlen(why.text), 0);
	}
	form_free(f);
	buf_free(&text);
}

static void
refuses_more_records_than_the_header_allows(void **state)
{
	const struct scene *s = *state;
	struct buf text = { 0 }, raw = { 0 };
	struct form *f = form_of(s->header, choice_ballot, &text);
	struct choices c;
	uint32_t v[5];

	wallet_blank(f, v, &c);
	assert_int_equal(wallet_ballot(&s->ss, s->header, f,
			     s->header->seq_limit, NULL, &c, &raw, NULL),
	    OK);
	assert_int_equal(wallet_ballot(&s->ss, s->header, f,
			     s->header->seq_limit + 1, NULL, &c, &raw, NULL),
	    ERR_LIMIT);
	form_free(f);
	buf_free(&text);
	buf_free(&raw);
}

/* --- The second device -----------------------------------------------------*/

static enum wallet_difference
difference(const struct author *a, const struct form *f, struct slice raw,
    const char *choice)
{
	enum wallet_difference d = WALLET_FORM;
	struct why why = { { 0 } };
	struct choices c;
	uint32_t v[5];

	if (choice == NULL)
		wallet_blank(f, v, &c);
	else
		assert_int_equal(wallet_choose(f, choice, v, &c, NULL), OK);
	if (wallet_compare(a->ss, a->h, f, raw, &c, &d, &why) != OK)
		fail_msg("%s", why.text);
	return d;
}

/* The record ${raw} with the bytes from ${at} on replaced, signed again. */
static void
alter(const struct author *a, struct slice raw, size_t at, struct slice with,
    struct buf *out)
{
	struct record rec;
	struct sign_key k;
	struct buf copy = { 0 };

	buf_put(&copy, raw.p, raw.n);
	memcpy(copy.p + at, with.p, with.n);
	assert_int_equal(
	    record_parse(buf_slice(&copy), a->h->n_issuers, &rec), OK);
	assert_int_equal(derive_credential(a->ss, PURPOSE_VOTE, &k), OK);
	out->n = 0;
	assert_int_equal(record_sign(&rec, &k, out), OK);
	buf_free(&copy);
}

static void
a_second_device_makes_the_record_again(void **state)
{
	struct scene *s = *state;
	uint8_t blind_sig[BLIND_BYTES], token[BLIND_BYTES];
	const struct author authors[2] = { { &s->ss, s->header, token },
		{ &s->sealed_ss, s->sealed, token } };
	const struct author *a;
	struct buf text = { 0 }, raw = { 0 };
	struct wallet_ask ask;
	struct form *f;
	uint32_t seq;

	for (a = authors; a < authors + 2; a++) {
		text.n = 0;
		f = form_of(a->h, bitmap_ballot, &text);
		token_make(s, a->ss, a->h, &ask, blind_sig, token);
		for (seq = 0; seq < 3; seq++) {
			raw.n = 0;
			record_make(a, f, "2,3", seq, &raw);
			assert_int_equal(
			    difference(a, f, buf_slice(&raw), "3,2"),
			    WALLET_SAME);
			assert_int_equal(difference(a, f, buf_slice(&raw), "2"),
			    WALLET_CHOICES);
			assert_int_equal(
			    difference(a, f, buf_slice(&raw), NULL),
			    WALLET_CHOICES);
		}
		form_free(f);
	}
	buf_free(&text);
	buf_free(&raw);
}

static void
a_second_device_names_what_differs(void **state)
{
	struct scene *s = *state;
	uint8_t blind_sig[BLIND_BYTES], token[BLIND_BYTES];
	const struct author a = { &s->sealed_ss, s->sealed, token };
	struct buf text = { 0 }, raw = { 0 }, bad = { 0 }, other_text = { 0 };
	struct form *f = form_of(a.h, bitmap_ballot, &text);
	struct form *other = form_of(a.h, choice_ballot, &other_text);
	struct wallet_ask ask;
	struct record rec;
	uint8_t byte;
	size_t body;

	token_make(s, a.ss, a.h, &ask, blind_sig, token);
	record_make(&a, f, "1", 0, &raw);
	assert_int_equal(record_parse(buf_slice(&raw), 1, &rec), OK);
	body = (size_t)(rec.body.p - raw.p);
	/* The last byte of pok_z below its top; the ciphertext; R. */
	byte = raw.p[body + 64] ^ 1;
	alter(&a, buf_slice(&raw), body + 64, slice_of(&byte, 1), &bad);
	assert_int_equal(difference(&a, f, buf_slice(&bad), "1"), WALLET_PROOF);
	byte = raw.p[body + 96] ^ 1;
	alter(&a, buf_slice(&raw), body + 96, slice_of(&byte, 1), &bad);
	assert_int_equal(
	    difference(&a, f, buf_slice(&bad), "1"), WALLET_CIPHERTEXT);
	byte = raw.p[body] ^ 1;
	alter(&a, buf_slice(&raw), body, slice_of(&byte, 1), &bad);
	assert_int_equal(
	    difference(&a, f, buf_slice(&bad), "1"), WALLET_CHOICES);
	byte = raw.p[body + rec.body.n] ^ 1;
	alter(&a, buf_slice(&raw), body + rec.body.n, slice_of(&byte, 1), &bad);
	assert_int_equal(difference(&a, f, buf_slice(&bad), "1"), WALLET_TOKEN);
	/* Any other signature, were there one that verifies. */
	raw.p[raw.n - 1] ^= 1;
	assert_int_equal(
	    difference(&a, f, buf_slice(&raw), "1"), WALLET_SIGNATURE);
	raw.p[raw.n - 1] ^= 1;
	/* Of another form. */
	raw.n = 0;
	record_make(&a, other, "1", 1, &raw);
	assert_int_equal(difference(&a, f, buf_slice(&raw), "1"), WALLET_FORM);
	form_free(f);
	form_free(other);
	buf_free(&text);
	buf_free(&other_text);
	buf_free(&raw);
	buf_free(&bad);
}

/* A token that verifies, drawn with another salt by the device. */
static void
A32_a_token_with_a_salt_of_its_own_is_noticed(void **state)
{
	struct scene *s = *state;
	uint8_t em[BLIND_BYTES], token[BLIND_BYTES], salt[BLIND_SALT] = { 7 };
	uint8_t input[TOKEN_INPUT_BYTES];
	const struct issuer *is = &s->header->issuers[0];
	const struct author a = { &s->ss, s->header, token };
	struct buf text = { 0 }, raw = { 0 };
	struct form *f = form_of(s->header, choice_ballot, &text);
	struct public_key pk;

	assert_int_equal(wallet_pk(&s->ss, PURPOSE_VOTE, &pk), OK);
	token_input(&pk, &is->challenge, &is->keys[PURPOSE_VOTE].key_id, input);
	assert_int_equal(blind_pss_encode(slice_of(input, sizeof(input)),
			     slice_of(salt, sizeof(salt)), 2048, em),
	    OK);
	assert_int_equal(
	    blind_sign(s->key, slice_of(em, sizeof(em)), token), OK);
	assert_int_equal(
	    blind_verify(is->keys[PURPOSE_VOTE].pub,
		slice_of(input, sizeof(input)), slice_of(token, sizeof(token))),
	    OK);
	record_make(&a, f, "1", 0, &raw);
	assert_int_equal(difference(&a, f, buf_slice(&raw), "1"), WALLET_TOKEN);
	form_free(f);
	buf_free(&text);
	buf_free(&raw);
}

/* Two residents of one choice, and one resident's two records, share nothing.
 */
static void
A3_no_two_records_share_a_tracker(void **state)
{
	enum { PEOPLE = 8, SEQS = 4, ALL = PEOPLE * SEQS };
	struct scene *s = *state;
	uint8_t blind_sig[BLIND_BYTES], token[BLIND_BYTES];
	struct secret master = s->master, ss;
	const struct author a = { &ss, s->sealed, token };
	struct buf text = { 0 }, raw[ALL] = { { 0 } };
	struct form *f = form_of(s->sealed, bitmap_ballot, &text);
	struct sealed_body x, y;
	struct record rec;
	struct wallet_ask ask;
	struct hash leaf[ALL];
	size_t i, j;

	/* Whatever a server says or repeats, there is nothing to draw. */
	for (i = 0; i < ALL; i++) {
		master.b[0] = (uint8_t)(i / SEQS);
		assert_int_equal(
		    derive_space_secret(&master, &s->sealed->id, &ss), OK);
		token_make(s, &ss, s->sealed, &ask, blind_sig, token);
		record_make(&a, f, "2,3", (uint32_t)(i % SEQS), &raw[i]);
		hash_bytes(buf_slice(&raw[i]), &leaf[i]);
		assert_int_equal(record_parse(buf_slice(&raw[i]), 1, &rec), OK);
		assert_int_equal(sealed_body_parse(rec.body, &x), OK);
		for (j = 0; j < i; j++) {
			assert_false(hash_equal(&leaf[i], &leaf[j]));
			assert_int_equal(
			    record_parse(buf_slice(&raw[j]), 1, &rec), OK);
			assert_int_equal(sealed_body_parse(rec.body, &y), OK);
			assert_memory_not_equal(x.r, y.r, 32);
			assert_memory_not_equal(x.pok_c, y.pok_c, 32);
			assert_memory_not_equal(x.pok_z, y.pok_z, 32);
			assert_false(slice_equal(x.ct, y.ct));
		}
	}
	for (i = 0; i < ALL; i++)
		buf_free(&raw[i]);
	form_free(f);
	buf_free(&text);
}

/* Eight bytes of ${secret} in a row anywhere in ${s}. */
static int
holds(struct slice s, const void *secret, size_t n)
{
	const uint8_t *p = secret;
	size_t i, k;

	for (i = 0; i + 8 <= n; i++)
		for (k = 0; k + 8 <= s.n; k++)
			if (memcmp(p + i, s.p + k, 8) == 0)
				return 1;
	return 0;
}

/* What makes a ballot, and must not leave the device with it. */
static void
A14_a_sealed_record_holds_nothing_that_made_it(void **state)
{
	struct scene *s = *state;
	uint8_t blind_sig[BLIND_BYTES], token[BLIND_BYTES], r[BLIND_BYTES];
	uint8_t salt[BLIND_SALT], seed[SEED_BYTES];
	const struct author a = { &s->sealed_ss, s->sealed, token };
	const struct hash *key_id =
	    &s->sealed->issuers[0].keys[PURPOSE_VOTE].key_id;
	struct buf text = { 0 }, raw = { 0 }, body = { 0 }, plain = { 0 };
	struct form *f = form_of(s->sealed, points_ballot, &text);
	struct seal seal = { &s->sealed->id, &f->id, NULL, 0, &f->seal_key };
	struct seal_trace trace;
	struct wallet_ask ask;
	struct sign_key k;
	struct choices c;
	uint32_t v[5];

	token_make(s, a.ss, a.h, &ask, blind_sig, token);
	record_make(&a, f, "1=3,2=10,4=1", 0, &raw);
	assert_int_equal(wallet_choose(f, "1=3,2=10,4=1", v, &c, NULL), OK);
	assert_int_equal(choices_put(f, &c, &plain, NULL), OK);
	assert_int_equal(derive_credential(a.ss, PURPOSE_VOTE, &k), OK);
	seal.pk = &k.pk;
	assert_int_equal(
	    seal_make(&seal, a.ss, buf_slice(&plain), &body, &trace), OK);
	assert_true(holds(buf_slice(&raw), body.p, body.n));
	sign_key_seed(&k, seed);
	assert_int_equal(derive_pss_salt(a.ss, key_id, salt), OK);
	assert_int_equal(derive_blind(a.ss, key_id, ask.counter, r), OK);
	assert_false(holds(buf_slice(&raw), s->master.b, 16));
	assert_false(holds(buf_slice(&raw), a.ss->b, 16));
	assert_false(holds(buf_slice(&raw), seed, sizeof(seed)));
	assert_false(holds(buf_slice(&raw), salt, sizeof(salt)));
	assert_false(holds(buf_slice(&raw), r, sizeof(r)));
	assert_false(holds(buf_slice(&raw), blind_sig, sizeof(blind_sig)));
	assert_false(holds(buf_slice(&raw), plain.p, plain.n));
	assert_false(holds(buf_slice(&raw), trace.scalar.b, SCALAR_BYTES));
	assert_false(holds(buf_slice(&raw), trace.s.b, POINT_BYTES));
	assert_false(holds(buf_slice(&raw), trace.k, sizeof(trace.k)));
	form_free(f);
	buf_free(&text);
	buf_free(&raw);
	buf_free(&body);
	buf_free(&plain);
}

static void
second_factors_have_one_form(void **state)
{
	static const struct {
		enum factor_kind kind;
		const char *typed;
		const char *want; /* NULL: refused */
	} cases[] = {
		{ FACTOR_BIRTH_DATE, "1980-02-29", "1980-02-29" },
		{ FACTOR_BIRTH_DATE, "29/02/1980", "1980-02-29" },
		{ FACTOR_BIRTH_DATE, "29/02/1981", NULL },
		{ FACTOR_BIRTH_DATE, "29/02/1900", NULL },
		{ FACTOR_BIRTH_DATE, "1980-13-01", NULL },
		{ FACTOR_BIRTH_DATE, "1980-00-10", NULL },
		{ FACTOR_BIRTH_DATE, "1980-04-31", NULL },
		{ FACTOR_BIRTH_DATE, "1980-4-30", NULL },
		{ FACTOR_BIRTH_DATE, "", NULL },
		{ FACTOR_BIRTH_DATE, "0000-01-01", NULL },
		{ FACTOR_DOCUMENT, "ax 1234567", "4567" },
		{ FACTOR_DOCUMENT, "abcd", "ABCD" },
		{ FACTOR_DOCUMENT, "abc", NULL },
		{ FACTOR_DOCUMENT,
		    "abc\xc3\xa8"
		    "d",
		    NULL },
		{ FACTOR_NONE, "abcd", NULL },
	};
	char out[WALLET_FACTOR_MAX + 1];
	size_t i;
	enum err r;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		r = wallet_factor_text(
		    cases[i].kind, slice_str(cases[i].typed), out, NULL);
		assert_int_equal(r, cases[i].want ? OK : ERR_FORMAT);
		if (cases[i].want)
			assert_string_equal(out, cases[i].want);
	}
}

/* ---- Papers ---------------------------------------------------------------
 */

static struct papers *
papers_full(const struct scene *s)
{
	struct papers_space *mine;
	struct papers *p = NULL;
	uint8_t token[BLIND_BYTES] = { 1, 2, 3 };

	assert_int_equal(papers_new(&s->master, &p), OK);
	assert_non_null(mine = papers_space(p, s->header));
	assert_ptr_equal(mine, papers_space(p, s->header));
	buf_put(&mine->tokens[PURPOSE_VOTE], token, sizeof(token));
	buf_str(&mine->record, "record");
	buf_str(&mine->receipt, "receipt\n");
	mine->seq = 3;
	p->log_key = strdup("log+1+x");
	buf_str(&p->checkpoint, "checkpoint\n");
	return p;
}

static void
papers_read_back(void **state)
{
	struct papers *p = papers_full(*state), *back = NULL;
	struct buf b = { 0 }, again = { 0 };
	struct papers_space *mine;

	assert_int_equal(papers_put(p, &b), OK);
	assert_int_equal(papers_parse(buf_slice(&b), &back, NULL), OK);
	assert_memory_equal(back->secret.b, p->secret.b, 16);
	assert_non_null(mine = papers_find(back, p->space[0].slug));
	assert_int_equal(mine->seq, 3);
	assert_int_equal(mine->tokens[PURPOSE_VOTE].n, BLIND_BYTES);
	assert_int_equal(papers_put(back, &again), OK);
	assert_bytes(buf_slice(&b), buf_slice(&again));
	papers_free(p);
	papers_free(back);
	buf_free(&b);
	buf_free(&again);
}

static void
broken_papers_are_refused(void **state)
{
	static const char *const words[] = { "\"version\": 1", "\"version\": 2",
		"\"version\": 1", "\"version\": 1, \"version\": 1",
		"\"version\": 1", "\"extra\": 1, \"version\": 1", "\"vote\"",
		"\"veto\"", "\"seq\": 3", "\"seq\": -3", "\"seq\": 3",
		"\"seq\": 4294967296", "\"slug\": \"", "\"slug\": \"/",
		"\"secret\": \"", "\"secret\": \"0" };
	struct papers *p = papers_full(*state), *back = NULL;
	struct buf b = { 0 }, bad = { 0 };
	const char *text, *at;
	size_t i;

	assert_int_equal(papers_put(p, &b), OK);
	text = buf_text(&b);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i += 2) {
		assert_non_null(at = strstr(text, words[i]));
		bad.n = 0;
		buf_put(&bad, text, (size_t)(at - text));
		buf_str(&bad, words[i + 1]);
		buf_str(&bad, at + strlen(words[i]));
		if (papers_parse(buf_slice(&bad), &back, NULL) == OK)
			fail_msg("taken: %s", words[i + 1]);
	}
	for (i = 0; i + 2 < b.n; i++)
		if (papers_parse(slice_of(b.p, i), &back, NULL) == OK)
			fail_msg("taken: the first %zu bytes", i);
	papers_free(p);
	buf_free(&b);
	buf_free(&bad);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_secret_gives_the_same_bytes_for_ever),
		cmocka_unit_test(asks_with_the_authorization_of_the_protocol),
		cmocka_unit_test(refuses_a_wrong_answer_and_other_purposes),
		cmocka_unit_test(refuses_choices_that_nobody_can_mean),
		cmocka_unit_test(refuses_more_records_than_the_header_allows),
		cmocka_unit_test(a_second_device_makes_the_record_again),
		cmocka_unit_test(a_second_device_names_what_differs),
		cmocka_unit_test(A32_a_token_with_a_salt_of_its_own_is_noticed),
		cmocka_unit_test(A3_no_two_records_share_a_tracker),
		cmocka_unit_test(
		    A14_a_sealed_record_holds_nothing_that_made_it),
		cmocka_unit_test(second_factors_have_one_form),
		cmocka_unit_test(papers_read_back),
		cmocka_unit_test(broken_papers_are_refused),
	};

	return cmocka_run_group_tests(tests, scene_new, scene_free);
}
