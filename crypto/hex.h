#ifndef HEX_H
#define HEX_H

#include "bytes.h"

/**
 * hex_encode(s, out):
 * Write ${s} as lower-case hex and a NUL: 2 * ${s}.n + 1 characters.
 */
void hex_encode(struct slice s, char *out);

/**
 * hex_decode(text, out, n):
 * Read exactly ${n} bytes from 2 * ${n} lower-case hex digits.  ERR_FORMAT
 * otherwise; ${out} is then untouched.
 */
enum err hex_decode(struct slice text, uint8_t *out, size_t n) MUST_USE;

#endif /* HEX_H */
