#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "forge.h"
#include "hex.h"

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
		assert_int_equal(r->judged[RULE_RECORD_TOKEN], 11);
		assert_int_equal(r->judged[RULE_RECORD_FORMAT], 13);
		assert_int_equal(r->judged[RULE_RECORD_SIGNATURE], 12);
		assert_int_equal(r->judged[RULE_LEDGER_SIGNATURE], 18);
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

/* Put other bytes where the object ${h} was. */
static void
object_swap(const char *dir, const struct hash *h, struct slice bytes)
{
	char hex[2 * HASH_BYTES + 1], path[400];
	FILE *f;

	hex_encode(hash_slice(h), hex);
	(void)snprintf(path, sizeof(path), "%s/objects/%s", dir, hex);
	assert_non_null(f = fopen(path, "wb"));
	assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
	assert_int_equal(fclose(f), 0);
}

/*
 * A server that first gives the paper ballots that the log names, and others
 * when they are counted, would have any result taken for the recounted one.
 */
static void
an_object_that_changes_while_it_is_audited_is_not_counted(void **state)
{
	static const uint8_t more[] = { 0x80, 0x80, 0x80, 0x80, 0x80 };
	static const char *const slugs[] = { "bilancio", "segreta" };
	struct replay_options opt = { .keep_going = 1 };
	const char *dir = forge_dir("replay");
	struct forge *f = make("", dir);
	struct source *src = NULL;
	struct replay *r = NULL;
	const struct space *s;
	struct buf b = { 0 };
	struct why why;
	size_t i, swapped = 0;

	(void)state;
	assert_int_equal(source_open(dir, &src, &why), OK);
	assert_int_equal(replay_log(src, &opt, &r, &why), OK);
	for (i = 0; i < 2; i++) {
		s = world_space_by_slug(r->world, slugs[i]);
		assert_non_null(s);
		assert_int_equal(replay_result(r, s, &b, &why), OK);
		if (!hash_is_zero(&s->paper_hash[1])) {
			object_swap(dir, &s->paper_hash[1],
			    slice_of(more, sizeof(more)));
			swapped++;
		} else if (s->n_openings > 0) {
			object_swap(dir, &s->openings[0].file,
			    slice_of(more, sizeof(more)));
			swapped++;
		}
		assert_int_equal(replay_result(r, s, &b, &why), ERR_IO);
		assert_non_null(strstr(why.text, "read again"));
	}
	assert_int_equal(swapped, 2);
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

/* --- Going on as the log grows -----------------------------------------------
 */

/* The first ${n} entries, as the log was when it had no more. */
static void
write_first(struct forge *f, const char *dir, size_t n)
{
	size_t all = f->n_entries;

	f->n_entries = n;
	forge_write(f, dir);
	f->n_entries = all;
}

static struct replay *
open_all(const char *dir, struct source **src)
{
	static const struct replay_options opt = { .keep_going = 1 };
	struct replay *r = NULL;
	struct why why;

	assert_int_equal(source_open(dir, src, &why), OK);
	assert_int_equal(replay_open(*src, &opt, &r, &why), OK);
	return r;
}

static void
advance(struct replay *r)
{
	struct why why;

	if (replay_advance(r, &why) != OK)
		fail_msg("%s", why.text);
}

/* What was judged step by step is what is judged in one piece. */
static void
compare(const struct replay *r, const char *dir, const char *twist)
{
	struct replay_options opt = { .keep_going = 1 };
	struct replay *whole = audit(dir, &opt);
	size_t i;

	if (r->n_broken != whole->n_broken)
		fail_msg("%s: %zu broken at %llu, not %zu", twist, r->n_broken,
		    (unsigned long long)r->tree.size, whole->n_broken);
	for (i = 0; i < r->n_broken; i++) {
		assert_int_equal(r->broken[i].rule, whole->broken[i].rule);
		assert_int_equal(r->broken[i].index, whole->broken[i].index);
		assert_string_equal(
		    r->broken[i].why.text, whole->broken[i].why.text);
	}
	for (i = 1; i <= RULE_MAX; i++) {
		if (i != RULE_CONSISTENCY)
			assert_int_equal(r->judged[i], whole->judged[i]);
		assert_int_equal(r->not_due[i], whole->not_due[i]);
	}
	assert_int_equal(r->tree.size, whole->tree.size);
	replay_free(whole);
}

static void
a_log_that_grows_is_judged_like_one_read_at_once(void **state)
{
	static const char *const twists[] = { "", "token", "batch-count",
		"batch-more", "batch-order", "ledger-signature", "object",
		"content-missing", "moderation", "result", "close-records",
		"entry", "genesis-key", "tile", "root", "quorum", "seq-gap",
		"staff-signature", "form-member", "opened-one", "sealed-proof",
		"ceremony-key", "opening-late" };
	struct source *src = NULL;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(twists) / sizeof(twists[0]); i++) {
		const char *dir = forge_dir("replay");
		struct forge *f = make(twists[i], dir);
		struct replay *r;

		forge_clean(dir);
		write_first(f, dir, 1);
		r = open_all(dir, &src);
		for (n = 1; n <= f->n_entries; n += 1 + n % 3) {
			write_first(f, dir, n);
			advance(r);
			if (strcmp(twists[i], "root") != 0)
				compare(r, dir, twists[i]);
			/* Nothing new: nothing changes. */
			advance(r);
			if (strcmp(twists[i], "root") != 0)
				compare(r, dir, twists[i]);
		}
		replay_free(r);
		source_free(src);
		forge_clean(dir);
		forge_free(f);
	}
}

/* A log of ${n} entries, all but the first of them about nothing much. */
static struct forge *
make_long(size_t n)
{
	struct forge_space s = { .slug = "bilancio",
		.kind = SPACE_BALLOT,
		.separated = 1,
		.issuers = 1 };
	struct entry e = { .kind = ENTRY_PROGRESS };
	struct forge *f = forge_new("");
	char text[40];

	forge_genesis(f);
	forge_header(f, &s);
	e.space_id = s.id;
	while (f->n_entries < n) {
		(void)snprintf(text, sizeof(text), "{\"n\":%zu}", f->n_entries);
		forge_object(f, slice_str(text), &e.object);
		(void)forge_entry(f, &e);
	}
	return f;
}

static void
whole_bundles_are_not_read_again(void **state)
{
	static const size_t sizes[] = { 200, 255, 256, 257, 511, 512, 600 };
	const char *dir = forge_dir("replay");
	struct forge *f = make_long(600);
	struct source *src = NULL;
	struct replay *r;
	char path[400];
	size_t i;

	(void)state;
	write_first(f, dir, 1);
	r = open_all(dir, &src);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		write_first(f, dir, sizes[i]);
		if (sizes[i] > 256) {
			(void)snprintf(
			    path, sizeof(path), "%s/log/tile/entries/000", dir);
			assert_int_equal(remove(path), 0);
		}
		advance(r);
		assert_int_equal(r->n_broken, 0);
		assert_int_equal(r->tree.size, sizes[i]);
		assert_int_equal(r->judged[RULE_ENTRY], sizes[i]);
	}
	write_first(f, dir, 600);
	compare(r, dir, "long");
	replay_free(r);
	source_free(src);
	forge_clean(dir);
	forge_free(f);
}

/* Exactly this rule is broken, and the log is where it was. */
static void
refused(struct replay *r, enum rule_no rule, const char *word, uint64_t size)
{
	advance(r);
	assert_int_equal(r->n_broken, 1);
	assert_int_equal(r->broken[0].rule, rule);
	if (strstr(r->broken[0].why.text, word) == NULL)
		fail_msg("%s", r->broken[0].why.text);
	assert_int_equal(r->tree.size, size);
	assert_int_equal(world_spaces(r->world), 1);
}

/* The log of ${f} with another last entry among its first ${n}. */
static void
write_other(struct forge *f, const char *dir, size_t n)
{
	struct forge_bytes old = f->entries[n - 1];

	f->entries[n - 1] = f->entries[n];
	write_first(f, dir, n);
	f->entries[n - 1] = old;
}

static void
A36_a_log_that_does_not_go_on_as_it_was_is_found_out(void **state)
{
	const char *dir = forge_dir("replay");
	struct forge *f = make_long(20);
	struct source *src = NULL;
	struct replay *r;

	(void)state;
	write_first(f, dir, 10);
	r = open_all(dir, &src);
	advance(r);
	assert_int_equal(r->n_broken, 0);
	/* Shorter; as long, but another; longer, but another. */
	write_first(f, dir, 9);
	refused(r, RULE_CONSISTENCY, "rollback", 10);
	write_other(f, dir, 10);
	refused(r, RULE_CONSISTENCY, "fork", 10);
	write_other(f, dir, 9);
	write_first(f, dir, 0);
	refused(r, RULE_CONSISTENCY, "rollback", 10);
	{
		struct forge_bytes old = f->entries[5];

		f->entries[5] = f->entries[6];
		write_first(f, dir, 15);
		f->entries[5] = old;
	}
	refused(r, RULE_CONSISTENCY, "fork", 10);
	/* Back to what it was: the log goes on. */
	write_first(f, dir, 20);
	advance(r);
	compare(r, dir, "mended");
	assert_int_equal(r->judged[RULE_CONSISTENCY], 1);
	assert_int_equal(r->n_broken, 0);
	replay_free(r);
	source_free(src);
	forge_clean(dir);
	forge_free(f);
}

static void
entries_that_were_judged_may_not_be_published_otherwise(void **state)
{
	const char *dir = forge_dir("replay");
	struct forge *f = make_long(20);
	struct source *src = NULL;
	struct replay *r;
	struct buf b = { 0 };
	char path[400];
	size_t i;
	FILE *out;

	(void)state;
	write_first(f, dir, 10);
	r = open_all(dir, &src);
	advance(r);
	/* Tiles and checkpoint are right, the bundle says something else. */
	write_first(f, dir, 12);
	for (i = 0; i < 12; i++)
		buf_lp(&b, buf_slice(&f->entries[i == 7 ? 8 : i].bytes));
	(void)snprintf(path, sizeof(path), "%s/log/tile/entries/000.p/12", dir);
	assert_non_null(out = fopen(path, "wb"));
	assert_int_equal(fwrite(b.p, 1, b.n, out), b.n);
	assert_int_equal(fclose(out), 0);
	refused(r, RULE_TREE, "entry 7", 10);
	write_first(f, dir, 12);
	advance(r);
	compare(r, dir, "mended");
	assert_int_equal(r->n_broken, 0);
	buf_free(&b);
	replay_free(r);
	source_free(src);
	forge_clean(dir);
	forge_free(f);
}

static void
an_unsigned_checkpoint_changes_nothing(void **state)
{
	const char *dir = forge_dir("replay");
	struct forge *f = make_long(20);
	struct source *src = NULL;
	struct replay *r;

	(void)state;
	write_first(f, dir, 10);
	r = open_all(dir, &src);
	f->twist = "checkpoint";
	write_first(f, dir, 12);
	advance(r);
	assert_int_equal(r->n_broken, 1);
	assert_int_equal(r->broken[0].rule, RULE_CHECKPOINT);
	assert_int_equal(r->tree.size, 0);
	assert_true(r->not_due[RULE_ENTRY]);
	f->twist = "";
	write_first(f, dir, 10);
	advance(r);
	assert_int_equal(r->n_broken, 0);
	f->twist = "checkpoint";
	write_first(f, dir, 12);
	refused(r, RULE_CHECKPOINT, "signed", 10);
	assert_int_equal(r->checkpoint.size, 10);
	replay_free(r);
	source_free(src);
	forge_clean(dir);
	forge_free(f);
}

/* Put a folder where a file belongs, or take it away again. */
static void
block(const char *dir, const struct hash *object, int on)
{
	char path[400], name[2 * HASH_BYTES + 1];

	hex_encode(hash_slice(object), name);
	(void)snprintf(path, sizeof(path), "%s/objects/%s", dir, name);
	if (on)
		(void)remove(path);
	assert_int_equal(on ? mkdir(path, 0777) : rmdir(path), 0);
}

/* Every object of a town fails to be read once. */
static void
what_could_not_be_read_is_read_later(void **state)
{
	const char *dir = forge_dir("replay");
	struct forge *f = make("", dir);
	struct source *src = NULL;
	size_t i, failed = 0;
	struct replay *r;
	struct why why;
	enum err e;

	(void)state;
	for (i = 0; i < f->n_objects; i++) {
		block(dir, &f->objects[i].name, 1);
		r = open_all(dir, &src);
		e = replay_advance(r, &why);
		assert_true(e == OK || e == ERR_IO);
		if (e == ERR_IO) {
			failed++;
			assert_true(why.text[0] != 0);
			assert_int_equal(replay_advance(r, &why), ERR_IO);
		}
		block(dir, &f->objects[i].name, 0);
		forge_write(f, dir);
		advance(r);
		compare(r, dir, "resumed");
		assert_int_equal(r->n_broken, 0);
		replay_free(r);
		source_free(src);
	}
	assert_true(failed > 5);
	forge_clean(dir);
	forge_free(f);
}

static void
a_tile_that_could_not_be_read_is_read_later(void **state)
{
	static const char *const files[] = { "log/tile/0/000", "log/tile/0/001",
		"log/tile/1/000.p/2", "log/tile/0/002.p/88",
		"log/tile/entries/001", "log/tile/entries/002.p/88" };
	const char *dir = forge_dir("replay");
	struct forge *f = make_long(600);
	struct source *src = NULL;
	char path[400];
	struct replay *r;
	struct why why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		forge_write(f, dir);
		(void)snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		assert_int_equal(remove(path), 0);
		r = open_all(dir, &src);
		assert_int_equal(replay_advance(r, &why), ERR_NOT_FOUND);
		assert_int_equal(replay_advance(r, &why), ERR_NOT_FOUND);
		forge_write(f, dir);
		advance(r);
		compare(r, dir, files[i]);
		assert_int_equal(r->n_broken, 0);
		replay_free(r);
		source_free(src);
	}
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
		cmocka_unit_test(
		    an_object_that_changes_while_it_is_audited_is_not_counted),
		cmocka_unit_test(every_issuer_must_have_issued),
		cmocka_unit_test(long_logs_are_read_in_one_pass),
		cmocka_unit_test(
		    a_log_that_grows_is_judged_like_one_read_at_once),
		cmocka_unit_test(whole_bundles_are_not_read_again),
		cmocka_unit_test(
		    A36_a_log_that_does_not_go_on_as_it_was_is_found_out),
		cmocka_unit_test(
		    entries_that_were_judged_may_not_be_published_otherwise),
		cmocka_unit_test(an_unsigned_checkpoint_changes_nothing),
		cmocka_unit_test(what_could_not_be_read_is_read_later),
		cmocka_unit_test(a_tile_that_could_not_be_read_is_read_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
