/* What staff may ask for, but for entries (service_entry.c). */
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "hex.h"
#include "json.h"

#include "issuer.h"
#include "service_issuers.h"
#include "service_impl.h"
#include "service_witness.h"

#define FACTOR_ROW 64 /* roll key and factor */
#define CHANGES_PATH "/api/v1/staff/changes"

/* --- Who asks -------------------------------------------------------------*/

/* A change that takes a right away is not for the desk alone. */
static int
needs_registrar(const struct service_staff_call *c)
{
	return strcmp(c->method, "POST") == 0 &&
	       strcmp(c->path, CHANGES_PATH) == 0 && c->body.n > 0 &&
	       (c->body.p[0] == ROLL_STRIKE || c->body.p[0] == ROLL_REMOVE);
}

static enum err
verify(const struct service *s, const struct service_staff_call *c)
{
	struct buf b = { 0 };
	struct slice part;
	struct hash body;
	enum err r;

	hash_bytes(c->body, &body);
	buf_lp(&b, slice_str(s->log_key.name));
	buf_u64(&b, c->n);
	buf_lp(&b, slice_str(c->method));
	buf_lp(&b, slice_str(c->path));
	buf_put(&b, body.b, HASH_BYTES);
	part = buf_slice(&b);
	if ((r = buf_end(&b)) == OK)
		r = sign_verify_dst(&c->pk, "staff", &part, 1, &c->sig);
	buf_free(&b);
	return r;
}

enum problem
service_staff_judge(struct service *s, const struct service_staff_call *c,
    unsigned roles, struct why *why)
{
	const struct staff *st;
	unsigned role = 0;

	pthread_rwlock_rdlock(&s->world_lock);
	st = world_staff(s->world, &c->pk);
	if (st != NULL && !st->revoked)
		role = (unsigned)st->role;
	pthread_rwlock_unlock(&s->world_lock);
	if (role == 0) {
		(void)why_say(
		    why, ERR_NOT_FOUND, "the key is of nobody on the staff");
		return PROBLEM_STAFF;
	}
	if (verify(s, c) != OK) {
		(void)why_say(why, ERR_SIGNATURE,
		    "the signature does not fit this request, this path, this "
		    "log (%s) and this number",
		    s->log_key.name);
		return PROBLEM_STAFF;
	}
	if (needs_registrar(c))
		roles &= ROLE_REGISTRAR | ROLE_ADMIN;
	if ((role & roles) == 0) {
		(void)why_say(why, ERR_FORBIDDEN, "this is not for the role %s",
		    role_name(role));
		return PROBLEM_STAFF_ROLE;
	}
	return PROBLEM_NONE;
}

enum problem
service_staff(struct service *s, const struct service_staff_call *c,
    unsigned roles, uint64_t *last, struct why *why)
{
	enum problem p;
	enum err r;

	if ((p = service_staff_judge(s, c, roles, why)) != PROBLEM_NONE)
		return p;
	r = store_staff_number(s->store, &c->pk, c->n, last);
	if (r == ERR_CONFLICT) {
		(void)why_say(why, r,
		    "the number %llu is not above the last one, %llu",
		    (unsigned long long)c->n, (unsigned long long)*last);
		return PROBLEM_STAFF_NUMBER;
	}
	return r == OK ? PROBLEM_NONE : PROBLEM_UNAVAILABLE;
}

/* What became of a write that is no entry. */
static enum problem
stored(enum err r, struct why *why)
{
	if (r == OK)
		return PROBLEM_NONE;
	(void)why_say(why, r, "it could not be stored: %s", err_str(r));
	return PROBLEM_UNAVAILABLE;
}

/* --- Roll and factors -----------------------------------------------------*/

enum problem
service_roll_put(
    struct service *s, struct slice file, struct buf *json, struct why *why)
{
	char hex[2 * HASH_BYTES + 1];
	struct hash root;
	uint32_t n;
	enum err r;

	if ((r = roll_file_check(file, &root, &n, why)) != OK)
		return r == ERR_NOMEM ? stored(r, why) : PROBLEM_MALFORMED;
	if ((r = store_object_put(s->store, &root, file)) != OK)
		return stored(r, why);
	hex_encode(hash_slice(&root), hex);
	buf_printf(json, "{\"root\":\"%s\",\"size\":%u}", hex, (unsigned)n);
	return stored(buf_end(json), why);
}

enum problem
service_factors_put(struct service *s, struct slice rows, struct why *why)
{
	size_t i, n = rows.n / FACTOR_ROW;
	struct public_key *pks = NULL;
	struct hash *macs = NULL, f;
	enum err r = ERR_NOMEM;

	if (n == 0 || rows.n % FACTOR_ROW != 0) {
		(void)why_say(why, ERR_FORMAT,
		    "the body is not one or more rows of 64 bytes (roll key, "
		    "factor): it has %zu bytes",
		    rows.n);
		return PROBLEM_MALFORMED;
	}
	if ((pks = calloc(n, sizeof(*pks))) == NULL ||
	    (macs = calloc(n, sizeof(*macs))) == NULL)
		goto out;
	for (i = 0; i < n; i++) {
		memcpy(pks[i].b, rows.p + i * FACTOR_ROW, sizeof(pks[i].b));
		memcpy(f.b, rows.p + i * FACTOR_ROW + sizeof(pks[i].b),
		    HASH_BYTES);
		keys_factor(s->keys, &f, &macs[i]);
	}
	r = store_factors_put(s->store, pks, macs, n);

out:
	free(pks);
	free(macs);
	return stored(r, why);
}

/* --- Token keys -----------------------------------------------------------*/

struct wanted {
	const char *slug;
	unsigned purposes; /* bit p: purpose p */
};

static enum err
wanted_read(const json_t *doc, struct wanted *w, struct why *why)
{
	static const char *const names[] = { "purposes", "slug", NULL };
	enum purpose p;
	json_t *list, *o;
	size_t i;
	enum err r;

	if ((r = json_only(doc, names, why)) != OK ||
	    (r = json_get_string(doc, "slug", 1, SLUG_MAX, &w->slug, why)) !=
		OK ||
	    (r = json_get_array(doc, "purposes", 1, PURPOSE_MAX, &list, why)) !=
		OK)
		return r;
	if (slug_check(w->slug) != OK)
		return why_say(why, ERR_FORMAT, "slug: %s is none", w->slug);
	w->purposes = 0;
	json_array_foreach(list, i, o)
	{
		if (!json_is_string(o) ||
		    purpose_parse(slice_str(json_string_value(o)), &p) != OK ||
		    (w->purposes >> p & 1) != 0)
			return why_say(why, ERR_FORMAT,
			    "purposes[%zu]: not a purpose, or there twice", i);
		w->purposes |= 1U << p;
	}
	return OK;
}

/* In the order of their names, as the canonical form has them. */
static enum err
keys_put(
    struct service *s, const struct wanted *w, struct buf *out, struct why *why)
{
	static const enum purpose order[] = { PURPOSE_ANSWER, PURPOSE_AUTHOR,
		PURPOSE_VOICE, PURPOSE_VOTE };
	struct key_ids ids = { { 0 } };
	uint8_t spki[BLIND_SPKI];
	const char *comma = "";
	size_t i;
	enum err r;

	service_issue_keys(s, &ids);
	buf_str(out, "{\"keys\":{");
	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if ((w->purposes >> order[i] & 1) == 0)
			continue;
		r = keys_token_make(
		    s->keys, w->slug, order[i], &ids, spki, why);
		if (r != OK)
			return r;
		buf_printf(out, "%s\"%s\":\"", comma, purpose_name(order[i]));
		base64_put(out, BASE64_URL, slice_of(spki, BLIND_SPKI));
		buf_str(out, "\"");
		comma = ",";
	}
	buf_str(out, "}}");
	return buf_end(out);
}

enum problem
service_keys_make(
    struct service *s, struct slice json, struct buf *out, struct why *why)
{
	struct track *track;
	struct wanted w;
	json_t *doc = NULL;
	enum problem p = PROBLEM_NONE;
	enum err r;

	if (json_read(json, &doc, why) != OK ||
	    wanted_read(doc, &w, why) != OK) {
		p = PROBLEM_MALFORMED;
		goto out;
	}
	/* So that no key can be made for a header that is there already. */
	pthread_mutex_lock(&s->log_lock);
	if (service_read_find(s, w.slug, &track) != NULL) {
		(void)why_say(why, ERR_CONFLICT,
		    "there is a space %s already; take another slug", w.slug);
		p = PROBLEM_RULE;
	} else if ((r = keys_put(s, &w, out, why)) != OK) {
		p = r == ERR_LIMIT ? PROBLEM_LIVE_KEYS : stored(r, why);
	}
	pthread_mutex_unlock(&s->log_lock);

out:
	json_decref(doc);
	return p;
}

/* --- Changes of the roll --------------------------------------------------*/

/* Nonzero iff a ledger of the space names the line (by its number in the log).
 */
static int
in_ledgers(const struct space *sp, uint32_t line)
{
	size_t i, k;
	unsigned p;

	for (i = 0; i < sp->header->n_issuers; i++) {
		for (p = 1; p <= PURPOSE_MAX; p++) {
			for (k = 0; k < sp->lines[i][p].n; k++) {
				if (sp->lines[i][p].line[k] == line)
					return 1;
			}
		}
	}
	return 0;
}

/*
 * A line that collected in a space that is not closed keeps its right (PROTOCOL
 * 4).  What the store forgot when participation ended the ledgers still say.
 */
static enum err
never_issued(struct service *s, uint32_t line, struct why *why)
{
	const struct public_key *key = roll_line_key(s->live, line);
	uint32_t logged = roll_line(world_roll(s->world), key);
	const struct space *sp;
	size_t i;
	enum err r;

	r = store_line_issued(s->store, key);
	if (r == ERR_NOT_FOUND)
		r = issuer_issued(s, line);
	if (r != OK && r != ERR_NOT_FOUND)
		return r;
	for (i = 0; r != OK && i < world_spaces(s->world); i++) {
		sp = world_space(s->world, i);
		if (!sp->closed && !sp->cancelled && logged != ROLL_NO_LINE &&
		    in_ledgers(sp, logged))
			r = OK;
	}
	if (r != OK)
		return OK;
	return why_say(why, ERR_CONFLICT,
	    "this line has collected in a space that is not closed: it can "
	    "neither be struck nor removed");
}

static enum err
may_take_away(struct service *s, const struct roll_change *c, struct why *why)
{
	uint32_t line = roll_line(s->live, &c->old_pk);
	const struct space *sp;

	if (line == ROLL_NO_LINE)
		return why_say(why, ERR_NOT_FOUND, "no line has this key");
	if (c->action == ROLL_STRIKE) {
		sp = world_space_by_id(s->world, &c->space_id);
		if (sp == NULL || sp->closed || sp->cancelled)
			return why_say(why, ERR_NOT_FOUND,
			    "there is no such space, or it is closed");
	}
	return never_issued(s, line, why);
}

/* Nothing is issued or published meanwhile. */
enum err
service_staff_may(struct service *s, const struct roll_change *c,
    struct slice row, struct why *why)
{
	enum err r;

	if ((c->action == ROLL_STRIKE || c->action == ROLL_REMOVE) &&
	    (r = may_take_away(s, c, why)) != OK)
		return r;
	return roll_check(s->live, row, why);
}

enum err
service_staff_take(struct service *s, const struct roll_change *c,
    struct slice row, struct why *why)
{
	struct roll *again;
	enum err r;

	if ((r = service_staff_may(s, c, row, why)) != OK)
		return r;
	pthread_rwlock_wrlock(&s->live_lock);
	r = roll_apply(s->live, row, why);
	pthread_rwlock_unlock(&s->live_lock);
	if (r != OK || (r = store_change_put(s->store, row)) == OK)
		return r;
	/* In force without being kept: back to what is kept. */
	if (service_live_build(s, NULL, &again, NULL) == OK)
		service_live_set(s, again);
	else
		service_log_halt(s, "a change of the roll could not be stored");
	return r;
}

enum problem
service_change_problem(enum err r)
{
	if (r == OK)
		return PROBLEM_NONE;
	return r == ERR_CONFLICT || r == ERR_NOT_FOUND || r == ERR_FORMAT
		   ? PROBLEM_ROLL_CHANGE
		   : PROBLEM_UNAVAILABLE;
}

enum problem
service_change(struct service *s, struct slice change, struct why *why)
{
	struct roll_change c;
	enum err r;

	if (roll_change_parse(change, &c, why) != OK)
		return PROBLEM_MALFORMED;
	if (atomic_load(&s->halted))
		return stored(ERR_STATE, why);
	pthread_mutex_lock(&s->log_lock);
	pthread_mutex_lock(&s->issue_lock);
	r = service_staff_take(s, &c, change, why);
	pthread_mutex_unlock(&s->issue_lock);
	pthread_mutex_unlock(&s->log_lock);
	if (service_change_problem(r) == PROBLEM_ROLL_CHANGE)
		return PROBLEM_ROLL_CHANGE;
	return stored(r, why);
}

enum problem
service_changes(struct service *s, struct buf *out)
{
	return store_changes(s->store, out) == OK ? PROBLEM_NONE
						  : PROBLEM_UNAVAILABLE;
}

/* --- Drain ----------------------------------------------------------------*/

enum problem
service_drain(
    struct service *s, const char *slug, struct buf *json, struct why *why)
{
	uint32_t records = 0, credentials = 0;
	enum problem p = PROBLEM_NONE;
	struct track *t;
	struct space *sp;
	enum err r;

	service_issuers_fetch(s, slug);
	pthread_mutex_lock(&s->log_lock);
	if ((sp = service_read_find(s, slug, &t)) == NULL) {
		p = PROBLEM_NOT_FOUND;
		(void)why_say(why, ERR_NOT_FOUND, "there is no space %s", slug);
		goto out;
	}
	if (clock_now(s->clock) < sp->header->participation.to) {
		p = PROBLEM_TOO_EARLY;
		(void)why_say(why, ERR_FORBIDDEN,
		    "participation in %s is not over", slug);
		goto out;
	}
	r = service_sequence_space(s, sp, t, why);
	if (r == ERR_FORBIDDEN) {
		p = PROBLEM_TOO_EARLY;
		goto out;
	}
	if (r == OK)
		r = service_read_counts(s, sp, &records, &credentials);
	buf_printf(json, "{\"credentials\":%u,\"records\":%u}",
	    (unsigned)credentials, (unsigned)records);
	if (r == OK)
		r = buf_end(json);
	p = stored(r, why);

out:
	pthread_mutex_unlock(&s->log_lock);
	if (p == PROBLEM_NONE)
		service_witness_wait(s);
	return p;
}
