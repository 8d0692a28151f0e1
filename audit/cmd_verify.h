#ifndef CMD_VERIFY_H
#define CMD_VERIFY_H

/**
 * cmd_verify, cmd_verify_fetch, cmd_verify_dump, cmd_verify_rules(argc, argv):
 * The commands of partecipa-audit that read a log; ${argv}[0] is the command's
 * name.  Return the exit status (PROTOCOL 9).
 */
int cmd_verify(int argc, char **argv);
int cmd_verify_fetch(int argc, char **argv);
int cmd_verify_dump(int argc, char **argv);
int cmd_verify_rules(int argc, char **argv);

#endif /* CMD_VERIFY_H */
