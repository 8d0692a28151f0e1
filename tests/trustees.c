#include <stdio.h>
#include <string.h>

#include "hex.h"
#include "sample.h"

#include "trustees.h"

void
trustees_identity(size_t i, struct sign_key *k)
{
	char text[64];
	struct hash h;

	(void)snprintf(text, sizeof(text), "trustee %zu", i + 1);
	hash_bytes(slice_str(text), &h);
	sign_key_from_seed(h.b, k);
}

void
trustees_set(json_t *doc, size_t n, unsigned t)
{
	char path[40], hex[2 * 32 + 1], text[2 * 32 + 3];
	struct sign_key k;
	size_t i;

	sample_edit(doc, "trustees.keys", "[]");
	for (i = 0; i < n; i++) {
		trustees_identity(i, &k);
		hex_encode(public_key_slice(&k.pk), hex);
		(void)snprintf(text, sizeof(text), "\"%s\"", hex);
		(void)snprintf(path, sizeof(path), "trustees.keys.%zu", i);
		sample_edit(doc, path, text);
	}
	(void)snprintf(text, sizeof(text), "%u", t);
	sample_edit(doc, "trustees.threshold", text);
}

static struct dkg
part_of(const struct trustees *t, size_t i)
{
	struct dkg d = { 0 };

	d.space_id = &t->h->id;
	d.attempt = t->attempt;
	d.index = (uint8_t)(i + 1);
	d.n = (uint8_t)t->h->n_trustees;
	d.t = (uint8_t)t->h->threshold;
	return d;
}

void
trustees_begin(struct trustees *t, const struct header *h, uint32_t attempt)
{
	struct dkg d;
	size_t i;

	memset(t, 0, sizeof(*t));
	t->h = h;
	t->attempt = attempt;
	for (i = 0; i < h->n_trustees; i++) {
		d = part_of(t, i);
		trustees_identity(i, &t->id[i]);
		assert_int_equal(
		    dkg_draw(&d, &t->secret[i], &t->public[i]), OK);
	}
}

void
trustees_free(struct trustees *t)
{
	size_t i, r;

	for (r = 0; r <= CEREMONY_COMPLAINT; r++) {
		for (i = 0; i < DKG_TRUSTEES_MAX; i++)
			buf_free(&t->notes[r][i]);
	}
	buf_free(&t->transcript);
}

void
trustees_all(const struct trustees *t, struct ceremony *c)
{
	size_t round, i;

	memset(c, 0, sizeof(*c));
	c->attempt = t->attempt;
	for (round = CEREMONY_COMMIT; round < CEREMONY_ROUNDS; round++)
		for (i = 0; i < DKG_TRUSTEES_MAX; i++)
			c->messages[round][i] = buf_slice(&t->notes[round][i]);
}

void
trustees_message(const struct trustees *t, enum ceremony_round round, size_t i,
    struct ceremony_message *m)
{
	struct dkg d = part_of(t, i);
	struct ceremony c;
	size_t j;

	memset(m, 0, sizeof(*m));
	m->round = round;
	m->space_id = t->h->id;
	m->attempt = t->attempt;
	m->index = (uint8_t)(i + 1);
	trustees_all(t, &c);
	if (round > CEREMONY_COMMIT)
		assert_int_equal(ceremony_binding(&c, t->h,
				     round < CEREMONY_ACCEPT
					 ? (enum ceremony_round)(round - 1)
					 : CEREMONY_SHARE,
				     &m->before),
		    OK);
	switch (round) {
	case CEREMONY_COMMIT:
		m->e = t->public[i].e;
		dkg_commitment(&d, &t->public[i], &m -> commitment);
		break;
	case CEREMONY_REVEAL:
		memcpy(m->a, t->public[i].a, sizeof(m->a));
		assert_int_equal(dkg_prove(&d, &m->before, &t->secret[i],
				     &t->public[i], &m -> proof),
		    OK);
		break;
	case CEREMONY_SHARE:
		for (j = 0; j < t->h->n_trustees; j++)
			assert_int_equal(
			    dkg_share_seal(&d, &t->secret[i], &t->public[i],
				(uint8_t)(j + 1), &t -> public[j].e, &m->before,
				m->shares[j]),
			    OK);
		break;
	case CEREMONY_ACCEPT:
		assert_int_equal(
		    dkg_joint(t->public, d.n, d.t, &m->y, m->v), OK);
		break;
	case CEREMONY_COMPLAINT:
		m->accused = 1;
		break;
	}
}

void
trustees_put(struct trustees *t, size_t i, const struct ceremony_message *m)
{
	struct buf *b = &t->notes[m->round][i];

	b->n = 0;
	assert_int_equal(ceremony_put(m, t->h, &t->id[m->index - 1], b), OK);
	assert_int_equal(buf_end(b), OK);
}

void
trustees_round(struct trustees *t, enum ceremony_round round)
{
	struct ceremony_message m;
	size_t i;

	for (i = 0; i < t->h->n_trustees; i++) {
		trustees_message(t, round, i, &m);
		trustees_put(t, i, &m);
	}
}

/* The shares to trustee ${i} + 1, opened and added up. */
static void
shares_open(struct trustees *t, size_t i)
{
	struct dkg d = part_of(t, i);
	struct ceremony_message m;
	struct scalar s;
	size_t j;

	memset(&t->x[i], 0, sizeof(t->x[i]));
	for (j = 0; j < t->h->n_trustees; j++) {
		assert_int_equal(
		    ceremony_parse(buf_slice(&t->notes[CEREMONY_SHARE][j]),
			t->h, &m, NULL),
		    OK);
		assert_int_equal(
		    dkg_share_open(&d, &t->secret[i], &t->public[i],
			(uint8_t)(j + 1), &t -> public[j], &m.before,
			m.shares[i], &s),
		    OK);
		scalar_add(&t->x[i], &s, &t->x[i]);
	}
}

void
trustees_ceremony(struct trustees *t, const struct header *h)
{
	struct ceremony c;
	struct why why = { "" };
	unsigned round;
	size_t i;

	trustees_begin(t, h, 1);
	for (round = CEREMONY_COMMIT; round <= CEREMONY_ACCEPT; round++)
		trustees_round(t, (enum ceremony_round)round);
	for (i = 0; i < h->n_trustees; i++)
		shares_open(t, i);
	trustees_all(t, &c);
	if (ceremony_transcript_put(&c, h, &t->transcript, &why) != OK ||
	    ceremony_transcript_parse(
		buf_slice(&t->transcript), h, &t->keys, &why) != OK)
		fail_msg("%s", why.text);
}

void
trustees_seal(const struct trustees *t, json_t *doc)
{
	char hex[65], text[70], path[40];
	size_t i;

	hex_encode(hash_slice(&t->keys.transcript), hex);
	sample_edit(doc, "seal", "{\"shares\":[]}");
	(void)snprintf(text, sizeof(text), "\"%s\"", hex);
	sample_edit(doc, "seal.transcript", text);
	hex_encode(point_slice(&t->keys.y), hex);
	(void)snprintf(text, sizeof(text), "\"%s\"", hex);
	sample_edit(doc, "seal.key", text);
	for (i = 0; i < t->keys.n; i++) {
		hex_encode(point_slice(&t->keys.v[i]), hex);
		(void)snprintf(text, sizeof(text), "\"%s\"", hex);
		(void)snprintf(path, sizeof(path), "seal.shares.%zu", i);
		sample_edit(doc, path, text);
	}
}
