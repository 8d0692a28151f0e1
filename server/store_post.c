/*
 * The post box of a key ceremony: what trustees send each other, the form that
 * they are to sign, and their signatures.  The first message of a slot stays:
 * a second one shows that its trustee said two things.
 */
#include "store_int.h"

#define SPACE_KEY 5
#define SLOT_KEY (SPACE_KEY + 7)
#define SIGNED_KEY (SPACE_KEY + 1)
#define DRAFT_LENGTH 4

static struct key
space_key(uint8_t table, uint32_t space_no)
{
	struct key k = key_of(table);

	key_u32(&k, space_no);
	return k;
}

static struct key
slot_key(uint32_t space_no, const struct store_slot *slot)
{
	struct key k = space_key(TABLE_MESSAGE, space_no);

	key_u32(&k, slot->attempt);
	key_u8(&k, slot->round);
	key_u8(&k, slot->index);
	key_u8(&k, slot->sort);
	return k;
}

static struct key
signed_key(uint32_t space_no, uint8_t index)
{
	struct key k = space_key(TABLE_SIGNED, space_no);

	key_u8(&k, index);
	return k;
}

int
post_row_is_right(uint8_t table, struct slice key, struct slice value)
{
	if (table == TABLE_MESSAGE)
		return key.n == SLOT_KEY - 1 && value.n > 0;
	if (table == TABLE_SIGNED)
		return key.n == SIGNED_KEY - 1 && value.n > 0;
	return table == TABLE_DRAFT && key.n == SPACE_KEY - 1 &&
	       value.n >= DRAFT_LENGTH &&
	       load32(value.p) <= value.n - DRAFT_LENGTH;
}

/* The first stays.  ERR_NOT_FOUND: there was none, and now it is put. */
static enum err
put_first(struct kv_txn *t, const struct key *k, struct slice text)
{
	struct slice old;
	enum err r;

	if ((r = kv_get(t, key_slice(k), &old)) == OK)
		return slice_equal(old, text) ? OK : ERR_CONFLICT;
	if (r == ERR_NOT_FOUND && (r = kv_put(t, key_slice(k), text)) == OK)
		r = ERR_NOT_FOUND;
	return r;
}

/* In how many attempts but that of ${slot} its trustee spoke. */
static enum err
other_attempts(struct kv_txn *t, uint32_t space_no,
    const struct store_slot *slot, unsigned *n)
{
	struct key from = space_key(TABLE_MESSAGE, space_no);
	uint32_t attempt, last = 0;
	struct slice k, v;
	enum err r;

	*n = 0;
	r = kv_from(t, key_slice(&from), &k, &v);
	for (; r == OK && has_prefix(k, key_slice(&from));
	     r = kv_next(t, &k, &v)) {
		if (k.n != SLOT_KEY)
			return ERR_STATE;
		attempt = load32(k.p + SPACE_KEY);
		if (k.p[SPACE_KEY + 5] != slot->index ||
		    attempt == slot->attempt || attempt == last)
			continue;
		last = attempt; /* rows are in order of attempts; 0 is none */
		++*n;
	}
	return r == ERR_NOT_FOUND ? OK : r;
}

enum err
store_message_put(struct store *s, uint32_t space_no,
    const struct store_slot *slot, struct slice text, unsigned attempts,
    int *repeat)
{
	struct key k = slot_key(space_no, slot);
	struct kv_txn *t = NULL;
	unsigned n = 0;
	enum err r;

	if ((r = kv_write(s->main, &t)) != OK)
		return r;
	if ((r = put_first(t, &k, text)) == OK) {
		*repeat = 1;
		goto out;
	}
	if (r != ERR_NOT_FOUND ||
	    (r = other_attempts(t, space_no, slot, &n)) != OK)
		goto out;
	if (n >= attempts) {
		r = ERR_LIMIT;
		goto out;
	}
	if ((r = kv_commit(&t)) == OK)
		*repeat = 0;

out:
	kv_end(t);
	return r;
}

static enum err
each(struct store *s, const struct key *from, store_text *f, void *cookie)
{
	struct kv_txn *t = NULL;
	struct slice k, v;
	enum err r;

	if ((r = kv_read(s->main, &t)) != OK)
		return r;
	r = kv_from(t, key_slice(from), &k, &v);
	for (; r == OK && has_prefix(k, key_slice(from));
	     r = kv_next(t, &k, &v)) {
		if ((r = f(cookie, v)) != OK)
			break;
	}
	kv_end(t);
	return r == ERR_NOT_FOUND ? OK : r;
}

enum err
store_messages(struct store *s, uint32_t space_no, store_text *f, void *cookie)
{
	struct key from = space_key(TABLE_MESSAGE, space_no);

	return each(s, &from, f, cookie);
}

enum err
store_signatures(
    struct store *s, uint32_t space_no, store_text *f, void *cookie)
{
	struct key from = space_key(TABLE_SIGNED, space_no);

	return each(s, &from, f, cookie);
}

/* --- The draft ------------------------------------------------------------ */

static enum err
draft_split(struct slice row, struct slice *form, struct slice *transcript)
{
	struct cursor c = cursor_of(row);

	*form = cursor_take(&c, cursor_u32(&c));
	*transcript = cursor_take(&c, c.n);
	return cursor_end(&c) == OK ? OK : ERR_STATE;
}

static enum err
signatures_drop(struct kv_txn *t, uint32_t space_no)
{
	struct key k;
	unsigned i;
	enum err r;

	for (i = 0; i <= UINT8_MAX; i++) {
		k = signed_key(space_no, (uint8_t)i);
		if ((r = kv_del(t, key_slice(&k))) != OK && r != ERR_NOT_FOUND)
			return r;
	}
	return OK;
}

enum err
store_draft_put(struct store *s, uint32_t space_no, struct slice form,
    struct slice transcript)
{
	struct key k = space_key(TABLE_DRAFT, space_no);
	struct kv_txn *t = NULL;
	struct buf row = { 0 };
	struct slice old;
	enum err r;

	buf_u32(&row, (uint32_t)form.n);
	buf_put(&row, form.p, form.n);
	buf_put(&row, transcript.p, transcript.n);
	if ((r = buf_end(&row)) != OK || (r = kv_write(s->main, &t)) != OK)
		goto out;
	r = kv_get(t, key_slice(&k), &old);
	if (r == OK && slice_equal(old, buf_slice(&row)))
		goto out;
	if ((r != OK && r != ERR_NOT_FOUND) ||
	    (r = signatures_drop(t, space_no)) != OK ||
	    (r = kv_put(t, key_slice(&k), buf_slice(&row))) != OK)
		goto out;
	r = kv_commit(&t);

out:
	kv_end(t);
	buf_free(&row);
	return r;
}

enum err
store_draft_get(struct store *s, uint32_t space_no, struct buf *form,
    struct buf *transcript)
{
	struct key k = space_key(TABLE_DRAFT, space_no);
	struct slice row, one, two;
	struct kv_txn *t = NULL;
	enum err r;

	if ((r = kv_read(s->main, &t)) != OK)
		return r;
	if ((r = kv_get(t, key_slice(&k), &row)) == OK &&
	    (r = draft_split(row, &one, &two)) == OK) {
		buf_put(form, one.p, one.n);
		buf_put(transcript, two.p, two.n);
		r = buf_end(form) == OK && buf_end(transcript) == OK
			? OK
			: ERR_NOMEM;
	}
	kv_end(t);
	return r;
}

enum err
store_draft_drop(struct store *s, uint32_t space_no)
{
	struct key k = space_key(TABLE_DRAFT, space_no);
	struct kv_txn *t = NULL;
	enum err r;

	if ((r = kv_write(s->main, &t)) != OK)
		return r;
	r = kv_del(t, key_slice(&k));
	if (r == OK && (r = signatures_drop(t, space_no)) == OK)
		r = kv_commit(&t);
	kv_end(t);
	return r == ERR_NOT_FOUND ? OK : r;
}

enum err
store_signature_put(struct store *s, uint32_t space_no,
    const struct hash *form_id, uint8_t index, struct slice text, int *repeat)
{
	struct key draft = space_key(TABLE_DRAFT, space_no);
	struct key k = signed_key(space_no, index);
	struct slice row, form, transcript;
	struct kv_txn *t = NULL;
	struct hash h;
	enum err r;

	if ((r = kv_write(s->main, &t)) != OK)
		return r;
	if ((r = kv_get(t, key_slice(&draft), &row)) != OK ||
	    (r = draft_split(row, &form, &transcript)) != OK)
		goto out;
	hash_bytes(form, &h);
	if (!hash_equal(&h, form_id)) {
		r = ERR_NOT_FOUND;
		goto out;
	}
	if ((r = put_first(t, &k, text)) == OK) {
		*repeat = 1;
		goto out;
	}
	if (r == ERR_NOT_FOUND && (r = kv_commit(&t)) == OK)
		*repeat = 0;

out:
	kv_end(t);
	return r;
}
