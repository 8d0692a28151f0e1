#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dump.h"
#include "mirror.h"
#include "verify.h"

#include "cmd_verify.h"

enum { FORK = 1, BAD = 2, THREADS_MAX = 256 };

static void
verify_usage(FILE *f)
{
	fprintf(f,
	    "usage: partecipa-audit verify URL|DIR [options]\n"
	    "Judge a whole log by its public files.\n\n"
	    "  --space SLUG          judge this space only\n"
	    "  --key VKEY|FILE       the log's key, as you know it (otherwise "
	    "log/key)\n"
	    "  --earlier CHECKPOINT  a checkpoint that you kept: the log must "
	    "continue it\n"
	    "  --policy FILE         demand the quorum of witnesses of your "
	    "own "
	    "policy\n"
	    "                        (C2SP tlog-policy), beside the spaces'\n"
	    "  --threads N           work with N threads (default: all "
	    "processors)\n"
	    "  --json                print one JSON object\n"
	    "  --help                print this\n\n"
	    "Exit status: 0 complete and every rule held; 1 a rule is broken;\n"
	    "2 could not read; 3 nothing is broken, some rules are not yet "
	    "due.\n");
}

/* The number of threads, or 0 when ${text} is none. */
static unsigned
threads_of(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	return text[0] < '0' || text[0] > '9' || *end != 0 || n > THREADS_MAX
		   ? 0
		   : (unsigned)n;
}

/* 0, 1 when help is wanted, -1 after saying what is wrong. */
static int
verify_options(int argc, char **argv, struct verify_options *o)
{
	static const struct option names[] = {
		{ "space", required_argument, NULL, 's' },
		{ "key", required_argument, NULL, 'k' },
		{ "earlier", required_argument, NULL, 'e' },
		{ "policy", required_argument, NULL, 'p' },
		{ "threads", required_argument, NULL, 't' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":", names, NULL)) != -1) {
		switch (c) {
		case 's':
			o->space = optarg;
			break;
		case 'k':
			o->key = optarg;
			break;
		case 'e':
			o->earlier = optarg;
			break;
		case 'p':
			o->policy = optarg;
			break;
		case 't':
			if ((o->threads = threads_of(optarg)) == 0) {
				fprintf(stderr,
				    "partecipa-audit verify: --threads must be "
				    "a number from 1 to %d, not '%s'\n",
				    THREADS_MAX, optarg);
				return -1;
			}
			break;
		case 'j':
			o->json = 1;
			break;
		case 'h':
			return 1;
		default:
			fprintf(stderr, "partecipa-audit verify: ");
			fprintf(stderr,
			    c == ':' ? "%s needs a value\n"
				     : "there is no option %s (try --help)\n",
			    argv[optind - 1]);
			return -1;
		}
	}
	if (argc - optind != 1) {
		fprintf(stderr, "partecipa-audit verify: give one URL or "
				"folder (try --help)\n");
		return -1;
	}
	o->where = argv[optind];
	return 0;
}

int
cmd_verify(int argc, char **argv)
{
	struct verify_options o = { 0 };
	int r = verify_options(argc, argv, &o);

	if (r > 0)
		verify_usage(stdout);
	return r > 0 ? 0 : r < 0 ? BAD : (int)verify_run(&o, stdout, stderr);
}

/* Commands without options: ${n} arguments, or help.  Nonzero when done. */
static int
is_done(int argc, char **argv, int n, const char *usage, int *status)
{
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		printf("%s", usage);
		*status = 0;
		return 1;
	}
	if (argc > 1 && strncmp(argv[1], "--", 2) == 0)
		fprintf(stderr,
		    "partecipa-audit %s: there is no option %s (try --help)\n",
		    argv[0], argv[1]);
	else if (argc != n + 1)
		fprintf(stderr,
		    "partecipa-audit %s: %d arguments are given, %d are "
		    "needed\n%s",
		    argv[0], argc - 1, n, usage);
	else
		return 0;
	*status = BAD;
	return 1;
}

int
cmd_verify_fetch(int argc, char **argv)
{
	static const char usage[] =
	    "usage: partecipa-audit fetch URL DIR\n"
	    "Copy the public files of a log to a folder that verify and dump "
	    "read.\n"
	    "A folder that holds an earlier copy is brought up to date, if the "
	    "log continues it.\n";
	struct mirror_count n = { 0 };
	struct source *src = NULL;
	struct why why = { { 0 } };
	int status = 0;
	enum err r;

	if (is_done(argc, argv, 2, usage, &status))
		return status;
	if ((r = source_open(argv[1], &src, &why)) == OK)
		r = mirror_log(src, argv[2], &n, &why);
	source_free(src);
	if (r != OK) {
		fprintf(stderr, "partecipa-audit fetch: %s\n",
		    why.text[0] != 0 ? why.text : err_str(r));
		return r == ERR_CONFLICT || r == ERR_SIGNATURE ? FORK : BAD;
	}
	printf("%s: %" PRIu64 " entries; fetched %" PRIu64 " files of the log "
	       "and %" PRIu64 " objects\n",
	    argv[2], n.size, n.files, n.objects);
	if (n.missing > 0)
		printf("%" PRIu64 " objects that the log names are not "
		       "published (erased, or missing: verify tells)\n",
		    n.missing);
	return 0;
}

int
cmd_verify_dump(int argc, char **argv)
{
	static const char usage[] =
	    "usage: partecipa-audit dump URL|DIR\n"
	    "Print every entry of a log as one line of JSON.  Nothing is "
	    "verified.\n";
	struct source *src = NULL;
	struct why why = { { 0 } };
	int status = 0;
	enum err r;

	if (is_done(argc, argv, 1, usage, &status))
		return status;
	if ((r = source_open(argv[1], &src, &why)) == OK)
		r = dump_log(src, stdout, &why);
	source_free(src);
	if (r == OK && fflush(stdout) != 0)
		r = why_say(&why, ERR_IO, "the output cannot be written");
	if (r != OK)
		fprintf(stderr, "partecipa-audit dump: %s\n", why.text);
	return r == OK ? 0 : BAD;
}

int
cmd_verify_rules(int argc, char **argv)
{
	static const char usage[] = "usage: partecipa-audit rules\n"
				    "Print the rules: number, name, from when "
				    "each can be judged, what it asks.\n";
	int status = 0;

	if (is_done(argc, argv, 0, usage, &status))
		return status;
	verify_rules(stdout);
	return 0;
}
