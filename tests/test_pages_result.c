/* Pages of results and projects, of counts by the real tally. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "form_pb.h"
#include "page_projects.h"
#include "page_result.h"
#include "page_verify.h"
#include "pb_read.h"
#include "pb_write.h"
#include "spacefile.h"
#include "spacepb.h"

#include "pagecheck.h"
#include "sample.h"
#include "vec.h"

static const struct page italian = { .lang = LANG_IT,
	.path = "/",
	.town = "Comune di Prova",
	.host = "voto.example" };
static const struct page english = { .lang = LANG_EN,
	.lang_asked = 1,
	.path = "/privacy",
	.town = "Comune di Prova",
	.host = "voto.example",
	.rehearsal = 1 };
static const struct page *const pages[] = { &italian, &english };

/* A counted vote: what a page of its result is made of. */
struct counted {
	struct header *header;
	struct form *form;
	struct pb *pb;
	json_t *result;
	struct space space;
	struct page_space view;
};

static struct header *
header_of(void)
{
	json_t *doc = sample_header(SPACE_BALLOT);
	struct header *h = NULL;
	struct buf b = { 0 };
	struct why why = { { 0 } };

	sample_text(doc, &b);
	if (header_parse(buf_slice(&b), &h, &why) != OK)
		fail_msg("%s", why.text);
	buf_free(&b);
	json_decref(doc);
	return h;
}

static struct pb *
pb_of(const char *path)
{
	struct pb_report *report = calloc(1, sizeof(*report));
	struct pb *pb = NULL;

	assert_non_null(report);
	if (pb_read_file(path, &pb, report) != OK)
		fail_msg("%s: %s", path, report->notes[0].text);
	free(report);
	return pb;
}

/* ${edits}: of the form's file, path and JSON text in turn, NULL at the end. */
static struct form *
form_of(const struct header *h, const struct pb *pb, const char *rule,
    const char *const *edits)
{
	struct spacefile_rule by = { rule, "1", "0" };
	struct form *f = NULL;
	struct buf b = { 0 };
	struct why why = { { 0 } };
	json_t *file = NULL;
	int widened;

	if (spacepb_form(pb, &file, &widened, &why) != OK)
		fail_msg("%s", why.text);
	for (; edits != NULL && *edits != NULL; edits += 2)
		sample_edit(file, edits[0], edits[1]);
	if (spacefile_form(file, h, &by, &b, &why) != OK ||
	    form_parse(buf_slice(&b), h, &f, &why) != OK)
		fail_msg("%s", why.text);
	buf_free(&b);
	json_decref(file);
	return f;
}

static json_t *
ids(const struct election *e, const uint32_t *list, size_t n)
{
	json_t *a = json_array();
	size_t i;

	for (i = 0; i < n; i++)
		json_array_append_new(a, json_string(e->projects[list[i]].id));
	return a;
}

static json_t *
text_of_q(mpq_srcptr q)
{
	char *text = mpq_get_str(NULL, 10, q);
	json_t *j = json_string(text);

	free(text);
	return j;
}

/* What result_document makes, but for what no page of this file looks at. */
static json_t *
result_of(const struct form *f, const struct election *e, const char *rule_id,
    size_t max_rows)
{
	const char *categories[OPTIONS_MAX];
	struct explain_question q = { .e = e, .max_rows = max_rows };
	json_t *doc, *scores = json_array(), *why = NULL;
	struct outcome *o = NULL;
	struct rule rule;
	size_t i;

	assert_int_equal(rule_parse(rule_id, &rule), OK);
	memcpy(rule.increment, "1", 2);
	assert_int_equal(tally_run(e, &rule, NULL, 0, &o), OK);
	for (i = 0; i < f->n_options; i++) {
		categories[i] = f->options[i].category;
		json_array_append_new(
		    scores, json_pack("{s:s, s:o, s:I}", "id",
				e->projects[i].id, "score",
				json_sprintf("%llu",
				    (unsigned long long)e->projects[i].score),
				"votes", (json_int_t)e->projects[i].votes));
	}
	q.rule = &rule;
	q.outcome = o;
	q.categories = categories;
	assert_int_equal(explain_outcome(&q, &why), OK);
	doc = json_pack("{s:{s:I, s:I, s:i, s:i, s:i}, s:i, s:{s:I, s:i, s:i, "
			"s:i}, s:o, s:s, s:s, s:{s:o, s:o, s:o, s:o}, s:o}",
	    "ballots", "cast", (json_int_t)e->voters, "counted",
	    (json_int_t)e->voters, "blank", 0, "null", 0, "paper", 0,
	    "disputes", 0, "lines", "roll", (json_int_t)e->voters, "added", 0,
	    "removed", 0, "struck", 0, "scores", scores, "status", "counted",
	    "rule", rule_id, "outcome", "cost", text_of_q(o->cost),
	    "final_endowment",
	    o->has_endowment ? text_of_q(o->endowment) : json_string(""),
	    "order", ids(e, o->order, o->n), "selected",
	    ids(e, o->sorted, o->n), "explain", why);
	assert_non_null(doc);
	tally_free(o);
	return doc;
}

static void
count(struct counted *x, const char *path, const char *rule,
    const char *const *edits, size_t max_rows)
{
	struct election *e = NULL;

	memset(x, 0, sizeof(*x));
	x->header = header_of();
	x->pb = pb_of(path);
	x->form = form_of(x->header, x->pb, rule, edits);
	assert_int_equal(pb_election(x->pb, &e), OK);
	x->result = result_of(x->form, e, rule, max_rows);
	election_free(e);
	x->space.header = x->header;
	x->space.form = x->form;
	x->space.has_result = 1;
	x->view.space = &x->space;
	x->view.phase = SPACE_RESULT;
}

static void
drop(struct counted *x)
{
	json_decref(x->result);
	form_free(x->form);
	header_free(x->header);
	pb_free(x->pb);
}

static void
assert_said(struct buf *b, const char *what)
{
	if (strstr(buf_text(b), what) == NULL)
		fail_msg("not said: %s\n%s", what, buf_text(b));
}

#define GYM "tests/pb/eleven_gym.pb"
#define PICTURE                            \
	"2d711642b726b04401627ca9fbac32f5" \
	"c8530fb1903cc4db02258717921a4881"
#define EURO "\xc2\xa0\xe2\x82\xac"

/* --- Step by step ----------------------------------------------------------*/

static void
every_step_of_every_method_has_a_page(void **state)
{
	static const struct {
		const char *rule;
		const char *text; /* somewhere on its pages */
	} methods[] = {
		{ "mes-cost-add1", "Vince \xc2\xab" },
		{ "mes-cost-add1u", "Vince \xc2\xab" },
		{ "mes-cost", "Le scelte finiscono qui" },
		{ "greedy-votes", "resta" },
		{ "phragmen", "Denaro a testa" },
	};
	struct buf b = { 0 }, all = { 0 };
	struct counted x;
	uint64_t n, of;
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		count(&x, GYM, methods[i].rule, NULL, 0);
		of = page_rounds_count(x.result);
		assert_true(of > 0);
		for (n = 1; n <= of; n++) {
			for (k = 0; k < 2; k++) {
				assert_true(page_rounds(
				    &b, pages[k], &x.view, x.result, n));
				assert_int_equal(
				    pagecheck_count(buf_text(&b), "<figure"),
				    1);
				buf_put(&all, b.p, b.n);
				pagecheck(&b, pages[k]);
			}
		}
		assert_said(&all, methods[i].text);
		all.n = 0;
		assert_false(page_rounds(&b, &italian, &x.view, x.result, 0));
		assert_false(
		    page_rounds(&b, &italian, &x.view, x.result, of + 1));
		assert_int_equal(b.n, 0);
		drop(&x);
	}
	buf_free(&all);
}

/* docs/RULES.md, 9: e = 117; gym, park, playground, library. */
static void
a_step_says_who_pays_what(void **state)
{
	struct buf b = { 0 };
	struct counted x;

	(void)state;
	count(&x, GYM, "mes-cost-add1", NULL, 0);
	assert_int_equal(page_rounds_count(x.result), 4);
	assert_true(page_rounds(&b, &italian, &x.view, x.result, 1));
	assert_said(&b, "Turno 1 di 4");
	assert_said(&b, "la stessa quota, 117" EURO);
	assert_said(&b, "gym</bdi>\xc2\xbb. Costa 400" EURO);
	assert_said(&b, "ha ancora, in tutto, 819" EURO);
	assert_said(&b, "Lo pagano in 7, 57,14" EURO " ciascuno");
	assert_said(&b, "restano in tutto 419" EURO);
	assert_said(&b, "Spesi finora: 400" EURO " su 1.100" EURO);
	assert_said(&b, "/risultati/turni/2\"");
	assert_said(&b, "/risultati/turni/4\"");
	assert_null(strstr(buf_text(&b), "/risultati/turni/1\""));
	pagecheck(&b, &italian);
	assert_true(page_rounds(&b, &italian, &x.view, x.result, 2));
	assert_said(&b, "Esce: il denaro non basta");
	assert_said(&b, "/risultati/turni/1\"");
	assert_said(&b, "/risultati/turni/3\"");
	pagecheck(&b, &italian);
	drop(&x);
}

/* Three people paid for the library: 17, 17 and 66. */
static void
what_a_few_people_paid_is_not_told_apart(void **state)
{
	struct buf b = { 0 };
	struct counted x;

	(void)state;
	count(&x, GYM, "mes-cost-add1", NULL, 0);
	assert_true(page_rounds(&b, &italian, &x.view, x.result, 4));
	assert_said(&b, "Lo pagano in 3, in media 33,33" EURO " ciascuno.");
	assert_null(strstr(buf_text(&b), "da 17" EURO));
	assert_null(strstr(buf_text(&b), "a 66" EURO));
	assert_said(&b, "meno di 5 persone");
	pagecheck(&b, &italian);
	page_result(&b, &italian, &x.view, x.result);
	assert_said(&b, "meno di 5 persone");
	pagecheck(&b, &italian);
	drop(&x);
}

static void
a_brief_explanation_has_no_steps_and_says_so(void **state)
{
	struct buf b = { 0 };
	struct counted x;

	(void)state;
	count(&x, GYM, "mes-cost-add1", NULL, 1);
	assert_int_equal(page_rounds_count(x.result), 0);
	assert_false(page_rounds(&b, &italian, &x.view, x.result, 1));
	page_result(&b, &italian, &x.view, x.result);
	assert_said(&b, "sono troppi per una pagina");
	assert_null(strstr(buf_text(&b), "/turni/"));
	pagecheck(&b, &italian);
	drop(&x);
}

/* --- The page of a result --------------------------------------------------*/

static void
winners_say_how_they_won(void **state)
{
	struct buf b = { 0 };
	struct counted x;
	size_t k;

	(void)state;
	count(&x, GYM, "mes-cost-add1", NULL, 0);
	for (k = 0; k < 2; k++) {
		page_result(&b, pages[k], &x.view, x.result);
		pagecheck(&b, pages[k]);
	}
	page_result(&b, &italian, &x.view, x.result);
	assert_said(&b, "Scelto al turno 1. Lo hanno pagato 7 ");
	assert_said(&b, "come 1,52 voti effettivi");
	assert_said(&b, "/risultati/turni/1\"");
	assert_said(&b, "/ballots.pb\"");
	assert_said(&b, "/results.csv\"");
	/* In order of selection, then by support. */
	assert_true(strstr(buf_text(&b), ">Outdoor gym<") <
		    strstr(buf_text(&b), ">New park<"));
	assert_true(strstr(buf_text(&b), ">Library<") <
		    strstr(buf_text(&b), ">Bike path<"));
	pagecheck(&b, &italian);
	drop(&x);
	count(&x, GYM, "greedy-votes", NULL, 0);
	page_result(&b, &italian, &x.view, x.result);
	assert_said(&b, "Quando \xc3\xa8 arrivato il suo turno restavano");
	pagecheck(&b, &italian);
	drop(&x);
	count(&x, GYM, "phragmen", NULL, 0);
	page_result(&b, &italian, &x.view, x.result);
	assert_said(&b, "il primo ad avere messo da parte");
	pagecheck(&b, &italian);
	drop(&x);
	count(&x, GYM, "mes-cost-u", NULL, 0);
	page_result(&b, &italian, &x.view, x.result);
	assert_said(&b, "Aggiunto alla fine");
	pagecheck(&b, &italian);
	drop(&x);
}

static void
fairness_has_categories_and_how_many_each_voted_for(void **state)
{
	static const char *const edits[] = { "options.0.category",
		"\"Mobilit\xc3\xa0\"", "options.2.category", "\"Verde\"",
		NULL };
	struct buf b = { 0 };
	struct counted x;

	(void)state;
	count(&x, GYM, "mes-cost-add1", edits, 0);
	page_result(&b, &italian, &x.view, x.result);
	assert_said(&b, "Denaro per categoria");
	assert_said(&b, "<bdi>Verde</bdi>");
	assert_said(&b, "Senza categoria");
	/* 0, 5, 4 and 2 voters, beside 4, 1 and 6: of 11. */
	assert_said(&b, "Quanti dei progetti scelti");
	assert_said(&b, "5 persone (45,5\xc2\xa0%)");
	assert_said(&b, "2 o pi\xc3\xb9");
	assert_null(strstr(buf_text(&b), "3 o pi\xc3\xb9"));
	pagecheck(&b, &italian);
	drop(&x);
}

/* --- Hostile texts ---------------------------------------------------------*/

/* ${n} characters of JSON text, with markup and marks of direction. */
static char *
hostile(size_t n)
{
	static const char piece[] = "<b>\xe2\x80\xae\xf0\x9f\x98\x80&amp;";
	struct buf b = { 0 };
	char *s;

	buf_str(&b, "\"=");
	while (b.n + sizeof(piece) < n)
		buf_str(&b, piece);
	buf_str(&b, "\"");
	s = strdup(buf_text(&b));
	buf_free(&b);
	assert_non_null(s);
	return s;
}

static void
hostile_and_long_texts_stay_text(void **state)
{
	char *title = hostile(190), *text = hostile(19000);
	char *alt = hostile(250);
	static const char picture[] =
	    "{\"alt\":{\"it\":\"x\"},\"hash\":\"" PICTURE "\"}";
	const char *const edits[] = { "options.1.titles.it", title,
		"options.1.description.it", text, "options.1.category", title,
		"options.1.place", title, "options.1.picture", picture,
		"options.1.picture.alt.it", alt, "titles.it", title, NULL };
	struct buf b = { 0 };
	struct counted x;
	uint64_t n;
	size_t k;

	(void)state;
	count(&x, GYM, "mes-cost-add1u", edits, 0);
	for (k = 0; k < 2; k++) {
		page_result(&b, pages[k], &x.view, x.result);
		assert_null(strstr(buf_text(&b), "<b>"));
		pagecheck(&b, &(struct page){ .lang = pages[k]->lang });
		for (n = 1; n <= page_rounds_count(x.result); n++) {
			(void)page_rounds(&b, pages[k], &x.view, x.result, n);
			assert_null(strstr(buf_text(&b), "<b>"));
			b.n = 0;
		}
		page_space(&b, pages[k], &x.view);
		assert_null(strstr(buf_text(&b), "<b>"));
		assert_int_equal(pagecheck_count(buf_text(&b), "<summary>"), 1);
		b.n = 0;
	}
	/* What a spreadsheet would compute begins with an apostrophe. */
	page_result_csv(&b, x.form, x.result);
	assert_said(&b, "gym,'=<b>");
	assert_null(strstr(buf_text(&b), ",="));
	buf_free(&b);
	drop(&x);
	free(title);
	free(text);
	free(alt);
}

/* --- Projects --------------------------------------------------------------*/

static void
projects_are_cards_by_category(void **state)
{
	static const char picture[] =
	    "{\"alt\":{\"it\":\"Un campo\",\"en\":\"A field\"},"
	    "\"hash\":\"" PICTURE "\"}";
	static const char *const edits[] = { "options.0.category", "\"Verde\"",
		"options.2.category", "\"Verde\"", "options.1.category",
		"\"Sport\"", "options.3.category", "\"Sport\"",
		"options.4.category", "\"Scuola\"", "options.3.picture",
		picture, NULL };
	struct buf b = { 0 };
	struct counted x;

	(void)state;
	count(&x, GYM, "mes-cost-add1", edits, 0);
	page_projects(&b, &english, x.form);
	assert_int_equal(
	    pagecheck_count(buf_text(&b), "class=\"it-card project\""), 5);
	assert_said(&b, "href=\"#categoria-1\"><bdi>Verde</bdi> (2)");
	assert_said(&b, "id=\"categoria-3\"><bdi>Scuola</bdi>");
	assert_said(&b, "src=\"/api/v1/pictures/" PICTURE "\"");
	assert_said(&b, "alt=\"A field\"");
	assert_int_equal(pagecheck_count(buf_text(&b), "<img"), 1);
	assert_int_equal(pagecheck_count(buf_text(&b), "class=\"cost\""), 5);
	buf_free(&b);
	drop(&x);
	/* One category is no choice. */
	count(&x, GYM, "mes-cost-add1", NULL, 0);
	page_projects(&b, &italian, x.form);
	assert_null(strstr(buf_text(&b), "categoria-"));
	assert_int_equal(pagecheck_count(buf_text(&b), "<h3 "), 5);
	buf_free(&b);
	drop(&x);
}

/* --- Files -----------------------------------------------------------------*/

static void
the_table_for_a_spreadsheet_has_a_row_per_option(void **state)
{
	struct buf b = { 0 };
	struct counted x;

	(void)state;
	count(&x, GYM, "mes-cost-add1", NULL, 0);
	page_result_csv(&b, x.form, x.result);
	assert_int_equal(pagecheck_count(buf_text(&b), "\r\n"), 6);
	assert_said(&b, "\r\nbike,Bike path,,,700,6,6,0,,85,money\r\n");
	assert_said(&b, "\r\nlibrary,Library,,,100,3,3,1,4,101,selected\r\n");
	buf_free(&b);
	/* Nothing was tallied. */
	json_object_del(x.result, "outcome");
	json_object_del(x.result, "explain");
	json_object_set_new(x.result, "scores", json_array());
	page_result_csv(&b, x.form, x.result);
	assert_said(&b, "\r\nbike,Bike path,,,700,,,,,,\r\n");
	buf_free(&b);
	drop(&x);
}

/* What is downloaded, counted by the form's rule, gives the result. */
static void
the_file_of_ballots_gives_the_outcome(void **state)
{
	struct pb_report *report = calloc(1, sizeof(*report));
	struct pb *pb = NULL, *again = NULL;
	struct election *e = NULL;
	struct buf text = { 0 };
	struct choices c;
	struct counted x;
	json_t *result;
	uint32_t *v;
	size_t i;

	(void)state;
	assert_non_null(report);
	count(&x, GYM, "mes-cost-add1", NULL, 0);
	v = calloc(x.form->n_options, sizeof(*v));
	assert_non_null(v);
	assert_int_equal(form_pb_new(x.header, x.form, "Prova", &pb), OK);
	for (i = 0; i < x.pb->n_votes; i++) {
		spacepb_choices(x.pb, i, x.form, v, &c);
		assert_int_equal(form_pb_add(pb, x.form, &c), OK);
	}
	/* An unused bit. */
	assert_int_equal(
	    form_pb_list(pb, x.form, slice_of("\xff", 1)), ERR_FORMAT);
	assert_int_equal(pb_write(pb, &text), OK);
	assert_int_equal(pb_read_text(buf_slice(&text), &again, report), OK);
	assert_int_equal(pb_election(again, &e), OK);
	result = result_of(x.form, e, "mes-cost-add1", 0);
	assert_true(json_equal(json_object_get(result, "outcome"),
	    json_object_get(x.result, "outcome")));
	json_decref(result);
	election_free(e);
	pb_free(again);
	pb_free(pb);
	buf_free(&text);
	free(report);
	free(v);
	drop(&x);
}

/* --- The page for whoever checks -------------------------------------------*/

static void
verify(struct buf *b, const struct counted *x, struct page_numbers *n)
{
	static const struct page_witness witnesses[] = {
		{ "scuola.example/1", 1700000000 },
		{ "<b>biblioteca", 0 },
	};
	struct page_log log = { .vkey = "x+1+y",
		.checkpoint = "origin\n1\nroot\n",
		.size = 12345,
		.witnesses = witnesses,
		.n_witnesses = 2,
		.spaces = n,
		.n_spaces = 1 };

	n->now = x->view;
	page_verify(b, &italian, &log);
}

static void
the_numbers_of_a_vote_must_agree(void **state)
{
	struct page_numbers n = {
		.roll = { .roll = 100, .added = 2, .removed = 1, .struck = 3 }
	};
	struct buf b = { 0 };
	struct counted x;

	(void)state;
	count(&x, GYM, "mes-cost-add1", NULL, 0);
	x.view.cast = 11;
	verify(&b, &x, &n);
	assert_said(&b, "non ancora pubblicate");
	assert_said(&b, "Finora i conti tornano");
	assert_said(&b, "data-page=\"verify\"");
	assert_said(&b, "<noscript>");
	assert_said(&b, "12.345");
	assert_said(&b, "Ha firmato: ");
	assert_said(&b, "&lt;b&gt;biblioteca");
	assert_said(&b, "Le firme non bastano");
	pagecheck(&b, &italian);
	x.space.closed = 1;
	x.space.ledgers[0][PURPOSE_VOTE].present = 1;
	x.space.ledgers[0][PURPOSE_VOTE].count = 98;
	x.space.paper[1] = 3;
	n.methods[0][ROLL_LETTER] = 90;
	n.methods[0][ROLL_DESK] = 8;
	verify(&b, &x, &n);
	assert_said(&b, "I conti tornano.");
	assert_said(&b, "dello sportello");
	pagecheck(&b, &italian);
	x.space.paper[1] = 4; /* than were struck */
	verify(&b, &x, &n);
	assert_said(&b, "I conti non tornano");
	buf_free(&b);
	x.space.paper[1] = 3;
	x.space.ledgers[0][PURPOSE_VOTE].count = 99; /* than are entitled */
	verify(&b, &x, &n);
	assert_said(&b, "I conti non tornano");
	buf_free(&b);
	x.space.ledgers[0][PURPOSE_VOTE].count = 10; /* than voted */
	verify(&b, &x, &n);
	assert_said(&b, "I conti non tornano");
	buf_free(&b);
	drop(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_step_of_every_method_has_a_page),
		cmocka_unit_test(a_step_says_who_pays_what),
		cmocka_unit_test(what_a_few_people_paid_is_not_told_apart),
		cmocka_unit_test(a_brief_explanation_has_no_steps_and_says_so),
		cmocka_unit_test(winners_say_how_they_won),
		cmocka_unit_test(
		    fairness_has_categories_and_how_many_each_voted_for),
		cmocka_unit_test(hostile_and_long_texts_stay_text),
		cmocka_unit_test(projects_are_cards_by_category),
		cmocka_unit_test(
		    the_table_for_a_spreadsheet_has_a_row_per_option),
		cmocka_unit_test(the_file_of_ballots_gives_the_outcome),
		cmocka_unit_test(the_numbers_of_a_vote_must_agree),
	};

	return cmocka_run_group_tests_name("pages_result", tests, NULL, NULL);
}
