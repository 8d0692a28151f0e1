/*
 * Times that staff write: what is read is printed as the same minute, and a
 * duration is a number of its unit.
 */
#include <string.h>

#include "when.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[64], again[WHEN_CHARS];
	struct why why = { "" };
	uint64_t t, second;

	if (size >= sizeof(text))
		return 0;
	memcpy(text, data, size);
	text[size] = 0;
	if (when_parse(text, &t, &why) == OK) {
		when_print(t, again);
		text[10] = ' ';
		MUST(strncmp(text, again, 16) == 0 && again[16] == 0);
		MUST(when_parse(again, &second, &why) == OK && second == t);
	} else {
		MUST(why.text[0] != 0);
	}
	if (when_duration(text, &t, &why) == OK)
		MUST(t <= (uint64_t)UINT32_MAX * 7 * 86400);
	/* Any number of seconds has a spelling. */
	if (size >= sizeof(t)) {
		memcpy(&t, data, sizeof(t));
		when_print(t, again);
		when_print(t % (UINT64_C(1) << 38), again);
	}
	return 0;
}
