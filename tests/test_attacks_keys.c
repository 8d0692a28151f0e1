/*
 * A30 of the table in docs/THREATS.md: verifiers of Ed25519 disagree about some
 * keys and signatures.  Ours refuse all of these, wherever a signature comes
 * in.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admit.h"
#include "base64.h"
#include "checkpoint.h"
#include "receipt.h"

#include "attack.h"
#include "hostile_sig.h"
#include "vec.h"

static void
A30_the_published_cases_are_judged_by_the_strict_rule(void **state)
{
	const json_t *t;
	struct public_key pk;
	struct signature sig;
	size_t i, refused = 0;
	int good;

	(void)state;
	json_array_foreach(
	    vec_tests(vec_shared("ed25519/speccheck.json")), i, t)
	{
		memcpy(pk.b, vec_hex(t, "pub_key").p, sizeof(pk.b));
		memcpy(sig.b, vec_hex(t, "signature").p, sizeof(sig.b));
		good = sign_verify(&pk, vec_hex(t, "message"), &sig) == OK;
		assert_int_equal(good,
		    json_is_true(json_object_get(t, "accepted_by_libsodium")));
		refused += !good;
		/* Of what passes, the key of a credential must be prime. */
		if (good && i < 5)
			assert_int_equal(sign_point_check(&pk), ERR_SIGNATURE);
	}
	assert_true(refused >= 8);
}

static void
A30_our_own_cases_are_refused(void **state)
{
	const json_t *t, *root = vec_own("sign.json");
	struct public_key pk;
	struct signature sig;
	size_t i;

	(void)state;
	assert_true(json_array_size(json_object_get(root, "refused")) > 3);
	json_array_foreach(json_object_get(root, "refused"), i, t)
	{
		memcpy(pk.b, vec_hex(t, "pk").p, sizeof(pk.b));
		memcpy(sig.b, vec_hex(t, "sig").p, sizeof(sig.b));
		assert_int_not_equal(
		    sign_verify(&pk, vec_hex(t, "msg"), &sig), OK);
	}
}

/* --- Every place where a signature comes in -------------------------------*/

struct scene {
	struct town *t;
	struct space *sp; /* of the town, in which voters 0 to 3 collected */
};

/* Verify at one place a signature made so; OK: it was taken. */
typedef enum err place(struct scene *x, enum hostile how);

/* DST(${name}) || parts, signed. */
static void
sign_parts(enum hostile how, const struct sign_key *k, const char *name,
    struct slice body, struct public_key *pk, struct signature *sig)
{
	struct buf b = { 0 };

	dst_put(&b, name);
	buf_put(&b, body.p, body.n);
	hostile_sign(how, k, buf_slice(&b), pk, sig);
	buf_free(&b);
}

static enum err
taken(enum problem p, enum problem refusal)
{
	if (p == PROBLEM_NONE)
		return OK;
	assert_int_equal(p, refusal);
	return ERR_SIGNATURE;
}

/* A credential's record, through the server. */
static enum err
place_record(struct scene *x, enum hostile how)
{
	struct voter *v = &x->t->voters[0];
	struct buf raw = { 0 };
	struct public_key pk;
	struct signature sig;
	struct why why = { { 0 } };
	struct slice part;
	uint64_t window;
	enum problem p;
	int repeat;

	town_record(x->sp, v, 0, 1, &raw);
	part = slice_of(raw.p, raw.n - 64);
	hostile_sign(how, &v->credential, part, &pk, &sig);
	memcpy(raw.p + 67, pk.b, 32);
	sign_parts(how, &v->credential, "record", part, &pk, &sig);
	memcpy(raw.p + raw.n - 64, sig.b, 64);
	p = town_cast(x->t, buf_slice(&raw), &window, &repeat, &why);
	buf_free(&raw);
	return taken(p, hostile_has_key(how) ? PROBLEM_RECORD_KEY
					     : PROBLEM_RECORD_SIGNATURE);
}

/* The signature under a record, as the auditor reads it. */
static enum err
place_record_alone(struct scene *x, enum hostile how)
{
	struct voter *v = &x->t->voters[1];
	struct buf raw = { 0 };
	struct public_key pk;
	struct signature sig;
	struct record r;
	struct slice part;
	enum err e;

	town_record(x->sp, v, 0, 1, &raw);
	part = slice_of(raw.p, raw.n - 64);
	hostile_sign(how, &v->credential, part, &pk, &sig);
	memcpy(raw.p + 67, pk.b, 32);
	sign_parts(how, &v->credential, "record", part, &pk, &sig);
	memcpy(raw.p + raw.n - 64, sig.b, 64);
	assert_int_equal(record_parse(buf_slice(&raw), 1, &r), OK);
	e = record_verify(&r);
	buf_free(&raw);
	return e;
}

static void
ask_body(const struct hash *space_id, const struct hash *key_id,
    const struct hash *commit, struct buf *b)
{
	buf_put(b, space_id->b, HASH_BYTES);
	buf_put(b, key_id->b, HASH_BYTES);
	buf_put(b, commit->b, HASH_BYTES);
}

/* A line's ask, through the server: a repeat of what was answered. */
static enum err
place_ask(struct scene *x, enum hostile how)
{
	const struct hash *id =
	    &x->sp->header->issuers[0].keys[PURPOSE_VOTE].key_id;
	struct voter *v = &x->t->voters[2];
	uint8_t out[BLIND_BYTES];
	struct service_ask ask;
	struct buf body = { 0 };
	struct hash commit;
	enum problem p;

	town_ask_make(x->t, x->sp, v, &ask);
	ledger_ask_commit(ask.salt, ask.blinded, &commit);
	ask_body(&x->sp->header->id, id, &commit, &body);
	sign_parts(
	    how, &v->roll, "issue", buf_slice(&body), &ask.roll_pk, &ask.sig);
	p = service_issue(x->t->service, &ask, out);
	buf_free(&body);
	/* A key that never asked does not repeat anything. */
	return taken(p, hostile_has_key(how) ? PROBLEM_ISSUANCE_CLOSED
					     : PROBLEM_ROLL_SIGNATURE);
}

/* A row of a ledger, as the auditor reads it. */
static enum err
place_ledger(struct scene *x, enum hostile how)
{
	struct hash space = { { 1 } }, key = { { 2 } };
	struct ledger_row row = { .c = { { 3 } } };
	struct buf body = { 0 };
	enum err e;

	ask_body(&space, &key, &row.c, &body);
	sign_parts(how, &x->t->voters[3].roll, "issue", buf_slice(&body),
	    &row.roll_pk, &row.sig);
	e = ledger_ask_verify(&row, &space, &key);
	buf_free(&body);
	return e;
}

static enum err
place_dispute(struct scene *x, enum hostile how)
{
	struct buf b = { 0 };
	struct why why = { { 0 } };
	struct public_key pk;
	struct signature sig;
	enum problem p;

	buf_put(&b, x->sp->header->id.b, HASH_BYTES);
	buf_u8(&b, 0);
	buf_u8(&b, PURPOSE_VOTE);
	sign_parts(
	    how, &x->t->voters[3].roll, "dispute", buf_slice(&b), &pk, &sig);
	buf_put(&b, pk.b, 32);
	buf_put(&b, sig.b, 64);
	p = service_dispute(x->t->service, buf_slice(&b), &why);
	buf_free(&b);
	return taken(p, PROBLEM_DISPUTE);
}

static enum err
place_staff_request(struct scene *x, enum hostile how)
{
	struct service_staff_call call = { .method = "GET" };
	struct buf b = { 0 };
	struct why why = { { 0 } };
	struct hash h;
	uint64_t last;
	enum problem p;

	call.path = "/api/v1/staff/changes";
	call.n = 1000 + (uint64_t)how;
	hash_bytes(call.body, &h);
	buf_lp(&b, slice_str("example.org/log"));
	buf_u64(&b, call.n);
	buf_lp(&b, slice_str(call.method));
	buf_lp(&b, slice_str(call.path));
	buf_put(&b, h.b, HASH_BYTES);
	sign_parts(
	    how, &x->t->desk, "staff", buf_slice(&b), &call.pk, &call.sig);
	p = service_staff(x->t->service, &call, ROLE_DESK, &last, &why);
	buf_free(&b);
	return taken(p, PROBLEM_STAFF);
}

/* A signature in a log entry: the server and the auditor use one code. */
static enum err
place_staff_entry(struct scene *x, enum hostile how)
{
	struct slice doc = slice_str(FORGE_MANIFEST("x"));
	struct entry e = { .kind = ENTRY_BUNDLE, .n_signers = 1 };
	struct buf b = { 0 }, bytes = { 0 };
	struct why why = { { 0 } };
	uint64_t index;
	enum problem p;

	hash_bytes(doc, &e.object);
	e.signers[0].n = ++x->t->n;
	buf_lp(&b, slice_str("example.org/log"));
	buf_u64(&b, e.signers[0].n);
	buf_u8(&b, ENTRY_BUNDLE);
	assert_int_equal(entry_payload_put(&b, &e), OK);
	sign_parts(how, &x->t->admin[0], "entry", buf_slice(&b),
	    &e.signers[0].pk, &e.signers[0].sig);
	assert_int_equal(entry_put(&bytes, &e), OK);
	p = service_entry(x->t->service, buf_slice(&bytes), doc, &index, &why);
	buf_free(&b);
	buf_free(&bytes);
	return taken(p, PROBLEM_RULE);
}

/* The note of ${text} with one hostile line, and the key it is for. */
static void
note_make(enum hostile how, const struct sign_key *k, const char *name,
    const char *text, struct note_key *key, struct buf *note)
{
	struct public_key pk;
	struct signature sig;
	struct buf line = { 0 };

	hostile_sign(how, k, slice_str(text), &pk, &sig);
	assert_int_equal(note_key_make(name, NOTE_ED25519, &pk, key), OK);
	buf_u32(&line, key->id);
	buf_put(&line, sig.b, 64);
	buf_printf(note, "%s\n\xe2\x80\x94 %s ", text, name);
	base64_put(note, BASE64_STD, buf_slice(&line));
	buf_str(note, "\n");
	buf_free(&line);
}

static enum err
place_checkpoint(struct scene *x, enum hostile how)
{
	struct buf b = { 0 };
	struct note_key key;
	struct note note;
	struct checkpoint out;
	enum err e;

	note_make(how, &x->t->admin[0], "example.org/log",
	    "example.org/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
	    "\n",
	    &key, &b);
	e = checkpoint_open(buf_slice(&b), &key, &note, &out);
	buf_free(&b);
	return e;
}

static enum err
place_receipt(struct scene *x, enum hostile how)
{
	struct receipt r = { .window_end = 2100 }, out;
	struct buf b = { 0 }, text = { 0 };
	struct note_key key;
	enum err e;

	r.leaf.b[0] = 1;
	receipt_text(&r, &text);
	note_make(how, &x->t->admin[0], "example.org/log/receipt",
	    buf_text(&text), &key, &b);
	e = receipt_open(buf_slice(&b), &key, &r.leaf, &out);
	buf_free(&b);
	buf_free(&text);
	return e;
}

/* A witness's line under a checkpoint (C2SP tlog-cosignature). */
static enum err
place_witness(struct scene *x, enum hostile how)
{
	const char *text = "example.org/log\n0\n"
			   "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
	struct buf b = { 0 }, line = { 0 }, msg = { 0 };
	struct public_key pk;
	struct signature sig;
	struct note_key key;
	struct note note;
	uint64_t at;
	enum err e;

	buf_printf(&msg, "cosignature/v1\ntime 1700000000\n%s", text);
	hostile_sign(how, &x->t->admin[0], buf_slice(&msg), &pk, &sig);
	assert_int_equal(
	    note_key_make("witness.example", NOTE_COSIGNATURE, &pk, &key), OK);
	buf_u32(&line, key.id);
	buf_u64(&line, 1700000000);
	buf_put(&line, sig.b, 64);
	buf_printf(&b, "%s\n\xe2\x80\x94 witness.example ", text);
	base64_put(&b, BASE64_STD, buf_slice(&line));
	buf_str(&b, "\n");
	assert_int_equal(note_parse(buf_slice(&b), &note), OK);
	e = note_cosigned(&note, &key, &at);
	buf_free(&b);
	buf_free(&line);
	buf_free(&msg);
	return e;
}

static void
A30_no_entry_point_takes_what_others_take(void **state)
{
	static const struct {
		const char *name;
		place *f;
	} places[] = {
		{ "record, server", place_record },
		{ "record, auditor", place_record_alone },
		{ "ask, server", place_ask },
		{ "ledger, auditor", place_ledger },
		{ "dispute", place_dispute },
		{ "staff request", place_staff_request },
		{ "staff entry", place_staff_entry },
		{ "checkpoint", place_checkpoint },
		{ "receipt", place_receipt },
		{ "witness", place_witness },
	};
	struct scene x = { .t = *state };
	unsigned how;
	size_t i;

	x.sp = attack_vote_space(x.t, "bilancio", 4);
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		for (how = HOSTILE_S_PLUS_L; how < HOSTILE_KINDS; how++)
			if (places[i].f(&x, (enum hostile)how) == OK)
				fail_msg("%s took the hostile signature %u",
				    places[i].name, how);
		/* The honest signature of the same maker is taken. */
		if (places[i].f(&x, HOSTILE_NONE) != OK)
			fail_msg(
			    "%s: no signature at all is taken", places[i].name);
	}
	assert_true(town_sound(x.t));
}

static void
A30_a_credential_of_mixed_order_is_refused(void **state)
{
	const json_t *root = vec_own("sign.json"), *t;
	struct town *town = *state;
	struct space *sp = attack_vote_space(town, "bilancio", 1);
	struct public_key pk = { { 0 } };
	struct why why = { { 0 } };
	struct buf raw = { 0 };
	uint64_t window;
	size_t i;
	int repeat, there = 0;

	json_array_foreach(json_object_get(root, "tests"), i, t)
	{
		if (strstr(vec_str(t, "why"), "mixed order") == NULL)
			continue;
		there = 1;
		memcpy(pk.b, vec_hex(t, "pk").p, sizeof(pk.b));
	}
	assert_true(there);
	town_record(sp, &town->voters[0], 0, 1, &raw);
	memcpy(raw.p + 67, pk.b, 32);
	assert_int_equal(
	    town_cast(town, buf_slice(&raw), &window, &repeat, &why),
	    PROBLEM_RECORD_KEY);
	assert_true(attack_twist("record-key", RULE_RECORD_KEY));
	buf_free(&raw);
}

static int
town_free_and_vectors(void **state)
{
	(void)attack_town_free(state);
	return vec_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    A30_the_published_cases_are_judged_by_the_strict_rule),
		cmocka_unit_test(A30_our_own_cases_are_refused),
		cmocka_unit_test_setup_teardown(
		    A30_no_entry_point_takes_what_others_take, attack_town_new,
		    attack_town_free),
		cmocka_unit_test_setup_teardown(
		    A30_a_credential_of_mixed_order_is_refused, attack_town_new,
		    town_free_and_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, vec_free);
}
