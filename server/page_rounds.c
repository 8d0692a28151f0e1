/*
 * The count, one step a page: a picture, a sentence, and a table that says the
 * same.  All of it comes from the explanation in the result (docs/RULES.md,
 * 10), which anybody can compute.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "html.h"
#include "outcome.h"
#include "page_table.h"

#include "page_result.h"

#define SCALE 1000 /* of pictures */
#define DRAWN 12   /* bars in one */
#define FEW 5	   /* fewer people are not told apart */

/* One step, and what is around it. */
struct view {
	const struct page *p;
	const struct header *h;
	const struct form *f;
	const json_t *result;
	const json_t *explain;
	uint64_t n, of;	    /* this step, of all */
	uint64_t rounds;    /* steps before the completion */
	const json_t *step; /* of rounds, walk or fill */
};

/* A project in a step. */
struct bar {
	const struct option *o;
	const char *amount;    /* of its supporters, or per head */
	const char *effective; /* votes */
	int wins;
};

static const json_t *
list_of(const json_t *explain)
{
	const json_t *rounds = json_object_get(explain, "rounds");

	return rounds != NULL ? rounds : json_object_get(explain, "walk");
}

uint64_t
page_rounds_count(const json_t *result)
{
	const json_t *explain = json_object_get(result, "explain");

	return json_array_size(list_of(explain)) +
	       json_array_size(json_object_get(explain, "fill"));
}

static const char *
title(const struct view *v, const struct option *o)
{
	return page_title_of(v->p, o->titles);
}

static void
said(struct buf *b, const struct view *v, enum text key, const char *const a[4])
{
	buf_str(b, "<p>");
	page_fill(b, v->p, key, a);
	buf_str(b, "</p>\n");
}

/* The same where {1} is a title. */
static void
named(
    struct buf *b, const struct view *v, enum text key, const char *const a[4])
{
	buf_str(b, "<p>");
	page_fill_bdi(b, v->p, key, a);
	buf_str(b, "</p>\n");
}

static void
money(const struct view *v, const char *amount, char out[static FORMAT_CHARS])
{
	format_money(v->p->lang, amount, out);
}

/* --- Where one is ---------------------------------------------------------*/

static void
way(struct buf *b, const struct view *v, uint64_t n, enum text key, int there)
{
	char path[SLUG_MAX + 64];

	if (!there)
		return;
	(void)snprintf(path, sizeof(path), "/spazi/%s/risultati/turni/%" PRIu64,
	    v->h->slug, n);
	buf_str(b, "<li>");
	page_link(b, v->p, path, key);
	buf_str(b, "</li>\n");
}

/* Twice on a page; a landmark the first time. */
static void
ways(struct buf *b, const struct view *v, const char *tag)
{
	buf_printf(b, "<%s class=\"rounds-nav\"", tag);
	if (strcmp(tag, "nav") == 0) {
		buf_str(b, " aria-label=\"");
		html_attr(b, text_of(TEXT_ROUNDS_NAV, v->p->lang));
		buf_str(b, "\"");
	}
	buf_str(b, ">\n<ul>\n");
	way(b, v, 1, TEXT_ROUND_FIRST, v->n > 1);
	way(b, v, v->n - 1, TEXT_ROUND_PREVIOUS, v->n > 1);
	way(b, v, v->n + 1, TEXT_ROUND_NEXT, v->n < v->of);
	way(b, v, v->of, TEXT_ROUND_LAST, v->n < v->of);
	buf_printf(b, "</ul>\n</%s>\n", tag);
}

/* --- Pictures -------------------------------------------------------------*/

static void
figure_open(struct buf *b)
{
	buf_str(b, "<figure class=\"rounds\" aria-hidden=\"true\">\n");
}

static void
figure_close(struct buf *b, const struct view *v, enum text legend)
{
	buf_str(b, "<figcaption>");
	page_text(b, v->p, legend);
	buf_str(b, "</figcaption>\n</figure>\n");
}

static void
svg_open(struct buf *b, const char *kind)
{
	buf_printf(b,
	    "<svg class=\"bar %s\" viewBox=\"0 0 %d 60\" "
	    "preserveAspectRatio=\"none\" focusable=\"false\">"
	    "<rect class=\"all\" width=\"%d\" height=\"60\"/>",
	    kind, SCALE, SCALE);
}

static void
svg_part(struct buf *b, const char *class, unsigned from, unsigned to)
{
	buf_printf(b,
	    "<rect class=\"%s\" x=\"%u\" width=\"%u\" height=\"60\"/>", class,
	    from, to > from ? to - from : 0);
}

/*
 * What each has, and a line at what it costs (${price}); the widest of both is
 * the whole width.
 */
static void
bars_draw(struct buf *b, const struct view *v, const struct bar *bars, size_t n,
    int price)
{
	const char *whole = "0";
	unsigned at;
	size_t i;

	for (i = 0; i < n && i < DRAWN; i++) {
		if (outcome_less(whole, bars[i].amount))
			whole = bars[i].amount;
		if (price && outcome_less(whole, bars[i].o->cost))
			whole = bars[i].o->cost;
	}
	buf_str(b, "<ul>\n");
	for (i = 0; i < n && i < DRAWN; i++) {
		buf_str(b, bars[i].wins ? "<li class=\"selected\"><span>"
					: "<li><span>");
		page_bdi(b, title(v, bars[i].o));
		buf_str(b, "</span>");
		svg_open(b, "money");
		svg_part(
		    b, "part", 0, outcome_part(bars[i].amount, whole, SCALE));
		if (price) {
			at = outcome_part(bars[i].o->cost, whole, SCALE);
			at = at > 6 ? at - 6 : 0;
			svg_part(b, "price", at, at + 6);
		}
		buf_str(b, "</svg></li>\n");
	}
	buf_str(b, "</ul>\n");
}

static void
some_drawn(struct buf *b, const struct view *v, size_t n)
{
	char a[2][FORMAT_CHARS];

	if (n <= DRAWN)
		return;
	format_count(v->p->lang, DRAWN, a[0]);
	format_count(v->p->lang, n, a[1]);
	said(b, v, TEXT_ROUND_SOME, (const char *[4]){ a[0], a[1], "", "" });
}

/* --- The projects of a step -----------------------------------------------*/

/* The winner first, then by effective votes, the most first. */
static int
by_votes(const void *va, const void *vb)
{
	const struct bar *a = va, *b = vb;

	if (a->wins != b->wins)
		return a->wins ? -1 : 1;
	if (outcome_less(b->effective, a->effective))
		return -1;
	if (outcome_less(a->effective, b->effective))
		return 1;
	return (a->o > b->o) - (a->o < b->o);
}

/* By what is needed per head, the least first. */
static int
by_time(const void *va, const void *vb)
{
	const struct bar *a = va, *b = vb;

	if (a->wins != b->wins)
		return a->wins ? -1 : 1;
	if (outcome_less(a->amount, b->amount))
		return -1;
	if (outcome_less(b->amount, a->amount))
		return 1;
	return (a->o > b->o) - (a->o < b->o);
}

/* The caller frees; NULL: nothing can be shown. */
static struct bar *
bars_read(const struct view *v, const char *amount,
    int (*order)(const void *, const void *), size_t *n)
{
	const json_t *list = json_object_get(v->step, "projects"), *one;
	const char *winner = outcome_string(v->step, "winner");
	struct bar *bars = calloc(json_array_size(list) + 1, sizeof(*bars));
	size_t i, at;

	*n = 0;
	for (i = 0; bars != NULL && i < json_array_size(list); i++) {
		one = json_array_get(list, i);
		at = outcome_find(v->f, outcome_string(one, "id"));
		if (at == v->f->n_options)
			continue;
		bars[*n].o = &v->f->options[at];
		bars[*n].amount = outcome_string(one, amount);
		bars[*n].effective = outcome_string(one, "effective");
		bars[*n].wins = strcmp(v->f->options[at].id, winner) == 0;
		++*n;
	}
	if (bars != NULL && *n > 1)
		qsort(bars, *n, sizeof(*bars), order);
	return bars;
}

static void
row_open(struct buf *b, const struct view *v, const struct option *o, int wins)
{
	char a[FORMAT_CHARS];

	page_table_row(b, wins ? "selected" : NULL);
	page_table_name(b);
	page_bdi(b, title(v, o));
	page_table_name_end(b);
	money(v, o->cost, a);
	page_table_text(b, v->p, TEXT_COST, 1, a);
}

static void
row_close(struct buf *b, const struct view *v, enum text column, enum text key)
{
	page_table_cell(b, v->p, column, 0);
	buf_str(b, "<span class=\"outcome\">");
	page_text(b, v->p, key);
	buf_str(b, "</span>");
	page_table_cell_end(b);
	page_table_row_end(b);
}

/* --- Equal shares ---------------------------------------------------------*/

static const json_t *
payment_of(const struct view *v)
{
	const json_t *list = json_object_get(v->explain, "payments"), *one;
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		one = json_array_get(list, i);
		if (outcome_number(one, "round") == v->n)
			return one;
	}
	return NULL;
}

/* Who pays, without telling a few people apart. */
static void
paid(struct buf *b, const struct view *v, const struct bar *winner)
{
	const json_t *pay = payment_of(v);
	uint64_t payers = outcome_number(pay, "payers");
	uint64_t part = outcome_number(pay, "part");
	struct buf left = { 0 };
	char a[4][FORMAT_CHARS];

	if (pay == NULL)
		return;
	format_count(v->p->lang, payers, a[0]);
	money(v, outcome_string(pay, "average"), a[1]);
	money(v, outcome_string(pay, "min"), a[2]);
	money(v, outcome_string(pay, "max"), a[3]);
	said(b, v,
	    strcmp(a[2], a[3]) == 0 ? TEXT_ROUND_PAID_ALIKE
	    : payers < FEW	    ? TEXT_ROUND_PAID_FEW
				    : TEXT_ROUND_PAID,
	    (const char *[4]){ a[0], a[1], a[2], a[3] });
	if (payers >= FEW && part >= FEW && payers - part >= FEW) {
		format_count(v->p->lang, part, a[0]);
		said(b, v, TEXT_ROUND_PART,
		    (const char *[4]){ a[0], "", "", "" });
	}
	outcome_minus(winner->amount, winner->o->cost, &left);
	if (buf_text(&left) != NULL) {
		money(v, buf_text(&left), a[0]);
		said(b, v, TEXT_ROUND_LEFT,
		    (const char *[4]){ a[0], "", "", "" });
	}
	buf_free(&left);
}

/* What all winners up to this step cost. */
static void
spent(struct buf *b, const struct view *v)
{
	const json_t *list = list_of(v->explain);
	struct buf left = { 0 }, next = { 0 };
	char a[2][FORMAT_CHARS];
	size_t i, at;

	buf_str(&left, v->f->budget);
	for (i = 0; i < v->n && buf_text(&left) != NULL; i++) {
		at = outcome_find(
		    v->f, outcome_string(json_array_get(list, i), "winner"));
		if (at == v->f->n_options)
			continue;
		next.n = 0;
		outcome_minus(buf_text(&left), v->f->options[at].cost, &next);
		left.n = 0;
		buf_put(&left, next.p, next.n);
	}
	next.n = 0;
	if (buf_text(&left) != NULL) {
		outcome_minus(v->f->budget, buf_text(&left), &next);
		money(v, buf_text(&next) != NULL ? buf_text(&next) : "0", a[0]);
		money(v, v->f->budget, a[1]);
		said(b, v, TEXT_ROUND_SPENT,
		    (const char *[4]){ a[0], a[1], "", "" });
	}
	buf_free(&left);
	buf_free(&next);
}

static void
shares_table(
    struct buf *b, const struct view *v, const struct bar *bars, size_t n)
{
	char a[FORMAT_CHARS];
	int out;
	size_t i;

	page_table_open(b, v->p, TEXT_ROUND_CAPTION);
	page_table_head(b, v->p, TEXT_PROJECT, 0);
	page_table_head(b, v->p, TEXT_COST, 1);
	page_table_head(b, v->p, TEXT_ROUND_MONEY, 1);
	page_table_head(b, v->p, TEXT_ROUND_EFFECTIVE, 1);
	page_table_head(b, v->p, TEXT_ROUND_STATE, 0);
	page_table_body(b);
	for (i = 0; i < n; i++) {
		out = strcmp(bars[i].effective, "0") == 0;
		row_open(b, v, bars[i].o, bars[i].wins);
		money(v, bars[i].amount, a);
		page_table_text(b, v->p, TEXT_ROUND_MONEY, 1, a);
		format_number(v->p->lang, bars[i].effective, a);
		page_table_text(b, v->p, TEXT_ROUND_EFFECTIVE, 1, a);
		row_close(b, v, TEXT_ROUND_STATE,
		    bars[i].wins ? TEXT_ROUND_WINS
		    : out	 ? TEXT_ROUND_OUT
				 : TEXT_ROUND_STAYS);
	}
	page_table_close(b);
}

static void
shares(struct buf *b, const struct view *v)
{
	const json_t *outcome = json_object_get(v->result, "outcome");
	char a[3][FORMAT_CHARS];
	struct bar *bars;
	size_t n;

	if ((bars = bars_read(v, "money", by_votes, &n)) == NULL)
		return;
	money(v, outcome_string(outcome, "final_endowment"), a[0]);
	buf_str(b, "<p class=\"lead\">");
	page_fill(b, v->p, TEXT_ROUND_SHARES_LEAD,
	    (const char *[4]){ a[0], "", "", "" });
	buf_str(b, "</p>\n<div class=\"fact\">\n");
	if (n > 0 && bars[0].wins) {
		money(v, bars[0].o->cost, a[0]);
		money(v, bars[0].amount, a[1]);
		named(b, v, TEXT_ROUND_SHARES_WON,
		    (const char *[4]){ title(v, bars[0].o), a[0], a[1], "" });
		paid(b, v, &bars[0]);
		spent(b, v);
	} else {
		page_element(b, v->p, "p", TEXT_ROUND_END);
	}
	buf_str(b, "</div>\n");
	figure_open(b);
	bars_draw(b, v, bars, n, 1);
	figure_close(b, v, TEXT_ROUND_LEGEND);
	some_drawn(b, v, n);
	shares_table(b, v, bars, n);
	buf_str(b, "<div class=\"note\">\n");
	page_element(b, v->p, "p", TEXT_ROUND_EFFECTIVE_NOTE);
	page_element(b, v->p, "p", TEXT_ROUND_FEW);
	buf_str(b, "</div>\n");
	free(bars);
}

/* --- Phragmen -------------------------------------------------------------*/

static void
phragmen_said(struct buf *b, const struct view *v)
{
	const char *id = outcome_string(v->step, "winner");
	enum text key = TEXT_STEP_PHRAGMEN_WON;
	const char *left = outcome_string(v->step, "left");
	struct buf after = { 0 };
	char a[3][FORMAT_CHARS];
	const struct option *o;
	size_t at;

	if (id[0] == '\0') {
		id = outcome_string(v->step, "misfit");
		key = TEXT_STEP_PHRAGMEN_END;
	}
	if ((at = outcome_find(v->f, id)) == v->f->n_options) {
		page_element(b, v->p, "p", TEXT_ROUND_END);
		return;
	}
	o = &v->f->options[at];
	outcome_minus(left, o->cost, &after);
	money(v, o->cost, a[0]);
	money(v, left, a[1]);
	money(v, buf_text(&after) != NULL ? buf_text(&after) : "0", a[2]);
	named(b, v, key, (const char *[4]){ title(v, o), a[0], a[1], a[2] });
	buf_free(&after);
}

static void
phragmen(struct buf *b, const struct view *v)
{
	char a[FORMAT_CHARS];
	struct bar *bars;
	size_t i, n;

	if ((bars = bars_read(v, "time", by_time, &n)) == NULL)
		return;
	buf_str(b, "<p class=\"lead\">");
	page_text(b, v->p, TEXT_STEP_PHRAGMEN_LEAD);
	buf_str(b, "</p>\n<div class=\"fact\">\n");
	phragmen_said(b, v);
	buf_str(b, "</div>\n");
	figure_open(b);
	bars_draw(b, v, bars, n, 0);
	figure_close(b, v, TEXT_STEP_PHRAGMEN_LEGEND);
	some_drawn(b, v, n);
	page_table_open(b, v->p, TEXT_ROUND_CAPTION);
	page_table_head(b, v->p, TEXT_PROJECT, 0);
	page_table_head(b, v->p, TEXT_COST, 1);
	page_table_head(b, v->p, TEXT_STEP_PHRAGMEN_TIME, 1);
	page_table_head(b, v->p, TEXT_ROUND_STATE, 0);
	page_table_body(b);
	for (i = 0; i < n; i++) {
		row_open(b, v, bars[i].o, bars[i].wins);
		money(v, bars[i].amount, a);
		page_table_text(b, v->p, TEXT_STEP_PHRAGMEN_TIME, 1, a);
		row_close(b, v, TEXT_ROUND_STATE,
		    bars[i].wins ? TEXT_ROUND_WINS : TEXT_ROUND_STAYS);
	}
	page_table_close(b);
	free(bars);
}

/* --- One project after the other ------------------------------------------*/

static const struct {
	const char *fate;
	enum text text;
} fates[] = {
	{ "selected", TEXT_STEP_SELECTED },
	{ "too_dear", TEXT_STEP_TOO_DEAR },
	{ "withdrawn", TEXT_STEP_WITHDRAWN },
	{ "low", TEXT_STEP_LOW },
	{ "barred", TEXT_STEP_BARRED },
};

static int
is_selected(const json_t *step)
{
	return strcmp(outcome_string(step, "fate"), "selected") == 0;
}

static void
walk_said(struct buf *b, const struct view *v, const struct option *o)
{
	const char *fate = outcome_string(v->step, "fate");
	const char *left = outcome_string(v->step, "left");
	struct buf after = { 0 };
	char a[3][FORMAT_CHARS];
	size_t i;

	outcome_minus(left, o->cost, &after);
	money(v, o->cost, a[0]);
	money(v, left, a[1]);
	money(v, buf_text(&after) != NULL ? buf_text(&after) : "0", a[2]);
	for (i = 0; i < sizeof(fates) / sizeof(fates[0]); i++)
		if (strcmp(fates[i].fate, fate) == 0)
			named(b, v, fates[i].text,
			    (const char *[4]){ title(v, o), a[0], a[1], a[2] });
	buf_free(&after);
}

/* The whole budget: spent before, and what this one takes or would need. */
static void
walk_draw(struct buf *b, const struct view *v, const struct option *o)
{
	const char *left = outcome_string(v->step, "left");
	unsigned spent, takes;

	spent = SCALE - outcome_part(left, v->f->budget, SCALE);
	takes = outcome_part(o->cost, v->f->budget, SCALE);
	if (takes > SCALE - spent)
		takes = SCALE - spent;
	figure_open(b);
	svg_open(b, "walk");
	svg_part(b, "spent", 0, spent);
	svg_part(
	    b, is_selected(v->step) ? "takes" : "lacks", spent, spent + takes);
	buf_str(b, "</svg>\n");
	figure_close(b, v, TEXT_STEP_LEGEND);
}

static void
walk_table(struct buf *b, const struct view *v, const json_t *list, size_t upto)
{
	const json_t *one;
	char a[FORMAT_CHARS];
	size_t i, at;

	page_table_open(b, v->p, TEXT_STEP_CAPTION);
	page_table_head(b, v->p, TEXT_PROJECT, 0);
	page_table_head(b, v->p, TEXT_COST, 1);
	page_table_head(b, v->p, TEXT_STEP_BEFORE, 1);
	page_table_head(b, v->p, TEXT_OUTCOME, 0);
	page_table_body(b);
	for (i = 0; i < upto; i++) {
		one = json_array_get(list, i);
		at = outcome_find(v->f, outcome_string(one, "id"));
		if (at == v->f->n_options)
			continue;
		row_open(b, v, &v->f->options[at], is_selected(one));
		money(v, outcome_string(one, "left"), a);
		page_table_text(b, v->p, TEXT_STEP_BEFORE, 1, a);
		row_close(b, v, TEXT_OUTCOME,
		    is_selected(one) ? TEXT_SELECTED : TEXT_NOT_SELECTED);
	}
	page_table_close(b);
}

static void
walk(struct buf *b, const struct view *v, const json_t *list, size_t upto,
    enum text lead)
{
	size_t at = outcome_find(v->f, outcome_string(v->step, "id"));

	buf_str(b, "<p class=\"lead\">");
	page_text(b, v->p, lead);
	buf_str(b, "</p>\n");
	if (at < v->f->n_options) {
		buf_str(b, "<div class=\"fact\">\n");
		walk_said(b, v, &v->f->options[at]);
		buf_str(b, "</div>\n");
		walk_draw(b, v, &v->f->options[at]);
	}
	walk_table(b, v, list, upto);
}

/* --- The page -------------------------------------------------------------*/

static void
body(struct buf *b, const struct view *v)
{
	const char *method = outcome_string(v->explain, "method");

	if (v->n > v->rounds)
		walk(b, v, json_object_get(v->explain, "fill"),
		    v->n - v->rounds, TEXT_STEP_FILL_LEAD);
	else if (strcmp(method, "shares") == 0)
		shares(b, v);
	else if (strcmp(method, "phragmen") == 0)
		phragmen(b, v);
	else
		walk(b, v, list_of(v->explain), v->n, TEXT_STEP_GREEDY_LEAD);
}

static void
heading(struct buf *b, const struct view *v)
{
	struct buf title = { 0 }, crumb = { 0 };
	char path[SLUG_MAX + 32], a[2][FORMAT_CHARS];
	struct page_parent up = { .path = path };
	struct page page = *v->p;

	(void)snprintf(path, sizeof(path), "/spazi/%s/risultati", v->h->slug);
	up.title = text_of(TEXT_RESULTS_SHORT, v->p->lang);
	format_count(v->p->lang, v->n, a[0]);
	format_count(v->p->lang, v->of, a[1]);
	page_fill_raw(&crumb, v->p, TEXT_ROUND_OF,
	    (const char *[4]){ a[0], a[1], "", "" });
	page.crumb = buf_text(&crumb);
	buf_str(&title, text_of(TEXT_ROUNDS_TITLE, v->p->lang));
	buf_str(&title, ": ");
	buf_put(&title, crumb.p, crumb.n);
	page_begin_under(
	    b, &page, buf_text(&title) != NULL ? buf_text(&title) : "", &up);
	buf_free(&title);
	buf_free(&crumb);
}

int
page_rounds(struct buf *b, const struct page *p, const struct page_space *s,
    const json_t *result, uint64_t n)
{
	char path[SLUG_MAX + 32];
	struct view v = { .p = p, .result = result, .n = n };

	v.h = s->space->header;
	v.f = s->space->form;
	v.explain = json_object_get(result, "explain");
	v.of = page_rounds_count(result);
	v.rounds = json_array_size(list_of(v.explain));
	if (v.f == NULL || n < 1 || n > v.of)
		return 0;
	v.step = n <= v.rounds
		     ? json_array_get(list_of(v.explain), n - 1)
		     : json_array_get(json_object_get(v.explain, "fill"),
			   n - v.rounds - 1);
	heading(b, &v);
	ways(b, &v, "nav");
	body(b, &v);
	ways(b, &v, "div");
	(void)snprintf(path, sizeof(path), "/spazi/%s/risultati", v.h->slug);
	buf_str(b, "<p>");
	page_link(b, p, path, TEXT_ROUND_TO_RESULT);
	buf_str(b, "</p>\n");
	page_end(b, p);
	return 1;
}
