#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "handle_witness.h"
#include "hex.h"
#include "policy.h"
#include "service_witness.h"
#include "wipe.h"
#include "witness.h"
#include "witness_request.h"

#include "forge.h"
#include "snapshot.h"
#include "town.h"
#include "vec.h"

/* A log's server in this process, and witnesses at ports of their own. */
#define WITNESSES 3

/* What a witness that cannot be relied on does. */
enum evil {
	HONEST,
	OTHER_TEXT,  /* cosigns something else */
	OTHER_KEY,   /* under its name, with a key that nobody knows */
	WITH_LINES,  /* adds lines of strangers */
	WITH_JUNK,   /* adds what is no line */
	HANGING,     /* takes its time */
	FAILING,     /* 500 */
	LARGE,	     /* a million bytes */
	SAYING_MORE, /* claims to have a larger tree */
	SAYING_LESS, /* claims each time to have another */
	OLD_TEXT,    /* a fork is 409, as an older text of the standard says */
};

struct wit {
	char dir[DATADIR_PATH];
	struct buf vkey;
	struct witness *w;
	struct http *h;
	unsigned port;
	atomic_int evil;
	atomic_int asked;
};

struct scene {
	struct town t;
	struct wit wit[WITNESSES];
	struct note_key log;
	atomic_int release; /* whoever hangs */
};

static struct scene *scene;

/* Remove a folder of datadir_new's, whatever is in it. */
static void
gone(const char *dir)
{
	char parent[DATADIR_PATH];

	forge_clean(dir);
	(void)snprintf(parent, sizeof(parent), "%s", dir);
	*strrchr(parent, '/') = '\0';
	(void)rmdir(parent);
}

static void
nap(long ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	(void)nanosleep(&t, NULL);
}

static uint64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* --- Witnesses --------------------------------------------------------------
 */

static void
lie(struct wit *w, struct slice body, struct buf *out)
{
	struct witness_request q;
	struct sign_key k;
	struct note n;

	sign_key_random(&k);
	assert_int_equal(witness_request_parse(body, &q), OK);
	assert_int_equal(note_parse(q.note, &n), OK);
	out->n = 0;
	if (atomic_load(&w->evil) == OTHER_KEY)
		assert_int_equal(note_cosign_line(n.text,
				     witness_key(w->w)->name, &k, 1, out),
		    OK);
}

/* The witness's own answer, spoilt. */
static enum problem
add(struct service *s, const struct req *q, struct resp *p)
{
	struct wit *w = q->context;
	int evil = atomic_load(&w->evil), i;
	struct sign_key k;
	struct buf all = { 0 };

	(void)s;
	atomic_fetch_add(&w->asked, 1);
	for (i = 0; evil == HANGING && i < 200; i++) {
		if (atomic_load(&scene->release))
			break;
		nap(50);
	}
	p->status = (int)witness_add(w->w, q->body, &p->body);
	if (p->status == 409)
		p->content_type = "text/x.tlog.size";
	if (evil == OLD_TEXT && p->status == 422) {
		p->status = 409;
		p->body.n = 0;
	}
	sign_key_random(&k);
	if (evil == OTHER_TEXT || evil == OTHER_KEY) {
		lie(w, q->body, &p->body);
		if (evil == OTHER_TEXT)
			assert_int_equal(
			    note_cosign_line(slice_str("x\n"),
				witness_key(w->w)->name, &k, 1, &p->body),
			    OK);
	} else if (evil == WITH_LINES && p->status == 200) {
		assert_int_equal(note_cosign_line(slice_str("x\n"),
				     "stranger.example", &k, 1, &all),
		    OK);
		buf_put(&all, p->body.p, p->body.n);
		buf_str(&all, "\xe2\x80\x94 other.example AAAAAAA=\n");
		buf_free(&p->body);
		p->body = all;
	} else if (evil == WITH_JUNK) {
		buf_str(&p->body, "thank you\n");
	} else if (evil == FAILING) {
		p->status = 500;
	} else if (evil == LARGE) {
		for (i = 0; i < 20000; i++)
			buf_str(&p->body,
			    "\xe2\x80\x94 stranger.example AAAAAAA=\n");
	} else if (evil == SAYING_MORE || evil == SAYING_LESS) {
		p->status = 409;
		p->content_type = "text/x.tlog.size";
		p->body.n = 0;
		buf_printf(&p->body, "%d\n",
		    evil == SAYING_MORE ? 1000000 : atomic_load(&w->asked) % 2);
	}
	return PROBLEM_NONE;
}

static enum problem
last(struct service *s, const struct req *q, struct resp *p)
{
	struct wit *w = q->context;
	struct hash id;

	(void)s;
	if (hex_decode(slice_str(q->params.v[0]), id.b, HASH_BYTES) != OK ||
	    witness_checkpoint(w->w, &id, &p->body) != OK)
		return PROBLEM_NOT_FOUND;
	return PROBLEM_NONE;
}

/* clang-format off */
static const struct route table[] = {
	{ "POST", "/add-checkpoint", add, CACHE_NEVER, HOST_ANY, 1, 0, WITNESS_REQUEST_MAX, NULL },
	{ "GET", "/{hash}/checkpoint", last, CACHE_NEVER, HOST_ANY, 1, 0, 0, NULL },
	{ NULL, NULL, NULL, CACHE_NEVER, HOST_ANY, 0, 0, 0, NULL },
};
/* clang-format on */

static void
wit_start(unsigned i)
{
	struct wit *w = &scene->wit[i];
	struct buf vkey = { 0 };
	const char *text;
	struct witness_options o = { w->dir, &text, 1 };
	struct http_options ho = {
		.port = w->port, .threads = 4, .table = table, .context = w
	};
	struct why why = { "" };

	note_key_print(&scene->log, &vkey);
	text = buf_text(&vkey);
	if (witness_open(&o, &w->w, &why) != OK ||
	    http_start(NULL, &ho, &w->h, &why) != OK)
		fail_msg("%s", why.text);
	w->port = http_port(w->h);
	buf_free(&vkey);
}

static void
wit_stop(unsigned i)
{
	struct wit *w = &scene->wit[i];

	http_stop(w->h);
	w->h = NULL;
	witness_close(w->w);
	w->w = NULL;
}

/* --- The log ----------------------------------------------------------------
 */

static void
policy_write(const char *dir, const char *quorum)
{
	char path[DATADIR_PATH + 16];
	unsigned i;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/policy", dir);
	assert_non_null(f = fopen(path, "w"));
	fprintf(f, "# Whose eyes are on this log.\n");
	for (i = 0; i < WITNESSES; i++)
		fprintf(f, "witness w%u %.*s http://127.0.0.1:%u/\n", i,
		    (int)scene->wit[i].vkey.n,
		    (const char *)scene->wit[i].vkey.p, scene->wit[i].port);
	fprintf(f, "group two 2 w0 w1 w2\nquorum %s\n", quorum);
	assert_int_equal(fclose(f), 0);
}

static void
log_start(void)
{
	struct why why = { "" };

	if (town_open(&scene->t, &why) != OK)
		fail_msg("%s", why.text);
}

static void
log_stop(void)
{
	town_shut(&scene->t);
}

static int
setup(void **state)
{
	struct buf vkey = { 0 };
	struct why why = { "" };
	char name[64];
	unsigned i;

	(void)state;
	assert_non_null(scene = calloc(1, sizeof(*scene)));
	town_new(&scene->t);
	assert_int_equal(service_vkey(scene->t.service, &vkey), OK);
	assert_int_equal(
	    note_key_parse(slice_of(vkey.p, vkey.n - 1), &scene->log), OK);
	log_stop();
	for (i = 0; i < WITNESSES; i++) {
		struct wit *w = &scene->wit[i];

		datadir_new(w->dir);
		(void)snprintf(name, sizeof(name), "w%u.example", i);
		assert_int_equal(
		    witness_init(w->dir, name, &w->vkey, &why), OK);
		wit_start(i);
	}
	policy_write(scene->t.dir, "two");
	log_start();
	buf_free(&vkey);
	return 0;
}

static int
teardown(void **state)
{
	unsigned i;

	(void)state;
	atomic_store(&scene->release, 1);
	town_shut(&scene->t);
	(void)unlink(scene->t.clock);
	gone(scene->t.dir);
	for (i = 0; i < WITNESSES; i++) {
		if (scene->wit[i].w != NULL)
			wit_stop(i);
		gone(scene->wit[i].dir);
		buf_free(&scene->wit[i].vkey);
	}
	free(scene);
	scene = NULL;
	return 0;
}

/* The folder with all in it, elsewhere; gone() it. */
static void
copy_of(const char *dir, char to[static DATADIR_PATH])
{
	datadir_new(to);
	snapshot_copy(dir, to);
}

/* An entry, whatever it is: one more of the staff. */
static enum problem
append_to(struct town *t)
{
	struct entry e = { .kind = ENTRY_STAFF };
	struct why why = { "" };
	struct sign_key k;
	char hex[65], doc[200];
	enum problem p;

	sign_key_random(&k);
	hex_encode(public_key_slice(&k.pk), hex);
	(void)snprintf(doc, sizeof(doc),
	    "{\"action\":\"add\",\"key\":\"%s\",\"name\":\"Uno\","
	    "\"role\":\"observer\"}",
	    hex);
	e.text = slice_str(doc);
	p = town_post(t, &e, slice_of(NULL, 0), &why);
	if (p != PROBLEM_NONE)
		print_message("%s\n", why.text);
	return p;
}

static void
append(void)
{
	assert_int_equal(append_to(&scene->t), PROBLEM_NONE);
}

/* What is published; which witnesses cosigned it. */
struct seen {
	uint64_t size;
	unsigned who; /* bits */
	size_t lines;
};

static struct seen
look(struct town *t)
{
	struct note *n = calloc(1, sizeof(*n));
	struct seen seen = { 0 };
	struct checkpoint c;
	struct note_key k;
	struct buf b = { 0 };
	unsigned i;

	assert_non_null(n);
	assert_int_equal(service_checkpoint(t->service, &b), OK);
	assert_int_equal(
	    checkpoint_open(buf_slice(&b), &scene->log, n, &c), OK);
	for (i = 0; i < WITNESSES; i++) {
		const struct wit *w = &scene->wit[i];

		assert_int_equal(
		    note_key_parse(slice_of(w->vkey.p, w->vkey.n), &k), OK);
		if (note_cosigned(n, &k, NULL) == OK)
			seen.who |= 1U << i;
	}
	seen.size = c.size;
	seen.lines = n->n_sigs - 1;
	buf_free(&b);
	free(n);
	return seen;
}

/* Wait until these have cosigned what is published. */
static struct seen
look_for(unsigned who)
{
	uint64_t until = now_ms() + 60000;
	struct seen s = look(&scene->t);

	while (s.who != who && now_ms() < until) {
		nap(20);
		s = look(&scene->t);
	}
	assert_int_equal(s.who, who);
	return s;
}

static int
has_ledger(const struct space *sp)
{
	return sp->ledgers[0][PURPOSE_VOTE].present;
}

static int
has_batch(const struct space *sp)
{
	return sp->batches > 0;
}

/* --- Tests ------------------------------------------------------------------
 */

static void
a_checkpoint_is_published_with_its_quorum(void **state)
{
	struct seen s;
	unsigned i, two;

	(void)state;
	for (i = 0; i < 10; i++) {
		append();
		/* Whoever is told of an entry finds it, and witnessed. */
		s = look(&scene->t);
		assert_int_equal(s.size, i + 2);
		two = (s.who & 1) + (s.who >> 1 & 1) + (s.who >> 2 & 1);
		assert_true(two >= 2);
	}
	/* The third line comes when it comes. */
	s = look_for(7);
	assert_int_equal(s.lines, 3);
}

static void
the_policy_is_published_with_the_log_s_own_line(void **state)
{
	struct policy *p = NULL;
	struct buf b = { 0 };
	struct why why = { "" };

	(void)state;
	assert_int_equal(service_policy(scene->t.service, &b), OK);
	if (policy_parse(buf_slice(&b), &p, &why) != OK)
		fail_msg("%s", why.text);
	assert_non_null(policy_log_of(p, &scene->log));
	assert_int_equal(p->n_witnesses, 3);
	assert_non_null(strstr(buf_text(&b), "# Whose eyes"));
	free(p);
	buf_free(&b);
}

static void
a_witness_that_is_down_is_missed_by_nobody_but_its_line(void **state)
{
	uint64_t from;
	struct seen s;

	(void)state;
	append();
	wit_stop(2);
	from = now_ms();
	append();
	assert_true(now_ms() - from < SERVICE_WITNESS_MS);
	s = look_for(3);
	/* It comes back: what is published gets its line, nothing appended. */
	wit_start(2);
	assert_int_equal(look_for(7).size, s.size);
	/* Two are down: no quorum, and yet the log goes on. */
	wit_stop(0);
	wit_stop(1);
	from = now_ms();
	append();
	assert_true(now_ms() - from < SERVICE_WITNESS_MS);
	assert_int_equal(look_for(4).size, s.size + 1);
	wit_start(0);
	assert_int_equal(look_for(5).size, s.size + 1);
}

static void
a_witness_that_hangs_blocks_no_cast_and_no_append(void **state)
{
	struct space *sp = town_space(&scene->t, "voto", NULL);
	struct voter *v = scene->t.voters;
	struct seen before = look_for(7), s;
	uint64_t from;
	unsigned i;

	(void)state;
	for (i = 0; i < WITNESSES; i++)
		atomic_store(&scene->wit[i].evil, HANGING);
	town_clock(&scene->t, 1000);
	from = now_ms();
	assert_int_equal(town_ask(&scene->t, sp, &v[0]), PROBLEM_NONE);
	town_clock(&scene->t, TOWN_FROM);
	assert_true(town_wait(&scene->t, has_ledger, sp));
	assert_int_equal(town_vote(&scene->t, sp, &v[0], 0, 1), PROBLEM_NONE);
	/* Its batch is appended, and waits for its witnesses. */
	town_clock(&scene->t, TOWN_FROM + TOWN_INTERVAL);
	assert_true(town_wait(&scene->t, has_batch, sp));
	s = look(&scene->t);
	assert_int_equal(s.size, before.size);
	assert_int_equal(town_vote(&scene->t, sp, &v[0], 1, 2), PROBLEM_NONE);
	assert_true(now_ms() - from < SERVICE_WITNESS_MS);
	/* Then it is published without them, and later with them. */
	for (i = 0; i < 1200 && look(&scene->t).size == s.size; i++)
		nap(50);
	s = look(&scene->t);
	assert_true(s.size > before.size);
	for (i = 0; i < WITNESSES; i++)
		atomic_store(&scene->wit[i].evil, HONEST);
	atomic_store(&scene->release, 1);
	assert_true(look_for(7).size >= s.size);
}

static void
what_is_published_never_becomes_shorter(void **state)
{
	uint64_t size = 0;
	struct seen s;
	unsigned i;

	(void)state;
	atomic_store(&scene->wit[0].evil, FAILING);
	for (i = 0; i < 40; i++) {
		if (i == 10)
			wit_stop(1);
		if (i == 20)
			wit_start(1);
		if (i == 30) {
			log_stop();
			log_start();
		}
		append();
		s = look(&scene->t);
		assert_true(s.size >= size);
		size = s.size;
	}
	assert_int_equal(size, 41);
}

/* Lines that are not the witness's cosignature of this checkpoint. */
static void
A36_a_witness_with_a_wrong_line_does_not_count(void **state)
{
	static const enum evil evils[] = { OTHER_TEXT, OTHER_KEY, WITH_JUNK,
		FAILING, LARGE, SAYING_MORE, SAYING_LESS };
	uint64_t from;
	struct seen s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(evils) / sizeof(evils[0]); i++) {
		atomic_store(&scene->wit[1].evil, (int)evils[i]);
		from = now_ms();
		append();
		s = look_for(5);
		assert_int_equal(s.lines, 2);
		assert_true(now_ms() - from < SERVICE_WITNESS_MS);
	}
	atomic_store(&scene->wit[1].evil, HONEST);
	append();
	(void)look_for(7);
}

static void
lines_of_strangers_are_not_published(void **state)
{
	(void)state;
	atomic_store(&scene->wit[1].evil, WITH_LINES);
	append();
	assert_int_equal(look_for(7).lines, 3);
}

/* Its folder is an older one: it tells its size, and is brought up to date. */
static void
A36_a_witness_that_lags_is_brought_up_to_date(void **state)
{
	char copy[DATADIR_PATH];
	unsigned i;

	(void)state;
	append();
	(void)look_for(7);
	wit_stop(2);
	copy_of(scene->wit[2].dir, copy);
	wit_start(2);
	for (i = 0; i < 5; i++)
		append();
	(void)look_for(7);
	wit_stop(2);
	gone(scene->wit[2].dir);
	(void)snprintf(
	    scene->wit[2].dir, sizeof(scene->wit[2].dir), "%s", copy);
	wit_start(2);
	append();
	assert_int_equal(look_for(7).size, 8);
}

static void
a_restart_goes_on_with_the_lines_that_it_had(void **state)
{
	struct seen s;
	uint64_t from;
	unsigned i;

	(void)state;
	append();
	s = look_for(7);
	log_stop();
	for (i = 0; i < WITNESSES; i++)
		wit_stop(i);
	from = now_ms();
	log_start();
	assert_true(now_ms() - from < SERVICE_WITNESS_MS);
	assert_int_equal(look(&scene->t).who, 7);
	assert_int_equal(look(&scene->t).size, s.size);
	for (i = 0; i < WITNESSES; i++)
		wit_start(i);
	append();
	assert_int_equal(look_for(7).size, s.size + 1);
}

/* The folder, state file included, is one that was copied earlier. */
static void
A36_a_rolled_back_log_does_not_start(void **state)
{
	char copy[DATADIR_PATH];
	struct why why = { "" };
	struct town old;

	(void)state;
	append();
	(void)look_for(7);
	log_stop();
	copy_of(scene->t.dir, copy);
	log_start();
	append();
	(void)look_for(7);
	log_stop();
	old = scene->t;
	(void)snprintf(old.dir, sizeof(old.dir), "%s", copy);
	assert_int_equal(town_open(&old, &why), ERR_STATE);
	assert_non_null(strstr(why.text, "is an old copy"));
	assert_non_null(strstr(why.text, "3 entries"));
	/* The newest one does. */
	log_start();
	append();
	assert_int_equal(look_for(7).size, 4);
	gone(copy);
}

/* Two servers with one key, each with entries of its own. */
static void
A36_the_second_of_two_logs_with_one_key_is_not_cosigned(void **state)
{
	char copy[DATADIR_PATH];
	struct why why = { "" };
	struct policy *p = NULL;
	struct note *n = calloc(1, sizeof(*n));
	struct buf b = { 0 };
	struct checkpoint c;
	struct town second;
	char path[DATADIR_PATH + 16];

	(void)state;
	append();
	(void)look_for(7);
	log_stop();
	copy_of(scene->t.dir, copy);
	log_start();
	second = scene->t;
	(void)snprintf(second.dir, sizeof(second.dir), "%s", copy);
	if (town_open(&second, &why) != OK)
		fail_msg("%s", why.text);
	append();
	(void)look_for(7);
	/* The other one has as many entries, and another last one. */
	assert_int_equal(append_to(&second), PROBLEM_NONE);
	assert_int_equal(look(&second).size, 3);
	assert_int_equal(look(&second).who, 0);
	/* Whoever asks for a quorum refuses it; it takes nothing more itself.
	 */
	(void)snprintf(path, sizeof(path), "%s/policy", copy);
	assert_int_equal(policy_open(path, &p, &why), OK);
	assert_int_equal(service_checkpoint(second.service, &b), OK);
	assert_non_null(n);
	assert_int_equal(
	    checkpoint_open(buf_slice(&b), &scene->log, n, &c), OK);
	assert_int_equal(policy_demand(p, &scene->log, n, &why), ERR_SIGNATURE);
	assert_int_not_equal(append_to(&second), PROBLEM_NONE);
	assert_int_equal(look(&second).size, 3);
	town_shut(&second);
	append();
	assert_int_equal(look_for(7).size, 4);
	free(p);
	free(n);
	buf_free(&b);
	gone(copy);
}

/* The 409 of a fork has no size in its body. */
static void
A36_a_fork_is_seen_however_the_witness_says_it(void **state)
{
	char copy[DATADIR_PATH];
	struct why why = { "" };
	struct town second;
	unsigned i;

	(void)state;
	append();
	(void)look_for(7);
	log_stop();
	copy_of(scene->t.dir, copy);
	log_start();
	second = scene->t;
	(void)snprintf(second.dir, sizeof(second.dir), "%s", copy);
	if (town_open(&second, &why) != OK)
		fail_msg("%s", why.text);
	append();
	(void)look_for(7);
	for (i = 0; i < WITNESSES; i++)
		atomic_store(&scene->wit[i].evil, OLD_TEXT);
	assert_int_equal(append_to(&second), PROBLEM_NONE);
	assert_int_not_equal(append_to(&second), PROBLEM_NONE);
	town_shut(&second);
	gone(copy);
}

static void
a_header_with_a_witness_that_is_never_asked_is_refused(void **state)
{
	const char *edits[] = { "witnesses.keys.0", NULL, "witnesses.quorum",
		"1", NULL };
	struct entry e = { .kind = ENTRY_HEADER };
	struct buf header = { 0 }, json = { 0 }, vkey = { 0 };
	struct why why = { "" };
	struct note_key stranger;
	struct sign_key k;

	(void)state;
	sign_key_random(&k);
	assert_int_equal(note_key_make("stranger.example", NOTE_COSIGNATURE,
			     &k.pk, &stranger),
	    OK);
	note_key_print(&stranger, &vkey);
	buf_printf(&json, "\"%s\"", buf_text(&vkey));
	edits[1] = buf_text(&json);
	town_header(&scene->t, "fuori", edits, &header);
	hash_bytes(buf_slice(&header), &e.space_id);
	e.object = e.space_id;
	assert_int_equal(
	    town_post(&scene->t, &e, buf_slice(&header), &why), PROBLEM_RULE);
	assert_non_null(strstr(why.text, "stranger.example"));
	assert_non_null(strstr(why.text, "policy"));
	/* One of the policy is taken. */
	json.n = header.n = 0;
	buf_printf(&json, "\"%.*s\"", (int)scene->wit[0].vkey.n,
	    (const char *)scene->wit[0].vkey.p);
	edits[1] = buf_text(&json);
	town_header(&scene->t, "dentro", edits, &header);
	e = (struct entry){ .kind = ENTRY_HEADER };
	hash_bytes(buf_slice(&header), &e.space_id);
	e.object = e.space_id;
	assert_int_equal(
	    town_post(&scene->t, &e, buf_slice(&header), &why), PROBLEM_NONE);
	buf_free(&header);
	buf_free(&json);
	buf_free(&vkey);
}

static void
start_refused(const char *text, const char *because)
{
	char path[DATADIR_PATH + 16];
	struct why why = { "" };
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/policy", scene->t.dir);
	assert_non_null(f = fopen(path, "w"));
	fprintf(f, "%s", text);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(town_open(&scene->t, &why), ERR_FORMAT);
	if (strstr(why.text, because) == NULL)
		fail_msg("%s", why.text);
}

static void
a_policy_that_is_none_stops_the_start_with_a_sentence(void **state)
{
	struct buf b = { 0 };
	struct note_key other;
	struct sign_key k;

	(void)state;
	log_stop();
	start_refused("quorum nobody\n", "/policy: line 1: ");
	sign_key_random(&k);
	assert_int_equal(
	    note_key_make("other.example", NOTE_ED25519, &k.pk, &other), OK);
	buf_str(&b, "log ");
	note_key_print(&other, &b);
	buf_str(&b, "\nquorum none\n");
	start_refused(buf_text(&b), "do not name this log");
	b.n = 0;
	buf_printf(&b, "witness a %.*s ftp://x\nquorum a\n",
	    (int)scene->wit[0].vkey.n, (const char *)scene->wit[0].vkey.p);
	start_refused(buf_text(&b), "the URL of the witness a");
	policy_write(scene->t.dir, "two");
	log_start();
	buf_free(&b);
}

#define test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_checkpoint_is_published_with_its_quorum),
		test(the_policy_is_published_with_the_log_s_own_line),
		test(a_witness_that_is_down_is_missed_by_nobody_but_its_line),
		test(a_witness_that_hangs_blocks_no_cast_and_no_append),
		test(what_is_published_never_becomes_shorter),
		test(A36_a_witness_with_a_wrong_line_does_not_count),
		test(lines_of_strangers_are_not_published),
		test(A36_a_witness_that_lags_is_brought_up_to_date),
		test(a_restart_goes_on_with_the_lines_that_it_had),
		test(A36_a_rolled_back_log_does_not_start),
		test(A36_the_second_of_two_logs_with_one_key_is_not_cosigned),
		test(A36_a_fork_is_seen_however_the_witness_says_it),
		test(a_header_with_a_witness_that_is_never_asked_is_refused),
		test(a_policy_that_is_none_stops_the_start_with_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, vec_free);
}
