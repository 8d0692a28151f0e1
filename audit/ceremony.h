#ifndef CEREMONY_H
#define CEREMONY_H

#include "dkg.h"
#include "header.h"
#include "opening.h"

/*
 * The messages of a key ceremony, and its transcript (PROTOCOL 7.1).  The same
 * code in the trustees' tool, the server's post box and the auditor.
 */
#define CEREMONY_MESSAGE_MAX 8192
#define CEREMONY_ATTEMPT_MAX 1000000

enum ceremony_round {
	CEREMONY_COMMIT = 1,
	CEREMONY_REVEAL = 2,
	CEREMONY_SHARE = 3,
	CEREMONY_ACCEPT = 4,
	CEREMONY_COMPLAINT = 5,
};
#define CEREMONY_ROUNDS (CEREMONY_COMPLAINT + 1) /* of a list by round */

/* A message's content; what its round does not have is zero. */
struct ceremony_message {
	enum ceremony_round round;
	struct hash space_id;
	uint32_t attempt;
	uint8_t index;
	struct hash before; /* T_1, T_2 or T_3; zero in a commit */
	struct point e;
	struct hash commitment;
	struct point a[DKG_TRUSTEES_MAX]; /* reveal: t of them */
	struct dkg_proof proof;
	uint8_t shares[DKG_TRUSTEES_MAX][DKG_SHARE_BYTES]; /* n of them */
	struct point y;
	struct point v[DKG_TRUSTEES_MAX];
	uint8_t accused;
};

/**
 * ceremony_round_name(r), ceremony_round_parse(name, out):
 * "commit", "reveal", "share", "accept", "complaint".
 */
const char *ceremony_round_name(enum ceremony_round r);
enum err ceremony_round_parse(
    const char *name, enum ceremony_round *out) MUST_USE;

/**
 * ceremony_parse(text, h, out, why):
 * Exactly one message, signed by the trustee it names, for the space ${h}; its
 * points and scalars are canonical.  ERR_FORMAT; ERR_SIGNATURE; ERR_NOT_FOUND:
 * another space's, or no such trustee.
 */
enum err ceremony_parse(struct slice text, const struct header *h,
    struct ceremony_message *out, struct why *why) MUST_USE;

/**
 * ceremony_put(m, h, k, out):
 * Append the signed note of ${m}; ${k} is the identity key of its trustee.
 */
enum err ceremony_put(const struct ceremony_message *m, const struct header *h,
    const struct sign_key *k, struct buf *out) MUST_USE;

/**
 * All messages of one attempt that are at hand, whole notes; an empty slice
 * where one is missing.  Borrowed.
 */
struct ceremony {
	uint32_t attempt;
	struct slice messages[CEREMONY_ROUNDS][DKG_TRUSTEES_MAX]; /* by round */
};

/**
 * ceremony_binding(c, h, round, out):
 * T_1, T_2 or T_3 after ${round} = commit, reveal, share.  ERR_NOT_FOUND: a
 * message of it, or before it, is missing.
 */
enum err ceremony_binding(const struct ceremony *c, const struct header *h,
    enum ceremony_round round, struct hash *out) MUST_USE;

/* What comes out of a ceremony. */
struct ceremony_keys {
	uint8_t n;
	uint8_t t;
	uint32_t attempt;
	struct point y;
	struct point v[DKG_TRUSTEES_MAX];
	struct hash transcript; /* its hash; zero before there is one */
};

/**
 * ceremony_check(c, h, upto, publics, why):
 * Verify everything that is public of the rounds up to ${upto}, all messages of
 * which must be there: bindings, commitments, proofs; ${publics} (may be NULL)
 * are the commitments once ${upto} is reveal or later.  ERR_NOT_FOUND: whose
 * message is missing; ERR_SIGNATURE: whose is wrong; ERR_FORBIDDEN: there is a
 * complaint.
 */
enum err ceremony_check(const struct ceremony *c, const struct header *h,
    enum ceremony_round upto, struct dkg_public publics[DKG_TRUSTEES_MAX],
    struct why *why) MUST_USE;

/**
 * ceremony_transcript_put(c, h, out, why), ceremony_transcript_parse(s, h, out,
 * why):
 * Append the transcript document of the whole ceremony ${c}, verified; read one
 * and verify all of it.
 */
enum err ceremony_transcript_put(const struct ceremony *c,
    const struct header *h, struct buf *out, struct why *why) MUST_USE;
enum err ceremony_transcript_parse(struct slice s, const struct header *h,
    struct ceremony_keys *out, struct why *why) MUST_USE;

/**
 * ceremony_form_check(f, k, why):
 * OK iff the form's seal is what the ceremony made; ERR_SIGNATURE.
 */
struct form;
enum err ceremony_form_check(const struct form *f,
    const struct ceremony_keys *k, struct why *why) MUST_USE;

/**
 * ceremony_signature_parse(s, h, out, why), ceremony_signature_put(s, out):
 * A trustee's signature of a form, as a file (PROTOCOL 7.1); what is read was
 * verified.  ERR_FORMAT; ERR_SIGNATURE; ERR_NOT_FOUND: another space's, or no
 * such trustee.
 */
struct ceremony_signature {
	struct hash space_id;
	struct hash form_id;
	uint8_t index;
	struct signature sig;
};
enum err ceremony_signature_parse(struct slice s, const struct header *h,
    struct ceremony_signature *out, struct why *why) MUST_USE;
void ceremony_signature_put(
    const struct ceremony_signature *s, struct buf *out);

#endif /* CEREMONY_H */
