/*
 * A server's list of spaces, and addresses of servers.  A list that reads has
 * names that can be asked for; an address that is taken is one line of ASCII
 * with a host.
 */
#include <string.h>

#include "api.h"

#include "fuzz.h"

static void
check_list(struct slice s)
{
	struct api_spaces list = { 0 };
	struct why why = { "" };
	size_t i;

	if (api_spaces_parse(s, &list, &why) != OK) {
		MUST(list.doc == NULL && list.space == NULL);
		MUST(why.text[0] != 0);
		return;
	}
	for (i = 0; i < list.n; i++) {
		MUST(slug_check(list.space[i].slug) == OK);
		MUST(api_spaces_find(&list, list.space[i].slug) != NULL);
		MUST(list.space[i].first <= list.space[i].last);
	}
	api_spaces_free(&list);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[1024];

	check_list(slice_of(data, size));
	if (size >= sizeof(text))
		return 0;
	memcpy(text, data, size);
	text[size] = 0;
	if (api_base_check(text, NULL) == OK) {
		MUST(strncmp(text, "http", 4) == 0);
		MUST(strpbrk(text, " \r\n\t?#@\"<>") == NULL);
		MUST(strlen(text) > strlen("http://"));
	}
	return 0;
}
