#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hex.h"
#include "roll.h"

#include "cmd.h"
#include "cmd_space.h"
#include "file.h"
#include "spacefile.h"
#include "trustee_key.h"

#define ROLL_FILE_MAX ((size_t)256 << 20)
#define SMALL_FILE_MAX 1024

/* ---- create -------------------------------------------------------------- */

struct create {
	const char *path, *server, *out;
	struct args_list keys;
	struct cmd_signers signers;
	json_t *file;
	struct spacefile d;
	char host[256];
	struct buf roll;     /* of the file that "roll" names; n = 0: none */
	struct buf trustees; /* who they are, for people */
};

/* The host of an address, without port. */
static void
host_of(const char *url, char out[static 256])
{
	const char *p = strstr(url, "://");
	size_t n;

	p = p == NULL ? url : p + 3;
	n = strcspn(p, ":/");
	(void)snprintf(out, 256, "%.*s", (int)(n < 255 ? n : 255), p);
}

/* The path of a file that lies beside the header's file. */
static const char *
beside(const struct create *o, const char *name, struct buf *path)
{
	const char *slash = strrchr(o->path, '/');

	path->n = 0;
	if (*name != '/' && slash != NULL)
		buf_put(path, o->path, (size_t)(slash - o->path) + 1);
	buf_str(path, name);
	return buf_text(path);
}

/* "roll" names a file beside the header's file. */
static enum err
roll_load(struct create *o, struct why *why)
{
	const char *name = spacefile_roll(o->file);
	struct buf path = { 0 };
	enum err r = ERR_NOMEM;

	if (name == NULL) {
		if (json_object_get(o->file, "roll") != NULL)
			return OK;
		return why_say(why, ERR_FORMAT,
		    "roll is missing: the path of roll.bin, or {\"root\", "
		    "\"size\"}");
	}
	if (beside(o, name, &path) == NULL)
		goto out;
	if ((r = file_read(buf_text(&path), ROLL_FILE_MAX, &o->roll, why)) ==
		OK &&
	    (r = roll_file_check(buf_slice(&o->roll), &o->d.roll_root,
		 &o->d.roll_size, why)) != OK)
		why_prefix(why, "%s: ", buf_text(&path));

out:
	buf_free(&path);
	return r;
}

/* One trustee's file, to its key. */
static enum err
trustee_load(struct create *o, const char *name, size_t number, json_t *keys,
    struct why *why)
{
	struct buf path = { 0 }, text = { 0 };
	struct trustee_public p;
	char hex[2 * 32 + 1];
	enum err r;

	if (beside(o, name, &path) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	if ((r = file_read(buf_text(&path), SMALL_FILE_MAX, &text, why)) != OK)
		goto out;
	r = trustee_key_public_parse(buf_slice(&text), &p, why);
	if (r != OK) {
		why_prefix(why, "%s: ", buf_text(&path));
		goto out;
	}
	hex_encode(public_key_slice(&p.pk), hex);
	buf_printf(
	    &o->trustees, "Trustee %zu: %s, key %s\n", number, p.name, hex);
	if (json_array_append_new(keys, json_string(hex)) != 0)
		r = ERR_NOMEM;

out:
	buf_free(&path);
	buf_free(&text);
	return r;
}

/* "trustees": {"files": [...]} becomes what a header has. */
static enum err
trustees_load(struct create *o, struct why *why)
{
	json_t *trustees = json_object_get(o->file, "trustees"), *keys;
	json_t *files = json_object_get(trustees, "files"), *one;
	enum err r = OK;
	size_t i;

	if (files == NULL)
		return OK;
	if (!json_is_array(files) || json_object_get(trustees, "keys") != NULL)
		return why_say(why, ERR_FORMAT,
		    "%s: trustees has either \"files\", a list of .trustee "
		    "files, or \"keys\"",
		    o->path);
	if ((keys = json_array()) == NULL)
		return ERR_NOMEM;
	json_array_foreach(files, i, one)
	{
		if (!json_is_string(one))
			r = why_say(why, ERR_FORMAT,
			    "%s: trustees.files[%zu] is no path", o->path, i);
		else
			r = trustee_load(
			    o, json_string_value(one), i + 1, keys, why);
		if (r != OK)
			break;
	}
	if (r == OK && (json_object_del(trustees, "files") != 0 ||
			   json_object_set(trustees, "keys", keys) != 0))
		r = ERR_NOMEM;
	json_decref(keys);
	return r;
}

static enum err
create_read(struct create *o, struct why *why)
{
	struct buf b = { 0 };
	enum err r;

	if ((r = file_read(o->path, DOCUMENT_MAX, &b, why)) == OK) {
		r = spacefile_read(buf_slice(&b), &o->file, why);
		if (r != OK)
			why_prefix(why, "%s: ", o->path);
	}
	buf_free(&b);
	if (r == OK)
		r = trustees_load(o, why);
	return r == OK ? roll_load(o, why) : r;
}

/*
 * Fill in the issuers elsewhere that the file gives no keys of: from ${ask}, or
 * with keys to try.
 */
typedef enum err keys_from(struct create *o, const char *url,
    enum space_kind kind, json_t **out, struct why *why);

static enum err
issuers_fill(struct create *o, json_t *file, enum space_kind kind,
    keys_from *ask, struct why *why)
{
	json_t *one, *keys = NULL;
	const char *url;
	char host[256];
	enum err r;
	size_t i;

	json_array_foreach(json_object_get(file, "issuers"), i, one)
	{
		url = json_string_value(json_object_get(one, "url"));
		if (url == NULL || *url == '\0')
			continue;
		host_of(url, host);
		if (json_object_get(one, "name") == NULL &&
		    json_object_set_new(one, "name", json_string(host)) != 0)
			return ERR_NOMEM;
		if (json_object_get(one, "keys") != NULL)
			continue;
		if ((r = ask(o, url, kind, &keys, why)) != OK) {
			why_prefix(why, "issuers[%zu], %s: ", i, url);
			return r;
		}
		if (json_object_set_new(one, "keys", keys) != 0)
			return ERR_NOMEM;
	}
	return OK;
}

static enum err
keys_try(struct create *o, const char *url, enum space_kind kind, json_t **out,
    struct why *why)
{
	(void)o;
	(void)url;
	(void)why;
	return spacefile_trial_keys(kind, out);
}

/* Everything that can be wrong is found before the servers make keys. */
static enum err
create_try(struct create *o, enum space_kind kind, struct why *why)
{
	json_t *trial = NULL, *file = json_deep_copy(o->file);
	struct buf b = { 0 };
	enum err r;

	if ((r = issuers_fill(o, file, kind, keys_try, why)) == OK &&
	    (r = spacefile_trial_keys(kind, &trial)) == OK &&
	    (r = spacefile_header(file, &o->d, trial, &b, why)) != OK)
		why_prefix(why, "%s: ", o->path);
	json_decref(trial);
	json_decref(file);
	buf_free(&b);
	return r;
}

/* The token keys of the issuer ${a}. */
static enum err
keys_ask(struct create *o, struct api *a, enum space_kind kind, json_t **out,
    struct why *why)
{
	const char *slug = json_string_value(json_object_get(o->file, "slug"));
	struct buf answer = { 0 };
	json_t *q = NULL, *list = json_array(), *j = NULL, *keys;
	char *text = NULL;
	unsigned p;
	enum err r = ERR_NOMEM;

	for (p = 1; p <= PURPOSE_MAX; p++)
		if (header_has_purpose(kind, p) &&
		    json_array_append_new(list, json_string(purpose_name(p))) !=
			0)
			goto out;
	q = json_pack("{s:s,s:O}", "slug", slug, "purposes", list);
	if (q == NULL || (text = json_dumps(q, JSON_COMPACT)) == NULL)
		goto out;
	if ((r = api_staff(a, &o->signers.key[0], "POST", "keys",
		 slice_str(text), &answer, why)) != OK ||
	    (r = json_read(buf_slice(&answer), &j, why)) != OK ||
	    (r = json_get_object(j, "keys", &keys, why)) != OK)
		goto out;
	*out = json_incref(keys);

out:
	free(text);
	json_decref(j);
	json_decref(q);
	json_decref(list);
	buf_free(&answer);
	return r;
}

/* An issuer elsewhere takes orders that are signed for the log's origin. */
static enum err
keys_elsewhere(struct create *o, const char *url, enum space_kind kind,
    json_t **out, struct why *why)
{
	struct api *a = NULL;
	enum err r;

	if ((r = api_open(url, &a, why)) != OK)
		return r;
	a->log_key = o->signers.api->log_key;
	r = keys_ask(o, a, kind, out, why);
	api_free(a);
	return r;
}

/* Is this server one of the issuers?  It is the only one where none is named.
 */
static int
has_own(const json_t *file)
{
	const json_t *list = json_object_get(file, "issuers");
	const char *url;
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		url = json_string_value(json_object_get(one, "url"));
		if (url == NULL || *url == '\0')
			return 1;
	}
	return list == NULL;
}

static enum err
create_enter(struct create *o, struct why *why)
{
	const struct note_key *log;
	struct buf doc = { 0 };
	enum space_kind kind;
	json_t *keys = NULL;
	struct entry e;
	uint64_t index;
	enum err r;

	memset(&e, 0, sizeof(e));
	if ((r = spacefile_kind(o->file, &kind, why)) != OK ||
	    (r = cmd_signers_open(o->server, &o->keys, &o->signers, why)) !=
		OK ||
	    (r = api_log_key(o->signers.api, &log, why)) != OK)
		goto out;
	host_of(o->server, o->host);
	o->d.origin = log->name;
	o->d.host = o->host;
	if ((r = create_try(o, kind, why)) != OK)
		goto out;
	if (o->roll.n > 0 &&
	    (r = api_staff(o->signers.api, &o->signers.key[0], "POST", "rolls",
		 buf_slice(&o->roll), NULL, why)) != OK)
		goto out;
	if ((r = issuers_fill(o, o->file, kind, keys_elsewhere, why)) != OK ||
	    (has_own(o->file) &&
		(r = keys_ask(o, o->signers.api, kind, &keys, why)) != OK) ||
	    (r = spacefile_header(o->file, &o->d, keys, &doc, why)) != OK)
		goto out;
	e.kind = ENTRY_HEADER;
	hash_bytes(buf_slice(&doc), &e.space_id);
	e.object = e.space_id;
	if ((r = cmd_enter(&o->signers, &e, buf_slice(&doc), o->out, &index,
		 why)) == OK) {
		if (o->trustees.n > 0)
			(void)fwrite(o->trustees.p, 1, o->trustees.n, stdout);
		cmd_entered(index, o->out);
	}

out:
	buf_free(&doc);
	json_decref(keys);
	return r;
}

static int
create_run(int argc, char **argv)
{
	struct create o = { 0 };
	const struct args_option options[] = {
		{ "server", ARGS_TEXT, &o.server, "URL", "the server" },
		{ "key", ARGS_LIST, &o.keys, "FILE", "two admins' key files" },
		{ "out", ARGS_TEXT, &o.out, "FILE",
		    "with one key: a proposal for the second to sign" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = {
		"space create FILE.json --server URL --key A --key B",
		"Announces a space. FILE.json has the members of a header: "
		"slug, titles, roll (path\nof roll.bin), issuance and "
		"participation {from, to} are needed. Times: "
		"\"2026-12-01T08:00\"\n(the clock of Italy) or UNIX seconds; "
		"durations: \"1h\", \"7d\". Defaults: kind ballot,\nmode "
		"separated, batch_interval 1h, grace 1d, seq_limit 100, "
		"min_collected 10, min_open 10,\nmin_age 0, paper 0, one "
		"issuer without second factor, no witnesses. What is announced "
		"cannot\nbe changed, only cancelled.",
		options, 1, 1
	};
	struct why why = { { 0 } };
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, &o.path)) != ARGS_GO)
		return status;
	if (o.server == NULL || o.keys.n == 0)
		return args_usage("space create needs --server and --key.");
	if ((r = create_read(&o, &why)) == OK)
		r = create_enter(&o, &why);
	cmd_signers_close(&o.signers);
	json_decref(o.file);
	buf_free(&o.roll);
	buf_free(&o.trustees);
	return r == OK ? 0 : cmd_fail(r, &why);
}

/* ---- list ---------------------------------------------------------------- */

static int
list_run(int argc, char **argv)
{
	const char *server = NULL;
	const struct args_option options[] = {
		{ "server", ARGS_TEXT, &server, "URL", "the server" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = { "space list --server URL",
		"Every space, its phase and title.", options, 0, 0 };
	struct api_spaces list = { 0 };
	struct why why = { { 0 } };
	struct api *a = NULL;
	size_t i;
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, NULL)) != ARGS_GO)
		return status;
	if (server == NULL)
		return args_usage("space list needs --server.");
	if ((r = api_open(server, &a, &why)) == OK &&
	    (r = api_spaces(a, &list, &why)) == OK)
		for (i = 0; i < list.n; i++)
			printf("%-24s %-13s %-10s %s\n", list.space[i].slug,
			    list.space[i].kind, list.space[i].phase,
			    json_text(list.space[i].titles, "it"));
	api_spaces_free(&list);
	api_free(a);
	return r == OK ? 0 : cmd_fail(r, &why);
}

/* ---- cancel -------------------------------------------------------------- */

static enum err
cancel(const char *slug, const char *server, const struct args_list *keys,
    const char *reason, const char *out, struct why *why)
{
	const struct api_space *space;
	struct api_spaces list = { 0 };
	struct cmd_signers s = { 0 };
	struct entry e;
	uint64_t index;
	enum err r;

	memset(&e, 0, sizeof(e));
	if ((r = cmd_signers_open(server, keys, &s, why)) != OK ||
	    (r = api_spaces(s.api, &list, why)) != OK)
		goto out;
	if ((space = api_spaces_find(&list, slug)) == NULL) {
		r = why_say(
		    why, ERR_NOT_FOUND, "there is no space \"%.80s\"", slug);
		goto out;
	}
	e.kind = ENTRY_CANCEL;
	e.space_id = space->space_id;
	e.text = slice_str(reason);
	if ((r = cmd_enter(&s, &e, slice_of(NULL, 0), out, &index, why)) == OK)
		cmd_entered(index, out);

out:
	api_spaces_free(&list);
	cmd_signers_close(&s);
	return r;
}

static int
cancel_run(int argc, char **argv)
{
	const char *slug, *server = NULL, *reason = NULL, *out = NULL;
	struct args_list keys = { { NULL }, 0 };
	const struct args_option options[] = {
		{ "reason", ARGS_TEXT, &reason, "TEXT", "why; public" },
		{ "server", ARGS_TEXT, &server, "URL", "the server" },
		{ "key", ARGS_LIST, &keys, "FILE", "two admins' key files" },
		{ "out", ARGS_TEXT, &out, "FILE",
		    "with one key: a proposal for the second to sign" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = {
		"space cancel SLUG --reason TEXT --server URL --key A --key B",
		"Ends a space without a result, for good.", options, 1, 1
	};
	struct why why = { { 0 } };
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, &slug)) != ARGS_GO)
		return status;
	if (server == NULL || keys.n == 0 || reason == NULL || *reason == '\0')
		return args_usage(
		    "space cancel needs --reason, --server and --key.");
	r = cancel(slug, server, &keys, reason, out, &why);
	return r == OK ? 0 : cmd_fail(r, &why);
}

int
cmd_space(int argc, char **argv)
{
	static const struct args_sub subs[] = {
		{ "create", create_run, "announce a space" },
		{ "picture", cmd_space_picture, "upload an option's picture" },
		{ "form", cmd_space_form, "publish what is voted on" },
		{ "close", cmd_space_close, "close, count, publish" },
		{ "result", cmd_space_result, "count once it is opened" },
		{ "cancel", cancel_run, "end a space without a result" },
		{ "list", list_run, "every space and its phase" },
		{ "export", cmd_space_export, "counted ballots as a .pb file" },
		{ NULL, NULL, NULL },
	};

	return args_dispatch("space", subs, argc, argv);
}
