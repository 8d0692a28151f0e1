#ifndef BASE64_H
#define BASE64_H

#include "bytes.h"

/* RFC 4648: section 4 with padding; section 5 with and without. */
enum base64_kind {
	BASE64_STD,
	BASE64_URL_PADDED,
	BASE64_URL,
};

/* Characters, NUL included, that ${n} bytes take at most. */
#define BASE64_CHARS(n) (((n) + 2) / 3 * 4 + 1)

/**
 * base64_encode(kind, s, out):
 * Write ${s} and a NUL to ${out}, which holds BASE64_CHARS(${s}.n).
 */
void base64_encode(enum base64_kind kind, struct slice s, char *out);

/**
 * base64_put(b, kind, s):
 * Append ${s} to ${b} as base64.
 */
void base64_put(struct buf *b, enum base64_kind kind, struct slice s);

/**
 * base64_decode(kind, text, out):
 * Append the bytes of ${text} to ${out}.  Strict: no blanks, the padding that
 * ${kind} asks for and no other, unused bits zero.  ERR_FORMAT otherwise, with
 * ${out} as it was; ERR_NOMEM.
 */
enum err base64_decode(
    enum base64_kind kind, struct slice text, struct buf *out) MUST_USE;

/**
 * base64_decode_exact(kind, text, out, n):
 * The same into exactly ${n} bytes at ${out}.
 */
enum err base64_decode_exact(
    enum base64_kind kind, struct slice text, uint8_t *out, size_t n) MUST_USE;

#endif /* BASE64_H */
