/*
 * Files of headers and forms as staff write them: what is completed to a
 * document is one that header_parse or form_parse accepts; what is refused is
 * refused with a sentence.
 */
#include <string.h>

#include "sample.h"
#include "spacefile.h"

#include "fuzz.h"

static void
check_header(const json_t *file)
{
	static json_t *keys[4];
	struct spacefile d = { .origin = "example.org/log",
		.host = "example.org",
		.roll_size = 3 };
	struct why why = { "" };
	struct header *h = NULL;
	struct buf b = { 0 };
	enum space_kind kind;

	if (spacefile_kind(file, &kind, &why) != OK) {
		MUST(why.text[0] != 0);
		return;
	}
	MUST((unsigned)kind < 4);
	if (keys[kind] == NULL)
		MUST(spacefile_trial_keys(kind, &keys[kind]) == OK);
	if (spacefile_header(file, &d, keys[kind], &b, &why) == OK) {
		MUST(header_parse(buf_slice(&b), &h, NULL) == OK);
		MUST(h->kind == kind);
		header_free(h);
	} else {
		MUST(why.text[0] != 0);
	}
	buf_free(&b);
}

static void
check_form(const json_t *file)
{
	static struct header *h;
	const struct spacefile_rule rule = { NULL, NULL, NULL };
	struct why why = { "" };
	struct form *f = NULL;
	struct buf b = { 0 };
	json_t *doc;

	if (h == NULL) {
		doc = sample_header(SPACE_BALLOT);
		sample_text(doc, &b);
		MUST(header_parse(buf_slice(&b), &h, NULL) == OK);
		json_decref(doc);
		b.n = 0;
	}
	if (spacefile_form(file, h, &rule, &b, &why) == OK) {
		MUST(form_parse(buf_slice(&b), h, &f, NULL) == OK);
		form_free(f);
	} else {
		MUST(why.text[0] != 0);
	}
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct why why = { "" };
	json_t *file = NULL;

	if (spacefile_read(slice_of(data, size), &file, &why) != OK) {
		MUST(file == NULL && why.text[0] != 0);
		return 0;
	}
	(void)spacefile_roll(file);
	check_header(file);
	check_form(file);
	json_decref(file);
	return 0;
}
