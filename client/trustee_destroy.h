#ifndef TRUSTEE_DESTROY_H
#define TRUSTEE_DESTROY_H

#include "trustee.h"

/* The end of a trustee's share: her secrets of one space leave her folder. */

/**
 * trustee_destroy_may(t, where, why):
 * Is the space of t->state over, by the log at ${where} (a URL or a folder)?
 * ERR_FORBIDDEN: neither a result nor that it is cancelled is in it.
 */
enum err trustee_destroy_may(
    struct trustee *t, const char *where, struct why *why) MUST_USE;

/**
 * trustee_destroy(t, why):
 * What is remembered without secrets takes the place of SLUG.ceremony; then the
 * old file, which has no name any more, is written over where it lies, and so
 * are its rests.  ERR_IO.
 */
enum err trustee_destroy(struct trustee *t, struct why *why) MUST_USE;

/**
 * trustee_destroy_rests(t, why):
 * A command that was cut off while it wrote SLUG.ceremony leaves what it had
 * written so far beside it, under that name and six characters more: write over
 * these files and remove them.  ERR_IO.
 */
enum err trustee_destroy_rests(
    const struct trustee *t, struct why *why) MUST_USE;

#endif /* TRUSTEE_DESTROY_H */
