#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forge.h"

static struct replay *
audit(const char *dir, const struct replay_options *opt)
{
	struct source *src = NULL;
	struct replay *r = NULL;
	struct why why;

	assert_int_equal(source_open(dir, &src, &why), OK);
	if (replay_log(src, opt, &r, &why) != OK)
		fail_msg("%s", why.text);
	source_free(src);
	return r;
}

/* A town whose vote goes on over several bundles. */
static struct forge *
make(const char *twist, const char *dir)
{
	struct forge *f = forge_new(twist);

	forge_town(f, dir);
	return f;
}

static void
threads_do_not_change_what_is_found(void **state)
{
	struct replay_options opt = { .keep_going = 1 };
	const char *dir = forge_dir("replay");
	struct forge *f = make("token", dir);
	struct replay *r;
	unsigned t;

	(void)state;
	for (t = 1; t < 6; t++) {
		opt.threads = t;
		r = audit(dir, &opt);
		assert_int_equal(r->n_broken, 1);
		assert_int_equal(r->broken[0].rule, RULE_RECORD_TOKEN);
		assert_in_range(r->broken[0].index, 7, 9);
		assert_int_equal(r->judged[RULE_RECORD_TOKEN], 7);
		assert_int_equal(r->judged[RULE_RECORD_FORMAT], 8);
		assert_int_equal(r->judged[RULE_RECORD_SIGNATURE], 7);
		assert_int_equal(r->judged[RULE_LEDGER_SIGNATURE], 9);
		replay_free(r);
	}
	forge_clean(dir);
	forge_free(f);
}

static void
one_space_can_be_judged_alone(void **state)
{
	struct replay_options opt = { .keep_going = 1, .space = "idee" };
	const char *dir = forge_dir("replay");
	struct forge *f = make("token", dir);
	struct source *src = NULL;
	struct replay *r = NULL;
	struct why why;

	(void)state;
	r = audit(dir, &opt);
	assert_int_equal(r->n_broken, 0);
	assert_int_equal(r->judged[RULE_RECORD_TOKEN], 3);
	assert_int_equal(r->judged[RULE_PAPER], 0);
	assert_int_equal(r->judged[RULE_CONTENT], 2);
	replay_free(r);
	opt.space = "bilancio";
	r = audit(dir, &opt);
	assert_int_equal(r->n_broken, 1);
	replay_free(r);
	opt.space = "altro";
	assert_int_equal(source_open(dir, &src, &why), OK);
	forge_clean(dir);
	forge_free(f);
	dir = forge_dir("replay");
	f = make("", dir);
	assert_int_equal(replay_log(src, &opt, &r, &why), ERR_NOT_FOUND);
	assert_non_null(strstr(why.text, "altro"));
	source_free(src);
	forge_clean(dir);
	forge_free(f);
}

static void
rules_wait_for_their_phase(void **state)
{
	struct replay_options opt = { .keep_going = 1 };
	const char *dir = forge_dir("replay");
	struct forge *f = make("", dir);
	struct replay *r;

	(void)state;
	/* Up to the genesis: no space at all. */
	opt.at = 1;
	r = audit(dir, &opt);
	assert_int_equal(r->n_broken, 0);
	assert_int_equal(r->tree.size, 1);
	assert_false(r->not_due[RULE_ENTRY]);
	assert_true(r->not_due[RULE_HEADER]);
	replay_free(r);
	/* Up to the header, the ledger, the first batch. */
	opt.at = 2;
	r = audit(dir, &opt);
	assert_false(r->not_due[RULE_HEADER]);
	assert_true(r->not_due[RULE_FORM]);
	assert_true(r->not_due[RULE_RESULT]);
	replay_free(r);
	opt.at = 5;
	r = audit(dir, &opt);
	assert_false(r->not_due[RULE_LEDGER]);
	assert_true(r->not_due[RULE_BATCH]);
	replay_free(r);
	opt.at = 10;
	r = audit(dir, &opt);
	assert_false(r->not_due[RULE_RECORD_TOKEN]);
	assert_true(r->not_due[RULE_CLOSE]);
	assert_int_equal(r->n_broken, 0);
	replay_free(r);
	forge_clean(dir);
	forge_free(f);
}

static void
a_log_can_be_held_against_an_earlier_checkpoint(void **state)
{
	struct replay_options opt = { .keep_going = 1 };
	const char *dir = forge_dir("replay");
	struct checkpoint c = { FORGE_ORIGIN, 0, { { 0 } } };
	struct merkle m = { 0 };
	struct forge *f = make("", dir);
	struct buf b = { 0 };
	struct hash leaf;
	char path[400];
	struct replay *r;
	size_t i;
	FILE *out;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/earlier", dir);
	opt.earlier = path;
	for (i = 0; i <= f->n_entries + 1; i++) {
		c.size = i;
		merkle_root(&m, &c.root);
		b.n = 0;
		assert_int_equal(checkpoint_sign(&c, &f->log, &b), OK);
		assert_non_null(out = fopen(path, "wb"));
		assert_int_equal(fwrite(b.p, 1, b.n, out), b.n);
		assert_int_equal(fclose(out), 0);
		r = audit(dir, &opt);
		assert_int_equal(r->judged[RULE_CONSISTENCY], 1);
		/* One entry more than there is: the log has shrunk. */
		assert_int_equal(r->n_broken, i > f->n_entries ? 1 : 0);
		replay_free(r);
		hash_leaf(i < f->n_entries ? buf_slice(&f->entries[i].bytes)
					   : slice_of("x", 1),
		    &leaf);
		merkle_append(&m, &leaf);
	}
	buf_free(&b);
	forge_clean(dir);
	forge_free(f);
}

static void
the_first_fault_alone_can_be_asked_for(void **state)
{
	struct replay_options opt = { .keep_going = 0 };
	const char *dir = forge_dir("replay");
	struct forge *f = make("object-missing", dir);
	struct replay *r;

	(void)state;
	r = audit(dir, &opt);
	assert_int_equal(r->n_broken, 1);
	assert_int_equal(r->broken[0].rule, RULE_OBJECT);
	replay_free(r);
	forge_clean(dir);
	forge_free(f);
}

static void
a_result_is_recounted_byte_for_byte(void **state)
{
	struct replay_options opt = { .keep_going = 1 };
	const char *dir = forge_dir("replay");
	struct forge *f = make("", dir);
	struct source *src = NULL;
	struct replay *r = NULL;
	struct space *s;
	struct buf b = { 0 };
	struct hash h;
	struct why why;

	(void)state;
	assert_int_equal(source_open(dir, &src, &why), OK);
	assert_int_equal(replay_log(src, &opt, &r, &why), OK);
	s = world_space_by_slug(r->world, "bilancio");
	assert_int_equal(replay_result(r, s, &b, &why), OK);
	hash_bytes(buf_slice(&b), &h);
	assert_true(hash_equal(&h, &s->result));
	assert_true(slice_equal(buf_slice(&b), replay_recounted(r, s)));
	/* a: 0x80 is replaced by 0xe0 of the same credential; one on paper. */
	assert_non_null(strstr(buf_text(&b),
	    "\"ballots\":{\"blank\":1,\"cast\":5,\"counted\":4,\"null\":0,"
	    "\"paper\":1}"));
	assert_non_null(strstr(buf_text(&b),
	    "\"scores\":[{\"id\":\"a\",\"score\":\"2\",\"votes\":2},"
	    "{\"id\":\"b\",\"score\":\"3\",\"votes\":3},"
	    "{\"id\":\"c\",\"score\":\"2\",\"votes\":2},"));
	s = world_space_by_slug(r->world, "annullata");
	assert_int_equal(replay_result(r, s, &b, &why), ERR_FORBIDDEN);
	buf_free(&b);
	replay_free(r);
	source_free(src);
	forge_clean(dir);
	forge_free(f);
}

/* What is broken in a vote of two issuers, the second with ${n} rows. */
static enum rule_no
two_issuers(size_t n, size_t *judged)
{
	static const size_t asked[] = { 0, 1, 2 };
	struct forge_space s = { .slug = "bilancio",
		.kind = SPACE_BALLOT,
		.separated = 1,
		.issuers = 2 };
	struct replay_options opt = { .keep_going = 1 };
	const char *dir = forge_dir("replay");
	struct forge *f = forge_new("");
	struct buf b[2] = { { 0 }, { 0 } };
	enum rule_no rule = RULE_NONE;
	struct replay *r;
	uint8_t vote = 0x80;
	size_t i;

	forge_genesis(f);
	forge_header(f, &s);
	forge_form(f, &s);
	forge_ledger(f, &s, 0, PURPOSE_VOTE, asked, 3);
	forge_ledger(f, &s, 1, PURPOSE_VOTE, asked, n);
	for (i = 0; i < 2; i++)
		forge_record(
		    f, &s, i, PURPOSE_VOTE, 0, slice_of(&vote, 1), &b[i]);
	forge_batch(f, &s, 2300, b, 2);
	forge_close(f, &s, 2, 2);
	forge_result(f, &s, dir);
	forge_write(f, dir);
	r = audit(dir, &opt);
	assert_true(r->n_broken <= 1);
	if (r->n_broken > 0)
		rule = r->broken[0].rule;
	*judged = r->judged[RULE_LEDGER_LINES];
	replay_free(r);
	buf_free(&b[0]);
	buf_free(&b[1]);
	forge_clean(dir);
	forge_free(f);
	return rule;
}

static void
every_issuer_must_have_issued(void **state)
{
	size_t rows;

	(void)state;
	assert_int_equal(two_issuers(2, &rows), RULE_NONE);
	assert_int_equal(rows, 5);
	assert_int_equal(two_issuers(1, &rows), RULE_ISSUED);
	assert_int_equal(rows, 4);
}

/* A vote over five bundles. */
static void
long_logs_are_read_in_one_pass(void **state)
{
	static const size_t asked[] = { 0, 1 };
	struct forge_space s = { .slug = "bilancio",
		.kind = SPACE_BALLOT,
		.separated = 1,
		.issuers = 1 };
	struct replay_options opt = { .keep_going = 1, .threads = 4 };
	const char *dir = forge_dir("replay");
	struct forge *f = forge_new("");
	struct buf b[6] = { { 0 } };
	struct entry e = { .kind = ENTRY_PROGRESS };
	struct replay *r;
	uint8_t vote = 0x80;
	size_t i;

	(void)state;
	forge_genesis(f);
	forge_header(f, &s);
	forge_form(f, &s);
	forge_ledger(f, &s, 0, PURPOSE_VOTE, asked, 2);
	e.space_id = s.id;
	forge_object(f, slice_str("{}"), &e.object);
	for (i = 0; i < 1000; i++) {
		(void)forge_entry(f, &e);
		if (i % 250 != 0)
			continue;
		forge_record(f, &s, 0, PURPOSE_VOTE, (uint32_t)(i / 250),
		    slice_of(&vote, 1), &b[i / 250]);
		forge_batch(f, &s, 2300 + i / 250 * 300 - (i == 750 ? 200 : 0),
		    &b[i / 250], 1);
	}
	forge_close(f, &s, 4, 1);
	forge_result(f, &s, dir);
	forge_write(f, dir);
	r = audit(dir, &opt);
	for (i = 0; i < r->n_broken; i++)
		print_message("%s\n", r->broken[i].why.text);
	assert_int_equal(r->n_broken, 0);
	assert_int_equal(r->judged[RULE_RECORD_SEQUENCE], 4);
	assert_int_equal(r->judged[RULE_TILES], 5);
	replay_free(r);
	for (i = 0; i < 6; i++)
		buf_free(&b[i]);
	forge_clean(dir);
	forge_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_do_not_change_what_is_found),
		cmocka_unit_test(one_space_can_be_judged_alone),
		cmocka_unit_test(rules_wait_for_their_phase),
		cmocka_unit_test(
		    a_log_can_be_held_against_an_earlier_checkpoint),
		cmocka_unit_test(the_first_fault_alone_can_be_asked_for),
		cmocka_unit_test(a_result_is_recounted_byte_for_byte),
		cmocka_unit_test(every_issuer_must_have_issued),
		cmocka_unit_test(long_logs_are_read_in_one_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
