#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "entry.h"
#include "folder.h"
#include "forge.h"

#define MANY 700 /* entries: two whole tiles and a part */

static struct slice
entry_at(size_t i, uint8_t out[static 3])
{
	out[0] = 200; /* no kind: nothing here looks inside */
	out[1] = (uint8_t)(i >> 8);
	out[2] = (uint8_t)i;
	return slice_of(out, 3);
}

/* A folder of MANY short entries. */
static const char *
make(struct merkle *tree)
{
	struct forge *f = forge_new("");
	const char *dir = forge_dir("source");
	uint8_t e[3];
	struct hash leaf;
	size_t i;

	memset(tree, 0, sizeof(*tree));
	for (i = 0; i < MANY; i++) {
		(void)forge_raw(f, entry_at(i, e));
		hash_leaf(entry_at(i, e), &leaf);
		merkle_append(tree, &leaf);
	}
	forge_write(f, dir);
	forge_free(f);
	return dir;
}

static struct source *
open_dir(const char *dir)
{
	struct source *s = NULL;
	struct why why;

	assert_int_equal(source_open(dir, &s, &why), OK);
	return s;
}

static void
bundles_give_every_entry(void **state)
{
	struct slice entries[TILE_WIDTH];
	struct merkle tree;
	const char *dir = make(&tree);
	struct source *s = open_dir(dir);
	struct buf b = { 0 };
	struct why why;
	uint8_t e[3];
	size_t i, k, n;

	(void)state;
	for (i = 0; i < 3; i++) {
		b.n = 0;
		assert_int_equal(
		    source_entries(s, i, MANY, &b, entries, &n, &why), OK);
		assert_int_equal(n, i < 2 ? 256 : MANY - 512);
		for (k = 0; k < n; k++)
			assert_true(
			    slice_equal(entries[k], entry_at(i * 256 + k, e)));
	}
	assert_int_equal(
	    source_entries(s, 3, MANY, &b, entries, &n, &why), ERR_NOT_FOUND);
	/* A smaller log's last bundle is the beginning of a whole one. */
	b.n = 0;
	assert_int_equal(source_entries(s, 1, 300, &b, entries, &n, &why), OK);
	assert_int_equal(n, 44);
	/* But a part is not the beginning of another part. */
	assert_int_equal(
	    source_entries(s, 2, 600, &b, entries, &n, &why), ERR_NOT_FOUND);
	buf_free(&b);
	source_free(s);
	forge_clean(dir);
}

static void
tiles_prove_inclusion_and_consistency(void **state)
{
	struct merkle tree, half = { 0 };
	const char *dir = make(&tree);
	struct source_tree *t = calloc(1, sizeof(*t));
	struct merkle_proof proof;
	struct hash root, half_root, leaf;
	uint8_t e[3];
	size_t i;

	(void)state;
	assert_non_null(t);
	t->s = open_dir(dir);
	t->size = MANY;
	merkle_root(&tree, &root);
	for (i = 0; i < MANY; i += 37) {
		hash_leaf(entry_at(i, e), &leaf);
		assert_int_equal(
		    merkle_prove_inclusion(i, MANY, source_node, t, &proof),
		    OK);
		assert_int_equal(
		    merkle_verify_inclusion(&leaf, i, MANY, &proof, &root), OK);
	}
	for (i = 0; i < 300; i++) {
		hash_leaf(entry_at(i, e), &leaf);
		merkle_append(&half, &leaf);
	}
	merkle_root(&half, &half_root);
	assert_int_equal(
	    merkle_prove_consistency(300, MANY, source_node, t, &proof), OK);
	assert_int_equal(
	    merkle_verify_consistency(300, MANY, &proof, &half_root, &root),
	    OK);
	source_free(t->s);
	free(t);
	forge_clean(dir);
}

static void
files_of_another_length_are_refused(void **state)
{
	static const uint8_t bytes[] = { 0, 2, 1, 1, 0, 1, 1 };
	struct slice entries[TILE_WIDTH];
	struct hash h[TILE_WIDTH];
	const char *dir = forge_dir("source");
	struct source *s;
	struct buf b = { 0 };
	struct why why;
	size_t n = 0, i;

	(void)state;
	/* Two entries are there; every other length is wrong. */
	for (i = 0; i <= sizeof(bytes); i++) {
		assert_int_equal(folder_put(dir, "log/tile/entries/000.p/2",
				     slice_of(bytes, i), &why),
		    OK);
		s = open_dir(dir);
		b.n = 0;
		assert_int_equal(source_entries(s, 0, 2, &b, entries, &n, &why),
		    i == sizeof(bytes) ? OK : ERR_FORMAT);
		source_free(s);
	}
	for (i = 0; i < 70; i++) {
		uint8_t hashes[70] = { 1 };

		assert_int_equal(folder_put(dir, "log/tile/0/000.p/2",
				     slice_of(hashes, i), &why),
		    OK);
		s = open_dir(dir);
		assert_int_equal(source_hashes(s, 0, 0, 2, h, &n, &why),
		    i == 64 ? OK : ERR_FORMAT);
		source_free(s);
	}
	buf_free(&b);
	forge_clean(dir);
}

static void
what_is_missing_or_too_large_is_said(void **state)
{
	struct merkle tree;
	const char *dir = make(&tree);
	struct source *s = NULL;
	struct hash h = { { 1 } };
	struct buf b = { 0 };
	struct why why;

	(void)state;
	assert_int_equal(source_open("/nonexistent/x", &s, &why), ERR_IO);
	assert_non_null(strstr(why.text, "/nonexistent/x"));
	s = open_dir(dir);
	assert_false(source_is_url(s));
	assert_int_equal(
	    source_get(s, "log/nothing", 100, &b, &why), ERR_NOT_FOUND);
	assert_int_equal(
	    source_get(s, "log/checkpoint", 10, &b, &why), ERR_LIMIT);
	assert_int_equal(source_object(s, &h, &b, &why), ERR_NOT_FOUND);
	assert_int_equal(source_get(s, "log", 10, &b, &why), ERR_IO);
	buf_free(&b);
	source_free(s);
	/* Nobody listens on port 1. */
	assert_int_equal(source_open("http://127.0.0.1:1/", &s, &why), OK);
	assert_true(source_is_url(s));
	assert_int_equal(source_get(s, "log/key", 10, &b, &why), ERR_IO);
	source_free(s);
	assert_int_equal(source_open("ftp://127.0.0.1/", &s, &why), ERR_IO);
	forge_clean(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bundles_give_every_entry),
		cmocka_unit_test(tiles_prove_inclusion_and_consistency),
		cmocka_unit_test(files_of_another_length_are_refused),
		cmocka_unit_test(what_is_missing_or_too_large_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
