#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "admit.h"
#include "base64.h"
#include "text.h"
#include "wipe.h"

#include "cmd.h"
#include "file.h"
#include "papers.h"
#include "resident.h"
#include "trust.h"
#include "when.h"

/* One contact with a server, checked against the papers. */
struct contact {
	struct api *api;
	struct trust *trust;
	struct api_spaces spaces;
	struct note_key receipt_key;
	struct papers *papers;	/* NULL where there are none */
	struct header **listed; /* of ${spaces}, once needed */
};

static void
contact_close(struct contact *c)
{
	size_t i;

	for (i = 0; c->listed != NULL && i < c->spaces.n; i++)
		header_free(c->listed[i]);
	free(c->listed);
	papers_free(c->papers);
	api_spaces_free(&c->spaces);
	trust_free(c->trust);
	api_free(c->api);
	memset(c, 0, sizeof(*c));
}

/*
 * The log that the papers know is the only one believed, and it may only grow.
 */
static enum err
contact_open(struct contact *c, const char *server, struct why *why)
{
	struct buf vkey = { 0 };
	struct slice earlier = { NULL, 0 };
	enum err r;

	if (c->papers != NULL)
		earlier = buf_slice(&c->papers->checkpoint);
	if ((r = api_open(server, &c->api, why)) != OK ||
	    (r = trust_open(server,
		 c->papers == NULL ? NULL : c->papers->log_key, earlier,
		 &c->trust, why)) != OK ||
	    (r = trust_receipt_key(c->trust, &c->receipt_key, why)) != OK ||
	    (r = api_spaces(c->api, &c->spaces, why)) != OK)
		goto out;
	if (c->papers == NULL)
		goto out;
	c->papers->checkpoint.n = 0;
	buf_put(&c->papers->checkpoint, trust_note(c->trust).p,
	    trust_note(c->trust).n);
	if (c->papers->log_key == NULL) {
		note_key_print(trust_key(c->trust), &vkey);
		if (buf_text(&vkey) == NULL ||
		    (c->papers->log_key = strdup(buf_text(&vkey))) == NULL)
			r = ERR_NOMEM;
	}

out:
	buf_free(&vkey);
	return r;
}

static enum err
header_get(struct contact *c, const struct api_space *s, struct header **out,
    struct why *why)
{
	struct buf b = { 0 };
	enum err r;

	if ((r = api_header(c->api, s->slug, &b, why)) == OK)
		r = trust_header(c->trust, s->first, buf_slice(&b), out, why);
	buf_free(&b);
	if (r == OK && strcmp((*out)->slug, s->slug) != 0) {
		header_free(*out);
		*out = NULL;
		r = ERR_SIGNATURE;
		(void)why_say(why, r,
		    "the server gave the header of another space than \"%s\"",
		    s->slug);
	}
	return r;
}

static enum err
space_pick(struct contact *c, const char *slug, const struct api_space **out,
    struct why *why)
{
	*out = api_spaces_find(&c->spaces, slug);
	if (*out == NULL)
		return why_say(why, ERR_NOT_FOUND,
		    "%s has no space \"%.80s\"; partecipa space list shows "
		    "them",
		    c->api->base, slug);
	return OK;
}

/* The headers of all spaces; NULL for one that is none. */
static enum err
listed_get(struct contact *c, struct why *why)
{
	struct why ignored = { { 0 } };
	struct buf b = { 0 };
	enum err r = OK;
	size_t i;

	if (c->listed != NULL)
		return OK;
	c->listed = calloc(c->spaces.n + 1, sizeof(struct header *));
	if (c->listed == NULL)
		return ERR_NOMEM;
	for (i = 0; i < c->spaces.n && r == OK; i++) {
		b.n = 0;
		r = api_header(c->api, c->spaces.space[i].slug, &b, why);
		if (r == OK &&
		    header_parse(buf_slice(&b), &c->listed[i], &ignored) != OK)
			c->listed[i] = NULL;
	}
	buf_free(&b);
	return r;
}

/*
 * With a token key that serves two spaces, a right to one can be made one to
 * the other: nobody should ask for a paper under it.
 */
static enum err
keys_alone(struct contact *c, const struct header *h, struct why *why)
{
	const struct header *o;
	enum err r;
	size_t i;

	if ((r = listed_get(c, why)) != OK)
		return r;
	for (i = 0; i < c->spaces.n; i++) {
		o = c->listed[i];
		if (o != NULL && !hash_equal(&o->id, &h->id) &&
		    header_shares_key(h, o))
			return why_say(why, ERR_SIGNATURE,
			    "the spaces \"%s\" and \"%s\" have a token key in "
			    "common, which lets people vote twice: do not "
			    "collect, and tell an auditor",
			    h->slug, o->slug);
	}
	return OK;
}

/* ---- collect ------------------------------------------------------------ */

struct collect {
	const char *server, *code, *code_file, *secret, *slug, *factor, *out;
	struct sign_key roll;
	unsigned got, had, refused;
};

static enum err
code_take(struct collect *o, struct why *why)
{
	struct buf b = { 0 };
	struct roll_code code;
	struct slice typed = slice_str(o->code == NULL ? "" : o->code);
	enum err r;

	if (o->code_file != NULL) {
		if ((r = file_read(o->code_file, 1024, &b, why)) != OK)
			goto out;
		typed = buf_slice(&b);
		while (typed.n > 0 && (typed.p[typed.n - 1] == '\n' ||
					  typed.p[typed.n - 1] == '\r'))
			typed.n--;
	}
	r = roll_code_parse(typed, &code);
	if (r == ERR_FORMAT)
		r = why_say(why, r,
		    "the code must be the 20 characters of the letter, in 5 "
		    "groups of 4");
	else if (r != OK)
		r = why_say(why, r,
		    "the code has a typing mistake: its last character does "
		    "not fit the others; compare it with the letter");
	else
		r = derive_roll_key(&code, &o->roll);
	wipe(&code, sizeof(code));

out:
	buf_free(&b);
	return r;
}

/* The papers to go on with, or new ones; new ones are on disk at once. */
static enum err
papers_begin(const struct collect *o, struct papers **out, struct why *why)
{
	struct buf b = { 0 };
	struct secret secret;
	struct slice typed;
	enum err r = OK;

	if (file_exists(o->out))
		return papers_load(o->out, out, why);
	if (o->secret == NULL || strcmp(o->secret, "new") == 0) {
		resident_secret_random(&secret);
	} else {
		if ((r = file_read(o->secret, 1024, &b, why)) != OK)
			goto out;
		typed = buf_slice(&b);
		while (typed.n > 0 && typed.p[typed.n - 1] == '\n')
			typed.n--;
		if ((r = recovery_parse(CODE_MASTER, typed, &secret)) != OK) {
			(void)why_say(why, r,
			    "%s: must hold a recovery code, 7 groups of 4",
			    o->secret);
			goto out;
		}
	}
	if ((r = papers_new(&secret, out)) == OK)
		r = papers_save(*out, o->out, why);

out:
	wipe(&secret, sizeof(secret));
	buf_free(&b);
	return r;
}

static enum err
factors_make(const struct collect *o, const struct header *h,
    struct hash factors[static RECORD_ISSUERS_MAX], struct why *why)
{
	char text[WALLET_FACTOR_MAX + 1];
	enum err r;
	size_t i;

	for (i = 0; i < h->n_issuers; i++) {
		if (h->issuers[i].factor == FACTOR_NONE)
			continue;
		if (o->factor == NULL)
			return why_say(why, ERR_FORBIDDEN,
			    "\"%s\" asks for a second factor (%s): give it "
			    "with --factor",
			    h->slug, factor_kind_name(h->issuers[i].factor));
		if ((r = wallet_factor_text(h->issuers[i].factor,
			 slice_str(o->factor), text, why)) != OK)
			return r;
		wallet_factor(&o->roll.pk, text, &factors[i]);
		wipe(text, sizeof(text));
	}
	return OK;
}

/* All purposes of one space. */
static enum err
collect_space(struct collect *o, struct contact *c, const struct api_space *s,
    struct why *why)
{
	struct hash factors[RECORD_ISSUERS_MAX];
	struct papers_space *mine;
	struct header *h = NULL;
	struct secret ss;
	unsigned p;
	enum err r;

	memset(factors, 0, sizeof(factors));
	memset(&ss, 0, sizeof(ss));
	if ((r = header_get(c, s, &h, why)) != OK ||
	    (r = keys_alone(c, h, why)) != OK ||
	    (r = factors_make(o, h, factors, why)) != OK ||
	    (r = derive_space_secret(&c->papers->secret, &h->id, &ss)) != OK)
		goto out;
	if ((mine = papers_space(c->papers, h)) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	for (p = 1; p <= PURPOSE_MAX; p++) {
		if (!header_has_purpose(h->kind, p))
			continue;
		if (mine->tokens[p].n > 0) {
			o->had++;
			continue;
		}
		if ((r = resident_collect(c->api, h, (enum purpose)p, &o->roll,
			 &ss, factors, &mine->tokens[p], why)) != OK)
			goto out;
		if ((r = papers_save(c->papers, o->out, why)) != OK)
			goto out;
		o->got++;
	}
	if (strcmp(s->phase, "open") == 0 && h->separated)
		printf("Note: you fetched a paper again while voting is open. "
		       "Wait some hours before you vote,\nso that the two "
		       "cannot be linked by their times.\n");

out:
	wipe(&ss, sizeof(ss));
	wipe(factors, sizeof(factors));
	header_free(h);
	return r;
}

/* Is it worth asking?  The server decides; this only spares refusals. */
static int
may_issue(const struct api_space *s)
{
	return strcmp(s->phase, "issuance") == 0 ||
	       strcmp(s->phase, "open") == 0;
}

static enum err
collect_all(struct collect *o, struct contact *c, struct why *why)
{
	const struct api_space *s;
	struct why reason;
	enum err r;
	size_t i;

	if (o->slug != NULL) {
		if ((r = space_pick(c, o->slug, &s, why)) != OK)
			return r;
		return collect_space(o, c, s, why);
	}
	for (i = 0; i < c->spaces.n; i++) {
		s = &c->spaces.space[i];
		if (!may_issue(s))
			continue;
		memset(&reason, 0, sizeof(reason));
		r = collect_space(o, c, s, &reason);
		if (r == OK)
			continue;
		/* An overlapping space whose issuance is over is no news. */
		if (strcmp(c->api->problem, "issuance-closed") == 0)
			continue;
		o->refused++;
		(void)fprintf(stderr, "%s: %s\n", s->slug,
		    reason.text[0] ? reason.text : err_str(r));
	}
	return OK;
}

static void
recovery_tell(const struct papers *p, const char *out)
{
	char code[35];

	recovery_print(CODE_MASTER, &p->secret, code);
	printf("\nYour recovery code, to write down and keep for yourself:\n\n"
	       "    %s\n\n"
	       "With it you find your vote again if the file %s is lost. "
	       "Nobody can give it to you a\nsecond time. Whoever has it can "
	       "see your vote and vote in your place.\n",
	    code, out);
	wipe(code, sizeof(code));
}

static int
collect_run(int argc, char **argv)
{
	struct collect o = { 0 };
	const struct args_option options[] = {
		{ "server", ARGS_TEXT, &o.server, "URL", "the server" },
		{ "code", ARGS_TEXT, &o.code, "CODE", "the letter's code" },
		{ "code-file", ARGS_TEXT, &o.code_file, "FILE",
		    "a file that holds it" },
		{ "secret", ARGS_TEXT, &o.secret, "FILE",
		    "a recovery code to go on with; \"new\" (the default)" },
		{ "space", ARGS_TEXT, &o.slug, "SLUG",
		    "only this space (default: all that issue now)" },
		{ "factor", ARGS_TEXT, &o.factor, "TEXT",
		    "date of birth or document's number, where asked for" },
		{ "out", ARGS_TEXT, &o.out, "PAPERS",
		    "the file of papers; goes on with it if it is there" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = {
		"resident collect --server URL --code CODE --out PAPERS",
		"Collects the papers of every space that issues now. May be "
		"repeated: what was\ncollected stays, a lost answer is fetched "
		"again.",
		options, 0, 0
	};
	struct contact c = { 0 };
	struct why why = { { 0 } };
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, NULL)) != ARGS_GO)
		return status;
	if (o.server == NULL || o.out == NULL ||
	    (o.code == NULL) == (o.code_file == NULL))
		return args_usage("resident collect needs --server, --out and "
				  "one of --code and --code-file.");
	if ((r = code_take(&o, &why)) != OK ||
	    (r = papers_begin(&o, &c.papers, &why)) != OK ||
	    (r = contact_open(&c, o.server, &why)) != OK ||
	    (r = collect_all(&o, &c, &why)) != OK ||
	    (r = papers_save(c.papers, o.out, &why)) != OK)
		goto out;
	printf("%u collected, %u already there, %u refused.\n", o.got, o.had,
	    o.refused);
	if (o.got > 0)
		recovery_tell(c.papers, o.out);

out:
	wipe(&o.roll, sizeof(o.roll));
	contact_close(&c);
	if (r != OK)
		return cmd_fail(r, &why);
	return o.refused > 0 || o.got + o.had == 0 ? 1 : 0;
}

/* ---- vote --------------------------------------------------------------- */

struct vote {
	const char *server, *papers, *choice, *points, *rank, *receipt;
	int blank;
	const char *slug;
	struct contact c;
	const struct api_space *space;
	struct papers_space *mine;
	struct header *h;
	struct form *f;
	struct secret ss;
};

static enum err
form_get(struct vote *o, struct why *why)
{
	struct buf b = { 0 };
	enum err r;

	if ((r = api_form(o->c.api, o->slug, &b, why)) == OK)
		r = trust_form(o->c.trust, o->space->first, o->h, buf_slice(&b),
		    &o->f, why);
	buf_free(&b);
	return r;
}

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
	    (r = space_pick(&o->c, o->slug, &o->space, why)) != OK ||
	    (r = header_get(&o->c, o->space, &o->h, why)) != OK)
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
	    (r = form_get(o, why)) != OK)
		return r;
	return crowd_check(o, why);
}

static enum err
ballot_make(struct vote *o, uint32_t seq, struct buf *raw, struct why *why)
{
	const char *text = o->choice != NULL   ? o->choice
			   : o->points != NULL ? o->points
					       : o->rank;
	enum ballot_type type = o->f->ballot.type;
	struct choices choices;
	uint32_t *v;
	enum err r;

	if ((o->points != NULL && type != BALLOT_POINTS) ||
	    (o->rank != NULL && type != BALLOT_RANKING) ||
	    (o->choice != NULL && type != BALLOT_CHOICE &&
		type != BALLOT_BITMAP))
		return why_say(why, ERR_FORMAT,
		    "this vote takes %s (or --blank)",
		    type == BALLOT_POINTS    ? "--points 1=3,2=1"
		    : type == BALLOT_RANKING ? "--rank 3,1,2"
					     : "--choice 1,5,7");
	if ((v = calloc(o->f->n_options, sizeof(*v))) == NULL)
		return ERR_NOMEM;
	if (o->blank) {
		wallet_blank(o->f, v, &choices);
		r = OK;
	} else {
		r = wallet_choose(o->f, text, v, &choices, why);
	}
	if (r == OK)
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
	int ways = (o->choice != NULL) + (o->points != NULL) +
		   (o->rank != NULL) + o->blank;

	if (o->server == NULL || o->papers == NULL)
		return args_usage("resident vote needs --server and --papers.");
	if (ways != 1)
		return args_usage("resident vote needs exactly one of "
				  "--choice, --points, --rank and --blank.");
	return ARGS_GO;
}

static int
vote_run(int argc, char **argv)
{
	struct vote o = { 0 };
	const struct args_option options[] = {
		{ "papers", ARGS_TEXT, &o.papers, "FILE", "your papers" },
		{ "server", ARGS_TEXT, &o.server, "URL", "the server" },
		{ "choice", ARGS_TEXT, &o.choice, "1,5,7", "option numbers" },
		{ "points", ARGS_TEXT, &o.points, "1=3,2=1",
		    "points by option number" },
		{ "rank", ARGS_TEXT, &o.rank, "3,1,2", "best first" },
		{ "blank", ARGS_FLAG, &o.blank, NULL, "a blank ballot" },
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

/* ---- check -------------------------------------------------------------- */

struct check {
	const char *server, *papers, *recovery, *receipt, *evidence, *now_text;
	const char *slug;
	uint64_t now;
	struct contact c;
	const struct api_space *space;
	struct papers_space *mine;
	struct header *h;
	struct buf receipt_text;
	int has_receipt;
	struct receipt promise;
};

static enum err
check_begin(struct check *o, struct secret *ss, struct why *why)
{
	struct secret master;
	enum err r;

	if (o->papers != NULL) {
		if ((r = papers_load(o->papers, &o->c.papers, why)) != OK)
			return r;
		master = o->c.papers->secret;
		o->mine = papers_find(o->c.papers, o->slug);
	} else if (recovery_parse(
		       CODE_MASTER, slice_str(o->recovery), &master) != OK) {
		return why_say(why, ERR_FORMAT,
		    "the recovery code is not complete or has a typing "
		    "mistake: 7 groups of 4");
	}
	if ((r = contact_open(&o->c, o->server, why)) == OK &&
	    (r = space_pick(&o->c, o->slug, &o->space, why)) == OK &&
	    (r = header_get(&o->c, o->space, &o->h, why)) == OK)
		r = derive_space_secret(&master, &o->h->id, ss);
	wipe(&master, sizeof(master));
	return r;
}

/* A plain receipt names its leaf; the check below is of the signature. */
static enum err
leaf_of_receipt(struct slice text, struct hash *leaf)
{
	struct cursor c = cursor_of(text);
	struct slice line;
	int i;

	for (i = 0; i < 3; i++)
		line = text_line(&c);
	if (c.bad)
		return ERR_FORMAT;
	return base64_decode_exact(BASE64_STD, line, leaf->b, HASH_BYTES);
}

/* The promise that the server made, from --receipt or from the papers. */
static enum err
promise_read(struct check *o, struct why *why)
{
	struct hash leaf;
	enum err r;

	if (o->receipt != NULL) {
		if ((r = file_read(
			 o->receipt, NOTE_MAX, &o->receipt_text, why)) != OK)
			return r;
	} else if (o->mine != NULL && o->mine->receipt.n > 0) {
		buf_put(
		    &o->receipt_text, o->mine->receipt.p, o->mine->receipt.n);
	} else {
		return OK;
	}
	if (o->mine != NULL && o->mine->record.n > 0)
		admit_leaf(buf_slice(&o->mine->record), &leaf);
	else if (leaf_of_receipt(buf_slice(&o->receipt_text), &leaf) != OK)
		return why_say(why, ERR_FORMAT,
		    "this receipt can only be read together with the papers: "
		    "give --papers");
	if (receipt_open(buf_slice(&o->receipt_text), &o->c.receipt_key, &leaf,
		&o->promise) != OK)
		return why_say(why, ERR_SIGNATURE,
		    "the receipt is not signed by this server, or is of "
		    "another vote than the last one in the papers");
	o->has_receipt = 1;
	return OK;
}

static enum err
evidence_write(const struct check *o, struct why *why)
{
	struct buf path = { 0 }, record = { 0 };
	const char *file = o->evidence;
	enum err r = ERR_NOMEM;
	char *text = NULL;
	json_t *j = NULL;

	if (file == NULL) {
		buf_printf(&path, "%s-evidence.json", o->slug);
		file = buf_text(&path);
	}
	if (o->mine != NULL)
		base64_put(&record, BASE64_STD, buf_slice(&o->mine->record));
	if (file == NULL || buf_text(&record) == NULL)
		goto out;
	j = json_pack("{s:s,s:s,s:s%,s:s%,s:s}", "what",
	    "The server signed this receipt, its promise is past, and the "
	    "record is not in the log of this checkpoint.",
	    "space", o->slug, "receipt", (const char *)o->receipt_text.p,
	    o->receipt_text.n, "checkpoint",
	    (const char *)trust_note(o->c.trust).p, trust_note(o->c.trust).n,
	    "record", buf_text(&record));
	if (j == NULL || (text = json_dumps(j, JSON_INDENT(2))) == NULL)
		goto out;
	r = file_write(file, 0600, slice_str(text), why);
	if (r == OK)
		printf("The evidence is in the file %s: give it to an auditor "
		       "or to the municipality.\n"
		       "It shows which vote is yours.\n",
		    file);

out:
	free(text);
	json_decref(j);
	buf_free(&record);
	buf_free(&path);
	return r;
}

/* Not in the log: too early, never sent, or dropped. */
static int
missing_tell(struct check *o)
{
	struct why why = { { 0 } };
	char when[WHEN_CHARS];
	uint64_t due;
	enum err r;

	if (!o->has_receipt) {
		printf("No vote of yours is in \"%s\". If you voted, wait for "
		       "the end of the window that was\ntold to you and check "
		       "again, with the receipt.\n",
		    o->slug);
		return 1;
	}
	due = o->promise.window_end + o->h->grace;
	when_print(due, when);
	if (o->now <= due) {
		printf("Your vote is not in the log yet. The server promised "
		       "it by %s: check again then.\n",
		    when);
		return 1;
	}
	printf("YOUR VOTE IS NOT IN THE LOG although the server promised it "
	       "by %s.\n"
	       "Your receipt proves that the server received it.\n",
	    when);
	if ((r = evidence_write(o, &why)) != OK)
		return cmd_fail(r, &why);
	return 1;
}

static int
found_tell(struct check *o, const struct trust_record *found)
{
	char when[WHEN_CHARS];

	/*
	 * Every bundle was proven when it was read.  Nothing is fetched again:
	 * the bundle asked for a second time would be the one with her vote.
	 */
	when_print(found->window_end, when);
	printf("Your vote is in the public log: entry %" PRIu64
	       ", number %u of yours, window until %s.\n"
	       "Its inclusion in the signed log of %" PRIu64
	       " entries was verified.\n",
	    found->index, (unsigned)found->seq + 1, when,
	    trust_checkpoint(o->c.trust)->size);
	if (o->has_receipt && !hash_equal(&o->promise.leaf, &found->leaf)) {
		printf("But your receipt is of another vote than the last one "
		       "in the log.\n");
		if (o->mine == NULL || o->mine->seq >= found->seq)
			return missing_tell(o);
		printf("You voted again later, from another device? If not, "
		       "somebody else has your code.\n");
		return 1;
	}
	return 0;
}

static int
check_arguments(struct check *o)
{
	unsigned long n;

	if (o->server == NULL || (o->papers == NULL) == (o->recovery == NULL))
		return args_usage("resident check needs --server and one of "
				  "--papers and --recovery.");
	o->now = (uint64_t)time(NULL);
	if (o->now_text != NULL) {
		if (!args_number(o->now_text, 0, UINT32_MAX, &n))
			return args_usage("--now must be UNIX seconds.");
		o->now = n;
	}
	return ARGS_GO;
}

static enum err
check_find(struct check *o, const struct secret *ss, struct trust_record *found,
    struct why *why)
{
	uint64_t size = trust_checkpoint(o->c.trust)->size;
	uint64_t last = o->space->last < size ? o->space->last : size;
	struct public_key pk;
	enum err r;

	if ((r = wallet_pk(ss, PURPOSE_VOTE, &pk)) != OK)
		return r;
	r = trust_find(o->c.trust, o->space->first, last, o->h, PURPOSE_VOTE,
	    &pk, found, why);
	/* The range is what the server says; look at the rest too. */
	if (r == ERR_NOT_FOUND && last < size)
		r = trust_find(o->c.trust, last, size, o->h, PURPOSE_VOTE, &pk,
		    found, why);
	return r;
}

static int
check_run(int argc, char **argv)
{
	struct check o = { 0 };
	const struct args_option options[] = {
		{ "papers", ARGS_TEXT, &o.papers, "FILE", "your papers" },
		{ "recovery", ARGS_TEXT, &o.recovery, "CODE",
		    "or the recovery code" },
		{ "server", ARGS_TEXT, &o.server, "URL", "the server" },
		{ "receipt", ARGS_TEXT, &o.receipt, "FILE",
		    "a receipt (default: the one in the papers)" },
		{ "evidence", ARGS_TEXT, &o.evidence, "FILE",
		    "where evidence goes (default: SLUG-evidence.json)" },
		{ "now", ARGS_TEXT, &o.now_text, "SECONDS",
		    "the time, for rehearsals" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = {
		"resident check SLUG --papers FILE --server URL",
		"Looks for your vote in the public log. Whole bundles of the "
		"space are read, so that\nthe server does not learn which vote "
		"is yours. Exit status 1: it is not there.",
		options, 1, 1
	};
	struct trust_record found = { 0 };
	struct why why = { { 0 } };
	struct secret ss;
	int status;
	enum err r;

	if ((status = args_parse(&spec, argc, argv, &o.slug)) != ARGS_GO ||
	    (status = check_arguments(&o)) != ARGS_GO)
		return status;
	if ((r = check_begin(&o, &ss, &why)) != OK ||
	    (r = promise_read(&o, &why)) != OK)
		goto out;
	r = check_find(&o, &ss, &found, &why);
	if (r == OK)
		status = found_tell(&o, &found);
	else if (r == ERR_NOT_FOUND)
		status = missing_tell(&o);
	if (r == ERR_NOT_FOUND)
		r = OK;

out:
	wipe(&ss, sizeof(ss));
	buf_free(&found.raw);
	buf_free(&o.receipt_text);
	header_free(o.h);
	contact_close(&o.c);
	return r == OK ? status : cmd_fail(r, &why);
}

int
cmd_resident(int argc, char **argv)
{
	static const struct args_sub subs[] = {
		{ "collect", collect_run, "fetch papers with a letter's code" },
		{ "vote", vote_run, "cast or change a vote" },
		{ "check", check_run, "find one's vote in the public log" },
		{ NULL, NULL, NULL },
	};

	return args_dispatch("resident", subs, argc, argv);
}
