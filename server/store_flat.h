#ifndef STORE_FLAT_H
#define STORE_FLAT_H

#include "store.h"
#include "store_fault.h"

/*
 * The log's append-only files, in one folder:
 *   entries   u16 length || bytes of each entry, one after the other: an entry
 *             bundle of tlog-tiles is a range of it
 *   offsets   u64 for each bundle: where it begins in entries
 *   level-L   32-byte hashes; hash number i of level L is the root of the
 *             entries [i * 256^L, (i + 1) * 256^L): a hash tile is a range of
 * it A log of ${size} entries and ${bytes} bytes is a prefix of each file; what
 * lies behind was never committed and is overwritten by the next append.
 */
struct flat;

/* Entry numbers have 40 bits. */
#define FLAT_LEVELS 5
#define FLAT_SIZE_MAX (((uint64_t)1 << 40) - 1)

/* A state of the log, as a snapshot. */
struct flat_head {
	uint64_t size;
	uint64_t bytes;
	struct merkle tree;
	struct merkle tiles[FLAT_LEVELS]; /* the partial tile of each level */
};

/**
 * flat_open(dir, size, bytes, fault, out):
 * Open or make the files in ${dir} and cut them to what was committed.
 * ERR_STATE when a file is shorter than that.
 */
enum err flat_open(const char *dir, uint64_t size, uint64_t bytes,
    struct fault *fault, struct flat **out) MUST_USE;
void flat_close(struct flat *f);

/**
 * flat_append(f, items, n, head):
 * Write ${n} entries behind the head and sync; ${head} is what the log becomes
 * once flat_publish says so.  One thread at a time.
 */
enum err flat_append(struct flat *f, const struct store_item *items, size_t n,
    struct flat_head *head) MUST_USE;
void flat_publish(struct flat *f, const struct flat_head *head);

/**
 * flat_tree(f, tree, bytes):
 * The published state; either pointer may be NULL.
 */
void flat_tree(struct flat *f, struct merkle *tree, uint64_t *bytes);

/**
 * flat_hashes(f, level, first, n, out):
 * Append ${n} hashes of a level to ${out}; the caller knows that they exist.
 */
enum err flat_hashes(struct flat *f, unsigned level, uint64_t first, size_t n,
    struct buf *out) MUST_USE;

/**
 * flat_bundle(f, index, width, size, bytes, out):
 * Append the first ${width} entries of a bundle of the log (${size}, ${bytes})
 * to ${out}.
 */
enum err flat_bundle(struct flat *f, uint64_t index, unsigned width,
    uint64_t size, uint64_t bytes, struct buf *out) MUST_USE;

/**
 * flat_offset(f, index, out):
 * Where bundle number ${index} begins.
 */
enum err flat_offset(struct flat *f, uint64_t index, uint64_t *out) MUST_USE;

/**
 * flat_entry(f, index, size, bytes, block, out):
 * Read the bundle of entry number ${index} of the log (${size}, ${bytes}) into
 * ${block}, which is emptied before; ${out} is the entry in it.  ERR_NOT_FOUND.
 */
enum err flat_entry(struct flat *f, uint64_t index, uint64_t size,
    uint64_t bytes, struct buf *block, struct slice *out) MUST_USE;

/**
 * flat_node(flat, level, index, out):
 * A merkle_node over what is published.
 */
enum err flat_node(
    void *flat, unsigned level, uint64_t index, struct hash *out);

#endif /* STORE_FLAT_H */
