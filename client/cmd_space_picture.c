#include <stdio.h>

#include "hex.h"

#include "cmd.h"
#include "cmd_space.h"
#include "pictures.h"

static enum err
picture_do(const char *path, const char *server, const struct args_list *keys,
    struct why *why)
{
	char hex[2 * HASH_BYTES + 1];
	struct cmd_signers s = { 0 };
	struct hash h;
	enum err r;

	if ((r = cmd_signers_open(server, keys, &s, why)) == OK &&
	    (r = pictures_send(s.api, &s.key[0], path, &h, why)) == OK) {
		hex_encode(hash_slice(&h), hex);
		printf("%s\n", hex);
	}
	cmd_signers_close(&s);
	return r;
}

int
cmd_space_picture(int argc, char **argv)
{
	const char *path, *server = NULL;
	struct args_list keys = { { NULL }, 0 };
	const struct args_option options[] = {
		{ "server", ARGS_TEXT, &server, "URL", "the server" },
		{ "key", ARGS_LIST, &keys, "FILE",
		    "key file of an editor or admin" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = {
		"space picture FILE --server URL --key KEY",
		"Uploads the picture of an option (JPEG, PNG or WebP, at most "
		"512 KiB, without\nmetadata) and prints its hash, for "
		"\"picture\": {\"hash\", \"alt\"} of a form's file.",
		options, 1, 1
	};
	struct why why = { { 0 } };
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, &path)) != ARGS_GO)
		return status;
	if (server == NULL || keys.n == 0)
		return args_usage("space picture needs --server and --key.");
	r = picture_do(path, server, &keys, &why);
	return r == OK ? 0 : cmd_fail(r, &why);
}
