/* A whole log, see forge_town. */
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "sample.h"

#include "forge.h"

static void
document_entry(struct forge *f, enum entry_kind kind, struct slice text)
{
	struct entry e = { .kind = kind };

	e.text = text;
	(void)forge_entry(f, &e);
}

static void
staff_entry(struct forge *f, const char *action, size_t who, const char *role)
{
	char hex[65];
	struct buf b = { 0 };
	json_t *doc;
	size_t i;

	for (i = 0; i < 32; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", f->staff[who].pk.b[i]);
	doc = json_pack("{ss ss ss ss}", "action", action, "key", hex, "name",
	    role, "role", role);
	sample_text(doc, &b);
	document_entry(f, ENTRY_STAFF, buf_slice(&b));
	json_decref(doc);
	buf_free(&b);
}

/* --- The vote ----------------------------------------------------------------
 */

/* Does voter 3 vote on paper, too? */
static int
two_on_paper(const struct forge *f)
{
	return forge_is(f, "paper-two") || forge_is(f, "paper-order");
}

static void
vote_changes(struct forge *f, const struct forge_space *s)
{
	struct roll_change c[3] = { { 0 }, { 0 }, { 0 } };

	c[0].action = ROLL_STRIKE;
	c[0].method = ROLL_PAPER;
	c[0].old_pk = f->voters[4].roll.pk;
	c[0].space_id = s->id;
	c[1].action = ROLL_REPLACE;
	c[1].method = ROLL_LETTER;
	c[1].old_pk = f->voters[5].roll.pk;
	c[1].new_pk = f->voters[forge_is(f, "change-key") ? 0 : 6].roll.pk;
	c[2] = c[0];
	c[2].old_pk = f->voters[3].roll.pk;
	forge_changes(
	    f, c, two_on_paper(f) ? 3 : 2, forge_is(f, "changes-count"));
}

static void
vote_ledger(struct forge *f, const struct forge_space *s)
{
	static const size_t good[] = { 0, 1, 2, 3, 6 };
	static const size_t struck[] = { 0, 1, 2, 3, 6, 4 };
	static const size_t spare[] = { 0, 1, 2, 3, 6, 7 };
	static const size_t twice[] = { 0, 1, 2, 3, 6, 5 };
	static const size_t two[] = { 0, 1, 2, 6 };

	if (forge_is(f, "ledger-missing"))
		return;
	if (forge_is(f, "ledger-struck"))
		forge_ledger(f, s, 0, PURPOSE_VOTE, struck, 6);
	else if (forge_is(f, "ledger-spare"))
		forge_ledger(f, s, 0, PURPOSE_VOTE, spare, 6);
	else if (forge_is(f, "ledger-line-twice"))
		forge_ledger(f, s, 0, PURPOSE_VOTE, twice, 6);
	else if (two_on_paper(f))
		forge_ledger(f, s, 0, PURPOSE_VOTE, two, 4);
	else
		forge_ledger(
		    f, s, 0, PURPOSE_VOTE, good, forge_is(f, "issued") ? 2 : 5);
	if (forge_is(f, "ledger-twice"))
		forge_ledger(f, s, 0, PURPOSE_VOTE, good, 5);
	if (forge_is(f, "ledger-purpose"))
		forge_ledger(f, s, 0, PURPOSE_ANSWER, good, 5);
}

static void
vote_destroy(struct forge *f, const struct forge_space *s)
{
	struct entry e = { .kind = ENTRY_KEY_DESTROYED };
	uint8_t spki[BLIND_SPKI];

	assert_int_equal(
	    blind_key_spki(
		forge_key(
		    s->first_key + (forge_is(f, "destroyed-other") ? 1U : 0U)),
		spki),
	    OK);
	hash_bytes(slice_of(spki, sizeof(spki)), &e.target);
	e.space_id = s->id;
	e.purpose = PURPOSE_VOTE;
	(void)forge_entry(f, &e);
	if (forge_is(f, "destroyed-twice"))
		(void)forge_entry(f, &e);
}

static void
vote_batches(struct forge *f, const struct forge_space *s)
{
	static const uint8_t votes[] = { 0x80, 0xc0, 0x20, 0xe0, 0x00 };
	struct buf b[3] = { { 0 }, { 0 }, { 0 } };
	uint8_t bad = 0x87;
	size_t i;

	for (i = 0; i < 3; i++)
		forge_record(f, s, i, PURPOSE_VOTE,
		    i == 2 && forge_is(f, "seq-start") ? 1 : 0,
		    slice_of(
			i == 1 && forge_is(f, "record-body") ? &bad : &votes[i],
			i == 1 && forge_is(f, "record-long") ? 2 : 1),
		    &b[i]);
	forge_batch(f, s, forge_is(f, "window") ? 2301 : 2300, b, 3);
	for (i = 0; i < 3; i++)
		buf_free(&b[i]);
	if (forge_is(f, "ledger-late"))
		vote_ledger(f, s);
	forge_record(f, s, 0, PURPOSE_VOTE, forge_is(f, "seq-gap") ? 2 : 1,
	    slice_of(&votes[3], 1), &b[0]);
	forge_record(f, s, 6, PURPOSE_VOTE, 0, slice_of(&votes[4], 1), &b[1]);
	if (forge_is(f, "seq-limit")) {
		b[0].n = 0;
		forge_record(
		    f, s, 0, PURPOSE_VOTE, 6, slice_of(&votes[3], 1), &b[0]);
	}
	if (!forge_is(f, "after-close"))
		forge_batch(
		    f, s, forge_is(f, "window-falls") ? 2300 : 2600, b, 2);
	for (i = 0; i < 2; i++)
		buf_free(&b[i]);
}

static void
vote_dispute(struct forge *f, const struct forge_space *s)
{
	struct entry e = { .kind = ENTRY_DISPUTE };
	uint8_t who[2] = { 0, PURPOSE_VOTE };
	struct slice parts[2] = { hash_slice(&s->id), slice_of(who, 2) };
	size_t voter = forge_is(f, "dispute-line") ? 4 : 0;

	e.space_id = s->id;
	e.purpose = PURPOSE_VOTE;
	e.roll_pk = f->voters[voter].roll.pk;
	assert_int_equal(
	    sign_dst(&f->voters[voter].roll, "dispute", parts, 2, &e.roll_sig),
	    OK);
	if (forge_is(f, "dispute-signature"))
		e.roll_sig.b[0] ^= 1;
	(void)forge_entry(f, &e);
	if (forge_is(f, "dispute-twice"))
		(void)forge_entry(f, &e);
}

static void
vote_paper(struct forge *f, const struct forge_space *s)
{
	struct entry e = { .kind = ENTRY_PAPER, .sort = 1 };
	uint8_t list[2] = { 0x40, 0x80 };
	size_t n = forge_is(f, "paper-many") || two_on_paper(f) ? 2 : 1;

	if (forge_is(f, "paper-many"))
		list[0] = 0x20;
	if (two_on_paper(f))
		list[1] = forge_is(f, "paper-order") ? 0x20 : 0x40;
	if (forge_is(f, "paper-limit"))
		list[0] = 0xff;
	e.space_id = s->id;
	e.count = (uint32_t)n;
	forge_object(
	    f, slice_of(list, forge_is(f, "paper-long") ? 2 : n), &e.object);
	(void)forge_entry(f, &e);
	if (forge_is(f, "paper-twice"))
		(void)forge_entry(f, &e);
}

/* Entries that have no place where they stand. */
static void
vote_astray(struct forge *f, const struct forge_space *s)
{
	struct entry e = { .kind = ENTRY_OPENING };
	struct entry m = { .kind = ENTRY_MODERATION, .sort = 1 };
	struct entry rec = { .kind = ENTRY_RECORD };
	struct entry batch = { .kind = ENTRY_BATCH, .window_end = 2900 };
	uint8_t vote = 0x80;
	struct buf b = { 0 };

	e.space_id = s->id;
	e.issuer = 1;
	if (forge_is(f, "opening"))
		(void)forge_entry(f, &e);
	m.space_id = s->id;
	m.text = slice_str("spam");
	if (forge_is(f, "moderated-ballot"))
		(void)forge_entry(f, &m);
	if (!forge_is(f, "record-alone") && !forge_is(f, "batch-after-close"))
		return;
	forge_record(f, s, 3, PURPOSE_VOTE, 0, slice_of(&vote, 1), &b);
	batch.space_id = s->id;
	batch.count = 1;
	if (forge_is(f, "batch-after-close"))
		(void)forge_entry(f, &batch);
	rec.record = buf_slice(&b);
	(void)forge_entry(f, &rec);
	buf_free(&b);
}

static void
vote(struct forge *f, struct forge_space *s, const char *dir)
{
	uint32_t credentials = 4 + (forge_is(f, "close-credentials") ? 1U : 0U);
	struct roll_change strike = { .action = ROLL_STRIKE,
		.method = ROLL_PAPER };

	forge_header(f, s);
	if (forge_is(f, "staff-signature"))
		f->entries[1].bytes.p[f->entries[1].bytes.n - 1] ^= 1;
	if (!forge_is(f, "form-late"))
		forge_form(f, s);
	if (forge_is(f, "form-twice"))
		forge_form(f, s);
	vote_changes(f, s);
	if (forge_is(f, "destroyed-early"))
		vote_destroy(f, s);
	if (!forge_is(f, "ledger-late"))
		vote_ledger(f, s);
	if (strncmp(f->twist, "ledger", 6) != 0 &&
	    !forge_is(f, "destroyed-early"))
		vote_destroy(f, s);
	vote_batches(f, s);
	if (forge_is(f, "form-late"))
		forge_form(f, s);
	strike.old_pk = f->voters[3].roll.pk;
	strike.space_id = s->id;
	if (forge_is(f, "strike-collected"))
		forge_changes(f, &strike, 1, 0);
	vote_dispute(f, s);
	if (forge_is(f, "paper-early"))
		vote_paper(f, s);
	if (forge_is(f, "result-early"))
		forge_result(f, s, dir);
	forge_close(f, s, forge_is(f, "close-records") ? 6 : 5, credentials);
	if (forge_is(f, "close-twice"))
		forge_close(f, s, 5, credentials);
	vote_astray(f, s);
	if (!forge_is(f, "paper-early") && !forge_is(f, "paper-late"))
		vote_paper(f, s);
	forge_result(f, s, dir);
	if (forge_is(f, "paper-late"))
		vote_paper(f, s);
	if (forge_is(f, "result-twice"))
		forge_result(f, s, dir);
}

/* --- Ideas -------------------------------------------------------------------
 */

static void
idea(struct forge *f, const struct forge_space *s, size_t voter,
    const char *text, int publish, struct buf *out)
{
	struct contribution c = { .action = ACTION_IDEA };
	struct buf content = { 0 }, body = { 0 };
	uint8_t salt[16] = { 9 };

	content_commit(salt, slice_str(text), &c.commit);
	buf_put(&content, salt, sizeof(salt));
	buf_str(&content, text);
	if (publish && forge_is(f, "content-other"))
		content.p[20] ^= 1;
	if (publish && !forge_is(f, "content-missing"))
		forge_object_as(f, &c.commit, buf_slice(&content));
	contribution_put(&body, &c);
	forge_record(f, s, voter, PURPOSE_AUTHOR, 0, buf_slice(&body), out);
	buf_free(&body);
	buf_free(&content);
}

static void
ideas(struct forge *f, struct forge_space *s, const char *dir)
{
	static const size_t asked[] = { 0, 1 };
	struct contribution c = { .action = ACTION_SUPPORT };
	struct entry m = { .kind = ENTRY_MODERATION, .sort = 3 };
	struct buf b[3] = { { 0 }, { 0 }, { 0 } }, body = { 0 };
	size_t i;

	forge_header(f, s);
	forge_form(f, s);
	idea(f, s, 0, "{\"text\":\"una panchina\"}", 1, &b[0]);
	idea(f, s, 1, "{\"text\":\"insulti\"}", 0, &b[1]);
	admit_leaf(buf_slice(&b[0]), &c.target);
	contribution_put(&body, &c);
	forge_record(f, s, 2, PURPOSE_VOICE, 0, buf_slice(&body), &b[2]);
	forge_batch(f, s, 2300, b, 3);
	forge_ledger(f, s, 0, PURPOSE_AUTHOR, asked, 2);
	forge_ledger(f, s, 0, PURPOSE_VOICE, asked, 2);
	m.space_id = s->id;
	m.text = slice_str("contiene insulti");
	admit_leaf(buf_slice(&b[1]), &m.target);
	(void)forge_entry(f, &m);
	m.target.b[0] ^= 1;
	if (forge_is(f, "moderation"))
		(void)forge_entry(f, &m);
	forge_close(f, s, 3, 3);
	forge_result(f, s, dir);
	for (i = 0; i < 3; i++)
		buf_free(&b[i]);
	buf_free(&body);
}

/* --- The whole ---------------------------------------------------------------
 */

static void
cancelled(struct forge *f, struct forge_space *s)
{
	struct entry e = { .kind = ENTRY_CANCEL };

	forge_header(f, s);
	e.space_id = s->id;
	e.text = slice_str("errore nelle date");
	(void)forge_entry(f, &e);
	if (forge_is(f, "cancel-twice"))
		(void)forge_entry(f, &e);
	if (forge_is(f, "after-cancel"))
		forge_form(f, s);
}

/* Entries of the log as a whole, good and bad. */
static void
log_entries(struct forge *f, const struct forge_space *s)
{
	static const uint8_t unknown[] = { 99, 1, 0 };
	struct entry e = { .kind = ENTRY_BUNDLE };
	struct entry p = { .kind = ENTRY_PROGRESS };
	struct entry cancel = { .kind = ENTRY_CANCEL };
	struct hash other;

	staff_entry(f, "revoke", FORGE_REGISTRAR, "registrar");
	if (forge_is(f, "staff-unknown"))
		staff_entry(f, "revoke", FORGE_REGISTRAR, "registrar");
	if (forge_is(f, "staff-twice"))
		staff_entry(f, "add", FORGE_EDITOR, "editor");
	if (forge_is(f, "staff-last"))
		staff_entry(f, "revoke", FORGE_ADMIN_2, "admin");
	forge_object(f,
	    slice_str(forge_is(f, "bundle")	   ? "{\"files\":{}}"
		      : forge_is(f, "bundle-path") ? FORGE_MANIFEST("/x")
						   : FORGE_MANIFEST("x")),
	    &e.object);
	if (forge_is(f, "object"))
		forge_object_as(f, &e.object, slice_str("something else"));
	if (forge_is(f, "staff-number"))
		f->n[FORGE_ADMIN_1]--;
	(void)forge_entry(f, &e);
	hash_bytes(slice_str("missing"), &other);
	e.object = other;
	if (forge_is(f, "object-missing"))
		(void)forge_entry(f, &e);
	p.space_id = s->id;
	forge_object(f, slice_str("{\"stato\":\"in corso\"}"), &p.object);
	(void)forge_entry(f, &p);
	if (forge_is(f, "entry"))
		(void)forge_raw(f, slice_of(unknown, sizeof(unknown)));
	cancel.space_id = other;
	cancel.text = slice_str("?");
	if (forge_is(f, "entry-space"))
		(void)forge_entry(f, &cancel);
	if (forge_is(f, "genesis-twice"))
		forge_genesis(f);
}

void
forge_sealed_log(struct forge *f, const char *dir)
{
	struct forge_space s = { .slug = "segreta",
		.kind = SPACE_BALLOT,
		.separated = 1,
		.sealed = 1,
		.witnessed = 2,
		.issuers = 2 };

	forge_genesis(f);
	forge_sealed(f, &s, dir);
	forge_write(f, dir);
}

void
forge_town(struct forge *f, const char *dir)
{
	struct forge_space a = { .slug = "bilancio",
		.kind = SPACE_BALLOT,
		.separated = 1,
		.paper = 1,
		.witnessed = 1,
		.issuers = 1 };
	struct forge_space b = { .slug = "idee",
		.kind = SPACE_IDEAS,
		.first_key = 1,
		.issuers = 1 };
	struct forge_space c = { .slug = "annullata",
		.kind = SPACE_BALLOT,
		.separated = 1,
		.first_key = 3,
		.issuers = 1 };
	struct forge_space d = { .slug = "segreta",
		.kind = SPACE_BALLOT,
		.separated = 1,
		.sealed = 1,
		.witnessed = 2,
		.first_key = 4,
		.issuers = 2 };

	if (!forge_is(f, "genesis-missing"))
		forge_genesis(f);
	vote(f, &a, dir);
	ideas(f, &b, dir);
	cancelled(f, &c);
	if (!forge_is(f, "unsealed"))
		forge_sealed(f, &d, dir);
	log_entries(f, &a);
	forge_write(f, dir);
}
