#ifndef FORM_PB_H
#define FORM_PB_H

#include "form.h"
#include "pb.h"

/* The ballots of a space as a file in the .pb format (docs/RULES.md, 8). */

/**
 * form_pb_new(h, f, unit, out):
 * An empty .pb with the projects and limits of ${f}; ${unit} is the
 * municipality's name.  The caller pb_free's.
 */
enum err form_pb_new(const struct header *h, const struct form *f,
    const char *unit, struct pb **out) MUST_USE;

/**
 * form_pb_add(pb, f, c):
 * Add one ballot.
 */
enum err form_pb_add(
    struct pb *pb, const struct form *f, const struct choices *c) MUST_USE;

/**
 * form_pb_list(pb, f, list):
 * Add the ballots of ${list}, encoded one after the other, as a paper list has
 * them and one unsealed record has one.  ERR_FORMAT, ERR_LIMIT: one is none.
 */
enum err form_pb_list(
    struct pb *pb, const struct form *f, struct slice list) MUST_USE;

#endif /* FORM_PB_H */
