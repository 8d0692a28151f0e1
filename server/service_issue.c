/*
 * Issuing (PROTOCOL 5).  The order of the checks is part of the protocol: what
 * an ask may learn, and what it may use up, depends on what it has proved.
 */
#include <string.h>

#include "ledger.h"
#include "wipe.h"

#include "issuer_follow.h"
#include "service_impl.h"

#define FACTOR_TRIES 10
#define HOLD_SECONDS 60 /* longer than issuers may take to agree */

struct ask_job {
	struct ask_key key;
	struct store_issue issue;
	enum problem problem;
};

/* --- Token key ids --------------------------------------------------------*/

size_t
service_issue_here(const struct header *h)
{
	size_t i;

	for (i = 0; i < h->n_issuers; i++) {
		if (h->issuers[i].url[0] == '\0')
			return i;
	}
	return RECORD_ISSUERS_MAX;
}

static uint8_t
truncated(const struct header *h, size_t issuer, unsigned purpose)
{
	return h->issuers[issuer].keys[purpose].key_id.b[HASH_BYTES - 1];
}

enum err
service_issue_keys_add(
    struct service *s, struct space *space, struct track *track)
{
	const struct header *h = space->header;
	size_t issuer = track->here;
	struct ask_key *k;
	enum err r = OK;
	unsigned p;

	if (issuer == RECORD_ISSUERS_MAX)
		return OK;
	pthread_mutex_lock(&s->small_lock);
	for (p = 1; p <= PURPOSE_MAX; p++) {
		if (!header_has_purpose(h->kind, p))
			continue;
		k = &s->ask_keys[truncated(h, issuer, p)];
		if (k->space != NULL) {
			r = ERR_CONFLICT;
			continue;
		}
		k->space = space;
		k->track = track;
		k->issuer = (uint8_t)issuer;
		k->purpose = (uint8_t)p;
	}
	pthread_mutex_unlock(&s->small_lock);
	return r;
}

void
service_issue_keys_drop(struct service *s, const struct track *track)
{
	size_t i;

	pthread_mutex_lock(&s->small_lock);
	for (i = 0; i < 256; i++) {
		if (s->ask_keys[i].track == track)
			memset(&s->ask_keys[i], 0, sizeof(s->ask_keys[i]));
	}
	pthread_mutex_unlock(&s->small_lock);
}

void
service_issue_keys(struct service *s, struct key_ids *ids)
{
	size_t i;

	pthread_mutex_lock(&s->small_lock);
	for (i = 0; i < 256; i++) {
		if (s->ask_keys[i].space != NULL)
			key_ids_add(ids, (uint8_t)i);
	}
	pthread_mutex_unlock(&s->small_lock);
}

/* --- Rights ---------------------------------------------------------------*/

/* May the key ask in this space?  The caller keeps the roll from changing. */
static enum problem
judge_key(const struct roll *live, const struct hash *space_id,
    const struct public_key *pk)
{
	uint32_t line = roll_line(live, pk);

	if (line == ROLL_NO_LINE)
		return PROBLEM_NOT_ON_ROLL;
	if (public_key_cmp(roll_line_current(live, line), pk) != 0)
		return PROBLEM_REPLACED;
	return roll_entitled(live, space_id, line) ? PROBLEM_NONE
						   : PROBLEM_NOT_ON_ROLL;
}

static int
is_open(const struct service *s, const struct ask_key *k)
{
	const struct window *w = &k->space->header->issuance;
	uint64_t now = clock_now(s->clock);

	return now >= w->from && now < w->to && !k->track->taken;
}

void
service_issue_hold(struct service *s, const struct public_key *line)
{
	s->held_until = line != NULL ? clock_steady() + HOLD_SECONDS : 0;
	if (line != NULL)
		s->held = *line;
}

static int
is_held(const struct service *s, const struct public_key *line)
{
	return s->held_until > clock_steady() &&
	       public_key_cmp(&s->held, line) == 0;
}

/* In the committing thread: what was true when an ask was judged may have
   changed since, and only here nothing moves. */
void
service_issue_commit(void *service, void **jobs, size_t n)
{
	struct store_issue group[SERVICE_GROUP_MAX];
	struct ask_job *of[SERVICE_GROUP_MAX], *j;
	struct service *s = service;
	size_t i, m = 0;
	enum err r = OK;

	pthread_mutex_lock(&s->issue_lock);
	for (i = 0; i < n; i++) {
		j = jobs[i];
		j->problem = is_open(s, &j->key) ? PROBLEM_NONE
						 : PROBLEM_ISSUANCE_CLOSED;
		if (j->problem == PROBLEM_NONE)
			j->problem = judge_key(s->live,
			    &j->key.space->header->id, &j->issue.roll_pk);
		if (j->problem == PROBLEM_NONE && is_held(s, &j->issue.line))
			j->problem = PROBLEM_UNAVAILABLE;
		if (j->problem != PROBLEM_NONE)
			continue;
		of[m] = j;
		group[m++] = j->issue;
	}
	if (m > 0)
		r = store_issue(s->store, group, m);
	pthread_mutex_unlock(&s->issue_lock);

	for (i = 0; i < m; i++) {
		of[i]->issue = group[i];
		if (r != OK)
			of[i]->problem = PROBLEM_UNAVAILABLE;
		else if (group[i].outcome == STORE_ISSUE_CONFLICT)
			of[i]->problem = PROBLEM_ALREADY_ISSUED;
	}
}

/*
 * A wrong try is counted, and only here: who asks has proved by now that she
 * holds the roll key, so nobody can use up the tries of another (A45).
 */
static enum problem
judge_factor(struct service *s, const struct service_ask *ask)
{
	enum problem p = PROBLEM_FACTOR;
	struct hash kept, given;
	uint32_t tries = 0;
	enum err r;

	if (ask->has_factor)
		keys_factor(s->keys, &ask->factor, &given);
	pthread_mutex_lock(&s->factor_lock);
	r = store_factor_get(s->store, &ask->roll_pk, &kept, &tries);
	if (r != OK && r != ERR_NOT_FOUND) {
		p = PROBLEM_UNAVAILABLE;
	} else if (r == OK && tries >= FACTOR_TRIES) {
		p = PROBLEM_FACTOR_LOCKED;
	} else if (r == OK && ask->has_factor) {
		if (equal_ct(kept.b, given.b, HASH_BYTES))
			p = PROBLEM_NONE;
		else if (store_factor_tried(s->store, &ask->roll_pk) != OK)
			p = PROBLEM_UNAVAILABLE;
	}
	pthread_mutex_unlock(&s->factor_lock);
	return p;
}

/* --- In the thread of the request -----------------------------------------*/

static void
find_key(struct service *s, uint8_t truncated_id, struct ask_key *out)
{
	pthread_mutex_lock(&s->small_lock);
	*out = s->ask_keys[truncated_id];
	pthread_mutex_unlock(&s->small_lock);
}

/*
 * Steps of PROTOCOL 5 up to the roll key.  ${j} gets its line and, when the
 * same ask was answered before, its answer (${repeat}).
 */
static enum problem
judge_right(struct service *s, const struct service_ask *ask, struct ask_job *j,
    int *repeat)
{
	struct slice blinded = slice_of(ask->blinded, BLIND_BYTES);
	struct store_issue *i = &j->issue;
	enum problem p;
	uint32_t line;

	find_key(s, ask->truncated_key_id, &j->key);
	if (j->key.space == NULL && s->follow != NULL) {
		/* A space that was announced a moment ago. */
		issuer_follow_soon(s);
		find_key(s, ask->truncated_key_id, &j->key);
	}
	if (j->key.space == NULL)
		return PROBLEM_UNKNOWN_KEY;
	i->space_no = (uint32_t)j->key.space->no;
	i->issuer = j->key.issuer;
	i->purpose = j->key.purpose;
	i->roll_pk = ask->roll_pk;
	hash_bytes(blinded, &i->blinded);

	pthread_rwlock_rdlock(&s->live_lock);
	line = roll_line(s->live, &ask->roll_pk);
	if (line != ROLL_NO_LINE)
		i->line = *roll_line_key(s->live, line);
	p = judge_key(s->live, &j->key.space->header->id, &ask->roll_pk);
	pthread_rwlock_unlock(&s->live_lock);

	*repeat = line != ROLL_NO_LINE && store_issue_find(s->store, i) == OK &&
		  i->outcome == STORE_ISSUE_REPEAT;
	if (!*repeat) {
		uint64_t now = clock_now(s->clock);
		const struct window *w = &j->key.space->header->issuance;

		/* That the ledger is being made is seen in the commit. */
		if (now < w->from || now >= w->to)
			return PROBLEM_ISSUANCE_CLOSED;
	}
	return p;
}

enum problem
service_issue(struct service *s, const struct service_ask *ask,
    uint8_t out[static BLIND_BYTES])
{
	struct ask_job j = { .problem = PROBLEM_NONE };
	const struct issuer *issuer;
	struct ledger_row row;
	const struct hash *key_id;
	int repeat = 0;
	enum problem p;
	enum err r;

	if ((p = judge_right(s, ask, &j, &repeat)) != PROBLEM_NONE)
		return p;
	issuer = &j.key.space->header->issuers[j.key.issuer];
	key_id = &issuer->keys[j.key.purpose].key_id;

	ledger_ask_commit(ask->salt, ask->blinded, &row.c);
	row.roll_pk = ask->roll_pk;
	row.sig = ask->sig;
	if (ledger_ask_verify(&row, &j.key.space->header->id, key_id) != OK)
		return PROBLEM_ROLL_SIGNATURE;
	if (issuer->factor != FACTOR_NONE &&
	    (p = judge_factor(s, ask)) != PROBLEM_NONE)
		return p;
	if (repeat)
		goto out;
	/* What was served before costs no second RSA operation. */
	r = store_issue_find(s->store, &j.issue);
	if (r == OK && j.issue.outcome == STORE_ISSUE_CONFLICT)
		return PROBLEM_ALREADY_ISSUED;
	if (r == OK)
		goto out;
	if (atomic_load(&s->halted))
		return PROBLEM_UNAVAILABLE;

	j.issue.c = row.c;
	j.issue.sig = row.sig;
	r = keys_token_sign(s->keys, key_id, ask->blinded, j.issue.answer);
	if (r != OK)
		return r == ERR_FORMAT	    ? PROBLEM_TOKEN_REQUEST
		       : r == ERR_NOT_FOUND ? PROBLEM_ISSUANCE_CLOSED
					    : PROBLEM_INTERNAL;
	/* Nothing leaves before the right is used up, durably. */
	group_do(s->asks, &j);
	if (j.problem != PROBLEM_NONE)
		return j.problem;

out:
	memcpy(out, j.issue.answer, BLIND_BYTES);
	return PROBLEM_NONE;
}
