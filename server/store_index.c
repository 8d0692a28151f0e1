/*
 * log.mdb: what of the log is committed, and where its credentials and other
 * entries are.
 */
#include <stdlib.h>

#include "entry.h"

#include "store_int.h"

#define CREDENTIAL_VALUE 17 /* pk[0..8] | u32 seq | u40 entry */
#define PREFIX 8

/* Where a record entry has its fields: kind, version, then PROTOCOL 6. */
#define AT_PURPOSE 68
#define AT_PK 69
#define AT_SEQ 101
#define RECORD_ENTRY_MIN 105

/* --- What is committed ---------------------------------------------------- */

static struct slice
meta_key(void)
{
	static const uint8_t key = TABLE_META;

	return slice_of(&key, 1);
}

static enum err
meta_get(struct kv_txn *t, uint64_t *size, uint64_t *bytes, struct hash *root)
{
	struct slice v;
	struct cursor c;
	enum err r;

	if ((r = kv_get(t, meta_key(), &v)) == ERR_NOT_FOUND) {
		*size = *bytes = 0;
		hash_empty(root);
		return OK;
	}
	if (r != OK)
		return r;
	c = cursor_of(v);
	*size = cursor_u64(&c);
	*bytes = cursor_u64(&c);
	cursor_copy(&c, root->b, HASH_BYTES);
	return cursor_end(&c) == OK ? OK : ERR_STATE;
}

enum err
view_begin(struct store *s, struct view *v)
{
	struct view w = { 0 };
	enum err r;

	w.s = s;
	if ((r = kv_read(s->log, &w.t)) != OK)
		return r;
	if ((r = meta_get(w.t, &w.size, &w.bytes, &w.root)) != OK) {
		kv_end(w.t);
		return r;
	}
	*v = w;
	return OK;
}

void
view_end(struct view *v)
{
	kv_end(v->t);
	v->t = NULL;
	buf_free(&v->block);
}

enum err
view_entry(struct view *v, uint64_t index, struct slice *out)
{
	return flat_entry(v->s->flat, index, v->size, v->bytes, &v->block, out);
}

/* --- Credentials ---------------------------------------------------------- */

static struct key
group_of(uint32_t space_no, uint8_t purpose)
{
	struct key k;

	k.n = 0;
	key_u32(&k, space_no);
	key_u8(&k, purpose);
	return k;
}

static struct key
credential_value(const struct public_key *pk, uint32_t seq, uint64_t index)
{
	struct key k;

	k.n = 0;
	key_put(&k, pk->b, PREFIX);
	key_u32(&k, seq);
	key_u8(&k, (uint8_t)(index >> 32));
	key_u32(&k, (uint32_t)index);
	return k;
}

static uint64_t
value_index(struct slice v)
{
	return (uint64_t)v.p[12] << 32 | load32(v.p + 13);
}

/* Does the entry behind a value belong to this very credential? */
static enum err
belongs(
    struct view *v, struct slice value, const struct credential *c, int *yes)
{
	struct slice e;
	enum err r;

	if (value.n != CREDENTIAL_VALUE)
		return ERR_STATE;
	if ((r = view_entry(v, value_index(value), &e)) != OK)
		return r == ERR_NOT_FOUND ? ERR_STATE : r;
	if (e.n < RECORD_ENTRY_MIN || e.p[0] != ENTRY_RECORD)
		return ERR_STATE;
	*yes = e.p[AT_PURPOSE] == c->purpose &&
	       memcmp(e.p + AT_PK, c->pk->b, sizeof(c->pk->b)) == 0 &&
	       load32(e.p + AT_SEQ) == load32(value.p + PREFIX);
	return OK;
}

enum err
view_find(
    struct view *v, const struct credential *c, uint32_t seq, uint64_t *index)
{
	struct key group = group_of(c->space_no, c->purpose);
	struct key from = credential_value(c->pk, seq, 0);
	struct slice value;
	int yes = 0;
	enum err r;

	r = kv_group_from(v->t, key_slice(&group), key_slice(&from), &value);
	while (r == OK) {
		if (!has_prefix(value, slice_of(from.b, PREFIX + 4)))
			return ERR_NOT_FOUND;
		if ((r = belongs(v, value, c, &yes)) != OK)
			return r;
		if (yes) {
			*index = value_index(value);
			return OK;
		}
		r = kv_group_next(v->t, &value);
	}
	return r;
}

enum err
view_last(struct view *v, const struct credential *c, uint32_t *seq)
{
	struct key group = group_of(c->space_no, c->purpose);
	struct key end =
	    credential_value(c->pk, UINT32_MAX, ((uint64_t)1 << 40) - 1);
	struct slice value;
	int yes = 0;
	enum err r;

	r = kv_group_below(v->t, key_slice(&group), key_slice(&end), &value);
	while (r == OK) {
		if (!has_prefix(value, slice_of(end.b, PREFIX)))
			return ERR_NOT_FOUND;
		if ((r = belongs(v, value, c, &yes)) != OK)
			return r;
		if (yes) {
			*seq = load32(value.p + PREFIX);
			return OK;
		}
		r = kv_group_prev(v->t, &value);
	}
	return r;
}

/* The first row of a credential at or after ${index}. */
static int
row_from(struct view *v, const struct credential *c, uint32_t seq,
    uint64_t index, struct slice *row)
{
	struct key group = group_of(c->space_no, c->purpose);
	struct key from = credential_value(c->pk, seq, index);

	return kv_group_from(v->t, key_slice(&group), key_slice(&from), row) ==
		   OK &&
	       has_prefix(*row, slice_of(from.b, PREFIX + 4));
}

int
view_has_row(
    struct view *v, const struct credential *c, uint32_t seq, uint64_t index)
{
	struct slice row;

	return row_from(v, c, seq, index, &row) && value_index(row) == index;
}

int
view_is_first(
    struct view *v, const struct credential *c, uint32_t seq, uint64_t index)
{
	struct slice row;

	return row_from(v, c, seq, 0, &row) && value_index(row) == index;
}

int
view_has_seq(struct view *v, const struct credential *c, uint32_t seq)
{
	struct slice row;

	return row_from(v, c, seq, 0, &row);
}

static enum err
row_of(struct slice value, struct credential_row *row)
{
	if (value.n != CREDENTIAL_VALUE)
		return ERR_STATE;
	memcpy(row->prefix, value.p, PREFIX);
	row->seq = load32(value.p + PREFIX);
	row->index = value_index(value);
	return OK;
}

enum err
view_first_row(struct view *v, uint32_t space_no, uint8_t purpose,
    struct credential_row *row)
{
	struct key group = group_of(space_no, purpose);
	uint8_t none[CREDENTIAL_VALUE] = { 0 };
	struct slice value;
	enum err r;

	r = kv_group_from(
	    v->t, key_slice(&group), slice_of(none, sizeof(none)), &value);
	return r == OK ? row_of(value, row) : r;
}

enum err
view_next_row(struct view *v, struct credential_row *row)
{
	struct slice value;
	enum err r;

	r = kv_group_next(v->t, &value);
	return r == OK ? row_of(value, row) : r;
}

enum err
store_credentials(struct store *s, uint32_t space_no, unsigned purpose,
    uint32_t *records, uint32_t *credentials)
{
	struct key group = group_of(space_no, (uint8_t)purpose);
	uint8_t none[CREDENTIAL_VALUE] = { 0 };
	struct kv_txn *t = NULL;
	struct slice v;
	uint32_t all = 0, firsts = 0;
	enum err r;

	if ((r = kv_read(s->log, &t)) != OK)
		return r;
	/* Every credential has one record of seq 0, its first. */
	r = kv_group_from(
	    t, key_slice(&group), slice_of(none, sizeof(none)), &v);
	for (; r == OK; r = kv_group_next(t, &v)) {
		if (v.n != CREDENTIAL_VALUE) {
			r = ERR_STATE;
			break;
		}
		all++;
		firsts += load32(v.p + PREFIX) == 0;
	}
	kv_end(t);
	if (r != ERR_NOT_FOUND)
		return r;
	*records = all;
	*credentials = firsts;
	return OK;
}

/* --- Entries that are no records ------------------------------------------ */

static struct key
special_key(uint64_t index)
{
	struct key k = key_of(TABLE_SPECIAL);

	key_u64(&k, index);
	return k;
}

enum err
store_special(struct store *s, uint64_t from, uint64_t *index)
{
	struct key key = special_key(from);
	struct kv_txn *t = NULL;
	struct slice k, v;
	enum err r;

	if ((r = kv_read(s->log, &t)) != OK)
		return r;
	if ((r = kv_from(t, key_slice(&key), &k, &v)) == OK) {
		if (k.n == key.n && k.p[0] == TABLE_SPECIAL)
			*index = load64(k.p + 1);
		else
			r = ERR_NOT_FOUND;
	}
	kv_end(t);
	return r;
}

enum err
view_special(struct view *v, uint64_t index, int *batch, uint64_t *window_end)
{
	struct key key = special_key(index);
	struct slice value;
	enum err r;

	if ((r = kv_get(v->t, key_slice(&key), &value)) != OK)
		return r;
	if (value.n != 0 && value.n != 8)
		return ERR_STATE;
	*batch = value.n == 8;
	*window_end = *batch ? load64(value.p) : 0;
	return OK;
}

enum err
view_window(struct view *v, uint64_t index, uint64_t *window_end)
{
	struct key key = special_key(index);
	struct slice k, value;
	enum err r;

	/* The records of a batch follow its entry (PROTOCOL 6). */
	if ((r = kv_below(v->t, key_slice(&key), &k, &value)) != OK)
		return r == ERR_NOT_FOUND ? ERR_STATE : r;
	if (k.n != key.n || k.p[0] != TABLE_SPECIAL || value.n != 8)
		return ERR_STATE;
	*window_end = load64(value.p);
	return OK;
}

static enum err
put_special(struct kv_txn *t, uint64_t index, struct slice bytes)
{
	struct key k = special_key(index);
	struct slice value = { 0 };
	struct entry e;
	uint8_t window[8];

	if (bytes.p[0] == ENTRY_BATCH && entry_parse(bytes, &e) == OK) {
		store64(window, e.window_end);
		value = slice_of(window, sizeof(window));
	}
	return kv_put(t, key_slice(&k), value);
}

/* --- Appending ------------------------------------------------------------ */

/* A credential on its way into log.mdb: group and value. */
#define GROUP_BYTES 5
struct fresh {
	uint8_t b[GROUP_BYTES + CREDENTIAL_VALUE];
};

static int
fresh_cmp(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct fresh));
}

/* Sorted, because neighbours are cheaper to insert. */
static enum err
put_credentials(
    struct kv_txn *t, const struct store_item *items, size_t n, uint64_t first)
{
	struct fresh *list;
	const struct record *rec;
	struct key k;
	size_t i, m = 0;
	enum err r = OK;

	if ((list = malloc((n + 1) * sizeof(*list))) == NULL)
		return ERR_NOMEM;
	for (i = 0; i < n; i++) {
		if ((rec = items[i].record) == NULL)
			continue;
		k = group_of(items[i].space_no, (uint8_t)rec->purpose);
		memcpy(list[m].b, k.b, GROUP_BYTES);
		k = credential_value(&rec->pk, rec->seq, first + i);
		memcpy(list[m++].b + GROUP_BYTES, k.b, CREDENTIAL_VALUE);
	}
	qsort(list, m, sizeof(*list), fresh_cmp);
	for (i = 0; i < m && r == OK; i++)
		r = kv_group_put(t, slice_of(list[i].b, GROUP_BYTES),
		    slice_of(list[i].b + GROUP_BYTES, CREDENTIAL_VALUE));
	free(list);
	return r;
}

enum err
index_commit(struct store *s, const struct store_item *items, size_t n,
    const struct flat_head *head)
{
	struct kv_txn *t = NULL;
	struct hash root;
	struct key meta;
	uint64_t first = head->size - n;
	size_t i;
	enum err r;

	if ((r = kv_write(s->log, &t)) != OK)
		return r;
	for (i = 0; i < n; i++) {
		if (items[i].record == NULL &&
		    (r = put_special(t, first + i, items[i].entry)) != OK)
			goto out;
	}
	if ((r = put_credentials(t, items, n, first)) != OK)
		goto out;
	merkle_root(&head->tree, &root);
	meta.n = 0;
	key_u64(&meta, head->size);
	key_u64(&meta, head->bytes);
	key_put(&meta, root.b, HASH_BYTES);
	if ((r = kv_put(t, meta_key(), key_slice(&meta))) != OK)
		goto out;
	r = kv_commit(&t);

out:
	kv_end(t);
	return r;
}
