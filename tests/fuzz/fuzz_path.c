/*
 * A proof's lines have one spelling: put again they are the bytes that were
 * read, and what follows the empty line is left where it is.  A refused one
 * leaves the proof as it was.
 */
#include <string.h>

#include "checkpoint.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = slice_of(data, size);
	struct cursor c = cursor_of(s);
	struct merkle_proof path;
	struct buf b = { 0 };

	memset(&path, 0x5a, sizeof(path));
	if (tlog_path_parse(&c, &path) != OK) {
		const uint8_t *p = (const uint8_t *)&path;
		size_t i;

		for (i = 0; i < sizeof(path); i++)
			MUST(p[i] == 0x5a);
		return 0;
	}
	MUST(path.n <= MERKLE_PROOF_MAX && !c.bad);
	tlog_path_put(&b, &path);
	buf_put(&b, c.p, c.n);
	MUST(slice_equal(buf_slice(&b), s));
	buf_free(&b);
	return 0;
}
