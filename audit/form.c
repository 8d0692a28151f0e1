#include <stdlib.h>
#include <string.h>

#include "form_costs.h"
#include "hex.h"
#include "rule.h"
#include "seal.h"

#include "form.h"

#define TITLE_CHARS 200
#define TEXT_CHARS 20000
#define ALT_CHARS 300
#define ID_CHARS 64
#define IDEAS_MAX 4096
#define DECIMAL_CHARS 22

static const char *const members[] = { "ballot", "budget", "exclusive",
	"options", "rule", "seal", "shuffle", "space_id", "texts", "ties",
	"titles", "version", NULL };

/* A decimal; ${empty} allows "" for none. */
static enum err
get_decimal(const json_t *o, const char *name, int empty, const char **out,
    struct why *why)
{
	const char *s = "";
	enum err r;

	r = json_get_string(o, name, 0, DECIMAL_CHARS, &s, why);
	if (r != OK)
		return r;
	if (!(empty && s[0] == 0) && (r = json_decimal_check(s, why)) != OK) {
		why_prefix(why, "%s: ", name);
		return r;
	}
	*out = s;
	return OK;
}

static enum err
get_u32(const json_t *o, const char *name, int64_t min, int64_t max,
    uint32_t *out, struct why *why)
{
	int64_t v = 0;
	enum err r;

	if ((r = json_get_int(o, name, min, max, &v, why)) == OK)
		*out = (uint32_t)v;
	return r;
}

static int
is_zero(const char *decimal)
{
	return strcmp(decimal, "0") == 0;
}

/* ---- Options ------------------------------------------------------------- */

/* An array of 32-byte values as hex, of which nothing else is known here. */
static enum err
check_hashes(
    const json_t *o, const char *name, size_t min, size_t max, struct why *why)
{
	uint8_t value[HASH_BYTES];
	json_t *a = NULL;
	const json_t *j;
	size_t i;
	enum err r;

	if ((r = json_get_array(o, name, min, max, &a, why)) != OK)
		return r;
	for (i = 0; i < json_array_size(a); i++) {
		j = json_array_get(a, i);
		if (!json_is_string(j) ||
		    hex_decode(
			slice_of(json_string_value(j), json_string_length(j)),
			value, sizeof(value)) != OK)
			return why_say(why, ERR_FORMAT,
			    "%s[%zu] is not 32 bytes as lower-case hex", name,
			    i);
	}
	return OK;
}

/* Who does not see a picture is told, in every language that is there. */
static enum err
parse_picture(const json_t *o, struct option *p, struct why *why)
{
	static const char *const names[] = { "alt", "hash", NULL };
	json_t *picture = NULL, *text;
	const char *lang;
	enum err r;

	if (json_object_get(o, "picture") == NULL)
		return OK;
	if ((r = json_get_object(o, "picture", &picture, why)) != OK)
		return r;
	if ((r = json_only(picture, names, why)) != OK ||
	    (r = json_get_hex(
		 picture, "hash", p->picture.b, HASH_BYTES, why)) != OK ||
	    (r = json_get_texts(picture, "alt", ALT_CHARS, &p->alt, why)) != OK)
		goto out;
	json_object_foreach(p->alt, lang, text)
	{
		if (json_string_length(text) == 0)
			r = why_say(why, ERR_LIMIT,
			    "alt.%s is empty: say what the picture shows",
			    lang);
	}

out:
	if (r != OK)
		why_prefix(why, "picture.");
	return r;
}

static enum err
parse_option(const json_t *o, struct option *p, struct why *why)
{
	static const char *const names[] = { "category", "cost", "description",
		"id", "ideas", "picture", "place", "titles", NULL };
	enum err r;

	if ((r = json_only(o, names, why)) != OK ||
	    (r = json_get_string(o, "id", 1, ID_CHARS, &p->id, why)) != OK ||
	    (r = get_decimal(o, "cost", 0, &p->cost, why)) != OK ||
	    (r = json_get_string(
		 o, "category", 0, TITLE_CHARS, &p->category, why)) != OK ||
	    (r = json_get_string(o, "place", 0, TITLE_CHARS, &p->place, why)) !=
		OK ||
	    (r = json_get_texts(o, "titles", TITLE_CHARS, &p->titles, why)) !=
		OK ||
	    (r = json_get_texts(
		 o, "description", TEXT_CHARS, &p->description, why)) != OK ||
	    (r = check_hashes(o, "ideas", 0, IDEAS_MAX, why)) != OK ||
	    (r = parse_picture(o, p, why)) != OK)
		return r;
	if (strchr(p->id, ',') != NULL)
		return why_say(why, ERR_FORMAT, "id holds a comma");
	return OK;
}

static enum err
parse_options(struct form *f, struct why *why)
{
	json_t *a = NULL;
	size_t i;
	enum err r;

	r = json_get_array(f->doc, "options", 1, OPTIONS_MAX, &a, why);
	if (r != OK)
		return r;
	f->n_options = json_array_size(a);
	f->options = calloc(f->n_options, sizeof(*f->options));
	if (f->options == NULL)
		return why_say(why, ERR_NOMEM, "out of memory");
	for (i = 0; i < f->n_options; i++) {
		if (!json_is_object(json_array_get(a, i)))
			return why_say(why, ERR_FORMAT,
			    "options[%zu] is not an object", i);
		r = parse_option(json_array_get(a, i), &f->options[i], why);
		if (r != OK) {
			why_prefix(why, "options[%zu].", i);
			return r;
		}
	}
	return OK;
}

/* ---- The drawn order, and that ids are unique ---------------------------- */

struct place {
	const char *id;
	size_t at;
	int drawn;
	int grouped;
};

static int
place_cmp(const void *a, const void *b)
{
	return strcmp(
	    ((const struct place *)a)->id, ((const struct place *)b)->id);
}

static enum err
parse_ties(struct form *f, struct place *sorted, struct why *why)
{
	json_t *a = NULL;
	struct place key = { 0 }, *p;
	size_t i, n;
	enum err r;

	r = json_get_array(f->doc, "ties", 0, OPTIONS_MAX, &a, why);
	if (r != OK)
		return r;
	if ((n = json_array_size(a)) == 0)
		return OK;
	if (n != f->n_options)
		return why_say(why, ERR_FORMAT,
		    "ties has %zu ids, and must have none or all %zu", n,
		    f->n_options);
	if ((f->ties = calloc(n, sizeof(*f->ties))) == NULL)
		return why_say(why, ERR_NOMEM, "out of memory");
	for (i = 0; i < n; i++) {
		key.id = json_string_value(json_array_get(a, i));
		p = key.id == NULL
			? NULL
			: bsearch(&key, sorted, n, sizeof(*sorted), place_cmp);
		if (p == NULL)
			return why_say(why, ERR_FORMAT,
			    "ties[%zu] is not the id of an option", i);
		if (p->drawn)
			return why_say(why, ERR_FORMAT,
			    "ties[%zu] names an option for the second time", i);
		p->drawn = 1;
		f->ties[i] = p->id;
	}
	f->n_ties = n;
	return OK;
}

/**
 * parse_group(f, no, a, sorted, why):
 * Read the exclusive group that stands at ${no}.
 */
static enum err
parse_group(struct form *f, size_t no, const json_t *a, struct place *sorted,
    struct why *why)
{
	struct place key = { 0 }, *p;
	size_t i;

	if (!json_is_array(a))
		return why_say(
		    why, ERR_FORMAT, "exclusive[%zu] is not an array", no);
	if (json_array_size(a) < 2)
		return why_say(why, ERR_FORMAT,
		    "exclusive[%zu] has %zu ids; what excludes each other is "
		    "two or more",
		    no, json_array_size(a));
	for (i = 0; i < json_array_size(a); i++) {
		key.id = json_string_value(json_array_get(a, i));
		p = key.id == NULL ? NULL
				   : bsearch(&key, sorted, f->n_options,
					 sizeof(*sorted), place_cmp);
		if (p == NULL)
			return why_say(why, ERR_FORMAT,
			    "exclusive[%zu][%zu] is not the id of an option",
			    no, i);
		if (p->grouped)
			return why_say(why, ERR_FORMAT,
			    "exclusive[%zu][%zu] names an option for the "
			    "second time",
			    no, i);
		p->grouped = 1;
		f->exclusive[p->at] = (uint32_t)no + 1;
	}
	return OK;
}

static enum err
parse_exclusive(struct form *f, struct place *sorted, struct why *why)
{
	json_t *a = NULL;
	size_t i;
	enum err r;

	f->exclusive = calloc(f->n_options, sizeof(*f->exclusive));
	if (f->exclusive == NULL)
		return why_say(why, ERR_NOMEM, "out of memory");
	if (json_object_get(f->doc, "exclusive") == NULL)
		return OK;
	r = json_get_array(f->doc, "exclusive", 1, OPTIONS_MAX / 2, &a, why);
	for (i = 0; r == OK && i < json_array_size(a); i++)
		r = parse_group(f, i, json_array_get(a, i), sorted, why);
	if (r == OK)
		f->n_exclusive = (uint32_t)json_array_size(a);
	return r;
}

static enum err
parse_order(struct form *f, struct why *why)
{
	struct place *sorted;
	size_t i;
	enum err r;

	if ((sorted = calloc(f->n_options, sizeof(*sorted))) == NULL)
		return why_say(why, ERR_NOMEM, "out of memory");
	for (i = 0; i < f->n_options; i++) {
		sorted[i].id = f->options[i].id;
		sorted[i].at = i;
	}
	qsort(sorted, f->n_options, sizeof(*sorted), place_cmp);
	for (i = 1; i < f->n_options; i++) {
		if (place_cmp(&sorted[i - 1], &sorted[i]) == 0) {
			r = why_say(why, ERR_CONFLICT,
			    "options[%zu] and options[%zu] have the same id",
			    sorted[i - 1].at, sorted[i].at);
			goto out;
		}
	}
	if ((r = parse_ties(f, sorted, why)) == OK)
		r = parse_exclusive(f, sorted, why);

out:
	free(sorted);
	return r;
}

/* ---- Ballot -------------------------------------------------------------- */

static enum err
get_min_max(struct form *f, const json_t *o, struct why *why)
{
	struct ballot_form *b = &f->ballot;
	int64_t n = (int64_t)f->n_options;
	enum err r;

	if ((r = get_u32(o, "min", 1, n, &b->min, why)) != OK ||
	    (r = get_u32(o, "max", 1, n, &b->max, why)) != OK)
		return r;
	if (b->min > b->max)
		return why_say(why, ERR_FORMAT, "min is %u, above max, %u",
		    b->min, b->max);
	return OK;
}

static enum err
parse_choice(struct form *f, const json_t *o, struct why *why)
{
	static const char *const names[] = { "type", NULL };

	f->ballot.min = 1;
	f->ballot.max = 1;
	return json_only(o, names, why);
}

static enum err
parse_bitmap(struct form *f, const json_t *o, struct why *why)
{
	static const char *const names[] = { "max", "max_cost", "min",
		"min_cost", "type", NULL };
	enum err r;

	if ((r = json_only(o, names, why)) != OK ||
	    (r = get_min_max(f, o, why)) != OK ||
	    (r = get_decimal(o, "min_cost", 1, &f->ballot.min_cost, why)) != OK)
		return r;
	return get_decimal(o, "max_cost", 1, &f->ballot.max_cost, why);
}

static enum err
parse_points(struct form *f, const json_t *o, struct why *why)
{
	static const char *const names[] = { "max", "min", "option_max",
		"total_max", "total_min", "type", NULL };
	struct ballot_form *b = &f->ballot;
	enum err r;

	if ((r = json_only(o, names, why)) != OK ||
	    (r = get_min_max(f, o, why)) != OK ||
	    (r = get_u32(
		 o, "option_max", 1, UINT16_MAX, &b->option_max, why)) != OK ||
	    (r = get_u32(o, "total_min", 0, UINT32_MAX, &b->total_min, why)) !=
		OK ||
	    (r = get_u32(o, "total_max", 0, UINT32_MAX, &b->total_max, why)) !=
		OK)
		return r;
	if (b->total_min > b->total_max)
		return why_say(why, ERR_FORMAT,
		    "total_min is %u, above total_max, %u", b->total_min,
		    b->total_max);
	if (b->total_max < b->min)
		return why_say(why, ERR_FORMAT,
		    "total_max is %u: too little for min, %u options",
		    b->total_max, b->min);
	if (b->total_min > (uint64_t)b->max * b->option_max)
		return why_say(why, ERR_FORMAT,
		    "total_min is %u: more than max options with option_max "
		    "points each",
		    b->total_min);
	return OK;
}

static enum err
parse_ranking(struct form *f, const json_t *o, struct why *why)
{
	static const char *const names[] = { "max", "min", "type", NULL };
	enum err r;

	if ((r = json_only(o, names, why)) != OK)
		return r;
	return get_min_max(f, o, why);
}

static const struct {
	const char *name;
	enum ballot_type type;
	enum votes_kind kind; /* what the rules take it for */
	enum err (*parse)(struct form *, const json_t *, struct why *);
} types[] = {
	{ "choice", BALLOT_CHOICE, VOTES_APPROVAL, parse_choice },
	{ "bitmap", BALLOT_BITMAP, VOTES_APPROVAL, parse_bitmap },
	{ "points", BALLOT_POINTS, VOTES_POINTS, parse_points },
	{ "ranking", BALLOT_RANKING, VOTES_RANKING, parse_ranking },
};
#define TYPES (sizeof(types) / sizeof(types[0]))

static enum err
parse_ballot(struct form *f, struct why *why)
{
	const char *type = "";
	json_t *o = NULL;
	size_t i;
	enum err r;

	if ((r = json_get_object(f->doc, "ballot", &o, why)) != OK)
		return r;
	if ((r = json_get_string(o, "type", 1, 20, &type, why)) != OK)
		goto out;
	for (i = 0; i < TYPES; i++) {
		if (strcmp(types[i].name, type) == 0)
			break;
	}
	if (i == TYPES) {
		r = why_say(why, ERR_FORMAT,
		    "type is none of choice, bitmap, points, ranking");
		goto out;
	}
	f->ballot.type = types[i].type;
	f->ballot.min_cost = "";
	f->ballot.max_cost = "";
	r = types[i].parse(f, o, why);

out:
	if (r != OK)
		why_prefix(why, "ballot.");
	return r;
}

/* ---- Rule ---------------------------------------------------------------- */

/* The ids that fit a ballot, as one sentence. */
struct fitting {
	enum votes_kind kind;
	struct buf list;
};

static void
fitting_add(const char *id, void *cookie)
{
	struct fitting *fit = cookie;
	struct rule rule;

	if (rule_parse(id, &rule) != OK || !rule_fits(&rule, fit->kind))
		return;
	buf_printf(&fit->list, "%s%s", fit->list.n > 0 ? ", " : "", id);
}

static enum err
rule_refuse(size_t type, struct why *why)
{
	struct fitting fit = { .kind = types[type].kind };
	const char *list;

	rule_each(fitting_add, &fit);
	list = buf_text(&fit.list);
	(void)why_say(why, ERR_FORMAT,
	    "id is no rule for ballots of the type %s; these are: %s",
	    types[type].name, list != NULL ? list : "(out of memory)");
	buf_free(&fit.list);
	return ERR_FORMAT;
}

static enum err
check_rule(const struct form *f, struct why *why)
{
	struct rule rule;
	size_t i = 0;

	while (i + 1 < TYPES && types[i].type != f->ballot.type)
		i++;
	if (rule_parse(f->rule_id, &rule) != OK ||
	    !rule_fits(&rule, types[i].kind))
		return rule_refuse(i, why);
	if (is_zero(f->increment))
		return why_say(why, ERR_FORMAT, "increment is 0");
	/* Scores are whole numbers, so a whole threshold loses nothing. */
	if (strchr(f->min_score, '.') != NULL)
		return why_say(
		    why, ERR_FORMAT, "min_score is not a whole number");
	if (rule.threshold && is_zero(f->min_score))
		return why_say(why, ERR_FORMAT,
		    "min_score is 0, but %s needs a threshold", f->rule_id);
	if (!rule.threshold && !is_zero(f->min_score))
		return why_say(why, ERR_FORMAT,
		    "min_score is %s, but %s has no threshold; it must be 0",
		    f->min_score, f->rule_id);
	return OK;
}

static enum err
parse_compare(struct form *f, const json_t *o, struct why *why)
{
	const char *with = "";
	enum err r;

	if (json_object_get(o, "compare") == NULL)
		return OK;
	if ((r = json_get_string(
		 o, "compare", 1, RULE_ID_MAX - 1, &with, why)) != OK)
		return r;
	if (strcmp(with, RULE_PLAIN) != 0)
		return why_say(
		    why, ERR_FORMAT, "compare can only be " RULE_PLAIN);
	if (strcmp(f->rule_id, RULE_PLAIN) == 0)
		return why_say(why, ERR_FORMAT,
		    "compare: " RULE_PLAIN " is not compared with itself");
	f->compare = 1;
	return OK;
}

static enum err
parse_rule(struct form *f, struct why *why)
{
	static const char *const names[] = { "compare", "id", "increment",
		"min_score", NULL };
	json_t *o = NULL;
	enum err r;

	if ((r = get_decimal(f->doc, "budget", 0, &f->budget, why)) != OK ||
	    (r = json_get_object(f->doc, "rule", &o, why)) != OK)
		return r;
	if ((r = json_only(o, names, why)) != OK ||
	    (r = json_get_string(
		 o, "id", 1, RULE_ID_MAX - 1, &f->rule_id, why)) != OK ||
	    (r = get_decimal(o, "increment", 0, &f->increment, why)) != OK ||
	    (r = get_decimal(o, "min_score", 0, &f->min_score, why)) != OK ||
	    (r = check_rule(f, why)) != OK ||
	    (r = parse_compare(f, o, why)) != OK)
		why_prefix(why, "rule.");
	return r;
}

/* ---- Seal ---------------------------------------------------------------- */

static enum err
parse_shares(struct form *f, const struct header *h, json_t *o, struct why *why)
{
	size_t n = h != NULL ? h->n_trustees : 0;
	json_t *a = NULL;
	const json_t *j;
	size_t i;
	enum err r;

	if ((r = json_get_array(o, "shares", n > 0 ? n : 1,
		 n > 0 ? n : HEADER_TRUSTEES_MAX, &a, why)) != OK)
		return r;
	f->n_shares = json_array_size(a);
	for (i = 0; i < f->n_shares; i++) {
		j = json_array_get(a, i);
		if (!json_is_string(j) ||
		    hex_decode(
			slice_of(json_string_value(j), json_string_length(j)),
			f->shares[i].b, POINT_BYTES) != OK ||
		    point_check(&f->shares[i]) != OK)
			return why_say(why, ERR_FORMAT,
			    "shares[%zu] is not a point as lower-case hex", i);
	}
	return OK;
}

static enum err
parse_seal(struct form *f, const struct header *h, struct why *why)
{
	static const char *const names[] = { "key", "shares", "transcript",
		NULL };
	json_t *o = NULL;
	enum err r;

	f->sealed = json_object_get(f->doc, "seal") != NULL;
	if (h != NULL && f->sealed != (h->n_trustees > 0))
		return why_say(why, ERR_FORMAT,
		    f->sealed ? "seal is there, but the header has no trustees"
			      : "seal is missing: the header has trustees");
	if (!f->sealed)
		return OK;
	if ((r = json_get_object(f->doc, "seal", &o, why)) != OK)
		return r;
	if ((r = json_only(o, names, why)) != OK ||
	    (r = json_get_hex(o, "key", f->seal_key.b, POINT_BYTES, why)) !=
		OK ||
	    (r = json_get_hex(
		 o, "transcript", f->transcript.b, HASH_BYTES, why)) != OK ||
	    (r = parse_shares(f, h, o, why)) != OK)
		goto out;
	if (point_check(&f->seal_key) != OK)
		r = why_say(why, ERR_FORMAT, "key is not a point");

out:
	if (r != OK)
		why_prefix(why, "seal.");
	return r;
}

/* ---- The whole ----------------------------------------------------------- */

static enum err
parse_head(struct form *f, const struct header *h, struct why *why)
{
	uint32_t shuffle = 0;
	int64_t v = 0;
	enum err r;

	if ((r = json_only(f->doc, members, why)) != OK ||
	    (r = json_get_int(f->doc, "version", 1, 1, &v, why)) != OK ||
	    (r = json_get_hex(
		 f->doc, "space_id", f->space_id.b, HASH_BYTES, why)) != OK ||
	    (r = json_get_texts(
		 f->doc, "titles", TITLE_CHARS, &f->titles, why)) != OK ||
	    (r = json_get_texts(f->doc, "texts", TEXT_CHARS, &f->texts, why)) !=
		OK ||
	    (r = get_u32(f->doc, "shuffle", 0, 1, &shuffle, why)) != OK)
		return r;
	f->shuffle = shuffle != 0;
	if (h != NULL && !hash_equal(&f->space_id, &h->id))
		return why_say(why, ERR_FORMAT,
		    "space_id is not that of the header (%s)", h->slug);
	return OK;
}

enum err
form_parse(
    struct slice s, const struct header *h, struct form **out, struct why *why)
{
	struct form *f;
	enum err r;

	if ((f = calloc(1, sizeof(*f))) == NULL)
		return why_say(why, ERR_NOMEM, "out of memory");
	hash_bytes(s, &f->id);
	if ((r = json_read_document(s, &f->doc, why)) != OK)
		goto out;
	if (!json_is_object(f->doc)) {
		r = why_say(why, ERR_FORMAT, "the form is not an object");
		goto out;
	}
	if ((r = parse_head(f, h, why)) != OK ||
	    (r = parse_options(f, why)) != OK ||
	    (r = parse_order(f, why)) != OK ||
	    (r = parse_ballot(f, why)) != OK ||
	    (r = parse_rule(f, why)) != OK ||
	    (r = parse_seal(f, h, why)) != OK ||
	    (r = form_costs_new(f, &f->costs, why)) != OK)
		goto out;
	f->body_bytes = choices_bytes(f) + (f->sealed ? SEAL_OVERHEAD : 0);
	*out = f;
	f = NULL; /* transferred */

out:
	form_free(f);
	return r;
}

void
form_free(struct form *f)
{
	if (f == NULL)
		return;
	json_decref(f->doc);
	free(f->options);
	free(f->exclusive);
	free(f->ties);
	free(f->costs);
	free(f);
}
