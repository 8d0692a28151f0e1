/*
 * A ledger that is one consists of its rows, whose keys rise.
 */
#include "ledger.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = slice_of(data, size);
	struct ledger_row row, last;
	struct buf b = { 0 };
	uint32_t n = 0, i;

	if (ledger_check(s, &n, NULL) != OK)
		return 0;
	MUST((size_t)n * LEDGER_ROW == size);
	for (i = 0; i < n; i++) {
		ledger_row_at(s, i, &row);
		buf_put(&b, row.roll_pk.b, sizeof(row.roll_pk.b));
		buf_put(&b, row.c.b, sizeof(row.c.b));
		buf_put(&b, row.sig.b, sizeof(row.sig.b));
		MUST(i == 0 || public_key_cmp(&last.roll_pk, &row.roll_pk) < 0);
		MUST(ledger_ask_verify(&row, &row.c, &row.c) != OK);
		last = row;
	}
	MUST(slice_equal(buf_slice(&b), s));
	buf_free(&b);
	return 0;
}
