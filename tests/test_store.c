/* The folder, the log, and what a crash leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#include <cmocka.h>

#include "datadir.h"

static void
write_text(const char *dir, const char *name, const char *text)
{
	char path[2 * DATADIR_PATH];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* Append ${n} entries that are no records, in steps of ${step}. */
static void
fill(struct store *s, size_t n, size_t step, uint32_t first)
{
	struct store_item *items = calloc(step, sizeof(*items));
	uint8_t(*bytes)[40] = calloc(step, sizeof(*bytes));
	size_t done, i;

	assert_non_null(items);
	assert_non_null(bytes);
	for (done = 0; done < n; done += step) {
		if (step > n - done)
			step = n - done;
		for (i = 0; i < step; i++) {
			bytes[i][0] = 99;
			store32(bytes[i] + 1, first + (uint32_t)(done + i));
			items[i].entry =
			    slice_of(bytes[i], 5 + (done + i) % 35);
			hash_leaf(items[i].entry, &items[i].leaf);
		}
		assert_int_equal(store_append(s, items, step), OK);
	}
	free(items);
	free(bytes);
}

static void
root_of(struct store *s, uint64_t *size, struct hash *root)
{
	struct merkle m;

	store_tree(s, &m);
	*size = m.size;
	merkle_root(&m, root);
}

static enum err
refused(const char *dir, int create, const char *word)
{
	struct store *s = NULL;
	struct why why = { "" };
	enum err r = store_open(dir, create, &s, &why);

	assert_int_not_equal(r, OK);
	assert_null(s);
	if (strstr(why.text, word) == NULL)
		fail_msg("no \"%s\" in: %s", word, why.text);
	return r;
}

static void
makes_a_folder_once_and_finds_it_again(void **state)
{
	char dir[DATADIR_PATH];
	struct store *s;
	struct hash a, b;
	uint64_t n;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	root_of(s, &n, &a);
	assert_int_equal(n, 0);
	fill(s, 5, 5, 0);
	root_of(s, &n, &a);
	store_close(s);
	assert_int_equal(refused(dir, 1, "is there already"), ERR_CONFLICT);
	s = datadir_open(dir);
	root_of(s, &n, &b);
	assert_int_equal(n, 5);
	assert_true(hash_equal(&a, &b));
	store_close(s);
	datadir_remove(dir);
}

static void
refuses_what_is_no_data_folder_of_this_version(void **state)
{
	char dir[DATADIR_PATH];

	(void)state;
	datadir_new(dir);
	assert_int_equal(refused(dir, 0, "partecipa init"), ERR_NOT_FOUND);
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(refused(dir, 0, "partecipa init"), ERR_NOT_FOUND);
	write_text(dir, "format", "partecipa data folder 2\n");
	assert_int_equal(refused(dir, 0, "format 2"), ERR_FORMAT);
	write_text(dir, "format", "something else\n");
	assert_int_equal(refused(dir, 0, "does not say"), ERR_FORMAT);
	write_text(dir, "format", "partecipa data folder 1");
	assert_int_equal(refused(dir, 0, "does not say"), ERR_FORMAT);
	datadir_remove(dir);
}

static void
serves_one_process_at_a_time(void **state)
{
	char dir[DATADIR_PATH];
	struct store *s;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	assert_int_equal(refused(dir, 0, "another process"), ERR_CONFLICT);
	store_close(s);
	s = datadir_open(dir);
	store_close(s);
	datadir_remove(dir);
}

static void
says_what_to_do_about_a_folder_it_may_not_write(void **state)
{
	char dir[DATADIR_PATH], place[DATADIR_PATH];
	int status;
	pid_t pid;

	(void)state;
	datadir_new(dir);
	store_close(datadir_make(dir));
	(void)snprintf(place, sizeof(place), "%s", dir);
	*strrchr(place, '/') = '\0';
	assert_int_equal(chmod(place, 0755), 0);
	assert_int_equal(chmod(dir, 0555), 0);
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0) {
		struct store *s = NULL;
		struct why why = { "" };
		char lock[DATADIR_PATH + 8];

		(void)snprintf(lock, sizeof(lock), "%s/format", dir);
		(void)chmod(lock, 0444);
		if (geteuid() == 0 && setuid(65534) != 0)
			_exit(2);
		_exit(store_open(dir, 0, &s, &why) == ERR_IO &&
			      strstr(why.text, "must be writable") != NULL
			  ? 0
			  : 1);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(chmod(dir, 0700), 0);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 2) {
		print_message("skipped: cannot become another user\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
	datadir_remove(dir);
}

static void
check_hash_tiles(struct store *s, uint64_t size)
{
	struct buf b = { 0 };
	struct hash h;
	struct tile t;
	unsigned level, i;

	for (level = 0; tile_count(level, size) > 0; level++) {
		for (t.index = 0; t.index < tile_count(level, size);
		     t.index++) {
			t.level = level;
			t.width = tile_width(level, t.index, size);
			b.n = 0;
			assert_int_equal(store_tile(s, &t, size, &b), OK);
			assert_int_equal(b.n, t.width * HASH_BYTES);
			for (i = 0; i < t.width; i++) {
				assert_int_equal(
				    store_node(s, 8 * level,
					t.index * TILE_WIDTH + i, &h),
				    OK);
				assert_memory_equal(h.b,
				    b.p + (size_t)i * HASH_BYTES, HASH_BYTES);
			}
			t.width++;
			assert_int_equal(
			    store_tile(s, &t, size, &b), ERR_NOT_FOUND);
		}
	}
	buf_free(&b);
}

static void
check_bundles(struct store *s, uint64_t size)
{
	struct buf b = { 0 }, e = { 0 };
	struct cursor c;
	struct hash leaf, h;
	struct tile t = { TILE_LEVEL_ENTRIES, 0, 0 };
	struct slice got;
	uint64_t i;

	for (i = 0; i < size; i++) {
		if (i % TILE_WIDTH == 0) {
			t.index = i / TILE_WIDTH;
			t.width = tile_width(0, t.index, size);
			b.n = 0;
			assert_int_equal(store_tile(s, &t, size, &b), OK);
			c = cursor_of(buf_slice(&b));
		}
		got = cursor_lp(&c);
		e.n = 0;
		assert_int_equal(store_entry(s, i, &e), OK);
		assert_true(slice_equal(got, buf_slice(&e)));
		hash_leaf(got, &leaf);
		assert_int_equal(store_leaf(s, i, &h), OK);
		assert_true(hash_equal(&leaf, &h));
		if ((i + 1) % TILE_WIDTH == 0 || i + 1 == size)
			assert_int_equal(cursor_end(&c), OK);
	}
	assert_int_equal(store_entry(s, size, &e), ERR_NOT_FOUND);
	assert_int_equal(store_leaf(s, size, &h), ERR_NOT_FOUND);
	buf_free(&b);
	buf_free(&e);
}

static void
gives_entries_tiles_and_proofs_of_every_size(void **state)
{
	static const size_t steps[] = { 1, 255, 256, 257, 300 };
	char dir[DATADIR_PATH];
	struct merkle_proof p;
	struct store *s;
	struct hash root, leaf;
	struct merkle m, again;
	uint64_t size, i;
	size_t k;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	for (k = 0; k < sizeof(steps) / sizeof(*steps); k++) {
		fill(s, steps[k], 100, (uint32_t)k << 16);
		root_of(s, &size, &root);
		check_hash_tiles(s, size);
		check_bundles(s, size);
		for (i = 0; i < size; i += 37) {
			assert_int_equal(store_leaf(s, i, &leaf), OK);
			assert_int_equal(
			    merkle_prove_inclusion(i, size, store_node, s, &p),
			    OK);
			assert_int_equal(
			    merkle_verify_inclusion(&leaf, i, size, &p, &root),
			    OK);
		}
		/* A start finds the same right edge. */
		store_tree(s, &m);
		store_close(s);
		s = datadir_open(dir);
		store_tree(s, &again);
		assert_int_equal(m.size, again.size);
		for (i = 0; i < 64; i++) {
			if (m.size >> i & 1)
				assert_true(
				    hash_equal(&m.peaks[i], &again.peaks[i]));
		}
	}
	/* Old and new sizes side by side. */
	check_bundles(s, size);
	check_hash_tiles(s, 300);
	store_close(s);
	datadir_remove(dir);
}

static void
finds_the_entries_that_are_no_records(void **state)
{
	char dir[DATADIR_PATH];
	struct synth y;
	struct store *s;
	uint64_t i, window = 100;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	assert_int_equal(store_special(s, 0, &i), ERR_NOT_FOUND);
	synth_header(s, 0);
	synth_make(&y, 0, 1, 0, 1);
	assert_int_equal(synth_cast(s, &y, &window), STORE_CAST_NEW);
	assert_int_equal(synth_batch(s, 0, 100), 1);
	synth_header(s, 1);
	assert_int_equal(store_special(s, 0, &i), OK);
	assert_int_equal(i, 0);
	assert_int_equal(store_special(s, 1, &i), OK);
	assert_int_equal(i, 1);
	assert_int_equal(store_special(s, 2, &i), OK);
	assert_int_equal(i, 3);
	assert_int_equal(store_special(s, 4, &i), ERR_NOT_FOUND);
	store_close(s);
	datadir_remove(dir);
}

static void
refuses_entries_without_or_with_too_many_bytes(void **state)
{
	static uint8_t bytes[65536];
	char dir[DATADIR_PATH];
	struct store_item item = { 0 };
	struct store *s;
	struct hash root;
	uint64_t size;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	item.entry = slice_of(bytes, 0);
	assert_int_equal(store_append(s, &item, 1), ERR_LIMIT);
	item.entry = slice_of(bytes, 65536);
	assert_int_equal(store_append(s, &item, 1), ERR_LIMIT);
	item.entry = slice_of(bytes, 65535);
	hash_leaf(item.entry, &item.leaf);
	assert_int_equal(store_append(s, &item, 1), OK);
	root_of(s, &size, &root);
	assert_int_equal(size, 1);
	store_close(s);
	datadir_remove(dir);
}

/* --- Crashes -------------------------------------------------------------- */

static const char *const flat_files[] = { "log/entries", "log/offsets",
	"log/level-0", "log/level-1" };

static void
an_append_that_was_not_committed_leaves_no_trace(void **state)
{
	char dir[DATADIR_PATH], before[DATADIR_PATH];
	struct buf a = { 0 }, b = { 0 };
	struct store *s;
	struct hash root, again;
	uint64_t size, n;
	size_t i;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	fill(s, 500, 500, 0);
	root_of(s, &size, &root);
	store_close(s);
	datadir_copy(dir, before);
	s = datadir_open(dir);
	fill(s, 300, 300, 7000);
	store_close(s);
	/* The files of after, the tables of before: the power went in
	   between. */
	for (i = 0; i < 4; i++)
		datadir_copy_file(dir, before, flat_files[i]);
	s = datadir_open(before);
	root_of(s, &n, &again);
	assert_int_equal(n, 500);
	assert_true(hash_equal(&root, &again));
	datadir_read(before, "log/level-0", &a);
	assert_int_equal(a.n, 500 * HASH_BYTES);
	/* And the append, done again, gives the same files. */
	fill(s, 300, 300, 7000);
	store_close(s);
	for (i = 0; i < 4; i++) {
		a.n = b.n = 0;
		datadir_read(dir, flat_files[i], &a);
		datadir_read(before, flat_files[i], &b);
		assert_true(slice_equal(buf_slice(&a), buf_slice(&b)));
	}
	buf_free(&a);
	buf_free(&b);
	datadir_remove(dir);
	datadir_remove(before);
}

static void
refuses_files_that_lost_what_was_committed(void **state)
{
	char dir[DATADIR_PATH], copy[DATADIR_PATH], path[2 * DATADIR_PATH];
	struct store *s;
	struct stat st;
	size_t i;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	fill(s, 300, 300, 0);
	store_close(s);
	for (i = 0; i < 4; i++) {
		datadir_copy(dir, copy);
		(void)snprintf(
		    path, sizeof(path), "%s/%s", copy, flat_files[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(truncate(path, st.st_size - 1), 0);
		assert_int_equal(refused(copy, 0, "backup"), ERR_STATE);
		assert_int_equal(unlink(path), 0);
		assert_int_equal(refused(copy, 0, "backup"), ERR_STATE);
		datadir_remove(copy);
	}
	/* A hash at the right edge. */
	datadir_copy(dir, copy);
	datadir_flip(copy, "log/level-0", 299L * HASH_BYTES);
	assert_int_equal(refused(copy, 0, "backup"), ERR_STATE);
	datadir_remove(copy);
	datadir_copy(dir, copy);
	datadir_flip(copy, "log/level-1", 0);
	assert_int_equal(refused(copy, 0, "backup"), ERR_STATE);
	datadir_remove(copy);
	datadir_remove(dir);
}

static void
a_full_disk_costs_nothing_that_was_there(void **state)
{
	char dir[DATADIR_PATH];
	struct rlimit old, small;
	struct synth y;
	struct store_item item = { 0 };
	struct store_cast job = { 0 };
	struct why why;
	struct store *s;
	struct hash root, again;
	uint64_t size, n, window = 10;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	synth_header(s, 0);
	synth_make(&y, 0, 1, 0, 1);
	assert_int_equal(synth_cast(s, &y, &window), STORE_CAST_NEW);
	root_of(s, &size, &root);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 100;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	item.entry = slice_of(y.entry, y.n);
	item.leaf = y.leaf;
	item.record = &y.record;
	assert_int_equal(store_append(s, &item, 1), ERR_IO);
	store_fault(s, &why);
	assert_non_null(strstr(why.text, "make room"));
	synth_make(&y, 0, 2, 0, 1);
	job.record = &y.record;
	job.leaf = y.leaf;
	job.window_end = 10;
	assert_int_equal(store_cast(s, &job, 1), ERR_IO);
	store_fault(s, &why);
	assert_non_null(strstr(why.text, "make room"));
	assert_int_equal(store_settle(s), ERR_IO);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	root_of(s, &n, &again);
	assert_int_equal(n, size);
	assert_true(hash_equal(&root, &again));
	assert_int_equal(store_waiting_count(s, 0), 1);
	store_close(s);

	s = datadir_open(dir);
	assert_int_equal(store_waiting_count(s, 0), 1);
	assert_int_equal(synth_cast(s, &y, &window), STORE_CAST_NEW);
	assert_int_equal(synth_batch(s, 0, 10), 2);
	assert_int_equal(store_settle(s), OK);
	assert_true(datadir_sound(s));
	store_close(s);
	datadir_remove(dir);
}

/* --- The last signed tree ------------------------------------------------- */

static void
remembers_the_last_signed_tree_in_a_file_of_its_own(void **state)
{
	static const char *const bad[] = { "", "\n", "5\n", "5 ab\n",
		"05 e3b0c44298fc1c149afbf4c8996fb924"
		"27ae41e4649b934ca495991b7852b855\n",
		"5 e3b0c44298fc1c149afbf4c8996fb924"
		"27ae41e4649b934ca495991b7852b855",
		"5 E3b0c44298fc1c149afbf4c8996fb924"
		"27ae41e4649b934ca495991b7852b855\n",
		"5 e3b0c44298fc1c149afbf4c8996fb924"
		"27ae41e4649b934ca495991b7852b855\n\n",
		"-5 e3b0c44298fc1c149afbf4c8996fb924"
		"27ae41e4649b934ca495991b7852b855\n",
		"99999999999999999999 e3b0c44298fc1c149afbf4c8996fb924"
		"27ae41e4649b934ca495991b7852b855\n" };
	char dir[DATADIR_PATH], path[2 * DATADIR_PATH];
	struct hash root, got;
	struct why why;
	uint64_t size = 0;
	size_t i;

	(void)state;
	datadir_new(dir);
	assert_int_equal(mkdir(dir, 0700), 0);
	(void)snprintf(path, sizeof(path), "%s/state", dir);
	assert_int_equal(
	    store_state_get(path, &size, &got, &why), ERR_NOT_FOUND);
	hash_empty(&root);
	assert_int_equal(store_state_put(path, 0, &root), OK);
	assert_int_equal(store_state_put(path, UINT64_MAX, &root), OK);
	assert_int_equal(store_state_get(path, &size, &got, &why), OK);
	assert_true(size == UINT64_MAX);
	assert_true(hash_equal(&root, &got));
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		write_text(dir, "state", bad[i]);
		assert_int_equal(
		    store_state_get(path, &size, &got, &why), ERR_FORMAT);
	}
	(void)snprintf(path, sizeof(path), "%s/none/state", dir);
	assert_int_equal(store_state_put(path, 1, &root), ERR_IO);
	datadir_remove(dir);
}

static void
an_older_copy_is_behind_what_was_signed(void **state)
{
	char dir[DATADIR_PATH], old[DATADIR_PATH], path[2 * DATADIR_PATH];
	struct store *s;
	struct hash root, signed_root;
	struct why why;
	uint64_t size, signed_size;

	(void)state;
	datadir_new(dir);
	s = datadir_make(dir);
	fill(s, 10, 10, 0);
	store_close(s);
	datadir_copy(dir, old);
	(void)snprintf(path, sizeof(path), "%s/state", dir);
	s = datadir_open(dir);
	fill(s, 10, 10, 10);
	root_of(s, &size, &root);
	assert_int_equal(store_state_put(path, size, &root), OK);
	store_close(s);

	s = datadir_open(old);
	root_of(s, &size, &root);
	assert_int_equal(
	    store_state_get(path, &signed_size, &signed_root, &why), OK);
	assert_true(size < signed_size);
	store_close(s);
	datadir_remove(dir);
	datadir_remove(old);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_a_folder_once_and_finds_it_again),
		cmocka_unit_test(
		    refuses_what_is_no_data_folder_of_this_version),
		cmocka_unit_test(serves_one_process_at_a_time),
		cmocka_unit_test(
		    says_what_to_do_about_a_folder_it_may_not_write),
		cmocka_unit_test(gives_entries_tiles_and_proofs_of_every_size),
		cmocka_unit_test(finds_the_entries_that_are_no_records),
		cmocka_unit_test(
		    refuses_entries_without_or_with_too_many_bytes),
		cmocka_unit_test(
		    an_append_that_was_not_committed_leaves_no_trace),
		cmocka_unit_test(refuses_files_that_lost_what_was_committed),
		cmocka_unit_test(a_full_disk_costs_nothing_that_was_there),
		cmocka_unit_test(
		    remembers_the_last_signed_tree_in_a_file_of_its_own),
		cmocka_unit_test(an_older_copy_is_behind_what_was_signed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
