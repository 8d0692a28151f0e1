#ifndef STATIC_H
#define STATIC_H

#include "bytes.h"

/*
 * The files of the web client, compiled in (web/build.mjs): no path is joined
 * when a request comes, and the program is one file.
 */
enum static_coding { STATIC_IDENTITY, STATIC_BR, STATIC_GZIP, STATIC_CODINGS };

/* One representation of a file; no bytes: not smaller, so not kept. */
struct static_part {
	struct slice bytes;
	const char *etag; /* quoted; from these bytes */
};

struct static_file {
	const char *logical; /* "booth.js": what pages call it */
	const char *name;    /* "booth.1f2e3d4c5b6a7988.js": what is served */
	const char *path;    /* "/static/booth.1f2e3d4c5b6a7988.js" */
	const char *type;
	const char *integrity; /* "sha384-...", for Subresource Integrity */
	struct static_part parts[STATIC_CODINGS];
};

/* In the order of their logical names; ends with a NULL; made by the build. */
extern const struct static_file static_files[];

/* The manifest of these files (PROTOCOL 8), as it belongs in the log. */
extern const struct slice static_manifest;

/**
 * static_find(name), static_logical(logical):
 * The file that is served as /static/${name}, or that pages know as ${logical};
 * or NULL.
 */
const struct static_file *static_find(const char *name);
const struct static_file *static_logical(const char *logical);

/**
 * static_negotiate(f, accept):
 * The coding of ${f} that suits a request with this Accept-Encoding (NULL:
 * none): brotli, then gzip, unless it is not kept or refused (RFC 9110 12.5.3).
 */
enum static_coding static_negotiate(
    const struct static_file *f, const char *accept);
const char *static_coding_name(enum static_coding c);

#endif /* STATIC_H */
