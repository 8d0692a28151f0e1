#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "spacepb.h"

#define ID_MAX 64
#define TITLE_MAX 200

/* A cost of the file as a decimal of PROTOCOL 0. */
static void
decimal(const char *text, struct buf *out)
{
	const char *point = strchr(text, '.');
	size_t n = strlen(text);

	while (point != NULL && n > 0 && text[n - 1] == '0')
		n--;
	if (point != NULL && text + n - 1 == point)
		n--;
	while (n > 1 && text[0] == '0' && text[1] != '.') {
		text++;
		n--;
	}
	out->n = 0;
	buf_put(out, text, n);
}

/* At most ${max} characters of UTF-8. */
static json_t *
text_map(const char *s, size_t max)
{
	size_t chars = 0, i;
	json_t *o;

	for (i = 0; s[i] != '\0'; i++)
		if (((uint8_t)s[i] & 0xc0) != 0x80 && chars++ == max)
			break;
	o = json_object();
	if (o != NULL &&
	    json_object_set_new(o, "it", json_stringn(s, i)) != 0) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static json_t *
option_of(const struct pb_project *p)
{
	struct buf cost = { 0 };
	json_t *o = NULL;

	decimal(p->cost, &cost);
	if (buf_text(&cost) != NULL)
		o = json_pack("{s:s,s:s,s:o,s:o,s:o}", "id", p->id, "cost",
		    buf_text(&cost), "titles",
		    text_map(
			p->name != NULL && *p->name != '\0' ? p->name : p->id,
			TITLE_MAX),
		    "description",
		    text_map(
			p->description == NULL ? "" : p->description, 20000),
		    "category",
		    json_string(p->category == NULL ? "" : p->category));
	buf_free(&cost);
	return o;
}

static enum err
options_make(const struct pb *pb, json_t **out, struct why *why)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < pb->n_projects; i++) {
		if (strlen(pb->projects[i].id) > ID_MAX) {
			json_decref(list);
			return why_say(why, ERR_LIMIT,
			    "the project id \"%.80s\" is longer than %d "
			    "characters",
			    pb->projects[i].id, ID_MAX);
		}
		if (json_array_append_new(list, option_of(&pb->projects[i])) !=
		    0) {
			json_decref(list);
			return ERR_NOMEM;
		}
	}
	*out = list;
	return OK;
}

/* What the ballots of the file need. */
struct span {
	uint64_t min, max;	       /* options named */
	uint64_t option_max;	       /* points */
	uint64_t total_min, total_max; /* points */
	int widened;
};

static uint64_t
meta_or(const struct pb *pb, const char *key, uint64_t normal)
{
	uint64_t v;

	return pb_meta_number(pb, key, &v) == OK ? v : normal;
}

static void
widen(struct span *s, uint64_t named, uint64_t largest, uint64_t total)
{
	struct span was = *s;

	if (named == 0)
		return; /* blank is always allowed */
	s->min = named < s->min ? named : s->min;
	s->max = named > s->max ? named : s->max;
	s->option_max = largest > s->option_max ? largest : s->option_max;
	s->total_min = total < s->total_min ? total : s->total_min;
	s->total_max = total > s->total_max ? total : s->total_max;
	s->widened |= s->min != was.min || s->max != was.max ||
		      s->option_max != was.option_max ||
		      s->total_min != was.total_min ||
		      s->total_max != was.total_max;
}

static uint32_t
unnamed_points(const struct pb *pb)
{
	return pb->type == PB_SCORING ? pb->default_score : 0;
}

static void
widen_vote(struct span *s, const struct pb *pb, const struct pb_vote *vote)
{
	uint64_t named = vote->n, largest = 0, total = 0, zero = 0, rest;
	uint32_t i, points;

	for (i = 0; i < vote->n; i++) {
		points = pb->choices[vote->first + i].points;
		largest = points > largest ? points : largest;
		total += points;
		zero += points == 0;
	}
	if (pb_kind(pb->type) == VOTES_POINTS) {
		named -= zero;
		rest = pb->n_projects - vote->n;
		if (unnamed_points(pb) > 0 && rest > 0) {
			named += rest;
			total += rest * unnamed_points(pb);
			if (unnamed_points(pb) > largest)
				largest = unnamed_points(pb);
		}
	}
	widen(s, named, largest, total);
}

static struct span
span_of(const struct pb *pb)
{
	uint64_t n = pb->n_projects, each;
	struct span s = { 0 };
	size_t i;

	s.min = meta_or(pb, "min_length", 1);
	s.max = meta_or(pb, "max_length", n);
	s.max = s.max > n || s.max == 0 ? n : s.max;
	s.min = s.min == 0 ? 1 : s.min > s.max ? s.max : s.min;
	s.total_max = meta_or(pb, "max_sum_points", 0);
	each = s.total_max > 0 ? s.total_max : 1;
	s.option_max = meta_or(pb, "max_points", each);
	if (s.option_max == 0)
		s.option_max = 1;
	if (s.total_max == 0)
		s.total_max = s.option_max * s.max;
	s.total_min = meta_or(pb, "min_sum_points", 0);
	for (i = 0; i < pb->n_votes; i++)
		widen_vote(&s, pb, &pb->votes[i]);
	/* form_parse wants limits that can be met. */
	if (s.total_max < s.min)
		s.total_max = s.min;
	if (s.total_min > s.max * s.option_max)
		s.total_min = s.max * s.option_max;
	return s;
}

static enum err
points_make(const struct span *s, json_t **out, struct why *why)
{
	if (s->option_max > UINT16_MAX || s->total_max > UINT32_MAX)
		return why_say(why, ERR_LIMIT,
		    "there are ballots with more than 65535 points for a "
		    "project");
	*out = json_pack("{s:s,s:I,s:I,s:I,s:I,s:I}", "type", "points", "min",
	    (json_int_t)s->min, "max", (json_int_t)s->max, "option_max",
	    (json_int_t)s->option_max, "total_min", (json_int_t)s->total_min,
	    "total_max", (json_int_t)s->total_max);
	return OK;
}

static enum err
bitmap_make(const struct pb *pb, const struct span *s, json_t **out)
{
	const char *min = pb_meta(pb, "min_sum_cost");
	const char *max = pb_meta(pb, "max_sum_cost");
	struct buf a = { 0 }, b = { 0 };

	decimal(min == NULL ? "" : min, &a);
	decimal(max == NULL ? "" : max, &b);
	if (buf_text(&a) != NULL && buf_text(&b) != NULL)
		*out = json_pack("{s:s,s:I,s:I,s:s,s:s}", "type", "bitmap",
		    "min", (json_int_t)s->min, "max", (json_int_t)s->max,
		    "min_cost", buf_text(&a), "max_cost", buf_text(&b));
	buf_free(&a);
	buf_free(&b);
	return OK;
}

static enum err
ballot_make(
    const struct pb *pb, const struct span *s, json_t **out, struct why *why)
{
	enum err r = OK;

	*out = NULL;
	switch (pb->type) {
	case PB_CHOOSE_1:
		*out = json_pack("{s:s}", "type", "choice");
		break;
	case PB_APPROVAL:
		r = bitmap_make(pb, s, out);
		break;
	case PB_CUMULATIVE:
	case PB_SCORING:
		r = points_make(s, out, why);
		break;
	case PB_ORDINAL:
		*out = json_pack("{s:s,s:I,s:I}", "type", "ranking", "min",
		    (json_int_t)s->min, "max", (json_int_t)s->max);
		break;
	}
	return r == OK && *out == NULL ? ERR_NOMEM : r;
}

enum err
spacepb_form(const struct pb *pb, json_t **out, int *widened, struct why *why)
{
	const char *title = pb_meta(pb, "description");
	const char *budget = pb_meta(pb, "budget");
	json_t *options = NULL, *ballot = NULL, *o = NULL;
	struct span s = span_of(pb);
	struct buf money = { 0 };
	enum err r;

	if ((r = options_make(pb, &options, why)) != OK ||
	    (r = ballot_make(pb, &s, &ballot, why)) != OK)
		goto out;
	decimal(budget == NULL ? "0" : budget, &money);
	if (buf_text(&money) != NULL)
		o = json_pack("{s:O,s:O,s:s,s:o}", "options", options, "ballot",
		    ballot, "budget", buf_text(&money), "titles",
		    text_map(title == NULL ? "Votazione" : title, TITLE_MAX));
	if (o == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	*out = o;
	*widened = s.widened;

out:
	buf_free(&money);
	json_decref(options);
	json_decref(ballot);
	return r;
}

void
spacepb_choices(const struct pb *pb, size_t vote, const struct form *f,
    uint32_t *v, struct choices *out)
{
	const struct pb_vote *given = &pb->votes[vote];
	const struct support *c = pb->choices + given->first;
	enum votes_kind kind = pb_kind(pb->type);
	size_t i;

	out->n = f->n_options;
	out->v = v;
	out->blank = 1;
	for (i = 0; i < f->n_options; i++)
		v[i] = kind == VOTES_POINTS ? unnamed_points(pb) : 0;
	for (i = 0; i < given->n; i++)
		v[c[i].project] = kind == VOTES_POINTS	  ? c[i].points
				  : kind == VOTES_RANKING ? (uint32_t)i + 1
							  : 1;
	for (i = 0; i < f->n_options; i++)
		if (v[i] != 0)
			out->blank = 0;
}
