/* `partecipa resident vote`: cast a vote, or change it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wipe.h"

#include "cmd_resident.h"
#include "contact.h"
#include "file.h"
#include "resident.h"
#include "when.h"

struct vote {
	const char *server, *papers, *receipt, *slug;
	struct cmd_resident_choice choice;
	struct contact c;
	const struct api_space *space;
	struct papers_space *mine;
	struct header *h;
	struct form *f;
	struct secret ss;
};

/* Few papers hide nobody: PROTOCOL 3, min_collected. */
static enum err
crowd_check(struct vote *o, struct why *why)
{
	uint32_t count;
	size_t i;
	enum err r;

	if (!o->h->separated)
		return OK;
	for (i = 0; i < o->h->n_issuers; i++) {
		if ((r = trust_ledger_count(o->c.trust, o->space->first, o->h,
			 i, PURPOSE_VOTE, &count, why)) != OK)
			return r;
		if (count < o->h->min_collected)
			return why_say(why, ERR_FORBIDDEN,
			    "only %u people collected papers for \"%s\" and "
			    "at least %u were promised: your vote would not "
			    "be hidden among enough others, so it is not sent",
			    (unsigned)count, o->slug,
			    (unsigned)o->h->min_collected);
	}
	return OK;
}

static enum err
vote_begin(struct vote *o, struct why *why)
{
	enum err r;

	if ((r = papers_load(o->papers, &o->c.papers, why)) != OK ||
	    (r = contact_open(&o->c, o->server, why)) != OK ||
	    (r = contact_space(&o->c, o->slug, &o->space, why)) != OK ||
	    (r = contact_header(&o->c, o->space, &o->h, why)) != OK)
		return r;
	if (o->h->kind != SPACE_BALLOT)
		return why_say(
		    why, ERR_FORBIDDEN, "\"%s\" is not a vote", o->slug);
	o->mine = papers_find(o->c.papers, o->slug);
	if (o->mine == NULL || !hash_equal(&o->mine->space_id, &o->h->id) ||
	    o->mine->tokens[PURPOSE_VOTE].n != o->h->n_issuers * BLIND_BYTES)
		return why_say(why, ERR_NOT_FOUND,
		    "%s holds no paper for \"%s\"; collect it with partecipa "
		    "resident collect",
		    o->papers, o->slug);
	if ((r = derive_space_secret(
		 &o->c.papers->secret, &o->h->id, &o->ss)) != OK ||
	    (r = contact_form(&o->c, o->space, o->h, &o->f, why)) != OK)
		return r;
	return crowd_check(o, why);
}

static enum err
ballot_make(struct vote *o, uint32_t seq, struct buf *raw, struct why *why)
{
	struct choices choices;
	uint32_t *v;
	enum err r;

	if ((v = calloc(o->f->n_options, sizeof(*v))) == NULL)
		return ERR_NOMEM;
	if ((r = cmd_resident_choose(&o->choice, o->f, v, &choices, why)) == OK)
		r = wallet_ballot(&o->ss, o->h, o->f, seq,
		    o->mine->tokens[PURPOSE_VOTE].p, &choices, raw, why);
	wipe(v, o->f->n_options * sizeof(*v));
	free(v);
	return r;
}

/* Send what the papers hold; a lost answer leaves it there for the next try. */
static enum err
pending_send(struct vote *o, struct resident_receipt *got, struct why *why)
{
	enum err r;

	r = resident_send(o->c.api, o->h, buf_slice(&o->mine->record),
	    &o->c.receipt_key, got, why);
	if (r != OK)
		return r;
	o->mine->receipt.n = 0;
	buf_put(&o->mine->receipt, got->text.p, got->text.n);
	return papers_save(o->c.papers, o->papers, why);
}

static enum err
record_keep(
    struct vote *o, uint32_t seq, const struct buf *raw, struct why *why)
{
	o->mine->record.n = 0;
	o->mine->receipt.n = 0;
	buf_put(&o->mine->record, raw->p, raw->n);
	o->mine->seq = seq;
	if (o->mine->record.bad)
		return ERR_NOMEM;
	return papers_save(o->c.papers, o->papers, why);
}

/* The number of the next record, from the papers, else from the log. */
static enum err
seq_next(struct vote *o, uint32_t *seq, struct why *why)
{
	struct trust_record found = { 0 };
	struct public_key pk;
	enum err r;

	*seq = 0;
	if (o->mine->record.n > 0 || o->mine->seq > 0) {
		*seq = o->mine->seq + (o->mine->record.n > 0);
		return OK;
	}
	if ((r = wallet_pk(&o->ss, PURPOSE_VOTE, &pk)) != OK)
		return r;
	r = trust_find(o->c.trust, o->space->first, o->space->last, o->h,
	    PURPOSE_VOTE, &pk, &found, why);
	if (r == OK)
		*seq = found.seq + 1;
	buf_free(&found.raw);
	return r == ERR_NOT_FOUND ? OK : r;
}

/*
 * A record whose answer was lost goes first: it may have arrived.  What the
 * server then refuses for good is dropped, unless it is full or out of reach.
 */
static enum err
pending_settle(struct vote *o, struct why *why)
{
	struct resident_receipt got = { 0 };
	enum err r;

	if (o->mine->record.n == 0 || o->mine->receipt.n > 0)
		return OK;
	r = pending_send(o, &got, why);
	buf_free(&got.text);
	if (r == ERR_IO || r == ERR_SIGNATURE || o->c.api->status >= 500)
		return r;
	if (r != OK) {
		/*
		 * Refused: as if never made, and its number is free, unless
		 * another device used it: then the log knows.
		 */
		o->mine->record.n = 0;
		if (strncmp(o->c.api->problem, "seq-", 4) == 0)
			o->mine->seq = 0;
		r = OK;
	}
	return r;
}

/* After a refusal the papers are what they were before. */
static enum err
record_undo(struct vote *o, struct papers_space *before, struct why *why)
{
	struct buf tmp = o->mine->record;

	o->mine->record = before->record;
	before->record = tmp;
	tmp = o->mine->receipt;
	o->mine->receipt = before->receipt;
	before->receipt = tmp;
	o->mine->seq = before->seq;
	return papers_save(o->c.papers, o->papers, why);
}

static enum err
record_send_new(struct vote *o, struct resident_receipt *got, struct why *why)
{
	struct papers_space before = { 0 };
	struct buf raw = { 0 };
	uint32_t seq;
	enum err r;

	before.seq = o->mine->seq;
	buf_put(&before.record, o->mine->record.p, o->mine->record.n);
	buf_put(&before.receipt, o->mine->receipt.p, o->mine->receipt.n);
	if ((r = buf_end(&before.record)) != OK ||
	    (r = buf_end(&before.receipt)) != OK ||
	    (r = seq_next(o, &seq, why)) != OK ||
	    (r = ballot_make(o, seq, &raw, why)) != OK ||
	    (r = record_keep(o, seq, &raw, why)) != OK)
		goto out;
	r = pending_send(o, got, why);
	if (r == OK || r == ERR_IO || r == ERR_SIGNATURE)
		goto out;
	if (strncmp(o->c.api->problem, "seq-", 4) == 0)
		why_prefix(why,
		    "another device voted with these papers, or the log does "
		    "not show your last vote yet; wait for the next batch and "
		    "try again: ");
	if (record_undo(o, &before, why) != OK)
		r = ERR_IO;

out:
	buf_free(&before.record);
	buf_free(&before.receipt);
	buf_free(&raw);
	return r;
}

static enum err
vote_send(struct vote *o, struct resident_receipt *got, struct why *why)
{
	struct buf lost = { 0 };
	enum err r;

	/* The very same choice again, after a lost answer: the same bytes. */
	if (o->mine->record.n > 0 && o->mine->receipt.n == 0) {
		if ((r = ballot_make(o, o->mine->seq, &lost, why)) != OK)
			goto out;
		if (slice_equal(
			buf_slice(&lost), buf_slice(&o->mine->record))) {
			r = pending_send(o, got, why);
			goto out;
		}
	}
	if ((r = pending_settle(o, why)) == OK)
		r = record_send_new(o, got, why);

out:
	buf_free(&lost);
	return r;
}

static int
vote_arguments(const struct vote *o)
{
	if (o->server == NULL || o->papers == NULL)
		return args_usage("resident vote needs --server and --papers.");
	return cmd_resident_ways("vote", &o->choice);
}

int
cmd_resident_vote(int argc, char **argv)
{
	struct vote o = { 0 };
	const struct args_option options[] = {
		{ "papers", ARGS_TEXT, &o.papers, "FILE", "your papers" },
		{ "server", ARGS_TEXT, &o.server, "URL", "the server" },
		{ "policy", ARGS_TEXT, &o.c.policy, "FILE",
		    "whose witnesses must have cosigned (C2SP tlog-policy)" },
		CMD_RESIDENT_CHOICE(o.choice),
		{ "receipt", ARGS_TEXT, &o.receipt, "FILE",
		    "write the receipt there too" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = {
		"resident vote SLUG --papers FILE --choice 1,5,7 --server URL",
		"Casts a vote, or changes the one cast before; the last one "
		"counts. The receipt is\nkept in the papers.",
		options, 1, 1
	};
	struct resident_receipt got = { 0 };
	struct why why = { { 0 } };
	char when[WHEN_CHARS];
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, &o.slug)) != ARGS_GO ||
	    (status = vote_arguments(&o)) != ARGS_GO)
		return status;
	if ((r = vote_begin(&o, &why)) != OK ||
	    (r = vote_send(&o, &got, &why)) != OK)
		goto out;
	if (o.receipt != NULL &&
	    (r = file_write(o.receipt, 0600, buf_slice(&got.text), &why)) != OK)
		goto out;
	when_print(got.receipt.window_end + o.h->grace, when);
	printf("%s (number %u). It will be in the public log by %s;\n"
	       "partecipa resident check then finds it.\n",
	    got.repeat ? "Your vote was there already" : "Your vote is taken",
	    (unsigned)o.mine->seq + 1, when);

out:
	wipe(&o.ss, sizeof(o.ss));
	buf_free(&got.text);
	form_free(o.f);
	header_free(o.h);
	contact_close(&o.c);
	return r == OK ? 0 : cmd_fail(r, &why);
}
