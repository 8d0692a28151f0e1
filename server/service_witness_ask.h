#ifndef SERVICE_WITNESS_ASK_H
#define SERVICE_WITNESS_ASK_H

#include <stdatomic.h>

#include "checkpoint.h"
#include "fetch.h"
#include "policy.h"

/* One exchange with one witness, over HTTP (C2SP tlog-witness). */
#define SERVICE_WITNESS_SECONDS 5

struct service_witness_ask {
	const struct policy_witness *witness;
	const struct note_key *log;
	struct fetch *fetch;
	const atomic_int *stop; /* nonzero ends the exchange; NULL: never */
	uint64_t have; /* size that the witness cosigned last, as we know */
};

/* The checkpoint that is to be cosigned. */
struct service_witness_tree {
	uint64_t size;
	struct slice note;
	merkle_node *node; /* of a log that has ${size} entries at least */
	void *cookie;
};

/**
 * service_witness_ask(a, t, line, why):
 * Have the checkpoint cosigned; its verified signature line is appended to
 * ${line}.  ERR_CONFLICT: the witness has another tree, or a larger one;
 * ERR_IO: no answer; ERR_SIGNATURE: an answer that does not verify;
 * ERR_FORBIDDEN: refused.
 */
enum err service_witness_ask(struct service_witness_ask *a,
    const struct service_witness_tree *t, struct buf *line,
    struct why *why) MUST_USE;

/**
 * service_witness_ask_last(a, c, why):
 * The checkpoint that the witness cosigned last, signed by the log and by it.
 * ERR_NOT_FOUND: none.
 */
enum err service_witness_ask_last(struct service_witness_ask *a,
    struct checkpoint *c, struct why *why) MUST_USE;

/**
 * service_witness_ask_line(key, bytes, line):
 * Append the signature line of the witness's ${key} in the note ${bytes} to
 * ${line}, if all of that key verify.  ERR_NOT_FOUND: there is none;
 * ERR_SIGNATURE.
 */
enum err service_witness_ask_line(
    const struct note_key *key, struct slice bytes, struct buf *line) MUST_USE;

#endif /* SERVICE_WITNESS_ASK_H */
