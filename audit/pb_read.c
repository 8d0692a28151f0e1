#include <csv.h>
#include <ctype.h>
#include <errno.h>
#include <gmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "rational.h"

#include "pb_read.h"

/*
 * The text is given to libcsv line by line, so that every complaint can name
 * its line; a line with a bad quote is reported and left out, the next one is
 * read as usual.
 */

/* The most cells of a row. */
enum { CELLS = 64 };

enum section { BEFORE, META, PROJECTS, VOTES };

/* Columns that mean something to us; the others are left alone. */
enum column {
	PROJECT_ID,
	COST,
	VOTES_COUNT,
	SCORE,
	NAME,
	CATEGORY,
	DESCRIPTION,
	SELECTED,
	VOTER_ID,
	VOTE,
	POINTS,
	N_COLUMNS,
};

static const struct known {
	const char *name;
	enum section section;
	enum column column; /* N_COLUMNS: known, not used */
} known_columns[] = {
	{ "project_id", PROJECTS, PROJECT_ID },
	{ "cost", PROJECTS, COST },
	{ "votes", PROJECTS, VOTES_COUNT },
	{ "score", PROJECTS, SCORE },
	{ "name", PROJECTS, NAME },
	{ "category", PROJECTS, CATEGORY },
	{ "description", PROJECTS, DESCRIPTION },
	{ "selected", PROJECTS, SELECTED },
	{ "voter_id", VOTES, VOTER_ID },
	{ "vote", VOTES, VOTE },
	{ "points", VOTES, POINTS },
};

/* What a ballot may break without being unreadable. */
enum limit {
	FEW_PROJECTS,
	MANY_PROJECTS,
	CHEAP,
	DEAR,
	LOW_POINTS,
	HIGH_POINTS,
	LOW_SUM,
	HIGH_SUM,
	REPEATED,
	N_LIMITS,
};

static const struct limit_text {
	const char *meta; /* NULL: none, it is always checked */
	const char *what;
} limit_texts[N_LIMITS] = {
	{ "min_length", "name fewer projects than min_length" },
	{ "max_length", "name more projects than max_length" },
	{ "min_sum_cost", "cost less than min_sum_cost" },
	{ "max_sum_cost", "cost more than max_sum_cost" },
	{ "min_points", "give a project less than min_points" },
	{ "max_points", "give a project more than max_points" },
	{ "min_sum_points", "give fewer points than min_sum_points" },
	{ "max_sum_points", "give more points than max_sum_points" },
	{ NULL, "name a project twice" },
};

/* A project's id, for the search by it. */
struct id {
	const char *id;
	uint32_t project;
};

/* A voter's id, for the search of repeated ones. */
struct voter {
	const char *id;
	size_t line;
};

struct reader {
	struct csv_parser csv;
	struct pb *pb;
	struct pb_report *report;
	enum err err; /* what ends the reading: no memory */
	size_t line;  /* of the input */
	size_t row;   /* line at which the row began */
	int row_done; /* since the line was given to libcsv */
	enum section section;
	int header;	 /* the next row is the header of the section */
	int given_up;	 /* no use in reading on */
	struct buf pool; /* the cells of a row, each with a NUL */
	size_t cells[CELLS];
	size_t n_cells;
	size_t width;		   /* cells of a header */
	size_t columns[N_COLUMNS]; /* index of the cell, or CELLS */
	struct id *by_id;	   /* projects sorted by id */
	struct buf voters;	   /* ids, each with a NUL */
	struct buf lines;	   /* size_t: the line of each */
	size_t n_voters;
	struct support *choice; /* the ballot being read */
	uint32_t *at;		/* per project: place on that ballot + 1 */
	uint64_t bounds[N_LIMITS];
	int bounded[N_LIMITS];
	mpq_t min_cost, max_cost;
	size_t broken[N_LIMITS]; /* ballots that break the limit */
	size_t first[N_LIMITS];	 /* line of the first of them */
};

/* Texts in messages are cut to be readable. */
#define SHOWN "%.60s"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *
cell(const struct reader *r, size_t i)
{
	return (const char *)r->pool.p + r->cells[i];
}

/**
 * value(r, column):
 * The cell of ${column} in this row; NULL if there is none or it says nothing.
 * "None" says nothing, except where a project or a voter may be called so.
 */
static const char *
value(const struct reader *r, enum column column)
{
	const char *s;

	if (r->columns[column] == CELLS)
		return NULL;
	s = cell(r, r->columns[column]);
	if (s[0] == '\0')
		return NULL;
	if (column != PROJECT_ID && column != VOTER_ID && column != VOTE &&
	    strcasecmp(s, "none") == 0)
		return NULL;
	return s;
}

/**
 * text(r, column):
 * The same, not constant.
 */
static char *
text(const struct reader *r, enum column column)
{
	if (value(r, column) == NULL)
		return NULL;
	return (char *)r->pool.p + r->cells[r->columns[column]];
}

/**
 * bad(r, fmt, ...):
 * Note an error in the present row.
 */
static void bad(struct reader *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
bad(struct reader *r, const char *fmt, ...)
{
	char what[sizeof(r->report->notes[0].text)];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	pb_note(r->report, r->row, 0, "%s", what);
}

/**
 * amount(text, out):
 * Copy the amount ${text} with a decimal point where it has a comma.
 */
static enum err
amount(
    const char *text, char out[static RATIONAL_DIGITS + RATIONAL_DECIMALS + 2])
{
	size_t len = strlen(text);
	char *comma;
	mpq_t q;
	enum err r;

	if (len > RATIONAL_DIGITS + RATIONAL_DECIMALS + 1)
		return strspn(text, "0123456789.,") == len ? ERR_LIMIT
							   : ERR_FORMAT;
	memcpy(out, text, len + 1);
	comma = strchr(out, ',');
	if (comma != NULL)
		*comma = '.';
	mpq_init(q);
	r = rational_parse(q, out);
	mpq_clear(q);
	return r;
}

/* ---- META ---- */

static const char *const obligatory[] = { "description", "country", "unit",
	"instance", "num_projects", "num_votes", "budget", "vote_type", "rule",
	"date_begin", "date_end" };

static void
meta_row(struct reader *r)
{
	char key[PB_MAX_KEY + 1];
	char money[RATIONAL_DIGITS + RATIONAL_DECIMALS + 2];
	const char *says;
	size_t i;
	enum err e;

	if (r->n_cells != 2) {
		bad(r, "META rows have two cells, this one has %zu",
		    r->n_cells);
		return;
	}
	if (strlen(cell(r, 0)) > PB_MAX_KEY || cell(r, 0)[0] == '\0') {
		bad(r, "a META key has 1 to %u bytes", PB_MAX_KEY);
		return;
	}
	for (i = 0; cell(r, 0)[i] != '\0'; i++)
		key[i] = (char)tolower((unsigned char)cell(r, 0)[i]);
	key[i] = '\0';
	says = cell(r, 1);
	if (pb_meta(r->pb, key) != NULL) {
		bad(r, "META says " SHOWN " twice", key);
		return;
	}
	if (says[0] == '\0' || strcasecmp(says, "none") == 0)
		return;
	if (strcmp(key, "budget") == 0 || strcmp(key, "min_sum_cost") == 0 ||
	    strcmp(key, "max_sum_cost") == 0) {
		if (amount(says, money) != OK) {
			bad(r,
			    "%s must be an amount of at most %d digits, "
			    "not '" SHOWN "'",
			    key, RATIONAL_DIGITS, says);
			return;
		}
		says = money;
	}
	e = pb_set_meta(r->pb, key, says);
	if (e == ERR_LIMIT)
		bad(r, "the value of %s is too long", key);
	else if (e != OK)
		r->err = e;
}

/**
 * take_bounds(r):
 * Keep the limits that META states.
 */
static void
take_bounds(struct reader *r)
{
	static const char *const numbers[] = { "num_projects", "num_votes",
		"default_score", "min_project_score_threshold" };
	uint64_t n;
	size_t i;

	for (i = 0; i < COUNT(numbers); i++)
		if (pb_meta(r->pb, numbers[i]) != NULL &&
		    pb_meta_number(r->pb, numbers[i], &n) != OK)
			bad(r, "%s must be a whole number, not '" SHOWN "'",
			    numbers[i], pb_meta(r->pb, numbers[i]));
	for (i = 0; i < N_LIMITS; i++) {
		if (limit_texts[i].meta == NULL ||
		    pb_meta(r->pb, limit_texts[i].meta) == NULL)
			continue;
		r->bounded[i] = 1;
		if (i == CHEAP || i == DEAR) {
			if (rational_parse(
				i == CHEAP ? r->min_cost : r->max_cost,
				pb_meta(r->pb, limit_texts[i].meta)) != OK)
				r->err = ERR_INTERNAL; /* was checked */
		} else if (pb_meta_number(r->pb, limit_texts[i].meta,
			       &r->bounds[i]) != OK) {
			bad(r, "%s must be a whole number, not '" SHOWN "'",
			    limit_texts[i].meta,
			    pb_meta(r->pb, limit_texts[i].meta));
		}
	}
	if (pb_meta_number(r->pb, "default_score", &n) == OK) {
		if (n > ELECTION_MAX_POINTS)
			bad(r, "default_score is above %u",
			    ELECTION_MAX_POINTS);
		else
			r->pb->default_score = (uint32_t)n;
	}
}

static void
end_meta(struct reader *r)
{
	const char *type = pb_meta(r->pb, "vote_type");
	size_t i;
	enum pb_type t;

	for (i = 0; i < COUNT(obligatory); i++)
		if (pb_meta(r->pb, obligatory[i]) == NULL)
			pb_note(r->report, r->row,
			    strcmp(obligatory[i], "budget") != 0 &&
				strcmp(obligatory[i], "vote_type") != 0,
			    "META has no %s", obligatory[i]);
	take_bounds(r);
	for (t = PB_APPROVAL; type != NULL && t <= PB_ORDINAL; t++)
		if (strcmp(type, pb_type_name(t)) == 0) {
			r->pb->type = t;
			return;
		}
	if (type != NULL)
		bad(r,
		    "vote_type '" SHOWN "' is none of approval, choose-1, "
		    "cumulative, scoring, ordinal",
		    type);
	r->given_up = 1; /* ballots mean nothing without it */
}

/* ---- PROJECTS ---- */

/**
 * own_count(r, column, what):
 * A count that the file states, or -1.
 */
static int64_t
own_count(struct reader *r, enum column column, const char *what)
{
	const char *says = value(r, column);
	uint64_t n;

	if (says == NULL)
		return -1;
	if (pb_number(says, &n) != OK) {
		pb_note(r->report, r->row, 1,
		    "%s '" SHOWN "' is no whole number and is ignored", what,
		    says);
		return -1;
	}
	return (int64_t)n;
}

/**
 * trim(s):
 * Cut the blanks off both ends of ${s}; libcsv leaves those inside quotes.
 */
static char *
trim(char *s)
{
	size_t n;

	s += strspn(s, " \t");
	n = strlen(s);
	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	s[n] = '\0';
	return s;
}

static void
project_row(struct reader *r)
{
	char cost[RATIONAL_DIGITS + RATIONAL_DECIMALS + 2];
	struct pb_project p = { .line = r->row };
	char *id = text(r, PROJECT_ID);
	const char *money = value(r, COST);
	int64_t selected;
	enum err e;

	if (id == NULL || money == NULL) {
		bad(r, "a project needs a project_id and a cost");
		return;
	}
	if (amount(money, cost) != OK) {
		bad(r,
		    "the cost of project " SHOWN " must be an amount of at "
		    "most %d digits, not '" SHOWN "'",
		    id, RATIONAL_DIGITS, money);
		return;
	}
	p.id = trim(id);
	p.cost = cost;
	selected = own_count(r, SELECTED, "selected");
	p.selected = selected >= 0 && selected <= 3 ? (int)selected : -1;
	p.votes = own_count(r, VOTES_COUNT, "votes");
	p.score = own_count(r, SCORE, "score");
	p.name = text(r, NAME);
	p.category = text(r, CATEGORY);
	p.description = text(r, DESCRIPTION);
	e = pb_add_project(r->pb, &p);
	if (e == ERR_CONFLICT)
		bad(r, "project " SHOWN " is listed twice", id);
	else if (e == ERR_LIMIT)
		bad(r, "too many projects (at most %u), or a text is too long",
		    ELECTION_MAX_PROJECTS);
	else if (e == ERR_FORMAT)
		bad(r, "project_id '" SHOWN "' is blank or has a comma", id);
	else if (e != OK)
		r->err = e;
}

static int
by_id(const void *va, const void *vb)
{
	const struct id *a = va;
	const struct id *b = vb;

	return strcmp(a->id, b->id);
}

static void
end_projects(struct reader *r)
{
	const struct pb *pb = r->pb;
	uint64_t n;
	uint32_t i;

	if (pb_meta_number(pb, "num_projects", &n) == OK && n != pb->n_projects)
		bad(r, "META says num_projects is %llu, but %zu are listed",
		    (unsigned long long)n, pb->n_projects);
	r->by_id = calloc(pb->n_projects + 1, sizeof(*r->by_id));
	r->choice = calloc(pb->n_projects + 1, sizeof(*r->choice));
	r->at = calloc(pb->n_projects + 1, sizeof(*r->at));
	if (r->by_id == NULL || r->choice == NULL || r->at == NULL) {
		r->err = ERR_NOMEM;
		return;
	}
	for (i = 0; i < pb->n_projects; i++)
		r->by_id[i] = (struct id){ pb->projects[i].id, i };
	qsort(r->by_id, pb->n_projects, sizeof(*r->by_id), by_id);
}

/* ---- VOTES ---- */

/**
 * next_item(list):
 * Cut the next item off the comma-separated ${*list}: return it, trimmed, and
 * move ${*list} past it, to NULL after the last.
 */
static char *
next_item(char **list)
{
	char *item = *list;
	char *comma = strchr(item, ',');

	*list = comma != NULL ? comma + 1 : NULL;
	if (comma != NULL)
		*comma = '\0';
	return trim(item);
}

/**
 * next_points(r, list, out):
 * Read the points of the next project named; none left means 0.
 */
static int
next_points(struct reader *r, char **list, uint32_t *out)
{
	const char *item;
	uint64_t n;

	*out = 0;
	if (*list == NULL)
		return 1;
	item = next_item(list);
	if (pb_number(item, &n) != OK || n > ELECTION_MAX_POINTS) {
		bad(r, "points must be whole numbers up to %u, not '" SHOWN "'",
		    ELECTION_MAX_POINTS, item);
		return 0;
	}
	*out = (uint32_t)n;
	return 1;
}

/**
 * put_choice(r, project, points, n, repeated):
 * Add to the ballot of ${*n} choices so far.  A repeated project counts once:
 * of several points the last, of several places the first.
 */
static void
put_choice(struct reader *r, uint32_t project, uint32_t points, size_t *n,
    int *repeated)
{
	if (r->at[project] > 0) {
		*repeated = 1;
		r->choice[r->at[project] - 1].points = points;
		return;
	}
	r->choice[(*n)++] = (struct support){ project, points };
	r->at[project] = (uint32_t)*n;
}

/**
 * read_choices(r, n, repeated):
 * Read the ballot of this row to ${r}->choice.  Return 0 if it is bad.
 */
static int
read_choices(struct reader *r, size_t *n, int *repeated)
{
	int with_points = pb_kind(r->pb->type) == VOTES_POINTS;
	char *list = text(r, VOTE);
	char *points = with_points ? text(r, POINTS) : NULL;
	const struct id *found;
	struct id key = { 0 };
	uint32_t p;

	while (list != NULL) {
		key.id = next_item(&list);
		found = bsearch(
		    &key, r->by_id, r->pb->n_projects, sizeof(key), by_id);
		if (found == NULL) {
			bad(r, "there is no project '" SHOWN "'", key.id);
			return 0;
		}
		if (with_points && !next_points(r, &points, &p))
			return 0;
		put_choice(r, found->project, with_points ? p : 0, n, repeated);
	}
	if (points != NULL) {
		bad(r, "there are more points than projects");
		return 0;
	}
	if (r->pb->type == PB_CHOOSE_1 && *n > 1) {
		bad(r, "a choose-1 ballot names one project, not %zu", *n);
		return 0;
	}
	return 1;
}

/**
 * mark(r, limit, broken):
 * Count a ballot that has ${broken} ${limit}.
 */
static void
mark(struct reader *r, enum limit limit, int broken)
{
	if (!broken || (limit_texts[limit].meta != NULL && !r->bounded[limit]))
		return;
	if (r->broken[limit]++ == 0)
		r->first[limit] = r->row;
}

static void
check_costs(struct reader *r, size_t n)
{
	mpq_t sum;
	mpq_t cost;
	size_t i;

	if (!r->bounded[CHEAP] && !r->bounded[DEAR])
		return;
	mpq_inits(sum, cost, NULL);
	for (i = 0; i < n; i++) {
		if (rational_parse(
			cost, r->pb->projects[r->choice[i].project].cost) != OK)
			r->err = ERR_INTERNAL; /* was checked */
		mpq_add(sum, sum, cost);
	}
	mark(r, CHEAP, mpq_cmp(sum, r->min_cost) < 0);
	mark(r, DEAR, mpq_cmp(sum, r->max_cost) > 0);
	mpq_clears(sum, cost, NULL);
}

static void
check_limits(struct reader *r, size_t n, int repeated)
{
	uint64_t sum = 0;
	uint64_t least = UINT64_MAX;
	uint64_t most = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		sum += r->choice[i].points;
		if (r->choice[i].points < least)
			least = r->choice[i].points;
		if (r->choice[i].points > most)
			most = r->choice[i].points;
	}
	mark(r, REPEATED, repeated);
	mark(r, FEW_PROJECTS, n < r->bounds[FEW_PROJECTS]);
	mark(r, MANY_PROJECTS, n > r->bounds[MANY_PROJECTS]);
	check_costs(r, n);
	if (pb_kind(r->pb->type) != VOTES_POINTS)
		return;
	mark(r, LOW_POINTS, least < r->bounds[LOW_POINTS]);
	mark(r, HIGH_POINTS, most > r->bounds[HIGH_POINTS]);
	mark(r, LOW_SUM, sum < r->bounds[LOW_SUM]);
	mark(r, HIGH_SUM, sum > r->bounds[HIGH_SUM]);
}

static void
vote_row(struct reader *r)
{
	const char *voter = value(r, VOTER_ID);
	size_t n = 0;
	size_t i;
	int repeated = 0;
	int good;
	enum err e;

	if (voter == NULL) {
		bad(r, "a ballot needs a voter_id");
		return;
	}
	buf_put(&r->voters, voter, strlen(voter) + 1);
	buf_put(&r->lines, &r->row, sizeof(r->row));
	r->n_voters++;
	good = read_choices(r, &n, &repeated);
	for (i = 0; i < n; i++)
		r->at[r->choice[i].project] = 0;
	if (!good)
		return;
	check_limits(r, n, repeated);
	e = pb_add_vote(r->pb, r->choice, n);
	if (e == ERR_LIMIT) {
		bad(r, "too many ballots: at most %u are counted",
		    PB_MAX_VOTES);
		r->given_up = 1;
	} else if (e != OK) {
		r->err = e;
	}
}

static int
by_voter(const void *va, const void *vb)
{
	const struct voter *a = va;
	const struct voter *b = vb;
	int c = strcmp(a->id, b->id);

	return c != 0 ? c : (a->line > b->line) - (a->line < b->line);
}

/**
 * check_voters(r):
 * Note every voter id that comes twice.
 */
static void
check_voters(struct reader *r)
{
	struct voter *v;
	const char *id = (const char *)r->voters.p;
	size_t i;

	if (r->n_voters == 0)
		return;
	v = calloc(r->n_voters, sizeof(*v));
	if (v == NULL || buf_end(&r->voters) != OK ||
	    buf_end(&r->lines) != OK) {
		r->err = ERR_NOMEM;
		free(v);
		return;
	}
	for (i = 0; i < r->n_voters; i++) {
		v[i].id = id;
		memcpy(&v[i].line, r->lines.p + i * sizeof(v[i].line),
		    sizeof(v[i].line));
		id += strlen(id) + 1;
	}
	qsort(v, r->n_voters, sizeof(*v), by_voter);
	for (i = 1; i < r->n_voters; i++)
		if (strcmp(v[i].id, v[i - 1].id) == 0)
			pb_note(r->report, v[i].line, 0,
			    "voter " SHOWN " has voted on line %zu already",
			    v[i].id, v[i - 1].line);
	free(v);
}

/**
 * check_counts(r):
 * Warn where the votes and scores that the file states are not ours.
 */
static void
check_counts(struct reader *r)
{
	struct election *e = NULL;
	const struct pb_project *p;
	size_t i;
	size_t wrong = 0;
	size_t line = 0;

	r->err = pb_election(r->pb, &e);
	if (r->err != OK)
		return;
	for (i = 0; i < r->pb->n_projects; i++) {
		p = &r->pb->projects[i];
		if ((p->votes < 0 ||
			(uint64_t)p->votes == e->projects[i].votes) &&
		    (p->score < 0 ||
			(uint64_t)p->score == e->projects[i].score))
			continue;
		if (wrong++ == 0)
			line = p->line;
	}
	if (wrong > 0)
		pb_note(r->report, line, 1,
		    "the votes or score of %zu project%s differ from the "
		    "ballots; this is the first",
		    wrong, wrong == 1 ? "" : "s");
	election_free(e);
}

static void
end_votes(struct reader *r)
{
	uint64_t n;
	size_t i;

	if (pb_meta_number(r->pb, "num_votes", &n) == OK && n != r->n_voters)
		pb_note(r->report, 0, 0,
		    "META says num_votes is %llu, but there are %zu ballots",
		    (unsigned long long)n, r->n_voters);
	check_voters(r);
	for (i = 0; i < N_LIMITS; i++)
		if (r->broken[i] > 0)
			pb_note(r->report, r->first[i], 1,
			    "%zu ballot%s %s%s; this is the first",
			    r->broken[i], r->broken[i] == 1 ? "" : "s",
			    limit_texts[i].what,
			    i == REPEATED ? " (it is counted once)" : "");
	if (r->report->errors == 0 && r->err == OK)
		check_counts(r);
}

/* ---- Rows and sections ---- */

/**
 * header_row(r):
 * Find the columns of the section.
 */
static void
header_row(struct reader *r)
{
	const struct known *k;
	size_t i;
	size_t j;

	r->header = 0;
	r->width = r->n_cells;
	for (i = 0; i < N_COLUMNS; i++)
		r->columns[i] = CELLS;
	for (i = 0; i < r->n_cells; i++) {
		for (j = 0; j < i; j++)
			if (strcasecmp(cell(r, i), cell(r, j)) == 0)
				bad(r, "column " SHOWN " comes twice",
				    cell(r, i));
		for (k = known_columns;
		     k < known_columns + COUNT(known_columns); k++)
			if (k->section == r->section &&
			    strcasecmp(cell(r, i), k->name) == 0)
				r->columns[k->column] = i;
	}
	if (r->section == META &&
	    (r->n_cells != 2 || strcasecmp(cell(r, 0), "key") != 0 ||
		strcasecmp(cell(r, 1), "value") != 0))
		bad(r, "META must begin with the row key;value");
	for (k = known_columns; k < known_columns + COUNT(known_columns); k++) {
		if (k->section != r->section || r->columns[k->column] != CELLS)
			continue;
		if (k->column != PROJECT_ID && k->column != COST &&
		    k->column != VOTER_ID && k->column != VOTE &&
		    (k->column != POINTS ||
			pb_kind(r->pb->type) != VOTES_POINTS))
			continue;
		bad(r, "there is no column %s", k->name);
		r->given_up = 1;
	}
}

/**
 * begins(r, next):
 * Is this row the name of a section?  Set ${next} to it.
 */
static int
begins(const struct reader *r, enum section *next)
{
	static const char *const names[] = { "", "META", "PROJECTS", "VOTES" };
	enum section s;

	for (s = META; s <= VOTES; s++)
		if (r->n_cells == 1 && strcasecmp(cell(r, 0), names[s]) == 0) {
			*next = s;
			return 1;
		}
	return 0;
}

static void
enter(struct reader *r, enum section next)
{
	if (next != r->section + 1) {
		bad(r, "the sections must be META, PROJECTS, VOTES, each once");
		r->given_up = 1;
		return;
	}
	if (r->section != BEFORE && r->header) {
		bad(r, "the section above has no header row");
		r->given_up = 1;
		return;
	}
	if (r->section == META)
		end_meta(r);
	else if (r->section == PROJECTS)
		end_projects(r);
	r->section = next;
	r->header = 1;
}

static void
handle_row(struct reader *r)
{
	enum section next;

	if (begins(r, &next)) {
		enter(r, next);
		return;
	}
	if (r->section == BEFORE) {
		bad(r, "the file must begin with a line META");
		r->given_up = 1;
		return;
	}
	if (r->header) {
		header_row(r);
		return;
	}
	if (r->n_cells != r->width && r->section != META) {
		bad(r, "this row has %zu cells, its header has %zu", r->n_cells,
		    r->width);
		return;
	}
	if (r->section == META)
		meta_row(r);
	else if (r->section == PROJECTS)
		project_row(r);
	else
		vote_row(r);
}

/* ---- libcsv ---- */

static void
on_cell(void *s, size_t len, void *cookie)
{
	struct reader *r = cookie;

	if (r->n_cells < CELLS)
		r->cells[r->n_cells] = r->pool.n;
	r->n_cells++;
	buf_put(&r->pool, s, len);
	buf_u8(&r->pool, 0);
}

static void
on_row(int c, void *cookie)
{
	struct reader *r = cookie;

	(void)c;
	r->row_done = 1;
	if (buf_end(&r->pool) != OK)
		r->err = ERR_NOMEM;
	else if (r->n_cells > CELLS)
		bad(r, "a row has at most %d cells", CELLS);
	else if (!r->given_up && r->err == OK)
		handle_row(r);
	r->n_cells = 0;
	r->pool.n = 0;
}

static int
start_csv(struct reader *r)
{
	if (csv_init(&r->csv, CSV_STRICT | CSV_STRICT_FINI) != 0)
		return 0;
	csv_set_delim(&r->csv, ';');
	return 1;
}

/**
 * restart_csv(r):
 * After a bad quote: forget the row and go on with the next line.
 */
static void
restart_csv(struct reader *r)
{
	int memory = csv_error(&r->csv) != CSV_EPARSE;

	if (memory)
		r->err = ERR_NOMEM;
	else
		bad(r, "a quote is in the wrong place, or is not closed");
	csv_free(&r->csv);
	r->n_cells = 0;
	r->pool.n = 0;
	if (!start_csv(r))
		r->err = ERR_INTERNAL;
}

/**
 * utf8_length(p, n):
 * The length of the UTF-8 character at ${p}, of which ${n} bytes are there; 0
 * if it is none (RFC 3629, 4).
 */
static size_t
utf8_length(const uint8_t *p, size_t n)
{
	size_t len = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	size_t i;

	if (len == 1)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4 || len > n)
		return 0;
	for (i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return len;
}

/**
 * readable(p, n):
 * Is the line UTF-8 without control characters?
 */
static int
readable(const uint8_t *p, size_t n)
{
	size_t len;

	for (; n > 0; p += len, n -= len) {
		if ((p[0] < 0x20 && p[0] != '\t' && p[0] != '\r' &&
			p[0] != '\n') ||
		    p[0] == 0x7f)
			return 0;
		len = utf8_length(p, n);
		if (len == 0)
			return 0;
	}
	return 1;
}

static int
blank(const uint8_t *p, size_t n)
{
	while (n > 0 && strchr(" \t\r\n", p[n - 1]) != NULL)
		n--;
	return n == 0;
}

static void
read_lines(struct reader *r, struct slice s)
{
	const uint8_t *end;
	size_t n;
	int open = 0; /* a quoted cell goes on from the line before */

	if (s.n >= 3 && memcmp(s.p, "\xef\xbb\xbf", 3) == 0)
		s = slice_of(s.p + 3, s.n - 3);
	while (s.n > 0 && !r->given_up && r->err == OK) {
		end = memchr(s.p, '\n', s.n);
		n = end != NULL ? (size_t)(end - s.p) + 1 : s.n;
		r->line++;
		if (!open)
			r->row = r->line;
		if (!readable(s.p, n)) {
			pb_note(r->report, r->line, 0,
			    "the line is not UTF-8 text");
		} else if (open || !blank(s.p, n)) {
			r->row_done = 0;
			if (csv_parse(&r->csv, s.p, n, on_cell, on_row, r) !=
			    n) {
				restart_csv(r);
				r->row_done = 1;
			}
			open = !r->row_done;
		}
		s = slice_of(s.p + n, s.n - n);
	}
	if (r->err == OK && !r->given_up &&
	    csv_fini(&r->csv, on_cell, on_row, r) != 0)
		bad(r, "a quote is opened here and never closed");
}

static void
reader_free(struct reader *r)
{
	csv_free(&r->csv);
	pb_free(r->pb);
	buf_free(&r->pool);
	buf_free(&r->voters);
	buf_free(&r->lines);
	free(r->by_id);
	free(r->choice);
	free(r->at);
	mpq_clears(r->min_cost, r->max_cost, NULL);
}

enum err
pb_read_text(struct slice text, struct pb **out, struct pb_report *report)
{
	struct reader r = { .report = report };
	enum err e;

	memset(report, 0, sizeof(*report));
	mpq_inits(r.min_cost, r.max_cost, NULL);
	r.err = pb_new(&r.pb, PB_APPROVAL);
	if (!start_csv(&r))
		r.err = ERR_INTERNAL;
	if (r.err == OK)
		read_lines(&r, text);
	r.row = r.line > 0 ? r.line : 1;
	if (r.err == OK && !r.given_up) {
		if (r.section != VOTES || r.header)
			bad(&r, "the file ends before the ballots");
		else
			end_votes(&r);
	}
	e = r.err;
	if (e == OK && report->errors > 0)
		e = ERR_FORMAT;
	if (e == OK) {
		*out = r.pb;
		r.pb = NULL; /* passed over */
	}
	reader_free(&r);
	return e;
}

/**
 * slurp(f, out):
 * Read all of ${f}.
 */
static enum err
slurp(FILE *f, struct buf *out)
{
	uint8_t part[16384];
	size_t n;

	while ((n = fread(part, 1, sizeof(part), f)) > 0) {
		if (out->n + n > PB_MAX_BYTES)
			return ERR_LIMIT;
		buf_put(out, part, n);
	}
	return ferror(f) ? ERR_IO : buf_end(out);
}

enum err
pb_read_file(const char *path, struct pb **out, struct pb_report *report)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	struct buf all = { 0 };
	int error;
	enum err r;

	memset(report, 0, sizeof(*report));
	if (f == NULL)
		return ERR_IO;
	r = slurp(f, &all);
	error = errno;
	if (f != stdin)
		(void)fclose(f);
	if (r == OK)
		r = pb_read_text(buf_slice(&all), out, report);
	buf_free(&all);
	errno = error;
	return r;
}
