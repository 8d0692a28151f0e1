#ifndef SAMPLE_H
#define SAMPLE_H

#include <jansson.h>

#include "bytes.h"
#include "header.h"

/*
 * Good documents to begin with, and a way to spoil them.  No cmocka here: fuzz
 * targets use these too.  What cannot be made ends the program.
 */

#define SAMPLE_KEYS 4
extern const char *const sample_keys[SAMPLE_KEYS]; /* token keys, base64url */

/**
 * sample_header(kind), sample_form(h, ballot):
 * A header of a space of that kind; a form of ${h} (which may be NULL) with
 * five options, "a" to "e", that cost 100, 200.5, 300, 400 and 500000, and the
 * ${ballot}, as JSON text.  The caller json_decref's.
 */
json_t *sample_header(enum space_kind kind);
json_t *sample_form(const struct header *h, const char *ballot);

/**
 * sample_edit(doc, path, value):
 * Set what stands at ${path} ("issuers.0.name") to the JSON text ${value}, or
 * take it away when that is NULL.  Setting an array's next index appends.
 */
void sample_edit(json_t *doc, const char *path, const char *value);

/**
 * sample_text(doc, out):
 * Append the canonical form.
 */
void sample_text(const json_t *doc, struct buf *out);

#endif /* SAMPLE_H */
