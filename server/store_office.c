/*
 * Objects, contents, and what the office keeps: the roll's changes, second
 * factors, request numbers, small values.
 */
#include "roll.h"

#include "store_int.h"

#define NAME_MAX_CHARS 200

static struct key
row_key(uint8_t table, const void *p, size_t n)
{
	struct key k = key_of(table);

	key_put(&k, p, n);
	return k;
}

static enum err
get(struct kv *kv, const struct key *key, struct buf *out)
{
	struct kv_txn *t = NULL;
	struct slice v;
	enum err r;

	if ((r = kv_read(kv, &t)) != OK)
		return r;
	if ((r = kv_get(t, key_slice(key), &v)) == OK) {
		buf_put(out, v.p, v.n);
		r = buf_end(out);
	}
	kv_end(t);
	return r;
}

static enum err
put(struct kv *kv, const struct key *key, struct slice value)
{
	struct kv_txn *t = NULL;
	enum err r;

	if ((r = kv_write(kv, &t)) != OK)
		return r;
	if ((r = kv_put(t, key_slice(key), value)) == OK)
		r = kv_commit(&t);
	kv_end(t);
	return r;
}

/* --- Objects and contents ------------------------------------------------- */

enum err
store_object_put(struct store *s, const struct hash *hash, struct slice bytes)
{
	struct key k = row_key(TABLE_OBJECT, hash->b, HASH_BYTES);

	return put(s->main, &k, bytes);
}

enum err
store_object_get(struct store *s, const struct hash *hash, struct buf *out)
{
	struct key k = row_key(TABLE_OBJECT, hash->b, HASH_BYTES);

	return get(s->main, &k, out);
}

enum err
store_content_put(
    struct store *s, const struct hash *leaf, struct slice content)
{
	struct key k = row_key(TABLE_CONTENT, leaf->b, HASH_BYTES);

	return put(s->contents, &k, content);
}

enum err
store_content_get(struct store *s, const struct hash *leaf, struct buf *out)
{
	struct key k = row_key(TABLE_CONTENT, leaf->b, HASH_BYTES);

	return get(s->contents, &k, out);
}

/* A kv_keep. */
static enum err
other_key(void *cookie, struct slice key, struct slice value)
{
	const struct key *k = cookie;

	(void)value;
	return slice_equal(key, key_slice(k)) ? ERR_NOT_FOUND : OK;
}

enum err
store_content_erase(struct store *s, const struct hash *leaf)
{
	struct key k = row_key(TABLE_CONTENT, leaf->b, HASH_BYTES);

	/* Deleting a row would leave its bytes in a free page. */
	return kv_rewrite(s->contents, other_key, &k);
}

/* --- Changes of the roll -------------------------------------------------- */

enum err
store_change_put(struct store *s, struct slice change)
{
	struct key k;

	if (change.n != ROLL_CHANGE_BYTES)
		return ERR_FORMAT;
	k = row_key(TABLE_CHANGE, change.p, change.n);
	return put(s->main, &k, slice_of(NULL, 0));
}

enum err
store_changes(struct store *s, struct buf *out)
{
	struct key from = key_of(TABLE_CHANGE);
	struct kv_txn *t = NULL;
	struct slice k, v;
	enum err r;

	if ((r = kv_read(s->main, &t)) != OK)
		return r;
	r = kv_from(t, key_slice(&from), &k, &v);
	for (; r == OK && k.p[0] == TABLE_CHANGE; r = kv_next(t, &k, &v))
		buf_put(out, k.p + 1, k.n - 1);
	kv_end(t);
	return r == OK || r == ERR_NOT_FOUND ? buf_end(out) : r;
}

enum err
store_changes_drop(struct store *s, struct slice list)
{
	struct kv_txn *t = NULL;
	struct key k;
	enum err r;

	if (list.n % ROLL_CHANGE_BYTES != 0)
		return ERR_FORMAT;
	if ((r = kv_write(s->main, &t)) != OK)
		return r;
	for (; list.n > 0; list.n -= ROLL_CHANGE_BYTES) {
		k = row_key(TABLE_CHANGE, list.p, ROLL_CHANGE_BYTES);
		r = kv_del(t, key_slice(&k));
		if (r != OK && r != ERR_NOT_FOUND)
			goto out;
		list.p += ROLL_CHANGE_BYTES;
	}
	r = kv_commit(&t);

out:
	kv_end(t);
	return r;
}

/* --- Second factors ------------------------------------------------------- */

static enum err
factor_read(
    struct kv_txn *t, const struct key *k, struct hash *mac, uint32_t *tries)
{
	struct cursor c;
	struct slice v;
	enum err r;

	if ((r = kv_get(t, key_slice(k), &v)) != OK)
		return r;
	c = cursor_of(v);
	cursor_copy(&c, mac->b, HASH_BYTES);
	*tries = cursor_u32(&c);
	return cursor_end(&c) == OK ? OK : ERR_STATE;
}

static enum err
factor_write(struct kv_txn *t, const struct key *k, const struct hash *mac,
    uint32_t tries)
{
	uint8_t v[FACTOR_VALUE];

	memcpy(v, mac->b, HASH_BYTES);
	store32(v + HASH_BYTES, tries);
	return kv_put(t, key_slice(k), slice_of(v, sizeof(v)));
}

enum err
store_factors_put(struct store *s, const struct public_key *pks,
    const struct hash *macs, size_t n)
{
	struct kv_txn *t = NULL;
	struct hash old;
	struct key k;
	uint32_t tries;
	size_t i;
	enum err r;

	if ((r = kv_write(s->issue, &t)) != OK)
		return r;
	for (i = 0; i < n; i++) {
		k = row_key(TABLE_FACTOR, pks[i].b, sizeof(pks[i].b));
		r = factor_read(t, &k, &old, &tries);
		/* The same factor again gives no new tries. */
		if (r == ERR_NOT_FOUND ||
		    (r == OK && !hash_equal(&old, &macs[i])))
			r = factor_write(t, &k, &macs[i], 0);
		if (r != OK)
			goto out;
	}
	r = kv_commit(&t);

out:
	kv_end(t);
	return r;
}

enum err
store_factor_get(struct store *s, const struct public_key *pk, struct hash *mac,
    uint32_t *tries)
{
	struct key k = row_key(TABLE_FACTOR, pk->b, sizeof(pk->b));
	struct kv_txn *t = NULL;
	struct hash m;
	uint32_t n;
	enum err r;

	if ((r = kv_read(s->issue, &t)) != OK)
		return r;
	if ((r = factor_read(t, &k, &m, &n)) == OK) {
		*mac = m;
		*tries = n;
	}
	kv_end(t);
	return r;
}

enum err
store_factor_tried(struct store *s, const struct public_key *pk)
{
	struct key k = row_key(TABLE_FACTOR, pk->b, sizeof(pk->b));
	struct kv_txn *t = NULL;
	struct hash mac;
	uint32_t tries;
	enum err r;

	if ((r = kv_write(s->issue, &t)) != OK)
		return r;
	if ((r = factor_read(t, &k, &mac, &tries)) == OK &&
	    (r = factor_write(
		 t, &k, &mac, tries == UINT32_MAX ? tries : tries + 1)) == OK)
		r = kv_commit(&t);
	kv_end(t);
	return r;
}

/* --- Staff numbers and values --------------------------------------------- */

enum err
store_staff_number(
    struct store *s, const struct public_key *pk, uint64_t n, uint64_t *last)
{
	struct key k = row_key(TABLE_STAFF, pk->b, sizeof(pk->b));
	struct kv_txn *t = NULL;
	struct slice v;
	uint8_t b[8];
	uint64_t old = 0;
	enum err r;

	if ((r = kv_write(s->main, &t)) != OK)
		return r;
	if ((r = kv_get(t, key_slice(&k), &v)) == OK && v.n == sizeof(b))
		old = load64(v.p);
	else if (r != ERR_NOT_FOUND) {
		r = r == OK ? ERR_STATE : r;
		goto out;
	}
	if (n <= old) {
		*last = old;
		r = ERR_CONFLICT;
		goto out;
	}
	store64(b, n);
	if ((r = kv_put(t, key_slice(&k), slice_of(b, sizeof(b)))) == OK)
		r = kv_commit(&t);

out:
	kv_end(t);
	return r;
}

enum err
store_value_put(struct store *s, const char *name, struct slice value)
{
	struct key k;

	if (strlen(name) > NAME_MAX_CHARS)
		return ERR_LIMIT;
	k = row_key(TABLE_VALUE, name, strlen(name));
	return put(s->main, &k, value);
}

enum err
store_value_get(struct store *s, const char *name, struct buf *out)
{
	struct key k;

	if (strlen(name) > NAME_MAX_CHARS)
		return ERR_NOT_FOUND;
	k = row_key(TABLE_VALUE, name, strlen(name));
	return get(s->main, &k, out);
}
