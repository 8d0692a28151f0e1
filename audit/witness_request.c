#include "base64.h"
#include "text.h"

#include "witness_request.h"

enum err
witness_request_parse(struct slice s, struct witness_request *out)
{
	struct cursor c = cursor_of(s);
	struct witness_request v = { 0 };
	struct slice line = text_line(&c), text;
	enum err r;

	if ((r = text_after(line, "old ", &text)) != OK ||
	    (r = text_u64(text, &v.old)) != OK)
		return r;
	for (;;) {
		line = text_line(&c);
		if (line.n == 0)
			break;
		if (v.proof.n == MERKLE_PROOF_MAX)
			return ERR_LIMIT;
		if ((r = base64_decode_exact(BASE64_STD, line,
			 v.proof.h[v.proof.n].b, HASH_BYTES)) != OK)
			return r;
		v.proof.n++;
	}
	if (c.bad || c.n == 0)
		return ERR_FORMAT;
	v.note = slice_of(c.p, c.n);
	*out = v;
	return OK;
}

void
witness_request_put(struct buf *b, const struct witness_request *q)
{
	size_t i;

	buf_printf(b, "old %llu\n", (unsigned long long)q->old);
	for (i = 0; i < q->proof.n; i++) {
		base64_put(b, BASE64_STD, hash_slice(&q->proof.h[i]));
		buf_str(b, "\n");
	}
	buf_str(b, "\n");
	buf_put(b, q->note.p, q->note.n);
}

enum err
witness_request_size_parse(struct slice s, uint64_t *size)
{
	struct cursor c = cursor_of(s);
	struct slice line = text_line(&c);

	return c.bad || c.n > 0 ? ERR_FORMAT : text_u64(line, size);
}
