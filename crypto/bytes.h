#ifndef BYTES_H
#define BYTES_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"

/* Bytes that belong to somebody else. */
struct slice {
	const uint8_t *p;
	size_t n;
};

/**
 * slice_of(p, n), slice_str(s):
 * Make a slice of the ${n} bytes at ${p}, or of the characters of ${s} without
 * its final NUL.
 */
static inline struct slice
slice_of(const void *p, size_t n)
{
	return (struct slice){ (const uint8_t *)p, n };
}
struct slice slice_str(const char *s);

/**
 * slice_equal(a, b):
 * Return nonzero iff both hold the same bytes.  Not constant-time: public data.
 */
int slice_equal(struct slice a, struct slice b);

/* Big-endian integers (PROTOCOL, notation). */
static inline uint16_t
load16(const uint8_t p[static 2])
{
	return (uint16_t)((unsigned)p[0] << 8 | p[1]);
}

static inline uint32_t
load32(const uint8_t p[static 4])
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static inline uint64_t
load64(const uint8_t p[static 8])
{
	return (uint64_t)load32(p) << 32 | load32(p + 4);
}

static inline void
store16(uint8_t p[static 2], uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void
store32(uint8_t p[static 4], uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static inline void
store64(uint8_t p[static 8], uint64_t v)
{
	store32(p, (uint32_t)(v >> 32));
	store32(p + 4, (uint32_t)v);
}

/**
 * A strict reader over a slice.  After any read that does not fit, ${bad} is
 * set and every later read gives zeros; look at it once, with cursor_end.
 */
struct cursor {
	const uint8_t *p;
	size_t n;
	int bad;
};

static inline struct cursor
cursor_of(struct slice s)
{
	return (struct cursor){ s.p, s.n, 0 };
}

/**
 * cursor_u8 .. cursor_u64(c):
 * Read one big-endian integer.
 */
uint8_t cursor_u8(struct cursor *c);
uint16_t cursor_u16(struct cursor *c);
uint32_t cursor_u32(struct cursor *c);
uint64_t cursor_u64(struct cursor *c);

/**
 * cursor_take(c, n):
 * Return the next ${n} bytes, borrowed; an empty slice when there are fewer.
 */
struct slice cursor_take(struct cursor *c, size_t n);

/**
 * cursor_copy(c, out, n):
 * Copy the next ${n} bytes to ${out}; zeros when there are fewer.
 */
void cursor_copy(struct cursor *c, void *out, size_t n);

/**
 * cursor_lp(c):
 * Return the bytes of a length-prefixed string (u16 length), borrowed.
 */
struct slice cursor_lp(struct cursor *c);

/**
 * cursor_end(c):
 * Return OK iff every read fitted and nothing is left, else ERR_FORMAT.
 */
enum err cursor_end(const struct cursor *c) MUST_USE;

/**
 * A growing buffer.  Starts as all zeros ({0}).  Once an append fails for want
 * of memory ${bad} is set, later appends do nothing, and buf_end says so.
 */
struct buf {
	uint8_t *p;
	size_t n;
	size_t cap;
	int bad;
};

void buf_put(struct buf *b, const void *p, size_t n);
void buf_u8(struct buf *b, uint8_t v);
void buf_u16(struct buf *b, uint16_t v);
void buf_u32(struct buf *b, uint32_t v);
void buf_u64(struct buf *b, uint64_t v);

/**
 * buf_room(b, n):
 * Make room for ${n} more bytes at once, so that ${b} need not grow step by
 * step.
 */
void buf_room(struct buf *b, size_t n);

/**
 * buf_lp(b, s):
 * Append u16 length and the bytes of ${s}; sets ${b}->bad above 65,535 bytes.
 */
void buf_lp(struct buf *b, struct slice s);

/**
 * buf_str(b, s), buf_printf(b, fmt, ...):
 * Append text without its final NUL.
 */
void buf_str(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/**
 * buf_slice(b):
 * The bytes so far, borrowed until the next append.
 */
static inline struct slice
buf_slice(const struct buf *b)
{
	return (struct slice){ b->p, b->n };
}

/**
 * buf_text(b):
 * Make sure a NUL follows the bytes (not counted) and return them as a string,
 * borrowed; NULL when out of memory.
 */
const char *buf_text(struct buf *b);

/**
 * buf_end(b):
 * Return OK iff every append succeeded, else ERR_NOMEM.
 */
enum err buf_end(const struct buf *b) MUST_USE;

/**
 * buf_free(b):
 * Wipe and free; ${b} is empty afterwards.
 */
void buf_free(struct buf *b);

#endif /* BYTES_H */
