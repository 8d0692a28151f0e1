#ifndef MIRROR_H
#define MIRROR_H

#include "source.h"

/* What a copy brought. */
struct mirror_count {
	uint64_t size; /* entries of the log */
	uint64_t files;
	uint64_t objects;
	uint64_t missing; /* objects that the log names and nobody has */
};

/**
 * mirror_log(src, dir, out, why):
 * Copy the public files of ${src} to the folder ${dir}, so that it can be read
 * as a source.  What is there already is not fetched again.  ERR_CONFLICT: the
 * folder holds another log, or a checkpoint that ${src} does not continue;
 * nothing is written then.  ERR_SIGNATURE: the checkpoint is not signed by the
 * log's key; ERR_FORMAT; ERR_IO; ERR_NOT_FOUND.
 */
enum err mirror_log(struct source *src, const char *dir,
    struct mirror_count *out, struct why *why) MUST_USE;

/**
 * mirror_note(src, dir, note, out, why):
 * The same as of the checkpoint ${note}, which ${src} gave before.
 */
enum err mirror_note(struct source *src, const char *dir, struct slice note,
    struct mirror_count *out, struct why *why) MUST_USE;

#endif /* MIRROR_H */
