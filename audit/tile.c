#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tile.h"

#define LEVEL_MAX 63

static int
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Drop ${prefix} from ${s} if it stands there. */
static int
eat(struct slice *s, const char *prefix)
{
	size_t n = strlen(prefix);

	if (s->n < n || memcmp(s->p, prefix, n) != 0)
		return 0;
	s->p += n;
	s->n -= n;
	return 1;
}

/* A number up to ${max} of at most three digits, without leading zeros. */
static enum err
small(struct slice *s, unsigned max, unsigned *out)
{
	unsigned v = 0;
	size_t i;

	for (i = 0; i < s->n && i < 3 && is_digit(s->p[i]); i++)
		v = v * 10 + (unsigned)(s->p[i] - '0');
	if (i == 0 || (i > 1 && s->p[0] == '0') || v > max)
		return ERR_FORMAT;
	s->p += i;
	s->n -= i;
	*out = v;
	return OK;
}

/* "x001/x234/067": groups of three digits, "x" before all but the last; only
   one group may be 000 at the front, and then it is the only one. */
static enum err
index_parse(struct slice *s, uint64_t *out)
{
	uint64_t v = 0;
	unsigned group;
	int more, first = 1;

	do {
		more = eat(s, "x");
		if (s->n < 3 || !is_digit(s->p[0]) || !is_digit(s->p[1]) ||
		    !is_digit(s->p[2]))
			return ERR_FORMAT;
		group = (unsigned)(s->p[0] - '0') * 100 +
			(unsigned)(s->p[1] - '0') * 10 +
			(unsigned)(s->p[2] - '0');
		if (first && more && group == 0)
			return ERR_FORMAT;
		if (v > (UINT64_MAX - group) / 1000)
			return ERR_FORMAT;
		v = v * 1000 + group;
		s->p += 3;
		s->n -= 3;
		first = 0;
	} while (more && eat(s, "/"));
	if (more)
		return ERR_FORMAT;
	*out = v;
	return OK;
}

enum err
tile_parse(struct slice path, struct tile *out)
{
	struct slice s = path;
	struct tile t = { 0 };
	enum err r;

	if (!eat(&s, "tile/"))
		return ERR_FORMAT;
	t.level = TILE_LEVEL_ENTRIES;
	if (!eat(&s, "entries") && (r = small(&s, LEVEL_MAX, &t.level)) != OK)
		return r;
	if (!eat(&s, "/"))
		return ERR_FORMAT;
	if ((r = index_parse(&s, &t.index)) != OK)
		return r;
	t.width = TILE_WIDTH;
	if (eat(&s, ".p/")) {
		if ((r = small(&s, TILE_WIDTH - 1, &t.width)) != OK)
			return r;
		if (t.width == 0)
			return ERR_FORMAT;
	}
	if (s.n != 0)
		return ERR_FORMAT;
	*out = t;
	return OK;
}

void
tile_print(const struct tile *t, char out[static TILE_PATH_MAX])
{
	uint64_t unit = 1;
	size_t n;

	while (t->index / unit >= 1000)
		unit *= 1000;
	if (t->level == TILE_LEVEL_ENTRIES)
		n = (size_t)snprintf(out, TILE_PATH_MAX, "tile/entries/");
	else
		n = (size_t)snprintf(
		    out, TILE_PATH_MAX, "tile/%u/", t->level % 256);
	for (; unit > 1; unit /= 1000)
		n += (size_t)snprintf(out + n, TILE_PATH_MAX - n,
		    "x%03" PRIu64 "/", t->index / unit % 1000);
	n += (size_t)snprintf(
	    out + n, TILE_PATH_MAX - n, "%03" PRIu64, t->index % 1000);
	if (t->width != TILE_WIDTH)
		(void)snprintf(
		    out + n, TILE_PATH_MAX - n, ".p/%u", t->width % TILE_WIDTH);
}

/* How many hashes that level has, over all its tiles. */
static uint64_t
level_size(unsigned level, uint64_t size)
{
	if (level == TILE_LEVEL_ENTRIES)
		return size;
	return level * 8 < 64 ? size >> (level * 8) : 0;
}

unsigned
tile_width(unsigned level, uint64_t index, uint64_t size)
{
	uint64_t n = level_size(level, size);

	if (index < n / TILE_WIDTH)
		return TILE_WIDTH;
	return index == n / TILE_WIDTH ? (unsigned)(n % TILE_WIDTH) : 0;
}

uint64_t
tile_count(unsigned level, uint64_t size)
{
	uint64_t n = level_size(level, size);

	return n / TILE_WIDTH + (n % TILE_WIDTH != 0);
}
