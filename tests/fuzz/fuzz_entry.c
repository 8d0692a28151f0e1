/*
 * An entry that parses is nothing but its fields: put together again they are
 * the same bytes, and so is the payload that staff sign.
 */
#include "entry.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = slice_of(data, size);
	struct buf b = { 0 }, payload = { 0 };
	struct entry e;

	if (entry_parse(s, &e) != OK)
		return 0;
	MUST(e.n_signers == entry_rule_of((unsigned)e.kind)->signers);
	MUST(entry_put(&b, &e) == OK);
	MUST(slice_equal(buf_slice(&b), s));
	MUST(entry_payload_put(&payload, &e) == OK);
	MUST(slice_equal(buf_slice(&payload), e.payload));
	MUST(e.payload.p == data + 2);
	buf_free(&b);
	buf_free(&payload);
	return 0;
}
