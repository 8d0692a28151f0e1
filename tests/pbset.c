#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pb_read.h"

#include "pbset.h"

#define SUFFIX ".expected.json"

const char *
pbset_path(const char *name)
{
	static char path[1024];
	const char *shared = getenv("SHARED");

	if (shared == NULL)
		shared = "../shared";
	(void)snprintf(path, sizeof(path), "%s/pb", shared);
	if (access(path, R_OK) != 0)
		return NULL;
	(void)snprintf(path, sizeof(path), "%s/pb/%s", shared, name);
	return path;
}

/**
 * each_rule(path, f, cookie):
 * Call ${f} for each rule of the file of outcomes ${path}.
 */
static int
each_rule(const char *path, void (*f)(const struct pbset_case *, void *),
    void *cookie)
{
	static struct pb_report report;
	char pb_path[1024];
	json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	struct pb *pb = NULL;
	struct election *e = NULL;
	struct pbset_case c;
	const char *rule;
	json_t *expected;
	int r = -1;

	(void)snprintf(pb_path, sizeof(pb_path), "%.*s.pb",
	    (int)(strlen(path) - strlen(SUFFIX)), path);
	if (file == NULL || pb_read_file(pb_path, &pb, &report) != OK ||
	    pb_election(pb, &e) != OK) {
		fprintf(stderr, "%s cannot be read\n", pb_path);
		pb_report_print(&report, pb_path, stderr);
		goto out;
	}
	c = (struct pbset_case){ pb_path, pb, e, file, NULL, NULL };
	f(&c, cookie);
	json_object_foreach(json_object_get(file, "rules"), rule, expected)
	{
		c.rule = rule;
		c.expected = expected;
		f(&c, cookie);
	}
	r = 0;
out:
	election_free(e);
	pb_free(pb);
	json_decref(file);
	return r;
}

int
pbset_each(void (*f)(const struct pbset_case *c, void *cookie), void *cookie)
{
	const char *pattern = pbset_path("*" SUFFIX);
	glob_t g;
	size_t i;
	int n;

	if (pattern == NULL || glob(pattern, 0, NULL, &g) != 0)
		return 0;
	n = (int)g.gl_pathc;
	for (i = 0; i < g.gl_pathc && n > 0; i++)
		if (each_rule(g.gl_pathv[i], f, cookie) != 0)
			n = -1;
	globfree(&g);
	return n;
}

enum err
pbset_run(const struct pbset_case *c, struct outcome **out)
{
	const json_t *step = json_object_get(c->file, "add1_increment");
	struct rule rule;
	enum err r = rule_parse(c->rule, &rule);

	if (r != OK)
		return r;
	if (json_is_integer(step))
		(void)snprintf(rule.increment, sizeof(rule.increment),
		    "%" JSON_INTEGER_FORMAT, json_integer_value(step));
	return tally_run(c->election, &rule, NULL, 0, out);
}

/* ---- Bench ---- */

struct sums {
	int n;
	double own;
	double recorded;
};

static double
cpu_seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
time_add1(const struct pbset_case *c, void *cookie)
{
	struct sums *s = cookie;
	struct outcome *o = NULL;
	double recorded;
	double start;

	if (c->rule == NULL || strstr(c->rule, "add1") == NULL)
		return;
	recorded = json_number_value(json_object_get(c->expected, "cpu_s"));
	if (recorded < 1)
		return;
	start = cpu_seconds();
	if (pbset_run(c, &o) != OK)
		return;
	start = cpu_seconds() - start;
	if (getenv("PBSET_VERBOSE") != NULL)
		fprintf(stderr, "%8.4f s, recorded %8.4f, %6llu runs: %s %s\n",
		    start, recorded, (unsigned long long)o->runs, c->rule,
		    c->path);
	s->own += start;
	s->recorded += recorded;
	s->n++;
	tally_free(o);
}

int
pbset_add1(double *own, double *recorded)
{
	struct sums s = { 0 };

	if (pbset_each(time_add1, &s) < 0)
		return -1;
	*own = s.own;
	*recorded = s.recorded;
	return s.n;
}
