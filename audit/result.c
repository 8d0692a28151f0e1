/* The result document (PROTOCOL 9): what anybody recounts. */
#include <stdlib.h>
#include <string.h>

#include "election.h"
#include "explain.h"
#include "hex.h"
#include "rational.h"
#include "rule.h"
#include "tally.h"

#include "result.h"

/* Numbers of ballots, as the document names them. */
struct count {
	const struct form *form;
	struct election *election;
	struct support *named; /* one ballot's options */
	uint32_t *values;      /* one ballot's numbers */
	uint64_t blank;
	uint64_t null;
	/* Entry numbers of sealed ballots; NULL: the space is not sealed. */
	const struct result_sealed *sealed;
	struct numbers {
		uint64_t *list;
		size_t n, cap;
	} blanks, nulls;
};

/* --- The form's rule -------------------------------------------------------
 */

static enum votes_kind
votes_of(const struct form *f)
{
	switch (f->ballot.type) {
	case BALLOT_CHOICE:
	case BALLOT_BITMAP:
		return VOTES_APPROVAL;
	case BALLOT_POINTS:
		return VOTES_POINTS;
	case BALLOT_RANKING:
		return VOTES_RANKING;
	}
	return VOTES_APPROVAL;
}

/* Scores are whole: to reach a decimal is to reach the next whole number. */
static enum err
threshold_of(const char *decimal, uint64_t *out)
{
	mpq_t q;
	mpz_t z;
	enum err r;

	mpq_init(q);
	mpz_init(z);
	if ((r = rational_parse(q, decimal)) == OK) {
		mpz_cdiv_q(z, mpq_numref(q), mpq_denref(q));
		*out = mpz_get_ui(z);
	}
	mpz_clear(z);
	mpq_clear(q);
	return r;
}

static enum err
rule_read(const struct form *f, struct rule *out, struct why *why)
{
	struct rule rule;

	if (rule_parse(f->rule_id, &rule) != OK)
		return why_say(
		    why, ERR_FORMAT, "there is no rule %s", f->rule_id);
	if (!rule_fits(&rule, votes_of(f)))
		return why_say(why, ERR_FORMAT,
		    "the rule %s is not defined for such ballots", f->rule_id);
	if (strlen(f->increment) >= sizeof(rule.increment) ||
	    threshold_of(f->min_score, &rule.min_score) != OK)
		return why_say(why, ERR_FORMAT,
		    "increment or min_score has too many digits");
	memcpy(rule.increment, f->increment, strlen(f->increment) + 1);
	rule.compare = f->compare;
	*out = rule;
	return OK;
}

enum err
result_rule_check(const struct form *f, struct why *why)
{
	struct rule rule;

	return rule_read(f, &rule, why);
}

/* --- Ballots ---------------------------------------------------------------
 */

static enum err
groups_add(struct count *c)
{
	const struct form *f = c->form;
	uint32_t group, i, n;
	uint32_t *members = calloc(f->n_options, sizeof(*members));
	enum err r = OK;

	if (members == NULL)
		return ERR_NOMEM;
	for (group = 1; r == OK && group <= f->n_exclusive; group++) {
		for (n = 0, i = 0; i < f->n_options; i++)
			if (f->exclusive[i] == group)
				members[n++] = i;
		r = election_add_exclusive(c->election, members, n);
	}
	free(members);
	return r;
}

static enum err
options_add(struct count *c)
{
	const struct form *f = c->form;
	size_t i;
	enum err r;

	if ((r = election_new(&c->election, votes_of(f), f->budget)) != OK)
		return r;
	for (i = 0; i < f->n_options; i++) {
		r = election_add_project(
		    c->election, f->options[i].id, f->options[i].cost);
		if (r != OK)
			return r;
	}
	return groups_add(c);
}

/* What a ballot names, the best first where that means something. */
static size_t
named_by(struct count *c, const struct choices *v)
{
	int ranked = c->form->ballot.type == BALLOT_RANKING;
	size_t i, n = 0;

	for (i = 0; i < v->n; i++) {
		if (v->v[i] == 0)
			continue;
		if (ranked) {
			c->named[v->v[i] - 1].project = (uint32_t)i;
			c->named[v->v[i] - 1].points = 0;
		} else {
			c->named[n].project = (uint32_t)i;
			c->named[n].points = v->v[i];
		}
		n++;
	}
	return n;
}

static enum err
ballot_add(void *cookie, struct slice body, uint64_t n)
{
	struct count *c = cookie;
	struct choices v = { 0, c->values, 0 };
	enum err r;

	r = choices_decode(c->form, body, &v, NULL);
	if (r == ERR_FORMAT || r == ERR_LIMIT) {
		c->null += n;
		return OK;
	}
	if (r != OK)
		return r;
	c->blank += v.blank ? n : 0;
	v.n = c->form->n_options;
	return election_add_ballot(c->election, c->named, named_by(c, &v), n);
}

static enum err
paper_add(struct count *c, struct slice paper)
{
	size_t i, n = choices_bytes(c->form);
	enum err r;

	if (n == 0 || paper.n % n != 0)
		return ERR_FORMAT;
	for (i = 0; i < paper.n; i += n) {
		if ((r = ballot_add(c, slice_of(paper.p + i, n), 1)) != OK)
			return r;
	}
	return OK;
}

static enum err
numbers_add(struct numbers *p, uint64_t v)
{
	size_t cap = p->cap == 0 ? 64 : 2 * p->cap;
	uint64_t *list;

	if (p->n == p->cap) {
		if ((list = realloc(p->list, cap * sizeof(*list))) == NULL)
			return ERR_NOMEM;
		p->list = list;
		p->cap = cap;
	}
	p->list[p->n++] = v;
	return OK;
}

/* A sealed ballot as it was opened; an unseal_each. */
static enum err
sealed_add(void *cookie, const struct unseal_ballot *b, struct slice choices)
{
	struct count *c = cookie;
	uint64_t blank = c->blank;
	enum err r;

	if (choices.n == 0) {
		c->null++;
		return numbers_add(&c->nulls, b->index);
	}
	if ((r = ballot_add(c, choices, 1)) != OK || c->blank == blank)
		return r;
	return numbers_add(&c->blanks, b->index);
}

static enum err
ballots_add(struct count *c, const struct space *s, const struct seen *seen)
{
	const struct result_sealed *sealed = c->sealed;

	if (sealed == NULL)
		return seen_ballots(seen, s->no, ballot_add, c);
	return unseal_open(sealed->ballots, sealed->files, sealed->n,
	    sealed->pool, sealed_add, c);
}

/* --- The document ----------------------------------------------------------
 */

/* A sum of decimals as a decimal. */
static json_t *
decimal(const mpq_t q)
{
	mpz_t z;
	char *digits;
	json_t *j = NULL;
	struct buf b = { 0 };
	size_t n, cut = RATIONAL_DECIMALS;

	mpz_init(z);
	mpz_ui_pow_ui(z, 10, RATIONAL_DECIMALS);
	mpz_mul(z, z, mpq_numref(q));
	mpz_tdiv_q(z, z, mpq_denref(q));
	if ((digits = mpz_get_str(NULL, 10, z)) == NULL)
		goto out;
	n = strlen(digits);
	while (n <= RATIONAL_DECIMALS) {
		buf_str(&b, "0");
		n++;
	}
	buf_str(&b, digits);
	while (cut > 0 && b.n > 0 && b.p[b.n - 1] == '0') {
		b.n--;
		cut--;
	}
	if (cut == 0) {
		j = json_stringn((const char *)b.p, b.n);
	} else {
		j = json_sprintf("%.*s.%.*s", (int)(b.n - cut),
		    (const char *)b.p, (int)cut, (const char *)b.p + b.n - cut);
	}

out:
	free(digits);
	buf_free(&b);
	mpz_clear(z);
	return j;
}

static json_t *
ids(const struct election *e, const uint32_t *list, size_t n)
{
	json_t *a = json_array();
	size_t i;

	for (i = 0; i < n && a != NULL; i++)
		json_array_append_new(a, json_string(e->projects[list[i]].id));
	return a;
}

static json_t *
comparison_json(const struct comparison *c, const char *rule_id)
{
	return json_pack("{s:I, s:I, s:I, s:s}", "equal", (json_int_t)c->equal,
	    "greedy", (json_int_t)c->plain, "rule", (json_int_t)c->rule,
	    "winner", c->plain_won ? RULE_PLAIN : rule_id);
}

static json_t *
outcome_json(
    const struct election *e, const struct outcome *o, const char *rule_id)
{
	char *endowment = NULL;
	json_t *j;

	if (o->has_endowment &&
	    (endowment = rational_text(o->endowment)) == NULL)
		return NULL;
	j = json_pack("{s:o, s:s, s:o, s:o}", "cost", decimal(o->cost),
	    "final_endowment", endowment != NULL ? endowment : "", "order",
	    ids(e, o->order, o->n), "selected", ids(e, o->sorted, o->n));
	free(endowment);
	if (j != NULL && o->comparison != NULL &&
	    json_object_set_new(j, "comparison",
		comparison_json(o->comparison, rule_id)) != 0) {
		json_decref(j);
		j = NULL;
	}
	return j;
}

static json_t *
scores_json(const struct election *e)
{
	json_t *a = json_array();
	size_t i;

	for (i = 0; e != NULL && a != NULL && i < e->n_projects; i++) {
		const struct project *p = &e->projects[i];
		json_t *score =
		    json_sprintf("%llu", (unsigned long long)p->score);

		json_array_append_new(
		    a, json_pack("{s:s, s:o, s:I}", "id", p->id, "score", score,
			   "votes", (json_int_t)p->votes));
	}
	return a;
}

static json_t *
issued_json(const struct space *s)
{
	json_t *a = json_array();
	size_t i;
	unsigned p;

	for (i = 0; a != NULL && i < s->header->n_issuers; i++) {
		for (p = 1; p <= PURPOSE_MAX; p++) {
			if (!header_has_purpose(s->header->kind, p))
				continue;
			json_array_append_new(
			    a, json_pack("{s:I, s:I, s:s}", "count",
				   (json_int_t)s->ledgers[i][p].count, "issuer",
				   (json_int_t)i, "purpose", purpose_name(p)));
		}
	}
	return a;
}

static json_t *
hash_json(const struct hash *h)
{
	char text[2 * HASH_BYTES + 1];

	hex_encode(hash_slice(h), text);
	return json_string(text);
}

static json_t *
lines_json(const struct roll_counts *n)
{
	return json_pack("{s:I, s:I, s:I, s:I}", "added", (json_int_t)n->added,
	    "removed", (json_int_t)n->removed, "roll", (json_int_t)n->roll,
	    "struck", (json_int_t)n->struck);
}

static uint32_t
credentials(const struct seen *seen, const struct space *s)
{
	uint32_t n = 0;
	unsigned p;

	for (p = 1; p <= PURPOSE_MAX; p++)
		n += seen_credentials(seen, s->no, p);
	return n;
}

static int
number_cmp(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The first of them. */
static json_t *
numbers_json(const struct numbers *p)
{
	json_t *a = json_array();
	size_t i;

	if (p->n > 0)
		qsort(p->list, p->n, sizeof(*p->list), number_cmp);
	for (i = 0; a != NULL && i < p->n && i < RESULT_LISTED_MAX; i++)
		json_array_append_new(a, json_integer((json_int_t)p->list[i]));
	return a;
}

/* What a result says of ballots that were sealed. */
static int
sealed_set(json_t *doc, const struct count *c)
{
	json_t *openings = json_array();
	size_t i;

	for (i = 0; openings != NULL && i < c->sealed->n; i++)
		json_array_append_new(openings,
		    json_integer(c->sealed->files[i].opening.trustee));
	if (json_object_set_new(doc, "openings", openings) != 0)
		return -1;
	return json_object_set_new(doc, "listed",
	    json_pack("{s:o, s:o}", "blank", numbers_json(&c->blanks), "null",
		numbers_json(&c->nulls)));
}

/* The whole, once everything is counted; NULL without memory. */
static json_t *
document(const struct space *s, const struct seen *seen,
    const struct roll_counts *lines, const struct count *c,
    const struct outcome *o, const char *status)
{
	json_t *ballots, *close, *j;

	ballots = json_pack("{s:I, s:I, s:I, s:I, s:I}", "blank",
	    (json_int_t)c->blank, "cast", (json_int_t)s->close_records,
	    "counted", (json_int_t)credentials(seen, s), "null",
	    (json_int_t)c->null, "paper", (json_int_t)s->paper[1]);
	close = json_pack("{s:o, s:I}", "root", hash_json(&s->close_root),
	    "size", (json_int_t)s->close_size);
	j = json_pack("{s:o, s:o, s:I, s:o, s:o, s:o, s:s, s:o, s:o, s:s, s:i}",
	    "ballots", ballots, "close", close, "disputes",
	    (json_int_t)(s->has_result ? s->disputes_at_result : s->disputes),
	    "form_id", hash_json(&s->form->id), "issued", issued_json(s),
	    "lines", lines_json(lines), "rule", s->form->rule_id, "scores",
	    scores_json(c->election), "space_id", hash_json(&s->header->id),
	    "status", status, "version", 1);
	if (j != NULL && o != NULL &&
	    (json_object_set_new(j, "outcome",
		 outcome_json(c->election, o, s->form->rule_id)) != 0 ||
		(c->sealed != NULL && sealed_set(j, c) != 0))) {
		json_decref(j);
		j = NULL;
	}
	return j;
}

/* --- The explanation -------------------------------------------------------
 */

/* No row of an explanation's tables takes fewer bytes. */
#define ROW_BYTES 20

static enum err
explain(const struct form *f, const struct election *e, const struct outcome *o,
    json_t **out)
{
	struct explain_question q = { .e = e,
		.lot = f->ties,
		.n_lot = f->n_ties,
		.outcome = o,
		.max_rows = DOCUMENT_MAX / ROW_BYTES };
	const char **categories = calloc(f->n_options, sizeof(char *));
	struct rule rule;
	size_t i;
	enum err r = ERR_NOMEM;

	if (categories == NULL || (r = rule_read(f, &rule, NULL)) != OK)
		goto out;
	for (i = 0; i < f->n_options; i++)
		categories[i] = f->options[i].category;
	q.categories = categories;
	q.rule = &rule;
	r = explain_outcome(&q, out);

out:
	free(categories);
	return r;
}

enum err
result_put(const struct form *f, const struct election *e,
    const struct outcome *o, json_t *doc, struct buf *out)
{
	size_t before = out->n;
	json_t *why = NULL;
	enum err r;

	if (o == NULL)
		return json_canonical_put(out, doc);
	if ((r = explain(f, e, o, &why)) != OK)
		return r;
	if (json_object_set(doc, "explain", why) != 0)
		r = ERR_NOMEM;
	else
		r = json_canonical_put(out, doc);
	if (r == OK && out->n - before > DOCUMENT_MAX &&
	    (r = explain_shorten(why)) == OK) {
		out->n = before;
		r = json_canonical_put(out, doc);
	}
	if (r == OK && out->n - before > DOCUMENT_MAX) {
		out->n = before;
		(void)json_object_del(doc, "explain");
		r = json_canonical_put(out, doc);
	}
	json_decref(why);
	return r;
}

/* --- The whole -------------------------------------------------------------
 */

static enum err
tally(const struct space *s, const struct seen *seen, struct slice paper,
    struct count *c, struct outcome **out)
{
	struct why why;
	struct rule rule;
	enum err r;

	c->named = calloc(OPTIONS_MAX, sizeof(*c->named));
	c->values = calloc(OPTIONS_MAX, sizeof(*c->values));
	if (c->named == NULL || c->values == NULL)
		return ERR_NOMEM;
	if ((r = rule_read(s->form, &rule, &why)) != OK ||
	    (r = options_add(c)) != OK || (r = ballots_add(c, s, seen)) != OK ||
	    (r = paper_add(c, paper)) != OK ||
	    (r = election_seal(c->election)) != OK)
		return r;
	return tally_run(
	    c->election, &rule, s->form->ties, s->form->n_ties, out);
}

enum err
result_document(struct world *w, const struct space *s, const struct seen *seen,
    struct slice paper, const struct result_sealed *sealed, struct buf *out,
    struct why *why)
{
	struct count c = { .form = s->form, .sealed = sealed };
	struct outcome *o = NULL;
	struct roll_counts lines;
	const char *status = "collected";
	json_t *j = NULL;
	enum err r;

	if (!s->closed || s->form == NULL)
		return why_say(why, ERR_FORBIDDEN, "%s has not closed yet",
		    s->header->slug);
	if ((r = roll_count(world_roll(w), &s->header->id, &lines)) != OK)
		return why_say(
		    why, r, "the roll of %s is not known", s->header->slug);
	if (s->header->kind == SPACE_BALLOT) {
		status = "too_few";
		if (credentials(seen, s) >= s->header->min_open) {
			if (s->form->sealed && sealed == NULL)
				return why_say(why, ERR_FORBIDDEN,
				    "%s is sealed, and was not opened",
				    s->header->slug);
			status = "counted";
			r = tally(s, seen, paper, &c, &o);
		}
	}
	if (r != OK) {
		(void)why_say(why, r, "%s cannot be tallied: %s",
		    s->header->slug, err_str(r));
		goto out;
	}
	if ((j = document(s, seen, &lines, &c, o, status)) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	r = result_put(s->form, c.election, o, j, out);

out:
	json_decref(j);
	tally_free(o);
	election_free(c.election);
	free(c.named);
	free(c.values);
	free(c.blanks.list);
	free(c.nulls.list);
	return r;
}
