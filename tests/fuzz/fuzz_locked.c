/*
 * A locked text.  The passphrase is one that none may have, so that nothing is
 * stretched (a tenth of a second and 64 MiB): all else is read before.
 */
#include <string.h>

#include "locked.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_of(data, size), none = slice_str("short");
	char what[LOCKED_WHAT_MAX + 1];
	struct buf plain = { 0 };
	enum err known, opened;

	known = locked_what(text, what);
	opened = locked_open(text, known == OK ? what : "x", none, &plain);
	MUST(plain.n == 0);
	MUST(known == OK || opened == ERR_FORMAT);
	MUST(opened == ERR_FORMAT || opened == ERR_LIMIT ||
	     opened == ERR_SIGNATURE);
	if (known == OK) {
		MUST(strlen(what) > 0 && strlen(what) <= LOCKED_WHAT_MAX);
		what[0] ^= 1;
		MUST(locked_open(text, what, none, &plain) == ERR_FORMAT);
	}
	return 0;
}
