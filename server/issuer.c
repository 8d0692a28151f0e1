/* An issuer of spaces whose log another server keeps. */
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "folder.h"
#include "hex.h"
#include "ledger.h"
#include "log.h"
#include "source.h"

#include "auth.h"
#include "issuer.h"
#include "issuer_follow.h"

#define NAME_BYTES 48
#define HOST_MAX 255
#define LOOK_MS 1000
#define TIDY_SECONDS 600
#define CHANGES_PATH "/api/v1/staff/changes"
#define DESKS (ROLE_REGISTRAR | ROLE_DESK | ROLE_ADMIN)

/* --- The folder -----------------------------------------------------------*/

static enum err
key_check(const struct issuer_genesis *g, struct why *why)
{
	struct note_key key;

	if (note_key_parse(slice_str(g->key), &key) == OK &&
	    key.type == NOTE_ED25519)
		return OK;
	return why_say(why, ERR_FORMAT,
	    "--key \"%s\" is no verifier key of a log: it is the line that "
	    "the log's server shows at /log/key",
	    g->key);
}

/* So that a copy of another log is refused from the first look on. */
static enum err
copy_begin(const struct issuer_genesis *g, struct why *why)
{
	struct buf dir = { 0 }, line = { 0 };
	enum err r = ERR_NOMEM;

	buf_printf(&dir, "%s/" ISSUER_FOLLOW_MIRROR, g->dir);
	buf_printf(&line, "%s\n", g->key);
	if (buf_text(&dir) != NULL && buf_end(&line) == OK)
		r = folder_put(
		    (const char *)dir.p, "log/key", buf_slice(&line), why);
	buf_free(&dir);
	buf_free(&line);
	return r;
}

enum err
issuer_init(const struct issuer_genesis *g, struct why *why)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:";
	struct store *store = NULL;
	struct source *log = NULL;
	struct buf path = { 0 };
	enum err r;

	if (strncmp(g->log, "http://", 7) != 0 &&
	    strncmp(g->log, "https://", 8) != 0)
		return why_say(why, ERR_FORMAT,
		    "--log \"%s\" is not the URL of a server (http://... or "
		    "https://...)",
		    g->log);
	if (g->host[0] == '\0' || strlen(g->host) > HOST_MAX ||
	    g->host[strspn(g->host, plain)] != '\0')
		return why_say(why, ERR_FORMAT,
		    "--host \"%s\" is no host name, as it will stand in the "
		    "headers of spaces",
		    g->host);
	if ((r = key_check(g, why)) != OK ||
	    (r = source_open(g->log, &log, why)) != OK)
		goto out;
	buf_printf(&path, "%s/keys", g->dir);
	if (buf_text(&path) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	if ((r = store_open(g->dir, 1, &store, why)) != OK ||
	    (r = keys_create_issuer((const char *)path.p, why)) != OK ||
	    (r = copy_begin(g, why)) != OK ||
	    (r = store_value_put(store, "host", slice_str(g->host))) != OK ||
	    (r = store_value_put(store, "log-key", slice_str(g->key))) != OK)
		goto out;
	/* The last: where it is, the folder is whole. */
	r = store_value_put(store, "log-url", slice_str(g->log));

out:
	if (r != OK && why != NULL && why->text[0] == '\0')
		(void)why_say(why, r, "%s: %s", g->dir, err_str(r));
	store_close(store);
	source_free(log);
	buf_free(&path);
	return r;
}

/* --- Small values ---------------------------------------------------------*/

static void
name_of(char out[static NAME_BYTES], const char *what, const struct space *sp,
    unsigned purpose)
{
	(void)snprintf(out, NAME_BYTES, "%s-%zu-%u", what, sp->no, purpose);
}

/* The number of the issuer that this server is in a space, once known. */
static enum err
here_get(struct service *s, const struct space *sp, size_t *here)
{
	char name[NAME_BYTES];
	struct buf b = { 0 };
	enum err r;

	name_of(name, "issuer", sp, 0);
	if ((r = store_value_get(s->store, name, &b)) == OK) {
		if (b.n == 1 && b.p[0] < sp->header->n_issuers)
			*here = b.p[0];
		else
			r = ERR_STATE;
	}
	buf_free(&b);
	return r;
}

static enum err
ledger_get(struct service *s, const struct space *sp, unsigned purpose,
    struct hash *out)
{
	char name[NAME_BYTES];
	struct buf b = { 0 };
	enum err r;

	name_of(name, "ledger", sp, purpose);
	if ((r = store_value_get(s->store, name, &b)) == OK) {
		if (b.n == HASH_BYTES)
			memcpy(out->b, b.p, HASH_BYTES);
		else
			r = ERR_STATE;
	}
	buf_free(&b);
	return r;
}

/* --- A space arrives ------------------------------------------------------*/

/* The issuer of whom every key was made here. */
static size_t
here_find(struct service *s, const struct header *h)
{
	size_t i;
	unsigned p;

	for (i = 0; i < h->n_issuers; i++) {
		for (p = 1; p <= PURPOSE_MAX; p++) {
			if (header_has_purpose(h->kind, p) &&
			    keys_token_is(s->keys, h->slug, p,
				h->issuers[i].keys[p].spki) != OK)
				break;
		}
		if (p > PURPOSE_MAX && h->issuers[i].url[0] != '\0')
			return i;
	}
	return RECORD_ISSUERS_MAX;
}

static enum err
here_learn(struct service *s, const struct space *sp, size_t *here)
{
	char name[NAME_BYTES];
	uint8_t byte;
	enum err r;

	if ((r = here_get(s, sp, here)) != ERR_NOT_FOUND)
		return r;
	*here = here_find(s, sp->header);
	if (*here == RECORD_ISSUERS_MAX)
		return OK;
	byte = (uint8_t)*here;
	name_of(name, "issuer", sp, 0);
	return store_value_put(s->store, name, slice_of(&byte, 1));
}

static int
all_ledgers(struct service *s, const struct space *sp)
{
	struct hash h;
	unsigned p;

	for (p = 1; p <= PURPOSE_MAX; p++) {
		if (header_has_purpose(sp->header->kind, p) &&
		    ledger_get(s, sp, p, &h) != OK)
			return 0;
	}
	return 1;
}

enum err
issuer_arrive(struct service *s, struct space *sp, struct track *t)
{
	char name[NAME_BYTES];
	struct buf b = { 0 };
	enum err r;

	if ((r = here_learn(s, sp, &t->here)) != OK ||
	    t->here == RECORD_ISSUERS_MAX) {
		t->done = 1;
		return r;
	}
	t->taken = all_ledgers(s, sp);
	(void)snprintf(name, sizeof(name), "forgotten-%zu", sp->no);
	r = store_value_get(s->store, name, &b);
	buf_free(&b);
	t->forgotten = r == OK;
	return r == ERR_NOT_FOUND ? service_issue_keys_add(s, sp, t) : r;
}

/* --- What time brings about -----------------------------------------------*/

static enum err
take_ledgers(struct service *s, struct space *sp, struct track *t)
{
	char name[NAME_BYTES];
	uint32_t n;
	unsigned p;
	enum err r = OK;

	pthread_mutex_lock(&s->issue_lock);
	for (p = 1; p <= PURPOSE_MAX && r == OK; p++) {
		struct buf rows = { 0 };
		struct hash h;

		if (!header_has_purpose(sp->header->kind, p) ||
		    (r = ledger_get(s, sp, p, &h)) == OK)
			continue;
		r = store_ledger(s->store, (uint32_t)sp->no, (uint8_t)t->here,
		    (uint8_t)p, &rows, &n);
		hash_bytes(buf_slice(&rows), &h);
		name_of(name, "ledger", sp, p);
		if (r == OK && (r = store_object_put(
				    s->store, &h, buf_slice(&rows))) == OK)
			r = store_value_put(s->store, name, hash_slice(&h));
		buf_free(&rows);
	}
	t->taken = r == OK;
	pthread_mutex_unlock(&s->issue_lock);
	return r;
}

/* A key goes when its ledger is in the log, and is the one that was given. */
static enum err
destroy_keys(struct service *s, const struct space *sp, const struct track *t)
{
	const struct issuer *issuer = &sp->header->issuers[t->here];
	struct hash own;
	unsigned p;
	enum err r;

	for (p = 1; p <= PURPOSE_MAX; p++) {
		if (!header_has_purpose(sp->header->kind, p) ||
		    keys_token_is(s->keys, sp->header->slug, p,
			issuer->keys[p].spki) != OK)
			continue;
		if (!sp->cancelled) {
			if (!sp->ledgers[t->here][p].present)
				continue;
			if (ledger_get(s, sp, p, &own) != OK ||
			    !hash_equal(&own, &sp->ledgers[t->here][p].hash)) {
				service_log_halt(s,
				    "the log holds another ledger of this "
				    "issuer than it gave");
				return OK;
			}
		}
		r = keys_token_destroy(s->keys, &issuer->keys[p].key_id);
		if (r != OK)
			return r;
	}
	return OK;
}

/* log_lock is held. */
static enum err
tend_space(struct service *s, struct space *sp, struct track *t)
{
	const struct header *h = sp->header;
	uint64_t now = clock_now(s->clock);
	int over = now >= h->participation.to || sp->closed || sp->cancelled;
	enum err r;

	if (t->here == RECORD_ISSUERS_MAX)
		return OK;
	if (sp->cancelled)
		t->taken = 1;
	if (!t->taken && (over || (h->separated && now >= h->issuance.to)) &&
	    (r = take_ledgers(s, sp, t)) != OK)
		return r;
	if (over && t->taken && !t->forgotten &&
	    (r = service_sequence_forget(s, sp, t)) != OK)
		return r;
	return t->taken ? destroy_keys(s, sp, t) : OK;
}

static void
tend(struct service *s)
{
	uint64_t now = clock_now(s->clock);
	size_t i;

	pthread_mutex_lock(&s->log_lock);
	for (i = 0; i < s->n_tracks && !atomic_load(&s->halted); i++) {
		if (tend_space(s, world_space(s->world, i), s->tracks[i]) != OK)
			service_log_halt(s,
			    "a ledger could not be made, or a key destroyed");
	}
	if (now - s->tidied >= TIDY_SECONDS && !atomic_load(&s->halted)) {
		s->tidied = now;
		if (store_issue_tidy(s->store) != OK)
			service_log_halt(s, "issue.mdb could not be rewritten");
	}
	pthread_mutex_unlock(&s->log_lock);
}

static int
stopping(struct service *s)
{
	int stop;

	pthread_mutex_lock(&s->log_lock);
	stop = s->stop;
	pthread_mutex_unlock(&s->log_lock);
	return stop;
}

void *
issuer_run(void *service)
{
	struct service *s = service;

	while (!stopping(s)) {
		issuer_follow_round(s);
		tend(s);
		issuer_follow_wait(s->follow, LOOK_MS);
	}
	return NULL;
}

/* --- Opening --------------------------------------------------------------*/

/* A space that still issues cannot do without its keys. */
static enum err
keys_are_here(struct service *s, const struct space *sp, const struct track *t,
    struct why *why)
{
	const struct header *h = sp->header;
	unsigned p;

	for (p = 1; t->here < RECORD_ISSUERS_MAX && p <= PURPOSE_MAX; p++) {
		if (!header_has_purpose(h->kind, p) || sp->cancelled ||
		    sp->ledgers[t->here][p].present)
			continue;
		if (keys_token_is(s->keys, h->slug, p,
			h->issuers[t->here].keys[p].spki) != OK)
			return why_say(why, ERR_STATE,
			    "keys/token-%s-%s.pk8 is missing or another key: "
			    "bring back the key of this space",
			    h->slug, purpose_name(p));
	}
	return OK;
}

enum err
issuer_open(
    struct service *s, const char *dir, const char *clock, struct why *why)
{
	struct buf url = { 0 };
	size_t i;
	enum err r;

	if ((s->live = roll_new()) == NULL ||
	    world_new(&s->log_key, service_log_object, s, &s->world) != OK)
		return ERR_NOMEM;
	/* What is taken in was judged before, by the auditor's code. */
	world_trust(s->world, 1);
	if ((r = store_value_get(s->store, "log-url", &url)) != OK)
		goto out;
	if (buf_text(&url) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	if ((r = issuer_follow_open(s, dir, (const char *)url.p, why)) != OK)
		goto out;
	if (clock != NULL && !world_is_rehearsal(s->world)) {
		r = why_say(why, ERR_FORBIDDEN,
		    world_origin(s->world) != NULL
			? "this log is no rehearsal: it has no clock but the "
			  "system's"
			: "the log at %s cannot be read, and only a "
			  "rehearsal's has a clock of its own",
		    (const char *)url.p);
		goto out;
	}
	r = clock_new(clock, &s->clock, why);
	for (i = 0; i < s->n_tracks && r == OK; i++)
		r = keys_are_here(
		    s, world_space(s->world, i), s->tracks[i], why);

out:
	buf_free(&url);
	return r;
}

enum problem
issuer_ready(struct service *s, struct why *why)
{
	if (s->follow == NULL || issuer_follow_ready(s, why) == OK)
		return PROBLEM_NONE;
	return PROBLEM_UNAVAILABLE;
}

/* --- Changes of the roll --------------------------------------------------*/

/* Nonzero iff a row of the ledger is of the line. */
static int
names_line(struct service *s, const struct hash *ledger, uint32_t line)
{
	struct buf rows = { 0 };
	struct ledger_row row;
	uint32_t i, n;
	int found = 0;

	if (store_object_get(s->store, ledger, &rows) == OK) {
		n = (uint32_t)(rows.n / LEDGER_ROW);
		for (i = 0; i < n && !found; i++) {
			ledger_row_at(buf_slice(&rows), i, &row);
			found = roll_line(s->live, &row.roll_pk) == line;
		}
	}
	buf_free(&rows);
	return found;
}

enum err
issuer_issued(struct service *s, uint32_t line)
{
	const struct space *sp;
	struct hash h;
	unsigned p;
	size_t i;

	for (i = 0; s->follow != NULL && i < s->n_tracks; i++) {
		sp = world_space(s->world, i);
		if (s->tracks[i]->here == RECORD_ISSUERS_MAX || sp->closed ||
		    sp->cancelled)
			continue;
		for (p = 1; p <= PURPOSE_MAX; p++) {
			if (ledger_get(s, sp, p, &h) == OK &&
			    names_line(s, &h, line))
				return OK;
		}
	}
	return ERR_NOT_FOUND;
}

static int
has_row(struct slice list, struct slice row)
{
	size_t i;

	for (i = 0; i + ROLL_CHANGE_BYTES <= list.n; i += ROLL_CHANGE_BYTES) {
		if (memcmp(list.p + i, row.p, ROLL_CHANGE_BYTES) == 0)
			return 1;
	}
	return 0;
}

/* It waits here, or is in the log: then it was taken before. */
static int
was_taken(struct service *s, struct slice row)
{
	struct buf list = { 0 };
	struct entry e;
	size_t i;
	int found;

	found = store_changes(s->store, &list) == OK &&
		has_row(buf_slice(&list), row);
	buf_free(&list);
	for (i = 0; !found && issuer_follow_step(s, i, &e) == OK; i++) {
		if (e.kind != ENTRY_ROLL_CHANGE)
			continue;
		found = issuer_follow_object(s, &e.object, &list) == OK &&
			has_row(buf_slice(&list), row);
		buf_free(&list);
	}
	return found;
}

static enum problem
judge_staff(struct service *s, const char *authorization, struct slice change,
    struct why *why)
{
	struct service_staff_call c = {
		.method = "POST", .path = CHANGES_PATH, .body = change
	};
	struct auth_staff a;

	if (authorization == NULL || auth_staff_parse(authorization, &a) != OK)
		return PROBLEM_STAFF;
	c.pk = a.key;
	c.n = a.n;
	c.sig = a.sig;
	/* Without its number: a change has its effect once, ever, so that the
	   same request may come again. */
	return service_staff_judge(s, &c, DESKS, why);
}

/* log_lock and issue_lock are held. */
static enum err
change(struct service *s, const struct roll_change *c, struct slice row,
    int take, struct why *why)
{
	uint32_t line;
	enum err r;

	if ((r = service_staff_may(s, c, row, why)) != OK)
		return r;
	if (!take) {
		line = roll_line(s->live, &c->old_pk);
		if (c->action == ROLL_STRIKE || c->action == ROLL_REMOVE)
			service_issue_hold(s, roll_line_key(s->live, line));
		return OK;
	}
	r = service_staff_take(s, c, row, why);
	service_issue_hold(s, NULL);
	return r;
}

enum problem
issuer_change(struct service *s, const char *authorization, struct slice row,
    int take, int *repeat, struct why *why)
{
	struct roll_change c;
	enum problem p;
	enum err r = OK;

	/* The log's server may speak of a space that it has just announced. */
	issuer_follow_soon(s);
	if ((p = judge_staff(s, authorization, row, why)) != PROBLEM_NONE)
		return p;
	if (roll_change_parse(row, &c, why) != OK)
		return PROBLEM_MALFORMED;
	if ((p = issuer_ready(s, why)) != PROBLEM_NONE)
		return p;
	if (atomic_load(&s->halted))
		return PROBLEM_UNAVAILABLE;
	pthread_mutex_lock(&s->log_lock);
	pthread_mutex_lock(&s->issue_lock);
	*repeat = was_taken(s, row);
	if (!*repeat)
		r = change(s, &c, row, take, why);
	pthread_mutex_unlock(&s->issue_lock);
	pthread_mutex_unlock(&s->log_lock);
	return service_change_problem(r);
}

/* --- What the log's server asks for ---------------------------------------*/

static struct space *
find_here(struct service *s, const char *slug, struct track **t)
{
	struct space *sp = service_read_find(s, slug, t);

	return sp != NULL && (*t)->here < RECORD_ISSUERS_MAX ? sp : NULL;
}

enum problem
issuer_ledger(struct service *s, const char *slug, uint64_t issuer,
    enum purpose purpose, struct buf *out)
{
	enum problem p = PROBLEM_NOT_FOUND;
	struct space *sp;
	struct track *t;
	struct hash h;

	/* A space that was announced a moment ago. */
	if (find_here(s, slug, &t) == NULL)
		issuer_follow_soon(s);
	pthread_mutex_lock(&s->log_lock);
	sp = find_here(s, slug, &t);
	if (sp == NULL || issuer != t->here || atomic_load(&s->halted))
		goto out;
	/* Made now, if it is time and the thread has not come to it. */
	if (tend_space(s, sp, t) != OK)
		service_log_halt(s, "a ledger could not be made");
	else if (ledger_get(s, sp, purpose, &h) == OK)
		p = store_object_get(s->store, &h, out) == OK
			? PROBLEM_NONE
			: PROBLEM_UNAVAILABLE;

out:
	pthread_mutex_unlock(&s->log_lock);
	return p;
}

/* Purposes in the order of their names, as the canonical form has them. */
static const enum purpose order[] = { PURPOSE_ANSWER, PURPOSE_AUTHOR,
	PURPOSE_VOICE, PURPOSE_VOTE };
#define ORDER (sizeof(order) / sizeof(order[0]))

static void
put_destroyed(struct service *s, const struct space *sp, const struct track *t,
    struct buf *out)
{
	const char *comma = "";
	size_t i;

	for (i = 0; sp != NULL && i < ORDER; i++) {
		if (!header_has_purpose(sp->header->kind, order[i]) ||
		    keys_token_is(s->keys, sp->header->slug, order[i],
			sp->header->issuers[t->here].keys[order[i]].spki) == OK)
			continue;
		buf_printf(out, "%s\"%s\"", comma, purpose_name(order[i]));
		comma = ",";
	}
}

static int
put_keys(struct service *s, const char *slug, struct buf *out)
{
	uint8_t spki[BLIND_SPKI];
	const char *comma = "";
	size_t i;

	for (i = 0; i < ORDER; i++) {
		if (keys_token_get(s->keys, slug, order[i], spki) != OK)
			continue;
		buf_printf(out, "%s\"%s\":\"", comma, purpose_name(order[i]));
		base64_put(out, BASE64_URL, slice_of(spki, BLIND_SPKI));
		buf_str(out, "\"");
		comma = ",";
	}
	return *comma != '\0';
}

enum problem
issuer_space(struct service *s, const char *slug, struct buf *json)
{
	struct space *sp;
	struct track *t;
	int keys, ledger;

	pthread_mutex_lock(&s->log_lock);
	sp = find_here(s, slug, &t);
	ledger = sp != NULL && all_ledgers(s, sp);
	buf_str(json, "{\"destroyed\":[");
	put_destroyed(s, sp, t, json);
	buf_str(json, "],\"keys\":{");
	keys = put_keys(s, slug, json);
	buf_printf(json, "},\"ledger\":%d,\"name\":\"%s\"}", ledger, s->host);
	pthread_mutex_unlock(&s->log_lock);
	if (sp == NULL && !keys)
		return PROBLEM_NOT_FOUND;
	return buf_end(json) == OK ? PROBLEM_NONE : PROBLEM_UNAVAILABLE;
}
