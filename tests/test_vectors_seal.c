/*
 * Vectors of sealing, of a key ceremony and of openings (PROTOCOL 7), made and
 * compared as the others are (test_vectors.c): --write writes the files anew.
 */
#include <stdio.h>
#include <string.h>

#include "pok.h"
#include "sample.h"
#include "seal.h"
#include "trustees.h"

#include "vecfile.h"

#define ALL(a) slice_of((a), sizeof(a))

static struct scalar
fixed_scalar(const char *label)
{
	uint8_t wide[64];
	struct scalar s;

	vecfile_fixed(label, wide, sizeof(wide));
	scalar_reduce(wide, &s);
	return s;
}

static struct scalar
fixed_scalar_of(const char *label, size_t i, size_t k)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%s %zu %zu", label, i, k);
	return fixed_scalar(text);
}

static void
put_point(json_t *o, const char *key, const struct point *p)
{
	vecfile_hex(o, key, point_slice(p));
}

static void
put_scalar(json_t *o, const char *key, const struct scalar *s)
{
	vecfile_hex(o, key, scalar_slice(s));
}

/* An array of ${n} hex strings. */
static void
put_points(json_t *o, const char *key, const struct point *p, size_t n)
{
	json_t *list = json_array(), *one;
	size_t i;

	for (i = 0; i < n; i++) {
		one = json_object();
		put_point(one, "p", &p[i]);
		assert_int_equal(
		    json_array_append(list, json_object_get(one, "p")), 0);
		json_decref(one);
	}
	assert_int_equal(json_object_set_new(o, key, list), 0);
}

/* ---- Sealing --------------------------------------------------------------
 */

/* What a ballot is sealed with and for. */
struct ballot {
	struct hash space_id;
	struct hash form_id;
	struct sign_key credential;
	struct secret ss;
	struct scalar x; /* the trustees' secret, all of it */
	struct point y;
	struct seal seal;
};

static void
ballot(struct ballot *b, uint32_t seq)
{
	b->space_id = vecfile_fixed_hash("space_id");
	b->form_id = vecfile_fixed_hash("form_id");
	b->credential = vecfile_fixed_key("credential");
	vecfile_fixed("ss", b->ss.b, sizeof(b->ss.b));
	b->x = fixed_scalar("joint secret");
	assert_int_equal(point_base(&b->x, &b->y), OK);
	b->seal = (struct seal){ &b->space_id, &b->form_id, &b->credential.pk,
		seq, &b->y };
}

static void
put_statement(json_t *t, const struct ballot *b)
{
	vecfile_hash(t, "space_id", b->seal.space_id);
	vecfile_hash(t, "form_id", b->seal.form_id);
	vecfile_hex(t, "pk", public_key_slice(b->seal.pk));
	vecfile_int(t, "seq", b->seal.seq);
	put_point(t, "Y", b->seal.y);
}

/* The nonce, which nothing but a vector shows. */
static void
put_nonce(json_t *t, const struct ballot *b, const struct seal_trace *trace,
    struct slice ct)
{
	struct pok p = { b->seal.space_id, b->seal.form_id, b->seal.pk,
		b->seal.seq, b->seal.y, &trace->r, ct };
	uint8_t context[64], wide[64];
	struct scalar k;

	pok_context(&p, context);
	assert_int_equal(derive_pok(&b->ss, context, wide), OK);
	scalar_reduce(wide, &k);
	vecfile_hex(t, "context_hash", ALL(context));
	put_scalar(t, "k", &k);
	assert_int_equal(pok_verify(&p, &trace->pok_c, &trace->pok_z), OK);
}

static void
seal_case(json_t *root, uint32_t seq, struct slice choices, struct buf *body)
{
	json_t *t = vecfile_test(root);
	struct seal_trace trace;
	struct sealed_body parsed;
	struct ballot b;

	ballot(&b, seq);
	body->n = 0;
	assert_int_equal(seal_make(&b.seal, &b.ss, choices, body, &trace), OK);
	assert_int_equal(sealed_body_parse(buf_slice(body), &parsed), OK);
	put_statement(t, &b);
	vecfile_hex(t, "ss", ALL(b.ss.b));
	vecfile_hex(t, "choices", choices);
	put_scalar(t, "r", &trace.scalar);
	put_point(t, "R", &trace.r);
	put_point(t, "S", &trace.s);
	vecfile_hex(t, "K", ALL(trace.k));
	vecfile_hex(t, "ct", parsed.ct);
	put_nonce(t, &b, &trace, parsed.ct);
	put_scalar(t, "pok_c", &trace.pok_c);
	put_scalar(t, "pok_z", &trace.pok_z);
	vecfile_hex(t, "body", buf_slice(body));
}

/* What admission and the opening make of a body, for a holder of x. */
static enum err
judge(const struct ballot *b, struct slice body)
{
	uint8_t out[RECORD_BODY_MAX];
	struct sealed_body parsed;
	struct point r, shared;
	struct scalar c, z;
	struct pok p = { b->seal.space_id, b->seal.form_id, b->seal.pk,
		b->seal.seq, b->seal.y, &r, { 0 } };
	enum err e;

	if ((e = sealed_body_parse(body, &parsed)) != OK)
		return e;
	memcpy(r.b, parsed.r, sizeof(r.b));
	memcpy(c.b, parsed.pok_c, sizeof(c.b));
	memcpy(z.b, parsed.pok_z, sizeof(z.b));
	p.ct = parsed.ct;
	if ((e = pok_verify(&p, &c, &z)) != OK)
		return e;
	assert_int_equal(point_mul(&b->x, &r, &shared), OK);
	return seal_open(&b->seal, &parsed, &shared, out);
}

static void
refuse_body(
    json_t *root, const char *why, const struct ballot *b, struct slice body)
{
	json_t *o = vecfile_refused(root, why, judge(b, body));

	put_statement(o, b);
	put_scalar(o, "x", &b->x);
	vecfile_hex(o, "body", body);
}

static void
add_order(uint8_t s[static 32])
{
	static const uint8_t q[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12,
		0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10 };
	unsigned carry = 0;
	size_t i;

	for (i = 0; i < 32; i++) {
		carry += (unsigned)s[i] + q[i];
		s[i] = (uint8_t)carry;
		carry >>= 8;
	}
}

/* A proof that holds, of a ciphertext that does not: a null ballot. */
static void
refuse_tag(json_t *root, const struct ballot *b, const struct buf *body)
{
	struct buf bad = { 0 };
	struct scalar k = fixed_scalar("another nonce"), r, c, z;
	struct pok p = { b->seal.space_id, b->seal.form_id, b->seal.pk,
		b->seal.seq, b->seal.y, NULL, { 0 } };
	struct seal_trace trace;
	struct point point;

	/* The maker knows r and signs for any bytes. */
	assert_int_equal(
	    seal_make(&b->seal, &b->ss, slice_str("\x80"), &bad, &trace), OK);
	assert_int_equal(bad.n, body->n);
	bad.p[bad.n - 1] ^= 1;
	r = trace.scalar;
	point = trace.r;
	p.r = &point;
	p.ct = slice_of(bad.p + 96, bad.n - 96);
	assert_int_equal(pok_prove(&p, &r, &k, &c, &z), OK);
	memcpy(bad.p + 32, c.b, 32);
	memcpy(bad.p + 64, z.b, 32);
	refuse_body(root,
	    "the proof holds, the tag does not: admitted, and null when opened",
	    b, buf_slice(&bad));
	buf_free(&bad);
}

static void
refuse_bodies(json_t *root, const struct buf *good)
{
	struct sign_key other = vecfile_fixed_key("another credential");
	struct hash another = vecfile_fixed_hash("another");
	struct scalar one;
	struct point g, r;
	struct buf bad = { 0 };
	struct ballot b;

	ballot(&b, 0);
	buf_put(&bad, good->p, good->n);
	assert_int_equal(judge(&b, buf_slice(&bad)), OK);
	b.seal.pk = &other.pk;
	refuse_body(root, "another credential", &b, buf_slice(&bad));
	b.seal.pk = &b.credential.pk;
	b.seal.seq = 1;
	refuse_body(root, "another seq", &b, buf_slice(&bad));
	b.seal.seq = 0;
	b.seal.space_id = &another;
	refuse_body(root, "another space", &b, buf_slice(&bad));
	b.seal.space_id = &b.space_id;
	b.seal.form_id = &another;
	refuse_body(root, "another form", &b, buf_slice(&bad));
	b.seal.form_id = &b.form_id;
	scalar_of(1, &one);
	assert_int_equal(point_base(&one, &g), OK);
	b.seal.y = &g;
	refuse_body(root, "another joint key", &b, buf_slice(&bad));
	b.seal.y = &b.y;
	memcpy(r.b, bad.p, 32);
	assert_int_equal(point_add(&r, &g, &r), OK);
	memcpy(bad.p, r.b, 32);
	refuse_body(root, "R + G, with the proof for R", &b, buf_slice(&bad));
	memset(bad.p, 0, 32);
	refuse_body(root, "R is the identity", &b, buf_slice(&bad));
	memcpy(bad.p, good->p, 32);
	bad.p[31] |= 0x80;
	refuse_body(root, "R with the highest bit set", &b, buf_slice(&bad));
	memcpy(bad.p, good->p, 32);
	add_order(bad.p + 32);
	refuse_body(root, "pok_c is not canonical", &b, buf_slice(&bad));
	memcpy(bad.p, good->p, good->n);
	add_order(bad.p + 64);
	refuse_body(root, "pok_z is not canonical", &b, buf_slice(&bad));
	memcpy(bad.p, good->p, good->n);
	bad.p[96] ^= 1;
	refuse_body(root, "ct altered", &b, buf_slice(&bad));
	refuse_body(root, "shorter than a tag", &b, slice_of(good->p, 111));
	buf_free(&bad);
	refuse_tag(root, &b, good);
}

static void
sealing(void **state)
{
	json_t *root = vecfile_new("sealed ballots, PROTOCOL 7.2");
	static const uint8_t blank[4], ranking[] = { 0, 3, 0, 1, 0, 0 };
	struct buf good = { 0 }, body = { 0 };

	(void)state;
	seal_case(root, 0, slice_str("\xa0"), &good);
	seal_case(root, 1, slice_str("\xa0"), &body);
	seal_case(root, 0, slice_of(blank, 4), &body);
	seal_case(root, 0x01020304, slice_of(ranking, 6), &body);
	refuse_bodies(root, &good);
	buf_free(&good);
	buf_free(&body);
	vecfile_end(root, "seal.json");
}

/* ---- A ceremony -----------------------------------------------------------
 */

#define N 3
#define T 2

static void
header(struct buf *text, struct header **h)
{
	json_t *doc = sample_header(SPACE_BALLOT);

	trustees_set(doc, N, T);
	sample_text(doc, text);
	json_decref(doc);
	assert_int_equal(header_parse(buf_slice(text), h, NULL), OK);
}

/* As trustees_begin, with coefficients and keys that are always the same. */
static void
begin(struct trustees *t, const struct header *h)
{
	size_t i, k;

	trustees_begin(t, h, 1);
	for (i = 0; i < N; i++) {
		for (k = 0; k < T; k++) {
			t->secret[i].a[k] = fixed_scalar_of("a", i + 1, k);
			assert_int_equal(
			    point_base(&t->secret[i].a[k], &t->public[i].a[k]),
			    OK);
		}
		t->secret[i].e = fixed_scalar_of("e", i + 1, 0);
		assert_int_equal(
		    point_base(&t->secret[i].e, &t->public[i].e), OK);
	}
}

/* dkg_prove with the nonce ${k}: PROTOCOL 7.1 once more. */
static void
possession(const struct trustees *t, size_t i, const struct scalar *k,
    struct ceremony_message *m)
{
	struct dkg d = { &t->h->id, 1, (uint8_t)(i + 1), N, T };
	struct scalar product;
	struct buf b = { 0 };
	uint8_t wide[64];
	struct point kg;
	struct slice s;

	assert_int_equal(point_base(k, &kg), OK);
	buf_put(&b, "partecipa/v1/possession", 24);
	buf_put(&b, t->h->id.b, 32);
	buf_u32(&b, 1);
	buf_u8(&b, (uint8_t)(i + 1));
	buf_u8(&b, N);
	buf_u8(&b, T);
	buf_put(&b, m->before.b, 32);
	buf_put(&b, t->public[i].a, (size_t)T * POINT_BYTES);
	buf_put(&b, kg.b, POINT_BYTES);
	s = buf_slice(&b);
	hash_sha512(&s, 1, wide);
	scalar_reduce(wide, &m->proof.c);
	scalar_mul(&m->proof.c, &t->secret[i].a[0], &product);
	scalar_add(k, &product, &m->proof.z);
	assert_int_equal(
	    dkg_verify(&d, &m->before, &t->public[i], &m -> proof), OK);
	buf_free(&b);
}

/* What trustee ${i} + 1 draws, and what follows of it alone. */
static void
put_trustee(json_t *o, const struct trustees *t, size_t i)
{
	struct dkg d = { &t->h->id, 1, (uint8_t)(i + 1), N, T };
	struct hash commitment;
	uint8_t seed[SEED_BYTES];

	sign_key_seed(&t->id[i], seed);
	vecfile_hex(o, "identity_seed", ALL(seed));
	vecfile_hex(o, "identity", public_key_slice(&t->id[i].pk));
	put_scalar(o, "a_0", &t->secret[i].a[0]);
	put_scalar(o, "a_1", &t->secret[i].a[1]);
	put_scalar(o, "e", &t->secret[i].e);
	put_points(o, "A", t->public[i].a, T);
	put_point(o, "E", &t->public[i].e);
	dkg_commitment(&d, &t->public[i], &commitment);
	vecfile_hash(o, "commitment", &commitment);
}

static void
put_note(json_t *o, const char *key, const struct trustees *t,
    enum ceremony_round round, size_t i)
{
	vecfile_text(o, key, buf_slice(&t->notes[round][i]));
}

static void
binding(json_t *root, const char *key, const struct trustees *t,
    enum ceremony_round round)
{
	struct ceremony c;
	struct hash h;

	trustees_all(t, &c);
	assert_int_equal(ceremony_binding(&c, t->h, round, &h), OK);
	vecfile_hash(root, key, &h);
}

/* The rounds up to the shares; the nonces go into ${list}. */
static void
rounds(struct trustees *t, json_t *list)
{
	struct ceremony_message m;
	struct scalar k;
	size_t i;

	trustees_round(t, CEREMONY_COMMIT);
	for (i = 0; i < N; i++) {
		k = fixed_scalar_of("k", i + 1, 0);
		trustees_message(t, CEREMONY_REVEAL, i, &m);
		possession(t, i, &k, &m);
		trustees_put(t, i, &m);
		put_scalar(json_array_get(list, i), "k", &k);
		put_scalar(json_array_get(list, i), "c", &m.proof.c);
		put_scalar(json_array_get(list, i), "z", &m.proof.z);
	}
	trustees_round(t, CEREMONY_SHARE);
	trustees_round(t, CEREMONY_ACCEPT);
}

/* The plain shares that trustee ${j} + 1 opens, and their sum. */
static void
put_shares(json_t *o, const struct trustees *t, size_t j)
{
	struct dkg d = { &t->h->id, 1, (uint8_t)(j + 1), N, T };
	struct scalar s, x = { { 0 } };
	json_t *list = json_array(), *one;
	struct ceremony_message m;
	struct point v;
	size_t i;

	for (i = 0; i < N; i++) {
		assert_int_equal(
		    ceremony_parse(buf_slice(&t->notes[CEREMONY_SHARE][i]),
			t->h, &m, NULL),
		    OK);
		assert_int_equal(
		    dkg_share_open(&d, &t->secret[j], &t->public[j],
			(uint8_t)(i + 1), &t -> public[i], &m.before,
			m.shares[j], &s),
		    OK);
		scalar_add(&x, &s, &x);
		one = json_object();
		put_scalar(one, "s", &s);
		assert_int_equal(
		    json_array_append(list, json_object_get(one, "s")), 0);
		json_decref(one);
	}
	assert_int_equal(json_object_set_new(o, "shares_to_her", list), 0);
	put_scalar(o, "x", &x);
	assert_int_equal(point_base(&x, &v), OK);
	put_point(o, "V", &v);
}

static void
refuse_message(
    json_t *root, const char *why, const struct trustees *t, struct slice text)
{
	struct ceremony_message m;

	vecfile_text(
	    vecfile_refused(root, why, ceremony_parse(text, t->h, &m, NULL)),
	    "message", text);
}

/* ${m} signed as it is, which is wrong. */
static void
refuse_signed(json_t *root, const char *why, const struct trustees *t,
    const struct ceremony_message *m)
{
	struct buf b = { 0 };

	assert_int_equal(ceremony_put(m, t->h, &t->id[m->index - 1], &b), OK);
	refuse_message(root, why, t, buf_slice(&b));
	buf_free(&b);
}

static void
refuse_messages(json_t *root, struct trustees *t)
{
	struct ceremony_message m;
	struct buf b = { 0 };
	const struct buf *note = &t->notes[CEREMONY_REVEAL][1];

	trustees_message(t, CEREMONY_REVEAL, 0, &m);
	memset(&m.proof, 0, sizeof(m.proof)); /* the real one is random */
	m.a[0].b[31] |= 0x80;
	refuse_signed(root, "A_0 with the highest bit set", t, &m);
	memset(&m.a[0], 0, 32);
	refuse_signed(root, "A_0 is the identity", t, &m);
	m.a[0] = t->public[0].a[0];
	add_order(m.proof.z.b);
	refuse_signed(root, "z is not canonical", t, &m);
	buf_put(&b, note->p, note->n);
	b.p[b.n - 10] = b.p[b.n - 10] == 'A' ? 'B' : 'A';
	refuse_message(root, "the signature is another", t, buf_slice(&b));
	b.n = 0;
	buf_put(&b, note->p, note->n - 1);
	refuse_message(root, "without its end", t, buf_slice(&b));
	buf_free(&b);
}

static void
ceremony(void **state)
{
	json_t *root = vecfile_new("a key ceremony, PROTOCOL 7.1"), *o, *list;
	struct why why = { "" };
	struct header *h = NULL;
	struct buf text = { 0 };
	struct trustees t;
	struct ceremony c;
	size_t i;

	(void)state;
	header(&text, &h);
	begin(&t, h);
	o = vecfile_test(root);
	vecfile_text(o, "header", buf_slice(&text));
	vecfile_hash(o, "space_id", &h->id);
	vecfile_int(o, "attempt", 1);
	list = json_array();
	assert_int_equal(json_object_set_new(o, "trustees", list), 0);
	for (i = 0; i < N; i++) {
		assert_int_equal(json_array_append_new(list, json_object()), 0);
		put_trustee(json_array_get(list, i), &t, i);
	}
	rounds(&t, list);
	for (i = 0; i < N; i++) {
		put_note(
		    json_array_get(list, i), "commit", &t, CEREMONY_COMMIT, i);
		put_note(
		    json_array_get(list, i), "reveal", &t, CEREMONY_REVEAL, i);
		put_note(
		    json_array_get(list, i), "share", &t, CEREMONY_SHARE, i);
		put_note(
		    json_array_get(list, i), "accept", &t, CEREMONY_ACCEPT, i);
		put_shares(json_array_get(list, i), &t, i);
	}
	binding(o, "T_1", &t, CEREMONY_COMMIT);
	binding(o, "T_2", &t, CEREMONY_REVEAL);
	binding(o, "T_3", &t, CEREMONY_SHARE);
	trustees_all(&t, &c);
	if (ceremony_transcript_put(&c, h, &t.transcript, &why) != OK ||
	    ceremony_transcript_parse(
		buf_slice(&t.transcript), h, &t.keys, &why) != OK)
		fail_msg("%s", why.text);
	put_point(o, "Y", &t.keys.y);
	put_points(o, "V", t.keys.v, N);
	vecfile_text(o, "transcript", buf_slice(&t.transcript));
	vecfile_hash(o, "transcript_hash", &t.keys.transcript);
	refuse_messages(root, &t);
	trustees_free(&t);
	header_free(h);
	buf_free(&text);
	vecfile_end(root, "ceremony.json");
}

/* ---- Openings -------------------------------------------------------------
 */

#define BALLOTS 3

/* What is opened, and the opening of each of N trustees. */
struct openings {
	struct scalar x[N];
	struct point v[N];
	struct point r[BALLOTS];
	struct point d[N][BALLOTS];
	struct opening of[N];
	struct sign_key identity[N];
	struct opening_proof proof[N];
	struct buf file[N];
};

static void
open_all(json_t *root, struct openings *s, size_t j)
{
	json_t *t = vecfile_test(root);
	struct opening *o = &s->of[j];
	struct opening_seed seed;
	struct opening_sums sums;
	uint8_t random[32], key[SEED_BYTES];

	vecfile_fixed("randomness of the opening", random, sizeof(random));
	o->space_id = vecfile_fixed_hash("space_id");
	o->form_id = vecfile_fixed_hash("form_id");
	o->size = 1234;
	o->root = vecfile_fixed_hash("root");
	o->trustee = (uint8_t)(j + 1);
	o->v = &s->v[j];
	o->m = BALLOTS;
	o->r = s->r;
	o->d = s->d[j];
	trustees_identity(j, &s->identity[j]);
	assert_int_equal(
	    opening_share(&s->x[j], s->r, s->d[j], 0, BALLOTS), OK);
	assert_int_equal(opening_seed(o, &seed), OK);
	assert_int_equal(opening_sum(o, &seed, 0, BALLOTS, &sums), OK);
	assert_int_equal(
	    opening_prove(&seed, &sums, &s->x[j], random, &s->proof[j]), OK);
	assert_int_equal(
	    opening_put(o, &s->proof[j], &s->identity[j], &s->file[j]), OK);
	vecfile_hash(t, "space_id", &o->space_id);
	vecfile_hash(t, "form_id", &o->form_id);
	vecfile_int(t, "size", o->size);
	vecfile_hash(t, "root", &o->root);
	vecfile_int(t, "trustee", o->trustee);
	sign_key_seed(&s->identity[j], key);
	vecfile_hex(t, "identity_seed", ALL(key));
	vecfile_hex(t, "identity", public_key_slice(&s->identity[j].pk));
	put_scalar(t, "x", &s->x[j]);
	put_point(t, "V", o->v);
	put_points(t, "R", s->r, BALLOTS);
	put_points(t, "D", s->d[j], BALLOTS);
	vecfile_hex(t, "seed", ALL(seed.b));
	put_point(t, "M", &sums.m);
	put_point(t, "Z", &sums.z);
	vecfile_hex(t, "random", ALL(random));
	put_scalar(t, "c", &s->proof[j].c);
	put_scalar(t, "z", &s->proof[j].z);
	vecfile_hex(t, "opening", buf_slice(&s->file[j]));
}

/* S of every ballot, from each pair of trustees. */
static void
put_combined(json_t *root, const struct openings *s, const struct scalar *a)
{
	static const uint8_t pairs[3][T] = { { 1, 2 }, { 1, 3 }, { 2, 3 } };
	struct point shared[BALLOTS], want;
	const struct point *d[T];
	struct scalar lambda[T];
	json_t *list = json_array(), *o, *set;
	size_t i, k, b;

	assert_int_equal(json_object_set_new(root, "combined", list), 0);
	for (i = 0; i < 3; i++) {
		o = json_object();
		set = json_array();
		assert_int_equal(json_array_append_new(list, o), 0);
		for (k = 0; k < T; k++) {
			assert_int_equal(
			    dkg_lagrange(pairs[i], T, k, &lambda[k]), OK);
			assert_int_equal(json_array_append_new(
					     set, json_integer(pairs[i][k])),
			    0);
		}
		assert_int_equal(json_object_set_new(o, "trustees", set), 0);
		put_scalar(o, "lambda_0", &lambda[0]);
		put_scalar(o, "lambda_1", &lambda[1]);
		for (b = 0; b < BALLOTS; b++) {
			for (k = 0; k < T; k++)
				d[k] = &s->d[pairs[i][k] - 1][b];
			assert_int_equal(
			    opening_combine(lambda, d, T, &shared[b]), OK);
			assert_int_equal(point_mul(a, &s->r[b], &want), OK);
			assert_true(point_equal(&want, &shared[b]));
		}
		put_points(o, "S", shared, BALLOTS);
	}
}

static enum err
judge_opening(const struct openings *s, struct slice file)
{
	struct opening_file f;
	enum err e;

	if ((e = opening_parse(file, &f)) != OK ||
	    (e = opening_signed(&f, &s->identity[0].pk)) != OK)
		return e;
	f.opening.v = &s->v[0];
	f.opening.r = s->r;
	return opening_verify(&f.opening, &f.proof);
}

static void
refuse_opening(
    json_t *root, const char *why, const struct openings *s, struct slice file)
{
	json_t *o = vecfile_refused(root, why, judge_opening(s, file));

	vecfile_hex(o, "identity", public_key_slice(&s->identity[0].pk));
	put_point(o, "V", &s->v[0]);
	put_points(o, "R", s->r, BALLOTS);
	vecfile_hex(o, "opening", file);
}

/* Trustee 1's file with what the caller changed, signed by her. */
static void
refuse_statement(json_t *root, const char *why, const struct openings *s,
    const struct opening *o, const struct opening_proof *p)
{
	struct buf b = { 0 };

	assert_int_equal(opening_put(o, p, &s->identity[0], &b), OK);
	refuse_opening(root, why, s, buf_slice(&b));
	buf_free(&b);
}

static void
refuse_openings(json_t *root, const struct openings *s)
{
	struct point d[BALLOTS];
	struct opening_proof p = s->proof[0];
	struct opening o = s->of[0];
	struct buf b = { 0 };

	assert_int_equal(judge_opening(s, buf_slice(&s->file[0])), OK);
	memcpy(d, s->d[0], sizeof(d));
	o.d = d;
	d[1] = s->d[1][1];
	refuse_statement(root, "one D is another's", s, &o, &p);
	d[1] = d[0];
	refuse_statement(root, "one D is that of another ballot", s, &o, &p);
	memset(&d[1], 0, sizeof(d[1]));
	refuse_statement(root, "one D is the identity", s, &o, &p);
	d[1] = s->d[0][1];
	d[1].b[31] |= 0x80;
	refuse_statement(root, "one D has the highest bit set", s, &o, &p);
	d[1] = s->d[0][1];
	o.size++;
	refuse_statement(root, "another close", s, &o, &p);
	o.size--;
	o.trustee = 2;
	refuse_statement(root, "another trustee", s, &o, &p);
	o.trustee = 1;
	add_order(p.z.b);
	refuse_statement(root, "z is not canonical", s, &o, &p);
	p = s->proof[1];
	refuse_statement(root, "another's proof", s, &o, &p);
	buf_put(&b, s->file[0].p, s->file[0].n);
	b.p[b.n - 1] ^= 1;
	refuse_opening(root, "the signature is another", s, buf_slice(&b));
	b.n--;
	refuse_opening(root, "a byte short", s, buf_slice(&b));
	b.p[0] = 2;
	refuse_opening(root, "version 2", s, buf_slice(&b));
	b.p[0] = 1;
	b.p[105] = 0;
	refuse_opening(root, "trustee 0", s, buf_slice(&b));
	b.p[105] = 1;
	b.p[106] = 2;
	refuse_opening(root, "too many ballots", s, buf_slice(&b));
	buf_free(&b);
}

static void
openings(void **state)
{
	json_t *root = vecfile_new("openings, PROTOCOL 7.3");
	struct scalar a[T] = { fixed_scalar("open a_0"),
		fixed_scalar("open a_1") },
		      s, at;
	static const struct openings none;
	struct openings o = none;
	size_t i;

	(void)state;
	for (i = 0; i < N; i++) {
		scalar_of((uint32_t)i + 1, &at);
		scalar_mul(&a[1], &at, &o.x[i]);
		scalar_add(&o.x[i], &a[0], &o.x[i]);
		assert_int_equal(point_base(&o.x[i], &o.v[i]), OK);
	}
	for (i = 0; i < BALLOTS; i++) {
		s = fixed_scalar_of("r", i, 0);
		assert_int_equal(point_base(&s, &o.r[i]), OK);
	}
	for (i = 0; i < N; i++)
		open_all(root, &o, i);
	put_combined(root, &o, &a[0]);
	refuse_openings(root, &o);
	for (i = 0; i < N; i++)
		buf_free(&o.file[i]);
	vecfile_end(root, "opening.json");
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sealing),
		cmocka_unit_test(ceremony),
		cmocka_unit_test(openings),
	};

	if (argc > 2 || (argc == 2 && strcmp(argv[1], "--write") != 0)) {
		(void)fprintf(stderr, "usage: %s [--write]\n", argv[0]);
		return 2;
	}
	vecfile_writing = argc == 2;
	return cmocka_run_group_tests_name(
	    "vectors_seal", tests, NULL, vec_free);
}
