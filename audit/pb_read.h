#ifndef PB_READ_H
#define PB_READ_H

#include "bytes.h"
#include "err.h"
#include "pb.h"

/**
 * pb_read_text(text, out, report):
 * Parse a whole file.  ${report} gets every bad line, each with a sentence, and
 * warnings about what is odd but can be counted.  ERR_FORMAT if there was an
 * error; ${out} is then unchanged.  The caller frees ${*out} with pb_free.
 */
enum err pb_read_text(
    struct slice text, struct pb **out, struct pb_report *report) MUST_USE;

/**
 * pb_read_file(path, out, report):
 * The same for the file ${path}, "-" for standard input.  ERR_IO if it cannot
 * be read (errno says why), ERR_LIMIT above PB_MAX_BYTES.
 */
enum err pb_read_file(
    const char *path, struct pb **out, struct pb_report *report) MUST_USE;

#endif /* PB_READ_H */
