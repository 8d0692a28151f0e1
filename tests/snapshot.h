#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include "bytes.h"

/*
 * All files below a folder at one moment, in memory.  What cannot be read ends
 * the program.
 */
struct snapshot_file {
	char *name; /* below the folder */
	struct buf bytes;
};

struct snapshot {
	size_t n;
	struct snapshot_file *file; /* sorted by name */
};

/**
 * snapshot_read(dir, out), snapshot_free(f):
 * What LMDB and flock(2) need only while a program runs ("lock" and names that
 * end in "-lock") is left out: process ids and reader slots, which are unlinked
 * or overwritten at the next start.  A file that goes away meanwhile, too.
 */
void snapshot_read(const char *dir, struct snapshot *out);
void snapshot_free(struct snapshot *f);

/**
 * snapshot_settled(dir, out):
 * snapshot_read once nothing changes for a while.
 */
void snapshot_settled(const char *dir, struct snapshot *out);

/**
 * snapshot_find(f, name):
 * Its bytes, or NULL.
 */
const struct buf *snapshot_find(const struct snapshot *f, const char *name);

/**
 * snapshot_differ(a, b):
 * The name of a file that only one of them has or that is not the same in both;
 * NULL: they are equal.
 */
const char *snapshot_differ(const struct snapshot *a, const struct snapshot *b);

/**
 * snapshot_copy(from, to):
 * Copy the folder with all in it; there is no ${to} yet.
 */
void snapshot_copy(const char *from, const char *to);

#endif /* SNAPSHOT_H */
