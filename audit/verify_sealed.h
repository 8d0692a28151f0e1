#ifndef VERIFY_SEALED_H
#define VERIFY_SEALED_H

#include <stdio.h>

#include "replay.h"

/*
 * What an audit tells of a space beyond its result: how it was opened, and
 * whether what several issuers gave out agrees.
 */

/**
 * verify_sealed_print(r, s, out):
 * For people; lines of their own, or nothing.
 */
void verify_sealed_print(
    const struct replay *r, const struct space *s, FILE *out);

/**
 * verify_sealed_json(r, s, o):
 * The members "sealed" and "issuers" of the space's object ${o}, where they
 * apply.
 */
void verify_sealed_json(
    const struct replay *r, const struct space *s, json_t *o);

#endif /* VERIFY_SEALED_H */
