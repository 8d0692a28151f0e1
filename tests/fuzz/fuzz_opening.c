/*
 * An opening that parses, put together again, is the same bytes up to the
 * signature, and signed anew it verifies.
 */
#include <string.h>

#include "opening.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct opening_file f, again;
	struct opening_sums sums;
	struct opening_seed seed;
	struct buf b = { 0 };
	struct sign_key k;

	if (opening_parse(slice_of(data, size), &f) != OK)
		return 0;
	MUST(size == OPENING_FIXED + (size_t)f.opening.m * POINT_BYTES);
	MUST(f.signed_part.n + sizeof(f.sig) == size);
	memset(&k, 0, sizeof(k));
	sign_key_from_seed(data, &k);
	MUST(opening_signed(&f, &k.pk) == ERR_SIGNATURE);
	MUST(opening_put(&f.opening, &f.proof, &k, &b) == OK);
	MUST(b.n == size && memcmp(b.p, data, f.signed_part.n) == 0);
	MUST(opening_parse(buf_slice(&b), &again) == OK);
	MUST(opening_signed(&again, &k.pk) == OK);
	/* Its own D as the ballots: nobody knows x with D = x R = R but 1. */
	f.opening.r = f.opening.d;
	f.opening.v = f.opening.d;
	MUST(opening_seed(&f.opening, &seed) == OK);
	if (opening_sum(&f.opening, &seed, 0, f.opening.m, &sums) == OK)
		MUST(point_check(f.opening.v) == OK);
	buf_free(&b);
	return 0;
}
