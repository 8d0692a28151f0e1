#ifndef WORLD_H
#define WORLD_H

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
	uint32_t paper[4]; /* by sort */
	struct hash paper_hash[4];
	uint32_t disputes;
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
 * What a close needs from the set of credentials: counts equal, and issued >=
 * distinct credentials per issuer (rules 36, 37).
 */
enum err world_check_close(const struct world *w, const struct space *s,
    uint32_t records, uint32_t credentials, struct verdict *v) MUST_USE;

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
