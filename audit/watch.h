#ifndef WATCH_H
#define WATCH_H

#include <stdio.h>

#include "source.h"

/*
 * Following a log (PROTOCOL 9): every checkpoint that was seen is kept, the
 * public files are mirrored and judged as they grow, and what is wrong is said
 * once.  Strings are borrowed; those that may be NULL say so.
 */
struct watch_options {
	const char *where;  /* URL, or a folder */
	const char *keep;   /* folder for all that was seen; made if need be */
	const char *key;    /* vkey; NULL: the first that the log shows */
	const char *policy; /* file with who must cosign; NULL: none */
	const char *hook;   /* program to run for each fault; NULL: none */
	const char *const *receipts; /* files */
	size_t n_receipts;
	unsigned patience; /* seconds in which cosignatures may come late */
	size_t again;	   /* kept files to look at again in each round */
	unsigned threads;  /* 0: as many as there are processors */
	FILE *out;	   /* how the log grows */
	FILE *err;	   /* what is wrong */
};

struct watch;

/**
 * watch_open(o, out, why):
 * Make or open the folder, and judge what it holds.  ERR_CONFLICT: it holds
 * another log; ERR_IO, ERR_FORMAT: a file of ${o} cannot be read.
 */
enum err watch_open(const struct watch_options *o, struct watch **out,
    struct why *why) MUST_USE;
void watch_free(struct watch *w);

/**
 * watch_round(w, now, why):
 * Look once, ${now} (UNIX seconds) being the watcher's time.  Faults are said
 * on err, written to the folder's file `faults`, and given to the hook, each of
 * them once.  OK whatever was found; ERR_IO, ERR_NOT_FOUND, ERR_FORMAT: the log
 * cannot be read now, in ${why}.
 */
enum err watch_round(struct watch *w, uint64_t now, struct why *why) MUST_USE;

/**
 * watch_faults(w):
 * How many faults the folder knows of.
 */
size_t watch_faults(const struct watch *w);

#endif /* WATCH_H */
