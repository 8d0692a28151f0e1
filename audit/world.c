/*
 * What is common to all kinds of entries: finding the space, the staff
 * signatures, dispatch by the table below, and how a judgement is given.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hex.h"

#include "world_step.h"

#include "world.h"

/* What world_apply does with a kind. */
struct kind {
	world_kind *apply;
	int has_space;	  /* speaks of a space that has a header */
	int after_cancel; /* may follow a cancel */
};

/* clang-format off */
static const struct kind kinds[ENTRY_KIND_MAX + 1] = {
	[ENTRY_GENESIS] =	{ world_log_genesis, 0, 0 },
	[ENTRY_HEADER] =	{ world_space_header, 0, 0 },
	[ENTRY_FORM] =		{ world_space_form, 1, 0 },
	[ENTRY_ROLL_CHANGE] =	{ world_roll_change, 0, 0 },
	[ENTRY_LEDGER] =	{ world_roll_ledger, 1, 0 },
	[ENTRY_BATCH] =		{ world_batch_batch, 1, 0 },
	[ENTRY_RECORD] =	{ world_batch_record, 0, 0 },
	[ENTRY_CLOSE] =		{ world_close_close, 1, 0 },
	[ENTRY_OPENING] =	{ world_close_opening, 1, 0 },
	[ENTRY_RESULT] =	{ world_close_result, 1, 0 },
	[ENTRY_MODERATION] =	{ world_close_moderation, 1, 0 },
	[ENTRY_PAPER] =		{ world_close_paper, 1, 0 },
	[ENTRY_KEY_DESTROYED] =	{ world_roll_destroyed, 1, 1 },
	[ENTRY_BUNDLE] =	{ world_log_bundle, 0, 0 },
	[ENTRY_DISPUTE] =	{ world_roll_dispute, 1, 0 },
	[ENTRY_CANCEL] =	{ world_space_cancel, 1, 0 },
	[ENTRY_STAFF] =		{ world_log_staff, 0, 0 },
	[ENTRY_PROGRESS] =	{ world_log_progress, 1, 0 },
};
/* clang-format on */

/* --- Judgements ----------------------------------------------------------- */

int
world_wanted(const struct world *w, const struct space *s)
{
	return w->audit.slug == NULL ||
	       (s != NULL && strcmp(w->audit.slug, s->header->slug) == 0);
}

/* Rules of spaces are not judged for spaces that nobody asked about. */
static int
is_left_out(const struct world_step *t, enum rule_no rule)
{
	return rule >= RULE_HEADER &&
	       (t->quiet || (t->s != NULL && !world_wanted(t->w, t->s)));
}

static enum err judge(struct world_step *t, enum rule_no rule, int held,
    const char *fmt, va_list ap) __attribute__((format(printf, 4, 0)));
static enum err
judge(struct world_step *t, enum rule_no rule, int held, const char *fmt,
    va_list ap)
{
	struct world *w = t->w;
	struct verdict v;

	if (is_left_out(t, rule))
		return OK;
	if (w->judged_at[rule] != t->index + 1) {
		w->judged_at[rule] = t->index + 1;
		w->judged[rule]++;
	}
	if (held)
		return OK;
	v.rule = rule;
	v.index = t->index;
	(void)vsnprintf(v.why.text, sizeof(v.why.text), fmt, ap);
	if (t->v != NULL)
		*t->v = v;
	if (w->audit.report != NULL)
		w->audit.report(w->audit.cookie, &v);
	return ERR_SIGNATURE;
}

enum err
world_check(
    struct world_step *t, enum rule_no rule, int held, const char *fmt, ...)
{
	va_list ap;
	enum err r;

	va_start(ap, fmt);
	r = judge(t, rule, held, fmt, ap);
	va_end(ap);
	return t->w->audit.report != NULL ? OK : r;
}

enum err
world_must(
    struct world_step *t, enum rule_no rule, int held, const char *fmt, ...)
{
	va_list ap;
	enum err r;

	va_start(ap, fmt);
	r = judge(t, rule, held, fmt, ap);
	va_end(ap);
	return held ? r : ERR_SIGNATURE;
}

void
world_rows(struct world_step *t, enum rule_no rule, uint64_t n)
{
	if (is_left_out(t, rule))
		return;
	t->w->judged_at[rule] = t->index + 1;
	t->w->judged[rule] += n;
}

enum err
world_fetch(struct world_step *t, const struct hash *hash, struct buf *out)
{
	char name[2 * HASH_BYTES + 1];
	struct hash h;
	enum err r;

	hex_encode(hash_slice(hash), name);
	r = t->w->object(t->w->object_cookie, hash, out);
	if (r != OK && r != ERR_NOT_FOUND)
		return r;
	if ((r = world_must(t, RULE_OBJECT, r == OK,
		 "object %s is not published", name)) != OK)
		return r;
	hash_bytes(buf_slice(out), &h);
	return world_must(t, RULE_OBJECT, hash_equal(&h, hash),
	    "object %s has another hash than its name", name);
}

/* --- Applying ------------------------------------------------------------- */

/* Find the space of an entry; ${t}->s stays NULL when it is to be left out. */
static enum err
find_space(struct world_step *t, const struct kind *k)
{
	struct world *w = t->w;
	char name[2 * HASH_BYTES + 1];
	size_t i;

	t->s = world_space_by_id(w, &t->e->space_id);
	for (i = 0; t->s == NULL && i < w->n_shunned; i++) {
		if (hash_equal(&w->shunned[i], &t->e->space_id))
			return ERR_SIGNATURE;
	}
	if (t->s == NULL && w->gap)
		return ERR_SIGNATURE;
	hex_encode(hash_slice(&t->e->space_id), name);
	if (t->s == NULL)
		return world_must(t, RULE_ENTRY, 0,
		    "the entry speaks of the space %s, which has no header",
		    name);
	return world_must(t, RULE_CANCEL, !t->s->cancelled || k->after_cancel,
	    "an entry of the space %s, which was cancelled",
	    t->s->header->slug);
}

static enum err
apply(struct world_step *t)
{
	const struct kind *k = &kinds[t->e->kind];
	struct world *w = t->w;
	enum err r;

	if (w->lost)
		return ERR_SIGNATURE;
	if (t->index == 0 && t->e->kind != ENTRY_GENESIS) {
		w->lost = w->audit.report != NULL;
		return world_must(
		    t, RULE_GENESIS, 0, "the log does not begin with genesis");
	}
	if (t->index == 0) {
		r = k->apply(t);
		w->lost = r != OK && w->audit.report != NULL;
		return r;
	}
	if (w->origin == NULL)
		return ERR_STATE;
	if (k->has_space && (r = find_space(t, k)) != OK)
		return r;
	if (t->e->n_signers > 0 && (r = world_log_signers(t)) != OK)
		return r;
	if ((r = k->apply(t)) == OK && t->s != NULL)
		t->s->end = t->index + 1;
	return r;
}

enum err
world_apply(struct world *w, uint64_t index, const struct entry *e,
    const struct hash *root_after, struct verdict *v)
{
	struct world_step t = { w, index, e, NULL, 0, root_after, v };
	size_t i;
	enum err r;

	if ((r = world_check(&t, RULE_ENTRY, 1, "%s", "")) != OK)
		return r;
	/* A batch ends where something else than a record stands. */
	if (e->kind != ENTRY_RECORD && (r = world_batch_done(&t)) != OK)
		return r;
	if ((r = apply(&t)) != OK) {
		w->batch.out =
		    e->kind == ENTRY_BATCH && w->audit.report != NULL;
		return r;
	}
	for (i = 0; i < e->n_signers && index > 0; i++) {
		struct staff *s = world_staff_find(w, &e->signers[i].pk);

		if (s != NULL && s->n < e->signers[i].n)
			s->n = e->signers[i].n;
	}
	return OK;
}

enum err
world_record(struct world *w, uint64_t index, struct slice raw,
    const struct hash *leaf, struct space **in, struct verdict *v)
{
	static const struct entry none = { .kind = ENTRY_RECORD };
	struct world_step t = { w, index, &none, NULL, 0, NULL, v };
	enum err r;

	*in = NULL;
	if ((r = world_check(&t, RULE_ENTRY, 1, "%s", "")) != OK)
		return r;
	if (w->lost || index == 0)
		return apply(&t);
	return world_batch_place(&t, raw, leaf, in);
}

void
world_gap(struct world *w, uint64_t index)
{
	struct space *s = w->batch.s;
	size_t i;

	w->lost |= index == 0;
	if (s != NULL && w->batch.left > 0) {
		w->batch.left--;
		s->records++;
		s->end = index + 1;
		s->lost_records = 1;
		return;
	}
	w->gap = 1;
	w->lost_roll = 1;
	for (i = 0; i < w->n_spaces; i++) {
		s = w->spaces[i];
		s->lost_form |= s->form == NULL;
		s->lost_roll |= !s->closed;
		s->lost_ledgers |= !s->closed;
		s->lost_result = 1;
	}
}

enum err
world_end(struct world *w, uint64_t index, struct verdict *v)
{
	static const struct entry none = { .kind = ENTRY_BUNDLE };
	struct world_step t = { w, index, &none, NULL, 0, NULL, v };

	return world_batch_whole(&t);
}

/* --- Making and looking around -------------------------------------------- */

enum err
world_new(const struct note_key *key, world_object *object, void *cookie,
    struct world **out)
{
	struct world *w;

	if ((w = calloc(1, sizeof(*w))) == NULL)
		return ERR_NOMEM;
	if ((w->roll = roll_new()) == NULL) {
		free(w);
		return ERR_NOMEM;
	}
	w->key = *key;
	w->object = object;
	w->object_cookie = cookie;
	*out = w;
	return OK;
}

void
world_space_free(struct space *s)
{
	size_t i, p;

	if (s == NULL)
		return;
	for (i = 0; i < RECORD_ISSUERS_MAX; i++) {
		for (p = 0; p <= PURPOSE_MAX; p++) {
			free(s->lines[i][p].line);
			free(s->lines[i][p].disputed);
		}
	}
	free(s->openings);
	form_free(s->form);
	header_free(s->header);
	free(s);
}

void
world_free(struct world *w)
{
	size_t i;

	if (w == NULL)
		return;
	for (i = 0; i < w->n_spaces; i++)
		world_space_free(w->spaces[i]);
	free(w->spaces);
	free(w->shunned);
	free(w->staff);
	roll_free(w->roll);
	json_decref(w->genesis);
	free(w);
}

/* Make room for one more in the array ${p} of ${n} things of ${size} bytes. */
static void *
grow(void *p, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap == 0 ? 8 : 2 * *cap;
	void *q;

	if (n < *cap)
		return p;
	if ((q = realloc(p, more * size)) != NULL)
		*cap = more;
	return q;
}

enum err
world_staff_add(struct world *w, const struct staff *s)
{
	struct staff *p;

	p = grow(w->staff, w->n_staff, &w->cap_staff, sizeof(*p));
	if (p == NULL)
		return ERR_NOMEM;
	w->staff = p;
	p[w->n_staff++] = *s;
	return OK;
}

enum err
world_space_add(struct world *w, struct space *s)
{
	struct space **p;

	p = grow(
	    w->spaces, w->n_spaces, &w->cap_spaces, sizeof(struct space *));
	if (p == NULL)
		return ERR_NOMEM;
	w->spaces = p;
	s->no = w->n_spaces;
	p[w->n_spaces++] = s;
	return OK;
}

enum err
world_shun(struct world *w, const struct hash *id)
{
	struct hash *p;

	p = grow(w->shunned, w->n_shunned, &w->cap_shunned, sizeof(*p));
	if (p == NULL)
		return ERR_NOMEM;
	w->shunned = p;
	p[w->n_shunned++] = *id;
	return OK;
}

void
world_audit(struct world *w, const struct world_audit *a)
{
	w->audit = *a;
}

const uint64_t *
world_judged(const struct world *w)
{
	return w->judged;
}

void
world_trust(struct world *w, int on)
{
	w->trust = on;
}

int
world_is_lost(const struct world *w)
{
	return w->lost;
}

const char *
world_origin(const struct world *w)
{
	return w->origin;
}

const json_t *
world_genesis(const struct world *w)
{
	return w->genesis;
}

const struct note_key *
world_receipt_key(const struct world *w)
{
	return &w->receipt_key;
}

int
world_is_rehearsal(const struct world *w)
{
	return w->rehearsal;
}

size_t
world_spaces(const struct world *w)
{
	return w->n_spaces;
}

struct space *
world_space(struct world *w, size_t no)
{
	return no < w->n_spaces ? w->spaces[no] : NULL;
}

struct space *
world_space_by_id(struct world *w, const struct hash *id)
{
	size_t i;

	for (i = 0; i < w->n_spaces; i++) {
		if (hash_equal(&w->spaces[i]->header->id, id))
			return w->spaces[i];
	}
	return NULL;
}

struct space *
world_space_by_slug(struct world *w, const char *slug)
{
	size_t i;

	for (i = 0; i < w->n_spaces; i++) {
		if (strcmp(w->spaces[i]->header->slug, slug) == 0)
			return w->spaces[i];
	}
	return NULL;
}

size_t
world_staff_count(const struct world *w)
{
	return w->n_staff;
}

const struct staff *
world_staff_at(const struct world *w, size_t i)
{
	return i < w->n_staff ? &w->staff[i] : NULL;
}

struct staff *
world_staff_find(struct world *w, const struct public_key *pk)
{
	size_t i;

	for (i = 0; i < w->n_staff; i++) {
		if (public_key_cmp(&w->staff[i].pk, pk) == 0)
			return &w->staff[i];
	}
	return NULL;
}

const struct staff *
world_staff(const struct world *w, const struct public_key *pk)
{
	size_t i;

	for (i = 0; i < w->n_staff; i++) {
		if (public_key_cmp(&w->staff[i].pk, pk) == 0)
			return &w->staff[i];
	}
	return NULL;
}

const struct roll *
world_roll(const struct world *w)
{
	return w->roll;
}

/* --- Phases --------------------------------------------------------------- */

enum space_phase
world_phase(const struct space *s, uint64_t now)
{
	const struct header *h = s->header;

	if (s->cancelled)
		return SPACE_CANCELLED;
	if (s->has_result)
		return SPACE_RESULT;
	if (s->closed)
		return SPACE_CLOSED;
	if (now >= h->participation.to)
		return SPACE_CLOSING;
	if (now >= h->participation.from)
		return SPACE_OPEN;
	if (now >= h->issuance.to)
		return SPACE_WAITING;
	return now >= h->issuance.from ? SPACE_ISSUANCE : SPACE_ANNOUNCED;
}

const char *
world_phase_name(enum space_phase p)
{
	switch (p) {
	case SPACE_ANNOUNCED:
		return "announced";
	case SPACE_ISSUANCE:
		return "issuance";
	case SPACE_WAITING:
		return "waiting";
	case SPACE_OPEN:
		return "open";
	case SPACE_CLOSING:
		return "closing";
	case SPACE_CLOSED:
		return "closed";
	case SPACE_RESULT:
		return "result";
	case SPACE_CANCELLED:
		return "cancelled";
	}
	return "unknown";
}
