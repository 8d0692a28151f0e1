#ifndef STORE_INT_H
#define STORE_INT_H

#include <string.h>

#include "store.h"
#include "store_flat.h"
#include "store_kv.h"

/* A number for each space number. */
struct counts {
	uint32_t *n;
	size_t len;
};

/* What the store_*.c files share; the schema stands in store.c. */
struct store {
	char *dir;
	int lock_fd;
	struct fault fault;
	struct flat *flat;
	struct kv *log;
	struct kv *main;
	struct kv *cast;
	struct kv *issue;
	struct kv *contents;
	pthread_mutex_t append_lock;
	pthread_mutex_t count_lock;
	struct counts waiting; /* under count_lock */
};

/* Tables: the first byte of a key.  Capital letters only (store_kv.c). */
enum {
	TABLE_META = 'M',    /* log */
	TABLE_SPECIAL = 'I', /* log */
	TABLE_OBJECT = 'O',  /* main */
	TABLE_CHANGE = 'C',  /* main */
	TABLE_STAFF = 'S',   /* main */
	TABLE_VALUE = 'V',   /* main */
	TABLE_MESSAGE = 'P', /* main */
	TABLE_DRAFT = 'D',   /* main */
	TABLE_SIGNED = 'G',  /* main */
	TABLE_WAITING = 'W', /* cast */
	TABLE_ASK = 'A',     /* issue */
	TABLE_BLINDED = 'B', /* issue */
	TABLE_FACTOR = 'F',  /* issue */
	TABLE_CONTENT = 'T', /* contents */
};

/* A key under construction. */
struct key {
	uint8_t b[256];
	size_t n;
};

static inline struct key
key_of(uint8_t table)
{
	struct key k;

	k.b[0] = table;
	k.n = 1;
	return k;
}

static inline void
key_u8(struct key *k, uint8_t v)
{
	k->b[k->n++] = v;
}

static inline void
key_u32(struct key *k, uint32_t v)
{
	store32(k->b + k->n, v);
	k->n += 4;
}

static inline void
key_u64(struct key *k, uint64_t v)
{
	store64(k->b + k->n, v);
	k->n += 8;
}

static inline void
key_put(struct key *k, const void *p, size_t n)
{
	memcpy(k->b + k->n, p, n);
	k->n += n;
}

static inline struct slice
key_slice(const struct key *k)
{
	return slice_of(k->b, k->n);
}

static inline int
has_prefix(struct slice s, struct slice prefix)
{
	return s.n >= prefix.n && memcmp(s.p, prefix.p, prefix.n) == 0;
}

/* A credential of a space. */
struct credential {
	uint32_t space_no;
	uint8_t purpose;
	const struct public_key *pk;
};

/* A snapshot of the log and its credentials. */
struct view {
	struct store *s;
	struct kv_txn *t;
	uint64_t size;
	uint64_t bytes;
	struct hash root;
	struct buf block; /* the bundle read last */
};

/**
 * view_begin(s, v), view_end(v):
 * One view of a thread at a time.
 */
enum err view_begin(struct store *s, struct view *v) MUST_USE;
void view_end(struct view *v);

/**
 * view_find(v, c, seq, index), view_last(v, c, seq):
 * The number of the entry with that record; the highest seq of a credential.
 * ERR_NOT_FOUND.
 */
enum err view_find(struct view *v, const struct credential *c, uint32_t seq,
    uint64_t *index) MUST_USE;
enum err view_last(
    struct view *v, const struct credential *c, uint32_t *seq) MUST_USE;

/**
 * view_has_row, view_is_first(v, c, seq, index), view_has_seq(v, c, seq):
 * For the doctor, without reading entries: nonzero iff the credential's row for
 * that very entry is there; iff it is the first of its eight bytes and ${seq};
 * iff there is any row of these.
 */
int view_has_row(
    struct view *v, const struct credential *c, uint32_t seq, uint64_t index);
int view_is_first(
    struct view *v, const struct credential *c, uint32_t seq, uint64_t index);
int view_has_seq(struct view *v, const struct credential *c, uint32_t seq);

/**
 * view_first_row(v, space_no, purpose, row), view_next_row(v, row):
 * Every record of the space, by the first eight bytes of its key, then by seq.
 * ERR_NOT_FOUND: no more.
 */
struct credential_row {
	uint8_t prefix[8];
	uint32_t seq;
	uint64_t index;
};
enum err view_first_row(struct view *v, uint32_t space_no, uint8_t purpose,
    struct credential_row *row) MUST_USE;
enum err view_next_row(struct view *v, struct credential_row *row) MUST_USE;

/**
 * view_special(v, index, batch, window_end):
 * OK iff entry number ${index} is known as no record, ${batch} nonzero iff as a
 * batch.  ERR_NOT_FOUND.
 */
enum err view_special(
    struct view *v, uint64_t index, int *batch, uint64_t *window_end) MUST_USE;

/**
 * view_window(v, index, window_end):
 * The window of record entry number ${index}.
 */
enum err view_window(
    struct view *v, uint64_t index, uint64_t *window_end) MUST_USE;

/**
 * view_entry(v, index, out):
 * The entry, borrowed until the next call.
 */
enum err view_entry(struct view *v, uint64_t index, struct slice *out) MUST_USE;

/**
 * index_commit(s, items, n, head):
 * Make ${head}, which ends with the ${n} items, the committed log.
 */
enum err index_commit(struct store *s, const struct store_item *items, size_t n,
    const struct flat_head *head) MUST_USE;

/**
 * log_start(s):
 * Open the flat files at what log.mdb says is committed.
 */
enum err log_start(struct store *s) MUST_USE;

/* A row of cast.mdb. */
struct waiting_row {
	uint32_t space_no;
	uint8_t purpose;
	struct public_key pk;
	uint32_t seq;
	uint64_t window_end;
	struct slice raw;
};
#define WAITING_KEY 42

enum err waiting_row_parse(
    struct slice key, struct slice value, struct waiting_row *out) MUST_USE;
void waiting_leaf(struct slice raw, struct hash *leaf);

#define FACTOR_VALUE (HASH_BYTES + 4) /* mac[32] | u32 wrong tries */

/**
 * issue_check(t, asks):
 * The tables of issue.mdb against each other; ERR_STATE.
 */
enum err issue_check(struct kv_txn *t, uint64_t *asks) MUST_USE;

/**
 * post_row_is_right(key, value):
 * Nonzero iff a row of the post box is well formed; without the table's letter
 * ${key} begins with the space.
 */
int post_row_is_right(uint8_t table, struct slice key, struct slice value);

/**
 * cast_count(s):
 * Count what waits, at a start.
 */
enum err cast_count(struct store *s) MUST_USE;

#endif /* STORE_INT_H */
