/* Casting, batches, settling, and what they cost. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "datadir.h"

#define THREADS 64

static enum store_cast_outcome
cast(struct store *s, uint64_t who, uint32_t seq, uint32_t vote,
    uint64_t window_in, uint64_t *window_out)
{
	enum store_cast_outcome o;
	struct synth y;

	synth_make(&y, 0, who, seq, vote);
	o = synth_cast(s, &y, &window_in);
	if (window_out != NULL)
		*window_out = window_in;
	return o;
}

/* Looking without casting finds the same. */
static void
check_find(struct store *s, uint64_t who, uint32_t seq, uint32_t vote,
    enum store_cast_outcome outcome)
{
	struct store_cast job = { 0 };
	struct synth y;

	synth_make(&y, 0, who, seq, vote);
	job.record = &y.record;
	job.leaf = y.leaf;
	if (outcome == STORE_CAST_NEW || outcome == STORE_CAST_GAP) {
		assert_int_equal(store_cast_find(s, &job), ERR_NOT_FOUND);
		return;
	}
	assert_int_equal(store_cast_find(s, &job), OK);
	assert_int_equal(job.outcome, outcome);
	if (outcome == STORE_CAST_REPEAT)
		assert_int_equal(job.window_end, seq == 0 ? 100 : 200);
}

/* Two records of one credential and one of another are in: how is what
   follows judged?  The same before the batch, after it, and after settling. */
static void
check_judgement(struct store *s, uint32_t next)
{
	uint64_t window;

	assert_int_equal(cast(s, 1, 0, 7, 500, &window), STORE_CAST_REPEAT);
	assert_int_equal(window, 100);
	assert_int_equal(cast(s, 1, 1, 8, 500, &window), STORE_CAST_REPEAT);
	assert_int_equal(window, 200);
	assert_int_equal(cast(s, 2, 0, 9, 500, &window), STORE_CAST_REPEAT);
	assert_int_equal(window, 200);
	assert_int_equal(cast(s, 1, 0, 6, 500, &window), STORE_CAST_CONFLICT);
	assert_int_equal(window, 500);
	assert_int_equal(cast(s, 1, 1, 7, 500, NULL), STORE_CAST_CONFLICT);
	assert_int_equal(cast(s, 1, next + 1, 1, 500, NULL), STORE_CAST_GAP);
	assert_int_equal(cast(s, 1, UINT32_MAX, 1, 500, NULL), STORE_CAST_GAP);
	assert_int_equal(cast(s, 3, 1, 1, 500, NULL), STORE_CAST_GAP);
	check_find(s, 1, 0, 7, STORE_CAST_REPEAT);
	check_find(s, 1, 1, 8, STORE_CAST_REPEAT);
	check_find(s, 1, 1, 9, STORE_CAST_CONFLICT);
	check_find(s, 1, next, 1, STORE_CAST_NEW);
	check_find(s, 1, next + 1, 1, STORE_CAST_GAP);
	check_find(s, 3, 0, 1, STORE_CAST_NEW);
}

/* The clock was set back between the two: the log has them in order. */
static void
a_later_number_never_comes_into_an_earlier_window(void **state)
{
	char dir[DATADIR_PATH];
	struct store *s;
	uint64_t window;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	assert_int_equal(cast(s, 1, 0, 7, 200, &window), STORE_CAST_NEW);
	assert_int_equal(cast(s, 1, 1, 8, 100, &window), STORE_CAST_NEW);
	assert_int_equal(window, 200);
	assert_int_equal(cast(s, 1, 1, 8, 100, &window), STORE_CAST_REPEAT);
	assert_int_equal(window, 200);
	assert_int_equal(cast(s, 1, 2, 9, 300, &window), STORE_CAST_NEW);
	assert_int_equal(window, 300);
	assert_int_equal(cast(s, 1, 4, 9, 100, &window), STORE_CAST_GAP);
	assert_int_equal(window, 100);
	/* Others are where they were. */
	assert_int_equal(cast(s, 2, 0, 7, 100, &window), STORE_CAST_NEW);
	assert_int_equal(window, 100);
	store_close(s);
	datadir_remove(dir);
}

static void
judges_new_repeat_conflict_and_gap_wherever_the_record_is(void **state)
{
	char dir[DATADIR_PATH];
	struct store *s;
	uint32_t records, credentials;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	synth_header(s, 0);
	assert_int_equal(cast(s, 1, 0, 7, 100, NULL), STORE_CAST_NEW);
	assert_int_equal(cast(s, 1, 1, 8, 200, NULL), STORE_CAST_NEW);
	assert_int_equal(cast(s, 2, 0, 9, 200, NULL), STORE_CAST_NEW);
	check_judgement(s, 2);
	assert_int_equal(store_waiting_count(s, 0), 3);
	assert_int_equal(synth_batch(s, 0, 100), 1);
	check_judgement(s, 2);
	assert_int_equal(store_settle(s), OK);
	assert_int_equal(store_waiting_count(s, 0), 2);
	check_judgement(s, 2);
	store_close(s);
	s = datadir_open(dir);
	check_judgement(s, 2);
	assert_int_equal(synth_batch(s, 0, 200), 2);
	check_judgement(s, 2);
	assert_int_equal(store_settle(s), OK);
	check_judgement(s, 2);
	assert_int_equal(cast(s, 1, 2, 1, 300, NULL), STORE_CAST_NEW);
	check_judgement(s, 3);
	assert_int_equal(store_waiting_count(s, 0), 1);
	assert_int_equal(store_waiting_count(s, 1), 0);
	assert_int_equal(
	    store_credentials(s, 0, PURPOSE_VOTE, &records, &credentials), OK);
	assert_int_equal(records, 3);
	assert_int_equal(credentials, 2);
	assert_int_equal(
	    store_credentials(s, 0, PURPOSE_VOICE, &records, &credentials), OK);
	assert_int_equal(records, 0);
	assert_int_equal(credentials, 0);
	assert_true(datadir_sound(s));
	store_close(s);
	datadir_remove(dir);
}

static void
judges_the_jobs_of_one_group_in_their_order(void **state)
{
	static const struct {
		uint64_t who;
		uint32_t seq, vote;
		enum store_cast_outcome outcome;
	} row[] = {
		{ 1, 0, 1, STORE_CAST_NEW },
		{ 1, 0, 1, STORE_CAST_REPEAT },
		{ 1, 0, 2, STORE_CAST_CONFLICT },
		{ 1, 2, 1, STORE_CAST_GAP },
		{ 1, 1, 1, STORE_CAST_NEW },
		{ 1, 2, 1, STORE_CAST_NEW },
		{ 2, 1, 1, STORE_CAST_GAP },
	};
	enum { N = sizeof(row) / sizeof(*row) };
	struct synth y[N];
	struct store_cast jobs[N] = { 0 };
	char dir[DATADIR_PATH];
	struct store *s;
	size_t i;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	for (i = 0; i < N; i++) {
		synth_make(&y[i], 0, row[i].who, row[i].seq, row[i].vote);
		jobs[i].record = &y[i].record;
		jobs[i].leaf = y[i].leaf;
		jobs[i].window_end = 50;
	}
	assert_int_equal(store_cast(s, jobs, N), OK);
	for (i = 0; i < N; i++)
		assert_int_equal(jobs[i].outcome, row[i].outcome);
	assert_int_equal(store_waiting_count(s, 0), 3);
	store_close(s);
	datadir_remove(dir);
}

/* A record whose key begins with the same eight bytes as another's. */
static void
twin(struct synth *y, const struct synth *of, uint32_t seq, uint32_t vote)
{
	synth_make(y, of->space_no, 77, seq, vote);
	memcpy(y->entry + 69, of->record.pk.b, 8);
	assert_int_equal(record_parse(slice_of(y->entry + 2, y->n - 2),
			     seq == 0, &y->record),
	    OK);
	hash_leaf(slice_of(y->entry, y->n), &y->leaf);
}

static void
tells_keys_with_equal_beginnings_apart(void **state)
{
	char dir[DATADIR_PATH];
	struct synth a, b, c;
	struct store *s;
	uint64_t w = 10;
	uint32_t records, credentials;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	synth_header(s, 0);
	synth_make(&a, 0, 5, 0, 1);
	twin(&b, &a, 0, 2);
	assert_int_equal(synth_cast(s, &a, &w), STORE_CAST_NEW);
	assert_int_equal(synth_batch(s, 0, 10), 1);
	assert_int_equal(store_settle(s), OK);
	twin(&c, &a, 1, 2);
	assert_int_equal(synth_cast(s, &c, &w), STORE_CAST_GAP);
	assert_int_equal(synth_cast(s, &b, &w), STORE_CAST_NEW);
	assert_int_equal(synth_cast(s, &c, &w), STORE_CAST_NEW);
	assert_int_equal(synth_batch(s, 0, 10), 2);
	assert_int_equal(store_settle(s), OK);
	assert_int_equal(store_waiting_count(s, 0), 0);
	assert_int_equal(synth_cast(s, &a, &w), STORE_CAST_REPEAT);
	assert_int_equal(synth_cast(s, &b, &w), STORE_CAST_REPEAT);
	assert_int_equal(synth_cast(s, &c, &w), STORE_CAST_REPEAT);
	synth_make(&c, 0, 5, 1, 9);
	assert_int_equal(synth_cast(s, &c, &w), STORE_CAST_NEW);
	assert_int_equal(
	    store_credentials(s, 0, PURPOSE_VOTE, &records, &credentials), OK);
	assert_int_equal(records, 3);
	assert_int_equal(credentials, 2);
	assert_true(datadir_sound(s));
	store_close(s);
	datadir_remove(dir);
}

static void
lists_what_waits_by_window_seq_and_leaf(void **state)
{
	char dir[DATADIR_PATH];
	struct store_waiting *list = NULL;
	struct store *s;
	struct synth y;
	uint64_t i, w;
	size_t n = 0;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	for (i = 0; i < 200; i++)
		assert_int_equal(
		    cast(s, i, 0, 1, i % 2 ? 20 : 10, NULL), STORE_CAST_NEW);
	for (i = 0; i < 200; i++)
		assert_int_equal(
		    cast(s, i, 1, 1, i % 3 ? 20 : 30, NULL), STORE_CAST_NEW);
	w = 10;
	synth_make(&y, 1, 1, 0, 1);
	assert_int_equal(synth_cast(s, &y, &w), STORE_CAST_NEW);
	assert_int_equal(store_waiting(s, 0, 9, &list, &n), OK);
	assert_int_equal(n, 0);
	free(list);
	assert_int_equal(store_waiting(s, 0, 20, &list, &n), OK);
	assert_int_equal(n, 200 + 133);
	for (i = 1; i < n; i++) {
		assert_true(list[i - 1].window_end <= list[i].window_end);
		if (list[i - 1].window_end != list[i].window_end)
			continue;
		assert_true(list[i - 1].seq <= list[i].seq);
		if (list[i - 1].seq == list[i].seq)
			assert_true(
			    hash_cmp(&list[i - 1].leaf, &list[i].leaf) < 0);
	}
	free(list);
	assert_int_equal(store_waiting(s, 1, 10, &list, &n), OK);
	assert_int_equal(n, 1);
	assert_true(hash_equal(&list[0].leaf, &y.leaf));
	assert_true(slice_equal(list[0].raw, y.record.raw));
	free(list);
	assert_int_equal(store_waiting_count(s, 0), 400);
	assert_int_equal(store_waiting_count(s, 1), 1);
	store_close(s);
	datadir_remove(dir);
}

static void
settles_after_a_crash_between_batch_and_settling(void **state)
{
	char dir[DATADIR_PATH], copy[DATADIR_PATH];
	struct store *s;
	uint64_t i;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	synth_header(s, 0);
	for (i = 0; i < 50; i++)
		assert_int_equal(
		    cast(s, i, 0, 1, i < 40 ? 10 : 20, NULL), STORE_CAST_NEW);
	assert_int_equal(synth_batch(s, 0, 10), 40);
	store_close(s);
	datadir_copy(dir, copy);
	s = datadir_open(copy);
	assert_int_equal(store_waiting_count(s, 0), 50);
	assert_true(datadir_sound(s));
	assert_int_equal(store_settle(s), OK);
	assert_int_equal(store_waiting_count(s, 0), 10);
	assert_int_equal(store_settle(s), OK);
	assert_int_equal(store_waiting_count(s, 0), 10);
	assert_true(datadir_sound(s));
	assert_int_equal(synth_batch(s, 0, 20), 10);
	assert_int_equal(store_settle(s), OK);
	assert_int_equal(store_waiting_count(s, 0), 0);
	assert_true(datadir_sound(s));
	store_close(s);
	datadir_remove(dir);
	datadir_remove(copy);
}

/* Cast, batch and settle for ever, and say which records are in. */
static void
cast_until_killed(const char *dir, uint64_t who, int fd)
{
	struct store *s = datadir_open(dir);

	for (;; who++) {
		if (cast(s, who, 0, 1, 10, NULL) != STORE_CAST_NEW ||
		    write(fd, &who, sizeof(who)) != (ssize_t)sizeof(who))
			_exit(1);
		if (who % 16 != 15)
			continue;
		(void)synth_batch(s, 0, 10);
		if (store_settle(s) != OK)
			_exit(1);
	}
}

static void
what_was_reported_survives_a_kill(void **state)
{
	struct timespec pause = { 0, 0 };
	char dir[DATADIR_PATH];
	uint64_t next = 0, who, w;
	int round, fd[2], status;
	struct store *s;
	struct synth y;
	pid_t pid;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	synth_header(s, 0);
	store_close(s);
	/* A slow machine may need more rounds to get anything in. */
	for (round = 0; round < 20 || (next <= 40 && round < 500); round++) {
		assert_int_equal(pipe(fd), 0);
		(void)fflush(NULL);
		pid = fork();
		if (pid == 0)
			cast_until_killed(dir, next, fd[1]);
		assert_true(pid > 0);
		(void)close(fd[1]);
		pause.tv_nsec = 5000000L + 1700000L * round;
		(void)nanosleep(&pause, NULL);
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		s = datadir_open(dir);
		while (read(fd[0], &who, sizeof(who)) == (ssize_t)sizeof(who)) {
			w = 99;
			synth_make(&y, 0, who, 0, 1);
			assert_int_equal(
			    synth_cast(s, &y, &w), STORE_CAST_REPEAT);
			assert_int_equal(w, 10);
			next = who + 1;
		}
		(void)close(fd[0]);
		/* One more may be in that was not reported any more. */
		w = 10;
		synth_make(&y, 0, next++, 0, 1);
		(void)synth_cast(s, &y, &w);
		assert_int_equal(store_settle(s), OK);
		assert_true(datadir_sound(s));
		store_close(s);
	}
	assert_true(next > 40);
	datadir_remove(dir);
}

/* --- Threads -------------------------------------------------------------- */

struct caster {
	struct store *s;
	struct synth y;
	enum store_cast_outcome outcome;
	pthread_t thread;
};

static void *
cast_one(void *cookie)
{
	struct caster *c = cookie;
	uint64_t window = 10;

	c->outcome = synth_cast(c->s, &c->y, &window);
	return NULL;
}

static void
check_race(struct store *s, uint64_t who, int same)
{
	static struct caster c[THREADS];
	unsigned count[4] = { 0 };
	uint32_t i;

	for (i = 0; i < THREADS; i++) {
		c[i].s = s;
		synth_make(&c[i].y, 0, who, 0, same ? 1 : i);
	}
	for (i = 0; i < THREADS; i++)
		assert_int_equal(
		    pthread_create(&c[i].thread, NULL, cast_one, &c[i]), 0);
	for (i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(c[i].thread, NULL), 0);
		count[c[i].outcome]++;
	}
	assert_int_equal(count[STORE_CAST_NEW], 1);
	assert_int_equal(
	    count[same ? STORE_CAST_REPEAT : STORE_CAST_CONFLICT], THREADS - 1);
}

static void *
batch_and_settle(void *cookie)
{
	struct store *s = cookie;
	int i;

	for (i = 0; i < 40; i++) {
		(void)synth_batch(s, 0, 10);
		if (store_settle(s) != OK)
			return s;
	}
	return NULL;
}

static void
of_64_threads_one_gets_its_record_in(void **state)
{
	char dir[DATADIR_PATH];
	uint32_t records, credentials;
	pthread_t thread;
	struct store *s;
	uint64_t who;
	void *bad;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	synth_header(s, 0);
	/* While batches are made and the waiting file is replaced. */
	assert_int_equal(pthread_create(&thread, NULL, batch_and_settle, s), 0);
	for (who = 0; who < 10; who++)
		check_race(s, who, who % 2 == 0);
	assert_int_equal(pthread_join(thread, &bad), 0);
	assert_null(bad);
	(void)synth_batch(s, 0, 10);
	assert_int_equal(store_settle(s), OK);
	assert_int_equal(store_waiting_count(s, 0), 0);
	assert_int_equal(
	    store_credentials(s, 0, PURPOSE_VOTE, &records, &credentials), OK);
	assert_int_equal(records, 10);
	assert_int_equal(credentials, 10);
	assert_true(datadir_sound(s));
	store_close(s);
	datadir_remove(dir);
}

/* --- No memory of order --------------------------------------------------- */

/* Cast [from, to) in some order, in groups of some size. */
static void
cast_in_order(
    struct store *s, uint64_t from, uint64_t to, uint64_t stride, size_t group)
{
	struct synth *y = calloc(group, sizeof(*y));
	struct store_cast *jobs = calloc(group, sizeof(*jobs));
	uint64_t n = to - from, i;
	size_t k = 0;

	assert_non_null(y);
	assert_non_null(jobs);
	for (i = 0; i < n; i++) {
		synth_make(&y[k], 0, from + i * stride % n, 0, 1);
		jobs[k].space_no = 0;
		jobs[k].record = &y[k].record;
		jobs[k].leaf = y[k].leaf;
		jobs[k].window_end = to;
		if (++k < group && i + 1 < n)
			continue;
		assert_int_equal(store_cast(s, jobs, k), OK);
		k = 0;
	}
	free(y);
	free(jobs);
}

static void
ask_in_order(struct store *s, uint64_t n, uint64_t stride)
{
	struct store_issue job;
	uint64_t i;

	for (i = 0; i < n; i++) {
		memset(&job, 0, sizeof(job));
		job.purpose = PURPOSE_VOTE;
		store64(job.line.b, i * stride % n + 1);
		job.roll_pk = job.line;
		store64(job.blinded.b, (i * stride % n) * 7919 + 5);
		assert_int_equal(store_issue(s, &job, 1), OK);
		assert_int_equal(job.outcome, STORE_ISSUE_NEW);
	}
}

/* Whether a file is the same after asks in two orders, written anew or not. */
static int
asks_leave_the_same(int tidy)
{
	char dir[2][DATADIR_PATH];
	struct buf b[2] = { 0 };
	struct store *s;
	int i, same;

	for (i = 0; i < 2; i++) {
		datadir_new(dir[i]);
		s = datadir_make(dir[i]);
		ask_in_order(s, 300, i == 0 ? 1 : 7);
		if (tidy)
			assert_int_equal(store_issue_tidy(s), OK);
		store_close(s);
		datadir_read(dir[i], "issue.mdb", &b[i]);
		datadir_remove(dir[i]);
	}
	same = slice_equal(buf_slice(&b[0]), buf_slice(&b[1]));
	buf_free(&b[0]);
	buf_free(&b[1]);
	return same;
}

static void
only_writing_anew_makes_a_file_forget_the_order(void **state)
{
	(void)state;
	assert_false(asks_leave_the_same(0));
	assert_true(asks_leave_the_same(1));
}

static void
run_in_order(struct store *s, uint64_t stride, size_t group)
{
	synth_header(s, 0);
	ask_in_order(s, 300, stride);
	assert_int_equal(store_issue_tidy(s), OK);
	cast_in_order(s, 0, 500, stride, group);
	assert_int_equal(synth_batch(s, 0, 500), 500);
	assert_int_equal(store_settle(s), OK);
	/* Two windows wait at once, the second stays. */
	cast_in_order(s, 500, 900, stride, group);
	cast_in_order(s, 900, 1100, stride, group);
	assert_int_equal(synth_batch(s, 0, 900), 400);
	assert_int_equal(store_settle(s), OK);
}

static void
the_files_do_not_remember_who_came_first(void **state)
{
	static const char *const files[] = { "log.mdb", "cast.mdb", "issue.mdb",
		"log/entries", "log/offsets", "log/level-0", "log/level-1" };
	char one[DATADIR_PATH], two[DATADIR_PATH];
	struct buf a = { 0 }, b = { 0 };
	struct store *s;
	size_t i;

	(void)state;
	datadir_new(one);
	datadir_new(two);
	s = datadir_make(one);
	run_in_order(s, 1, 1);
	store_close(s);
	s = datadir_make(two);
	run_in_order(s, 7, 64);
	assert_true(datadir_sound(s));
	store_close(s);
	for (i = 0; i < sizeof(files) / sizeof(*files); i++) {
		a.n = b.n = 0;
		datadir_read(one, files[i], &a);
		datadir_read(two, files[i], &b);
		if (!slice_equal(buf_slice(&a), buf_slice(&b)))
			fail_msg("%s depends on the order", files[i]);
	}
	buf_free(&a);
	buf_free(&b);
	datadir_remove(one);
	datadir_remove(two);
}

static void
a_record_that_left_the_waiting_file_left_no_bytes_there(void **state)
{
	char dir[DATADIR_PATH];
	struct buf b = { 0 };
	struct store *s;
	struct synth y;
	size_t i;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	cast_in_order(s, 0, 100, 1, 10);
	assert_int_equal(synth_batch(s, 0, 100), 100);
	assert_int_equal(store_settle(s), OK);
	synth_make(&y, 0, 17, 0, 1);
	datadir_read(dir, "cast.mdb", &b);
	for (i = 0; i + 32 <= b.n; i++)
		assert_memory_not_equal(b.p + i, y.record.pk.b, 32);
	buf_free(&b);
	store_close(s);
	datadir_remove(dir);
}

/* --- Costs ---------------------------------------------------------------- */

static uint64_t
file_bytes(const char *dir, const char *name)
{
	char path[2 * DATADIR_PATH];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(stat(path, &st), 0);
	return (uint64_t)st.st_size;
}

static double
disk_ratio(uint64_t records, uint64_t batches)
{
	static const char *const files[] = { "log/entries", "log/offsets",
		"log/level-0", "log/level-1", "log/level-2", "log.mdb",
		"cast.mdb" };
	char dir[DATADIR_PATH];
	uint64_t each = records / batches, i, sum = 0;
	struct store *s;
	struct synth y;
	size_t f;

	datadir_new(dir);
	s = datadir_make(dir);
	for (i = 0; i < batches; i++) {
		cast_in_order(s, i * each, (i + 1) * each, 1, 64);
		assert_int_equal(synth_batch(s, 0, (i + 1) * each), each);
		assert_int_equal(store_settle(s), OK);
	}
	store_close(s);
	synth_make(&y, 0, 0, 0, 0);
	for (f = 0; f < sizeof(files) / sizeof(*files); f++)
		sum += file_bytes(dir, files[f]);
	print_message("disk: %llu records in %llu batches: %.3f of their "
		      "bytes (log.mdb %llu, cast.mdb %llu bytes)\n",
	    (unsigned long long)records, (unsigned long long)batches,
	    (double)sum / (double)(records * (y.n - 2)),
	    (unsigned long long)file_bytes(dir, "log.mdb"),
	    (unsigned long long)file_bytes(dir, "cast.mdb"));
	datadir_remove(dir);
	return (double)sum / (double)(records * (y.n - 2));
}

static void
takes_at_most_four_tenths_more_than_the_records(void **state)
{
	(void)state;
	assert_true(disk_ratio(10000, 1) <= 1.4);
	assert_true(disk_ratio(10000, 10) <= 1.4);
	assert_true(disk_ratio(10000, 100) <= 1.4);
}

static double
cpu_seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
an_append_costs_the_same_in_a_long_log(void **state)
{
	char dir[DATADIR_PATH];
	uint64_t at = 0, size, next = 1000;
	double start, first = 0, cost = 0;
	struct store *s;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	synth_header(s, 0);
	for (size = 1000; size <= 100000; size *= 10) {
		while (at < size - 1000) {
			next =
			    size - 1000 - at > 10000 ? at + 10000 : size - 1000;
			cast_in_order(s, at, next, 1, 1000);
			(void)synth_batch(s, 0, next);
			assert_int_equal(store_settle(s), OK);
			at = next;
		}
		cast_in_order(s, at, size, 1, 1000);
		start = cpu_seconds();
		(void)synth_batch(s, 0, size);
		assert_int_equal(store_settle(s), OK);
		cost = (cpu_seconds() - start) / 1000 * 1e6;
		at = size;
		if (first == 0)
			first = cost;
		print_message("append and settle: %.1f us of CPU per record "
			      "at %llu entries\n",
		    cost, (unsigned long long)size);
	}
	/* The tables are trees: some levels more, no more than that. */
	assert_true(cost < 4 * first + 10);
	start = cpu_seconds();
	cast_in_order(s, at, at + 6400, 1, 64);
	print_message("cast: %.1f us of CPU per record in groups of 64\n",
	    (cpu_seconds() - start) / 6400 * 1e6);
	start = cpu_seconds();
	assert_true(datadir_sound(s));
	print_message("doctor: %.1f s\n", cpu_seconds() - start);
	store_close(s);
	datadir_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    judges_new_repeat_conflict_and_gap_wherever_the_record_is),
		cmocka_unit_test(
		    a_later_number_never_comes_into_an_earlier_window),
		cmocka_unit_test(judges_the_jobs_of_one_group_in_their_order),
		cmocka_unit_test(tells_keys_with_equal_beginnings_apart),
		cmocka_unit_test(lists_what_waits_by_window_seq_and_leaf),
		cmocka_unit_test(
		    settles_after_a_crash_between_batch_and_settling),
		cmocka_unit_test(what_was_reported_survives_a_kill),
		cmocka_unit_test(of_64_threads_one_gets_its_record_in),
		cmocka_unit_test(
		    only_writing_anew_makes_a_file_forget_the_order),
		cmocka_unit_test(the_files_do_not_remember_who_came_first),
		cmocka_unit_test(
		    a_record_that_left_the_waiting_file_left_no_bytes_there),
		cmocka_unit_test(
		    takes_at_most_four_tenths_more_than_the_records),
		cmocka_unit_test(an_append_costs_the_same_in_a_long_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
