#ifndef ARGS_H
#define ARGS_H

#include <stddef.h>

/*
 * Arguments of the commands, by getopt_long from one table per command; the
 * help text is printed from the same table.
 */
#define ARGS_LIST_MAX 9

enum args_kind {
	ARGS_TEXT, /* target: const char *, perhaps a default; given once */
	ARGS_FLAG, /* target: int, set to 1 */
	ARGS_LIST, /* target: struct args_list */
};

struct args_list {
	const char *v[ARGS_LIST_MAX];
	size_t n;
};

struct args_option {
	const char *name;
	enum args_kind kind;
	void *target;
	const char *value; /* what the help calls the value; NULL for a flag */
	const char *help;
};

struct args_spec {
	const char *usage; /* "roll letters FILE.csv --out DIR ..." */
	const char *help;  /* some lines, NULL: none */
	const struct args_option *options; /* ends with a NULL name */
	size_t min;			   /* plain arguments */
	size_t max;
};

/* What args_parse returns when the command is to go on. */
#define ARGS_GO (-1)

/**
 * args_parse(spec, argc, argv, plain):
 * Read the options into their targets and the ${spec}->min to ${spec}->max
 * plain arguments into ${plain} (room for max; NULL where not given).  Return
 * ARGS_GO, or the exit status: 0 after --help, 2 after a sentence on stderr.
 */
int args_parse(const struct args_spec *spec, int argc, char **argv,
    const char **plain) __attribute__((warn_unused_result));

/**
 * args_usage(fmt, ...):
 * Say on stderr what is wrong with the arguments; returns 2.
 */
int args_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * args_number(text, min, max, out):
 * A decimal number in these limits; nonzero iff it is one.
 */
int args_number(const char *text, unsigned long min, unsigned long max,
    unsigned long *out) __attribute__((warn_unused_result));

/* A command of a command. */
struct args_sub {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
};

/**
 * args_dispatch(command, subs, argc, argv):
 * Run the one of ${subs} (ends with a NULL name) that argv[1] names, with
 * argv[1] as its argv[0].
 */
int args_dispatch(
    const char *command, const struct args_sub *subs, int argc, char **argv);

#endif /* ARGS_H */
