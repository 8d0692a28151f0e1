/* Publishing checkpoints, with the lines of witnesses. */
#include <stdlib.h>
#include <string.h>

#include "policy.h"

#include "durable.h"
#include "log.h"
#include "service_impl.h"
#include "service_witness_ask.h"

#include "service_witness.h"

#define POLICY_FILE "policy"
#define COSIGNED_FILE "cosigned" /* what was published last */
/* A witness that failed is asked again after this, twice as long each time. */
#define RETRY_MS 1000
#define RETRY_MS_MAX 60000
#define WAIT_MS (2 * SERVICE_WITNESS_MS)

/* A witness that can be asked. */
struct peer {
	struct service *s;
	const struct policy_witness *witness;
	pthread_t thread;
	int started;
	/* the lock of service_witness */
	uint64_t done;	/* the round in which it has cosigned */
	uint64_t lined; /* the round whose line is here */
	uint64_t tried; /* the round in which it has answered, or failed */
	uint64_t next;	/* when it is asked again, milliseconds */
	uint64_t wait;	/* then, if it fails once more */
	struct buf line;
	int failing; /* it was said so */
};

struct service_witness {
	char *dir;
	struct policy *policy;
	struct buf text; /* of the policy, as it is published */
	struct peer peers[POLICY_WITNESSES_MAX];
	size_t n_peers;
	atomic_int stop;
	pthread_t timer;
	int has_timer;

	pthread_mutex_t lock; /* what follows; taken after all of the service */
	pthread_cond_t changed;
	/* The newest signed tree. */
	struct buf signed_note;
	uint64_t signed_size;
	/* The checkpoint that is collected for, or was. */
	uint64_t round; /* 0: none yet */
	struct buf note;
	uint64_t size;
	uint64_t deadline;
	int published;
	struct buf file; /* to be written to COSIGNED_FILE; empty: nothing */
	struct why fork; /* what a witness has shown */
};

/* Wait for a change, or until ${at} (milliseconds; UINT64_MAX: for ever). */
static void
wait_until(struct service_witness *w, uint64_t at)
{
	if (at == UINT64_MAX)
		(void)pthread_cond_wait(&w->changed, &w->lock);
	else
		(void)clock_steady_wait(&w->changed, &w->lock, at);
}

/* --- Publishing; the lock is held -----------------------------------------*/

static void
take_copy(struct buf *to, const struct buf *from)
{
	buf_free(to);
	buf_put(to, from->p, from->n);
}

/* The round's checkpoint with the lines that came. */
static void
cosigned(const struct service_witness *w, struct buf *out)
{
	size_t i;

	buf_put(out, w->note.p, w->note.n);
	for (i = 0; i < w->n_peers; i++)
		if (w->peers[i].lined == w->round)
			buf_put(out, w->peers[i].line.p, w->peers[i].line.n);
}

static int
is_met(const struct service_witness *w, const struct buf *all)
{
	struct note *n = calloc(1, sizeof(*n));
	int met = n != NULL && note_parse(buf_slice(all), n) == OK &&
		  policy_check(w->policy, n) == OK;

	free(n);
	return met;
}

static int
is_over(const struct service_witness *w)
{
	size_t i;

	if (clock_steady_ms() >= w->deadline || atomic_load(&w->stop))
		return 1;
	for (i = 0; i < w->n_peers; i++)
		if (w->peers[i].tried != w->round)
			return 0;
	return 1;
}

static void
publish(struct service *s, struct buf *all)
{
	struct service_witness *w = s->witness;

	if (w->has_timer)
		take_copy(&w->file, all);
	pthread_mutex_lock(&s->small_lock);
	buf_free(&s->checkpoint);
	s->checkpoint = *all;
	s->size = w->size;
	pthread_mutex_unlock(&s->small_lock);
	memset(all, 0, sizeof(*all)); /* handed over */
	w->published = 1;
}

static void
round_begin(struct service_witness *w)
{
	size_t i;

	buf_free(&w->note);
	w->note = w->signed_note;
	memset(&w->signed_note, 0, sizeof(w->signed_note)); /* handed over */
	w->size = w->signed_size;
	w->published = 0;
	w->round++;
	w->deadline = clock_steady_ms() + SERVICE_WITNESS_MS;
	for (i = 0; i < w->n_peers; i++)
		w->peers[i].next = 0;
}

static int
is_due(const struct service_witness *w, const struct buf *all, int more)
{
	return w->published ? more : is_met(w, all) || is_over(w);
}

/*
 * Publish the round's checkpoint if it is time, or again if ${more} lines have
 * come; then go on to what was signed since.
 */
static void
advance(struct service *s, int more)
{
	struct service_witness *w = s->witness;
	struct buf all = { 0 };

	for (;;) {
		cosigned(w, &all);
		if (buf_end(&all) == OK && is_due(w, &all, more))
			publish(s, &all);
		buf_free(&all);
		if (!w->published || w->signed_note.n == 0)
			break;
		round_begin(w);
		more = 0;
	}
	(void)pthread_cond_broadcast(&w->changed);
}

void
service_witness_publish(struct service *s, uint64_t size, struct buf *note)
{
	struct service_witness *w = s->witness;

	pthread_mutex_lock(&w->lock);
	buf_free(&w->signed_note);
	w->signed_note = *note;
	memset(note, 0, sizeof(*note)); /* handed over */
	w->signed_size = size;
	if (w->round == 0)
		round_begin(w);
	advance(s, 0);
	pthread_mutex_unlock(&w->lock);
}

void
service_witness_wait(struct service *s)
{
	struct service_witness *w = s->witness;
	uint64_t until = clock_steady_ms() + WAIT_MS, size;

	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	size = w->signed_size;
	while ((w->size < size || !w->published) && clock_steady_ms() < until &&
	       !atomic_load(&w->stop))
		wait_until(w, until);
	pthread_mutex_unlock(&w->lock);
}

/* --- The thread of a witness ----------------------------------------------*/

/* Does the log in ${store} begin with the tree of ${c}? */
static int
contains(struct store *store, const struct checkpoint *c, uint64_t *size)
{
	struct merkle tree, then = { 0 };
	struct hash root;

	store_tree(store, &tree);
	*size = tree.size;
	if (c->size > tree.size ||
	    merkle_load(&then, c->size, store_node, store) != OK)
		return 0;
	merkle_root(&then, &root);
	return hash_equal(&root, &c->root);
}

static void
fork_say(const struct policy_witness *witness, const struct checkpoint *c,
    uint64_t size, struct why *why)
{
	(void)why_say(why, ERR_STATE,
	    "the witness %s holds a checkpoint of %llu entries with this log's "
	    "signature, which this folder (%llu entries) does not contain: it "
	    "is an old copy, or another server uses the same key. Bring back "
	    "the newest folder; a forked log is refused by everybody",
	    witness->name, (unsigned long long)c->size,
	    (unsigned long long)size);
}

/*
 * A witness that has more than we, or something else, holds a checkpoint with
 * our signature: then this folder is an old copy, or there are two of them, and
 * whatever it appends is a fork.
 */
static void
judge_fork(struct peer *p, struct service_witness_ask *a)
{
	struct service *s = p->s;
	struct service_witness *w = s->witness;
	struct why why = { "" };
	struct checkpoint c;
	uint64_t size;

	if (service_witness_ask_last(a, &c, NULL) != OK ||
	    contains(s->store, &c, &size))
		return;
	fork_say(p->witness, &c, size, &why);
	service_log_halt(s, why.text);
	pthread_mutex_lock(&w->lock);
	w->fork = why;
	pthread_mutex_unlock(&w->lock);
}

static void
failed(struct peer *p, const struct why *why)
{
	if (!p->failing && !atomic_load(&p->s->witness->stop))
		log_event(LOG_WARNING,
		    "a witness does not cosign; casting goes on without it "
		    "witness=\"%s\" cause=\"%s\"",
		    p->witness->name, why->text);
	p->failing = 1;
	p->next = clock_steady_ms() + p->wait;
	p->wait = p->wait * 2 < RETRY_MS_MAX ? p->wait * 2 : RETRY_MS_MAX;
}

static void
answered(struct peer *p, uint64_t round, enum err r, struct buf *line,
    const struct why *why)
{
	struct service_witness *w = p->s->witness;

	p->tried = round;
	if (r != OK) {
		failed(p, why);
	} else {
		if (p->failing)
			log_event(LOG_INFO,
			    "a witness cosigns again witness=\"%s\"",
			    p->witness->name);
		p->failing = 0;
		p->wait = RETRY_MS;
		p->done = p->lined = round;
		buf_free(&p->line);
		p->line = *line;
		memset(line, 0, sizeof(*line)); /* handed over */
	}
	if (round == w->round)
		advance(p->s, r == OK);
	else
		p->next = 0; /* of this round it was not asked yet */
}

/* One try; the lock is held, but not while the network is waited for. */
static void
ask_once(struct peer *p, struct service_witness_ask *a)
{
	struct service_witness *w = p->s->witness;
	struct service_witness_tree t = {
		.size = w->size, .node = store_node, .cookie = p->s->store
	};
	struct buf note = { 0 }, line = { 0 };
	struct why why = { "" };
	uint64_t round = w->round;
	enum err r;

	take_copy(&note, &w->note);
	pthread_mutex_unlock(&w->lock);
	t.note = buf_slice(&note);
	if ((r = buf_end(&note)) == OK)
		r = service_witness_ask(a, &t, &line, &why);
	if (r == ERR_CONFLICT)
		judge_fork(p, a);
	pthread_mutex_lock(&w->lock);
	answered(p, round, r, &line, &why);
	buf_free(&note);
	buf_free(&line);
}

static void *
peer_run(void *cookie)
{
	struct peer *p = cookie;
	struct service_witness *w = p->s->witness;
	struct service_witness_ask a = {
		.witness = p->witness, .log = &p->s->log_key, .stop = &w->stop
	};

	a.fetch = fetch_new();
	pthread_mutex_lock(&w->lock);
	while (!atomic_load(&w->stop) && a.fetch != NULL) {
		if (w->round == 0 || p->done == w->round)
			wait_until(w, UINT64_MAX);
		else if (p->next > clock_steady_ms())
			wait_until(w, p->next);
		else
			ask_once(p, &a);
	}
	pthread_mutex_unlock(&w->lock);
	fetch_free(a.fetch);
	return NULL;
}

/* --- The thread that sees to the time, and writes -------------------------*/

static void *
timer_run(void *cookie)
{
	struct service *s = cookie;
	struct service_witness *w = s->witness;
	struct buf file = { 0 };

	pthread_mutex_lock(&w->lock);
	while (!atomic_load(&w->stop) || w->file.n > 0) {
		if (w->file.n > 0) {
			file = w->file;
			memset(&w->file, 0, sizeof(w->file));
			pthread_mutex_unlock(&w->lock);
			if (durable_put(w->dir, COSIGNED_FILE, 0644,
				buf_slice(&file), NULL) != OK)
				log_event(LOG_WARNING,
				    "the cosigned checkpoint could not be "
				    "written; after a restart the witnesses "
				    "are asked again");
			buf_free(&file);
			pthread_mutex_lock(&w->lock);
			continue;
		}
		if (w->round > 0 && !w->published && is_over(w))
			advance(s, 0);
		else
			wait_until(w, w->round > 0 && !w->published
					  ? w->deadline
					  : UINT64_MAX);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* --- Opening and closing --------------------------------------------------*/

static enum err
read_policy(struct service *s, struct service_witness *w, struct why *why)
{
	struct buf file = { 0 };
	size_t i;
	enum err r;

	r = durable_get(w->dir, POLICY_FILE, POLICY_MAX, &file, why);
	if (r == ERR_NOT_FOUND)
		buf_str(&file, "quorum none\n");
	else if (r != OK)
		goto out;
	if ((r = policy_parse(buf_slice(&file), &w->policy, why)) != OK) {
		why_prefix(why, "%s/" POLICY_FILE ": ", w->dir);
		goto out;
	}
	if (w->policy->n_logs > 0 &&
	    policy_log_of(w->policy, &s->log_key) == NULL) {
		r = why_say(why, ERR_FORMAT,
		    "%s/" POLICY_FILE ": its log lines do not name this log, "
		    "%s; leave them out, and the server adds its own",
		    w->dir, s->log_key.name);
		goto out;
	}
	for (i = 0; i < w->policy->n_witnesses; i++) {
		const char *url = w->policy->witnesses[i].url;

		if (url[0] == '\0' || strncmp(url, "http://", 7) == 0 ||
		    strncmp(url, "https://", 8) == 0)
			continue;
		r = why_say(why, ERR_FORMAT,
		    "%s/" POLICY_FILE ": the URL of the witness %s is not "
		    "http://... or https://...",
		    w->dir, w->policy->witnesses[i].name);
		goto out;
	}
	if (w->policy->n_logs == 0) {
		buf_str(&w->text, "log ");
		note_key_print(&s->log_key, &w->text);
		buf_str(&w->text, "\n");
	}
	buf_put(&w->text, file.p, file.n);
	r = buf_end(&w->text);

out:
	buf_free(&file);
	return r;
}

static enum err
start(struct service *s, struct service_witness *w, struct why *why)
{
	size_t i;

	for (i = 0; i < w->policy->n_witnesses; i++) {
		struct peer *p = &w->peers[w->n_peers];

		if (w->policy->witnesses[i].url[0] == '\0')
			continue;
		p->s = s;
		p->witness = &w->policy->witnesses[i];
		p->wait = RETRY_MS;
		w->n_peers++;
	}
	if (w->n_peers == 0)
		return OK;
	for (i = 0; i < w->n_peers; i++) {
		if (pthread_create(
			&w->peers[i].thread, NULL, peer_run, &w->peers[i]) != 0)
			return why_say(
			    why, ERR_IO, "no thread could be started");
		w->peers[i].started = 1;
	}
	if (pthread_create(&w->timer, NULL, timer_run, s) != 0)
		return why_say(why, ERR_IO, "no thread could be started");
	w->has_timer = 1;
	return OK;
}

enum err
service_witness_open(struct service *s, const char *dir, struct why *why)
{
	struct service_witness *w;
	enum err r;

	if ((w = calloc(1, sizeof(*w))) == NULL)
		return ERR_NOMEM;
	s->witness = w; /* the service frees it */
	pthread_mutex_init(&w->lock, NULL);
	clock_steady_cond(&w->changed);
	if ((w->dir = strdup(dir)) == NULL)
		return ERR_NOMEM;
	if ((r = read_policy(s, w, why)) != OK)
		return r;
	return start(s, w, why);
}

void
service_witness_close(struct service *s)
{
	struct service_witness *w = s->witness;
	size_t i;

	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	atomic_store(&w->stop, 1);
	(void)pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
	for (i = 0; i < w->n_peers; i++) {
		if (w->peers[i].started)
			pthread_join(w->peers[i].thread, NULL);
		buf_free(&w->peers[i].line);
	}
	if (w->has_timer)
		pthread_join(w->timer, NULL);
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
	buf_free(&w->signed_note);
	buf_free(&w->note);
	buf_free(&w->file);
	buf_free(&w->text);
	free(w->policy);
	free(w->dir);
	free(w);
	s->witness = NULL;
}

/* --- A start --------------------------------------------------------------*/

/* The lines that were published before, if the tree is still the same. */
static void
take_kept(struct service *s)
{
	struct service_witness *w = s->witness;
	struct buf kept = { 0 }, line = { 0 };
	int taken = 0;
	size_t i;

	if (durable_get(w->dir, COSIGNED_FILE, NOTE_MAX, &kept, NULL) != OK)
		goto out;
	pthread_mutex_lock(&w->lock);
	/* The log's signature is the same each time: so is the beginning. */
	for (i = 0; i < w->n_peers && kept.n > w->note.n &&
		    memcmp(kept.p, w->note.p, w->note.n) == 0;
	     i++) {
		struct peer *p = &w->peers[i];

		if (p->lined == w->round ||
		    service_witness_ask_line(
			&p->witness->key, buf_slice(&kept), &line) != OK)
			continue;
		p->lined = w->round;
		taken = 1;
		buf_free(&p->line);
		p->line = line;
		memset(&line, 0, sizeof(line)); /* handed over */
	}
	advance(s, taken);
	pthread_mutex_unlock(&w->lock);

out:
	buf_free(&kept);
	buf_free(&line);
}

enum err
service_witness_resume(struct service *s, struct why *why)
{
	struct service_witness *w = s->witness;
	enum err r = OK;

	if (w->n_peers == 0)
		return OK;
	take_kept(s);
	/* Also where enough lines were kept: of an old copy of the folder only
	   the witnesses know. */
	pthread_mutex_lock(&w->lock);
	while (!w->published || !is_over(w))
		wait_until(w, w->deadline);
	if (w->fork.text[0] != '\0')
		r = why_say(why, ERR_STATE, "%s", w->fork.text);
	pthread_mutex_unlock(&w->lock);
	return r;
}

/* --- The policy -----------------------------------------------------------*/

void
service_witness_policy(struct service *s, struct buf *out)
{
	buf_put(out, s->witness->text.p, s->witness->text.n);
}

enum err
service_witness_judge(
    struct service *s, const struct header *h, struct why *why)
{
	const struct policy_witness *w;
	size_t i;

	for (i = 0; i < h->n_witnesses; i++) {
		w = policy_witness_of(s->witness->policy, &h->witnesses[i]);
		if (w != NULL && w->url[0] != '\0')
			continue;
		return why_say(why, ERR_FORBIDDEN,
		    "witnesses.keys[%zu]: this server never asks %s, because "
		    "its policy has no line \"witness NAME VKEY URL\" for it, "
		    "so nobody could ever read the space: add the line to the "
		    "policy file and start the server again",
		    i, h->witnesses[i].name);
	}
	return OK;
}

/* --- The doctor -----------------------------------------------------------*/

static enum err
own_key(struct store *store, const char *dir, struct note_key *out)
{
	struct buf origin = { 0 }, path = { 0 };
	struct keys *keys = NULL;
	enum err r;

	buf_printf(&path, "%s/keys", dir);
	if (buf_text(&path) == NULL)
		r = ERR_NOMEM;
	else if ((r = store_value_get(store, "origin", &origin)) == OK &&
		 (r = keys_open(buf_text(&path), &keys, NULL)) == OK)
		r = buf_text(&origin) == NULL
			? ERR_NOMEM
			: note_key_make(buf_text(&origin), NOTE_ED25519,
			      &keys_log(keys)->pk, out);
	keys_free(keys);
	buf_free(&origin);
	buf_free(&path);
	return r;
}

static unsigned
doctor_ask(struct store *store, struct service_witness_ask *a,
    store_report *report, void *cookie)
{
	struct why why = { "" };
	struct checkpoint c;
	uint64_t size;

	if (service_witness_ask_last(a, &c, &why) != OK) {
		why_prefix(&why, "witness %s: ", a->witness->name);
		report(cookie, 0, why.text);
		return 0;
	}
	if (!contains(store, &c, &size)) {
		fork_say(a->witness, &c, size, &why);
		report(cookie, 1, why.text);
		return 1;
	}
	(void)why_say(&why, OK, "witness %s has cosigned %llu of %llu entries",
	    a->witness->name, (unsigned long long)c.size,
	    (unsigned long long)size);
	report(cookie, 0, why.text);
	return 0;
}

unsigned
service_witness_doctor(
    struct store *store, const char *dir, store_report *report, void *cookie)
{
	struct service_witness_ask a = { 0 };
	struct policy *p = NULL;
	struct buf file = { 0 };
	struct why why = { "" };
	struct note_key log;
	unsigned faults = 0;
	size_t i;
	enum err r;

	r = durable_get(dir, POLICY_FILE, POLICY_MAX, &file, NULL);
	if (r == ERR_NOT_FOUND)
		return 0;
	if (r != OK || policy_parse(buf_slice(&file), &p, &why) != OK ||
	    own_key(store, dir, &log) != OK ||
	    (a.fetch = fetch_new()) == NULL) {
		why_prefix(&why, "%s/" POLICY_FILE " cannot be used: ", dir);
		report(cookie, 1, why.text);
		faults++;
		goto out;
	}
	a.log = &log;
	for (i = 0; i < p->n_witnesses; i++) {
		a.witness = &p->witnesses[i];
		if (a.witness->url[0] != '\0')
			faults += doctor_ask(store, &a, report, cookie);
	}

out:
	fetch_free(a.fetch);
	buf_free(&file);
	free(p);
	return faults;
}
