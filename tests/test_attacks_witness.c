#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"
#include "hex.h"

#include "vec.h"

#include "forge.h"
#include "live.h"
#include "snapshot.h"

/*
 * A municipality whose log two witnesses follow, all of them programs of their
 * own: forks, roll-backs and missing witnesses, as readers meet them.
 */
#define RESIDENTS 3
#define WITNESSES 2
#define SPACE_END (LIVE_FROM + (uint64_t)20 * LIVE_INTERVAL)
#define PATH_CHARS (DATADIR_PATH + 64)

struct wit {
	char dir[PATH_CHARS];
	char vkey[400];
	struct spawn process;
	unsigned port;
};

static struct live *live;
static struct wit wit[WITNESSES];
static char log_vkey[400], policy[PATH_CHARS];
static struct live_space space;

static void
line_of(const char *path, char *out, size_t n)
{
	struct buf b = { 0 };

	assert_int_equal(file_read(path, n - 1, &b, NULL), OK);
	memcpy(out, b.p, b.n);
	out[b.n] = '\0';
	out[strcspn(out, "\n")] = '\0';
	buf_free(&b);
}

static void
program_path(const char *name, char out[static PATH_CHARS])
{
	const char *b = getenv("B");

	(void)snprintf(out, PATH_CHARS, "%.400s/%s",
	    b != NULL && *b != '\0' ? b : "build", name);
}

static void
wit_start(struct wit *w)
{
	char program[PATH_CHARS], port[16];
	const char *argv[] = { program, "serve", "--witness-only", "--dir",
		w->dir, "--log", log_vkey, "--port", port, NULL };
	struct why why = { "" };
	struct buf line = { 0 };
	const char *at;

	program_path("partecipa", program);
	(void)snprintf(port, sizeof(port), "%u", w->port);
	if (spawn_start(argv, &w->process, &why) != OK ||
	    spawn_line(&w->process, 60, &line, &why) != OK)
		fail_msg("%s", why.text);
	at = strrchr(buf_text(&line), ':');
	assert_non_null(at);
	w->port = (unsigned)strtoul(at + 1, NULL, 10);
	buf_free(&line);
}

static void
wit_kill(struct wit *w)
{
	assert_int_equal(kill(w->process.pid, SIGKILL), 0);
	assert_int_equal(waitpid(w->process.pid, NULL, 0), w->process.pid);
	(void)close(w->process.out);
	w->process = (struct spawn){ .out = -1 };
}

static void
key_of_log(void)
{
	struct why why = { "" };
	struct buf b = { 0 };
	struct trust *t = NULL;

	assert_int_equal(
	    trust_open(live->url, NULL, slice_of(NULL, 0), &t, &why), OK);
	note_key_print(trust_key(t), &b);
	(void)snprintf(log_vkey, sizeof(log_vkey), "%s", buf_text(&b));
	trust_free(t);
	buf_free(&b);
}

static int
setup(void **state)
{
	char path[PATH_CHARS], name[32], more[1200];
	struct buf b = { 0 };
	unsigned i;

	(void)state;
	live = live_new(RESIDENTS);
	key_of_log();
	assert_int_equal(live_stop(live), 0);
	for (i = 0; i < WITNESSES; i++) {
		struct wit *w = &wit[i];
		const char *argv[] = { "init", "--witness-only", "--dir",
			w->dir, "--name", name, NULL };

		(void)snprintf(
		    w->dir, sizeof(w->dir), "%.400s/witness%u", live->root, i);
		(void)snprintf(name, sizeof(name), "witness.example/%u", i);
		assert_int_equal(live_run("partecipa", argv), 0);
		(void)snprintf(
		    path, sizeof(path), "%.500s/witness.vkey", w->dir);
		line_of(path, w->vkey, sizeof(w->vkey));
		wit_start(w);
		buf_printf(&b, "witness w%u %s http://127.0.0.1:%u\n", i,
		    w->vkey, w->port);
	}
	buf_str(&b, "group both all w0 w1\nquorum both\n");
	(void)snprintf(policy, sizeof(policy), "%.400s/policy", live->data);
	assert_int_equal(file_write(policy, 0644, buf_slice(&b), NULL), OK);
	live_start(live);
	(void)snprintf(more, sizeof(more),
	    "\"witnesses\": {\"keys\": [\"%s\", \"%s\"], \"quorum\": 2}, ",
	    wit[0].vkey, wit[1].vkey);
	live_space_with(live, "voto", SPACE_END, more, &space);
	live_clock(live, LIVE_FROM);
	buf_free(&b);
	return 0;
}

static int
teardown(void **state)
{
	unsigned i;

	(void)state;
	live_space_free(&space);
	for (i = 0; i < WITNESSES; i++)
		(void)spawn_stop(&wit[i].process);
	live_free(live);
	return 0;
}

/* --- Readers ----------------------------------------------------------------
 */

/* What a program says, among other things; its exit status. */
static int
run(const char *const *argv, const char *says)
{
	struct why why = { "" };
	struct buf out = { 0 };
	struct spawn s;
	int status = -1;

	assert_int_equal(spawn_start(argv, &s, &why), OK);
	assert_int_equal(
	    spawn_all(&s, (size_t)1 << 20, &out, &status, &why), OK);
	if (strstr(buf_text(&out), says) == NULL)
		fail_msg("%s", buf_text(&out));
	buf_free(&out);
	return status;
}

/* The auditor, with a policy of its own or without. */
static int
audit(const char *where, const char *own, const char *says)
{
	char program[PATH_CHARS];
	const char *argv[] = { program, "verify", where,
		own != NULL ? "--policy" : NULL, own, NULL };

	program_path("partecipa-audit", program);
	return run(argv, says);
}

static int
doctor(const char *says)
{
	char program[PATH_CHARS];
	const char *argv[] = { program, "doctor", "--dir", live->data, NULL };

	program_path("partecipa", program);
	return run(argv, says);
}

/* Does a client accept the space? */
static enum err
client_reads(struct why *why)
{
	struct trust *t = NULL;
	struct header *h = NULL;
	struct api *a = live_api(live);
	struct buf b = { 0 };
	enum err r;

	assert_int_equal(api_header(a, space.slug, &b, why), OK);
	assert_int_equal(
	    trust_open(live->url, NULL, slice_of(NULL, 0), &t, why), OK);
	r = trust_header(t, space.first, buf_slice(&b), &h, why);
	header_free(h);
	trust_free(t);
	buf_free(&b);
	api_free(a);
	return r;
}

static uint64_t
size_now(void)
{
	struct why why = { "" };
	struct trust *t = NULL;
	uint64_t n;

	assert_int_equal(
	    trust_open(live->url, NULL, slice_of(NULL, 0), &t, &why), OK);
	n = trust_checkpoint(t)->size;
	trust_free(t);
	return n;
}

/* Resident ${who} votes, and it is in the published log. */
static void
vote(size_t who, uint64_t until)
{
	struct buf token = { 0 }, record = { 0 };
	struct resident_receipt got = { 0 };
	struct why why = { "" };
	struct api *a = live_api(live);
	uint64_t before = size_now();
	int i;

	live_clock(live, until - 10);
	if (live_collect(live, &space, a, who, &token, &why) != OK)
		fail_msg("%s", why.text);
	live_record(live, &space, who, 0, &token, 3, &record);
	assert_int_equal(resident_send(a, space.header, buf_slice(&record),
			     &live->receipt_key, &got, &why),
	    OK);
	live_clock(live, until);
	for (i = 0; i < 600 && size_now() == before; i++)
		live_nap(100);
	assert_int_equal(size_now(), before + 2);
	buf_free(&token);
	buf_free(&record);
	buf_free(&got.text);
	api_free(a);
}

static void
wait_for_quorum(void)
{
	struct why why = { "" };
	int i;

	for (i = 0; i < 600 && client_reads(&why) != OK; i++)
		live_nap(100);
	assert_int_equal(client_reads(&why), OK);
}

/* --- Tests ------------------------------------------------------------------
 */

static void
everybody_reads_a_log_that_its_witnesses_follow(void **state)
{
	struct why why = { "" };

	(void)state;
	vote(0, LIVE_FROM + LIVE_INTERVAL);
	wait_for_quorum();
	assert_int_equal(client_reads(&why), OK);
	assert_int_equal(audit(live->url, NULL, "Nothing is broken"), 3);
	assert_int_equal(audit(live->url, policy, "Nothing is broken"), 3);
}

static void
A36_without_the_quorum_voting_goes_on_and_readers_refuse(void **state)
{
	struct why why = { "" };

	(void)state;
	wit_kill(&wit[1]);
	vote(1, LIVE_FROM + 2 * LIVE_INTERVAL);
	assert_int_equal(client_reads(&why), ERR_SIGNATURE);
	assert_non_null(strstr(why.text, "rule 2"));
	assert_int_equal(audit(live->url, NULL, "broken: rule 2, quorum"), 1);
	assert_int_equal(audit(live->url, policy, "broken: rule 2, quorum"), 1);
	/* The server is started again: nothing is lost, nothing is gained. */
	live_kill(live);
	live_start(live);
	assert_int_equal(client_reads(&why), ERR_SIGNATURE);
	/* The witness comes back where it was, and cosigns what it missed. */
	wit_start(&wit[1]);
	wait_for_quorum();
	assert_int_equal(audit(live->url, policy, "Nothing is broken"), 3);
}

/* A copy of the log's folder, put in its place: wholly, state file included. */
static void
A36_a_folder_of_yesterday_does_not_start_where_witnesses_look(void **state)
{
	char yesterday[PATH_CHARS], newest[PATH_CHARS], program[PATH_CHARS];
	char command[4 * PATH_CHARS];
	const char *argv[] = { "/bin/sh", "-c", command, NULL };

	(void)state;
	(void)snprintf(
	    yesterday, sizeof(yesterday), "%.400s/yesterday", live->root);
	(void)snprintf(newest, sizeof(newest), "%.400s/newest", live->root);
	assert_int_equal(live_stop(live), 0);
	(void)snprintf(
	    command, sizeof(command), "cp -a %s %s", live->data, yesterday);
	assert_int_equal(system(command), 0); /* NOLINT: our own paths */
	live_start(live);
	vote(2, LIVE_FROM + 3 * LIVE_INTERVAL);
	wait_for_quorum();
	assert_int_equal(live_stop(live), 0);
	assert_int_equal(rename(live->data, newest), 0);
	assert_int_equal(rename(yesterday, live->data), 0);
	program_path("partecipa", program);
	(void)snprintf(command, sizeof(command),
	    "exec %s serve --dir %s --port %u --clock %s/clock 2>&1", program,
	    live->data, live->port, live->root);
	assert_int_equal(run(argv, "is an old copy"), 1);
	assert_int_equal(doctor("FAULT the witness w0 holds a checkpoint"), 1);
	/* The newest does. */
	assert_int_equal(rename(live->data, yesterday), 0);
	assert_int_equal(rename(newest, live->data), 0);
	assert_int_equal(doctor("witness w1 has cosigned"), 0);
	forge_clean(yesterday);
	live_start(live);
	wait_for_quorum();
}

/* A server that shows another log beside: same key, same size, other votes. */
static void
A36_an_auditor_refuses_the_log_that_no_witness_saw(void **state)
{
	char dir[PATH_CHARS], path[PATH_CHARS];
	struct why why = { "" };
	struct checkpoint c;
	struct note_key key;
	struct sign_key log;
	struct note n;
	struct buf seed = { 0 }, note = { 0 };
	uint8_t raw[SEED_BYTES];
	const char *fetch[] = { "fetch", live->url, dir, NULL };

	(void)state;
	(void)snprintf(dir, sizeof(dir), "%.400s/mirror", live->root);
	assert_int_equal(live_run("partecipa-audit", fetch), 0);
	/* A copy keeps what the witnesses said. */
	assert_int_equal(audit(dir, policy, "Nothing is broken"), 3);
	/* The log's operator has the key, and signs what it likes. */
	(void)snprintf(path, sizeof(path), "%.400s/keys/log.key", live->data);
	assert_int_equal(file_read(path, 200, &seed, &why), OK);
	assert_int_equal(
	    hex_decode(slice_of(seed.p, 64), raw, sizeof(raw)), OK);
	sign_key_from_seed(raw, &log);
	(void)snprintf(path, sizeof(path), "%.400s/log/checkpoint", dir);
	assert_int_equal(file_read(path, NOTE_MAX, &note, &why), OK);
	assert_int_equal(note_key_parse(slice_str(log_vkey), &key), OK);
	assert_int_equal(checkpoint_open(buf_slice(&note), &key, &n, &c), OK);
	assert_int_equal(n.n_sigs, 3);
	note.n = 0;
	assert_int_equal(checkpoint_sign(&c, &log, &note), OK);
	assert_int_equal(file_write(path, 0644, buf_slice(&note), &why), OK);
	assert_int_equal(audit(dir, NULL, "broken: rule 2, quorum"), 1);
	assert_int_equal(audit(dir, policy, "broken: rule 2, quorum"), 1);
	buf_free(&seed);
	buf_free(&note);
}

/* It sees sizes and hashes: no key, no ballot, no leaf. */
static void
a_witness_learns_nothing_of_anybody(void **state)
{
	struct hash *log, id;
	uint64_t n;
	unsigned i, k;

	(void)state;
	log = live_log(live, &n);
	for (i = 0; i < WITNESSES; i++) {
		for (k = 0; k < RESIDENTS; k++) {
			char hex[65];
			const struct public_key *pk =
			    &live->residents[k].roll.pk;

			assert_false(
			    datadir_contains(wit[i].dir, public_key_slice(pk)));
			hex_encode(public_key_slice(pk), hex);
			assert_false(
			    datadir_contains(wit[i].dir, slice_str(hex)));
		}
		for (k = 0; k < n; k++)
			assert_false(
			    datadir_contains(wit[i].dir, hash_slice(&log[k])));
		id = space.header->id;
		assert_false(datadir_contains(wit[i].dir, hash_slice(&id)));
		/* What is there was looked at. */
		assert_true(datadir_contains(
		    wit[i].dir, slice_str("witness.example/")));
	}
	free(log);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    everybody_reads_a_log_that_its_witnesses_follow),
		cmocka_unit_test(
		    A36_without_the_quorum_voting_goes_on_and_readers_refuse),
		cmocka_unit_test(
		    A36_a_folder_of_yesterday_does_not_start_where_witnesses_look),
		cmocka_unit_test(
		    A36_an_auditor_refuses_the_log_that_no_witness_saw),
		cmocka_unit_test(a_witness_learns_nothing_of_anybody),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
