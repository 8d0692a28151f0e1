#include <stdlib.h>
#include <string.h>

#include "rational.h"

#include "explain_text.h"

static const char *
text(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s != NULL ? s : "";
}

static long long
count(const json_t *o, const char *name)
{
	return json_integer_value(json_object_get(o, name));
}

/**
 * number(f, width, o, name):
 * Print the exact number ${name} of ${o}, rounded, right-aligned.
 */
static void
number(FILE *f, int width, const json_t *o, const char *name)
{
	char *s = rational_rounded(text(o, name), 2);

	fprintf(f, "%*s", width, s != NULL ? s : "-");
	free(s);
}

/* ---- What became of each project ---- */

static void
print_taken(const json_t *p, FILE *f)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(p, "taken"), i, row)
	{
		fprintf(f, "%11s", "");
		number(f, 14, row, "money");
		fprintf(f, "  went to %s, from %lld of its voters\n",
		    text(row, "id"), count(row, "voters"));
	}
	if (text(p, "rest")[0] != '\0') {
		fprintf(f, "%11s", "");
		number(f, 14, p, "rest");
		fprintf(f, "  went to others\n");
	}
	fprintf(f, "%11s", "");
	number(f, 14, p, "left");
	fprintf(f, "  was left\n");
}

/* Fates that one text says, and those with a project or an amount behind it. */
static const struct {
	const char *fate;
	const char *says;
	const char *id;
	const char *amount;
} sayings[] = {
	{ "free", "selected: it costs nothing", NULL, NULL },
	{ "filled", "selected with the money that was left", NULL, NULL },
	{ "withdrawn", "withdrawn", NULL, NULL },
	{ "unsupported", "nobody supports it", NULL, NULL },
	{ "low", "below the minimum score", NULL, NULL },
	{ "above_budget", "costs more than the budget", NULL, NULL },
	{ "barred", "excluded by", "by", NULL },
	{ "too_dear", "did not fit: money left was", NULL, "left" },
	{ "after_end", "not reached, as this did not fit:", "by", NULL },
	{ "stopped", "not reached, as this was due and did not fit:", "by",
	    NULL },
	{ "votes", "too few votes for its cost; needed:", NULL, "needed" },
};

static void
print_fate(const json_t *p, FILE *f)
{
	const char *fate = text(p, "fate");
	size_t i;

	if (strcmp(fate, "selected") == 0) {
		fprintf(f, "selected");
		if (count(p, "round") > 0)
			fprintf(f, " in round %lld", count(p, "round"));
	} else if (strcmp(fate, "money") == 0) {
		fprintf(f, "too little money left in round %lld",
		    count(p, "round"));
	}
	for (i = 0; i < sizeof(sayings) / sizeof(sayings[0]); i++) {
		if (strcmp(fate, sayings[i].fate) != 0)
			continue;
		fprintf(f, "%s", sayings[i].says);
		if (sayings[i].id != NULL)
			fprintf(f, " %s", text(p, sayings[i].id));
		if (strcmp(fate, "votes") == 0)
			fprintf(f, " %s", text(p, sayings[i].amount));
		else if (sayings[i].amount != NULL) {
			fprintf(f, " ");
			number(f, 0, p, sayings[i].amount);
		}
	}
	fprintf(f, "\n");
	if (strcmp(fate, "money") == 0)
		print_taken(p, f);
}

static void
print_projects(const json_t *why, FILE *f)
{
	const json_t *p;
	size_t i;
	int shares = strcmp(text(why, "method"), "shares") == 0;

	fprintf(f, "\nWhat became of each project\n%s\n",
	    shares ? "   support  project" : "  project");
	json_array_foreach(json_object_get(why, "projects"), i, p)
	{
		if (shares && text(p, "support")[0] != '\0')
			fprintf(f, "%8s %%  ", text(p, "support"));
		else
			fprintf(f, "%s", shares ? "         -  " : "  ");
		fprintf(f, "%s: ", text(p, "id"));
		print_fate(p, f);
	}
}

/* ---- Tables of a method ---- */

static void
print_payments(const json_t *why, FILE *f)
{
	const json_t *row;
	size_t i;

	fprintf(f,
	    "\nWhat winners were paid\nround   effective    payers  had less "
	    "     average       least        most  project\n");
	json_array_foreach(json_object_get(why, "payments"), i, row)
	{
		fprintf(f, "%5lld", count(row, "round"));
		number(f, 12, row, "effective");
		fprintf(f, " %9lld %9lld", count(row, "payers"),
		    count(row, "part"));
		number(f, 13, row, "average");
		number(f, 12, row, "min");
		number(f, 12, row, "max");
		fprintf(f, "  %s\n", text(row, "id"));
	}
	fprintf(f, "Money of the voters that was not spent: ");
	number(f, 0, why, "unspent");
	fprintf(f, "\n");
}

/**
 * print_rounds(why, key, f):
 * Each round with its projects, of which ${key} is what was compared.
 */
static void
print_rounds(const json_t *why, const char *key, FILE *f)
{
	const json_t *round;
	const json_t *p;
	const char *winner;
	size_t i;
	size_t k;
	int money = strcmp(key, "effective") == 0;

	json_array_foreach(json_object_get(why, "rounds"), i, round)
	{
		winner = text(round, "winner");
		fprintf(f, "\nRound %zu\n%14s%s  project\n", i + 1,
		    money ? "effective" : "time",
		    money ? "     money left" : "");
		json_array_foreach(json_object_get(round, "projects"), k, p)
		{
			number(f, 14, p, key);
			if (money)
				number(f, 15, p, "money");
			fprintf(f, "  %s", text(p, "id"));
			if (strcmp(winner, text(p, "id")) == 0)
				fprintf(f, "  selected");
			else if (money && strcmp(text(p, key), "0") == 0)
				fprintf(f, "  cannot be paid any more");
			fprintf(f, "\n");
		}
		if (text(round, "misfit")[0] != '\0')
			fprintf(f, "%s is due and does not fit: the end\n",
			    text(round, "misfit"));
	}
}

static void
print_loads(const json_t *why, FILE *f)
{
	const json_t *row;
	size_t i;

	fprintf(f, "\nWhat voters carry in the end\n%14s    voters\n", "load");
	json_array_foreach(json_object_get(why, "loads"), i, row)
	{
		number(f, 14, row, "load");
		fprintf(f, " %9lld\n", count(row, "voters"));
	}
}

static void
print_walk(const json_t *walk, const char *title, FILE *f)
{
	const json_t *row;
	size_t i;

	fprintf(f, "\n%s\n%15s  project\n", title, "money left");
	json_array_foreach(walk, i, row)
	{
		number(f, 15, row, "left");
		fprintf(f, "  %s  %s\n", text(row, "id"),
		    strcmp(text(row, "fate"), "too_dear") == 0
			? "does not fit"
			: text(row, "fate"));
	}
}

/* ---- Fairness ---- */

static void
pair(const json_t *o, const char *says, const char *name, FILE *f)
{
	const json_t *a = json_object_get(o, "outcome");
	const json_t *b = json_object_get(o, "plain");

	fprintf(f, "%-36s", says);
	if (json_is_integer(json_object_get(a, name))) {
		fprintf(f, "%18lld%18lld", count(a, name), count(b, name));
	} else {
		number(f, 18, a, name);
		number(f, 18, b, name);
	}
	fprintf(f, "\n");
}

static void
print_histogram(const json_t *o, const char *name, FILE *f)
{
	const json_t *a =
	    json_object_get(json_object_get(o, name), "histogram");
	const json_t *n;
	size_t i;

	fprintf(f, "Voters by number of winners, %s:", name);
	json_array_foreach(a, i, n)
	{
		fprintf(f, " %zu: %lld,", i, (long long)json_integer_value(n));
	}
	fprintf(f, " more: %lld\n", count(json_object_get(o, name), "more"));
}

static void
print_fairness(const json_t *o, FILE *f)
{
	const json_t *row;
	size_t i;

	if (o == NULL)
		return;
	fprintf(f, "\n%-36s%18s%18s\n", "How it treats voters", "outcome",
	    "greedy-votes");
	pair(o, "cost", "cost", f);
	pair(o, "money left over", "leftover", f);
	pair(o, "voters without any winner", "excluded", f);
	pair(o, "winners a voter supports, average", "average_winners", f);
	pair(o, "their cost, average", "average_money", f);
	pair(o, "Gini index of winners", "gini_winners", f);
	pair(o, "Gini index of their cost", "gini_money", f);
	pair(o, "variance of money directed", "spread", f);
	pair(o, "score turned into projects", "score", f);
	print_histogram(o, "outcome", f);
	print_histogram(o, "plain", f);
	json_array_foreach(json_object_get(o, "categories"), i, row)
	{
		fprintf(f, "%-28.28s%8s", text(row, "category"),
		    text(row, "score"));
		number(f, 18, row, "outcome");
		number(f, 18, row, "plain");
		fprintf(f, "\n");
	}
}

void
explain_text_print(const json_t *why, FILE *f)
{
	const char *method = text(why, "method");

	fprintf(f, "\nNumbers below are rounded; --json has them exactly.\n");
	if (strcmp(method, "greedy") == 0) {
		print_walk(json_object_get(why, "walk"), "The walk", f);
	} else if (strcmp(method, "phragmen") == 0) {
		print_rounds(why, "time", f);
		print_loads(why, f);
	} else {
		print_rounds(why, "effective", f);
		print_payments(why, f);
	}
	if (json_object_get(why, "fill") != NULL)
		print_walk(
		    json_object_get(why, "fill"), "With what is left", f);
	print_projects(why, f);
	print_fairness(json_object_get(why, "fairness"), f);
}
