#include <stdio.h>
#include <string.h>

#include "page.h"

#include "page_verify.h"

#include "pagecheck.h"
#include "sample.h"
#include "vec.h"

/* --- What pages are made of ------------------------------------------------*/

/* Everything that could leave its place. */
static const char hostile[] = "\"<script>alert('x')</script>&amp;\\u202e"
			      "</title></h1><img src=x onerror=y>\"";

struct fixture {
	json_t *header_doc, *form_doc;
	struct header *header;
	struct form *form;
	struct space space;
	struct page_space view;
};

static struct header *
header_of(const json_t *doc)
{
	struct buf b = { 0 };
	struct header *h = NULL;
	struct why why = { { 0 } };

	sample_text(doc, &b);
	if (header_parse(buf_slice(&b), &h, &why) != OK)
		fail_msg("%s", why.text);
	buf_free(&b);
	return h;
}

static struct form *
form_of(const json_t *doc, const struct header *h)
{
	struct buf b = { 0 };
	struct form *f = NULL;
	struct why why = { { 0 } };

	sample_text(doc, &b);
	if (form_parse(buf_slice(&b), h, &f, &why) != OK)
		fail_msg("%s", why.text);
	buf_free(&b);
	return f;
}

static void
make(struct fixture *x, const char *ballot, int spoil)
{
	memset(x, 0, sizeof(*x));
	x->header_doc = sample_header(SPACE_BALLOT);
	if (spoil) {
		sample_edit(x->header_doc, "titles.it", hostile);
		sample_edit(x->header_doc, "eligibility.it", hostile);
	}
	x->header = header_of(x->header_doc);
	x->form_doc = sample_form(x->header, ballot);
	if (spoil) {
		sample_edit(x->form_doc, "texts.it", hostile);
		sample_edit(x->form_doc, "options.0.titles.it", hostile);
		sample_edit(x->form_doc, "options.0.description.it", hostile);
		sample_edit(x->form_doc, "options.0.category", hostile);
		sample_edit(x->form_doc, "options.0.place", hostile);
		sample_edit(x->form_doc, "options.1.id", "\"<b>'&\\\"</b>\"");
	}
	x->form = form_of(x->form_doc, x->header);
	x->space.header = x->header;
	x->space.form = x->form;
	x->view.space = &x->space;
	x->view.phase = SPACE_OPEN;
	x->view.issued = 12;
	x->view.cast = 7;
}

static void
drop(struct fixture *x)
{
	form_free(x->form);
	header_free(x->header);
	json_decref(x->form_doc);
	json_decref(x->header_doc);
}

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

static json_t *
result_of(const struct fixture *x, int too_few)
{
	json_t *scores = json_array(), *doc;
	size_t i;

	for (i = 0; i < x->form->n_options; i++)
		json_array_append_new(scores,
		    json_pack("{s:s, s:s, s:i}", "id", x->form->options[i].id,
			"score", i == 1 ? "7/2" : "3", "votes", (int)(5 - i)));
	doc = json_pack("{s:{s:i, s:i, s:i, s:i, s:i}, s:i,"
			"s:{s:i, s:i, s:i, s:i}, s:o, s:s}",
	    "ballots", "blank", 1, "cast", 12, "counted", 10, "null", 2,
	    "paper", 3, "disputes", 4, "lines", "added", 2, "removed", 1,
	    "roll", 51, "struck", 0, "scores", scores, "status",
	    too_few ? "too_few" : "counted");
	assert_non_null(doc);
	if (!too_few)
		json_object_set_new(doc, "outcome",
		    json_pack("{s:s, s:s, s:[s,s], s:[s,s]}", "cost", "1300.5",
			"final_endowment", "1000/3", "order",
			x->form->options[2].id, x->form->options[0].id,
			"selected", x->form->options[0].id,
			x->form->options[2].id));
	return doc;
}

/* --- The tests -------------------------------------------------------------*/

static void
every_text_is_there_in_both_languages(void **state)
{
	const char *it, *en, *p;
	int key;

	(void)state;
	for (key = 0; key < TEXT_MAX; key++) {
		it = text_of((enum text)key, LANG_IT);
		en = text_of((enum text)key, LANG_EN);
		assert_non_null(it);
		assert_non_null(en);
		assert_true(strlen(it) > 0 && strlen(en) > 0);
		/* The same blanks to fill in. */
		for (p = it; (p = strchr(p, '{')) != NULL; p++) {
			char blank[4] = { '{', p[1], '}', '\0' };

			assert_in_range(p[1], '1', '4');
			assert_int_equal(p[2], '}');
			if (strstr(en, blank) == NULL)
				fail_msg("not in English: %s", it);
		}
		for (p = en; (p = strchr(p, '{')) != NULL; p++) {
			char blank[4] = { '{', p[1], '}', '\0' };

			assert_in_range(p[1], '1', '4');
			assert_int_equal(p[2], '}');
			if (strstr(it, blank) == NULL)
				fail_msg("not in Italian: %s", en);
		}
	}
}

static const struct page *const pages[] = { &italian, &english };

static void
home_lists_spaces_in_every_phase(void **state)
{
	struct page_space list[SPACE_CANCELLED + 1];
	struct buf b = { 0 };
	struct fixture x;
	size_t i, k;

	(void)state;
	make(&x, "{\"type\":\"choice\"}", 0);
	for (k = 0; k < 2; k++) {
		page_home(&b, pages[k], NULL, 0);
		pagecheck(&b, pages[k]);
		for (i = 0; i <= SPACE_CANCELLED; i++) {
			list[i] = x.view;
			list[i].phase = (enum space_phase)i;
		}
		page_home(&b, pages[k], list, SPACE_CANCELLED + 1);
		assert_int_equal(
		    pagecheck_count(buf_text(&b), "class=\"it-card\""),
		    SPACE_CANCELLED + 1);
		assert_int_equal(
		    pagecheck_count(buf_text(&b), "/risultati"), 1);
		pagecheck(&b, pages[k]);
	}
	drop(&x);
}

static void
the_page_of_a_space_tells_all_kinds_of_rules(void **state)
{
	static const char *const ballots[] = { "{\"type\":\"choice\"}",
		"{\"type\":\"bitmap\",\"min\":1,\"max\":3,\"min_cost\":\"1\","
		"\"max_cost\":\"1000000\"}",
		"{\"type\":\"points\",\"min\":1,\"max\":3,\"option_max\":5,"
		"\"total_min\":1,\"total_max\":10}",
		"{\"type\":\"ranking\",\"min\":1,\"max\":3}" };
	struct buf b = { 0 };
	struct fixture x;
	size_t i, k, phase;

	(void)state;
	for (i = 0; i < sizeof(ballots) / sizeof(ballots[0]); i++) {
		make(&x, ballots[i], 0);
		for (phase = 0; phase <= SPACE_CANCELLED; phase++) {
			for (k = 0; k < 2; k++) {
				x.view.phase = (enum space_phase)phase;
				page_space(&b, pages[k], &x.view);
				pagecheck(&b, pages[k]);
			}
		}
		x.view.phase = SPACE_OPEN;
		page_space(&b, &italian, &x.view);
		assert_non_null(
		    strstr(buf_text(&b), "500.000\xc2\xa0\xe2\x82\xac"));
		assert_int_equal(strstr(buf_text(&b),
				     "1.000.000\xc2\xa0\xe2\x82\xac") != NULL,
		    i == 1);
		pagecheck(&b, &italian);
		/* Announced, the form still to come. */
		x.space.form = NULL;
		x.view.phase = SPACE_ANNOUNCED;
		page_space(&b, &italian, &x.view);
		pagecheck(&b, &italian);
		drop(&x);
	}
}

static void
hostile_documents_stay_text(void **state)
{
	struct buf b = { 0 };
	struct fixture x;
	json_t *result;
	struct page p = italian;

	(void)state;
	p.town = "<script>x</script>\"";
	p.host = "x\"><script>";
	make(&x, "{\"type\":\"choice\"}", 1);
	page_home(&b, &p, &x.view, 1);
	pagecheck(&b, &italian);
	page_space(&b, &p, &x.view);
	assert_non_null(strstr(buf_text(&b), "&lt;script&gt;alert"));
	pagecheck(&b, &italian);
	result = result_of(&x, 0);
	page_result(&b, &p, &x.view, result);
	pagecheck(&b, &italian);
	page_verify(&b, &p,
	    &(struct page_log){
		.vkey = "<script>", .checkpoint = "a\n<script>\n" });
	pagecheck(&b, &italian);
	json_decref(result);
	drop(&x);
}

static void
results_are_a_sentence_and_a_table(void **state)
{
	struct buf b = { 0 };
	struct fixture x;
	json_t *result;
	const char *text;
	size_t k;

	(void)state;
	make(&x, "{\"type\":\"choice\"}", 0);
	x.view.phase = SPACE_RESULT;
	x.space.has_result = 1;
	result = result_of(&x, 0);
	for (k = 0; k < 2; k++) {
		page_result(&b, pages[k], &x.view, result);
		pagecheck(&b, pages[k]);
	}
	page_result(&b, &italian, &x.view, result);
	text = buf_text(&b);
	/* 10 + 3 voters of 51 + 2 - 1. */
	assert_non_null(strstr(text, "13 su 52"));
	assert_non_null(strstr(text, "25,0\xc2\xa0%"));
	assert_non_null(strstr(text, "2 su 5"));
	assert_non_null(strstr(text, "1.300,50\xc2\xa0\xe2\x82\xac"));
	assert_non_null(strstr(text, "333,33\xc2\xa0\xe2\x82\xac"));
	assert_int_equal(pagecheck_count(text, "class=\"selected\""), 2);
	assert_int_equal(pagecheck_count(text, "<svg"), 5);
	assert_int_equal(pagecheck_count(text, "aria-hidden=\"true\""), 5);
	/* A score that is not just the votes gets its column. */
	assert_non_null(strstr(text, "3,50"));
	buf_free(&b);
	json_decref(result);
	result = result_of(&x, 1);
	page_result(&b, &italian, &x.view, result);
	assert_null(strstr(buf_text(&b), "<table"));
	pagecheck(&b, &italian);
	page_result(&b, &italian, &x.view, NULL);
	pagecheck(&b, &italian);
	json_decref(result);
	drop(&x);
}

static void
special_rules_are_told_before_voting(void **state)
{
	struct buf b = { 0 };
	struct fixture x;
	size_t k;

	(void)state;
	make(&x, "{\"type\":\"choice\"}", 0);
	form_free(x.form);
	sample_edit(x.form_doc, "rule.id", "\"mes-cost\"");
	sample_edit(x.form_doc, "rule.compare", "\"greedy-votes\"");
	sample_edit(
	    x.form_doc, "exclusive", "[[\"e\",\"a\"],[\"c\",\"b\",\"d\"]]");
	x.form = form_of(x.form_doc, x.header);
	x.space.form = x.form;
	for (k = 0; k < 2; k++) {
		page_space(&b, pages[k], &x.view);
		pagecheck(&b, pages[k]);
	}
	page_space(&b, &italian, &x.view);
	assert_int_equal(pagecheck_count(buf_text(&b), "al massimo uno:"), 2);
	assert_non_null(strstr(buf_text(&b), "<li><bdi>c</bdi></li>"));
	assert_non_null(strstr(buf_text(&b), "Il risultato si confronta"));
	buf_free(&b);
	drop(&x);
}

/* Put an explanation into ${result}: its projects, and some figures. */
static void
explain(json_t *result, const char *projects)
{
	static const char figures[] =
	    "{\"average_money\":\"4850/11\",\"average_winners\":\"16/11\","
	    "\"excluded\":3,\"gini_winners\":\"15/88\","
	    "\"histogram\":[3,6],\"leftover\":\"250\",\"more\":1,"
	    "\"score\":\"16\"}";
	json_t *list = json_loads(projects, 0, NULL);

	assert_non_null(list);
	json_object_set_new(result, "rule", json_string("mes-cost"));
	json_object_set_new(result, "explain",
	    json_pack("{s:o, s:{s:o, s:o}}", "projects", list, "fairness",
		"outcome", json_loads(figures, 0, NULL), "plain",
		json_loads(figures, 0, NULL)));
	json_object_set_new(json_object_get(result, "outcome"), "comparison",
	    json_pack("{s:i, s:i, s:i, s:s}", "equal", 4, "greedy", 2, "rule",
		7, "winner", "mes-cost"));
}

/* "more" than the histogram tells apart: a row of its own, and an end. */
static void
results_tell_how_many_got_many(void **state)
{
	struct buf b = { 0 };
	struct fixture x;
	json_t *result, *plain;

	(void)state;
	make(&x, "{\"type\":\"choice\"}", 0);
	result = result_of(&x, 0);
	explain(result, "[]");
	plain = json_object_get(
	    json_object_get(json_object_get(result, "explain"), "fairness"),
	    "plain");
	json_object_set_new(plain, "histogram", json_loads("[8,6,5]", 0, NULL));
	json_object_set_new(plain, "more", json_integer(9));
	page_result(&b, &italian, &x.view, result);
	assert_non_null(strstr(buf_text(&b), "14 persone"));
	pagecheck(&b, &italian);
	json_decref(result);
	buf_free(&b);
	drop(&x);
}

static void
results_say_why_in_plain_words(void **state)
{
	static const char *const projects[] = {
		"[{\"fate\":\"selected\",\"id\":\"a\",\"round\":1,"
		"\"support\":\"1405\"},"
		"{\"fate\":\"money\",\"id\":\"b\",\"left\":\"275/7\","
		"\"round\":2,\"support\":\"99\",\"taken\":[{\"id\":\"a\","
		"\"money\":\"975/7\",\"voters\":3}],\"rest\":\"2\"},"
		"{\"fate\":\"filled\",\"id\":\"c\",\"support\":\"80\"},"
		"{\"fate\":\"votes\",\"id\":\"d\",\"needed\":\"77\","
		"\"support\":\"5\"},"
		"{\"fate\":\"barred\",\"id\":\"e\",\"by\":\"a\","
		"\"support\":\"0\"}]",
		"[{\"fate\":\"withdrawn\",\"id\":\"a\"},"
		"{\"fate\":\"unsupported\",\"id\":\"b\"},"
		"{\"fate\":\"above_budget\",\"id\":\"c\"},"
		"{\"fate\":\"low\",\"id\":\"d\"},"
		"{\"fate\":\"votes\",\"id\":\"e\"}]",
		"[{\"fate\":\"too_dear\",\"id\":\"a\",\"left\":\"7\"},"
		"{\"fate\":\"after_end\",\"id\":\"b\",\"by\":\"a\"},"
		"{\"fate\":\"stopped\",\"id\":\"c\",\"by\":\"c\","
		"\"left\":\"8\",\"time\":\"1\"},"
		"{\"fate\":\"stopped\",\"id\":\"d\",\"by\":\"c\","
		"\"left\":\"8\",\"time\":\"1\"},"
		"{\"fate\":\"of another time\",\"id\":\"e\"}]",
	};
	static const char *const said[][6] = {
		{ "1.405\xc2\xa0%", "99\xc2\xa0%", "39,29\xc2\xa0\xe2\x82\xac",
		    "139,29\xc2\xa0\xe2\x82\xac, da 3 di loro",
		    "almeno 77 voti; ne ha avuti 2", "insieme a \xc2\xab" },
		{ "ritirato", "Nessuno", "Costa 300", "Il minimo stabilito",
		    "rimasto abbastanza denaro: 0", "7 votanti" },
		{ "restavano 7", "non bastava per \xc2\xab", "restavano 8",
		    "1,45", "30,0\xc2\xa0%", "0,17" },
	};
	struct buf b = { 0 };
	struct fixture x;
	json_t *result;
	size_t i, k;

	(void)state;
	make(&x, "{\"type\":\"choice\"}", 0);
	for (i = 0; i < 3; i++) {
		result = result_of(&x, 0);
		explain(result, projects[i]);
		for (k = 0; k < 2; k++) {
			page_result(&b, pages[k], &x.view, result);
			pagecheck(&b, pages[k]);
		}
		page_result(&b, &italian, &x.view, result);
		for (k = 0; k < 6; k++)
			if (strstr(buf_text(&b), said[i][k]) == NULL)
				fail_msg("%zu: no '%s' in %s", i, said[i][k],
				    buf_text(&b));
		assert_null(strstr(buf_text(&b), "rho"));
		buf_free(&b);
		json_decref(result);
	}
	drop(&x);
}

/* --- Sealed votes ----------------------------------------------------------*/

static void
seal(struct fixture *x, size_t n, unsigned threshold)
{
	size_t i;

	x->header->n_trustees = n;
	x->header->threshold = threshold;
	for (i = 0; i < n; i++)
		memset(x->header->trustees[i].b, 0xa0 + (int)i, 32);
}

static void
assert_said(struct buf *b, const char *what)
{
	if (strstr(buf_text(b), what) == NULL)
		fail_msg("not said: %s\n%s", what, buf_text(b));
}

static void
a_sealed_vote_says_who_opens_it_and_when(void **state)
{
	struct space_opening opening = { .trustee = 2 };
	struct buf b = { 0 };
	struct fixture x;

	(void)state;
	make(&x, "{\"type\":\"choice\"}", 0);
	page_space(&b, &italian, &x.view);
	assert_null(strstr(buf_text(&b), "sigillat"));
	pagecheck(&b, &italian);
	seal(&x, 3, 2);
	page_space(&b, &italian, &x.view);
	assert_said(&b, "Voto sigillato");
	assert_said(&b, "divisa tra 3 garanti");
	assert_said(&b, "ne bastano 2 insieme");
	assert_said(&b, "Garante 3, la cui chiave comincia con a2a2a2a2<");
	assert_said(&b, "/transcript\"");
	assert_said(&b, "resident recreate ");
	pagecheck(&b, &italian);
	/* Closed, and one of the two has come. */
	x.view.phase = SPACE_CLOSED;
	x.space.closed = 1;
	x.space.close_credentials = 40;
	x.space.openings = &opening;
	x.space.n_openings = 1;
	page_space(&b, &italian, &x.view);
	assert_said(&b, "In attesa dell&#39;apertura: 1 di 2 garanti.");
	assert_said(&b, "a1a1a1a1 (ha aperto)");
	assert_said(&b, "a0a0a0a0 (non ha aperto)");
	assert_null(strstr(buf_text(&b), "resident recreate "));
	pagecheck(&b, &italian);
	page_space(&b, &english, &x.view);
	assert_said(&b, "Waiting to be opened: 1 of 2 trustees.");
	pagecheck(&b, &english);
	x.space.header->threshold = 1;
	page_space(&b, &english, &x.view);
	assert_said(&b, "Counting");
	pagecheck(&b, &english);
	x.space.header->min_open = 41;
	page_space(&b, &english, &x.view);
	assert_said(&b, "the sealed ballots are not opened");
	pagecheck(&b, &english);
	x.view.phase = SPACE_CANCELLED;
	page_space(&b, &english, &x.view);
	assert_said(&b, "the ballots stay sealed for ever");
	pagecheck(&b, &english);
	drop(&x);
}

static void
several_issuers_are_named(void **state)
{
	struct buf b = { 0 };
	struct fixture x;

	(void)state;
	make(&x, "{\"type\":\"choice\"}", 0);
	page_space(&b, &italian, &x.view);
	assert_null(strstr(buf_text(&b), "ognuno per conto suo"));
	pagecheck(&b, &italian);
	x.header->n_issuers = 2;
	x.header->issuers[1].name = "prefettura.example";
	page_space(&b, &italian, &x.view);
	assert_said(&b, "firma di tutti i 2 uffici");
	assert_said(&b, ", prefettura.example. Nessuno");
	pagecheck(&b, &italian);
	x.header->n_issuers = 1;
	drop(&x);
}

static void
a_single_trustee_is_said_to_read_alone(void **state)
{
	struct buf b = { 0 };
	struct fixture x;
	size_t k;

	(void)state;
	make(&x, "{\"type\":\"choice\"}", 0);
	seal(&x, 1, 1);
	for (k = 0; k < 2; k++) {
		page_space(&b, pages[k], &x.view);
		assert_said(&b,
		    k == 0 ? "da solo potrebbe leggere le schede anche prima"
			   : "could read the ballots even before the close");
		pagecheck(&b, pages[k]);
	}
	drop(&x);
}

static void
a_result_says_who_opened_it_and_what_was_disputed(void **state)
{
	struct buf b = { 0 };
	struct fixture x;
	json_t *result;

	(void)state;
	make(&x, "{\"type\":\"choice\"}", 0);
	result = result_of(&x, 0);
	json_object_set_new(result, "openings", json_pack("[i,i]", 1, 3));
	json_object_set_new(result, "listed",
	    json_pack("{s:[i], s:[i,i]}", "blank", 77, "null", 21, 1022));
	json_object_set_new(result, "issued",
	    json_pack("[{s:i, s:i, s:s},{s:i, s:i, s:s}]", "count", 30,
		"issuer", 0, "purpose", "vote", "count", 28, "issuer", 1,
		"purpose", "vote"));
	page_result(&b, &italian, &x.view, result);
	assert_said(&b, "Le hanno aperte i garanti 1 e 3,");
	assert_said(&b, "<p>21, 1022</p>");
	assert_said(&b, "<p>77</p>");
	assert_said(&b, "Sono state contestate 4 schede.");
	/* Selected are the first and the third, of 5, 4, 3, ... votes. */
	assert_said(&b, "quello con meno voti ne ha 3, tra gli altri quello "
			"con più voti ne ha 4.");
	assert_said(&b, "Schede ritirate: 28. Votanti: 10. Le 18 schede");
	pagecheck(&b, &italian);
	json_object_set_new(result, "openings", json_pack("[i,i,i]", 1, 3, 4));
	page_result(&b, &english, &x.view, result);
	assert_said(&b, "Trustees 1, 3 and 4 opened them");
	pagecheck(&b, &english);
	json_decref(result);
	drop(&x);
}

/* A document that does not fit the form is not explained at all. */
static void
a_result_of_another_form_breaks_nothing(void **state)
{
	struct buf b = { 0 };
	struct fixture x;
	json_t *result;

	(void)state;
	make(&x, "{\"type\":\"choice\"}", 0);
	result = result_of(&x, 0);
	json_array_remove(json_object_get(result, "scores"), 0);
	page_result(&b, &italian, &x.view, result);
	pagecheck(&b, &italian);
	json_object_clear(result);
	page_result(&b, &italian, &x.view, result);
	pagecheck(&b, &italian);
	json_decref(result);
	drop(&x);
}

static void
the_other_pages_are_whole(void **state)
{
	struct service_bundle bundle = { 17, { { 0xab } } };
	const struct page_log log = { .vkey = "x+1+y",
		.checkpoint = "origin\n1\nroot\n",
		.bundles = &bundle,
		.n_bundles = 1 };
	struct buf b = { 0 };
	struct req q;
	size_t k, i;

	(void)state;
	memset(&q, 0, sizeof(q));
	for (k = 0; k < 2; k++) {
		page_privacy(&b, pages[k]);
		pagecheck(&b, pages[k]);
		page_verify(&b, pages[k], &log);
		assert_non_null(strstr(buf_text(&b),
		    "partecipa-audit verify https://voto.example<"));
		assert_non_null(
		    strstr(buf_text(&b), "/api/v1/objects/ab000000"));
		pagecheck(&b, pages[k]);
		q.lang = pages[k]->lang;
		for (i = 1; i < PROBLEM_MAX; i++) {
			page_problem(&b, &q, problem_row_of((enum problem)i));
			pagecheck(&b, pages[k]);
		}
	}
}

static void
links_keep_the_language_that_was_asked_for(void **state)
{
	struct buf b = { 0 };

	(void)state;
	page_privacy(&b, &english);
	assert_non_null(strstr(buf_text(&b), "href=\"/verifica?lang=en\""));
	assert_non_null(strstr(buf_text(&b), "href=\"/privacy?lang=it\""));
	assert_non_null(strstr(
	    buf_text(&b), "aria-current=\"page\" href=\"/privacy?lang=en\""));
	buf_free(&b);
	page_privacy(&b, &italian);
	assert_non_null(strstr(buf_text(&b), "href=\"/verifica\""));
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_text_is_there_in_both_languages),
		cmocka_unit_test(home_lists_spaces_in_every_phase),
		cmocka_unit_test(the_page_of_a_space_tells_all_kinds_of_rules),
		cmocka_unit_test(hostile_documents_stay_text),
		cmocka_unit_test(results_are_a_sentence_and_a_table),
		cmocka_unit_test(special_rules_are_told_before_voting),
		cmocka_unit_test(results_tell_how_many_got_many),
		cmocka_unit_test(results_say_why_in_plain_words),
		cmocka_unit_test(a_sealed_vote_says_who_opens_it_and_when),
		cmocka_unit_test(several_issuers_are_named),
		cmocka_unit_test(a_single_trustee_is_said_to_read_alone),
		cmocka_unit_test(
		    a_result_says_who_opened_it_and_what_was_disputed),
		cmocka_unit_test(a_result_of_another_form_breaks_nothing),
		cmocka_unit_test(the_other_pages_are_whole),
		cmocka_unit_test(links_keep_the_language_that_was_asked_for),
	};

	return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}
