#include <string.h>

#include "http.h"
#include "lang.h"
#include "path.h"

#include "fuzz.h"

/*
 * Properties: a path is served by one row of the table per method at most; no
 * accepted path holds anything that a file system or a page could take for
 * more than a name; placeholders put back into their pattern give the path.
 */
static void
put_back(const char *pattern, const struct path_params *v, const char *path)
{
	char out[PATH_BYTES_MAX + 1];
	size_t n = 0, k = 0, m;

	while (*pattern != '\0') {
		if (*pattern != '{') {
			MUST(n < PATH_BYTES_MAX);
			out[n++] = *pattern++;
			continue;
		}
		m = strlen(v->v[k]);
		MUST(m > 0 && n + m <= PATH_BYTES_MAX);
		memcpy(out + n, v->v[k++], m);
		n += m;
		pattern = strchr(pattern, '}') + 1;
	}
	out[n] = '\0';
	MUST(strcmp(out, path) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct route *r;
	struct path_params v;
	char text[1024];
	enum lang l;
	int get = 0, post = 0;

	if (size >= sizeof(text))
		return 0;
	memcpy(text, data, size);
	text[size] = 0;
	(void)lang_of_query(text, &l);
	(void)lang_of_header(text);
	if (path_check(text) != OK)
		return 0;
	MUST(strstr(text, "//") == NULL && strstr(text, "/../") == NULL);
	MUST(strpbrk(text, "%?#\\ \"<>&") == NULL);
	for (r = routes; r->path != NULL; r++) {
		if (path_match(r->path, text, &v) != OK)
			continue;
		put_back(r->path, &v, text);
		if (strcmp(r->method, "GET") == 0)
			get++;
		else
			post++;
	}
	MUST(get <= 1 && post <= 1);
	return 0;
}
