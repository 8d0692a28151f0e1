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

struct site;

/* How much stands around the contents. */
enum page_frame {
	PAGE_FULL,
	PAGE_FOCUS, /* no menu: one thing to do */
	PAGE_KIOSK, /* no way out: a tablet that is everybody's */
};

/* What every page has around it. */
struct page {
	enum lang lang;
	int lang_asked; /* links go on asking for this language */
	/* Of this page, for the link to the other language; NULL: none of its
	   own, the link leads home. */
	const char *path;
	const char *town; /* NULL: not known */
	const char *host; /* of this server, for commands to copy */
	int rehearsal;
	const struct site *site; /* NULL: nothing is known */
	enum page_frame frame;
	const char *script; /* what runs on it, "booth"; NULL: nothing */
	uint64_t bundle;    /* the log's entry of these files; 0: none */
	const char *crumb;  /* its name on the way to it; NULL: its title */
};

/* The page between the home page and this one. */
struct page_parent {
	const char *path; /* escaped already */
	const char *title;
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
 * page_begin_under: the same below another page (NULL: the home page);
 * page_open: without the h1.
 */
void page_begin(struct buf *b, const struct page *p, const char *title);
void page_begin_under(struct buf *b, const struct page *p, const char *title,
    const struct page_parent *parent);
void page_open(struct buf *b, const struct page *p, const char *title,
    const struct page_parent *parent);
void page_end(struct buf *b, const struct page *p);

/**
 * page_phone(p), page_phone_link(b, p):
 * The help desk's telephone ("": not known), and a link that calls it.
 */
const char *page_phone(const struct page *p);
void page_phone_link(struct buf *b, const struct page *p);

/**
 * page_text(b, p, key), page_fill(b, p, key, args):
 * A text of the table, escaped; with ${args} in place of {1} to {4}.
 */
void page_text(struct buf *b, const struct page *p, enum text key);
void page_fill(struct buf *b, const struct page *p, enum text key,
    const char *const args[4]);
/* The same, not escaped: for what is escaped where it is used. */
void page_fill_raw(struct buf *b, const struct page *p, enum text key,
    const char *const args[4]);

/**
 * page_fill_bdi(b, p, key, args):
 * page_fill, {1} being words of others as page_bdi writes them.
 */
void page_fill_bdi(struct buf *b, const struct page *p, enum text key,
    const char *const args[4]);

/**
 * page_bdi(b, s):
 * Words of others, escaped, whose direction of writing stays their own.
 */
void page_bdi(struct buf *b, const char *s);

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
 * page_calls(b, p, s):
 * Buttons to what a resident can do in this phase.
 */
void page_calls(
    struct buf *b, const struct page *p, const struct page_space *s);

/**
 * page_ballot_words(b, p, f):
 * What a ballot of this form may hold, in sentences.
 */
void page_ballot_words(
    struct buf *b, const struct page *p, const struct ballot_form *f);

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
void page_privacy(struct buf *b, const struct page *p);
void page_how(struct buf *b, const struct page *p);
void page_legal(struct buf *b, const struct page *p);

/* Pages that the web client fills (web/app/main.tsx). */
enum page_app {
	PAGE_APP_COLLECT,
	PAGE_APP_PAPERS,
	PAGE_APP_BOOTH,
	PAGE_APP_CHECK,
	PAGE_APP_KIOSK,
};

/**
 * page_app(b, p, app, s):
 * The page as it is until the script has come, and for good where none does:
 * heading, facts, other ways.  ${s}: the space of the booth or check; NULL
 * where there is none.
 */
void page_app(struct buf *b, const struct page *p, enum page_app app,
    const struct page_space *s);

/**
 * page_app_open(b, p, name, s):
 * The <div id="app"> that the script called ${name} takes over, whatever is in
 * it until then; the caller writes </div>.
 */
void page_app_open(struct buf *b, const struct page *p, const char *name,
    const struct page_space *s);
void page_problem(
    struct buf *b, const struct req *q, const struct problem_row *row);

#endif /* PAGE_H */
