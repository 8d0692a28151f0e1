/* nftw is of X/Open. */
#define _XOPEN_SOURCE 700

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pb_read.h"
#include "file.h"
#include "trust.h"

#include "rehearse.h"

#define BAR 40

void
rehearse_progress(
    const struct rehearse *r, const char *what, size_t done, size_t all)
{
	size_t i, n;

	if (!r->o->progress || all == 0)
		return;
	n = done * BAR / all;
	flockfile(stderr);
	fprintf(stderr, "\r%-9s [", what);
	for (i = 0; i < BAR; i++)
		fputc(i < n ? '#' : ' ', stderr);
	fprintf(stderr, "] %zu of %zu", done, all);
	if (done == all)
		fputc('\n', stderr);
	funlockfile(stderr);
}

/* The file's rule as one of ours, where --rule does not say. */
static const char *
rule_of_file(const struct pb *pb)
{
	static const struct {
		const char *theirs;
		const char *ours;
	} table[] = {
		{ "greedy-no-skip", "greedy-no-skip" },
		{ "equalshares", "mes-cost" },
		{ "equalshares/add1", "mes-cost-int-add1-nostop" },
		{ "equalshares/add1-comparison", "mes-cost-int-add1-nostop" },
	};
	const char *rule = pb_meta(pb, "rule");
	size_t i;

	for (i = 0; rule != NULL && i < sizeof(table) / sizeof(table[0]); i++) {
		if (strcmp(rule, table[i].theirs) == 0 &&
		    pb_kind(pb->type) == VOTES_APPROVAL)
			return table[i].ours;
	}
	return "greedy-votes";
}

const char *
rehearse_rule(const struct rehearse *r)
{
	return r->o->rule != NULL ? r->o->rule : rule_of_file(r->pb);
}

/* As many ballots as --voters asks for: the first, or all over again. */
static enum err
fit(struct rehearse *r)
{
	size_t all = r->pb->n_votes, n = r->o->voters, i;
	enum err e = OK;

	if (n == 0)
		return OK;
	for (i = all; i < n && e == OK; i++)
		e = pb_repeat_vote(r->pb, i % all);
	if (n < all)
		r->pb->n_votes = n;
	return e;
}

/* The file's ballots are the residents'. */
static enum err
load(struct rehearse *r)
{
	struct pb_report *report = calloc(1, sizeof(*report));
	enum err e;

	if (report == NULL)
		return ERR_NOMEM;
	if ((e = pb_read_file(r->o->file, &r->pb, report)) != OK) {
		pb_report_print(report, r->o->file, stderr);
		(void)why_say(
		    &r->why, e, "%s cannot be read as a .pb file", r->o->file);
		goto out;
	}
	if (r->pb->n_votes == 0) {
		e = why_say(
		    &r->why, ERR_LIMIT, "%s has no ballots", r->o->file);
		goto out;
	}
	if ((r->file = realpath(r->o->file, NULL)) == NULL) {
		e = ERR_NOMEM;
		goto out;
	}
	if ((e = fit(r)) != OK)
		goto out;
	r->n = r->pb->n_votes;
	if ((r->voters = calloc(r->n, sizeof(*r->voters))) == NULL)
		e = ERR_NOMEM;

out:
	free(report);
	return e;
}

static enum err
folder_make(struct rehearse *r, struct buf *b)
{
	static const char pattern[] = "/partecipa-prova-XXXXXX";
	const char *tmp = getenv("TMPDIR");

	if (r->o->data != NULL) {
		buf_str(b, r->o->data);
		return buf_text(b) == NULL
			   ? ERR_NOMEM
			   : file_folder_new(r->o->data, &r->why);
	}
	buf_str(b, tmp != NULL ? tmp : "/tmp");
	buf_str(b, pattern);
	if (buf_text(b) == NULL)
		return ERR_NOMEM;
	return mkdtemp((char *)b->p) != NULL
		   ? OK
		   : why_say(&r->why, ERR_IO, "cannot make a folder %s",
			 (char *)b->p);
}

static enum err
folder(struct rehearse *r)
{
	struct buf b = { 0 };
	enum err e;

	if ((e = folder_make(r, &b)) == OK &&
	    (r->dir = realpath((char *)b.p, NULL)) == NULL)
		e = ERR_NOMEM;
	buf_free(&b);
	return e;
}

/* Header and form as every client accepts them: from the log. */
static enum err
believe(struct rehearse *r, int with_form)
{
	const char *url = (const char *)r->url.p;
	struct api_spaces list = { 0 };
	const struct api_space *row;
	struct trust *t = NULL;
	struct api *a = NULL;
	struct buf b = { 0 };
	enum err e;

	if ((e = api_open(url, &a, &r->why)) != OK ||
	    (e = api_spaces(a, &list, &r->why)) != OK)
		goto out;
	e = ERR_NOT_FOUND;
	if ((row = api_spaces_find(&list, r->stage.slug)) == NULL)
		goto out;
	e = trust_open(url, NULL, (struct slice){ NULL, 0 }, &t, &r->why);
	if (e != OK)
		goto out;
	if (!with_form) {
		if ((e = trust_receipt_key(t, &r->receipt_key, &r->why)) ==
			OK &&
		    (e = api_header(a, r->stage.slug, &b, &r->why)) == OK)
			e = trust_header(
			    t, row->first, buf_slice(&b), &r->header, &r->why);
	} else if ((e = api_form(a, r->stage.slug, &b, &r->why)) == OK) {
		e = trust_form(
		    t, row->first, r->header, buf_slice(&b), &r->form, &r->why);
	}

out:
	buf_free(&b);
	trust_free(t);
	api_spaces_free(&list);
	api_free(a);
	return e;
}

static void
nap(long milliseconds)
{
	struct timespec t = { .tv_nsec = milliseconds * 1000000 };

	(void)nanosleep(&t, NULL);
}

/* What a server works at may take long where there are many residents. */
#define PATIENCE 1800 /* seconds */

static double
seconds(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The sequencer publishes the ledgers by itself once issuance is over. */
static enum err
wait_for_ledgers(struct rehearse *r)
{
	struct api *a = NULL;
	struct buf b = { 0 };
	double until = seconds() + PATIENCE;
	size_t issuer = 0;
	enum err e;

	if ((e = api_open((const char *)r->url.p, &a, &r->why)) != OK)
		return e;
	while (issuer < r->header->n_issuers) {
		b.n = 0;
		e = api_ledger(
		    a, r->stage.slug, issuer, PURPOSE_VOTE, &b, &r->why);
		if (e == OK)
			issuer++;
		else if ((e == ERR_NOT_FOUND || e == ERR_IO) &&
			 seconds() < until)
			nap(100);
		else
			break;
	}
	buf_free(&b);
	api_free(a);
	return e;
}

static enum err
collecting(struct rehearse *r)
{
	uint64_t over = r->stage.start + 7 * REHEARSE_DAY;
	double server = 0, own = spawn_own_cpu();
	enum err e;

	if ((e = rehearse_clock(r, r->stage.start + 60)) != OK ||
	    (e = rehearse_collect(r, &server)) != OK)
		return e;
	r->cpu.issue = server / (double)r->n;
	r->cpu.resident = (spawn_own_cpu() - own) / (double)r->n;
	if ((e = rehearse_clock(r, over + 60)) != OK)
		return e;
	return wait_for_ledgers(r);
}

/* Until the log holds that many records (batch and other entries besides). */
static enum err
wait_for_batches(struct rehearse *r, size_t records)
{
	struct api_spaces list = { 0 };
	const struct api_space *row;
	double until = seconds() + PATIENCE;
	struct api *a = NULL;
	uint64_t n = 0;
	enum err e;

	if ((e = api_open((const char *)r->url.p, &a, &r->why)) != OK)
		return e;
	while (n < records && seconds() < until) {
		e = api_spaces(a, &list, &r->why);
		if (e != OK && e != ERR_IO)
			break;
		row = e == OK ? api_spaces_find(&list, r->stage.slug) : NULL;
		n = row != NULL ? row->last - row->first : 0;
		if (e == OK)
			api_spaces_free(&list);
		list = (struct api_spaces){ 0 };
		if (n < records)
			nap(50);
	}
	if (e == OK && n < records)
		e = why_say(
		    &r->why, ERR_IO, "the batch does not come into the log");
	api_free(a);
	return e;
}

/* A quarter of the residents in each window, so that there are batches. */
static enum err
casting(struct rehearse *r)
{
	uint64_t begin = r->stage.start + 14 * REHEARSE_DAY;
	double server = 0, before, own = spawn_own_cpu();
	size_t i, from, to;
	enum err e;

	for (i = 0; i < REHEARSE_WINDOWS; i++) {
		from = r->n * i / REHEARSE_WINDOWS;
		to = r->n * (i + 1) / REHEARSE_WINDOWS;
		if ((e = rehearse_clock(r, begin + i * REHEARSE_DAY + 60)) !=
			OK ||
		    (e = rehearse_cast(r, from, to, &server)) != OK)
			return e;
		if (i + 1 == REHEARSE_WINDOWS &&
		    (e = rehearse_again(r, &server)) != OK)
			return e;
		/* What sequencing this window's batch costs counts too. */
		before = spawn_cpu(&r->server);
		if ((e = rehearse_clock(r, begin + (i + 1) * REHEARSE_DAY)) !=
			OK ||
		    (e = wait_for_batches(r, r->cast)) != OK)
			return e;
		server += spawn_cpu(&r->server) - before;
	}
	r->cpu.cast = server / (double)r->cast;
	r->cpu.prepare /= (double)r->cast;
	r->cpu.resident += (spawn_own_cpu() - own) / (double)r->n;
	return rehearse_clock(r, begin + REHEARSE_WINDOWS * REHEARSE_DAY + 60);
}

enum err
rehearse_play(const struct rehearse_options *o, struct rehearse *out)
{
	enum err e;

	*out = (struct rehearse){ .o = o, .server = { .out = -1 } };
	if ((e = rehearse_stage_read(o->as, &out->stage, &out->why)) != OK ||
	    (e = load(out)) != OK || (e = folder(out)) != OK ||
	    (e = rehearse_found(out)) != OK ||
	    (e = rehearse_others(out)) != OK ||
	    (e = rehearse_letters(out)) != OK ||
	    (e = rehearse_trustees(out)) != OK ||
	    (e = rehearse_announce(out)) != OK || (e = believe(out, 0)) != OK ||
	    (e = rehearse_ceremony(out)) != OK || (e = collecting(out)) != OK ||
	    (e = rehearse_form(out)) != OK || (e = believe(out, 1)) != OK ||
	    (e = casting(out)) != OK || (e = rehearse_close(out)) != OK)
		return e;
	return rehearse_audit(out);
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	(void)remove(path); /* what cannot be removed stays */
	return 0;
}

void
rehearse_end(struct rehearse *r)
{
	size_t i;

	rehearse_others_stop(r);
	(void)spawn_stop(&r->server);
	if (r->dir != NULL && !r->o->keep)
		(void)nftw(r->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	for (i = 0; r->voters != NULL && i < r->n; i++) {
		buf_free(&r->voters[i].tokens);
		buf_free(&r->voters[i].record);
	}
	free(r->voters);
	form_free(r->form);
	header_free(r->header);
	pb_free(r->pb);
	buf_free(&r->url);
	buf_free(&r->result);
	rehearse_stage_free(&r->stage);
	free(r->file);
	free(r->dir);
}
