#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "form_pb.h"

static enum pb_type
type_of(const struct form *f)
{
	switch (f->ballot.type) {
	case BALLOT_CHOICE:
		return PB_CHOOSE_1;
	case BALLOT_BITMAP:
		return PB_APPROVAL;
	case BALLOT_POINTS:
		return PB_CUMULATIVE;
	case BALLOT_RANKING:
		return PB_ORDINAL;
	}
	return PB_APPROVAL;
}

static enum err
number_set(struct pb *pb, const char *key, uint64_t v)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, v);
	return pb_set_meta(pb, key, text);
}

static enum err
limits_set(struct pb *pb, const struct form *f)
{
	const struct ballot_form *b = &f->ballot;
	enum err r = OK;

	if (b->type == BALLOT_CHOICE)
		return OK;
	if ((r = number_set(pb, "min_length", b->min)) != OK ||
	    (r = number_set(pb, "max_length", b->max)) != OK)
		return r;
	if (b->type == BALLOT_POINTS) {
		if ((r = number_set(pb, "max_points", b->option_max)) != OK ||
		    (r = number_set(pb, "min_sum_points", b->total_min)) != OK)
			return r;
		return number_set(pb, "max_sum_points", b->total_max);
	}
	if (b->type != BALLOT_BITMAP)
		return OK;
	if (*b->min_cost != '\0')
		r = pb_set_meta(pb, "min_sum_cost", b->min_cost);
	if (r == OK && *b->max_cost != '\0')
		r = pb_set_meta(pb, "max_sum_cost", b->max_cost);
	return r;
}

/* The threshold, and a remark on what the format has no place for. */
static enum err
rest_set(struct pb *pb, const struct form *f)
{
	enum err r = OK;

	if (strcmp(f->min_score, "0") != 0)
		r = pb_set_meta(
		    pb, "min_project_score_threshold", f->min_score);
	if (r == OK && (f->n_ties > 0 || f->n_exclusive > 0 || f->compare))
		r = pb_set_meta(pb, "comment",
		    "the form of the vote also has a drawn order, exclusive "
		    "projects or a comparison, which this file cannot say");
	return r;
}

static enum err
project_add(struct pb *pb, const struct option *o)
{
	struct pb_project p;
	enum err r = ERR_NOMEM;

	memset(&p, 0, sizeof(p));
	p.id = strdup(o->id);
	p.cost = strdup(o->cost);
	p.name = strdup(json_text(o->titles, "it"));
	p.category = *o->category == '\0' ? NULL : strdup(o->category);
	p.selected = -1;
	p.votes = p.score = -1;
	if (p.id != NULL && p.cost != NULL && p.name != NULL)
		r = pb_add_project(pb, &p);
	free(p.id);
	free(p.cost);
	free(p.name);
	free(p.category);
	return r;
}

enum err
form_pb_new(const struct header *h, const struct form *f, const char *unit,
    struct pb **out)
{
	struct pb *pb = NULL;
	enum err r;
	size_t i;

	if ((r = pb_new(&pb, type_of(f))) != OK ||
	    (r = pb_set_meta(pb, "description", json_text(f->titles, "it"))) !=
		OK ||
	    (r = pb_set_meta(pb, "country", "Italy")) != OK ||
	    (r = pb_set_meta(pb, "unit", unit)) != OK ||
	    (r = pb_set_meta(pb, "instance", h->slug)) != OK ||
	    (r = pb_set_meta(pb, "budget", f->budget)) != OK ||
	    (r = pb_set_meta(pb, "rule", f->rule_id)) != OK ||
	    (r = limits_set(pb, f)) != OK || (r = rest_set(pb, f)) != OK)
		goto out;
	for (i = 0; i < f->n_options; i++)
		if ((r = project_add(pb, &f->options[i])) != OK)
			goto out;
	*out = pb;
	pb = NULL; /* handed over */

out:
	pb_free(pb);
	return r;
}

enum err
form_pb_add(struct pb *pb, const struct form *f, const struct choices *c)
{
	struct support *list;
	size_t i, n = 0;
	enum err r;

	if ((list = calloc(f->n_options, sizeof(*list))) == NULL)
		return ERR_NOMEM;
	for (i = 0; i < f->n_options; i++) {
		if (c->v[i] == 0)
			continue;
		if (f->ballot.type == BALLOT_RANKING) {
			list[c->v[i] - 1].project = (uint32_t)i;
		} else {
			list[n].project = (uint32_t)i;
			list[n].points =
			    f->ballot.type == BALLOT_POINTS ? c->v[i] : 0;
		}
		n++;
	}
	r = pb_add_vote(pb, list, n);
	free(list);
	return r;
}

enum err
form_pb_list(struct pb *pb, const struct form *f, struct slice list)
{
	size_t i, n = choices_bytes(f);
	struct choices c = { 0 };
	enum err r = OK;

	if (list.n % n != 0)
		return ERR_FORMAT;
	if ((c.v = calloc(f->n_options, sizeof(*c.v))) == NULL)
		return ERR_NOMEM;
	for (i = 0; r == OK && i < list.n; i += n) {
		r = choices_decode(f, slice_of(list.p + i, n), &c, NULL);
		if (r == OK)
			r = form_pb_add(pb, f, &c);
	}
	free(c.v);
	return r;
}
