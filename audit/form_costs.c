#include <stdlib.h>
#include <string.h>

#include "form_costs.h"

#define MILLION 1000000U

/* A decimal that json_decimal_check let through: below 10^15, so below 2^70. */
static millionths
decimal(const char *s)
{
	millionths v = 0;
	unsigned scale = MILLION;

	for (; *s >= '0' && *s <= '9'; s++)
		v = v * 10 + (unsigned)(*s - '0');
	v *= MILLION;
	if (*s == '.') {
		for (s++; *s >= '0' && *s <= '9'; s++) {
			scale /= 10;
			v += (millionths)(unsigned)(*s - '0') * scale;
		}
	}
	return v;
}

static int
cost_cmp(const void *a, const void *b)
{
	const millionths *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The sum of ${n} costs that stand one after the other. */
static millionths
sum(const millionths *cost, size_t n)
{
	millionths v = 0;
	size_t i;

	for (i = 0; i < n; i++)
		v += cost[i];
	return v;
}

/* Is there a ballot at all that keeps the limits? */
static enum err
contradictions(
    const struct form *f, const struct form_costs *c, struct why *why)
{
	const struct ballot_form *b = &f->ballot;
	millionths *sorted;
	enum err r = OK;

	if ((sorted = calloc(f->n_options + 1, sizeof(*sorted))) == NULL)
		return why_say(why, ERR_NOMEM, "out of memory");
	memcpy(sorted, c->option, f->n_options * sizeof(*sorted));
	qsort(sorted, f->n_options, sizeof(*sorted), cost_cmp);
	if (sorted[0] > decimal(f->budget))
		r = why_say(why, ERR_FORMAT,
		    "budget is %s: not even the cheapest option can be paid",
		    f->budget);
	else if (c->has_min && c->has_max && c->min > c->max)
		r = why_say(why, ERR_FORMAT,
		    "ballot.min_cost is %s, above max_cost, %s", b->min_cost,
		    b->max_cost);
	else if (c->has_max && sum(sorted, b->min) > c->max)
		r = why_say(why, ERR_FORMAT,
		    "ballot.max_cost is %s: the %u cheapest options that a "
		    "ballot must name cost more",
		    b->max_cost, b->min);
	else if (c->has_min &&
		 sum(sorted + f->n_options - b->max, b->max) < c->min)
		r = why_say(why, ERR_FORMAT,
		    "ballot.min_cost is %s: the %u dearest options that a "
		    "ballot may name cost less",
		    b->min_cost, b->max);
	free(sorted);
	return r;
}

enum err
form_costs_new(const struct form *f, struct form_costs **out, struct why *why)
{
	const struct ballot_form *b = &f->ballot;
	struct form_costs *c;
	size_t i;
	enum err r;

	c = calloc(1, sizeof(*c) + f->n_options * sizeof(c->option[0]));
	if (c == NULL)
		return why_say(why, ERR_NOMEM, "out of memory");
	for (i = 0; i < f->n_options; i++)
		c->option[i] = decimal(f->options[i].cost);
	if ((c->has_min = b->min_cost[0] != 0))
		c->min = decimal(b->min_cost);
	if ((c->has_max = b->max_cost[0] != 0))
		c->max = decimal(b->max_cost);
	if ((r = contradictions(f, c, why)) != OK) {
		free(c);
		return r;
	}
	*out = c;
	return OK;
}

enum err
form_costs_check(const struct form *f, const uint32_t *v, struct why *why)
{
	const struct form_costs *c = f->costs;
	millionths cost = 0;
	size_t i;

	for (i = 0; i < f->n_options; i++) {
		if (v[i] > 0)
			cost += c->option[i];
	}
	if (c->has_min && cost < c->min)
		return why_say(why, ERR_LIMIT,
		    "the options cost less than %s altogether",
		    f->ballot.min_cost);
	if (c->has_max && cost > c->max)
		return why_say(why, ERR_LIMIT,
		    "the options cost more than %s altogether",
		    f->ballot.max_cost);
	return OK;
}
