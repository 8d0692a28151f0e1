#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

struct clock {
	char *path;	       /* NULL: the system's clock */
	_Atomic uint64_t last; /* what the file said last */
};

/* One decimal number below 2^53, perhaps a newline, nothing else. */
static enum err
clock_read(const char *path, uint64_t *out)
{
	char text[32];
	uint64_t v = 0;
	ssize_t n, i;
	int fd;

	/* Opened each time: who sets the clock may rename a file over it. */
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return ERR_IO;
	n = read(fd, text, sizeof(text));
	(void)close(fd);
	if (n > 0 && text[n - 1] == '\n')
		n--;
	if (n <= 0 || n > 16)
		return ERR_FORMAT;
	for (i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return ERR_FORMAT;
		v = v * 10 + (uint64_t)(text[i] - '0');
	}
	if (v >> 53 != 0)
		return ERR_FORMAT;
	*out = v;
	return OK;
}

enum err
clock_new(const char *path, struct clock **out, struct why *why)
{
	struct clock *c;
	uint64_t now = 0;
	enum err r;

	if (path != NULL && (r = clock_read(path, &now)) != OK)
		return why_say(why, r,
		    "the clock file %s must hold one decimal number, seconds "
		    "since 1970: %s",
		    path, r == ERR_IO ? "it cannot be read" : "it does not");
	if ((c = calloc(1, sizeof(*c))) == NULL)
		return why_say(why, ERR_NOMEM, "out of memory");
	if (path != NULL && (c->path = strdup(path)) == NULL) {
		free(c);
		return why_say(why, ERR_NOMEM, "out of memory");
	}
	atomic_store(&c->last, now);
	*out = c;
	return OK;
}

void
clock_free(struct clock *c)
{
	if (c == NULL)
		return;
	free(c->path);
	free(c);
}

int
clock_is_simulated(const struct clock *c)
{
	return c->path != NULL;
}

uint64_t
clock_now(const struct clock *c)
{
	struct clock *own = (struct clock *)(uintptr_t)c;
	struct timespec t;
	uint64_t now;

	if (c->path == NULL) {
		(void)clock_gettime(CLOCK_REALTIME, &t);
		return (uint64_t)t.tv_sec;
	}
	/* A file that is just being written says nothing: time stands. */
	if (clock_read(c->path, &now) != OK)
		return atomic_load(&own->last);
	atomic_store(&own->last, now);
	return now;
}
