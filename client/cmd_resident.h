#ifndef CMD_RESIDENT_H
#define CMD_RESIDENT_H

#include "cmd.h"
#include "wallet.h"

/* The commands of `partecipa resident`, and what several of them need. */
int cmd_resident_vote(int argc, char **argv);
int cmd_resident_check(int argc, char **argv);
int cmd_resident_recreate(int argc, char **argv);
int cmd_resident_secret(int argc, char **argv);
int cmd_resident_dispute(int argc, char **argv);

/* Choices as arguments; the texts are those of wallet_choose. */
struct cmd_resident_choice {
	const char *choice, *points, *rank;
	int blank;
};

/* Their rows in a table of options. */
#define CMD_RESIDENT_CHOICE(c)                                           \
	{ "choice", ARGS_TEXT, &(c).choice, "1,5,7", "option numbers" }, \
	    { "points", ARGS_TEXT, &(c).points, "1=3,2=1",               \
		    "points by option number" },                         \
	    { "rank", ARGS_TEXT, &(c).rank, "3,1,2", "best first" },     \
	{                                                                \
		"blank", ARGS_FLAG, &(c).blank, NULL, "a blank ballot"   \
	}

/**
 * cmd_resident_ways(command, c):
 * ARGS_GO iff exactly one of them was given; else the exit status.
 */
int cmd_resident_ways(const char *command, const struct cmd_resident_choice *c);

/**
 * cmd_resident_choose(c, f, v, out, why):
 * What they say in the form ${f}; ${v} holds f->n_options numbers, the
 * caller's.  ERR_FORMAT: not the way in which this form is answered.
 */
enum err cmd_resident_choose(const struct cmd_resident_choice *c,
    const struct form *f, uint32_t *v, struct choices *out,
    struct why *why) MUST_USE;

/**
 * cmd_resident_code(code, file, out, why):
 * The roll key of a letter's ${code}, or of the code in the ${file} where that
 * is not NULL.  The caller wipes.
 */
enum err cmd_resident_code(const char *code, const char *file,
    struct sign_key *out, struct why *why) MUST_USE;

#endif /* CMD_RESIDENT_H */
