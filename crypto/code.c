#include <string.h>

#include "ct.h"
#include "hash.h"
#include "wipe.h"

#include "code.h"

#define ROLL_RANDOM (ROLL_CODE_CHARS - 1)
#define RECOVERY_DATA 26

/*
 * Crockford's base32: digits, then letters without I, L, O, U.  Codes are
 * secrets, so no table is indexed and nothing branches on a character.
 */
static char
character(unsigned v)
{
	return (char)('0' + v + ct_above(v, 9) * ('A' - '0' - 10) +
		      ct_above(v, 17) + ct_above(v, 19) + ct_above(v, 21) +
		      ct_above(v, 26));
}

enum typed {
	TYPED_SKIP,
	TYPED_VALUE,
	TYPED_WRONG,
};

/* What a typed character is, which may be known, and its value. */
static enum typed
typed_of(uint8_t c, uint8_t *value)
{
	unsigned is_skipped, is_value = 0, v = 0, one, k;

	is_skipped = ct_within(c, '-', '-') | ct_within(c, ' ', ' ') |
		     ct_within(c, '\t', '\n') | ct_within(c, '\r', '\r');
	c = (uint8_t)(c - ct_within(c, 'a', 'z') * ('a' - 'A'));
	c = (uint8_t)(c - ct_within(c, 'O', 'O') * ('O' - '0'));
	c = (uint8_t)(c - ct_within(c, 'I', 'I') * ('I' - '1'));
	c = (uint8_t)(c - ct_within(c, 'L', 'L') * ('L' - '1'));
	for (k = 0; k < 32; k++) {
		one =
		    ct_within(c, (uint8_t)character(k), (uint8_t)character(k));
		is_value |= one;
		v |= one * k;
	}
	ct_disclose(&is_skipped, sizeof(is_skipped));
	ct_disclose(&is_value, sizeof(is_value));
	*value = (uint8_t)v;
	return is_skipped ? TYPED_SKIP : is_value ? TYPED_VALUE : TYPED_WRONG;
}

/* Read exactly ${n} values of five bits from what somebody typed. */
static enum err
read_values(struct slice typed, uint8_t *out, size_t n)
{
	size_t i, have = 0;
	enum typed kind;
	uint8_t v;

	for (i = 0; i < typed.n; i++) {
		if ((kind = typed_of(typed.p[i], &v)) == TYPED_SKIP)
			continue;
		if (kind == TYPED_WRONG || have == n)
			return ERR_FORMAT;
		out[have++] = v;
	}
	return have == n ? OK : ERR_FORMAT;
}

/* Groups of four characters with hyphens between, and a NUL. */
static void
print_groups(const char *c, size_t n, char *out)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (i > 0 && i % 4 == 0)
			*out++ = '-';
		*out++ = c[i];
	}
	*out = 0;
}

static char
roll_check(const char *c)
{
	struct hash h;
	char check;

	hash_bytes(slice_of(c, ROLL_RANDOM), &h);
	check = character(h.b[0] >> 3);
	wipe(&h, sizeof(h));
	return check;
}

void
roll_code_random(struct roll_code *out)
{
	uint8_t random[ROLL_RANDOM];
	size_t i;

	random_bytes(random, sizeof(random));
	for (i = 0; i < ROLL_RANDOM; i++)
		out->c[i] = character(random[i] & 31);
	out->c[ROLL_RANDOM] = roll_check(out->c);
	out->c[ROLL_CODE_CHARS] = 0;
	wipe(random, sizeof(random));
}

enum err
roll_code_parse(struct slice typed, struct roll_code *out)
{
	uint8_t v[ROLL_CODE_CHARS], wrong;
	struct roll_code code;
	enum err r;
	size_t i;

	if ((r = read_values(typed, v, sizeof(v))) != OK)
		goto out;
	for (i = 0; i < ROLL_CODE_CHARS; i++)
		code.c[i] = character(v[i]);
	code.c[ROLL_CODE_CHARS] = 0;
	wrong = (uint8_t)(code.c[ROLL_RANDOM] ^ roll_check(code.c));
	ct_disclose(&wrong, sizeof(wrong));
	if (wrong != 0) {
		r = ERR_SIGNATURE;
		goto out;
	}
	*out = code;

out:
	wipe(v, sizeof(v));
	wipe(&code, sizeof(code));
	return r;
}

void
roll_code_print(const struct roll_code *code, char out[static 25])
{
	print_groups(code->c, ROLL_CODE_CHARS, out);
}

/* The two values of the check: the first 10 bits of the hash. */
static void
recovery_check(
    enum code_kind kind, const struct secret *secret, uint8_t out[static 2])
{
	struct slice parts[2] = { slice_of("\x01", 1),
		slice_of(secret->b, SECRET_BYTES) };
	struct hash h;

	if (kind == CODE_SPACE)
		hash_parts(parts, 2, &h);
	else
		hash_parts(parts + 1, 1, &h);
	out[0] = h.b[0] >> 3;
	out[1] = (uint8_t)((h.b[0] & 7) << 2 | h.b[1] >> 6);
	wipe(&h, sizeof(h));
}

void
recovery_print(
    enum code_kind kind, const struct secret *secret, char out[static 35])
{
	char c[RECOVERY_CHARS];
	uint8_t check[2];
	unsigned bit, acc;
	size_t i;

	for (i = 0; i < RECOVERY_DATA; i++) {
		bit = (unsigned)i * 5;
		acc = (unsigned)secret->b[bit / 8] << 8;
		if (bit / 8 + 1 < SECRET_BYTES)
			acc |= secret->b[bit / 8 + 1];
		c[i] = character(acc >> (11 - bit % 8) & 31);
	}
	recovery_check(kind, secret, check);
	c[RECOVERY_DATA] = character(check[0]);
	c[RECOVERY_DATA + 1] = character(check[1]);
	print_groups(c, RECOVERY_CHARS, out);
	wipe(c, sizeof(c));
	wipe(check, sizeof(check));
}

enum err
recovery_parse(enum code_kind kind, struct slice typed, struct secret *out)
{
	uint8_t v[RECOVERY_CHARS], check[2], wrong;
	int is_right;
	struct secret s = { { 0 } };
	enum err r;
	size_t i, bit;

	if ((r = read_values(typed, v, sizeof(v))) != OK)
		goto out;
	/* 26 characters hold 130 bits: the last two stay zero. */
	wrong = v[RECOVERY_DATA - 1] & 3;
	ct_disclose(&wrong, sizeof(wrong));
	if (wrong != 0) {
		r = ERR_FORMAT;
		goto out;
	}
	for (bit = 0; bit < (size_t)SECRET_BYTES * 8; bit++) {
		i = bit / 8;
		s.b[i] =
		    (uint8_t)(s.b[i] << 1 | (v[bit / 5] >> (4 - bit % 5) & 1));
	}
	recovery_check(kind, &s, check);
	is_right = equal_ct(check, v + RECOVERY_DATA, 2);
	ct_disclose(&is_right, sizeof(is_right));
	if (!is_right) {
		r = ERR_SIGNATURE;
		goto out;
	}
	*out = s;

out:
	wipe(v, sizeof(v));
	wipe(&s, sizeof(s));
	return r;
}
