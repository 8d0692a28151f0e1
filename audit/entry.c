#include <string.h>

#include "record.h"
#include "text.h"

#include "entry.h"

#define VERSION 1
#define TRUSTEE_MAX ENTRY_TRUSTEES_MAX /* trustees count from 1 */
#define MODERATION_MAX 4	       /* hide, restore, erase, merge */
#define PAPER_MAX 3		       /* ballots, answers, contributions */

static const struct entry_rule table[ENTRY_KIND_MAX] = {
	{ ENTRY_GENESIS, "genesis", 0, 0 },
	{ ENTRY_HEADER, "header", 2, ROLE_ADMIN },
	{ ENTRY_FORM, "form", 2, ROLE_ADMIN },
	{ ENTRY_ROLL_CHANGE, "roll_change", 2, ROLE_ADMIN | ROLE_REGISTRAR },
	{ ENTRY_LEDGER, "ledger", 0, 0 },
	{ ENTRY_BATCH, "batch", 0, 0 },
	{ ENTRY_RECORD, "record", 0, 0 },
	{ ENTRY_CLOSE, "close", 2, ROLE_ADMIN },
	{ ENTRY_OPENING, "opening", 0, 0 },
	{ ENTRY_RESULT, "result", 2, ROLE_ADMIN },
	{ ENTRY_MODERATION, "moderation", 1, ROLE_MODERATOR | ROLE_ADMIN },
	{ ENTRY_PAPER, "paper", 2, ROLE_DESK | ROLE_REGISTRAR | ROLE_ADMIN },
	{ ENTRY_KEY_DESTROYED, "key_destroyed", 0, 0 },
	{ ENTRY_BUNDLE, "bundle", 1, ROLE_ADMIN },
	{ ENTRY_DISPUTE, "dispute", 0, 0 },
	{ ENTRY_CANCEL, "cancel", 2, ROLE_ADMIN },
	{ ENTRY_STAFF, "staff", 2, ROLE_ADMIN },
	{ ENTRY_PROGRESS, "progress", 1, ROLE_EDITOR | ROLE_ADMIN },
};

static const struct {
	enum role role;
	const char *name;
} roles[] = {
	{ ROLE_ADMIN, "admin" },
	{ ROLE_REGISTRAR, "registrar" },
	{ ROLE_DESK, "desk" },
	{ ROLE_MODERATOR, "moderator" },
	{ ROLE_EDITOR, "editor" },
	{ ROLE_OBSERVER, "observer" },
};
#define ROLES (sizeof(roles) / sizeof(roles[0]))

const struct entry_rule *
entry_rule_of(unsigned kind)
{
	return kind >= 1 && kind <= ENTRY_KIND_MAX ? &table[kind - 1] : NULL;
}

const char *
role_name(unsigned r)
{
	size_t i;

	for (i = 0; i < ROLES; i++) {
		if (roles[i].role == r)
			return roles[i].name;
	}
	return NULL;
}

enum err
role_parse(struct slice s, enum role *out)
{
	size_t i;

	for (i = 0; i < ROLES; i++) {
		if (slice_equal(slice_str(roles[i].name), s)) {
			*out = roles[i].role;
			return OK;
		}
	}
	return ERR_NOT_FOUND;
}

/* Everything that is left. */
static struct slice
rest(struct cursor *c)
{
	return cursor_take(c, c->n);
}

static void
take_hash(struct cursor *c, struct hash *out)
{
	cursor_copy(c, out->b, HASH_BYTES);
}

static void
take_issuer(struct cursor *c, struct entry *e)
{
	take_hash(c, &e->space_id);
	e->issuer = cursor_u8(c);
	e->purpose = cursor_u8(c);
}

static void
take_form(struct cursor *c, struct entry *e)
{
	size_t i;

	take_hash(c, &e->space_id);
	take_hash(c, &e->object);
	e->n_trustees = cursor_u8(c);
	if (e->n_trustees > ENTRY_TRUSTEES_MAX) {
		c->bad = 1;
		return;
	}
	for (i = 0; i < e->n_trustees; i++)
		cursor_copy(c, e->trustee_sigs[i].b, sizeof(struct signature));
}

/* The kinds that have a space, each as PROTOCOL 8 lays it out. */
static void
take_payload(struct cursor *c, struct entry *e)
{
	switch (e->kind) {
	case ENTRY_GENESIS:
		e->text = rest(c);
		break;
	case ENTRY_HEADER:
		take_hash(c, &e->space_id);
		e->object = e->space_id;
		break;
	case ENTRY_FORM:
		take_form(c, e);
		break;
	case ENTRY_ROLL_CHANGE:
		e->count = cursor_u32(c);
		take_hash(c, &e->object);
		break;
	case ENTRY_LEDGER:
		take_issuer(c, e);
		e->count = cursor_u32(c);
		take_hash(c, &e->object);
		break;
	case ENTRY_BATCH:
		take_hash(c, &e->space_id);
		e->window_end = cursor_u64(c);
		e->count = cursor_u32(c);
		break;
	case ENTRY_RECORD:
		e->record = rest(c);
		break;
	case ENTRY_CLOSE:
		take_hash(c, &e->space_id);
		e->count = cursor_u32(c);
		e->credentials = cursor_u32(c);
		break;
	case ENTRY_OPENING:
		take_hash(c, &e->space_id);
		e->issuer = cursor_u8(c);
		take_hash(c, &e->object);
		break;
	case ENTRY_RESULT:
	case ENTRY_PROGRESS:
		take_hash(c, &e->space_id);
		take_hash(c, &e->object);
		break;
	case ENTRY_MODERATION:
		take_hash(c, &e->space_id);
		take_hash(c, &e->target);
		e->sort = cursor_u8(c);
		e->text = cursor_lp(c);
		break;
	case ENTRY_PAPER:
		take_hash(c, &e->space_id);
		e->sort = cursor_u8(c);
		e->count = cursor_u32(c);
		take_hash(c, &e->object);
		take_hash(c, &e->scan);
		break;
	case ENTRY_KEY_DESTROYED:
		take_issuer(c, e);
		take_hash(c, &e->target);
		break;
	case ENTRY_BUNDLE:
		take_hash(c, &e->object);
		break;
	case ENTRY_DISPUTE:
		take_issuer(c, e);
		cursor_copy(c, e->roll_pk.b, sizeof(e->roll_pk.b));
		cursor_copy(c, e->roll_sig.b, sizeof(e->roll_sig.b));
		break;
	case ENTRY_CANCEL:
		take_hash(c, &e->space_id);
		e->text = cursor_lp(c);
		break;
	case ENTRY_STAFF:
		e->text = cursor_lp(c);
		break;
	}
}

/* Numbers that have a table of their own; the same when reading and writing. */
static enum err
check_ranges(const struct entry *e)
{
	switch (e->kind) {
	case ENTRY_LEDGER:
	case ENTRY_KEY_DESTROYED:
	case ENTRY_DISPUTE:
		return e->issuer < RECORD_ISSUERS_MAX &&
			       purpose_name(e->purpose) != NULL
			   ? OK
			   : ERR_FORMAT;
	case ENTRY_OPENING:
		return e->issuer >= 1 && e->issuer <= TRUSTEE_MAX ? OK
								  : ERR_FORMAT;
	case ENTRY_MODERATION:
		if (e->sort < 1 || e->sort > MODERATION_MAX)
			return ERR_FORMAT;
		return e->text.n > 0 ? text_utf8(e->text) : ERR_FORMAT;
	case ENTRY_CANCEL:
		return e->text.n > 0 ? text_utf8(e->text) : ERR_FORMAT;
	case ENTRY_PAPER:
		return e->sort >= 1 && e->sort <= PAPER_MAX ? OK : ERR_FORMAT;
	case ENTRY_FORM:
		return e->n_trustees <= ENTRY_TRUSTEES_MAX ? OK : ERR_FORMAT;
	case ENTRY_GENESIS:
	case ENTRY_STAFF:
		return e->text.n > 0 ? OK : ERR_FORMAT;
	case ENTRY_RECORD:
		return e->record.n > 0 ? OK : ERR_FORMAT;
	case ENTRY_HEADER:
	case ENTRY_ROLL_CHANGE:
	case ENTRY_BATCH:
	case ENTRY_CLOSE:
	case ENTRY_RESULT:
	case ENTRY_BUNDLE:
	case ENTRY_PROGRESS:
		break;
	}
	return OK;
}

static enum err
take_signers(struct cursor *c, const struct entry_rule *rule, struct entry *e)
{
	struct entry_signer *s;
	size_t i;

	e->n_signers = cursor_u8(c);
	if (c->bad || e->n_signers != rule->signers)
		return ERR_FORMAT;
	for (i = 0; i < e->n_signers; i++) {
		s = &e->signers[i];
		cursor_copy(c, s->pk.b, sizeof(s->pk.b));
		s->n = cursor_u64(c);
		cursor_copy(c, s->sig.b, sizeof(s->sig.b));
		if (s->n == 0 ||
		    (i > 0 && public_key_cmp(&s[-1].pk, &s->pk) >= 0))
			return ERR_FORMAT;
	}
	return OK;
}

enum err
entry_parse(struct slice s, struct entry *out)
{
	struct cursor c = cursor_of(s);
	const struct entry_rule *rule;
	struct entry e = { 0 };
	enum err r;

	if (s.n > ENTRY_MAX)
		return ERR_LIMIT;
	rule = entry_rule_of(cursor_u8(&c));
	if (rule == NULL || cursor_u8(&c) != VERSION)
		return ERR_FORMAT;
	e.kind = rule->kind;
	e.payload.p = c.p;
	take_payload(&c, &e);
	if (c.bad)
		return ERR_FORMAT;
	e.payload.n = (size_t)(c.p - e.payload.p);
	if ((r = check_ranges(&e)) != OK)
		return r;
	if (rule->signers > 0 && (r = take_signers(&c, rule, &e)) != OK)
		return r;
	if ((r = cursor_end(&c)) != OK)
		return r;
	*out = e;
	return OK;
}

static void
put_hash(struct buf *b, const struct hash *h)
{
	buf_put(b, h->b, HASH_BYTES);
}

static void
put_slice(struct buf *b, struct slice s)
{
	buf_put(b, s.p, s.n);
}

static void
put_issuer(struct buf *b, const struct entry *e)
{
	put_hash(b, &e->space_id);
	buf_u8(b, e->issuer);
	buf_u8(b, e->purpose);
}

static void
put_form(struct buf *b, const struct entry *e)
{
	size_t i;

	put_hash(b, &e->space_id);
	put_hash(b, &e->object);
	buf_u8(b, (uint8_t)e->n_trustees);
	for (i = 0; i < e->n_trustees; i++)
		buf_put(b, e->trustee_sigs[i].b, sizeof(struct signature));
}

static void
put_payload(struct buf *b, const struct entry *e)
{
	switch (e->kind) {
	case ENTRY_GENESIS:
		put_slice(b, e->text);
		break;
	case ENTRY_HEADER:
		put_hash(b, &e->space_id);
		break;
	case ENTRY_FORM:
		put_form(b, e);
		break;
	case ENTRY_ROLL_CHANGE:
		buf_u32(b, e->count);
		put_hash(b, &e->object);
		break;
	case ENTRY_LEDGER:
		put_issuer(b, e);
		buf_u32(b, e->count);
		put_hash(b, &e->object);
		break;
	case ENTRY_BATCH:
		put_hash(b, &e->space_id);
		buf_u64(b, e->window_end);
		buf_u32(b, e->count);
		break;
	case ENTRY_RECORD:
		put_slice(b, e->record);
		break;
	case ENTRY_CLOSE:
		put_hash(b, &e->space_id);
		buf_u32(b, e->count);
		buf_u32(b, e->credentials);
		break;
	case ENTRY_OPENING:
		put_hash(b, &e->space_id);
		buf_u8(b, e->issuer);
		put_hash(b, &e->object);
		break;
	case ENTRY_RESULT:
	case ENTRY_PROGRESS:
		put_hash(b, &e->space_id);
		put_hash(b, &e->object);
		break;
	case ENTRY_MODERATION:
		put_hash(b, &e->space_id);
		put_hash(b, &e->target);
		buf_u8(b, e->sort);
		buf_lp(b, e->text);
		break;
	case ENTRY_PAPER:
		put_hash(b, &e->space_id);
		buf_u8(b, e->sort);
		buf_u32(b, e->count);
		put_hash(b, &e->object);
		put_hash(b, &e->scan);
		break;
	case ENTRY_KEY_DESTROYED:
		put_issuer(b, e);
		put_hash(b, &e->target);
		break;
	case ENTRY_BUNDLE:
		put_hash(b, &e->object);
		break;
	case ENTRY_DISPUTE:
		put_issuer(b, e);
		buf_put(b, e->roll_pk.b, sizeof(e->roll_pk.b));
		buf_put(b, e->roll_sig.b, sizeof(e->roll_sig.b));
		break;
	case ENTRY_CANCEL:
		put_hash(b, &e->space_id);
		buf_lp(b, e->text);
		break;
	case ENTRY_STAFF:
		buf_lp(b, e->text);
		break;
	}
}

enum err
entry_payload_put(struct buf *b, const struct entry *e)
{
	enum err r;

	if (entry_rule_of((unsigned)e->kind) == NULL)
		return ERR_FORMAT;
	if (e->text.n > ENTRY_MAX || e->record.n > ENTRY_MAX)
		return ERR_LIMIT;
	if ((r = check_ranges(e)) != OK)
		return r;
	put_payload(b, e);
	return buf_end(b);
}

/* Where in order a signer with the key ${pk} stands or would stand. */
static size_t
signer_place(const struct entry *e, const struct public_key *pk)
{
	size_t i, place = 0;

	for (i = 0; i < e->n_signers; i++) {
		if (public_key_cmp(&e->signers[i].pk, pk) < 0)
			place++;
	}
	return place;
}

static enum err
put_signers(struct buf *b, const struct entry *e)
{
	const struct entry_signer *sorted[ENTRY_SIGNERS_MAX] = { NULL };
	size_t i, place;

	for (i = 0; i < e->n_signers; i++) {
		place = signer_place(e, &e->signers[i].pk);
		if (sorted[place] != NULL || e->signers[i].n == 0)
			return ERR_FORMAT; /* signed twice, or no number */
		sorted[place] = &e->signers[i];
	}
	buf_u8(b, (uint8_t)e->n_signers);
	for (i = 0; i < e->n_signers; i++) {
		buf_put(b, sorted[i]->pk.b, sizeof(sorted[i]->pk.b));
		buf_u64(b, sorted[i]->n);
		buf_put(b, sorted[i]->sig.b, sizeof(sorted[i]->sig.b));
	}
	return OK;
}

enum err
entry_put(struct buf *b, const struct entry *e)
{
	const struct entry_rule *rule = entry_rule_of((unsigned)e->kind);
	size_t start = b->n;
	enum err r;

	if (rule == NULL || e->n_signers != rule->signers)
		return ERR_FORMAT;
	buf_u8(b, (uint8_t)e->kind);
	buf_u8(b, VERSION);
	if ((r = entry_payload_put(b, e)) != OK ||
	    (rule->signers > 0 && (r = put_signers(b, e)) != OK) ||
	    (r = buf_end(b)) != OK)
		goto out;
	if (b->n - start > ENTRY_MAX)
		r = ERR_LIMIT;

out:
	if (r != OK)
		b->n = start;
	return r;
}

/* What staff sign: origin, number, kind, payload. */
static enum err
signed_parts(const struct entry *e, const char *origin, uint64_t n,
    struct buf *head, struct buf *payload)
{
	enum err r;

	buf_lp(head, slice_str(origin));
	buf_u64(head, n);
	buf_u8(head, (uint8_t)e->kind);
	if ((r = entry_payload_put(payload, e)) != OK)
		return r;
	return buf_end(head);
}

enum err
entry_sign(
    struct entry *e, const char *origin, uint64_t n, const struct sign_key *k)
{
	struct buf head = { 0 }, payload = { 0 };
	struct entry_signer s = { .pk = k->pk, .n = n };
	struct slice parts[2];
	size_t place;
	enum err r;

	if (n == 0)
		return ERR_FORMAT;
	if (e->n_signers >= ENTRY_SIGNERS_MAX)
		return ERR_LIMIT;
	place = signer_place(e, &k->pk);
	if (place < e->n_signers &&
	    public_key_cmp(&e->signers[place].pk, &k->pk) == 0)
		return ERR_CONFLICT;
	if ((r = signed_parts(e, origin, n, &head, &payload)) != OK)
		goto out;
	parts[0] = buf_slice(&head);
	parts[1] = buf_slice(&payload);
	if ((r = sign_dst(k, "entry", parts, 2, &s.sig)) != OK)
		goto out;
	memmove(&e->signers[place + 1], &e->signers[place],
	    (e->n_signers - place) * sizeof(s));
	e->signers[place] = s;
	e->n_signers++;

out:
	buf_free(&head);
	buf_free(&payload);
	return r;
}

enum err
entry_verify(const struct entry *e, const char *origin, size_t i)
{
	struct buf head = { 0 }, payload = { 0 };
	struct slice parts[2];
	enum err r;

	if (i >= e->n_signers)
		return ERR_NOT_FOUND;
	r = signed_parts(e, origin, e->signers[i].n, &head, &payload);
	if (r != OK)
		goto out;
	parts[0] = buf_slice(&head);
	parts[1] = buf_slice(&payload);
	r = sign_verify_dst(
	    &e->signers[i].pk, "entry", parts, 2, &e->signers[i].sig);

out:
	buf_free(&head);
	buf_free(&payload);
	return r;
}
