#ifndef DURABLE_H
#define DURABLE_H

#include "bytes.h"
#include "why.h"

/* Small files that a crash leaves as they were or as they were to be. */

#define DURABLE_UNFINISHED ".new" /* ends the name of one that is not whole */

/**
 * durable_put(dir, name, mode, s, why):
 * Replace ${dir}/${name} in one step, on the disk when it returns.  ERR_IO.
 */
enum err durable_put(const char *dir, const char *name, unsigned mode,
    struct slice s, struct why *why) MUST_USE;

/**
 * durable_sync(dir, why):
 * The names in the folder last as its files do.  ERR_IO.
 */
enum err durable_sync(const char *dir, struct why *why) MUST_USE;

/**
 * durable_get(dir, name, max, out, why):
 * Append the file, at most ${max} bytes, to ${out}.  ERR_NOT_FOUND; ERR_LIMIT;
 * ERR_IO.
 */
enum err durable_get(const char *dir, const char *name, size_t max,
    struct buf *out, struct why *why) MUST_USE;

/**
 * durable_destroy(dir, name, why):
 * Zeros over the whole file, on the disk, before its name goes; OK where there
 * is none.  ERR_IO.
 */
enum err durable_destroy(
    const char *dir, const char *name, struct why *why) MUST_USE;

#endif /* DURABLE_H */
