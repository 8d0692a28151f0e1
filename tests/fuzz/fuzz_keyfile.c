/*
 * Private keys of issuers as the server keeps them, and points: a key that
 * parses is written as one that is the same; a point that is accepted, of
 * Ed25519 or of Ristretto, has one encoding.
 */
#include <string.h>

#include "blind.h"
#include "point.h"
#include "sign.h"

#include "fuzz.h"

static void
check_key(struct slice s)
{
	struct blind_key *k = NULL, *again = NULL;
	uint8_t a[BLIND_SPKI], b[BLIND_SPKI];
	struct buf der = { 0 };

	if (blind_key_parse(s, &k) != OK) {
		MUST(k == NULL);
		return;
	}
	MUST(blind_key_encode(k, &der) == OK);
	MUST(blind_key_parse(buf_slice(&der), &again) == OK);
	MUST(blind_key_spki(k, a) == OK && blind_key_spki(again, b) == OK);
	MUST(memcmp(a, b, sizeof(a)) == 0);
	blind_key_free(k);
	blind_key_free(again);
	buf_free(&der);
}

/* Nonzero iff y is below 2^255 - 19: RFC 8032, 5.1.3. */
static int
is_reduced(const uint8_t y[static 32])
{
	size_t i;

	if ((y[31] & 0x7f) != 0x7f || y[0] < 0xed)
		return 1;
	for (i = 1; i < 31; i++)
		if (y[i] != 0xff)
			return 1;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct public_key pk;
	struct point p;

	check_key(slice_of(data, size));
	if (size < sizeof(pk.b))
		return 0;
	memcpy(pk.b, data, sizeof(pk.b));
	if (sign_point_check(&pk) == OK)
		MUST(is_reduced(pk.b));
	memcpy(p.b, data, sizeof(p.b));
	if (point_check(&p) == OK)
		MUST((p.b[0] & 1) == 0 && (p.b[31] & 0x80) == 0);
	return 0;
}
