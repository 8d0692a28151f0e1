#include <stdio.h>
#include <string.h>

#include "format.h"
#include "html.h"
#include "rule.h"

#include "page_why.h"

enum { TAKEN_SHOWN = 3 };

static const char *
string(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s != NULL ? s : "";
}

static uint64_t
number(const json_t *o, const char *name)
{
	return (uint64_t)json_integer_value(json_object_get(o, name));
}

static const json_t *
project(const json_t *result, size_t i)
{
	return json_array_get(
	    json_object_get(json_object_get(result, "explain"), "projects"), i);
}

static void
paragraph(struct buf *b, const struct page *p, const char *tag, enum text key,
    const char *const args[4])
{
	buf_printf(b, "<%s>", tag);
	page_fill(b, p, key, args);
	buf_printf(b, "</%s>\n", tag);
}

const char *
page_why_support(const json_t *result, size_t i)
{
	const char *s = string(project(result, i), "support");

	return s[0] != '\0' ? s : NULL;
}

void
page_why_compared(struct buf *b, const struct page *p, const json_t *result)
{
	const json_t *c =
	    json_object_get(json_object_get(result, "outcome"), "comparison");
	char a[3][FORMAT_CHARS];

	if (c == NULL)
		return;
	format_count(p->lang, number(c, "rule"), a[0]);
	format_count(p->lang, number(c, "greedy"), a[1]);
	format_count(p->lang, number(c, "equal"), a[2]);
	paragraph(b, p, "p",
	    strcmp(string(c, "winner"), RULE_PLAIN) == 0 ? TEXT_COMPARED_PLAIN
							 : TEXT_COMPARED_RULE,
	    (const char *[4]){ a[0], a[1], a[2], "" });
}

/* --- Why not ---------------------------------------------------------------
 */

static const char *
title_of(const struct page *p, const struct form *f, const char *id)
{
	size_t i;

	for (i = 0; i < f->n_options; i++)
		if (strcmp(f->options[i].id, id) == 0)
			return page_title_of(p, f->options[i].titles);
	return id;
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
		format_money(p->lang, string(row, "money"), a[0]);
		format_count(p->lang, number(row, "voters"), a[1]);
		paragraph(b, p, "li", TEXT_WHY_TAKEN_BY,
		    (const char *[4]){
			title_of(p, f, string(row, "id")), a[0], a[1], "" });
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
	const json_t *why = project(result, i);
	const json_t *score =
	    json_array_get(json_object_get(result, "scores"), i);
	const char *fate = string(why, "fate");
	const char *args[4] = { "", "", "", "" };
	const char *left;
	char a[2][FORMAT_CHARS];
	size_t k;

	/* Where shares are nothing, no number of votes is enough. */
	if (strcmp(fate, "votes") == 0 && string(why, "needed")[0] == '\0')
		fate = "money";
	/* The project that ended a count did not fit itself. */
	if (strcmp(fate, "stopped") == 0 &&
	    strcmp(string(why, "by"), f->options[i].id) == 0)
		fate = "too_dear";
	for (k = 0; k < SENTENCES && strcmp(fate, sentences[k].fate) != 0; k++)
		;
	if (k == SENTENCES)
		return;
	if (sentences[k].with == BY)
		args[0] = title_of(p, f, string(why, "by"));
	if (sentences[k].with == LEFT_COST) {
		left = string(why, "left");
		format_money(p->lang, left[0] != '\0' ? left : "0", a[0]);
		format_money(p->lang, f->options[i].cost, a[1]);
	} else if (sentences[k].with == COST) {
		format_money(p->lang, f->options[i].cost, a[0]);
		format_money(p->lang, f->budget, a[1]);
	} else if (sentences[k].with == MIN_SCORE) {
		format_number(p->lang, f->min_score, a[0]);
		format_number(p->lang, string(score, "score"), a[1]);
	} else if (sentences[k].with == NEEDED_VOTES) {
		format_number(p->lang, string(why, "needed"), a[0]);
		format_count(p->lang, number(score, "votes"), a[1]);
	}
	if (sentences[k].with != BY && sentences[k].with != NOTHING) {
		args[0] = a[0];
		args[1] = a[1];
	}
	paragraph(b, p, "p", sentences[k].text, args);
	if (strcmp(fate, "money") == 0)
		taken(b, p, f, why);
}

void
page_why_lost(struct buf *b, const struct page *p, const struct form *f,
    const json_t *result)
{
	const char *fate;
	size_t lost = 0;
	size_t i;

	for (i = 0; f != NULL && i < f->n_options; i++) {
		fate = string(project(result, i), "fate");
		if (fate[0] == '\0' || strcmp(fate, "selected") == 0 ||
		    strcmp(fate, "filled") == 0 || strcmp(fate, "free") == 0)
			continue;
		if (lost++ == 0) {
			buf_str(b, "<section>\n");
			page_element(b, p, "h2", TEXT_WHY_TITLE);
			buf_str(b, "<dl>\n");
		}
		buf_str(b, "<dt>");
		html_text(b, page_title_of(p, f->options[i].titles));
		buf_str(b, "</dt>\n<dd>");
		sentence(b, p, f, i, result);
		buf_str(b, "</dd>\n");
	}
	if (lost > 0)
		buf_str(b, "</dl>\n</section>\n");
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

static void
figure(struct buf *b, const struct page *p, const json_t *o, size_t i,
    uint64_t voters)
{
	char a[2][FORMAT_CHARS];

	buf_str(b, "<td class=\"number\">");
	if (figures[i].unit == VOTERS) {
		format_count(p->lang, number(o, figures[i].name), a[0]);
		format_percent(
		    p->lang, number(o, figures[i].name), voters, a[1]);
		html_text(b, a[0]);
		buf_str(b, " (");
		html_text(b, a[1]);
		buf_str(b, ")");
	} else if (figures[i].unit == MONEY) {
		format_money(p->lang, string(o, figures[i].name), a[0]);
		html_text(b, a[0]);
	} else {
		format_number(p->lang, string(o, figures[i].name), a[0]);
		html_text(b, a[0]);
	}
	buf_str(b, "</td>\n");
}

/* All ballots: those without any winner, and by number of winners. */
static uint64_t
voters_of(const json_t *o)
{
	const json_t *a = json_object_get(o, "histogram");
	uint64_t n = number(o, "more");
	size_t i;

	for (i = 0; i < json_array_size(a); i++)
		n += (uint64_t)json_integer_value(json_array_get(a, i));
	return n;
}

void
page_why_fairness(struct buf *b, const struct page *p, const json_t *result)
{
	const json_t *fairness =
	    json_object_get(json_object_get(result, "explain"), "fairness");
	const json_t *mine = json_object_get(fairness, "outcome");
	const json_t *plain = json_object_get(fairness, "plain");
	uint64_t voters = voters_of(mine);
	size_t i;

	if (mine == NULL || strcmp(string(result, "rule"), RULE_PLAIN) == 0)
		return;
	buf_str(b, "<section>\n");
	page_element(b, p, "h2", TEXT_FAIR_TITLE);
	page_element(b, p, "p", TEXT_FAIR_LEAD);
	buf_str(b, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		   "aria-labelledby=\"fairness\">\n<table>\n"
		   "<caption id=\"fairness\">");
	page_text(b, p, TEXT_FAIR_CAPTION);
	buf_str(b, "</caption>\n<thead>\n<tr>\n");
	page_column(b, p, TEXT_FAIR_FIGURE, 0);
	page_column(b, p, TEXT_FAIR_OUTCOME, 1);
	page_column(b, p, TEXT_FAIR_PLAIN, 1);
	buf_str(b, "</tr>\n</thead>\n<tbody>\n");
	for (i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		buf_str(b, "<tr>\n<th scope=\"row\">");
		page_text(b, p, figures[i].text);
		buf_str(b, "</th>\n");
		figure(b, p, mine, i, voters);
		figure(b, p, plain, i, voters);
		buf_str(b, "</tr>\n");
	}
	buf_str(b, "</tbody>\n</table>\n</div>\n</section>\n");
}
