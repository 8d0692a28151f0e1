#include <stddef.h>

#include "cmd.h"
#include "commands.h"

const struct command client_commands[] = {
	{ "roll", cmd_roll, "residents' codes and letters, the roll, changes" },
	{ "staff", cmd_staff, "key files of staff; sign and submit proposals" },
	{ "space", cmd_space, "announce, form, close, list, export spaces" },
	{ "trustee", cmd_trustee, "keys of sealed votes: ceremony, opening" },
	{ "resident", cmd_resident, "collect papers, vote, check" },
	{ "rehearse", cmd_rehearse, "play a whole election on this machine" },
	{ NULL, NULL, NULL },
};
