/* The log and its numbers, for whoever checks. */
#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"
#include "policy.h"

#include "handle_pages.h"
#include "page_verify.h"
#include "service_methods.h"

/* All that the page shows, and what it is made of. */
struct look {
	struct buf vkey, checkpoint, policy_text;
	struct policy *policy;
	struct note *note;
	struct page_witness *witnesses; /* names are the note keys' */
	struct page_numbers *spaces;
	struct page_log log;
};

static void
look_free(struct look *l)
{
	buf_free(&l->vkey);
	buf_free(&l->checkpoint);
	buf_free(&l->policy_text);
	free(l->policy);
	free(l->note);
	free(l->witnesses);
	free(l->spaces);
}

/* The published checkpoint, and who signed it. */
static enum err
log_read(struct service *s, struct look *l)
{
	struct checkpoint c;
	enum err r;

	if ((r = service_vkey(s, &l->vkey)) != OK ||
	    (r = service_checkpoint(s, &l->checkpoint)) != OK ||
	    (r = service_policy(s, &l->policy_text)) != OK)
		return r;
	l->log.vkey = buf_text(&l->vkey);
	l->log.checkpoint = buf_text(&l->checkpoint);
	l->note = calloc(1, sizeof(*l->note));
	if (l->note == NULL || l->log.vkey == NULL || l->log.checkpoint == NULL)
		return ERR_NOMEM;
	if ((r = note_parse(buf_slice(&l->checkpoint), l->note)) != OK ||
	    (r = checkpoint_text_parse(l->note->text, &c)) != OK ||
	    (r = policy_parse(buf_slice(&l->policy_text), &l->policy, NULL)) !=
		OK)
		return r;
	l->log.size = c.size;
	l->log.root = c.root;
	l->log.has_quorum = policy_check(l->policy, l->note) == OK;
	return OK;
}

static void
witness_add(struct look *l, const struct note_key *k)
{
	struct page_witness *w;
	size_t i;

	for (i = 0; i < l->log.n_witnesses; i++)
		if (l->witnesses[i].name != NULL &&
		    strcmp(l->witnesses[i].name, k->name) == 0)
			return;
	w = &l->witnesses[l->log.n_witnesses++];
	w->name = k->name;
	if (note_cosigned(l->note, k, &w->time) != OK)
		w->time = 0;
}

/* Those of the policy, and those that open spaces name.  The world is had. */
static enum err
witnesses_read(struct look *l, struct world *w, uint64_t now)
{
	size_t i, k, n = l->policy->n_witnesses;
	const struct space *sp;
	const struct header *h;

	for (i = 0; i < world_spaces(w); i++)
		n += world_space(w, i)->header->n_witnesses;
	if ((l->witnesses = calloc(n + 1, sizeof(*l->witnesses))) == NULL)
		return ERR_NOMEM;
	for (i = 0; i < l->policy->n_witnesses; i++)
		witness_add(l, &l->policy->witnesses[i].key);
	for (i = 0; i < world_spaces(w); i++) {
		sp = world_space(w, i);
		h = sp->header;
		if (world_phase(sp, now) >= SPACE_RESULT)
			continue;
		for (k = 0; k < h->n_witnesses; k++)
			witness_add(l, &h->witnesses[k]);
		if (checkpoint_quorum(
			l->note, h->witnesses, h->n_witnesses, h->quorum) != OK)
			l->log.has_quorum = 0;
	}
	l->log.witnesses = l->witnesses;
	return OK;
}

static enum err
numbers_read(struct service *s, struct look *l, struct world *w)
{
	size_t i, k, n = world_spaces(w);
	struct page_numbers *p;
	enum err r = OK;

	if ((l->spaces = calloc(n + 1, sizeof(*l->spaces))) == NULL)
		return ERR_NOMEM;
	for (i = 0; i < n && r == OK; i++) {
		const struct space *sp = world_space(w, i);

		p = &l->spaces[i];
		p->now = handle_pages_look(s, sp);
		r = roll_count(world_roll(w), &sp->header->id, &p->roll);
		for (k = 0; k < sp->header->n_issuers; k++)
			service_methods(s, sp, k, p->methods[k]);
	}
	l->log.spaces = l->spaces;
	l->log.n_spaces = n;
	return r;
}

enum problem
handle_verify_page(struct service *s, const struct req *q, struct resp *p)
{
	struct look l;
	struct world *w;
	struct page page;
	enum err r;

	memset(&l, 0, sizeof(l));
	if ((r = log_read(s, &l)) != OK)
		goto out;
	w = service_read(s);
	page = handle_pages_frame(s, w, q);
	l.log.bundles = service_bundles(s, &l.log.n_bundles);
	if ((r = witnesses_read(&l, w, service_now(s))) == OK &&
	    (r = numbers_read(s, &l, w)) == OK)
		page_verify(&p->body, &page, &l.log);
	service_done(s);
	p->content_type = "text/html; charset=utf-8";

out:
	look_free(&l);
	return handle_problem(r);
}
