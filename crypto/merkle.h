#ifndef MERKLE_H
#define MERKLE_H

#include "hash.h"

/* RFC 6962 2.1 / RFC 9162 2.1 trees, proofs and their verification. */
#define MERKLE_PROOF_MAX 63

/* The roots of the perfect subtrees at the right edge: all an append needs. */
struct merkle {
	uint64_t size;
	struct hash peaks[64]; /* peaks[l] valid iff bit l of size is set */
};

/* A proof: hashes from the leaf upwards. */
struct merkle_proof {
	size_t n;
	struct hash h[MERKLE_PROOF_MAX];
};

/**
 * merkle_append(m, leaf), merkle_root(m, out):
 * Add a leaf hash to ${m} (starts as all zeros); the root of what it holds.
 */
void merkle_append(struct merkle *m, const struct hash *leaf);
void merkle_root(const struct merkle *m, struct hash *out);

/**
 * Gives the root of the perfect subtree number ${index} of height ${level},
 * that is of the leaves [index << level, (index + 1) << level).
 */
typedef enum err merkle_node(
    void *cookie, unsigned level, uint64_t index, struct hash *out);

/**
 * merkle_load(m, size, get, cookie):
 * Make ${m} the right edge of the tree of ${size} leaves.
 */
enum err merkle_load(
    struct merkle *m, uint64_t size, merkle_node *get, void *cookie) MUST_USE;

/**
 * merkle_prove_inclusion(index, size, get, cookie, out),
 * merkle_prove_consistency(size1, size2, get, cookie, out):
 * Build a proof from perfect subtrees.  ERR_LIMIT when index >= size, or size1
 * > size2.  The consistency proof from 0 and from size2 is empty.
 */
enum err merkle_prove_inclusion(uint64_t index, uint64_t size, merkle_node *get,
    void *cookie, struct merkle_proof *out) MUST_USE;
enum err merkle_prove_consistency(uint64_t size1, uint64_t size2,
    merkle_node *get, void *cookie, struct merkle_proof *out) MUST_USE;

/**
 * merkle_verify_inclusion(leaf, index, size, proof, root):
 * OK or ERR_SIGNATURE.
 */
enum err merkle_verify_inclusion(const struct hash *leaf, uint64_t index,
    uint64_t size, const struct merkle_proof *proof,
    const struct hash *root) MUST_USE;

/**
 * merkle_verify_consistency(size1, size2, proof, root1, root2):
 * OK or ERR_SIGNATURE.  size1 = 0 is refused unless size2 = 0 too: what it
 * means differs between callers, who must decide before.
 */
enum err merkle_verify_consistency(uint64_t size1, uint64_t size2,
    const struct merkle_proof *proof, const struct hash *root1,
    const struct hash *root2) MUST_USE;

#endif /* MERKLE_H */
