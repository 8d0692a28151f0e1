/*
 * Choices that decode encode to the same bytes; any others are refused with a
 * reason.  The first byte says which of five forms.
 */
#include <string.h>

#include "form.h"
#include "sample.h"

#include "fuzz.h"

#define OPTIONS 5
#define FORMS 5

static struct form *forms[FORMS];

static void
make_forms(void)
{
	static const char *const ballots[FORMS] = { "{\"type\":\"choice\"}",
		"{\"max\":3,\"max_cost\":\"\",\"min\":2,\"min_cost\":\"\","
		"\"type\":\"bitmap\"}",
		"{\"max\":5,\"max_cost\":\"600.5\",\"min\":1,"
		"\"min_cost\":\"200\",\"type\":\"bitmap\"}",
		"{\"max\":3,\"min\":2,\"option_max\":300,\"total_max\":500,"
		"\"total_min\":5,\"type\":\"points\"}",
		"{\"max\":3,\"min\":2,\"type\":\"ranking\"}" };
	size_t i;

	for (i = 0; i < FORMS; i++) {
		json_t *doc = sample_form(NULL, ballots[i]);
		struct buf b = { 0 };

		sample_text(doc, &b);
		MUST(form_parse(buf_slice(&b), NULL, &forms[i], NULL) == OK);
		buf_free(&b);
		json_decref(doc);
	}
}

/* The bytes as numbers: what is encoded decodes to the same. */
static void
encode(const struct form *f, struct slice s)
{
	uint32_t v[OPTIONS] = { 0 }, again[OPTIONS];
	struct choices c = { OPTIONS, v, 0 };
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < OPTIONS && i < s.n; i++)
		v[i] = s.p[i];
	if (choices_put(f, &c, &b, NULL) == OK) {
		c.v = again;
		MUST(choices_decode(f, buf_slice(&b), &c, NULL) == OK);
		MUST(memcmp(v, again, sizeof(v)) == 0);
	}
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t v[OPTIONS];
	struct choices c = { 0, v, 0 };
	struct why why = { "" };
	struct buf b = { 0 };
	const struct form *f;
	struct slice s;

	if (forms[0] == NULL)
		make_forms();
	if (size == 0)
		return 0;
	f = forms[data[0] % FORMS];
	s = slice_of(data + 1, size - 1);
	if (choices_decode(f, s, &c, &why) == OK) {
		MUST(choices_put(f, &c, &b, &why) == OK);
		MUST(slice_equal(buf_slice(&b), s));
		buf_free(&b);
	} else {
		MUST(why.text[0] != 0);
	}
	encode(f, s);
	return 0;
}
