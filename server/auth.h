#ifndef AUTH_H
#define AUTH_H

#include "hash.h"
#include "sign.h"

/* The two Authorization headers (PROTOCOL 5 and 10.1), parsed strictly. */
#define AUTH_SALT 64

struct auth_roll {
	struct public_key key;
	uint8_t salt[AUTH_SALT];
	struct signature sig;
	int has_factor;
	struct hash factor;
};

struct auth_staff {
	struct public_key key;
	uint64_t n;
	struct signature sig;
};

/**
 * auth_roll_parse(value, out), auth_staff_parse(value, out):
 * Read the value of an Authorization header: the scheme, one blank, then the
 * parameters in any order, each once, all of them quoted, separated by commas
 * (blanks may follow a comma).  ERR_FORMAT for anything else.
 */
enum err auth_roll_parse(const char *value, struct auth_roll *out) MUST_USE;
enum err auth_staff_parse(const char *value, struct auth_staff *out) MUST_USE;

#endif /* AUTH_H */
