#include <stdlib.h>
#include <string.h>

#include "ceremony.h"
#include "checkpoint.h"
#include "entry.h"
#include "form.h"
#include "receipt.h"
#include "record.h"
#include "roll.h"

#include "vec.h"

/*
 * Altered documents, entries and notes are judged here as in the browser: both
 * hold their verdicts against tests/vectors/verdicts.json.
 */
struct verdict {
	struct slice bytes;
	const json_t *base; /* the case that was altered */
};

static enum err
judge_header(const struct verdict *v)
{
	struct header *h = NULL;
	struct why why = { "" };
	enum err r = header_parse(v->bytes, &h, &why);

	header_free(h);
	return r;
}

static enum err
judge_form(const struct verdict *v)
{
	struct form *f = NULL;
	struct why why = { "" };
	enum err r = form_parse(v->bytes, NULL, &f, &why);

	form_free(f);
	return r;
}

static enum err
judge_entry(const struct verdict *v)
{
	struct entry e;

	return entry_parse(v->bytes, &e);
}

static enum err
judge_record(const struct verdict *v)
{
	struct record rec;

	return record_parse(v->bytes, 1, &rec);
}

static enum err
judge_changes(const struct verdict *v)
{
	struct roll *r = roll_new();
	struct why why = { "" };
	struct hash space;
	enum err e;

	assert_non_null(r);
	memcpy(space.b, vec_hex(v->base, "space_id").p, HASH_BYTES);
	e = roll_open(r, &space, vec_hex(v->base, "roll"), &why);
	assert_int_equal(e, OK);
	e = roll_apply(r, v->bytes, &why);
	roll_free(r);
	return e;
}

static void
key_of(const struct verdict *v, struct note_key *k)
{
	assert_int_equal(
	    note_key_parse(slice_str(vec_str(v->base, "vkey")), k), OK);
}

static enum err
judge_checkpoint(const struct verdict *v)
{
	struct checkpoint c;
	struct note_key k;
	struct note note;

	key_of(v, &k);
	return checkpoint_open(v->bytes, &k, &note, &c);
}

static enum err
judge_vkey(const struct verdict *v)
{
	struct note_key k;

	return note_key_parse(v->bytes, &k);
}

static enum err
judge_receipt(const struct verdict *v)
{
	struct receipt receipt;
	struct note_key k;
	struct hash leaf;

	key_of(v, &k);
	memcpy(leaf.b, vec_hex(v->base, "leaf").p, HASH_BYTES);
	return receipt_open(v->bytes, &k, &leaf, &receipt);
}

static enum err
judge_message(const struct verdict *v)
{
	struct ceremony_message m;
	struct header *h = NULL;
	struct why why = { "" };
	enum err r;

	assert_int_equal(
	    header_parse(slice_str(vec_str(v->base, "header")), &h, &why), OK);
	r = ceremony_parse(v->bytes, h, &m, &why);
	header_free(h);
	return r;
}

static const struct {
	const char *name, *file, *member;
	int text; /* is the member text, and not hex? */
	enum err (*judge)(const struct verdict *);
} kinds[] = {
	{ "header", "header.json", "header", 1, judge_header },
	{ "form", "form.json", "form", 1, judge_form },
	{ "entry", "entry.json", "entry", 0, judge_entry },
	{ "record", "record.json", "record", 0, judge_record },
	{ "changes", "roll.json", "changes", 0, judge_changes },
	{ "checkpoint", "checkpoint.json", "checkpoint", 1, judge_checkpoint },
	{ "vkey", "checkpoint.json", "vkey", 1, judge_vkey },
	{ "receipt", "receipt.json", "receipt", 1, judge_receipt },
	{ "message", "ceremony.json", "reveal", 1, judge_message },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static size_t
kind_of(const char *name)
{
	size_t i;

	for (i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return i;
	fail_msg("there is no kind %s", name);
	return 0;
}

/* The bytes that were altered; of a ceremony its first trustee's. */
static struct slice
base_of(size_t kind, const json_t *base)
{
	const json_t *o = base;

	if (json_object_get(o, "trustees") != NULL)
		o = json_array_get(json_object_get(o, "trustees"), 0);
	return kinds[kind].text ? slice_str(vec_str(o, kinds[kind].member))
				: vec_hex(o, kinds[kind].member);
}

static void
check(const json_t *t)
{
	size_t kind = kind_of(vec_str(t, "kind"));
	const json_t *root = vec_own(kinds[kind].file);
	struct verdict v = { .base = json_array_get(
				 vec_tests(root), vec_u64(t, "case")) };
	struct slice s = base_of(kind, v.base), put = vec_hex(t, "put");
	size_t at = vec_u64(t, "at"), drop = vec_u64(t, "drop");
	struct buf b = { 0 };
	enum err r;

	assert_true(at + drop <= s.n);
	buf_put(&b, s.p, at);
	buf_put(&b, put.p, put.n);
	buf_put(&b, s.p + at + drop, s.n - at - drop);
	assert_int_equal(buf_end(&b), OK);
	v.bytes = buf_slice(&b);
	r = kinds[kind].judge(&v);
	if ((r == OK) != (vec_u64(t, "taken") == 1))
		fail_msg("%s %s: %s", kinds[kind].name,
		    json_dumps(t, JSON_COMPACT), err_str(r));
	buf_free(&b);
}

static void
altered_values_are_judged_as_in_the_browser(void **state)
{
	const json_t *tests = vec_tests(vec_own("verdicts.json"));
	size_t i;

	(void)state;
	assert_true(json_array_size(tests) > 500);
	for (i = 0; i < json_array_size(tests); i++)
		check(json_array_get(tests, i));
}

int
main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(altered_values_are_judged_as_in_the_browser),
	};

	return cmocka_run_group_tests(all, NULL, vec_free);
}
