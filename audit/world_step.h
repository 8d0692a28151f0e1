#ifndef WORLD_STEP_H
#define WORLD_STEP_H

#include "world.h"

/* The inside of the world, for audit/world*.c only. */
struct world {
	struct note_key key;
	world_object *object;
	void *object_cookie;
	struct world_audit audit;
	int trust;

	json_t *genesis;
	const char *origin; /* the key's name; NULL before genesis */
	struct note_key receipt_key;
	int rehearsal;
	int lost;      /* no usable genesis: nothing can be judged */
	int lost_roll; /* a roll could not be taken in: lines are unclear */
	int gap;       /* an entry did not parse: it may have been anything */

	struct staff *staff;
	size_t n_staff, cap_staff;
	struct space **spaces;
	size_t n_spaces, cap_spaces;
	/* Spaces whose header could not be taken in. */
	struct hash *shunned;
	size_t n_shunned, cap_shunned;
	struct roll *roll;

	/* The batch whose records follow. */
	struct {
		struct space *s; /* NULL: none */
		int out;	 /* there was one that was not taken in */
		uint32_t left;	 /* records that must still follow */
		int any;	 /* a record came: the two below are set */
		uint32_t seq;
		struct hash leaf;
	} batch;

	uint64_t judged[RULE_MAX + 1];
	uint64_t judged_at[RULE_MAX + 1]; /* index + 1 of the entry last held */
};

/* One call of world_apply. */
struct world_step {
	struct world *w;
	uint64_t index;
	const struct entry *e;
	struct space *s; /* NULL for kinds without a space */
	int quiet;	 /* a header of a space that nobody asked about */
	const struct hash *root;
	struct verdict *v;
};

/**
 * world_check(t, rule, held, fmt, ...):
 * One judgement.  OK when ${held}; else ERR_SIGNATURE, or OK after reporting
 * when an audit goes on.
 */
enum err world_check(struct world_step *t, enum rule_no rule, int held,
    const char *fmt, ...) __attribute__((format(printf, 4, 5))) MUST_USE;

/**
 * world_must(t, rule, held, fmt, ...):
 * The same where the entry cannot be taken in otherwise: never OK unless
 * ${held}.
 */
enum err world_must(struct world_step *t, enum rule_no rule, int held,
    const char *fmt, ...) __attribute__((format(printf, 4, 5))) MUST_USE;

/**
 * world_rows(t, rule, n):
 * Count ${n} judgements of rows.
 */
void world_rows(struct world_step *t, enum rule_no rule, uint64_t n);

/**
 * world_fetch(t, hash, out):
 * The object of ${hash}; rule 11.
 */
enum err world_fetch(
    struct world_step *t, const struct hash *hash, struct buf *out) MUST_USE;

/**
 * world_staff_add(w, s), world_space_add(w, s), world_shun(w, id):
 * Append; ERR_NOMEM.  ${s} of a space becomes the world's.
 */
enum err world_staff_add(struct world *w, const struct staff *s) MUST_USE;
enum err world_space_add(struct world *w, struct space *s) MUST_USE;
enum err world_shun(struct world *w, const struct hash *id) MUST_USE;
void world_space_free(struct space *s);
struct staff *world_staff_find(struct world *w, const struct public_key *pk);

/* One function per kind (world_log.c, world_space.c, world_roll.c,
 * world_batch.c, world_end.c). */
typedef enum err world_kind(struct world_step *t);
world_kind world_log_genesis, world_log_staff, world_log_signers;
world_kind world_log_bundle, world_log_progress;
world_kind world_space_header, world_space_form, world_space_cancel;
world_kind world_roll_change, world_roll_ledger, world_roll_destroyed;
world_kind world_roll_dispute;
world_kind world_batch_batch, world_batch_record, world_batch_done;
world_kind world_batch_whole; /* the first half of world_batch_done */
world_kind world_close_close, world_close_paper, world_close_opening;
world_kind world_close_result, world_close_moderation;

/**
 * world_batch_place(t, raw, leaf, in):
 * The place of one record.
 */
enum err world_batch_place(struct world_step *t, struct slice raw,
    const struct hash *leaf, struct space **in) MUST_USE;

/**
 * world_roll_missing(t, s):
 * Rule 24: every ledger of ${s} is there.
 */
enum err world_roll_missing(struct world_step *t, struct space *s) MUST_USE;

#endif /* WORLD_STEP_H */
