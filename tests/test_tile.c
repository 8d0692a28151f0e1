#include <stdio.h>
#include <string.h>

#include "tile.h"

#include "vec.h"

/* The vectors' number for entry bundles is -1. */
static unsigned
level_of(const json_t *t)
{
	json_int_t v = json_integer_value(json_object_get(t, "level"));

	return v < 0 ? TILE_LEVEL_ENTRIES : (unsigned)v;
}

static void
published_paths_are_read_and_printed(void **state)
{
	const json_t *a =
	    json_object_get(vec_shared("tlog-tiles/paths.json"), "paths");
	size_t i;

	(void)state;
	assert_true(json_array_size(a) > 10);
	for (i = 0; i < json_array_size(a); i++) {
		const json_t *t = json_array_get(a, i);
		char path[TILE_PATH_MAX];
		struct tile tile;

		assert_int_equal(
		    tile_parse(slice_str(vec_str(t, "path")), &tile), OK);
		assert_int_equal(tile.level, level_of(t));
		assert_int_equal(tile.index, vec_u64(t, "index"));
		assert_int_equal(tile.width, vec_u64(t, "width"));
		tile_print(&tile, path);
		assert_string_equal(path, vec_str(t, "path"));
	}
}

static void
published_bad_paths_are_refused(void **state)
{
	const json_t *a =
	    json_object_get(vec_shared("tlog-tiles/paths.json"), "bad_paths");
	struct tile tile = { 7, 7, 7 };
	size_t i;

	(void)state;
	assert_true(json_array_size(a) > 10);
	for (i = 0; i < json_array_size(a); i++) {
		const char *s = json_string_value(json_array_get(a, i));

		if (tile_parse(slice_str(s), &tile) != ERR_FORMAT)
			fail_msg("taken: %s", s);
	}
	assert_int_equal(tile.width, 7);
}

static void
other_paths_are_refused(void **state)
{
	static const char *const bad[] = { "", "/", "tile", "tile/", "tile/0",
		"tile/0/", "tile//000", "/tile/0/000", "til/0/000",
		"Tile/0/000", "tile/0/0 0", "tile/0/0a0", "tile/0/x",
		"tile/0/x1/000", "tile/0/x0010/000", "tile/0/x001x000",
		"tile/0/000.p/257", "tile/0/000.p/1000", "tile/0/000.p/00",
		"tile/0/000.P/1", "tile/0/000p/1", "tile/0/000.p/1a",
		"tile/255/000", "tile/100/000", "tile/entries", "tile/entries/",
		"tile/entries0/000", "tile/ent/000", "tile/0/000\n",
		"tile/0/\xd9\xa0\xd9\xa0\xd9\xa0",
		"tile/0/x018/x446/x744/x073/x709/x551/616",
		"tile/0/x999/x999/x999/x999/x999/x999/999",
		"tile/0/x001/x000/x000/x000/x000/x000/x000/000" };
	struct tile tile;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (tile_parse(slice_str(bad[i]), &tile) != ERR_FORMAT)
			fail_msg("taken: %s", bad[i]);
	}
	assert_int_equal(
	    tile_parse(slice_of("tile/0/000\0", 11), &tile), ERR_FORMAT);
}

static void
the_largest_index_goes_both_ways(void **state)
{
	static const char path[] =
	    "tile/entries/x018/x446/x744/x073/x709/x551/615.p/255";
	char out[TILE_PATH_MAX];
	struct tile tile;

	(void)state;
	assert_int_equal(tile_parse(slice_str(path), &tile), OK);
	assert_int_equal(tile.index, UINT64_MAX);
	tile_print(&tile, out);
	assert_string_equal(out, path);
}

static void
truncations_are_other_tiles_or_refused(void **state)
{
	static const char path[] = "tile/12/x001/x234/067.p/18";
	char out[TILE_PATH_MAX];
	struct tile tile;
	size_t n;

	(void)state;
	for (n = 0; n <= strlen(path); n++) {
		if (tile_parse(
			slice_of(vec_copy(slice_of(path, n)), n), &tile) != OK)
			continue;
		/* One encoding per tile. */
		tile_print(&tile, out);
		assert_int_equal(strlen(out), n);
		assert_memory_equal(out, path, n);
	}
}

static void
a_log_has_the_published_tiles(void **state)
{
	const json_t *a =
	    json_object_get(vec_shared("tlog-tiles/paths.json"), "trees");
	size_t i, k;
	unsigned level;

	(void)state;
	assert_true(json_array_size(a) > 10);
	for (i = 0; i < json_array_size(a); i++) {
		const json_t *t = json_array_get(a, i);
		const json_t *full = json_object_get(t, "full_tiles");
		const json_t *partial = json_object_get(t, "partial");
		uint64_t size = vec_u64(t, "size");
		unsigned partials = 0;

		for (level = 0; level < 64; level++) {
			uint64_t n = tile_count(level, size);
			char name[20];
			unsigned w = n > 0 ? tile_width(level, n - 1, size) : 0;

			assert_int_equal(tile_width(level, n, size), 0);
			if (n > 0)
				assert_in_range(w, 1, 256);
			if (n > 0 && w < TILE_WIDTH) {
				partials++;
				n--;
			}
			(void)snprintf(
			    name, sizeof(name), "level%u_full", level);
			if (json_object_get(full, name) != NULL)
				assert_int_equal(n, vec_u64(full, name));
			else
				assert_int_equal(n, 0);
			if (n > 0)
				assert_int_equal(
				    tile_width(level, n - 1, size), 256);
		}
		if (tile_count(TILE_LEVEL_ENTRIES, size) > 0 &&
		    size % TILE_WIDTH != 0)
			partials++;
		assert_int_equal(partials, json_array_size(partial));
		for (k = 0; k < json_array_size(partial); k++) {
			struct tile tile;

			assert_int_equal(
			    tile_parse(slice_str(json_string_value(
					   json_array_get(partial, k))),
				&tile),
			    OK);
			assert_int_equal(
			    tile_width(tile.level, tile.index, size),
			    tile.width);
		}
	}
}

static void
arithmetic_holds_at_the_edges(void **state)
{
	unsigned level;

	(void)state;
	assert_int_equal(tile_count(0, UINT64_MAX), (uint64_t)1 << 56);
	assert_int_equal(
	    tile_width(0, ((uint64_t)1 << 56) - 1, UINT64_MAX), 255);
	assert_int_equal(tile_width(0, UINT64_MAX, UINT64_MAX), 0);
	assert_int_equal(tile_width(7, 0, UINT64_MAX), 255);
	for (level = 8; level < TILE_LEVEL_ENTRIES; level++) {
		assert_int_equal(tile_count(level, UINT64_MAX), 0);
		assert_int_equal(tile_width(level, 0, UINT64_MAX), 0);
	}
	assert_int_equal(tile_count(TILE_LEVEL_ENTRIES, 257), 2);
	assert_int_equal(tile_width(TILE_LEVEL_ENTRIES, 1, 257), 1);
	assert_int_equal(tile_count(TILE_LEVEL_ENTRIES, 0), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_paths_are_read_and_printed),
		cmocka_unit_test(published_bad_paths_are_refused),
		cmocka_unit_test(other_paths_are_refused),
		cmocka_unit_test(the_largest_index_goes_both_ways),
		cmocka_unit_test(truncations_are_other_tiles_or_refused),
		cmocka_unit_test(a_log_has_the_published_tiles),
		cmocka_unit_test(arithmetic_holds_at_the_edges),
	};

	return cmocka_run_group_tests(tests, NULL, vec_free);
}
