#include <getopt.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "verify.h"
#include "watch.h"

#include "cmd_watch.h"

enum {
	GOOD = 0,
	FAULT = 1,
	BAD = 2,
	INTERVAL = 30,
	INTERVAL_MAX = 86400,
	PATIENCE = 60,
	AGAIN = 32,
	RECEIPTS_MAX = 1000,
};

struct args {
	struct watch_options o;
	unsigned interval;
	int once;
	const char *key;
	const char *receipts[RECEIPTS_MAX];
};

static volatile sig_atomic_t stopped;

static void
on_signal(int sig)
{
	(void)sig;
	stopped = 1;
}

static void
usage(FILE *f)
{
	fprintf(f,
	    "usage: partecipa-audit watch URL --keep DIR [options]\n"
	    "Follow a log: keep what it showed, judge it as it grows, and say "
	    "what is wrong.\n\n"
	    "  --keep DIR          the folder for all that was seen; it "
	    "remembers between runs\n"
	    "  --interval SECONDS  look that often (default: %d)\n"
	    "  --once              look once, at everything, and end\n"
	    "  --hook PROGRAM      run PROGRAM for each fault, once: the "
	    "message is its argument\n"
	    "                      and in PARTECIPA_MESSAGE, the rule in "
	    "PARTECIPA_RULE, the files\n"
	    "                      that prove it in PARTECIPA_EVIDENCE\n"
	    "  --receipt FILE      a receipt that the log must keep; may be "
	    "given several times\n"
	    "  --key VKEY|FILE     the log's key, as you know it (otherwise "
	    "the first it shows)\n"
	    "  --policy FILE       the witnesses that must have cosigned (C2SP "
	    "tlog-policy)\n"
	    "  --help              print this\n\n"
	    "A fault is told on standard error and in DIR/faults.  It ends "
	    "when it is asked to\n"
	    "(SIGINT, SIGTERM).  Exit status: 0 nothing wrong; 1 something "
	    "was, now or before;\n2 could not look (with --once), or an "
	    "argument is wrong.\n",
	    INTERVAL);
}

static int
interval_set(struct args *a, const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || *end != 0 || n < 1 ||
	    n > INTERVAL_MAX) {
		fprintf(stderr,
		    "partecipa-audit watch: --interval must be seconds from 1 "
		    "to %d, not '%s'\n",
		    INTERVAL_MAX, text);
		return -1;
	}
	a->interval = (unsigned)n;
	return 0;
}

static int
receipt_add(struct args *a, const char *file)
{
	if (a->o.n_receipts == RECEIPTS_MAX) {
		fprintf(stderr, "partecipa-audit watch: at most %d receipts\n",
		    RECEIPTS_MAX);
		return -1;
	}
	a->receipts[a->o.n_receipts++] = file;
	return 0;
}

/* 0, 1 when help is wanted, -1 after saying what is wrong. */
static int
option(struct args *a, int c, char **argv)
{
	switch (c) {
	case 'd':
		a->o.keep = optarg;
		return 0;
	case 'i':
		return interval_set(a, optarg);
	case 'o':
		a->once = 1;
		return 0;
	case 'k':
		a->key = optarg;
		return 0;
	case 'p':
		a->o.policy = optarg;
		return 0;
	case 'x':
		a->o.hook = optarg;
		return 0;
	case 'r':
		return receipt_add(a, optarg);
	case 'h':
		return 1;
	default:
		fprintf(stderr, "partecipa-audit watch: ");
		fprintf(stderr,
		    c == ':' ? "%s needs a value\n"
			     : "there is no option %s (try --help)\n",
		    argv[optind - 1]);
		return -1;
	}
}

static int
args_read(int argc, char **argv, struct args *a)
{
	static const struct option names[] = {
		{ "keep", required_argument, NULL, 'd' },
		{ "interval", required_argument, NULL, 'i' },
		{ "once", no_argument, NULL, 'o' },
		{ "hook", required_argument, NULL, 'x' },
		{ "receipt", required_argument, NULL, 'r' },
		{ "key", required_argument, NULL, 'k' },
		{ "policy", required_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c, r;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":", names, NULL)) != -1) {
		if ((r = option(a, c, argv)) != 0)
			return r;
	}
	if (argc - optind != 1 || a->o.keep == NULL) {
		fprintf(stderr, "partecipa-audit watch: give one URL, and "
				"--keep DIR (try --help)\n");
		return -1;
	}
	a->o.where = argv[optind];
	a->o.receipts = a->receipts;
	a->o.patience = a->once ? 0 : PATIENCE;
	a->o.again = a->once ? SIZE_MAX : AGAIN;
	a->o.out = stdout;
	a->o.err = stderr;
	return 0;
}

static void
nap(unsigned seconds)
{
	const struct timespec t = { (time_t)seconds, 0 };

	/* A signal ends it, which is why it is there. */
	if (!stopped)
		(void)nanosleep(&t, NULL);
}

/* Say once that the log cannot be read, and once that it can be again. */
static void
tell(enum err r, const struct why *why, struct why *said)
{
	if (r != OK && strcmp(why->text, said->text) != 0)
		fprintf(stderr, "partecipa-audit watch: cannot look now: %s\n",
		    why->text);
	else if (r == OK && said->text[0] != 0)
		fprintf(stderr, "partecipa-audit watch: looking again\n");
	(void)why_say(said, OK, "%s", r != OK ? why->text : "");
}

static int
follow(struct watch *w, const struct args *a)
{
	struct why why, said = { { 0 } };
	struct sigaction act = { 0 };
	size_t before = watch_faults(w);
	enum err r;

	act.sa_handler = on_signal;
	(void)sigaction(SIGINT, &act, NULL);
	(void)sigaction(SIGTERM, &act, NULL);
	if (before > 0)
		fprintf(stderr,
		    "partecipa-audit watch: %zu faults were found before: "
		    "see %s/faults\n",
		    before, a->o.keep);
	for (;;) {
		r = watch_round(w, (uint64_t)time(NULL), &why);
		tell(r, &why, &said);
		if (a->once || stopped)
			break;
		nap(a->interval);
		if (stopped)
			break;
	}
	if (watch_faults(w) > 0)
		return FAULT;
	return r != OK && a->once ? BAD : GOOD;
}

int
cmd_watch(int argc, char **argv)
{
	struct args *a;
	struct watch *w = NULL;
	struct why why = { { 0 } };
	char key[VERIFY_KEY_CHARS];
	int status = BAD, r;

	if ((a = calloc(1, sizeof(*a))) == NULL)
		return BAD;
	a->interval = INTERVAL;
	if ((r = args_read(argc, argv, a)) != 0) {
		if (r > 0)
			usage(stdout);
		status = r > 0 ? GOOD : BAD;
		goto out;
	}
	if (a->key != NULL) {
		if (verify_key(a->key, key, &why) != OK)
			goto say;
		a->o.key = key;
	}
	if (watch_open(&a->o, &w, &why) != OK)
		goto say;
	status = follow(w, a);
	goto out;

say:
	fprintf(stderr, "partecipa-audit watch: %s\n", why.text);

out:
	watch_free(w);
	free(a);
	return status;
}
