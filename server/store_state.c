/*
 * The last signed tree.  A file of its own, because it may lie on another disk:
 * a data folder restored from a backup is behind it, and is refused.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hex.h"

#include "store.h"

#define LINE_MAX_CHARS 96 /* 20 digits, a blank, 64 hex digits, a newline */

/* One decimal number, a blank, 64 lower-case hex digits, a newline. */
static enum err
line_parse(const char *line, size_t n, uint64_t *size, struct hash *root)
{
	char again[LINE_MAX_CHARS], hex[2 * HASH_BYTES + 1];
	const char *blank;
	uint64_t v;
	struct hash h;

	if ((blank = memchr(line, ' ', n)) == NULL || line[0] < '0' ||
	    line[0] > '9')
		return ERR_FORMAT;
	errno = 0;
	v = strtoull(line, NULL, 10);
	if (errno != 0 || n - (size_t)(blank - line) != 2 + 2 * HASH_BYTES ||
	    hex_decode(slice_of(blank + 1, (size_t)2 * HASH_BYTES), h.b,
		HASH_BYTES) != OK)
		return ERR_FORMAT;
	/* One encoding per value: what we would write. */
	hex_encode(hash_slice(&h), hex);
	(void)snprintf(again, sizeof(again), "%" PRIu64 " %s\n", v, hex);
	if (strlen(again) != n || memcmp(again, line, n) != 0)
		return ERR_FORMAT;
	*size = v;
	*root = h;
	return OK;
}

enum err
store_state_get(
    const char *path, uint64_t *size, struct hash *root, struct why *why)
{
	char line[LINE_MAX_CHARS + 1];
	ssize_t n;
	int fd;

	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0) {
		if (errno == ENOENT)
			return why_say(why, ERR_NOT_FOUND,
			    "%s: no tree was signed yet", path);
		return why_say(
		    why, ERR_IO, "cannot open %s (error %d)", path, errno);
	}
	n = read(fd, line, sizeof(line) - 1);
	(void)close(fd);
	if (n < 0)
		return why_say(why, ERR_IO, "cannot read %s", path);
	line[n] = '\0';
	if (line_parse(line, (size_t)n, size, root) != OK)
		return why_say(why, ERR_FORMAT,
		    "%s is not \"<size> <root>\" on one line; restore it from "
		    "a backup, or from the last checkpoint that was published",
		    path);
	return OK;
}

static enum err
write_synced(const char *path, const char *line)
{
	size_t n = strlen(line);
	int fd, failed;

	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return ERR_IO;
	failed = write(fd, line, n) != (ssize_t)n || fsync(fd) != 0;
	failed |= close(fd) != 0;
	return failed ? ERR_IO : OK;
}

static enum err
sync_folder_of(char *path)
{
	char *slash = strrchr(path, '/');
	int fd, failed;

	if (slash == path)
		slash[1] = '\0';
	else if (slash != NULL)
		*slash = '\0';
	fd = open(
	    slash == NULL ? "." : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return ERR_IO;
	failed = fsync(fd) != 0;
	failed |= close(fd) != 0;
	return failed ? ERR_IO : OK;
}

enum err
store_state_put(const char *path, uint64_t size, const struct hash *root)
{
	char line[LINE_MAX_CHARS], hex[2 * HASH_BYTES + 1];
	char beside[4096];

	hex_encode(hash_slice(root), hex);
	(void)snprintf(line, sizeof(line), "%" PRIu64 " %s\n", size, hex);
	if (strlen(path) > sizeof(beside) - 5)
		return ERR_LIMIT;
	(void)snprintf(beside, sizeof(beside), "%s.new", path);
	if (write_synced(beside, line) != OK || rename(beside, path) != 0) {
		(void)unlink(beside);
		return ERR_IO;
	}
	return sync_folder_of(beside);
}
