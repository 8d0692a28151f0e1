#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store_flat.h"

/* File numbers: entries, offsets, and the levels. */
enum {
	ENTRIES,
	OFFSETS,
	LEVEL_0,
	FILES = LEVEL_0 + FLAT_LEVELS,
};

struct flat {
	int fd[FILES];
	char *path[FILES];
	struct fault *fault;
	pthread_mutex_t lock; /* of head */
	struct flat_head head;
};

static uint64_t
bundles(uint64_t size)
{
	return (size + TILE_WIDTH - 1) / TILE_WIDTH;
}

/* How long each file is for a log of that size. */
static uint64_t
file_length(int file, uint64_t size, uint64_t bytes)
{
	if (file == ENTRIES)
		return bytes;
	if (file == OFFSETS)
		return 8 * bundles(size);
	return HASH_BYTES * (size >> 8 * (file - LEVEL_0));
}

/* --- Opening -------------------------------------------------------------- */

static enum err
open_file(struct flat *f, const char *dir, int file, uint64_t size)
{
	char path[4096];
	int n;

	if (file == ENTRIES)
		n = snprintf(path, sizeof(path), "%s/entries", dir);
	else if (file == OFFSETS)
		n = snprintf(path, sizeof(path), "%s/offsets", dir);
	else
		n = snprintf(
		    path, sizeof(path), "%s/level-%d", dir, file - LEVEL_0);
	if (n < 0 || (size_t)n >= sizeof(path))
		return fault_errno(f->fault, ENAMETOOLONG, "open", dir);
	if ((f->path[file] = strdup(path)) == NULL)
		return ERR_NOMEM;
	f->fd[file] =
	    open(path, O_RDWR | O_CLOEXEC | (size == 0 ? O_CREAT : 0), 0600);
	if (f->fd[file] >= 0)
		return OK;
	if (errno == ENOENT)
		return fault_say(f->fault, ERR_STATE,
		    "%s is missing; restore the data folder from a backup",
		    path);
	return fault_errno(f->fault, errno, "open", path);
}

static enum err
cut_file(struct flat *f, int file, uint64_t length)
{
	struct stat st;

	if (fstat(f->fd[file], &st) != 0)
		return fault_errno(f->fault, errno, "read", f->path[file]);
	if ((uint64_t)st.st_size < length)
		return fault_say(f->fault, ERR_STATE,
		    "%s is shorter than what was committed (%llu bytes, not "
		    "%llu); restore the data folder from a backup",
		    f->path[file], (unsigned long long)st.st_size,
		    (unsigned long long)length);
	if ((uint64_t)st.st_size > length &&
	    ftruncate(f->fd[file], (off_t)length) != 0)
		return fault_errno(f->fault, errno, "cut", f->path[file]);
	return OK;
}

static enum err
load_tiles(struct flat *f, uint64_t size)
{
	struct buf b = { 0 };
	struct hash h;
	uint64_t n;
	size_t i, part;
	unsigned level;
	enum err r = OK;

	for (level = 0; level < FLAT_LEVELS; level++) {
		n = size >> 8 * level;
		part = (size_t)(n % TILE_WIDTH);
		b.n = 0;
		if ((r = flat_hashes(f, level, n - part, part, &b)) != OK)
			break;
		for (i = 0; i < part && b.p != NULL; i++) {
			memcpy(h.b, b.p + i * HASH_BYTES, HASH_BYTES);
			merkle_append(&f->head.tiles[level], &h);
		}
	}
	buf_free(&b);
	return r;
}

enum err
flat_open(const char *dir, uint64_t size, uint64_t bytes, struct fault *fault,
    struct flat **out)
{
	struct flat *f;
	enum err r = OK;
	int i;

	if ((f = calloc(1, sizeof(*f))) == NULL)
		return ERR_NOMEM;
	f->fault = fault;
	(void)pthread_mutex_init(&f->lock, NULL);
	for (i = 0; i < FILES; i++)
		f->fd[i] = -1;
	for (i = 0; i < FILES; i++) {
		if ((r = open_file(f, dir, i, size)) != OK ||
		    (r = cut_file(f, i, file_length(i, size, bytes))) != OK)
			goto out;
	}
	f->head.size = size;
	f->head.bytes = bytes;
	if ((r = load_tiles(f, size)) != OK)
		goto out;
	/* merkle_load asks for nodes of the log it loads. */
	f->head.tree.size = size;
	if ((r = merkle_load(&f->head.tree, size, flat_node, f)) != OK)
		goto out;
	*out = f;
	f = NULL;

out:
	flat_close(f);
	return r;
}

void
flat_close(struct flat *f)
{
	int i;

	if (f == NULL)
		return;
	for (i = 0; i < FILES; i++) {
		if (f->fd[i] >= 0)
			(void)close(f->fd[i]);
		free(f->path[i]);
	}
	(void)pthread_mutex_destroy(&f->lock);
	free(f);
}

/* --- Appending ------------------------------------------------------------ */

/* What one append adds to each file. */
struct growth {
	struct buf b[FILES];
	struct flat_head head;
};

/* A hash that completes a tile gives one hash to the level above. */
static void
push_hash(struct growth *g, const struct hash *leaf)
{
	struct hash h = *leaf;
	unsigned level;

	for (level = 0; level < FLAT_LEVELS; level++) {
		buf_put(&g->b[LEVEL_0 + level], h.b, HASH_BYTES);
		merkle_append(&g->head.tiles[level], &h);
		if (g->head.tiles[level].size < TILE_WIDTH)
			return;
		merkle_root(&g->head.tiles[level], &h);
		memset(&g->head.tiles[level], 0, sizeof(struct merkle));
	}
}

static enum err
write_file(struct flat *f, int file, const struct buf *b)
{
	uint64_t at = file_length(file, f->head.size, f->head.bytes);
	size_t done = 0;
	ssize_t n;

	if (b->n == 0)
		return OK;
	while (done < b->n) {
		n = pwrite(
		    f->fd[file], b->p + done, b->n - done, (off_t)(at + done));
		if (n > 0)
			done += (size_t)n;
		else if (n == 0 || errno != EINTR)
			return fault_errno(f->fault, n == 0 ? ENOSPC : errno,
			    "write", f->path[file]);
	}
	return OK;
}

enum err
flat_append(struct flat *f, const struct store_item *items, size_t n,
    struct flat_head *head)
{
	struct growth g = { 0 };
	size_t i;
	enum err r = OK;
	int file;

	g.head = f->head;
	if (n > FLAT_SIZE_MAX - g.head.size)
		return ERR_LIMIT;
	for (i = 0; i < n; i++) {
		if (items[i].entry.n == 0 || items[i].entry.n > 65535) {
			r = ERR_LIMIT;
			goto out;
		}
		if (g.head.size % TILE_WIDTH == 0)
			buf_u64(&g.b[OFFSETS], g.head.bytes);
		buf_lp(&g.b[ENTRIES], items[i].entry);
		g.head.bytes += 2 + items[i].entry.n;
		g.head.size++;
		merkle_append(&g.head.tree, &items[i].leaf);
		push_hash(&g, &items[i].leaf);
	}
	for (file = 0; file < FILES; file++) {
		if ((r = buf_end(&g.b[file])) != OK ||
		    (r = write_file(f, file, &g.b[file])) != OK)
			goto out;
	}
	for (file = 0; file < FILES; file++) {
		if (g.b[file].n != 0 && fdatasync(f->fd[file]) != 0) {
			r = fault_errno(
			    f->fault, errno, "write", f->path[file]);
			goto out;
		}
	}
	*head = g.head;

out:
	for (file = 0; file < FILES; file++)
		buf_free(&g.b[file]);
	return r;
}

void
flat_publish(struct flat *f, const struct flat_head *head)
{
	(void)pthread_mutex_lock(&f->lock);
	f->head = *head;
	(void)pthread_mutex_unlock(&f->lock);
}

void
flat_tree(struct flat *f, struct merkle *tree, uint64_t *bytes)
{
	(void)pthread_mutex_lock(&f->lock);
	if (tree != NULL)
		*tree = f->head.tree;
	if (bytes != NULL)
		*bytes = f->head.bytes;
	(void)pthread_mutex_unlock(&f->lock);
}

/* --- Reading -------------------------------------------------------------- */

static enum err
read_file(struct flat *f, int file, uint64_t at, size_t n, void *out)
{
	uint8_t *p = out;
	size_t done = 0;
	ssize_t k;

	while (done < n) {
		k = pread(f->fd[file], p + done, n - done, (off_t)(at + done));
		if (k > 0)
			done += (size_t)k;
		else if (k == 0)
			return fault_say(f->fault, ERR_STATE,
			    "%s ends too early; run doctor, restore a backup",
			    f->path[file]);
		else if (errno != EINTR)
			return fault_errno(
			    f->fault, errno, "read", f->path[file]);
	}
	return OK;
}

/* Append ${n} bytes of a file to ${out}, or leave it as it was. */
static enum err
read_append(struct flat *f, int file, uint64_t at, size_t n, struct buf *out)
{
	uint8_t *p;
	enum err r;

	if (n == 0)
		return OK;
	if (out->bad)
		return ERR_NOMEM;
	if (out->cap - out->n < n) {
		if ((p = realloc(out->p, out->n + n)) == NULL)
			return ERR_NOMEM;
		out->p = p;
		out->cap = out->n + n;
	}
	if ((r = read_file(f, file, at, n, out->p + out->n)) == OK)
		out->n += n;
	return r;
}

enum err
flat_hashes(
    struct flat *f, unsigned level, uint64_t first, size_t n, struct buf *out)
{
	if (level >= FLAT_LEVELS)
		return ERR_NOT_FOUND;
	return read_append(
	    f, LEVEL_0 + (int)level, first * HASH_BYTES, n * HASH_BYTES, out);
}

enum err
flat_offset(struct flat *f, uint64_t index, uint64_t *out)
{
	uint8_t b[8];
	enum err r;

	if ((r = read_file(f, OFFSETS, 8 * index, sizeof(b), b)) == OK)
		*out = load64(b);
	return r;
}

/* The length of the first ${width} entries of a bundle, 0 if it is broken. */
static size_t
walk(const uint8_t *p, size_t n, unsigned width)
{
	size_t at = 0;

	for (; width > 0; width--) {
		if (n - at < 2 || n - at - 2 < load16(p + at))
			return 0;
		at += 2 + (size_t)load16(p + at);
	}
	return at;
}

enum err
flat_bundle(struct flat *f, uint64_t index, unsigned width, uint64_t size,
    uint64_t bytes, struct buf *out)
{
	uint64_t from, to = bytes;
	size_t old = out->n, n;
	enum err r;

	if (index >= bundles(size) || width > size - index * TILE_WIDTH)
		return ERR_NOT_FOUND;
	if ((r = flat_offset(f, index, &from)) != OK)
		return r;
	if (index + 1 < bundles(size) &&
	    (r = flat_offset(f, index + 1, &to)) != OK)
		return r;
	if (from > to || to - from > (uint64_t)TILE_WIDTH * 65537)
		goto broken;
	if ((r = read_append(f, ENTRIES, from, (size_t)(to - from), out)) != OK)
		return r;
	n = out->n == old ? 0 : walk(out->p + old, out->n - old, width);
	if (n == 0 && width != 0) {
		out->n = old;
		goto broken;
	}
	out->n = old + n;
	return OK;

broken:
	return fault_say(f->fault, ERR_STATE,
	    "%s is damaged in bundle %llu; restore a backup", f->path[ENTRIES],
	    (unsigned long long)index);
}

enum err
flat_entry(struct flat *f, uint64_t index, uint64_t size, uint64_t bytes,
    struct buf *block, struct slice *out)
{
	unsigned i = (unsigned)(index % TILE_WIDTH);
	size_t at;
	enum err r;

	if (index >= size)
		return ERR_NOT_FOUND;
	block->n = 0;
	if ((r = flat_bundle(
		 f, index / TILE_WIDTH, i + 1, size, bytes, block)) != OK)
		return r;
	at = walk(block->p, block->n, i);
	*out = slice_of(block->p + at + 2, block->n - at - 2);
	return OK;
}

enum err
flat_node(void *flat, unsigned level, uint64_t index, struct hash *out)
{
	struct flat *f = flat;
	struct hash h[TILE_WIDTH / 2];
	unsigned tile = level / 8, up = level % 8;
	size_t n = (size_t)1 << up, i;
	struct merkle tree;
	enum err r;

	flat_tree(f, &tree, NULL);
	if (level >= 64 || tile >= FLAT_LEVELS || index >= tree.size >> level)
		return ERR_NOT_FOUND;
	if ((r = read_file(f, LEVEL_0 + (int)tile, (index << up) * HASH_BYTES,
		 n * HASH_BYTES, h)) != OK)
		return r;
	for (; n > 1; n /= 2) {
		for (i = 0; i < n / 2; i++)
			hash_node(&h[2 * i], &h[2 * i + 1], &h[i]);
	}
	*out = h[0];
	return OK;
}
