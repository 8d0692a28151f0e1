/*
 * What residents type: choices, and their second factor.  Choices that are
 * taken name each option once; a factor has one normal form.
 */
#include <string.h>

#include "sample.h"
#include "wallet.h"

#include "fuzz.h"

#define OPTIONS 5
#define FORMS 4

static struct form *
form_of(unsigned which)
{
	static const char *const ballots[FORMS] = { "{\"type\":\"choice\"}",
		"{\"max\":3,\"max_cost\":\"\",\"min\":2,\"min_cost\":\"\","
		"\"type\":\"bitmap\"}",
		"{\"max\":3,\"min\":2,\"option_max\":300,\"total_max\":500,"
		"\"total_min\":5,\"type\":\"points\"}",
		"{\"max\":3,\"min\":2,\"type\":\"ranking\"}" };
	static struct form *forms[FORMS];
	struct buf b = { 0 };
	json_t *doc;

	if (forms[which] == NULL) {
		doc = sample_form(NULL, ballots[which]);
		sample_text(doc, &b);
		MUST(
		    form_parse(buf_slice(&b), NULL, &forms[which], NULL) == OK);
		json_decref(doc);
		buf_free(&b);
	}
	return forms[which];
}

static void
check_choices(const struct form *f, const char *text)
{
	uint32_t v[OPTIONS], again[OPTIONS];
	struct choices c = { OPTIONS, v, 0 };
	struct why why = { "" };
	struct buf b = { 0 };

	if (wallet_choose(f, text, v, &c, &why) != OK) {
		MUST(why.text[0] != 0);
		return;
	}
	MUST(strspn(text, "0123456789,=") == strlen(text));
	MUST(c.n == OPTIONS && !c.blank);
	if (choices_put(f, &c, &b, NULL) == OK) {
		c.v = again;
		MUST(choices_decode(f, buf_slice(&b), &c, NULL) == OK);
		MUST(memcmp(v, again, sizeof(v)) == 0);
	}
	buf_free(&b);
}

static void
check_factor(enum factor_kind kind, struct slice typed)
{
	char text[WALLET_FACTOR_MAX + 1], again[WALLET_FACTOR_MAX + 1];
	struct why why = { "" };

	if (wallet_factor_text(kind, typed, text, &why) != OK) {
		MUST(why.text[0] != 0);
		return;
	}
	MUST(strlen(text) <= WALLET_FACTOR_MAX);
	MUST(wallet_factor_text(kind, slice_str(text), again, &why) == OK);
	MUST(strcmp(text, again) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[512];

	if (size == 0 || size >= sizeof(text))
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = 0;
	check_choices(form_of(data[0] % FORMS), text);
	check_factor(FACTOR_BIRTH_DATE, slice_of(data + 1, size - 1));
	check_factor(FACTOR_DOCUMENT, slice_of(data + 1, size - 1));
	return 0;
}
