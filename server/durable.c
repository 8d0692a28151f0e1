#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "durable.h"

#define PATH_BYTES 4096

static enum err
join(const char *dir, const char *name, const char *end,
    char out[static PATH_BYTES], struct why *why)
{
	int n = snprintf(out, PATH_BYTES, "%s/%s%s", dir, name, end);

	if (n < 0 || n >= PATH_BYTES)
		return why_say(why, ERR_LIMIT, "%s: the path is too long", dir);
	return OK;
}

static int
write_all(int fd, struct slice s)
{
	ssize_t n;

	while (s.n > 0) {
		if ((n = write(fd, s.p, s.n)) < 0) {
			if (errno == EINTR)
				continue;
			return -1;
		}
		s = slice_of(s.p + n, s.n - (size_t)n);
	}
	return 0;
}

/* The names in a folder last as its files do. */
static int
sync_folder(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int failed = fd < 0 || fsync(fd) != 0;

	if (fd >= 0)
		(void)close(fd);
	return failed ? -1 : 0;
}

enum err
durable_put(const char *dir, const char *name, unsigned mode, struct slice s,
    struct why *why)
{
	char path[PATH_BYTES], beside[PATH_BYTES];
	int fd, failed;
	enum err r;

	if ((r = join(dir, name, "", path, why)) != OK ||
	    (r = join(dir, name, ".new", beside, why)) != OK)
		return r;
	fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd < 0)
		return why_say(why, ERR_IO, "%s: %s", beside, strerror(errno));
	failed = write_all(fd, s) != 0 || fsync(fd) != 0;
	if (failed)
		(void)why_say(why, ERR_IO, "%s: %s", beside, strerror(errno));
	failed |= close(fd) != 0;
	if (failed) {
		(void)unlink(beside);
		return ERR_IO;
	}
	if (rename(beside, path) != 0 || sync_folder(dir) != 0)
		return why_say(why, ERR_IO, "%s: %s", path, strerror(errno));
	return OK;
}

enum err
durable_get(const char *dir, const char *name, size_t max, struct buf *out,
    struct why *why)
{
	char path[PATH_BYTES], piece[4096];
	size_t sum = 0;
	ssize_t n;
	enum err r;
	int fd;

	if ((r = join(dir, name, "", path, why)) != OK)
		return r;
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return why_say(why, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO,
		    "%s: %s", path, strerror(errno));
	while ((n = read(fd, piece, sizeof(piece))) > 0) {
		sum += (size_t)n;
		if (sum > max)
			break;
		buf_put(out, piece, (size_t)n);
	}
	if (n < 0)
		r = why_say(why, ERR_IO, "%s: %s", path, strerror(errno));
	else if (sum > max)
		r = why_say(
		    why, ERR_LIMIT, "%s: larger than %zu bytes", path, max);
	else
		r = buf_end(out);
	(void)close(fd);
	return r;
}
