#include <stddef.h>

#include "hex.h"
#include "witness_request.h"

#include "witness.h"

#include "handle_witness.h"

static enum problem
add(struct service *s, const struct req *q, struct resp *p)
{
	(void)s;
	p->status = (int)witness_add(q->context, q->body, &p->body);
	if (p->status == WITNESS_CONFLICT)
		p->content_type = "text/x.tlog.size";
	return PROBLEM_NONE;
}

static enum problem
checkpoint(struct service *s, const struct req *q, struct resp *p)
{
	struct hash id;

	(void)s;
	if (hex_decode(slice_str(q->params.v[0]), id.b, HASH_BYTES) != OK ||
	    witness_checkpoint(q->context, &id, &p->body) != OK)
		return PROBLEM_NOT_FOUND;
	return PROBLEM_NONE;
}

/* clang-format off */
const struct route handle_witness_routes[] = {
	{ "POST", "/add-checkpoint", add, CACHE_NEVER, HOST_ANY, 1, 0, WITNESS_REQUEST_MAX, NULL },
	{ "GET", "/{hash}/checkpoint", checkpoint, CACHE_NEVER, HOST_ANY, 1, 0, 0, NULL },
	{ NULL, NULL, NULL, CACHE_NEVER, HOST_ANY, 0, 0, 0, NULL },
};
/* clang-format on */
