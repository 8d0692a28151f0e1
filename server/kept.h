#ifndef KEPT_H
#define KEPT_H

#include "hash.h"

/*
 * Small documents that many ask for, kept in memory by their hash: they do not
 * change, and are lent until the server stops.  The first KEPT_MAX are kept;
 * what comes later is read anew each time.
 */
#define KEPT_MAX 256
#define KEPT_BYTES 65536 /* of one document */

struct kept;

/**
 * kept_new(), kept_free(k):
 * NULL when out of memory.
 */
struct kept *kept_new(void);
void kept_free(struct kept *k);

/**
 * kept_find(k, h, out):
 * The document of that hash, borrowed until kept_free; ERR_NOT_FOUND.
 */
enum err kept_find(
    const struct kept *k, const struct hash *h, struct slice *out) MUST_USE;

/**
 * kept_add(k, h, s):
 * Keep a copy of ${s}, if it is small and there is room.  Many threads may.
 */
void kept_add(struct kept *k, const struct hash *h, struct slice s);

#endif /* KEPT_H */
