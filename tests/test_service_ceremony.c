/* Sealed spaces at the server: post box, draft, form, openings, result. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attack.h"
#include "hex.h"
#include "json.h"
#include "sample.h"
#include "town_sealed.h"

#define VOTERS 6

static const struct slice NOTHING = { NULL, 0 };

/* --- The post box ---------------------------------------------------------*/

static enum problem
post(struct town *t, const char *slug, const char *round, struct slice text,
    int *repeat, struct why *why)
{
	*repeat = -1;
	why->text[0] = '\0';
	return service_ceremony_post(
	    t->service, slug, round, text, repeat, why);
}

static void
post_all(struct town *t, const struct space *sp, const struct trustees *tr)
{
	struct why why;
	unsigned round;
	size_t i;
	int repeat;

	for (round = CEREMONY_COMMIT; round <= CEREMONY_ACCEPT; round++) {
		for (i = sp->header->n_trustees; i-- > 0;) {
			if (post(t, sp->header->slug,
				ceremony_round_name((enum ceremony_round)round),
				buf_slice(&tr->notes[round][i]), &repeat,
				&why) != PROBLEM_NONE)
				fail_msg("%s", why.text);
			assert_int_equal(repeat, 0);
		}
	}
}

static json_t *
box(struct town *t, const char *slug)
{
	struct buf b = { 0 };
	struct why why = { { 0 } };
	json_t *doc = NULL;

	assert_int_equal(service_ceremony(t->service, slug, &b), PROBLEM_NONE);
	if (json_read_document(buf_slice(&b), &doc, &why) != OK)
		fail_msg("%s", why.text);
	buf_free(&b);
	return doc;
}

static size_t
box_count(struct town *t, const char *slug, const char *what)
{
	json_t *doc = box(t, slug);
	size_t n = json_array_size(json_object_get(doc, what));

	json_decref(doc);
	return n;
}

static const char *
box_text(const json_t *doc, const char *what)
{
	return json_string_value(json_object_get(doc, what));
}

static void
a_ceremony_goes_through_the_post_box(void **state)
{
	struct town *t = *state;
	struct space *sp = town_sealed_header(t, "sigillo", NULL, 3, 2);
	struct trustees tr;
	struct why why;
	json_t *doc, *list;
	unsigned round;
	size_t i, n = 0;
	int repeat;

	trustees_ceremony(&tr, sp->header);
	assert_int_equal(box_count(t, "sigillo", "messages"), 0);
	post_all(t, sp, &tr);
	/* In order of round and index, though they came otherwise. */
	doc = box(t, "sigillo");
	list = json_object_get(doc, "messages");
	assert_int_equal(json_array_size(list), 12);
	for (round = CEREMONY_COMMIT; round <= CEREMONY_ACCEPT; round++) {
		for (i = 0; i < 3; i++, n++) {
			const struct buf *note = &tr.notes[round][i];
			json_t *text = json_array_get(list, n);

			assert_int_equal(json_string_length(text), note->n);
			assert_memory_equal(
			    json_string_value(text), note->p, note->n);
		}
	}
	assert_string_equal(box_text(doc, "draft"), "");
	assert_string_equal(box_text(doc, "transcript"), "");
	assert_int_equal(
	    json_array_size(json_object_get(doc, "signatures")), 0);
	json_decref(doc);
	assert_int_equal(
	    post(t, "sigillo", "commit",
		buf_slice(&tr.notes[CEREMONY_COMMIT][1]), &repeat, &why),
	    PROBLEM_NONE);
	assert_int_equal(repeat, 1);
	/* A complaint beside the accept is kept too, after it. */
	{
		struct ceremony_message m;

		trustees_message(&tr, CEREMONY_COMPLAINT, 0, &m);
		trustees_put(&tr, 0, &m);
	}
	assert_int_equal(
	    post(t, "sigillo", "complaint",
		buf_slice(&tr.notes[CEREMONY_COMPLAINT][0]), &repeat, &why),
	    PROBLEM_NONE);
	assert_int_equal(box_count(t, "sigillo", "messages"), 13);
	/* They survive a restart. */
	town_shut(t);
	assert_int_equal(town_open(t, NULL), OK);
	assert_int_equal(box_count(t, "sigillo", "messages"), 13);
	trustees_free(&tr);
}

static void
A8_a_trustee_who_says_two_things_is_caught_by_the_first(void **state)
{
	struct town *t = *state;
	struct space *sp = town_sealed_header(t, "sigillo", NULL, 2, 2);
	struct trustees one, other;
	struct why why;
	int repeat;

	trustees_begin(&one, sp->header, 1);
	trustees_begin(&other, sp->header, 1);
	trustees_round(&one, CEREMONY_COMMIT);
	trustees_round(&other, CEREMONY_COMMIT);
	assert_int_equal(
	    post(t, "sigillo", "commit",
		buf_slice(&one.notes[CEREMONY_COMMIT][0]), &repeat, &why),
	    PROBLEM_NONE);
	assert_int_equal(
	    post(t, "sigillo", "commit",
		buf_slice(&other.notes[CEREMONY_COMMIT][0]), &repeat, &why),
	    PROBLEM_CEREMONY_OTHER);
	assert_non_null(strstr(why.text, "trustee 1"));
	assert_int_equal(
	    post(t, "sigillo", "commit",
		buf_slice(&one.notes[CEREMONY_COMMIT][0]), &repeat, &why),
	    PROBLEM_NONE);
	assert_int_equal(repeat, 1);
	assert_int_equal(box_count(t, "sigillo", "messages"), 1);
	trustees_free(&one);
	trustees_free(&other);
}

static void
strangers_put_nothing_into_the_post_box(void **state)
{
	struct town *t = *state;
	struct space *sp = town_sealed_header(t, "sigillo", NULL, 2, 2);
	struct space *foreign = town_sealed_header(t, "altro", NULL, 2, 2);
	struct trustees tr, there;
	struct buf text = { 0 };
	struct slice good, words;
	struct why why;
	size_t i;
	int repeat;

	(void)town_space(t, "aperto", NULL);
	trustees_begin(&tr, sp->header, 1);
	trustees_round(&tr, CEREMONY_COMMIT);
	trustees_begin(&there, foreign->header, 1);
	trustees_round(&there, CEREMONY_COMMIT);
	good = buf_slice(&tr.notes[CEREMONY_COMMIT][0]);
	/* No such place. */
	assert_int_equal(post(t, "nessuno", "commit", good, &repeat, &why),
	    PROBLEM_NOT_FOUND);
	assert_int_equal(post(t, "aperto", "commit", good, &repeat, &why),
	    PROBLEM_NOT_FOUND);
	assert_int_equal(
	    post(t, "sigillo", "open", good, &repeat, &why), PROBLEM_NOT_FOUND);
	assert_int_equal(
	    service_ceremony(t->service, "aperto", &text), PROBLEM_NOT_FOUND);
	/* Another round, another space, another's signature. */
	assert_int_equal(post(t, "sigillo", "reveal", good, &repeat, &why),
	    PROBLEM_CEREMONY);
	assert_int_equal(
	    post(t, "altro", "commit", good, &repeat, &why), PROBLEM_CEREMONY);
	assert_int_equal(
	    post(t, "sigillo", "sign", good, &repeat, &why), PROBLEM_CEREMONY);
	assert_int_equal(note_text(good, &words), OK);
	for (i = 0; i < 2; i++) {
		buf_free(&text);
		assert_int_equal(note_sign(words, "example.org/log/trustee",
				     i == 0 ? &tr.id[1] : &t->admin[0], &text),
		    OK);
		assert_int_equal(post(t, "sigillo", "commit", buf_slice(&text),
				     &repeat, &why),
		    PROBLEM_CEREMONY);
	}
	/* Any byte of it changed. */
	for (i = 0; i < good.n; i++) {
		tr.notes[CEREMONY_COMMIT][0].p[i] ^= 1;
		if (post(t, "sigillo", "commit", good, &repeat, &why) !=
			PROBLEM_CEREMONY ||
		    why.text[0] == '\0')
			fail_msg("byte %zu", i);
		tr.notes[CEREMONY_COMMIT][0].p[i] ^= 1;
	}
	assert_int_equal(box_count(t, "sigillo", "messages"), 0);
	assert_int_equal(box_count(t, "altro", "messages"), 0);
	trustees_free(&tr);
	trustees_free(&there);
	buf_free(&text);
}

static void
a_trustee_fills_the_post_box_for_nobody_else(void **state)
{
	struct town *t = *state;
	struct space *sp = town_sealed_header(t, "sigillo", NULL, 2, 2);
	struct trustees tr;
	struct why why;
	uint32_t attempt;
	int repeat;

	for (attempt = 1; attempt <= 21; attempt++) {
		trustees_begin(&tr, sp->header, attempt);
		trustees_round(&tr, CEREMONY_COMMIT);
		assert_int_equal(post(t, "sigillo", "commit",
				     buf_slice(&tr.notes[CEREMONY_COMMIT][0]),
				     &repeat, &why),
		    attempt <= 20 ? PROBLEM_NONE : PROBLEM_CEREMONY_FULL);
		if (attempt == 21)
			assert_int_equal(
			    post(t, "sigillo", "commit",
				buf_slice(&tr.notes[CEREMONY_COMMIT][1]),
				&repeat, &why),
			    PROBLEM_NONE);
		trustees_free(&tr);
	}
	assert_int_equal(box_count(t, "sigillo", "messages"), 21);
}

/* --- Draft and form -------------------------------------------------------*/

static void
form_signature(const struct space *sp, const struct trustees *tr, size_t i,
    struct slice form, struct buf *out)
{
	struct ceremony_signature s;
	struct slice id;

	memset(&s, 0, sizeof(s));
	s.space_id = sp->header->id;
	hash_bytes(form, &s.form_id);
	s.index = (uint8_t)(i + 1);
	id = hash_slice(&s.form_id);
	assert_int_equal(sign_dst(&tr->id[i], "form", &id, 1, &s.sig), OK);
	buf_free(out);
	ceremony_signature_put(&s, out);
	assert_int_equal(buf_end(out), OK);
}

static enum problem
draft(struct town *t, const char *slug, struct slice form,
    const struct trustees *tr, struct why *why)
{
	struct buf json = { 0 };
	enum problem p;

	why->text[0] = '\0';
	p = service_draft(
	    t->service, slug, form, buf_slice(&tr->transcript), &json, why);
	assert_int_equal(p == PROBLEM_NONE, json.n > 0);
	buf_free(&json);
	return p;
}

static void
a_draft_is_verified_and_signed(void **state)
{
	struct town *t = *state;
	struct space *sp = town_sealed_header(t, "sigillo", NULL, 3, 2);
	struct buf form = { 0 }, other = { 0 }, sig = { 0 }, back = { 0 };
	struct trustees tr, fake;
	struct why why;
	json_t *doc;
	size_t at;
	int repeat;

	trustees_ceremony(&tr, sp->header);
	trustees_ceremony(&fake, sp->header);
	town_sealed_form(sp, &tr, &form);
	town_sealed_form(sp, &fake, &other);
	assert_int_equal(service_transcript(t->service, "sigillo", &back),
	    PROBLEM_NOT_FOUND);
	/* A form of another ceremony, a transcript that was touched. */
	assert_int_equal(draft(t, "sigillo", buf_slice(&other), &tr, &why),
	    PROBLEM_CEREMONY);
	assert_int_equal(
	    draft(t, "sigillo", slice_str("{}"), &tr, &why), PROBLEM_CEREMONY);
	assert_non_null(strstr(why.text, "form: "));
	at = tr.transcript.n / 2;
	tr.transcript.p[at] ^= 1;
	assert_int_equal(
	    draft(t, "sigillo", buf_slice(&form), &tr, &why), PROBLEM_CEREMONY);
	assert_non_null(strstr(why.text, "transcript: "));
	tr.transcript.p[at] ^= 1;
	form_signature(sp, &tr, 1, buf_slice(&form), &sig);
	assert_int_equal(
	    post(t, "sigillo", "sign", buf_slice(&sig), &repeat, &why),
	    PROBLEM_CEREMONY);
	assert_int_equal(
	    draft(t, "sigillo", buf_slice(&form), &tr, &why), PROBLEM_NONE);
	assert_int_equal(
	    service_transcript(t->service, "sigillo", &back), PROBLEM_NONE);
	assert_true(slice_equal(buf_slice(&back), buf_slice(&tr.transcript)));
	assert_int_equal(
	    post(t, "sigillo", "sign", buf_slice(&sig), &repeat, &why),
	    PROBLEM_NONE);
	assert_int_equal(repeat, 0);
	assert_int_equal(
	    post(t, "sigillo", "sign", buf_slice(&sig), &repeat, &why),
	    PROBLEM_NONE);
	assert_int_equal(repeat, 1);
	doc = box(t, "sigillo");
	assert_int_equal(strlen(box_text(doc, "draft")), form.n);
	assert_memory_equal(box_text(doc, "draft"), form.p, form.n);
	assert_int_equal(strlen(box_text(doc, "transcript")), 64);
	assert_int_equal(
	    json_array_size(json_object_get(doc, "signatures")), 1);
	json_decref(doc);
	/* Of another form: not of what is to be signed here. */
	form_signature(sp, &tr, 0, buf_slice(&other), &sig);
	assert_int_equal(
	    post(t, "sigillo", "sign", buf_slice(&sig), &repeat, &why),
	    PROBLEM_CEREMONY);
	/* Another draft begins without signatures. */
	assert_int_equal(
	    draft(t, "sigillo", buf_slice(&other), &fake, &why), PROBLEM_NONE);
	assert_int_equal(box_count(t, "sigillo", "signatures"), 0);
	trustees_free(&tr);
	trustees_free(&fake);
	buf_free(&form);
	buf_free(&other);
	buf_free(&sig);
	buf_free(&back);
}

static void
a_sealed_form_needs_draft_and_all_signatures(void **state)
{
	struct town *t = *state;
	struct space *sp = town_sealed_header(t, "sigillo", NULL, 2, 2);
	struct buf form = { 0 }, sig = { 0 }, object = { 0 };
	struct trustees tr;
	struct sign_key kept;
	struct hash transcript;
	struct why why;
	json_t *doc;
	int repeat;

	trustees_ceremony(&tr, sp->header);
	post_all(t, sp, &tr);
	town_sealed_form(sp, &tr, &form);
	hash_bytes(buf_slice(&tr.transcript), &transcript);
	assert_int_equal(town_sealed_enter(t, sp, &tr, buf_slice(&form), &why),
	    PROBLEM_RULE);
	assert_non_null(strstr(why.text, "draft"));
	assert_int_equal(
	    draft(t, "sigillo", buf_slice(&form), &tr, &why), PROBLEM_NONE);
	kept = tr.id[1];
	tr.id[1] = tr.id[0];
	assert_int_equal(town_sealed_enter(t, sp, &tr, buf_slice(&form), &why),
	    PROBLEM_RULE);
	assert_non_null(strstr(why.text, "form-trustees"));
	tr.id[1] = kept;
	/* What was refused left nothing behind. */
	assert_int_equal(
	    store_object_get(service_store(t->service), &transcript, &object),
	    ERR_NOT_FOUND);
	assert_int_equal(town_sealed_enter(t, sp, &tr, buf_slice(&form), &why),
	    PROBLEM_NONE);
	assert_int_equal(
	    store_object_get(service_store(t->service), &transcript, &object),
	    OK);
	assert_true(slice_equal(buf_slice(&object), buf_slice(&tr.transcript)));
	assert_true(sp->form->sealed);
	/* From now on the post box is only read. */
	assert_int_equal(
	    post(t, "sigillo", "commit",
		buf_slice(&tr.notes[CEREMONY_COMMIT][0]), &repeat, &why),
	    PROBLEM_CEREMONY_OVER);
	form_signature(sp, &tr, 0, buf_slice(&form), &sig);
	assert_int_equal(
	    post(t, "sigillo", "sign", buf_slice(&sig), &repeat, &why),
	    PROBLEM_CEREMONY_OVER);
	assert_int_equal(draft(t, "sigillo", buf_slice(&form), &tr, &why),
	    PROBLEM_CEREMONY_OVER);
	doc = box(t, "sigillo");
	assert_int_equal(json_array_size(json_object_get(doc, "messages")), 8);
	assert_string_equal(box_text(doc, "draft"), "");
	json_decref(doc);
	town_shut(t);
	assert_int_equal(town_open(t, NULL), OK);
	object.n = 0;
	assert_int_equal(
	    service_transcript(t->service, "sigillo", &object), PROBLEM_NONE);
	assert_true(slice_equal(buf_slice(&object), buf_slice(&tr.transcript)));
	assert_true(town_sound(t));
	trustees_free(&tr);
	buf_free(&form);
	buf_free(&sig);
	buf_free(&object);
}

static void
only_votes_are_sealed(void **state)
{
	struct town *t = *state;
	struct entry e = { .kind = ENTRY_HEADER };
	struct buf text = { 0 }, keys = { 0 }, trustees = { 0 };
	struct why why = { { 0 } };
	struct sign_key k;
	char hex[2 * 32 + 1];
	const char *ideas[] = { "kind", "\"ideas\"", "issuers.0.keys", NULL,
		"trustees", NULL, NULL };

	trustees_identity(0, &k);
	hex_encode(public_key_slice(&k.pk), hex);
	buf_printf(&keys, "{\"author\":\"%s\",\"voice\":\"%s\"}",
	    sample_keys[0], sample_keys[1]);
	buf_printf(&trustees, "{\"keys\":[\"%s\"],\"threshold\":1}", hex);
	ideas[3] = buf_text(&keys);
	ideas[5] = buf_text(&trustees);
	town_header(t, "idee", ideas, &text);
	hash_bytes(buf_slice(&text), &e.space_id);
	e.object = e.space_id;
	assert_int_equal(
	    town_post(t, &e, buf_slice(&text), &why), PROBLEM_RULE);
	assert_non_null(strstr(why.text, "only votes are sealed"));
	buf_free(&text);
	buf_free(&keys);
	buf_free(&trustees);
}

/* --- Votes ----------------------------------------------------------------*/

/* A sealed space whose issuance is over and in which all collected. */
static struct space *
vote_space(struct town *t, const char *slug, const char *const *edits, size_t n,
    unsigned needed, struct trustees *tr)
{
	struct space *sp = town_sealed(t, slug, edits, n, needed, tr);
	size_t i;

	town_clock(t, 1000);
	for (i = 0; i < VOTERS; i++)
		assert_int_equal(town_ask(t, sp, &t->voters[i]), PROBLEM_NONE);
	town_clock(t, TOWN_FROM);
	assert_true(town_wait(t, attack_has_destroyed, sp));
	return sp;
}

/* Everybody votes, the first two change their minds. */
static void
vote(struct town *t, const struct space *sp)
{
	size_t i;

	for (i = 0; i < VOTERS; i++)
		assert_int_equal(
		    town_vote(t, sp, &t->voters[i], 0, 1), PROBLEM_NONE);
	for (i = 0; i < 2; i++)
		assert_int_equal(
		    town_vote(t, sp, &t->voters[i], 1, 2), PROBLEM_NONE);
}

static void
a_sealed_ballot_is_cast_and_an_open_one_refused(void **state)
{
	struct town *t = *state;
	struct trustees tr;
	struct space *sp = vote_space(t, "sigillo", NULL, 1, 1, &tr);
	struct record r = { .kind = RECORD_BALLOT, .purpose = PURPOSE_VOTE };
	struct voter *v = &t->voters[0];
	struct buf raw = { 0 };
	struct why why;
	uint8_t body[2] = { 0, 1 };
	uint64_t window;
	int repeat;

	r.space_id = sp->header->id;
	r.form_id = sp->form->id;
	r.body = slice_of(body, sizeof(body));
	r.authenticators = v->token;
	r.n_auth = 1;
	assert_int_equal(record_sign(&r, &v->credential, &raw), OK);
	assert_int_equal(town_cast(t, buf_slice(&raw), &window, &repeat, &why),
	    PROBLEM_RECORD_BODY);
	/* A proof of knowledge that is not this ballot's. */
	raw.n = 0;
	town_record(sp, v, 0, 1, &raw);
	assert_int_equal(record_parse(buf_slice(&raw), 1, &r), OK);
	{
		struct buf copy = { 0 }, again = { 0 };

		buf_put(&copy, r.body.p, r.body.n);
		copy.p[copy.n - 1] ^= 1; /* of the ciphertext */
		r.body = buf_slice(&copy);
		assert_int_equal(record_sign(&r, &v->credential, &again), OK);
		assert_int_equal(
		    town_cast(t, buf_slice(&again), &window, &repeat, &why),
		    PROBLEM_RECORD_PROOF);
		buf_free(&copy);
		buf_free(&again);
	}
	assert_int_equal(town_cast(t, buf_slice(&raw), &window, &repeat, &why),
	    PROBLEM_NONE);
	buf_free(&raw);
	trustees_free(&tr);
}

/* --- Openings -------------------------------------------------------------*/

static enum problem
result_of(
    struct town *t, const struct space *sp, const char *text, struct why *why)
{
	struct entry e = { .kind = ENTRY_RESULT };
	struct slice doc = slice_str(text);

	e.space_id = sp->header->id;
	hash_bytes(doc, &e.object);
	return town_post(t, &e, doc, why);
}

static enum problem
result(struct town *t, const struct space *sp, struct why *why)
{
	return result_of(t, sp, "{}", why);
}

static void
enough_openings_make_a_result(void **state)
{
	struct town *t = *state;
	struct trustees tr;
	struct space *sp = vote_space(t, "sigillo", NULL, 3, 2, &tr);
	struct buf one = { 0 }, three = { 0 }, back = { 0 };
	uint64_t before, index;
	struct why why;
	int repeat;

	vote(t, sp);
	town_clock(t, TOWN_TO);
	assert_int_equal(town_close(t, sp, &why), PROBLEM_NONE);
	assert_int_equal(result(t, sp, &why), PROBLEM_RULE);
	assert_non_null(strstr(why.text, "0 of the 2"));
	town_sealed_opening(t, sp, &tr, 3, &three);
	assert_int_equal(
	    town_sealed_open(t, sp, 3, buf_slice(&three), &repeat, &why),
	    PROBLEM_NONE);
	assert_int_equal(repeat, 0);
	assert_int_equal(
	    service_opening(t->service, "sigillo", 3, &back), PROBLEM_NONE);
	assert_true(slice_equal(buf_slice(&back), buf_slice(&three)));
	assert_int_equal(service_opening(t->service, "sigillo", 1, &back),
	    PROBLEM_NOT_FOUND);
	/* Again, also with other bytes: there is one. */
	before = service_size(t->service);
	assert_int_equal(
	    town_sealed_open(t, sp, 3, slice_str("x"), &repeat, &why),
	    PROBLEM_NONE);
	assert_int_equal(repeat, 1);
	assert_int_equal(service_size(t->service), before);
	assert_int_equal(result(t, sp, &why), PROBLEM_RULE);
	assert_non_null(strstr(why.text, "1 of the 2"));
	/* After a restart the ballots are gathered anew. */
	town_shut(t);
	assert_int_equal(town_open(t, NULL), OK);
	sp = world_space_by_slug(service_read(t->service), "sigillo");
	service_done(t->service);
	town_sealed_opening(t, sp, &tr, 1, &one);
	assert_int_equal(service_opening_post(t->service, "sigillo", 1,
			     buf_slice(&one), &index, &repeat, &why),
	    PROBLEM_NONE);
	assert_int_equal(index, service_size(t->service) - 1);
	/* What came after it was computed would make it wrong for ever. */
	assert_int_equal(
	    result_of(t, sp, "{\"openings\":[2,3]}", &why), PROBLEM_RULE);
	assert_non_null(strstr(why.text, "compute it again"));
	assert_int_equal(
	    result_of(t, sp, "{\"openings\":[1]}", &why), PROBLEM_RULE);
	assert_int_equal(
	    result_of(t, sp, "{\"disputes\":1,\"openings\":[1,3]}", &why),
	    PROBLEM_RULE);
	assert_non_null(strstr(why.text, "disputes"));
	assert_int_equal(result_of(t, sp, "{\"ballots\":{\"paper\":2}}", &why),
	    PROBLEM_RULE);
	assert_non_null(strstr(why.text, "paper ballots"));
	assert_int_equal(
	    result_of(t, sp, "{\"disputes\":0,\"openings\":[1,3]}", &why),
	    PROBLEM_NONE);
	/* And then no more. */
	back.n = 0;
	town_sealed_opening(t, sp, &tr, 2, &back);
	assert_int_equal(
	    town_sealed_open(t, sp, 2, buf_slice(&back), &repeat, &why),
	    PROBLEM_NOTHING_TO_OPEN);
	assert_int_equal(service_opening_room(t->service, "sigillo"), 0);
	assert_true(town_sound(t));
	trustees_free(&tr);
	buf_free(&one);
	buf_free(&three);
	buf_free(&back);
}

static void
A11_a_wrong_opening_is_refused_and_stops_nothing(void **state)
{
	struct town *t = *state;
	struct trustees tr, other;
	struct space *sp = vote_space(t, "sigillo", NULL, 2, 2, &tr);
	struct buf file = { 0 };
	struct scalar x;
	struct why why;
	uint64_t before;
	size_t i;

	vote(t, sp);
	town_clock(t, TOWN_TO);
	assert_int_equal(town_close(t, sp, &why), PROBLEM_NONE);
	before = service_size(t->service);
	town_sealed_opening(t, sp, &tr, 1, &file);
	/* Another's, nobody's, none. */
	assert_int_equal(
	    town_sealed_open(t, sp, 2, buf_slice(&file), NULL, &why),
	    PROBLEM_OPENING);
	assert_int_equal(
	    town_sealed_open(t, sp, 0, buf_slice(&file), NULL, &why),
	    PROBLEM_NOT_FOUND);
	assert_int_equal(
	    town_sealed_open(t, sp, 3, buf_slice(&file), NULL, &why),
	    PROBLEM_NOT_FOUND);
	assert_int_equal(
	    town_sealed_open(t, sp, 1, NOTHING, NULL, &why), PROBLEM_OPENING);
	/* Every byte of it counts. */
	for (i = 0; i < file.n; i++) {
		file.p[i] ^= 1;
		if (town_sealed_open(t, sp, 1, buf_slice(&file), NULL, &why) !=
		    PROBLEM_OPENING)
			fail_msg("byte %zu", i);
		assert_non_null(strstr(why.text, "not a valid opening: "));
		file.p[i] ^= 1;
	}
	/* Signed by the right trustee, with a proof of another's share. */
	other = tr;
	x = other.x[0];
	other.x[0] = other.x[1];
	other.keys.v[0] = other.keys.v[1];
	file.n = 0;
	town_sealed_opening(t, sp, &other, 1, &file);
	assert_int_equal(
	    town_sealed_open(t, sp, 1, buf_slice(&file), NULL, &why),
	    PROBLEM_OPENING);
	other.x[0] = x;
	assert_int_equal(service_size(t->service), before);
	file.n = 0;
	town_sealed_opening(t, sp, &tr, 1, &file);
	assert_int_equal(
	    town_sealed_open(t, sp, 1, buf_slice(&file), NULL, &why),
	    PROBLEM_NONE);
	assert_true(town_sound(t));
	trustees_free(&tr);
	buf_free(&file);
}

/* The administrator would have one ballot opened, or all but one. */
static void
A12_an_opening_of_a_subset_is_refused_by_the_server(void **state)
{
	struct town *t = *state;
	struct trustees tr;
	struct space *sp = vote_space(t, "sigillo", NULL, 1, 1, &tr);
	const struct unseal_trustee who = { 1, &tr.x[0], &tr.id[0] };
	struct buf file = { 0 };
	struct unseal *u;
	struct why why;
	size_t m;

	vote(t, sp);
	town_clock(t, TOWN_TO);
	assert_int_equal(town_close(t, sp, &why), PROBLEM_NONE);
	u = town_sealed_ballots(t, sp);
	assert_int_equal(u->m, VOTERS);
	for (m = 1; m < VOTERS; m++) {
		u->m = m;
		file.n = 0;
		assert_int_equal(
		    unseal_share(u, &tr.keys, &who, NULL, &file, &why), OK);
		assert_int_equal(
		    town_sealed_open(t, sp, 1, buf_slice(&file), NULL, &why),
		    PROBLEM_OPENING);
	}
	/* Of another tree, or as if a superseded ballot counted. */
	u->m = VOTERS;
	u->size--;
	file.n = 0;
	assert_int_equal(
	    unseal_share(u, &tr.keys, &who, NULL, &file, &why), OK);
	assert_int_equal(
	    town_sealed_open(t, sp, 1, buf_slice(&file), NULL, &why),
	    PROBLEM_OPENING);
	u->size++;
	u->r[0] = u->r[1];
	file.n = 0;
	assert_int_equal(
	    unseal_share(u, &tr.keys, &who, NULL, &file, &why), OK);
	assert_int_equal(
	    town_sealed_open(t, sp, 1, buf_slice(&file), NULL, &why),
	    PROBLEM_OPENING);
	assert_int_equal(sp->n_openings, 0);
	unseal_free(u);
	trustees_free(&tr);
	buf_free(&file);
}

static void
A34_nothing_is_opened_before_the_close(void **state)
{
	struct town *t = *state;
	struct trustees tr;
	struct space *sp = vote_space(t, "sigillo", NULL, 1, 1, &tr);
	const struct unseal_trustee who = { 1, &tr.x[0], &tr.id[0] };
	struct buf file = { 0 };
	struct unseal *u = NULL;
	struct why why;

	vote(t, sp);
	/* A trustee who is ready to: of the ballots in the log so far. */
	town_clock(t, TOWN_FROM + TOWN_INTERVAL);
	assert_true(town_wait(t, attack_has_batch, sp));
	sp->close_size = service_size(t->service);
	u = town_sealed_ballots(t, sp);
	sp->close_size = 0;
	assert_int_equal(
	    unseal_share(u, &tr.keys, &who, NULL, &file, &why), OK);
	assert_int_equal(
	    town_sealed_open(t, sp, 1, buf_slice(&file), NULL, &why),
	    PROBLEM_NOTHING_TO_OPEN);
	assert_non_null(strstr(why.text, "not closed"));
	/* Participation over is not closed yet. */
	town_clock(t, TOWN_TO);
	assert_int_equal(
	    town_sealed_open(t, sp, 1, buf_slice(&file), NULL, &why),
	    PROBLEM_NOTHING_TO_OPEN);
	assert_int_equal(service_opening_room(t->service, "sigillo"), 0);
	assert_int_equal(sp->n_openings, 0);
	assert_int_equal(result(t, sp, &why), PROBLEM_RULE);
	unseal_free(u);
	trustees_free(&tr);
	buf_free(&file);
}

static void
cancel(struct town *t, const struct space *sp)
{
	struct entry e = { .kind = ENTRY_CANCEL };

	e.space_id = sp->header->id;
	e.text = slice_str("manca un progetto");
	assert_int_equal(town_post(t, &e, NOTHING, NULL), PROBLEM_NONE);
}

static void
A34_nothing_is_opened_after_a_cancel(void **state)
{
	struct town *t = *state;
	struct trustees tr, tr2;
	struct space *sp = vote_space(t, "sigillo", NULL, 1, 1, &tr);
	struct space *late;
	struct buf file = { 0 };
	struct why why;

	vote(t, sp);
	cancel(t, sp);
	town_clock(t, TOWN_TO);
	assert_int_equal(town_sealed_open(t, sp, 1, slice_str("x"), NULL, &why),
	    PROBLEM_NOTHING_TO_OPEN);
	assert_non_null(strstr(why.text, "cancelled"));
	/* Also when the file is ready, and the close was there. */
	town_clock(t, 0);
	late = vote_space(t, "tardi", NULL, 1, 1, &tr2);
	vote(t, late);
	town_clock(t, TOWN_TO);
	assert_int_equal(town_close(t, late, &why), PROBLEM_NONE);
	town_sealed_opening(t, late, &tr2, 1, &file);
	cancel(t, late);
	assert_int_equal(
	    town_sealed_open(t, late, 1, buf_slice(&file), NULL, &why),
	    PROBLEM_NOTHING_TO_OPEN);
	assert_int_equal(late->n_openings, 0);
	assert_true(town_sound(t));
	trustees_free(&tr);
	trustees_free(&tr2);
	buf_free(&file);
}

static void
too_few_ballots_are_never_opened(void **state)
{
	static const char *const seven[] = { "min_open", "7", NULL };
	struct town *t = *state;
	struct trustees tr;
	struct space *sp = vote_space(t, "sigillo", seven, 1, 1, &tr);
	struct buf file = { 0 };
	struct why why;

	vote(t, sp);
	town_clock(t, TOWN_TO);
	assert_int_equal(town_close(t, sp, &why), PROBLEM_NONE);
	town_sealed_opening(t, sp, &tr, 1, &file);
	assert_int_equal(
	    town_sealed_open(t, sp, 1, buf_slice(&file), NULL, &why),
	    PROBLEM_NOTHING_TO_OPEN);
	assert_non_null(strstr(why.text, "6 counted ballots"));
	/* The result, that they were too few, needs nobody's opening. */
	assert_int_equal(result(t, sp, &why), PROBLEM_NONE);
	assert_true(town_sound(t));
	trustees_free(&tr);
	buf_free(&file);
}

static void
nobody_voted_and_there_is_nothing_to_open(void **state)
{
	static const char *const none[] = { "min_open", "0", NULL };
	struct town *t = *state;
	struct trustees tr;
	struct space *sp = vote_space(t, "sigillo", none, 2, 2, &tr);
	struct why why;

	town_clock(t, TOWN_TO);
	assert_int_equal(town_close(t, sp, &why), PROBLEM_NONE);
	assert_int_equal(town_sealed_open(t, sp, 1, slice_str("x"), NULL, &why),
	    PROBLEM_NOTHING_TO_OPEN);
	assert_int_equal(result(t, sp, &why), PROBLEM_NONE);
	trustees_free(&tr);
}

struct poster {
	struct town *t;
	const struct space *sp;
	struct slice file;
	pthread_t thread;
	enum problem problem;
	int repeat;
};

static void *
post_opening(void *cookie)
{
	struct poster *p = cookie;

	p->problem =
	    town_sealed_open(p->t, p->sp, 1, p->file, &p->repeat, NULL);
	return NULL;
}

static void
the_same_opening_many_times_at_once_is_one_entry(void **state)
{
	struct town *t = *state;
	struct trustees tr;
	struct space *sp = vote_space(t, "sigillo", NULL, 1, 1, &tr);
	struct poster p[8];
	struct buf file = { 0 };
	struct why why;
	uint64_t before;
	size_t i;
	int first = 0;

	vote(t, sp);
	town_clock(t, TOWN_TO);
	assert_int_equal(town_close(t, sp, &why), PROBLEM_NONE);
	town_sealed_opening(t, sp, &tr, 1, &file);
	before = service_size(t->service);
	for (i = 0; i < 8; i++) {
		p[i] = (struct poster){
			.t = t, .sp = sp, .file = buf_slice(&file)
		};
		assert_int_equal(
		    pthread_create(&p[i].thread, NULL, post_opening, &p[i]), 0);
	}
	for (i = 0; i < 8; i++) {
		pthread_join(p[i].thread, NULL);
		assert_int_equal(p[i].problem, PROBLEM_NONE);
		first += !p[i].repeat;
	}
	assert_int_equal(first, 1);
	assert_int_equal(service_size(t->service), before + 1);
	assert_int_equal(sp->n_openings, 1);
	trustees_free(&tr);
	buf_free(&file);
}

static void
collect(void *cookie, int fault, const char *text)
{
	(void)fault;
	buf_printf(cookie, "%s\n", text);
}

static void
the_doctor_knows_sealed_spaces(void **state)
{
	struct town *t = *state;
	struct trustees tr;
	struct space *sp = vote_space(t, "sigillo", NULL, 2, 2, &tr);
	struct buf file = { 0 };
	struct buf said = { 0 };
	unsigned faults;
	struct why why;

	(void)town_sealed_header(t, "senza-scheda", NULL, 1, 1);
	vote(t, sp);
	town_clock(t, TOWN_TO);
	assert_int_equal(town_close(t, sp, &why), PROBLEM_NONE);
	town_sealed_opening(t, sp, &tr, 2, &file);
	assert_int_equal(
	    town_sealed_open(t, sp, 2, buf_slice(&file), NULL, &why),
	    PROBLEM_NONE);
	assert_true(datadir_sound(service_store(t->service)));
	assert_int_equal(
	    store_doctor(service_store(t->service), collect, &said, &faults),
	    OK);
	assert_non_null(buf_text(&said));
	assert_non_null(strstr(buf_text(&said),
	    "sealed: sigillo, 2 of 2 trustees needed, it is closed; 1 opened "
	    "it\n"));
	assert_non_null(strstr(buf_text(&said),
	    "sealed: senza-scheda, 1 of 1 trustees needed, its ceremony is not "
	    "over; 0 opened it\n"));
	trustees_free(&tr);
	buf_free(&file);
	buf_free(&said);
}

/* --- What else is new -----------------------------------------------------*/

static void
keep(struct town *t, const struct space *sp, unsigned variant, const char *text)
{
	service_page_keep(t->service, sp, variant, slice_str(text));
}

static int
is_kept(
    struct town *t, const struct space *sp, unsigned variant, const char *text)
{
	struct buf b = { 0 };
	int yes;

	yes = service_page_kept(t->service, sp, variant, &b) == OK;
	assert_int_equal(yes, text != NULL);
	assert_true(!yes || slice_equal(buf_slice(&b), slice_str(text)));
	buf_free(&b);
	return yes;
}

static void
the_last_pages_are_kept(void **state)
{
	struct town *t = *state;
	struct space *one = town_space(t, "uno", NULL);
	struct space *two = town_space(t, "due", NULL);
	unsigned i;

	assert_false(is_kept(t, one, 0, NULL));
	keep(t, one, 0, "prima");
	keep(t, two, 0, "seconda");
	keep(t, one, 1, "first");
	assert_true(is_kept(t, one, 0, "prima"));
	assert_true(is_kept(t, two, 0, "seconda"));
	assert_true(is_kept(t, one, 1, "first"));
	assert_false(is_kept(t, two, 1, NULL));
	for (i = 10; i < 18; i++)
		keep(t, two, i, "altra");
	assert_false(is_kept(t, one, 0, NULL));
	assert_true(is_kept(t, two, 17, "altra"));
}

static void
bundles_are_listed_from_the_log(void **state)
{
	static const char *const manifests[2] = { FORGE_MANIFEST("a.js"),
		FORGE_MANIFEST("b.js") };
	struct town *t = *state;
	const struct service_bundle *list;
	struct why why = { { 0 } };
	struct entry e;
	struct hash h;
	size_t n, i, round;

	for (i = 0; i < 2; i++) {
		memset(&e, 0, sizeof(e));
		e.kind = ENTRY_BUNDLE;
		hash_bytes(slice_str(manifests[i]), &e.object);
		assert_int_equal(
		    town_post(t, &e, slice_str(manifests[i]), NULL),
		    PROBLEM_NONE);
	}
	memset(&e, 0, sizeof(e));
	e.kind = ENTRY_BUNDLE;
	hash_bytes(slice_str("{}"), &e.object);
	assert_int_equal(town_post(t, &e, slice_str("{}"), &why), PROBLEM_RULE);
	assert_non_null(strstr(why.text, "rule 48, bundle"));
	for (round = 0; round < 2; round++) {
		(void)service_read(t->service);
		list = service_bundles(t->service, &n);
		assert_int_equal(n, 2);
		for (i = 0; i < 2; i++) {
			hash_bytes(slice_str(manifests[i]), &h);
			assert_true(hash_equal(&h, &list[i].manifest));
			assert_int_equal(
			    list[i].index, service_size(t->service) - 2 + i);
		}
		service_done(t->service);
		town_shut(t);
		assert_int_equal(town_open(t, NULL), OK);
	}
}

#define TOWN(f) \
	cmocka_unit_test_setup_teardown(f, attack_town_new, attack_town_free)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TOWN(a_ceremony_goes_through_the_post_box),
		TOWN(A8_a_trustee_who_says_two_things_is_caught_by_the_first),
		TOWN(strangers_put_nothing_into_the_post_box),
		TOWN(a_trustee_fills_the_post_box_for_nobody_else),
		TOWN(a_draft_is_verified_and_signed),
		TOWN(a_sealed_form_needs_draft_and_all_signatures),
		TOWN(only_votes_are_sealed),
		TOWN(a_sealed_ballot_is_cast_and_an_open_one_refused),
		TOWN(enough_openings_make_a_result),
		TOWN(A11_a_wrong_opening_is_refused_and_stops_nothing),
		TOWN(A12_an_opening_of_a_subset_is_refused_by_the_server),
		TOWN(A34_nothing_is_opened_before_the_close),
		TOWN(A34_nothing_is_opened_after_a_cancel),
		TOWN(too_few_ballots_are_never_opened),
		TOWN(nobody_voted_and_there_is_nothing_to_open),
		TOWN(the_same_opening_many_times_at_once_is_one_entry),
		TOWN(the_doctor_knows_sealed_spaces),
		TOWN(the_last_pages_are_kept),
		TOWN(bundles_are_listed_from_the_log),
	};

	return cmocka_run_group_tests_name("sealed spaces", tests, NULL, NULL);
}
