#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "http.h"

#include "vec.h"

/*
 * The server's HTTP with a table of routes of this test's own, so that no
 * service is needed: handlers that repeat what they were given.
 */

static enum problem
echo(struct service *s, const struct req *q, struct resp *p)
{
	(void)s;
	buf_printf(&p->body, "%s %s [%s] [%s] %s:", q->method, q->path,
	    q->params.v[0], q->params.v[1], q->lang == LANG_EN ? "en" : "it");
	buf_put(&p->body, q->body.p, q->body.n);
	return PROBLEM_NONE;
}

static enum problem
large(struct service *s, const struct req *q, struct resp *p)
{
	int i;

	(void)s;
	(void)q;
	p->content_type = "application/octet-stream";
	for (i = 0; i < 100000; i++)
		buf_u64(&p->body, (uint64_t)i);
	return PROBLEM_NONE;
}

static enum problem
created(struct service *s, const struct req *q, struct resp *p)
{
	(void)s;
	p->status = 201;
	buf_put(&p->body, q->body.p, q->body.n);
	return PROBLEM_NONE;
}

static enum problem
refused(struct service *s, const struct req *q, struct resp *p)
{
	(void)s;
	(void)q;
	buf_str(&p->body, "half an answer");
	(void)why_say(&p->why, ERR_LIMIT, "the \"cause\" is <this>");
	return PROBLEM_SEQ_USED;
}

static enum problem
numbered(struct service *s, const struct req *q, struct resp *p)
{
	(void)s;
	(void)q;
	p->last = 41;
	return PROBLEM_STAFF_NUMBER;
}

/* clang-format off */
static const struct route table[] = {
	{ "GET", "/", echo, CACHE_CHECK, HOST_MAIN, 0, 0, 0, NULL },
	{ "GET", "/echo/{a}/{b}", echo, CACHE_CHECK, HOST_MAIN, 1, 0, 0, NULL },
	{ "GET", "/rest/{path...}", echo, CACHE_FOREVER, HOST_MAIN, 1, 0, 0, NULL },
	{ "GET", "/large", large, CACHE_FOREVER, HOST_ANY, 1, 0, 0, NULL },
	{ "POST", "/both", created, CACHE_NEVER, HOST_ANY, 1, 0, 100, "application/x-test" },
	{ "GET", "/both", echo, CACHE_NEVER, HOST_ANY, 1, 0, 0, NULL },
	{ "POST", "/cast", created, CACHE_NEVER, HOST_CAST, 1, 0, 3 << 20, NULL },
	{ "GET", "/refused", refused, CACHE_CHECK, HOST_MAIN, 1, 0, 0, NULL },
	{ "GET", "/numbered", numbered, CACHE_CHECK, HOST_MAIN, 0, 0, 0, NULL },
	{ "POST", "/staff", created, CACHE_NEVER, HOST_MAIN, 0, ROLE_ADMIN, 100, NULL },
	{ NULL, NULL, NULL, CACHE_NEVER, HOST_ANY, 0, 0, 0, NULL },
};
/* clang-format on */

static struct http *server;
static struct buf answer;

static int
start(const char *cast_host)
{
	struct http_options o = {
		.table = table, .listen = "127.0.0.1", .cast_host = cast_host
	};
	struct why why = { { 0 } };

	if (http_start(NULL, &o, &server, &why) != OK)
		fail_msg("%s", why.text);
	return 0;
}

static int
setup(void **state)
{
	(void)state;
	return start(NULL);
}

static int
teardown(void **state)
{
	(void)state;
	http_stop(server);
	buf_free(&answer);
	return 0;
}

static int
dial(void)
{
	struct timeval tv = { 60, 0 };
	struct sockaddr_in a;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	memset(&a, 0, sizeof(a));
	a.sin_family = AF_INET;
	a.sin_port = htons((uint16_t)http_port(server));
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	return fd;
}

/* Send all of it and read until the server closes. */
static const char *
talk(const char *request, size_t n)
{
	char piece[65536];
	ssize_t got;
	int fd = dial();

	buf_free(&answer);
	(void)send(fd, request, n, MSG_NOSIGNAL);
	while ((got = recv(fd, piece, sizeof(piece), 0)) > 0)
		buf_put(&answer, piece, (size_t)got);
	close(fd);
	buf_str(&answer, "");
	return answer.n > 0 ? buf_text(&answer) : "";
}

static const char *
ask(const char *request)
{
	return talk(request, strlen(request));
}

static const char *
get(const char *path, const char *headers)
{
	char request[8192];

	snprintf(request, sizeof(request),
	    "GET %s HTTP/1.1\r\nHost: voto.example\r\n%sConnection: close\r\n"
	    "\r\n",
	    path, headers);
	return ask(request);
}

static const char *
send_method(
    const char *method, const char *path, const char *headers, const char *body)
{
	char request[8192];

	snprintf(request, sizeof(request),
	    "%s %s HTTP/1.1\r\nHost: voto.example\r\n%sConnection: close\r\n"
	    "\r\n%s",
	    method, path, headers, body);
	return ask(request);
}

static int
status(const char *text)
{
	if (strncmp(text, "HTTP/1.1 ", 9) != 0)
		return 0;
	return (int)strtol(text + 9, NULL, 10);
}

static const char *
body(const char *text)
{
	const char *p = strstr(text, "\r\n\r\n");

	return p != NULL ? p + 4 : "";
}

#define assert_status(text, want) assert_int_equal(status(text), want)
#define assert_has(text, what) assert_non_null(strstr(text, what))
#define assert_not(text, what) assert_null(strstr(text, what))

/* --- Routes ----------------------------------------------------------------*/

static void
routes_give_their_handlers_what_placeholders_matched(void **state)
{
	(void)state;
	assert_string_equal(body(get("/echo/uno/due", "")),
	    "GET /echo/uno/due [uno] [due] it:");
	assert_string_equal(body(get("/rest/a/b.p/5", "")),
	    "GET /rest/a/b.p/5 [a/b.p/5] [] it:");
	assert_string_equal(body(get("/?x=1", "")), "GET / [] [] it:");
}

static void
every_answer_carries_the_security_headers(void **state)
{
	static const char *const paths[] = { "/", "/none", "/refused", "/large",
		"/both", "/%00", "/echo/a" };
	static const char policy[] =
	    "Content-Security-Policy: default-src 'none'; "
	    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
	    "require-trusted-types-for 'script'; trusted-types 'none'\r\n"
	    "Permissions-Policy: camera=(), ";
	static const char *const headers[] = { policy,
		"X-Content-Type-Options: nosniff\r\n",
		"Referrer-Policy: no-referrer\r\n",
		"Cross-Origin-Opener-Policy: same-origin\r\n",
		"Cache-Control: ", "Content-Length: ", "Content-Type: " };
	const char *a;
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		a = get(paths[i], "");
		for (k = 0; k < sizeof(headers) / sizeof(headers[0]); k++)
			assert_has(a, headers[k]);
		assert_not(a, "Set-Cookie");
		assert_not(a, "\nDate:");
		assert_not(a, "\nServer:");
	}
}

static void
unknown_and_odd_paths_are_not_found(void **state)
{
	static const char *const paths[] = { "/none", "/echo", "/echo/a",
		"/echo/a/b/c", "/echo//b", "/echo/a/", "/echo/../both",
		"/./both", "/%62oth", "/both%00", "/echo/a%2f/b", "//both",
		"/both/", "/rest", "/rest/", "/echo/caff\xc3\xa8/b" };
	char path[2000];
	size_t i;
	int got;

	(void)state;
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		got = status(get(paths[i], ""));
		if (got != 404 && got != 400)
			fail_msg("%s: %d", paths[i], got);
	}
	memset(path, 'a', sizeof(path));
	memcpy(path, "/rest/", 6);
	path[600] = '\0';
	assert_status(get(path, ""), 404);
}

static void
head_is_get_without_the_body(void **state)
{
	const char *a;

	(void)state;
	a = send_method("HEAD", "/large", "", "");
	assert_status(a, 200);
	assert_has(a, "Content-Length: 800000\r\n");
	assert_string_equal(body(a), "");
	assert_status(send_method("HEAD", "/none", "", ""), 404);
}

static void
other_methods_are_refused_with_those_allowed(void **state)
{
	static const char *const methods[] = { "PUT", "DELETE", "PATCH",
		"CONNECT" };
	const char *a;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		a = send_method(
		    methods[i], "/both", "Content-Length: 0\r\n", "");
		assert_status(a, 405);
		assert_has(a, "Allow: POST, GET, HEAD, OPTIONS\r\n");
	}
	a = send_method("POST", "/", "Content-Length: 0\r\n", "");
	assert_status(a, 405);
	assert_has(a, "Allow: GET, HEAD, OPTIONS\r\n");
	/* Not even a method of HTTP, or one of tunnels. */
	assert_status(send_method("BREW", "/both", "", ""), 400);
	assert_true(status(send_method("CONNECT", "/both", "", "")) >= 400);
	assert_true(status(send_method("TRACE", "/both", "", "")) >= 400);
}

static void
pages_of_other_sites_may_ask_where_the_table_says_so(void **state)
{
	const char *a;

	(void)state;
	a = send_method("OPTIONS", "/both",
	    "Origin: https://x.example\r\n"
	    "Access-Control-Request-Method: POST\r\n",
	    "");
	assert_status(a, 204);
	assert_has(a, "Access-Control-Allow-Origin: *\r\n");
	assert_has(
	    a, "Access-Control-Allow-Methods: POST, GET, HEAD, OPTIONS\r\n");
	assert_has(a, "Access-Control-Allow-Headers: Authorization");
	assert_not(a, "Allow-Credentials");
	a = send_method("OPTIONS", "/",
	    "Origin: https://x.example\r\n"
	    "Access-Control-Request-Method: GET\r\n",
	    "");
	assert_status(a, 204);
	assert_not(a, "Access-Control-Allow");
	assert_not(get("/", "Origin: https://x.example\r\n"), "Access-Control");
	assert_has(get("/refused", ""), "Access-Control-Allow-Origin: *\r\n");
	assert_status(send_method("OPTIONS", "/none", "", ""), 404);
	assert_int_not_equal(status(ask("OPTIONS * HTTP/1.1\r\nHost: x\r\n"
					"Connection: close\r\n\r\n")),
	    200);
}

/* --- Bodies ----------------------------------------------------------------*/

#define TYPE "Content-Type: application/x-test\r\n"

static void
a_body_is_read_exactly(void **state)
{
	const char *a;

	(void)state;
	a = send_method("POST", "/both", TYPE "Content-Length: 5\r\n", "abcde");
	assert_status(a, 201);
	assert_string_equal(body(a), "abcde");
	/* What follows is not part of it. */
	a = send_method("POST", "/both", TYPE "Content-Length: 3\r\n", "abcde");
	assert_status(a, 201);
	assert_string_equal(body(a), "abc");
	a = send_method("POST", "/both", TYPE "Content-Length: 0\r\n", "");
	assert_status(a, 201);
}

static void
lengths_are_demanded_and_read_strictly(void **state)
{
	static const char *const bad[] = { "0x5", "+5", "05", " 5 5", "5,5",
		"99999999999999999999", "-5", "" };
	char headers[200];
	size_t i;
	int got;

	(void)state;
	assert_status(send_method("POST", "/both", TYPE, ""), 411);
	assert_status(
	    send_method("POST", "/both", TYPE "Transfer-Encoding: chunked\r\n",
		"5\r\nabcde\r\n0\r\n\r\n"),
	    411);
	assert_status(send_method("POST", "/both",
			  TYPE "Content-Length: 5\r\n"
			       "Transfer-Encoding: chunked\r\n",
			  "0\r\n\r\n"),
	    411);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(headers, sizeof(headers),
		    TYPE "Content-Length: %s\r\n", bad[i]);
		got = status(send_method("POST", "/both", headers, "abcde"));
		if (got != 400 && got != 411)
			fail_msg("Content-Length %s: %d", bad[i], got);
	}
	assert_status(
	    send_method("POST", "/both",
		TYPE "Content-Length: 5\r\nContent-Length: 5\r\n", "abcde"),
	    400);
}

static void
a_large_body_is_refused_unread(void **state)
{
	const char *a;

	(void)state;
	a = send_method("POST", "/both", TYPE "Content-Length: 101\r\n", "");
	assert_status(a, 413);
	assert_has(a, "Connection: close\r\n");
	a = send_method(
	    "POST", "/both", TYPE "Content-Length: 1000000000000\r\n", "");
	assert_status(a, 413);
	a = send_method("GET", "/", "Content-Length: 1\r\n", "x");
	assert_status(a, 413);
}

static void
a_refusal_with_an_unread_body_ends_the_connection(void **state)
{
	/* The body looks like a request, and must not be taken for one. */
	static const char request[] =
	    "POST /none HTTP/1.1\r\nHost: x\r\nContent-Length: 60\r\n\r\n"
	    "GET /echo/smuggled/x HTTP/1.1\r\nHost: x\r\n\r\n";

	(void)state;
	assert_status(ask(request), 404);
	assert_not(buf_text(&answer), "smuggled");
}

static void
a_body_that_breaks_off_is_malformed(void **state)
{
	static const char request[] = "POST /both HTTP/1.1\r\nHost: x\r\n" TYPE
				      "Content-Length: 50\r\n\r\nabc";
	char piece[4096];
	ssize_t got;
	int fd = dial();

	(void)state;
	buf_free(&answer);
	assert_true(send(fd, request, strlen(request), 0) > 0);
	shutdown(fd, SHUT_WR);
	while ((got = recv(fd, piece, sizeof(piece), 0)) > 0)
		buf_put(&answer, piece, (size_t)got);
	close(fd);
	assert_status(buf_text(&answer), 400);
	assert_has(buf_text(&answer), "urn:partecipa:problem:malformed");
}

static void
the_media_type_is_the_routes(void **state)
{
	(void)state;
	assert_status(
	    send_method("POST", "/both", "Content-Length: 1\r\n", "x"), 415);
	assert_status(send_method("POST", "/both",
			  "Content-Type: application/x-tes\r\n"
			  "Content-Length: 1\r\n",
			  "x"),
	    415);
	assert_status(send_method("POST", "/both",
			  "Content-Type: application/x-testing\r\n"
			  "Content-Length: 1\r\n",
			  "x"),
	    415);
	assert_status(send_method("POST", "/both",
			  "Content-Type: Application/X-Test;v=1\r\n"
			  "Content-Length: 1\r\n",
			  "x"),
	    201);
}

static void
a_client_that_expects_it_is_told_to_continue(void **state)
{
	const char *a;

	(void)state;
	a = send_method("POST", "/both",
	    TYPE "Content-Length: 2\r\nExpect: 100-continue\r\n", "xy");
	assert_int_equal(strncmp(a, "HTTP/1.1 100 Continue\r\n\r\n", 25), 0);
	assert_status(a + 25, 201);
	/* But not to send what will be refused. */
	a = send_method("POST", "/both",
	    TYPE "Content-Length: 200\r\nExpect: 100-continue\r\n", "");
	assert_status(a, 413);
}

static void
bodies_of_megabytes_arrive_whole(void **state)
{
	size_t n = 3 << 20, head;
	char *request = malloc(n + 200);
	const char *a;

	(void)state;
	assert_non_null(request);
	head = (size_t)snprintf(request, 200,
	    "POST /cast HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n"
	    "Connection: close\r\n\r\n",
	    n);
	memset(request + head, 'v', n);
	a = talk(request, head + n);
	assert_status(a, 201);
	assert_int_equal(strlen(body(a)), n);
	free(request);
}

/* --- Answers ---------------------------------------------------------------*/

static void
problems_are_told_in_the_language_asked_for(void **state)
{
	const char *a;

	(void)state;
	a = get("/refused", "");
	assert_status(a, 409);
	assert_has(a, "Content-Type: application/problem+json\r\n");
	assert_has(a, "Cache-Control: no-store\r\n");
	assert_has(a, "\"type\":\"urn:partecipa:problem:seq-used\"");
	assert_has(a, "\"status\":409");
	assert_has(a, "\"title\":\"Voto gi\xc3\xa0 registrato\"");
	assert_has(a, "\"cause\":\"the \\\"cause\\\" is <this>\"");
	assert_not(a, "half an answer");
	a = get("/refused", "Accept-Language: en-GB, it;q=0.5\r\n");
	assert_has(a, "\"title\":\"A vote was already recorded\"");
	a = get("/refused?lang=it", "Accept-Language: en\r\n");
	assert_has(a, "Voto gi\xc3\xa0");
	a = get("/numbered", "");
	assert_has(a, "\"last\":41");
}

static void
people_get_a_page_where_programs_get_a_problem(void **state)
{
	const char *a;

	(void)state;
	a = get("/none", "Accept: text/html,*/*;q=0.8\r\n");
	assert_status(a, 404);
	assert_has(a, "Content-Type: text/html; charset=utf-8\r\n");
	assert_has(a, "<h1><bdi>Pagina non trovata</bdi></h1>");
	a = get("/api/none", "Accept: text/html,*/*;q=0.8\r\n");
	assert_has(a, "application/problem+json");
}

static void
what_was_read_before_is_not_sent_again(void **state)
{
	char headers[200];
	const char *a, *tag;

	(void)state;
	a = get("/echo/a/b", "");
	assert_has(a, "Cache-Control: no-cache\r\n");
	assert_non_null(tag = strstr(a, "ETag: \""));
	snprintf(headers, sizeof(headers), "If-None-Match: %.34s\r\n", tag + 6);
	a = get("/echo/a/b", headers);
	assert_status(a, 304);
	assert_string_equal(body(a), "");
	assert_not(a, "Content-Length");
	assert_status(get("/echo/a/c", headers), 200);
	assert_status(get("/echo/a/b", "If-None-Match: *\r\n"), 304);
	assert_status(get("/both", "If-None-Match: *\r\n"), 200);
	assert_has(get("/large", ""),
	    "Cache-Control: public, max-age=31536000, immutable\r\n");
	assert_has(get("/both", ""), "Cache-Control: no-store\r\n");
}

static void
large_answers_arrive_whole(void **state)
{
	(void)state;
	assert_status(get("/large", ""), 200);
	assert_int_equal(
	    answer.n - (size_t)(body(buf_text(&answer)) - (char *)answer.p),
	    800000);
}

static void
requests_that_are_none_get_a_proper_refusal(void **state)
{
	static const char *const bad[] = { "GARBAGE\r\n\r\n",
		"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /\x80 HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n"
		"Connection: close\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: x\r\nAccept: a\r\naccept: b\r\n"
		"Connection: close\r\n\r\n" };
	char request[40000];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_status(ask(bad[i]), 400);
		assert_has(buf_text(&answer), "nosniff");
		assert_has(buf_text(&answer), "application/problem+json");
	}
	i = (size_t)snprintf(request, sizeof(request), "GET / HTTP/1.1\r\nX: ");
	memset(request + i, 'y', 30000);
	memcpy(request + i + 30000, "\r\n\r\n", 5);
	assert_true(status(ask(request)) >= 400);
}

static void
nothing_but_http_is_spoken(void **state)
{
	const char *a;

	(void)state;
	a = get("/echo/a/b", "Upgrade: websocket\r\n"
			     "Sec-WebSocket-Version: 13\r\n"
			     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
	assert_int_not_equal(status(a), 101);
	/* No file of the folder that the test runs in. */
	assert_status(get("/Makefile", ""), 404);
}

static void
staff_routes_ask_for_a_signature_before_the_body(void **state)
{
	const char *a;

	(void)state;
	a = send_method("POST", "/staff", "Content-Length: 100\r\n", "");
	assert_status(a, 401);
	assert_has(a, "WWW-Authenticate: Staff\r\n");
	a = send_method("POST", "/staff",
	    "Content-Length: 100\r\nAuthorization: Staff key=\"x\"\r\n", "");
	assert_status(a, 401);
}

/* --- Connections -----------------------------------------------------------*/

static void
a_connection_serves_many_requests(void **state)
{
	static const char request[] = "POST /both HTTP/1.1\r\nHost: x\r\n" TYPE
				      "Content-Length: 3\r\n\r\nabc";
	char piece[4096];
	ssize_t got;
	int fd = dial(), i;

	(void)state;
	for (i = 0; i < 50; i++) {
		assert_true(send(fd, request, strlen(request), 0) > 0);
		got = recv(fd, piece, sizeof(piece) - 1, 0);
		assert_true(got > 0);
		piece[got] = '\0';
		/* One write: headers and body come together. */
		assert_status(piece, 201);
		assert_string_equal(body(piece), "abc");
		assert_not(piece, "Connection: close");
	}
	close(fd);
}

static void
old_clients_are_told_that_the_connection_ends(void **state)
{
	(void)state;
	assert_status(ask("GET / HTTP/1.0\r\n\r\n"), 200);
	assert_has(buf_text(&answer), "Connection: close\r\n");
}

#define CLIENTS 64

static pthread_barrier_t all_in;

/* Ask once, wait until all have asked, ask again on the same connection. */
static void *
keep(void *arg)
{
	static const char request[] =
	    "GET /echo/a/b HTTP/1.1\r\nHost: x\r\n\r\n";
	char piece[4096];
	int fd = dial(), *good = arg, i;
	ssize_t got;

	*good = 0;
	for (i = 0; i < 2; i++) {
		(void)send(fd, request, strlen(request), MSG_NOSIGNAL);
		got = recv(fd, piece, sizeof(piece) - 1, 0);
		*good += got > 0 && strncmp(piece, "HTTP/1.1 200", 12) == 0;
		pthread_barrier_wait(&all_in);
	}
	close(fd);
	return NULL;
}

static void
sixty_four_connections_are_served_at_once(void **state)
{
	pthread_t threads[CLIENTS];
	int good[CLIENTS], i;

	(void)state;
	pthread_barrier_init(&all_in, NULL, CLIENTS);
	for (i = 0; i < CLIENTS; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, keep, &good[i]), 0);
	for (i = 0; i < CLIENTS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(good[i], 2);
	}
	pthread_barrier_destroy(&all_in);
}

/* --- Hosts, ports, logs ----------------------------------------------------*/

static int
setup_cast(void **state)
{
	(void)state;
	return start("urna.example");
}

static const char *
post_cast(const char *host)
{
	char request[400];

	snprintf(request, sizeof(request),
	    "POST /cast HTTP/1.1\r\nHost: %s\r\nContent-Length: 1\r\n"
	    "Connection: close\r\n\r\nx",
	    host);
	return ask(request);
}

static const char *
get_at(const char *host, const char *path)
{
	char request[400];

	snprintf(request, sizeof(request),
	    "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", path,
	    host);
	return ask(request);
}

static void
a_cast_host_takes_records_and_nothing_else(void **state)
{
	(void)state;
	assert_status(post_cast("urna.example"), 201);
	assert_status(post_cast("URNA.example:8443"), 201);
	assert_status(post_cast("voto.example"), 421);
	assert_status(post_cast("urna.example.org"), 421);
	assert_status(get_at("voto.example", "/"), 200);
	assert_status(get_at("urna.example", "/"), 421);
	assert_status(get_at("urna.example", "/both"), 200);
	assert_has(get_at("urna.example", "/echo/a/b"), "wrong-host");
}

static void
a_port_in_use_is_told_in_a_sentence(void **state)
{
	struct http_options o = {
		.listen = "127.0.0.1", .port = http_port(server), .threads = 4
	};
	struct http *second = NULL;
	struct why why = { { 0 } };

	(void)state;
	assert_int_equal(http_start(NULL, &o, &second, &why), ERR_CONFLICT);
	assert_non_null(strstr(why.text, "is in use"));
	assert_non_null(strstr(why.text, "--port"));
	assert_null(second);
	o.listen = "somewhere";
	assert_int_equal(http_start(NULL, &o, &second, &why), ERR_FORMAT);
	o.listen = "192.0.2.1";
	assert_int_equal(http_start(NULL, &o, &second, &why), ERR_IO);
}

/* Everything above that goes wrong in its own way, while both are watched. */
static void
no_address_is_written_anywhere(void **state)
{
	char name[] = "/tmp/partecipa-http-XXXXXX", text[20000];
	int fd = mkstemp(name), out, err;
	ssize_t n;

	(void)state;
	assert_true(fd >= 0);
	fflush(stdout);
	fflush(stderr);
	out = dup(STDOUT_FILENO);
	err = dup(STDERR_FILENO);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	(void)get("/", "");
	(void)get("/none", "");
	(void)get("/refused", "");
	(void)get("/%00", "X-Forwarded-For: 127.0.0.1\r\n");
	(void)ask("GARBAGE\r\n\r\n");
	(void)ask("GET / HTTP/9.9\r\n\r\n");
	(void)send_method("POST", "/both", TYPE "Content-Length: 101\r\n", "");
	(void)send_method("POST", "/both",
	    TYPE "Transfer-Encoding: chunked\r\n", "0\r\n\r\n");
	(void)send_method("BREW", "/", "", "");
	(void)get("/", "Upgrade: websocket\r\n");
	http_stop(server);
	server = NULL;
	fflush(stdout);
	fflush(stderr);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	close(out);
	close(err);
	n = pread(fd, text, sizeof(text) - 1, 0);
	close(fd);
	unlink(name);
	assert_true(n >= 0);
	text[n] = '\0';
	assert_null(strstr(text, "127.0.0.1"));
	assert_null(strstr(text, "voto.example"));
}

#define with(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		with(routes_give_their_handlers_what_placeholders_matched),
		with(every_answer_carries_the_security_headers),
		with(unknown_and_odd_paths_are_not_found),
		with(head_is_get_without_the_body),
		with(other_methods_are_refused_with_those_allowed),
		with(pages_of_other_sites_may_ask_where_the_table_says_so),
		with(a_body_is_read_exactly),
		with(lengths_are_demanded_and_read_strictly),
		with(a_large_body_is_refused_unread),
		with(a_refusal_with_an_unread_body_ends_the_connection),
		with(a_body_that_breaks_off_is_malformed),
		with(the_media_type_is_the_routes),
		with(a_client_that_expects_it_is_told_to_continue),
		with(bodies_of_megabytes_arrive_whole),
		with(problems_are_told_in_the_language_asked_for),
		with(people_get_a_page_where_programs_get_a_problem),
		with(what_was_read_before_is_not_sent_again),
		with(large_answers_arrive_whole),
		with(requests_that_are_none_get_a_proper_refusal),
		with(nothing_but_http_is_spoken),
		with(staff_routes_ask_for_a_signature_before_the_body),
		with(a_connection_serves_many_requests),
		with(old_clients_are_told_that_the_connection_ends),
		with(sixty_four_connections_are_served_at_once),
		cmocka_unit_test_setup_teardown(
		    a_cast_host_takes_records_and_nothing_else, setup_cast,
		    teardown),
		with(a_port_in_use_is_told_in_a_sentence),
		with(no_address_is_written_anywhere),
	};

	return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
