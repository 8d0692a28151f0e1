/*
 * No input is a receipt by a key that signed none.  To get past the signature,
 * what follows a first byte of 1 is signed here as the text of a note: then
 * what opens has the one spelling of what it says.
 */
#include <string.h>

#include "receipt.h"

#include "fuzz.h"

#define NAME "a/receipt"

static void
check_signed(
    struct slice text, const struct sign_key *k, const struct note_key *nk)
{
	struct hash zero = { { 0 } };
	struct buf note = { 0 }, b = { 0 };
	struct receipt r;

	if (note_sign(text, NAME, k, &note) == OK &&
	    receipt_open(buf_slice(&note), nk, &zero, &r) == OK) {
		receipt_text(&r, &b);
		MUST(slice_equal(buf_slice(&b), text));
	}
	buf_free(&note);
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t seed[SEED_BYTES] = { 1 };
	struct hash zero = { { 0 } };
	struct note_key nk;
	struct sign_key k;
	struct receipt r;

	if (size == 0)
		return 0;
	sign_key_from_seed(seed, &k);
	MUST(note_key_make(NAME, NOTE_ED25519, &k.pk, &nk) == OK);
	if (data[0] == 1)
		check_signed(slice_of(data + 1, size - 1), &k, &nk);
	else
		MUST(receipt_open(slice_of(data, size), &nk, &zero, &r) != OK);
	return 0;
}
