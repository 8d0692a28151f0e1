#ifndef STORE_H
#define STORE_H

#include "hash.h"
#include "merkle.h"
#include "record.h"
#include "roll.h"
#include "tile.h"
#include "why.h"

/*
 * One interface of typed operations in front of the engine: the rules never see
 * LMDB, and a second engine would implement this header and nothing else.
 *
 * A data folder holds (schema in the head comment of store.c):
 *   log/      entries, leaf hashes and higher hash tiles, append-only files
 *   log.mdb   what of the log is committed, index of entries that are not
 *             records, credentials (space, purpose, pk, seq -> entry number)
 *   main.mdb  objects, changes not yet published, staff request numbers, small
 *             values
 *   contents.mdb  contents behind commitments, the only ones that are erased
 *   cast.mdb  admitted records that wait for their batch
 *   issue.mdb asks and answers of the spaces whose participation is not over,
 *             second factors
 * Issuance and casting live apart, and both files are written anew in key order
 * after each batch and deletion, so that no page remembers who came first.
 *
 * All functions are safe for many threads.  Every operation that changes
 * something is one durable transaction.
 */
struct store;

/**
 * store_open(dir, create, out, why):
 * Open the data folder, alone (ERR_CONFLICT: another process has it), or make
 * it when ${create} (ERR_CONFLICT: there is one already).  A crash in the
 * middle of an append is mended here: what was not committed is cut off.
 */
enum err store_open(
    const char *dir, int create, struct store **out, struct why *why) MUST_USE;
void store_close(struct store *s);

/**
 * store_fault(s, why):
 * What the system below said at the last operation that failed, and what to do
 * about it; empty when nothing failed.  For the administrator's log.
 */
void store_fault(struct store *s, struct why *why);

/* --- The log ---------------------------------------------------------- */

struct store_item {
	struct slice entry;
	struct hash leaf;
	/* A record entry's credential and space, else record is NULL. */
	const struct record *record;
	uint32_t space_no;
};

/**
 * store_append(s, items, n):
 * Append ${n} entries: bytes, hashes, tiles, credentials (inserted in key
 * order) and the new size, durable when it returns; on an error none is there.
 * The records of a batch follow its entry, in this call or in the next ones.
 */
enum err store_append(
    struct store *s, const struct store_item *items, size_t n) MUST_USE;

/**
 * store_tree(s, out):
 * The right edge of the log's tree (its size and all a root needs).
 */
void store_tree(struct store *s, struct merkle *out);

/**
 * store_entry(s, index, out):
 * Append entry number ${index} to ${out}.  ERR_NOT_FOUND.
 */
enum err store_entry(struct store *s, uint64_t index, struct buf *out) MUST_USE;

/**
 * store_tile(s, t, size, out):
 * Append the bytes of a hash tile or entry bundle as of a log of ${size}
 * entries.  ERR_NOT_FOUND when that log has no such tile of that width.
 */
enum err store_tile(struct store *s, const struct tile *t, uint64_t size,
    struct buf *out) MUST_USE;

/**
 * store_leaf(s, index, out), store_node: leaf hash number ${index}; a
 * merkle_node with the store as cookie.
 */
enum err store_leaf(struct store *s, uint64_t index, struct hash *out) MUST_USE;
enum err store_node(
    void *store, unsigned level, uint64_t index, struct hash *out);

/**
 * store_special(s, from, index):
 * The number of the first entry >= ${from} that is not a record; ERR_NOT_FOUND.
 * With it a start reads a handful of entries, not all.
 */
enum err store_special(
    struct store *s, uint64_t from, uint64_t *index) MUST_USE;

/* --- Objects and contents ---------------------------------------------- */

/**
 * store_object_put(s, hash, bytes), store_object_get(s, hash, out):
 * Public objects, never erased.  Putting the same twice is OK.
 */
enum err store_object_put(
    struct store *s, const struct hash *hash, struct slice bytes) MUST_USE;
enum err store_object_get(
    struct store *s, const struct hash *hash, struct buf *out) MUST_USE;

/**
 * store_content_put, store_content_get, store_content_erase:
 * Contents behind commitments (PROTOCOL 6), by leaf hash of their record.
 * Erasing overwrites: nothing of the content stays in the file.
 */
enum err store_content_put(
    struct store *s, const struct hash *leaf, struct slice content) MUST_USE;
enum err store_content_get(
    struct store *s, const struct hash *leaf, struct buf *out) MUST_USE;
enum err store_content_erase(struct store *s, const struct hash *leaf) MUST_USE;

/* --- Casting ----------------------------------------------------------- */

enum store_cast_outcome {
	STORE_CAST_NEW,	     /* stored, durable */
	STORE_CAST_REPEAT,   /* the very same record was accepted before */
	STORE_CAST_CONFLICT, /* another record has this seq */
	STORE_CAST_GAP,	     /* seq is not last + 1 */
};

struct store_cast {
	/* in */
	uint32_t space_no;
	const struct record *record;
	struct hash leaf;
	uint64_t window_end; /* for a new record; in, and out for a repeat */
	/* out */
	enum store_cast_outcome outcome;
};

/**
 * store_cast(s, jobs, n):
 * One durable transaction for a whole group; jobs of one credential in one
 * group are judged in their order.  On an error none is accepted.
 */
enum err store_cast(
    struct store *s, struct store_cast *jobs, size_t n) MUST_USE;

/**
 * store_cast_find(s, job):
 * Read only, also after closing: OK with outcome REPEAT (and its window_end) or
 * CONFLICT; else ERR_NOT_FOUND.
 */
enum err store_cast_find(struct store *s, struct store_cast *job) MUST_USE;

/* A waiting record, in memory of the list. */
struct store_waiting {
	struct hash leaf;
	uint64_t window_end;
	struct slice raw;
	uint32_t seq;
};

/**
 * store_waiting(s, space_no, until, list, n):
 * All records of the space that wait with window_end <= ${until}, sorted by
 * (window_end, seq, leaf).  One malloc'ed block; free(*list).
 */
enum err store_waiting(struct store *s, uint32_t space_no, uint64_t until,
    struct store_waiting **list, size_t *n) MUST_USE;

/**
 * store_settle(s):
 * Drop what waits and is in the log already, and write cast.mdb anew.  Also the
 * second half of an append that a crash cut short.
 */
enum err store_settle(struct store *s) MUST_USE;

/**
 * store_waiting_count(s, space_no):
 * How many records of the space wait.
 */
uint32_t store_waiting_count(struct store *s, uint32_t space_no);

/**
 * store_credentials(s, space_no, purpose, records, credentials):
 * Counts over the log's credentials of a space.
 */
enum err store_credentials(struct store *s, uint32_t space_no, unsigned purpose,
    uint32_t *records, uint32_t *credentials) MUST_USE;

/**
 * store_counted(s, space_no, purpose, f, cookie):
 * Call ${f} with each record of the log that may count: of each credential that
 * of the highest seq, in order of entry numbers.  Where eight bytes of two
 * credentials are equal their other records come too; the caller looks at the
 * keys.
 */
typedef enum err store_record(
    void *cookie, uint64_t index, struct slice record);
enum err store_counted(struct store *s, uint32_t space_no, unsigned purpose,
    store_record *f, void *cookie) MUST_USE;

/* --- The post box of a key ceremony (PROTOCOL 10) ------------------------- */

/* Where a message lies: rows are in the order of these numbers. */
struct store_slot {
	uint32_t attempt;
	uint8_t round;
	uint8_t index;
	uint8_t sort; /* of the messages of a round */
};

/**
 * store_message_put(s, space_no, slot, text, attempts, repeat):
 * Keep the first message of a slot, for ever.  ${repeat}: it was there.
 * ERR_CONFLICT: another one is; ERR_LIMIT: this index has messages of
 * ${attempts} other attempts.
 */
enum err store_message_put(struct store *s, uint32_t space_no,
    const struct store_slot *slot, struct slice text, unsigned attempts,
    int *repeat) MUST_USE;

/**
 * store_messages(s, space_no, f, cookie), store_signatures(s, space_no, f,
 * cookie):
 * Call ${f} with each, in order.
 */
typedef enum err store_text(void *cookie, struct slice text);
enum err store_messages(
    struct store *s, uint32_t space_no, store_text *f, void *cookie) MUST_USE;
enum err store_signatures(
    struct store *s, uint32_t space_no, store_text *f, void *cookie) MUST_USE;

/**
 * store_draft_put(s, space_no, form, transcript), store_draft_get(s, space_no,
 * form, transcript), store_draft_drop(s, space_no):
 * The form that is to be signed.  Another draft drops the signatures of the one
 * before; dropping takes away both.  ERR_NOT_FOUND: none.
 */
enum err store_draft_put(struct store *s, uint32_t space_no, struct slice form,
    struct slice transcript) MUST_USE;
enum err store_draft_get(struct store *s, uint32_t space_no, struct buf *form,
    struct buf *transcript) MUST_USE;
enum err store_draft_drop(struct store *s, uint32_t space_no) MUST_USE;

/**
 * store_signature_put(s, space_no, form_id, index, text, repeat):
 * As store_message_put, for the draft with that hash.  ERR_NOT_FOUND: that is
 * not the draft.
 */
enum err store_signature_put(struct store *s, uint32_t space_no,
    const struct hash *form_id, uint8_t index, struct slice text,
    int *repeat) MUST_USE;

/* --- Issuing ------------------------------------------------------------ */

enum store_issue_outcome {
	STORE_ISSUE_NEW,
	STORE_ISSUE_REPEAT,   /* the line's own request again */
	STORE_ISSUE_CONFLICT, /* the line, or this request, was served before */
};

struct store_issue {
	/* in */
	uint32_t space_no;
	uint8_t issuer;
	uint8_t purpose;
	struct public_key line; /* the key with which the line began */
	struct public_key roll_pk;
	struct hash c;
	struct signature sig;
	struct hash blinded;	     /* H(blinded_msg) */
	uint8_t answer[BLIND_BYTES]; /* in for NEW; out for REPEAT */
	/* out */
	enum store_issue_outcome outcome;
};

/**
 * store_issue(s, jobs, n):
 * As store_cast: claims the right of each line, in one durable transaction.
 */
enum err store_issue(
    struct store *s, struct store_issue *jobs, size_t n) MUST_USE;

/**
 * store_issue_find(s, job):
 * Read only: OK with outcome REPEAT or CONFLICT (and the answer); else
 * ERR_NOT_FOUND.
 */
enum err store_issue_find(struct store *s, struct store_issue *job) MUST_USE;

/**
 * store_line_issued(s, line):
 * OK iff anything was issued to the line in a space still kept; ERR_NOT_FOUND.
 */
enum err store_line_issued(
    struct store *s, const struct public_key *line) MUST_USE;

/**
 * store_ledger(s, space_no, issuer, purpose, out, n):
 * Append the sorted ledger.
 */
enum err store_ledger(struct store *s, uint32_t space_no, uint8_t issuer,
    uint8_t purpose, struct buf *out, uint32_t *n) MUST_USE;

/**
 * store_issue_tidy(s), store_issue_forget(s, space_no):
 * Write issue.mdb anew in key order if it changed; drop a space's rows and
 * write it anew.
 */
enum err store_issue_tidy(struct store *s) MUST_USE;
enum err store_issue_forget(struct store *s, uint32_t space_no) MUST_USE;

/* --- The office ---------------------------------------------------------- */

/**
 * Changes of the roll that are not yet published: the whole sorted list.
 */
enum err store_change_put(struct store *s, struct slice change) MUST_USE;
enum err store_changes(struct store *s, struct buf *out) MUST_USE;
enum err store_changes_drop(struct store *s, struct slice list) MUST_USE;

/**
 * Second factors: HMAC by roll key, and how many wrong tries it had.
 * store_factor_get: ERR_NOT_FOUND.  store_factor_tried adds one.
 */
enum err store_factors_put(struct store *s, const struct public_key *pks,
    const struct hash *macs, size_t n) MUST_USE;
enum err store_factor_get(struct store *s, const struct public_key *pk,
    struct hash *mac, uint32_t *tries) MUST_USE;
enum err store_factor_tried(
    struct store *s, const struct public_key *pk) MUST_USE;

/**
 * store_staff_number(s, pk, n, last):
 * Take the request number ${n} of a staff key if it is above the last one;
 * ERR_CONFLICT with ${last} otherwise.
 */
enum err store_staff_number(struct store *s, const struct public_key *pk,
    uint64_t n, uint64_t *last) MUST_USE;

/**
 * Small named values ("config"), for the server itself.
 */
enum err store_value_put(
    struct store *s, const char *name, struct slice value) MUST_USE;
enum err store_value_get(
    struct store *s, const char *name, struct buf *out) MUST_USE;

/* --- The last signed tree -------------------------------------------------*/

/**
 * store_state_get(path, size, root), store_state_put(path, size, root):
 * The file of the last signed (size, root): one line, written beside, synced
 * and renamed.  ERR_NOT_FOUND: none yet; ERR_FORMAT.
 */
enum err store_state_get(const char *path, uint64_t *size, struct hash *root,
    struct why *why) MUST_USE;
enum err store_state_put(
    const char *path, uint64_t size, const struct hash *root) MUST_USE;

/**
 * store_doctor(s, report, cookie):
 * Hold the folder against itself: tree against tiles against entries, index and
 * credentials against records, waiting records against the log, objects against
 * their hashes.  ${report} is called with each fault and with each count; the
 * number of faults is returned in ${faults}.
 */
typedef void store_report(void *cookie, int fault, const char *text);
enum err store_doctor(struct store *s, store_report *report, void *cookie,
    unsigned *faults) MUST_USE;

#endif /* STORE_H */
