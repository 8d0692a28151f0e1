#include "pb_read.h"
#include "pb_write.h"
#include "pbset.h"
#include "sample.h"
#include "spacefile.h"
#include "form_pb.h"
#include "spacepb.h"
#include "vec.h"

#include <stdlib.h>
#include <string.h>

#define MINIMAL                                                            \
	"{\"slug\":\"s\",\"titles\":{\"it\":\"T\"},\"roll\":\"roll.bin\"," \
	"\"issuance\":{\"from\":\"2026-12-01T08:00\",\"to\":1800000000},"  \
	"\"participation\":{\"from\":1800000000,\"to\":1800100000}%s}"

static json_t *keys;

static int
keys_make(void **state)
{
	(void)state;
	assert_int_equal(spacefile_trial_keys(SPACE_BALLOT, &keys), OK);
	return 0;
}

static int
keys_free(void **state)
{
	json_decref(keys);
	return vec_free(state);
}

/* Complete the file; the header, or NULL and a sentence. */
static struct header *
header_of(const char *more, struct why *why)
{
	const struct spacefile d = { "comune.example/log", "comune.example",
		{ { 1 } }, 7 };
	struct buf file = { 0 }, doc = { 0 };
	struct header *h = NULL;
	json_t *j = NULL;

	buf_printf(&file, MINIMAL, more);
	if (spacefile_read(buf_slice(&file), &j, why) == OK &&
	    spacefile_header(j, &d, keys, &doc, why) == OK)
		assert_int_equal(header_parse(buf_slice(&doc), &h, NULL), OK);
	json_decref(j);
	buf_free(&file);
	buf_free(&doc);
	return h;
}

static void
fills_in_what_is_usual(void **state)
{
	struct why why = { { 0 } };
	struct header *h = header_of("", &why);

	(void)state;
	if (h == NULL)
		fail_msg("%s", why.text);
	assert_string_equal(h->origin, "comune.example/log");
	assert_string_equal(h->issuers[0].name, "comune.example");
	assert_int_equal(h->n_issuers, 1);
	assert_int_equal(h->issuance.from, 1796108400);
	assert_int_equal(h->separated, 1);
	assert_int_equal(h->roll_size, 7);
	assert_int_equal(h->batch_interval, 3600);
	assert_int_equal(h->grace, 86400);
	assert_int_equal(h->seq_limit, 100);
	assert_int_equal(h->min_collected, 10);
	assert_int_equal(h->min_open, 10);
	header_free(h);
}

static void
takes_what_the_file_says(void **state)
{
	struct why why = { { 0 } };
	struct header *h;

	(void)state;
	h = header_of(",\"batch_interval\":\"7d\",\"grace\":5,"
		      "\"host\":\"vota.example\",\"min_collected\":0,"
		      "\"issuers\":[{\"factor\":\"document\"}],\"paper\":1",
	    &why);
	if (h == NULL)
		fail_msg("%s", why.text);
	assert_int_equal(h->batch_interval, 604800);
	assert_int_equal(h->grace, 5);
	assert_int_equal(h->paper, 1);
	assert_string_equal(h->issuers[0].name, "vota.example");
	assert_string_equal(h->origin_info, "vota.example");
	assert_int_equal(h->issuers[0].factor, FACTOR_DOCUMENT);
	header_free(h);
}

static void
names_what_contradicts(void **state)
{
	static const struct {
		const char *more;
		const char *say;
	} cases[] = {
		{ ",\"mode\":\"overlapping\"", "mode" },
		{ ",\"batch_interval\":\"1x\"", "batch_interval" },
		{ ",\"batch_interval\":\"9w\"", "batch_interval" },
		{ ",\"trustees\":{\"keys\":[\"00\"],\"threshold\":1}",
		    "trustees" },
		{ ",\"version\":1", "version" },
		{ ",\"min_age\":true", "whole numbers" },
		{ ",\"min_age\":999", "min_age" },
		{ ",\"issuers\":[{\"keys\":{}}]", "keys" },
		{ ",\"issuers\":[{\"url\":\"https://a\"}]", "keys" },
		{ ",\"issuers\":[1]", "issuers[0]" },
		{ ",\"slug\":\"t\"", "slug" },
		{ ",\"host\":1", "host" },
	};
	struct why why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(&why, 0, sizeof(why));
		if (header_of(cases[i].more, &why) != NULL)
			fail_msg("taken: %s", cases[i].more);
		if (strstr(why.text, cases[i].say) == NULL)
			fail_msg("%s: %s", cases[i].more, why.text);
	}
}

static struct header *
sample(void)
{
	json_t *doc = sample_header(SPACE_BALLOT);
	struct buf text = { 0 };
	struct header *h = NULL;

	sample_text(doc, &text);
	assert_int_equal(header_parse(buf_slice(&text), &h, NULL), OK);
	json_decref(doc);
	buf_free(&text);
	return h;
}

static struct form *
form_of(const struct header *h, const char *file,
    const struct spacefile_rule *rule, struct why *why)
{
	json_t *j = json_loads(file, 0, NULL);
	struct buf doc = { 0 };
	struct form *f = NULL;

	assert_non_null(j);
	if (spacefile_form(j, h, rule, &doc, why) == OK)
		assert_int_equal(form_parse(buf_slice(&doc), h, &f, NULL), OK);
	json_decref(j);
	buf_free(&doc);
	return f;
}

static void
completes_a_form(void **state)
{
	const struct spacefile_rule rule = { "mes-cost-add1u", "0.5", NULL };
	static const char file[] =
	    "{\"options\":[{\"id\":\"a\",\"titles\":{\"it\":\"A\"},"
	    "\"cost\":5}],\"ballot\":{\"type\":\"bitmap\",\"max_cost\":12},"
	    "\"budget\":10}";
	struct why why = { { 0 } };
	struct header *h = sample();
	struct form *f = form_of(h, file, &rule, &why);

	(void)state;
	if (f == NULL)
		fail_msg("%s", why.text);
	assert_string_equal(f->budget, "10");
	assert_string_equal(f->options[0].cost, "5");
	assert_string_equal(f->ballot.max_cost, "12");
	assert_string_equal(f->increment, "0.5");
	assert_int_equal(f->ballot.max, 1);
	form_free(f);
	assert_null(form_of(h, "{\"options\":[]}", &rule, &why));
	assert_null(form_of(h, "{\"x\":1}", &rule, &why));
	header_free(h);
}

/* Every ballot of a real election is one of the form made of it. */
static void
cast_all(const struct pb *pb, const char *path, const struct header *h)
{
	static const char *const rules[] = { "greedy-votes", "greedy-votes",
		"greedy-votes" };
	const struct spacefile_rule rule = { rules[pb_kind(pb->type)], NULL,
		NULL };
	struct buf doc = { 0 }, bytes = { 0 }, text = { 0 };
	struct why why = { { 0 } };
	struct form *f = NULL;
	struct pb *out = NULL;
	struct choices c, back;
	json_t *file = NULL;
	uint32_t *v, *w;
	int widened;
	size_t i;

	if (spacepb_form(pb, &file, &widened, &why) != OK ||
	    spacefile_form(file, h, &rule, &doc, &why) != OK ||
	    form_parse(buf_slice(&doc), h, &f, &why) != OK || f == NULL) {
		fail_msg("%s: %s", path, why.text);
		return;
	}
	v = calloc(2 * f->n_options, sizeof(*v));
	assert_non_null(v);
	w = v + f->n_options;
	assert_int_equal(form_pb_new(h, f, "Prova", &out), OK);
	for (i = 0; i < pb->n_votes; i++) {
		spacepb_choices(pb, i, f, v, &c);
		bytes.n = 0;
		if (choices_put(f, &c, &bytes, &why) != OK)
			fail_msg("%s: ballot %zu: %s", path, i, why.text);
		back.v = w;
		assert_int_equal(
		    choices_decode(f, buf_slice(&bytes), &back, &why), OK);
		assert_memory_equal(v, w, f->n_options * sizeof(*v));
		assert_int_equal(form_pb_add(out, f, &back), OK);
	}
	assert_int_equal(pb_write(out, &text), OK);
	free(v);
	pb_free(out);
	form_free(f);
	json_decref(file);
	buf_free(&doc);
	buf_free(&bytes);
	buf_free(&text);
}

static void
each(const struct pbset_case *c, void *cookie)
{
	if (c->rule == NULL)
		cast_all(c->pb, c->path, cookie);
}

static void
every_real_ballot_fits_the_form_made_of_its_file(void **state)
{
	struct header *h;

	(void)state;
	if (pbset_path("MANIFEST.tsv") == NULL) {
		print_message("skipped: no real elections in $SHARED/pb\n");
		skip();
	}
	h = sample();
	assert_true(pbset_each(each, h) > 0);
	header_free(h);
}

static const char scoring[] =
    "META\nkey;value\ndescription;D\ncountry;X\nunit;U\ninstance;2026\n"
    "num_projects;3\nnum_votes;3\nbudget;100.50\nvote_type;scoring\n"
    "rule;greedy\ndefault_score;2\nmax_points;1\n"
    "PROJECTS\nproject_id;cost\n1;010\n2;20.50\n3;30.00\n"
    "VOTES\nvoter_id;vote;points\n1;1,2;5,0\n2;3;1\n3;;\n";

static void
a_default_score_goes_to_who_is_not_named(void **state)
{
	const struct spacefile_rule rule = { "greedy-votes", NULL, NULL };
	struct pb_report *report = calloc(1, sizeof(*report));
	struct header *h = sample();
	struct why why = { { 0 } };
	struct buf doc = { 0 };
	struct form *f = NULL;
	struct pb *pb = NULL;
	json_t *file = NULL;
	struct choices c;
	uint32_t v[3];
	int widened = 0;

	(void)state;
	assert_non_null(report);
	if (pb_read_text(slice_str(scoring), &pb, report) != OK) {
		pb_report_print(report, "scoring", stderr);
		fail();
	}
	assert_int_equal(spacepb_form(pb, &file, &widened, &why), OK);
	assert_int_equal(widened, 1);
	if (spacefile_form(file, h, &rule, &doc, &why) != OK)
		fail_msg("%s", why.text);
	assert_int_equal(form_parse(buf_slice(&doc), h, &f, &why), OK);
	assert_string_equal(f->budget, "100.5");
	assert_string_equal(f->options[0].cost, "10");
	assert_string_equal(f->options[1].cost, "20.5");
	assert_string_equal(f->options[2].cost, "30");
	spacepb_choices(pb, 0, f, v, &c);
	assert_int_equal(v[0], 5);
	assert_int_equal(v[1], 0);
	assert_int_equal(v[2], 2);
	spacepb_choices(pb, 2, f, v, &c);
	assert_int_equal(v[0] + v[1] + v[2], 6);
	json_decref(file);
	form_free(f);
	header_free(h);
	pb_free(pb);
	buf_free(&doc);
	free(report);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_in_what_is_usual),
		cmocka_unit_test(takes_what_the_file_says),
		cmocka_unit_test(names_what_contradicts),
		cmocka_unit_test(completes_a_form),
		cmocka_unit_test(a_default_score_goes_to_who_is_not_named),
		cmocka_unit_test(
		    every_real_ballot_fits_the_form_made_of_its_file),
	};

	return cmocka_run_group_tests(tests, keys_make, keys_free);
}
