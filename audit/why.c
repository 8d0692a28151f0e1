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
