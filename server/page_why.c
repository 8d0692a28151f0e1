#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format.h"
#include "html.h"
#include "outcome.h"
#include "page_table.h"
#include "rule.h"

#include "page_why.h"

enum {
	TAKEN_SHOWN = 3,
	FEW = 5, /* fewer people are not told apart */
};

static void
paragraph(struct buf *b, const struct page *p, const char *tag, enum text key,
    const char *const args[4])
{
	buf_printf(b, "<%s>", tag);
	page_fill(b, p, key, args);
	buf_printf(b, "</%s>\n", tag);
}

void
page_why_compared(struct buf *b, const struct page *p, const json_t *result)
{
	const json_t *c =
	    json_object_get(json_object_get(result, "outcome"), "comparison");
	char a[3][FORMAT_CHARS];

	if (c == NULL)
		return;
	format_count(p->lang, outcome_number(c, "rule"), a[0]);
	format_count(p->lang, outcome_number(c, "greedy"), a[1]);
	format_count(p->lang, outcome_number(c, "equal"), a[2]);
	paragraph(b, p, "p",
	    strcmp(outcome_string(c, "winner"), RULE_PLAIN) == 0
		? TEXT_COMPARED_PLAIN
		: TEXT_COMPARED_RULE,
	    (const char *[4]){ a[0], a[1], a[2], "" });
}

/* The same where {1} is a title. */
static void
named(struct buf *b, const struct page *p, const char *tag, enum text key,
    const char *const args[4])
{
	buf_printf(b, "<%s>", tag);
	page_fill_bdi(b, p, key, args);
	buf_printf(b, "</%s>\n", tag);
}

/* --- Why not ---------------------------------------------------------------
 */

static const char *
title_of(const struct page *p, const struct form *f, const char *id)
{
	size_t i = outcome_find(f, id);

	return i < f->n_options ? page_title_of(p, f->options[i].titles) : id;
}

/* Where the money of its supporters went: the most first, then the rest. */
static void
taken(struct buf *b, const struct page *p, const struct form *f,
    const json_t *why)
{
	const json_t *list = json_object_get(why, "taken");
	const json_t *row;
	char a[2][FORMAT_CHARS];
	size_t i;

	if (json_array_size(list) == 0)
		return;
	paragraph(
	    b, p, "p", TEXT_WHY_TAKEN, (const char *[4]){ "", "", "", "" });
	buf_str(b, "<ul>\n");
	for (i = 0; i < json_array_size(list) && i < TAKEN_SHOWN; i++) {
		row = json_array_get(list, i);
		format_money(p->lang, outcome_string(row, "money"), a[0]);
		format_count(p->lang, outcome_number(row, "voters"), a[1]);
		named(b, p, "li", TEXT_WHY_TAKEN_BY,
		    (const char *[4]){
			title_of(p, f, outcome_string(row, "id")), a[0], a[1],
			"" });
	}
	if (json_array_size(list) > TAKEN_SHOWN || json_object_get(why, "rest"))
		paragraph(b, p, "li", TEXT_WHY_TAKEN_REST,
		    (const char *[4]){ "", "", "", "" });
	buf_str(b, "</ul>\n");
}

/* What a sentence is filled with. */
enum filling { NOTHING, BY, LEFT_COST, COST, MIN_SCORE, NEEDED_VOTES };

static const struct {
	const char *fate;
	enum text text;
	enum filling with;
} sentences[] = {
	{ "withdrawn", TEXT_WHY_WITHDRAWN, NOTHING },
	{ "unsupported", TEXT_WHY_UNSUPPORTED, NOTHING },
	{ "above_budget", TEXT_WHY_ABOVE_BUDGET, COST },
	{ "low", TEXT_WHY_LOW, MIN_SCORE },
	{ "barred", TEXT_WHY_BARRED, BY },
	{ "too_dear", TEXT_WHY_TOO_DEAR, LEFT_COST },
	{ "after_end", TEXT_WHY_AFTER_END, BY },
	{ "stopped", TEXT_WHY_AFTER_END, BY },
	{ "votes", TEXT_WHY_VOTES, NEEDED_VOTES },
	{ "money", TEXT_WHY_MONEY, LEFT_COST },
};
#define SENTENCES (sizeof(sentences) / sizeof(sentences[0]))

static void
sentence(struct buf *b, const struct page *p, const struct form *f, size_t i,
    const json_t *result)
{
	const json_t *why = outcome_project(result, i);
	const json_t *score =
	    json_array_get(json_object_get(result, "scores"), i);
	const char *fate = outcome_string(why, "fate");
	const char *args[4] = { "", "", "", "" };
	const char *left;
	char a[2][FORMAT_CHARS];
	size_t k;

	/* Where shares are nothing, no number of votes is enough. */
	if (strcmp(fate, "votes") == 0 &&
	    outcome_string(why, "needed")[0] == '\0')
		fate = "money";
	/* The project that ended a count did not fit itself. */
	if (strcmp(fate, "stopped") == 0 &&
	    strcmp(outcome_string(why, "by"), f->options[i].id) == 0)
		fate = "too_dear";
	for (k = 0; k < SENTENCES && strcmp(fate, sentences[k].fate) != 0; k++)
		;
	if (k == SENTENCES)
		return;
	if (sentences[k].with == BY)
		args[0] = title_of(p, f, outcome_string(why, "by"));
	if (sentences[k].with == LEFT_COST) {
		left = outcome_string(why, "left");
		format_money(p->lang, left[0] != '\0' ? left : "0", a[0]);
		format_money(p->lang, f->options[i].cost, a[1]);
	} else if (sentences[k].with == COST) {
		format_money(p->lang, f->options[i].cost, a[0]);
		format_money(p->lang, f->budget, a[1]);
	} else if (sentences[k].with == MIN_SCORE) {
		format_number(p->lang, f->min_score, a[0]);
		format_number(p->lang, outcome_string(score, "score"), a[1]);
	} else if (sentences[k].with == NEEDED_VOTES) {
		format_number(p->lang, outcome_string(why, "needed"), a[0]);
		format_count(p->lang, outcome_number(score, "votes"), a[1]);
	}
	if (sentences[k].with != BY && sentences[k].with != NOTHING) {
		args[0] = a[0];
		args[1] = a[1];
	}
	if (sentences[k].with == BY)
		named(b, p, "p", sentences[k].text, args);
	else
		paragraph(b, p, "p", sentences[k].text, args);
	if (strcmp(fate, "money") == 0)
		taken(b, p, f, why);
}

/* --- Why -------------------------------------------------------------------
 */

/* The step of the count in which it was selected, from 1. */
static uint64_t
step_of(const json_t *result, const char *id)
{
	const json_t *explain = json_object_get(result, "explain");
	const json_t *list = json_object_get(explain, "rounds"), *one;
	const char *name = "winner";
	size_t i;

	if (list == NULL) {
		list = json_object_get(explain, "walk");
		name = "id";
	}
	for (i = 0; i < json_array_size(list); i++) {
		one = json_array_get(list, i);
		if (strcmp(outcome_string(one, name), id) == 0)
			return i + 1;
	}
	return 0;
}

static const json_t *
row_of(const json_t *list, const char *id)
{
	size_t i;

	for (i = 0; i < json_array_size(list); i++)
		if (strcmp(outcome_string(json_array_get(list, i), "id"), id) ==
		    0)
			return json_array_get(list, i);
	return NULL;
}

static void
won_shares(struct buf *b, const struct page *p, const json_t *pay)
{
	char a[3][FORMAT_CHARS];

	format_count(p->lang, outcome_number(pay, "round"), a[0]);
	format_count(p->lang, outcome_number(pay, "payers"), a[1]);
	format_money(p->lang, outcome_string(pay, "average"), a[2]);
	paragraph(b, p, "p", TEXT_WHY_WON_SHARES,
	    (const char *[4]){ a[0], a[1], a[2], "" });
	format_number(p->lang, outcome_string(pay, "effective"), a[0]);
	paragraph(b, p, "p", TEXT_WHY_WON_EFFECTIVE,
	    (const char *[4]){ a[0], "", "", "" });
}

/* The one sentence that a winner has. */
static void
won(struct buf *b, const struct page *p, const struct option *o,
    const char *fate, const json_t *result)
{
	const json_t *explain = json_object_get(result, "explain");
	const json_t *pay = row_of(json_object_get(explain, "payments"), o->id);
	const json_t *step = row_of(json_object_get(explain, "walk"), o->id);
	char a[2][FORMAT_CHARS];

	format_money(p->lang, o->cost, a[1]);
	if (strcmp(fate, "free") == 0) {
		page_element(b, p, "p", TEXT_WHY_WON_FREE);
	} else if (strcmp(fate, "filled") == 0) {
		page_element(b, p, "p", TEXT_WHY_WON_FILLED);
	} else if (pay != NULL) {
		won_shares(b, p, pay);
	} else if (step != NULL) {
		format_money(p->lang, outcome_string(step, "left"), a[0]);
		paragraph(b, p, "p", TEXT_WHY_WON_GREEDY,
		    (const char *[4]){ a[0], a[1], "", "" });
	} else if (step_of(result, o->id) > 0) {
		format_count(p->lang, step_of(result, o->id), a[0]);
		paragraph(b, p, "p", TEXT_WHY_WON_PHRAGMEN,
		    (const char *[4]){ a[0], a[1], "", "" });
	} else {
		page_element(b, p, "p", TEXT_SELECTED);
	}
}

static int
is_winner(const char *fate)
{
	return strcmp(fate, "selected") == 0 || strcmp(fate, "filled") == 0 ||
	       strcmp(fate, "free") == 0;
}

static void
group(struct buf *b, const struct page *p, const struct form *f,
    const json_t *result, int winners)
{
	const char *fate;
	size_t i, n = 0;

	for (i = 0; i < f->n_options; i++) {
		fate = outcome_string(outcome_project(result, i), "fate");
		if (fate[0] == '\0' || is_winner(fate) != winners)
			continue;
		if (n++ == 0) {
			page_element(b, p, "h3",
			    winners ? TEXT_WHY_WON_TITLE : TEXT_WHY_TITLE);
			buf_str(b, "<dl class=\"why\">\n");
		}
		buf_str(b, "<dt>");
		page_bdi(b, page_title_of(p, f->options[i].titles));
		buf_str(b, "</dt>\n<dd>");
		if (winners)
			won(b, p, &f->options[i], fate, result);
		else
			sentence(b, p, f, i, result);
		buf_str(b, "</dd>\n");
	}
	if (n > 0)
		buf_str(b, "</dl>\n");
}

void
page_why(struct buf *b, const struct page *p, const struct form *f,
    const json_t *result)
{
	if (f == NULL || outcome_project(result, 0) == NULL)
		return;
	buf_str(b, "<section>\n");
	page_element(b, p, "h2", TEXT_WHY_EACH);
	group(b, p, f, result, 1);
	group(b, p, f, result, 0);
	buf_str(b, "</section>\n");
}

/* --- How fair --------------------------------------------------------------
 */

enum unit { VOTERS, PLAIN_NUMBER, MONEY };

static const struct {
	const char *name;
	enum text text;
	enum unit unit;
} figures[] = {
	{ "excluded", TEXT_FAIR_EXCLUDED, VOTERS },
	{ "average_winners", TEXT_FAIR_WINNERS, PLAIN_NUMBER },
	{ "average_money", TEXT_FAIR_MONEY, MONEY },
	{ "gini_winners", TEXT_FAIR_GINI, PLAIN_NUMBER },
	{ "score", TEXT_FAIR_SCORE, PLAIN_NUMBER },
	{ "leftover", TEXT_FAIR_LEFTOVER, MONEY },
};

/* All ballots: those without any winner, and by number of winners. */
static uint64_t
voters_of(const json_t *o)
{
	const json_t *a = json_object_get(o, "histogram");
	uint64_t n = outcome_number(o, "more");
	size_t i;

	for (i = 0; i < json_array_size(a); i++)
		n += (uint64_t)json_integer_value(json_array_get(a, i));
	return n;
}

static void
figure(struct buf *b, const struct page *p, const json_t *o, size_t i,
    enum text column)
{
	const char *name = figures[i].name;
	char a[2][FORMAT_CHARS];

	page_table_cell(b, p, column, 1);
	if (figures[i].unit == VOTERS) {
		format_count(p->lang, outcome_number(o, name), a[0]);
		format_percent(
		    p->lang, outcome_number(o, name), voters_of(o), a[1]);
		buf_printf(b, "%s (%s)", a[0], a[1]);
	} else {
		if (figures[i].unit == MONEY)
			format_money(p->lang, outcome_string(o, name), a[0]);
		else
			format_number(p->lang, outcome_string(o, name), a[0]);
		html_text(b, a[0]);
	}
	page_table_cell_end(b);
}

static void
figures_table(struct buf *b, const struct page *p, const json_t *mine,
    const json_t *plain)
{
	size_t i;

	page_table_open(b, p, TEXT_FAIR_CAPTION);
	page_table_head(b, p, TEXT_FAIR_FIGURE, 0);
	page_table_head(b, p, TEXT_FAIR_OUTCOME, 1);
	page_table_head(b, p, TEXT_FAIR_PLAIN, 1);
	page_table_body(b);
	for (i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		page_table_row(b, NULL);
		page_table_name(b);
		page_text(b, p, figures[i].text);
		page_table_name_end(b);
		figure(b, p, mine, i, TEXT_FAIR_OUTCOME);
		figure(b, p, plain, i, TEXT_FAIR_PLAIN);
		page_table_row_end(b);
	}
	page_table_close(b);
}

/* People with ${k} winners, or with so many and more (${all}). */
static uint64_t
with_winners(const json_t *o, size_t k, int all)
{
	const json_t *a = json_object_get(o, "histogram");
	uint64_t n = all ? outcome_number(o, "more") : 0;
	size_t i;

	for (i = k; i < json_array_size(a) && (all || i == k); i++)
		n += (uint64_t)json_integer_value(json_array_get(a, i));
	return n;
}

static size_t
told_apart(const json_t *o)
{
	return json_array_size(json_object_get(o, "histogram"));
}

static void
people(struct buf *b, const struct page *p, const json_t *o, size_t k, int all,
    enum text column)
{
	uint64_t n = with_winners(o, k, all);
	char a[2][FORMAT_CHARS];

	page_table_cell(b, p, column, 1);
	if (n > 0 && n < FEW) {
		page_text(b, p, TEXT_FAIR_FEW);
	} else {
		format_count(p->lang, n, a[0]);
		format_percent(p->lang, n, voters_of(o), a[1]);
		page_fill(b, p, TEXT_FAIR_HIST_PEOPLE,
		    (const char *[4]){ a[0], a[1], "", "" });
	}
	page_table_cell_end(b);
}

/* Rows as long as either outcome tells more than a few people apart. */
static void
histogram(struct buf *b, const struct page *p, const json_t *mine,
    const json_t *plain)
{
	char a[FORMAT_CHARS];
	size_t k, last = 0, told = told_apart(mine), other = told_apart(plain);

	/* Of those in "more" nobody knows how many more. */
	if (other < told)
		told = other;
	while (last < told && (with_winners(mine, last + 1, 1) >= FEW ||
				  with_winners(plain, last + 1, 1) >= FEW))
		last++;
	if (last == 0)
		return;
	page_table_open(b, p, TEXT_FAIR_HIST_CAPTION);
	page_table_head(b, p, TEXT_FAIR_HIST_COUNT, 0);
	page_table_head(b, p, TEXT_FAIR_OUTCOME, 1);
	page_table_head(b, p, TEXT_FAIR_PLAIN, 1);
	page_table_body(b);
	for (k = 0; k <= last; k++) {
		format_count(p->lang, k, a);
		page_table_row(b, NULL);
		page_table_name(b);
		if (k == last)
			page_fill(b, p, TEXT_FAIR_HIST_MORE,
			    (const char *[4]){ a, "", "", "" });
		else
			html_text(b, a);
		page_table_name_end(b);
		people(b, p, mine, k, k == last, TEXT_FAIR_OUTCOME);
		people(b, p, plain, k, k == last, TEXT_FAIR_PLAIN);
		page_table_row_end(b);
	}
	page_table_close(b);
}

static void
categories(struct buf *b, const struct page *p, const json_t *list)
{
	const json_t *one;
	char a[FORMAT_CHARS];
	size_t i;

	if (json_array_size(list) == 0)
		return;
	page_table_open(b, p, TEXT_FAIR_CATEGORIES);
	page_table_head(b, p, TEXT_CATEGORY, 0);
	page_table_head(b, p, TEXT_FAIR_OUTCOME, 1);
	page_table_head(b, p, TEXT_FAIR_PLAIN, 1);
	page_table_head(b, p, TEXT_FAIR_CATEGORY_VOTES, 1);
	page_table_body(b);
	for (i = 0; i < json_array_size(list); i++) {
		one = json_array_get(list, i);
		page_table_row(b, NULL);
		page_table_name(b);
		if (outcome_string(one, "category")[0] != '\0')
			page_bdi(b, outcome_string(one, "category"));
		else
			page_text(b, p, TEXT_FAIR_CATEGORY_NONE);
		page_table_name_end(b);
		format_money(p->lang, outcome_string(one, "outcome"), a);
		page_table_text(b, p, TEXT_FAIR_OUTCOME, 1, a);
		format_money(p->lang, outcome_string(one, "plain"), a);
		page_table_text(b, p, TEXT_FAIR_PLAIN, 1, a);
		format_number(p->lang, outcome_string(one, "score"), a);
		page_table_text(b, p, TEXT_FAIR_CATEGORY_VOTES, 1, a);
		page_table_row_end(b);
	}
	page_table_close(b);
}

void
page_why_fairness(struct buf *b, const struct page *p, const json_t *result)
{
	const json_t *fairness =
	    json_object_get(json_object_get(result, "explain"), "fairness");
	const json_t *mine = json_object_get(fairness, "outcome");
	const json_t *plain = json_object_get(fairness, "plain");

	if (mine == NULL ||
	    strcmp(outcome_string(result, "rule"), RULE_PLAIN) == 0)
		return;
	buf_str(b, "<section>\n");
	page_element(b, p, "h2", TEXT_FAIR_TITLE);
	page_element(b, p, "p", TEXT_FAIR_LEAD);
	figures_table(b, p, mine, plain);
	histogram(b, p, mine, plain);
	categories(b, p, json_object_get(fairness, "categories"));
	buf_str(b, "</section>\n");
}
