#ifndef HANDLE_PAGES_H
#define HANDLE_PAGES_H

#include "handle.h"
#include "page.h"

/* What the handlers of pages share (handle_pages.c). */

/**
 * handle_pages_frame(s, w, q):
 * The frame of a page; between service_read, which gave ${w}, and service_done.
 */
struct page handle_pages_frame(
    struct service *s, const struct world *w, const struct req *q);

/**
 * handle_pages_look(s, space):
 * The space as it is now; the same.
 */
struct page_space handle_pages_look(
    struct service *s, const struct space *space);

#endif /* HANDLE_PAGES_H */
