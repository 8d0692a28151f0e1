#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fetch.h"
#include "hex.h"

#include "source.h"

#define ENTRY_BYTES 65535
#define BUNDLE_MAX ((size_t)TILE_WIDTH * (ENTRY_BYTES + 2))
#define OBJECT_MAX ((size_t)1 << 30)
#define PATH_MAX_BYTES 4096

struct source {
	char *base; /* no slash at its end */
	pthread_mutex_t lock;
	struct fetch *fetch; /* NULL: a folder */
};

static int
is_url(const char *where)
{
	return strncmp(where, "http://", 7) == 0 ||
	       strncmp(where, "https://", 8) == 0;
}

enum err
source_open(const char *where, struct source **out, struct why *why)
{
	struct source *s;
	struct stat st = { 0 };
	size_t n = strlen(where);
	enum err r;

	if (!is_url(where) && stat(where, &st) != 0)
		return why_say(why, ERR_IO, "%s: %s", where, strerror(errno));
	if (!is_url(where) && !S_ISDIR(st.st_mode))
		return why_say(
		    why, ERR_IO, "%s: neither a folder nor a URL", where);
	if ((s = calloc(1, sizeof(*s))) == NULL)
		return why_say(why, ERR_NOMEM, "out of memory");
	(void)pthread_mutex_init(&s->lock, NULL);
	if ((s->base = strdup(where)) == NULL ||
	    (is_url(where) && (s->fetch = fetch_new()) == NULL)) {
		r = why_say(why, ERR_NOMEM, "out of memory");
		goto out;
	}
	while (n > 1 && s->base[n - 1] == '/')
		s->base[--n] = 0;
	*out = s;
	s = NULL; /* handed over */
	r = OK;

out:
	source_free(s);
	return r;
}

void
source_free(struct source *s)
{
	if (s == NULL)
		return;
	fetch_free(s->fetch);
	(void)pthread_mutex_destroy(&s->lock);
	free(s->base);
	free(s);
}

int
source_is_url(const struct source *s)
{
	return s->fetch != NULL;
}

static enum err
get_file(const char *path, size_t max, struct buf *out, struct why *why)
{
	char piece[65536];
	size_t n, sum = 0;
	FILE *f;
	enum err r = OK;

	if ((f = fopen(path, "rb")) == NULL)
		return why_say(why,
		    errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND
							: ERR_IO,
		    "%s: %s", path, strerror(errno));
	while (r == OK && (n = fread(piece, 1, sizeof(piece), f)) > 0) {
		if (n > max - sum)
			r = why_say(why, ERR_LIMIT, "%s: larger than %zu bytes",
			    path, max);
		else
			buf_put(out, piece, n);
		sum += n;
	}
	if (r == OK && ferror(f))
		r = why_say(why, ERR_IO, "%s: %s", path, strerror(errno));
	(void)fclose(f);
	return r != OK ? r : buf_end(out);
}

static enum err
get_url(struct source *s, const char *url, size_t max, struct buf *out,
    struct why *why)
{
	struct fetch_request q = { .method = "GET", .url = url, .max = max };
	struct fetch_answer a = { 0 };
	enum err r;

	(void)pthread_mutex_lock(&s->lock);
	r = fetch_do(s->fetch, &q, &a, why);
	(void)pthread_mutex_unlock(&s->lock);
	if (r != OK)
		return r;
	if (a.status == 200)
		buf_put(out, a.body.p, a.body.n);
	buf_free(&a.body);
	if (a.status == 404)
		return why_say(why, ERR_NOT_FOUND, "%s: not found", url);
	if (a.status != 200)
		return why_say(why, ERR_IO, "%s: answered %ld", url, a.status);
	return buf_end(out);
}

enum err
source_get(struct source *s, const char *path, size_t max, struct buf *out,
    struct why *why)
{
	char full[PATH_MAX_BYTES];
	int n;

	n = snprintf(full, sizeof(full), "%s/%s", s->base, path);
	if (n < 0 || (size_t)n >= sizeof(full))
		return why_say(
		    why, ERR_LIMIT, "%s: the path is too long", s->base);
	return s->fetch != NULL ? get_url(s, full, max, out, why)
				: get_file(full, max, out, why);
}

enum err
source_object(
    struct source *s, const struct hash *hash, struct buf *out, struct why *why)
{
	char name[2 * HASH_BYTES + 1], path[100];

	hex_encode(hash_slice(hash), name);
	(void)snprintf(path, sizeof(path), "%s/%s",
	    s->fetch != NULL ? "api/v1/objects" : "objects", name);
	return source_get(s, path, OBJECT_MAX, out, why);
}

enum err
source_again(
    struct source *s, const struct hash *hash, struct buf *out, struct why *why)
{
	char name[2 * HASH_BYTES + 1];
	size_t start = out->n;
	struct hash h;
	enum err r;

	hex_encode(hash_slice(hash), name);
	if ((r = source_object(s, hash, out, why)) == ERR_NOT_FOUND)
		return why_say(why, ERR_IO,
		    "the object %s was there, and was not when it was read "
		    "again",
		    name);
	if (r != OK)
		return r;
	hash_bytes(slice_of(out->p + start, out->n - start), &h);
	if (hash_equal(&h, hash))
		return OK;
	out->n = start;
	return why_say(why, ERR_IO,
	    "the object %s was another one when it was read again", name);
}

/*
 * A tile as of a log of ${size} entries.  Where a folder or a server has the
 * whole tile only, its beginning is the partial one; ${t}->width is then that
 * of the whole.
 */
static enum err
get_tile(struct source *s, struct tile *t, size_t max, struct buf *out,
    struct why *why)
{
	char name[TILE_PATH_MAX], path[TILE_PATH_MAX + 4];
	enum err r;

	tile_print(t, name);
	(void)snprintf(path, sizeof(path), "log/%s", name);
	r = source_get(s, path, max, out, why);
	if (r != ERR_NOT_FOUND || t->width == TILE_WIDTH)
		return r;
	t->width = TILE_WIDTH;
	tile_print(t, name);
	(void)snprintf(path, sizeof(path), "log/%s", name);
	return source_get(s, path, max, out, why);
}

enum err
source_entries(struct source *s, uint64_t index, uint64_t size, struct buf *out,
    struct slice entries[static TILE_WIDTH], size_t *n, struct why *why)
{
	unsigned width = tile_width(TILE_LEVEL_ENTRIES, index, size);
	struct tile t = { TILE_LEVEL_ENTRIES, index, width };
	struct cursor c;
	size_t i;
	enum err r;

	if (width == 0)
		return why_say(why, ERR_NOT_FOUND,
		    "the log of %llu entries has no bundle %llu",
		    (unsigned long long)size, (unsigned long long)index);
	if ((r = get_tile(s, &t, BUNDLE_MAX, out, why)) != OK)
		return r;
	c = cursor_of(buf_slice(out));
	for (i = 0; i < t.width; i++)
		entries[i] = cursor_lp(&c);
	if (cursor_end(&c) != OK)
		return why_say(why, ERR_FORMAT,
		    "entry bundle %llu does not hold %u entries",
		    (unsigned long long)index, t.width);
	*n = width;
	return OK;
}

enum err
source_hashes(struct source *s, unsigned level, uint64_t index, uint64_t size,
    struct hash out[static TILE_WIDTH], size_t *n, struct why *why)
{
	unsigned width = tile_width(level, index, size);
	struct tile t = { level, index, width };
	struct buf b = { 0 };
	enum err r;

	if (width == 0)
		return why_say(why, ERR_NOT_FOUND,
		    "the log of %llu entries has no tile %u/%llu",
		    (unsigned long long)size, level, (unsigned long long)index);
	r = get_tile(s, &t, (size_t)TILE_WIDTH * HASH_BYTES, &b, why);
	if (r == ERR_LIMIT || (r == OK && b.n != t.width * (size_t)HASH_BYTES))
		r = why_say(why, ERR_FORMAT,
		    "tile %u/%llu does not hold %u hashes", level,
		    (unsigned long long)index, t.width);
	if (r == OK && b.p != NULL) {
		memcpy(out, b.p, (size_t)width * HASH_BYTES);
		*n = width;
	}
	buf_free(&b);
	return r;
}

enum err
source_node(void *cookie, unsigned level, uint64_t index, struct hash *out)
{
	struct source_tree *t = cookie;
	unsigned tiles = level / 8, height = level % 8;
	uint64_t tile = index >> (8 - height);
	size_t i, from, n = (size_t)1 << height;
	struct merkle m = { 0 };
	enum err r;

	if (tiles >= sizeof(t->cache) / sizeof(t->cache[0]))
		return ERR_LIMIT;
	if (!t->cache[tiles].valid || t->cache[tiles].index != tile) {
		t->cache[tiles].valid = 0;
		r = source_hashes(t->s, tiles, tile, t->size, t->cache[tiles].h,
		    &t->cache[tiles].n, NULL);
		if (r != OK)
			return r;
		t->cache[tiles].valid = 1;
		t->cache[tiles].index = tile;
	}
	from = (size_t)(index & (((uint64_t)1 << (8 - height)) - 1)) << height;
	if (from + n > t->cache[tiles].n)
		return ERR_NOT_FOUND;
	for (i = 0; i < n; i++)
		merkle_append(&m, &t->cache[tiles].h[from + i]);
	merkle_root(&m, out);
	return OK;
}
