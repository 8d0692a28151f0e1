#ifndef PAGE_PROJECTS_H
#define PAGE_PROJECTS_H

#include "page.h"

/**
 * page_projects(b, p, f):
 * The section with the options of ${f} as cards, by category where there are
 * several, with links that lead to each.
 */
void page_projects(struct buf *b, const struct page *p, const struct form *f);

#endif /* PAGE_PROJECTS_H */
