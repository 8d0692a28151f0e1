#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "code.h"
#include "derive.h"
#include "hex.h"
#include "roll.h"
#include "wipe.h"

#include "cmd.h"
#include "file.h"
#include "proposal.h"

int
cmd_fail(enum err e, const struct why *why)
{
	struct why clean = *why;
	size_t n = strlen(clean.text);

	why_clean(clean.text); /* a server's words may be in it */
	if (n == 0)
		(void)fprintf(stderr, "partecipa: %s.\n", err_str(e));
	else
		(void)fprintf(stderr, "partecipa: %s%s\n", clean.text,
		    strchr(".?]", clean.text[n - 1]) != NULL ? "" : ".");
	return 1;
}

enum err
cmd_signers_open(const char *server, const struct args_list *keys,
    struct cmd_signers *out, struct why *why)
{
	enum err r = OK;
	size_t i, j;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < keys->n && r == OK; i++) {
		r = staff_key_load(keys->v[i], &out->key[i], why);
		out->n = i + 1;
		for (j = 0; r == OK && j < i; j++)
			if (public_key_cmp(
				&out->key[i].key.pk, &out->key[j].key.pk) == 0)
				r = why_say(why, ERR_CONFLICT,
				    "%s and %s are the same key; two people "
				    "have to sign",
				    keys->v[j], keys->v[i]);
	}
	if (r == OK)
		r = api_open(server, &out->api, why);
	return r;
}

void
cmd_signers_close(struct cmd_signers *s)
{
	api_free(s->api);
	wipe(s, sizeof(*s));
}

static enum err
proposal_write(const struct proposal *p, const char *path, struct why *why)
{
	struct buf b = { 0 };
	enum err r;

	if ((r = proposal_put(p, &b)) == OK)
		r = file_write(path, 0644, buf_slice(&b), why);
	buf_free(&b);
	return r;
}

enum err
cmd_enter(struct cmd_signers *s, struct entry *e, struct slice object,
    const char *proposal, uint64_t *index, struct why *why)
{
	const struct note_key *log;
	struct proposal *p = NULL;
	struct buf bytes = { 0 };
	enum err r;
	size_t i;

	if ((r = api_log_key(s->api, &log, why)) != OK ||
	    (r = proposal_make(log->name, e, object, &p)) != OK)
		goto out;
	if (entry_rule_of(e->kind)->signers > s->n && proposal == NULL) {
		r = why_say(why, ERR_FORBIDDEN,
		    "this needs %u signatures: give --key as often, or --out "
		    "FILE for a proposal that others sign",
		    entry_rule_of(e->kind)->signers);
		goto out;
	}
	for (i = 0; i < s->n && proposal_missing(p) > 0; i++)
		if ((r = proposal_sign(p, &s->key[i], why)) != OK)
			goto out;
	if (proposal_missing(p) > 0) {
		*index = UINT64_MAX;
		r = proposal_write(p, proposal, why);
		goto out;
	}
	if ((r = entry_put(&bytes, &p->entry)) == OK)
		r = api_entry(s->api, &s->key[0], buf_slice(&bytes),
		    buf_slice(&p->object), index, why);

out:
	buf_free(&bytes);
	proposal_free(p);
	return r;
}

void
cmd_entered(uint64_t index, const char *proposal)
{
	if (index == UINT64_MAX)
		printf(
		    "Not in the log yet: %s needs another signature.\n"
		    "  partecipa staff sign %s --key THEIR.key\n"
		    "  partecipa staff submit %s --server URL --key ANY.key\n",
		    proposal, proposal, proposal);
	else
		printf("Entry %" PRIu64 " of the log.\n", index);
}

enum err
cmd_changes_publish(struct cmd_signers *s, const char *proposal, uint32_t *n,
    uint64_t *index, struct why *why)
{
	struct buf list = { 0 };
	struct entry e;
	enum err r;

	*n = 0;
	if ((r = api_staff(s->api, &s->key[0], "GET", "changes",
		 slice_of(NULL, 0), &list, why)) != OK)
		goto out;
	if (list.n % ROLL_CHANGE_BYTES != 0) {
		r = why_say(
		    why, ERR_IO, "the server's list of changes is not whole");
		goto out;
	}
	if (list.n == 0)
		goto out;
	memset(&e, 0, sizeof(e));
	e.kind = ENTRY_ROLL_CHANGE;
	e.count = (uint32_t)(list.n / ROLL_CHANGE_BYTES);
	hash_bytes(buf_slice(&list), &e.object);
	if ((r = cmd_enter(s, &e, buf_slice(&list), proposal, index, why)) ==
	    OK)
		*n = e.count;

out:
	buf_free(&list);
	return r;
}

enum err
cmd_roll_key(const char *text, struct public_key *out, struct why *why)
{
	struct roll_code code;
	struct sign_key k;
	enum err r;

	if (hex_decode(slice_str(text), out->b, sizeof(out->b)) == OK)
		return OK;
	if (roll_code_parse(slice_str(text), &code) != OK)
		return why_say(why, ERR_FORMAT,
		    "\"%.80s\" is neither a roll key (64 hex digits) nor a "
		    "letter's code without typing mistakes",
		    text);
	if ((r = derive_roll_key(&code, &k)) == OK)
		*out = k.pk;
	wipe(&code, sizeof(code));
	wipe(&k, sizeof(k));
	return r;
}
