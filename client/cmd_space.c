#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pb_read.h"
#include "roll.h"

#include "cmd.h"
#include "cmd_space.h"
#include "file.h"
#include "spacefile.h"
#include "spacepb.h"

#define ROLL_FILE_MAX ((size_t)256 << 20)

/* ---- create -------------------------------------------------------------- */

struct create {
	const char *path, *server, *out;
	struct args_list keys;
	struct cmd_signers signers;
	json_t *file;
	struct spacefile d;
	char host[256];
	struct buf roll; /* of the file that "roll" names; n = 0: none */
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

/* "roll" names a file beside the header's file. */
static enum err
roll_load(struct create *o, struct why *why)
{
	const char *name = spacefile_roll(o->file);
	const char *slash = strrchr(o->path, '/');
	struct buf path = { 0 };
	enum err r = ERR_NOMEM;

	if (name == NULL) {
		if (json_object_get(o->file, "roll") != NULL)
			return OK;
		return why_say(why, ERR_FORMAT,
		    "roll is missing: the path of roll.bin, or {\"root\", "
		    "\"size\"}");
	}
	if (*name != '/' && slash != NULL)
		buf_put(&path, o->path, (size_t)(slash - o->path) + 1);
	buf_str(&path, name);
	if (buf_text(&path) == NULL)
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
	return r == OK ? roll_load(o, why) : r;
}

/* Everything that can be wrong is found before the server makes keys. */
static enum err
create_try(struct create *o, enum space_kind kind, struct why *why)
{
	json_t *trial = NULL;
	struct buf b = { 0 };
	enum err r;

	if ((r = spacefile_trial_keys(kind, &trial)) == OK) {
		r = spacefile_header(o->file, &o->d, trial, &b, why);
		if (r != OK)
			why_prefix(why, "%s: ", o->path);
	}
	json_decref(trial);
	buf_free(&b);
	return r;
}

static enum err
keys_ask(struct create *o, enum space_kind kind, json_t **out, struct why *why)
{
	const char *slug = json_string_value(json_object_get(o->file, "slug"));
	struct buf answer = { 0 };
	json_t *q = NULL, *list = json_array(), *a = NULL, *keys;
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
	if ((r = api_staff(o->signers.api, &o->signers.key[0], "POST", "keys",
		 slice_str(text), &answer, why)) != OK ||
	    (r = json_read(buf_slice(&answer), &a, why)) != OK ||
	    (r = json_get_object(a, "keys", &keys, why)) != OK)
		goto out;
	*out = json_incref(keys);

out:
	free(text);
	json_decref(a);
	json_decref(q);
	json_decref(list);
	buf_free(&answer);
	return r;
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
	if ((r = keys_ask(o, kind, &keys, why)) != OK ||
	    (r = spacefile_header(o->file, &o->d, keys, &doc, why)) != OK)
		goto out;
	e.kind = ENTRY_HEADER;
	hash_bytes(buf_slice(&doc), &e.space_id);
	e.object = e.space_id;
	if ((r = cmd_enter(
		 &o->signers, &e, buf_slice(&doc), o->out, &index, why)) == OK)
		cmd_entered(index, o->out);

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
	return r == OK ? 0 : cmd_fail(r, &why);
}

/* ---- form ---------------------------------------------------------------- */

struct forming {
	const char *plain[2]; /* slug, file */
	const char *pb, *server, *out;
	struct spacefile_rule rule;
	struct args_list keys;
};

static enum err
form_of_pb(const char *path, json_t **out, struct why *why)
{
	struct pb_report *report;
	struct pb *pb = NULL;
	int widened;
	enum err r;

	if ((report = calloc(1, sizeof(*report))) == NULL)
		return ERR_NOMEM;
	if ((r = pb_read_file(path, &pb, report)) != OK) {
		pb_report_print(report, path, stderr);
		(void)why_say(why, r, "%s cannot be used", path);
		goto out;
	}
	if ((r = spacepb_form(pb, out, &widened, why)) == OK && widened)
		(void)fprintf(stderr,
		    "%s: its ballots break its own limits; the form's are "
		    "wider.\n",
		    path);

out:
	pb_free(pb);
	free(report);
	return r;
}

static enum err
form_file(const struct forming *o, json_t **out, struct why *why)
{
	struct buf b = { 0 };
	enum err r;

	if (o->pb != NULL)
		return form_of_pb(o->pb, out, why);
	if ((r = file_read(o->plain[1], DOCUMENT_MAX, &b, why)) == OK &&
	    (r = json_read(buf_slice(&b), out, why)) != OK)
		why_prefix(why, "%s: ", o->plain[1]);
	buf_free(&b);
	return r;
}

static enum err
form_enter(const struct forming *o, struct why *why)
{
	struct buf header_bytes = { 0 }, doc = { 0 };
	struct cmd_signers s = { 0 };
	struct header *h = NULL;
	json_t *file = NULL;
	struct entry e;
	uint64_t index;
	enum err r;

	memset(&e, 0, sizeof(e));
	if ((r = form_file(o, &file, why)) != OK ||
	    (r = cmd_signers_open(o->server, &o->keys, &s, why)) != OK ||
	    (r = api_header(s.api, o->plain[0], &header_bytes, why)) != OK ||
	    (r = header_parse(buf_slice(&header_bytes), &h, why)) != OK)
		goto out;
	if ((r = spacefile_form(file, h, &o->rule, &doc, why)) != OK) {
		why_prefix(why, "%s: ", o->pb != NULL ? o->pb : o->plain[1]);
		goto out;
	}
	e.kind = ENTRY_FORM;
	e.space_id = h->id;
	hash_bytes(buf_slice(&doc), &e.object);
	if ((r = cmd_enter(&s, &e, buf_slice(&doc), o->out, &index, why)) == OK)
		cmd_entered(index, o->out);

out:
	header_free(h);
	json_decref(file);
	buf_free(&header_bytes);
	buf_free(&doc);
	cmd_signers_close(&s);
	return r;
}

static int
form_run(int argc, char **argv)
{
	struct forming o = { 0 };
	const struct args_option options[] = {
		{ "pb", ARGS_TEXT, &o.pb, "FILE.pb",
		    "projects and limits of a .pb file" },
		{ "rule", ARGS_TEXT, &o.rule.id, "ID", "the rule of counting" },
		{ "increment", ARGS_TEXT, &o.rule.increment, "D",
		    "step of the add1 rules (default: 1)" },
		{ "min-score", ARGS_TEXT, &o.rule.min_score, "N",
		    "for greedy-threshold" },
		{ "server", ARGS_TEXT, &o.server, "URL", "the server" },
		{ "key", ARGS_LIST, &o.keys, "FILE", "two admins' key files" },
		{ "out", ARGS_TEXT, &o.out, "FILE",
		    "with one key: a proposal for the second to sign" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = {
		"space form SLUG FILE.json|--pb FILE.pb [--rule ID] --server "
		"URL --key A --key B",
		"Publishes what is voted on. FILE.json: options [{id, titles, "
		"cost, ...}], ballot\n(\"choice\" or {type, min, max, ...}), "
		"budget, rule; the rest has defaults. It cannot be\nchanged "
		"afterwards.",
		options, 1, 2
	};
	struct why why = { { 0 } };
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, o.plain)) != ARGS_GO)
		return status;
	if (o.server == NULL || o.keys.n == 0)
		return args_usage("space form needs --server and --key.");
	if ((o.plain[1] == NULL) == (o.pb == NULL))
		return args_usage("space form needs a FILE.json or --pb.");
	r = form_enter(&o, &why);
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
		{ "form", form_run, "publish what is voted on" },
		{ "close", cmd_space_close, "close, count, publish" },
		{ "cancel", cancel_run, "end a space without a result" },
		{ "list", list_run, "every space and its phase" },
		{ "export", cmd_space_export, "counted ballots as a .pb file" },
		{ NULL, NULL, NULL },
	};

	return args_dispatch("space", subs, argc, argv);
}
