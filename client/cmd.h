#ifndef CMD_H
#define CMD_H

#include "api.h"
#include "args.h"
#include "staff.h"

/* What the commands of `partecipa` share. */
int cmd_rehearse(int argc, char **argv);
int cmd_resident(int argc, char **argv);
int cmd_roll(int argc, char **argv);
int cmd_space(int argc, char **argv);
int cmd_staff(int argc, char **argv);
int cmd_trustee(int argc, char **argv);

/**
 * cmd_fail(e, why):
 * Print the sentence in ${why}, or the name of ${e} where there is none, on
 * stderr.  Returns the exit status 1.
 */
int cmd_fail(enum err e, const struct why *why);

/* Whom a command of staff speaks for, and to. */
struct cmd_signers {
	struct api *api;
	struct staff_key key[ARGS_LIST_MAX];
	size_t n;
};

/**
 * cmd_signers_open(server, keys, out, why):
 * Connect to ${server} and load the key files ${keys}.  cmd_signers_close
 * wipes.
 */
enum err cmd_signers_open(const char *server, const struct args_list *keys,
    struct cmd_signers *out, struct why *why) MUST_USE;
void cmd_signers_close(struct cmd_signers *s);

/**
 * cmd_enter(s, e, object, proposal, index, why):
 * Sign the entry ${e} with all keys of ${s}.  With as many as its kind asks for
 * it goes to the server and ${index} is its number; with fewer it is written to
 * the file ${proposal} for the others to sign (index UINT64_MAX), or refused
 * where that is NULL.
 */
enum err cmd_enter(struct cmd_signers *s, struct entry *e, struct slice object,
    const char *proposal, uint64_t *index, struct why *why) MUST_USE;

/**
 * cmd_entered(index, proposal):
 * Say where an entry went.
 */
void cmd_entered(uint64_t index, const char *proposal);

/**
 * cmd_changes_publish(s, proposal, n, index, why):
 * Enter the changes of the roll that are not public yet, ${n} of them; with
 * none nothing is done.
 */
enum err cmd_changes_publish(struct cmd_signers *s, const char *proposal,
    uint32_t *n, uint64_t *index, struct why *why) MUST_USE;

/**
 * cmd_roll_key(text, out, why):
 * A roll key from 64 hex digits, or from a letter's code.
 */
enum err cmd_roll_key(
    const char *text, struct public_key *out, struct why *why) MUST_USE;

#endif /* CMD_H */
