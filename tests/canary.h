#ifndef CANARY_H
#define CANARY_H

#include "bytes.h"

/*
 * Values that must not be found where they do not belong, and the search for
 * them: as they are, in hex of both cases, in base64 and base64url wherever in
 * a triple of bytes they begin.
 */
enum canary_class {
	CANARY_NEVER, /* nowhere */
	/* Too short to be found by chance only: two different ones of them. */
	CANARY_SHORT,
	/* Roll keys and credentials: no unit has one of both. */
	CANARY_ROLL,
	CANARY_CREDENTIAL,
	/* Kept until participation is over, and no longer. */
	CANARY_GONE,
	CANARY_CLASSES,
};

/* How ${p} may have been written. */
enum canary_form {
	CANARY_RAW,
	CANARY_HEX,
	CANARY_HEX_UPPER,
	CANARY_BASE64,
	CANARY_BASE64_1, /* the value begins one, two bytes after a triple */
	CANARY_BASE64_2,
	CANARY_URL,
	CANARY_URL_1,
	CANARY_URL_2,
	CANARY_FORMS,
};

struct canaries;

/**
 * canaries_new(), canaries_free(c):
 * An empty set; no memory ends the program.
 */
struct canaries *canaries_new(void);
void canaries_free(struct canaries *c);

/**
 * canaries_add(c, class, what, p, n), canaries_text(c, class, what, text):
 * Look for the ${n} bytes ${p}, 4 at least; of more than 32 for each whole run
 * of 32.  Of CANARY_SHORT there are 4.  ${what} is a literal that says what
 * they are.
 */
void canaries_add(struct canaries *c, enum canary_class class, const char *what,
    const void *p, size_t n);
void canaries_text(struct canaries *c, enum canary_class class,
    const char *what, const char *text);

/**
 * canaries_write(form, s, out):
 * Append ${s} in that form, of base64 only the characters that do not depend on
 * what stands beside.
 */
void canaries_write(enum canary_form form, struct slice s, struct buf *out);

/* What was found in one unit, by class: how many different values. */
struct canary_found {
	unsigned n[CANARY_CLASSES];
	const char *what[CANARY_CLASSES]; /* one of them */
	enum canary_form form[CANARY_CLASSES];
};

void canaries_search(
    struct canaries *c, struct slice unit, struct canary_found *out);

/**
 * canaries_leak(f, over):
 * What must not be in one unit, or NULL.  ${over}: participation is over.
 */
const char *canaries_leak(const struct canary_found *f, int over);

#endif /* CANARY_H */
