/* A row of the store's table of waiting records is its fields. */
#include <string.h>

#include "store_int.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice key, value;
	struct waiting_row w;
	struct buf b = { 0 };
	size_t n;

	if (size == 0)
		return 0;
	n = data[0] < size ? data[0] : size - 1;
	key = slice_of(data + 1, n);
	value = slice_of(data + 1 + n, size - 1 - n);
	if (waiting_row_parse(key, value, &w) != OK)
		return 0;
	MUST(key.n == WAITING_KEY);
	buf_u8(&b, key.p[0]);
	buf_u32(&b, w.space_no);
	buf_u8(&b, w.purpose);
	buf_put(&b, w.pk.b, sizeof(w.pk.b));
	buf_u32(&b, w.seq);
	MUST(slice_equal(buf_slice(&b), key));
	b.n = 0;
	buf_u64(&b, w.window_end);
	buf_put(&b, w.raw.p, w.raw.n);
	MUST(slice_equal(buf_slice(&b), value));
	buf_free(&b);
	return 0;
}
