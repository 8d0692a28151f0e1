/*
 * Files that the mirror has are fetched once more, some in every round: what
 * was published must stay what it was.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "folder.h"
#include "grow.h"
#include "hex.h"

#include "watch_int.h"

#define FILE_MAX ((size_t)1 << 30)
#define NAME_CHARS (2 * (size_t)HASH_BYTES)

/* The evidence against ${path}: what is published now instead. */
static void
rewritten(struct watch *w, enum rule_no rule, const char *path,
    struct slice now, const char *what)
{
	char other[120];

	watch_keep_evidence(w, "rewritten", now, other);
	watch_keep_cry(w,
	    &(struct watch_cry){
		.rule = rule, .lasting = 1, .files = { path, other } },
	    "%s is not what was published before", what);
}

/* --- Tiles -------------------------------------------------------------------
 */

/* Number ${no} of the whole tiles: of each 256 entries first the hashes, then
   the bundle. */
static enum err
tile_again(struct watch *w, uint64_t no, struct why *why)
{
	struct tile t = { no % 2 == 0 ? 0 : TILE_LEVEL_ENTRIES, no / 2,
		TILE_WIDTH };
	char name[TILE_PATH_MAX], path[TILE_PATH_MAX + 4];
	struct buf own = { 0 }, now = { 0 };
	enum err r;

	tile_print(&t, name);
	(void)snprintf(path, sizeof(path), "log/%s", name);
	if ((r = source_get(w->here, path, FILE_MAX, &own, why)) != OK ||
	    (r = source_get(w->there, path, FILE_MAX, &now, why)) != OK)
		goto out;
	if (!slice_equal(buf_slice(&own), buf_slice(&now)))
		rewritten(w, t.level == 0 ? RULE_TILES : RULE_TREE, path,
		    buf_slice(&now), path);

out:
	buf_free(&now);
	buf_free(&own);
	return r;
}

static enum err
tiles_again(struct watch *w, size_t n, struct why *why)
{
	uint64_t all = w->taken.size / TILE_WIDTH * 2;
	size_t i;
	enum err r = OK;

	for (i = 0; i < n && i < all && r == OK; i++) {
		if (w->next_tile >= all)
			w->next_tile = 0;
		r = tile_again(w, w->next_tile++, why);
	}
	return r;
}

/* --- Objects -----------------------------------------------------------------
 */

/* What moderation erased is gone, and goes from the mirror too. */
static void
withdrawn(struct watch *w, const char *path, const char *name)
{
	struct hash h;

	if (hex_decode(slice_str(name), h.b, HASH_BYTES) != OK)
		return;
	if (replay_erased(w->replay, &h)) {
		folder_drop(w->o.keep, path);
		return;
	}
	watch_keep_cry(w,
	    &(struct watch_cry){
		.rule = RULE_OBJECT, .lasting = 1, .files = { path } },
	    "object %s was published before and is not any more", name);
}

static enum err
object_again(struct watch *w, const char *name, struct why *why)
{
	char path[9 + NAME_CHARS], what[8 + NAME_CHARS];
	struct buf own = { 0 }, now = { 0 };
	struct hash h;
	enum err r;

	(void)snprintf(path, sizeof(path), "objects/%s", name);
	(void)snprintf(what, sizeof(what), "object %s", name);
	if (hex_decode(slice_str(name), h.b, HASH_BYTES) != OK)
		return OK;
	if ((r = source_get(w->here, path, FILE_MAX, &own, why)) != OK)
		goto out;
	r = source_object(w->there, &h, &now, why);
	if (r == ERR_NOT_FOUND) {
		withdrawn(w, path, name);
		r = OK;
		goto out;
	}
	if (r == OK && !slice_equal(buf_slice(&own), buf_slice(&now)))
		rewritten(w, RULE_OBJECT, path, buf_slice(&now), what);

out:
	buf_free(&now);
	buf_free(&own);
	return r;
}

static int
name_cmp(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
is_object(const struct dirent *e)
{
	return strlen(e->d_name) == NAME_CHARS;
}

static enum err
names_read(const char *path, char ***out, size_t *n, struct why *why)
{
	char **list = NULL, **p;
	size_t count = 0, cap = 0;
	struct dirent *e;
	enum err r = OK;
	DIR *d;

	if ((d = opendir(path)) == NULL && errno != ENOENT)
		return why_say(why, ERR_IO, "%s: %s", path, strerror(errno));
	while (d != NULL && (e = readdir(d)) != NULL) {
		if (!is_object(e))
			continue;
		p = grow(list, count, &cap, sizeof(char *));
		if (p == NULL || (p[count] = strdup(e->d_name)) == NULL) {
			list = p != NULL ? p : list;
			r = why_say(why, ERR_NOMEM, "out of memory");
			break;
		}
		list = p;
		count++;
	}
	if (d != NULL)
		(void)closedir(d);
	if (count > 0)
		qsort(list, count, sizeof(char *), name_cmp);
	*out = list;
	*n = count;
	return r;
}

static enum err
objects_again(struct watch *w, size_t many, struct why *why)
{
	char path[WATCH_PATH], **names = NULL;
	size_t i, from = 0, n = 0;
	enum err r;

	(void)snprintf(path, sizeof(path), "%s/objects", w->o.keep);
	r = names_read(path, &names, &n, why);
	while (from < n && strcmp(names[from], w->next_object) < 0)
		from++;
	for (i = 0; i < many && i < n && r == OK; i++)
		r = object_again(w, names[(from + i) % n], why);
	if (n > 0)
		memcpy(w->next_object, names[(from + i) % n], NAME_CHARS + 1);
	for (i = 0; i < n; i++)
		free(names[i]);
	free(names);
	return r;
}

enum err
watch_again(struct watch *w, struct why *why)
{
	enum err r;

	if ((r = tiles_again(w, w->o.again, why)) != OK)
		return r;
	return objects_again(w, w->o.again, why);
}
