/*
 * A list of changes is a set, so nothing here may depend on the order of rows.
 * The plan is made and judged on the side; only when all of it holds, and there
 * is room, the roll changes.  What makes order irrelevant: keys and lines first
 * (a key enters once and is replaced once, so the replaces form chains that end
 * at a known key or an added line), then strikes and removes, which only ever
 * take away and do not look at each other.
 */
#include <stdlib.h>
#include <string.h>

#include "roll_state.h"

#include "roll.h"

#define EVERY_SPACE SIZE_MAX

/* A row by one of its keys. */
struct by_key {
	const struct public_key *pk;
	size_t row;
};

/* A strike (one space) or a remove (every open space). */
struct leave {
	uint32_t line;
	size_t space;
	size_t row;
};

struct plan {
	struct roll *roll;
	size_t n; /* rows */
	struct roll_change *rows;
	uint32_t *lines;    /* per replace or add: the line of its new key */
	struct by_key *in;  /* keys that enter, sorted */
	struct by_key *out; /* keys that are replaced, sorted */
	struct leave *leaves;
	size_t n_in, n_out, n_leaves, n_adds;
	struct why *why;
};

static enum err
refuse(const struct plan *p, size_t row, const char *what)
{
	return why_say(
	    p->why, ERR_CONFLICT, "change %zu of %zu: %s", row + 1, p->n, what);
}

static int
by_key_cmp(const void *a, const void *b)
{
	return public_key_cmp(
	    ((const struct by_key *)a)->pk, ((const struct by_key *)b)->pk);
}

static int
leave_cmp(const void *a, const void *b)
{
	const struct leave *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return (x->space > y->space) - (x->space < y->space);
}

/* The row with which ${pk} enters, or the number of rows. */
static size_t
entering(const struct plan *p, const struct public_key *pk)
{
	struct by_key key = { pk, 0 };
	const struct by_key *found;

	found = bsearch(&key, p->in, p->n_in, sizeof(*p->in), by_key_cmp);
	return found == NULL ? p->n : found->row;
}

static enum err
read_rows(struct plan *p, struct slice list)
{
	const struct roll_change *c;
	size_t i;
	enum err r;

	for (i = 0; i < p->n; i++) {
		r = roll_change_parse(
		    slice_of(list.p + i * ROLL_CHANGE_BYTES, ROLL_CHANGE_BYTES),
		    &p->rows[i], p->why);
		if (r != OK) {
			why_prefix(p->why, "change %zu of %zu: ", i + 1, p->n);
			return r;
		}
		c = &p->rows[i];
		p->lines[i] = ROLL_NO_LINE;
		if (c->action == ROLL_REPLACE || c->action == ROLL_ADD)
			p->in[p->n_in++] = (struct by_key){ &c->new_pk, i };
		if (c->action == ROLL_REPLACE)
			p->out[p->n_out++] = (struct by_key){ &c->old_pk, i };
	}
	if (p->n_in > 0)
		qsort(p->in, p->n_in, sizeof(*p->in), by_key_cmp);
	if (p->n_out > 0)
		qsort(p->out, p->n_out, sizeof(*p->out), by_key_cmp);
	return OK;
}

/* A key enters once and is replaced once. */
static enum err
check_keys(const struct plan *p)
{
	uint32_t key;
	size_t i;

	for (i = 0; i < p->n_in; i++) {
		if (roll_find(p->roll, p->in[i].pk) != ROLL_NO_KEY)
			return refuse(
			    p, p->in[i].row, "its new key has entered before");
		if (i > 0 && by_key_cmp(&p->in[i - 1], &p->in[i]) == 0)
			return refuse(p, p->in[i].row,
			    "its new key enters in another row too");
	}
	for (i = 0; i < p->n_out; i++) {
		key = roll_find(p->roll, p->out[i].pk);
		if (key != ROLL_NO_KEY && p->roll->keys[key].replaced)
			return refuse(p, p->out[i].row,
			    "its old key has been replaced before");
		if (i > 0 && by_key_cmp(&p->out[i - 1], &p->out[i]) == 0)
			return refuse(p, p->out[i].row,
			    "its old key is replaced in another row too");
	}
	return OK;
}

/*
 * The line of the replace in ${row}: follow old keys until one is known, or is
 * of a row whose line is.  Then give that line to every row on the way, so that
 * each is walked over once.
 */
static enum err
follow(struct plan *p, size_t row)
{
	uint32_t line = ROLL_NO_LINE;
	size_t at = row, steps, i;

	for (steps = 0; steps <= p->n; steps++) {
		if ((line = p->lines[at]) != ROLL_NO_LINE)
			break;
		line = roll_line(p->roll, &p->rows[at].old_pk);
		if (line != ROLL_NO_LINE) {
			steps++;
			break;
		}
		if ((at = entering(p, &p->rows[at].old_pk)) == p->n)
			return refuse(
			    p, row, "its old key is not the key of a line");
	}
	if (line == ROLL_NO_LINE)
		return refuse(p, row, "the keys replace each other in a ring");
	for (at = row, i = 0; i < steps; i++) {
		p->lines[at] = line;
		if (i + 1 < steps)
			at = entering(p, &p->rows[at].old_pk);
	}
	return OK;
}

static enum err
find_lines(struct plan *p)
{
	size_t i;
	enum err r;

	if (p->roll->n_lines + p->n >= ROLL_NO_LINE)
		return why_say(p->why, ERR_LIMIT, "too many lines");
	/* In the order of keys: the numbers do not depend on the rows'. */
	for (i = 0; i < p->n_in; i++) {
		if (p->rows[p->in[i].row].action == ROLL_ADD)
			p->lines[p->in[i].row] =
			    (uint32_t)(p->roll->n_lines + p->n_adds++);
	}
	for (i = 0; i < p->n_out; i++) {
		if ((r = follow(p, p->out[i].row)) != OK)
			return r;
	}
	return OK;
}

/* The rights of a line as they will be after the adds of this plan. */
static unsigned
rights_after(const struct plan *p, const struct roll_space *s, uint32_t line)
{
	return line >= p->roll->n_lines ? RIGHT_MEMBER : roll_rights(s, line);
}

static enum err
plan_strike(struct plan *p, size_t row, uint32_t line)
{
	const struct roll *roll = p->roll;
	size_t space = roll_space_of(roll, &p->rows[row].space_id);
	unsigned rights;

	if (space == roll->n_spaces || !roll->spaces[space].open)
		return refuse(p, row, "its space is not open to changes");
	rights = rights_after(p, &roll->spaces[space], line);
	if ((rights & RIGHT_MEMBER) == 0)
		return refuse(p, row, "the line does not belong to the space");
	if (rights & RIGHT_STRUCK)
		return refuse(
		    p, row, "the line is struck in the space already");
	p->leaves[p->n_leaves++] = (struct leave){ line, space, row };
	return OK;
}

static enum err
plan_remove(struct plan *p, size_t row, uint32_t line)
{
	const struct roll_space *s = p->roll->spaces;
	unsigned rights;
	size_t i;

	for (i = 0; i < p->roll->n_spaces; i++) {
		if (!s[i].open)
			continue;
		rights = rights_after(p, &s[i], line);
		if ((rights & RIGHT_MEMBER) && !(rights & RIGHT_REMOVED))
			break;
	}
	if (i == p->roll->n_spaces)
		return refuse(
		    p, row, "the line does not belong to any open space");
	p->leaves[p->n_leaves++] = (struct leave){ line, EVERY_SPACE, row };
	return OK;
}

static enum err
find_leaves(struct plan *p)
{
	const struct roll_change *c;
	uint32_t line;
	size_t i, row;
	enum err r;

	for (i = 0; i < p->n; i++) {
		c = &p->rows[i];
		if (c->action != ROLL_STRIKE && c->action != ROLL_REMOVE)
			continue;
		line = roll_line(p->roll, &c->old_pk);
		if (line == ROLL_NO_LINE &&
		    (row = entering(p, &c->old_pk)) < p->n)
			line = p->lines[row];
		if (line == ROLL_NO_LINE)
			return refuse(
			    p, i, "its old key is not the key of a line");
		r = c->action == ROLL_STRIKE ? plan_strike(p, i, line)
					     : plan_remove(p, i, line);
		if (r != OK)
			return r;
	}
	if (p->n_leaves > 0)
		qsort(p->leaves, p->n_leaves, sizeof(*p->leaves), leave_cmp);
	for (i = 1; i < p->n_leaves; i++) {
		if (leave_cmp(&p->leaves[i - 1], &p->leaves[i]) == 0)
			return refuse(p, p->leaves[i].row,
			    "another row does the same to the line");
	}
	return OK;
}

static void
take(struct roll_space *s, uint32_t line, unsigned right, uint32_t *count)
{
	s->rights[line] |= (uint8_t)right;
	(*count)++;
}

/* Enter the keys of all rows with that action; adds go first, because each of
   them begins a line on which others may stand. */
static void
commit_entering(const struct plan *p, enum roll_action action)
{
	struct roll_space *s = p->roll->spaces;
	size_t i, k, row;

	for (i = 0; i < p->n_in; i++) {
		row = p->in[i].row;
		if (p->rows[row].action != action)
			continue;
		(void)roll_enter(p->roll, p->in[i].pk, p->lines[row]);
		for (k = 0; k < p->roll->n_spaces; k++) {
			if (s[k].open && action == ROLL_ADD)
				take(&s[k], p->lines[row], RIGHT_MEMBER,
				    &s[k].counts.added);
		}
	}
}

static void
commit_keys(const struct plan *p)
{
	struct roll *roll = p->roll;
	struct roll_space *s = roll->spaces;
	struct roll_key *key;
	size_t i, k, first = roll->n_keys;

	commit_entering(p, ROLL_ADD);
	commit_entering(p, ROLL_REPLACE);
	for (i = 0; i < p->n_out; i++) {
		key = &roll->keys[roll_find(roll, p->out[i].pk)];
		key->replaced = 1;
		for (k = 0; k < roll->n_spaces; k++) {
			if (s[k].open && roll_rights(&s[k], key->line) != 0)
				s[k].counts.replaced++;
		}
	}
	for (i = first; i < roll->n_keys; i++) {
		if (!roll->keys[i].replaced)
			roll->lines[roll->keys[i].line].current = (uint32_t)i;
	}
}

static void
commit_leaves(const struct plan *p)
{
	struct roll_space *s = p->roll->spaces;
	const struct leave *v;
	unsigned rights;
	size_t i, k;

	for (i = 0; i < p->n_leaves; i++) {
		v = &p->leaves[i];
		if (v->space != EVERY_SPACE) {
			take(&s[v->space], v->line, RIGHT_STRUCK,
			    &s[v->space].counts.struck);
			continue;
		}
		for (k = 0; k < p->roll->n_spaces; k++) {
			rights = roll_rights(&s[k], v->line);
			if (s[k].open && (rights & RIGHT_MEMBER) &&
			    !(rights & RIGHT_REMOVED))
				take(&s[k], v->line, RIGHT_REMOVED,
				    &s[k].counts.removed);
		}
	}
}

static enum err
plan_new(struct plan *p)
{
	size_t n = p->n + 1; /* never 0: what calloc gives for that is unsaid */

	p->rows = calloc(n, sizeof(*p->rows));
	p->lines = calloc(n, sizeof(*p->lines));
	p->in = calloc(n, sizeof(*p->in));
	p->out = calloc(n, sizeof(*p->out));
	p->leaves = calloc(n, sizeof(*p->leaves));
	if (p->rows == NULL || p->lines == NULL || p->in == NULL ||
	    p->out == NULL || p->leaves == NULL)
		return why_say(p->why, ERR_NOMEM, "out of memory");
	return OK;
}

static enum err
plan(struct plan *p, struct slice list)
{
	enum err e;

	if (list.n % ROLL_CHANGE_BYTES != 0)
		return why_say(p->why, ERR_FORMAT,
		    "the list of changes has %zu bytes: not whole rows of %d",
		    list.n, ROLL_CHANGE_BYTES);
	p->n = list.n / ROLL_CHANGE_BYTES;
	if ((e = plan_new(p)) != OK || (e = read_rows(p, list)) != OK ||
	    (e = check_keys(p)) != OK || (e = find_lines(p)) != OK)
		return e;
	return find_leaves(p);
}

static void
plan_free(struct plan *p)
{
	free(p->rows);
	free(p->lines);
	free(p->in);
	free(p->out);
	free(p->leaves);
}

enum err
roll_check(struct roll *r, struct slice list, struct why *why)
{
	struct plan p = { .roll = r, .why = why };
	enum err e = plan(&p, list);

	plan_free(&p);
	return e;
}

enum err
roll_apply(struct roll *r, struct slice list, struct why *why)
{
	struct plan p = { .roll = r, .why = why };
	enum err e;

	if ((e = plan(&p, list)) != OK)
		goto out;
	if ((e = roll_reserve(r, p.n_in, p.n_adds)) != OK) {
		(void)why_say(why, e, "no room for the keys of the changes");
		goto out;
	}
	commit_keys(&p);
	commit_leaves(&p);

out:
	plan_free(&p);
	return e;
}
