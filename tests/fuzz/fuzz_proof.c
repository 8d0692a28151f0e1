/*
 * A tlog-proof without extra line that parses, put together again, is the same
 * bytes; and no input ever verifies for a leaf under a key of ours.
 */
#include <string.h>

#include "checkpoint.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t seed[SEED_BYTES] = { 1 };
	struct slice s = slice_of(data, size);
	struct hash leaf = { { 0 } };
	struct tlog_proof p;
	struct checkpoint c;
	struct note_key nk;
	struct sign_key k;
	struct buf b = { 0 };
	struct note n;

	if (tlog_proof_parse(s, &p) != OK)
		return 0;
	MUST(p.path.n <= MERKLE_PROOF_MAX && p.checkpoint.n > 0);
	if (p.extra.n == 0) {
		tlog_proof_put(&b, p.index, &p.path, p.checkpoint);
		MUST(slice_equal(buf_slice(&b), s));
		buf_free(&b);
	}
	sign_key_from_seed(seed, &k);
	MUST(note_key_make("a", NOTE_ED25519, &k.pk, &nk) == OK);
	MUST(tlog_proof_verify(&p, &leaf, &nk, &n, &c) != OK);
	return 0;
}
