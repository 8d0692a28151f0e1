#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base64.h"
#include "hex.h"
#include "sample.h"

#include "town.h"

#define THREADS 64
#define NOTHING slice_of(NULL, 0)

static const char *const overlapping[] = { "mode", "\"overlapping\"",
	"issuance", "{\"from\":1000,\"to\":2500}", "participation",
	"{\"from\":1500,\"to\":3000}", NULL };

static int
setup(void **state)
{
	struct town *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return -1;
	town_new(t);
	*state = t;
	return 0;
}

static int
teardown(void **state)
{
	town_free(*state);
	free(*state);
	return 0;
}

static void
pause_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* --- What the sequencer does, to wait for ---------------------------------*/

static int
has_ledger(const struct space *sp)
{
	return sp->ledgers[0][PURPOSE_VOTE].present;
}

static int
has_destroyed(const struct space *sp)
{
	return sp->ledgers[0][PURPOSE_VOTE].destroyed;
}

static int
has_batch(const struct space *sp)
{
	return sp->batches > 0;
}

static int
has_two_batches(const struct space *sp)
{
	return sp->batches > 1;
}

/* A space whose issuance is over and whose voters 0 to n - 1 collected. */
static struct space *
space_to_vote_in(struct town *t, const char *slug, size_t n)
{
	struct space *sp = town_space(t, slug, NULL);
	size_t i;

	town_clock(t, 1000);
	for (i = 0; i < n; i++)
		assert_int_equal(town_ask(t, sp, &t->voters[i]), PROBLEM_NONE);
	town_clock(t, TOWN_FROM);
	assert_true(town_wait(t, has_ledger, sp));
	return sp;
}

/* --- Lives ----------------------------------------------------------------*/

static void
a_separated_space_lives_from_header_to_close(void **state)
{
	struct town *t = *state;
	struct space *sp = town_space(t, "bilancio", NULL);
	struct buf first = { 0 };
	uint64_t window;
	int repeat;
	size_t i;

	assert_int_equal(
	    town_ask(t, sp, &t->voters[0]), PROBLEM_ISSUANCE_CLOSED);
	town_clock(t, 1000);
	for (i = 0; i < 5; i++)
		assert_int_equal(town_ask(t, sp, &t->voters[i]), PROBLEM_NONE);
	assert_int_equal(
	    town_vote(t, sp, &t->voters[0], 0, 1), PROBLEM_NOT_OPEN);

	town_clock(t, TOWN_FROM);
	assert_true(town_wait(t, has_destroyed, sp));
	assert_int_equal(sp->ledgers[0][PURPOSE_VOTE].count, 5);
	assert_int_equal(
	    town_ask(t, sp, &t->voters[6]), PROBLEM_ISSUANCE_CLOSED);
	/* A lost answer is given again although the key is gone. */
	assert_int_equal(town_again(t, sp, &t->voters[1]), PROBLEM_NONE);

	town_record(sp, &t->voters[0], 0, 1, &first);
	assert_int_equal(
	    town_cast(t, buf_slice(&first), &window, &repeat, NULL),
	    PROBLEM_NONE);
	assert_int_equal(window, TOWN_FROM + TOWN_INTERVAL);
	assert_false(repeat);
	for (i = 1; i < 4; i++)
		assert_int_equal(
		    town_vote(t, sp, &t->voters[i], 0, 2), PROBLEM_NONE);
	town_clock(t, TOWN_FROM + TOWN_INTERVAL);
	assert_true(town_wait(t, has_batch, sp));
	assert_int_equal(sp->records, 4);
	assert_int_equal(town_vote(t, sp, &t->voters[0], 1, 3), PROBLEM_NONE);
	assert_true(town_sound(t));

	assert_int_equal(town_close(t, sp, NULL), PROBLEM_TOO_EARLY);
	town_clock(t, TOWN_TO);
	assert_int_equal(town_close(t, sp, NULL), PROBLEM_NONE);
	assert_int_equal(sp->close_records, 5);
	assert_int_equal(sp->close_credentials, 4);
	assert_true(town_sound(t));

	/* Nothing new, but what was accepted keeps its receipt. */
	assert_int_equal(
	    town_vote(t, sp, &t->voters[4], 0, 1), PROBLEM_NOT_OPEN);
	assert_int_equal(
	    town_cast(t, buf_slice(&first), &window, &repeat, NULL),
	    PROBLEM_NONE);
	assert_true(repeat);
	assert_int_equal(window, TOWN_FROM + TOWN_INTERVAL);
	buf_free(&first);
}

static void
an_overlapping_space_publishes_its_ledger_at_the_end(void **state)
{
	struct town *t = *state;
	struct space *sp = town_space(t, "idee", overlapping);

	town_clock(t, 1600);
	assert_int_equal(town_ask(t, sp, &t->voters[0]), PROBLEM_NONE);
	assert_int_equal(town_vote(t, sp, &t->voters[0], 0, 1), PROBLEM_NONE);
	town_clock(t, 1700);
	assert_true(town_wait(t, has_batch, sp));
	assert_int_equal(town_ask(t, sp, &t->voters[1]), PROBLEM_NONE);
	assert_int_equal(town_vote(t, sp, &t->voters[1], 0, 2), PROBLEM_NONE);
	town_clock(t, 2600);
	assert_true(town_wait(t, has_two_batches, sp));
	assert_false(has_ledger(sp));
	assert_int_equal(
	    town_ask(t, sp, &t->voters[2]), PROBLEM_ISSUANCE_CLOSED);
	assert_int_equal(town_again(t, sp, &t->voters[1]), PROBLEM_NONE);
	town_clock(t, TOWN_TO);
	assert_int_equal(town_close(t, sp, NULL), PROBLEM_NONE);
	assert_int_equal(sp->ledgers[0][PURPOSE_VOTE].count, 2);
	assert_true(has_destroyed(sp));
	/* What could answer repeats is gone, and the key's name is free. */
	assert_int_equal(town_again(t, sp, &t->voters[1]), PROBLEM_UNKNOWN_KEY);
	assert_true(town_sound(t));
}

static void
what_a_restart_finds_goes_on(void **state)
{
	struct town *t = *state;
	struct space *sp = space_to_vote_in(t, "bilancio", 3);
	struct buf raw = { 0 };
	uint64_t window;
	int repeat;

	town_record(sp, &t->voters[0], 0, 1, &raw);
	assert_int_equal(town_cast(t, buf_slice(&raw), &window, &repeat, NULL),
	    PROBLEM_NONE);
	town_shut(t);
	/* While nobody ran, windows ended. */
	town_clock(t, TOWN_FROM + 3 * TOWN_INTERVAL);
	assert_int_equal(town_open(t, NULL), OK);
	sp = world_space_by_slug(service_read(t->service), "bilancio");
	service_done(t->service);
	assert_true(town_wait(t, has_batch, sp));
	assert_int_equal(sp->last_window, TOWN_FROM + TOWN_INTERVAL);
	assert_int_equal(town_cast(t, buf_slice(&raw), &window, &repeat, NULL),
	    PROBLEM_NONE);
	assert_true(repeat);
	assert_int_equal(window, TOWN_FROM + TOWN_INTERVAL);
	assert_int_equal(town_again(t, sp, &t->voters[1]), PROBLEM_NONE);
	assert_int_equal(town_vote(t, sp, &t->voters[1], 0, 2), PROBLEM_NONE);
	town_shut(t);
	assert_int_equal(town_open(t, NULL), OK);
	sp = world_space_by_slug(service_read(t->service), "bilancio");
	service_done(t->service);
	town_clock(t, TOWN_TO);
	assert_int_equal(town_close(t, sp, NULL), PROBLEM_NONE);
	assert_int_equal(sp->close_records, 2);
	assert_true(town_sound(t));
	buf_free(&raw);
}

static void
a_clock_that_goes_back_opens_no_window_again(void **state)
{
	struct town *t = *state;
	struct space *sp = space_to_vote_in(t, "bilancio", 2);
	struct buf raw = { 0 };
	uint64_t window;
	int repeat;

	town_clock(t, TOWN_FROM + TOWN_INTERVAL - 1);
	assert_int_equal(town_vote(t, sp, &t->voters[0], 0, 1), PROBLEM_NONE);
	town_clock(t, TOWN_FROM + TOWN_INTERVAL);
	assert_true(town_wait(t, has_batch, sp));
	town_clock(t, TOWN_FROM + 1);
	town_record(sp, &t->voters[1], 0, 1, &raw);
	assert_int_equal(town_cast(t, buf_slice(&raw), &window, &repeat, NULL),
	    PROBLEM_NONE);
	assert_int_equal(window, TOWN_FROM + 2 * TOWN_INTERVAL);
	town_clock(t, TOWN_TO);
	assert_int_equal(town_close(t, sp, NULL), PROBLEM_NONE);
	town_clock(t, TOWN_FROM + 1);
	assert_int_equal(
	    town_vote(t, sp, &t->voters[1], 1, 1), PROBLEM_NOT_OPEN);
	assert_true(town_sound(t));
	buf_free(&raw);
}

static void
what_was_receipted_is_in_the_log_of_a_cancelled_space(void **state)
{
	struct town *t = *state;
	struct space *sp = space_to_vote_in(t, "bilancio", 2);
	struct entry e = { .kind = ENTRY_CANCEL };
	struct why why;

	assert_int_equal(town_vote(t, sp, &t->voters[0], 0, 1), PROBLEM_NONE);
	e.space_id = sp->header->id;
	e.text = slice_str("un errore nel modulo");
	/* A number that was used drains nothing and cancels nothing. */
	t->n = 0;
	assert_int_equal(town_post(t, &e, NOTHING, &why), PROBLEM_RULE);
	assert_int_equal(sp->records, 0);
	assert_false(sp->cancelled);
	assert_int_equal(town_vote(t, sp, &t->voters[1], 0, 1), PROBLEM_NONE);
	t->n = 1000;
	e.n_signers = 0;
	assert_int_equal(town_post(t, &e, NOTHING, NULL), PROBLEM_NONE);
	assert_true(sp->cancelled);
	assert_int_equal(sp->records, 2);
	assert_int_equal(
	    town_vote(t, sp, &t->voters[1], 1, 1), PROBLEM_NOT_OPEN);
	assert_true(town_wait(t, has_destroyed, sp));
	assert_true(town_sound(t));
}

/* --- Many at a time -------------------------------------------------------*/

struct caster {
	struct town *t;
	const struct space *sp;
	struct buf raw;
	uint64_t window;
	int repeat;
	enum problem p;
	pthread_t thread;
};

static void *
cast_one(void *cookie)
{
	struct caster *c = cookie;

	c->p =
	    town_cast(c->t, buf_slice(&c->raw), &c->window, &c->repeat, NULL);
	return NULL;
}

static void
cast_all(struct caster *c)
{
	size_t i;

	for (i = 0; i < THREADS; i++)
		assert_int_equal(
		    pthread_create(&c[i].thread, NULL, cast_one, &c[i]), 0);
	for (i = 0; i < THREADS; i++)
		pthread_join(c[i].thread, NULL);
}

static void
the_same_record_from_many_threads_is_one_entry(void **state)
{
	struct town *t = *state;
	struct space *sp = space_to_vote_in(t, "bilancio", 1);
	struct caster c[THREADS] = { 0 };
	size_t i, fresh = 0;

	for (i = 0; i < THREADS; i++) {
		c[i].t = t;
		town_record(sp, &t->voters[0], 0, 1, &c[i].raw);
	}
	cast_all(c);
	for (i = 0; i < THREADS; i++) {
		assert_int_equal(c[i].p, PROBLEM_NONE);
		assert_int_equal(c[i].window, c[0].window);
		fresh += !c[i].repeat;
		buf_free(&c[i].raw);
	}
	assert_int_equal(fresh, 1);
	town_clock(t, TOWN_TO);
	assert_int_equal(town_close(t, sp, NULL), PROBLEM_NONE);
	assert_int_equal(sp->records, 1);
	assert_true(town_sound(t));
}

static void
of_different_records_with_one_number_one_is_accepted(void **state)
{
	struct town *t = *state;
	struct space *sp = space_to_vote_in(t, "bilancio", 1);
	struct caster c[THREADS] = { 0 };
	size_t i, good = 0;

	/* Seq 1 has no tokens: the choices make the difference. */
	assert_int_equal(town_vote(t, sp, &t->voters[0], 0, 1), PROBLEM_NONE);
	for (i = 0; i < THREADS; i++) {
		c[i].t = t;
		town_record(sp, &t->voters[0], 1, (unsigned)(i % 6), &c[i].raw);
	}
	cast_all(c);
	for (i = 0; i < THREADS; i++) {
		if (c[i].p == PROBLEM_NONE && !c[i].repeat)
			good++;
		else if (c[i].p != PROBLEM_NONE)
			assert_int_equal(c[i].p, PROBLEM_SEQ_USED);
		buf_free(&c[i].raw);
	}
	assert_int_equal(good, 1);
	assert_int_equal(
	    town_vote(t, sp, &t->voters[0], 3, 1), PROBLEM_SEQ_GAP);
	assert_int_equal(town_vote(t, sp, &t->voters[0], 2, 1), PROBLEM_NONE);
	town_clock(t, TOWN_TO);
	assert_int_equal(town_close(t, sp, NULL), PROBLEM_NONE);
	assert_int_equal(sp->records, 3);
	assert_true(town_sound(t));
}

/* Revotes until the space closes under it; how many were receipted. */
struct revoter {
	struct town *t;
	const struct space *sp;
	const struct voter *v;
	uint32_t receipts;
	enum problem last;
	pthread_t thread;
};

static void *
revote(void *cookie)
{
	struct revoter *r = cookie;

	while ((r->last = town_vote(r->t, r->sp, r->v, r->receipts,
		    r->receipts % 5 + 1)) == PROBLEM_NONE)
		r->receipts++;
	return NULL;
}

static void
every_receipted_record_is_in_the_close(void **state)
{
	struct town *t = *state;
	struct space *sp = space_to_vote_in(t, "bilancio", 8);
	struct revoter r[8] = { 0 };
	struct why why;
	uint32_t sum = 0;
	uint64_t at;
	size_t i;

	for (i = 0; i < 8; i++) {
		r[i].t = t;
		r[i].sp = sp;
		r[i].v = &t->voters[i];
		assert_int_equal(
		    pthread_create(&r[i].thread, NULL, revote, &r[i]), 0);
	}
	for (at = TOWN_FROM; at <= TOWN_TO; at += TOWN_INTERVAL) {
		pause_ms(60);
		town_clock(t, at);
	}
	while (town_close(t, sp, &why) != PROBLEM_NONE)
		assert_string_equal(why.text, "");
	for (i = 0; i < 8; i++) {
		pthread_join(r[i].thread, NULL);
		assert_true(r[i].last == PROBLEM_NOT_OPEN ||
			    r[i].last == PROBLEM_SEQ_LIMIT);
		assert_true(r[i].receipts > 0);
		sum += r[i].receipts;
	}
	print_message("%u records in %u batches\n", sp->records, sp->batches);
	assert_int_equal(sp->close_records, sum);
	assert_int_equal(sp->close_credentials, 8);
	assert_true(town_sound(t));
}

/* --- Issuing --------------------------------------------------------------*/

static void
give_factor(struct town *t, struct voter *v)
{
	uint8_t row[64];
	struct why why;

	memcpy(row, v->roll.pk.b, 32);
	memset(v->factor.b, 7, HASH_BYTES);
	memcpy(row + 32, v->factor.b, HASH_BYTES);
	v->has_factor = 1;
	assert_int_equal(
	    service_factors_put(t->service, slice_of(row, 64), &why),
	    PROBLEM_NONE);
}

static uint32_t
tries_of(struct town *t, const struct voter *v)
{
	struct hash mac;
	uint32_t tries = 0;

	assert_int_equal(store_factor_get(service_store(t->service),
			     &v->roll.pk, &mac, &tries),
	    OK);
	return tries;
}

static void
an_ask_is_refused_in_the_order_of_the_protocol(void **state)
{
	static const char *const edits[] = { "issuers.0.factor",
		"\"birth_date\"", NULL };
	struct town *t = *state;
	struct space *sp = town_space(t, "bilancio", edits);
	struct voter *v = &t->voters[0], *spare = &t->voters[11];
	uint8_t out[BLIND_BYTES], broken[BLIND_BYTES];
	struct service_ask ask;
	int i;

	give_factor(t, v);
	assert_int_equal(town_ask(t, sp, v), PROBLEM_ISSUANCE_CLOSED);
	town_clock(t, 1000);
	town_ask_make(t, sp, v, &ask);

	/* A key id that nobody has, before everything. */
	ask.truncated_key_id ^= 1;
	assert_int_equal(
	    service_issue(t->service, &ask, out), PROBLEM_UNKNOWN_KEY);
	ask.truncated_key_id ^= 1;
	/* The roll key, before the signature. */
	ask.roll_pk = spare->roll.pk;
	assert_int_equal(
	    service_issue(t->service, &ask, out), PROBLEM_NOT_ON_ROLL);
	ask.roll_pk = v->roll.pk;
	/* The signature, before the factor: no try is counted. */
	ask.sig.b[3] ^= 1;
	ask.factor.b[0] ^= 1;
	for (i = 0; i < 30; i++)
		assert_int_equal(service_issue(t->service, &ask, out),
		    PROBLEM_ROLL_SIGNATURE);
	ask.sig.b[3] ^= 1;
	assert_int_equal(tries_of(t, v), 0);
	/* No factor at all is no try. */
	ask.has_factor = 0;
	assert_int_equal(service_issue(t->service, &ask, out), PROBLEM_FACTOR);
	assert_int_equal(tries_of(t, v), 0);
	ask.has_factor = 1;
	/* A wrong one is, before the bytes are looked at. */
	assert_int_equal(service_issue(t->service, &ask, out), PROBLEM_FACTOR);
	assert_int_equal(tries_of(t, v), 1);
	ask.factor.b[0] ^= 1;
	/* Bytes that cannot be signed consume no right. */
	memcpy(broken, v->blinded, sizeof(broken));
	memset(v->blinded, 0xff, sizeof(v->blinded));
	assert_int_equal(town_again(t, sp, v), PROBLEM_TOKEN_REQUEST);
	memcpy(v->blinded, broken, sizeof(broken));
	assert_int_equal(town_again(t, sp, v), PROBLEM_NONE);
	assert_int_equal(town_again(t, sp, v), PROBLEM_NONE);
	/* Another ask of the same line: nothing more. */
	assert_int_equal(town_ask(t, sp, v), PROBLEM_ALREADY_ISSUED);
}

static void
ten_wrong_factors_lock_a_roll_key(void **state)
{
	static const char *const edits[] = { "issuers.0.factor",
		"\"birth_date\"", NULL };
	struct town *t = *state;
	struct space *sp = town_space(t, "bilancio", edits);
	struct voter *v = &t->voters[0], *w = &t->voters[1];
	int i;

	town_clock(t, 1000);
	give_factor(t, v);
	/* Nobody gave the office a factor of this one. */
	assert_int_equal(town_ask(t, sp, w), PROBLEM_FACTOR);
	v->factor.b[0] ^= 1;
	for (i = 0; i < 10; i++)
		assert_int_equal(town_ask(t, sp, v), PROBLEM_FACTOR);
	v->factor.b[0] ^= 1;
	assert_int_equal(town_ask(t, sp, v), PROBLEM_FACTOR_LOCKED);
	assert_int_equal(tries_of(t, v), 10);
}

struct asker {
	struct town *t;
	struct space *sp;
	struct voter v;
	enum problem p;
	pthread_t thread;
};

static void *
ask_one(void *cookie)
{
	struct asker *a = cookie;

	a->p = town_ask(a->t, a->sp, &a->v);
	return NULL;
}

static void
a_line_that_asks_many_times_at_once_gets_one_token(void **state)
{
	struct town *t = *state;
	struct space *sp = town_space(t, "bilancio", NULL);
	struct asker *a = calloc(16, sizeof(*a));
	size_t i, good = 0;

	assert_non_null(a);
	town_clock(t, 1000);
	for (i = 0; i < 16; i++) {
		a[i].t = t;
		a[i].sp = sp;
		a[i].v = t->voters[0];
		assert_int_equal(
		    pthread_create(&a[i].thread, NULL, ask_one, &a[i]), 0);
	}
	for (i = 0; i < 16; i++) {
		pthread_join(a[i].thread, NULL);
		if (a[i].p == PROBLEM_NONE)
			good++;
		else
			assert_int_equal(a[i].p, PROBLEM_ALREADY_ISSUED);
	}
	assert_int_equal(good, 1);
	free(a);
}

/* --- Lines ----------------------------------------------------------------*/

static void
a_line_has_one_right_in_every_order_of_events(void **state)
{
	struct town *t = *state;
	struct space *sp = town_space(t, "bilancio", NULL);
	struct voter *v = t->voters, *spare = &v[10], *spare2 = &v[11];
	struct why why;

	town_clock(t, 1000);
	/* Collected, then the letter is replaced: the new one gets nothing. */
	assert_int_equal(town_ask(t, sp, &v[0]), PROBLEM_NONE);
	assert_int_equal(
	    town_change(t, ROLL_REPLACE, &v[0].roll, &spare->roll, NULL, NULL),
	    PROBLEM_NONE);
	assert_int_equal(town_ask(t, sp, spare), PROBLEM_ALREADY_ISSUED);
	assert_int_equal(town_again(t, sp, &v[0]), PROBLEM_REPLACED);
	/* Replaced, then collected: the old one gets nothing. */
	assert_int_equal(
	    town_change(t, ROLL_REPLACE, &v[1].roll, &spare2->roll, NULL, NULL),
	    PROBLEM_NONE);
	assert_int_equal(town_ask(t, sp, &v[1]), PROBLEM_REPLACED);
	assert_int_equal(town_ask(t, sp, spare2), PROBLEM_NONE);
	/* Collected: neither struck nor removed, by no key of the line. */
	assert_int_equal(
	    town_change(t, ROLL_STRIKE, &v[1].roll, NULL, sp, &why),
	    PROBLEM_ROLL_CHANGE);
	assert_int_equal(
	    town_change(t, ROLL_REMOVE, &spare2->roll, NULL, NULL, &why),
	    PROBLEM_ROLL_CHANGE);
	assert_int_equal(
	    town_change(t, ROLL_STRIKE, &v[0].roll, NULL, sp, &why),
	    PROBLEM_ROLL_CHANGE);
	/* Struck or removed: nothing to collect, also by a new letter. */
	assert_int_equal(
	    town_change(t, ROLL_STRIKE, &v[2].roll, NULL, sp, NULL),
	    PROBLEM_NONE);
	assert_int_equal(town_ask(t, sp, &v[2]), PROBLEM_NOT_ON_ROLL);
	assert_int_equal(
	    town_change(t, ROLL_REMOVE, &v[3].roll, NULL, NULL, NULL),
	    PROBLEM_NONE);
	assert_int_equal(town_ask(t, sp, &v[3]), PROBLEM_NOT_ON_ROLL);
	/* A key enters once. */
	assert_int_equal(
	    town_change(t, ROLL_REPLACE, &v[4].roll, &spare->roll, NULL, &why),
	    PROBLEM_ROLL_CHANGE);
	assert_int_equal(
	    town_change(t, ROLL_ADD, NULL, &spare2->roll, NULL, &why),
	    PROBLEM_ROLL_CHANGE);

	/* And the log, whatever comes first there, says the same. */
	town_clock(t, TOWN_FROM);
	pause_ms(600);
	assert_false(has_ledger(sp)); /* it waits for the changes */
	assert_int_equal(town_vote(t, sp, spare2, 0, 1), PROBLEM_NOT_OPEN);
	assert_int_equal(town_publish(t, NULL), PROBLEM_NONE);
	assert_true(town_wait(t, has_destroyed, sp));
	assert_int_equal(town_vote(t, sp, spare2, 0, 1), PROBLEM_NONE);
	town_clock(t, TOWN_TO);
	/* What the store forgot, the ledger still says. */
	assert_int_equal(
	    town_change(t, ROLL_STRIKE, &v[1].roll, NULL, sp, &why),
	    PROBLEM_ROLL_CHANGE);
	assert_int_equal(town_close(t, sp, NULL), PROBLEM_NONE);
	assert_true(town_sound(t));
}

static void
a_change_that_waits_reaches_a_space_announced_later(void **state)
{
	struct town *t = *state;
	struct voter *v = t->voters;
	struct space *sp;
	struct why why;

	town_space(t, "prima", NULL);
	assert_int_equal(
	    town_change(t, ROLL_REMOVE, &v[3].roll, NULL, NULL, NULL),
	    PROBLEM_NONE);
	assert_int_equal(
	    town_change(t, ROLL_ADD, NULL, &v[11].roll, NULL, NULL),
	    PROBLEM_NONE);
	sp = town_space(t, "seconda", NULL);
	town_clock(t, 1000);
	assert_int_equal(town_ask(t, sp, &v[3]), PROBLEM_NOT_ON_ROLL);
	assert_int_equal(town_ask(t, sp, &v[11]), PROBLEM_NONE);
	/* A list that is not the one that waits. */
	assert_int_equal(town_publish(t, NULL), PROBLEM_NONE);
	assert_int_equal(
	    town_change(t, ROLL_REPLACE, &v[4].roll, &v[10].roll, NULL, NULL),
	    PROBLEM_NONE);
	town_shut(t);
	assert_int_equal(town_open(t, NULL), OK);
	sp = world_space_by_slug(service_read(t->service), "seconda");
	service_done(t->service);
	assert_int_equal(town_ask(t, sp, &v[4]), PROBLEM_REPLACED);
	assert_int_equal(town_ask(t, sp, &v[10]), PROBLEM_NONE);
	town_clock(t, TOWN_TO);
	assert_int_equal(service_drain(t->service, "seconda", NULL, &why),
	    PROBLEM_TOO_EARLY);
	assert_int_equal(town_publish(t, NULL), PROBLEM_NONE);
	assert_int_equal(town_close(t, sp, NULL), PROBLEM_NONE);
	assert_true(town_sound(t));
}

static void
a_line_may_dispute_what_it_never_asked_for(void **state)
{
	struct town *t = *state;
	struct space *sp = space_to_vote_in(t, "bilancio", 2);
	struct voter *v = &t->voters[0];
	uint8_t who[2] = { 0, PURPOSE_VOTE };
	struct slice parts[2] = { hash_slice(&sp->header->id),
		slice_of(who, 2) };
	struct signature sig;
	struct buf b = { 0 };
	struct why why;

	assert_int_equal(sign_dst(&v->roll, "dispute", parts, 2, &sig), OK);
	buf_put(&b, sp->header->id.b, HASH_BYTES);
	buf_put(&b, who, 2);
	buf_put(&b, v->roll.pk.b, 32);
	buf_put(&b, sig.b, 64);
	assert_int_equal(b.n, 130);
	b.p[129] ^= 1;
	assert_int_equal(
	    service_dispute(t->service, buf_slice(&b), &why), PROBLEM_DISPUTE);
	b.p[129] ^= 1;
	assert_int_equal(service_dispute(t->service, slice_of(b.p, 129), &why),
	    PROBLEM_MALFORMED);
	assert_int_equal(
	    service_dispute(t->service, buf_slice(&b), &why), PROBLEM_NONE);
	assert_int_equal(
	    service_dispute(t->service, buf_slice(&b), &why), PROBLEM_DISPUTE);
	assert_int_equal(sp->disputes, 1);
	assert_true(town_sound(t));
	buf_free(&b);
}

/* --- Staff ----------------------------------------------------------------*/

static enum problem
post_header(struct town *t, struct slice doc, struct why *why)
{
	struct entry e = { .kind = ENTRY_HEADER };

	hash_bytes(doc, &e.space_id);
	e.object = e.space_id;
	return town_post(t, &e, doc, why);
}

static void
a_token_key_serves_one_space_only(void **state)
{
	struct town *t = *state;
	struct space *sp = town_space(t, "prima", NULL);
	const uint8_t *spki = sp->header->issuers[0].keys[PURPOSE_VOTE].spki;
	char key[BASE64_CHARS(BLIND_SPKI)], text[sizeof(key) + 2];
	const char *edits[] = { "issuers.0.keys.vote", text, NULL };
	uint64_t size = service_size(t->service);
	struct buf doc = { 0 };
	struct why why;

	base64_encode(BASE64_URL, slice_of(spki, BLIND_SPKI), key);
	snprintf(text, sizeof(text), "\"%s\"", key);
	town_header(t, "seconda", edits, &doc);
	assert_int_equal(post_header(t, buf_slice(&doc), &why), PROBLEM_RULE);
	buf_free(&doc);
	/* A key that nobody made here. */
	snprintf(text, sizeof(text), "\"%s\"", sample_keys[0]);
	town_header(t, "terza", edits, &doc);
	assert_int_equal(post_header(t, buf_slice(&doc), &why), PROBLEM_RULE);
	buf_free(&doc);
	assert_int_equal(service_size(t->service), size);
}

static void
a_header_that_cannot_be_served_is_refused(void **state)
{
	static const char *const bad[][3] = {
		{ "origin", "\"example.org/other\"", NULL },
		{ "roll.size", "11", NULL },
		{ "roll.root",
		    "\"00000000000000000000000000000000"
		    "00000000000000000000000000000000\"",
		    NULL },
		/* Nobody is there who could have made the key. */
		{ "issuers.0.url", "\"http://127.0.0.1:1\"", NULL },
		{ "batch_interval", "0", NULL },
	};
	struct town *t = *state;
	uint64_t size = service_size(t->service);
	struct buf doc = { 0 }, out = { 0 };
	struct why why;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(&why, 0, sizeof(why));
		town_header(t, "bilancio", bad[i], &doc);
		assert_int_equal(post_header(t, buf_slice(&doc), &why),
		    strcmp(bad[i][0], "issuers.0.url") == 0
			? PROBLEM_UNAVAILABLE
			: PROBLEM_RULE);
		assert_true(strlen(why.text) > 10);
		buf_free(&doc);
	}
	assert_int_equal(service_size(t->service), size);
	(void)town_space(t, "bilancio", NULL);
	/* The slug is taken: no second key, no second header. */
	assert_int_equal(
	    service_keys_make(t->service,
		slice_str("{\"slug\":\"bilancio\",\"purposes\":[\"vote\"]}"),
		&out, &why),
	    PROBLEM_RULE);
	assert_int_equal(out.n, 0);
	assert_true(town_sound(t));
}

static void
an_object_must_be_the_one_its_entry_names(void **state)
{
	struct town *t = *state;
	struct space *sp = town_space(t, "bilancio", NULL);
	struct entry e = { .kind = ENTRY_PROGRESS };
	struct why why;

	e.space_id = sp->header->id;
	hash_bytes(slice_str("uno"), &e.object);
	assert_int_equal(
	    town_post(t, &e, slice_str("due"), &why), PROBLEM_RULE);
	e.n_signers = 0;
	assert_int_equal(town_post(t, &e, NOTHING, &why), PROBLEM_RULE);
	e.n_signers = 0;
	assert_int_equal(
	    town_post(t, &e, slice_str("uno"), NULL), PROBLEM_NONE);
	/* And the server's own kinds are not for staff. */
	memset(&e, 0, sizeof(e));
	e.kind = ENTRY_BATCH;
	e.space_id = sp->header->id;
	e.window_end = TOWN_FROM + TOWN_INTERVAL;
	e.count = 1;
	assert_int_equal(town_post(t, &e, NOTHING, &why), PROBLEM_RULE);
	assert_true(town_sound(t));
}

static void
a_close_must_say_what_the_log_holds(void **state)
{
	struct town *t = *state;
	struct space *sp = space_to_vote_in(t, "bilancio", 2);
	struct entry e = { .kind = ENTRY_CLOSE, .count = 1, .credentials = 1 };
	struct why why;

	assert_int_equal(town_vote(t, sp, &t->voters[0], 0, 1), PROBLEM_NONE);
	e.space_id = sp->header->id;
	assert_int_equal(town_post(t, &e, NOTHING, &why), PROBLEM_TOO_EARLY);
	town_clock(t, TOWN_TO);
	e.n_signers = 0;
	e.count = 2;
	assert_int_equal(town_post(t, &e, NOTHING, &why), PROBLEM_RULE);
	e.n_signers = 0;
	e.count = 1;
	e.credentials = 0;
	assert_int_equal(town_post(t, &e, NOTHING, &why), PROBLEM_RULE);
	/* Changes that wait come first. */
	assert_int_equal(
	    town_change(t, ROLL_STRIKE, &t->voters[5].roll, NULL, sp, NULL),
	    PROBLEM_NONE);
	e.n_signers = 0;
	e.credentials = 1;
	assert_int_equal(town_post(t, &e, NOTHING, &why), PROBLEM_TOO_EARLY);
	assert_int_equal(town_publish(t, NULL), PROBLEM_NONE);
	e.n_signers = 0;
	assert_int_equal(town_post(t, &e, NOTHING, NULL), PROBLEM_NONE);
	assert_true(sp->closed);
	e.n_signers = 0;
	assert_int_equal(town_post(t, &e, NOTHING, &why), PROBLEM_RULE);
	assert_true(town_sound(t));
}

static enum problem
call(struct town *t, const struct sign_key *k, uint64_t n, uint8_t action,
    uint64_t *last)
{
	uint8_t body[ROLL_CHANGE_BYTES] = { 0 };
	struct service_staff_call c = { .n = n, .method = "POST" };
	struct buf b = { 0 };
	struct slice part;
	struct hash h;
	struct why why;
	enum problem p;

	body[0] = action;
	c.path = "/api/v1/staff/changes";
	c.pk = k->pk;
	c.body = slice_of(body, sizeof(body));
	hash_bytes(c.body, &h);
	buf_lp(&b, slice_str("example.org/log"));
	buf_u64(&b, n);
	buf_lp(&b, slice_str(c.method));
	buf_lp(&b, slice_str(c.path));
	buf_put(&b, h.b, HASH_BYTES);
	part = buf_slice(&b);
	assert_int_equal(sign_dst(k, "staff", &part, 1, &c.sig), OK);
	p = service_staff(t->service, &c,
	    ROLE_REGISTRAR | ROLE_DESK | ROLE_ADMIN, last, &why);
	if (p == PROBLEM_NONE) {
		c.n++;
		assert_int_equal(
		    service_staff(t->service, &c,
			ROLE_REGISTRAR | ROLE_DESK | ROLE_ADMIN, last, &why),
		    PROBLEM_STAFF);
	}
	buf_free(&b);
	return p;
}

static void
staff_act_within_their_roles_and_numbers(void **state)
{
	struct town *t = *state;
	uint64_t last = 0;

	assert_int_equal(
	    call(t, &t->voters[0].roll, 1, ROLL_ADD, &last), PROBLEM_STAFF);
	assert_int_equal(call(t, &t->desk, 5, ROLL_ADD, &last), PROBLEM_NONE);
	assert_int_equal(
	    call(t, &t->desk, 5, ROLL_ADD, &last), PROBLEM_STAFF_NUMBER);
	assert_int_equal(last, 5);
	assert_int_equal(
	    call(t, &t->desk, 6, ROLL_STRIKE, &last), PROBLEM_STAFF_ROLE);
	assert_int_equal(
	    call(t, &t->registrar, 1, ROLL_STRIKE, &last), PROBLEM_NONE);
}

static void
what_is_read_is_well_formed(void **state)
{
	struct town *t = *state;
	struct space *sp = town_space(t, "bilancio", NULL);
	struct buf b = { 0 };
	json_t *j, *key;
	struct why why;

	assert_int_equal(service_directory(t->service, &b), OK);
	assert_int_equal(json_read(buf_slice(&b), &j, &why), OK);
	assert_int_equal(json_array_size(json_object_get(j, "token-keys")), 0);
	json_decref(j);
	buf_free(&b);
	town_clock(t, 1000);
	assert_int_equal(service_directory(t->service, &b), OK);
	assert_int_equal(json_read(buf_slice(&b), &j, &why), OK);
	key = json_array_get(json_object_get(j, "token-keys"), 0);
	assert_int_equal(
	    json_integer_value(json_object_get(key, "not-before")), 1000);
	assert_int_equal(
	    json_integer_value(json_object_get(key, "token-type")), 2);
	json_decref(j);
	buf_free(&b);
	assert_int_equal(service_spaces(t->service, &b), OK);
	assert_int_equal(json_read_document(buf_slice(&b), &j, &why), OK);
	assert_string_equal(
	    json_string_value(json_object_get(json_array_get(j, 0), "phase")),
	    "issuance");
	assert_int_equal(
	    json_integer_value(json_object_get(json_array_get(j, 0), "last")),
	    (json_int_t)sp->end);
	json_decref(j);
	buf_free(&b);
	assert_int_equal(service_policy(t->service, &b), OK);
	assert_non_null(strstr(buf_text(&b), "\nquorum none\n"));
	buf_free(&b);
}

/* --- Old folders ----------------------------------------------------------*/

static void
refused(struct town *t, const char *word)
{
	struct why why = { { 0 } };

	assert_int_equal(town_open(t, &why), ERR_STATE);
	if (strstr(why.text, word) == NULL)
		fail_msg("%s", why.text);
}

static enum err
merkle_of_genesis(struct town *t, struct hash *root)
{
	struct store *s = datadir_open(t->dir);
	struct merkle tree;
	enum err r;

	r = merkle_load(&tree, 1, store_node, s);
	merkle_root(&tree, root);
	store_close(s);
	return r;
}

static void
an_older_folder_is_refused(void **state)
{
	struct town *t = *state;
	char path[DATADIR_PATH + 8];
	struct merkle tree;
	struct hash root;

	(void)town_space(t, "bilancio", NULL);
	store_tree(service_store(t->service), &tree);
	merkle_root(&tree, &root);
	town_shut(t);
	snprintf(path, sizeof(path), "%s/state", t->dir);
	/* A longer tree was signed than this folder has. */
	assert_int_equal(store_state_put(path, tree.size + 1, &root), OK);
	refused(t, "old copy");
	/* The same number of entries, but others. */
	root.b[5] ^= 1;
	assert_int_equal(store_state_put(path, tree.size, &root), OK);
	refused(t, "altered");
	assert_int_equal(unlink(path), 0);
	refused(t, "missing");
	/* A crash came between the entries and the file: the folder is ahead.
	 */
	assert_int_equal(merkle_of_genesis(t, &root), OK);
	assert_int_equal(store_state_put(path, 1, &root), OK);
	assert_int_equal(town_open(t, NULL), OK);
	assert_true(town_sound(t));
}

static void
the_state_may_lie_elsewhere_and_must_then_be_there(void **state)
{
	struct town *t = *state;
	char path[DATADIR_PATH + 16];
	struct service_options o = { .dir = t->dir, .state = path };
	struct why why = { { 0 } };

	snprintf(path, sizeof(path), "%s.state", t->dir);
	town_shut(t);
	o.clock = t->clock;
	assert_int_equal(service_open(&o, &t->service, &why), OK);
	(void)town_space(t, "bilancio", NULL);
	town_shut(t);
	assert_int_equal(service_open(&o, &t->service, &why), OK);
	town_shut(t);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(service_open(&o, &t->service, &why), ERR_STATE);
	assert_non_null(strstr(why.text, "missing"));
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_separated_space_lives_from_header_to_close),
		TEST(an_overlapping_space_publishes_its_ledger_at_the_end),
		TEST(what_a_restart_finds_goes_on),
		TEST(a_clock_that_goes_back_opens_no_window_again),
		TEST(what_was_receipted_is_in_the_log_of_a_cancelled_space),
		TEST(the_same_record_from_many_threads_is_one_entry),
		TEST(of_different_records_with_one_number_one_is_accepted),
		TEST(every_receipted_record_is_in_the_close),
		TEST(an_ask_is_refused_in_the_order_of_the_protocol),
		TEST(ten_wrong_factors_lock_a_roll_key),
		TEST(a_line_that_asks_many_times_at_once_gets_one_token),
		TEST(a_line_has_one_right_in_every_order_of_events),
		TEST(a_change_that_waits_reaches_a_space_announced_later),
		TEST(a_line_may_dispute_what_it_never_asked_for),
		TEST(a_token_key_serves_one_space_only),
		TEST(a_header_that_cannot_be_served_is_refused),
		TEST(an_object_must_be_the_one_its_entry_names),
		TEST(a_close_must_say_what_the_log_holds),
		TEST(staff_act_within_their_roles_and_numbers),
		TEST(what_is_read_is_well_formed),
		TEST(an_older_folder_is_refused),
		TEST(the_state_may_lie_elsewhere_and_must_then_be_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
