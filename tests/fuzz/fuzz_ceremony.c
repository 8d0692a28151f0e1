/*
 * Messages, transcripts and signatures of a ceremony of two of three.  What
 * parses is written back as the same bytes.  The text of a message is also
 * signed by the trustee that its fourth line names, so that what stands behind
 * the signature is reached.
 */
#include <stdio.h>
#include <string.h>

#include "ceremony.h"
#include "sample.h"
#include "text.h"

#include "fuzz.h"

#define N 3

static struct header *header;
static struct sign_key keys[N];

static void
make_header(void)
{
	json_t *doc = sample_header(SPACE_BALLOT);
	char path[40], hex[2 * 32 + 3];
	struct buf b = { 0 };
	struct hash seed;
	size_t i, k;

	for (i = 0; i < N; i++) {
		/* Those of tests/vectors/ceremony.json, which are seeds. */
		(void)snprintf(path, sizeof(path), "trustee %zu", i + 1);
		hash_bytes(slice_str(path), &seed);
		sign_key_from_seed(seed.b, &keys[i]);
		hex[0] = '"';
		for (k = 0; k < 32; k++)
			(void)snprintf(
			    hex + 1 + 2 * k, 3, "%02x", keys[i].pk.b[k]);
		hex[65] = '"';
		hex[66] = 0;
		(void)snprintf(path, sizeof(path), "trustees.keys.%zu", i);
		sample_edit(doc, path, hex);
	}
	sample_edit(doc, "trustees.threshold", "2");
	sample_text(doc, &b);
	json_decref(doc);
	MUST(header_parse(buf_slice(&b), &header, NULL) == OK);
	buf_free(&b);
}

static void
message(struct slice s)
{
	struct ceremony_message m;
	struct ceremony c = { 0 };
	struct why why = { "" };
	struct buf again = { 0 };
	enum ceremony_round round;

	if (ceremony_parse(s, header, &m, &why) != OK) {
		MUST(why.text[0] != 0);
		return;
	}
	MUST(m.index >= 1 && m.index <= N);
	MUST(m.attempt >= 1 && m.attempt <= CEREMONY_ATTEMPT_MAX);
	MUST(m.accused <= N);
	MUST(ceremony_round_parse(ceremony_round_name(m.round), &round) == OK);
	MUST(round == m.round);
	MUST(ceremony_put(&m, header, &keys[m.index - 1], &again) == OK);
	MUST(slice_equal(buf_slice(&again), s));
	buf_free(&again);
	/* Alone it is no round. */
	c.attempt = m.attempt;
	c.messages[CEREMONY_COMMIT][m.index - 1] = s;
	MUST(ceremony_check(&c, header, CEREMONY_COMMIT, NULL, &why) != OK);
}

/* The fourth line of a text as a trustee's number from 0; N: it is none. */
static size_t
author(struct slice text)
{
	struct cursor c = cursor_of(text);
	struct slice line = { NULL, 0 };
	size_t i;

	for (i = 0; i < 4; i++)
		line = text_line(&c);
	return line.n == 1 && line.p[0] >= '1' && line.p[0] < '1' + N
		   ? (size_t)(line.p[0] - '1')
		   : N;
}

static void
signed_text(struct slice text)
{
	size_t who = author(text);
	struct buf b = { 0 };

	if (who < N &&
	    note_sign(text, "example.org/log/trustee", &keys[who], &b) == OK)
		message(buf_slice(&b));
	buf_free(&b);
}

/* Line 2 of the sample's space, put where the first bytes ask for it. */
static void
with_space(struct slice s)
{
	static const char *const heads[] = { "commit", "reveal", "share",
		"accept", "complaint" };
	struct ceremony_message m = { .round = CEREMONY_COMMIT };
	struct buf b = { 0 }, note = { 0 };
	struct slice line;
	struct cursor c;

	m.index = 1;
	m.attempt = 1;
	MUST(ceremony_put(&m, header, &keys[0], &note) == OK);
	c = cursor_of(buf_slice(&note));
	(void)text_line(&c);
	line = text_line(&c);
	buf_str(&b, "partecipa/ceremony/v1 ");
	buf_str(&b, heads[s.p[0] % 5]);
	buf_str(&b, "\n");
	buf_put(&b, line.p, line.n);
	buf_str(&b, "\n");
	buf_put(&b, s.p + 1, s.n - 1);
	signed_text(buf_slice(&b));
	buf_free(&b);
	buf_free(&note);
}

static void
signature(struct slice s)
{
	struct ceremony_signature sig;
	struct why why = { "" };
	struct buf again = { 0 };

	if (ceremony_signature_parse(s, header, &sig, &why) != OK) {
		MUST(why.text[0] != 0);
		return;
	}
	MUST(sig.index >= 1 && sig.index <= N);
	ceremony_signature_put(&sig, &again);
	MUST(slice_equal(buf_slice(&again), s));
	buf_free(&again);
}

static void
transcript(struct slice s)
{
	struct ceremony_keys k;
	struct why why = { "" };
	struct hash h;
	size_t i;

	if (ceremony_transcript_parse(s, header, &k, &why) != OK) {
		MUST(why.text[0] != 0);
		return;
	}
	hash_bytes(s, &h);
	MUST(hash_equal(&h, &k.transcript));
	MUST(k.n == N && k.t == 2 && k.attempt >= 1);
	MUST(point_check(&k.y) == OK);
	for (i = 0; i < N; i++)
		MUST(point_check(&k.v[i]) == OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = slice_of(data, size);

	if (header == NULL)
		make_header();
	message(s);
	signed_text(s);
	if (size > 0)
		with_space(s);
	signature(s);
	transcript(s);
	return 0;
}
