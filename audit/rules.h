#ifndef RULES_H
#define RULES_H

#include <stdint.h>

#include "why.h"

/*
 * The numbered rules of the audit.  Order and numbers are part of the public
 * interface: a rule is never renumbered.
 */
enum rule_no {
	RULE_NONE = 0,
	/* The log as such. */
	RULE_CHECKPOINT = 1,	  /* checkpoint signed by the log's key */
	RULE_QUORUM = 2,	  /* cosigned by the quorum of every header */
	RULE_CONSISTENCY = 3,	  /* continues the checkpoint kept before */
	RULE_TREE = 4,		  /* entries give the checkpoint's root */
	RULE_TILES = 5,		  /* hash tiles are those of the entries */
	RULE_ENTRY = 6,		  /* every entry parses */
	RULE_GENESIS = 7,	  /* first, once, of this log's keys */
	RULE_STAFF_SIGNATURE = 8, /* known key, right role, verifies */
	RULE_STAFF_NUMBER = 9,	  /* n rises per staff key */
	RULE_STAFF_CHANGE = 10,	  /* staff keys added once, two admins left */
	RULE_OBJECT = 11,	  /* every logged object is there, same hash */
	/* A space. */
	RULE_HEADER = 12,	 /* document well formed, for this log */
	RULE_HEADER_ONCE = 13,	 /* one header per slug */
	RULE_ISSUER_KEY = 14,	 /* a token key serves one space and purpose */
	RULE_ROLL = 15,		 /* roll file has the header's root and size */
	RULE_FORM = 16,		 /* document well formed, of this header */
	RULE_FORM_ONCE = 17,	 /* one form, before the first batch */
	RULE_FORM_TRUSTEES = 18, /* signed by all trustees */
	RULE_CHANGES = 19,	 /* list sorted, whole rows, counted */
	RULE_CHANGE_LINES = 20,	 /* keys enter once, lines exist */
	RULE_LEDGER = 21,	 /* sorted, counted, one per issuer, purpose */
	RULE_LEDGER_SIGNATURE = 22, /* every ask signed by its roll key */
	RULE_LEDGER_LINES = 23,	    /* entitled lines, each once */
	RULE_LEDGER_TIME = 24,	 /* there before first batch, or before close */
	RULE_KEY_DESTROYED = 25, /* the header's key, after its ledger, once */
	RULE_BATCH = 26,	 /* count records follow, sorted */
	RULE_WINDOW = 27,	 /* a window end, rising */
	RULE_RECORD_PLACE = 28,	 /* a record of an open space, in its batch */
	RULE_RECORD_FORMAT = 29, /* lengths, kind, purpose, form */
	RULE_RECORD_KEY = 30,	 /* pk of prime order */
	RULE_RECORD_BODY = 31,	 /* choices decode, within limits */
	RULE_RECORD_TOKEN = 32,	 /* every token verifies */
	RULE_RECORD_PROOF = 33,	 /* sealed: proof of knowledge */
	RULE_RECORD_SIGNATURE = 34,
	RULE_RECORD_SEQUENCE = 35, /* next seq of its credential, in limit */
	RULE_CLOSE = 36,	   /* once, with the right counts */
	RULE_ISSUED = 37,	   /* per issuer: issued >= credentials */
	RULE_PAPER = 38,	   /* between close and result, <= struck */
	RULE_RESULT = 39,	   /* equal to the recount */
	RULE_RESULT_PLACE = 40,	   /* once, after close */
	RULE_CANCEL = 41,	   /* nothing after a cancel */
	RULE_DISPUTE = 42,	   /* signed by a key of a line in the ledger */
	RULE_MODERATION = 43,	   /* a record of this space */
	RULE_OPENING = 44,	   /* a trustee of this sealed space, valid */
	RULE_CONTENT = 45,  /* content present and matching, or moderated */
	RULE_CEREMONY = 46, /* Y, V_j are what the logged transcript gives */
	RULE_OPENED = 47, /* a counted sealed space has enough valid openings */
	RULE_BUNDLE = 48, /* a manifest of files and hashes */
	RULE_MAX = 48,
};

/* From when a rule can be judged. */
enum rule_phase {
	PHASE_LOG,    /* at once */
	PHASE_HEADER, /* a header is there */
	PHASE_FORM,   /* a form */
	PHASE_LEDGER, /* a ledger */
	PHASE_RECORD, /* records */
	PHASE_CLOSE,  /* the close entry */
	PHASE_RESULT, /* the result entry */
};

struct rule_row {
	enum rule_no no;
	const char *name; /* "record-token" */
	enum rule_phase phase;
	const char *text; /* one sentence */
};

extern const struct rule_row rules[RULE_MAX];

/**
 * rule_of(no):
 * The row of a rule; never NULL for 1..RULE_MAX.
 */
const struct rule_row *rule_of(enum rule_no no);
const char *rule_phase_name(enum rule_phase p);

/* What was found: which rule, at which entry, in words. */
struct verdict {
	enum rule_no rule;
	uint64_t index; /* UINT64_MAX: not at an entry */
	struct why why;
};

#endif /* RULES_H */
