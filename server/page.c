#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "html.h"

#include "page_sealed.h"

void
page_fill_raw(struct buf *b, const struct page *p, enum text key,
    const char *const args[4])
{
	const char *s = text_of(key, p->lang), *open;

	for (; (open = strchr(s, '{')) != NULL; s = open + 3) {
		buf_put(b, s, (size_t)(open - s));
		buf_str(b, args[open[1] - '1']);
	}
	buf_str(b, s);
}

void
page_fill(struct buf *b, const struct page *p, enum text key,
    const char *const args[4])
{
	struct buf raw = { 0 };

	page_fill_raw(&raw, p, key, args);
	/* Out of memory: the page is no longer, and says so by itself. */
	html_text(b, buf_text(&raw) != NULL ? buf_text(&raw) : "");
	buf_free(&raw);
}

void
page_text(struct buf *b, const struct page *p, enum text key)
{
	html_text(b, text_of(key, p->lang));
}

void
page_fill_bdi(struct buf *b, const struct page *p, enum text key,
    const char *const args[4])
{
	struct buf raw = { 0 };
	const char *s, *at;
	char *piece;

	/* A byte that no text has marks the place. */
	page_fill_raw(&raw, p, key,
	    (const char *[4]){ "\x01", args[1], args[2], args[3] });
	s = buf_text(&raw) != NULL ? buf_text(&raw) : "";
	for (; (at = strchr(s, 1)) != NULL; s = at + 1) {
		if ((piece = strndup(s, (size_t)(at - s))) != NULL)
			html_text(b, piece);
		free(piece);
		page_bdi(b, args[0]);
	}
	html_text(b, s);
	buf_free(&raw);
}

void
page_bdi(struct buf *b, const char *s)
{
	buf_str(b, "<bdi>");
	html_text(b, s);
	buf_str(b, "</bdi>");
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
