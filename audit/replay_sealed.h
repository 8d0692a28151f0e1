#ifndef REPLAY_SEALED_H
#define REPLAY_SEALED_H

#include "replay.h"
#include "unseal.h"

/*
 * The sealed ballots of a log that was read, and the openings that it has of
 * them (PROTOCOL 7.3).
 */

/* What became of one opening entry. */
struct replay_opening {
	uint8_t trustee;
	uint64_t index; /* of the entry */
	int valid;	/* and the first valid one of its trustee */
	struct why why; /* why it is ignored, else empty */
};

/* Of one space.  The ballots are counted once enough openings were valid. */
struct replay_sealed {
	size_t n;
	struct replay_opening *openings;    /* in the order of the log */
	unsigned valid;			    /* trustees with a valid one */
	int is_valid[DKG_TRUSTEES_MAX + 1]; /* by trustee */
	int whole; /* every ballot was opened: the two below are set */
	uint64_t null;
	uint64_t blank;
};

/**
 * replay_sealed_of(r, s):
 * What was found when the log was read, borrowed until it is read on; NULL:
 * ${s} is not sealed, not closed, or has too few ballots.
 */
const struct replay_sealed *replay_sealed_of(
    const struct replay *r, const struct space *s);

/**
 * replay_sealed_ballots(r, s, out, why):
 * The counted ballots of the closed sealed space ${s}; free with unseal_free.
 * They borrow from ${s}.  ERR_FORBIDDEN: not sealed, not closed; ERR_SIGNATURE,
 * ERR_FORMAT: one of them is no sealed ballot (rule 31).
 */
enum err replay_sealed_ballots(const struct replay *r, const struct space *s,
    struct unseal **out, struct why *why) MUST_USE;

/**
 * replay_sealed_each(r, s, each, cookie, why):
 * Judge the openings and open every ballot, in order of its key (unseal_open).
 * ERR_FORBIDDEN: too few are valid, or there are too few ballots.
 */
enum err replay_sealed_each(struct replay *r, const struct space *s,
    unseal_each *each, void *cookie, struct why *why) MUST_USE;

/**
 * replay_sealed_result(r, s, paper, out, why):
 * result_document of a sealed space that has enough ballots.
 */
enum err replay_sealed_result(struct replay *r, const struct space *s,
    struct slice paper, struct buf *out, struct why *why) MUST_USE;

/**
 * replay_sealed_judge(r, s, why):
 * Judge the openings so that replay_sealed_of tells of them; only those that
 * came since the last time.  Too few are no error.
 */
enum err replay_sealed_judge(
    struct replay *r, const struct space *s, struct why *why) MUST_USE;
void replay_sealed_free(struct replay_sealed *p);

#endif /* REPLAY_SEALED_H */
