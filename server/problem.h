#ifndef PROBLEM_H
#define PROBLEM_H

/* Refusals that a client sees (RFC 9457); the table is in problem.c. */
enum problem {
	PROBLEM_NONE = 0,
	/* anybody */
	PROBLEM_NOT_FOUND,   /* 404 not-found */
	PROBLEM_METHOD,	     /* 405 method-not-allowed */
	PROBLEM_LENGTH,	     /* 411 length-required */
	PROBLEM_TOO_LARGE,   /* 413 too-large */
	PROBLEM_MEDIA_TYPE,  /* 415 media-type */
	PROBLEM_MALFORMED,   /* 400 malformed */
	PROBLEM_INTERNAL,    /* 500 internal */
	PROBLEM_UNAVAILABLE, /* 503 unavailable */
	PROBLEM_HOST,	     /* 421 wrong-host: served under another name */
	/* collecting */
	PROBLEM_TOKEN_REQUEST,	 /* 422 token-request */
	PROBLEM_UNKNOWN_KEY,	 /* 422 unknown-token-key */
	PROBLEM_ISSUANCE_CLOSED, /* 403 issuance-closed */
	PROBLEM_AUTHORIZATION,	 /* 401 authorization */
	PROBLEM_NOT_ON_ROLL,	 /* 401 not-on-roll */
	PROBLEM_REPLACED,	 /* 401 code-replaced */
	PROBLEM_ROLL_SIGNATURE,	 /* 401 roll-signature */
	PROBLEM_FACTOR,		 /* 401 factor */
	PROBLEM_FACTOR_LOCKED,	 /* 403 factor-locked */
	PROBLEM_ALREADY_ISSUED,	 /* 409 already-issued */
	/* casting */
	PROBLEM_RECORD_FORMAT,	  /* 422 record-format */
	PROBLEM_UNKNOWN_SPACE,	  /* 404 unknown-space */
	PROBLEM_NOT_OPEN,	  /* 403 not-open */
	PROBLEM_FORM_MISSING,	  /* 403 form-missing */
	PROBLEM_RECORD_KEY,	  /* 422 record-key */
	PROBLEM_RECORD_BODY,	  /* 422 record-body */
	PROBLEM_RECORD_TOKEN,	  /* 403 record-token */
	PROBLEM_RECORD_PROOF,	  /* 422 record-proof */
	PROBLEM_RECORD_SIGNATURE, /* 403 record-signature */
	PROBLEM_SEQ_LIMIT,	  /* 409 seq-limit */
	PROBLEM_SEQ_USED,	  /* 409 seq-used */
	PROBLEM_SEQ_GAP,	  /* 409 seq-gap */
	/* trustees */
	PROBLEM_CEREMONY,	 /* 422 ceremony: a message that is not valid */
	PROBLEM_CEREMONY_OTHER,	 /* 409 ceremony-other: one was kept before */
	PROBLEM_CEREMONY_FULL,	 /* 409 ceremony-full: too many attempts */
	PROBLEM_CEREMONY_OVER,	 /* 403 ceremony-over: only to be read */
	PROBLEM_OPENING,	 /* 422 opening: a file that is not valid */
	PROBLEM_NOTHING_TO_OPEN, /* 403 nothing-to-open */
	/* disputes and staff */
	PROBLEM_DISPUTE,      /* 422 dispute */
	PROBLEM_STAFF,	      /* 401 staff-authorization */
	PROBLEM_STAFF_ROLE,   /* 403 staff-role */
	PROBLEM_STAFF_NUMBER, /* 409 staff-number */
	PROBLEM_RULE,	      /* 422 rule: an entry breaks a rule */
	PROBLEM_ROLL_CHANGE,  /* 409 roll-change */
	PROBLEM_LIVE_KEYS,    /* 409 live-keys: a 257th key */
	PROBLEM_TOO_EARLY,    /* 409 too-early */
	PROBLEM_PICTURE,      /* 422 picture: a file that is none */
	/* downloads */
	PROBLEM_NOT_COUNTED, /* 403 not-counted: there is no result yet */
	/* a witness */
	PROBLEM_WITNESS_SIGNATURE, /* 403 witness-signature */
	PROBLEM_WITNESS_PROOF,	   /* 422 witness-proof */
	PROBLEM_MAX
};

struct problem_row {
	enum problem no;
	int status;
	const char *name;      /* urn:partecipa:problem:<name> */
	const char *title[2];  /* Italian, English */
	const char *detail[2]; /* what happened, what to do */
};

/**
 * problem_row_of(p):
 * The row; never NULL for a value of the enum.
 */
const struct problem_row *problem_row_of(enum problem p);

#endif /* PROBLEM_H */
