#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "merkle.h"
#include "roll.h"

#include "vec.h"

/* Keys are numbers here: key ${n} is the one whose bytes are all ${n}. */
static struct public_key
key(unsigned n)
{
	struct public_key pk;

	memset(pk.b, (int)n, sizeof(pk.b));
	return pk;
}

static struct hash
space(unsigned n)
{
	struct hash h;

	memset(h.b, (int)n, sizeof(h.b));
	return h;
}
#define ONE 201 /* spaces */
#define TWO 202

/* A roll file with regular keys ${from} to ${to} and ${spares} more. */
static struct buf
file(unsigned from, unsigned to, unsigned spares)
{
	struct public_key pk;
	struct buf b = { 0 };
	unsigned n;

	for (n = from; n <= to + spares; n++) {
		pk = key(n);
		buf_put(&b, pk.b, sizeof(pk.b));
		buf_u8(&b, n <= to ? ROLL_REGULAR : ROLL_SPARE);
	}
	return b;
}

struct change {
	enum roll_action action;
	unsigned old_pk, new_pk, space_id;
};

static void
put(struct buf *b, const struct change *c)
{
	struct roll_change v = { .action = c->action, .method = ROLL_DESK };

	v.old_pk = key(c->old_pk);
	v.new_pk = key(c->new_pk);
	v.space_id = space(c->space_id);
	roll_change_put(b, &v);
}

static enum err
apply(struct roll *r, const struct change *c, size_t n, struct why *why)
{
	struct buf b = { 0 };
	size_t i;
	enum err e;

	memset(why, 0, sizeof(*why));
	for (i = 0; i < n; i++)
		put(&b, &c[i]);
	e = roll_apply(r, buf_slice(&b), why);
	assert_int_equal(e == OK, why->text[0] == 0);
	buf_free(&b);
	return e;
}

static void
open_space(struct roll *r, unsigned id, unsigned from, unsigned to)
{
	struct buf b = file(from, to, 5);
	struct hash h = space(id);
	struct why why = { "" };

	if (roll_open(r, &h, buf_slice(&b), &why) != OK)
		fail_msg("%s", why.text);
	buf_free(&b);
}

/* Lines 1 to 6 in space ONE, 4 to 9 in space TWO; 7 to 11 and 10 to 14 are the
   spares. */
static struct roll *
two_spaces(void)
{
	struct roll *r = roll_new();

	assert_non_null(r);
	open_space(r, ONE, 1, 6);
	open_space(r, TWO, 4, 9);
	return r;
}

/* Everything that can be asked, as text; line numbers left out, they may
   differ. */
static void
describe(const struct roll *r, struct buf *b)
{
	static const unsigned ids[] = { ONE, TWO };
	struct roll_counts c;
	struct public_key pk;
	struct hash h;
	uint32_t line;
	unsigned n, s;

	buf_printf(b, "%u lines\n", (unsigned)roll_lines(r));
	for (s = 0; s < 2; s++) {
		h = space(ids[s]);
		if (roll_count(r, &h, &c) != OK)
			continue;
		buf_printf(b, "%u: roll %u +%u -%u struck %u replaced %u\n",
		    ids[s], (unsigned)c.roll, (unsigned)c.added,
		    (unsigned)c.removed, (unsigned)c.struck,
		    (unsigned)c.replaced);
	}
	for (n = 1; n < 200; n++) {
		pk = key(n);
		if ((line = roll_line(r, &pk)) == ROLL_NO_LINE)
			continue;
		buf_printf(b, "%u: first %u, now %u, in", n,
		    roll_line_key(r, line)->b[0],
		    roll_line_current(r, line)->b[0]);
		for (s = 0; s < 2; s++) {
			h = space(ids[s]);
			buf_printf(b, " %d", roll_entitled(r, &h, line));
		}
		buf_str(b, "\n");
	}
}

static void
assert_same(const struct roll *a, const struct roll *b)
{
	struct buf x = { 0 }, y = { 0 };

	describe(a, &x);
	describe(b, &y);
	assert_string_equal(buf_text(&x), buf_text(&y));
	buf_free(&x);
	buf_free(&y);
}

static int
entitled(const struct roll *r, unsigned id, unsigned n)
{
	struct public_key pk = key(n);
	struct hash h = space(id);

	return roll_entitled(r, &h, roll_line(r, &pk));
}

static unsigned
current(const struct roll *r, unsigned n)
{
	struct public_key pk = key(n);

	return roll_line_current(r, roll_line(r, &pk))->b[0];
}

static void
a_roll_file_has_the_root_of_its_rows(void **state)
{
	unsigned n, i;

	(void)state;
	for (n = 0; n < 20; n++) {
		struct buf b = n == 0 ? (struct buf){ 0 } : file(1, n, n % 3);
		struct hash root, want, leaf;
		struct merkle m = { 0 };
		uint32_t rows = 99;

		for (i = 0; i < b.n / ROLL_ROW; i++) {
			hash_leaf(
			    slice_of(b.p + (size_t)i * ROLL_ROW, ROLL_ROW),
			    &leaf);
			merkle_append(&m, &leaf);
		}
		merkle_root(&m, &want);
		assert_int_equal(
		    roll_file_check(buf_slice(&b), &root, &rows, NULL), OK);
		assert_true(hash_equal(&root, &want));
		assert_int_equal(rows, n == 0 ? 0 : n + n % 3);
		buf_free(&b);
	}
}

static void
a_roll_file_is_strict(void **state)
{
	struct buf b = file(1, 5, 2);
	struct hash root;
	struct why why;
	uint32_t n = 99;
	size_t i;
	unsigned v;

	(void)state;
	buf_u8(&b, 1);
	for (i = 0; i <= b.n; i++) {
		if (i % ROLL_ROW != 0)
			assert_int_equal(
			    roll_file_check(
				slice_of(vec_copy(slice_of(b.p, i)), i), &root,
				&n, &why),
			    ERR_FORMAT);
	}
	b.n--;
	for (v = 0; v < 256; v++) {
		b.p[3 * ROLL_ROW + 32] = (uint8_t)v;
		assert_int_equal(
		    roll_file_check(buf_slice(&b), &root, &n, &why) == OK,
		    v == 1 || v == 2);
		if (v == 0)
			assert_non_null(strstr(why.text, "row 4 of the roll"));
	}
	b.p[3 * ROLL_ROW + 32] = 1;
	n = 99;
	/* Row 3 with the key of row 2, then with a smaller one. */
	memcpy(b.p + (size_t)2 * ROLL_ROW, b.p + ROLL_ROW, 32);
	assert_int_equal(
	    roll_file_check(buf_slice(&b), &root, &n, &why), ERR_FORMAT);
	assert_non_null(strstr(why.text, "row 3 of the roll has the key of"));
	memset(b.p + (size_t)2 * ROLL_ROW, 1, 32);
	b.p[2 * ROLL_ROW + 31] = 9;
	assert_int_equal(
	    roll_file_check(buf_slice(&b), &root, &n, &why), ERR_FORMAT);
	assert_non_null(strstr(why.text, "row 3 of the roll is not sorted"));
	buf_free(&b);
	b = file(0, 3, 0);
	assert_int_equal(
	    roll_file_check(buf_slice(&b), &root, &n, &why), ERR_FORMAT);
	assert_non_null(strstr(why.text, "a key of zeros"));
	assert_int_equal(n, 99);
	buf_free(&b);
}

/* A change with the fields of ${mask}: old 1, new 2, space 4. */
static void
try_fields(unsigned action, unsigned mask, unsigned method)
{
	/* What each action has. */
	static const unsigned fields[] = { 0, 1 | 2, 1 | 4, 2, 1 };
	struct change c = { (enum roll_action)action, mask & 1 ? 7 : 0,
		mask & 2 ? 8 : 0, mask & 4 ? 9 : 0 };
	struct buf b = { 0 }, again = { 0 };
	struct roll_change v;
	struct why why;
	int good = action >= 1 && action <= 4 && method >= 1 && method <= 4 &&
		   mask == fields[action];

	put(&b, &c);
	b.p[97] = (uint8_t)method;
	assert_int_equal(
	    roll_change_parse(buf_slice(&b), &v, &why) == OK, good);
	if (good) {
		roll_change_put(&again, &v);
		assert_bytes(buf_slice(&again), buf_slice(&b));
	}
	buf_free(&b);
	buf_free(&again);
}

static void
a_change_has_the_fields_of_its_action(void **state)
{
	unsigned action, mask, method;

	(void)state;
	for (action = 0; action < 256; action++) {
		for (mask = 0; mask < 8; mask++) {
			for (method = 0; method < 6; method++)
				try_fields(action, mask, method);
		}
	}
}

static void
a_change_has_98_bytes(void **state)
{
	struct change c = { ROLL_REPLACE, 1, 2, 0 };
	struct buf b = { 0 };
	struct roll_change v;
	struct why why;
	size_t i;

	(void)state;
	put(&b, &c);
	assert_int_equal(b.n, ROLL_CHANGE_BYTES);
	for (i = 0; i < ROLL_CHANGE_BYTES; i++)
		assert_int_equal(
		    roll_change_parse(
			slice_of(vec_copy(slice_of(b.p, i)), i), &v, &why),
		    ERR_FORMAT);
	buf_u8(&b, 0);
	assert_int_equal(
	    roll_change_parse(buf_slice(&b), &v, &why), ERR_FORMAT);
	assert_string_equal(why.text, "a change has 98 bytes, not 99");
	buf_free(&b);
}

static void
regular_rows_are_lines_and_spares_are_not(void **state)
{
	struct roll *r = two_spaces();
	struct public_key pk;
	unsigned n;

	(void)state;
	assert_int_equal(roll_lines(r), 9);
	for (n = 1; n < 20; n++) {
		pk = key(n);
		assert_int_equal(roll_line(r, &pk) == ROLL_NO_LINE, n > 9);
		assert_int_equal(entitled(r, ONE, n), n <= 6);
		assert_int_equal(entitled(r, TWO, n), n >= 4 && n <= 9);
		if (n <= 9)
			assert_int_equal(current(r, n), n);
	}
	assert_null(roll_line_key(r, 9));
	assert_null(roll_line_current(r, ROLL_NO_LINE));
	assert_false(entitled(r, 77, 1));
	roll_free(r);
	roll_free(NULL);
}

static void
a_space_opens_once_and_with_one_row_per_line(void **state)
{
	static const struct change c[] = { { ROLL_REPLACE, 1, 20, 0 } };
	struct roll *r = two_spaces(), *before = two_spaces();
	struct hash one = space(ONE), three = space(203);
	struct roll_counts counts;
	struct buf b = file(1, 5, 0);
	struct public_key pk;
	struct why why;

	(void)state;
	assert_int_equal(roll_open(r, &one, buf_slice(&b), &why), ERR_CONFLICT);
	b.n--;
	assert_int_equal(roll_open(r, &three, buf_slice(&b), &why), ERR_FORMAT);
	b.n++;
	assert_same(r, before);
	assert_int_equal(apply(r, c, 1, &why), OK);
	assert_int_equal(apply(before, c, 1, &why), OK);
	/* Keys 1 and 20 are on one line: they cannot both have a row. */
	pk = key(20);
	buf_put(&b, pk.b, 32);
	buf_u8(&b, ROLL_REGULAR);
	assert_int_equal(
	    roll_open(r, &three, buf_slice(&b), &why), ERR_CONFLICT);
	assert_non_null(strstr(why.text, "row 6 of the roll"));
	assert_int_equal(roll_count(r, &three, &counts), ERR_NOT_FOUND);
	assert_same(r, before);
	/* As a spare, or alone, it may. */
	b.p[b.n - 1] = ROLL_SPARE;
	assert_int_equal(roll_open(r, &three, buf_slice(&b), &why), OK);
	assert_int_equal(roll_lines(r), 9);
	assert_true(entitled(r, 203, 20));
	assert_int_equal(roll_count(r, &three, &counts), OK);
	assert_int_equal(counts.roll, 5);
	roll_free(r);
	roll_free(before);
	buf_free(&b);
}

static void
a_later_roll_keeps_lines_and_their_keys(void **state)
{
	static const struct change c[] = { { ROLL_REPLACE, 2, 30, 0 },
		{ ROLL_REPLACE, 30, 60, 0 }, { ROLL_ADD, 0, 40, 0 } };
	struct roll *r = roll_new();
	struct why why;

	(void)state;
	open_space(r, ONE, 1, 3);
	assert_int_equal(apply(r, c, 3, &why), OK);
	/* The later file names line 2 by a key in the middle of its chain. */
	open_space(r, TWO, 30, 41);
	assert_true(entitled(r, TWO, 2));
	assert_true(entitled(r, TWO, 40));
	assert_false(entitled(r, TWO, 1));
	assert_int_equal(current(r, 30), 60);
	roll_free(r);
}

static void
changes_do_what_they_say(void **state)
{
	static const struct change replace[] = { { ROLL_REPLACE, 4, 50, 0 } };
	static const struct change strike[] = { { ROLL_STRIKE, 4, 0, ONE } };
	static const struct change add[] = { { ROLL_ADD, 0, 60, 0 } };
	static const struct change out[] = { { ROLL_REMOVE, 5, 0, 0 } };
	struct roll *r = two_spaces();
	struct roll_counts c;
	struct hash h;
	struct why why;

	(void)state;
	assert_int_equal(apply(r, replace, 1, &why), OK);
	assert_int_equal(current(r, 4), 50);
	assert_true(entitled(r, ONE, 50) && entitled(r, ONE, 4));
	/* By an old key, in one space only. */
	assert_int_equal(apply(r, strike, 1, &why), OK);
	assert_false(entitled(r, ONE, 50) || entitled(r, ONE, 4));
	assert_true(entitled(r, TWO, 50));
	/* In both. */
	assert_int_equal(apply(r, add, 1, &why), OK);
	assert_true(entitled(r, ONE, 60) && entitled(r, TWO, 60));
	h = space(TWO);
	roll_close(r, &h);
	roll_close(r, &h);
	h = space(99);
	roll_close(r, &h);
	/* Only where it is still open. */
	assert_int_equal(apply(r, out, 1, &why), OK);
	assert_false(entitled(r, ONE, 5));
	assert_true(entitled(r, TWO, 5));
	h = space(ONE);
	assert_int_equal(roll_count(r, &h, &c), OK);
	assert_int_equal(c.roll, 6);
	assert_int_equal(c.added, 1);
	assert_int_equal(c.removed, 1);
	assert_int_equal(c.struck, 1);
	assert_int_equal(c.replaced, 1);
	h = space(TWO);
	assert_int_equal(roll_count(r, &h, &c), OK);
	assert_int_equal(c.removed, 0);
	assert_int_equal(c.struck, 0);
	assert_int_equal(c.added, 1);
	roll_free(r);
}

/* A set with chains, rings of dependence between rows, and every action. */
static const struct change web[] = {
	{ ROLL_REPLACE, 1, 21, 0 }, /* 1 -> 21 -> 20 */
	{ ROLL_REPLACE, 21, 20,
	    0 },		/* the chain's end sorts before its middle */
	{ ROLL_ADD, 0, 31, 0 }, /* 31 -> 30, struck by 30 in TWO */
	{ ROLL_REPLACE, 31, 30, 0 }, { ROLL_STRIKE, 30, 0, TWO },
	{ ROLL_REMOVE, 21, 0, 0 },   /* by a key that enters here */
	{ ROLL_STRIKE, 20, 0, ONE }, /* struck as well as removed */
};
#define WEB (sizeof(web) / sizeof(web[0]))

/* The permutation number ${no} of the rows 0 .. n - 1. */
static void
permute(size_t no, size_t n, struct change *out)
{
	size_t left[WEB], i, k;

	for (i = 0; i < n; i++)
		left[i] = i;
	for (i = 0; i < n; i++) {
		k = no % (n - i);
		no /= n - i;
		out[i] = web[left[k]];
		memmove(
		    &left[k], &left[k + 1], (n - i - k - 1) * sizeof(left[0]));
	}
}

static void
the_order_of_rows_changes_nothing(void **state)
{
	struct roll *want = two_spaces();
	struct change c[WEB];
	struct why why;
	size_t no;

	(void)state;
	assert_int_equal(apply(want, web, WEB, &why), OK);
	assert_int_equal(roll_lines(want), 10);
	assert_int_equal(current(want, 1), 20);
	assert_int_equal(current(want, 31), 30);
	assert_false(entitled(want, ONE, 1));
	assert_true(entitled(want, ONE, 30));
	assert_false(entitled(want, TWO, 31));
	for (no = 0; no < (size_t)7 * 6 * 5 * 4 * 3 * 2; no++) {
		struct roll *r = two_spaces();

		permute(no, WEB, c);
		assert_int_equal(apply(r, c, WEB, &why), OK);
		assert_same(r, want);
		roll_free(r);
	}
	roll_free(want);
}

static void
a_list_in_parts_is_the_same_list(void **state)
{
	struct roll *want = two_spaces();
	struct change c[WEB];
	struct why why;
	size_t no, i;
	unsigned taken = 0;

	(void)state;
	assert_int_equal(apply(want, web, WEB, &why), OK);
	for (no = 0; no < (size_t)7 * 6 * 5 * 4 * 3 * 2; no++) {
		struct roll *r = two_spaces();

		permute(no, WEB, c);
		for (i = 0; i < WEB; i++) {
			if (apply(r, &c[i], 1, &why) != OK)
				break;
		}
		if (i == WEB) {
			assert_same(r, want);
			taken++;
		}
		roll_free(r);
	}
	/* Some orders only: a key cannot be replaced before it entered. */
	assert_true(taken > 10 && taken < 1000);
	roll_free(want);
}

static void
long_chains_are_followed_in_any_order(void **state)
{
	struct change c[100];
	struct roll *r;
	struct why why;
	unsigned i, turn;

	(void)state;
	for (turn = 0; turn < 3; turn++) {
		r = two_spaces();
		for (i = 0; i < 100; i++) {
			unsigned k = turn == 0	 ? i
				     : turn == 1 ? 99 - i
						 : i * 37 % 100;

			c[k] = (struct change){ ROLL_REPLACE,
				i == 0 ? 3 : 49 + i, 50 + i, 0 };
		}
		assert_int_equal(apply(r, c, 100, &why), OK);
		assert_int_equal(current(r, 3), 149);
		assert_int_equal(current(r, 100), 149);
		roll_free(r);
	}
}

static void
refused_sets_change_nothing_and_name_a_row(void **state)
{
	static const struct {
		struct change c[4];
		const char *why;
	} rows[] = {
		{ { { ROLL_REPLACE, 1, 2, 0 } },
		    "change 1 of 1: its new key has entered before" },
		{ { { ROLL_REPLACE, 1, 1, 0 } }, "has entered before" },
		{ { { ROLL_ADD, 0, 9, 0 } }, "has entered before" },
		{ { { ROLL_REPLACE, 99, 100, 0 } },
		    "change 1 of 1: its old key is not the key of a line" },
		/* A spare has no line until it acts. */
		{ { { ROLL_REPLACE, 10, 100, 0 } }, "not the key of a line" },
		{ { { ROLL_STRIKE, 10, 0, ONE } }, "not the key of a line" },
		{ { { ROLL_REMOVE, 10, 0, 0 } }, "not the key of a line" },
		{ { { ROLL_REPLACE, 1, 100, 0 }, { ROLL_REPLACE, 1, 101, 0 } },
		    "its old key is replaced in another row too" },
		{ { { ROLL_REPLACE, 1, 100, 0 }, { ROLL_REPLACE, 2, 100, 0 } },
		    "its new key enters in another row too" },
		{ { { ROLL_ADD, 0, 100, 0 }, { ROLL_REPLACE, 2, 100, 0 } },
		    "its new key enters in another row too" },
		{ { { ROLL_ADD, 0, 100, 0 }, { ROLL_ADD, 0, 100, 0 } },
		    "its new key enters in another row too" },
		{ { { ROLL_REPLACE, 100, 101, 0 },
		      { ROLL_REPLACE, 101, 100, 0 } },
		    "the keys replace each other in a ring" },
		{ { { ROLL_REPLACE, 100, 100, 0 } }, "in a ring" },
		{ { { ROLL_REPLACE, 100, 101, 0 },
		      { ROLL_REPLACE, 102, 100, 0 },
		      { ROLL_REPLACE, 101, 102, 0 }, { ROLL_ADD, 0, 103, 0 } },
		    "in a ring" },
		{ { { ROLL_STRIKE, 99, 0, ONE } }, "not the key of a line" },
		{ { { ROLL_STRIKE, 1, 0, TWO } },
		    "the line does not belong to the space" },
		{ { { ROLL_STRIKE, 1, 0, 99 } },
		    "its space is not open to changes" },
		{ { { ROLL_STRIKE, 4, 0, ONE }, { ROLL_STRIKE, 4, 0, TWO },
		      { ROLL_STRIKE, 4, 0, ONE } },
		    "another row does the same to the line" },
		/* Twice by two keys of the line. */
		{ { { ROLL_REPLACE, 4, 100, 0 }, { ROLL_STRIKE, 4, 0, ONE },
		      { ROLL_STRIKE, 100, 0, ONE } },
		    "another row does the same to the line" },
		{ { { ROLL_REMOVE, 99, 0, 0 } }, "not the key of a line" },
		{ { { ROLL_REMOVE, 4, 0, 0 }, { ROLL_REMOVE, 4, 0, 0 } },
		    "another row does the same to the line" },
		/* Good rows around a bad one. */
		{ { { ROLL_ADD, 0, 100, 0 }, { ROLL_REPLACE, 1, 101, 0 },
		      { ROLL_STRIKE, 55, 0, ONE }, { ROLL_STRIKE, 2, 0, ONE } },
		    "change 3 of 4: its old key is not the key of a line" },
		{ { { ROLL_ADD, 0, 100, 0 }, { ROLL_ADD, 3, 101, 0 } },
		    "change 2 of 2: add takes no old key" },
		{ { { ROLL_ADD, 0, 100, 0 }, { (enum roll_action)5, 3, 0, 0 } },
		    "change 2 of 2: there is no action number 5" },
	};
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct roll *r = two_spaces(), *before = two_spaces();
		struct why why;
		enum err e;

		for (n = 0; n < 4 && rows[i].c[n].action != 0; n++)
			continue;
		e = apply(r, rows[i].c, n, &why);
		assert_int_equal(
		    e, strstr(rows[i].why, "takes no") ||
			       strstr(rows[i].why, "there is no action")
			   ? ERR_FORMAT
			   : ERR_CONFLICT);
		if (strstr(why.text, rows[i].why) == NULL)
			fail_msg("%zu: \"%s\" without \"%s\"", i, why.text,
			    rows[i].why);
		assert_same(r, before);
		/* And the good ones can still be applied. */
		assert_int_equal(apply(r, web, WEB, &why), OK);
		roll_free(r);
		roll_free(before);
	}
}

static void
what_happened_before_counts(void **state)
{
	static const struct change first[] = { { ROLL_REPLACE, 1, 20, 0 },
		{ ROLL_STRIKE, 2, 0, ONE }, { ROLL_REMOVE, 3, 0, 0 } };
	static const struct {
		struct change c;
		const char *why; /* NULL: good */
	} then[] = {
		{ { ROLL_REPLACE, 1, 40, 0 }, "has been replaced before" },
		{ { ROLL_REPLACE, 20, 1, 0 }, "has entered before" },
		{ { ROLL_REPLACE, 2, 20, 0 }, "has entered before" },
		{ { ROLL_ADD, 0, 1, 0 }, "has entered before" },
		{ { ROLL_STRIKE, 2, 0, ONE }, "struck in the space already" },
		{ { ROLL_REMOVE, 3, 0, 0 }, "belong to any open space" },
		{ { ROLL_REPLACE, 20, 40, 0 }, NULL },
		{ { ROLL_STRIKE, 1, 0, ONE }, NULL },
		{ { ROLL_STRIKE, 3, 0, ONE }, NULL }, /* removed: both stand */
		{ { ROLL_REMOVE, 2, 0, 0 }, NULL },   /* struck: both stand */
	};
	struct hash one = space(ONE);
	struct roll *r;
	struct why why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(then) / sizeof(then[0]); i++) {
		enum err e;

		r = two_spaces();
		assert_int_equal(apply(r, first, 3, &why), OK);
		e = apply(r, &then[i].c, 1, &why);
		assert_int_equal(e, then[i].why == NULL ? OK : ERR_CONFLICT);
		if (e != OK)
			assert_non_null(strstr(why.text, then[i].why));
		roll_free(r);
	}
	r = two_spaces();
	roll_close(r, &one);
	assert_int_equal(apply(r, &first[1], 1, &why), ERR_CONFLICT);
	assert_non_null(strstr(why.text, "not open to changes"));
	assert_int_equal(apply(r, &first[2], 1, &why), ERR_CONFLICT);
	assert_int_equal(apply(r, &first[0], 1, &why), OK);
	assert_true(entitled(r, ONE, 20)); /* closed: as it was */
	roll_free(r);
}

static void
a_spare_acts_once(void **state)
{
	static const struct change c[] = { { ROLL_REPLACE, 1, 10, 0 },
		{ ROLL_ADD, 0, 11, 0 } };
	static const struct change again[] = { { ROLL_REPLACE, 2, 10, 0 } };
	struct roll *r = two_spaces();
	struct public_key pk = key(12);
	struct why why;

	(void)state;
	assert_int_equal(apply(r, c, 2, &why), OK);
	assert_int_equal(current(r, 1), 10);
	assert_true(entitled(r, TWO, 11));
	assert_int_equal(roll_line(r, &pk), ROLL_NO_LINE);
	assert_int_equal(apply(r, again, 1, &why), ERR_CONFLICT);
	roll_free(r);
}

static void
broken_lists_are_refused_at_every_length(void **state)
{
	struct roll *r = two_spaces(), *before = two_spaces();
	struct buf b = { 0 };
	struct why why;
	size_t i;

	(void)state;
	put(&b, &web[0]);
	put(&b, &web[1]);
	buf_u8(&b, 0);
	for (i = 0; i <= b.n; i++) {
		if (i % ROLL_CHANGE_BYTES != 0)
			assert_int_equal(
			    roll_apply(r,
				slice_of(vec_copy(slice_of(b.p, i)), i), &why),
			    ERR_FORMAT);
	}
	assert_int_equal(roll_apply(r, slice_of(NULL, 0), &why), OK);
	assert_same(r, before);
	roll_free(r);
	roll_free(before);
	buf_free(&b);
}

static void
checking_a_list_changes_nothing(void **state)
{
	struct roll *r = two_spaces(), *before = two_spaces();
	struct buf b = { 0 };
	struct why why = { "" };

	(void)state;
	put(&b, &web[0]);
	put(&b, &web[1]);
	assert_int_equal(roll_check(r, buf_slice(&b), &why), OK);
	assert_same(r, before);
	assert_int_equal(roll_apply(r, buf_slice(&b), &why), OK);
	/* What was taken cannot be taken again. */
	assert_int_equal(roll_check(r, buf_slice(&b), &why), ERR_CONFLICT);
	roll_free(r);
	roll_free(before);
	buf_free(&b);
}

static void
a_hundred_thousand_lines_load_at_once(void **state)
{
	const uint32_t n = 100000;
	struct roll *r = roll_new();
	struct hash one = space(ONE), h;
	struct buf b = { 0 }, list = { 0 };
	struct public_key pk = { { 0 } };
	struct why why = { "" };
	struct roll_counts counts;
	clock_t start;
	uint32_t i;

	(void)state;
	for (i = 0; i < n; i++) {
		store32(pk.b, i);
		pk.b[31] = 1;
		buf_put(&b, pk.b, 32);
		buf_u8(&b, ROLL_REGULAR);
	}
	start = clock();
	assert_int_equal(roll_open(r, &one, buf_slice(&b), &why), OK);
	print_message("100,000 lines opened in %ld ms\n",
	    (long)((clock() - start) * 1000 / CLOCKS_PER_SEC));
	for (i = 0; i < n; i++) {
		struct roll_change c = { .action = ROLL_REPLACE,
			.method = ROLL_OIDC };

		store32(c.old_pk.b, i);
		c.old_pk.b[31] = 1;
		c.new_pk = c.old_pk;
		c.new_pk.b[31] = 2;
		roll_change_put(&list, &c);
	}
	start = clock();
	assert_int_equal(roll_apply(r, buf_slice(&list), &why), OK);
	print_message("100,000 replaces applied in %ld ms\n",
	    (long)((clock() - start) * 1000 / CLOCKS_PER_SEC));
	assert_int_equal(roll_lines(r), n);
	assert_int_equal(roll_count(r, &one, &counts), OK);
	assert_int_equal(counts.replaced, n);
	for (i = 0; i < n; i++) {
		store32(pk.b, i);
		pk.b[31] = 1 + i % 2;
		assert_int_equal(roll_line(r, &pk), i);
		assert_true(roll_entitled(r, &one, i));
		assert_int_equal(roll_line_current(r, i)->b[31], 2);
	}
	h = space(TWO);
	assert_int_equal(roll_count(r, &h, &counts), ERR_NOT_FOUND);
	roll_free(r);
	buf_free(&b);
	buf_free(&list);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_roll_file_has_the_root_of_its_rows),
		cmocka_unit_test(a_roll_file_is_strict),
		cmocka_unit_test(a_change_has_the_fields_of_its_action),
		cmocka_unit_test(a_change_has_98_bytes),
		cmocka_unit_test(regular_rows_are_lines_and_spares_are_not),
		cmocka_unit_test(a_space_opens_once_and_with_one_row_per_line),
		cmocka_unit_test(a_later_roll_keeps_lines_and_their_keys),
		cmocka_unit_test(changes_do_what_they_say),
		cmocka_unit_test(the_order_of_rows_changes_nothing),
		cmocka_unit_test(a_list_in_parts_is_the_same_list),
		cmocka_unit_test(long_chains_are_followed_in_any_order),
		cmocka_unit_test(refused_sets_change_nothing_and_name_a_row),
		cmocka_unit_test(what_happened_before_counts),
		cmocka_unit_test(a_spare_acts_once),
		cmocka_unit_test(broken_lists_are_refused_at_every_length),
		cmocka_unit_test(checking_a_list_changes_nothing),
		cmocka_unit_test(a_hundred_thousand_lines_load_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, vec_free);
}
