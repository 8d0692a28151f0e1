/*
 * `partecipa resident recreate`: on a second device, make one's vote again from
 * the recovery code and the choices, and hold it against the public log.
 * `partecipa resident secret`: the code for that, good for one space only.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wipe.h"

#include "cmd_resident.h"
#include "contact.h"
#include "when.h"

/* One record of the credential in the log. */
struct found {
	uint64_t index;
	uint64_t window_end;
	uint32_t seq;
	enum wallet_difference difference;
};

struct recreate {
	const char *server, *papers, *recovery, *slug;
	struct cmd_resident_choice choice;
	struct contact c;
	const struct api_space *space;
	struct header *h;
	struct form *f;
	struct secret ss;
	uint32_t *values;
	struct choices choices;
	size_t n;	   /* records found */
	struct found last; /* of the highest seq */
	struct found same; /* the latest that is as it should be */
	int has_same;
	struct why *why;
};

/* ---- The secret of the space ----------------------------------------------
 */

/* Of a recovery code either the master's or this space's is taken. */
static enum err
code_read(const char *typed, const struct hash *space_id, struct secret *ss,
    struct why *why)
{
	struct secret master;
	enum err r;

	memset(&master, 0, sizeof(master));
	if (recovery_parse(CODE_SPACE, slice_str(typed), ss) == OK)
		return OK;
	if (recovery_parse(CODE_MASTER, slice_str(typed), &master) != OK)
		return why_say(why, ERR_FORMAT,
		    "the recovery code is not complete or has a typing "
		    "mistake: 7 groups of 4");
	r = derive_space_secret(&master, space_id, ss);
	wipe(&master, sizeof(master));
	return r;
}

/* ---- recreate -------------------------------------------------------------
 */

static enum err
recreate_begin(struct recreate *o, struct why *why)
{
	enum err r;

	if (o->papers != NULL &&
	    (r = papers_load(o->papers, &o->c.papers, why)) != OK)
		return r;
	if ((r = contact_open(&o->c, o->server, why)) != OK ||
	    (r = contact_space(&o->c, o->slug, &o->space, why)) != OK ||
	    (r = contact_header(&o->c, o->space, &o->h, why)) != OK ||
	    (r = contact_form(&o->c, o->space, o->h, &o->f, why)) != OK)
		return r;
	if (o->h->kind != SPACE_BALLOT)
		return why_say(
		    why, ERR_FORBIDDEN, "\"%s\" is not a vote", o->slug);
	r = o->recovery != NULL
		? code_read(o->recovery, &o->h->id, &o->ss, why)
		: derive_space_secret(&o->c.papers->secret, &o->h->id, &o->ss);
	if (r != OK)
		return r;
	if ((o->values = calloc(o->f->n_options, sizeof(*o->values))) == NULL)
		return ERR_NOMEM;
	return cmd_resident_choose(
	    &o->choice, o->f, o->values, &o->choices, why);
}

static enum err
compare(void *cookie, const struct trust_record *t)
{
	struct recreate *o = cookie;
	struct found f = { t->index, t->window_end, t->seq, WALLET_SAME };
	enum err r;

	if ((r = wallet_compare(&o->ss, o->h, o->f, buf_slice(&t->raw),
		 &o->choices, &f.difference, o->why)) != OK)
		return r;
	if (o->n++ == 0 || f.seq > o->last.seq)
		o->last = f;
	if (f.difference == WALLET_SAME &&
	    (!o->has_same || f.seq > o->same.seq)) {
		o->same = f;
		o->has_same = 1;
	}
	return OK;
}

static enum err
recreate_find(struct recreate *o, struct why *why)
{
	struct trust_range range = { o->space->first,
		trust_checkpoint(o->c.trust)->size };
	struct public_key pk;
	enum err r;

	o->why = why;
	if ((r = wallet_pk(&o->ss, PURPOSE_VOTE, &pk)) != OK)
		return r;
	return trust_records(
	    o->c.trust, &range, o->h, PURPOSE_VOTE, &pk, compare, o, why);
}

static void
where_print(const struct found *f, const char *what)
{
	char when[WHEN_CHARS];

	when_print(f->window_end, when);
	printf("%s: entry %" PRIu64 ", number %u of yours, window until %s",
	    what, f->index, (unsigned)f->seq + 1, when);
}

/* What differs, in words; what to do depends on it. */
static const char *
difference_text(const struct form *f, enum wallet_difference d)
{
	switch (d) {
	case WALLET_SAME:
		break;
	case WALLET_FORM:
		return "It answers another form than the one in the log.";
	case WALLET_TOKEN:
		return "Its token is not the one that your code gives: the "
		       "device that collected it drew\nit otherwise, and "
		       "could have hidden a mark in it.";
	case WALLET_CHOICES:
		return f->sealed
			   ? "It seals other choices than these, or was not "
			     "made from your code as it must be."
			   : "It says other choices than these.";
	case WALLET_CIPHERTEXT:
		return "It is encrypted otherwise than your code and these "
		       "choices give.";
	case WALLET_PROOF:
		return "It seals these choices, but its proof was made by "
		       "chance and not from your code: a mark\ncould be "
		       "hidden in it.";
	case WALLET_SIGNATURE:
		return "It says these choices, but is signed otherwise than "
		       "your code gives: a mark could be\nhidden in it.";
	}
	return "";
}

static int
recreate_tell(const struct recreate *o)
{
	if (o->n == 0) {
		printf("No vote of this code is in \"%s\" (the log has %" PRIu64
		       " entries). A vote comes into\nthe log at the end of "
		       "its window. If that is past, the vote was not "
		       "received, or was\ncast with another code.\n",
		    o->slug, trust_checkpoint(o->c.trust)->size);
		return 1;
	}
	if (o->has_same && o->same.seq == o->last.seq) {
		where_print(&o->same, "Found, exactly as recreated");
		printf(".\nIt is the last of %zu with this code in the log: it "
		       "is the one that counts.\n",
		    o->n);
		return 0;
	}
	if (o->has_same) {
		where_print(&o->same, "Found, exactly as recreated");
		printf(".\nIt was replaced and does not count.\n");
		where_print(&o->last, "What counts");
		printf(".\n%s\nIf you did not vote again, somebody else has "
		       "your code.\n",
		    difference_text(o->f, o->last.difference));
		return 1;
	}
	where_print(&o->last, "A vote of this code is in the log");
	printf(".\nTHIS IS NOT THE VOTE THAT WAS RECREATED. %s\n"
	       "If these are the choices that you made, the device with which "
	       "you voted did something else.\nVote again with another one "
	       "while the vote is open, and tell an auditor.\n",
	    difference_text(o->f, o->last.difference));
	return 1;
}

int
cmd_resident_recreate(int argc, char **argv)
{
	struct recreate o = { 0 };
	const struct args_option options[] = {
		{ "recovery", ARGS_TEXT, &o.recovery, "CODE",
		    "the recovery code, or the code of this space's secret" },
		{ "papers", ARGS_TEXT, &o.papers, "FILE",
		    "papers with the secret, where there is no --recovery" },
		{ "server", ARGS_TEXT, &o.server, "URL", "the server" },
		{ "policy", ARGS_TEXT, &o.c.policy, "FILE",
		    "whose witnesses must have cosigned (C2SP tlog-policy)" },
		CMD_RESIDENT_CHOICE(o.choice),
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = {
		"resident recreate SLUG --recovery CODE --choice 1,5,7 "
		"--server URL",
		"Makes your vote again from the code and your choices and "
		"looks for it in the public log:\na device that voted for "
		"something else is found out by another one. Exit status 1: "
		"it is\nnot there, was replaced, or differs.",
		options, 1, 1
	};
	struct why why = { { 0 } };
	int status;
	enum err r;

	if ((status = args_parse(&spec, argc, argv, &o.slug)) != ARGS_GO)
		return status;
	if (o.server == NULL || (o.papers == NULL && o.recovery == NULL))
		return args_usage("resident recreate needs --server and one of "
				  "--recovery and --papers.");
	if ((status = cmd_resident_ways("recreate", &o.choice)) != ARGS_GO)
		return status;
	if ((r = recreate_begin(&o, &why)) == OK &&
	    (r = recreate_find(&o, &why)) == OK)
		status = recreate_tell(&o);
	wipe(&o.ss, sizeof(o.ss));
	if (o.values != NULL)
		wipe(o.values, o.f->n_options * sizeof(*o.values));
	free(o.values);
	form_free(o.f);
	header_free(o.h);
	contact_close(&o.c);
	return r == OK ? status : cmd_fail(r, &why);
}

/* ---- secret ---------------------------------------------------------------
 */

/* The papers know the space; with a code alone the server's log does. */
static enum err
secret_get(const char *slug, const char *papers, const char *recovery,
    const char *server, struct secret *ss, struct why *why)
{
	const struct papers_space *mine;
	const struct api_space *space;
	struct contact c = { 0 };
	struct header *h = NULL;
	enum err r;

	if (papers != NULL) {
		if ((r = papers_load(papers, &c.papers, why)) != OK)
			goto out;
		mine = papers_find(c.papers, slug);
		r = mine != NULL
			? derive_space_secret(
			      &c.papers->secret, &mine->space_id, ss)
			: why_say(why, ERR_NOT_FOUND,
			      "%s holds no paper for \"%.80s\"", papers, slug);
		goto out;
	}
	if ((r = contact_open(&c, server, why)) == OK &&
	    (r = contact_space(&c, slug, &space, why)) == OK &&
	    (r = contact_header(&c, space, &h, why)) == OK)
		r = code_read(recovery, &h->id, ss, why);

out:
	header_free(h);
	contact_close(&c);
	return r;
}

int
cmd_resident_secret(int argc, char **argv)
{
	const char *slug, *papers = NULL, *recovery = NULL, *server = NULL;
	const struct args_option options[] = {
		{ "papers", ARGS_TEXT, &papers, "FILE", "your papers" },
		{ "recovery", ARGS_TEXT, &recovery, "CODE",
		    "or the recovery code, with --server" },
		{ "server", ARGS_TEXT, &server, "URL", "the server" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = { "resident secret SLUG --papers FILE",
		"Prints the code of this one space's secret, for resident "
		"recreate on a device that is not\nto see your other votes. "
		"Whoever has it can see and change this vote.",
		options, 1, 1 };
	struct why why = { { 0 } };
	struct secret ss;
	char code[35];
	int status;
	enum err r;

	if ((status = args_parse(&spec, argc, argv, &slug)) != ARGS_GO)
		return status;
	if ((papers == NULL) == (recovery == NULL) ||
	    (recovery != NULL && server == NULL))
		return args_usage("resident secret needs --papers, or "
				  "--recovery and --server.");
	memset(&ss, 0, sizeof(ss));
	if ((r = secret_get(slug, papers, recovery, server, &ss, &why)) != OK)
		return cmd_fail(r, &why);
	recovery_print(CODE_SPACE, &ss, code);
	printf("%s\n", code);
	wipe(code, sizeof(code));
	wipe(&ss, sizeof(ss));
	return 0;
}
