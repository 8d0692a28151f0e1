/*
 * The sequencer: what time brings about.  When a window has ended, its records
 * go into the log; when issuance is over, the ledgers, and the keys go; when
 * participation is over, what was kept for repeats of asks goes too.
 */
#include <stdlib.h>
#include <string.h>

#include "log.h"

#include "service_issuers.h"
#include "service_impl.h"

#define TICK_MS 250
#define TIDY_SECONDS 600
#define NAME_BYTES 32

/* --- Batches --------------------------------------------------------------*/

/* The last window end of ${h} that is not after ${now}; 0: none yet. */
static uint64_t
ended(const struct header *h, uint64_t now)
{
	uint64_t i;

	if (now >= h->participation.to)
		return h->participation.to;
	if (now < h->participation.from)
		return 0;
	i = (now - h->participation.from) / h->batch_interval;
	return i == 0 ? 0 : h->participation.from + i * h->batch_interval;
}

/* The entries of one batch, in memory of its own. */
struct batch {
	struct buf bytes;
	struct store_item *items;
	struct record *records;
	size_t *from; /* where each entry begins in ${bytes} */
};

static void
batch_free(struct batch *b)
{
	buf_free(&b->bytes);
	free(b->items);
	free(b->records);
	free(b->from);
}

static enum err
batch_make(struct batch *b, const struct space *sp,
    const struct store_waiting *list, size_t n)
{
	struct entry e = { .kind = ENTRY_BATCH };
	size_t i;
	enum err r;

	if (n > UINT32_MAX)
		return ERR_LIMIT;
	b->items = calloc(n + 1, sizeof(*b->items));
	b->records = calloc(n, sizeof(*b->records));
	b->from = calloc(n + 2, sizeof(*b->from));
	if (b->items == NULL || b->records == NULL || b->from == NULL)
		return ERR_NOMEM;
	e.space_id = sp->header->id;
	e.window_end = list[0].window_end;
	e.count = (uint32_t)n;
	if ((r = entry_put(&b->bytes, &e)) != OK)
		return r;
	for (i = 0; i < n; i++) {
		b->from[i + 1] = b->bytes.n;
		r = record_parse(
		    list[i].raw, sp->header->n_issuers, &b->records[i]);
		if (r != OK)
			return r;
		memset(&e, 0, sizeof(e));
		e.kind = ENTRY_RECORD;
		e.record = list[i].raw;
		if ((r = entry_put(&b->bytes, &e)) != OK)
			return r;
	}
	if ((r = buf_end(&b->bytes)) != OK)
		return r;
	b->from[n + 1] = b->bytes.n;
	for (i = 0; i <= n; i++) {
		b->items[i].entry = slice_of(
		    b->bytes.p + b->from[i], b->from[i + 1] - b->from[i]);
		b->items[i].space_no = (uint32_t)sp->no;
		if (i == 0)
			continue;
		b->items[i].leaf = list[i - 1].leaf;
		b->items[i].record = &b->records[i - 1];
	}
	return OK;
}

static enum err
append_batch(struct service *s, const struct space *sp,
    const struct store_waiting *list, size_t n)
{
	struct verdict v = { 0 };
	struct batch b = { 0 };
	enum err r;

	if ((r = batch_make(&b, sp, list, n)) == OK)
		r = service_log_append(s, b.items, n + 1, &v);
	if (r == ERR_SIGNATURE)
		service_log_halt(s, v.why.text);
	batch_free(&b);
	return r;
}

/* Take what waits up to ${until} into the log, a batch per window. */
static enum err
sequence(struct service *s, struct space *sp, struct track *t, uint64_t until)
{
	struct store_waiting *list = NULL;
	size_t n = 0, i, m;
	enum err r;

	/* From here on no record is admitted into these windows. */
	pthread_mutex_lock(&s->cast_lock);
	if (t->until < until)
		t->until = until;
	r = store_waiting(s->store, (uint32_t)sp->no,
	    t->shut ? UINT64_MAX : until, &list, &n);
	pthread_mutex_unlock(&s->cast_lock);
	if (r != OK || n == 0)
		goto out;
	for (i = 0; i < n && r == OK; i += m) {
		for (m = 1;
		     i + m < n && list[i + m].window_end == list[i].window_end;
		     m++)
			continue;
		r = append_batch(s, sp, list + i, m);
	}
	if (r == OK && (r = store_settle(s->store)) == OK)
		r = store_issue_tidy(s->store);

out:
	free(list);
	return r;
}

enum err
service_sequence_cancel(struct service *s, struct space *sp, struct track *t)
{
	pthread_mutex_lock(&s->cast_lock);
	t->shut = 1;
	pthread_mutex_unlock(&s->cast_lock);
	return sequence(s, sp, t, t->until);
}

/* --- Ledgers and keys -----------------------------------------------------*/

/*
 * A line with a change that is not yet published may stand in a ledger under a
 * key that the log does not know, or be struck behind it: the list comes first.
 */
static enum err
wait_for_changes(struct service *s, const struct space *sp, struct why *why)
{
	struct buf list = { 0 };
	enum err r;

	r = store_changes(s->store, &list);
	if (r == OK && list.n > 0)
		r = why_say(why, ERR_FORBIDDEN,
		    "the ledgers of %s wait for %zu changes of the roll that "
		    "are not yet published: publish them",
		    sp->header->slug, list.n / ROLL_CHANGE_BYTES);
	buf_free(&list);
	return r;
}

enum err
service_sequence_ledger(struct service *s, struct space *sp, size_t issuer,
    unsigned purpose, struct slice rows, struct why *why)
{
	struct entry e = { .kind = ENTRY_LEDGER };
	struct verdict v = { 0 };
	enum err r;

	if ((r = wait_for_changes(s, sp, why)) != OK)
		return r;
	e.space_id = sp->header->id;
	e.issuer = (uint8_t)issuer;
	e.purpose = (uint8_t)purpose;
	e.count = (uint32_t)(rows.n / LEDGER_ROW);
	hash_bytes(rows, &e.object);
	/* An object of no bytes cannot be staged: it is there before. */
	if (rows.n == 0)
		r = store_object_put(s->store, &e.object, rows);
	if (r == OK)
		r = service_log_put(s, &e, rows, &v);
	if (r == ERR_SIGNATURE)
		r = why_say(why, ERR_FORBIDDEN,
		    "the ledger of %s for purpose %s breaks rule %d: %s",
		    sp->header->slug, purpose_name(purpose), (int)v.rule,
		    v.why.text);
	return r;
}

static enum err
append_ledger(struct service *s, struct space *sp, size_t issuer,
    unsigned purpose, struct why *why)
{
	struct buf rows = { 0 };
	uint32_t n = 0;
	enum err r;

	r = store_ledger(s->store, (uint32_t)sp->no, (uint8_t)issuer,
	    (uint8_t)purpose, &rows, &n);
	if (r == OK)
		r = service_sequence_ledger(
		    s, sp, issuer, purpose, buf_slice(&rows), why);
	buf_free(&rows);
	return r;
}

enum err
service_sequence_destroyed(
    struct service *s, struct space *sp, size_t issuer, unsigned purpose)
{
	struct entry e = { .kind = ENTRY_KEY_DESTROYED };
	struct verdict v = { 0 };

	e.space_id = sp->header->id;
	e.issuer = (uint8_t)issuer;
	e.purpose = (uint8_t)purpose;
	e.target = sp->header->issuers[issuer].keys[purpose].key_id;
	return service_log_put(s, &e, slice_of(NULL, 0), &v);
}

static enum err
finish_issuance(
    struct service *s, struct space *sp, struct track *t, struct why *why)
{
	const struct issuer *issuer;
	unsigned p;
	enum err r = OK;

	if (t->here == RECORD_ISSUERS_MAX)
		return OK;
	issuer = &sp->header->issuers[t->here];
	/* Held over the entries, so that no change comes in between. */
	pthread_mutex_lock(&s->issue_lock);
	t->taken = 1;
	for (p = 1; p <= PURPOSE_MAX && r == OK; p++) {
		if (header_has_purpose(sp->header->kind, p) &&
		    !sp->ledgers[t->here][p].present && !sp->cancelled)
			r = append_ledger(s, sp, t->here, p, why);
	}
	pthread_mutex_unlock(&s->issue_lock);
	for (p = 1; p <= PURPOSE_MAX && r == OK; p++) {
		if (!header_has_purpose(sp->header->kind, p) ||
		    sp->ledgers[t->here][p].destroyed)
			continue;
		r = keys_token_destroy(s->keys, &issuer->keys[p].key_id);
		if (r == OK)
			r = service_sequence_destroyed(s, sp, t->here, p);
	}
	return r;
}

/* What could answer a repeat of an ask is deleted, and its key's name free. */
enum err
service_sequence_forget(struct service *s, struct space *sp, struct track *t)
{
	char name[NAME_BYTES];
	enum err r;

	(void)snprintf(name, sizeof(name), "forgotten-%zu", sp->no);
	service_issue_keys_drop(s, t);
	if ((r = store_issue_forget(s->store, (uint32_t)sp->no)) != OK ||
	    (r = store_value_put(s->store, name, slice_str("1"))) != OK)
		return r;
	t->forgotten = 1;
	return OK;
}

enum err
service_sequence_space(
    struct service *s, struct space *sp, struct track *t, struct why *why)
{
	const struct header *h = sp->header;
	uint64_t now = clock_now(s->clock), until = ended(h, now);
	int over = now >= h->participation.to || sp->closed || sp->cancelled;
	enum err r;

	if (t->done)
		return OK;
	/* What was appended goes on even if this fails half-way: each step
	   looks at the log for what is left to do. */
	if (!t->shut && until > t->until &&
	    (r = sequence(s, sp, t, until)) != OK)
		return r;
	if ((over || (h->separated && now >= h->issuance.to)) &&
	    (r = finish_issuance(s, sp, t, why)) != OK)
		return r;
	if (over && !t->forgotten &&
	    (r = service_sequence_forget(s, sp, t)) != OK)
		return r;
	if (over && !sp->cancelled &&
	    (r = service_issuers_missing(s, sp, t, why)) != OK)
		return r;
	t->done = over && (sp->closed || sp->cancelled);
	return OK;
}

enum err
service_sequence_close(
    struct service *s, struct space *sp, struct track *t, struct why *why)
{
	uint64_t end = sp->header->participation.to;
	enum err r;

	if (!t->shut && t->until < end && (r = sequence(s, sp, t, end)) != OK)
		return r;
	return service_sequence_space(s, sp, t, why);
}

/* --- The thread -----------------------------------------------------------*/

static void
tick(struct service *s)
{
	uint64_t now = clock_now(s->clock);
	size_t i;
	enum err r;

	for (i = 0; i < s->n_tracks && !atomic_load(&s->halted); i++) {
		r = service_sequence_space(
		    s, world_space(s->world, i), s->tracks[i], NULL);
		if (r != OK && r != ERR_FORBIDDEN)
			service_log_halt(s, err_str(r));
	}
	/* Also while nothing is cast: pages must not remember who came first.
	 */
	if (now - s->tidied >= TIDY_SECONDS && !atomic_load(&s->halted)) {
		s->tidied = now;
		if (store_issue_tidy(s->store) != OK)
			service_log_halt(s, "issue.mdb could not be rewritten");
	}
}

void *
service_sequence_run(void *service)
{
	struct service *s = service;

	pthread_mutex_lock(&s->log_lock);
	while (!s->stop) {
		tick(s);
		(void)clock_steady_wait(
		    &s->wake, &s->log_lock, clock_steady_ms() + TICK_MS);
	}
	pthread_mutex_unlock(&s->log_lock);
	return NULL;
}
