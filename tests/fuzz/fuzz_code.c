/*
 * What is read as a code prints as something that is read as the same code,
 * whatever was typed.
 */
#include <string.h>

#include "code.h"

#include "fuzz.h"

static void
check_recovery(enum code_kind kind, struct slice typed)
{
	struct secret s, back;
	char text[35];

	if (recovery_parse(kind, typed, &s) != OK)
		return;
	recovery_print(kind, &s, text);
	MUST(recovery_parse(kind, slice_str(text), &back) == OK);
	MUST(memcmp(&s, &back, sizeof(s)) == 0);
}

/* Sixteen bytes of any kind are a secret. */
static void
check_secret(const uint8_t *p)
{
	struct secret s, back;
	char text[35];

	memcpy(s.b, p, sizeof(s.b));
	recovery_print(CODE_MASTER, &s, text);
	MUST(recovery_parse(CODE_MASTER, slice_str(text), &back) == OK);
	MUST(memcmp(&s, &back, sizeof(s)) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = slice_of(data, size);
	struct roll_code code, back;
	char text[25];

	if (roll_code_parse(s, &code) == OK) {
		MUST(strlen(code.c) == ROLL_CODE_CHARS);
		roll_code_print(&code, text);
		MUST(roll_code_parse(slice_str(text), &back) == OK);
		MUST(strcmp(code.c, back.c) == 0);
	}
	check_recovery(CODE_MASTER, s);
	check_recovery(CODE_SPACE, s);
	if (size >= SECRET_BYTES)
		check_secret(data);
	return 0;
}
