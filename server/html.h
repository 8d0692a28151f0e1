#ifndef HTML_H
#define HTML_H

#include "bytes.h"

/*
 * Text from documents into a page, escaped for the place where it lands.  What
 * cannot stand in HTML (control characters, broken UTF-8) becomes U+FFFD.
 */

/**
 * html_text(b, s), html_attr(b, s):
 * Between tags; inside a double-quoted attribute.
 */
void html_text(struct buf *b, const char *s);
void html_attr(struct buf *b, const char *s);

/**
 * html_url(b, s):
 * One segment of a path: everything but unreserved characters is
 * percent-encoded.
 */
void html_url(struct buf *b, const char *s);

/**
 * html_paragraphs(b, s):
 * Text as people write it: an empty line begins a new <p>, a line break is one.
 */
void html_paragraphs(struct buf *b, const char *s);

#endif /* HTML_H */
