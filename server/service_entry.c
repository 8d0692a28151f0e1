/*
 * Entries that staff sign.  The rules are the auditor's, held by world_apply;
 * here stands what only a server can know: the clock, its keys, what waits.
 */
#include <string.h>

#include "log.h"

#include "service_issuers.h"
#include "service_impl.h"
#include "service_witness.h"

struct posting {
	struct entry e;
	struct slice object; /* empty where the kind has none */
	int asked;	     /* the issuers that a header names were */
	struct why *why;
};

typedef enum problem post(struct service *s, struct posting *p);

/* --- Appending, and what follows from it ----------------------------------*/

static enum problem
put(struct service *s, struct posting *p)
{
	struct verdict v = { 0 };
	enum err r;

	r = service_log_put(s, &p->e, p->object, &v);
	return service_log_problem(r, &v, p->why);
}

static void
shut(struct service *s, struct track *t, int on)
{
	pthread_mutex_lock(&s->cast_lock);
	t->shut = on;
	pthread_mutex_unlock(&s->cast_lock);
}

/* The space is not open to changes any more.  issue_lock is held. */
static void
leave_roll(struct service *s, const struct hash *space_id)
{
	pthread_rwlock_wrlock(&s->live_lock);
	roll_close(s->live, space_id);
	pthread_rwlock_unlock(&s->live_lock);
}

/* log_lock is held, so nothing moves between this and the append. */
static struct space *
find(struct service *s, const struct hash *id, struct track **t)
{
	struct space *sp = world_space_by_id(s->world, id);

	if (sp != NULL)
		*t = s->tracks[sp->no];
	return sp;
}

/* --- Signers --------------------------------------------------------------*/

/* As world_apply will judge them, where that would be too late. */
static enum err
judge_signers(struct service *s, const struct posting *p)
{
	const struct entry_rule *rule = entry_rule_of(p->e.kind);
	const struct staff *st;
	size_t i;

	for (i = 0; i < p->e.n_signers; i++) {
		st = world_staff(s->world, &p->e.signers[i].pk);
		if (st == NULL || st->revoked ||
		    ((unsigned)st->role & rule->roles) == 0 ||
		    p->e.signers[i].n <= st->n ||
		    entry_verify(&p->e, s->log_key.name, i) != OK)
			return ERR_SIGNATURE;
	}
	return OK;
}

/* --- Header ---------------------------------------------------------------*/

static enum err
judge_keys(struct service *s, const struct header *h, struct why *why)
{
	struct key_ids ids = { { 0 } };
	size_t here = service_issue_here(h);
	const struct issuer_key *k;
	unsigned p;

	service_issue_keys(s, &ids);
	for (p = 1; here < RECORD_ISSUERS_MAX && p <= PURPOSE_MAX; p++) {
		if (!header_has_purpose(h->kind, p))
			continue;
		k = &h->issuers[here].keys[p];
		if (keys_token_is(s->keys, h->slug, p, k->spki) != OK)
			return why_say(why, ERR_NOT_FOUND,
			    "issuers[%zu].keys.%s is not the token key that "
			    "was made here for %s",
			    here, purpose_name(p), h->slug);
		if (key_ids_has(&ids, k->key_id.b[HASH_BYTES - 1]))
			return why_say(why, ERR_CONFLICT,
			    "issuers[%zu].keys.%s ends, in its id, like a key "
			    "that is in use",
			    here, purpose_name(p));
	}
	return OK;
}

/*
 * Changes that wait were not handed on to an issuer that is new, which would
 * give the old key its token.
 */
static enum err
judge_issuers(struct service *s, const struct header *h, struct why *why)
{
	struct buf list = { 0 };
	size_t i, own = 0;
	enum err r;

	for (i = 0; i < h->n_issuers; i++)
		own += h->issuers[i].url[0] == '\0';
	if (own > 1)
		return why_say(why, ERR_FORBIDDEN,
		    "issuers: %zu of them are this server (url \"\"), at most "
		    "one is",
		    own);
	if (!service_issuers_has(h))
		return OK;
	r = store_changes(s->store, &list);
	if (r == OK && list.n > 0)
		r = why_say(why, ERR_FORBIDDEN,
		    "%zu changes of the roll are not yet published, and the "
		    "other issuers do not know them: publish them first",
		    list.n / ROLL_CHANGE_BYTES);
	buf_free(&list);
	return r;
}

/* What the protocol lays down and this server cannot serve yet is refused. */
static enum err
judge_header(struct service *s, const struct header *h, struct why *why)
{
	enum err r;

	if ((r = judge_issuers(s, h, why)) != OK)
		return r;
	if ((r = service_witness_judge(s, h, why)) != OK)
		return r;
	return judge_keys(s, h, why);
}

static enum problem
post_header(struct service *s, struct posting *p)
{
	struct header *h = NULL;
	struct roll *live = NULL;
	enum problem pr = PROBLEM_RULE;
	struct space *sp;
	struct track *t = NULL;
	enum err r;

	if (header_parse(p->object, &h, p->why) != OK) {
		why_prefix(p->why, "header: ");
		return pr;
	}
	pthread_mutex_lock(&s->issue_lock);
	if (!p->asked && service_issuers_has(h) && judge_signers(s, p) == OK) {
		(void)why_say(p->why, ERR_CONFLICT,
		    "the staff has changed meanwhile: send the header again");
		pr = PROBLEM_UNAVAILABLE;
		goto out;
	}
	if (judge_header(s, h, p->why) != OK)
		goto out;
	/* Before anything is written: do the changes that wait still fit? */
	r = service_live_build(s, h, &live, p->why);
	if (r != OK) {
		pr = r == ERR_NOMEM || r == ERR_IO ? PROBLEM_UNAVAILABLE
						   : PROBLEM_RULE;
		goto out;
	}
	if ((pr = put(s, p)) != PROBLEM_NONE)
		goto out;
	service_live_set(s, live);
	live = NULL; /* handed over */
	sp = find(s, &p->e.space_id, &t);
	if (sp == NULL || service_issue_keys_add(s, sp, t) != OK)
		service_log_halt(s, "a token key's name is in use");

out:
	pthread_mutex_unlock(&s->issue_lock);
	roll_free(live);
	header_free(h);
	return pr;
}

/* --- Form -----------------------------------------------------------------*/

/* A sealed form names a transcript, which was kept with it as the draft. */
static enum problem
post_form(struct service *s, struct posting *p)
{
	struct buf transcript = { 0 };
	enum problem pr;
	struct space *sp;
	struct track *t;

	sp = find(s, &p->e.space_id, &t);
	if (sp == NULL || sp->header->n_trustees == 0 || sp->form != NULL ||
	    sp->cancelled)
		return put(s, p); /* where the rule is that it breaks */
	pr = service_ceremony_form(s, sp, p->object, &transcript, p->why);
	if (pr != PROBLEM_NONE)
		goto out;
	service_log_stage(s, buf_slice(&transcript));
	if ((pr = put(s, p)) == PROBLEM_NONE &&
	    service_ceremony_done(s, sp) != OK)
		log_event(LOG_WARNING, "the draft of a form was not dropped");

out:
	buf_free(&transcript);
	return pr;
}

/* --- Changes of the roll --------------------------------------------------*/

static enum problem
post_changes(struct service *s, struct posting *p)
{
	struct buf list = { 0 };
	enum problem pr = PROBLEM_UNAVAILABLE;

	pthread_mutex_lock(&s->issue_lock);
	if (store_changes(s->store, &list) != OK)
		goto out;
	if (!slice_equal(buf_slice(&list), p->object)) {
		(void)why_say(p->why, ERR_CONFLICT,
		    "the list is not that of the %zu changes that wait now; "
		    "fetch it again and sign it",
		    list.n / ROLL_CHANGE_BYTES);
		pr = PROBLEM_ROLL_CHANGE;
		goto out;
	}
	if ((pr = put(s, p)) == PROBLEM_NONE && list.n > 0 &&
	    store_changes_drop(s->store, buf_slice(&list)) != OK)
		service_log_halt(s, "published changes could not be dropped");

out:
	pthread_mutex_unlock(&s->issue_lock);
	buf_free(&list);
	return pr;
}

/* --- Close ----------------------------------------------------------------*/

/* Everything that belongs in front of the close is in the log. */
static enum problem
judge_close(struct service *s, struct posting *p, struct space *sp)
{
	uint32_t records, credentials;
	struct verdict v = { 0 };
	struct buf list = { 0 };
	size_t waiting;
	enum err r;

	r = store_changes(s->store, &list);
	waiting = list.n / ROLL_CHANGE_BYTES;
	buf_free(&list);
	if (r != OK ||
	    (r = service_read_counts(s, sp, &records, &credentials)) != OK)
		return service_log_problem(r, &v, p->why);
	if (waiting > 0) {
		(void)why_say(p->why, ERR_FORBIDDEN,
		    "%zu changes of the roll are not yet published: publish "
		    "them first",
		    waiting);
		return PROBLEM_TOO_EARLY;
	}
	if (store_waiting_count(s->store, (uint32_t)sp->no) > 0) {
		(void)why_say(p->why, ERR_FORBIDDEN,
		    "records of %s still wait for their batch",
		    sp->header->slug);
		return PROBLEM_TOO_EARLY;
	}
	if (p->e.count != records || p->e.credentials != credentials) {
		(void)why_say(p->why, ERR_CONFLICT,
		    "rule %d, %s: the log has %u records of %u credentials, "
		    "the entry says %u of %u",
		    RULE_CLOSE, rule_of(RULE_CLOSE)->name, (unsigned)records,
		    (unsigned)credentials, (unsigned)p->e.count,
		    (unsigned)p->e.credentials);
		return PROBLEM_RULE;
	}
	pthread_rwlock_wrlock(&s->world_lock);
	r = world_check_close(s->world, sp, records, credentials, &v);
	pthread_rwlock_unlock(&s->world_lock);
	return service_log_problem(r, &v, p->why);
}

static enum problem
post_close(struct service *s, struct posting *p)
{
	enum problem pr;
	struct space *sp;
	struct track *t;
	enum err r;

	sp = find(s, &p->e.space_id, &t);
	if (sp == NULL || sp->closed || sp->cancelled)
		return put(s, p); /* where the rule is that it breaks */
	if (clock_now(s->clock) < sp->header->participation.to) {
		(void)why_say(p->why, ERR_FORBIDDEN,
		    "participation in %s is not over", sp->header->slug);
		return PROBLEM_TOO_EARLY;
	}
	r = service_sequence_close(s, sp, t, p->why);
	if (r == ERR_FORBIDDEN)
		return PROBLEM_TOO_EARLY;
	if (r != OK)
		return service_log_problem(r, NULL, p->why);
	pthread_mutex_lock(&s->issue_lock);
	if ((pr = judge_close(s, p, sp)) == PROBLEM_NONE &&
	    (pr = put(s, p)) == PROBLEM_NONE) {
		leave_roll(s, &p->e.space_id);
		shut(s, t, 1);
	}
	pthread_mutex_unlock(&s->issue_lock);
	return pr;
}

/* --- Cancel ---------------------------------------------------------------*/

static enum problem
post_cancel(struct service *s, struct posting *p)
{
	enum problem pr;
	struct space *sp;
	struct track *t;
	enum err r;

	sp = find(s, &p->e.space_id, &t);
	/* Before what waits comes into the log, in a batch whose window may not
	   be over. */
	if (sp == NULL || sp->closed || sp->cancelled ||
	    judge_signers(s, p) != OK)
		return put(s, p);
	/* What was receipted is in the log, also of a cancelled space. */
	if ((r = service_sequence_cancel(s, sp, t)) != OK)
		return service_log_problem(r, NULL, p->why);
	pthread_mutex_lock(&s->issue_lock);
	if ((pr = put(s, p)) == PROBLEM_NONE) {
		t->taken = 1;
		leave_roll(s, &p->e.space_id);
	} else {
		service_log_halt(s, "a cancel entry was refused");
	}
	pthread_mutex_unlock(&s->issue_lock);
	return pr;
}

/* --- Result ---------------------------------------------------------------*/

static enum problem
post_result(struct service *s, struct posting *p)
{
	enum problem pr;
	struct space *sp;
	struct track *t;

	sp = find(s, &p->e.space_id, &t);
	if (sp != NULL && (pr = service_opening_result(
			       sp, p->object, p->why)) != PROBLEM_NONE)
		return pr;
	return put(s, p);
}

/* --- All kinds ------------------------------------------------------------*/

/* clang-format off */
static const struct {
	post *post; /* NULL: the server makes these itself */
	int has_object;
} kinds[ENTRY_KIND_MAX + 1] = {
	[ENTRY_HEADER] =	{ post_header, 1 },
	[ENTRY_FORM] =		{ post_form, 1 },
	[ENTRY_ROLL_CHANGE] =	{ post_changes, 1 },
	[ENTRY_CLOSE] =		{ post_close, 0 },
	[ENTRY_RESULT] =	{ post_result, 1 },
	[ENTRY_MODERATION] =	{ put, 0 },
	[ENTRY_PAPER] =		{ put, 1 },
	[ENTRY_BUNDLE] =	{ put, 1 },
	[ENTRY_CANCEL] =	{ post_cancel, 0 },
	[ENTRY_STAFF] =		{ put, 0 },
	[ENTRY_PROGRESS] =	{ put, 1 },
};
/* clang-format on */

/* Fit entry and object together; ${kept} holds an object that is there. */
static enum problem
take_object(struct service *s, struct posting *p, struct buf *kept)
{
	const char *name = entry_rule_of(p->e.kind)->name;
	struct hash h;

	if (!kinds[p->e.kind].has_object) {
		if (p->object.n == 0)
			return PROBLEM_NONE;
		(void)why_say(p->why, ERR_FORMAT,
		    "a %s entry has no object, %zu bytes came with it", name,
		    p->object.n);
		return PROBLEM_MALFORMED;
	}
	if (p->object.n == 0) {
		if (store_object_get(s->store, &p->e.object, kept) == OK) {
			p->object = buf_slice(kept);
			return PROBLEM_NONE;
		}
		(void)why_say(p->why, ERR_NOT_FOUND,
		    "the object that the %s entry logs did not come with it",
		    name);
		return PROBLEM_RULE;
	}
	hash_bytes(p->object, &h);
	if (hash_equal(&h, &p->e.object))
		return PROBLEM_NONE;
	(void)why_say(p->why, ERR_CONFLICT,
	    "the object has another hash than the %s entry says", name);
	return PROBLEM_RULE;
}

static void
fetch_ledgers(struct service *s, const struct hash *space_id)
{
	const struct space *sp;

	pthread_rwlock_rdlock(&s->world_lock);
	sp = world_space_by_id(s->world, space_id);
	pthread_rwlock_unlock(&s->world_lock);
	if (sp != NULL)
		service_issuers_fetch(s, sp->header->slug);
}

/* Nobody but two admins has this server ask an address. */
static int
is_signed(struct service *s, const struct posting *p)
{
	enum err r;

	pthread_mutex_lock(&s->log_lock);
	r = judge_signers(s, p);
	pthread_mutex_unlock(&s->log_lock);
	return r == OK;
}

enum problem
service_entry(struct service *s, struct slice entry, struct slice object,
    uint64_t *index, struct why *why)
{
	struct posting p = { .object = object, .why = why };
	struct buf kept = { 0 };
	enum problem pr;
	uint64_t at;

	if (entry_parse(entry, &p.e) != OK) {
		(void)why_say(why, ERR_FORMAT,
		    "not one entry of a known kind with the signatures that "
		    "it needs (PROTOCOL 8)");
		return PROBLEM_MALFORMED;
	}
	if (kinds[p.e.kind].post == NULL) {
		(void)why_say(why, ERR_FORBIDDEN,
		    "the server makes %s entries itself",
		    entry_rule_of(p.e.kind)->name);
		return PROBLEM_RULE;
	}
	if ((pr = take_object(s, &p, &kept)) != PROBLEM_NONE)
		goto out;
	/* What the network has to say comes before the locks. */
	if (p.e.kind == ENTRY_CLOSE)
		fetch_ledgers(s, &p.e.space_id);
	p.asked = p.e.kind == ENTRY_HEADER && is_signed(s, &p);
	if (p.asked &&
	    (pr = service_issuers_header(s, p.object, why)) != PROBLEM_NONE)
		goto out;
	pthread_mutex_lock(&s->log_lock);
	pr = kinds[p.e.kind].post(s, &p);
	/* The sequencer may have come first; the entry is the last one. */
	at = service_log_size(s);
	pthread_mutex_unlock(&s->log_lock);
	if (p.asked)
		service_issuers_entered(s);
	if (pr == PROBLEM_NONE) {
		*index = at - 1;
		/* Who is told of an entry finds it in the log. */
		service_witness_wait(s);
	}
	if (pr == PROBLEM_NONE &&
	    (p.e.kind == ENTRY_RESULT || p.e.kind == ENTRY_CANCEL))
		service_opening_forget(s);

out:
	buf_free(&kept);
	return pr;
}

/* --- Disputes -------------------------------------------------------------*/

#define DISPUTE_BYTES 130

enum problem
service_dispute(struct service *s, struct slice body, struct why *why)
{
	static const uint8_t head[2] = { ENTRY_DISPUTE, 1 };
	struct posting p = { .why = why };
	struct buf b = { 0 };
	enum problem pr = PROBLEM_MALFORMED;

	buf_put(&b, head, sizeof(head));
	buf_put(&b, body.p, body.n);
	if (body.n != DISPUTE_BYTES || buf_end(&b) != OK ||
	    entry_parse(buf_slice(&b), &p.e) != OK) {
		(void)why_say(why, ERR_FORMAT,
		    "not the %d bytes of a dispute (PROTOCOL 8)",
		    DISPUTE_BYTES);
		goto out;
	}
	pthread_mutex_lock(&s->log_lock);
	pr = put(s, &p);
	pthread_mutex_unlock(&s->log_lock);
	if (pr == PROBLEM_RULE)
		pr = PROBLEM_DISPUTE;
	if (pr == PROBLEM_NONE)
		service_witness_wait(s);

out:
	buf_free(&b);
	return pr;
}
