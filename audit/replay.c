/*
 * One pass over the log: the main thread reads bundles, hashes every entry,
 * judges its place and what it says; records go through the pool.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "result.h"

#include "replay_run.h"

#include "replay.h"

void
replay_report(void *cookie, const struct verdict *v)
{
	struct replay_run *run = cookie;

	/* The tree comes last and explains the others (drop_consequences). */
	if (run->r->n_broken == REPLAY_BROKEN_MAX && v->rule == RULE_TREE)
		run->r->n_broken--;
	if (run->r->n_broken < REPLAY_BROKEN_MAX)
		run->r->broken[run->r->n_broken++] = *v;
}

/* A broken rule that is no entry's. */
static void
broken(struct replay_run *run, enum rule_no rule, const char *text)
{
	struct verdict v = { .rule = rule, .index = UINT64_MAX };

	(void)why_say(&v.why, OK, "%s", text);
	replay_report(run, &v);
}

static enum err
get_object(void *cookie, const struct hash *hash, struct buf *out)
{
	struct replay *r = cookie;

	return source_object(r->source, hash, out, &r->unread);
}

/* --- Key and checkpoint ------------------------------------------------------
 */

static enum err
read_key(struct replay_run *run)
{
	struct buf b = { 0 };
	struct slice text;
	enum err r;

	if (run->opt->key != NULL) {
		text = slice_str(run->opt->key);
	} else {
		r = source_get(run->src, "log/key", NOTE_MAX, &b, run->why);
		if (r != OK)
			goto out;
		text = buf_slice(&b);
		if (text.n > 0 && text.p[text.n - 1] == '\n')
			text.n--;
	}
	r = note_key_parse(text, &run->key);
	if (r == OK && run->key.type != NOTE_ED25519)
		r = ERR_FORMAT;
	if (r != OK)
		r = why_say(run->why, ERR_FORMAT, "%s is no verifier key",
		    run->opt->key != NULL ? "what --key gives" : "log/key");

out:
	buf_free(&b);
	return r;
}

/* Rule 1; ERR_SIGNATURE when it is broken. */
static enum err
read_checkpoint(struct replay_run *run)
{
	enum err r;

	r = source_get(
	    run->src, "log/checkpoint", NOTE_MAX, &run->note_bytes, run->why);
	if (r != OK)
		return r;
	run->r->judged[RULE_CHECKPOINT]++;
	r = checkpoint_open(buf_slice(&run->note_bytes), &run->key, &run->note,
	    &run->r->checkpoint);
	if (r == OK)
		return OK;
	if (r == ERR_NOMEM)
		return r;
	broken(run, RULE_CHECKPOINT,
	    r == ERR_FORMAT || r == ERR_LIMIT
		? "the checkpoint is malformed"
		: "the checkpoint is not signed by the log's key");
	return ERR_SIGNATURE;
}

static enum err
read_earlier(struct replay_run *run)
{
	char text[NOTE_MAX];
	struct note note;
	size_t n;
	FILE *f;

	if (run->opt->earlier == NULL)
		return OK;
	if ((f = fopen(run->opt->earlier, "rb")) == NULL)
		return why_say(run->why, ERR_IO, "%s: %s", run->opt->earlier,
		    strerror(errno));
	n = fread(text, 1, sizeof(text), f);
	(void)fclose(f);
	if (checkpoint_open(
		slice_of(text, n), &run->key, &note, &run->earlier) != OK)
		return why_say(run->why, ERR_FORMAT,
		    "%s: not a checkpoint signed by %s", run->opt->earlier,
		    run->key.name);
	run->has_earlier = 1;
	if (run->earlier.size > run->r->checkpoint.size) {
		run->r->judged[RULE_CONSISTENCY]++;
		broken(run, RULE_CONSISTENCY,
		    "the log is shorter than it was before");
		run->has_earlier = 0;
	}
	return OK;
}

/* Rule 3, at the size that the earlier checkpoint has. */
static void
judge_earlier(struct replay_run *run)
{
	struct hash root;

	if (!run->has_earlier || run->r->tree.size != run->earlier.size)
		return;
	run->has_earlier = 0;
	run->r->judged[RULE_CONSISTENCY]++;
	merkle_root(&run->r->tree, &root);
	if (!hash_equal(&root, &run->earlier.root))
		broken(run, RULE_CONSISTENCY,
		    "the log is another one than it was before (a fork)");
}

/* --- Entries -----------------------------------------------------------------
 */

static int
is_clear(const struct space *s)
{
	return !s->lost_form && !s->lost_roll && !s->lost_records &&
	       !s->lost_ledgers && !s->lost_result && s->form != NULL;
}

/* Rules 36 and 37, once all records before the close are taken in. */
static enum err
judge_close(struct replay_run *run, struct space *s)
{
	uint32_t of[PURPOSE_MAX + 1] = { 0 }, all = 0;
	unsigned p, purposes = 0;
	struct verdict v;
	enum err r;

	if (s->lost_records || s->form == NULL)
		return OK;
	for (p = 1; p <= PURPOSE_MAX; p++) {
		of[p] = seen_credentials(run->r->seen, s->no, p);
		all += of[p];
		purposes += header_has_purpose(s->header->kind, p) ? 1U : 0U;
	}
	r = world_check_close(run->r->world, s, s->records, all, &v);
	for (p = 1; p <= PURPOSE_MAX && r == OK && purposes > 1; p++) {
		if (header_has_purpose(s->header->kind, p))
			r = world_check_issued(run->r->world, s, p, of[p], &v);
	}
	return r;
}

/* Keep a recounted result. */
static enum err
keep_result(struct replay *r, const struct space *s, struct buf *b)
{
	struct buf *p;
	size_t n = s->no + 1;

	if (n > r->n_results) {
		if ((p = realloc(r->results, n * sizeof(*p))) == NULL)
			return ERR_NOMEM;
		memset(p + r->n_results, 0, (n - r->n_results) * sizeof(*p));
		r->results = p;
		r->n_results = n;
	}
	buf_free(&r->results[s->no]);
	r->results[s->no] = *b;
	memset(b, 0, sizeof(*b)); /* handed over */
	return OK;
}

struct slice
replay_recounted(const struct replay *r, const struct space *s)
{
	return s->no < r->n_results ? buf_slice(&r->results[s->no])
				    : slice_of(NULL, 0);
}

/* Rule 39. */
static enum err
judge_result(struct replay_run *run, struct space *s, uint64_t index)
{
	struct verdict v = { .rule = RULE_RESULT, .index = index };
	struct buf own = { 0 };
	struct hash h;
	enum err r;

	if (!is_clear(s))
		return OK;
	run->r->judged[RULE_RESULT]++;
	r = replay_result(run->r, s, &own, &v.why);
	if (r == ERR_FORBIDDEN) {
		replay_report(run, &v);
		r = OK;
		goto out;
	}
	if (r != OK) {
		(void)why_say(run->why, r, "%s", v.why.text);
		goto out;
	}
	hash_bytes(buf_slice(&own), &h);
	if (!hash_equal(&h, &s->result)) {
		(void)why_say(&v.why, OK,
		    "the result of %s is not what the log gives",
		    s->header->slug);
		replay_report(run, &v);
	}
	r = keep_result(run->r, s, &own);

out:
	buf_free(&own);
	return r;
}

/* What an entry needs beyond the world, which has taken it in. */
static enum err
after(struct replay_run *run, struct replay_chunk *c, uint64_t index,
    const struct entry *e)
{
	struct space *s = world_space_by_id(run->r->world, &e->space_id);
	enum err r;

	if (e->kind != ENTRY_CLOSE && e->kind != ENTRY_RESULT &&
	    e->kind != ENTRY_MODERATION)
		return OK;
	if (s == NULL || !world_wanted(run->r->world, s))
		return OK;
	if (e->kind == ENTRY_MODERATION)
		return contents_moderate(run->contents, s->no, index, e);
	if ((r = replay_chunk_flush(run, c)) != OK)
		return r;
	return e->kind == ENTRY_CLOSE ? judge_close(run, s)
				      : judge_result(run, s, index);
}

static enum err
other(struct replay_run *run, struct replay_chunk *c, uint64_t index,
    struct slice bytes)
{
	struct verdict v = { .rule = RULE_ENTRY, .index = index };
	struct entry e;
	struct hash root;
	enum err r;

	if (entry_parse(bytes, &e) != OK) {
		run->r->judged[RULE_ENTRY]++;
		(void)why_say(
		    &v.why, OK, "the entry is of no known kind, or malformed");
		replay_report(run, &v);
		world_gap(run->r->world, index);
		return OK;
	}
	if (e.kind == ENTRY_CLOSE)
		merkle_root(&run->r->tree, &root);
	r = world_apply(
	    run->r->world, index, &e, e.kind == ENTRY_CLOSE ? &root : NULL, &v);
	if (r == ERR_SIGNATURE)
		return OK;
	if (r != OK)
		return why_say(run->why, r, "%s", run->r->unread.text);
	return after(run, c, index, &e);
}

static enum err
record(struct replay_run *run, struct replay_chunk *c, uint64_t index,
    struct slice raw, const struct hash *leaf)
{
	struct space *s = NULL;
	struct verdict v = { 0 };
	enum err r;

	r = world_record(run->r->world, index, raw, leaf, &s, &v);
	if (r == ERR_SIGNATURE)
		return OK;
	if (r != OK || s == NULL || !world_wanted(run->r->world, s))
		return r;
	if (s->form == NULL || s->lost_form)
		s->lost_records = 1;
	else
		replay_chunk_add(c, index, raw, leaf, s);
	return OK;
}

static enum err
bundle(struct replay_run *run, uint64_t no)
{
	struct replay_chunk *c;
	struct why why = { { 0 } };
	struct hash leaf;
	size_t i, n = 0;
	enum err r;

	if ((r = replay_chunk_next(run, &c)) != OK)
		return r;
	r = source_entries(run->src, no, run->r->checkpoint.size, &c->bytes,
	    c->entries, &n, &why);
	if (r == ERR_FORMAT) {
		run->stopped = 1;
		run->r->judged[RULE_TREE]++;
		broken(run, RULE_TREE, why.text);
		return OK;
	}
	if (r != OK)
		return why_say(run->why, r, "%s", why.text);
	for (i = 0; i < n && run->r->tree.size < run->size; i++) {
		struct slice e = c->entries[i];
		uint64_t index = run->r->tree.size;

		hash_leaf(e, &leaf);
		merkle_append(&run->r->tree, &leaf);
		judge_earlier(run);
		if ((r = replay_tiles_push(run, &leaf)) != OK)
			return r;
		if (e.n > 2 && e.p[0] == ENTRY_RECORD && e.p[1] == 1)
			r = record(
			    run, c, index, slice_of(e.p + 2, e.n - 2), &leaf);
		else
			r = other(run, c, index, e);
		if (r != OK)
			return r;
	}
	if (c->n > 0)
		replay_chunk_send(run, c);
	return OK;
}

/* --- The whole ---------------------------------------------------------------
 */

static enum err
set_up(struct replay_run *run)
{
	struct world_audit audit = { replay_report, replay_chunk_ledger,
		run->opt->space, run };
	enum err r;

	if ((r = world_new(&run->key, get_object, run->r, &run->r->world)) !=
	    OK)
		return r;
	world_audit(run->r->world, &audit);
	if ((run->r->seen = seen_new()) == NULL ||
	    (run->contents = contents_new()) == NULL)
		return ERR_NOMEM;
	run->size = run->r->checkpoint.size;
	if (run->opt->at > run->size)
		return why_say(run->why, ERR_LIMIT,
		    "the log has %llu entries only",
		    (unsigned long long)run->size);
	if (run->opt->at != 0)
		run->size = run->opt->at;
	judge_earlier(run);
	return replay_chunk_setup(run);
}

static enum err
entries(struct replay_run *run)
{
	uint64_t no, bundles = tile_count(TILE_LEVEL_ENTRIES, run->size);
	enum err r = OK;

	for (no = 0; no < bundles && r == OK && !run->stopped; no++) {
		if (!run->opt->keep_going && run->r->n_broken > 0)
			run->stopped = 1;
		else
			r = bundle(run, no);
	}
	return r != OK ? r : replay_chunk_flush(run, NULL);
}

static void
run_free(struct replay_run *run)
{
	if (run->pool != NULL)
		replay_chunk_free(run);
	contents_free(run->contents);
	buf_free(&run->note_bytes);
	free(run);
}

enum err
replay_log(struct source *src, const struct replay_options *opt,
    struct replay **out, struct why *why)
{
	const struct world_audit none = { .slug = opt->space };
	struct replay_run *run;
	struct replay *rep = NULL;
	enum err r;

	if ((run = calloc(1, sizeof(*run))) == NULL ||
	    (rep = calloc(1, sizeof(*rep))) == NULL) {
		r = why_say(why, ERR_NOMEM, "out of memory");
		goto out;
	}
	(void)why_say(why, OK, "%s", "");
	run->r = rep;
	run->opt = opt;
	run->src = src;
	run->why = why;
	rep->source = src;
	if ((r = read_key(run)) != OK)
		goto out;
	if ((r = read_checkpoint(run)) == ERR_SIGNATURE) {
		r = OK;
		*out = rep;
		rep = NULL; /* handed over */
		goto out;
	}
	if (r != OK || (r = read_earlier(run)) != OK ||
	    (r = set_up(run)) != OK || (r = entries(run)) != OK ||
	    (r = replay_end(run)) != OK)
		goto out;
	/* Whom the world would report to is gone with the run. */
	world_audit(rep->world, &none);
	*out = rep;
	rep = NULL; /* handed over */

out:
	if (r != OK && why != NULL && why->text[0] == 0)
		(void)why_say(why, r, "%s", err_str(r));
	if (run != NULL)
		run_free(run);
	replay_free(rep);
	return r;
}

void
replay_free(struct replay *r)
{
	size_t i;

	if (r == NULL)
		return;
	for (i = 0; i < r->n_results; i++)
		buf_free(&r->results[i]);
	free(r->results);
	world_free(r->world);
	seen_free(r->seen);
	free(r);
}

enum err
replay_result(
    struct replay *r, const struct space *s, struct buf *out, struct why *why)
{
	struct buf paper = { 0 };
	enum err e;

	if (!hash_is_zero(&s->paper_hash[1]) &&
	    (e = source_object(r->source, &s->paper_hash[1], &paper, why)) !=
		OK)
		goto out;
	e = result_document(r->world, s, r->seen, buf_slice(&paper), out, why);

out:
	buf_free(&paper);
	return e;
}
