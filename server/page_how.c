#include "html.h"
#include "page_assets.h"

#include "page.h"

/* Each picture is ours (web/static); what it shows is said beside it too. */
static const struct {
	const char *file;
	enum text alt;
	enum text title;
	enum text text;
} steps[] = {
	{ "how-1.svg", TEXT_HOW_PICTURE_1, TEXT_HOW_STEP_1, TEXT_HOW_TEXT_1 },
	{ "how-2.svg", TEXT_HOW_PICTURE_2, TEXT_HOW_STEP_2, TEXT_HOW_TEXT_2 },
	{ "how-3.svg", TEXT_HOW_PICTURE_3, TEXT_HOW_STEP_3, TEXT_HOW_TEXT_3 },
	{ "how-4.svg", TEXT_HOW_PICTURE_4, TEXT_HOW_STEP_4, TEXT_HOW_TEXT_4 },
	{ "how-5.svg", TEXT_HOW_PICTURE_5, TEXT_HOW_STEP_5, TEXT_HOW_TEXT_5 },
	{ "how-6.svg", TEXT_HOW_PICTURE_6, TEXT_HOW_STEP_6, TEXT_HOW_TEXT_6 },
};

static const struct {
	enum text question;
	enum text answer;
} questions[] = {
	{ TEXT_HOW_Q_LETTER, TEXT_HOW_A_LETTER },
	{ TEXT_HOW_Q_COMPUTER, TEXT_HOW_A_COMPUTER },
	{ TEXT_HOW_Q_CHANGE, TEXT_HOW_A_CHANGE },
	{ TEXT_HOW_Q_SECRET, TEXT_HOW_A_SECRET },
};

void
page_how(struct buf *b, const struct page *p)
{
	size_t i;

	page_begin(b, p, text_of(TEXT_HOW_TITLE, p->lang));
	buf_str(b, "<p class=\"lead\">");
	page_text(b, p, TEXT_HOW_LEAD);
	buf_str(b, "</p>\n<ol class=\"pictures\">\n");
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		buf_str(b, "<li>\n<img src=\"");
		page_assets_url(b, steps[i].file);
		buf_str(b, "\" width=\"320\" height=\"200\" alt=\"");
		html_attr(b, text_of(steps[i].alt, p->lang));
		buf_printf(b, "\">\n<h2>%u. ", (unsigned)i + 1);
		page_text(b, p, steps[i].title);
		buf_str(b, "</h2>\n");
		page_element(b, p, "p", steps[i].text);
		buf_str(b, "</li>\n");
	}
	buf_str(b, "</ol>\n<section>\n");
	page_element(b, p, "h2", TEXT_HOW_QUESTIONS);
	for (i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		buf_str(b, "<details>\n");
		page_element(b, p, "summary", questions[i].question);
		page_element(b, p, "p", questions[i].answer);
		buf_str(b, "</details>\n");
	}
	buf_str(b, "</section>\n<p class=\"actions\"><a "
		   "class=\"btn btn-primary\"");
	page_href(b, p, "/ritira");
	buf_str(b, ">");
	page_text(b, p, TEXT_CTA_COLLECT);
	buf_str(b, "</a> <a class=\"btn btn-outline-primary\"");
	page_href(b, p, "/");
	buf_str(b, ">");
	page_text(b, p, TEXT_PROBLEM_BACK);
	buf_str(b, "</a></p>\n");
	page_end(b, p);
}
