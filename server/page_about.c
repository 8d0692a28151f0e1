#include <string.h>

#include "format.h"
#include "hex.h"
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
		TEXT_PRIVACY_YES_3, TEXT_PRIVACY_YES_4, TEXT_PRIVACY_YES_5,
		TEXT_PRIVACY_YES_6 };
	static const enum text no[] = { TEXT_PRIVACY_NO_1, TEXT_PRIVACY_NO_2,
		TEXT_PRIVACY_NO_3, TEXT_PRIVACY_NO_4, TEXT_PRIVACY_NO_5,
		TEXT_PRIVACY_NO_6, TEXT_PRIVACY_NO_7, TEXT_PRIVACY_NO_8 };
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

/* Every version of the web client, the newest first. */
static void
bundles(struct buf *b, const struct page *p, const struct page_log *log)
{
	char number[FORMAT_CHARS], hex[2 * HASH_BYTES + 1];
	size_t i;

	if (log->n_bundles == 0)
		return;
	buf_str(b, "<section>\n");
	page_element(b, p, "h2", TEXT_VERIFY_BUNDLES);
	page_element(b, p, "p", TEXT_VERIFY_BUNDLES_WHY);
	buf_str(b, "<ul>\n");
	for (i = log->n_bundles; i-- > 0;) {
		format_count(p->lang, log->bundles[i].index, number);
		hex_encode(hash_slice(&log->bundles[i].manifest), hex);
		buf_printf(b,
		    "<li><a href=\"/api/v1/objects/%s\"><code>%s</code></a> ",
		    hex, hex);
		page_fill(b, p, TEXT_VERIFY_BUNDLE,
		    (const char *[4]){ number, "", "", "" });
		buf_str(b, "</li>\n");
	}
	buf_str(b, "</ul>\n</section>\n");
}

void
page_verify(struct buf *b, const struct page *p, const struct page_log *log)
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
	html_text(b, log->vkey);
	buf_str(b, "</code></pre>\n</section>\n<section>\n");
	page_element(b, p, "h2", TEXT_VERIFY_HEAD);
	page_element(b, p, "p", TEXT_VERIFY_HEAD_WHY);
	buf_str(b, "<pre><code>");
	html_text(b, log->checkpoint);
	buf_str(b, "</code></pre>\n</section>\n");
	bundles(b, p, log);
	page_end(b, p);
}
