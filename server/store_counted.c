/* The records of a space that count, found by its credentials. */
#include <stdlib.h>

#include "entry.h"

#include "store_int.h"

struct places {
	uint64_t *at;
	size_t n, cap;
};

/* The rows of log.mdb whose eight bytes of a key are the same. */
struct run {
	uint8_t prefix[8];
	size_t from;   /* of its first row in the list of places */
	unsigned keys; /* how many credentials: each has one seq 0 */
	int begun;
};

static enum err
place_add(struct places *p, uint64_t index)
{
	size_t cap = p->cap == 0 ? 1024 : 2 * p->cap;
	uint64_t *at;

	if (p->n == p->cap) {
		if ((at = realloc(p->at, cap * sizeof(*at))) == NULL)
			return ERR_NOMEM;
		p->at = at;
		p->cap = cap;
	}
	p->at[p->n++] = index;
	return OK;
}

/* A run of one credential is its last row: rows are in order of seq. */
static void
run_end(const struct run *run, struct places *p)
{
	if (run->begun && run->keys == 1 && p->n > run->from) {
		p->at[run->from] = p->at[p->n - 1];
		p->n = run->from + 1;
	}
}

static enum err
row_take(struct credential_row row, struct run *run, struct places *p)
{
	if (!run->begun ||
	    memcmp(run->prefix, row.prefix, sizeof(run->prefix)) != 0) {
		run_end(run, p);
		memcpy(run->prefix, row.prefix, sizeof(run->prefix));
		run->from = p->n;
		run->keys = 0;
		run->begun = 1;
	}
	run->keys += row.seq == 0;
	return place_add(p, row.index);
}

static enum err
places_find(
    struct view *v, uint32_t space_no, uint8_t purpose, struct places *p)
{
	struct run run = { { 0 }, 0, 0, 0 };
	struct credential_row row;
	enum err r;

	r = view_first_row(v, space_no, purpose, &row);
	for (; r == OK; r = view_next_row(v, &row)) {
		if ((r = row_take(row, &run, p)) != OK)
			return r;
	}
	run_end(&run, p);
	return r == ERR_NOT_FOUND ? OK : r;
}

static int
place_cmp(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Of one bundle of entries; ${n} places in it were taken. */
static enum err
bundle_read(struct view *v, const struct places *p, size_t i, size_t *n,
    store_record *f, void *cookie)
{
	uint64_t bundle = p->at[i] / TILE_WIDTH, index = bundle * TILE_WIDTH;
	uint64_t left = v->size - index;
	struct cursor c;
	struct slice e;
	enum err r;

	v->block.n = 0;
	if ((r = flat_bundle(v->s->flat, bundle,
		 left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH, v->size,
		 v->bytes, &v->block)) != OK)
		return r;
	c = cursor_of(buf_slice(&v->block));
	for (*n = 0; i + *n < p->n && p->at[i + *n] / TILE_WIDTH == bundle;
	     index++) {
		e = cursor_lp(&c);
		if (index != p->at[i + *n])
			continue;
		if (e.n < 2 || e.p[0] != ENTRY_RECORD)
			return ERR_STATE;
		if ((r = f(cookie, index, slice_of(e.p + 2, e.n - 2))) != OK)
			return r;
		++*n;
	}
	return OK;
}

enum err
store_counted(struct store *s, uint32_t space_no, unsigned purpose,
    store_record *f, void *cookie)
{
	struct places p = { NULL, 0, 0 };
	struct view v;
	size_t i, n = 0;
	enum err r;

	if ((r = view_begin(s, &v)) != OK)
		return r;
	r = places_find(&v, space_no, (uint8_t)purpose, &p);
	if (r == OK && p.n > 1)
		qsort(p.at, p.n, sizeof(*p.at), place_cmp);
	for (i = 0; r == OK && i < p.n; i += n) {
		if (p.at[i] >= v.size)
			r = ERR_STATE;
		else
			r = bundle_read(&v, &p, i, &n, f, cookie);
	}
	view_end(&v);
	free(p.at);
	return r;
}
