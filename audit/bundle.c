#include <stdlib.h>
#include <string.h>

#include "hex.h"

#include "bundle.h"

enum err
bundle_path_check(const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
	size_t n;

	if (strlen(path) > BUNDLE_PATH_MAX)
		return ERR_LIMIT;
	for (;; path += n + 1) {
		n = strspn(path, plain);
		if (n == 0 || (n == 1 && path[0] == '.') ||
		    (n == 2 && path[0] == '.' && path[1] == '.') ||
		    (path[n] != '/' && path[n] != '\0'))
			return ERR_FORMAT;
		if (path[n] == '\0')
			return OK;
	}
}

/* A canonical document has its names in order, and jansson keeps it. */
static enum err
files_read(struct bundle *b, json_t *files, struct why *why)
{
	const char *path;
	json_t *value;
	enum err r;

	json_object_foreach(files, path, value)
	{
		if (bundle_path_check(path) != OK)
			return why_say(why, ERR_FORMAT,
			    "files: \"%.80s\" is no path: letters, digits and "
			    "-._~, in segments between slashes",
			    path);
		if ((r = json_get_hex(files, path, b->files[b->n].hash.b,
			 HASH_BYTES, why)) != OK) {
			why_prefix(why, "files: ");
			return r;
		}
		b->files[b->n++].path = path;
	}
	return OK;
}

enum err
bundle_parse(struct slice s, struct bundle **out, struct why *why)
{
	static const char *const names[] = { "files", "version", NULL };
	struct bundle *b;
	json_t *files;
	int64_t version;
	size_t n;
	enum err r;

	if ((b = calloc(1, sizeof(*b))) == NULL)
		return ERR_NOMEM;
	if ((r = json_read_document(s, &b->doc, why)) != OK ||
	    (r = json_only(b->doc, names, why)) != OK ||
	    (r = json_get_int(b->doc, "version", 1, 1, &version, why)) != OK ||
	    (r = json_get_object(b->doc, "files", &files, why)) != OK)
		goto out;
	n = json_object_size(files);
	if (n < 1 || n > BUNDLE_FILES_MAX) {
		r = why_say(why, ERR_LIMIT, "files: %zu of them; 1 to %d", n,
		    BUNDLE_FILES_MAX);
		goto out;
	}
	if ((b->files = calloc(n, sizeof(*b->files))) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	if ((r = files_read(b, files, why)) != OK)
		goto out;
	*out = b;
	b = NULL; /* handed over */

out:
	bundle_free(b);
	return r;
}

void
bundle_free(struct bundle *b)
{
	if (b == NULL)
		return;
	json_decref(b->doc);
	free(b->files);
	free(b);
}
