/*
 * Blinding: the salt, the factor and the credential are secret; the message
 * blinded is sent.  What OpenSSL does with its big numbers is its own.
 */
#include "blind.h"
#include "hex.h"
#include "token.h"
#include "wipe.h"

#include "secret.h"

static void
encode(void)
{
	uint8_t msg[TOKEN_INPUT_BYTES], salt[BLIND_SALT], em[BLIND_BYTES];

	memset(msg, 1, sizeof(msg));
	memset(salt, 2, sizeof(salt));
	SECRET(msg);
	SECRET(salt);
	MUST(blind_pss_encode(slice_of(msg, sizeof(msg)),
		 slice_of(salt, sizeof(salt)), 2048, em) == OK);
}

/* The key of the vectors: to make one takes valgrind half a minute. */
static void
key(struct blind_key **out)
{
	static const char member[] = "\"pkcs8\": \"";
	static char text[8192];
	FILE *f = fopen("tests/vectors/token-key.json", "r");
	uint8_t der[2048];
	const char *p;
	size_t n;

	MUST(f != NULL);
	n = fread(text, 1, sizeof(text) - 1, f);
	MUST(n > 0 && fclose(f) == 0);
	MUST((p = strstr(text, member)) != NULL);
	p += strlen(member);
	n = strcspn(p, "\"");
	MUST(n / 2 <= sizeof(der));
	MUST(hex_decode(slice_of(p, n), der, n / 2) == OK);
	MUST(blind_key_parse(slice_of(der, n / 2), out) == OK);
}

static void
blind(void)
{
	uint8_t msg[TOKEN_INPUT_BYTES], salt[BLIND_SALT], r[BLIND_BYTES];
	uint8_t out[BLIND_BYTES], answer[BLIND_BYTES], sig[BLIND_BYTES];
	uint8_t spki[BLIND_SPKI];
	struct blind_public *pub = NULL;
	struct blind_key *k = NULL;

	key(&k);
	MUST(blind_key_spki(k, spki) == OK);
	MUST(blind_public_parse(slice_of(spki, sizeof(spki)), &pub) == OK);
	random_bytes(msg, sizeof(msg));
	random_bytes(salt, sizeof(salt));
	random_bytes(r, sizeof(r));
	r[0] = 0x11; /* below any modulus of this size */
	SECRET(msg);
	SECRET(salt);
	SECRET(r);
	MUST(blind_blind(pub, slice_of(msg, sizeof(msg)),
		 slice_of(salt, sizeof(salt)), slice_of(r, sizeof(r)),
		 out) == OK);
	PUBLIC(out);
	MUST(blind_sign(k, slice_of(out, sizeof(out)), answer) == OK);
	PUBLIC(answer);
	MUST(blind_finalize(pub, slice_of(msg, sizeof(msg)),
		 slice_of(r, sizeof(r)), slice_of(answer, sizeof(answer)),
		 BLIND_SALT, sig) == OK);
	blind_public_free(pub);
	blind_key_free(k);
}

int
main(void)
{
	encode();
	blind();
	return 0;
}
