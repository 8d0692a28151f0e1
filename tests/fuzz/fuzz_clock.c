/*
 * The file of a rehearsal's clock: what is taken is one decimal number below
 * 2^53, perhaps with a newline.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "text.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[] = "/tmp/fuzz_clock.XXXXXX";
	static int fd = -1;
	struct clock *c = NULL;
	size_t zeros = 0;
	uint64_t n;

	if (fd < 0) {
		MUST((fd = mkstemp(path)) >= 0);
	}
	MUST(ftruncate(fd, 0) == 0);
	MUST(pwrite(fd, data, size, 0) == (ssize_t)size);
	if (clock_new(path, &c, NULL) != OK)
		return 0;
	MUST(clock_is_simulated(c));
	if (size > 0 && data[size - 1] == '\n')
		size--;
	while (zeros + 1 < size && data[zeros] == '0')
		zeros++;
	MUST(text_u64(slice_of(data + zeros, size - zeros), &n) == OK);
	MUST(clock_now(c) == n && n >> 53 == 0);
	clock_free(c);
	return 0;
}
