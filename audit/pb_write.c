#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "pb_write.h"

/* META in the order of Pabulib; other entries follow as they came. */
static const char *const meta_order[] = { "description", "country", "unit",
	"district", "subunit", "instance", "num_projects", "num_votes",
	"budget", "vote_type", "rule", "date_begin", "date_end", "min_length",
	"max_length", "min_sum_cost", "max_sum_cost", "min_points",
	"max_points", "min_sum_points", "max_sum_points", "default_score",
	"min_project_cost", "max_project_cost", "min_project_score_threshold",
	"neighborhoods", "subdistricts", "categories", "edition", "language",
	"currency", "fully_funded", "experimental", "comment",
	"acknowledgments", "leftover_budget", "budget_per_category",
	"budget_per_neighborhood" };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/**
 * put_cell(out, s):
 * Append ${s}, quoted where it must be so that a reader gets it back; NULL is
 * an empty cell.
 */
static void
put_cell(struct buf *out, const char *s)
{
	size_t len = s != NULL ? strlen(s) : 0;
	size_t need;
	char *quoted;

	if (len == 0)
		return;
	if (strpbrk(s, ";\"\r\n") == NULL && strchr(" \t", s[0]) == NULL &&
	    strchr(" \t", s[len - 1]) == NULL) {
		buf_put(out, s, len);
		return;
	}
	need = csv_write(NULL, 0, s, len);
	quoted = malloc(need);
	if (quoted == NULL) {
		out->bad = 1;
		return;
	}
	(void)csv_write(quoted, need, s, len);
	buf_put(out, quoted, need);
	free(quoted);
}

static void
put_meta(struct buf *out, const char *key, const char *value)
{
	put_cell(out, key);
	buf_str(out, ";");
	put_cell(out, value);
	buf_str(out, "\n");
}

static void
write_meta(const struct pb *pb, struct buf *out)
{
	const char *key;
	const char *value;
	char number[24];
	size_t i;
	size_t j;

	buf_str(out, "META\nkey;value\n");
	for (i = 0; i < COUNT(meta_order); i++) {
		key = meta_order[i];
		value = pb_meta(pb, key);
		if (strcmp(key, "vote_type") == 0) {
			value = pb_type_name(pb->type);
		} else if (strcmp(key, "num_projects") == 0 ||
			   strcmp(key, "num_votes") == 0) {
			(void)snprintf(number, sizeof(number), "%zu",
			    key[4] == 'p' ? pb->n_projects : pb->n_votes);
			value = number;
		}
		if (value != NULL)
			put_meta(out, key, value);
	}
	for (i = 0; i < pb->n_meta; i++) {
		for (j = 0; j < COUNT(meta_order); j++)
			if (strcmp(pb->meta[i].key, meta_order[j]) == 0)
				break;
		if (j == COUNT(meta_order))
			put_meta(out, pb->meta[i].key, pb->meta[i].value);
	}
}

/* Which of the columns that may be absent somebody fills in. */
struct filled {
	int name;
	int category;
	int selected;
	int description;
};

static struct filled
find_filled(const struct pb *pb)
{
	struct filled f = { 0 };
	const struct pb_project *p;

	for (p = pb->projects; p < pb->projects + pb->n_projects; p++) {
		f.name |= p->name != NULL;
		f.category |= p->category != NULL;
		f.selected |= p->selected >= 0;
		f.description |= p->description != NULL;
	}
	return f;
}

static void
write_projects(const struct pb *pb, const struct election *e, struct buf *out)
{
	const struct pb_project *p;
	struct filled f = find_filled(pb);
	int scored = pb_kind(pb->type) != VOTES_APPROVAL;
	size_t i;

	buf_printf(out, "PROJECTS\nproject_id;cost;votes%s%s%s%s%s\n",
	    scored ? ";score" : "", f.name ? ";name" : "",
	    f.category ? ";category" : "", f.selected ? ";selected" : "",
	    f.description ? ";description" : "");
	for (i = 0; i < pb->n_projects; i++) {
		p = &pb->projects[i];
		put_cell(out, p->id);
		buf_printf(out, ";%s;%llu", p->cost,
		    (unsigned long long)e->projects[i].votes);
		if (scored)
			buf_printf(out, ";%llu",
			    (unsigned long long)e->projects[i].score);
		if (f.name)
			buf_str(out, ";");
		put_cell(out, p->name);
		if (f.category)
			buf_str(out, ";");
		put_cell(out, p->category);
		if (f.selected)
			buf_str(out, ";");
		if (p->selected >= 0)
			buf_printf(out, "%d", p->selected);
		if (f.description)
			buf_str(out, ";");
		put_cell(out, p->description);
		buf_str(out, "\n");
	}
}

/* A ballot while they are sorted. */
struct ref {
	const struct support *p;
	uint32_t n;
};

static int
by_content(const void *va, const void *vb)
{
	const struct ref *a = va;
	const struct ref *b = vb;
	uint32_t i;

	for (i = 0; i < a->n && i < b->n; i++) {
		if (a->p[i].project != b->p[i].project)
			return a->p[i].project < b->p[i].project ? -1 : 1;
		if (a->p[i].points != b->p[i].points)
			return a->p[i].points < b->p[i].points ? -1 : 1;
	}
	return (a->n > b->n) - (a->n < b->n);
}

/* Most points first, then as the projects are listed. */
static int
by_points(const void *va, const void *vb)
{
	const struct support *a = va;
	const struct support *b = vb;

	if (a->points != b->points)
		return a->points > b->points ? -1 : 1;
	return (a->project > b->project) - (a->project < b->project);
}

/**
 * put_list(out, list):
 * Append the ids of a ballot as one cell, which is quoted if an id needs it.
 */
static void
put_list(struct buf *out, struct buf *list)
{
	const char *s = buf_text(list);

	if (s == NULL)
		out->bad = 1;
	else
		put_cell(out, s);
	list->n = 0;
}

static enum err
write_votes(const struct pb *pb, const struct ref *refs, struct buf *out)
{
	int points = pb_kind(pb->type) == VOTES_POINTS;
	struct buf list = { 0 };
	uint32_t j;
	size_t i;
	enum err r;

	buf_printf(out, "VOTES\nvoter_id;vote%s\n", points ? ";points" : "");
	for (i = 0; i < pb->n_votes; i++) {
		buf_printf(out, "%zu;", i + 1);
		for (j = 0; j < refs[i].n; j++)
			buf_printf(&list, "%s%s", j > 0 ? "," : "",
			    pb->projects[refs[i].p[j].project].id);
		put_list(out, &list);
		if (points)
			buf_str(out, ";");
		for (j = 0; points && j < refs[i].n; j++)
			buf_printf(
			    out, "%s%u", j > 0 ? "," : "", refs[i].p[j].points);
		buf_str(out, "\n");
	}
	r = buf_end(&list);
	buf_free(&list);
	return r;
}

enum err
pb_write(const struct pb *pb, struct buf *out)
{
	struct election *e = NULL;
	struct ref *refs = calloc(pb->n_votes + 1, sizeof(*refs));
	struct support *choices = calloc(pb->n_choices + 1, sizeof(*choices));
	struct support *first;
	size_t i;
	enum err r = ERR_NOMEM;

	if (refs == NULL || choices == NULL)
		goto out;
	if (pb->n_choices > 0)
		memcpy(choices, pb->choices, pb->n_choices * sizeof(*choices));
	for (i = 0; i < pb->n_votes; i++) {
		first = choices + pb->votes[i].first;
		/* an ordinal ballot keeps its order, a set has none */
		if (pb->type != PB_ORDINAL && pb->votes[i].n > 1)
			qsort(first, pb->votes[i].n, sizeof(*first), by_points);
		refs[i] = (struct ref){ first, pb->votes[i].n };
	}
	qsort(refs, pb->n_votes, sizeof(*refs), by_content);
	r = pb_election(pb, &e);
	if (r != OK)
		goto out;
	write_meta(pb, out);
	write_projects(pb, e, out);
	r = write_votes(pb, refs, out);
	if (r == OK)
		r = buf_end(out);
out:
	election_free(e);
	free(refs);
	free(choices);
	return r;
}
