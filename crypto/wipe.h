#ifndef WIPE_H
#define WIPE_H

#include <stddef.h>

/**
 * wipe(p, n):
 * Overwrite the ${n} bytes at ${p} with zeros, even where the compiler sees no
 * further use of them.  Harmless on anything.
 */
void wipe(void *p, size_t n);

/**
 * equal_ct(a, b, n):
 * Return nonzero iff the ${n} bytes at ${a} and ${b} are the same, in a time
 * that depends on ${n} only.
 */
int equal_ct(const void *a, const void *b, size_t n);

/**
 * random_bytes(p, n):
 * Fill ${p} with ${n} bytes of the operating system's random source.
 */
void random_bytes(void *p, size_t n);

#endif /* WIPE_H */
