#ifndef NOTE_H
#define NOTE_H

#include "hash.h"
#include "sign.h"

/* C2SP signed notes and verifier keys. */
#define NOTE_NAME_MAX 255
#define NOTE_SIGS_MAX 100
#define NOTE_MAX 65536

enum note_type {
	NOTE_ED25519 = 1,
	NOTE_COSIGNATURE = 4,
};

/* A verifier key, "name+id+key". */
struct note_key {
	char name[NOTE_NAME_MAX + 1];
	uint32_t id;
	uint8_t type; /* note_type, or another that we cannot verify */
	struct public_key pk;
};

/* One signature line, borrowed. */
struct note_sig {
	struct slice name;
	uint32_t id;
	uint8_t blob[76]; /* what follows the key id; the first n bytes */
	size_t n;	  /* above 76: a kind that we cannot verify */
};

/* A parsed note, borrowed. */
struct note {
	struct slice text; /* with its final newline */
	size_t n_sigs;
	struct note_sig sigs[NOTE_SIGS_MAX];
};

/**
 * note_name_check(name):
 * ERR_FORMAT when ${name} is empty, too long, not UTF-8, or holds a blank (of
 * Unicode too), a control character or a '+'.
 */
enum err note_name_check(struct slice name) MUST_USE;

/**
 * note_key_make(name, type, pk, out):
 * ERR_FORMAT: note_name_check refuses ${name}.
 */
enum err note_key_make(const char *name, enum note_type type,
    const struct public_key *pk, struct note_key *out) MUST_USE;

/**
 * note_key_parse(vkey, out), note_key_print(k, b):
 * ERR_FORMAT: malformed, or the id is not that of name, type and key.
 * Keys of other types are ERR_NOT_FOUND.
 */
enum err note_key_parse(struct slice vkey, struct note_key *out) MUST_USE;
void note_key_print(const struct note_key *k, struct buf *b);

/**
 * note_parse(s, out):
 * ERR_FORMAT: malformed by the C2SP text; ERR_LIMIT: too large.
 */
enum err note_parse(struct slice s, struct note *out) MUST_USE;

/**
 * note_text(s, out):
 * The text of a note, borrowed, whatever its signature lines hold.
 */
enum err note_text(struct slice s, struct slice *out) MUST_USE;

/**
 * note_verify(n, k):
 * OK: a line of the Ed25519 key ${k} verifies.  ERR_NOT_FOUND: there is no line
 * of that name and id.  ERR_SIGNATURE: there is one that does not verify.
 */
enum err note_verify(const struct note *n, const struct note_key *k) MUST_USE;

/**
 * note_cosigned(n, k, time):
 * The same for a witness's key (type 04, C2SP tlog-cosignature); ${time}, UNIX
 * seconds, is set on OK and may be NULL.
 */
enum err note_cosigned(
    const struct note *n, const struct note_key *k, uint64_t *time) MUST_USE;

/**
 * note_sign(text, name, k, b):
 * Append ${text}, an empty line and one signature line of the Ed25519 key ${k}
 * under ${name} to ${b}.  ${text} must end in a newline (ERR_FORMAT).
 */
enum err note_sign(struct slice text, const char *name,
    const struct sign_key *k, struct buf *b) MUST_USE;

/**
 * note_cosign_line(text, name, k, time, b):
 * Append the signature line of a cosignature at ${time} to ${b}.
 */
enum err note_cosign_line(struct slice text, const char *name,
    const struct sign_key *k, uint64_t time, struct buf *b) MUST_USE;

#endif /* NOTE_H */
