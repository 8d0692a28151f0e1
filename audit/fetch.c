/* The only file that knows libcurl. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "fetch.h"

#define CONNECT_SECONDS 10L
#define STALL_SECONDS 30L /* with less than one byte a second */
#define HEADER_MAX 4096

struct fetch {
	CURL *curl;
};

/* Where an answer goes. */
struct sink {
	struct buf *body;
	size_t max;
	int over;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
init(void)
{
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

struct fetch *
fetch_new(void)
{
	struct fetch *f;

	(void)pthread_once(&once, init);
	if ((f = calloc(1, sizeof(*f))) == NULL)
		return NULL;
	if ((f->curl = curl_easy_init()) == NULL) {
		free(f);
		return NULL;
	}
	return f;
}

void
fetch_free(struct fetch *f)
{
	if (f == NULL)
		return;
	curl_easy_cleanup(f->curl);
	free(f);
}

static size_t
sink_write(char *p, size_t size, size_t n, void *cookie)
{
	struct sink *s = cookie;

	n *= size;
	if (n > s->max - s->body->n) {
		s->over = 1;
		return 0;
	}
	buf_put(s->body, p, n);
	return s->body->bad ? 0 : n;
}

static int
is_stopped(void *cookie, curl_off_t down_all, curl_off_t down,
    curl_off_t up_all, curl_off_t up)
{
	const atomic_int *const *stop = cookie;

	(void)down_all;
	(void)down;
	(void)up_all;
	(void)up;
	return atomic_load(*stop);
}

static enum err
headers_make(const struct fetch_request *q, struct curl_slist **out)
{
	struct curl_slist *list = NULL, *more;
	char line[HEADER_MAX];
	size_t i;
	int n;

	/* Bodies are sent at once, without asking first. */
	if ((list = curl_slist_append(NULL, "Expect:")) == NULL)
		return ERR_NOMEM;
	for (i = 0; i < q->n_headers; i++) {
		n = snprintf(line, sizeof(line), "%s: %s", q->headers[i].name,
		    q->headers[i].value);
		more = n < 0 || (size_t)n >= sizeof(line)
			   ? NULL
			   : curl_slist_append(list, line);
		if (more == NULL) {
			curl_slist_free_all(list);
			return ERR_LIMIT;
		}
		list = more;
	}
	*out = list;
	return OK;
}

static int
set_up(CURL *c, const struct fetch_request *q, struct curl_slist *headers,
    struct sink *sink, char *error)
{
	int bad = 0;

	curl_easy_reset(c); /* keeps connections */
	bad |= curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") != 0;
	bad |= curl_easy_setopt(c, CURLOPT_URL, q->url) != 0;
	bad |= curl_easy_setopt(c, CURLOPT_PROXY, "") != 0;
	bad |= curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) != 0;
	bad |= curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) != 0;
	bad |= curl_easy_setopt(
		   c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) != 0;
	bad |= curl_easy_setopt(c, CURLOPT_TCP_NODELAY, 1L) != 0;
	bad |=
	    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS) != 0;
	bad |= curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L) != 0;
	bad |= curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME,
		   q->patience > 0 ? q->patience : STALL_SECONDS) != 0;
	bad |= curl_easy_setopt(c, CURLOPT_TIMEOUT, q->seconds) != 0;
	bad |= curl_easy_setopt(
		   c, CURLOPT_NOPROGRESS, q->stop == NULL ? 1L : 0L) != 0;
	bad |= curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, is_stopped) != 0;
	bad |= curl_easy_setopt(c, CURLOPT_XFERINFODATA, &q->stop) != 0;
	bad |= curl_easy_setopt(c, CURLOPT_ERRORBUFFER, error) != 0;
	bad |= curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, sink_write) != 0;
	bad |= curl_easy_setopt(c, CURLOPT_WRITEDATA, sink) != 0;
	bad |= curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers) != 0;
	if (strcmp(q->method, "POST") == 0) {
		bad |= curl_easy_setopt(c, CURLOPT_POST, 1L) != 0;
		bad |= curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE,
			   (curl_off_t)q->body.n) != 0;
		bad |= curl_easy_setopt(c, CURLOPT_POSTFIELDS,
			   q->body.n > 0 ? (const char *)q->body.p : "") != 0;
	} else if (strcmp(q->method, "GET") == 0) {
		bad |= curl_easy_setopt(c, CURLOPT_HTTPGET, 1L) != 0;
	} else {
		bad = 1;
	}
	return bad;
}

enum err
fetch_do(struct fetch *f, const struct fetch_request *q, struct fetch_answer *a,
    struct why *why)
{
	char error[CURL_ERROR_SIZE] = { 0 };
	struct curl_slist *headers = NULL;
	struct buf body = { 0 };
	struct sink sink = { &body, q->max, 0 };
	const char *type = NULL;
	CURLcode code;
	enum err r;

	if ((r = headers_make(q, &headers)) != OK)
		return why_say(why, r, "%s: a header is too long", q->url);
	if (set_up(f->curl, q, headers, &sink, error)) {
		r = why_say(
		    why, ERR_INTERNAL, "%s: cannot be asked for", q->url);
		goto out;
	}
	code = curl_easy_perform(f->curl);
	if (sink.over) {
		r = why_say(why, ERR_LIMIT,
		    "%s: the answer is larger than %zu bytes", q->url, q->max);
		goto out;
	}
	if (body.bad) {
		r = why_say(why, ERR_NOMEM, "%s: out of memory", q->url);
		goto out;
	}
	if (code != CURLE_OK) {
		r = why_say(why, ERR_IO, "%s: %s", q->url,
		    error[0] != 0 ? error : curl_easy_strerror(code));
		goto out;
	}
	memset(a, 0, sizeof(*a));
	(void)curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &a->status);
	(void)curl_easy_getinfo(f->curl, CURLINFO_CONTENT_TYPE, &type);
	if (type != NULL)
		(void)snprintf(
		    a->content_type, sizeof(a->content_type), "%s", type);
	a->body = body;
	memset(&body, 0, sizeof(body)); /* handed over */

out:
	buf_free(&body);
	curl_slist_free_all(headers);
	return r;
}
