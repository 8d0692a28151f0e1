#include <stdio.h>
#include <string.h>

#include "cmd_trustee.h"
#include "file.h"
#include "trustee_ask.h"
#include "trustee_backup.h"
#include "trustee_destroy.h"

/* ---- passphrase ---------------------------------------------------------- */

static enum err
passphrase_change(struct cmd_trustee *o, const char *new_file, struct why *why)
{
	struct buf fresh = { 0 }, text = { 0 }, path = { 0 };
	enum err r;

	if ((r = cmd_trustee_open(o, why)) != OK ||
	    (r = trustee_ask_passphrase(
		 new_file, "the new passphrase", 1, &fresh, why)) != OK ||
	    (r = trustee_key_path(o->dir, o->name, &path, why)) != OK ||
	    (r = trustee_key_lock(&o->t.key, buf_slice(&fresh), &text)) != OK)
		goto out;
	if ((r = file_write(buf_text(&path), 0600, buf_slice(&text), why)) ==
	    OK)
		printf("%s has a new passphrase. Older copies of it, backups "
		       "too, still open with the old one.\n",
		    buf_text(&path));

out:
	buf_free(&fresh);
	buf_free(&text);
	buf_free(&path);
	return r;
}

int
cmd_trustee_passphrase(int argc, char **argv)
{
	struct cmd_trustee o = { .t.lock = -1 };
	const char *new_file = NULL;
	const struct args_option options[] = {
		{ "dir", ARGS_TEXT, &o.dir, "DIR", "her folder" },
		{ "name", ARGS_TEXT, &o.name, "NAME",
		    "where DIR has several keys" },
		{ "passphrase-file", ARGS_TEXT, &o.passphrase, "FILE",
		    "the old one" },
		{ "new-passphrase-file", ARGS_TEXT, &new_file, "FILE",
		    "the new one" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = { "trustee passphrase --dir DIR",
		"Changes the passphrase of a trustee's key.", options, 0, 0 };
	struct why why = { { 0 } };
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, NULL)) != ARGS_GO)
		return status;
	if (o.dir == NULL)
		return args_usage("trustee passphrase needs --dir.");
	r = passphrase_change(&o, new_file, &why);
	trustee_close(&o.t);
	return r == OK ? 0 : cmd_fail(r, &why);
}

/* ---- backup and restore -------------------------------------------------- */

static const char *
ceremonies(size_t n)
{
	return n == 1 ? "ceremony" : "ceremonies";
}

static enum err
backup(struct cmd_trustee *o, const char *out, const char *backup_file,
    struct why *why)
{
	struct buf passphrase = { 0 }, text = { 0 };
	struct trustee_backup b;
	enum err r;

	memset(&b, 0, sizeof(b));
	if (file_exists(out))
		return why_say(why, ERR_CONFLICT,
		    "%s is there already; choose another --out", out);
	if ((r = cmd_trustee_open(o, why)) != OK ||
	    (r = trustee_backup_read(o->dir, &o->t.key, &b, why)) != OK ||
	    (r = trustee_ask_passphrase(
		 backup_file, "the backup", 1, &passphrase, why)) != OK ||
	    (r = trustee_backup_put(&b, buf_slice(&passphrase), &text)) != OK ||
	    (r = file_write(out, 0600, buf_slice(&text), why)) != OK)
		goto out;
	printf("%s holds the key of %s and %zu %s, locked by the backup's "
	       "passphrase. What is done from now on is not in it.\n",
	    out, b.key.name, b.n, ceremonies(b.n));

out:
	trustee_backup_free(&b);
	buf_free(&passphrase);
	buf_free(&text);
	return r;
}

int
cmd_trustee_backup(int argc, char **argv)
{
	struct cmd_trustee o = { .t.lock = -1 };
	const char *backup_file = NULL, *out = NULL;
	const struct args_option options[] = {
		{ "dir", ARGS_TEXT, &o.dir, "DIR", "her folder" },
		{ "out", ARGS_TEXT, &out, "FILE", "the backup to write" },
		{ "name", ARGS_TEXT, &o.name, "NAME",
		    "where DIR has several keys" },
		{ "passphrase-file", ARGS_TEXT, &o.passphrase, "FILE",
		    "her passphrase" },
		{ "backup-passphrase-file", ARGS_TEXT, &backup_file, "FILE",
		    "the backup's own" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = { "trustee backup --dir DIR --out FILE",
		"Writes her key and all her ceremonies to one file, locked by "
		"a passphrase of its own.",
		options, 0, 0 };
	struct why why = { { 0 } };
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, NULL)) != ARGS_GO)
		return status;
	if (o.dir == NULL || out == NULL)
		return args_usage("trustee backup needs --dir and --out.");
	r = backup(&o, out, backup_file, &why);
	trustee_close(&o.t);
	return r == OK ? 0 : cmd_fail(r, &why);
}

static enum err
restore(const char *path, const char *dir, const char *passphrase_file,
    struct why *why)
{
	struct buf passphrase = { 0 }, text = { 0 };
	struct trustee_backup b;
	enum err r;

	memset(&b, 0, sizeof(b));
	if ((r = file_read(path, TRUSTEE_BACKUP_MAX, &text, why)) != OK ||
	    (r = trustee_ask_passphrase(
		 passphrase_file, "the backup", 0, &passphrase, why)) != OK)
		goto out;
	if ((r = trustee_backup_parse(
		 buf_slice(&text), buf_slice(&passphrase), &b, why)) != OK) {
		why_prefix(why, "%s: ", path);
		goto out;
	}
	if ((r = trustee_backup_restore(
		 &b, dir, buf_slice(&passphrase), why)) != OK)
		goto out;
	printf("%s holds the key of %s and %zu %s, as it was when the backup "
	       "was made; the passphrase is the backup's.\n"
	       "What was done since is forgotten: whoever signed a form or "
	       "opened a vote since signs no other form of it, and opens it "
	       "only where the log is still the same.\n",
	    dir, b.key.name, b.n, ceremonies(b.n));

out:
	trustee_backup_free(&b);
	buf_free(&passphrase);
	buf_free(&text);
	return r;
}

int
cmd_trustee_restore(int argc, char **argv)
{
	const char *path, *dir = NULL, *passphrase = NULL;
	const struct args_option options[] = {
		{ "dir", ARGS_TEXT, &dir, "DIR", "a new folder" },
		{ "passphrase-file", ARGS_TEXT, &passphrase, "FILE",
		    "the backup's passphrase" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = { "trustee restore FILE --dir DIR",
		"Makes a trustee's folder again from a backup. What was done "
		"after the backup is missing:\nuse it only when the folder is "
		"lost.",
		options, 1, 1 };
	struct why why = { { 0 } };
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, &path)) != ARGS_GO)
		return status;
	if (dir == NULL)
		return args_usage("trustee restore needs --dir.");
	r = restore(path, dir, passphrase, &why);
	return r == OK ? 0 : cmd_fail(r, &why);
}

/* ---- status -------------------------------------------------------------- */

static enum err
status_print(struct cmd_trustee *o, struct why *why)
{
	struct trustee_backup b;
	enum err r;
	size_t i;

	memset(&b, 0, sizeof(b));
	if ((r = cmd_trustee_open(o, why)) != OK ||
	    (r = trustee_backup_read(o->dir, &o->t.key, &b, why)) != OK)
		goto out;
	printf("%s: the key of %s, %zu %s.\n", o->dir, b.key.name, b.n,
	    ceremonies(b.n));
	for (i = 0; i < b.n && r == OK; i++) {
		trustee_state_free(&o->t.state);
		if ((r = trustee_state_unlock(buf_slice(&b.files[i]), &b.key,
			 &o->t.state, why)) != OK)
			break;
		o->t.said.n = 0;
		trustee_next(&o->t);
		printf("%s: trustee %u of %u, %u needed. %s", b.slugs[i],
		    (unsigned)o->t.state.index, (unsigned)o->t.state.n,
		    (unsigned)o->t.state.t,
		    buf_text(&o->t.said) == NULL ? "" : buf_text(&o->t.said));
	}

out:
	trustee_backup_free(&b);
	return r;
}

int
cmd_trustee_status(int argc, char **argv)
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
	const struct args_spec spec = { "trustee status --dir DIR",
		"What lies in her folder, and what comes next.", options, 0,
		0 };
	struct why why = { { 0 } };
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, NULL)) != ARGS_GO)
		return status;
	if (o.dir == NULL)
		return args_usage("trustee status needs --dir.");
	r = status_print(&o, &why);
	trustee_close(&o.t);
	return r == OK ? 0 : cmd_fail(r, &why);
}

/* ---- destroy ------------------------------------------------------------- */

static enum err
destroy(struct cmd_trustee *o, const char *where, int force, struct why *why)
{
	enum err r;

	if ((r = cmd_trustee_open(o, why)) != OK ||
	    (r = trustee_state_load(
		 o->dir, o->slug, &o->t.key, &o->t.state, why)) != OK)
		return r;
	if (o->t.state.destroyed) {
		if ((r = trustee_destroy_rests(&o->t, why)) == OK)
			printf("It is destroyed already.\n");
		goto out;
	}
	if (!force && (r = trustee_destroy_may(&o->t, where, why)) != OK)
		goto out;
	if (!o->yes &&
	    (r = trustee_ask_yes("Destroy your share? Nobody can bring it "
				 "back, not even you.",
		 why)) != OK)
		goto out;
	if ((r = trustee_destroy(&o->t, why)) != OK)
		goto out;
	printf("Your share of \"%s\" is destroyed; this cannot be undone. "
	       "Backups are not touched: destroy them by hand. Disks and "
	       "sticks may keep older, locked copies until they are erased "
	       "or broken.\n",
	    o->slug);

out:
	return r;
}

int
cmd_trustee_destroy(int argc, char **argv)
{
	struct cmd_trustee o = { .t.lock = -1 };
	const char *log = NULL;
	int force = 0;
	const struct args_option options[] = {
		{ "dir", ARGS_TEXT, &o.dir, "DIR", "her folder" },
		{ "server", ARGS_TEXT, &o.server, "URL",
		    "where the result can be seen" },
		{ "log", ARGS_TEXT, &log, "FOLDER",
		    "or a copy of the log made by partecipa-audit fetch" },
		{ "force", ARGS_FLAG, &force, NULL,
		    "although there is no result yet" },
		{ "yes", ARGS_FLAG, &o.yes, NULL, "do not ask" },
		{ "name", ARGS_TEXT, &o.name, "NAME",
		    "where DIR has several keys" },
		{ "passphrase-file", ARGS_TEXT, &o.passphrase, "FILE",
		    "its first line is the passphrase" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = {
		"trustee destroy SLUG --dir DIR (--server URL | --log FOLDER)",
		"Overwrites and removes her secrets of one space, once its "
		"result (or that it is cancelled)\nis in the log.",
		options, 1, 1
	};
	struct why why = { { 0 } };
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, &o.slug)) != ARGS_GO)
		return status;
	if (o.dir == NULL || (!force && (o.server == NULL) == (log == NULL)))
		return args_usage("trustee destroy needs --dir, and one of "
				  "--server and --log.");
	r = destroy(&o, o.server != NULL ? o.server : log, force, &why);
	trustee_close(&o.t);
	return r == OK ? 0 : cmd_fail(r, &why);
}
