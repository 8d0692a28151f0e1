#ifndef SERVICE_IMPL_H
#define SERVICE_IMPL_H

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>

#include "admit.h"
#include "group.h"
#include "keys.h"
#include "merkle.h"
#include "unseal.h"

#include "service.h"

/*
 * The inside of the service, for server/service*.c and issuer*.c only.
 *
 * Locks, in the order in which they are taken:
 *   ballots_lock  the file of a counted space's ballots is being made
 *   opening_lock  an opening that is being judged, for seconds perhaps
 *   relay_lock  a change of the roll, or a header, on its way to other issuers;
 *               the only one that is held while the network is waited for
 *   log_lock    everything that appends: the sequencer, staff, disputes
 *   issue_lock  commits of asks, changes of the roll, taking the ledgers
 *   cast_lock   commits of casts, taking what waits
 *   live_lock   the roll ahead of the log; written only under issue_lock
 *   world_lock  what follows from the log; written only under log_lock
 *   small_lock  the published checkpoint, token key ids, cached counts
 * A thread that judges a record or an ask holds none of them while it computes.
 */

/* Numbers of a roll_method, from 1. */
#define SERVICE_METHODS (ROLL_PAPER + 1)

/* What the service knows of a space beside its log; lives as long as it. */
struct track {
	/* cast_lock */
	uint64_t until; /* windows that end up to here are sequenced */
	int shut;	/* nothing is admitted any more */
	/* issue_lock */
	int taken; /* the ledgers are being made: nothing is issued any more */
	/* log_lock */
	int forgotten; /* what was kept for repeats of asks is gone */
	int done;      /* nothing is left for the sequencer to do */
	size_t here; /* this server among its issuers, or RECORD_ISSUERS_MAX */
	struct ask_other *others; /* small_lock; NULL: none was asked yet */
	/* small_lock */
	uint32_t counted_at; /* number of records of the counts below, + 1 */
	uint32_t credentials;
	uint32_t methods[RECORD_ISSUERS_MAX][SERVICE_METHODS];
	uint8_t methods_known[RECORD_ISSUERS_MAX];
	struct buf ballots; /* a counted space's file; once made it stays */
};

/* How it stands with another issuer of a space (service_issuers.c). */
struct ask_other {
	uint64_t next; /* when it is asked again, monotonic milliseconds */
	uint64_t wait;
	struct why why; /* what it said */
};

/* What a truncated token key id names. */
struct ask_key {
	struct space *space; /* NULL: nothing */
	struct track *track;
	uint8_t issuer;
	uint8_t purpose;
};

/* A page of a space that changes no more. */
#define SERVICE_KEPT_PAGES 8
#define SERVICE_KEPT_MAX (4U << 20)
struct kept_page {
	const struct space *space; /* NULL: none */
	unsigned variant;
	struct buf page;
};

/* An object on its way into the store; empty: none. */
#define SERVICE_STAGED 2
struct staged {
	struct hash hash;
	struct slice bytes;
};

/* The counted ballots of a space whose openings come in (service_opening.c). */
struct unsealing {
	const struct space *space; /* NULL: none */
	struct unseal *ballots;
};

struct service {
	struct clock *clock;
	struct store *store;
	struct keys *keys;
	char *state_path;
	char *host;
	struct note_key log_key;
	char receipt_name[NOTE_NAME_MAX + 1];

	pthread_mutex_t log_lock;
	pthread_cond_t wake; /* with log_lock: the sequencer is to stop */
	int stop;	     /* log_lock */
	uint64_t tidied;     /* log_lock: when issue.mdb was written anew */
	/* Objects that are not stored before their entry is judged: its own,
	   and one that this names in turn. */
	struct staged staged[SERVICE_STAGED]; /* log_lock */
	int verified; /* log_lock: the rows of the ledger staged are */

	pthread_mutex_t ballots_lock;
	pthread_mutex_t opening_lock; /* one opening is judged at a time */
	struct unsealing unsealing;   /* opening_lock */

	pthread_mutex_t issue_lock;
	pthread_mutex_t cast_lock;
	pthread_mutex_t factor_lock; /* one try of a second factor at a time */

	pthread_rwlock_t live_lock;
	struct roll *live; /* the log's roll and the changes to be published */

	pthread_rwlock_t world_lock;
	struct world *world;
	struct track **tracks; /* by number of the space */
	size_t n_tracks;
	struct service_bundle *bundles;
	size_t n_bundles;

	pthread_mutex_t small_lock;
	struct buf checkpoint;
	uint64_t size;
	struct ask_key ask_keys[256];
	struct kept_page kept[SERVICE_KEPT_PAGES];
	unsigned next_kept;

	struct group *casts;
	struct group *asks;
	pthread_t sequencer;
	int has_sequencer;
	/* The world and the store may differ: nothing more is accepted. */
	atomic_int halted;
	struct service_witness *witness; /* publishes; NULL: of no own log */

	/* Several issuers (PROTOCOL 10.2). */
	struct follow *follow; /* of an issuer of another's log; else NULL */
	pthread_mutex_t relay_lock;
	struct public_key held; /* issue_lock: nothing is issued to this line */
	uint64_t held_until;	/* issue_lock; monotonic seconds, 0: to none */
	pthread_t asker;	/* of other issuers' ledgers */
	int has_asker;
	atomic_int asker_stop;
};

/* Most jobs that are committed together. */
#define SERVICE_GROUP_MAX 256

/* --- service_log.c: the one way into the log ------------------------------*/

/**
 * service_log_append(s, items, n, v):
 * Judge, append, sign and publish ${n} entries, of which the hashes of records
 * are given and the others are computed here.  log_lock is held.
 * ERR_SIGNATURE: an entry breaks the rule in ${v}, and nothing changed.
 * Any failure after the first entry was taken in halts the service.
 */
enum err service_log_append(struct service *s, struct store_item *items,
    size_t n, struct verdict *v) MUST_USE;

/**
 * service_log_put(s, e, object, v):
 * Append the single entry ${e} with its ${object}, if that is not empty, and
 * what service_log_stage gave before.
 */
enum err service_log_put(struct service *s, const struct entry *e,
    struct slice object, struct verdict *v) MUST_USE;

/**
 * service_ledger_verify(s, e, rows, verified, v):
 * Before world_lock is taken: the signatures of the rows of a ledger.
 * ${verified} is nonzero iff they all hold; it is 0, with OK, where something
 * else is wrong that the world will say.  ERR_SIGNATURE: rule 22, in ${v}.
 * log_lock is held.
 */
enum err service_ledger_verify(struct service *s, const struct entry *e,
    struct slice rows, int *verified, struct verdict *v) MUST_USE;

/**
 * service_log_stage(s, object):
 * The entry that is put next names, in its object, this one too; borrowed until
 * then.  log_lock is held.
 */
void service_log_stage(struct service *s, struct slice object);

/**
 * service_log_publish(s, tree):
 * Remember the tree as signed, sign it, and have the checkpoint published.
 */
enum err service_log_publish(
    struct service *s, const struct merkle *tree) MUST_USE;

/**
 * service_log_size(s):
 * Entries in the log, published or waiting for their witnesses.
 */
uint64_t service_log_size(struct service *s);

/**
 * service_log_object(s, hash, out):
 * A world_object: the object staged, or one in the store.
 */
enum err service_log_object(
    void *service, const struct hash *hash, struct buf *out);

/**
 * service_log_tracks(s):
 * A track for each space of the world.  world_lock is held for writing.
 */
enum err service_log_tracks(struct service *s) MUST_USE;

/**
 * service_log_taken(s, index, e):
 * Remember of an entry that was taken in what the world does not.  world_lock
 * is held for writing, or nobody else is there yet.
 */
enum err service_log_taken(
    struct service *s, uint64_t index, const struct entry *e) MUST_USE;

/**
 * service_log_halt(s, what):
 * Accept nothing more, and say why on stderr.
 */
void service_log_halt(struct service *s, const char *what);

/**
 * service_log_problem(r, v, why):
 * What a client is told of a failed append.
 */
enum problem service_log_problem(
    enum err r, const struct verdict *v, struct why *why);

/* --- service_live.c: the roll ahead of the log ----------------------------*/

/**
 * service_live_build(s, extra, out, why):
 * The roll as the log would make it were the changes that wait published now,
 * after the space ${extra} (NULL: none) was announced.  log_lock and issue_lock
 * are held.
 */
enum err service_live_build(struct service *s, const struct header *extra,
    struct roll **out, struct why *why) MUST_USE;

/**
 * service_live_set(s, roll):
 * Put ${roll} in the place of the one in force.  issue_lock is held.
 */
void service_live_set(struct service *s, struct roll *roll);

/* --- service_staff.c ------------------------------------------------------*/

/**
 * service_staff_judge(s, call, roles, why):
 * service_staff without the number.
 */
enum problem service_staff_judge(struct service *s,
    const struct service_staff_call *call, unsigned roles, struct why *why);

/**
 * service_staff_may(s, c, row, why):
 * Could the change take effect?  service_staff_take: let it, durably.  log_lock
 * and issue_lock are held.
 */
enum err service_staff_may(struct service *s, const struct roll_change *c,
    struct slice row, struct why *why) MUST_USE;
enum err service_staff_take(struct service *s, const struct roll_change *c,
    struct slice row, struct why *why) MUST_USE;

/**
 * service_change_problem(r):
 * What is answered where one of these two says ${r}.
 */
enum problem service_change_problem(enum err r);

/* --- Token key ids (service_issue.c) ---------------------------------------*/

/**
 * service_issue_keys_add(s, space, track), service_issue_keys_drop(s, track):
 * Reserve the truncated ids of the space's keys, if they are free
 * (ERR_CONFLICT); give them back.
 */
enum err service_issue_keys_add(
    struct service *s, struct space *space, struct track *track) MUST_USE;
void service_issue_keys_drop(struct service *s, const struct track *track);

/**
 * service_issue_keys(s, ids):
 * All that are reserved.
 */
void service_issue_keys(struct service *s, struct key_ids *ids);

/**
 * service_issue_here(h):
 * The number of the issuer that is the log's server, or RECORD_ISSUERS_MAX.
 */
size_t service_issue_here(const struct header *h);

/**
 * service_issue_hold(s, line):
 * Issue nothing to the line that begins with this key (NULL: to all again) for
 * some seconds, while several servers agree on a change.  issue_lock is held.
 */
void service_issue_hold(struct service *s, const struct public_key *line);

/**
 * service_issue_commit(s, jobs, n), service_cast_commit(s, jobs, n):
 * group_apply of asks and of casts.
 */
void service_issue_commit(void *service, void **jobs, size_t n);
void service_cast_commit(void *service, void **jobs, size_t n);

/* --- service_sequence.c ----------------------------------------------------*/

/**
 * service_sequence_run(service):
 * The sequencer's thread.
 */
void *service_sequence_run(void *service);

/**
 * service_sequence_ledger(s, sp, issuer, purpose, rows, why):
 * Append a ledger.  log_lock and issue_lock are held.  ERR_FORBIDDEN: it breaks
 * a rule, or changes of the roll have to be published first.
 */
enum err service_sequence_ledger(struct service *s, struct space *sp,
    size_t issuer, unsigned purpose, struct slice rows,
    struct why *why) MUST_USE;

/**
 * service_sequence_destroyed(s, sp, issuer, purpose):
 * Append that a key was destroyed.  log_lock is held.
 */
enum err service_sequence_destroyed(struct service *s, struct space *sp,
    size_t issuer, unsigned purpose) MUST_USE;

/**
 * service_sequence_forget(s, sp, t):
 * Delete what answers repeats of asks, and give the keys' names free.
 */
enum err service_sequence_forget(
    struct service *s, struct space *sp, struct track *t) MUST_USE;

/**
 * service_sequence_space(s, sp, t, why):
 * Do for a space what is due by now: batches of windows that ended, ledgers,
 * destroying keys, forgetting.  log_lock is held.  ERR_FORBIDDEN: a ledger
 * cannot be published yet, ${why} says why.
 */
enum err service_sequence_space(struct service *s, struct space *sp,
    struct track *t, struct why *why) MUST_USE;

/**
 * service_sequence_close(s, sp, t, why):
 * The same before a close, participation being over: nothing is admitted any
 * more from here on, even if the clock is set back.
 */
enum err service_sequence_close(struct service *s, struct space *sp,
    struct track *t, struct why *why) MUST_USE;

/**
 * service_sequence_cancel(s, sp, t):
 * Before a cancel entry: shut the space and sequence all that waits.
 */
enum err service_sequence_cancel(
    struct service *s, struct space *sp, struct track *t) MUST_USE;

/* --- service_ceremony.c ----------------------------------------------------*/

/**
 * service_ceremony_form(s, sp, form, transcript, why):
 * The transcript that belongs to the form that is to be logged: it was kept
 * with it as the draft.  log_lock is held.
 */
enum problem service_ceremony_form(struct service *s, const struct space *sp,
    struct slice form, struct buf *transcript, struct why *why);

/**
 * service_ceremony_done(s, sp):
 * The form is logged: the draft is there no more.  log_lock is held.
 */
enum err service_ceremony_done(
    struct service *s, const struct space *sp) MUST_USE;

/**
 * service_ceremony_tidy(s):
 * At a start: what a crash between a form and the end of its draft left.
 */
void service_ceremony_tidy(struct service *s);

/* --- service_opening.c -----------------------------------------------------*/

/**
 * service_opening_result(sp, result, why):
 * May the space have this result: enough trustees opened it, or there is
 * nothing to be opened; and no opening or dispute came after it was computed,
 * which would leave the log with a wrong result for ever.  log_lock is held.
 */
enum problem service_opening_result(
    const struct space *sp, struct slice result, struct why *why);

/**
 * service_opening_each(s, sp, result, each, cookie):
 * The ballots of the sealed space ${sp}, opened as its ${result} says.  Takes
 * opening_lock, for as long as that lasts.
 */
enum err service_opening_each(struct service *s, const struct space *sp,
    const json_t *result, unseal_each *each, void *cookie) MUST_USE;

/**
 * service_opening_forget(s):
 * Free what is kept of a space whose openings are over.  No lock is held.
 */
void service_opening_forget(struct service *s);

/* --- service_receipt.c -----------------------------------------------------*/

/* One receipt to be signed with others of its commit group. */
struct receipt_job {
	const struct hash *space_id;
	struct hash leaf;
	uint64_t window_end;
	struct buf *out;
	enum err result;
	/* inside */
	uint8_t salt[16];
	struct hash entry;
};

/**
 * service_receipt_sign(s, jobs, n):
 * One signature for all of a space and window; sorts ${jobs}.
 */
void service_receipt_sign(
    const struct service *s, struct receipt_job **jobs, size_t n);

/* --- service_read.c -------------------------------------------------------*/

/**
 * service_read_counts(s, sp, records, credentials):
 * Records and credentials of all purposes of the space in the log.
 */
enum err service_read_counts(struct service *s, const struct space *sp,
    uint32_t *records, uint32_t *credentials) MUST_USE;

/**
 * service_read_find(s, slug, track):
 * The space and its track, or NULL.
 */
struct space *service_read_find(
    struct service *s, const char *slug, struct track **track);

#endif /* SERVICE_IMPL_H */
