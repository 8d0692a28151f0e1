/* What only the end of the log shows, and what cannot be judged yet. */
#include <stdlib.h>
#include <string.h>

#include "replay_run.h"
#include "replay_sealed.h"

/* Rule 2. */
static enum err
judge_quorum(struct replay_run *run)
{
	struct verdict v = { .rule = RULE_QUORUM, .index = UINT64_MAX };
	size_t i;
	enum err r;

	if (run->opt->policy != NULL) {
		run->r->judged[RULE_QUORUM]++;
		if (policy_demand(
			run->opt->policy, &run->key, &run->note, &v.why) != OK)
			replay_report(run, &v);
	}
	for (i = 0; i < world_spaces(run->r->world); i++) {
		const struct space *s = world_space(run->r->world, i);
		const struct header *h = s->header;

		if (!world_wanted(run->r->world, s) || h->n_witnesses == 0)
			continue;
		run->r->judged[RULE_QUORUM]++;
		r = checkpoint_quorum(
		    &run->note, h->witnesses, h->n_witnesses, h->quorum);
		if (r != OK && r != ERR_SIGNATURE)
			return r;
		if (r == OK)
			continue;
		(void)why_say(&v.why, OK,
		    "fewer than %zu witnesses of %s have cosigned the "
		    "checkpoint",
		    h->quorum, h->slug);
		replay_report(run, &v);
	}
	return OK;
}

/* Rule 4. */
static void
judge_tree(struct replay_run *run)
{
	struct verdict v = { .rule = RULE_TREE, .index = UINT64_MAX };
	struct hash root;

	run->r->judged[RULE_TREE]++;
	merkle_root(&run->r->tree, &root);
	if (hash_equal(&root, &run->r->checkpoint.root))
		return;
	(void)why_say(
	    &v.why, OK, "the entries give another root than the checkpoint");
	replay_report(run, &v);
}

static enum err
judge_contents(struct replay_run *run)
{
	uint64_t n = 0;
	enum err r;

	r = contents_judge(
	    run->contents, run->src, replay_report, run, &n, run->why);
	run->r->judged[RULE_CONTENT] += n;
	return r;
}

/* What openings there are where no result has judged them yet. */
static enum err
judge_openings(struct replay_run *run)
{
	size_t i;
	enum err r;

	for (i = 0; i < world_spaces(run->r->world); i++) {
		const struct space *s = world_space(run->r->world, i);

		if (!world_wanted(run->r->world, s) || s->n_openings == 0 ||
		    s->has_result || s->lost_records)
			continue;
		r = replay_sealed_judge(run->r, s, run->why);
		/* A ballot that is none broke a rule where it stands. */
		if (r != OK && r != ERR_SIGNATURE && r != ERR_FORMAT)
			return r;
	}
	return OK;
}

static int
is_broken(const struct replay *r, enum rule_no rule)
{
	size_t i;

	for (i = 0; i < r->n_broken; i++) {
		if (r->broken[i].rule == rule)
			return 1;
	}
	return 0;
}

static int
verdict_cmp(const void *a, const void *b)
{
	const struct verdict *x = a, *y = b;

	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	return (x->rule > y->rule) - (x->rule < y->rule);
}

/*
 * Entries that are not those of the log's root differ from its tiles too. That,
 * what such an entry says, and what follows from it (a result names the tree of
 * the close) is one fault: from the first of them on we do not have what was
 * signed.
 */
static void
drop_consequences(struct replay_run *run)
{
	struct replay *r = run->r;
	int tree = is_broken(r, RULE_TREE);
	size_t i, n = 0;

	for (i = 0; i < r->n_broken; i++) {
		const struct verdict *v = &r->broken[i];

		if (tree && run->n_altered > 0 && v->index >= run->altered[0] &&
		    v->rule != RULE_TREE && v->rule != RULE_QUORUM)
			continue;
		r->broken[n++] = *v;
	}
	r->n_broken = n;
	if (n > 0)
		qsort(r->broken, n, sizeof(r->broken[0]), verdict_cmp);
	if (!run->opt->keep_going && n > 1)
		r->n_broken = 1;
}

static int
has_ledgers(const struct space *s)
{
	size_t i;
	unsigned p;

	for (i = 0; i < s->header->n_issuers; i++) {
		for (p = 1; p <= PURPOSE_MAX; p++) {
			if (header_has_purpose(s->header->kind, p) &&
			    !s->ledgers[i][p].present)
				return 0;
		}
	}
	return 1;
}

/* Nonzero iff the space has come to where rules of ${phase} can be judged. */
static int
has_reached(const struct space *s, enum rule_phase phase)
{
	if (s->has_result || s->cancelled)
		return 1;
	switch (phase) {
	case PHASE_LOG:
	case PHASE_HEADER:
		return 1;
	case PHASE_FORM:
		return s->form != NULL;
	case PHASE_LEDGER:
		return has_ledgers(s);
	case PHASE_RECORD:
		return s->batches > 0 || s->closed;
	case PHASE_CLOSE:
		return s->closed;
	case PHASE_RESULT:
		return 0;
	}
	return 0;
}

static void
find_not_due(struct replay *r)
{
	size_t i, k, spaces = 0;

	for (k = 0; k < world_spaces(r->world); k++)
		spaces +=
		    world_wanted(r->world, world_space(r->world, k)) ? 1 : 0;
	for (i = 0; i < RULE_MAX; i++) {
		r->not_due[rules[i].no] =
		    spaces == 0 && rules[i].phase != PHASE_LOG;
		for (k = 0; k < world_spaces(r->world); k++) {
			const struct space *s = world_space(r->world, k);

			if (world_wanted(r->world, s) &&
			    !has_reached(s, rules[i].phase))
				r->not_due[rules[i].no] = 1;
		}
	}
}

enum err
replay_end(struct replay_run *run)
{
	const uint64_t *judged = world_judged(run->r->world);
	int whole = run->size == run->r->checkpoint.size;
	struct verdict v = { 0 };
	size_t i;
	enum err r;

	if (!run->stopped && whole) {
		if (run->size == 0) {
			v.rule = RULE_GENESIS;
			v.index = UINT64_MAX;
			(void)why_say(&v.why, OK, "the log is empty");
			replay_report(run, &v);
		}
		if ((r = world_end(run->r->world, run->size, &v)) != OK ||
		    (r = replay_tiles_end(run)) != OK ||
		    (r = judge_quorum(run)) != OK)
			return r;
		judge_tree(run);
	}
	if (!run->stopped && ((r = judge_contents(run)) != OK ||
				 (r = judge_openings(run)) != OK))
		return r;
	if (run->opt->space != NULL &&
	    world_space_by_slug(run->r->world, run->opt->space) == NULL &&
	    run->r->n_broken == 0)
		return why_say(run->why, ERR_NOT_FOUND,
		    "there is no space %s in this log", run->opt->space);
	for (i = 1; i <= RULE_MAX; i++)
		run->r->judged[i] += judged[i];
	drop_consequences(run);
	find_not_due(run->r);
	return OK;
}
