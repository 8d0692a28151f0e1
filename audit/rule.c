#include <stdio.h>
#include <string.h>

#include "rule.h"

/* The first part of an id. */
static const struct base {
	const char *name;
	enum rule_method method;
	enum rule_key key;
	enum rule_ballots ballots;
	enum rule_misfit misfit;
	int threshold;
} bases[] = {
	{ "greedy-votes", RULE_GREEDY, RULE_BY_SCORE, RULE_ANY_BALLOTS,
	    RULE_SKIP, 0 },
	{ "greedy-votes-per-cost", RULE_GREEDY, RULE_BY_RATIO, RULE_ANY_BALLOTS,
	    RULE_SKIP, 0 },
	{ "greedy-no-skip", RULE_GREEDY, RULE_BY_SCORE, RULE_ANY_BALLOTS,
	    RULE_END, 0 },
	{ "greedy-threshold", RULE_GREEDY, RULE_BY_SCORE, RULE_ANY_BALLOTS,
	    RULE_SKIP, 1 },
	{ "phragmen", RULE_PHRAGMEN, RULE_BY_LOAD, RULE_APPROVALS, RULE_SKIP,
	    0 },
	{ "mes-cost", RULE_SHARES, RULE_BY_EFFECTIVE, RULE_APPROVALS, RULE_SKIP,
	    0 },
	{ "mes-card", RULE_SHARES, RULE_BY_PRICE, RULE_APPROVALS, RULE_SKIP,
	    0 },
	{ "mes-costpoints", RULE_SHARES, RULE_BY_EFFECTIVE, RULE_POINTS,
	    RULE_SKIP, 0 },
	{ "mes-points", RULE_SHARES, RULE_BY_PRICE, RULE_POINTS, RULE_SKIP, 0 },
	{ "mes-costrank", RULE_SHARES, RULE_BY_EFFECTIVE, RULE_RANKINGS,
	    RULE_SKIP, 0 },
	{ "mes-rank", RULE_SHARES, RULE_BY_PRICE, RULE_RANKINGS, RULE_SKIP, 0 },
};

/* The rest of the id, for equal shares only. */
static const struct suffix {
	const char *name;
	int whole;
	int raise;
	enum rule_stop stop;
	int complete;
} suffixes[] = {
	{ "", 0, 0, RULE_NO_STOP, 0 },
	{ "-u", 0, 0, RULE_NO_STOP, 1 },
	{ "-add1", 0, 1, RULE_STOP_SUPPORTED, 0 },
	{ "-add1u", 0, 1, RULE_STOP_SUPPORTED, 1 },
	{ "-add1-nostop", 0, 1, RULE_NO_STOP, 0 },
	{ "-add1-nostop-u", 0, 1, RULE_NO_STOP, 1 },
	{ "-int-add1", 1, 1, RULE_STOP_ALL, 0 },
	{ "-int-add1u", 1, 1, RULE_STOP_ALL, 1 },
	{ "-int-add1-nostop", 1, 1, RULE_NO_STOP, 0 },
	{ "-int-add1-nostop-u", 1, 1, RULE_NO_STOP, 1 },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static size_t
suffixes_of(const struct base *b)
{
	return b->method == RULE_SHARES ? COUNT(suffixes) : 1;
}

static void
fill(struct rule *r, const struct base *b, const struct suffix *s)
{
	memset(r, 0, sizeof(*r));
	(void)snprintf(r->id, sizeof(r->id), "%s%s", b->name, s->name);
	r->method = b->method;
	r->key = b->key;
	r->ballots = b->ballots;
	r->misfit = b->misfit;
	r->threshold = b->threshold;
	r->whole = s->whole;
	r->raise = s->raise;
	r->stop = s->stop;
	r->complete = s->complete;
	(void)snprintf(r->increment, sizeof(r->increment), "1");
}

enum err
rule_parse(const char *id, struct rule *out)
{
	const struct base *b;
	size_t len;
	size_t i;

	for (b = bases; b < bases + COUNT(bases); b++) {
		len = strlen(b->name);
		if (strncmp(id, b->name, len) != 0)
			continue;
		for (i = 0; i < suffixes_of(b); i++) {
			if (strcmp(id + len, suffixes[i].name) != 0)
				continue;
			fill(out, b, &suffixes[i]);
			return OK;
		}
	}
	return ERR_NOT_FOUND;
}

int
rule_fits(const struct rule *rule, enum votes_kind kind)
{
	switch (rule->ballots) {
	case RULE_ANY_BALLOTS:
		return 1;
	case RULE_APPROVALS:
		return kind == VOTES_APPROVAL;
	case RULE_POINTS:
		return kind == VOTES_POINTS;
	case RULE_RANKINGS:
		return kind == VOTES_RANKING;
	}
	return 0;
}

void
rule_each(void (*f)(const char *id, void *cookie), void *cookie)
{
	struct rule r;
	const struct base *b;
	size_t i;

	for (b = bases; b < bases + COUNT(bases); b++)
		for (i = 0; i < suffixes_of(b); i++) {
			fill(&r, b, &suffixes[i]);
			f(r.id, cookie);
		}
}
