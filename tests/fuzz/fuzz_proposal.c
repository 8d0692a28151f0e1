/*
 * A proposal that parses can be described and written, and reads back as the
 * same entry.
 */
#include <stdio.h>

#include "proposal.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct proposal *p = NULL, *q = NULL;
	struct buf a = { 0 }, b = { 0 };
	FILE *f;

	if (proposal_parse(slice_of(data, size), &p, NULL) != OK)
		return 0;
	MUST((f = fopen("/dev/null", "w")) != NULL);
	(void)!proposal_describe(p, f);
	(void)fclose(f);
	if (proposal_put(p, &a) == OK) {
		MUST(proposal_parse(buf_slice(&a), &q, NULL) == OK);
		MUST(slice_equal(p->entry.payload, q->entry.payload));
		MUST(p->entry.n_signers == q->entry.n_signers);
		MUST(proposal_put(q, &b) == OK);
		MUST(slice_equal(buf_slice(&a), buf_slice(&b)));
	}
	proposal_free(p);
	proposal_free(q);
	buf_free(&a);
	buf_free(&b);
	return 0;
}
