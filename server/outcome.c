#include <gmp.h>
#include <stdlib.h>
#include <string.h>

#include "rational.h"

#include "outcome.h"

const char *
outcome_string(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s != NULL ? s : "";
}

uint64_t
outcome_number(const json_t *o, const char *name)
{
	json_int_t n = json_integer_value(json_object_get(o, name));

	return n > 0 ? (uint64_t)n : 0;
}

const json_t *
outcome_project(const json_t *result, size_t i)
{
	return json_array_get(
	    json_object_get(json_object_get(result, "explain"), "projects"), i);
}

size_t
outcome_find(const struct form *f, const char *id)
{
	size_t i;

	for (i = 0; i < f->n_options; i++)
		if (strcmp(f->options[i].id, id) == 0)
			break;
	return i;
}

uint64_t
outcome_voters(const json_t *result)
{
	const json_t *b = json_object_get(result, "ballots");
	uint64_t all =
	    outcome_number(b, "counted") + outcome_number(b, "paper");
	uint64_t null = outcome_number(b, "null");

	return all > null ? all - null : 0;
}

/* A decimal, or p/q; 0 for what is neither. */
static void
parse(mpq_ptr q, const char *text)
{
	if (strchr(text, '/') == NULL) {
		if (rational_parse(q, text) != OK)
			mpq_set_ui(q, 0, 1);
	} else if (mpq_set_str(q, text, 10) != 0 ||
		   mpz_sgn(mpq_denref(q)) == 0) {
		mpq_set_ui(q, 0, 1);
	} else {
		mpq_canonicalize(q);
	}
}

unsigned
outcome_part(const char *part, const char *whole, unsigned scale)
{
	unsigned n = 0;
	mpq_t p, w;
	mpz_t z;

	mpq_inits(p, w, NULL);
	mpz_init(z);
	parse(p, part);
	parse(w, whole);
	if (mpq_sgn(w) > 0 && mpq_cmp(p, w) >= 0) {
		n = scale;
	} else if (mpq_sgn(w) > 0) {
		mpq_div(p, p, w);
		mpz_mul_ui(z, mpq_numref(p), scale);
		mpz_tdiv_q(z, z, mpq_denref(p));
		n = (unsigned)mpz_get_ui(z);
	}
	mpz_clear(z);
	mpq_clears(p, w, NULL);
	return n;
}

int
outcome_less(const char *a, const char *b)
{
	mpq_t x, y;
	int less;

	mpq_inits(x, y, NULL);
	parse(x, a);
	parse(y, b);
	less = mpq_cmp(x, y) < 0;
	mpq_clears(x, y, NULL);
	return less;
}

void
outcome_minus(const char *a, const char *b, struct buf *out)
{
	mpq_t x, y;
	char *text;

	mpq_inits(x, y, NULL);
	parse(x, a);
	parse(y, b);
	mpq_sub(x, x, y);
	if (mpq_sgn(x) < 0)
		mpq_set_ui(x, 0, 1);
	text = mpq_get_str(NULL, 10, x);
	buf_str(out, text);
	free(text);
	mpq_clears(x, y, NULL);
}
