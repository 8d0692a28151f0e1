#include <string.h>

#include "text.h"

struct slice
text_line(struct cursor *c)
{
	const uint8_t *end;
	struct slice line;

	if (c->bad || c->n == 0 || (end = memchr(c->p, '\n', c->n)) == NULL) {
		c->bad = 1;
		return (struct slice){ NULL, 0 };
	}
	line = cursor_take(c, (size_t)(end - c->p));
	(void)cursor_u8(c);
	return line;
}

enum err
text_u64(struct slice s, uint64_t *out)
{
	uint64_t v = 0;
	unsigned d;
	size_t i;

	if (s.n == 0 || (s.n > 1 && s.p[0] == '0'))
		return ERR_FORMAT;
	for (i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return ERR_FORMAT;
		d = s.p[i] - (unsigned)'0';
		if (v > (UINT64_MAX - d) / 10)
			return ERR_FORMAT;
		v = v * 10 + d;
	}
	*out = v;
	return OK;
}

enum err
text_after(struct slice line, const char *prefix, struct slice *out)
{
	size_t n = strlen(prefix);

	if (line.n < n || memcmp(line.p, prefix, n) != 0)
		return ERR_FORMAT;
	*out = slice_of(line.p + n, line.n - n);
	return OK;
}

/* Bytes of the sequence at ${p}, of which ${n} are there; 0 if there is none.
 */
static size_t
sequence(const uint8_t *p, size_t n)
{
	uint8_t low = 0x80, high = 0xbf;
	size_t len, i;

	if (p[0] < 0x80)
		return p[0] >= 0x20 || p[0] == '\n' ? 1 : 0;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (p[0] == 0xe0)
		low = 0xa0; /* shorter forms exist */
	if (p[0] == 0xed)
		high = 0x9f; /* surrogates */
	if (p[0] == 0xf0)
		low = 0x90;
	if (p[0] == 0xf4)
		high = 0x8f; /* above U+10FFFF */
	if (n < len || p[1] < low || p[1] > high)
		return 0;
	for (i = 2; i < len; i++) {
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	}
	return len;
}

enum err
text_utf8(struct slice s)
{
	size_t i, n;

	for (i = 0; i < s.n; i += n) {
		if ((n = sequence(s.p + i, s.n - i)) == 0)
			return ERR_FORMAT;
	}
	return OK;
}
