#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hex.h"
#include "wipe.h"

#include "cmd.h"
#include "file.h"
#include "letters.h"

#define ROLL_FILE_MAX ((size_t)256 << 20)

/* ---- letters ------------------------------------------------------------ */

struct making {
	const char *csv, *out, *host_text, *spares_text, *lang_text;
	const char *factor_text;
	int skip_bad;
	char host[300];
	unsigned long spares;
	struct letters letters;
	struct rollcsv rows;
	struct registrar_line *lines;
};

static int
making_arguments(struct making *m)
{
	struct why why = { { 0 } };
	size_t n;

	if (m->out == NULL || m->host_text == NULL)
		return args_usage("roll letters needs --out and --host.");
	if (api_base_check(m->host_text, &why) != OK)
		return args_usage("--host: %s.", why.text);
	n = strlen(m->host_text);
	if (n >= sizeof(m->host))
		return args_usage("--host: the address is too long.");
	memcpy(m->host, m->host_text, n + 1);
	if (m->host[n - 1] == '/')
		m->host[n - 1] = '\0';
	m->letters.host = m->host;
	if (m->spares_text != NULL &&
	    !args_number(m->spares_text, 0, 100000, &m->spares))
		return args_usage("--spares must be a number up to 100000.");
	if (m->lang_text != NULL && strcmp(m->lang_text, "en") == 0)
		m->letters.lang = LETTERS_EN;
	else if (m->lang_text != NULL && strcmp(m->lang_text, "it") != 0)
		return args_usage("--lang must be it or en.");
	if (m->factor_text == NULL)
		return ARGS_GO;
	if (strcmp(m->factor_text, "birth_date") == 0)
		m->letters.factor = FACTOR_BIRTH_DATE;
	else if (strcmp(m->factor_text, "document") == 0)
		m->letters.factor = FACTOR_DOCUMENT;
	else
		return args_usage("--factor must be birth_date or document.");
	return ARGS_GO;
}

/* Read the list; say what is wrong with each bad line. */
static enum err
rows_read(struct making *m, struct why *why)
{
	struct pb_report *report = NULL;
	struct buf text = { 0 };
	enum err r;

	if ((report = calloc(1, sizeof(*report))) == NULL)
		return ERR_NOMEM;
	if ((r = file_read(m->csv, ROLLCSV_BYTES_MAX, &text, why)) != OK)
		goto out;
	r = rollcsv_parse(
	    buf_slice(&text), m->letters.factor, &m->rows, report);
	if (r != ERR_FORMAT)
		goto out;
	pb_report_print(report, m->csv, stderr);
	if (m->skip_bad && m->rows.n > 0) {
		(void)fprintf(stderr, "Going on without them, as you said.\n");
		r = OK;
	} else {
		(void)why_say(why, r,
		    "%zu line%s of %s cannot be used; nothing was written. "
		    "Correct them, or leave them out with --skip-bad.",
		    report->errors, report->errors == 1 ? "" : "s", m->csv);
	}

out:
	buf_free(&text);
	free(report);
	return r;
}

static const char *
factor_of(void *cookie, size_t line)
{
	const struct making *m = cookie;

	return line < m->rows.n ? m->rows.row[line].factor : NULL;
}

static enum err
file_put(const struct making *m, const char *name, unsigned mode,
    const struct buf *b, struct why *why)
{
	struct buf path = { 0 };
	enum err r = ERR_NOMEM;

	if (file_join(&path, m->out, name) != NULL)
		r = file_write(buf_text(&path), mode, buf_slice(b), why);
	buf_free(&path);
	return r;
}

static enum err
rolls_write(const struct making *m, struct why *why)
{
	size_t all = m->rows.n + m->spares;
	struct buf b = { 0 };
	enum err r;

	if ((r = registrar_roll_put(m->lines, all, &b)) != OK ||
	    (r = file_put(m, "roll.bin", 0644, &b, why)) != OK ||
	    m->letters.factor == FACTOR_NONE)
		goto out;
	b.n = 0;
	if ((r = registrar_factors_put(
		 m->lines, all, factor_of, (void *)(uintptr_t)m, &b)) == OK)
		r = file_put(m, "factors.bin", 0600, &b, why);

out:
	buf_free(&b);
	return r;
}

/* One printed file; ${which}: 0 letters, 1 table, 2 cards. */
static enum err
print_write(
    const struct making *m, const char *name, int which, struct why *why)
{
	FILE *f = NULL;
	enum err r, closed;

	if ((r = file_create(m->out, name, 0600, &f, why)) != OK)
		return r;
	if (which == 0)
		r = letters_page(&m->letters, &m->rows, m->lines, f);
	else if (which == 1)
		r = letters_table(&m->rows, m->lines, f);
	else
		r = letters_cards(
		    &m->letters, m->lines + m->rows.n, m->spares, f);
	if (r == ERR_LIMIT)
		(void)why_say(
		    why, r, "the address of the page is too long for a code");
	closed = file_close(f, name, why);
	return r == OK ? closed : r;
}

static enum err
making_write(struct making *m, struct why *why)
{
	enum err r;

	m->lines = calloc(m->rows.n + m->spares, sizeof(*m->lines));
	if (m->lines == NULL)
		return ERR_NOMEM;
	if ((r = registrar_draw(m->lines, m->rows.n, m->spares)) != OK ||
	    (r = file_folder_new(m->out, why)) != OK ||
	    (r = rolls_write(m, why)) != OK ||
	    (r = print_write(m, "letters.html", 0, why)) != OK ||
	    (r = print_write(m, "letters.csv", 1, why)) != OK)
		return r;
	if (m->spares > 0)
		r = print_write(m, "spares.html", 2, why);
	return r;
}

static int
letters_run(int argc, char **argv)
{
	struct making m = { 0 };
	const struct args_option options[] = {
		{ "out", ARGS_TEXT, &m.out, "DIR", "a new or empty folder" },
		{ "host", ARGS_TEXT, &m.host_text, "URL",
		    "the page that letters name, https://..." },
		{ "spares", ARGS_TEXT, &m.spares_text, "N",
		    "spare codes for the desk (default: none)" },
		{ "lang", ARGS_TEXT, &m.lang_text, "it|en",
		    "main language of the letters (default: it)" },
		{ "factor", ARGS_TEXT, &m.factor_text, "WHAT",
		    "second factor: birth_date or document" },
		{ "skip-bad", ARGS_FLAG, &m.skip_bad, NULL,
		    "leave bad lines out instead of stopping" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = {
		"roll letters FILE.csv --out DIR --host https://... "
		"[--spares N]",
		"Makes a code for every resident of the list, offline. The "
		"first line of the list\nnames the columns: name (nome), "
		"address (indirizzo), birth_date (data_nascita),\ndocument, "
		"district; commas or semicolons between, UTF-8. Writes to "
		"DIR:\n  roll.bin      public: goes to the server with "
		"partecipa roll import\n  factors.bin   with --factor: goes "
		"to the server too\n  letters.html  SECRET: to print, one page "
		"each\n  letters.csv   SECRET: the same for a print shop\n"
		"  spares.html   SECRET: cards with spare codes\n"
		"Codes exist nowhere else. Destroy the secret files once the "
		"letters are sent.",
		options, 1, 1
	};
	struct why why = { { 0 } };
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, &m.csv)) != ARGS_GO ||
	    (status = making_arguments(&m)) != ARGS_GO)
		return status;
	if ((r = rows_read(&m, &why)) == OK &&
	    (r = making_write(&m, &why)) == OK)
		printf("%zu letters and %lu spare codes are in %s. letters.* "
		       "and spares.html are secret:\ndestroy them once the "
		       "letters are sent.\n",
		    m.rows.n, m.spares, m.out);
	if (m.lines != NULL)
		wipe(m.lines, (m.rows.n + m.spares) * sizeof(*m.lines));
	free(m.lines);
	rollcsv_free(&m.rows);
	return r == OK ? 0 : cmd_fail(r, &why);
}

/* ---- import ------------------------------------------------------------- */

struct import {
	const char *what, *server, *factors;
	int factors_only;
	struct args_list keys;
	struct buf roll, rows;
};

static enum err
import_read(struct import *o, struct why *why)
{
	const char *roll = o->what, *factors = o->factors;
	struct buf a = { 0 }, b = { 0 };
	struct hash root;
	uint32_t n;
	enum err r;

	if (file_is_folder(o->what)) {
		if ((roll = file_join(&a, o->what, "roll.bin")) == NULL ||
		    file_join(&b, o->what, "factors.bin") == NULL) {
			r = ERR_NOMEM;
			goto out;
		}
		if (factors == NULL && file_exists(buf_text(&b)))
			factors = buf_text(&b);
	}
	if ((r = file_read(roll, ROLL_FILE_MAX, &o->roll, why)) != OK)
		goto out;
	if ((r = roll_file_check(buf_slice(&o->roll), &root, &n, why)) != OK) {
		why_prefix(why, "%s: ", roll);
		goto out;
	}
	if (factors == NULL && o->factors_only)
		r = why_say(why, ERR_NOT_FOUND,
		    "%s: there are no second factors; say where with --factors",
		    o->what);
	if (factors == NULL)
		goto out;
	if ((r = file_read(factors, ROLL_FILE_MAX, &o->rows, why)) != OK)
		goto out;
	if (o->rows.n == 0 || o->rows.n % 64 != 0)
		r = why_say(why, ERR_FORMAT,
		    "%s: must hold rows of 64 bytes, as partecipa roll "
		    "letters writes them",
		    factors);

out:
	buf_free(&a);
	buf_free(&b);
	return r;
}

static enum err
import_send(struct import *o, struct why *why)
{
	struct cmd_signers s = { 0 };
	struct buf answer = { 0 };
	enum err r;

	if ((r = cmd_signers_open(o->server, &o->keys, &s, why)) != OK)
		goto out;
	if (!o->factors_only) {
		if ((r = api_staff(s.api, &s.key[0], "POST", "rolls",
			 buf_slice(&o->roll), &answer, why)) != OK)
			goto out;
		printf("The server has the roll: %.*s\n", (int)answer.n,
		    (const char *)answer.p);
	}
	if (o->rows.n == 0)
		goto out;
	answer.n = 0;
	if ((r = api_staff(s.api, &s.key[0], "POST", "factors",
		 buf_slice(&o->rows), &answer, why)) == OK)
		printf("And %zu second factors.\n", o->rows.n / 64);

out:
	buf_free(&answer);
	cmd_signers_close(&s);
	return r;
}

static int
import_run(int argc, char **argv)
{
	struct import o = { 0 };
	const struct args_option options[] = {
		{ "server", ARGS_TEXT, &o.server, "URL", "the server" },
		{ "key", ARGS_LIST, &o.keys, "FILE",
		    "a registrar's or admin's key file" },
		{ "factors", ARGS_TEXT, &o.factors, "FILE",
		    "second factors (default: DIR/factors.bin, if there)" },
		{ "factors-only", ARGS_FLAG, &o.factors_only, NULL,
		    "for an issuer elsewhere: it has the roll from the log" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = {
		"roll import DIR|roll.bin --server URL --key STAFF.key",
		"Gives the public roll file to the server. Letters and codes "
		"stay here.",
		options, 1, 1
	};
	struct why why = { { 0 } };
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, &o.what)) != ARGS_GO)
		return status;
	if (o.server == NULL || o.keys.n != 1)
		return args_usage("roll import needs --server and one --key.");
	if ((r = import_read(&o, &why)) == OK)
		r = import_send(&o, &why);
	buf_free(&o.roll);
	buf_free(&o.rows);
	return r == OK ? 0 : cmd_fail(r, &why);
}

/* ---- changes ------------------------------------------------------------ */

struct change {
	const char *old_text, *new_text, *space, *method, *factor, *server;
	struct args_list keys;
	struct roll_change change;
};

static const struct {
	const char *name;
	enum roll_method method;
} methods[] = {
	{ "letter", ROLL_LETTER },
	{ "desk", ROLL_DESK },
	{ "oidc", ROLL_OIDC },
	{ "paper", ROLL_PAPER },
};

static int
change_arguments(struct change *o, const char *name)
{
	enum roll_action a = o->change.action;
	int need_old = a != ROLL_ADD;
	int need_new = a == ROLL_ADD || a == ROLL_REPLACE;
	int need_space = a == ROLL_STRIKE;
	size_t i;

	if (o->server == NULL || o->keys.n != 1)
		return args_usage(
		    "roll %s needs --server and one --key.", name);
	if ((o->old_text != NULL) != need_old)
		return args_usage("roll %s %s --old.", name,
		    need_old ? "needs" : "does not take");
	if ((o->new_text != NULL) != need_new)
		return args_usage("roll %s %s --new.", name,
		    need_new ? "needs" : "does not take");
	if ((o->space != NULL) != need_space)
		return args_usage("roll %s %s --space.", name,
		    need_space ? "needs" : "does not take");
	if (o->factor != NULL && !need_new)
		return args_usage("roll %s does not take --factor.", name);
	o->change.method = ROLL_DESK;
	if (o->method == NULL)
		return ARGS_GO;
	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (strcmp(methods[i].name, o->method) == 0) {
			o->change.method = methods[i].method;
			return ARGS_GO;
		}
	return args_usage("--method must be letter, desk, oidc or paper.");
}

/* The second factor of a line belongs to its key: a new key needs it anew. */
static enum err
factor_send(
    struct change *o, struct cmd_signers *s, struct api *to, struct why *why)
{
	struct slice typed = slice_str(o->factor);
	char text[WALLET_FACTOR_MAX + 1];
	struct buf row = { 0 };
	struct hash f;
	enum err r;

	if (wallet_factor_text(FACTOR_BIRTH_DATE, typed, text, NULL) != OK &&
	    wallet_factor_text(FACTOR_DOCUMENT, typed, text, NULL) != OK)
		return why_say(why, ERR_FORMAT,
		    "--factor must be a date of birth or the number of a "
		    "document");
	wallet_factor(&o->change.new_pk, text, &f);
	buf_put(&row, o->change.new_pk.b, sizeof(o->change.new_pk.b));
	buf_put(&row, f.b, sizeof(f.b));
	if ((r = buf_end(&row)) == OK)
		r = api_staff(to, &s->key[0], "POST", "factors",
		    buf_slice(&row), NULL, why);
	wipe(text, sizeof(text));
	buf_free(&row);
	return r;
}

/* To the other issuers of one space that ask for it. */
static enum err
factor_to_issuers(struct change *o, struct cmd_signers *s,
    const struct header *h, struct why *why)
{
	struct api *to;
	enum err r = OK;
	size_t i;

	for (i = 0; i < h->n_issuers && r == OK; i++) {
		if (h->issuers[i].factor == FACTOR_NONE ||
		    h->issuers[i].url[0] == '\0')
			continue;
		if ((r = api_open(h->issuers[i].url, &to, why)) != OK)
			break;
		if ((r = factor_send(o, s, to, why)) != OK)
			why_prefix(why, "issuer %zu (%s) of %s: ", i + 1,
			    h->issuers[i].name, h->slug);
		api_free(to);
	}
	return r;
}

static enum err
factor_spread(struct change *o, struct cmd_signers *s, struct why *why)
{
	struct api_spaces list = { 0 };
	enum err r;
	size_t i;

	if ((r = api_spaces(s->api, &list, why)) != OK)
		return r;
	for (i = 0; i < list.n && r == OK; i++) {
		const char *phase = list.space[i].phase;
		struct header *h = NULL;
		struct buf b = { 0 };

		if (strcmp(phase, "announced") != 0 &&
		    strcmp(phase, "issuance") != 0 &&
		    strcmp(phase, "open") != 0)
			continue;
		if ((r = api_header(s->api, list.space[i].slug, &b, why)) ==
			OK &&
		    (r = header_parse(buf_slice(&b), &h, why)) == OK)
			r = factor_to_issuers(o, s, h, why);
		header_free(h);
		buf_free(&b);
	}
	api_spaces_free(&list);
	return r;
}

static enum err
change_send(struct change *o, struct why *why)
{
	const struct api_space *space;
	struct api_spaces list = { 0 };
	struct cmd_signers s = { 0 };
	struct buf body = { 0 };
	enum err r;

	if (o->old_text != NULL &&
	    (r = cmd_roll_key(o->old_text, &o->change.old_pk, why)) != OK)
		goto out;
	if (o->new_text != NULL &&
	    (r = cmd_roll_key(o->new_text, &o->change.new_pk, why)) != OK)
		goto out;
	if ((r = cmd_signers_open(o->server, &o->keys, &s, why)) != OK)
		goto out;
	if (o->space != NULL) {
		if ((r = api_spaces(s.api, &list, why)) != OK)
			goto out;
		if ((space = api_spaces_find(&list, o->space)) == NULL) {
			r = why_say(why, ERR_NOT_FOUND,
			    "there is no space \"%.80s\"", o->space);
			goto out;
		}
		o->change.space_id = space->space_id;
	}
	if (o->factor != NULL && (r = factor_send(o, &s, s.api, why)) != OK)
		goto out;
	if (o->factor != NULL && (r = factor_spread(o, &s, why)) != OK)
		goto out;
	roll_change_put(&body, &o->change);
	if ((r = buf_end(&body)) == OK)
		r = api_staff(s.api, &s.key[0], "POST", "changes",
		    buf_slice(&body), NULL, why);

out:
	buf_free(&body);
	api_spaces_free(&list);
	cmd_signers_close(&s);
	return r;
}

static int
change_run(enum roll_action action, const char *name, const char *help,
    int argc, char **argv)
{
	struct change o = { .change = { .action = action } };
	const struct args_option options[] = {
		{ "old", ARGS_TEXT, &o.old_text, "KEY|CODE",
		    "a key or code that the line has or had" },
		{ "new", ARGS_TEXT, &o.new_text, "KEY|CODE",
		    "the key or code to be valid from now on" },
		{ "space", ARGS_TEXT, &o.space, "SLUG", "for strike" },
		{ "factor", ARGS_TEXT, &o.factor, "TEXT",
		    "second factor of the new key, where spaces ask for it" },
		{ "method", ARGS_TEXT, &o.method, "HOW",
		    "letter, desk, oidc or paper (default: desk)" },
		{ "server", ARGS_TEXT, &o.server, "URL", "the server" },
		{ "key", ARGS_LIST, &o.keys, "FILE",
		    "a registrar's, desk's or admin's key file" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	struct buf usage = { 0 };
	struct args_spec spec = { NULL, help, options, 0, 0 };
	struct why why = { { 0 } };
	enum err r = ERR_NOMEM;
	int status = ARGS_GO;

	buf_printf(&usage, "roll %s --server URL --key STAFF.key ...", name);
	if ((spec.usage = buf_text(&usage)) == NULL)
		goto out;
	if ((status = args_parse(&spec, argc, argv, NULL)) != ARGS_GO ||
	    (status = change_arguments(&o, name)) != ARGS_GO)
		goto out;
	if ((r = change_send(&o, &why)) == OK)
		printf("Done; in force at once. It becomes public with "
		       "partecipa roll publish or space close.\n");

out:
	buf_free(&usage);
	if (status != ARGS_GO)
		return status;
	return r == OK ? 0 : cmd_fail(r, &why);
}

static int
replace_run(int argc, char **argv)
{
	return change_run(ROLL_REPLACE, "replace",
	    "Gives a line another key: a letter was lost. What was issued to "
	    "the line stays issued.",
	    argc, argv);
}

static int
strike_run(int argc, char **argv)
{
	return change_run(ROLL_STRIKE, "strike",
	    "Takes a line out of one space: its person votes on paper there.",
	    argc, argv);
}

static int
add_run(int argc, char **argv)
{
	return change_run(ROLL_ADD, "add",
	    "Adds a line to every open space, with the key of a spare code.",
	    argc, argv);
}

static int
remove_run(int argc, char **argv)
{
	return change_run(ROLL_REMOVE, "remove",
	    "Takes a line out of every open space.", argc, argv);
}

/* ---- publish ------------------------------------------------------------ */

static int
publish_run(int argc, char **argv)
{
	const char *server = NULL, *out = NULL;
	struct args_list keys = { { NULL }, 0 };
	const struct args_option options[] = {
		{ "server", ARGS_TEXT, &server, "URL", "the server" },
		{ "key", ARGS_LIST, &keys, "FILE",
		    "key files, two of registrars or admins" },
		{ "out", ARGS_TEXT, &out, "FILE",
		    "with one key: a proposal for the second to sign" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = {
		"roll publish --server URL --key A.key --key B.key",
		"Enters the changes made since the last time in the log, as "
		"one list. Do it when\nissuance closes; space close does it "
		"too.",
		options, 0, 0
	};
	struct cmd_signers s = { 0 };
	struct why why = { { 0 } };
	uint64_t index = 0;
	uint32_t n = 0;
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, NULL)) != ARGS_GO)
		return status;
	if (server == NULL || keys.n == 0)
		return args_usage("roll publish needs --server and --key.");
	if ((r = cmd_signers_open(server, &keys, &s, &why)) == OK)
		r = cmd_changes_publish(&s, out, &n, &index, &why);
	cmd_signers_close(&s);
	if (r != OK)
		return cmd_fail(r, &why);
	if (n == 0) {
		printf("There is nothing to publish.\n");
		return 0;
	}
	printf("%u changes. ", (unsigned)n);
	cmd_entered(index, out);
	return 0;
}

int
cmd_roll(int argc, char **argv)
{
	static const struct args_sub subs[] = {
		{ "letters", letters_run, "make codes and letters, offline" },
		{ "import", import_run, "give the public roll to the server" },
		{ "replace", replace_run, "a new code for a lost letter" },
		{ "strike", strike_run, "a line votes on paper in a space" },
		{ "add", add_run, "a new line" },
		{ "remove", remove_run, "a line leaves" },
		{ "publish", publish_run, "enter pending changes in the log" },
		{ NULL, NULL, NULL },
	};

	return args_dispatch("roll", subs, argc, argv);
}
