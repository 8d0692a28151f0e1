#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
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

enum err
durable_sync(const char *dir, struct why *why)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err r = OK;

	if (fd < 0 || fsync(fd) != 0)
		r = why_say(why, ERR_IO, "%s: %s", dir, strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	return r;
}

enum err
durable_put(const char *dir, const char *name, unsigned mode, struct slice s,
    struct why *why)
{
	char path[PATH_BYTES], beside[PATH_BYTES];
	int fd, failed;
	enum err r;

	if ((r = join(dir, name, "", path, why)) != OK ||
	    (r = join(dir, name, DURABLE_UNFINISHED, beside, why)) != OK)
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
	if (rename(beside, path) != 0)
		return why_say(why, ERR_IO, "%s: %s", path, strerror(errno));
	return durable_sync(dir, why);
}

/* Zeros over the ${left} bytes of a file. */
static int
clear(int fd, off_t left)
{
	static const uint8_t zeros[4096];
	size_t n;

	for (; left > 0; left -= (off_t)n) {
		n = left < (off_t)sizeof(zeros) ? (size_t)left : sizeof(zeros);
		if (write_all(fd, slice_of(zeros, n)) != 0)
			return -1;
	}
	return fsync(fd);
}

enum err
durable_destroy(const char *dir, const char *name, struct why *why)
{
	char path[PATH_BYTES];
	struct stat st;
	enum err r;
	int fd;

	if ((r = join(dir, name, "", path, why)) != OK)
		return r;
	if ((fd = open(path, O_WRONLY | O_CLOEXEC)) < 0)
		return errno == ENOENT ? OK
				       : why_say(why, ERR_IO, "%s: %s", path,
					     strerror(errno));
	if (fstat(fd, &st) != 0 || clear(fd, st.st_size) != 0 ||
	    unlink(path) != 0)
		r = why_say(why, ERR_IO, "%s: %s", path, strerror(errno));
	(void)close(fd);
	return r == OK ? durable_sync(dir, why) : r;
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
