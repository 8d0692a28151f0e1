#include <stdlib.h>
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

char *
rational_rounded(const char *text, unsigned places)
{
	char *out = NULL;
	char *digits = NULL;
	size_t n;
	mpq_t q;
	mpz_t z;

	mpq_init(q);
	mpz_init(z);
	if (places > 9 || mpq_set_str(q, text, 10) != 0 ||
	    mpz_sgn(mpq_denref(q)) <= 0 || mpq_sgn(q) < 0)
		goto out;
	/* floor((2 * 10^places * p + q) / 2q) */
	mpz_ui_pow_ui(z, 10, places);
	mpz_mul(z, z, mpq_numref(q));
	mpz_mul_2exp(z, z, 1);
	mpz_add(z, z, mpq_denref(q));
	mpz_mul_2exp(mpq_denref(q), mpq_denref(q), 1);
	mpz_fdiv_q(z, z, mpq_denref(q));
	digits = mpz_get_str(NULL, 10, z);
	n = digits != NULL ? strlen(digits) : 0;
	if (n == 0 || (out = calloc(n + places + 3, 1)) == NULL)
		goto out;
	if (places == 0) {
		memcpy(out, digits, n);
	} else if (n > places) {
		memcpy(out, digits, n - places);
		out[n - places] = '.';
		memcpy(out + n - places + 1, digits + n - places, places);
	} else {
		memset(out, '0', places + 2);
		out[1] = '.';
		memcpy(out + 2 + places - n, digits, n);
	}
out:
	free(digits);
	mpz_clear(z);
	mpq_clear(q);
	return out;
}
