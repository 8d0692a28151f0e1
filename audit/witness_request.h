#ifndef WITNESS_REQUEST_H
#define WITNESS_REQUEST_H

#include "merkle.h"
#include "note.h"

/*
 * C2SP tlog-witness, the body of add-checkpoint:
 *   old <size>\n, a consistency proof of one base64 hash a line, \n, a note.
 */
#define WITNESS_REQUEST_MAX (NOTE_MAX + 4096)

struct witness_request {
	uint64_t old; /* size of the tree that the witness cosigned last */
	struct merkle_proof proof; /* from it to the checkpoint's tree */
	struct slice note; /* the checkpoint, borrowed; not parsed yet */
};

/**
 * witness_request_parse(s, out), witness_request_put(b, q):
 * ERR_FORMAT; ERR_LIMIT: more than 63 hashes.
 */
enum err witness_request_parse(
    struct slice s, struct witness_request *out) MUST_USE;
void witness_request_put(struct buf *b, const struct witness_request *q);

/**
 * witness_request_size_parse(s, size):
 * The body of a 409: "<size>\n", what the witness has.
 */
enum err witness_request_size_parse(struct slice s, uint64_t *size) MUST_USE;

#endif /* WITNESS_REQUEST_H */
