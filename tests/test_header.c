#include <stdlib.h>
#include <string.h>

#include "hex.h"
#include "sample.h"

#include "vec.h"

#define KEY32 \
	"\"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a\""
#define KEY32B \
	"\"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c\""
#define KEY32C \
	"\"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025\""

/* Parse ${doc}, which is given up. */
static enum err
parse(json_t *doc, struct header **out, struct why *why)
{
	struct buf b = { 0 };
	enum err r;

	*out = NULL;
	memset(why, 0, sizeof(*why));
	sample_text(doc, &b);
	r = header_parse(buf_slice(&b), out, why);
	assert_int_equal(r == OK, *out != NULL);
	assert_int_equal(r == OK, why->text[0] == 0);
	buf_free(&b);
	json_decref(doc);
	return r;
}

static struct header *
good(json_t *doc)
{
	struct header *h;
	struct why why;

	if (parse(doc, &h, &why) != OK)
		fail_msg("%s", why.text);
	return h;
}

static void
every_member_is_read(void **state)
{
	json_t *doc = sample_header(SPACE_BALLOT);
	struct hash challenge, id;
	struct buf text = { 0 };
	struct header *h;

	(void)state;
	sample_edit(doc, "trustees.keys", "[" KEY32 "," KEY32B "]");
	sample_edit(doc, "trustees.threshold", "2");
	sample_edit(doc, "process", "\"percorso-1\"");
	sample_edit(doc, "cast_url", "\"https://voto.example.org/x\"");
	sample_edit(doc, "issuers.0.factor", "\"document\"");
	sample_text(doc, &text);
	h = good(doc);
	hash_bytes(buf_slice(&text), &id);
	assert_true(hash_equal(&h->id, &id));
	assert_string_equal(h->origin, "example.org/log");
	assert_string_equal(h->slug, "bilancio-2026");
	assert_int_equal(h->kind, SPACE_BALLOT);
	assert_string_equal(h->process, "percorso-1");
	assert_string_equal(
	    json_text(h->titles, "it"), "Bilancio partecipativo");
	assert_string_equal(
	    json_text(h->eligibility, "it"), "I residenti dai 16 anni");
	assert_int_equal(h->min_age, 16);
	assert_int_equal(h->n_issuers, 1);
	assert_string_equal(h->issuers[0].name, "example.org");
	assert_string_equal(h->issuers[0].url, "");
	assert_int_equal(h->issuers[0].factor, FACTOR_DOCUMENT);
	assert_non_null(h->issuers[0].keys[PURPOSE_VOTE].pub);
	assert_null(h->issuers[0].keys[PURPOSE_AUTHOR].pub);
	assert_int_equal(token_space_digest(slice_str("example.org"), &h->id,
			     slice_str("example.org"), &challenge),
	    OK);
	assert_true(hash_equal(&challenge, &h->issuers[0].challenge));
	token_key_id(h->issuers[0].keys[PURPOSE_VOTE].spki, &id);
	assert_true(hash_equal(&id, &h->issuers[0].keys[PURPOSE_VOTE].key_id));
	assert_string_equal(h->origin_info, "example.org");
	assert_int_equal(h->issuance.from, 1000);
	assert_int_equal(h->issuance.to, 2000);
	assert_int_equal(h->participation.from, 2000);
	assert_int_equal(h->participation.to, 3000);
	assert_true(h->separated);
	assert_int_equal(h->roll_root.b[31], 0x1f);
	assert_int_equal(h->roll_size, 100);
	assert_int_equal(h->n_trustees, 2);
	assert_int_equal(h->threshold, 2);
	assert_int_equal(h->trustees[1].b[0], 0x3d);
	assert_int_equal(h->n_witnesses, 0);
	assert_int_equal(h->seq_limit, 100);
	assert_int_equal(h->batch_interval, 300);
	assert_int_equal(h->grace, 3600);
	assert_int_equal(h->min_collected, 10);
	assert_int_equal(h->min_open, 5);
	assert_int_equal(h->paper, 1);
	assert_string_equal(h->cast_url, "https://voto.example.org/x");
	header_free(h);
	buf_free(&text);
	header_free(NULL);
}

static void
each_kind_has_the_keys_of_its_purposes(void **state)
{
	unsigned kind, p;

	(void)state;
	for (kind = SPACE_BALLOT; kind <= SPACE_QUESTIONNAIRE; kind++) {
		struct header *h = good(sample_header((enum space_kind)kind));

		assert_int_equal(h->kind, kind);
		for (p = 0; p <= PURPOSE_MAX; p++)
			assert_int_equal(h->issuers[0].keys[p].pub != NULL,
			    header_has_purpose(h->kind, p));
		header_free(h);
	}
	assert_false(header_has_purpose((enum space_kind)4, PURPOSE_VOTE));
	assert_false(header_has_purpose(SPACE_BALLOT, 0));
	assert_false(header_has_purpose(SPACE_BALLOT, PURPOSE_ANSWER));
	assert_true(header_has_purpose(SPACE_IDEAS, PURPOSE_VOICE));
	assert_string_equal(space_kind_name(SPACE_IDEAS), "ideas");
	assert_null(space_kind_name((enum space_kind)0));
	assert_null(space_kind_name((enum space_kind)4));
	assert_string_equal(factor_kind_name(FACTOR_BIRTH_DATE), "birth_date");
	assert_null(factor_kind_name((enum factor_kind)3));
}

static void
each_member_is_required_and_no_other_is_taken(void **state)
{
	static const char *const paths[] = { "batch_interval", "cast_url",
		"eligibility", "grace", "issuance", "issuers", "kind",
		"min_age", "min_collected", "min_open", "mode", "origin",
		"origin_info", "paper", "participation", "process", "roll",
		"seq_limit", "slug", "titles", "trustees", "version",
		"witnesses", "titles.it", "eligibility.it", "issuers.0.factor",
		"issuers.0.keys", "issuers.0.name", "issuers.0.url",
		"issuers.0.keys.vote", "issuance.from", "issuance.to",
		"participation.from", "participation.to", "roll.root",
		"roll.size", "trustees.keys", "trustees.threshold",
		"witnesses.keys", "witnesses.quorum" };
	static const char *const more[] = { "extra", "issuers.0.extra",
		"issuers.0.keys.author", "issuance.extra",
		"participation.extra", "roll.extra", "trustees.extra",
		"witnesses.extra" };
	struct header *h;
	struct why why;
	json_t *doc;
	const char *name;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		doc = sample_header(SPACE_BALLOT);
		sample_edit(doc, paths[i], NULL);
		assert_int_equal(parse(doc, &h, &why), ERR_FORMAT);
		name = strrchr(paths[i], '.');
		name = name == NULL ? paths[i] : name + 1;
		if (strstr(why.text, name) == NULL ||
		    strstr(why.text, "is missing") == NULL)
			fail_msg("%s: %s", paths[i], why.text);
	}
	for (i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		doc = sample_header(SPACE_BALLOT);
		sample_edit(doc, more[i], "\"x\"");
		assert_int_equal(parse(doc, &h, &why), ERR_FORMAT);
		if (strstr(why.text, "is not a member here") == NULL)
			fail_msg("%s: %s", more[i], why.text);
	}
}

/* One change to a good header, and a part of what must be said about it. */
struct row {
	const char *path;
	const char *value;
	const char *why; /* NULL: still good */
};

static void
try_rows(const struct row *rows, size_t n)
{
	struct header *h;
	struct why why;
	size_t i;

	for (i = 0; i < n; i++) {
		json_t *doc = sample_header(SPACE_BALLOT);
		enum err r;

		sample_edit(doc, rows[i].path, rows[i].value);
		r = parse(doc, &h, &why);
		header_free(h);
		if ((r == OK) != (rows[i].why == NULL))
			fail_msg("%s = %s: %s", rows[i].path, rows[i].value,
			    r == OK ? "taken" : why.text);
		if (r != OK && strstr(why.text, rows[i].why) == NULL)
			fail_msg("%s = %s: \"%s\" without \"%s\"", rows[i].path,
			    rows[i].value, why.text, rows[i].why);
	}
}

#define X10 "xxxxxxxxxx"
#define X60 X10 X10 X10 X10 X10 X10

static void
members_keep_their_form(void **state)
{
	static const struct row rows[] = {
		{ "version", "2", "version is 2, and must be from 1 to 1" },
		{ "version", "0", "version is 0" },
		{ "version", "\"1\"", "version is not an integer" },
		{ "origin", "\"\"", "origin is empty" },
		{ "origin", "\"a b\"", "origin is not the name of a log" },
		{ "origin", "\"a+b\"", "origin is not the name of a log" },
		{ "origin", "\"" X60 X60 X60 X60 "1234567\"", NULL },
		{ "origin", "\"" X60 X60 X60 X60 "12345678\"", "origin is" },
		{ "slug", "\"a\"", NULL },
		{ "slug", "\"" X60 "abcd\"", NULL },
		{ "slug", "\"" X60 "abcde\"", "slug is longer than 64" },
		{ "slug", "\"\"", "slug is empty" },
		{ "slug", "\"-a\"", "slug is not 1 to 64 of a-z" },
		{ "slug", "\"a-\"", "slug is not" },
		{ "slug", "\"A\"", "slug is not" },
		{ "slug", "\"a_b\"", "slug is not" },
		{ "slug", "\"a/b\"", "slug is not" },
		{ "slug", "\"..\"", "slug is not" },
		{ "slug", "\"\xc3\xa8\"", "slug is not" },
		{ "process", "\"-\"", "process is not 1 to 64" },
		{ "process", "\"a\"", NULL },
		{ "kind", "\"poll\"", "kind is none of ballot" },
		{ "kind", "\"\"", "kind is empty" },
		{ "kind", "\"ideas\"", "issuers[0].keys.vote is not a member" },
		{ "titles", "{\"it\":\"\"}", "titles.it is empty" },
		{ "titles", "{\"en\":\"\",\"it\":\"x\"}",
		    "titles.en is empty" },
		{ "titles", "{\"en\":\"x\"}", "titles.it is missing" },
		{ "titles.it", "\"" X60 X60 X60 X10 X10 "\"", NULL },
		{ "titles.it", "\"" X60 X60 X60 X10 X10 "x\"",
		    "titles.it is longer than 200 characters" },
		{ "titles.it", "\"a\\nb\"", "titles.it holds the control" },
		{ "eligibility.it", "\"a\\nb\"", NULL },
		{ "eligibility.it", "\"\"", NULL },
		{ "min_age", "0", NULL },
		{ "min_age", "120", NULL },
		{ "min_age", "121", "min_age is 121" },
		{ "min_age", "-1", "min_age is -1" },
		{ "issuers", "[]", "issuers has 0 elements" },
		{ "issuers", "{}", "issuers is not an array" },
		{ "issuers", "[1]", "issuers[0] is not an object" },
		{ "issuers.0.name", "\"\"", "issuers[0].name is empty" },
		{ "issuers.0.name", "\"a b\"",
		    "issuers[0].name is not a host" },
		{ "issuers.0.name", "\"\xc3\xa8\"",
		    "issuers[0].name is not a host" },
		{ "issuers.0.url", "\"https://a.example\"", NULL },
		{ "issuers.0.url", "\"http://127.0.0.1:8080/x\"", NULL },
		{ "issuers.0.url", "\"https://a.example/\"",
		    "issuers[0].url is neither empty nor" },
		{ "issuers.0.url", "\"https://\"", "issuers[0].url is" },
		{ "issuers.0.url", "\"https:///x\"", "issuers[0].url is" },
		{ "issuers.0.url", "\"ftp://a.example\"", "issuers[0].url is" },
		{ "issuers.0.url", "\"a.example\"", "issuers[0].url is" },
		{ "issuers.0.url", "\"https://a b\"", "issuers[0].url is" },
		{ "issuers.0.url", "\"https://a?b\"", "issuers[0].url is" },
		{ "issuers.0.url", "\"https://a#b\"", "issuers[0].url is" },
		{ "issuers.0.url", "\"HTTPS://a\"", "issuers[0].url is" },
		{ "issuers.0.factor", "\"birth_date\"", NULL },
		{ "issuers.0.factor", "\"pin\"", "issuers[0].factor is none" },
		{ "issuers.0.keys.vote", "\"\"",
		    "issuers[0].keys.vote is not a 2048-bit token key" },
		{ "issuers.0.keys.vote", "\"AAAA\"", "issuers[0].keys.vote" },
		{ "issuers.0.keys.vote", "5", "issuers[0].keys.vote is not a" },
		{ "origin_info", "\"\"", "origin_info is empty" },
		{ "origin_info", "\"a b\"", "origin_info is not a host" },
		{ "cast_url", "\"https://a.example/\"", "cast_url is neither" },
		{ "roll.root", "\"00\"", "roll.root is not 32 bytes" },
		{ "roll.size", "4294967295", NULL },
		{ "roll.size", "4294967296", "roll.size is 4294967296" },
		{ "roll.size", "-1", "roll.size is -1" },
		{ "seq_limit", "0", NULL },
		{ "seq_limit", "1000000", NULL },
		{ "seq_limit", "1000001", "seq_limit is 1000001" },
		{ "batch_interval", "0", "batch_interval is 0" },
		{ "batch_interval", "604800", NULL },
		{ "batch_interval", "604801", "batch_interval is 604801" },
		{ "grace", "0", NULL },
		{ "grace", "604801", "grace is 604801" },
		{ "min_collected", "-1", "min_collected is -1" },
		{ "min_open", "4294967296", "min_open is" },
		{ "paper", "2", "paper is 2" },
		{ "paper", "0", NULL },
	};

	(void)state;
	try_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void
contradictions_of_windows_are_named(void **state)
{
	static const struct row rows[] = {
		{ "issuance", "{\"from\":5,\"to\":5}",
		    "issuance ends (to) before or when it begins" },
		{ "issuance", "{\"from\":6,\"to\":5}", "issuance ends" },
		{ "issuance", "{\"from\":-1,\"to\":5}", "issuance.from is -1" },
		{ "issuance", "{\"from\":1,\"to\":9007199254740991}",
		    "participation.from is before issuance.to" },
		{ "issuance", "7", "issuance is not an object" },
		{ "participation", "{\"from\":3000,\"to\":2000}",
		    "participation ends" },
		{ "participation", "{\"from\":1999,\"to\":3000}",
		    "mode is separated, but participation.from is before" },
		{ "participation", "{\"from\":2001,\"to\":3000}", NULL },
		{ "mode", "\"open\"", "mode is neither" },
		{ "mode", "\"overlapping\"", "that is separated" },
	};
	static const struct {
		int issuance_from, issuance_to, from, to;
		const char *why;
	} over[] = {
		{ 1000, 3000, 1000, 3000, NULL },
		{ 1000, 2001, 2000, 3000, NULL },
		{ 1000, 3000, 999, 3000, "before issuance.from" },
		{ 1000, 3001, 1000, 3000, "after participation.to" },
		{ 1000, 2000, 2000, 3000, "that is separated" },
	};
	struct header *h;
	struct why why;
	size_t i;

	(void)state;
	try_rows(rows, sizeof(rows) / sizeof(rows[0]));
	for (i = 0; i < sizeof(over) / sizeof(over[0]); i++) {
		json_t *doc = sample_header(SPACE_BALLOT);
		enum err r;

		json_object_set_new(doc, "mode", json_string("overlapping"));
		json_object_set_new(doc, "issuance",
		    json_pack("{si si}", "from", over[i].issuance_from, "to",
			over[i].issuance_to));
		json_object_set_new(doc, "participation",
		    json_pack(
			"{si si}", "from", over[i].from, "to", over[i].to));
		r = parse(doc, &h, &why);
		assert_int_equal(r == OK, over[i].why == NULL);
		if (r == OK)
			assert_false(h->separated);
		else
			assert_non_null(strstr(why.text, over[i].why));
		header_free(h);
	}
}

static void
contradictions_of_trustees_are_named(void **state)
{
	static const struct row rows[] = {
		{ "trustees.threshold", "1", "there are no keys" },
		{ "trustees", "{\"keys\":[" KEY32 "],\"threshold\":0}",
		    "trustees.threshold is 0 of 1 keys" },
		{ "trustees", "{\"keys\":[" KEY32 "],\"threshold\":1}", NULL },
		{ "trustees", "{\"keys\":[" KEY32 "],\"threshold\":2}",
		    "trustees.threshold is 2 of 1 keys" },
		{ "trustees",
		    "{\"keys\":[" KEY32 "," KEY32B "],\"threshold\":1}",
		    "trustees.threshold is 1 of 2 keys" },
		{ "trustees",
		    "{\"keys\":[" KEY32 "," KEY32B "," KEY32C
		    "],\"threshold\":2}",
		    NULL },
		{ "trustees",
		    "{\"keys\":[" KEY32 "," KEY32 "],\"threshold\":2}",
		    "trustees.keys[0] and keys[1] are the same" },
		{ "trustees", "{\"keys\":[\"00\"],\"threshold\":1}",
		    "trustees.keys[0] is not an Ed25519 key" },
		/* The neutral element: of small order. */
		{ "trustees",
		    "{\"keys\":[\"010000000000000000000000000000000000000000000"
		    "0000000000000000000\"],\"threshold\":1}",
		    "trustees.keys[0] is not an Ed25519 key" },
		{ "trustees", "{\"keys\":[1],\"threshold\":1}",
		    "trustees.keys[0] is not a string" },
		{ "trustees", "{\"keys\":[],\"threshold\":10}",
		    "trustees.threshold is 10" },
	};

	(void)state;
	try_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

/* Whatever else a header of that kind says. */
static void
only_votes_have_trustees(void **state)
{
	unsigned kind;

	(void)state;
	for (kind = SPACE_BALLOT; kind <= SPACE_QUESTIONNAIRE; kind++) {
		json_t *doc = sample_header((enum space_kind)kind);
		struct header *h;
		struct why why;

		sample_edit(doc, "trustees.keys", "[" KEY32 "," KEY32B "]");
		sample_edit(doc, "trustees.threshold", "2");
		if (kind == SPACE_BALLOT) {
			h = good(doc);
			assert_int_equal(h->n_trustees, 2);
			header_free(h);
			continue;
		}
		assert_int_equal(parse(doc, &h, &why), ERR_FORMAT);
		assert_non_null(strstr(why.text, "only votes are sealed"));
	}
}

/* The verifier key of a witness, as JSON text. */
static void
witness(uint8_t n, enum note_type type, struct buf *b)
{
	uint8_t seed[SEED_BYTES] = { n };
	struct note_key w;
	struct sign_key k;

	sign_key_from_seed(seed, &k);
	assert_int_equal(
	    note_key_make("witness.example/w", type, &k.pk, &w), OK);
	buf_u8(b, '"');
	note_key_print(&w, b);
	buf_u8(b, '"');
}

static void
contradictions_of_witnesses_are_named(void **state)
{
	struct header *h;
	struct why why;
	unsigned n, quorum;

	(void)state;
	for (n = 0; n <= 33; n++) {
		for (quorum = 0; quorum <= 33; quorum += n == 2 ? 1 : 3) {
			json_t *doc = sample_header(SPACE_BALLOT);
			unsigned i;
			enum err r;

			for (i = 0; i < n; i++) {
				struct buf b = { 0 };
				char path[40];

				witness((uint8_t)i, NOTE_COSIGNATURE, &b);
				(void)snprintf(
				    path, sizeof(path), "witnesses.keys.%u", i);
				sample_edit(doc, path, buf_text(&b));
				buf_free(&b);
			}
			json_object_set_new(json_object_get(doc, "witnesses"),
			    "quorum", json_integer(quorum));
			r = parse(doc, &h, &why);
			assert_int_equal(r == OK, n <= 32 && quorum <= n);
			if (r == OK) {
				assert_int_equal(h->n_witnesses, n);
				assert_int_equal(h->quorum, quorum);
			} else {
				assert_non_null(strstr(why.text, "witnesses."));
			}
			header_free(h);
		}
	}
}

static void
witness_keys_are_cosigners_each_once(void **state)
{
	json_t *doc = sample_header(SPACE_BALLOT);
	struct buf b = { 0 };
	struct header *h;
	struct why why;

	(void)state;
	witness(1, NOTE_ED25519, &b);
	sample_edit(doc, "witnesses.keys.0", buf_text(&b));
	assert_int_equal(parse(doc, &h, &why), ERR_FORMAT);
	assert_non_null(strstr(why.text, "witnesses.keys[0] is not"));
	doc = sample_header(SPACE_BALLOT);
	b.n = 0;
	witness(1, NOTE_COSIGNATURE, &b);
	sample_edit(doc, "witnesses.keys.0", buf_text(&b));
	sample_edit(doc, "witnesses.keys.1", buf_text(&b));
	assert_int_equal(parse(doc, &h, &why), ERR_CONFLICT);
	assert_non_null(strstr(why.text, "are the same"));
	doc = sample_header(SPACE_BALLOT);
	b.p[5] ^= 1; /* the id no longer fits */
	sample_edit(doc, "witnesses.keys.0", buf_text(&b));
	assert_int_equal(parse(doc, &h, &why), ERR_FORMAT);
	doc = sample_header(SPACE_BALLOT);
	sample_edit(doc, "witnesses.keys.0", "5");
	assert_int_equal(parse(doc, &h, &why), ERR_FORMAT);
	buf_free(&b);
}

static void
a_token_key_serves_one_issuer_and_purpose(void **state)
{
	json_t *doc = sample_header(SPACE_IDEAS);
	struct header *h;
	struct why why;

	(void)state;
	json_object_set_new(
	    json_object_get(
		json_array_get(json_object_get(doc, "issuers"), 0), "keys"),
	    "voice", json_string(sample_keys[0]));
	assert_int_equal(parse(doc, &h, &why), ERR_CONFLICT);
	assert_non_null(strstr(
	    why.text, "issuers[0].keys.voice is used in this header already"));
	doc = sample_header(SPACE_BALLOT);
	json_array_append_new(json_object_get(doc, "issuers"),
	    json_deep_copy(json_array_get(json_object_get(doc, "issuers"), 0)));
	assert_int_equal(parse(json_deep_copy(doc), &h, &why), ERR_CONFLICT);
	assert_non_null(strstr(why.text, "issuers[1].keys.vote is used"));
	json_object_set_new(
	    json_object_get(
		json_array_get(json_object_get(doc, "issuers"), 1), "keys"),
	    "vote", json_string(sample_keys[1]));
	h = good(doc);
	assert_int_equal(h->n_issuers, 2);
	header_free(h);
}

static void
every_changed_character_of_a_key_is_refused_or_another_key(void **state)
{
	char text[500];
	size_t i, n = strlen(sample_keys[0]);
	struct header *h, *first;
	struct why why;

	(void)state;
	first = good(sample_header(SPACE_BALLOT));
	for (i = 0; i < n; i += 7) {
		json_t *doc = sample_header(SPACE_BALLOT);

		memcpy(text + 1, sample_keys[0], n);
		text[0] = '"';
		text[n + 1] = '"';
		text[n + 2] = 0;
		text[i + 1] = text[i + 1] == 'A' ? 'B' : 'A';
		sample_edit(doc, "issuers.0.keys.vote", text);
		if (parse(doc, &h, &why) == OK)
			assert_false(
			    hash_equal(&h->issuers[0].keys[PURPOSE_VOTE].key_id,
				&first->issuers[0].keys[PURPOSE_VOTE].key_id));
		header_free(h);
	}
	header_free(first);
}

static void
only_canonical_whole_documents_are_read(void **state)
{
	json_t *doc = sample_header(SPACE_BALLOT);
	struct header *h = NULL;
	struct buf b = { 0 };
	struct why why;
	char *pretty;
	size_t n;

	(void)state;
	sample_text(doc, &b);
	for (n = 0; n < b.n; n++)
		assert_int_not_equal(
		    header_parse(
			slice_of(vec_copy(slice_of(b.p, n)), n), &h, &why),
		    OK);
	buf_u8(&b, '\n');
	assert_int_equal(header_parse(buf_slice(&b), &h, &why), ERR_FORMAT);
	pretty = json_dumps(doc, JSON_INDENT(1) | JSON_SORT_KEYS);
	assert_int_equal(header_parse(slice_str(pretty), &h, &why), ERR_FORMAT);
	assert_non_null(strstr(why.text, "canonical"));
	assert_int_equal(header_parse(slice_str("[]"), &h, &why), ERR_FORMAT);
	assert_non_null(strstr(why.text, "not an object"));
	assert_null(h);
	free(pretty);
	buf_free(&b);
	json_decref(doc);
}

static void
a_record_belongs_to_the_next_window_end(void **state)
{
	json_t *doc = sample_header(SPACE_BALLOT);
	struct header *h;
	uint64_t t, end, ends = 0;

	(void)state;
	sample_edit(doc, "participation", "{\"from\":2000,\"to\":3001}");
	h = good(doc);
	/* 2300, 2600, 2900, 3001 */
	assert_int_equal(header_window_end(h, 1999), 0);
	assert_int_equal(header_window_end(h, 2000), 2300);
	assert_int_equal(header_window_end(h, 2299), 2300);
	assert_int_equal(header_window_end(h, 2300), 2600);
	assert_int_equal(header_window_end(h, 2899), 2900);
	assert_int_equal(header_window_end(h, 2900), 3001);
	assert_int_equal(header_window_end(h, 3000), 3001);
	assert_int_equal(header_window_end(h, 3001), 0);
	assert_int_equal(header_window_end(h, UINT64_MAX), 0);
	for (t = 0; t < 4000; t++) {
		ends += header_is_window_end(h, t) != 0;
		if ((end = header_window_end(h, t)) == 0)
			continue;
		assert_true(end > t && header_is_window_end(h, end));
		while (--end > t) /* none lies between */
			assert_false(header_is_window_end(h, end));
	}
	assert_int_equal(ends, 4);
	header_free(h);
	doc = sample_header(SPACE_BALLOT);
	sample_edit(doc, "participation", "{\"from\":2000,\"to\":2600}");
	h = good(doc);
	/* An end that is a multiple is there once. */
	assert_int_equal(header_window_end(h, 2300), 2600);
	assert_true(header_is_window_end(h, 2300));
	assert_true(header_is_window_end(h, 2600));
	assert_false(header_is_window_end(h, 2000));
	assert_false(header_is_window_end(h, 2900));
	assert_false(header_is_window_end(h, 0));
	header_free(h);
}

static void
slugs_are_lower_case_words(void **state)
{
	static const char *const bad[] = { "", "-", "a-", "-a", "A", "a b",
		"a.b", "a\n", "\xc3\xa8" };
	size_t i;

	(void)state;
	assert_int_equal(slug_check("a"), OK);
	assert_int_equal(slug_check("a-1"), OK);
	assert_int_equal(slug_check("0"), OK);
	assert_int_equal(slug_check("a--b"), OK);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(slug_check(bad[i]), ERR_FORMAT);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member_is_read),
		cmocka_unit_test(each_kind_has_the_keys_of_its_purposes),
		cmocka_unit_test(each_member_is_required_and_no_other_is_taken),
		cmocka_unit_test(members_keep_their_form),
		cmocka_unit_test(contradictions_of_windows_are_named),
		cmocka_unit_test(contradictions_of_trustees_are_named),
		cmocka_unit_test(only_votes_have_trustees),
		cmocka_unit_test(contradictions_of_witnesses_are_named),
		cmocka_unit_test(witness_keys_are_cosigners_each_once),
		cmocka_unit_test(a_token_key_serves_one_issuer_and_purpose),
		cmocka_unit_test(
		    every_changed_character_of_a_key_is_refused_or_another_key),
		cmocka_unit_test(only_canonical_whole_documents_are_read),
		cmocka_unit_test(a_record_belongs_to_the_next_window_end),
		cmocka_unit_test(slugs_are_lower_case_words),
	};

	return cmocka_run_group_tests(tests, NULL, vec_free);
}
