#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wipe.h"

#include "bytes.h"

struct slice
slice_str(const char *s)
{
	return slice_of(s, strlen(s));
}

int
slice_equal(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

struct slice
cursor_take(struct cursor *c, size_t n)
{
	struct slice s = { c->p, n };

	if (c->bad || n > c->n) {
		c->bad = 1;
		return (struct slice){ NULL, 0 };
	}
	c->p += n;
	c->n -= n;
	return s;
}

void
cursor_copy(struct cursor *c, void *out, size_t n)
{
	struct slice s = cursor_take(c, n);

	if (n == 0)
		return;
	if (c->bad)
		memset(out, 0, n);
	else
		memcpy(out, s.p, n);
}

uint8_t
cursor_u8(struct cursor *c)
{
	uint8_t b[1];

	cursor_copy(c, b, sizeof(b));
	return b[0];
}

uint16_t
cursor_u16(struct cursor *c)
{
	uint8_t b[2];

	cursor_copy(c, b, sizeof(b));
	return load16(b);
}

uint32_t
cursor_u32(struct cursor *c)
{
	uint8_t b[4];

	cursor_copy(c, b, sizeof(b));
	return load32(b);
}

uint64_t
cursor_u64(struct cursor *c)
{
	uint8_t b[8];

	cursor_copy(c, b, sizeof(b));
	return load64(b);
}

struct slice
cursor_lp(struct cursor *c)
{
	return cursor_take(c, cursor_u16(c));
}

enum err
cursor_end(const struct cursor *c)
{
	return c->bad || c->n != 0 ? ERR_FORMAT : OK;
}

/* Make room for ${n} more bytes; secrets may pass, so nothing is realloc'ed. */
static int
buf_grow(struct buf *b, size_t n)
{
	size_t cap = b->cap < 64 ? 64 : b->cap;
	uint8_t *p;

	if (b->bad || n > SIZE_MAX / 2 - b->n) {
		b->bad = 1;
		return -1;
	}
	if (b->n + n <= b->cap)
		return 0;
	while (cap < b->n + n)
		cap *= 2;
	if ((p = malloc(cap)) == NULL) {
		b->bad = 1;
		return -1;
	}
	if (b->n > 0)
		memcpy(p, b->p, b->n);
	if (b->p != NULL)
		wipe(b->p, b->cap);
	free(b->p);
	b->p = p;
	b->cap = cap;
	return 0;
}

void
buf_room(struct buf *b, size_t n)
{
	(void)buf_grow(b, n);
}

void
buf_put(struct buf *b, const void *p, size_t n)
{
	if (n == 0 || buf_grow(b, n) != 0)
		return;
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

void
buf_u8(struct buf *b, uint8_t v)
{
	buf_put(b, &v, 1);
}

void
buf_u16(struct buf *b, uint16_t v)
{
	uint8_t x[2];

	store16(x, v);
	buf_put(b, x, sizeof(x));
}

void
buf_u32(struct buf *b, uint32_t v)
{
	uint8_t x[4];

	store32(x, v);
	buf_put(b, x, sizeof(x));
}

void
buf_u64(struct buf *b, uint64_t v)
{
	uint8_t x[8];

	store64(x, v);
	buf_put(b, x, sizeof(x));
}

void
buf_lp(struct buf *b, struct slice s)
{
	if (s.n > UINT16_MAX) {
		b->bad = 1;
		return;
	}
	buf_u16(b, (uint16_t)s.n);
	buf_put(b, s.p, s.n);
}

void
buf_str(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || buf_grow(b, (size_t)n + 1) != 0) {
		b->bad = 1;
		return;
	}
	va_start(ap, fmt);
	(void)vsnprintf((char *)b->p + b->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

const char *
buf_text(struct buf *b)
{
	if (buf_grow(b, 1) != 0)
		return NULL;
	b->p[b->n] = 0;
	return (const char *)b->p;
}

enum err
buf_end(const struct buf *b)
{
	return b->bad ? ERR_NOMEM : OK;
}

void
buf_free(struct buf *b)
{
	if (b->p != NULL)
		wipe(b->p, b->cap);
	free(b->p);
	*b = (struct buf){ 0 };
}
