/*
 * A note that parses is its text, an empty line and lines that start with a
 * dash; a verifier key that parses prints as it was.
 */
#include <string.h>

#include "base64.h"
#include "note.h"

#include "fuzz.h"

static void
check_note(struct slice s)
{
	struct buf b = { 0 };
	struct note n;
	size_t i;

	if (note_parse(s, &n) != OK)
		return;
	MUST(n.n_sigs >= 1 && n.n_sigs <= NOTE_SIGS_MAX);
	MUST(n.text.n >= 1 && n.text.p[n.text.n - 1] == '\n');
	buf_put(&b, n.text.p, n.text.n);
	buf_str(&b, "\n");
	for (i = 0; i < n.n_sigs; i++) {
		uint8_t blob[4 + 76];

		if (n.sigs[i].n > 76) {
			buf_free(&b);
			return;
		}
		store32(blob, n.sigs[i].id);
		memcpy(blob + 4, n.sigs[i].blob, n.sigs[i].n);
		buf_str(&b, "\xe2\x80\x94 ");
		buf_put(&b, n.sigs[i].name.p, n.sigs[i].name.n);
		buf_str(&b, " ");
		base64_put(&b, BASE64_STD, slice_of(blob, 4 + n.sigs[i].n));
		buf_str(&b, "\n");
	}
	MUST(slice_equal(buf_slice(&b), s));
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = slice_of(data, size);
	struct buf b = { 0 };
	struct note_key k;

	check_note(s);
	if (note_key_parse(s, &k) == OK) {
		note_key_print(&k, &b);
		MUST(slice_equal(buf_slice(&b), s));
		buf_free(&b);
	}
	return 0;
}
