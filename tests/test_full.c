/* prlimit is Linux: it takes room from a server that runs. */
#define _GNU_SOURCE

#include <sys/mount.h>
#include <sys/resource.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admit.h"
#include "file.h"

#include "vec.h"

#include "snapshot.h"
#include "forge.h"
#include "live.h"

/*
 * The disk is full, or takes nothing any more, while residents cast and windows
 * end: whatever the server cannot store it refuses with 503, it never dies and
 * never goes back, it says what to do, and with room and a restart everything
 * that it acknowledged is there.  Each round leaves a little more room, so that
 * another step of a batch is the first to fail.
 */
#define CLIENTS 8
#define ROUNDS 5
#define ROUNDS_MAX 1000
#define SPACE_END (LIVE_FROM + (uint64_t)LIVE_INTERVAL * (ROUNDS_MAX + 10))
#define DISK "size=8m"
#define ROOM ((off_t)112 << 10) /* all that a batch may take */
#define SAID_MAX ((size_t)1 << 20)

struct client {
	pthread_t thread;
	size_t who;
	struct api *api;
	struct hash *leaf; /* acknowledged */
	size_t n_leaves;
	struct buf token;
	struct buf record; /* made and not acknowledged; n = 0: none */
	unsigned n;	   /* how many to cast */
	uint32_t seq;
	unsigned refused;
	char said[WHY_CHARS];
};

/* How room is taken and given back. */
struct way {
	void (*take)(unsigned round);
	void (*give)(void);
};

static struct live *live;
static struct live_space space;
static struct client clients[CLIENTS];
static char disk[DATADIR_PATH], ballast[DATADIR_PATH + 16];
static int mounted;
static unsigned rounds = ROUNDS; /* FULL_ROUNDS says otherwise */
static unsigned asks_refused;

/* --- Residents ------------------------------------------------------------ */

static void
acknowledged(struct client *c)
{
	struct hash *more;

	more = realloc(c->leaf, (c->n_leaves + 1) * sizeof(*more));
	if (more == NULL)
		abort();
	c->leaf = more;
	admit_leaf(buf_slice(&c->record), &c->leaf[c->n_leaves++]);
	c->record.n = 0;
	c->seq++;
}

/* Cast up to ${c}->n records; what was refused is tried again first. */
static void *
client_run(void *cookie)
{
	struct client *c = cookie;
	struct resident_receipt got;
	struct why why = { "" };
	unsigned i;
	enum err r;

	for (i = 0; i < c->n; i++) {
		if (c->record.n == 0)
			live_record(live, &space, c->who, c->seq, &c->token,
			    c->seq % 255 + 1, &c->record);
		memset(&got, 0, sizeof(got));
		r = resident_send(c->api, space.header, buf_slice(&c->record),
		    &live->receipt_key, &got, &why);
		buf_free(&got.text);
		if (r == OK) {
			acknowledged(c);
			continue;
		}
		c->refused++;
		if (c->api->status != 503)
			(void)snprintf(c->said, sizeof(c->said), "%ld: %.400s",
			    c->api->status, why.text);
		break;
	}
	return NULL;
}

/* All at once; how many were refused. */
static unsigned
all_cast(unsigned n)
{
	unsigned refused = 0;
	size_t i;

	for (i = 0; i < CLIENTS; i++) {
		clients[i].n = n;
		clients[i].refused = 0;
		assert_int_equal(pthread_create(&clients[i].thread, NULL,
				     client_run, &clients[i]),
		    0);
	}
	for (i = 0; i < CLIENTS; i++)
		pthread_join(clients[i].thread, NULL);
	for (i = 0; i < CLIENTS; i++) {
		refused += clients[i].refused;
		if (clients[i].said[0] != '\0')
			fail_msg("client %zu: %s", i, clients[i].said);
	}
	return refused;
}

/* A right that was refused is not used up; OK, or 503. */
static int
collects(size_t who)
{
	struct api *a = live_api(live);
	struct buf token = { 0 };
	struct why why = { "" };
	int good;

	good = live_collect(live, &space, a, who, &token, &why) == OK;
	if (!good && a->status != 503)
		fail_msg("collecting: %ld, %s", a->status, why.text);
	api_free(a);
	buf_free(&token);
	return good;
}

/* The server's checkpoint continues the one kept, and is kept. */
static void
goes_on(struct buf *kept)
{
	struct why why = { "" };
	struct trust *t;

	if (trust_open(live->url, NULL, buf_slice(kept), &t, &why) != OK)
		fail_msg("%s", why.text);
	kept->n = 0;
	buf_put(kept, trust_note(t).p, trust_note(t).n);
	assert_int_equal(buf_end(kept), OK);
	trust_free(t);
}

/* --- Rounds --------------------------------------------------------------- */

static unsigned
one_round(const struct way *way, unsigned round, struct buf *kept)
{
	uint64_t end = LIVE_FROM + (uint64_t)(round + 1) * LIVE_INTERVAL;
	size_t asker = CLIENTS + round;
	unsigned refused = 0, late;
	int has;

	assert_int_equal(all_cast(3), 0);
	assert_true(collects(asker + rounds));
	way->take(round);
	if (round % 3 == 0) {
		/* The asks are written in order, though no window ended. */
		live_clock(live, end - 50);
		live_nap(400);
		goes_on(kept);
	}
	if (round % 2 == 1)
		refused += all_cast(2);
	has = collects(asker);
	/* The batch of what waits. */
	live_clock(live, end + 10);
	live_nap(600);
	goes_on(kept);
	refused += all_cast(1);
	asks_refused += !has;
	if (!has)
		(void)collects(asker);
	way->give();
	/* Without a restart it either works again or still says no. */
	late = all_cast(1);
	goes_on(kept);
	if (round % 3 == 2)
		live_kill(live);
	else
		assert_int_equal(live_stop(live), 0);
	assert_true(live_doctor(live));
	live_start(live);
	goes_on(kept);
	assert_true(collects(asker));
	print_message("round %u: %u refused, then %u\n", round, refused, late);
	return refused;
}

static void
all_are_in_the_log(void)
{
	struct hash *log;
	uint64_t n;
	size_t i, k, times, all = 0;

	log = live_log(live, &n);
	for (i = 0; i < CLIENTS; i++) {
		for (k = 0; k < clients[i].n_leaves; k++) {
			(void)live_find(log, n, &clients[i].leaf[k], &times);
			assert_int_equal(times, 1);
		}
		all += clients[i].n_leaves;
	}
	print_message("%zu records acknowledged, all in the log\n", all);
	free(log);
}

/* A sentence for the administrator: which file, what to do. */
static void
it_said_what_to_do(void)
{
	struct buf said = { 0 };
	struct why why = { "" };

	assert_int_equal(file_read(live->said, SAID_MAX, &said, &why), OK);
	assert_non_null(buf_text(&said));
	assert_non_null(strstr((const char *)said.p, "make room"));
	assert_non_null(
	    strstr((const char *)said.p, "nothing is accepted until"));
	buf_free(&said);
}

static void
play(const struct way *way)
{
	struct buf kept = { 0 };
	unsigned i, refused = 0;

	asks_refused = 0;
	live_clock(live, LIVE_FROM + 10);
	for (i = 0; i < CLIENTS; i++) {
		struct why why = { "" };
		struct client *c = &clients[i];

		memset(c, 0, sizeof(*c));
		c->who = i;
		c->api = live_api(live);
		assert_int_equal(
		    live_collect(live, &space, c->api, i, &c->token, &why), OK);
	}
	goes_on(&kept);
	for (i = 0; i < rounds; i++)
		refused += one_round(way, i, &kept);
	assert_true(refused > 0 && asks_refused > 0);
	assert_int_equal(all_cast(1), 0);
	live_clock(live, SPACE_END);
	assert_int_equal(live_close(live, &space), 0);
	goes_on(&kept);
	all_are_in_the_log();
	assert_true(live_audit(live));
	it_said_what_to_do();
	for (i = 0; i < CLIENTS; i++) {
		api_free(clients[i].api);
		buf_free(&clients[i].token);
		buf_free(&clients[i].record);
		free(clients[i].leaf);
	}
	buf_free(&kept);
}

static void
begin(void)
{
	live = live_new(CLIENTS + (size_t)2 * rounds);
	assert_int_equal(live_stop(live), 0);
	(void)snprintf(
	    live->said, sizeof(live->said), "%.400s/said", live->root);
}

static void
finish(void)
{
	live_space_free(&space);
	live_free(live);
}

/* --- No file may grow, or be written to at all ---------------------------- */

static void
limit(rlim_t to)
{
	struct rlimit r;

	assert_int_equal(prlimit(live->server.pid, RLIMIT_FSIZE, NULL, &r), 0);
	r.rlim_cur = to;
	assert_int_equal(prlimit(live->server.pid, RLIMIT_FSIZE, &r, NULL), 0);
}

/* From nothing at all to what only the largest file needs more of. */
static void
take_writing(unsigned round)
{
	struct snapshot f;
	size_t i, largest = 0;

	snapshot_read(live->data, &f);
	for (i = 0; i < f.n; i++)
		if (f.file[i].bytes.n > largest)
			largest = f.file[i].bytes.n;
	snapshot_free(&f);
	limit((rlim_t)(largest * round / rounds));
}

static void
give_writing(void)
{
	limit(RLIM_INFINITY);
}

static void
files_that_take_nothing_cost_nothing_acknowledged(void **state)
{
	static const struct way way = { take_writing, give_writing };

	(void)state;
	/* A program is otherwise ended by what is an error to it here. */
	(void)signal(SIGXFSZ, SIG_IGN);
	begin();
	live_start(live);
	live_space(live, "pieno", SPACE_END, &space);
	play(&way);
	finish();
	(void)signal(SIGXFSZ, SIG_DFL);
}

/* --- A small disk --------------------------------------------------------- */

static void
take_room(unsigned round)
{
	static const char zeros[4096];
	off_t n = 0, keep = ROOM * (off_t)round / (off_t)rounds;
	int fd = open(ballast, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	while (write(fd, zeros, sizeof(zeros)) == (ssize_t)sizeof(zeros))
		n += (off_t)sizeof(zeros);
	assert_int_equal(ftruncate(fd, n > keep ? n - keep : 0), 0);
	assert_int_equal(close(fd), 0);
}

static void
give_room(void)
{
	assert_int_equal(unlink(ballast), 0);
}

static void
a_full_disk_costs_nothing_acknowledged(void **state)
{
	static const struct way way = { take_room, give_room };
	char data[DATADIR_PATH];

	(void)state;
	begin();
	(void)snprintf(disk, sizeof(disk), "%.400s/disk", live->root);
	assert_int_equal(mkdir(disk, 0700), 0);
	if (mount("none", disk, "tmpfs", 0, DISK) != 0) {
		print_message("skipped: no right to mount a small disk\n");
		live_free(live);
		skip();
	}
	mounted = 1;
	(void)snprintf(ballast, sizeof(ballast), "%.400s/ballast", disk);
	(void)snprintf(data, sizeof(data), "%.400s/data", disk);
	snapshot_copy(live->data, data);
	(void)snprintf(live->data, sizeof(live->data), "%s", data);
	live_start(live);
	live_space(live, "pieno", SPACE_END, &space);
	play(&way);
	assert_int_equal(live_stop(live), 0);
	assert_true(live_doctor(live));
	/* forge_clean cannot remove where something is mounted. */
	assert_int_equal(umount2(disk, MNT_DETACH), 0);
	mounted = 0;
	finish();
}

/* Also after a failure.  Lazily, because its server may still run. */
static int
unmount(void **state)
{
	(void)state;
	if (mounted && umount2(disk, MNT_DETACH) != 0)
		return -1;
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    files_that_take_nothing_cost_nothing_acknowledged),
		cmocka_unit_test_teardown(
		    a_full_disk_costs_nothing_acknowledged, unmount),
	};
	const char *more = getenv("FULL_ROUNDS");

	if (more != NULL && *more != '\0')
		rounds = (unsigned)strtoul(more, NULL, 10);
	if (rounds < 3 || rounds > ROUNDS_MAX)
		rounds = ROUNDS;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
