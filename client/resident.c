#include <string.h>

#include "admit.h"
#include "wipe.h"

#include "resident.h"

void
resident_secret_random(struct secret *out)
{
	random_bytes(out->b, sizeof(out->b));
}

/* One ask: of whom, for what, by whom. */
struct asking {
	struct api *api;
	const struct header *h;
	enum purpose purpose;
	const struct sign_key *roll;
	const struct secret *ss;
};

static enum err
collect_one(const struct asking *q, size_t issuer, const struct hash *factor,
    uint8_t out[static BLIND_BYTES], struct why *why)
{
	const struct issuer *from = &q->h->issuers[issuer];
	uint8_t salt[64], blind_sig[BLIND_BYTES];
	struct buf authorization = { 0 };
	struct wallet_ask ask;
	enum err r;

	/* The salt hides what was asked; it is drawn anew and never kept. */
	random_bytes(salt, sizeof(salt));
	if ((r = wallet_ask(q->ss, q->h, issuer, q->purpose, &ask)) != OK ||
	    (r = wallet_authorization(q->roll, q->h, issuer, q->purpose, &ask,
		 salt, factor, &authorization)) != OK)
		goto out;
	if (buf_text(&authorization) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	if ((r = api_token_request(q->api, from->url, ask.body,
		 buf_text(&authorization), blind_sig, why)) != OK)
		goto out;
	if (wallet_finalize(
		q->ss, q->h, issuer, q->purpose, &ask, blind_sig, out) != OK)
		r = why_say(why, ERR_SIGNATURE,
		    "the issuer %s answered with a token that does not verify; "
		    "keep your letter and tell an auditor",
		    from->name);

out:
	wipe(salt, sizeof(salt));
	wipe(&ask, sizeof(ask));
	buf_free(&authorization);
	return r;
}

enum err
resident_collect(struct api *a, const struct header *h, enum purpose purpose,
    const struct sign_key *roll, const struct secret *ss,
    const struct hash *factors, struct buf *tokens, struct why *why)
{
	const struct asking q = { a, h, purpose, roll, ss };
	uint8_t all[RECORD_ISSUERS_MAX * BLIND_BYTES];
	const struct hash *factor;
	enum err r = OK;
	size_t i;

	for (i = 0; i < h->n_issuers; i++) {
		factor = NULL;
		if (h->issuers[i].factor != FACTOR_NONE) {
			if (factors == NULL)
				return why_say(why, ERR_FORBIDDEN,
				    "the issuer %s asks for a second factor "
				    "(%s) too",
				    h->issuers[i].name,
				    factor_kind_name(h->issuers[i].factor));
			factor = &factors[i];
		}
		if ((r = collect_one(
			 &q, i, factor, all + i * BLIND_BYTES, why)) != OK)
			return r;
	}
	buf_put(tokens, all, h->n_issuers * BLIND_BYTES);
	wipe(all, sizeof(all));
	return buf_end(tokens);
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
