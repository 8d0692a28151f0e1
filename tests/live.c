#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "admit.h"
#include "file.h"
#include "registrar.h"

#include "forge.h"
#include "live.h"

#define READY "partecipa: listening at "
#define OUTPUT_MAX ((size_t)1 << 20)
#define ARGS_MAX 32
#define PATH_MAX_CHARS (DATADIR_PATH + 64)

/* Stopped before this program ends, however it ends. */
static struct spawn *running;

static void
stop(int line, const char *what, const struct why *why)
{
	fprintf(stderr, "tests/live.c:%d: %s: %s\n", line, what,
	    why != NULL ? why->text : "");
	if (running != NULL)
		(void)spawn_stop(running);
	abort();
}

/* Macros, so that the analyser sees what holds afterwards. */
#define need(good) ((good) ? (void)0 : stop(__LINE__, #good, NULL))
#define must(call, why) ((call) == OK ? (void)0 : stop(__LINE__, #call, why))

void
live_nap(long ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	(void)nanosleep(&t, NULL);
}

/* --- Programs ------------------------------------------------------------- */

static void
program_path(const char *name, char out[static PATH_MAX_CHARS])
{
	const char *b = getenv("B");

	(void)snprintf(out, PATH_MAX_CHARS, "%.400s/%s",
	    b != NULL && *b != '\0' ? b : "build", name);
}

static void
file_in(const struct live *l, const char *name, char out[static PATH_MAX_CHARS])
{
	(void)snprintf(out, PATH_MAX_CHARS, "%s/%s", l->root, name);
}

/* What it says is shown when its status is neither 0 nor ${also}. */
static int
run(const char *program, const char *const *args, int also)
{
	char path[PATH_MAX_CHARS];
	const char *argv[ARGS_MAX] = { path };
	struct why why = { "" };
	struct buf out = { 0 };
	struct spawn s;
	int status = 0;
	size_t n;

	program_path(program, path);
	for (n = 0; args[n] != NULL; n++) {
		need(n + 2 < ARGS_MAX);
		argv[n + 1] = args[n];
	}
	must(spawn_start(argv, &s, &why), &why);
	must(spawn_all(&s, OUTPUT_MAX, &out, &status, &why), &why);
	if (status != 0 && status != also)
		fprintf(stderr, "%s %s ended with %d:\n%.*s\n", program,
		    args[0], status, (int)out.n, (const char *)out.p);
	buf_free(&out);
	return status;
}

int
live_run(const char *program, const char *const *args)
{
	return run(program, args, 0);
}

/* One that must work. */
#define run_well(...)              \
	need(live_run("partecipa", \
		 (const char *const[]){ __VA_ARGS__, NULL }) == 0)

/* Its stderr is ours, or a file. */
static enum err
serve(struct live *l, const char *const *argv, struct why *why)
{
	int before, fd;
	enum err r;

	if (l->said[0] == '\0')
		return spawn_start(argv, &l->server, why);
	before = dup(STDERR_FILENO);
	fd = open(l->said, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	need(before >= 0 && fd >= 0);
	need(dup2(fd, STDERR_FILENO) == STDERR_FILENO);
	r = spawn_start(argv, &l->server, why);
	need(dup2(before, STDERR_FILENO) == STDERR_FILENO);
	(void)close(before);
	(void)close(fd);
	return r;
}

void
live_start(struct live *l)
{
	char path[PATH_MAX_CHARS], clock[PATH_MAX_CHARS], port[16];
	const char *argv[] = { path, "serve", "--dir", l->data, "--port", port,
		"--clock", clock, NULL };
	struct why why = { "" };
	struct buf line = { 0 };
	const char *text;

	program_path("partecipa", path);
	file_in(l, "clock", clock);
	(void)snprintf(port, sizeof(port), "%u", l->port);
	must(serve(l, argv, &why), &why);
	running = &l->server;
	must(spawn_line(&l->server, 60, &line, &why), &why);
	need((text = buf_text(&line)) != NULL);
	need(strncmp(text, READY, strlen(READY)) == 0);
	(void)snprintf(l->url, sizeof(l->url), "%s", text + strlen(READY));
	l->url[strcspn(l->url, " ")] = '\0';
	need(strlen(l->url) > 1);
	l->url[strlen(l->url) - 1] = '\0'; /* the slash */
	need(strrchr(l->url, ':') != NULL);
	l->port = (unsigned)strtoul(strrchr(l->url, ':') + 1, NULL, 10);
	buf_free(&line);
}

void
live_kill(struct live *l)
{
	need(l->server.pid > 0 && kill(l->server.pid, SIGKILL) == 0);
	need(waitpid(l->server.pid, NULL, 0) == l->server.pid);
	(void)close(l->server.out);
	l->server = (struct spawn){ .out = -1 };
	running = NULL;
}

int
live_stop(struct live *l)
{
	running = NULL;
	return spawn_stop(&l->server);
}

void
live_clock(struct live *l, uint64_t t)
{
	char path[PATH_MAX_CHARS], text[32];
	struct why why = { "" };

	file_in(l, "clock", path);
	(void)snprintf(text, sizeof(text), "%llu\n", (unsigned long long)t);
	must(file_write(path, 0644, slice_str(text), &why), &why);
}

int
live_audit(struct live *l)
{
	const char *args[] = { "verify", l->url, NULL };
	/* 3: nothing broken, and something not due yet. */
	int status = run("partecipa-audit", args, 3);

	return status == 0 || status == 3;
}

int
live_doctor(struct live *l)
{
	const char *args[] = { "doctor", "--dir", l->data, NULL };

	return live_run("partecipa", args) == 0;
}

void
live_key(const struct live *l, const char *name, struct staff_key *out)
{
	char path[PATH_MAX_CHARS], file[64];
	struct why why = { "" };

	(void)snprintf(file, sizeof(file), "%.32s.key", name);
	file_in(l, file, path);
	must(staff_key_load(path, out, &why), &why);
	out->path = NULL; /* the numbers are counted in memory */
}

/* --- Founding ------------------------------------------------------------- */

static void
roll_import(struct live *l)
{
	struct registrar_line *lines = calloc(l->n, sizeof(*lines));
	struct buf roll = { 0 }, answer = { 0 };
	struct why why = { "" };
	struct staff_key key;
	struct api *a;
	uint32_t n;
	size_t i;

	need(lines != NULL);
	must(registrar_draw(lines, l->n, 0), NULL);
	must(registrar_roll_put(lines, l->n, &roll), NULL);
	must(roll_file_check(buf_slice(&roll), &l->roll_root, &n, &why), &why);
	need(n == l->n);
	for (i = 0; i < l->n; i++) {
		must(derive_roll_key(&lines[i].code, &l->residents[i].roll),
		    NULL);
		resident_secret_random(&l->residents[i].secret);
	}
	live_key(l, "uno", &key);
	a = live_api(l);
	must(api_staff(
		 a, &key, "POST", "rolls", buf_slice(&roll), &answer, &why),
	    &why);
	api_free(a);
	staff_key_wipe(&key);
	buf_free(&roll);
	buf_free(&answer);
	free(lines);
}

struct live *
live_new(size_t n)
{
	const char *tmp = getenv("TMPDIR");
	struct live *l = calloc(1, sizeof(*l));
	char one[PATH_MAX_CHARS], two[PATH_MAX_CHARS];
	struct why why = { "" };
	struct trust *t;

	need(l != NULL);
	l->server.out = -1;
	l->n = n;
	need((l->residents = calloc(n, sizeof(*l->residents))) != NULL);
	(void)snprintf(l->root, sizeof(l->root), "%.300s/partecipa-live-XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	need(mkdtemp(l->root) != NULL);
	(void)snprintf(l->data, sizeof(l->data), "%.400s/data", l->root);
	run_well("staff", "add", "--name", "uno", "--role", "admin", "--out",
	    l->root);
	run_well("staff", "add", "--name", "due", "--role", "admin", "--out",
	    l->root);
	file_in(l, "uno.pub", one);
	file_in(l, "due.pub", two);
	run_well("init", "--dir", l->data, "--origin", "comune.example/live",
	    "--name", "Comune di Prova", "--host", "comune.example",
	    "--rehearsal", "--staff", one, "--staff", two);
	live_clock(l, LIVE_FROM - 100);
	live_start(l);
	roll_import(l);
	must(trust_open(l->url, NULL, slice_of(NULL, 0), &t, &why), &why);
	must(trust_receipt_key(t, &l->receipt_key, &why), &why);
	trust_free(t);
	return l;
}

void
live_free(struct live *l)
{
	if (l == NULL)
		return;
	(void)live_stop(l);
	forge_clean(l->root);
	free(l->residents);
	free(l);
}

/* --- Spaces --------------------------------------------------------------- */

/* `partecipa space WHAT ARG [MORE MORE] --server URL` with both keys. */
static int
space_run(const struct live *l, const char *what, const char *arg,
    const char *const more[static 3])
{
	char one[PATH_MAX_CHARS], two[PATH_MAX_CHARS];
	const char *args[ARGS_MAX] = { "space", what, arg };
	size_t n = 3;

	while (*more != NULL)
		args[n++] = *more++;
	file_in(l, "uno.key", one);
	file_in(l, "due.key", two);
	args[n++] = "--server";
	args[n++] = l->url;
	args[n++] = "--key";
	args[n++] = one;
	args[n++] = "--key";
	args[n] = two;
	return live_run("partecipa", args);
}

static void
header_write(const struct live *l, const char *slug, uint64_t end,
    const char *more, const char *path)
{
	unsigned long long from = LIVE_FROM, to = end;
	char root[2 * HASH_BYTES + 1];
	struct buf b = { 0 };
	struct why why = { "" };
	size_t i;

	for (i = 0; i < HASH_BYTES; i++)
		(void)snprintf(root + 2 * i, 3, "%02x", l->roll_root.b[i]);
	buf_printf(&b,
	    "{%s\"slug\": \"%s\", \"titles\": {\"it\": \"Prova\"}, "
	    "\"eligibility\": {\"it\": \"Tutti\"}, \"mode\": \"overlapping\", "
	    "\"issuance\": {\"from\": %llu, \"to\": %llu}, "
	    "\"participation\": {\"from\": %llu, \"to\": %llu}, "
	    "\"batch_interval\": %d, \"min_collected\": 0, \"min_open\": 1, "
	    "\"seq_limit\": 1000000, \"roll\": {\"root\": \"%s\", \"size\": "
	    "%zu}}\n",
	    more, slug, from, to, from, to, LIVE_INTERVAL, root, l->n);
	must(buf_end(&b), NULL);
	must(file_write(path, 0644, buf_slice(&b), &why), &why);
	buf_free(&b);
}

static void
form_write(const char *path)
{
	struct buf b = { 0 };
	struct why why = { "" };
	int i;

	buf_str(&b, "{\"options\": [");
	for (i = 0; i < LIVE_OPTIONS; i++)
		buf_printf(&b,
		    "%s{\"id\": \"p%d\", \"titles\": {\"it\": \"P\"}, "
		    "\"cost\": %d}",
		    i > 0 ? ", " : "", i, 100 * (i + 1));
	buf_str(&b, "], \"ballot\": {\"type\": \"bitmap\"}, \"budget\": 600}");
	must(buf_end(&b), NULL);
	must(file_write(path, 0644, buf_slice(&b), &why), &why);
	buf_free(&b);
}

void
live_space(struct live *l, const char *slug, uint64_t to, struct live_space *sp)
{
	live_space_with(l, slug, to, "", sp);
}

void
live_space_announce(struct live *l, const char *slug, uint64_t to,
    const char *more, struct live_space *sp)
{
	const char *none[3] = { NULL };
	char path[PATH_MAX_CHARS];
	const struct api_space *row;
	struct api_spaces list = { 0 };
	struct why why = { "" };
	struct buf b = { 0 };
	struct trust *t;
	struct api *a;

	memset(sp, 0, sizeof(*sp));
	(void)snprintf(sp->slug, sizeof(sp->slug), "%s", slug);
	file_in(l, "space.json", path);
	header_write(l, slug, to, more, path);
	need(space_run(l, "create", path, none) == 0);

	a = live_api(l);
	must(api_spaces(a, &list, &why), &why);
	need((row = api_spaces_find(&list, slug)) != NULL);
	sp->first = row->first;
	must(trust_open(l->url, NULL, slice_of(NULL, 0), &t, &why), &why);
	must(api_header(a, slug, &b, &why), &why);
	must(trust_header(t, row->first, buf_slice(&b), &sp->header, &why),
	    &why);
	api_spaces_free(&list);
	api_free(a);
	trust_free(t);
	buf_free(&b);
}

void
live_space_read(struct live *l, struct live_space *sp)
{
	struct why why = { "" };
	struct buf b = { 0 };
	struct trust *t;
	struct api *a = live_api(l);

	must(trust_open(l->url, NULL, slice_of(NULL, 0), &t, &why), &why);
	must(api_form(a, sp->slug, &b, &why), &why);
	must(trust_form(
		 t, sp->first, sp->header, buf_slice(&b), &sp->form, &why),
	    &why);
	api_free(a);
	trust_free(t);
	buf_free(&b);
}

void
live_space_with(struct live *l, const char *slug, uint64_t to, const char *more,
    struct live_space *sp)
{
	char path[PATH_MAX_CHARS];
	const char *form[3] = { path, "--rule=greedy-votes", NULL };

	live_space_announce(l, slug, to, more, sp);
	file_in(l, "space.json", path);
	form_write(path);
	need(space_run(l, "form", slug, form) == 0);
	live_space_read(l, sp);
}

void
live_space_free(struct live_space *sp)
{
	form_free(sp->form);
	header_free(sp->header);
	memset(sp, 0, sizeof(*sp));
}

int
live_close(struct live *l, const struct live_space *sp)
{
	const char *none[3] = { NULL };

	return space_run(l, "close", sp->slug, none);
}

/* --- Residents ------------------------------------------------------------ */

struct api *
live_api(const struct live *l)
{
	struct why why = { "" };
	struct api *a = NULL;

	must(api_open(l->url, &a, &why), &why);
	return a;
}

void
live_secret(const struct live *l, const struct live_space *sp, size_t who,
    struct secret *out)
{
	must(derive_space_secret(
		 &l->residents[who].secret, &sp->header->id, out),
	    NULL);
}

enum err
live_collect(const struct live *l, const struct live_space *sp, struct api *a,
    size_t who, struct buf *token, struct why *why)
{
	struct secret ss;
	const struct resident_ask q = { .api = a,
		.header = sp->header,
		.roll = &l->residents[who].roll,
		.ss = &ss };

	live_secret(l, sp, who, &ss);
	return resident_collect(&q, PURPOSE_VOTE, token, why);
}

void
live_record(const struct live *l, const struct live_space *sp, size_t who,
    uint32_t seq, const struct buf *token, unsigned mask, struct buf *out)
{
	uint32_t v[LIVE_OPTIONS] = { 0 };
	struct buf text = { 0 };
	struct why why = { "" };
	struct secret ss;
	struct choices c;
	unsigned i;

	for (i = 0; i < LIVE_OPTIONS; i++)
		if ((mask >> i & 1) != 0)
			buf_printf(&text, "%s%u", text.n > 0 ? "," : "", i + 1);
	need(buf_text(&text) != NULL);
	live_secret(l, sp, who, &ss);
	must(wallet_choose(sp->form, buf_text(&text), v, &c, &why), &why);
	must(resident_record(
		 &ss, sp->header, sp->form, seq, token->p, &c, out, &why),
	    &why);
	buf_free(&text);
}

/* --- The log -------------------------------------------------------------- */

struct hash *
live_log(const struct live *l, uint64_t *n)
{
	struct why why = { "" };
	struct hash *leaves;
	struct slice entry;
	struct trust *t;
	uint64_t i;

	must(trust_open(l->url, NULL, slice_of(NULL, 0), &t, &why), &why);
	*n = trust_checkpoint(t)->size;
	need((leaves = calloc(*n + 1, sizeof(*leaves))) != NULL);
	for (i = 0; i < *n; i++) {
		must(trust_entry(t, i, &entry, &why), &why);
		hash_leaf(entry, &leaves[i]);
	}
	trust_free(t);
	return leaves;
}

uint64_t
live_last(const struct live *l, enum entry_kind kind)
{
	struct why why = { "" };
	struct slice entry;
	struct trust *t;
	uint64_t i;

	must(trust_open(l->url, NULL, slice_of(NULL, 0), &t, &why), &why);
	for (i = trust_checkpoint(t)->size; i > 0; i--) {
		must(trust_entry(t, i - 1, &entry, &why), &why);
		if (entry.n > 0 && entry.p[0] == (uint8_t)kind)
			break;
	}
	trust_free(t);
	need(i > 0);
	return i - 1;
}

uint64_t
live_find(
    const struct hash *log, uint64_t n, const struct hash *leaf, size_t *times)
{
	uint64_t i, first = n;

	*times = 0;
	for (i = 0; i < n; i++) {
		if (!hash_equal(&log[i], leaf))
			continue;
		if ((*times)++ == 0)
			first = i;
	}
	return first;
}
