/* The office, the server and the auditor: programs, as on the day itself. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "json.h"

#include "rehearse.h"

#define ARGS_MAX 28
#define OUTPUT_MAX ((size_t)64 << 20)
#define READY "partecipa: listening at "

const char *
rehearse_path(const struct rehearse *r, struct buf *b, const char *name)
{
	b->n = 0;
	return file_join(b, r->dir, name);
}

/* ${folder} NULL: where we are; else what it leaves behind lies there. */
static enum err
run_in(struct rehearse *r, const char *folder, const char *const *argv)
{
	const char *all[ARGS_MAX] = { "/bin/sh", "-c",
		"cd \"$0\" && exec \"$@\"", folder };
	struct buf self = { 0 }, out = { 0 };
	size_t n = folder != NULL ? 4 : 0, i;
	struct spawn s;
	int status = 0;
	enum err e;

	if ((e = spawn_self(&self, &r->why)) != OK)
		goto out;
	if ((all[n++] = buf_text(&self)) == NULL) {
		e = ERR_NOMEM;
		goto out;
	}
	for (i = 0; argv[i] != NULL; i++) {
		if (n + 1 >= ARGS_MAX) {
			e = ERR_INTERNAL;
			goto out;
		}
		all[n++] = argv[i];
	}
	all[n] = NULL;
	if ((e = spawn_start(all, &s, &r->why)) != OK ||
	    (e = spawn_all(&s, OUTPUT_MAX, &out, &status, &r->why)) != OK)
		goto out;
	if (status != 0)
		e = why_say(&r->why, ERR_INTERNAL,
		    "`partecipa %s %s` ended with status %d", argv[0],
		    argv[1] != NULL ? argv[1] : "", status);

out:
	buf_free(&self);
	buf_free(&out);
	return e;
}

enum err
rehearse_run(struct rehearse *r, const char *const *argv)
{
	return run_in(r, NULL, argv);
}

enum err
rehearse_clock(struct rehearse *r, uint64_t t)
{
	struct buf path = { 0 }, text = { 0 };
	enum err e = ERR_NOMEM;

	buf_printf(&text, "%llu\n", (unsigned long long)t);
	if (buf_end(&text) == OK && rehearse_path(r, &path, "clock") != NULL)
		e = file_write((char *)path.p, 0644, buf_slice(&text), &r->why);
	buf_free(&path);
	buf_free(&text);
	return e;
}

enum err
rehearse_serve(struct rehearse *r, const char *const *argv, struct spawn *s,
    struct buf *url)
{
	const char *all[ARGS_MAX];
	struct buf self = { 0 }, line = { 0 };
	size_t n = strlen(READY), i;
	enum err e;

	if ((e = spawn_self(&self, &r->why)) != OK)
		goto out;
	e = ERR_NOMEM;
	if ((all[0] = buf_text(&self)) == NULL)
		goto out;
	for (i = 0; argv[i] != NULL && i + 2 < ARGS_MAX; i++)
		all[i + 1] = argv[i];
	all[i + 1] = NULL;
	if ((e = spawn_start(all, s, &r->why)) != OK ||
	    (e = spawn_line(s, 120, &line, &r->why)) != OK)
		goto out;
	e = ERR_NOMEM;
	if (buf_text(&line) == NULL)
		goto out;
	if (strncmp((char *)line.p, READY, n) != 0) {
		e = why_say(&r->why, ERR_INTERNAL, "the server said: %s",
		    (char *)line.p);
		goto out;
	}
	url->n = 0;
	buf_str(url, (char *)line.p + n);
	while (url->n > 0 && url->p[url->n - 1] == '/')
		url->n--;
	e = buf_text(url) != NULL ? OK : ERR_NOMEM;

out:
	buf_free(&self);
	buf_free(&line);
	return e;
}

/* The log's server, at any free port or at ${port}. */
static enum err
serve(struct rehearse *r, const char *port)
{
	struct buf data = { 0 }, clock = { 0 };
	const char *argv[] = { "serve", "--dir",
		rehearse_path(r, &data, "data"), "--port", port, "--clock",
		rehearse_path(r, &clock, "clock"), "--threads", "96", NULL };
	enum err e = ERR_NOMEM;

	if (argv[2] != NULL && argv[6] != NULL)
		e = rehearse_serve(r, argv, &r->server, &r->url);
	buf_free(&data);
	buf_free(&clock);
	return e;
}

enum err
rehearse_again_serve(struct rehearse *r)
{
	const char *colon = strrchr((const char *)r->url.p, ':');
	char port[8];

	if (colon == NULL)
		return ERR_INTERNAL;
	(void)snprintf(port, sizeof(port), "%s", colon + 1);
	(void)spawn_stop(&r->server);
	return serve(r, port);
}

static enum err
staff_add(struct rehearse *r, const char *name)
{
	struct buf dir = { 0 };
	const char *argv[] = { "staff", "add", "--name", name, "--role",
		"admin", "--out", rehearse_path(r, &dir, "staff"), NULL };
	enum err e = rehearse_run(r, argv);

	buf_free(&dir);
	return e;
}

enum err
rehearse_found(struct rehearse *r)
{
	struct buf data = { 0 }, a = { 0 }, b = { 0 };
	const char *argv[] = { "init", "--dir", rehearse_path(r, &data, "data"),
		"--origin", r->stage.origin, "--name", r->stage.name, "--host",
		r->stage.host, "--staff",
		rehearse_path(r, &a, "staff/prova-1.pub"), "--staff",
		rehearse_path(r, &b, "staff/prova-2.pub"), "--rehearsal",
		NULL };
	enum err e;

	if ((e = staff_add(r, "prova-1")) == OK &&
	    (e = staff_add(r, "prova-2")) == OK &&
	    (e = rehearse_run(r, argv)) == OK &&
	    (e = rehearse_clock(r, r->stage.start - REHEARSE_DAY)) == OK)
		e = serve(r, "0");
	buf_free(&data);
	buf_free(&a);
	buf_free(&b);
	return e;
}

static enum err
csv_write(struct rehearse *r)
{
	struct buf path = { 0 }, csv = { 0 };
	size_t i;
	enum err e = ERR_NOMEM;

	buf_str(&csv, "name;address\n");
	for (i = 0; i < r->n + r->stage.idle; i++)
		buf_printf(
		    &csv, "Residente %zu;Via della Prova %zu\n", i + 1, i + 1);
	if (buf_end(&csv) == OK &&
	    rehearse_path(r, &path, "residents.csv") != NULL)
		e = file_write((char *)path.p, 0600, buf_slice(&csv), &r->why);
	buf_free(&path);
	buf_free(&csv);
	return e;
}

/* The codes stand last on each line of the print shop's table. */
static enum err
codes_read(struct rehearse *r)
{
	struct buf path = { 0 }, table = { 0 };
	struct cursor c;
	size_t line = 0, n;
	const uint8_t *end, *code;
	enum err e = ERR_NOMEM;

	if (rehearse_path(r, &path, "letters/letters.csv") == NULL ||
	    (e = file_read((char *)path.p, OUTPUT_MAX, &table, &r->why)) != OK)
		goto out;
	c = cursor_of(buf_slice(&table));
	while (c.n > 0 && (end = memchr(c.p, '\n', c.n)) != NULL) {
		n = (size_t)(end - c.p);
		/* The code is the last cell, in quotes. */
		while (end > c.p && (end[-1] == '"' || end[-1] == '\r'))
			end--;
		code = end;
		while (code > c.p && code[-1] != ';' && code[-1] != '"')
			code--;
		/* The first line has the names of the columns. */
		if (line > 0 && line <= r->n &&
		    (e = roll_code_parse(slice_of(code, (size_t)(end - code)),
			 &r->voters[line - 1].code)) != OK)
			goto out;
		line++;
		(void)cursor_take(&c, n + 1);
	}
	e = line == r->n + r->stage.idle + 1
		? OK
		: why_say(&r->why, ERR_INTERNAL,
		      "%zu residents, but %zu lines of letters",
		      r->n + r->stage.idle, line);

out:
	buf_free(&path);
	buf_free(&table);
	return e;
}

enum err
rehearse_letters(struct rehearse *r)
{
	struct buf csv = { 0 }, out = { 0 }, key = { 0 };
	const char *letters[] = { "roll", "letters",
		rehearse_path(r, &csv, "residents.csv"), "--out",
		rehearse_path(r, &out, "letters"), "--host",
		"https://prova.partecipa.invalid", NULL };
	const char *import[] = { "roll", "import", letters[4], "--server",
		(const char *)r->url.p, "--key",
		rehearse_path(r, &key, "staff/prova-1.key"), NULL };
	enum err e;

	rehearse_progress(r, "letters", 0, r->n);
	if ((e = csv_write(r)) == OK && (e = rehearse_run(r, letters)) == OK &&
	    (e = codes_read(r)) == OK && (e = rehearse_run(r, import)) == OK)
		rehearse_progress(r, "letters", r->n, r->n);
	buf_free(&csv);
	buf_free(&out);
	buf_free(&key);
	return e;
}

/* What a rehearsal decides itself, as a JSON text. */
static enum err
header_own(struct rehearse *r, struct buf *b)
{
	unsigned long long t = r->stage.start, day = REHEARSE_DAY;

	buf_printf(b,
	    "{\"mode\": \"separated\", \"host\": \"%s\",\n"
	    "\"issuance\": {\"from\": %llu, \"to\": %llu},\n"
	    "\"participation\": {\"from\": %llu, \"to\": %llu},\n"
	    "\"batch_interval\": %llu,\n"
	    "\"min_collected\": 0, \"min_open\": 1, \"seq_limit\": %d,\n",
	    r->stage.host, t, t + 7 * day, t + 14 * day,
	    t + (14 + REHEARSE_WINDOWS) * day, day, r->o->revote > 0);
	rehearse_issuers_put(r, b);
	if (r->o->trustees > 0)
		rehearse_trustees_put(r, b);
	if (r->o->witnesses > 0)
		rehearse_witnesses_put(r, b);
	buf_str(b, "\"roll\": \"letters/roll.bin\"}\n");
	return buf_end(b);
}

static enum err
json_write(struct rehearse *r, const json_t *doc, const char *path)
{
	char *text = json_dumps(doc, JSON_INDENT(1));
	enum err e = ERR_NOMEM;

	if (text != NULL)
		e = file_write(path, 0644, slice_str(text), &r->why);
	free(text);
	return e;
}

/* A week to collect, a week between, four days to cast. */
static enum err
header_write(struct rehearse *r, const char *path)
{
	json_t *own = NULL, *doc = json_deep_copy(r->stage.space);
	struct buf b = { 0 };
	enum err e;

	if ((e = header_own(r, &b)) != OK ||
	    (e = json_read(buf_slice(&b), &own, &r->why)) != OK)
		goto out;
	/* min_collected and the like are the stage's if it has them. */
	e = json_object_update_missing(doc, own) == 0 ? json_write(r, doc, path)
						      : ERR_NOMEM;

out:
	json_decref(own);
	json_decref(doc);
	buf_free(&b);
	return e;
}

/* `partecipa space WHAT ARG [MORE...] --server URL --key A --key B`. */
static enum err
space_run(struct rehearse *r, const char *what, const char *arg,
    const char *const *more)
{
	struct buf a = { 0 }, b = { 0 };
	const char *argv[ARGS_MAX] = { "space", what, arg };
	size_t n = 3;
	enum err e;

	while (more != NULL && *more != NULL && n < ARGS_MAX - 8)
		argv[n++] = *more++;
	argv[n++] = "--server";
	argv[n++] = (const char *)r->url.p;
	argv[n++] = "--key";
	argv[n++] = rehearse_path(r, &a, "staff/prova-1.key");
	argv[n++] = "--key";
	argv[n] = rehearse_path(r, &b, "staff/prova-2.key");
	e = run_in(r, r->dir, argv);
	buf_free(&a);
	buf_free(&b);
	return e;
}

enum err
rehearse_announce(struct rehearse *r)
{
	struct buf path = { 0 };
	enum err e = ERR_NOMEM;

	if (rehearse_path(r, &path, "space.json") != NULL &&
	    (e = header_write(r, (char *)path.p)) == OK)
		e = space_run(r, "create", (char *)path.p, NULL);
	buf_free(&path);
	return e;
}

static enum err
form_run(struct rehearse *r, const char *what)
{
	const char *more[10] = { "form.json" };
	struct buf path = { 0 };
	size_t n = 1;
	enum err e;

	if (r->stage.form == NULL) {
		more[0] = "--pb";
		more[n++] = r->file;
	} else {
		e = rehearse_path(r, &path, "form.json") == NULL
			? ERR_NOMEM
			: json_write(r, r->stage.form, (char *)path.p);
		buf_free(&path);
		if (e != OK)
			return e;
	}
	more[n++] = "--rule";
	more[n++] = rehearse_rule(r);
	if (r->o->increment != NULL) {
		more[n++] = "--increment";
		more[n++] = r->o->increment;
	}
	if (r->o->min_score != NULL) {
		more[n++] = "--min-score";
		more[n++] = r->o->min_score;
	}
	more[n] = what;
	return space_run(r, "form", r->stage.slug, more);
}

/* A sealed form is laid out first, and logged when all trustees signed it. */
enum err
rehearse_form(struct rehearse *r)
{
	static const char *const publish[] = { "--publish", NULL };
	enum err e;

	if (r->o->trustees == 0)
		return form_run(r, NULL);
	if ((e = form_run(r, "--draft")) == OK && (e = rehearse_sign(r)) == OK)
		e = space_run(r, "form", r->stage.slug, publish);
	return e;
}

/* A sealed space is closed, opened by its trustees, and then counted. */
enum err
rehearse_close(struct rehearse *r)
{
	double before = spawn_children_cpu();
	struct api *a = NULL;
	enum err e;

	if ((e = space_run(r, "close", r->stage.slug, NULL)) != OK)
		goto out;
	r->cpu.result = spawn_children_cpu() - before;
	if (r->o->trustees > 0) {
		if ((e = rehearse_open(r)) != OK)
			goto out;
		before = spawn_children_cpu();
		if ((e = space_run(r, "result", r->stage.slug, NULL)) != OK)
			goto out;
		r->cpu.result += spawn_children_cpu() - before;
	}
	r->cpu.result /= (double)r->n;
	if ((e = api_open((const char *)r->url.p, &a, &r->why)) == OK)
		e = api_result(a, r->stage.slug, &r->result, &r->why);

out:
	api_free(a);
	return e;
}

/* What the auditor says of itself, in JSON. */
static enum err
audit_read(struct rehearse *r, struct slice text, int status)
{
	const char *rule = NULL;
	json_t *doc = NULL;

	if (json_read(text, &doc, &r->why) != OK)
		return why_say(&r->why, ERR_INTERNAL,
		    "the auditor ended with status %d and no answer", status);
	r->log_size =
	    (uint64_t)json_integer_value(json_object_get(doc, "size"));
	rule = json_string_value(json_object_get(
	    json_array_get(json_object_get(doc, "broken"), 0), "rule"));
	if (status == 0)
		rule = "ok";
	else if (rule == NULL)
		rule = status == 3 ? "incomplete" : "unreadable";
	(void)snprintf(r->audit, sizeof(r->audit), "%s", rule);
	json_decref(doc);
	return OK;
}

static enum err
before_audit(struct rehearse *r)
{
	struct buf data = { 0 }, out = { 0 };
	const char *argv[] = { "/bin/sh", "-c", r->o->before, "sh",
		rehearse_path(r, &data, "data"), NULL };
	struct spawn s;
	int status = 0;
	enum err e;

	if ((e = spawn_start(argv, &s, &r->why)) == OK &&
	    (e = spawn_all(&s, OUTPUT_MAX, &out, &status, &r->why)) == OK &&
	    status != 0)
		e = why_say(&r->why, ERR_INTERNAL,
		    "the command before the audit ended with status %d",
		    status);
	buf_free(&data);
	buf_free(&out);
	return e;
}

enum err
rehearse_audit(struct rehearse *r)
{
	struct buf program = { 0 }, out = { 0 };
	const char *argv[] = { NULL, "verify", (const char *)r->url.p, "--json",
		NULL };
	struct spawn s;
	int status = 0;
	double cpu;
	enum err e;

	rehearse_progress(r, "audit", 0, r->n);
	if ((r->o->before != NULL && (e = before_audit(r)) != OK) ||
	    (e = spawn_beside(&program, "partecipa-audit", &r->why)) != OK)
		goto out;
	argv[0] = (const char *)program.p;
	cpu = spawn_children_cpu();
	if ((e = spawn_start(argv, &s, &r->why)) != OK ||
	    (e = spawn_all(&s, OUTPUT_MAX, &out, &status, &r->why)) != OK)
		goto out;
	r->cpu.audit = (spawn_children_cpu() - cpu) / (double)r->cast;
	if ((e = audit_read(r, buf_slice(&out), status)) == OK)
		rehearse_progress(r, "audit", r->n, r->n);

out:
	buf_free(&program);
	buf_free(&out);
	return e;
}
