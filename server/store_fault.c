#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "store_fault.h"

void
fault_init(struct fault *f)
{
	memset(f, 0, sizeof(*f));
	(void)pthread_mutex_init(&f->lock, NULL);
}

void
fault_destroy(struct fault *f)
{
	(void)pthread_mutex_destroy(&f->lock);
}

enum err
fault_say(struct fault *f, enum err e, const char *fmt, ...)
{
	va_list ap;

	(void)pthread_mutex_lock(&f->lock);
	va_start(ap, fmt);
	(void)vsnprintf(f->why.text, sizeof(f->why.text), fmt, ap);
	va_end(ap);
	(void)pthread_mutex_unlock(&f->lock);
	return e;
}

/* What somebody can do about it. */
static const char *
advice(int number)
{
	switch (number) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return "; nothing was accepted, make room and try again";
	case EROFS:
	case EACCES:
	case EPERM:
		return "; the data folder must be writable by the user that "
		       "runs the server";
	case EMFILE:
	case ENFILE:
		return "; raise the limit of open files";
	case EIO:
		return "; look at the disk, then run doctor";
	default:
		return "";
	}
}

enum err
fault_errno(struct fault *f, int number, const char *doing, const char *path)
{
	char text[128];

	if (strerror_r(number, text, sizeof(text)) != 0)
		(void)snprintf(text, sizeof(text), "error %d", number);
	return fault_say(f, number == ENOMEM ? ERR_NOMEM : ERR_IO,
	    "cannot %s %s: %s%s", doing, path, text, advice(number));
}

void
fault_get(struct fault *f, struct why *why)
{
	(void)pthread_mutex_lock(&f->lock);
	*why = f->why;
	(void)pthread_mutex_unlock(&f->lock);
}
