#ifndef STICK_H
#define STICK_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "trustee.h"

/*
 * A ceremony around a folder, as on the evening when it is held: a stick and a
 * folder per trustee, played through the library of `partecipa trustee`.  What
 * cannot be made fails the test that called.
 */
#define STICK_SLUG "bilancio"

enum stick_step {
	STICK_COMMIT,
	STICK_REVEAL,
	STICK_SHARE,
	STICK_CHECK,
	STICK_SIGN,
};

struct stick {
	char root[200];
	char box[240];
	size_t n;
	unsigned t;
	struct trustee_key keys[DKG_TRUSTEES_MAX];
	struct header *header;
	struct buf said; /* of the last step */
	struct why why;
};

/**
 * stick_new(n, t), stick_free(s):
 * A header with ${n} trustees, ${t} needed, on a stick; everybody's key.
 */
struct stick *stick_new(size_t n, unsigned t);
void stick_free(struct stick *s);

/**
 * stick_lock(s, passphrase):
 * Write everybody's NAME.key, for `partecipa trustee`.
 */
void stick_lock(const struct stick *s, const char *passphrase);

/**
 * stick_dir(s, i, out), stick_path(s, what, out):
 * The folder of trustee ${i} (from 1); a file on the stick.
 */
const char *stick_dir(const struct stick *s, size_t i, char out[static 300]);
const char *stick_path(
    const struct stick *s, const char *what, char out[static 400]);

/**
 * stick_enter(s, i, box, out):
 * Trustee ${i} with the post box in the folder ${box} (NULL: the stick).
 */
enum err stick_enter(
    struct stick *s, size_t i, const char *box, struct trustee *out);

/**
 * stick_step(s, i, which), stick_attempt(s, i, attempt), stick_all(s, which):
 * One step of one; the first step of that attempt; a step of all.
 */
enum err stick_step(struct stick *s, size_t i, enum stick_step which);
enum err stick_attempt(struct stick *s, size_t i, uint32_t attempt);
void stick_all(struct stick *s, enum stick_step which);

/**
 * stick_until(s, which):
 * All steps of all up to and with ${which}, before the form.
 */
void stick_until(struct stick *s, enum stick_step which);

/**
 * stick_form(s, edits):
 * Put a form for the transcript on the stick; ${edits}: path and JSON text in
 * turn, NULL at the end, or NULL.
 */
void stick_form(struct stick *s, const char *const *edits);

/**
 * stick_read(s, what, out), stick_write(s, what, text), stick_drop(s, what),
 * stick_has(s, what):
 * Files on the stick.
 */
void stick_read(const struct stick *s, const char *what, struct buf *out);
void stick_write(const struct stick *s, const char *what, struct slice text);
void stick_drop(const struct stick *s, const char *what);
int stick_has(const struct stick *s, const char *what);

/**
 * stick_state(s, i, out):
 * What trustee ${i} keeps; trustee_state_free it.
 */
void stick_state(const struct stick *s, size_t i, struct trustee_state *out);

/**
 * stick_message(s, i, m):
 * Sign ${m} with the key of trustee ${i} and lay it on the stick in the place
 * of its round, over what is there.
 */
void stick_message(
    const struct stick *s, size_t i, const struct ceremony_message *m);

/**
 * stick_parse(s, what, out):
 * A message on the stick.
 */
void stick_parse(
    const struct stick *s, const char *what, struct ceremony_message *out);

/**
 * stick_says(s, word):
 * Nonzero iff the last sentence, refusal or not, has ${word} in it; it is
 * printed otherwise.
 */
int stick_says(struct stick *s, const char *word);

#endif /* STICK_H */
