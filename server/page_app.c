#include <stdio.h>
#include <string.h>

#include "format.h"
#include "html.h"
#include "page_assets.h"

#include "page.h"

/* What each is called in web/app/main.tsx, and what it is without it. */
static const struct {
	const char *name;
	enum text title;
	enum text of;	 /* with the title of the space in it */
	enum text below; /* without it, on the way there */
	enum text lead;
	const char *verb; /* of `partecipa resident`, instead; NULL: none */
	const char *rest;
	enum page_frame frame;
} apps[] = {
	[PAGE_APP_COLLECT] = { "collect", TEXT_APP_COLLECT, TEXT_APP_COLLECT,
	    TEXT_APP_COLLECT, TEXT_APP_COLLECT_LEAD, "collect",
	    "--code XXXX-XXXX-XXXX-XXXX-XXXX --out schede.json", PAGE_FOCUS },
	[PAGE_APP_PAPERS] = { "papers", TEXT_APP_PAPERS, TEXT_APP_PAPERS,
	    TEXT_APP_PAPERS, TEXT_APP_PAPERS_LEAD, NULL, NULL, PAGE_FULL },
	[PAGE_APP_BOOTH] = { "booth", TEXT_APP_BOOTH, TEXT_APP_BOOTH,
	    TEXT_APP_BOOTH_SHORT, TEXT_APP_BOOTH_LEAD, "vote",
	    "--papers schede.json --choice 1", PAGE_FOCUS },
	[PAGE_APP_CHECK] = { "check", TEXT_APP_CHECK, TEXT_APP_CHECK_OF,
	    TEXT_APP_CHECK, TEXT_APP_CHECK_LEAD, "check",
	    "--papers schede.json", PAGE_FULL },
	[PAGE_APP_KIOSK] = { "kiosk", TEXT_APP_KIOSK, TEXT_APP_KIOSK,
	    TEXT_APP_KIOSK, TEXT_APP_KIOSK_LEAD, NULL, NULL, PAGE_KIOSK },
};

void
page_app_open(struct buf *b, const struct page *p, const char *name,
    const struct page_space *s)
{
	/* Names and slugs need no escaping. */
	buf_printf(b,
	    "<div id=\"app\" data-page=\"%s\" data-slug=\"%s\" "
	    "data-lang=\"%s\" data-urp=\"",
	    name, s != NULL ? s->space->header->slug : "", lang_name(p->lang));
	html_attr(b, page_phone(p));
	buf_str(b, "\"");
	if (p->bundle > 0)
		buf_printf(
		    b, " data-bundle=\"%llu\"", (unsigned long long)p->bundle);
	page_assets_data(b);
	buf_str(b, ">\n");
}

static void
when(struct buf *b, const struct page *p, const struct page_space *s)
{
	const struct header *h = s->space->header;
	char date[2][FORMAT_CHARS];
	enum text key = TEXT_APP_BOOTH_OVER;

	format_date(p->lang, h->participation.from, date[0]);
	format_date(p->lang, h->participation.to, date[1]);
	if (s->phase == SPACE_CANCELLED)
		key = TEXT_APP_BOOTH_CANCELLED;
	else if (s->phase < SPACE_OPEN)
		key = TEXT_APP_BOOTH_FROM;
	else if (s->phase == SPACE_OPEN)
		key = TEXT_APP_BOOTH_UNTIL;
	if (key == TEXT_APP_BOOTH_UNTIL || key == TEXT_APP_BOOTH_OVER)
		memcpy(date[0], date[1], sizeof(date[0]));
	buf_str(b, "<p><strong>");
	page_fill(b, p, key, (const char *[4]){ date[0], date[1], "", "" });
	buf_str(b, "</strong></p>\n");
}

static void
facts(struct buf *b, const struct page *p, const struct page_space *s)
{
	const struct form *f = s->space->form;

	buf_str(b, "<div class=\"rule\">\n");
	when(b, p, s);
	if (f != NULL) {
		page_ballot_words(b, p, &f->ballot);
		page_element(b, p, "p",
		    s->space->header->seq_limit > 0 ? TEXT_BALLOT_CHANGE
						    : TEXT_BALLOT_FINAL);
	}
	buf_str(b, "</div>\n");
}

static void
command(struct buf *b, const struct page *p, enum page_app app,
    const struct page_space *s)
{
	/* But for collecting it needs to be told which vote. */
	if (apps[app].verb == NULL || (s == NULL && app != PAGE_APP_COLLECT))
		return;
	buf_str(b, "<p>");
	page_fill(b, p, TEXT_APP_NOSCRIPT_PROGRAM,
	    (const char *[4]){ "partecipa", "", "", "" });
	buf_printf(b, "</p>\n<pre><code>partecipa resident %s%s%s %s --server ",
	    apps[app].verb, s != NULL ? " " : "",
	    s != NULL ? s->space->header->slug : "", apps[app].rest);
	page_server(b, p);
	buf_str(b, "</code></pre>\n");
}

/* Other ways, for whoever has no script: nobody is left standing there. */
static void
without(struct buf *b, const struct page *p, enum page_app app,
    const struct page_space *s)
{
	buf_str(b, "<noscript>\n<div class=\"fact warn\">\n");
	page_element(b, p, "h2", TEXT_APP_NOSCRIPT);
	page_element(b, p, "p", TEXT_APP_NOSCRIPT_WHY);
	buf_str(b, "<ul>\n");
	page_element(b, p, "li", TEXT_APP_NOSCRIPT_ON);
	page_element(b, p, "li", TEXT_APP_NOSCRIPT_DESK);
	if (page_phone(p)[0] != '\0') {
		buf_str(b, "<li>");
		page_fill(b, p, TEXT_APP_NOSCRIPT_CALL,
		    (const char *[4]){ page_phone(p), "", "", "" });
		buf_str(b, "</li>\n");
	}
	buf_str(b, "</ul>\n");
	command(b, p, app, s);
	buf_str(b, "</div>\n</noscript>\n");
}

void
page_app(struct buf *b, const struct page *p, enum page_app app,
    const struct page_space *s)
{
	const char *of =
	    s != NULL ? page_title_of(p, s->space->header->titles) : "";
	struct page_parent parent = { NULL, of };
	struct buf title = { 0 };
	struct page page = *p;
	char path[SLUG_MAX + 32];

	page.script = apps[app].name;
	page.crumb = text_of(apps[app].below, p->lang);
	page.frame = apps[app].frame;
	if (s != NULL)
		snprintf(
		    path, sizeof(path), "/spazi/%s", s->space->header->slug);
	parent.path = path;
	page_fill_raw(&title, &page, s != NULL ? apps[app].of : apps[app].title,
	    (const char *[4]){ of, "", "", "" });
	page_open(b, &page, buf_text(&title) != NULL ? buf_text(&title) : "",
	    s != NULL ? &parent : NULL);
	page_app_open(b, &page, apps[app].name, s);
	buf_str(b, "<h1>");
	page_bdi(b, buf_text(&title) != NULL ? buf_text(&title) : "");
	buf_str(b, "</h1>\n<p class=\"lead\">");
	page_text(b, &page, apps[app].lead);
	buf_str(b, "</p>\n");
	if (app == PAGE_APP_BOOTH && s != NULL)
		facts(b, &page, s);
	without(b, &page, app, s);
	buf_str(b, "</div>\n");
	page_end(b, &page);
	buf_free(&title);
}
