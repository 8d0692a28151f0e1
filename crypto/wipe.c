#include <sodium.h>

#include "wipe.h"

void
wipe(void *p, size_t n)
{
	sodium_memzero(p, n);
}

int
equal_ct(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

void
random_bytes(void *p, size_t n)
{
	randombytes_buf(p, n);
}
