/*
 * Whatever the list is, each line is read or complained about; what is read has
 * a name, and the same text gives the same rows.
 */
#include <string.h>

#include "rollcsv.h"

#include "fuzz.h"

static void
check(struct slice s, enum factor_kind factor)
{
	struct pb_report *report = calloc(1, sizeof(*report));
	struct rollcsv rows = { 0 };
	enum err r;
	size_t i;

	MUST(report != NULL);
	r = rollcsv_parse(s, factor, &rows, report);
	MUST(r == OK || r == ERR_FORMAT);
	MUST((r == OK) == (report->errors == 0));
	MUST(r != OK || rows.n > 0);
	for (i = 0; i < rows.n; i++) {
		MUST(rows.row[i].name[0] != '\0');
		MUST(rows.row[i].address != NULL);
		MUST(rows.row[i].line > 0);
		MUST((factor == FACTOR_NONE) == (rows.row[i].factor[0] == 0));
	}
	rollcsv_free(&rows);
	free(report);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = slice_of(data, size);

	check(s, FACTOR_NONE);
	check(s, FACTOR_BIRTH_DATE);
	check(s, FACTOR_DOCUMENT);
	return 0;
}
