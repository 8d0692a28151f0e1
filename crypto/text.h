#ifndef TEXT_H
#define TEXT_H

#include "bytes.h"

/* Reading the lines that notes, checkpoints, proofs and receipts are made of.*/

/**
 * text_line(c):
 * Return the next line, without its newline, borrowed; ${c} is bad afterwards
 * when no newline was left.
 */
struct slice text_line(struct cursor *c);

/**
 * text_u64(s, out):
 * Read a decimal number without sign or leading zeros; ERR_FORMAT otherwise and
 * when it does not fit.
 */
enum err text_u64(struct slice s, uint64_t *out) MUST_USE;

/**
 * text_after(line, prefix, out):
 * What follows ${prefix} in ${line}, borrowed; ERR_FORMAT when the line does
 * not start with it.
 */
enum err text_after(
    struct slice line, const char *prefix, struct slice *out) MUST_USE;

/**
 * text_utf8(s):
 * OK iff ${s} is UTF-8 as RFC 3629 has it and holds no byte below 0x20 but
 * newlines; else ERR_FORMAT.
 */
enum err text_utf8(struct slice s) MUST_USE;

#endif /* TEXT_H */
