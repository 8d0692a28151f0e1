/*
 * Attacks on tokens and on the right to ask for one: docs/THREATS.md names each
 * by its row of the table there.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "sample.h"
#include "token.h"
#include "wipe.h"

#include "attack.h"

#define LINES 10 /* regular lines of a town */
#define ASKS 8	 /* of each, at once */

/* --- A16: a token of another space, issuer or purpose ---------------------*/

static void
A16_a_token_of_another_space_is_refused_by_the_server(void **state)
{
	struct town *t = *state;
	struct space *a = town_space(t, "prima", NULL), *b;
	struct voter *v = &t->voters[0], other;
	struct buf raw = { 0 };
	struct why why = { { 0 } };
	uint64_t window;
	int repeat;

	b = town_space(t, "seconda", NULL);
	town_clock(t, 1000);
	assert_int_equal(town_ask(t, b, v), PROBLEM_NONE);
	other = *v;
	assert_int_equal(town_ask(t, a, v), PROBLEM_NONE);
	town_clock(t, TOWN_FROM);
	assert_true(town_wait(t, attack_has_ledger, a));
	assert_true(town_wait(t, attack_has_ledger, b));

	/* Signed by the key of the token, but for the other space. */
	town_record(b, v, 0, 1, &raw);
	assert_int_equal(town_cast(t, buf_slice(&raw), &window, &repeat, &why),
	    PROBLEM_RECORD_TOKEN);
	/* Her token of this space under the key of that one. */
	raw.n = 0;
	memcpy(v->token, other.token, sizeof(v->token));
	town_record(b, v, 0, 1, &raw);
	assert_int_equal(town_cast(t, buf_slice(&raw), &window, &repeat, &why),
	    PROBLEM_RECORD_TOKEN);
	assert_int_equal(town_vote(t, b, &other, 0, 1), PROBLEM_NONE);
	buf_free(&raw);
}

/* Three spaces: a, c ballots of two issuers; b collects ideas. */
struct three {
	struct forge *f;
	struct forge_space a, b, c;
};

static void
three_begin(struct three *x)
{
	static const size_t asked[] = { 0, 1, 2, 3 };

	memset(x, 0, sizeof(*x));
	x->f = forge_new("");
	x->a = (struct forge_space){
		.slug = "a", .kind = SPACE_BALLOT, .separated = 1, .issuers = 2
	};
	x->b = (struct forge_space){
		.slug = "b", .kind = SPACE_IDEAS, .first_key = 2, .issuers = 1
	};
	x->c = x->a;
	x->c.slug = "c";
	x->c.first_key = 4;
	forge_genesis(x->f);
	attack_begin(x->f, &x->a);
	forge_header(x->f, &x->b);
	forge_form(x->f, &x->b);
	forge_ledger(x->f, &x->b, 0, PURPOSE_AUTHOR, asked, 4);
	forge_ledger(x->f, &x->b, 0, PURPOSE_VOICE, asked, 4);
	attack_begin(x->f, &x->c);
}

/* The rule that the log with one batch of that record breaks. */
static enum rule_no
three_judge(struct three *x, const struct forge_space *s, struct buf *raw)
{
	enum rule_no rule;
	size_t n;

	forge_batch(x->f, s, 2300, raw, 1);
	n = attack_audit(x->f, &rule);
	assert_int_equal(n > 0, rule != RULE_NONE);
	buf_free(raw);
	forge_free(x->f);
	return rule;
}

static void
idea_body(struct buf *body)
{
	struct contribution c = { .action = ACTION_SUPPORT };

	c.target.b[0] = 7;
	contribution_put(body, &c);
}

static void
A16_a_token_of_another_space_is_refused_by_the_auditor(void **state)
{
	struct buf raw = { 0 }, made = { 0 };
	struct record r;
	struct three x;

	(void)state;
	three_begin(&x);
	attack_vote(x.f, &x.a, 0, 0, 0x80, &raw);
	assert_int_equal(three_judge(&x, &x.a, &raw), RULE_NONE);

	three_begin(&x);
	attack_vote(x.f, &x.a, 0, 0, 0x80, &made);
	assert_int_equal(record_parse(buf_slice(&made), 2, &r), OK);
	r.space_id = x.c.id;
	r.form_id = x.c.form_id;
	assert_int_equal(record_sign(&r, &x.f->voters[0].credential, &raw), OK);
	assert_int_equal(three_judge(&x, &x.c, &raw), RULE_RECORD_TOKEN);
	buf_free(&made);
}

static void
A16_tokens_of_two_issuers_are_not_interchangeable(void **state)
{
	struct buf raw = { 0 }, made = { 0 };
	uint8_t tokens[2 * BLIND_BYTES];
	struct record r;
	struct three x;
	unsigned how;

	(void)state;
	/* Swapped; twice the first; twice the second. */
	for (how = 0; how < 3; how++) {
		three_begin(&x);
		attack_vote(x.f, &x.a, 0, 0, 0x80, &made);
		assert_int_equal(record_parse(buf_slice(&made), 2, &r), OK);
		memcpy(tokens, r.authenticators + (how != 1) * BLIND_BYTES,
		    BLIND_BYTES);
		memcpy(tokens + BLIND_BYTES,
		    r.authenticators + (how == 2) * BLIND_BYTES, BLIND_BYTES);
		r.authenticators = tokens;
		assert_int_equal(
		    record_sign(&r, &x.f->voters[0].credential, &raw), OK);
		assert_int_equal(
		    three_judge(&x, &x.a, &raw), RULE_RECORD_TOKEN);
	}
	buf_free(&made);
}

static void
A16_a_token_for_one_purpose_is_none_for_another(void **state)
{
	struct buf raw = { 0 }, made = { 0 }, body = { 0 };
	struct record r;
	struct three x;

	(void)state;
	idea_body(&body);
	three_begin(&x);
	forge_record(x.f, &x.b, 0, PURPOSE_VOICE, 0, buf_slice(&body), &raw);
	assert_int_equal(three_judge(&x, &x.b, &raw), RULE_NONE);

	three_begin(&x);
	forge_record(x.f, &x.b, 0, PURPOSE_AUTHOR, 0, buf_slice(&body), &made);
	assert_int_equal(record_parse(buf_slice(&made), 1, &r), OK);
	r.purpose = PURPOSE_VOICE;
	assert_int_equal(record_sign(&r, &x.f->voters[0].credential, &raw), OK);
	assert_int_equal(three_judge(&x, &x.b, &raw), RULE_RECORD_TOKEN);
	buf_free(&made);
	buf_free(&body);
}

static void
A16_a_token_is_for_its_own_credential_only(void **state)
{
	struct buf raw = { 0 }, made = { 0 };
	struct record r;
	struct three x;

	(void)state;
	three_begin(&x);
	attack_vote(x.f, &x.a, 0, 0, 0x80, &made);
	assert_int_equal(record_parse(buf_slice(&made), 2, &r), OK);
	/* One token, two credentials: no second vote. */
	assert_int_equal(record_sign(&r, &x.f->voters[1].credential, &raw), OK);
	assert_int_equal(three_judge(&x, &x.a, &raw), RULE_RECORD_TOKEN);
	buf_free(&made);
}

/* --- A17: many issuances at once ------------------------------------------*/

struct asker {
	pthread_t thread;
	struct town *t;
	struct space *sp;
	struct voter v;
	uint8_t answer[2][BLIND_BYTES];
	enum problem p[2];
};

static void *
ask_twice(void *cookie)
{
	struct asker *a = cookie;
	struct service_ask ask;
	size_t i;

	a->p[0] = town_ask(a->t, a->sp, &a->v);
	town_ask_make(a->t, a->sp, &a->v, &ask);
	for (i = 0; i < 2; i++)
		a->p[i] = service_issue(a->t->service, &ask, a->answer[i]);
	return NULL;
}

static void
A17_many_asks_at_once_give_one_token_for_each_line(void **state)
{
	struct town *t = *state;
	struct space *sp = town_space(t, "bilancio", NULL);
	struct asker *a = calloc((size_t)LINES * ASKS, sizeof(*a));
	size_t i, k, good, all = 0;

	assert_non_null(a);
	town_clock(t, 1000);
	for (i = 0; i < (size_t)LINES * ASKS; i++) {
		a[i].t = t;
		a[i].sp = sp;
		a[i].v = t->voters[i % LINES];
		assert_int_equal(
		    pthread_create(&a[i].thread, NULL, ask_twice, &a[i]), 0);
	}
	for (i = 0; i < (size_t)LINES * ASKS; i++)
		pthread_join(a[i].thread, NULL);
	for (i = 0; i < LINES; i++) {
		for (k = 0, good = 0; k < ASKS; k++) {
			const struct asker *one = &a[k * LINES + i];

			assert_int_equal(one->p[0], one->p[1]);
			if (one->p[0] != PROBLEM_NONE) {
				assert_int_equal(
				    one->p[0], PROBLEM_ALREADY_ISSUED);
				continue;
			}
			/* The same ask again: the same bytes, no second token.
			 */
			assert_memory_equal(
			    one->answer[0], one->answer[1], BLIND_BYTES);
			good++;
		}
		assert_int_equal(good, 1);
		all += good;
	}
	town_clock(t, TOWN_FROM);
	assert_true(town_wait(t, attack_has_destroyed, sp));
	assert_int_equal(sp->ledgers[0][PURPOSE_VOTE].count, all);
	assert_true(town_sound(t));
	free(a);
}

static void
A17_an_ask_answered_for_one_line_is_not_answered_for_another(void **state)
{
	struct town *t = *state;
	struct space *sp = town_space(t, "bilancio", NULL);
	struct voter *v = &t->voters[0], thief;

	town_clock(t, 1000);
	assert_int_equal(town_ask(t, sp, v), PROBLEM_NONE);
	/* The blinded message of another: nothing is given, nothing used up. */
	thief = *v;
	thief.roll = t->voters[1].roll;
	assert_int_equal(town_again(t, sp, &thief), PROBLEM_ALREADY_ISSUED);
	assert_int_equal(town_ask(t, sp, &t->voters[1]), PROBLEM_NONE);
	assert_int_equal(town_again(t, sp, v), PROBLEM_NONE);
}

/* --- A18: one key and one challenge for everybody -------------------------*/

static void
A18_a_token_of_a_key_or_challenge_not_in_the_log_is_refused(void **state)
{
	struct forge_space secret;
	struct buf raw = { 0 };
	struct three x;

	(void)state;
	/* A key for some residents only. */
	three_begin(&x);
	secret = x.a;
	secret.first_key = 6;
	attack_vote(x.f, &secret, 0, 0, 0x80, &raw);
	assert_int_equal(three_judge(&x, &x.a, &raw), RULE_RECORD_TOKEN);
	/* The key of all, but a challenge that marks them. */
	three_begin(&x);
	secret = x.a;
	secret.challenge.b[5] ^= 1;
	attack_vote(x.f, &secret, 0, 0, 0x80, &raw);
	assert_int_equal(three_judge(&x, &x.a, &raw), RULE_RECORD_TOKEN);
}

static void
A18_a_second_key_of_a_space_is_refused(void **state)
{
	struct why why = { { 0 } };
	struct header *h = NULL;
	struct buf text = { 0 };
	json_t *doc;
	char key[600];

	(void)state;
	/* A second header of the slug would be a second key. */
	assert_true(attack_twist("slug-twice", RULE_HEADER_ONCE));
	assert_true(attack_twist("destroyed-other", RULE_KEY_DESTROYED));
	/* Two purposes under one key. */
	doc = sample_header(SPACE_IDEAS);
	sample_text(doc, &text);
	assert_int_equal(header_parse(buf_slice(&text), &h, &why), OK);
	header_free(h);
	text.n = 0;
	(void)snprintf(key, sizeof(key), "\"%s\"",
	    json_string_value(json_object_get(
		json_object_get(
		    json_array_get(json_object_get(doc, "issuers"), 0), "keys"),
		"author")));
	sample_edit(doc, "issuers.0.keys.voice", key);
	sample_text(doc, &text);
	assert_int_not_equal(header_parse(buf_slice(&text), &h, &why), OK);
	json_decref(doc);
	buf_free(&text);
}

/* --- A31: faults and foreign keys -----------------------------------------*/

/* What one blinds for the key ${no}, and the signature of another key. */
static void
sign_for(const uint8_t input[static TOKEN_INPUT_BYTES], size_t no,
    uint8_t blinded[static BLIND_BYTES], uint8_t sig[static BLIND_BYTES])
{
	uint8_t spki[BLIND_SPKI], salt[BLIND_SALT] = { 3 };
	uint8_t r[BLIND_BYTES] = { 0 }, answer[BLIND_BYTES];
	struct slice msg = slice_of(input, TOKEN_INPUT_BYTES);
	struct blind_public *pub = NULL;

	r[BLIND_BYTES - 1] = 2;
	assert_int_equal(blind_key_spki(forge_key(no), spki), OK);
	assert_int_equal(
	    blind_public_parse(slice_of(spki, sizeof(spki)), &pub), OK);
	assert_int_equal(blind_blind(pub, msg, slice_of(salt, sizeof(salt)),
			     slice_of(r, sizeof(r)), blinded),
	    OK);
	assert_int_equal(
	    blind_sign(forge_key(no), slice_of(blinded, BLIND_BYTES), answer),
	    OK);
	assert_int_equal(blind_finalize(pub, msg, slice_of(r, sizeof(r)),
			     slice_of(answer, sizeof(answer)), BLIND_SALT, sig),
	    OK);
	assert_int_equal(
	    blind_verify(pub, msg, slice_of(sig, BLIND_BYTES)), OK);
	blind_public_free(pub);
}

static void
A31_a_damaged_key_puts_out_nothing(void **state)
{
	uint8_t input[TOKEN_INPUT_BYTES] = { 1 }, blinded[BLIND_BYTES];
	uint8_t sig[BLIND_BYTES], good[BLIND_BYTES], out[BLIND_BYTES];
	uint8_t untouched[BLIND_BYTES];
	struct slice in = slice_of(blinded, sizeof(blinded));
	struct blind_key *k = NULL;
	struct buf der = { 0 };
	size_t i, caught = 0, used = 0;

	(void)state;
	memset(untouched, 0xa5, sizeof(untouched));
	sign_for(input, 0, blinded, sig);
	assert_int_equal(blind_sign(forge_key(0), in, good), OK);
	assert_int_equal(blind_key_encode(forge_key(0), &der), OK);
	/* A bit in each part of the key: modulus, d, factors, CRT. */
	for (i = 40; i < der.n; i += 13) {
		der.p[i] ^= 0x10;
		if (blind_key_parse(buf_slice(&der), &k) == OK) {
			used++;
			memcpy(out, untouched, sizeof(out));
			if (blind_sign(k, in, out) != OK) {
				caught++;
				assert_memory_equal(
				    out, untouched, sizeof(out));
			} else {
				assert_memory_equal(out, good, sizeof(out));
			}
		}
		blind_key_free(k);
		k = NULL;
		der.p[i] ^= 0x10;
	}
	print_message("%zu damaged keys, %zu faults caught\n", used, caught);
	assert_true(caught > 10);
	buf_free(&der);
	wipe(good, sizeof(good));
}

static void
A31_a_foreign_key_that_verifies_is_not_accepted(void **state)
{
	uint8_t spki[BLIND_SPKI], input[TOKEN_INPUT_BYTES];
	uint8_t blinded[BLIND_BYTES], tokens[2 * BLIND_BYTES];
	struct buf raw = { 0 }, made = { 0 };
	struct blind_public *pub = NULL;
	struct hash key_id;
	struct record r;
	struct three x;

	(void)state;
	three_begin(&x);
	attack_vote(x.f, &x.a, 0, 0, 0x80, &made);
	assert_int_equal(record_parse(buf_slice(&made), 2, &r), OK);
	/* What issuer 0 is to sign, signed by the key of space c: as a plain
	   RSA signature it verifies there. */
	assert_int_equal(blind_key_spki(forge_key(0), spki), OK);
	token_key_id(spki, &key_id);
	token_input(
	    &x.f->voters[0].credential.pk, &x.a.challenge, &key_id, input);
	memcpy(tokens, r.authenticators, sizeof(tokens));
	sign_for(input, 4, blinded, tokens);
	r.authenticators = tokens;
	assert_int_equal(record_sign(&r, &x.f->voters[0].credential, &raw), OK);
	assert_int_equal(three_judge(&x, &x.a, &raw), RULE_RECORD_TOKEN);
	/* Nor in the space of that key: the input names key and challenge. */
	three_begin(&x);
	r.space_id = x.c.id;
	r.form_id = x.c.form_id;
	assert_int_equal(record_sign(&r, &x.f->voters[0].credential, &raw), OK);
	assert_int_equal(three_judge(&x, &x.c, &raw), RULE_RECORD_TOKEN);
	/* Keys of another exponent, with which such a modulus is easily found,
	   are no keys. */
	assert_int_equal(
	    blind_public_parse(slice_of(spki, sizeof(spki)), &pub), OK);
	blind_public_free(pub);
	pub = NULL;
	spki[BLIND_SPKI - 1] = 3;
	assert_int_not_equal(
	    blind_public_parse(slice_of(spki, sizeof(spki)), &pub), OK);
	buf_free(&made);
}

/* --- A41: one right for a line, whatever happens --------------------------*/

enum act {
	COLLECT,     /* with the first letter */
	REPLACE,     /* a spare letter for a lost one */
	COLLECT_NEW, /* with the spare */
	STRIKE,	     /* she votes on paper */
	REMOVE,	     /* she moved away */
	ACTS,
};

/* What one person got. */
struct person {
	struct voter first, second;
	unsigned tokens, struck, removed, replaced;
};

static void
act(struct town *t, struct space *sp, struct person *p, enum act what)
{
	struct why why = { { 0 } };

	switch (what) {
	case COLLECT:
		p->tokens += town_ask(t, sp, &p->first) == PROBLEM_NONE;
		break;
	case COLLECT_NEW:
		p->tokens += town_ask(t, sp, &p->second) == PROBLEM_NONE;
		break;
	case REPLACE:
		p->replaced += town_change(t, ROLL_REPLACE, &p->first.roll,
				   &p->second.roll, NULL, &why) == PROBLEM_NONE;
		break;
	case STRIKE:
		p->struck += town_change(t, ROLL_STRIKE, &p->first.roll, NULL,
				 sp, &why) == PROBLEM_NONE;
		break;
	case REMOVE:
		p->removed += town_change(t, ROLL_REMOVE, &p->first.roll, NULL,
				  NULL, &why) == PROBLEM_NONE;
		break;
	case ACTS:
		break;
	}
}

/* The next permutation in the order of the alphabet; 0 after the last. */
static int
next_order(enum act *order, size_t n)
{
	size_t i = n - 1, k = n - 1;
	enum act tmp;

	while (i > 0 && order[i - 1] >= order[i])
		i--;
	if (i == 0)
		return 0;
	while (order[k] <= order[i - 1])
		k--;
	tmp = order[i - 1];
	order[i - 1] = order[k];
	order[k] = tmp;
	for (k = n - 1; i < k; i++, k--) {
		tmp = order[i];
		order[i] = order[k];
		order[k] = tmp;
	}
	return 1;
}

static void
live_through(
    struct town *t, struct space *sp, const enum act *order, struct person *p)
{
	struct why why = { { 0 } };
	size_t i;

	memset(p, 0, sizeof(*p));
	sign_key_random(&p->first.roll);
	sign_key_random(&p->second.roll);
	assert_int_equal(
	    town_change(t, ROLL_ADD, NULL, &p->first.roll, NULL, NULL),
	    PROBLEM_NONE);
	for (i = 0; i < ACTS; i++) {
		act(t, sp, p, order[i]);
		/* Entering again is never a way to a second line. */
		assert_int_equal(
		    town_change(t, ROLL_ADD, NULL, &p->first.roll, NULL, &why),
		    PROBLEM_ROLL_CHANGE);
		/* One vote: by token, or on paper, or elsewhere. */
		assert_true(p->tokens + (p->struck || p->removed) <= 1);
	}
	/* Once more with everything there is. */
	p->tokens += town_ask(t, sp, &p->first) == PROBLEM_NONE;
	p->tokens += town_ask(t, sp, &p->second) == PROBLEM_NONE;
	assert_int_equal(p->tokens + (p->struck || p->removed), 1);
}

static void
A41_every_order_of_events_leaves_a_line_one_right(void **state)
{
	enum act order[ACTS] = { COLLECT, REPLACE, COLLECT_NEW, STRIKE,
		REMOVE };
	struct town *t = *state;
	struct space *sp = town_space(t, "bilancio", NULL);
	struct person p;
	size_t orders = 0, tokens = 0;

	town_clock(t, 1000);
	do {
		live_through(t, sp, order, &p);
		orders++;
		tokens += p.tokens;
	} while (next_order(order, ACTS));
	assert_int_equal(orders, 120);
	print_message("%zu orders, %zu tokens\n", orders, tokens);
	assert_in_range(tokens, 20, 100);
	/* And the log, in which all changes come at once, says the same. */
	assert_int_equal(town_publish(t, NULL), PROBLEM_NONE);
	town_clock(t, TOWN_FROM);
	assert_true(town_wait(t, attack_has_destroyed, sp));
	assert_int_equal(sp->ledgers[0][PURPOSE_VOTE].count, tokens);
	assert_true(town_sound(t));
}

struct rival {
	pthread_t thread;
	struct town *t;
	struct space *sp;
	struct person *p;
};

static void *
strike_at_once(void *cookie)
{
	struct rival *r = cookie;

	act(r->t, r->sp, r->p, STRIKE);
	return NULL;
}

static void
A41_paper_and_letter_at_the_same_moment_give_one_right(void **state)
{
	struct town *t = *state;
	struct space *sp = town_space(t, "bilancio", NULL);
	struct person p;
	struct rival r = { .t = t, .sp = sp, .p = &p };
	unsigned i, paper = 0;

	town_clock(t, 1000);
	for (i = 0; i < 30; i++) {
		memset(&p, 0, sizeof(p));
		sign_key_random(&p.first.roll);
		assert_int_equal(
		    town_change(t, ROLL_ADD, NULL, &p.first.roll, NULL, NULL),
		    PROBLEM_NONE);
		assert_int_equal(
		    pthread_create(&r.thread, NULL, strike_at_once, &r), 0);
		act(t, sp, &p, COLLECT);
		pthread_join(r.thread, NULL);
		assert_int_equal(p.tokens + p.struck, 1);
		paper += p.struck;
	}
	print_message("%u on paper, %u by letter\n", paper, 30 - paper);
	assert_int_equal(town_publish(t, NULL), PROBLEM_NONE);
	town_clock(t, TOWN_FROM);
	assert_true(town_wait(t, attack_has_destroyed, sp));
	assert_true(town_sound(t));
}

/* --- A44: a token key of two spaces ---------------------------------------*/

static void
A44_the_server_refuses_a_token_key_of_two_spaces(void **state)
{
	struct town *t = *state;
	struct space *sp = town_space(t, "prima", NULL);
	const uint8_t *spki = sp->header->issuers[0].keys[PURPOSE_VOTE].spki;
	char key[BASE64_CHARS(BLIND_SPKI)], text[sizeof(key) + 2];
	const char *edits[] = { "issuers.0.keys.vote", text, NULL };
	struct entry e = { .kind = ENTRY_HEADER };
	uint64_t size = service_size(t->service);
	struct why why = { { 0 } };
	struct buf doc = { 0 };

	base64_encode(BASE64_URL, slice_of(spki, BLIND_SPKI), key);
	(void)snprintf(text, sizeof(text), "\"%s\"", key);
	town_header(t, "seconda", edits, &doc);
	hash_bytes(buf_slice(&doc), &e.space_id);
	e.object = e.space_id;
	assert_int_equal(town_post(t, &e, buf_slice(&doc), &why), PROBLEM_RULE);
	assert_int_equal(service_size(t->service), size);
	/* With its own key it is welcome. */
	doc.n = 0;
	town_header(t, "seconda", NULL, &doc);
	hash_bytes(buf_slice(&doc), &e.space_id);
	e.object = e.space_id;
	e.n_signers = 0;
	assert_int_equal(town_post(t, &e, buf_slice(&doc), NULL), PROBLEM_NONE);
	buf_free(&doc);
}

static void
A44_the_auditor_refuses_a_token_key_of_two_spaces(void **state)
{
	(void)state;
	assert_true(attack_twist("key-reused", RULE_ISSUER_KEY));
}

/* --- A45: tries of a second factor ----------------------------------------*/

static uint32_t
tries_of(struct town *t, const struct voter *v)
{
	struct hash mac;
	uint32_t tries = 0;

	assert_int_equal(store_factor_get(service_store(t->service),
			     &v->roll.pk, &mac, &tries),
	    OK);
	return tries;
}

static void
A45_only_who_signs_can_use_up_the_tries_of_a_factor(void **state)
{
	static const char *const edits[] = { "issuers.0.factor",
		"\"birth_date\"", NULL };
	struct town *t = *state;
	struct space *sp = town_space(t, "bilancio", edits), *other;
	struct voter *v = &t->voters[0];
	uint8_t row[64], out[BLIND_BYTES];
	struct service_ask ask, bad;
	struct why why = { { 0 } };
	struct voter stranger;
	unsigned i;

	other = town_space(t, "altra", edits);
	memcpy(row, v->roll.pk.b, 32);
	memset(v->factor.b, 7, HASH_BYTES);
	memcpy(row + 32, v->factor.b, HASH_BYTES);
	v->has_factor = 1;
	assert_int_equal(
	    service_factors_put(t->service, slice_of(row, 64), &why),
	    PROBLEM_NONE);
	town_clock(t, 1000);
	assert_int_equal(town_ask(t, sp, v), PROBLEM_NONE);
	town_ask_make(t, other, v, &ask);
	for (i = 0; i < 40; i++) {
		bad = ask;
		bad.factor.b[0] ^= (uint8_t)(i + 1);
		switch (i % 4) {
		case 0: /* no signature */
			memset(&bad.sig, 0, sizeof(bad.sig));
			break;
		case 1: /* of another ask */
			bad.salt[0] ^= 1;
			break;
		case 2: /* of another key */
			stranger = *v;
			stranger.roll = t->voters[1].roll;
			town_ask_make(t, other, &stranger, &bad);
			bad.roll_pk = v->roll.pk;
			bad.factor.b[0] ^= 1;
			break;
		default: /* for another space */
			town_ask_make(t, sp, v, &bad);
			bad.truncated_key_id = ask.truncated_key_id;
			bad.factor.b[0] ^= 1;
			break;
		}
		assert_int_equal(service_issue(t->service, &bad, out),
		    PROBLEM_ROLL_SIGNATURE);
	}
	assert_int_equal(tries_of(t, v), 0);
	/* She herself, mistaken once, is counted, and then served. */
	bad = ask;
	bad.factor.b[0] ^= 1;
	assert_int_equal(service_issue(t->service, &bad, out), PROBLEM_FACTOR);
	assert_int_equal(tries_of(t, v), 1);
	/* The same blinded bytes were answered in the first space already. */
	assert_int_equal(town_ask(t, other, v), PROBLEM_NONE);
}

int
main(void)
{
#define TOWN(f) \
	cmocka_unit_test_setup_teardown(f, attack_town_new, attack_town_free)
	const struct CMUnitTest tests[] = {
		TOWN(A16_a_token_of_another_space_is_refused_by_the_server),
		cmocka_unit_test(
		    A16_a_token_of_another_space_is_refused_by_the_auditor),
		cmocka_unit_test(
		    A16_tokens_of_two_issuers_are_not_interchangeable),
		cmocka_unit_test(
		    A16_a_token_for_one_purpose_is_none_for_another),
		cmocka_unit_test(A16_a_token_is_for_its_own_credential_only),
		TOWN(A17_many_asks_at_once_give_one_token_for_each_line),
		TOWN(
		    A17_an_ask_answered_for_one_line_is_not_answered_for_another),
		cmocka_unit_test(
		    A18_a_token_of_a_key_or_challenge_not_in_the_log_is_refused),
		cmocka_unit_test(A18_a_second_key_of_a_space_is_refused),
		cmocka_unit_test(A31_a_damaged_key_puts_out_nothing),
		cmocka_unit_test(
		    A31_a_foreign_key_that_verifies_is_not_accepted),
		TOWN(A41_every_order_of_events_leaves_a_line_one_right),
		TOWN(A41_paper_and_letter_at_the_same_moment_give_one_right),
		TOWN(A44_the_server_refuses_a_token_key_of_two_spaces),
		cmocka_unit_test(
		    A44_the_auditor_refuses_a_token_key_of_two_spaces),
		TOWN(A45_only_who_signs_can_use_up_the_tries_of_a_factor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
