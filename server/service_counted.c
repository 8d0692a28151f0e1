/* The counted ballots of a closed space, in order of their keys. */
#include <stdlib.h>

#include "service_counted.h"

/* A ballot on its way into that order. */
struct ballot {
	struct public_key pk;
	uint32_t seq;
	uint64_t index;
	size_t at; /* of its body in the bytes below */
};

struct gathered {
	struct ballot *list;
	size_t n, cap;
	size_t issuers;
	size_t body; /* bytes of each */
	struct buf bodies;
};

static enum err
gather(void *cookie, uint64_t index, struct slice raw)
{
	struct gathered *g = cookie;
	size_t cap = g->cap == 0 ? 1024 : 2 * g->cap;
	struct ballot *list, *b;
	struct record rec;
	enum err r;

	if ((r = record_parse(raw, g->issuers, &rec)) != OK)
		return r;
	if (g->n == g->cap) {
		if ((list = realloc(g->list, cap * sizeof(*list))) == NULL)
			return ERR_NOMEM;
		g->list = list;
		g->cap = cap;
	}
	b = &g->list[g->n++];
	b->pk = rec.pk;
	b->seq = rec.seq;
	b->index = index;
	b->at = g->bodies.n;
	buf_put(&g->bodies, rec.body.p, rec.body.n);
	return g->bodies.n == b->at + g->body ? OK : ERR_STATE;
}

/* By key, the one that counts first. */
static int
ballot_cmp(const void *va, const void *vb)
{
	const struct ballot *a = va, *b = vb;
	int c = public_key_cmp(&a->pk, &b->pk);

	return c != 0 ? c : (a->seq < b->seq) - (a->seq > b->seq);
}

static enum err
hand_over(const struct gathered *g, service_counted_each *each, void *cookie)
{
	struct service_ballot one;
	const struct ballot *b;
	size_t i;
	enum err r;

	for (i = 0; i < g->n; i++) {
		b = &g->list[i];
		if (i > 0 && public_key_cmp(&b->pk, &b[-1].pk) == 0)
			continue;
		one.pk = b->pk;
		one.seq = b->seq;
		one.index = b->index;
		one.body = slice_of(g->bodies.p + b->at, g->body);
		if ((r = each(cookie, &one)) != OK)
			return r;
	}
	return OK;
}

enum err
service_counted(struct service *s, const struct space *sp,
    service_counted_each *each, void *cookie)
{
	struct gathered g = { 0 };
	enum err r;

	g.issuers = sp->header->n_issuers;
	g.body = sp->form->body_bytes;
	if ((r = store_counted(
		 s->store, (uint32_t)sp->no, PURPOSE_VOTE, gather, &g)) != OK ||
	    (r = buf_end(&g.bodies)) != OK)
		goto out;
	if (g.n > 1)
		qsort(g.list, g.n, sizeof(*g.list), ballot_cmp);
	r = hand_over(&g, each, cookie);

out:
	free(g.list);
	buf_free(&g.bodies);
	return r;
}
