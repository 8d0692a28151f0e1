/* `partecipa resident check`: find one's vote in the public log. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "admit.h"
#include "base64.h"
#include "text.h"
#include "wipe.h"

#include "cmd_resident.h"
#include "contact.h"
#include "file.h"
#include "resident.h"
#include "when.h"

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
	struct trust_record last; /* raw.n = 0: none */
	int is_kept;		  /* the promised record is in the log */
	uint32_t kept_seq;
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
	    (r = contact_space(&o->c, o->slug, &o->space, why)) == OK &&
	    (r = contact_header(&o->c, o->space, &o->h, why)) == OK)
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

/*
 * The receipt is not of the last record.  A vote after the promised one is no
 * excuse where that one is not there, and no broken promise where it is.
 */
static int
other_tell(struct check *o)
{
	int is_due = o->now > o->promise.window_end + o->h->grace;
	int is_older = 0;

	if (o->is_kept)
		is_older = o->kept_seq < o->last.seq;
	else if (!is_due && o->mine != NULL)
		is_older = o->mine->seq < o->last.seq;
	printf("But your receipt is of another vote than the last one in the "
	       "log.\n");
	if (!is_older)
		return missing_tell(o);
	printf("You voted again later, from another device? If not, somebody "
	       "else has your code.\n");
	return 1;
}

static int
found_tell(struct check *o)
{
	const struct trust_record *found = &o->last;
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
	if (o->h->n_trustees > 0)
		printf("It is sealed: that it says what you chose is seen with "
		       "partecipa resident recreate.\n");
	if (o->has_receipt && !hash_equal(&o->promise.leaf, &found->leaf))
		return other_tell(o);
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

/* One of her records: is it the promised one, or the last? */
static enum err
look(void *cookie, const struct trust_record *r)
{
	struct check *o = cookie;

	if (o->has_receipt && hash_equal(&o->promise.leaf, &r->leaf)) {
		o->is_kept = 1;
		o->kept_seq = r->seq;
	}
	if (o->last.raw.n > 0 && r->seq < o->last.seq)
		return OK;
	buf_free(&o->last.raw);
	o->last = *r;
	o->last.raw = (struct buf){ 0 };
	buf_put(&o->last.raw, r->raw.p, r->raw.n);
	return buf_end(&o->last.raw);
}

/*
 * The whole log from the space's header on, whatever range the server says: who
 * read on only if her vote was not in that range would tell where it is.
 */
static enum err
check_find(struct check *o, const struct secret *ss, struct why *why)
{
	const struct trust_range range = { o->space->first,
		trust_checkpoint(o->c.trust)->size };
	struct public_key pk;
	enum err r;

	if ((r = wallet_pk(ss, PURPOSE_VOTE, &pk)) != OK)
		return r;
	return trust_records(
	    o->c.trust, &range, o->h, PURPOSE_VOTE, &pk, look, o, why);
}

int
cmd_resident_check(int argc, char **argv)
{
	struct check o = { 0 };
	const struct args_option options[] = {
		{ "papers", ARGS_TEXT, &o.papers, "FILE", "your papers" },
		{ "recovery", ARGS_TEXT, &o.recovery, "CODE",
		    "or the recovery code" },
		{ "server", ARGS_TEXT, &o.server, "URL", "the server" },
		{ "policy", ARGS_TEXT, &o.c.policy, "FILE",
		    "whose witnesses must have cosigned (C2SP tlog-policy)" },
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
	struct why why = { { 0 } };
	struct secret ss;
	int status;
	enum err r;

	if ((status = args_parse(&spec, argc, argv, &o.slug)) != ARGS_GO ||
	    (status = check_arguments(&o)) != ARGS_GO)
		return status;
	if ((r = check_begin(&o, &ss, &why)) != OK ||
	    (r = promise_read(&o, &why)) != OK ||
	    (r = check_find(&o, &ss, &why)) != OK)
		goto out;
	status = o.last.raw.n > 0 ? found_tell(&o) : missing_tell(&o);

out:
	wipe(&ss, sizeof(ss));
	buf_free(&o.last.raw);
	buf_free(&o.receipt_text);
	header_free(o.h);
	contact_close(&o.c);
	return r == OK ? status : cmd_fail(r, &why);
}
