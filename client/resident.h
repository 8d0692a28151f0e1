#ifndef RESIDENT_H
#define RESIDENT_H

#include "api.h"
#include "receipt.h"
#include "wallet.h"

/*
 * A resident's exchanges with the server, without files: each thread with its
 * own struct api may play another resident.  wallet.h computes, api.h talks.
 */

/**
 * resident_secret_random(out):
 * Draw the secret of a line.
 */
void resident_secret_random(struct secret *out);

/* Of whom, for which space, by whom. */
struct resident_ask {
	struct api *api;
	const struct header *header;
	const struct sign_key *roll; /* the letter's key */
	const struct secret *ss;     /* of this space */
	const struct hash *factors;  /* one per issuer, or NULL */
	struct buf *evidence;	     /* NULL: nobody keeps it */
};

/**
 * resident_collect(q, purpose, tokens, why):
 * Ask every issuer for the token of ${purpose} and append the verified
 * authenticators, in the header's order, to ${tokens}.  Asking again with the
 * same keys gives the same tokens.
 *
 * An issuer that refuses, or whose answer is no valid signature, leaves
 * evidence: a JSON text with what it was asked and what it answered, by which
 * anybody can see whether it answered wrongly, and nobody what the credential
 * is.  There is none where the fault may be the resident's (a wrong second
 * factor, a letter that was replaced, a window that is not open).
 */
enum err resident_collect(const struct resident_ask *q, enum purpose purpose,
    struct buf *tokens, struct why *why) MUST_USE;

/* What the server promised. */
struct resident_receipt {
	struct receipt receipt;
	struct buf text; /* the caller's buf_free */
	int repeat;	 /* the server had the record already */
};

/**
 * resident_record(ss, h, f, seq, tokens, choices, out, why):
 * The bytes of a ballot record; the same as wallet_ballot.
 */
enum err resident_record(const struct secret *ss, const struct header *h,
    const struct form *f, uint32_t seq, const uint8_t *tokens,
    const struct choices *choices, struct buf *out, struct why *why) MUST_USE;

/**
 * resident_send(a, h, raw, key, out, why):
 * Send the record ${raw} and verify its receipt with the log's receipt ${key}:
 * of this leaf, this space, and one of its windows.  ERR_SIGNATURE when the
 * receipt is worthless although the server accepted.
 */
enum err resident_send(struct api *a, const struct header *h, struct slice raw,
    const struct note_key *key, struct resident_receipt *out,
    struct why *why) MUST_USE;

/**
 * resident_receipt_check(text, h, raw, key, out, why):
 * Verify a receipt kept in a file for the record ${raw}.
 */
enum err resident_receipt_check(struct slice text, const struct header *h,
    struct slice raw, const struct note_key *key, struct receipt *out,
    struct why *why) MUST_USE;

#endif /* RESIDENT_H */
