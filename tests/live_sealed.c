#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "hex.h"
#include "replay_sealed.h"
#include "sample.h"

#include "live_sealed.h"

#define BITMAP                                                 \
	"{\"max\":8,\"max_cost\":\"\",\"min\":1,\"min_cost\":" \
	"\"\",\"type\":\"bitmap\"}"

static void
fine(enum err r, const struct why *why)
{
	if (r != OK)
		fail_msg("%s: %s", err_str(r), why->text);
}

/* The "trustees" of a space's file, and what else is to stand there. */
static const char *
members(const struct live_sealed *s, const char *more, struct buf *out)
{
	char hex[2 * 32 + 1];
	struct sign_key k;
	size_t i;

	buf_printf(out, "%s\"trustees\": {\"keys\": [", more);
	for (i = 0; i < s->n; i++) {
		trustees_identity(i, &k);
		hex_encode(public_key_slice(&k.pk), hex);
		buf_printf(out, "%s\"%s\"", i > 0 ? ", " : "", hex);
	}
	buf_printf(out, "], \"threshold\": %u}, ", s->needed);
	assert_non_null(buf_text(out));
	return buf_text(out);
}

/* A form of LIVE_OPTIONS options. */
static void
form_text(const struct live_sealed *s, const struct header *h, struct buf *out)
{
	json_t *doc = sample_form(h, s->ballot != NULL ? s->ballot : BITMAP);
	char path[40], value[200];
	int i;

	for (i = 0; i < LIVE_OPTIONS; i++) {
		(void)snprintf(path, sizeof(path), "options.%d", i);
		(void)snprintf(value, sizeof(value),
		    "{\"category\":\"\",\"cost\":\"%d\",\"description\":{\"it\""
		    ":\"\"},\"id\":\"p%d\",\"ideas\":[],\"place\":\"\","
		    "\"titles\":{\"it\":\"P\"}}",
		    100 * (i + 1), i);
		sample_edit(doc, path, value);
	}
	trustees_seal(&s->tr, doc);
	sample_text(doc, out);
	json_decref(doc);
}

static void
box_post(struct api *a, const struct live_space *sp, const struct trustees *tr)
{
	struct why why = { "" };
	unsigned round;
	size_t i;

	for (round = CEREMONY_COMMIT; round <= CEREMONY_ACCEPT; round++) {
		for (i = 0; i < sp->header->n_trustees; i++)
			fine(
			    api_ceremony_post(a, sp->slug,
				ceremony_round_name((enum ceremony_round)round),
				buf_slice(&tr->notes[round][i]), &why),
			    &why);
	}
}

static void
draft_post(struct api *a, struct staff_key *k, const struct live_space *sp,
    const struct trustees *tr, struct slice form)
{
	struct buf body = { 0 }, answer = { 0 };
	struct why why = { "" };
	char path[100];

	(void)snprintf(path, sizeof(path), "spaces/%s/draft", sp->slug);
	buf_u32(&body, (uint32_t)form.n);
	buf_put(&body, form.p, form.n);
	buf_u32(&body, (uint32_t)tr->transcript.n);
	buf_put(&body, tr->transcript.p, tr->transcript.n);
	fine(api_staff(a, k, "POST", path, buf_slice(&body), &answer, &why),
	    &why);
	buf_free(&body);
	buf_free(&answer);
}

static void
form_post(struct api *a, struct staff_key keys[static 2],
    const struct live_space *sp, const struct trustees *tr, struct slice form)
{
	struct entry e = { .kind = ENTRY_FORM };
	struct why why = { "" };
	struct buf b = { 0 };
	const struct note_key *log;
	struct slice id;
	uint64_t index, n;
	size_t i;

	e.space_id = sp->header->id;
	hash_bytes(form, &e.object);
	id = hash_slice(&e.object);
	e.n_trustees = sp->header->n_trustees;
	for (i = 0; i < e.n_trustees; i++)
		fine(sign_dst(&tr->id[i], "form", &id, 1, &e.trustee_sigs[i]),
		    &why);
	fine(api_log_key(a, &log, &why), &why);
	for (i = 0; i < 2; i++) {
		fine(staff_next_entry(&keys[i], &n, &why), &why);
		fine(entry_sign(&e, log->name, n, &keys[i].key), &why);
	}
	fine(entry_put(&b, &e), &why);
	fine(api_entry(a, &keys[0], buf_slice(&b), form, &index, &why), &why);
	buf_free(&b);
}

void
live_sealed_announce(struct live *l, const char *slug, uint64_t to,
    const char *more, struct live_sealed *s, struct live_space *sp)
{
	struct buf text = { 0 };

	live_space_announce(l, slug, to, members(s, more, &text), sp);
	trustees_ceremony(&s->tr, sp->header);
	buf_free(&text);
}

void
live_sealed(struct live *l, const char *slug, uint64_t to, const char *more,
    struct live_sealed *s, struct live_space *sp)
{
	static const char *const names[2] = { "uno.key", "due.key" };
	struct buf form = { 0 };
	char path[2][sizeof(l->root) + 16];
	struct staff_key keys[2];
	struct why why = { "" };
	struct api *a;
	size_t i;

	live_sealed_announce(l, slug, to, more, s, sp);
	a = live_api(l);
	/* Their numbers go on in the files, for the commands. */
	for (i = 0; i < 2; i++) {
		(void)snprintf(
		    path[i], sizeof(path[i]), "%s/%s", l->root, names[i]);
		fine(staff_key_load(path[i], &keys[i], &why), &why);
	}
	box_post(a, sp, &s->tr);
	form_text(s, sp->header, &form);
	draft_post(a, &keys[0], sp, &s->tr, buf_slice(&form));
	form_post(a, keys, sp, &s->tr, buf_slice(&form));
	live_space_read(l, sp);
	staff_key_wipe(&keys[0]);
	staff_key_wipe(&keys[1]);
	api_free(a);
	buf_free(&form);
}

struct unseal *
live_sealed_ballots(
    const struct live *l, const struct live_space *sp, struct replay **replay)
{
	struct replay_options opt = { .keep_going = 1 };
	struct source *src = NULL;
	struct why why = { "" };
	struct unseal *u = NULL;

	fine(source_open(l->url, &src, &why), &why);
	fine(replay_log(src, &opt, replay, &why), &why);
	fine(replay_sealed_ballots(*replay,
		 world_space_by_slug((*replay)->world, sp->slug), &u, &why),
	    &why);
	source_free(src);
	return u;
}

void
live_sealed_opening(const struct live *l, const struct live_space *sp,
    const struct live_sealed *s, uint8_t trustee, struct buf *out)
{
	const struct unseal_trustee who = { trustee, &s->tr.x[trustee - 1],
		&s->tr.id[trustee - 1] };
	struct replay *replay = NULL;
	struct why why = { "" };
	struct unseal *u = live_sealed_ballots(l, sp, &replay);

	fine(unseal_share(u, &s->tr.keys, &who, NULL, out, &why), &why);
	unseal_free(u);
	replay_free(replay);
}

void
live_sealed_open(const struct live *l, const struct live_space *sp,
    const struct live_sealed *s, uint8_t trustee)
{
	struct buf file = { 0 };
	struct why why = { "" };
	struct api *a = live_api(l);

	live_sealed_opening(l, sp, s, trustee, &file);
	fine(api_opening_post(a, sp->slug, trustee, buf_slice(&file), &why),
	    &why);
	api_free(a);
	buf_free(&file);
}
