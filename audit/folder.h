#ifndef FOLDER_H
#define FOLDER_H

#include "bytes.h"
#include "why.h"

/* Files below a folder, written whole or not at all. */

/**
 * folder_put(dir, path, bytes, why):
 * Write ${dir}/${path}, making the folders between.  ERR_IO.
 */
enum err folder_put(const char *dir, const char *path, struct slice bytes,
    struct why *why) MUST_USE;

/**
 * folder_has(dir, path), folder_drop(dir, path):
 * Nonzero iff the file is there; remove it if it is.
 */
int folder_has(const char *dir, const char *path);
void folder_drop(const char *dir, const char *path);

#endif /* FOLDER_H */
