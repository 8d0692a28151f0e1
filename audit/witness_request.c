#include "checkpoint.h"
#include "text.h"

#include "witness_request.h"

enum err
witness_request_parse(struct slice s, struct witness_request *out)
{
	struct cursor c = cursor_of(s);
	struct witness_request v = { 0 };
	struct slice text;
	enum err r;

	if ((r = text_after(text_line(&c), "old ", &text)) != OK ||
	    (r = text_u64(text, &v.old)) != OK ||
	    (r = tlog_path_parse(&c, &v.proof)) != OK)
		return r;
	if (c.n == 0)
		return ERR_FORMAT;
	v.note = slice_of(c.p, c.n);
	*out = v;
	return OK;
}

void
witness_request_put(struct buf *b, const struct witness_request *q)
{
	buf_printf(b, "old %llu\n", (unsigned long long)q->old);
	tlog_path_put(b, &q->proof);
	buf_put(b, q->note.p, q->note.n);
}

enum err
witness_request_size_parse(struct slice s, uint64_t *size)
{
	struct cursor c = cursor_of(s);
	struct slice line = text_line(&c);

	return c.bad || c.n > 0 ? ERR_FORMAT : text_u64(line, size);
}
