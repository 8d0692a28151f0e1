#ifndef STATIC_H
#define STATIC_H

#include <stddef.h>
#include <stdint.h>

/*
 * The files of web/static, compiled in (web/embed.sh): no path is joined when a
 * request comes, and the program is one file.
 */
struct static_file {
	const char *name;
	const char *type;
	const char *etag; /* quoted; from the contents */
	const uint8_t *p;
	size_t n;
};

/* Ends with a NULL name; made by web/embed.sh. */
extern const struct static_file static_files[];

/**
 * static_find(name):
 * The file, or NULL.
 */
const struct static_file *static_find(const char *name);

#endif /* STATIC_H */
