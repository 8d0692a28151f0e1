/*
 * A command line, its words between zeros.  What is taken was asked for: as
 * many plain arguments as the table says, options from the words given.
 */
#include <stdio.h>
#include <string.h>

#include "args.h"

#include "fuzz.h"

#define WORDS 16

static int
among(const char *value, char *const *argv, int argc)
{
	int i;

	/* An option's value may be the end of its word: --name=value. */
	for (i = 1; i < argc; i++)
		if (value >= argv[i] && value <= argv[i] + strlen(argv[i]))
			return 1;
	return 0;
}

static void
parse(int argc, char **argv)
{
	const char *text = NULL, *plain[3] = { NULL };
	struct args_list list = { .n = 0 };
	int flag = 0;
	const struct args_option options[] = {
		{ "text", ARGS_TEXT, &text, "T", "one text" },
		{ "list", ARGS_LIST, &list, "L", "some texts" },
		{ "flag", ARGS_FLAG, &flag, NULL, "a flag" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = { "test A [B [C]]", NULL, options, 1, 3 };
	size_t i;
	int r;

	r = args_parse(&spec, argc, argv, plain);
	MUST(r == ARGS_GO || r == 0 || r == 2);
	if (r != ARGS_GO)
		return;
	MUST(plain[0] != NULL);
	MUST(plain[1] != NULL || plain[2] == NULL);
	for (i = 0; i < 3; i++)
		MUST(plain[i] == NULL || among(plain[i], argv, argc));
	MUST(text == NULL || among(text, argv, argc));
	MUST(list.n <= ARGS_LIST_MAX);
	for (i = 0; i < list.n; i++)
		MUST(among(list.v[i], argv, argc));
	MUST(flag == 0 || flag == 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int quiet;
	char command[] = "test", text[1024], again[32];
	char *argv[WORDS + 2] = { command };
	unsigned long n;
	int argc = 1;
	size_t i;

	if (size == 0 || size >= sizeof(text))
		return 0;
	/* Help goes to stdout; a fuzzer's own words to stderr. */
	if (!quiet)
		MUST(freopen("/dev/null", "w", stdout) != NULL);
	quiet = 1;
	memcpy(text, data, size);
	text[size] = 0;
	for (i = 0; i < size && argc <= WORDS; i += strlen(text + i) + 1)
		argv[argc++] = text + i;
	if (args_number(text, 3, 4000000000, &n)) {
		MUST(n >= 3 && n <= 4000000000);
		(void)snprintf(again, sizeof(again), "%lu", n);
		MUST(strcmp(text + strspn(text, "0"), again) == 0);
	}
	parse(argc, argv);
	return 0;
}
