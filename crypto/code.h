#ifndef CODE_H
#define CODE_H

#include "bytes.h"

/*
 * What people type: letter codes and recovery codes, in Crockford's base32
 * (PROTOCOL 4, 5).  Reading folds case, drops hyphens and blanks, and takes O
 * for 0, I and L for 1.
 */
#define ROLL_CODE_CHARS 20
#define SECRET_BYTES 16
#define RECOVERY_CHARS 28

/* A letter's code: 19 random characters and one check character, canonical. */
struct roll_code {
	char c[ROLL_CODE_CHARS + 1];
};

/* 16 random bytes: a line's master secret, or what is derived for a space. */
struct secret {
	uint8_t b[SECRET_BYTES];
};

/* Whose secret a recovery code shows; the check characters differ. */
enum code_kind {
	CODE_MASTER,
	CODE_SPACE,
};

/**
 * roll_code_random(out):
 * Draw a new code.
 */
void roll_code_random(struct roll_code *out);

/**
 * roll_code_parse(typed, out):
 * Normalise and check what somebody typed.  ERR_FORMAT: a character that no
 * code has, or not 20 of them; ERR_SIGNATURE: the check character is wrong.
 */
enum err roll_code_parse(struct slice typed, struct roll_code *out) MUST_USE;

/**
 * roll_code_print(code, out):
 * Write five groups of four, hyphens between, and a NUL: 25 characters.
 */
void roll_code_print(const struct roll_code *code, char out[static 25]);

/**
 * recovery_print(kind, secret, out):
 * Write seven groups of four, hyphens between, and a NUL: 35 characters.
 */
void recovery_print(
    enum code_kind kind, const struct secret *secret, char out[static 35]);

/**
 * recovery_parse(kind, typed, out):
 * The way back.  ERR_FORMAT: wrong characters or length, or unused bits set;
 * ERR_SIGNATURE: the check characters are wrong (or of the other ${kind}).
 */
enum err recovery_parse(
    enum code_kind kind, struct slice typed, struct secret *out) MUST_USE;

#endif /* CODE_H */
