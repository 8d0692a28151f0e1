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

enum err
path_match(const char *pattern, const char *path, struct path_params *out)
{
	struct path_params params;
	size_t count = 0, n, m;
	int rest;

	memset(&params, 0, sizeof(params));
	while (*pattern == '/' && *path == '/') {
		pattern++;
		path++;
		m = strcspn(pattern, "/");
		n = strcspn(path, "/");
		if (*pattern != '{') {
			if (m != n || memcmp(pattern, path, n) != 0)
				return ERR_NOT_FOUND;
		} else {
			rest = m > 4 && memcmp(pattern + m - 4, "...}", 4) == 0;
			if (rest)
				n = strlen(path);
			if (n == 0 || n >= PATH_PARAM_MAX ||
			    count == PATH_PARAMS)
				return ERR_NOT_FOUND;
			memcpy(params.v[count++], path, n);
		}
		pattern += m;
		path += n;
	}
	if (*pattern != '\0' || *path != '\0')
		return ERR_NOT_FOUND;
	*out = params;
	return OK;
}
