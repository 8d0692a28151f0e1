#ifndef ISSUER_FOLLOW_H
#define ISSUER_FOLLOW_H

#include "service_impl.h"

/*
 * An issuer follows the log of another server: it keeps a copy of the public
 * files (DIR/mirror), has the auditor's code judge them, and only then takes
 * in what they say: headers, roll, changes, staff.  While the log is broken,
 * is another one than before, or lacks its quorum, nothing is issued.
 */
struct follow;

#define ISSUER_FOLLOW_MIRROR "mirror"

/**
 * issuer_follow_open(s, dir, url, why):
 * Take in what the copy below ${dir} holds, then look at the log at ${url}; OK
 * also when that cannot be read.  Sets s->follow.
 */
enum err issuer_follow_open(struct service *s, const char *dir, const char *url,
    struct why *why) MUST_USE;
void issuer_follow_free(struct follow *f);

/**
 * issuer_follow_round(s):
 * Look at the log once; called by one thread only.
 */
void issuer_follow_round(struct service *s);

/**
 * issuer_follow_wait(f, ms), issuer_follow_wake(f):
 * Wait until somebody cannot wait, or so long.
 */
void issuer_follow_wait(struct follow *f, long ms);
void issuer_follow_wake(struct follow *f);

/**
 * issuer_follow_soon(s):
 * Return when a look at the log that began after this call is over, or when
 * that takes too long.
 */
void issuer_follow_soon(struct service *s);

/**
 * issuer_follow_ready(s, why):
 * May anything be issued?  ERR_STATE: why not.
 */
enum err issuer_follow_ready(struct service *s, struct why *why) MUST_USE;

/**
 * issuer_follow_object(s, hash, out):
 * An object of the copy.
 */
enum err issuer_follow_object(
    struct service *s, const struct hash *hash, struct buf *out) MUST_USE;

/**
 * issuer_follow_step(s, i, e):
 * Entry number ${i} of those that say who is on which roll: its kind, space and
 * object.  ERR_NOT_FOUND: there are no more.  log_lock is held.
 */
enum err issuer_follow_step(
    struct service *s, size_t i, struct entry *e) MUST_USE;

#endif /* ISSUER_FOLLOW_H */
