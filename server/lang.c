#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "lang.h"

static const char *const names[LANGS] = { "it", "en" };

const char *
lang_name(enum lang l)
{
	return names[l];
}

static int
find(const char *s, size_t n, enum lang *out)
{
	if (n != 2)
		return 0;
	if (strncasecmp(s, "it", 2) == 0)
		*out = LANG_IT;
	else if (strncasecmp(s, "en", 2) == 0)
		*out = LANG_EN;
	else
		return 0;
	return 1;
}

int
lang_of_query(const char *query, enum lang *out)
{
	size_t n;

	while (query != NULL && *query != '\0') {
		n = strcspn(query, "&");
		if (n > 5 && memcmp(query, "lang=", 5) == 0)
			return find(query + 5, n - 5, out);
		query += n + (query[n] == '&');
	}
	return 0;
}

/* The weight in thousandths of ";q=0.8"; 1000 when there is none. */
static int
weight(const char *s, size_t n)
{
	int w = 0, unit = 100;
	const char *q = memchr(s, ';', n);
	const char *end = s + n;

	if (q == NULL)
		return 1000;
	q++;
	while (q < end && *q == ' ')
		q++;
	if (end - q < 3 || (*q != 'q' && *q != 'Q') || q[1] != '=')
		return 0;
	if (q[2] == '1')
		return 1000;
	for (q += 4; q < end && unit > 0 && *q >= '0' && *q <= '9'; q++) {
		w += (*q - '0') * unit;
		unit /= 10;
	}
	return w;
}

enum lang
lang_of_header(const char *value)
{
	int best[LANGS] = { 0, 0 };
	enum lang l;
	size_t n;
	int w;

	while (value != NULL && *value != '\0') {
		value += strspn(value, " \t,");
		n = strcspn(value, ",");
		if (find(value, strcspn(value, "-;, \t"), &l)) {
			w = weight(value, n);
			if (w > best[l])
				best[l] = w;
		}
		value += n;
	}
	return best[LANG_EN] > best[LANG_IT] ? LANG_EN : LANG_IT;
}
