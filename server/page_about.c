#include "html.h"
#include "site.h"

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

static void
owner(struct buf *b, const struct page *p)
{
	if (p->town != NULL) {
		buf_str(b, "<p>");
		page_fill(b, p, TEXT_PRIVACY_OWNER,
		    (const char *[4]){ p->town, "", "", "" });
		buf_str(b, "</p>\n");
	}
	if (p->site != NULL && p->site->privacy_url[0] != '\0') {
		buf_str(b, "<p><a href=\"");
		html_attr(b, p->site->privacy_url);
		buf_str(b, "\">");
		page_text(b, p, TEXT_PRIVACY_NOTICE);
		buf_str(b, "</a></p>\n");
	}
}

void
page_privacy(struct buf *b, const struct page *p)
{
	static const enum text yes[] = { TEXT_PRIVACY_YES_1, TEXT_PRIVACY_YES_2,
		TEXT_PRIVACY_YES_3, TEXT_PRIVACY_YES_4, TEXT_PRIVACY_YES_5,
		TEXT_PRIVACY_YES_6 };
	static const enum text no[] = { TEXT_PRIVACY_NO_1, TEXT_PRIVACY_NO_2,
		TEXT_PRIVACY_NO_3, TEXT_PRIVACY_NO_4, TEXT_PRIVACY_NO_5,
		TEXT_PRIVACY_NO_6, TEXT_PRIVACY_NO_7, TEXT_PRIVACY_NO_8,
		TEXT_PRIVACY_NO_9, TEXT_PRIVACY_NO_10, TEXT_PRIVACY_NO_11,
		TEXT_PRIVACY_NO_12, TEXT_PRIVACY_NO_13, TEXT_PRIVACY_NO_14 };
	static const enum text data[] = { TEXT_PRIVACY_DATA_1,
		TEXT_PRIVACY_DATA_2, TEXT_PRIVACY_DATA_3 };

	page_begin(b, p, text_of(TEXT_PRIVACY_TITLE, p->lang));
	buf_str(b, "<p class=\"lead\">");
	page_text(b, p, TEXT_PRIVACY_LEAD);
	buf_str(b, "</p>\n");
	list(b, p, TEXT_PRIVACY_YES, yes, sizeof(yes) / sizeof(yes[0]));
	list(b, p, TEXT_PRIVACY_NO, no, sizeof(no) / sizeof(no[0]));
	list(b, p, TEXT_PRIVACY_DATA, data, sizeof(data) / sizeof(data[0]));
	owner(b, p);
	page_end(b, p);
}
