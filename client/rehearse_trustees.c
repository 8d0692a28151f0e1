/* The trustees: programs of their own, in folders of their own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

#include "rehearse.h"

#define NAME_CHARS 64
#define KEY_CHARS 64

static const char *
trustee_path(const struct rehearse *r, struct buf *b, unsigned i)
{
	char name[NAME_CHARS];

	(void)snprintf(name, sizeof(name), "garante-%u", i + 1);
	return rehearse_path(r, b, name);
}

/* Her line for the office ends with her key. */
static enum err
identity_read(struct rehearse *r, unsigned i, const char *folder)
{
	struct buf path = { 0 }, line = { 0 };
	char name[NAME_CHARS];
	enum err e = ERR_NOMEM;

	(void)snprintf(name, sizeof(name), "garante-%u.trustee", i + 1);
	if (file_join(&path, folder, name) == NULL)
		goto out;
	if ((e = file_read((char *)path.p, 1024, &line, &r->why)) != OK)
		goto out;
	while (line.n > 0 && line.p[line.n - 1] == '\n')
		line.n--;
	if (line.n < KEY_CHARS) {
		e = why_say(
		    &r->why, ERR_INTERNAL, "%s is too short", (char *)path.p);
		goto out;
	}
	memcpy(r->trustee[i], line.p + line.n - KEY_CHARS, KEY_CHARS);

out:
	buf_free(&path);
	buf_free(&line);
	return e;
}

enum err
rehearse_trustees(struct rehearse *r)
{
	struct buf secret = { 0 }, folder = { 0 };
	char name[NAME_CHARS];
	const char *argv[] = { "trustee", "init", "--name", name, "--dir", NULL,
		"--passphrase-file", NULL, NULL };
	unsigned i;
	enum err e = OK;

	if (r->o->trustees == 0)
		return OK;
	if ((argv[7] = rehearse_path(r, &secret, "passphrase")) == NULL) {
		e = ERR_NOMEM;
		goto out;
	}
	e = file_write(argv[7], 0600, slice_str("only a rehearsal\n"), &r->why);
	for (i = 0; i < r->o->trustees && e == OK; i++) {
		(void)snprintf(name, sizeof(name), "garante-%u", i + 1);
		if ((argv[5] = trustee_path(r, &folder, i)) == NULL)
			e = ERR_NOMEM;
		if (e == OK && (e = rehearse_run(r, argv)) == OK)
			e = identity_read(r, i, argv[5]);
	}

out:
	buf_free(&secret);
	buf_free(&folder);
	return e;
}

void
rehearse_trustees_put(const struct rehearse *r, struct buf *b)
{
	unsigned i;

	buf_printf(b, "\"trustees\": {\"threshold\": %u, \"keys\": [",
	    r->o->threshold);
	for (i = 0; i < r->o->trustees; i++)
		buf_printf(b, "%s\"%.*s\"", i > 0 ? ", " : "", KEY_CHARS,
		    r->trustee[i]);
	buf_str(b, "]},\n");
}

/* `partecipa trustee STEP SLUG --dir ... --server ...` of trustee ${i}. */
static enum err
trustee_run(struct rehearse *r, unsigned i, const char *step, const char *more)
{
	struct buf secret = { 0 }, folder = { 0 };
	const char *argv[] = { "trustee", step, r->stage.slug, "--dir",
		trustee_path(r, &folder, i), "--server", (const char *)r->url.p,
		"--passphrase-file", rehearse_path(r, &secret, "passphrase"),
		more, NULL };
	double before = spawn_children_cpu();
	enum err e;

	if ((e = rehearse_run(r, argv)) != OK)
		why_prefix(&r->why, "trustee %u: ", i + 1);
	*(strcmp(step, "open") == 0 ? &r->cpu.open : &r->cpu.ceremony) +=
	    spawn_children_cpu() - before;
	buf_free(&secret);
	buf_free(&folder);
	return e;
}

/* The first ${n} trustees, one after the other. */
static enum err
all_run(struct rehearse *r, unsigned n, const char *step, const char *more)
{
	unsigned i;
	enum err e = OK;

	for (i = 0; i < n && e == OK; i++) {
		rehearse_progress(r, step, i, n);
		e = trustee_run(r, i, step, more);
	}
	if (e == OK)
		rehearse_progress(r, step, n, n);
	return e;
}

enum err
rehearse_ceremony(struct rehearse *r)
{
	static const char *const rounds[] = { "commit", "reveal", "share",
		"check" };
	size_t i;
	enum err e = OK;

	if (r->o->trustees == 0)
		return OK;
	for (i = 0; i < sizeof(rounds) / sizeof(rounds[0]) && e == OK; i++)
		e = all_run(r, r->o->trustees, rounds[i], NULL);
	return e;
}

enum err
rehearse_sign(struct rehearse *r)
{
	return all_run(r, r->o->trustees, "sign", "--yes");
}

enum err
rehearse_open(struct rehearse *r)
{
	enum err e;

	if ((e = all_run(r, r->o->threshold, "open", NULL)) == OK)
		r->cpu.open /= (double)r->n * r->o->threshold;
	return e;
}
