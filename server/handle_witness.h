#ifndef HANDLE_WITNESS_H
#define HANDLE_WITNESS_H

#include "http.h"

/*
 * The whole surface of a witness; ends with a row of NULLs.  Its handlers find
 * their struct witness in the request's context.
 */
extern const struct route handle_witness_routes[];

#endif /* HANDLE_WITNESS_H */
