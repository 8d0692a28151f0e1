#ifndef ENTRY_H
#define ENTRY_H

#include "derive.h"
#include "hash.h"
#include "sign.h"

/* Log entries (PROTOCOL 8). */
#define ENTRY_MAX 65535
#define ENTRY_SIGNERS_MAX 8
#define ENTRY_TRUSTEES_MAX 9

enum entry_kind {
	ENTRY_GENESIS = 1,
	ENTRY_HEADER = 2,
	ENTRY_FORM = 3,
	ENTRY_ROLL_CHANGE = 4,
	ENTRY_LEDGER = 5,
	ENTRY_BATCH = 6,
	ENTRY_RECORD = 7,
	ENTRY_CLOSE = 8,
	ENTRY_OPENING = 9,
	ENTRY_RESULT = 10,
	ENTRY_MODERATION = 11,
	ENTRY_PAPER = 12,
	ENTRY_KEY_DESTROYED = 13,
	ENTRY_BUNDLE = 14,
	ENTRY_DISPUTE = 15,
	ENTRY_CANCEL = 16,
	ENTRY_STAFF = 17,
	ENTRY_PROGRESS = 18,
};
#define ENTRY_KIND_MAX 18

/* Staff roles, as a bit set where several may sign. */
enum role {
	ROLE_ADMIN = 1,
	ROLE_REGISTRAR = 2,
	ROLE_DESK = 4,
	ROLE_MODERATOR = 8,
	ROLE_EDITOR = 16,
	ROLE_OBSERVER = 32,
};

/* What is fixed about a kind. */
struct entry_rule {
	enum entry_kind kind;
	const char *name;
	unsigned signers; /* how many staff signatures it carries */
	unsigned roles;	  /* bit set: who may give them */
};

/* One staff signature. */
struct entry_signer {
	struct public_key pk;
	uint64_t n;
	struct signature sig;
};

/*
 * One parsed entry.  Fields that the kind does not have are zero; slices are
 * borrowed.  ${object} is the hash of the object that the entry logs.
 */
struct entry {
	enum entry_kind kind;
	struct hash space_id;
	struct hash object;  /* header: equals space_id; form: form_id */
	struct hash scan;    /* paper */
	struct hash target;  /* moderation: leaf; key_destroyed: key id */
	struct slice text;   /* reason, genesis or staff document */
	struct slice record; /* record */
	uint64_t window_end; /* batch */
	uint32_t count; /* batch, ledger, roll_change, paper; close: records */
	uint32_t credentials; /* close */
	uint8_t issuer;	 /* ledger, key_destroyed, dispute; opening: trustee */
	uint8_t purpose; /* ledger, key_destroyed, dispute */
	uint8_t sort;	 /* paper: sort; moderation: action */
	struct public_key roll_pk; /* dispute */
	struct signature roll_sig; /* dispute */
	size_t n_trustees;	   /* form */
	struct signature trustee_sigs[ENTRY_TRUSTEES_MAX];
	size_t n_signers;
	struct entry_signer signers[ENTRY_SIGNERS_MAX];
	struct slice payload; /* what staff signed, after kind */
};

/**
 * entry_rule_of(kind):
 * The row of ${kind}, or NULL for an unknown number.
 */
const struct entry_rule *entry_rule_of(unsigned kind);

/**
 * entry_parse(s, out):
 * Exactly one entry of a known kind, version 1, with the number of signers the
 * kind asks for, sorted.  ERR_FORMAT; ERR_LIMIT above 65,535 bytes.  No
 * signature is looked at; records and documents inside are not parsed.
 */
enum err entry_parse(struct slice s, struct entry *out) MUST_USE;

/**
 * entry_put(b, e):
 * Append the encoding of ${e} (${payload} is not read; signers are sorted).
 * ERR_FORMAT when a field is out of range.
 */
enum err entry_put(struct buf *b, const struct entry *e) MUST_USE;

/**
 * entry_payload_put(b, e):
 * Append the payload only: what is signed.
 */
enum err entry_payload_put(struct buf *b, const struct entry *e) MUST_USE;

/**
 * entry_sign(e, origin, n, k), entry_verify(e, origin, i):
 * Add the signature of ${k} with number ${n} to ${e}, keeping signers sorted
 * (ERR_CONFLICT: signed by this key already; ERR_LIMIT: no room); verify signer
 * number ${i}.
 */
enum err entry_sign(struct entry *e, const char *origin, uint64_t n,
    const struct sign_key *k) MUST_USE;
enum err entry_verify(
    const struct entry *e, const char *origin, size_t i) MUST_USE;

/**
 * role_name(r), role_parse(s, out):
 * "admin" and so on; NULL, ERR_NOT_FOUND.
 */
const char *role_name(unsigned r);
enum err role_parse(struct slice s, enum role *out) MUST_USE;

#endif /* ENTRY_H */
