/*
 * The first three lines of a checkpoint's text have one spelling: printed again
 * they are the same bytes; the rest are lines that are not empty.  No input is
 * signed by a key that signs nothing; signed here, it opens iff it is a
 * checkpoint of that key's log.
 */
#include <string.h>

#include "base64.h"
#include "checkpoint.h"

#include "fuzz.h"

static void
check_signed(struct slice text, const struct checkpoint *c)
{
	static const uint8_t seed[SEED_BYTES] = { 1 };
	struct checkpoint again;
	struct buf note = { 0 };
	struct note_key nk;
	struct sign_key k;
	struct note n;
	int opens;

	sign_key_from_seed(seed, &k);
	MUST(note_key_make("a", NOTE_ED25519, &k.pk, &nk) == OK);
	MUST(checkpoint_open(text, &nk, &n, &again) != OK);
	if (note_sign(text, "a", &k, &note) != OK)
		return;
	opens = checkpoint_open(buf_slice(&note), &nk, &n, &again) == OK;
	MUST(opens == (c != NULL && strcmp(c->origin, "a") == 0));
	if (opens)
		MUST(
		    again.size == c->size && hash_equal(&again.root, &c->root));
	buf_free(&note);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = slice_of(data, size);
	struct checkpoint c;
	struct buf b = { 0 };

	if (checkpoint_text_parse(s, &c) != OK) {
		check_signed(s, NULL);
		return 0;
	}
	check_signed(s, &c);
	buf_printf(&b, "%s\n%llu\n", c.origin, (unsigned long long)c.size);
	base64_put(&b, BASE64_STD, hash_slice(&c.root));
	buf_str(&b, "\n");
	MUST(b.n <= size && memcmp(b.p, data, b.n) == 0);
	MUST(data[size - 1] == '\n');
	MUST(size == b.n || data[b.n] != '\n');
	buf_free(&b);
	return 0;
}
