#ifndef PAGE_WHY_H
#define PAGE_WHY_H

#include "page.h"

/*
 * The explanation in a result (docs/RULES.md, 10) in plain words.  All of these
 * write nothing where the result has none.
 */

/**
 * page_why_compared(b, p, result):
 * A paragraph on the comparison with the plain method, if there was one.
 */
void page_why_compared(
    struct buf *b, const struct page *p, const json_t *result);

/**
 * page_why(b, p, f, result):
 * The section that says of each option of the form ${f} why it was selected or
 * not.
 */
void page_why(struct buf *b, const struct page *p, const struct form *f,
    const json_t *result);

/**
 * page_why_fairness(b, p, result):
 * The section with figures of the outcome beside the plain method's.
 */
void page_why_fairness(
    struct buf *b, const struct page *p, const json_t *result);

#endif /* PAGE_WHY_H */
