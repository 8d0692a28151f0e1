#include <stdio.h>
#include <string.h>

#include "cmd_tally.h"
#include "cmd_verify.h"
#include "cmd_watch.h"

/* The program is this table. */
static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} commands[] = {
	{ "verify", cmd_verify, "judge a whole log by its public files" },
	{ "watch", cmd_watch, "follow a log and say what is wrong" },
	{ "fetch", cmd_verify_fetch, "copy a log's public files to a folder" },
	{ "dump", cmd_verify_dump, "print entries as lines of JSON" },
	{ "rules", cmd_verify_rules, "print the rules of the audit" },
	{ "tally", cmd_tally, "count a .pb file by a rule" },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
usage(FILE *f)
{
	const struct command *c;

	fprintf(f, "usage: partecipa-audit COMMAND [arguments]\n\n");
	for (c = commands; c < commands + COUNT(commands); c++)
		fprintf(f, "  %-8s %s\n", c->name, c->help);
	fprintf(f, "\nEach command takes --help.\n");
}

int
main(int argc, char **argv)
{
	const struct command *c;

	if (argc > 1 &&
	    (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)) {
		usage(stdout);
		return 0;
	}
	for (c = commands; argc > 1 && c < commands + COUNT(commands); c++)
		if (strcmp(argv[1], c->name) == 0)
			return c->run(argc - 1, argv + 1);
	if (argc > 1)
		fprintf(stderr, "partecipa-audit: there is no command '%s'\n",
		    argv[1]);
	usage(stderr);
	return 2;
}
