#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admit.h"
#include "checkpoint.h"
#include "wipe.h"

#include "vec.h"

#include "live.h"

/*
 * kill -9 while residents collect and cast and windows end: the server is
 * started again on the same folder and the residents send again what they have
 * no answer to, to the byte the same.
 */
#define CLIENTS 16
#define ROUNDS 20
#define ROUNDS_MAX 10000
#define RESIDENTS_PER_ROUND ((size_t)CLIENTS * 4)
#define RECORDS 20 /* of one resident */
#define SPACE_END (LIVE_FROM + 50000000)

struct client {
	pthread_t thread;
	size_t i;
	struct api *api;
	struct hash *leaf; /* of records with a receipt */
	size_t n, room;
	size_t retries;
	int failed;
	char said[WHY_CHARS];
};

static struct live *live;
static struct live_space space;
static unsigned rounds = ROUNDS; /* KILL_ROUNDS says otherwise */
static size_t residents;
static atomic_int enough;
static uint64_t now = LIVE_FROM + 10;

/* Nonzero iff the same is to be sent again: no answer, or "not now". */
static int
again(struct client *c, enum err r, const struct why *why)
{
	if (r == OK)
		return 0;
	if (c->api->status == 0 || c->api->status == 503) {
		c->retries++;
		live_nap(20);
		return 1;
	}
	c->failed = 1;
	(void)snprintf(c->said, sizeof(c->said), "%ld %s: %.500s",
	    c->api->status, c->api->problem, why->text);
	return 0;
}

static void
keep(struct client *c, struct slice raw)
{
	struct hash *more;

	if (c->n == c->room) {
		c->room = 2 * c->room + 64;
		if ((more = realloc(c->leaf, c->room * sizeof(*more))) == NULL)
			abort();
		c->leaf = more;
	}
	admit_leaf(raw, &c->leaf[c->n++]);
}

static void
collect(struct client *c, size_t who, struct buf *token)
{
	struct why why = { "" };
	enum err r;

	do {
		token->n = 0;
		r = live_collect(live, &space, c->api, who, token, &why);
	} while (again(c, r, &why));
}

static void
cast(struct client *c, size_t who, uint32_t seq, const struct buf *token)
{
	struct resident_receipt got;
	struct buf record = { 0 };
	struct why why = { "" };
	enum err r;

	live_record(live, &space, who, seq, token, seq % 255 + 1, &record);
	do {
		memset(&got, 0, sizeof(got));
		r = resident_send(c->api, space.header, buf_slice(&record),
		    &live->receipt_key, &got, &why);
		buf_free(&got.text);
	} while (again(c, r, &why));
	if (r == OK)
		keep(c, buf_slice(&record));
	buf_free(&record);
}

static void *
client_run(void *cookie)
{
	struct client *c = cookie;
	struct buf token = { 0 };
	uint32_t seq;
	size_t who;

	c->api = live_api(live);
	for (who = c->i; who < residents && !atomic_load(&enough) && !c->failed;
	     who += CLIENTS) {
		collect(c, who, &token);
		for (seq = 0; seq < RECORDS && !c->failed; seq++)
			cast(c, who, seq, &token);
	}
	buf_free(&token);
	api_free(c->api);
	return NULL;
}

/* Windows end all the time, so that batches are made when the server dies. */
static void
let_time_pass(unsigned ms)
{
	unsigned i;

	for (i = 0; i < ms; i += 20) {
		now += LIVE_INTERVAL / 5;
		live_clock(live, now);
		live_nap(20);
	}
}

/* The server's checkpoint, and that it continues ${earlier}. */
static void
checkpoint(const struct buf *earlier, struct buf *out, uint64_t *size)
{
	struct why why = { "" };
	struct trust *t;

	if (trust_open(live->url, NULL, buf_slice(earlier), &t, &why) != OK)
		fail_msg("%s", why.text);
	*size = trust_checkpoint(t)->size;
	out->n = 0;
	buf_put(out, trust_note(t).p, trust_note(t).n);
	assert_int_equal(buf_end(out), OK);
	trust_free(t);
}

static unsigned
random_below(unsigned n)
{
	uint8_t b[4];

	random_bytes(b, sizeof(b));
	return load32(b) % n;
}

static void
killed_and_started_again(unsigned round, struct buf *earlier)
{
	struct buf next = { 0 };
	uint64_t before, after;

	let_time_pass(100 + random_below(500));
	checkpoint(earlier, &next, &before);
	/* Not at the same moment after a checkpoint each time. */
	live_nap(random_below(100));
	live_kill(live);
	/* The doctor sees the folder as the power cut left it. */
	if (round % 4 == 3)
		assert_true(live_doctor(live));
	live_start(live);
	checkpoint(&next, earlier, &after);
	print_message("round %u: %llu entries, then %llu\n", round + 1,
	    (unsigned long long)before, (unsigned long long)after);
	assert_true(after >= before);
	buf_free(&next);
}

/* --- Checkpoints ----------------------------------------------------------*/

/* All that were served, in the order in which they were seen. */
static struct checkpoint *seen;
static size_t n_seen;
static char watch_said[WHY_CHARS];

static int
see(struct slice text, const struct note_key *key)
{
	struct checkpoint c, *more;
	struct note note;

	if (checkpoint_open(text, key, &note, &c) != OK)
		return 0;
	if (n_seen > 0 && seen[n_seen - 1].size == c.size &&
	    hash_equal(&seen[n_seen - 1].root, &c.root))
		return 1;
	if ((n_seen & (n_seen - 1)) == 0) {
		more = realloc(seen, (2 * n_seen + 1) * sizeof(*more));
		if (more == NULL)
			abort();
		seen = more;
	}
	seen[n_seen++] = c;
	return 1;
}

static void *
watch(void *cookie)
{
	const struct note_key *key;
	struct buf text = { 0 };
	struct why why = { "" };
	struct api *a = live_api(live);

	(void)cookie;
	while (!atomic_load(&enough)) {
		text.n = 0;
		if (api_log_key(a, &key, &why) == OK &&
		    api_checkpoint(a, &text, &why) == OK &&
		    !see(buf_slice(&text), key)) {
			(void)snprintf(watch_said, sizeof(watch_said),
			    "no checkpoint: %.*s", (int)text.n,
			    (const char *)text.p);
			break;
		}
		live_nap(3);
	}
	buf_free(&text);
	api_free(a);
	return NULL;
}

/* Each is the root of a beginning of the log, and none goes back. */
static void
no_two_disagree(void)
{
	struct merkle tree;
	struct hash *log, root;
	uint64_t n;
	size_t i;

	assert_string_equal(watch_said, "");
	log = live_log(live, &n);
	memset(&tree, 0, sizeof(tree));
	for (i = 0; i < n_seen; i++) {
		assert_true(seen[i].size >= tree.size && seen[i].size <= n);
		while (tree.size < seen[i].size)
			merkle_append(&tree, &log[tree.size]);
		merkle_root(&tree, &root);
		assert_true(hash_equal(&root, &seen[i].root));
	}
	print_message("%zu checkpoints seen\n", n_seen);
	assert_true(n_seen > rounds / 2);
	free(log);
	free(seen);
}

/* --- Records --------------------------------------------------------------*/

static int
leaf_cmp(const void *a, const void *b)
{
	return hash_cmp(a, b);
}

/* Every receipted record once, all before the close. */
static void
all_are_in_the_log(const struct client *clients)
{
	const struct client *c;
	struct hash *log, *at;
	uint64_t n;
	size_t i, k, all = 0, retries = 0;

	log = live_log(live, &n);
	qsort(log, (size_t)n, sizeof(*log), leaf_cmp);
	for (i = 1; i < n; i++)
		assert_int_not_equal(hash_cmp(&log[i - 1], &log[i]), 0);
	for (i = 0; i < CLIENTS; i++) {
		c = &clients[i];
		for (k = 0; k < c->n; k++) {
			at = bsearch(&c->leaf[k], log, (size_t)n, sizeof(*log),
			    leaf_cmp);
			assert_non_null(at);
		}
		all += c->n;
		retries += c->retries;
	}
	print_message("%zu receipts, %zu times sent again\n", all, retries);
	assert_true(all > 0 && retries > 0);
	free(log);
}

static void
what_has_a_receipt_survives_kill(void **state)
{
	struct client clients[CLIENTS] = { 0 };
	struct buf earlier = { 0 };
	uint64_t size;
	pthread_t watching;
	unsigned i;

	(void)state;
	live = live_new(residents);
	live_space(live, "tenace", SPACE_END, &space);
	live_clock(live, now);
	checkpoint(&earlier, &earlier, &size);
	for (i = 0; i < CLIENTS; i++) {
		clients[i].i = i;
		assert_int_equal(pthread_create(&clients[i].thread, NULL,
				     client_run, &clients[i]),
		    0);
	}
	assert_int_equal(pthread_create(&watching, NULL, watch, NULL), 0);
	for (i = 0; i < rounds; i++)
		killed_and_started_again(i, &earlier);
	let_time_pass(200);
	atomic_store(&enough, 1);
	for (i = 0; i < CLIENTS; i++)
		pthread_join(clients[i].thread, NULL);
	pthread_join(watching, NULL);
	for (i = 0; i < CLIENTS; i++)
		if (clients[i].failed)
			fail_msg("client %u: %s", i, clients[i].said);

	live_clock(live, SPACE_END);
	assert_int_equal(live_close(live, &space), 0);
	checkpoint(&earlier, &earlier, &size);
	all_are_in_the_log(clients);
	no_two_disagree();
	assert_true(live_audit(live));
	assert_int_equal(live_stop(live), 0);
	assert_true(live_doctor(live));
	for (i = 0; i < CLIENTS; i++)
		free(clients[i].leaf);
	buf_free(&earlier);
	live_space_free(&space);
	live_free(live);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_has_a_receipt_survives_kill),
	};

	const char *more = getenv("KILL_ROUNDS");

	if (more != NULL && *more != '\0')
		rounds = (unsigned)strtoul(more, NULL, 10);
	if (rounds < 1 || rounds > ROUNDS_MAX)
		rounds = ROUNDS;
	residents = (size_t)rounds * RESIDENTS_PER_ROUND;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
