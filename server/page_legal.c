#include "html.h"
#include "site.h"

#include "page.h"

static void
part(struct buf *b, const struct page *p, enum text title, enum text text)
{
	buf_str(b, "<section>\n");
	page_element(b, p, "h2", title);
	page_element(b, p, "p", text);
}

static void
link_p(struct buf *b, const struct page *p, const char *url, enum text key)
{
	buf_str(b, "<p><a href=\"");
	html_attr(b, url);
	buf_str(b, "\">");
	page_text(b, p, key);
	buf_str(b, "</a></p>\n");
}

static void
accessibility(struct buf *b, const struct page *p)
{
	const char *statement = p->site ? p->site->accessibility_url : "";
	const char *feedback = p->site ? p->site->feedback : "";

	part(b, p, TEXT_LEGAL_ACCESSIBILITY, TEXT_LEGAL_ACCESSIBILITY_TEXT);
	if (statement[0] != '\0')
		link_p(b, p, statement, TEXT_FOOT_ACCESSIBILITY);
	else
		page_element(b, p, "p", TEXT_FOOT_ACCESSIBILITY_NONE);
	if (feedback[0] != '\0')
		link_p(b, p, feedback, TEXT_FOOT_FEEDBACK);
	if (page_phone(p)[0] != '\0') {
		buf_str(b, "<p>");
		page_text(b, p, TEXT_URP_PHONE);
		buf_str(b, " ");
		page_phone_link(b, p);
		buf_str(b, "</p>\n");
	}
	buf_str(b, "</section>\n");
}

void
page_legal(struct buf *b, const struct page *p)
{
	const char *source = p->site ? p->site->source_url : "";

	page_begin(b, p, text_of(TEXT_LEGAL_TITLE, p->lang));
	buf_str(b, "<p class=\"lead\">");
	page_text(b, p, TEXT_LEGAL_LEAD);
	buf_str(b, "</p>\n<section>\n");
	page_element(b, p, "h2", TEXT_LEGAL_OWNER);
	buf_str(b, "<p>");
	page_fill(b, p, TEXT_LEGAL_OWNER_TEXT,
	    (const char *[4]){
		p->town != NULL ? p->town : text_of(TEXT_SITE, p->lang), "", "",
		"" });
	buf_str(b, "</p>\n</section>\n");
	part(b, p, TEXT_LEGAL_LICENSE, TEXT_LEGAL_LICENSE_TEXT);
	page_element(b, p, "p", TEXT_LEGAL_PHOTOS);
	link_p(b, p,
	    p->lang == LANG_IT
		? "https://creativecommons.org/licenses/by/4.0/deed.it"
		: "https://creativecommons.org/licenses/by/4.0/deed.en",
	    TEXT_LEGAL_LICENSE_LINK);
	buf_str(b, "</section>\n");
	part(b, p, TEXT_LEGAL_VALUE, TEXT_LEGAL_VALUE_TEXT);
	buf_str(b, "</section>\n");
	accessibility(b, p);
	part(b, p, TEXT_LEGAL_SOURCE, TEXT_LEGAL_SOURCE_TEXT);
	if (source[0] != '\0')
		link_p(b, p, source, TEXT_FOOT_SOURCE);
	else
		page_element(b, p, "p", TEXT_LEGAL_SOURCE_NONE);
	buf_str(b, "</section>\n");
	page_end(b, p);
}
