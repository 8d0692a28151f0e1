#include <stdio.h>
#include <string.h>

#include "hex.h"

#include "cmd_trustee.h"
#include "file.h"
#include "nodump.h"
#include "trustee_ask.h"
#include "when.h"

enum err
cmd_trustee_open(struct cmd_trustee *o, struct why *why)
{
	struct buf passphrase = { 0 };
	enum err r;

	o->t.lock = -1;
	if (!file_is_folder(o->dir))
		return why_say(why, ERR_NOT_FOUND,
		    "%s: there is no such folder; partecipa trustee init "
		    "makes it",
		    o->dir);
	if ((r = trustee_ask_passphrase(
		 o->passphrase, o->dir, 0, &passphrase, why)) == OK)
		r = trustee_open(
		    o->dir, o->name, buf_slice(&passphrase), &o->t, why);
	buf_free(&passphrase);
	return r;
}

/* ---- init ---------------------------------------------------------------- */

static enum err
files_make(const struct cmd_trustee *o, const struct trustee_key *k,
    struct slice passphrase, struct why *why)
{
	struct buf path = { 0 }, pub_path = { 0 }, text = { 0 }, pub = { 0 };
	enum err r = ERR_NOMEM;

	buf_printf(&path, "%s/%s.key", o->dir, k->name);
	buf_printf(&pub_path, "%s/%s.trustee", o->dir, k->name);
	if (buf_text(&path) == NULL || buf_text(&pub_path) == NULL)
		goto out;
	if (file_exists(buf_text(&path)) || file_exists(buf_text(&pub_path))) {
		r = why_say(why, ERR_CONFLICT,
		    "%s is there already; choose another --name or --dir",
		    buf_text(&path));
		goto out;
	}
	trustee_key_public_put(k, &pub);
	if ((r = trustee_key_lock(k, passphrase, &text)) != OK ||
	    (r = buf_end(&pub)) != OK ||
	    (r = file_write(buf_text(&path), 0600, buf_slice(&text), why)) !=
		OK ||
	    (r = file_write(buf_text(&pub_path), 0644, buf_slice(&pub), why)) !=
		OK)
		goto out;
	printf("%s is secret and stays with %s. %s goes to the office, which "
	       "names it in the space's file.\n",
	    buf_text(&path), k->name, buf_text(&pub_path));

out:
	buf_free(&path);
	buf_free(&pub_path);
	buf_free(&text);
	buf_free(&pub);
	return r;
}

static enum err
init(struct cmd_trustee *o, struct why *why)
{
	struct buf passphrase = { 0 };
	struct trustee_key k;
	enum err r;

	memset(&k, 0, sizeof(k));
	if ((r = trustee_key_new(o->name, &k)) != OK) {
		(void)why_say(why, r,
		    "--name must be 1 to %d letters, digits, '.', '_', '-', "
		    "beginning with a letter or digit",
		    STAFF_NAME_MAX);
		goto out;
	}
	if ((r = trustee_ask_passphrase(
		 o->passphrase, "the new key", 1, &passphrase, why)) != OK)
		goto out;
	if (!file_is_folder(o->dir) && (r = file_folder_new(o->dir, why)) != OK)
		goto out;
	r = files_make(o, &k, buf_slice(&passphrase), why);

out:
	buf_free(&passphrase);
	trustee_key_wipe(&k);
	return r;
}

static int
init_run(int argc, char **argv)
{
	struct cmd_trustee o = { 0 };
	const struct args_option options[] = {
		{ "name", ARGS_TEXT, &o.name, "NAME", "of the trustee" },
		{ "dir", ARGS_TEXT, &o.dir, "DIR", "her folder" },
		{ "passphrase-file", ARGS_TEXT, &o.passphrase, "FILE",
		    "its first line is the passphrase" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = { "trustee init --name NAME --dir DIR",
		"Makes a trustee's identity on her own computer: NAME.key, "
		"locked by a passphrase that\nis asked for twice, and "
		"NAME.trustee, one line for the office.",
		options, 0, 0 };
	struct why why = { { 0 } };
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, NULL)) != ARGS_GO)
		return status;
	if (o.name == NULL || o.dir == NULL)
		return args_usage("trustee init needs --name and --dir.");
	r = init(&o, &why);
	return r == OK ? 0 : cmd_fail(r, &why);
}

/* ---- The steps ----------------------------------------------------------- */

enum step {
	STEP_COMMIT,
	STEP_REVEAL,
	STEP_SHARE,
	STEP_CHECK,
	STEP_SIGN,
};

static const char *
text_of(const json_t *texts)
{
	return json_text(texts, "it");
}

static void
ballot_print(const struct form *f)
{
	const struct ballot_form *b = &f->ballot;

	switch (b->type) {
	case BALLOT_CHOICE:
		printf("  A ballot names one option.\n");
		break;
	case BALLOT_BITMAP:
		printf("  A ballot names %u to %u options", b->min, b->max);
		if (*b->min_cost != '\0' || *b->max_cost != '\0')
			printf(" that cost %s to %s together",
			    *b->min_cost == '\0' ? "0" : b->min_cost,
			    *b->max_cost == '\0' ? "any sum" : b->max_cost);
		printf(".\n");
		break;
	case BALLOT_POINTS:
		printf("  A ballot gives %u to %u options points, at most %u "
		       "each and %u to %u in all.\n",
		    b->min, b->max, b->option_max, (unsigned)b->total_min,
		    (unsigned)b->total_max);
		break;
	case BALLOT_RANKING:
		printf("  A ballot ranks %u to %u options.\n", b->min, b->max);
		break;
	}
}

/* Which log it is, and who would notice that there are two. */
static void
log_print(const struct trustee *t)
{
	const struct header *h = t->header;
	struct buf vkey = { 0 };

	if (t->log != NULL) {
		note_key_print(trust_key(t->log), &vkey);
		if (buf_text(&vkey) != NULL)
			printf("  Log   %s\n", buf_text(&vkey));
		buf_free(&vkey);
	}
	if (h->quorum > 0)
		printf("  %zu of %zu witnesses must have signed the log before "
		       "it is opened.\n",
		    h->quorum, h->n_witnesses);
	else
		printf("  No witness watches the log: a second one is noticed "
		       "only by who kept the first.\n");
}

/* What she signs, as the voters will see it. */
static void
form_print(const struct header *h, const struct form *f)
{
	char from[WHEN_CHARS], to[WHEN_CHARS], hex[2 * HASH_BYTES + 1];
	size_t i;

	when_print(h->participation.from, from);
	when_print(h->participation.to, to);
	printf("%s\n  The vote is open from %s to %s.\n", text_of(f->titles),
	    from, to);
	printf("  %u of %zu trustees are needed to open it; with fewer than "
	       "%u ballots nothing is opened.\n",
	    h->threshold, h->n_trustees, (unsigned)h->min_open);
	printf("  Options (%zu), budget %s:\n", f->n_options, f->budget);
	for (i = 0; i < f->n_options; i++)
		printf("    %zu. %s (%s), cost %s\n", i + 1,
		    text_of(f->options[i].titles), f->options[i].id,
		    f->options[i].cost);
	ballot_print(f);
	printf("  Counted by %s", f->rule_id);
	if (strcmp(f->min_score, "0") != 0)
		printf(", least score %s", f->min_score);
	if (f->compare)
		printf(", compared with the plain count by votes");
	printf("%s.\n", f->n_ties > 0 ? "; ties were drawn beforehand" : "");
	if (f->n_exclusive > 0)
		printf("  Groups of options of which at most one wins: %u.\n",
		    (unsigned)f->n_exclusive);
	hex_encode(hash_slice(&h->id), hex);
	printf("  Space %s\n", hex);
	hex_encode(hash_slice(&f->id), hex);
	printf("  Form  %s\n", hex);
}

static enum err
sign_step(struct cmd_trustee *o, struct why *why)
{
	struct form *f = NULL;
	enum err r;

	if ((r = trustee_form(&o->t, &f, why)) != OK)
		return r;
	form_print(o->t.header, f);
	log_print(&o->t);
	if (!o->yes && !o->t.state.has_form) {
		(void)fflush(stdout);
		r = trustee_ask_yes("Is this what was agreed, and do you sign "
				    "it as the only form of this vote?",
		    why);
	}
	if (r == OK)
		r = trustee_sign(&o->t, f, why);
	form_free(f);
	return r;
}

static enum err
step_do(
    struct cmd_trustee *o, enum step step, uint32_t attempt, struct why *why)
{
	enum err r;

	if ((r = cmd_trustee_open(o, why)) != OK ||
	    (r = trustee_enter(&o->t, o->server, o->box, o->slug, why)) != OK)
		return r;
	switch (step) {
	case STEP_COMMIT:
		return trustee_commit(&o->t, attempt, why);
	case STEP_REVEAL:
		return trustee_reveal(&o->t, why);
	case STEP_SHARE:
		return trustee_share(&o->t, why);
	case STEP_CHECK:
		return trustee_check(&o->t, why);
	case STEP_SIGN:
		return sign_step(o, why);
	}
	return ERR_INTERNAL;
}

/* What differs between the steps, for the help. */
static const struct {
	const char *name, *help;
} steps[] = {
	{ "commit",
	    "Round 1: draws her secret numbers and puts a commitment to them "
	    "into the box." },
	{ "reveal",
	    "Round 2, once all commitments are there: shows the public side "
	    "and proves to know\nthe secret one." },
	{ "share",
	    "Round 3, once all have revealed: gives everybody an encrypted "
	    "share." },
	{ "check",
	    "Round 4: opens and verifies the shares, then accepts or "
	    "complains. When all accepted,\nthe transcript is complete." },
	{ "sign",
	    "Shows the form, asks, and signs it: one form per space, ever." },
};

static int
step_run(enum step step, int argc, char **argv)
{
	struct cmd_trustee o = { 0 };
	const struct args_option options[] = {
		{ "dir", ARGS_TEXT, &o.dir, "DIR", "her folder" },
		{ "server", ARGS_TEXT, &o.server, "URL",
		    "the server is the post box" },
		{ "box", ARGS_TEXT, &o.box, "FOLDER",
		    "or a folder is: a stick that goes around" },
		{ "name", ARGS_TEXT, &o.name, "NAME",
		    "where DIR has several keys" },
		{ "passphrase-file", ARGS_TEXT, &o.passphrase, "FILE",
		    "its first line is the passphrase" },
		{ step == STEP_SIGN ? "yes" : NULL, ARGS_FLAG, &o.yes, NULL,
		    "she has read the form; do not ask" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	struct args_option all[8];
	char usage[160];
	const struct args_spec spec = { usage, steps[step].help, all, 1, 1 };
	struct why why = { { 0 } };
	unsigned long attempt = 0;
	enum err r;
	int status;

	memset(all, 0, sizeof(all));
	memcpy(all, options, sizeof(options));
	if (step == STEP_COMMIT)
		all[5] = (struct args_option){ "attempt", ARGS_TEXT, &o.attempt,
			"N", "begin anew, all together" };
	(void)snprintf(usage, sizeof(usage),
	    "trustee %s SLUG --dir DIR (--server URL | --box FOLDER)",
	    steps[step].name);
	if ((status = args_parse(&spec, argc, argv, &o.slug)) != ARGS_GO)
		return status;
	if (o.dir == NULL || (o.server == NULL) == (o.box == NULL))
		return args_usage(
		    "trustee %s needs --dir, and one of --server and --box.",
		    steps[step].name);
	if (o.attempt != NULL &&
	    !args_number(o.attempt, 1, CEREMONY_ATTEMPT_MAX, &attempt))
		return args_usage("--attempt must be a number from 1 to %d.",
		    CEREMONY_ATTEMPT_MAX);
	o.t.lock = -1;
	if ((r = step_do(&o, step, (uint32_t)attempt, &why)) == OK)
		(void)fwrite(o.t.said.p, 1, o.t.said.n, stdout);
	trustee_close(&o.t);
	return r == OK ? 0 : cmd_fail(r, &why);
}

static int
commit_run(int argc, char **argv)
{
	return step_run(STEP_COMMIT, argc, argv);
}

static int
reveal_run(int argc, char **argv)
{
	return step_run(STEP_REVEAL, argc, argv);
}

static int
share_run(int argc, char **argv)
{
	return step_run(STEP_SHARE, argc, argv);
}

static int
check_run(int argc, char **argv)
{
	return step_run(STEP_CHECK, argc, argv);
}

static int
sign_run(int argc, char **argv)
{
	return step_run(STEP_SIGN, argc, argv);
}

int
cmd_trustee(int argc, char **argv)
{
	static const struct args_sub subs[] = {
		{ "init", init_run, "make an identity, on one's own computer" },
		{ "commit", commit_run, "round 1 of the ceremony" },
		{ "reveal", reveal_run, "round 2" },
		{ "share", share_run, "round 3" },
		{ "check", check_run, "round 4: accept or complain" },
		{ "sign", sign_run, "read and sign the form" },
		{ "open", cmd_trustee_opening, "open a closed vote" },
		{ "send", cmd_trustee_send, "hand in what a stick brought" },
		{ "status", cmd_trustee_status, "what is there, what is next" },
		{ "practice", cmd_trustee_practice,
		    "prove that one's share still opens" },
		{ "passphrase", cmd_trustee_passphrase, "change it" },
		{ "backup", cmd_trustee_backup, "everything in one file" },
		{ "restore", cmd_trustee_restore, "the way back" },
		{ "destroy", cmd_trustee_destroy, "remove a share for good" },
		{ NULL, NULL, NULL },
	};

	nodump_process();
	return args_dispatch("trustee", subs, argc, argv);
}
