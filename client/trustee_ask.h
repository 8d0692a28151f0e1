#ifndef TRUSTEE_ASK_H
#define TRUSTEE_ASK_H

#include "bytes.h"
#include "why.h"

/* What a trustee is asked at her terminal. */

/**
 * trustee_ask_passphrase(file, what, twice, out, why):
 * Append the passphrase: the first line of ${file}, or, where that is NULL,
 * typed at the terminal without echo after the question for ${what}, ${twice}
 * for a new one.  ERR_LIMIT: too short; ERR_CONFLICT: two different ones;
 * ERR_IO: there is no terminal.  Free ${out} with buf_free, which wipes.
 */
enum err trustee_ask_passphrase(const char *file, const char *what, int twice,
    struct buf *out, struct why *why) MUST_USE;

/**
 * trustee_ask_yes(question, why):
 * OK iff "yes" (or "sì", "si") is typed; ERR_FORBIDDEN otherwise.
 */
enum err trustee_ask_yes(const char *question, struct why *why) MUST_USE;

#endif /* TRUSTEE_ASK_H */
