#ifndef CMD_TRUSTEE_H
#define CMD_TRUSTEE_H

#include "cmd.h"
#include "trustee.h"

/* What the commands of `partecipa trustee` share. */
struct cmd_trustee {
	const char *slug, *dir, *name, *server, *box, *passphrase, *attempt;
	int yes;
	struct trustee t;
};

/**
 * cmd_trustee_open(o, why):
 * Ask for the passphrase and open the folder o->dir; close o->t with
 * trustee_close whatever came out.
 */
enum err cmd_trustee_open(struct cmd_trustee *o, struct why *why) MUST_USE;

/* cmd_trustee_open.c */
int cmd_trustee_opening(int argc, char **argv);
int cmd_trustee_send(int argc, char **argv);
int cmd_trustee_practice(int argc, char **argv);

/* cmd_trustee_keep.c */
int cmd_trustee_passphrase(int argc, char **argv);
int cmd_trustee_backup(int argc, char **argv);
int cmd_trustee_restore(int argc, char **argv);
int cmd_trustee_status(int argc, char **argv);
int cmd_trustee_destroy(int argc, char **argv);

#endif /* CMD_TRUSTEE_H */
