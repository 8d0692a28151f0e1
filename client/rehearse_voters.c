/* The residents: a few threads, each playing one resident after the other. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "wipe.h"

#include "rehearse.h"
#include "spacepb.h"

struct phase;
typedef enum err phase_step(struct phase *p, struct api *a, size_t voter,
    uint32_t *values, struct why *why);

/* One phase that all residents go through. */
struct phase {
	struct rehearse *r;
	const char *what;
	phase_step *step;
	size_t to;
	size_t from;
	atomic_size_t next;
	atomic_size_t done;
	atomic_int failed;
	pthread_mutex_t lock; /* of why */
	struct why why;
	enum err err;
};

static void
phase_fail(struct phase *p, size_t voter, enum err e, const struct why *why)
{
	pthread_mutex_lock(&p->lock);
	if (p->err == OK) {
		p->err = e;
		p->why = *why;
		why_prefix(&p->why, "resident %zu, %s: ", voter + 1, p->what);
	}
	pthread_mutex_unlock(&p->lock);
	atomic_store(&p->failed, 1);
}

static void *
phase_thread(void *cookie)
{
	struct phase *p = cookie;
	struct why why = { "" };
	struct api *a = NULL;
	uint32_t *values = NULL;
	size_t i, options;
	enum err e;

	options = p->r->form != NULL ? p->r->form->n_options : 1;
	if ((e = api_open((const char *)p->r->url.p, &a, &why)) != OK ||
	    (values = calloc(options, sizeof(*values))) == NULL) {
		phase_fail(p, 0, e != OK ? e : ERR_NOMEM, &why);
		goto out;
	}
	while (!atomic_load(&p->failed)) {
		i = p->from + atomic_fetch_add(&p->next, 1);
		if (i >= p->to)
			break;
		if ((e = p->step(p, a, i, values, &why)) != OK) {
			phase_fail(p, i, e, &why);
			break;
		}
		i = atomic_fetch_add(&p->done, 1) + 1;
		if (i % 64 == 0 || i == p->to - p->from)
			rehearse_progress(p->r, p->what, p->from + i, p->r->n);
	}

out:
	free(values);
	api_free(a);
	return NULL;
}

static enum err
phase_run(struct phase *p)
{
	size_t i, started = 0;
	pthread_t *threads;

	if ((threads = calloc(p->r->o->clients, sizeof(*threads))) == NULL)
		return ERR_NOMEM;
	pthread_mutex_init(&p->lock, NULL);
	for (i = 0; i < p->r->o->clients; i++) {
		if (pthread_create(&threads[i], NULL, phase_thread, p) != 0)
			break;
		started++;
	}
	if (started == 0)
		p->err = ERR_INTERNAL;
	for (i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	pthread_mutex_destroy(&p->lock);
	free(threads);
	if (p->err != OK)
		p->r->why = p->why;
	return p->err;
}

/* --- Collecting: ask, answer, finalize, issuer by issuer ------------------*/

/* What a resident keeps between asking and the answer. */
struct asked {
	struct wallet_ask ask;
	struct buf authorization;
	uint8_t answer[BLIND_BYTES];
};

struct collecting {
	struct phase phase; /* the first member: steps get its address */
	struct asked *asked;
	size_t issuer;
};

static void
phase_next(struct phase *p, const char *what, phase_step *step)
{
	p->what = what;
	p->step = step;
	atomic_store(&p->next, 0);
	atomic_store(&p->done, 0);
}

static enum err
space_secret(const struct rehearse *r, size_t voter, struct secret *ss)
{
	return derive_space_secret(
	    &r->voters[voter].secret, &r->header->id, ss);
}

static enum err
ask_step(struct phase *p, struct api *a, size_t voter, uint32_t *values,
    struct why *why)
{
	struct collecting *c = (struct collecting *)(void *)p;
	struct rehearse_voter *v = &p->r->voters[voter];
	struct asked *asked = &c->asked[voter];
	struct sign_key roll = { 0 };
	struct secret ss = { 0 };
	uint8_t salt[64];
	enum err e;

	(void)a;
	(void)values;
	(void)why;
	if (c->issuer == 0)
		resident_secret_random(&v->secret);
	random_bytes(salt, sizeof(salt));
	if ((e = derive_roll_key(&v->code, &roll)) == OK &&
	    (e = space_secret(p->r, voter, &ss)) == OK &&
	    (e = wallet_ask(&ss, p->r->header, c->issuer, PURPOSE_VOTE,
		 &asked->ask)) == OK)
		e = wallet_authorization(&roll, p->r->header, c->issuer,
		    PURPOSE_VOTE, &asked->ask, salt, NULL,
		    &asked->authorization);
	if (e == OK && buf_text(&asked->authorization) == NULL)
		e = ERR_NOMEM;
	wipe(&roll, sizeof(roll));
	wipe(&ss, sizeof(ss));
	return e;
}

static enum err
answer_step(struct phase *p, struct api *a, size_t voter, uint32_t *values,
    struct why *why)
{
	struct collecting *c = (struct collecting *)(void *)p;
	struct asked *asked = &c->asked[voter];

	(void)values;
	return api_token_request(a, p->r->header->issuers[c->issuer].url,
	    asked->ask.body, (const char *)asked->authorization.p,
	    asked->answer, why);
}

static enum err
finalize_step(struct phase *p, struct api *a, size_t voter, uint32_t *values,
    struct why *why)
{
	struct collecting *c = (struct collecting *)(void *)p;
	struct rehearse_voter *v = &p->r->voters[voter];
	struct secret ss = { 0 };
	uint8_t token[BLIND_BYTES];
	enum err e;

	(void)a;
	(void)values;
	(void)why;
	if ((e = space_secret(p->r, voter, &ss)) == OK &&
	    (e = wallet_finalize(&ss, p->r->header, c->issuer, PURPOSE_VOTE,
		 &c->asked[voter].ask, c->asked[voter].answer, token)) == OK) {
		buf_put(&v->tokens, token, sizeof(token));
		e = buf_end(&v->tokens);
	}
	wipe(&ss, sizeof(ss));
	return e;
}

static enum err
collect_from(
    struct rehearse *r, struct asked *asked, size_t issuer, double *cpu)
{
	struct collecting c = { .phase = { .r = r,
				    .what = "asks",
				    .step = ask_step,
				    .to = r->n },
		.asked = asked,
		.issuer = issuer };
	double before;
	enum err e;

	if ((e = phase_run(&c.phase)) != OK)
		return e;
	before = spawn_cpu(&r->server);
	phase_next(&c.phase, "collects", answer_step);
	if ((e = phase_run(&c.phase)) != OK)
		return e;
	*cpu += spawn_cpu(&r->server) - before;
	phase_next(&c.phase, "unblinds", finalize_step);
	return phase_run(&c.phase);
}

enum err
rehearse_collect(struct rehearse *r, double *cpu)
{
	struct asked *asked = calloc(r->n, sizeof(*asked));
	size_t i, issuer;
	enum err e = OK;

	if (asked == NULL)
		return ERR_NOMEM;
	for (issuer = 0; issuer < r->header->n_issuers && e == OK; issuer++) {
		e = collect_from(r, asked, issuer, cpu);
		for (i = 0; i < r->n; i++)
			buf_free(&asked[i].authorization);
	}
	free(asked);
	if (e == OK)
		r->issued = r->n;
	return e;
}

/* --- Casting: prepare, send -----------------------------------------------*/

struct casting {
	struct phase phase; /* the first member, as above */
	uint32_t seq;
};

/* Evenly over all of them, so that each window has some. */
static int
votes_again(const struct rehearse *r, size_t voter)
{
	size_t percent = r->o->revote;

	return (voter + 1) * percent / 100 > voter * percent / 100;
}

/* Those with nothing to do in this phase are passed over. */
static int
passed_over(const struct casting *c, size_t voter)
{
	return c->seq > 0 && !votes_again(c->phase.r, voter);
}

static enum err
ballot_of(const struct rehearse *r, size_t voter, uint32_t *values,
    struct choices *out)
{
	if (r->form->n_options != r->pb->n_projects)
		return ERR_INTERNAL;
	spacepb_choices(r->pb, voter, r->form, values, out);
	return OK;
}

static enum err
prepare_step(struct phase *p, struct api *a, size_t voter, uint32_t *values,
    struct why *why)
{
	struct casting *cast = (struct casting *)(void *)p;
	struct rehearse *r = p->r;
	struct rehearse_voter *v = &r->voters[voter];
	struct choices c;
	struct secret ss = { 0 };
	size_t whose = voter;
	enum err e;

	(void)a;
	if (passed_over(cast, voter))
		return OK;
	if (cast->seq == 0 && votes_again(r, voter))
		whose = (voter + 1) % r->n;
	if ((e = space_secret(r, voter, &ss)) == OK &&
	    (e = ballot_of(r, whose, values, &c)) == OK)
		e = resident_record(&ss, r->header, r->form, cast->seq,
		    v->tokens.p, &c, &v->record, why);
	wipe(&ss, sizeof(ss));
	return e;
}

/* What is sent is kept no longer than until the receipt is there. */
static enum err
cast_step(struct phase *p, struct api *a, size_t voter, uint32_t *values,
    struct why *why)
{
	struct rehearse *r = p->r;
	struct rehearse_voter *v = &r->voters[voter];
	struct resident_receipt receipt = { 0 };
	enum err e;

	(void)values;
	if (passed_over((struct casting *)(void *)p, voter))
		return OK;
	e = resident_send(a, r->header, buf_slice(&v->record), &r->receipt_key,
	    &receipt, why);
	buf_free(&receipt.text);
	buf_free(&v->record);
	if (e == OK)
		buf_free(&v->tokens); /* only the first record has them */
	return e;
}

static enum err
cast(struct casting *c, double *cpu)
{
	struct rehearse *r = c->phase.r;
	double before, own = spawn_own_cpu();
	enum err e;

	if ((e = phase_run(&c->phase)) != OK)
		return e;
	r->cpu.prepare += spawn_own_cpu() - own;
	before = spawn_cpu(&r->server);
	phase_next(&c->phase, c->seq == 0 ? "casts" : "again", cast_step);
	if ((e = phase_run(&c->phase)) != OK)
		return e;
	*cpu += spawn_cpu(&r->server) - before;
	return OK;
}

enum err
rehearse_cast(struct rehearse *r, size_t from, size_t to, double *cpu)
{
	struct casting c = { .phase = { .r = r,
				 .what = "prepares",
				 .step = prepare_step,
				 .from = from,
				 .to = to } };
	enum err e;

	if ((e = cast(&c, cpu)) == OK)
		r->cast += to - from;
	return e;
}

enum err
rehearse_again(struct rehearse *r, double *cpu)
{
	struct casting c = { .phase = { .r = r,
				 .what = "prepares",
				 .step = prepare_step,
				 .to = r->n },
		.seq = 1 };
	size_t i;
	enum err e;

	if (r->o->revote == 0)
		return OK;
	if ((e = cast(&c, cpu)) != OK)
		return e;
	for (i = 0; i < r->n; i++)
		r->again += votes_again(r, i) != 0;
	r->cast += r->again;
	return OK;
}
