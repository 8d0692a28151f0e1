#ifndef WORLD_H
#define WORLD_H

#include "ceremony.h"
#include "entry.h"
#include "form.h"
#include "header.h"
#include "ledger.h"
#include "merkle.h"
#include "note.h"
#include "roll.h"
#include "rules.h"

/*
 * What follows from the entries of a log, one after the other: the same code in
 * the server (before it appends) and in the auditor (after the fact).  It holds
 * everything but the set of credentials, which the server keeps in its store
 * and the auditor in memory.
 */

/* Gives the object of a hash; what it returns is copied by the caller. */
typedef enum err world_object(
    void *cookie, const struct hash *hash, struct buf *out);

struct staff {
	struct public_key pk;
	char name[101];
	enum role role;
	int revoked;
	uint64_t n; /* last number used in the log */
};

/* An opening entry; whether its file is valid is judged elsewhere. */
struct space_opening {
	uint8_t trustee; /* from 1 */
	struct hash file;
	uint64_t index;
};

enum space_phase {
	SPACE_ANNOUNCED,
	SPACE_ISSUANCE,
	SPACE_WAITING,
	SPACE_OPEN,
	SPACE_CLOSING,
	SPACE_CLOSED,
	SPACE_RESULT,
	SPACE_CANCELLED,
};

/* One space.  Pointers to it stay valid as long as the world lives. */
struct space {
	size_t no; /* 0, 1, ... in the order of headers */
	struct header *header;
	struct form *form;     /* NULL: not yet */
	uint64_t header_index; /* entry numbers */
	uint64_t form_index;
	uint64_t first_record; /* first batch entry; 0: none yet */
	uint64_t end;	       /* one after its last entry so far */
	uint32_t records;      /* in the log */
	uint32_t batches;
	uint64_t last_window; /* 0: none */
	int closed;
	int cancelled;
	uint64_t close_size; /* the tree of the close entry */
	struct hash close_root;
	uint32_t close_records;
	uint32_t close_credentials;
	int has_result;
	struct hash result; /* H(result) */
	/* Ledgers by issuer and purpose; hash zero: not there. */
	struct {
		int present;
		int destroyed;
		uint32_t count;
		struct hash hash;
	} ledgers[RECORD_ISSUERS_MAX][PURPOSE_MAX + 1];
	struct ceremony_keys seal;	/* of a sealed space with a form */
	struct space_opening *openings; /* in the order of the log */
	size_t n_openings, cap_openings;
	uint32_t paper[4]; /* by sort */
	struct hash paper_hash[4];
	uint32_t disputes;
	uint32_t disputes_at_result; /* what the result has to say */
	/* Of each ledger: its lines, sorted, and which of them disputed. */
	struct {
		uint32_t *line;
		uint8_t *disputed;
		size_t n;
	} lines[RECORD_ISSUERS_MAX][PURPOSE_MAX + 1];
	/*
	 * An audit that went on although something could not be taken in: what
	 * depends on it is not judged, so that one cause is one fault.
	 */
	int lost_form;	  /* an entry was there, the form was not usable */
	int lost_roll;	  /* roll or changes: who may take part is unclear */
	int lost_records; /* a record could not be read: counts are unclear */
	int lost_ledgers; /* a ledger was not usable, or reported missing */
	int lost_result;  /* nothing to compare the recount with */
};

struct world;

/**
 * world_new(key, object, cookie, out):
 * An empty world for the log whose vkey is ${key}; objects are asked for
 * through ${object}.
 */
enum err world_new(const struct note_key *key, world_object *object,
    void *cookie, struct world **out) MUST_USE;
void world_free(struct world *w);

/**
 * world_apply(w, index, e, root_after, v):
 * Judge entry number ${index} by every rule that needs no set of credentials
 * and, if none is broken, take it in; otherwise nothing changes, ${v} names the
 * rule and the function returns ERR_SIGNATURE.  ${root_after} is the root of
 * the tree that ends with this entry (used by close; may be NULL otherwise).
 * For a record entry only its place is judged (rules 26 to 28); the record
 * itself is for admit_record and the caller's set of credentials.
 */
enum err world_apply(struct world *w, uint64_t index, const struct entry *e,
    const struct hash *root_after, struct verdict *v) MUST_USE;

/**
 * world_check_close(w, s, records, credentials, v):
 * What a close needs from the set of credentials: once the close of ${s} is
 * taken in, the counts equal its own (rule 36); before and after, issued >=
 * distinct credentials per issuer (rule 37).  ${credentials} are those of all
 * purposes.
 */
enum err world_check_close(struct world *w, const struct space *s,
    uint32_t records, uint32_t credentials, struct verdict *v) MUST_USE;

/**
 * world_check_issued(w, s, purpose, credentials, v):
 * Rule 37 for one purpose: every issuer issued at least ${credentials}.
 * world_check_close does this for spaces with a single purpose.
 */
enum err world_check_issued(struct world *w, const struct space *s,
    unsigned purpose, uint32_t credentials, struct verdict *v) MUST_USE;

/**
 * world_record(w, index, raw, leaf, in, v):
 * world_apply for a record whose leaf hash is known.  ${in} is the space whose
 * batch it stands in (NULL: none that could be judged).
 */
enum err world_record(struct world *w, uint64_t index, struct slice raw,
    const struct hash *leaf, struct space **in, struct verdict *v) MUST_USE;

/**
 * world_gap(w, index):
 * An audit met an entry that does not parse: what it may have been is not held
 * against what follows.
 */
void world_gap(struct world *w, uint64_t index);

/**
 * world_skip(w, n):
 * Take the next ${n} records of the batch applied last as judged before: for a
 * server that starts from its own store.  ERR_LIMIT: the batch awaits fewer.
 */
enum err world_skip(struct world *w, uint32_t n) MUST_USE;

/**
 * world_trust(w, on):
 * While ${on}, signatures of ledger rows are not verified again: for a server
 * that starts from its own store.
 */
void world_trust(struct world *w, int on);

/**
 * world_end(w, index, v):
 * Judge what only the end of a log shows, ${index} being its size: that the
 * last batch is complete.  The world stays as it is: the log may go on.
 */
enum err world_end(struct world *w, uint64_t index, struct verdict *v) MUST_USE;

/*
 * An audit does not stop at the first fault: with a ${report}, world_apply
 * reports what is broken, takes the entry in all the same where it can be
 * understood (and returns OK), and leaves out what depends on entries that it
 * could not take in (ERR_SIGNATURE).
 */
struct world_audit {
	void (*report)(void *cookie, const struct verdict *v);
	/* Takes over verifying the signatures of a ledger; NULL: world does. */
	enum err (*ledger)(void *cookie, const struct space *s, uint8_t issuer,
	    uint8_t purpose, struct slice rows, uint64_t index);
	const char *slug; /* judge this space only; NULL: all */
	void *cookie;
};

/**
 * world_audit(w, a), world_judged(w):
 * Begin to audit; how many entries (rules 22 and 23: rows of ledgers) each rule
 * was held against so far, RULE_MAX + 1 numbers.
 */
void world_audit(struct world *w, const struct world_audit *a);
const uint64_t *world_judged(const struct world *w);

/**
 * world_wanted(w, s), world_is_lost(w):
 * Nonzero iff the space ${s} is to be judged; iff there is no genesis to judge
 * anything by.
 */
int world_wanted(const struct world *w, const struct space *s);
int world_is_lost(const struct world *w);

/* Looking around. */
const char *world_origin(const struct world *w); /* NULL before genesis */
const json_t *world_genesis(const struct world *w);
const struct note_key *world_receipt_key(const struct world *w);
int world_is_rehearsal(const struct world *w);
size_t world_spaces(const struct world *w);
struct space *world_space(struct world *w, size_t no);
struct space *world_space_by_id(struct world *w, const struct hash *id);
struct space *world_space_by_slug(struct world *w, const char *slug);
size_t world_staff_count(const struct world *w);
const struct staff *world_staff_at(const struct world *w, size_t i);
const struct staff *world_staff(
    const struct world *w, const struct public_key *pk);
const struct roll *world_roll(const struct world *w);

/**
 * world_phase(s, now), world_phase_name(p):
 * The phase at ${now} (UNIX seconds) by clock and log.
 */
enum space_phase world_phase(const struct space *s, uint64_t now);
const char *world_phase_name(enum space_phase p);

#endif /* WORLD_H */
