/* The log's server and the other issuers of its spaces. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base64.h"
#include "fetch.h"
#include "json.h"
#include "log.h"

#include "issuer.h"
#include "service_issuers.h"

#define CHANGE_SECONDS 10 /* for one request about a change or a key */
#define LEDGER_SECONDS 60 /* for a ledger, which may be large */
#define SMALL_MAX 65536
#define URL_MAX 1400
#define TARGETS_MAX 64
#define LOOK_NS 250000000L
#define WAIT_MS 500  /* before an issuer is asked again, at first */
#define LATE_MS 8000 /* one of these waits: people are told */
#define WAIT_MAX_MS 32000

/* --- One request ----------------------------------------------------------*/

/* What a refusal says: its cause, else its detail, else its number. */
static void
refusal_say(const struct fetch_answer *a, struct why *why)
{
	const char *text = NULL;
	json_t *doc = NULL;

	if (json_read(buf_slice(&a->body), &doc, NULL) == OK) {
		text = json_string_value(json_object_get(doc, "cause"));
		if (text == NULL)
			text =
			    json_string_value(json_object_get(doc, "detail"));
	}
	if (text != NULL)
		(void)why_say(why, OK, "%s", text);
	else
		(void)why_say(why, OK, "it answered %ld", a->status);
	json_decref(doc);
}

static enum err
ask(const char *base, const char *path, const struct fetch_request *shape,
    struct fetch_answer *a, struct why *why)
{
	struct fetch_request q = *shape;
	struct fetch *f = fetch_new();
	char url[URL_MAX];
	enum err r;
	int n;

	if (f == NULL)
		return why_say(why, ERR_NOMEM, "out of memory");
	n = snprintf(url, sizeof(url), "%s%s", base, path);
	q.url = url;
	r = n < 0 || (size_t)n >= sizeof(url)
		? why_say(why, ERR_LIMIT, "%s: the URL is too long", base)
		: fetch_do(f, &q, a, why);
	fetch_free(f);
	return r;
}

/* --- Changes of the roll --------------------------------------------------*/

/* Another issuer of an open space. */
struct target {
	const char *url;
	const char *name;
};

struct targets {
	struct target list[TARGETS_MAX];
	size_t n;
	int over; /* there are more */
};

static void
targets_add(struct targets *t, const struct issuer *issuer)
{
	size_t i;

	for (i = 0; i < t->n; i++) {
		if (strcmp(t->list[i].url, issuer->url) == 0)
			return;
	}
	t->over |= t->n == TARGETS_MAX;
	if (t->n < TARGETS_MAX)
		t->list[t->n++] = (struct target){ issuer->url, issuer->name };
}

/* Headers live as long as the world, so their strings may be borrowed. */
static void
targets_find(struct service *s, struct targets *t)
{
	const struct space *sp;
	size_t i, k;

	pthread_rwlock_rdlock(&s->world_lock);
	for (i = 0; i < world_spaces(s->world); i++) {
		sp = world_space(s->world, i);
		for (k = 0; k < sp->header->n_issuers; k++) {
			if (!sp->closed && !sp->cancelled &&
			    sp->header->issuers[k].url[0] != '\0')
				targets_add(t, &sp->header->issuers[k]);
		}
	}
	pthread_rwlock_unlock(&s->world_lock);
}

/*
 * Issuers hold back a line for 60 s from their check on: by then all have taken
 * the change, or none was asked to.
 */
#define CHECK_SECONDS 20 /* for all checks together */
#define AGREE_SECONDS 50 /* for checks and changes */

/* ${until}: by clock_steady. */
static enum problem
send_one(const struct target *to, const char *path, const char *authorization,
    struct slice change, uint64_t until, struct why *why)
{
	uint64_t now = clock_steady();
	const struct fetch_header headers[] = {
		{ "Authorization", authorization },
		{ "Content-Type", "application/octet-stream" },
	};
	struct fetch_request q = { .method = "POST",
		.headers = headers,
		.n_headers = 2,
		.body = change,
		.max = SMALL_MAX,
		.seconds = CHANGE_SECONDS };
	struct fetch_answer a = { 0 };
	enum problem p = PROBLEM_NONE;

	if (now >= until) {
		(void)why_say(why, ERR_IO,
		    "the issuers took too long to agree: send the change "
		    "again");
		return PROBLEM_UNAVAILABLE;
	}
	if (until - now < CHANGE_SECONDS)
		q.seconds = (long)(until - now);
	if (ask(to->url, path, &q, &a, why) != OK) {
		why_prefix(why,
		    "the issuer %s is out of reach, and every issuer must know "
		    "of the change: send it again. ",
		    to->name);
		return PROBLEM_UNAVAILABLE;
	}
	if (a.status < 200 || a.status > 299) {
		refusal_say(&a, why);
		why_prefix(why, "the issuer %s: ", to->name);
		p = a.status == 409 ? PROBLEM_ROLL_CHANGE : PROBLEM_UNAVAILABLE;
	}
	buf_free(&a.body);
	return p;
}

static enum problem
send_all(const struct targets *t, const char *path, const char *authorization,
    struct slice change, uint64_t until, struct why *why)
{
	enum problem p = PROBLEM_NONE;
	size_t i;

	for (i = 0; i < t->n && p == PROBLEM_NONE; i++)
		p = send_one(
		    &t->list[i], path, authorization, change, until, why);
	return p;
}

/* Could it take effect here?  Then nothing is issued to a line that is to go.
 */
static enum problem
check_here(struct service *s, struct slice change, struct why *why)
{
	struct roll_change c;
	uint32_t line;
	enum err r;

	if (roll_change_parse(change, &c, why) != OK)
		return PROBLEM_MALFORMED;
	pthread_mutex_lock(&s->log_lock);
	pthread_mutex_lock(&s->issue_lock);
	r = service_staff_may(s, &c, change, why);
	if (r == OK && (c.action == ROLL_STRIKE || c.action == ROLL_REMOVE)) {
		line = roll_line(s->live, &c.old_pk);
		service_issue_hold(s, roll_line_key(s->live, line));
	}
	pthread_mutex_unlock(&s->issue_lock);
	pthread_mutex_unlock(&s->log_lock);
	return service_change_problem(r);
}

enum problem
service_issuers_change(struct service *s, const char *authorization,
    struct slice change, struct why *why)
{
	struct targets t = { .n = 0 };
	uint64_t now;
	enum problem p;

	pthread_mutex_lock(&s->relay_lock);
	now = clock_steady();
	targets_find(s, &t);
	if (t.n == 0) {
		p = service_change(s, change, why);
		goto out;
	}
	p = PROBLEM_UNAVAILABLE;
	if (t.over) {
		(void)why_say(why, ERR_LIMIT,
		    "the open spaces have more than %d other issuers",
		    TARGETS_MAX);
		goto out;
	}
	if (authorization == NULL) {
		p = PROBLEM_STAFF;
		goto out;
	}
	if ((p = check_here(s, change, why)) == PROBLEM_NONE &&
	    (p = send_all(&t, "/api/v1/issuer/changes/check", authorization,
		 change, now + CHECK_SECONDS, why)) == PROBLEM_NONE &&
	    (p = send_all(&t, "/api/v1/issuer/changes", authorization, change,
		 now + AGREE_SECONDS, why)) == PROBLEM_NONE)
		p = service_change(s, change, why);
	pthread_mutex_lock(&s->issue_lock);
	service_issue_hold(s, NULL);
	pthread_mutex_unlock(&s->issue_lock);

out:
	pthread_mutex_unlock(&s->relay_lock);
	return p;
}

/* --- Headers --------------------------------------------------------------*/

int
service_issuers_has(const struct header *h)
{
	size_t i;

	for (i = 0; i < h->n_issuers; i++) {
		if (h->issuers[i].url[0] != '\0')
			return 1;
	}
	return 0;
}

static enum err
same_issuer(
    const json_t *doc, const struct header *h, size_t i, struct why *why)
{
	const json_t *keys = json_object_get(doc, "keys");
	uint8_t spki[BLIND_SPKI];
	const char *text;
	unsigned p;

	text = json_string_value(json_object_get(doc, "name"));
	if (text == NULL || strcmp(text, h->issuers[i].name) != 0)
		return why_say(why, ERR_CONFLICT,
		    "issuers[%zu].name is %s, but the server at %s calls "
		    "itself %s",
		    i, h->issuers[i].name, h->issuers[i].url,
		    text != NULL ? text : "nothing");
	for (p = 1; p <= PURPOSE_MAX; p++) {
		if (!header_has_purpose(h->kind, p))
			continue;
		text =
		    json_string_value(json_object_get(keys, purpose_name(p)));
		if (text == NULL ||
		    base64_decode_exact(BASE64_URL, slice_str(text), spki,
			sizeof(spki)) != OK ||
		    memcmp(spki, h->issuers[i].keys[p].spki, sizeof(spki)) != 0)
			return why_say(why, ERR_CONFLICT,
			    "issuers[%zu].keys.%s is not the token key that %s "
			    "made for %s",
			    i, purpose_name(p), h->issuers[i].name, h->slug);
	}
	return OK;
}

static enum problem
judge_issuer(const struct header *h, size_t i, struct why *why)
{
	struct fetch_request q = {
		.method = "GET", .max = SMALL_MAX, .seconds = CHANGE_SECONDS
	};
	char path[URL_MAX];
	struct fetch_answer a = { 0 };
	enum problem p = PROBLEM_RULE;
	json_t *doc = NULL;

	(void)snprintf(path, sizeof(path), "/api/v1/issuer/spaces/%s", h->slug);
	if (ask(h->issuers[i].url, path, &q, &a, why) != OK) {
		why_prefix(why, "issuers[%zu] (%s) is out of reach: ", i,
		    h->issuers[i].name);
		p = PROBLEM_UNAVAILABLE;
	} else if (a.status == 404) {
		(void)why_say(why, ERR_NOT_FOUND,
		    "issuers[%zu] (%s) has made no token key for %s", i,
		    h->issuers[i].name, h->slug);
	} else if (a.status != 200 ||
		   json_read(buf_slice(&a.body), &doc, NULL) != OK) {
		refusal_say(&a, why);
		why_prefix(why,
		    "issuers[%zu] (%s) does not say which keys it "
		    "made: ",
		    i, h->issuers[i].name);
		p = PROBLEM_UNAVAILABLE;
	} else if (same_issuer(doc, h, i, why) == OK) {
		p = PROBLEM_NONE;
	}
	json_decref(doc);
	buf_free(&a.body);
	return p;
}

enum problem
service_issuers_header(struct service *s, struct slice header, struct why *why)
{
	enum problem p = PROBLEM_NONE;
	struct header *h = NULL;
	size_t i;

	/* What is wrong with it is said where it is judged. */
	if (header_parse(header, &h, NULL) != OK)
		h = NULL;
	pthread_mutex_lock(&s->relay_lock);
	for (i = 0; h != NULL && i < h->n_issuers && p == PROBLEM_NONE; i++) {
		if (h->issuers[i].url[0] != '\0')
			p = judge_issuer(h, i, why);
	}
	if (p != PROBLEM_NONE)
		pthread_mutex_unlock(&s->relay_lock);
	header_free(h);
	return p;
}

void
service_issuers_entered(struct service *s)
{
	pthread_mutex_unlock(&s->relay_lock);
}

/* --- Ledgers --------------------------------------------------------------*/

/* What another issuer owes. */
struct debt {
	struct space *space;
	struct track *track;
	size_t issuer;
	unsigned ledgers;   /* bit p: purpose p */
	unsigned destroyed; /* bit p: its key */
};

static int
is_other(const struct space *sp, size_t i)
{
	return sp->header->issuers[i].url[0] != '\0';
}

/* The right to read is held. */
static int
debt_of(
    const struct service *s, struct space *sp, size_t issuer, struct debt *out)
{
	const struct header *h = sp->header;
	uint64_t now = clock_now(s->clock);
	uint64_t due = h->separated ? h->issuance.to : h->participation.to;
	unsigned p;

	memset(out, 0, sizeof(*out));
	out->space = sp;
	out->track = s->tracks[sp->no];
	out->issuer = issuer;
	for (p = 1; is_other(sp, issuer) && p <= PURPOSE_MAX; p++) {
		if (!header_has_purpose(h->kind, p))
			continue;
		if (!sp->cancelled && !sp->ledgers[issuer][p].present)
			out->ledgers |= now >= due ? 1U << p : 0;
		else if (!sp->ledgers[issuer][p].destroyed)
			out->destroyed |= 1U << p;
	}
	return (out->ledgers | out->destroyed) != 0;
}

/* Room for what was said, made when it is needed. */
static struct ask_other *
other_of(struct service *s, struct track *t, size_t issuer)
{
	struct ask_other *o;

	pthread_mutex_lock(&s->small_lock);
	if (t->others == NULL)
		t->others = calloc(RECORD_ISSUERS_MAX, sizeof(*t->others));
	o = t->others != NULL ? &t->others[issuer] : NULL;
	pthread_mutex_unlock(&s->small_lock);
	return o;
}

/*
 * More rows than lines are no ledger: an issuer that lies must not have this
 * server verify signatures without end.
 */
static size_t
ledger_max(struct service *s)
{
	size_t lines;

	pthread_rwlock_rdlock(&s->live_lock);
	lines = roll_lines(s->live);
	pthread_rwlock_unlock(&s->live_lock);
	return (lines + 1) * LEDGER_ROW;
}

static enum err
ledger_fetch(struct service *s, const struct debt *d, unsigned purpose,
    struct buf *rows, struct why *why)
{
	const struct header *h = d->space->header;
	struct fetch_request q = { .method = "GET",
		.max = ledger_max(s),
		.seconds = LEDGER_SECONDS,
		.stop = &s->asker_stop };
	struct fetch_answer a = { 0 };
	char path[URL_MAX];
	enum err r;

	(void)snprintf(path, sizeof(path), "/api/v1/spaces/%s/ledger/%zu/%s",
	    h->slug, d->issuer, purpose_name(purpose));
	if ((r = ask(h->issuers[d->issuer].url, path, &q, &a, why)) != OK)
		return r;
	if (a.status == 200) {
		*rows = a.body;
		return OK;
	}
	if (a.status == 404) {
		(void)why_say(why, ERR_NOT_FOUND, "it has not published it");
	} else {
		refusal_say(&a, why);
	}
	buf_free(&a.body);
	return ERR_NOT_FOUND;
}

/* One ledger, fetched before any lock is taken, and judged by the audit. */
static enum err
ledger_take(
    struct service *s, const struct debt *d, unsigned p, struct why *why)
{
	struct space *sp = d->space;
	struct buf rows = { 0 };
	enum err r;

	if ((r = ledger_fetch(s, d, p, &rows, why)) != OK)
		return r;
	if (rows.n % LEDGER_ROW != 0) {
		r = why_say(why, ERR_FORMAT,
		    "its ledger has %zu bytes, not whole rows", rows.n);
		goto out;
	}
	pthread_mutex_lock(&s->log_lock);
	pthread_mutex_lock(&s->issue_lock);
	if (!sp->cancelled && !sp->ledgers[d->issuer][p].present)
		r = service_sequence_ledger(
		    s, sp, d->issuer, p, buf_slice(&rows), why);
	pthread_mutex_unlock(&s->issue_lock);
	pthread_mutex_unlock(&s->log_lock);

out:
	buf_free(&rows);
	return r;
}

static enum err
destroyed_take(struct service *s, const struct debt *d, struct why *why)
{
	const struct header *h = d->space->header;
	struct fetch_request q = { .method = "GET",
		.max = SMALL_MAX,
		.seconds = CHANGE_SECONDS,
		.stop = &s->asker_stop };
	struct fetch_answer a = { 0 };
	json_t *doc = NULL, *name;
	char path[URL_MAX];
	enum purpose p;
	size_t i;
	enum err r;

	(void)snprintf(path, sizeof(path), "/api/v1/issuer/spaces/%s", h->slug);
	if ((r = ask(h->issuers[d->issuer].url, path, &q, &a, why)) != OK)
		return r;
	if (a.status != 200 || json_read(buf_slice(&a.body), &doc, why) != OK) {
		r = ERR_FORMAT;
		goto out;
	}
	json_array_foreach(json_object_get(doc, "destroyed"), i, name)
	{
		if (!json_is_string(name) ||
		    purpose_parse(slice_str(json_string_value(name)), &p) !=
			OK ||
		    (d->destroyed >> p & 1) == 0)
			continue;
		pthread_mutex_lock(&s->log_lock);
		if (!d->space->ledgers[d->issuer][p].destroyed)
			r = service_sequence_destroyed(
			    s, d->space, d->issuer, p);
		pthread_mutex_unlock(&s->log_lock);
		if (r != OK)
			break;
	}

out:
	json_decref(doc);
	buf_free(&a.body);
	return r;
}

static void
debt_settle(struct service *s, const struct debt *d, int at_once)
{
	struct ask_other *o = other_of(s, d->track, d->issuer);
	struct why why = { { 0 } };
	enum err r = OK;
	int early, late;
	unsigned p;

	if (o == NULL)
		return;
	pthread_mutex_lock(&s->small_lock);
	early = clock_steady_ms() < o->next;
	pthread_mutex_unlock(&s->small_lock);
	if (early && !at_once)
		return;
	for (p = 1; p <= PURPOSE_MAX && r == OK; p++) {
		if (d->ledgers >> p & 1)
			r = ledger_take(s, d, p, &why);
	}
	if (r == OK && d->destroyed != 0)
		r = destroyed_take(s, d, &why);
	if (r != OK && why.text[0] == '\0')
		(void)why_say(&why, r, "%s", err_str(r));
	pthread_mutex_lock(&s->small_lock);
	/* What it has not done yet is asked for less and less often. */
	o->wait = r == OK && d->ledgers != 0 ? WAIT_MS
		  : o->wait == 0	     ? WAIT_MS
					     : 2 * o->wait;
	if (o->wait > WAIT_MAX_MS)
		o->wait = WAIT_MAX_MS;
	o->next = clock_steady_ms() + o->wait;
	o->why = why;
	late = r != OK && d->ledgers != 0 && o->wait == LATE_MS;
	pthread_mutex_unlock(&s->small_lock);
	if (late)
		log_event(LOG_WARNING,
		    "the ledger of another issuer is not there yet space=%s "
		    "issuer=\"%s\" cause=\"%s\"",
		    d->space->header->slug,
		    d->space->header->issuers[d->issuer].name, why.text);
}

/* The next debt from (space, issuer) on. */
static int
debt_next(struct service *s, const char *slug, size_t *space, size_t *issuer,
    struct debt *out)
{
	struct space *sp;
	int found = 0;

	pthread_rwlock_rdlock(&s->world_lock);
	for (; !found && *space < s->n_tracks; ++*space, *issuer = 0) {
		sp = world_space(s->world, *space);
		if (slug != NULL && strcmp(sp->header->slug, slug) != 0)
			continue;
		while (!found && *issuer < sp->header->n_issuers)
			found = debt_of(s, sp, (*issuer)++, out);
		if (found)
			break;
	}
	pthread_rwlock_unlock(&s->world_lock);
	return found;
}

static void
settle(struct service *s, const char *slug, int at_once)
{
	size_t space = 0, issuer = 0;
	struct debt d;

	while (!atomic_load(&s->asker_stop) && !atomic_load(&s->halted) &&
	       debt_next(s, slug, &space, &issuer, &d))
		debt_settle(s, &d, at_once);
}

void
service_issuers_fetch(struct service *s, const char *slug)
{
	settle(s, slug, 1);
}

void *
service_issuers_run(void *service)
{
	const struct timespec t = { 0, LOOK_NS };
	struct service *s = service;

	while (!atomic_load(&s->asker_stop)) {
		settle(s, NULL, 0);
		(void)nanosleep(&t, NULL);
	}
	return NULL;
}

enum err
service_issuers_missing(
    struct service *s, const struct space *sp, struct track *t, struct why *why)
{
	const struct header *h = sp->header;
	struct why said = { { 0 } };
	unsigned p;
	size_t i;

	for (i = 0; i < h->n_issuers; i++) {
		for (p = 1; p <= PURPOSE_MAX; p++) {
			if (!is_other(sp, i) ||
			    !header_has_purpose(h->kind, p) ||
			    sp->ledgers[i][p].present)
				continue;
			pthread_mutex_lock(&s->small_lock);
			if (t->others != NULL)
				said = t->others[i].why;
			pthread_mutex_unlock(&s->small_lock);
			return why_say(why, ERR_FORBIDDEN,
			    "the ledger of issuer %zu (%s) is not there yet: "
			    "%.400s",
			    i + 1, h->issuers[i].name,
			    said.text[0] != '\0' ? said.text
						 : "it was not asked yet");
		}
	}
	return OK;
}
