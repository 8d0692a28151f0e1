/*
 * Attacks on trustees, and by some of them: docs/THREATS.md names each by its
 * row of the table there.  The trustees' own tool takes part in ceremonies
 * around a stick (stick.h) and opens votes of forged logs (forge.h).
 */
#include <stdio.h>
#include <string.h>

#include "file.h"
#include "seal.h"
#include "wipe.h"

#include "attack.h"
#include "stick.h"
#include "trustee_opening.h"
#include "vec.h"

/* ---- The ceremony -------------------------------------------------------- */

/* Trustee ${i}'s message again, signed anew after ${change}. */
static void
resign(struct stick *s, const char *what, size_t i,
    void (*change)(struct ceremony_message *m))
{
	struct ceremony_message m;

	stick_parse(s, what, &m);
	change(&m);
	stick_message(s, i, &m);
}

static void
other_commitment(struct ceremony_message *m)
{
	m->commitment.b[0] ^= 1;
}

/* As though she had not read the box since her own step. */
static void
forget_seen(struct stick *s, size_t i)
{
	struct trustee_state a;
	char dir[300];

	stick_state(s, i, &a);
	memset(&a.seen, 0, sizeof(a.seen));
	assert_int_equal(trustee_state_save(stick_dir(s, i, dir), &a,
			     &s->keys[i - 1], &s->why),
	    OK);
	trustee_state_free(&a);
}

/*
 * The coordinator, with trustee 3 in league, shows trustee 1 another commit
 * than trustee 2: each reveals for her own world, and each sees it then.
 */
static void
A8_different_commits_for_different_trustees_are_seen(void **state)
{
	struct stick *s = stick_new(3, 2);
	struct buf one = { 0 };

	(void)state;
	stick_all(s, STICK_COMMIT);
	stick_read(s, "1-commit-3.txt", &one);
	assert_int_equal(stick_step(s, 1, STICK_REVEAL), OK);
	resign(s, "1-commit-3.txt", 3, other_commitment);
	/* Trustee 2 did not look before: she reveals in the other world. */
	forget_seen(s, 2);
	assert_int_equal(stick_step(s, 2, STICK_REVEAL), OK);
	stick_write(s, "1-commit-3.txt", buf_slice(&one));
	assert_int_equal(stick_step(s, 3, STICK_REVEAL), OK);
	/* Trustee 1 sees that 2 answers to other commits than these. */
	assert_int_equal(stick_step(s, 1, STICK_SHARE), ERR_SIGNATURE);
	assert_true(stick_says(s, "trustee 2"));
	assert_true(stick_says(s, "--attempt 2"));
	/* Trustee 2 is shown what 1 saw: it is not what she was shown. */
	assert_int_equal(stick_step(s, 2, STICK_SHARE), ERR_CONFLICT);
	assert_true(stick_says(s, "different messages"));
	buf_free(&one);
	stick_free(s);
}

static void
A8_a_message_that_changes_later_is_refused_in_every_round(void **state)
{
	static const struct {
		enum stick_step done, next;
		const char *what;
	} rounds[] = {
		{ STICK_COMMIT, STICK_REVEAL, "1-commit-2.txt" },
		{ STICK_REVEAL, STICK_SHARE, "1-reveal-2.txt" },
		{ STICK_SHARE, STICK_CHECK, "1-share-2.txt" },
	};
	struct ceremony_message m;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct stick *s = stick_new(2, 2);

		stick_until(s, rounds[i].done);
		/* She looked at it once. */
		assert_int_equal(stick_step(s, 1, rounds[i].done), OK);
		stick_parse(s, rounds[i].what, &m);
		m.commitment.b[1] ^= 1;
		m.before.b[1] ^= 1;
		if (m.round == CEREMONY_COMMIT)
			memset(&m.before, 0, sizeof(m.before));
		stick_message(s, 2, &m);
		assert_int_equal(
		    stick_step(s, 1, rounds[i].next), ERR_CONFLICT);
		assert_true(stick_says(s, "trustee 2"));
		assert_true(stick_says(s, "--attempt 2"));
		stick_free(s);
	}
}

static void
A8_a_message_of_hers_that_she_did_not_make_is_refused(void **state)
{
	struct stick *s = stick_new(2, 2);

	(void)state;
	stick_all(s, STICK_COMMIT);
	resign(s, "1-commit-1.txt", 1, other_commitment);
	assert_int_equal(stick_step(s, 1, STICK_REVEAL), ERR_CONFLICT);
	assert_true(stick_says(s, "yours that this folder did not make"));
	stick_free(s);
}

static void
A8_a_transcript_of_another_ceremony_is_not_signed(void **state)
{
	struct stick *s = stick_new(2, 2);
	struct trustee_state a;
	char dir[300];

	(void)state;
	stick_until(s, STICK_CHECK);
	stick_form(s, NULL);
	/* What she accepted was another key: she lives in another world. */
	stick_state(s, 1, &a);
	a.y = a.v[0];
	assert_int_equal(
	    trustee_state_save(stick_dir(s, 1, dir), &a, &s->keys[0], &s->why),
	    OK);
	trustee_state_free(&a);
	assert_int_equal(stick_step(s, 1, STICK_SIGN), ERR_SIGNATURE);
	assert_true(stick_says(s, "another ceremony"));
	assert_int_equal(stick_step(s, 2, STICK_SIGN), OK);
	stick_free(s);
}

static void
A8_a_form_with_another_key_is_not_signed(void **state)
{
	static const char other[] =
	    "\"e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"
	    "\"";
	static const char *const edits[][3] = {
		{ "seal.key", other, NULL },
		{ "seal.shares.1", other, NULL },
		{ "seal.transcript", other, NULL },
	};
	struct stick *s = stick_new(2, 2);
	size_t i;

	(void)state;
	stick_until(s, STICK_CHECK);
	for (i = 0; i < 3; i++) {
		stick_form(s, edits[i]);
		assert_int_equal(stick_step(s, 1, STICK_SIGN), ERR_SIGNATURE);
		assert_true(stick_says(s, "seal."));
	}
	stick_form(s, NULL);
	assert_int_equal(stick_step(s, 1, STICK_SIGN), OK);
	stick_free(s);
}

static void
A8_one_form_is_signed_ever(void **state)
{
	static const char *const other[] = { "budget", "\"999\"", NULL };
	struct stick *s = stick_new(2, 2);
	struct trustee_state a;
	char dir[300];

	(void)state;
	stick_until(s, STICK_CHECK);
	stick_form(s, NULL);
	assert_int_equal(stick_step(s, 1, STICK_SIGN), OK);
	assert_int_equal(stick_step(s, 1, STICK_SIGN), OK);
	stick_form(s, other);
	assert_int_equal(stick_step(s, 1, STICK_SIGN), ERR_CONFLICT);
	assert_true(stick_says(s, "one form only"));
	/* Nor when she forgot: her signature lies there. */
	stick_state(s, 1, &a);
	a.has_form = 0;
	assert_int_equal(
	    trustee_state_save(stick_dir(s, 1, dir), &a, &s->keys[0], &s->why),
	    OK);
	trustee_state_free(&a);
	assert_int_equal(stick_step(s, 1, STICK_SIGN), ERR_CONFLICT);
	assert_true(stick_says(s, "signature-1.txt"));
	assert_int_equal(stick_attempt(s, 2, 2), OK);
	stick_free(s);
}

static struct point chosen;

static void
other_coefficient(struct ceremony_message *m)
{
	m->a[0] = chosen;
}

static void
A9_a_late_trustee_cannot_change_what_she_committed_to(void **state)
{
	struct stick *s = stick_new(3, 2);
	struct scalar k;

	(void)state;
	stick_all(s, STICK_COMMIT);
	stick_all(s, STICK_REVEAL);
	/* She saw all reveals; now she would like another key to come out. */
	scalar_random(&k);
	assert_int_equal(point_base(&k, &chosen), OK);
	resign(s, "1-reveal-3.txt", 3, other_coefficient);
	assert_int_equal(stick_step(s, 1, STICK_SHARE), ERR_SIGNATURE);
	assert_true(stick_says(s, "trustee 3 revealed other coefficients"));
	assert_true(stick_says(s, "--attempt 2"));
	stick_free(s);
}

static void
A9_nobody_reveals_before_all_have_committed(void **state)
{
	struct stick *s = stick_new(3, 2);

	(void)state;
	assert_int_equal(stick_step(s, 1, STICK_COMMIT), OK);
	assert_int_equal(stick_step(s, 2, STICK_COMMIT), OK);
	assert_int_equal(stick_step(s, 1, STICK_REVEAL), ERR_NOT_FOUND);
	assert_false(stick_has(s, "1-reveal-1.txt"));
	stick_free(s);
}

/*
 * A_0 of trustee 2 is a key whose secret only the coordinator knows, less that
 * of trustee 1, whose E she learnt early: committed to in time, but nobody can
 * prove to know its secret.
 */
static void
A10_a_rogue_key_is_refused_by_the_tool(void **state)
{
	struct stick *s = stick_new(2, 2);
	struct ceremony_message m;
	struct dkg_public public;
	struct trustee_state b;
	struct scalar k;
	struct dkg d;

	(void)state;
	stick_all(s, STICK_COMMIT);
	stick_state(s, 1, &b);
	assert_int_equal(point_base(&b.secret.a[0], &chosen), OK);
	trustee_state_free(&b);
	scalar_random(&k);
	memset(&public, 0, sizeof(public));
	assert_int_equal(point_base(&k, &public.a[0]), OK);
	assert_int_equal(point_sub(&public.a[0], &chosen, &public.a[0]), OK);
	chosen = public.a[0];
	assert_int_equal(point_base(&k, &public.a[1]), OK);
	stick_parse(s, "1-commit-2.txt", &m);
	public.e = m.e;
	memset(&d, 0, sizeof(d));
	d.space_id = &s->header->id;
	d.attempt = 1;
	d.index = 2;
	d.n = 2;
	d.t = 2;
	dkg_commitment(&d, &public, &m.commitment);
	stick_message(s, 2, &m);
	assert_int_equal(stick_step(s, 1, STICK_REVEAL), OK);
	/* A proof of another secret. */
	stick_parse(s, "1-reveal-1.txt", &m);
	m.index = 2;
	memcpy(m.a, public.a, sizeof(m.a));
	stick_message(s, 2, &m);
	assert_int_equal(stick_step(s, 1, STICK_SHARE), ERR_SIGNATURE);
	assert_true(stick_says(s, "trustee 2 does not prove"));
	stick_free(s);
}

static void
wrong_share(struct ceremony_message *m)
{
	m->shares[0][20] ^= 1;
}

static void
A11_a_wrong_share_is_complained_of_and_all_begin_anew(void **state)
{
	struct stick *s = stick_new(3, 2);

	(void)state;
	stick_until(s, STICK_REVEAL);
	assert_int_equal(stick_step(s, 2, STICK_SHARE), OK);
	resign(s, "1-share-2.txt", 2, wrong_share);
	assert_int_equal(stick_step(s, 1, STICK_SHARE), OK);
	assert_int_equal(stick_step(s, 3, STICK_SHARE), OK);
	assert_int_equal(stick_step(s, 1, STICK_CHECK), ERR_FORBIDDEN);
	assert_true(stick_says(s, "share that trustee 2 gave"));
	assert_true(stick_says(s, "--attempt 2"));
	assert_true(stick_has(s, "1-complaint-1.txt"));
	/* Once more: the same complaint. */
	assert_int_equal(stick_step(s, 1, STICK_CHECK), ERR_FORBIDDEN);
	assert_int_equal(stick_step(s, 3, STICK_CHECK), ERR_FORBIDDEN);
	assert_true(stick_says(s, "trustee 1 complained"));
	assert_int_equal(stick_attempt(s, 1, 2), OK);
	assert_int_equal(stick_attempt(s, 2, 2), OK);
	assert_int_equal(stick_attempt(s, 3, 2), OK);
	stick_all(s, STICK_REVEAL);
	stick_all(s, STICK_SHARE);
	stick_all(s, STICK_CHECK);
	stick_form(s, NULL);
	stick_all(s, STICK_SIGN);
	stick_free(s);
}

/* Whoever stops, and in whichever round, cannot make the others give less. */
static void
A11_a_trustee_who_stops_midway_costs_an_attempt_only(void **state)
{
	int k;

	(void)state;
	for (k = STICK_COMMIT; k <= STICK_CHECK; k++) {
		struct stick *s = stick_new(3, 2);
		int round;

		if (k > STICK_COMMIT)
			stick_until(s, (enum stick_step)(k - 1));
		assert_int_equal(stick_step(s, 1, (enum stick_step)k), OK);
		assert_int_equal(stick_step(s, 2, (enum stick_step)k), OK);
		assert_true(stick_says(s, "Waiting for: trustee 3"));
		if (k < STICK_CHECK) {
			assert_int_equal(
			    stick_step(s, 1, (enum stick_step)(k + 1)),
			    ERR_NOT_FOUND);
			assert_true(stick_says(s, "trustee 3"));
		}
		/* All begin anew; nothing of the first attempt is used. */
		assert_int_equal(stick_attempt(s, 1, 2), OK);
		assert_int_equal(stick_attempt(s, 1, 1), ERR_FORBIDDEN);
		assert_int_equal(stick_step(s, 1, STICK_REVEAL), ERR_NOT_FOUND);
		assert_int_equal(stick_attempt(s, 2, 2), OK);
		assert_int_equal(stick_attempt(s, 3, 2), OK);
		for (round = STICK_REVEAL; round <= STICK_CHECK; round++)
			stick_all(s, (enum stick_step)round);
		assert_true(stick_says(s, "ceremony is complete"));
		stick_free(s);
	}
}

static void
A11_any_two_of_three_shares_make_the_key_and_no_single_one(void **state)
{
	static const uint8_t pairs[3][2] = { { 1, 2 }, { 1, 3 }, { 2, 3 } };
	struct stick *s = stick_new(3, 2);
	struct trustee_state a[3];
	struct scalar lambda, part, sum;
	struct point y;
	size_t i, k;

	(void)state;
	stick_until(s, STICK_CHECK);
	for (i = 0; i < 3; i++)
		stick_state(s, i + 1, &a[i]);
	for (i = 0; i < 3; i++) {
		memset(&sum, 0, sizeof(sum));
		for (k = 0; k < 2; k++) {
			assert_int_equal(
			    dkg_lagrange(pairs[i], 2, k, &lambda), OK);
			scalar_mul(&lambda, &a[pairs[i][k] - 1].x, &part);
			scalar_add(&sum, &part, &sum);
		}
		assert_int_equal(point_base(&sum, &y), OK);
		assert_true(point_equal(&y, &a[0].y));
		assert_int_equal(point_base(&a[i].x, &y), OK);
		assert_false(point_equal(&y, &a[0].y));
	}
	for (i = 0; i < 3; i++)
		trustee_state_free(&a[i]);
	stick_free(s);
}

/* A stick that carries anything else under the names of messages. */
static void
A8_what_is_no_message_of_its_trustee_is_named(void **state)
{
	struct stick *s = stick_new(2, 2);
	struct buf text = { 0 };

	(void)state;
	stick_all(s, STICK_COMMIT);
	stick_read(s, "1-commit-2.txt", &text);
	text.p[text.n - 10] ^= 1;
	stick_write(s, "1-commit-2.txt", buf_slice(&text));
	assert_int_not_equal(stick_step(s, 1, STICK_REVEAL), OK);
	assert_true(stick_says(s, "1-commit-2.txt"));
	stick_write(s, "1-commit-2.txt", slice_str("hello\n"));
	assert_int_equal(stick_step(s, 1, STICK_REVEAL), ERR_FORMAT);
	assert_true(stick_says(s, "1-commit-2.txt"));
	buf_free(&text);
	stick_free(s);
}

/* ---- The opening --------------------------------------------------------- */

#define VOTERS 4
#define END 3000 /* of participation, by sample_header */

/* A sealed vote in a forged log, and trustee 1 with what she kept. */
struct vote {
	struct forge *f;
	struct forge_space s;
	char home[300];
	char log[320];
	struct trustee t;
	struct buf file;
	struct why why;
};

static void
log_write(struct vote *v)
{
	forge_clean(v->log);
	forge_write(v->f, v->log);
}

/* What is kept at signing: the log as it is then. */
static void
checkpoint_take(struct vote *v)
{
	char path[400];

	log_write(v);
	(void)snprintf(path, sizeof(path), "%s/log/checkpoint", v->log);
	v->t.state.checkpoint.n = 0;
	assert_int_equal(
	    file_read(path, 100000, &v->t.state.checkpoint, &v->why), OK);
}

static void
trustee_make(struct vote *v)
{
	struct trustee_state *s = &v->t.state;
	const struct trustees *made = &v->f->trustees;
	char path[400];

	assert_int_equal(trustee_key_new("garante1", &v->t.key), OK);
	v->t.key.key = made->id[0];
	v->t.dir = v->home;
	v->t.lock = -1;
	assert_int_equal(trustee_state_new(v->f->header, 1, s), OK);
	s->attempt = 1;
	s->accepted = 1;
	s->x = made->x[0];
	s->y = made->keys.y;
	memcpy(s->v, made->keys.v, sizeof(s->v));
	s->has_form = 1;
	s->form_id = v->s.form_id;
	checkpoint_take(v);
	(void)snprintf(path, sizeof(path), "%s/log/key", v->log);
	assert_int_equal(file_read(path, 1000, &s->log_key, &v->why), OK);
	if (s->log_key.p[s->log_key.n - 1] == '\n')
		s->log_key.n--;
}

static void
vote_new(struct vote *v, const char *twist, int witnessed)
{
	static const size_t asked[] = { 0, 1, 2, 3 };

	memset(v, 0, sizeof(*v));
	(void)snprintf(v->home, sizeof(v->home), "%s", forge_dir("trustee"));
	(void)snprintf(v->log, sizeof(v->log), "%s/copy", v->home);
	assert_int_equal(file_folder_new(v->home, &v->why), OK);
	v->f = forge_new(twist);
	v->s.slug = "segreta";
	v->s.kind = SPACE_BALLOT;
	v->s.separated = 1;
	v->s.sealed = 1;
	v->s.witnessed = witnessed;
	v->s.issuers = 1;
	forge_genesis(v->f);
	forge_header(v->f, &v->s);
	forge_form(v->f, &v->s);
	trustee_make(v);
	forge_ledger(v->f, &v->s, 0, PURPOSE_VOTE, asked, VOTERS);
}

static void
vote_free(struct vote *v)
{
	forge_free(v->f);
	forge_clean(v->home);
	buf_free(&v->file);
	trustee_close(&v->t);
}

/* The sealed ballot of one voter, as a record. */
static void
ballot(struct vote *v, size_t voter, uint32_t seq, struct buf *out)
{
	struct seal what = { &v->s.id, &v->s.form_id,
		&v->f->voters[voter].credential.pk, seq,
		&v->f->form->seal_key };
	struct buf body = { 0 };
	struct secret ss = { { 0 } };
	uint8_t choices = 0x80;

	ss.b[0] = (uint8_t)(voter + 1);
	assert_int_equal(
	    seal_make(&what, &ss, slice_of(&choices, 1), &body, NULL), OK);
	out->n = 0;
	forge_record(
	    v->f, &v->s, voter, PURPOSE_VOTE, seq, buf_slice(&body), out);
	buf_free(&body);
}

static void
batch(struct vote *v, uint64_t end, size_t from, size_t to)
{
	struct buf b[VOTERS] = { { 0 } };
	size_t i;

	for (i = from; i < to; i++)
		ballot(v, i, 0, &b[i]);
	forge_batch(v->f, &v->s, end, b + from, to - from);
	for (i = from; i < to; i++)
		buf_free(&b[i]);
}

static void
close_with(struct vote *v, uint32_t n)
{
	forge_close(v->f, &v->s, n, n);
}

/* A log that is shorter again. */
static void
cut(struct vote *v, size_t n)
{
	while (v->f->n_entries > n)
		buf_free(&v->f->entries[--v->f->n_entries].bytes);
}

/* Open at that time; what is said goes to v->why. */
static enum err
open_at(struct vote *v, uint64_t now)
{
	struct trustee_opening_options o = {
		.where = v->log, .now = now, .threads = 1
	};
	struct trustee_opened opened;

	log_write(v);
	v->file.n = 0;
	memset(&v->why, 0, sizeof(v->why));
	return trustee_opening_make(&v->t, &o, &opened, &v->file, &v->why);
}

/* It is refused, with that word, and nothing was computed or remembered. */
static void
refused(struct vote *v, uint64_t now, enum err want, const char *word)
{
	int before = v->t.state.has_opened;
	enum err r = open_at(v, now);

	if (r != want || strstr(v->why.text, word) == NULL)
		fail_msg("%s, not %s with \"%s\": %s", err_str(r),
		    err_str(want), word, v->why.text);
	assert_int_equal(v->file.n, 0);
	assert_int_equal(v->t.state.has_opened, before);
}

static void
a_closed_vote_is_opened_and_the_file_is_valid(void **state)
{
	struct vote v;

	(void)state;
	vote_new(&v, "", 0);
	batch(&v, 2300, 0, VOTERS);
	close_with(&v, VOTERS);
	if (open_at(&v, END) != OK)
		fail_msg("%s", v.why.text);
	assert_int_equal(v.file.n, OPENING_FIXED + VOTERS * 32);
	assert_true(v.t.state.has_opened);
	assert_int_equal(open_at(&v, END + 1), OK);
	vote_free(&v);
}

static void
A42_by_her_own_clock_it_is_too_early(void **state)
{
	struct vote v;

	(void)state;
	vote_new(&v, "", 0);
	batch(&v, 2300, 0, VOTERS);
	/* The operator closes early and shows that log to trustees only. */
	close_with(&v, VOTERS);
	refused(&v, END - 1, ERR_FORBIDDEN, "too early");
	vote_free(&v);
}

static void
A42_a_given_clock_is_for_rehearsals(void **state)
{
	struct trustee_opening_options o = { .now = END, .clock_given = 1 };
	struct trustee_opened opened;
	struct vote v;
	char *at;

	(void)state;
	vote_new(&v, "", 0);
	o.where = v.log;
	batch(&v, 2300, 0, VOTERS);
	close_with(&v, VOTERS);
	log_write(&v);
	assert_int_equal(
	    trustee_opening_make(&v.t, &o, &opened, &v.file, &v.why), OK);
	/* The same log as a real one. */
	assert_non_null(buf_text(&v.f->entries[0].bytes));
	at = strstr((char *)v.f->entries[0].bytes.p + 2, "\"rehearsal\":1");
	assert_non_null(at);
	at[strlen("\"rehearsal\":")] = '0';
	v.t.state.checkpoint.n = 0;
	v.t.state.has_opened = 0;
	log_write(&v);
	assert_int_equal(
	    trustee_opening_make(&v.t, &o, &opened, &v.file, &v.why),
	    ERR_FORBIDDEN);
	assert_non_null(strstr(v.why.text, "rehearsals"));
	vote_free(&v);
}

static void
A42_without_the_witnesses_nothing_is_opened(void **state)
{
	struct vote v;

	(void)state;
	vote_new(&v, "", 1);
	batch(&v, 2300, 0, VOTERS);
	close_with(&v, VOTERS);
	v.f->twist = "quorum";
	refused(&v, END, ERR_SIGNATURE, "lacks its witnesses");
	v.f->twist = "";
	assert_int_equal(open_at(&v, END), OK);
	vote_free(&v);
}

static void
A42_a_second_close_elsewhere_is_refused(void **state)
{
	struct entry e = { .kind = ENTRY_PROGRESS };
	size_t before;
	struct vote v;

	(void)state;
	vote_new(&v, "", 0);
	batch(&v, 2300, 0, VOTERS);
	before = v.f->n_entries;
	close_with(&v, VOTERS);
	assert_int_equal(open_at(&v, END), OK);
	/* The same votes, closed one entry later. */
	cut(&v, before);
	e.space_id = v.s.id;
	forge_object(v.f, slice_str("{}"), &e.object);
	(void)forge_entry(v.f, &e);
	close_with(&v, VOTERS);
	refused(&v, END, ERR_CONFLICT, "two logs");
	vote_free(&v);
}

static void
A42_a_forked_or_rolled_back_log_is_refused(void **state)
{
	struct entry e = { .kind = ENTRY_PROGRESS };
	size_t before;
	struct vote v;

	(void)state;
	vote_new(&v, "", 0);
	before = v.f->n_entries;
	batch(&v, 2300, 0, VOTERS);
	close_with(&v, VOTERS);
	checkpoint_take(&v);
	/* Shorter than what she saw. */
	cut(&v, v.f->n_entries - 1);
	refused(&v, END, ERR_SIGNATURE, "not the one that you saw before");
	/* Longer, with another past. */
	cut(&v, before);
	e.space_id = v.s.id;
	forge_object(v.f, slice_str("{}"), &e.object);
	(void)forge_entry(v.f, &e);
	batch(&v, 2300, 0, VOTERS);
	close_with(&v, VOTERS);
	refused(&v, END, ERR_SIGNATURE, "not the one that you saw before");
	vote_free(&v);
}

static void
A42_a_log_under_another_key_is_refused(void **state)
{
	struct vote v;

	(void)state;
	vote_new(&v, "", 0);
	batch(&v, 2300, 0, VOTERS);
	close_with(&v, VOTERS);
	sign_key_random(&v.f->log);
	log_write(&v);
	assert_int_not_equal(open_at(&v, END), OK);
	assert_int_equal(v.file.n, 0);
	assert_false(v.t.state.has_opened);
	vote_free(&v);
}

static void
A12_dropped_ballots_stop_the_opening(void **state)
{
	struct vote v;

	(void)state;
	vote_new(&v, "", 0);
	batch(&v, 2300, 0, VOTERS);
	close_with(&v, VOTERS - 1);
	refused(&v, END, ERR_SIGNATURE, "rule 36");
	vote_free(&v);
}

static void
A12_extra_ballots_stop_the_opening(void **state)
{
	struct buf b = { 0 };
	struct vote v;

	(void)state;
	vote_new(&v, "", 0);
	batch(&v, 2300, 0, VOTERS);
	/* A ballot for which nobody was issued a token. */
	ballot(&v, 5, 0, &b);
	forge_batch(v.f, &v.s, 2600, &b, 1);
	close_with(&v, VOTERS + 1);
	refused(&v, END, ERR_SIGNATURE, "rule 37");
	buf_free(&b);
	vote_free(&v);
}

static void
A12_below_the_minimum_nothing_is_opened(void **state)
{
	struct vote v;

	(void)state;
	vote_new(&v, "opening-few", 0);
	batch(&v, 2300, 0, VOTERS);
	close_with(&v, VOTERS);
	refused(&v, END, ERR_FORBIDDEN,
	    "4 ballots and is opened with at least "
	    "5");
	vote_free(&v);
}

static void
A12_another_form_or_key_is_not_opened(void **state)
{
	struct vote v;

	(void)state;
	vote_new(&v, "", 0);
	batch(&v, 2300, 0, VOTERS);
	close_with(&v, VOTERS);
	v.t.state.form_id.b[0] ^= 1;
	refused(&v, END, ERR_CONFLICT, "another form");
	v.t.state.form_id.b[0] ^= 1;
	v.t.state.y = v.t.state.v[0];
	refused(&v, END, ERR_CONFLICT, "another key");
	vote_free(&v);
}

static void
A28_ballots_after_the_close_stop_the_opening(void **state)
{
	struct vote v;

	(void)state;
	vote_new(&v, "", 0);
	batch(&v, 2300, 0, 3);
	close_with(&v, 3);
	batch(&v, 2600, 3, 4);
	refused(&v, END, ERR_SIGNATURE, "rule 28");
	vote_free(&v);
}

static void
A34_no_trustee_opens_before_the_close_or_after_a_cancel(void **state)
{
	struct entry e = { .kind = ENTRY_CANCEL };
	struct vote v;

	(void)state;
	vote_new(&v, "", 0);
	batch(&v, 2300, 0, VOTERS);
	refused(&v, END, ERR_FORBIDDEN, "not closed");
	refused(&v, 1500, ERR_FORBIDDEN, "too early");
	close_with(&v, VOTERS);
	e.space_id = v.s.id;
	e.text = slice_str("ricorso accolto");
	(void)forge_entry(v.f, &e);
	refused(&v, END, ERR_FORBIDDEN, "was cancelled");
	vote_free(&v);
}

static void
a_share_that_is_destroyed_or_was_never_made_opens_nothing(void **state)
{
	struct trustee_opening_options o = { .now = END };
	struct trustee_opened opened;
	struct vote v;

	(void)state;
	vote_new(&v, "", 0);
	batch(&v, 2300, 0, VOTERS);
	close_with(&v, VOTERS);
	v.t.state.has_form = 0;
	refused(&v, END, ERR_NOT_FOUND, "not signed the form");
	v.t.state.has_form = 1;
	v.t.state.log_key.n = 0;
	refused(&v, END, ERR_NOT_FOUND, "--log-key");
	o.where = v.log;
	o.log_key = "comune.example/log+00000000+AAAA";
	assert_int_not_equal(
	    trustee_opening_make(&v.t, &o, &opened, &v.file, &v.why), OK);
	assert_false(v.t.state.has_opened);
	trustee_state_forget(&v.t.state);
	v.t.state.destroyed = 1;
	refused(&v, END, ERR_FORBIDDEN, "destroyed");
	vote_free(&v);
}

static void
an_altered_share_is_noticed_before_anything_leaves(void **state)
{
	struct vote v;

	(void)state;
	vote_new(&v, "", 0);
	assert_int_equal(trustee_opening_practice(&v.t.state, &v.why), OK);
	v.t.state.x.b[3] ^= 1;
	assert_int_equal(
	    trustee_opening_practice(&v.t.state, &v.why), ERR_SIGNATURE);
	batch(&v, 2300, 0, VOTERS);
	close_with(&v, VOTERS);
	assert_int_equal(open_at(&v, END), ERR_SIGNATURE);
	assert_int_equal(v.file.n, 0);
	vote_free(&v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    A8_different_commits_for_different_trustees_are_seen),
		cmocka_unit_test(
		    A8_a_message_that_changes_later_is_refused_in_every_round),
		cmocka_unit_test(
		    A8_a_message_of_hers_that_she_did_not_make_is_refused),
		cmocka_unit_test(
		    A8_a_transcript_of_another_ceremony_is_not_signed),
		cmocka_unit_test(A8_a_form_with_another_key_is_not_signed),
		cmocka_unit_test(A8_one_form_is_signed_ever),
		cmocka_unit_test(A8_what_is_no_message_of_its_trustee_is_named),
		cmocka_unit_test(
		    A9_a_late_trustee_cannot_change_what_she_committed_to),
		cmocka_unit_test(A9_nobody_reveals_before_all_have_committed),
		cmocka_unit_test(A10_a_rogue_key_is_refused_by_the_tool),
		cmocka_unit_test(
		    A11_a_wrong_share_is_complained_of_and_all_begin_anew),
		cmocka_unit_test(
		    A11_a_trustee_who_stops_midway_costs_an_attempt_only),
		cmocka_unit_test(
		    A11_any_two_of_three_shares_make_the_key_and_no_single_one),
		cmocka_unit_test(a_closed_vote_is_opened_and_the_file_is_valid),
		cmocka_unit_test(A12_dropped_ballots_stop_the_opening),
		cmocka_unit_test(A12_extra_ballots_stop_the_opening),
		cmocka_unit_test(A12_below_the_minimum_nothing_is_opened),
		cmocka_unit_test(A12_another_form_or_key_is_not_opened),
		cmocka_unit_test(A28_ballots_after_the_close_stop_the_opening),
		cmocka_unit_test(
		    A34_no_trustee_opens_before_the_close_or_after_a_cancel),
		cmocka_unit_test(A42_by_her_own_clock_it_is_too_early),
		cmocka_unit_test(A42_a_given_clock_is_for_rehearsals),
		cmocka_unit_test(A42_without_the_witnesses_nothing_is_opened),
		cmocka_unit_test(A42_a_second_close_elsewhere_is_refused),
		cmocka_unit_test(A42_a_forked_or_rolled_back_log_is_refused),
		cmocka_unit_test(A42_a_log_under_another_key_is_refused),
		cmocka_unit_test(
		    a_share_that_is_destroyed_or_was_never_made_opens_nothing),
		cmocka_unit_test(
		    an_altered_share_is_noticed_before_anything_leaves),
	};

	return cmocka_run_group_tests(tests, NULL, vec_free);
}
