/*
 * A watcher of logs made by hand and of a real server: every fault is found,
 * said once, proven by files, and remembered over restarts; what is no fault is
 * not called one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "forge.h"
#include "hex.h"
#include "live.h"
#include "mirror.h"
#include "snapshot.h"
#include "watch.h"

#define NOW 1800000000ULL

/* --- A log, a watcher and its hook -------------------------------------------
 */

struct scene {
	char log[300], keep[300], hook[400], called[400];
	struct forge *f;
	struct watch_options o;
	struct watch *w;
	uint64_t now;
	FILE *err;
	char *said;
	size_t n_said;
};

static void
put_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void
get_text(const char *path, struct buf *out)
{
	char piece[4096];
	FILE *f = fopen(path, "rb");
	size_t n;

	out->n = 0;
	while (f != NULL && (n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_put(out, piece, n);
	if (f != NULL)
		(void)fclose(f);
}

static void
begin(struct scene *s, struct forge *f)
{
	char text[1000];

	memset(s, 0, sizeof(*s));
	(void)snprintf(s->log, sizeof(s->log), "%s", forge_dir("watched"));
	(void)snprintf(s->keep, sizeof(s->keep), "%s", forge_dir("watcher"));
	(void)snprintf(s->hook, sizeof(s->hook), "%s.hook", s->keep);
	(void)snprintf(s->called, sizeof(s->called), "%s.called", s->keep);
	(void)snprintf(text, sizeof(text),
	    "#!/bin/sh\nprintf '%%s|%%s|%%s\\n' \"$PARTECIPA_RULE\" \"$1\" "
	    "\"$PARTECIPA_EVIDENCE\" >>'%s'\n",
	    s->called);
	put_text(s->hook, text);
	assert_int_equal(chmod(s->hook, 0700), 0);
	(void)unlink(s->called);
	assert_non_null(s->err = open_memstream(&s->said, &s->n_said));
	s->f = f;
	s->now = NOW;
	s->o.where = s->log;
	s->o.keep = s->keep;
	s->o.hook = s->hook;
	s->o.again = 1000;
	s->o.out = fopen("/dev/null", "w");
	s->o.err = s->err;
	assert_non_null(s->o.out);
}

static void
finish(struct scene *s)
{
	watch_free(s->w);
	(void)fclose(s->err);
	(void)fclose(s->o.out);
	free(s->said);
	(void)unlink(s->hook);
	(void)unlink(s->called);
	forge_clean(s->log);
	forge_clean(s->keep);
	forge_free(s->f);
}

/* Stop watching and begin again: only the folder remembers. */
static void
restart(struct scene *s)
{
	struct why why;

	watch_free(s->w);
	s->w = NULL;
	if (watch_open(&s->o, &s->w, &why) != OK)
		fail_msg("%s", why.text);
}

static void
look(struct scene *s)
{
	struct why why;

	if (s->w == NULL)
		restart(s);
	if (watch_round(s->w, s->now, &why) != OK)
		fail_msg("%s", why.text);
	(void)fflush(s->err);
}

/* How often the hook was called, with ${word} in what it was told. */
static size_t
calls(const struct scene *s, const char *word)
{
	struct buf b = { 0 };
	char *line, *save = NULL;
	size_t n = 0;

	get_text(s->called, &b);
	line = buf_text(&b) != NULL ? strtok_r((char *)b.p, "\n", &save) : NULL;
	for (; line != NULL; line = strtok_r(NULL, "\n", &save))
		n += strstr(line, word) != NULL ? 1 : 0;
	buf_free(&b);
	return n;
}

/* ${n} faults so far, the last of them with ${word}; one call for each. */
static void
expect(struct scene *s, size_t n, const char *word)
{
	if (watch_faults(s->w) != n || calls(s, "|") != n ||
	    strstr(s->said, word) == NULL)
		fail_msg("%zu faults, %zu calls, not %zu with \"%s\": %s",
		    watch_faults(s->w), calls(s, "|"), n, word, s->said);
}

/* The same now, again, and after a restart. */
static void
expect_lasting(struct scene *s, size_t n, const char *word)
{
	look(s);
	expect(s, n, word);
	look(s);
	expect(s, n, word);
	restart(s);
	look(s);
	expect(s, n, word);
}

/* The log of ${s} when it had ${n} entries. */
static void
show(struct scene *s, size_t n)
{
	size_t all = s->f->n_entries;

	s->f->n_entries = n;
	forge_clean(s->log);
	forge_write(s->f, s->log);
	s->f->n_entries = all;
}

/* The same, entry number ${at} being another. */
static void
show_other(struct scene *s, size_t n, size_t at)
{
	struct forge_bytes old = s->f->entries[at];

	s->f->entries[at] = s->f->entries[at + 1];
	show(s, n);
	s->f->entries[at] = old;
}

/* ${n} entries, all but two of them about nothing much. */
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

static struct forge *
make_town(const char *twist)
{
	struct forge *f = forge_new(twist);
	const char *dir = forge_dir("watched");

	forge_town(f, dir);
	forge_clean(dir);
	return f;
}

/* The content that moderation erases in that town, as it was published. */
static void
publish_erased(struct forge *f, struct hash *name)
{
	const char text[] = "{\"text\":\"insulti\"}";
	uint8_t salt[16] = { 9 };
	struct buf content = { 0 };

	content_commit(salt, slice_str(text), name);
	buf_put(&content, salt, sizeof(salt));
	buf_str(&content, text);
	forge_object_as(f, name, buf_slice(&content));
	buf_free(&content);
}

/* --- Nothing is wrong --------------------------------------------------------
 */

static void
an_honest_log_is_followed_without_a_word(void **state)
{
	struct hash erased;
	struct scene s;
	size_t n, all;

	(void)state;
	begin(&s, make_town(""));
	publish_erased(s.f, &erased);
	all = s.f->n_entries;
	for (n = 1; n <= all; n++) {
		/* A batch is signed as a whole. */
		if (n > 1 && n < all && s.f->entries[n].bytes.p[0] == 7)
			continue;
		show(&s, n);
		if (n % 4 == 0)
			restart(&s);
		look(&s);
		look(&s);
		if (watch_faults(s.w) > 0)
			fail_msg("%zu: %s", n, s.said);
	}
	assert_string_equal(s.said, "");
	assert_int_equal(calls(&s, ""), 0);
	finish(&s);
}

static void
a_long_log_is_followed_over_its_tiles(void **state)
{
	static const size_t sizes[] = { 3, 255, 256, 300, 512, 513, 600 };
	struct scene s;
	size_t i;

	(void)state;
	begin(&s, make_long(600));
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		show(&s, sizes[i]);
		look(&s);
		if (i % 2 == 0)
			restart(&s);
		look(&s);
		assert_string_equal(s.said, "");
	}
	finish(&s);
}

static void
a_folder_made_by_fetch_is_gone_on_with(void **state)
{
	struct mirror_count n;
	struct source *src = NULL;
	struct scene s;
	struct why why;

	(void)state;
	begin(&s, make_long(20));
	show(&s, 10);
	assert_int_equal(source_open(s.log, &src, &why), OK);
	assert_int_equal(mirror_log(src, s.keep, &n, &why), OK);
	source_free(src);
	show(&s, 12);
	look(&s);
	assert_string_equal(s.said, "");
	show_other(&s, 10, 9);
	look(&s);
	expect(&s, 2, "fork");
	expect(&s, 2, "rollback");
	finish(&s);
}

/* --- The log does not go on as it was ----------------------------------------
 */

/* The two checkpoints that the last call of the hook was given. */
static void
evidence(const struct scene *s, const char *word, char first[static 400],
    char second[static 400])
{
	struct buf b = { 0 };
	char *line, *files = NULL, *save = NULL;

	get_text(s->called, &b);
	line = buf_text(&b) != NULL ? strtok_r((char *)b.p, "\n", &save) : NULL;
	for (; line != NULL; line = strtok_r(NULL, "\n", &save)) {
		if (strstr(line, word) != NULL)
			files = strrchr(line, '|') + 1;
	}
	assert_non_null(files);
	assert_int_equal(sscanf(files, "%399s %399s", first, second), 2);
	buf_free(&b);
}

/* A checkpoint that the log's key signed. */
static void
signed_file(const struct scene *s, const char *path, struct checkpoint *out)
{
	struct note_key k;
	struct buf b = { 0 };
	struct note note;

	get_text(path, &b);
	assert_int_equal(
	    note_key_make(FORGE_ORIGIN, NOTE_ED25519, &s->f->log.pk, &k), OK);
	assert_int_equal(checkpoint_open(buf_slice(&b), &k, &note, out), OK);
	buf_free(&b);
}

static void
A36_a_fork_is_proven_by_two_signed_checkpoints(void **state)
{
	/* Where the log forks, and how long it is then. */
	static const struct {
		size_t at, size;
	} forks[] = { { 9, 10 }, { 8, 10 }, { 5, 14 }, { 9, 11 } };
	char one[400], two[400];
	struct checkpoint a, b;
	struct scene s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(forks) / sizeof(forks[0]); i++) {
		begin(&s, make_long(20));
		show(&s, 10);
		look(&s);
		if (i % 2 == 0)
			restart(&s);
		show_other(&s, forks[i].size, forks[i].at);
		expect_lasting(&s, 1, "rule 3, consistency");
		evidence(&s, "fork", one, two);
		signed_file(&s, one, &a);
		signed_file(&s, two, &b);
		assert_int_equal(a.size, 10);
		assert_int_equal(b.size, forks[i].size);
		assert_false(hash_equal(&a.root, &b.root));
		/* Hiding it again does not help: it stays known. */
		show(&s, 16);
		look(&s);
		expect(&s, 1, "fork");
		restart(&s);
		assert_int_equal(watch_faults(s.w), 1);
		finish(&s);
	}
}

/* Shown another checkpoint once, with no tiles behind it. */
static void
A36_a_checkpoint_that_was_shown_once_is_not_forgotten(void **state)
{
	struct buf note = { 0 };
	struct scene s;
	char path[400];
	struct why why;

	(void)state;
	begin(&s, make_long(20));
	show_other(&s, 14, 12);
	(void)snprintf(path, sizeof(path), "%s/log/checkpoint", s.log);
	get_text(path, &note);
	show(&s, 10);
	look(&s);
	assert_int_equal(
	    folder_put(s.log, "log/checkpoint", buf_slice(&note), &why), OK);
	/* What it stands for cannot be read: no fault yet. */
	assert_int_equal(watch_round(s.w, s.now, &why), ERR_NOT_FOUND);
	restart(&s);
	assert_int_equal(watch_faults(s.w), 0);
	/* The log as others see it is not the one of that checkpoint. */
	show(&s, 16);
	look(&s);
	expect(&s, 1, "14 entries");
	expect_lasting(&s, 1, "fork");
	buf_free(&note);
	finish(&s);
}

static void
A36_a_rollback_is_noticed_over_a_restart(void **state)
{
	char one[400], two[400];
	struct checkpoint a, b;
	struct scene s;

	(void)state;
	begin(&s, make_long(20));
	show(&s, 10);
	look(&s);
	restart(&s);
	show(&s, 8);
	expect_lasting(&s, 1, "rollback");
	evidence(&s, "rollback", one, two);
	signed_file(&s, one, &a);
	signed_file(&s, two, &b);
	assert_int_equal(a.size, 10);
	assert_int_equal(b.size, 8);
	/* Back again, and gone again: said again. */
	show(&s, 12);
	look(&s);
	expect(&s, 1, "rollback");
	show(&s, 11);
	look(&s);
	expect(&s, 2, "had 12 before");
	finish(&s);
}

static void
another_key_is_no_log_of_ours(void **state)
{
	struct forge *f = make_long(20);
	struct scene s;
	struct why why;

	(void)state;
	begin(&s, f);
	show(&s, 10);
	look(&s);
	f->log.pk = f->receipt.pk;
	f->log = f->receipt;
	show(&s, 12);
	look(&s);
	expect(&s, 1, "another key");
	watch_free(s.w);
	s.w = NULL;
	/* Nor may one be given. */
	s.o.key = "no key";
	assert_int_equal(watch_open(&s.o, &s.w, &why), ERR_FORMAT);
	finish(&s);
}

static void
an_unsigned_checkpoint_is_kept_as_evidence(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, make_long(20));
	show(&s, 10);
	look(&s);
	s.f->twist = "checkpoint";
	show(&s, 12);
	look(&s);
	expect(&s, 1, "rule 1, checkpoint");
	assert_int_equal(calls(&s, "/evidence/checkpoint-"), 1);
	s.f->twist = "";
	show(&s, 12);
	look(&s);
	expect(&s, 1, "rule 1");
	finish(&s);
}

/* --- What was published must stay --------------------------------------------
 */

static void
object_path(const struct scene *s, const struct hash *h, char out[static 400])
{
	char name[2 * HASH_BYTES + 1];

	hex_encode(hash_slice(h), name);
	(void)snprintf(out, 400, "%s/objects/%s", s->log, name);
}

static void
an_object_that_was_rewritten_is_kept_in_both_forms(void **state)
{
	char path[400], one[400], two[400];
	struct buf b = { 0 };
	struct scene s;

	(void)state;
	begin(&s, make_long(20));
	show(&s, 10);
	look(&s);
	object_path(&s, &s.f->objects[4].name, path);
	put_text(path, "{\"n\":1000}");
	expect_lasting(&s, 1, "rule 11, object");
	evidence(&s, "object", one, two);
	get_text(one, &b);
	assert_true(
	    slice_equal(buf_slice(&b), buf_slice(&s.f->objects[4].bytes)));
	get_text(two, &b);
	assert_string_equal(buf_text(&b), "{\"n\":1000}");
	/* Gone altogether is one more. */
	object_path(&s, &s.f->objects[5].name, path);
	assert_int_equal(unlink(path), 0);
	look(&s);
	expect(&s, 2, "is not any more");
	buf_free(&b);
	finish(&s);
}

static void
tiles_and_bundles_that_were_rewritten_are_found(void **state)
{
	struct scene s;
	char path[400];

	(void)state;
	begin(&s, make_long(300));
	show(&s, 300);
	look(&s);
	(void)snprintf(path, sizeof(path), "%s/log/tile/entries/000", s.log);
	put_text(path, "other entries");
	look(&s);
	expect(&s, 1, "rule 4, tree");
	(void)snprintf(path, sizeof(path), "%s/log/tile/0/000", s.log);
	put_text(path, "other hashes");
	look(&s);
	expect(&s, 2, "rule 5, tiles");
	finish(&s);
}

static void
what_moderation_erased_is_erased_here_too(void **state)
{
	char name[2 * HASH_BYTES + 1], path[400];
	struct hash commit;
	struct scene s;

	(void)state;
	begin(&s, make_town(""));
	publish_erased(s.f, &commit);
	hex_encode(hash_slice(&commit), name);
	(void)snprintf(path, sizeof(path), "objects/%s", name);
	show(&s, s.f->n_entries);
	look(&s);
	assert_true(folder_has(s.keep, path));
	folder_drop(s.log, path);
	look(&s);
	assert_false(folder_has(s.keep, path));
	look(&s);
	assert_string_equal(s.said, "");
	finish(&s);
}

/* --- Rules -------------------------------------------------------------------
 */

static void
A37_a_broken_rule_is_named_as_soon_as_it_is_broken(void **state)
{
	static const struct {
		const char *twist, *rule;
	} faults[] = { { "token", "rule 32, record-token: entry" },
		{ "staff-signature", "rule 8, staff-signature: entry" },
		{ "object-missing", "rule 11, object: entry" },
		{ "tile", "rule 5, tiles" }, { "root", "rule 4, tree" },
		{ "ledger-signature", "rule 22, ledger-signature: entry" },
		{ "result", "rule 39, result: entry" } };
	struct scene s;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		begin(&s, make_town(faults[i].twist));
		n = s.f->n_entries;
		/* A wrong tile would make every growth look like a fork. */
		if (strcmp(faults[i].twist, "tile") != 0 &&
		    strcmp(faults[i].twist, "root") != 0) {
			show(&s, 1);
			look(&s);
			assert_string_equal(s.said, "");
		}
		show(&s, n);
		look(&s);
		expect(&s, 1, faults[i].rule);
		expect_lasting(&s, 1, faults[i].rule);
		finish(&s);
	}
}

/* A log of a space that asks for a witness. */
static struct forge *
make_witnessed(size_t n)
{
	struct forge_space s = { .slug = "bilancio",
		.kind = SPACE_BALLOT,
		.separated = 1,
		.witnessed = 1,
		.issuers = 1 };
	struct entry e = { .kind = ENTRY_PROGRESS };
	struct forge *f = forge_new("");

	forge_genesis(f);
	forge_header(f, &s);
	e.space_id = s.id;
	forge_object(f, slice_str("{}"), &e.object);
	while (f->n_entries < n)
		(void)forge_entry(f, &e);
	return f;
}

static void
a_lost_quorum_is_said_when_it_stays_lost(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, make_witnessed(20));
	s.o.patience = 60;
	show(&s, 5);
	look(&s);
	s.f->twist = "quorum";
	show(&s, 6);
	look(&s);
	s.now += 59;
	look(&s);
	assert_string_equal(s.said, "");
	/* The cosignature came late. */
	s.f->twist = "";
	show(&s, 6);
	look(&s);
	s.f->twist = "quorum";
	show(&s, 8);
	look(&s);
	s.now += 59;
	look(&s);
	assert_string_equal(s.said, "");
	s.now++;
	look(&s);
	expect(&s, 1, "rule 2, quorum");
	show(&s, 9);
	look(&s);
	expect(&s, 1, "rule 2, quorum");
	/* There again, and lost again: said again. */
	s.f->twist = "";
	show(&s, 10);
	look(&s);
	s.f->twist = "quorum";
	show(&s, 11);
	look(&s);
	s.now += 60;
	look(&s);
	expect(&s, 2, "rule 2, quorum");
	finish(&s);
}

static void
a_policy_of_ones_own_can_be_demanded(void **state)
{
	struct buf text = { 0 };
	struct note_key k;
	struct scene s;
	char path[400];

	(void)state;
	begin(&s, make_long(20));
	assert_int_equal(note_key_make("witness.example", NOTE_COSIGNATURE,
			     &s.f->witness.pk, &k),
	    OK);
	buf_str(&text, "witness w ");
	note_key_print(&k, &text);
	buf_str(&text, "\nquorum w\n");
	(void)snprintf(path, sizeof(path), "%s.policy", s.keep);
	put_text(path, buf_text(&text));
	s.o.policy = path;
	show(&s, 5);
	look(&s);
	assert_string_equal(s.said, "");
	s.f->twist = "quorum";
	show(&s, 6);
	look(&s);
	expect(&s, 1, "rule 2, quorum");
	assert_int_equal(unlink(path), 0);
	buf_free(&text);
	finish(&s);
}

/* --- Receipts ----------------------------------------------------------------
 */

/* A vote of one window with a record that is logged, and one that is not. */
struct promised {
	struct forge_space space;
	struct buf logged, dropped;
	uint64_t due;
};

static struct forge *
make_promised(struct promised *p)
{
	static const size_t asked[] = { 0, 1 };
	struct forge *f = forge_new("");
	struct buf list[1] = { { 0 } };
	uint8_t vote = 0x80;

	memset(p, 0, sizeof(*p));
	p->space.slug = "bilancio";
	p->space.kind = SPACE_BALLOT;
	p->space.separated = 1;
	p->space.issuers = 1;
	forge_genesis(f);
	forge_header(f, &p->space);
	forge_form(f, &p->space);
	forge_ledger(f, &p->space, 0, PURPOSE_VOTE, asked, 2);
	forge_record(
	    f, &p->space, 0, PURPOSE_VOTE, 0, slice_of(&vote, 1), &p->logged);
	forge_record(
	    f, &p->space, 1, PURPOSE_VOTE, 0, slice_of(&vote, 1), &p->dropped);
	buf_put(&list[0], p->logged.p, p->logged.n);
	forge_batch(f, &p->space, 2300, list, 1);
	buf_free(&list[0]);
	return f;
}

static void
write_plain(const struct scene *s, const struct promised *p,
    const struct buf *record, const char *path)
{
	struct receipt r = { .space_id = p->space.id, .window_end = 2300 };
	struct buf b = { 0 };

	admit_leaf(buf_slice(record), &r.leaf);
	assert_int_equal(
	    receipt_sign(&r, FORGE_ORIGIN "/receipt", &s->f->receipt, &b), OK);
	put_text(path, buf_text(&b));
	buf_free(&b);
}

/* One of a group of two. */
static void
write_member(const struct scene *s, const struct promised *p,
    const struct buf *record, const char *path)
{
	uint8_t salt[16] = { 1, 2, 3 };
	struct merkle_proof proof = { .n = 1 };
	struct hash leaf, entry, root, other = { { 7 } };
	struct merkle m = { 0 };
	struct buf note = { 0 }, b = { 0 };

	admit_leaf(buf_slice(record), &leaf);
	receipt_group_leaf(salt, &leaf, &entry);
	hash_leaf(hash_slice(&entry), &leaf);
	merkle_append(&m, &other);
	merkle_append(&m, &leaf);
	merkle_root(&m, &root);
	proof.h[0] = other;
	assert_int_equal(receipt_group_sign(&p->space.id, 2300, &root, 2,
			     FORGE_ORIGIN "/receipt", &s->f->receipt, &note),
	    OK);
	receipt_group_put(&b, salt, 1, &proof, buf_slice(&note));
	put_text(path, buf_text(&b));
	buf_free(&note);
	buf_free(&b);
}

typedef void write_receipt(const struct scene *s, const struct promised *p,
    const struct buf *record, const char *path);

static void
promises(write_receipt *write)
{
	char kept[400], broken[400], one[400], two[400];
	const char *files[2] = { kept, broken };
	struct checkpoint c;
	struct promised p;
	struct buf a = { 0 }, b = { 0 };
	struct scene s;

	begin(&s, make_promised(&p));
	(void)snprintf(kept, sizeof(kept), "%s.kept", s.keep);
	(void)snprintf(broken, sizeof(broken), "%s.broken", s.keep);
	write(&s, &p, &p.logged, kept);
	write(&s, &p, &p.dropped, broken);
	s.o.receipts = files;
	s.o.n_receipts = 2;
	show(&s, s.f->n_entries - 2);
	/* Early; in the last second; past. */
	s.now = 2300;
	look(&s);
	show(&s, s.f->n_entries);
	s.now = 2300 + 3600;
	look(&s);
	assert_string_equal(s.said, "");
	s.now++;
	expect_lasting(&s, 1, "was promised by");
	assert_non_null(strstr(s.said, broken));
	assert_null(strstr(s.said, kept));
	/* Receipt and signed checkpoint prove it to anybody. */
	evidence(&s, "promised", one, two);
	get_text(one, &a);
	get_text(broken, &b);
	assert_true(slice_equal(buf_slice(&a), buf_slice(&b)));
	signed_file(&s, two, &c);
	assert_int_equal(c.size, s.f->n_entries);
	(void)unlink(kept);
	(void)unlink(broken);
	buf_free(&a);
	buf_free(&b);
	buf_free(&p.logged);
	buf_free(&p.dropped);
	finish(&s);
}

static void
A33_a_record_that_is_not_logged_leaves_evidence(void **state)
{
	(void)state;
	promises(write_plain);
	promises(write_member);
}

/* Nothing but what everybody fetches is asked for. */
static void
A43_receipts_are_looked_for_in_the_mirror(void **state)
{
	const char *files[1];
	struct promised p;
	struct scene s;
	char path[400];
	struct why why;

	(void)state;
	begin(&s, make_promised(&p));
	(void)snprintf(path, sizeof(path), "%s.receipt", s.keep);
	show(&s, s.f->n_entries);
	look(&s);
	write_plain(&s, &p, &p.dropped, path);
	files[0] = path;
	s.o.receipts = files;
	s.o.n_receipts = 1;
	restart(&s);
	/* The log cannot be reached: nobody knows what it holds now. */
	s.now = NOW;
	forge_clean(s.log);
	assert_int_equal(watch_round(s.w, s.now, &why), ERR_NOT_FOUND);
	assert_string_equal(s.said, "");
	show(&s, s.f->n_entries);
	look(&s);
	expect(&s, 1, "was promised by");
	(void)unlink(path);
	buf_free(&p.logged);
	buf_free(&p.dropped);
	finish(&s);
}

static void
a_receipt_of_another_log_is_refused(void **state)
{
	const char *files[1];
	struct promised p;
	struct scene s;
	char path[400];
	struct why why;

	(void)state;
	begin(&s, make_promised(&p));
	(void)snprintf(path, sizeof(path), "%s.receipt", s.keep);
	show(&s, s.f->n_entries);
	put_text(path, "no receipt");
	files[0] = path;
	s.o.receipts = files;
	s.o.n_receipts = 1;
	restart(&s);
	assert_int_equal(watch_round(s.w, s.now, &why), ERR_FORMAT);
	assert_non_null(strstr(why.text, path));
	assert_int_equal(watch_faults(s.w), 0);
	(void)unlink(path);
	watch_free(s.w);
	s.w = NULL;
	assert_int_equal(watch_open(&s.o, &s.w, &why), ERR_IO);
	buf_free(&p.logged);
	buf_free(&p.dropped);
	finish(&s);
}

/* --- Troubles of the watcher's own -------------------------------------------
 */

static void
a_log_that_cannot_be_read_is_no_fault(void **state)
{
	struct scene s;
	struct why why;

	(void)state;
	begin(&s, make_long(20));
	s.o.where = "http://127.0.0.1:1";
	restart(&s);
	assert_int_equal(watch_round(s.w, s.now, &why), ERR_IO);
	assert_non_null(strstr(why.text, "127.0.0.1"));
	assert_int_equal(watch_faults(s.w), 0);
	finish(&s);
}

static void
a_hook_is_given_words_and_no_commands(void **state)
{
	struct forge_space sp = { .slug = "bilancio",
		.kind = SPACE_BALLOT,
		.separated = 1,
		.issuers = 1 };
	struct entry e = { .kind = ENTRY_STAFF };
	struct forge *f = forge_new("");
	char text[300], trap[400];
	struct scene s;

	(void)state;
	forge_genesis(f);
	forge_header(f, &sp);
	begin(&s, f);
	(void)snprintf(trap, sizeof(trap), "%s.trap", s.keep);
	/* A name that a shell would run. */
	(void)snprintf(text, sizeof(text),
	    "{\"action\":\"revoke\",\"key\":\"%064d\",\"name\":"
	    "\"$(touch %.80s)\",\"role\":\"editor\"}",
	    0, trap);
	e.text = slice_str(text);
	(void)forge_entry(f, &e);
	show(&s, f->n_entries);
	look(&s);
	expect(&s, 1, "rule 10, staff-change");

	assert_int_equal(calls(&s, "$(touch"), 1);
	assert_int_equal(access(trap, F_OK), -1);
	/* One that fails, and one that is not there, stop nothing. */
	watch_free(s.w);
	s.w = NULL;
	forge_clean(s.keep);
	s.o.hook = "/bin/false";
	look(&s);
	assert_non_null(strstr(s.said, "the hook /bin/false failed"));
	watch_free(s.w);
	s.w = NULL;
	forge_clean(s.keep);
	s.o.hook = "/nonexistent/hook";
	look(&s);
	assert_non_null(strstr(s.said, "the hook /nonexistent/hook: "));
	assert_int_equal(watch_faults(s.w), 1);
	finish(&s);
}

/* --- The program and a real server -------------------------------------------
 */

static int
watch_once(const struct live *l, const char *keep)
{
	const char *args[] = { "watch", l->url, "--keep", keep, "--once",
		NULL };

	return live_run("partecipa-audit", args);
}

static void
A36_a_server_that_was_brought_back_is_found_out(void **state)
{
	struct live *l = live_new(2);
	char keep[300], backup[DATADIR_PATH + 20];
	struct live_space sp, other;

	(void)state;
	(void)snprintf(keep, sizeof(keep), "%s", forge_dir("watcher"));
	(void)snprintf(backup, sizeof(backup), "%s/backup", l->root);
	live_space(l, "prima", LIVE_FROM + 5 * LIVE_INTERVAL, &sp);
	assert_int_equal(watch_once(l, keep), 0);
	assert_int_equal(live_stop(l), 0);
	/* Down: nothing to say about the log. */
	assert_int_equal(watch_once(l, keep), 2);
	snapshot_copy(l->data, backup);
	live_start(l);
	live_space(l, "seconda", LIVE_FROM + 5 * LIVE_INTERVAL, &other);
	assert_int_equal(watch_once(l, keep), 0);
	assert_int_equal(live_stop(l), 0);
	/* Wholly brought back, state file included: it cannot know. */
	forge_clean(l->data);
	snapshot_copy(backup, l->data);
	live_start(l);
	assert_int_equal(watch_once(l, keep), 1);
	live_space_free(&other);
	live_space(l, "terza", LIVE_FROM + 5 * LIVE_INTERVAL, &other);
	assert_int_equal(watch_once(l, keep), 1);
	live_space_free(&other);
	live_space_free(&sp);
	live_free(l);
	forge_clean(keep);
}

static void
it_watches_until_it_is_asked_to_end(void **state)
{
	struct live *l = live_new(2);
	char keep[300], program[400];
	const char *argv[] = { program, "watch", l->url, "--keep", keep,
		"--interval", "1", NULL };
	const char *b = getenv("B");
	struct buf line = { 0 };
	struct live_space sp;
	struct spawn s;
	struct why why;

	(void)state;
	(void)snprintf(program, sizeof(program), "%.300s/partecipa-audit",
	    b != NULL && *b != '\0' ? b : "build");
	(void)snprintf(keep, sizeof(keep), "%s", forge_dir("watcher"));
	assert_int_equal(spawn_start(argv, &s, &why), OK);
	assert_int_equal(spawn_line(&s, 60, &line, &why), OK);
	assert_string_equal(buf_text(&line), "1 entries");
	/* A server that is away for a while stops nothing. */
	assert_int_equal(live_stop(l), 0);
	live_nap(1500);
	live_start(l);
	live_space(l, "prima", LIVE_FROM + 5 * LIVE_INTERVAL, &sp);
	line.n = 0;
	assert_int_equal(spawn_line(&s, 60, &line, &why), OK);
	assert_non_null(strstr(buf_text(&line), " entries"));
	assert_int_equal(spawn_stop(&s), 0);
	buf_free(&line);
	live_space_free(&sp);
	live_free(l);
	forge_clean(keep);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_honest_log_is_followed_without_a_word),
		cmocka_unit_test(a_long_log_is_followed_over_its_tiles),
		cmocka_unit_test(a_folder_made_by_fetch_is_gone_on_with),
		cmocka_unit_test(
		    A36_a_fork_is_proven_by_two_signed_checkpoints),
		cmocka_unit_test(
		    A36_a_checkpoint_that_was_shown_once_is_not_forgotten),
		cmocka_unit_test(A36_a_rollback_is_noticed_over_a_restart),
		cmocka_unit_test(another_key_is_no_log_of_ours),
		cmocka_unit_test(an_unsigned_checkpoint_is_kept_as_evidence),
		cmocka_unit_test(
		    an_object_that_was_rewritten_is_kept_in_both_forms),
		cmocka_unit_test(
		    tiles_and_bundles_that_were_rewritten_are_found),
		cmocka_unit_test(what_moderation_erased_is_erased_here_too),
		cmocka_unit_test(
		    A37_a_broken_rule_is_named_as_soon_as_it_is_broken),
		cmocka_unit_test(a_lost_quorum_is_said_when_it_stays_lost),
		cmocka_unit_test(a_policy_of_ones_own_can_be_demanded),
		cmocka_unit_test(
		    A33_a_record_that_is_not_logged_leaves_evidence),
		cmocka_unit_test(A43_receipts_are_looked_for_in_the_mirror),
		cmocka_unit_test(a_receipt_of_another_log_is_refused),
		cmocka_unit_test(a_log_that_cannot_be_read_is_no_fault),
		cmocka_unit_test(a_hook_is_given_words_and_no_commands),
		cmocka_unit_test(
		    A36_a_server_that_was_brought_back_is_found_out),
		cmocka_unit_test(it_watches_until_it_is_asked_to_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
