#ifndef CT_H
#define CT_H

/*
 * What may be known of a secret although it is computed from it: that a text
 * has a hyphen here, that it is a code at all.  Only then may code branch on
 * it.  tests/ct runs the handling of secrets on memory that valgrind takes for
 * undefined, where any other branch or index is an error; in a normal build
 * this is nothing.
 */
#ifdef CT_CHECK
#include <valgrind/memcheck.h>
#define ct_disclose(p, n) ((void)VALGRIND_MAKE_MEM_DEFINED(p, n))
#else
#define ct_disclose(p, n) ((void)(p))
#endif

/**
 * ct_within(c, lo, hi), ct_above(c, k):
 * 1 iff ${lo} <= c <= ${hi}, iff c > ${k}, else 0, without a branch; for
 * numbers below 2^31.
 */
static inline unsigned
ct_within(unsigned c, unsigned lo, unsigned hi)
{
	return ((lo - 1 - c) & (c - hi - 1)) >> 31;
}

static inline unsigned
ct_above(unsigned c, unsigned k)
{
	return (k - c) >> 31;
}

#endif /* CT_H */
