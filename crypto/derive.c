#include <string.h>

#include "wipe.h"

#include "derive.h"

#define SALT "partecipa/v1"
#define INFO_MAX 128

/* The rows of derive_table. */
enum row {
	ROLL,
	SPACE,
	SIGN,
	PSS_SALT,
	BLIND,
	CONTENT,
	SEAL,
	POK,
	TRUSTEE,
};

const struct derivation derive_table[] = {
	[ROLL] = { "roll", "", SEED_BYTES, 256 },
	[SPACE] = { "space", "space_id[32]", SECRET_BYTES, 256 },
	[SIGN] = { "sign", "u8 purpose", SEED_BYTES, 256 },
	[PSS_SALT] = { "pss-salt", "token_key_id[32]", BLIND_SALT, 256 },
	[BLIND] = { "blind", "token_key_id[32] || u32 counter", BLIND_BYTES,
	    256 },
	[CONTENT] = { "content",
	    "u8 purpose || form_id[32] || u32 seq || H(content)[32]", 16, 256 },
	[SEAL] = { "seal", "form_id[32] || u32 seq || Y[32] || H(choices)[32]",
	    64, 512 },
	[POK] = { "pok", "SHA-512(ctx)[64]", 64, 512 },
	[TRUSTEE] = { "trustee-ceremony", "salt[32]", 32, 256 },
};
const size_t derive_count = sizeof(derive_table) / sizeof(derive_table[0]);

static const char *const purposes[] = {
	[PURPOSE_VOTE] = "vote",
	[PURPOSE_AUTHOR] = "author",
	[PURPOSE_VOICE] = "voice",
	[PURPOSE_ANSWER] = "answer",
};

const char *
purpose_name(unsigned p)
{
	return p == 0 || p > PURPOSE_MAX ? NULL : purposes[p];
}

enum err
purpose_parse(struct slice name, enum purpose *out)
{
	unsigned p;

	for (p = 1; p <= PURPOSE_MAX; p++) {
		if (slice_equal(name, slice_str(purposes[p]))) {
			*out = (enum purpose)p;
			return OK;
		}
	}
	return ERR_NOT_FOUND;
}

/* HKDF with the label and length of a row, and ${fields} after the label. */
static enum err
derive(struct slice ikm, enum row row, const struct slice *fields, size_t n,
    uint8_t *out)
{
	const struct derivation *d = &derive_table[row];
	uint8_t info[INFO_MAX];
	size_t len = strlen(d->label), i;

	memcpy(info, d->label, len);
	for (i = 0; i < n; i++) {
		if (fields[i].n > sizeof(info) - len)
			return ERR_LIMIT;
		memcpy(info + len, fields[i].p, fields[i].n);
		len += fields[i].n;
	}
	if (d->sha == 512)
		return hash_hkdf512(
		    ikm, slice_str(SALT), slice_of(info, len), out, d->bytes);
	return hash_hkdf(
	    ikm, slice_str(SALT), slice_of(info, len), out, d->bytes);
}

static struct slice
secret_slice(const struct secret *s)
{
	return slice_of(s->b, sizeof(s->b));
}

enum err
derive_roll_key(const struct roll_code *code, struct sign_key *out)
{
	uint8_t seed[SEED_BYTES];
	enum err r;

	if ((r = derive(slice_of(code->c, ROLL_CODE_CHARS), ROLL, NULL, 0,
		 seed)) == OK)
		sign_key_from_seed(seed, out);
	wipe(seed, sizeof(seed));
	return r;
}

enum err
derive_space_secret(const struct secret *master, const struct hash *space_id,
    struct secret *out)
{
	struct slice fields[1] = { hash_slice(space_id) };
	struct secret s;
	enum err r;

	if ((r = derive(secret_slice(master), SPACE, fields, 1, s.b)) == OK)
		*out = s;
	wipe(&s, sizeof(s));
	return r;
}

enum err
derive_credential(
    const struct secret *ss, enum purpose purpose, struct sign_key *out)
{
	uint8_t p = (uint8_t)purpose, seed[SEED_BYTES];
	struct slice fields[1] = { slice_of(&p, 1) };
	enum err r;

	if ((r = derive(secret_slice(ss), SIGN, fields, 1, seed)) == OK)
		sign_key_from_seed(seed, out);
	wipe(seed, sizeof(seed));
	return r;
}

enum err
derive_pss_salt(const struct secret *ss, const struct hash *key_id,
    uint8_t out[static BLIND_SALT])
{
	struct slice fields[1] = { hash_slice(key_id) };

	return derive(secret_slice(ss), PSS_SALT, fields, 1, out);
}

enum err
derive_blind(const struct secret *ss, const struct hash *key_id,
    uint32_t counter, uint8_t out[static BLIND_BYTES])
{
	uint8_t n[4];
	struct slice fields[2] = { hash_slice(key_id), slice_of(n, sizeof(n)) };

	store32(n, counter);
	return derive(secret_slice(ss), BLIND, fields, 2, out);
}

enum err
derive_content_salt(const struct secret *ss, enum purpose purpose,
    const struct hash *form_id, uint32_t seq, const struct hash *content,
    uint8_t out[static 16])
{
	uint8_t p = (uint8_t)purpose, n[4];
	struct slice fields[4] = { slice_of(&p, 1), hash_slice(form_id),
		slice_of(n, sizeof(n)), hash_slice(content) };

	store32(n, seq);
	return derive(secret_slice(ss), CONTENT, fields, 4, out);
}

enum err
derive_seal(const struct secret *ss, const struct hash *form_id, uint32_t seq,
    const uint8_t y[static 32], const struct hash *choices,
    uint8_t out[static 64])
{
	uint8_t n[4];
	struct slice fields[4] = { hash_slice(form_id), slice_of(n, sizeof(n)),
		slice_of(y, 32), hash_slice(choices) };

	store32(n, seq);
	return derive(secret_slice(ss), SEAL, fields, 4, out);
}

enum err
derive_pok(const struct secret *ss, const uint8_t context[static 64],
    uint8_t out[static 64])
{
	struct slice fields[1] = { slice_of(context, 64) };

	return derive(secret_slice(ss), POK, fields, 1, out);
}

enum err
derive_trustee_file(const uint8_t store[static 32],
    const uint8_t salt[static 32], uint8_t out[static 32])
{
	struct slice fields[1] = { slice_of(salt, 32) };

	return derive(slice_of(store, 32), TRUSTEE, fields, 1, out);
}
