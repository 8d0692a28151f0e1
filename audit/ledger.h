#ifndef LEDGER_H
#define LEDGER_H

#include "hash.h"
#include "sign.h"
#include "why.h"

/* The issuance ledger (PROTOCOL 5). */
#define LEDGER_ROW 128

struct ledger_row {
	struct public_key roll_pk;
	struct hash c;
	struct signature sig;
};

/**
 * ledger_check(s, n, why):
 * Whole rows, sorted by key, none twice; ${n} rows.
 */
enum err ledger_check(struct slice s, uint32_t *n, struct why *why) MUST_USE;

/**
 * ledger_row_at(s, i, out):
 * Row number ${i} of a checked ledger.
 */
void ledger_row_at(struct slice s, uint32_t i, struct ledger_row *out);

/**
 * ledger_ask_commit(salt, blinded, out):
 * c = H(DST("ask") || salt[64] || blinded_msg[256]).
 */
void ledger_ask_commit(const uint8_t salt[static 64],
    const uint8_t blinded[static 256], struct hash *out);

/**
 * ledger_ask_sign(k, space_id, key_id, c, out), ledger_ask_verify(...):
 * The roll key's signature over DST("issue") || space_id || key_id || c.
 */
enum err ledger_ask_sign(const struct sign_key *k, const struct hash *space_id,
    const struct hash *key_id, const struct hash *c,
    struct signature *out) MUST_USE;
enum err ledger_ask_verify(const struct ledger_row *row,
    const struct hash *space_id, const struct hash *key_id) MUST_USE;

#endif /* LEDGER_H */
