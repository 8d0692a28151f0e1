#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "why.h"

enum err
why_say(struct why *w, enum err e, const char *fmt, ...)
{
	va_list ap;

	if (w != NULL) {
		va_start(ap, fmt);
		(void)vsnprintf(w->text, sizeof(w->text), fmt, ap);
		va_end(ap);
	}
	return e;
}

void
why_prefix(struct why *w, const char *fmt, ...)
{
	char old[WHY_CHARS];
	va_list ap;
	size_t n;

	if (w == NULL)
		return;
	memcpy(old, w->text, sizeof(old));
	va_start(ap, fmt);
	(void)vsnprintf(w->text, sizeof(w->text), fmt, ap);
	va_end(ap);
	n = strlen(w->text);
	(void)snprintf(w->text + n, sizeof(w->text) - n, "%s", old);
}

void
why_clean(char *s)
{
	unsigned char *p = (unsigned char *)s;

	for (; *p != 0; p++) {
		if (*p < ' ' || *p == 127)
			*p = '?';
		/* The control characters of Unicode. */
		if (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
			p[0] = p[1] = '?';
	}
}
