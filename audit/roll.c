#include <stdlib.h>
#include <string.h>

#include "merkle.h"
#include "roll_state.h"
#include "wipe.h"

#include "roll.h"

#define PK 32

/* ---- The file and its rows ----------------------------------------------- */

static struct public_key
row_key(struct slice file, size_t i)
{
	struct public_key pk;

	memcpy(pk.b, file.p + i * ROLL_ROW, PK);
	return pk;
}

static enum err
file_rows(struct slice s, size_t *n, struct why *why)
{
	struct public_key pk, last = { 0 };
	size_t i;
	int order;

	if (s.n % ROLL_ROW != 0)
		return why_say(why, ERR_FORMAT,
		    "the roll has %zu bytes: not whole rows of %d", s.n,
		    ROLL_ROW);
	if (s.n / ROLL_ROW >= UINT32_MAX)
		return why_say(
		    why, ERR_LIMIT, "the roll has %zu rows", s.n / ROLL_ROW);
	for (i = 0; i < s.n / ROLL_ROW; i++) {
		pk = row_key(s, i);
		order = public_key_cmp(&last, &pk);
		if (i == 0 && order == 0)
			return why_say(why, ERR_FORMAT,
			    "row 1 of the roll has a key of zeros");
		if (order >= 0)
			return why_say(why, ERR_FORMAT,
			    order == 0 ? "row %zu of the roll has the key of "
					 "the row before it"
				       : "row %zu of the roll is not sorted "
					 "by key",
			    i + 1);
		if (s.p[i * ROLL_ROW + PK] != ROLL_REGULAR &&
		    s.p[i * ROLL_ROW + PK] != ROLL_SPARE)
			return why_say(why, ERR_FORMAT,
			    "row %zu of the roll has the type %u: neither 1 "
			    "(regular) nor 2 (spare)",
			    i + 1, s.p[i * ROLL_ROW + PK]);
		last = pk;
	}
	*n = i;
	return OK;
}

enum err
roll_file_check(struct slice s, struct hash *root, uint32_t *n, struct why *why)
{
	struct merkle m = { 0 };
	struct hash leaf;
	size_t i, rows = 0;
	enum err r;

	if ((r = file_rows(s, &rows, why)) != OK)
		return r;
	for (i = 0; i < rows; i++) {
		hash_leaf(slice_of(s.p + i * ROLL_ROW, ROLL_ROW), &leaf);
		merkle_append(&m, &leaf);
	}
	merkle_root(&m, root);
	*n = (uint32_t)rows;
	return OK;
}

/* ---- One change ---------------------------------------------------------- */

static const struct {
	const char *name;
	int old_pk, new_pk, space_id; /* which fields it has */
} actions[] = {
	{ NULL, 0, 0, 0 },
	{ "replace", 1, 1, 0 },
	{ "strike", 1, 0, 1 },
	{ "add", 0, 1, 0 },
	{ "remove", 1, 0, 0 },
};

static enum err
field_check(const char *action, const char *field, int wanted, int zero,
    struct why *why)
{
	if (wanted && zero)
		return why_say(why, ERR_FORMAT, "%s without %s", action, field);
	if (!wanted && !zero)
		return why_say(
		    why, ERR_FORMAT, "%s takes no %s", action, field);
	return OK;
}

enum err
roll_change_parse(struct slice s, struct roll_change *out, struct why *why)
{
	struct cursor c = cursor_of(s);
	struct roll_change v;
	unsigned action, method;
	enum err r;

	action = cursor_u8(&c);
	cursor_copy(&c, v.old_pk.b, sizeof(v.old_pk.b));
	cursor_copy(&c, v.new_pk.b, sizeof(v.new_pk.b));
	cursor_copy(&c, v.space_id.b, HASH_BYTES);
	method = cursor_u8(&c);
	if ((r = cursor_end(&c)) != OK)
		return why_say(why, r, "a change has %d bytes, not %zu",
		    ROLL_CHANGE_BYTES, s.n);
	if (action < ROLL_REPLACE || action > ROLL_REMOVE)
		return why_say(
		    why, ERR_FORMAT, "there is no action number %u", action);
	if (method < ROLL_LETTER || method > ROLL_PAPER)
		return why_say(
		    why, ERR_FORMAT, "there is no method number %u", method);
	if ((r = field_check(actions[action].name, "old key",
		 actions[action].old_pk, public_key_is_zero(&v.old_pk), why)) !=
		OK ||
	    (r = field_check(actions[action].name, "new key",
		 actions[action].new_pk, public_key_is_zero(&v.new_pk), why)) !=
		OK ||
	    (r = field_check(actions[action].name, "space",
		 actions[action].space_id, hash_is_zero(&v.space_id), why)) !=
		OK)
		return r;
	v.action = (enum roll_action)action;
	v.method = (enum roll_method)method;
	*out = v;
	return OK;
}

void
roll_change_put(struct buf *b, const struct roll_change *c)
{
	buf_u8(b, (uint8_t)c->action);
	buf_put(b, c->old_pk.b, sizeof(c->old_pk.b));
	buf_put(b, c->new_pk.b, sizeof(c->new_pk.b));
	buf_put(b, c->space_id.b, HASH_BYTES);
	buf_u8(b, (uint8_t)c->method);
}

/* ---- Keys and lines ------------------------------------------------------ */

struct roll *
roll_new(void)
{
	struct roll *r = calloc(1, sizeof(*r));

	if (r != NULL)
		random_bytes(&r->seed, sizeof(r->seed));
	return r;
}

void
roll_free(struct roll *r)
{
	size_t i;

	if (r == NULL)
		return;
	for (i = 0; i < r->n_spaces; i++)
		free(r->spaces[i].rights);
	free(r->spaces);
	free(r->lines);
	free(r->table);
	free(r->keys);
	free(r);
}

/* Where ${pk} is in the table, or would be. */
static size_t
slot(const struct roll *r, const struct public_key *pk)
{
	uint64_t h = r->seed;
	size_t i;

	for (i = 0; i < PK; i += 8) {
		h = (h ^ load64(pk->b + i)) * 0x9e3779b97f4a7c15U;
		h ^= h >> 32;
	}
	i = (size_t)h & (r->slots - 1);
	while (r->table[i] != 0 &&
	       public_key_cmp(&r->keys[r->table[i] - 1].pk, pk) != 0)
		i = (i + 1) & (r->slots - 1);
	return i;
}

uint32_t
roll_find(const struct roll *r, const struct public_key *pk)
{
	if (r->slots == 0)
		return ROLL_NO_KEY;
	/* A free slot holds 0, and 0 - 1 is ROLL_NO_KEY. */
	return r->table[slot(r, pk)] - 1;
}

static enum err
reserve_table(struct roll *r, size_t keys)
{
	uint32_t *table;
	size_t i, slots = 64;

	while (slots < 2 * keys)
		slots *= 2;
	if (slots <= r->slots)
		return OK;
	if ((table = calloc(slots, sizeof(*table))) == NULL)
		return ERR_NOMEM;
	free(r->table);
	r->table = table;
	r->slots = slots;
	for (i = 0; i < r->n_keys; i++)
		r->table[slot(r, &r->keys[i].pk)] = (uint32_t)(i + 1);
	return OK;
}

/* Make an array of ${size}-byte elements hold ${want}. */
static enum err
reserve_array(void **p, size_t *cap, size_t want, size_t size)
{
	size_t n = *cap < 16 ? 16 : *cap;
	void *q;

	if (want <= *cap)
		return OK;
	while (n < want)
		n += n / 2;
	if ((q = realloc(*p, n * size)) == NULL)
		return ERR_NOMEM;
	*p = q;
	*cap = n;
	return OK;
}

static enum err
reserve_rights(struct roll_space *s, size_t lines)
{
	uint8_t *p;

	if (lines <= s->cap)
		return OK;
	lines += lines / 8; /* changes come one by one on a server */
	if (lines > ROLL_NO_LINE)
		lines = ROLL_NO_LINE;
	if ((p = realloc(s->rights, lines)) == NULL)
		return ERR_NOMEM;
	memset(p + s->cap, 0, lines - s->cap);
	s->rights = p;
	s->cap = (uint32_t)lines;
	return OK;
}

enum err
roll_reserve(struct roll *r, size_t keys, size_t lines)
{
	void *p;
	size_t i;
	enum err e;

	keys += r->n_keys;
	lines += r->n_lines;
	if (keys >= ROLL_NO_KEY || lines >= ROLL_NO_LINE)
		return ERR_LIMIT;
	p = r->keys;
	e = reserve_array(&p, &r->cap_keys, keys, sizeof(*r->keys));
	r->keys = p;
	if (e != OK)
		return e;
	p = r->lines;
	e = reserve_array(&p, &r->cap_lines, lines, sizeof(*r->lines));
	r->lines = p;
	if (e != OK)
		return e;
	for (i = 0; i < r->n_spaces; i++) {
		if (r->spaces[i].open &&
		    (e = reserve_rights(&r->spaces[i], lines)) != OK)
			return e;
	}
	return reserve_table(r, keys);
}

uint32_t
roll_enter(struct roll *r, const struct public_key *pk, uint32_t line)
{
	uint32_t no = (uint32_t)r->n_keys++;

	r->keys[no] = (struct roll_key){ .pk = *pk, .line = line };
	r->table[slot(r, pk)] = no + 1;
	if (line == r->n_lines) {
		r->lines[line] = (struct roll_entry){ no, no };
		r->n_lines++;
	}
	return no;
}

size_t
roll_space_of(const struct roll *r, const struct hash *id)
{
	size_t i;

	for (i = 0; i < r->n_spaces; i++) {
		if (hash_equal(&r->spaces[i].id, id))
			break;
	}
	return i;
}

/* ---- Spaces -------------------------------------------------------------- */

/* Mark the lines of known keys in ${s} and count the rows of unknown ones. */
static enum err
known_rows(const struct roll *r, struct slice file, struct roll_space *s,
    size_t *fresh, struct why *why)
{
	struct public_key pk;
	uint32_t key, line;
	size_t i;

	for (i = 0; i < file.n / ROLL_ROW; i++) {
		if (file.p[i * ROLL_ROW + PK] != ROLL_REGULAR)
			continue;
		s->counts.roll++;
		pk = row_key(file, i);
		if ((key = roll_find(r, &pk)) == ROLL_NO_KEY) {
			(*fresh)++;
			continue;
		}
		line = r->keys[key].line;
		if (s->rights[line] != 0)
			return why_say(why, ERR_CONFLICT,
			    "row %zu of the roll has a key of a line that has "
			    "another row already",
			    i + 1);
		s->rights[line] = RIGHT_MEMBER;
	}
	return OK;
}

static void
enter_rows(struct roll *r, struct slice file, struct roll_space *s)
{
	struct public_key pk;
	uint32_t line;
	size_t i;

	for (i = 0; i < file.n / ROLL_ROW; i++) {
		if (file.p[i * ROLL_ROW + PK] != ROLL_REGULAR)
			continue;
		pk = row_key(file, i);
		if (roll_find(r, &pk) != ROLL_NO_KEY)
			continue;
		line = (uint32_t)r->n_lines;
		(void)roll_enter(r, &pk, line);
		s->rights[line] = RIGHT_MEMBER;
	}
}

enum err
roll_open(struct roll *r, const struct hash *space_id, struct slice file,
    struct why *why)
{
	struct roll_space s = { .id = *space_id, .open = 1 };
	size_t rows = 0, fresh = 0;
	void *p;
	enum err e;

	if (roll_space_of(r, space_id) < r->n_spaces)
		return why_say(
		    why, ERR_CONFLICT, "the space has a roll already");
	if ((e = file_rows(file, &rows, why)) != OK)
		return e;
	if (r->n_lines + rows >= ROLL_NO_LINE)
		return why_say(why, ERR_LIMIT, "too many lines");
	s.cap = (uint32_t)(r->n_lines + rows);
	if ((s.rights = calloc((size_t)s.cap + 1, 1)) == NULL)
		return why_say(why, ERR_NOMEM, "out of memory");
	if ((e = known_rows(r, file, &s, &fresh, why)) != OK)
		goto out;
	p = r->spaces;
	e = reserve_array(
	    &p, &r->cap_spaces, r->n_spaces + 1, sizeof(*r->spaces));
	r->spaces = p;
	if (e != OK || (e = roll_reserve(r, fresh, fresh)) != OK) {
		(void)why_say(why, e, "no room for the roll's keys");
		goto out;
	}
	enter_rows(r, file, &s);
	r->spaces[r->n_spaces++] = s;
	s.rights = NULL; /* transferred */

out:
	free(s.rights);
	return e;
}

void
roll_close(struct roll *r, const struct hash *space_id)
{
	size_t i = roll_space_of(r, space_id);

	if (i < r->n_spaces)
		r->spaces[i].open = 0;
}

/* ---- Questions ----------------------------------------------------------- */

uint32_t
roll_line(const struct roll *r, const struct public_key *pk)
{
	uint32_t key = roll_find(r, pk);

	return key == ROLL_NO_KEY ? ROLL_NO_LINE : r->keys[key].line;
}

const struct public_key *
roll_line_key(const struct roll *r, uint32_t line)
{
	return line < r->n_lines ? &r->keys[r->lines[line].first].pk : NULL;
}

const struct public_key *
roll_line_current(const struct roll *r, uint32_t line)
{
	return line < r->n_lines ? &r->keys[r->lines[line].current].pk : NULL;
}

uint32_t
roll_lines(const struct roll *r)
{
	return (uint32_t)r->n_lines;
}

int
roll_entitled(const struct roll *r, const struct hash *space_id, uint32_t line)
{
	size_t i = roll_space_of(r, space_id);

	return i < r->n_spaces &&
	       roll_rights(&r->spaces[i], line) == RIGHT_MEMBER;
}

enum err
roll_count(
    const struct roll *r, const struct hash *space_id, struct roll_counts *out)
{
	size_t i = roll_space_of(r, space_id);

	if (i == r->n_spaces)
		return ERR_NOT_FOUND;
	*out = r->spaces[i].counts;
	return OK;
}
