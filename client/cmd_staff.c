#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bundle.h"
#include "file.h"
#include "cmd.h"
#include "proposal.h"

struct person {
	const char *name, *role, *out, *pub_file, *server, *proposal;
	struct args_list keys;
	struct staff_pub pub;
};

static int
role_take(const char *text, enum role *role)
{
	if (role_parse(slice_str(text), role) == OK)
		return ARGS_GO;
	return args_usage("--role must be admin, registrar, desk, moderator, "
			  "editor or observer.");
}

/* NAME.key and NAME.pub in the folder --out; existing files are kept. */
static enum err
files_make(struct person *o, enum role role, struct why *why)
{
	struct buf path = { 0 }, pub = { 0 }, pub_path = { 0 };
	struct staff_key k;
	enum err r;

	memset(&k, 0, sizeof(k));
	if (!file_is_folder(o->out) && (r = file_folder_new(o->out, why)) != OK)
		return r;
	buf_printf(&path, "%s/%s.key", o->out, o->name);
	buf_printf(&pub_path, "%s/%s.pub", o->out, o->name);
	if (buf_text(&path) == NULL || buf_text(&pub_path) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	if (file_exists(buf_text(&path)) || file_exists(buf_text(&pub_path))) {
		r = why_say(why, ERR_CONFLICT,
		    "%s is there already; choose another --name or --out",
		    buf_text(&path));
		goto out;
	}
	if ((r = staff_key_new(o->name, role, &k)) != OK)
		goto out;
	k.path = buf_text(&path);
	staff_pub_put(&k, &pub);
	if ((r = staff_key_save(&k, why)) != OK ||
	    (r = file_write(buf_text(&pub_path), 0644, buf_slice(&pub), why)) !=
		OK ||
	    (r = staff_pub_parse(buf_slice(&pub), &o->pub, why)) != OK)
		goto out;
	printf("%s is secret: keep it with its owner. %s goes to whoever "
	       "enters the key in the log.\n",
	    buf_text(&path), buf_text(&pub_path));

out:
	staff_key_wipe(&k);
	buf_free(&path);
	buf_free(&pub_path);
	buf_free(&pub);
	return r;
}

static enum err
pub_load(const char *path, struct staff_pub *out, struct why *why)
{
	struct buf b = { 0 };
	enum err r;

	if ((r = file_read(path, STAFF_FILE_MAX, &b, why)) == OK &&
	    (r = staff_pub_parse(buf_slice(&b), out, why)) != OK)
		why_prefix(why, "%s: ", path);
	buf_free(&b);
	return r;
}

/* Enter "add" or "revoke" of a key in the log. */
static enum err
key_enter(struct person *o, const char *action, struct why *why)
{
	struct cmd_signers s = { 0 };
	struct buf doc = { 0 };
	struct entry e;
	uint64_t index;
	enum err r;

	memset(&e, 0, sizeof(e));
	if ((r = cmd_signers_open(o->server, &o->keys, &s, why)) != OK ||
	    (r = staff_document_put(action, &o->pub, &doc)) != OK)
		goto out;
	e.kind = ENTRY_STAFF;
	e.text = buf_slice(&doc);
	if ((r = cmd_enter(
		 &s, &e, slice_of(NULL, 0), o->proposal, &index, why)) == OK)
		cmd_entered(index, o->proposal);

out:
	buf_free(&doc);
	cmd_signers_close(&s);
	return r;
}

static int
person_arguments(const struct person *o, enum role *role)
{
	if (o->pub_file == NULL) {
		if (o->name == NULL || o->role == NULL || o->out == NULL)
			return args_usage("staff add needs --name, --role and "
					  "--out for a new key, or a .pub "
					  "file.");
		if (staff_name_check(o->name) != OK)
			return args_usage("--name must be 1 to 64 letters, "
					  "digits, '.', '_', '-', beginning "
					  "with a letter or digit.");
		if (role_take(o->role, role) != ARGS_GO)
			return 2;
	} else if (o->name != NULL || o->role != NULL || o->out != NULL) {
		return args_usage("staff add takes a .pub file, or --name, "
				  "--role and --out, not both.");
	}
	if ((o->server == NULL) != (o->keys.n == 0))
		return args_usage(
		    "--server and --key belong together: who signs?");
	if (o->pub_file != NULL && o->server == NULL)
		return args_usage("staff add of a .pub file needs --server "
				  "and --key.");
	return ARGS_GO;
}

static int
add_run(int argc, char **argv)
{
	struct person o = { 0 };
	const struct args_option options[] = {
		{ "name", ARGS_TEXT, &o.name, "NAME", "of the new key" },
		{ "role", ARGS_TEXT, &o.role, "ROLE",
		    "admin, registrar, desk, moderator, editor, observer" },
		{ "out", ARGS_TEXT, &o.out, "DIR", "where its files go" },
		{ "server", ARGS_TEXT, &o.server, "URL",
		    "enter the key in this server's log" },
		{ "key", ARGS_LIST, &o.keys, "FILE",
		    "key files of two admins, who agree" },
		{ "proposal", ARGS_TEXT, &o.proposal, "FILE",
		    "with one key: a proposal for the second to sign" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = {
		"staff add --name N --role R --out DIR | FILE.pub [--server "
		"URL --key A --key B]",
		"Makes the key files DIR/N.key (secret) and DIR/N.pub, or "
		"takes a .pub file; with\n--server and two admins' keys the "
		"key is entered in the log. partecipa init takes\nthe .pub "
		"files of the first staff.",
		options, 0, 1
	};
	enum role role = ROLE_OBSERVER;
	struct why why = { { 0 } };
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, &o.pub_file)) != ARGS_GO ||
	    (status = person_arguments(&o, &role)) != ARGS_GO)
		return status;
	r = o.pub_file != NULL ? pub_load(o.pub_file, &o.pub, &why)
			       : files_make(&o, role, &why);
	if (r == OK && o.server != NULL)
		r = key_enter(&o, "add", &why);
	return r == OK ? 0 : cmd_fail(r, &why);
}

static int
revoke_run(int argc, char **argv)
{
	struct person o = { 0 };
	const struct args_option options[] = {
		{ "server", ARGS_TEXT, &o.server, "URL", "the server" },
		{ "key", ARGS_LIST, &o.keys, "FILE", "two admins' key files" },
		{ "proposal", ARGS_TEXT, &o.proposal, "FILE",
		    "with one key: a proposal for the second to sign" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = {
		"staff revoke FILE.pub --server URL --key A --key B",
		"The key signs nothing any more. It can never be added again.",
		options, 1, 1
	};
	struct why why = { { 0 } };
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, &o.pub_file)) != ARGS_GO)
		return status;
	if (o.server == NULL || o.keys.n == 0)
		return args_usage("staff revoke needs --server and --key.");
	if ((r = pub_load(o.pub_file, &o.pub, &why)) == OK)
		r = key_enter(&o, "revoke", &why);
	return r == OK ? 0 : cmd_fail(r, &why);
}

/* ---- bundle -------------------------------------------------------------- */

static enum err
bundle_enter(const char *path, const char *server, const struct args_list *keys,
    struct why *why)
{
	struct cmd_signers s = { 0 };
	struct bundle *bundle = NULL;
	struct buf manifest = { 0 };
	struct entry e;
	uint64_t index;
	enum err r;

	memset(&e, 0, sizeof(e));
	if ((r = file_read(path, DOCUMENT_MAX, &manifest, why)) != OK)
		goto out;
	if ((r = bundle_parse(buf_slice(&manifest), &bundle, why)) != OK) {
		why_prefix(why, "%s: ", path);
		goto out;
	}
	if ((r = cmd_signers_open(server, keys, &s, why)) != OK)
		goto out;
	e.kind = ENTRY_BUNDLE;
	hash_bytes(buf_slice(&manifest), &e.object);
	if ((r = cmd_enter(&s, &e, buf_slice(&manifest), NULL, &index, why)) !=
	    OK)
		goto out;
	printf("%zu files of the web client. ", bundle->n);
	cmd_entered(index, NULL);

out:
	cmd_signers_close(&s);
	bundle_free(bundle);
	buf_free(&manifest);
	return r;
}

static int
bundle_run(int argc, char **argv)
{
	struct args_list keys = { { NULL }, 0 };
	const char *manifest = NULL, *server = NULL;
	const struct args_option options[] = {
		{ "manifest", ARGS_TEXT, &manifest, "FILE",
		    "the files and their hashes" },
		{ "server", ARGS_TEXT, &server, "URL", "the server" },
		{ "key", ARGS_LIST, &keys, "FILE", "an admin's key file" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = {
		"staff bundle --manifest FILE --server URL --key K.key",
		"Enters in the log which files the web client consists of, so "
		"that everybody can hold\nwhat a browser was given against "
		"it. The manifest is a canonical document\n{\"files\": {path: "
		"SHA-256 in hex, ...}, \"version\": 1}.",
		options, 0, 0
	};
	struct why why = { { 0 } };
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, NULL)) != ARGS_GO)
		return status;
	if (manifest == NULL || server == NULL || keys.n != 1)
		return args_usage("staff bundle needs --manifest, --server "
				  "and one --key.");
	r = bundle_enter(manifest, server, &keys, &why);
	return r == OK ? 0 : cmd_fail(r, &why);
}

/* ---- proposals ----------------------------------------------------------- */

static enum err
load(const char *path, struct proposal **out, struct why *why)
{
	struct buf b = { 0 };
	enum err r;

	if ((r = file_read(path, PROPOSAL_MAX, &b, why)) == OK &&
	    (r = proposal_parse(buf_slice(&b), out, why)) != OK)
		why_prefix(why, "%s: ", path);
	buf_free(&b);
	return r;
}

static enum err
sign_file(const char *path, const char *key, int only_show, struct why *why)
{
	struct proposal *p = NULL;
	struct buf b = { 0 };
	struct staff_key k;
	enum err r;

	memset(&k, 0, sizeof(k));
	if ((r = load(path, &p, why)) != OK ||
	    (r = proposal_describe(p, stdout)) != OK || only_show)
		goto out;
	if ((r = staff_key_load(key, &k, why)) != OK ||
	    (r = proposal_sign(p, &k, why)) != OK ||
	    (r = proposal_put(p, &b)) != OK ||
	    (r = file_write(path, 0644, buf_slice(&b), why)) != OK)
		goto out;
	if (proposal_missing(p) == 0)
		printf("Signed by %s; complete: partecipa staff submit %s\n",
		    k.name, path);
	else
		printf("Signed by %s; %zu more to come.\n", k.name,
		    proposal_missing(p));

out:
	staff_key_wipe(&k);
	buf_free(&b);
	proposal_free(p);
	return r;
}

static int
sign_run(int argc, char **argv)
{
	struct args_list keys = { { NULL }, 0 };
	const char *path;
	int show = 0;
	const struct args_option options[] = {
		{ "key", ARGS_LIST, &keys, "FILE", "who signs" },
		{ "show", ARGS_FLAG, &show, NULL,
		    "only say what it is, do not sign" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = { "staff sign PROPOSAL --key K.key",
		"Says in plain words what a proposal does and signs it, "
		"offline.",
		options, 1, 1 };
	struct why why = { { 0 } };
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, &path)) != ARGS_GO)
		return status;
	if (keys.n != (show ? 0 : 1))
		return args_usage("staff sign needs one --key, or --show.");
	r = sign_file(path, keys.v[0], show, &why);
	return r == OK ? 0 : cmd_fail(r, &why);
}

static enum err
submit(const char *path, const char *server, const struct args_list *keys,
    struct why *why)
{
	struct cmd_signers s = { 0 };
	const struct note_key *log;
	struct proposal *p = NULL;
	struct buf bytes = { 0 };
	uint64_t index;
	enum err r;

	if ((r = load(path, &p, why)) != OK ||
	    (r = cmd_signers_open(server, keys, &s, why)) != OK ||
	    (r = api_log_key(s.api, &log, why)) != OK)
		goto out;
	if (proposal_missing(p) > 0) {
		r = why_say(why, ERR_FORBIDDEN,
		    "%s lacks %zu signature%s: partecipa staff sign", path,
		    proposal_missing(p), proposal_missing(p) == 1 ? "" : "s");
		goto out;
	}
	if (strcmp(log->name, p->origin) != 0) {
		r = why_say(why, ERR_FORBIDDEN,
		    "%s is for the log %s, and this server has %s", path,
		    p->origin, log->name);
		goto out;
	}
	if ((r = entry_put(&bytes, &p->entry)) == OK &&
	    (r = api_entry(s.api, &s.key[0], buf_slice(&bytes),
		 buf_slice(&p->object), &index, why)) == OK)
		cmd_entered(index, path);

out:
	buf_free(&bytes);
	proposal_free(p);
	cmd_signers_close(&s);
	return r;
}

static int
submit_run(int argc, char **argv)
{
	struct args_list keys = { { NULL }, 0 };
	const char *path, *server = NULL;
	const struct args_option options[] = {
		{ "server", ARGS_TEXT, &server, "URL", "the server" },
		{ "key", ARGS_LIST, &keys, "FILE",
		    "any staff key that may hand in entries" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = {
		"staff submit PROPOSAL --server URL --key K.key",
		"Hands a proposal in that has all its signatures.", options, 1,
		1
	};
	struct why why = { { 0 } };
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, &path)) != ARGS_GO)
		return status;
	if (server == NULL || keys.n != 1)
		return args_usage("staff submit needs --server and one --key.");
	r = submit(path, server, &keys, &why);
	return r == OK ? 0 : cmd_fail(r, &why);
}

int
cmd_staff(int argc, char **argv)
{
	static const struct args_sub subs[] = {
		{ "add", add_run, "make key files; enter a key in the log" },
		{ "new", add_run, "the same" },
		{ "revoke", revoke_run, "a key signs nothing any more" },
		{ "sign", sign_run, "read and sign a proposal, offline" },
		{ "bundle", bundle_run, "the files of the web client" },
		{ "submit", submit_run, "hand a signed proposal in" },
		{ NULL, NULL, NULL },
	};

	return args_dispatch("staff", subs, argc, argv);
}
