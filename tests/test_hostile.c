#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "wipe.h"

#include "vec.h"

#include "live.h"

/*
 * Bad input to the real server: every answer is a refusal in its proper form,
 * and afterwards the server is there and the log is what it was.
 */
#define SPACE_END (LIVE_FROM + 100000)
#define REQUEST_MAX 70000
#define RANDOM_POSTS 20

static struct live *live;
static struct live_space space;
static struct buf answer;

/* What must not change: the signed tree, and the file of the log. */
static struct buf checkpoint, entries;

static void
look(struct buf *tree, struct buf *file)
{
	struct why why = { "" };
	struct api *a = live_api(live);

	if (api_checkpoint(a, tree, &why) != OK)
		fail_msg("%s", why.text);
	datadir_read(live->data, "log/entries", file);
	api_free(a);
}

static int
setup(void **state)
{
	(void)state;
	live = live_new(4);
	live_space(live, "bersaglio", SPACE_END, &space);
	live_clock(live, LIVE_FROM + 10);
	look(&checkpoint, &entries);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	buf_free(&answer);
	buf_free(&checkpoint);
	buf_free(&entries);
	live_space_free(&space);
	live_free(live);
	return 0;
}

/* After each test. */
static int
unharmed(void **state)
{
	struct buf tree = { 0 }, file = { 0 };

	(void)state;
	look(&tree, &file);
	assert_int_equal(tree.n, checkpoint.n);
	assert_memory_equal(tree.p, checkpoint.p, tree.n);
	assert_int_equal(file.n, entries.n);
	assert_memory_equal(file.p, entries.p, file.n);
	buf_free(&tree);
	buf_free(&file);
	return 0;
}

/* --- A socket -------------------------------------------------------------*/

static int
dial(void)
{
	const struct timeval tv = { 60, 0 };
	struct sockaddr_in a;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	memset(&a, 0, sizeof(a));
	a.sin_family = AF_INET;
	a.sin_port = htons((uint16_t)live->port);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	return fd;
}

/* Send all of it, say that no more comes, read until the server closes. */
static const char *
talk(const void *request, size_t n)
{
	char piece[65536];
	ssize_t got;
	int fd = dial();

	buf_free(&answer);
	(void)send(fd, request, n, MSG_NOSIGNAL);
	(void)shutdown(fd, SHUT_WR);
	while ((got = recv(fd, piece, sizeof(piece), 0)) > 0)
		buf_put(&answer, piece, (size_t)got);
	(void)close(fd);
	buf_str(&answer, "");
	return answer.n > 0 ? buf_text(&answer) : "";
}

static int
status_of(const char *text)
{
	if (strncmp(text, "HTTP/1.1 ", 9) != 0)
		return 0;
	return (int)strtol(text + 9, NULL, 10);
}

/* A refusal has the form that PROTOCOL 10 says. */
static void
is_refusal(const char *what, const char *text, int want, const char *problem)
{
	char name[80];

	if (status_of(text) != want)
		fail_msg("%s: %d, not %d", what, status_of(text), want);
	(void)snprintf(
	    name, sizeof(name), "\"urn:partecipa:problem:%s\"", problem);
	if (strstr(text, "Content-Type: application/problem+json\r\n") ==
		NULL ||
	    strstr(text, name) == NULL ||
	    strstr(text, "X-Content-Type-Options: nosniff\r\n") == NULL ||
	    strstr(text, "\nDate:") != NULL ||
	    strstr(text, "127.0.0.1") != NULL)
		fail_msg("%s: this is no %s:\n%s", what, problem, text);
}

struct raw {
	const char *request;
	int status;
	const char *problem;
};

static void
all_refused(const struct raw *r, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		is_refusal(r[i].request,
		    talk(r[i].request, strlen(r[i].request)), r[i].status,
		    r[i].problem);
}

#define ALL(r) all_refused(r, sizeof(r) / sizeof((r)[0]))
#define HOST "Host: x\r\nConnection: close\r\n"
#define RECORD_TYPE "Content-Type: application/vnd.partecipa.record\r\n"
#define CAST "POST /api/v1/records HTTP/1.1\r\n" HOST RECORD_TYPE

/* --- Bodies ---------------------------------------------------------------*/

static void
bodies_without_a_proper_length_are_refused(void **state)
{
	static const struct raw r[] = {
		{ CAST "\r\n", 411, "length-required" },
		{ CAST "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n"
		       "\r\n",
		    411, "length-required" },
		{ CAST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
		       "abcde",
		    411, "length-required" },
		{ CAST "Transfer-Encoding: gzip, chunked\r\n\r\n", 400,
		    "malformed" },
		{ CAST "Transfer-Encoding: identity\r\nContent-Length: 5\r\n"
		       "\r\nabcde",
		    411, "length-required" },
		{ CAST "Content-Length:\r\n\r\n", 411, "length-required" },
		{ CAST "Content-Length: abc\r\n\r\n", 411, "length-required" },
		{ CAST "Content-Length: -1\r\n\r\n", 411, "length-required" },
		{ CAST "Content-Length: +5\r\n\r\nabcde", 400, "malformed" },
		{ CAST "Content-Length: 05\r\n\r\nabcde", 400, "malformed" },
		{ CAST "Content-Length: 0x5\r\n\r\nabcde", 400, "malformed" },
		{ CAST "Content-Length: 5 5\r\n\r\nabcde", 400, "malformed" },
		{ CAST "Content-Length: 5, 5\r\n\r\nabcde", 400, "malformed" },
		{ CAST "Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde",
		    400, "malformed" },
		{ CAST "Content-Length: 5\r\ncontent-length: 6\r\n\r\nabcdef",
		    400, "malformed" },
		{ CAST "Content-Length: 99999999999999999999999\r\n\r\n", 400,
		    "malformed" },
	};

	(void)state;
	ALL(r);
}

static void
huge_lengths_are_refused_before_the_body(void **state)
{
	static const struct raw r[] = {
		{ CAST "Content-Length: 32769\r\n\r\n", 413, "too-large" },
		{ CAST "Content-Length: 9223372036854775807\r\n\r\n", 413,
		    "too-large" },
		{ "POST /token-request HTTP/1.1\r\n" HOST
		  "Content-Type: application/private-token-request\r\n"
		  "Content-Length: 1000000\r\n\r\n",
		    413, "too-large" },
		{ "POST /api/v1/staff/entries HTTP/1.1\r\n" HOST
		  "Content-Length: 4000000000\r\n\r\n",
		    413, "too-large" },
		{ "GET /log/key HTTP/1.1\r\n" HOST
		  "Content-Length: 5\r\n\r\nabcde",
		    413, "too-large" },
		/* Without a signature of staff none of it is read. */
		{ "POST /api/v1/staff/rolls HTTP/1.1\r\n" HOST
		  "Content-Length: 80000000\r\n\r\n",
		    401, "staff-authorization" },
	};

	(void)state;
	ALL(r);
}

static void
truncated_bodies_are_refused(void **state)
{
	static const struct raw r[] = {
		{ CAST "Content-Length: 433\r\n\r\n", 400, "malformed" },
		{ CAST "Content-Length: 433\r\n\r\nabc", 400, "malformed" },
		{ "POST /token-request HTTP/1.1\r\n" HOST
		  "Content-Type: application/private-token-request\r\n"
		  "Content-Length: 259\r\n\r\nabc",
		    400, "malformed" },
		{ "POST /api/v1/disputes HTTP/1.1\r\n" HOST
		  "Content-Length: 131\r\n\r\nabc",
		    400, "malformed" },
	};

	(void)state;
	ALL(r);
}

static void
other_media_types_are_refused(void **state)
{
	static const struct raw r[] = {
		{ "POST /api/v1/records HTTP/1.1\r\n" HOST
		  "Content-Length: 1\r\n\r\nx",
		    415, "media-type" },
		{ "POST /api/v1/records HTTP/1.1\r\n" HOST
		  "Content-Type: application/octet-stream\r\n"
		  "Content-Length: 1\r\n\r\nx",
		    415, "media-type" },
		{ "POST /api/v1/records HTTP/1.1\r\n" HOST
		  "Content-Type: application/vnd.partecipa.records\r\n"
		  "Content-Length: 1\r\n\r\nx",
		    415, "media-type" },
		{ "POST /api/v1/records HTTP/1.1\r\n" HOST
		  "Content-Type: application/x-www-form-urlencoded\r\n"
		  "Content-Length: 3\r\n\r\na=b",
		    415, "media-type" },
		{ "POST /token-request HTTP/1.1\r\n" HOST
		  "Content-Type: text/plain\r\nContent-Length: 1\r\n\r\nx",
		    415, "media-type" },
	};

	(void)state;
	ALL(r);
}

/* --- Request lines and headers --------------------------------------------*/

static void
paths_lead_nowhere_else(void **state)
{
	static const char of_no_object[] =
	    "/api/v1/objects/"
	    "0000000000000000000000000000000000000000000000000000000000000000";
	static const char *const paths[] = { "/../../etc/passwd",
		"/log/tile/../../keys/log.key", "/log/tile/..%2f..%2fkeys",
		"/%2e%2e/%2e%2e/etc/passwd", "/static/../Makefile",
		"/static/%2e%2e/Makefile", "/static/..%5cMakefile",
		"/static/..", "//log/key", "/log//key", "/log/key/",
		"/log/./key", "/LOG/KEY", "/log/key%00", "/log/key;x=1",
		"/log/%6bey", "/log/entries", "/log/tile", "/log/tile/",
		"/log/tile/0", "/log/tile/0/", "/log/tile/0/000.p/0",
		"/log/tile/0/000.p/256", "/log/tile/0/000.p/01",
		"/log/tile/0/x000/000", "/log/tile/64/000", "/log/tile/00/000",
		"/log/tile/-1/000", "/log/tile/0/0", "/log/tile/entries/999",
		"/log/tile/0/999999999999999999999999", "/log/tile/0/000/extra",
		"/api/v1/objects/", "/api/v1/objects/zz", of_no_object,
		"/api/v1/spaces/BERSAGLIO/header", "/api/v1/spaces//header",
		"/api/v1/spaces/bersaglio%2fheader",
		"/api/v1/spaces/bersaglio/ledger/1/vote",
		"/api/v1/spaces/bersaglio/ledger/-1/vote",
		"/api/v1/spaces/bersaglio/ledger/00/vote",
		"/api/v1/spaces/bersaglio/ledger/4294967296/vote",
		"/api/v1/spaces/bersaglio/ledger/0/VOTE",
		"/api/v1/spaces/bersaglio/ledger/0/author", "/api/v1/staff",
		"/.htpasswd", "/data/keys", "/cgi-bin/x" };
	char request[400];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		(void)snprintf(request, sizeof(request),
		    "GET %s HTTP/1.1\r\n" HOST "\r\n", paths[i]);
		is_refusal(
		    paths[i], talk(request, strlen(request)), 404, "not-found");
	}
}

static void
methods_that_a_path_has_not_are_refused(void **state)
{
	static const struct raw r[] = {
		{ "GET /api/v1/records HTTP/1.1\r\n" HOST "\r\n", 405,
		    "method-not-allowed" },
		{ "PUT /api/v1/records HTTP/1.1\r\n" HOST
		  "Content-Length: 1\r\n\r\nx",
		    405, "method-not-allowed" },
		{ "DELETE /log/checkpoint HTTP/1.1\r\n" HOST "\r\n", 405,
		    "method-not-allowed" },
		{ "PATCH / HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 405,
		    "method-not-allowed" },
		{ "POST /log/checkpoint HTTP/1.1\r\n" HOST
		  "Content-Length: 0\r\n\r\n",
		    405, "method-not-allowed" },
		{ "PROPFIND / HTTP/1.1\r\n" HOST "\r\n", 405,
		    "method-not-allowed" },
		{ "BREW / HTTP/1.1\r\n" HOST "\r\n", 400, "malformed" },
		{ "get / HTTP/1.1\r\n" HOST "\r\n", 400, "malformed" },
		{ "POST /none HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n",
		    404, "not-found" },
	};

	(void)state;
	ALL(r);
}

static void
what_is_not_http_is_refused(void **state)
{
	static const struct raw r[] = {
		{ "\r\n\r\n\r\n\r\n", 400, "malformed" },
		{ "GARBAGE\r\n\r\n", 400, "malformed" },
		{ "GET\r\n\r\n", 400, "malformed" },
		{ "GET /\r\n\r\n", 400, "malformed" },
		{ "GET / HTTP/9.9\r\n" HOST "\r\n", 400, "malformed" },
		{ "GET / HTTP/1.1\r\nno colon\r\n\r\n", 400, "malformed" },
		{ "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "malformed" },
	};
	static const uint8_t hello[] = { 0x16, 3, 1, 0, 0xa5, 1, 0, 0, 0xa1, 3,
		3, 0, '\r', '\n', '\r', '\n' };
	static const char *const silent[] = { "", "G", "GET / HTTP/1.1",
		"GET / HTTP/1.1\r\nHost: x\r\n" };
	size_t i;

	(void)state;
	ALL(r);
	is_refusal(
	    "a client of TLS", talk(hello, sizeof(hello)), 400, "malformed");
	for (i = 0; i < sizeof(silent) / sizeof(silent[0]); i++) {
		int got = status_of(talk(silent[i], strlen(silent[i])));

		if (got != 0 && got != 400)
			fail_msg("%s: %d", silent[i], got);
	}
}

static void
headers_without_end_are_refused(void **state)
{
	char *request = malloc(REQUEST_MAX);
	size_t n, i;

	(void)state;
	assert_non_null(request);
	n = (size_t)snprintf(request, REQUEST_MAX, "GET / HTTP/1.1\r\nX: ");
	memset(request + n, 'y', 60000);
	memcpy(request + n + 60000, "\r\n\r\n", 5);
	is_refusal("a long header", talk(request, n + 60004), 400, "malformed");
	is_refusal(
	    "a header without end", talk(request, n + 60000), 400, "malformed");

	n = (size_t)snprintf(request, REQUEST_MAX, "GET /");
	memset(request + n, 'a', 60000);
	(void)snprintf(request + n + 60000, 64, " HTTP/1.1\r\n\r\n");
	is_refusal(
	    "a long path", talk(request, strlen(request)), 400, "malformed");

	n = (size_t)snprintf(request, REQUEST_MAX, "GET / HTTP/1.1\r\n");
	for (i = 0; i < 500; i++)
		n += (size_t)snprintf(
		    request + n, REQUEST_MAX - n, "X%zu: y\r\n", i);
	n += (size_t)snprintf(request + n, REQUEST_MAX - n, "\r\n");
	is_refusal("many headers", talk(request, n), 400, "malformed");
	free(request);
}

/* --- Random bytes, and good ones with one byte wrong ----------------------*/

static const char *
post(const char *path, const char *headers, struct slice body)
{
	struct buf b = { 0 };
	const char *text;

	buf_printf(&b,
	    "POST %s HTTP/1.1\r\n" HOST "%sContent-Length: %zu\r\n\r\n", path,
	    headers, body.n);
	buf_put(&b, body.p, body.n);
	assert_int_equal(buf_end(&b), OK);
	text = talk(b.p, b.n);
	buf_free(&b);
	return text;
}

static void
is_some_refusal(const char *what, const char *text)
{
	int s = status_of(text);

	if (s < 400 || s > 499 ||
	    strstr(text, "application/problem+json") == NULL)
		fail_msg("%s: %d\n%s", what, s, text);
}

static void
random_bodies_are_refused_by_every_route(void **state)
{
	static const struct {
		const char *path;
		const char *headers;
	} routes[] = {
		{ "/token-request",
		    "Content-Type: application/private-token-request\r\n" },
		{ "/api/v1/records", RECORD_TYPE },
		{ "/api/v1/disputes", "" },
		{ "/api/v1/staff/rolls", "" },
		{ "/api/v1/staff/factors", "" },
		{ "/api/v1/staff/keys", "" },
		{ "/api/v1/staff/changes", "" },
		{ "/api/v1/staff/entries", "" },
		{ "/api/v1/staff/spaces/bersaglio/drain", "" },
	};
	static const size_t lengths[] = { 0, 1, 2, 97, 98, 130, 131, 259, 433,
		1024 };
	uint8_t bytes[1024];
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		for (k = 0; k < sizeof(lengths) / sizeof(lengths[0]); k++) {
			random_bytes(bytes, sizeof(bytes));
			is_some_refusal(routes[i].path,
			    post(routes[i].path, routes[i].headers,
				slice_of(bytes, lengths[k])));
		}
	}
}

/* The signature is good, what is signed is not. */
static void
random_bodies_of_staff_are_refused_too(void **state)
{
	static const char *const paths[] = { "rolls", "factors", "keys",
		"changes", "entries", "spaces/bersaglio/drain",
		"spaces/none/drain" };
	struct buf out = { 0 };
	struct staff_key key;
	struct why why = { "" };
	struct api *a = live_api(live);
	uint8_t bytes[1000]; /* no whole rows of second factors */
	size_t i, k;

	(void)state;
	live_key(live, "uno", &key);
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		for (k = 0; k < RANDOM_POSTS; k++) {
			random_bytes(bytes, sizeof(bytes));
			assert_int_not_equal(
			    api_staff(a, &key, "POST", paths[i],
				slice_of(bytes, sizeof(bytes) >> k / 2), &out,
				&why),
			    OK);
			if (a->status < 400 || a->status > 499 ||
			    a->problem[0] == '\0')
				fail_msg("%s: %ld %s", paths[i], a->status,
				    a->problem);
		}
	}
	staff_key_wipe(&key);
	buf_free(&out);
	api_free(a);
}

static void
a_record_with_one_wrong_byte_is_refused(void **state)
{
	struct buf token = { 0 }, good = { 0 }, bad = { 0 };
	struct why why = { "" };
	struct api *a = live_api(live);
	struct buf receipt = { 0 };
	size_t i;

	(void)state;
	if (live_collect(live, &space, a, 0, &token, &why) != OK)
		fail_msg("%s", why.text);
	live_record(live, &space, 0, 0, &token, 5, &good);
	for (i = 0; i < good.n; i++) {
		bad.n = 0;
		buf_put(&bad, good.p, good.n);
		bad.p[i] ^= (uint8_t)(1U << i % 8);
		assert_int_not_equal(
		    api_record(a, "", buf_slice(&bad), &receipt, NULL, &why),
		    OK);
		if (a->status < 400 || a->status > 499)
			fail_msg("byte %zu: %ld", i, a->status);
	}
	/* Truncated at every length, and one byte too many. */
	bad.n = 0;
	buf_put(&bad, good.p, good.n);
	buf_u8(&bad, 0);
	for (i = 0; i <= bad.n; i++) {
		if (i == good.n)
			continue;
		assert_int_not_equal(
		    api_record(a, "", slice_of(bad.p, i), &receipt, NULL, &why),
		    OK);
		if (a->status != 422)
			fail_msg("%zu bytes: %ld", i, a->status);
	}
	buf_free(&receipt);
	buf_free(&token);
	buf_free(&good);
	buf_free(&bad);
	api_free(a);
}

static void
an_ask_with_one_wrong_byte_takes_no_right(void **state)
{
	struct buf authorization = { 0 }, token = { 0 };
	uint8_t salt[64], got[BLIND_BYTES];
	struct wallet_ask ask;
	struct secret ss;
	struct why why = { "" };
	struct api *a = live_api(live);
	size_t i;
	char *text;

	(void)state;
	live_secret(live, &space, 1, &ss);
	random_bytes(salt, sizeof(salt));
	assert_int_equal(
	    wallet_ask(&ss, space.header, 0, PURPOSE_VOTE, &ask), OK);
	assert_int_equal(
	    wallet_authorization(&live->residents[1].roll, space.header, 0,
		PURPOSE_VOTE, &ask, salt, NULL, &authorization),
	    OK);
	assert_non_null(buf_text(&authorization));
	text = (char *)authorization.p;
	for (i = 0; i < sizeof(ask.body); i++) {
		ask.body[i] ^= (uint8_t)(1U << i % 8);
		assert_int_not_equal(
		    api_token_request(a, "", ask.body, text, got, &why), OK);
		if (a->status != 401 && a->status != 422)
			fail_msg("byte %zu: %ld", i, a->status);
		ask.body[i] ^= (uint8_t)(1U << i % 8);
	}
	for (i = 0; i < strlen(text); i++) {
		char was = text[i];

		text[i] = was == 'A' ? 'B' : 'A';
		assert_int_not_equal(
		    api_token_request(a, "", ask.body, text, got, &why), OK);
		if (a->status != 401)
			fail_msg("%s: %ld", text, a->status);
		text[i] = was;
	}
	/* She has her right still, for another paper. */
	resident_secret_random(&live->residents[1].secret);
	if (live_collect(live, &space, a, 1, &token, &why) != OK)
		fail_msg("%s", why.text);
	buf_free(&authorization);
	buf_free(&token);
	api_free(a);
}

static void
afterwards_the_good_ones_are_taken_as_ever(void **state)
{
	struct buf token = { 0 }, record = { 0 };
	struct resident_receipt got = { 0 };
	struct why why = { "" };
	struct api *a = live_api(live);

	(void)state;
	if (live_collect(live, &space, a, 0, &token, &why) != OK)
		fail_msg("%s", why.text);
	live_record(live, &space, 0, 0, &token, 5, &record);
	if (resident_send(a, space.header, buf_slice(&record),
		&live->receipt_key, &got, &why) != OK)
		fail_msg("%s", why.text);
	assert_false(got.repeat);
	assert_true(live_audit(live));
	assert_int_equal(live_stop(live), 0);
	assert_true(live_doctor(live));
	buf_free(&got.text);
	buf_free(&token);
	buf_free(&record);
	api_free(a);
}

#define TEST(f) cmocka_unit_test_teardown(f, unharmed)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bodies_without_a_proper_length_are_refused),
		TEST(huge_lengths_are_refused_before_the_body),
		TEST(truncated_bodies_are_refused),
		TEST(other_media_types_are_refused),
		TEST(paths_lead_nowhere_else),
		TEST(methods_that_a_path_has_not_are_refused),
		TEST(what_is_not_http_is_refused),
		TEST(headers_without_end_are_refused),
		TEST(random_bodies_are_refused_by_every_route),
		TEST(random_bodies_of_staff_are_refused_too),
		TEST(a_record_with_one_wrong_byte_is_refused),
		TEST(an_ask_with_one_wrong_byte_takes_no_right),
		cmocka_unit_test(afterwards_the_good_ones_are_taken_as_ever),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
