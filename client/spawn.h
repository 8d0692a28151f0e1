#ifndef SPAWN_H
#define SPAWN_H

#include <sys/types.h>

#include "bytes.h"
#include "why.h"

/* Programs that a rehearsal starts: the real server, the real auditor. */
struct spawn {
	pid_t pid;
	int out; /* read end of its standard output */
};

/**
 * spawn_start(argv, out, why):
 * Start the program ${argv}[0], its standard output in our hands.  It dies with
 * us.
 */
enum err spawn_start(
    const char *const *argv, struct spawn *out, struct why *why) MUST_USE;

/**
 * spawn_line(s, seconds, line, why):
 * Append its next line, without the newline.  ERR_IO: it ended, or nothing came
 * in time.
 */
enum err spawn_line(struct spawn *s, unsigned seconds, struct buf *line,
    struct why *why) MUST_USE;

/**
 * spawn_all(s, max, out, status, why):
 * Append all that it still writes, at most ${max} bytes, and wait for its end;
 * ${status} is its exit status, or 128 + the signal that ended it.
 */
enum err spawn_all(struct spawn *s, size_t max, struct buf *out, int *status,
    struct why *why) MUST_USE;

/**
 * spawn_cpu(s):
 * CPU time that it used so far, all threads, microseconds; 0 when it is gone.
 */
double spawn_cpu(const struct spawn *s);

/**
 * spawn_children_cpu():
 * CPU time of all programs that were started and have ended, microseconds.
 */
double spawn_children_cpu(void);

/**
 * spawn_own_cpu(), spawn_peak(children):
 * CPU time of this program so far, microseconds; the most memory that it, or
 * that one of the programs that have ended, ever held, KiB.
 */
double spawn_own_cpu(void);
long spawn_peak(int children);

/**
 * spawn_stop(s):
 * Ask it to end (SIGTERM), wait, and close; harmless twice.  Returns its exit
 * status as spawn_all does.
 */
int spawn_stop(struct spawn *s);

/**
 * spawn_self(b, why), spawn_beside(b, name, why):
 * The path of this program, of a program in the same folder.
 */
enum err spawn_self(struct buf *b, struct why *why) MUST_USE;
enum err spawn_beside(
    struct buf *b, const char *name, struct why *why) MUST_USE;

#endif /* SPAWN_H */
