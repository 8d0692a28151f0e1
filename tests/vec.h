#ifndef VEC_H
#define VEC_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>
#include <jansson.h>

#include "bytes.h"

/*
 * Test vectors.  Everything these give out lives until vec_free, which goes
 * into a test program's group teardown.
 */

/**
 * vec_shared(name):
 * Load $SHARED/vectors/${name} (default ../shared); skips the test with a
 * message where it is absent.
 */
const json_t *vec_shared(const char *name);

/**
 * vec_shared_bytes(name):
 * The bytes of that file.
 */
struct slice vec_shared_bytes(const char *name);

/**
 * vec_own(name):
 * Load tests/vectors/${name}; fails the test where it is absent.
 */
const json_t *vec_own(const char *name);

/**
 * vec_tests(root):
 * The array "tests" of ${root}, not empty.
 */
const json_t *vec_tests(const json_t *root);

/**
 * vec_str(t, key), vec_hex(t, key), vec_unhex(s):
 * A string of the object ${t}, or the bytes that it spells.
 */
const char *vec_str(const json_t *t, const char *key);
struct slice vec_hex(const json_t *t, const char *key);
struct slice vec_unhex(const char *s);
int vec_has(const json_t *t, const char *key);

/**
 * vec_u64(t, key):
 * A number, or a decimal string.
 */
uint64_t vec_u64(const json_t *t, const char *key);

/**
 * vec_copy(s):
 * A copy that may be written to, exactly as large, so that the address
 * sanitizer sees a read past its end.
 */
uint8_t *vec_copy(struct slice s);

/**
 * vec_free(state):
 * Free it all; of the type of a cmocka teardown.
 */
int vec_free(void **state);

/**
 * assert_bytes(a, b):
 * Demand that both hold the same bytes.
 */
#define assert_bytes(a, b) vec_assert_bytes((a), (b), __FILE__, __LINE__)
void vec_assert_bytes(
    struct slice a, struct slice b, const char *file, int line);

#endif /* VEC_H */
