#include "html.h"
#include "site.h"

#include "page.h"

/* What a reader can do, by the kind of problem. */
static enum text
advice(const struct problem_row *row)
{
	if (row->status == 404)
		return TEXT_PROBLEM_DO_NOT_FOUND;
	if (row->status >= 500)
		return TEXT_PROBLEM_DO_LATER;
	return TEXT_PROBLEM_DO_BACK;
}

void
page_problem(struct buf *b, const struct req *q, const struct problem_row *row)
{
	struct page p = { .lang = q->lang,
		.lang_asked = q->lang_asked,
		.host = "",
		.site = q->site };

	if (q->site != NULL) {
		p.town = q->site->town;
		p.rehearsal = q->site->rehearsal;
	}
	page_begin(b, &p, row->title[q->lang]);
	buf_str(b, "<p class=\"lead\">");
	html_text(b, row->detail[q->lang]);
	buf_str(b, "</p>\n");
	page_element(b, &p, "h2", TEXT_PROBLEM_DO);
	buf_str(b, "<ul>\n");
	page_element(b, &p, "li", advice(row));
	buf_str(b, "<li>");
	if (page_phone(&p)[0] != '\0')
		page_fill(b, &p, TEXT_PROBLEM_DO_CALL,
		    (const char *[4]){ page_phone(&p), "", "", "" });
	else
		page_text(b, &p, TEXT_PROBLEM_DO_ASK);
	buf_str(b, "</li>\n</ul>\n<p class=\"actions\">"
		   "<a class=\"btn btn-primary\"");
	page_href(b, &p, "/");
	buf_str(b, ">");
	page_text(b, &p, TEXT_PROBLEM_BACK);
	buf_str(b, "</a></p>\n");
	page_end(b, &p);
}
