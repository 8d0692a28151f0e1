#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "result.h"
#include "wipe.h"

#include "file.h"
#include "trustee.h"

/* ---- Her folder ---------------------------------------------------------- */

static enum err
lock_take(const char *dir, int *out, struct why *why)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct buf path = { 0 };
	enum err r = OK;
	int fd = -1;

	if (file_join(&path, dir, "lock") == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	fd = open(buf_text(&path), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd == -1) {
		r = why_say(why, ERR_IO, "%s: %s", dir, strerror(errno));
		goto out;
	}
	if (fcntl(fd, F_SETLK, &whole) == -1) {
		r = why_say(why, ERR_STATE,
		    "another command is at work in %s; wait until it is done",
		    dir);
		goto out;
	}
	*out = fd;
	fd = -1; /* handed over */

out:
	if (fd != -1)
		(void)close(fd);
	buf_free(&path);
	return r;
}

enum err
trustee_open(const char *dir, const char *name, struct slice passphrase,
    struct trustee *out, struct why *why)
{
	struct buf path = { 0 }, text = { 0 };
	struct trustee t;
	enum err r;

	memset(&t, 0, sizeof(t));
	t.dir = dir;
	t.lock = -1;
	if ((r = trustee_key_path(dir, name, &path, why)) != OK ||
	    (r = file_read(
		 buf_text(&path), TRUSTEE_KEY_FILE_MAX, &text, why)) != OK ||
	    (r = lock_take(dir, &t.lock, why)) != OK)
		goto out;
	if ((r = trustee_key_unlock(
		 buf_slice(&text), passphrase, &t.key, why)) != OK) {
		why_prefix(why, "%s: ", buf_text(&path));
		goto out;
	}
	*out = t;
	memset(&t, 0, sizeof(t)); /* handed over */
	t.lock = -1;

out:
	buf_free(&path);
	buf_free(&text);
	trustee_close(&t);
	return r;
}

void
trustee_close(struct trustee *t)
{
	if (t->lock > 0)
		(void)close(t->lock);
	header_free(t->header);
	trust_free(t->log);
	box_close(t->box);
	trustee_state_free(&t->state);
	trustee_key_wipe(&t->key);
	buf_free(&t->said);
	memset(t, 0, sizeof(*t));
}

/* ---- Entering ------------------------------------------------------------ */

static enum err
index_find(const struct header *h, const struct trustee_key *k, uint8_t *out,
    struct why *why)
{
	size_t i;

	if (h->n_trustees == 0)
		return why_say(why, ERR_FORBIDDEN,
		    "the space \"%s\" is not sealed: it has no trustees",
		    h->slug);
	for (i = 0; i < h->n_trustees; i++)
		if (public_key_cmp(&h->trustees[i], &k->key.pk) == 0) {
			*out = (uint8_t)(i + 1);
			return OK;
		}
	return why_say(why, ERR_FORBIDDEN,
	    "%s is not among the trustees of \"%s\": the header names other "
	    "keys",
	    k->name, h->slug);
}

/* What she knows from before; nothing at the first time. */
static enum err
state_begin(struct trustee *t, const char *slug, struct why *why)
{
	struct why none = { { 0 } };
	enum err r;

	r = trustee_state_load(t->dir, slug, &t->key, &t->state, &none);
	if (r == ERR_NOT_FOUND)
		return OK;
	return r == OK ? OK : why_say(why, r, "%s", none.text);
}

static enum err
log_begin(struct trustee *t, struct why *why)
{
	struct trustee_state *s = &t->state;
	struct buf vkey = { 0 };
	enum err r;

	if (!box_has_log(t->box))
		return OK;
	r = box_log(t->box, s->log_key.n > 0 ? buf_text(&s->log_key) : NULL,
	    buf_slice(&s->checkpoint), &t->log, why);
	if (r != OK)
		return r;
	note_key_print(trust_key(t->log), &vkey);
	if ((r = buf_end(&vkey)) == OK && s->log_key.n == 0)
		buf_put(&s->log_key, vkey.p, vkey.n);
	buf_free(&vkey);
	return r == OK ? buf_end(&s->log_key) : r;
}

/* The checkpoint seen now is the one to be continued from now on. */
static enum err
checkpoint_keep(struct trustee *t)
{
	struct slice note;

	if (t->log == NULL)
		return OK;
	note = trust_note(t->log);
	t->state.checkpoint.n = 0;
	buf_put(&t->state.checkpoint, note.p, note.n);
	return buf_end(&t->state.checkpoint);
}

static enum err
state_join(struct trustee *t, struct why *why)
{
	struct trustee_state fresh;
	uint8_t index = 0;
	enum err r;

	if ((r = index_find(t->header, &t->key, &index, why)) != OK)
		return r;
	if (t->state.index != 0) {
		if (!hash_equal(&t->state.space_id, &t->header->id))
			return why_say(why, ERR_CONFLICT,
			    "the space that is called \"%s\" here is another "
			    "one than that of your ceremony",
			    t->header->slug);
		return OK;
	}
	if ((r = trustee_state_new(t->header, index, &fresh)) != OK)
		return r;
	fresh.log_key = t->state.log_key; /* handed over */
	t->state = fresh;
	return OK;
}

enum err
trustee_enter(struct trustee *t, const char *server, const char *folder,
    const char *slug, struct why *why)
{
	enum err r;

	if ((r = box_open(server, folder, slug, &t->box, why)) != OK ||
	    (r = state_begin(t, slug, why)) != OK ||
	    (r = log_begin(t, why)) != OK ||
	    (r = box_header(t->box, t->log, &t->header, why)) != OK ||
	    (r = state_join(t, why)) != OK)
		return r;
	return checkpoint_keep(t);
}

/* ---- Words --------------------------------------------------------------- */

/* "trustee 2 (bruno)", "you". */
static void
name_put(struct trustee *t, size_t index)
{
	char name[STAFF_NAME_MAX + 1];

	if (index == t->state.index) {
		buf_str(&t->said, "yourself");
		return;
	}
	buf_printf(&t->said, "trustee %zu", index);
	if (trustee_key_name_of(
		t->dir, &t->header->trustees[index - 1], name) == OK ||
	    (t->box->folder != NULL &&
		trustee_key_name_of(t->box->folder,
		    &t->header->trustees[index - 1], name) == OK))
		buf_printf(&t->said, " (%s)", name);
}

/* Who has not yet spoken in the round?  How many. */
static size_t
waiting_put(struct trustee *t, enum ceremony_round round)
{
	const struct slice *list = t->all.messages[round];
	size_t i, n = 0;

	for (i = 0; i < t->header->n_trustees; i++) {
		if (list[i].n > 0)
			continue;
		buf_str(&t->said, n++ == 0 ? "Waiting for: " : ", ");
		name_put(t, i + 1);
	}
	return n;
}

static void
next_put(struct trustee *t, enum ceremony_round round, const char *command)
{
	if (waiting_put(t, round) > 0)
		buf_printf(&t->said, ". Then: partecipa trustee %s %s\n",
		    command, t->box->slug);
	else
		buf_printf(&t->said,
		    "All %zu are there. Next: partecipa trustee %s %s\n",
		    t->header->n_trustees, command, t->box->slug);
}

void
trustee_next(struct trustee *t)
{
	const struct trustee_state *s = &t->state;

	if (s->destroyed)
		buf_str(&t->said, "Your share is destroyed; nothing is left "
				  "to do.\n");
	else if (s->has_opened)
		buf_str(&t->said, "You opened it. When the result is public: "
				  "partecipa trustee destroy.\n");
	else if (s->has_form)
		buf_printf(&t->said,
		    "You signed the form. After the vote is closed: partecipa "
		    "trustee open %s\n",
		    s->slug);
	else if (s->accepted)
		buf_printf(&t->said,
		    "You accepted your shares. Next: partecipa trustee sign "
		    "%s\n",
		    s->slug);
	else if (s->own[CEREMONY_COMPLAINT].n > 0)
		buf_printf(&t->said,
		    "You complained; all begin anew: partecipa trustee commit "
		    "%s --attempt %" PRIu32 "\n",
		    s->slug, s->attempt + 1);
	else
		buf_printf(&t->said,
		    "Attempt %" PRIu32 ". Next: partecipa trustee %s %s\n",
		    s->attempt,
		    s->own[CEREMONY_SHARE].n > 0    ? "check"
		    : s->own[CEREMONY_REVEAL].n > 0 ? "share"
		    : s->own[CEREMONY_COMMIT].n > 0 ? "reveal"
						    : "commit",
		    s->slug);
}

/* ---- Reading the box ----------------------------------------------------- */

/* What was shown once must not become something else (ATTACKS A8). */
static enum err
seen_check(struct trustee *t, const struct ceremony_message *m,
    const struct slice text, struct why *why)
{
	struct hash *seen = &t->state.seen[m->round][m->index - 1];
	const struct buf *own = &t->state.own[m->round];
	const char *round = ceremony_round_name(m->round);
	struct hash h;

	hash_bytes(text, &h);
	if (m->index == t->state.index && !slice_equal(text, buf_slice(own)))
		return why_say(why, ERR_CONFLICT,
		    "it is a %s of yours that this folder did not make: if "
		    "you came back from an older copy of your files, all "
		    "begin anew with --attempt %" PRIu32,
		    round, m->attempt + 1);
	if (!hash_is_zero(seen) && !hash_equal(seen, &h))
		return why_say(why, ERR_CONFLICT,
		    "it is another %s of trustee %u than you were shown "
		    "before: somebody shows the trustees different messages. "
		    "Stop and compare them aloud; all begin anew with "
		    "--attempt %" PRIu32,
		    round, (unsigned)m->index, m->attempt + 1);
	*seen = h;
	return OK;
}

static enum err
message_take(struct trustee *t, struct slice text, struct why *why)
{
	struct ceremony_message m;
	struct slice *place;
	enum err r;

	if ((r = ceremony_parse(text, t->header, &m, why)) != OK)
		return r;
	if (m.attempt > t->newest)
		t->newest = m.attempt;
	if (m.attempt != t->state.attempt)
		return OK;
	if ((r = seen_check(t, &m, text, why)) != OK)
		return r;
	place = &t->all.messages[m.round][m.index - 1];
	*place = text;
	return OK;
}

static enum err
state_save(struct trustee *t, struct why *why)
{
	return trustee_state_save(t->dir, &t->state, &t->key, why);
}

/* Which message it is, and, where it says nothing of that, what to do. */
static enum err
message_refuse(
    const struct trustee *t, const char *name, enum err r, struct why *why)
{
	struct why found = *why;

	why_prefix(why, "%s: ", name);
	if (r != ERR_FORMAT && r != ERR_SIGNATURE && r != ERR_NOT_FOUND)
		return r;
	return why_say(why, r, "%s: %.400s. %s", name, found.text,
	    t->box->folder != NULL
		? "Take this file off the stick; if it is somebody's, she "
		  "does her step again"
		: "The server should not have taken it: go on around a stick "
		  "(--box)");
}

/* Everything in the box; what was seen is on disk afterwards. */
static enum err
read_all(struct trustee *t, struct why *why)
{
	enum err r;
	size_t i;

	t->newest = 0;
	memset(&t->all, 0, sizeof(t->all));
	t->all.attempt = t->state.attempt;
	if ((r = box_read(t->box, why)) != OK)
		return r;
	for (i = 0; i < t->box->n_messages; i++)
		if ((r = message_take(
			 t, buf_slice(&t->box->messages[i].text), why)) != OK) {
			return message_refuse(
			    t, t->box->messages[i].name, r, why);
		}
	return t->state.attempt > 0 ? state_save(t, why) : OK;
}

/* All of the ceremony up to a round, and what to do where it is wrong. */
static enum err
judge(struct trustee *t, enum ceremony_round upto, struct dkg_public *publics,
    struct why *why)
{
	struct why found = { { 0 } };
	enum err r;

	r = ceremony_check(&t->all, t->header, upto, publics, &found);
	if (r == ERR_NOT_FOUND) {
		t->said.n = 0;
		(void)waiting_put(t, upto);
		return why_say(why, r, "not yet: %s. %.300s", found.text,
		    t->said.n > 0 && buf_text(&t->said) != NULL
			? buf_text(&t->said)
			: "");
	}
	if (r == ERR_SIGNATURE || r == ERR_FORBIDDEN)
		return why_say(why, r,
		    "%.400s. Nothing of attempt %" PRIu32
		    " may be used: say so aloud, and all begin anew with "
		    "partecipa trustee commit %s --attempt %" PRIu32,
		    found.text, t->state.attempt, t->box->slug,
		    t->state.attempt + 1);
	return r;
}

/* ---- Her own messages ---------------------------------------------------- */

static struct dkg
part(const struct trustee_state *s)
{
	struct dkg d;

	memset(&d, 0, sizeof(d));
	d.space_id = &s->space_id;
	d.attempt = s->attempt;
	d.index = s->index;
	d.n = s->n;
	d.t = s->t;
	return d;
}

static enum err
own_public(const struct trustee_state *s, struct dkg_public *out)
{
	enum err r;
	size_t k;

	memset(out, 0, sizeof(*out));
	r = point_base(&s->secret.e, &out->e);
	for (k = 0; r == OK && k < s->t; k++)
		r = point_base(&s->secret.a[k], &out->a[k]);
	return r;
}

static void
message_begin(const struct trustee_state *s, enum ceremony_round round,
    struct ceremony_message *m)
{
	memset(m, 0, sizeof(*m));
	m->round = round;
	m->space_id = s->space_id;
	m->attempt = s->attempt;
	m->index = s->index;
}

/* Keep it on disk; nothing has left the machine yet. */
static enum err
message_keep(
    struct trustee *t, const struct ceremony_message *m, struct why *why)
{
	struct trustee_state *s = &t->state;
	struct buf *own = &s->own[m->round];
	enum err r;

	own->n = 0;
	if ((r = ceremony_put(m, t->header, &t->key.key, own)) != OK)
		return r;
	hash_bytes(buf_slice(own), &s->seen[m->round][s->index - 1]);
	return state_save(t, why);
}

/* Let it out, for the first time or again. */
static enum err
message_send(struct trustee *t, enum ceremony_round round, struct why *why)
{
	struct trustee_state *s = &t->state;
	struct ceremony_message m;
	enum err r;

	message_begin(s, round, &m);
	if ((r = box_message(t->box, &m, buf_slice(&s->own[round]), why)) != OK)
		return r;
	t->all.messages[round][s->index - 1] = buf_slice(&s->own[round]);
	buf_printf(&t->said, "Your %s of attempt %" PRIu32 " is in the box. ",
	    ceremony_round_name(round), s->attempt);
	return OK;
}

/* Is there anything to do in this ceremony still? */
static enum err
going_on(const struct trustee *t, struct why *why)
{
	const struct trustee_state *s = &t->state;

	if (s->destroyed)
		return why_say(why, ERR_FORBIDDEN,
		    "you destroyed your share of \"%s\"; it takes no part in "
		    "anything any more",
		    s->slug);
	return OK;
}

/* The next attempt, if one was begun without her. */
static void
newest_put(struct trustee *t)
{
	if (t->newest > t->state.attempt)
		buf_printf(&t->said,
		    "The box has messages of attempt %" PRIu32
		    ": if all begin anew, partecipa trustee commit %s "
		    "--attempt %" PRIu32 "\n",
		    t->newest, t->box->slug, t->newest);
}

/* ---- Round 1 ------------------------------------------------------------- */

static enum err
commit_draw(struct trustee *t, struct why *why)
{
	struct trustee_state *s = &t->state;
	struct dkg d = part(s);
	struct ceremony_message m;
	struct dkg_public public;
	enum err r;

	if ((r = dkg_draw(&d, &s->secret, &public)) != OK)
		return r;
	s->has_secret = 1;
	message_begin(s, CEREMONY_COMMIT, &m);
	m.e = public.e;
	dkg_commitment(&d, &public, &m.commitment);
	return message_keep(t, &m, why);
}

/* Which attempt is meant; ERR_FORBIDDEN: it is over. */
static enum err
attempt_choose(
    struct trustee *t, uint32_t wanted, uint32_t *out, struct why *why)
{
	const struct trustee_state *s = &t->state;

	if (s->has_form)
		return why_say(why, ERR_FORBIDDEN,
		    "you signed the form of \"%s\": its ceremony is over. If "
		    "it has to begin anew, the office cancels the space and "
		    "announces another",
		    s->slug);
	*out = wanted > 0 ? wanted : s->attempt;
	if (*out == 0)
		*out = t->newest > 1 ? t->newest : 1;
	if (*out < s->attempt)
		return why_say(why, ERR_FORBIDDEN,
		    "you are in attempt %" PRIu32 " already; an earlier one "
		    "is never taken up again",
		    s->attempt);
	return OK;
}

enum err
trustee_commit(struct trustee *t, uint32_t attempt, struct why *why)
{
	uint32_t now = 0;
	enum err r;

	if ((r = going_on(t, why)) != OK)
		return r;
	/* What went wrong in an earlier attempt is of no matter now. */
	if (attempt <= t->state.attempt && (r = read_all(t, why)) != OK)
		return r;
	if ((r = attempt_choose(t, attempt, &now, why)) != OK)
		return r;
	if (now > t->state.attempt) {
		trustee_state_next(&t->state, now);
		if ((r = read_all(t, why)) != OK)
			return r;
	}
	if (t->state.own[CEREMONY_COMMIT].n == 0 &&
	    (r = commit_draw(t, why)) != OK)
		return r;
	if ((r = message_send(t, CEREMONY_COMMIT, why)) != OK)
		return r;
	next_put(t, CEREMONY_COMMIT, "reveal");
	newest_put(t);
	return buf_end(&t->said);
}

/* ---- Rounds 2 and 3 ------------------------------------------------------ */

/* She is past a round only if she took part in it. */
static enum err
after(struct trustee *t, enum ceremony_round round, struct why *why)
{
	enum err r;

	if ((r = going_on(t, why)) != OK)
		return r;
	if (t->state.attempt == 0 || t->state.own[round].n == 0)
		return why_say(why, ERR_NOT_FOUND,
		    "not yet: do partecipa trustee %s %s first",
		    ceremony_round_name(round), t->box->slug);
	return read_all(t, why);
}

static enum err
reveal_make(struct trustee *t, struct why *why)
{
	struct trustee_state *s = &t->state;
	struct dkg d = part(s);
	struct ceremony_message m;
	struct dkg_public public;
	enum err r;

	message_begin(s, CEREMONY_REVEAL, &m);
	if ((r = judge(t, CEREMONY_COMMIT, NULL, why)) != OK ||
	    (r = ceremony_binding(
		 &t->all, t->header, CEREMONY_COMMIT, &m.before)) != OK ||
	    (r = own_public(s, &public)) != OK ||
	    (r = dkg_prove(&d, &m.before, &s->secret, &public, &m.proof)) != OK)
		return r;
	memcpy(m.a, public.a, sizeof(m.a));
	return message_keep(t, &m, why);
}

enum err
trustee_reveal(struct trustee *t, struct why *why)
{
	enum err r;

	if ((r = after(t, CEREMONY_COMMIT, why)) != OK)
		return r;
	if (t->state.own[CEREMONY_REVEAL].n == 0 &&
	    (r = reveal_make(t, why)) != OK)
		return r;
	if ((r = message_send(t, CEREMONY_REVEAL, why)) != OK)
		return r;
	next_put(t, CEREMONY_REVEAL, "share");
	newest_put(t);
	return buf_end(&t->said);
}

static enum err
share_make(struct trustee *t, struct why *why)
{
	struct dkg_public publics[DKG_TRUSTEES_MAX];
	struct trustee_state *s = &t->state;
	struct dkg d = part(s);
	struct ceremony_message m;
	enum err r;
	uint8_t j;

	message_begin(s, CEREMONY_SHARE, &m);
	if ((r = judge(t, CEREMONY_REVEAL, publics, why)) != OK ||
	    (r = ceremony_binding(
		 &t->all, t->header, CEREMONY_REVEAL, &m.before)) != OK)
		return r;
	for (j = 0; r == OK && j < s->n; j++)
		r = dkg_share_seal(&d, &s->secret, &publics[s->index - 1],
		    (uint8_t)(j + 1), &publics[j].e, &m.before, m.shares[j]);
	return r == OK ? message_keep(t, &m, why) : r;
}

enum err
trustee_share(struct trustee *t, struct why *why)
{
	enum err r;

	if ((r = after(t, CEREMONY_REVEAL, why)) != OK)
		return r;
	if (t->state.own[CEREMONY_SHARE].n == 0 &&
	    (r = share_make(t, why)) != OK)
		return r;
	if ((r = message_send(t, CEREMONY_SHARE, why)) != OK)
		return r;
	next_put(t, CEREMONY_SHARE, "check");
	newest_put(t);
	return buf_end(&t->said);
}

/* ---- Round 4 ------------------------------------------------------------- */

/*
 * Open the share of every trustee; ${accused} is the first whose share is not
 * what she committed to, or 0.
 */
static enum err
shares_open(struct trustee *t, const struct dkg_public *publics,
    const struct hash *t2, struct scalar *x, uint8_t *accused)
{
	struct trustee_state *s = &t->state;
	struct dkg d = part(s);
	struct ceremony_message m;
	struct scalar one, sum;
	enum err r = OK;
	uint8_t i;

	memset(&sum, 0, sizeof(sum));
	*accused = 0;
	for (i = 0; r == OK && i < s->n && *accused == 0; i++) {
		if ((r = ceremony_parse(t->all.messages[CEREMONY_SHARE][i],
			 t->header, &m, NULL)) != OK)
			break;
		r = dkg_share_open(&d, &s->secret, &publics[s->index - 1],
		    (uint8_t)(i + 1), &publics[i], t2, m.shares[s->index - 1],
		    &one);
		if (r == ERR_SIGNATURE) {
			*accused = (uint8_t)(i + 1);
			r = OK;
		} else if (r == OK) {
			scalar_add(&sum, &one, &sum);
		}
	}
	if (r == OK)
		*x = sum;
	wipe(&one, sizeof(one));
	wipe(&sum, sizeof(sum));
	return r;
}

/* x_j G must be the V_j that everybody computes. */
static enum err
accept_fill(struct trustee *t, const struct dkg_public *publics,
    const struct scalar *x, struct ceremony_message *m, struct why *why)
{
	struct trustee_state *s = &t->state;
	struct point mine;
	enum err r;

	if ((r = dkg_joint(publics, s->n, s->t, &m->y, m->v)) != OK ||
	    (r = point_base(x, &mine)) != OK)
		return r;
	if (!point_equal(&mine, &m->v[s->index - 1]))
		return why_say(why, ERR_INTERNAL,
		    "the shares open but do not add up; tell the developers");
	s->x = *x;
	s->y = m->y;
	memcpy(s->v, m->v, sizeof(s->v));
	s->accepted = 1;
	return OK;
}

static enum err
check_make(struct trustee *t, struct why *why)
{
	struct dkg_public publics[DKG_TRUSTEES_MAX];
	struct ceremony_message m;
	struct hash t2;
	struct scalar x;
	enum err r;

	memset(&x, 0, sizeof(x));
	message_begin(&t->state, CEREMONY_ACCEPT, &m);
	if ((r = judge(t, CEREMONY_SHARE, publics, why)) != OK ||
	    (r = ceremony_binding(&t->all, t->header, CEREMONY_REVEAL, &t2)) !=
		OK ||
	    (r = ceremony_binding(
		 &t->all, t->header, CEREMONY_SHARE, &m.before)) != OK ||
	    (r = shares_open(t, publics, &t2, &x, &m.accused)) != OK)
		goto out;
	if (m.accused > 0)
		m.round = CEREMONY_COMPLAINT;
	else if ((r = accept_fill(t, publics, &x, &m, why)) != OK)
		goto out;
	r = message_keep(t, &m, why);

out:
	wipe(&x, sizeof(x));
	return r;
}

/* Is the transcript in the box one of an attempt before this one? */
static int
transcript_is_older(const struct trustee *t)
{
	struct ceremony_keys keys;

	return t->box->transcript.n > 0 &&
	       ceremony_transcript_parse(buf_slice(&t->box->transcript),
		   t->header, &keys, NULL) == OK &&
	       keys.attempt < t->state.attempt;
}

/* All agree: what they agree on is one document. */
static enum err
transcript_make(struct trustee *t, struct why *why)
{
	struct buf doc = { 0 };
	enum err r;

	if ((r = judge(t, CEREMONY_ACCEPT, NULL, why)) != OK ||
	    (r = ceremony_transcript_put(&t->all, t->header, &doc, why)) != OK)
		goto out;
	if ((r = box_transcript(
		 t->box, buf_slice(&doc), transcript_is_older(t), why)) != OK)
		goto out;
	buf_printf(&t->said,
	    "All %zu accepted the same key: the ceremony is complete. When "
	    "the office has written the form: partecipa trustee sign %s\n",
	    t->header->n_trustees, t->box->slug);
	r = buf_end(&t->said);

out:
	buf_free(&doc);
	return r;
}

enum err
trustee_check(struct trustee *t, struct why *why)
{
	struct trustee_state *s = &t->state;
	size_t i, accepts = 0;
	enum err r;

	if ((r = after(t, CEREMONY_SHARE, why)) != OK)
		return r;
	if (s->own[CEREMONY_ACCEPT].n == 0 &&
	    s->own[CEREMONY_COMPLAINT].n == 0 && (r = check_make(t, why)) != OK)
		return r;
	if (s->own[CEREMONY_COMPLAINT].n > 0) {
		if ((r = message_send(t, CEREMONY_COMPLAINT, why)) != OK)
			return r;
		return judge(t, CEREMONY_SHARE, NULL, why);
	}
	if ((r = message_send(t, CEREMONY_ACCEPT, why)) != OK ||
	    (r = judge(t, CEREMONY_SHARE, NULL, why)) != OK)
		return r;
	for (i = 0; i < t->header->n_trustees; i++)
		accepts += t->all.messages[CEREMONY_ACCEPT][i].n > 0;
	if (accepts == t->header->n_trustees)
		return transcript_make(t, why);
	(void)waiting_put(t, CEREMONY_ACCEPT);
	buf_printf(
	    &t->said, ". Then: partecipa trustee sign %s\n", t->box->slug);
	newest_put(t);
	return buf_end(&t->said);
}

/* ---- The form ------------------------------------------------------------ */

void
trustee_keys(const struct trustee_state *s, struct ceremony_keys *out)
{
	memset(out, 0, sizeof(*out));
	out->n = s->n;
	out->t = s->t;
	out->attempt = s->attempt;
	out->y = s->y;
	memcpy(out->v, s->v, sizeof(out->v));
}

/* The transcript must be of the very ceremony in which she accepted. */
static enum err
transcript_compare(
    struct trustee *t, struct ceremony_keys *keys, struct why *why)
{
	const struct trustee_state *s = &t->state;
	enum err r;
	size_t i;

	if ((r = ceremony_transcript_parse(
		 buf_slice(&t->box->transcript), t->header, keys, why)) != OK) {
		why_prefix(why, "the transcript: ");
		return r;
	}
	if (keys->attempt != s->attempt || !point_equal(&keys->y, &s->y))
		return why_say(why, ERR_SIGNATURE,
		    "the transcript is of another ceremony than the one you "
		    "accepted: do not sign");
	for (i = 0; i < s->n; i++)
		if (!point_equal(&keys->v[i], &s->v[i]))
			return why_say(why, ERR_SIGNATURE,
			    "the transcript has another key of trustee %zu "
			    "than the one you accepted: do not sign",
			    i + 1);
	return OK;
}

/* A signature of hers that she does not remember is one of another form. */
static enum err
signatures_check(
    const struct trustee *t, const struct hash *form_id, struct why *why)
{
	struct ceremony_signature sig;
	size_t i;

	for (i = 0; i < t->box->n_signatures; i++) {
		if (ceremony_signature_parse(
			buf_slice(&t->box->signatures[i].text), t->header, &sig,
			NULL) != OK ||
		    sig.index != t->state.index ||
		    hash_equal(&sig.form_id, form_id))
			continue;
		return why_say(why, ERR_CONFLICT,
		    "%s is your signature of another form; you sign one form "
		    "only, ever. If it is wrong, the office cancels the space "
		    "and announces another",
		    t->box->signatures[i].name);
	}
	return OK;
}

enum err
trustee_form(struct trustee *t, struct form **out, struct why *why)
{
	struct ceremony_keys keys;
	struct form *f = NULL;
	enum err r;

	if ((r = going_on(t, why)) != OK)
		return r;
	if (!t->state.accepted)
		return why_say(why, ERR_NOT_FOUND,
		    "not yet: you have not accepted your shares; partecipa "
		    "trustee check %s",
		    t->box->slug);
	if ((r = read_all(t, why)) != OK)
		return r;
	if (t->box->form.n == 0 || t->box->transcript.n == 0)
		return why_say(why, ERR_NOT_FOUND,
		    "not yet: there is no %s to sign in the box. The office "
		    "makes it: partecipa space form %s FILE.json --draft",
		    t->box->form.n == 0 ? "form" : "transcript", t->box->slug);
	if ((r = transcript_compare(t, &keys, why)) != OK ||
	    (r = form_parse(buf_slice(&t->box->form), t->header, &f, why)) !=
		OK ||
	    (r = ceremony_form_check(f, &keys, why)) != OK ||
	    (r = result_rule_check(f, why)) != OK)
		goto out;
	if (t->state.has_form && !hash_equal(&t->state.form_id, &f->id)) {
		r = why_say(why, ERR_CONFLICT,
		    "you signed another form of \"%s\" before; you sign one "
		    "form only, ever. If this one is right and that one was "
		    "not, the office cancels the space and announces another",
		    t->box->slug);
		goto out;
	}
	if ((r = signatures_check(t, &f->id, why)) != OK)
		goto out;
	*out = f;
	f = NULL; /* handed over */

out:
	form_free(f);
	return r;
}

enum err
trustee_sign(struct trustee *t, const struct form *f, struct why *why)
{
	struct trustee_state *s = &t->state;
	struct ceremony_signature sig;
	struct slice id = hash_slice(&f->id);
	struct buf text = { 0 };
	enum err r;

	if (s->has_form && !hash_equal(&s->form_id, &f->id))
		return ERR_CONFLICT;
	if (!s->has_form) {
		if ((r = sign_dst(&t->key.key, "form", &id, 1, &s->form_sig)) !=
		    OK)
			return r;
		s->form_id = f->id;
		s->has_form = 1;
	}
	if ((r = state_save(t, why)) != OK)
		return r;
	sig.space_id = s->space_id;
	sig.form_id = s->form_id;
	sig.index = s->index;
	sig.sig = s->form_sig;
	ceremony_signature_put(&sig, &text);
	if ((r = buf_end(&text)) != OK ||
	    (r = box_signature(t->box, s->index, buf_slice(&text), why)) != OK)
		goto out;
	buf_str(&t->said, "Your signature of the form is in the box. ");
	if (t->log == NULL)
		buf_str(&t->said, "No checkpoint of the log could be kept: "
				  "the folder has no copy of it. ");
	buf_printf(&t->said,
	    "When all have signed, the office publishes the form; after the "
	    "close: partecipa trustee open %s. Now make a backup: partecipa "
	    "trustee backup\n",
	    s->slug);
	r = buf_end(&t->said);

out:
	buf_free(&text);
	return r;
}
