#ifndef REGISTRAR_H
#define REGISTRAR_H

#include "code.h"
#include "hash.h"
#include "roll.h"

/*
 * The registrar's work, offline: codes for residents, and the public roll file
 * that follows from them (PROTOCOL 4).
 */
struct registrar_line {
	struct roll_code code;
	struct public_key pk;
	enum roll_type type;
};

/**
 * registrar_draw(lines, n, spares):
 * Draw codes for ${n} residents and after them ${spares} spare ones, all keys
 * different; ${lines} has room for all of them.
 */
enum err registrar_draw(
    struct registrar_line *lines, size_t n, size_t spares) MUST_USE;

/**
 * registrar_roll_put(lines, n, b):
 * Append the roll file of the ${n} ${lines}, sorted by key.
 */
enum err registrar_roll_put(
    const struct registrar_line *lines, size_t n, struct buf *b) MUST_USE;

/**
 * registrar_factors_put(lines, n, text, cookie, b):
 * Append the rows pk | f, sorted by key, of the lines to which ${text} gives a
 * second factor in normal form; it gives NULL for a line without.
 */
typedef const char *registrar_factor(void *cookie, size_t line);
enum err registrar_factors_put(const struct registrar_line *lines, size_t n,
    registrar_factor *text, void *cookie, struct buf *b) MUST_USE;

#endif /* REGISTRAR_H */
