#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

struct clock {
	char *path;	       /* NULL: the system's clock */
	_Atomic uint64_t last; /* what the file said last */
	pthread_mutex_t lock;  /* fd */
	int fd;
};

/* One decimal number below 2^53, perhaps a newline, nothing else. */
static enum err
clock_parse(int fd, uint64_t *out)
{
	char text[32];
	uint64_t v = 0;
	ssize_t n, i;

	n = pread(fd, text, sizeof(text), 0);
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

/*
 * Who sets the clock renames a new file over the old: a file that has no name
 * any more is not the clock.
 */
static enum err
clock_read(struct clock *c, uint64_t *out)
{
	struct stat st;
	enum err r;

	pthread_mutex_lock(&c->lock);
	if (c->fd >= 0 && (fstat(c->fd, &st) != 0 || st.st_nlink == 0)) {
		(void)close(c->fd);
		c->fd = -1;
	}
	if (c->fd < 0)
		c->fd = open(c->path, O_RDONLY | O_CLOEXEC);
	r = c->fd < 0 ? ERR_IO : clock_parse(c->fd, out);
	pthread_mutex_unlock(&c->lock);
	return r;
}

enum err
clock_new(const char *path, struct clock **out, struct why *why)
{
	struct clock *c;
	uint64_t now = 0;
	enum err r;

	if ((c = calloc(1, sizeof(*c))) == NULL)
		return why_say(why, ERR_NOMEM, "out of memory");
	c->fd = -1;
	pthread_mutex_init(&c->lock, NULL);
	if (path != NULL && (c->path = strdup(path)) == NULL) {
		clock_free(c);
		return why_say(why, ERR_NOMEM, "out of memory");
	}
	if (path != NULL && (r = clock_read(c, &now)) != OK) {
		clock_free(c);
		return why_say(why, r,
		    "the clock file %s must hold one decimal number, seconds "
		    "since 1970: %s",
		    path, r == ERR_IO ? "it cannot be read" : "it does not");
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
	if (c->fd >= 0)
		(void)close(c->fd);
	pthread_mutex_destroy(&c->lock);
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
	if (clock_read(own, &now) != OK)
		return atomic_load(&own->last);
	atomic_store(&own->last, now);
	return now;
}

uint64_t
clock_steady(void)
{
	return clock_steady_ms() / 1000;
}

uint64_t
clock_steady_ms(void)
{
	struct timespec t = { 0, 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void
clock_steady_cond(pthread_cond_t *c)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(c, &attr);
	pthread_condattr_destroy(&attr);
}

int
clock_steady_wait(pthread_cond_t *c, pthread_mutex_t *lock, uint64_t at)
{
	struct timespec t = { (time_t)(at / 1000),
		(long)(at % 1000) * 1000000 };

	return pthread_cond_timedwait(c, lock, &t);
}
