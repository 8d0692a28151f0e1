#include <stdarg.h>
#include <stdio.h>

#include "log.h"

void
log_event(enum log_level level, const char *fmt, ...)
{
	static const char *const names[] = { "error", "warning", "info" };
	char line[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	/* One call, so that lines of several threads do not mix. */
	fprintf(stderr, "partecipa: %s: %s\n", names[level], line);
}
