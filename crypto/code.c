#include <string.h>

#include "hash.h"
#include "wipe.h"

#include "code.h"

/* Crockford's base32 without the letters I, L, O, U. */
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

#define ROLL_RANDOM (ROLL_CODE_CHARS - 1)
#define RECOVERY_DATA 26

/*
 * Normalise one typed character: its value; -1 for one that no code has; -2
 * for one to skip.
 */
static int
value(uint8_t c)
{
	const char *p;

	if (c == '-' || c == ' ' || c == '\t' || c == '\r' || c == '\n')
		return -2;
	if (c >= 'a' && c <= 'z')
		c = (uint8_t)(c - 'a' + 'A');
	if (c == 'O')
		c = '0';
	if (c == 'I' || c == 'L')
		c = '1';
	if (c == 0 || (p = strchr(alphabet, c)) == NULL)
		return -1;
	return (int)(p - alphabet);
}

/* Read exactly ${n} values of five bits from what somebody typed. */
static enum err
read_values(struct slice typed, uint8_t *out, size_t n)
{
	size_t i, have = 0;
	int v;

	for (i = 0; i < typed.n; i++) {
		if ((v = value(typed.p[i])) == -2)
			continue;
		if (v < 0 || have == n)
			return ERR_FORMAT;
		out[have++] = (uint8_t)v;
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
	check = alphabet[h.b[0] >> 3];
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
		out->c[i] = alphabet[random[i] & 31];
	out->c[ROLL_RANDOM] = roll_check(out->c);
	out->c[ROLL_CODE_CHARS] = 0;
	wipe(random, sizeof(random));
}

enum err
roll_code_parse(struct slice typed, struct roll_code *out)
{
	uint8_t v[ROLL_CODE_CHARS];
	struct roll_code code;
	enum err r;
	size_t i;

	if ((r = read_values(typed, v, sizeof(v))) != OK)
		goto out;
	for (i = 0; i < ROLL_CODE_CHARS; i++)
		code.c[i] = alphabet[v[i]];
	code.c[ROLL_CODE_CHARS] = 0;
	if (code.c[ROLL_RANDOM] != roll_check(code.c)) {
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
		c[i] = alphabet[acc >> (11 - bit % 8) & 31];
	}
	recovery_check(kind, secret, check);
	c[RECOVERY_DATA] = alphabet[check[0]];
	c[RECOVERY_DATA + 1] = alphabet[check[1]];
	print_groups(c, RECOVERY_CHARS, out);
	wipe(c, sizeof(c));
	wipe(check, sizeof(check));
}

enum err
recovery_parse(enum code_kind kind, struct slice typed, struct secret *out)
{
	uint8_t v[RECOVERY_CHARS], check[2];
	struct secret s = { { 0 } };
	enum err r;
	size_t i, bit;

	if ((r = read_values(typed, v, sizeof(v))) != OK)
		goto out;
	/* 26 characters hold 130 bits: the last two stay zero. */
	if ((v[RECOVERY_DATA - 1] & 3) != 0) {
		r = ERR_FORMAT;
		goto out;
	}
	for (bit = 0; bit < (size_t)SECRET_BYTES * 8; bit++) {
		i = bit / 8;
		s.b[i] =
		    (uint8_t)(s.b[i] << 1 | (v[bit / 5] >> (4 - bit % 5) & 1));
	}
	recovery_check(kind, &s, check);
	if (!equal_ct(check, v + RECOVERY_DATA, 2)) {
		r = ERR_SIGNATURE;
		goto out;
	}
	*out = s;

out:
	wipe(v, sizeof(v));
	wipe(&s, sizeof(s));
	return r;
}
