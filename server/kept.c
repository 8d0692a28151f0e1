#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "kept.h"

/* Twice as many slots as documents, so that a search is short. */
#define SLOTS ((size_t)2 * KEPT_MAX)

struct document {
	struct hash hash;
	size_t n;
	uint8_t p[];
};

/* Slots are filled once and never emptied: reading takes no lock. */
struct kept {
	_Atomic(struct document *) slots[SLOTS];
	atomic_size_t n;
};

struct kept *
kept_new(void)
{
	return calloc(1, sizeof(struct kept));
}

void
kept_free(struct kept *k)
{
	size_t i;

	if (k == NULL)
		return;
	for (i = 0; i < SLOTS; i++)
		free(atomic_load(&k->slots[i]));
	free(k);
}

static size_t
first_slot(const struct hash *h)
{
	return load16(h->b) % SLOTS;
}

enum err
kept_find(const struct kept *k, const struct hash *h, struct slice *out)
{
	size_t at = first_slot(h), i;
	const struct document *d;

	for (i = 0; i < SLOTS; i++, at = (at + 1) % SLOTS) {
		d = atomic_load_explicit(&k->slots[at], memory_order_acquire);
		if (d == NULL)
			return ERR_NOT_FOUND;
		if (hash_equal(&d->hash, h)) {
			*out = slice_of(d->p, d->n);
			return OK;
		}
	}
	return ERR_NOT_FOUND;
}

void
kept_add(struct kept *k, const struct hash *h, struct slice s)
{
	size_t at = first_slot(h), i;
	struct document *d, *was;

	if (s.n > KEPT_BYTES)
		return;
	if (atomic_fetch_add(&k->n, 1) >= KEPT_MAX ||
	    (d = malloc(sizeof(*d) + s.n)) == NULL)
		goto out;
	d->hash = *h;
	d->n = s.n;
	memcpy(d->p, s.p, s.n);
	for (i = 0; i < SLOTS; i++, at = (at + 1) % SLOTS) {
		was = NULL;
		if (atomic_compare_exchange_strong(&k->slots[at], &was, d))
			return;
		/* Two threads read the same one at once. */
		if (hash_equal(&was->hash, h))
			break;
	}
	free(d);

out:
	atomic_fetch_sub(&k->n, 1);
}
