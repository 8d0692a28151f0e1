#include <stddef.h>

#include "hex.h"
#include "witness_request.h"

#include "witness.h"

#include "handle_witness.h"

/* The standard says what is sent with 200 and 409; the rest are problems. */
static enum problem
add(struct service *s, const struct req *q, struct resp *p)
{
	enum witness_status status;
	enum problem no;

	(void)s;
	switch (status = witness_add(q->context, q->body, &p->body)) {
	case WITNESS_OK:
		return PROBLEM_NONE;
	case WITNESS_CONFLICT:
		p->status = (int)status;
		p->content_type = "text/x.tlog.size";
		return PROBLEM_NONE;
	case WITNESS_MALFORMED:
		no = PROBLEM_MALFORMED;
		break;
	case WITNESS_UNSIGNED:
		no = PROBLEM_WITNESS_SIGNATURE;
		break;
	case WITNESS_UNKNOWN:
		no = PROBLEM_NOT_FOUND;
		break;
	case WITNESS_NO_PROOF:
		no = PROBLEM_WITNESS_PROOF;
		break;
	case WITNESS_FAILED:
	default:
		no = PROBLEM_UNAVAILABLE;
		break;
	}
	(void)why_say(&p->why, OK, "%.*s", (int)p->body.n,
	    p->body.n > 0 ? (const char *)p->body.p : "");
	return no;
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
	{ "GET", "/{log}/checkpoint", checkpoint, CACHE_NEVER, HOST_ANY, 1, 0, 0, NULL },
	{ NULL, NULL, NULL, CACHE_NEVER, HOST_ANY, 0, 0, 0, NULL },
};
/* clang-format on */
