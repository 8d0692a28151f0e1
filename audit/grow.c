#include <stdint.h>
#include <stdlib.h>

#include "grow.h"

void *
grow(void *p, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap > 0 ? *cap * 2 : 64;
	void *new;

	if (n < *cap)
		return p;
	if (more > SIZE_MAX / size)
		return NULL;
	new = realloc(p, more * size);
	if (new != NULL)
		*cap = more;
	return new;
}
