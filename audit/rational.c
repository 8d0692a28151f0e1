#include <string.h>

#include "rational.h"

enum err
rational_parse(mpq_t out, const char *text)
{
	char digits[RATIONAL_DIGITS + RATIONAL_DECIMALS + 1];
	size_t whole = strspn(text, "0123456789");
	size_t fraction = 0;

	if (whole == 0)
		return ERR_FORMAT;
	if (text[whole] == '.') {
		fraction = strspn(text + whole + 1, "0123456789");
		if (fraction == 0 || text[whole + 1 + fraction] != '\0')
			return ERR_FORMAT;
	} else if (text[whole] != '\0') {
		return ERR_FORMAT;
	}
	if (whole > RATIONAL_DIGITS || fraction > RATIONAL_DECIMALS)
		return ERR_LIMIT;
	memcpy(digits, text, whole);
	memcpy(digits + whole, text + whole + (fraction > 0), fraction);
	digits[whole + fraction] = '\0';
	if (mpz_set_str(mpq_numref(out), digits, 10) != 0)
		return ERR_INTERNAL;
	mpz_ui_pow_ui(mpq_denref(out), 10, fraction);
	mpq_canonicalize(out);
	return OK;
}

char *
rational_text(mpq_srcptr q)
{
	return mpq_get_str(NULL, 10, q);
}
