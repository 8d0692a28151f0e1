#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admit.h"
#include "wipe.h"

#include "vec.h"

#include "live.h"

/*
 * Many at once, against the real server over HTTP: a right is used once, and
 * who has a receipt is in the log.
 */
#define CROWD 64
#define SENDS 1000
#define SPACE_END (LIVE_FROM + 100000)
#define ROUNDS 3
#define CAST_MAX 4096

static struct live *live;
static struct live_space space;
static uint64_t now = LIVE_FROM + 10;

/* --- A crowd --------------------------------------------------------------*/

/* One of the crowd; what came of its requests is counted by status. */
struct member {
	pthread_t thread;
	pthread_barrier_t *start;
	size_t i;
	const struct live_space *sp;
	void *cookie;
	struct api *api;
	size_t created, repeated, refused, other;
	char said[WHY_CHARS]; /* by the last that was none of these */
};

typedef void member_act(struct member *m);

struct crowd {
	pthread_barrier_t start;
	struct member *m;
	size_t n;
	member_act *act;
};

static struct crowd *acting;

static void *
member_run(void *cookie)
{
	struct member *m = cookie;

	m->api = live_api(live);
	(void)pthread_barrier_wait(m->start);
	acting->act(m);
	api_free(m->api);
	return NULL;
}

static void
crowd_start(struct crowd *c, size_t n, const struct live_space *sp,
    member_act *act, void *cookie)
{
	size_t i;

	c->n = n;
	c->act = act;
	c->m = calloc(n, sizeof(*c->m));
	assert_non_null(c->m);
	acting = c;
	pthread_barrier_init(&c->start, NULL, (unsigned)n);
	for (i = 0; i < n; i++) {
		c->m[i].i = i;
		c->m[i].sp = sp;
		c->m[i].start = &c->start;
		c->m[i].cookie = cookie;
		/* Fewer would wait for ever. */
		if (pthread_create(
			&c->m[i].thread, NULL, member_run, &c->m[i]) != 0)
			abort();
	}
}

/* Wait for all; the sums of what they counted. */
static struct member
crowd_end(struct crowd *c)
{
	struct member sum;
	size_t i;

	memset(&sum, 0, sizeof(sum));
	for (i = 0; i < c->n; i++)
		pthread_join(c->m[i].thread, NULL);
	for (i = 0; i < c->n; i++) {
		sum.created += c->m[i].created;
		sum.repeated += c->m[i].repeated;
		sum.refused += c->m[i].refused;
		sum.other += c->m[i].other;
		if (c->m[i].other > 0)
			print_message("thread %zu: %s\n", i, c->m[i].said);
	}
	pthread_barrier_destroy(&c->start);
	free(c->m);
	return sum;
}

static struct member
crowd_do(size_t n, const struct live_space *sp, member_act *act, void *cookie)
{
	struct crowd c;

	crowd_start(&c, n, sp, act, cookie);
	return crowd_end(&c);
}

static void
unforeseen(struct member *m, const struct why *why)
{
	m->other++;
	(void)snprintf(m->said, sizeof(m->said), "%ld %s: %.500s",
	    m->api->status, m->api->problem, why->text);
}

/* Count an answer; nonzero iff it is one that a good request gets. */
static int
count(struct member *m, enum err r, const char *problem, const struct why *why)
{
	if (r == OK && m->api->status == 201) {
		m->created++;
		return 1;
	}
	if (r == OK && m->api->status == 200) {
		m->repeated++;
		return 1;
	}
	if (r != OK && m->api->status == 409 &&
	    strcmp(m->api->problem, problem) == 0) {
		m->refused++;
		return 0;
	}
	unforeseen(m, why);
	return 0;
}

static int
setup(void **state)
{
	(void)state;
	live = live_new(CROWD);
	live_space(live, "gara", SPACE_END, &space);
	live_clock(live, now);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	live_space_free(&space);
	live_free(live);
	return 0;
}

static void
collect(const struct live_space *sp, size_t who, struct buf *token)
{
	struct why why = { "" };
	struct api *a = live_api(live);

	if (live_collect(live, sp, a, who, token, &why) != OK)
		fail_msg("%s", why.text);
	api_free(a);
}

/* How often the leaf is in the log; ends the window it may wait for. */
static size_t
times_in_log(const struct hash *leaf)
{
	struct hash *log;
	size_t times = 0, i;
	uint64_t n;

	now += LIVE_INTERVAL;
	live_clock(live, now);
	for (i = 0; i < 600 && times == 0; i++) {
		live_nap(100);
		log = live_log(live, &n);
		(void)live_find(log, n, leaf, &times);
		free(log);
	}
	return times;
}

/* --- The same record ------------------------------------------------------*/

struct same {
	struct buf record;
	uint64_t window; /* of all receipts */
};

static void
send_the_same(struct member *m)
{
	const struct same *same = m->cookie;
	size_t i, n = SENDS / CROWD + (m->i < SENDS % CROWD);
	struct resident_receipt got;
	struct why why = { "" };
	enum err r;

	for (i = 0; i < n; i++) {
		memset(&got, 0, sizeof(got));
		/* Verifies signature, leaf, space and window. */
		r = resident_send(m->api, m->sp->header,
		    buf_slice(&same->record), &live->receipt_key, &got, &why);
		if (count(m, r, "", &why) &&
		    got.receipt.window_end != same->window) {
			m->other++;
			(void)snprintf(
			    m->said, sizeof(m->said), "another window");
		}
		buf_free(&got.text);
	}
}

static void
the_same_record_a_thousand_times_is_one_entry(void **state)
{
	struct same same = { .window = LIVE_FROM + LIVE_INTERVAL };
	struct buf token = { 0 };
	struct member sum;
	struct hash leaf;

	(void)state;
	collect(&space, 0, &token);
	live_record(live, &space, 0, 0, &token, 1, &same.record);
	sum = crowd_do(CROWD, &space, send_the_same, &same);
	assert_int_equal(sum.other, 0);
	assert_int_equal(sum.refused, 0);
	assert_int_equal(sum.created, 1);
	assert_int_equal(sum.repeated, SENDS - 1);
	admit_leaf(buf_slice(&same.record), &leaf);
	assert_int_equal(times_in_log(&leaf), 1);

	/* In the log already: still the receipt of its own window. */
	sum = crowd_do(CROWD, &space, send_the_same, &same);
	assert_int_equal(sum.repeated, SENDS);
	assert_int_equal(times_in_log(&leaf), 1);
	assert_true(live_audit(live));
	buf_free(&same.record);
	buf_free(&token);
}

/* --- Different records with one number ------------------------------------*/

struct rivals {
	struct buf record[CROWD];
};

static void
send_its_own(struct member *m)
{
	const struct rivals *rivals = m->cookie;
	struct resident_receipt got = { 0 };
	struct why why = { "" };

	(void)count(m,
	    resident_send(m->api, m->sp->header,
		buf_slice(&rivals->record[m->i]), &live->receipt_key, &got,
		&why),
	    "seq-used", &why);
	buf_free(&got.text);
}

static void
rival_records_of_one_number(size_t who, uint32_t seq, const struct buf *token)
{
	struct rivals rivals = { 0 };
	struct member sum;
	struct hash leaf;
	size_t i, in_log = 0;

	for (i = 0; i < CROWD; i++)
		live_record(live, &space, who, seq, token, (unsigned)i + 1,
		    &rivals.record[i]);
	sum = crowd_do(CROWD, &space, send_its_own, &rivals);
	assert_int_equal(sum.other, 0);
	assert_int_equal(sum.created, 1);
	assert_int_equal(sum.refused, CROWD - 1);
	/* Once more: the one that was taken gets its receipt again. */
	sum = crowd_do(CROWD, &space, send_its_own, &rivals);
	assert_int_equal(sum.other, 0);
	assert_int_equal(sum.created, 0);
	assert_int_equal(sum.repeated, 1);
	assert_int_equal(sum.refused, CROWD - 1);

	now += LIVE_INTERVAL;
	live_clock(live, now);
	for (i = 0; i < 600 && in_log == 0; i++) {
		struct hash *log;
		size_t k, times;
		uint64_t n;

		live_nap(100);
		log = live_log(live, &n);
		for (k = 0; k < CROWD; k++) {
			admit_leaf(buf_slice(&rivals.record[k]), &leaf);
			(void)live_find(log, n, &leaf, &times);
			in_log += times;
		}
		free(log);
	}
	assert_int_equal(in_log, 1);
	for (i = 0; i < CROWD; i++)
		buf_free(&rivals.record[i]);
}

static void
of_different_records_with_one_number_one_is_taken(void **state)
{
	struct buf token = { 0 };
	uint32_t seq;

	(void)state;
	collect(&space, 1, &token);
	for (seq = 0; seq < 3; seq++)
		rival_records_of_one_number(1, seq, &token);
	assert_true(live_audit(live));
	buf_free(&token);
}

/* --- Asks -----------------------------------------------------------------*/

struct ask {
	struct wallet_ask ask;
	struct buf authorization;
	uint8_t answer[BLIND_BYTES];
	int answered;
};

struct asks {
	struct ask of[CROWD];
};

static void
ask_make(size_t who, const struct secret *ss, struct ask *out)
{
	uint8_t salt[64];

	random_bytes(salt, sizeof(salt));
	assert_int_equal(
	    wallet_ask(ss, space.header, 0, PURPOSE_VOTE, &out->ask), OK);
	assert_int_equal(
	    wallet_authorization(&live->residents[who].roll, space.header, 0,
		PURPOSE_VOTE, &out->ask, salt, NULL, &out->authorization),
	    OK);
	assert_non_null(buf_text(&out->authorization));
}

static void
ask_once(struct member *m)
{
	struct asks *asks = m->cookie;
	struct ask *a = &asks->of[m->i];
	struct why why = { "" };

	a->answered = count(m,
	    api_token_request(m->api, "", a->ask.body,
		(const char *)a->authorization.p, a->answer, &why),
	    "already-issued", &why);
}

static void
asks_free(struct asks *asks)
{
	size_t i;

	for (i = 0; i < CROWD; i++)
		buf_free(&asks->of[i].authorization);
	free(asks);
}

static void
all_have_the_answer_of_the_first(const struct asks *asks)
{
	size_t i;

	for (i = 0; i < CROWD; i++) {
		assert_true(asks->of[i].answered);
		assert_memory_equal(
		    asks->of[i].answer, asks->of[0].answer, BLIND_BYTES);
	}
}

static void
the_same_ask_from_many_gets_one_answer(void **state)
{
	struct asks *asks = calloc(1, sizeof(*asks));
	uint8_t token[BLIND_BYTES];
	struct member sum;
	struct secret ss;
	size_t i;

	(void)state;
	assert_non_null(asks);
	live_secret(live, &space, 2, &ss);
	/* To the byte the same. */
	ask_make(2, &ss, &asks->of[0]);
	for (i = 1; i < CROWD; i++) {
		asks->of[i].ask = asks->of[0].ask;
		buf_put(&asks->of[i].authorization, asks->of[0].authorization.p,
		    asks->of[0].authorization.n);
		assert_non_null(buf_text(&asks->of[i].authorization));
	}
	sum = crowd_do(CROWD, &space, ask_once, asks);
	assert_int_equal(sum.repeated, CROWD);
	all_have_the_answer_of_the_first(asks);
	assert_int_equal(wallet_finalize(&ss, space.header, 0, PURPOSE_VOTE,
			     &asks->of[0].ask, asks->of[0].answer, token),
	    OK);

	/* A client that asks again draws another salt. */
	for (i = 1; i < CROWD; i++) {
		buf_free(&asks->of[i].authorization);
		asks->of[i].authorization = (struct buf){ 0 };
		ask_make(2, &ss, &asks->of[i]);
	}
	sum = crowd_do(CROWD, &space, ask_once, asks);
	assert_int_equal(sum.repeated, CROWD);
	all_have_the_answer_of_the_first(asks);
	asks_free(asks);
}

static void
of_different_asks_of_one_line_one_is_answered(void **state)
{
	struct asks *asks = calloc(1, sizeof(*asks));
	struct secret ss[CROWD];
	uint8_t token[BLIND_BYTES], first[BLIND_BYTES];
	struct member sum;
	size_t i, winner = 0, winners = 0;

	(void)state;
	assert_non_null(asks);
	for (i = 0; i < CROWD; i++) {
		resident_secret_random(&ss[i]);
		ask_make(3, &ss[i], &asks->of[i]);
	}
	sum = crowd_do(CROWD, &space, ask_once, asks);
	assert_int_equal(sum.repeated, 1);
	assert_int_equal(sum.refused, CROWD - 1);
	for (i = 0; i < CROWD; i++) {
		if (asks->of[i].answered) {
			winner = i;
			winners++;
		}
	}
	assert_int_equal(winners, 1);
	memcpy(first, asks->of[winner].answer, BLIND_BYTES);
	assert_int_equal(wallet_finalize(&ss[winner], space.header, 0,
			     PURPOSE_VOTE, &asks->of[winner].ask, first, token),
	    OK);

	/* And it stays so. */
	sum = crowd_do(CROWD, &space, ask_once, asks);
	assert_int_equal(sum.repeated, 1);
	assert_int_equal(sum.refused, CROWD - 1);
	assert_true(asks->of[winner].answered);
	assert_memory_equal(asks->of[winner].answer, first, BLIND_BYTES);
	asks_free(asks);
}

/* --- The end of participation ---------------------------------------------*/

struct voter {
	struct buf token;
	struct hash *leaf; /* of records with a receipt */
	size_t n;
};

static atomic_size_t received; /* receipts of this round */

static void
cast_until_refused(struct member *m)
{
	struct voter *v = (struct voter *)m->cookie + m->i;
	struct resident_receipt got;
	struct buf record = { 0 };
	struct why why = { "" };
	enum err r = OK;

	while (r == OK && v->n < CAST_MAX) {
		memset(&got, 0, sizeof(got));
		record.n = 0;
		live_record(live, m->sp, m->i, (uint32_t)v->n, &v->token,
		    (unsigned)v->n % 255 + 1, &record);
		r = resident_send(m->api, m->sp->header, buf_slice(&record),
		    &live->receipt_key, &got, &why);
		if (r == OK) {
			admit_leaf(buf_slice(&record), &v->leaf[v->n++]);
			atomic_fetch_add(&received, 1);
		}
		buf_free(&got.text);
	}
	if (m->api->status != 403 || strcmp(m->api->problem, "not-open") != 0) {
		unforeseen(m, &why);
	}
	buf_free(&record);
}

static void
race_to_the_end(unsigned round)
{
	struct voter *voters = calloc(CROWD, sizeof(*voters));
	uint64_t end = now + LIVE_INTERVAL + 500ULL * round, n, close, at;
	char slug[16];
	struct live_space sp;
	struct member sum;
	struct crowd c;
	struct hash *log;
	size_t i, k, times, all = 0;

	assert_non_null(voters);
	(void)snprintf(slug, sizeof(slug), "fine-%u", round);
	live_clock(live, now);
	live_space(live, slug, end, &sp);
	for (i = 0; i < CROWD; i++) {
		collect(&sp, i, &voters[i].token);
		voters[i].leaf = calloc(CAST_MAX, sizeof(*voters[i].leaf));
		assert_non_null(voters[i].leaf);
	}
	live_clock(live, end - 1);
	atomic_store(&received, 0);
	crowd_start(&c, CROWD, &sp, cast_until_refused, voters);
	live_nap(300);
	for (i = 0; i < 6000 && atomic_load(&received) < CROWD; i++)
		live_nap(10);
	now = end;
	live_clock(live, now);
	/* At once, while they still come in. */
	assert_int_equal(live_close(live, &sp), 0);
	sum = crowd_end(&c);
	assert_int_equal(sum.other, 0);

	close = live_last(live, ENTRY_CLOSE);
	log = live_log(live, &n);
	for (i = 0; i < CROWD; i++) {
		for (k = 0; k < voters[i].n; k++) {
			at = live_find(log, n, &voters[i].leaf[k], &times);
			assert_int_equal(times, 1);
			assert_true(at > sp.first && at < close);
		}
		all += voters[i].n;
		free(voters[i].leaf);
		buf_free(&voters[i].token);
	}
	print_message("round %u: %zu receipts\n", round, all);
	assert_true(all >= CROWD);
	assert_true(live_audit(live));
	free(log);
	free(voters);
	live_space_free(&sp);
}

static void
a_receipt_at_the_last_moment_is_in_the_log_before_the_close(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < ROUNDS; i++)
		race_to_the_end(i);
}

static void
afterwards_the_data_folder_is_sound(void **state)
{
	(void)state;
	assert_int_equal(live_stop(live), 0);
	assert_true(live_doctor(live));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_record_a_thousand_times_is_one_entry),
		cmocka_unit_test(
		    of_different_records_with_one_number_one_is_taken),
		cmocka_unit_test(the_same_ask_from_many_gets_one_answer),
		cmocka_unit_test(of_different_asks_of_one_line_one_is_answered),
		cmocka_unit_test(
		    a_receipt_at_the_last_moment_is_in_the_log_before_the_close),
		cmocka_unit_test(afterwards_the_data_folder_is_sound),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
