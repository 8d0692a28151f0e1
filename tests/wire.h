#ifndef WIRE_H
#define WIRE_H

#include "bytes.h"

/**
 * wire_talk(from, port, request, answer):
 * Connect from the loopback address ${from} (network order; 0: any) to
 * 127.0.0.1:${port}, send ${request}, append all that comes until the server
 * closes.  What cannot be done ends the program.
 */
void wire_talk(
    uint32_t from, unsigned port, struct slice request, struct buf *answer);

/**
 * wire_status(answer), wire_body(answer):
 * Of a whole answer; 0 and nothing where it is none.
 */
int wire_status(struct slice answer);
struct slice wire_body(struct slice answer);

#endif /* WIRE_H */
