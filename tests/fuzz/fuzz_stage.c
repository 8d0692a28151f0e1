/*
 * What a rehearsal's file says, once taken, keeps the limits that others rely
 * on; what is refused says why.  Most inputs are no JSON, so the bytes also go
 * into the usual stage: a member, a zero, and the JSON text to put there.
 */
#include <string.h>

#include "json.h"
#include "rehearse_stage.h"

#include "fuzz.h"

static int
within(const char *s, size_t max)
{
	size_t n = strlen(s);

	return n >= 1 && n <= max;
}

static void
check(struct slice text)
{
	struct rehearse_stage s = { 0 };
	struct why why = { "" };

	if (rehearse_stage_parse(text, &s, &why) != OK) {
		MUST(s.doc == NULL && why.text[0] != 0);
		return;
	}
	MUST(within(s.name, 4 * 200) && within(s.origin, 4 * 247));
	MUST(within(s.host, 4 * 255) && within(s.slug, 4 * SLUG_MAX));
	MUST(s.idle <= 1000000 && s.start >> 53 == 0);
	MUST(json_is_object(s.space) && json_is_object(s.doc));
	MUST(s.form == NULL || json_is_object(s.form));
	MUST(json_object_get(s.space, "roll") == NULL);
	MUST(json_object_get(s.space, "participation") == NULL);
	rehearse_stage_free(&s);
	MUST(s.doc == NULL);
}

/* Put ${value} at the member ${name}, or into the space: "space.slug". */
static void
edited(const char *name, struct slice value)
{
	struct rehearse_stage s = { 0 };
	struct buf text = { 0 };
	struct why why;
	json_t *o, *v;

	MUST(rehearse_stage_read(NULL, &s, &why) == OK);
	o = s.doc;
	v = json_loadb((const char *)value.p, value.n, JSON_DECODE_ANY, NULL);
	if (strncmp(name, "space.", 6) == 0) {
		o = json_object_get(s.doc, "space");
		name += 6;
	}
	if (v != NULL && json_object_set_new(o, name, v) == 0 &&
	    json_canonical_put(&text, s.doc) == OK)
		check(buf_slice(&text));
	buf_free(&text);
	rehearse_stage_free(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *zero = size > 0 ? memchr(data, 0, size) : NULL;

	check(slice_of(data, size));
	if (zero != NULL)
		edited((const char *)data,
		    slice_of(zero + 1, size - (size_t)(zero + 1 - data)));
	return 0;
}
