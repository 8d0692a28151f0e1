#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "derive.h"
#include "json.h"
#include "staff.h"
#include "wipe.h"

#include "duo.h"
#include "forge.h"

#define MUST(x) must((x), #x, __LINE__)
static void
must(int held, const char *what, int line)
{
	if (held)
		return;
	fprintf(stderr, "tests/duo.c:%d: %s\n", line, what);
	abort();
}

static struct http *
serve(struct service *s, const struct route *table, unsigned port,
    char url[static DUO_URL])
{
	struct http_options o = { .listen = "127.0.0.1",
		.port = port,
		.threads = 24,
		.table = table };
	struct why why = { { 0 } };
	struct http *h = NULL;

	if (http_start(s, &o, &h, &why) != OK) {
		fprintf(stderr, "%s\n", why.text);
		abort();
	}
	(void)snprintf(url, DUO_URL, "http://127.0.0.1:%u", http_port(h));
	return h;
}

void
duo_log_serve(struct duo *d)
{
	unsigned port = 0;

	if (d->url[0] != '\0')
		port = (unsigned)strtoul(strrchr(d->url, ':') + 1, NULL, 10);
	d->http = serve(d->town.service, NULL, port, d->url);
}

void
duo_log_stop(struct duo *d)
{
	http_stop(d->http);
	d->http = NULL;
}

enum err
duo_issuer_open(struct duo *d, struct why *why)
{
	struct service_options o = {
		.dir = d->dir, .clock = d->town.clock, .issuer = 1
	};
	struct why w = { { 0 } };
	enum err r = service_open(&o, &d->issuer, why != NULL ? why : &w);

	if (r != OK && why == NULL)
		fprintf(stderr, "%s\n", w.text);
	if (r != OK)
		return r;
	d->issuer_http =
	    serve(d->issuer, routes_issuer, d->port, d->issuer_url);
	d->port = http_port(d->issuer_http);
	return OK;
}

void
duo_issuer_shut(struct duo *d)
{
	http_stop(d->issuer_http);
	d->issuer_http = NULL;
	service_close(d->issuer);
	d->issuer = NULL;
}

void
duo_new(struct duo *d)
{
	struct issuer_genesis g = { .host = DUO_HOST };
	struct why why = { { 0 } };
	struct buf key = { 0 };
	size_t i;

	memset(d, 0, sizeof(*d));
	town_new(&d->town);
	duo_log_serve(d);
	datadir_new(d->dir);
	MUST(service_vkey(d->town.service, &key) == OK);
	key.p[key.n - 1] = '\0'; /* the newline */
	g.dir = d->dir;
	g.log = d->url;
	g.key = (const char *)key.p;
	if (issuer_init(&g, &why) != OK) {
		fprintf(stderr, "%s\n", why.text);
		abort();
	}
	MUST(duo_issuer_open(d, NULL) == OK);
	for (i = 0; i < TOWN_VOTERS; i++)
		resident_secret_random(&d->secrets[i]);
	buf_free(&key);
}

void
duo_free(struct duo *d)
{
	duo_issuer_shut(d);
	duo_log_stop(d);
	*strrchr(d->dir, '/') = '\0';
	forge_clean(d->dir);
	town_free(&d->town);
}

/* --- Spaces ----------------------------------------------------------------*/

void
duo_keys(struct duo *d, const char *slug, struct buf *out)
{
	struct buf json = { 0 }, want = { 0 };
	struct why why = { { 0 } };
	char *keys;
	json_t *doc;

	buf_printf(&want, "{\"slug\":\"%s\",\"purposes\":[\"vote\"]}", slug);
	MUST(service_keys_make(d->issuer, buf_slice(&want), &json, &why) ==
	     PROBLEM_NONE);
	MUST(json_read(buf_slice(&json), &doc, &why) == OK);
	MUST((keys = json_dumps(json_object_get(doc, "keys"), 0)) != NULL);
	buf_printf(out,
	    "{\"factor\":\"none\",\"keys\":%s,\"name\":\"" DUO_HOST
	    "\",\"url\":\"%s\"}",
	    keys, d->issuer_url);
	MUST(buf_text(out) != NULL);
	free(keys);
	json_decref(doc);
	buf_free(&json);
	buf_free(&want);
}

struct space *
duo_space(struct duo *d, const char *slug, const char *const *edits)
{
	const char *all[32] = { "issuers.1" };
	struct buf issuer = { 0 };
	struct space *sp;
	size_t n = 2;

	duo_keys(d, slug, &issuer);
	all[1] = buf_text(&issuer);
	for (; edits != NULL && *edits != NULL; edits += 2) {
		MUST(n + 3 < sizeof(all) / sizeof(all[0]));
		all[n++] = edits[0];
		all[n++] = edits[1];
	}
	sp = town_space(&d->town, slug, all);
	buf_free(&issuer);
	return sp;
}

/* --- Residents -------------------------------------------------------------*/

static void
space_secret(
    const struct duo *d, const struct space *sp, size_t who, struct secret *ss)
{
	MUST(derive_space_secret(&d->secrets[who], &sp->header->id, ss) == OK);
}

enum err
duo_collect(struct duo *d, const struct space *sp, size_t who,
    const struct sign_key *roll, struct buf *tokens, long *status,
    struct why *why)
{
	struct resident_ask q = { .api = NULL };
	struct secret ss;
	struct api *a;
	enum err r;

	space_secret(d, sp, who, &ss);
	MUST(api_open(d->url, &a, why) == OK);
	q.api = a;
	q.header = sp->header;
	q.roll = roll != NULL ? roll : &d->town.voters[who].roll;
	q.ss = &ss;
	r = resident_collect(&q, PURPOSE_VOTE, tokens, why);
	*status = a->status;
	api_free(a);
	return r;
}

long
duo_ask(struct duo *d, const struct space *sp, size_t issuer, size_t who,
    const struct sign_key *roll, uint8_t token[static BLIND_BYTES],
    struct why *why)
{
	uint8_t salt[64], blind_sig[BLIND_BYTES];
	struct buf authorization = { 0 };
	struct wallet_ask ask;
	struct secret ss;
	struct api *a;
	long status;

	space_secret(d, sp, who, &ss);
	random_bytes(salt, sizeof(salt));
	if (roll == NULL)
		roll = &d->town.voters[who].roll;
	MUST(api_open(d->url, &a, why) == OK);
	MUST(wallet_ask(&ss, sp->header, issuer, PURPOSE_VOTE, &ask) == OK);
	MUST(wallet_authorization(roll, sp->header, issuer, PURPOSE_VOTE, &ask,
		 salt, NULL, &authorization) == OK);
	if (api_token_request(a, sp->header->issuers[issuer].url, ask.body,
		buf_text(&authorization), blind_sig, why) == OK)
		MUST(wallet_finalize(&ss, sp->header, issuer, PURPOSE_VOTE,
			 &ask, blind_sig, token) == OK);
	status = a->status;
	api_free(a);
	buf_free(&authorization);
	return status;
}

enum problem
duo_vote(struct duo *d, const struct space *sp, size_t who, uint32_t seq,
    const struct buf *tokens, struct why *why)
{
	uint32_t v[8] = { 0 };
	struct buf raw = { 0 };
	struct choices choices;
	struct secret ss;
	uint64_t window;
	enum problem p;
	int repeat;

	space_secret(d, sp, who, &ss);
	MUST(wallet_choose(sp->form, "1", v, &choices, why) == OK);
	MUST(wallet_ballot(&ss, sp->header, sp->form, seq,
		 tokens != NULL ? tokens->p : NULL, &choices, &raw, why) == OK);
	p = town_cast(&d->town, buf_slice(&raw), &window, &repeat, why);
	buf_free(&raw);
	return p;
}

/* --- Staff -----------------------------------------------------------------*/

long
duo_change(struct duo *d, enum roll_action action,
    const struct sign_key *old_key, const struct sign_key *new_key,
    const struct space *sp, struct why *why)
{
	struct roll_change c = { .action = action, .method = ROLL_DESK };
	struct staff_key key = { .key = d->town.registrar };
	struct buf b = { 0 };
	struct api *a;
	long status;

	if (old_key != NULL)
		c.old_pk = old_key->pk;
	if (new_key != NULL)
		c.new_pk = new_key->pk;
	if (sp != NULL)
		c.space_id = sp->header->id;
	roll_change_put(&b, &c);
	key.request = d->town.n += 10;
	MUST(api_open(d->url, &a, why) == OK);
	(void)!api_staff(a, &key, "POST", "changes", buf_slice(&b), NULL, why);
	status = a->status;
	api_free(a);
	buf_free(&b);
	return status;
}
