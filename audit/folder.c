#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"

#define PATH_BYTES 4096

static enum err
join(char out[static PATH_BYTES], const char *dir, const char *path,
    const char *end, struct why *why)
{
	int n = snprintf(out, PATH_BYTES, "%s/%s%s", dir, path, end);

	return n < 0 || n >= PATH_BYTES
		   ? why_say(why, ERR_LIMIT, "%s: the path is too long", dir)
		   : OK;
}

/* The folders that ${full} lies in. */
static enum err
make_folders(char *full, struct why *why)
{
	char *at;

	for (at = strchr(full + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
		*at = 0;
		if (mkdir(full, 0777) != 0 && errno != EEXIST)
			return why_say(
			    why, ERR_IO, "%s: %s", full, strerror(errno));
		*at = '/';
	}
	return OK;
}

enum err
folder_put(
    const char *dir, const char *path, struct slice bytes, struct why *why)
{
	char full[PATH_BYTES], draft[PATH_BYTES];
	FILE *f = NULL;
	enum err r;

	if ((r = join(full, dir, path, "", why)) != OK ||
	    (r = join(draft, dir, path, ".part", why)) != OK ||
	    (r = make_folders(draft, why)) != OK)
		return r;
	r = ERR_IO;
	if ((f = fopen(draft, "wb")) == NULL)
		goto out;
	if (bytes.n > 0 && fwrite(bytes.p, 1, bytes.n, f) != bytes.n)
		goto out;
	if (fclose(f) != 0) {
		f = NULL;
		goto out;
	}
	f = NULL;
	if (rename(draft, full) != 0)
		goto out;
	r = OK;

out:
	if (r != OK)
		(void)why_say(why, r, "%s: %s", full, strerror(errno));
	if (f != NULL)
		(void)fclose(f);
	if (r != OK)
		(void)unlink(draft);
	return r;
}

int
folder_has(const char *dir, const char *path)
{
	char full[PATH_BYTES];
	struct stat st;

	return join(full, dir, path, "", NULL) == OK && stat(full, &st) == 0;
}

void
folder_drop(const char *dir, const char *path)
{
	char full[PATH_BYTES];

	if (join(full, dir, path, "", NULL) == OK)
		(void)unlink(full);
}
