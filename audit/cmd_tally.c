#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "explain_text.h"
#include "pb_read.h"
#include "rational.h"
#include "tally.h"

#include "cmd_tally.h"

enum { BAD = 2 };

struct options {
	const char *file;
	const char *rule_id;
	const char *min_score;
	const char *increment;
	char *ties; /* copied, cut at the commas */
	const char **tie;
	size_t n_ties;
	const char *compare;
	const char *exclusive;
	int json;
	int explain;
	struct rule rule;
	FILE *err;
};

static void say(const struct options *o, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
say(const struct options *o, const char *fmt, ...)
{
	va_list ap;

	fprintf(o->err, "partecipa-audit tally: ");
	va_start(ap, fmt);
	(void)vfprintf(o->err, fmt, ap);
	va_end(ap);
	fprintf(o->err, "\n");
}

static void
print_id(const char *id, void *cookie)
{
	fprintf(cookie, "  %s\n", id);
}

static void
usage(FILE *f)
{
	fprintf(f,
	    "usage: partecipa-audit tally FILE.pb --rule ID [options]\n"
	    "Count the ballots of a .pb file (- is standard input) by a "
	    "rule.\n\n"
	    "  --rule ID        the rule, one of those below\n"
	    "  --tie ID,ID,...  among equals of one cost and score the\n"
	    "                   earlier in this list wins, then the smaller "
	    "id\n"
	    "  --min-score N    greedy rules: a lower score never wins\n"
	    "  --increment D    add1 rules: raise the endowment by D "
	    "(default 1)\n"
	    "  --compare greedy-votes\n"
	    "                   take the outcome of greedy-votes if more "
	    "voters\n"
	    "                   support more of its winners\n"
	    "  --exclusive ID,ID,...[;ID,ID,...]\n"
	    "                   of the projects of a group at most one can "
	    "win\n"
	    "  --explain        say why: rounds, payments, what each "
	    "project\n"
	    "                   lacked, how fair it is beside greedy-votes\n"
	    "  --json           print one JSON object\n"
	    "  --help           print this\n\n"
	    "rules:\n");
	rule_each(print_id, f);
}

/**
 * cut_ties(o, list):
 * Make a list of the comma-separated ids in ${list}.
 */
static int
cut_ties(struct options *o, const char *list)
{
	char *at;

	free(o->ties);
	free(o->tie);
	o->n_ties = 0;
	o->ties = strdup(list);
	o->tie = calloc(strlen(list) + 1, sizeof(*o->tie));
	if (o->ties == NULL || o->tie == NULL) {
		say(o, "out of memory");
		return -1;
	}
	for (at = o->ties; at != NULL;) {
		o->tie[o->n_ties++] = at;
		at = strchr(at, ',');
		if (at != NULL)
			*at++ = '\0';
	}
	return 0;
}

/**
 * read_options(argc, argv, o):
 * Return 0, 1 if help is wanted, or -1 after saying what is wrong.
 */
static int
read_options(int argc, char **argv, struct options *o)
{
	static const struct option names[] = {
		{ "rule", required_argument, NULL, 'r' },
		{ "tie", required_argument, NULL, 't' },
		{ "min-score", required_argument, NULL, 'm' },
		{ "increment", required_argument, NULL, 'i' },
		{ "compare", required_argument, NULL, 'c' },
		{ "exclusive", required_argument, NULL, 'x' },
		{ "explain", no_argument, NULL, 'e' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":", names, NULL)) != -1) {
		if (c == 'r') {
			o->rule_id = optarg;
		} else if (c == 't') {
			if (cut_ties(o, optarg) != 0)
				return -1;
		} else if (c == 'm') {
			o->min_score = optarg;
		} else if (c == 'i') {
			o->increment = optarg;
		} else if (c == 'c') {
			o->compare = optarg;
		} else if (c == 'x') {
			o->exclusive = optarg;
		} else if (c == 'e') {
			o->explain = 1;
		} else if (c == 'j') {
			o->json = 1;
		} else if (c == 'h') {
			return 1;
		} else {
			say(o,
			    c == ':' ? "%s needs a value"
				     : "there is no option %s (try --help)",
			    argv[optind - 1]);
			return -1;
		}
	}
	if (argc - optind != 1) {
		say(o, "give exactly one FILE.pb (try --help)");
		return -1;
	}
	o->file = argv[optind];
	return 0;
}

/**
 * set_increment(o):
 * Give the rule the increment, if one is stated.
 */
static int
set_increment(struct options *o)
{
	mpq_t step;
	int good;

	if (o->increment == NULL)
		return 0;
	if (!o->rule.raise) {
		say(o, "--increment is for add1 rules, %s is none", o->rule.id);
		return -1;
	}
	mpq_init(step);
	good = strlen(o->increment) < sizeof(o->rule.increment) &&
	       rational_parse(step, o->increment) == OK && mpq_sgn(step) > 0;
	mpq_clear(step);
	if (!good) {
		say(o, "--increment must be an amount above 0, not '%s'",
		    o->increment);
		return -1;
	}
	(void)snprintf(
	    o->rule.increment, sizeof(o->rule.increment), "%s", o->increment);
	return 0;
}

/**
 * make_rule(o):
 * Fill ${o}->rule.  Return -1 after saying what is wrong.
 */
static int
make_rule(struct options *o)
{
	if (o->rule_id == NULL) {
		say(o, "--rule is missing (try --help)");
		return -1;
	}
	if (rule_parse(o->rule_id, &o->rule) != OK) {
		say(o, "there is no rule '%s' (--help lists them)", o->rule_id);
		return -1;
	}
	if (o->min_score != NULL && o->rule.method != RULE_GREEDY) {
		say(o, "--min-score is for greedy rules, %s is none",
		    o->rule.id);
		return -1;
	}
	if (o->min_score != NULL &&
	    pb_number(o->min_score, &o->rule.min_score) != OK) {
		say(o, "--min-score must be a whole number, not '%s'",
		    o->min_score);
		return -1;
	}
	if (o->compare != NULL && strcmp(o->compare, RULE_PLAIN) != 0) {
		say(o, "--compare can only be " RULE_PLAIN ", not '%s'",
		    o->compare);
		return -1;
	}
	if (o->compare != NULL && strcmp(o->rule.id, RULE_PLAIN) == 0) {
		say(o, "--compare would compare " RULE_PLAIN " with itself");
		return -1;
	}
	o->rule.compare = o->compare != NULL;
	return set_increment(o);
}

/**
 * add_group(o, e, list):
 * Add the exclusive group of the comma-separated ids in ${list}, which is cut.
 */
static int
add_group(const struct options *o, struct election *e, char *list)
{
	uint32_t *group = calloc(strlen(list) + 1, sizeof(*group));
	char *at = list;
	char *id;
	size_t n = 0;
	enum err r = OK;

	if (group == NULL) {
		say(o, "out of memory");
		return -1;
	}
	while (r == OK && at != NULL) {
		id = at;
		at = strchr(at, ',');
		if (at != NULL)
			*at++ = '\0';
		group[n] = (uint32_t)election_find(e, id);
		if (group[n++] == e->n_projects) {
			say(o, "--exclusive names '%s', which %s does not have",
			    id, o->file);
			r = ERR_NOT_FOUND;
		}
	}
	if (r == OK) {
		r = election_add_exclusive(e, group, n);
		if (r == ERR_LIMIT)
			say(o, "--exclusive has a group of fewer than two");
		else if (r == ERR_CONFLICT)
			say(o, "--exclusive names a project twice");
	}
	free(group);
	return r == OK ? 0 : -1;
}

/**
 * add_exclusive(o, e):
 * Give ${e} the groups of --exclusive.
 */
static int
add_exclusive(const struct options *o, struct election *e)
{
	char *list;
	char *at;
	char *group;
	int r = 0;

	if (o->exclusive == NULL)
		return 0;
	if ((list = strdup(o->exclusive)) == NULL) {
		say(o, "out of memory");
		return -1;
	}
	for (at = list; r == 0 && at != NULL;) {
		group = at;
		at = strchr(at, ';');
		if (at != NULL)
			*at++ = '\0';
		r = add_group(o, e, group);
	}
	free(list);
	return r;
}

/**
 * use_file_threshold(o, pb):
 * A threshold rule without --min-score takes the file's.
 */
static int
use_file_threshold(struct options *o, const struct pb *pb)
{
	if (!o->rule.threshold || o->min_score != NULL)
		return 0;
	if (pb_meta_number(
		pb, "min_project_score_threshold", &o->rule.min_score) == OK)
		return 0;
	say(o,
	    "%s needs --min-score, as %s states no "
	    "min_project_score_threshold",
	    o->rule.id, o->file);
	return -1;
}

static int
open_file(const struct options *o, struct pb **pb)
{
	struct pb_report *report = calloc(1, sizeof(*report));
	enum err r = ERR_NOMEM;

	if (report != NULL)
		r = pb_read_file(o->file, pb, report);
	if (r == ERR_IO)
		say(o, "cannot read %s: %s", o->file, strerror(errno));
	else if (r == ERR_LIMIT)
		say(o, "%s is larger than %zu MiB", o->file,
		    PB_MAX_BYTES >> 20);
	else if (r == OK || r == ERR_FORMAT)
		pb_report_print(report, o->file, o->err);
	else
		say(o, "%s: %s", o->file, err_str(r));
	if (r == ERR_FORMAT)
		say(o, "%zu error%s in %s: nothing is counted", report->errors,
		    report->errors == 1 ? "" : "s", o->file);
	free(report);
	return r == OK ? 0 : -1;
}

static int
count(const struct options *o, const struct pb *pb, const struct election *e,
    struct outcome **out)
{
	enum err r = tally_run(e, &o->rule, o->tie, o->n_ties, out);

	if (r == ERR_FORBIDDEN)
		say(o, "rule %s is not defined for %s ballots", o->rule.id,
		    pb_type_name(pb->type));
	else if (r == ERR_NOT_FOUND)
		say(o, "--tie names a project that %s does not have", o->file);
	else if (r == ERR_CONFLICT)
		say(o, "--tie names a project twice");
	else if (r == ERR_LIMIT)
		say(o, "no end after %u endowments: give a larger --increment",
		    TALLY_MAX_RUNS);
	else if (r != OK)
		say(o, "%s", err_str(r));
	return r == OK ? 0 : -1;
}

/**
 * explain(o, pb, e, outcome, out):
 * Explain the ${outcome} in full.
 */
static int
explain(const struct options *o, const struct pb *pb, const struct election *e,
    const struct outcome *outcome, json_t **out)
{
	struct explain_question q = { .e = e,
		.rule = &o->rule,
		.lot = o->tie,
		.n_lot = o->n_ties,
		.outcome = outcome };
	const char **categories = calloc(pb->n_projects + 1, sizeof(char *));
	size_t i;
	enum err r = ERR_NOMEM;

	for (i = 0; categories != NULL && i < pb->n_projects; i++)
		categories[i] = pb->projects[i].category != NULL
				    ? pb->projects[i].category
				    : "";
	q.categories = categories;
	if (categories != NULL)
		r = explain_outcome(&q, out);
	free(categories);
	if (r != OK)
		say(o, "%s", err_str(r));
	return r == OK ? 0 : -1;
}

/* ---- Printing ---- */

static json_t *
ids(const struct election *e, const uint32_t *list, size_t n)
{
	json_t *a = json_array();
	size_t i;

	for (i = 0; i < n; i++)
		if (json_array_append_new(
			a, json_string(e->projects[list[i]].id)) != 0) {
			json_decref(a);
			return NULL;
		}
	return a;
}

/**
 * endowment(o):
 * A whole number as such, a fraction as the text p/q.
 */
static json_t *
endowment(const struct outcome *o)
{
	json_t *j;
	char *text;

	if (!o->has_endowment)
		return json_null();
	if (mpz_cmp_ui(mpq_denref(o->endowment), 1) == 0 &&
	    mpz_fits_slong_p(mpq_numref(o->endowment)))
		return json_integer(mpz_get_si(mpq_numref(o->endowment)));
	text = rational_text(o->endowment);
	j = json_string(text);
	free(text);
	return j;
}

/**
 * add_comparison(opt, o, j):
 * Say in ${j} what the comparison found, if there was one.
 */
static int
add_comparison(const struct options *opt, const struct outcome *o, json_t *j)
{
	const struct comparison *c = o->comparison;

	if (c == NULL)
		return 0;
	return json_object_set_new(j, "comparison",
	    json_pack("{s:I, s:I, s:I, s:s}", "equal", (json_int_t)c->equal,
		"greedy", (json_int_t)c->plain, "rule", (json_int_t)c->rule,
		"winner", c->plain_won ? RULE_PLAIN : opt->rule.id));
}

static int
print_json(const struct options *opt, const struct election *e,
    const struct outcome *o, json_t *why, FILE *f)
{
	char *cost = rational_text(o->cost);
	json_t *j = json_pack("{s:s, s:o, s:o, s:s, s:o}", "rule", opt->rule.id,
	    "selected", ids(e, o->sorted, o->n), "order",
	    ids(e, o->order, o->n), "cost", cost, "final_endowment",
	    endowment(o));
	int r = j == NULL ? -1 : add_comparison(opt, o, j);

	if (r == 0 && why != NULL)
		r = json_object_set(j, "explain", why);
	if (r == 0)
		r = json_dumpf(j, f, JSON_COMPACT);
	free(cost);
	json_decref(j);
	fprintf(f, "\n");
	return r;
}

static void
print_row(const struct pb *pb, const struct election *e, size_t place,
    uint32_t i, FILE *f)
{
	char *cost = rational_text(e->projects[i].cost);
	const char *name = pb->projects[i].name;

	if (place > 0)
		fprintf(f, "%5zu", place);
	else
		fprintf(f, "    -");
	fprintf(f, " %12s %10llu  %s%s%s\n", cost,
	    (unsigned long long)e->projects[i].score, e->projects[i].id,
	    name != NULL ? "  " : "", name != NULL ? name : "");
	free(cost);
}

static void
print_table(const struct options *opt, const struct pb *pb,
    const struct election *e, const struct outcome *o, FILE *f)
{
	char *cost = rational_text(o->cost);
	char *budget = rational_text(e->budget);
	char *share = rational_text(o->endowment);
	const struct comparison *c = o->comparison;
	uint32_t i;
	size_t j;

	fprintf(f, "rule       %s\n", opt->rule.id);
	fprintf(f, "ballots    %llu, %zu of them different\n",
	    (unsigned long long)e->voters, e->n_groups);
	fprintf(f, "budget     %s\n", budget);
	fprintf(f, "cost       %s\n", cost);
	if (o->has_endowment)
		fprintf(f, "endowment  %s a voter, after %llu run%s\n", share,
		    (unsigned long long)o->runs, o->runs == 1 ? "" : "s");
	fprintf(f, "projects   %zu of %zu win\n", o->n, e->n_projects);
	if (c != NULL)
		fprintf(f,
		    "compared   %llu voters support more winners of %s,\n"
		    "           %llu more of " RULE_PLAIN
		    ", %llu as many: %s it is\n",
		    (unsigned long long)c->rule, opt->rule.id,
		    (unsigned long long)c->plain, (unsigned long long)c->equal,
		    c->plain_won ? RULE_PLAIN : opt->rule.id);
	fprintf(f, "\n");
	fprintf(f, "place         cost      score  project\n");
	for (j = 0; j < o->n; j++)
		print_row(pb, e, j + 1, o->order[j], f);
	for (i = 0; i < e->n_projects; i++) {
		for (j = 0; j < o->n && o->order[j] != i; j++)
			;
		if (j == o->n)
			print_row(pb, e, 0, i, f);
	}
	free(cost);
	free(budget);
	free(share);
}

int
cmd_tally_to(int argc, char **argv, FILE *out, FILE *err)
{
	struct options o = { .err = err };
	struct pb *pb = NULL;
	struct election *e = NULL;
	struct outcome *outcome = NULL;
	json_t *why = NULL;
	enum err r;
	int wanted = read_options(argc, argv, &o);
	int status = BAD;

	if (wanted == 1) {
		usage(out);
		status = 0;
	}
	if (wanted != 0 || make_rule(&o) != 0 || open_file(&o, &pb) != 0 ||
	    use_file_threshold(&o, pb) != 0)
		goto out;
	r = pb_election(pb, &e);
	if (r != OK) {
		say(&o, "%s: %s", o.file,
		    r == ERR_LIMIT ? "the ballots are too long altogether"
				   : err_str(r));
		goto out;
	}
	if (add_exclusive(&o, e) != 0 || count(&o, pb, e, &outcome) != 0)
		goto out;
	if (o.explain && explain(&o, pb, e, outcome, &why) != 0)
		goto out;
	if (!o.json)
		print_table(&o, pb, e, outcome, out);
	else if (print_json(&o, e, outcome, why, out) != 0)
		goto out;
	if (!o.json && why != NULL)
		explain_text_print(why, out);
	if (fflush(out) != 0 || ferror(out)) {
		say(&o, "cannot write the result: %s", strerror(errno));
		goto out;
	}
	status = 0;
out:
	json_decref(why);
	tally_free(outcome);
	election_free(e);
	pb_free(pb);
	free(o.ties);
	free(o.tie);
	return status;
}

int
cmd_tally(int argc, char **argv)
{
	return cmd_tally_to(argc, argv, stdout, stderr);
}
