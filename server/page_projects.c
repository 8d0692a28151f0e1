#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "hex.h"
#include "html.h"

#include "page_projects.h"

#define SHORT 500 /* bytes of a description that is not folded away */

/* Options that say the same category, in the form's order. */
struct group {
	const char *category;
	size_t n;
};

/* The categories in the order in which they first come; the caller frees. */
static struct group *
groups_of(const struct form *f, size_t *n)
{
	struct group *list = calloc(f->n_options, sizeof(*list));
	size_t i, k;

	*n = 0;
	for (i = 0; list != NULL && i < f->n_options; i++) {
		for (k = 0; k < *n; k++)
			if (strcmp(list[k].category, f->options[i].category) ==
			    0)
				break;
		list[k].category = f->options[i].category;
		list[k].n++;
		*n += k == *n;
	}
	return list;
}

static void
name(struct buf *b, const struct page *p, const struct group *g)
{
	if (g->category[0] != '\0')
		page_bdi(b, g->category);
	else
		page_text(b, p, TEXT_FAIR_CATEGORY_NONE);
}

/* --- A card ---------------------------------------------------------------*/

static void
picture(struct buf *b, const struct page *p, const struct option *o)
{
	char hex[2 * HASH_BYTES + 1];

	if (o->alt == NULL)
		return;
	hex_encode(hash_slice(&o->picture), hex);
	buf_printf(b,
	    "<img class=\"picture\" src=\"/api/v1/pictures/%s\" "
	    "width=\"600\" height=\"400\" loading=\"lazy\" "
	    "decoding=\"async\" alt=\"",
	    hex);
	html_attr(b, page_title_of(p, o->alt));
	buf_str(b, "\">\n");
}

static void
labelled(struct buf *b, const struct page *p, enum text key, const char *value)
{
	page_text(b, p, key);
	buf_str(b, ": ");
	page_bdi(b, value);
}

static void
description(struct buf *b, const struct page *p, const struct option *o)
{
	const char *s = page_title_of(p, o->description);
	int folded = strlen(s) > SHORT;

	if (s[0] == '\0')
		return;
	if (folded) {
		buf_str(b, "<details>\n<summary>");
		page_text(b, p, TEXT_PROJECT_READ);
		buf_str(b, "<span class=\"visually-hidden\">: ");
		page_bdi(b, page_title_of(p, o->titles));
		buf_str(b, "</span></summary>\n");
	}
	buf_str(b, "<div dir=\"auto\">\n");
	html_paragraphs(b, s);
	buf_str(b, folded ? "</div>\n</details>\n" : "</div>\n");
}

static void
card(struct buf *b, const struct page *p, const struct option *o,
    const char *heading)
{
	char cost[FORMAT_CHARS];

	format_money(p->lang, o->cost, cost);
	buf_str(b, "<li>\n<article class=\"it-card project\">\n");
	picture(b, p, o);
	buf_printf(b, "<%s class=\"it-card-title\">", heading);
	page_bdi(b, page_title_of(p, o->titles));
	buf_printf(b, "</%s>\n<div class=\"it-card-body\">\n<p class=\"cost\">",
	    heading);
	labelled(b, p, TEXT_COST, cost);
	buf_str(b, "</p>\n");
	if (o->place[0] != '\0') {
		buf_str(b, "<p class=\"note\">");
		labelled(b, p, TEXT_PLACE, o->place);
		buf_str(b, "</p>\n");
	}
	description(b, p, o);
	buf_str(b, "</div>\n</article>\n</li>\n");
}

static void
cards(struct buf *b, const struct page *p, const struct form *f,
    const char *category, const char *heading)
{
	size_t i;

	buf_str(b, "<ul class=\"cards\">\n");
	for (i = 0; i < f->n_options; i++)
		if (category == NULL ||
		    strcmp(f->options[i].category, category) == 0)
			card(b, p, &f->options[i], heading);
	buf_str(b, "</ul>\n");
}

/* --- The section ----------------------------------------------------------*/

static void
ways(struct buf *b, const struct page *p, const struct group *list, size_t n)
{
	char a[FORMAT_CHARS];
	size_t i;

	buf_str(b, "<nav class=\"categories\" id=\"categorie\" aria-label=\"");
	html_attr(b, text_of(TEXT_CATEGORIES, p->lang));
	buf_str(b, "\">\n<ul>\n");
	for (i = 0; i < n; i++) {
		format_count(p->lang, list[i].n, a);
		buf_printf(b, "<li><a href=\"#categoria-%zu\">", i + 1);
		name(b, p, &list[i]);
		buf_printf(b, " (%s)</a></li>\n", a);
	}
	buf_str(b, "</ul>\n</nav>\n");
}

void
page_projects(struct buf *b, const struct page *p, const struct form *f)
{
	struct group *list;
	char a[2][FORMAT_CHARS];
	size_t i, n;

	if (f == NULL || (list = groups_of(f, &n)) == NULL)
		return;
	buf_str(b, "<section>\n<h2 id=\"progetti\">");
	page_text(b, p, TEXT_PROJECTS);
	buf_str(b, "</h2>\n<p>");
	format_count(p->lang, f->n_options, a[0]);
	format_money(p->lang, f->budget, a[1]);
	page_fill(
	    b, p, TEXT_PROJECTS_LEAD, (const char *[4]){ a[0], a[1], "", "" });
	buf_str(b, "</p>\n");
	if (n < 2) {
		if (list[0].category[0] != '\0') {
			buf_str(b, "<p>");
			labelled(b, p, TEXT_CATEGORY, list[0].category);
			buf_str(b, "</p>\n");
		}
		cards(b, p, f, NULL, "h3");
	} else {
		ways(b, p, list, n);
		for (i = 0; i < n; i++) {
			buf_printf(b,
			    "<h3 class=\"category\" id=\"categoria-%zu\">",
			    i + 1);
			name(b, p, &list[i]);
			buf_str(b, "</h3>\n");
			cards(b, p, f, list[i].category, "h4");
			buf_str(b, "<p class=\"note\"><a href=\"#categorie\">");
			page_text(b, p, TEXT_CATEGORIES_BACK);
			buf_str(b, "</a></p>\n");
		}
	}
	buf_str(b, "</section>\n");
	free(list);
}
