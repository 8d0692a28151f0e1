#ifndef PAGE_RESULT_H
#define PAGE_RESULT_H

#include "page.h"

/* Results beyond the page of a result (page.h). */

/**
 * page_result_csv(b, f, result):
 * The options as a table for a spreadsheet (PROTOCOL 10).
 */
void page_result_csv(struct buf *b, const struct form *f, const json_t *result);

/**
 * page_rounds_count(result):
 * How many steps of the count can be looked at; 0: its explanation is a brief
 * one, or there is none.
 */
uint64_t page_rounds_count(const json_t *result);

/**
 * page_rounds(b, p, s, result, n):
 * The page of step ${n}, from 1.  Nonzero; 0, and nothing written, if there is
 * no such step.
 */
int page_rounds(struct buf *b, const struct page *p, const struct page_space *s,
    const json_t *result, uint64_t n);

#endif /* PAGE_RESULT_H */
