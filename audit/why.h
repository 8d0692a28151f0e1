#ifndef WHY_H
#define WHY_H

#include "err.h"

#define WHY_CHARS 700

/* A sentence for people: what is wrong, where, what to do. */
struct why {
	char text[WHY_CHARS];
};

/**
 * why_say(w, e, fmt, ...):
 * Write the sentence to ${w} (which may be NULL) and return ${e}, so that a
 * failure is one line: return why_say(w, ERR_FORMAT, "...").
 */
enum err why_say(struct why *w, enum err e, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/**
 * why_prefix(w, fmt, ...):
 * Put a place in front of the sentence that is there.
 */
void why_prefix(struct why *w, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/**
 * why_clean(s):
 * Words that others wrote go to a terminal: '?' for every control character in
 * ${s}.
 */
void why_clean(char *s);

#endif /* WHY_H */
