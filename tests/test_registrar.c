#include "letters.h"
#include "registrar.h"
#include "rollcsv.h"
#include "vec.h"

#include <qrencode.h>
#include <stdlib.h>
#include <string.h>

#define HOST "https://vota.comune.example"

struct parse {
	struct rollcsv rows;
	struct pb_report report;
	enum err r;
};

static struct parse *
parse(const char *text, enum factor_kind factor)
{
	struct parse *p = test_calloc(1, sizeof(*p));

	p->r = rollcsv_parse(slice_str(text), factor, &p->rows, &p->report);
	return p;
}

static void
parse_free(struct parse *p)
{
	rollcsv_free(&p->rows);
	test_free(p);
}

/* Exactly one complaint, at that line, with these words. */
static void
refused(const char *text, enum factor_kind factor, size_t line, const char *say)
{
	struct parse *p = parse(text, factor);

	assert_int_equal(p->r, ERR_FORMAT);
	assert_int_equal(p->report.errors, 1);
	assert_int_equal(p->report.notes[0].line, line);
	if (strstr(p->report.notes[0].text, say) == NULL)
		fail_msg(
		    "\"%s\" does not say \"%s\"", p->report.notes[0].text, say);
	parse_free(p);
}

static void
reads_columns_in_any_order_and_either_language(void **state)
{
	static const char *const texts[] = {
		"name,address,birth_date\nAnna,Via Roma,1961-03-12\n",
		"data_nascita;nome;x;indirizzo\n12/03/1961;Anna;?;Via Roma\n",
		"\xef\xbb\xbfNOME;Indirizzo;Data_Nascita\r\n"
		"\"Anna\";\"Via Roma\";12/03/1961",
		"\n\nname,address,birth_date\n\nAnna,Via Roma,1961-03-12\n\n",
	};
	struct parse *p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		p = parse(texts[i], FACTOR_BIRTH_DATE);
		assert_int_equal(p->r, OK);
		assert_int_equal(p->rows.n, 1);
		assert_string_equal(p->rows.row[0].name, "Anna");
		assert_string_equal(p->rows.row[0].address, "Via Roma");
		assert_string_equal(p->rows.row[0].factor, "1961-03-12");
		parse_free(p);
	}
}

static void
reads_quotes_and_line_breaks_in_an_address(void **state)
{
	struct parse *p;

	(void)state;
	p = parse("name;address\n\"A \"\"B\"\" C\";\"Via 1\n80100 X\"\nD;E\n",
	    FACTOR_NONE);
	assert_int_equal(p->r, OK);
	assert_int_equal(p->rows.n, 2);
	assert_string_equal(p->rows.row[0].name, "A \"B\" C");
	assert_string_equal(p->rows.row[0].address, "Via 1\n80100 X");
	assert_int_equal(p->rows.row[0].line, 2);
	assert_int_equal(p->rows.row[1].line, 4);
	parse_free(p);
}

static void
names_the_line_of_everything_that_is_wrong(void **state)
{
	(void)state;
	refused("", FACTOR_NONE, 0, "empty");
	refused("name\n", FACTOR_NONE, 0, "nobody");
	refused("address\nx\n", FACTOR_NONE, 1, "\"name\"");
	refused("name,nome\na,b\n", FACTOR_NONE, 1, "twice");
	refused("name\nx\n", FACTOR_BIRTH_DATE, 1, "birth_date");
	refused("name\nx\n", FACTOR_DOCUMENT, 1, "document");
	refused("name,address\na,b\nc\nd,e\n", FACTOR_NONE, 3, "1 fields");
	refused("name,address\na,b\nc,d,e\n", FACTOR_NONE, 3, "more fields");
	refused("name,address\na,b\n,d\n", FACTOR_NONE, 3, "empty");
	refused("name,address\n\"a\nb\",d\n", FACTOR_NONE, 2, "line break");
	refused("name\na\nb\"c\n", FACTOR_NONE, 3, "quotation");
	refused("name\na\n\"b\n", FACTOR_NONE, 3, "never ends");
	refused("name\na\n\xe8\n", FACTOR_NONE, 3, "UTF-8");
	refused("name\na\nb\x01\n", FACTOR_NONE, 3, "UTF-8");
	refused("name,birth_date\na,31/02/1970\n", FACTOR_BIRTH_DATE, 2,
	    "date of birth");
	refused("name,birth_date\na,1970-1-2\n", FACTOR_BIRTH_DATE, 2,
	    "date of birth");
	refused("name,birth_date\na,\n", FACTOR_BIRTH_DATE, 2, "date of birth");
	refused("name,document\na,AB1\n", FACTOR_DOCUMENT, 2, "four at least");
}

static void
reports_every_bad_line_and_keeps_the_good_ones(void **state)
{
	struct parse *p;

	(void)state;
	p = parse("name,birth_date\na,x\nb,2000-01-01\n,\nc\nd,1999-12-31\n",
	    FACTOR_BIRTH_DATE);
	assert_int_equal(p->r, ERR_FORMAT);
	assert_int_equal(p->report.errors, 3);
	assert_int_equal(p->report.notes[0].line, 2);
	assert_int_equal(p->report.notes[1].line, 4);
	assert_int_equal(p->report.notes[2].line, 5);
	assert_int_equal(p->rows.n, 2);
	assert_string_equal(p->rows.row[0].name, "b");
	assert_string_equal(p->rows.row[1].name, "d");
	parse_free(p);
}

static void
takes_the_last_four_characters_of_a_document(void **state)
{
	struct parse *p;

	(void)state;
	p = parse("name,document\na,ca 123-45az\n", FACTOR_DOCUMENT);
	assert_int_equal(p->r, OK);
	assert_string_equal(p->rows.row[0].factor, "45AZ");
	parse_free(p);
}

static void
makes_a_roll_file_that_the_server_takes(void **state)
{
	static struct registrar_line lines[70];
	struct sign_key k;
	struct buf roll = { 0 };
	struct hash root;
	uint32_t n, spares = 0;
	size_t i;

	(void)state;
	assert_int_equal(registrar_draw(lines, 50, 20), OK);
	assert_int_equal(registrar_roll_put(lines, 70, &roll), OK);
	assert_int_equal(
	    roll_file_check(buf_slice(&roll), &root, &n, NULL), OK);
	assert_int_equal(n, 70);
	for (i = 0; i < 70; i++) {
		spares += roll.p[i * ROLL_ROW + 32] == ROLL_SPARE;
		assert_int_equal(derive_roll_key(&lines[i].code, &k), OK);
		assert_memory_equal(k.pk.b, lines[i].pk.b, 32);
	}
	assert_int_equal(spares, 20);
	buf_free(&roll);
}

static const char *
only_the_third(void *cookie, size_t line)
{
	(void)cookie;
	return line == 2 ? "1970-12-31" : NULL;
}

static void
makes_second_factors_that_fit_the_protocol(void **state)
{
	static struct registrar_line lines[5];
	struct slice parts[2];
	struct buf b = { 0 };
	struct hash f;

	(void)state;
	assert_int_equal(registrar_draw(lines, 5, 0), OK);
	assert_int_equal(
	    registrar_factors_put(lines, 5, only_the_third, NULL, &b), OK);
	assert_int_equal(b.n, 64);
	assert_memory_equal(b.p, lines[2].pk.b, 32);
	parts[0] = slice_of(lines[2].pk.b, 32);
	parts[1] = slice_str("1970-12-31");
	hash_dst("factor", parts, 2, &f);
	assert_memory_equal(b.p + 32, f.b, 32);
	buf_free(&b);
}

static char *
printed(void (*print)(FILE *f))
{
	static char *text;
	static size_t n;
	FILE *f = open_memstream(&text, &n);

	assert_non_null(f);
	print(f);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void
print_nasty(FILE *f)
{
	letters_escape("<a href=\"x\">'&'</a>\nè", f);
}

static void
escapes_all_that_html_reads(void **state)
{
	char *text = printed(print_nasty);

	(void)state;
	assert_string_equal(
	    text, "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;<br>è");
	free(text);
}

static void
print_qr(FILE *f)
{
	assert_int_equal(letters_qr(HOST "/#c=ABC", f), OK);
}

static void
draws_every_dark_module_of_the_qr_code(void **state)
{
	QRcode *qr = QRcode_encodeString8bit(HOST "/#c=ABC", 0, QR_ECLEVEL_M);
	char *text = printed(print_qr), *at;
	long x, y, n, k;
	int i, dark = 0;

	(void)state;
	assert_non_null(qr);
	for (i = 0; i < qr->width * qr->width; i++)
		dark += qr->data[i] & 1;
	assert_non_null(at = strstr(text, "d=\"M"));
	for (at += 3; *at == 'M'; at++) {
		x = strtol(at + 1, &at, 10);
		y = strtol(at, &at, 10);
		assert_int_equal(*at, 'h');
		n = strtol(at + 1, &at, 10);
		assert_memory_equal(at, "v1h-", 4);
		assert_int_equal(strtol(at + 4, &at, 10), n);
		assert_int_equal(*at, 'z');
		assert_in_range(x + n, 1, qr->width);
		for (k = 0; k < n; k++)
			assert_int_equal(
			    qr->data[y * qr->width + x + k] & 1, 1);
		dark -= (int)n;
	}
	assert_int_equal(*at, '"');
	assert_int_equal(dark, 0);
	QRcode_free(qr);
	free(text);
}

/* One letter for somebody whose name tries to leave its place. */
static struct rollcsv_row nasty = { (char *)(uintptr_t) "</style><script>",
	(char *)(uintptr_t) "Via \"1\"; <b>", "", 2 };
static struct registrar_line nasty_line;

static void
print_letter(FILE *f)
{
	const struct letters l = { HOST, LETTERS_IT, FACTOR_BIRTH_DATE };
	const struct rollcsv rows = { &nasty, 1 };

	assert_int_equal(letters_page(&l, &rows, &nasty_line, f), OK);
}

static void
print_table(FILE *f)
{
	const struct rollcsv rows = { &nasty, 1 };

	assert_int_equal(letters_table(&rows, &nasty_line, f), OK);
}

static void
letters_hold_the_code_and_no_markup_of_others(void **state)
{
	char shown[25], *page, *table;

	(void)state;
	assert_int_equal(registrar_draw(&nasty_line, 1, 0), OK);
	roll_code_print(&nasty_line.code, shown);
	page = printed(print_letter);
	assert_non_null(strstr(page, shown));
	assert_non_null(strstr(page, "<svg"));
	assert_non_null(strstr(page, "data di nascita"));
	assert_non_null(strstr(page, "lang=\"en\""));
	assert_null(strstr(page, "<script"));
	assert_null(strstr(page, "<b>"));
	/* The address with the code is only in the QR code. */
	assert_null(strstr(page, "#c="));
	table = printed(print_table);
	assert_non_null(strstr(table, "\"Via \"\"1\"\"; <b>\";\""));
	assert_non_null(strstr(table, shown));
	free(page);
	free(table);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    reads_columns_in_any_order_and_either_language),
		cmocka_unit_test(reads_quotes_and_line_breaks_in_an_address),
		cmocka_unit_test(names_the_line_of_everything_that_is_wrong),
		cmocka_unit_test(
		    reports_every_bad_line_and_keeps_the_good_ones),
		cmocka_unit_test(takes_the_last_four_characters_of_a_document),
		cmocka_unit_test(makes_a_roll_file_that_the_server_takes),
		cmocka_unit_test(makes_second_factors_that_fit_the_protocol),
		cmocka_unit_test(escapes_all_that_html_reads),
		cmocka_unit_test(draws_every_dark_module_of_the_qr_code),
		cmocka_unit_test(letters_hold_the_code_and_no_markup_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
