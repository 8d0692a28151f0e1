#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "admit.h"
#include "base64.h"
#include "seal.h"
#include "file.h"
#include "wipe.h"

#include "vec.h"

#include "canary.h"
#include "snapshot.h"
#include "forge.h"
#include "live_sealed.h"
#include "wire.h"

/*
 * PROTOCOL 11: what is never stored, logged or said.  A vote from the
 * registrar's list to the result, in which everything that must not stay is
 * known to this program: it is searched for in every file of the data folder at
 * four moments, in everything that the server prints and in every answer.
 * Afterwards one leak at a time is planted and must be found.
 */
#define RESIDENTS 12
#define WINDOWS 2
#define SPACE_END (LIVE_FROM + (uint64_t)WINDOWS * LIVE_INTERVAL)
#define SLUG "canarini"
#define CEREMONY "cerimonia"
/* Sixteen bytes of choices, which can be searched for. */
#define POINTS                                                             \
	"{\"max\":8,\"min\":1,\"option_max\":65535,\"total_max\":4000000," \
	"\"total_min\":1,\"type\":\"points\"}"
#define OUTPUT_MAX ((size_t)1 << 20)
#define PATH_MAX_CHARS 1024

struct resident {
	struct roll_code code;
	char date[WALLET_FACTOR_MAX + 1];
	uint8_t ask_salt[64];
	struct buf token;
	uint32_t seq;
};

static struct live *live;
static struct live_space space, ceremony;
static struct live_sealed sealed = { 3, 2, POINTS, { 0 } };
static struct live_sealed beginning = { 2, 2, NULL, { 0 } };
static struct resident residents[RESIDENTS];
static struct {
	uint8_t b[2 * LIVE_OPTIONS];
} votes[RESIDENTS]; /* the last of each */
static struct canaries *set;
static unsigned requests;
static uint64_t window_from = LIVE_FROM;
static size_t answers;
static int over; /* participation is */

/* --- What is looked for --------------------------------------------------- */

/* A point in time, as text and in the integers that programs keep. */
static void
plant_time(const char *what, uint64_t t)
{
	uint8_t big[8], little[8];
	char text[24];
	int i;

	store64(big, t);
	for (i = 0; i < 8; i++)
		little[i] = big[7 - i];
	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)t);
	canaries_text(set, CANARY_NEVER, what, text);
	canaries_add(set, CANARY_NEVER, what, big, 8);
	canaries_add(set, CANARY_NEVER, what, little, 8);
	canaries_add(set, CANARY_SHORT, what, big + 4, 4);
	canaries_add(set, CANARY_SHORT, what, little, 4);
}

/* An address of its own for each request: 127.x.y.z. */
static uint32_t
plant_address(void)
{
	uint8_t b[4] = { 127, (uint8_t)(101 + requests / 200 % 100),
		(uint8_t)(37 + requests % 200), 219 };
	uint8_t turned[4] = { b[3], b[2], b[1], b[0] };
	uint32_t a;
	char text[INET_ADDRSTRLEN];

	memcpy(&a, b, 4);
	assert_non_null(inet_ntop(AF_INET, b, text, sizeof(text)));
	canaries_text(set, CANARY_NEVER, "a client's address", text);
	canaries_add(set, CANARY_SHORT, "a client's address", b, 4);
	canaries_add(set, CANARY_SHORT, "a client's address", turned, 4);
	return a;
}

/* What a browser and a proxy say about who asks. */
static void
plant_headers(struct buf *out)
{
	static const char *const headers[][2] = {
		{ "User-Agent: Mozilla/5.0 ", "a user agent" },
		{ "Cookie: sessione=", "a cookie" },
		{ "Referer: https://altrove.example/", "a referer" },
		{ "X-Forwarded-For: ", "a forwarded address" },
		{ "Forwarded: for=", "a forwarded address" },
		{ "X-Real-IP: ", "a forwarded address" },
		{ "X-Request-Id: ", "a request's number" },
		{ "If-None-Match: ", "a visitor's ETag" },
	};
	char value[64];
	size_t i;

	for (i = 0; i < sizeof(headers) / sizeof(*headers); i++) {
		(void)snprintf(value, sizeof(value), "canarino-%zu-%u-%ld", i,
		    requests, (long)getpid());
		canaries_text(set, CANARY_NEVER, headers[i][1], value);
		buf_printf(out, "%s%s\r\n", headers[i][0], value);
	}
}

static void
plant_code(const char *what, const char *typed)
{
	char plain[64];
	size_t n = 0;

	canaries_text(set, CANARY_NEVER, what, typed);
	for (; *typed != '\0' && n + 1 < sizeof(plain); typed++)
		if (*typed != '-')
			plain[n++] = *typed;
	plain[n] = '\0';
	canaries_text(set, CANARY_NEVER, what, plain);
}

static void
plant_seed(const char *what, const struct sign_key *k)
{
	uint8_t seed[SEED_BYTES];

	sign_key_seed(k, seed);
	canaries_add(set, CANARY_NEVER, what, seed, sizeof(seed));
}

/* All that a resident knows and the server must not keep. */
static void
plant_resident(size_t who)
{
	const struct live_resident *l = &live->residents[who];
	const struct hash *id =
	    &space.header->issuers[0].keys[PURPOSE_VOTE].key_id;
	uint8_t r[BLIND_BYTES], salt[BLIND_SALT];
	struct wallet_ask asked;
	struct sign_key key;
	struct secret ss;
	struct hash h;
	char text[40];

	roll_code_print(&residents[who].code, text);
	plant_code("a letter's code", text);
	plant_seed("a roll key's seed", &l->roll);
	recovery_print(CODE_MASTER, &l->secret, text);
	plant_code("a recovery code", text);
	canaries_add(set, CANARY_NEVER, "a secret", l->secret.b, SECRET_BYTES);
	live_secret(live, &space, who, &ss);
	recovery_print(CODE_SPACE, &ss, text);
	plant_code("a space's recovery code", text);
	canaries_add(set, CANARY_NEVER, "a space's secret", ss.b, SECRET_BYTES);
	assert_int_equal(derive_credential(&ss, PURPOSE_VOTE, &key), OK);
	plant_seed("a credential's seed", &key);
	assert_int_equal(derive_pss_salt(&ss, id, salt), OK);
	canaries_add(set, CANARY_NEVER, "a PSS salt", salt, sizeof(salt));
	assert_int_equal(
	    wallet_ask(&ss, space.header, 0, PURPOSE_VOTE, &asked), OK);
	assert_int_equal(derive_blind(&ss, id, asked.counter, r), OK);
	canaries_add(set, CANARY_NEVER, "a blinding factor", r, sizeof(r));
	canaries_add(set, CANARY_NEVER, "a blinded message",
	    asked.body + TOKEN_REQUEST_BYTES - BLIND_BYTES, BLIND_BYTES);
	hash_bytes(slice_of(asked.body + TOKEN_REQUEST_BYTES - BLIND_BYTES,
		       BLIND_BYTES),
	    &h);
	canaries_add(
	    set, CANARY_GONE, "a blinded message's hash", h.b, HASH_BYTES);
	canaries_add(set, CANARY_NEVER, "an ask's salt",
	    residents[who].ask_salt, sizeof(residents[who].ask_salt));
	wallet_factor(&l->roll.pk, residents[who].date, &h);
	canaries_add(set, CANARY_NEVER, "a second factor", h.b, HASH_BYTES);
	canaries_add(set, CANARY_ROLL, "a roll key", l->roll.pk.b, 32);
	canaries_add(set, CANARY_CREDENTIAL, "a credential", key.pk.b, 32);
}

/* What the trustees know. */
static void
plant_trustees(const struct trustees *tr)
{
	uint8_t seed[SEED_BYTES];
	size_t i, k;

	for (i = 0; i < tr->h->n_trustees; i++) {
		sign_key_seed(&tr->id[i], seed);
		canaries_add(
		    set, CANARY_NEVER, "a trustee's seed", seed, sizeof(seed));
		canaries_add(set, CANARY_NEVER, "a trustee's share", tr->x[i].b,
		    SCALAR_BYTES);
		canaries_add(set, CANARY_NEVER, "a trustee's key",
		    tr->secret[i].e.b, SCALAR_BYTES);
		for (k = 0; k < tr->h->threshold; k++)
			canaries_add(set, CANARY_NEVER,
			    "a trustee's coefficient", tr->secret[i].a[k].b,
			    SCALAR_BYTES);
	}
}

/* A ballot, and all that opens it: the server never does. */
static void
plant_ballot(const struct secret *ss, const struct public_key *pk, uint32_t seq,
    struct slice choices)
{
	struct seal seal = { &space.header->id, &space.form->id, pk, seq,
		&space.form->seal_key };
	struct seal_trace trace;
	struct buf body = { 0 };

	assert_int_equal(seal_make(&seal, ss, choices, &body, &trace), OK);
	canaries_add(set, CANARY_NEVER, "a vote", choices.p, choices.n);
	canaries_add(set, CANARY_NEVER, "a sealing scalar", trace.scalar.b, 32);
	canaries_add(set, CANARY_NEVER, "a shared point", trace.s.b, 32);
	canaries_add(set, CANARY_NEVER, "a ballot's key", trace.k, 32);
	wipe(&trace, sizeof(trace));
	buf_free(&body);
}

/* --- Searching ------------------------------------------------------------ */

static const char *
form_name(enum canary_form form)
{
	static const char *const names[CANARY_FORMS] = { "as it is", "in hex",
		"in upper-case hex", "in base64", "in base64", "in base64",
		"in base64url", "in base64url", "in base64url" };

	return names[form];
}

/* Nonzero iff the unit is clean. */
static int
clean(const char *where, struct slice unit)
{
	struct canary_found found;
	const char *leak;
	int c;

	canaries_search(set, unit, &found);
	if ((leak = canaries_leak(&found, over)) == NULL)
		return 1;
	print_message("%s: %s\n", where, leak);
	for (c = 0; c < CANARY_CLASSES; c++)
		if (found.n[c] > 0)
			print_message("  %u of class %d, e.g. %s %s\n",
			    found.n[c], c, found.what[c],
			    form_name(found.form[c]));
	return 0;
}

static void
search_folder(const char *when)
{
	struct snapshot f;
	char where[PATH_MAX_CHARS];
	size_t i;
	int good = 1;

	snapshot_read(live->data, &f);
	assert_true(f.n > 10);
	for (i = 0; i < f.n; i++) {
		(void)snprintf(
		    where, sizeof(where), "%s: %.200s", when, f.file[i].name);
		good &= clean(where, buf_slice(&f.file[i].bytes));
	}
	snapshot_free(&f);
	assert_true(good);
}

/* Line by line, each a unit, and all of it. */
static void
search_text(const char *what, struct slice all)
{
	struct cursor c = cursor_of(all);
	const uint8_t *end;

	assert_true(clean(what, all));
	while (c.n > 0 && (end = memchr(c.p, '\n', c.n)) != NULL)
		assert_true(
		    clean(what, cursor_take(&c, (size_t)(end - c.p) + 1)));
}

/* --- Requests ------------------------------------------------------------- */

/* Each from an address of its own, at a time of its own. */
static int
talk(const char *method, const char *path, const char *type,
    const char *authorization, struct slice body, struct buf *answer)
{
	uint64_t now = window_from + 17 + (uint64_t)requests * 3;
	struct buf q = { 0 };
	uint32_t from;

	requests++;
	if (!over) {
		plant_time("the time of a request", now);
		live_clock(live, now);
	}
	from = plant_address();
	buf_printf(
	    &q, "%s %s HTTP/1.1\r\nHost: comune.example\r\n", method, path);
	buf_str(&q, "Connection: close\r\n");
	if (type != NULL)
		buf_printf(&q, "Content-Type: %s\r\n", type);
	if (authorization != NULL)
		buf_printf(&q, "Authorization: %s\r\n", authorization);
	plant_headers(&q);
	if (strcmp(method, "POST") == 0)
		buf_printf(&q, "Content-Length: %zu\r\n", body.n);
	buf_str(&q, "\r\n");
	buf_put(&q, body.p, body.n);
	assert_int_equal(buf_end(&q), OK);
	answer->n = 0;
	wire_talk(from, live->port, buf_slice(&q), answer);
	buf_free(&q);
	answers++;
	assert_true(clean(path, buf_slice(answer)));
	return wire_status(buf_slice(answer));
}

static int
get(const char *path, struct buf *answer)
{
	return talk("GET", path, NULL, NULL, slice_of(NULL, 0), answer);
}

static int
ask(size_t who, const char *date, struct buf *answer)
{
	const struct sign_key *roll = &live->residents[who].roll;
	struct buf authorization = { 0 };
	struct wallet_ask asked;
	struct secret ss;
	struct hash f;
	int status;

	live_secret(live, &space, who, &ss);
	wallet_factor(&roll->pk, date, &f);
	canaries_add(set, CANARY_NEVER, "a second factor", f.b, HASH_BYTES);
	assert_int_equal(
	    wallet_ask(&ss, space.header, 0, PURPOSE_VOTE, &asked), OK);
	assert_int_equal(
	    wallet_authorization(roll, space.header, 0, PURPOSE_VOTE, &asked,
		residents[who].ask_salt, &f, &authorization),
	    OK);
	assert_non_null(buf_text(&authorization));
	status = talk("POST", "/token-request",
	    "application/private-token-request", buf_text(&authorization),
	    slice_of(asked.body, sizeof(asked.body)), answer);
	buf_free(&authorization);
	return status;
}

static void
collect(size_t who)
{
	uint8_t token[BLIND_BYTES];
	struct buf answer = { 0 };
	struct wallet_ask asked;
	struct secret ss;
	struct slice body;

	/* Refusals must not keep more than answers. */
	if (who % 3 == 0)
		assert_int_equal(ask(who, "1899-12-31", &answer), 401);
	assert_int_equal(ask(who, residents[who].date, &answer), 200);
	body = wire_body(buf_slice(&answer));
	assert_int_equal(body.n, BLIND_BYTES);
	canaries_add(
	    set, CANARY_GONE, "a blind signature", body.p, BLIND_BYTES);
	live_secret(live, &space, who, &ss);
	assert_int_equal(
	    wallet_ask(&ss, space.header, 0, PURPOSE_VOTE, &asked), OK);
	assert_int_equal(wallet_finalize(&ss, space.header, 0, PURPOSE_VOTE,
			     &asked, body.p, token),
	    OK);
	buf_put(&residents[who].token, token, sizeof(token));
	assert_int_equal(buf_end(&residents[who].token), OK);
	buf_free(&answer);
}

/* Her record, with points that nobody else gives. */
static void
record_make(size_t who, struct buf *record)
{
	struct resident *r = &residents[who];
	uint32_t v[LIVE_OPTIONS] = { 0 };
	struct buf text = { 0 }, bytes = { 0 };
	struct why why = { "" };
	struct public_key pk;
	struct secret ss;
	struct choices c;
	uint16_t points;
	int i;

	for (i = 0; i < LIVE_OPTIONS; i++) {
		random_bytes(&points, sizeof(points));
		buf_printf(&text, "%s%d=%u", i > 0 ? "," : "", i + 1,
		    points == 0 ? 1U : (unsigned)points);
	}
	assert_non_null(buf_text(&text));
	live_secret(live, &space, who, &ss);
	assert_int_equal(
	    wallet_choose(space.form, buf_text(&text), v, &c, &why), OK);
	assert_int_equal(choices_put(space.form, &c, &bytes, &why), OK);
	assert_int_equal(bytes.n, sizeof(votes[who].b));
	memcpy(votes[who].b, bytes.p, bytes.n);
	assert_int_equal(wallet_pk(&ss, PURPOSE_VOTE, &pk), OK);
	plant_ballot(&ss, &pk, r->seq, buf_slice(&bytes));
	assert_int_equal(resident_record(&ss, space.header, space.form, r->seq,
			     r->token.p, &c, record, &why),
	    OK);
	buf_free(&text);
	buf_free(&bytes);
}

static void
cast(size_t who)
{
	struct resident *r = &residents[who];
	struct buf record = { 0 }, answer = { 0 };

	record_make(who, &record);
	assert_int_equal(
	    talk("POST", "/api/v1/records", "application/vnd.partecipa.record",
		NULL, buf_slice(&record), &answer),
	    201);
	/* A record whose signature is wrong. */
	record.p[record.n - 1] ^= 1;
	assert_true(
	    talk("POST", "/api/v1/records", "application/vnd.partecipa.record",
		NULL, buf_slice(&record), &answer) >= 400);
	r->seq++;
	buf_free(&record);
	buf_free(&answer);
}

/* Every page and file that anybody may read, with something of the reader's. */
static void
read_everything(void)
{
	static const char *const paths[] = { "/", "/?lang=en", "/verifica",
		"/spazi/" SLUG, "/spazi/" SLUG "/risultati",
		"/spazi/" SLUG "/vota", "/spazi/" SLUG "/controlla",
		"/controlla", "/ritira", "/tessere", "/kiosk", "/come-funziona",
		"/note-legali", "/privacy", "/log/checkpoint", "/log/key",
		"/log/policy", "/log/tile/0/000", "/log/tile/entries/000",
		"/api/v1/spaces", "/api/v1/spaces/" SLUG "/header",
		"/api/v1/spaces/" SLUG "/form", "/api/v1/spaces/" SLUG "/roll",
		"/api/v1/spaces/" SLUG "/result",
		"/api/v1/spaces/" SLUG "/ledger/0/vote",
		"/api/v1/spaces/" SLUG "/ceremony",
		"/api/v1/spaces/" SLUG "/transcript",
		"/api/v1/spaces/" SLUG "/opening/1",
		"/api/v1/spaces/" CEREMONY "/ceremony",
		"/.well-known/private-token-issuer-directory", "/nessuno" };
	char path[200], tile[64];
	struct buf answer = { 0 };
	struct snapshot f;
	size_t i;
	int n, good = 0;

	for (i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		(void)snprintf(path, sizeof(path), "%s%ccanarino=q%u-%ld",
		    paths[i], strchr(paths[i], '?') == NULL ? '?' : '&',
		    requests, (long)getpid());
		canaries_text(
		    set, CANARY_NEVER, "a query", strrchr(path, '=') + 1);
		good += get(paths[i], &answer) == 200;
		(void)get(path, &answer);
	}
	assert_true(good > 8);
	snapshot_read(live->data, &f);
	n = (int)(snapshot_find(&f, "log/level-0")->n / HASH_BYTES) % 256;
	snapshot_free(&f);
	(void)snprintf(tile, sizeof(tile), "/log/tile/entries/000.p/%d", n);
	assert_int_equal(get(tile, &answer), 200);
	assert_true(wire_body(buf_slice(&answer)).n > 1000);
	buf_free(&answer);
}

/* --- The office ----------------------------------------------------------- */

/* Names, addresses and dates that nobody else has. */
static void
list_write(const char *path)
{
	char name[64], address[64], date[16];
	struct buf csv = { 0 };
	struct why why = { "" };
	size_t i;

	buf_str(&csv, "name;address;birth_date\n");
	for (i = 0; i < RESIDENTS; i++) {
		(void)snprintf(
		    name, sizeof(name), "Gelsomina Quattrocchi-%zu", i);
		(void)snprintf(address, sizeof(address),
		    "Vicolo dei Canarini %zu", 100 + i);
		(void)snprintf(residents[i].date, sizeof(residents[i].date),
		    "19%02zu-04-%02zu", 31 + i, 11 + i);
		(void)snprintf(
		    date, sizeof(date), "%02zu/04/19%02zu", 11 + i, 31 + i);
		canaries_text(set, CANARY_NEVER, "a name", name);
		canaries_text(set, CANARY_NEVER, "an address", address);
		canaries_text(set, CANARY_NEVER, "a date of birth", date);
		canaries_text(
		    set, CANARY_NEVER, "a date of birth", residents[i].date);
		buf_printf(&csv, "%s;%s;%s\n", name, address, date);
	}
	assert_int_equal(buf_end(&csv), OK);
	assert_int_equal(file_write(path, 0600, buf_slice(&csv), &why), OK);
	buf_free(&csv);
}

/* The codes stand last on each line, in quotes. */
static void
codes_read(const char *path)
{
	struct buf table = { 0 };
	struct why why = { "" };
	struct cursor c;
	const uint8_t *end;
	struct slice line;
	size_t i;

	assert_int_equal(file_read(path, OUTPUT_MAX, &table, &why), OK);
	c = cursor_of(buf_slice(&table));
	for (i = 0; i <= RESIDENTS; i++) {
		end = memchr(c.p, '\n', c.n);
		assert_non_null(end);
		line = cursor_take(&c, (size_t)(end - c.p) + 1);
		if (i == 0)
			continue;
		assert_true(line.n > 27);
		assert_int_equal(
		    roll_code_parse(slice_of(line.p + line.n - 27, 24),
			&residents[i - 1].code),
		    OK);
		assert_int_equal(derive_roll_key(&residents[i - 1].code,
				     &live->residents[i - 1].roll),
		    OK);
	}
	assert_int_equal(c.n, 0);
	buf_free(&table);
}

/* From the registrar's list to the roll on the server. */
static void
enroll(void)
{
	char list[PATH_MAX_CHARS], dir[PATH_MAX_CHARS], key[PATH_MAX_CHARS],
	    path[PATH_MAX_CHARS + 16];
	const char *letters[] = { "roll", "letters", list, "--out", dir,
		"--host", "https://comune.example", "--factor", "birth_date",
		NULL };
	const char *import[] = { "roll", "import", dir, "--server", live->url,
		"--key", key, NULL };
	struct buf roll = { 0 };
	struct why why = { "" };
	uint32_t n;

	(void)snprintf(list, sizeof(list), "%.400s/elenco.csv", live->root);
	(void)snprintf(dir, sizeof(dir), "%.400s/lettere", live->root);
	(void)snprintf(key, sizeof(key), "%.400s/uno.key", live->root);
	list_write(list);
	assert_int_equal(live_run("partecipa", letters), 0);
	assert_int_equal(live_run("partecipa", import), 0);
	(void)snprintf(path, sizeof(path), "%s/letters.csv", dir);
	codes_read(path);
	(void)snprintf(path, sizeof(path), "%s/roll.bin", dir);
	assert_int_equal(file_read(path, OUTPUT_MAX, &roll, &why), OK);
	assert_int_equal(
	    roll_file_check(buf_slice(&roll), &live->roll_root, &n, &why), OK);
	assert_int_equal(n, RESIDENTS);
	buf_free(&roll);
}

/* --- The server's own words ----------------------------------------------- */

static void
stop_and_search_output(void)
{
	struct buf out = { 0 }, err = { 0 };
	struct why why = { "" };
	int status = -1;

	assert_int_equal(kill(live->server.pid, SIGTERM), 0);
	assert_int_equal(
	    spawn_all(&live->server, OUTPUT_MAX, &out, &status, &why), OK);
	assert_int_equal(status, 0);
	search_text("stdout", buf_slice(&out));
	assert_int_equal(file_read(live->said, OUTPUT_MAX, &err, &why), OK);
	assert_true(err.n > 0);
	search_text("stderr", buf_slice(&err));
	buf_free(&out);
	buf_free(&err);
}

/* --- Trustees ------------------------------------------------------------- */

static int
send_file(const char *path, const char *type, struct slice file)
{
	struct buf answer = { 0 };
	int status = talk("POST", path, type, NULL, file, &answer);

	buf_free(&answer);
	return status;
}

/* Of the second space, message by message, good ones, twice, and bad ones. */
static void
hold_ceremony(void)
{
	const struct trustees *tr = &beginning.tr;
	struct slice note;
	char path[100];
	unsigned round;
	size_t i;

	for (round = CEREMONY_COMMIT; round <= CEREMONY_ACCEPT; round++) {
		(void)snprintf(path, sizeof(path),
		    "/api/v1/spaces/" CEREMONY "/ceremony/%s",
		    ceremony_round_name((enum ceremony_round)round));
		for (i = 0; i < beginning.n; i++) {
			note = buf_slice(&tr->notes[round][i]);
			assert_int_equal(
			    send_file(path, "text/plain", note), 201);
			assert_int_equal(
			    send_file(path, "text/plain", note), 200);
			note.n--;
			assert_int_equal(
			    send_file(path, "text/plain", note), 422);
		}
	}
	(void)snprintf(
	    path, sizeof(path), "/api/v1/spaces/" SLUG "/ceremony/commit");
	assert_int_equal(send_file(path, "text/plain",
			     buf_slice(&sealed.tr.notes[CEREMONY_COMMIT][0])),
	    403);
}

/* Too early, wrong, right, and once more. */
static void
open_ballots(void)
{
	static const char type[] = "application/octet-stream";
	struct buf file = { 0 };
	char path[100];
	unsigned j;

	for (j = 1; j <= sealed.needed; j++) {
		(void)snprintf(path, sizeof(path),
		    "/api/v1/spaces/" SLUG "/opening/%u", j);
		file.n = 0;
		live_sealed_opening(live, &space, &sealed, (uint8_t)j, &file);
		file.p[file.n / 2] ^= 1;
		assert_int_equal(send_file(path, type, buf_slice(&file)), 422);
		file.p[file.n / 2] ^= 1;
		assert_int_equal(send_file(path, type, buf_slice(&file)), 201);
		assert_int_equal(send_file(path, type, buf_slice(&file)), 200);
	}
	buf_free(&file);
}

/* --- A planted leak ------------------------------------------------------- */

/* The files of the folder, one of them with ${bytes} in it: is it seen? */
static int
seen_in_a_copy(const char *name, struct slice bytes)
{
	char path[PATH_MAX_CHARS], dir[PATH_MAX_CHARS];
	struct canary_found found;
	struct snapshot f;
	const struct buf *b;
	size_t i, at;
	FILE *out;
	int seen = 0;

	(void)snprintf(dir, sizeof(dir), "%.400s/copia", live->root);
	snapshot_copy(live->data, dir);
	snapshot_read(dir, &f);
	assert_non_null(b = snapshot_find(&f, name));
	at = b->n / 3;
	snapshot_free(&f);
	(void)snprintf(path, sizeof(path), "%.600s/%.100s", dir, name);
	assert_non_null(out = fopen(path, "r+b"));
	assert_int_equal(fseek(out, (long)at, SEEK_SET), 0);
	assert_int_equal(fwrite(bytes.p, bytes.n, 1, out), 1);
	assert_int_equal(fclose(out), 0);
	snapshot_read(dir, &f);
	for (i = 0; i < f.n; i++) {
		canaries_search(set, buf_slice(&f.file[i].bytes), &found);
		if (canaries_leak(&found, over) == NULL)
			continue;
		assert_string_equal(f.file[i].name, name);
		seen = 1;
	}
	snapshot_free(&f);
	forge_clean(dir);
	return seen;
}

static void
each_form_of_a_leak_is_found(const char *name, const void *p, size_t n)
{
	struct buf b = { 0 };
	int form;

	for (form = 0; form < CANARY_FORMS; form++) {
		b.n = 0;
		canaries_write((enum canary_form)form, slice_of(p, n), &b);
		if (!seen_in_a_copy(name, buf_slice(&b)))
			fail_msg("%s: planted %s, and not found", name,
			    form_name((enum canary_form)form));
	}
	buf_free(&b);
}

/* Two addresses one after the other in base64, wherever in a triple. */
static void
short_leaks_are_found(const uint8_t two[static 8])
{
	uint8_t b[2 + 8 + 1];
	char text[BASE64_CHARS(sizeof(b))];
	size_t before;
	int kind;

	for (before = 0; before < 3; before++) {
		memset(b, 0xda, sizeof(b));
		memcpy(b + before, two, 8);
		for (kind = BASE64_STD; kind <= BASE64_URL; kind++) {
			base64_encode((enum base64_kind)kind,
			    slice_of(b, before + 8 + (before < 2)), text);
			if (!seen_in_a_copy("issue.mdb", slice_str(text)))
				fail_msg("%s is not found", text);
		}
	}
}

static void
a_planted_leak_is_found(void **state)
{
	static const uint8_t two[8] = { 127, 101, 38, 219, 127, 101, 40, 219 };
	struct public_key pk;
	struct secret ss;
	uint8_t now[8];
	char text[40];

	(void)state;
	roll_code_print(&residents[3].code, text);
	each_form_of_a_leak_is_found("main.mdb", text, strlen(text));
	each_form_of_a_leak_is_found("state", "127.101.39.219", 14);
	each_form_of_a_leak_is_found("cast.mdb", residents[5].ask_salt, 32);
	each_form_of_a_leak_is_found("main.mdb", sealed.tr.x[1].b, 32);
	each_form_of_a_leak_is_found("log/entries", votes[4].b, 16);
	each_form_of_a_leak_is_found(
	    "log/entries", "Gelsomina Quattrocchi-7", 23);
	/* The first request was made at that time. */
	store64(now, LIVE_FROM + 17);
	assert_true(seen_in_a_copy("issue.mdb", slice_of(now, 8)));
	assert_true(seen_in_a_copy("log.mdb", slice_of(two, 8)));
	short_leaks_are_found(two);
	/* A roll key beside credentials, and the other way round. */
	live_secret(live, &space, 2, &ss);
	assert_int_equal(wallet_pk(&ss, PURPOSE_VOTE, &pk), OK);
	each_form_of_a_leak_is_found("main.mdb", pk.b, 32);
	each_form_of_a_leak_is_found(
	    "log/entries", live->residents[2].roll.pk.b, 32);
}

/* --- The vote ------------------------------------------------------------- */

static void
wait_for_batch(const char *file, size_t at_least)
{
	struct snapshot f;
	size_t n = 0;
	int i;

	for (i = 0; i < 600 && n < at_least; i++) {
		live_nap(100);
		snapshot_settled(live->data, &f);
		n = snapshot_find(&f, file)->n;
		snapshot_free(&f);
	}
	assert_true(n >= at_least);
}

static void
nothing_is_kept_that_must_not_be(void **state)
{
	time_t begun = time(NULL), t;
	struct snapshot f;
	size_t i, before;

	(void)state;
	for (i = 0; i < RESIDENTS; i++)
		plant_resident(i);
	plant_trustees(&sealed.tr);
	plant_trustees(&beginning.tr);
	hold_ceremony();
	search_folder("after a ceremony");
	snapshot_read(live->data, &f);
	before = snapshot_find(&f, "log/level-0")->n;
	snapshot_free(&f);
	read_everything();
	for (i = 0; i < RESIDENTS; i++)
		collect(i);
	for (i = 0; i < RESIDENTS - 1; i++)
		cast(i);
	search_folder("records wait");
	window_from += LIVE_INTERVAL;
	live_clock(live, window_from);
	wait_for_batch("log/level-0", before + (size_t)RESIDENTS * HASH_BYTES);
	search_folder("after a batch");
	for (i = 0; i < RESIDENTS; i += 2)
		cast(i);
	read_everything();
	assert_int_equal(send_file("/api/v1/spaces/" SLUG "/opening/1",
			     "application/octet-stream", slice_str("presto")),
	    403);
	over = 1;
	live_clock(live, SPACE_END);
	/* Sealed: it is closed, and has no result yet. */
	(void)live_close(live, &space);
	live_nap(500);
	search_folder("after the close");
	read_everything();
	open_ballots();
	search_folder("after the openings");
	assert_int_equal(live_close(live, &space), 0);
	search_folder("after the result");
	read_everything();
	assert_true(live_audit(live));
	for (t = begun; t <= time(NULL); t++)
		plant_time("the true time", (uint64_t)t);
	stop_and_search_output();
	search_folder("at rest");
	print_message("%u requests, %zu answers searched\n", requests, answers);
}

static int
setup(void **state)
{
	size_t i;

	(void)state;
	assert_non_null(set = canaries_new());
	for (i = 0; i < RESIDENTS; i++)
		random_bytes(
		    residents[i].ask_salt, sizeof(residents[i].ask_salt));
	live = live_new(RESIDENTS);
	assert_int_equal(live_stop(live), 0);
	(void)snprintf(
	    live->said, sizeof(live->said), "%.400s/said", live->root);
	live_start(live);
	enroll();
	live_sealed(live, SLUG, SPACE_END,
	    "\"issuers\": [{\"factor\": \"birth_date\"}], ", &sealed, &space);
	live_sealed_announce(
	    live, CEREMONY, SPACE_END, "", &beginning, &ceremony);
	return 0;
}

static int
teardown(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < RESIDENTS; i++)
		buf_free(&residents[i].token);
	canaries_free(set);
	trustees_free(&sealed.tr);
	trustees_free(&beginning.tr);
	live_space_free(&ceremony);
	live_space_free(&space);
	live_free(live);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_kept_that_must_not_be),
		cmocka_unit_test(a_planted_leak_is_found),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
