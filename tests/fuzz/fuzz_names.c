/*
 * Names of all kinds: those in a table print as they were read; those that
 * become file names, lines or addresses hold nothing that those could mistake.
 */
#include <string.h>

#include "derive.h"
#include "entry.h"
#include "header.h"
#include "note.h"
#include "rule.h"
#include "staff.h"
#include "text.h"

#include "fuzz.h"

static void
check_tables(const char *text, struct slice s)
{
	struct rule rule;
	enum purpose p;
	enum role role;

	if (purpose_parse(s, &p) == OK)
		MUST(slice_equal(slice_str(purpose_name(p)), s));
	if (role_parse(s, &role) == OK)
		MUST(slice_equal(slice_str(role_name(role)), s));
	if (rule_parse(text, &rule) == OK) {
		MUST(strcmp(rule.id, text) == 0);
		MUST(rule_fits(&rule, VOTES_APPROVAL) ||
		     rule_fits(&rule, VOTES_POINTS) ||
		     rule_fits(&rule, VOTES_RANKING));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = slice_of(data, size);
	struct slice line;
	struct cursor c;
	char text[512];

	if (size >= sizeof(text))
		return 0;
	memcpy(text, data, size);
	text[size] = 0;
	if (note_name_check(s) == OK) {
		MUST(size > 0 && size <= NOTE_NAME_MAX);
		MUST(text_utf8(s) == OK && memchr(data, '+', size) == NULL);
		MUST(strpbrk(text, " \n\t") == NULL && strlen(text) == size);
	}
	if (staff_name_check(text) == OK)
		MUST(text[0] != '.' && strpbrk(text, "/\\ \n") == NULL &&
		     strlen(text) <= STAFF_NAME_MAX);
	if (slug_check(text) == OK)
		MUST(strpbrk(text, "/.\\ \n%?#") == NULL &&
		     strlen(text) <= SLUG_MAX);
	check_tables(text, slice_str(text));
	/* Lines and the rest are all that there was. */
	c = cursor_of(s);
	line = text_line(&c);
	MUST(c.bad == (memchr(data, '\n', size) == NULL) || size == 0);
	if (!c.bad && text_after(s, "index ", &line) == OK)
		MUST(line.n + strlen("index ") == size);
	return 0;
}
