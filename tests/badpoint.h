#ifndef BADPOINT_H
#define BADPOINT_H

#include "point.h"

/*
 * What is no point, or none that may be read (PROTOCOL 7): each function that
 * takes points or scalars from outside is tried with all of them.
 */

/**
 * badpoint(i, out):
 * The ${i}th of them; 0 when there are no more.  The first is the identity,
 * the second G with the highest bit set; then those of RFC 9496, A.2.
 */
int badpoint(size_t i, struct point *out);

/**
 * badscalar(i, out):
 * The same for scalars: q, q + 1, 2^252 * 15, all ones.
 */
int badscalar(size_t i, struct scalar *out);

/**
 * badscalar_plus_q(s):
 * ${s} + q: the same number modulo q, in another encoding, which libsodium
 * multiplies with as well.
 */
void badscalar_plus_q(struct scalar *s);

#endif /* BADPOINT_H */
