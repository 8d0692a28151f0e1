#include <csv.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "outcome.h"

#include "page_result.h"

/* Quoted where it must be; what a spreadsheet would compute stays text. */
static void
cell(struct buf *b, const char *s)
{
	struct buf plain = { 0 };
	char *quoted;
	size_t n;

	if (s[0] != '\0' && strchr("=+-@\t\r", s[0]) != NULL)
		buf_str(&plain, "'");
	buf_str(&plain, s);
	if (strpbrk(s, ",\"\r\n") == NULL) {
		buf_put(b, plain.p, plain.n);
	} else {
		n = csv_write(NULL, 0, plain.p, plain.n);
		if ((quoted = malloc(n)) != NULL) {
			(void)csv_write(quoted, n, plain.p, plain.n);
			buf_put(b, quoted, n);
		} else {
			b->bad = 1;
		}
		free(quoted);
	}
	buf_free(&plain);
}

static uint64_t
place_of(const json_t *outcome, const char *id)
{
	const json_t *order = json_object_get(outcome, "order");
	size_t i;

	for (i = 0; i < json_array_size(order); i++)
		if (strcmp(json_string_value(json_array_get(order, i)), id) ==
		    0)
			return i + 1;
	return 0;
}

static void
row(struct buf *b, const struct option *o, size_t i, const json_t *result)
{
	const json_t *score =
	    json_array_get(json_object_get(result, "scores"), i);
	const json_t *outcome = json_object_get(result, "outcome");
	const json_t *why = outcome_project(result, i);
	uint64_t place = place_of(outcome, o->id);

	cell(b, o->id);
	buf_str(b, ",");
	cell(b, json_text(o->titles, "it"));
	buf_str(b, ",");
	cell(b, o->category);
	buf_str(b, ",");
	cell(b, o->place);
	buf_printf(b, ",%s,", o->cost);
	if (score != NULL)
		buf_printf(b, "%" PRIu64, outcome_number(score, "votes"));
	buf_printf(b, ",%s,", outcome_string(score, "score"));
	if (outcome != NULL)
		buf_str(b, place > 0 ? "1" : "0");
	buf_str(b, ",");
	if (place > 0)
		buf_printf(b, "%" PRIu64, place);
	buf_printf(b, ",%s,%s\r\n", outcome_string(why, "support"),
	    outcome_string(why, "fate"));
}

void
page_result_csv(struct buf *b, const struct form *f, const json_t *result)
{
	size_t i;

	buf_str(b, "id,title,category,place,cost,votes,score,selected,order,"
		   "effective_support,fate\r\n");
	for (i = 0; i < f->n_options; i++)
		row(b, &f->options[i], i, result);
}
