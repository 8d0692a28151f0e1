#ifndef ROLLCSV_H
#define ROLLCSV_H

#include "pb.h"
#include "wallet.h"

/*
 * The registrar's list of residents, as offices export it: CSV in UTF-8 with a
 * line of column names, commas or semicolons, quotes as in RFC 4180.
 */
#define ROLLCSV_BYTES_MAX ((size_t)128 << 20)
#define ROLLCSV_ROWS_MAX 2000000
#define ROLLCSV_TEXT_MAX 500

struct rollcsv_row {
	char *name;
	char *address; /* "" where there is no such column */
	char factor[WALLET_FACTOR_MAX + 1]; /* normal form; "" none asked */
	size_t line;
};

struct rollcsv {
	struct rollcsv_row *row;
	size_t n;
};

/**
 * rollcsv_parse(text, factor, out, report):
 * Read the list; with a ${factor} every row needs that column.
 * Other columns (a district, a number) are read over.  ${report} gets
 * each bad line.  ERR_FORMAT when there is one; ${out} holds the good rows even
 * then, for a caller that was told to skip the others.  rollcsv_free it.
 */
enum err rollcsv_parse(struct slice text, enum factor_kind factor,
    struct rollcsv *out, struct pb_report *report) MUST_USE;
void rollcsv_free(struct rollcsv *r);

#endif /* ROLLCSV_H */
