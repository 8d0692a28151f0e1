#include <stdlib.h>
#include <string.h>

#include "wipe.h"

#include "unseal.h"

/* Ballots that one thread takes at a time, and that wait to be handed out. */
#define BLOCK 64
#define WINDOW 1024

static enum err
grow(struct unseal *u)
{
	size_t cap = u->cap == 0 ? 64 : 2 * u->cap;
	struct unseal_ballot *ballots;
	struct point *r;
	uint8_t *ct;

	if (u->m < u->cap)
		return OK;
	if ((ballots = realloc(u->ballots, cap * sizeof(*ballots))) == NULL)
		return ERR_NOMEM;
	u->ballots = ballots;
	if ((r = realloc(u->r, cap * sizeof(*r))) == NULL)
		return ERR_NOMEM;
	u->r = r;
	if ((ct = realloc(u->ct, cap * u->ct_bytes)) == NULL)
		return ERR_NOMEM;
	u->ct = ct;
	u->cap = cap;
	return OK;
}

enum err
unseal_new(const struct form *f, const struct hash *space_id, uint64_t size,
    const struct hash *root, struct unseal **out)
{
	struct unseal *u;

	if (!f->sealed)
		return ERR_FORMAT;
	if ((u = calloc(1, sizeof(*u))) == NULL)
		return ERR_NOMEM;
	u->form = f;
	u->space_id = space_id;
	u->size = size;
	u->root = *root;
	u->ct_bytes = f->body_bytes - SEAL_OVERHEAD + SEAL_TAG;
	*out = u;
	return OK;
}

enum err
unseal_add(struct unseal *u, const struct record *r, uint64_t index)
{
	struct sealed_body body;
	struct point point;
	enum err e;

	if (u->m >= OPENING_COUNT_MAX)
		return ERR_LIMIT;
	if (r->kind != RECORD_BALLOT || r->body.n != u->form->body_bytes ||
	    sealed_body_parse(r->body, &body) != OK)
		return ERR_FORMAT;
	if (u->m > 0 && public_key_cmp(&u->ballots[u->m - 1].pk, &r->pk) >= 0)
		return ERR_FORMAT;
	memcpy(point.b, body.r, POINT_BYTES);
	if ((e = point_check(&point)) != OK || (e = grow(u)) != OK)
		return e;
	u->ballots[u->m].pk = r->pk;
	u->ballots[u->m].seq = r->seq;
	u->ballots[u->m].index = index;
	u->r[u->m] = point;
	memcpy(u->ct + u->m * u->ct_bytes, body.ct.p, u->ct_bytes);
	u->m++;
	return OK;
}

void
unseal_free(struct unseal *u)
{
	if (u == NULL)
		return;
	free(u->ballots);
	free(u->r);
	free(u->ct);
	free(u);
}

/* --- Work that falls apart into blocks of ballots ----------------------------
 */

struct work {
	struct job job; /* first; items are blocks */
	const struct unseal *u;
	enum err (*block)(struct work *w, size_t block, size_t from, size_t to);
	size_t begin, end; /* ballots */
	enum err *errs;	   /* per block */

	/* Shares. */
	const struct scalar *x;
	struct point *d;
	/* Sums. */
	const struct opening *opening;
	const struct opening_seed *seed;
	struct opening_sums *sums; /* per block */
	/* Opening. */
	const struct opening_file *files;
	struct scalar lambda[DKG_TRUSTEES_MAX];
	size_t t;
	uint8_t *plain; /* per ballot from begin on */
	uint8_t *null;
};

static void
work_run(struct job *j, size_t from, size_t to)
{
	struct work *w = (struct work *)j;
	size_t i, first, last;

	for (i = from; i < to; i++) {
		first = w->begin + i * BLOCK;
		last = first + BLOCK < w->end ? first + BLOCK : w->end;
		w->errs[i] = w->block(w, i, first, last);
	}
}

/* Do ballots [begin, end); the first error of a block. */
static enum err
work_do(struct work *w, struct pool *pool)
{
	size_t i;
	enum err r = OK;

	w->job.run = work_run;
	w->job.n = (w->end - w->begin + BLOCK - 1) / BLOCK;
	if ((w->errs = calloc(w->job.n + 1, sizeof(*w->errs))) == NULL)
		return ERR_NOMEM;
	if (pool == NULL) {
		work_run(&w->job, 0, w->job.n);
	} else {
		pool_add(pool, &w->job);
		pool_wait(pool, &w->job);
	}
	for (i = 0; r == OK && i < w->job.n; i++)
		r = w->errs[i];
	free(w->errs);
	w->errs = NULL;
	return r;
}

/* --- A trustee's opening -----------------------------------------------------
 */

static enum err
sum_block(struct work *w, size_t block, size_t from, size_t to)
{
	return opening_sum(w->opening, w->seed, from, to, &w->sums[block]);
}

/* M and Z of all ballots. */
static enum err
sum(const struct unseal *u, const struct opening *o,
    const struct opening_seed *seed, struct pool *pool,
    struct opening_sums *out)
{
	size_t i, blocks = (u->m + BLOCK - 1) / BLOCK;
	struct work w = { .u = u, .block = sum_block, .end = u->m };
	enum err r;

	if ((w.sums = calloc(blocks, sizeof(*w.sums))) == NULL)
		return ERR_NOMEM;
	w.opening = o;
	w.seed = seed;
	r = work_do(&w, pool);
	if (r == OK)
		*out = w.sums[0];
	for (i = 1; r == OK && i < blocks; i++)
		r = opening_join(out, &w.sums[i]);
	free(w.sums);
	return r;
}

static enum err
share_block(struct work *w, size_t block, size_t from, size_t to)
{
	(void)block;
	return opening_share(w->x, w->u->r, w->d, from, to);
}

/* Everything of the statement but D. */
static void
statement(const struct unseal *u, const struct ceremony_keys *k,
    uint8_t trustee, struct opening *out)
{
	out->space_id = *u->space_id;
	out->form_id = u->form->id;
	out->size = u->size;
	out->root = u->root;
	out->trustee = trustee;
	out->v = &k->v[trustee - 1];
	out->m = (uint32_t)u->m;
	out->r = u->r;
}

/* What was made is verified before it leaves: a fault would give x away. */
static enum err
share_prove(const struct unseal *u, const struct opening *o,
    const struct scalar *x, struct pool *pool, struct opening_proof *out)
{
	struct opening_seed seed;
	struct opening_sums sums;
	uint8_t random[32];
	enum err r;

	random_bytes(random, sizeof(random));
	if ((r = opening_seed(o, &seed)) != OK ||
	    (r = sum(u, o, &seed, pool, &sums)) != OK ||
	    (r = opening_prove(&seed, &sums, x, random, out)) != OK)
		goto out;
	if (opening_check(&seed, &sums, o->v, out) != OK)
		r = ERR_INTERNAL;

out:
	wipe(random, sizeof(random));
	return r;
}

enum err
unseal_share(const struct unseal *u, const struct ceremony_keys *k,
    const struct unseal_trustee *t, struct pool *pool, struct buf *out,
    struct why *why)
{
	struct work w = { .u = u, .block = share_block, .end = u->m };
	struct opening o = { 0 };
	struct opening_proof proof;
	struct point v;
	enum err r;

	if (u->m == 0)
		return why_say(
		    why, ERR_LIMIT, "there is no ballot to be opened");
	if (t->trustee == 0 || t->trustee > k->n)
		return why_say(why, ERR_SIGNATURE, "there is no trustee %u",
		    (unsigned)t->trustee);
	if (point_base(t->x, &v) != OK ||
	    !point_equal(&v, &k->v[t->trustee - 1]))
		return why_say(why, ERR_SIGNATURE,
		    "the share is not that of trustee %u in this ceremony",
		    (unsigned)t->trustee);
	if ((w.d = calloc(u->m, sizeof(*w.d))) == NULL)
		return why_say(why, ERR_NOMEM, "out of memory");
	w.x = t->x;
	statement(u, k, t->trustee, &o);
	o.d = w.d;
	if ((r = work_do(&w, pool)) != OK ||
	    (r = share_prove(u, &o, t->x, pool, &proof)) != OK ||
	    (r = opening_put(&o, &proof, t->identity, out)) != OK)
		(void)why_say(
		    why, r, "the opening cannot be made: %s", err_str(r));
	free(w.d);
	return r;
}

/* Is it an opening of these ballots by that trustee at all? */
static enum err
judge_subject(const struct unseal *u, const struct opening *o, uint8_t trustee,
    struct why *why)
{
	if (!hash_equal(&o->space_id, u->space_id))
		return why_say(
		    why, ERR_CONFLICT, "it is an opening of another space");
	if (!hash_equal(&o->form_id, &u->form->id))
		return why_say(
		    why, ERR_CONFLICT, "it is an opening of another form");
	if (o->size != u->size || !hash_equal(&o->root, &u->root))
		return why_say(why, ERR_CONFLICT,
		    "it was made for another close: a log of %llu entries, not "
		    "%llu, or with another root",
		    (unsigned long long)o->size, (unsigned long long)u->size);
	if (o->trustee != trustee)
		return why_say(why, ERR_CONFLICT,
		    "it is the opening of trustee %u, not of trustee %u",
		    (unsigned)o->trustee, (unsigned)trustee);
	if (o->m != u->m)
		return why_say(why, ERR_CONFLICT,
		    "it opens %u ballots, %zu were counted", (unsigned)o->m,
		    u->m);
	return OK;
}

static enum err
judge_proof(const struct unseal *u, const struct opening *o,
    const struct opening_proof *proof, struct pool *pool, struct why *why)
{
	struct opening_seed seed;
	struct opening_sums sums;
	enum err r;

	if ((r = opening_seed(o, &seed)) != OK)
		return why_say(why, r, "%s", err_str(r));
	r = sum(u, o, &seed, pool, &sums);
	if (r == ERR_SIGNATURE)
		return why_say(
		    why, r, "what it gives for a ballot is no point");
	if (r == OK && (r = opening_check(&seed, &sums, o->v, proof)) != OK)
		return why_say(why, r,
		    "its proof does not verify: something in it was not made "
		    "with the share of trustee %u",
		    (unsigned)o->trustee);
	return r == OK ? OK : why_say(why, r, "%s", err_str(r));
}

enum err
unseal_judge(const struct unseal *u, const struct ceremony_keys *k,
    const struct header *h, struct slice file, uint8_t trustee,
    struct pool *pool, struct opening_file *out, struct why *why)
{
	struct opening_file f;
	struct opening o = { 0 };
	enum err r;

	if (opening_parse(file, &f) != OK)
		return why_say(
		    why, ERR_FORMAT, "the bytes are not an opening file");
	if (trustee == 0 || trustee > k->n || trustee > h->n_trustees)
		return why_say(why, ERR_CONFLICT, "there is no trustee %u",
		    (unsigned)trustee);
	if ((r = judge_subject(u, &f.opening, trustee, why)) != OK)
		return r;
	r = opening_signed(&f, &h->trustees[trustee - 1]);
	if (r == ERR_SIGNATURE)
		return why_say(why, r, "it is not signed by trustee %u",
		    (unsigned)trustee);
	if (r != OK)
		return why_say(why, r, "%s", err_str(r));
	statement(u, k, trustee, &o);
	o.d = f.opening.d;
	if ((r = judge_proof(u, &o, &f.proof, pool, why)) == OK)
		*out = f;
	return r;
}

/* --- Opening the ballots -----------------------------------------------------
 */

/* Ballot ${i}: its choices to ${plain}; ${null} is set where there are none. */
static enum err
open_one(const struct work *w, size_t i, uint8_t *plain, uint8_t *null)
{
	uint32_t values[OPTIONS_MAX];
	struct choices c = { 0, values, 0 };
	const struct point *d[DKG_TRUSTEES_MAX];
	const struct unseal *u = w->u;
	struct seal s = { u->space_id, &u->form->id, &u->ballots[i].pk,
		u->ballots[i].seq, &u->form->seal_key };
	struct sealed_body body = { 0 };
	struct point shared;
	size_t k;
	enum err r;

	for (k = 0; k < w->t; k++)
		d[k] = &w->files[k].opening.d[i];
	if ((r = opening_combine(w->lambda, d, w->t, &shared)) != OK)
		return r;
	memcpy(body.r, u->r[i].b, POINT_BYTES);
	body.ct = slice_of(u->ct + i * u->ct_bytes, u->ct_bytes);
	r = seal_open(&s, &body, &shared, plain);
	if (r == OK)
		r = choices_decode(
		    u->form, slice_of(plain, u->ct_bytes - SEAL_TAG), &c, NULL);
	*null = r != OK;
	return r == ERR_NOMEM || r == ERR_INTERNAL ? r : OK;
}

static enum err
open_block(struct work *w, size_t block, size_t from, size_t to)
{
	size_t i, n = w->u->ct_bytes - SEAL_TAG;
	enum err r = OK;

	(void)block;
	for (i = from; i < to && r == OK; i++)
		r = open_one(w, i, w->plain + (i - w->begin) * n,
		    &w->null[i - w->begin]);
	return r;
}

/* The files are of different trustees, each with a D for every ballot. */
static enum err
open_begin(struct work *w)
{
	uint8_t set[DKG_TRUSTEES_MAX];
	size_t i, k;
	enum err r;

	if (w->t == 0 || w->t > DKG_TRUSTEES_MAX)
		return ERR_LIMIT;
	for (i = 0; i < w->t; i++) {
		if (w->files[i].opening.m != w->u->m)
			return ERR_CONFLICT;
		set[i] = w->files[i].opening.trustee;
		for (k = 0; k < i; k++) {
			if (set[k] == set[i])
				return ERR_CONFLICT;
		}
	}
	for (i = 0; i < w->t; i++) {
		if ((r = dkg_lagrange(set, w->t, i, &w->lambda[i])) != OK)
			return r;
	}
	return OK;
}

enum err
unseal_open(const struct unseal *u, const struct opening_file *files, size_t t,
    struct pool *pool, unseal_each *each, void *cookie)
{
	struct work w = { .u = u, .block = open_block, .files = files, .t = t };
	size_t i, n = u->ct_bytes - SEAL_TAG;
	enum err r;

	if (u->m == 0)
		return OK;
	if ((r = open_begin(&w)) != OK)
		return r;
	w.plain = malloc(WINDOW * (n + 1));
	w.null = calloc(WINDOW, 1);
	if (w.plain == NULL || w.null == NULL)
		r = ERR_NOMEM;
	for (w.begin = 0; r == OK && w.begin < u->m; w.begin = w.end) {
		w.end = w.begin + WINDOW < u->m ? w.begin + WINDOW : u->m;
		r = work_do(&w, pool);
		for (i = w.begin; r == OK && i < w.end; i++)
			r = each(cookie, &u->ballots[i],
			    slice_of(w.plain + (i - w.begin) * n,
				w.null[i - w.begin] ? 0 : n));
	}
	free(w.plain);
	free(w.null);
	return r;
}
