#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "hex.h"

#include "api.h"

#define SMALL_MAX ((size_t)64 * 1024)
#define LIST_MAX ((size_t)DOCUMENT_MAX)
/* A post box: nine trustees' messages of some attempts, and a draft. */
#define CEREMONY_MAX ((size_t)8 << 20)
/* A roll of a million lines, a ledger of as many. */
#define BIG_MAX ((size_t)256 << 20)
#define JSON_INT_MAX ((int64_t)1 << 53)

enum err
api_base_check(const char *url, struct why *why)
{
	const char *host = NULL, *p;

	if (strncmp(url, "https://", 8) == 0)
		host = url + 8;
	else if (strncmp(url, "http://", 7) == 0)
		host = url + 7;
	if (host == NULL || *host == '\0' || *host == '/' || *host == ':')
		return why_say(why, ERR_FORMAT,
		    "\"%.100s\" is not the address of a server; write it as "
		    "https://vota.comune.example",
		    url);
	for (p = url; *p != '\0'; p++)
		if (*p <= ' ' || *p >= 0x7f || strchr("?#\"<>\\^`{}|@", *p))
			return why_say(why, ERR_FORMAT,
			    "the address \"%.100s\" has a character that does "
			    "not belong there",
			    url);
	return OK;
}

enum err
api_open(const char *base, struct api **out, struct why *why)
{
	struct api *a;
	size_t n;
	enum err r;

	if ((r = api_base_check(base, why)) != OK)
		return r;
	if ((a = calloc(1, sizeof(*a))) == NULL)
		return ERR_NOMEM;
	a->lang = "en";
	a->base = strdup(base);
	a->fetch = fetch_new();
	if (a->base == NULL || a->fetch == NULL) {
		api_free(a);
		return ERR_NOMEM;
	}
	n = strlen(a->base);
	if (a->base[n - 1] == '/')
		a->base[n - 1] = '\0';
	*out = a;
	return OK;
}

void
api_free(struct api *a)
{
	if (a == NULL)
		return;
	fetch_free(a->fetch);
	free(a->base);
	free(a);
}

/* Title and detail of a problem document, and its stable name. */
static void
problem_read(struct api *a, const struct fetch_answer *ans, struct why *why)
{
	static const char urn[] = "urn:partecipa:problem:";
	const char *type, *title, *detail, *cause;
	const json_t *last;
	json_t *j = NULL;

	if (strncmp(ans->content_type, "application/problem+json", 24) != 0 ||
	    json_read(buf_slice(&ans->body), &j, NULL) != OK)
		goto out;
	type = json_string_value(json_object_get(j, "type"));
	title = json_string_value(json_object_get(j, "title"));
	detail = json_string_value(json_object_get(j, "detail"));
	cause = json_string_value(json_object_get(j, "cause"));
	if (type == NULL || strncmp(type, urn, sizeof(urn) - 1) != 0)
		goto out;
	type += sizeof(urn) - 1;
	if (strlen(type) <= API_PROBLEM_MAX)
		memcpy(a->problem, type, strlen(type) + 1);
	last = json_object_get(j, "last");
	if (json_is_integer(last) && json_integer_value(last) >= 0)
		a->last = (uint64_t)json_integer_value(last);
	(void)why_say(why, ERR_FORMAT, "%s%s%s [%s]%s%s",
	    title == NULL ? "" : title,
	    title != NULL && detail != NULL ? ": " : "",
	    detail == NULL ? "" : detail, a->problem, cause != NULL ? " " : "",
	    cause != NULL ? cause : "");

out:
	json_decref(j);
}

static enum err
status_err(struct api *a, const struct fetch_answer *ans, struct why *why)
{
	if (ans->status >= 200 && ans->status < 300)
		return OK;
	(void)why_say(why, ERR_IO,
	    "%s answered with status %ld, which is not how this server speaks; "
	    "is the address right?",
	    a->base, ans->status);
	problem_read(a, ans, why);
	switch (ans->status) {
	case 400:
	case 411:
	case 415:
	case 422:
		return ERR_FORMAT;
	case 401:
	case 403:
		return ERR_FORBIDDEN;
	case 404:
	case 405:
		return ERR_NOT_FOUND;
	case 409:
		return ERR_CONFLICT;
	case 413:
		return ERR_LIMIT;
	default:
		return ERR_IO;
	}
}

struct call {
	const char *method;
	const char *base; /* "" or NULL: the server's */
	const char *path;
	const char *type; /* of the body; NULL: none */
	const char *authorization;
	struct slice body;
	size_t max;
	long patience; /* seconds; 0: as usual */
};

/*
 * Judging an opening, or publishing the ledger of a town, takes a slow machine
 * longer than a connection is given otherwise.
 */
#define OFFICE_PATIENCE 600L

/* One exchange; the body of a good answer is appended to ${out}. */
static enum err
call(struct api *a, const struct call *c, struct buf *out, struct why *why)
{
	struct fetch_header h[3];
	struct fetch_answer ans;
	struct fetch_request q;
	struct buf url = { 0 };
	enum err r;

	memset(&ans, 0, sizeof(ans));
	memset(&q, 0, sizeof(q));
	a->status = 0;
	a->problem[0] = '\0';
	buf_str(&url, c->base == NULL || *c->base == '\0' ? a->base : c->base);
	buf_str(&url, c->path);
	if ((q.url = buf_text(&url)) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	q.method = c->method;
	q.headers = h;
	h[q.n_headers++] = (struct fetch_header){ "Accept-Language", a->lang };
	if (c->type != NULL)
		h[q.n_headers++] =
		    (struct fetch_header){ "Content-Type", c->type };
	if (c->authorization != NULL)
		h[q.n_headers++] =
		    (struct fetch_header){ "Authorization", c->authorization };
	q.body = c->body;
	q.max = c->max;
	q.patience = c->patience;
	if ((r = fetch_do(a->fetch, &q, &ans, why)) != OK)
		goto out;
	a->status = ans.status;
	if ((r = status_err(a, &ans, why)) != OK || out == NULL)
		goto out;
	buf_put(out, ans.body.p, ans.body.n);
	r = buf_end(out);

out:
	buf_free(&ans.body);
	buf_free(&url);
	return r;
}

static enum err
get(struct api *a, const char *path, size_t max, struct buf *out,
    struct why *why)
{
	struct call c = { .method = "GET", .path = path, .max = max };

	return call(a, &c, out, why);
}

static enum err
space_get(struct api *a, const char *slug, const char *what, size_t max,
    struct buf *out, struct why *why)
{
	struct buf path = { 0 };
	enum err r;

	if (slug_check(slug) != OK)
		return why_say(why, ERR_FORMAT,
		    "\"%.80s\" cannot be the name of a space: 1 to 64 of a-z, "
		    "0-9 and -",
		    slug);
	buf_printf(&path, "/api/v1/spaces/%s/%s", slug, what);
	r = buf_text(&path) == NULL ? ERR_NOMEM
				    : get(a, buf_text(&path), max, out, why);
	buf_free(&path);
	return r;
}

enum err
api_header(struct api *a, const char *slug, struct buf *out, struct why *why)
{
	return space_get(a, slug, "header", LIST_MAX, out, why);
}

enum err
api_form(struct api *a, const char *slug, struct buf *out, struct why *why)
{
	return space_get(a, slug, "form", LIST_MAX, out, why);
}

enum err
api_roll(struct api *a, const char *slug, struct buf *out, struct why *why)
{
	return space_get(a, slug, "roll", BIG_MAX, out, why);
}

enum err
api_result(struct api *a, const char *slug, struct buf *out, struct why *why)
{
	return space_get(a, slug, "result", LIST_MAX, out, why);
}

enum err
api_ledger(struct api *a, const char *slug, size_t issuer, enum purpose purpose,
    struct buf *out, struct why *why)
{
	struct buf what = { 0 };
	enum err r;

	buf_printf(&what, "ledger/%zu/%s", issuer, purpose_name(purpose));
	r = buf_text(&what) == NULL
		? ERR_NOMEM
		: space_get(a, slug, buf_text(&what), BIG_MAX, out, why);
	buf_free(&what);
	return r;
}

enum err
api_object(
    struct api *a, const struct hash *hash, struct buf *out, struct why *why)
{
	char path[sizeof("/api/v1/objects/") + 64] = "/api/v1/objects/";
	size_t start = out->n;
	struct hash h;
	enum err r;

	hex_encode(hash_slice(hash), path + strlen(path));
	if ((r = get(a, path, BIG_MAX, out, why)) != OK)
		return r;
	hash_bytes(slice_of(out->p + start, out->n - start), &h);
	if (!hash_equal(&h, hash)) {
		out->n = start;
		return why_say(why, ERR_SIGNATURE,
		    "the server gave another object than the one asked for");
	}
	return OK;
}

enum err
api_checkpoint(struct api *a, struct buf *out, struct why *why)
{
	return get(a, "/log/checkpoint", NOTE_MAX, out, why);
}

enum err
api_log_key(struct api *a, const struct note_key **out, struct why *why)
{
	struct buf b = { 0 };
	enum err r = OK;

	if (a->log_key.name[0] == '\0') {
		if ((r = get(a, "/log/key", SMALL_MAX, &b, why)) != OK)
			goto out;
		if (b.n > 0 && b.p[b.n - 1] == '\n')
			b.n--;
		if (note_key_parse(buf_slice(&b), &a->log_key) != OK) {
			a->log_key.name[0] = '\0';
			r = ERR_FORMAT;
			(void)why_say(why, r,
			    "%s/log/key is not the key of a log", a->base);
			goto out;
		}
	}
	*out = &a->log_key;

out:
	buf_free(&b);
	return r;
}

static enum err
space_parse(const json_t *j, struct api_space *s, struct why *why)
{
	const char *slug, *kind, *phase, *form = NULL;
	int64_t first, last;
	json_t *titles;
	enum err r;

	if ((r = json_get_string(j, "slug", 1, SLUG_MAX, &slug, why)) != OK ||
	    (r = json_get_string(
		 j, "kind", 1, sizeof(s->kind) - 1, &kind, why)) != OK ||
	    (r = json_get_string(
		 j, "phase", 1, sizeof(s->phase) - 1, &phase, why)) != OK ||
	    (r = json_get_hex(j, "space_id", s->space_id.b, HASH_BYTES, why)) !=
		OK ||
	    (r = json_get_int(j, "first", 0, JSON_INT_MAX, &first, why)) !=
		OK ||
	    (r = json_get_int(j, "last", first, JSON_INT_MAX, &last, why)) !=
		OK ||
	    (r = json_get_texts(j, "titles", 200, &titles, why)) != OK)
		return r;
	if (slug_check(slug) != OK)
		return why_say(why, ERR_FORMAT, "\"%s\" is no slug", slug);
	form = json_string_value(json_object_get(j, "form_id"));
	if (form != NULL && *form != '\0') {
		s->has_form = 1;
		if ((r = json_get_hex(
			 j, "form_id", s->form_id.b, HASH_BYTES, why)) != OK)
			return r;
	}
	memcpy(s->slug, slug, strlen(slug) + 1);
	memcpy(s->kind, kind, strlen(kind) + 1);
	memcpy(s->phase, phase, strlen(phase) + 1);
	s->first = (uint64_t)first;
	s->last = (uint64_t)last;
	s->titles = titles;
	return OK;
}

enum err
api_spaces_parse(struct slice s, struct api_spaces *out, struct why *why)
{
	struct api_spaces list = { 0 };
	enum err r;
	size_t i;

	if ((r = json_read(s, &list.doc, why)) != OK)
		goto out;
	if (!json_is_array(list.doc)) {
		r = why_say(why, ERR_FORMAT, "the list of spaces is no list");
		goto out;
	}
	list.n = json_array_size(list.doc);
	if ((list.space = calloc(list.n + 1, sizeof(*list.space))) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	for (i = 0; i < list.n; i++)
		if ((r = space_parse(json_array_get(list.doc, i),
			 &list.space[i], why)) != OK) {
			why_prefix(why, "list of spaces, number %zu: ", i + 1);
			goto out;
		}
	*out = list;
	return OK;

out:
	api_spaces_free(&list);
	return r;
}

enum err
api_spaces(struct api *a, struct api_spaces *out, struct why *why)
{
	struct buf b = { 0 };
	enum err r;

	if ((r = get(a, "/api/v1/spaces", LIST_MAX, &b, why)) == OK)
		r = api_spaces_parse(buf_slice(&b), out, why);
	buf_free(&b);
	return r;
}

void
api_spaces_free(struct api_spaces *s)
{
	if (s == NULL)
		return;
	free(s->space);
	json_decref(s->doc);
	memset(s, 0, sizeof(*s));
}

const struct api_space *
api_spaces_find(const struct api_spaces *s, const char *slug)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (strcmp(s->space[i].slug, slug) == 0)
			return &s->space[i];
	return NULL;
}

enum err
api_token_request(struct api *a, const char *url,
    const uint8_t body[static TOKEN_REQUEST_BYTES], const char *authorization,
    uint8_t out[static BLIND_BYTES], struct why *why)
{
	struct call c = { .method = "POST",
		.base = url,
		.path = "/token-request",
		.type = "application/private-token-request",
		.authorization = authorization,
		.body = slice_of(body, TOKEN_REQUEST_BYTES),
		.max = SMALL_MAX };
	struct buf b = { 0 };
	enum err r;

	if ((r = call(a, &c, &b, why)) != OK)
		goto out;
	if (b.n != BLIND_BYTES) {
		r = why_say(why, ERR_IO,
		    "the issuer answered %zu bytes instead of %d", b.n,
		    BLIND_BYTES);
		goto out;
	}
	memcpy(out, b.p, BLIND_BYTES);

out:
	buf_free(&b);
	return r;
}

enum err
api_record(struct api *a, const char *url, struct slice raw,
    struct buf *receipt, int *repeat, struct why *why)
{
	struct call c = { .method = "POST",
		.base = url,
		.path = "/api/v1/records",
		.type = "application/vnd.partecipa.record",
		.body = raw,
		.max = SMALL_MAX };
	enum err r;

	r = call(a, &c, receipt, why);
	if (r == OK && repeat != NULL)
		*repeat = a->status == 200;
	return r;
}

enum err
api_dispute(struct api *a, struct slice body, struct why *why)
{
	struct call c = { .method = "POST",
		.path = "/api/v1/disputes",
		.type = "application/octet-stream",
		.body = body,
		.max = SMALL_MAX };

	return call(a, &c, NULL, why);
}

enum err
api_ceremony(struct api *a, const char *slug, struct buf *out, struct why *why)
{
	return space_get(a, slug, "ceremony", CEREMONY_MAX, out, why);
}

enum err
api_transcript(
    struct api *a, const char *slug, struct buf *out, struct why *why)
{
	return space_get(a, slug, "transcript", LIST_MAX, out, why);
}

static const char *
opening_path(struct buf *b, unsigned trustee)
{
	buf_printf(b, "opening/%u", trustee);
	return buf_text(b);
}

enum err
api_opening(struct api *a, const char *slug, unsigned trustee, struct buf *out,
    struct why *why)
{
	struct buf what = { 0 };
	enum err r;

	r = opening_path(&what, trustee) == NULL
		? ERR_NOMEM
		: space_get(a, slug, buf_text(&what), BIG_MAX, out, why);
	buf_free(&what);
	return r;
}

/* POST below a space. */
static enum err
space_post(struct api *a, const char *slug, const char *what, const char *type,
    struct slice body, struct why *why)
{
	struct call c = { .method = "POST",
		.type = type,
		.body = body,
		.max = SMALL_MAX,
		.patience = OFFICE_PATIENCE };
	struct buf path = { 0 };
	enum err r = ERR_NOMEM;

	if (slug_check(slug) != OK)
		return why_say(why, ERR_FORMAT,
		    "\"%.80s\" cannot be the name of a space", slug);
	buf_printf(&path, "/api/v1/spaces/%s/%s", slug, what);
	if ((c.path = buf_text(&path)) != NULL)
		r = call(a, &c, NULL, why);
	buf_free(&path);
	return r;
}

enum err
api_ceremony_post(struct api *a, const char *slug, const char *round,
    struct slice text, struct why *why)
{
	struct buf what = { 0 };
	enum err r = ERR_NOMEM;

	buf_printf(&what, "ceremony/%s", round);
	if (buf_text(&what) != NULL)
		r = space_post(a, slug, buf_text(&what),
		    "text/plain; charset=utf-8", text, why);
	buf_free(&what);
	return r;
}

enum err
api_opening_post(struct api *a, const char *slug, unsigned trustee,
    struct slice file, struct why *why)
{
	struct buf what = { 0 };
	enum err r = ERR_NOMEM;

	if (opening_path(&what, trustee) != NULL)
		r = space_post(a, slug, buf_text(&what),
		    "application/octet-stream", file, why);
	buf_free(&what);
	return r;
}

static enum err
staff_once(struct api *a, struct staff_key *k, const struct call *shape,
    struct buf *out, struct why *why)
{
	struct buf authorization = { 0 };
	const struct note_key *log;
	struct call c = *shape;
	uint64_t n;
	enum err r;

	if ((r = api_log_key(a, &log, why)) != OK ||
	    (r = staff_next_request(k, &n, why)) != OK ||
	    (r = staff_request_sign(&k->key, n, log->name, c.method, c.path,
		 c.body, &authorization)) != OK)
		goto out;
	if ((c.authorization = buf_text(&authorization)) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	c.patience = OFFICE_PATIENCE;
	r = call(a, &c, out, why);

out:
	buf_free(&authorization);
	return r;
}

enum err
api_staff(struct api *a, struct staff_key *k, const char *method,
    const char *path, struct slice body, struct buf *out, struct why *why)
{
	struct call c = { .method = method, .body = body, .max = BIG_MAX };
	struct buf full = { 0 };
	enum err r;

	buf_printf(&full, "/api/v1/staff/%s", path);
	if ((c.path = buf_text(&full)) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	if (strcmp(method, "POST") == 0)
		c.type = strcmp(path, "keys") == 0 ? "application/json"
						   : "application/octet-stream";
	a->last = 0;
	r = staff_once(a, k, &c, out, why);
	if (r == ERR_CONFLICT && strcmp(a->problem, "staff-number") == 0 &&
	    a->last >= k->request) {
		/* The file is older than what the server saw: catch up. */
		k->request = a->last;
		r = staff_once(a, k, &c, out, why);
	}

out:
	buf_free(&full);
	return r;
}

enum err
api_entry(struct api *a, struct staff_key *k, struct slice entry,
    struct slice object, uint64_t *index, struct why *why)
{
	struct buf body = { 0 }, answer = { 0 };
	json_t *j = NULL;
	int64_t n;
	enum err r;

	buf_u32(&body, (uint32_t)entry.n);
	buf_put(&body, entry.p, entry.n);
	buf_u32(&body, (uint32_t)object.n);
	buf_put(&body, object.p, object.n);
	if ((r = buf_end(&body)) != OK ||
	    (r = api_staff(a, k, "POST", "entries", buf_slice(&body), &answer,
		 why)) != OK ||
	    (r = json_read(buf_slice(&answer), &j, why)) != OK ||
	    (r = json_get_int(j, "index", 0, JSON_INT_MAX, &n, why)) != OK)
		goto out;
	*index = (uint64_t)n;

out:
	json_decref(j);
	buf_free(&answer);
	buf_free(&body);
	return r;
}
