#include "handle.h"
#include "static.h"

static enum problem
file_send(const struct static_file *f, const struct req *q, struct resp *p)
{
	enum static_coding coding;

	if (f == NULL)
		return PROBLEM_NOT_FOUND;
	coding = static_negotiate(f, q->accept_encoding);
	p->lent = f->parts[coding].bytes;
	p->etag = f->parts[coding].etag;
	p->content_type = f->type;
	p->negotiated = f->parts[STATIC_BR].bytes.p != NULL ||
			f->parts[STATIC_GZIP].bytes.p != NULL;
	if (coding != STATIC_IDENTITY)
		p->encoding = static_coding_name(coding);
	return PROBLEM_NONE;
}

enum problem
handle_static_file(struct service *s, const struct req *q, struct resp *p)
{
	(void)s;
	return file_send(static_find(q->params.v[0]), q, p);
}

/* At the root, so that it may serve every page; its name stays. */
enum problem
handle_static_worker(struct service *s, const struct req *q, struct resp *p)
{
	(void)s;
	return file_send(static_logical("sw.js"), q, p);
}
