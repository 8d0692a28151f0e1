#ifndef GROW_H
#define GROW_H

#include <stddef.h>

/**
 * grow(p, n, cap, size):
 * Return the array ${p} of ${*cap} elements of ${size} bytes with room for one
 * more than ${n}: ${p} itself, or a larger copy that replaces it, ${*cap} with
 * it.  NULL if out of memory; ${p} is then as it was.
 */
void *grow(void *p, size_t n, size_t *cap, size_t size)
    __attribute__((warn_unused_result));

#endif /* GROW_H */
