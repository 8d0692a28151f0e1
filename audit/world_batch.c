/* Batches, and where records stand. */
#include <string.h>

#include "admit.h"
#include "record.h"

#include "world_step.h"

/* Where a record's number stands in its bytes (PROTOCOL 6). */
#define SEQ_AT 99

enum err
world_batch_batch(struct world_step *t)
{
	const struct entry *e = t->e;
	const struct header *h = t->s->header;
	struct space *s = t->s;
	enum err r;

	if ((r = world_must(t, RULE_RECORD_PLACE, !s->closed,
		 "a batch of %s stands after its close", h->slug)) != OK ||
	    (r = world_check(t, RULE_FORM_ONCE, s->form != NULL || s->lost_form,
		 "a batch of %s stands before its form", h->slug)) != OK ||
	    (r = world_check(t, RULE_WINDOW,
		 header_is_window_end(h, e->window_end),
		 "%llu is not the end of a window of %s",
		 (unsigned long long)e->window_end, h->slug)) != OK ||
	    (r = world_check(t, RULE_WINDOW, e->window_end > s->last_window,
		 "the batches of %s are not in order of their windows",
		 h->slug)) != OK ||
	    (r = world_check(
		 t, RULE_BATCH, e->count > 0, "a batch of no records")) != OK)
		return r;
	if (h->separated && s->batches == 0 &&
	    (r = world_roll_missing(t, s)) != OK)
		return r;
	s->lost_form |= s->form == NULL;
	if (s->batches == 0)
		s->first_record = t->index;
	s->batches++;
	s->last_window = e->window_end;
	memset(&t->w->batch, 0, sizeof(t->w->batch));
	t->w->batch.s = s;
	t->w->batch.left = e->count;
	return OK;
}

enum err
world_batch_whole(struct world_step *t)
{
	struct space *s = t->w->batch.s, *own = t->s;
	uint32_t left = t->w->batch.left;
	enum err r = OK;

	if (s != NULL && left > 0) {
		t->s = s;
		r = world_check(t, RULE_BATCH, 0,
		    "the batch before lacks %u of its records", (unsigned)left);
		t->s = own;
	}
	return r;
}

enum err
world_batch_done(struct world_step *t)
{
	enum err r;

	if ((r = world_batch_whole(t)) == OK)
		memset(&t->w->batch, 0, sizeof(t->w->batch));
	return r;
}

/* The records of a batch stand by number, then by leaf hash. */
static int
is_sorted(const struct world *w, uint32_t seq, const struct hash *leaf)
{
	return !w->batch.any || seq > w->batch.seq ||
	       (seq == w->batch.seq && hash_cmp(&w->batch.leaf, leaf) < 0);
}

enum err
world_batch_place(struct world_step *t, struct slice raw,
    const struct hash *leaf, struct space **in)
{
	struct world *w = t->w;
	struct space *s = w->batch.s;
	struct hash id;
	uint32_t seq;
	enum err r;

	*in = NULL;
	if (w->batch.out)
		return ERR_SIGNATURE;
	t->s = s;
	if (s == NULL)
		return world_must(
		    t, RULE_RECORD_PLACE, 0, "the record stands in no batch");
	if ((r = world_check(t, RULE_BATCH, w->batch.left > 0,
		 "one record more than its batch says")) != OK)
		return r;
	if (record_space(raw, &id) == OK) {
		if ((r = world_check(t, RULE_RECORD_PLACE,
			 hash_equal(&id, &s->header->id),
			 "a record of another space than its batch, %s",
			 s->header->slug)) != OK)
			return r;
		if (!hash_equal(&id, &s->header->id)) {
			s->lost_records = 1;
			if ((s = world_space_by_id(w, &id)) != NULL)
				s->lost_records = 1;
			s = NULL;
		}
	}
	if (s != NULL && raw.n >= RECORD_FIXED) {
		seq = load32(raw.p + SEQ_AT);
		if ((r = world_check(t, RULE_BATCH, is_sorted(w, seq, leaf),
			 "the record is not in its order")) != OK)
			return r;
		w->batch.any = 1;
		w->batch.seq = seq;
		w->batch.leaf = *leaf;
	}
	if (w->batch.left > 0)
		w->batch.left--;
	t->s->records++;
	t->s->end = t->index + 1;
	*in = s;
	return OK;
}

enum err
world_batch_record(struct world_step *t)
{
	struct space *in;
	struct hash leaf;

	admit_leaf(t->e->record, &leaf);
	return world_batch_place(t, t->e->record, &leaf, &in);
}

enum err
world_skip(struct world *w, uint32_t n)
{
	if (w->batch.s == NULL || n > w->batch.left)
		return ERR_LIMIT;
	w->batch.left -= n;
	w->batch.s->records += n;
	w->batch.s->end += n;
	return OK;
}
