#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"

#define OPTIONS_MAX 24

int
args_usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	return 2;
}

static void
help_print(const struct args_spec *spec)
{
	const struct args_option *o;
	char left[64];

	printf("usage: partecipa %s\n", spec->usage);
	if (spec->help != NULL)
		printf("\n%s\n", spec->help);
	printf("\n");
	for (o = spec->options; o->name != NULL; o++) {
		(void)snprintf(left, sizeof(left), "--%s%s%s", o->name,
		    o->value != NULL ? " " : "",
		    o->value != NULL ? o->value : "");
		printf("  %-22s %s\n", left, o->help);
	}
	printf("  %-22s %s\n", "--help", "print this");
}

/* Store one option; nonzero: an exit status. */
static int
take(const struct args_option *o, int again, const char *value)
{
	struct args_list *list;

	switch (o->kind) {
	case ARGS_FLAG:
		*(int *)o->target = 1;
		return 0;
	case ARGS_TEXT:
		if (again)
			return args_usage(
			    "--%s is given twice; give it once.", o->name);
		*(const char **)o->target = value;
		return 0;
	case ARGS_LIST:
		list = o->target;
		if (list->n == ARGS_LIST_MAX)
			return args_usage("--%s is given more than %d times.",
			    o->name, ARGS_LIST_MAX);
		list->v[list->n++] = value;
		return 0;
	}
	return 2;
}

static int
plain_take(const struct args_spec *spec, int argc, char **argv, int from,
    const char **plain)
{
	size_t n = (size_t)(argc - from), i;

	if (n < spec->min)
		return args_usage("%s.\nusage: partecipa %s\n"
				  "(--help explains)",
		    n == 0 ? "An argument is missing"
			   : "There are too few arguments",
		    spec->usage);
	if (n > spec->max)
		return args_usage("I do not know what to do with \"%s\".\n"
				  "usage: partecipa %s\n(--help explains)",
		    argv[from + (int)spec->max], spec->usage);
	for (i = 0; i < spec->max; i++)
		plain[i] = i < n ? argv[from + (int)i] : NULL;
	return ARGS_GO;
}

int
args_parse(
    const struct args_spec *spec, int argc, char **argv, const char **plain)
{
	struct option longs[OPTIONS_MAX + 2];
	int given[OPTIONS_MAX] = { 0 };
	size_t n, i;
	int c, which, r;

	memset(longs, 0, sizeof(longs));
	for (n = 0; n < OPTIONS_MAX && spec->options[n].name != NULL; n++) {
		longs[n].name = spec->options[n].name;
		longs[n].has_arg = spec->options[n].kind == ARGS_FLAG
				       ? no_argument
				       : required_argument;
		longs[n].val = 1;
	}
	longs[n].name = "help";
	longs[n].val = 2;
	opterr = 0;
	optind = 0; /* glibc: start anew, also after another command's parse */
	while ((c = getopt_long(argc, argv, ":h", longs, &which)) != -1) {
		if (c == 2 || c == 'h') {
			help_print(spec);
			return 0;
		}
		if (c == ':')
			return args_usage("%s needs a value.\n"
					  "usage: partecipa %s",
			    argv[optind - 1], spec->usage);
		if (c != 1)
			return args_usage("There is no option %s.\n"
					  "usage: partecipa %s\n"
					  "(--help lists them)",
			    argv[optind - 1], spec->usage);
		i = (size_t)which;
		if ((r = take(&spec->options[i], given[i], optarg)) != 0)
			return r;
		given[i] = 1;
	}
	return plain_take(spec, argc, argv, optind, plain);
}

int
args_number(
    const char *text, unsigned long min, unsigned long max, unsigned long *out)
{
	unsigned long v;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return 0;
	errno = 0;
	v = strtoul(text, &end, 10);
	if (errno != 0 || *end != '\0' || v < min || v > max)
		return 0;
	*out = v;
	return 1;
}

int
args_dispatch(
    const char *command, const struct args_sub *subs, int argc, char **argv)
{
	const struct args_sub *s;
	int help;

	help = argc >= 2 &&
	       (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
		   strcmp(argv[1], "help") == 0);
	if (argc >= 2 && !help) {
		for (s = subs; s->name != NULL; s++)
			if (strcmp(s->name, argv[1]) == 0)
				return s->run(argc - 1, argv + 1);
		(void)fprintf(
		    stderr, "There is no command %s %s.\n", command, argv[1]);
	}
	(void)fprintf(help ? stdout : stderr,
	    "usage: partecipa %s COMMAND ...\n\n", command);
	for (s = subs; s->name != NULL; s++)
		(void)fprintf(
		    help ? stdout : stderr, "  %-10s %s\n", s->name, s->help);
	(void)fprintf(help ? stdout : stderr,
	    "\npartecipa %s COMMAND --help explains one.\n", command);
	return help ? 0 : 2;
}
