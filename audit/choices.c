/*
 * The encoding of choices (PROTOCOL 3), and the limits of a form.  Decoding and
 * encoding judge by the same function, over one number per option.
 */
#include <stdlib.h>
#include <string.h>

#include "form_costs.h"

#include "form.h"

size_t
choices_bytes(const struct form *f)
{
	switch (f->ballot.type) {
	case BALLOT_CHOICE:
		return 2;
	case BALLOT_BITMAP:
		return (f->n_options + 7) / 8;
	case BALLOT_POINTS:
		return 2 * f->n_options;
	case BALLOT_RANKING:
		return 2 * (size_t)f->ballot.max;
	}
	return 0;
}

/* Each number by itself: what the type of the ballot can say at all. */
static enum err
check_values(const struct form *f, const uint32_t *v, struct why *why)
{
	const struct ballot_form *b = &f->ballot;
	size_t i;

	for (i = 0; i < f->n_options; i++) {
		if (b->type == BALLOT_POINTS && v[i] > b->option_max)
			return why_say(why, ERR_LIMIT,
			    "gives option %zu %u points, at most %u are "
			    "allowed",
			    i + 1, (unsigned)v[i], b->option_max);
		if ((b->type == BALLOT_CHOICE || b->type == BALLOT_BITMAP) &&
		    v[i] > 1)
			return why_say(why, ERR_FORMAT,
			    "option %zu has the number %u instead of 0 or 1",
			    i + 1, (unsigned)v[i]);
	}
	return OK;
}

static enum err
check_total(const struct form *f, const uint32_t *v, struct why *why)
{
	uint64_t total = 0;
	size_t i;

	for (i = 0; i < f->n_options; i++)
		total += v[i];
	if (total < f->ballot.total_min)
		return why_say(why, ERR_LIMIT,
		    "gives %llu points, at least %u are asked for",
		    (unsigned long long)total, (unsigned)f->ballot.total_min);
	if (total > f->ballot.total_max)
		return why_say(why, ERR_LIMIT,
		    "gives %llu points, at most %u are allowed",
		    (unsigned long long)total, (unsigned)f->ballot.total_max);
	return OK;
}

/* The limits of the form on ${v}, which names ${named} options, at least 1. */
static enum err
check_limits(
    const struct form *f, const uint32_t *v, size_t named, struct why *why)
{
	const struct ballot_form *b = &f->ballot;
	enum err r;

	if ((r = check_values(f, v, why)) != OK)
		return r;
	if (named < b->min)
		return why_say(why, ERR_LIMIT,
		    "names %zu options, at least %u are asked for", named,
		    b->min);
	if (named > b->max)
		return why_say(why, ERR_LIMIT,
		    "names %zu options, at most %u are allowed", named, b->max);
	if (b->type == BALLOT_POINTS)
		return check_total(f, v, why);
	if (b->type == BALLOT_BITMAP)
		return form_costs_check(f, v, why);
	return OK;
}

static size_t
count_named(const struct form *f, const uint32_t *v)
{
	size_t i, n = 0;

	for (i = 0; i < f->n_options; i++)
		n += v[i] > 0;
	return n;
}

/* An option's number from 1, in a choice or a ranking. */
static enum err
check_number(const struct form *f, unsigned k, struct why *why)
{
	if (k > f->n_options)
		return why_say(why, ERR_FORMAT,
		    "names option %u, but there are only %zu", k, f->n_options);
	return OK;
}

static enum err
read_bitmap(const struct form *f, struct slice s, uint32_t *v, struct why *why)
{
	size_t i;

	for (i = 0; i < 8 * s.n; i++) {
		if ((s.p[i / 8] & 0x80U >> i % 8) == 0)
			continue;
		if (i >= f->n_options)
			return why_say(why, ERR_FORMAT,
			    "an unused bit is set, after option %zu",
			    f->n_options);
		v[i] = 1;
	}
	return OK;
}

static enum err
read_ranking(const struct form *f, struct slice s, uint32_t *v, struct why *why)
{
	unsigned place, k;
	int ended = 0;
	enum err r;

	for (place = 1; place <= s.n / 2; place++) {
		k = load16(s.p + 2 * (size_t)(place - 1));
		if (k == 0) {
			ended = 1;
			continue;
		}
		if (ended)
			return why_say(why, ERR_FORMAT,
			    "place %u is taken, but one before it is empty",
			    place);
		if ((r = check_number(f, k, why)) != OK)
			return r;
		if (v[k - 1] != 0)
			return why_say(why, ERR_FORMAT,
			    "ranks option %u at place %u and again at %u", k,
			    (unsigned)v[k - 1], place);
		v[k - 1] = place;
	}
	return OK;
}

static enum err
read_values(const struct form *f, struct slice s, uint32_t *v, struct why *why)
{
	unsigned k;
	size_t i;
	enum err r;

	memset(v, 0, f->n_options * sizeof(*v));
	switch (f->ballot.type) {
	case BALLOT_CHOICE:
		k = load16(s.p);
		if ((r = check_number(f, k, why)) != OK)
			return r;
		if (k > 0)
			v[k - 1] = 1;
		return OK;
	case BALLOT_BITMAP:
		return read_bitmap(f, s, v, why);
	case BALLOT_POINTS:
		for (i = 0; i < f->n_options; i++)
			v[i] = load16(s.p + 2 * i);
		return OK;
	case BALLOT_RANKING:
		return read_ranking(f, s, v, why);
	}
	return ERR_INTERNAL;
}

enum err
choices_decode(
    const struct form *f, struct slice s, struct choices *out, struct why *why)
{
	size_t named;
	enum err r;

	if (s.n != choices_bytes(f))
		return why_say(why, ERR_FORMAT,
		    "has %zu bytes, a ballot of this form has %zu", s.n,
		    choices_bytes(f));
	if ((r = read_values(f, s, out->v, why)) != OK)
		return r;
	named = count_named(f, out->v);
	if (named > 0 && (r = check_limits(f, out->v, named, why)) != OK)
		return r;
	out->n = f->n_options;
	out->blank = named == 0;
	return OK;
}

/* Turn places into ${order}, which has room for ${max} numbers of options. */
static enum err
order_of(const struct form *f, const uint32_t *v, size_t named, uint16_t *order,
    struct why *why)
{
	size_t i;

	for (i = 0; i < f->n_options; i++) {
		if (v[i] == 0)
			continue;
		if (v[i] > named)
			return why_say(why, ERR_FORMAT,
			    "option %zu has place %u of %zu", i + 1,
			    (unsigned)v[i], named);
		if (order[v[i] - 1] != 0)
			return why_say(why, ERR_FORMAT,
			    "options %u and %zu share place %u",
			    order[v[i] - 1], i + 1, (unsigned)v[i]);
		order[v[i] - 1] = (uint16_t)(i + 1);
	}
	return OK;
}

static enum err
put_ranking(const struct form *f, const uint32_t *v, size_t named,
    struct buf *b, struct why *why)
{
	uint16_t *order;
	unsigned i;
	enum err r;

	/* check_limits has seen that no more than max are named. */
	if ((order = calloc(f->ballot.max, sizeof(*order))) == NULL)
		return why_say(why, ERR_NOMEM, "out of memory");
	if ((r = order_of(f, v, named, order, why)) == OK) {
		for (i = 0; i < f->ballot.max; i++)
			buf_u16(b, order[i]);
	}
	free(order);
	return r;
}

static void
put_bitmap(const struct form *f, const uint32_t *v, struct buf *b)
{
	unsigned byte = 0;
	size_t i;

	for (i = 0; i < f->n_options; i++) {
		if (v[i] > 0)
			byte |= 0x80U >> i % 8;
		if (i % 8 == 7 || i + 1 == f->n_options) {
			buf_u8(b, (uint8_t)byte);
			byte = 0;
		}
	}
}

static void
put_choice(const struct form *f, const uint32_t *v, struct buf *b)
{
	size_t i, k = 0;

	for (i = 0; i < f->n_options; i++) {
		if (v[i] > 0)
			k = i + 1;
	}
	buf_u16(b, (uint16_t)k);
}

enum err
choices_put(const struct form *f, const struct choices *c, struct buf *b,
    struct why *why)
{
	size_t named, i;
	enum err r = OK;

	if (c->n != f->n_options)
		return why_say(why, ERR_FORMAT,
		    "has %zu numbers, the form has %zu options", c->n,
		    f->n_options);
	named = count_named(f, c->v);
	if (c->blank && named > 0)
		return why_say(why, ERR_FORMAT,
		    "is said to be blank, but names %zu options", named);
	if (named > 0 && (r = check_limits(f, c->v, named, why)) != OK)
		return r;
	switch (f->ballot.type) {
	case BALLOT_CHOICE:
		put_choice(f, c->v, b);
		break;
	case BALLOT_BITMAP:
		put_bitmap(f, c->v, b);
		break;
	case BALLOT_POINTS:
		for (i = 0; i < f->n_options; i++)
			buf_u16(b, (uint16_t)c->v[i]);
		break;
	case BALLOT_RANKING:
		r = put_ranking(f, c->v, named, b, why);
		break;
	}
	if (r == OK && buf_end(b) != OK)
		r = why_say(why, ERR_NOMEM, "out of memory");
	return r;
}
