#include <stdlib.h>
#include <string.h>

#include "admit.h"
#include "base64.h"
#include "hex.h"
#include "wipe.h"

#include "resident.h"

void
resident_secret_random(struct secret *out)
{
	random_bytes(out->b, sizeof(out->b));
}

/* What passes between a resident and one issuer. */
struct exchange {
	const struct resident_ask *q;
	size_t issuer;
	enum purpose purpose;
	struct wallet_ask ask;
	uint8_t salt[64];
	struct buf authorization;
	int answered;
	uint8_t blind_sig[BLIND_BYTES];
};

/* What is the matter may lie with her. */
static int
is_ordinary(const char *problem)
{
	static const char *const names[] = { "factor", "factor-locked",
		"issuance-closed", "code-replaced", NULL };
	size_t i;

	for (i = 0; names[i] != NULL; i++) {
		if (strcmp(names[i], problem) == 0)
			return 1;
	}
	return 0;
}

static json_t *
b64(const void *p, size_t n)
{
	struct buf b = { 0 };
	json_t *j = NULL;

	base64_put(&b, BASE64_URL, slice_of(p, n));
	if (buf_text(&b) != NULL)
		j = json_string(buf_text(&b));
	buf_free(&b);
	return j;
}

static json_t *
hex(const struct hash *h)
{
	char text[2 * HASH_BYTES + 1];

	hex_encode(hash_slice(h), text);
	return json_string(text);
}

/* The blinded message does not tell what was blinded; the factor stays out. */
static void
keep_evidence(const struct exchange *x)
{
	const struct header *h = x->q->header;
	const struct issuer *from = &h->issuers[x->issuer];
	struct ledger_row row = { .roll_pk = x->q->roll->pk };
	const struct hash *id = &from->keys[x->purpose].key_id;
	char *text = NULL;
	json_t *doc;

	if (x->q->evidence == NULL ||
	    (!x->answered && is_ordinary(x->q->api->problem)))
		return;
	ledger_ask_commit(x->salt, x->ask.body + 3, &row.c);
	if (ledger_ask_sign(x->q->roll, &h->id, id, &row.c, &row.sig) != OK)
		return;
	doc = json_pack("{s:s, s:s, s:s, s:s, s:I, s:s}", "about",
	    x->answered ? "an answer that is no valid signature"
			: "a request that was not granted",
	    "issuer", from->name, "url", from->url, "problem",
	    x->q->api->problem, "status", (json_int_t)x->q->api->status,
	    "purpose", purpose_name(x->purpose));
	if (doc != NULL &&
	    json_object_set_new(doc, "space_id", hex(&h->id)) == 0 &&
	    json_object_set_new(doc, "token_key_id", hex(id)) == 0 &&
	    json_object_set_new(doc, "roll_pk", b64(row.roll_pk.b, 32)) == 0 &&
	    json_object_set_new(doc, "salt", b64(x->salt, 64)) == 0 &&
	    json_object_set_new(doc, "sig", b64(row.sig.b, 64)) == 0 &&
	    json_object_set_new(
		doc, "request", b64(x->ask.body, sizeof(x->ask.body))) == 0 &&
	    json_object_set_new(doc, "answer",
		b64(x->blind_sig, x->answered ? BLIND_BYTES : 0)) == 0)
		text = json_dumps(doc, JSON_INDENT(2) | JSON_SORT_KEYS);
	if (text != NULL) {
		buf_str(x->q->evidence, text);
		buf_str(x->q->evidence, "\n");
	}
	free(text);
	json_decref(doc);
}

static enum err
collect_one(
    struct exchange *x, uint8_t out[static BLIND_BYTES], struct why *why)
{
	const struct resident_ask *q = x->q;
	const struct issuer *from = &q->header->issuers[x->issuer];
	const struct hash *factor =
	    from->factor != FACTOR_NONE ? &q->factors[x->issuer] : NULL;
	enum err r;

	/* The salt hides what was asked; it is drawn anew and never kept. */
	random_bytes(x->salt, sizeof(x->salt));
	if ((r = wallet_ask(
		 q->ss, q->header, x->issuer, x->purpose, &x->ask)) != OK ||
	    (r = wallet_authorization(q->roll, q->header, x->issuer, x->purpose,
		 &x->ask, x->salt, factor, &x->authorization)) != OK)
		return r;
	if (buf_text(&x->authorization) == NULL)
		return ERR_NOMEM;
	r = api_token_request(q->api, from->url, x->ask.body,
	    buf_text(&x->authorization), x->blind_sig, why);
	if (r != OK) {
		if (q->header->n_issuers > 1)
			why_prefix(why, "issuer %zu (%s): ", x->issuer + 1,
			    from->name);
		keep_evidence(x);
		return r;
	}
	x->answered = 1;
	if (wallet_finalize(q->ss, q->header, x->issuer, x->purpose, &x->ask,
		x->blind_sig, out) == OK)
		return OK;
	keep_evidence(x);
	return why_say(why, ERR_SIGNATURE,
	    "the issuer %s answered with a token that does not verify; "
	    "keep your letter and tell an auditor",
	    from->name);
}

enum err
resident_collect(const struct resident_ask *q, enum purpose purpose,
    struct buf *tokens, struct why *why)
{
	uint8_t all[RECORD_ISSUERS_MAX * BLIND_BYTES];
	const struct header *h = q->header;
	struct exchange *x;
	enum err r = OK;
	size_t i;

	for (i = 0; i < h->n_issuers; i++) {
		if (h->issuers[i].factor != FACTOR_NONE && q->factors == NULL)
			return why_say(why, ERR_FORBIDDEN,
			    "the issuer %s asks for a second factor (%s) too",
			    h->issuers[i].name,
			    factor_kind_name(h->issuers[i].factor));
	}
	if ((x = calloc(1, sizeof(*x))) == NULL)
		return ERR_NOMEM;
	for (i = 0; i < h->n_issuers && r == OK; i++) {
		memset(x, 0, sizeof(*x));
		x->q = q;
		x->issuer = i;
		x->purpose = purpose;
		r = collect_one(x, all + i * BLIND_BYTES, why);
		buf_free(&x->authorization);
	}
	wipe(x, sizeof(*x));
	free(x);
	if (r == OK) {
		buf_put(tokens, all, h->n_issuers * BLIND_BYTES);
		r = buf_end(tokens);
	}
	wipe(all, sizeof(all));
	return r;
}

enum err
resident_record(const struct secret *ss, const struct header *h,
    const struct form *f, uint32_t seq, const uint8_t *tokens,
    const struct choices *choices, struct buf *out, struct why *why)
{
	return wallet_ballot(ss, h, f, seq, tokens, choices, out, why);
}

enum err
resident_receipt_check(struct slice text, const struct header *h,
    struct slice raw, const struct note_key *key, struct receipt *out,
    struct why *why)
{
	struct receipt receipt;
	struct hash leaf;
	enum err r;

	admit_leaf(raw, &leaf);
	if ((r = receipt_open(text, key, &leaf, &receipt)) != OK)
		return why_say(why, ERR_SIGNATURE, "%s",
		    r == ERR_CONFLICT
			? "the receipt is of another record"
			: "the receipt is not signed by this server's key");
	if (!hash_equal(&receipt.space_id, &h->id) ||
	    !header_is_window_end(h, receipt.window_end))
		return why_say(why, ERR_SIGNATURE,
		    "the receipt names another space or no window of this one");
	*out = receipt;
	return OK;
}

enum err
resident_send(struct api *a, const struct header *h, struct slice raw,
    const struct note_key *key, struct resident_receipt *out, struct why *why)
{
	struct resident_receipt got;
	enum err r;

	memset(&got, 0, sizeof(got));
	if ((r = api_record(
		 a, h->cast_url, raw, &got.text, &got.repeat, why)) != OK)
		goto out;
	if ((r = resident_receipt_check(
		 buf_slice(&got.text), h, raw, key, &got.receipt, why)) != OK) {
		why_prefix(why, "the server took the record, but: ");
		goto out;
	}
	*out = got;
	memset(&got, 0, sizeof(got));

out:
	buf_free(&got.text);
	return r;
}
