#include "file.h"
#include "forge.h"
#include "trust.h"
#include "wallet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A whole log in a folder, and what a client makes of it. */
struct scene {
	struct forge *forge;
	char dir[200];
	struct trust *trust;
};

static void
open_scene(struct scene *s, const char *name, const char *twist)
{
	struct why why = { { 0 } };

	(void)snprintf(s->dir, sizeof(s->dir), "%s", forge_dir(name));
	s->forge = forge_new(twist);
	forge_town(s->forge, s->dir);
	s->trust = NULL;
	if (trust_open(s->dir, NULL, slice_of(NULL, 0), &s->trust, &why) != OK)
		fail_msg("%s", why.text);
}

static void
close_scene(struct scene *s)
{
	trust_free(s->trust);
	forge_clean(s->dir);
	forge_free(s->forge);
}

static struct slice
object_of(const struct forge *f, const struct hash *name)
{
	size_t i;

	for (i = 0; i < f->n_objects; i++)
		if (hash_equal(&f->objects[i].name, name))
			return buf_slice(&f->objects[i].bytes);
	fail_msg("no such object");
	return slice_of(NULL, 0);
}

/* The number of the first entry of that kind. */
static uint64_t
first_of(const struct forge *f, enum entry_kind kind, struct entry *e)
{
	size_t i;

	for (i = 0; i < f->n_entries; i++)
		if (entry_parse(buf_slice(&f->entries[i].bytes), e) == OK &&
		    e->kind == kind)
			return i;
	fail_msg("no entry of kind %d", (int)kind);
	return 0;
}

static struct header *
header_of(struct scene *s, uint64_t *index)
{
	struct header *h = NULL;
	struct why why = { { 0 } };
	struct entry e;

	memset(&e, 0, sizeof(e));
	*index = first_of(s->forge, ENTRY_HEADER, &e);
	if (trust_header(s->trust, *index, object_of(s->forge, &e.object), &h,
		&why) != OK)
		fail_msg("%s", why.text);
	return h;
}

static void
believes_what_the_log_holds(void **state)
{
	struct scene s;
	struct header *h;
	struct form *f = NULL;
	struct note_key key;
	struct slice entry;
	struct entry e;
	uint64_t first, i;
	uint32_t count;

	(void)state;
	open_scene(&s, "trust", "");
	for (i = 0; i < s.forge->n_entries; i++) {
		assert_int_equal(trust_entry(s.trust, i, &entry, NULL), OK);
		assert_true(
		    slice_equal(entry, buf_slice(&s.forge->entries[i].bytes)));
	}
	assert_int_equal(trust_entry(s.trust, i, &entry, NULL), ERR_NOT_FOUND);
	assert_int_equal(trust_receipt_key(s.trust, &key, NULL), OK);
	assert_memory_equal(key.pk.b, s.forge->receipt.pk.b, 32);
	h = header_of(&s, &first);
	memset(&e, 0, sizeof(e));
	(void)first_of(s.forge, ENTRY_FORM, &e);
	assert_int_equal(trust_form(s.trust, first, h,
			     object_of(s.forge, &e.object), &f, NULL),
	    OK);
	assert_int_equal(trust_ledger_count(
			     s.trust, first, h, 0, PURPOSE_VOTE, &count, NULL),
	    OK);
	assert_int_equal(count, 5);
	assert_int_equal(trust_ledger_count(
			     s.trust, first, h, 0, PURPOSE_VOICE, &count, NULL),
	    ERR_NOT_FOUND);
	form_free(f);
	header_free(h);
	close_scene(&s);
}

static void
refuses_a_header_that_is_not_where_it_is_said_to_be(void **state)
{
	struct header *h = NULL, *good;
	struct buf bytes = { 0 };
	struct slice doc;
	struct scene s;
	struct entry e;
	uint64_t first;
	char *at;

	(void)state;
	open_scene(&s, "trust", "");
	good = header_of(&s, &first);
	memset(&e, 0, sizeof(e));
	(void)first_of(s.forge, ENTRY_HEADER, &e);
	doc = object_of(s.forge, &e.object);
	assert_int_equal(
	    trust_header(s.trust, first + 1, doc, &h, NULL), ERR_SIGNATURE);
	/* The same header with another limit. */
	buf_put(&bytes, doc.p, doc.n);
	assert_non_null(buf_text(&bytes));
	at = strstr((char *)bytes.p, "\"min_open\":");
	assert_non_null(at);
	at[11] = at[11] == '9' ? '8' : '9';
	assert_int_equal(
	    trust_header(s.trust, first, buf_slice(&bytes), &h, NULL),
	    ERR_SIGNATURE);
	buf_free(&bytes);
	header_free(good);
	close_scene(&s);
}

static void
finds_the_last_record_of_a_credential_and_proves_it(void **state)
{
	struct trust_record found;
	struct merkle_proof proof;
	struct public_key nobody;
	struct header *h;
	struct scene s;
	struct sign_key k;
	uint64_t first, size;

	(void)state;
	open_scene(&s, "trust", "");
	h = header_of(&s, &first);
	size = trust_checkpoint(s.trust)->size;
	memset(&found, 0, sizeof(found));
	assert_int_equal(trust_find(s.trust, first, size, h, PURPOSE_VOTE,
			     &s.forge->voters[0].credential.pk, &found, NULL),
	    OK);
	assert_true(found.raw.n > RECORD_FIXED);
	assert_true(header_is_window_end(h, found.window_end));
	assert_int_equal(trust_prove(s.trust, found.index, &proof, NULL), OK);
	assert_int_equal(merkle_verify_inclusion(&found.leaf, found.index, size,
			     &proof, &trust_checkpoint(s.trust)->root),
	    OK);
	buf_free(&found.raw);
	sign_key_random(&k);
	nobody = k.pk;
	assert_int_equal(trust_find(s.trust, first, size, h, PURPOSE_VOTE,
			     &nobody, &found, NULL),
	    ERR_NOT_FOUND);
	header_free(h);
	close_scene(&s);
}

/* Open the log with a checkpoint kept from before. */
static enum err
again(const struct scene *s, const struct buf *earlier)
{
	struct trust *t = NULL;
	struct why why = { { 0 } };
	enum err r;

	r = trust_open(s->dir, NULL, buf_slice(earlier), &t, &why);
	assert_true(r == OK || why.text[0] != '\0');
	trust_free(t);
	return r;
}

static void
only_the_same_log_may_go_on(void **state)
{
	struct buf kept = { 0 }, longer = { 0 };
	struct scene s, fork;
	struct trust *t = NULL;
	struct slice note;

	(void)state;
	open_scene(&s, "trust", "");
	note = trust_note(s.trust);
	buf_put(&kept, note.p, note.n);
	assert_int_equal(again(&s, &kept), OK);
	/* One entry more. */
	(void)forge_raw(s.forge, slice_str("x"));
	forge_write(s.forge, s.dir);
	assert_int_equal(again(&s, &kept), OK);
	assert_int_equal(
	    trust_open(s.dir, NULL, slice_of(NULL, 0), &t, NULL), OK);
	note = trust_note(t);
	buf_put(&longer, note.p, note.n);
	trust_free(t);
	/* The same keys, another past; and a log that became shorter. */
	open_scene(&fork, "trust-fork", "token");
	(void)forge_raw(fork.forge, slice_str("x"));
	assert_int_equal(again(&fork, &longer), ERR_SIGNATURE);
	forge_write(fork.forge, fork.dir);
	assert_int_equal(again(&fork, &longer), ERR_SIGNATURE);
	/* Not a checkpoint at all. */
	longer.p[0] ^= 1;
	assert_int_equal(again(&s, &longer), ERR_SIGNATURE);
	buf_free(&kept);
	buf_free(&longer);
	close_scene(&s);
	close_scene(&fork);
}

/* The first space asks for the one witness; the log comes without its line. */
static void
A36_a_client_refuses_a_log_without_the_quorum(void **state)
{
	struct why why = { { 0 } };
	struct header *h = NULL;
	struct entry e;
	struct scene s;
	uint64_t first;

	(void)state;
	open_scene(&s, "trust-quorum", "quorum");
	first = first_of(s.forge, ENTRY_HEADER, &e);
	assert_int_equal(trust_header(s.trust, first,
			     object_of(s.forge, &e.space_id), &h, &why),
	    ERR_SIGNATURE);
	assert_null(h);
	assert_non_null(strstr(why.text, "rule 2, quorum"));
	close_scene(&s);
	open_scene(&s, "trust-quorum", "");
	first = first_of(s.forge, ENTRY_HEADER, &e);
	assert_int_equal(trust_header(s.trust, first,
			     object_of(s.forge, &e.space_id), &h, &why),
	    OK);
	assert_int_equal(h->quorum, 1);
	header_free(h);
	close_scene(&s);
}

/* What a policy with this line makes of the log. */
static enum err
demand(const struct scene *s, const struct buf *policy, struct why *why)
{
	char path[250];

	(void)snprintf(path, sizeof(path), "%s/my-policy", s->dir);
	assert_int_equal(file_write(path, 0644, buf_slice(policy), NULL), OK);
	return trust_demand(s->trust, path, why);
}

static void
A36_a_reader_may_ask_for_a_quorum_of_her_own(void **state)
{
	static const char *const twists[] = { "", "quorum" };
	struct why why = { { 0 } };
	struct note_key known, other;
	struct buf b = { 0 };
	struct sign_key k;
	struct scene s;
	size_t i;

	(void)state;
	sign_key_random(&k);
	for (i = 0; i < 2; i++) {
		open_scene(&s, "trust-demand", twists[i]);
		assert_int_equal(
		    note_key_make("witness.example", NOTE_COSIGNATURE,
			&s.forge->witness.pk, &known),
		    OK);
		assert_int_equal(note_key_make("other.example",
				     NOTE_COSIGNATURE, &k.pk, &other),
		    OK);
		b.n = 0;
		buf_str(&b, "witness a ");
		note_key_print(&known, &b);
		buf_str(&b, "\nwitness b ");
		note_key_print(&other, &b);
		buf_str(&b, "\ngroup g any a b\nquorum g\n");
		assert_int_equal(
		    demand(&s, &b, &why), i == 0 ? OK : ERR_SIGNATURE);
		assert_true(
		    i == 0 || strstr(why.text, "rule 2, quorum: ") != NULL);
		b.n -= strlen("g\n");
		buf_str(&b, "b\n");
		assert_int_equal(demand(&s, &b, &why), ERR_SIGNATURE);
		/* For another log. */
		assert_int_equal(
		    note_key_make("log.example", NOTE_ED25519, &k.pk, &other),
		    OK);
		b.n = 0;
		buf_str(&b, "log ");
		note_key_print(&other, &b);
		buf_str(&b, "\nquorum none\n");
		assert_int_equal(demand(&s, &b, &why), ERR_FORBIDDEN);
		b.n = 0;
		buf_str(&b, "quorum everybody\n");
		assert_int_equal(demand(&s, &b, &why), ERR_FORMAT);
		close_scene(&s);
	}
	buf_free(&b);
}

static void
a_byte_changed_anywhere_in_the_entries_is_seen(void **state)
{
	char path[300], tile[TILE_PATH_MAX];
	struct tile t = { TILE_LEVEL_ENTRIES, 0, 0 };
	struct buf bytes = { 0 };
	struct trust *trust;
	struct slice entry;
	struct scene s;
	size_t i;

	(void)state;
	open_scene(&s, "trust", "");
	t.width = (unsigned)s.forge->n_entries;
	tile_print(&t, tile);
	(void)snprintf(path, sizeof(path), "%s/log/%s", s.dir, tile);
	assert_int_equal(file_read(path, (size_t)16 << 20, &bytes, NULL), OK);
	for (i = 0; i < bytes.n; i += 37) {
		bytes.p[i] ^= 1;
		assert_int_equal(
		    file_write(path, 0644, buf_slice(&bytes), NULL), OK);
		trust = NULL;
		assert_int_equal(
		    trust_open(s.dir, NULL, slice_of(NULL, 0), &trust, NULL),
		    OK);
		assert_int_not_equal(trust_entry(trust, 0, &entry, NULL), OK);
		trust_free(trust);
		bytes.p[i] ^= 1;
	}
	buf_free(&bytes);
	close_scene(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(believes_what_the_log_holds),
		cmocka_unit_test(
		    refuses_a_header_that_is_not_where_it_is_said_to_be),
		cmocka_unit_test(
		    finds_the_last_record_of_a_credential_and_proves_it),
		cmocka_unit_test(only_the_same_log_may_go_on),
		cmocka_unit_test(A36_a_client_refuses_a_log_without_the_quorum),
		cmocka_unit_test(A36_a_reader_may_ask_for_a_quorum_of_her_own),
		cmocka_unit_test(
		    a_byte_changed_anywhere_in_the_entries_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
