/*
 * A path that parses is the only path of its tile, and the tile is one that
 * some log has or that only a log beyond 2^64 entries would have.
 */
#include <string.h>

#include "tile.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[TILE_PATH_MAX];
	struct tile t;
	uint64_t n;

	if (tile_parse(slice_of(data, size), &t) != OK)
		return 0;
	MUST(t.width >= 1 && t.width <= TILE_WIDTH);
	tile_print(&t, path);
	MUST(strlen(path) == size && memcmp(path, data, size) == 0);
	if ((t.level == 0 || t.level == TILE_LEVEL_ENTRIES) &&
	    t.index < (uint64_t)1 << 55) {
		n = t.index * TILE_WIDTH + t.width;
		MUST(tile_width(t.level, t.index, n) == t.width);
		MUST(tile_count(t.level, n) == t.index + 1);
		MUST(tile_width(t.level, t.index + 1, n) == 0);
	}
	return 0;
}
