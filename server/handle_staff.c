#include <inttypes.h>

#include "handle.h"
#include "service_issuers.h"

static const char json[] = "application/json";

enum problem
handle_staff_roll(struct service *s, const struct req *q, struct resp *p)
{
	p->status = 201;
	p->content_type = json;
	return service_roll_put(s, q->body, &p->body, &p->why);
}

enum problem
handle_staff_factors(struct service *s, const struct req *q, struct resp *p)
{
	p->status = 201;
	return service_factors_put(s, q->body, &p->why);
}

enum problem
handle_staff_keys(struct service *s, const struct req *q, struct resp *p)
{
	p->status = 201;
	p->content_type = json;
	return service_keys_make(s, q->body, &p->body, &p->why);
}

enum problem
handle_staff_change(struct service *s, const struct req *q, struct resp *p)
{
	p->status = 201;
	return service_issuers_change(s, q->authorization, q->body, &p->why);
}

enum problem
handle_staff_changes(struct service *s, const struct req *q, struct resp *p)
{
	(void)q;
	p->content_type = "application/octet-stream";
	return service_changes(s, &p->body);
}

/* u32 length | entry | u32 length | object */
enum problem
handle_staff_entry(struct service *s, const struct req *q, struct resp *p)
{
	struct cursor c = cursor_of(q->body);
	struct slice entry, object;
	enum problem no;
	uint64_t index;

	entry = cursor_take(&c, cursor_u32(&c));
	object = cursor_take(&c, cursor_u32(&c));
	if (cursor_end(&c) != OK || entry.n == 0) {
		(void)why_say(&p->why, ERR_FORMAT,
		    "the body is not u32 length, entry, u32 length, object");
		return PROBLEM_MALFORMED;
	}
	no = service_entry(s, entry, object, &index, &p->why);
	if (no != PROBLEM_NONE)
		return no;
	p->status = 201;
	p->content_type = json;
	buf_printf(&p->body, "{\"index\":%" PRIu64 "}", index);
	return PROBLEM_NONE;
}

enum problem
handle_staff_drain(struct service *s, const struct req *q, struct resp *p)
{
	p->content_type = json;
	return service_drain(s, q->params.v[0], &p->body, &p->why);
}
