/*
 * RFC 6962 trees.  A tree of ${size} leaves is a row of perfect subtrees, one
 * for each bit of ${size}, the largest first; everything here is built from
 * such subtrees, which is what the tiles of a log store.
 */
#include <string.h>

#include "merkle.h"

static unsigned
trailing_zeros(uint64_t v)
{
	unsigned n = 0;

	while (n < 64 && (v >> n & 1) == 0)
		n++;
	return n;
}

void
merkle_append(struct merkle *m, const struct hash *leaf)
{
	struct hash h = *leaf;
	unsigned l;

	for (l = 0; m->size >> l & 1; l++)
		hash_node(&m->peaks[l], &h, &h);
	m->peaks[l] = h;
	m->size++;
}

void
merkle_root(const struct merkle *m, struct hash *out)
{
	struct hash h;
	unsigned l;

	if (m->size == 0) {
		hash_empty(out);
		return;
	}
	l = trailing_zeros(m->size);
	h = m->peaks[l];
	for (l++; l < 64; l++) {
		if (m->size >> l & 1)
			hash_node(&m->peaks[l], &h, &h);
	}
	*out = h;
}

enum err
merkle_load(struct merkle *m, uint64_t size, merkle_node *get, void *cookie)
{
	struct merkle v = { 0 };
	unsigned l;
	enum err r;

	v.size = size;
	for (l = 0; l < 64; l++) {
		if ((size >> l & 1) == 0)
			continue;
		/* Before this subtree stand the larger ones. */
		if ((r = get(cookie, l, (size >> l) - 1, &v.peaks[l])) != OK)
			return r;
	}
	*m = v;
	return OK;
}

/* The root of the leaves [begin, end), begin a multiple of a power of two that
   is at least as large as the range. */
static enum err
range_root(uint64_t begin, uint64_t end, merkle_node *get, void *cookie,
    struct hash *out)
{
	uint64_t n = end - begin;
	struct hash acc, h;
	unsigned l;
	int have = 0;
	enum err r;

	/* From the smallest subtree, at the right, to the largest. */
	for (l = 0; l < 64; l++) {
		if ((n >> l & 1) == 0)
			continue;
		end -= (uint64_t)1 << l;
		if ((r = get(cookie, l, end >> l, &h)) != OK)
			return r;
		if (have)
			hash_node(&h, &acc, &acc);
		else
			acc = h;
		have = 1;
	}
	if (!have)
		return ERR_INTERNAL;
	*out = acc;
	return OK;
}

/* The largest power of two below ${n}, n > 1. */
static uint64_t
split(uint64_t n)
{
	uint64_t k = (uint64_t)1 << 63;

	while (k >= n)
		k >>= 1;
	return k;
}

/* The ranges whose roots make a proof, from the root downwards. */
struct ranges {
	size_t n;
	struct {
		uint64_t begin, end;
	} r[MERKLE_PROOF_MAX + 1];
};

/* Put the roots of ${w}, the last first, into ${out}. */
static enum err
collect(const struct ranges *w, merkle_node *get, void *cookie,
    struct merkle_proof *out)
{
	struct merkle_proof p = { 0 };
	size_t i;
	enum err r;

	if (w->n > MERKLE_PROOF_MAX)
		return ERR_LIMIT;
	for (i = w->n; i > 0; i--) {
		if ((r = range_root(w->r[i - 1].begin, w->r[i - 1].end, get,
			 cookie, &p.h[p.n])) != OK)
			return r;
		p.n++;
	}
	*out = p;
	return OK;
}

static void
add(struct ranges *w, uint64_t begin, uint64_t end)
{
	w->r[w->n].begin = begin;
	w->r[w->n].end = end;
	w->n++;
}

enum err
merkle_prove_inclusion(uint64_t index, uint64_t size, merkle_node *get,
    void *cookie, struct merkle_proof *out)
{
	uint64_t begin = 0, end = size, k;
	struct ranges w = { 0 };

	if (index >= size)
		return ERR_LIMIT;
	while (end - begin > 1) {
		if (w.n == MERKLE_PROOF_MAX)
			return ERR_LIMIT;
		k = begin + split(end - begin);
		if (index < k) {
			add(&w, k, end);
			end = k;
		} else {
			add(&w, begin, k);
			begin = k;
		}
	}
	return collect(&w, get, cookie, out);
}

enum err
merkle_prove_consistency(uint64_t size1, uint64_t size2, merkle_node *get,
    void *cookie, struct merkle_proof *out)
{
	uint64_t begin = 0, end = size2, k;
	struct ranges w = { 0 };

	if (size1 > size2)
		return ERR_LIMIT;
	if (size1 == 0 || size1 == size2) {
		out->n = 0;
		return OK;
	}
	/* SUBPROOF of RFC 6962 2.1.2; the left part, once it starts at 0 and
	   ends at size1, is the old root, which the verifier has. */
	while (end != size1) {
		if (w.n == MERKLE_PROOF_MAX)
			return ERR_LIMIT;
		k = begin + split(end - begin);
		if (size1 <= k) {
			add(&w, k, end);
			end = k;
		} else {
			add(&w, begin, k);
			begin = k;
		}
	}
	if (begin != 0)
		add(&w, begin, end);
	return collect(&w, get, cookie, out);
}

enum err
merkle_verify_inclusion(const struct hash *leaf, uint64_t index, uint64_t size,
    const struct merkle_proof *proof, const struct hash *root)
{
	uint64_t fn = index, sn;
	struct hash r = *leaf;
	size_t i;

	if (index >= size || proof->n > MERKLE_PROOF_MAX)
		return ERR_SIGNATURE;
	/* RFC 9162 2.1.3.2. */
	sn = size - 1;
	for (i = 0; i < proof->n; i++) {
		if (sn == 0)
			return ERR_SIGNATURE;
		if ((fn & 1) != 0 || fn == sn) {
			hash_node(&proof->h[i], &r, &r);
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			hash_node(&r, &proof->h[i], &r);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && hash_equal(&r, root) ? OK : ERR_SIGNATURE;
}

/* RFC 9162 2.1.4.2, for 0 < size1 < size2 and a proof that is not empty. */
static enum err
verify_growth(uint64_t size1, uint64_t size2, const struct merkle_proof *proof,
    const struct hash *root1, const struct hash *root2)
{
	uint64_t fn = size1 - 1, sn = size2 - 1;
	struct hash fr, sr;
	size_t i = 0;

	while ((fn & 1) != 0) {
		fn >>= 1;
		sn >>= 1;
	}
	/* A power of two is a subtree of its own: its root starts the proof. */
	fr = sr = fn == 0 ? *root1 : proof->h[i++];
	for (; i < proof->n; i++) {
		if (sn == 0)
			return ERR_SIGNATURE;
		if ((fn & 1) != 0 || fn == sn) {
			hash_node(&proof->h[i], &fr, &fr);
			hash_node(&proof->h[i], &sr, &sr);
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			hash_node(&sr, &proof->h[i], &sr);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && hash_equal(&fr, root1) && hash_equal(&sr, root2)
		   ? OK
		   : ERR_SIGNATURE;
}

enum err
merkle_verify_consistency(uint64_t size1, uint64_t size2,
    const struct merkle_proof *proof, const struct hash *root1,
    const struct hash *root2)
{
	struct hash empty;

	if (size1 > size2 || proof->n > MERKLE_PROOF_MAX)
		return ERR_SIGNATURE;
	if (size1 == size2) {
		/* The tree without leaves has one root. */
		hash_empty(&empty);
		if (size1 == 0 && !hash_equal(root1, &empty))
			return ERR_SIGNATURE;
		return proof->n == 0 && hash_equal(root1, root2)
			   ? OK
			   : ERR_SIGNATURE;
	}
	if (size1 == 0 || proof->n == 0)
		return ERR_SIGNATURE;
	return verify_growth(size1, size2, proof, root1, root2);
}
