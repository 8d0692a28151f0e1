/*
 * A form that parses has a ballot that can be cast: the blank one decodes, and
 * its size is that of the choices.  As in fuzz_header, bytes also go into a
 * good form: the ballot (before a zero), and the first option's cost.
 */
#include <string.h>

#include "form.h"
#include "sample.h"

#include "fuzz.h"

static void
check(struct slice s)
{
	static uint32_t v[OPTIONS_MAX];
	static const uint8_t zeros[2 * OPTIONS_MAX];
	struct choices c = { 0, v, 0 };
	struct form *f = NULL;
	struct why why = { "" };

	if (form_parse(s, NULL, &f, &why) != OK) {
		MUST(f == NULL && why.text[0] != 0);
		return;
	}
	MUST(f->n_options >= 1 && f->n_options <= OPTIONS_MAX);
	MUST(f->ballot.min >= 1 && f->ballot.min <= f->ballot.max);
	MUST(f->ballot.max <= f->n_options);
	MUST(f->n_ties == 0 || f->n_ties == f->n_options);
	MUST(f->body_bytes == choices_bytes(f) + (f->sealed ? 112 : 0));
	MUST(choices_decode(f, slice_of(zeros, choices_bytes(f)), &c, &why) ==
	     OK);
	MUST(c.blank && c.n == f->n_options);
	form_free(f);
}

static void
edited(struct slice ballot, struct slice cost)
{
	json_t *doc = sample_form(NULL, "{\"type\":\"choice\"}");
	json_t *option = json_array_get(json_object_get(doc, "options"), 0);
	json_t *b, *c;
	struct buf text = { 0 };

	b = json_loadb((const char *)ballot.p, ballot.n, 0, NULL);
	c = json_stringn((const char *)cost.p, cost.n);
	if (b != NULL)
		json_object_set(doc, "ballot", b);
	if (c != NULL && cost.n > 0)
		json_object_set(option, "cost", c);
	if (json_canonical_put(&text, doc) == OK)
		check(buf_slice(&text));
	json_decref(b);
	json_decref(c);
	buf_free(&text);
	json_decref(doc);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *zero = size > 0 ? memchr(data, 0, size) : NULL;
	size_t n;

	check(slice_of(data, size));
	if (zero != NULL) {
		n = (size_t)(zero - data);
		edited(slice_of(data, n), slice_of(zero + 1, size - n - 1));
	}
	return 0;
}
