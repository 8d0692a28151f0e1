#include <stdarg.h>
#include <stdio.h>

#include "log.h"
#include "why.h"

void
log_event(enum log_level level, const char *fmt, ...)
{
	static const char *const names[] = { "error", "warning", "info" };
	char line[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	why_clean(line); /* another server's words may be in it */
	/* One call, so that lines of several threads do not mix. */
	fprintf(stderr, "partecipa: %s: %s\n", names[level], line);
}
