/*
 * Attacks on casting and closing: docs/THREATS.md names each by its row of the
 * table there.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admit.h"
#include "commands.h"
#include "fetch.h"
#include "hex.h"
#include "http.h"
#include "static.h"

#include "attack.h"
#include "live_sealed.h"
#include "replay.h"

#define CROWD 16
#define NOTHING slice_of(NULL, 0)

/* --- A2: an old ballot once more ------------------------------------------*/

static void
cast_again(struct town *t, const struct buf *raw, uint64_t due)
{
	uint64_t window = 0;
	int repeat = 0;

	assert_int_equal(
	    town_cast(t, buf_slice(raw), &window, &repeat, NULL), PROBLEM_NONE);
	assert_true(repeat);
	assert_int_equal(window, due);
}

static void
A2_the_server_takes_no_old_record_again(void **state)
{
	struct town *t = *state;
	struct space *sp = attack_vote_space(t, "bilancio", 2);
	struct buf raw[3] = { { 0 }, { 0 }, { 0 } };
	uint64_t window, due[3];
	size_t i, k;
	int repeat;

	for (i = 0; i < 3; i++) {
		town_record(
		    sp, &t->voters[0], (uint32_t)i, (unsigned)i + 1, &raw[i]);
		assert_int_equal(
		    town_cast(t, buf_slice(&raw[i]), &window, &repeat, NULL),
		    PROBLEM_NONE);
		assert_false(repeat);
		due[i] = TOWN_FROM + (i + 1) * TOWN_INTERVAL;
		assert_int_equal(window, due[i]);
		/* While it waits, and when it is in the log. */
		for (k = 0; k <= i; k++)
			cast_again(t, &raw[k], due[k]);
		town_clock(t, due[i]);
		assert_true(town_wait(t, attack_has_batch, sp));
		for (k = 0; k <= i; k++)
			cast_again(t, &raw[k], due[k]);
	}
	/* Another record of an old number; a gap; the number before. */
	assert_int_equal(
	    town_vote(t, sp, &t->voters[0], 0, 4), PROBLEM_SEQ_USED);
	assert_int_equal(
	    town_vote(t, sp, &t->voters[0], 1, 4), PROBLEM_SEQ_USED);
	assert_int_equal(
	    town_vote(t, sp, &t->voters[0], 4, 4), PROBLEM_SEQ_GAP);
	assert_int_equal(
	    town_vote(t, sp, &t->voters[1], 1, 4), PROBLEM_SEQ_GAP);
	town_clock(t, TOWN_TO);
	assert_int_equal(town_close(t, sp, NULL), PROBLEM_NONE);
	assert_int_equal(sp->close_records, 3);
	assert_true(town_sound(t));
	for (i = 0; i < 3; i++)
		buf_free(&raw[i]);
}

/* A log whose first batch has record 0 of voters 0 and 1. */
static struct forge *
log_of_two(struct forge_space *s, struct buf first[static 2])
{
	struct forge *f = forge_new("");
	size_t i;

	*s = (struct forge_space){
		.slug = "a", .kind = SPACE_BALLOT, .separated = 1, .issuers = 1
	};
	forge_genesis(f);
	attack_begin(f, s);
	for (i = 0; i < 2; i++)
		attack_vote(f, s, i, 0, 0x80, &first[i]);
	forge_batch(f, s, 2300, first, 2);
	return f;
}

/* Put two batches more into such a log: the rule that is broken. */
static enum rule_no
two_batches_more(const uint32_t seq[static 2], const uint8_t votes[static 2],
    int replay, int together)
{
	struct buf first[2] = { { 0 }, { 0 } }, b[2] = { { 0 }, { 0 } };
	struct forge_space s;
	struct forge *f = log_of_two(&s, first);
	enum rule_no rule;
	size_t i;

	for (i = 0; i < 2; i++)
		attack_vote(f, &s, 0, seq[i], votes[i], &b[i]);
	if (replay)
		forge_batch(f, &s, 2600, &first[0], 1);
	if (together)
		forge_batch(f, &s, 2900, b, 2);
	for (i = 0; i < 2 && !together; i++)
		forge_batch(f, &s, 2900 + 100 * i, &b[i], 1);
	(void)attack_audit(f, &rule);
	for (i = 0; i < 2; i++) {
		buf_free(&b[i]);
		buf_free(&first[i]);
	}
	forge_free(f);
	return rule;
}

static void
A2_the_auditor_takes_no_old_record_again(void **state)
{
	static const uint32_t rising[] = { 1, 2 }, falling[] = { 2, 1 },
			      twice[] = { 1, 1 }, gap[] = { 1, 3 },
			      old[] = { 1, 0 };
	static const uint8_t votes[] = { 0x40, 0x20 }, same[] = { 0x40, 0x40 };

	(void)state;
	assert_int_equal(two_batches_more(rising, votes, 0, 0), RULE_NONE);
	assert_int_equal(two_batches_more(rising, votes, 0, 1), RULE_NONE);
	assert_int_equal(
	    two_batches_more(rising, votes, 1, 0), RULE_RECORD_SEQUENCE);
	assert_int_equal(
	    two_batches_more(falling, votes, 0, 0), RULE_RECORD_SEQUENCE);
	assert_int_equal(
	    two_batches_more(twice, votes, 0, 0), RULE_RECORD_SEQUENCE);
	assert_int_equal(
	    two_batches_more(twice, votes, 0, 1), RULE_RECORD_SEQUENCE);
	assert_int_equal(
	    two_batches_more(twice, same, 0, 0), RULE_RECORD_SEQUENCE);
	assert_int_equal(
	    two_batches_more(gap, votes, 0, 0), RULE_RECORD_SEQUENCE);
	assert_int_equal(
	    two_batches_more(old, votes, 0, 0), RULE_RECORD_SEQUENCE);
}

/* --- A15: one token, many casts -------------------------------------------*/

#define CASTS 1008 /* of one token, all different from their neighbours */
#define CASTERS 63

struct caster {
	pthread_t thread;
	struct town *t;
	const struct space *sp;
	size_t no, fresh, repeated, refused, other;
};

static void *
cast_many(void *cookie)
{
	struct caster *c = cookie;
	struct buf raw = { 0 };
	struct why why = { { 0 } };
	uint64_t window;
	enum problem p;
	size_t i;
	int repeat;

	for (i = 0; i < CASTS / CASTERS; i++) {
		raw.n = 0;
		town_record(c->sp, &c->t->voters[0], 0,
		    (unsigned)((c->no + i) % 6), &raw);
		p = town_cast(c->t, buf_slice(&raw), &window, &repeat, &why);
		c->fresh += p == PROBLEM_NONE && !repeat;
		c->repeated += p == PROBLEM_NONE && repeat;
		c->refused += p == PROBLEM_SEQ_USED;
		c->other += p != PROBLEM_NONE && p != PROBLEM_SEQ_USED;
	}
	buf_free(&raw);
	return NULL;
}

static void
A15_a_thousand_casts_of_one_token_are_one_entry(void **state)
{
	struct town *t = *state;
	struct space *sp = attack_vote_space(t, "bilancio", 1);
	struct caster c[CASTERS] = { 0 }, sum = { 0 };
	size_t i;

	for (i = 0; i < CASTERS; i++) {
		c[i].t = t;
		c[i].sp = sp;
		c[i].no = i;
		assert_int_equal(
		    pthread_create(&c[i].thread, NULL, cast_many, &c[i]), 0);
	}
	for (i = 0; i < CASTERS; i++) {
		pthread_join(c[i].thread, NULL);
		sum.fresh += c[i].fresh;
		sum.repeated += c[i].repeated;
		sum.refused += c[i].refused;
		sum.other += c[i].other;
	}
	assert_int_equal(sum.fresh, 1);
	assert_int_equal(sum.other, 0);
	assert_int_equal(sum.fresh + sum.repeated + sum.refused, CASTS);
	assert_true(sum.refused > CASTS / 2);
	town_clock(t, TOWN_TO);
	assert_int_equal(town_close(t, sp, NULL), PROBLEM_NONE);
	assert_int_equal(sp->close_records, 1);
	assert_int_equal(sp->close_credentials, 1);
	assert_true(town_sound(t));
}

/* --- With a server process that is killed ---------------------------------*/

static struct live *live;
static uint64_t now = LIVE_FROM + 10;

static int
live_begin(void **state)
{
	(void)state;
	live = live_new(CROWD);
	live_clock(live, now);
	return 0;
}

static int
live_end(void **state)
{
	(void)state;
	live_free(live);
	return 0;
}

static void
collect(const struct live_space *sp, size_t who, struct buf *token)
{
	struct why why = { "" };
	struct api *a = live_api(live);

	token->n = 0;
	if (live_collect(live, sp, a, who, token, &why) != OK)
		fail_msg("%s", why.text);
	api_free(a);
}

/* One of a crowd that sends one record each, until it gets an answer. */
struct sender {
	pthread_t thread;
	const struct live_space *sp;
	struct buf raw;
	int answered;
	int receipt;
	int stop_at_loss; /* do not send again */
};

static void *
send_it(void *cookie)
{
	struct sender *s = cookie;
	struct api *a = live_api(live);
	struct resident_receipt got;
	struct why why = { "" };
	enum err r;
	int i;

	for (i = 0; i < 3000 && !s->answered; i++) {
		memset(&got, 0, sizeof(got));
		r = resident_send(a, s->sp->header, buf_slice(&s->raw),
		    &live->receipt_key, &got, &why);
		s->receipt = r == OK;
		s->answered = r == OK || (a->status != 0 && a->status != 503);
		buf_free(&got.text);
		if (s->stop_at_loss)
			break;
		if (!s->answered)
			live_nap(20);
	}
	api_free(a);
	return NULL;
}

static void
crowd_go(struct sender *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		s[i].answered = 0;
		assert_int_equal(
		    pthread_create(&s[i].thread, NULL, send_it, &s[i]), 0);
	}
}

static void
crowd_wait(struct sender *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		pthread_join(s[i].thread, NULL);
}

static void
A15_a_crash_between_check_and_insert_never_gives_two(void **state)
{
	struct sender s[CROWD];
	struct live_space sp;
	struct buf token = { 0 };
	struct hash leaf, *log;
	size_t i, round, receipts, before = 0, times, entries;
	uint64_t n, end = now + 100000;

	(void)state;
	live_space(live, "guasto", end, &sp);
	for (round = 0; round < 5; round++) {
		/* All rivals of one token; the server dies among them. */
		collect(&sp, round, &token);
		memset(s, 0, sizeof(s));
		for (i = 0; i < CROWD; i++) {
			s[i].sp = &sp;
			s[i].stop_at_loss = 1;
			live_record(live, &sp, round, 0, &token,
			    (unsigned)i + 1, &s[i].raw);
		}
		crowd_go(s, CROWD);
		live_nap((long)(round * round));
		live_kill(live);
		crowd_wait(s, CROWD);
		for (i = 0; i < CROWD; i++)
			before += s[i].receipt != 0;
		live_start(live);
		/* Who had a receipt keeps it; nobody else gets one. */
		for (i = 0; i < CROWD; i++)
			s[i].stop_at_loss = 0;
		crowd_go(s, CROWD);
		crowd_wait(s, CROWD);
		for (i = 0, receipts = 0; i < CROWD; i++) {
			assert_true(s[i].answered);
			receipts += s[i].receipt != 0;
		}
		assert_int_equal(receipts, 1);
		now += LIVE_INTERVAL;
		live_clock(live, now);
		for (times = 0; times == 0;) {
			live_nap(50);
			log = live_log(live, &n);
			for (i = 0, entries = 0; i < CROWD; i++) {
				size_t here;

				admit_leaf(buf_slice(&s[i].raw), &leaf);
				(void)live_find(log, n, &leaf, &here);
				entries += here;
				times += here > 0;
				if (here > 0)
					assert_true(s[i].receipt);
			}
			free(log);
		}
		assert_int_equal(entries, 1);
		for (i = 0; i < CROWD; i++)
			buf_free(&s[i].raw);
	}
	print_message("%zu receipts before a crash\n", before);
	assert_true(live_audit(live));
	buf_free(&token);
	live_space_free(&sp);
}

/* --- A28: nothing waits when the space is closed --------------------------*/

static void *
close_it(void *cookie)
{
	(void)live_close(live, cookie);
	return NULL;
}

static void
killed_while_closing(unsigned round, struct live_sealed *sealed)
{
	uint64_t end = now + LIVE_INTERVAL, n, close, at;
	struct sender s[CROWD];
	struct live_space sp;
	struct buf token = { 0 };
	pthread_t closer;
	struct hash leaf, *log;
	struct replay *replay = NULL;
	struct unseal *u;
	size_t i, times;
	char slug[16];

	(void)snprintf(slug, sizeof(slug), "%s-%u",
	    sealed != NULL ? "sigillo" : "chiude", round);
	live_clock(live, now);
	if (sealed != NULL)
		live_sealed(live, slug, end, "", sealed, &sp);
	else
		live_space(live, slug, end, &sp);
	memset(s, 0, sizeof(s));
	for (i = 0; i < CROWD; i++) {
		collect(&sp, i, &token);
		s[i].sp = &sp;
		live_record(
		    live, &sp, i, 0, &token, (unsigned)i + 1, &s[i].raw);
	}
	crowd_go(s, CROWD);
	crowd_wait(s, CROWD);
	/* All wait in the queue when the end comes. */
	now = end;
	live_clock(live, now);
	assert_int_equal(pthread_create(&closer, NULL, close_it, &sp), 0);
	live_nap(30 + 40 * (long)round);
	live_kill(live);
	pthread_join(closer, NULL);
	live_start(live);
	/* Closed by the first, or now; a second close is refused. */
	(void)live_close(live, &sp);

	close = live_last(live, ENTRY_CLOSE);
	log = live_log(live, &n);
	for (i = 0; i < CROWD; i++) {
		assert_true(s[i].receipt);
		admit_leaf(buf_slice(&s[i].raw), &leaf);
		at = live_find(log, n, &leaf, &times);
		assert_int_equal(times, 1);
		assert_true(at > sp.first && at < close);
		buf_free(&s[i].raw);
	}
	if (sealed != NULL) {
		u = live_sealed_ballots(live, &sp, &replay);
		assert_int_equal(u->m, CROWD);
		assert_int_equal(u->size, close + 1);
		unseal_free(u);
		replay_free(replay);
		live_sealed_open(live, &sp, sealed, 1);
		assert_int_equal(live_close(live, &sp), 0);
	}
	assert_true(live_audit(live));
	free(log);
	buf_free(&token);
	live_space_free(&sp);
}

static void
A28_a_crash_while_closing_leaves_no_receipted_ballot_behind(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < 3; i++)
		killed_while_closing(i, NULL);
}

/* Of the sealed ones the trustees open each and every one. */
static void
A28_every_receipted_sealed_ballot_is_in_the_tree_that_is_opened(void **state)
{
	struct live_sealed sealed = { .n = 1, .needed = 1 };
	unsigned i;

	(void)state;
	for (i = 0; i < 3; i++) {
		killed_while_closing(i, &sealed);
		trustees_free(&sealed.tr);
	}
}

static void
A28_closing_takes_in_what_waits(void **state)
{
	struct town *t = *state;
	struct space *sp = attack_vote_space(t, "bilancio", 6);
	struct entry e = { .kind = ENTRY_CLOSE };
	struct why why = { { 0 } };
	size_t i;

	town_clock(t, TOWN_TO - 1);
	for (i = 0; i < 6; i++)
		assert_int_equal(
		    town_vote(t, sp, &t->voters[i], 0, 1), PROBLEM_NONE);
	assert_int_equal(sp->records, 0);
	town_clock(t, TOWN_TO);
	/* A close that would leave them out. */
	e.space_id = sp->header->id;
	assert_int_equal(town_post(t, &e, NOTHING, &why), PROBLEM_RULE);
	assert_int_equal(town_close(t, sp, NULL), PROBLEM_NONE);
	assert_int_equal(sp->close_records, 6);
	assert_int_equal(sp->close_credentials, 6);
	assert_true(town_sound(t));
}

/* --- A34: no result before the end ----------------------------------------*/

/* Replace {names} in a route by what this space has. */
static void
fill(const char *route, const struct live_space *sp, char *out, size_t n)
{
	char hash[2 * HASH_BYTES + 1];
	const char *const words[][2] = { { "{slug}", sp->slug },
		{ "{issuer}", "0" }, { "{purpose}", "vote" },
		{ "{hash}", hash },
		{ "{name}", static_logical("style.css")->name },
		{ "{trustee}", "1" }, { "{n}", "1" },
		{ "{path...}", "entries/000.p/4" } };
	size_t k = 0, i;

	hex_encode(hash_slice(&sp->form->id), hash);
	while (*route != '\0') {
		if (*route != '{') {
			k += (size_t)snprintf(out + k, n - k, "%c", *route++);
			continue;
		}
		for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (strncmp(route, words[i][0], strlen(words[i][0])) ==
			    0)
				break;
		assert_true(i < sizeof(words) / sizeof(words[0]));
		k += (size_t)snprintf(out + k, n - k, "%s", words[i][1]);
		route = strchr(route, '}') + 1;
	}
	assert_true(k < n);
}

/* Everything that anybody can read, one after the other. */
static void
read_all(const struct live_space *sp, struct buf *out)
{
	struct fetch *f = fetch_new();
	struct fetch_request q = { .method = "GET", .max = 1 << 20 };
	const struct route *r;
	struct fetch_answer a;
	struct why why = { "" };
	char url[400];

	assert_non_null(f);
	for (r = routes; r->path != NULL; r++) {
		if (strcmp(r->method, "GET") != 0)
			continue;
		(void)snprintf(url, sizeof(url), "%s", live->url);
		fill(r->path, sp, url + strlen(url), sizeof(url) - strlen(url));
		q.url = url;
		memset(&a, 0, sizeof(a));
		if (fetch_do(f, &q, &a, &why) != OK)
			fail_msg("%s: %s", url, why.text);
		assert_true(a.status == 200 || a.status == 404 ||
			    a.status == 403 ||
			    (a.status == 401 && r->staff != 0));
		buf_printf(out, "\n== %s %ld\n", r->path, a.status);
		buf_put(out, a.body.p, a.body.n);
		buf_free(&a.body);
	}
	fetch_free(f);
}

static void
A34_nothing_public_changes_before_the_batch(void **state)
{
	struct buf before = { 0 }, after = { 0 }, token = { 0 };
	struct sender s[8];
	struct live_space sp;
	struct hash *log;
	uint64_t n, was;
	size_t i;

	(void)state;
	live_clock(live, now);
	live_space(live, "ancora", now + 10 * LIVE_INTERVAL, &sp);
	free(live_log(live, &was));
	read_all(&sp, &before);
	memset(s, 0, sizeof(s));
	for (i = 0; i < 8; i++) {
		collect(&sp, i, &token);
		s[i].sp = &sp;
		live_record(live, &sp, i, 0, &token, 1, &s[i].raw);
	}
	crowd_go(s, 8);
	crowd_wait(s, 8);
	read_all(&sp, &after);
	assert_int_equal(after.n, before.n);
	assert_memory_equal(after.p, before.p, before.n);
	/* After the window it does: the comparison can see a difference. */
	now += LIVE_INTERVAL;
	live_clock(live, now);
	do {
		live_nap(50);
		log = live_log(live, &n);
		free(log);
	} while (n == was);
	after.n = 0;
	read_all(&sp, &after);
	assert_false(
	    after.n == before.n && memcmp(after.p, before.p, before.n) == 0);
	/* Nor can the office close before the end. */
	assert_int_not_equal(live_close(live, &sp), 0);
	for (i = 0; i < 8; i++) {
		assert_true(s[i].receipt);
		buf_free(&s[i].raw);
	}
	buf_free(&before);
	buf_free(&after);
	buf_free(&token);
	live_space_free(&sp);
}

static void
A34_nobody_closes_or_counts_before_the_end(void **state)
{
	struct town *t = *state;
	struct space *sp = attack_vote_space(t, "bilancio", 2);
	struct entry close = {
		.kind = ENTRY_CLOSE, .count = 1, .credentials = 1
	};
	struct entry result = { .kind = ENTRY_RESULT };
	struct slice doc = slice_str("{}");
	struct why why = { { 0 } };
	struct buf json = { 0 };

	assert_int_equal(town_vote(t, sp, &t->voters[0], 0, 1), PROBLEM_NONE);
	close.space_id = sp->header->id;
	result.space_id = sp->header->id;
	hash_bytes(doc, &result.object);
	town_clock(t, TOWN_TO - 1);
	assert_int_equal(
	    town_post(t, &close, NOTHING, &why), PROBLEM_TOO_EARLY);
	assert_int_equal(service_drain(t->service, "bilancio", &json, &why),
	    PROBLEM_TOO_EARLY);
	assert_int_equal(json.n, 0);
	assert_int_equal(town_post(t, &result, doc, &why), PROBLEM_RULE);
	/* The end without a close gives no result either. */
	town_clock(t, TOWN_TO);
	result.n_signers = 0;
	assert_int_equal(town_post(t, &result, doc, &why), PROBLEM_RULE);
	assert_false(sp->closed || sp->has_result);
	assert_true(attack_twist("result-early", RULE_RESULT_PLACE));
}

/*
 * Whoever adds a route or a command must think of this row of the table: does
 * it tell choices or counts earlier than the log does?
 */
static void
A34_no_route_and_no_command_is_there_for_early_counts(void **state)
{
	static const char *const known[] = { "/", "/spazi/{slug}",
		"/spazi/{slug}/risultati",
		/* These say what the result says, once it is there. */
		"/spazi/{slug}/risultati/turni/{n}",
		"/api/v1/spaces/{slug}/ballots.pb",
		"/api/v1/spaces/{slug}/results.csv",
		/* What options look like. */
		"/api/v1/pictures/{hash}", "/api/v1/staff/pictures",
		"/verifica", "/privacy", "/static/{name}", "/sw.js",
		/* Filled on the device, from what is listed here. */
		"/come-funziona", "/note-legali", "/ritira", "/tessere",
		"/controlla", "/kiosk", "/spazi/{slug}/vota",
		"/spazi/{slug}/controlla", "/log/checkpoint", "/log/key",
		"/log/policy", "/log/tile/{path...}", "/api/v1/spaces",
		"/api/v1/spaces/{slug}/header", "/api/v1/spaces/{slug}/form",
		"/api/v1/spaces/{slug}/roll", "/api/v1/spaces/{slug}/result",
		"/api/v1/spaces/{slug}/ledger/{issuer}/{purpose}",
		/* Of a sealed space; openings only once it is closed. */
		"/api/v1/spaces/{slug}/ceremony",
		"/api/v1/spaces/{slug}/ceremony/{round}",
		"/api/v1/spaces/{slug}/transcript",
		"/api/v1/spaces/{slug}/opening/{trustee}",
		"/api/v1/staff/spaces/{slug}/draft", "/api/v1/objects/{hash}",
		"/.well-known/private-token-issuer-directory", "/token-request",
		"/api/v1/records", "/api/v1/disputes", "/api/v1/staff/rolls",
		"/api/v1/staff/factors", "/api/v1/staff/keys",
		"/api/v1/staff/changes", "/api/v1/staff/entries",
		"/api/v1/staff/spaces/{slug}/drain" };
	static const char *const commands[] = { "roll", "staff", "space",
		"resident", "rehearse", "trustee" };
	const struct command *c;
	const struct route *r;
	size_t i;

	(void)state;
	for (r = routes; r->path != NULL; r++) {
		for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (strcmp(r->path, known[i]) == 0)
				break;
		if (i == sizeof(known) / sizeof(known[0]))
			fail_msg("a new route, %s: does it tell anything that "
				 "the log does not yet?",
			    r->path);
	}
	for (c = client_commands; c->name != NULL; c++) {
		for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
			if (strcmp(c->name, commands[i]) == 0)
				break;
		if (i == sizeof(commands) / sizeof(commands[0]))
			fail_msg("a new command, %s", c->name);
	}
}

/* --- A43: asking for one's own record -------------------------------------*/

static int
status_of(const char *path)
{
	struct fetch_request q = { .method = "GET", .max = 1 << 20 };
	struct fetch *f = fetch_new();
	struct fetch_answer a;
	struct why why = { "" };
	char url[400];

	assert_non_null(f);
	(void)snprintf(url, sizeof(url), "%s%s", live->url, path);
	q.url = url;
	memset(&a, 0, sizeof(a));
	if (fetch_do(f, &q, &a, &why) != OK)
		fail_msg("%s: %s", url, why.text);
	buf_free(&a.body);
	fetch_free(f);
	return (int)a.status;
}

static int
object_status(const struct hash *h)
{
	char path[120] = "/api/v1/objects/";

	hex_encode(hash_slice(h), path + strlen(path));
	return status_of(path);
}

static void
A43_no_route_finds_a_record(void **state)
{
	static const char *const places[] = { "{slug}", "{name}", "{path...}",
		"{issuer}", "{purpose}", "{hash}", "{round}", "{trustee}",
		"{n}" };
	const struct route *r;
	const char *at;
	struct live_space sp;
	struct buf token = { 0 };
	struct sender s = { 0 };
	struct record rec;
	struct hash h;
	uint64_t n;
	size_t i, times = 0;

	(void)state;
	/* What an address can hold: spaces, files, documents. */
	for (r = routes; r->path != NULL; r++) {
		for (at = r->path; (at = strchr(at, '{')) != NULL; at++) {
			for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
				if (strncmp(at, places[i], strlen(places[i])) ==
				    0)
					break;
			if (i == sizeof(places) / sizeof(places[0]))
				fail_msg("%s: may it name a record?", r->path);
			/* Documents and pictures alone have a hash there. */
			if (strncmp(at, "{hash}", 6) == 0 &&
			    strcmp(r->path, "/api/v1/pictures/{hash}") != 0)
				assert_string_equal(
				    r->path, "/api/v1/objects/{hash}");
		}
	}
	live_clock(live, now);
	live_space(live, "trova", now + 10 * LIVE_INTERVAL, &sp);
	collect(&sp, 0, &token);
	s.sp = &sp;
	live_record(live, &sp, 0, 0, &token, 1, &s.raw);
	crowd_go(&s, 1);
	crowd_wait(&s, 1);
	assert_true(s.receipt);
	now += LIVE_INTERVAL;
	live_clock(live, now);
	admit_leaf(buf_slice(&s.raw), &h);
	while (times == 0) {
		struct hash *log;

		live_nap(50);
		log = live_log(live, &n);
		(void)live_find(log, n, &h, &times);
		free(log);
	}
	/* Not by leaf, hash, credential or signature; a document, yes. */
	assert_int_equal(object_status(&h), 404);
	hash_bytes(buf_slice(&s.raw), &h);
	assert_int_equal(object_status(&h), 404);
	assert_int_equal(record_parse(buf_slice(&s.raw), 1, &rec), OK);
	memcpy(h.b, rec.pk.b, HASH_BYTES);
	assert_int_equal(object_status(&h), 404);
	memcpy(h.b, rec.sig.b, HASH_BYTES);
	assert_int_equal(object_status(&h), 404);
	assert_int_equal(object_status(&sp.form->id), 200);
	/* Nor by asking for the address that takes records. */
	assert_int_equal(status_of("/api/v1/records"), 405);
	buf_free(&s.raw);
	buf_free(&token);
	live_space_free(&sp);
}

int
main(void)
{
#define TOWN(f) \
	cmocka_unit_test_setup_teardown(f, attack_town_new, attack_town_free)
	const struct CMUnitTest tests[] = {
		TOWN(A2_the_server_takes_no_old_record_again),
		cmocka_unit_test(A2_the_auditor_takes_no_old_record_again),
		TOWN(A15_a_thousand_casts_of_one_token_are_one_entry),
		cmocka_unit_test(
		    A15_a_crash_between_check_and_insert_never_gives_two),
		TOWN(A28_closing_takes_in_what_waits),
		cmocka_unit_test(
		    A28_a_crash_while_closing_leaves_no_receipted_ballot_behind),
		cmocka_unit_test(
		    A28_every_receipted_sealed_ballot_is_in_the_tree_that_is_opened),
		cmocka_unit_test(A34_nothing_public_changes_before_the_batch),
		TOWN(A34_nobody_closes_or_counts_before_the_end),
		cmocka_unit_test(
		    A34_no_route_and_no_command_is_there_for_early_counts),
		cmocka_unit_test(A43_no_route_finds_a_record),
	};

	return cmocka_run_group_tests(tests, live_begin, live_end);
}
