#ifndef POLICY_H
#define POLICY_H

#include "note.h"
#include "why.h"

/*
 * C2SP tlog-policy: which logs are accepted, which witnesses there are, and
 * which of them must have cosigned a checkpoint.
 */
#define POLICY_LOGS_MAX 32
#define POLICY_WITNESSES_MAX 32
#define POLICY_GROUPS_MAX 32
#define POLICY_NAME_MAX 255
#define POLICY_URL_MAX 1000
#define POLICY_MAX 65536 /* bytes of a file */

struct policy_log {
	struct note_key key;	      /* type 01; its name is the origin */
	char url[POLICY_URL_MAX + 1]; /* "": none */
};

/* A name is used as a member at most once, so each has one group at most. */
struct policy_witness {
	char name[POLICY_NAME_MAX + 1]; /* in the file only; any bytes */
	struct note_key key;		/* type 04 */
	char url[POLICY_URL_MAX + 1];	/* "": none */
	size_t group;			/* POLICY_GROUPS_MAX: of none */
};

struct policy_group {
	char name[POLICY_NAME_MAX + 1];
	size_t k; /* of its n members */
	size_t n;
	size_t group;
};

struct policy {
	size_t n_logs;
	struct policy_log logs[POLICY_LOGS_MAX];
	size_t n_witnesses;
	struct policy_witness witnesses[POLICY_WITNESSES_MAX];
	size_t n_groups;
	struct policy_group groups[POLICY_GROUPS_MAX]; /* members come first */
	/* The quorum: a witness, a group, or none (both are the maximum). */
	size_t quorum_witness;
	size_t quorum_group;
};

/**
 * policy_parse(s, out, why):
 * Read a policy; ${out} is the caller's to free().  ERR_FORMAT: ${why} names
 * the line; ERR_LIMIT: more than the maxima above.
 */
enum err policy_parse(
    struct slice s, struct policy **out, struct why *why) MUST_USE;

/**
 * policy_open(path, out, why):
 * The same from a file.  ERR_NOT_FOUND: there is none; ERR_IO.
 */
enum err policy_open(
    const char *path, struct policy **out, struct why *why) MUST_USE;

/**
 * policy_print(p, b):
 * The same policy without comments: what is printed parses to what was printed.
 */
void policy_print(const struct policy *p, struct buf *b);

/**
 * policy_log_of(p, key):
 * The log that has the verifier key ${key}, or NULL.
 */
const struct policy_log *policy_log_of(
    const struct policy *p, const struct note_key *key);

/**
 * policy_witness_of(p, key):
 * The witness that has the verifier key ${key}, or NULL.
 */
const struct policy_witness *policy_witness_of(
    const struct policy *p, const struct note_key *key);

/**
 * policy_check(p, note):
 * OK iff the witnesses that cosigned ${note} are a quorum; ERR_SIGNATURE
 * otherwise.  Lines of keys that the policy does not name are ignored; one of
 * a witness that does not verify makes that witness count as missing.
 */
enum err policy_check(const struct policy *p, const struct note *note) MUST_USE;

/**
 * policy_demand(p, key, note, why):
 * Policy_check, and the log's ${key} is one of those that the policy names, if
 * it names any (ERR_FORBIDDEN).
 */
enum err policy_demand(const struct policy *p, const struct note_key *key,
    const struct note *note, struct why *why) MUST_USE;

#endif /* POLICY_H */
