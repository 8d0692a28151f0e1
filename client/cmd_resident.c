/* `partecipa resident`: its commands, and collecting papers. */
#include <stdio.h>
#include <string.h>

#include "wipe.h"

#include "cmd_resident.h"
#include "contact.h"
#include "file.h"
#include "resident.h"

/* ---- What several of them need ---------------------------------------- */
enum err
cmd_resident_code(
    const char *code, const char *file, struct sign_key *out, struct why *why)
{
	struct buf b = { 0 };
	struct roll_code parsed;
	struct slice typed = slice_str(code == NULL ? "" : code);
	enum err r;

	if (file != NULL) {
		if ((r = file_read(file, 1024, &b, why)) != OK)
			goto out;
		typed = buf_slice(&b);
		while (typed.n > 0 && (typed.p[typed.n - 1] == '\n' ||
					  typed.p[typed.n - 1] == '\r'))
			typed.n--;
	}
	r = roll_code_parse(typed, &parsed);
	if (r == ERR_FORMAT)
		r = why_say(why, r,
		    "the code must be the 20 characters of the letter, in 5 "
		    "groups of 4");
	else if (r != OK)
		r = why_say(why, r,
		    "the code has a typing mistake: its last character does "
		    "not fit the others; compare it with the letter");
	else
		r = derive_roll_key(&parsed, out);
	wipe(&parsed, sizeof(parsed));

out:
	buf_free(&b);
	return r;
}

int
cmd_resident_ways(const char *command, const struct cmd_resident_choice *c)
{
	int ways = (c->choice != NULL) + (c->points != NULL) +
		   (c->rank != NULL) + c->blank;

	if (ways != 1)
		return args_usage("resident %s needs exactly one of --choice, "
				  "--points, --rank and --blank.",
		    command);
	return ARGS_GO;
}

enum err
cmd_resident_choose(const struct cmd_resident_choice *c, const struct form *f,
    uint32_t *v, struct choices *out, struct why *why)
{
	const char *text = c->choice != NULL   ? c->choice
			   : c->points != NULL ? c->points
					       : c->rank;
	enum ballot_type type = f->ballot.type;

	if ((c->points != NULL && type != BALLOT_POINTS) ||
	    (c->rank != NULL && type != BALLOT_RANKING) ||
	    (c->choice != NULL && type != BALLOT_CHOICE &&
		type != BALLOT_BITMAP))
		return why_say(why, ERR_FORMAT,
		    "this vote takes %s (or --blank)",
		    type == BALLOT_POINTS    ? "--points 1=3,2=1"
		    : type == BALLOT_RANKING ? "--rank 3,1,2"
					     : "--choice 1,5,7");
	if (c->blank) {
		wallet_blank(f, v, out);
		return OK;
	}
	return wallet_choose(f, text, v, out, why);
}

/* ---- collect --------------------------------------------------------------
 */

struct collect {
	const char *server, *code, *code_file, *secret, *slug, *out;
	struct args_list factor;
	struct sign_key roll;
	unsigned got, had, refused;
};

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

/*
 * "2=VALUE" is for the second issuer only, VALUE alone for all the others that
 * ask for one.
 */
static const char *
factor_for(const struct collect *o, size_t issuer)
{
	const char *all = NULL, *text;
	size_t i;

	for (i = 0; i < o->factor.n; i++) {
		text = o->factor.v[i];
		if (text[0] < '1' || text[0] > '9' || text[1] != '=')
			all = text;
		else if ((size_t)(text[0] - '1') == issuer)
			return text + 2;
	}
	return all;
}

static enum err
factors_make(const struct collect *o, const struct header *h,
    struct hash factors[static RECORD_ISSUERS_MAX], struct why *why)
{
	char text[WALLET_FACTOR_MAX + 1];
	const char *typed;
	enum err r;
	size_t i;

	for (i = 0; i < h->n_issuers; i++) {
		if (h->issuers[i].factor == FACTOR_NONE)
			continue;
		typed = factor_for(o, i);
		if (typed == NULL && h->n_issuers > 1)
			return why_say(why, ERR_FORBIDDEN,
			    "issuer %zu (%s) of \"%s\" asks for a second "
			    "factor (%s): give it with --factor %zu=TEXT",
			    i + 1, h->issuers[i].name, h->slug,
			    factor_kind_name(h->issuers[i].factor), i + 1);
		if (typed == NULL)
			return why_say(why, ERR_FORBIDDEN,
			    "\"%s\" asks for a second factor (%s): give it "
			    "with --factor",
			    h->slug, factor_kind_name(h->issuers[i].factor));
		if ((r = wallet_factor_text(h->issuers[i].factor,
			 slice_str(typed), text, why)) != OK)
			return r;
		wallet_factor(&o->roll.pk, text, &factors[i]);
		wipe(text, sizeof(text));
	}
	return OK;
}

/* A refusal that may be the issuer's fault is kept beside the papers. */
static void
evidence_save(
    const struct collect *o, const char *slug, unsigned p, struct buf *evidence)
{
	struct why why = { { 0 } };
	struct buf path = { 0 };

	buf_printf(
	    &path, "%s.evidence-%s-%s.json", o->out, slug, purpose_name(p));
	if (evidence->n == 0 || buf_end(evidence) != OK ||
	    buf_text(&path) == NULL)
		goto out;
	if (file_write(buf_text(&path), 0600, buf_slice(evidence), &why) == OK)
		(void)fprintf(stderr,
		    "What was asked and answered is kept in %s; an auditor can "
		    "see from it who is at fault,\nand nobody what you vote.\n",
		    buf_text(&path));
	else
		(void)fprintf(stderr, "%s\n", why.text);

out:
	buf_free(&path);
	buf_free(evidence);
}

/* All purposes of one space. */
static enum err
collect_space(struct collect *o, struct contact *c, const struct api_space *s,
    struct why *why)
{
	struct hash factors[RECORD_ISSUERS_MAX];
	struct papers_space *mine;
	struct buf evidence = { 0 };
	struct header *h = NULL;
	struct resident_ask q;
	struct secret ss;
	unsigned p;
	enum err r;

	memset(&q, 0, sizeof(q));
	memset(factors, 0, sizeof(factors));
	memset(&ss, 0, sizeof(ss));
	if ((r = contact_header(c, s, &h, why)) != OK ||
	    (r = contact_keys_alone(c, h, why)) != OK ||
	    (r = factors_make(o, h, factors, why)) != OK ||
	    (r = derive_space_secret(&c->papers->secret, &h->id, &ss)) != OK)
		goto out;
	if ((mine = papers_space(c->papers, h)) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	q.api = c->api;
	q.header = h;
	q.roll = &o->roll;
	q.ss = &ss;
	q.factors = factors;
	q.evidence = &evidence;
	for (p = 1; p <= PURPOSE_MAX; p++) {
		if (!header_has_purpose(h->kind, p))
			continue;
		if (mine->tokens[p].n > 0) {
			o->had++;
			continue;
		}
		r = resident_collect(
		    &q, (enum purpose)p, &mine->tokens[p], why);
		evidence_save(o, h->slug, p, &evidence);
		if (r != OK)
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
		if ((r = contact_space(c, o->slug, &s, why)) != OK)
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
	struct contact c = { 0 };
	const struct args_option options[] = {
		{ "server", ARGS_TEXT, &o.server, "URL", "the server" },
		{ "policy", ARGS_TEXT, &c.policy, "FILE",
		    "whose witnesses must have cosigned (C2SP tlog-policy)" },
		{ "code", ARGS_TEXT, &o.code, "CODE", "the letter's code" },
		{ "code-file", ARGS_TEXT, &o.code_file, "FILE",
		    "a file that holds it" },
		{ "secret", ARGS_TEXT, &o.secret, "FILE",
		    "a recovery code to go on with; \"new\" (the default)" },
		{ "space", ARGS_TEXT, &o.slug, "SLUG",
		    "only this space (default: all that issue now)" },
		{ "factor", ARGS_LIST, &o.factor, "TEXT",
		    "date of birth or document's number, where asked for; "
		    "2=TEXT: by the second issuer" },
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
	struct why why = { { 0 } };
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, NULL)) != ARGS_GO)
		return status;
	if (o.server == NULL || o.out == NULL ||
	    (o.code == NULL) == (o.code_file == NULL))
		return args_usage("resident collect needs --server, --out and "
				  "one of --code and --code-file.");
	if ((r = cmd_resident_code(o.code, o.code_file, &o.roll, &why)) != OK ||
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

int
cmd_resident(int argc, char **argv)
{
	static const struct args_sub subs[] = {
		{ "collect", collect_run, "fetch papers with a letter's code" },
		{ "vote", cmd_resident_vote, "cast or change a vote" },
		{ "check", cmd_resident_check,
		    "find one's vote in the public log" },
		{ "recreate", cmd_resident_recreate,
		    "compare the vote in the log with one's choices" },
		{ "secret", cmd_resident_secret,
		    "print the code of one space's secret" },
		{ "dispute", cmd_resident_dispute,
		    "say that one's letter was used by another" },
		{ NULL, NULL, NULL },
	};

	return args_dispatch("resident", subs, argc, argv);
}
