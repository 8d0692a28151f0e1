#ifndef PAGE_ASSETS_H
#define PAGE_ASSETS_H

#include "http.h"

/*
 * What a page needs of the web client's files, by their logical names
 * ("booth.js", "logo.svg"): the names that are served carry a hash, and scripts
 * and the style sheet are pinned by Subresource Integrity.
 */

/**
 * page_assets_head(b):
 * The style sheet and its fonts, the latter asked for at once, so that text
 * does not move when they come; for <head>.
 */
void page_assets_head(struct buf *b);

/**
 * page_assets_script(b, name, l):
 * What runs on a page, "booth" for example, with its words in language ${l}:
 * deferred scripts, for <head>.
 */
void page_assets_script(struct buf *b, const char *name, enum lang l);

/**
 * page_assets_url(b, logical):
 * The path of a file, for an attribute: "/static/logo.1f2e3d4c5b6a7988.svg".
 */
void page_assets_url(struct buf *b, const char *logical);

/**
 * page_assets_data(b):
 * The data attributes of an island, where its scripts find those they load
 * later: data-qr, data-qr-sri, data-audit; a space before each.
 */
void page_assets_data(struct buf *b);

/**
 * page_assets_connect(p, url):
 * The scripts of the page that ${p} is may talk to the server of ${url} (its
 * scheme, host and port); nothing where that may not stand in a header.
 */
void page_assets_connect(struct resp *p, const char *url);

/**
 * page_assets_policy(p, w, now):
 * Let a page's scripts talk to the issuers and cast hosts of the spaces of ${w}
 * that are not over at ${now} (UNIX seconds), beside this server.  Between
 * service_read and service_done.  page_assets_camera: it may use the camera.
 */

struct world;
void page_assets_policy(struct resp *p, struct world *w, uint64_t now);
void page_assets_camera(struct resp *p);

#endif /* PAGE_ASSETS_H */
