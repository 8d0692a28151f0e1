/* The steps of an election, each of which can be done wrongly. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "hex.h"
#include "json.h"
#include "ledger.h"
#include "sample.h"
#include "token.h"

#include "forge.h"

/* --- Genesis -----------------------------------------------------------------
 */

static json_t *
vkey(const char *name, const struct public_key *pk)
{
	struct note_key k;
	struct buf b = { 0 };
	json_t *j;

	assert_int_equal(note_key_make(name, NOTE_ED25519, pk, &k), OK);
	note_key_print(&k, &b);
	j = json_string(buf_text(&b));
	buf_free(&b);
	return j;
}

static json_t *
hex_json(const void *p, size_t n)
{
	char text[2 * 64 + 1];

	hex_encode(slice_of(p, n), text);
	return json_string(text);
}

void
forge_genesis(struct forge *f)
{
	static const char *const roles[FORGE_STAFF] = { "admin", "admin",
		"registrar", "moderator", "editor" };
	struct entry e = { .kind = ENTRY_GENESIS };
	json_t *doc, *staff = json_array();
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < FORGE_STAFF; i++)
		json_array_append_new(
		    staff, json_pack("{so ss ss}", "key",
			       hex_json(f->staff[i].pk.b, 32), "name", roles[i],
			       "role", roles[i]));
	doc = json_pack("{so ss ss so si so si}", "log_key",
	    vkey(
		forge_is(f, "genesis-key") ? "other.example/log" : FORGE_ORIGIN,
		&f->log.pk),
	    "name", "Comune di Esempio", "origin", FORGE_ORIGIN, "receipt_key",
	    vkey(FORGE_ORIGIN "/receipt", &f->receipt.pk), "rehearsal", 1,
	    "staff", staff, "version", 1);
	sample_text(doc, &b);
	json_decref(doc);
	e.text = buf_slice(&b);
	(void)forge_entry(f, &e);
	buf_free(&b);
}

/* --- Header and form ---------------------------------------------------------
 */

static int
row_cmp(const void *a, const void *b)
{
	return memcmp(a, b, ROLL_ROW);
}

/* The roll of all lines, the last two of them spare; its root. */
static void
roll_file(struct forge *f, struct hash *root)
{
	uint8_t rows[FORGE_LINES][ROLL_ROW];
	struct slice file = slice_of(rows, sizeof(rows));
	uint32_t n;
	size_t i;

	for (i = 0; i < FORGE_LINES; i++) {
		memcpy(rows[i], f->voters[i].roll.pk.b, 32);
		rows[i][32] = i < FORGE_LINES - 2 ? ROLL_REGULAR : ROLL_SPARE;
	}
	qsort(rows, FORGE_LINES, ROLL_ROW, row_cmp);
	assert_int_equal(roll_file_check(file, root, &n, NULL), OK);
	if (forge_is(f, "roll-altered"))
		rows[0][32] ^= 3;
	forge_object_as(f, root, file);
}

static void set(json_t *doc, const char *path, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void
set(json_t *doc, const char *path, const char *fmt, ...)
{
	char text[2000];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	sample_edit(doc, path, text);
}

/* The token keys of the space's issuers. */
static void
set_keys(struct forge *f, struct forge_space *s, json_t *doc)
{
	uint8_t spki[BLIND_SPKI];
	char text[BASE64_CHARS(BLIND_SPKI)], path[64];
	size_t i, k = s->first_key;
	unsigned p;

	if (forge_is(f, "key-reused") && strcmp(s->slug, "annullata") == 0)
		k = 0;
	for (i = 0; i < s->issuers; i++) {
		if (i > 0)
			json_array_append_new(json_object_get(doc, "issuers"),
			    json_deep_copy(json_array_get(
				json_object_get(doc, "issuers"), 0)));
		if (i > 0) {
			(void)snprintf(
			    path, sizeof(path), "issuers.%zu.url", i);
			set(doc, path, "\"https://" FORGE_SECOND "\"");
		}
		if (i > 0 && s->sealed) {
			(void)snprintf(
			    path, sizeof(path), "issuers.%zu.name", i);
			set(doc, path, "\"" FORGE_SECOND "\"");
		}
		for (p = 1; p <= PURPOSE_MAX; p++) {
			if (!header_has_purpose(s->kind, p))
				continue;
			assert_int_equal(
			    blind_key_spki(forge_key(k++), spki), OK);
			base64_encode(
			    BASE64_URL, slice_of(spki, sizeof(spki)), text);
			(void)snprintf(path, sizeof(path),
			    "issuers.%zu.keys.%s", i, purpose_name(p));
			set(doc, path, "\"%s\"", text);
		}
	}
}

static void
set_witness(json_t *doc, const char *path, const char *name,
    const struct public_key *pk)
{
	struct note_key k;
	struct buf b = { 0 };

	assert_int_equal(note_key_make(name, NOTE_COSIGNATURE, pk, &k), OK);
	note_key_print(&k, &b);
	set(doc, path, "\"%s\"", buf_text(&b));
	buf_free(&b);
}

static void
set_witnesses(struct forge *f, const struct forge_space *s, json_t *doc)
{
	set_witness(doc, "witnesses.keys.0", "witness.example", &f->witness.pk);
	if (s->witnessed > 1) {
		f->two_witnesses = 1;
		set_witness(doc, "witnesses.keys.1", "testimone.example",
		    &f->second_witness.pk);
	}
	set(doc, "witnesses.quorum", "%d", s->witnessed);
}

void
forge_header(struct forge *f, struct forge_space *s)
{
	struct entry e = { .kind = ENTRY_HEADER };
	json_t *doc = sample_header(s->kind);
	struct buf b = { 0 };
	struct hash root;
	char hex[65];

	roll_file(f, &root);
	hex_encode(hash_slice(&root), hex);
	set(doc, "roll.root", "\"%s\"", hex);
	set(doc, "roll.size", "%d",
	    FORGE_LINES + (forge_is(f, "roll-size") ? 1 : 0));
	set(doc, "origin", "\"%s\"",
	    forge_is(f, "header-origin") && s->paper ? "other.example/log"
						     : FORGE_ORIGIN);
	set(doc, "slug", "\"%s\"",
	    forge_is(f, "slug-twice") && strcmp(s->slug, "annullata") == 0
		? "bilancio"
		: s->slug);
	set(doc, "origin_info", "\"%s\"", FORGE_HOST);
	set(doc, "issuers.0.name", "\"%s\"", FORGE_HOST);
	set(doc, "min_open", "1");
	set(doc, "seq_limit", "5");
	set(doc, "paper", "%d",
	    (s->paper && !forge_is(f, "paper-none")) ||
		(s->sealed && forge_is(f, "paper-opened")));
	if (!s->separated) {
		set(doc, "mode", "\"overlapping\"");
		set(doc, "issuance.to", "2500");
	}
	set_keys(f, s, doc);
	if (s->sealed) {
		trustees_set(doc, 3, 2);
		/* As many as there are ballots, one more, or none. */
		set(doc, "min_open",
		    forge_is(f, "opening-few") || forge_is(f, "opening-never")
			? "5"
		    : forge_is(f, "sealed-empty") ||
			    forge_is(f, "opening-nothing")
			? "0"
			: "4");
	}
	if (s->witnessed)
		set_witnesses(f, s, doc);
	if (forge_is(f, "header-member") && s->paper)
		set(doc, "colour", "1");
	sample_text(doc, &b);
	hash_bytes(buf_slice(&b), &s->id);
	forge_object_as(f, &s->id, buf_slice(&b));
	e.space_id = s->id;
	e.object = s->id;
	(void)forge_entry(f, &e);
	assert_int_equal(token_space_digest(slice_str(FORGE_HOST), &s->id,
			     slice_str(FORGE_HOST), &s->challenge),
	    OK);
	assert_int_equal(
	    token_space_digest(slice_str(s->sealed ? FORGE_SECOND : FORGE_HOST),
		&s->id, slice_str(FORGE_HOST), &s->second_challenge),
	    OK);
	if (s->sealed)
		assert_int_equal(
		    header_parse(buf_slice(&b), &f->header, NULL), OK);
	json_decref(doc);
	buf_free(&b);
}

/* The ceremony, published; what it made goes into the form. */
static void
set_seal(struct forge *f, json_t *doc)
{
	static const char other[] =
	    "\"e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"
	    "\"";
	struct buf *t = &f->trustees.transcript;
	json_t *text = NULL;

	trustees_ceremony(&f->trustees, f->header);
	/* Somebody's share is not what was signed. */
	if (forge_is(f, "ceremony-altered")) {
		assert_int_equal(json_read(buf_slice(t), &text, NULL), OK);
		json_array_set_new(json_object_get(text, "shares"), 1,
		    json_deep_copy(
			json_array_get(json_object_get(text, "shares"), 0)));
		t->n = 0;
		sample_text(text, t);
		json_decref(text);
		hash_bytes(buf_slice(t), &f->trustees.keys.transcript);
	}
	if (!forge_is(f, "ceremony-missing"))
		forge_object(f, buf_slice(t), &f->trustees.keys.transcript);
	trustees_seal(&f->trustees, doc);
	if (forge_is(f, "ceremony-key"))
		sample_edit(doc, "seal.key", other);
	if (forge_is(f, "ceremony-share"))
		sample_edit(doc, "seal.shares.1", other);
	if (forge_is(f, "sealed-suite"))
		sample_edit(doc, "seal.suite", "\"p256\"");
	if (forge_is(f, "sealed-no-point"))
		set(doc, "seal.shares.2", "\"%064d\"", 0);
}

/* As many signatures as there are trustees. */
static void
set_signatures(struct forge *f, const struct forge_space *s, struct entry *e)
{
	struct slice id = hash_slice(&s->form_id);
	size_t i;

	e->n_trustees = 3;
	for (i = 0; i < 3; i++)
		assert_int_equal(sign_dst(&f->trustees.id[i], "form", &id, 1,
				     &e->trustee_sigs[i]),
		    OK);
	if (forge_is(f, "sealed-trustee"))
		e->trustee_sigs[1].b[9] ^= 1;
	if (forge_is(f, "sealed-trustee-last"))
		e->trustee_sigs[2].b[9] ^= 1;
	if (forge_is(f, "sealed-unsigned"))
		e->n_trustees = 2;
}

/* One grey pixel. */
static const uint8_t pixel[] = { 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a,
	0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00, 0x01,
	0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3a, 0x7e, 0x9b,
	0x55, 0x00, 0x00, 0x00, 0x0a, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63,
	0x68, 0x00, 0x00, 0x00, 0x82, 0x00, 0x81, 0x77, 0xcd, 0x72, 0xb6, 0x00,
	0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82 };

/* The picture of an option, which is an object. */
static void
set_picture(struct forge *f, json_t *doc)
{
	struct slice bytes = slice_of(pixel, sizeof(pixel));
	char hex[2 * HASH_BYTES + 1];
	struct hash h;

	if (forge_is(f, "picture-none"))
		bytes = slice_str("GIF89a");
	hash_bytes(bytes, &h);
	if (forge_is(f, "picture-other"))
		forge_object_as(f, &h, slice_of(pixel, sizeof(pixel) - 1));
	else if (!forge_is(f, "picture-missing"))
		forge_object(f, bytes, &h);
	hex_encode(hash_slice(&h), hex);
	set(doc, "options.1.picture",
	    "{\"alt\": {\"it\": \"Un punto\"}, \"hash\": \"%s\"}", hex);
}

void
forge_form(struct forge *f, struct forge_space *s)
{
	struct entry e = { .kind = ENTRY_FORM };
	json_t *doc =
	    sample_form(NULL, "{\"type\": \"bitmap\", \"min\": 1, \"max\": 3, "
			      "\"min_cost\": \"\", \"max_cost\": \"\"}");
	struct buf b = { 0 };
	char hex[65];

	hex_encode(hash_slice(&s->id), hex);
	set(doc, "space_id", "\"%s\"", hex);
	/* so that a log has the optional members, and a result all of its own
	 */
	set(doc, "rule",
	    "{\"compare\": \"greedy-votes\", \"id\": \"mes-cost-add1\", "
	    "\"increment\": \"1\", \"min_score\": \"0\"}");
	set(doc, "exclusive", "[[\"a\", \"b\"]]");
	if (s->sealed)
		set_seal(f, doc);
	if (s->paper)
		set_picture(f, doc);
	if (forge_is(f, "form-member") && s->paper)
		set(doc, "colour", "1");
	sample_text(doc, &b);
	forge_object(f, buf_slice(&b), &s->form_id);
	e.space_id = s->id;
	e.object = s->form_id;
	if (s->sealed) {
		set_signatures(f, s, &e);
		/* Some twists leave no form. */
		if (form_parse(buf_slice(&b), f->header, &f->form, NULL) != OK)
			f->form = NULL;
	}
	if (forge_is(f, "trustee-extra") && s->paper)
		e.n_trustees = 1;
	(void)forge_entry(f, &e);
	json_decref(doc);
	buf_free(&b);
}

/* --- Roll and ledgers --------------------------------------------------------
 */

static int
change_cmp(const void *a, const void *b)
{
	return memcmp(a, b, ROLL_CHANGE_BYTES);
}

void
forge_changes(
    struct forge *f, const struct roll_change *list, size_t n, int wrong)
{
	struct entry e = { .kind = ENTRY_ROLL_CHANGE };
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < n; i++)
		roll_change_put(&b, &list[i]);
	if (b.p == NULL)
		abort();
	qsort(b.p, n, ROLL_CHANGE_BYTES, change_cmp);
	e.count = (uint32_t)n + (wrong ? 1 : 0);
	forge_object(f, buf_slice(&b), &e.object);
	(void)forge_entry(f, &e);
	buf_free(&b);
}

static int
ledger_cmp(const void *a, const void *b)
{
	return memcmp(a, b, 32);
}

void
forge_ledger(struct forge *f, const struct forge_space *s, uint8_t issuer,
    uint8_t purpose, const size_t *voters, size_t n)
{
	struct entry e = { .kind = ENTRY_LEDGER };
	uint8_t spki[BLIND_SPKI];
	struct ledger_row row = { 0 };
	struct hash key_id;
	struct buf b = { 0 };
	size_t i, k = s->first_key;

	/* Ideas have two keys, author's first. */
	k += s->kind == SPACE_IDEAS ? purpose == PURPOSE_VOICE : issuer;
	assert_int_equal(blind_key_spki(forge_key(k), spki), OK);
	token_key_id(spki, &key_id);
	for (i = 0; i < n; i++) {
		const struct sign_key *key = &f->voters[voters[i]].roll;

		row.c.b[0] = (uint8_t)i;
		assert_int_equal(
		    ledger_ask_sign(key, &s->id, &key_id, &row.c, &row.sig),
		    OK);
		if (forge_is(f, "ledger-signature") && s->paper && i == 1)
			row.sig.b[4] ^= 1;
		buf_put(&b, key->pk.b, 32);
		buf_put(&b, row.c.b, HASH_BYTES);
		buf_put(&b, row.sig.b, 64);
	}
	if (b.p == NULL)
		abort();
	qsort(b.p, n, LEDGER_ROW, ledger_cmp);
	if (forge_is(f, "ledger-order") && s->paper) {
		uint8_t swap[LEDGER_ROW];

		memcpy(swap, b.p, LEDGER_ROW);
		memmove(b.p, b.p + LEDGER_ROW, LEDGER_ROW);
		memcpy(b.p + LEDGER_ROW, swap, LEDGER_ROW);
	}
	e.space_id = s->id;
	e.issuer = issuer;
	e.purpose = purpose;
	e.count =
	    (uint32_t)n + (forge_is(f, "ledger-count") && s->paper ? 1U : 0U);
	forge_object(f, buf_slice(&b), &e.object);
	(void)forge_entry(f, &e);
	buf_free(&b);
}

/* --- Records -----------------------------------------------------------------
 */

/* A token for ${pk}, as blinding, signing and unblinding give it. */
static void
token(size_t key, const struct hash *challenge, const struct public_key *pk,
    uint8_t *out)
{
	uint8_t spki[BLIND_SPKI], input[TOKEN_INPUT_BYTES];
	uint8_t salt[BLIND_SALT] = { 1 }, r[BLIND_BYTES] = { 0 };
	uint8_t blinded[BLIND_BYTES], answer[BLIND_BYTES];
	struct blind_public *pub = NULL;
	struct hash key_id;

	r[BLIND_BYTES - 1] = 2;
	assert_int_equal(blind_key_spki(forge_key(key), spki), OK);
	assert_int_equal(
	    blind_public_parse(slice_of(spki, sizeof(spki)), &pub), OK);
	token_key_id(spki, &key_id);
	token_input(pk, challenge, &key_id, input);
	assert_int_equal(
	    blind_blind(pub, slice_of(input, sizeof(input)),
		slice_of(salt, sizeof(salt)), slice_of(r, sizeof(r)), blinded),
	    OK);
	assert_int_equal(blind_sign(forge_key(key),
			     slice_of(blinded, sizeof(blinded)), answer),
	    OK);
	assert_int_equal(blind_finalize(pub, slice_of(input, sizeof(input)),
			     slice_of(r, sizeof(r)),
			     slice_of(answer, sizeof(answer)), BLIND_SALT, out),
	    OK);
	blind_public_free(pub);
}

void
forge_record(struct forge *f, const struct forge_space *s, size_t voter,
    enum purpose purpose, uint32_t seq, struct slice body, struct buf *out)
{
	const struct sign_key *k = &f->voters[voter].credential;
	uint8_t tokens[RECORD_ISSUERS_MAX * BLIND_BYTES] = { 0 };
	struct record r = { .kind = s->kind == SPACE_BALLOT
					? RECORD_BALLOT
					: RECORD_CONTRIBUTION };
	size_t i, key = s->first_key;

	if (s->kind == SPACE_IDEAS)
		key += purpose == PURPOSE_VOICE;
	r.purpose = purpose;
	r.space_id = s->id;
	r.form_id = s->form_id;
	r.seq = seq;
	r.body = body;
	r.authenticators = tokens;
	r.n_auth = seq == 0 ? s->issuers : 0;
	for (i = 0; i < r.n_auth; i++)
		token(key + i, i == 0 ? &s->challenge : &s->second_challenge,
		    &k->pk, tokens + i * BLIND_BYTES);
	if (forge_is(f, "token") && s->paper && voter == 1)
		tokens[100] ^= 1;
	if (forge_is(f, "sealed-nothing") && s->sealed && voter == 3)
		tokens[100] ^= 1;
	if (forge_is(f, "form-other") && s->paper && voter == 1)
		r.form_id.b[0] ^= 1;
	assert_int_equal(record_sign(&r, k, out), OK);
	if (s->paper && voter == 1) {
		if (forge_is(f, "record-kind"))
			out->p[1] = 9;
		if (forge_is(f, "record-signature"))
			out->p[out->n - 1] ^= 1;
		/* A point of small order. */
		if (forge_is(f, "record-key")) {
			memset(out->p + 67, 0, 32);
			out->p[67] = 1;
		}
	}
}

struct sorted {
	uint32_t seq;
	struct hash leaf;
	struct buf *record;
};

static int
sorted_cmp(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;

	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	return hash_cmp(&x->leaf, &y->leaf);
}

void
forge_batch(struct forge *f, const struct forge_space *s, uint64_t window_end,
    struct buf *records, size_t n)
{
	struct entry e = { .kind = ENTRY_BATCH },
		     one = { .kind = ENTRY_RECORD };
	struct sorted *list = calloc(n, sizeof(*list));
	size_t i;

	assert_non_null(list);
	e.space_id = s->id;
	e.window_end = window_end;
	e.count = (uint32_t)n;
	if (s->paper && forge_is(f, "batch-count"))
		e.count++;
	if (s->paper && forge_is(f, "batch-more"))
		e.count--;
	(void)forge_entry(f, &e);
	for (i = 0; i < n; i++) {
		list[i].record = &records[i];
		list[i].seq = load32(records[i].p + 99);
		admit_leaf(buf_slice(&records[i]), &list[i].leaf);
	}
	qsort(list, n, sizeof(*list), sorted_cmp);
	if (s->paper && forge_is(f, "batch-order")) {
		struct sorted swap = list[0];

		list[0] = list[n - 1];
		list[n - 1] = swap;
	}
	for (i = 0; i < n; i++) {
		one.record = buf_slice(list[i].record);
		(void)forge_entry(f, &one);
	}
	free(list);
}

/* --- The end -----------------------------------------------------------------
 */

void
forge_close(struct forge *f, const struct forge_space *s, uint32_t records,
    uint32_t credentials)
{
	struct entry e = { .kind = ENTRY_CLOSE };

	e.space_id = s->id;
	e.count = records;
	e.credentials = credentials;
	(void)forge_entry(f, &e);
}

struct replay *
forge_read(struct forge *f, const char *dir)
{
	struct replay_options opt = { .keep_going = 1 };
	struct source *src = NULL;
	struct replay *r = NULL;
	struct why why;

	forge_write(f, dir);
	assert_int_equal(source_open(dir, &src, &why), OK);
	assert_int_equal(replay_log(src, &opt, &r, &why), OK);
	return r;
}

/* Results that are not what the log gives. */
static void
result_alter(struct forge *f, const struct forge_space *s, struct buf *b)
{
	json_t *doc = NULL;

	if (!(forge_is(f, "result") && s->paper) &&
	    !(forge_is(f, "result-null") && s->sealed) &&
	    !(forge_is(f, "result-superseded") && s->sealed) &&
	    !(forge_is(f, "result-openings") && s->sealed))
		return;
	assert_int_equal(json_read(buf_slice(b), &doc, NULL), OK);
	if (forge_is(f, "result"))
		set(doc, "disputes", "77");
	if (forge_is(f, "result-null")) {
		set(doc, "ballots.null", "0");
		set(doc, "listed.null", "[]");
	}
	/* The first record of voter 0 named option a, her last one b. */
	if (forge_is(f, "result-superseded")) {
		set(doc, "scores.0.votes", "1");
		set(doc, "scores.0.score", "\"1\"");
		set(doc, "scores.1.votes", "0");
		set(doc, "scores.1.score", "\"0\"");
	}
	if (forge_is(f, "result-openings"))
		set(doc, "openings", "[1,2]");
	b->n = 0;
	sample_text(doc, b);
	json_decref(doc);
}

void
forge_result(struct forge *f, const struct forge_space *s, const char *dir)
{
	struct replay *r = forge_read(f, dir);
	struct source *src = r->source;
	struct entry e = { .kind = ENTRY_RESULT };
	struct space *space = NULL;
	struct buf b = { 0 };
	struct why why;

	if (r->world != NULL)
		space = world_space_by_id(r->world, &s->id);
	/* Where the twist leaves nothing to recount, anything will do. */
	if (space == NULL || replay_result(r, space, &b, &why) != OK)
		buf_str(&b, "{}");
	else
		result_alter(f, s, &b);
	forge_object(f, buf_slice(&b), &e.object);
	e.space_id = s->id;
	(void)forge_entry(f, &e);
	buf_free(&b);
	replay_free(r);
	source_free(src);
}
