#include <string.h>
#include <strings.h>

#include "static.h"

#define SERVED "/static/"

static const char *const codings[STATIC_CODINGS] = {
	[STATIC_IDENTITY] = "identity",
	[STATIC_BR] = "br",
	[STATIC_GZIP] = "gzip",
};

const char *
static_coding_name(enum static_coding c)
{
	return codings[c];
}

const struct static_file *
static_find(const char *name)
{
	const struct static_file *f;

	for (f = static_files; f->name != NULL; f++)
		if (strncmp(f->path, SERVED, strlen(SERVED)) == 0 &&
		    strcmp(f->path + strlen(SERVED), name) == 0)
			return f;
	return NULL;
}

const struct static_file *
static_logical(const char *logical)
{
	const struct static_file *f;

	for (f = static_files; f->name != NULL; f++)
		if (strcmp(f->logical, logical) == 0)
			return f;
	return NULL;
}

/* Is the weight of an item zero?  "br;q=0", "br; q=0.000". */
static int
is_refused(const char *item, size_t n)
{
	const char *q = memchr(item, ';', n);

	if (q == NULL)
		return 0;
	n -= (size_t)(q - item);
	for (; n > 0 && strchr("; \t", *q) != NULL; n--)
		q++;
	if (n < 3 || (*q != 'q' && *q != 'Q') || q[1] != '=')
		return 0;
	for (q += 2, n -= 2; n > 0; n--, q++)
		if (strchr("0. \t", *q) == NULL)
			return 0;
	return 1;
}

/* What the list says of each coding. */
static void
accept_read(const char *accept, int wanted[static STATIC_CODINGS])
{
	size_t n, name;
	int c;

	for (; *accept != '\0'; accept += n + (accept[n] == ',')) {
		accept += strspn(accept, " \t");
		n = strcspn(accept, ",");
		name = strcspn(accept, ",; \t");
		for (c = 0; c < STATIC_CODINGS; c++)
			if (strlen(codings[c]) == name &&
			    strncasecmp(accept, codings[c], name) == 0)
				wanted[c] = !is_refused(accept, n);
	}
}

enum static_coding
static_negotiate(const struct static_file *f, const char *accept)
{
	int wanted[STATIC_CODINGS] = { 1, 0, 0 };

	if (accept != NULL)
		accept_read(accept, wanted);
	if (wanted[STATIC_BR] && f->parts[STATIC_BR].bytes.p != NULL)
		return STATIC_BR;
	if (wanted[STATIC_GZIP] && f->parts[STATIC_GZIP].bytes.p != NULL)
		return STATIC_GZIP;
	/* Whoever refuses identity too gets it: better than nothing. */
	return STATIC_IDENTITY;
}
