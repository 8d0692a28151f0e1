/*
 * Casting (PROTOCOL 6): the record is judged in the thread of its request, by
 * the auditor's own code; then it is stored with whatever else came meanwhile.
 */
#include <string.h>

#include "service_impl.h"

struct cast_job {
	struct space *space;
	struct track *track;
	struct store_cast cast;
	struct receipt_job receipt;
	enum problem problem;
};

/* --- In the committing thread ---------------------------------------------*/

/* Nothing new is stored for a closed space, but what was is still receipted. */
static void
answer_late(struct service *s, struct cast_job *j)
{
	j->problem = PROBLEM_NOT_OPEN;
	if (store_cast_find(s->store, &j->cast) == OK &&
	    j->cast.outcome == STORE_CAST_REPEAT)
		j->problem = PROBLEM_NONE;
}

static void
take_outcome(struct cast_job *j, const struct store_cast *c, enum err r)
{
	j->cast = *c;
	if (r != OK) {
		j->problem = PROBLEM_UNAVAILABLE;
		return;
	}
	switch (c->outcome) {
	case STORE_CAST_NEW:
	case STORE_CAST_REPEAT:
		break;
	case STORE_CAST_CONFLICT:
		j->problem = PROBLEM_SEQ_USED;
		break;
	case STORE_CAST_GAP:
		j->problem = PROBLEM_SEQ_GAP;
		break;
	}
}

void
service_cast_commit(void *service, void **jobs, size_t n)
{
	struct receipt_job *receipts[SERVICE_GROUP_MAX];
	struct store_cast group[SERVICE_GROUP_MAX];
	struct cast_job *of[SERVICE_GROUP_MAX], *j;
	struct service *s = service;
	uint64_t now;
	size_t i, m = 0, k = 0;
	enum err r = OK;

	/*
	 * Under this lock the sequencer takes what waits: a record belongs to a
	 * window that is not sequenced yet, also when the clock goes back.
	 */
	pthread_mutex_lock(&s->cast_lock);
	now = clock_now(s->clock);
	for (i = 0; i < n; i++) {
		j = jobs[i];
		if (!j->track->shut)
			j->cast.window_end = header_window_end(j->space->header,
			    now > j->track->until ? now : j->track->until);
		if (j->cast.window_end == 0) {
			answer_late(s, j);
			continue;
		}
		of[m] = j;
		group[m++] = j->cast;
	}
	if (m > 0)
		r = store_cast(s->store, group, m);
	pthread_mutex_unlock(&s->cast_lock);

	for (i = 0; i < m; i++)
		take_outcome(of[i], &group[i], r);
	for (i = 0; i < n; i++) {
		j = jobs[i];
		if (j->problem != PROBLEM_NONE)
			continue;
		j->receipt.window_end = j->cast.window_end;
		receipts[k++] = &j->receipt;
	}
	service_receipt_sign(s, receipts, k);
}

/* --- In the thread of the request -----------------------------------------*/

static enum problem
problem_of(const struct verdict *v, enum err r)
{
	if (r == ERR_NOMEM || r == ERR_INTERNAL)
		return PROBLEM_INTERNAL;
	/* Only the few rules that admit_record judges can come. */
	if (v->rule == RULE_RECORD_KEY)
		return PROBLEM_RECORD_KEY;
	if (v->rule == RULE_RECORD_BODY)
		return PROBLEM_RECORD_BODY;
	if (v->rule == RULE_RECORD_TOKEN)
		return PROBLEM_RECORD_TOKEN;
	if (v->rule == RULE_RECORD_PROOF)
		return PROBLEM_RECORD_PROOF;
	if (v->rule == RULE_RECORD_SIGNATURE)
		return PROBLEM_RECORD_SIGNATURE;
	if (v->rule == RULE_RECORD_SEQUENCE)
		return PROBLEM_SEQ_LIMIT;
	return PROBLEM_RECORD_FORMAT;
}

/* Every ledger of the space is in the log. */
static int
has_ledgers(const struct space *sp)
{
	size_t i;
	unsigned p;

	for (i = 0; i < sp->header->n_issuers; i++) {
		for (p = 1; p <= PURPOSE_MAX; p++) {
			if (header_has_purpose(sp->header->kind, p) &&
			    !sp->ledgers[i][p].present)
				return 0;
		}
	}
	return 1;
}

/* The space the record speaks of, and whether it takes records at all. */
static enum problem
find_space(struct service *s, const struct hash *id, struct cast_job *j,
    struct why *why)
{
	uint64_t now = clock_now(s->clock);
	enum problem p = PROBLEM_NONE;
	const struct header *h;

	pthread_rwlock_rdlock(&s->world_lock);
	if ((j->space = world_space_by_id(s->world, id)) == NULL) {
		(void)why_say(
		    why, ERR_NOT_FOUND, "this server has no such space");
		p = PROBLEM_UNKNOWN_SPACE;
		goto out;
	}
	h = j->space->header;
	j->track = s->tracks[j->space->no];
	if (now < h->participation.from) {
		(void)why_say(
		    why, ERR_FORBIDDEN, "participation has not begun");
		p = PROBLEM_NOT_OPEN;
	} else if (j->space->form == NULL) {
		(void)why_say(
		    why, ERR_FORBIDDEN, "the ballot form is not published yet");
		p = PROBLEM_FORM_MISSING;
	} else if (h->separated && !has_ledgers(j->space)) {
		(void)why_say(why, ERR_FORBIDDEN,
		    "the ledger of who collected is not published yet");
		p = PROBLEM_NOT_OPEN;
	}

out:
	pthread_rwlock_unlock(&s->world_lock);
	return p;
}

static const char *
refusal(enum problem p)
{
	if (p == PROBLEM_NOT_OPEN)
		return "participation is over";
	if (p == PROBLEM_SEQ_USED)
		return "another record of this credential has this number";
	if (p == PROBLEM_SEQ_GAP)
		return "the number is not the next one of this credential";
	return "the record could not be stored; nothing of it was kept";
}

enum problem
service_cast(struct service *s, struct slice raw, struct buf *receipt,
    int *repeat, struct why *why)
{
	struct cast_job j = { .problem = PROBLEM_NONE };
	struct verdict v = { 0 };
	struct admitted a;
	struct hash id;
	enum problem p;
	enum err r;

	if (record_space(raw, &id) != OK) {
		(void)why_say(
		    why, ERR_FORMAT, "not a record of version 1 (PROTOCOL 6)");
		return PROBLEM_RECORD_FORMAT;
	}
	if ((p = find_space(s, &id, &j, why)) != PROBLEM_NONE)
		return p;
	if ((r = admit_record(j.space, raw, &a, &v)) != OK) {
		(void)why_say(why, r, "%s", v.why.text);
		return problem_of(&v, r);
	}
	if (atomic_load(&s->halted)) {
		(void)why_say(
		    why, ERR_STATE, "the server waits for its restart");
		return PROBLEM_UNAVAILABLE;
	}
	j.cast.space_no = (uint32_t)j.space->no;
	j.cast.record = &a.record;
	j.cast.leaf = a.leaf;
	j.receipt.space_id = &j.space->header->id;
	j.receipt.leaf = a.leaf;
	j.receipt.out = receipt;
	group_do(s->casts, &j);
	if (j.problem != PROBLEM_NONE) {
		(void)why_say(why, ERR_FORBIDDEN, "%s", refusal(j.problem));
		return j.problem;
	}
	if (j.receipt.result != OK) {
		(void)why_say(why, j.receipt.result,
		    "the record is stored; send it again for its receipt");
		return PROBLEM_INTERNAL;
	}
	*repeat = j.cast.outcome == STORE_CAST_REPEAT;
	return PROBLEM_NONE;
}
