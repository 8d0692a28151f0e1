#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "html.h"
#include "rule.h"

#include "page_sealed.h"
#include "page_why.h"

/* One line of the table. */
struct row {
	const struct option *option;
	const char *score;
	json_int_t votes;
	size_t place; /* in the order of selection; SIZE_MAX: not selected */
	const char *support; /* effective, in percent; NULL: there is none */
};

struct view {
	const struct page *page;
	const struct page_space *s;
	const json_t *doc;
	const json_t *outcome; /* NULL: too few ballots */
	struct row *rows;
	size_t n;
	json_int_t max_votes;
	int scores;   /* they are not just the votes */
	int supports; /* some project has one */
};

static json_int_t
number(const json_t *o, const char *group, const char *name)
{
	const json_t *v = group != NULL ? json_object_get(o, group) : o;

	return json_integer_value(json_object_get(v, name));
}

static const char *
string(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s != NULL ? s : "";
}

/* Selected ones in their order, then the others by votes, then as listed. */
static int
row_cmp(const void *va, const void *vb)
{
	const struct row *a = va, *b = vb;

	if (a->place != b->place)
		return a->place < b->place ? -1 : 1;
	if (a->votes != b->votes)
		return a->votes > b->votes ? -1 : 1;
	return (a->option > b->option) - (a->option < b->option);
}

static size_t
place_of(const json_t *outcome, const char *id)
{
	const json_t *order = json_object_get(outcome, "order");
	size_t i;

	for (i = 0; i < json_array_size(order); i++)
		if (strcmp(json_string_value(json_array_get(order, i)), id) ==
		    0)
			return i;
	return SIZE_MAX;
}

/* Result and form list the options in the same order. */
static int
rows_read(struct view *v)
{
	const struct form *f = v->s->space->form;
	const json_t *scores = json_object_get(v->doc, "scores"), *score;
	char votes[32];
	size_t i;

	if (f == NULL || json_array_size(scores) != f->n_options)
		return 0;
	if ((v->rows = calloc(f->n_options, sizeof(*v->rows))) == NULL)
		return 0;
	v->n = f->n_options;
	for (i = 0; i < v->n; i++) {
		score = json_array_get(scores, i);
		v->rows[i].option = &f->options[i];
		v->rows[i].score = string(score, "score");
		v->rows[i].votes = number(score, NULL, "votes");
		v->rows[i].place = place_of(v->outcome, f->options[i].id);
		v->rows[i].support = page_why_support(v->doc, i);
		v->supports |= v->rows[i].support != NULL;
		if (v->rows[i].votes > v->max_votes)
			v->max_votes = v->rows[i].votes;
		snprintf(votes, sizeof(votes), "%" JSON_INTEGER_FORMAT,
		    v->rows[i].votes);
		v->scores |= strcmp(votes, v->rows[i].score) != 0;
	}
	qsort(v->rows, v->n, sizeof(*v->rows), row_cmp);
	return 1;
}

static void
facts(struct buf *b, const struct view *v)
{
	const struct page *p = v->page;
	const struct form *f = v->s->space->form;
	uint64_t voters = (uint64_t)number(v->doc, "ballots", "counted") +
			  (uint64_t)number(v->doc, "ballots", "paper");
	json_int_t lines = number(v->doc, "lines", "roll") +
			   number(v->doc, "lines", "added") -
			   number(v->doc, "lines", "removed");
	char a[4][FORMAT_CHARS];

	format_count(p->lang, voters, a[0]);
	format_count(p->lang, (uint64_t)lines, a[1]);
	format_percent(p->lang, voters, (uint64_t)lines, a[2]);
	buf_str(b, "<p class=\"lead\">");
	page_fill(b, p, TEXT_RESULTS_VOTERS,
	    (const char *[4]){ a[0], a[1], a[2], "" });
	buf_str(b, "</p>\n<p class=\"lead\">");
	if (v->outcome == NULL) {
		format_count(p->lang, v->s->space->header->min_open, a[0]);
		page_fill(b, p, TEXT_RESULTS_TOO_FEW,
		    (const char *[4]){ a[0], "", "", "" });
	} else {
		format_count(p->lang,
		    json_array_size(json_object_get(v->outcome, "selected")),
		    a[0]);
		format_count(p->lang, v->n, a[1]);
		format_money(p->lang, string(v->outcome, "cost"), a[2]);
		format_money(p->lang, f != NULL ? f->budget : "0", a[3]);
		page_fill(b, p, TEXT_RESULTS_MONEY,
		    (const char *[4]){ a[0], a[1], a[2], a[3] });
	}
	buf_str(b, "</p>\n");
	if (v->outcome != NULL &&
	    string(v->outcome, "final_endowment")[0] != '\0') {
		format_money(
		    p->lang, string(v->outcome, "final_endowment"), a[0]);
		buf_str(b, "<p>");
		page_fill(b, p, TEXT_RESULTS_SHARE,
		    (const char *[4]){ a[0], "", "", "" });
		buf_str(b, "</p>\n");
	}
	page_why_compared(b, p, v->doc);
}

/* The bar is decoration: its number stands beside it as text. */
static void
bar(struct buf *b, const struct view *v, json_int_t votes)
{
	json_int_t tenths = v->max_votes > 0 ? votes * 1000 / v->max_votes : 0;

	buf_printf(b,
	    "<svg class=\"bar\" viewBox=\"0 0 1000 60\" "
	    "preserveAspectRatio=\"none\" aria-hidden=\"true\" "
	    "focusable=\"false\"><rect class=\"all\" width=\"1000\" "
	    "height=\"60\"/><rect class=\"part\" width=\"%d\" height=\"60\"/>"
	    "</svg>",
	    (int)tenths);
}

static void
table_row(struct buf *b, const struct view *v, const struct row *r)
{
	const struct page *p = v->page;
	char a[FORMAT_CHARS];
	int selected = r->place != SIZE_MAX;

	buf_printf(b, "<tr%s>\n<th scope=\"row\">",
	    selected ? " class=\"selected\"" : "");
	html_text(b, page_title_of(p, r->option->titles));
	format_count(p->lang, (uint64_t)r->votes, a);
	buf_printf(b, "</th>\n<td class=\"number\">%s", a);
	bar(b, v, r->votes);
	buf_str(b, "</td>\n");
	if (v->scores) {
		format_number(p->lang, r->score, a);
		buf_str(b, "<td class=\"number\">");
		html_text(b, a);
		buf_str(b, "</td>\n");
	}
	format_money(p->lang, r->option->cost, a);
	buf_str(b, "<td class=\"number\">");
	html_text(b, a);
	buf_str(b, "</td>\n");
	if (v->supports) {
		buf_str(b, "<td class=\"number\">");
		format_number(
		    p->lang, r->support != NULL ? r->support : "-", a);
		html_text(b, a);
		buf_str(b, r->support != NULL ? "\xc2\xa0%</td>\n" : "</td>\n");
	}
	buf_str(b, "<td>");
	page_text(b, p, selected ? TEXT_SELECTED : TEXT_NOT_SELECTED);
	buf_str(b, "</td>\n</tr>\n");
}

static void
table(struct buf *b, const struct view *v)
{
	const struct page *p = v->page;
	size_t i;

	buf_str(b, "<section>\n");
	page_element(b, p, "h2", TEXT_PROJECTS);
	buf_str(b, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		   "aria-labelledby=\"results\">\n<table>\n"
		   "<caption id=\"results\">");
	page_text(b, p, TEXT_RESULTS_CAPTION);
	buf_str(b, "</caption>\n<thead>\n<tr>\n");
	page_column(b, p, TEXT_PROJECT, 0);
	page_column(b, p, TEXT_VOTES, 1);
	if (v->scores)
		page_column(b, p, TEXT_SCORE, 1);
	page_column(b, p, TEXT_COST, 1);
	if (v->supports)
		page_column(b, p, TEXT_RESULTS_SUPPORT, 1);
	page_column(b, p, TEXT_OUTCOME, 0);
	buf_str(b, "</tr>\n</thead>\n<tbody>\n");
	for (i = 0; i < v->n; i++)
		table_row(b, v, &v->rows[i]);
	buf_str(b, "</tbody>\n</table>\n</div>\n");
	if (v->supports)
		page_element(b, p, "p", TEXT_RESULTS_SUPPORT_NOTE);
	buf_str(b, "</section>\n");
}

static void
ballots(struct buf *b, const struct view *v)
{
	static const struct {
		enum text text;
		const char *group;
		const char *name;
	} lines[] = {
		{ TEXT_BALLOTS_CAST, "ballots", "cast" },
		{ TEXT_BALLOTS_COUNTED, "ballots", "counted" },
		{ TEXT_BALLOTS_BLANK, "ballots", "blank" },
		{ TEXT_BALLOTS_NULL, "ballots", "null" },
		{ TEXT_BALLOTS_PAPER, "ballots", "paper" },
		{ TEXT_DISPUTES, NULL, "disputes" },
	};
	char a[FORMAT_CHARS];
	size_t i;

	buf_str(b, "<section>\n");
	page_element(b, v->page, "h2", TEXT_RESULTS_BALLOTS);
	buf_str(b, "<dl class=\"numbers\">\n");
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		page_element(b, v->page, "dt", lines[i].text);
		format_count(v->page->lang,
		    (uint64_t)number(v->doc, lines[i].group, lines[i].name), a);
		buf_printf(b, "<dd>%s</dd>\n", a);
	}
	buf_str(b, "</dl>\n</section>\n");
}

void
page_result(struct buf *b, const struct page *p, const struct page_space *s,
    const json_t *result)
{
	const struct header *h = s->space->header;
	struct view v = { .page = p, .s = s, .doc = result };
	char path[SLUG_MAX + 32];
	struct buf title = { 0 };

	/* Escaped where it is used, so it is put together raw. */
	buf_str(&title, text_of(TEXT_RESULTS_TITLE, p->lang));
	buf_str(&title, page_title_of(p, h->titles));
	page_begin(b, p, buf_text(&title) != NULL ? buf_text(&title) : "");
	buf_free(&title);
	if (result == NULL) {
		page_phase(b, p, s);
		page_element(b, p, "p", TEXT_RESULTS_NONE);
	} else {
		v.outcome = json_object_get(result, "outcome");
		if (rows_read(&v)) {
			facts(b, &v);
			if (v.outcome != NULL)
				table(b, &v);
			page_why_lost(b, p, s->space->form, result);
			page_why_fairness(b, p, result);
			ballots(b, &v);
			page_sealed_opened(b, p, result);
			page_sealed_doubts(b, p, result);
		}
		buf_str(b, "<p>");
		page_text(b, p, TEXT_RESULTS_TRUST);
		buf_str(b, " ");
		page_link(b, p, "/verifica", TEXT_RESULTS_LINK);
		buf_printf(b, "</p>\n<p><a href=\"/api/v1/spaces/%s/result\">",
		    h->slug);
		page_text(b, p, TEXT_DOC_RESULT);
		buf_str(b, "</a></p>\n");
	}
	snprintf(path, sizeof(path), "/spazi/%s", h->slug);
	buf_str(b, "<p>");
	page_link(b, p, path, TEXT_TO_SPACE);
	buf_str(b, "</p>\n");
	page_end(b, p);
	free(v.rows);
}
