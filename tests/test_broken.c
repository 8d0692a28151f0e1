/*
 * One election per way of breaking a rule.  The auditor must report that rule,
 * and no other; a rule that no election breaks fails the test.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forge.h"
#include "replay_sealed.h"

/* clang-format off */
static const struct {
	enum rule_no rule;
	const char *twist;
} twists[] = {
	{ RULE_CHECKPOINT, "checkpoint" },
	{ RULE_QUORUM, "quorum" },
	{ RULE_QUORUM, "quorum-second" },
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
	{ RULE_OBJECT, "ceremony-missing" },
	{ RULE_OBJECT, "picture-missing" },
	{ RULE_OBJECT, "picture-other" },
	{ RULE_HEADER, "header-origin" },
	{ RULE_HEADER, "header-member" },
	{ RULE_HEADER_ONCE, "slug-twice" },
	{ RULE_ISSUER_KEY, "key-reused" },
	{ RULE_ROLL, "roll-size" },
	{ RULE_ROLL, "roll-altered" },
	{ RULE_FORM, "form-member" },
	{ RULE_FORM_ONCE, "form-twice" },
	{ RULE_FORM_ONCE, "form-late" },
	{ RULE_FORM, "sealed-suite" },
	{ RULE_FORM, "sealed-no-point" },
	{ RULE_FORM_TRUSTEES, "sealed-trustee" },
	{ RULE_FORM_TRUSTEES, "sealed-trustee-last" },
	{ RULE_FORM_TRUSTEES, "sealed-unsigned" },
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
	{ RULE_RECORD_BODY, "sealed-nothing" },
	{ RULE_RECORD_BODY, "sealed-negative" },
	{ RULE_RECORD_BODY, "sealed-canonical" },
	{ RULE_RECORD_BODY, "sealed-short" },
	{ RULE_RECORD_TOKEN, "token" },
	{ RULE_RECORD_PROOF, "sealed-proof" },
	{ RULE_RECORD_PROOF, "sealed-lifted" },
	{ RULE_RECORD_PROOF, "related-own" },
	{ RULE_RECORD_PROOF, "related-replayed" },
	{ RULE_RECORD_PROOF, "related-none" },
	{ RULE_RECORD_SIGNATURE, "record-signature" },
	{ RULE_RECORD_SEQUENCE, "seq-gap" },
	{ RULE_RECORD_SEQUENCE, "seq-start" },
	{ RULE_RECORD_SEQUENCE, "seq-limit" },
	{ RULE_CLOSE, "close-records" },
	{ RULE_CLOSE, "close-credentials" },
	{ RULE_CLOSE, "close-twice" },
	{ RULE_ISSUED, "issued" },
	{ RULE_ISSUED, "issued-second" },
	{ RULE_PAPER, "paper-early" },
	{ RULE_PAPER, "paper-many" },
	{ RULE_PAPER, "paper-limit" },
	{ RULE_PAPER, "paper-twice" },
	{ RULE_PAPER, "paper-none" },
	{ RULE_PAPER, "paper-opened" },
	{ RULE_PAPER, "paper-late" },
	{ RULE_PAPER, "paper-order" },
	{ RULE_PAPER, "paper-long" },
	{ RULE_RESULT, "result" },
	{ RULE_RESULT, "result-null" },
	{ RULE_RESULT, "result-superseded" },
	{ RULE_RESULT, "result-openings" },
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
	{ RULE_OPENING, "opening-early" },
	{ RULE_OPENING, "opening-late" },
	{ RULE_OPENING, "opening-index" },
	{ RULE_OPENING, "opening-few" },
	{ RULE_OPENING, "opening-nothing" },
	{ RULE_CONTENT, "content-missing" },
	{ RULE_CONTENT, "content-other" },
	{ RULE_CEREMONY, "ceremony-key" },
	{ RULE_CEREMONY, "ceremony-share" },
	{ RULE_CEREMONY, "ceremony-altered" },
	{ RULE_OPENED, "opened-none" },
	{ RULE_OPENED, "opened-one" },
	{ RULE_OPENED, "opened-subset" },
	{ RULE_OPENED, "opened-swapped" },
	{ RULE_OPENED, "opened-identity" },
	{ RULE_OPENED, "opened-foreign" },
	{ RULE_OPENED, "opened-form" },
	{ RULE_OPENED, "opened-fork" },
	{ RULE_OPENED, "opened-proof" },
	{ RULE_OPENED, "opened-signer" },
	{ RULE_OPENED, "opened-twice" },
	{ RULE_OPENED, "opened-index" },
	{ RULE_OPENED, "opened-bytes" },
	{ RULE_BUNDLE, "bundle" },
	{ RULE_BUNDLE, "bundle-path" },
};

/* Openings that are no fault where enough others are there. */
static const struct {
	const char *twist;
	const char *why;
} ignored[] = {
	{ "ignored-subset", "it opens 3 ballots, 4 were counted" },
	{ "ignored-swapped", "its proof does not verify" },
	{ "ignored-identity", "is no point" },
	{ "ignored-foreign", "an opening of another space" },
	{ "ignored-form", "an opening of another form" },
	{ "ignored-fork", "it was made for another close" },
	{ "ignored-proof", "its proof does not verify" },
	{ "ignored-signer", "it is not signed by trustee 3" },
	{ "ignored-twice", "there is a valid one of trustee 1 before it" },
	{ "ignored-index", "the opening of trustee 1, not of trustee 3" },
	{ "ignored-bytes", "the bytes are not an opening file" },
};

/* Openings that have no place where they stand, and why. */
static const struct {
	const char *twist;
	const char *why;
} misplaced[] = {
	{ "opening", "which is not sealed" },
	{ "opening-early", "before its close" },
	{ "opening-late", "after its result" },
	{ "opening-index", "by trustee 4, of 3" },
	{ "opening-few", "where 4 ballots were counted and 5 are needed" },
	{ "opening-nothing", "where 0 ballots were counted and 1 are needed" },
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
is_found(enum rule_no rule, const char *twist)
{
	struct forge *f = forge_new(twist);
	const char *dir = forge_dir("broken");
	struct replay *r;
	size_t k;
	int good;

	forge_town(f, dir);
	r = audit(f, dir, 0);
	good = r->n_broken > 0;
	for (k = 0; k < r->n_broken; k++)
		good = good && r->broken[k].rule == rule;
	if (!good) {
		print_message("%s: expected %s, found %zu broken\n", twist,
		    rule_of(rule)->name, r->n_broken);
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
		bad += !is_found(twists[i].rule, twists[i].twist);
	assert_int_equal(bad, 0);
}

/* Not for other auditors, who need not know what a picture is. */
static void
a_form_whose_picture_is_none_is_refused(void **state)
{
	(void)state;
	assert_true(is_found(RULE_FORM, "picture-none"));
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

/* --- Sealed ballots ----------------------------------------------------------
 */

static const struct replay_sealed *
openings_of(struct replay *r)
{
	const struct replay_sealed *p;
	struct space *s = world_space_by_slug(r->world, "segreta");

	assert_non_null(s);
	p = replay_sealed_of(r, s);
	assert_non_null(p);
	return p;
}

static void
A11_bad_openings_are_named_and_ignored_where_enough_are_good(void **state)
{
	const struct replay_sealed *p;
	const char *dir;
	struct replay *r;
	struct forge *f;
	size_t i, k, bad;

	(void)state;
	for (i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++) {
		f = forge_new(ignored[i].twist);
		dir = forge_dir("ignored");
		forge_town(f, dir);
		r = audit(f, dir, 0);
		for (k = 0; k < r->n_broken; k++)
			print_message("%s: %s: %s\n", ignored[i].twist,
			    rule_of(r->broken[k].rule)->name,
			    r->broken[k].why.text);
		assert_int_equal(r->n_broken, 0);
		p = openings_of(r);
		assert_int_equal(p->n, 3);
		assert_int_equal(p->valid, 2);
		for (k = 0, bad = 3; k < 3; k++) {
			if (!p->openings[k].valid) {
				assert_int_equal(bad, 3);
				bad = k;
			}
		}
		assert_int_equal(bad, 1);
		if (strstr(p->openings[bad].why.text, ignored[i].why) == NULL)
			fail_msg("%s: %s", ignored[i].twist,
			    p->openings[bad].why.text);
		replay_free(r);
		forge_clean(dir);
		forge_free(f);
	}
}

static void
what_is_missing_for_an_opening_is_said(void **state)
{
	struct forge *f = forge_new("opened-one");
	const char *dir = forge_dir("one");
	struct replay *r;

	(void)state;
	forge_town(f, dir);
	r = audit(f, dir, 0);
	assert_int_equal(r->n_broken, 1);
	assert_string_equal(r->broken[0].why.text,
	    "segreta needs 1 more opening: trustees 2, 3 have not opened");
	assert_int_equal(openings_of(r)->valid, 1);
	assert_int_equal(r->judged[RULE_OPENED], 1);
	replay_free(r);
	forge_clean(dir);
	forge_free(f);
}

static void
a_sealed_result_lists_null_and_blank_and_who_opened(void **state)
{
	struct forge *f = forge_new("");
	const char *dir = forge_dir("sealed");
	json_t *doc = NULL, *ballots, *null;
	struct replay *r;
	struct space *s;

	(void)state;
	forge_town(f, dir);
	r = audit(f, dir, 0);
	s = world_space_by_slug(r->world, "segreta");
	assert_non_null(s);
	assert_int_equal(json_read(replay_recounted(r, s), &doc, NULL), OK);
	ballots = json_object_get(doc, "ballots");
#define NUMBER(o, name) json_integer_value(json_object_get((o), (name)))
	assert_int_equal(NUMBER(ballots, "cast"), 5);
	assert_int_equal(NUMBER(ballots, "counted"), 4);
	assert_int_equal(NUMBER(ballots, "null"), 1);
	assert_int_equal(NUMBER(ballots, "blank"), 1);
	null = json_object_get(json_object_get(doc, "listed"), "null");
	assert_int_equal(json_array_size(null), 1);
	assert_true(json_integer_value(json_array_get(null, 0)) >
		    (json_int_t)s->first_record);
	assert_int_equal(json_integer_value(json_array_get(
			     json_object_get(doc, "openings"), 1)),
	    3);
	/* The superseded ballot named a: it was never opened. */
	assert_int_equal(
	    NUMBER(json_array_get(json_object_get(doc, "scores"), 0), "votes"),
	    0);
	assert_int_equal(
	    NUMBER(json_array_get(json_object_get(doc, "scores"), 1), "votes"),
	    1);
#undef NUMBER
	json_decref(doc);
	replay_free(r);
	forge_clean(dir);
	forge_free(f);
}

static struct replay *
audit_of(const char *twist, const char *dir)
{
	struct forge *f = forge_new(twist);
	struct replay *r;
	size_t k;

	forge_town(f, dir);
	r = audit(f, dir, 0);
	for (k = 0; k < r->n_broken; k++)
		print_message("%s: %s\n", rule_of(r->broken[k].rule)->name,
		    r->broken[k].why.text);
	assert_int_equal(r->n_broken, 0);
	forge_free(f);
	return r;
}

/* What lies at a limit, and on the right side of it. */
static void
what_breaks_no_rule_is_not_reported(void **state)
{
	static const char *const good[] = { "paper-two", "sealed-empty",
		"opening-never" };
	const char *dir;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		dir = forge_dir("limit");
		replay_free(audit_of(good[i], dir));
		forge_clean(dir);
	}
}

static enum err
one_more(void *cookie, const struct unseal_ballot *b, struct slice choices)
{
	(void)b;
	(void)choices;
	++*(size_t *)cookie;
	return OK;
}

static void
more_openings_than_needed_change_nothing(void **state)
{
	const char *dir = forge_dir("third");
	struct replay *r = audit_of("opening-third", dir);
	struct space *s = world_space_by_slug(r->world, "segreta");
	json_t *doc = NULL, *openings;
	struct why why = { "" };
	size_t n = 0;

	(void)state;
	assert_non_null(s);
	/* There are just as many ballots as are needed. */
	assert_int_equal(source_open(dir, &r->source, &why), OK);
	assert_int_equal(replay_sealed_each(r, s, one_more, &n, &why), OK);
	assert_int_equal(n, 4);
	source_free(r->source);
	assert_int_equal(openings_of(r)->valid, 3);
	assert_int_equal(json_read(replay_recounted(r, s), &doc, NULL), OK);
	openings = json_object_get(doc, "openings");
	assert_int_equal(json_array_size(openings), 2);
	assert_int_equal(json_integer_value(json_array_get(openings, 0)), 1);
	assert_int_equal(json_integer_value(json_array_get(openings, 1)), 2);
	json_decref(doc);
	replay_free(r);
	forge_clean(dir);
}

static enum err
no_ballot(void *cookie, const struct unseal_ballot *b, struct slice choices)
{
	(void)cookie;
	(void)b;
	(void)choices;
	fail_msg("a ballot was opened");
	return ERR_INTERNAL;
}

static void
too_few_ballots_are_not_opened(void **state)
{
	const char *dir = forge_dir("few");
	struct replay *r = audit_of("opening-never", dir);
	struct space *s = world_space_by_slug(r->world, "segreta");
	struct why why = { "" };

	(void)state;
	assert_non_null(s);
	assert_int_equal(
	    replay_sealed_each(r, s, no_ballot, NULL, &why), ERR_FORBIDDEN);
	assert_string_equal(
	    why.text, "segreta has too few ballots: nothing is opened");
	replay_free(r);
	forge_clean(dir);
}

/* Nonzero iff this is said of the twist. */
static int
is_said(const char *twist, const char *why)
{
	struct forge *f = forge_new(twist);
	const char *dir = forge_dir("misplaced");
	struct replay *r;
	size_t k;
	int said = 0;

	forge_town(f, dir);
	r = audit(f, dir, 0);
	for (k = 0; k < r->n_broken; k++)
		said |= strstr(r->broken[k].why.text, why) != NULL;
	if (!said)
		print_message("%s: nobody says \"%s\"\n", twist, why);
	replay_free(r);
	forge_clean(dir);
	forge_free(f);
	return said;
}

static void
an_opening_without_a_place_is_refused_for_what_it_is(void **state)
{
	size_t i, bad = 0;

	(void)state;
	for (i = 0; i < sizeof(misplaced) / sizeof(misplaced[0]); i++)
		bad += !is_said(misplaced[i].twist, misplaced[i].why);
	assert_int_equal(bad, 0);
}

static void
A5_a_form_that_names_a_suite_is_refused(void **state)
{
	(void)state;
	assert_true(is_found(RULE_FORM, "sealed-suite"));
}

static void
A6_the_auditor_takes_no_point_that_is_none(void **state)
{
	(void)state;
	assert_true(is_found(RULE_RECORD_BODY, "sealed-identity"));
	assert_true(is_found(RULE_RECORD_BODY, "sealed-negative"));
	assert_true(is_found(RULE_RECORD_BODY, "sealed-canonical"));
	assert_true(is_found(RULE_FORM, "sealed-no-point"));
	assert_true(is_found(RULE_OPENED, "opened-identity"));
}

static void
A8_keys_that_the_transcript_does_not_give_are_refused(void **state)
{
	(void)state;
	assert_true(is_found(RULE_CEREMONY, "ceremony-key"));
	assert_true(is_found(RULE_CEREMONY, "ceremony-share"));
	assert_true(is_found(RULE_CEREMONY, "ceremony-altered"));
}

static void
A12_an_opening_of_a_subset_opens_nothing(void **state)
{
	(void)state;
	assert_true(is_found(RULE_OPENED, "opened-subset"));
	assert_true(is_found(RULE_OPENED, "opened-fork"));
	assert_true(is_found(RULE_OPENING, "opening-few"));
}

static void
A29_an_altered_result_of_sealed_ballots_is_found(void **state)
{
	(void)state;
	assert_true(is_found(RULE_RESULT, "result-null"));
	assert_true(is_found(RULE_RESULT, "result-superseded"));
	assert_true(is_found(RULE_RESULT, "result-openings"));
}

static void
A38_a_ballot_related_to_anothers_is_refused(void **state)
{
	(void)state;
	assert_true(is_found(RULE_RECORD_PROOF, "related-own"));
	assert_true(is_found(RULE_RECORD_PROOF, "related-replayed"));
	assert_true(is_found(RULE_RECORD_PROOF, "related-none"));
	assert_true(is_found(RULE_RECORD_PROOF, "sealed-lifted"));
}

/* --- For other auditors ------------------------------------------------------
 */

/* One town in a folder of its own, and a line of what is to be found. */
static void
dump(FILE *list, const char *dir, const char *twist, int rule)
{
	const char *name = twist[0] != 0 ? twist : "honest";
	struct forge *f = forge_new(twist);
	char path[400];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	forge_town(f, path);
	assert_true(fprintf(list, "%s\t%d\n", name, rule) > 0);
	if (forge_is(f, "earlier")) {
		(void)snprintf(path, sizeof(path), "%s/%s/kept", dir, name);
		write_earlier(f, path);
	}
	forge_free(f);
}

/* All elections of this file as folders in BROKEN_DUMP, which is there; its
   file `expected` has a name and a rule per line, 0 where nothing is broken. */
static void
every_election_is_written_for_other_auditors(void **state)
{
	static const char *const good[] = { "", "paper-two", "sealed-empty",
		"opening-never", "opening-third" };
	const char *dir = getenv("BROKEN_DUMP");
	char path[400];
	FILE *list;
	size_t i;

	(void)state;
	assert_non_null(dir);
	(void)snprintf(path, sizeof(path), "%s/expected", dir);
	list = fopen(path, "w");
	assert_non_null(list);
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		dump(list, dir, good[i], 0);
	for (i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		dump(list, dir, ignored[i].twist, 0);
	for (i = 0; i < TWISTS; i++)
		dump(list, dir, twists[i].twist, (int)twists[i].rule);
	assert_int_equal(fclose(list), 0);
}

int
main(void)
{
	const struct CMUnitTest dumps[] = {
		cmocka_unit_test(every_election_is_written_for_other_auditors),
	};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rule_holds_for_an_honest_log),
		cmocka_unit_test(every_rule_has_an_election_that_breaks_it),
		cmocka_unit_test(every_fault_is_reported_as_the_rule_it_breaks),
		cmocka_unit_test(a_form_whose_picture_is_none_is_refused),
		cmocka_unit_test(
		    A11_bad_openings_are_named_and_ignored_where_enough_are_good),
		cmocka_unit_test(
		    an_opening_without_a_place_is_refused_for_what_it_is),
		cmocka_unit_test(what_is_missing_for_an_opening_is_said),
		cmocka_unit_test(
		    a_sealed_result_lists_null_and_blank_and_who_opened),
		cmocka_unit_test(what_breaks_no_rule_is_not_reported),
		cmocka_unit_test(more_openings_than_needed_change_nothing),
		cmocka_unit_test(too_few_ballots_are_not_opened),
		cmocka_unit_test(A5_a_form_that_names_a_suite_is_refused),
		cmocka_unit_test(A6_the_auditor_takes_no_point_that_is_none),
		cmocka_unit_test(
		    A8_keys_that_the_transcript_does_not_give_are_refused),
		cmocka_unit_test(A12_an_opening_of_a_subset_opens_nothing),
		cmocka_unit_test(
		    A29_an_altered_result_of_sealed_ballots_is_found),
		cmocka_unit_test(A38_a_ballot_related_to_anothers_is_refused),
	};

	if (getenv("BROKEN_DUMP") != NULL)
		return cmocka_run_group_tests(dumps, NULL, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
