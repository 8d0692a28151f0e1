/* Opening a data folder, and closing it. */
#include <stdlib.h>
#include <string.h>

#include "log.h"

#include "issuer.h"
#include "issuer_follow.h"
#include "service_issuers.h"
#include "service_impl.h"
#include "service_witness.h"

/* --- What the folder says -------------------------------------------------*/

static char *
joined(const char *dir, const char *name)
{
	struct buf b = { 0 };
	char *p = NULL;

	buf_printf(&b, "%s/%s", dir, name);
	if (buf_text(&b) != NULL)
		p = strdup((const char *)b.p);
	buf_free(&b);
	return p;
}

static enum err
value(struct service *s, const char *name, char **out)
{
	struct buf b = { 0 };
	enum err r;

	if ((r = store_value_get(s->store, name, &b)) == OK &&
	    (buf_text(&b) == NULL ||
		(*out = strdup((const char *)b.p)) == NULL))
		r = ERR_NOMEM;
	buf_free(&b);
	return r;
}

/* What the folder was made for. */
static enum err
check_kind(struct service *s, const struct service_options *o, struct why *why)
{
	char *url = NULL;
	enum err r;

	r = value(s, "log-url", &url);
	free(url);
	if (r == OK && !o->issuer)
		return why_say(why, ERR_STATE,
		    "%s is the folder of an issuer of another server's log: "
		    "start it with --issuer-only",
		    o->dir);
	if (r == ERR_NOT_FOUND && o->issuer)
		return why_say(why, ERR_STATE,
		    "%s is not the folder of an issuer, or was not finished: "
		    "`partecipa init --issuer-only` makes one",
		    o->dir);
	return r == ERR_NOT_FOUND ? OK : r;
}

static enum err
open_issuer_keys(struct service *s, const char *dir, struct why *why)
{
	char *path = joined(dir, "keys"), *key = NULL;
	enum err r = ERR_NOMEM;

	if (path != NULL && (r = keys_open_issuer(path, &s->keys, why)) == OK &&
	    (r = value(s, "host", &s->host)) == OK &&
	    (r = value(s, "log-key", &key)) == OK)
		r = note_key_parse(slice_str(key), &s->log_key);
	free(path);
	free(key);
	return r;
}

static enum err
open_keys(struct service *s, const char *dir, struct why *why)
{
	char *path = joined(dir, "keys"), *origin = NULL;
	enum err r = ERR_NOMEM;

	if (path == NULL || (r = keys_open(path, &s->keys, why)) != OK)
		goto out;
	if ((r = value(s, "host", &s->host)) != OK ||
	    (r = value(s, "origin", &origin)) != OK) {
		r = why_say(why, r,
		    "%s: the folder was not finished by init; make it anew",
		    dir);
		goto out;
	}
	r = note_key_make(
	    origin, NOTE_ED25519, &keys_log(s->keys)->pk, &s->log_key);

out:
	free(path);
	free(origin);
	return r;
}

/* --- Replay ---------------------------------------------------------------*/

/* The root of the first ${size} entries. */
static enum err
root_at(struct service *s, uint64_t size, struct hash *out)
{
	struct merkle m;
	enum err r;

	if ((r = merkle_load(&m, size, store_node, s->store)) == OK)
		merkle_root(&m, out);
	return r;
}

static enum err
replay_entry(struct service *s, uint64_t index, struct slice bytes,
    struct hash *changes, struct why *why)
{
	struct verdict v = { 0 };
	struct hash root;
	struct entry e;
	enum err r;

	if ((r = entry_parse(bytes, &e)) != OK)
		return r;
	if (e.kind == ENTRY_CLOSE && (r = root_at(s, index + 1, &root)) != OK)
		return r;
	r = world_apply(
	    s->world, index, &e, e.kind == ENTRY_CLOSE ? &root : NULL, &v);
	if (r == OK && e.kind == ENTRY_BATCH)
		r = world_skip(s->world, e.count);
	if (r == OK && e.kind == ENTRY_ROLL_CHANGE)
		*changes = e.object;
	if (r == OK)
		r = service_log_taken(s, index, &e);
	if (r != ERR_SIGNATURE)
		return r;
	return why_say(why, ERR_STATE,
	    "entry %llu of the log breaks rule %d, %s: %s. The folder is "
	    "damaged; `partecipa doctor` says where",
	    (unsigned long long)index, (int)v.rule,
	    v.rule == RULE_NONE ? "-" : rule_of(v.rule)->name, v.why.text);
}

/* A crash may have come between a list's entry and dropping what it lists. */
static enum err
drop_published(struct service *s, const struct hash *changes)
{
	struct buf list = { 0 };
	enum err r;

	if (hash_is_zero(changes))
		return OK;
	if ((r = store_object_get(s->store, changes, &list)) == OK &&
	    list.n > 0)
		r = store_changes_drop(s->store, buf_slice(&list));
	buf_free(&list);
	return r;
}

/*
 * Records need not be read: their batches say how many there are, and what they
 * say was judged when they came.
 */
static enum err
replay(struct service *s, struct why *why)
{
	struct hash changes = { { 0 } };
	uint64_t index = 0;
	enum err r;

	r = world_new(&s->log_key, service_log_object, s, &s->world);
	if (r != OK)
		return r;
	world_trust(s->world, 1);
	for (;; index++) {
		struct buf b = { 0 };

		r = store_special(s->store, index, &index);
		if (r == ERR_NOT_FOUND)
			break;
		if (r == OK && (r = store_entry(s->store, index, &b)) == OK)
			r = replay_entry(
			    s, index, buf_slice(&b), &changes, why);
		buf_free(&b);
		if (r != OK)
			return r;
	}
	world_trust(s->world, 0);
	if (world_origin(s->world) == NULL)
		return why_say(why, ERR_STATE,
		    "the log has no genesis: the folder was not finished by "
		    "init; make it anew");
	if ((r = service_log_tracks(s)) != OK ||
	    (r = drop_published(s, &changes)) != OK)
		return r;
	memcpy(s->receipt_name, world_receipt_key(s->world)->name,
	    sizeof(s->receipt_name));
	return service_live_build(s, NULL, &s->live, why);
}

/* --- An older store is refused --------------------------------------------*/

static enum err
check_signed(struct service *s, const char *path, uint64_t size,
    const struct hash *root, struct why *why)
{
	struct merkle tree;
	struct hash own;
	enum err r;

	store_tree(s->store, &tree);
	if (tree.size < size)
		return why_say(why, ERR_STATE,
		    "this folder holds %llu entries, but a tree of %llu was "
		    "signed (%s): it is an old copy. Bring back the newest "
		    "one; "
		    "a log that loses entries is refused by everybody",
		    (unsigned long long)tree.size, (unsigned long long)size,
		    path);
	if ((r = root_at(s, size, &own)) != OK)
		return r;
	if (!hash_equal(&own, root))
		return why_say(why, ERR_STATE,
		    "the first %llu entries of this folder are not those that "
		    "were signed (%s): it is another log, or it was altered. "
		    "Bring back the folder that belongs to that file",
		    (unsigned long long)size, path);
	return OK;
}

static enum err
is_missing(const char *path, struct why *why)
{
	return why_say(why, ERR_STATE,
	    "%s is missing: it remembers the tree that was signed last, and "
	    "without it nobody can tell whether this folder is an old copy. "
	    "Bring it back, or say with --state where it is",
	    path);
}

/*
 * A file elsewhere begins as a copy of the one in the folder, once; from then
 * on it must be there, since the folder may come back from an old backup.
 */
static enum err
check_state(struct service *s, const struct service_options *o, const char *own,
    struct why *why)
{
	char *elsewhere = NULL;
	struct hash root;
	uint64_t size;
	enum err r;

	r = value(s, "state-elsewhere", &elsewhere);
	if (r != OK && r != ERR_NOT_FOUND)
		goto out;
	r = store_state_get(s->state_path, &size, &root, why);
	if (r == ERR_NOT_FOUND && o->state != NULL && elsewhere == NULL)
		r = store_state_get(own, &size, &root, why);
	if (r == ERR_NOT_FOUND)
		r = is_missing(s->state_path, why);
	if (r == OK &&
	    (r = check_signed(s, s->state_path, size, &root, why)) == OK &&
	    o->state != NULL && elsewhere == NULL)
		r = store_value_put(
		    s->store, "state-elsewhere", slice_str(o->state));

out:
	free(elsewhere);
	return r;
}

/* --- Token keys -----------------------------------------------------------*/

/* A space that still issues cannot do without its keys. */
static enum err
check_keys(struct service *s, const struct space *sp, struct why *why)
{
	size_t issuer = s->tracks[sp->no]->here;
	unsigned p;

	for (p = 1; issuer < RECORD_ISSUERS_MAX && p <= PURPOSE_MAX; p++) {
		if (!header_has_purpose(sp->header->kind, p) || sp->cancelled ||
		    sp->ledgers[issuer][p].present)
			continue;
		if (keys_token_is(s->keys, sp->header->slug, p,
			sp->header->issuers[issuer].keys[p].spki) != OK)
			return why_say(why, ERR_STATE,
			    "keys/token-%s-%s.pk8 is missing or another key: "
			    "bring back the key of this space",
			    sp->header->slug, purpose_name(p));
	}
	return OK;
}

static enum err
reserve_keys(struct service *s, struct why *why)
{
	struct buf name = { 0 };
	struct space *sp;
	char *text;
	size_t i;
	enum err r = OK;

	for (i = 0; i < s->n_tracks && r == OK; i++) {
		sp = world_space(s->world, i);
		if ((r = check_keys(s, sp, why)) != OK)
			break;
		buf_printf(&name, "forgotten-%zu", i);
		if (buf_text(&name) == NULL)
			return ERR_NOMEM;
		text = NULL;
		r = value(s, (const char *)name.p, &text);
		s->tracks[i]->forgotten = r == OK;
		free(text);
		buf_free(&name);
		if (r == ERR_NOT_FOUND)
			r = service_issue_keys_add(s, sp, s->tracks[i]);
	}
	return r;
}

/* --- Opening and closing --------------------------------------------------*/

static void
locks_init(struct service *s)
{
	pthread_mutex_init(&s->ballots_lock, NULL);
	pthread_mutex_init(&s->opening_lock, NULL);
	pthread_mutex_init(&s->relay_lock, NULL);
	pthread_mutex_init(&s->log_lock, NULL);
	clock_steady_cond(&s->wake);
	pthread_mutex_init(&s->issue_lock, NULL);
	pthread_mutex_init(&s->cast_lock, NULL);
	pthread_mutex_init(&s->factor_lock, NULL);
	pthread_rwlock_init(&s->live_lock, NULL);
	pthread_rwlock_init(&s->world_lock, NULL);
	pthread_mutex_init(&s->small_lock, NULL);
}

static void
locks_destroy(struct service *s)
{
	pthread_mutex_destroy(&s->small_lock);
	pthread_rwlock_destroy(&s->world_lock);
	pthread_rwlock_destroy(&s->live_lock);
	pthread_mutex_destroy(&s->factor_lock);
	pthread_mutex_destroy(&s->cast_lock);
	pthread_mutex_destroy(&s->issue_lock);
	pthread_cond_destroy(&s->wake);
	pthread_mutex_destroy(&s->log_lock);
	pthread_mutex_destroy(&s->relay_lock);
	pthread_mutex_destroy(&s->ballots_lock);
	pthread_mutex_destroy(&s->opening_lock);
}

static enum err
start_threads(struct service *s, struct why *why)
{
	enum err r;

	if ((r = group_new(
		 service_cast_commit, s, SERVICE_GROUP_MAX, &s->casts)) != OK ||
	    (r = group_new(
		 service_issue_commit, s, SERVICE_GROUP_MAX, &s->asks)) != OK)
		return why_say(why, r, "no thread could be started");
	if (pthread_create(&s->sequencer, NULL,
		s->follow != NULL ? issuer_run : service_sequence_run, s) != 0)
		return why_say(why, ERR_IO, "no thread could be started");
	s->has_sequencer = 1;
	if (s->follow != NULL)
		return OK;
	if (pthread_create(&s->asker, NULL, service_issuers_run, s) != 0)
		return why_say(why, ERR_IO, "no thread could be started");
	s->has_asker = 1;
	return OK;
}

static enum err
open_clock(struct service *s, const struct service_options *o, struct why *why)
{
	if (o->clock != NULL && !world_is_rehearsal(s->world))
		return why_say(why, ERR_FORBIDDEN,
		    "this log is no rehearsal: it has no clock but the "
		    "system's");
	return clock_new(o->clock, &s->clock, why);
}

static enum err
open_log(struct service *s, const struct service_options *o, const char *own,
    struct why *why)
{
	struct merkle tree;
	enum err r;

	if ((r = open_keys(s, o->dir, why)) != OK ||
	    (r = check_state(s, o, own, why)) != OK ||
	    (r = replay(s, why)) != OK || (r = open_clock(s, o, why)) != OK ||
	    (r = reserve_keys(s, why)) != OK)
		return r;
	/* The second half of what a crash may have cut: waiting records that
	   are in the log already, and the checkpoint of the last entries. */
	service_ceremony_tidy(s);
	store_tree(s->store, &tree);
	if ((r = store_settle(s->store)) != OK ||
	    (r = service_witness_open(s, o->dir, why)) != OK ||
	    (r = service_log_publish(s, &tree)) != OK)
		return r;
	return service_witness_resume(s, why);
}

enum err
service_open(
    const struct service_options *o, struct service **out, struct why *why)
{
	char *own = joined(o->dir, "state");
	struct service *s;
	enum err r = ERR_NOMEM;

	if ((s = calloc(1, sizeof(*s))) == NULL) {
		free(own);
		return ERR_NOMEM;
	}
	locks_init(s);
	if (own == NULL ||
	    (s->state_path = strdup(o->state != NULL ? o->state : own)) == NULL)
		goto out;
	if ((r = store_open(o->dir, 0, &s->store, why)) != OK ||
	    (r = check_kind(s, o, why)) != OK)
		goto out;
	if (!o->issuer)
		r = open_log(s, o, own, why);
	else if ((r = open_issuer_keys(s, o->dir, why)) == OK)
		r = issuer_open(s, o->dir, o->clock, why);
	if (r != OK || (r = start_threads(s, why)) != OK)
		goto out;
	*out = s;
	s = NULL; /* handed over */

out:
	if (r != OK && why != NULL && why->text[0] == '\0')
		(void)why_say(why, r, "%s: %s", o->dir, err_str(r));
	free(own);
	service_close(s);
	return r;
}

void
service_close(struct service *s)
{
	size_t i;

	if (s == NULL)
		return;
	atomic_store(&s->asker_stop, 1);
	if (s->has_asker)
		pthread_join(s->asker, NULL);
	if (s->has_sequencer) {
		pthread_mutex_lock(&s->log_lock);
		s->stop = 1;
		pthread_cond_signal(&s->wake);
		pthread_mutex_unlock(&s->log_lock);
		if (s->follow != NULL)
			issuer_follow_wake(s->follow);
		pthread_join(s->sequencer, NULL);
	}
	group_free(s->casts);
	group_free(s->asks);
	service_witness_close(s);
	/* A folder at rest tells no order either, in the middle of a window;
	   what cannot be written anew now is at the next start. */
	if (s->has_sequencer &&
	    (store_settle(s->store) != OK || store_issue_tidy(s->store) != OK))
		log_event(LOG_WARNING,
		    "the waiting records could not be written in order");
	for (i = 0; i < s->n_tracks; i++) {
		buf_free(&s->tracks[i]->ballots);
		free(s->tracks[i]->others);
		free(s->tracks[i]);
	}
	free(s->tracks);
	issuer_follow_free(s->follow);
	free(s->bundles);
	for (i = 0; i < SERVICE_KEPT_PAGES; i++)
		buf_free(&s->kept[i].page);
	unseal_free(s->unsealing.ballots);
	roll_free(s->live);
	world_free(s->world);
	keys_free(s->keys);
	store_close(s->store);
	clock_free(s->clock);
	buf_free(&s->checkpoint);
	free(s->state_path);
	free(s->host);
	locks_destroy(s);
	free(s);
}
