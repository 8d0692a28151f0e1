#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admit.h"
#include "hash.h"

#include "vec.h"

#include "snapshot.h"
#include "forge.h"
#include "live.h"

/*
 * PROTOCOL 11: the same election in another order leaves equal files.  One
 * founded folder is copied; the election is played twice through the real
 * server, from the same start: residents do the same things in the same
 * windows, but in another order, at other times within the windows, and more of
 * them at the same time.  What they would draw at random (the salts of asks) is
 * the same in both.
 */
#define RESIDENTS 60
#define WINDOWS 4
#define CLIENTS 12
#define SPACE_END (LIVE_FROM + (uint64_t)WINDOWS * LIVE_INTERVAL)
#define FACTOR_TEXT "1970-01-02"
#define RECORDS_MAX 3	    /* of one resident in one window */
#define WAIT_TRIES 600	    /* of 100 ms: longer than any machine takes */
#define SHOTS (WINDOWS + 3) /* per batch, closed, stopped, in between */

/* In which order, when, how many at the same time. */
struct manner {
	size_t clients;
	uint32_t seed; /* 0: as the residents stand on the roll */
	int hurried;   /* other times, other reads meanwhile */
};

/* What a resident has so far in this run. */
struct player {
	struct buf token;
	uint32_t seq; /* of the next record */
};

struct turn {
	size_t order[RESIDENTS];
	atomic_size_t next;
	unsigned window;
	atomic_int failed;
	char said[WHY_CHARS];
};

static struct live *live;
static struct live_space space;
static struct player players[RESIDENTS];
static struct turn turn;
static const struct manner *manner;

/* --- What everybody does -------------------------------------------------- */

/* The window in which a resident collects. */
static unsigned
collects_in(size_t who)
{
	return (unsigned)(who * 7 % 10 / 3) % WINDOWS;
}

/* How many records she casts in it, after collecting. */
static unsigned
casts(size_t who, unsigned window)
{
	if (window < collects_in(who) || who % 11 == 10)
		return 0;
	return (unsigned)(who * 5 + (size_t)window * 3) % (RECORDS_MAX + 1);
}

/* Some type a wrong date first; one of them for ever. */
static unsigned
wrong_tries(size_t who)
{
	return who % 9 == 4 ? (unsigned)(who % 5) + 1 : 0;
}

static int
complain(enum err r, const struct why *why)
{
	if (r == OK)
		return 0;
	if (!atomic_exchange(&turn.failed, 1))
		(void)snprintf(
		    turn.said, sizeof(turn.said), "%.500s", why->text);
	return 1;
}

static enum err
ask(struct api *a, size_t who, const char *factor, struct buf *token,
    struct why *why)
{
	struct live_resident *who_is = &live->residents[who];
	uint8_t blind_sig[BLIND_BYTES], out[BLIND_BYTES], salt[64];
	struct buf authorization = { 0 };
	struct wallet_ask asked;
	struct secret ss;
	struct hash f, h;
	enum err r;

	/* Replayed: the same salt in both runs. */
	hash_bytes(slice_of(who_is->secret.b, SECRET_BYTES), &h);
	memcpy(salt, h.b, 32);
	memcpy(salt + 32, h.b, 32);
	live_secret(live, &space, who, &ss);
	wallet_factor(&who_is->roll.pk, factor, &f);
	if ((r = wallet_ask(&ss, space.header, 0, PURPOSE_VOTE, &asked)) !=
		OK ||
	    (r = wallet_authorization(&who_is->roll, space.header, 0,
		 PURPOSE_VOTE, &asked, salt, &f, &authorization)) != OK ||
	    buf_text(&authorization) == NULL ||
	    (r = api_token_request(a, "", asked.body, buf_text(&authorization),
		 blind_sig, why)) != OK ||
	    (r = wallet_finalize(&ss, space.header, 0, PURPOSE_VOTE, &asked,
		 blind_sig, out)) != OK)
		goto out;
	token->n = 0;
	buf_put(token, out, sizeof(out));
	r = buf_end(token);

out:
	buf_free(&authorization);
	return r;
}

static int
collect(struct api *a, size_t who)
{
	struct buf none = { 0 };
	struct why why = { "" };
	unsigned i;

	for (i = 0; i < wrong_tries(who); i++) {
		if (ask(a, who, "1970-02-01", &none, &why) == OK ||
		    a->status != 401)
			return complain(ERR_INTERNAL, &why);
	}
	if (complain(ask(a, who, FACTOR_TEXT, &players[who].token, &why), &why))
		return 1;
	/* The same again, as when an answer was lost. */
	return who % 4 == 1 &&
	       complain(
		   ask(a, who, FACTOR_TEXT, &players[who].token, &why), &why);
}

static int
cast(struct api *a, size_t who, int twice)
{
	struct resident_receipt got;
	struct player *p = &players[who];
	struct buf record = { 0 };
	struct why why = { "" };
	enum err r = OK;

	live_record(live, &space, who, p->seq, &p->token,
	    (unsigned)(who + p->seq) % 255 + 1, &record);
	do {
		memset(&got, 0, sizeof(got));
		r = resident_send(a, space.header, buf_slice(&record),
		    &live->receipt_key, &got, &why);
		buf_free(&got.text);
	} while (r == OK && twice-- > 0);
	buf_free(&record);
	p->seq++;
	return complain(r, &why);
}

/* Somebody reads meanwhile: pages that are read must not matter. */
static void
look_around(struct api *a)
{
	struct api_spaces list = { 0 };
	struct why why = { "" };
	struct buf b = { 0 };

	if (api_spaces(a, &list, &why) == OK)
		api_spaces_free(&list);
	if (api_checkpoint(a, &b, &why) != OK)
		(void)complain(ERR_IO, &why);
	buf_free(&b);
}

static void *
client_run(void *cookie)
{
	struct api *a = live_api(live);
	size_t i, who;
	unsigned k;

	(void)cookie;
	while ((i = atomic_fetch_add(&turn.next, 1)) < RESIDENTS &&
	       !atomic_load(&turn.failed)) {
		who = turn.order[i];
		if (collects_in(who) == turn.window && collect(a, who))
			break;
		for (k = 0; k < casts(who, turn.window); k++)
			if (cast(a, who, who % 3 == 1))
				break;
		if (manner->hurried)
			look_around(a);
	}
	api_free(a);
	return NULL;
}

/*
 * Sends a record of the first window again and again while a batch is made: who
 * reads at that moment must not decide where LMDB finds room.
 */
static void *
knock(void *cookie)
{
	struct buf record = { 0 };
	struct resident_receipt got;
	struct why why = { "" };
	struct api *a = live_api(live);
	size_t who;

	for (who = 0; casts(who, 0) == 0; who++)
		continue;
	live_record(live, &space, who, 0, &players[who].token,
	    (unsigned)who % 255 + 1, &record);
	while (!atomic_load((atomic_int *)cookie)) {
		memset(&got, 0, sizeof(got));
		if (complain(resident_send(a, space.header, buf_slice(&record),
				 &live->receipt_key, &got, &why),
			&why))
			break;
		buf_free(&got.text);
	}
	buf_free(&record);
	api_free(a);
	return NULL;
}

/* --- One election --------------------------------------------------------- */

/* Not random: a test that fails must fail again. */
static void
shuffle(uint32_t seed)
{
	size_t i, k, swap;

	for (i = 0; i < RESIDENTS; i++)
		turn.order[i] = i;
	for (i = RESIDENTS; seed != 0 && i > 1; i--) {
		seed = seed * 1664525 + 1013904223;
		k = (seed >> 8) % i;
		swap = turn.order[i - 1];
		turn.order[i - 1] = turn.order[k];
		turn.order[k] = swap;
	}
}

static void
play_window(unsigned window)
{
	uint64_t from = LIVE_FROM + (uint64_t)window * LIVE_INTERVAL;
	pthread_t thread[CLIENTS];
	size_t i;

	turn.window = window;
	atomic_store(&turn.next, 0);
	shuffle(manner->seed == 0 ? 0 : manner->seed + window);
	live_clock(live, from + (manner->hurried ? 900 : 7));
	for (i = 0; i < manner->clients; i++)
		assert_int_equal(
		    pthread_create(&thread[i], NULL, client_run, NULL), 0);
	for (i = 0; i < manner->clients; i++)
		pthread_join(thread[i], NULL);
	if (atomic_load(&turn.failed))
		fail_msg("window %u: %s", window, turn.said);
}

/* Wait until the batch is in the log. */
static void
await(size_t records, unsigned batches, uint64_t start)
{
	struct why why = { "" };
	uint64_t size = 0;
	struct trust *t;
	int i;

	for (i = 0; i < WAIT_TRIES && size < start + records + batches; i++) {
		live_nap(100);
		if (trust_open(live->url, NULL, slice_of(NULL, 0), &t, &why) !=
		    OK)
			fail_msg("%s", why.text);
		size = trust_checkpoint(t)->size;
		trust_free(t);
	}
	assert_true(size >= start + records + batches);
}

/* Against the other run at this moment, or into it where it was not yet. */
static void
judge(const char *when, struct snapshot *first)
{
	struct snapshot now;
	const char *which = NULL;
	int i;

	if (first->n == 0) {
		snapshot_settled(live->data, first);
		return;
	}
	/* What follows a batch takes a moment. */
	for (i = 0; i < WAIT_TRIES; i++) {
		snapshot_read(live->data, &now);
		which = snapshot_differ(first, &now);
		snapshot_free(&now);
		if (which == NULL)
			return;
		live_nap(100);
	}
	fail_msg("%s: the file %s depends on the order", when, which);
}

/* Also in the middle of a window a folder at rest tells no order. */
static void
stop_in_between(struct snapshot *shot)
{
	assert_int_equal(live_stop(live), 0);
	judge("stopped in a window", shot);
	assert_true(live_doctor(live));
	live_start(live);
}

static void
play(const struct manner *m, struct snapshot shots[SHOTS])
{
	size_t i, records = 0;
	uint64_t start;
	char when[32];
	atomic_int enough;
	pthread_t knocking[2];
	unsigned w;

	manner = m;
	live_clock(live, LIVE_FROM + 1);
	live_start(live);
	start = live_last(live, ENTRY_FORM) + 1;
	for (w = 0; w < WINDOWS; w++) {
		play_window(w);
		if (w == 1)
			stop_in_between(&shots[WINDOWS + 2]);
		atomic_store(&enough, 0);
		for (i = 0; m->hurried && i < 2; i++)
			pthread_create(&knocking[i], NULL, knock, &enough);
		live_clock(live, LIVE_FROM + (uint64_t)(w + 1) * LIVE_INTERVAL +
				     (m->hurried ? 0 : 13));
		for (i = 0; i < RESIDENTS; i++)
			records += casts(i, w);
		await(records, w + 1, start);
		atomic_store(&enough, 1);
		for (i = 0; m->hurried && i < 2; i++)
			pthread_join(knocking[i], NULL);
		if (atomic_load(&turn.failed))
			fail_msg("after window %u: %s", w, turn.said);
		(void)snprintf(when, sizeof(when), "batch %u", w + 1);
		judge(when, &shots[w]);
	}
	live_clock(live, SPACE_END + (m->hurried ? 5000 : 1));
	assert_int_equal(live_close(live, &space), 0);
	judge("closed", &shots[WINDOWS]);
	assert_true(live_audit(live));
	assert_int_equal(live_stop(live), 0);
	judge("stopped", &shots[WINDOWS + 1]);
	assert_true(live_doctor(live));
	for (i = 0; i < RESIDENTS; i++) {
		buf_free(&players[i].token);
		players[i].seq = 0;
	}
}

/* --- The tests ------------------------------------------------------------ */

static int
pk_order(const void *a, const void *b)
{
	return memcmp(a, b, 32);
}

static void
factors_import(void)
{
	uint8_t rows[RESIDENTS][64];
	struct buf answer = { 0 };
	struct why why = { "" };
	struct staff_key key;
	struct hash f;
	struct api *a;
	size_t i;

	for (i = 0; i < RESIDENTS; i++) {
		wallet_factor(&live->residents[i].roll.pk, FACTOR_TEXT, &f);
		memcpy(rows[i], live->residents[i].roll.pk.b, 32);
		memcpy(rows[i] + 32, f.b, 32);
	}
	qsort(rows, RESIDENTS, sizeof(rows[0]), pk_order);
	live_key(live, "uno", &key);
	a = live_api(live);
	if (api_staff(a, &key, "POST", "factors", slice_of(rows, sizeof(rows)),
		&answer, &why) != OK)
		fail_msg("%s", why.text);
	api_free(a);
	staff_key_wipe(&key);
	buf_free(&answer);
}

static void
the_same_election_in_another_order_leaves_equal_files(void **state)
{
	static const struct manner manners[] = {
		{ 1, 0, 0 },
		{ CLIENTS, 41, 1 },
		{ 3, 97, 0 },
	};
	struct snapshot shots[SHOTS];
	char kept[DATADIR_PATH + 16];
	size_t i;

	(void)state;
	memset(shots, 0, sizeof(shots));
	live = live_new(RESIDENTS);
	live_space_with(live, "ordine", SPACE_END,
	    "\"issuers\": [{\"factor\": \"birth_date\"}], ", &space);
	factors_import();
	assert_int_equal(live_stop(live), 0);
	(void)snprintf(kept, sizeof(kept), "%s.kept", live->root);
	snapshot_copy(live->root, kept);
	for (i = 0; i < sizeof(manners) / sizeof(*manners); i++) {
		if (i > 0) {
			forge_clean(live->root);
			snapshot_copy(kept, live->root);
		}
		play(&manners[i], shots);
	}
	for (i = 0; i < SHOTS; i++)
		snapshot_free(&shots[i]);
	forge_clean(kept);
	live_space_free(&space);
	live_free(live);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    the_same_election_in_another_order_leaves_equal_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
