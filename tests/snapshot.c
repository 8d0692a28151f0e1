#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "spawn.h"

#include "snapshot.h"
#include "live.h"

#define PATH_MAX_CHARS 1024
#define QUIET_MS 1000 /* a slow disk may take so long for one write */
#define TRIES 100

static void
stop(const char *what)
{
	perror(what);
	abort();
}

/* A macro, so that the analyser sees what holds afterwards. */
#define need(good, what) ((good) ? (void)0 : stop(what))

/* --- Reading -------------------------------------------------------------- */

static int
is_lock(const char *name)
{
	size_t n = strlen(name);

	return strcmp(name, "lock") == 0 ||
	       (n > 5 && strcmp(name + n - 5, "-lock") == 0);
}

static void
add(struct snapshot *f, const char *path, const char *name)
{
	struct snapshot_file *more, *at;
	uint8_t b[65536];
	FILE *in;
	size_t n;

	if ((in = fopen(path, "rb")) == NULL) {
		need(errno == ENOENT, path);
		return;
	}
	more = realloc(f->file, (f->n + 1) * sizeof(*more));
	need(more != NULL, "realloc");
	f->file = more;
	at = &f->file[f->n++];
	memset(at, 0, sizeof(*at));
	need((at->name = strdup(name)) != NULL, "strdup");
	while ((n = fread(b, 1, sizeof(b), in)) > 0)
		buf_put(&at->bytes, b, n);
	need(!ferror(in), path);
	(void)fclose(in);
	need(buf_end(&at->bytes) == OK, path);
}

static void
walk(struct snapshot *f, const char *dir, const char *below)
{
	char path[2 * PATH_MAX_CHARS], name[PATH_MAX_CHARS];
	struct dirent *e;
	struct stat st;
	DIR *d;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, below);
	need((d = opendir(path)) != NULL, path);
	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 ||
		    strcmp(e->d_name, "..") == 0 || is_lock(e->d_name))
			continue;
		(void)snprintf(name, sizeof(name), "%.500s%s%s", below,
		    *below == '\0' ? "" : "/", e->d_name);
		(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
		if (stat(path, &st) != 0)
			continue;
		if (S_ISDIR(st.st_mode))
			walk(f, dir, name);
		else
			add(f, path, name);
	}
	(void)closedir(d);
}

static int
by_name(const void *a, const void *b)
{
	const struct snapshot_file *x = a, *y = b;

	return strcmp(x->name, y->name);
}

void
snapshot_read(const char *dir, struct snapshot *out)
{
	memset(out, 0, sizeof(*out));
	walk(out, dir, "");
	if (out->file != NULL)
		qsort(out->file, out->n, sizeof(*out->file), by_name);
}

void
snapshot_free(struct snapshot *f)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		free(f->file[i].name);
		buf_free(&f->file[i].bytes);
	}
	free(f->file);
	memset(f, 0, sizeof(*f));
}

void
snapshot_settled(const char *dir, struct snapshot *out)
{
	struct snapshot again;
	int i;

	snapshot_read(dir, out);
	for (i = 0; i < TRIES; i++) {
		live_nap(QUIET_MS);
		snapshot_read(dir, &again);
		if (snapshot_differ(out, &again) == NULL) {
			snapshot_free(&again);
			return;
		}
		snapshot_free(out);
		*out = again;
	}
	need(0, "the folder does not come to rest");
}

/* --- Comparing ------------------------------------------------------------ */

const struct buf *
snapshot_find(const struct snapshot *f, const char *name)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (strcmp(f->file[i].name, name) == 0)
			return &f->file[i].bytes;
	return NULL;
}

const char *
snapshot_differ(const struct snapshot *a, const struct snapshot *b)
{
	const struct buf *other;
	size_t i;

	for (i = 0; i < a->n; i++) {
		other = snapshot_find(b, a->file[i].name);
		if (other == NULL || !slice_equal(buf_slice(other),
					 buf_slice(&a->file[i].bytes)))
			return a->file[i].name;
	}
	for (i = 0; i < b->n; i++)
		if (snapshot_find(a, b->file[i].name) == NULL)
			return b->file[i].name;
	return NULL;
}

/* --- Copying -------------------------------------------------------------- */

void
snapshot_copy(const char *from, const char *to)
{
	const char *argv[] = { "/bin/cp", "-a", from, to, NULL };
	struct buf out = { 0 };
	struct why why = { "" };
	struct spawn s;
	int status = 1;

	need(spawn_start(argv, &s, &why) == OK, "cp");
	need(spawn_all(&s, 4096, &out, &status, &why) == OK, "cp");
	need(status == 0, "cp");
	buf_free(&out);
}
