#ifndef SOURCE_H
#define SOURCE_H

#include "checkpoint.h"
#include "tile.h"
#include "why.h"

/*
 * Where public files come from: a folder made by `partecipa-audit fetch`, or a
 * server's base URL.  Paths are those of PROTOCOL 9, below the base.
 */
struct source;

/**
 * source_open(where, out, why):
 * ${where} is a folder or an http(s) URL.
 */
enum err source_open(
    const char *where, struct source **out, struct why *why) MUST_USE;
void source_free(struct source *s);
int source_is_url(const struct source *s);

/**
 * source_get(s, path, max, out, why):
 * Append the file ${path} ("log/checkpoint"), at most ${max} bytes, to ${out}.
 * ERR_NOT_FOUND; ERR_LIMIT; ERR_IO.  Safe for several threads.
 */
enum err source_get(struct source *s, const char *path, size_t max,
    struct buf *out, struct why *why) MUST_USE;

/**
 * source_object(s, hash, out, why):
 * The object of that hash (not yet verified).
 */
enum err source_object(struct source *s, const struct hash *hash,
    struct buf *out, struct why *why) MUST_USE;

/**
 * source_again(s, hash, out, why):
 * Append to ${out} an object that was judged before.  ERR_IO: it is there no
 * more, or another one: who answers differently the second time is not
 * believed.
 */
enum err source_again(struct source *s, const struct hash *hash,
    struct buf *out, struct why *why) MUST_USE;

/**
 * source_entries(s, index, size, out, entries, n, why):
 * The entry bundle number ${index} of a log of ${size} entries: its bytes to
 * ${out} and, for each entry, its slice to ${entries} (room for 256, borrowed
 * from ${out}); ${n} entries.  ERR_NOT_FOUND; ERR_IO; ERR_FORMAT: the file does
 * not hold that many entries.
 */
enum err source_entries(struct source *s, uint64_t index, uint64_t size,
    struct buf *out, struct slice entries[static TILE_WIDTH], size_t *n,
    struct why *why) MUST_USE;

/**
 * source_hashes(s, level, index, size, out, n, why):
 * The hash tile, its ${n} hashes to ${out}.
 */
enum err source_hashes(struct source *s, unsigned level, uint64_t index,
    uint64_t size, struct hash out[static TILE_WIDTH], size_t *n,
    struct why *why) MUST_USE;

/**
 * source_node(cookie, level, index, out):
 * A merkle_node over level-0 and higher tiles of a struct source_tree.
 */
struct source_tree {
	struct source *s;
	uint64_t size;
	/* the tile read last, per level of tiles */
	struct {
		int valid;
		uint64_t index;
		size_t n;
		struct hash h[TILE_WIDTH];
	} cache[8];
};
enum err source_node(
    void *cookie, unsigned level, uint64_t index, struct hash *out);

#endif /* SOURCE_H */
