/*
 * What a witness is sent, and what it answers, has one encoding.
 */
#include "witness_request.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = slice_of(data, size);
	struct witness_request q;
	struct buf b = { 0 };
	uint64_t have;

	if (witness_request_parse(s, &q) == OK) {
		MUST(q.note.n > 0);
		witness_request_put(&b, &q);
		MUST(slice_equal(buf_slice(&b), s));
		b.n = 0;
	}
	if (witness_request_size_parse(s, &have) == OK) {
		buf_printf(&b, "%llu\n", (unsigned long long)have);
		MUST(slice_equal(buf_slice(&b), s));
	}
	buf_free(&b);
	return 0;
}
