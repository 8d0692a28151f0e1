/*
 * Papers by the way in which their line came to the key that asked: the ledger
 * has the key, and the changes of the roll say where a key came from.
 */
#include <stdlib.h>
#include <string.h>

#include "service_methods.h"

/* A key that entered after the roll. */
struct entered {
	struct public_key pk;
	uint8_t method;
};

struct all_entered {
	struct entered *list;
	size_t n, cap;
};

static int
entered_cmp(const void *va, const void *vb)
{
	const struct entered *a = va, *b = vb;

	return public_key_cmp(&a->pk, &b->pk);
}

static enum err
list_read(struct slice list, struct all_entered *all)
{
	struct roll_change c;
	struct entered *p;
	size_t i, cap;
	enum err r;

	for (i = 0; i + ROLL_CHANGE_BYTES <= list.n; i += ROLL_CHANGE_BYTES) {
		r = roll_change_parse(
		    slice_of(list.p + i, ROLL_CHANGE_BYTES), &c, NULL);
		if (r != OK)
			return r;
		if (c.action != ROLL_REPLACE && c.action != ROLL_ADD)
			continue;
		if (all->n == all->cap) {
			cap = all->cap == 0 ? 64 : 2 * all->cap;
			p = realloc(all->list, cap * sizeof(*p));
			if (p == NULL)
				return ERR_NOMEM;
			all->list = p;
			all->cap = cap;
		}
		all->list[all->n].pk = c.new_pk;
		all->list[all->n++].method = (uint8_t)c.method;
	}
	return OK;
}

/* All changes that are in the log. */
static enum err
changes_read(struct service *s, struct all_entered *all)
{
	struct buf entry = { 0 }, list = { 0 };
	uint64_t i = 0;
	struct entry e;
	enum err r;

	for (r = store_special(s->store, 0, &i); r == OK;
	     r = store_special(s->store, i + 1, &i)) {
		entry.n = list.n = 0;
		if ((r = store_entry(s->store, i, &entry)) != OK ||
		    (r = entry_parse(buf_slice(&entry), &e)) != OK)
			break;
		if (e.kind != ENTRY_ROLL_CHANGE)
			continue;
		if ((r = store_object_get(s->store, &e.object, &list)) != OK ||
		    (r = list_read(buf_slice(&list), all)) != OK)
			break;
	}
	buf_free(&entry);
	buf_free(&list);
	if (all->n > 1)
		qsort(all->list, all->n, sizeof(*all->list), entered_cmp);
	return r == ERR_NOT_FOUND ? OK : r;
}

static enum err
count(struct service *s, const struct hash *ledger, uint32_t *out)
{
	struct all_entered all = { NULL, 0, 0 };
	struct ledger_row row;
	struct entered key, *found;
	struct buf rows = { 0 };
	uint32_t i, n = 0;
	enum err r;

	if ((r = store_object_get(s->store, ledger, &rows)) != OK ||
	    (r = ledger_check(buf_slice(&rows), &n, NULL)) != OK ||
	    (r = changes_read(s, &all)) != OK)
		goto out;
	for (i = 0; i < n; i++) {
		ledger_row_at(buf_slice(&rows), i, &row);
		key.pk = row.roll_pk;
		found = all.n == 0 ? NULL
				   : bsearch(&key, all.list, all.n,
					 sizeof(*all.list), entered_cmp);
		out[found != NULL ? found->method : ROLL_LETTER]++;
	}

out:
	free(all.list);
	buf_free(&rows);
	return r;
}

void
service_methods(struct service *s, const struct space *sp, size_t issuer,
    uint32_t out[static SERVICE_METHODS])
{
	struct track *t = s->tracks[sp->no];
	uint32_t sum[SERVICE_METHODS] = { 0 };
	uint32_t *kept;
	int known;

	memset(out, 0, sizeof(sum));
	if (!sp->ledgers[issuer][PURPOSE_VOTE].present)
		return;
	kept = t->methods[issuer];
	pthread_mutex_lock(&s->small_lock);
	known = t->methods_known[issuer];
	if (known)
		memcpy(out, kept, sizeof(sum));
	pthread_mutex_unlock(&s->small_lock);
	/* Two that come at once count the same. */
	if (known ||
	    count(s, &sp->ledgers[issuer][PURPOSE_VOTE].hash, sum) != OK)
		return;
	pthread_mutex_lock(&s->small_lock);
	memcpy(kept, sum, sizeof(sum));
	t->methods_known[issuer] = 1;
	pthread_mutex_unlock(&s->small_lock);
	memcpy(out, sum, sizeof(sum));
}
