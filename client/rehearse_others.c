/* The servers beside the log's own: witnesses, and issuers of other offices. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "json.h"

#include "rehearse.h"

#define NAME_CHARS 80
#define DOMAIN ".prova.partecipa.invalid"

static const char *
other_path(
    const struct rehearse *r, struct buf *b, const char *what, unsigned i)
{
	char name[NAME_CHARS];

	(void)snprintf(name, sizeof(name), "%s-%u", what, i + 1);
	return rehearse_path(r, b, name);
}

/* ---- Witnesses ------------------------------------------------------------
 */

static enum err
witness_key(struct rehearse *r, const char *folder, struct buf *out)
{
	struct buf path = { 0 };
	enum err e = ERR_NOMEM;

	if (file_join(&path, folder, "witness.vkey") == NULL)
		goto out;
	e = file_read((char *)path.p, 1024, out, &r->why);
	while (out->n > 0 && out->p[out->n - 1] == '\n')
		out->n--;
	if (e == OK && buf_text(out) == NULL)
		e = ERR_NOMEM;

out:
	buf_free(&path);
	return e;
}

static enum err
witness_start(struct rehearse *r, unsigned i, const char *log_key)
{
	struct rehearse_other *w = &r->witness[i];
	struct buf folder = { 0 };
	char name[NAME_CHARS];
	const char *dir = other_path(r, &folder, "testimone", i);
	const char *init[] = { "init", "--witness-only", "--dir", dir, "--name",
		name, NULL };
	const char *serve[] = { "serve", "--witness-only", "--dir", dir,
		"--log", log_key, "--port", "0", NULL };
	enum err e;

	(void)snprintf(name, sizeof(name), "testimone-%u" DOMAIN "/1", i + 1);
	if ((e = rehearse_run(r, init)) == OK &&
	    (e = witness_key(r, dir, &w->key)) == OK)
		e = rehearse_serve(r, serve, &w->server, &w->url);
	buf_free(&folder);
	return e;
}

/* All of them are needed. */
static enum err
policy_write(struct rehearse *r, const char *log_key)
{
	struct buf path = { 0 }, b = { 0 };
	unsigned i;
	enum err e = ERR_NOMEM;

	buf_printf(&b, "log %s %s\n", log_key, (const char *)r->url.p);
	for (i = 0; i < r->o->witnesses; i++)
		buf_printf(&b, "witness w%u %s %s\n", i + 1,
		    (const char *)r->witness[i].key.p,
		    (const char *)r->witness[i].url.p);
	buf_str(&b, "group tutti all");
	for (i = 0; i < r->o->witnesses; i++)
		buf_printf(&b, " w%u", i + 1);
	buf_str(&b, "\nquorum tutti\n");
	if (rehearse_path(r, &path, "data/policy") != NULL &&
	    (e = buf_end(&b)) == OK)
		e = file_write((char *)path.p, 0644, buf_slice(&b), &r->why);
	buf_free(&path);
	buf_free(&b);
	return e;
}

static enum err
witnesses_start(struct rehearse *r, const char *log_key)
{
	unsigned i;
	enum err e = OK;

	for (i = 0; i < r->o->witnesses && e == OK; i++)
		e = witness_start(r, i, log_key);
	if (e == OK && (e = policy_write(r, log_key)) == OK)
		e = rehearse_again_serve(r); /* so that it reads its policy */
	return e;
}

void
rehearse_witnesses_put(const struct rehearse *r, struct buf *b)
{
	unsigned i;

	buf_printf(
	    b, "\"witnesses\": {\"quorum\": %u, \"keys\": [", r->o->witnesses);
	for (i = 0; i < r->o->witnesses; i++)
		buf_printf(b, "%s\"%s\"", i > 0 ? ", " : "",
		    (const char *)r->witness[i].key.p);
	buf_str(b, "]},\n");
}

/* ---- Issuers --------------------------------------------------------------
 */

static enum err
issuer_start(struct rehearse *r, unsigned i, const char *log_key)
{
	struct rehearse_other *w = &r->issuer[i];
	struct buf folder = { 0 }, clock = { 0 };
	char host[NAME_CHARS];
	const char *dir = other_path(r, &folder, "ufficio", i);
	const char *init[] = { "init", "--issuer-only", "--dir", dir, "--log",
		(const char *)r->url.p, "--key", log_key, "--host", host,
		NULL };
	const char *serve[] = { "serve", "--issuer-only", "--dir", dir,
		"--clock", rehearse_path(r, &clock, "clock"), "--port", "0",
		"--threads", "96", NULL };
	enum err e;

	(void)snprintf(host, sizeof(host), "ufficio-%u" DOMAIN, i + 1);
	if ((e = rehearse_run(r, init)) == OK)
		e = rehearse_serve(r, serve, &w->server, &w->url);
	buf_free(&folder);
	buf_free(&clock);
	return e;
}

void
rehearse_issuers_put(const struct rehearse *r, struct buf *b)
{
	unsigned i;

	buf_str(b, "\"issuers\": [{\"factor\": \"none\"}");
	for (i = 1; i < r->o->issuers; i++)
		buf_printf(b,
		    ", {\"factor\": \"none\", \"name\": \"ufficio-%u" DOMAIN
		    "\", \"url\": \"%s\"}",
		    i, (const char *)r->issuer[i - 1].url.p);
	buf_str(b, "],\n");
}

enum err
rehearse_others(struct rehearse *r)
{
	const struct note_key *key;
	struct buf log_key = { 0 };
	struct api *a = NULL;
	unsigned i;
	enum err e;

	if (r->o->witnesses == 0 && r->o->issuers == 1)
		return OK;
	if ((e = api_open((const char *)r->url.p, &a, &r->why)) != OK ||
	    (e = api_log_key(a, &key, &r->why)) != OK)
		goto out;
	note_key_print(key, &log_key);
	if (buf_text(&log_key) == NULL) {
		e = ERR_NOMEM;
		goto out;
	}
	if (r->o->witnesses > 0)
		e = witnesses_start(r, (const char *)log_key.p);
	for (i = 1; i < r->o->issuers && e == OK; i++)
		e = issuer_start(r, i - 1, (const char *)log_key.p);

out:
	buf_free(&log_key);
	api_free(a);
	return e;
}

void
rehearse_others_stop(struct rehearse *r)
{
	unsigned i;

	for (i = 0; i < REHEARSE_WITNESSES_MAX; i++) {
		(void)spawn_stop(&r->witness[i].server);
		buf_free(&r->witness[i].url);
		buf_free(&r->witness[i].key);
	}
	for (i = 0; i < RECORD_ISSUERS_MAX; i++) {
		(void)spawn_stop(&r->issuer[i].server);
		buf_free(&r->issuer[i].url);
		buf_free(&r->issuer[i].key);
	}
}
