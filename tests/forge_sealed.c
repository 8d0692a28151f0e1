/* A sealed vote, see forge_sealed. */
#include <string.h>

#include "replay_sealed.h"
#include "seal.h"

#include "forge.h"

#define VOTERS 4
#define BODY (SEAL_OVERHEAD + 1)

/* --- Records -----------------------------------------------------------------
 */

/* A sealed ballot as a client makes it, hostile ones included. */
static void
seal_body(struct forge *f, const struct forge_space *s, size_t voter,
    uint32_t seq, uint8_t choices, struct buf *out)
{
	struct seal what = { &s->id, &s->form_id,
		&f->voters[voter].credential.pk, seq, &f->form->seal_key };
	struct secret ss = { { 0 } };

	ss.b[0] = (uint8_t)(voter + 1);
	out->n = 0;
	assert_int_equal(
	    seal_make(&what, &ss, slice_of(&choices, 1), out, NULL), OK);
	assert_int_equal(out->n, BODY);
}

/* R of another's ballot plus G, and a proof that is not about that. */
static void
relate(struct forge *f, const struct buf *victim, struct buf *body)
{
	struct scalar one;
	struct point r, g;

	scalar_of(1, &one);
	memcpy(r.b, victim->p, sizeof(r.b));
	assert_int_equal(point_base(&one, &g), OK);
	assert_int_equal(point_add(&r, &g, &r), OK);
	memcpy(body->p, r.b, sizeof(r.b));
	if (forge_is(f, "related-replayed"))
		memcpy(body->p + 32, victim->p + 32, 64);
	if (forge_is(f, "related-none"))
		memset(body->p + 32, 0, 64);
}

/* Voter 3's ballot, in which a twist finds something to spoil. */
static void
spoil(struct forge *f, const struct buf *victim, struct buf *body)
{
	if (forge_is(f, "sealed-proof"))
		body->p[64] ^= 1;
	/* Of "nothing" the token is wrong too, which is judged later. */
	if (forge_is(f, "sealed-identity") || forge_is(f, "sealed-nothing"))
		memset(body->p, 0, 32);
	if (forge_is(f, "sealed-negative")) {
		memset(body->p, 0, 32);
		body->p[0] = 1;
	}
	if (forge_is(f, "sealed-canonical"))
		body->p[31] |= 0x80;
	if (forge_is(f, "sealed-short"))
		body->n--;
	/* The ciphertext of another, with its proof. */
	if (forge_is(f, "sealed-lifted"))
		memcpy(body->p, victim->p, BODY);
	if (strncmp(f->twist, "related", 7) == 0)
		relate(f, victim, body);
}

/* Voter 0 casts twice, 1 breaks the limits, 2 names nothing. */
static void
batches(struct forge *f, const struct forge_space *s)
{
	static const uint8_t votes[VOTERS] = { 0x80, 0xf8, 0x00, 0x20 };
	struct buf bodies[VOTERS] = { { 0 } }, b[VOTERS] = { { 0 } };
	size_t i;

	for (i = 0; i < VOTERS; i++)
		seal_body(f, s, i, 0, votes[i], &bodies[i]);
	spoil(f, &bodies[0], &bodies[3]);
	for (i = 0; i < VOTERS; i++)
		forge_record(
		    f, s, i, PURPOSE_VOTE, 0, buf_slice(&bodies[i]), &b[i]);
	forge_batch(f, s, 2300, b, VOTERS);
	seal_body(f, s, 0, 1, 0x40, &bodies[0]);
	b[0].n = 0;
	forge_record(f, s, 0, PURPOSE_VOTE, 1, buf_slice(&bodies[0]), &b[0]);
	forge_batch(f, s, 2600, b, 1);
	for (i = 0; i < VOTERS; i++) {
		buf_free(&bodies[i]);
		buf_free(&b[i]);
	}
}

/* --- Openings ----------------------------------------------------------------
 */

static void
opening_entry(struct forge *f, const struct forge_space *s, uint8_t trustee,
    struct slice file)
{
	struct entry e = { .kind = ENTRY_OPENING };

	e.space_id = s->id;
	e.issuer = trustee;
	forge_object(f, file, &e.object);
	(void)forge_entry(f, &e);
}

static void
open_all(
    struct forge *f, const struct unseal *u, uint8_t trustee, struct buf *out)
{
	struct unseal_trustee t = { trustee, &f->trustees.x[trustee - 1],
		&f->trustees.id[trustee - 1] };
	struct why why = { "" };

	out->n = 0;
	if (unseal_share(u, &f->trustees.keys, &t, NULL, out, &why) != OK)
		fail_msg("%s", why.text);
}

/* The same ballots but the last. */
static void
open_subset(struct forge *f, struct unseal *u, struct buf *out)
{
	u->m--;
	open_all(f, u, 3, out);
	u->m++;
}

/* A file with something else in it, signed all the same. */
static void
open_altered(struct forge *f, const struct unseal *u, struct buf *out)
{
	struct point d[VOTERS];
	struct opening_file file;
	struct opening o;

	open_all(f, u, 3, out);
	assert_int_equal(opening_parse(buf_slice(out), &file), OK);
	assert_true(file.opening.m <= VOTERS);
	memcpy(d, file.opening.d, file.opening.m * sizeof(d[0]));
	o = file.opening;
	o.d = d;
	if (strstr(f->twist, "-swapped") != NULL) {
		d[0] = file.opening.d[1];
		d[1] = file.opening.d[0];
	}
	if (strstr(f->twist, "-identity") != NULL)
		memset(&d[1], 0, sizeof(d[1]));
	if (strstr(f->twist, "-foreign") != NULL)
		o.space_id.b[3] ^= 1;
	if (strstr(f->twist, "-form") != NULL)
		o.form_id.b[3] ^= 1;
	if (strstr(f->twist, "-fork") != NULL)
		o.root.b[3] ^= 1;
	if (strstr(f->twist, "-proof") != NULL)
		file.proof.c.b[0] ^= 1;
	out->n = 0;
	assert_int_equal(
	    opening_put(&o, &file.proof,
		&f->trustees.id[strstr(f->twist, "-signer") != NULL ? 0 : 2],
		out),
	    OK);
}

/*
 * Twists "opened-..." leave one valid opening, of which two are needed;
 * "ignored-..." have the same fault in one more.
 */
static void
opening_spoilt(struct forge *f, const struct forge_space *s, struct unseal *u,
    struct buf *file)
{
	const char *how = strchr(f->twist, '-');

	if (how == NULL || strcmp(how, "-one") == 0)
		return;
	if (strcmp(how, "-subset") == 0)
		open_subset(f, u, file);
	else if (strcmp(how, "-twice") == 0 || strcmp(how, "-index") == 0)
		open_all(f, u, 1, file);
	else if (strcmp(how, "-bytes") == 0) {
		file->n = 0;
		buf_str(file, "not an opening");
	} else
		open_altered(f, u, file);
	opening_entry(
	    f, s, strcmp(how, "-twice") == 0 ? 1 : 3, buf_slice(file));
}

static void
openings(struct forge *f, const struct forge_space *s, const char *dir)
{
	int only = strncmp(f->twist, "opened-", 7) == 0;
	struct replay *r = forge_read(f, dir);
	struct source *src = r->source;
	struct unseal *u = NULL;
	struct space *space = NULL;
	struct buf file = { 0 };

	if (r->world != NULL)
		space = world_space_by_id(r->world, &s->id);
	/* What the twist left may not be to be opened. */
	if (space == NULL || replay_sealed_ballots(r, space, &u, NULL) != OK)
		goto out;
	if (forge_is(f, "opening-index")) {
		open_all(f, u, 2, &file);
		opening_entry(f, s, 4, buf_slice(&file));
	}
	open_all(f, u, 1, &file);
	opening_entry(f, s, 1, buf_slice(&file));
	if (only || strncmp(f->twist, "ignored-", 8) == 0)
		opening_spoilt(f, s, u, &file);
	open_all(f, u, 3, &file);
	if (!only)
		opening_entry(f, s, 3, buf_slice(&file));
	if (forge_is(f, "opening-third")) {
		open_all(f, u, 2, &file);
		opening_entry(f, s, 2, buf_slice(&file));
	}

out:
	buf_free(&file);
	unseal_free(u);
	replay_free(r);
	source_free(src);
}

/* --- The whole ---------------------------------------------------------------
 */

/* No ballots on paper, said too late. */
static void
paper(struct forge *f, const struct forge_space *s)
{
	struct entry e = { .kind = ENTRY_PAPER, .sort = 1 };

	e.space_id = s->id;
	forge_object(f, slice_str(""), &e.object);
	(void)forge_entry(f, &e);
}

void
forge_sealed(struct forge *f, struct forge_space *s, const char *dir)
{
	static const size_t asked[] = { 0, 1, 2, 3, 4 };
	int nothing = forge_is(f, "opening-nothing");
	int empty = nothing || forge_is(f, "sealed-empty");

	forge_header(f, s);
	forge_form(f, s);
	forge_ledger(f, s, 0, PURPOSE_VOTE, asked, 5);
	forge_ledger(
	    f, s, 1, PURPOSE_VOTE, asked, forge_is(f, "issued-second") ? 3 : 4);
	if (f->form != NULL && !empty)
		batches(f, s);
	if (forge_is(f, "opening-early"))
		opening_entry(f, s, 1, slice_str("early"));
	forge_close(f, s, f->form != NULL && !empty ? VOTERS + 1 : 0,
	    f->form != NULL && !empty ? VOTERS : 0);
	if (forge_is(f, "sealed-waiting"))
		return;
	if (!forge_is(f, "opened-none") && !forge_is(f, "opening-never") &&
	    !empty)
		openings(f, s, dir);
	/* None is needed, and none is there. */
	if (nothing)
		opening_entry(f, s, 1, slice_str("nothing"));
	if (forge_is(f, "paper-opened"))
		paper(f, s);
	if (forge_is(f, "sealed-opened"))
		return;
	forge_result(f, s, dir);
	if (forge_is(f, "opening-late"))
		opening_entry(f, s, 2, slice_str("late"));
}
