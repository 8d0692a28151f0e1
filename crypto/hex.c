#include <string.h>

#include "ct.h"

#include "hex.h"

/* Keys travel in hex too: no table is indexed, nothing branches on a digit. */
static char
digit_of(unsigned v)
{
	return (char)('0' + v + ct_above(v, 9) * ('a' - '0' - 10));
}

void
hex_encode(struct slice s, char *out)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		out[2 * i] = digit_of(s.p[i] >> 4);
		out[2 * i + 1] = digit_of(s.p[i] & 15);
	}
	out[2 * s.n] = 0;
}

/* The value of a lower-case digit, or 0 and ${bad} set. */
static unsigned
value_of(uint8_t c, unsigned *bad)
{
	unsigned number = ct_within(c, '0', '9');
	unsigned letter = ct_within(c, 'a', 'f');

	*bad |= 1 ^ (number | letter);
	return number * (c - (unsigned)'0') + letter * (c - (unsigned)'a' + 10);
}

enum err
hex_decode(struct slice text, uint8_t *out, size_t n)
{
	unsigned bad = 0, high;
	size_t i;

	if (text.n % 2 != 0 || text.n / 2 != n)
		return ERR_FORMAT;
	for (i = 0; i < text.n; i++)
		(void)value_of(text.p[i], &bad);
	ct_disclose(&bad, sizeof(bad));
	if (bad)
		return ERR_FORMAT;
	for (i = 0; i < n; i++) {
		high = value_of(text.p[2 * i], &bad);
		out[i] =
		    (uint8_t)(high << 4 | value_of(text.p[2 * i + 1], &bad));
	}
	return OK;
}
