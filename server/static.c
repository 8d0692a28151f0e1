#include <string.h>

#include "static.h"

const struct static_file *
static_find(const char *name)
{
	const struct static_file *f;

	for (f = static_files; f->name != NULL; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}
