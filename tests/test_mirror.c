#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "folder.h"
#include "forge.h"
#include "mirror.h"

/* Two folders at once: forge_dir has one place only. */
struct dirs {
	char from[300], to[300];
};

static void
make(struct dirs *d)
{
	(void)snprintf(d->from, sizeof(d->from), "%s", forge_dir("mirror"));
	(void)snprintf(d->to, sizeof(d->to), "%s", forge_dir("mirror-copy"));
}

static void
clean(const struct dirs *d)
{
	forge_clean(d->from);
	forge_clean(d->to);
}

static enum err
copy(const struct dirs *d, struct mirror_count *n, struct why *why)
{
	struct source *src = NULL;
	enum err r;

	assert_int_equal(source_open(d->from, &src, why), OK);
	r = mirror_log(src, d->to, n, why);
	source_free(src);
	return r;
}

/* Nonzero iff the copy holds every rule. */
static int
is_sound(const struct dirs *d)
{
	struct replay_options opt = { .keep_going = 1 };
	struct source *src = NULL;
	struct replay *r = NULL;
	struct why why;
	int sound;

	assert_int_equal(source_open(d->to, &src, &why), OK);
	assert_int_equal(replay_log(src, &opt, &r, &why), OK);
	sound = r->n_broken == 0;
	replay_free(r);
	source_free(src);
	return sound;
}

static void
a_copy_is_as_good_as_the_log(void **state)
{
	struct mirror_count n;
	struct dirs d = { { 0 }, { 0 } };
	struct forge *f = forge_new("");
	struct why why;

	(void)state;
	make(&d);
	forge_town(f, d.from);
	assert_int_equal(copy(&d, &n, &why), OK);
	assert_int_equal(n.size, f->n_entries);
	assert_int_equal(n.files, 2);
	/* The content that was erased. */
	assert_int_equal(n.missing, 1);
	assert_true(is_sound(&d));
	/* The partial tiles of the way there are not copied. */
	assert_false(folder_has(d.to, "log/tile/0/000.p/16"));
	assert_int_equal(copy(&d, &n, &why), OK);
	assert_int_equal(n.files, 0);
	assert_int_equal(n.objects, 0);
	clean(&d);
	forge_free(f);
}

static void
a_copy_is_brought_up_to_date(void **state)
{
	struct entry e = { .kind = ENTRY_BUNDLE };
	struct mirror_count n;
	struct dirs d = { { 0 }, { 0 } };
	struct forge *f = forge_new("");
	struct why why;
	size_t i;

	(void)state;
	make(&d);
	forge_genesis(f);
	forge_object(f, slice_str(FORGE_MANIFEST("x")), &e.object);
	for (i = 0; i < 600; i++) {
		(void)forge_entry(f, &e);
		if (i % 199 != 0)
			continue;
		forge_write(f, d.from);
		assert_int_equal(copy(&d, &n, &why), OK);
		assert_int_equal(n.size, i + 2);
		assert_true(is_sound(&d));
	}
	assert_false(folder_has(d.to, "log/tile/0/000.p/2"));
	assert_false(folder_has(d.to, "log/tile/entries/000.p/201"));
	clean(&d);
	forge_free(f);
}

static void
a_fork_is_refused(void **state)
{
	struct entry e = { .kind = ENTRY_BUNDLE };
	struct mirror_count n;
	struct dirs d = { { 0 }, { 0 } };
	struct forge *f = forge_new(""), *fork = forge_new("");
	struct buf before = { 0 }, after = { 0 };
	struct source *src = NULL;
	struct why why;
	size_t i;

	(void)state;
	make(&d);
	forge_genesis(f);
	forge_genesis(fork);
	forge_object(f, slice_str(FORGE_MANIFEST("x")), &e.object);
	for (i = 0; i < 5; i++)
		(void)forge_entry(f, &e);
	forge_object(fork, slice_str(FORGE_MANIFEST("y")), &e.object);
	for (i = 0; i < 9; i++)
		(void)forge_entry(fork, &e);
	forge_write(f, d.from);
	assert_int_equal(copy(&d, &n, &why), OK);
	assert_int_equal(source_open(d.to, &src, &why), OK);
	assert_int_equal(
	    source_get(src, "log/checkpoint", 10000, &before, &why), OK);
	forge_clean(d.from);
	forge_write(fork, d.from);
	assert_int_equal(copy(&d, &n, &why), ERR_CONFLICT);
	assert_non_null(strstr(why.text, "forked"));
	/* A shorter log is one with entries removed. */
	forge_clean(d.from);
	buf_free(&f->entries[--f->n_entries].bytes);
	forge_write(f, d.from);
	assert_int_equal(copy(&d, &n, &why), ERR_CONFLICT);
	assert_non_null(strstr(why.text, "removed"));
	/* Another key's log. */
	sign_key_random(&f->log);
	forge_write(f, d.from);
	assert_int_equal(copy(&d, &n, &why), ERR_CONFLICT);
	assert_int_equal(
	    source_get(src, "log/checkpoint", 10000, &after, &why), OK);
	assert_true(slice_equal(buf_slice(&before), buf_slice(&after)));
	source_free(src);
	buf_free(&before);
	buf_free(&after);
	clean(&d);
	forge_free(f);
	forge_free(fork);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_is_as_good_as_the_log),
		cmocka_unit_test(a_copy_is_brought_up_to_date),
		cmocka_unit_test(a_fork_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
