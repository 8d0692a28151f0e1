/*
 * The program that is told of faults.  What it is told comes from the log, that
 * is from anybody: no shell sees it.
 */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "watch_int.h"

#define HOOK_SECONDS 60
#define NAP_NS 20000000L

extern char **environ;

static enum err
set(char **slot, const char *name, const char *value)
{
	size_t n = strlen(name) + strlen(value) + 2;

	if ((*slot = malloc(n)) == NULL)
		return ERR_NOMEM;
	(void)snprintf(*slot, n, "%s=%s", name, value);
	return OK;
}

static int
is_ours(const char *variable)
{
	return strncmp(variable, "PARTECIPA_", 10) == 0;
}

/* Our environment and three variables; the last three are malloc'ed. */
static enum err
environment(char ***out, size_t *first, const char *rule, const char *message,
    const char *files)
{
	char **list;
	size_t n = 0, k = 0;
	enum err r;

	while (environ[n] != NULL)
		n++;
	if ((list = calloc(n + 4, sizeof(char *))) == NULL)
		return ERR_NOMEM;
	for (n = 0; environ[n] != NULL; n++) {
		if (!is_ours(environ[n]))
			list[k++] = environ[n];
	}
	*out = list;
	*first = k;
	if ((r = set(&list[k], "PARTECIPA_RULE", rule)) != OK ||
	    (r = set(&list[k + 1], "PARTECIPA_MESSAGE", message)) != OK)
		return r;
	return set(&list[k + 2], "PARTECIPA_EVIDENCE", files);
}

/* A hook that hangs must not blind the watcher. */
static enum err
wait_for(pid_t pid, const char *program, struct why *why)
{
	const struct timespec nap = { 0, NAP_NS };
	int status = 0, killed = 0;
	long naps = 0;
	pid_t p;

	while ((p = waitpid(pid, &status, WNOHANG)) == 0 ||
	       (p < 0 && errno == EINTR)) {
		if (++naps == HOOK_SECONDS * (1000000000L / NAP_NS)) {
			killed = 1;
			(void)kill(pid, SIGKILL);
		}
		(void)nanosleep(&nap, NULL);
	}
	if (killed)
		return why_say(why, ERR_IO,
		    "the hook %s did not end in %d seconds", program,
		    HOOK_SECONDS);
	if (p != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return why_say(why, ERR_IO, "the hook %s failed", program);
	return OK;
}

enum err
watch_hook(const char *program, const char *rule, const char *message,
    const char *files, struct why *why)
{
	char *name = strdup(program), *text = strdup(message);
	char *argv[] = { name, text, NULL };
	char **env = NULL;
	size_t first = 0, i;
	pid_t pid;
	enum err r = ERR_NOMEM;
	int e;

	if (name == NULL || text == NULL ||
	    (r = environment(&env, &first, rule, message, files)) != OK) {
		(void)why_say(why, r, "out of memory");
		goto out;
	}
	e = posix_spawnp(&pid, program, NULL, NULL, argv, env);
	r = e != 0
		? why_say(why, ERR_IO, "the hook %s: %s", program, strerror(e))
		: wait_for(pid, program, why);

out:
	for (i = 0; env != NULL && i < 3; i++)
		free(env[first + i]);
	free(env);
	free(text);
	free(name);
	return r;
}
