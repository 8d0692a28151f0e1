/* prctl is Linux; without it a killed rehearsal would leave its server. */
#define _GNU_SOURCE

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "spawn.h"

#define PATH_BYTES 4096

/* In the new process; returns only when the program cannot be started. */
static void
become(const char *const *argv, const int fd[static 2])
{
	char **args;
	size_t n;

	for (n = 0; argv[n] != NULL; n++)
		;
	if (n == 0 || (args = calloc(n + 1, sizeof(*args))) == NULL)
		return;
	/* execv promises not to change them; its prototype cannot say so. */
	memcpy(args, argv, n * sizeof(*args));
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (dup2(fd[1], STDOUT_FILENO) < 0)
		return;
	(void)close(fd[0]);
	(void)close(fd[1]);
	(void)execv(argv[0], args);
}

enum err
spawn_start(const char *const *argv, struct spawn *out, struct why *why)
{
	int fd[2];
	pid_t pid;

	if (pipe(fd) != 0)
		return why_say(why, ERR_IO, "no pipe: %s", strerror(errno));
	if ((pid = fork()) == 0) {
		become(argv, fd);
		_exit(127);
	}
	(void)close(fd[1]);
	if (pid < 0) {
		(void)close(fd[0]);
		return why_say(why, ERR_IO, "cannot start %s: %s", argv[0],
		    strerror(errno));
	}
	*out = (struct spawn){ .pid = pid, .out = fd[0] };
	return OK;
}

enum err
spawn_line(struct spawn *s, unsigned seconds, struct buf *line, struct why *why)
{
	struct pollfd p = { .fd = s->out, .events = POLLIN };
	char c;
	int r;

	for (;;) {
		r = poll(&p, 1, (int)seconds * 1000);
		if (r < 0 && errno == EINTR)
			continue;
		if (r == 0)
			return why_say(why, ERR_IO,
			    "no answer within %u seconds", seconds);
		if (r < 0 || read(s->out, &c, 1) != 1)
			return why_say(why, ERR_IO,
			    "the program ended before it was ready");
		if (c == '\n')
			return buf_end(line);
		buf_put(line, &c, 1);
	}
}

static int
wait_for(struct spawn *s)
{
	int status = 0;

	if (s->pid <= 0)
		return 0;
	while (waitpid(s->pid, &status, 0) < 0 && errno == EINTR)
		;
	s->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

enum err
spawn_all(
    struct spawn *s, size_t max, struct buf *out, int *status, struct why *why)
{
	uint8_t chunk[8192];
	enum err r = OK;
	ssize_t n;

	while ((n = read(s->out, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			r = why_say(why, ERR_IO, "cannot read its output: %s",
			    strerror(errno));
			break;
		}
		if (out->n + (size_t)n <= max)
			buf_put(out, chunk, (size_t)n);
	}
	(void)close(s->out);
	s->out = -1;
	*status = wait_for(s);
	return r != OK ? r : buf_end(out);
}

double
spawn_cpu(const struct spawn *s)
{
	struct timespec t;
	clockid_t clock;

	if (s->pid <= 0 || clock_getcpuclockid(s->pid, &clock) != 0 ||
	    clock_gettime(clock, &t) != 0)
		return 0;
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

double
spawn_children_cpu(void)
{
	struct rusage u;

	if (getrusage(RUSAGE_CHILDREN, &u) != 0)
		return 0;
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

double
spawn_own_cpu(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) != 0)
		return 0;
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

long
spawn_peak(int children)
{
	struct rusage u;

	return getrusage(children ? RUSAGE_CHILDREN : RUSAGE_SELF, &u) != 0
		   ? 0
		   : u.ru_maxrss;
}

int
spawn_stop(struct spawn *s)
{
	if (s->pid <= 0)
		return 0;
	(void)kill(s->pid, SIGTERM);
	if (s->out >= 0)
		(void)close(s->out);
	s->out = -1;
	return wait_for(s);
}

enum err
spawn_self(struct buf *b, struct why *why)
{
	char path[PATH_BYTES];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path));

	if (n <= 0 || (size_t)n >= sizeof(path))
		return why_say(
		    why, ERR_IO, "cannot tell where this program is");
	buf_put(b, path, (size_t)n);
	return buf_end(b);
}

enum err
spawn_beside(struct buf *b, const char *name, struct why *why)
{
	enum err r;

	if ((r = spawn_self(b, why)) != OK)
		return r;
	while (b->n > 0 && b->p[b->n - 1] != '/')
		b->n--;
	buf_str(b, name);
	if (buf_text(b) == NULL)
		return ERR_NOMEM;
	if (access((const char *)b->p, X_OK) != 0)
		return why_say(why, ERR_NOT_FOUND,
		    "%s is missing: build it first (make)", (const char *)b->p);
	return OK;
}
