#ifndef LIVE_SEALED_H
#define LIVE_SEALED_H

#include "trustees.h"
#include "unseal.h"

#include "live.h"

/* Sealed spaces at a server that runs (live.h), and their trustees. */

/**
 * live_sealed_announce(l, slug, to, more, s, sp), live_sealed(l, slug, to,
 * more, s, sp): Announce a space and make its keys, of which the server hears
 * nothing yet; live_space_with for a space with ${s}->n trustees, whose
 * ceremony goes through the server's post box; trustees_free ${s}->tr.
 */
struct live_sealed {
	size_t n;
	unsigned needed;
	const char *ballot; /* of the form, as JSON; NULL: a bitmap */
	struct trustees tr;
};
void live_sealed_announce(struct live *l, const char *slug, uint64_t to,
    const char *more, struct live_sealed *s, struct live_space *sp);
void live_sealed(struct live *l, const char *slug, uint64_t to,
    const char *more, struct live_sealed *s, struct live_space *sp);

/**
 * live_sealed_ballots(l, sp, replay):
 * The counted ballots of the public log; they borrow from ${replay}.
 */
struct replay;
struct unseal *live_sealed_ballots(
    const struct live *l, const struct live_space *sp, struct replay **replay);

/**
 * live_sealed_opening(l, sp, s, trustee, out), live_sealed_open(l, sp, s,
 * trustee):
 * The opening file of that trustee (from 1), from the public log; post it.
 */
void live_sealed_opening(const struct live *l, const struct live_space *sp,
    const struct live_sealed *s, uint8_t trustee, struct buf *out);
void live_sealed_open(const struct live *l, const struct live_space *sp,
    const struct live_sealed *s, uint8_t trustee);

#endif /* LIVE_SEALED_H */
