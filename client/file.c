#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

#define BLOCK 65536

static enum err
sys_say(struct why *why, const char *path, const char *what)
{
	int e = errno;

	return why_say(why, e == ENOENT ? ERR_NOT_FOUND : ERR_IO,
	    "%s: cannot %s: %s.", path, what, strerror(e));
}

enum err
file_read(const char *path, size_t max, struct buf *out, struct why *why)
{
	uint8_t *block = NULL;
	size_t start = out->n;
	enum err r = OK;
	ssize_t n;
	int fd;

	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return sys_say(why, path, "open it");
	if ((block = malloc(BLOCK)) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	while ((n = read(fd, block, BLOCK)) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			r = sys_say(why, path, "read it");
			goto out;
		}
		if ((size_t)n > max - (out->n - start)) {
			r = why_say(why, ERR_LIMIT,
			    "%s: is larger than %zu bytes.", path, max);
			goto out;
		}
		buf_put(out, block, (size_t)n);
	}
	r = buf_end(out);

out:
	free(block);
	(void)close(fd);
	return r;
}

static int
write_all(int fd, struct slice s)
{
	ssize_t n;

	while (s.n > 0) {
		n = write(fd, s.p, s.n);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		s.p += n;
		s.n -= (size_t)n;
	}
	return 0;
}

/* A rename is durable only once its folder is. */
static void
folder_sync(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder;
	int fd;

	folder = slash == NULL	 ? strdup(".")
		 : slash == path ? strdup("/")
				 : strndup(path, (size_t)(slash - path));
	if (folder == NULL)
		return;
	if ((fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) != -1) {
		(void)fsync(fd);
		(void)close(fd);
	}
	free(folder);
}

enum err
file_write(const char *path, unsigned mode, struct slice s, struct why *why)
{
	struct buf name = { 0 };
	enum err r = ERR_IO;
	char *tmp = NULL;
	int fd = -1;

	buf_printf(&name, "%s.XXXXXX", path);
	if (buf_text(&name) == NULL || (tmp = strdup(buf_text(&name))) == NULL)
		goto nomem;
	if ((fd = mkstemp(tmp)) == -1) {
		r = sys_say(why, path, "write beside it");
		goto out;
	}
	if (fchmod(fd, (mode_t)mode) == -1 || write_all(fd, s) == -1 ||
	    fsync(fd) == -1) {
		r = sys_say(why, path, "write it");
		(void)unlink(tmp);
		goto out;
	}
	if (rename(tmp, path) == -1) {
		r = sys_say(why, path, "replace it");
		(void)unlink(tmp);
		goto out;
	}
	folder_sync(path);
	r = OK;
	goto out;

nomem:
	r = ERR_NOMEM;
out:
	if (fd != -1)
		(void)close(fd);
	free(tmp);
	buf_free(&name);
	return r;
}

enum err
file_folder_new(const char *path, struct why *why)
{
	const struct dirent *d;
	int full = 0;
	DIR *dir;

	if (mkdir(path, 0700) == 0)
		return OK;
	if (errno != EEXIST)
		return sys_say(why, path, "make this folder");
	if ((dir = opendir(path)) == NULL)
		return sys_say(why, path, "open this folder");
	while ((d = readdir(dir)) != NULL)
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			full = 1;
	(void)closedir(dir);
	if (full)
		return why_say(why, ERR_CONFLICT,
		    "%s: is not empty; name a new folder, so that nothing is "
		    "overwritten.",
		    path);
	return OK;
}

int
file_is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int
file_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

const char *
file_join(struct buf *b, const char *folder, const char *name)
{
	b->n = 0;
	buf_printf(b, "%s/%s", folder, name);
	return buf_text(b);
}

enum err
file_create(const char *folder, const char *name, unsigned mode, FILE **out,
    struct why *why)
{
	struct buf path = { 0 };
	enum err r = OK;
	FILE *f = NULL;
	int fd = -1;

	if (file_join(&path, folder, name) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	fd = open(buf_text(&path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    (mode_t)mode);
	if (fd == -1 || fchmod(fd, (mode_t)mode) == -1 ||
	    (f = fdopen(fd, "w")) == NULL) {
		r = sys_say(why, buf_text(&path), "make it");
		goto out;
	}
	fd = -1; /* handed over */
	*out = f;

out:
	if (fd != -1)
		(void)close(fd);
	buf_free(&path);
	return r;
}

enum err
file_close(FILE *f, const char *name, struct why *why)
{
	int bad = 0;

	bad |= fflush(f) != 0;
	bad |= ferror(f);
	bad |= fsync(fileno(f)) != 0;
	if (bad)
		(void)why_say(why, ERR_IO, "%s: cannot write it: %s.", name,
		    strerror(errno));
	if (fclose(f) != 0 && !bad) {
		bad = 1;
		(void)why_say(why, ERR_IO, "%s: cannot close it: %s.", name,
		    strerror(errno));
	}
	return bad ? ERR_IO : OK;
}
