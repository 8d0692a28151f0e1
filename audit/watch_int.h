#ifndef WATCH_INT_H
#define WATCH_INT_H

#include "policy.h"
#include "receipt.h"
#include "replay.h"

#include "watch.h"

/* The inside of a watch, for audit/watch*.c only. */
#define WATCH_PATH 4096
#define WATCH_TEXT 2048

/* A checkpoint that the log's key signed; its file is named after it. */
struct watch_seen {
	uint64_t size;
	struct hash root;
	int proven; /* the mirror continues it */
};

struct watch_fault {
	char *key;   /* what makes it the same fault when it is met again */
	int lasting; /* it cannot be mended */
	int present; /* it was met in this round */
	int mended;  /* it was not met any more: history */
};

struct watch_receipt {
	const char *file;
	struct buf text;
	struct receipt_promise promise;
	int opened; /* promise is set */
	int bad;    /* it is no receipt of this log */
	int found;  /* the leaf is in the log */
};

struct watch {
	struct watch_options o;
	struct source *there; /* the log */
	struct source *here;  /* the mirror; NULL: none yet */
	struct policy *policy;
	struct note_key key;
	int has_key;
	struct checkpoint taken; /* what the mirror has; size 0: nothing */
	struct replay *replay;
	uint64_t uncosigned; /* since when the quorum lacks; 0: it does not */
	struct watch_seen *seen;
	size_t n_seen, cap_seen;
	struct watch_fault *faults;
	size_t n_faults, cap_faults;
	size_t n_before;    /* of them from earlier runs */
	struct merkle walk; /* leaves of the mirror looked at so far */
	struct watch_receipt *receipts;
	uint64_t next_tile; /* to be looked at again */
	char next_object[2 * HASH_BYTES + 1];
	uint64_t now;
};

/* watch_keep.c: what the folder remembers. */

/**
 * watch_keep_load(w, why), watch_keep_free(w):
 * Read names of checkpoints and known faults.
 */
enum err watch_keep_load(struct watch *w, struct why *why) MUST_USE;
void watch_keep_free(struct watch *w);

/**
 * watch_keep_checkpoint(w, c, note, why):
 * Keep a signed checkpoint.
 */
enum err watch_keep_checkpoint(struct watch *w, const struct checkpoint *c,
    struct slice note, struct why *why) MUST_USE;

/**
 * watch_keep_name(size, root, out):
 * Where it lies below the folder.
 */
void watch_keep_name(
    uint64_t size, const struct hash *root, char out[static 120]);

/**
 * watch_keep_evidence(w, name, bytes, path):
 * Keep ${bytes} as evidence/${name}-<hash>; its path below the folder to
 * ${path}.
 */
void watch_keep_evidence(struct watch *w, const char *name, struct slice bytes,
    char path[static 120]);

/* What is wrong. */
struct watch_cry {
	enum rule_no rule; /* RULE_NONE: no rule of the audit */
	const char *key;   /* NULL: the text itself */
	int lasting;
	const char *files[3]; /* evidence, below the folder */
};

/**
 * watch_keep_cry(w, c, fmt, ...):
 * Raise the voice, unless this was said before and is not mended.
 */
void watch_keep_cry(struct watch *w, const struct watch_cry *c, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

/**
 * watch_keep_begin(w), watch_keep_mended(w):
 * Before a round; after a whole round: faults that do not last and were not met
 * again are said again when they come back.
 */
void watch_keep_begin(struct watch *w);
void watch_keep_mended(struct watch *w);

/* watch_leaves.c: what is looked for among all leaves of the mirror. */

/**
 * watch_leaves(w, why):
 * Go on to the end of the mirror: kept checkpoints, receipts.
 */
enum err watch_leaves(struct watch *w, struct why *why) MUST_USE;

/**
 * watch_leaves_open(w, p):
 * Verify a receipt, once the log's first entry was read.
 */
void watch_leaves_open(struct watch *w, struct watch_receipt *p);

/**
 * watch_leaves_receipts(w):
 * Which promises are past and not kept.
 */
void watch_leaves_receipts(struct watch *w);

/* watch_again.c */

/**
 * watch_again(w, why):
 * Fetch some of the files that the mirror has once more.
 */
enum err watch_again(struct watch *w, struct why *why) MUST_USE;

/* watch_hook.c */

/**
 * watch_hook(program, rule, message, files, why):
 * Run ${program} with the message as its argument and wait for it.
 */
enum err watch_hook(const char *program, const char *rule, const char *message,
    const char *files, struct why *why) MUST_USE;

#endif /* WATCH_INT_H */
