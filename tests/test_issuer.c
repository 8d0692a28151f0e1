#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "vec.h"

#include "attack.h"
#include "derive.h"
#include "duo.h"
#include "issuer_follow.h"
#include "sample.h"
#include "staff.h"

/* Spaces with two issuers, of which each is a server (PROTOCOL 5, 10.2). */

static int
setup(void **state)
{
	struct duo *d = malloc(sizeof(*d));

	if (d == NULL)
		return -1;
	duo_new(d);
	*state = d;
	return 0;
}

static int
teardown(void **state)
{
	duo_free(*state);
	free(*state);
	return 0;
}

static struct sign_key *
roll_key(struct duo *d, size_t who)
{
	return &d->town.voters[who].roll;
}

static int
both_ledgers(const struct space *sp)
{
	return sp->ledgers[0][PURPOSE_VOTE].present &&
	       sp->ledgers[1][PURPOSE_VOTE].present;
}

static int
both_destroyed(const struct space *sp)
{
	return sp->ledgers[0][PURPOSE_VOTE].destroyed &&
	       sp->ledgers[1][PURPOSE_VOTE].destroyed;
}

/* The first ${n} voters collect, at both. */
static void
collect(struct duo *d, const struct space *sp, size_t n, struct buf *tokens)
{
	struct why why = { { 0 } };
	long status;
	size_t i;

	for (i = 0; i < n; i++) {
		if (duo_collect(d, sp, i, NULL, &tokens[i], &status, &why) !=
		    OK)
			fail_msg("voter %zu: %s", i, why.text);
		assert_int_equal(tokens[i].n, 2 * BLIND_BYTES);
	}
}

static void
free_all(struct buf *tokens, size_t n)
{
	while (n > 0)
		buf_free(&tokens[--n]);
}

/* --- The good case -------------------------------------------------------- */

static void
a_record_carries_a_token_of_each_issuer(void **state)
{
	struct buf tokens[3] = { { 0 } };
	struct why why = { { 0 } };
	struct duo *d = *state;
	struct space *sp = duo_space(d, "due", NULL);
	size_t i;

	town_clock(&d->town, 1500);
	collect(d, sp, 3, tokens);
	town_clock(&d->town, TOWN_FROM);
	assert_true(town_wait(&d->town, both_ledgers, sp));
	assert_int_equal(sp->ledgers[0][PURPOSE_VOTE].count, 3);
	assert_int_equal(sp->ledgers[1][PURPOSE_VOTE].count, 3);
	assert_true(town_wait(&d->town, both_destroyed, sp));
	town_clock(&d->town, TOWN_FROM + 10);
	for (i = 0; i < 3; i++)
		assert_int_equal(
		    duo_vote(d, sp, i, 0, &tokens[i], &why), PROBLEM_NONE);
	town_clock(&d->town, TOWN_TO);
	assert_int_equal(town_close(&d->town, sp, &why), PROBLEM_NONE);
	assert_true(town_sound(&d->town));
	free_all(tokens, 3);
}

static void
an_issuer_that_starts_again_goes_on(void **state)
{
	struct buf tokens[2] = { { 0 } }, again = { 0 };
	struct why why = { { 0 } };
	struct duo *d = *state;
	struct space *sp = duo_space(d, "due", NULL);
	long status;

	town_clock(&d->town, 1500);
	collect(d, sp, 2, tokens);
	duo_issuer_shut(d);
	assert_int_equal(duo_issuer_open(d, NULL), OK);
	assert_int_equal(
	    duo_collect(d, sp, 0, NULL, &again, &status, &why), OK);
	assert_memory_equal(again.p, tokens[0].p, 2 * BLIND_BYTES);
	/* Also while the log is out of reach. */
	duo_issuer_shut(d);
	duo_log_stop(d);
	assert_int_equal(duo_issuer_open(d, NULL), OK);
	duo_log_serve(d);
	town_clock(&d->town, TOWN_FROM);
	assert_true(town_wait(&d->town, both_ledgers, sp));
	assert_int_equal(sp->ledgers[1][PURPOSE_VOTE].count, 2);
	buf_free(&again);
	free_all(tokens, 2);
}

static void
a_resident_is_told_which_issuer_fails(void **state)
{
	struct buf tokens = { 0 };
	struct why why = { { 0 } };
	struct duo *d = *state;
	struct space *sp = duo_space(d, "due", NULL);
	long status;

	town_clock(&d->town, 1500);
	duo_issuer_shut(d);
	assert_int_equal(
	    duo_collect(d, sp, 0, NULL, &tokens, &status, &why), ERR_IO);
	assert_non_null(strstr(why.text, "issuer 2 (" DUO_HOST ")"));
	assert_int_equal(tokens.n, 0);
	/* What the first one gave it gives again. */
	assert_int_equal(duo_issuer_open(d, NULL), OK);
	assert_int_equal(
	    duo_collect(d, sp, 0, NULL, &tokens, &status, &why), OK);
	buf_free(&tokens);
}

/* Another server's word is as good: the log's server need not issue. */
static void
the_logs_server_need_not_be_an_issuer(void **state)
{
	struct why why = { { 0 } };
	struct duo *d = *state;
	struct buf issuer = { 0 }, tokens = { 0 };
	const char *edits[] = { "issuers.0", NULL, NULL };
	struct space *sp;
	long status;

	duo_keys(d, "altrove", &issuer);
	edits[1] = buf_text(&issuer);
	sp = town_space(&d->town, "altrove", edits);
	assert_int_equal(sp->header->n_issuers, 1);
	town_clock(&d->town, 1500);
	assert_int_equal(
	    duo_collect(d, sp, 0, NULL, &tokens, &status, &why), OK);
	town_clock(&d->town, TOWN_FROM + 10);
	assert_true(town_wait(&d->town, attack_has_ledger, sp));
	assert_int_equal(duo_vote(d, sp, 0, 0, &tokens, &why), PROBLEM_NONE);
	town_clock(&d->town, TOWN_TO);
	assert_int_equal(town_close(&d->town, sp, &why), PROBLEM_NONE);
	assert_true(town_wait(&d->town, attack_has_destroyed, sp));
	assert_true(town_sound(&d->town));
	buf_free(&issuer);
	buf_free(&tokens);
}

/* --- Changes of the roll -------------------------------------------------- */

/*
 * She collected at the first issuer with the old letter; then it was lost.  The
 * right belongs to the line: with the secret that her device kept she gets the
 * same token again, and the other issuer's; without it, neither.
 */
static void
a_replaced_letter_never_gives_two_tokens(void **state)
{
	struct duo *d = *state;
	struct space *sp = duo_space(d, "due", NULL);
	uint8_t first[BLIND_BYTES], token[BLIND_BYTES];
	struct sign_key *old = roll_key(d, 0);
	struct sign_key *fresh = roll_key(d, TOWN_VOTERS - 1);
	struct buf tokens = { 0 };
	struct why why = { { 0 } };
	long status;

	town_clock(&d->town, 1500);
	assert_int_equal(duo_ask(d, sp, 0, 0, NULL, first, &why), 200);
	assert_int_equal(
	    duo_change(d, ROLL_REPLACE, old, fresh, NULL, &why), 201);
	/* At once, at both. */
	assert_int_equal(duo_ask(d, sp, 0, 0, old, token, &why), 401);
	assert_int_equal(duo_ask(d, sp, 1, 0, old, token, &why), 401);
	/* Another secret: another credential, which the line has had. */
	d->secrets[1] = d->secrets[0];
	resident_secret_random(&d->secrets[0]);
	assert_int_equal(duo_ask(d, sp, 0, 0, fresh, token, &why), 409);
	d->secrets[0] = d->secrets[1];
	assert_int_equal(
	    duo_collect(d, sp, 0, fresh, &tokens, &status, &why), OK);
	assert_memory_equal(tokens.p, first, BLIND_BYTES);

	/* The ledgers name the line by two of its keys, once it is public. */
	assert_int_equal(town_publish(&d->town, NULL), PROBLEM_NONE);
	town_clock(&d->town, TOWN_FROM);
	assert_true(town_wait(&d->town, both_ledgers, sp));
	assert_int_equal(sp->ledgers[0][PURPOSE_VOTE].count, 1);
	assert_int_equal(sp->ledgers[1][PURPOSE_VOTE].count, 1);
	town_clock(&d->town, TOWN_FROM + 10);
	assert_int_equal(duo_vote(d, sp, 0, 0, &tokens, &why), PROBLEM_NONE);
	town_clock(&d->town, TOWN_TO);
	assert_int_equal(town_close(&d->town, sp, &why), PROBLEM_NONE);
	assert_true(town_sound(&d->town));
	buf_free(&tokens);
}

static void
a_line_that_collected_anywhere_is_not_struck(void **state)
{
	struct duo *d = *state;
	struct space *sp = duo_space(d, "due", NULL);
	uint8_t token[BLIND_BYTES];
	struct why why = { { 0 } };

	town_clock(&d->town, 1500);
	/* Only the other issuer knows. */
	assert_int_equal(duo_ask(d, sp, 1, 0, NULL, token, &why), 200);
	assert_int_equal(
	    duo_change(d, ROLL_STRIKE, roll_key(d, 0), NULL, sp, &why), 409);
	assert_non_null(strstr(why.text, DUO_HOST));
	assert_int_equal(
	    duo_change(d, ROLL_REMOVE, roll_key(d, 0), NULL, NULL, &why), 409);
	/* She goes on. */
	assert_int_equal(duo_ask(d, sp, 0, 0, NULL, token, &why), 200);
}

/* What staff sign for the log's server, which passes it on. */
static void
strike_sign(struct duo *d, const struct space *sp, size_t who, struct buf *row,
    struct buf *authorization)
{
	struct roll_change c = { .action = ROLL_STRIKE,
		.method = ROLL_PAPER,
		.old_pk = roll_key(d, who)->pk,
		.space_id = sp->header->id };

	roll_change_put(row, &c);
	assert_int_equal(staff_request_sign(&d->town.registrar, ++d->town.n,
			     "example.org/log", "POST", "/api/v1/staff/changes",
			     buf_slice(row), authorization),
	    OK);
	assert_non_null(buf_text(authorization));
}

/* Else she could collect at one while the other strikes her. */
static void
nothing_is_issued_to_a_line_while_issuers_agree_to_strike_it(void **state)
{
	struct duo *d = *state;
	struct space *sp = duo_space(d, "due", NULL);
	struct buf row = { 0 }, authorization = { 0 };
	uint8_t token[BLIND_BYTES];
	struct why why = { { 0 } };
	int repeat;

	town_clock(&d->town, 1500);
	strike_sign(d, sp, 0, &row, &authorization);
	assert_int_equal(issuer_change(d->issuer, buf_text(&authorization),
			     buf_slice(&row), 0, &repeat, &why),
	    PROBLEM_NONE);
	assert_int_equal(duo_ask(d, sp, 1, 0, NULL, token, &why), 503);
	/* To everybody else, as ever. */
	assert_int_equal(duo_ask(d, sp, 1, 1, NULL, token, &why), 200);
	assert_int_equal(issuer_change(d->issuer, buf_text(&authorization),
			     buf_slice(&row), 1, &repeat, &why),
	    PROBLEM_NONE);
	assert_int_equal(repeat, 0);
	assert_int_equal(duo_ask(d, sp, 1, 0, NULL, token, &why), 401);
	/* The same request again changes nothing. */
	assert_int_equal(issuer_change(d->issuer, buf_text(&authorization),
			     buf_slice(&row), 1, &repeat, &why),
	    PROBLEM_NONE);
	assert_int_equal(repeat, 1);
	buf_free(&row);
	buf_free(&authorization);
}

static void
a_change_that_staff_did_not_sign_is_refused_by_an_issuer(void **state)
{
	struct duo *d = *state;
	struct space *sp = duo_space(d, "due", NULL);
	struct buf row = { 0 }, authorization = { 0 };
	struct why why = { { 0 } };
	int repeat;

	strike_sign(d, sp, 0, &row, &authorization);
	row.p[1] ^= 1;
	assert_int_equal(issuer_change(d->issuer, buf_text(&authorization),
			     buf_slice(&row), 1, &repeat, &why),
	    PROBLEM_STAFF);
	assert_int_equal(
	    issuer_change(d->issuer, NULL, buf_slice(&row), 1, &repeat, &why),
	    PROBLEM_STAFF);
	buf_free(&row);
	buf_free(&authorization);
}

static void
a_struck_line_is_struck_at_every_issuer(void **state)
{
	struct duo *d = *state;
	struct space *sp = duo_space(d, "due", NULL);
	uint8_t token[BLIND_BYTES];
	struct why why = { { 0 } };
	size_t i;

	town_clock(&d->town, 1500);
	assert_int_equal(
	    duo_change(d, ROLL_STRIKE, roll_key(d, 0), NULL, sp, &why), 201);
	for (i = 0; i < 2; i++)
		assert_int_equal(duo_ask(d, sp, i, 0, NULL, token, &why), 401);
	assert_int_equal(
	    duo_change(d, ROLL_STRIKE, roll_key(d, 0), NULL, sp, &why), 409);
	/* A restart forgets nothing; publishing changes nothing. */
	duo_issuer_shut(d);
	assert_int_equal(duo_issuer_open(d, NULL), OK);
	assert_int_equal(duo_ask(d, sp, 1, 0, NULL, token, &why), 401);
	assert_int_equal(town_publish(&d->town, NULL), PROBLEM_NONE);
	for (i = 0; i < 2; i++)
		assert_int_equal(duo_ask(d, sp, i, 0, NULL, token, &why), 401);
}

static void
a_change_waits_until_every_issuer_can_be_reached(void **state)
{
	struct duo *d = *state;
	struct space *sp = duo_space(d, "due", NULL);
	struct sign_key *fresh = roll_key(d, TOWN_VOTERS - 1);
	uint8_t token[BLIND_BYTES];
	struct why why = { { 0 } };

	town_clock(&d->town, 1500);
	duo_issuer_shut(d);
	assert_int_equal(
	    duo_change(d, ROLL_REPLACE, roll_key(d, 0), fresh, NULL, &why),
	    503);
	assert_non_null(strstr(why.text, "out of reach"));
	/* It has no effect anywhere. */
	assert_int_equal(duo_ask(d, sp, 0, 0, NULL, token, &why), 200);
	assert_int_equal(duo_issuer_open(d, NULL), OK);
	assert_int_equal(
	    duo_change(d, ROLL_REPLACE, roll_key(d, 0), fresh, NULL, &why),
	    201);
	assert_int_equal(duo_ask(d, sp, 1, 0, NULL, token, &why), 401);
	assert_int_equal(duo_ask(d, sp, 1, 0, fresh, token, &why), 200);
}

/* The log's server fell between the issuer's yes and its own. */
static void
a_change_that_one_issuer_has_already_is_healed_by_sending_it_again(void **state)
{
	struct duo *d = *state;
	struct space *sp = duo_space(d, "due", NULL);
	struct sign_key *fresh = roll_key(d, TOWN_VOTERS - 1);
	struct roll_change c = { .action = ROLL_REPLACE,
		.method = ROLL_DESK,
		.old_pk = roll_key(d, 0)->pk,
		.new_pk = fresh->pk };
	uint8_t token[BLIND_BYTES];
	struct why why = { { 0 } };
	struct buf b = { 0 };

	town_clock(&d->town, 1500);
	/* So that the issuer knows the space. */
	assert_int_equal(duo_ask(d, sp, 1, 1, NULL, token, &why), 200);
	roll_change_put(&b, &c);
	assert_int_equal(
	    service_change(d->issuer, buf_slice(&b), &why), PROBLEM_NONE);
	assert_int_equal(
	    duo_change(d, ROLL_REPLACE, roll_key(d, 0), fresh, NULL, &why),
	    201);
	assert_int_equal(duo_ask(d, sp, 0, 0, NULL, token, &why), 401);
	buf_free(&b);
}

/* --- Ledgers -------------------------------------------------------------- */

static void
nobody_casts_before_every_ledger_is_there(void **state)
{
	struct buf tokens[1] = { { 0 } };
	struct why why = { { 0 } };
	struct duo *d = *state;
	struct space *sp = duo_space(d, "due", NULL);

	town_clock(&d->town, 1500);
	collect(d, sp, 1, tokens);
	duo_issuer_shut(d);
	town_clock(&d->town, TOWN_FROM + 10);
	assert_true(town_wait(&d->town, attack_has_ledger, sp));
	assert_int_equal(
	    duo_vote(d, sp, 0, 0, &tokens[0], &why), PROBLEM_NOT_OPEN);
	assert_int_equal(duo_issuer_open(d, NULL), OK);
	assert_true(town_wait(&d->town, both_ledgers, sp));
	assert_int_equal(duo_vote(d, sp, 0, 0, &tokens[0], &why), PROBLEM_NONE);
	free_all(tokens, 1);
}

static void
nothing_is_closed_before_every_ledger_is_there(void **state)
{
	static const char *const overlapping[] = { "mode", "\"overlapping\"",
		"issuance", "{\"from\":1000,\"to\":3000}", NULL };
	struct buf tokens[2] = { { 0 } };
	struct why why = { { 0 } };
	struct duo *d = *state;
	struct space *sp = duo_space(d, "due", overlapping);

	town_clock(&d->town, TOWN_FROM + 10);
	collect(d, sp, 2, tokens);
	assert_int_equal(duo_vote(d, sp, 0, 0, &tokens[0], &why), PROBLEM_NONE);
	duo_issuer_shut(d);
	town_clock(&d->town, TOWN_TO);
	assert_int_equal(town_close(&d->town, sp, &why), PROBLEM_TOO_EARLY);
	assert_non_null(strstr(why.text,
	    "the ledger of issuer 2 (" DUO_HOST ") is not there yet"));
	assert_int_equal(duo_issuer_open(d, NULL), OK);
	assert_int_equal(town_close(&d->town, sp, &why), PROBLEM_NONE);
	assert_int_equal(sp->records, 1);
	assert_int_equal(sp->ledgers[1][PURPOSE_VOTE].count, 2);
	assert_true(town_sound(&d->town));
	free_all(tokens, 2);
}

/* What the other issuer will say that it was asked. */
static void
ledger_set(struct duo *d, const struct space *sp, struct slice rows)
{
	struct store *st = service_store(d->issuer);
	char name[64];
	struct hash h;

	hash_bytes(rows, &h);
	assert_int_equal(store_object_put(st, &h, rows), OK);
	(void)snprintf(
	    name, sizeof(name), "ledger-%zu-%d", sp->no, PURPOSE_VOTE);
	assert_int_equal(store_value_put(st, name, hash_slice(&h)), OK);
}

static void
a_ledger_with_a_line_that_is_on_no_roll_is_refused(void **state)
{
	struct why why = { { 0 } };
	struct duo *d = *state;
	struct space *sp = duo_space(d, "due", NULL);
	const struct hash *id = &sp->header->issuers[1].keys[1].key_id;
	struct ledger_row row = { .c = *id };
	struct buf rows = { 0 };
	struct sign_key k;

	sign_key_random(&k);
	row.roll_pk = k.pk;
	assert_int_equal(
	    ledger_ask_sign(&k, &sp->header->id, id, &row.c, &row.sig), OK);
	buf_put(&rows, row.roll_pk.b, 32);
	buf_put(&rows, row.c.b, 32);
	buf_put(&rows, row.sig.b, 64);
	ledger_set(d, sp, buf_slice(&rows));
	town_clock(&d->town, TOWN_TO);
	assert_int_equal(town_close(&d->town, sp, &why), PROBLEM_TOO_EARLY);
	assert_non_null(strstr(why.text, "rule 23"));
	assert_int_equal(sp->ledgers[1][PURPOSE_VOTE].present, 0);
	buf_free(&rows);
}

/* Signatures that nobody could have asked for are not even looked at. */
static void
a_ledger_with_more_rows_than_there_are_lines_is_not_read(void **state)
{
	struct why why = { { 0 } };
	struct duo *d = *state;
	struct space *sp = duo_space(d, "due", NULL);
	uint8_t row[LEDGER_ROW] = { 0 };
	struct buf rows = { 0 };
	unsigned i;

	for (i = 0; i < 200; i++) {
		row[0] = (uint8_t)i;
		buf_put(&rows, row, sizeof(row));
	}
	ledger_set(d, sp, buf_slice(&rows));
	town_clock(&d->town, TOWN_TO);
	assert_int_equal(town_close(&d->town, sp, &why), PROBLEM_TOO_EARLY);
	assert_null(strstr(why.text, "rule 2"));
	assert_int_equal(sp->ledgers[1][PURPOSE_VOTE].present, 0);
	buf_free(&rows);
}

/* It takes the connection and says nothing. */
static int
listen_silently(unsigned port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	assert_int_equal(
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 8), 0);
	return fd;
}

static void
a_silent_issuer_does_not_keep_the_server_from_stopping(void **state)
{
	struct why why = { { 0 } };
	struct duo *d = *state;
	time_t from;
	int fd, peer;

	(void)duo_space(d, "due", NULL);
	duo_issuer_shut(d);
	fd = listen_silently(d->port);
	town_clock(&d->town, TOWN_FROM + 10);
	assert_true((peer = accept(fd, NULL, NULL)) >= 0);
	duo_log_stop(d);
	from = time(NULL);
	town_shut(&d->town);
	assert_true(time(NULL) - from < 10);
	(void)close(peer);
	(void)close(fd);
	if (town_open(&d->town, &why) != OK)
		fail_msg("%s", why.text);
}

/* It gave tokens that its ledger does not own up to. */
static void
a_ledger_shorter_than_the_ballots_stops_the_close(void **state)
{
	struct buf tokens[2] = { { 0 } };
	struct why why = { { 0 } };
	struct duo *d = *state;
	struct space *sp = duo_space(d, "due", NULL);
	size_t i;

	town_clock(&d->town, 1500);
	collect(d, sp, 2, tokens);
	ledger_set(d, sp, slice_of(NULL, 0));
	town_clock(&d->town, TOWN_FROM + 10);
	assert_true(town_wait(&d->town, both_ledgers, sp));
	for (i = 0; i < 2; i++)
		assert_int_equal(
		    duo_vote(d, sp, i, 0, &tokens[i], &why), PROBLEM_NONE);
	town_clock(&d->town, TOWN_TO);
	assert_int_equal(town_close(&d->town, sp, &why), PROBLEM_RULE);
	assert_non_null(strstr(why.text, "rule 37"));
	free_all(tokens, 2);
}

/* --- Headers -------------------------------------------------------------- */

static enum problem
post_header(
    struct duo *d, const char *slug, const char *const *edits, struct why *why)
{
	struct entry e = { .kind = ENTRY_HEADER };
	struct buf text = { 0 };
	enum problem p;

	why->text[0] = '\0';
	town_header(&d->town, slug, edits, &text);
	hash_bytes(buf_slice(&text), &e.space_id);
	e.object = e.space_id;
	p = town_post(&d->town, &e, buf_slice(&text), why);
	buf_free(&text);
	return p;
}

static void
a_header_names_only_keys_that_their_issuer_made(void **state)
{
	struct duo *d = *state;
	struct buf issuer = { 0 };
	struct why why;
	const char *edits[] = { "issuers.1", NULL, NULL };
	const char *foreign[] = { "issuers.1", NULL, "issuers.1.keys.vote",
		NULL, NULL };
	char key[BLIND_SPKI * 2];

	duo_keys(d, "altro", &issuer);
	edits[1] = buf_text(&issuer);
	/* Made for another slug. */
	assert_int_equal(post_header(d, "due", edits, &why), PROBLEM_RULE);
	assert_non_null(strstr(why.text, "has made no token key"));
	(void)snprintf(key, sizeof(key), "\"%s\"", sample_keys[3]);
	foreign[1] = edits[1];
	foreign[3] = key;
	assert_int_equal(post_header(d, "altro", foreign, &why), PROBLEM_RULE);
	assert_non_null(strstr(why.text, "is not the token key"));
	duo_issuer_shut(d);
	assert_int_equal(
	    post_header(d, "altro", edits, &why), PROBLEM_UNAVAILABLE);
	assert_non_null(strstr(why.text, "out of reach"));
	assert_int_equal(duo_issuer_open(d, NULL), OK);
	assert_int_equal(post_header(d, "altro", edits, &why), PROBLEM_NONE);
	buf_free(&issuer);
}

static void
a_new_issuer_comes_after_the_changes_that_wait(void **state)
{
	struct duo *d = *state;
	struct space *one = town_space(&d->town, "uno", NULL);
	struct buf issuer = { 0 };
	struct why why;
	const char *edits[] = { "issuers.1", NULL, NULL };

	assert_non_null(one);
	assert_int_equal(duo_change(d, ROLL_REPLACE, roll_key(d, 0),
			     roll_key(d, TOWN_VOTERS - 1), NULL, &why),
	    201);
	duo_keys(d, "due", &issuer);
	edits[1] = buf_text(&issuer);
	assert_int_equal(post_header(d, "due", edits, &why), PROBLEM_RULE);
	assert_non_null(strstr(why.text, "publish them first"));
	assert_int_equal(town_publish(&d->town, NULL), PROBLEM_NONE);
	assert_int_equal(post_header(d, "due", edits, &why), PROBLEM_NONE);
	buf_free(&issuer);
}

/* --- The log that is followed --------------------------------------------- */

static void
nothing_is_issued_while_the_log_is_another_one(void **state)
{
	uint8_t token[BLIND_BYTES];
	struct why why = { { 0 } };
	struct duo *d = *state;
	struct space *sp;
	struct service *real;
	struct town other;

	/* The same folder, brought to another continuation. */
	(void)duo_space(d, "due", NULL);
	town_shut(&d->town);
	duo_log_stop(d);
	attack_copy(&d->town, &other);
	assert_int_equal(town_open(&d->town, NULL), OK);
	duo_log_serve(d);
	sp = world_space_by_slug(service_read(d->town.service), "due");
	service_done(d->town.service);
	town_clock(&d->town, 1500);
	(void)town_space(&d->town, "tre", NULL);
	assert_int_equal(duo_ask(d, sp, 1, 0, NULL, token, &why), 200);

	town_clock(&other, 1500);
	assert_int_equal(town_open(&other, NULL), OK);
	(void)town_space(&other, "fork", NULL);
	(void)town_space(&other, "fork-due", NULL);
	duo_log_stop(d);
	real = d->town.service;
	d->town.service = other.service;
	duo_log_serve(d);
	assert_int_equal(duo_change(d, ROLL_REPLACE, roll_key(d, 1),
			     roll_key(d, TOWN_VOTERS - 1), NULL, &why),
	    503);
	assert_non_null(strstr(why.text, "fork"));
	assert_int_equal(duo_ask(d, sp, 1, 2, NULL, token, &why), 503);
	assert_non_null(strstr(why.text, "fork"));

	duo_log_stop(d);
	d->town.service = real;
	duo_log_serve(d);
	issuer_follow_soon(d->issuer);
	assert_int_equal(duo_ask(d, sp, 1, 2, NULL, token, &why), 200);
	town_free(&other);
}

/* The log's server asks a witness that never answers. */
static void
policy_write(struct duo *d, struct buf *vkey)
{
	char path[DATADIR_PATH + 16];
	struct sign_key k;
	struct note_key key;
	FILE *f;

	sign_key_random(&k);
	assert_int_equal(
	    note_key_make("w.example", NOTE_COSIGNATURE, &k.pk, &key), OK);
	note_key_print(&key, vkey);
	assert_non_null(buf_text(vkey));
	(void)snprintf(path, sizeof(path), "%s/policy", d->town.dir);
	assert_non_null(f = fopen(path, "w"));
	fprintf(
	    f, "witness w %s http://127.0.0.1:1/\nquorum w\n", buf_text(vkey));
	assert_int_equal(fclose(f), 0);
}

static void
nothing_is_issued_without_the_quorum_of_witnesses(void **state)
{
	char witnesses[512], path[DATADIR_PATH + 16];
	const char *const edits[] = { "witnesses", witnesses, NULL };
	uint8_t token[BLIND_BYTES];
	struct why why = { { 0 } };
	struct duo *d = *state;
	struct buf vkey = { 0 };
	struct space *sp;

	duo_log_stop(d);
	town_shut(&d->town);
	policy_write(d, &vkey);
	assert_int_equal(town_open(&d->town, NULL), OK);
	duo_log_serve(d);
	(void)snprintf(witnesses, sizeof(witnesses),
	    "{\"keys\":[\"%s\"],\"quorum\":1}", buf_text(&vkey));
	sp = duo_space(d, "due", edits);
	town_clock(&d->town, 1500);
	issuer_follow_soon(d->issuer);
	assert_int_equal(duo_ask(d, sp, 1, 0, NULL, token, &why), 503);
	assert_non_null(strstr(why.text, "rule 2, quorum"));
	(void)snprintf(path, sizeof(path), "%s/policy", d->town.dir);
	(void)remove(path);
	buf_free(&vkey);
}

/* --- What may be told ------------------------------------------------------*/

static void
the_issuers_folder_holds_no_credential(void **state)
{
	struct buf tokens[2] = { { 0 } };
	struct why why = { { 0 } };
	struct duo *d = *state;
	struct space *sp = duo_space(d, "due", NULL);
	struct public_key pk;
	struct secret ss;
	size_t i;

	town_clock(&d->town, 1500);
	collect(d, sp, 2, tokens);
	town_clock(&d->town, TOWN_FROM + 10);
	assert_true(town_wait(&d->town, both_ledgers, sp));
	for (i = 0; i < 2; i++)
		assert_int_equal(
		    duo_vote(d, sp, i, 0, &tokens[i], &why), PROBLEM_NONE);
	/* Before the batch, by which the credentials become public. */
	duo_issuer_shut(d);
	for (i = 0; i < 2; i++) {
		assert_int_equal(
		    derive_space_secret(&d->secrets[i], &sp->header->id, &ss),
		    OK);
		assert_int_equal(wallet_pk(&ss, PURPOSE_VOTE, &pk), OK);
		assert_false(
		    datadir_contains(d->dir, slice_of(pk.b, sizeof(pk.b))));
		assert_false(datadir_contains(
		    d->dir, slice_of(tokens[i].p + BLIND_BYTES, BLIND_BYTES)));
	}
	assert_int_equal(duo_issuer_open(d, NULL), OK);
	free_all(tokens, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define with(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
		with(a_record_carries_a_token_of_each_issuer),
		with(an_issuer_that_starts_again_goes_on),
		with(a_resident_is_told_which_issuer_fails),
		with(the_logs_server_need_not_be_an_issuer),
		with(a_replaced_letter_never_gives_two_tokens),
		with(a_line_that_collected_anywhere_is_not_struck),
		with(
		    nothing_is_issued_to_a_line_while_issuers_agree_to_strike_it),
		with(a_change_that_staff_did_not_sign_is_refused_by_an_issuer),
		with(a_struck_line_is_struck_at_every_issuer),
		with(a_change_waits_until_every_issuer_can_be_reached),
		with(
		    a_change_that_one_issuer_has_already_is_healed_by_sending_it_again),
		with(nobody_casts_before_every_ledger_is_there),
		with(nothing_is_closed_before_every_ledger_is_there),
		with(a_ledger_with_a_line_that_is_on_no_roll_is_refused),
		with(a_ledger_with_more_rows_than_there_are_lines_is_not_read),
		with(a_silent_issuer_does_not_keep_the_server_from_stopping),
		with(a_ledger_shorter_than_the_ballots_stops_the_close),
		with(a_header_names_only_keys_that_their_issuer_made),
		with(a_new_issuer_comes_after_the_changes_that_wait),
		with(nothing_is_issued_while_the_log_is_another_one),
		with(nothing_is_issued_without_the_quorum_of_witnesses),
		with(the_issuers_folder_holds_no_credential),
	};

	return cmocka_run_group_tests_name("issuer", tests, NULL, NULL);
}
