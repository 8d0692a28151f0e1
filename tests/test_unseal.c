#include <stdlib.h>
#include <string.h>

#include "sample.h"
#include "trustees.h"
#include "unseal.h"

#include "vec.h"

#define BITMAP                                                 \
	"{\"max\":3,\"max_cost\":\"\",\"min\":1,\"min_cost\":" \
	"\"\",\"type\":\"bitmap\"}"

/* A closed space of ${m} ballots: each names option i mod 5. */
struct closed {
	struct header *h;
	struct form *f;
	struct trustees t;
	struct sign_key *voters; /* sorted by key */
	struct buf *bodies;
	struct unseal *u;
	size_t m;
};

static int
key_cmp(const void *a, const void *b)
{
	return public_key_cmp(&((const struct sign_key *)a)->pk,
	    &((const struct sign_key *)b)->pk);
}

static uint8_t
choices_of(size_t i)
{
	return (uint8_t)(0x80 >> (i % 5));
}

static void
seal_body(const struct closed *c, const struct public_key *pk, uint32_t seq,
    uint8_t choices, struct buf *out)
{
	struct seal s = { &c->h->id, &c->f->id, pk, seq, &c->f->seal_key };
	struct secret ss;

	memcpy(ss.b, pk->b, sizeof(ss.b));
	assert_int_equal(
	    seal_make(&s, &ss, slice_of(&choices, 1), out, NULL), OK);
}

static void
add(struct closed *c, const struct public_key *pk, uint32_t seq,
    struct slice body)
{
	struct record r = { .kind = RECORD_BALLOT, .purpose = PURPOSE_VOTE };

	r.pk = *pk;
	r.seq = seq;
	r.body = body;
	assert_int_equal(unseal_add(c->u, &r, 100 + c->u->m), OK);
}

static void
begin(struct closed *c, size_t n, unsigned t)
{
	json_t *doc = sample_header(SPACE_BALLOT);
	struct hash root = { { 9 } };
	struct buf b = { 0 };
	struct why why = { "" };

	memset(c, 0, sizeof(*c));
	trustees_set(doc, n, t);
	sample_text(doc, &b);
	json_decref(doc);
	if (header_parse(buf_slice(&b), &c->h, &why) != OK)
		fail_msg("%s", why.text);
	trustees_ceremony(&c->t, c->h);
	doc = sample_form(c->h, BITMAP);
	trustees_seal(&c->t, doc);
	b.n = 0;
	sample_text(doc, &b);
	json_decref(doc);
	if (form_parse(buf_slice(&b), c->h, &c->f, &why) != OK)
		fail_msg("%s", why.text);
	buf_free(&b);
	assert_int_equal(unseal_new(c->f, &c->h->id, 1234, &root, &c->u), OK);
}

static void
closed(struct closed *c, size_t n, unsigned t, size_t m)
{
	size_t i;

	begin(c, n, t);
	c->m = m;
	c->voters = calloc(m + 1, sizeof(*c->voters));
	c->bodies = calloc(m + 1, sizeof(*c->bodies));
	if (c->voters == NULL || c->bodies == NULL)
		abort();
	for (i = 0; i < m; i++) {
		uint8_t seed[SEED_BYTES] = { 7, (uint8_t)i, (uint8_t)(i >> 8) };

		sign_key_from_seed(seed, &c->voters[i]);
	}
	qsort(c->voters, m, sizeof(*c->voters), key_cmp);
	for (i = 0; i < m; i++) {
		seal_body(c, &c->voters[i].pk, (uint32_t)(i % 3), choices_of(i),
		    &c->bodies[i]);
		add(c, &c->voters[i].pk, (uint32_t)(i % 3),
		    buf_slice(&c->bodies[i]));
	}
}

static void
end(struct closed *c)
{
	size_t i;

	for (i = 0; i < c->m; i++)
		buf_free(&c->bodies[i]);
	free(c->bodies);
	free(c->voters);
	unseal_free(c->u);
	trustees_free(&c->t);
	form_free(c->f);
	header_free(c->h);
}

static void
share(
    const struct closed *c, uint8_t trustee, struct pool *pool, struct buf *out)
{
	struct unseal_trustee t = { trustee, &c->t.x[trustee - 1],
		&c->t.id[trustee - 1] };
	struct why why = { "" };

	if (unseal_share(c->u, &c->t.keys, &t, pool, out, &why) != OK)
		fail_msg("%s", why.text);
}

static enum err
judge(const struct closed *c, struct slice file, uint8_t trustee,
    struct opening_file *out, struct why *why)
{
	struct opening_file f;
	enum err r;

	memset(why, 0, sizeof(*why));
	r = unseal_judge(c->u, &c->t.keys, c->h, file, trustee, NULL,
	    out != NULL ? out : &f, why);
	assert_int_equal(r == OK, why->text[0] == 0);
	return r;
}

/* What came out of the ballots, in order. */
struct opened {
	size_t n, null;
	uint64_t last;
	uint8_t choices[2000];
};

static enum err
take(void *cookie, const struct unseal_ballot *b, struct slice choices)
{
	struct opened *o = cookie;

	assert_true(o->n < sizeof(o->choices));
	assert_int_equal(b->index, 100 + o->n);
	o->null += choices.n == 0;
	o->choices[o->n++] = choices.n == 0 ? 0xff : choices.p[0];
	return OK;
}

static void
open_by(const struct closed *c, const uint8_t *set, size_t t, struct pool *pool,
    struct opened *o)
{
	struct buf files[DKG_TRUSTEES_MAX] = { { 0 } };
	struct opening_file parsed[DKG_TRUSTEES_MAX];
	struct why why;
	size_t i;

	memset(o, 0, sizeof(*o));
	for (i = 0; i < t; i++) {
		share(c, set[i], pool, &files[i]);
		if (unseal_judge(c->u, &c->t.keys, c->h, buf_slice(&files[i]),
			set[i], pool, &parsed[i], &why) != OK)
			fail_msg("%s", why.text);
	}
	assert_int_equal(unseal_open(c->u, parsed, t, pool, take, o), OK);
	assert_int_equal(o->n, c->u->m);
	for (i = 0; i < t; i++)
		buf_free(&files[i]);
}

static void
any_t_openings_open_every_ballot(void **state)
{
	static const uint8_t sets[][2] = { { 1, 2 }, { 1, 3 }, { 2, 3 },
		{ 3, 1 } };
	static const size_t counts[] = { 1, 3, 64, 65, 200 };
	struct pool *pool = NULL;
	struct opened o;
	struct closed c;
	size_t i, k, b;

	(void)state;
	assert_int_equal(pool_new(3, &pool), OK);
	for (k = 0; k < sizeof(counts) / sizeof(counts[0]); k++) {
		closed(&c, 3, 2, counts[k]);
		for (i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
			open_by(&c, sets[i], 2, i % 2 == 0 ? pool : NULL, &o);
			assert_int_equal(o.null, 0);
			for (b = 0; b < o.n; b++)
				assert_int_equal(o.choices[b], choices_of(b));
		}
		end(&c);
	}
	/* More than wait at a time; and a single trustee. */
	closed(&c, 1, 1, 1100);
	open_by(&c, (const uint8_t[]){ 1 }, 1, pool, &o);
	assert_int_equal(o.null, 0);
	for (b = 0; b < o.n; b++)
		assert_int_equal(o.choices[b], choices_of(b));
	end(&c);
	pool_free(pool);
}

static void
fewer_openings_open_nothing(void **state)
{
	struct closed c;
	struct opened o;

	(void)state;
	closed(&c, 3, 2, 5);
	open_by(&c, (const uint8_t[]){ 2 }, 1, NULL, &o);
	assert_int_equal(o.null, 5);
	end(&c);
	closed(&c, 5, 4, 3);
	open_by(&c, (const uint8_t[]){ 2, 3, 5 }, 3, NULL, &o);
	assert_int_equal(o.null, 3);
	open_by(&c, (const uint8_t[]){ 5, 3, 2, 1 }, 4, NULL, &o);
	assert_int_equal(o.null, 0);
	end(&c);
}

static void
blank_ballots_open_as_zeros_and_null_ones_as_nothing(void **state)
{
	static const uint8_t made[] = { 0x80, 0x00, 0xf8, 0x41, 0x20 };
	static const uint8_t want[] = { 0x80, 0x00, 0xff, 0xff, 0xff };
	struct sign_key k[5];
	struct buf b[5] = { { 0 } };
	struct closed c;
	struct opened o;
	size_t i;

	(void)state;
	begin(&c, 3, 2);
	for (i = 0; i < 5; i++) {
		uint8_t seed[SEED_BYTES] = { 1, (uint8_t)i };

		sign_key_from_seed(seed, &k[i]);
	}
	qsort(k, 5, sizeof(k[0]), key_cmp);
	for (i = 0; i < 5; i++) {
		seal_body(&c, &k[i].pk, 0, made[i], &b[i]);
		if (i == 4) /* a tag that does not verify */
			b[i].p[b[i].n - 1] ^= 1;
		add(&c, &k[i].pk, 0, buf_slice(&b[i]));
	}
	open_by(&c, (const uint8_t[]){ 1, 3 }, 2, NULL, &o);
	assert_int_equal(o.null, 3);
	assert_memory_equal(o.choices, want, 5);
	for (i = 0; i < 5; i++)
		buf_free(&b[i]);
	end(&c);
}

static void
A1_a_lifted_ciphertext_never_opens(void **state)
{
	struct sign_key k[4];
	struct buf body = { 0 };
	struct hash form_id;
	struct closed c;
	struct opened o;
	size_t i;

	(void)state;
	begin(&c, 1, 1);
	for (i = 0; i < 4; i++) {
		uint8_t seed[SEED_BYTES] = { 1, (uint8_t)i };

		sign_key_from_seed(seed, &k[i]);
	}
	qsort(k, 4, sizeof(k[0]), key_cmp);
	/* Its own, another key's, another number's, another form's. */
	seal_body(&c, &k[0].pk, 0, 0x40, &body);
	add(&c, &k[0].pk, 0, buf_slice(&body));
	add(&c, &k[1].pk, 0, buf_slice(&body));
	body.n = 0;
	seal_body(&c, &k[2].pk, 0, 0x40, &body);
	add(&c, &k[2].pk, 1, buf_slice(&body));
	form_id = c.f->id;
	c.f->id.b[0] ^= 1;
	body.n = 0;
	seal_body(&c, &k[3].pk, 0, 0x40, &body);
	c.f->id = form_id;
	add(&c, &k[3].pk, 0, buf_slice(&body));
	open_by(&c, (const uint8_t[]){ 1 }, 1, NULL, &o);
	assert_int_equal(o.choices[0], 0x40);
	assert_int_equal(o.null, 3);
	buf_free(&body);
	end(&c);
}

static void
ballots_come_sorted_and_whole(void **state)
{
	struct record r = { .kind = RECORD_BALLOT, .purpose = PURPOSE_VOTE };
	struct buf body = { 0 };
	struct unseal *u = NULL;
	struct hash root = { { 0 } };
	struct closed c;
	uint8_t *p;

	(void)state;
	closed(&c, 1, 1, 2);
	r.body = buf_slice(&c.bodies[0]);
	r.pk = c.voters[1].pk;
	assert_int_equal(unseal_add(c.u, &r, 0), ERR_FORMAT);
	r.pk = c.voters[0].pk;
	assert_int_equal(unseal_add(c.u, &r, 0), ERR_FORMAT);
	memset(r.pk.b, 0xff, sizeof(r.pk.b));
	r.body.n--;
	assert_int_equal(unseal_add(c.u, &r, 0), ERR_FORMAT);
	/* A6: R is a point, whoever adds it. */
	buf_put(&body, c.bodies[0].p, c.bodies[0].n);
	p = body.p;
	assert_non_null(p);
	memset(p, 0, 32);
	r.body = buf_slice(&body);
	assert_int_equal(unseal_add(c.u, &r, 0), ERR_SIGNATURE);
	r.kind = RECORD_CONTRIBUTION;
	assert_int_equal(unseal_add(c.u, &r, 0), ERR_FORMAT);
	assert_int_equal(c.u->m, 2);
	r.kind = RECORD_BALLOT;
	c.u->m = OPENING_COUNT_MAX;
	assert_int_equal(unseal_add(c.u, &r, 0), ERR_LIMIT);
	c.u->m = 2;
	c.f->sealed = 0;
	assert_int_equal(unseal_new(c.f, &c.h->id, 1, &root, &u), ERR_FORMAT);
	unseal_free(NULL);
	buf_free(&body);
	end(&c);
}

static void
a_share_makes_an_opening_of_its_own_trustee_only(void **state)
{
	struct unseal_trustee t = { 0 };
	struct buf b = { 0 };
	struct closed c;
	struct scalar x;
	struct why why;

	(void)state;
	closed(&c, 3, 2, 2);
	t.trustee = 2;
	t.x = &c.t.x[0];
	t.identity = &c.t.id[1];
	assert_int_equal(
	    unseal_share(c.u, &c.t.keys, &t, NULL, &b, &why), ERR_SIGNATURE);
	assert_non_null(strstr(why.text, "not that of trustee 2"));
	t.trustee = 4;
	assert_int_equal(
	    unseal_share(c.u, &c.t.keys, &t, NULL, &b, &why), ERR_SIGNATURE);
	t.trustee = 0;
	assert_int_equal(
	    unseal_share(c.u, &c.t.keys, &t, NULL, &b, &why), ERR_SIGNATURE);
	memset(&x, 0, sizeof(x));
	t.trustee = 1;
	t.x = &x;
	assert_int_equal(
	    unseal_share(c.u, &c.t.keys, &t, NULL, &b, &why), ERR_SIGNATURE);
	assert_int_equal(b.n, 0);
	end(&c);
	begin(&c, 3, 2);
	t.x = &c.t.x[0];
	t.identity = &c.t.id[0];
	assert_int_equal(
	    unseal_share(c.u, &c.t.keys, &t, NULL, &b, &why), ERR_LIMIT);
	assert_int_equal(b.n, 0);
	end(&c);
}

static void
A11_a_bad_opening_is_named_and_t_good_ones_are_enough(void **state)
{
	struct opening_file good[2], twice[2];
	struct buf b[3] = { { 0 } };
	struct opened o = { 0 };
	struct closed c;
	struct why why;
	size_t i;

	(void)state;
	closed(&c, 3, 2, 4);
	for (i = 0; i < 3; i++)
		share(&c, (uint8_t)(i + 1), NULL, &b[i]);
	/* A trustee signs a wrong D: the first two of them, swapped. */
	assert_int_equal(judge(&c, buf_slice(&b[1]), 2, &good[0], &why), OK);
	{
		struct opening w = good[0].opening;
		struct opening_proof proof = good[0].proof;
		struct point d[4];

		memcpy(d, w.d, sizeof(d));
		d[0] = w.d[1];
		d[1] = w.d[0];
		w.d = d;
		b[1].n = 0;
		assert_int_equal(
		    opening_put(&w, &proof, &c.t.id[1], &b[1]), OK);
	}
	assert_int_equal(
	    judge(&c, buf_slice(&b[1]), 2, NULL, &why), ERR_SIGNATURE);
	assert_non_null(strstr(why.text, "the share of trustee 2"));
	/* Wrong index, no such index. */
	assert_int_equal(
	    judge(&c, buf_slice(&b[0]), 2, NULL, &why), ERR_CONFLICT);
	assert_non_null(strstr(why.text, "of trustee 1, not of trustee 2"));
	assert_int_equal(
	    judge(&c, buf_slice(&b[0]), 4, NULL, &why), ERR_CONFLICT);
	assert_int_equal(
	    judge(&c, buf_slice(&b[0]), 0, NULL, &why), ERR_CONFLICT);
	/* A duplicate does not make two. */
	assert_int_equal(judge(&c, buf_slice(&b[0]), 1, &twice[0], &why), OK);
	twice[1] = twice[0];
	assert_int_equal(
	    unseal_open(c.u, twice, 2, NULL, take, &o), ERR_CONFLICT);
	assert_int_equal(o.n, 0);
	good[0] = twice[0];
	assert_int_equal(judge(&c, buf_slice(&b[2]), 3, &good[1], &why), OK);
	assert_int_equal(unseal_open(c.u, good, 2, NULL, take, &o), OK);
	assert_int_equal(o.n, 4);
	assert_int_equal(o.null, 0);
	assert_int_equal(unseal_open(c.u, good, 0, NULL, take, &o), ERR_LIMIT);
	for (i = 0; i < 3; i++)
		buf_free(&b[i]);
	end(&c);
}

/* More ballots than one thread takes at a time. */
static void
A11_the_last_ballots_are_proven_like_the_first(void **state)
{
	struct opening_file f;
	struct opening o;
	struct point d[130];
	struct closed c;
	struct buf b = { 0 };
	struct why why;
	size_t i;

	(void)state;
	closed(&c, 1, 1, 130);
	share(&c, 1, NULL, &b);
	assert_int_equal(judge(&c, buf_slice(&b), 1, &f, &why), OK);
	/* The proof is that over all of them at once. */
	o = f.opening;
	o.r = c.u->r;
	o.v = &c.t.keys.v[0];
	assert_int_equal(opening_verify(&o, &f.proof), OK);
	memcpy(d, o.d, sizeof(d));
	o.d = d;
	for (i = 63; i < 130; i += 33) {
		memset(&d[i], 0, sizeof(d[i]));
		b.n = 0;
		assert_int_equal(opening_put(&o, &f.proof, &c.t.id[0], &b), OK);
		assert_int_equal(
		    judge(&c, buf_slice(&b), 1, NULL, &why), ERR_SIGNATURE);
		assert_non_null(strstr(why.text, "is no point"));
		d[i] = d[0];
	}
	buf_free(&b);
	end(&c);
}

static void
A11_only_trustees_of_the_ceremony_open(void **state)
{
	struct opened none = { 0 };
	struct opening_file f;
	struct opening o;
	struct closed c;
	struct buf b = { 0 };
	struct why why;

	(void)state;
	closed(&c, 3, 2, 2);
	share(&c, 1, NULL, &b);
	assert_int_equal(judge(&c, buf_slice(&b), 1, &f, &why), OK);
	o = f.opening;
	f.opening.m--; /* too few D */
	assert_int_equal(
	    unseal_open(c.u, &f, 1, NULL, take, &none), ERR_CONFLICT);
	f.opening.m++;
	o.trustee = 4;
	{
		struct buf other = { 0 };

		assert_int_equal(
		    opening_put(&o, &f.proof, &c.t.id[0], &other), OK);
		assert_int_equal(
		    judge(&c, buf_slice(&other), 4, NULL, &why), ERR_CONFLICT);
		assert_string_equal(why.text, "there is no trustee 4");
		buf_free(&other);
	}
	buf_free(&b);
	end(&c);
}

static void
A12_an_opening_is_of_all_counted_ballots_and_of_one_close(void **state)
{
	struct closed c, less;
	struct buf b = { 0 };
	struct why why;
	size_t i;

	(void)state;
	closed(&c, 1, 1, 4);
	/* The same space, the last ballot left out: a subset. */
	less = c;
	assert_int_equal(
	    unseal_new(c.f, &c.h->id, c.u->size, &c.u->root, &less.u), OK);
	for (i = 0; i < 3; i++)
		add(&less, &c.voters[i].pk, (uint32_t)(i % 3),
		    buf_slice(&c.bodies[i]));
	share(&less, 1, NULL, &b);
	assert_int_equal(judge(&c, buf_slice(&b), 1, NULL, &why), ERR_CONFLICT);
	assert_non_null(strstr(why.text, "opens 3 ballots, 4 were counted"));
	/* Four again, the last of them in place of another. */
	add(&less, &c.voters[3].pk, 1, buf_slice(&c.bodies[0]));
	b.n = 0;
	share(&less, 1, NULL, &b);
	assert_int_equal(
	    judge(&c, buf_slice(&b), 1, NULL, &why), ERR_SIGNATURE);
	/* Another close: a forked log, or a second one. */
	b.n = 0;
	share(&c, 1, NULL, &b);
	assert_int_equal(judge(&c, buf_slice(&b), 1, NULL, &why), OK);
	c.u->size++;
	assert_int_equal(judge(&c, buf_slice(&b), 1, NULL, &why), ERR_CONFLICT);
	assert_non_null(strstr(why.text, "another close"));
	c.u->size--;
	c.u->root.b[31] ^= 1;
	assert_int_equal(judge(&c, buf_slice(&b), 1, NULL, &why), ERR_CONFLICT);
	c.u->root.b[31] ^= 1;
	unseal_free(less.u);
	buf_free(&b);
	end(&c);
}

static void
A40_no_byte_of_an_opening_can_be_another(void **state)
{
	struct opening_file f;
	struct closed c;
	struct buf b = { 0 }, again = { 0 };
	struct why why;
	size_t i;

	(void)state;
	closed(&c, 3, 2, 3);
	share(&c, 2, NULL, &b);
	assert_int_equal(judge(&c, buf_slice(&b), 2, &f, &why), OK);
	for (i = 0; i < b.n; i++) {
		b.p[i] ^= 1;
		assert_int_not_equal(
		    judge(&c, buf_slice(&b), 2, NULL, &why), OK);
		b.p[i] ^= 1;
		assert_int_equal(
		    judge(&c, slice_of(b.p, i), 2, NULL, &why), ERR_FORMAT);
	}
	/* Signed by the trustee herself it is not better. */
	for (i = 0; i < 3; i++) {
		struct opening o = f.opening;
		struct opening_proof proof = f.proof;
		struct point d[3];

		memcpy(d, o.d, sizeof(d));
		o.d = d;
		if (i == 0)
			memset(&d[1], 0, sizeof(d[1]));
		else if (i == 1)
			memset(&d[1], 0xff, sizeof(d[1]));
		else
			proof.z.b[0] ^= 1;
		again.n = 0;
		assert_int_equal(
		    opening_put(&o, &proof, &c.t.id[1], &again), OK);
		assert_int_equal(
		    judge(&c, buf_slice(&again), 2, NULL, &why), ERR_SIGNATURE);
	}
	/* By another trustee. */
	again.n = 0;
	assert_int_equal(
	    opening_put(&f.opening, &f.proof, &c.t.id[0], &again), OK);
	assert_int_equal(
	    judge(&c, buf_slice(&again), 2, NULL, &why), ERR_SIGNATURE);
	assert_non_null(strstr(why.text, "not signed by trustee 2"));
	buf_free(&again);
	buf_free(&b);
	end(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_t_openings_open_every_ballot),
		cmocka_unit_test(fewer_openings_open_nothing),
		cmocka_unit_test(
		    blank_ballots_open_as_zeros_and_null_ones_as_nothing),
		cmocka_unit_test(A1_a_lifted_ciphertext_never_opens),
		cmocka_unit_test(ballots_come_sorted_and_whole),
		cmocka_unit_test(
		    a_share_makes_an_opening_of_its_own_trustee_only),
		cmocka_unit_test(
		    A11_a_bad_opening_is_named_and_t_good_ones_are_enough),
		cmocka_unit_test(
		    A11_the_last_ballots_are_proven_like_the_first),
		cmocka_unit_test(A11_only_trustees_of_the_ceremony_open),
		cmocka_unit_test(
		    A12_an_opening_is_of_all_counted_ballots_and_of_one_close),
		cmocka_unit_test(A40_no_byte_of_an_opening_can_be_another),
	};

	return cmocka_run_group_tests_name("unseal", tests, NULL, vec_free);
}
