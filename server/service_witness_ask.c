#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hex.h"
#include "text.h"
#include "witness_request.h"

#include "service_witness_ask.h"

#define ANSWER_MAX 16384
#define URL_BYTES (POLICY_URL_MAX + 100)
#define TRIES 3

static enum err
exchange(struct service_witness_ask *a, const char *method, const char *path,
    struct slice body, struct fetch_answer *answer, struct why *why)
{
	static const struct fetch_header type = { "Content-Type",
		"text/plain; charset=utf-8" };
	size_t n = strlen(a->witness->url);
	struct fetch_request q = { .method = method,
		.body = body,
		.max = strcmp(method, "GET") == 0 ? NOTE_MAX : ANSWER_MAX,
		.seconds = SERVICE_WITNESS_SECONDS,
		.stop = a->stop };
	char url[URL_BYTES];

	while (n > 0 && a->witness->url[n - 1] == '/')
		n--;
	(void)snprintf(
	    url, sizeof(url), "%.*s%s", (int)n, a->witness->url, path);
	q.url = url;
	if (strcmp(method, "POST") == 0) {
		q.headers = &type;
		q.n_headers = 1;
	}
	return fetch_do(a->fetch, &q, answer, why);
}

enum err
service_witness_ask_line(
    const struct note_key *key, struct slice bytes, struct buf *line)
{
	struct note *n = calloc(1, sizeof(*n));
	struct cursor c;
	struct slice text;
	size_t i;
	enum err r = ERR_NOMEM;

	if (n == NULL)
		return r;
	if ((r = note_parse(bytes, n)) != OK ||
	    (r = note_cosigned(n, key, NULL)) != OK)
		goto out;
	c = cursor_of(
	    slice_of(bytes.p + n->text.n + 1, bytes.n - n->text.n - 1));
	for (i = 0; i < n->n_sigs; i++) {
		text = text_line(&c);
		if (n->sigs[i].id != key->id ||
		    !slice_equal(n->sigs[i].name, slice_str(key->name)))
			continue;
		buf_put(line, text.p, text.n);
		buf_str(line, "\n");
		break;
	}
	r = buf_end(line);

out:
	free(n);
	return r;
}

/* From what was answered; it stands behind the note as it was sent. */
static enum err
take_line(const struct service_witness_ask *a, struct slice note,
    struct slice body, struct buf *line)
{
	struct buf both = { 0 };
	enum err r;

	buf_put(&both, note.p, note.n);
	buf_put(&both, body.p, body.n);
	if ((r = buf_end(&both)) == OK)
		r = service_witness_ask_line(
		    &a->witness->key, buf_slice(&both), line);
	buf_free(&both);
	return r;
}

static enum err
request_put(const struct service_witness_ask *a,
    const struct service_witness_tree *t, struct buf *b)
{
	struct witness_request q = { .old = a->have, .note = t->note };
	enum err r;

	if (q.old > 0 && (r = merkle_prove_consistency(q.old, t->size, t->node,
			      t->cookie, &q.proof)) != OK)
		return r;
	witness_request_put(b, &q);
	return buf_end(b);
}

enum err
service_witness_ask(struct service_witness_ask *a,
    const struct service_witness_tree *t, struct buf *line, struct why *why)
{
	const char *name = a->witness->name;
	struct fetch_answer answer = { 0 };
	struct buf b = { 0 };
	uint64_t size;
	unsigned tries;
	enum err r = ERR_CONFLICT;

	for (tries = 0; tries < TRIES; tries++) {
		if (a->have > t->size)
			a->have = 0; /* what it says now is believed */
		b.n = 0;
		buf_free(&answer.body);
		if ((r = request_put(a, t, &b)) != OK ||
		    (r = exchange(a, "POST", "/add-checkpoint", buf_slice(&b),
			 &answer, why)) != OK)
			goto out;
		if (answer.status != 409)
			break;
		/* So a fork was answered once; who has a size says it. */
		if (witness_request_size_parse(
			buf_slice(&answer.body), &size) != OK)
			break;
		if (size > t->size) {
			r = why_say(why, ERR_CONFLICT,
			    "%s has cosigned %llu entries, the log has %llu",
			    name, (unsigned long long)size,
			    (unsigned long long)t->size);
			goto out;
		}
		a->have = size;
	}
	if (answer.status == 200) {
		r = take_line(a, t->note, buf_slice(&answer.body), line);
		if (r == OK)
			a->have = t->size;
		else
			(void)why_say(why, r,
			    "%s answers with a line that is not its "
			    "cosignature of this checkpoint",
			    name);
	} else if (answer.status == 409 || answer.status == 422) {
		r = why_say(why, ERR_CONFLICT,
		    "%s has cosigned another tree than this log's", name);
	} else {
		r = why_say(why, ERR_FORBIDDEN, "%s answers with status %ld%s",
		    name, answer.status,
		    answer.status == 404 ? ": it does not know this log" : "");
	}

out:
	buf_free(&answer.body);
	buf_free(&b);
	return r;
}

enum err
service_witness_ask_last(
    struct service_witness_ask *a, struct checkpoint *c, struct why *why)
{
	struct fetch_answer answer = { 0 };
	struct note *note = calloc(1, sizeof(*note));
	char path[2 * HASH_BYTES + 32], hex[2 * HASH_BYTES + 1];
	struct hash id;
	enum err r;

	if (note == NULL)
		return why_say(why, ERR_NOMEM, "out of memory");
	hash_bytes(slice_str(a->log->name), &id);
	hex_encode(hash_slice(&id), hex);
	(void)snprintf(path, sizeof(path), "/%s/checkpoint", hex);
	r = exchange(a, "GET", path, slice_of(NULL, 0), &answer, why);
	if (r != OK)
		goto out;
	if (answer.status == 404)
		r = why_say(why, ERR_NOT_FOUND,
		    "%s has no checkpoint of this log", a->witness->name);
	else if (answer.status != 200)
		r = why_say(why, ERR_FORBIDDEN, "%s answers with status %ld",
		    a->witness->name, answer.status);
	else if (checkpoint_open(buf_slice(&answer.body), a->log, note, c) !=
		     OK ||
		 note_cosigned(note, &a->witness->key, NULL) != OK)
		r = why_say(why, ERR_SIGNATURE,
		    "%s shows a checkpoint that this log or itself did not "
		    "sign",
		    a->witness->name);

out:
	buf_free(&answer.body);
	free(note);
	return r;
}
