#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_verify.h"
#include "dump.h"
#include "forge.h"
#include "json.h"
#include "verify.h"

/* All that was written to ${f}. */
static void
slurp(FILE *f, struct buf *out)
{
	char piece[4096];
	size_t n;

	rewind(f);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_put(out, piece, n);
	assert_int_equal(fclose(f), 0);
}

static enum verify_status
run(const struct verify_options *o, struct buf *out, struct buf *err)
{
	FILE *f = tmpfile(), *g = tmpfile();
	enum verify_status status;

	assert_non_null(f);
	assert_non_null(g);
	out->n = 0;
	err->n = 0;
	status = verify_run(o, f, g);
	slurp(f, out);
	slurp(g, err);
	return status;
}

static const char *
rule_state(const json_t *doc, enum rule_no no)
{
	return json_string_value(json_object_get(
	    json_array_get(json_object_get(doc, "rules"), no - 1), "state"));
}

static void
a_complete_log_ends_with_zero(void **state)
{
	const char *dir = forge_dir("verify");
	struct verify_options o = { .where = dir, .json = 1 };
	struct forge *f = forge_new("");
	struct buf out = { 0 }, err = { 0 };
	const json_t *space;
	struct why why;
	json_t *doc;

	(void)state;
	forge_town(f, dir);
	assert_int_equal(run(&o, &out, &err), VERIFY_COMPLETE);
	assert_int_equal(err.n, 0);
	assert_int_equal(json_read(buf_slice(&out), &doc, &why), OK);
	assert_string_equal(
	    json_string_value(json_object_get(doc, "status")), "complete");
	assert_int_equal(
	    json_integer_value(json_object_get(doc, "size")), f->n_entries);
	assert_int_equal(
	    json_array_size(json_object_get(doc, "rules")), RULE_MAX);
	assert_int_equal(json_array_size(json_object_get(doc, "broken")), 0);
	assert_string_equal(rule_state(doc, RULE_RESULT), "held");
	space = json_array_get(json_object_get(doc, "spaces"), 0);
	assert_string_equal(
	    json_string_value(json_object_get(space, "slug")), "bilancio");
	assert_int_equal(
	    json_array_size(json_object_get(
		json_object_get(json_object_get(space, "result"), "outcome"),
		"selected")),
	    2); /* a and b exclude each other */
	json_decref(doc);
	o.json = 0;
	assert_int_equal(run(&o, &out, &err), VERIFY_COMPLETE);
	assert_non_null(strstr(buf_text(&out), "every rule held"));
	assert_non_null(strstr(buf_text(&out), "wins: b c"));
	buf_free(&out);
	buf_free(&err);
	forge_clean(dir);
	forge_free(f);
}

static void
a_broken_rule_is_named(void **state)
{
	const char *dir = forge_dir("verify");
	struct verify_options o = { .where = dir, .json = 1 };
	struct forge *f = forge_new("token");
	struct buf out = { 0 }, err = { 0 };
	const json_t *one;
	struct why why;
	json_t *doc;

	(void)state;
	forge_town(f, dir);
	assert_int_equal(run(&o, &out, &err), VERIFY_BROKEN);
	assert_int_equal(json_read(buf_slice(&out), &doc, &why), OK);
	one = json_array_get(json_object_get(doc, "broken"), 0);
	assert_string_equal(
	    json_string_value(json_object_get(one, "rule")), "record-token");
	assert_int_equal(
	    json_integer_value(json_object_get(one, "no")), RULE_RECORD_TOKEN);
	assert_string_equal(rule_state(doc, RULE_RECORD_TOKEN), "broken");
	json_decref(doc);
	o.json = 0;
	assert_int_equal(run(&o, &out, &err), VERIFY_BROKEN);
	assert_non_null(strstr(buf_text(&out), "rule 32, record-token"));
	buf_free(&out);
	buf_free(&err);
	forge_clean(dir);
	forge_free(f);
}

static void
what_is_not_due_or_not_readable_is_told_apart(void **state)
{
	const char *dir = forge_dir("verify");
	struct verify_options o = { .where = dir, .json = 1 };
	struct forge *f = forge_new("sealed-waiting");
	struct buf out = { 0 }, err = { 0 };
	char path[400];

	(void)state;
	assert_int_equal(run(&o, &out, &err), VERIFY_UNREADABLE);
	assert_non_null(strstr(buf_text(&out), "\"unreadable\""));
	assert_non_null(strstr(buf_text(&err), dir));
	/* A sealed space waits for its opening. */
	forge_town(f, dir);
	assert_int_equal(run(&o, &out, &err), VERIFY_NOT_DUE);
	assert_non_null(strstr(buf_text(&out), "\"not-due\""));
	o.space = "bilancio";
	assert_int_equal(run(&o, &out, &err), VERIFY_COMPLETE);
	o.space = "altro";
	assert_int_equal(run(&o, &out, &err), VERIFY_UNREADABLE);
	o.space = NULL;
	/* A file of the log is missing. */
	(void)snprintf(path, sizeof(path), "%s/log/checkpoint", dir);
	assert_int_equal(remove(path), 0);
	assert_int_equal(run(&o, &out, &err), VERIFY_UNREADABLE);
	buf_free(&out);
	buf_free(&err);
	forge_clean(dir);
	forge_free(f);
}

/* Openings that were ignored are told, and are no fault. */
static void
openings_and_issuers_are_told_of_each_space(void **state)
{
	const char *dir = forge_dir("verify");
	struct verify_options o = { .where = dir };
	struct forge *f = forge_new("ignored-subset");
	struct buf out = { 0 }, err = { 0 };
	const json_t *space, *sealed, *one;
	struct why why;
	json_t *doc;

	(void)state;
	forge_town(f, dir);
	assert_int_equal(run(&o, &out, &err), VERIFY_COMPLETE);
	assert_non_null(strstr(
	    buf_text(&out), "sealed: 2 of 3 trustees are needed, 2 opened"));
	assert_non_null(
	    strstr(buf_text(&out), "ignored: it opens 3 ballots, 4 were"));
	assert_non_null(strstr(buf_text(&out),
	    "4 counted ballots, of which 1 null and 1 blank\n"));
	assert_non_null(strstr(buf_text(&out),
	    "comune.example issued 5, secondo.example issued 4; 4 took part"));
	assert_non_null(strstr(buf_text(&out),
	    "5 lines asked, 4 of them every issuer, 1 some only"));
	o.json = 1;
	assert_int_equal(run(&o, &out, &err), VERIFY_COMPLETE);
	assert_int_equal(json_read(buf_slice(&out), &doc, &why), OK);
	space = json_array_get(json_object_get(doc, "spaces"), 3);
	sealed = json_object_get(space, "sealed");
	assert_int_equal(
	    json_integer_value(json_object_get(sealed, "threshold")), 2);
	assert_int_equal(
	    json_integer_value(json_object_get(sealed, "null")), 1);
	one = json_array_get(json_object_get(sealed, "openings"), 1);
	assert_int_equal(json_integer_value(json_object_get(one, "valid")), 0);
	assert_int_equal(
	    json_integer_value(json_object_get(one, "trustee")), 3);
	assert_non_null(json_object_get(one, "why"));
	one = json_array_get(json_object_get(space, "issuers"), 0);
	assert_int_equal(
	    json_integer_value(json_object_get(one, "lines_of_all")), 4);
	json_decref(doc);
	buf_free(&out);
	buf_free(&err);
	forge_clean(dir);
	forge_free(f);
}

static void
openings_are_judged_before_there_is_a_result(void **state)
{
	const char *dir = forge_dir("verify");
	struct verify_options o = { .where = dir };
	struct forge *f = forge_new("sealed-opened");
	struct buf out = { 0 }, err = { 0 };

	(void)state;
	forge_town(f, dir);
	assert_int_equal(run(&o, &out, &err), VERIFY_NOT_DUE);
	assert_non_null(strstr(
	    buf_text(&out), "sealed: 2 of 3 trustees are needed, 2 opened"));
	assert_non_null(strstr(buf_text(&out),
	    "4 counted ballots, of which 1 null and 1 blank\n"));
	forge_clean(dir);
	forge_free(f);
	f = forge_new("sealed-waiting");
	forge_town(f, dir);
	assert_int_equal(run(&o, &out, &err), VERIFY_NOT_DUE);
	assert_non_null(strstr(
	    buf_text(&out), "sealed: 2 of 3 trustees are needed, 0 opened"));
	forge_clean(dir);
	forge_free(f);
	f = forge_new("opening-never");
	forge_town(f, dir);
	assert_int_equal(run(&o, &out, &err), VERIFY_COMPLETE);
	assert_non_null(strstr(
	    buf_text(&out), "nothing is opened, 5 ballots would be needed"));
	buf_free(&out);
	buf_free(&err);
	forge_clean(dir);
	forge_free(f);
}

static void
a_key_that_one_knows_is_held_against_the_log(void **state)
{
	const char *dir = forge_dir("verify");
	struct verify_options o = { .where = dir };
	struct forge *f = forge_new("");
	struct buf out = { 0 }, err = { 0 }, vkey = { 0 };
	struct note_key k;
	char path[400];

	(void)state;
	forge_town(f, dir);
	assert_int_equal(
	    note_key_make(FORGE_ORIGIN, NOTE_ED25519, &f->log.pk, &k), OK);
	note_key_print(&k, &vkey);
	o.key = buf_text(&vkey);
	assert_int_equal(run(&o, &out, &err), VERIFY_COMPLETE);
	(void)snprintf(path, sizeof(path), "%s/log/key", dir);
	o.key = path;
	assert_int_equal(run(&o, &out, &err), VERIFY_COMPLETE);
	vkey.n = 0;
	assert_int_equal(
	    note_key_make(FORGE_ORIGIN, NOTE_ED25519, &f->witness.pk, &k), OK);
	note_key_print(&k, &vkey);
	o.key = buf_text(&vkey);
	assert_int_equal(run(&o, &out, &err), VERIFY_BROKEN);
	assert_non_null(strstr(buf_text(&out), "rule 1, checkpoint"));
	o.key = "no key";
	assert_int_equal(run(&o, &out, &err), VERIFY_UNREADABLE);
	buf_free(&vkey);
	buf_free(&out);
	buf_free(&err);
	forge_clean(dir);
	forge_free(f);
}

static void
a_dump_has_one_line_for_each_entry(void **state)
{
	const char *dir = forge_dir("verify");
	struct forge *f = forge_new("entry");
	struct source *src = NULL;
	struct buf out = { 0 };
	struct why why;
	size_t lines = 0, i;
	FILE *t = tmpfile();
	char *line, *at;
	json_t *doc;

	(void)state;
	assert_non_null(t);
	forge_town(f, dir);
	assert_int_equal(source_open(dir, &src, &why), OK);
	assert_int_equal(dump_log(src, t, &why), OK);
	slurp(t, &out);
	buf_u8(&out, 0);
	for (line = (char *)out.p; *line != 0; line = at + 1) {
		assert_non_null(at = strchr(line, '\n'));
		i = (size_t)(at - line);
		assert_int_equal(json_read(slice_of(line, i), &doc, &why), OK);
		assert_int_equal(
		    json_integer_value(json_object_get(doc, "index")), lines);
		assert_non_null(json_object_get(doc, "leaf"));
		json_decref(doc);
		lines++;
	}
	assert_int_equal(lines, f->n_entries);
	assert_non_null(strstr((char *)out.p, "\"choices\":{\"a\":1,\"b\":1}"));
	assert_non_null(strstr((char *)out.p, "\"kind\":\"unknown\""));
	source_free(src);
	buf_free(&out);
	forge_clean(dir);
	forge_free(f);
}

static void
arguments_that_mean_nothing_end_with_two(void **state)
{
	char verify[] = "verify", dir[] = "/nonexistent", option[] = "--what",
	     threads[] = "--threads", zero[] = "0", space[] = "--space";
	char *none[] = { verify, NULL };
	char *unknown[] = { verify, dir, option, NULL };
	char *bad[] = { verify, threads, zero, dir, NULL };
	char *lacks[] = { verify, dir, space, NULL };
	char *two[] = { verify, dir, dir, dir, NULL };

	(void)state;
	assert_int_equal(cmd_verify(1, none), 2);
	assert_int_equal(cmd_verify(3, unknown), 2);
	assert_int_equal(cmd_verify(4, bad), 2);
	assert_int_equal(cmd_verify(3, lacks), 2);
	assert_int_equal(cmd_verify(4, two), 2);
	assert_int_equal(cmd_verify_fetch(2, unknown), 2);
	assert_int_equal(cmd_verify_dump(3, unknown), 2);
	assert_int_equal(cmd_verify_dump(2, unknown), 2);
	assert_int_equal(cmd_verify_rules(2, unknown), 2);
}

static void
rules_have_a_number_a_name_and_a_sentence(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < RULE_MAX; i++) {
		const struct rule_row *row = &rules[i];
		size_t n = strlen(row->text);

		assert_int_equal(row->no, i + 1);
		assert_ptr_equal(rule_of(row->no), row);
		assert_true(n > 20 && row->text[n - 1] == '.');
		assert_string_not_equal(rule_phase_name(row->phase), "unknown");
		for (k = 0; k < i; k++)
			assert_string_not_equal(rules[k].name, row->name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_complete_log_ends_with_zero),
		cmocka_unit_test(a_broken_rule_is_named),
		cmocka_unit_test(what_is_not_due_or_not_readable_is_told_apart),
		cmocka_unit_test(openings_and_issuers_are_told_of_each_space),
		cmocka_unit_test(openings_are_judged_before_there_is_a_result),
		cmocka_unit_test(a_key_that_one_knows_is_held_against_the_log),
		cmocka_unit_test(a_dump_has_one_line_for_each_entry),
		cmocka_unit_test(arguments_that_mean_nothing_end_with_two),
		cmocka_unit_test(rules_have_a_number_a_name_and_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
