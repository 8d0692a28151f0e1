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
