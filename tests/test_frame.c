#include <stdio.h>
#include <string.h>

#include "page.h"
#include "site.h"

#include "pagecheck.h"
#include "sample.h"
#include "vec.h"

/* What stands around pages, and the pages that tell of no one vote. */

static struct page
page_of(enum lang lang, int known)
{
	struct page p = { .lang = lang,
		.lang_asked = lang == LANG_EN,
		.path = "/privacy",
		.town = "Comune di Prova",
		.host = "voto.example" };

	p.site = known ? pagecheck_site() : NULL;
	return p;
}

struct fixture {
	json_t *header_doc, *form_doc;
	struct space space;
	struct page_space view;
};

static void
make(struct fixture *x, enum space_kind kind, const char *title)
{
	struct buf b = { 0 };
	struct why why = { { 0 } };
	struct header *h = NULL;
	struct form *f = NULL;
	json_t *texts;

	memset(x, 0, sizeof(*x));
	x->header_doc = sample_header(kind);
	if (title != NULL) {
		texts = json_object_get(x->header_doc, "titles");
		json_object_set_new(texts, "it", json_string(title));
		json_object_set_new(texts, "en", json_string(title));
	}
	sample_text(x->header_doc, &b);
	if (header_parse(buf_slice(&b), &h, &why) != OK)
		fail_msg("%s", why.text);
	buf_free(&b);
	x->space.header = h;
	x->view.space = &x->space;
	if (kind != SPACE_BALLOT)
		return;
	x->form_doc = sample_form(h, "{\"type\":\"choice\"}");
	sample_text(x->form_doc, &b);
	if (form_parse(buf_slice(&b), h, &f, &why) != OK)
		fail_msg("%s", why.text);
	buf_free(&b);
	x->space.form = f;
}

static void
drop(struct fixture *x)
{
	form_free(x->space.form);
	header_free(x->space.header);
	json_decref(x->form_doc);
	json_decref(x->header_doc);
}

static void
said(struct buf *b, const char *what)
{
	if (strstr(buf_text(b), what) == NULL)
		fail_msg("not said: %s\n%s", what, buf_text(b));
}

static void
unsaid(struct buf *b, const char *what)
{
	if (strstr(buf_text(b), what) != NULL)
		fail_msg("said: %s\n%s", what, buf_text(b));
}

static void
no_text_is_left_untranslated(void **state)
{
	/* The same in both languages. */
	static const enum text same[] = { TEXT_SITE, TEXT_URP_EMAIL };
	size_t i;
	int key;

	(void)state;
	for (key = 0; key < TEXT_MAX; key++) {
		if (strcmp(text_of((enum text)key, LANG_IT),
			text_of((enum text)key, LANG_EN)) != 0)
			continue;
		for (i = 0; i < sizeof(same) / sizeof(same[0]); i++)
			if ((int)same[i] == key)
				break;
		if (i == sizeof(same) / sizeof(same[0]))
			fail_msg("untranslated: %s",
			    text_of((enum text)key, LANG_IT));
	}
}

static void
what_the_municipality_says_of_itself_is_on_every_page(void **state)
{
	static const char *const links[] = {
		"data-element=\"accessibility-link\"",
		"https://form.agid.gov.it/view/abc/",
		"href=\"mailto:urp%40comune.example\"",
		"/privacy\" data-element=\"privacy-policy-link\"",
		"https://codice.example/partecipa",
		"https://comune.example/trasparente",
		"href=\"https://comune.example/\"", "tel:+390961123456",
		"Piazza 1"
	};
	struct buf b = { 0 };
	struct page p;
	size_t i;

	(void)state;
	p = page_of(LANG_IT, 1);
	page_privacy(&b, &p);
	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		said(&b, links[i]);
	said(&b, "Motto nostro");
	said(&b, "tutti i giorni");
	pagecheck(&b, &p);
	p = page_of(LANG_EN, 1);
	page_privacy(&b, &p);
	said(&b, "Our words");
	said(&b, "every day");
	pagecheck(&b, &p);
}

static void
what_nobody_said_is_not_made_up(void **state)
{
	struct buf b = { 0 };
	struct page p;

	(void)state;
	p = page_of(LANG_IT, 0);
	page_legal(&b, &p);
	unsaid(&b, "form.agid.gov.it");
	unsaid(&b, "tel:");
	unsaid(&b, "mailto:");
	said(&b, "non l&#39;ha ancora pubblicata");
	said(&b, "non è ancora indicato");
	pagecheck(&b, &p);
}

static void
pages_about_the_service_are_whole(void **state)
{
	struct buf b = { 0 };
	struct page p;
	size_t k;

	(void)state;
	for (k = 0; k < 4; k++) {
		p = page_of(k % 2 ? LANG_EN : LANG_IT, k / 2 != 0);
		page_how(&b, &p);
		assert_int_equal(pagecheck_count(buf_text(&b), "/how-"), 6);
		assert_int_equal(pagecheck_count(buf_text(&b), "alt=\"\""), 1);
		pagecheck(&b, &p);
		page_legal(&b, &p);
		said(&b, "CC-BY 4.0");
		pagecheck(&b, &p);
		page_privacy(&b, &p);
		pagecheck(&b, &p);
		page_home(&b, &p, NULL, 0);
		pagecheck(&b, &p);
	}
}

static void
the_home_page_says_what_to_do_in_each_phase(void **state)
{
	static const struct {
		enum space_phase phase;
		const char *first;
	} cases[] = {
		{ SPACE_ANNOUNCED, "btn-outline-primary\" href=\"/spazi/" },
		{ SPACE_ISSUANCE, "btn-primary\" href=\"/ritira\"" },
		{ SPACE_WAITING, "btn-outline-primary\" href=\"/spazi/" },
		{ SPACE_OPEN, "/vota\"" },
		{ SPACE_CLOSING, "/controlla\"" },
		{ SPACE_CLOSED, "/controlla\"" },
		{ SPACE_RESULT, "/risultati\"" },
		{ SPACE_CANCELLED, "btn-outline-primary\" href=\"/spazi/" },
	};
	struct page p = page_of(LANG_IT, 1);
	struct buf b = { 0 };
	struct fixture x;
	size_t i;

	(void)state;
	make(&x, SPACE_BALLOT, NULL);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		x.view.phase = cases[i].phase;
		page_home(&b, &p, &x.view, 1);
		said(&b, cases[i].first);
		pagecheck(&b, &p);
	}
	/* Where both windows overlap, one still has to collect. */
	x.view.phase = SPACE_OPEN;
	x.space.header->separated = 0;
	page_home(&b, &p, &x.view, 1);
	said(&b, "/vota\"");
	said(&b, "btn-outline-primary\" href=\"/ritira\"");
	pagecheck(&b, &p);
	drop(&x);
	/* What cannot be done here yet is not offered. */
	make(&x, SPACE_IDEAS, NULL);
	x.view.phase = SPACE_OPEN;
	page_home(&b, &p, &x.view, 1);
	unsaid(&b, "/vota\"");
	pagecheck(&b, &p);
	drop(&x);
}

static void
a_page_of_a_script_is_whole_without_it(void **state)
{
	static const struct {
		const char *name;
		enum page_app app;
		int of_space;
	} cases[] = {
		{ "collect", PAGE_APP_COLLECT, 0 },
		{ "papers", PAGE_APP_PAPERS, 0 },
		{ "booth", PAGE_APP_BOOTH, 1 },
		{ "check", PAGE_APP_CHECK, 0 },
		{ "check", PAGE_APP_CHECK, 1 },
		{ "kiosk", PAGE_APP_KIOSK, 0 },
	};
	char place[80];
	struct buf b = { 0 };
	struct fixture x;
	struct page p;
	size_t i, k;

	(void)state;
	make(&x, SPACE_BALLOT, NULL);
	x.view.phase = SPACE_OPEN;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (k = 0; k < 4; k++) {
			p = page_of(k % 2 ? LANG_EN : LANG_IT, k / 2 != 0);
			page_app(&b, &p, cases[i].app,
			    cases[i].of_space ? &x.view : NULL);
			snprintf(place, sizeof(place),
			    "<div id=\"app\" data-page=\"%s\" data-slug=\"%s\"",
			    cases[i].name,
			    cases[i].of_space ? x.space.header->slug : "");
			said(&b, place);
			said(&b,
			    k % 2 ? "data-lang=\"en\"" : "data-lang=\"it\"");
			said(&b, k / 2 != 0 ? "data-urp=\"+39\xc2\xa0"
					      "0961\xc2\xa0"
					      "123456\""
					    : "data-urp=\"\"");
			said(&b, "<noscript>");
			pagecheck(&b, &p);
		}
	}
	drop(&x);
}

static void
the_booth_tells_date_and_rule_before_any_script(void **state)
{
	static const struct {
		enum space_phase phase;
		const char *said;
	} cases[] = {
		{ SPACE_WAITING, "Si vota da " },
		{ SPACE_OPEN, "Si vota fino a " },
		{ SPACE_CLOSED, "Il voto si è chiuso " },
		{ SPACE_CANCELLED, "annullata: non si vota" },
	};
	struct page p = page_of(LANG_IT, 1);
	struct buf b = { 0 };
	struct fixture x;
	size_t i;

	(void)state;
	make(&x, SPACE_BALLOT, NULL);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		x.view.phase = cases[i].phase;
		page_app(&b, &p, PAGE_APP_BOOTH, &x.view);
		said(&b, cases[i].said);
		said(&b, "Ogni persona sceglie un solo progetto.");
		/* One thing to do: no menu around it. */
		unsaid(&b, "it-header-navbar-wrapper");
		said(&b, "breadcrumb-container");
		pagecheck(&b, &p);
	}
	/* The ballot paper is still to come. */
	form_free(x.space.form);
	x.space.form = NULL;
	page_app(&b, &p, PAGE_APP_BOOTH, &x.view);
	pagecheck(&b, &p);
	drop(&x);
}

static void
a_kiosk_has_no_way_out(void **state)
{
	struct page p = page_of(LANG_IT, 1);
	struct buf b = { 0 };

	(void)state;
	page_app(&b, &p, PAGE_APP_KIOSK, NULL);
	unsaid(&b, "<nav");
	unsaid(&b, "https://");
	unsaid(&b, "mailto:");
	unsaid(&b, "href=\"/\"");
	said(&b, "<body class=\"kiosk\">");
	said(&b, "telefona al +39\xc2\xa0"
		 "0961\xc2\xa0"
		 "123456");
	pagecheck(&b, &p);
}

static void
errors_say_what_to_do_and_whom_to_call(void **state)
{
	struct req q;
	struct buf b = { 0 };
	struct page p;
	size_t i, k;

	(void)state;
	for (k = 0; k < 4; k++) {
		p = page_of(k % 2 ? LANG_EN : LANG_IT, k / 2 != 0);
		memset(&q, 0, sizeof(q));
		q.lang = p.lang;
		q.site = p.site;
		for (i = 1; i < PROBLEM_MAX; i++) {
			page_problem(&b, &q, problem_row_of((enum problem)i));
			said(&b, p.lang == LANG_IT ? "Che cosa puoi fare"
						   : "What you can do");
			if (p.site != NULL)
				said(&b, p.lang == LANG_IT
					     ? "telefona all&#39;ufficio: "
					       "+39\xc2\xa0"
					     : "call the office: +39\xc2\xa0");
			pagecheck(&b, &p);
		}
	}
}

/* Markup, marks that turn the writing around, emoji, and more than fits. */
static void
words_of_others_stay_in_their_place(void **state)
{
	static const char spoilt[] =
	    "</bdi></h1><script>x</script>\" onload=\"y "
	    "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xe2\x80\x8f"
	    "\xf0\x9f\x8f\xb3\xef\xb8\x8f\xe2\x80\x8d\xf0\x9f\x8c\x88";
	static char endless[10001];
	const char *const titles[] = { spoilt, endless };
	struct buf b = { 0 };
	struct fixture x;
	struct page p;
	size_t i, k;
	int phase;

	(void)state;
	memset(endless, 'W', sizeof(endless) - 1);
	for (i = 0; i < 2; i++) {
		make(&x, SPACE_BALLOT, i == 0 ? titles[0] : NULL);
		for (k = 0; k < 2; k++) {
			p = page_of(k == 0 ? LANG_IT : LANG_EN, 1);
			p.town = titles[i];
			for (phase = 0; phase <= SPACE_CANCELLED; phase++) {
				x.view.phase = (enum space_phase)phase;
				page_home(&b, &p, &x.view, 1);
				pagecheck(&b, &p);
				page_app(&b, &p, PAGE_APP_BOOTH, &x.view);
				unsaid(&b, "<script>x");
				pagecheck(&b, &p);
			}
			page_begin_under(&b, &p, titles[i],
			    &(struct page_parent){ "/privacy", titles[i] });
			page_end(&b, &p);
			unsaid(&b, "<script>x");
			/* Town, way and name on it, heading, help desk. */
			assert_int_equal(
			    pagecheck_count(buf_text(&b), "<bdi>"), 6);
			pagecheck(&b, &p);
		}
		drop(&x);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_text_is_left_untranslated),
		cmocka_unit_test(
		    what_the_municipality_says_of_itself_is_on_every_page),
		cmocka_unit_test(what_nobody_said_is_not_made_up),
		cmocka_unit_test(pages_about_the_service_are_whole),
		cmocka_unit_test(the_home_page_says_what_to_do_in_each_phase),
		cmocka_unit_test(a_page_of_a_script_is_whole_without_it),
		cmocka_unit_test(
		    the_booth_tells_date_and_rule_before_any_script),
		cmocka_unit_test(a_kiosk_has_no_way_out),
		cmocka_unit_test(errors_say_what_to_do_and_whom_to_call),
		cmocka_unit_test(words_of_others_stay_in_their_place),
	};

	return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
