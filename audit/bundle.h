#ifndef BUNDLE_H
#define BUNDLE_H

#include "hash.h"
#include "json.h"

/*
 * The manifest of a web client's files (PROTOCOL 8): what a bundle entry logs,
 * so that everybody can hold what a browser was given against it.
 */
#define BUNDLE_FILES_MAX 4096
#define BUNDLE_PATH_MAX 255

/* The files, in the order of their paths; strings are the document's. */
struct bundle {
	json_t *doc;
	size_t n;
	struct bundle_file {
		const char *path;
		struct hash hash;
	} * files;
};

/**
 * bundle_parse(s, out, why):
 * A canonical document with 1 to BUNDLE_FILES_MAX files; free with bundle_free.
 */
enum err bundle_parse(
    struct slice s, struct bundle **out, struct why *why) MUST_USE;
void bundle_free(struct bundle *b);

/**
 * bundle_path_check(path):
 * OK iff ${path} is one to 255 letters, digits and "-._~/", in segments that
 * are neither empty nor "." nor "..".
 */
enum err bundle_path_check(const char *path) MUST_USE;

#endif /* BUNDLE_H */
