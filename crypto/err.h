#ifndef ERR_H
#define ERR_H

/* A result that must be looked at. */
#define MUST_USE __attribute__((warn_unused_result))

/**
 * The one list of outcomes of the whole program.  A value exists only where
 * some caller acts on it differently.
 */
enum err {
	OK = 0,
	ERR_NOMEM,     /* out of memory */
	ERR_IO,	       /* a file, a socket or the system failed */
	ERR_FORMAT,    /* bytes that are not the one encoding of a value */
	ERR_LIMIT,     /* well formed, but larger or smaller than allowed */
	ERR_SIGNATURE, /* a signature, proof or hash that does not verify */
	ERR_NOT_FOUND, /* no such thing */
	ERR_CONFLICT,  /* contradicts what is already there */
	ERR_FORBIDDEN, /* known, but not allowed (now) */
	ERR_STATE,     /* the store is behind, or not what was signed */
	ERR_INTERNAL,  /* our own mistake, or a library that failed */
};

/**
 * err_str(e):
 * Return a short English name of ${e}; static storage.
 */
const char *err_str(enum err e);

#endif /* ERR_H */
