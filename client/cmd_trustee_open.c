#include "cmd_trustee.h"

int
cmd_trustee_opening(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 1;
}

int
cmd_trustee_send(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 1;
}

int
cmd_trustee_practice(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 1;
}
