#ifndef ROLL_H
#define ROLL_H

#include "hash.h"
#include "sign.h"
#include "why.h"

/* The roll, its changes, and who may ask for a token (PROTOCOL 4). */
#define ROLL_ROW 33
#define ROLL_CHANGE_BYTES 98

enum roll_type {
	ROLL_REGULAR = 1,
	ROLL_SPARE = 2,
};

enum roll_action {
	ROLL_REPLACE = 1,
	ROLL_STRIKE = 2,
	ROLL_ADD = 3,
	ROLL_REMOVE = 4,
};

enum roll_method {
	ROLL_LETTER = 1,
	ROLL_DESK = 2,
	ROLL_OIDC = 3,
	ROLL_PAPER = 4,
};

struct roll_change {
	enum roll_action action;
	enum roll_method method;
	struct public_key old_pk;
	struct public_key new_pk;
	struct hash space_id;
};

/**
 * roll_file_check(s, root, n, why):
 * A strict roll file; its RFC 6962 root and number of rows.
 */
enum err roll_file_check(
    struct slice s, struct hash *root, uint32_t *n, struct why *why) MUST_USE;

/**
 * roll_change_parse(s, out, why), roll_change_put(b, c):
 * One change, strict: unused fields are zero.
 */
enum err roll_change_parse(
    struct slice s, struct roll_change *out, struct why *why) MUST_USE;
void roll_change_put(struct buf *b, const struct roll_change *c);

/**
 * All lines and keys that a log (or a server, ahead of its log) knows, and the
 * rights of every space.  Not locked: the caller is.
 */
struct roll;
#define ROLL_NO_LINE UINT32_MAX

struct roll *roll_new(void);
void roll_free(struct roll *r);

/**
 * roll_open(r, space_id, file, why), roll_close(r, space_id):
 * A space begins with the regular rows of ${file} as its lines (rows of keys
 * that are known already keep their line); it is open to changes until closed.
 */
enum err roll_open(struct roll *r, const struct hash *space_id,
    struct slice file, struct why *why) MUST_USE;
void roll_close(struct roll *r, const struct hash *space_id);

/**
 * roll_apply(r, list, why):
 * Apply a set of changes, ${list} being whole 98-byte rows in any order; all
 * or nothing.  ERR_CONFLICT: a key that entered before, a line that is not
 * known, an old key replaced already; ${why} says which row.
 * Changes apply to the spaces that are open.  A strike or remove that would
 * take away nothing is refused too (ERR_CONFLICT).  A list that is taken in
 * parts, in any order in which every part is taken, gives the same as all.
 */
enum err roll_apply(
    struct roll *r, struct slice list, struct why *why) MUST_USE;

/**
 * roll_check(r, list, why):
 * Could roll_apply take the list?  Nothing changes.
 */
enum err roll_check(
    struct roll *r, struct slice list, struct why *why) MUST_USE;

/**
 * roll_line(r, pk):
 * The number of the line on which the key is or was, or ROLL_NO_LINE.  Numbers
 * are stable as long as ${r} lives.  roll_line_key gives the key with which the
 * line began (its name in the store), roll_line_current the key now in force;
 * both are borrowed until the next roll_open or roll_apply.
 */
uint32_t roll_line(const struct roll *r, const struct public_key *pk);
const struct public_key *roll_line_key(const struct roll *r, uint32_t line);
const struct public_key *roll_line_current(const struct roll *r, uint32_t line);
uint32_t roll_lines(const struct roll *r);

/**
 * roll_entitled(r, space_id, line):
 * Nonzero iff the line belongs to the space and is neither struck nor removed.
 */
int roll_entitled(
    const struct roll *r, const struct hash *space_id, uint32_t line);

/* A space's counts, for reconciliation. */
struct roll_counts {
	uint32_t roll;	/* regular rows of the file */
	uint32_t added; /* lines added while open */
	uint32_t removed;
	uint32_t struck;
	uint32_t replaced;
};
enum err roll_count(const struct roll *r, const struct hash *space_id,
    struct roll_counts *out) MUST_USE;

#endif /* ROLL_H */
