#ifndef PAGE_SEALED_H
#define PAGE_SEALED_H

#include "page.h"

/* What pages say of sealed votes and of disputes, in plain words. */

/**
 * page_sealed(b, p, s):
 * The section of a space's page: who holds the keys, how many are needed, what
 * that means, who has opened.  Nothing where the space is not sealed.
 */
void page_sealed(
    struct buf *b, const struct page *p, const struct page_space *s);

/**
 * page_sealed_advice(s, count, needed):
 * The advice for a closed, sealed space, with the numbers that stand in it.
 */
enum text page_sealed_advice(
    const struct space *s, unsigned *count, unsigned *needed);

/**
 * page_sealed_opened(b, p, result):
 * Of a result: whose openings were used, and where blank and null ballots
 * stand.  Nothing where the space was not sealed.
 */
void page_sealed_opened(
    struct buf *b, const struct page *p, const json_t *result);

/**
 * page_sealed_doubts(b, p, result):
 * Disputes beside the margin, and papers that were collected and not used.
 */
void page_sealed_doubts(
    struct buf *b, const struct page *p, const json_t *result);

#endif /* PAGE_SEALED_H */
