#ifndef PAGE_TABLE_H
#define PAGE_TABLE_H

#include "page.h"

/*
 * Tables that become cards on a phone: each cell carries the name of its column
 * for the style sheet, and all parts say their roles, which a change of display
 * would take away.
 */

/**
 * page_table_open(b, p, caption), page_table_head(b, p, key, is_number),
 * page_table_body(b), page_table_close(b):
 * The table, the heads of its columns one by one, then its rows.
 */
void page_table_open(struct buf *b, const struct page *p, enum text caption);
void page_table_head(
    struct buf *b, const struct page *p, enum text key, int is_number);
void page_table_body(struct buf *b);
void page_table_close(struct buf *b);

/**
 * page_table_row(b, classes), page_table_name(b), page_table_name_end(b),
 * page_table_row_end(b):
 * A row, and the cell that names it; ${classes} may be NULL.
 */
void page_table_row(struct buf *b, const char *classes);
void page_table_name(struct buf *b);
void page_table_name_end(struct buf *b);
void page_table_row_end(struct buf *b);

/**
 * page_table_cell(b, p, key, is_number), page_table_cell_end(b):
 * A cell of the column ${key}.  page_table_text: one that holds ${text}.
 */
void page_table_cell(
    struct buf *b, const struct page *p, enum text key, int is_number);
void page_table_cell_end(struct buf *b);
void page_table_text(struct buf *b, const struct page *p, enum text key,
    int is_number, const char *text);

#endif /* PAGE_TABLE_H */
