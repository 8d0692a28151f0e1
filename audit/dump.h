#ifndef DUMP_H
#define DUMP_H

#include <stdio.h>

#include "source.h"

/**
 * dump_log(src, out, why):
 * Write each entry of the log as one line of JSON: index, leaf, kind and the
 * fields of its kind; choices as numbers per option where the form is known.
 * Nothing is verified.  ERR_IO, ERR_NOT_FOUND, ERR_FORMAT.
 */
enum err dump_log(struct source *src, FILE *out, struct why *why) MUST_USE;

#endif /* DUMP_H */
