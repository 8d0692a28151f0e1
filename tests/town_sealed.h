#ifndef TOWN_SEALED_H
#define TOWN_SEALED_H

#include "trustees.h"
#include "unseal.h"

#include "town.h"

/* Sealed spaces of a town (town.h), and their trustees. */

/**
 * town_sealed_header(t, slug, edits, n, needed):
 * Announce a space with ${n} trustees; its form is to come.
 */
struct space *town_sealed_header(struct town *t, const char *slug,
    const char *const *edits, size_t n, unsigned needed);

/**
 * town_sealed_form(t, sp, tr, text):
 * Append a form with what the ceremony ${tr} made.
 */
void town_sealed_form(
    const struct space *sp, const struct trustees *tr, struct buf *text);

/**
 * town_sealed_enter(t, sp, tr, text, why):
 * Post that form, signed by all trustees.
 */
enum problem town_sealed_enter(struct town *t, const struct space *sp,
    const struct trustees *tr, struct slice text, struct why *why);

/**
 * town_sealed(t, slug, edits, n, needed, tr):
 * The whole way to a sealed space with its form; trustees_free ${tr}.
 */
struct space *town_sealed(struct town *t, const char *slug,
    const char *const *edits, size_t n, unsigned needed, struct trustees *tr);

/**
 * town_sealed_ballots(t, sp):
 * The counted ballots of the closed space, read from the public log only.
 */
struct unseal *town_sealed_ballots(struct town *t, const struct space *sp);

/**
 * town_sealed_opening(t, sp, tr, trustee, out):
 * The opening file of trustee number ${trustee}, from 1.
 */
void town_sealed_opening(struct town *t, const struct space *sp,
    const struct trustees *tr, uint8_t trustee, struct buf *out);

/**
 * town_sealed_open(t, sp, trustee, file, repeat, why):
 * Post it.
 */
enum problem town_sealed_open(struct town *t, const struct space *sp,
    uint8_t trustee, struct slice file, int *repeat, struct why *why);

#endif /* TOWN_SEALED_H */
