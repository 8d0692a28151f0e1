#ifndef COMMANDS_H
#define COMMANDS_H

/*
 * The commands of `partecipa` that staff and residents use.  ${run} gets the
 * arguments from the command's own name on and returns the exit status: 0 done,
 * 1 refused or failed, 2 wrong usage.
 */
struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help; /* one line */
};

/* Ends with a NULL name. */
extern const struct command client_commands[];

#endif /* COMMANDS_H */
