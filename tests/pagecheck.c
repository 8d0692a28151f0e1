#include <string.h>

#include "html.h"
#include "site.h"
#include "static.h"

#include "pagecheck.h"
#include "vec.h"

size_t
pagecheck_count(const char *page, const char *what)
{
	size_t n = 0;

	for (; (page = strstr(page, what)) != NULL; page++)
		n++;
	return n;
}

const struct site *
pagecheck_site(void)
{
	static const char text[] =
	    "{\"accessibility_url\":\"https://form.agid.gov.it/view/abc/\","
	    "\"feedback\":\"mailto:urp@comune.example\","
	    "\"privacy_url\":\"https://comune.example/privacy\","
	    "\"source_url\":\"https://codice.example/partecipa\","
	    "\"tagline\":{\"it\":\"Motto nostro\",\"en\":\"Our words\"},"
	    "\"town_url\":\"https://comune.example/\","
	    "\"transparency_url\":\"https://comune.example/trasparente\","
	    "\"urp\":{\"name\":\"URP\",\"phone\":\"+39 0961 123456\","
	    "\"email\":\"urp@comune.example\",\"address\":\"Piazza 1\","
	    "\"hours\":{\"it\":\"tutti i giorni\",\"en\":\"every day\"}}}";
	static struct site *site;
	struct why why = { { 0 } };

	if (site == NULL &&
	    site_parse(slice_of(text, sizeof(text) - 1), &site, &why) != OK)
		fail_msg("%s", why.text);
	return site;
}

/* Elements that close themselves. */
static int
is_void(const char *name, size_t n)
{
	static const char *const names[] = { "meta", "link", "img", "br",
		"rect", "line", "circle", "path", "!DOCTYPE" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == n && memcmp(names[i], name, n) == 0)
			return 1;
	return 0;
}

/* Every element is closed, in order, and every attribute is quoted. */
static void
well_formed(const char *page)
{
	char open[64][16];
	const char *p, *q;
	size_t depth = 0, n;

	memset(open, 0, sizeof(open));
	for (p = strchr(page, '<'); p != NULL; p = strchr(p, '<')) {
		p++;
		if (*p == '/') {
			n = strcspn(++p, ">");
			assert_true(depth > 0);
			depth--;
			if (strlen(open[depth]) != n ||
			    strncmp(open[depth], p, n) != 0)
				fail_msg("</%.*s> closes <%s>", (int)n, p,
				    open[depth]);
			continue;
		}
		n = strcspn(p, " >\n/");
		if (!is_void(p, n)) {
			assert_true(depth < 64 && n < sizeof(open[0]));
			memcpy(open[depth], p, n);
			open[depth++][n] = 0;
		}
		for (q = p + n; *q != '>'; q++) {
			assert_true(*q != '\0' && *q != '<');
			if (*q != '"')
				continue;
			q = strchr(q + 1, '"');
			assert_non_null(q);
		}
		p = q;
	}
	assert_int_equal(depth, 0);
}

static int
is_served(const char *path)
{
	struct path_params params;
	const struct route *r;

	if (path_check(path) != OK)
		return 0;
	for (r = routes; r->path != NULL; r++)
		if (strcmp(r->method, "GET") == 0 &&
		    path_match(r->path, path, &params) == OK)
			return strncmp(path, "/static/", 8) != 0 ||
			       static_find(path + 8) != NULL;
	return 0;
}

/* ${attribute}="...": each leads to a route, a place here, or outside. */
static void
links_lead_somewhere(const char *page, const char *attribute)
{
	char link[PATH_BYTES_MAX], id[PATH_BYTES_MAX + 8];
	const char *whole = page;
	size_t n;

	while ((page = strstr(page, attribute)) != NULL) {
		page += strlen(attribute);
		n = strcspn(page, "\"");
		assert_true(n > 0 && n < sizeof(link) - 8);
		memcpy(link, page, n);
		link[n] = '\0';
		if (link[0] == '#') {
			snprintf(id, sizeof(id), "id=\"%s\"", link + 1);
			assert_non_null(strstr(whole, id));
		} else if (link[0] == '/') {
			link[strcspn(link, "?#")] = '\0';
			if (!is_served(link))
				fail_msg("nothing is at %s", link);
		} else if (strncmp(link, "https://", 8) != 0 &&
			   strncmp(link, "mailto:", 7) != 0 &&
			   strncmp(link, "tel:", 4) != 0) {
			fail_msg("a link to %s", link);
		}
	}
}

/* A sentence of the other language is nowhere on the page. */
static void
one_language(const char *page, const struct page *p)
{
	enum lang other = p->lang == LANG_IT ? LANG_EN : LANG_IT;
	struct buf b = { 0 };
	const char *mine, *theirs;
	int key;

	for (key = 0; key < TEXT_MAX; key++) {
		mine = text_of((enum text)key, p->lang);
		theirs = text_of((enum text)key, other);
		/* Words stand in titles and names too; sentences do not. */
		if (strcmp(mine, theirs) == 0 || strlen(theirs) < 24)
			continue;
		html_text(&b, theirs);
		if (strstr(page, buf_text(&b)) != NULL)
			fail_msg("not translated: %s", theirs);
		buf_free(&b);
	}
}

static void
duties(const char *page, const struct page *p)
{
	static const char *const always[] = {
		"data-element=\"privacy-policy-link\"",
		"data-element=\"legal-notes\"", "class=\"hash\""
	};
	size_t i;

	for (i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		assert_int_equal(pagecheck_count(page, always[i]), 1);
	assert_non_null(
	    strstr(page, p->lang == LANG_IT ? "Segnala un disservizio"
					    : "Report a problem"));
	assert_non_null(
	    strstr(page, p->lang == LANG_IT ? "Dichiarazione di accessibilit"
					    : "Accessibility statement"));
	if (p->site != NULL && p->site->accessibility_url[0] != '\0')
		assert_non_null(
		    strstr(page, "data-element=\"accessibility-link\""));
	else
		assert_null(strstr(page, "accessibility-link"));
}

static void
frame(const char *page, const struct page *p)
{
	const char *nav;

	assert_int_equal(strncmp(page, "<!DOCTYPE html>\n", 16), 0);
	assert_int_equal(pagecheck_count(page, "<h1"), 1);
	assert_int_equal(pagecheck_count(page, "<main"), 1);
	assert_int_equal(pagecheck_count(page, "<header class=\"it-"), 1);
	assert_int_equal(pagecheck_count(page, "<footer id="), 1);
	assert_int_equal(pagecheck_count(page, "href=\"#main\""), 1);
	assert_int_equal(pagecheck_count(page, "<title>"), 1);
	/* Several landmarks of a kind are told apart by their names. */
	for (nav = strstr(page, "<nav"); nav != NULL;
	     nav = strstr(nav + 1, "<nav")) {
		const char *label = strstr(nav, " aria-label=\"");

		assert_true(label != NULL && label < strchr(nav, '>'));
	}
	assert_non_null(strstr(page,
	    p->lang == LANG_IT ? "<html lang=\"it\">" : "<html lang=\"en\">"));
	/* The way to the other language, in that language. */
	assert_non_null(strstr(
	    page, p->lang == LANG_IT ? "lang=\"en\" hreflang=\"en\">English"
				     : "lang=\"it\" hreflang=\"it\">Italiano"));
	/* Help is one finger away, wherever one is. */
	if (p->site != NULL && p->site->urp_phone[0] != '\0')
		assert_true(pagecheck_count(page, "href=\"tel:") >= 1);
}

void
pagecheck(struct buf *b, const struct page *p)
{
	static const char *const never[] = { "<script>", "style=", "onerror=y>",
		"javascript:", "(null)", "TEXT_", "{1}", "{2}", "{3}", "{4}",
		"<table>\n<thead", "href=\"\"", "src=\"\"", "http://www" };
	const char *page = buf_text(b);
	size_t i;

	assert_int_equal(buf_end(b), OK);
	assert_non_null(page);
	well_formed(page);
	frame(page, p);
	if (strstr(page, "<body class=\"kiosk\">") == NULL)
		duties(page, p);
	assert_int_equal(
	    pagecheck_count(page, "<table"), pagecheck_count(page, "<caption"));
	assert_int_equal(pagecheck_count(page, "<th>"), 0);
	assert_int_equal(pagecheck_count(page, "<th "),
	    pagecheck_count(page, "<th scope=") +
		pagecheck_count(page, "<th role=\"rowheader\" scope="));
	/* Scripts are files of ours, pinned. */
	assert_int_equal(pagecheck_count(page, "<script"),
	    pagecheck_count(page, "<script src=\"/static/"));
	for (i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		if (strstr(page, never[i]) != NULL)
			fail_msg("the page has %s", never[i]);
	links_lead_somewhere(page, " href=\"");
	links_lead_somewhere(page, " src=\"");
	one_language(page, p);
	buf_free(b);
}
