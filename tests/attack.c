#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spawn.h"

#include "attack.h"

int
attack_town_new(void **state)
{
	struct town *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return -1;
	town_new(t);
	*state = t;
	return 0;
}

int
attack_town_free(void **state)
{
	town_free(*state);
	free(*state);
	return 0;
}

int
attack_has_ledger(const struct space *sp)
{
	return sp->ledgers[0][PURPOSE_VOTE].present;
}

int
attack_has_destroyed(const struct space *sp)
{
	return sp->ledgers[0][PURPOSE_VOTE].destroyed;
}

int
attack_has_batch(const struct space *sp)
{
	return sp->batches > 0;
}

struct space *
attack_vote_space(struct town *t, const char *slug, size_t n)
{
	struct space *sp = town_space(t, slug, NULL);
	size_t i;

	town_clock(t, 1000);
	for (i = 0; i < n; i++)
		assert_int_equal(town_ask(t, sp, &t->voters[i]), PROBLEM_NONE);
	town_clock(t, TOWN_FROM);
	assert_true(town_wait(t, attack_has_destroyed, sp));
	return sp;
}

static size_t
audit(const char *dir, enum rule_no *rule)
{
	struct replay_options opt = { .keep_going = 1 };
	struct source *src = NULL;
	struct replay *r = NULL;
	struct why why = { { 0 } };
	size_t i, n;

	assert_int_equal(source_open(dir, &src, &why), OK);
	if (replay_log(src, &opt, &r, &why) != OK)
		fail_msg("%s", why.text);
	n = r->n_broken;
	*rule = n > 0 ? r->broken[0].rule : RULE_NONE;
	for (i = 0; i < n; i++) {
		print_message("  %s at %llu: %s\n",
		    rule_of(r->broken[i].rule)->name,
		    (unsigned long long)r->broken[i].index,
		    r->broken[i].why.text);
		/* One cause, one fault: another rule is another matter. */
		if (r->broken[i].rule != *rule)
			*rule = RULE_NONE;
	}
	replay_free(r);
	source_free(src);
	return n;
}

size_t
attack_audit(struct forge *f, enum rule_no *rule)
{
	const char *dir = forge_dir("attack");
	size_t n;

	forge_write(f, dir);
	n = audit(dir, rule);
	forge_clean(dir);
	return n;
}

int
attack_twist(const char *twist, enum rule_no rule)
{
	const char *dir = forge_dir("attack");
	struct forge *f = forge_new(twist);
	enum rule_no found;
	size_t n;

	forge_town(f, dir);
	n = audit(dir, &found);
	forge_clean(dir);
	forge_free(f);
	return n > 0 && found == rule;
}

void
attack_begin(struct forge *f, struct forge_space *s)
{
	static const size_t asked[] = { 0, 1, 2, 3 };
	size_t i;

	forge_header(f, s);
	forge_form(f, s);
	for (i = 0; i < s->issuers; i++)
		forge_ledger(f, s, (uint8_t)i, PURPOSE_VOTE, asked, 4);
}

void
attack_vote(struct forge *f, const struct forge_space *s, size_t voter,
    uint32_t seq, uint8_t choices, struct buf *out)
{
	out->n = 0;
	forge_record(
	    f, s, voter, PURPOSE_VOTE, seq, slice_of(&choices, 1), out);
}

void
attack_copy(const struct town *t, struct town *out)
{
	const char *argv[] = { "/bin/cp", "-Rp", t->dir, out->dir, NULL };
	struct why why = { { 0 } };
	struct buf said = { 0 };
	struct spawn s;
	int status = 1;

	assert_null(t->service);
	*out = *t;
	datadir_new(out->dir);
	(void)snprintf(out->clock, sizeof(out->clock), "%s.clock", out->dir);
	assert_int_equal(spawn_start(argv, &s, &why), OK);
	assert_int_equal(spawn_all(&s, 65536, &said, &status, &why), OK);
	assert_int_equal(status, 0);
	buf_free(&said);
}
