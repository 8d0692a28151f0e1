#include <stdlib.h>
#include <string.h>

#include "contents.h"

#define MODERATION_ERASE 3

struct contribution_row {
	struct hash leaf;
	struct hash commit;
	uint64_t index;
	size_t space_no;
	int published; /* its content has to be */
	int erased;
};

struct moderation_row {
	struct hash target;
	uint64_t index;
	size_t space_no;
	uint8_t action;
};

struct contents {
	struct contribution_row *rows;
	size_t n, cap;
	struct moderation_row *acts;
	size_t n_acts, cap_acts;
};

struct contents *
contents_new(void)
{
	return calloc(1, sizeof(struct contents));
}

void
contents_free(struct contents *c)
{
	if (c == NULL)
		return;
	free(c->rows);
	free(c->acts);
	free(c);
}

/* PROTOCOL 6: whose content is an object; answers are not. */
static int
is_published(const struct contribution *c)
{
	switch (c->action) {
	case ACTION_IDEA:
	case ACTION_COMMENT:
	case ACTION_EDIT:
		return 1;
	case ACTION_REPORT:
		return !hash_is_zero(&c->commit);
	case ACTION_WITHDRAW:
	case ACTION_SUPPORT:
	case ACTION_UNSUPPORT:
	case ACTION_AGREE:
	case ACTION_DISAGREE:
	case ACTION_PASS:
	case ACTION_ANSWER:
		return 0;
	}
	return 0;
}

enum err
contents_record(struct contents *c, size_t space_no, uint64_t index,
    const struct hash *leaf, const struct record *r)
{
	struct contribution_row row = { 0 }, *p;
	struct contribution what;
	size_t cap = c->cap == 0 ? 256 : 2 * c->cap;

	if (contribution_parse(r->body, &what) != OK)
		return OK;
	if (c->n == c->cap) {
		if ((p = realloc(c->rows, cap * sizeof(*p))) == NULL)
			return ERR_NOMEM;
		c->rows = p;
		c->cap = cap;
	}
	row.leaf = *leaf;
	row.commit = what.commit;
	row.index = index;
	row.space_no = space_no;
	row.published = is_published(&what);
	c->rows[c->n++] = row;
	return OK;
}

enum err
contents_moderate(
    struct contents *c, size_t space_no, uint64_t index, const struct entry *e)
{
	struct moderation_row row = { 0 }, *p;
	size_t cap = c->cap_acts == 0 ? 16 : 2 * c->cap_acts;

	if (c->n_acts == c->cap_acts) {
		if ((p = realloc(c->acts, cap * sizeof(*p))) == NULL)
			return ERR_NOMEM;
		c->acts = p;
		c->cap_acts = cap;
	}
	row.target = e->target;
	row.index = index;
	row.space_no = space_no;
	row.action = e->sort;
	c->acts[c->n_acts++] = row;
	return OK;
}

static int
row_cmp(const void *a, const void *b)
{
	return hash_cmp(&((const struct contribution_row *)a)->leaf,
	    &((const struct contribution_row *)b)->leaf);
}

/* Rule 43, and which contents may be missing. */
static void
moderations_judge(struct contents *c,
    void (*report)(void *cookie, const struct verdict *v), void *cookie)
{
	struct contribution_row key = { 0 }, *row;
	struct verdict v = { 0 };
	size_t i;

	if (c->n > 0)
		qsort(c->rows, c->n, sizeof(*c->rows), row_cmp);
	for (i = 0; i < c->n_acts; i++) {
		const struct moderation_row *m = &c->acts[i];

		key.leaf = m->target;
		row = c->n == 0 ? NULL
				: bsearch(&key, c->rows, c->n, sizeof(*c->rows),
				      row_cmp);
		if (row == NULL || row->space_no != m->space_no ||
		    row->index > m->index) {
			v.rule = RULE_MODERATION;
			v.index = m->index;
			(void)why_say(&v.why, OK,
			    "what is moderated is no contribution that stands "
			    "before it in its space");
			report(cookie, &v);
		} else if (m->action == MODERATION_ERASE) {
			row->erased = 1;
		}
	}
}

enum err
contents_judge(struct contents *c, struct source *src,
    void (*report)(void *cookie, const struct verdict *v), void *cookie,
    uint64_t *judged, struct why *why)
{
	struct verdict v = { 0 };
	struct buf b = { 0 };
	struct hash commit;
	size_t i;
	enum err r = OK;

	moderations_judge(c, report, cookie);
	*judged = 0;
	for (i = 0; i < c->n; i++) {
		const struct contribution_row *row = &c->rows[i];

		if (!row->published)
			continue;
		++*judged;
		b.n = 0;
		r = source_object(src, &row->commit, &b, why);
		if (r == ERR_NOT_FOUND && row->erased)
			continue;
		v.rule = RULE_CONTENT;
		v.index = row->index;
		if (r == ERR_NOT_FOUND) {
			(void)why_say(&v.why, OK,
			    "the content is neither published nor erased");
			report(cookie, &v);
			continue;
		}
		if (r != OK)
			goto out;
		memset(&commit, 0, sizeof(commit));
		if (b.n >= 16)
			content_commit(
			    b.p, slice_of(b.p + 16, b.n - 16), &commit);
		if (!hash_equal(&commit, &row->commit)) {
			(void)why_say(&v.why, OK,
			    "the content is not what the record committed to");
			report(cookie, &v);
		}
	}
	r = OK;

out:
	buf_free(&b);
	return r;
}

int
contents_erased(const struct contents *c, const struct hash *commit)
{
	size_t i;

	for (i = 0; i < c->n; i++) {
		if (c->rows[i].erased && hash_equal(&c->rows[i].commit, commit))
			return 1;
	}
	return 0;
}
