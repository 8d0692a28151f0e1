/*
 * A text that is a document is its own canonical form, and the canonical form
 * of whatever else can be read is a document of the same content.
 */
#include "json.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = slice_of(data, size);
	json_t *any = NULL, *doc = NULL;
	struct buf b = { 0 };
	struct why why;
	int is_document;

	is_document = json_read_document(s, &doc, &why) == OK;
	if (json_read(s, &any, &why) == OK &&
	    json_canonical_put(&b, any) == OK) {
		MUST(is_document == slice_equal(buf_slice(&b), s));
		json_decref(doc);
		doc = NULL;
		MUST(b.n > DOCUMENT_MAX ||
		     json_read_document(buf_slice(&b), &doc, &why) == OK);
		MUST(doc == NULL || json_equal(any, doc));
	} else {
		MUST(!is_document);
	}
	json_decref(any);
	json_decref(doc);
	buf_free(&b);
	return 0;
}
