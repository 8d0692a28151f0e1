#include <stdio.h>
#include <string.h>

#include "format.h"
#include "html.h"
#include "rule.h"

#include "page_projects.h"
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
		buf_str(b, "<div dir=\"auto\">\n");
		html_paragraphs(b, texts);
		buf_str(b, "</div>\n");
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
		page_bdi(b, page_title_of(p, f->options[i].titles));
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

/* For those who use no browser: a program, and what to type. */
static void
program(struct buf *b, const struct page *p, const struct header *h)
{
	buf_str(b, "<details>\n<summary>");
	page_text(b, p, TEXT_HOW_PROGRAM_TITLE);
	buf_str(b, "</summary>\n");
	fill_p(b, p, TEXT_HOW_PROGRAM, "partecipa", "", "");
	buf_str(b, "<pre><code>partecipa resident collect --server ");
	page_server(b, p);
	buf_printf(b,
	    " --code XXXX-XXXX-XXXX-XXXX-XXXX --out tessere.json\n"
	    "partecipa resident vote %s --server ",
	    h->slug);
	page_server(b, p);
	buf_str(b, " --papers tessere.json --choice 1</code></pre>\n"
		   "</details>\n");
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
	program(b, p, h);
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

/* --- What to do now -------------------------------------------------------*/

static void
call(struct buf *b, const struct page *p, const char *path, enum text key,
    int *first)
{
	buf_printf(b, "%s<a class=\"btn %s\"", *first ? "" : " ",
	    *first ? "btn-primary" : "btn-outline-primary");
	page_href(b, p, path);
	buf_str(b, ">");
	page_text(b, p, key);
	buf_str(b, "</a>");
	*first = 0;
}

/* What most want comes first. */
static void
calls(struct buf *b, const struct page *p, const struct page_space *s)
{
	const struct header *h = s->space->header;
	enum space_phase phase = s->phase;
	char path[3][SLUG_MAX + 32];
	int first = 1;

	/* So far only votes are held here. */
	if (h->kind != SPACE_BALLOT || phase == SPACE_ANNOUNCED ||
	    phase == SPACE_WAITING || phase == SPACE_CANCELLED)
		return;
	(void)snprintf(path[0], sizeof(path[0]), "/spazi/%s/vota", h->slug);
	(void)snprintf(
	    path[1], sizeof(path[1]), "/spazi/%s/risultati", h->slug);
	(void)snprintf(
	    path[2], sizeof(path[2]), "/spazi/%s/controlla", h->slug);
	buf_str(b, "<p class=\"actions\">");
	if (phase == SPACE_OPEN)
		call(b, p, path[0], TEXT_CTA_VOTE, &first);
	if (phase == SPACE_ISSUANCE || (phase == SPACE_OPEN && !h->separated))
		call(b, p, "/ritira", TEXT_CTA_COLLECT, &first);
	if (phase == SPACE_RESULT)
		call(b, p, path[1], TEXT_CTA_RESULT, &first);
	if (phase >= SPACE_OPEN)
		call(b, p, path[2], TEXT_CTA_CHECK, &first);
	buf_str(b, "</p>\n");
}

void
page_space(struct buf *b, const struct page *p, const struct page_space *s)
{
	const struct header *h = s->space->header;

	page_begin(b, p, page_title_of(p, h->titles));
	page_phase(b, p, s);
	calls(b, p, s);
	about(b, p, s->space);
	dates(b, p, h);
	page_projects(b, p, s->space->form);
	rules_part(b, p, s->space);
	if (s->phase < SPACE_CLOSING)
		how(b, p, h);
	page_sealed(b, p, s);
	numbers(b, p, s);
	documents(b, p, s->space);
	page_end(b, p);
}
