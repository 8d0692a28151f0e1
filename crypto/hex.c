#include <string.h>

#include "hex.h"

void
hex_encode(struct slice s, char *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < s.n; i++) {
		out[2 * i] = digits[s.p[i] >> 4];
		out[2 * i + 1] = digits[s.p[i] & 15];
	}
	out[2 * s.n] = 0;
}

/* The value of a lower-case digit, or -1. */
static int
digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

enum err
hex_decode(struct slice text, uint8_t *out, size_t n)
{
	size_t i;

	if (text.n % 2 != 0 || text.n / 2 != n)
		return ERR_FORMAT;
	for (i = 0; i < text.n; i++) {
		if (digit(text.p[i]) < 0)
			return ERR_FORMAT;
	}
	for (i = 0; i < n; i++)
		out[i] = (uint8_t)((unsigned)digit(text.p[2 * i]) << 4 |
				   (unsigned)digit(text.p[2 * i + 1]));
	return OK;
}
