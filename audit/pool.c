#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "pool.h"

/* Items taken at a time: enough to make the lock cheap, few enough that no
   thread is left alone with much at the end. */
#define STEP 8
#define THREADS_MAX 256

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t more; /* there is work, or the end */
	pthread_cond_t done; /* a job is done */
	struct job *first, **last;
	int end;
	unsigned n;
	pthread_t *threads;
};

/* Take items of the first job that has some left; called with the lock. */
static struct job *
take(struct pool *p, size_t *from, size_t *to)
{
	struct job *j = p->first;

	if (j == NULL)
		return NULL;
	*from = j->next;
	*to = j->n - j->next > STEP ? j->next + STEP : j->n;
	j->next = *to;
	if (j->next == j->n) {
		p->first = j->link;
		if (p->first == NULL)
			p->last = &p->first;
	}
	return j;
}

/* Do some items of ${j}; called with the lock, which is let go meanwhile. */
static void
work(struct pool *p, struct job *j, size_t from, size_t to)
{
	pthread_mutex_unlock(&p->lock);
	j->run(j, from, to);
	pthread_mutex_lock(&p->lock);
	j->done += to - from;
	if (j->done == j->n)
		pthread_cond_broadcast(&p->done);
}

static void *
thread(void *cookie)
{
	struct pool *p = cookie;
	struct job *j;
	size_t from, to;

	pthread_mutex_lock(&p->lock);
	for (;;) {
		if ((j = take(p, &from, &to)) != NULL)
			work(p, j, from, to);
		else if (p->end)
			break;
		else
			pthread_cond_wait(&p->more, &p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

enum err
pool_new(unsigned threads, struct pool **out)
{
	struct pool *p;
	long cpus;

	if (threads == 0) {
		cpus = sysconf(_SC_NPROCESSORS_ONLN);
		threads = cpus < 1 ? 1 : (unsigned)cpus;
	}
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	if ((p = calloc(1, sizeof(*p))) == NULL)
		return ERR_NOMEM;
	if ((p->threads = calloc(threads, sizeof(*p->threads))) == NULL) {
		free(p);
		return ERR_NOMEM;
	}
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->more, NULL);
	pthread_cond_init(&p->done, NULL);
	p->last = &p->first;
	/* With fewer threads than wished for the work is done all the same. */
	while (p->n + 1 < threads &&
	       pthread_create(&p->threads[p->n], NULL, thread, p) == 0)
		p->n++;
	*out = p;
	return OK;
}

unsigned
pool_threads(const struct pool *p)
{
	return p->n + 1;
}

void
pool_add(struct pool *p, struct job *j)
{
	j->next = 0;
	j->done = 0;
	j->link = NULL;
	if (j->n == 0)
		return;
	pthread_mutex_lock(&p->lock);
	*p->last = j;
	p->last = &j->link;
	pthread_cond_broadcast(&p->more);
	pthread_mutex_unlock(&p->lock);
}

void
pool_wait(struct pool *p, struct job *j)
{
	struct job *other;
	size_t from, to;

	pthread_mutex_lock(&p->lock);
	while (j->done < j->n) {
		if ((other = take(p, &from, &to)) != NULL)
			work(p, other, from, to);
		else
			pthread_cond_wait(&p->done, &p->lock);
	}
	pthread_mutex_unlock(&p->lock);
}

void
pool_free(struct pool *p)
{
	unsigned i;

	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	p->end = 1;
	pthread_cond_broadcast(&p->more);
	pthread_mutex_unlock(&p->lock);
	for (i = 0; i < p->n; i++)
		pthread_join(p->threads[i], NULL);
	pthread_cond_destroy(&p->done);
	pthread_cond_destroy(&p->more);
	pthread_mutex_destroy(&p->lock);
	free(p->threads);
	free(p);
}
