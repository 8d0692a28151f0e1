#ifndef PAGE_H
#define PAGE_H

#include <jansson.h>

#include "http.h"
#include "texts.h"
#include "world.h"

/*
 * Pages: complete without script or style, one h1, everything from documents
 * escaped.  These functions see no service: what a page shows is handed over.
 */

/* What every page has around it. */
struct page {
	enum lang lang;
	int lang_asked;	  /* links go on asking for this language */
	const char *path; /* of this page, for the link to the other language */
	const char *town; /* NULL: not known */
	const char *host; /* of this server, for commands to copy */
	int rehearsal;
};

/* The log as whoever checks it sees it. */
struct page_log {
	const char *vkey;
	const char *checkpoint;
	const struct service_bundle *bundles;
	size_t n_bundles;
};

/* One space as it is now. */
struct page_space {
	const struct space *space;
	enum space_phase phase;
	uint32_t issued; /* 0: not published yet */
	uint32_t cast;
};

/**
 * page_begin(b, p, title), page_end(b, p):
 * Everything up to and with the h1, and everything after the contents.
 */
void page_begin(struct buf *b, const struct page *p, const char *title);
void page_end(struct buf *b, const struct page *p);

/**
 * page_text(b, p, key), page_fill(b, p, key, args):
 * A text of the table, escaped; with ${args} in place of {1} to {4}.
 */
void page_text(struct buf *b, const struct page *p, enum text key);
void page_fill(struct buf *b, const struct page *p, enum text key,
    const char *const args[4]);

/**
 * page_element(b, p, tag, key):
 * The text in an element, and a newline.
 */
void page_element(
    struct buf *b, const struct page *p, const char *tag, enum text key);

/**
 * page_column(b, p, key, is_number):
 * The head of a table's column.
 */
void page_column(
    struct buf *b, const struct page *p, enum text key, int is_number);

/**
 * page_link(b, p, path, key):
 * A link to a page of ours, in the language asked for.  ${path} is escaped
 * already.  page_href: only its href attribute.
 */
void page_link(
    struct buf *b, const struct page *p, const char *path, enum text key);
void page_href(struct buf *b, const struct page *p, const char *path);

/**
 * page_title_of(p, texts):
 * The text of a text map in the page's language.
 */
const char *page_title_of(const struct page *p, const json_t *texts);

/**
 * page_phase(b, p, s):
 * The name of the phase, and what to do now.
 */
void page_phase(
    struct buf *b, const struct page *p, const struct page_space *s);

/**
 * page_server(b, p):
 * The URL of this server, escaped.  A reverse proxy speaks TLS for us, so the
 * scheme is a guess: https everywhere but on one's own machine.
 */
void page_server(struct buf *b, const struct page *p);

/* The pages.  ${spaces} are in the order of the log. */
void page_home(struct buf *b, const struct page *p,
    const struct page_space *spaces, size_t n);
void page_space(
    struct buf *b, const struct page *p, const struct page_space *s);
/* ${result}: the parsed document, NULL while there is none. */
void page_result(struct buf *b, const struct page *p,
    const struct page_space *s, const json_t *result);
void page_verify(
    struct buf *b, const struct page *p, const struct page_log *log);
void page_privacy(struct buf *b, const struct page *p);
void page_problem(
    struct buf *b, const struct req *q, const struct problem_row *row);

#endif /* PAGE_H */
