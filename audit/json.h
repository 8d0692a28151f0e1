#ifndef JSON_H
#define JSON_H

#include <jansson.h>

#include "bytes.h"
#include "why.h"

/*
 * Documents (PROTOCOL 0): canonical JSON of objects, arrays, strings and
 * integers below 2^53.  jansson reads; the canonical form (RFC 8785) is ours.
 */
#define DOCUMENT_MAX 1048576

/**
 * json_read(s, out, why):
 * Read any strict JSON text (no duplicates, nothing after it, at most
 * DOCUMENT_MAX bytes); for files that people write.  The caller json_decref's.
 */
enum err json_read(struct slice s, json_t **out, struct why *why) MUST_USE;

/**
 * json_canonical_put(b, j):
 * Append the canonical form.  ERR_FORMAT: a real, true, false, null, or an
 * integer of 2^53 and more.
 */
enum err json_canonical_put(struct buf *b, const json_t *j) MUST_USE;

/**
 * json_read_document(s, out, why):
 * json_read, and ${s} is its own canonical form.
 */
enum err json_read_document(
    struct slice s, json_t **out, struct why *why) MUST_USE;

/*
 * Members of an object.  Each sets ${why} to a sentence that names the member
 * by its ${path} ("issuers[0].name") when it is missing or not what is asked.
 */
enum err json_get_int(const json_t *o, const char *name, int64_t min,
    int64_t max, int64_t *out, struct why *why) MUST_USE;
enum err json_get_string(const json_t *o, const char *name, size_t min,
    size_t max, const char **out, struct why *why) MUST_USE;
enum err json_get_hex(const json_t *o, const char *name, uint8_t *out, size_t n,
    struct why *why) MUST_USE;
enum err json_get_object(
    const json_t *o, const char *name, json_t **out, struct why *why) MUST_USE;
enum err json_get_array(const json_t *o, const char *name, size_t min,
    size_t max, json_t **out, struct why *why) MUST_USE;

/**
 * json_get_texts(o, name, max, out, why):
 * A text map: languages of two or three letters, "it" among them, each text of
 * at most ${max} characters.  ${out} is borrowed.
 */
enum err json_get_texts(const json_t *o, const char *name, size_t max,
    json_t **out, struct why *why) MUST_USE;

/**
 * json_text(texts, lang):
 * The text in ${lang}, else in Italian.
 */
const char *json_text(const json_t *texts, const char *lang);

/**
 * json_only(o, names, why):
 * Refuse members that are not in the NULL-terminated list ${names}.
 */
enum err json_only(
    const json_t *o, const char *const *names, struct why *why) MUST_USE;

/**
 * json_decimal_check(s, why):
 * OK iff ${s} is a decimal of PROTOCOL 0.
 */
enum err json_decimal_check(const char *s, struct why *why) MUST_USE;

#endif /* JSON_H */
