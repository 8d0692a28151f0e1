#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "fetch.h"
#include "hex.h"
#include "http.h"
#include "staff.h"

#include "town_sealed.h"
#include "vec.h"

/* The real table of routes before a real service, asked over HTTP. */

static struct town town;
static struct trustees trustees;
static struct space *space;
static struct http *server;
static struct fetch *client;
static struct fetch_answer answer;

static int
setup(void **state)
{
	struct http_options o = { .listen = "127.0.0.1", .threads = 8 };
	struct why why = { { 0 } };

	(void)state;
	town_new(&town);
	space = town_space(&town, "bilancio", NULL);
	(void)town_sealed(&town, "sigillo", NULL, 2, 2, &trustees);
	if (http_start(town.service, &o, &server, &why) != OK)
		return -1;
	return (client = fetch_new()) == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	buf_free(&answer.body);
	fetch_free(client);
	http_stop(server);
	trustees_free(&trustees);
	town_free(&town);
	return 0;
}

static int
ask(const char *method, const char *path, const char *type,
    const char *authorization, struct slice body)
{
	struct fetch_header headers[2];
	struct fetch_request q;
	struct why why = { { 0 } };
	char url[200];

	snprintf(
	    url, sizeof(url), "http://127.0.0.1:%u%s", http_port(server), path);
	memset(&q, 0, sizeof(q));
	q.method = method;
	q.url = url;
	q.headers = headers;
	q.body = body;
	q.max = 1 << 20;
	if (type != NULL)
		headers[q.n_headers++] =
		    (struct fetch_header){ "Content-Type", type };
	if (authorization != NULL)
		headers[q.n_headers++] =
		    (struct fetch_header){ "Authorization", authorization };
	buf_free(&answer.body);
	memset(&answer, 0, sizeof(answer));
	if (fetch_do(client, &q, &answer, &why) != OK)
		fail_msg("%s %s: %s", method, path, why.text);
	return (int)answer.status;
}

static int
get(const char *path)
{
	return ask("GET", path, NULL, NULL, slice_str(""));
}

static const char *
text(void)
{
	const char *s = buf_text(&answer.body);

	assert_non_null(s);
	return s;
}

static void
the_table_is_in_order(void **state)
{
	const struct route *r, *s;

	(void)state;
	for (r = routes; r->path != NULL; r++) {
		assert_int_equal(r->path[0], '/');
		assert_non_null(r->handler);
		/* Staff sign, and no page of another site helps with that. */
		assert_true(r->staff == 0 || r->cors == 0);
		assert_int_equal(
		    strcmp(r->method, "POST") == 0, r->max_body > 0);
		assert_true(r->max_body == 0 || r->cache == CACHE_NEVER);
		assert_int_equal(
		    strncmp(r->path, "/api/v1/staff/", 14) == 0, r->staff != 0);
		for (s = routes; s < r; s++)
			assert_false(strcmp(r->path, s->path) == 0 &&
				     strcmp(r->method, s->method) == 0);
	}
}

static void
everything_that_can_be_read_is_served(void **state)
{
	static const struct {
		const char *path;
		int status;
		const char *type;
	} cases[] = {
		{ "/", 200, "text/html; charset=utf-8" },
		{ "/spazi/bilancio", 200, "text/html; charset=utf-8" },
		{ "/spazi/bilancio?lang=en", 200, "text/html; charset=utf-8" },
		{ "/spazi/bilancio/risultati", 200,
		    "text/html; charset=utf-8" },
		{ "/spazi/altro", 404, "application/problem+json" },
		{ "/verifica", 200, "text/html; charset=utf-8" },
		{ "/privacy", 200, "text/html; charset=utf-8" },
		{ "/come-funziona", 200, "text/html; charset=utf-8" },
		{ "/note-legali", 200, "text/html; charset=utf-8" },
		{ "/ritira", 200, "text/html; charset=utf-8" },
		{ "/tessere", 200, "text/html; charset=utf-8" },
		{ "/controlla", 200, "text/html; charset=utf-8" },
		{ "/kiosk", 200, "text/html; charset=utf-8" },
		{ "/spazi/bilancio/vota", 200, "text/html; charset=utf-8" },
		{ "/spazi/bilancio/controlla", 200,
		    "text/html; charset=utf-8" },
		{ "/spazi/altro/vota", 404, "application/problem+json" },
		{ "/spazi/altro/controlla", 404, "application/problem+json" },
		{ "/static/style.css", 404, "application/problem+json" },
		{ "/sw.js", 200, "text/javascript; charset=utf-8" },
		{ "/static/none.css", 404, "application/problem+json" },
		{ "/log/checkpoint", 200, "text/plain; charset=utf-8" },
		{ "/log/key", 200, "text/plain; charset=utf-8" },
		{ "/log/policy", 200, "text/plain; charset=utf-8" },
		{ "/log/tile/0/000.p/3", 200, "application/octet-stream" },
		{ "/log/tile/entries/000.p/3", 200,
		    "application/octet-stream" },
		{ "/log/tile/0/000.p/200", 404, "application/problem+json" },
		{ "/log/tile/0/000", 404, "application/problem+json" },
		{ "/log/tile/00/000.p/3", 404, "application/problem+json" },
		{ "/log/tile/x", 404, "application/problem+json" },
		{ "/api/v1/spaces", 200, "application/json" },
		{ "/api/v1/spaces/bilancio/header", 200, "application/json" },
		{ "/api/v1/spaces/bilancio/form", 200, "application/json" },
		{ "/api/v1/spaces/bilancio/roll", 200,
		    "application/octet-stream" },
		{ "/api/v1/spaces/bilancio/result", 404,
		    "application/problem+json" },
		{ "/api/v1/spaces/altro/header", 404,
		    "application/problem+json" },
		{ "/api/v1/spaces/bilancio/ledger/0/vote", 404,
		    "application/problem+json" },
		{ "/api/v1/spaces/bilancio/ledger/99/vote", 404,
		    "application/problem+json" },
		{ "/api/v1/spaces/bilancio/ledger/0/none", 404,
		    "application/problem+json" },
		{ "/api/v1/spaces/bilancio/ceremony", 404,
		    "application/problem+json" },
		{ "/api/v1/spaces/bilancio/transcript", 404,
		    "application/problem+json" },
		{ "/api/v1/spaces/bilancio/opening/1", 404,
		    "application/problem+json" },
		{ "/api/v1/spaces/sigillo/ceremony", 200, "application/json" },
		{ "/api/v1/spaces/sigillo/transcript", 200,
		    "application/json" },
		{ "/api/v1/spaces/sigillo/opening/1", 404,
		    "application/problem+json" },
		{ "/api/v1/spaces/sigillo/opening/01", 404,
		    "application/problem+json" },
		{ "/api/v1/objects/00", 404, "application/problem+json" },
		{ "/.well-known/private-token-issuer-directory", 200,
		    "application/private-token-issuer-directory" },
		{ "/api/v1/staff/changes", 401, "application/problem+json" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (get(cases[i].path) != cases[i].status ||
		    strcmp(answer.content_type, cases[i].type) != 0)
			fail_msg("%s: %ld %s", cases[i].path, answer.status,
			    answer.content_type);
	}
}

static void
documents_are_served_byte_for_byte(void **state)
{
	char path[120] = "/api/v1/objects/";
	struct buf first = { 0 };
	struct hash h;

	(void)state;
	assert_int_equal(get("/api/v1/spaces/bilancio/header"), 200);
	hash_bytes(buf_slice(&answer.body), &h);
	assert_true(hash_equal(&h, &space->header->id));
	buf_put(&first, answer.body.p, answer.body.n);
	hex_encode(hash_slice(&h), path + strlen(path));
	assert_int_equal(get(path), 200);
	assert_bytes(buf_slice(&first), buf_slice(&answer.body));
	buf_free(&first);
	assert_int_equal(get("/api/v1/spaces/bilancio/roll"), 200);
	assert_int_equal(answer.body.n % ROLL_ROW, 0);
}

static void
roll_header(const struct service_ask *a, char out[static 600])
{
	char key[64], salt[96], sig[96];

	base64_encode(BASE64_URL, public_key_slice(&a->roll_pk), key);
	base64_encode(BASE64_URL, slice_of(a->salt, 64), salt);
	base64_encode(BASE64_URL, slice_of(a->sig.b, 64), sig);
	snprintf(out, 600, "Roll key=\"%s\", salt=\"%s\", sig=\"%s\"", key,
	    salt, sig);
}

static int
has_ledger(const struct space *sp)
{
	return sp->ledgers[0][PURPOSE_VOTE].present;
}

#define ASK_TYPE "application/private-token-request"

static void
a_paper_is_asked_for_and_a_vote_is_cast(void **state)
{
	struct voter *v = &town.voters[0];
	struct service_ask a;
	struct buf request = { 0 }, record = { 0 }, receipt = { 0 };
	char header[600];

	(void)state;
	town_clock(&town, 1500);
	assert_int_equal(town_ask(&town, space, v), PROBLEM_NONE);
	/* The same ask again, now over HTTP: the same answer, twice. */
	town_ask_make(&town, space, v, &a);
	roll_header(&a, header);
	buf_u16(&request, TOKEN_TYPE);
	buf_u8(&request, a.truncated_key_id);
	buf_put(&request, a.blinded, BLIND_BYTES);
	assert_int_equal(ask("POST", "/token-request", ASK_TYPE, header,
			     buf_slice(&request)),
	    200);
	assert_string_equal(
	    answer.content_type, "application/private-token-response");
	assert_int_equal(answer.body.n, BLIND_BYTES);
	/* PROTOCOL 5: the body is judged before who asks. */
	assert_int_equal(ask("POST", "/token-request", ASK_TYPE, NULL,
			     slice_of(request.p, request.n - 1)),
	    422);
	assert_int_equal(
	    ask("POST", "/token-request", ASK_TYPE, NULL, buf_slice(&request)),
	    401);
	assert_non_null(strstr(text(), "urn:partecipa:problem:authorization"));
	header[strlen(header) - 3] ^= 1;
	assert_int_equal(ask("POST", "/token-request", ASK_TYPE, header,
			     buf_slice(&request)),
	    401);
	assert_int_equal(ask("POST", "/token-request", "text/plain", header,
			     buf_slice(&request)),
	    415);
	town_clock(&town, TOWN_FROM + 50);
	assert_true(town_wait(&town, has_ledger, space));
	town_record(space, v, 0, 2, &record);
	assert_int_equal(
	    ask("POST", "/api/v1/records", "application/vnd.partecipa.record",
		NULL, buf_slice(&record)),
	    201);
	assert_string_equal(answer.content_type, "text/plain; charset=utf-8");
	buf_put(&receipt, answer.body.p, answer.body.n);
	assert_int_equal(
	    ask("POST", "/api/v1/records", "application/vnd.partecipa.record",
		NULL, buf_slice(&record)),
	    200);
	assert_true(receipt.n > 0 && answer.body.n > 0);
	record.p[record.n - 1] ^= 1;
	assert_int_equal(
	    ask("POST", "/api/v1/records", "application/vnd.partecipa.record",
		NULL, buf_slice(&record)),
	    403);
	assert_non_null(
	    strstr(text(), "urn:partecipa:problem:record-signature"));
	buf_free(&request);
	buf_free(&record);
	buf_free(&receipt);
}

static const char *
staff_header(const struct sign_key *k, uint64_t n, const char *method,
    const char *path, struct slice body)
{
	static struct buf out;

	buf_free(&out);
	assert_int_equal(
	    staff_request_sign(k, n, world_origin(service_read(town.service)),
		method, path, body, &out),
	    OK);
	service_done(town.service);
	return buf_text(&out);
}

static void
staff_sign_each_request_with_a_new_number(void **state)
{
	static const char path[] = "/api/v1/staff/changes";
	const struct slice none = { NULL, 0 };
	const char *header;

	(void)state;
	header = staff_header(&town.desk, 1000, "GET", path, none);
	assert_int_equal(ask("GET", path, NULL, header, none), 200);
	assert_int_equal(ask("GET", path, NULL, header, none), 409);
	assert_non_null(strstr(text(), "\"last\":1000"));
	/* Signed for another path, method, body, or by nobody we know. */
	header = staff_header(&town.desk, 1001, "GET", "/other", none);
	assert_int_equal(ask("GET", path, NULL, header, none), 401);
	header = staff_header(&town.desk, 1001, "POST", path, none);
	assert_int_equal(ask("GET", path, NULL, header, none), 401);
	header = staff_header(&town.desk, 1001, "POST", path, slice_str("a"));
	assert_int_equal(ask("POST", path, NULL, header, slice_str("b")), 401);
	header = staff_header(&town.voters[0].roll, 1, "GET", path, none);
	assert_int_equal(ask("GET", path, NULL, header, none), 401);
	/* Known, but not for this. */
	header = staff_header(
	    &town.desk, 1002, "POST", "/api/v1/staff/rolls", slice_str("x"));
	assert_int_equal(
	    ask("POST", "/api/v1/staff/rolls", NULL, header, slice_str("x")),
	    403);
	/* None of these used a number up. */
	header = staff_header(&town.desk, 1001, "GET", path, none);
	assert_int_equal(ask("GET", path, NULL, header, none), 200);
}

static void
trustees_post_files_of_their_own(void **state)
{
	static const char box[] = "/api/v1/spaces/sigillo/ceremony/commit";
	static const char opening[] = "/api/v1/spaces/sigillo/opening/1";
	struct slice note = buf_slice(&trustees.notes[CEREMONY_COMMIT][0]);
	struct buf large = { 0 };
	size_t i;

	(void)state;
	assert_int_equal(
	    ask("POST", box, "text/plain; charset=utf-8", NULL, note), 403);
	assert_non_null(strstr(text(), "urn:partecipa:problem:ceremony-over"));
	assert_int_equal(
	    ask("POST", box, "text/plain", NULL, slice_str("x")), 422);
	assert_int_equal(ask("POST", box, "application/json", NULL, note), 415);
	assert_int_equal(ask("POST", "/api/v1/spaces/sigillo/ceremony/open",
			     "text/plain", NULL, note),
	    404);
	for (i = 0; i <= (1U << 20); i++)
		buf_u8(&large, 0);
	assert_int_equal(buf_end(&large), OK);
	assert_int_equal(ask("POST", box, "text/plain", NULL,
			     slice_of(large.p, CEREMONY_MESSAGE_MAX + 1)),
	    413);
	/* Nothing is awaited: a large body is not read at all. */
	assert_int_equal(ask("POST", opening, "application/octet-stream", NULL,
			     slice_of(large.p, large.n - 1)),
	    403);
	assert_non_null(
	    strstr(text(), "urn:partecipa:problem:nothing-to-open"));
	assert_int_equal(ask("POST", opening, "application/octet-stream", NULL,
			     buf_slice(&large)),
	    413);
	buf_free(&large);
}

static void
rubbish_is_refused_everywhere_with_a_named_problem(void **state)
{
	static const char *const bodies[] = { "", "\0\0\0\1", "{}",
		"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
		"\xff\xff\xff\xff\xff\xff\xff\xff" };
	const struct route *r;
	const char *header;
	uint64_t n = 5000;
	struct slice body;
	char path[100];
	size_t i;
	int status;

	(void)state;
	for (r = routes; r->path != NULL; r++) {
		if (r->max_body == 0 || strchr(r->path, '{') != NULL)
			continue;
		snprintf(path, sizeof(path), "%s", r->path);
		for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
			body =
			    slice_of(bodies[i], i == 1 ? 4 : strlen(bodies[i]));
			header = NULL;
			if (r->staff != 0)
				header = staff_header(
				    &town.admin[0], n++, "POST", path, body);
			status =
			    ask("POST", path, r->content_type, header, body);
			/* An empty list of second factors is one. */
			if (status == 201 && body.n == 0)
				continue;
			if (status < 400 || status >= 500 ||
			    strcmp(answer.content_type,
				"application/problem+json") != 0)
				fail_msg("%s: %d %s", path, status, text());
		}
	}
}

static void
the_log_is_sound_after_all_this(void **state)
{
	(void)state;
	assert_true(town_sound(&town));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_in_order),
		cmocka_unit_test(everything_that_can_be_read_is_served),
		cmocka_unit_test(documents_are_served_byte_for_byte),
		cmocka_unit_test(a_paper_is_asked_for_and_a_vote_is_cast),
		cmocka_unit_test(staff_sign_each_request_with_a_new_number),
		cmocka_unit_test(trustees_post_files_of_their_own),
		cmocka_unit_test(
		    rubbish_is_refused_everywhere_with_a_named_problem),
		cmocka_unit_test(the_log_is_sound_after_all_this),
	};

	return cmocka_run_group_tests_name("routes", tests, setup, teardown);
}
