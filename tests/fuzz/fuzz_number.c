/*
 * Amounts of money and other numbers in text: what PROTOCOL calls a decimal has
 * one spelling and is a number for the tally too.
 */
#include <stdio.h>
#include <string.h>

#include <gmp.h>

#include "json.h"
#include "pb.h"
#include "rational.h"
#include "text.h"

#include "fuzz.h"

/* The value times 10^RATIONAL_DECIMALS, in the shortest decimal spelling. */
static void
print(mpq_srcptr q, char out[static 64])
{
	mpq_t m;
	char *s;
	size_t n;

	mpq_init(m);
	mpq_set_ui(m, 1000000, 1);
	mpq_mul(m, m, q);
	MUST(mpz_cmp_ui(mpq_denref(m), 1) == 0);
	MUST((s = mpz_get_str(NULL, 10, mpq_numref(m))) != NULL);
	n = strlen(s);
	MUST(n < 40);
	/* At least seven digits: a whole part and six decimals. */
	(void)snprintf(
	    out, 64, "%.*s%s", n < 7 ? (int)(7 - n) : 0, "0000000", s);
	n = strlen(out);
	memmove(out + n - 5, out + n - 6, 7);
	out[n - 6] = '.';
	while (out[n] == '0')
		out[n--] = 0;
	if (out[n] == '.')
		out[n] = 0;
	free(s);
	mpq_clear(m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[128], again[64];
	uint64_t a, b;
	int is_decimal;
	enum err r;
	mpq_t q;

	if (size >= sizeof(text))
		return 0;
	memcpy(text, data, size);
	text[size] = 0;
	mpq_init(q);
	is_decimal = json_decimal_check(text, NULL) == OK;
	r = rational_parse(q, text);
	MUST(!is_decimal || r == OK);
	if (r == OK) {
		MUST(mpq_sgn(q) >= 0);
		print(q, again);
		MUST(json_decimal_check(again, NULL) == OK);
		MUST(is_decimal == (strcmp(again, text) == 0));
	}
	mpq_clear(q);
	if (pb_number(text, &a) == OK) {
		MUST(strspn(text, "0123456789") == strlen(text));
		MUST(text_u64(slice_str(text), &b) != OK || a == b);
	}
	return 0;
}
