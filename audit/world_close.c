/* The end of a space: close, paper, openings, result; and moderation. */
#include <stdlib.h>
#include <string.h>

#include "world_step.h"

/* --- Close -------------------------------------------------------------------
 */

enum err
world_close_close(struct world_step *t)
{
	const struct entry *e = t->e;
	struct space *s = t->s;
	enum err r;

	if (t->root == NULL)
		return ERR_INTERNAL;
	if ((r = world_must(t, RULE_CLOSE, !s->closed, "%s closed before",
		 s->header->slug)) != OK ||
	    (r = world_check(t, RULE_CLOSE, s->form != NULL || s->lost_form,
		 "%s closes without a form", s->header->slug)) != OK ||
	    (r = world_check(t, RULE_CLOSE, e->count == s->records,
		 "%s has %u records in the log, its close says %u",
		 s->header->slug, (unsigned)s->records, (unsigned)e->count)) !=
		OK ||
	    (r = world_roll_missing(t, s)) != OK)
		return r;
	s->closed = 1;
	s->close_size = t->index + 1;
	s->close_root = *t->root;
	s->close_records = e->count;
	s->close_credentials = e->credentials;
	roll_close(t->w->roll, &s->header->id);
	return OK;
}

/* A step that is no entry's, for judging a space as it stands. */
static struct world_step
beside(struct world *w, const struct space *s, struct verdict *v)
{
	struct world_step t = { 0 };

	t.w = w;
	t.s = w->spaces[s->no];
	t.index = s->closed ? s->close_size - 1 : s->end - 1;
	t.v = v;
	return t;
}

enum err
world_check_issued(struct world *w, const struct space *s, unsigned purpose,
    uint32_t credentials, struct verdict *v)
{
	struct world_step t = beside(w, s, v);
	size_t i;
	enum err r;

	for (i = 0; i < s->header->n_issuers; i++) {
		if (!s->ledgers[i][purpose].present)
			continue;
		r = world_check(&t, RULE_ISSUED,
		    s->ledgers[i][purpose].count >= credentials,
		    "%s: issuer %zu issued %u for purpose %s, but %u "
		    "credentials took part",
		    s->header->slug, i, (unsigned)s->ledgers[i][purpose].count,
		    purpose_name(purpose), (unsigned)credentials);
		if (r != OK)
			return r;
	}
	return OK;
}

enum err
world_check_close(struct world *w, const struct space *s, uint32_t records,
    uint32_t credentials, struct verdict *v)
{
	struct world_step t = beside(w, s, v);
	unsigned p, purpose = 0;
	enum err r;

	if ((r = world_check(&t, RULE_CLOSE, records == s->records,
		 "%s: %u records were counted, the log has %u", s->header->slug,
		 (unsigned)records, (unsigned)s->records)) != OK)
		return r;
	if (s->closed &&
	    (r = world_check(&t, RULE_CLOSE,
		 credentials == s->close_credentials,
		 "%s has %u credentials, its close says %u", s->header->slug,
		 (unsigned)credentials, (unsigned)s->close_credentials)) != OK)
		return r;
	for (p = 1; p <= PURPOSE_MAX; p++) {
		if (header_has_purpose(s->header->kind, p)) {
			if (purpose != 0)
				return OK; /* several: one by one */
			purpose = p;
		}
	}
	return world_check_issued(w, s, purpose, credentials, v);
}

/* --- Paper -------------------------------------------------------------------
 */

/* The sorted encodings of ${count} ballots, each within the form's limits. */
static enum err
ballots_check(
    const struct form *f, struct slice list, uint32_t count, struct why *why)
{
	uint32_t v[OPTIONS_MAX];
	struct choices c = { 0, v, 0 };
	size_t i, n = choices_bytes(f);
	enum err r;

	if (n == 0 || list.n != n * count)
		return why_say(why, ERR_FORMAT,
		    "the list does not hold %u ballots", (unsigned)count);
	for (i = 0; i < count; i++) {
		struct slice one = slice_of(list.p + i * n, n);

		if ((r = choices_decode(f, one, &c, why)) != OK) {
			why_prefix(why, "ballot %zu: ", i + 1);
			return r;
		}
		if (i > 0 && memcmp(one.p - n, one.p, n) > 0)
			return why_say(
			    why, ERR_FORMAT, "ballot %zu is not sorted", i + 1);
	}
	return OK;
}

enum err
world_close_paper(struct world_step *t)
{
	const struct entry *e = t->e;
	struct space *s = t->s;
	struct roll_counts counts = { 0 };
	struct why why = { { 0 } };
	struct buf b = { 0 };
	const char *slug = s->header->slug;
	enum err r;

	if (e->sort >= sizeof(s->paper) / sizeof(s->paper[0]))
		return ERR_INTERNAL;
	if ((r = world_check(t, RULE_PAPER,
		 (s->closed || t->w->gap) && !s->has_result,
		 "paper of %s is not logged between close and result", slug)) !=
		OK ||
	    (r = world_check(t, RULE_PAPER, s->n_openings == 0,
		 "paper of %s is logged after an opening: who entered it could "
		 "know how the others voted",
		 slug)) != OK ||
	    (r = world_check(t, RULE_PAPER, s->header->paper,
		 "%s takes no paper", slug)) != OK ||
	    (r = world_must(t, RULE_PAPER,
		 hash_is_zero(&s->paper_hash[e->sort]),
		 "paper of %s is logged twice", slug)) != OK)
		goto out;
	if (!s->lost_roll &&
	    (r = roll_count(t->w->roll, &s->header->id, &counts)) != OK)
		goto out;
	if ((r = world_check(t, RULE_PAPER,
		 s->lost_roll || e->count <= counts.struck,
		 "%s has %u on paper, but %u lines were struck", slug,
		 (unsigned)e->count, (unsigned)counts.struck)) != OK)
		goto out;
	s->lost_result = t->w->audit.report != NULL;
	if ((r = world_fetch(t, &e->object, &b)) != OK)
		goto out;
	if (e->sort == 1 && s->form != NULL) {
		r = ballots_check(s->form, buf_slice(&b), e->count, &why);
		if ((r = world_must(t, RULE_PAPER, r == OK, "%s: %s", slug,
			 why.text)) != OK)
			goto out;
	}
	s->lost_result = 0;
	s->paper[e->sort] = e->count;
	s->paper_hash[e->sort] = e->object;

out:
	buf_free(&b);
	return r;
}

/* --- Opening -----------------------------------------------------------------
 */

/* Is there something to be opened, by this trustee, now? */
static enum err
opening_judge(struct world_step *t)
{
	const struct space *s = t->s;
	const struct header *h = s->header;
	enum err r;

	if ((r = world_must(t, RULE_OPENING,
		 h->n_trustees > 0 && h->kind == SPACE_BALLOT,
		 "an opening of %s, which is not sealed", h->slug)) != OK ||
	    (r = world_must(t, RULE_OPENING, s->closed || t->w->gap,
		 "an opening of %s before its close", h->slug)) != OK ||
	    (r = world_must(t, RULE_OPENING, !s->has_result,
		 "an opening of %s after its result", h->slug)) != OK ||
	    (r = world_must(t, RULE_OPENING,
		 t->e->issuer >= 1 && t->e->issuer <= h->n_trustees,
		 "an opening of %s by trustee %u, of %zu", h->slug,
		 (unsigned)t->e->issuer, h->n_trustees)) != OK)
		return r;
	return world_must(t, RULE_OPENING,
	    (s->close_credentials > 0 && s->close_credentials >= h->min_open) ||
		t->w->gap,
	    "an opening of %s, where %u ballots were counted and %u are "
	    "needed: nothing may be opened",
	    h->slug, (unsigned)s->close_credentials,
	    (unsigned)(h->min_open > 0 ? h->min_open : 1));
}

enum err
world_close_opening(struct world_step *t)
{
	struct space_opening one = { t->e->issuer, t->e->object, t->index };
	struct space *s = t->s;
	struct space_opening *p;
	struct buf b = { 0 };
	size_t cap = s->cap_openings == 0 ? 8 : 2 * s->cap_openings;
	enum err r;

	if ((r = opening_judge(t)) != OK)
		return r;
	/* A file that is not there may have been one of those needed. */
	r = world_fetch(t, &t->e->object, &b);
	buf_free(&b);
	if (r != OK) {
		s->lost_result |=
		    r == ERR_SIGNATURE && t->w->audit.report != NULL;
		return r;
	}
	if (s->n_openings == s->cap_openings) {
		p = realloc(s->openings, cap * sizeof(*p));
		if (p == NULL)
			return ERR_NOMEM;
		s->openings = p;
		s->cap_openings = cap;
	}
	s->openings[s->n_openings++] = one;
	return OK;
}

/* --- Result ------------------------------------------------------------------
 */

enum err
world_close_result(struct world_step *t)
{
	struct space *s = t->s;
	struct buf b = { 0 };
	enum err r;

	if (t->w->gap && !s->closed)
		return ERR_SIGNATURE;
	if ((r = world_must(t, RULE_RESULT_PLACE, s->closed,
		 "a result of %s stands before its close", s->header->slug)) !=
		OK ||
	    (r = world_must(t, RULE_RESULT_PLACE, !s->has_result,
		 "a second result of %s", s->header->slug)) != OK)
		goto out;
	r = world_fetch(t, &t->e->object, &b);
	if (r != OK && (r != ERR_SIGNATURE || t->w->audit.report == NULL))
		goto out;
	s->lost_result |= r != OK;
	s->has_result = 1;
	s->result = t->e->object;
	s->disputes_at_result = s->disputes;
	r = OK;

out:
	buf_free(&b);
	return r;
}

/* --- Moderation --------------------------------------------------------------
 */

enum err
world_close_moderation(struct world_step *t)
{
	/* Which leaves there are, the caller knows. */
	return world_must(t, RULE_MODERATION,
	    t->s->header->kind != SPACE_BALLOT,
	    "%s has ballots, which are not moderated", t->s->header->slug);
}
