/*
 * Attacks on casting sealed ballots, at the server: docs/THREATS.md names each
 * by its row of the table there.
 */
#include <stdlib.h>
#include <string.h>

#include "attack.h"
#include "town_sealed.h"

/* A sealed space whose issuance is over and whose first voters collected. */
struct scene {
	struct town *t;
	struct space *sp;
	struct trustees tr;
};

static void
scene_new(struct scene *x, struct town *t, const char *slug, size_t n)
{
	size_t i;

	x->t = t;
	x->sp = town_sealed(t, slug, NULL, 3, 2, &x->tr);
	town_clock(t, 1000);
	for (i = 0; i < n; i++)
		assert_int_equal(
		    town_ask(t, x->sp, &t->voters[i]), PROBLEM_NONE);
}

static void
scene_open(struct scene *x)
{
	town_clock(x->t, TOWN_FROM);
	assert_true(town_wait(x->t, attack_has_destroyed, x->sp));
}

static void
scene_end(struct scene *x)
{
	town_clock(x->t, TOWN_TO);
	assert_int_equal(town_close(x->t, x->sp, NULL), PROBLEM_NONE);
	assert_true(town_sound(x->t));
	trustees_free(&x->tr);
}

static enum problem
cast(struct town *t, const struct buf *raw, int *repeat)
{
	uint64_t window;

	return town_cast(t, buf_slice(raw), &window, repeat, NULL);
}

static void
A2_the_server_takes_no_old_sealed_record_again(void **state)
{
	struct buf raw[3] = { { 0 }, { 0 }, { 0 } };
	struct town *t = *state;
	struct scene x;
	size_t i, k;
	int repeat;

	scene_new(&x, t, "bilancio", 2);
	scene_open(&x);
	for (i = 0; i < 3; i++) {
		town_record(
		    x.sp, &t->voters[0], (uint32_t)i, (unsigned)i + 1, &raw[i]);
		assert_int_equal(cast(t, &raw[i], &repeat), PROBLEM_NONE);
		assert_false(repeat);
		town_clock(t, TOWN_FROM + (i + 1) * TOWN_INTERVAL);
		assert_true(town_wait(t, attack_has_batch, x.sp));
		for (k = 0; k <= i; k++) {
			assert_int_equal(
			    cast(t, &raw[k], &repeat), PROBLEM_NONE);
			assert_true(repeat);
		}
	}
	/* Other choices under an old number; a gap; the number before. */
	assert_int_equal(
	    town_vote(t, x.sp, &t->voters[0], 0, 4), PROBLEM_SEQ_USED);
	assert_int_equal(
	    town_vote(t, x.sp, &t->voters[0], 1, 4), PROBLEM_SEQ_USED);
	assert_int_equal(
	    town_vote(t, x.sp, &t->voters[0], 4, 4), PROBLEM_SEQ_GAP);
	assert_int_equal(
	    town_vote(t, x.sp, &t->voters[1], 1, 4), PROBLEM_SEQ_GAP);
	scene_end(&x);
	assert_int_equal(x.sp->close_records, 3);
	assert_int_equal(x.sp->close_credentials, 1);
	for (i = 0; i < 3; i++)
		buf_free(&raw[i]);
}

/* The record of ${to} with the body of ${from}, signed by ${to}. */
static void
lift(const struct buf *from, const struct space *sp, const struct voter *to,
    uint32_t seq, struct buf *out)
{
	struct record theirs, ours;

	assert_int_equal(record_parse(buf_slice(from), 1, &theirs), OK);
	memset(&ours, 0, sizeof(ours));
	ours.kind = RECORD_BALLOT;
	ours.purpose = PURPOSE_VOTE;
	ours.space_id = sp->header->id;
	ours.form_id = sp->form->id;
	ours.seq = seq;
	ours.body = theirs.body;
	ours.authenticators = to->token;
	ours.n_auth = seq == 0;
	out->n = 0;
	assert_int_equal(record_sign(&ours, &to->credential, out), OK);
}

static void
A1_a_lifted_ballot_is_refused_by_the_server(void **state)
{
	struct buf hers = { 0 }, lifted = { 0 };
	struct town *t = *state;
	struct scene x, other;
	int repeat;

	scene_new(&x, t, "bilancio", 2);
	scene_new(&other, t, "altro", 0);
	assert_int_equal(town_ask(t, other.sp, &t->voters[2]), PROBLEM_NONE);
	scene_open(&x);
	scene_open(&other);
	town_record(x.sp, &t->voters[0], 0, 2, &hers);
	assert_int_equal(cast(t, &hers, &repeat), PROBLEM_NONE);
	/* Under another name; as her own next record. */
	lift(&hers, x.sp, &t->voters[1], 0, &lifted);
	assert_int_equal(cast(t, &lifted, &repeat), PROBLEM_RECORD_PROOF);
	lift(&hers, x.sp, &t->voters[0], 1, &lifted);
	assert_int_equal(cast(t, &lifted, &repeat), PROBLEM_RECORD_PROOF);
	/* The right is still there: nothing was used up. */
	assert_int_equal(town_vote(t, x.sp, &t->voters[1], 0, 3), PROBLEM_NONE);
	/* Into another space. */
	lift(&hers, other.sp, &t->voters[2], 0, &lifted);
	assert_int_equal(cast(t, &lifted, &repeat), PROBLEM_RECORD_PROOF);
	scene_end(&x);
	assert_int_equal(x.sp->close_records, 2);
	scene_end(&other);
	buf_free(&hers);
	buf_free(&lifted);
}

/* In clear, where it must be sealed; sealed, where it must not. */
static void
A34_a_sealed_space_takes_no_ballot_that_can_be_read(void **state)
{
	struct town *t = *state;
	struct record rec = { .kind = RECORD_BALLOT, .purpose = PURPOSE_VOTE };
	struct buf raw = { 0 };
	uint8_t body[2] = { 0, 3 };
	struct scene x;
	int repeat;

	scene_new(&x, t, "bilancio", 1);
	scene_open(&x);
	rec.space_id = x.sp->header->id;
	rec.form_id = x.sp->form->id;
	rec.body = slice_of(body, sizeof(body));
	rec.authenticators = t->voters[0].token;
	rec.n_auth = 1;
	assert_int_equal(record_sign(&rec, &t->voters[0].credential, &raw), OK);
	assert_int_equal(cast(t, &raw, &repeat), PROBLEM_RECORD_BODY);
	scene_end(&x);
	buf_free(&raw);
}

int
main(void)
{
#define TOWN(f) \
	cmocka_unit_test_setup_teardown(f, attack_town_new, attack_town_free)
	const struct CMUnitTest tests[] = {
		TOWN(A2_the_server_takes_no_old_sealed_record_again),
		TOWN(A1_a_lifted_ballot_is_refused_by_the_server),
		TOWN(A34_a_sealed_space_takes_no_ballot_that_can_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
