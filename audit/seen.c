/*
 * Two open-addressed tables: credentials, and different ballots; and the
 * sealed ballots, all of which differ.  Keys of
 * credentials are chosen by their owners, so places depend on a random number
 * that nobody knows beforehand.
 */
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "wipe.h"

#include "seen.h"

#define NONE UINT32_MAX

struct credential {
	struct public_key pk;
	uint32_t space_no;
	uint32_t seq;
	uint64_t index;	 /* of its last record */
	uint32_t ballot; /* also of a sealed space; NONE: no ballot */
	uint8_t purpose; /* 0: a free place */
};

/* Equal bodies of one space. */
struct ballot {
	uint8_t *body;
	uint32_t n;
	uint32_t space_no;
	uint64_t credentials; /* whose last record this is */
};

/* The bodies of a sealed space, one after the other. */
struct sealed {
	uint32_t space_no;
	size_t body; /* bytes of each */
	uint8_t *bodies;
	uint32_t n, cap;
};

struct seen {
	uint64_t key[2];
	struct credential *table;
	size_t size, used; /* size is a power of two */
	struct ballot *ballots;
	size_t n_ballots, cap_ballots;
	uint32_t *places; /* of ballots, by hash of the body */
	size_t n_places;
	struct sealed *sealed;
	size_t n_sealed;
};

static uint64_t
mix(uint64_t a)
{
	a ^= a >> 32;
	a *= UINT64_C(0xd6e8feb86659fd93);
	a ^= a >> 32;
	a *= UINT64_C(0xd6e8feb86659fd93);
	return a ^ a >> 32;
}

static uint64_t
mix_bytes(const struct seen *s, const uint8_t *p, size_t n, uint64_t salt)
{
	uint64_t h = mix(s->key[0] ^ salt), word;
	size_t step;

	for (; n > 0; p += step, n -= step) {
		step = n < sizeof(word) ? n : sizeof(word);
		word = step;
		memcpy(&word, p, step);
		h = mix(h ^ word) + s->key[1];
	}
	return h;
}

struct seen *
seen_new(void)
{
	struct seen *s = calloc(1, sizeof(*s));

	if (s != NULL)
		random_bytes(s->key, sizeof(s->key));
	return s;
}

void
seen_free(struct seen *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->n_ballots; i++)
		free(s->ballots[i].body);
	for (i = 0; i < s->n_sealed; i++)
		free(s->sealed[i].bodies);
	free(s->sealed);
	free(s->ballots);
	free(s->places);
	free(s->table);
	free(s);
}

/* The place of a credential, or the free one where it would go. */
static struct credential *
place(const struct seen *s, size_t space_no, unsigned purpose,
    const struct public_key *pk)
{
	size_t i;

	i = mix_bytes(
	    s, pk->b, sizeof(pk->b), (uint64_t)space_no << 8 | purpose);
	for (;; i++) {
		struct credential *c = &s->table[i & (s->size - 1)];

		if (c->purpose == 0 ||
		    (c->purpose == purpose && c->space_no == space_no &&
			public_key_cmp(&c->pk, pk) == 0))
			return c;
	}
}

static enum err
grow(struct seen *s)
{
	struct credential *old = s->table;
	size_t i, n = s->size, size = n == 0 ? 1024 : 2 * n;

	if (n > 0 && s->used < n / 4 * 3)
		return OK;
	if ((s->table = calloc(size, sizeof(*s->table))) == NULL) {
		s->table = old;
		return ERR_NOMEM;
	}
	s->size = size;
	for (i = 0; i < n; i++) {
		if (old[i].purpose != 0)
			*place(s, old[i].space_no, old[i].purpose, &old[i].pk) =
			    old[i];
	}
	free(old);
	return OK;
}

/* --- Ballots -----------------------------------------------------------------
 */

static uint32_t *
ballot_place(const struct seen *s, size_t space_no, struct slice body)
{
	size_t i = mix_bytes(s, body.p, body.n, space_no);

	for (;; i++) {
		uint32_t *at = &s->places[i & (s->n_places - 1)];
		const struct ballot *b;

		if (*at == NONE)
			return at;
		b = &s->ballots[*at];
		if (b->space_no == space_no &&
		    slice_equal(slice_of(b->body, b->n), body))
			return at;
	}
}

static enum err
ballots_grow(struct seen *s)
{
	size_t i, n = s->cap_ballots == 0 ? 256 : 2 * s->cap_ballots;
	struct ballot *ballots;
	uint32_t *places;

	if (s->n_ballots < s->cap_ballots)
		return OK;
	if ((ballots = realloc(s->ballots, n * sizeof(*ballots))) == NULL)
		return ERR_NOMEM;
	s->ballots = ballots;
	if ((places = malloc(2 * n * sizeof(*places))) == NULL)
		return ERR_NOMEM;
	free(s->places);
	s->places = places;
	s->n_places = 2 * n;
	s->cap_ballots = n;
	memset(places, 0xff, 2 * n * sizeof(*places));
	for (i = 0; i < s->n_ballots; i++)
		*ballot_place(s, ballots[i].space_no,
		    slice_of(ballots[i].body, ballots[i].n)) = (uint32_t)i;
	return OK;
}

/* The number of the ballot ${body}, a new one if need be. */
static enum err
ballot_of(struct seen *s, size_t space_no, struct slice body, uint32_t *out)
{
	struct ballot *b;
	uint32_t *at;
	enum err r;

	if ((r = ballots_grow(s)) != OK)
		return r;
	at = ballot_place(s, space_no, body);
	if (*at == NONE) {
		b = &s->ballots[s->n_ballots];
		memset(b, 0, sizeof(*b));
		if ((b->body = malloc(body.n + 1)) == NULL)
			return ERR_NOMEM;
		if (body.n > 0)
			memcpy(b->body, body.p, body.n);
		b->n = (uint32_t)body.n;
		b->space_no = (uint32_t)space_no;
		*at = (uint32_t)s->n_ballots++;
	}
	*out = *at;
	return OK;
}

/* --- Sealed ballots ----------------------------------------------------------
 */

static struct sealed *
sealed_of(const struct seen *s, size_t space_no)
{
	size_t i;

	for (i = 0; i < s->n_sealed; i++) {
		if (s->sealed[i].space_no == space_no)
			return &s->sealed[i];
	}
	return NULL;
}

enum err
seen_seal(struct seen *s, size_t space_no, size_t body_bytes)
{
	struct sealed *p;

	if (sealed_of(s, space_no) != NULL)
		return OK;
	if ((p = realloc(s->sealed, (s->n_sealed + 1) * sizeof(*p))) == NULL)
		return ERR_NOMEM;
	s->sealed = p;
	memset(&p[s->n_sealed], 0, sizeof(*p));
	p[s->n_sealed].space_no = (uint32_t)space_no;
	p[s->n_sealed++].body = body_bytes;
	return OK;
}

/* Room for one more body. */
static enum err
sealed_grow(struct sealed *p)
{
	uint32_t cap = p->cap == 0 ? 256 : 2 * p->cap;
	uint8_t *bodies;

	if (p->n < p->cap)
		return OK;
	if (p->cap > NONE / 2)
		return ERR_LIMIT;
	if ((bodies = realloc(p->bodies, cap * p->body)) == NULL)
		return ERR_NOMEM;
	p->bodies = bodies;
	p->cap = cap;
	return OK;
}

/*
 * Keep ${body} at ${*at}, in place of what was there; NONE: at a new place. One
 * of another length is no sealed ballot, and neither are the zeros that stand
 * for it.
 */
static enum err
sealed_put(struct sealed *p, struct slice body, uint32_t *at)
{
	uint8_t *to;
	enum err r;

	if (*at == NONE) {
		if ((r = sealed_grow(p)) != OK)
			return r;
		*at = p->n++;
	}
	to = p->bodies + *at * p->body;
	if (body.n == p->body)
		memcpy(to, body.p, p->body);
	else
		memset(to, 0, p->body);
	return OK;
}

/* --- Credentials -------------------------------------------------------------
 */

/* Make ${r} the last record of the credential at ${c}. */
static enum err
take(struct seen *s, struct credential *c, size_t space_no,
    const struct record *r, uint64_t index)
{
	struct sealed *sealed = sealed_of(s, space_no);
	uint32_t ballot = NONE;
	enum err e;

	if (r->kind == RECORD_BALLOT && sealed != NULL) {
		ballot = c->purpose == 0 ? NONE : c->ballot;
		if ((e = sealed_put(sealed, r->body, &ballot)) != OK)
			return e;
	} else if (r->kind == RECORD_BALLOT) {
		if ((e = ballot_of(s, space_no, r->body, &ballot)) != OK)
			return e;
		s->ballots[ballot].credentials++;
	}
	if (c->purpose == 0)
		s->used++;
	else if (sealed == NULL && c->ballot != NONE)
		s->ballots[c->ballot].credentials--;
	c->pk = r->pk;
	c->space_no = (uint32_t)space_no;
	c->purpose = (uint8_t)r->purpose;
	c->seq = r->seq;
	c->index = index;
	c->ballot = ballot;
	return OK;
}

enum err
seen_add(struct seen *s, size_t space_no, const struct record *r,
    uint64_t index, struct verdict *v)
{
	struct credential *c;
	uint64_t want;
	enum err e;

	if ((e = grow(s)) != OK)
		return e;
	c = place(s, space_no, r->purpose, &r->pk);
	want = c->purpose == 0 ? 0 : (uint64_t)c->seq + 1;
	if (r->seq != want) {
		v->rule = RULE_RECORD_SEQUENCE;
		v->index = index;
		return why_say(&v->why, ERR_CONFLICT,
		    "the record has number %u, the next of its credential is "
		    "%llu",
		    (unsigned)r->seq, (unsigned long long)want);
	}
	return take(s, c, space_no, r, index);
}

enum err
seen_force(
    struct seen *s, size_t space_no, const struct record *r, uint64_t index)
{
	struct credential *c;
	enum err e;

	if ((e = grow(s)) != OK)
		return e;
	c = place(s, space_no, r->purpose, &r->pk);
	if (c->purpose != 0 && r->seq <= c->seq)
		return OK;
	return take(s, c, space_no, r, index);
}

static int
is_of(const struct credential *c, size_t space_no, unsigned purpose)
{
	return c->purpose != 0 && c->purpose == purpose &&
	       c->space_no == space_no;
}

uint32_t
seen_credentials(const struct seen *s, size_t space_no, unsigned purpose)
{
	uint32_t n = 0;
	size_t i;

	for (i = 0; i < s->size; i++)
		n += is_of(&s->table[i], space_no, purpose) ? 1U : 0U;
	return n;
}

static int
index_cmp(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

enum err
seen_counted(const struct seen *s, size_t space_no, unsigned purpose,
    uint64_t **indexes, size_t *n)
{
	uint64_t *list;
	size_t i, k = 0;

	if ((list = malloc((s->used + 1) * sizeof(*list))) == NULL)
		return ERR_NOMEM;
	for (i = 0; i < s->size; i++) {
		if (is_of(&s->table[i], space_no, purpose))
			list[k++] = s->table[i].index;
	}
	qsort(list, k, sizeof(*list), index_cmp);
	*indexes = list;
	*n = k;
	return OK;
}

static int
body_cmp(const void *a, const void *b)
{
	const struct ballot *x = *(const struct ballot *const *)a;
	const struct ballot *y = *(const struct ballot *const *)b;
	size_t n = x->n < y->n ? x->n : y->n;
	int c = n > 0 ? memcmp(x->body, y->body, n) : 0;

	return c != 0 ? c : (x->n > y->n) - (x->n < y->n);
}

enum err
seen_ballots(
    const struct seen *s, size_t space_no, seen_ballot *f, void *cookie)
{
	const struct ballot **list;
	size_t i, n = 0;
	enum err r = OK;

	list = malloc((s->n_ballots + 1) * sizeof(const struct ballot *));
	if (list == NULL)
		return ERR_NOMEM;
	for (i = 0; i < s->n_ballots; i++) {
		if (s->ballots[i].space_no == space_no &&
		    s->ballots[i].credentials > 0)
			list[n++] = &s->ballots[i];
	}
	qsort(list, n, sizeof(const struct ballot *), body_cmp);
	for (i = 0; i < n && r == OK; i++)
		r = f(cookie, slice_of(list[i]->body, list[i]->n),
		    list[i]->credentials);
	free(list);
	return r;
}

static int
credential_cmp(const void *a, const void *b)
{
	return public_key_cmp(&(*(const struct credential *const *)a)->pk,
	    &(*(const struct credential *const *)b)->pk);
}

enum err
seen_unseal(const struct seen *s, size_t space_no, struct unseal *u)
{
	const struct sealed *p = sealed_of(s, space_no);
	struct record r = { .kind = RECORD_BALLOT, .purpose = PURPOSE_VOTE };
	const struct credential **list;
	size_t i, n = 0;
	enum err e = OK;

	list = malloc((s->used + 1) * sizeof(const struct credential *));
	if (list == NULL)
		return ERR_NOMEM;
	for (i = 0; i < s->size; i++) {
		if (is_of(&s->table[i], space_no, PURPOSE_VOTE))
			list[n++] = &s->table[i];
	}
	qsort(list, n, sizeof(const struct credential *), credential_cmp);
	for (i = 0; i < n && e == OK; i++) {
		if (p == NULL || list[i]->ballot == NONE) {
			e = ERR_FORMAT;
			break;
		}
		r.pk = list[i]->pk;
		r.seq = list[i]->seq;
		r.body =
		    slice_of(p->bodies + list[i]->ballot * p->body, p->body);
		e = unseal_add(u, &r, list[i]->index);
	}
	free(list);
	return e;
}
