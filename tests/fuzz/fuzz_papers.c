/* Papers that parse are written so that they read back alike. */
#include <string.h>

#include "papers.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct papers *p = NULL, *q = NULL;
	struct buf a = { 0 }, b = { 0 };

	if (papers_parse(slice_of(data, size), &p, NULL) != OK)
		return 0;
	MUST(papers_put(p, &a) == OK);
	MUST(papers_parse(buf_slice(&a), &q, NULL) == OK);
	MUST(q->n == p->n);
	MUST(memcmp(p->secret.b, q->secret.b, sizeof(p->secret.b)) == 0);
	MUST(papers_put(q, &b) == OK);
	MUST(slice_equal(buf_slice(&a), buf_slice(&b)));
	papers_free(p);
	papers_free(q);
	buf_free(&a);
	buf_free(&b);
	return 0;
}
