/*
 * What parses keeps the limits that others rely on; what does not says why.
 * Most inputs are no JSON, so the bytes also go into a good header: a path, a
 * zero, and the JSON text to put there.
 */
#include <string.h>

#include "sample.h"

#include "fuzz.h"

static void
check(struct slice s)
{
	struct header *h = NULL;
	struct why why = { "" };
	uint64_t end;

	if (header_parse(s, &h, &why) != OK) {
		MUST(h == NULL && why.text[0] != 0);
		return;
	}
	MUST(slug_check(h->slug) == OK);
	MUST(h->n_issuers >= 1 && h->n_issuers <= RECORD_ISSUERS_MAX);
	MUST(h->issuance.from < h->issuance.to);
	MUST(h->participation.from < h->participation.to);
	MUST(!h->separated || h->issuance.to <= h->participation.from);
	MUST(h->threshold <= h->n_trustees && h->quorum <= h->n_witnesses);
	end = header_window_end(h, h->participation.from);
	MUST(end > h->participation.from && header_is_window_end(h, end));
	MUST(header_window_end(h, h->participation.to - 1) ==
	     h->participation.to);
	header_free(h);
}

/* Put ${value} at the top-level member ${name}, or into an object there. */
static void
edited(const char *name, struct slice value)
{
	json_t *doc = sample_header(SPACE_BALLOT);
	const char *dot = strchr(name, '.');
	json_t *v =
	    json_loadb((const char *)value.p, value.n, JSON_DECODE_ANY, NULL);
	json_t *o = doc;
	char first[20];
	struct buf b = { 0 };

	if (dot != NULL && (size_t)(dot - name) < sizeof(first)) {
		memcpy(first, name, (size_t)(dot - name));
		first[dot - name] = 0;
		o = json_object_get(doc, first);
		name = dot + 1;
	}
	if (v != NULL && json_object_set_new(o, name, v) == 0 &&
	    json_canonical_put(&b, doc) == OK)
		check(buf_slice(&b));
	buf_free(&b);
	json_decref(doc);
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
