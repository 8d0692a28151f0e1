/*
 * One pass over the log, in one piece or as it grows: the main thread reads
 * bundles, hashes every entry, judges its place and what it says; records go
 * through the pool.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "result.h"

#include "replay_run.h"
#include "replay_sealed.h"

#include "replay.h"

static void
add(struct verdict list[static REPLAY_BROKEN_MAX], size_t *n,
    const struct verdict *v)
{
	size_t i;

	/* An entry that could not be judged to its end is judged again. */
	for (i = 0; i < *n; i++) {
		if (list[i].rule == v->rule && list[i].index == v->index &&
		    strcmp(list[i].why.text, v->why.text) == 0)
			return;
	}
	/* The tree comes last and explains the others (drop_consequences). */
	if (*n == REPLAY_BROKEN_MAX && v->rule == RULE_TREE)
		--*n;
	if (*n < REPLAY_BROKEN_MAX)
		list[(*n)++] = *v;
}

void
replay_report(void *cookie, const struct verdict *v)
{
	struct replay_run *run = cookie;

	add(run->r->broken, &run->r->n_broken, v);
	if (run->keeping)
		add(run->kept.broken, &run->kept.n_broken, v);
}

/* A broken rule that is no entry's. */
static void
broken(struct replay_run *run, enum rule_no rule, const char *text)
{
	struct verdict v = { .rule = rule, .index = UINT64_MAX };

	(void)why_say(&v.why, OK, "%s", text);
	replay_report(run, &v);
}

/* The same for what is published now, which may be mended: no further. */
static void
broken_now(struct replay_run *run, enum rule_no rule, const char *text)
{
	int keeping = run->keeping;

	run->stopped = 1;
	run->keeping = 0;
	run->r->judged[rule] = 1;
	broken(run, rule, text);
	run->keeping = keeping;
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
open_checkpoint(struct replay_run *run, struct slice bytes, struct note *note,
    struct checkpoint *next)
{
	enum err r;

	run->r->judged[RULE_CHECKPOINT] = 1;
	r = checkpoint_open(bytes, &run->key, note, next);
	if (r == OK || r == ERR_NOMEM)
		return r;
	broken(run, RULE_CHECKPOINT,
	    r == ERR_FORMAT || r == ERR_LIMIT
		? "the checkpoint is malformed"
		: "the checkpoint is not signed by the log's key");
	return ERR_SIGNATURE;
}

/* OK iff the hash tiles prove that ${next} continues what was taken in. */
static enum err
tiles_prove(struct replay_run *run, const struct checkpoint *next)
{
	const struct checkpoint *c = &run->r->checkpoint;
	struct source_tree *tree;
	struct merkle_proof proof;
	enum err r;

	if ((tree = calloc(1, sizeof(*tree))) == NULL)
		return ERR_NOMEM;
	tree->s = run->src;
	tree->size = next->size;
	r = merkle_prove_consistency(
	    c->size, next->size, source_node, tree, &proof);
	if (r == OK)
		r = merkle_verify_consistency(
		    c->size, next->size, &proof, &c->root, &next->root);
	free(tree);
	return r;
}

/* The same by the entries that follow, where tiles are missing or altered. */
static enum err
entries_prove(struct replay_run *run, const struct checkpoint *next)
{
	uint64_t no, bundles = tile_count(TILE_LEVEL_ENTRIES, next->size);
	struct slice list[TILE_WIDTH];
	struct merkle m = run->r->tree;
	struct buf b = { 0 };
	struct hash h;
	size_t i, n = 0;
	enum err r = OK;

	for (no = m.size / TILE_WIDTH; no < bundles && r == OK; no++) {
		b.n = 0;
		r = source_entries(
		    run->src, no, next->size, &b, list, &n, run->why);
		for (i = m.size % TILE_WIDTH; r == OK && i < n; i++) {
			hash_leaf(list[i], &h);
			merkle_append(&m, &h);
		}
	}
	buf_free(&b);
	merkle_root(&m, &h);
	if (r == OK && !hash_equal(&h, &next->root))
		r = ERR_SIGNATURE;
	return r;
}

/* Rule 3 for a log that was read before; ERR_SIGNATURE when it is broken. */
static enum err
judge_growth(struct replay_run *run, const struct checkpoint *next)
{
	const struct checkpoint *c = &run->r->checkpoint;
	struct why text;
	enum err r;

	if (!run->begun || c->size == 0)
		return OK;
	run->r->judged[RULE_CONSISTENCY] = 1;
	if (next->size < c->size) {
		(void)why_say(&text, OK,
		    "the log has %llu entries, it had %llu before (a "
		    "rollback)",
		    (unsigned long long)next->size,
		    (unsigned long long)c->size);
		broken(run, RULE_CONSISTENCY, text.text);
		return ERR_SIGNATURE;
	}
	r = tiles_prove(run, next);
	if (r == ERR_NOMEM || r == ERR_IO)
		return r;
	if (r != OK && next->size > c->size && run->r->tree.size == c->size)
		r = entries_prove(run, next);
	if (r != OK && r != ERR_SIGNATURE && r != ERR_FORMAT)
		return r;
	if (r != OK) {
		(void)why_say(&text, OK,
		    "the checkpoint of %llu entries does not continue that of "
		    "%llu (a fork)",
		    (unsigned long long)next->size,
		    (unsigned long long)c->size);
		broken(run, RULE_CONSISTENCY, text.text);
		return ERR_SIGNATURE;
	}
	return OK;
}

/* ERR_SIGNATURE: it is not to be taken in, and was reported. */
static enum err
read_checkpoint(struct replay_run *run)
{
	struct note *note = NULL;
	struct buf bytes = { 0 }, old;
	struct checkpoint next;
	enum err r;

	r = source_get(run->src, "log/checkpoint", NOTE_MAX, &bytes, run->why);
	if (r != OK)
		goto out;
	if ((note = malloc(sizeof(*note))) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	if ((r = open_checkpoint(run, buf_slice(&bytes), note, &next)) != OK ||
	    (r = judge_growth(run, &next)) != OK)
		goto out;
	run->begun = 1;
	run->r->checkpoint = next;
	run->note = *note; /* borrows from the bytes, which move along */
	old = run->note_bytes;
	run->note_bytes = bytes;
	bytes = old;

out:
	free(note);
	buf_free(&bytes);
	return r;
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
	if (run->read_earlier)
		goto judge;
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
	run->has_earlier = run->read_earlier = 1;

judge:
	if (run->has_earlier && run->earlier.size > run->r->checkpoint.size) {
		run->r->judged[RULE_CONSISTENCY] = 1;
		broken(run, RULE_CONSISTENCY,
		    "the log is shorter than it was before");
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
	run->r->judged[RULE_CONSISTENCY] = 1;
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

/* Is it tallied from ballots that openings have to open? */
static int
is_opened(const struct replay *r, const struct space *s)
{
	return s->form->sealed && s->header->kind == SPACE_BALLOT &&
	       seen_credentials(r->seen, s->no, PURPOSE_VOTE) >=
		   s->header->min_open;
}

/* Rules 39 and 47. */
static enum err
judge_result(struct replay_run *run, struct space *s, uint64_t index)
{
	struct verdict v = { .rule = RULE_RESULT, .index = index };
	struct buf own = { 0 };
	struct hash h;
	enum err r;

	if (!is_clear(s))
		return OK;
	r = replay_result(run->r, s, &own, &v.why);
	if (is_opened(run->r, s)) {
		/* A ballot that is none broke a rule where it stands. */
		if ((r == ERR_SIGNATURE || r == ERR_FORMAT) &&
		    run->r->n_broken > 0) {
			r = OK;
			goto out;
		}
		run->r->judged[RULE_OPENED]++;
		if (r == ERR_FORBIDDEN)
			v.rule = RULE_OPENED;
	}
	if (v.rule == RULE_RESULT)
		run->r->judged[RULE_RESULT]++;
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

	if (e->kind == ENTRY_FORM && s != NULL && s->form != NULL &&
	    s->form->sealed)
		return seen_seal(run->r->seen, s->no, s->form->body_bytes);
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

	r = entry_parse(bytes, &e);
	if (r == OK && run->pending == PENDING_AFTER)
		return after(run, c, index, &e);
	if (r != OK) {
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
	run->pending = PENDING_AFTER;
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

/* Judge one entry, unless it was judged before. */
static enum err
one(struct replay_run *run, struct replay_chunk *c, struct slice e)
{
	uint64_t index = run->r->tree.size;
	struct hash leaf;
	enum err r;

	hash_leaf(e, &leaf);
	if (run->pending == PENDING_NONE) {
		if ((r = replay_tiles_push(run, &leaf)) != OK)
			return r;
		merkle_append(&run->r->tree, &leaf);
		run->pending = PENDING_APPLY;
		judge_earlier(run);
	} else {
		index--;
	}
	if (e.n > 2 && e.p[0] == ENTRY_RECORD && e.p[1] == 1)
		r = record(run, c, index, slice_of(e.p + 2, e.n - 2), &leaf);
	else
		r = other(run, c, index, e);
	if (r == OK)
		run->pending = PENDING_NONE;
	return r;
}

/* Rule 4, for the entries of a bundle that were there when it was read before;
   ${n} of them. */
static int
is_same(
    struct replay_run *run, uint64_t no, const struct slice *entries, size_t n)
{
	uint64_t index = no * TILE_WIDTH;
	struct hash leaf;
	struct why text;
	size_t i;

	for (i = 0; i < n; i++, index++) {
		hash_leaf(entries[i], &leaf);
		if (hash_equal(&leaf, &run->tiles.level[0].h[i]))
			continue;
		(void)why_say(&text, OK,
		    "entry %llu is not the one that was published before",
		    (unsigned long long)index);
		broken_now(run, RULE_TREE, text.text);
		return 0;
	}
	return 1;
}

static enum err
bundle(struct replay_run *run, uint64_t no)
{
	size_t i, n = 0, had = run->r->tree.size - no * TILE_WIDTH;
	struct replay_chunk *c;
	struct why why = { { 0 } };
	enum err r;

	if ((r = replay_chunk_next(run, &c)) != OK)
		return r;
	r = source_entries(run->src, no, run->r->checkpoint.size, &c->bytes,
	    c->entries, &n, &why);
	if (r == ERR_FORMAT) {
		broken_now(run, RULE_TREE, why.text);
		return OK;
	}
	if (r != OK)
		return why_say(run->why, r, "%s", why.text);
	if (!is_same(run, no, c->entries, had))
		return OK;
	i = had - (run->pending != PENDING_NONE ? 1 : 0);
	for (; i < n && r == OK; i++) {
		if (run->r->tree.size == run->size &&
		    run->pending == PENDING_NONE)
			break;
		r = one(run, c, c->entries[i]);
	}
	/* What was taken in is judged, whatever came after it. */
	if (c->n > 0)
		replay_chunk_send(run, c);
	return r;
}

/* --- The whole ---------------------------------------------------------------
 */

static enum err
set_up(struct replay_run *run)
{
	enum err r;

	if ((r = read_key(run)) != OK || (r = world_new(&run->key, get_object,
					      run->r, &run->r->world)) != OK)
		return r;
	if ((run->r->seen = seen_new()) == NULL ||
	    (run->contents = contents_new()) == NULL)
		return ERR_NOMEM;
	return replay_chunk_setup(run);
}

/* All that the log has more than was judged. */
static enum err
entries(struct replay_run *run)
{
	uint64_t no, bundles = tile_count(TILE_LEVEL_ENTRIES, run->size);
	uint64_t first = run->r->tree.size;
	enum err e, r = OK;

	if (run->pending != PENDING_NONE)
		first--;
	run->keeping = 1;
	judge_earlier(run);
	for (no = first / TILE_WIDTH; no < bundles && r == OK; no++) {
		if (!run->opt->keep_going && run->r->n_broken > 0)
			run->stopped = 1;
		if (run->stopped)
			break;
		r = bundle(run, no);
	}
	e = replay_chunk_flush(run, NULL);
	run->keeping = 0;
	return r != OK ? r : e;
}

/* Begin with what is true of the entries judged before. */
static void
recall(struct replay_run *run)
{
	const struct replay_kept *k = &run->kept;

	memcpy(run->r->judged, k->judged, sizeof(k->judged));
	memcpy(run->r->broken, k->broken, k->n_broken * sizeof(k->broken[0]));
	run->r->n_broken = k->n_broken;
	run->n_altered = k->n_altered;
	run->stopped = 0;
}

static void
keep(struct replay_run *run)
{
	memcpy(run->kept.judged, run->r->judged, sizeof(run->kept.judged));
	run->kept.judged[RULE_TREE] = 0;
	run->kept.n_altered = run->n_altered;
}

/* Without a checkpoint nothing can be judged. */
static void
nothing_due(struct replay *r)
{
	size_t i;

	for (i = 1; i <= RULE_MAX; i++)
		r->not_due[i] = 1;
}

static enum err
advance(struct replay_run *run)
{
	enum err e, r;

	recall(run);
	if ((r = read_checkpoint(run)) == ERR_SIGNATURE) {
		if (!run->begun)
			nothing_due(run->r);
		return OK;
	}
	if (r != OK || (r = read_earlier(run)) != OK)
		return r;
	run->size = run->r->checkpoint.size;
	if (run->opt->at > run->size)
		return why_say(run->why, ERR_LIMIT,
		    "the log has %llu entries only",
		    (unsigned long long)run->size);
	if (run->opt->at != 0)
		run->size = run->opt->at;
	e = entries(run);
	keep(run);
	return e != OK ? e : replay_end(run);
}

enum err
replay_advance(struct replay *r, struct why *why)
{
	struct replay_run *run = r->run;
	const struct world_audit quiet = { .slug = run->opt->space };
	const struct world_audit audit = { replay_report, replay_chunk_ledger,
		run->opt->space, run };
	struct why own;
	enum err e;

	run->why = why != NULL ? why : &own;
	(void)why_say(run->why, OK, "%s", "");
	world_audit(r->world, &audit);
	e = advance(run);
	/* Nobody listens between the calls. */
	world_audit(r->world, &quiet);
	if (e != OK && run->why->text[0] == 0)
		(void)why_say(run->why, e, "%s", err_str(e));
	run->why = NULL;
	return e;
}

static void
run_free(struct replay_run *run)
{
	if (run == NULL)
		return;
	if (run->pool != NULL)
		replay_chunk_free(run);
	contents_free(run->contents);
	buf_free(&run->note_bytes);
	free(run);
}

enum err
replay_open(struct source *src, const struct replay_options *opt,
    struct replay **out, struct why *why)
{
	struct replay *rep;
	struct why own;
	enum err r = ERR_NOMEM;

	if (why == NULL)
		why = &own;
	(void)why_say(why, OK, "%s", "");
	if ((rep = calloc(1, sizeof(*rep))) == NULL ||
	    (rep->run = calloc(1, sizeof(*rep->run))) == NULL)
		goto out;
	rep->source = src;
	rep->threads = opt->threads;
	rep->run->r = rep;
	rep->run->options = *opt;
	rep->run->opt = &rep->run->options;
	rep->run->src = src;
	rep->run->why = why;
	if ((r = set_up(rep->run)) != OK)
		goto out;
	rep->run->why = NULL;
	*out = rep;
	rep = NULL; /* handed over */

out:
	if (r != OK && why->text[0] == 0)
		(void)why_say(why, r, "%s", err_str(r));
	replay_free(rep);
	return r;
}

enum err
replay_log(struct source *src, const struct replay_options *opt,
    struct replay **out, struct why *why)
{
	struct replay *rep = NULL;
	enum err r;

	if ((r = replay_open(src, opt, &rep, why)) != OK ||
	    (r = replay_advance(rep, why)) != OK)
		goto out;
	run_free(rep->run);
	rep->run = NULL;
	*out = rep;
	rep = NULL; /* handed over */

out:
	replay_free(rep);
	return r;
}

int
replay_erased(const struct replay *r, const struct hash *content)
{
	return r->run != NULL && contents_erased(r->run->contents, content);
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
	for (i = 0; i < r->n_sealed; i++)
		replay_sealed_free(r->sealed[i]);
	free(r->sealed);
	run_free(r->run);
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
	    (e = source_again(r->source, &s->paper_hash[1], &paper, why)) != OK)
		goto out;
	if (s->closed && s->form != NULL && is_opened(r, s))
		e = replay_sealed_result(r, s, buf_slice(&paper), out, why);
	else
		e = result_document(
		    r->world, s, r->seen, buf_slice(&paper), NULL, out, why);

out:
	buf_free(&paper);
	return e;
}
