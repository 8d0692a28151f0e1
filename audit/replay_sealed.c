/* Openings of sealed ballots, as a whole log has them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "result.h"

#include "replay_sealed.h"

/* The valid openings of a space and what they open; files by trustee. */
struct work {
	struct unseal *ballots;
	struct pool *pool;
	struct buf bytes[DKG_TRUSTEES_MAX + 1];
	struct opening_file files[DKG_TRUSTEES_MAX + 1];
	struct opening_file needed[DKG_TRUSTEES_MAX]; /* the lowest ones */
	size_t n;
};

static void
work_free(struct work *w)
{
	size_t i;

	for (i = 0; i <= DKG_TRUSTEES_MAX; i++)
		buf_free(&w->bytes[i]);
	unseal_free(w->ballots);
	pool_free(w->pool);
}

void
replay_sealed_free(struct replay_sealed *p)
{
	if (p == NULL)
		return;
	free(p->openings);
	free(p);
}

const struct replay_sealed *
replay_sealed_of(const struct replay *r, const struct space *s)
{
	return s->no < r->n_sealed ? r->sealed[s->no] : NULL;
}

/* Keep what was found; ${p} is handed over. */
static enum err
keep(struct replay *r, const struct space *s, struct replay_sealed *p)
{
	struct replay_sealed **list;
	size_t n = s->no + 1;

	if (n > r->n_sealed) {
		list = realloc(r->sealed, n * sizeof(struct replay_sealed *));
		if (list == NULL)
			return ERR_NOMEM;
		while (r->n_sealed < n)
			list[r->n_sealed++] = NULL;
		r->sealed = list;
	}
	replay_sealed_free(r->sealed[s->no]);
	r->sealed[s->no] = p;
	return OK;
}

enum err
replay_sealed_ballots(const struct replay *r, const struct space *s,
    struct unseal **out, struct why *why)
{
	struct unseal *u = NULL;
	enum err e;

	if (!s->closed || s->form == NULL || !s->form->sealed)
		return why_say(why, ERR_FORBIDDEN,
		    "%s is not a sealed space that has closed",
		    s->header->slug);
	if ((e = unseal_new(s->form, &s->header->id, s->close_size,
		 &s->close_root, &u)) == OK)
		e = seen_unseal(r->seen, s->no, u);
	if (e != OK) {
		unseal_free(u);
		return why_say(why, e,
		    "the sealed ballots of %s cannot be opened: %s",
		    s->header->slug, err_str(e));
	}
	*out = u;
	return OK;
}

/* One opening entry. */
static enum err
judge_one(struct replay *r, const struct space *s, struct work *w,
    const struct space_opening *o, struct replay_opening *out)
{
	struct buf *b = &w->bytes[o->trustee];
	enum err e;

	out->trustee = o->trustee;
	out->index = o->index;
	if (w->files[o->trustee].opening.m > 0) {
		(void)why_say(&out->why, OK,
		    "there is a valid one of trustee %u before it",
		    (unsigned)o->trustee);
		return OK;
	}
	if ((e = source_again(r->source, &o->file, b, &out->why)) != OK)
		return e;
	e = unseal_judge(w->ballots, &s->seal, s->header, buf_slice(b),
	    o->trustee, w->pool, &w->files[o->trustee], &out->why);
	out->valid = e == OK;
	if (e != OK)
		buf_free(b);
	return e == ERR_FORMAT || e == ERR_CONFLICT || e == ERR_SIGNATURE ? OK
									  : e;
}

static enum err
judge(struct replay *r, const struct space *s, struct work *w,
    struct replay_sealed *p, struct why *why)
{
	size_t i;
	enum err e;

	if ((e = replay_sealed_ballots(r, s, &w->ballots, why)) != OK)
		return e;
	if ((e = pool_new(r->threads, &w->pool)) != OK)
		goto out;
	p->openings = calloc(s->n_openings + 1, sizeof(*p->openings));
	if (p->openings == NULL) {
		e = ERR_NOMEM;
		goto out;
	}
	for (i = 0; i < s->n_openings && e == OK; i++) {
		struct replay_opening *o = &p->openings[p->n++];

		e = judge_one(r, s, w, &s->openings[i], o);
		if (e == ERR_IO) /* its sentence says what changed */
			(void)why_say(why, e, "%s", o->why.text);
		if (e == OK && o->valid) {
			p->valid++;
			p->is_valid[o->trustee] = 1;
		}
	}
	for (i = 1; i <= s->header->n_trustees; i++) {
		if (p->is_valid[i] && w->n < s->header->threshold)
			w->needed[w->n++] = w->files[i];
	}

out:
	return e == OK || e == ERR_IO ? e : why_say(why, e, "%s", err_str(e));
}

/* Who has not opened, if some more have to. */
static enum err
enough(const struct space *s, const struct work *w,
    const struct replay_sealed *p, struct why *why)
{
	char text[4 * DKG_TRUSTEES_MAX] = "";
	size_t i, missing = 0, more;

	if (w->ballots->m == 0 || w->n >= s->header->threshold)
		return OK;
	for (i = 1; i <= s->header->n_trustees; i++) {
		if (!p->is_valid[i])
			(void)snprintf(text + strlen(text),
			    sizeof(text) - strlen(text), "%s%zu",
			    missing++ > 0 ? ", " : "", i);
	}
	more = s->header->threshold - w->n;
	return why_say(why, ERR_FORBIDDEN,
	    "%s needs %zu more opening%s: trustee%s %s ha%s not opened",
	    s->header->slug, more, more > 1 ? "s" : "", missing > 1 ? "s" : "",
	    text, missing > 1 ? "ve" : "s");
}

/* The judged openings, and the ballots if these are enough; free ${w}. */
static enum err
begin(struct replay *r, const struct space *s, struct work *w, struct why *why)
{
	struct replay_sealed *p = calloc(1, sizeof(*p));
	enum err e;

	memset(w, 0, sizeof(*w));
	if (p == NULL)
		return ERR_NOMEM;
	if ((e = judge(r, s, w, p, why)) != OK || (e = keep(r, s, p)) != OK) {
		replay_sealed_free(p);
		return e;
	}
	return enough(s, w, p, why);
}

static int
has_enough_ballots(const struct replay *r, const struct space *s)
{
	return seen_credentials(r->seen, s->no, PURPOSE_VOTE) >=
	       s->header->min_open;
}

enum err
replay_sealed_each(struct replay *r, const struct space *s, unseal_each *each,
    void *cookie, struct why *why)
{
	struct work w = { 0 };
	enum err e;

	if (!has_enough_ballots(r, s))
		return why_say(why, ERR_FORBIDDEN,
		    "%s has too few ballots: nothing is opened",
		    s->header->slug);
	if ((e = begin(r, s, &w, why)) == OK &&
	    (e = unseal_open(w.ballots, w.needed, w.n, w.pool, each, cookie)) !=
		OK)
		(void)why_say(why, e, "the ballots of %s: %s", s->header->slug,
		    err_str(e));
	work_free(&w);
	return e;
}

/* Blank and null ballots among those opened; an unseal_each. */
static enum err
tell(void *cookie, const struct unseal_ballot *b, struct slice choices)
{
	struct replay_sealed *p = cookie;
	size_t i;

	(void)b;
	for (i = 0; i < choices.n && choices.p[i] == 0;)
		i++;
	p->null += choices.n == 0 ? 1 : 0;
	p->blank += choices.n > 0 && i == choices.n ? 1 : 0;
	return OK;
}

enum err
replay_sealed_judge(struct replay *r, const struct space *s, struct why *why)
{
	const struct replay_sealed *old = replay_sealed_of(r, s);
	struct work w = { 0 };
	enum err e;

	if (!s->closed || s->form == NULL || !s->form->sealed ||
	    !has_enough_ballots(r, s) ||
	    (old != NULL && old->n == s->n_openings))
		return OK;
	e = begin(r, s, &w, why);
	if (e == OK) {
		e = unseal_open(
		    w.ballots, w.needed, w.n, w.pool, tell, r->sealed[s->no]);
		r->sealed[s->no]->whole = e == OK;
	}
	work_free(&w);
	return e == ERR_FORBIDDEN ? OK : e;
}

enum err
replay_sealed_result(struct replay *r, const struct space *s,
    struct slice paper, struct buf *out, struct why *why)
{
	struct result_sealed sealed = { 0 };
	struct work w = { 0 };
	enum err e;

	if ((e = begin(r, s, &w, why)) != OK)
		goto out;
	sealed.ballots = w.ballots;
	sealed.files = w.needed;
	sealed.n = w.n;
	sealed.pool = w.pool;
	e = result_document(r->world, s, r->seen, paper, &sealed, out, why);

out:
	work_free(&w);
	return e;
}
