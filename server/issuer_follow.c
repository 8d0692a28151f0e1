/* Following the log of another server. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "folder.h"
#include "log.h"
#include "mirror.h"
#include "replay.h"

#include "issuer.h"
#include "issuer_follow.h"

#define SOON_MS 5000
#define GAP_NS 50000000L /* between two looks */
#define AGAIN_MS 30000	 /* a log that was refused is judged again */

/* Of an entry that says who is on which roll. */
struct step {
	enum entry_kind kind;
	struct hash space_id;
	struct hash object;
};

struct follow {
	char *url;
	char *dir; /* of the copy */
	struct source *log;
	struct source *copy;
	struct buf key; /* the log's verifier key */

	/* the following thread's */
	struct replay *audit;
	struct buf note;    /* the checkpoint that was found sound last */
	struct buf refused; /* the one that was not */
	uint64_t refused_at;
	struct merkle tree; /* of what was taken in */
	uint32_t records;   /* of the last batch that are still to come */
	int unreachable;

	struct step *steps; /* log_lock */
	size_t n_steps;

	pthread_mutex_t lock; /* the innermost */
	pthread_cond_t wake;
	pthread_cond_t done;
	int asked;
	uint64_t begun; /* looks at the log */
	uint64_t ended;
	uint64_t last; /* when one ended, by clock_steady_ms */
	int ready;
	struct why why; /* while it is not ready */
};

/* --- What is thought of the log -------------------------------------------*/

static void
set_ready(struct follow *f, int ready, const struct why *why)
{
	int news;

	pthread_mutex_lock(&f->lock);
	news = f->ready != ready ||
	       (!ready && strcmp(f->why.text, why->text) != 0);
	f->ready = ready;
	if (ready)
		f->why.text[0] = '\0';
	else
		f->why = *why;
	pthread_mutex_unlock(&f->lock);
	if (news && ready)
		log_event(LOG_INFO, "the log is sound: tokens are issued");
	else if (news)
		log_event(LOG_ERROR,
		    "no token is issued until the log is sound cause=\"%s\"",
		    why->text);
}

/* An issuer that has judged the log goes on while it is out of reach. */
static void
set_unreachable(struct follow *f, const struct why *why)
{
	struct why none = *why;
	int ready;

	if (!f->unreachable)
		log_event(LOG_WARNING,
		    "the log cannot be read: what it said last holds "
		    "cause=\"%s\"",
		    why->text);
	f->unreachable = 1;
	pthread_mutex_lock(&f->lock);
	ready = f->ready || f->note.n > 0;
	pthread_mutex_unlock(&f->lock);
	if (!ready) {
		why_prefix(&none, "the log has not been read yet: ");
		set_ready(f, 0, &none);
	}
}

enum err
issuer_follow_ready(struct service *s, struct why *why)
{
	struct follow *f = s->follow;
	enum err r = OK;

	pthread_mutex_lock(&f->lock);
	if (!f->ready)
		r = why_say(why, ERR_STATE, "%s", f->why.text);
	pthread_mutex_unlock(&f->lock);
	return r;
}

/* --- Taking in what was judged --------------------------------------------*/

enum err
issuer_follow_object(
    struct service *s, const struct hash *hash, struct buf *out)
{
	return source_object(s->follow->copy, hash, out, NULL);
}

enum err
issuer_follow_step(struct service *s, size_t i, struct entry *e)
{
	const struct follow *f = s->follow;

	if (i >= f->n_steps)
		return ERR_NOT_FOUND;
	memset(e, 0, sizeof(*e));
	e->kind = f->steps[i].kind;
	e->space_id = f->steps[i].space_id;
	e->object = f->steps[i].object;
	return OK;
}

static int
moves_roll(enum entry_kind kind)
{
	return kind == ENTRY_HEADER || kind == ENTRY_ROLL_CHANGE ||
	       kind == ENTRY_CLOSE || kind == ENTRY_CANCEL;
}

static enum err
step_keep(struct follow *f, const struct entry *e)
{
	struct step *p;

	p = realloc(f->steps, (f->n_steps + 1) * sizeof(*p));
	if (p == NULL)
		return ERR_NOMEM;
	f->steps = p;
	p[f->n_steps].kind = e->kind;
	p[f->n_steps].space_id = e->space_id;
	p[f->n_steps++].object = e->object;
	return OK;
}

/* Changes that staff had sent here and that are public now. */
static enum err
drop_published(struct service *s, const struct hash *list)
{
	struct buf b = { 0 };
	enum err r;

	r = issuer_follow_object(s, list, &b);
	if (r == OK && b.n > 0)
		r = store_changes_drop(s->store, buf_slice(&b));
	buf_free(&b);
	return r;
}

/* All locks of a writer are held. */
static enum err
take_entry(struct service *s, struct slice bytes, int *moved)
{
	struct follow *f = s->follow;
	struct verdict v = { 0 };
	struct hash leaf, root;
	struct entry e;
	enum err r;

	hash_leaf(bytes, &leaf);
	merkle_append(&f->tree, &leaf);
	if (f->records > 0) {
		f->records--;
		return OK;
	}
	if ((r = entry_parse(bytes, &e)) != OK)
		return r;
	merkle_root(&f->tree, &root);
	if ((r = world_apply(s->world, f->tree.size - 1, &e, &root, &v)) != OK)
		return r;
	if (e.kind == ENTRY_BATCH) {
		f->records = e.count;
		return world_skip(s->world, e.count);
	}
	if (!moves_roll(e.kind))
		return OK;
	*moved = 1;
	if ((r = step_keep(f, &e)) != OK ||
	    (e.kind == ENTRY_ROLL_CHANGE &&
		(r = drop_published(s, &e.object)) != OK))
		return r;
	return e.kind == ENTRY_HEADER ? service_log_tracks(s) : OK;
}

static enum err
renew_live(struct service *s)
{
	struct why why = { { 0 } };
	struct roll *live = NULL;
	enum err r;

	if ((r = service_live_build(s, NULL, &live, &why)) != OK)
		return r;
	service_live_set(s, live);
	return OK;
}

static enum err
take_bundle(
    struct service *s, uint64_t size, const struct slice *entries, size_t n)
{
	size_t i = (size_t)(s->follow->tree.size % TILE_WIDTH), had;
	int moved = 0;
	enum err r = OK;

	pthread_mutex_lock(&s->log_lock);
	pthread_mutex_lock(&s->issue_lock);
	had = s->n_tracks;
	pthread_rwlock_wrlock(&s->world_lock);
	for (; i < n && s->follow->tree.size < size && r == OK; i++)
		r = take_entry(s, entries[i], &moved);
	pthread_rwlock_unlock(&s->world_lock);
	for (; r == OK && had < s->n_tracks; had++)
		r = issuer_arrive(
		    s, world_space(s->world, had), s->tracks[had]);
	if (r == OK && moved)
		r = renew_live(s);
	pthread_mutex_unlock(&s->issue_lock);
	pthread_mutex_unlock(&s->log_lock);
	return r;
}

/* What the copy holds is judged and sound: go on to its end. */
static enum err
take_in(struct service *s, uint64_t size)
{
	struct slice entries[TILE_WIDTH];
	struct follow *f = s->follow;
	enum err r = OK;
	size_t n;

	while (f->tree.size < size && r == OK) {
		struct buf b = { 0 };

		r = source_entries(f->copy, f->tree.size / TILE_WIDTH, size, &b,
		    entries, &n, NULL);
		if (r == OK)
			r = take_bundle(s, size, entries, n);
		buf_free(&b);
	}
	return r;
}

/* --- Judging --------------------------------------------------------------*/

/* Nothing but that witnesses have not cosigned yet. */
static int
awaits_quorum(const struct replay *audit)
{
	size_t i;

	for (i = 0; i < audit->n_broken; i++) {
		if (audit->broken[i].rule != RULE_QUORUM)
			return 0;
	}
	return audit->n_broken > 0;
}

/*
 * ERR_SIGNATURE: ${why} says which rule is broken.  What was judged is not
 * judged again, unless something was wrong with it.
 */
static enum err
judge(struct follow *f, uint64_t *size, struct why *why)
{
	struct replay_options o = { .key = (const char *)f->key.p,
		.threads = 1 };
	const struct verdict *v;
	enum err r;

	if (f->audit == NULL &&
	    (r = replay_open(f->copy, &o, &f->audit, why)) != OK)
		return r;
	if ((r = replay_advance(f->audit, why)) != OK)
		goto out;
	*size = f->audit->checkpoint.size;
	if (f->audit->n_broken > 0) {
		v = &f->audit->broken[0];
		r = why_say(why, ERR_SIGNATURE,
		    "the log breaks rule %d, %s: %s", (int)v->rule,
		    rule_of(v->rule)->name, v->why.text);
	}

out:
	if (r != OK && !awaits_quorum(f->audit)) {
		replay_free(f->audit);
		f->audit = NULL;
	}
	return r;
}

/* The copy is as the log was; judge it and take it in. */
static void
judge_copy(struct service *s)
{
	struct follow *f = s->follow;
	struct why why = { { 0 } };
	struct buf note = { 0 };
	uint64_t size = 0;
	enum err r;

	r = source_get(f->copy, "log/checkpoint", NOTE_MAX, &note, &why);
	if (r == OK && (r = judge(f, &size, &why)) == OK &&
	    (r = take_in(s, size)) != OK)
		service_log_halt(s, "what the log says could not be taken in");
	if (r == OK) {
		buf_free(&f->note);
		f->note = note;
		memset(&note, 0, sizeof(note)); /* handed over */
		set_ready(f, 1, NULL);
	} else if (r == ERR_SIGNATURE) {
		set_ready(f, 0, &why);
	} else {
		set_unreachable(f, &why);
	}
	buf_free(&note);
}

static void
look(struct service *s)
{
	struct follow *f = s->follow;
	struct mirror_count count;
	struct why why = { { 0 } };
	struct buf note = { 0 };
	enum err r;

	r = source_get(f->log, "log/checkpoint", NOTE_MAX, &note, &why);
	if (r != OK) {
		set_unreachable(f, &why);
		goto out;
	}
	if (f->note.n > 0 &&
	    slice_equal(buf_slice(&note), buf_slice(&f->note))) {
		f->unreachable = 0;
		set_ready(f, 1, NULL);
		goto out;
	}
	if (f->refused.n > 0 && clock_steady_ms() - f->refused_at < AGAIN_MS &&
	    slice_equal(buf_slice(&note), buf_slice(&f->refused)))
		goto out;
	r = mirror_log(f->log, f->dir, &count, &why);
	if (r == ERR_CONFLICT || r == ERR_SIGNATURE || r == ERR_FORMAT) {
		set_ready(f, 0, &why);
	} else if (r != OK) {
		set_unreachable(f, &why);
	} else {
		f->unreachable = 0;
		judge_copy(s);
	}
	buf_free(&f->refused);
	if (issuer_follow_ready(s, NULL) != OK && r != ERR_IO) {
		f->refused = note;
		f->refused_at = clock_steady_ms();
		memset(&note, 0, sizeof(note)); /* handed over */
	}

out:
	buf_free(&note);
}

/* --- Looking again and again ----------------------------------------------*/

void
issuer_follow_round(struct service *s)
{
	struct follow *f = s->follow;

	pthread_mutex_lock(&f->lock);
	f->begun++;
	f->asked = 0;
	pthread_mutex_unlock(&f->lock);
	if (!atomic_load(&s->halted))
		look(s);
	pthread_mutex_lock(&f->lock);
	f->ended++;
	f->last = clock_steady_ms();
	pthread_cond_broadcast(&f->done);
	pthread_mutex_unlock(&f->lock);
}

void
issuer_follow_wait(struct follow *f, long ms)
{
	const struct timespec gap = { 0, GAP_NS };
	uint64_t at = clock_steady_ms() + (uint64_t)ms;

	/* Whoever asks for keys that do not exist must not make this thread,
	   and the log's server, do nothing else. */
	(void)nanosleep(&gap, NULL);
	pthread_mutex_lock(&f->lock);
	if (!f->asked)
		(void)clock_steady_wait(&f->wake, &f->lock, at);
	pthread_mutex_unlock(&f->lock);
}

void
issuer_follow_wake(struct follow *f)
{
	pthread_mutex_lock(&f->lock);
	f->asked = 1;
	pthread_cond_signal(&f->wake);
	pthread_mutex_unlock(&f->lock);
}

void
issuer_follow_soon(struct service *s)
{
	uint64_t at = clock_steady_ms() + SOON_MS;
	struct follow *f = s->follow;
	uint64_t mine;

	pthread_mutex_lock(&f->lock);
	mine = f->begun + 1;
	f->asked = 1;
	pthread_cond_signal(&f->wake);
	while (f->ended < mine) {
		if (clock_steady_wait(&f->done, &f->lock, at) != 0)
			break;
	}
	pthread_mutex_unlock(&f->lock);
}

/* --- The beginning --------------------------------------------------------*/

static enum err
follow_make(const struct service *s, const char *dir, const char *url,
    struct follow *f, struct why *why)
{
	struct buf path = { 0 };
	enum err r = ERR_NOMEM;

	buf_printf(&path, "%s/" ISSUER_FOLLOW_MIRROR, dir);
	note_key_print(&s->log_key, &f->key);
	if (buf_text(&path) == NULL || buf_text(&f->key) == NULL ||
	    (f->dir = strdup((const char *)path.p)) == NULL ||
	    (f->url = strdup(url)) == NULL)
		goto out;
	if ((r = source_open(f->dir, &f->copy, why)) == OK)
		r = source_open(url, &f->log, why);

out:
	buf_free(&path);
	return r;
}

enum err
issuer_follow_open(
    struct service *s, const char *dir, const char *url, struct why *why)
{
	struct follow *f;
	enum err r;

	if ((f = calloc(1, sizeof(*f))) == NULL)
		return ERR_NOMEM;
	pthread_mutex_init(&f->lock, NULL);
	clock_steady_cond(&f->wake);
	clock_steady_cond(&f->done);
	s->follow = f;
	if ((r = follow_make(s, dir, url, f, why)) != OK)
		return r;
	if (folder_has(f->dir, "log/checkpoint"))
		judge_copy(s);
	issuer_follow_round(s);
	return OK;
}

void
issuer_follow_free(struct follow *f)
{
	if (f == NULL)
		return;
	replay_free(f->audit);
	source_free(f->log);
	source_free(f->copy);
	buf_free(&f->key);
	buf_free(&f->note);
	buf_free(&f->refused);
	free(f->steps);
	free(f->url);
	free(f->dir);
	pthread_cond_destroy(&f->done);
	pthread_cond_destroy(&f->wake);
	pthread_mutex_destroy(&f->lock);
	free(f);
}
