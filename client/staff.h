#ifndef STAFF_H
#define STAFF_H

#include "entry.h"
#include "sign.h"
#include "why.h"

/*
 * Key files of staff.  NAME.key is secret and counts the numbers that its
 * signatures used, NAME.pub is one line for whoever enters the key in the log.
 */
#define STAFF_NAME_MAX 64
#define STAFF_FILE_MAX 4096

/* A secret key; staff_key_wipe it. */
struct staff_key {
	char name[STAFF_NAME_MAX + 1];
	enum role role;
	struct sign_key key;
	uint64_t entry;	  /* last number used in an entry, 0: none */
	uint64_t request; /* last number used in a request */
	const char *path; /* where it is kept, borrowed; NULL: nowhere */
};

struct staff_pub {
	char name[STAFF_NAME_MAX + 1];
	enum role role;
	struct public_key pk;
};

/**
 * staff_name_check(s):
 * OK iff ${s} is 1 to 64 of letters, digits, '.', '_' and '-', the first a
 * letter or digit: names are file names and fields of a line.
 */
enum err staff_name_check(const char *s) MUST_USE;

/**
 * staff_key_new(name, role, out):
 * Draw a key that is kept nowhere yet.
 */
enum err staff_key_new(
    const char *name, enum role role, struct staff_key *out) MUST_USE;

/**
 * staff_key_parse(s, out, why), staff_key_put(k, b):
 * The text of a key file, strict.  path is NULL afterwards.
 */
enum err staff_key_parse(
    struct slice s, struct staff_key *out, struct why *why) MUST_USE;
void staff_key_put(const struct staff_key *k, struct buf *b);

/**
 * staff_key_load(path, out, why), staff_key_save(k, why):
 * Read the file ${path}, which must outlive ${out}; replace it (0600) in one
 * step.  Saving a key without a path does nothing.
 */
enum err staff_key_load(
    const char *path, struct staff_key *out, struct why *why) MUST_USE;
enum err staff_key_save(const struct staff_key *k, struct why *why) MUST_USE;
void staff_key_wipe(struct staff_key *k);

/**
 * staff_next_entry(k, out, why), staff_next_request(k, out, why):
 * The next number, which is on disk before anything is signed with it: a
 * number is never used twice, whatever breaks.
 */
enum err staff_next_entry(
    struct staff_key *k, uint64_t *out, struct why *why) MUST_USE;
enum err staff_next_request(
    struct staff_key *k, uint64_t *out, struct why *why) MUST_USE;

/**
 * staff_pub_parse(s, out, why), staff_pub_put(k, b):
 * The line "NAME ROLE HEX" and its newline.
 */
enum err staff_pub_parse(
    struct slice s, struct staff_pub *out, struct why *why) MUST_USE;
void staff_pub_put(const struct staff_key *k, struct buf *b);

/**
 * staff_document_put(action, pub, b):
 * The staff document of PROTOCOL 8; ${action} is "add" or "revoke".
 */
enum err staff_document_put(
    const char *action, const struct staff_pub *pub, struct buf *b) MUST_USE;

/**
 * staff_request_sign(k, n, origin, method, path, body, out):
 * The value of the Authorization header of a staff request (PROTOCOL 10.1).
 */
enum err staff_request_sign(const struct sign_key *k, uint64_t n,
    const char *origin, const char *method, const char *path, struct slice body,
    struct buf *out) MUST_USE;

#endif /* STAFF_H */
