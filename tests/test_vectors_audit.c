/*
 * Vectors of the formats of audit/, made and compared as those of crypto/ are
 * (test_vectors.c): --write writes the files anew.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "entry.h"
#include "form.h"
#include "ledger.h"
#include "roll.h"
#include "sample.h"
#include "tile.h"

#include "vecfile.h"

#define ORIGIN "voto.example.org"

/* ---- Entries ------------------------------------------------------------- */

static struct entry
sample_entry(unsigned kind)
{
	static uint8_t record[200];
	struct entry e = { 0 };
	struct sign_key k = vecfile_fixed_key("resident");

	vecfile_fixed("record", record, sizeof(record));
	e.kind = (enum entry_kind)kind;
	e.space_id = vecfile_fixed_hash("space");
	e.object = vecfile_fixed_hash("object");
	e.scan = vecfile_fixed_hash("scan");
	e.target = vecfile_fixed_hash("target");
	vecfile_fixed("trustee 1", e.trustee_sigs[0].b, 64);
	e.n_trustees = kind == ENTRY_FORM;
	e.text = slice_str("{\"it\":\"perch\xc3\xa9\"}");
	e.record = slice_of(record, sizeof(record));
	e.window_end = 1800000000;
	e.count = 1000;
	e.credentials = 900;
	e.issuer = 1;
	e.purpose = PURPOSE_VOTE;
	e.sort = 3;
	e.roll_pk = k.pk;
	vecfile_fixed("dispute", e.roll_sig.b, 64);
	return e;
}

static void
sign_entry(struct entry *e)
{
	struct sign_key a = vecfile_fixed_key("staff a");
	struct sign_key b = vecfile_fixed_key("staff b");
	unsigned signers = entry_rule_of((unsigned)e->kind)->signers;

	if (signers > 0)
		assert_int_equal(entry_sign(e, ORIGIN, 7, &a), OK);
	if (signers > 1)
		assert_int_equal(entry_sign(e, ORIGIN, 1, &b), OK);
}

static void
refuse_entry(json_t *root, const char *why, struct slice s)
{
	struct entry e;
	enum err r = entry_parse(s, &e);

	vecfile_hex(vecfile_refused(root, why, r), "entry", s);
}

/* An entry of ${kind} with one byte changed. */
static void
refuse_byte(
    json_t *root, const char *why, unsigned kind, size_t at, uint8_t byte)
{
	struct entry e = sample_entry(kind);
	struct buf b = { 0 };

	sign_entry(&e);
	assert_int_equal(entry_put(&b, &e), OK);
	b.p[at] = byte;
	refuse_entry(root, why, buf_slice(&b));
	buf_free(&b);
}

static void
refuse_entries(json_t *root)
{
	struct entry e = sample_entry(ENTRY_CLOSE);
	struct buf b = { 0 };
	uint8_t row[104];

	refuse_byte(root, "kind 0", ENTRY_BATCH, 0, 0);
	refuse_byte(root, "kind 19", ENTRY_BATCH, 0, 19);
	refuse_byte(root, "version 2", ENTRY_BATCH, 1, 2);
	refuse_byte(root, "purpose 5", ENTRY_LEDGER, 2 + 33, 5);
	refuse_byte(root, "issuer 8", ENTRY_LEDGER, 2 + 32, 8);
	refuse_byte(root, "trustee 0", ENTRY_OPENING, 2 + 32, 0);
	refuse_byte(root, "moderation action 5", ENTRY_MODERATION, 2 + 64, 5);
	refuse_byte(root, "paper sort 0", ENTRY_PAPER, 2 + 32, 0);
	refuse_byte(root, "ten trustees", ENTRY_FORM, 2 + 64, 10);
	refuse_byte(root, "reason is not UTF-8", ENTRY_CANCEL, 2 + 34, 0xff);
	sign_entry(&e);
	assert_int_equal(entry_put(&b, &e), OK);
	refuse_entry(root, "a byte short", slice_of(b.p, b.n - 1));
	refuse_entry(root, "one signer of two", slice_of(b.p, b.n - 104));
	buf_u8(&b, 0);
	refuse_entry(root, "a byte too many", buf_slice(&b));
	b.n--;
	memcpy(row, b.p + b.n - 104, 104);
	memcpy(b.p + b.n - 104, b.p + b.n - 208, 104);
	refuse_entry(root, "signed twice by one key", buf_slice(&b));
	memcpy(b.p + b.n - 208, row, 104);
	refuse_entry(root, "signers not sorted", buf_slice(&b));
	memcpy(b.p + b.n - 104, row, 104);
	memset(b.p + b.n - 72, 0, 8);
	refuse_entry(root, "signed with number 0", buf_slice(&b));
	buf_free(&b);
}

static void
entries(void **state)
{
	json_t *root = vecfile_new("log entries, PROTOCOL 8");
	unsigned kind;
	size_t i;

	(void)state;
	for (kind = 1; kind <= ENTRY_KIND_MAX; kind++) {
		json_t *t = vecfile_test(root);
		struct entry e = sample_entry(kind), out;
		struct buf b = { 0 };
		struct hash leaf;

		sign_entry(&e);
		assert_int_equal(entry_put(&b, &e), OK);
		assert_int_equal(entry_parse(buf_slice(&b), &out), OK);
		for (i = 0; i < out.n_signers; i++)
			assert_int_equal(entry_verify(&out, ORIGIN, i), OK);
		hash_leaf(buf_slice(&b), &leaf);
		vecfile_str(t, "name", entry_rule_of(kind)->name);
		vecfile_int(t, "kind", kind);
		vecfile_str(t, "origin", ORIGIN);
		vecfile_int(t, "signers", out.n_signers);
		vecfile_hex(t, "payload", out.payload);
		vecfile_hex(t, "entry", buf_slice(&b));
		vecfile_hash(t, "leaf_hash", &leaf);
		buf_free(&b);
	}
	refuse_entries(root);
	vecfile_end(root, "entry.json");
}

/* ---- Ledgers ------------------------------------------------------------- */

static void
refuse_ledger(json_t *root, const char *why, struct slice s)
{
	uint32_t n;
	enum err r = ledger_check(s, &n, NULL);

	vecfile_hex(vecfile_refused(root, why, r), "ledger", s);
}

static void
ledgers(void **state)
{
	json_t *root = vecfile_new("issuance ledgers, PROTOCOL 5"), *t;
	struct hash space = vecfile_fixed_hash("space");
	struct hash key_id = vecfile_fixed_hash("token key");
	struct sign_key k[2] = { vecfile_fixed_key("resident"),
		vecfile_fixed_key("resident 2") };
	int second = public_key_cmp(&k[0].pk, &k[1].pk) > 0;
	uint8_t salt[64], blinded[256], row[LEDGER_ROW];
	struct ledger_row parsed;
	struct signature sig;
	struct buf b = { 0 };
	struct hash c;
	uint32_t n;
	int i;

	(void)state;
	vecfile_fixed("ask salt", salt, sizeof(salt));
	vecfile_fixed("blinded", blinded, sizeof(blinded));
	ledger_ask_commit(salt, blinded, &c);
	for (i = 0; i < 2; i++) {
		const struct sign_key *s = &k[i ^ second];

		assert_int_equal(
		    ledger_ask_sign(s, &space, &key_id, &c, &sig), OK);
		buf_put(&b, s->pk.b, 32);
		buf_put(&b, c.b, 32);
		buf_put(&b, sig.b, 64);
	}
	assert_int_equal(ledger_check(buf_slice(&b), &n, NULL), OK);
	t = vecfile_test(root);
	vecfile_hash(t, "space_id", &space);
	vecfile_hash(t, "token_key_id", &key_id);
	vecfile_hex(t, "salt", slice_of(salt, sizeof(salt)));
	vecfile_hex(t, "blinded_msg", slice_of(blinded, sizeof(blinded)));
	vecfile_hash(t, "c", &c);
	vecfile_hex(t, "ledger", buf_slice(&b));
	vecfile_int(t, "rows", n);
	hash_bytes(buf_slice(&b), &c);
	vecfile_hash(t, "hash", &c);
	refuse_ledger(root, "a byte short", slice_of(b.p, b.n - 1));
	memcpy(row, b.p, LEDGER_ROW);
	memcpy(b.p, b.p + LEDGER_ROW, LEDGER_ROW);
	refuse_ledger(root, "a key twice", buf_slice(&b));
	memcpy(b.p + LEDGER_ROW, row, LEDGER_ROW);
	refuse_ledger(root, "not sorted", buf_slice(&b));
	row[LEDGER_ROW - 1] ^= 1;
	ledger_row_at(slice_of(row, LEDGER_ROW), 0, &parsed);
	t = vecfile_refused(root, "a broken signature",
	    ledger_ask_verify(&parsed, &space, &key_id));
	vecfile_hash(t, "space_id", &space);
	vecfile_hash(t, "token_key_id", &key_id);
	vecfile_hex(t, "ledger", slice_of(row, LEDGER_ROW));
	buf_free(&b);
	vecfile_end(root, "ledger.json");
}

/* ---- Rolls --------------------------------------------------------------- */

static struct public_key
numbered(unsigned n)
{
	struct public_key pk;

	memset(pk.b, (int)n, sizeof(pk.b));
	return pk;
}

/* Regular keys 1 to 4, spares 5 and 6. */
static void
put_roll(struct buf *b)
{
	struct public_key pk;
	unsigned n;

	for (n = 1; n <= 6; n++) {
		pk = numbered(n);
		buf_put(b, pk.b, sizeof(pk.b));
		buf_u8(b, n <= 4 ? ROLL_REGULAR : ROLL_SPARE);
	}
}

static int
row_cmp(const void *a, const void *b)
{
	return memcmp(a, b, ROLL_CHANGE_BYTES);
}

/* Three numbers of keys and spaces per change, ended by action 0; sorted. */
static void
put_changes(struct buf *b, const unsigned (*c)[4])
{
	struct roll_change v = { .method = ROLL_DESK };

	for (; (*c)[0] != 0; c++) {
		v.action = (enum roll_action)(*c)[0];
		v.old_pk = numbered((*c)[1]);
		v.new_pk = numbered((*c)[2]);
		memset(v.space_id.b, (int)(*c)[3], HASH_BYTES);
		roll_change_put(b, &v);
	}
	if (b->n > 0)
		qsort(
		    b->p, b->n / ROLL_CHANGE_BYTES, ROLL_CHANGE_BYTES, row_cmp);
}

static void
put_lines(json_t *t, const struct roll *r, const struct hash *space)
{
	json_t *lines = json_array();
	struct roll_counts counts;
	struct public_key pk;
	uint32_t line;
	unsigned n;

	for (n = 1; n < 30; n++) {
		json_t *o;

		pk = numbered(n);
		if ((line = roll_line(r, &pk)) == ROLL_NO_LINE)
			continue;
		o = json_object();
		vecfile_hex(o, "key", public_key_slice(&pk));
		vecfile_hex(
		    o, "first", public_key_slice(roll_line_key(r, line)));
		vecfile_hex(
		    o, "current", public_key_slice(roll_line_current(r, line)));
		vecfile_int(
		    o, "entitled", roll_entitled(r, space, line) ? 1 : 0);
		json_array_append_new(lines, o);
	}
	assert_int_equal(roll_count(r, space, &counts), OK);
	vecfile_int(t, "regular", counts.roll);
	vecfile_int(t, "added", counts.added);
	vecfile_int(t, "removed", counts.removed);
	vecfile_int(t, "struck", counts.struck);
	vecfile_int(t, "replaced", counts.replaced);
	json_object_set_new(t, "keys", lines);
}

#define SPACE 9

static enum err
change_roll(const unsigned (*c)[4], json_t *t)
{
	struct hash space, root;
	struct buf roll = { 0 }, list = { 0 };
	struct roll *r = roll_new();
	uint32_t n;
	enum err e;

	assert_non_null(r);
	memset(space.b, SPACE, HASH_BYTES);
	put_roll(&roll);
	put_changes(&list, c);
	assert_int_equal(
	    roll_file_check(buf_slice(&roll), &root, &n, NULL), OK);
	assert_int_equal(roll_open(r, &space, buf_slice(&roll), NULL), OK);
	e = roll_apply(r, buf_slice(&list), NULL);
	if (t != NULL) {
		vecfile_hash(t, "space_id", &space);
		vecfile_hex(t, "roll", buf_slice(&roll));
		vecfile_hash(t, "roll_root", &root);
		vecfile_int(t, "size", n);
		vecfile_hex(t, "changes", buf_slice(&list));
		if (e == OK)
			put_lines(t, r, &space);
	}
	roll_free(r);
	buf_free(&roll);
	buf_free(&list);
	return e;
}

static void
refuse_roll(json_t *root, const char *why, size_t at, uint8_t byte, size_t cut)
{
	struct buf b = { 0 };
	struct hash h;
	uint32_t n;
	enum err r;

	put_roll(&b);
	memset(b.p + at, byte, at % ROLL_ROW == 32 ? 1 : 32);
	b.n -= cut;
	r = roll_file_check(buf_slice(&b), &h, &n, NULL);
	vecfile_hex(vecfile_refused(root, why, r), "roll", buf_slice(&b));
	buf_free(&b);
}

static void
rolls(void **state)
{
	static const unsigned none[][4] = { { 0 } };
	static const unsigned all[][4] = { { ROLL_REPLACE, 1, 21, 0 },
		{ ROLL_REPLACE, 21, 5, 0 }, { ROLL_ADD, 0, 22, 0 },
		{ ROLL_STRIKE, 1, 0, SPACE }, { ROLL_REMOVE, 4, 0, 0 }, { 0 } };
	static const struct {
		const char *why;
		unsigned c[4][4];
	} bad[] = {
		{ "a key enters twice", { { ROLL_ADD, 0, 2, 0 } } },
		{ "the old key is not known", { { ROLL_REPLACE, 20, 21, 0 } } },
		{ "a spare has no line", { { ROLL_REPLACE, 5, 21, 0 } } },
		{ "replaced twice", { { ROLL_REPLACE, 1, 20, 0 },
					{ ROLL_REPLACE, 1, 21, 0 } } },
		{ "a ring", { { ROLL_REPLACE, 20, 21, 0 },
				{ ROLL_REPLACE, 21, 20, 0 } } },
		{ "struck twice by two keys of the line",
		    { { ROLL_REPLACE, 1, 20, 0 }, { ROLL_STRIKE, 1, 0, SPACE },
			{ ROLL_STRIKE, 20, 0, SPACE } } },
		{ "another space", { { ROLL_STRIKE, 1, 0, 8 } } },
		{ "a field too many", { { ROLL_ADD, 1, 20, 0 } } },
		{ "no new key", { { ROLL_REPLACE, 1, 0, 0 } } },
		{ "action 5", { { 5, 1, 0, 0 } } },
	};
	json_t *root = vecfile_new("rolls and their changes, PROTOCOL 4");
	size_t i;

	(void)state;
	assert_int_equal(change_roll(none, vecfile_test(root)), OK);
	assert_int_equal(change_roll(all, vecfile_test(root)), OK);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		(void)change_roll(bad[i].c, vecfile_refused(root, bad[i].why,
						change_roll(bad[i].c, NULL)));
	refuse_roll(root, "a byte short", 0, 1, 1);
	refuse_roll(root, "a key twice", ROLL_ROW, 1, 0);
	refuse_roll(root, "not sorted", (size_t)2 * ROLL_ROW, 1, 0);
	refuse_roll(root, "a key of zeros", 0, 0, 0);
	refuse_roll(root, "type 3", 32, 3, 0);
	vecfile_end(root, "roll.json");
}

/* ---- Headers and forms --------------------------------------------------- */

struct edit {
	const char *why;
	const char *path;
	const char *value;
};

static void
accept_header(json_t *root, const json_t *doc)
{
	json_t *t = vecfile_test(root), *ends = json_array();
	struct header *h = NULL;
	struct buf b = { 0 };
	char key[40];
	uint64_t time;
	size_t i;
	unsigned p;

	sample_text(doc, &b);
	assert_int_equal(header_parse(buf_slice(&b), &h, NULL), OK);
	vecfile_text(t, "header", buf_slice(&b));
	vecfile_hash(t, "space_id", &h->id);
	for (i = 0; i < h->n_issuers; i++) {
		(void)snprintf(key, sizeof(key), "challenge_digest_%zu", i);
		vecfile_hash(t, key, &h->issuers[i].challenge);
		for (p = 1; p <= PURPOSE_MAX; p++) {
			if (h->issuers[i].keys[p].pub == NULL)
				continue;
			(void)snprintf(
			    key, sizeof(key), "token_key_id_%zu_%u", i, p);
			vecfile_hash(t, key, &h->issuers[i].keys[p].key_id);
		}
	}
	for (time = h->participation.from; time < h->participation.to;) {
		time = header_window_end(h, time);
		json_array_append_new(ends, json_integer((json_int_t)time));
	}
	json_object_set_new(t, "window_ends", ends);
	header_free(h);
	buf_free(&b);
}

static void
headers(void **state)
{
	static const struct edit bad[] = {
		{ "a member is missing", "grace", NULL },
		{ "an unknown member", "extra", "1" },
		{ "version 2", "version", "2" },
		{ "a slug in capitals", "slug", "\"Bilancio\"" },
		{ "no Italian title", "titles", "{\"en\":\"x\"}" },
		{ "an empty title", "titles.it", "\"\"" },
		{ "closes before it opens", "issuance",
		    "{\"from\":2,\"to\":1}" },
		{ "separated, but the windows overlap", "issuance",
		    "{\"from\":1000,\"to\":2001}" },
		{ "overlapping, but the windows do not", "mode",
		    "\"overlapping\"" },
		{ "a purpose of another kind", "issuers.0.keys.author",
		    "\"\"" },
		{ "no token key", "issuers.0.keys.vote", "\"AAAA\"" },
		{ "no issuers", "issuers", "[]" },
		{ "a URL that ends in a slash", "cast_url",
		    "\"https://a.example/\"" },
		{ "a quorum without witnesses", "witnesses.quorum", "1" },
		{ "a threshold without trustees", "trustees.threshold", "1" },
		{ "interval 0", "batch_interval", "0" },
		{ "seq_limit above a million", "seq_limit", "1000001" },
	};
	json_t *root = vecfile_new("headers, PROTOCOL 3"), *doc;
	struct header *h = NULL;
	unsigned kind;
	size_t i;

	(void)state;
	for (kind = SPACE_BALLOT; kind <= SPACE_QUESTIONNAIRE; kind++) {
		doc = sample_header((enum space_kind)kind);
		accept_header(root, doc);
		json_decref(doc);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf b = { 0 };
		enum err r;

		doc = sample_header(SPACE_BALLOT);
		sample_edit(doc, bad[i].path, bad[i].value);
		sample_text(doc, &b);
		r = header_parse(buf_slice(&b), &h, NULL);
		vecfile_text(vecfile_refused(root, bad[i].why, r), "header",
		    buf_slice(&b));
		buf_free(&b);
		json_decref(doc);
	}
	vecfile_end(root, "header.json");
}

static const struct {
	const char *name;
	const char *ballot;
} ballots[] = {
	{ "choice", "{\"type\":\"choice\"}" },
	{ "approval",
	    "{\"max\":3,\"max_cost\":\"\",\"min\":1,\"min_cost\":\"\","
	    "\"type\":\"bitmap\"}" },
	{ "knapsack", "{\"max\":5,\"max_cost\":\"600.5\",\"min\":1,"
		      "\"min_cost\":\"200\",\"type\":\"bitmap\"}" },
	{ "points", "{\"max\":3,\"min\":2,\"option_max\":6,\"total_max\":10,"
		    "\"total_min\":5,\"type\":\"points\"}" },
	{ "ranking", "{\"max\":3,\"min\":2,\"type\":\"ranking\"}" },
};
#define BALLOTS (sizeof(ballots) / sizeof(ballots[0]))

static struct form *
sample_parsed(const char *ballot, struct buf *text)
{
	json_t *doc = sample_form(NULL, ballot);
	struct form *f = NULL;

	sample_text(doc, text);
	assert_int_equal(form_parse(buf_slice(text), NULL, &f, NULL), OK);
	json_decref(doc);
	return f;
}

/* The optional members. */
static void
accept_options_of_a_form(json_t *root)
{
	json_t *t = vecfile_test(root);
	json_t *doc = sample_form(NULL, ballots[1].ballot);
	struct form *f = NULL;
	struct buf b = { 0 };

	sample_edit(doc, "rule.id", "\"mes-cost-add1-nostop\"");
	sample_edit(doc, "rule.compare", "\"greedy-votes\"");
	sample_edit(doc, "exclusive", "[[\"e\",\"a\"],[\"c\",\"d\"]]");
	sample_text(doc, &b);
	assert_int_equal(form_parse(buf_slice(&b), NULL, &f, NULL), OK);
	vecfile_str(t, "name", "comparison and exclusive groups");
	vecfile_text(t, "form", buf_slice(&b));
	vecfile_hash(t, "form_id", &f->id);
	vecfile_int(t, "body_bytes", f->body_bytes);
	form_free(f);
	json_decref(doc);
	buf_free(&b);
}

#define PICTURE                                                              \
	"{\"alt\":{\"it\":\"Un parco\"},\"hash\":\"2d711642b726b04401627ca9" \
	"fbac32f5c8530fb1903cc4db02258717921a4881\"}"

/* A picture, with what it shows in two languages. */
static void
accept_picture(json_t *root)
{
	json_t *t = vecfile_test(root);
	json_t *doc = sample_form(NULL, ballots[1].ballot);
	struct form *f = NULL;
	struct buf b = { 0 };

	sample_edit(doc, "options.1.picture", PICTURE);
	sample_edit(doc, "options.1.picture.alt.en", "\"A park\"");
	sample_text(doc, &b);
	assert_int_equal(form_parse(buf_slice(&b), NULL, &f, NULL), OK);
	assert_null(f->options[0].alt);
	assert_string_equal(json_text(f->options[1].alt, "en"), "A park");
	assert_int_equal(f->options[1].picture.b[0], 0x2d);
	vecfile_str(t, "name", "a picture");
	vecfile_text(t, "form", buf_slice(&b));
	vecfile_hash(t, "form_id", &f->id);
	vecfile_int(t, "body_bytes", f->body_bytes);
	form_free(f);
	json_decref(doc);
	buf_free(&b);
}

static void
forms(void **state)
{
	static const struct edit bad[] = {
		{ "a member is missing", "ties", NULL },
		{ "an unknown member", "extra", "1" },
		{ "an id twice", "options.0.id", "\"b\"" },
		{ "an id with a comma", "options.0.id", "\"a,b\"" },
		{ "a cost with a needless zero", "options.0.cost",
		    "\"100.0\"" },
		{ "a cost of sixteen digits", "options.0.cost",
		    "\"1000000000000000\"" },
		{ "a budget below every cost", "budget", "\"99\"" },
		{ "ties with an unknown id", "ties",
		    "[\"a\",\"b\",\"c\",\"d\",\"x\"]" },
		{ "ties with an id twice", "ties",
		    "[\"a\",\"b\",\"c\",\"d\",\"d\"]" },
		{ "ties without all ids", "ties", "[\"a\"]" },
		{ "min above max", "ballot.min", "4" },
		{ "max above the options", "ballot.max", "6" },
		{ "max_cost below every cost", "ballot.max_cost", "\"99\"" },
		{ "min_cost out of reach", "ballot.min_cost", "\"500701\"" },
		{ "an unknown rule", "rule.id", "\"borda\"" },
		{ "a rule for other ballots", "rule.id", "\"mes-points\"" },
		{ "increment 0", "rule.increment", "\"0\"" },
		{ "a threshold for a rule without", "rule.min_score", "\"5\"" },
		{ "shuffle 2", "shuffle", "2" },
		{ "compared with another rule", "rule.compare",
		    "\"phragmen\"" },
		{ "greedy-votes compared with itself", "rule.compare",
		    "\"greedy-votes\"" },
		{ "no exclusive groups", "exclusive", "[]" },
		{ "a group of one", "exclusive", "[[\"a\"]]" },
		{ "a group with an unknown id", "exclusive",
		    "[[\"a\",\"x\"]]" },
		{ "an id in two groups", "exclusive",
		    "[[\"a\",\"b\"],[\"c\",\"b\"]]" },
		{ "a picture without what it shows", "options.0.picture",
		    "{\"hash\":\"2d711642b726b04401627ca9fbac32f5c8530fb1903c"
		    "c4db02258717921a4881\"}" },
		{ "a picture that shows nothing", "options.0.picture",
		    "{\"alt\":{\"it\":\"\"},\"hash\":\"2d711642b726b04401627c"
		    "a9fbac32f5c8530fb1903cc4db02258717921a4881\"}" },
		{ "a picture without Italian", "options.0.picture",
		    "{\"alt\":{\"en\":\"x\"},\"hash\":\"2d711642b726b04401627"
		    "ca9fbac32f5c8530fb1903cc4db02258717921a4881\"}" },
		{ "a picture with a hash in capitals", "options.0.picture",
		    "{\"alt\":{\"it\":\"x\"},\"hash\":\"2D711642B726B04401627"
		    "CA9FBAC32F5C8530FB1903CC4DB02258717921A4881\"}" },
		{ "a picture with an address", "options.0.picture",
		    "{\"alt\":{\"it\":\"x\"},\"hash\":\"2d711642b726b04401627"
		    "ca9fbac32f5c8530fb1903cc4db02258717921a4881\",\"url\":"
		    "\"/a.png\"}" },
	};
	json_t *root = vecfile_new("forms, PROTOCOL 3");
	struct form *f = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < BALLOTS; i++) {
		json_t *t = vecfile_test(root);
		struct buf b = { 0 };

		f = sample_parsed(ballots[i].ballot, &b);
		vecfile_str(t, "name", ballots[i].name);
		vecfile_text(t, "form", buf_slice(&b));
		vecfile_hash(t, "form_id", &f->id);
		vecfile_int(t, "body_bytes", f->body_bytes);
		form_free(f);
		buf_free(&b);
	}
	accept_options_of_a_form(root);
	accept_picture(root);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		json_t *doc = sample_form(NULL, ballots[1].ballot);
		struct buf b = { 0 };
		enum err r;

		sample_edit(doc, bad[i].path, bad[i].value);
		sample_text(doc, &b);
		r = form_parse(buf_slice(&b), NULL, &f, NULL);
		vecfile_text(vecfile_refused(root, bad[i].why, r), "form",
		    buf_slice(&b));
		buf_free(&b);
		json_decref(doc);
	}
	vecfile_end(root, "form.json");
}

/* ---- Choices ------------------------------------------------------------- */

static void
accept_choices(json_t *root, size_t ballot, const uint32_t v[static 5])
{
	json_t *t = vecfile_test(root), *a = json_array();
	struct buf text = { 0 }, b = { 0 };
	struct form *f = sample_parsed(ballots[ballot].ballot, &text);
	uint32_t copy[5], again[5];
	struct choices c = { 5, copy, 0 };
	size_t i;

	memcpy(copy, v, sizeof(copy));
	assert_int_equal(choices_put(f, &c, &b, NULL), OK);
	c.v = again;
	assert_int_equal(choices_decode(f, buf_slice(&b), &c, NULL), OK);
	assert_memory_equal(again, v, sizeof(again));
	vecfile_str(t, "form", ballots[ballot].name);
	for (i = 0; i < 5; i++)
		json_array_append_new(a, json_integer(v[i]));
	json_object_set_new(t, "choices", a);
	vecfile_hex(t, "encoding", buf_slice(&b));
	vecfile_int(t, "blank", c.blank ? 1 : 0);
	form_free(f);
	buf_free(&text);
	buf_free(&b);
}

static void
refuse_choices(json_t *root, size_t ballot, const char *why, const char *hex)
{
	struct buf text = { 0 };
	struct form *f = sample_parsed(ballots[ballot].ballot, &text);
	struct slice s = vec_unhex(hex);
	uint32_t v[5];
	struct choices c = { 0, v, 0 };
	json_t *t;

	t = vecfile_refused(root, why, choices_decode(f, s, &c, NULL));
	vecfile_str(t, "form", ballots[ballot].name);
	vecfile_hex(t, "encoding", s);
	form_free(f);
	buf_free(&text);
}

static void
choices(void **state)
{
	static const struct {
		size_t ballot;
		uint32_t v[5];
	} good[] = { { 0, { 1 } }, { 0, { 0, 0, 0, 0, 1 } },
		{ 1, { 1, 0, 0, 1, 1 } }, { 1, { 0, 0, 0, 0, 1 } },
		{ 2, { 1, 1, 1 } }, { 2, { 0, 1 } }, { 3, { 6, 0, 0, 0, 4 } },
		{ 3, { 1, 2, 2 } }, { 4, { 2, 0, 0, 0, 1 } },
		{ 4, { 3, 1, 0, 2 } } };
	static const struct {
		size_t ballot;
		const char *why, *hex;
	} bad[] = {
		{ 0, "an option that is not there", "0006" },
		{ 0, "a byte short", "00" },
		{ 0, "a byte too many", "000100" },
		{ 1, "an unused bit is set", "84" },
		{ 1, "four of at most three", "f0" },
		{ 1, "a byte too many", "8000" },
		{ 2, "costs 500400 of at most 600.5", "a8" },
		{ 2, "costs 700 of at most 600.5", "30" },
		{ 2, "costs 100, at least 200", "80" },
		{ 3, "seven points of at most six", "00070001000000000000" },
		{ 3, "one option of at least two", "00060000000000000000" },
		{ 3, "four options of at most three", "00020002000200020000" },
		{ 3, "four points of at least five", "00020002000000000000" },
		{ 3, "eleven points of at most ten", "00060005000000000000" },
		{ 3, "a byte short", "000600020000000000" },
		{ 4, "one place of at least two", "000100000000" },
		{ 4, "a hole", "000100000002" },
		{ 4, "an option twice", "000100020001" },
		{ 4, "an option that is not there", "000100060000" },
		{ 4, "a place too many", "0001000200030004" },
	};
	static const uint32_t blank[5];
	json_t *root = vecfile_new("choices, PROTOCOL 3; the forms are those "
				   "of form.json");
	size_t i;

	(void)state;
	for (i = 0; i < BALLOTS; i++)
		accept_choices(root, i, blank);
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		accept_choices(root, good[i].ballot, good[i].v);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refuse_choices(root, bad[i].ballot, bad[i].why, bad[i].hex);
	vecfile_end(root, "choices.json");
}

/* ---- Tiles --------------------------------------------------------------- */

static void
tiles(void **state)
{
	static const struct {
		struct tile t;
		uint64_t size; /* a log that has this tile */
	} good[] = { { { 0, 0, 256 }, 300 }, { { 0, 1, 44 }, 300 },
		{ { 1, 0, 1 }, 300 }, { { 0, 1234067, 8 }, 315921160 },
		{ { 2, 18, 212 }, 315921160 },
		{ { TILE_LEVEL_ENTRIES, 999, 256 }, 256000 },
		{ { TILE_LEVEL_ENTRIES, 1000, 3 }, 256003 } };
	static const char *const bad[] = { "tile/0/0", "tile/00/000",
		"tile/64/000", "tile/0/x000/001", "tile/0/001/000",
		"tile/0/x001/x000", "tile/0/000.p/0", "tile/0/000.p/256",
		"tile/0/000.p/01", "tile/0/000/", "tile/data/000",
		"tile/0/x018/x446/x744/x073/x709/x551/616", "/tile/0/000" };
	json_t *root = vecfile_new("paths of tiles, C2SP tlog-tiles");
	char path[TILE_PATH_MAX];
	struct tile tile;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		const struct tile *g = &good[i].t;
		json_t *t = vecfile_test(root);

		tile_print(g, path);
		assert_int_equal(tile_parse(slice_str(path), &tile), OK);
		assert_int_equal(
		    tile_width(g->level, g->index, good[i].size), g->width);
		vecfile_str(t, "path", path);
		if (g->level == TILE_LEVEL_ENTRIES)
			vecfile_str(t, "level", "entries");
		else
			vecfile_int(t, "level", g->level);
		vecfile_int(t, "index", g->index);
		vecfile_int(t, "width", g->width);
		vecfile_int(t, "size", good[i].size);
		vecfile_int(t, "tiles", tile_count(g->level, good[i].size));
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		vecfile_str(vecfile_refused(root, "not a path of a tile",
				tile_parse(slice_str(bad[i]), &tile)),
		    "path", bad[i]);
	vecfile_end(root, "tile.json");
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries),
		cmocka_unit_test(ledgers),
		cmocka_unit_test(rolls),
		cmocka_unit_test(headers),
		cmocka_unit_test(forms),
		cmocka_unit_test(choices),
		cmocka_unit_test(tiles),
	};

	if (argc > 2 || (argc == 2 && strcmp(argv[1], "--write") != 0)) {
		(void)fprintf(stderr, "usage: %s [--write]\n", argv[0]);
		return 2;
	}
	vecfile_writing = argc == 2;
	return cmocka_run_group_tests_name(
	    "vectors_audit", tests, NULL, vec_free);
}
