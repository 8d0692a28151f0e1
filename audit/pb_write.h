#ifndef PB_WRITE_H
#define PB_WRITE_H

#include "bytes.h"
#include "err.h"
#include "pb.h"

/**
 * pb_write(pb, out):
 * Append ${pb} as text to ${out}.  Ballots are sorted by content and voters
 * numbered by place, so that neither the order of voting nor a person can be
 * read from the file; counts of votes and scores are ours.
 */
enum err pb_write(const struct pb *pb, struct buf *out) MUST_USE;

#endif /* PB_WRITE_H */
