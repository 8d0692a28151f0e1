#include <string.h>

#include "format.h"
#include "html.h"
#include "page_assets.h"

#include "page_sealed.h"

void
page_fill(struct buf *b, const struct page *p, enum text key,
    const char *const args[4])
{
	const char *s = text_of(key, p->lang), *open;
	char piece[256];
	size_t n;

	while ((open = strchr(s, '{')) != NULL) {
		while (s < open) {
			n = (size_t)(open - s);
			n = n < sizeof(piece) ? n : sizeof(piece) - 1;
			/* Whole characters only. */
			while (s + n < open && n > 1 &&
			       ((unsigned char)s[n] & 0xc0) == 0x80)
				n--;
			memcpy(piece, s, n);
			piece[n] = '\0';
			html_text(b, piece);
			s += n;
		}
		html_text(b, args[open[1] - '1']);
		s = open + 3;
	}
	html_text(b, s);
}

void
page_text(struct buf *b, const struct page *p, enum text key)
{
	html_text(b, text_of(key, p->lang));
}

void
page_element(
    struct buf *b, const struct page *p, const char *tag, enum text key)
{
	buf_printf(b, "<%s>", tag);
	page_text(b, p, key);
	buf_printf(b, "</%s>\n", tag);
}

void
page_column(struct buf *b, const struct page *p, enum text key, int is_number)
{
	buf_printf(
	    b, "<th scope=\"col\"%s>", is_number ? " class=\"number\"" : "");
	page_text(b, p, key);
	buf_str(b, "</th>\n");
}

void
page_href(struct buf *b, const struct page *p, const char *path)
{
	buf_printf(b, " href=\"%s", path);
	if (p->lang_asked)
		buf_printf(b, "?lang=%s", lang_name(p->lang));
	buf_str(b, "\"");
}

void
page_link(struct buf *b, const struct page *p, const char *path, enum text key)
{
	buf_str(b, "<a");
	page_href(b, p, path);
	buf_str(b, ">");
	page_text(b, p, key);
	buf_str(b, "</a>");
}

const char *
page_title_of(const struct page *p, const json_t *texts)
{
	const char *s = json_text(texts, lang_name(p->lang));

	return s != NULL ? s : "";
}

void
page_server(struct buf *b, const struct page *p)
{
	int own = strncmp(p->host, "localhost", 9) == 0 ||
		  strncmp(p->host, "127.", 4) == 0;

	buf_str(b, own ? "http://" : "https://");
	html_text(b, p->host);
}

static void
nav_item(struct buf *b, const struct page *p, const char *path, enum text key)
{
	buf_str(b, "<li><a");
	page_href(b, p, path);
	if (strcmp(path, p->path) == 0)
		buf_str(b, " aria-current=\"page\"");
	buf_str(b, ">");
	page_text(b, p, key);
	buf_str(b, "</a></li>\n");
}

static void
masthead(struct buf *b, const struct page *p)
{
	enum lang other = p->lang == LANG_IT ? LANG_EN : LANG_IT;

	buf_str(b, "<header class=\"masthead\">\n<div class=\"width\">\n"
		   "<a class=\"brand\"");
	page_href(b, p, "/");
	buf_str(b, "><img src=\"");
	page_assets_url(b, "logo.svg");
	buf_str(b, "\" alt=\"\" width=\"40\" height=\"40\"><span>");
	page_text(b, p, TEXT_SITE);
	if (p->town != NULL) {
		buf_str(b, " <small>");
		html_text(b, p->town);
		buf_str(b, "</small>");
	}
	buf_str(b, "</span></a>\n<a class=\"language\" href=\"");
	html_attr(b, p->path);
	/* The name of the other language is written in that language. */
	buf_printf(b, "?lang=%s\" lang=\"%s\" hreflang=\"%s\">",
	    lang_name(other), lang_name(other), lang_name(other));
	page_text(b, p, TEXT_LANGUAGE);
	buf_str(b, "</a>\n</div>\n<nav aria-label=\"");
	html_attr(b, text_of(TEXT_NAV, p->lang));
	buf_str(b, "\">\n<ul class=\"width\">\n");
	nav_item(b, p, "/", TEXT_NAV_HOME);
	nav_item(b, p, "/verifica", TEXT_NAV_VERIFY);
	nav_item(b, p, "/privacy", TEXT_NAV_PRIVACY);
	buf_str(b, "</ul>\n</nav>\n</header>\n");
}

void
page_begin(struct buf *b, const struct page *p, const char *title)
{
	buf_printf(b,
	    "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, "
	    "initial-scale=1\">\n<title>",
	    lang_name(p->lang));
	html_text(b, title);
	buf_str(b, " - ");
	html_text(b, p->town != NULL ? p->town : text_of(TEXT_SITE, p->lang));
	buf_str(b, "</title>\n");
	page_assets_head(b);
	buf_str(b, "</head>\n<body>\n"
		   "<a class=\"skip\" href=\"#main\">");
	page_text(b, p, TEXT_SKIP);
	buf_str(b, "</a>\n");
	masthead(b, p);
	if (p->rehearsal) {
		buf_str(b, "<div class=\"rehearsal\" role=\"note\">"
			   "<p class=\"width\">");
		page_text(b, p, TEXT_REHEARSAL);
		buf_str(b, "</p></div>\n");
	}
	buf_str(b, "<main id=\"main\" class=\"width\" tabindex=\"-1\">\n<h1>");
	html_text(b, title);
	buf_str(b, "</h1>\n");
}

void
page_end(struct buf *b, const struct page *p)
{
	buf_str(b, "</main>\n<footer>\n<div class=\"width\">\n");
	page_element(b, p, "p", TEXT_FOOT);
	page_element(b, p, "p", TEXT_FOOT_COOKIES);
	buf_str(b, "</div>\n</footer>\n</body>\n</html>\n");
}

static void
phase_texts(const struct page_space *s, enum text *name, enum text *advice,
    uint64_t when[2], unsigned count[2])
{
	const struct header *h = s->space->header;

	when[0] = when[1] = 0;
	switch (s->phase) {
	case SPACE_ANNOUNCED:
		*name = TEXT_ANNOUNCED;
		*advice = TEXT_ANNOUNCED_DO;
		when[0] = h->issuance.from;
		break;
	case SPACE_ISSUANCE:
		*name = TEXT_ISSUANCE;
		*advice = TEXT_ISSUANCE_DO;
		when[0] = h->issuance.to;
		when[1] = h->participation.from;
		break;
	case SPACE_WAITING:
		*name = TEXT_WAITING;
		*advice = TEXT_WAITING_DO;
		when[0] = h->participation.from;
		break;
	case SPACE_OPEN:
		*name = TEXT_OPEN;
		*advice = h->separated ? TEXT_OPEN_DO : TEXT_OPEN_BOTH_DO;
		when[0] = h->participation.to;
		break;
	case SPACE_CLOSING:
		*name = TEXT_CLOSING;
		*advice = TEXT_CLOSING_DO;
		break;
	case SPACE_CLOSED:
		*name = TEXT_CLOSED;
		*advice = TEXT_CLOSED_DO;
		if (h->n_trustees > 0)
			*advice =
			    page_sealed_advice(s->space, &count[0], &count[1]);
		if (*advice == TEXT_OPENING_DO)
			*name = TEXT_OPENING;
		break;
	case SPACE_RESULT:
		*name = TEXT_RESULT;
		*advice = TEXT_RESULT_DO;
		break;
	case SPACE_CANCELLED:
	default:
		*name = TEXT_CANCELLED;
		*advice = TEXT_CANCELLED_DO;
		break;
	}
}

void
page_phase(struct buf *b, const struct page *p, const struct page_space *s)
{
	char date[2][FORMAT_CHARS];
	enum text name, advice;
	unsigned count[2] = { 0, 0 };
	uint64_t when[2];

	phase_texts(s, &name, &advice, when, count);
	if (advice == TEXT_OPENING_DO) {
		format_count(p->lang, count[0], date[0]);
		format_count(p->lang, count[1], date[1]);
	} else {
		format_date(p->lang, when[0], date[0]);
		format_date(p->lang, when[1], date[1]);
	}
	buf_printf(
	    b, "<p class=\"phase %s\"><strong>", world_phase_name(s->phase));
	page_text(b, p, name);
	buf_str(b, "</strong> <span>");
	page_fill(b, p, advice, (const char *[4]){ date[0], date[1], "", "" });
	buf_str(b, "</span></p>\n");
}
