#ifndef RECEIPT_H
#define RECEIPT_H

#include "merkle.h"
#include "note.h"

/*
 * Receipts (PROTOCOL 6): signed notes by the key "<origin>/receipt".  A plain
 * one names the leaf; a grouped one signs the root over the salted leaves of a
 * commit group and carries salt, index and path in front of the note.
 */
struct receipt {
	struct hash space_id;
	struct hash leaf;
	uint64_t window_end; /* UNIX seconds */
};

/**
 * receipt_text(r, b):
 * Append the four lines that are signed.
 */
void receipt_text(const struct receipt *r, struct buf *b);

/**
 * receipt_sign(r, name, k, b):
 * Append the whole note; ${name} is the key's name.
 */
enum err receipt_sign(const struct receipt *r, const char *name,
    const struct sign_key *k, struct buf *b) MUST_USE;

/**
 * receipt_open(s, k, leaf, out):
 * Verify a receipt of either form for the record whose leaf hash is ${leaf}.
 * ERR_FORMAT; ERR_SIGNATURE; ERR_CONFLICT: a good receipt for another leaf.
 */
enum err receipt_open(struct slice s, const struct note_key *k,
    const struct hash *leaf, struct receipt *out) MUST_USE;

/**
 * receipt_group_leaf(salt, leaf, out):
 * H(DST("receipt") || salt || leaf), a leaf of the group's tree.
 */
void receipt_group_leaf(
    const uint8_t salt[static 16], const struct hash *leaf, struct hash *out);

/**
 * receipt_group_sign(space_id, window_end, root, size, name, k, b):
 * Append the signed note of a group.
 */
enum err receipt_group_sign(const struct hash *space_id, uint64_t window_end,
    const struct hash *root, uint64_t size, const char *name,
    const struct sign_key *k, struct buf *b) MUST_USE;

/**
 * receipt_group_put(b, salt, index, path, note):
 * Append one member's receipt.
 */
void receipt_group_put(struct buf *b, const uint8_t salt[static 16],
    uint64_t index, const struct merkle_proof *path, struct slice note);

/* What a receipt promises to somebody who does not have the record. */
struct receipt_promise {
	struct hash space_id;
	uint64_t window_end; /* UNIX seconds */
	int grouped;
	struct hash leaf; /* of a plain one */
	/* Of a grouped one: whether it is of a leaf can be found out only. */
	uint8_t salt[16];
	uint64_t index, size;
	struct merkle_proof path;
	struct hash root;
};

/**
 * receipt_promise_open(s, k, out):
 * Verify a receipt of either form.  ERR_FORMAT; ERR_SIGNATURE.
 */
enum err receipt_promise_open(struct slice s, const struct note_key *k,
    struct receipt_promise *out) MUST_USE;

/**
 * receipt_promise_is_of(p, leaf):
 * Nonzero iff the promise is kept by a log that has the ${leaf}.
 */
int receipt_promise_is_of(
    const struct receipt_promise *p, const struct hash *leaf);

#endif /* RECEIPT_H */
