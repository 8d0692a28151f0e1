#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "html.h"
#include "outcome.h"
#include "page_table.h"

#include "page_result.h"
#include "page_sealed.h"
#include "page_why.h"

/* One line of the table. */
struct row {
	const struct option *option;
	const char *score;
	uint64_t votes;
	size_t place; /* in the order of selection; SIZE_MAX: not selected */
	const char *support; /* effective, in percent; "": there is none */
};

struct view {
	const struct page *page;
	const struct page_space *s;
	const json_t *doc;
	const json_t *outcome; /* NULL: too few ballots */
	struct row *rows;
	size_t n;
	uint64_t max_votes;
	int scores;   /* they are not just the votes */
	int supports; /* some project has one */
};

static uint64_t
number(const json_t *o, const char *group, const char *name)
{
	return outcome_number(
	    group != NULL ? json_object_get(o, group) : o, name);
}

/* Percent may have any number of digits, none in front that is needless. */
static int
support_cmp(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);

	return n != m ? (n > m) - (n < m) : strcmp(a, b);
}

/*
 * Selected ones in their order, then the others by effective support, by votes,
 * and as listed.
 */
static int
row_cmp(const void *va, const void *vb)
{
	const struct row *a = va, *b = vb;

	if (a->place != b->place)
		return a->place < b->place ? -1 : 1;
	if (support_cmp(a->support, b->support) != 0)
		return support_cmp(b->support, a->support);
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
		v->rows[i].score = outcome_string(score, "score");
		v->rows[i].votes = number(score, NULL, "votes");
		v->rows[i].place = place_of(v->outcome, f->options[i].id);
		v->rows[i].support =
		    outcome_string(outcome_project(v->doc, i), "support");
		v->supports |= v->rows[i].support[0] != '\0';
		if (v->rows[i].votes > v->max_votes)
			v->max_votes = v->rows[i].votes;
		(void)snprintf(
		    votes, sizeof(votes), "%" PRIu64, v->rows[i].votes);
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
	uint64_t voters = number(v->doc, "ballots", "counted") +
			  number(v->doc, "ballots", "paper");
	uint64_t lines = number(v->doc, "lines", "roll") +
			 number(v->doc, "lines", "added") -
			 number(v->doc, "lines", "removed");
	char a[4][FORMAT_CHARS];

	format_count(p->lang, voters, a[0]);
	format_count(p->lang, lines, a[1]);
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
		format_money(p->lang, outcome_string(v->outcome, "cost"), a[2]);
		format_money(p->lang, f != NULL ? f->budget : "0", a[3]);
		page_fill(b, p, TEXT_RESULTS_MONEY,
		    (const char *[4]){ a[0], a[1], a[2], a[3] });
	}
	buf_str(b, "</p>\n");
	if (v->outcome != NULL &&
	    outcome_string(v->outcome, "final_endowment")[0] != '\0') {
		format_money(p->lang,
		    outcome_string(v->outcome, "final_endowment"), a[0]);
		buf_str(b, "<p>");
		page_fill(b, p, TEXT_RESULTS_SHARE,
		    (const char *[4]){ a[0], "", "", "" });
		buf_str(b, "</p>\n");
	}
	page_why_compared(b, p, v->doc);
}

/* The bar is decoration: its number stands beside it as text. */
static void
bar(struct buf *b, const struct view *v, uint64_t votes)
{
	uint64_t n = v->max_votes > 0 ? votes * 1000 / v->max_votes : 0;

	buf_printf(b,
	    "<svg class=\"bar\" viewBox=\"0 0 1000 60\" "
	    "preserveAspectRatio=\"none\" aria-hidden=\"true\" "
	    "focusable=\"false\"><rect class=\"all\" width=\"1000\" "
	    "height=\"60\"/><rect class=\"part\" width=\"%u\" height=\"60\"/>"
	    "</svg>",
	    (unsigned)n);
}

static void
table_row(struct buf *b, const struct view *v, const struct row *r)
{
	const struct page *p = v->page;
	int selected = r->place != SIZE_MAX;
	char a[FORMAT_CHARS];

	page_table_row(b, selected ? "selected" : NULL);
	page_table_name(b);
	page_bdi(b, page_title_of(p, r->option->titles));
	page_table_name_end(b);
	page_table_cell(b, p, TEXT_OUTCOME, 0);
	buf_str(b, "<span class=\"outcome\">");
	page_text(b, p, selected ? TEXT_SELECTED : TEXT_NOT_SELECTED);
	buf_str(b, "</span>");
	page_table_cell_end(b);
	format_money(p->lang, r->option->cost, a);
	page_table_text(b, p, TEXT_COST, 1, a);
	format_count(p->lang, r->votes, a);
	page_table_cell(b, p, TEXT_VOTES, 1);
	html_text(b, a);
	bar(b, v, r->votes);
	page_table_cell_end(b);
	if (v->scores) {
		format_number(p->lang, r->score, a);
		page_table_text(b, p, TEXT_SCORE, 1, a);
	}
	if (v->supports) {
		page_table_cell(b, p, TEXT_RESULTS_SUPPORT, 1);
		format_number(
		    p->lang, r->support[0] != '\0' ? r->support : "-", a);
		html_text(b, a);
		buf_str(b, r->support[0] != '\0' ? "\xc2\xa0%" : "");
		page_table_cell_end(b);
	}
	page_table_row_end(b);
}

static void
table(struct buf *b, const struct view *v)
{
	const struct page *p = v->page;
	size_t i;

	buf_str(b, "<section>\n");
	page_element(b, p, "h2", TEXT_PROJECTS);
	page_table_open(b, p, TEXT_RESULTS_CAPTION);
	page_table_head(b, p, TEXT_PROJECT, 0);
	page_table_head(b, p, TEXT_OUTCOME, 0);
	page_table_head(b, p, TEXT_COST, 1);
	page_table_head(b, p, TEXT_VOTES, 1);
	if (v->scores)
		page_table_head(b, p, TEXT_SCORE, 1);
	if (v->supports)
		page_table_head(b, p, TEXT_RESULTS_SUPPORT, 1);
	page_table_body(b);
	for (i = 0; i < v->n; i++)
		table_row(b, v, &v->rows[i]);
	page_table_close(b);
	if (v->supports)
		page_element(b, p, "p", TEXT_RESULTS_SUPPORT_NOTE);
	buf_str(b, "</section>\n");
}

static void
rounds(struct buf *b, const struct view *v)
{
	char path[SLUG_MAX + 64];

	if (json_object_get(v->doc, "explain") == NULL)
		return;
	if (page_rounds_count(v->doc) == 0) {
		page_element(b, v->page, "p", TEXT_NO_ROUNDS);
		return;
	}
	(void)snprintf(path, sizeof(path), "/spazi/%s/risultati/turni/1",
	    v->s->space->header->slug);
	buf_str(b, "<p class=\"actions\"><a class=\"btn btn-outline-primary\"");
	page_href(b, v->page, path);
	buf_str(b, ">");
	page_text(b, v->page, TEXT_TO_ROUNDS);
	buf_str(b, "</a></p>\n");
}

static void
download(struct buf *b, const struct view *v, const char *name, enum text key)
{
	buf_printf(b, "<li><a href=\"/api/v1/spaces/%s/%s\">",
	    v->s->space->header->slug, name);
	page_text(b, v->page, key);
	buf_str(b, "</a></li>\n");
}

static void
downloads(struct buf *b, const struct view *v)
{
	const struct page *p = v->page;

	buf_str(b, "<section>\n");
	page_element(b, p, "h2", TEXT_DOWNLOADS);
	page_element(b, p, "p", TEXT_DOWNLOADS_LEAD);
	buf_str(b, "<ul>\n");
	if (v->outcome != NULL)
		download(b, v, "ballots.pb", TEXT_DOWNLOAD_BALLOTS);
	if (v->s->space->form != NULL)
		download(b, v, "results.csv", TEXT_DOWNLOAD_TABLE);
	download(b, v, "result", TEXT_DOC_RESULT);
	buf_str(b, "</ul>\n<p>");
	page_text(b, p, TEXT_RESULTS_TRUST);
	buf_str(b, " ");
	page_link(b, p, "/verifica", TEXT_RESULTS_LINK);
	buf_str(b, "</p>\n");
	/* The count again in the browser begins with this space. */
	buf_str(b, "<p class=\"actions\"><a class=\"btn btn-outline-primary\" "
		   "href=\"/verifica");
	if (p->lang_asked)
		buf_printf(b, "?lang=%s", lang_name(p->lang));
	buf_printf(b, "#%s\">", v->s->space->header->slug);
	page_text(b, p, TEXT_RESULTS_RECOUNT);
	buf_str(b, "</a></p>\n</section>\n");
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
		    number(v->doc, lines[i].group, lines[i].name), a);
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
	struct page_parent up = { .path = path };
	struct page page = *p;
	struct buf title = { 0 };

	page.crumb = text_of(TEXT_RESULTS_SHORT, p->lang);
	/* Escaped where it is used, so it is put together raw. */
	buf_str(&title, text_of(TEXT_RESULTS_TITLE, p->lang));
	buf_str(&title, page_title_of(p, h->titles));
	(void)snprintf(path, sizeof(path), "/spazi/%s", h->slug);
	up.title = page_title_of(p, h->titles);
	page_begin_under(
	    b, &page, buf_text(&title) != NULL ? buf_text(&title) : "", &up);
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
			rounds(b, &v);
			page_why(b, p, s->space->form, result);
			page_why_fairness(b, p, result);
			ballots(b, &v);
			page_sealed_opened(b, p, result);
			page_sealed_doubts(b, p, result);
		}
		downloads(b, &v);
	}
	buf_str(b, "<p>");
	page_link(b, p, path, TEXT_TO_SPACE);
	buf_str(b, "</p>\n");
	page_end(b, p);
	free(v.rows);
}
