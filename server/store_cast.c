/*
 * What waits for its batch.  Whether a record is new is decided by cast.mdb and
 * the credentials of log.mdb together.  cast.mdb is looked at first: a record
 * that has left it is in any later snapshot of the log.
 */
#include <stdlib.h>

#include "entry.h"

#include "store_int.h"

/* --- Rows ----------------------------------------------------------------- */

enum err
waiting_row_parse(struct slice key, struct slice value, struct waiting_row *out)
{
	struct waiting_row w = { 0 };
	struct cursor c = cursor_of(key), d = cursor_of(value);

	if (cursor_u8(&c) != TABLE_WAITING)
		return ERR_STATE;
	w.space_no = cursor_u32(&c);
	w.purpose = cursor_u8(&c);
	cursor_copy(&c, w.pk.b, sizeof(w.pk.b));
	w.seq = cursor_u32(&c);
	w.window_end = cursor_u64(&d);
	w.raw = cursor_take(&d, d.n);
	if (cursor_end(&c) != OK || cursor_end(&d) != OK)
		return ERR_STATE;
	*out = w;
	return OK;
}

void
waiting_leaf(struct slice raw, struct hash *leaf)
{
	/* The leaf hash of the record's entry (PROTOCOL 0, 8). */
	static const uint8_t head[] = { 0x00, ENTRY_RECORD, 1 };
	struct slice parts[] = { slice_of(head, sizeof(head)), raw };

	hash_parts(parts, 2, leaf);
}

static struct key
waiting_key(const struct credential *c, uint32_t seq)
{
	struct key k = key_of(TABLE_WAITING);

	key_u32(&k, c->space_no);
	key_u8(&k, c->purpose);
	key_put(&k, c->pk->b, sizeof(c->pk->b));
	key_u32(&k, seq);
	return k;
}

/* --- Counts --------------------------------------------------------------- */

static enum err
counts_add(struct counts *c, uint32_t space_no)
{
	size_t len = (size_t)space_no + 1;
	uint32_t *p;

	if (len > c->len) {
		if ((p = realloc(c->n, len * sizeof(*p))) == NULL)
			return ERR_NOMEM;
		memset(p + c->len, 0, (len - c->len) * sizeof(*p));
		c->n = p;
		c->len = len;
	}
	c->n[space_no]++;
	return OK;
}

static enum err
count_add(struct store *s, uint32_t space_no)
{
	enum err r;

	(void)pthread_mutex_lock(&s->count_lock);
	r = counts_add(&s->waiting, space_no);
	(void)pthread_mutex_unlock(&s->count_lock);
	return r;
}

static void
count_sub(struct store *s, uint32_t space_no, uint32_t n)
{
	(void)pthread_mutex_lock(&s->count_lock);
	s->waiting.n[space_no] -= n;
	(void)pthread_mutex_unlock(&s->count_lock);
}

enum err
cast_count(struct store *s)
{
	struct kv_txn *t = NULL;
	struct waiting_row w;
	struct slice k, v;
	enum err r;

	if ((r = kv_read(s->cast, &t)) != OK)
		return r;
	r = kv_from(t, slice_of(NULL, 0), &k, &v);
	for (; r == OK; r = kv_next(t, &k, &v)) {
		if ((r = waiting_row_parse(k, v, &w)) != OK ||
		    (r = count_add(s, w.space_no)) != OK)
			break;
	}
	kv_end(t);
	return r == ERR_NOT_FOUND ? OK : r;
}

uint32_t
store_waiting_count(struct store *s, uint32_t space_no)
{
	uint32_t n = 0;

	(void)pthread_mutex_lock(&s->count_lock);
	if (space_no < s->waiting.len)
		n = s->waiting.n[space_no];
	(void)pthread_mutex_unlock(&s->count_lock);
	return n;
}

/* --- Casting -------------------------------------------------------------- */

static enum err
next_or_gap(uint32_t seq, uint32_t next, enum store_cast_outcome *out)
{
	*out = seq == next ? STORE_CAST_NEW : STORE_CAST_GAP;
	return OK;
}

/* A record with this seq is in the log: the same one? */
static enum err
judge_logged(struct view *v, const struct credential *c, struct store_cast *job)
{
	struct slice e;
	uint64_t index;
	struct hash leaf;
	enum err r;

	if ((r = view_find(v, c, job->record->seq, &index)) != OK)
		return r == ERR_NOT_FOUND ? ERR_STATE : r;
	if ((r = view_entry(v, index, &e)) != OK)
		return r;
	hash_leaf(e, &leaf);
	if (!hash_equal(&leaf, &job->leaf)) {
		job->outcome = STORE_CAST_CONFLICT;
		return OK;
	}
	job->outcome = STORE_CAST_REPEAT;
	return view_window(v, index, &job->window_end);
}

/* The highest seq that waits of a credential, and its window. */
static enum err
last_waiting(struct kv_txn *t, const struct credential *c, uint32_t *seq,
    uint64_t *window_end)
{
	struct key end = waiting_key(c, UINT32_MAX);
	struct waiting_row w;
	struct slice k, v;
	enum err r;

	if ((r = kv_below(t, key_slice(&end), &k, &v)) != OK)
		return r;
	if (k.n != end.n || !has_prefix(k, slice_of(end.b, end.n - 4)))
		return ERR_NOT_FOUND;
	if ((r = waiting_row_parse(k, v, &w)) != OK)
		return r;
	*seq = w.seq;
	*window_end = w.window_end;
	return OK;
}

static enum err
judge(struct kv_txn *t, struct view *v, const struct credential *c,
    struct store_cast *job)
{
	struct key key = waiting_key(c, job->record->seq);
	uint32_t seq = job->record->seq, last;
	struct waiting_row w;
	uint64_t window_end = 0;
	struct slice value;
	enum err r;

	if ((r = kv_get(t, key_slice(&key), &value)) == OK) {
		if ((r = waiting_row_parse(key_slice(&key), value, &w)) != OK)
			return r;
		job->outcome = STORE_CAST_CONFLICT;
		if (slice_equal(w.raw, job->record->raw)) {
			job->outcome = STORE_CAST_REPEAT;
			job->window_end = w.window_end;
		}
		return OK;
	}
	if (r != ERR_NOT_FOUND)
		return r;
	/* What waits of a credential comes after what is in the log. */
	if ((r = last_waiting(t, c, &last, &window_end)) == ERR_NOT_FOUND)
		r = view_last(v, c, &last);
	if (r == ERR_NOT_FOUND)
		return next_or_gap(seq, 0, &job->outcome);
	if (r != OK)
		return r;
	/* Not in an earlier window than the number before it, although the
	   clock may have been set back: the log has them in order. */
	if (seq == last + 1 && job->window_end < window_end)
		job->window_end = window_end;
	if (seq > last)
		return next_or_gap(seq, last + 1, &job->outcome);
	return judge_logged(v, c, job);
}

static enum err
put_waiting(
    struct kv_txn *t, const struct credential *c, const struct store_cast *job)
{
	struct key key = waiting_key(c, job->record->seq);
	struct slice raw = job->record->raw;
	uint8_t value[8 + RECORD_MAX];

	if (raw.n > RECORD_MAX)
		return ERR_LIMIT;
	store64(value, job->window_end);
	memcpy(value + 8, raw.p, raw.n);
	return kv_put(t, key_slice(&key), slice_of(value, 8 + raw.n));
}

enum err
store_cast(struct store *s, struct store_cast *jobs, size_t n)
{
	struct kv_txn *t = NULL;
	struct view v = { 0 };
	struct credential c;
	size_t i, added = 0;
	enum err r;

	if ((r = kv_write(s->cast, &t)) != OK || (r = view_begin(s, &v)) != OK)
		goto out;
	for (i = 0; i < n; i++) {
		c.space_no = jobs[i].space_no;
		c.purpose = (uint8_t)jobs[i].record->purpose;
		c.pk = &jobs[i].record->pk;
		if ((r = judge(t, &v, &c, &jobs[i])) != OK)
			goto out;
		if (jobs[i].outcome != STORE_CAST_NEW)
			continue;
		/* Counted before the commit, which ends the transaction and
		   lets store_settle count anew. */
		if ((r = put_waiting(t, &c, &jobs[i])) != OK ||
		    (r = count_add(s, c.space_no)) != OK)
			goto out;
		added = i + 1;
	}
	r = kv_commit(&t);

out:
	for (i = 0; r != OK && i < added; i++) {
		if (jobs[i].outcome == STORE_CAST_NEW)
			count_sub(s, jobs[i].space_no, 1);
	}
	kv_end(t);
	view_end(&v);
	return r;
}

enum err
store_cast_find(struct store *s, struct store_cast *job)
{
	struct kv_txn *t = NULL;
	struct view v = { 0 };
	struct store_cast found = *job;
	struct credential c;
	enum err r;

	c.space_no = job->space_no;
	c.purpose = (uint8_t)job->record->purpose;
	c.pk = &job->record->pk;
	if ((r = kv_read(s->cast, &t)) != OK || (r = view_begin(s, &v)) != OK ||
	    (r = judge(t, &v, &c, &found)) != OK)
		goto out;
	if (found.outcome == STORE_CAST_REPEAT ||
	    found.outcome == STORE_CAST_CONFLICT)
		*job = found;
	else
		r = ERR_NOT_FOUND;

out:
	kv_end(t);
	view_end(&v);
	return r;
}

/* --- Listing -------------------------------------------------------------- */

static int
waiting_cmp(const void *a, const void *b)
{
	const struct store_waiting *x = a, *y = b;

	if (x->window_end != y->window_end)
		return x->window_end < y->window_end ? -1 : 1;
	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	return hash_cmp(&x->leaf, &y->leaf);
}

/* Go through what waits of a space: count it, and copy it where ${list}. */
static enum err
walk_space(struct kv_txn *t, uint32_t space_no, uint64_t until,
    struct store_waiting *list, uint8_t *bytes, size_t *n, size_t *total)
{
	struct key prefix = key_of(TABLE_WAITING);
	struct waiting_row w;
	struct slice k, v;
	enum err r;

	*n = *total = 0;
	key_u32(&prefix, space_no);
	r = kv_from(t, key_slice(&prefix), &k, &v);
	for (; r == OK; r = kv_next(t, &k, &v)) {
		if (!has_prefix(k, key_slice(&prefix)))
			return OK;
		if ((r = waiting_row_parse(k, v, &w)) != OK)
			return r;
		if (w.window_end > until)
			continue;
		if (list != NULL) {
			memcpy(bytes + *total, w.raw.p, w.raw.n);
			list[*n].raw = slice_of(bytes + *total, w.raw.n);
			list[*n].window_end = w.window_end;
			list[*n].seq = w.seq;
			waiting_leaf(w.raw, &list[*n].leaf);
		}
		*total += w.raw.n;
		(*n)++;
	}
	return r == ERR_NOT_FOUND ? OK : r;
}

enum err
store_waiting(struct store *s, uint32_t space_no, uint64_t until,
    struct store_waiting **list, size_t *n)
{
	struct kv_txn *t = NULL;
	struct store_waiting *l = NULL;
	size_t count, total;
	enum err r;

	if ((r = kv_read(s->cast, &t)) != OK)
		return r;
	if ((r = walk_space(t, space_no, until, NULL, NULL, &count, &total)) !=
	    OK)
		goto out;
	if ((l = malloc((count + 1) * sizeof(*l) + total)) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	if ((r = walk_space(t, space_no, until, l, (uint8_t *)(l + count + 1),
		 &count, &total)) != OK)
		goto out;
	qsort(l, count, sizeof(*l), waiting_cmp);
	*list = l;
	*n = count;
	l = NULL;

out:
	free(l);
	kv_end(t);
	return r;
}

/* --- Settling ------------------------------------------------------------- */

struct settling {
	struct store *s;
	struct view v;
	struct counts gone;
};

/* A kv_keep: what is not in the log stays. */
static enum err
unless_logged(void *cookie, struct slice key, struct slice value)
{
	struct settling *g = cookie;
	struct waiting_row w;
	struct credential c;
	struct hash here, there;
	struct slice e;
	uint64_t index;
	enum err r;

	/* As in store_cast, cast.mdb first and then the log. */
	if (g->v.t == NULL && (r = view_begin(g->s, &g->v)) != OK)
		return r;
	if ((r = waiting_row_parse(key, value, &w)) != OK)
		return r;
	c = (struct credential){ w.space_no, w.purpose, &w.pk };
	if ((r = view_find(&g->v, &c, w.seq, &index)) == ERR_NOT_FOUND)
		return OK;
	if (r != OK || (r = view_entry(&g->v, index, &e)) != OK)
		return r;
	/* An accepted record is never dropped in favour of another one. */
	waiting_leaf(w.raw, &here);
	hash_leaf(e, &there);
	if (!hash_equal(&here, &there))
		return ERR_STATE;
	r = counts_add(&g->gone, w.space_no);
	return r == OK ? ERR_NOT_FOUND : r;
}

static int
nothing_waits(struct store *s)
{
	uint32_t any = 0;
	size_t i;

	(void)pthread_mutex_lock(&s->count_lock);
	for (i = 0; i < s->waiting.len; i++)
		any |= s->waiting.n[i];
	(void)pthread_mutex_unlock(&s->count_lock);
	return any == 0;
}

enum err
store_settle(struct store *s)
{
	struct settling g = { 0 };
	uint32_t i;
	enum err r;

	if (nothing_waits(s) && kv_is_fresh(s->cast))
		return OK;
	g.s = s;
	if ((r = kv_rewrite(s->cast, unless_logged, &g)) == OK) {
		for (i = 0; i < g.gone.len; i++)
			count_sub(s, i, g.gone.n[i]);
	}
	free(g.gone.n);
	view_end(&g.v);
	return r;
}
