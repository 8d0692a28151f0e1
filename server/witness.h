#ifndef WITNESS_H
#define WITNESS_H

#include "checkpoint.h"
#include "why.h"

/*
 * A witness (C2SP tlog-witness): it cosigns a log's checkpoint if that
 * continues the last one that it cosigned, and so never two that contradict
 * each other.  It reads no entries and knows no votes.
 *
 * Its folder, which nobody else needs to read:
 *   witness.key    Ed25519 seed, hex; 0600
 *   witness.vkey   the verifier key, which logs and readers are given
 *   logs           verifier keys of logs, one a line; "#" comments (optional)
 *   <id>.checkpoint  per log the checkpoint that was cosigned last, with the
 *                  cosignature; id = hex SHA-256 of the origin
 *   <id>.fork      proof of a fork: a checkpoint that the log signed beside it
 * The state is in <id>.checkpoint alone.  A folder brought back from a backup
 * forgets what was cosigned since, and nothing in it can tell: a witness whose
 * disk was lost begins anew with another key.
 */
struct witness;

#define WITNESS_LOGS_MAX 64

/**
 * witness_init(dir, name, vkey, why):
 * Make a folder with a new key of the cosigner ${name}; its verifier key to
 * ${vkey}.  ERR_CONFLICT: there is a key already; ERR_FORMAT: no name of a key.
 */
enum err witness_init(const char *dir, const char *name, struct buf *vkey,
    struct why *why) MUST_USE;

struct witness_options {
	const char *dir;
	const char *const *logs; /* verifier keys beside those of DIR/logs */
	size_t n_logs;
};

/**
 * witness_open(o, out, why), witness_close(w):
 * ERR_CONFLICT: another process serves the folder; ERR_STATE: a checkpoint in
 * it is not one that this witness cosigned; ERR_NOT_FOUND: no key.
 */
enum err witness_open(const struct witness_options *o, struct witness **out,
    struct why *why) MUST_USE;
void witness_close(struct witness *w);

/* Borrowed. */
const struct note_key *witness_key(const struct witness *w);
size_t witness_logs(const struct witness *w);

/* What add-checkpoint answers, by HTTP status. */
enum witness_status {
	WITNESS_OK = 200, /* the signature line */
	WITNESS_MALFORMED = 400,
	WITNESS_UNSIGNED = 403, /* not by a key that is known */
	WITNESS_UNKNOWN = 404,	/* a log that it was not told of */
	WITNESS_CONFLICT = 409, /* another size: "<size>\n" */
	WITNESS_NO_PROOF = 422, /* does not continue what was cosigned */
	WITNESS_FAILED = 503,	/* could not be stored */
};

/**
 * witness_add(w, body, out):
 * Judge a request, store and cosign: one at a time, and stored before it is
 * answered.  What is to be sent is appended to ${out}, a sentence where the
 * standard asks for nothing.
 */
enum witness_status witness_add(
    struct witness *w, struct slice body, struct buf *out);

/**
 * witness_checkpoint(w, id, out):
 * The checkpoint cosigned last of the log whose origin has the SHA-256 ${id}.
 * ERR_NOT_FOUND: none.
 */
enum err witness_checkpoint(
    struct witness *w, const struct hash *id, struct buf *out) MUST_USE;

#endif /* WITNESS_H */
