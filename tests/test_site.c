#include <string.h>

#include "site.h"

#include "vec.h"

static enum err
parse(const char *text, struct site **out, struct why *why)
{
	memset(why, 0, sizeof(*why));
	return site_parse(slice_of(text, strlen(text)), out, why);
}

static void
a_site_of_which_nothing_is_known_is_one(void **state)
{
	struct site *site = NULL;
	struct why why;

	(void)state;
	assert_int_equal(parse("{}", &site, &why), OK);
	assert_string_equal(site->urp_phone, "");
	assert_string_equal(site->accessibility_url, "");
	assert_null(site->tagline);
	assert_null(site->town);
	assert_int_equal(site_town(site, "Comune di Prova", 1), OK);
	assert_int_equal(site_town(site, "Comune di Prova", 0), OK);
	assert_string_equal(site->town, "Comune di Prova");
	assert_int_equal(site->rehearsal, 0);
	site_free(site);
	site_free(NULL);
}

static void
all_that_a_site_can_say_is_read(void **state)
{
	struct site *site = NULL;
	struct why why;

	(void)state;
	if (parse("{\"accessibility_url\": "
		  "\"https://form.agid.gov.it/view/5f0/\","
		  "\"feedback\": \"https://comune.example/segnala\","
		  "\"privacy_url\": \"https://comune.example/privacy?a=b#c\","
		  "\"source_url\": \"https://codice.example/p\","
		  "\"town_url\": \"https://comune.example\","
		  "\"transparency_url\": \"https://trasparenza.example/x\","
		  "\"tagline\": {\"it\": \"Decidiamo insieme\"},"
		  "\"urp\": {\"name\": \"URP\", \"phone\": \"+39 (0961) "
		  "12.34-56\", \"email\": \"urp@comune.example\", \"hours\": "
		  "{\"it\": \"lun-ven 9-13\", \"en\": \"Mon-Fri 9-13\"}, "
		  "\"address\": \"Piazza Italia 1\"}}",
		&site, &why) != OK)
		fail_msg("%s", why.text);
	assert_string_equal(
	    site->accessibility_url, "https://form.agid.gov.it/view/5f0/");
	assert_string_equal(site->feedback, "https://comune.example/segnala");
	assert_string_equal(
	    site->privacy_url, "https://comune.example/privacy?a=b#c");
	assert_string_equal(site->source_url, "https://codice.example/p");
	assert_string_equal(site->town_url, "https://comune.example");
	assert_string_equal(
	    site->transparency_url, "https://trasparenza.example/x");
	assert_string_equal(site->urp_name, "URP");
	assert_string_equal(site->urp_phone, "+39\xc2\xa0(0961)\xc2\xa0"
					     "12.34-56");
	assert_string_equal(site->urp_email, "urp@comune.example");
	assert_string_equal(site->urp_address, "Piazza Italia 1");
	assert_int_equal(json_object_size(site->urp_hours), 2);
	assert_int_equal(json_object_size(site->tagline), 1);
	site_free(site);
}

static void
what_no_page_could_use_is_refused_by_name(void **state)
{
	static const struct {
		const char *text;
		const char *said;
	} cases[] = {
		{ "", "" },
		{ "[]", "it must be an object" },
		{ "{\"telefono\":\"1\"}", "telefono is not a member" },
		{ "{\"urp\":{\"fax\":\"1\"}}", "urp.fax is not a member" },
		{ "{\"urp\":[]}", "urp" },
		{ "{\"urp\":{\"phone\":7}}", "urp.phone" },
		{ "{\"urp\":{\"phone\":\"\"}}", "urp.phone" },
		{ "{\"urp\":{\"phone\":\"chiedi\"}}", "one telephone number" },
		{ "{\"urp\":{\"phone\":\"12\"}}", "one telephone number" },
		{ "{\"urp\":{\"phone\":\"1+23\"}}", "one telephone number" },
		{ "{\"urp\":{\"phone\":\"123\\\"><b\"}}",
		    "one telephone number" },
		{ "{\"urp\":{\"phone\":\"1234567890 12345678901\"}}",
		    "one telephone number" },
		{ "{\"urp\":{\"name\":\"a\\u0007\"}}", "urp.name" },
		{ "{\"urp\":{\"hours\":\"9-13\"}}", "urp.hours" },
		{ "{\"urp\":{\"hours\":{\"en\":\"9-13\"}}}", "urp.hours.it" },
		{ "{\"urp\":{\"email\":\"urp\"}}", "urp.email must be" },
		{ "{\"urp\":{\"email\":\"a@b\"}}", "urp.email must be" },
		{ "{\"urp\":{\"email\":\"a@b.it,c@d.it\"}}",
		    "urp.email must be" },
		{ "{\"urp\":{\"email\":\"@b.it\"}}", "urp.email must be" },
		{ "{\"urp\":{\"email\":\"a b@c.it\"}}", "urp.email must be" },
		{ "{\"accessibility_url\":\"https://comune.example/acc\"}",
		    "https://form.agid.gov.it/view/" },
		{ "{\"accessibility_url\":\"https://form.agid.gov.it/view/\"}",
		    "https://form.agid.gov.it/view/" },
		{ "{\"privacy_url\":\"http://comune.example\"}",
		    "privacy_url must be" },
		{ "{\"privacy_url\":\"javascript:alert(1)\"}",
		    "privacy_url must be" },
		{ "{\"privacy_url\":\"https://\"}", "privacy_url must be" },
		{ "{\"privacy_url\":\"https:///x\"}", "privacy_url must be" },
		{ "{\"privacy_url\":\"https://a b\"}", "privacy_url must be" },
		{ "{\"privacy_url\":\"https://a\\\"b\"}",
		    "privacy_url must be" },
		{ "{\"town_url\":\"ftp://x\"}", "town_url must be" },
		{ "{\"source_url\":\"x\"}", "source_url must be" },
		{ "{\"transparency_url\":\"x\"}", "transparency_url must be" },
		{ "{\"feedback\":\"urp@comune.example\"}", "mailto:" },
		{ "{\"feedback\":\"mailto:urp\"}", "mailto:" },
		{ "{\"feedback\":\"mailto:a@b.it?subject=x\"}", "" },
		{ "{\"tagline\":\"x\"}", "tagline" },
		{ "{\"tagline\":{\"en\":\"x\"}}", "tagline.it is missing" },
		{ "{} {}", "" },
		{ "{\"urp\":{},\"urp\":{}}", "" },
	};
	struct site *site = NULL;
	struct why why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (parse(cases[i].text, &site, &why) == OK)
			fail_msg("taken: %s", cases[i].text);
		assert_null(site);
		if (why.text[0] == '\0' ||
		    strstr(why.text, cases[i].said) == NULL)
			fail_msg("%s: %s", cases[i].text, why.text);
	}
}

static void
a_telephone_is_called_as_it_is_written(void **state)
{
	char out[SITE_PHONE_CHARS];

	(void)state;
	site_phone_link("+39 (0961) 12.34-56", out);
	assert_string_equal(out, "+390961123456");
	site_phone_link("0961/123456", out);
	assert_string_equal(out, "0961123456");
	site_phone_link("", out);
	assert_string_equal(out, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_site_of_which_nothing_is_known_is_one),
		cmocka_unit_test(all_that_a_site_can_say_is_read),
		cmocka_unit_test(what_no_page_could_use_is_refused_by_name),
		cmocka_unit_test(a_telephone_is_called_as_it_is_written),
	};

	return cmocka_run_group_tests_name("site", tests, NULL, NULL);
}
