/*
 * Who asked for a token, and what was answered.  Two tables: asks by line, and
 * the blinded messages that were signed, so that one message is never signed
 * for two lines.  The third of the file, second factors, is store_office.c's.
 */
#include <stdlib.h>

#include "ledger.h"

#include "store_int.h"

#define SCOPE 6 /* u32 space | u8 issuer | u8 purpose */

static struct key
scope_key(uint8_t table, uint32_t space_no, uint8_t issuer, uint8_t purpose)
{
	struct key k = key_of(table);

	key_u32(&k, space_no);
	key_u8(&k, issuer);
	key_u8(&k, purpose);
	return k;
}

static struct key
job_key(const struct store_issue *job, uint8_t table, const void *p)
{
	struct key k =
	    scope_key(table, job->space_no, job->issuer, job->purpose);

	key_put(&k, p, 32);
	return k;
}

/* The value of an ask. */
struct ask {
	struct public_key roll_pk;
	struct hash c;
	struct signature sig;
	struct hash blinded;
	struct slice answer;
};

static enum err
ask_parse(struct slice v, struct ask *out)
{
	struct cursor c = cursor_of(v);

	cursor_copy(&c, out->roll_pk.b, sizeof(out->roll_pk.b));
	cursor_copy(&c, out->c.b, sizeof(out->c.b));
	cursor_copy(&c, out->sig.b, sizeof(out->sig.b));
	cursor_copy(&c, out->blinded.b, sizeof(out->blinded.b));
	out->answer = cursor_take(&c, BLIND_BYTES);
	return cursor_end(&c) == OK ? OK : ERR_STATE;
}

/* Outcome REPEAT or CONFLICT, or ERR_NOT_FOUND. */
static enum err
judge(struct kv_txn *t, struct store_issue *job)
{
	struct key line = job_key(job, TABLE_ASK, job->line.b);
	struct key blinded = job_key(job, TABLE_BLINDED, job->blinded.b);
	struct slice v;
	struct ask a = { 0 };
	enum err r;

	if ((r = kv_get(t, key_slice(&line), &v)) == OK) {
		if ((r = ask_parse(v, &a)) != OK)
			return r;
		job->outcome = STORE_ISSUE_CONFLICT;
		if (hash_equal(&a.blinded, &job->blinded)) {
			job->outcome = STORE_ISSUE_REPEAT;
			memcpy(job->answer, a.answer.p, BLIND_BYTES);
		}
		return OK;
	}
	if (r != ERR_NOT_FOUND)
		return r;
	if ((r = kv_get(t, key_slice(&blinded), &v)) == OK)
		job->outcome = STORE_ISSUE_CONFLICT;
	return r;
}

static enum err
put_ask(struct kv_txn *t, const struct store_issue *job)
{
	struct key line = job_key(job, TABLE_ASK, job->line.b);
	struct key blinded = job_key(job, TABLE_BLINDED, job->blinded.b);
	struct buf v = { 0 };
	enum err r;

	buf_put(&v, job->roll_pk.b, sizeof(job->roll_pk.b));
	buf_put(&v, job->c.b, sizeof(job->c.b));
	buf_put(&v, job->sig.b, sizeof(job->sig.b));
	buf_put(&v, job->blinded.b, sizeof(job->blinded.b));
	buf_put(&v, job->answer, BLIND_BYTES);
	if ((r = buf_end(&v)) == OK &&
	    (r = kv_put(t, key_slice(&line), buf_slice(&v))) == OK)
		r = kv_put(t, key_slice(&blinded), slice_of(NULL, 0));
	buf_free(&v);
	return r;
}

enum err
store_issue(struct store *s, struct store_issue *jobs, size_t n)
{
	struct kv_txn *t = NULL;
	size_t i;
	enum err r;

	if ((r = kv_write(s->issue, &t)) != OK)
		return r;
	for (i = 0; i < n; i++) {
		if ((r = judge(t, &jobs[i])) == OK)
			continue;
		if (r != ERR_NOT_FOUND || (r = put_ask(t, &jobs[i])) != OK)
			goto out;
		jobs[i].outcome = STORE_ISSUE_NEW;
	}
	r = kv_commit(&t);

out:
	kv_end(t);
	return r;
}

enum err
store_issue_find(struct store *s, struct store_issue *job)
{
	struct kv_txn *t = NULL;
	enum err r;

	if ((r = kv_read(s->issue, &t)) != OK)
		return r;
	r = judge(t, job);
	kv_end(t);
	return r;
}

/* Make ${k} the key before every ask of the next scope. */
static int
next_scope(struct key *k)
{
	size_t i = 1 + SCOPE;

	k->n = 1 + SCOPE;
	while (i > 1) {
		if (++k->b[--i] != 0)
			return 1;
	}
	return 0;
}

enum err
store_line_issued(struct store *s, const struct public_key *line)
{
	struct key at = scope_key(TABLE_ASK, 0, 0, 0), own;
	struct kv_txn *t = NULL;
	struct slice k, v;
	enum err r;

	if ((r = kv_read(s->issue, &t)) != OK)
		return r;
	/* From scope to scope; there are few. */
	do {
		if ((r = kv_from(t, key_slice(&at), &k, &v)) != OK)
			break;
		if (k.n != 1 + SCOPE + 32 || k.p[0] != TABLE_ASK) {
			r = ERR_NOT_FOUND;
			break;
		}
		memcpy(at.b, k.p, 1 + SCOPE);
		own = at;
		own.n = 1 + SCOPE;
		key_put(&own, line->b, sizeof(line->b));
		if ((r = kv_get(t, key_slice(&own), &v)) != ERR_NOT_FOUND)
			break;
	} while (next_scope(&at));
	kv_end(t);
	return r;
}

/* --- The ledger ----------------------------------------------------------- */

static int
row_cmp(const void *a, const void *b)
{
	return memcmp(a, b, 32);
}

enum err
store_ledger(struct store *s, uint32_t space_no, uint8_t issuer,
    uint8_t purpose, struct buf *out, uint32_t *n)
{
	struct key prefix = scope_key(TABLE_ASK, space_no, issuer, purpose);
	struct kv_txn *t = NULL;
	struct buf rows = { 0 };
	struct slice k, v;
	struct ask a = { 0 };
	enum err r;

	if ((r = kv_read(s->issue, &t)) != OK)
		return r;
	r = kv_from(t, key_slice(&prefix), &k, &v);
	for (; r == OK; r = kv_next(t, &k, &v)) {
		if (!has_prefix(k, key_slice(&prefix))) {
			r = ERR_NOT_FOUND;
			break;
		}
		if ((r = ask_parse(v, &a)) != OK)
			break;
		buf_put(&rows, a.roll_pk.b, sizeof(a.roll_pk.b));
		buf_put(&rows, a.c.b, sizeof(a.c.b));
		buf_put(&rows, a.sig.b, sizeof(a.sig.b));
	}
	kv_end(t);
	if (r == ERR_NOT_FOUND)
		r = buf_end(&rows);
	if (r == OK) {
		/* By roll key, which is not the line's first one after a
		   replace. */
		if (rows.n != 0)
			qsort(rows.p, rows.n / LEDGER_ROW, LEDGER_ROW, row_cmp);
		buf_put(out, rows.p, rows.n);
		if ((r = buf_end(out)) == OK)
			*n = (uint32_t)(rows.n / LEDGER_ROW);
	}
	buf_free(&rows);
	return r;
}

/* --- Writing anew --------------------------------------------------------- */

enum err
store_issue_tidy(struct store *s)
{
	return kv_is_fresh(s->issue) ? OK : kv_rewrite(s->issue, NULL, NULL);
}

/* A kv_keep. */
static enum err
of_another_space(void *cookie, struct slice key, struct slice value)
{
	const uint32_t *space_no = cookie;

	(void)value;
	if (key.n < 1 + SCOPE)
		return ERR_STATE;
	if (key.p[0] == TABLE_FACTOR)
		return OK;
	return load32(key.p + 1) == *space_no ? ERR_NOT_FOUND : OK;
}

enum err
store_issue_forget(struct store *s, uint32_t space_no)
{
	return kv_rewrite(s->issue, of_another_space, &space_no);
}

/* --- The doctor's look ---------------------------------------------------- */

enum err
issue_check(struct kv_txn *t, uint64_t *asks)
{
	struct slice k, v, none;
	struct key other;
	struct ask a = { 0 };
	uint64_t n = 0, blinded = 0;
	enum err r;

	r = kv_from(t, slice_of(NULL, 0), &k, &v);
	for (; r == OK; r = kv_next(t, &k, &v)) {
		if (k.p[0] == TABLE_FACTOR &&
		    k.n == 1 + sizeof(struct public_key) && v.n == FACTOR_VALUE)
			continue;
		if (k.n != 1 + SCOPE + 32)
			return ERR_STATE;
		blinded += k.p[0] == TABLE_BLINDED;
		if (k.p[0] != TABLE_ASK)
			continue;
		n++;
		if (ask_parse(v, &a) != OK)
			return ERR_STATE;
		other = key_of(TABLE_BLINDED);
		key_put(&other, k.p + 1, SCOPE);
		key_put(&other, a.blinded.b, HASH_BYTES);
		if ((r = kv_get(t, key_slice(&other), &none)) != OK)
			return r == ERR_NOT_FOUND ? ERR_STATE : r;
	}
	if (r != ERR_NOT_FOUND)
		return r;
	*asks = n;
	return n == blinded ? OK : ERR_STATE;
}
