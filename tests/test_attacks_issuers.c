/*
 * Rows of the table in docs/THREATS.md that come with several issuers: what
 * one of them can do that is not honest.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "derive.h"
#include "json.h"
#include "ledger.h"

#include "attack.h"
#include "duo.h"
#include "sample.h"
#include "vec.h"

#define ASKS 12

/* --- Two honest issuers --------------------------------------------------- */

static int
setup(void **state)
{
	struct duo *d = malloc(sizeof(*d));

	if (d == NULL)
		return -1;
	duo_new(d);
	*state = d;
	return 0;
}

static int
teardown(void **state)
{
	duo_free(*state);
	free(*state);
	return 0;
}

static int
both_ledgers(const struct space *sp)
{
	return sp->ledgers[0][PURPOSE_VOTE].present &&
	       sp->ledgers[1][PURPOSE_VOTE].present;
}

static void
A16_the_token_of_one_issuer_is_none_of_another(void **state)
{
	struct duo *d = *state;
	struct space *sp = duo_space(d, "due", NULL);
	struct buf good = { 0 }, bad = { 0 };
	struct why why = { { 0 } };
	long status;

	town_clock(&d->town, 1500);
	assert_int_equal(duo_collect(d, sp, 0, NULL, &good, &status, &why), OK);
	town_clock(&d->town, TOWN_FROM + 10);
	assert_true(town_wait(&d->town, both_ledgers, sp));
	/* One issuer's token in both places, each in the other's place. */
	buf_put(&bad, good.p, BLIND_BYTES);
	buf_put(&bad, good.p, BLIND_BYTES);
	assert_int_equal(
	    duo_vote(d, sp, 0, 0, &bad, &why), PROBLEM_RECORD_TOKEN);
	bad.n = 0;
	buf_put(&bad, good.p + BLIND_BYTES, BLIND_BYTES);
	buf_put(&bad, good.p + BLIND_BYTES, BLIND_BYTES);
	assert_int_equal(
	    duo_vote(d, sp, 0, 0, &bad, &why), PROBLEM_RECORD_TOKEN);
	bad.n = 0;
	buf_put(&bad, good.p + BLIND_BYTES, BLIND_BYTES);
	buf_put(&bad, good.p, BLIND_BYTES);
	assert_int_equal(
	    duo_vote(d, sp, 0, 0, &bad, &why), PROBLEM_RECORD_TOKEN);
	assert_int_equal(duo_vote(d, sp, 0, 0, &good, &why), PROBLEM_NONE);
	buf_free(&good);
	buf_free(&bad);
}

/* Somebody asks for the line of voter 0 with secret number ${who}. */
struct asker {
	struct duo *d;
	const struct space *sp;
	size_t who;
	long status[2];
	uint8_t token[2][BLIND_BYTES];
	pthread_t thread;
};

static void *
ask_both(void *arg)
{
	struct asker *a = arg;
	struct why why = { { 0 } };
	size_t i;

	for (i = 0; i < 2; i++)
		a->status[i] = duo_ask(a->d, a->sp, i, a->who,
		    &a->d->town.voters[0].roll, a->token[i], &why);
	return NULL;
}

static void
A17_many_asks_at_once_give_one_token_at_each_issuer(void **state)
{
	struct duo *d = *state;
	struct space *sp = duo_space(d, "due", NULL);
	struct asker *a = calloc(ASKS, sizeof(*a));
	uint8_t again[BLIND_BYTES];
	struct why why = { { 0 } };
	size_t i, k, won;

	assert_non_null(a);
	town_clock(&d->town, 1500);
	for (i = 0; i < ASKS; i++) {
		a[i].d = d;
		a[i].sp = sp;
		a[i].who = i;
		assert_int_equal(
		    pthread_create(&a[i].thread, NULL, ask_both, &a[i]), 0);
	}
	for (i = 0; i < ASKS; i++)
		assert_int_equal(pthread_join(a[i].thread, NULL), 0);
	for (k = 0; k < 2; k++) {
		won = ASKS;
		for (i = 0; i < ASKS; i++) {
			if (a[i].status[k] == 409)
				continue;
			assert_int_equal(a[i].status[k], 200);
			assert_int_equal(won, ASKS);
			won = i;
		}
		assert_int_not_equal(won, ASKS);
		/* The same ask again: the same token. */
		assert_int_equal(duo_ask(d, sp, k, won, &d->town.voters[0].roll,
				     again, &why),
		    200);
		assert_memory_equal(again, a[won].token[k], BLIND_BYTES);
	}
	free(a);
}

static enum problem
post_header(struct duo *d, const char *slug, const char *key, struct why *why)
{
	struct entry e = { .kind = ENTRY_HEADER };
	struct buf issuer = { 0 }, text = { 0 };
	const char *edits[] = { "issuers.1", NULL, "issuers.1.keys.vote", key,
		NULL };
	enum problem p;

	duo_keys(d, slug, &issuer);
	edits[1] = buf_text(&issuer);
	town_header(&d->town, slug, edits, &text);
	hash_bytes(buf_slice(&text), &e.space_id);
	e.object = e.space_id;
	p = town_post(&d->town, &e, buf_slice(&text), why);
	buf_free(&issuer);
	buf_free(&text);
	return p;
}

static void
A44_a_key_of_another_issuer_or_space_is_refused(void **state)
{
	struct duo *d = *state;
	struct space *sp = duo_space(d, "due", NULL);
	struct buf key = { 0 };
	struct why why = { { 0 } };
	size_t i;

	/* The keys of both issuers of a space that is there. */
	for (i = 0; i < 2; i++) {
		key.n = 0;
		buf_str(&key, "\"");
		base64_put(&key, BASE64_URL,
		    slice_of(sp->header->issuers[i].keys[PURPOSE_VOTE].spki,
			BLIND_SPKI));
		buf_str(&key, "\"");
		assert_int_equal(post_header(d, "altra", buf_text(&key), &why),
		    PROBLEM_RULE);
	}
	buf_free(&key);
}

/* --- An issuer that is not honest ----------------------------------------- */

enum mood {
	HONEST,
	OTHER_KEY, /* signs with a key that is not in the log */
	NOT_SIGNED,
	REFUSES,
	FAILS,
	ASKS_FACTOR,
};

static struct fake {
	struct blind_key *own, *other;
	enum mood mood;
	struct http *http;
	char url[64];
	struct header *header;
	struct api *api;
	struct sign_key roll;
	struct secret ss;
} fake;

static enum problem
fake_answer(struct service *s, const struct req *q, struct resp *p)
{
	uint8_t out[BLIND_BYTES] = { 0 };
	struct token_request r;

	(void)s;
	if (token_request_parse(q->body, &r) != OK)
		return PROBLEM_TOKEN_REQUEST;
	if (fake.mood == REFUSES)
		return PROBLEM_ALREADY_ISSUED;
	if (fake.mood == FAILS)
		return PROBLEM_INTERNAL;
	if (fake.mood == ASKS_FACTOR)
		return PROBLEM_FACTOR;
	if (fake.mood != NOT_SIGNED &&
	    blind_sign(fake.mood == OTHER_KEY ? fake.other : fake.own,
		slice_of(r.blinded, BLIND_BYTES), out) != OK)
		return PROBLEM_TOKEN_REQUEST;
	p->content_type = "application/private-token-response";
	buf_put(&p->body, out, sizeof(out));
	return PROBLEM_NONE;
}

static const struct route fake_routes[] = {
	{ "POST", "/token-request", fake_answer, CACHE_NEVER, HOST_ANY, 1, 0,
	    1024, NULL },
	{ NULL, NULL, NULL, CACHE_NEVER, HOST_ANY, 0, 0, 0, NULL },
};

static int
fake_new(void **state)
{
	struct http_options o = {
		.listen = "127.0.0.1", .threads = 4, .table = fake_routes
	};
	json_t *doc = sample_header(SPACE_BALLOT);
	struct buf text = { 0 }, url = { 0 };
	struct buf key = { 0 };
	uint8_t spki[BLIND_SPKI];
	struct why why = { { 0 } };

	(void)state;
	memset(&fake, 0, sizeof(fake));
	if (blind_key_new(&fake.own) != OK ||
	    blind_key_spki(fake.own, spki) != OK ||
	    blind_key_new(&fake.other) != OK ||
	    http_start(NULL, &o, &fake.http, &why) != OK)
		return -1;
	(void)snprintf(fake.url, sizeof(fake.url), "http://127.0.0.1:%u",
	    http_port(fake.http));
	buf_str(&key, "\"");
	base64_put(&key, BASE64_URL, slice_of(spki, sizeof(spki)));
	buf_str(&key, "\"");
	buf_printf(&url, "\"%s\"", fake.url);
	sample_edit(doc, "issuers.0.keys.vote", buf_text(&key));
	sample_edit(doc, "issuers.0.url", buf_text(&url));
	sample_text(doc, &text);
	json_decref(doc);
	sign_key_random(&fake.roll);
	resident_secret_random(&fake.ss);
	if (header_parse(buf_slice(&text), &fake.header, &why) != OK ||
	    api_open(fake.url, &fake.api, &why) != OK)
		return -1;
	buf_free(&text);
	buf_free(&key);
	buf_free(&url);
	return 0;
}

static int
fake_free(void **state)
{
	(void)state;
	http_stop(fake.http);
	api_free(fake.api);
	header_free(fake.header);
	blind_key_free(fake.own);
	blind_key_free(fake.other);
	return 0;
}

static enum err
fake_collect(enum mood mood, struct buf *tokens, struct buf *evidence)
{
	const struct resident_ask q = { fake.api, fake.header, &fake.roll,
		&fake.ss, NULL, evidence };
	struct why why = { { 0 } };

	fake.mood = mood;
	return resident_collect(&q, PURPOSE_VOTE, tokens, &why);
}

static void
A31_a_signature_of_another_key_is_no_token(void **state)
{
	struct buf tokens = { 0 }, evidence = { 0 };

	(void)state;
	assert_int_equal(
	    fake_collect(OTHER_KEY, &tokens, &evidence), ERR_SIGNATURE);
	assert_int_equal(tokens.n, 0);
	/* She asks again, and an honest answer is as good as ever. */
	assert_int_equal(fake_collect(HONEST, &tokens, NULL), OK);
	assert_int_equal(tokens.n, BLIND_BYTES);
	buf_free(&tokens);
	buf_free(&evidence);
}

/* Two residents are told apart if each gets the signature of another key. */
static void
A18_an_issuer_cannot_use_a_second_key_for_some(void **state)
{
	struct buf first = { 0 }, second = { 0 };

	(void)state;
	assert_int_equal(fake_collect(HONEST, &first, NULL), OK);
	resident_secret_random(&fake.ss);
	sign_key_random(&fake.roll);
	assert_int_equal(fake_collect(OTHER_KEY, &second, NULL), ERR_SIGNATURE);
	assert_int_equal(second.n, 0);
	buf_free(&first);
}

static void
bytes_of(const json_t *doc, const char *name, uint8_t *out, size_t n)
{
	const char *text = json_string_value(json_object_get(doc, name));

	assert_non_null(text);
	assert_int_equal(
	    base64_decode_exact(BASE64_URL, slice_str(text), out, n), OK);
}

/* What an auditor does with it: who asked, for what, and was it answered? */
static void
evidence_holds(struct buf *evidence, int answered)
{
	const struct issuer *from = &fake.header->issuers[0];
	uint8_t request[TOKEN_REQUEST_BYTES], salt[64], sig[BLIND_BYTES];
	struct token_request r;
	struct public_key pk;
	struct ledger_row row;
	json_t *doc = NULL;
	struct buf text = { 0 };

	assert_int_not_equal(evidence->n, 0);
	assert_non_null(
	    doc = json_loadb((const char *)evidence->p, evidence->n, 0, NULL));
	bytes_of(doc, "request", request, sizeof(request));
	bytes_of(doc, "salt", salt, sizeof(salt));
	bytes_of(doc, "sig", row.sig.b, sizeof(row.sig.b));
	bytes_of(doc, "roll_pk", row.roll_pk.b, sizeof(row.roll_pk.b));
	bytes_of(doc, "answer", sig, answered ? BLIND_BYTES : 0);
	assert_int_equal(
	    token_request_parse(slice_of(request, sizeof(request)), &r), OK);
	ledger_ask_commit(salt, r.blinded, &row.c);
	assert_int_equal(ledger_ask_verify(&row, &fake.header->id,
			     &from->keys[PURPOSE_VOTE].key_id),
	    OK);
	/* It does not tell who she is in the space. */
	assert_int_equal(wallet_pk(&fake.ss, PURPOSE_VOTE, &pk), OK);
	base64_put(&text, BASE64_URL, slice_of(pk.b, sizeof(pk.b)));
	assert_null(strstr((const char *)buf_text(evidence), buf_text(&text)));
	buf_free(&text);
	json_decref(doc);
	evidence->n = 0;
}

static void
A33_an_answer_that_is_no_signature_leaves_evidence(void **state)
{
	struct buf tokens = { 0 }, evidence = { 0 };

	(void)state;
	assert_int_equal(
	    fake_collect(NOT_SIGNED, &tokens, &evidence), ERR_SIGNATURE);
	evidence_holds(&evidence, 1);
	assert_int_equal(
	    fake_collect(OTHER_KEY, &tokens, &evidence), ERR_SIGNATURE);
	evidence_holds(&evidence, 1);
	assert_int_equal(tokens.n, 0);
	buf_free(&evidence);
}

static void
A33_an_issuer_that_refuses_leaves_evidence(void **state)
{
	struct buf tokens = { 0 }, evidence = { 0 };

	(void)state;
	assert_int_equal(
	    fake_collect(REFUSES, &tokens, &evidence), ERR_CONFLICT);
	evidence_holds(&evidence, 0);
	assert_int_equal(fake_collect(FAILS, &tokens, &evidence), ERR_IO);
	evidence_holds(&evidence, 0);
	/* Her own mistake is no evidence against anybody. */
	assert_int_equal(
	    fake_collect(ASKS_FACTOR, &tokens, &evidence), ERR_FORBIDDEN);
	assert_int_equal(evidence.n, 0);
	/* Nobody there at all. */
	http_stop(fake.http);
	fake.http = NULL;
	assert_int_equal(fake_collect(HONEST, &tokens, &evidence), ERR_IO);
	evidence_holds(&evidence, 0);
	assert_int_equal(tokens.n, 0);
	buf_free(&evidence);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define with(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
#define faked(t) cmocka_unit_test_setup_teardown(t, fake_new, fake_free)
		with(A16_the_token_of_one_issuer_is_none_of_another),
		with(A17_many_asks_at_once_give_one_token_at_each_issuer),
		with(A44_a_key_of_another_issuer_or_space_is_refused),
		faked(A18_an_issuer_cannot_use_a_second_key_for_some),
		faked(A31_a_signature_of_another_key_is_no_token),
		faked(A33_an_answer_that_is_no_signature_leaves_evidence),
		faked(A33_an_issuer_that_refuses_leaves_evidence),
	};

	return cmocka_run_group_tests_name(
	    "attacks_issuers", tests, NULL, NULL);
}
