/* The routes of an issuer that is not the log's server (PROTOCOL 10.2). */
#include "roll.h"
#include "text.h"

#include "handle.h"
#include "issuer.h"

enum problem
handle_issuer_check(struct service *s, const struct req *q, struct resp *p)
{
	int repeat;

	p->status = 204;
	return issuer_change(s, q->authorization, q->body, 0, &repeat, &p->why);
}

enum problem
handle_issuer_change(struct service *s, const struct req *q, struct resp *p)
{
	enum problem no;
	int repeat = 0;

	no = issuer_change(s, q->authorization, q->body, 1, &repeat, &p->why);
	p->status = repeat ? 200 : 201;
	return no;
}

enum problem
handle_issuer_space(struct service *s, const struct req *q, struct resp *p)
{
	p->content_type = "application/json";
	return issuer_space(s, q->params.v[0], &p->body);
}

enum problem
handle_issuer_ledger(struct service *s, const struct req *q, struct resp *p)
{
	enum purpose purpose;
	uint64_t issuer;

	if (text_u64(slice_str(q->params.v[1]), &issuer) != OK ||
	    purpose_parse(slice_str(q->params.v[2]), &purpose) != OK)
		return PROBLEM_NOT_FOUND;
	p->content_type = "application/octet-stream";
	return issuer_ledger(s, q->params.v[0], issuer, purpose, &p->body);
}
