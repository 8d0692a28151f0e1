/*
 * Attacks on what the public log says, and on those who audit it:
 * docs/THREATS.md names each by its row of the table there.  Below are the
 * tests of the rules of PROTOCOL that exist because of an attack.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "admit.h"
#include "checkpoint.h"
#include "fetch.h"
#include "hex.h"
#include "json.h"
#include "verify.h"

#include "attack.h"
#include "live.h"

#define NOTHING slice_of(NULL, 0)

/* --- A25: order and time --------------------------------------------------*/

#define ORDERED 10 /* voters */

static int
has_two_batches(const struct space *sp)
{
	return sp->batches > 1;
}

/* The voter whose turn is the ${i}th. */
static size_t
turn(size_t i, int other_order)
{
	return other_order ? (7 * i + 3) % ORDERED : i;
}

/* One window of casts; in the second, half of them vote twice. */
static void
cast_window(struct town *t, const struct space *sp, unsigned window, int other)
{
	uint64_t from = TOWN_FROM + (uint64_t)window * TOWN_INTERVAL;
	size_t i, who;

	for (i = 0; i < ORDERED; i++) {
		/* Early and all at once, or late and one by one. */
		town_clock(t, other ? from + 20 + 7 * i : from + 1);
		who = turn(i, other);
		assert_int_equal(town_vote(t, sp, &t->voters[who], window,
				     (unsigned)(who + window) % 6),
		    PROBLEM_NONE);
		if (window == 1 && who % 2 == 0)
			assert_int_equal(
			    town_vote(t, sp, &t->voters[who], 2, 5),
			    PROBLEM_NONE);
	}
}

/* From the asks, which are the voters', to the close; the checkpoint. */
static void
live_through(struct town *t, int other, struct buf *note)
{
	struct space *sp;
	size_t i;

	sp = world_space_by_slug(service_read(t->service), "bilancio");
	service_done(t->service);
	assert_non_null(sp);
	for (i = 0; i < ORDERED; i++) {
		town_clock(t, other ? 1900 - 50 * i : 1000 + 10 * i);
		assert_int_equal(town_again(t, sp, &t->voters[turn(i, other)]),
		    PROBLEM_NONE);
	}
	town_clock(t, TOWN_FROM);
	assert_true(town_wait(t, attack_has_destroyed, sp));
	cast_window(t, sp, 0, other);
	town_clock(t, TOWN_FROM + TOWN_INTERVAL);
	assert_true(town_wait(t, attack_has_batch, sp));
	cast_window(t, sp, 1, other);
	town_clock(t, TOWN_FROM + 2 * TOWN_INTERVAL);
	assert_true(town_wait(t, has_two_batches, sp));
	town_clock(t, TOWN_TO);
	assert_int_equal(town_close(t, sp, NULL), PROBLEM_NONE);
	assert_int_equal(sp->close_records, 2 * ORDERED + ORDERED / 2);
	assert_true(town_sound(t));
	assert_int_equal(service_checkpoint(t->service, note), OK);
}

static void
A25_order_and_time_leave_no_trace_in_the_log(void **state)
{
	struct town *t = *state, again;
	struct space *sp = town_space(t, "bilancio", NULL);
	struct buf one = { 0 }, two = { 0 };
	size_t i;

	/* Too early to be answered, but the asks are made. */
	for (i = 0; i < ORDERED; i++)
		assert_int_equal(
		    town_ask(t, sp, &t->voters[i]), PROBLEM_ISSUANCE_CLOSED);
	town_shut(t);
	attack_copy(t, &again);
	assert_int_equal(town_open(t, NULL), OK);
	town_clock(&again, 0);
	assert_int_equal(town_open(&again, NULL), OK);
	live_through(t, 0, &one);
	live_through(&again, 1, &two);
	/* One checkpoint: the same root, so every byte of the log. */
	assert_true(slice_equal(buf_slice(&one), buf_slice(&two)));
	town_free(&again);
	buf_free(&one);
	buf_free(&two);
}

static void
A25_a_batch_that_remembers_an_order_is_refused(void **state)
{
	(void)state;
	assert_true(attack_twist("batch-order", RULE_BATCH));
}

/* --- A26: hosts and clocks in identifiers ---------------------------------*/

#define WORDS 32

struct leaks {
	uint64_t from, to;    /* real time of the run, UNIX seconds */
	char word[WORDS][80]; /* host name, hardware addresses */
	size_t n_words;
	size_t files, bytes;
};

static int
in_run(const struct leaks *l, uint64_t seconds)
{
	return seconds >= l->from && seconds <= l->to;
}

static int
is_hex(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* 8-4-4-4-12 hexadecimal digits, of version 1. */
static int
is_uuid_text(const uint8_t *p)
{
	size_t i;

	for (i = 0; i < 36; i++) {
		int dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? p[i] != '-' : !is_hex(p[i]))
			return 0;
	}
	return p[14] == '1';
}

/* Sixteen bytes of version 1 that say when they were made: in this run. */
static int
is_uuid_of(const struct leaks *l, const uint8_t *p)
{
	/* 100 ns since 1582-10-15 */
	const uint64_t unix_epoch = 0x01b21dd213814000;
	uint64_t when;

	if (p[6] >> 4 != 1 || p[8] >> 6 != 2)
		return 0;
	when = (uint64_t)(load16(p + 6) & 0xfff) << 48 |
	       (uint64_t)load16(p + 4) << 32 | load32(p);
	return when > unix_epoch && in_run(l, (when - unix_epoch) / 10000000);
}

static uint64_t
load_little(const uint8_t *p)
{
	uint64_t v = 0;
	unsigned i;

	for (i = 0; i < 8; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

/* The time of the run, in seconds or in thousandths, as text or binary. */
static int
is_time_of(const struct leaks *l, const uint8_t *p, size_t n)
{
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < 10 && i < n && p[i] >= '0' && p[i] <= '9'; i++)
		v = 10 * v + (uint64_t)(p[i] - '0');
	if (i == 10 && in_run(l, v))
		return 1;
	if (n < 8)
		return 0;
	return in_run(l, load64(p)) || in_run(l, load64(p) / 1000) ||
	       in_run(l, load_little(p)) || in_run(l, load_little(p) / 1000);
}

/* What leaks, or NULL. */
static const char *
leak_in(const struct leaks *l, struct slice s)
{
	size_t i, w, n;

	for (i = 0; i < s.n; i++) {
		const uint8_t *p = s.p + i;

		if (s.n - i >= 36 && is_uuid_text(p))
			return "a UUID of version 1";
		if (s.n - i >= 16 && is_uuid_of(l, p))
			return "the bytes of a UUID of version 1";
		if (is_time_of(l, p, s.n - i))
			return "the time of this run";
		for (w = 0; w < l->n_words; w++) {
			n = strlen(l->word[w]);
			if (s.n - i >= n && memcmp(p, l->word[w], n) == 0)
				return l->word[w];
		}
	}
	return NULL;
}

static void
add_word(struct leaks *l, const char *word)
{
	/* Very short names are found anywhere. */
	if (l->n_words < WORDS && strlen(word) >= 5)
		(void)snprintf(
		    l->word[l->n_words++], sizeof(l->word[0]), "%s", word);
}

/* This machine's name and the hardware addresses of its interfaces. */
static void
know_the_host(struct leaks *l)
{
	char name[80] = "", path[400], mac[32], bare[32];
	struct dirent *e;
	size_t i, k;
	FILE *f;
	DIR *d;

	if (gethostname(name, sizeof(name) - 1) == 0 &&
	    strcmp(name, "localhost") != 0)
		add_word(l, name);
	d = opendir("/sys/class/net");
	while (d != NULL && (e = readdir(d)) != NULL) {
		(void)snprintf(path, sizeof(path),
		    "/sys/class/net/%.200s/address", e->d_name);
		if ((f = fopen(path, "r")) == NULL)
			continue;
		if (fgets(mac, sizeof(mac), f) != NULL && strlen(mac) >= 17 &&
		    strncmp(mac, "00:00:00:00:00:00", 17) != 0) {
			mac[17] = '\0';
			add_word(l, mac);
			for (i = 0, k = 0; i < 17; i++)
				if (mac[i] != ':')
					bare[k++] = mac[i];
			bare[k] = '\0';
			add_word(l, bare);
		}
		(void)fclose(f);
	}
	if (d != NULL)
		(void)closedir(d);
}

static void
scan(struct leaks *l, struct slice s, const char *where)
{
	const char *what = leak_in(l, s);

	if (what != NULL)
		fail_msg("%s: %s", where, what);
	l->files++;
	l->bytes += s.n;
}

static void
scan_folder(struct leaks *l, const char *dir)
{
	char path[2000];
	struct buf b = { 0 };
	struct dirent *e;
	struct stat st;
	DIR *d = opendir(dir);

	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		scan(l, slice_str(e->d_name), path);
		assert_int_equal(stat(path, &st), 0);
		if (S_ISDIR(st.st_mode)) {
			scan_folder(l, path);
			continue;
		}
		b.n = 0;
		datadir_read(dir, e->d_name, &b);
		scan(l, buf_slice(&b), path);
	}
	(void)closedir(d);
	buf_free(&b);
}

static void
scan_pages(struct leaks *l, const char *base)
{
	static const char *const pages[] = { "/", "/spazi/scritta",
		"/spazi/scritta/risultati", "/spazi/scritta/vota",
		"/spazi/scritta/controlla", "/controlla", "/ritira", "/tessere",
		"/kiosk", "/come-funziona", "/note-legali", "/verifica",
		"/privacy", "/api/v1/spaces", "/log/policy" };
	struct fetch_request q = { .method = "GET", .max = 1 << 20 };
	struct fetch *f = fetch_new();
	struct fetch_answer a;
	struct why why = { "" };
	char url[200];
	size_t i;

	assert_non_null(f);
	for (i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		(void)snprintf(url, sizeof(url), "%s%s", base, pages[i]);
		q.url = url;
		memset(&a, 0, sizeof(a));
		if (fetch_do(f, &q, &a, &why) != OK)
			fail_msg("%s", why.text);
		assert_int_equal(a.status, 200);
		scan(l, buf_slice(&a.body), url);
		buf_free(&a.body);
	}
	fetch_free(f);
}

/* A space with some votes, from start to result. */
static void
small_election(struct live *l)
{
	uint64_t end = LIVE_FROM + 2 * LIVE_INTERVAL;
	struct resident_receipt got = { 0 };
	struct buf token = { 0 }, raw = { 0 };
	struct why why = { "" };
	struct live_space sp;
	struct api *a;
	size_t i;

	live_clock(l, LIVE_FROM + 1);
	live_space(l, "scritta", end, &sp);
	a = live_api(l);
	for (i = 0; i < l->n; i++) {
		token.n = 0;
		raw.n = 0;
		if (live_collect(l, &sp, a, i, &token, &why) != OK)
			fail_msg("%s", why.text);
		live_record(l, &sp, i, 0, &token, (unsigned)i + 1, &raw);
		if (resident_send(a, sp.header, buf_slice(&raw),
			&l->receipt_key, &got, &why) != OK)
			fail_msg("%s", why.text);
		buf_free(&got.text);
	}
	api_free(a);
	live_clock(l, end);
	assert_int_equal(live_close(l, &sp), 0);
	buf_free(&token);
	buf_free(&raw);
	live_space_free(&sp);
}

static void
A26_no_identifier_tells_host_or_time(void **state)
{
	struct leaks l = { .from = (uint64_t)time(NULL) - 1 };
	char copy[DATADIR_PATH + 16];
	const char *args[] = { "fetch", NULL, copy, NULL };
	struct live *live;

	(void)state;
	if (l.from / 100000 == LIVE_FROM / 100000) {
		print_message(
		    "skipped: the rehearsal's clock would be right\n");
		skip();
	}
	live = live_new(12);
	args[1] = live->url;
	(void)snprintf(copy, sizeof(copy), "%s/copy", live->root);
	small_election(live);
	assert_int_equal(live_run("partecipa-audit", args), 0);
	l.to = (uint64_t)time(NULL) + 1;
	know_the_host(&l);
	scan_folder(&l, copy);
	scan_pages(&l, live->url);
	print_message(
	    "%zu files, %zu bytes, %zu words\n", l.files, l.bytes, l.n_words);
	assert_true(l.files > 20 && l.bytes > 20000);
	live_free(live);
}

static void
A26_the_search_finds_what_is_planted(void **state)
{
	/* 2030-01-01 00:00:00 and the host 02:42:ac:11:00:02 */
	static const char text[] =
	    "{\"id\":\"7a8d0000-650a-1255-8000-0242ac110002\"}";
	struct leaks l = { .from = 1893455990, .to = 1893456010 };
	uint8_t uuid[20] = { 9, 9 }, when[12] = { 0 };
	uint64_t ticks = 0x01b21dd213814000 + 1893456000ULL * 10000000;
	uint8_t noise[512];
	size_t i;

	(void)state;
	add_word(&l, "02:42:ac:11:00:02");
	assert_non_null(leak_in(&l, slice_str(text)));
	store32(uuid + 2, (uint32_t)ticks);
	store16(uuid + 6, (uint16_t)(ticks >> 32));
	store16(uuid + 8, (uint16_t)(ticks >> 48 | 0x1000));
	uuid[10] = 0x80;
	assert_non_null(leak_in(&l, slice_of(uuid, sizeof(uuid))));
	uuid[8] ^= 0x50; /* version 4 */
	assert_null(leak_in(&l, slice_of(uuid, sizeof(uuid))));
	assert_non_null(leak_in(&l, slice_str("x1893456000")));
	assert_non_null(leak_in(&l, slice_str("\"1893456000123\"")));
	store64(when + 3, 1893456000);
	assert_non_null(leak_in(&l, slice_of(when, sizeof(when))));
	store64(when + 3, 1893456000123);
	assert_non_null(leak_in(&l, slice_of(when, sizeof(when))));
	assert_non_null(leak_in(&l, slice_str("on 02:42:ac:11:00:02.")));
	for (i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)(i * 37);
	assert_null(leak_in(&l, slice_of(noise, sizeof(noise))));
}

/* --- A37: an audit that says all is well ----------------------------------*/

/* What `partecipa-audit verify --json` prints, and its exit status. */
static int
verify(const char *dir, const char *earlier, json_t **doc)
{
	struct verify_options o = { .where = dir, .json = 1 };
	FILE *out = tmpfile(), *err = tmpfile();
	const char *args[] = { "verify", dir, NULL };
	struct buf b = { 0 };
	struct why why;
	char piece[4096];
	int status;
	size_t n;

	o.earlier = earlier;
	assert_non_null(out);
	assert_non_null(err);
	status = (int)verify_run(&o, out, err);
	rewind(out);
	while ((n = fread(piece, 1, sizeof(piece), out)) > 0)
		buf_put(&b, piece, n);
	assert_int_equal(json_read(buf_slice(&b), doc, &why), OK);
	buf_free(&b);
	(void)fclose(out);
	(void)fclose(err);
	/* The program itself ends so. */
	if (earlier == NULL)
		assert_int_equal(live_run("partecipa-audit", args), status);
	return status;
}

static const json_t *
row_of(const json_t *doc, enum rule_no no)
{
	return json_array_get(json_object_get(doc, "rules"), no - 1);
}

static uint64_t
judged(const json_t *doc, enum rule_no no)
{
	return (uint64_t)json_integer_value(
	    json_object_get(row_of(doc, no), "judged"));
}

static void
A37_each_phase_has_a_fault_that_is_named_and_ends_with_one(void **state)
{
	static const struct {
		const char *twist;
		enum rule_no rule;
	} cases[] = {
		{ "staff-signature", RULE_STAFF_SIGNATURE },
		{ "roll-size", RULE_ROLL },
		{ "form-twice", RULE_FORM_ONCE },
		{ "ledger-signature", RULE_LEDGER_SIGNATURE },
		{ "token", RULE_RECORD_TOKEN },
		{ "close-records", RULE_CLOSE },
		{ "result", RULE_RESULT },
	};
	const json_t *broken;
	struct forge *f;
	const char *dir;
	json_t *doc;
	unsigned phases = 0;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct rule_row *rule = rule_of(cases[i].rule);

		phases |= 1U << rule->phase;
		dir = forge_dir("phases");
		f = forge_new(cases[i].twist);
		forge_town(f, dir);
		assert_int_equal(verify(dir, NULL, &doc), VERIFY_BROKEN);
		broken = json_object_get(doc, "broken");
		assert_in_range(json_array_size(broken), 1, 10);
		assert_string_equal(json_string_value(json_object_get(
					json_array_get(broken, 0), "rule")),
		    rule->name);
		assert_string_equal(json_string_value(json_object_get(
					row_of(doc, rule->no), "state")),
		    "broken");
		assert_true(judged(doc, rule->no) > 0);
		json_decref(doc);
		forge_clean(dir);
		forge_free(f);
	}
	assert_int_equal(phases, (2U << PHASE_RESULT) - 1);
}

/* A checkpoint kept from the log's first entries. */
static void
keep_earlier(struct forge *f, const char *path)
{
	struct checkpoint c = { FORGE_ORIGIN, 3, { { 0 } } };
	struct merkle m = { 0 };
	struct buf b = { 0 };
	struct hash leaf;
	size_t i;
	FILE *out;

	for (i = 0; i < 3; i++) {
		hash_leaf(buf_slice(&f->entries[i].bytes), &leaf);
		merkle_append(&m, &leaf);
	}
	merkle_root(&m, &c.root);
	assert_int_equal(checkpoint_sign(&c, &f->log, &b), OK);
	assert_non_null(out = fopen(path, "wb"));
	assert_int_equal(fwrite(b.p, 1, b.n, out), b.n);
	assert_int_equal(fclose(out), 0);
	buf_free(&b);
}

static void
A37_an_audit_counts_what_it_judged(void **state)
{
	const char *dir = forge_dir("judged");
	struct forge *f = forge_new("");
	char earlier[400];
	json_t *doc;
	unsigned i;

	(void)state;
	forge_town(f, dir);
	(void)snprintf(earlier, sizeof(earlier), "%s/earlier", dir);
	keep_earlier(f, earlier);
	assert_int_equal(verify(dir, earlier, &doc), VERIFY_COMPLETE);
	for (i = 1; i <= RULE_MAX; i++) {
		if (judged(doc, i) == 0)
			fail_msg("rule %s was never judged", rule_of(i)->name);
		assert_string_equal(
		    json_string_value(json_object_get(row_of(doc, i), "state")),
		    "held");
	}
	assert_int_equal(judged(doc, RULE_RECORD_TOKEN), 11);
	assert_int_equal(judged(doc, RULE_RECORD_PROOF), 5);
	assert_int_equal(judged(doc, RULE_RECORD_SIGNATURE), 13);
	assert_int_equal(judged(doc, RULE_LEDGER_SIGNATURE), 18);
	json_decref(doc);
	forge_clean(dir);
	forge_free(f);
}

/* --- What PROTOCOL orders because of an attack ----------------------------*/

static void
a_header_comes_before_its_form_and_the_form_before_records(void **state)
{
	static const char *const overlapping[] = { "mode", "\"overlapping\"",
		"issuance", "{\"from\":1000,\"to\":2500}", "participation",
		"{\"from\":1500,\"to\":3000}", NULL };
	struct town *t = *state;
	struct entry e = { .kind = ENTRY_HEADER };
	struct buf doc = { 0 }, raw = { 0 };
	struct hash none = { { 0 } };
	struct why why = { { 0 } };
	struct space *sp;
	struct record r;
	uint64_t window;
	int repeat;

	town_header(t, "bilancio", overlapping, &doc);
	hash_bytes(buf_slice(&doc), &e.space_id);
	e.object = e.space_id;
	assert_int_equal(town_post(t, &e, buf_slice(&doc), NULL), PROBLEM_NONE);
	sp = world_space_by_slug(service_read(t->service), "bilancio");
	service_done(t->service);
	town_clock(t, 1600);
	/* Papers are collected while the options are still open... */
	assert_int_equal(town_ask(t, sp, &t->voters[0]), PROBLEM_NONE);
	/* ...but nothing is cast before there is a form, nor for another. */
	memset(&r, 0, sizeof(r));
	r.kind = RECORD_BALLOT;
	r.purpose = PURPOSE_VOTE;
	r.space_id = sp->header->id;
	r.form_id = none;
	r.body = slice_of("\0\1", 2);
	r.authenticators = t->voters[0].token;
	r.n_auth = 1;
	assert_int_equal(record_sign(&r, &t->voters[0].credential, &raw), OK);
	assert_int_equal(town_cast(t, buf_slice(&raw), &window, &repeat, &why),
	    PROBLEM_FORM_MISSING);
	assert_int_equal(town_form(t, sp, NULL), PROBLEM_NONE);
	assert_int_equal(town_form(t, sp, &why), PROBLEM_RULE);
	assert_int_equal(town_cast(t, buf_slice(&raw), &window, &repeat, &why),
	    PROBLEM_RECORD_FORMAT);
	assert_int_equal(town_vote(t, sp, &t->voters[0], 0, 1), PROBLEM_NONE);
	assert_true(town_sound(t));
	/* The auditor: a form without a header, twice, after records. */
	assert_true(attack_twist("form-twice", RULE_FORM_ONCE));
	assert_true(attack_twist("form-late", RULE_FORM_ONCE));
	assert_true(attack_twist("form-other", RULE_RECORD_FORMAT));
	buf_free(&doc);
	buf_free(&raw);
}

/* The number of the first entry of that kind. */
static uint64_t
first_of(struct town *t, enum entry_kind kind)
{
	uint64_t i, size = service_size(t->service);
	struct buf b = { 0 };

	for (i = 0; i < size; i++) {
		b.n = 0;
		assert_int_equal(
		    store_entry(service_store(t->service), i, &b), OK);
		if (b.p[0] == (uint8_t)kind)
			break;
	}
	buf_free(&b);
	return i;
}

static void
the_ledger_of_a_separated_space_precedes_its_first_record(void **state)
{
	struct town *t = *state;
	struct space *sp = town_space(t, "bilancio", NULL);

	town_clock(t, 1000);
	assert_int_equal(town_ask(t, sp, &t->voters[0]), PROBLEM_NONE);
	/* A change of the roll waits, and the ledger waits for it. */
	assert_int_equal(
	    town_change(t, ROLL_STRIKE, &t->voters[5].roll, NULL, sp, NULL),
	    PROBLEM_NONE);
	town_clock(t, TOWN_FROM + 10);
	assert_int_equal(
	    town_vote(t, sp, &t->voters[0], 0, 1), PROBLEM_NOT_OPEN);
	assert_int_equal(town_publish(t, NULL), PROBLEM_NONE);
	assert_true(town_wait(t, attack_has_ledger, sp));
	assert_int_equal(town_vote(t, sp, &t->voters[0], 0, 1), PROBLEM_NONE);
	town_clock(t, TOWN_FROM + TOWN_INTERVAL);
	assert_true(town_wait(t, attack_has_batch, sp));
	assert_true(first_of(t, ENTRY_LEDGER) < first_of(t, ENTRY_BATCH));
	assert_true(first_of(t, ENTRY_FORM) < first_of(t, ENTRY_BATCH));
	assert_true(attack_twist("ledger-late", RULE_LEDGER_TIME));
	assert_true(attack_twist("ledger-missing", RULE_LEDGER_TIME));
}

static void
in_a_batch_a_revote_follows_what_it_replaces(void **state)
{
	struct town *t = *state;
	struct space *sp = attack_vote_space(t, "bilancio", 4);
	struct hash leaf, last = { { 0 } };
	struct entry e;
	struct record r;
	struct buf b = { 0 };
	uint64_t i;
	uint32_t seq, before = 0;

	/* All in one window: by hash alone some revote would come first. */
	for (i = 0; i < 4; i++)
		for (seq = 0; seq < 6; seq++)
			assert_int_equal(town_vote(t, sp, &t->voters[i], seq,
					     (unsigned)(seq + i) % 6),
			    PROBLEM_NONE);
	town_clock(t, TOWN_FROM + TOWN_INTERVAL);
	assert_true(town_wait(t, attack_has_batch, sp));
	assert_int_equal(sp->records, 24);
	i = first_of(t, ENTRY_BATCH) + 1;
	for (seq = 0; seq < 24; seq++) {
		b.n = 0;
		assert_int_equal(
		    store_entry(service_store(t->service), i + seq, &b), OK);
		assert_int_equal(entry_parse(buf_slice(&b), &e), OK);
		assert_int_equal(
		    record_parse(e.record, e.record.p[102] == 0, &r), OK);
		hash_leaf(buf_slice(&b), &leaf);
		assert_true(r.seq >= before);
		assert_true(r.seq > before || hash_cmp(&last, &leaf) < 0);
		before = r.seq;
		last = leaf;
	}
	assert_int_equal(before, 5);
	assert_true(town_sound(t));
	buf_free(&b);
}

int
main(void)
{
#define TOWN(f) \
	cmocka_unit_test_setup_teardown(f, attack_town_new, attack_town_free)
	const struct CMUnitTest tests[] = {
		TOWN(A25_order_and_time_leave_no_trace_in_the_log),
		cmocka_unit_test(
		    A25_a_batch_that_remembers_an_order_is_refused),
		cmocka_unit_test(A26_no_identifier_tells_host_or_time),
		cmocka_unit_test(A26_the_search_finds_what_is_planted),
		cmocka_unit_test(
		    A37_each_phase_has_a_fault_that_is_named_and_ends_with_one),
		cmocka_unit_test(A37_an_audit_counts_what_it_judged),
		TOWN(
		    a_header_comes_before_its_form_and_the_form_before_records),
		TOWN(the_ledger_of_a_separated_space_precedes_its_first_record),
		TOWN(in_a_batch_a_revote_follows_what_it_replaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
