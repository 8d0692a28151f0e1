#include <inttypes.h>

#include "text.h"

#include "handle.h"

static const char json[] = "application/json";

enum problem
handle_ceremony_read(struct service *s, const struct req *q, struct resp *p)
{
	p->content_type = json;
	return service_ceremony(s, q->params.v[0], &p->body);
}

enum problem
handle_ceremony_post(struct service *s, const struct req *q, struct resp *p)
{
	enum problem no;
	int repeat = 0;

	no = service_ceremony_post(
	    s, q->params.v[0], q->params.v[1], q->body, &repeat, &p->why);
	p->status = repeat ? 200 : 201;
	return no;
}

enum problem
handle_ceremony_transcript(
    struct service *s, const struct req *q, struct resp *p)
{
	p->content_type = json;
	return service_transcript(s, q->params.v[0], &p->body);
}

/* u32 length | form | u32 length | transcript */
enum problem
handle_ceremony_draft(struct service *s, const struct req *q, struct resp *p)
{
	struct cursor c = cursor_of(q->body);
	struct slice form, transcript;

	form = cursor_take(&c, cursor_u32(&c));
	transcript = cursor_take(&c, cursor_u32(&c));
	if (cursor_end(&c) != OK || form.n == 0 || transcript.n == 0) {
		(void)why_say(&p->why, ERR_FORMAT,
		    "the body is not u32 length, form, u32 length, transcript");
		return PROBLEM_MALFORMED;
	}
	p->status = 201;
	p->content_type = json;
	return service_draft(
	    s, q->params.v[0], form, transcript, &p->body, &p->why);
}

enum problem
handle_ceremony_opening(struct service *s, const struct req *q, struct resp *p)
{
	uint64_t trustee;

	if (text_u64(slice_str(q->params.v[1]), &trustee) != OK)
		return PROBLEM_NOT_FOUND;
	p->content_type = "application/octet-stream";
	return service_opening(s, q->params.v[0], trustee, &p->body);
}

enum problem
handle_ceremony_open(struct service *s, const struct req *q, struct resp *p)
{
	uint64_t trustee, index;
	enum problem no;
	int repeat = 0;

	if (text_u64(slice_str(q->params.v[1]), &trustee) != OK)
		return PROBLEM_NOT_FOUND;
	no = service_opening_post(
	    s, q->params.v[0], trustee, q->body, &index, &repeat, &p->why);
	if (no != PROBLEM_NONE)
		return no;
	p->status = repeat ? 200 : 201;
	p->content_type = json;
	buf_printf(&p->body, "{\"index\":%" PRIu64 "}", index);
	return PROBLEM_NONE;
}
