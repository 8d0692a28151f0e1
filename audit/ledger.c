#include <string.h>

#include "ledger.h"

#define SALT 64
#define BLINDED 256

static int
row_cmp(const uint8_t *a, const uint8_t *b)
{
	return memcmp(a, b, sizeof(struct public_key));
}

enum err
ledger_check(struct slice s, uint32_t *n, struct why *why)
{
	size_t i, rows = s.n / LEDGER_ROW;
	int order;

	if (s.n % LEDGER_ROW != 0)
		return why_say(why, ERR_FORMAT,
		    "the ledger has %zu bytes: not whole rows of %d", s.n,
		    LEDGER_ROW);
	if (rows > UINT32_MAX)
		return why_say(why, ERR_LIMIT, "the ledger has %zu rows", rows);
	for (i = 1; i < rows; i++) {
		order =
		    row_cmp(s.p + (i - 1) * LEDGER_ROW, s.p + i * LEDGER_ROW);
		if (order == 0)
			return why_say(why, ERR_FORMAT,
			    "rows %zu and %zu of the ledger have the same roll "
			    "key",
			    i, i + 1);
		if (order > 0)
			return why_say(why, ERR_FORMAT,
			    "row %zu of the ledger is not sorted by roll key",
			    i + 1);
	}
	*n = (uint32_t)rows;
	return OK;
}

void
ledger_row_at(struct slice s, uint32_t i, struct ledger_row *out)
{
	struct cursor c = cursor_of(s);

	(void)cursor_take(&c, (size_t)i * LEDGER_ROW);
	cursor_copy(&c, out->roll_pk.b, sizeof(out->roll_pk.b));
	cursor_copy(&c, out->c.b, HASH_BYTES);
	cursor_copy(&c, out->sig.b, sizeof(out->sig.b));
}

void
ledger_ask_commit(const uint8_t salt[static 64],
    const uint8_t blinded[static 256], struct hash *out)
{
	struct slice parts[2] = { slice_of(salt, SALT),
		slice_of(blinded, BLINDED) };

	hash_dst("ask", parts, 2, out);
}

enum err
ledger_ask_sign(const struct sign_key *k, const struct hash *space_id,
    const struct hash *key_id, const struct hash *c, struct signature *out)
{
	struct slice parts[3] = { hash_slice(space_id), hash_slice(key_id),
		hash_slice(c) };

	return sign_dst(k, "issue", parts, 3, out);
}

enum err
ledger_ask_verify(const struct ledger_row *row, const struct hash *space_id,
    const struct hash *key_id)
{
	struct slice parts[3] = { hash_slice(space_id), hash_slice(key_id),
		hash_slice(&row->c) };

	return sign_verify_dst(&row->roll_pk, "issue", parts, 3, &row->sig);
}
