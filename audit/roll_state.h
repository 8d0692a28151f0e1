#ifndef ROLL_STATE_H
#define ROLL_STATE_H

#include "roll.h"

/*
 * The inside of struct roll, for roll.c (files, questions) and roll_apply.c
 * (changes).  Keys and lines are only ever added, so their numbers are stable.
 */
#define ROLL_NO_KEY UINT32_MAX

/* What a space says about a line. */
#define RIGHT_MEMBER 1	/* it is or was one of the space's lines */
#define RIGHT_STRUCK 2	/* it votes on paper */
#define RIGHT_REMOVED 4 /* it left the space */

struct roll_key {
	struct public_key pk;
	uint32_t line;
	int replaced; /* another key of the line came after it */
};

struct roll_entry {
	uint32_t first; /* numbers of keys */
	uint32_t current;
};

struct roll_space {
	struct hash id;
	int open;
	struct roll_counts counts;
	uint8_t *rights; /* by line; lines from ${cap} on do not belong */
	uint32_t cap;
};

struct roll {
	uint64_t seed; /* so that nobody can choose keys that collide */
	struct roll_key *keys;
	size_t n_keys, cap_keys;
	uint32_t *table; /* key number + 1; 0: free */
	size_t slots;	 /* a power of two */
	struct roll_entry *lines;
	size_t n_lines, cap_lines;
	struct roll_space *spaces;
	size_t n_spaces, cap_spaces;
};

/**
 * roll_find(r, pk):
 * The number of a key, or ROLL_NO_KEY.
 */
uint32_t roll_find(const struct roll *r, const struct public_key *pk);

/**
 * roll_reserve(r, keys, lines):
 * Make room for so many more, in every open space too; nothing else changes.
 */
enum err roll_reserve(struct roll *r, size_t keys, size_t lines) MUST_USE;

/**
 * roll_enter(r, pk, line):
 * Add an unknown key, for which there is room; ${line} is an existing line or
 * the next one, which then begins with this key.  Return the key's number.
 */
uint32_t roll_enter(struct roll *r, const struct public_key *pk, uint32_t line);

/**
 * roll_space_of(r, id):
 * The space's number, or the number of spaces.
 */
size_t roll_space_of(const struct roll *r, const struct hash *id);

static inline unsigned
roll_rights(const struct roll_space *s, uint32_t line)
{
	return line < s->cap ? s->rights[line] : 0;
}

#endif /* ROLL_STATE_H */
