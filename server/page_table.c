#include "html.h"

#include "page_table.h"

void
page_table_open(struct buf *b, const struct page *p, enum text caption)
{
	buf_str(b, "<table class=\"table-cards\" role=\"table\">\n<caption>");
	page_text(b, p, caption);
	buf_str(
	    b, "</caption>\n<thead role=\"rowgroup\">\n<tr role=\"row\">\n");
}

void
page_table_head(
    struct buf *b, const struct page *p, enum text key, int is_number)
{
	buf_printf(b, "<th scope=\"col\" role=\"columnheader\"%s>",
	    is_number ? " class=\"number\"" : "");
	page_text(b, p, key);
	buf_str(b, "</th>\n");
}

void
page_table_body(struct buf *b)
{
	buf_str(b, "</tr>\n</thead>\n<tbody role=\"rowgroup\">\n");
}

void
page_table_close(struct buf *b)
{
	buf_str(b, "</tbody>\n</table>\n");
}

void
page_table_row(struct buf *b, const char *classes)
{
	buf_str(b, "<tr role=\"row\"");
	if (classes != NULL)
		buf_printf(b, " class=\"%s\"", classes);
	buf_str(b, ">\n");
}

void
page_table_name(struct buf *b)
{
	buf_str(b, "<th scope=\"row\" role=\"rowheader\">");
}

void
page_table_name_end(struct buf *b)
{
	buf_str(b, "</th>\n");
}

void
page_table_row_end(struct buf *b)
{
	buf_str(b, "</tr>\n");
}

void
page_table_cell(
    struct buf *b, const struct page *p, enum text key, int is_number)
{
	buf_printf(b, "<td role=\"cell\"%s data-label=\"",
	    is_number ? " class=\"number\"" : "");
	html_attr(b, text_of(key, p->lang));
	buf_str(b, "\">");
}

void
page_table_cell_end(struct buf *b)
{
	buf_str(b, "</td>\n");
}

void
page_table_text(struct buf *b, const struct page *p, enum text key,
    int is_number, const char *text)
{
	page_table_cell(b, p, key, is_number);
	html_text(b, text);
	page_table_cell_end(b);
}
