#ifndef FOLDER_H
#define FOLDER_H

#include "bytes.h"

/*
 * All files below a folder at one moment, in memory.  What cannot be read ends
 * the program.
 */
struct folder_file {
	char *name; /* below the folder */
	struct buf bytes;
};

struct folder {
	size_t n;
	struct folder_file *file; /* sorted by name */
};

/**
 * folder_read(dir, out), folder_free(f):
 * What LMDB and flock(2) need only while a program runs ("lock" and names that
 * end in "-lock") is left out: process ids and reader slots, which are unlinked
 * or overwritten at the next start.  A file that goes away meanwhile, too.
 */
void folder_read(const char *dir, struct folder *out);
void folder_free(struct folder *f);

/**
 * folder_settled(dir, out):
 * folder_read once nothing changes for a while.
 */
void folder_settled(const char *dir, struct folder *out);

/**
 * folder_find(f, name):
 * Its bytes, or NULL.
 */
const struct buf *folder_find(const struct folder *f, const char *name);

/**
 * folder_differ(a, b):
 * The name of a file that only one of them has or that is not the same in both;
 * NULL: they are equal.
 */
const char *folder_differ(const struct folder *a, const struct folder *b);

/**
 * folder_copy(from, to):
 * Copy the folder with all in it; there is no ${to} yet.
 */
void folder_copy(const char *from, const char *to);

#endif /* FOLDER_H */
