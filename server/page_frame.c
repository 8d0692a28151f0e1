#include <string.h>

#include "hash.h"
#include "hex.h"
#include "html.h"
#include "page_assets.h"
#include "site.h"
#include "static.h"

#include "page.h"

/* What stands around every page: head, mastheads, way, foot. */

static const struct site nothing = { .town = NULL,
	.urp_name = "",
	.urp_phone = "",
	.urp_email = "",
	.urp_address = "",
	.accessibility_url = "",
	.privacy_url = "",
	.transparency_url = "",
	.town_url = "",
	.feedback = "",
	.source_url = "" };

static const struct site *
site_of(const struct page *p)
{
	return p->site != NULL ? p->site : &nothing;
}

static const char *
town_of(const struct page *p)
{
	return p->town != NULL ? p->town : site_of(p)->town;
}

const char *
page_phone(const struct page *p)
{
	return site_of(p)->urp_phone;
}

void
page_phone_link(struct buf *b, const struct page *p)
{
	char link[SITE_PHONE_CHARS];

	site_phone_link(page_phone(p), link);
	buf_printf(b, "<a href=\"tel:%s\">", link);
	html_text(b, page_phone(p));
	buf_str(b, "</a>");
}

/* An address of somebody else's, as site.json has it. */
static void
out_link(struct buf *b, const struct page *p, const char *url, const char *duty,
    enum text key)
{
	buf_str(b, "<a href=\"");
	html_attr(b, url);
	buf_str(b, "\"");
	if (duty != NULL)
		buf_printf(b, " data-element=\"%s\"", duty);
	buf_str(b, ">");
	page_text(b, p, key);
	buf_str(b, "</a>");
}

/* --- Head ------------------------------------------------------------------*/

static void
head(struct buf *b, const struct page *p, const char *title)
{
	buf_printf(b,
	    "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, "
	    "initial-scale=1\">\n"
	    "<meta name=\"theme-color\" content=\"#0066cc\">\n<title>",
	    lang_name(p->lang));
	html_text(b, title);
	buf_str(b, " - ");
	html_text(
	    b, town_of(p) != NULL ? town_of(p) : text_of(TEXT_SITE, p->lang));
	buf_str(b, "</title>\n");
	page_assets_head(b);
	if (p->script != NULL)
		page_assets_script(b, p->script, p->lang);
	buf_str(b, p->frame == PAGE_KIOSK ? "</head>\n<body class=\"kiosk\">\n"
					  : "</head>\n<body>\n");
	buf_str(b, "<div class=\"skiplinks\">\n<a href=\"#main\">");
	page_text(b, p, TEXT_SKIP);
	buf_str(b, "</a>\n<a href=\"#footer\">");
	page_text(b, p, TEXT_SKIP_FOOT);
	buf_str(b, "</a>\n</div>\n");
}

/* The municipality, its help desk, the other language. */
static void
slim(struct buf *b, const struct page *p)
{
	enum lang other = p->lang == LANG_IT ? LANG_EN : LANG_IT;
	const char *town_url = site_of(p)->town_url;
	char link[SITE_PHONE_CHARS];

	if (p->frame == PAGE_KIOSK)
		town_url = "";
	buf_str(b, "<div class=\"it-header-slim-wrapper\">\n"
		   "<div class=\"container\">\n"
		   "<div class=\"it-header-slim-wrapper-content\">\n");
	if (town_url[0] != '\0') {
		buf_str(b, "<a class=\"navbar-brand\" href=\"");
		html_attr(b, town_url);
		buf_str(b, "\">");
	} else {
		buf_str(b, "<span class=\"navbar-brand\">");
	}
	page_bdi(
	    b, town_of(p) != NULL ? town_of(p) : text_of(TEXT_SITE, p->lang));
	buf_str(b, town_url[0] != '\0' ? "</a>\n" : "</span>\n");
	buf_str(b, "<div class=\"it-header-slim-right-zone\">\n");
	if (page_phone(p)[0] != '\0') {
		site_phone_link(page_phone(p), link);
		buf_printf(b, "<a href=\"tel:%s\">", link);
		page_fill(b, p, TEXT_URP_CALL,
		    (const char *[4]){ page_phone(p), "", "", "" });
		buf_str(b, "</a>\n");
	}
	buf_str(b, "<a href=\"");
	html_attr(b, p->path != NULL ? p->path : "/");
	/* The name of the other language is written in that language. */
	buf_printf(b, "?lang=%s\" lang=\"%s\" hreflang=\"%s\">",
	    lang_name(other), lang_name(other), lang_name(other));
	page_text(b, p, TEXT_LANGUAGE);
	buf_str(b, "</a>\n</div>\n</div>\n</div>\n</div>\n");
}

static void
center(struct buf *b, const struct page *p)
{
	const json_t *tagline = site_of(p)->tagline;

	buf_str(b, "<div class=\"it-header-center-wrapper\">\n"
		   "<div class=\"container\">\n"
		   "<div class=\"it-header-center-content-wrapper\">\n"
		   "<div class=\"it-brand-wrapper\">\n<a");
	page_href(b, p, p->frame == PAGE_KIOSK ? "/kiosk" : "/");
	buf_str(b, "><img class=\"icon\" src=\"");
	page_assets_url(b, "logo.svg");
	buf_str(b, "\" alt=\"\" width=\"48\" height=\"48\">"
		   "<span class=\"it-brand-text\">"
		   "<span class=\"it-brand-title\">");
	page_text(b, p, TEXT_SITE);
	buf_str(b, "</span> <span class=\"it-brand-tagline\">");
	if (tagline != NULL)
		html_text(b, page_title_of(p, tagline));
	else
		page_text(b, p, TEXT_TAGLINE);
	buf_str(b, "</span></span></a>\n</div>\n</div>\n</div>\n</div>\n");
}

static void
nav_item(struct buf *b, const struct page *p, const char *path, enum text key)
{
	int here = p->path != NULL && strcmp(path, p->path) == 0;

	buf_str(b, "<li class=\"nav-item\"><a class=\"nav-link");
	buf_str(b, here ? " active\" aria-current=\"page\"" : "\"");
	page_href(b, p, path);
	buf_str(b, ">");
	page_text(b, p, key);
	buf_str(b, "</a></li>\n");
}

static void
nav(struct buf *b, const struct page *p)
{
	buf_str(b, "<nav class=\"it-header-navbar-wrapper\" aria-label=\"");
	html_attr(b, text_of(TEXT_NAV, p->lang));
	buf_str(b, "\">\n<div class=\"container\">\n<ul class=\"nav\">\n");
	nav_item(b, p, "/", TEXT_NAV_HOME);
	nav_item(b, p, "/come-funziona", TEXT_NAV_HOW);
	nav_item(b, p, "/tessere", TEXT_NAV_PAPERS);
	nav_item(b, p, "/verifica", TEXT_NAV_VERIFY);
	nav_item(b, p, "/privacy", TEXT_NAV_PRIVACY);
	buf_str(b, "</ul>\n</div>\n</nav>\n");
}

/* From the home page to here, over one page at most. */
static void
way(struct buf *b, const struct page *p, const char *title,
    const struct page_parent *parent)
{
	static const char slash[] =
	    "<span class=\"separator\" aria-hidden=\"true\">/</span></li>\n";

	if (p->frame == PAGE_KIOSK ||
	    (p->path != NULL && strcmp(p->path, "/") == 0))
		return;
	buf_str(b, "<nav class=\"breadcrumb-container container\" "
		   "aria-label=\"");
	html_attr(b, text_of(TEXT_BREADCRUMB, p->lang));
	buf_str(b, "\">\n<ol class=\"breadcrumb\">\n"
		   "<li class=\"breadcrumb-item\">");
	page_link(b, p, "/", TEXT_NAV_HOME);
	buf_str(b, slash);
	if (parent != NULL) {
		buf_str(b, "<li class=\"breadcrumb-item\"><a");
		page_href(b, p, parent->path);
		buf_str(b, ">");
		page_bdi(b, parent->title);
		buf_str(b, "</a>");
		buf_str(b, slash);
	}
	buf_str(b, "<li class=\"breadcrumb-item active\" "
		   "aria-current=\"page\"><span>");
	page_bdi(b, p->crumb != NULL ? p->crumb : title);
	buf_str(b, "</span></li>\n</ol>\n</nav>\n");
}

void
page_open(struct buf *b, const struct page *p, const char *title,
    const struct page_parent *parent)
{
	head(b, p, title);
	buf_str(b, "<header class=\"it-header-wrapper\">\n");
	slim(b, p);
	center(b, p);
	if (p->frame == PAGE_FULL)
		nav(b, p);
	buf_str(b, "</header>\n");
	if (p->rehearsal) {
		buf_str(b, "<aside class=\"rehearsal\" "
			   "aria-labelledby=\"rehearsal\">"
			   "<p class=\"container\" id=\"rehearsal\">");
		page_text(b, p, TEXT_REHEARSAL);
		buf_str(b, "</p></aside>\n");
	}
	way(b, p, title, parent);
	buf_str(b, "<main id=\"main\" class=\"page\" tabindex=\"-1\">\n");
}

void
page_begin_under(struct buf *b, const struct page *p, const char *title,
    const struct page_parent *parent)
{
	page_open(b, p, title, parent);
	buf_str(b, "<h1>");
	page_bdi(b, title);
	buf_str(b, "</h1>\n");
}

void
page_begin(struct buf *b, const struct page *p, const char *title)
{
	page_begin_under(b, p, title, NULL);
}

/* --- Foot ------------------------------------------------------------------*/

static void
labelled(struct buf *b, const struct page *p, enum text key)
{
	page_text(b, p, key);
	buf_str(b, " ");
}

static void
desk(struct buf *b, const struct page *p)
{
	const struct site *s = site_of(p);

	page_element(b, p, "h2", TEXT_FOOT_HELP);
	buf_str(b, "<address>\n<p>");
	if (s->urp_name[0] != '\0')
		page_bdi(b, s->urp_name);
	else
		page_text(b, p, TEXT_URP);
	buf_str(b, "</p>\n");
	if (s->urp_phone[0] != '\0') {
		buf_str(b, "<p>");
		labelled(b, p, TEXT_URP_PHONE);
		page_phone_link(b, p);
		buf_str(b, "</p>\n");
	} else {
		page_element(b, p, "p", TEXT_URP_NONE);
	}
	if (s->urp_email[0] != '\0') {
		buf_str(b, "<p>");
		labelled(b, p, TEXT_URP_EMAIL);
		buf_str(b, "<a href=\"mailto:");
		html_url(b, s->urp_email);
		buf_str(b, "\">");
		html_text(b, s->urp_email);
		buf_str(b, "</a></p>\n");
	}
	if (s->urp_hours != NULL) {
		buf_str(b, "<p>");
		labelled(b, p, TEXT_URP_HOURS);
		html_text(b, page_title_of(p, s->urp_hours));
		buf_str(b, "</p>\n");
	}
	if (s->urp_address[0] != '\0') {
		buf_str(b, "<p>");
		page_bdi(b, s->urp_address);
		buf_str(b, "</p>\n");
	}
	buf_str(b, "</address>\n");
}

static void
item(struct buf *b, const struct page *p, const char *path, enum text key)
{
	buf_str(b, "<li>");
	page_link(b, p, path, key);
	buf_str(b, "</li>\n");
}

/* Where to tell what does not work: a form or address, else the telephone. */
static void
disservizio(struct buf *b, const struct page *p)
{
	const struct site *s = site_of(p);

	buf_str(b, "<li>");
	if (s->feedback[0] != '\0')
		out_link(b, p, s->feedback, "report-inefficiency",
		    TEXT_FOOT_DISSERVIZIO);
	else if (s->urp_phone[0] != '\0')
		page_fill(b, p, TEXT_FOOT_DISSERVIZIO_CALL,
		    (const char *[4]){ s->urp_phone, "", "", "" });
	else
		page_text(b, p, TEXT_FOOT_DISSERVIZIO_NONE);
	buf_str(b, "</li>\n");
}

static void
service(struct buf *b, const struct page *p)
{
	const struct site *s = site_of(p);

	page_element(b, p, "h2", TEXT_FOOT_SERVICE);
	buf_str(b, "<div class=\"link-list-wrapper\">\n<ul>\n");
	item(b, p, "/come-funziona", TEXT_NAV_HOW);
	item(b, p, "/ritira", TEXT_FOOT_COLLECT);
	item(b, p, "/controlla", TEXT_FOOT_CHECK);
	disservizio(b, p);
	if (s->transparency_url[0] != '\0') {
		buf_str(b, "<li>");
		out_link(
		    b, p, s->transparency_url, NULL, TEXT_FOOT_TRANSPARENCY);
		buf_str(b, "</li>\n");
	}
	buf_str(b, "</ul>\n</div>\n");
}

/* The page of ours, or the municipality's own. */
static void
duty(struct buf *b, const struct page *p, const char *element, const char *url,
    const char *path, enum text key)
{
	buf_str(b, "<li>");
	if (url[0] != '\0') {
		out_link(b, p, url, element, key);
	} else {
		buf_printf(b, "<a data-element=\"%s\"", element);
		page_href(b, p, path);
		buf_str(b, ">");
		page_text(b, p, key);
		buf_str(b, "</a>");
	}
	buf_str(b, "</li>\n");
}

static void
duties(struct buf *b, const struct page *p)
{
	const struct site *s = site_of(p);

	buf_str(b, "<nav aria-label=\"");
	html_attr(b, text_of(TEXT_FOOT_DUTIES, p->lang));
	buf_str(b, "\">\n<ul class=\"it-footer-small-prints-list\">\n");
	duty(b, p, "privacy-policy-link", s->privacy_url, "/privacy",
	    TEXT_FOOT_PRIVACY);
	duty(b, p, "legal-notes", "", "/note-legali", TEXT_FOOT_LEGAL);
	if (s->accessibility_url[0] != '\0')
		duty(b, p, "accessibility-link", s->accessibility_url, "",
		    TEXT_FOOT_ACCESSIBILITY);
	else
		page_element(b, p, "li", TEXT_FOOT_ACCESSIBILITY_NONE);
	if (s->feedback[0] != '\0') {
		buf_str(b, "<li>");
		out_link(b, p, s->feedback, NULL, TEXT_FOOT_FEEDBACK);
		buf_str(b, "</li>\n");
	}
	if (s->source_url[0] != '\0') {
		buf_str(b, "<li>");
		out_link(b, p, s->source_url, NULL, TEXT_FOOT_SOURCE);
		buf_str(b, "</li>\n");
	} else {
		item(b, p, "/note-legali", TEXT_FOOT_SOURCE);
	}
	buf_str(b, "</ul>\n</nav>\n");
}

/* What this server hands out, to be held against the log on /verifica. */
static void
bundle(struct buf *b, const struct page *p)
{
	char hex[2 * HASH_BYTES + 1];
	struct hash h;

	hash_bytes(static_manifest, &h);
	hex_encode(hash_slice(&h), hex);
	buf_str(b, "<p class=\"hash\">");
	page_text(b, p, TEXT_FOOT_BUNDLE);
	buf_str(b, " <a");
	page_href(b, p, "/verifica");
	buf_printf(b, "><code>%s</code></a></p>\n", hex);
}

static void
kiosk_foot(struct buf *b, const struct page *p)
{
	buf_str(b, "<p>");
	if (page_phone(p)[0] != '\0')
		page_fill(b, p, TEXT_KIOSK_HELP,
		    (const char *[4]){ page_phone(p), "", "", "" });
	else
		page_text(b, p, TEXT_KIOSK_HELP_NONE);
	buf_str(b, "</p>\n");
	page_element(b, p, "p", TEXT_FOOT);
}

void
page_end(struct buf *b, const struct page *p)
{
	buf_str(b, "</main>\n<footer id=\"footer\" class=\"it-footer\" "
		   "tabindex=\"-1\">\n<div class=\"it-footer-main\">\n"
		   "<div class=\"container\">\n");
	if (p->frame == PAGE_KIOSK) {
		kiosk_foot(b, p);
		buf_str(b, "</div>\n</div>\n</footer>\n</body>\n</html>\n");
		return;
	}
	buf_str(b, "<div class=\"row\">\n<section>\n");
	desk(b, p);
	buf_str(b, "</section>\n<section>\n");
	service(b, p);
	buf_str(b, "</section>\n<section>\n");
	page_element(b, p, "h2", TEXT_FOOT_TRUST);
	page_element(b, p, "p", TEXT_FOOT);
	page_element(b, p, "p", TEXT_FOOT_COOKIES);
	buf_str(b, "</section>\n</div>\n</div>\n</div>\n"
		   "<div class=\"it-footer-small-prints\">\n"
		   "<div class=\"container\">\n");
	duties(b, p);
	bundle(b, p);
	buf_str(b, "</div>\n</div>\n</footer>\n</body>\n</html>\n");
}
