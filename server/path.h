#ifndef PATH_H
#define PATH_H

#include "err.h"

/* Request paths and the patterns of the route table. */
#define PATH_BYTES_MAX 512
#define PATH_PARAMS 3
#define PATH_PARAM_MAX 128

/* What the placeholders of a pattern matched, in order; the rest empty. */
struct path_params {
	char v[PATH_PARAMS][PATH_PARAM_MAX];
};

/**
 * path_check(path):
 * OK iff ${path} begins with a slash, has no empty segment (but "/" itself), no
 * "." or "..", only letters, digits and "-._~", and at most PATH_BYTES_MAX
 * bytes.  No address of ours needs percent-encoding, so none is accepted:
 * every resource has one spelling.  ERR_FORMAT; ERR_LIMIT: too long.
 */
enum err path_check(const char *path) MUST_USE;

/**
 * path_match(pattern, path, out):
 * Match a checked ${path}.  "{name}" in ${pattern} stands for one segment and
 * "{name...}", at the end, for one or more.  ERR_NOT_FOUND when it does not
 * match, or a placeholder would take more than PATH_PARAM_MAX - 1 bytes.
 */
enum err path_match(
    const char *pattern, const char *path, struct path_params *out) MUST_USE;

#endif /* PATH_H */
