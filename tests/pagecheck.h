#ifndef PAGECHECK_H
#define PAGECHECK_H

#include "page.h"

/* What every page of ours keeps, whatever is on it. */

/**
 * pagecheck(b, p):
 * Fail the test unless the page in ${b} is whole: closed elements, one h1 and
 * main, landmarks, the way to the other language, links that lead somewhere,
 * the duties of the foot, no word of the language that it is not in, nothing
 * that a document could have smuggled in.  Frees ${b}.
 */
void pagecheck(struct buf *b, const struct page *p);

/**
 * pagecheck_count(page, what):
 * How often ${what} stands in ${page}.
 */
size_t pagecheck_count(const char *page, const char *what);

/**
 * pagecheck_site():
 * A site of which everything is known.
 */
const struct site *pagecheck_site(void);

#endif /* PAGECHECK_H */
