#ifndef PAPERS_H
#define PAPERS_H

#include "blind.h"
#include "code.h"
#include "derive.h"
#include "header.h"

/*
 * A resident's papers: the file that `resident collect` makes and `resident
 * vote` reads.  One secret, and for each space what was collected with it and
 * the last record sent.  Whoever has it can vote in its owner's place.
 */
#define PAPERS_MAX ((size_t)4 << 20)

struct papers_space {
	char slug[SLUG_MAX + 1];
	struct hash space_id;
	/* Authenticators by purpose, one after the other; n = 0: none. */
	struct buf tokens[PURPOSE_MAX + 1];
	struct buf record;  /* last one made, n = 0: none */
	uint32_t seq;	    /* its number */
	struct buf receipt; /* n = 0: no answer came yet */
};

struct papers {
	char *log_key;	       /* vkey seen first; NULL: none yet */
	struct buf checkpoint; /* verified last */
	struct secret secret;
	size_t n;
	struct papers_space *space;
};

/**
 * papers_parse(s, out, why), papers_put(p, b):
 * Strict.  papers_free wipes.
 */
enum err papers_parse(
    struct slice s, struct papers **out, struct why *why) MUST_USE;
enum err papers_put(const struct papers *p, struct buf *b) MUST_USE;

/**
 * papers_new(secret, out):
 * Papers with nothing collected.
 */
enum err papers_new(const struct secret *secret, struct papers **out) MUST_USE;
void papers_free(struct papers *p);

/**
 * papers_load(path, out, why), papers_save(p, path, why):
 * The file, replaced in one step (0600).
 */
enum err papers_load(
    const char *path, struct papers **out, struct why *why) MUST_USE;
enum err papers_save(
    const struct papers *p, const char *path, struct why *why) MUST_USE;

/**
 * papers_space(p, h):
 * The part of the space ${h}, made if it is not there; NULL: out of memory.
 * papers_find gives NULL when there is none of that slug.
 */
struct papers_space *papers_space(struct papers *p, const struct header *h);
struct papers_space *papers_find(struct papers *p, const char *slug);

#endif /* PAPERS_H */
