/*
 * One election per way of breaking a rule.  The auditor must report that rule,
 * and no other; a rule that no election breaks fails the test.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forge.h"

/* clang-format off */
static const struct {
	enum rule_no rule;
	const char *twist;
} twists[] = {
	{ RULE_CHECKPOINT, "checkpoint" },
	{ RULE_QUORUM, "quorum" },
	{ RULE_CONSISTENCY, "earlier" },
	{ RULE_TREE, "root" },
	{ RULE_TILES, "tile" },
	{ RULE_ENTRY, "entry" },
	{ RULE_ENTRY, "entry-space" },
	{ RULE_GENESIS, "genesis-key" },
	{ RULE_GENESIS, "genesis-twice" },
	{ RULE_GENESIS, "genesis-missing" },
	{ RULE_STAFF_SIGNATURE, "staff-signature" },
	{ RULE_STAFF_NUMBER, "staff-number" },
	{ RULE_STAFF_CHANGE, "staff-unknown" },
	{ RULE_STAFF_CHANGE, "staff-twice" },
	{ RULE_STAFF_CHANGE, "staff-last" },
	{ RULE_OBJECT, "object" },
	{ RULE_OBJECT, "object-missing" },
	{ RULE_HEADER, "header-origin" },
	{ RULE_HEADER, "header-member" },
	{ RULE_HEADER_ONCE, "slug-twice" },
	{ RULE_ISSUER_KEY, "key-reused" },
	{ RULE_ROLL, "roll-size" },
	{ RULE_ROLL, "roll-altered" },
	{ RULE_FORM, "form-member" },
	{ RULE_FORM_ONCE, "form-twice" },
	{ RULE_FORM_ONCE, "form-late" },
	{ RULE_FORM_TRUSTEES, "sealed-trustee" },
	{ RULE_FORM_TRUSTEES, "trustee-extra" },
	{ RULE_CHANGES, "changes-count" },
	{ RULE_CHANGE_LINES, "change-key" },
	{ RULE_CHANGE_LINES, "strike-collected" },
	{ RULE_LEDGER, "ledger-count" },
	{ RULE_LEDGER, "ledger-order" },
	{ RULE_LEDGER, "ledger-twice" },
	{ RULE_LEDGER, "ledger-purpose" },
	{ RULE_LEDGER_SIGNATURE, "ledger-signature" },
	{ RULE_LEDGER_LINES, "ledger-struck" },
	{ RULE_LEDGER_LINES, "ledger-spare" },
	{ RULE_LEDGER_LINES, "ledger-line-twice" },
	{ RULE_LEDGER_TIME, "ledger-late" },
	{ RULE_LEDGER_TIME, "ledger-missing" },
	{ RULE_KEY_DESTROYED, "destroyed-other" },
	{ RULE_KEY_DESTROYED, "destroyed-twice" },
	{ RULE_KEY_DESTROYED, "destroyed-early" },
	{ RULE_BATCH, "batch-count" },
	{ RULE_BATCH, "batch-more" },
	{ RULE_BATCH, "batch-order" },
	{ RULE_WINDOW, "window" },
	{ RULE_WINDOW, "window-falls" },
	{ RULE_RECORD_PLACE, "record-alone" },
	{ RULE_RECORD_PLACE, "batch-after-close" },
	{ RULE_RECORD_FORMAT, "record-kind" },
	{ RULE_RECORD_FORMAT, "form-other" },
	{ RULE_RECORD_KEY, "record-key" },
	{ RULE_RECORD_BODY, "record-body" },
	{ RULE_RECORD_BODY, "record-long" },
	{ RULE_RECORD_BODY, "sealed-identity" },
	{ RULE_RECORD_TOKEN, "token" },
	{ RULE_RECORD_PROOF, "sealed-proof" },
	{ RULE_RECORD_SIGNATURE, "record-signature" },
	{ RULE_RECORD_SEQUENCE, "seq-gap" },
	{ RULE_RECORD_SEQUENCE, "seq-start" },
	{ RULE_RECORD_SEQUENCE, "seq-limit" },
	{ RULE_CLOSE, "close-records" },
	{ RULE_CLOSE, "close-credentials" },
	{ RULE_CLOSE, "close-twice" },
	{ RULE_ISSUED, "issued" },
	{ RULE_PAPER, "paper-early" },
	{ RULE_PAPER, "paper-many" },
	{ RULE_PAPER, "paper-limit" },
	{ RULE_PAPER, "paper-twice" },
	{ RULE_PAPER, "paper-none" },
	{ RULE_RESULT, "result" },
	{ RULE_RESULT, "sealed-result" },
	{ RULE_RESULT_PLACE, "result-early" },
	{ RULE_RESULT_PLACE, "result-twice" },
	{ RULE_CANCEL, "cancel-twice" },
	{ RULE_CANCEL, "after-cancel" },
	{ RULE_DISPUTE, "dispute-line" },
	{ RULE_DISPUTE, "dispute-signature" },
	{ RULE_DISPUTE, "dispute-twice" },
	{ RULE_MODERATION, "moderation" },
	{ RULE_MODERATION, "moderated-ballot" },
	{ RULE_OPENING, "opening" },
	{ RULE_OPENING, "sealed-opening" },
	{ RULE_CONTENT, "content-missing" },
	{ RULE_CONTENT, "content-other" },
};
/* clang-format on */

#define TWISTS (sizeof(twists) / sizeof(twists[0]))

/* A checkpoint of a log that began otherwise. */
static void
write_earlier(struct forge *f, const char *path)
{
	struct checkpoint c = { FORGE_ORIGIN, 3, { { 42 } } };
	struct buf b = { 0 };
	FILE *out = fopen(path, "wb");

	assert_non_null(out);
	assert_int_equal(checkpoint_sign(&c, &f->log, &b), OK);
	assert_int_equal(fwrite(b.p, 1, b.n, out), b.n);
	assert_int_equal(fclose(out), 0);
	buf_free(&b);
}

static struct replay *
audit(struct forge *f, const char *dir, unsigned threads)
{
	struct replay_options opt = { .keep_going = 1, .threads = threads };
	struct source *src = NULL;
	struct replay *r = NULL;
	struct why why;
	char path[400];

	if (forge_is(f, "earlier")) {
		(void)snprintf(path, sizeof(path), "%s/earlier", dir);
		write_earlier(f, path);
		opt.earlier = path;
	}
	assert_int_equal(source_open(dir, &src, &why), OK);
	if (replay_log(src, &opt, &r, &why) != OK)
		fail_msg("%s: %s", f->twist, why.text);
	source_free(src);
	return r;
}

static void
every_rule_holds_for_an_honest_log(void **state)
{
	struct forge *f = forge_new("");
	const char *dir = forge_dir("honest");
	struct replay *r;
	size_t i;

	(void)state;
	forge_town(f, dir);
	r = audit(f, dir, 0);
	for (i = 0; i < r->n_broken; i++)
		print_message("%s: %s\n", rule_of(r->broken[i].rule)->name,
		    r->broken[i].why.text);
	assert_int_equal(r->n_broken, 0);
	for (i = 1; i <= RULE_MAX; i++)
		assert_int_equal(r->not_due[i], 0);
	replay_free(r);
	forge_clean(dir);
	forge_free(f);
}

/* Nonzero iff the twist is reported as what it is. */
static int
is_found(size_t i)
{
	struct forge *f = forge_new(twists[i].twist);
	const char *dir = forge_dir("broken");
	struct replay *r;
	size_t k;
	int good;

	forge_town(f, dir);
	r = audit(f, dir, 0);
	good = r->n_broken > 0;
	for (k = 0; k < r->n_broken; k++)
		good = good && r->broken[k].rule == twists[i].rule;
	if (!good) {
		print_message("%s: expected %s, found %zu broken\n",
		    twists[i].twist, rule_of(twists[i].rule)->name,
		    r->n_broken);
		for (k = 0; k < r->n_broken; k++)
			print_message("  %s at %llu: %s\n",
			    rule_of(r->broken[k].rule)->name,
			    (unsigned long long)r->broken[k].index,
			    r->broken[k].why.text);
	}
	replay_free(r);
	forge_clean(dir);
	forge_free(f);
	return good;
}

static void
every_fault_is_reported_as_the_rule_it_breaks(void **state)
{
	size_t i, bad = 0;

	(void)state;
	for (i = 0; i < TWISTS; i++)
		bad += !is_found(i);
	assert_int_equal(bad, 0);
}

static void
every_rule_has_an_election_that_breaks_it(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < RULE_MAX; i++) {
		assert_int_equal(rules[i].no, i + 1);
		for (k = 0; k < TWISTS; k++) {
			if (twists[k].rule == rules[i].no)
				break;
		}
		if (k == TWISTS)
			fail_msg("no election breaks %s", rules[i].name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rule_holds_for_an_honest_log),
		cmocka_unit_test(every_rule_has_an_election_that_breaks_it),
		cmocka_unit_test(every_fault_is_reported_as_the_rule_it_breaks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
