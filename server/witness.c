#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hash.h"
#include "hex.h"
#include "text.h"
#include "wipe.h"
#include "witness_request.h"

#include "clock.h"
#include "durable.h"
#include "log.h"

#include "witness.h"

#define KEY_FILE "witness.key"
#define VKEY_FILE "witness.vkey"
#define LOGS_FILE "logs"
#define LOGS_BYTES 65536
#define SEED_LINE (2 * SEED_BYTES + 1) /* hex and a newline */
#define FILE_BYTES (2 * HASH_BYTES + 16)
#define PATH_BYTES 4096

struct log {
	struct note_key key;
	struct hash id;
	uint64_t size; /* 0 before anything was cosigned */
	struct hash root;
	struct buf note; /* cosigned last; empty: none */
};

struct witness {
	char *dir;
	int lock_file;
	struct clock *clock;
	struct sign_key key;
	struct note_key vkey;
	pthread_mutex_t lock; /* check and store are one step */
	size_t n_logs;
	struct log logs[WITNESS_LOGS_MAX];
};

/* --- A new one ------------------------------------------------------------*/

static enum err
key_make(
    const char *dir, const char *name, struct note_key *vkey, struct why *why)
{
	uint8_t seed[SEED_BYTES];
	char line[SEED_LINE + 1];
	struct sign_key k;
	enum err r;

	sign_key_random(&k);
	sign_key_seed(&k, seed);
	hex_encode(slice_of(seed, sizeof(seed)), line);
	line[SEED_LINE - 1] = '\n';
	r = note_key_make(name, NOTE_COSIGNATURE, &k.pk, vkey);
	if (r == OK)
		r = durable_put(
		    dir, KEY_FILE, 0600, slice_of(line, SEED_LINE), why);
	wipe(&k, sizeof(k));
	wipe(seed, sizeof(seed));
	wipe(line, sizeof(line));
	return r;
}

enum err
witness_init(
    const char *dir, const char *name, struct buf *vkey, struct why *why)
{
	struct buf b = { 0 };
	struct note_key k;
	enum err r;

	if (note_name_check(slice_str(name)) != OK)
		return why_say(why, ERR_FORMAT,
		    "the name \"%s\" of the witness is empty, too long, or has "
		    "a blank or a plus sign",
		    name);
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return why_say(why, ERR_IO, "%s: %s", dir, strerror(errno));
	r = durable_get(dir, KEY_FILE, SEED_LINE, &b, NULL);
	buf_free(&b);
	if (r != ERR_NOT_FOUND)
		return why_say(why, ERR_CONFLICT,
		    "%s holds a witness already: take another folder", dir);
	if ((r = key_make(dir, name, &k, why)) != OK)
		return r;
	note_key_print(&k, &b);
	buf_put(vkey, b.p, b.n);
	buf_str(&b, "\n");
	if ((r = buf_end(&b)) == OK && (r = buf_end(vkey)) == OK)
		r = durable_put(dir, VKEY_FILE, 0644, buf_slice(&b), why);
	buf_free(&b);
	return r;
}

/* --- Opening --------------------------------------------------------------*/

static enum err
lock_folder(struct witness *w, struct why *why)
{
	char path[PATH_BYTES];

	(void)snprintf(path, sizeof(path), "%.4000s/lock", w->dir);
	w->lock_file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (w->lock_file < 0)
		return why_say(why, ERR_IO, "%s: %s", path, strerror(errno));
	if (flock(w->lock_file, LOCK_EX | LOCK_NB) != 0)
		return why_say(why, ERR_CONFLICT,
		    "%s: another process serves this witness; stop it first",
		    w->dir);
	return OK;
}

static enum err
read_keys(struct witness *w, struct why *why)
{
	uint8_t seed[SEED_BYTES] = { 0 };
	struct buf key = { 0 }, vkey = { 0 };
	enum err r;

	if ((r = durable_get(w->dir, KEY_FILE, SEED_LINE, &key, why)) != OK ||
	    (r = durable_get(w->dir, VKEY_FILE, 1024, &vkey, why)) != OK) {
		if (r == ERR_NOT_FOUND)
			(void)why_say(why, r,
			    "%s holds no witness: make one with partecipa init "
			    "--witness-only",
			    w->dir);
		goto out;
	}
	if (key.n != SEED_LINE || key.p[SEED_LINE - 1] != '\n' ||
	    hex_decode(slice_of(key.p, SEED_LINE - 1), seed, SEED_BYTES) !=
		OK) {
		r = why_say(why, ERR_FORMAT,
		    "%s/" KEY_FILE ": not 64 lower-case hex digits and a "
		    "newline",
		    w->dir);
		goto out;
	}
	sign_key_from_seed(seed, &w->key);
	if (vkey.n == 0 || vkey.p[vkey.n - 1] != '\n' ||
	    note_key_parse(slice_of(vkey.p, vkey.n - 1), &w->vkey) != OK ||
	    w->vkey.type != NOTE_COSIGNATURE ||
	    public_key_cmp(&w->vkey.pk, &w->key.pk) != 0)
		r = why_say(why, ERR_FORMAT,
		    "%s/" VKEY_FILE ": not the verifier key of " KEY_FILE,
		    w->dir);

out:
	wipe(seed, sizeof(seed));
	buf_free(&key);
	buf_free(&vkey);
	return r;
}

static void
file_name(const struct log *l, const char *end, char out[static FILE_BYTES])
{
	hex_encode(hash_slice(&l->id), out);
	(void)snprintf(out + 2 * HASH_BYTES, 16, "%s", end);
}

/* What was cosigned last, by its own file. */
static enum err
read_state(struct witness *w, struct log *l, struct why *why)
{
	char name[FILE_BYTES];
	struct checkpoint c;
	struct note note;
	enum err r;

	file_name(l, ".checkpoint", name);
	r = durable_get(w->dir, name, NOTE_MAX, &l->note, why);
	if (r == ERR_NOT_FOUND)
		return OK;
	if (r != OK)
		return r;
	if (checkpoint_open(buf_slice(&l->note), &l->key, &note, &c) != OK ||
	    note_cosigned(&note, &w->vkey, NULL) != OK)
		return why_say(why, ERR_STATE,
		    "%s/%s is not a checkpoint of %s that this witness "
		    "cosigned: bring the file back as it was; whoever cannot "
		    "must begin with another key",
		    w->dir, name, l->key.name);
	l->size = c.size;
	l->root = c.root;
	return OK;
}

static enum err
add_log(struct witness *w, struct slice vkey, struct why *why)
{
	struct log *l = &w->logs[w->n_logs];
	size_t i;

	if (w->n_logs == WITNESS_LOGS_MAX)
		return why_say(why, ERR_LIMIT,
		    "a witness serves at most %d "
		    "logs",
		    WITNESS_LOGS_MAX);
	memset(l, 0, sizeof(*l));
	if (note_key_parse(vkey, &l->key) != OK || l->key.type != NOTE_ED25519)
		return why_say(why, ERR_FORMAT,
		    "\"%.*s\" is not the verifier key of a log "
		    "(GET /log/key of the log)",
		    vkey.n > 300 ? 300 : (int)vkey.n, (const char *)vkey.p);
	hash_bytes(slice_str(l->key.name), &l->id);
	for (i = 0; i < w->n_logs; i++) {
		if (!hash_equal(&w->logs[i].id, &l->id))
			continue;
		if (public_key_cmp(&w->logs[i].key.pk, &l->key.pk) == 0)
			return OK;
		return why_say(why, ERR_CONFLICT,
		    "the log %s is given with two keys", l->key.name);
	}
	w->n_logs++; /* also to be freed, if what follows fails */
	return read_state(w, l, why);
}

static enum err
read_logs(struct witness *w, const struct witness_options *o, struct why *why)
{
	struct buf b = { 0 };
	struct cursor c;
	struct slice line;
	unsigned no = 0;
	size_t i;
	enum err r;

	r = durable_get(w->dir, LOGS_FILE, LOGS_BYTES, &b, why);
	if (r == ERR_NOT_FOUND)
		r = OK;
	c = cursor_of(buf_slice(&b));
	while (r == OK && c.n > 0) {
		line = text_line(&c);
		no++;
		if (c.bad)
			r = why_say(why, ERR_FORMAT,
			    "the last line has no newline at its end");
		else if (line.n > 0 && line.p[0] != '#')
			r = add_log(w, line, why);
		if (r != OK)
			why_prefix(why, "%s/" LOGS_FILE ":%u: ", w->dir, no);
	}
	for (i = 0; r == OK && i < o->n_logs; i++)
		r = add_log(w, slice_str(o->logs[i]), why);
	if (r == OK && w->n_logs == 0)
		r = why_say(why, ERR_NOT_FOUND,
		    "no log to witness: name one with --log VKEY, or write "
		    "its key into %s/" LOGS_FILE,
		    w->dir);
	buf_free(&b);
	return r;
}

enum err
witness_open(
    const struct witness_options *o, struct witness **out, struct why *why)
{
	struct witness *w;
	enum err r = ERR_NOMEM;

	if ((w = calloc(1, sizeof(*w))) == NULL)
		return ERR_NOMEM;
	w->lock_file = -1;
	pthread_mutex_init(&w->lock, NULL);
	if ((w->dir = strdup(o->dir)) == NULL ||
	    (r = read_keys(w, why)) != OK || (r = lock_folder(w, why)) != OK ||
	    (r = read_logs(w, o, why)) != OK ||
	    (r = clock_new(NULL, &w->clock, why)) != OK)
		goto out;
	*out = w;
	w = NULL; /* handed over */

out:
	witness_close(w);
	return r;
}

void
witness_close(struct witness *w)
{
	size_t i;

	if (w == NULL)
		return;
	for (i = 0; i < w->n_logs; i++)
		buf_free(&w->logs[i].note);
	clock_free(w->clock);
	if (w->lock_file >= 0)
		(void)close(w->lock_file);
	pthread_mutex_destroy(&w->lock);
	free(w->dir);
	wipe(w, sizeof(*w));
	free(w);
}

const struct note_key *
witness_key(const struct witness *w)
{
	return &w->vkey;
}

size_t
witness_logs(const struct witness *w)
{
	return w->n_logs;
}

/* --- Cosigning ------------------------------------------------------------*/

/* A request on its way. */
struct adding {
	struct witness *w;
	struct log *l;
	struct witness_request q;
	struct note note;
	struct checkpoint c;
	struct buf *out;
};

static enum witness_status
say(struct adding *a, enum witness_status status, const char *sentence)
{
	buf_str(a->out, sentence);
	return status;
}

static struct log *
log_find(struct witness *w, const char *origin)
{
	size_t i;

	for (i = 0; i < w->n_logs; i++)
		if (strcmp(w->logs[i].key.name, origin) == 0)
			return &w->logs[i];
	return NULL;
}

/* Two checkpoints of one size that the log signed: kept, for it denies it. */
static void
keep_fork(struct adding *a)
{
	char name[FILE_BYTES];
	struct buf b = { 0 };

	log_event(LOG_ERROR,
	    "the log has signed two trees of one size origin=\"%s\" "
	    "size=%llu",
	    a->c.origin, (unsigned long long)a->c.size);
	file_name(a->l, ".fork", name);
	if (durable_get(a->w->dir, name, NOTE_MAX, &b, NULL) == ERR_NOT_FOUND &&
	    durable_put(a->w->dir, name, 0644, a->q.note, NULL) != OK)
		log_event(LOG_ERROR, "the proof of it could not be stored");
	buf_free(&b);
}

/* Does the checkpoint continue what was cosigned? */
static enum witness_status
judge(struct adding *a)
{
	const struct merkle_proof *proof = &a->q.proof;
	const struct log *l = a->l;
	struct hash empty;

	if (a->q.old > a->c.size)
		return say(a, WITNESS_MALFORMED,
		    "the old size is above that of the checkpoint");
	if (a->q.old != l->size) {
		buf_printf(a->out, "%llu\n", (unsigned long long)l->size);
		return WITNESS_CONFLICT;
	}
	hash_empty(&empty);
	if (a->c.size == 0 && !hash_equal(&a->c.root, &empty))
		return say(a, WITNESS_NO_PROOF,
		    "a tree without leaves has another root");
	if (a->c.size == l->size && l->size > 0 &&
	    !hash_equal(&a->c.root, &l->root)) {
		keep_fork(a);
		return say(a, WITNESS_NO_PROOF,
		    "another tree of this size was cosigned: the log is "
		    "forked");
	}
	if (a->q.old == 0 || a->q.old == a->c.size)
		return proof->n == 0
			   ? WITNESS_OK
			   : say(a, WITNESS_NO_PROOF,
				 "no proof is needed, so it must be empty");
	if (merkle_verify_consistency(
		a->q.old, a->c.size, proof, &l->root, &a->c.root) != OK)
		return say(a, WITNESS_NO_PROOF,
		    "the consistency proof does not verify");
	return WITNESS_OK;
}

/* The log's own signature lines of the note, as they were sent. */
static void
own_lines(const struct adding *a, struct buf *b)
{
	size_t head = a->note.text.n + 1, i;
	struct cursor c =
	    cursor_of(slice_of(a->q.note.p + head, a->q.note.n - head));

	for (i = 0; i < a->note.n_sigs; i++) {
		const struct note_sig *sig = &a->note.sigs[i];
		struct slice line = text_line(&c);

		if (sig->id != a->l->key.id ||
		    !slice_equal(sig->name, slice_str(a->l->key.name)))
			continue;
		buf_put(b, line.p, line.n);
		buf_str(b, "\n");
	}
}

/* Sign, store, and only then answer. */
static enum witness_status
cosign(struct adding *a)
{
	struct buf line = { 0 }, file = { 0 };
	struct witness *w = a->w;
	char name[FILE_BYTES];
	struct why why = { "" };
	enum err r;

	r = note_cosign_line(
	    a->note.text, w->vkey.name, &w->key, clock_now(w->clock), &line);
	if (r != OK)
		goto out;
	buf_put(&file, a->note.text.p, a->note.text.n);
	buf_str(&file, "\n");
	own_lines(a, &file);
	buf_put(&file, line.p, line.n);
	if ((r = buf_end(&file)) != OK)
		goto out;
	file_name(a->l, ".checkpoint", name);
	if ((r = durable_put(w->dir, name, 0644, buf_slice(&file), &why)) != OK)
		goto out;
	buf_free(&a->l->note);
	a->l->note = file;
	memset(&file, 0, sizeof(file)); /* handed over */
	a->l->size = a->c.size;
	a->l->root = a->c.root;
	buf_put(a->out, line.p, line.n);

out:
	buf_free(&line);
	buf_free(&file);
	if (r == OK)
		return WITNESS_OK;
	log_event(LOG_ERROR,
	    "a checkpoint could not be stored, and was not cosigned "
	    "cause=\"%s\"",
	    why.text[0] != '\0' ? why.text : err_str(r));
	return say(a, WITNESS_FAILED, "the checkpoint could not be stored");
}

/* The checkpoint, of a log that is known, signed by it. */
static enum witness_status
read_note(struct adding *a)
{
	struct slice text;
	int is_note = note_parse(a->q.note, &a->note) == OK;

	if (note_text(a->q.note, &text) != OK ||
	    checkpoint_text_parse(text, &a->c) != OK)
		return say(a, WITNESS_MALFORMED,
		    "what follows the proof is no checkpoint");
	if ((a->l = log_find(a->w, a->c.origin)) == NULL)
		return say(
		    a, WITNESS_UNKNOWN, "this witness does not know the log");
	/* Lines that cannot be read are signatures of nobody. */
	if (!is_note || note_verify(&a->note, &a->l->key) != OK)
		return say(a, WITNESS_UNSIGNED,
		    "the checkpoint is not signed by the log's key");
	return WITNESS_OK;
}

enum witness_status
witness_add(struct witness *w, struct slice body, struct buf *out)
{
	struct adding *a = calloc(1, sizeof(*a));
	enum witness_status status;

	if (a == NULL)
		return WITNESS_FAILED;
	a->w = w;
	a->out = out;
	if (witness_request_parse(body, &a->q) != OK) {
		status = say(a, WITNESS_MALFORMED,
		    "not the body of an add-checkpoint request");
		goto out;
	}
	if ((status = read_note(a)) != WITNESS_OK)
		goto out;
	pthread_mutex_lock(&w->lock);
	if ((status = judge(a)) == WITNESS_OK)
		status = cosign(a);
	pthread_mutex_unlock(&w->lock);

out:
	free(a);
	return buf_end(out) == OK ? status : WITNESS_FAILED;
}

enum err
witness_checkpoint(struct witness *w, const struct hash *id, struct buf *out)
{
	enum err r = ERR_NOT_FOUND;
	size_t i;

	pthread_mutex_lock(&w->lock);
	for (i = 0; i < w->n_logs; i++) {
		if (!hash_equal(&w->logs[i].id, id) || w->logs[i].note.n == 0)
			continue;
		buf_put(out, w->logs[i].note.p, w->logs[i].note.n);
		r = buf_end(out);
	}
	pthread_mutex_unlock(&w->lock);
	return r;
}
