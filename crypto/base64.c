#include <stdlib.h>
#include <string.h>

#include "ct.h"
#include "wipe.h"

#include "base64.h"

/* Secrets travel in base64 too: no index, no branch on what is encoded. */
static char
character(enum base64_kind kind, unsigned v)
{
	unsigned c62 = kind == BASE64_STD ? '+' : '-';
	unsigned c63 = kind == BASE64_STD ? '/' : '_';

	return (char)(ct_within(v, 0, 25) * ('A' + v) +
		      ct_within(v, 26, 51) * ('a' + v - 26) +
		      ct_within(v, 52, 61) * ('0' + v - 52) +
		      ct_within(v, 62, 62) * c62 + ct_within(v, 63, 63) * c63);
}

/* The value of a character, or 0 and ${bad} set. */
static unsigned
value(enum base64_kind kind, uint8_t c, unsigned *bad)
{
	unsigned c62 = kind == BASE64_STD ? '+' : '-';
	unsigned c63 = kind == BASE64_STD ? '/' : '_';
	unsigned upper = ct_within(c, 'A', 'Z');
	unsigned lower = ct_within(c, 'a', 'z');
	unsigned number = ct_within(c, '0', '9');
	unsigned is62 = ct_within(c, c62, c62), is63 = ct_within(c, c63, c63);

	*bad |= 1 ^ (upper | lower | number | is62 | is63);
	return upper * (c - (unsigned)'A') + lower * (c - (unsigned)'a' + 26) +
	       number * (c - (unsigned)'0' + 52) + is62 * 62 + is63 * 63;
}

void
base64_encode(enum base64_kind kind, struct slice s, char *out)
{
	uint32_t v;
	size_t i, left;

	for (i = 0; i < s.n; i += 3) {
		left = s.n - i;
		v = (uint32_t)s.p[i] << 16;
		if (left > 1)
			v |= (uint32_t)s.p[i + 1] << 8;
		if (left > 2)
			v |= s.p[i + 2];
		*out++ = character(kind, v >> 18);
		*out++ = character(kind, v >> 12 & 63);
		if (left > 1)
			*out++ = character(kind, v >> 6 & 63);
		else if (kind != BASE64_URL)
			*out++ = '=';
		if (left > 2)
			*out++ = character(kind, v & 63);
		else if (kind != BASE64_URL)
			*out++ = '=';
	}
	*out = 0;
}

void
base64_put(struct buf *b, enum base64_kind kind, struct slice s)
{
	char text[BASE64_CHARS(48)];
	size_t i, n, chars;

	/* 48 bytes at a time: a multiple of 3, so only the end is padded. */
	for (i = 0; i < s.n; i += n) {
		n = s.n - i < 48 ? s.n - i : 48;
		base64_encode(kind, slice_of(s.p + i, n), text);
		chars = kind == BASE64_URL ? (4 * n + 2) / 3 : (n + 2) / 3 * 4;
		buf_put(b, text, chars);
	}
	wipe(text, sizeof(text));
}

/*
 * Take the padding off ${text}.  ERR_FORMAT unless it is what ${kind} asks
 * for; a length of 1 mod 4 is found here too.
 */
static enum err
strip(enum base64_kind kind, struct slice *text)
{
	size_t pad = 0;

	if (kind != BASE64_URL) {
		if (text->n % 4 != 0)
			return ERR_FORMAT;
		while (pad < 2 && pad < text->n &&
		       text->p[text->n - 1 - pad] == '=')
			pad++;
		text->n -= pad;
	}
	return text->n % 4 == 1 ? ERR_FORMAT : OK;
}

/* Decode ${text}, without padding, into text.n * 3 / 4 bytes. */
static enum err
decode(enum base64_kind kind, struct slice text, uint8_t *out)
{
	uint32_t acc = 0;
	unsigned bits = 0, bad = 0;
	size_t i;

	for (i = 0; i < text.n; i++) {
		acc = (acc << 6 | value(kind, text.p[i], &bad)) & 0xffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			*out++ = (uint8_t)(acc >> bits);
		}
	}
	/* What is left over must be zero: one text per value. */
	bad |= acc & ((1U << bits) - 1);
	ct_disclose(&bad, sizeof(bad));
	return bad ? ERR_FORMAT : OK;
}

enum err
base64_decode(enum base64_kind kind, struct slice text, struct buf *out)
{
	uint8_t *p = NULL;
	size_t n;
	enum err r;

	if ((r = strip(kind, &text)) != OK)
		return r;
	n = text.n / 4 * 3 + text.n % 4 * 3 / 4;
	if (n == 0)
		return OK;
	if ((p = malloc(n)) == NULL)
		return ERR_NOMEM;
	if ((r = decode(kind, text, p)) == OK) {
		buf_put(out, p, n);
		r = buf_end(out);
	}
	wipe(p, n);
	free(p);
	return r;
}

enum err
base64_decode_exact(
    enum base64_kind kind, struct slice text, uint8_t *out, size_t n)
{
	uint8_t local[256];
	uint8_t *p = local;
	enum err r;

	if ((r = strip(kind, &text)) != OK)
		return r;
	if (text.n / 4 * 3 + text.n % 4 * 3 / 4 != n)
		return ERR_FORMAT;
	if (n > sizeof(local) && (p = malloc(n)) == NULL)
		return ERR_NOMEM;
	if ((r = decode(kind, text, p)) == OK && n > 0)
		memcpy(out, p, n);
	wipe(p, n);
	if (p != local)
		free(p);
	return r;
}
