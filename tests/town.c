#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "admit.h"
#include "base64.h"
#include "checkpoint.h"
#include "hex.h"
#include "receipt.h"
#include "sample.h"
#include "seal.h"
#include "wipe.h"

#include "town.h"

#define ORIGIN "example.org/log"
#define HOST "example.org"

#define MUST(x) must((x), #x, __LINE__)
static void
must(int held, const char *what, int line)
{
	if (held)
		return;
	fprintf(stderr, "tests/town.c:%d: %s\n", line, what);
	abort();
}

/* --- Founding -------------------------------------------------------------*/

void
town_clock(struct town *t, uint64_t now)
{
	char beside[sizeof(t->clock) + 8];
	FILE *f;

	snprintf(beside, sizeof(beside), "%s.new", t->clock);
	MUST((f = fopen(beside, "w")) != NULL);
	fprintf(f, "%llu\n", (unsigned long long)now);
	MUST(fclose(f) == 0 && rename(beside, t->clock) == 0);
}

enum err
town_open(struct town *t, struct why *why)
{
	struct service_options o = { .dir = t->dir, .clock = t->clock };
	struct why w = { { 0 } };
	enum err r = service_open(&o, &t->service, why != NULL ? why : &w);

	if (r != OK && why == NULL)
		fprintf(stderr, "%s\n", w.text);
	return r;
}

void
town_shut(struct town *t)
{
	service_close(t->service);
	t->service = NULL;
}

static int
key_order(const void *a, const void *b)
{
	return memcmp(a, b, 32);
}

/* All voters but the last two, who are spares. */
static void
import_roll(struct town *t)
{
	uint8_t rows[TOWN_VOTERS][ROLL_ROW] = { 0 };
	struct slice file = slice_of(rows, sizeof(rows));
	struct buf json = { 0 };
	struct why why;
	uint32_t n;
	size_t i;

	for (i = 0; i < TOWN_VOTERS; i++) {
		memcpy(rows[i], t->voters[i].roll.pk.b, 32);
		rows[i][32] = i < TOWN_VOTERS - 2 ? ROLL_REGULAR : ROLL_SPARE;
	}
	qsort(rows, TOWN_VOTERS, ROLL_ROW, key_order);
	MUST(service_roll_put(t->service, file, &json, &why) == PROBLEM_NONE);
	MUST(roll_file_check(file, &t->roll_root, &n, &why) == OK);
	buf_free(&json);
}

void
town_new(struct town *t)
{
	struct service_founder staff[4];
	struct service_genesis g = { 0 };
	struct why why = { { 0 } };
	size_t i;

	memset(t, 0, sizeof(*t));
	datadir_new(t->dir);
	snprintf(t->clock, sizeof(t->clock), "%s.clock", t->dir);
	town_clock(t, 0);
	sign_key_random(&t->admin[0]);
	sign_key_random(&t->admin[1]);
	sign_key_random(&t->registrar);
	sign_key_random(&t->desk);
	staff[0] =
	    (struct service_founder){ "Ada", ROLE_ADMIN, t->admin[0].pk };
	staff[1] =
	    (struct service_founder){ "Bea", ROLE_ADMIN, t->admin[1].pk };
	staff[2] =
	    (struct service_founder){ "Rosa", ROLE_REGISTRAR, t->registrar.pk };
	staff[3] = (struct service_founder){ "Dino", ROLE_DESK, t->desk.pk };
	g.dir = t->dir;
	g.origin = ORIGIN;
	g.name = "Comune di Prova";
	g.host = HOST;
	g.rehearsal = 1;
	g.staff = staff;
	g.n_staff = 4;
	if (service_init(&g, &why) != OK) {
		fprintf(stderr, "%s\n", why.text);
		abort();
	}
	for (i = 0; i < TOWN_VOTERS; i++)
		sign_key_random(&t->voters[i].roll);
	MUST(town_open(t, NULL) == OK);
	import_roll(t);
}

void
town_free(struct town *t)
{
	char p[DATADIR_PATH + 8];

	town_shut(t);
	(void)unlink(t->clock);
	datadir_remove(t->dir);
	/* datadir_remove knows only what a store has. */
	snprintf(p, sizeof(p), "%s/keys", t->dir);
	(void)rmdir(p);
	(void)rmdir(t->dir);
	*strrchr(t->dir, '/') = '\0';
	(void)rmdir(t->dir);
}

/* --- Entries --------------------------------------------------------------*/

enum problem
town_post(struct town *t, struct entry *e, struct slice object, struct why *why)
{
	struct buf b = { 0 };
	struct why w = { { 0 } };
	enum problem p;
	uint64_t index;
	unsigned i;

	t->n++;
	for (i = 0; i < entry_rule_of(e->kind)->signers; i++)
		MUST(entry_sign(e, ORIGIN, t->n, &t->admin[i]) == OK);
	MUST(entry_put(&b, e) == OK);
	p = service_entry(
	    t->service, buf_slice(&b), object, &index, why != NULL ? why : &w);
	if (p != PROBLEM_NONE && why == NULL)
		fprintf(stderr, "refused: %s\n", w.text);
	buf_free(&b);
	return p;
}

static void
make_key(struct town *t, const char *slug, json_t *doc)
{
	struct buf json = { 0 }, want = { 0 };
	struct why why = { { 0 } };
	json_t *keys;

	buf_printf(&want, "{\"slug\":\"%s\",\"purposes\":[\"vote\"]}", slug);
	if (service_keys_make(t->service, buf_slice(&want), &json, &why) !=
	    PROBLEM_NONE) {
		fprintf(stderr, "%s\n", why.text);
		abort();
	}
	MUST(json_read(buf_slice(&json), &keys, &why) == OK);
	sample_edit(doc, "issuers.0.keys.vote", "\"\"");
	MUST(json_object_set(json_array_get(json_object_get(doc, "issuers"), 0),
		 "keys", json_object_get(keys, "keys")) == 0);
	json_decref(keys);
	buf_free(&json);
	buf_free(&want);
}

void
town_header(
    struct town *t, const char *slug, const char *const *edits, struct buf *out)
{
	json_t *doc = sample_header(SPACE_BALLOT);
	char root[2 * HASH_BYTES + 1], text[200];

	hex_encode(hash_slice(&t->roll_root), root);
	snprintf(text, sizeof(text), "\"%s\"", slug);
	sample_edit(doc, "slug", text);
	snprintf(text, sizeof(text), "{\"root\":\"%s\",\"size\":%d}", root,
	    TOWN_VOTERS);
	sample_edit(doc, "roll", text);
	snprintf(text, sizeof(text), "%d", TOWN_INTERVAL);
	sample_edit(doc, "batch_interval", text);
	make_key(t, slug, doc);
	for (; edits != NULL && edits[0] != NULL; edits += 2)
		sample_edit(doc, edits[0], edits[1]);
	sample_text(doc, out);
	json_decref(doc);
}

enum problem
town_form(struct town *t, struct space *sp, struct why *why)
{
	json_t *doc = sample_form(sp->header, "{\"type\":\"choice\"}");
	struct entry e = { .kind = ENTRY_FORM };
	struct buf text = { 0 };
	enum problem p;

	sample_text(doc, &text);
	e.space_id = sp->header->id;
	hash_bytes(buf_slice(&text), &e.object);
	p = town_post(t, &e, buf_slice(&text), why);
	json_decref(doc);
	buf_free(&text);
	return p;
}

struct space *
town_space(struct town *t, const char *slug, const char *const *edits)
{
	struct entry e = { .kind = ENTRY_HEADER };
	struct buf text = { 0 };
	struct space *sp;

	town_header(t, slug, edits, &text);
	hash_bytes(buf_slice(&text), &e.space_id);
	e.object = e.space_id;
	MUST(town_post(t, &e, buf_slice(&text), NULL) == PROBLEM_NONE);
	sp = world_space_by_slug(service_read(t->service), slug);
	service_done(t->service);
	MUST(sp != NULL);
	MUST(town_form(t, sp, NULL) == PROBLEM_NONE);
	buf_free(&text);
	return sp;
}

/* --- The roll -------------------------------------------------------------*/

enum problem
town_change(struct town *t, enum roll_action action,
    const struct sign_key *old_key, const struct sign_key *new_key,
    const struct space *sp, struct why *why)
{
	struct roll_change c = { .action = action, .method = ROLL_DESK };
	struct why w = { { 0 } };
	struct buf b = { 0 };
	enum problem p;

	if (old_key != NULL)
		c.old_pk = old_key->pk;
	if (new_key != NULL)
		c.new_pk = new_key->pk;
	if (sp != NULL)
		c.space_id = sp->header->id;
	roll_change_put(&b, &c);
	p = service_change(t->service, buf_slice(&b), why != NULL ? why : &w);
	buf_free(&b);
	return p;
}

enum problem
town_publish(struct town *t, struct why *why)
{
	struct entry e = { .kind = ENTRY_ROLL_CHANGE };
	struct buf list = { 0 };
	enum problem p;

	MUST(service_changes(t->service, &list) == PROBLEM_NONE);
	e.count = (uint32_t)(list.n / ROLL_CHANGE_BYTES);
	hash_bytes(buf_slice(&list), &e.object);
	p = town_post(t, &e, buf_slice(&list), why);
	buf_free(&list);
	return p;
}

/* --- Collecting -----------------------------------------------------------*/

static const struct issuer *
issuer_of(const struct space *sp)
{
	return &sp->header->issuers[0];
}

void
town_ask_make(struct town *t, struct space *sp, const struct voter *v,
    struct service_ask *ask)
{
	const struct hash *id = &issuer_of(sp)->keys[PURPOSE_VOTE].key_id;
	struct hash c;

	(void)t;
	memset(ask, 0, sizeof(*ask));
	ask->truncated_key_id = id->b[HASH_BYTES - 1];
	ask->blinded = v->blinded;
	ask->roll_pk = v->roll.pk;
	memcpy(ask->salt, v->ask_salt, sizeof(ask->salt));
	ask->has_factor = v->has_factor;
	ask->factor = v->factor;
	ledger_ask_commit(ask->salt, v->blinded, &c);
	MUST(ledger_ask_sign(&v->roll, &sp->header->id, id, &c, &ask->sig) ==
	     OK);
}

enum problem
town_again(struct town *t, struct space *sp, struct voter *v)
{
	const struct issuer *is = issuer_of(sp);
	const struct issuer_key *k = &is->keys[PURPOSE_VOTE];
	uint8_t input[TOKEN_INPUT_BYTES], answer[BLIND_BYTES];
	struct service_ask ask;
	enum problem p;

	town_ask_make(t, sp, v, &ask);
	if ((p = service_issue(t->service, &ask, answer)) != PROBLEM_NONE)
		return p;
	token_input(&v->credential.pk, &is->challenge, &k->key_id, input);
	MUST(blind_finalize(k->pub, slice_of(input, sizeof(input)),
		 slice_of(v->r, BLIND_BYTES), slice_of(answer, BLIND_BYTES),
		 BLIND_SALT, v->token) == OK);
	return p;
}

enum problem
town_ask(struct town *t, struct space *sp, struct voter *v)
{
	const struct issuer *is = issuer_of(sp);
	const struct issuer_key *k = &is->keys[PURPOSE_VOTE];
	uint8_t input[TOKEN_INPUT_BYTES];

	sign_key_random(&v->credential);
	random_bytes(v->salt, sizeof(v->salt));
	random_bytes(v->ask_salt, sizeof(v->ask_salt));
	token_input(&v->credential.pk, &is->challenge, &k->key_id, input);
	do
		random_bytes(v->r, sizeof(v->r));
	while (blind_blind(k->pub, slice_of(input, sizeof(input)),
		   slice_of(v->salt, sizeof(v->salt)),
		   slice_of(v->r, BLIND_BYTES), v->blinded) != OK);
	return town_again(t, sp, v);
}

/* --- Casting --------------------------------------------------------------*/

void
town_record(const struct space *sp, const struct voter *v, uint32_t seq,
    unsigned option, struct buf *out)
{
	struct record r = { .kind = RECORD_BALLOT, .purpose = PURPOSE_VOTE };
	struct seal seal = { &sp->header->id, &sp->form->id, &v->credential.pk,
		seq, &sp->form->seal_key };
	struct buf sealed = { 0 };
	struct secret ss;
	uint8_t body[2];

	store16(body, (uint16_t)option);
	r.space_id = sp->header->id;
	r.form_id = sp->form->id;
	r.seq = seq;
	r.body = slice_of(body, sizeof(body));
	if (sp->form->sealed) {
		memcpy(ss.b, v->salt, sizeof(ss.b));
		MUST(seal_make(&seal, &ss, r.body, &sealed, NULL) == OK);
		r.body = buf_slice(&sealed);
	}
	r.authenticators = v->token;
	r.n_auth = seq == 0;
	MUST(record_sign(&r, &v->credential, out) == OK);
	buf_free(&sealed);
}

enum problem
town_cast(struct town *t, struct slice raw, uint64_t *window, int *repeat,
    struct why *why)
{
	struct buf text = { 0 };
	struct why w = { { 0 } };
	struct note_key key;
	struct receipt rc;
	struct hash leaf;
	enum problem p;

	p = service_cast(
	    t->service, raw, &text, repeat, why != NULL ? why : &w);
	if (p != PROBLEM_NONE) {
		MUST((why != NULL ? why : &w)->text[0] != '\0');
		MUST(text.n == 0);
		return p;
	}
	key = *world_receipt_key(service_read(t->service));
	service_done(t->service);
	admit_leaf(raw, &leaf);
	MUST(receipt_open(buf_slice(&text), &key, &leaf, &rc) == OK);
	*window = rc.window_end;
	buf_free(&text);
	return p;
}

enum problem
town_vote(struct town *t, const struct space *sp, const struct voter *v,
    uint32_t seq, unsigned option)
{
	struct buf raw = { 0 };
	uint64_t window;
	enum problem p;
	int repeat;

	town_record(sp, v, seq, option, &raw);
	p = town_cast(t, buf_slice(&raw), &window, &repeat, NULL);
	buf_free(&raw);
	return p;
}

/* --- Closing --------------------------------------------------------------*/

enum problem
town_close(struct town *t, struct space *sp, struct why *why)
{
	struct entry e = { .kind = ENTRY_CLOSE };
	struct why w = { { 0 } };
	struct buf json = { 0 };
	int64_t records, credentials;
	enum problem p;
	json_t *doc;

	if (why == NULL)
		why = &w;
	p = service_drain(t->service, sp->header->slug, &json, why);
	if (p != PROBLEM_NONE)
		return p;
	MUST(json_read_document(buf_slice(&json), &doc, why) == OK);
	MUST(json_get_int(doc, "records", 0, UINT32_MAX, &records, why) == OK);
	MUST(json_get_int(
		 doc, "credentials", 0, UINT32_MAX, &credentials, why) == OK);
	json_decref(doc);
	buf_free(&json);
	e.space_id = sp->header->id;
	e.count = (uint32_t)records;
	e.credentials = (uint32_t)credentials;
	return town_post(t, &e, slice_of(NULL, 0), why);
}

int
town_wait(
    struct town *t, int (*done)(const struct space *sp), const struct space *sp)
{
	struct timespec tick = { 0, 20000000 };
	int i, yes = 0;

	for (i = 0; i < 3000 && !yes; i++) {
		if (i > 0)
			nanosleep(&tick, NULL);
		(void)service_read(t->service);
		yes = done(sp);
		service_done(t->service);
	}
	return yes;
}

/* --- Auditing -------------------------------------------------------------*/

static enum err
object(void *cookie, const struct hash *hash, struct buf *out)
{
	return store_object_get(cookie, hash, out);
}

struct audit {
	struct world *w;
	struct seen *seen;
	struct merkle tree;
	struct verdict v;
};

static enum err
audit_entry(struct audit *a, struct slice bytes)
{
	uint64_t index = a->tree.size;
	struct admitted adm;
	struct space *in;
	struct hash leaf, root;
	struct entry e;
	enum err r;

	hash_leaf(bytes, &leaf);
	merkle_append(&a->tree, &leaf);
	merkle_root(&a->tree, &root);
	if ((r = entry_parse(bytes, &e)) != OK)
		return r;
	if (e.kind != ENTRY_RECORD)
		return world_apply(a->w, index, &e, &root, &a->v);
	if ((r = world_record(a->w, index, e.record, &leaf, &in, &a->v)) !=
		OK ||
	    (r = admit_record(in, e.record, &adm, &a->v)) != OK)
		return r;
	return seen_add(a->seen, in->no, &adm.record, index, &a->v);
}

static int
audit_spaces(struct audit *a)
{
	size_t i, distinct;
	struct space *sp;

	for (i = 0; i < world_spaces(a->w); i++) {
		sp = world_space(a->w, i);
		distinct = seen_credentials(a->seen, i, PURPOSE_VOTE);
		if (sp->closed && world_check_close(a->w, sp, sp->records,
				      (uint32_t)distinct, &a->v) != OK)
			return 0;
	}
	return 1;
}

/* The published checkpoint is of this tree and of the log's key. */
static int
audit_checkpoint(struct town *t, const struct audit *a)
{
	struct buf b = { 0 }, vkey = { 0 };
	struct checkpoint c = { 0 };
	struct note_key key;
	struct note note;
	struct hash root;
	int good;

	merkle_root(&a->tree, &root);
	MUST(service_checkpoint(t->service, &b) == OK);
	MUST(service_vkey(t->service, &vkey) == OK);
	good = note_key_parse(slice_of(vkey.p, vkey.n - 1), &key) == OK &&
	       checkpoint_open(buf_slice(&b), &key, &note, &c) == OK &&
	       c.size == a->tree.size && hash_equal(&c.root, &root);
	buf_free(&b);
	buf_free(&vkey);
	return good;
}

int
town_sound(struct town *t)
{
	struct audit a = { 0 };
	struct buf vkey = { 0 };
	struct note_key key;
	uint64_t i, size;
	int good;
	enum err r = OK;

	MUST(service_vkey(t->service, &vkey) == OK);
	MUST(note_key_parse(slice_of(vkey.p, vkey.n - 1), &key) == OK);
	buf_free(&vkey);
	MUST(world_new(&key, object, service_store(t->service), &a.w) == OK);
	MUST((a.seen = seen_new()) != NULL);
	size = service_size(t->service);
	for (i = 0; i < size && r == OK; i++) {
		struct buf b = { 0 };

		MUST(store_entry(service_store(t->service), i, &b) == OK);
		r = audit_entry(&a, buf_slice(&b));
		buf_free(&b);
	}
	if (r == OK)
		r = world_end(a.w, size, &a.v);
	good = r == OK && audit_spaces(&a);
	if (!good)
		fprintf(stderr, "entry %llu: %s, rule %d: %s\n",
		    (unsigned long long)i - 1, err_str(r), (int)a.v.rule,
		    a.v.why.text);
	good = good && audit_checkpoint(t, &a);
	seen_free(a.seen);
	world_free(a.w);
	return good;
}
