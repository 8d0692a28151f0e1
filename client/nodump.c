/* prctl is Linux; where cores go through a pipe, the limit is not looked at. */
#define _GNU_SOURCE

#include <sys/prctl.h>
#include <sys/resource.h>

#include "nodump.h"

void
nodump_process(void)
{
	const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0);
}
