#ifndef LETTERS_H
#define LETTERS_H

#include <stdio.h>

#include "registrar.h"
#include "rollcsv.h"

/*
 * What is printed: letters with a code each, cards for spare codes, and a table
 * for a print shop.  Everything that comes from outside is escaped.
 */
enum letters_lang {
	LETTERS_IT,
	LETTERS_EN,
};

struct letters {
	const char *host; /* "https://vota.comune.example" */
	enum letters_lang lang;
	enum factor_kind factor;
};

/**
 * letters_page(l, rows, lines, f):
 * An HTML document for A4, one page per row of ${rows}; ${lines} has the codes
 * in the same order.
 */
enum err letters_page(const struct letters *l, const struct rollcsv *rows,
    const struct registrar_line *lines, FILE *f) MUST_USE;

/**
 * letters_cards(l, lines, n, f):
 * An HTML document of cards with the ${n} spare codes.
 */
enum err letters_cards(const struct letters *l,
    const struct registrar_line *lines, size_t n, FILE *f) MUST_USE;

/**
 * letters_table(rows, lines, f):
 * name;address;code lines with quotes.
 */
enum err letters_table(const struct rollcsv *rows,
    const struct registrar_line *lines, FILE *f) MUST_USE;

/**
 * letters_escape(s, f):
 * Text as HTML: & < > " ' escaped, line breaks as <br>.
 */
void letters_escape(const char *s, FILE *f);

/**
 * letters_qr(text, f):
 * An SVG element with the QR code of ${text}.  ERR_LIMIT: too long for one.
 */
enum err letters_qr(const char *text, FILE *f) MUST_USE;

#endif /* LETTERS_H */
