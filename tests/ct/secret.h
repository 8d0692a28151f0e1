#ifndef SECRET_H
#define SECRET_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <valgrind/memcheck.h>

/*
 * Secrets for valgrind: memory that it takes for undefined, so that a branch,
 * an index or a system call that depends on it is reported.
 */
#define SECRET(x) ((void)VALGRIND_MAKE_MEM_UNDEFINED(&(x), sizeof(x)))
#define PUBLIC(x) ((void)VALGRIND_MAKE_MEM_DEFINED(&(x), sizeof(x)))
#define PUBLIC_BYTES(p, n) ((void)VALGRIND_MAKE_MEM_DEFINED(p, n))

/* The results must be right as well. */
#define MUST(x)                                                             \
	do {                                                                \
		if (!(x)) {                                                 \
			(void)fprintf(                                      \
			    stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x); \
			exit(1);                                            \
		}                                                           \
	} while (0)

#endif /* SECRET_H */
