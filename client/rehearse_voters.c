/* The residents: a few threads, each playing one resident after the other. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "wipe.h"

#include "rehearse.h"
#include "spacepb.h"

/* One phase that all residents go through. */
struct phase {
	struct rehearse *r;
	const char *what;
	enum err (*step)(struct phase *p, struct api *a, size_t voter,
	    uint32_t *values, struct why *why);
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

static enum err
collect_step(struct phase *p, struct api *a, size_t voter, uint32_t *values,
    struct why *why)
{
	struct rehearse_voter *v = &p->r->voters[voter];
	struct sign_key roll = { 0 };
	struct secret ss = { 0 };
	enum err e;

	(void)values;
	resident_secret_random(&v->secret);
	if ((e = derive_roll_key(&v->code, &roll)) == OK &&
	    (e = derive_space_secret(&v->secret, &p->r->header->id, &ss)) == OK)
		e = resident_collect(a, p->r->header, PURPOSE_VOTE, &roll, &ss,
		    NULL, &v->tokens, why);
	wipe(&roll, sizeof(roll));
	wipe(&ss, sizeof(ss));
	return e;
}

enum err
rehearse_collect(struct rehearse *r)
{
	struct phase p = {
		.r = r, .what = "collects", .step = collect_step, .to = r->n
	};
	enum err e;

	if ((e = phase_run(&p)) == OK)
		r->issued = r->n;
	return e;
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
cast_step(struct phase *p, struct api *a, size_t voter, uint32_t *values,
    struct why *why)
{
	struct rehearse *r = p->r;
	struct rehearse_voter *v = &r->voters[voter];
	struct resident_receipt receipt = { 0 };
	struct buf raw = { 0 };
	struct choices c;
	struct secret ss = { 0 };
	enum err e;

	if ((e = derive_space_secret(&v->secret, &r->header->id, &ss)) != OK ||
	    (e = ballot_of(r, voter, values, &c)) != OK ||
	    (e = resident_record(
		 &ss, r->header, r->form, 0, v->tokens.p, &c, &raw, why)) != OK)
		goto out;
	e = resident_send(
	    a, r->header, buf_slice(&raw), &r->receipt_key, &receipt, why);

out:
	wipe(&ss, sizeof(ss));
	buf_free(&receipt.text);
	buf_free(&raw);
	return e;
}

enum err
rehearse_cast(struct rehearse *r, size_t from, size_t to)
{
	struct phase p = { .r = r,
		.what = "casts",
		.step = cast_step,
		.from = from,
		.to = to };
	enum err e;

	if ((e = phase_run(&p)) == OK)
		r->cast += to - from;
	return e;
}
