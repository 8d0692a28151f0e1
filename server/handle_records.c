#include "handle.h"

enum problem
handle_records_cast(struct service *s, const struct req *q, struct resp *p)
{
	enum problem no;
	int repeat = 0;

	no = service_cast(s, q->body, &p->body, &repeat, &p->why);
	p->status = repeat ? 200 : 201;
	return no;
}

enum problem
handle_records_dispute(struct service *s, const struct req *q, struct resp *p)
{
	p->status = 201;
	return service_dispute(s, q->body, &p->why);
}
