#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "hash.h"
#include "hex.h"
#include "json.h"

#include "page.h"

#include "answer.h"

/* Bodies up to here travel in the same write as the headers. */
#define ANSWER_SMALL 16384
/* What the headers of most answers need. */
#define ANSWER_HEAD 1536

/*
 * No Date: RFC 9110 asks for it, but a saved answer would then hold the second
 * in which somebody asked for a token or cast (PROTOCOL 11).
 */
static const char always[] = "X-Content-Type-Options: nosniff\r\n"
			     "X-Frame-Options: DENY\r\n"
			     "Referrer-Policy: no-referrer\r\n"
			     "Cross-Origin-Opener-Policy: same-origin\r\n";

/* Data are no pages, whatever a browser takes them for. */
#define POLICY "Content-Security-Policy: default-src 'none'; "
#define POLICY_END                                                      \
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'; " \
	"require-trusted-types-for 'script'; trusted-types"

static const char policy_data[] = POLICY POLICY_END " 'none'\r\n";

/* Even opened by itself, a picture is only looked at. */
static const char policy_picture[] =
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; "
    "sandbox\r\n";

/* A worker has the policy that came with its script. */
static const char policy_script[] =
    POLICY "connect-src 'self'; " POLICY_END " 'none'\r\n";

/* "blob:" and "data:" for pictures that a script draws, and the style's. */
static const char policy_page[] =
    POLICY "script-src 'self'; style-src 'self'; font-src 'self'; "
	   "worker-src 'self'; img-src 'self' data: blob:; connect-src 'self'";
static const char policy_page_end[] = "; " POLICY_END " partecipa\r\n";

static const char *
reason(int status)
{
	static const struct {
		int status;
		const char *text;
	} table[] = {
		{ 200, "OK" },
		{ 201, "Created" },
		{ 204, "No Content" },
		{ 304, "Not Modified" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 409, "Conflict" },
		{ 411, "Length Required" },
		{ 413, "Content Too Large" },
		{ 415, "Unsupported Media Type" },
		{ 421, "Misdirected Request" },
		{ 422, "Unprocessable Content" },
		{ 503, "Service Unavailable" },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].status == status)
			return table[i].text;
	return "Internal Server Error";
}

static const char *
cache_control(const struct answer_want *w, int status)
{
	if (status >= 300 || w->route == NULL)
		return "no-store";
	switch (w->route->cache) {
	case CACHE_CHECK:
		return "no-cache";
	case CACHE_FOREVER:
		return "public, max-age=31536000, immutable";
	case CACHE_NEVER:
	default:
		return "no-store";
	}
}

static void
problem_json(const struct req *q, const struct problem_row *row,
    const struct resp *p, struct buf *out)
{
	char type[80];
	json_t *j;
	char *text;

	snprintf(type, sizeof(type), "urn:partecipa:problem:%s", row->name);
	j = json_pack("{s:s, s:s, s:i, s:s}", "type", type, "title",
	    row->title[q->lang], "status", row->status, "detail",
	    row->detail[q->lang]);
	/* A cause that is no UTF-8 is left out: json_string refuses it. */
	if (p->why.text[0] != '\0')
		(void)json_object_set_new(j, "cause", json_string(p->why.text));
	if (row->no == PROBLEM_STAFF_NUMBER)
		(void)json_object_set_new(
		    j, "last", json_integer((json_int_t)p->last));
	if ((text = json_dumps(j, JSON_COMPACT)) != NULL)
		buf_str(out, text);
	free(text);
	json_decref(j);
}

void
answer_problem(
    const struct req *q, enum problem no, int as_page, struct resp *p)
{
	const struct problem_row *row = problem_row_of(no);

	buf_free(&p->body);
	p->lent = slice_of(NULL, 0);
	p->encoding = NULL;
	p->status = row->status;
	p->etag = NULL;
	if (as_page) {
		page_problem(&p->body, q, row);
		p->content_type = "text/html; charset=utf-8";
	} else {
		problem_json(q, row, p, &p->body);
		p->content_type = "application/problem+json";
	}
}

/* An ETag for what is asked for anew, from its bytes. */
static const char *
etag(const struct resp *p, const struct answer_want *w,
    char out[static 2 * HASH_BYTES + 3])
{
	struct hash h = p->hash;

	if (p->etag != NULL || w->route == NULL || p->status != 200 ||
	    w->route->cache != CACHE_CHECK)
		return p->etag;
	if (hash_is_zero(&h))
		hash_bytes(buf_slice(&p->body), &h);
	out[0] = '"';
	hex_encode(slice_of(h.b, 16), out + 1);
	memcpy(out + 33, "\"", 2);
	return out;
}

static int
is_type(const struct resp *p, const char *type)
{
	return p->content_type != NULL &&
	       strncmp(p->content_type, type, strlen(type)) == 0;
}

/* What a browser may do with it. */
static void
policy(const struct resp *p, struct buf *b)
{
	if (is_type(p, "text/html")) {
		buf_str(b, policy_page);
		buf_put(b, p->connect.p, p->connect.n);
		buf_str(b, policy_page_end);
	} else if (is_type(p, "text/javascript")) {
		buf_str(b, policy_script);
	} else if (is_type(p, "image/")) {
		buf_str(b, policy_picture);
	} else {
		buf_str(b, policy_data);
	}
	buf_str(b, p->camera
		       ? "Permissions-Policy: camera=(self), geolocation=(), "
			 "microphone=()\r\n"
		       : "Permissions-Policy: camera=(), geolocation=(), "
			 "microphone=()\r\n");
}

/* If-None-Match: our tag among those named, or "*" (RFC 9110 13.1.2). */
static int
is_known(const char *tag, const char *if_none_match)
{
	const char *at;

	if (tag == NULL || if_none_match == NULL)
		return 0;
	at = strstr(if_none_match, tag);
	return at != NULL || strcmp(if_none_match, "*") == 0;
}

static void
line(struct buf *b, const char *name, const char *value)
{
	buf_str(b, name);
	buf_str(b, value);
	buf_str(b, "\r\n");
}

/* What pages of other sites may do with it. */
static void
others(const struct resp *p, const struct answer_want *w, struct buf *b)
{
	if (w->route == NULL || !w->route->cors) {
		buf_str(b, "Cross-Origin-Resource-Policy: same-origin\r\n");
		return;
	}
	buf_str(b, "Access-Control-Allow-Origin: *\r\n"
		   "Cross-Origin-Resource-Policy: cross-origin\r\n");
	if (p->status == 204 && w->allow != NULL)
		buf_printf(b,
		    "Access-Control-Allow-Methods: %s\r\n"
		    "Access-Control-Allow-Headers: "
		    "Authorization, Content-Type, Accept-Language\r\n"
		    "Access-Control-Max-Age: 86400\r\n",
		    w->allow);
}

struct slice
answer_head(struct resp *p, const struct answer_want *w, struct buf *b)
{
	char made[2 * HASH_BYTES + 3];
	const char *tag;
	struct slice rest = p->lent.p != NULL ? p->lent : buf_slice(&p->body);

	if (p->status == 0)
		p->status = 200;
	tag = etag(p, w, made);
	if (p->status == 200 && is_known(tag, w->if_none_match))
		p->status = 304;
	buf_room(b, ANSWER_HEAD + (rest.n <= ANSWER_SMALL ? rest.n : 0));
	/* No printf for what every answer has: it would be seen in the rate. */
	if (p->status == 200)
		buf_str(b, "HTTP/1.1 200 OK\r\n");
	else
		buf_printf(
		    b, "HTTP/1.1 %d %s\r\n", p->status, reason(p->status));
	if (p->status != 304 && p->status != 204)
		buf_printf(b, "Content-Type: %s\r\nContent-Length: %zu\r\n",
		    p->content_type != NULL ? p->content_type
					    : "text/plain; charset=utf-8",
		    rest.n);
	if (p->encoding != NULL && p->status != 304)
		line(b, "Content-Encoding: ", p->encoding);
	line(b, "Cache-Control: ",
	    cache_control(w, p->status == 304 ? 200 : p->status));
	buf_str(b, always);
	policy(p, b);
	/* Pages and problems are in the reader's language. */
	if (p->status >= 400 || is_type(p, "text/html"))
		buf_str(b, "Vary: Accept-Language, Accept\r\n");
	else if (p->negotiated)
		buf_str(b, "Vary: Accept-Encoding\r\n");
	if (tag != NULL)
		line(b, "ETag: ", tag);
	if (w->allow != NULL)
		buf_printf(b, "Allow: %s\r\n", w->allow);
	if (p->status == 401)
		buf_printf(b, "WWW-Authenticate: %s\r\n",
		    w->route != NULL && w->route->staff != 0 ? "Staff"
							     : "Roll");
	others(p, w, b);
	if (w->close)
		buf_str(b, "Connection: close\r\n");
	buf_str(b, "\r\n");
	if (w->head || p->status == 304 || p->status == 204)
		return slice_of(NULL, 0);
	if (rest.n <= ANSWER_SMALL) {
		buf_put(b, rest.p, rest.n);
		rest.n = 0;
	}
	return rest;
}
