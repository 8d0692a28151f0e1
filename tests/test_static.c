/* The web client's files as they are served, and as pages name them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bundle.h"
#include "handle.h"
#include "page_assets.h"
#include "static.h"
#include "wire.h"

static enum problem
page(struct service *s, const struct req *q, struct resp *p)
{
	(void)s;
	p->content_type = "text/html; charset=utf-8";
	buf_str(&p->connect, " https://issuer.example");
	if (strcmp(q->path, "/camera") == 0)
		page_assets_camera(p);
	buf_str(&p->body, "<!DOCTYPE html>");
	return PROBLEM_NONE;
}

/* clang-format off */
static const struct route table[] = {
	{ "GET", "/page", page, CACHE_CHECK, HOST_MAIN, 0, 0, 0, NULL },
	{ "GET", "/camera", page, CACHE_CHECK, HOST_MAIN, 0, 0, 0, NULL },
	{ "GET", "/static/{name}", handle_static_file, CACHE_FOREVER, HOST_ANY, 0, 0, 0, NULL },
	{ "GET", "/sw.js", handle_static_worker, CACHE_CHECK, HOST_MAIN, 0, 0, 0, NULL },
	{ NULL, NULL, NULL, CACHE_NEVER, HOST_ANY, 0, 0, 0, NULL },
};
/* clang-format on */

static struct http *server;
static struct buf answer;

static int
setup(void **state)
{
	struct http_options o = { .table = table };
	struct why why = { "" };

	(void)state;
	if (http_start(NULL, &o, &server, &why) != OK)
		fail_msg("%s", why.text);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	http_stop(server);
	buf_free(&answer);
	return 0;
}

/* The answer; its head as text, up to the empty line. */
static const char *
ask(const char *method, const char *path, const char *headers)
{
	char request[1000];
	int n = snprintf(request, sizeof(request),
	    "%s %s HTTP/1.1\r\nHost: voto.example\r\n%s"
	    "Connection: close\r\n\r\n",
	    method, path, headers);

	answer.n = 0;
	wire_talk(0, http_port(server), slice_of(request, (size_t)n), &answer);
	return buf_text(&answer) != NULL ? (const char *)answer.p : "";
}

#define assert_has(text, what) assert_non_null(strstr(text, what))
#define assert_not(text, what) assert_null(strstr(text, what))

/* A header with this coding is answered by these bytes. */
static void
assert_coding(
    const struct static_file *f, const char *headers, enum static_coding want)
{
	const char *head = ask("GET", f->path, headers);
	char line[80];

	assert_int_equal(wire_status(buf_slice(&answer)), 200);
	assert_true(
	    slice_equal(wire_body(buf_slice(&answer)), f->parts[want].bytes));
	if (want == STATIC_IDENTITY)
		assert_not(head, "Content-Encoding");
	else
		assert_has(head, want == STATIC_BR
				     ? "Content-Encoding: br\r\n"
				     : "Content-Encoding: gzip\r\n");
	(void)snprintf(line, sizeof(line), "ETag: %s\r\n", f->parts[want].etag);
	assert_has(head, line);
	assert_has(head, "Vary: Accept-Encoding\r\n");
	assert_has(
	    head, "Cache-Control: public, max-age=31536000, immutable\r\n");
}

static void
a_browser_gets_the_smallest_that_it_takes(void **state)
{
	static const struct {
		const char *headers;
		enum static_coding want;
	} cases[] = {
		{ "", STATIC_IDENTITY },
		{ "Accept-Encoding: gzip, deflate, br, zstd\r\n", STATIC_BR },
		{ "Accept-Encoding: BR\r\n", STATIC_BR },
		{ "Accept-Encoding: gzip\r\n", STATIC_GZIP },
		{ "Accept-Encoding: br;q=0, gzip\r\n", STATIC_GZIP },
		{ "Accept-Encoding: br ; q=0.000,gzip;q=0.1\r\n", STATIC_GZIP },
		{ "Accept-Encoding: br;q=0.001\r\n", STATIC_BR },
		{ "Accept-Encoding: brotli, xgzip\r\n", STATIC_IDENTITY },
		{ "Accept-Encoding: br;q=0,gzip;q=0\r\n", STATIC_IDENTITY },
		{ "Accept-Encoding: *\r\n", STATIC_IDENTITY },
		{ "Accept-Encoding: identity;q=0\r\n", STATIC_IDENTITY },
		{ "Accept-Encoding: ,;,;q=,br;q,;;gzip;\r\n", STATIC_BR },
	};
	const struct static_file *f = static_logical("style.css");
	size_t i;

	(void)state;
	assert_non_null(f);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_coding(f, cases[i].headers, cases[i].want);
}

static void
each_representation_has_a_tag_of_its_own(void **state)
{
	const struct static_file *f = static_logical("style.css");
	char headers[200];
	const char *head;

	(void)state;
	assert_string_not_equal(
	    f->parts[STATIC_BR].etag, f->parts[STATIC_IDENTITY].etag);
	(void)snprintf(headers, sizeof(headers),
	    "Accept-Encoding: br\r\nIf-None-Match: %s\r\n",
	    f->parts[STATIC_BR].etag);
	head = ask("GET", f->path, headers);
	assert_int_equal(wire_status(buf_slice(&answer)), 304);
	assert_int_equal(wire_body(buf_slice(&answer)).n, 0);
	assert_has(head, "Vary: Accept-Encoding\r\n");
	assert_has(head, "immutable");
	assert_not(head, "Content-Encoding");
	(void)snprintf(headers, sizeof(headers), "If-None-Match: %s\r\n",
	    f->parts[STATIC_BR].etag);
	(void)ask("GET", f->path, headers);
	assert_int_equal(wire_status(buf_slice(&answer)), 200);
	head = ask("HEAD", f->path, "Accept-Encoding: br\r\n");
	(void)snprintf(headers, sizeof(headers), "Content-Length: %zu\r\n",
	    f->parts[STATIC_BR].bytes.n);
	assert_has(head, headers);
	assert_int_equal(wire_body(buf_slice(&answer)).n, 0);
}

static void
only_names_with_their_hash_are_served(void **state)
{
	static const char *const none[] = { "/static/style.css", "/static/",
		"/static/sw.js", "/static/MANIFEST", "/app.js",
		"/static/../main.c" };
	const struct static_file *f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		(void)ask("GET", none[i], "");
		assert_int_equal(wire_status(buf_slice(&answer)), 404);
	}
	for (f = static_files; f->name != NULL; f++) {
		(void)ask("GET", f->path, "");
		assert_int_equal(wire_status(buf_slice(&answer)), 200);
		assert_true(slice_equal(wire_body(buf_slice(&answer)),
		    f->parts[STATIC_IDENTITY].bytes));
	}
}

static void
the_service_worker_is_asked_for_anew(void **state)
{
	const struct static_file *f = static_logical("sw.js");
	const char *head;

	(void)state;
	assert_non_null(f);
	head = ask("GET", "/sw.js", "Accept-Encoding: br\r\n");
	assert_int_equal(wire_status(buf_slice(&answer)), 200);
	assert_has(head, "Cache-Control: no-cache\r\n");
	assert_has(head, "Content-Encoding: br\r\n");
	assert_has(head, "Content-Type: text/javascript; charset=utf-8\r\n");
	/* A worker may ask this server, and nobody else. */
	assert_has(head, "default-src 'none'; connect-src 'self'; ");
}

/* The manifest names each file with the hash of what is served, and no more. */
static void
the_manifest_is_that_of_the_files(void **state)
{
	const struct static_file *f;
	struct bundle *b = NULL;
	struct why why = { "" };
	struct hash h;
	size_t n = 0, i;

	(void)state;
	if (bundle_parse(static_manifest, &b, &why) != OK)
		fail_msg("%s", why.text);
	for (f = static_files; f->name != NULL; f++, n++) {
		hash_bytes(f->parts[STATIC_IDENTITY].bytes, &h);
		for (i = 0; i < b->n; i++)
			if (strcmp(b->files[i].path, f->path + 1) == 0)
				break;
		assert_true(i < b->n);
		assert_true(hash_equal(&b->files[i].hash, &h));
	}
	assert_int_equal(b->n, n);
	bundle_free(b);
}

static void
pages_and_data_have_policies_of_their_own(void **state)
{
	const char *head = ask("GET", "/page", "");

	(void)state;
	assert_has(head,
	    "Content-Security-Policy: default-src 'none'; script-src 'self'; "
	    "style-src 'self'; font-src 'self'; worker-src 'self'; "
	    "img-src 'self' data: blob:; "
	    "connect-src 'self' https://issuer.example; form-action 'self'; "
	    "frame-ancestors 'none'; base-uri 'none'; "
	    "require-trusted-types-for 'script'; trusted-types partecipa\r\n");
	assert_has(head, "Permissions-Policy: camera=(), ");
	assert_has(
	    ask("GET", "/camera", ""), "Permissions-Policy: camera=(self), ");
	head = ask("GET", "/none", "");
	assert_has(head, "default-src 'none'; form-action");
	assert_not(head, "script-src");
	assert_not(head, "unsafe");
	/* A refusal for people is a page too, which gets no foreign source. */
	head = ask("GET", "/none", "Accept: text/html\r\n");
	assert_has(head, "connect-src 'self'; ");
}

static void
pages_pin_what_they_load(void **state)
{
	const struct static_file *f = static_logical("style.css");
	struct buf b = { 0 };
	const char *text;

	(void)state;
	page_assets_head(&b);
	page_assets_script(&b, "booth", LANG_IT);
	page_assets_script(&b, "none", LANG_IT);
	text = buf_text(&b);
	assert_non_null(text);
	assert_has(text, f->path);
	assert_has(text, f->integrity);
	f = static_logical("booth.it.js");
	assert_non_null(f);
	assert_has(text, f->path);
	assert_has(text, f->integrity);
	assert_has(strstr(text, f->path), static_logical("booth.js")->path);
	assert_has(text, " defer></script>");
	assert_not(text, "none");
	buf_free(&b);
}

static void
a_page_names_each_foreign_server_once(void **state)
{
	static const char *const urls[] = { "https://a.example",
		"https://a.example/issuer", "https://aa.example:8443/x",
		"https://a.example", "", "http://127.0.0.1:8080" };
	static const char *const never[] = { "javascript:alert(1)",
		"https://a.example; script-src *", "https://*", "https://",
		"https://a.example,https://b.example", "https://a b",
		"https://a\r\nX: y", "https://user@a.example",
		"ftp://a.example", "https://a.example'unsafe-inline'" };
	struct resp p;
	size_t i;

	(void)state;
	memset(&p, 0, sizeof(p));
	page_assets_connect(&p, NULL);
	for (i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
		page_assets_connect(&p, urls[i]);
	for (i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		page_assets_connect(&p, never[i]);
	assert_non_null(buf_text(&p.connect));
	assert_string_equal(buf_text(&p.connect),
	    " https://a.example https://aa.example:8443 http://127.0.0.1:8080");
	buf_free(&p.connect);
}

#define with(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		with(a_browser_gets_the_smallest_that_it_takes),
		with(each_representation_has_a_tag_of_its_own),
		with(only_names_with_their_hash_are_served),
		with(the_service_worker_is_asked_for_anew),
		with(the_manifest_is_that_of_the_files),
		with(pages_and_data_have_policies_of_their_own),
		with(pages_pin_what_they_load),
		with(a_page_names_each_foreign_server_once),
	};

	return cmocka_run_group_tests_name("static", tests, NULL, NULL);
}
