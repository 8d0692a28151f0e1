/* The second-device check: is a record what its owner's secret gives? */
#include <string.h>

#include "wallet.h"

static int
same(const uint8_t *a, const uint8_t *b, size_t n)
{
	return memcmp(a, b, n) == 0;
}

/* Where two bodies of one form differ. */
static enum wallet_difference
body_difference(const struct form *f, struct slice a, struct slice b)
{
	struct sealed_body x, y;

	if (slice_equal(a, b))
		return WALLET_SAME;
	if (!f->sealed || sealed_body_parse(a, &x) != OK ||
	    sealed_body_parse(b, &y) != OK || !same(x.r, y.r, sizeof(x.r)))
		return WALLET_CHOICES;
	return slice_equal(x.ct, y.ct) ? WALLET_PROOF : WALLET_CIPHERTEXT;
}

/*
 * A token is one of many signatures that verify, one for each salt; only that
 * with the salt of this secret tells nothing.
 */
static enum err
tokens_check(
    const struct secret *ss, const struct header *h, const struct record *rec)
{
	size_t i;
	enum err r = OK;

	for (i = 0; i < rec->n_auth && r == OK; i++)
		r = wallet_token_check(ss, h, i, PURPOSE_VOTE,
		    rec->authenticators + i * BLIND_BYTES);
	return r;
}

enum err
wallet_compare(const struct secret *ss, const struct header *h,
    const struct form *f, struct slice raw, const struct choices *choices,
    enum wallet_difference *out, struct why *why)
{
	struct record theirs, ours;
	struct buf again = { 0 };
	enum err r;

	if (record_parse(raw, h->n_issuers, &theirs) != OK ||
	    theirs.kind != RECORD_BALLOT)
		return why_say(why, ERR_FORMAT, "not a ballot of this space");
	if ((r = wallet_ballot(ss, h, f, theirs.seq, theirs.authenticators,
		 choices, &again, why)) != OK ||
	    (r = record_parse(buf_slice(&again), h->n_issuers, &ours)) != OK)
		goto out;
	r = tokens_check(ss, h, &theirs);
	if (r == OK || r == ERR_SIGNATURE) {
		if (!hash_equal(&theirs.form_id, &f->id))
			*out = WALLET_FORM;
		else if (r != OK)
			*out = WALLET_TOKEN;
		else
			*out = body_difference(f, theirs.body, ours.body);
		if (*out == WALLET_SAME && !slice_equal(raw, ours.raw))
			*out = WALLET_SIGNATURE;
		r = OK;
	}

out:
	buf_free(&again);
	return r;
}
