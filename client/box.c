#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "folder.h"
#include "hex.h"

#include "box.h"
#include "file.h"

#define SIGNATURE_MAX 1024
/* Nine trustees, five rounds, some attempts. */
#define PAPERS_IN_A_BOX 5000

enum err
box_open(const char *server, const char *folder, const char *slug,
    struct box **out, struct why *why)
{
	struct box *b;
	enum err r;

	if (slug_check(slug) != OK)
		return why_say(why, ERR_FORMAT,
		    "\"%.80s\" cannot be the name of a space: 1 to 64 of a-z, "
		    "0-9 and -",
		    slug);
	if (folder != NULL && !file_is_folder(folder))
		return why_say(why, ERR_NOT_FOUND,
		    "%s is not there, or no folder; is the stick plugged in?",
		    folder);
	if ((b = calloc(1, sizeof(*b))) == NULL)
		return ERR_NOMEM;
	memcpy(b->slug, slug, strlen(slug) + 1);
	b->folder = folder;
	if (folder == NULL && (r = api_open(server, &b->api, why)) != OK) {
		box_close(b);
		return r;
	}
	*out = b;
	return OK;
}

static void
papers_free_all(struct box_paper **list, size_t *n)
{
	size_t i;

	for (i = 0; i < *n; i++)
		buf_free(&(*list)[i].text);
	free(*list);
	*list = NULL;
	*n = 0;
}

static void
empty(struct box *b)
{
	papers_free_all(&b->messages, &b->n_messages);
	papers_free_all(&b->signatures, &b->n_signatures);
	buf_free(&b->form);
	buf_free(&b->transcript);
}

void
box_close(struct box *b)
{
	if (b == NULL)
		return;
	empty(b);
	api_free(b->api);
	free(b);
}

static enum err
paper_add(struct box_paper **list, size_t *n, const char *name,
    struct slice text, struct why *why)
{
	struct box_paper *more;

	if (*n >= PAPERS_IN_A_BOX)
		return why_say(why, ERR_LIMIT,
		    "the box holds more messages than a ceremony has");
	if ((more = realloc(*list, (*n + 1) * sizeof(*more))) == NULL)
		return ERR_NOMEM;
	*list = more;
	memset(&more[*n], 0, sizeof(*more));
	(void)snprintf(more[*n].name, sizeof(more[*n].name), "%s", name);
	buf_put(&more[*n].text, text.p, text.n);
	(*n)++;
	return buf_end(&more[*n - 1].text);
}

/* ---- The folder ---------------------------------------------------------- */

/* The next part of ${name} up to ${end}, as a string; NULL: there is none. */
static const char *
part_take(const char *name, char end, char *out, size_t size)
{
	const char *at = strchr(name, end);
	size_t n;

	if (at == NULL || (n = (size_t)(at - name)) == 0 || n >= size)
		return NULL;
	memcpy(out, name, n);
	out[n] = '\0';
	return at + 1;
}

static int
is_number(const char *s)
{
	return *s != '\0' && strspn(s, "0123456789") == strlen(s);
}

/*
 * "SLUG-1-commit-2.txt" or "SLUG-signature-2.txt"?  Only the name is looked
 * at: what is in it says itself what it is.
 */
static int
is_paper(const char *name, const char *slug, int *signature)
{
	char first[16], word[16], index[4];
	enum ceremony_round round;
	size_t n = strlen(slug);

	if (strncmp(name, slug, n) != 0 || name[n] != '-' ||
	    (name = part_take(name + n + 1, '-', first, sizeof(first))) == NULL)
		return 0;
	*signature = strcmp(first, "signature") == 0;
	if (!*signature &&
	    (!is_number(first) ||
		(name = part_take(name, '-', word, sizeof(word))) == NULL ||
		ceremony_round_parse(word, &round) != OK))
		return 0;
	name = part_take(name, '.', index, sizeof(index));
	return name != NULL && is_number(index) && strcmp(name, "txt") == 0;
}

static enum err
file_take(struct box *b, const char *name, int signature, struct why *why)
{
	struct buf path = { 0 }, text = { 0 };
	enum err r;

	if (file_join(&path, b->folder, name) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	if ((r = file_read(
		 buf_text(&path), CEREMONY_MESSAGE_MAX, &text, why)) != OK)
		goto out;
	r = signature ? paper_add(&b->signatures, &b->n_signatures, name,
			    buf_slice(&text), why)
		      : paper_add(&b->messages, &b->n_messages, name,
			    buf_slice(&text), why);

out:
	buf_free(&path);
	buf_free(&text);
	return r;
}

/* SLUG-${what}, if it is there. */
static enum err
optional(
    const struct box *b, const char *what, struct buf *out, struct why *why)
{
	struct buf path = { 0 };
	enum err r;

	buf_printf(&path, "%s/%s-%s", b->folder, b->slug, what);
	if (buf_text(&path) == NULL)
		r = ERR_NOMEM;
	else if (!file_exists(buf_text(&path)))
		r = OK;
	else
		r = file_read(buf_text(&path), DOCUMENT_MAX, out, why);
	buf_free(&path);
	return r;
}

static int
paper_cmp(const void *a, const void *b)
{
	const struct box_paper *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static enum err
folder_read(struct box *b, struct why *why)
{
	const struct dirent *e;
	int signature;
	enum err r = OK;
	DIR *d;

	if ((d = opendir(b->folder)) == NULL)
		return why_say(
		    why, ERR_IO, "%s: %s", b->folder, strerror(errno));
	while (r == OK && (e = readdir(d)) != NULL)
		if (is_paper(e->d_name, b->slug, &signature))
			r = file_take(b, e->d_name, signature, why);
	(void)closedir(d);
	if (b->n_messages > 1)
		qsort(b->messages, b->n_messages, sizeof(*b->messages),
		    paper_cmp);
	if (b->n_signatures > 1)
		qsort(b->signatures, b->n_signatures, sizeof(*b->signatures),
		    paper_cmp);
	if (r != OK || (r = optional(b, "form.json", &b->form, why)) != OK)
		return r;
	return optional(b, "transcript.json", &b->transcript, why);
}

/* What is there stays; the same again is done already. */
static enum err
folder_put_paper(
    const struct box *b, const char *what, struct slice text, struct why *why)
{
	struct buf path = { 0 }, there = { 0 };
	enum err r;

	buf_printf(&path, "%s/%s-%s", b->folder, b->slug, what);
	if (buf_text(&path) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	if (!file_exists(buf_text(&path))) {
		r = file_write(buf_text(&path), 0644, text, why);
		goto out;
	}
	r = file_read(buf_text(&path), DOCUMENT_MAX, &there, why);
	if (r == OK && !slice_equal(buf_slice(&there), text))
		r = why_say(why, ERR_CONFLICT,
		    "%s is there already and is another one; nothing was "
		    "overwritten. If nobody knows where it came from, take it "
		    "off the stick and give the command again",
		    buf_text(&path));

out:
	buf_free(&path);
	buf_free(&there);
	return r;
}

/* ---- The server ---------------------------------------------------------- */

static enum err
list_take(const json_t *doc, const char *member, struct box_paper **to,
    size_t *n, struct why *why)
{
	char name[64];
	json_t *list = NULL, *one;
	size_t i;
	enum err r;

	if ((r = json_get_array(doc, member, 0, PAPERS_IN_A_BOX, &list, why)) !=
	    OK)
		return r;
	json_array_foreach(list, i, one)
	{
		(void)snprintf(name, sizeof(name),
		    "%s, number %zu in the "
		    "server's post box",
		    member, i + 1);
		if (!json_is_string(one))
			return why_say(why, ERR_FORMAT, "%s: is no text", name);
		if ((r = paper_add(to, n, name,
			 slice_of(
			     json_string_value(one), json_string_length(one)),
			 why)) != OK)
			return r;
	}
	return OK;
}

enum err
box_answer_parse(struct slice s, struct box *b, struct why *why)
{
	static const char *const names[] = { "draft", "messages", "signatures",
		"transcript", NULL };
	const char *draft = NULL;
	json_t *doc = NULL;
	enum err r;

	/* A draft may itself be as large as a document. */
	doc = json_loadb((const char *)s.p, s.n, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(doc)) {
		r = why_say(why, ERR_FORMAT,
		    "the server's post box is not the document that it "
		    "should be");
		goto out;
	}
	if ((r = json_only(doc, names, why)) != OK ||
	    (r = json_get_string(doc, "draft", 0, DOCUMENT_MAX, &draft, why)) !=
		OK ||
	    (r = list_take(
		 doc, "messages", &b->messages, &b->n_messages, why)) != OK ||
	    (r = list_take(doc, "signatures", &b->signatures, &b->n_signatures,
		 why)) != OK)
		goto out;
	buf_str(&b->form, draft);
	r = buf_end(&b->form);

out:
	json_decref(doc);
	return r;
}

static enum err
server_read(struct box *b, struct why *why)
{
	struct buf answer = { 0 };
	enum err r;

	if ((r = api_ceremony(b->api, b->slug, &answer, why)) != OK ||
	    (r = box_answer_parse(buf_slice(&answer), b, why)) != OK)
		goto out;
	if (b->form.n > 0)
		r = api_transcript(b->api, b->slug, &b->transcript, why);

out:
	buf_free(&answer);
	return r;
}

/* ---- Either -------------------------------------------------------------- */

enum err
box_read(struct box *b, struct why *why)
{
	empty(b);
	return b->folder != NULL ? folder_read(b, why) : server_read(b, why);
}

int
box_has_log(const struct box *b)
{
	return b->folder == NULL || folder_has(b->folder, "log/checkpoint");
}

enum err
box_log(const struct box *b, const char *vkey, struct slice earlier,
    struct trust **out, struct why *why)
{
	return trust_open(b->folder == NULL ? b->api->base : b->folder, vkey,
	    earlier, out, why);
}

/* The header that the log announces under our slug, and its entry. */
static enum err
folder_search(const struct box *b, struct trust *log, struct buf *bytes,
    uint64_t *index, struct why *why)
{
	char hex[2 * HASH_BYTES + 1];
	struct buf path = { 0 };
	struct header *h = NULL;
	struct slice s = { NULL, 0 };
	struct entry e;
	int ours = 0;
	enum err r = OK;
	uint64_t i;

	for (i = 0; i < trust_checkpoint(log)->size && !ours; i++) {
		if ((r = trust_entry(log, i, &s, why)) != OK)
			break;
		if (entry_parse(s, &e) != OK || e.kind != ENTRY_HEADER)
			continue;
		hex_encode(hash_slice(&e.space_id), hex);
		path.n = 0;
		bytes->n = 0;
		buf_printf(&path, "%s/objects/%s", b->folder, hex);
		if (buf_text(&path) == NULL) {
			r = ERR_NOMEM;
			break;
		}
		if (file_read(buf_text(&path), DOCUMENT_MAX, bytes, NULL) !=
			OK ||
		    header_parse(buf_slice(bytes), &h, NULL) != OK)
			continue;
		ours = strcmp(h->slug, b->slug) == 0;
		*index = i;
		header_free(h);
		h = NULL;
	}
	buf_free(&path);
	if (r == OK && !ours)
		r = why_say(why, ERR_NOT_FOUND,
		    "the log in %s announces no space \"%s\"; is the copy too "
		    "old?",
		    b->folder, b->slug);
	return r;
}

static enum err
server_search(
    const struct box *b, struct buf *bytes, uint64_t *index, struct why *why)
{
	const struct api_space *s;
	struct api_spaces list = { 0 };
	enum err r;

	if ((r = api_spaces(b->api, &list, why)) != OK)
		goto out;
	if ((s = api_spaces_find(&list, b->slug)) == NULL) {
		r = why_say(why, ERR_NOT_FOUND,
		    "%s has no space \"%s\"; partecipa space list shows them",
		    b->api->base, b->slug);
		goto out;
	}
	*index = s->first;
	r = api_header(b->api, b->slug, bytes, why);

out:
	api_spaces_free(&list);
	return r;
}

static enum err
unproven(const struct box *b, struct header **out, struct why *why)
{
	struct buf bytes = { 0 };
	enum err r;

	if ((r = optional(b, "header.json", &bytes, why)) != OK)
		goto out;
	if (bytes.n == 0) {
		r = why_say(why, ERR_NOT_FOUND,
		    "%s has neither a copy of the log nor %s-header.json: "
		    "partecipa-audit fetch URL %s puts the log there",
		    b->folder, b->slug, b->folder);
		goto out;
	}
	if ((r = header_parse(buf_slice(&bytes), out, why)) != OK)
		why_prefix(why, "%s/%s-header.json: ", b->folder, b->slug);

out:
	buf_free(&bytes);
	return r;
}

enum err
box_header(const struct box *b, struct trust *log, struct header **out,
    struct why *why)
{
	struct buf bytes = { 0 };
	struct header *h = NULL;
	uint64_t index = 0;
	enum err r;

	if (log == NULL)
		r = unproven(b, &h, why);
	else if ((r = b->folder != NULL
			  ? folder_search(b, log, &bytes, &index, why)
			  : server_search(b, &bytes, &index, why)) == OK)
		r = trust_header(log, index, buf_slice(&bytes), &h, why);
	if (r == OK && h != NULL && strcmp(h->slug, b->slug) != 0)
		r = why_say(why, ERR_SIGNATURE,
		    "this is the header of another space, \"%s\"", h->slug);
	buf_free(&bytes);
	if (r != OK) {
		header_free(h);
		return r;
	}
	*out = h;
	return OK;
}

enum err
box_message(const struct box *b, const struct ceremony_message *m,
    struct slice text, struct why *why)
{
	const char *round = ceremony_round_name(m->round);
	char name[64];

	if (b->folder == NULL)
		return api_ceremony_post(b->api, b->slug, round, text, why);
	(void)snprintf(name, sizeof(name), "%u-%s-%u.txt", (unsigned)m->attempt,
	    round, (unsigned)m->index);
	return folder_put_paper(b, name, text, why);
}

enum err
box_signature(
    const struct box *b, uint8_t index, struct slice text, struct why *why)
{
	char name[64];

	if (b->folder == NULL)
		return api_ceremony_post(b->api, b->slug, "sign", text, why);
	(void)snprintf(name, sizeof(name), "signature-%u.txt", (unsigned)index);
	return folder_put_paper(b, name, text, why);
}

enum err
box_transcript(
    const struct box *b, struct slice text, int older, struct why *why)
{
	struct buf path = { 0 };
	enum err r;

	if (b->folder == NULL)
		return OK;
	if (!older)
		return folder_put_paper(b, "transcript.json", text, why);
	buf_printf(&path, "%s/%s-transcript.json", b->folder, b->slug);
	r = buf_text(&path) == NULL
		? ERR_NOMEM
		: file_write(buf_text(&path), 0644, text, why);
	buf_free(&path);
	return r;
}
