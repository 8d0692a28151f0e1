/*
 * The first three lines of a checkpoint's text have one spelling: printed again
 * they are the same bytes; the rest are lines that are not empty.
 */
#include <string.h>

#include "base64.h"
#include "checkpoint.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = slice_of(data, size);
	struct checkpoint c;
	struct buf b = { 0 };

	if (checkpoint_text_parse(s, &c) != OK)
		return 0;
	buf_printf(&b, "%s\n%llu\n", c.origin, (unsigned long long)c.size);
	base64_put(&b, BASE64_STD, hash_slice(&c.root));
	buf_str(&b, "\n");
	MUST(b.n <= size && memcmp(b.p, data, b.n) == 0);
	MUST(data[size - 1] == '\n');
	MUST(size == b.n || data[b.n] != '\n');
	buf_free(&b);
	return 0;
}
