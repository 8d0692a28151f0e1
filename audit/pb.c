#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "rational.h"

#include "pb.h"

/* ---- Notes ---- */

void
pb_note(
    struct pb_report *report, size_t line, int warning, const char *fmt, ...)
{
	struct pb_note *note;
	va_list ap;

	if (warning)
		report->warnings++;
	else
		report->errors++;
	if (report->n == PB_MAX_NOTES)
		return;
	note = &report->notes[report->n++];
	note->line = line;
	note->warning = warning;
	va_start(ap, fmt);
	(void)vsnprintf(note->text, sizeof(note->text), fmt, ap);
	va_end(ap);
}

void
pb_report_print(const struct pb_report *report, const char *path, FILE *f)
{
	const struct pb_note *note;
	size_t all = report->errors + report->warnings;
	size_t i;

	for (i = 0; i < report->n; i++) {
		note = &report->notes[i];
		fprintf(f, "%s:", path);
		if (note->line > 0)
			fprintf(f, "%zu:", note->line);
		fprintf(
		    f, " %s%s\n", note->warning ? "warning: " : "", note->text);
	}
	if (all > report->n)
		fprintf(f, "%s: and %zu more\n", path, all - report->n);
}

/* ---- Building ---- */

enum err
pb_new(struct pb **out, enum pb_type type)
{
	struct pb *pb = calloc(1, sizeof(*pb));

	if (pb == NULL)
		return ERR_NOMEM;
	pb->type = type;
	*out = pb;
	return OK;
}

const char *
pb_meta(const struct pb *pb, const char *key)
{
	size_t i;

	for (i = 0; i < pb->n_meta; i++)
		if (strcmp(pb->meta[i].key, key) == 0)
			return pb->meta[i].value;
	return NULL;
}

enum err
pb_number(const char *text, uint64_t *out)
{
	size_t n = strspn(text, "0123456789");

	if (n == 0 || text[n] != '\0')
		return ERR_FORMAT;
	if (n > 18)
		return ERR_LIMIT;
	*out = strtoull(text, NULL, 10);
	return OK;
}

enum err
pb_meta_number(const struct pb *pb, const char *key, uint64_t *out)
{
	const char *text = pb_meta(pb, key);

	if (text == NULL)
		return ERR_NOT_FOUND;
	return pb_number(text, out);
}

enum err
pb_set_meta(struct pb *pb, const char *key, const char *value)
{
	struct pb_meta m = { 0 };
	struct pb_meta *meta;
	size_t i;
	enum err r = ERR_NOMEM;

	if (key[0] == '\0')
		return ERR_FORMAT;
	if (strlen(key) > PB_MAX_KEY || strlen(value) > PB_MAX_TEXT)
		return ERR_LIMIT;
	m.key = strdup(key);
	m.value = strdup(value);
	if (m.key == NULL || m.value == NULL)
		goto out;
	for (i = 0; i < pb->n_meta; i++) {
		if (strcmp(pb->meta[i].key, key) != 0)
			continue;
		free(pb->meta[i].value);
		pb->meta[i].value = m.value;
		free(m.key);
		return OK;
	}
	meta = grow(pb->meta, pb->n_meta, &pb->cap_meta, sizeof(m));
	if (meta == NULL)
		goto out;
	pb->meta = meta;
	pb->meta[pb->n_meta++] = m;
	return OK;
out:
	free(m.key);
	free(m.value);
	return r;
}

size_t
pb_find(const struct pb *pb, const char *id)
{
	size_t i;

	for (i = 0; i < pb->n_projects; i++)
		if (strcmp(pb->projects[i].id, id) == 0)
			break;
	return i;
}

static void
project_free(struct pb_project *p)
{
	free(p->id);
	free(p->cost);
	free(p->name);
	free(p->category);
	free(p->description);
}

/**
 * copy(to, from, r):
 * Copy a text that may be absent; ${r} keeps the first error.
 */
static void
copy(char **to, const char *from, enum err *r)
{
	*to = NULL;
	if (from == NULL || *r != OK)
		return;
	if (strlen(from) > PB_MAX_TEXT) {
		*r = ERR_LIMIT;
		return;
	}
	*to = strdup(from);
	if (*to == NULL)
		*r = ERR_NOMEM;
}

static enum err
check_project(const struct pb *pb, const struct pb_project *p)
{
	size_t len = strlen(p->id);
	mpq_t cost;
	enum err r;

	if (len == 0 || strchr(p->id, ',') != NULL ||
	    strchr(" \t", p->id[0]) != NULL ||
	    strchr(" \t", p->id[len - 1]) != NULL)
		return ERR_FORMAT;
	if (len > ELECTION_MAX_ID || pb->n_projects >= ELECTION_MAX_PROJECTS)
		return ERR_LIMIT;
	if (pb_find(pb, p->id) < pb->n_projects)
		return ERR_CONFLICT;
	mpq_init(cost);
	r = rational_parse(cost, p->cost);
	mpq_clear(cost);
	return r;
}

enum err
pb_add_project(struct pb *pb, const struct pb_project *p)
{
	struct pb_project new = *p;
	struct pb_project *projects;
	uint32_t *seen;
	enum err r = check_project(pb, p);

	if (r != OK)
		return r;
	copy(&new.id, p->id, &r);
	copy(&new.cost, p->cost, &r);
	copy(&new.name, p->name, &r);
	copy(&new.category, p->category, &r);
	copy(&new.description, p->description, &r);
	if (r != OK)
		goto out;
	r = ERR_NOMEM;
	projects =
	    grow(pb->projects, pb->n_projects, &pb->cap_projects, sizeof(new));
	if (projects == NULL)
		goto out;
	pb->projects = projects;
	seen = realloc(pb->seen, (pb->n_projects + 1) * sizeof(*seen));
	if (seen == NULL)
		goto out;
	pb->seen = seen;
	seen[pb->n_projects] = 0;
	pb->projects[pb->n_projects++] = new; /* texts pass over */
	return OK;
out:
	project_free(&new);
	return r;
}

enum err
pb_add_vote(struct pb *pb, const struct support *choices, size_t n)
{
	struct pb_vote v = { .first = pb->n_choices, .n = (uint32_t)n };
	struct pb_vote *votes;
	struct support *all;
	size_t i;

	if (pb->n_votes >= PB_MAX_VOTES ||
	    n > ELECTION_MAX_SUPPORTS - pb->n_choices)
		return ERR_LIMIT;
	pb->vote++;
	for (i = 0; i < n; i++) {
		if (choices[i].project >= pb->n_projects)
			return ERR_NOT_FOUND;
		if (pb->seen[choices[i].project] == pb->vote)
			return ERR_CONFLICT;
		pb->seen[choices[i].project] = pb->vote;
		if (choices[i].points > ELECTION_MAX_POINTS)
			return ERR_LIMIT;
	}
	for (i = 0; i < n; i++) {
		all = grow(
		    pb->choices, v.first + i, &pb->cap_choices, sizeof(*all));
		if (all == NULL)
			return ERR_NOMEM;
		pb->choices = all;
		all[v.first + i] = choices[i];
	}
	votes = grow(pb->votes, pb->n_votes, &pb->cap_votes, sizeof(v));
	if (votes == NULL)
		return ERR_NOMEM;
	pb->votes = votes;
	pb->n_choices += n;
	pb->votes[pb->n_votes++] = v;
	return OK;
}

enum err
pb_repeat_vote(struct pb *pb, size_t vote)
{
	struct pb_vote *votes;

	if (vote >= pb->n_votes)
		return ERR_NOT_FOUND;
	if (pb->n_votes >= PB_MAX_VOTES)
		return ERR_LIMIT;
	votes = grow(pb->votes, pb->n_votes, &pb->cap_votes, sizeof(*votes));
	if (votes == NULL)
		return ERR_NOMEM;
	pb->votes = votes;
	votes[pb->n_votes] = votes[vote];
	pb->n_votes++;
	return OK;
}

void
pb_free(struct pb *pb)
{
	size_t i;

	if (pb == NULL)
		return;
	for (i = 0; i < pb->n_meta; i++) {
		free(pb->meta[i].key);
		free(pb->meta[i].value);
	}
	for (i = 0; i < pb->n_projects; i++)
		project_free(&pb->projects[i]);
	free(pb->meta);
	free(pb->projects);
	free(pb->votes);
	free(pb->choices);
	free(pb->seen);
	free(pb);
}

/* ---- The election ---- */

enum votes_kind
pb_kind(enum pb_type type)
{
	switch (type) {
	case PB_APPROVAL:
	case PB_CHOOSE_1:
		return VOTES_APPROVAL;
	case PB_CUMULATIVE:
	case PB_SCORING:
		return VOTES_POINTS;
	case PB_ORDINAL:
		return VOTES_RANKING;
	}
	return VOTES_APPROVAL;
}

const char *
pb_type_name(enum pb_type type)
{
	switch (type) {
	case PB_APPROVAL:
		return "approval";
	case PB_CHOOSE_1:
		return "choose-1";
	case PB_CUMULATIVE:
		return "cumulative";
	case PB_SCORING:
		return "scoring";
	case PB_ORDINAL:
		return "ordinal";
	}
	return "unknown";
}

/**
 * add_scoring(pb, e, v, all):
 * Add a ballot that gives the default score to whom it does not name.
 */
static enum err
add_scoring(const struct pb *pb, struct election *e, const struct pb_vote *v,
    struct support *all)
{
	uint32_t i;

	for (i = 0; i < pb->n_projects; i++)
		all[i] = (struct support){ i, pb->default_score };
	for (i = 0; i < v->n; i++)
		all[pb->choices[v->first + i].project].points =
		    pb->choices[v->first + i].points;
	return election_add_ballot(e, all, pb->n_projects, 1);
}

enum err
pb_election(const struct pb *pb, struct election **out)
{
	struct election *e = NULL;
	struct support *all = NULL;
	const char *budget = pb_meta(pb, "budget");
	size_t i;
	enum err r;

	r = election_new(&e, pb_kind(pb->type), budget != NULL ? budget : "");
	for (i = 0; i < pb->n_projects && r == OK; i++)
		r = election_add_project(
		    e, pb->projects[i].id, pb->projects[i].cost);
	if (r != OK)
		goto out;
	r = ERR_NOMEM;
	all = calloc(pb->n_projects + 1, sizeof(*all));
	if (all == NULL)
		goto out;
	r = OK;
	for (i = 0; i < pb->n_votes && r == OK; i++) {
		if (pb->type == PB_SCORING && pb->default_score > 0)
			r = add_scoring(pb, e, &pb->votes[i], all);
		else
			r = election_add_ballot(e,
			    pb->choices + pb->votes[i].first, pb->votes[i].n,
			    1);
	}
	if (r == OK)
		r = election_seal(e);
	if (r != OK)
		goto out;
	*out = e;
	e = NULL; /* passed over */
out:
	free(all);
	election_free(e);
	return r;
}
