#ifndef TRUSTEE_OPENING_H
#define TRUSTEE_OPENING_H

#include "trustee.h"

/*
 * Opening a closed vote (PROTOCOL 7.3).  Nothing is computed from the share
 * before the whole log was judged here, and nothing is ever opened twice in two
 * different states.
 */
struct trustee_opening_options {
	const char *where;   /* server URL, or a folder with a copy of the log*/
	const char *log_key; /* vkey; NULL: the one kept from the ceremony */
	uint64_t now;	     /* her own clock, UNIX seconds */
	int clock_given;     /* ${now} was given: for rehearsals only */
	unsigned threads;    /* 0: as many as there are processors */
	int first; /* she says that she opened nothing since the backup */
};

/* What was opened. */
struct trustee_opened {
	uint32_t m;    /* counted ballots */
	uint64_t size; /* the tree of the close */
	uint32_t cast; /* records */
};

/**
 * trustee_opening_make(t, o, out, file, why):
 * For the ceremony in t->state, judge the log, remember the tree durably, and
 * append the opening to ${file}.  ERR_SIGNATURE: the log is broken, forked or
 * without its witnesses; ERR_FORBIDDEN: too early, not closed, cancelled, too
 * few ballots, destroyed, restored and not ${o}->first; ERR_CONFLICT: another
 * form than the one signed, or another tree than the one opened; ERR_NOT_FOUND:
 * no such space, no ceremony that came to its end; each with a sentence in
 * ${why}.
 */
enum err trustee_opening_make(struct trustee *t,
    const struct trustee_opening_options *o, struct trustee_opened *out,
    struct buf *file, struct why *why) MUST_USE;

/**
 * trustee_opening_practice(s, why):
 * Prove on an invented ballot that the share in ${s} opens what is sealed for
 * the trustees: ERR_SIGNATURE if not.  Nothing leaves this function.
 */
enum err trustee_opening_practice(
    const struct trustee_state *s, struct why *why) MUST_USE;

#endif /* TRUSTEE_OPENING_H */
