#include <stdio.h>
#include <string.h>

#include "format.h"
#include "html.h"
#include "rule.h"

#include "page_sealed.h"

static void
fill_p(struct buf *b, const struct page *p, enum text key, const char *a1,
    const char *a2, const char *a3)
{
	buf_str(b, "<p>");
	page_fill(b, p, key, (const char *[4]){ a1, a2, a3, "" });
	buf_str(b, "</p>\n");
}

static void
fill_numbers(struct buf *b, const struct page *p, enum text key, uint64_t n1,
    uint64_t n2, uint64_t n3)
{
	char a[3][FORMAT_CHARS];

	format_count(p->lang, n1, a[0]);
	format_count(p->lang, n2, a[1]);
	format_count(p->lang, n3, a[2]);
	fill_p(b, p, key, a[0], a[1], a[2]);
}

static void
fill_money(
    struct buf *b, const struct page *p, enum text key, const char *decimal)
{
	char a[FORMAT_CHARS];

	format_money(p->lang, decimal, a);
	fill_p(b, p, key, a, "", "");
}

static void
about(struct buf *b, const struct page *p, const struct space *s)
{
	const char *texts = s->form != NULL
				? page_title_of(p, s->form->texts)
				: text_of(TEXT_ABOUT_LATER, p->lang);

	if (texts[0] != '\0') {
		buf_str(b, "<section>\n");
		page_element(b, p, "h2", TEXT_ABOUT);
		html_paragraphs(b, texts);
		buf_str(b, "</section>\n");
	}
	buf_str(b, "<section>\n");
	page_element(b, p, "h2", TEXT_WHO);
	html_paragraphs(b, page_title_of(p, s->header->eligibility));
	if (s->header->min_age > 0)
		fill_numbers(b, p, TEXT_WHO_AGE, s->header->min_age, 0, 0);
	if (s->header->paper)
		page_element(b, p, "p", TEXT_WHO_PAPER);
	buf_str(b, "</section>\n");
}

static void
window_row(
    struct buf *b, const struct page *p, enum text name, const struct window *w)
{
	char from[FORMAT_CHARS], to[FORMAT_CHARS];

	format_date(p->lang, w->from, from);
	format_date(p->lang, w->to, to);
	page_element(b, p, "dt", name);
	buf_str(b, "<dd>");
	page_fill(b, p, TEXT_FROM_TO, (const char *[4]){ from, to, "", "" });
	buf_str(b, "</dd>\n");
}

static void
dates(struct buf *b, const struct page *p, const struct header *h)
{
	buf_str(b, "<section>\n");
	page_element(b, p, "h2", TEXT_WHEN);
	buf_str(b, "<dl>\n");
	window_row(b, p, TEXT_WHEN_ISSUANCE, &h->issuance);
	window_row(b, p, TEXT_WHEN_VOTE, &h->participation);
	buf_str(b, "</dl>\n<p class=\"note\">");
	page_text(b, p, TEXT_WHEN_ZONE);
	buf_str(b, "</p>\n</section>\n");
}

void
page_ballot_words(
    struct buf *b, const struct page *p, const struct ballot_form *f)
{
	switch (f->type) {
	case BALLOT_CHOICE:
		page_element(b, p, "p", TEXT_BALLOT_CHOICE);
		break;
	case BALLOT_BITMAP:
		fill_numbers(b, p,
		    f->max == 1	       ? TEXT_BALLOT_CHOICE
		    : f->min == f->max ? TEXT_BALLOT_EXACT
				       : TEXT_BALLOT_BITMAP,
		    f->min, f->max, 0);
		if (f->max_cost[0] != '\0')
			fill_money(b, p, TEXT_BALLOT_MAX_COST, f->max_cost);
		if (f->min_cost[0] != '\0')
			fill_money(b, p, TEXT_BALLOT_MIN_COST, f->min_cost);
		break;
	case BALLOT_POINTS:
		fill_numbers(
		    b, p, TEXT_BALLOT_POINTS, f->min, f->max, f->option_max);
		fill_numbers(b, p, TEXT_BALLOT_POINTS_TOTAL, f->total_min,
		    f->total_max, 0);
		break;
	case BALLOT_RANKING:
	default:
		fill_numbers(b, p, TEXT_BALLOT_RANKING, f->min, f->max, 0);
		break;
	}
	page_element(b, p, "p", TEXT_BALLOT_BLANK);
}

static void
exclusive_words(
    struct buf *b, const struct page *p, const struct form *f, uint32_t group)
{
	size_t i;

	page_element(b, p, "p", TEXT_RULE_EXCLUSIVE);
	buf_str(b, "<ul>\n");
	for (i = 0; i < f->n_options; i++) {
		if (f->exclusive[i] != group)
			continue;
		buf_str(b, "<li>");
		html_text(b, page_title_of(p, f->options[i].titles));
		buf_str(b, "</li>\n");
	}
	buf_str(b, "</ul>\n");
}

static void
rule_words(struct buf *b, const struct page *p, const struct form *f)
{
	struct rule rule;
	uint32_t group;

	fill_money(b, p, TEXT_BUDGET, f->budget);
	if (rule_parse(f->rule_id, &rule) == OK)
		page_element(b, p, "p",
		    rule.method == RULE_GREEDY	 ? TEXT_RULE_GREEDY
		    : rule.method == RULE_SHARES ? TEXT_RULE_SHARES
						 : TEXT_RULE_PHRAGMEN);
	if (f->compare)
		page_element(b, p, "p", TEXT_RULE_COMPARE);
	for (group = 1; group <= f->n_exclusive; group++)
		exclusive_words(b, p, f, group);
	if (f->n_ties > 0)
		page_element(b, p, "p", TEXT_RULE_TIES);
	buf_str(b, "<p class=\"note\">");
	page_fill(
	    b, p, TEXT_RULE_NAME, (const char *[4]){ f->rule_id, "", "", "" });
	buf_str(b, "</p>\n");
}

static void
rules_part(struct buf *b, const struct page *p, const struct space *s)
{
	if (s->form == NULL)
		return;
	buf_str(b, "<section>\n");
	page_element(b, p, "h2", TEXT_RULES);
	page_ballot_words(b, p, &s->form->ballot);
	page_element(b, p, "p",
	    s->header->seq_limit > 0 ? TEXT_BALLOT_CHANGE : TEXT_BALLOT_FINAL);
	rule_words(b, p, s->form);
	if (s->header->min_open > 1 && s->header->n_trustees == 0)
		fill_numbers(b, p, TEXT_MIN_OPEN, s->header->min_open, 0, 0);
	buf_str(b, "</section>\n");
}

static void
project(struct buf *b, const struct page *p, const struct option *o,
    const int columns[3])
{
	char cost[FORMAT_CHARS];

	format_money(p->lang, o->cost, cost);
	buf_str(b, "<tr>\n<th scope=\"row\">");
	html_text(b, page_title_of(p, o->titles));
	buf_str(b, "</th>\n");
	if (columns[0]) {
		buf_str(b, "<td>");
		html_paragraphs(b, page_title_of(p, o->description));
		buf_str(b, "</td>\n");
	}
	if (columns[1]) {
		buf_str(b, "<td>");
		html_text(b, o->category);
		buf_str(b, "</td>\n");
	}
	if (columns[2]) {
		buf_str(b, "<td>");
		html_text(b, o->place);
		buf_str(b, "</td>\n");
	}
	buf_str(b, "<td class=\"number\">");
	html_text(b, cost);
	buf_str(b, "</td>\n</tr>\n");
}

static void
projects(struct buf *b, const struct page *p, const struct form *f)
{
	int columns[3] = { 0, 0, 0 };
	size_t i;

	if (f == NULL)
		return;
	/* Columns that would be empty are left out. */
	for (i = 0; i < f->n_options; i++) {
		columns[0] |=
		    page_title_of(p, f->options[i].description)[0] != '\0';
		columns[1] |= f->options[i].category[0] != '\0';
		columns[2] |= f->options[i].place[0] != '\0';
	}
	buf_str(b, "<section>\n");
	page_element(b, p, "h2", TEXT_PROJECTS);
	buf_str(b, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		   "aria-labelledby=\"projects\">\n<table>\n"
		   "<caption id=\"projects\">");
	page_text(b, p, TEXT_PROJECTS_CAPTION);
	buf_str(b, "</caption>\n<thead>\n<tr>\n");
	page_column(b, p, TEXT_PROJECT, 0);
	if (columns[0])
		page_column(b, p, TEXT_DESCRIPTION, 0);
	if (columns[1])
		page_column(b, p, TEXT_CATEGORY, 0);
	if (columns[2])
		page_column(b, p, TEXT_PLACE, 0);
	page_column(b, p, TEXT_COST, 1);
	buf_str(b, "</tr>\n</thead>\n<tbody>\n");
	for (i = 0; i < f->n_options; i++)
		project(b, p, &f->options[i], columns);
	buf_str(b, "</tbody>\n</table>\n</div>\n</section>\n");
}

static void
number_row(struct buf *b, const struct page *p, enum text name, uint64_t n)
{
	char a[FORMAT_CHARS];

	format_count(p->lang, n, a);
	page_element(b, p, "dt", name);
	buf_printf(b, "<dd>%s</dd>\n", a);
}

static void
numbers(struct buf *b, const struct page *p, const struct page_space *s)
{
	buf_str(b, "<section>\n");
	page_element(b, p, "h2", TEXT_NUMBERS);
	buf_str(b, "<dl class=\"numbers\">\n");
	number_row(b, p, TEXT_NUMBERS_ROLL, s->space->header->roll_size);
	if (s->issued > 0)
		number_row(b, p, TEXT_NUMBERS_ISSUED, s->issued);
	if (s->phase >= SPACE_OPEN && s->phase != SPACE_CANCELLED)
		number_row(b, p,
		    s->phase == SPACE_OPEN ? TEXT_NUMBERS_CAST
					   : TEXT_NUMBERS_VOTERS,
		    s->cast);
	buf_str(b, "</dl>\n");
	if (s->phase == SPACE_OPEN) {
		buf_str(b, "<p class=\"note\">");
		page_text(b, p, TEXT_NUMBERS_NOTE);
		buf_str(b, "</p>\n");
	}
	buf_str(b, "</section>\n");
}

static void
issuers(struct buf *b, const struct page *p, const struct header *h)
{
	char n[FORMAT_CHARS];
	struct buf names = { 0 };
	size_t i;

	for (i = 0; i < h->n_issuers; i++)
		buf_printf(
		    &names, "%s%s", i > 0 ? ", " : "", h->issuers[i].name);
	format_count(p->lang, h->n_issuers, n);
	if (buf_text(&names) != NULL)
		fill_p(b, p, TEXT_ISSUERS, n, buf_text(&names), "");
	buf_free(&names);
}

static void
how(struct buf *b, const struct page *p, const struct header *h)
{
	static const enum text steps[] = { TEXT_HOW_1, TEXT_HOW_2, TEXT_HOW_3,
		TEXT_HOW_4 };
	size_t i;

	buf_str(b, "<section>\n");
	page_element(b, p, "h2", TEXT_HOW);
	buf_str(b, "<ol>\n");
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		page_element(b, p, "li", steps[i]);
	buf_str(b, "</ol>\n");
	page_element(b, p, "p", TEXT_HOW_LOST);
	if (h->n_issuers > 1)
		issuers(b, p, h);
	fill_p(b, p, TEXT_HOW_PROGRAM, "partecipa", "", "");
	buf_str(b, "<pre><code>partecipa resident collect --server ");
	page_server(b, p);
	buf_printf(b,
	    " --code XXXX-XXXX-XXXX-XXXX-XXXX --out tessere.json\n"
	    "partecipa resident vote %s --server ",
	    h->slug);
	page_server(b, p);
	buf_str(b, " --papers tessere.json --choice 1</code></pre>\n");
	buf_str(b, "</section>\n");
}

static void
document(struct buf *b, const struct page *p, const struct header *h,
    const char *what, enum text key)
{
	buf_printf(b, "<li><a href=\"/api/v1/spaces/%s/%s\">", h->slug, what);
	page_text(b, p, key);
	buf_str(b, "</a></li>\n");
}

static void
documents(struct buf *b, const struct page *p, const struct space *s)
{
	buf_str(b, "<section>\n");
	page_element(b, p, "h2", TEXT_DOCUMENTS);
	buf_str(b, "<ul>\n");
	document(b, p, s->header, "header", TEXT_DOC_HEADER);
	if (s->form != NULL)
		document(b, p, s->header, "form", TEXT_DOC_FORM);
	if (s->form != NULL && s->header->n_trustees > 0)
		document(b, p, s->header, "transcript", TEXT_DOC_TRANSCRIPT);
	if (s->has_result)
		document(b, p, s->header, "result", TEXT_DOC_RESULT);
	buf_str(b, "</ul>\n</section>\n");
}

void
page_space(struct buf *b, const struct page *p, const struct page_space *s)
{
	const struct header *h = s->space->header;
	char path[SLUG_MAX + 32];

	page_begin(b, p, page_title_of(p, h->titles));
	page_phase(b, p, s);
	if (s->phase == SPACE_RESULT) {
		snprintf(path, sizeof(path), "/spazi/%s/risultati", h->slug);
		buf_str(b, "<p class=\"action\">");
		page_link(b, p, path, TEXT_TO_RESULT);
		buf_str(b, "</p>\n");
	}
	about(b, p, s->space);
	dates(b, p, h);
	if (s->phase < SPACE_CLOSING)
		how(b, p, h);
	rules_part(b, p, s->space);
	page_sealed(b, p, s);
	projects(b, p, s->space->form);
	numbers(b, p, s);
	documents(b, p, s->space);
	page_end(b, p);
}
