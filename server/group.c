/*
 * Each waiting thread has a semaphore of its own, on its stack: the thread that
 * applies wakes exactly those who are done, and nobody fights for a lock on
 * waking up, as sixty threads would after one broadcast.
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <time.h>

#include "group.h"

#define NAP_NS 1000000L /* no job for so long: the crowd is complete */
#define NAPS_MAX 20

struct waiter {
	struct waiter *next;
	void *job;
	sem_t done;
};

struct group {
	group_apply *apply;
	void *cookie;
	size_t max;
	void **jobs; /* room for max */

	pthread_t thread;
	pthread_mutex_t lock; /* what follows */
	pthread_cond_t more;
	struct waiter *first;
	struct waiter **last;
	size_t queued;
	int idle; /* the thread sleeps and nobody has woken it */
	int stop;
};

/* Take up to ${g}->max waiters off the queue.  The lock is held. */
static struct waiter *
take(struct group *g, size_t *n)
{
	struct waiter *first = g->first, **w = &first;

	for (*n = 0; *w != NULL && *n < g->max; (*n)++) {
		g->jobs[*n] = (*w)->job;
		w = &(*w)->next;
	}
	g->first = *w;
	g->queued -= *n;
	if (g->first == NULL)
		g->last = &g->first;
	*w = NULL;
	return first;
}

/*
 * A commit costs as much for one job as for a hundred.  So while many threads
 * are at it, wait as long as jobs keep coming in, but never long enough for a
 * person to notice.  Who comes alone is not kept waiting.  The lock is held.
 */
static void
linger(struct group *g)
{
	const struct timespec nap = { .tv_nsec = NAP_NS };
	size_t seen = 0, naps;

	for (naps = 0; naps < NAPS_MAX; naps++) {
		if (g->queued == seen || g->queued >= g->max || g->stop)
			return;
		seen = g->queued;
		pthread_mutex_unlock(&g->lock);
		(void)nanosleep(&nap, NULL);
		pthread_mutex_lock(&g->lock);
	}
}

static void *
run(void *cookie)
{
	struct group *g = cookie;
	struct waiter *w, *next;
	size_t n;
	int crowd = 0; /* the last group had more than one job */

	pthread_mutex_lock(&g->lock);
	for (;;) {
		while (g->first == NULL && !g->stop) {
			g->idle = 1;
			pthread_cond_wait(&g->more, &g->lock);
		}
		g->idle = 0;
		if (g->first == NULL)
			break;
		if (crowd)
			linger(g);
		w = take(g, &n);
		crowd = n > 1;
		pthread_mutex_unlock(&g->lock);

		g->apply(g->cookie, g->jobs, n);
		for (; w != NULL; w = next) {
			/* After the post ${w} is gone with its stack. */
			next = w->next;
			sem_post(&w->done);
		}
		pthread_mutex_lock(&g->lock);
	}
	pthread_mutex_unlock(&g->lock);
	return NULL;
}

enum err
group_new(group_apply *apply, void *cookie, size_t max, struct group **out)
{
	struct group *g;

	if ((g = calloc(1, sizeof(*g))) == NULL ||
	    (g->jobs = calloc(max, sizeof(void *))) == NULL) {
		free(g);
		return ERR_NOMEM;
	}
	g->apply = apply;
	g->cookie = cookie;
	g->max = max;
	g->last = &g->first;
	pthread_mutex_init(&g->lock, NULL);
	pthread_cond_init(&g->more, NULL);
	if (pthread_create(&g->thread, NULL, run, g) != 0) {
		pthread_cond_destroy(&g->more);
		pthread_mutex_destroy(&g->lock);
		free(g->jobs);
		free(g);
		return ERR_IO;
	}
	*out = g;
	return OK;
}

void
group_do(struct group *g, void *job)
{
	struct waiter w = { .job = job };
	int wake;

	sem_init(&w.done, 0, 0);
	pthread_mutex_lock(&g->lock);
	*g->last = &w;
	g->last = &w.next;
	g->queued++;
	wake = g->idle;
	g->idle = 0;
	pthread_mutex_unlock(&g->lock);
	if (wake)
		pthread_cond_signal(&g->more);
	while (sem_wait(&w.done) != 0 && errno == EINTR)
		continue;
	sem_destroy(&w.done);
}

void
group_free(struct group *g)
{
	if (g == NULL)
		return;
	pthread_mutex_lock(&g->lock);
	g->stop = 1;
	pthread_cond_signal(&g->more);
	pthread_mutex_unlock(&g->lock);
	pthread_join(g->thread, NULL);
	pthread_cond_destroy(&g->more);
	pthread_mutex_destroy(&g->lock);
	free(g->jobs);
	free(g);
}
