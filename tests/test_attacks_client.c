/*
 * Attacks on residents and by their own devices: docs/THREATS.md names each by
 * its row of the table there.  The real client speaks to a server of this
 * test's own, which gives out a forged log and notes what it is asked.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admit.h"
#include "cmd.h"
#include "file.h"
#include "hex.h"
#include "http.h"
#include "papers.h"
#include "receipt.h"
#include "sample.h"
#include "trust.h"
#include "wallet.h"
#include "wipe.h"

#include "attack.h"
#include "vec.h"

/* --- The server -----------------------------------------------------------*/

#define POSTS_MAX 8

static struct {
	pthread_mutex_t lock;
	char dir[300];
	struct buf paths;	  /* one a line, as asked for */
	struct buf list;	  /* of spaces */
	struct hash other_header; /* given for every header; zero: none */
	struct hash other_form;	  /* and for every form */
	const struct blind_key *issuer;
	size_t n_posts;
	struct buf post[POSTS_MAX];
	char authorization[POSTS_MAX][700];
} lies = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void
note_path(const struct req *q)
{
	pthread_mutex_lock(&lies.lock);
	buf_printf(&lies.paths, "%s\n", q->path);
	pthread_mutex_unlock(&lies.lock);
}

static enum problem
give(struct resp *p, const char *fmt, const char *name)
{
	char path[600], tail[300];
	struct why why;

	(void)snprintf(tail, sizeof(tail), "%.200s", name);
	(void)snprintf(path, sizeof(path), "%s%s%s", lies.dir, fmt, tail);
	p->content_type = "application/octet-stream";
	return file_read(path, (size_t)16 << 20, &p->body, &why) == OK
		   ? PROBLEM_NONE
		   : PROBLEM_NOT_FOUND;
}

static enum problem
give_log(struct service *s, const struct req *q, struct resp *p)
{
	(void)s;
	note_path(q);
	return give(p, "", q->path);
}

static enum problem
give_object(struct service *s, const struct req *q, struct resp *p)
{
	(void)s;
	note_path(q);
	return give(p, "/objects/", q->params.v[0]);
}

static enum problem
give_list(struct service *s, const struct req *q, struct resp *p)
{
	(void)s;
	note_path(q);
	p->content_type = "application/json";
	buf_put(&p->body, lies.list.p, lies.list.n);
	return PROBLEM_NONE;
}

/* ${other}, or what the list names for a space. */
static enum problem
give_listed(const struct req *q, struct resp *p, const struct hash *other,
    const char *member)
{
	char hex[2 * HASH_BYTES + 1];
	struct why why;
	enum problem r = PROBLEM_NOT_FOUND;
	json_t *doc, *one;
	size_t i;

	hex_encode(hash_slice(other), hex);
	if (!hash_is_zero(other))
		return give(p, "/objects/", hex);
	if (json_read(buf_slice(&lies.list), &doc, &why) != OK)
		return PROBLEM_INTERNAL;
	json_array_foreach(doc, i, one)
	{
		if (strcmp(json_string_value(json_object_get(one, "slug")),
			q->params.v[0]) == 0)
			r = give(p, "/objects/",
			    json_string_value(json_object_get(one, member)));
	}
	json_decref(doc);
	return r;
}

static enum problem
give_header(struct service *s, const struct req *q, struct resp *p)
{
	(void)s;
	note_path(q);
	return give_listed(q, p, &lies.other_header, "space_id");
}

static enum problem
give_form(struct service *s, const struct req *q, struct resp *p)
{
	(void)s;
	note_path(q);
	return give_listed(q, p, &lies.other_form, "form_id");
}

static void
keep_post(const struct req *q)
{
	pthread_mutex_lock(&lies.lock);
	if (lies.n_posts < POSTS_MAX) {
		buf_put(&lies.post[lies.n_posts], q->body.p, q->body.n);
		(void)snprintf(lies.authorization[lies.n_posts++],
		    sizeof(lies.authorization[0]), "%s",
		    q->authorization == NULL ? "" : q->authorization);
	}
	pthread_mutex_unlock(&lies.lock);
}

static enum problem
issue(struct service *s, const struct req *q, struct resp *p)
{
	uint8_t answer[BLIND_BYTES];

	(void)s;
	note_path(q);
	keep_post(q);
	if (q->body.n != TOKEN_REQUEST_BYTES ||
	    blind_sign(lies.issuer, slice_of(q->body.p + 3, BLIND_BYTES),
		answer) != OK)
		return PROBLEM_TOKEN_REQUEST;
	p->content_type = "application/private-token-response";
	buf_put(&p->body, answer, sizeof(answer));
	return PROBLEM_NONE;
}

static enum problem
take_record(struct service *s, const struct req *q, struct resp *p)
{
	(void)s;
	(void)p;
	note_path(q);
	keep_post(q);
	return PROBLEM_UNAVAILABLE;
}

/* clang-format off */
static const struct route stand_in[] = {
	{ "GET", "/log/{path...}", give_log, CACHE_NEVER, HOST_ANY, 0, 0, 0, NULL },
	{ "GET", "/api/v1/objects/{hash}", give_object, CACHE_NEVER, HOST_ANY, 0, 0, 0, NULL },
	{ "GET", "/api/v1/spaces", give_list, CACHE_NEVER, HOST_ANY, 0, 0, 0, NULL },
	{ "GET", "/api/v1/spaces/{slug}/header", give_header, CACHE_NEVER, HOST_ANY, 0, 0, 0, NULL },
	{ "GET", "/api/v1/spaces/{slug}/form", give_form, CACHE_NEVER, HOST_ANY, 0, 0, 0, NULL },
	{ "GET", "/.well-known/private-token-issuer-directory", give_list, CACHE_NEVER, HOST_ANY, 0, 0, 0, NULL },
	{ "POST", "/token-request", issue, CACHE_NEVER, HOST_ANY, 0, 0, 1024, NULL },
	{ "POST", "/api/v1/records", take_record, CACHE_NEVER, HOST_ANY, 0, 0, 32768, NULL },
	{ NULL, NULL, NULL, CACHE_NEVER, HOST_ANY, 0, 0, 0, NULL },
};
/* clang-format on */

static struct http *server;
static char url[64];

static int
server_start(void **state)
{
	struct http_options o = {
		.listen = "127.0.0.1", .threads = 4, .table = stand_in
	};
	struct why why = { { 0 } };

	(void)state;
	if (http_start(NULL, &o, &server, &why) != OK)
		return -1;
	(void)snprintf(
	    url, sizeof(url), "http://127.0.0.1:%u", http_port(server));
	return 0;
}

static int
server_stop(void **state)
{
	http_stop(server);
	buf_free(&lies.paths);
	buf_free(&lies.list);
	return vec_free(state);
}

/* --- The log --------------------------------------------------------------*/

#define VOTERS 3
#define FILLER 300 /* entries between two batches: another bundle */

struct scene {
	struct forge *f;
	struct forge_space a, b;
	struct secret secret[VOTERS];
};

static void
list_space(const struct scene *x, const struct forge_space *s)
{
	char id[2 * HASH_BYTES + 1], form[2 * HASH_BYTES + 1];
	struct entry e;
	uint64_t first;

	for (first = 0; first < x->f->n_entries; first++)
		if (entry_parse(buf_slice(&x->f->entries[first].bytes), &e) ==
			OK &&
		    e.kind == ENTRY_HEADER && hash_equal(&e.space_id, &s->id))
			break;
	hex_encode(hash_slice(&s->id), id);
	hex_encode(hash_slice(&s->form_id), form);
	buf_printf(&lies.list,
	    "%s{\"first\":%llu,\"form_id\":\"%s\",\"kind\":\"ballot\","
	    "\"last\":%zu,\"phase\":\"open\",\"slug\":\"%s\","
	    "\"space_id\":\"%s\",\"titles\":{\"it\":\"Prova\"}}",
	    lies.list.n > 1 ? "," : "", (unsigned long long)first, form,
	    x->f->n_entries, s->slug, id);
}

static void
fill(struct forge *f)
{
	struct entry e = { .kind = ENTRY_BUNDLE };
	size_t i;

	for (i = 0; i < FILLER; i++) {
		e.object.b[0] = (uint8_t)i;
		(void)forge_entry(f, &e);
	}
}

/* Each of the voters in a bundle of her own. */
static void
votes_far_apart(struct scene *x)
{
	struct buf raw = { 0 };
	struct secret ss;
	size_t i;

	for (i = 0; i < VOTERS; i++) {
		random_bytes(x->secret[i].b, SECRET_BYTES);
		assert_int_equal(
		    derive_space_secret(&x->secret[i], &x->a.id, &ss), OK);
		assert_int_equal(derive_credential(&ss, PURPOSE_VOTE,
				     &x->f->voters[i].credential),
		    OK);
		attack_vote(x->f, &x->a, i, 0, 0x80, &raw);
		forge_batch(x->f, &x->a, 2300 + 300 * i, &raw, 1);
		fill(x->f);
	}
	buf_free(&raw);
}

/* Two spaces, the second with the token key number ${key}. */
static void
scene_new(struct scene *x, size_t key)
{
	memset(x, 0, sizeof(*x));
	x->f = forge_new("");
	x->a = (struct forge_space){
		.slug = "voto", .kind = SPACE_BALLOT, .issuers = 1
	};
	x->b = x->a;
	x->b.slug = "altro";
	x->b.first_key = key;
	forge_genesis(x->f);
	forge_header(x->f, &x->a);
	forge_form(x->f, &x->a);
	forge_header(x->f, &x->b);
	forge_form(x->f, &x->b);
}

static void
scene_serve(struct scene *x)
{
	size_t i;

	(void)snprintf(lies.dir, sizeof(lies.dir), "%s", forge_dir("client"));
	forge_write(x->f, lies.dir);
	lies.list.n = 0;
	lies.paths.n = 0;
	lies.n_posts = 0;
	for (i = 0; i < POSTS_MAX; i++)
		lies.post[i].n = 0;
	memset(&lies.other_header, 0, sizeof(lies.other_header));
	memset(&lies.other_form, 0, sizeof(lies.other_form));
	buf_str(&lies.list, "[");
	list_space(x, &x->b);
	list_space(x, &x->a);
	buf_str(&lies.list, "]");
	lies.issuer = forge_key(0);
}

static void
scene_end(struct scene *x)
{
	size_t i;

	for (i = 0; i < POSTS_MAX; i++)
		buf_free(&lies.post[i]);
	forge_clean(lies.dir);
	forge_free(x->f);
}

/* `partecipa resident ...`; the arguments are copied, as getopt wants. */
static int
resident(const char *const *args)
{
	char text[24][128], *argv[26] = { NULL };
	size_t n;

	for (n = 0; args[n] != NULL; n++) {
		(void)snprintf(text[n], sizeof(text[n]), "%s", args[n]);
		argv[n] = text[n];
	}
	return cmd_resident((int)n, argv);
}

static int
collect(const char *papers, const char *secret)
{
	const char *args[] = { "resident", "collect", "--server", url, "--code",
		"0123-4567-89AB-CDEF-GHJV", "--secret", secret, "--space",
		"voto", "--out", papers, NULL };
	struct roll_code code;
	char printed[25];

	/* A letter's code that anybody can make: its check character. */
	for (const char *c = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; *c != '\0';
	     c++) {
		(void)snprintf(
		    printed, sizeof(printed), "0123-4567-89AB-CDEF-GHJ%c", *c);
		if (roll_code_parse(slice_str(printed), &code) == OK)
			break;
	}
	args[5] = printed;
	return resident(args);
}

static int
asked_for(const char *path)
{
	return strstr(buf_text(&lies.paths), path) != NULL;
}

/* --- A18: a key for some only ---------------------------------------------*/

static void
A18_a_client_refuses_a_token_key_that_is_not_in_the_log(void **state)
{
	struct forge_space marked;
	struct forge *aside;
	char papers[400];
	struct scene x;

	(void)state;
	scene_new(&x, 1);
	/* The same space with another key, never logged. */
	aside = forge_new("");
	marked = x.a;
	marked.first_key = 2;
	forge_header(aside, &marked);
	forge_object_as(x.f, &marked.id,
	    buf_slice(&aside->objects[aside->n_objects - 1].bytes));
	scene_serve(&x);
	(void)snprintf(papers, sizeof(papers), "%s/papers", lies.dir);
	lies.other_header = marked.id;
	lies.issuer = forge_key(2);
	assert_int_equal(collect(papers, "new"), 1);
	assert_int_equal(lies.n_posts, 0);
	/* The logged header, and answers of the other key. */
	memset(&lies.other_header, 0, sizeof(lies.other_header));
	assert_int_equal(collect(papers, "new"), 1);
	assert_int_equal(lies.n_posts, 1);
	/* An honest server; nobody asks it which key is the right one. */
	lies.issuer = forge_key(0);
	assert_int_equal(collect(papers, "new"), 0);
	assert_int_equal(lies.n_posts, 2);
	assert_false(asked_for("private-token-issuer-directory"));
	forge_free(aside);
	scene_end(&x);
}

/* --- A19: another question for some ---------------------------------------*/

/* The form of ${s} otherwise. */
static void
form_altered(
    struct scene *x, const struct forge_space *s, unsigned how, struct hash *id)
{
	struct why why;
	struct buf text = { 0 };
	json_t *doc = NULL, *options;
	size_t i;

	for (i = 0; i < x->f->n_objects; i++)
		if (hash_equal(&x->f->objects[i].name, &s->form_id))
			assert_int_equal(
			    json_read(
				buf_slice(&x->f->objects[i].bytes), &doc, &why),
			    OK);
	assert_non_null(doc);
	options = json_object_get(doc, "options");
	if (how == 0) {
		/* Who votes for the first votes for the second. */
		json_array_insert(options, 0, json_array_get(options, 1));
		json_array_remove(options, 2);
	} else if (how == 1) {
		sample_edit(doc, "options.0.titles.it", "\"Un'altra cosa\"");
	} else {
		sample_edit(doc, "titles.de", "\"Eine andere Frage\"");
	}
	sample_text(doc, &text);
	forge_object(x->f, buf_slice(&text), id);
	json_decref(doc);
	buf_free(&text);
}

static void
A19_a_client_refuses_a_form_that_is_not_in_the_log(void **state)
{
	char papers[400];
	const char *vote[] = { "resident", "vote", "voto", "--papers", papers,
		"--server", url, "--choice", "1", NULL };
	struct hash altered[3];
	struct scene x;
	unsigned i;

	(void)state;
	scene_new(&x, 1);
	for (i = 0; i < 3; i++)
		form_altered(&x, &x.a, i, &altered[i]);
	scene_serve(&x);
	(void)snprintf(papers, sizeof(papers), "%s/papers", lies.dir);
	assert_int_equal(collect(papers, "new"), 0);
	for (i = 0; i < 3; i++) {
		lies.other_form = altered[i];
		assert_int_equal(resident(vote), 1);
		assert_int_equal(lies.n_posts, 1);
	}
	/* The logged one: it votes, though our server takes no record. */
	memset(&lies.other_form, 0, sizeof(lies.other_form));
	assert_int_equal(resident(vote), 1);
	assert_int_equal(lies.n_posts, 2);
	scene_end(&x);
}

/* --- A44: a key of two spaces ---------------------------------------------*/

static void
A44_a_client_refuses_a_token_key_of_two_spaces(void **state)
{
	char papers[400];
	struct scene x;

	(void)state;
	scene_new(&x, 0);
	scene_serve(&x);
	(void)snprintf(papers, sizeof(papers), "%s/papers", lies.dir);
	assert_int_equal(collect(papers, "new"), 1);
	assert_int_equal(lies.n_posts, 0);
	scene_end(&x);
	scene_new(&x, 1);
	scene_serve(&x);
	(void)snprintf(papers, sizeof(papers), "%s/papers", lies.dir);
	assert_int_equal(collect(papers, "new"), 0);
	assert_int_equal(lies.n_posts, 1);
	scene_end(&x);
}

/* --- A32: nothing is random but the salt of an ask ------------------------*/

/* Collect and vote with new papers and the secret in a file. */
static void
collect_and_vote(const char *name, const char *secret)
{
	char papers[400];
	const char *vote[] = { "resident", "vote", "voto", "--papers", papers,
		"--server", url, "--choice", "1,3", NULL };

	(void)snprintf(papers, sizeof(papers), "%s/%s", lies.dir, name);
	assert_int_equal(collect(papers, secret), 0);
	/* Our server takes no record, but we have seen it. */
	assert_int_equal(resident(vote), 1);
}

static void
A32_the_same_secret_sends_the_same_bytes(void **state)
{
	char path[400], code[35];
	struct secret secret;
	struct why why;
	struct scene x;

	(void)state;
	scene_new(&x, 1);
	scene_serve(&x);
	random_bytes(secret.b, sizeof(secret.b));
	recovery_print(CODE_MASTER, &secret, code);
	(void)snprintf(path, sizeof(path), "%s/secret", lies.dir);
	assert_int_equal(file_write(path, 0600, slice_str(code), &why), OK);
	collect_and_vote("one", path);
	collect_and_vote("two", path);
	assert_int_equal(lies.n_posts, 4);
	assert_int_equal(lies.post[0].n, TOKEN_REQUEST_BYTES);
	assert_bytes(buf_slice(&lies.post[0]), buf_slice(&lies.post[2]));
	assert_true(lies.post[1].n > RECORD_FIXED + BLIND_BYTES);
	assert_bytes(buf_slice(&lies.post[1]), buf_slice(&lies.post[3]));
	/* The salt is new each time, and in neither. */
	assert_string_not_equal(lies.authorization[0], lies.authorization[2]);
	assert_string_equal(lies.authorization[1], "");
	/* Another secret, other bytes. */
	secret.b[0] ^= 1;
	recovery_print(CODE_MASTER, &secret, code);
	assert_int_equal(file_write(path, 0600, slice_str(code), &why), OK);
	collect_and_vote("three", path);
	assert_memory_not_equal(
	    lies.post[0].p, lies.post[4].p, TOKEN_REQUEST_BYTES);
	assert_memory_not_equal(lies.post[1].p, lies.post[5].p, 200);
	scene_end(&x);
}

/* --- A43: whose vote is looked for ----------------------------------------*/

static void
check(const struct scene *x, size_t voter, struct buf *asked)
{
	char code[35];
	const char *args[] = { "resident", "check", "voto", "--recovery", code,
		"--server", url, NULL };

	recovery_print(CODE_MASTER, &x->secret[voter], code);
	lies.paths.n = 0;
	assert_int_equal(resident(args), 0);
	buf_put(asked, lies.paths.p, lies.paths.n);
	assert_non_null(buf_text(asked));
}

/* A second device asks for no more than that, and the form. */
static void
check_again(const struct scene *x, size_t voter, struct buf *asked)
{
	char code[35];
	const char *args[] = { "resident", "recreate", "voto", "--recovery",
		code, "--choice", "1", "--server", url, NULL };

	recovery_print(CODE_MASTER, &x->secret[voter], code);
	lies.paths.n = 0;
	assert_int_equal(resident(args), 1); /* of tokens that she never got */
	buf_put(asked, lies.paths.p, lies.paths.n);
	assert_non_null(buf_text(asked));
}

static void
A43_what_a_check_reads_does_not_tell_whose_vote_it_is(void **state)
{
	static const char *const may[] = { "/log/key\n", "/log/checkpoint\n",
		"/log/tile/", "/api/v1/spaces\n",
		"/api/v1/spaces/voto/header\n" };
	struct buf asked[VOTERS] = { { 0 }, { 0 }, { 0 } };
	struct buf again[VOTERS] = { { 0 }, { 0 }, { 0 } };
	const char *at;
	struct scene x;
	size_t i, k;

	(void)state;
	scene_new(&x, 1);
	votes_far_apart(&x);
	scene_serve(&x);
	assert_true(x.f->n_entries > VOTERS * FILLER);
	for (i = 0; i < VOTERS; i++) {
		check(&x, i, &asked[i]);
		assert_bytes(buf_slice(&asked[i]), buf_slice(&asked[0]));
		check_again(&x, i, &again[i]);
		assert_bytes(buf_slice(&again[i]), buf_slice(&again[0]));
	}
	/* All bundles of the space, and nothing but whole tiles. */
	for (at = buf_text(&asked[0]), k = 0; *at != '\0';
	     at = strchr(at, '\n') + 1) {
		for (i = 0; i < sizeof(may) / sizeof(may[0]); i++)
			if (strncmp(at, may[i], strlen(may[i])) == 0)
				break;
		assert_in_range(i, 0, sizeof(may) / sizeof(may[0]) - 1);
		k += strncmp(at, "/log/tile/entries/", 18) == 0;
	}
	assert_true(k >= (x.f->n_entries + TILE_WIDTH - 1) / TILE_WIDTH);
	for (i = 0; i < VOTERS; i++) {
		buf_free(&asked[i]);
		buf_free(&again[i]);
	}
	scene_end(&x);
}

/* --- A21: what is shown is not what is there -------------------------------*/

static struct slice
object_of(const struct forge *f, const struct hash *name)
{
	size_t i;

	for (i = 0; i < f->n_objects; i++)
		if (hash_equal(&f->objects[i].name, name))
			return buf_slice(&f->objects[i].bytes);
	fail_msg("no such object");
	return slice_of(NULL, 0);
}

/* Header and form of the first space. */
static void
documents(const struct scene *x, struct header **h, struct form **f)
{
	struct why why = { { 0 } };

	*h = NULL;
	*f = NULL;
	if (header_parse(object_of(x->f, &x->a.id), h, &why) != OK ||
	    form_parse(object_of(x->f, &x->a.form_id), *h, f, &why) != OK)
		fail_msg("%s", why.text);
}

/* The record of the first resident, as her device should make it. */
static void
honest(struct scene *x, uint32_t seq, const char *choice, struct buf *raw)
{
	uint8_t answer[BLIND_BYTES], token[BLIND_BYTES];
	struct wallet_ask ask;
	struct choices c;
	struct header *h;
	struct secret ss;
	struct form *f;
	uint32_t v[5];

	documents(x, &h, &f);
	assert_int_equal(derive_space_secret(&x->secret[0], &h->id, &ss), OK);
	assert_int_equal(wallet_ask(&ss, h, 0, PURPOSE_VOTE, &ask), OK);
	assert_int_equal(blind_sign(forge_key(0),
			     slice_of(ask.body + 3, BLIND_BYTES), answer),
	    OK);
	assert_int_equal(
	    wallet_finalize(&ss, h, 0, PURPOSE_VOTE, &ask, answer, token), OK);
	assert_int_equal(wallet_choose(f, choice, v, &c, NULL), OK);
	raw->n = 0;
	assert_int_equal(
	    wallet_ballot(&ss, h, f, seq, token, &c, raw, NULL), OK);
	form_free(f);
	header_free(h);
}

/* Her papers, with ${raw} as what was sent and a receipt that says so. */
static void
papers_of(struct scene *x, const struct buf *raw, const char *path)
{
	struct receipt receipt = { x->a.id, { { 0 } }, 2300 };
	struct papers_space *mine;
	struct papers *p = NULL;
	struct why why = { { 0 } };
	struct header *h;
	struct form *f;

	documents(x, &h, &f);
	assert_int_equal(papers_new(&x->secret[0], &p), OK);
	assert_non_null(mine = papers_space(p, h));
	buf_put(&mine->record, raw->p, raw->n);
	admit_leaf(buf_slice(raw), &receipt.leaf);
	assert_int_equal(receipt_sign(&receipt, FORGE_ORIGIN "/receipt",
			     &x->f->receipt, &mine->receipt),
	    OK);
	if (papers_save(p, path, &why) != OK)
		fail_msg("%s", why.text);
	papers_free(p);
	form_free(f);
	header_free(h);
}

/* A log in which hers are the records ${logged}, one batch each. */
static void
her_log(struct scene *x, int sealed, const char *const *logged)
{
	struct buf raw = { 0 };
	uint32_t seq;

	scene_new(x, 1);
	if (sealed) {
		forge_free(x->f);
		x->f = forge_new("");
		x->a.sealed = 1;
		forge_genesis(x->f);
		forge_header(x->f, &x->a);
		forge_form(x->f, &x->a);
		forge_header(x->f, &x->b);
		forge_form(x->f, &x->b);
	}
	memset(&x->secret[0], 7, sizeof(x->secret[0]));
	for (seq = 0; logged[seq] != NULL; seq++) {
		honest(x, seq, logged[seq], &raw);
		forge_batch(x->f, &x->a, 2300 + 300 * seq, &raw, 1);
	}
	scene_serve(x);
	buf_free(&raw);
}

static int
recreate(const struct scene *x, int master, const char *choice)
{
	char code[35];
	const char *args[] = { "resident", "recreate", "voto", "--recovery",
		code, "--choice", choice, "--server", url, NULL };
	struct secret ss;

	assert_int_equal(derive_space_secret(&x->secret[0], &x->a.id, &ss), OK);
	recovery_print(master ? CODE_MASTER : CODE_SPACE,
	    master ? &x->secret[0] : &ss, code);
	return resident(args);
}

/* What she sent was "1"; what does a check say of a log with ${logged}? */
static int
check_papers(struct scene *x, const char *receipted)
{
	char papers[400], evidence[400];
	const char *args[] = { "resident", "check", "voto", "--papers", papers,
		"--server", url, "--now", "4000000", "--evidence", evidence,
		NULL };
	struct buf raw = { 0 };

	(void)snprintf(papers, sizeof(papers), "%s/mine", lies.dir);
	(void)snprintf(evidence, sizeof(evidence), "%s/evidence", lies.dir);
	honest(x, 0, receipted, &raw);
	papers_of(x, &raw, papers);
	buf_free(&raw);
	return resident(args) + 10 * file_exists(evidence);
}

static void
swapped(int sealed)
{
	static const char *const none[] = { NULL };
	static const char *const hers[] = { "1", NULL };
	static const char *const other[] = { "2", NULL };
	static const char *const replaced[] = { "1", "2", NULL };
	struct scene x;

	/* All is well. */
	her_log(&x, sealed, hers);
	assert_int_equal(check_papers(&x, "1"), 0);
	assert_int_equal(recreate(&x, 1, "1"), 0);
	assert_int_equal(recreate(&x, 0, "1"), 0);
	assert_int_equal(recreate(&x, 1, "2"), 1);
	scene_end(&x);
	/* Dropped, the receipt being right: evidence. */
	her_log(&x, sealed, none);
	assert_int_equal(check_papers(&x, "1"), 11);
	assert_int_equal(recreate(&x, 1, "1"), 1);
	scene_end(&x);
	/* Her device sent another one and shows the receipt of hers... */
	her_log(&x, sealed, other);
	assert_int_equal(check_papers(&x, "1"), 11);
	/* ...or that of the one it sent: only her choices tell. */
	assert_int_equal(check_papers(&x, "2") % 10, 0);
	assert_int_equal(recreate(&x, 1, "1"), 1);
	assert_int_equal(recreate(&x, 1, "2"), 0);
	scene_end(&x);
	/* It replaced hers later. */
	her_log(&x, sealed, replaced);
	assert_int_equal(check_papers(&x, "1") % 10, 1);
	assert_int_equal(recreate(&x, 1, "1"), 1);
	assert_int_equal(recreate(&x, 1, "2"), 0);
	scene_end(&x);
}

static void
A21_a_swapped_ballot_is_noticed_whatever_the_receipt_says(void **state)
{
	(void)state;
	swapped(0);
}

static void
A21_a_swapped_sealed_ballot_is_noticed(void **state)
{
	(void)state;
	swapped(1);
}

/* --- A8: another key for sealing, for one of them
 * ---------------------------*/

/* What is wrong with the form that is logged. */
enum wrong {
	WRONG_NOTHING,
	WRONG_KEY,	  /* Y of whoever wants to read */
	WRONG_SHARE,	  /* of a trustee */
	WRONG_CEREMONY,	  /* a whole one, of trustees that nobody named */
	WRONG_TRANSCRIPT, /* one byte of it */
	WRONG_GONE,	  /* no transcript */
	WRONG_SIGNATURE,  /* a trustee's, of another form */
	WRONG_COUNT,	  /* one of the signatures is missing */
};

/* A ceremony of others, for the same space. */
static void
others_seal(struct scene *x, json_t *doc)
{
	struct trustees others;
	struct ceremony all;
	struct header *h;
	struct hash name;
	struct form *f;
	size_t i;

	documents(x, &h, &f);
	form_free(f);
	trustees_begin(&others, h, 1);
	for (i = 0; i < h->n_trustees; i++) {
		sign_key_random(&others.id[i]);
		h->trustees[i] = others.id[i].pk;
	}
	for (i = CEREMONY_COMMIT; i <= CEREMONY_ACCEPT; i++)
		trustees_round(&others, (enum ceremony_round)i);
	trustees_all(&others, &all);
	assert_int_equal(
	    ceremony_transcript_put(&all, h, &others.transcript, NULL), OK);
	assert_int_equal(
	    ceremony_transcript_parse(
		buf_slice(&others.transcript), h, &others.keys, NULL),
	    OK);
	trustees_seal(&others, doc);
	forge_object(x->f, buf_slice(&others.transcript), &name);
	trustees_free(&others);
	header_free(h);
}

static void
seal_altered(struct scene *x, enum wrong wrong, json_t *doc)
{
	char hex[2 * POINT_BYTES + 3] = "\"";
	struct scalar mine;
	struct point p;

	scalar_random(&mine);
	assert_int_equal(point_base(&mine, &p), OK);
	hex_encode(point_slice(&p), hex + 1);
	memcpy(hex + 65, "\"", 2);
	if (wrong == WRONG_KEY)
		sample_edit(doc, "seal.key", hex);
	if (wrong == WRONG_SHARE)
		sample_edit(doc, "seal.shares.1", hex);
	if (wrong == WRONG_CEREMONY)
		others_seal(x, doc);
}

static struct forge_bytes *
transcript_of(const struct scene *x)
{
	size_t i;

	for (i = 0; i < x->f->n_objects; i++)
		if (hash_equal(&x->f->objects[i].name,
			&x->f->trustees.keys.transcript))
			return &x->f->objects[i];
	fail_msg("no transcript");
	return NULL;
}

/* In place of the last entry, which logs the right form. */
static void
form_again(struct scene *x, enum wrong wrong)
{
	struct entry e = { .kind = ENTRY_FORM };
	struct buf text = { 0 };
	json_t *doc = NULL;
	struct slice id;
	size_t i;

	assert_int_equal(
	    json_read(object_of(x->f, &x->a.form_id), &doc, NULL), OK);
	seal_altered(x, wrong, doc);
	sample_text(doc, &text);
	forge_object(x->f, buf_slice(&text), &x->a.form_id);
	buf_free(&x->f->entries[--x->f->n_entries].bytes);
	e.space_id = x->a.id;
	e.object = x->a.form_id;
	id = hash_slice(&e.object);
	e.n_trustees = 3 - (wrong == WRONG_COUNT);
	for (i = 0; i < e.n_trustees; i++)
		assert_int_equal(sign_dst(&x->f->trustees.id[i], "form", &id, 1,
				     &e.trustee_sigs[i]),
		    OK);
	if (wrong == WRONG_SIGNATURE)
		e.trustee_sigs[2].b[40] ^= 1;
	(void)forge_entry(x->f, &e);
	if (wrong == WRONG_TRANSCRIPT)
		transcript_of(x)->bytes.p[200] ^= 1;
	if (wrong == WRONG_GONE)
		transcript_of(x)->name.b[0] ^= 1;
	json_decref(doc);
	buf_free(&text);
}

static void
A8_a_client_seals_with_the_key_of_the_logged_ceremony_only(void **state)
{
	char papers[400];
	const char *vote[] = { "resident", "vote", "voto", "--papers", papers,
		"--server", url, "--choice", "1", NULL };
	struct scene x;
	unsigned wrong;

	(void)state;
	for (wrong = WRONG_NOTHING; wrong <= WRONG_COUNT; wrong++) {
		memset(&x, 0, sizeof(x));
		x.f = forge_new("");
		x.a = (struct forge_space){ .slug = "voto",
			.kind = SPACE_BALLOT,
			.issuers = 1,
			.sealed = 1 };
		forge_genesis(x.f);
		forge_header(x.f, &x.a);
		forge_form(x.f, &x.a);
		form_again(&x, (enum wrong)wrong);
		x.b = (struct forge_space){ .slug = "altro",
			.kind = SPACE_BALLOT,
			.first_key = 1,
			.issuers = 1 };
		forge_header(x.f, &x.b);
		forge_form(x.f, &x.b);
		scene_serve(&x);
		(void)snprintf(papers, sizeof(papers), "%s/papers", lies.dir);
		assert_int_equal(collect(papers, "new"), 0);
		assert_int_equal(lies.n_posts, 1);
		assert_int_equal(resident(vote), 1);
		/* Our server takes no record; one was sent only if all is well.
		 */
		assert_int_equal(lies.n_posts, 1 + (wrong == WRONG_NOTHING));
		scene_end(&x);
	}
}

/* --- A39: no derived secret says anything about another -------------------*/

#define OUTPUTS 64

struct output {
	uint8_t b[BLIND_BYTES];
	size_t n;
};

static size_t
put_output(struct output *list, size_t n, const void *p, size_t bytes)
{
	assert_true(n < OUTPUTS && bytes <= BLIND_BYTES);
	memcpy(list[n].b, p, bytes);
	list[n].n = bytes;
	return n + 1;
}

/* Everything that can be derived of one secret, ids and seqs being equal. */
static size_t
all_outputs(struct output *list)
{
	/* The letter's code has the same bytes as the secret where it can. */
	struct roll_code code = { "0123456789ABCDEFGHJ0" };
	struct hash id = { "an id that is used everywhere..." };
	uint8_t out[BLIND_BYTES], seed[SEED_BYTES], context[64];
	struct secret master, ss;
	struct sign_key k;
	size_t n = 0;
	uint32_t i;

	memcpy(master.b, code.c, sizeof(master.b));
	assert_int_equal(derive_roll_key(&code, &k), OK);
	sign_key_seed(&k, seed);
	n = put_output(list, n, seed, sizeof(seed));
	assert_int_equal(derive_space_secret(&master, &id, &ss), OK);
	n = put_output(list, n, ss.b, sizeof(ss.b));
	/* Of the same bytes, whatever a careless caller gave. */
	for (i = 1; i <= PURPOSE_MAX; i++) {
		assert_int_equal(
		    derive_credential(&master, (enum purpose)i, &k), OK);
		sign_key_seed(&k, seed);
		n = put_output(list, n, seed, sizeof(seed));
		assert_int_equal(derive_content_salt(&master, (enum purpose)i,
				     &id, 0, &id, out),
		    OK);
		n = put_output(list, n, out, 16);
	}
	assert_int_equal(derive_pss_salt(&master, &id, out), OK);
	n = put_output(list, n, out, BLIND_SALT);
	for (i = 0; i < 4; i++) {
		assert_int_equal(derive_blind(&master, &id, i, out), OK);
		n = put_output(list, n, out, BLIND_BYTES);
		assert_int_equal(derive_content_salt(&master, PURPOSE_VOTE, &id,
				     i + 1, &id, out),
		    OK);
		n = put_output(list, n, out, 16);
	}
	assert_int_equal(derive_seal(&master, &id, 0, id.b, &id, out), OK);
	n = put_output(list, n, out, 64);
	memset(context, 0, sizeof(context));
	assert_int_equal(derive_pok(&master, context, out), OK);
	return put_output(list, n, out, 64);
}

/* Nonzero iff eight bytes of ${a} stand anywhere in ${b}. */
static int
shares(const struct output *a, const struct output *b)
{
	size_t i, k;

	for (i = 0; i + 8 <= a->n; i++)
		for (k = 0; k + 8 <= b->n; k++)
			if (memcmp(a->b + i, b->b + k, 8) == 0)
				return 1;
	return 0;
}

static void
A39_no_derived_secret_begins_or_holds_another(void **state)
{
	struct output list[OUTPUTS];
	size_t i, k, n;

	(void)state;
	n = all_outputs(list);
	assert_int_equal(n, 2 + 2 * PURPOSE_MAX + 1 + 8 + 2);
	for (i = 0; i < n; i++)
		for (k = 0; k < n; k++)
			assert_false(i != k && shares(&list[i], &list[k]));
	/* The public salt was the head of the blinding factor once. */
	memcpy(list[1].b, list[n - 4].b, list[1].n);
	assert_true(shares(&list[1], &list[n - 4]));
}

static void
A39_every_label_has_one_length_and_begins_no_other(void **state)
{
	/* Those of PROTOCOL 5 and 7, and of a trustee's own files. */
	static const char *const labels[] = { "roll", "space", "sign",
		"pss-salt", "blind", "content", "seal", "pok",
		"trustee-ceremony" };
	const char *a, *b;
	size_t i, k;

	(void)state;
	assert_int_equal(derive_count, sizeof(labels) / sizeof(labels[0]));
	for (i = 0; i < derive_count; i++) {
		a = derive_table[i].label;
		assert_string_equal(a, labels[i]);
		for (k = 0; k < derive_count; k++) {
			b = derive_table[k].label;
			assert_false(
			    i != k && (strncmp(a, b, strlen(a)) == 0 ||
					  strncmp(b, a, strlen(b)) == 0));
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    A18_a_client_refuses_a_token_key_that_is_not_in_the_log),
		cmocka_unit_test(
		    A19_a_client_refuses_a_form_that_is_not_in_the_log),
		cmocka_unit_test(
		    A44_a_client_refuses_a_token_key_of_two_spaces),
		cmocka_unit_test(A32_the_same_secret_sends_the_same_bytes),
		cmocka_unit_test(
		    A43_what_a_check_reads_does_not_tell_whose_vote_it_is),
		cmocka_unit_test(
		    A21_a_swapped_ballot_is_noticed_whatever_the_receipt_says),
		cmocka_unit_test(A21_a_swapped_sealed_ballot_is_noticed),
		cmocka_unit_test(
		    A8_a_client_seals_with_the_key_of_the_logged_ceremony_only),
		cmocka_unit_test(A39_no_derived_secret_begins_or_holds_another),
		cmocka_unit_test(
		    A39_every_label_has_one_length_and_begins_no_other),
	};

	return cmocka_run_group_tests(tests, server_start, server_stop);
}
