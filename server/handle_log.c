#include <string.h>

#include "tile.h"

#include "handle.h"

enum problem
handle_problem(enum err e)
{
	switch (e) {
	case OK:
		return PROBLEM_NONE;
	case ERR_NOT_FOUND:
		return PROBLEM_NOT_FOUND;
	case ERR_NOMEM:
		return PROBLEM_UNAVAILABLE;
	case ERR_IO:
	case ERR_FORMAT:
	case ERR_LIMIT:
	case ERR_SIGNATURE:
	case ERR_CONFLICT:
	case ERR_FORBIDDEN:
	case ERR_STATE:
	case ERR_INTERNAL:
	default:
		return PROBLEM_INTERNAL;
	}
}

enum problem
handle_log_checkpoint(struct service *s, const struct req *q, struct resp *p)
{
	(void)q;
	return handle_problem(service_checkpoint(s, &p->body));
}

enum problem
handle_log_key(struct service *s, const struct req *q, struct resp *p)
{
	(void)q;
	return handle_problem(service_vkey(s, &p->body));
}

enum problem
handle_log_policy(struct service *s, const struct req *q, struct resp *p)
{
	(void)q;
	return handle_problem(service_policy(s, &p->body));
}

enum problem
handle_log_tile(struct service *s, const struct req *q, struct resp *p)
{
	struct tile t;

	/* What follows "/log/" is the path of tlog-tiles. */
	if (tile_parse(slice_str(q->path + strlen("/log/")), &t) != OK)
		return PROBLEM_NOT_FOUND;
	p->content_type = "application/octet-stream";
	return handle_problem(
	    store_tile(service_store(s), &t, service_size(s), &p->body));
}
