#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format.h"
#include "hex.h"
#include "html.h"

#include "page_sealed.h"

#define KEY_CHARS 8 /* of a trustee's key, to compare by eye */

static void
fill(struct buf *b, const struct page *p, const char *tag, enum text key,
    const uint64_t n[4])
{
	char a[4][FORMAT_CHARS];
	size_t i;

	for (i = 0; i < 4; i++)
		format_count(p->lang, n[i], a[i]);
	buf_printf(b, "<%s>", tag);
	page_fill(b, p, key, (const char *[4]){ a[0], a[1], a[2], a[3] });
	buf_printf(b, "</%s>\n", tag);
}

static int
has_opened(const struct space *s, size_t trustee)
{
	size_t i;

	for (i = 0; i < s->n_openings; i++) {
		if (s->openings[i].trustee == trustee)
			return 1;
	}
	return 0;
}

static unsigned
opened(const struct space *s)
{
	unsigned n = 0;
	size_t i;

	for (i = 1; i <= s->header->n_trustees; i++)
		n += has_opened(s, i) ? 1U : 0U;
	return n;
}

enum text
page_sealed_advice(const struct space *s, unsigned *count, unsigned *needed)
{
	*count = opened(s);
	*needed = s->header->threshold;
	if (s->close_credentials < s->header->min_open)
		return TEXT_NEVER_OPENED_DO;
	if (s->close_credentials == 0 || *count >= *needed)
		return TEXT_CLOSED_DO;
	return TEXT_OPENING_DO;
}

/* --- A space's page -------------------------------------------------------*/

static void
trustees(struct buf *b, const struct page *p, const struct space *s)
{
	char number[FORMAT_CHARS], hex[2 * 32 + 1];
	size_t i;

	buf_str(b, "<ul>\n");
	for (i = 0; i < s->header->n_trustees; i++) {
		format_count(p->lang, i + 1, number);
		hex_encode(public_key_slice(&s->header->trustees[i]), hex);
		hex[KEY_CHARS] = '\0';
		buf_str(b, "<li>");
		page_fill(b, p, TEXT_SEALED_TRUSTEE,
		    (const char *[4]){ number, hex, "", "" });
		if (s->closed && !s->cancelled) {
			buf_str(b, " ");
			page_text(b, p,
			    has_opened(s, i + 1) ? TEXT_SEALED_HAS_OPENED
						 : TEXT_SEALED_AWAITED);
		}
		buf_str(b, "</li>\n");
	}
	buf_str(b, "</ul>\n");
}

/* How it goes on, once voting is over. */
static void
after(struct buf *b, const struct page *p, const struct page_space *s)
{
	const struct space *sp = s->space;
	unsigned count, needed;

	if (s->phase == SPACE_CANCELLED)
		page_element(b, p, "p", TEXT_SEALED_CANCELLED);
	else if (s->phase == SPACE_CLOSED &&
		 page_sealed_advice(sp, &count, &needed) == TEXT_OPENING_DO)
		fill(b, p, "p", TEXT_SEALED_WAIT,
		    (uint64_t[4]){ count, needed, needed - count, 0 });
}

/* The second-device check. */
static void
check(struct buf *b, const struct page *p, const struct header *h)
{
	page_element(b, p, "p", TEXT_SEALED_CHECK);
	buf_printf(
	    b, "<pre><code>partecipa resident recreate %s --server ", h->slug);
	page_server(b, p);
	buf_str(b, " --recovery XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX --choice 1"
		   "</code></pre>\n");
}

void
page_sealed(struct buf *b, const struct page *p, const struct page_space *s)
{
	const struct header *h = s->space->header;
	uint64_t n[4] = { h->threshold, h->n_trustees, h->min_open, 0 };

	if (h->n_trustees == 0)
		return;
	buf_str(b, "<section>\n");
	page_element(b, p, "h2", TEXT_SEALED);
	page_element(b, p, "p", TEXT_SEALED_LEAD);
	if (h->n_trustees == 1) {
		page_element(b, p, "p", TEXT_SEALED_SINGLE);
		page_element(b, p, "p", TEXT_SEALED_SINGLE_LOST);
	} else {
		fill(b, p, "p",
		    h->threshold == h->n_trustees ? TEXT_SEALED_ALL
						  : TEXT_SEALED_NEED,
		    n);
		fill(b, p, "p", TEXT_SEALED_LOST, n);
	}
	if (h->min_open > 1)
		fill(b, p, "p", TEXT_SEALED_MIN, (uint64_t[4]){ n[2] });
	if (s->space->form == NULL && !s->space->cancelled)
		page_element(b, p, "p", TEXT_SEALED_LATER);
	after(b, p, s);
	trustees(b, p, s->space);
	if (s->phase == SPACE_OPEN)
		check(b, p, h);
	buf_str(b, "</section>\n");
}

/* --- The page of a result -------------------------------------------------*/

/* "3, 17, 20", of a list of numbers; nothing where it is empty. */
static void
entries(struct buf *b, const struct page *p, const json_t *list, enum text key)
{
	size_t i, n = json_array_size(list);

	if (n == 0)
		return;
	buf_str(b, "<details>\n<summary>");
	page_text(b, p, key);
	buf_str(b, "</summary>\n<p>");
	for (i = 0; i < n; i++)
		buf_printf(b, "%s%" JSON_INTEGER_FORMAT, i > 0 ? ", " : "",
		    json_integer_value(json_array_get(list, i)));
	buf_str(b, "</p>\n</details>\n");
}

void
page_sealed_opened(struct buf *b, const struct page *p, const json_t *result)
{
	const json_t *openings = json_object_get(result, "openings");
	const json_t *listed = json_object_get(result, "listed");
	struct buf who = { 0 };
	size_t i, n = json_array_size(openings);

	if (openings == NULL)
		return;
	buf_str(b, "<section>\n");
	page_element(b, p, "h2", TEXT_OPENED);
	for (i = 0; i < n; i++) {
		if (i > 0 && i + 1 == n)
			page_text(&who, p, TEXT_OPENED_AND);
		else if (i > 0)
			buf_str(&who, ", ");
		buf_printf(&who, "%" JSON_INTEGER_FORMAT,
		    json_integer_value(json_array_get(openings, i)));
	}
	if (n > 0 && buf_text(&who) != NULL) {
		buf_str(b, "<p>");
		page_fill(b, p, n == 1 ? TEXT_OPENED_BY_ONE : TEXT_OPENED_BY,
		    (const char *[4]){ buf_text(&who), "", "", "" });
		buf_str(b, "</p>\n");
	}
	page_element(b, p, "p", TEXT_OPENED_NULL);
	entries(b, p, json_object_get(listed, "null"), TEXT_OPENED_NULL_LIST);
	entries(b, p, json_object_get(listed, "blank"), TEXT_OPENED_BLANK_LIST);
	buf_str(b, "</section>\n");
	buf_free(&who);
}

static uint64_t
number(const json_t *o, const char *name)
{
	json_int_t n = json_integer_value(json_object_get(o, name));

	return n > 0 ? (uint64_t)n : 0;
}

static int
is_selected(const json_t *outcome, const char *id)
{
	const json_t *list = json_object_get(outcome, "selected");
	const char *s;
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		s = json_string_value(json_array_get(list, i));
		if (s != NULL && id != NULL && strcmp(s, id) == 0)
			return 1;
	}
	return 0;
}

/* Fewest votes of a winner, most of the others; zero where there is none. */
static int
margin(const json_t *result, uint64_t *winner, uint64_t *loser)
{
	const json_t *scores = json_object_get(result, "scores"), *row;
	const json_t *outcome = json_object_get(result, "outcome");
	unsigned winners = 0, losers = 0;
	uint64_t votes;
	size_t i;

	for (i = 0; i < json_array_size(scores); i++) {
		row = json_array_get(scores, i);
		votes = number(row, "votes");
		if (is_selected(outcome,
			json_string_value(json_object_get(row, "id")))) {
			if (winners++ == 0 || votes < *winner)
				*winner = votes;
		} else if (losers++ == 0 || votes > *loser) {
			*loser = votes;
		}
	}
	return winners > 0 && losers > 0;
}

/* Papers that every issuer gave. */
static uint64_t
issued(const json_t *result)
{
	const json_t *list = json_object_get(result, "issued");
	uint64_t n, least = UINT64_MAX;
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		n = number(json_array_get(list, i), "count");
		if (n < least)
			least = n;
	}
	return least == UINT64_MAX ? 0 : least;
}

void
page_sealed_doubts(struct buf *b, const struct page *p, const json_t *result)
{
	const json_t *ballots = json_object_get(result, "ballots");
	uint64_t disputes = number(result, "disputes"), winner = 0, loser = 0;
	uint64_t papers = issued(result), voters = number(ballots, "counted");

	buf_str(b, "<section>\n");
	page_element(b, p, "h2", TEXT_DOUBTS);
	page_element(b, p, "p", TEXT_DOUBTS_WHAT);
	fill(b, p, "p",
	    disputes == 0   ? TEXT_DOUBTS_NONE
	    : disputes == 1 ? TEXT_DOUBTS_ONE
			    : TEXT_DOUBTS_COUNT,
	    (uint64_t[4]){ disputes });
	if (margin(result, &winner, &loser))
		fill(b, p, "p", TEXT_DOUBTS_MARGIN,
		    (uint64_t[4]){ winner, loser });
	if (papers > voters)
		fill(b, p, "p", TEXT_DOUBTS_UNUSED,
		    (uint64_t[4]){ papers, voters, papers - voters });
	buf_str(b, "</section>\n");
}
