/*
 * The roll ahead of the log.  A change has its effect at once, for issuing, and
 * comes into the log later with others; what is kept here is the roll that the
 * log would give if the changes that wait were published now.  It is therefore
 * made anew when a space is announced while changes wait: in the log they will
 * stand behind the new header, and have their effect in the new space too.
 */
#include <stdlib.h>

#include "log.h"

#include "issuer_follow.h"
#include "service_impl.h"

/* One special entry of the log. */
static enum err
step(struct service *s, const struct entry *e, struct roll *roll,
    struct why *why)
{
	const struct space *sp;
	struct buf b = { 0 };
	enum err r = OK;

	switch (e->kind) {
	case ENTRY_HEADER:
		sp = world_space_by_id(s->world, &e->space_id);
		r = sp == NULL
			? ERR_INTERNAL
			: service_log_object(s, &sp->header->roll_root, &b);
		if (r == OK)
			r = roll_open(roll, &e->space_id, buf_slice(&b), why);
		break;
	case ENTRY_ROLL_CHANGE:
		if ((r = service_log_object(s, &e->object, &b)) == OK)
			r = roll_apply(roll, buf_slice(&b), why);
		break;
	case ENTRY_CLOSE:
	case ENTRY_CANCEL:
		roll_close(roll, &e->space_id);
		break;
	case ENTRY_GENESIS:
	case ENTRY_FORM:
	case ENTRY_LEDGER:
	case ENTRY_BATCH:
	case ENTRY_RECORD:
	case ENTRY_OPENING:
	case ENTRY_RESULT:
	case ENTRY_MODERATION:
	case ENTRY_PAPER:
	case ENTRY_KEY_DESTROYED:
	case ENTRY_BUNDLE:
	case ENTRY_DISPUTE:
	case ENTRY_STAFF:
	case ENTRY_PROGRESS:
		break;
	}
	buf_free(&b);
	return r;
}

static enum err
replay(struct service *s, struct roll *roll, struct why *why)
{
	uint64_t index = 0;
	struct entry e;
	enum err r;

	for (;; index++) {
		struct buf b = { 0 };

		r = store_special(s->store, index, &index);
		if (r == ERR_NOT_FOUND)
			return OK;
		if (r == OK && (r = store_entry(s->store, index, &b)) == OK &&
		    (r = entry_parse(buf_slice(&b), &e)) == OK)
			r = step(s, &e, roll, why);
		buf_free(&b);
		if (r != OK)
			return r;
	}
}

/* An issuer has the log in another form. */
static enum err
replay_follow(struct service *s, struct roll *roll, struct why *why)
{
	struct entry e;
	size_t i;
	enum err r = OK;

	for (i = 0; r == OK && issuer_follow_step(s, i, &e) == OK; i++)
		r = step(s, &e, roll, why);
	return r;
}

/*
 * At an issuer a change may wait that the log's server never took, and that
 * does not fit the log any more: the others have their effect all the same.
 * Rows may need each other, in any order.
 */
static enum err
apply_each(struct roll *roll, struct slice list)
{
	size_t i, n = list.n / ROLL_CHANGE_BYTES, left = n, before;
	uint8_t *done = calloc(n + 1, 1);
	enum err r = OK;

	if (done == NULL)
		return ERR_NOMEM;
	do {
		before = left;
		for (i = 0; i < n && r != ERR_NOMEM; i++) {
			if (done[i])
				continue;
			r = roll_apply(roll,
			    slice_of(list.p + i * ROLL_CHANGE_BYTES,
				ROLL_CHANGE_BYTES),
			    NULL);
			done[i] = r == OK;
			left -= done[i];
		}
	} while (left < before && r != ERR_NOMEM);
	free(done);
	if (left > 0)
		log_event(LOG_WARNING,
		    "changes of the roll that the log's server did not take "
		    "have no effect here number=%zu",
		    left);
	return r == ERR_NOMEM ? r : OK;
}

enum err
service_live_build(struct service *s, const struct header *extra,
    struct roll **out, struct why *why)
{
	struct buf file = { 0 }, pending = { 0 };
	struct roll *roll = NULL;
	enum err r;

	if ((roll = roll_new()) == NULL)
		return ERR_NOMEM;
	r = s->follow != NULL ? replay_follow(s, roll, why)
			      : replay(s, roll, why);
	if (r != OK)
		goto out;
	if (extra != NULL) {
		r = store_object_get(s->store, &extra->roll_root, &file);
		if (r == ERR_NOT_FOUND)
			r = why_say(why, r,
			    "the roll of %s has not been imported",
			    extra->slug);
		if (r != OK || (r = roll_open(roll, &extra->id,
				    buf_slice(&file), why)) != OK)
			goto out;
	}
	if ((r = store_changes(s->store, &pending)) != OK)
		goto out;
	if (pending.n > 0 &&
	    (r = roll_apply(roll, buf_slice(&pending), why)) != OK &&
	    s->follow != NULL)
		r = apply_each(roll, buf_slice(&pending));
	if (r != OK) {
		why_prefix(why,
		    "the changes of the roll that are not yet published do not "
		    "fit, publish them first: ");
		goto out;
	}
	*out = roll;
	roll = NULL; /* handed over */

out:
	roll_free(roll);
	buf_free(&file);
	buf_free(&pending);
	return r;
}

void
service_live_set(struct service *s, struct roll *roll)
{
	struct roll *old;

	pthread_rwlock_wrlock(&s->live_lock);
	old = s->live;
	s->live = roll;
	pthread_rwlock_unlock(&s->live_lock);
	roll_free(old);
}
