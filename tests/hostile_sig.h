#ifndef HOSTILE_SIG_H
#define HOSTILE_SIG_H

#include "sign.h"

/*
 * Ed25519 signatures that other verifiers take and ours must not (PROTOCOL 0).
 * Curve arithmetic over GMP, slow and in variable time, for tests only: a
 * library that signs will not make these.
 */
enum hostile {
	HOSTILE_NONE,	      /* an honest one: the maker makes no mistake */
	HOSTILE_S_PLUS_L,     /* S not below the group order */
	HOSTILE_TORSION_R,    /* a point of order 8 added to R */
	HOSTILE_R_IDENTITY,   /* R is the neutral element, S = h a */
	HOSTILE_KEY_IDENTITY, /* the key, too: S = 0, for every message */
	HOSTILE_KEY_ORDER_8,  /* a key of order 8, R = -hA, S = 0 */
	HOSTILE_KEY_ENCODED,  /* the neutral element, not canonical */
	HOSTILE_KINDS,
};

/**
 * hostile_has_key(how):
 * Nonzero iff it comes with a key of its own.
 */
int hostile_has_key(enum hostile how);

/**
 * hostile_sign(how, k, msg, pk, sig):
 * Sign ${msg} for the key ${k}, or for the one given out in ${pk} where
 * hostile_has_key (else that of ${k}); ${pk} must already stand in ${msg} where
 * the message holds it, so ask with an empty message first.
 */
void hostile_sign(enum hostile how, const struct sign_key *k, struct slice msg,
    struct public_key *pk, struct signature *sig);

#endif /* HOSTILE_SIG_H */
