#include <civetweb.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "text.h"
#include "wipe.h"

#include "answer.h"
#include "auth.h"
#include "kept.h"
#include "log.h"

#include "http.h"

/*
 * The only file that knows CivetWeb, of which it uses the socket, the threads
 * and the parser of requests, and nothing else: no document root, forms, CGI,
 * WebSocket or TLS.  One callback does for every request: route, method,
 * limits, body, signature of staff, handler, headers, one write.  It is
 * begin_request, not a handler of a path, because before those CivetWeb looks
 * for files.
 *
 * CivetWeb's own messages hold client addresses, so its callback for them says
 * "already written"; its log of accesses is off, for want of a file.
 */

/* Bodies above this are read one at a time: memory is for voters.  Of those
   that anybody may send, only as much is read as an opening can have. */
#define HTTP_LARGE (1U << 20)
#define HTTP_ALLOW_CHARS 64

struct http {
	struct mg_context *mg;
	struct service *service;
	const struct route *table;
	void *context;
	const struct site *site;
	struct kept *kept;
	char *cast_host;
	struct in_addr address;
	unsigned port;
	pthread_mutex_t large;
};

/* Headers that are looked at; a request with two of one kind is refused. */
enum seen_header {
	SEEN_HOST,
	SEEN_LENGTH,
	SEEN_TYPE,
	SEEN_AUTHORIZATION,
	SEEN_ACCEPT,
	SEEN_ENCODING,
	SEEN_LANGUAGE,
	SEEN_NONE_MATCH,
	SEEN_TRANSFER,
	SEEN_EXPECT,
	SEEN_CONNECTION,
	SEEN_MAX
};

static const char *const seen_names[SEEN_MAX] = {
	[SEEN_HOST] = "Host",
	[SEEN_LENGTH] = "Content-Length",
	[SEEN_TYPE] = "Content-Type",
	[SEEN_AUTHORIZATION] = "Authorization",
	[SEEN_ACCEPT] = "Accept",
	[SEEN_ENCODING] = "Accept-Encoding",
	[SEEN_LANGUAGE] = "Accept-Language",
	[SEEN_NONE_MATCH] = "If-None-Match",
	[SEEN_TRANSFER] = "Transfer-Encoding",
	[SEEN_EXPECT] = "Expect",
	[SEEN_CONNECTION] = "Connection",
};

/* One request on its way. */
struct call {
	struct http *http;
	struct mg_connection *conn;
	const char *seen[SEEN_MAX];
	int malformed;	 /* two headers of a kind, or too many */
	uint64_t length; /* of the body */
	struct buf body;
	struct req q;
	struct resp p;
	struct answer_want want;
	struct auth_staff staff;
	char allow[HTTP_ALLOW_CHARS];
	int options; /* the method is OPTIONS */
};

static void
headers_read(struct call *c, const struct mg_request_info *info)
{
	const char *name;
	int i, k;

	/* CivetWeb drops what follows, a second length perhaps. */
	c->malformed = info->num_headers >= MG_MAX_HEADERS;
	for (i = 0; i < info->num_headers; i++) {
		name = info->http_headers[i].name;
		for (k = 0; k < SEEN_MAX; k++) {
			/* Without regard to case; most begin otherwise. */
			if ((name[0] | 0x20) != (seen_names[k][0] | 0x20) ||
			    strcasecmp(name, seen_names[k]) != 0)
				continue;
			c->malformed |= c->seen[k] != NULL;
			c->seen[k] = info->http_headers[i].value;
			break;
		}
	}
}

/* The name of this host, if it is one that may stand in a page. */
static void
host_read(struct call *c)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:";
	const char *host = c->seen[SEEN_HOST];

	if (host != NULL && strlen(host) < sizeof(c->q.host) &&
	    host[strspn(host, plain)] == '\0')
		memcpy(c->q.host, host, strlen(host) + 1);
}

static int
is_cast_host(const struct call *c)
{
	const char *name = c->http->cast_host;
	size_t n = strlen(name);

	/* A port may follow. */
	return strncasecmp(c->q.host, name, n) == 0 &&
	       (c->q.host[n] == '\0' || c->q.host[n] == ':');
}

static int
is_served_here(const struct call *c, const struct route *r)
{
	if (c->http->cast_host == NULL || r->host == HOST_ANY)
		return 1;
	return (r->host == HOST_CAST) == is_cast_host(c);
}

static void
allow_add(struct call *c, const char *method)
{
	size_t n = strlen(c->allow);

	snprintf(c->allow + n, sizeof(c->allow) - n, "%s%s", n > 0 ? ", " : "",
	    method);
	if (strcmp(method, "GET") == 0)
		allow_add(c, "HEAD");
}

/* PROTOCOL 10: find the row; several rows may share a path. */
static enum problem
route_find(struct call *c)
{
	const char *method = c->q.method;
	const struct route *r, *any = NULL;
	struct path_params params;

	if (strcmp(method, "HEAD") == 0)
		method = "GET";
	if (path_check(c->q.path) != OK)
		return PROBLEM_NOT_FOUND;
	for (r = c->http->table; r->path != NULL; r++) {
		if (path_match(r->path, c->q.path, &params) != OK)
			continue;
		allow_add(c, r->method);
		any = r;
		if (strcmp(r->method, method) == 0) {
			c->want.route = r;
			c->q.params = params;
		}
	}
	if (any == NULL)
		return PROBLEM_NOT_FOUND;
	allow_add(c, "OPTIONS");
	if (c->want.route != NULL)
		return is_served_here(c, c->want.route) ? PROBLEM_NONE
							: PROBLEM_HOST;
	/* For the headers that the path's answers carry. */
	c->want.route = any;
	c->want.allow = c->allow;
	return c->options ? PROBLEM_NONE : PROBLEM_METHOD;
}

/*
 * How long the body is; CivetWeb's own reading of Content-Length takes "0x5"
 * for 0.  A request that may have a body we do not read ends its connection.
 */
static enum problem
length_read(struct call *c)
{
	const struct route *r = c->want.route;
	const char *length = c->seen[SEEN_LENGTH];

	if (c->seen[SEEN_TRANSFER] != NULL)
		return PROBLEM_LENGTH;
	if (length != NULL && text_u64(slice_str(length), &c->length) != OK)
		return PROBLEM_MALFORMED;
	if (length == NULL && strcmp(r->method, "POST") == 0 && !c->options)
		return PROBLEM_LENGTH;
	if (c->length > (c->options ? 0 : r->max_body) ||
	    (c->length > HTTP_LARGE && r->staff == 0 &&
		c->http->service != NULL &&
		c->length >
		    service_opening_room(c->http->service, c->q.params.v[0])))
		return PROBLEM_TOO_LARGE;
	return PROBLEM_NONE;
}

/* The media type, without regard to case and parameters (RFC 9110 8.3.1). */
static enum problem
type_check(const struct call *c)
{
	const char *want = c->want.route->content_type;
	const char *have = c->seen[SEEN_TYPE];
	size_t n;

	if (want == NULL || c->options)
		return PROBLEM_NONE;
	n = strlen(want);
	if (have == NULL || strncasecmp(have, want, n) != 0 ||
	    (have[n] != '\0' && strchr("; \t", have[n]) == NULL))
		return PROBLEM_MEDIA_TYPE;
	return PROBLEM_NONE;
}

static enum problem
body_receive(struct call *c)
{
	uint8_t piece[8192];
	size_t left = (size_t)c->length, n;
	int got;

	if (c->seen[SEEN_EXPECT] != NULL &&
	    strcasecmp(c->seen[SEEN_EXPECT], "100-continue") == 0 && left > 0)
		(void)mg_write(c->conn, "HTTP/1.1 100 Continue\r\n\r\n", 25);
	while (left > 0) {
		n = left < sizeof(piece) ? left : sizeof(piece);
		if ((got = mg_read(c->conn, piece, n)) <= 0) {
			wipe(piece, sizeof(piece));
			return PROBLEM_MALFORMED;
		}
		buf_put(&c->body, piece, (size_t)got);
		left -= (size_t)got;
	}
	wipe(piece,
	    c->length < sizeof(piece) ? (size_t)c->length : sizeof(piece));
	c->q.body = buf_slice(&c->body);
	return buf_end(&c->body) == OK ? PROBLEM_NONE : PROBLEM_UNAVAILABLE;
}

static enum problem
body_read(struct call *c)
{
	enum problem no;

	if (c->length == 0)
		return PROBLEM_NONE;
	if (c->length <= HTTP_LARGE)
		return body_receive(c);
	if (pthread_mutex_trylock(&c->http->large) != 0)
		return PROBLEM_UNAVAILABLE;
	no = body_receive(c);
	pthread_mutex_unlock(&c->http->large);
	return no;
}

/* Whoever is no member of the staff does not get to send us a roll. */
static enum problem
staff_precheck(struct call *c)
{
	const struct staff *member;
	struct world *world;
	enum problem no = PROBLEM_STAFF;

	if (c->q.authorization == NULL ||
	    auth_staff_parse(c->q.authorization, &c->staff) != OK)
		return PROBLEM_STAFF;
	world = service_read(c->http->service);
	member = world_staff(world, &c->staff.key);
	if (member != NULL && !member->revoked)
		no = (member->role & c->want.route->staff) != 0
			 ? PROBLEM_NONE
			 : PROBLEM_STAFF_ROLE;
	service_done(c->http->service);
	return no;
}

static enum problem
staff_check(struct call *c)
{
	struct service_staff_call call;

	memset(&call, 0, sizeof(call));
	call.pk = c->staff.key;
	call.n = c->staff.n;
	call.sig = c->staff.sig;
	call.method = c->q.method;
	call.path = c->q.path;
	call.body = c->q.body;
	return service_staff(c->http->service, &call, c->want.route->staff,
	    &c->p.last, &c->p.why);
}

/* Everything up to the answer.  ${c}->want.close: bytes were left unread. */
static enum problem
call_run(struct call *c)
{
	enum problem no;

	c->want.close = c->seen[SEEN_TRANSFER] != NULL ||
			(c->seen[SEEN_LENGTH] != NULL &&
			    strcmp(c->seen[SEEN_LENGTH], "0") != 0);
	if (c->malformed) {
		c->want.close = 1;
		return PROBLEM_MALFORMED;
	}
	if ((no = route_find(c)) != PROBLEM_NONE ||
	    (no = length_read(c)) != PROBLEM_NONE ||
	    (no = type_check(c)) != PROBLEM_NONE)
		return no;
	if (c->options) {
		c->p.status = 204;
		return PROBLEM_NONE;
	}
	if (c->want.route->staff != 0 &&
	    (no = staff_precheck(c)) != PROBLEM_NONE)
		return no;
	if ((no = body_read(c)) != PROBLEM_NONE)
		return no;
	c->want.close = 0;
	if (c->want.route->staff != 0 && (no = staff_check(c)) != PROBLEM_NONE)
		return no;
	no = c->want.route->handler(c->http->service, &c->q, &c->p);
	if (no == PROBLEM_NONE && buf_end(&c->p.body) != OK)
		return PROBLEM_UNAVAILABLE;
	return no;
}

static void
call_send(struct call *c)
{
	struct buf head = { 0 };
	struct slice rest;

	rest = answer_head(&c->p, &c->want, &head);
	if (c->want.close)
		mg_disable_connection_keep_alive(c->conn);
	if (buf_end(&head) != OK || mg_write(c->conn, head.p, head.n) <= 0)
		mg_disable_connection_keep_alive(c->conn);
	else if (rest.n > 0)
		(void)mg_write(c->conn, rest.p, rest.n);
	buf_free(&head);
}

/* People get a page, programs get problem+json. */
static int
wants_page(const struct call *c)
{
	return c->seen[SEEN_ACCEPT] != NULL &&
	       strstr(c->seen[SEEN_ACCEPT], "text/html") != NULL &&
	       strncmp(c->q.path, "/api/", 5) != 0 &&
	       strncmp(c->q.path, "/log/", 5) != 0;
}

static int
is_closing(const struct call *c, const struct mg_request_info *info)
{
	const char *connection = c->seen[SEEN_CONNECTION];

	return info->http_version == NULL ||
	       strcmp(info->http_version, "1.1") != 0 ||
	       (connection != NULL && strcasecmp(connection, "close") == 0);
}

static int
on_request(struct mg_connection *conn)
{
	const struct mg_request_info *info = mg_get_request_info(conn);
	struct call c;
	enum problem no;
	int status;

	memset(&c, 0, sizeof(c));
	c.http = mg_get_user_context_data(conn);
	c.conn = conn;
	c.q.context = c.http->context;
	c.q.kept = c.http->kept;
	c.q.site = c.http->site;
	headers_read(&c, info);
	host_read(&c);
	c.q.method = info->request_method;
	c.q.path = info->local_uri_raw != NULL ? info->local_uri_raw : "";
	c.q.authorization = c.seen[SEEN_AUTHORIZATION];
	c.q.accept_encoding = c.seen[SEEN_ENCODING];
	c.q.lang_asked = lang_of_query(info->query_string, &c.q.lang);
	if (!c.q.lang_asked)
		c.q.lang = lang_of_header(c.seen[SEEN_LANGUAGE]);
	c.options = strcmp(c.q.method, "OPTIONS") == 0;
	c.want.head = strcmp(c.q.method, "HEAD") == 0;
	c.want.if_none_match = c.seen[SEEN_NONE_MATCH];
	if ((no = call_run(&c)) != PROBLEM_NONE)
		answer_problem(&c.q, no, wants_page(&c), &c.p);
	c.want.close |= is_closing(&c, info);
	call_send(&c);
	status = c.p.status;
	buf_free(&c.p.body);
	buf_free(&c.p.connect);
	buf_free(&c.body);
	wipe(&c.staff, sizeof(c.staff));
	return status;
}

/* What CivetWeb refuses by itself: no request line, too many headers, ... */
static int
on_error(struct mg_connection *conn, int status, const char *message)
{
	enum problem no = PROBLEM_MALFORMED;
	struct call c;

	(void)message;
	memset(&c, 0, sizeof(c));
	c.conn = conn;
	c.want.close = 1;
	if (status == 404)
		no = PROBLEM_NOT_FOUND;
	else if (status == 411)
		no = PROBLEM_LENGTH;
	else if (status == 413)
		no = PROBLEM_TOO_LARGE;
	else if (status >= 500 && status != 505) /* HTTP/9.9 */
		no = PROBLEM_INTERNAL;
	answer_problem(&c.q, no, 0, &c.p);
	call_send(&c);
	buf_free(&c.p.body);
	return 0;
}

/* Its text may hold an address, so it is not repeated. */
static int
on_log(const struct mg_connection *conn, const char *message)
{
	(void)conn;
	(void)message;
	return 1;
}

/*
 * CivetWeb does not tell why it could not listen: try first.  This is also
 * where a free port is found.
 */
static enum err
port_try(const struct http_options *o, unsigned *port, struct why *why)
{
	const char *listen_at = o->listen != NULL ? o->listen : "127.0.0.1";
	struct sockaddr_in a;
	socklen_t n = sizeof(a);
	enum err r = OK;
	int fd, one = 1;

	memset(&a, 0, sizeof(a));
	a.sin_family = AF_INET;
	a.sin_port = htons((uint16_t)o->port);
	if (inet_pton(AF_INET, listen_at, &a.sin_addr) != 1)
		return why_say(why, ERR_FORMAT,
		    "%s is no IPv4 address: use --listen 127.0.0.1, or 0.0.0.0 "
		    "for all",
		    listen_at);
	if ((fd = socket(AF_INET, SOCK_STREAM, 0)) < 0)
		return why_say(
		    why, ERR_IO, "no socket to be had: %s", strerror(errno));
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    listen(fd, 1) != 0) {
		if (errno == EADDRINUSE)
			r = why_say(why, ERR_CONFLICT,
			    "port %u is in use: stop what uses it, or choose "
			    "another with --port",
			    o->port);
		else if (errno == EACCES)
			r = why_say(why, ERR_FORBIDDEN,
			    "port %u may not be used by this account: choose "
			    "one above 1023 with --port",
			    o->port);
		else
			r = why_say(why, ERR_IO, "cannot listen at %s: %s",
			    listen_at, strerror(errno));
	} else if (getsockname(fd, (struct sockaddr *)&a, &n) == 0) {
		*port = ntohs(a.sin_port);
	}
	(void)close(fd);
	return r;
}

enum err
http_start(struct service *s, const struct http_options *o, struct http **out,
    struct why *why)
{
	char ports[80], threads[16];
	const char *options[] = { "listening_ports", ports, "num_threads",
		threads, "enable_keep_alive", "yes", "tcp_nodelay", "1",
		"keep_alive_timeout_ms", "5000", "request_timeout_ms", "30000",
		"connection_queue", "256", "listen_backlog", "256",
		/* Paths are judged as they were sent. */
		"decode_url", "no", "decode_query_string", "no",
		/* OPTIONS is ours. */
		"access_control_allow_methods", "",
		"access_control_allow_origin", "", NULL };
	struct mg_callbacks callbacks;
	unsigned n = o->threads == 0 ? HTTP_THREADS : o->threads;
	struct http *h;
	enum err r;

	if (n > HTTP_THREADS_MAX)
		return why_say(why, ERR_LIMIT, "at most %u threads",
		    (unsigned)HTTP_THREADS_MAX);
	if ((h = calloc(1, sizeof(*h))) == NULL)
		return why_say(why, ERR_NOMEM, "out of memory");
	pthread_mutex_init(&h->large, NULL);
	h->service = s;
	h->table = o->table != NULL ? o->table : routes;
	h->context = o->context;
	h->site = o->site;
	if ((r = port_try(o, &h->port, why)) != OK)
		goto out;
	if ((h->kept = kept_new()) == NULL ||
	    (o->cast_host != NULL &&
		(h->cast_host = strdup(o->cast_host)) == NULL)) {
		r = why_say(why, ERR_NOMEM, "out of memory");
		goto out;
	}
	snprintf(ports, sizeof(ports), "%s:%u",
	    o->listen != NULL ? o->listen : "127.0.0.1", h->port);
	snprintf(threads, sizeof(threads), "%u", n);
	memset(&callbacks, 0, sizeof(callbacks));
	callbacks.begin_request = on_request;
	callbacks.log_message = on_log;
	callbacks.http_error = on_error;
	(void)mg_init_library(MG_FEATURES_DEFAULT);
	if ((h->mg = mg_start(&callbacks, h, options)) == NULL) {
		(void)mg_exit_library();
		r = why_say(why, ERR_IO,
		    "cannot serve at %s: is the port free, and are %u threads "
		    "allowed?",
		    ports, n);
		goto out;
	}
	(void)inet_pton(
	    AF_INET, o->listen != NULL ? o->listen : "127.0.0.1", &h->address);
	*out = h;
	h = NULL; /* handed over */

out:
	http_stop(h);
	return r;
}

unsigned
http_port(const struct http *h)
{
	return h->port;
}

/*
 * CivetWeb looks at its flag when somebody connects, and every two seconds:
 * connect, so that stopping takes no time.
 */
static void *
wake(void *arg)
{
	const struct timespec moment = { 0, 20000000 };
	const struct http *h = arg;
	struct sockaddr_in a;
	int fd;

	(void)nanosleep(&moment, NULL);
	memset(&a, 0, sizeof(a));
	a.sin_family = AF_INET;
	a.sin_port = htons((uint16_t)h->port);
	a.sin_addr = h->address;
	if ((fd = socket(AF_INET, SOCK_STREAM, 0)) >= 0) {
		(void)connect(fd, (struct sockaddr *)&a, sizeof(a));
		(void)close(fd);
	}
	return NULL;
}

void
http_stop(struct http *h)
{
	pthread_t waker;
	int woken;

	if (h == NULL)
		return;
	if (h->mg != NULL) {
		woken = pthread_create(&waker, NULL, wake, h) == 0;
		mg_stop(h->mg);
		if (woken)
			pthread_join(waker, NULL);
		(void)mg_exit_library();
	}
	pthread_mutex_destroy(&h->large);
	kept_free(h->kept);
	free(h->cast_host);
	free(h);
}
