/*
 * What must be found, else the other programs prove nothing: a comparison that
 * ends at the first difference ("compare"), and a table ("table").
 */
#include <stdint.h>

#include "secret.h"

int
main(int argc, char **argv)
{
	static const char digits[] = "0123456789abcdef";
	volatile uint8_t key[16] = { 1, 2, 3 };
	volatile char out = 0;
	size_t i;

	SECRET(key);
	for (i = 0; argc > 1 && strcmp(argv[1], "compare") == 0 && i < 16; i++)
		if (key[i] != i)
			break;
	if (argc > 1 && strcmp(argv[1], "table") == 0)
		out = digits[key[3] & 15];
	(void)out;
	return 0;
}
