/*
 * A list of changes, its reverse, and (where every part is taken) the list row
 * by row give the same rights; a refused list leaves everything as it was.
 * Bytes are folded so that keys and spaces meet: four of them make a change.
 */
#include <string.h>

#include "roll.h"

#include "fuzz.h"

#define KEYS 24 /* 1 to 6 regular, 7 and 8 spare, the rest unknown */
#define ROWS 32

static struct hash
space(unsigned n)
{
	struct hash h;

	memset(h.b, (int)(200 + n % 3), sizeof(h.b));
	return h;
}

static struct public_key
key(unsigned n)
{
	struct public_key pk;

	memset(pk.b, (int)(1 + n % KEYS), sizeof(pk.b));
	return pk;
}

/* Two open spaces with lines 1 to 4, and 3 to 6. */
static struct roll *
start(void)
{
	struct roll *r = roll_new();
	unsigned s, n;

	MUST(r != NULL);
	for (s = 0; s < 2; s++) {
		struct buf b = { 0 };
		struct hash id = space(s);

		for (n = 1 + 2 * s; n <= 6 + 2 * s; n++) {
			struct public_key pk = key(n - 1);

			buf_put(&b, pk.b, sizeof(pk.b));
			buf_u8(&b, n <= 4 + 2 * s ? ROLL_REGULAR : ROLL_SPARE);
		}
		MUST(roll_open(r, &id, buf_slice(&b), NULL) == OK);
		buf_free(&b);
	}
	return r;
}

/* All rights of all keys, and all counts. */
static void
describe(const struct roll *r, struct buf *b)
{
	struct roll_counts c;
	unsigned n, s;

	for (s = 0; s < 2; s++) {
		struct hash id = space(s);

		MUST(roll_count(r, &id, &c) == OK);
		buf_put(b, &c, sizeof(c));
	}
	for (n = 0; n < KEYS; n++) {
		struct public_key pk = key(n);
		uint32_t line = roll_line(r, &pk);

		if (line == ROLL_NO_LINE)
			continue;
		buf_u8(b, pk.b[0]);
		buf_u8(b, roll_line_key(r, line)->b[0]);
		buf_u8(b, roll_line_current(r, line)->b[0]);
		for (s = 0; s < 2; s++) {
			struct hash id = space(s);

			buf_u8(b, roll_entitled(r, &id, line) != 0);
		}
	}
}

static struct slice
row(const struct buf *list, size_t i)
{
	return slice_of(list->p + i * ROLL_CHANGE_BYTES, ROLL_CHANGE_BYTES);
}

static void
same(const struct roll *r, const struct buf *want)
{
	struct buf b = { 0 };

	describe(r, &b);
	MUST(slice_equal(buf_slice(&b), buf_slice(want)));
	buf_free(&b);
}

static void
check(const struct buf *list, size_t n)
{
	struct roll *whole = start(), *back = start(), *parts = start();
	struct buf before = { 0 }, after = { 0 }, reverse = { 0 };
	int taken;
	size_t i;

	describe(whole, &before);
	taken = roll_apply(whole, buf_slice(list), NULL) == OK;
	describe(whole, &after);
	if (!taken)
		same(whole, &before);
	for (i = n; i > 0; i--)
		buf_put(&reverse, row(list, i - 1).p, ROLL_CHANGE_BYTES);
	MUST((roll_apply(back, buf_slice(&reverse), NULL) == OK) == taken);
	same(back, &after);
	for (i = 0; i < n; i++) {
		if (roll_apply(parts, row(list, i), NULL) != OK)
			break;
	}
	if (i == n) {
		MUST(taken);
		same(parts, &after);
	}
	roll_free(whole);
	roll_free(back);
	roll_free(parts);
	buf_free(&before);
	buf_free(&after);
	buf_free(&reverse);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = slice_of(data, size);
	struct roll_change c;
	struct buf b = { 0 };
	struct hash root;
	uint32_t rows;
	size_t i, n = size / 4 < ROWS ? size / 4 : ROWS;

	if (roll_change_parse(s, &c, NULL) == OK) {
		roll_change_put(&b, &c);
		MUST(slice_equal(buf_slice(&b), s));
		b.n = 0;
	}
	if (roll_file_check(s, &root, &rows, NULL) == OK)
		MUST((size_t)rows * ROLL_ROW == size);
	for (i = 0; i < n; i++) {
		memset(&c, 0, sizeof(c));
		c.action = (enum roll_action)(1 + data[4 * i] % 4);
		c.method = ROLL_DESK;
		if (c.action != ROLL_ADD)
			c.old_pk = key(data[4 * i + 1]);
		if (c.action == ROLL_ADD || c.action == ROLL_REPLACE)
			c.new_pk = key(data[4 * i + 2]);
		if (c.action == ROLL_STRIKE)
			c.space_id = space(data[4 * i + 3]);
		roll_change_put(&b, &c);
	}
	check(&b, n);
	buf_free(&b);
	return 0;
}
