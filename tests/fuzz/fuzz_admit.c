/*
 * Nobody has the private keys of the sample header: whatever the bytes, no
 * first record is admitted, and the refusal names a rule of records and says
 * why.  The first byte chooses the kind of the space.
 */
#include <string.h>

#include "admit.h"
#include "sample.h"

#include "fuzz.h"

/* Spaces of all kinds, made once. */
static struct space *
space_of(unsigned which)
{
	static struct space spaces[3];
	struct space *s = &spaces[which];
	struct buf b = { 0 };
	json_t *doc;

	if (s->header != NULL)
		return s;
	doc = sample_header((enum space_kind)(SPACE_BALLOT + which));
	sample_text(doc, &b);
	json_decref(doc);
	MUST(header_parse(buf_slice(&b), &s->header, NULL) == OK);
	b.n = 0;
	doc = sample_form(s->header,
	    "{\"type\": \"points\", \"min\": 1, \"max\": 3, "
	    "\"option_max\": 9, \"total_min\": 1, \"total_max\": 20}");
	sample_text(doc, &b);
	json_decref(doc);
	MUST(form_parse(buf_slice(&b), s->header, &s->form, NULL) == OK);
	buf_free(&b);
	return s;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record rec;
	struct verdict v;
	struct space *s;
	uint8_t *raw;
	enum err r;
	size_t k;

	if (size < 1)
		return 0;
	s = space_of(data[0] % 3);
	MUST((raw = malloc(size)) != NULL);
	memcpy(raw, data + 1, size - 1);
	/* Twice: as it is, and with the ids that the space has. */
	for (k = 0; k < 2; k++) {
		rec.raw.p = NULL;
		memset(&v, 0, sizeof(v));
		r = admit_check(s, slice_of(raw, size - 1), &rec, &v);
		MUST(r != OK || rec.seq > 0);
		MUST(r == OK || (v.rule >= RULE_RECORD_FORMAT &&
				    v.rule <= RULE_RECORD_SEQUENCE));
		MUST(r == OK || v.why.text[0] != 0);
		MUST(r == OK || rec.raw.p != NULL ||
		     v.rule == RULE_RECORD_FORMAT);
		if (size - 1 >= RECORD_FIXED) {
			memcpy(raw + 2, s->header->id.b, HASH_BYTES);
			memcpy(raw + 34, s->form->id.b, HASH_BYTES);
		}
	}
	free(raw);
	return 0;
}
