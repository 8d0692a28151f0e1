#ifndef TILE_H
#define TILE_H

#include "bytes.h"

/* C2SP tlog-tiles: paths and arithmetic. */
#define TILE_WIDTH 256
#define TILE_LEVEL_ENTRIES 255 /* our number for entry bundles */
#define TILE_PATH_MAX 80

struct tile {
	unsigned level; /* 0..63, or TILE_LEVEL_ENTRIES */
	uint64_t index;
	unsigned width; /* 1..256 */
};

/**
 * tile_parse(path, out), tile_print(t, out):
 * "tile/0/x001/234.p/5" and back; strict (ERR_FORMAT).
 */
enum err tile_parse(struct slice path, struct tile *out) MUST_USE;
void tile_print(const struct tile *t, char out[static TILE_PATH_MAX]);

/**
 * tile_width(level, index, size):
 * How many hashes (entries) that tile has in a log of ${size} entries; 0 when
 * it does not exist.
 */
unsigned tile_width(unsigned level, uint64_t index, uint64_t size);

/**
 * tile_count(level, size):
 * How many tiles of that level, the partial one included.
 */
uint64_t tile_count(unsigned level, uint64_t size);

#endif /* TILE_H */
