/*
 * A manifest that parses is its own canonical form, and names files by paths
 * in order, each once.
 */
#include <string.h>

#include "bundle.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = slice_of(data, size);
	struct bundle *b = NULL;
	struct buf again = { 0 };
	size_t i;

	if (bundle_parse(s, &b, NULL) != OK)
		return 0;
	MUST(b->n >= 1 && b->n <= BUNDLE_FILES_MAX);
	for (i = 0; i < b->n; i++) {
		MUST(bundle_path_check(b->files[i].path) == OK);
		MUST(i == 0 ||
		     strcmp(b->files[i - 1].path, b->files[i].path) < 0);
	}
	MUST(json_canonical_put(&again, b->doc) == OK);
	MUST(slice_equal(buf_slice(&again), s));
	buf_free(&again);
	bundle_free(b);
	return 0;
}
