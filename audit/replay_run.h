#ifndef REPLAY_RUN_H
#define REPLAY_RUN_H

#include "contents.h"
#include "pool.h"

#include "replay.h"

/* The inside of a replay, for audit/replay*.c only. */
#define REPLAY_TILE_LEVELS 8
#define REPLAY_ALTERED_MAX 256

/* A record on its way through the pool. */
struct replay_item {
	struct slice raw; /* into the bytes of its chunk */
	uint64_t index;
	struct hash leaf;
	struct space *s;
	struct record rec; /* raw.p NULL: not one */
	struct verdict v;
	enum err e;
};

/* The records of one bundle. */
struct replay_chunk {
	struct job job; /* first: the pool gives it back */
	struct buf bytes;
	struct slice entries[TILE_WIDTH];
	size_t n;
	int busy;
	struct replay_item items[TILE_WIDTH];
};

/* The signatures of one ledger. */
struct replay_ledger {
	struct job job; /* first */
	struct buf rows;
	const struct space *s;
	struct hash space_id;
	struct hash key_id;
	uint64_t index;
	uint8_t *bad; /* per row: an enum err */
	struct replay_ledger *next;
};

/* Hashes of the tiles that are growing, by level. */
struct replay_tiles {
	struct {
		uint64_t index;
		size_t n;
		struct hash h[TILE_WIDTH];
	} level[REPLAY_TILE_LEVELS];
};

/* How far the entry came with which an advance had to stop. */
enum replay_pending {
	PENDING_NONE,
	PENDING_APPLY, /* it is in the tree only */
	PENDING_AFTER, /* the world has taken it in */
};

/* What is true of entries, whatever the end of the log will be. */
struct replay_kept {
	uint64_t judged[RULE_MAX + 1];
	size_t n_altered;
	size_t n_broken;
	struct verdict broken[REPLAY_BROKEN_MAX];
};

struct replay_run {
	struct replay *r;
	const struct replay_options *opt;
	struct replay_options options;
	struct source *src;
	struct why *why; /* of the call under way */
	struct note_key key;
	struct buf note_bytes;
	struct note note;
	uint64_t size; /* judged up to here */
	int begun;     /* a checkpoint was taken in */
	int stopped;   /* entries could not be read to the end */
	int keeping;   /* what is reported is an entry's */
	enum replay_pending pending;
	struct replay_kept kept;

	int read_earlier; /* the file was read */
	int has_earlier;  /* and was not reached yet */
	struct checkpoint earlier;

	struct pool *pool;
	struct replay_chunk **ring; /* the oldest first */
	size_t n_ring, head;
	struct replay_ledger *ledgers;
	struct contents *contents;

	struct replay_tiles tiles;
	struct replay_tiles before; /* before a tile that could not be read */
	/* Entries that differ from the published level-0 tiles. */
	uint64_t altered[REPLAY_ALTERED_MAX];
	size_t n_altered;
};

/**
 * replay_report(cookie, v):
 * Keep a broken rule; a world_audit's report, ${cookie} being the run.
 */
void replay_report(void *cookie, const struct verdict *v);

/* replay_chunk.c */
enum err replay_chunk_setup(struct replay_run *run) MUST_USE;
void replay_chunk_free(struct replay_run *run);

/**
 * replay_chunk_next(run, out):
 * An empty chunk; waits for the oldest one if all are busy.
 */
enum err replay_chunk_next(
    struct replay_run *run, struct replay_chunk **out) MUST_USE;

/**
 * replay_chunk_add(c, index, raw, leaf, s), replay_chunk_send(run, c):
 * Collect a record; hand what was collected to the pool.
 */
void replay_chunk_add(struct replay_chunk *c, uint64_t index, struct slice raw,
    const struct hash *leaf, struct space *s);
void replay_chunk_send(struct replay_run *run, struct replay_chunk *c);

/**
 * replay_chunk_flush(run, c):
 * Judge everything so far, the records of ${c} (may be NULL) too.
 */
enum err replay_chunk_flush(
    struct replay_run *run, struct replay_chunk *c) MUST_USE;

/**
 * replay_chunk_ledger(cookie, s, issuer, purpose, rows, index):
 * A world_audit's ledger.
 */
enum err replay_chunk_ledger(void *cookie, const struct space *s,
    uint8_t issuer, uint8_t purpose, struct slice rows,
    uint64_t index) MUST_USE;

/**
 * replay_tiles_push(run, leaf), replay_tiles_end(run):
 * Judge a tile that is full now; judge those that are not.  Nothing was pushed
 * when an error is returned.
 */
enum err replay_tiles_push(
    struct replay_run *run, const struct hash *leaf) MUST_USE;
enum err replay_tiles_end(struct replay_run *run) MUST_USE;

/* replay_end.c */
enum err replay_end(struct replay_run *run) MUST_USE;

#endif /* REPLAY_RUN_H */
