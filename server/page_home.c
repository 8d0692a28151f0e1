#include <stdio.h>

#include "html.h"

#include "page.h"

/* The parts of the home page, and which phases stand in each. */
static const struct {
	enum text title;
	unsigned phases;
} parts[] = {
	{ TEXT_HOME_NOW,
	    1U << SPACE_ISSUANCE | 1U << SPACE_WAITING | 1U << SPACE_OPEN },
	{ TEXT_HOME_SOON, 1U << SPACE_ANNOUNCED },
	{ TEXT_HOME_COUNTING, 1U << SPACE_CLOSING | 1U << SPACE_CLOSED },
	{ TEXT_HOME_DECIDED, 1U << SPACE_RESULT | 1U << SPACE_CANCELLED },
};

static enum text
kind_text(enum space_kind k)
{
	if (k == SPACE_IDEAS)
		return TEXT_KIND_IDEAS;
	return k == SPACE_BALLOT ? TEXT_KIND_BALLOT : TEXT_KIND_QUESTIONNAIRE;
}

/* A way on: the path below that of the space, or below none. */
struct call {
	const char *path; /* of the space's page if it begins with "+" */
	enum text text;
	int is_main;
};

/* What a resident can do now; the first is what most want. */
static size_t
calls(const struct page_space *s, struct call out[static 2])
{
	const struct header *h = s->space->header;
	size_t n = 0;

	/* So far only votes are held here. */
	if (h->kind != SPACE_BALLOT) {
		out[n++] = (struct call){ "+", TEXT_CTA_ABOUT, 0 };
		return n;
	}
	switch (s->phase) {
	case SPACE_ISSUANCE:
		out[n++] = (struct call){ "/ritira", TEXT_CTA_COLLECT, 1 };
		break;
	case SPACE_OPEN:
		out[n++] = (struct call){ "+/vota", TEXT_CTA_VOTE, 1 };
		if (!h->separated)
			out[n++] =
			    (struct call){ "/ritira", TEXT_CTA_COLLECT, 0 };
		break;
	case SPACE_CLOSING:
	case SPACE_CLOSED:
		out[n++] = (struct call){ "+/controlla", TEXT_CTA_CHECK, 1 };
		break;
	case SPACE_RESULT:
		out[n++] = (struct call){ "+/risultati", TEXT_CTA_RESULT, 1 };
		break;
	case SPACE_ANNOUNCED:
	case SPACE_WAITING:
	case SPACE_CANCELLED:
	default:
		out[n++] = (struct call){ "+", TEXT_CTA_ABOUT, 0 };
		break;
	}
	return n;
}

void
page_calls(struct buf *b, const struct page *p, const struct page_space *s)
{
	const char *title = page_title_of(p, s->space->header->titles);
	char path[SLUG_MAX + 32];
	struct call list[2];
	size_t n = calls(s, list), i;

	buf_str(b, "<p class=\"actions\">");
	for (i = 0; i < n; i++) {
		if (list[i].path[0] == '+')
			snprintf(path, sizeof(path), "/spazi/%s%s",
			    s->space->header->slug, list[i].path + 1);
		buf_printf(b, "%s<a class=\"%s\"", i > 0 ? " " : "",
		    list[i].is_main ? "btn btn-primary"
				    : "btn btn-outline-primary");
		page_href(b, p, list[i].path[0] == '+' ? path : list[i].path);
		buf_str(b, ">");
		page_text(b, p, list[i].text);
		/* Read out alone, it says of which vote it is. */
		buf_str(b, "<span class=\"visually-hidden\">: ");
		page_bdi(b, title);
		buf_str(b, "</span></a>");
	}
	buf_str(b, "</p>\n");
}

static void
card(struct buf *b, const struct page *p, const struct page_space *s)
{
	const struct header *h = s->space->header;
	char path[SLUG_MAX + 32];

	/* A slug needs no escaping. */
	snprintf(path, sizeof(path), "/spazi/%s", h->slug);
	buf_str(b, "<li>\n<article class=\"it-card\">\n"
		   "<h3 class=\"it-card-title\"><a");
	page_href(b, p, path);
	buf_str(b, ">");
	page_bdi(b, page_title_of(p, h->titles));
	buf_str(b, "</a></h3>\n<div class=\"it-card-body\">\n"
		   "<p class=\"kind\">");
	page_text(b, p, kind_text(h->kind));
	buf_str(b, "</p>\n");
	page_phase(b, p, s);
	buf_str(b, "</div>\n<div class=\"it-card-footer\">\n");
	page_calls(b, p, s);
	buf_str(b, "</div>\n</article>\n</li>\n");
}

static void
first_time(struct buf *b, const struct page *p)
{
	buf_str(b, "<section class=\"callout\">\n");
	page_element(b, p, "h2", TEXT_HOME_FIRST);
	page_element(b, p, "p", TEXT_HOME_FIRST_TEXT);
	buf_str(b, "<p>");
	page_link(b, p, "/come-funziona", TEXT_HOME_FIRST_LINK);
	buf_str(b, "</p>\n</section>\n");
}

void
page_home(struct buf *b, const struct page *p, const struct page_space *spaces,
    size_t n)
{
	struct page page = *p;
	size_t i, k;
	int any;

	/* The letter's code comes to this page, in the part after "#". */
	page.script = "home";
	page_begin(b, &page, text_of(TEXT_HOME_TITLE, p->lang));
	buf_str(b, "<p class=\"lead\">");
	page_text(b, p, TEXT_HOME_LEAD);
	buf_str(b, "</p>\n");
	if (n == 0)
		page_element(b, p, "p", TEXT_HOME_NONE);
	for (k = 0; k < sizeof(parts) / sizeof(parts[0]); k++) {
		any = 0;
		/* The newest first. */
		for (i = n; i-- > 0;) {
			if ((parts[k].phases & 1U << spaces[i].phase) == 0)
				continue;
			if (!any) {
				buf_str(b, "<section>\n");
				page_element(b, p, "h2", parts[k].title);
				buf_str(b, k == 0 ? "<ul class=\"cards "
						    "cards-now\">\n"
						  : "<ul class=\"cards\">\n");
				any = 1;
			}
			card(b, p, &spaces[i]);
		}
		buf_str(b, any ? "</ul>\n</section>\n" : "");
		/* Below what is open now, before what is over. */
		if (k == 0)
			first_time(b, p);
	}
	page_end(b, &page);
}
