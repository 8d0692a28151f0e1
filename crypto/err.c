#include "err.h"

const char *
err_str(enum err e)
{
	switch (e) {
	case OK:
		return "ok";
	case ERR_NOMEM:
		return "out of memory";
	case ERR_IO:
		return "input/output error";
	case ERR_FORMAT:
		return "malformed";
	case ERR_LIMIT:
		return "out of bounds";
	case ERR_SIGNATURE:
		return "does not verify";
	case ERR_NOT_FOUND:
		return "not found";
	case ERR_CONFLICT:
		return "conflict";
	case ERR_FORBIDDEN:
		return "not allowed";
	case ERR_STATE:
		return "store is not what was signed";
	case ERR_INTERNAL:
		return "internal error";
	}
	return "unknown";
}
