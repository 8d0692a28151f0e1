#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hex.h"
#include "text.h"

#include "cmd_trustee.h"
#include "file.h"
#include "trustee_ask.h"
#include "trustee_opening.h"

#define OPENING_FILE_MAX \
	((size_t)OPENING_FIXED + (size_t)OPENING_COUNT_MAX * POINT_BYTES)

/* ---- open ---------------------------------------------------------------- */

struct opening_run {
	struct cmd_trustee c;
	struct trustee_opening_options o;
	const char *log, *log_key, *clock, *out;
	struct buf key; /* of --log-key */
};

/* --log-key: a vkey, or a file that holds one. */
static enum err
log_key_take(struct opening_run *o, struct why *why)
{
	enum err r;

	if (o->log_key == NULL)
		return OK;
	if (!file_exists(o->log_key)) {
		o->o.log_key = o->log_key;
		return OK;
	}
	if ((r = file_read(o->log_key, 1024, &o->key, why)) != OK)
		return r;
	while (o->key.n > 0 && o->key.p[o->key.n - 1] == '\n')
		o->key.n--;
	o->o.log_key = buf_text(&o->key);
	return o->o.log_key == NULL ? ERR_NOMEM : OK;
}

static enum err
clock_take(struct opening_run *o, struct why *why)
{
	struct buf b = { 0 };
	enum err r;

	if (o->clock == NULL) {
		o->o.now = (uint64_t)time(NULL);
		return OK;
	}
	o->o.clock_given = 1;
	if ((r = file_read(o->clock, 64, &b, why)) != OK)
		goto out;
	while (b.n > 0 && b.p[b.n - 1] == '\n')
		b.n--;
	if (text_u64(buf_slice(&b), &o->o.now) != OK)
		r = why_say(
		    why, ERR_FORMAT, "%s: must hold UNIX seconds", o->clock);

out:
	buf_free(&b);
	return r;
}

/* The file first, then the server: what is on disk can be sent again. */
static enum err
file_deliver(struct opening_run *o, struct slice file, struct why *why)
{
	const struct trustee_state *s = &o->c.t.state;
	struct buf path = { 0 };
	struct api *a = NULL;
	enum err r;

	if (o->out != NULL)
		buf_str(&path, o->out);
	else
		buf_printf(&path, "%s/%s-opening-%u.bin", o->c.dir, s->slug,
		    (unsigned)s->index);
	if (buf_text(&path) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	if ((r = file_write(buf_text(&path), 0644, file, why)) != OK)
		goto out;
	printf("The opening is in %s. ", buf_text(&path));
	if (o->c.server == NULL) {
		printf("Somebody with a connection hands it in: partecipa "
		       "trustee send %s %s --server URL\n",
		    s->slug, buf_text(&path));
		goto out;
	}
	(void)fflush(stdout);
	if ((r = api_open(o->c.server, &a, why)) == OK &&
	    (r = api_opening_post(a, s->slug, s->index, file, why)) == OK)
		printf("The server has logged it.\n");
	else
		(void)printf("\n");

out:
	api_free(a);
	buf_free(&path);
	return r;
}

/* A backup does not know what was opened after it; she does. */
static enum err
first_ask(
    struct cmd_trustee *c, struct trustee_opening_options *o, struct why *why)
{
	const struct trustee_state *s = &c->t.state;
	enum err r = OK;

	if (!s->restored || s->has_opened || s->destroyed)
		return OK;
	printf("Your files came back from a backup, which does not know "
	       "whether you opened \"%s\" since. Whoever opens two different "
	       "logs of one vote may show ballots that were replaced. If you "
	       "opened it already, send that opening again: partecipa trustee "
	       "send.\n",
	    s->slug);
	(void)fflush(stdout);
	if (!c->yes)
		r = trustee_ask_yes(
		    "Is this the first time that you open this vote?", why);
	o->first = r == OK;
	return r;
}

static enum err
opening_do(struct opening_run *o, struct why *why)
{
	struct cmd_trustee *c = &o->c;
	struct trustee_opened opened;
	struct buf file = { 0 };
	enum err r;

	if ((r = log_key_take(o, why)) != OK ||
	    (r = clock_take(o, why)) != OK ||
	    (r = cmd_trustee_open(c, why)) != OK)
		goto out;
	r = trustee_state_load(c->dir, c->slug, &c->t.key, &c->t.state, why);
	if (r == ERR_NOT_FOUND)
		r = why_say(why, r,
		    "%s holds no ceremony of \"%.80s\"; partecipa trustee "
		    "status shows what it holds",
		    c->dir, c->slug);
	if (r != OK)
		goto out;
	if ((r = first_ask(c, &o->o, why)) != OK)
		goto out;
	o->o.where = c->server != NULL ? c->server : o->log;
	if ((r = trustee_opening_make(&c->t, &o->o, &opened, &file, why)) != OK)
		goto out;
	printf("The whole log holds: \"%s\" was closed with %" PRIu32
	       " records, %" PRIu32 " ballots count. ",
	    c->slug, opened.cast, opened.m);
	r = file_deliver(o, buf_slice(&file), why);

out:
	buf_free(&file);
	buf_free(&o->key);
	return r;
}

int
cmd_trustee_opening(int argc, char **argv)
{
	struct opening_run o = { .c.t.lock = -1 };
	const struct args_option options[] = {
		{ "dir", ARGS_TEXT, &o.c.dir, "DIR", "her folder" },
		{ "server", ARGS_TEXT, &o.c.server, "URL",
		    "verify its log, and hand the opening in" },
		{ "log", ARGS_TEXT, &o.log, "FOLDER",
		    "or a copy of the log made by partecipa-audit fetch" },
		{ "out", ARGS_TEXT, &o.out, "FILE",
		    "the opening (default: in DIR)" },
		{ "log-key", ARGS_TEXT, &o.log_key, "VKEY",
		    "where the ceremony never saw the log" },
		{ "clock", ARGS_TEXT, &o.clock, "FILE",
		    "UNIX seconds; in rehearsals only" },
		{ "yes", ARGS_FLAG, &o.c.yes, NULL,
		    "after a restore: she never opened it; do not ask" },
		{ "name", ARGS_TEXT, &o.c.name, "NAME",
		    "where DIR has several keys" },
		{ "passphrase-file", ARGS_TEXT, &o.c.passphrase, "FILE",
		    "its first line is the passphrase" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = {
		"trustee open SLUG --dir DIR (--server URL | --log FOLDER)",
		"After the close: verifies the whole log, remembers what is "
		"opened, and only then makes\nher opening of all counted "
		"ballots.",
		options, 1, 1
	};
	struct why why = { { 0 } };
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, &o.c.slug)) != ARGS_GO)
		return status;
	if (o.c.dir == NULL || (o.c.server == NULL) == (o.log == NULL))
		return args_usage("trustee open needs --dir, and one of "
				  "--server and --log.");
	r = opening_do(&o, &why);
	trustee_close(&o.c.t);
	return r == OK ? 0 : cmd_fail(r, &why);
}

/* ---- send ---------------------------------------------------------------- */

/* What a file is, it says itself. */
static enum err
one_send(struct api *a, const char *slug, struct slice s, struct why *why)
{
	struct cursor c = cursor_of(s);
	struct slice line = text_line(&c), word = slice_str("");
	struct opening_file opening;
	enum ceremony_round round;
	char name[16] = "";

	if (opening_parse(s, &opening) == OK)
		return api_opening_post(
		    a, slug, opening.opening.trustee, s, why);
	if (!c.bad &&
	    slice_equal(line, slice_str("partecipa/form-signature/v1")))
		return api_ceremony_post(a, slug, "sign", s, why);
	if (!c.bad && text_after(line, "partecipa/ceremony/v1 ", &word) == OK &&
	    word.n < sizeof(name)) {
		memcpy(name, word.p, word.n);
		if (ceremony_round_parse(name, &round) == OK)
			return api_ceremony_post(a, slug, name, s, why);
	}
	return why_say(why, ERR_FORMAT,
	    "it is no message of a ceremony, no signature and no opening");
}

static enum err
send(const char *slug, const char *path, const char *server, struct why *why)
{
	struct buf b = { 0 };
	struct api *a = NULL;
	enum err r;

	if ((r = file_read(path, OPENING_FILE_MAX, &b, why)) != OK ||
	    (r = api_open(server, &a, why)) != OK)
		goto out;
	if ((r = one_send(a, slug, buf_slice(&b), why)) != OK)
		why_prefix(why, "%s: ", path);
	else
		printf("%s: handed in.\n", path);

out:
	api_free(a);
	buf_free(&b);
	return r;
}

int
cmd_trustee_send(int argc, char **argv)
{
	const char *plain[2], *server = NULL;
	const struct args_option options[] = {
		{ "server", ARGS_TEXT, &server, "URL", "the server" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = { "trustee send SLUG FILE --server URL",
		"Hands in a message, a signature or an opening that was made "
		"on a computer without\nconnection. No key is needed.",
		options, 2, 2 };
	struct why why = { { 0 } };
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, plain)) != ARGS_GO)
		return status;
	if (server == NULL)
		return args_usage("trustee send needs --server.");
	r = send(plain[0], plain[1], server, &why);
	return r == OK ? 0 : cmd_fail(r, &why);
}

/* ---- practice ------------------------------------------------------------ */

static enum err
practice(struct cmd_trustee *o, struct why *why)
{
	char hex[2 * POINT_BYTES + 1];
	enum err r;

	if ((r = cmd_trustee_open(o, why)) != OK ||
	    (r = trustee_state_load(
		 o->dir, o->slug, &o->t.key, &o->t.state, why)) != OK ||
	    (r = trustee_opening_practice(&o->t.state, why)) != OK)
		return r;
	hex_encode(point_slice(&o->t.state.y), hex);
	printf("Your share of \"%s\" opened an invented ballot, and the proof "
	       "verifies. Nothing real was opened, and nothing left this "
	       "computer. Key of the vote: %s\n",
	    o->slug, hex);
	return OK;
}

int
cmd_trustee_practice(int argc, char **argv)
{
	struct cmd_trustee o = { .t.lock = -1 };
	const struct args_option options[] = {
		{ "dir", ARGS_TEXT, &o.dir, "DIR", "her folder" },
		{ "name", ARGS_TEXT, &o.name, "NAME",
		    "where DIR has several keys" },
		{ "passphrase-file", ARGS_TEXT, &o.passphrase, "FILE",
		    "its first line is the passphrase" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = { "trustee practice SLUG --dir DIR",
		"Proves with her real file and passphrase that her share still "
		"opens, on an invented\nballot: no connection is needed and "
		"nothing real is opened.",
		options, 1, 1 };
	struct why why = { { 0 } };
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, &o.slug)) != ARGS_GO)
		return status;
	if (o.dir == NULL)
		return args_usage("trustee practice needs --dir.");
	r = practice(&o, &why);
	trustee_close(&o.t);
	return r == OK ? 0 : cmd_fail(r, &why);
}
