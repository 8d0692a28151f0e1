#ifndef VECFILE_H
#define VECFILE_H

#include "hash.h"
#include "sign.h"

#include "vec.h"

/*
 * Making the files of tests/vectors: {"format", "tests": [...], "refused":
 * [...]}, byte strings as hex, every refused case with the error's name.
 */

/* Nonzero: write the files anew instead of comparing. */
extern int vecfile_writing;

json_t *vecfile_new(const char *format);

/**
 * vecfile_test(root), vecfile_refused(root, why, r):
 * A new case, borrowed; ${r} is what the parser or verifier answers.
 */
json_t *vecfile_test(json_t *root);
json_t *vecfile_refused(json_t *root, const char *why, enum err r);

void vecfile_hex(json_t *o, const char *key, struct slice s);
void vecfile_str(json_t *o, const char *key, const char *s);
void vecfile_text(json_t *o, const char *key, struct slice s);
void vecfile_int(json_t *o, const char *key, uint64_t v);
void vecfile_hash(json_t *o, const char *key, const struct hash *h);

/**
 * vecfile_end(root, name):
 * Compare with tests/vectors/${name} byte for byte, or write it; frees.
 */
void vecfile_end(json_t *root, const char *name);

/* Secrets and hashes that come from nothing but ${label}. */
void vecfile_fixed(const char *label, uint8_t *out, size_t n);
struct hash vecfile_fixed_hash(const char *label);
struct sign_key vecfile_fixed_key(const char *label);

#endif /* VECFILE_H */
