#ifndef CHECKPOINT_H
#define CHECKPOINT_H

#include "merkle.h"
#include "note.h"

/* C2SP tlog-checkpoint; extension lines are read over, never written. */
struct checkpoint {
	char origin[NOTE_NAME_MAX + 1];
	uint64_t size;
	struct hash root;
};

/**
 * checkpoint_text_parse(text, out):
 * The text of a note, its final newline included.
 */
enum err checkpoint_text_parse(
    struct slice text, struct checkpoint *out) MUST_USE;

/**
 * checkpoint_open(s, k, note, out):
 * Parse the note ${s}, demand that ${k} signed it and that its origin is the
 * name of ${k}.  ${note} (borrowing from ${s}) is for cosignatures.
 */
enum err checkpoint_open(struct slice s, const struct note_key *k,
    struct note *note, struct checkpoint *out) MUST_USE;

/**
 * checkpoint_sign(c, k, b):
 * Append the signed note; the key's name is the origin.
 */
enum err checkpoint_sign(const struct checkpoint *c, const struct sign_key *k,
    struct buf *b) MUST_USE;

/**
 * checkpoint_quorum(note, keys, n, quorum):
 * OK iff at least ${quorum} different keys of the ${n} witnesses cosigned
 * validly; ERR_SIGNATURE otherwise.  A broken line of a known witness counts as
 * none.
 */
enum err checkpoint_quorum(const struct note *note, const struct note_key *keys,
    size_t n, size_t quorum) MUST_USE;

/**
 * tlog_path_parse(c, out), tlog_path_put(b, path):
 * A proof as the C2SP formats write it: one base64 hash a line, then an empty
 * line.  ERR_FORMAT; ERR_LIMIT: more than 63 hashes.
 */
enum err tlog_path_parse(struct cursor *c, struct merkle_proof *out) MUST_USE;
void tlog_path_put(struct buf *b, const struct merkle_proof *path);

/* C2SP tlog-proof. */
struct tlog_proof {
	struct slice extra; /* decoded bytes are not kept: the base64 text */
	uint64_t index;
	struct merkle_proof path;
	struct slice checkpoint; /* the note, borrowed */
};

/**
 * tlog_proof_parse(s, out), tlog_proof_put(b, index, path, checkpoint):
 * Strict.
 */
enum err tlog_proof_parse(struct slice s, struct tlog_proof *out) MUST_USE;
void tlog_proof_put(struct buf *b, uint64_t index,
    const struct merkle_proof *path, struct slice checkpoint);

/**
 * tlog_proof_verify(p, leaf, k, note, out):
 * Open the checkpoint with ${k} and verify the inclusion of ${leaf}.
 */
enum err tlog_proof_verify(const struct tlog_proof *p, const struct hash *leaf,
    const struct note_key *k, struct note *note,
    struct checkpoint *out) MUST_USE;

#endif /* CHECKPOINT_H */
