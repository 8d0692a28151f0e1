#include <csv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "text.h"
#include "wipe.h"

#include "rollcsv.h"
#include "wallet.h"

enum column {
	COL_NAME,
	COL_ADDRESS,
	COL_BIRTH_DATE,
	COL_DOCUMENT,
	COL_COUNT,
	COL_UNKNOWN = COL_COUNT,
};

#define COLUMNS_MAX 64

static const struct {
	const char *name;
	enum column column;
} column_names[] = {
	{ "name", COL_NAME },
	{ "nome", COL_NAME },
	{ "nominativo", COL_NAME },
	{ "address", COL_ADDRESS },
	{ "indirizzo", COL_ADDRESS },
	{ "birth_date", COL_BIRTH_DATE },
	{ "data_nascita", COL_BIRTH_DATE },
	{ "document", COL_DOCUMENT },
	{ "documento", COL_DOCUMENT },
};

/* A parse under way; libcsv calls field_end and row_end. */
struct state {
	struct rollcsv *out;
	struct pb_report *report;
	enum factor_kind factor;
	size_t cap;
	size_t line;  /* being fed */
	size_t begin; /* where the row began; 0: not begun */
	int have_header;
	int hopeless; /* the header is wrong: no row can be read */
	size_t n_columns;
	enum column columns[COLUMNS_MAX];
	size_t field; /* of this row */
	char *value[COL_COUNT];
	int bad_row;
	int nomem;
};

static void
row_forget(struct state *s)
{
	size_t i;

	for (i = 0; i < COL_COUNT; i++) {
		if (s->value[i] != NULL)
			wipe(s->value[i], strlen(s->value[i]));
		free(s->value[i]);
		s->value[i] = NULL;
	}
	s->field = 0;
	s->bad_row = 0;
	s->begin = 0;
}

/* A row after a lone carriage return begins within the line being fed. */
static size_t
line_of(const struct state *s)
{
	return s->begin == 0 ? s->line : s->begin;
}

static void __attribute__((format(printf, 2, 3)))
complain(struct state *s, const char *fmt, ...)
{
	char text[160];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	pb_note(s->report, line_of(s), 0, "%s", text);
	s->bad_row = 1;
}

static enum column
column_of(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(column_names) / sizeof(column_names[0]); i++)
		if (strcasecmp(column_names[i].name, name) == 0)
			return column_names[i].column;
	return COL_UNKNOWN;
}

static void
header_field(struct state *s, const char *text)
{
	enum column c = column_of(text);
	size_t i;

	if (s->field >= COLUMNS_MAX) {
		if (s->field == COLUMNS_MAX)
			complain(
			    s, "there are more than %d columns", COLUMNS_MAX);
		s->field++;
		return;
	}
	for (i = 0; c != COL_UNKNOWN && i < s->field; i++)
		if (s->columns[i] == c)
			complain(
			    s, "the column \"%.40s\" is there twice", text);
	s->columns[s->field++] = c;
	s->n_columns = s->field;
}

/* One field of a row: text of one or more printable lines. */
static void
row_field(struct state *s, const char *text, size_t n)
{
	enum column c;

	if (s->field >= s->n_columns) {
		if (s->field++ == s->n_columns)
			complain(s,
			    "there are more fields than the %zu columns; is a "
			    "quotation mark missing?",
			    s->n_columns);
		return;
	}
	c = s->columns[s->field++];
	if (c == COL_UNKNOWN || s->hopeless)
		return;
	if (n > ROLLCSV_TEXT_MAX) {
		complain(s, "field %zu is longer than %d bytes", s->field,
		    ROLLCSV_TEXT_MAX);
		return;
	}
	if (strlen(text) != n || text_utf8(slice_of(text, n)) != OK) {
		complain(s,
		    "field %zu is not UTF-8 text; save the file as \"CSV "
		    "UTF-8\"",
		    s->field);
		return;
	}
	if ((s->value[c] = strdup(text)) == NULL)
		s->nomem = 1;
}

static void
field_end(void *data, size_t n, void *cookie)
{
	struct state *s = cookie;
	const char *text = data == NULL ? "" : data;

	if (s->have_header)
		row_field(s, text, data == NULL ? 0 : n);
	else
		header_field(s, text);
}

static const char *
given(const struct state *s, enum column c)
{
	return s->value[c] == NULL ? "" : s->value[c];
}

static void
header_end(struct state *s)
{
	enum column need = s->factor == FACTOR_BIRTH_DATE ? COL_BIRTH_DATE
			   : s->factor == FACTOR_DOCUMENT ? COL_DOCUMENT
							  : COL_UNKNOWN;
	int name = 0, factor = need == COL_UNKNOWN;
	size_t i;

	for (i = 0; i < s->n_columns; i++) {
		name |= s->columns[i] == COL_NAME;
		factor |= s->columns[i] == need;
	}
	if (!name)
		complain(s,
		    "the first line must name the columns, and \"name\" "
		    "(nome) is not among them");
	if (!factor)
		complain(s, "the second factor needs a column \"%s\"",
		    need == COL_BIRTH_DATE ? "birth_date" : "document");
	s->hopeless = s->bad_row;
	s->have_header = 1;
}

static void
factor_take(struct state *s, struct rollcsv_row *row)
{
	const char *text = given(
	    s, s->factor == FACTOR_BIRTH_DATE ? COL_BIRTH_DATE : COL_DOCUMENT);
	struct why why = { { 0 } };

	if (s->factor == FACTOR_NONE)
		return;
	if (wallet_factor_text(s->factor, slice_str(text), row->factor, &why) !=
	    OK)
		complain(s, "%s, not \"%.20s\"", why.text, text);
}

static int
grow(struct state *s)
{
	struct rollcsv_row *row;
	size_t cap;

	if (s->out->n < s->cap)
		return 1;
	cap = s->cap == 0 ? 256 : s->cap * 2;
	if ((row = realloc(s->out->row, cap * sizeof(*row))) == NULL) {
		s->nomem = 1;
		return 0;
	}
	s->out->row = row;
	s->cap = cap;
	return 1;
}

static void
row_take(struct state *s)
{
	struct rollcsv_row row;

	memset(&row, 0, sizeof(row));
	if (!s->bad_row && s->field < s->n_columns)
		complain(s, "there are %zu fields for %zu columns", s->field,
		    s->n_columns);
	if (!s->bad_row && given(s, COL_NAME)[0] == '\0')
		complain(s, "the name is empty");
	if (!s->bad_row && strchr(given(s, COL_NAME), '\n') != NULL)
		complain(s, "the name has a line break");
	if (!s->bad_row)
		factor_take(s, &row);
	if (!s->bad_row && s->out->n == ROLLCSV_ROWS_MAX)
		complain(
		    s, "there are more than %d residents", ROLLCSV_ROWS_MAX);
	if (s->bad_row || s->nomem || !grow(s))
		return;
	row.line = line_of(s);
	row.name = s->value[COL_NAME];
	s->value[COL_NAME] = NULL;
	row.address = s->value[COL_ADDRESS];
	s->value[COL_ADDRESS] = NULL;
	s->out->row[s->out->n++] = row;
}

static void
row_end(int c, void *cookie)
{
	struct state *s = cookie;

	(void)c;
	if (!s->have_header)
		header_end(s);
	else if (!s->hopeless)
		row_take(s);
	row_forget(s);
}

/* Whichever of the two occurs more often among the column names. */
static unsigned char
delimiter(struct slice text)
{
	size_t commas = 0, semicolons = 0, i;

	for (i = 0; i < text.n && text.p[i] != '\n'; i++) {
		commas += text.p[i] == ',';
		semicolons += text.p[i] == ';';
	}
	return semicolons > commas ? ';' : ',';
}

static size_t
line_bytes(struct slice s)
{
	const uint8_t *end = memchr(s.p, '\n', s.n);

	return end == NULL ? s.n : (size_t)(end - s.p) + 1;
}

static int
is_blank_line(const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (p[i] != ' ' && p[i] != '\t' && p[i] != '\r' && p[i] != '\n')
			return 0;
	return 1;
}

/* Feed line by line, so that a sentence can name the line. */
static enum err
feed(struct csv_parser *p, struct state *s, struct slice text)
{
	size_t n;

	csv_set_delim(p, delimiter(text));
	while (text.n > 0 && !s->nomem) {
		n = line_bytes(text);
		s->line++;
		if (s->begin == 0 && !is_blank_line(text.p, n))
			s->begin = s->line;
		if (csv_parse(p, text.p, n, field_end, row_end, s) != n) {
			if (csv_error(p) == CSV_ENOMEM)
				return ERR_NOMEM;
			complain(s, "a quotation mark is out of place; inside "
				    "a quoted field write it twice");
			/* Go on with the next line. */
			csv_free(p);
			row_forget(s);
			if (csv_init(p, CSV_STRICT | CSV_STRICT_FINI |
					    CSV_APPEND_NULL) != 0)
				return ERR_NOMEM;
			csv_set_delim(p, delimiter(text));
		}
		text.p += n;
		text.n -= n;
	}
	if (csv_fini(p, field_end, row_end, s) != 0)
		complain(s, "a quoted field that begins here never ends");
	return s->nomem ? ERR_NOMEM : OK;
}

/* Rows own strings; absent columns are empty ones. */
static enum err
complete(struct rollcsv *out)
{
	struct rollcsv_row *row;
	size_t i;

	for (i = 0; i < out->n; i++) {
		row = &out->row[i];
		if (row->address == NULL && (row->address = strdup("")) == NULL)
			return ERR_NOMEM;
	}
	return OK;
}

enum err
rollcsv_parse(struct slice text, enum factor_kind factor, struct rollcsv *out,
    struct pb_report *report)
{
	static const uint8_t bom[3] = { 0xef, 0xbb, 0xbf };
	struct rollcsv rows = { 0 };
	struct state s = { .out = &rows, .report = report, .factor = factor };
	struct csv_parser p;
	enum err r;

	if (text.n >= 3 && memcmp(text.p, bom, 3) == 0) {
		text.p += 3;
		text.n -= 3;
	}
	if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0)
		return ERR_NOMEM;
	r = feed(&p, &s, text);
	csv_free(&p);
	row_forget(&s);
	if (r != OK || (r = complete(&rows)) != OK)
		goto out;
	if (!s.have_header)
		pb_note(report, 0, 0, "the file is empty");
	else if (rows.n == 0 && report->errors == 0)
		pb_note(report, 0, 0, "there is nobody in the list");
	if (report->errors > 0)
		r = ERR_FORMAT;
	*out = rows;
	memset(&rows, 0, sizeof(rows));

out:
	rollcsv_free(&rows);
	return r;
}

void
rollcsv_free(struct rollcsv *r)
{
	size_t i;

	for (i = 0; i < r->n; i++) {
		wipe(r->row[i].factor, sizeof(r->row[i].factor));
		free(r->row[i].name);
		free(r->row[i].address);
	}
	free(r->row);
	memset(r, 0, sizeof(*r));
}
