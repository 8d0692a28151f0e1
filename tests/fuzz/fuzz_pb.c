#include <stdint.h>
#include <stdlib.h>

#include "pb_read.h"
#include "pb_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/**
 * write_again(text, out):
 * Read ${text}, which must be good, and write it to ${out}.
 */
static void
write_again(struct slice text, struct buf *out)
{
	static struct pb_report report;
	struct pb *pb = NULL;

	if (pb_read_text(text, &pb, &report) != OK || pb_write(pb, out) != OK)
		abort();
	pb_free(pb);
}

/* Whatever is read can be written, and then reads and writes the same. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pb_report report;
	struct buf once = { 0 };
	struct buf twice = { 0 };
	struct pb *pb = NULL;

	if (pb_read_text(slice_of(data, size), &pb, &report) == OK) {
		if (pb_write(pb, &once) != OK)
			abort();
		write_again(buf_slice(&once), &twice);
		if (!slice_equal(buf_slice(&once), buf_slice(&twice)))
			abort();
	}
	pb_free(pb);
	buf_free(&once);
	buf_free(&twice);
	return 0;
}
