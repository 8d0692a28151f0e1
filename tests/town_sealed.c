#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hex.h"
#include "sample.h"

#include "town_sealed.h"

#define EDITS_MAX 20

struct space *
town_sealed_header(struct town *t, const char *slug, const char *const *edits,
    size_t n, unsigned needed)
{
	const char *all[EDITS_MAX + 3];
	struct entry e = { .kind = ENTRY_HEADER };
	struct buf keys = { 0 }, text = { 0 };
	char hex[2 * 32 + 1];
	struct sign_key k;
	struct space *sp;
	size_t i, m = 0;

	buf_str(&keys, "{\"keys\":[");
	for (i = 0; i < n; i++) {
		trustees_identity(i, &k);
		hex_encode(public_key_slice(&k.pk), hex);
		buf_printf(&keys, "%s\"%s\"", i > 0 ? "," : "", hex);
	}
	buf_printf(&keys, "],\"threshold\":%u}", needed);
	for (; edits != NULL && edits[m] != NULL; m++) {
		assert_true(m < EDITS_MAX);
		all[m] = edits[m];
	}
	all[m++] = "trustees";
	all[m++] = buf_text(&keys);
	all[m] = NULL;
	town_header(t, slug, all, &text);
	hash_bytes(buf_slice(&text), &e.space_id);
	e.object = e.space_id;
	assert_int_equal(
	    town_post(t, &e, buf_slice(&text), NULL), PROBLEM_NONE);
	sp = world_space_by_slug(service_read(t->service), slug);
	service_done(t->service);
	assert_non_null(sp);
	buf_free(&keys);
	buf_free(&text);
	return sp;
}

void
town_sealed_form(
    const struct space *sp, const struct trustees *tr, struct buf *text)
{
	json_t *doc = sample_form(sp->header, "{\"type\":\"choice\"}");

	trustees_seal(tr, doc);
	sample_text(doc, text);
	json_decref(doc);
}

enum problem
town_sealed_enter(struct town *t, const struct space *sp,
    const struct trustees *tr, struct slice text, struct why *why)
{
	struct entry e = { .kind = ENTRY_FORM };
	struct slice id;
	size_t i;

	e.space_id = sp->header->id;
	hash_bytes(text, &e.object);
	id = hash_slice(&e.object);
	e.n_trustees = sp->header->n_trustees;
	for (i = 0; i < e.n_trustees; i++)
		assert_int_equal(
		    sign_dst(&tr->id[i], "form", &id, 1, &e.trustee_sigs[i]),
		    OK);
	return town_post(t, &e, text, why);
}

struct space *
town_sealed(struct town *t, const char *slug, const char *const *edits,
    size_t n, unsigned needed, struct trustees *tr)
{
	struct space *sp = town_sealed_header(t, slug, edits, n, needed);
	struct buf text = { 0 }, json = { 0 };
	struct why why = { { 0 } };

	trustees_ceremony(tr, sp->header);
	town_sealed_form(sp, tr, &text);
	if (service_draft(t->service, slug, buf_slice(&text),
		buf_slice(&tr->transcript), &json, &why) != PROBLEM_NONE ||
	    town_sealed_enter(t, sp, tr, buf_slice(&text), &why) !=
		PROBLEM_NONE)
		fail_msg("%s: %s", slug, why.text);
	buf_free(&text);
	buf_free(&json);
	return sp;
}

/* --- Openings -------------------------------------------------------------*/

struct counted {
	struct record record;
	struct buf raw;
	uint64_t index;
};

static int
counted_cmp(const void *va, const void *vb)
{
	const struct counted *a = va, *b = vb;
	int c = public_key_cmp(&a->record.pk, &b->record.pk);

	return c != 0 ? c
		      : (a->record.seq < b->record.seq) -
			    (a->record.seq > b->record.seq);
}

/* Entry by entry: nothing of the server's index is used. */
struct unseal *
town_sealed_ballots(struct town *t, const struct space *sp)
{
	struct store *store = service_store(t->service);
	struct counted *list;
	struct unseal *u = NULL;
	struct entry e;
	size_t n = 0, i;
	uint64_t at;

	list = calloc(sp->records + 1, sizeof(*list));
	assert_non_null(list);
	for (at = sp->header_index; at < sp->close_size; at++) {
		struct counted *c = &list[n];

		c->raw.n = 0;
		assert_int_equal(store_entry(store, at, &c->raw), OK);
		assert_int_equal(entry_parse(buf_slice(&c->raw), &e), OK);
		if (e.kind != ENTRY_RECORD ||
		    record_parse(e.record, sp->header->n_issuers, &c->record) !=
			OK ||
		    !hash_equal(&c->record.space_id, &sp->header->id))
			continue;
		c->index = at;
		n++;
	}
	qsort(list, n, sizeof(*list), counted_cmp);
	assert_int_equal(unseal_new(sp->form, &sp->header->id, sp->close_size,
			     &sp->close_root, &u),
	    OK);
	for (i = 0; i < n; i++) {
		if (i == 0 || public_key_cmp(&list[i].record.pk,
				  &list[i - 1].record.pk) != 0)
			assert_int_equal(
			    unseal_add(u, &list[i].record, list[i].index), OK);
	}
	for (i = 0; i <= sp->records; i++)
		buf_free(&list[i].raw);
	free(list);
	return u;
}

void
town_sealed_opening(struct town *t, const struct space *sp,
    const struct trustees *tr, uint8_t trustee, struct buf *out)
{
	struct unseal *u = town_sealed_ballots(t, sp);
	const struct unseal_trustee who = { trustee, &tr->x[trustee - 1],
		&tr->id[trustee - 1] };
	struct why why = { { 0 } };

	if (unseal_share(u, &tr->keys, &who, NULL, out, &why) != OK)
		fail_msg("%s", why.text);
	unseal_free(u);
}

enum problem
town_sealed_open(struct town *t, const struct space *sp, uint8_t trustee,
    struct slice file, int *repeat, struct why *why)
{
	struct why w = { { 0 } };
	uint64_t index;
	int again;

	return service_opening_post(t->service, sp->header->slug, trustee, file,
	    &index, repeat != NULL ? repeat : &again, why != NULL ? why : &w);
}
