#include <stdlib.h>
#include <string.h>

#include "wipe.h"

#include "base64.h"

static char
character(enum base64_kind kind, unsigned v)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz0123456789";

	if (v < 62)
		return letters[v];
	if (kind == BASE64_STD)
		return v == 62 ? '+' : '/';
	return v == 62 ? '-' : '_';
}

/* The value of a character, or -1. */
static int
value(enum base64_kind kind, uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == (kind == BASE64_STD ? '+' : '-'))
		return 62;
	if (c == (kind == BASE64_STD ? '/' : '_'))
		return 63;
	return -1;
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
	size_t i, n;

	/* 48 bytes at a time: a multiple of 3, so only the end is padded. */
	for (i = 0; i < s.n; i += n) {
		n = s.n - i < 48 ? s.n - i : 48;
		base64_encode(kind, slice_of(s.p + i, n), text);
		buf_str(b, text);
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
	unsigned bits = 0;
	size_t i;
	int v;

	for (i = 0; i < text.n; i++) {
		if ((v = value(kind, text.p[i])) < 0)
			return ERR_FORMAT;
		acc = (acc << 6 | (uint32_t)v) & 0xffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			*out++ = (uint8_t)(acc >> bits);
		}
	}
	/* What is left over must be zero: one text per value. */
	return (acc & ((1U << bits) - 1)) != 0 ? ERR_FORMAT : OK;
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
