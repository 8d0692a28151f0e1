#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "sample.h"

#include "vec.h"

#define CHOICE "{\"type\":\"choice\"}"
#define BITMAP(limits) "{\"max\":3,\"min\":1," limits "\"type\":\"bitmap\"}"
#define POINTS(min, max, option_max, total_min, total_max)               \
	"{\"max\":" #max ",\"min\":" #min ",\"option_max\":" #option_max \
	",\"total_max\":" #total_max ",\"total_min\":" #total_min        \
	",\"type\":\"points\"}"
#define RANKING(min, max) \
	"{\"max\":" #max ",\"min\":" #min ",\"type\":\"ranking\"}"
#define FREE "\"max_cost\":\"\",\"min_cost\":\"\","

#define HASH32 \
	"\"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\""
#define ZERO31 "00000000000000000000000000000000000000000000000000000000000000"
#define ZERO32 ZERO31 "00"
/* The base point of ristretto255. */
#define POINT32 \
	"\"e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76\""
#define KEY32 \
	"\"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a\""

static struct header *
header(int sealed)
{
	json_t *doc = sample_header(SPACE_BALLOT);
	struct buf b = { 0 };
	struct header *h = NULL;
	struct why why = { "" };

	if (sealed)
		sample_edit(
		    doc, "trustees", "{\"keys\":[" KEY32 "],\"threshold\":1}");
	sample_text(doc, &b);
	if (header_parse(buf_slice(&b), &h, &why) != OK)
		fail_msg("%s", why.text);
	buf_free(&b);
	json_decref(doc);
	return h;
}

/* Parse ${doc}, which is given up. */
static enum err
parse(json_t *doc, const struct header *h, struct form **out, struct why *why)
{
	struct buf b = { 0 };
	enum err r;

	*out = NULL;
	memset(why, 0, sizeof(*why));
	sample_text(doc, &b);
	r = form_parse(buf_slice(&b), h, out, why);
	assert_int_equal(r == OK, *out != NULL);
	assert_int_equal(r == OK, why->text[0] == 0);
	buf_free(&b);
	json_decref(doc);
	return r;
}

static struct form *
good(json_t *doc)
{
	struct form *f;
	struct why why;

	if (parse(doc, NULL, &f, &why) != OK)
		fail_msg("%s", why.text);
	return f;
}

static void
every_member_is_read(void **state)
{
	struct header *h = header(0);
	json_t *doc = sample_form(
	    h, BITMAP("\"max_cost\":\"1000\",\"min_cost\":\"100.25\","));
	struct buf text = { 0 };
	struct hash id;
	struct form *f;
	struct why why;

	(void)state;
	sample_edit(doc, "ties", "[\"e\",\"d\",\"a\",\"b\",\"c\"]");
	sample_edit(doc, "options.1.ideas", "[" HASH32 "]");
	sample_edit(doc, "options.1.category", "\"verde\"");
	sample_edit(doc, "options.1.place", "\"Piazza\"");
	sample_edit(doc, "shuffle", "1");
	sample_edit(doc, "rule.id", "\"mes-cost-add1u\"");
	sample_edit(doc, "rule.increment", "\"0.5\"");
	sample_text(doc, &text);
	if (parse(doc, h, &f, &why) != OK)
		fail_msg("%s", why.text);
	hash_bytes(buf_slice(&text), &id);
	assert_true(hash_equal(&f->id, &id));
	assert_true(hash_equal(&f->space_id, &h->id));
	assert_string_equal(json_text(f->titles, "it"), "Bilancio");
	assert_string_equal(json_text(f->texts, "it"), "Istruzioni");
	assert_int_equal(f->n_options, 5);
	assert_string_equal(f->options[1].id, "b");
	assert_string_equal(f->options[1].cost, "200.5");
	assert_string_equal(f->options[1].category, "verde");
	assert_string_equal(f->options[1].place, "Piazza");
	assert_string_equal(json_text(f->options[1].titles, "it"), "b");
	assert_string_equal(
	    json_text(f->options[1].description, "it"), "Descrizione");
	assert_int_equal(f->ballot.type, BALLOT_BITMAP);
	assert_int_equal(f->ballot.min, 1);
	assert_int_equal(f->ballot.max, 3);
	assert_string_equal(f->ballot.min_cost, "100.25");
	assert_string_equal(f->ballot.max_cost, "1000");
	assert_string_equal(f->budget, "1000");
	assert_string_equal(f->rule_id, "mes-cost-add1u");
	assert_string_equal(f->increment, "0.5");
	assert_string_equal(f->min_score, "0");
	assert_int_equal(f->n_ties, 5);
	assert_string_equal(f->ties[0], "e");
	assert_string_equal(f->ties[4], "c");
	assert_int_equal(f->shuffle, 1);
	assert_false(f->sealed);
	assert_int_equal(f->body_bytes, 1);
	form_free(f);
	form_free(NULL);
	header_free(h);
	buf_free(&text);
}

static void
each_type_of_ballot_has_its_limits(void **state)
{
	static const struct {
		const char *ballot;
		enum ballot_type type;
		size_t bytes;
	} rows[] = {
		{ CHOICE, BALLOT_CHOICE, 2 },
		{ BITMAP(FREE), BALLOT_BITMAP, 1 },
		{ POINTS(1, 5, 10, 0, 10), BALLOT_POINTS, 10 },
		{ RANKING(2, 4), BALLOT_RANKING, 8 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct form *f = good(sample_form(NULL, rows[i].ballot));

		assert_int_equal(f->ballot.type, rows[i].type);
		assert_int_equal(f->body_bytes, rows[i].bytes);
		assert_int_equal(choices_bytes(f), rows[i].bytes);
		form_free(f);
	}
}

struct row {
	const char *path;
	const char *value; /* NULL: take the member away */
	const char *why;   /* NULL: still good */
};

static void
try_rows(const char *ballot, const struct row *rows, size_t n)
{
	struct form *f;
	struct why why;
	size_t i;

	for (i = 0; i < n; i++) {
		json_t *doc = sample_form(NULL, ballot);
		const char *value =
		    rows[i].value != NULL ? rows[i].value : "(away)";
		enum err r;

		sample_edit(doc, rows[i].path, rows[i].value);
		r = parse(doc, NULL, &f, &why);
		form_free(f);
		if ((r == OK) != (rows[i].why == NULL))
			fail_msg("%s = %s: %s", rows[i].path, value,
			    r == OK ? "taken" : why.text);
		if (r != OK && strstr(why.text, rows[i].why) == NULL)
			fail_msg("%s = %s: \"%s\" without \"%s\"", rows[i].path,
			    value, why.text, rows[i].why);
	}
}
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TRY(ballot, rows) try_rows(ballot, (rows), COUNT(rows))

static void
each_member_is_required_and_no_other_is_taken(void **state)
{
	static const struct row rows[] = {
		{ "ballot", NULL, "ballot is missing" },
		{ "budget", NULL, "budget is missing" },
		{ "options", NULL, "options is missing" },
		{ "rule", NULL, "rule is missing" },
		{ "shuffle", NULL, "shuffle is missing" },
		{ "space_id", NULL, "space_id is missing" },
		{ "texts", NULL, "texts is missing" },
		{ "ties", NULL, "ties is missing" },
		{ "titles", NULL, "titles is missing" },
		{ "version", NULL, "version is missing" },
		{ "options.2.category", NULL,
		    "options[2].category is missing" },
		{ "options.2.cost", NULL, "options[2].cost is missing" },
		{ "options.2.description", NULL, "options[2].description is" },
		{ "options.2.id", NULL, "options[2].id is missing" },
		{ "options.2.ideas", NULL, "options[2].ideas is missing" },
		{ "options.2.place", NULL, "options[2].place is missing" },
		{ "options.2.titles", NULL, "options[2].titles is missing" },
		{ "ballot.type", NULL, "ballot.type is missing" },
		{ "ballot.min", NULL, "ballot.min is missing" },
		{ "ballot.max", NULL, "ballot.max is missing" },
		{ "ballot.min_cost", NULL, "ballot.min_cost is missing" },
		{ "ballot.max_cost", NULL, "ballot.max_cost is missing" },
		{ "rule.id", NULL, "rule.id is missing" },
		{ "rule.increment", NULL, "rule.increment is missing" },
		{ "rule.min_score", NULL, "rule.min_score is missing" },
		{ "extra", "1", "extra is not a member here" },
		{ "options.4.extra", "1", "options[4].extra is not a member" },
		{ "ballot.extra", "1", "ballot.extra is not a member here" },
		{ "ballot.option_max", "1",
		    "ballot.option_max is not a member" },
		{ "rule.extra", "1", "rule.extra is not a member here" },
	};

	(void)state;
	TRY(BITMAP(FREE), rows);
}

#define X10 "xxxxxxxxxx"
#define X60 X10 X10 X10 X10 X10 X10

static void
members_keep_their_form(void **state)
{
	static const struct row rows[] = {
		{ "version", "2", "version is 2" },
		{ "space_id", "\"00\"", "space_id is not 32 bytes" },
		{ "titles", "{\"en\":\"x\"}", "titles.it is missing" },
		{ "titles.it", "\"" X60 X60 X60 X10 X10 "x\"",
		    "titles.it is longer than 200 characters" },
		{ "texts.it", "\"a\\nb\"", NULL },
		{ "texts.it", "\"a\\rb\"", "texts.it holds the control" },
		{ "options", "[]", "options has 0 elements" },
		{ "options.0", "1", "options[0] is not an object" },
		{ "options.0.id", "\"\"", "options[0].id is empty" },
		{ "options.0.id", "\"" X60 "abcd\"", NULL },
		{ "options.0.id", "\"" X60 "abcde\"",
		    "options[0].id is longer than 64" },
		{ "options.0.id", "\"x,y\"", "options[0].id holds a comma" },
		{ "options.0.id", "\"x\\ty\"",
		    "options[0].id holds the contr" },
		{ "options.0.id", "\"b\"",
		    "options[0] and options[1] have the same id" },
		{ "options.0.cost", "\"\"", "options[0].cost: not a decimal" },
		{ "options.0.cost", "100", "options[0].cost is not a string" },
		{ "options.0.cost", "\"1e3\"", "options[0].cost: not a deci" },
		{ "options.0.cost", "\"-1\"", "options[0].cost: not a deci" },
		{ "options.0.cost", "\"1.50\"", "options[0].cost: not a" },
		{ "options.0.cost", "\"0\"", NULL },
		{ "options.0.cost", "\"999999999999999.999999\"", NULL },
		{ "options.0.cost", "\"1000000000000000\"", "options[0].cost" },
		{ "options.0.ideas", "[1]", "options[0].ideas[0] is not 32" },
		{ "options.0.ideas", "[\"00\"]", "options[0].ideas[0]" },
		{ "options.0.ideas", "[" HASH32 "," HASH32 "]", NULL },
		{ "budget", "\"\"", "budget: not a decimal" },
		{ "budget", "\"01\"", "budget: not a decimal" },
		{ "budget", "\"100\"", NULL },
		{ "budget", "\"99.999999\"", "not even the cheapest option" },
		{ "shuffle", "2", "shuffle is 2" },
		{ "ties", "[\"a\"]", "ties has 1 ids, and must have none" },
		{ "ties", "[\"a\",\"b\",\"c\",\"d\",\"d\"]",
		    "ties[4] names an option for the second time" },
		{ "ties", "[\"a\",\"b\",\"c\",\"d\",\"x\"]",
		    "ties[4] is not the id of an option" },
		{ "ties", "[\"a\",\"b\",\"c\",\"d\",1]", "ties[4] is not" },
		{ "ties", "[\"a\",\"b\",\"c\",\"d\",\"e\",\"e\"]",
		    "ties has 6 ids" },
		{ "ties", "[\"e\",\"d\",\"c\",\"b\",\"a\"]", NULL },
		{ "ballot", "1", "ballot is not an object" },
		{ "ballot", "{\"type\":\"borda\"}", "ballot.type is none of" },
		{ "ballot.min", "0", "ballot.min is 0" },
		{ "ballot.min", "4", "ballot.min is 4, above max, 3" },
		{ "ballot.max", "5", NULL },
		{ "ballot.max", "6", "ballot.max is 6, and must be from 1 to" },
		{ "ballot.max_cost", "\"x\"", "ballot.max_cost: not a deci" },
		{ "ballot.max_cost", "0", "ballot.max_cost is not a string" },
		{ "seal", "{}", "seal.key is missing" },
		{ "seal", "1", "seal is not an object" },
	};

	(void)state;
	TRY(BITMAP(FREE), rows);
}

static void
limits_of_cost_that_no_ballot_can_keep_are_refused(void **state)
{
	/* Costs are 100, 200.5, 300, 400, 500000; up to three may be named. */
	static const struct row rows[] = {
		{ "ballot.max_cost", "\"100\"", NULL },
		{ "ballot.max_cost", "\"99.999999\"",
		    "the 1 cheapest options that a ballot must name cost "
		    "more" },
		{ "ballot.min_cost", "\"500700\"", NULL },
		{ "ballot.min_cost", "\"500700.000001\"",
		    "the 3 dearest options that a ballot may name cost less" },
		{ "ballot.min_cost", "\"999999999999999.999999\"", "dearest" },
		{ "ballot",
		    BITMAP("\"max_cost\":\"300\",\"min_cost\":\"300\","),
		    NULL },
		{ "ballot",
		    BITMAP("\"max_cost\":\"300\",\"min_cost\":\"300.5\","),
		    "ballot.min_cost is 300.5, above max_cost, 300" },
		{ "ballot",
		    "{\"max\":3,\"max_cost\":\"600.5\",\"min\":3,"
		    "\"min_cost\":\"\",\"type\":\"bitmap\"}",
		    NULL },
		{ "ballot",
		    "{\"max\":3,\"max_cost\":\"600.499999\",\"min\":3,"
		    "\"min_cost\":\"\",\"type\":\"bitmap\"}",
		    "the 3 cheapest" },
	};

	(void)state;
	TRY(BITMAP(FREE), rows);
}

static void
limits_of_points_that_no_ballot_can_keep_are_refused(void **state)
{
	static const struct row rows[] = {
		{ "ballot", POINTS(1, 5, 65535, 0, 4294967295), NULL },
		{ "ballot", POINTS(1, 5, 65536, 0, 10), "option_max is 65536" },
		{ "ballot", POINTS(1, 5, 0, 0, 10), "option_max is 0" },
		{ "ballot", POINTS(1, 5, 1, 0, 4294967296), "total_max is" },
		{ "ballot", POINTS(1, 5, 10, 11, 10),
		    "ballot.total_min is 11, above total_max, 10" },
		{ "ballot", POINTS(3, 5, 10, 0, 2),
		    "total_max is 2: too little for min, 3 options" },
		{ "ballot", POINTS(3, 5, 10, 0, 3), NULL },
		{ "ballot", POINTS(1, 2, 10, 20, 50), NULL },
		{ "ballot", POINTS(1, 2, 10, 21, 50), "total_min is 21: more" },
		{ "ballot.min_cost", "\"\"", "min_cost is not a member" },
	};
	static const struct row rankings[] = {
		{ "ballot", RANKING(5, 5), NULL },
		{ "ballot", RANKING(1, 6), "ballot.max is 6" },
		{ "ballot", RANKING(0, 5), "ballot.min is 0" },
		{ "ballot", RANKING(4, 3), "ballot.min is 4, above max, 3" },
		{ "ballot.total_max", "1", "total_max is not a member" },
	};
	static const struct row choices[] = {
		{ "ballot.min", "1", "ballot.min is not a member" },
		{ "ballot.max", "1", "ballot.max is not a member" },
	};

	(void)state;
	TRY(POINTS(1, 5, 10, 0, 10), rows);
	TRY(RANKING(1, 5), rankings);
	TRY(CHOICE, choices);
}

static void
the_rule_must_fit_the_ballot(void **state)
{
	static const struct row approvals[] = {
		{ "rule.id", "\"mes-cost\"", NULL },
		{ "rule.id", "\"phragmen\"", NULL },
		{ "rule.id", "\"greedy-votes-per-cost\"", NULL },
		{ "rule.id", "\"mes-points\"",
		    "rule.id is no rule for ballots of the type bitmap; these "
		    "are: greedy-votes, " },
		{ "rule.id", "\"mes-points\"", ", mes-card-int-add1-nostop-u" },
		{ "rule.id", "\"mes-rank\"", "is no rule for ballots" },
		{ "rule.id", "\"nonsense\"", "is no rule for ballots" },
		{ "rule.id", "\"\"", "rule.id is empty" },
		{ "rule.id", "\"MES-cost\"", "is no rule" },
		{ "rule.id", "\"mes-cost-\"", "is no rule" },
		{ "rule.increment", "\"0\"", "rule.increment is 0" },
		{ "rule.increment", "\"0.000001\"", NULL },
		{ "rule.increment", "1", "rule.increment is not a string" },
		{ "rule.min_score", "\"1\"", "greedy-votes has no threshold" },
		{ "rule.min_score", "\"0.5\"", "min_score is not a whole" },
		{ "rule.id", "\"greedy-threshold\"", "needs a threshold" },
		{ "rule",
		    "{\"id\":\"greedy-threshold\",\"increment\":\"1\","
		    "\"min_score\":\"50\"}",
		    NULL },
	};
	static const struct row points[] = {
		{ "rule.id", "\"mes-points-u\"", NULL },
		{ "rule.id", "\"mes-costpoints\"", NULL },
		{ "rule.id", "\"mes-cost\"", "type points; these are: " },
		{ "rule.id", "\"phragmen\"", "type points; these are: " },
	};
	static const struct row rankings[] = {
		{ "rule.id", "\"mes-rank-add1\"", NULL },
		{ "rule.id", "\"mes-points\"", "type ranking; these are: " },
	};

	(void)state;
	TRY(BITMAP(FREE), approvals);
	TRY(POINTS(1, 5, 10, 0, 10), points);
	TRY(RANKING(1, 5), rankings);
}

static void
a_comparison_is_with_the_plain_method(void **state)
{
	static const struct row rows[] = {
		{ "rule",
		    "{\"compare\":\"greedy-votes\",\"id\":\"mes-cost\","
		    "\"increment\":\"1\",\"min_score\":\"0\"}",
		    NULL },
		{ "rule.compare", "\"greedy-votes\"",
		    "rule.compare: greedy-votes is not compared with itself" },
		{ "rule.compare", "\"phragmen\"",
		    "rule.compare can only be greedy-votes" },
		{ "rule.compare", "\"\"", "rule.compare is empty" },
		{ "rule.compare", "1", "rule.compare is not a string" },
	};

	(void)state;
	TRY(BITMAP(FREE), rows);
}

static void
exclusive_groups_are_disjoint_and_of_two_or_more(void **state)
{
	static const struct row rows[] = {
		{ "exclusive", "[[\"b\",\"a\"],[\"c\",\"d\",\"e\"]]", NULL },
		{ "exclusive", "[]", "exclusive has 0 elements" },
		{ "exclusive", "{}", "exclusive is not an array" },
		{ "exclusive", "[\"a\"]", "exclusive[0] is not an array" },
		{ "exclusive", "[[\"a\",\"b\"],[]]", "exclusive[1] has 0 ids" },
		{ "exclusive", "[[\"a\"]]", "exclusive[0] has 1 ids" },
		{ "exclusive", "[[\"a\",\"x\"]]",
		    "exclusive[0][1] is not the id of an option" },
		{ "exclusive", "[[\"a\",1]]", "exclusive[0][1] is not the" },
		{ "exclusive", "[[\"a\",\"a\"]]",
		    "exclusive[0][1] names an option for the second time" },
		{ "exclusive", "[[\"a\",\"b\"],[\"c\",\"a\"]]",
		    "exclusive[1][1] names an option for the second time" },
	};
	json_t *doc = sample_form(NULL, CHOICE);
	struct form *f;

	(void)state;
	TRY(BITMAP(FREE), rows);
	sample_edit(doc, "exclusive", "[[\"e\",\"a\"],[\"c\",\"d\"]]");
	f = good(doc);
	assert_int_equal(f->n_exclusive, 2);
	assert_int_equal(f->exclusive[0], 1);
	assert_int_equal(f->exclusive[1], 0);
	assert_int_equal(f->exclusive[3], 2);
	assert_int_equal(f->exclusive[4], 1);
	form_free(f);
}

static void
a_form_belongs_to_its_header(void **state)
{
	struct header *h = header(0), *sealed = header(1);
	struct form *f;
	struct why why;

	(void)state;
	assert_int_equal(parse(sample_form(h, CHOICE), h, &f, &why), OK);
	form_free(f);
	assert_int_equal(
	    parse(sample_form(h, CHOICE), sealed, &f, &why), ERR_FORMAT);
	assert_non_null(strstr(why.text, "space_id is not that of the header"));
	assert_int_equal(
	    parse(sample_form(NULL, CHOICE), h, &f, &why), ERR_FORMAT);
	header_free(h);
	header_free(sealed);
}

static void
a_seal_is_there_exactly_with_trustees(void **state)
{
	static const char seal[] = "{\"key\":" POINT32 ",\"shares\":[" POINT32
				   "],\"transcript\":" HASH32 "}";
	struct header *h = header(0), *sealed = header(1);
	struct form *f;
	struct why why;
	json_t *doc;

	(void)state;
	assert_int_equal(
	    parse(sample_form(sealed, CHOICE), sealed, &f, &why), ERR_FORMAT);
	assert_non_null(strstr(why.text, "seal is missing"));
	doc = sample_form(h, CHOICE);
	sample_edit(doc, "seal", seal);
	assert_int_equal(parse(doc, h, &f, &why), ERR_FORMAT);
	assert_non_null(strstr(why.text, "the header has no trustees"));
	doc = sample_form(sealed, CHOICE);
	sample_edit(doc, "seal", seal);
	assert_int_equal(parse(json_deep_copy(doc), sealed, &f, &why), OK);
	assert_true(f->sealed);
	assert_int_equal(f->seal_key.b[31], 0x76);
	assert_int_equal(f->n_shares, 1);
	assert_int_equal(f->shares[0].b[31], 0x76);
	assert_int_equal(f->transcript.b[31], 0x1f);
	assert_int_equal(f->body_bytes, 96 + 2 + 16);
	form_free(f);
	sample_edit(doc, "seal.shares.1", POINT32);
	assert_int_equal(
	    parse(json_deep_copy(doc), sealed, &f, &why), ERR_LIMIT);
	assert_non_null(strstr(why.text, "seal.shares has 2 elements"));
	/* Without a header nobody knows how many trustees there are. */
	assert_int_equal(parse(json_deep_copy(doc), NULL, &f, &why), OK);
	form_free(f);
	sample_edit(doc, "seal.shares", "[\"00\"]");
	assert_int_equal(
	    parse(json_deep_copy(doc), sealed, &f, &why), ERR_FORMAT);
	assert_non_null(strstr(why.text, "seal.shares[0] is not a point"));
	header_free(h);
	header_free(sealed);
	json_decref(doc);
}

static void
A6_a_form_takes_no_key_that_is_not_a_point(void **state)
{
	static const char *const wrong[] = {
		"\"" ZERO32 "\"",   /* the identity */
		"\"01" ZERO31 "\"", /* negative */
		HASH32,		    /* not on the curve, or not canonical */
		"\"ffffffffffffffffffffffffffffffff"
		"ffffffffffffffffffffffffffffff7f\"",
		"\"" ZERO31 "80\"",
	};
	static const char seal[] = "{\"key\":" POINT32 ",\"shares\":[" POINT32
				   "],\"transcript\":" HASH32 "}";
	struct header *sealed = header(1);
	struct form *f;
	struct why why;
	json_t *doc;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		doc = sample_form(sealed, CHOICE);
		sample_edit(doc, "seal", seal);
		sample_edit(doc, "seal.key", wrong[i]);
		assert_int_equal(parse(doc, sealed, &f, &why), ERR_FORMAT);
		assert_non_null(strstr(why.text, "seal.key is not a point"));
		doc = sample_form(sealed, CHOICE);
		sample_edit(doc, "seal", seal);
		sample_edit(doc, "seal.shares.0", wrong[i]);
		assert_int_equal(parse(doc, sealed, &f, &why), ERR_FORMAT);
		assert_non_null(
		    strstr(why.text, "seal.shares[0] is not a poi"));
	}
	header_free(sealed);
}

static void
A5_no_form_or_header_names_a_group_or_cipher(void **state)
{
	static const char seal[] = "{\"key\":" POINT32 ",\"shares\":[" POINT32
				   "],\"transcript\":" HASH32 "}";
	static const char *const members[] = { "suite", "group", "cipher", "q",
		"generator" };
	struct header *sealed = header(1), *h;
	struct buf b = { 0 };
	struct form *f;
	struct why why;
	char path[40];
	json_t *doc;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		doc = sample_form(sealed, CHOICE);
		sample_edit(doc, "seal", seal);
		(void)snprintf(path, sizeof(path), "seal.%s", members[i]);
		sample_edit(doc, path, "\"ristretto255\"");
		assert_int_equal(parse(doc, sealed, &f, &why), ERR_FORMAT);
		assert_non_null(strstr(why.text, "is not a member here"));
		doc = sample_header(SPACE_BALLOT);
		sample_edit(
		    doc, "trustees", "{\"keys\":[" KEY32 "],\"threshold\":1}");
		(void)snprintf(path, sizeof(path), "trustees.%s", members[i]);
		sample_edit(doc, path, "\"ristretto255\"");
		b.n = 0;
		sample_text(doc, &b);
		json_decref(doc);
		assert_int_equal(
		    header_parse(buf_slice(&b), &h, &why), ERR_FORMAT);
		assert_non_null(strstr(why.text, "is not a member here"));
	}
	header_free(sealed);
	buf_free(&b);
}

static void
only_canonical_whole_documents_are_read(void **state)
{
	json_t *doc = sample_form(NULL, CHOICE);
	struct form *f = NULL;
	struct buf b = { 0 };
	struct why why;
	size_t n;

	(void)state;
	sample_text(doc, &b);
	for (n = 0; n < b.n; n++)
		assert_int_not_equal(
		    form_parse(slice_of(vec_copy(slice_of(b.p, n)), n), NULL,
			&f, &why),
		    OK);
	buf_u8(&b, ' ');
	assert_int_equal(form_parse(buf_slice(&b), NULL, &f, &why), ERR_FORMAT);
	assert_int_equal(
	    form_parse(slice_str("[]"), NULL, &f, &why), ERR_FORMAT);
	assert_null(f);
	buf_free(&b);
	json_decref(doc);
}

static void
a_form_holds_4096_options(void **state)
{
	unsigned n, i;

	(void)state;
	for (n = 4096; n <= 4097; n++) {
		json_t *doc = sample_form(NULL, POINTS(1, 5, 10, 0, 10));
		json_t *a = json_object_get(doc, "options");
		struct form *f;
		struct why why;
		char id[12];
		enum err r;

		for (i = 5; i < n; i++) {
			json_t *o = json_deep_copy(json_array_get(a, 0));

			(void)snprintf(id, sizeof(id), "%u", i);
			json_object_set_new(o, "id", json_string(id));
			json_object_set_new(
			    o, "description", json_pack("{ss}", "it", ""));
			json_array_append_new(a, o);
		}
		r = parse(doc, NULL, &f, &why);
		assert_int_equal(r, n == 4096 ? OK : ERR_LIMIT);
		if (r == OK)
			assert_int_equal(choices_bytes(f), 8192);
		form_free(f);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member_is_read),
		cmocka_unit_test(each_type_of_ballot_has_its_limits),
		cmocka_unit_test(each_member_is_required_and_no_other_is_taken),
		cmocka_unit_test(members_keep_their_form),
		cmocka_unit_test(
		    limits_of_cost_that_no_ballot_can_keep_are_refused),
		cmocka_unit_test(
		    limits_of_points_that_no_ballot_can_keep_are_refused),
		cmocka_unit_test(the_rule_must_fit_the_ballot),
		cmocka_unit_test(a_comparison_is_with_the_plain_method),
		cmocka_unit_test(
		    exclusive_groups_are_disjoint_and_of_two_or_more),
		cmocka_unit_test(a_form_belongs_to_its_header),
		cmocka_unit_test(a_seal_is_there_exactly_with_trustees),
		cmocka_unit_test(A6_a_form_takes_no_key_that_is_not_a_point),
		cmocka_unit_test(A5_no_form_or_header_names_a_group_or_cipher),
		cmocka_unit_test(only_canonical_whole_documents_are_read),
		cmocka_unit_test(a_form_holds_4096_options),
	};

	return cmocka_run_group_tests(tests, NULL, vec_free);
}
