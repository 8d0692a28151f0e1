#include <stdlib.h>
#include <string.h>

#include "rational.h"

#include "explain_part.h"

/* ---- Writing ---- */

void
explain_put(struct explain *x, json_t *o, const char *name, json_t *value)
{
	if (json_object_set_new(o, name, value) != 0 && x->err == OK)
		x->err = ERR_NOMEM;
}

json_t *
explain_add(struct explain *x, json_t *a, json_t *value)
{
	if (json_array_append_new(a, value) == 0)
		return value;
	if (x->err == OK)
		x->err = ERR_NOMEM;
	return NULL;
}

json_t *
explain_row(struct explain *x, json_t *a)
{
	if (x->q->max_rows > 0 && x->rows >= x->q->max_rows) {
		x->over = 1;
		return x->nowhere;
	}
	x->rows++;
	return explain_add(x, a, json_object());
}

json_t *
explain_table(struct explain *x, const char *name)
{
	json_t *a = json_array();

	explain_put(x, x->doc, name, a);
	return a;
}

void
explain_id(struct explain *x, json_t *o, const char *name, uint32_t project)
{
	explain_put(x, o, name, json_string(x->e->projects[project].id));
}

void
explain_number(struct explain *x, json_t *o, const char *name, mpq_srcptr q)
{
	char *text = rational_text(q);

	explain_put(x, o, name, json_string(text));
	free(text);
}

void
explain_integer(struct explain *x, json_t *o, const char *name, mpz_srcptr z)
{
	char *text = mpz_get_str(NULL, 10, z);

	explain_put(x, o, name, json_string(text));
	free(text);
}

void
explain_count(struct explain *x, json_t *o, const char *name, uint64_t n)
{
	explain_put(x, o, name, json_integer((json_int_t)n));
}

/* ---- Fates ---- */

json_t *
explain_fate(struct explain *x, uint32_t project, const char *fate)
{
	if (x->fated[project])
		return NULL;
	x->fated[project] = 1;
	explain_put(x, x->projects[project], "fate",
	    json_string(x->filled[project] ? "filled" : fate));
	return x->filled[project] ? NULL : x->projects[project];
}

void
explain_barred(struct explain *x, uint32_t project, uint32_t winner)
{
	json_t *o = explain_fate(x, project, "barred");

	if (o != NULL)
		explain_id(x, o, "by", winner);
}

/**
 * begin(x):
 * Make the document and an object for each project.
 */
static enum err
begin(struct explain *x)
{
	size_t n = x->e->n_projects;
	const struct outcome *o = x->q->outcome;
	json_t *a = json_array();
	size_t i;

	x->doc = json_object();
	x->nowhere = json_object();
	x->projects = calloc(n + 1, sizeof(json_t *));
	x->filled = calloc(n + 1, 1);
	x->fated = calloc(n + 1, 1);
	if (x->doc == NULL || x->nowhere == NULL || x->projects == NULL ||
	    x->filled == NULL || x->fated == NULL) {
		json_decref(a);
		return ERR_NOMEM;
	}
	explain_put(x, x->doc, "projects", a);
	for (i = 0; i < n && x->err == OK; i++) {
		x->projects[i] = explain_add(x, a, json_object());
		explain_id(x, x->projects[i], "id", (uint32_t)i);
	}
	if (x->rule->method == RULE_SHARES)
		for (i = o->n_run; i < o->n; i++)
			x->filled[o->order[i]] = 1;
	for (i = 0; i < n && x->err == OK; i++)
		if (x->e->projects[i].withdrawn)
			(void)explain_fate(x, (uint32_t)i, "withdrawn");
	return x->err;
}

static enum err
explain_all(struct explain *x)
{
	static const char *const methods[] = { [RULE_GREEDY] = "greedy",
		[RULE_PHRAGMEN] = "phragmen",
		[RULE_SHARES] = "shares" };

	if (begin(x) != OK)
		return x->err != OK ? x->err : ERR_NOMEM;
	explain_put(x, x->doc, "method", json_string(methods[x->rule->method]));
	if (x->rule->method == RULE_GREEDY)
		explain_greedy(x);
	else if (x->rule->method == RULE_PHRAGMEN)
		explain_phragmen(x);
	else
		explain_shares(x);
	if (x->err == OK && x->rule->complete)
		explain_fill(x);
	if (x->err == OK && x->e->voters > 0)
		explain_fairness(x);
	if (x->err == OK && x->over)
		x->err = explain_shorten(x->doc);
	return x->err;
}

/* ---- Brief ones ---- */

enum { BRIEF_TAKEN = 3 };

/**
 * cut_taken(p):
 * Of what was taken from project ${p} keep the most, and the rest as a sum.
 */
static enum err
cut_taken(json_t *p)
{
	json_t *list = json_object_get(p, "taken");
	const char *money;
	char *text = NULL;
	mpq_t rest;
	mpq_t t;
	enum err r = OK;

	if (json_array_size(list) <= BRIEF_TAKEN)
		return OK;
	mpq_inits(rest, t, NULL);
	while (r == OK && json_array_size(list) > BRIEF_TAKEN) {
		money = json_string_value(json_object_get(
		    json_array_get(list, BRIEF_TAKEN), "money"));
		if (money == NULL || mpq_set_str(t, money, 10) != 0 ||
		    json_array_remove(list, BRIEF_TAKEN) != 0)
			r = ERR_INTERNAL;
		mpq_add(rest, rest, t);
	}
	text = rational_text(rest);
	if (r == OK && json_object_set_new(p, "rest", json_string(text)) != 0)
		r = ERR_NOMEM;
	free(text);
	mpq_clears(rest, t, NULL);
	return r;
}

enum err
explain_shorten(json_t *why)
{
	static const char *const tables[] = { "rounds", "walk", "fill" };
	json_t *p;
	size_t i;
	enum err r = OK;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		(void)json_object_del(why, tables[i]);
	json_array_foreach(json_object_get(why, "projects"), i, p)
	{
		if (r == OK)
			r = cut_taken(p);
	}
	return r;
}

enum err
explain_outcome(const struct explain_question *q, json_t **out)
{
	struct explain x = { .q = q, .e = q->e, .rule = q->rule };
	const struct comparison *c = q->outcome->comparison;
	uint32_t *rank = calloc(q->e->n_projects + 1, sizeof(*rank));
	struct rule plain;
	size_t i;
	enum err r = ERR_NOMEM;

	if (rank == NULL)
		return ERR_NOMEM;
	mpz_init(x.paid_q);
	x.rank = rank;
	if ((r = rule_parse(RULE_PLAIN, &plain)) != OK ||
	    (r = tally_rank(q->e, q->lot, q->n_lot, rank)) != OK)
		goto out;
	if (c != NULL && c->plain_won)
		x.rule = &plain;
	if ((r = explain_all(&x)) != OK)
		goto out;
	*out = x.doc;
	x.doc = NULL; /* passed over */
out:
	for (i = 0; x.paid != NULL && i < q->e->n_groups; i++)
		mpz_clear(x.paid[i]);
	free(x.paid);
	mpz_clear(x.paid_q);
	json_decref(x.doc);
	json_decref(x.nowhere);
	free(x.projects);
	free(x.filled);
	free(x.fated);
	free(rank);
	return r;
}
