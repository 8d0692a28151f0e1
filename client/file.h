#ifndef FILE_H
#define FILE_H

#include <stdio.h>

#include "bytes.h"
#include "why.h"

/* Files of people: read whole, written whole or not at all. */

/**
 * file_read(path, max, out, why):
 * Append the file, at most ${max} bytes, to ${out}.  ERR_NOT_FOUND: there is
 * none; ERR_IO; ERR_LIMIT.
 */
enum err file_read(
    const char *path, size_t max, struct buf *out, struct why *why) MUST_USE;

/**
 * file_write(path, mode, s, why):
 * Replace the file in one step: a new one beside it, synced and renamed.
 */
enum err file_write(
    const char *path, unsigned mode, struct slice s, struct why *why) MUST_USE;

/**
 * file_folder_new(path, why):
 * Make the folder ${path} (0700), or accept an empty one.  ERR_CONFLICT: there
 * is something in it.
 */
enum err file_folder_new(const char *path, struct why *why) MUST_USE;

/**
 * file_is_folder(path), file_exists(path):
 * Nonzero iff so.
 */
int file_is_folder(const char *path);
int file_exists(const char *path);

/**
 * file_create(folder, name, mode, out, why), file_close(f, path, why):
 * A new file to write to through stdio; refuse an existing one.  file_close
 * flushes, syncs and closes: ERR_IO when anything since failed.
 */
enum err file_create(const char *folder, const char *name, unsigned mode,
    FILE **out, struct why *why) MUST_USE;
enum err file_close(FILE *f, const char *name, struct why *why) MUST_USE;

/**
 * file_join(b, folder, name):
 * The path of ${name} in ${folder}, in ${b} (emptied first), or NULL.
 */
const char *file_join(struct buf *b, const char *folder, const char *name);

#endif /* FILE_H */
