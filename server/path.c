#include <string.h>

#include "path.h"

static int
is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	       c == '~';
}

enum err
path_check(const char *path)
{
	size_t n, i;

	if (path[0] != '/')
		return ERR_FORMAT;
	if (path[1] == '\0')
		return OK;
	if (strnlen(path, PATH_BYTES_MAX + 1) > PATH_BYTES_MAX)
		return ERR_LIMIT;
	while (*path == '/') {
		path++;
		n = strcspn(path, "/");
		if (n == 0 || (n == 1 && path[0] == '.') ||
		    (n == 2 && path[0] == '.' && path[1] == '.'))
			return ERR_FORMAT;
		for (i = 0; i < n; i++)
			if (!is_plain(path[i]))
				return ERR_FORMAT;
		path += n;
	}
	return OK;
}

/* One segment that has no placeholder; both move on behind it. */
static int
is_same(const char **pattern, const char **path)
{
	const char *a = *pattern, *b = *path;

	for (; *a != '\0' && *a != '/' && *a == *b; b++)
		a++;
	*pattern = a;
	*path = b;
	return (*a == '\0' || *a == '/') && (*b == '\0' || *b == '/');
}

/* Most patterns of a table do not match: nothing is copied before one does. */
enum err
path_match(const char *pattern, const char *path, struct path_params *out)
{
	struct {
		const char *p;
		size_t n;
	} found[PATH_PARAMS];
	size_t count = 0, n, m, i;

	while (*pattern == '/' && *path == '/') {
		pattern++;
		path++;
		if (*pattern != '{') {
			if (!is_same(&pattern, &path))
				return ERR_NOT_FOUND;
			continue;
		}
		m = strcspn(pattern, "/");
		n = m > 4 && memcmp(pattern + m - 4, "...}", 4) == 0
			? strlen(path)
			: strcspn(path, "/");
		if (n == 0 || n >= PATH_PARAM_MAX || count == PATH_PARAMS)
			return ERR_NOT_FOUND;
		found[count].p = path;
		found[count++].n = n;
		pattern += m;
		path += n;
	}
	if (*pattern != '\0' || *path != '\0')
		return ERR_NOT_FOUND;
	memset(out, 0, sizeof(*out));
	for (i = 0; i < count; i++)
		memcpy(out->v[i], found[i].p, found[i].n);
	return OK;
}
