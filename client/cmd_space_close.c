#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "form_pb.h"
#include "pb_write.h"
#include "replay.h"
#include "replay_sealed.h"

#include "cmd.h"
#include "cmd_space.h"
#include "file.h"

/* ---- A replay of the server's public log --------------------------------- */

struct public_log {
	struct source *source;
	struct replay *replay;
	struct space *space;
};

static void
public_log_close(struct public_log *p)
{
	replay_free(p->replay);
	source_free(p->source);
	memset(p, 0, sizeof(*p));
}

/* What is broken is never signed: the first broken rule is the refusal. */
static enum err
public_log_open(
    struct public_log *p, const char *server, const char *slug, struct why *why)
{
	struct replay_options opt;
	const struct verdict *v;
	enum err r;

	memset(&opt, 0, sizeof(opt));
	opt.space = slug;
	if ((r = source_open(server, &p->source, why)) != OK ||
	    (r = replay_log(p->source, &opt, &p->replay, why)) != OK)
		return r;
	if (p->replay->n_broken > 0) {
		v = &p->replay->broken[0];
		return why_say(why, ERR_SIGNATURE,
		    "the public log breaks rule %d (%s): %.250s; nothing is "
		    "signed",
		    (int)v->rule, rule_of(v->rule)->name, v->why.text);
	}
	p->space = world_space_by_slug(p->replay->world, slug);
	if (p->space == NULL)
		return why_say(why, ERR_NOT_FOUND,
		    "there is no space \"%.80s\" in the log", slug);
	return OK;
}

/* ---- close --------------------------------------------------------------- */

struct closing {
	const char *slug, *server, *out, *result;
	struct args_list keys;
	struct cmd_signers s;
	uint32_t records, credentials;
	int waits; /* for another signature: nothing more can be done now */
	int only_result;
};

static enum err
changes_step(struct closing *o, struct why *why)
{
	uint64_t index = 0;
	uint32_t n = 0;
	enum err r;

	if (o->waits)
		return OK;
	if ((r = cmd_changes_publish(&o->s, o->out, &n, &index, why)) != OK ||
	    n == 0)
		return r;
	printf("%u changes of the roll. ", (unsigned)n);
	cmd_entered(index, o->out);
	o->waits = index == UINT64_MAX;
	return OK;
}

static enum err
drain_step(struct closing *o, struct why *why)
{
	struct buf path = { 0 }, answer = { 0 };
	json_t *j = NULL;
	int64_t records, credentials;
	enum err r;

	if (o->waits)
		return OK;
	buf_printf(&path, "spaces/%s/drain", o->slug);
	if (buf_text(&path) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	if ((r = api_staff(o->s.api, &o->s.key[0], "POST", buf_text(&path),
		 slice_of(NULL, 0), &answer, why)) != OK ||
	    (r = json_read(buf_slice(&answer), &j, why)) != OK ||
	    (r = json_get_int(j, "records", 0, UINT32_MAX, &records, why)) !=
		OK ||
	    (r = json_get_int(
		 j, "credentials", 0, UINT32_MAX, &credentials, why)) != OK)
		goto out;
	o->records = (uint32_t)records;
	o->credentials = (uint32_t)credentials;

out:
	json_decref(j);
	buf_free(&answer);
	buf_free(&path);
	return r;
}

static enum err
close_step(struct closing *o, const struct hash *space_id, struct why *why)
{
	struct entry e;
	uint64_t index;
	enum err r;

	if (o->waits)
		return OK;
	memset(&e, 0, sizeof(e));
	e.kind = ENTRY_CLOSE;
	e.space_id = *space_id;
	e.count = o->records;
	e.credentials = o->credentials;
	if ((r = cmd_enter(
		 &o->s, &e, slice_of(NULL, 0), o->out, &index, why)) != OK)
		return r;
	printf("Closed with %u records of %u who voted. ", (unsigned)o->records,
	    (unsigned)o->credentials);
	cmd_entered(index, o->out);
	o->waits = index == UINT64_MAX;
	return OK;
}

static void
result_print(const struct buf *doc)
{
	const json_t *ballots, *selected, *outcome;
	json_t *j = NULL;
	size_t i;

	if (json_read_document(buf_slice(doc), &j, NULL) != OK)
		return;
	ballots = json_object_get(j, "ballots");
	outcome = json_object_get(j, "outcome");
	selected = json_object_get(outcome, "selected");
	printf("Result: %" JSON_INTEGER_FORMAT
	       " ballots counted, %" JSON_INTEGER_FORMAT " blank. ",
	    json_integer_value(json_object_get(ballots, "counted")),
	    json_integer_value(json_object_get(ballots, "blank")));
	if (outcome == NULL) {
		printf("Too few to be counted: nothing is selected.\n");
	} else {
		printf("Selected (cost %s):",
		    json_string_value(json_object_get(outcome, "cost")));
		for (i = 0; i < json_array_size(selected); i++)
			printf(" %s",
			    json_string_value(json_array_get(selected, i)));
		printf("\n");
	}
	json_decref(j);
}

/* A sealed vote that can be opened and is not yet: who has to? */
static int
is_unopened(const struct public_log *log, unsigned *valid, char missing[40])
{
	const struct space *sp = log->space;
	const struct header *h = sp->header;
	const struct replay_sealed *w;
	uint32_t m;
	size_t i;

	if (sp->has_result || !sp->closed || !sp->form->sealed)
		return 0;
	m = seen_credentials(log->replay->seen, sp->no, PURPOSE_VOTE);
	w = replay_sealed_of(log->replay, sp);
	*valid = w == NULL ? 0 : w->valid;
	if (m == 0 || m < h->min_open || *valid >= h->threshold)
		return 0;
	*missing = '\0';
	for (i = 1; i <= h->n_trustees; i++)
		if (w == NULL || !w->is_valid[i])
			(void)snprintf(missing + strlen(missing),
			    40 - strlen(missing), " %zu", i);
	return 1;
}

/* What was handed in and counts for nothing. */
static void
ignored_print(const struct public_log *log)
{
	const struct replay_sealed *w;
	size_t i;

	if ((w = replay_sealed_of(log->replay, log->space)) == NULL)
		return;
	for (i = 0; i < w->n; i++)
		if (!w->openings[i].valid)
			(void)fprintf(stderr,
			    "The opening in entry %" PRIu64
			    " (trustee %u) is ignored: %s\n",
			    w->openings[i].index,
			    (unsigned)w->openings[i].trustee,
			    w->openings[i].why.text);
}

/*
 * Too few have opened: after a close that is what is to be done next, where
 * the result is asked for it is a refusal.
 */
static enum err
unopened_say(const struct closing *o, const struct public_log *log,
    unsigned valid, const char *missing, struct why *why)
{
	const struct header *h = log->space->header;

	if (!o->only_result) {
		printf("It is sealed: %u of %zu trustees have to open it, %u "
		       "have. Still missing: trustee%s. Each runs partecipa "
		       "trustee open %s; then: partecipa space result %s\n",
		    h->threshold, h->n_trustees, valid, missing, o->slug,
		    o->slug);
		return OK;
	}
	return why_say(why, ERR_FORBIDDEN,
	    "\"%s\" is not opened: %u of %zu trustees have to, %u have; "
	    "missing: trustee%s. If so many lost their shares that %u can not "
	    "be reached, nothing can be opened, by anybody, ever: cancel it "
	    "with partecipa space cancel",
	    o->slug, h->threshold, h->n_trustees, valid, missing, h->threshold);
}

/* Count from the public files only, exactly as an auditor does, and sign. */
static enum err
result_step(struct closing *o, struct why *why)
{
	struct public_log log = { 0 };
	struct buf doc = { 0 };
	unsigned valid = 0;
	char missing[40];
	struct entry e;
	uint64_t index;
	enum err r;

	if (o->waits)
		return OK;
	if ((r = public_log_open(&log, o->server, o->slug, why)) != OK)
		goto out;
	if (is_unopened(&log, &valid, missing)) {
		ignored_print(&log);
		r = unopened_say(o, &log, valid, missing, why);
		goto out;
	}
	if ((r = replay_result(log.replay, log.space, &doc, why)) != OK)
		goto out;
	if (o->result != NULL &&
	    (r = file_write(o->result, 0644, buf_slice(&doc), why)) != OK)
		goto out;
	if (!log.space->has_result) {
		memset(&e, 0, sizeof(e));
		e.kind = ENTRY_RESULT;
		e.space_id = log.space->header->id;
		hash_bytes(buf_slice(&doc), &e.object);
		if ((r = cmd_enter(&o->s, &e, buf_slice(&doc), o->out, &index,
			 why)) != OK)
			goto out;
		printf("The result. ");
		cmd_entered(index, o->out);
		o->waits = index == UINT64_MAX;
	}
	result_print(&doc);

out:
	buf_free(&doc);
	public_log_close(&log);
	return r;
}

static enum err
closing_go(struct closing *o, struct why *why)
{
	const struct api_space *space;
	struct api_spaces list = { 0 };
	int closed;
	enum err r;

	if ((r = cmd_signers_open(o->server, &o->keys, &o->s, why)) != OK ||
	    (r = api_spaces(o->s.api, &list, why)) != OK)
		goto out;
	if ((space = api_spaces_find(&list, o->slug)) == NULL) {
		r = why_say(why, ERR_NOT_FOUND,
		    "there is no space \"%.80s\"; partecipa space list shows "
		    "them",
		    o->slug);
		goto out;
	}
	closed = strcmp(space->phase, "closed") == 0 ||
		 strcmp(space->phase, "result") == 0;
	if (!closed && o->only_result) {
		r = why_say(why, ERR_FORBIDDEN,
		    "\"%s\" is not closed yet: partecipa space close", o->slug);
		goto out;
	}
	/* Ledgers wait for the changes of the roll that explain them. */
	if (!closed && ((r = changes_step(o, why)) != OK ||
			   (r = drain_step(o, why)) != OK ||
			   (r = close_step(o, &space->space_id, why)) != OK))
		goto out;
	r = result_step(o, why);

out:
	api_spaces_free(&list);
	cmd_signers_close(&o->s);
	return r;
}

static int
closing_run(
    struct closing *o, const struct args_spec *spec, int argc, char **argv)
{
	struct why why = { { 0 } };
	enum err r;
	int status;

	if ((status = args_parse(spec, argc, argv, &o->slug)) != ARGS_GO)
		return status;
	if (o->server == NULL || o->keys.n == 0)
		return args_usage("space %s needs --server and --key.",
		    o->only_result ? "result" : "close");
	if ((r = closing_go(o, &why)) != OK)
		return cmd_fail(r, &why);
	if (o->waits)
		printf("Once it is handed in, run this command again.\n");
	return 0;
}

int
cmd_space_close(int argc, char **argv)
{
	struct closing o = { 0 };
	const struct args_option options[] = {
		{ "server", ARGS_TEXT, &o.server, "URL", "the server" },
		{ "key", ARGS_LIST, &o.keys, "FILE", "two admins' key files" },
		{ "out", ARGS_TEXT, &o.out, "FILE",
		    "with one key: a proposal per step for the second" },
		{ "result", ARGS_TEXT, &o.result, "FILE",
		    "write the result document there too" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = {
		"space close SLUG --server URL --key A --key B",
		"After the end of participation: publishes pending changes of "
		"the roll, brings all records\ninto the log, closes, recounts "
		"from the public log as an auditor would, and publishes\nthe "
		"result. A sealed vote is opened by its trustees first: then "
		"partecipa space result.\nMay be repeated: it goes on where it "
		"stopped.",
		options, 1, 1
	};

	return closing_run(&o, &spec, argc, argv);
}

int
cmd_space_result(int argc, char **argv)
{
	struct closing o = { .only_result = 1 };
	const struct args_option options[] = {
		{ "server", ARGS_TEXT, &o.server, "URL", "the server" },
		{ "key", ARGS_LIST, &o.keys, "FILE", "two admins' key files" },
		{ "out", ARGS_TEXT, &o.out, "FILE",
		    "with one key: a proposal for the second" },
		{ "result", ARGS_TEXT, &o.result, "FILE",
		    "write the result document there too" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = {
		"space result SLUG --server URL --key A --key B",
		"Once enough trustees have opened a closed vote: recounts from "
		"the public log as an\nauditor would, and publishes the "
		"result.",
		options, 1, 1
	};

	return closing_run(&o, &spec, argc, argv);
}

/* ---- export -------------------------------------------------------------- */

/* The counted ballots of one space, into a .pb file. */
struct export
{
	const char *slug, *server, *path;
	struct public_log log;
	struct pb *pb;
};

static enum err
ballot_add(struct export *o, struct slice entry)
{
	struct record rec;
	struct entry e;
	enum err r;

	if ((r = entry_parse(entry, &e)) != OK ||
	    (r = record_parse(
		 e.record, o->log.space->header->n_issuers, &rec)) != OK)
		return r;
	return form_pb_list(o->pb, o->log.space->form, rec.body);
}

/* A ballot that the trustees opened; an unseal_each.  Null ones are none. */
static enum err
opened_add(void *cookie, const struct unseal_ballot *b, struct slice encoding)
{
	struct export *o = cookie;

	(void)b;
	return form_pb_list(o->pb, o->log.space->form, encoding);
}

static enum err
paper_add(struct export *o, struct why *why)
{
	const struct space *s = o->log.space;
	struct buf list = { 0 };
	enum err r;

	if (hash_is_zero(&s->paper_hash[1]))
		return OK;
	if ((r = source_object(o->log.source, &s->paper_hash[1], &list, why)) ==
	    OK)
		r = form_pb_list(o->pb, s->form, buf_slice(&list));
	buf_free(&list);
	return r;
}

static enum err
ballots_add(struct export *o, struct why *why)
{
	struct replay *p = o->log.replay;
	uint64_t *indexes = NULL, bundle = UINT64_MAX;
	struct slice entries[TILE_WIDTH];
	struct buf bytes = { 0 };
	size_t n = 0, have = 0, i;
	enum err r;

	if ((r = seen_counted(
		 p->seen, o->log.space->no, PURPOSE_VOTE, &indexes, &n)) != OK)
		return r;
	for (i = 0; i < n && r == OK; i++) {
		if (indexes[i] / TILE_WIDTH != bundle) {
			bundle = indexes[i] / TILE_WIDTH;
			bytes.n = 0;
			if ((r = source_entries(o->log.source, bundle,
				 p->checkpoint.size, &bytes, entries, &have,
				 why)) != OK)
				break;
		}
		r = indexes[i] % TILE_WIDTH < have
			? ballot_add(o, entries[indexes[i] % TILE_WIDTH])
			: ERR_FORMAT;
	}
	buf_free(&bytes);
	free(indexes);
	return r;
}

static enum err
export_write(struct export *o, struct why *why)
{
	const char *unit;
	struct buf text = { 0 };
	enum err r;

	if ((r = public_log_open(&o->log, o->server, o->slug, why)) != OK)
		goto out;
	if (!o->log.space->closed || o->log.space->form == NULL ||
	    o->log.space->header->kind != SPACE_BALLOT) {
		r = why_say(why, ERR_FORBIDDEN,
		    "\"%s\" is not a closed vote; there is nothing to export "
		    "yet",
		    o->slug);
		goto out;
	}
	unit = json_string_value(
	    json_object_get(world_genesis(o->log.replay->world), "name"));
	if ((r = form_pb_new(o->log.space->header, o->log.space->form,
		 unit == NULL ? "?" : unit, &o->pb)) == OK &&
	    (r = o->log.space->form->sealed
		     ? replay_sealed_each(
			   o->log.replay, o->log.space, opened_add, o, why)
		     : ballots_add(o, why)) == OK &&
	    (r = paper_add(o, why)) == OK &&
	    (r = pb_write(o->pb, &text)) == OK &&
	    (r = file_write(o->path, 0644, buf_slice(&text), why)) == OK)
		printf("%zu ballots are in %s.\n", o->pb->n_votes, o->path);

out:
	buf_free(&text);
	pb_free(o->pb);
	public_log_close(&o->log);
	return r;
}

int
cmd_space_export(int argc, char **argv)
{
	struct export o = { 0 };
	const struct args_option options[] = {
		{ "server", ARGS_TEXT, &o.server, "URL",
		    "the server, or a folder fetched from it" },
		{ "pb", ARGS_TEXT, &o.path, "FILE", "the file to write" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = {
		"space export SLUG --server URL --pb FILE.pb",
		"Writes the counted ballots of a closed vote, those on paper "
		"too, in the .pb format of\nPabulib, from the public log.",
		options, 1, 1
	};
	struct why why = { { 0 } };
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, &o.slug)) != ARGS_GO)
		return status;
	if (o.server == NULL || o.path == NULL)
		return args_usage("space export needs --server and --pb.");
	r = export_write(&o, &why);
	return r == OK ? 0 : cmd_fail(r, &why);
}
