#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admit.h"

#include "vec.h"

#include "forge.h"
#include "live.h"
#include "snapshot.h"

/*
 * Backups that are brought back.  What the file of the last signed tree
 * notices, what only those notice who kept something, and what nobody does
 * (docs/THREATS.md).
 */
#define RESIDENTS 4
#define SPACE_END (LIVE_FROM + (uint64_t)20 * LIVE_INTERVAL)
#define PATH_MAX_CHARS (DATADIR_PATH + 64)
#define OUTPUT_MAX ((size_t)1 << 16)

static struct live *live;
static struct live_space space;
static char backup[PATH_MAX_CHARS];

/* --- What residents do ---------------------------------------------------- */

/* Resident ${who}'s first record, into the log; its receipt is checked. */
static void
vote(size_t who, unsigned mask, uint64_t until, struct hash *leaf)
{
	struct buf token = { 0 }, record = { 0 }, before = { 0 }, after = { 0 };
	struct resident_receipt got = { 0 };
	struct why why = { "" };
	struct api *a = live_api(live);
	int i;

	live_clock(live, until - 10);
	assert_int_equal(api_checkpoint(a, &before, &why), OK);
	assert_int_equal(live_collect(live, &space, a, who, &token, &why), OK);
	live_record(live, &space, who, 0, &token, mask, &record);
	assert_int_equal(resident_send(a, space.header, buf_slice(&record),
			     &live->receipt_key, &got, &why),
	    OK);
	admit_leaf(buf_slice(&record), leaf);
	live_clock(live, until);
	for (i = 0; i < 600; i++) {
		after.n = 0;
		assert_int_equal(api_checkpoint(a, &after, &why), OK);
		if (!slice_equal(buf_slice(&before), buf_slice(&after)))
			break;
		live_nap(100);
	}
	assert_true(i < 600);
	/* What follows a batch. */
	live_nap(300);
	buf_free(&token);
	buf_free(&record);
	buf_free(&before);
	buf_free(&after);
	buf_free(&got.text);
	api_free(a);
}

static void
keep_checkpoint(struct buf *out)
{
	struct api *a = live_api(live);
	struct why why = { "" };

	assert_int_equal(api_checkpoint(a, out, &why), OK);
	api_free(a);
}

/* Does the log continue what somebody kept? */
static enum err
continues(const struct buf *kept)
{
	struct why why = { "" };
	struct trust *t = NULL;
	enum err r;

	r = trust_open(live->url, NULL, buf_slice(kept), &t, &why);
	trust_free(t);
	return r;
}

static int
is_logged(const struct hash *leaf)
{
	struct hash *log;
	uint64_t n;
	size_t times;

	log = live_log(live, &n);
	(void)live_find(log, n, leaf, &times);
	free(log);
	return times > 0;
}

/* --- What the office does ------------------------------------------------- */

static void
back_up(void)
{
	assert_int_equal(live_stop(live), 0);
	snapshot_copy(live->data, backup);
	live_start(live);
}

/* The folder as it was; with the newest ${state} file, if that is kept. */
static void
bring_back(int with_newest_state)
{
	char own[PATH_MAX_CHARS], beside[PATH_MAX_CHARS];

	(void)snprintf(own, sizeof(own), "%s/state", live->data);
	(void)snprintf(beside, sizeof(beside), "%.400s/newest", live->root);
	snapshot_copy(own, beside);
	forge_clean(live->data);
	snapshot_copy(backup, live->data);
	if (with_newest_state) {
		assert_int_equal(unlink(own), 0);
		snapshot_copy(beside, own);
	}
	assert_int_equal(unlink(beside), 0);
}

/* `partecipa serve` ends by itself, with this sentence. */
static void
is_refused(const char *sentence)
{
	const char *b = getenv("B");
	char command[2 * PATH_MAX_CHARS];
	const char *argv[] = { "/bin/sh", "-c", command, NULL };
	struct buf out = { 0 };
	struct why why = { "" };
	struct spawn s;
	int status = 0;

	(void)snprintf(command, sizeof(command),
	    "exec timeout 120 '%.200s/partecipa' serve --dir '%.500s' --port 0 "
	    "2>&1",
	    b != NULL && *b != '\0' ? b : "build", live->data);
	assert_int_equal(spawn_start(argv, &s, &why), OK);
	assert_int_equal(spawn_all(&s, OUTPUT_MAX, &out, &status, &why), OK);
	assert_int_equal(status, 1);
	assert_non_null(buf_text(&out));
	if (strstr((const char *)out.p, sentence) == NULL)
		fail_msg("it said: %s", (const char *)out.p);
	buf_free(&out);
}

/* --- The tests ------------------------------------------------------------ */

static void
an_old_backup_is_refused_and_the_newest_folder_is_not(void **state)
{
	char newest[PATH_MAX_CHARS];
	struct hash leaf;

	(void)state;
	back_up();
	vote(0, 1, LIVE_FROM + LIVE_INTERVAL, &leaf);
	assert_int_equal(live_stop(live), 0);
	(void)snprintf(newest, sizeof(newest), "%.400s/intact", live->root);
	snapshot_copy(live->data, newest);
	bring_back(1);
	is_refused("it is an old copy. Bring back the newest one");
	forge_clean(live->data);
	snapshot_copy(newest, live->data);
	forge_clean(newest);
	live_start(live);
	assert_true(is_logged(&leaf));
}

/*
 * With the state file brought back as well, the server cannot know, and an
 * auditor who comes for the first time finds a log in order.  Whoever kept a
 * checkpoint or a receipt can prove what was taken away.
 */
static void
a_wholly_restored_folder_is_noticed_by_those_who_kept_something(void **state)
{
	struct buf before = { 0 }, kept = { 0 };
	struct hash leaf, other;

	(void)state;
	keep_checkpoint(&before);
	forge_clean(backup);
	back_up();
	vote(1, 1, LIVE_FROM + (uint64_t)2 * LIVE_INTERVAL, &leaf);
	keep_checkpoint(&kept);
	assert_int_equal(live_stop(live), 0);
	bring_back(0);

	live_start(live);
	assert_true(live_audit(live));
	assert_int_equal(continues(&before), OK);
	assert_int_equal(continues(&kept), ERR_SIGNATURE);
	assert_false(is_logged(&leaf));
	/* Grown again, with something else: as many entries, another tree. */
	vote(2, 2, LIVE_FROM + (uint64_t)3 * LIVE_INTERVAL, &other);
	assert_true(live_audit(live));
	assert_int_equal(continues(&before), OK);
	assert_int_equal(continues(&kept), ERR_SIGNATURE);
	assert_false(is_logged(&leaf));
	/* Nobody lost a right: what is sent again is taken again. */
	vote(1, 1, LIVE_FROM + (uint64_t)4 * LIVE_INTERVAL, &other);
	assert_true(hash_equal(&leaf, &other));
	assert_true(is_logged(&leaf));
	buf_free(&before);
	buf_free(&kept);
}

static int
setup(void **state)
{
	(void)state;
	live = live_new(RESIDENTS);
	live_space(live, "ripristino", SPACE_END, &space);
	(void)snprintf(backup, sizeof(backup), "%.400s/backup", live->root);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    an_old_backup_is_refused_and_the_newest_folder_is_not),
		cmocka_unit_test(
		    a_wholly_restored_folder_is_noticed_by_those_who_kept_something),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
