#ifndef SERVICE_IMPL_H
#define SERVICE_IMPL_H

#include <pthread.h>
#include <stdatomic.h>

#include "admit.h"
#include "group.h"
#include "keys.h"
#include "merkle.h"

#include "service.h"

/*
 * The inside of the service, for server/service*.c only.
 *
 * Locks, in the order in which they are taken:
 *   log_lock    everything that appends: the sequencer, staff, disputes
 *   issue_lock  commits of asks, changes of the roll, taking the ledgers
 *   cast_lock   commits of casts, taking what waits
 *   live_lock   the roll ahead of the log; written only under issue_lock
 *   world_lock  what follows from the log; written only under log_lock
 *   small_lock  the published checkpoint, token key ids, cached counts
 * A thread that judges a record or an ask holds none of them while it computes.
 */

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
	/* small_lock */
	uint32_t counted_at; /* number of records of the counts below, + 1 */
	uint32_t credentials;
};

/* What a truncated token key id names. */
struct ask_key {
	struct space *space; /* NULL: nothing */
	struct track *track;
	uint8_t issuer;
	uint8_t purpose;
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
	/* An object that is not stored before its entry is judged. */
	struct hash staged_hash; /* log_lock */
	struct slice staged;	 /* log_lock */

	pthread_mutex_t issue_lock;
	pthread_mutex_t cast_lock;
	pthread_mutex_t factor_lock; /* one try of a second factor at a time */

	pthread_rwlock_t live_lock;
	struct roll *live; /* the log's roll and the changes to be published */

	pthread_rwlock_t world_lock;
	struct world *world;
	struct track **tracks; /* by number of the space */
	size_t n_tracks;

	pthread_mutex_t small_lock;
	struct buf checkpoint;
	uint64_t size;
	struct ask_key ask_keys[256];

	struct group *casts;
	struct group *asks;
	pthread_t sequencer;
	int has_sequencer;
	/* The world and the store may differ: nothing more is accepted. */
	atomic_int halted;
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
 * Append the single entry ${e} with its ${object}, if that is not empty.
 */
enum err service_log_put(struct service *s, const struct entry *e,
    struct slice object, struct verdict *v) MUST_USE;

/**
 * service_log_publish(s, tree):
 * Remember the tree as signed, sign it and publish the checkpoint.
 */
enum err service_log_publish(
    struct service *s, const struct merkle *tree) MUST_USE;

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
 * The number of the issuer that is this server, or RECORD_ISSUERS_MAX.
 */
size_t service_issue_here(const struct header *h);

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
 * service_sequence_space(s, sp, t, why):
 * Do for a space what is due by now: batches of windows that ended, ledgers,
 * destroying keys, forgetting.  log_lock is held.  ERR_FORBIDDEN: a ledger
 * cannot be published yet, ${why} says why.
 */
enum err service_sequence_space(struct service *s, struct space *sp,
    struct track *t, struct why *why) MUST_USE;

/**
 * service_sequence_cancel(s, sp, t):
 * Before a cancel entry: shut the space and sequence all that waits.
 */
enum err service_sequence_cancel(
    struct service *s, struct space *sp, struct track *t) MUST_USE;

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
