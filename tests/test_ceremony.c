#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "form.h"
#include "hex.h"
#include "sample.h"
#include "trustees.h"

#include "vec.h"

#define CHOICE "{\"type\":\"choice\"}"

/* A header with ${n} trustees, ${t} of whom are needed. */
static struct header *
header(size_t n, unsigned t, const char *slug)
{
	json_t *doc = sample_header(SPACE_BALLOT);
	struct buf b = { 0 };
	struct header *h = NULL;
	struct why why = { "" };
	char name[SLUG_MAX + 3];

	trustees_set(doc, n, t);
	(void)snprintf(name, sizeof(name), "\"%s\"", slug);
	sample_edit(doc, "slug", name);
	sample_text(doc, &b);
	if (header_parse(buf_slice(&b), &h, &why) != OK)
		fail_msg("%s", why.text);
	buf_free(&b);
	json_decref(doc);
	return h;
}

/* Check all rounds up to ${upto}. */
static enum err
check(const struct trustees *t, enum ceremony_round upto, struct why *why)
{
	struct ceremony c;

	memset(why, 0, sizeof(*why));
	trustees_all(t, &c);
	return ceremony_check(&c, t->h, upto, NULL, why);
}

static void
rounds(struct trustees *t, enum ceremony_round upto)
{
	unsigned r;

	for (r = CEREMONY_COMMIT; r <= upto; r++)
		trustees_round(t, (enum ceremony_round)r);
}

/* --- The whole ---------------------------------------------------------------
 */

static void
a_ceremony_of(size_t n, unsigned needed)
{
	struct header *h = header(n, needed, "sealed");
	struct scalar lambda, part, secret = { { 0 } };
	uint8_t set[DKG_TRUSTEES_MAX];
	struct trustees t;
	struct point p;
	size_t i;

	trustees_ceremony(&t, h);
	assert_int_equal(t.keys.n, n);
	assert_int_equal(t.keys.t, needed);
	for (i = 0; i < n; i++) {
		assert_int_equal(point_base(&t.x[i], &p), OK);
		assert_true(point_equal(&p, &t.keys.v[i]));
	}
	/* The last ones together have the secret of Y. */
	for (i = 0; i < needed; i++)
		set[i] = (uint8_t)(n - needed + i + 1);
	for (i = 0; i < needed; i++) {
		assert_int_equal(dkg_lagrange(set, needed, i, &lambda), OK);
		scalar_mul(&lambda, &t.x[set[i] - 1], &part);
		scalar_add(&secret, &part, &secret);
	}
	assert_int_equal(point_base(&secret, &p), OK);
	assert_true(point_equal(&p, &t.keys.y));
	trustees_free(&t);
	header_free(h);
}

static void
any_t_of_n_have_the_secret_and_the_transcript_gives_its_key(void **state)
{
	(void)state;
	a_ceremony_of(1, 1);
	a_ceremony_of(2, 2);
	a_ceremony_of(3, 2);
	a_ceremony_of(5, 3);
	a_ceremony_of(9, 5);
	a_ceremony_of(9, 9);
}

static void
rounds_have_names(void **state)
{
	enum ceremony_round r;
	unsigned i;

	(void)state;
	for (i = CEREMONY_COMMIT; i <= CEREMONY_COMPLAINT; i++) {
		assert_int_equal(
		    ceremony_round_parse(
			ceremony_round_name((enum ceremony_round)i), &r),
		    OK);
		assert_int_equal(r, i);
	}
	assert_null(ceremony_round_name((enum ceremony_round)6));
	assert_int_equal(ceremony_round_parse("sign", &r), ERR_FORMAT);
	assert_int_equal(ceremony_round_parse("Commit", &r), ERR_FORMAT);
	assert_int_equal(ceremony_round_parse("", &r), ERR_FORMAT);
}

/* --- One message -------------------------------------------------------------
 */

/* Sign ${text} as trustee 1 would, with any name of the key, and parse it. */
static enum err
parse_text(const struct header *h, const char *name, const char *text)
{
	struct ceremony_message m;
	struct sign_key k;
	struct buf b = { 0 };
	enum err r;

	trustees_identity(0, &k);
	assert_int_equal(note_sign(slice_str(text), name, &k, &b), OK);
	r = ceremony_parse(buf_slice(&b), h, &m, NULL);
	buf_free(&b);
	return r;
}

#define NAME "example.org/log/trustee"
#define POINT "4vKuCmq8TnGohKlhxQBRX1jjC2qlgt2NtqZZReCNLXY="
#define ZEROS "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static void
a_message_has_one_encoding(void **state)
{
	static const struct {
		const char *before; /* the line of the space */
		const char *after;
		enum err want;
	} cases[] = {
		{ "partecipa/ceremony/v1 commit",
		    "1\n1\n" POINT "\n" ZEROS "\n", OK },
		{ "partecipa/ceremony/v1 commit",
		    "1000000\n1\n" POINT "\n" ZEROS "\n", OK },
		{ "partecipa/ceremony/v1 commit",
		    "1000001\n1\n" POINT "\n" ZEROS "\n", ERR_FORMAT },
		{ "partecipa/ceremony/v1 commit",
		    "0\n1\n" POINT "\n" ZEROS "\n", ERR_FORMAT },
		{ "partecipa/ceremony/v1 commit",
		    "01\n1\n" POINT "\n" ZEROS "\n", ERR_FORMAT },
		{ "partecipa/ceremony/v1 commit",
		    "1\n01\n" POINT "\n" ZEROS "\n", ERR_FORMAT },
		{ "partecipa/ceremony/v1 commit",
		    "1\n+1\n" POINT "\n" ZEROS "\n", ERR_FORMAT },
		{ "partecipa/ceremony/v1 commit",
		    "1\n0\n" POINT "\n" ZEROS "\n", ERR_FORMAT },
		{ "partecipa/ceremony/v1 commit",
		    "1\n4\n" POINT "\n" ZEROS "\n", ERR_NOT_FOUND },
		/* 257 is not 1. */
		{ "partecipa/ceremony/v1 commit",
		    "1\n257\n" POINT "\n" ZEROS "\n", ERR_NOT_FOUND },
		{ "partecipa/ceremony/v1 commit",
		    "1\n1\n" POINT "\n" ZEROS "\n\n", ERR_FORMAT },
		{ "partecipa/ceremony/v1 commit",
		    "1\n1\n" POINT "\n" ZEROS "\nx\n", ERR_FORMAT },
		{ "partecipa/ceremony/v1 commit", "1\n1\n" POINT "\n",
		    ERR_FORMAT },
		{ "partecipa/ceremony/v1 commit", "1\n1\n", ERR_FORMAT },
		{ "partecipa/ceremony/v1 commit",
		    "1\n1\n" POINT " \n" ZEROS "\n", ERR_FORMAT },
		{ "partecipa/ceremony/v1  commit",
		    "1\n1\n" POINT "\n" ZEROS "\n", ERR_FORMAT },
		{ "partecipa/ceremony/v1 sign", "1\n1\n" POINT "\n" ZEROS "\n",
		    ERR_FORMAT },
		{ "partecipa/ceremony/v2 commit",
		    "1\n1\n" POINT "\n" ZEROS "\n", ERR_FORMAT },
		{ "partecipa/ceremony/v1 complaint", "1\n1\n" ZEROS "\n3\n",
		    OK },
		{ "partecipa/ceremony/v1 complaint", "1\n1\n" ZEROS "\n0\n",
		    ERR_FORMAT },
		{ "partecipa/ceremony/v1 complaint", "1\n1\n" ZEROS "\n4\n",
		    ERR_FORMAT },
		{ "partecipa/ceremony/v1 complaint", "1\n1\n" ZEROS "\n03\n",
		    ERR_FORMAT },
		{ "partecipa/ceremony/v1 accept",
		    "1\n1\n" ZEROS "\n" POINT "\n" POINT "\n" POINT "\n" POINT
		    "\n",
		    OK },
		{ "partecipa/ceremony/v1 accept",
		    "1\n1\n" ZEROS "\n" POINT "\n" POINT "\n" POINT "\n",
		    ERR_FORMAT },
		{ "partecipa/ceremony/v1 reveal",
		    "1\n1\n" ZEROS "\n" POINT "\n" POINT "\n" ZEROS "\n" ZEROS
		    "\n",
		    OK },
		{ "partecipa/ceremony/v1 reveal",
		    "1\n1\n" ZEROS "\n" POINT "\n" POINT "\n" POINT "\n" ZEROS
		    "\n" ZEROS "\n",
		    ERR_FORMAT },
	};
	struct header *h = header(3, 2, "sealed");
	char space[BASE64_CHARS(32)], text[2000];
	size_t i;

	(void)state;
	base64_encode(BASE64_STD, hash_slice(&h->id), space);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)snprintf(text, sizeof(text), "%s\n%s\n%s",
		    cases[i].before, space, cases[i].after);
		if (parse_text(h, NAME, text) != cases[i].want)
			fail_msg("case %zu: %s", i, text);
	}
	(void)snprintf(text, sizeof(text), "%s\n%s\n%s", cases[0].before, space,
	    cases[0].after);
	assert_int_equal(parse_text(h, "example.org/log", text), ERR_SIGNATURE);
	assert_int_equal(
	    parse_text(h, "example.org/trustee", text), ERR_SIGNATURE);
	(void)snprintf(text, sizeof(text), "%s\n%s\n%s", cases[0].before, ZEROS,
	    cases[0].after);
	assert_int_equal(parse_text(h, NAME, text), ERR_NOT_FOUND);
	header_free(h);
}

static void
a_message_has_one_signature_by_whom_it_names(void **state)
{
	struct header *h = header(3, 2, "sealed");
	struct ceremony_message m, other;
	struct buf b = { 0 };
	struct trustees t;
	struct slice note;
	struct why why;
	size_t i;

	(void)state;
	trustees_begin(&t, h, 1);
	trustees_message(&t, CEREMONY_COMMIT, 1, &m);
	assert_int_equal(ceremony_put(&m, h, &t.id[0], &b), ERR_SIGNATURE);
	assert_int_equal(b.n, 0);
	trustees_put(&t, 1, &m);
	note = buf_slice(&t.notes[CEREMONY_COMMIT][1]);
	assert_int_equal(ceremony_parse(note, h, &other, &why), OK);
	assert_memory_equal(&m, &other, sizeof(m));
	/* No byte of it can be another. */
	for (i = 0; i < note.n; i++) {
		buf_put(&b, note.p, note.n);
		b.p[i] ^= 4;
		assert_int_not_equal(
		    ceremony_parse(buf_slice(&b), h, &other, &why), OK);
		b.n = 0;
		buf_put(&b, note.p, i);
		assert_int_not_equal(
		    ceremony_parse(buf_slice(&b), h, &other, &why), OK);
		b.n = 0;
	}
	/* The same line twice. */
	buf_put(&b, note.p, note.n);
	for (i = note.n - 1; note.p[i - 1] != '\n';)
		i--;
	buf_put(&b, note.p + i, note.n - i);
	assert_int_equal(
	    ceremony_parse(buf_slice(&b), h, &other, &why), ERR_FORMAT);
	assert_non_null(strstr(why.text, "2 signatures"));
	while (b.n <= CEREMONY_MESSAGE_MAX)
		buf_str(&b, "x");
	assert_int_equal(
	    ceremony_parse(buf_slice(&b), h, &other, &why), ERR_FORMAT);
	assert_non_null(strstr(why.text, "at most 8192"));
	buf_free(&b);
	trustees_free(&t);
	header_free(h);
}

static void
A6_no_message_holds_what_is_no_point_or_scalar(void **state)
{
	static const char *const wrong[] = {
		"00000000000000000000000000000000000000000000000000000000000000"
		"00",
		"01000000000000000000000000000000000000000000000000000000000000"
		"00",
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		"7f",
		"00000000000000000000000000000000000000000000000000000000000000"
		"80",
		/* q, as a scalar */
		"edd3f55c1a631258d69cf7a2def9de14000000000000000000000000000000"
		"10",
	};
	struct header *h = header(3, 2, "sealed");
	struct ceremony_message m, out;
	struct trustees t;
	struct why why;
	uint8_t bad[32];
	size_t i, k;

	(void)state;
	trustees_begin(&t, h, 1);
	rounds(&t, CEREMONY_ACCEPT);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		uint8_t *places[8];
		static const enum ceremony_round of[] = { CEREMONY_COMMIT,
			CEREMONY_REVEAL, CEREMONY_REVEAL, CEREMONY_REVEAL,
			CEREMONY_REVEAL, CEREMONY_ACCEPT, CEREMONY_ACCEPT,
			CEREMONY_ACCEPT };

		assert_int_equal(hex_decode(slice_str(wrong[i]), bad, 32), OK);
		for (k = 0; k < 8; k++) {
			/* 0 and 1 are scalars. */
			if ((k == 3 || k == 4) && i < 2)
				continue;
			trustees_message(&t, of[k], 0, &m);
			places[0] = m.e.b;
			places[1] = m.a[0].b;
			places[2] = m.a[1].b;
			places[3] = m.proof.c.b;
			places[4] = m.proof.z.b;
			places[5] = m.y.b;
			places[6] = m.v[0].b;
			places[7] = m.v[2].b;
			memcpy(places[k], bad, 32);
			trustees_put(&t, 0, &m);
			if (ceremony_parse(buf_slice(&t.notes[of[k]][0]), h,
				&out, &why) != ERR_FORMAT)
				fail_msg("%s at place %zu", wrong[i], k);
			assert_non_null(strstr(why.text, "is none"));
		}
	}
	trustees_free(&t);
	header_free(h);
}

/* --- Who is wrong or missing -------------------------------------------------
 */

static void
who_is_missing_is_named(void **state)
{
	struct header *h = header(3, 2, "sealed");
	struct trustees t;
	struct hash bound;
	struct ceremony c;
	struct why why;

	(void)state;
	trustees_begin(&t, h, 1);
	assert_int_equal(check(&t, CEREMONY_COMMIT, &why), ERR_NOT_FOUND);
	assert_non_null(
	    strstr(why.text, "the commits of trustees 1, 2, 3 are missing"));
	rounds(&t, CEREMONY_REVEAL);
	assert_int_equal(check(&t, CEREMONY_REVEAL, &why), OK);
	assert_int_equal(check(&t, CEREMONY_SHARE, &why), ERR_NOT_FOUND);
	t.notes[CEREMONY_REVEAL][1].n = 0;
	assert_int_equal(check(&t, CEREMONY_REVEAL, &why), ERR_NOT_FOUND);
	assert_non_null(strstr(why.text, "the reveal of trustee 2 is missing"));
	trustees_all(&t, &c);
	assert_int_equal(
	    ceremony_binding(&c, h, CEREMONY_REVEAL, &bound), ERR_NOT_FOUND);
	assert_int_equal(ceremony_binding(&c, h, CEREMONY_COMMIT, &bound), OK);
	assert_int_equal(
	    ceremony_binding(&c, h, CEREMONY_ACCEPT, &bound), ERR_INTERNAL);
	trustees_free(&t);
	header_free(h);
}

static void
a_message_stands_in_its_place_only(void **state)
{
	struct header *h = header(3, 2, "sealed");
	struct trustees t, second;
	struct buf swap;
	struct why why;

	(void)state;
	trustees_begin(&t, h, 1);
	trustees_begin(&second, h, 2);
	rounds(&t, CEREMONY_REVEAL);
	rounds(&second, CEREMONY_REVEAL);
	/* of another attempt */
	swap = t.notes[CEREMONY_COMMIT][1];
	t.notes[CEREMONY_COMMIT][1] = second.notes[CEREMONY_COMMIT][1];
	assert_int_equal(check(&t, CEREMONY_COMMIT, &why), ERR_SIGNATURE);
	assert_non_null(strstr(why.text, "for attempt 2"));
	/* of another trustee */
	t.notes[CEREMONY_COMMIT][1] = t.notes[CEREMONY_COMMIT][0];
	assert_int_equal(check(&t, CEREMONY_COMMIT, &why), ERR_SIGNATURE);
	/* of another round */
	t.notes[CEREMONY_COMMIT][1] = t.notes[CEREMONY_REVEAL][1];
	assert_int_equal(check(&t, CEREMONY_COMMIT, &why), ERR_SIGNATURE);
	assert_non_null(strstr(why.text, "stands the reveal of trustee 2"));
	t.notes[CEREMONY_COMMIT][1] = swap;
	assert_int_equal(check(&t, CEREMONY_REVEAL, &why), OK);
	trustees_free(&t);
	trustees_free(&second);
	header_free(h);
}

static void
a_complaint_ends_the_attempt_and_says_of_whom(void **state)
{
	struct header *h = header(3, 2, "sealed");
	struct ceremony_message m;
	struct trustees t;
	struct buf b = { 0 };
	struct ceremony c;
	struct why why;

	(void)state;
	trustees_begin(&t, h, 1);
	rounds(&t, CEREMONY_ACCEPT);
	trustees_message(&t, CEREMONY_COMPLAINT, 2, &m);
	m.accused = 2;
	trustees_put(&t, 2, &m);
	assert_int_equal(check(&t, CEREMONY_ACCEPT, &why), ERR_FORBIDDEN);
	assert_non_null(strstr(
	    why.text, "trustee 3 complained of the share that trustee 2 gave"));
	trustees_all(&t, &c);
	assert_int_equal(
	    ceremony_transcript_put(&c, h, &b, &why), ERR_FORBIDDEN);
	assert_int_equal(b.n, 0);
	/* One that trustee 3 did not sign is none. */
	t.notes[CEREMONY_COMPLAINT][2].p[40] ^= 1;
	assert_int_equal(check(&t, CEREMONY_ACCEPT, &why), ERR_SIGNATURE);
	buf_free(&b);
	trustees_free(&t);
	header_free(h);
}

static void
A8_trustees_who_are_shown_different_messages_notice(void **state)
{
	struct header *h = header(3, 2, "sealed");
	struct trustees t, world;
	struct ceremony_message m;
	struct why why;
	size_t i;

	(void)state;
	trustees_begin(&t, h, 1);
	rounds(&t, CEREMONY_COMMIT);
	/* Trustee 1 is shown another commit of trustee 3 than trustee 2 is. */
	trustees_begin(&world, h, 1);
	rounds(&world, CEREMONY_COMMIT);
	for (i = 0; i < 2; i++) {
		buf_free(&world.notes[CEREMONY_COMMIT][i]);
		buf_put(&world.notes[CEREMONY_COMMIT][i],
		    t.notes[CEREMONY_COMMIT][i].p,
		    t.notes[CEREMONY_COMMIT][i].n);
	}
	world.secret[0] = t.secret[0];
	world.public[0] = t.public[0];
	trustees_message(&world, CEREMONY_REVEAL, 0, &m);
	rounds(&t, CEREMONY_REVEAL);
	assert_int_equal(check(&t, CEREMONY_REVEAL, &why), OK);
	trustees_put(&t, 0, &m);
	assert_int_equal(check(&t, CEREMONY_REVEAL, &why), ERR_SIGNATURE);
	assert_non_null(strstr(why.text,
	    "the reveal of trustee 1 follows other messages than these"));
	/* With the commit that trustee 1 saw, trustee 2 does not fit. */
	buf_free(&t.notes[CEREMONY_COMMIT][2]);
	buf_put(&t.notes[CEREMONY_COMMIT][2], world.notes[CEREMONY_COMMIT][2].p,
	    world.notes[CEREMONY_COMMIT][2].n);
	assert_int_equal(check(&t, CEREMONY_REVEAL, &why), ERR_SIGNATURE);
	assert_non_null(strstr(why.text, "the reveal of trustee 2 follows"));
	trustees_free(&t);
	trustees_free(&world);
	header_free(h);
}

static void
A8_accepts_name_one_transcript_and_one_key(void **state)
{
	struct header *h = header(3, 2, "sealed");
	struct trustees t;
	struct ceremony_message m;
	struct why why;

	(void)state;
	trustees_begin(&t, h, 1);
	rounds(&t, CEREMONY_ACCEPT);
	trustees_message(&t, CEREMONY_ACCEPT, 1, &m);
	m.y = m.v[0];
	trustees_put(&t, 1, &m);
	assert_int_equal(check(&t, CEREMONY_ACCEPT, &why), ERR_SIGNATURE);
	assert_non_null(strstr(why.text, "trustee 2 accepted another joint"));
	trustees_message(&t, CEREMONY_ACCEPT, 1, &m);
	m.v[2] = m.v[0];
	trustees_put(&t, 1, &m);
	assert_int_equal(check(&t, CEREMONY_ACCEPT, &why), ERR_SIGNATURE);
	assert_non_null(strstr(why.text, "another V for trustee 3"));
	trustees_message(&t, CEREMONY_ACCEPT, 1, &m);
	m.before.b[5] ^= 1;
	trustees_put(&t, 1, &m);
	assert_int_equal(check(&t, CEREMONY_ACCEPT, &why), ERR_SIGNATURE);
	assert_non_null(strstr(why.text, "accept of trustee 2 follows other"));
	trustees_free(&t);
	header_free(h);
}

static void
A9_a_late_trustee_cannot_change_coefficients(void **state)
{
	struct header *h = header(3, 2, "sealed");
	struct dkg_public other;
	struct dkg_secret secret;
	struct trustees t;
	struct dkg d = { .attempt = 1, .index = 3, .n = 3, .t = 2 };
	struct why why;

	(void)state;
	trustees_begin(&t, h, 1);
	rounds(&t, CEREMONY_COMMIT);
	/* Having seen what the others revealed, trustee 3 chooses anew. */
	d.space_id = &h->id;
	assert_int_equal(dkg_draw(&d, &secret, &other), OK);
	memcpy(t.public[2].a, other.a, sizeof(other.a));
	memcpy(t.secret[2].a, secret.a, sizeof(secret.a));
	trustees_round(&t, CEREMONY_REVEAL);
	assert_int_equal(check(&t, CEREMONY_REVEAL, &why), ERR_SIGNATURE);
	assert_non_null(strstr(why.text,
	    "trustee 3 revealed other coefficients than those of the commit"));
	trustees_free(&t);
	header_free(h);
}

static void
A10_a_rogue_key_has_no_proof(void **state)
{
	struct header *h = header(3, 2, "sealed");
	struct ceremony_message m, from;
	struct trustees t;
	struct why why;
	size_t i;

	(void)state;
	trustees_begin(&t, h, 1);
	/* Trustee 3 wants Y to be her own key: she takes away the others'. */
	for (i = 0; i < 2; i++)
		assert_int_equal(point_sub(&t.public[2].a[0], &t.public[i].a[0],
				     &t.public[2].a[0]),
		    OK);
	rounds(&t, CEREMONY_REVEAL);
	assert_int_equal(check(&t, CEREMONY_REVEAL, &why), ERR_SIGNATURE);
	assert_non_null(strstr(why.text, "trustee 3 does not prove"));
	/* A copy of another's key cannot use its proof either. */
	trustees_free(&t);
	trustees_begin(&t, h, 1);
	memcpy(t.public[2].a, t.public[0].a, sizeof(t.public[0].a));
	rounds(&t, CEREMONY_REVEAL);
	assert_int_equal(ceremony_parse(buf_slice(&t.notes[CEREMONY_REVEAL][0]),
			     h, &from, &why),
	    OK);
	trustees_message(&t, CEREMONY_REVEAL, 2, &m);
	m.proof = from.proof;
	trustees_put(&t, 2, &m);
	assert_int_equal(check(&t, CEREMONY_REVEAL, &why), ERR_SIGNATURE);
	assert_non_null(strstr(why.text, "trustee 3 does not prove"));
	trustees_free(&t);
	header_free(h);
}

/* --- Transcript and form -----------------------------------------------------
 */

static void
no_byte_of_a_transcript_can_be_another(void **state)
{
	struct header *h = header(3, 2, "sealed");
	struct ceremony_keys keys;
	struct trustees t;
	struct slice s;
	struct why why;
	size_t i;

	(void)state;
	trustees_ceremony(&t, h);
	s = buf_slice(&t.transcript);
	for (i = 0; i < s.n; i += i < 400 ? 1 : 61) {
		t.transcript.p[i] ^= 1;
		if (ceremony_transcript_parse(s, h, &keys, &why) == OK)
			fail_msg("byte %zu", i);
		t.transcript.p[i] ^= 1;
		assert_int_not_equal(
		    ceremony_transcript_parse(slice_of(s.p, i), h, &keys, &why),
		    OK);
	}
	assert_int_equal(ceremony_transcript_parse(s, h, &keys, &why), OK);
	assert_memory_equal(&keys, &t.keys, sizeof(keys));
	trustees_free(&t);
	header_free(h);
}

/* Parse what ${path} = ${value} makes of the transcript. */
static enum err
edited(const struct trustees *t, const char *path, const char *value,
    struct why *why)
{
	struct ceremony_keys keys;
	struct buf b = { 0 };
	json_t *doc = NULL;
	enum err r;

	memset(why, 0, sizeof(*why));
	assert_int_equal(json_read(buf_slice(&t->transcript), &doc, why), OK);
	sample_edit(doc, path, value);
	sample_text(doc, &b);
	r = ceremony_transcript_parse(buf_slice(&b), t->h, &keys, why);
	buf_free(&b);
	json_decref(doc);
	return r;
}

static void
a_transcript_is_of_one_space_and_attempt(void **state)
{
	struct header *h = header(3, 2, "sealed"), *o = header(3, 2, "other");
	struct ceremony_keys keys;
	struct trustees t;
	struct why why;

	(void)state;
	trustees_ceremony(&t, h);
	assert_int_equal(
	    ceremony_transcript_parse(buf_slice(&t.transcript), o, &keys, &why),
	    ERR_NOT_FOUND);
	assert_non_null(strstr(why.text, "another space than other"));
	assert_int_equal(edited(&t, "attempt", "2", &why), ERR_SIGNATURE);
	assert_int_equal(edited(&t, "attempt", "0", &why), ERR_LIMIT);
	assert_int_equal(edited(&t, "version", "2", &why), ERR_LIMIT);
	assert_int_equal(edited(&t, "suite", "1", &why), ERR_FORMAT);
	assert_int_equal(edited(&t, "accepts.2", NULL, &why), ERR_LIMIT);
	assert_int_equal(edited(&t, "accepts.3", "\"\"", &why), ERR_LIMIT);
	assert_int_equal(edited(&t, "shares.1", "\"\"", &why), ERR_NOT_FOUND);
	assert_non_null(strstr(why.text, "the share of trustee 2 is missing"));
	assert_int_equal(edited(&t, "reveals.0", "7", &why), ERR_FORMAT);
	assert_non_null(strstr(why.text, "reveals[0] is not a string"));
	assert_int_equal(edited(&t, "commits", NULL, &why), ERR_FORMAT);
	trustees_free(&t);
	header_free(h);
	header_free(o);
}

static struct form *
form(const struct trustees *t, const char *path, const char *value)
{
	json_t *doc = sample_form(t->h, CHOICE);
	struct form *f = NULL;
	struct buf b = { 0 };
	struct why why = { "" };

	trustees_seal(t, doc);
	if (path != NULL)
		sample_edit(doc, path, value);
	sample_text(doc, &b);
	if (form_parse(buf_slice(&b), t->h, &f, &why) != OK)
		fail_msg("%s", why.text);
	buf_free(&b);
	json_decref(doc);
	return f;
}

static void
A8_a_form_has_the_keys_of_its_ceremony_and_no_others(void **state)
{
	static const char point[] =
	    "\"e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"
	    "\"";
	static const struct {
		const char *path;
		const char *says;
	} cases[] = {
		{ "seal.key", "seal.key is not the key" },
		{ "seal.shares.0", "seal.shares[0] is not what" },
		{ "seal.shares.2", "what the ceremony made for trustee 3" },
		{ "seal.transcript", "seal.transcript is not the hash" },
	};
	struct header *h = header(3, 2, "sealed");
	struct trustees t;
	struct why why;
	struct form *f;
	size_t i;

	(void)state;
	trustees_ceremony(&t, h);
	f = form(&t, NULL, NULL);
	assert_int_equal(ceremony_form_check(f, &t.keys, &why), OK);
	form_free(f);
	/* Trustees fewer than the form's; a form that is not sealed. */
	f = form(&t, NULL, NULL);
	t.keys.n--;
	assert_int_equal(ceremony_form_check(f, &t.keys, &why), ERR_SIGNATURE);
	t.keys.n++;
	f->sealed = 0;
	assert_int_equal(ceremony_form_check(f, &t.keys, &why), ERR_SIGNATURE);
	form_free(f);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		f = form(&t, cases[i].path, point);
		assert_int_equal(
		    ceremony_form_check(f, &t.keys, &why), ERR_SIGNATURE);
		assert_non_null(strstr(why.text, cases[i].says));
		form_free(f);
	}
	trustees_free(&t);
	header_free(h);
}

static void
a_signature_of_a_form_is_five_lines_and_verifies(void **state)
{
	struct header *h = header(3, 2, "sealed"), *o = header(3, 2, "other");
	struct ceremony_signature s = { .index = 2 }, out;
	struct sign_key k;
	struct buf b = { 0 };
	struct slice id;
	struct why why;
	size_t i;

	(void)state;
	s.space_id = h->id;
	memset(s.form_id.b, 0x55, sizeof(s.form_id.b));
	id = hash_slice(&s.form_id);
	trustees_identity(1, &k);
	assert_int_equal(sign_dst(&k, "form", &id, 1, &s.sig), OK);
	ceremony_signature_put(&s, &b);
	assert_int_equal(
	    ceremony_signature_parse(buf_slice(&b), h, &out, &why), OK);
	assert_memory_equal(&s, &out, sizeof(s));
	assert_int_equal(ceremony_signature_parse(buf_slice(&b), o, &out, &why),
	    ERR_NOT_FOUND);
	for (i = 0; i < b.n; i++) {
		b.p[i] ^= 1;
		assert_int_not_equal(
		    ceremony_signature_parse(buf_slice(&b), h, &out, &why), OK);
		b.p[i] ^= 1;
		assert_int_equal(
		    ceremony_signature_parse(slice_of(b.p, i), h, &out, &why),
		    ERR_FORMAT);
	}
	buf_str(&b, "\n");
	assert_int_equal(
	    ceremony_signature_parse(buf_slice(&b), h, &out, &why), ERR_FORMAT);
	b.n = 0;
	s.index = 3;
	ceremony_signature_put(&s, &b);
	assert_int_equal(ceremony_signature_parse(buf_slice(&b), h, &out, &why),
	    ERR_SIGNATURE);
	b.n = 0;
	s.index = 4;
	ceremony_signature_put(&s, &b);
	assert_int_equal(ceremony_signature_parse(buf_slice(&b), h, &out, &why),
	    ERR_NOT_FOUND);
	buf_free(&b);
	header_free(h);
	header_free(o);
}

static void
a_space_without_trustees_has_no_ceremony(void **state)
{
	struct header *h = header(0, 0, "open");
	struct ceremony_message m;
	struct ceremony c = { .attempt = 1 };
	struct why why;

	(void)state;
	assert_int_equal(
	    ceremony_check(&c, h, CEREMONY_COMMIT, NULL, &why), ERR_NOT_FOUND);
	assert_int_equal(ceremony_check(&c, h, CEREMONY_COMPLAINT, NULL, &why),
	    ERR_INTERNAL);
	assert_int_equal(
	    ceremony_parse(slice_str(""), h, &m, &why), ERR_FORMAT);
	header_free(h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    any_t_of_n_have_the_secret_and_the_transcript_gives_its_key),
		cmocka_unit_test(rounds_have_names),
		cmocka_unit_test(a_message_has_one_encoding),
		cmocka_unit_test(a_message_has_one_signature_by_whom_it_names),
		cmocka_unit_test(
		    A6_no_message_holds_what_is_no_point_or_scalar),
		cmocka_unit_test(who_is_missing_is_named),
		cmocka_unit_test(a_message_stands_in_its_place_only),
		cmocka_unit_test(a_complaint_ends_the_attempt_and_says_of_whom),
		cmocka_unit_test(
		    A8_trustees_who_are_shown_different_messages_notice),
		cmocka_unit_test(A8_accepts_name_one_transcript_and_one_key),
		cmocka_unit_test(A9_a_late_trustee_cannot_change_coefficients),
		cmocka_unit_test(A10_a_rogue_key_has_no_proof),
		cmocka_unit_test(no_byte_of_a_transcript_can_be_another),
		cmocka_unit_test(a_transcript_is_of_one_space_and_attempt),
		cmocka_unit_test(
		    A8_a_form_has_the_keys_of_its_ceremony_and_no_others),
		cmocka_unit_test(
		    a_signature_of_a_form_is_five_lines_and_verifies),
		cmocka_unit_test(a_space_without_trustees_has_no_ceremony),
	};

	return cmocka_run_group_tests_name("ceremony", tests, NULL, vec_free);
}
