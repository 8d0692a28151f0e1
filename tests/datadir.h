#ifndef DATADIR_H
#define DATADIR_H

#include "store.h"

/*
 * Data folders to spoil, and records that no key ever signed.  What cannot be
 * made ends the program.
 */
#define DATADIR_PATH 512
#define DATADIR_RECORD 433 /* bytes of a first record */

/**
 * datadir_new(path), datadir_copy(from, path), datadir_remove(path):
 * A name for a folder in a new temporary place (nothing is there yet); a copy
 * of the folder ${from}, or the folder itself; remove that place.
 */
void datadir_new(char path[static DATADIR_PATH]);
void datadir_copy(const char *from, char path[static DATADIR_PATH]);
void datadir_remove(const char *path);

/**
 * datadir_copy_file(from, to, name), datadir_read(dir, name, out),
 * datadir_flip(dir, name, at):
 * One file between folders; its bytes; its byte number ${at} changed.
 */
void datadir_copy_file(const char *from, const char *to, const char *name);
void datadir_read(const char *dir, const char *name, struct buf *out);
void datadir_flip(const char *dir, const char *name, long at);

/**
 * datadir_contains(dir, needle):
 * Nonzero iff some file of the folder has these bytes.
 */
int datadir_contains(const char *dir, struct slice needle);

/**
 * datadir_open(path), datadir_make(path):
 * Open, make a store.
 */
struct store *datadir_open(const char *path);
struct store *datadir_make(const char *path);

/**
 * datadir_sound(s):
 * Nonzero iff the doctor finds no fault; faults are printed.
 */
int datadir_sound(struct store *s);

/* A synthetic record with its entry and leaf. */
struct synth {
	uint8_t entry[2 + DATADIR_RECORD];
	size_t n;
	struct record record;
	struct hash leaf;
	uint32_t space_no;
};

/**
 * synth_make(y, space_no, who, seq, vote):
 * A ballot of credential number ${who} in space number ${space_no} (whose id
 * is synth_space's).  ${y} must not move afterwards.
 */
void synth_make(struct synth *y, uint32_t space_no, uint64_t who, uint32_t seq,
    uint32_t vote);
void synth_space(uint32_t space_no, struct hash *id);

/**
 * synth_cast(s, y, window_end):
 * store_cast of one record; the outcome.
 */
enum store_cast_outcome synth_cast(
    struct store *s, const struct synth *y, uint64_t *window_end);

/**
 * synth_header(s, space_no):
 * Append a header entry and its object, as the doctor wants them.
 */
void synth_header(struct store *s, uint32_t space_no);

/**
 * synth_batch(s, space_no, window_end):
 * What the sequencer does, without store_settle; how many records.
 */
size_t synth_batch(struct store *s, uint32_t space_no, uint64_t window_end);

#endif /* DATADIR_H */
