#ifndef STORE_KV_H
#define STORE_KV_H

#include "bytes.h"
#include "store_fault.h"

/*
 * Ordered tables in one file each; store_kv.c is the only file that knows LMDB.
 * A file holds one map (key to value) and, next to it, groups: sorted sets of
 * values of one size, which take no more room than the values themselves.
 * Slices that come out of a transaction are borrowed until it ends or writes.
 *
 * One thread must not hold two transactions of one file at a time.
 */
struct kv;
struct kv_txn;

/* Longest key and longest value of a group. */
#define KV_KEY_MAX 511

enum kv_kind {
	KV_PLAIN,
	KV_GROUPS, /* with groups; cannot be rewritten */
};

/**
 * kv_open(path, kind, map, fault, out):
 * Open or make the file ${path}, which may grow to ${map} bytes (less where
 * the system does not give so much address space).  The caller holds a lock on
 * the folder.  What a crash left of a rewrite is removed.
 */
enum err kv_open(const char *path, enum kv_kind kind, size_t map,
    struct fault *fault, struct kv **out) MUST_USE;
void kv_close(struct kv *kv);

/**
 * kv_read(kv, out), kv_write(kv, out):
 * Begin a transaction: a snapshot, or the one that may write.  In a file with
 * groups the one that writes is alone: snapshots wait for its end.
 */
enum err kv_read(struct kv *kv, struct kv_txn **out) MUST_USE;
enum err kv_write(struct kv *kv, struct kv_txn **out) MUST_USE;

/**
 * kv_commit(t), kv_end(t):
 * Make durable what was written, and end (${*t} becomes NULL, also on failure);
 * end without keeping anything.  kv_end(NULL) does nothing.
 */
enum err kv_commit(struct kv_txn **t) MUST_USE;
void kv_end(struct kv_txn *t);

/**
 * kv_get(t, key, value), kv_put(t, key, value), kv_del(t, key):
 * ERR_NOT_FOUND where there is no such row; kv_put replaces.
 */
enum err kv_get(
    struct kv_txn *t, struct slice key, struct slice *value) MUST_USE;
enum err kv_put(
    struct kv_txn *t, struct slice key, struct slice value) MUST_USE;
enum err kv_del(struct kv_txn *t, struct slice key) MUST_USE;

/**
 * kv_from(t, key, k, v), kv_below(t, key, k, v), kv_next(t, k, v):
 * The first row at or after ${key} (which may be empty); the last one before
 * it; the row after the one found last.  ERR_NOT_FOUND.
 */
enum err kv_from(struct kv_txn *t, struct slice key, struct slice *k,
    struct slice *v) MUST_USE;
enum err kv_below(struct kv_txn *t, struct slice key, struct slice *k,
    struct slice *v) MUST_USE;
enum err kv_next(struct kv_txn *t, struct slice *k, struct slice *v) MUST_USE;

/**
 * kv_group_put(t, group, value):
 * Add a value to a set.  All values of a file have one size, which never
 * changes.
 */
enum err kv_group_put(
    struct kv_txn *t, struct slice group, struct slice value) MUST_USE;

/**
 * kv_group_from(t, group, value, out), kv_group_below, kv_group_next,
 * kv_group_prev:
 * As kv_from and so on, within one group.
 */
enum err kv_group_from(struct kv_txn *t, struct slice group, struct slice value,
    struct slice *out) MUST_USE;
enum err kv_group_below(struct kv_txn *t, struct slice group,
    struct slice value, struct slice *out) MUST_USE;
enum err kv_group_next(struct kv_txn *t, struct slice *out) MUST_USE;
enum err kv_group_prev(struct kv_txn *t, struct slice *out) MUST_USE;

/**
 * kv_groups_count(t, n):
 * How many values all groups hold.
 */
enum err kv_groups_count(struct kv_txn *t, uint64_t *n) MUST_USE;

/* OK: the row stays; ERR_NOT_FOUND: it goes; another error ends the rewrite. */
typedef enum err kv_keep(void *cookie, struct slice key, struct slice value);

/**
 * kv_rewrite(kv, keep, cookie):
 * Write the map anew, in key order and without gaps, with the rows for which
 * ${keep} (NULL: all) says OK, and put it in the place of the file: what the
 * file looks like depends on what it holds only, and what was dropped is gone.
 * Transactions wait meanwhile.
 */
enum err kv_rewrite(struct kv *kv, kv_keep *keep, void *cookie) MUST_USE;

/**
 * kv_is_fresh(kv):
 * Nonzero iff nothing was written since the last rewrite.
 */
int kv_is_fresh(struct kv *kv);

#endif /* STORE_KV_H */
