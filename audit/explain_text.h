#ifndef EXPLAIN_TEXT_H
#define EXPLAIN_TEXT_H

#include <jansson.h>
#include <stdio.h>

/**
 * explain_text_print(why, f):
 * Print what explain_outcome made as tables for people, numbers rounded to the
 * nearest with two places.
 */
void explain_text_print(const json_t *why, FILE *f);

#endif /* EXPLAIN_TEXT_H */
