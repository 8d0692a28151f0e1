#include <stddef.h>

#include "commands.h"

const struct command client_commands[] = {
	{ NULL, NULL, NULL },
};
