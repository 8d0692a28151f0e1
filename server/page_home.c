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

static void
card(struct buf *b, const struct page *p, const struct page_space *s)
{
	const struct header *h = s->space->header;
	char path[SLUG_MAX + 32];

	/* A slug needs no escaping. */
	snprintf(path, sizeof(path), "/spazi/%s", h->slug);
	buf_str(b, "<li class=\"card\">\n<h3><a");
	page_href(b, p, path);
	buf_str(b, ">");
	html_text(b, page_title_of(p, h->titles));
	buf_str(b, "</a></h3>\n");
	buf_str(b, "<p class=\"kind\">");
	page_text(b, p, kind_text(h->kind));
	buf_str(b, "</p>\n");
	page_phase(b, p, s);
	if (s->phase == SPACE_RESULT) {
		snprintf(path, sizeof(path), "/spazi/%s/risultati", h->slug);
		buf_str(b, "<p>");
		page_link(b, p, path, TEXT_TO_RESULT);
		buf_str(b, "</p>\n");
	}
	buf_str(b, "</li>\n");
}

void
page_home(struct buf *b, const struct page *p, const struct page_space *spaces,
    size_t n)
{
	size_t i, k;
	int any;

	page_begin(b, p, text_of(TEXT_HOME_TITLE, p->lang));
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
				buf_str(b, "<ul class=\"cards\">\n");
				any = 1;
			}
			card(b, p, &spaces[i]);
		}
		buf_str(b, any ? "</ul>\n</section>\n" : "");
	}
	page_end(b, p);
}
