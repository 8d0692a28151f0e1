#include <string.h>

#include "html.h"

#include "page.h"

static void
list(struct buf *b, const struct page *p, enum text title,
    const enum text *items, size_t n)
{
	size_t i;

	buf_str(b, "<section>\n");
	page_element(b, p, "h2", title);
	buf_str(b, "<ul>\n");
	for (i = 0; i < n; i++)
		page_element(b, p, "li", items[i]);
	buf_str(b, "</ul>\n</section>\n");
}

void
page_privacy(struct buf *b, const struct page *p)
{
	static const enum text yes[] = { TEXT_PRIVACY_YES_1, TEXT_PRIVACY_YES_2,
		TEXT_PRIVACY_YES_3, TEXT_PRIVACY_YES_4, TEXT_PRIVACY_YES_5 };
	static const enum text no[] = { TEXT_PRIVACY_NO_1, TEXT_PRIVACY_NO_2,
		TEXT_PRIVACY_NO_3, TEXT_PRIVACY_NO_4, TEXT_PRIVACY_NO_5,
		TEXT_PRIVACY_NO_6, TEXT_PRIVACY_NO_7 };
	static const enum text data[] = { TEXT_PRIVACY_DATA_1,
		TEXT_PRIVACY_DATA_2 };

	page_begin(b, p, text_of(TEXT_PRIVACY_TITLE, p->lang));
	buf_str(b, "<p class=\"lead\">");
	page_text(b, p, TEXT_PRIVACY_LEAD);
	buf_str(b, "</p>\n");
	list(b, p, TEXT_PRIVACY_YES, yes, sizeof(yes) / sizeof(yes[0]));
	list(b, p, TEXT_PRIVACY_NO, no, sizeof(no) / sizeof(no[0]));
	list(b, p, TEXT_PRIVACY_DATA, data, sizeof(data) / sizeof(data[0]));
	page_end(b, p);
}

void
page_verify(struct buf *b, const struct page *p, const char *vkey,
    const char *checkpoint)
{
	page_begin(b, p, text_of(TEXT_VERIFY_TITLE, p->lang));
	buf_str(b, "<p class=\"lead\">");
	page_text(b, p, TEXT_VERIFY_LEAD);
	buf_str(b, "</p>\n<section>\n");
	page_element(b, p, "h2", TEXT_VERIFY_HOW);
	buf_str(b, "<p>");
	page_fill(b, p, TEXT_VERIFY_COMMAND,
	    (const char *[4]){ "partecipa-audit", "", "", "" });
	buf_str(b, "</p>\n<pre><code>partecipa-audit verify ");
	page_server(b, p);
	buf_str(b, "</code></pre>\n");
	page_element(b, p, "p", TEXT_VERIFY_WHAT);
	buf_str(b, "</section>\n<section>\n");
	page_element(b, p, "h2", TEXT_VERIFY_KEY);
	page_element(b, p, "p", TEXT_VERIFY_KEY_WHY);
	buf_str(b, "<pre><code>");
	html_text(b, vkey);
	buf_str(b, "</code></pre>\n</section>\n<section>\n");
	page_element(b, p, "h2", TEXT_VERIFY_HEAD);
	page_element(b, p, "p", TEXT_VERIFY_HEAD_WHY);
	buf_str(b, "<pre><code>");
	html_text(b, checkpoint);
	buf_str(b, "</code></pre>\n</section>\n");
	page_end(b, p);
}

void
page_problem(struct buf *b, const struct req *q, const struct problem_row *row)
{
	struct page p = { q->lang, q->lang_asked, "/", NULL, "", 0 };

	page_begin(b, &p, row->title[q->lang]);
	buf_str(b, "<p class=\"lead\">");
	html_text(b, row->detail[q->lang]);
	buf_str(b, "</p>\n<p>");
	page_link(b, &p, "/", TEXT_PROBLEM_BACK);
	buf_str(b, "</p>\n");
	page_end(b, &p);
}
