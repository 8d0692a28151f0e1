#include <inttypes.h>
#include <string.h>

#include "replay_sealed.h"

#include "verify_sealed.h"

/* --- Openings ----------------------------------------------------------------
 */

/* How many ballots were counted, null and blank; -1: nobody knows yet. */
struct outcome {
	json_int_t counted, null, blank;
};

static void
outcome_of(const struct replay *r, const struct space *s, struct outcome *out)
{
	const struct replay_sealed *p = replay_sealed_of(r, s);
	struct slice doc = replay_recounted(r, s);
	json_t *result = NULL, *b;

	out->counted = seen_credentials(r->seen, s->no, PURPOSE_VOTE);
	out->null = out->blank = -1;
	if (p != NULL && p->whole) {
		out->null = (json_int_t)p->null;
		out->blank = (json_int_t)p->blank;
	}
	if (doc.n == 0 || json_read(doc, &result, NULL) != OK)
		return;
	b = json_object_get(result, "ballots");
	if (json_object_get(result, "openings") != NULL) {
		out->null = json_integer_value(json_object_get(b, "null"));
		out->blank = json_integer_value(json_object_get(b, "blank"));
	}
	json_decref(result);
}

static int
is_sealed(const struct space *s)
{
	return s->header->n_trustees > 0 && s->header->kind == SPACE_BALLOT;
}

static void
print_openings(const struct replay *r, const struct space *s, FILE *out)
{
	const struct replay_sealed *p = replay_sealed_of(r, s);
	struct outcome o;
	size_t i;

	fprintf(out, "  sealed: %u of %zu trustees are needed",
	    s->header->threshold, s->header->n_trustees);
	if (!s->closed) {
		fputc('\n', out);
		return;
	}
	outcome_of(r, s, &o);
	if (o.counted < (json_int_t)s->header->min_open)
		fprintf(out,
		    "; nothing is opened, %u ballots would be needed\n",
		    (unsigned)s->header->min_open);
	else
		fprintf(out, ", %u opened\n", p != NULL ? p->valid : 0);
	for (i = 0; p != NULL && i < p->n; i++) {
		const struct replay_opening *one = &p->openings[i];

		fprintf(out, "    trustee %u, entry %" PRIu64 ": %s%s\n",
		    (unsigned)one->trustee, one->index,
		    one->valid ? "valid" : "ignored: ", one->why.text);
	}
	if (o.null >= 0)
		fprintf(out,
		    "  %" JSON_INTEGER_FORMAT
		    " counted ballots, of which %" JSON_INTEGER_FORMAT
		    " null and %" JSON_INTEGER_FORMAT " blank%s\n",
		    o.counted, o.null, o.blank,
		    s->paper[1] > 0 ? " (those on paper included)" : "");
}

static json_t *
sealed_json(const struct replay *r, const struct space *s)
{
	const struct replay_sealed *p = replay_sealed_of(r, s);
	json_t *j, *one, *list = json_array();
	struct outcome o;
	size_t i;

	outcome_of(r, s, &o);
	for (i = 0; p != NULL && i < p->n; i++) {
		one = json_pack("{sI sI si}", "trustee",
		    (json_int_t)p->openings[i].trustee, "entry",
		    (json_int_t)p->openings[i].index, "valid",
		    p->openings[i].valid);
		if (!p->openings[i].valid)
			json_object_set_new(
			    one, "why", json_string(p->openings[i].why.text));
		json_array_append_new(list, one);
	}
	j = json_pack("{sI sI so sI}", "trustees",
	    (json_int_t)s->header->n_trustees, "threshold",
	    (json_int_t)s->header->threshold, "openings", list, "counted",
	    o.counted);
	if (j != NULL && o.null >= 0) {
		json_object_set_new(j, "null", json_integer(o.null));
		json_object_set_new(j, "blank", json_integer(o.blank));
	}
	return j;
}

/* --- Several issuers ---------------------------------------------------------
 */

/* Lines that asked an issuer, and that asked every issuer. */
struct asked {
	uint32_t some;
	uint32_t all;
};

static int
asked_of(const struct space *s, unsigned purpose, struct asked *out)
{
	size_t at[RECORD_ISSUERS_MAX] = { 0 };
	size_t i, n = s->header->n_issuers, here;
	uint32_t least;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < n; i++) {
		if (!s->ledgers[i][purpose].present)
			return 0;
	}
	for (;;) {
		for (i = 0, here = 0, least = UINT32_MAX; i < n; i++) {
			if (at[i] == s->lines[i][purpose].n)
				continue;
			here++;
			if (s->lines[i][purpose].line[at[i]] < least)
				least = s->lines[i][purpose].line[at[i]];
		}
		if (here == 0)
			return 1;
		for (i = 0, here = 0; i < n; i++) {
			if (at[i] < s->lines[i][purpose].n &&
			    s->lines[i][purpose].line[at[i]] == least) {
				at[i]++;
				here++;
			}
		}
		out->some++;
		out->all += here == n ? 1 : 0;
	}
}

static void
print_issuers(
    const struct replay *r, const struct space *s, unsigned purpose, FILE *out)
{
	struct asked a;
	size_t i;

	if (!asked_of(s, purpose, &a))
		return;
	fprintf(out, "  issuers (%s):", purpose_name(purpose));
	for (i = 0; i < s->header->n_issuers; i++)
		fprintf(out, "%s %s issued %u", i > 0 ? "," : "",
		    s->header->issuers[i].name,
		    (unsigned)s->ledgers[i][purpose].count);
	fprintf(out, "; %u took part\n",
	    (unsigned)seen_credentials(r->seen, s->no, purpose));
	fprintf(out,
	    "    %u lines asked, %u of them every issuer, %u some only\n",
	    (unsigned)a.some, (unsigned)a.all, (unsigned)(a.some - a.all));
}

static json_t *
issuers_json(const struct replay *r, const struct space *s)
{
	json_t *list = json_array(), *issued;
	struct asked a;
	unsigned p;
	size_t i;

	for (p = 1; p <= PURPOSE_MAX; p++) {
		if (!header_has_purpose(s->header->kind, p) ||
		    !asked_of(s, p, &a))
			continue;
		issued = json_array();
		for (i = 0; i < s->header->n_issuers; i++)
			json_array_append_new(
			    issued, json_integer(s->ledgers[i][p].count));
		json_array_append_new(
		    list, json_pack("{ss so sI sI sI}", "purpose",
			      purpose_name(p), "issued", issued, "cast",
			      (json_int_t)seen_credentials(r->seen, s->no, p),
			      "lines", (json_int_t)a.some, "lines_of_all",
			      (json_int_t)a.all));
	}
	return list;
}

/* --- Both --------------------------------------------------------------------
 */

void
verify_sealed_print(const struct replay *r, const struct space *s, FILE *out)
{
	unsigned p;

	for (p = 1; p <= PURPOSE_MAX && s->header->n_issuers > 1; p++) {
		if (header_has_purpose(s->header->kind, p))
			print_issuers(r, s, p, out);
	}
	if (is_sealed(s))
		print_openings(r, s, out);
}

void
verify_sealed_json(const struct replay *r, const struct space *s, json_t *o)
{
	if (s->header->n_issuers > 1)
		json_object_set_new(o, "issuers", issuers_json(r, s));
	if (is_sealed(s))
		json_object_set_new(o, "sealed", sealed_json(r, s));
}
