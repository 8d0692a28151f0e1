/* One look at a log after the other, and what is wrong with what is seen. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "folder.h"
#include "mirror.h"

#include "watch_int.h"

/* A round found a fault that leaves nothing to judge: not an error of ours. */
#define NOTHING ERR_CONFLICT

/* --- Opening -----------------------------------------------------------------
 */

static enum err
receipts_read(struct watch *w, struct why *why)
{
	struct watch_receipt *p;
	uint8_t piece[NOTE_MAX];
	size_t i, n;
	FILE *f;

	w->receipts = calloc(w->o.n_receipts + 1, sizeof(*w->receipts));
	if (w->receipts == NULL)
		return why_say(why, ERR_NOMEM, "out of memory");
	for (i = 0; i < w->o.n_receipts; i++) {
		p = &w->receipts[i];
		p->file = w->o.receipts[i];
		if ((f = fopen(p->file, "rb")) == NULL)
			return why_say(why, ERR_IO,
			    "%s: the receipt cannot be read", p->file);
		n = fread(piece, 1, sizeof(piece), f);
		(void)fclose(f);
		buf_put(&p->text, piece, n);
		if (n == 0 || buf_end(&p->text) != OK)
			return why_say(why, ERR_FORMAT,
			    "%s: the receipt is empty", p->file);
	}
	return OK;
}

static enum err
key_parse(struct slice text, struct note_key *out)
{
	if (text.n > 0 && text.p[text.n - 1] == '\n')
		text.n--;
	return note_key_parse(text, out) == OK && out->type == NOTE_ED25519
		   ? OK
		   : ERR_FORMAT;
}

static int
is_same_key(const struct note_key *a, const struct note_key *b)
{
	return strcmp(a->name, b->name) == 0 &&
	       public_key_cmp(&a->pk, &b->pk) == 0;
}

/* The key that was given, and that of the folder. */
static enum err
key_open(struct watch *w, struct why *why)
{
	struct buf b = { 0 };
	struct note_key k;
	enum err r;

	if (w->o.key != NULL) {
		if (key_parse(slice_str(w->o.key), &w->key) != OK)
			return why_say(why, ERR_FORMAT,
			    "what --key gives is no verifier key");
		w->has_key = 1;
	}
	r = source_get(w->here, "log/key", NOTE_MAX, &b, why);
	if (r == ERR_NOT_FOUND) {
		r = OK;
		goto out;
	}
	if (r != OK)
		goto out;
	if (key_parse(buf_slice(&b), &k) != OK)
		r = why_say(why, ERR_FORMAT, "%s/log/key is no verifier key",
		    w->o.keep);
	else if (w->has_key && !is_same_key(&k, &w->key))
		r = why_say(why, ERR_CONFLICT,
		    "%s holds the log of another key; take another folder",
		    w->o.keep);
	w->key = k;
	w->has_key = 1;

out:
	buf_free(&b);
	return r;
}

/* What the mirror stands for. */
static enum err
taken_open(struct watch *w, struct why *why)
{
	struct note *note = malloc(sizeof(*note));
	struct buf b = { 0 };
	enum err r = ERR_NOMEM;

	if (note == NULL)
		goto out;
	r = source_get(w->here, "log/checkpoint", NOTE_MAX, &b, why);
	if (r == ERR_NOT_FOUND)
		r = OK;
	else if (r == OK &&
		 (!w->has_key || checkpoint_open(buf_slice(&b), &w->key, note,
				     &w->taken) != OK))
		r = why_say(why, ERR_CONFLICT,
		    "%s/log/checkpoint is not signed by the log's key",
		    w->o.keep);
	else if (r == OK)
		r = watch_keep_checkpoint(w, &w->taken, buf_slice(&b), why);

out:
	buf_free(&b);
	free(note);
	return r;
}

enum err
watch_open(const struct watch_options *o, struct watch **out, struct why *why)
{
	struct watch *w;
	enum err r;

	if ((w = calloc(1, sizeof(*w))) == NULL)
		return why_say(why, ERR_NOMEM, "out of memory");
	w->o = *o;
	if ((o->policy != NULL &&
		(r = policy_open(o->policy, &w->policy, why)) != OK) ||
	    (r = receipts_read(w, why)) != OK ||
	    (r = source_open(o->where, &w->there, why)) != OK ||
	    (r = watch_keep_load(w, why)) != OK ||
	    (r = source_open(o->keep, &w->here, why)) != OK ||
	    (r = key_open(w, why)) != OK || (r = taken_open(w, why)) != OK)
		goto out;
	*out = w;
	w = NULL; /* handed over */

out:
	watch_free(w);
	return r;
}

void
watch_free(struct watch *w)
{
	size_t i;

	if (w == NULL)
		return;
	replay_free(w->replay);
	source_free(w->here);
	source_free(w->there);
	for (i = 0; w->receipts != NULL && i < w->o.n_receipts; i++)
		buf_free(&w->receipts[i].text);
	free(w->receipts);
	free(w->policy);
	watch_keep_free(w);
	free(w);
}

size_t
watch_faults(const struct watch *w)
{
	return w->n_faults;
}

/* --- Key and checkpoint ------------------------------------------------------
 */

/* The log may not show another key than it did. */
static enum err
look_key(struct watch *w, struct why *why)
{
	struct buf b = { 0 };
	struct note_key k;
	char path[120];
	enum err r;

	r = source_get(w->there, "log/key", NOTE_MAX, &b, why);
	if (r != OK)
		goto out;
	if (key_parse(buf_slice(&b), &k) != OK) {
		r = why_say(why, ERR_FORMAT, "log/key is no verifier key");
	} else if (!w->has_key) {
		w->key = k;
		w->has_key = 1;
	} else if (!is_same_key(&k, &w->key)) {
		watch_keep_evidence(w, "key", buf_slice(&b), path);
		watch_keep_cry(w,
		    &(struct watch_cry){
			.rule = RULE_CHECKPOINT, .files = { path } },
		    "the log shows another key, of %s", k.name);
		r = NOTHING;
	}

out:
	buf_free(&b);
	return r;
}

/* Rule 1. */
static enum err
look_checkpoint(struct watch *w, struct buf *bytes, struct note *note,
    struct checkpoint *now, struct why *why)
{
	char path[120];
	enum err r;

	r = source_get(w->there, "log/checkpoint", NOTE_MAX, bytes, why);
	if (r != OK)
		return r;
	r = checkpoint_open(buf_slice(bytes), &w->key, note, now);
	if (r == OK)
		return watch_keep_checkpoint(w, now, buf_slice(bytes), why);
	if (r == ERR_NOMEM)
		return r;
	watch_keep_evidence(w, "checkpoint", buf_slice(bytes), path);
	watch_keep_cry(w,
	    &(struct watch_cry){ .rule = RULE_CHECKPOINT, .files = { path } },
	    "the checkpoint is malformed or not signed by the log's key");
	return NOTHING;
}

static void
fork_cry(struct watch *w, const struct checkpoint *now, uint64_t size,
    const struct hash *root)
{
	char own[120], other[120];

	watch_keep_name(size, root, own);
	watch_keep_name(now->size, &now->root, other);
	watch_keep_cry(w,
	    &(struct watch_cry){ .rule = RULE_CONSISTENCY,
		.key = "fork",
		.lasting = 1,
		.files = { own, other } },
	    "the checkpoint of %llu entries does not continue that of %llu, "
	    "which the log signed too (a fork)",
	    (unsigned long long)now->size, (unsigned long long)size);
}

/* Rule 3 against all that was signed. */
static enum err
look_back(struct watch *w, const struct checkpoint *now)
{
	const struct watch_seen *last = &w->seen[w->n_seen - 1];
	char own[120], other[120];
	enum err r = OK;
	size_t i;

	for (i = w->n_seen; i > 0 && w->seen[i - 1].size >= now->size; i--) {
		const struct watch_seen *s = &w->seen[i - 1];

		if (s->size != now->size || hash_equal(&s->root, &now->root))
			continue;
		fork_cry(w, now, s->size, &s->root);
		r = NOTHING;
	}
	if (last->size > now->size) {
		watch_keep_name(last->size, &last->root, own);
		watch_keep_name(now->size, &now->root, other);
		watch_keep_cry(w,
		    &(struct watch_cry){ .rule = RULE_CONSISTENCY,
			.key = "rollback",
			.files = { own, other } },
		    "the log has %llu entries, it had %llu before (a "
		    "rollback)",
		    (unsigned long long)now->size,
		    (unsigned long long)last->size);
		r = NOTHING;
	}
	return r;
}

/* --- Quorum ------------------------------------------------------------------
 */

/* Cosignatures may come a little later than the checkpoint. */
static void
quorum_lacks(struct watch *w, const struct checkpoint *c, const char *text)
{
	char path[120];

	if (w->uncosigned == 0)
		w->uncosigned = w->now;
	if (w->now - w->uncosigned < w->o.patience)
		return;
	watch_keep_name(c->size, &c->root, path);
	watch_keep_cry(w,
	    &(struct watch_cry){ .rule = RULE_QUORUM, .files = { path } }, "%s",
	    text);
}

/* --- Judging -----------------------------------------------------------------
 */

/* Nonzero iff a quorum lacks. */
static int
cry_broken(struct watch *w, const struct replay *r)
{
	const struct checkpoint *c = &w->taken;
	int lacks = 0;
	char path[120];
	size_t i;

	watch_keep_name(c->size, &c->root, path);
	for (i = 0; i < r->n_broken; i++) {
		const struct verdict *v = &r->broken[i];
		struct watch_cry cry = { .rule = v->rule, .files = { path } };

		if (v->rule == RULE_QUORUM) {
			quorum_lacks(w, c, v->why.text);
			lacks = 1;
		} else if (v->index == UINT64_MAX) {
			watch_keep_cry(w, &cry, "%s", v->why.text);
		} else {
			cry.lasting = 1;
			watch_keep_cry(w, &cry, "entry %" PRIu64 ": %s",
			    v->index, v->why.text);
		}
	}
	return lacks;
}

/* What the mirror cannot even hold is judged where it is. */
static enum err
judge_there(struct watch *w, struct why *why)
{
	struct replay_options opt = {
		.keep_going = 1, .threads = w->o.threads, .key = w->o.key
	};
	struct replay *r = NULL;
	enum err e;

	if ((e = replay_log(w->there, &opt, &r, why)) != OK)
		return e;
	(void)cry_broken(w, r);
	e = r->n_broken > 0
		? NOTHING
		: why_say(why, ERR_FORMAT, "the log cannot be mirrored");
	replay_free(r);
	return e;
}

static enum err
judge_here(struct watch *w, const struct note *note, struct why *why)
{
	const struct replay_options opt = { .keep_going = 1,
		.threads = w->o.threads };
	struct why text;
	int lacks;
	size_t i;
	enum err r;

	if (w->replay == NULL &&
	    (r = replay_open(w->here, &opt, &w->replay, why)) != OK)
		return r;
	if ((r = replay_advance(w->replay, why)) != OK)
		return r;
	lacks = cry_broken(w, w->replay);
	if (w->policy != NULL &&
	    policy_demand(w->policy, &w->key, note, &text) != OK) {
		quorum_lacks(w, &w->taken, text.text);
		lacks = 1;
	}
	if (!lacks)
		w->uncosigned = 0;
	if (world_origin(w->replay->world) == NULL)
		return OK;
	for (i = 0; i < w->o.n_receipts; i++)
		watch_leaves_open(w, &w->receipts[i]);
	if ((r = watch_leaves(w, why)) != OK)
		return r;
	watch_leaves_receipts(w);
	return OK;
}

/* What was given by mistake would be watched in vain. */
static enum err
receipts_good(const struct watch *w, struct why *why)
{
	size_t i;

	for (i = 0; i < w->o.n_receipts; i++) {
		if (w->receipts[i].bad)
			return why_say(why, ERR_FORMAT,
			    "%s: no receipt that this log signed",
			    w->receipts[i].file);
	}
	return OK;
}

/* --- A round -----------------------------------------------------------------
 */

/* Bring the mirror to ${now}. */
static enum err
take(struct watch *w, const struct checkpoint *now, struct slice note,
    struct why *why)
{
	struct mirror_count n;
	enum err r;

	if (w->taken.size == now->size && now->size > 0)
		/* Cosignatures may have come. */
		return folder_put(w->o.keep, "log/checkpoint", note, why);
	r = mirror_note(w->there, w->o.keep, note, &n, why);
	if (r == ERR_CONFLICT) {
		fork_cry(w, now, w->taken.size, &w->taken.root);
		return NOTHING;
	}
	if (r == ERR_FORMAT)
		return judge_there(w, why);
	if (r != OK)
		return r;
	w->taken = *now;
	fprintf(w->o.out, "%" PRIu64 " entries\n", now->size);
	(void)fflush(w->o.out);
	return OK;
}

static enum err
look(struct watch *w, struct why *why)
{
	struct note *note = malloc(sizeof(*note));
	struct buf bytes = { 0 };
	struct checkpoint now;
	enum err r = ERR_NOMEM;

	if (note == NULL || (r = look_key(w, why)) != OK ||
	    (r = look_checkpoint(w, &bytes, note, &now, why)) != OK ||
	    (r = look_back(w, &now)) != OK ||
	    (r = take(w, &now, buf_slice(&bytes), why)) != OK ||
	    (r = judge_here(w, note, why)) != OK)
		goto out;
	if ((r = watch_again(w, why)) == OK)
		r = receipts_good(w, why);

out:
	free(note);
	buf_free(&bytes);
	return r;
}

enum err
watch_round(struct watch *w, uint64_t now, struct why *why)
{
	enum err r;

	w->now = now;
	(void)why_say(why, OK, "%s", "");
	watch_keep_begin(w);
	r = look(w, why);
	if (r == OK)
		watch_keep_mended(w);
	if (r == OK || r == NOTHING)
		return OK;
	if (why->text[0] == 0)
		(void)why_say(why, r, "%s", err_str(r));
	return r;
}
