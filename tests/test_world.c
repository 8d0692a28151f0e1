#include <string.h>

#include "forge.h"

/* The world as a server has it: it stops at the first fault. */
struct strict {
	struct forge *f;
	struct world *w;
	struct merkle tree;
	uint64_t next;
};

static enum err
object(void *cookie, const struct hash *hash, struct buf *out)
{
	struct forge *f = cookie;
	size_t i;

	for (i = f->n_objects; i > 0; i--) {
		if (hash_equal(&f->objects[i - 1].name, hash)) {
			buf_put(out, f->objects[i - 1].bytes.p,
			    f->objects[i - 1].bytes.n);
			return buf_end(out);
		}
	}
	return ERR_NOT_FOUND;
}

static void
begin(struct strict *s, const char *twist)
{
	struct note_key k;
	const char *dir = forge_dir("world");

	memset(s, 0, sizeof(*s));
	s->f = forge_new(twist);
	forge_town(s->f, dir);
	forge_clean(dir);
	assert_int_equal(
	    note_key_make(FORGE_ORIGIN, NOTE_ED25519, &s->f->log.pk, &k), OK);
	assert_int_equal(world_new(&k, object, s->f, &s->w), OK);
}

static void
end(struct strict *s)
{
	world_free(s->w);
	forge_free(s->f);
}

static enum err
apply(struct strict *s, struct slice bytes, struct verdict *v)
{
	struct merkle tree = s->tree;
	struct entry e;
	struct hash leaf, root;
	enum err r;

	if (entry_parse(bytes, &e) != OK)
		return ERR_FORMAT;
	hash_leaf(bytes, &leaf);
	merkle_append(&tree, &leaf);
	merkle_root(&tree, &root);
	if ((r = world_apply(s->w, s->next, &e, &root, v)) == OK) {
		s->tree = tree;
		s->next++;
	}
	return r;
}

static struct slice
bytes_at(const struct strict *s, size_t i)
{
	return buf_slice(&s->f->entries[i].bytes);
}

static void
an_honest_log_is_taken_in_entry_by_entry(void **state)
{
	struct strict s;
	struct verdict v = { 0 };
	struct space *a;
	size_t i;

	(void)state;
	begin(&s, "");
	assert_null(world_origin(s.w));
	for (i = 0; i < s.f->n_entries; i++)
		assert_int_equal(apply(&s, bytes_at(&s, i), &v), OK);
	assert_int_equal(world_end(s.w, s.next, &v), OK);
	assert_string_equal(world_origin(s.w), FORGE_ORIGIN);
	assert_string_equal(
	    world_receipt_key(s.w)->name, FORGE_ORIGIN "/receipt");
	assert_true(world_is_rehearsal(s.w));
	assert_int_equal(world_spaces(s.w), 4);
	a = world_space_by_slug(s.w, "bilancio");
	assert_non_null(a);
	assert_ptr_equal(a, world_space_by_id(s.w, &a->header->id));
	assert_ptr_equal(a, world_space(s.w, a->no));
	assert_int_equal(a->records, 5);
	assert_int_equal(a->batches, 2);
	assert_int_equal(a->close_records, 5);
	assert_int_equal(a->close_credentials, 4);
	assert_int_equal(a->paper[1], 1);
	assert_int_equal(a->disputes, 1);
	assert_int_equal(a->ledgers[0][PURPOSE_VOTE].count, 5);
	assert_true(a->ledgers[0][PURPOSE_VOTE].destroyed);
	assert_int_equal(world_phase(a, 0), SPACE_RESULT);
	assert_true(world_space_by_slug(s.w, "annullata")->cancelled);
	assert_int_equal(world_staff_count(s.w), FORGE_STAFF);
	assert_true(world_staff(s.w, &s.f->staff[FORGE_REGISTRAR].pk)->revoked);
	end(&s);
}

static void
what_is_refused_changes_nothing(void **state)
{
	struct strict s;
	struct verdict v = { 0 };
	struct buf bad = { 0 };
	size_t i;

	(void)state;
	begin(&s, "");
	for (i = 0; i < s.f->n_entries; i++) {
		struct slice good = bytes_at(&s, i);

		/* Each signed entry first with a spoilt signature. */
		if (entry_rule_of(good.p[0])->signers > 0) {
			bad.n = 0;
			buf_put(&bad, good.p, good.n);
			bad.p[bad.n - 1] ^= 1;
			assert_int_equal(
			    apply(&s, buf_slice(&bad), &v), ERR_SIGNATURE);
			assert_int_equal(v.rule, RULE_STAFF_SIGNATURE);
			assert_int_equal(v.index, i);
		}
		assert_int_equal(apply(&s, good, &v), OK);
	}
	/* And once more: everything was there before. */
	for (i = 1; i < s.f->n_entries; i++) {
		if (bytes_at(&s, i).p[0] == ENTRY_BUNDLE)
			continue;
		assert_int_equal(apply(&s, bytes_at(&s, i), &v), ERR_SIGNATURE);
	}
	buf_free(&bad);
	end(&s);
}

static void
before_genesis_nothing_is_taken_in(void **state)
{
	struct strict s;
	struct verdict v = { 0 };

	(void)state;
	begin(&s, "");
	assert_int_equal(apply(&s, bytes_at(&s, 1), &v), ERR_SIGNATURE);
	assert_int_equal(v.rule, RULE_GENESIS);
	assert_int_equal(apply(&s, bytes_at(&s, 0), &v), OK);
	assert_int_equal(apply(&s, bytes_at(&s, 0), &v), ERR_SIGNATURE);
	assert_int_equal(v.rule, RULE_GENESIS);
	end(&s);
}

static void
a_start_skips_records_judged_before(void **state)
{
	struct strict s;
	struct verdict v = { 0 };
	struct hash leaf;
	size_t i, skipped = 0;

	(void)state;
	begin(&s, "");
	world_trust(s.w, 1);
	assert_int_equal(world_skip(s.w, 1), ERR_LIMIT);
	for (i = 0; i < s.f->n_entries; i++) {
		struct slice bytes = bytes_at(&s, i);

		if (bytes.p[0] != ENTRY_RECORD) {
			assert_int_equal(apply(&s, bytes, &v), OK);
			continue;
		}
		assert_int_equal(world_skip(s.w, 100), ERR_LIMIT);
		assert_int_equal(world_skip(s.w, 1), OK);
		hash_leaf(bytes, &leaf);
		merkle_append(&s.tree, &leaf);
		s.next++;
		skipped++;
	}
	assert_int_equal(skipped, 13);
	assert_int_equal(world_space_by_slug(s.w, "bilancio")->records, 5);
	end(&s);
}

static void
a_batch_must_be_complete_before_anything_else(void **state)
{
	struct strict s;
	struct verdict v = { 0 };
	size_t i;

	(void)state;
	begin(&s, "");
	for (i = 0; bytes_at(&s, i).p[0] != ENTRY_RECORD; i++)
		assert_int_equal(apply(&s, bytes_at(&s, i), &v), OK);
	assert_int_equal(world_end(s.w, s.next, &v), ERR_SIGNATURE);
	assert_int_equal(v.rule, RULE_BATCH);
	while (bytes_at(&s, i).p[0] == ENTRY_RECORD)
		i++;
	assert_int_equal(apply(&s, bytes_at(&s, i), &v), ERR_SIGNATURE);
	assert_int_equal(v.rule, RULE_BATCH);
	end(&s);
}

static void
close_and_issued_are_held_against_the_credentials(void **state)
{
	struct strict s;
	struct verdict v = { 0 };
	struct space *a;
	size_t i;

	(void)state;
	begin(&s, "");
	for (i = 0; i < s.f->n_entries; i++)
		assert_int_equal(apply(&s, bytes_at(&s, i), &v), OK);
	a = world_space_by_slug(s.w, "bilancio");
	assert_int_equal(world_check_close(s.w, a, 5, 4, &v), OK);
	assert_int_equal(world_check_close(s.w, a, 4, 4, &v), ERR_SIGNATURE);
	assert_int_equal(v.rule, RULE_CLOSE);
	assert_int_equal(world_check_close(s.w, a, 5, 3, &v), ERR_SIGNATURE);
	assert_int_equal(v.rule, RULE_CLOSE);
	assert_int_equal(world_check_issued(s.w, a, PURPOSE_VOTE, 5, &v), OK);
	assert_int_equal(
	    world_check_issued(s.w, a, PURPOSE_VOTE, 6, &v), ERR_SIGNATURE);
	assert_int_equal(v.rule, RULE_ISSUED);
	end(&s);
}

static void
phases_follow_clock_and_log(void **state)
{
	struct strict s;
	struct verdict v = { 0 };
	struct space *a;
	size_t i;

	(void)state;
	begin(&s, "");
	for (i = 0; i < 3; i++)
		assert_int_equal(apply(&s, bytes_at(&s, i), &v), OK);
	a = world_space(s.w, 0);
	assert_int_equal(world_phase(a, 999), SPACE_ANNOUNCED);
	assert_int_equal(world_phase(a, 1000), SPACE_ISSUANCE);
	assert_int_equal(world_phase(a, 1999), SPACE_ISSUANCE);
	assert_int_equal(world_phase(a, 2000), SPACE_OPEN);
	assert_int_equal(world_phase(a, 3000), SPACE_CLOSING);
	assert_string_equal(world_phase_name(SPACE_WAITING), "waiting");
	end(&s);
}

/* Which twists an entry alone, without the rest of the log, gives away. */
static void
a_fault_is_refused_where_it_stands(void **state)
{
	static const struct {
		const char *twist;
		enum rule_no rule;
	} rows[] = {
		{ "staff-number", RULE_STAFF_NUMBER },
		{ "staff-last", RULE_STAFF_CHANGE },
		{ "object", RULE_OBJECT },
		{ "header-origin", RULE_HEADER },
		{ "slug-twice", RULE_HEADER_ONCE },
		{ "key-reused", RULE_ISSUER_KEY },
		{ "roll-size", RULE_ROLL },
		{ "form-twice", RULE_FORM_ONCE },
		{ "sealed-trustee", RULE_FORM_TRUSTEES },
		{ "changes-count", RULE_CHANGES },
		{ "change-key", RULE_CHANGE_LINES },
		{ "ledger-count", RULE_LEDGER },
		{ "ledger-signature", RULE_LEDGER_SIGNATURE },
		{ "ledger-struck", RULE_LEDGER_LINES },
		{ "ledger-missing", RULE_LEDGER_TIME },
		{ "destroyed-twice", RULE_KEY_DESTROYED },
		{ "batch-order", RULE_BATCH },
		{ "window", RULE_WINDOW },
		{ "record-alone", RULE_RECORD_PLACE },
		{ "close-records", RULE_CLOSE },
		{ "paper-early", RULE_PAPER },
		{ "result-early", RULE_RESULT_PLACE },
		{ "after-cancel", RULE_CANCEL },
		{ "dispute-line", RULE_DISPUTE },
		{ "moderated-ballot", RULE_MODERATION },
		{ "opening", RULE_OPENING },
	};
	struct strict s;
	struct verdict v = { 0 };
	size_t i, k;

	(void)state;
	for (k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		enum err r = OK;

		begin(&s, rows[k].twist);
		for (i = 0; i < s.f->n_entries && r == OK; i++)
			r = apply(&s, bytes_at(&s, i), &v);
		assert_int_equal(r, ERR_SIGNATURE);
		assert_int_equal(v.rule, rows[k].rule);
		assert_true(v.why.text[0] != 0);
		end(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_honest_log_is_taken_in_entry_by_entry),
		cmocka_unit_test(what_is_refused_changes_nothing),
		cmocka_unit_test(before_genesis_nothing_is_taken_in),
		cmocka_unit_test(a_start_skips_records_judged_before),
		cmocka_unit_test(a_batch_must_be_complete_before_anything_else),
		cmocka_unit_test(
		    close_and_issued_are_held_against_the_credentials),
		cmocka_unit_test(phases_follow_clock_and_log),
		cmocka_unit_test(a_fault_is_refused_where_it_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
