/*
 * `partecipa resident dispute`: the line of one's letter stands in a ledger of
 * those who collected, and one never collected (PROTOCOL 8).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hex.h"
#include "ledger.h"
#include "roll.h"
#include "wipe.h"

#include "cmd_resident.h"
#include "contact.h"
#include "file.h"

#define KEYS_MAX 256 /* keys of one line */
#define DISPUTE_BYTES 130

/* One change of a line's key. */
struct replaced {
	struct public_key old_pk;
	struct public_key new_pk;
};

struct dispute {
	const char *server, *code, *code_file, *key, *papers, *slug;
	int yes;
	struct contact c;
	const struct api_space *space;
	struct header *h;
	struct sign_key roll;
	size_t n_replaced;
	struct replaced *replaced;
	size_t n_keys; /* all that the line ever had */
	struct public_key keys[KEYS_MAX];
	/* Ledgers of the space; the hash is zero where there is none yet. */
	struct hash ledger[RECORD_ISSUERS_MAX][PURPOSE_MAX + 1];
	size_t n_found; /* ledgers in which the line stands */
	uint8_t found[RECORD_ISSUERS_MAX * PURPOSE_MAX][2];
	size_t n_ledgers;
};

static enum err
key_read(struct dispute *o, struct why *why)
{
	uint8_t seed[SEED_BYTES];
	struct buf b = { 0 };
	enum err r;

	if (o->key == NULL)
		return cmd_resident_code(o->code, o->code_file, &o->roll, why);
	if ((r = file_read(o->key, 1024, &b, why)) != OK)
		goto out;
	if (b.n > 0 && b.p[b.n - 1] == '\n')
		b.n--;
	if (hex_decode(buf_slice(&b), seed, sizeof(seed)) != OK)
		r = why_say(why, ERR_FORMAT,
		    "%s: must hold the 64 hex digits of a roll key's seed",
		    o->key);
	else
		sign_key_from_seed(seed, &o->roll);
	wipe(seed, sizeof(seed));

out:
	wipe(b.p, b.n);
	buf_free(&b);
	return r;
}

/* ---- What the log says of the line ----------------------------------------
 */

static enum err
changes_take(struct dispute *o, const struct hash *list, struct why *why)
{
	struct roll_change c;
	struct replaced *grown;
	struct buf b = { 0 };
	size_t i;
	enum err r;

	if ((r = trust_object(o->c.trust, list, &b, why)) != OK)
		goto out;
	for (i = 0; i + ROLL_CHANGE_BYTES <= b.n && r == OK;
	     i += ROLL_CHANGE_BYTES) {
		r = roll_change_parse(
		    slice_of(b.p + i, ROLL_CHANGE_BYTES), &c, why);
		if (r != OK || c.action != ROLL_REPLACE)
			continue;
		grown =
		    realloc(o->replaced, (o->n_replaced + 1) * sizeof(*grown));
		if (grown == NULL) {
			r = ERR_NOMEM;
			goto out;
		}
		o->replaced = grown;
		grown[o->n_replaced].old_pk = c.old_pk;
		grown[o->n_replaced++].new_pk = c.new_pk;
	}

out:
	buf_free(&b);
	return r;
}

/* Every entry is read: nothing tells the server which of them was wanted. */
static enum err
log_read(struct dispute *o, struct why *why)
{
	uint64_t i, size = trust_checkpoint(o->c.trust)->size;
	struct slice bytes = { NULL, 0 };
	struct entry e;
	enum err r = OK;

	for (i = 0; i < size && r == OK; i++) {
		if ((r = trust_entry(o->c.trust, i, &bytes, why)) != OK)
			return r;
		if (entry_parse(bytes, &e) != OK)
			return why_say(why, ERR_FORMAT,
			    "entry %" PRIu64 " of the log is malformed", i);
		if (e.kind == ENTRY_ROLL_CHANGE)
			r = changes_take(o, &e.object, why);
		if (e.kind == ENTRY_LEDGER &&
		    hash_equal(&e.space_id, &o->h->id) &&
		    e.issuer < o->h->n_issuers && e.purpose <= PURPOSE_MAX)
			o->ledger[e.issuer][e.purpose] = e.object;
	}
	return r;
}

static int
keys_have(const struct dispute *o, const struct public_key *pk)
{
	size_t i;

	for (i = 0; i < o->n_keys; i++)
		if (public_key_cmp(&o->keys[i], pk) == 0)
			return 1;
	return 0;
}

/* From the letter's key to all keys of its line, before and after it. */
static void
keys_follow(struct dispute *o)
{
	size_t i, before;
	int old_in, new_in;

	o->keys[0] = o->roll.pk;
	o->n_keys = 1;
	do {
		before = o->n_keys;
		for (i = 0; i < o->n_replaced && o->n_keys < KEYS_MAX; i++) {
			old_in = keys_have(o, &o->replaced[i].old_pk);
			new_in = keys_have(o, &o->replaced[i].new_pk);
			if (old_in != new_in)
				o->keys[o->n_keys++] =
				    old_in ? o->replaced[i].new_pk
					   : o->replaced[i].old_pk;
		}
	} while (o->n_keys > before);
}

static enum err
ledger_look(struct dispute *o, size_t issuer, unsigned purpose, struct why *why)
{
	struct ledger_row row;
	struct buf b = { 0 };
	uint32_t i, n = 0;
	enum err r;

	if ((r = trust_object(
		 o->c.trust, &o->ledger[issuer][purpose], &b, why)) != OK ||
	    (r = ledger_check(buf_slice(&b), &n, why)) != OK)
		goto out;
	o->n_ledgers++;
	for (i = 0; i < n; i++) {
		ledger_row_at(buf_slice(&b), i, &row);
		if (!keys_have(o, &row.roll_pk))
			continue;
		o->found[o->n_found][0] = (uint8_t)issuer;
		o->found[o->n_found++][1] = (uint8_t)purpose;
		break;
	}

out:
	buf_free(&b);
	return r;
}

static enum err
ledgers_look(struct dispute *o, struct why *why)
{
	unsigned p;
	size_t i;
	enum err r = OK;

	for (i = 0; i < o->h->n_issuers; i++) {
		for (p = 1; p <= PURPOSE_MAX && r == OK; p++)
			if (!hash_is_zero(&o->ledger[i][p]))
				r = ledger_look(o, i, p, why);
	}
	return r;
}

static enum err
dispute_begin(struct dispute *o, struct why *why)
{
	enum err r;

	if (o->papers != NULL &&
	    (r = papers_load(o->papers, &o->c.papers, why)) != OK)
		return r;
	if ((r = key_read(o, why)) != OK ||
	    (r = contact_open(&o->c, o->server, why)) != OK ||
	    (r = contact_space(&o->c, o->slug, &o->space, why)) != OK ||
	    (r = contact_header(&o->c, o->space, &o->h, why)) != OK ||
	    (r = log_read(o, why)) != OK)
		return r;
	keys_follow(o);
	return ledgers_look(o, why);
}

/* ---- Sending it ------------------------------------------------------------
 */

static enum err
dispute_send(struct dispute *o, const uint8_t who[static 2], struct why *why)
{
	struct slice parts[2] = { hash_slice(&o->h->id), slice_of(who, 2) };
	struct signature sig;
	struct buf body = { 0 };
	enum err r;

	if ((r = sign_dst(&o->roll, "dispute", parts, 2, &sig)) != OK)
		return r;
	buf_put(&body, o->h->id.b, HASH_BYTES);
	buf_put(&body, who, 2);
	buf_put(&body, o->roll.pk.b, sizeof(o->roll.pk.b));
	buf_put(&body, sig.b, sizeof(sig.b));
	if ((r = buf_end(&body)) == OK)
		r = body.n == DISPUTE_BYTES
			? api_dispute(o->c.api, buf_slice(&body), why)
			: ERR_INTERNAL;
	buf_free(&body);
	return r;
}

/* Papers that hold the token say who collected it. */
static int
collected_with(const struct dispute *o, const uint8_t who[static 2])
{
	struct papers_space *mine;

	if (o->c.papers == NULL ||
	    (mine = papers_find(o->c.papers, o->slug)) == NULL)
		return 0;
	return mine->tokens[who[1]].n > 0;
}

static enum err
dispute_all(struct dispute *o, struct why *why)
{
	const uint8_t *who;
	size_t i;
	enum err r;

	for (i = 0; i < o->n_found; i++) {
		who = o->found[i];
		if (collected_with(o, who))
			return why_say(why, ERR_CONFLICT,
			    "%s holds what was collected with this letter: it "
			    "was you, there is nothing to dispute",
			    o->papers);
		if ((r = dispute_send(o, who, why)) != OK)
			return r;
		printf("The dispute is taken and stands in the public log: "
		       "issuer %s, for \"%s\".\n",
		    o->h->issuers[who[0]].name, purpose_name(who[1]));
	}
	printf("It is counted and shown beside the result. Your line is known "
	       "from now on by its key,\nnot by your name. Tell the office, "
	       "with your letter.\n");
	return OK;
}

static int
dispute_tell(const struct dispute *o)
{
	size_t i;

	if (o->n_ledgers == 0) {
		printf("Who collected for \"%s\" is not published yet: look "
		       "again when collecting is over.\n",
		    o->slug);
		return 1;
	}
	if (o->n_found == 0) {
		printf("The line of your letter is not among those that "
		       "collected for \"%s\": nobody used it,\nthere is "
		       "nothing to dispute.\n",
		    o->slug);
		return 1;
	}
	for (i = 0; i < o->n_found; i++)
		printf("The line of your letter is among those that collected "
		       "a paper for \"%s\" (%s, issuer %s).\n",
		    o->slug, purpose_name(o->found[i][1]),
		    o->h->issuers[o->found[i][0]].name);
	if (o->yes)
		return ARGS_GO;
	printf(
	    "Nothing was sent. A dispute is right only if you never collected "
	    "with this letter, nor\nwith one that replaced it, on any device, "
	    "and nobody did so for you: then somebody else\nhas your code, or "
	    "the office used your line. It takes no vote away and gives none "
	    "back; it\nis public for ever under your letter's key, is counted "
	    "beside the result, and cannot be\nwithdrawn. If that is so, give "
	    "the command again with --yes.\n");
	return 1;
}

int
cmd_resident_dispute(int argc, char **argv)
{
	struct dispute o = { 0 };
	const struct args_option options[] = {
		{ "server", ARGS_TEXT, &o.server, "URL", "the server" },
		{ "policy", ARGS_TEXT, &o.c.policy, "FILE",
		    "whose witnesses must have cosigned (C2SP tlog-policy)" },
		{ "code", ARGS_TEXT, &o.code, "CODE", "the letter's code" },
		{ "code-file", ARGS_TEXT, &o.code_file, "FILE",
		    "a file that holds it" },
		{ "key", ARGS_TEXT, &o.key, "FILE",
		    "or the seed of the line's key, in hex" },
		{ "papers", ARGS_TEXT, &o.papers, "FILE",
		    "your papers, to see whether it was you" },
		{ "yes", ARGS_FLAG, &o.yes, NULL,
		    "I never collected with this letter: send it" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = {
		"resident dispute SLUG --code CODE --server URL [--yes]",
		"Says whether the line of your letter is in the ledger of "
		"those who collected, and with\n--yes signs that it was not "
		"you. Any code that the line ever had will do.",
		options, 1, 1
	};
	struct why why = { { 0 } };
	int status;
	enum err r;

	if ((status = args_parse(&spec, argc, argv, &o.slug)) != ARGS_GO)
		return status;
	if (o.server == NULL ||
	    (o.code != NULL) + (o.code_file != NULL) + (o.key != NULL) != 1)
		return args_usage("resident dispute needs --server and one of "
				  "--code, --code-file and --key.");
	if ((r = dispute_begin(&o, &why)) == OK &&
	    (status = dispute_tell(&o)) == ARGS_GO) {
		r = dispute_all(&o, &why);
		status = 0;
	}
	wipe(&o.roll, sizeof(o.roll));
	free(o.replaced);
	header_free(o.h);
	contact_close(&o.c);
	return r == OK ? status : cmd_fail(r, &why);
}
