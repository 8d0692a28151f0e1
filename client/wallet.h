#ifndef WALLET_H
#define WALLET_H

#include "code.h"
#include "form.h"
#include "header.h"
#include "ledger.h"

/*
 * A resident's side of the protocol without any I/O (PROTOCOL 5, 6): from the
 * secret of a space to the bytes that are sent.  The same secret always gives
 * the same bytes, here and in a browser (tests/vectors/client.json).  All
 * functions may be called from many threads with shared headers and forms.
 */

/* What one issuer is asked to sign for one purpose. */
struct wallet_ask {
	uint8_t body[TOKEN_REQUEST_BYTES];
	struct public_key pk; /* the credential */
	uint32_t counter;     /* of the blinding factor that fitted */
};

/**
 * wallet_ask(ss, h, issuer, purpose, out):
 * Make the token request.  ERR_NOT_FOUND: ${h} has no such issuer or purpose.
 */
enum err wallet_ask(const struct secret *ss, const struct header *h,
    size_t issuer, enum purpose purpose, struct wallet_ask *out) MUST_USE;

/**
 * wallet_authorization(roll, h, issuer, purpose, ask, salt, factor, out):
 * Append the value of the Authorization header.  ${salt} is 64 fresh random
 * bytes; ${factor} may be NULL.
 */
enum err wallet_authorization(const struct sign_key *roll,
    const struct header *h, size_t issuer, enum purpose purpose,
    const struct wallet_ask *ask, const uint8_t salt[static 64],
    const struct hash *factor, struct buf *out) MUST_USE;

/**
 * wallet_finalize(ss, h, issuer, purpose, ask, blind_sig, out):
 * Unblind the answer to ${ask} and verify.  ERR_SIGNATURE: the issuer answered
 * wrongly.
 */
enum err wallet_finalize(const struct secret *ss, const struct header *h,
    size_t issuer, enum purpose purpose, const struct wallet_ask *ask,
    const uint8_t blind_sig[static BLIND_BYTES],
    uint8_t out[static BLIND_BYTES]) MUST_USE;

/**
 * wallet_token_check(ss, h, issuer, purpose, token):
 * OK iff ${token} is the one that ${ss} gives: of its credential, and with its
 * salt.  ERR_SIGNATURE: another; whoever chose its salt could hide marks there.
 */
enum err wallet_token_check(const struct secret *ss, const struct header *h,
    size_t issuer, enum purpose purpose,
    const uint8_t token[static BLIND_BYTES]) MUST_USE;

/**
 * wallet_factor_text(kind, typed, out, why), wallet_factor(roll, text, out):
 * The normal form of a second factor (a date YYYY-MM-DD from that or from
 * dd/mm/yyyy; the last four characters of a document's number in upper case);
 * f = H(DST("factor") || roll || text).
 */
#define WALLET_FACTOR_MAX 10
enum err wallet_factor_text(enum factor_kind kind, struct slice typed,
    char out[static WALLET_FACTOR_MAX + 1], struct why *why) MUST_USE;
void wallet_factor(
    const struct public_key *roll, const char *text, struct hash *out);

/**
 * wallet_ballot(ss, h, f, seq, tokens, choices, out, why):
 * Append the ballot record number ${seq} with ${choices} to ${out}, sealed
 * where the form is (PROTOCOL 7.2).  ${tokens} are the authenticators, one of
 * BLIND_BYTES per issuer in the header's order; read at seq 0 only.  ERR_LIMIT:
 * over the form's limits or the header's seq_limit.
 */
enum err wallet_ballot(const struct secret *ss, const struct header *h,
    const struct form *f, uint32_t seq, const uint8_t *tokens,
    const struct choices *choices, struct buf *out, struct why *why) MUST_USE;

/* How a record differs from the one that its owner's device should have made.
 */
enum wallet_difference {
	WALLET_SAME,	   /* byte for byte */
	WALLET_FORM,	   /* it answers another form */
	WALLET_TOKEN,	   /* a token is not the one of this secret */
	WALLET_CHOICES,	   /* other choices, or sealed by chance */
	WALLET_CIPHERTEXT, /* these choices, encrypted otherwise */
	WALLET_PROOF,	   /* a proof made by chance */
	WALLET_SIGNATURE,  /* another valid signature, or other lengths */
};

/**
 * wallet_compare(ss, h, f, raw, choices, out, why):
 * Make the record ${raw} again from ${ss} and ${choices} and name the first
 * thing that differs.  ERR_FORMAT: ${raw} is no record of the space; ERR_LIMIT:
 * ${choices} are over the form's limits.
 */
enum err wallet_compare(const struct secret *ss, const struct header *h,
    const struct form *f, struct slice raw, const struct choices *choices,
    enum wallet_difference *out, struct why *why) MUST_USE;

/**
 * wallet_pk(ss, purpose, out):
 * The public key of the credential: how its owner finds her records.
 */
enum err wallet_pk(const struct secret *ss, enum purpose purpose,
    struct public_key *out) MUST_USE;

/**
 * Choices in the words of the command line: option numbers from 1 as people
 * count them ("1,5,7"), points by option ("1=3,2=1"), a ranking, best first
 * ("3,1,2").  ${v} holds f->n_options numbers, the caller's.  ERR_FORMAT with a
 * sentence; the limits are wallet_ballot's business.
 */
enum err wallet_choose(const struct form *f, const char *text, uint32_t *v,
    struct choices *out, struct why *why) MUST_USE;

/**
 * wallet_blank(f, v, out):
 * The blank ballot.
 */
void wallet_blank(const struct form *f, uint32_t *v, struct choices *out);

#endif /* WALLET_H */
